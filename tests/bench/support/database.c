/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/support/database.h"

#include "tests/bench/support/meeting.h"

#include <stdio.h>
#include <string.h>

enum { NOISE_BYTES = 1 << 20 };

static struct keyfile key;
static uint8_t noise[NOISE_BYTES + DATABASE_BODY_BYTES];

void database_start(void) {
    crypt_random(&key, sizeof key);
    crypt_random(noise, sizeof noise);
}

static void run_sql(struct database *database, const char *sql) {
    must(sqlite3_exec(database->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static sqlite3_stmt *prepared(struct database *database, const char *sql) {
    sqlite3_stmt *stmt = NULL;

    must(sqlite3_prepare_v2(database->sqlite, sql, -1, &stmt, NULL) == SQLITE_OK, sql);
    return stmt;
}

/* ---- Opening ---- */

/* What configure of store/db.c sets, for both. */
static void configure(struct database *database, int cache_kib) {
    char cache[64];

    run_sql(database,
            "PRAGMA locking_mode = EXCLUSIVE;"
            "PRAGMA trusted_schema = OFF;"
            "PRAGMA cell_size_check = ON");
    run_sql(database,
            "PRAGMA journal_mode = WAL;"
            "PRAGMA synchronous = FULL;"
            "PRAGMA temp_store = MEMORY;"
            "PRAGMA foreign_keys = ON;"
            "PRAGMA secure_delete = ON;"
            "PRAGMA wal_autocheckpoint = 4000");
    (void)snprintf(cache, sizeof cache, "PRAGMA cache_size = -%d", cache_kib);
    run_sql(database, cache);
}

static void connect(struct database *database, const char *path, int flags) {
    const char *vfs = database->vault == NULL ? NULL : vault_vfs_name(database->vault);

    must(sqlite3_open_v2(path, &database->sqlite,
                         flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, vfs) == SQLITE_OK,
         path);
}

void database_create(struct database *database, enum database_sort sort, const char *path) {
    database_remove(path);
    *database = (struct database) { .sort = sort };
    if (sort == DATABASE_VAULT) {
        database->vault = vault_new(&key);
        must(vault_create(database->vault, path) == RB_OK, "vault");
    }
    connect(database, path, sort == DATABASE_VAULT ? 0 : SQLITE_OPEN_CREATE);
    configure(database, DATABASE_CACHE_KIB);
    run_sql(database,
            "CREATE TABLE event (rcv INTEGER PRIMARY KEY, log INTEGER NOT NULL,"
            "  seq INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (log, seq)) STRICT");
}

void database_open(struct database *database, enum database_sort sort, const char *path,
                   int cache_kib) {
    *database = (struct database) { .sort = sort };
    if (sort == DATABASE_VAULT) {
        database->vault = vault_new(&key);
    }
    connect(database, path, 0);
    configure(database, cache_kib);
}

void database_close(struct database *database) {
    sqlite3_finalize(database->insert); /* NULL is fine, here and below. */
    sqlite3_finalize(database->get);
    must(sqlite3_close(database->sqlite) == SQLITE_OK, "close");
    vault_destroy(&database->vault);
}

void database_remove(const char *path) {
    char wal[DATABASE_PATH_MAX];

    (void)snprintf(wal, sizeof wal, "%s-wal", path);
    (void)remove(path); /* Neither need be there. */
    (void)remove(wal);
}

/* ---- Writing ---- */

static void insert_one(struct database *database, uint64_t row) {
    if (database->insert == NULL) {
        database->insert =
            prepared(database, "INSERT INTO event (log, seq, body) VALUES (1, ?1, ?2)");
    }
    sqlite3_bind_int64(database->insert, 1, (sqlite3_int64)row);
    sqlite3_bind_blob(database->insert, 2, &noise[row * DATABASE_BODY_BYTES % NOISE_BYTES],
                      DATABASE_BODY_BYTES, SQLITE_STATIC);
    must(sqlite3_step(database->insert) == SQLITE_DONE, "insert");
    sqlite3_reset(database->insert);
}

void database_insert(struct database *database, uint64_t first, uint64_t last) {
    for (uint64_t row = first; row <= last;) {
        run_sql(database, "BEGIN");
        for (int i = 0; i < DATABASE_TRANSACTION_ROWS && row <= last; i++) {
            insert_one(database, row++);
        }
        run_sql(database, "COMMIT");
    }
}

/* In place of the automatic checkpoint. */
static int wal_grew(void *frames, sqlite3 *sqlite, const char *name, int now) {
    (void)sqlite;
    (void)name;
    *(int *)frames = now;
    return SQLITE_OK;
}

int database_fill_wal(struct database *database, uint64_t first, int frames) {
    int now = 0;

    (void)sqlite3_wal_hook(database->sqlite, wal_grew, &now);
    while (now < frames) {
        database_insert(database, first, first + DATABASE_TRANSACTION_ROWS - 1);
        first += DATABASE_TRANSACTION_ROWS;
    }
    (void)sqlite3_wal_hook(database->sqlite, NULL, NULL);
    return now;
}

/* ---- Reading ---- */

static void look(struct database *database, sqlite3_stmt *stmt, uint64_t row) {
    const uint8_t *body = sqlite3_column_blob(stmt, 0);

    must(sqlite3_column_bytes(stmt, 0) == DATABASE_BODY_BYTES &&
             body[0] == noise[row * DATABASE_BODY_BYTES % NOISE_BYTES],
         database->sort == DATABASE_VAULT ? "reading the vault" : "reading");
}

void database_scan(struct database *database, uint64_t rows) {
    sqlite3_stmt *stmt = prepared(database, "SELECT body FROM event ORDER BY rcv");
    uint64_t row = 0;

    while (sqlite3_step(stmt) == SQLITE_ROW) {
        look(database, stmt, ++row);
    }
    must(sqlite3_finalize(stmt) == SQLITE_OK && row == rows, "scan");
}

void database_get(struct database *database, uint64_t row) {
    if (database->get == NULL) {
        database->get = prepared(database, "SELECT body FROM event WHERE rcv = ?1");
    }
    sqlite3_bind_int64(database->get, 1, (sqlite3_int64)row);
    must(sqlite3_step(database->get) == SQLITE_ROW, "row");
    look(database, database->get, row);
    sqlite3_reset(database->get);
}
