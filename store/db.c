/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/db.h"

#include "store/file.h"
#include "store/schema.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Well above the number of different statements of the store layer, and a power of two. */
enum { STATEMENTS_MAX = 512 };

struct db_row {
    struct db *db;
    const char *sql; /* the literal: its address is the key */
    sqlite3_stmt *stmt;
    enum rb_status status; /* sticks from db_query to db_end */
    bool in_use;
    bool done; /* no further step: SQLite would run the statement again */
};

struct db {
    sqlite3 *sqlite;
    struct vault *vault;
    sqlite3_stmt *rollback; /* prepared before it is needed: it must not fail for want of memory */
    bool in_transaction;
    enum rb_status lost;                /* not RB_OK: SQLite undid the transaction by itself */
    size_t statements;                  /* used places of `rows` */
    struct db_row rows[STATEMENTS_MAX]; /* open addressing; a free place has no sql */
};

/* ---- Errors ---- */

/* SQLite says SQLITE_FULL for ENOSPC only; a quota and a limit on file sizes are the same to
 * people, so the last error of the file and of its WAL are looked at.  (sqlite3_system_errno is
 * gone by then.) */
static bool is_full(sqlite3 *sqlite) {
    sqlite3_file *wal = NULL;
    int file_errno = 0;
    int wal_errno = 0;

    (void)sqlite3_file_control(sqlite, "main", SQLITE_FCNTL_LAST_ERRNO, &file_errno);
    (void)sqlite3_file_control(sqlite, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
    if (wal != NULL && wal->pMethods != NULL) {
        (void)wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &wal_errno);
    }
    return file_status(file_errno) == RB_FULL || file_status(wal_errno) == RB_FULL;
}

static enum rb_status status_of_opening(int error) {
    const enum rb_status status = file_status(error);
    return status == RB_NOT_FOUND || status == RB_FULL ? status : RB_STORAGE;
}

static enum rb_status status_of(sqlite3 *sqlite, int result) {
    switch (result & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return RB_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return RB_BUSY;
    case SQLITE_FULL:
        return RB_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return RB_DAMAGED;
    case SQLITE_CANTOPEN:
        return status_of_opening(sqlite3_system_errno(sqlite));
    case SQLITE_IOERR:
        if (result == SQLITE_IOERR_DATA) {
            return RB_DAMAGED; /* The vault says so, and nobody else. */
        }
        return is_full(sqlite) ? RB_FULL : RB_STORAGE;
    default:
        return RB_STORAGE;
    }
}

/* After some errors SQLite rolls back by itself; the statements that follow would then be committed
 * one by one.  So the transaction is marked as lost, and they fail. */
static void transaction_check(struct db *db, enum rb_status status) {
    if (db->in_transaction && db->lost == RB_OK && sqlite3_get_autocommit(db->sqlite) != 0) {
        db->lost = status;
    }
}

static enum rb_status execute(struct db *db, const char *sql) {
    const int result = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);
    return status_of(db->sqlite, result);
}

/* ---- Opening ---- */

static enum rb_status query_number(struct db *db, const char *sql, int64_t *number) {
    struct db_row *row = db_query(db, sql);
    int64_t value = 0;

    if (db_step(row)) {
        value = db_int(row, 0);
    }
    const enum rb_status status = db_end(row);
    if (status == RB_OK) {
        *number = value;
    }
    return status;
}

/* Before anything is changed in the file: is it ours, and not newer than this program?  One that
 * has just been made says neither. */
static enum rb_status identify(struct db *db) {
    int64_t application = 0;
    int64_t version = 0;
    enum rb_status status = query_number(db, "PRAGMA application_id", &application);

    if (status == RB_OK) {
        status = query_number(db, "PRAGMA user_version", &version);
    }
    if (status != RB_OK || (application == 0 && version == 0)) {
        return status;
    }
    if (application != SCHEMA_APPLICATION_ID || version < 1) {
        return RB_DAMAGED;
    }
    return version > schema_version ? RB_NEWER : RB_OK;
}

/* All missing migrations in one transaction; each states its own user_version. */
static enum rb_status migrate(struct db *db) {
    int64_t version = 0, first = 0;
    enum rb_status status = db_begin(db);

    if (status != RB_OK) {
        return status;
    }
    status = query_number(db, "PRAGMA user_version", &first);
    version = first;
    while (status == RB_OK && version < schema_version) {
        const int64_t before = version;
        status = execute(db, schema_migrations[version]);
        if (status == RB_OK) {
            status = query_number(db, "PRAGMA user_version", &version);
            assert(status != RB_OK || version == before + 1);
        }
    }
    if (status == RB_OK && first > 0 && first < version) {
        status = execute(db, schema_views_are_stale);
    }
    if (status != RB_OK) {
        db_rollback(db);
        return status;
    }
    return db_commit(db);
}

/* The exclusive lock comes first: in this mode the first look into a file in WAL takes it, and no
 * shared-memory file is made.  The checkpoint keeps the WAL at about 16 MB: at 4 MB one
 * in a hundred posts waited for it. */
static enum rb_status configure(struct db *db) {
    static const char lock[] =
        "PRAGMA locking_mode = EXCLUSIVE;"
        "PRAGMA trusted_schema = OFF;"
        "PRAGMA cell_size_check = ON";
    static const char settings[] =
        "PRAGMA journal_mode = WAL;"
        "PRAGMA synchronous = FULL;"
        "PRAGMA temp_store = MEMORY;"
        "PRAGMA foreign_keys = ON;"
        "PRAGMA secure_delete = ON;"
        "PRAGMA cache_size = -8192;"
        "PRAGMA wal_autocheckpoint = 4000";
    enum rb_status status = execute(db, lock);

    if (status == RB_OK) {
        status = identify(db);
    }
    if (status == RB_OK) {
        status = execute(db, settings);
    }
    return status == RB_OK ? migrate(db) : status;
}

static enum rb_status open_once(struct db **out, const char *path, const struct keyfile *key,
                                struct damage *damage) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    struct db *db = rb_alloc(1, sizeof *db);

    db->vault = vault_new(key);
    const int result = sqlite3_open_v2(path, &db->sqlite, flags, vault_vfs_name(db->vault));
    enum rb_status status = status_of(db->sqlite, result);
    if (status == RB_OK) {
        status = status_of(db->sqlite,
                           sqlite3_prepare_v3(db->sqlite, "ROLLBACK", -1, SQLITE_PREPARE_PERSISTENT,
                                              &db->rollback, NULL));
    }
    if (status == RB_OK) {
        status = configure(db);
    }
    *damage = vault_damage(db->vault);
    if (status == RB_OK) {
        *out = db;
    } else {
        db_close(&db);
    }
    return status;
}

/* Two that wait for each other must not keep in step, so the pauses differ. */
static int pause_some_ms(void) {
    uint8_t spread = 0;
    sqlite3_randomness(sizeof spread, &spread);
    const int pause_ms = 10 + spread % 32;
    const struct timespec pause = { .tv_nsec = pause_ms * 1000000L };

    (void)nanosleep(&pause, NULL); /* A signal only shortens the wait. */
    return pause_ms;
}

/* The connection is closed before every new attempt: one that failed to get the exclusive lock may
 * keep a shared one, and two such processes would block each other for ever.  For that reason
 * SQLite's own busy handler does not serve here. */
enum rb_status db_open(struct db **db, const char *path, const struct keyfile *key, int wait_ms,
                       struct damage *damage) {
    assert(db != NULL && path != NULL);
    int waited_ms = 0;

    enum rb_status status = open_once(db, path, key, damage);
    while (status == RB_BUSY && waited_ms < wait_ms) {
        waited_ms += pause_some_ms();
        status = open_once(db, path, key, damage);
    }
    return status;
}

enum rb_status db_create(const char *path, const struct keyfile *key) {
    enum rb_status status = file_make(path); /* SQLite gives the WAL its mode. */

    if (status == RB_OK) {
        struct vault *vault = vault_new(key);
        status = vault_create(vault, path);
        vault_destroy(&vault);
    }
    return status;
}

void db_close(struct db **db) {
    if (*db == NULL) {
        return;
    }
    for (size_t i = 0; i < STATEMENTS_MAX; i++) {
        sqlite3_finalize((*db)->rows[i].stmt); /* NULL is fine. */
    }
    sqlite3_finalize((*db)->rollback);
    /* An open transaction is rolled back.  A checkpoint that fails here is made up for at the next
     * opening: what was committed stands in the WAL. */
    (void)sqlite3_close((*db)->sqlite);
    vault_destroy(&(*db)->vault);
    free(*db);
    *db = NULL;
}

struct damage db_damage(const struct db *db) {
    return vault_damage(db->vault);
}

/* ---- Transactions ---- */

enum rb_status db_begin(struct db *db) {
    assert(!db->in_transaction);
    const enum rb_status status = execute(db, "BEGIN IMMEDIATE");

    if (status == RB_OK) {
        db->in_transaction = true;
        db->lost = RB_OK;
    }
    return status;
}

enum rb_status db_commit(struct db *db) {
    assert(db->in_transaction);
    enum rb_status status = db->lost;

    if (status == RB_OK) {
        status = execute(db, "COMMIT");
    }
    if (status != RB_OK) {
        db_rollback(db);
        return status;
    }
    db->in_transaction = false;
    return RB_OK;
}

void db_rollback(struct db *db) {
    assert(db->in_transaction);
    if (sqlite3_get_autocommit(db->sqlite) == 0) {
        (void)sqlite3_step(db->rollback); /* It cannot fail in a way that keeps the changes. */
        (void)sqlite3_reset(db->rollback);
    }
    db->in_transaction = false;
    db->lost = RB_OK;
}

bool db_in_transaction(const struct db *db) {
    return db->in_transaction;
}

enum rb_status db_execute(struct db *db, const char *sql) {
    assert(db->in_transaction);
    if (db->lost != RB_OK) {
        return db->lost;
    }
    const enum rb_status status = execute(db, sql);
    transaction_check(db, status);
    return status;
}

/* ---- One statement ---- */

static struct db_row *row_place(struct db *db, const char *sql) {
    const uint64_t spread = (uint64_t)(uintptr_t)sql * UINT64_C(0x9E3779B97F4A7C15);
    size_t at = (size_t)(spread >> 32) % STATEMENTS_MAX;

    while (db->rows[at].sql != NULL && db->rows[at].sql != sql) {
        at = (at + 1) % STATEMENTS_MAX;
    }
    return &db->rows[at];
}

static void row_fail(struct db_row *row, int result) {
    if (row->status == RB_OK && result != SQLITE_OK) {
        row->status = status_of(row->db->sqlite, result);
        transaction_check(row->db, row->status);
    }
}

struct db_row *db_query(struct db *db, const char *sql) {
    struct db_row *row = row_place(db, sql);
    assert(!row->in_use);

    if (row->sql == NULL) {
        db->statements++;
        assert(db->statements <= STATEMENTS_MAX * 3 / 4);
        row->sql = sql;
        row->db = db;
    }
    row->in_use = true;
    row->done = false;
    row->status = db->in_transaction ? db->lost : RB_OK;
    if (row->stmt == NULL && row->status == RB_OK) {
        row_fail(row, sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &row->stmt,
                                         NULL));
    }
    /* Every write stands in a transaction. */
    assert(row->stmt == NULL || db->in_transaction || sqlite3_stmt_readonly(row->stmt) != 0);
    return row;
}

void db_bind_int(struct db_row *row, int index, int64_t value) {
    if (row->status == RB_OK) {
        row_fail(row, sqlite3_bind_int64(row->stmt, index, value));
    }
}

/* SQLite takes a NULL pointer for the value NULL; an empty span is an empty value. */
void db_bind_blob(struct db_row *row, int index, struct span bytes) {
    const void *data = bytes.len == 0 ? "" : (const void *)bytes.data;

    if (row->status == RB_OK) {
        row_fail(row, sqlite3_bind_blob64(row->stmt, index, data, bytes.len, SQLITE_STATIC));
    }
}

void db_bind_text(struct db_row *row, int index, struct span text) {
    const char *data = text.len == 0 ? "" : (const char *)text.data;

    if (row->status == RB_OK) {
        row_fail(row,
                 sqlite3_bind_text64(row->stmt, index, data, text.len, SQLITE_STATIC, SQLITE_UTF8));
    }
}

void db_bind_null(struct db_row *row, int index) {
    if (row->status == RB_OK) {
        row_fail(row, sqlite3_bind_null(row->stmt, index));
    }
}

bool db_step(struct db_row *row) {
    assert(row->in_use);
    if (row->status != RB_OK || row->done) {
        return false;
    }
    const int result = sqlite3_step(row->stmt);
    if (result == SQLITE_ROW) {
        return true;
    }
    row->done = true;
    row_fail(row, result == SQLITE_DONE ? SQLITE_OK : result);
    return false;
}

int64_t db_int(struct db_row *row, int column) {
    return sqlite3_column_int64(row->stmt, column);
}

struct span db_blob(struct db_row *row, int column) {
    const void *data = sqlite3_column_blob(row->stmt, column);
    return span_of(data, data == NULL ? 0 : (size_t)sqlite3_column_bytes(row->stmt, column));
}

struct span db_text(struct db_row *row, int column) {
    const void *data = sqlite3_column_text(row->stmt, column);
    return span_of(data, data == NULL ? 0 : (size_t)sqlite3_column_bytes(row->stmt, column));
}

bool db_is_null(struct db_row *row, int column) {
    return sqlite3_column_type(row->stmt, column) == SQLITE_NULL;
}

void db_copy(struct db_row *row, int column, uint8_t *out, size_t len) {
    const struct span bytes = db_blob(row, column);

    if (bytes.len != len) {
        memset(out, 0, len);
        row->status = RB_DAMAGED;
        return;
    }
    memcpy(out, bytes.data, len);
}

enum rb_status db_end(struct db_row *row) {
    assert(row->in_use);
    if (row->stmt != NULL) {
        (void)sqlite3_reset(row->stmt); /* It repeats the error of the last step. */
        (void)sqlite3_clear_bindings(row->stmt);
    }
    row->in_use = false;
    return row->status;
}

enum rb_status db_run(struct db_row *row) {
    (void)db_step(row); /* Whether it failed comes out of db_end. */
    return db_end(row);
}

int64_t db_changes(const struct db *db) {
    return sqlite3_changes64(db->sqlite);
}

int64_t db_changes_ever(const struct db *db) {
    return sqlite3_total_changes64(db->sqlite);
}

int64_t db_last_id(const struct db *db) {
    return sqlite3_last_insert_rowid(db->sqlite);
}

bool db_failed(enum rb_status status) {
    return status == RB_STORAGE || status == RB_FULL || status == RB_DAMAGED || status == RB_BUSY;
}

/* ---- For check.c ---- */

enum { PAGE_BYTES = 4096, LOCK_PAGE = 0x40000000 / PAGE_BYTES + 1 };

enum rb_status db_settle(struct db *db) {
    assert(!db->in_transaction);
    const int result =
        sqlite3_wal_checkpoint_v2(db->sqlite, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    (void)sqlite3_db_release_memory(db->sqlite); /* What is in use stays. */
    return status_of(db->sqlite, result);
}

static enum rb_status pages_of_file(struct db *db, sqlite3_file **file, uint64_t *count) {
    sqlite3_int64 bytes = 0;
    int result = sqlite3_file_control(db->sqlite, "main", SQLITE_FCNTL_FILE_POINTER, file);

    if (result == SQLITE_OK) {
        result = (*file)->pMethods->xFileSize(*file, &bytes);
    }
    *count = ((uint64_t)bytes + PAGE_BYTES - 1) / PAGE_BYTES;
    return status_of(db->sqlite, result);
}

/* SQLite keeps its locks in the page at 1 GiB and nothing else: it is never written. */
enum rb_status db_page_check(struct db *db, uint64_t number) {
    uint8_t page[PAGE_BYTES];
    sqlite3_file *file = NULL;
    int result = sqlite3_file_control(db->sqlite, "main", SQLITE_FCNTL_FILE_POINTER, &file);

    if (result != SQLITE_OK || number == LOCK_PAGE) {
        return status_of(db->sqlite, result);
    }
    const int64_t offset = (int64_t)(number - 1) * PAGE_BYTES;
    result = file->pMethods->xRead(file, page, sizeof page, offset);
    crypt_wipe(page, sizeof page);
    return status_of(db->sqlite, result);
}

enum rb_status db_pages(struct db *db, uint64_t *count) {
    sqlite3_file *file = NULL;
    int64_t expected = 0;
    enum rb_status status = pages_of_file(db, &file, count);

    if (status == RB_OK) {
        status = query_number(db, "PRAGMA page_count", &expected);
    }
    if (status == RB_DAMAGED && db_page_check(db, 1) == RB_DAMAGED) {
        return RB_OK; /* It stands in page 1, where the damage is found. */
    }
    return status == RB_OK && *count < (uint64_t)expected ? RB_DAMAGED : status;
}
