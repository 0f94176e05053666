/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders that a test has to itself, homes in them, and cards of invented people. */
#ifndef REMBUK_TESTS_HOMES_H
#define REMBUK_TESTS_HOMES_H

#include "store/store.h"

#define HOMES_NOW_MS     INT64_C(1767225600000) /* 2026-01-01 */
#define HOMES_PASSPHRASE "jalan pagi ke balai"

enum { HOMES_PATH_MAX = 256 };

/* An empty folder; folder_remove takes all that is in it along. */
struct folder {
    char path[HOMES_PATH_MAX];
};
void folder_new(struct folder *folder);
void folder_remove(const struct folder *folder);

/* "FOLDER/NAME" in a buffer that the next call uses again. */
const char *folder_name(const struct folder *folder, const char *name);
size_t folder_entries(const char *path); /* without "." and ".." */

/* Whole small files. */
size_t file_load(const char *path, uint8_t *out, size_t room);
void file_store(const char *path, const void *bytes, size_t len);
void file_flip(const char *path, size_t offset, uint8_t bits);

/* Creates a home for NAME, a case worker of an invented district, with one pass of Argon2id. */
enum rb_status home_create(const char *home, const char *name);
struct store *home_open(const char *home);
struct store *home_new(const char *home, const char *name); /* both */

/* A person who is not here, with the certificates of one device. */
struct stranger {
    struct identity identity;
    uint8_t id[HASH_BYTES];
    struct writer person_cert, device_cert, seal_key;
};
void stranger_new(struct stranger *stranger, const char *name);
void stranger_clear(struct stranger *stranger);

/* Appends a card; `address` may be NULL. */
void stranger_card(const struct stranger *stranger, int64_t issued_ms, const char *address,
                   struct writer *card);

#endif
