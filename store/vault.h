/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vault: a VFS below stock SQLite that keeps on the disk nothing but sealed pages and sealed
 * WAL frames (docs/vault.md has the bytes and the rules).  SQLite above it sees plain ones and
 * works as ever, in one mode: WAL, exclusive.
 *
 *     struct vault *vault = vault_new(&key);
 *     vault_create(vault, path);                                    a new file, ready-made
 *     sqlite3_open_v2(path, &sqlite, SQLITE_OPEN_READWRITE, vault_vfs_name(vault));
 *     PRAGMA locking_mode = EXCLUSIVE; journal_mode = WAL; ...      db.c has them all
 *     sqlite3_close(sqlite);
 *     vault_destroy(&vault);
 *
 * One vault is one database file with its WAL, open at most once at a time.  Below it lies what is
 * SQLite's default VFS at vault_new: tests put a disk that fails there. */
#ifndef REMBUK_STORE_VAULT_H
#define REMBUK_STORE_VAULT_H

#include "store/keyfile.h"

struct vault;

/* Derives the key of the pages from the store key and keeps it in guarded memory; the vault id
 * binds each page to this home. */
struct vault *vault_new(const struct keyfile *key);

/* After sqlite3_close.  Wipes the key.  NULL is fine. */
void vault_destroy(struct vault **vault);

/* The name to give to sqlite3_open_v2; it opens files of this vault only. */
const char *vault_vfs_name(const struct vault *vault);

/* Makes the file with an empty database in it, durable but for its name: whoever calls makes the
 * folder durable.  RB_EXISTS, RB_FULL, RB_STORAGE.  One that was cut off cannot be opened. */
enum rb_status vault_create(struct vault *vault, const char *path) RB_MUST_CHECK;

/* ---- Damage: something that does not authenticate ---- */

enum damage_part {
    DAMAGE_NONE,
    DAMAGE_PAGE,       /* of the database, from 1 */
    DAMAGE_FRAME,      /* of the WAL, from 1 */
    DAMAGE_WAL_HEADER, /* slot 0 or 1 */
    DAMAGE_WAL_MARKER,
    DAMAGE_SIZE,    /* a database shorter than a page; place: its size in bytes */
    DAMAGE_PLAIN,   /* an ordinary SQLite database stands there: not made by this program */
    DAMAGE_KEY_FILE /* the vault itself does not tell this one: store_open does */
};

struct damage {
    enum damage_part part;
    uint64_t place;
};

/* The first damage that was met since vault_new. */
struct damage vault_damage(const struct vault *vault);

#endif
