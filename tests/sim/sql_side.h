/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One of the two databases that sim_sql compares: the vault, or plain SQLite with the same settings
 * and the same forty reserved bytes a page.  So page for page they have the same content. */
#ifndef REMBUK_TESTS_SQL_SIDE_H
#define REMBUK_TESTS_SQL_SIDE_H

#include "protocol/bytes.h"
#include "store/vault.h"

#include <sqlite3.h>

enum { SIDE_PATH_MAX = 300, SIDE_MESSAGE_MAX = 200 };

struct sql_side {
    char path[SIDE_PATH_MAX];
    struct keyfile key;
    bool sealed; /* the vault, and not plain SQLite */
    struct vault *vault;
    sqlite3 *sqlite;
    sqlite3_stmt *cursor; /* a query that is being read while other statements run; or NULL */
    sqlite3_blob *blob;   /* or NULL */
    /* Outcome of the last call below. */
    int result;
    char message[SIDE_MESSAGE_MAX];
    struct writer rows; /* all values of all rows, with their types */
};

/* Makes the empty database FOLDER/NAME.db; side_open follows. */
void side_make(struct sql_side *side, const char *folder, const char *name, bool sealed);
void side_clear(struct sql_side *side); /* removes the files too */

/* A copy of a plain database that is open, as a power cut would leave it: FOLDER/NAME.db. */
void side_copy(struct sql_side *side, const struct sql_side *from, const char *folder,
               const char *name);

/* `keep_wal`: no checkpoint at the end, so that the next opening has to recover. */
void side_open(struct sql_side *side);
void side_close(struct sql_side *side, bool keep_wal);

/* Statements up to the first that fails. */
void side_run(struct sql_side *side, const char *sql);

/* At most `steps` rows of the cursor, which closes at its end; `sql` opens it if it is closed. */
void side_cursor(struct sql_side *side, const char *sql, size_t steps);
void side_cursor_end(struct sql_side *side);

/* The column c of a row: opens it or moves to it, reads, writes, closes. */
void side_blob_open(struct sql_side *side, const char *table, int64_t row, bool writes);
void side_blob_read(struct sql_side *side, int at, int len);
void side_blob_write(struct sql_side *side, int at, struct span bytes);
void side_blob_close(struct sql_side *side);

/* Every page as it is after all that was written; what counts the changes of page 1 is zeroed.
 * Into `rows`. */
void side_pages(struct sql_side *side);

#endif
