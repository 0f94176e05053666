/* SPDX-License-Identifier: GPL-3.0-or-later */
/* open_vault HOME PASSPHRASE copy FILE   the database as an ordinary SQLite file, to look into
 * open_vault HOME PASSPHRASE do SQL      changes it
 *
 * For tests that ask what really stands in a store.  Nobody else uses the home meanwhile. */
#include "store/home.h"
#include "store/vault.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(bool holds, const char *what) {
    if (!holds) {
        (void)fprintf(stderr, "open_vault: %s\n", what);
        exit(2);
    }
}

static sqlite3 *open_sealed(const struct home *home, const struct vault *vault) {
    sqlite3 *sqlite = NULL;

    need(sqlite3_open_v2(home->db, &sqlite, SQLITE_OPEN_READWRITE, vault_vfs_name(vault)) ==
                 SQLITE_OK &&
             sqlite3_exec(sqlite, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA user_version", NULL,
                          NULL, NULL) == SQLITE_OK,
         "the database cannot be opened");
    return sqlite;
}

static void copy(sqlite3 *from, const char *path) {
    sqlite3 *to = NULL;

    need(sqlite3_open(path, &to) == SQLITE_OK, "the copy cannot be opened");
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    need(backup != NULL && sqlite3_backup_step(backup, -1) == SQLITE_DONE, "it cannot be copied");
    (void)sqlite3_backup_finish(backup); /* It has been done. */
    need(sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) == SQLITE_OK &&
             sqlite3_close(to) == SQLITE_OK,
         "the copy cannot be closed");
}

int main(int argc, char **argv) {
    struct home home;
    struct keyfile key;

    need(argc == 5 && crypt_start() == RB_OK, "HOME PASSPHRASE copy FILE | do SQL");
    need(home_at(&home, argv[1]) == RB_OK &&
             keyfile_open(home.key, span_text(argv[2]), &key) == RB_OK,
         "the key cannot be opened");
    struct vault *vault = vault_new(&key);
    sqlite3 *sqlite = open_sealed(&home, vault);
    if (strcmp(argv[3], "copy") == 0) {
        copy(sqlite, argv[4]);
    } else {
        need(sqlite3_exec(sqlite, argv[4], NULL, NULL, NULL) == SQLITE_OK, sqlite3_errmsg(sqlite));
    }
    need(sqlite3_close(sqlite) == SQLITE_OK, "the database cannot be closed");
    vault_destroy(&vault);
    return 0;
}
