/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A small case file, sealed or plain, for tests of what stands on the disk: rows long and short, an
 * index, full text and free pages, in about twenty-five pages.  The disk is SQLite's default VFS:
 * tests/support/disk.h, or files. */
#ifndef REMBUK_TESTS_VAULT_SCENE_H
#define REMBUK_TESTS_VAULT_SCENE_H

#include "store/vault.h"

#include <sqlite3.h>

#define SCENE_PATH     "/scene/store.db"
#define SCENE_WAL_PATH SCENE_PATH "-wal"

/* docs/vault.md. */
enum {
    VAULT_SECTOR_BYTES = 512,
    VAULT_MARKER_SECTOR = 2,
    VAULT_SECTORS = 3,
    VAULT_AREA_BYTES = 4096,
    VAULT_PAGE_BYTES = 4096,
    VAULT_FRAME_BYTES = 4128
};

/* One opening.  `vault` is NULL for plain SQLite. */
struct scene {
    struct vault *vault;
    sqlite3 *sqlite;
};

/* A key that repeats: every byte is made from `seed`. */
void scene_key(struct keyfile *key, uint8_t seed);

/* SQLite's result for opening what stands at `path`, all pragmas set; `key` is NULL for plain
 * SQLite, which makes a file where there is none.  Also after an error scene_close must follow; it
 * leaves `damage`, if not NULL, with what the vault has met. */
int scene_open(struct scene *scene, const char *path, const struct keyfile *key);
void scene_close(struct scene *scene, struct damage *damage);

/* Whatever a test that failed has left open. */
void scene_close_rest(void);

/* A new file at `path`, opened. */
void scene_create(struct scene *scene, const char *path, const struct keyfile *key);

/* Must succeed. */
void scene_do(struct scene *scene, const char *sql);
int64_t scene_number(struct scene *scene, const char *sql);

/* Tables with all their rows. */
void scene_fill(struct scene *scene);

/* One more transaction, number 1, 2, ...: it changes rows of every kind of page. */
void scene_commit(struct scene *scene, int number);

/* Reads every row by every way there is, then integrity_check.  SQLITE_OK, or the first error;
 * SQLITE_CORRUPT if integrity_check finds something.  `*digest` is of all that was read. */
int scene_read(struct scene *scene, uint64_t *digest);

#endif
