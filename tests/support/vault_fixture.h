/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For tests of the vault on a disk in memory: files found in every condition, and what must come of
 * opening them.  The checks are cmocka's. */
#ifndef REMBUK_TESTS_VAULT_FIXTURE_H
#define REMBUK_TESTS_VAULT_FIXTURE_H

#include "tests/support/disk.h"
#include "tests/support/vault_scene.h"

struct vault_fixture {
    struct disk *disk;
    struct keyfile key;
};

/* An empty disk for each test. */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);

/* ---- Reading ---- */

/* Opens what is there, reads all and closes.  SQLite's result. */
int read_all(const struct keyfile *key, uint64_t *digest, struct damage *damage);

uint64_t digest_of(struct scene *scene);
void check_all_is_there(const struct vault_fixture *fixture, uint64_t expected);
void check_damage(const struct keyfile *key, enum damage_part part, uint64_t place);

/* ---- Making ---- */

/* A new closed vault with rows, in place of what is there; their digest. */
uint64_t make_closed(const struct vault_fixture *fixture);

/* The disk as after a crash: closed rows, `commits` more in the WAL, with `sql` after that. */
uint64_t make_stopped(const struct vault_fixture *fixture, int commits, const char *sql);

/* Closes the scene, but leaves the disk as it was before. */
void stop(const struct vault_fixture *fixture, struct scene *scene);

/* ---- Files ---- */

/* To be freed by copy_free. */
struct span copy_of(const struct vault_fixture *fixture, const char *file);
void copy_free(struct span copy);
void check_same(const struct vault_fixture *fixture, const char *file, struct span copy);

/* Leaves the first `len` bytes. */
void cut_file(const struct vault_fixture *fixture, const char *file, size_t len);

/* `len` bytes at `from` of `source` take the place of those at `to`. */
void copy_bytes(const struct vault_fixture *fixture, const char *file, size_t to, size_t from,
                struct span source, size_t len);
void exchange(const struct vault_fixture *fixture, const char *file, size_t a, size_t b,
              size_t len);

#endif
