/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/sql_side.h"

#include "tests/sim/sql_functions.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RESERVED_BYTES = 40, ROWS_BYTES_MAX = 1 << 28 };

static void must(const struct sql_side *side, int result, const char *what) {
    if (result != SQLITE_OK) {
        (void)fprintf(stderr, "%s: %s: %s\n", side->sealed ? "vault" : "plain", what,
                      side->sqlite == NULL ? "" : sqlite3_errmsg(side->sqlite));
        abort();
    }
}

/* After what went well the message may be that of an older failure. */
static void outcome(struct sql_side *side, int result) {
    const bool failed = result != SQLITE_OK && result != SQLITE_ROW && result != SQLITE_DONE;

    side->result = result;
    (void)snprintf(side->message, sizeof side->message, "%s",
                   failed ? sqlite3_errmsg(side->sqlite) : "");
}

/* ---- Making, opening, closing ---- */

/* The vault's new file holds one page and says WAL; so does this one. */
static void make_plain(struct sql_side *side) {
    int reserved = RESERVED_BYTES;

    must(side, sqlite3_open(side->path, &side->sqlite), "open");
    must(side, sqlite3_file_control(side->sqlite, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved),
         "reserve");
    must(side,
         sqlite3_exec(side->sqlite, "PRAGMA page_size = 4096; PRAGMA journal_mode = WAL", NULL,
                      NULL, NULL),
         "make");
    must(side, sqlite3_close(side->sqlite), "close");
    side->sqlite = NULL;
}

static void side_init(struct sql_side *side, const char *folder, const char *name, bool sealed) {
    *side = (struct sql_side) { .sealed = sealed };
    (void)snprintf(side->path, sizeof side->path, "%s/%s.db", folder, name);
    writer_init(&side->rows, ROWS_BYTES_MAX);
    memset(&side->key, 0x5a, sizeof side->key);
}

void side_make(struct sql_side *side, const char *folder, const char *name, bool sealed) {
    side_init(side, folder, name, sealed);
    if (!sealed) {
        make_plain(side);
        return;
    }
    struct vault *vault = vault_new(&side->key);
    must(side, vault_create(vault, side->path) == RB_OK ? SQLITE_OK : SQLITE_ERROR, "create");
    vault_destroy(&vault);
}

static void copy_file(const struct sql_side *side, const char *from, const char *to) {
    uint8_t bytes[4096];
    size_t len = 0;
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");

    must(side, in != NULL && out != NULL ? SQLITE_OK : SQLITE_CANTOPEN, "copy");
    while ((len = fread(bytes, 1, sizeof bytes, in)) > 0) {
        must(side, fwrite(bytes, 1, len, out) == len ? SQLITE_OK : SQLITE_FULL, "copy");
    }
    (void)fclose(in); /* It was only read. */
    must(side, fclose(out) == 0 ? SQLITE_OK : SQLITE_FULL, "copy");
}

void side_copy(struct sql_side *side, const struct sql_side *from, const char *folder,
               const char *name) {
    char from_wal[SIDE_PATH_MAX + 8], to_wal[SIDE_PATH_MAX + 8];

    side_init(side, folder, name, false);
    (void)snprintf(from_wal, sizeof from_wal, "%s-wal", from->path);
    (void)snprintf(to_wal, sizeof to_wal, "%s-wal", side->path);
    copy_file(side, from->path, side->path);
    copy_file(side, from_wal, to_wal);
}

void side_clear(struct sql_side *side) {
    char wal[SIDE_PATH_MAX + 8];

    (void)snprintf(wal, sizeof wal, "%s-wal", side->path);
    (void)unlink(wal); /* It is there only if it was to be recovered. */
    (void)unlink(side->path);
    writer_clear(&side->rows);
}

void side_open(struct sql_side *side) {
    static const char settings[] =
        "PRAGMA locking_mode = EXCLUSIVE;"
        "PRAGMA trusted_schema = OFF;"
        "PRAGMA cell_size_check = ON;"
        "PRAGMA journal_mode = WAL;"
        "PRAGMA synchronous = FULL;"
        "PRAGMA temp_store = MEMORY;"
        "PRAGMA foreign_keys = ON;"
        "PRAGMA secure_delete = ON;"
        "PRAGMA cache_size = -8192;"
        "PRAGMA wal_autocheckpoint = 4000";
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

    if (side->sealed) {
        side->vault = vault_new(&side->key);
    }
    must(side,
         sqlite3_open_v2(side->path, &side->sqlite, flags,
                         side->sealed ? vault_vfs_name(side->vault) : NULL),
         "open");
    must(side, sql_functions_add(side->sqlite), "functions");
    must(side, sqlite3_exec(side->sqlite, settings, NULL, NULL, NULL), "settings");
}

void side_close(struct sql_side *side, bool keep_wal) {
    side_cursor_end(side);
    (void)sqlite3_blob_close(side->blob); /* NULL is fine. */
    side->blob = NULL;
    must(side,
         sqlite3_db_config(side->sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep_wal ? 1 : 0, NULL),
         "no checkpoint");
    must(side, sqlite3_close(side->sqlite), "close");
    side->sqlite = NULL;
    if (side->sealed) {
        must(side, vault_damage(side->vault).part == DAMAGE_NONE ? SQLITE_OK : SQLITE_CORRUPT,
             "damage");
        vault_destroy(&side->vault);
    }
}

/* ---- Statements ---- */

static void keep_row(struct sql_side *side, sqlite3_stmt *stmt) {
    const int columns = sqlite3_column_count(stmt);

    writer_u32(&side->rows, (uint32_t)columns);
    for (int i = 0; i < columns; i++) {
        const int type = sqlite3_column_type(stmt, i);
        const void *data = sqlite3_column_blob(stmt, i);
        const size_t len = data == NULL ? 0 : (size_t)sqlite3_column_bytes(stmt, i);
        writer_u8(&side->rows, (uint8_t)type);
        writer_u32(&side->rows, (uint32_t)len);
        writer_span(&side->rows, span_of(data, len));
    }
    assert(!side->rows.failed);
}

void side_run(struct sql_side *side, const char *sql) {
    int result = SQLITE_OK;

    writer_reset(&side->rows);
    while (result == SQLITE_OK && *sql != '\0') {
        sqlite3_stmt *stmt = NULL;
        result = sqlite3_prepare_v2(side->sqlite, sql, -1, &stmt, &sql);
        while (stmt != NULL && (result = sqlite3_step(stmt)) == SQLITE_ROW) {
            keep_row(side, stmt);
        }
        result = result == SQLITE_DONE ? SQLITE_OK : result;
        outcome(side, result);
        (void)sqlite3_finalize(stmt); /* It repeats the error. */
    }
    writer_u32(&side->rows, (uint32_t)sqlite3_get_autocommit(side->sqlite));
    writer_u64(&side->rows, (uint64_t)sqlite3_total_changes64(side->sqlite));
}

void side_cursor(struct sql_side *side, const char *sql, size_t steps) {
    int result = SQLITE_OK;

    writer_reset(&side->rows);
    if (side->cursor == NULL) {
        result = sqlite3_prepare_v2(side->sqlite, sql, -1, &side->cursor, NULL);
    }
    for (size_t i = 0; i < steps && side->cursor != NULL; i++) {
        result = sqlite3_step(side->cursor);
        if (result != SQLITE_ROW) {
            break;
        }
        keep_row(side, side->cursor);
    }
    outcome(side, result);
    if (result != SQLITE_ROW) {
        side_cursor_end(side);
    }
}

void side_cursor_end(struct sql_side *side) {
    (void)sqlite3_finalize(side->cursor); /* It repeats the error; NULL is fine. */
    side->cursor = NULL;
}

/* ---- One value, piece by piece ---- */

void side_blob_open(struct sql_side *side, const char *table, int64_t row, bool writes) {
    writer_reset(&side->rows);
    if (side->blob != NULL) {
        outcome(side, sqlite3_blob_reopen(side->blob, row));
    } else {
        outcome(side, sqlite3_blob_open(side->sqlite, "main", table, "c", row, writes ? 1 : 0,
                                        &side->blob));
    }
    if (side->result != SQLITE_OK) {
        (void)sqlite3_blob_close(side->blob); /* NULL is fine. */
        side->blob = NULL;
    }
    writer_u32(&side->rows, side->blob == NULL ? 0 : (uint32_t)sqlite3_blob_bytes(side->blob));
}

void side_blob_read(struct sql_side *side, int at, int len) {
    writer_reset(&side->rows);
    uint8_t *place = writer_reserve(&side->rows, (size_t)len);
    outcome(side, sqlite3_blob_read(side->blob, place, len, at));
}

void side_blob_write(struct sql_side *side, int at, struct span bytes) {
    writer_reset(&side->rows);
    outcome(side, sqlite3_blob_write(side->blob, bytes.data, (int)bytes.len, at));
}

void side_blob_close(struct sql_side *side) {
    writer_reset(&side->rows);
    outcome(side, sqlite3_blob_close(side->blob));
    side->blob = NULL;
}

/* ---- All pages ---- */

/* The file change counter, the schema cookie and the version-valid-for number: their start is
 * different, since the two files were made in different ways. */
static void forget_counters(uint8_t *header) {
    memset(header + 24, 0, 4);
    memset(header + 40, 0, 4);
    memset(header + 92, 0, 8);
}

void side_pages(struct sql_side *side) {
    sqlite3_int64 len = 0;
    uint8_t *pages = sqlite3_serialize(side->sqlite, "main", &len, 0);

    writer_reset(&side->rows);
    outcome(side, pages == NULL ? SQLITE_ERROR : SQLITE_OK);
    if (pages != NULL) {
        forget_counters(pages);
        writer_span(&side->rows, span_of(pages, (size_t)len));
    }
    sqlite3_free(pages);
}
