/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One and the same table in plain SQLite and in the vault, with the same settings.
 *
 *     struct database database;
 *     database_create(&database, DATABASE_VAULT, path);      an empty table
 *     database_insert(&database, 1, 100000);                 rows 1 to 100,000
 *     database_close(&database);
 *
 * What fails ends the program. */
#ifndef REMBUK_BENCH_DATABASE_H
#define REMBUK_BENCH_DATABASE_H

#include "store/vault.h"

#include <sqlite3.h>

enum database_sort { DATABASE_PLAIN, DATABASE_VAULT, DATABASE_SORTS };

enum {
    DATABASE_BODY_BYTES = 512,
    DATABASE_TRANSACTION_ROWS = 256 * 1024 / DATABASE_BODY_BYTES,
    DATABASE_CACHE_KIB = 8192, /* as store/db.c has it */
    DATABASE_PATH_MAX = 512
};

struct database {
    enum database_sort sort;
    struct vault *vault; /* NULL: plain */
    sqlite3 *sqlite;
    sqlite3_stmt *insert, *get;
};

/* All vaults of this process have one key, made here. */
void database_start(void);

/* Removes what stands at `path`. */
void database_create(struct database *database, enum database_sort sort, const char *path);

/* `cache_kib` is the size of the page cache. */
void database_open(struct database *database, enum database_sort sort, const char *path,
                   int cache_kib);
void database_close(struct database *database);
void database_remove(const char *path);

/* In transactions of 256 KiB. */
void database_insert(struct database *database, uint64_t first, uint64_t last);

/* Inserts from row `first` until the WAL has `frames`, without a checkpoint; gives how many. */
int database_fill_wal(struct database *database, uint64_t first, int frames);

/* Each looks at the first byte of every body that it comes by. */
void database_scan(struct database *database, uint64_t rows);
void database_get(struct database *database, uint64_t row);

#endif
