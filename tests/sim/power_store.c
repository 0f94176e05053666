/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/power_store.h"

#include <stdio.h>
#include <string.h>

/* As configure() of store/db.c has them. */
static const char settings[] =
    "PRAGMA locking_mode = EXCLUSIVE;"
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA application_id;"
    "PRAGMA user_version;"
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA secure_delete = ON;"
    "PRAGMA cache_size = -8192;"
    "PRAGMA wal_autocheckpoint = 4000";

int power_store_do(struct power_store *store, const char *sql) {
    return sqlite3_exec(store->sqlite, sql, NULL, NULL, NULL);
}

int power_store_expect(struct power_store *store, const char *sql, const char *wanted) {
    sqlite3_stmt *stmt = NULL;
    bool is_so = false;
    int result = sqlite3_prepare_v2(store->sqlite, sql, -1, &stmt, NULL);

    if (result == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
        is_so = strcmp((const char *)sqlite3_column_text(stmt, 0), wanted) == 0;
    }
    const int end = sqlite3_finalize(stmt); /* It repeats the error of the last step. */
    result = result == SQLITE_OK ? end : result;
    return result == SQLITE_OK && !is_so ? SQLITE_MISMATCH : result;
}

/* ---- The vault without the rule ---- */

/* One disk at a time, one vault at a time. */
static const sqlite3_io_methods *vault_methods;
static sqlite3_io_methods unsafe_methods;
static int (*vault_open)(sqlite3_vfs *, const char *, sqlite3_file *, int, int *);

static int unsafe_read(sqlite3_file *file, void *out, int len, sqlite3_int64 offset) {
    enum { HEADER_BYTES = 100, PAGE_BYTES = 4096 };
    uint8_t page[PAGE_BYTES] = { 0 };

    if (offset != 0 || len != HEADER_BYTES) {
        return vault_methods->xRead(file, out, len, offset);
    }
    const int result = vault_methods->xRead(file, page, sizeof page, 0);
    memcpy(out, page, HEADER_BYTES);
    return result;
}

/* The file stays the vault's own, with one method changed. */
static int unsafe_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                       int *flags_out) {
    const int result = vault_open(vfs, name, file, flags, flags_out);

    if (result == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_DB) != 0) {
        vault_methods = file->pMethods;
        unsafe_methods = *vault_methods;
        unsafe_methods.xRead = unsafe_read;
        file->pMethods = &unsafe_methods;
    }
    return result;
}

static void take_rule_out(const struct vault *vault) {
    sqlite3_vfs *vfs = sqlite3_vfs_find(vault_vfs_name(vault));

    vault_open = vfs->xOpen;
    vfs->xOpen = unsafe_open;
}

/* ---- Opening ---- */

enum rb_status power_store_make(struct power_store *store) {
    if (store->below == POWER_PLAIN) {
        return RB_OK;
    }
    struct vault *vault = vault_new(&store->key);
    const enum rb_status status = vault_create(vault, POWER_PATH);
    vault_destroy(&vault);
    return status;
}

static int configure(struct power_store *store) {
    char own[80] = "";
    int result = power_store_do(store, settings);

    if (store->cache_pages > 0) {
        (void)snprintf(own, sizeof own, "PRAGMA cache_size = %d; PRAGMA wal_autocheckpoint = %d",
                       store->cache_pages, store->checkpoint_pages);
    } else {
        (void)snprintf(own, sizeof own, "PRAGMA wal_autocheckpoint = %d", store->checkpoint_pages);
    }
    if (result == SQLITE_OK) {
        result = power_store_expect(store, "PRAGMA journal_mode", "wal");
    }
    return result == SQLITE_OK ? power_store_do(store, own) : result;
}

int power_store_open(struct power_store *store) {
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const char *vfs = NULL;

    if (store->below == POWER_PLAIN) {
        flags |= SQLITE_OPEN_CREATE;
    } else {
        store->vault = vault_new(&store->key);
        vfs = vault_vfs_name(store->vault);
    }
    if (store->below == POWER_UNSAFE_HEADER) {
        take_rule_out(store->vault);
    }
    const int result = sqlite3_open_v2(POWER_PATH, &store->sqlite, flags, vfs);
    return result == SQLITE_OK ? configure(store) : result;
}

int power_store_close(struct power_store *store) {
    const int result = sqlite3_close(store->sqlite);

    store->sqlite = NULL;
    vault_destroy(&store->vault);
    return result;
}
