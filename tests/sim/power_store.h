/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A database on a disk that loses power: on the vault, on plain SQLite, or on a vault that lacks
 * one rule, which must be noticed.  The settings are those of store/db.c. */
#ifndef REMBUK_TESTS_POWER_STORE_H
#define REMBUK_TESTS_POWER_STORE_H

#include "store/vault.h"
#include "tests/support/disk.h"

#include <sqlite3.h>

#define POWER_PATH "home/store.db"
#define POWER_WAL  POWER_PATH "-wal"

enum power_below {
    POWER_SEALED,
    POWER_PLAIN,
    /* SQLite's look at the 100 bytes at the start is answered from page 1, which may be torn. */
    POWER_UNSAFE_HEADER
};

struct power_store {
    enum power_below below;
    struct keyfile key;
    int cache_pages; /* 0: as in store/db.c */
    int checkpoint_pages;
    struct vault *vault;
    sqlite3 *sqlite;
};

/* RB_OK or what vault_create says; plain SQLite needs no file. */
enum rb_status power_store_make(struct power_store *store) RB_MUST_CHECK;

/* SQLite's result.  power_store_close must follow in any case. */
int power_store_open(struct power_store *store);
int power_store_close(struct power_store *store);

/* Statements without parameters; SQLite's result. */
int power_store_do(struct power_store *store, const char *sql);

/* The first column of the first row, or SQLITE_MISMATCH if it is not `wanted`. */
int power_store_expect(struct power_store *store, const char *sql, const char *wanted);

#endif
