/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/fault_work.h"

#include "tests/sim/sql_functions.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct work_step first_step = {
    WORK_TRANSACTION,
    "CREATE TABLE done (id INTEGER PRIMARY KEY, attempt INTEGER);"
    "CREATE TABLE paper (id INTEGER PRIMARY KEY, tag INTEGER, words TEXT, body BLOB);"
    "CREATE INDEX paper_tag ON paper (tag, words);"
    "CREATE VIRTUAL TABLE sought USING fts5(text, content = '', tokenize = 'trigram',"
    " detail = 'none')"
};

#define MANY(count)                                                                                \
    "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < " #count ") "

static const struct work_step round_steps[] = {
    { WORK_TRANSACTION,
      "INSERT INTO paper (tag, words, body)"
      " VALUES (1, words(1, 20), noise(1, 200));"
      "INSERT INTO sought (rowid, text) VALUES (random(), words(1, 20))" },
    /* Pages that leave the small cache before the commit, some of them twice. */
    { WORK_TRANSACTION, MANY(16) "INSERT INTO paper (tag, words, body)"
                                 " SELECT i % 5, words(i, 3), noise(i, 900) FROM n;"
                                 "UPDATE paper SET tag = tag + 1, body = noise(id, 950)" },
    { WORK_TRANSACTION, "INSERT INTO paper (tag, body) VALUES (3, noise(3, 20000))" },
    { WORK_STATEMENT, "PRAGMA wal_checkpoint(PASSIVE)" },
    { WORK_TRANSACTION, "UPDATE paper SET words = words(id + tag, 6) WHERE id % 3 = 0" },
    { WORK_REOPEN, NULL },
    { WORK_UNDONE, MANY(12) "INSERT INTO paper (tag, body) SELECT i, noise(i, 1500) FROM n" },
    { WORK_TRANSACTION,
      "SAVEPOINT one; INSERT INTO paper (tag, body) VALUES (4, noise(4, 3000));"
      "SAVEPOINT two; DELETE FROM paper; ROLLBACK TO two; RELEASE one" },
    { WORK_TRANSACTION, "DELETE FROM paper WHERE id % 4 = 1" },
    { WORK_STATEMENT, "VACUUM" },
    { WORK_STATEMENT, "PRAGMA wal_checkpoint(TRUNCATE)" },
    { WORK_TRANSACTION,
      "INSERT INTO paper (tag, words) VALUES (5, words(5, 9));"
      "INSERT INTO sought (rowid, text) VALUES (random(), words(5, 9))" },
    { WORK_REOPEN_WAL, NULL },
    { WORK_TRANSACTION, "INSERT INTO paper (tag, words) VALUES (6, words(6, 9))" },
};
enum { ROUND_STEPS = sizeof round_steps / sizeof round_steps[0] };

static struct {
    size_t rounds, transactions;
    uint64_t sums[WORK_TRANSACTIONS_MAX + 1]; /* after so many transactions */
} work;

size_t work_step_count(void) {
    return 1 + work.rounds * ROUND_STEPS;
}

const struct work_step *work_step(size_t at) {
    return at == 0 ? &first_step : &round_steps[(at - 1) % ROUND_STEPS];
}

size_t work_transaction_count(void) {
    return work.transactions;
}

void work_sign(size_t transaction, unsigned attempt, char out[static WORK_SQL_MAX]) {
    (void)snprintf(out, WORK_SQL_MAX, "INSERT INTO done VALUES (%zu, %u)", transaction, attempt);
}

/* ---- Looking ---- */

static uint64_t sum_add(uint64_t sum, const void *bytes, size_t len) {
    const uint8_t *at = bytes;

    for (size_t i = 0; i < len; i++) {
        sum = (sum ^ at[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
    }
    return sum;
}

static int sum_rows(sqlite3 *sqlite, const char *sql, uint64_t *sum) {
    sqlite3_stmt *stmt = NULL;
    int result = sqlite3_prepare_v2(sqlite, sql, -1, &stmt, NULL);

    while (result == SQLITE_OK && (result = sqlite3_step(stmt)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const void *data = sqlite3_column_blob(stmt, i);
            const int len = sqlite3_column_bytes(stmt, i);
            *sum = sum_add(*sum, &len, sizeof len);
            *sum = sum_add(*sum, data, data == NULL ? 0 : (size_t)len);
        }
        result = sqlite3_errcode(sqlite) == SQLITE_NOMEM ? SQLITE_NOMEM : SQLITE_OK;
    }
    (void)sqlite3_finalize(stmt); /* It repeats the error. */
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

static int sum_content(sqlite3 *sqlite, uint64_t *sum) {
    static const char *const queries[] = {
        "SELECT id, tag, words, body FROM paper ORDER BY id",
        "SELECT tag, count(*), max(words) FROM paper INDEXED BY paper_tag WHERE tag > 0 GROUP BY 1",
        "SELECT count(*) FROM sought WHERE sought MATCH 'ruj OR pen OR dam OR nga'",
    };
    int result = SQLITE_OK;

    *sum = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < sizeof queries / sizeof queries[0] && result == SQLITE_OK; i++) {
        result = sum_rows(sqlite, queries[i], sum);
    }
    return result;
}

static int read_number(sqlite3 *sqlite, const char *sql, int64_t *number) {
    sqlite3_stmt *stmt = NULL;
    int result = sqlite3_prepare_v2(sqlite, sql, -1, &stmt, NULL);

    if (result == SQLITE_OK) {
        result = sqlite3_step(stmt);
    }
    if (result == SQLITE_ROW) {
        *number = sqlite3_column_int64(stmt, 0);
        result = SQLITE_OK;
    }
    (void)sqlite3_finalize(stmt); /* It repeats the error. */
    return result;
}

static int read_signs(sqlite3 *sqlite, struct work_found *found) {
    sqlite3_stmt *stmt = NULL;
    int result =
        sqlite3_prepare_v2(sqlite, "SELECT id, attempt FROM done ORDER BY id", -1, &stmt, NULL);

    while (result == SQLITE_OK && (result = sqlite3_step(stmt)) == SQLITE_ROW) {
        const size_t id = (size_t)sqlite3_column_int64(stmt, 0);
        assert(found->transactions < WORK_TRANSACTIONS_MAX);
        found->as_expected = found->as_expected && id == found->transactions;
        found->attempts[found->transactions++] = (unsigned)sqlite3_column_int64(stmt, 1);
        result = SQLITE_OK;
    }
    (void)sqlite3_finalize(stmt); /* It repeats the error. */
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

int work_look(sqlite3 *sqlite, struct work_found *found) {
    uint64_t sum = 0;
    int64_t tables = 0;

    *found = (struct work_found) { .as_expected = true };
    int result = read_number(sqlite, "SELECT count(*) FROM sqlite_schema", &tables);
    if (result != SQLITE_OK || tables == 0) {
        return result;
    }
    result = read_signs(sqlite, found);
    if (result == SQLITE_OK) {
        result = sum_content(sqlite, &sum);
    }
    found->as_expected = found->as_expected && found->transactions > 0 &&
                         found->transactions <= work.transactions &&
                         sum == work.sums[found->transactions];
    return result;
}

int work_check(sqlite3 *sqlite, bool *whole) {
    int64_t rows = 0;
    int result = read_number(
        sqlite, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'", &rows);

    *whole = result == SQLITE_OK && rows == 0;
    if (result == SQLITE_OK) {
        result = sqlite3_exec(sqlite, "INSERT INTO sought (sought) VALUES ('integrity-check')",
                              NULL, NULL, NULL);
    }
    return result;
}

/* ---- What is to be expected ---- */

static void must(sqlite3 *sqlite, int result) {
    if (result != SQLITE_OK) {
        (void)fprintf(stderr, "the work itself fails: %s\n", sqlite3_errmsg(sqlite));
        abort();
    }
}

void work_start(size_t rounds) {
    sqlite3 *sqlite = NULL;
    char sign[WORK_SQL_MAX];

    work.rounds = rounds;
    work.transactions = 0;
    must(NULL, sqlite3_open(":memory:", &sqlite));
    must(sqlite, sql_functions_add(sqlite));
    for (size_t i = 0; i < work_step_count(); i++) {
        if (work_step(i)->sort == WORK_TRANSACTION) {
            assert(work.transactions < WORK_TRANSACTIONS_MAX);
            work_sign(work.transactions, 0, sign);
            must(sqlite, sqlite3_exec(sqlite, work_step(i)->sql, NULL, NULL, NULL));
            must(sqlite, sqlite3_exec(sqlite, sign, NULL, NULL, NULL));
            must(sqlite, sum_content(sqlite, &work.sums[++work.transactions]));
        }
    }
    must(sqlite, sqlite3_close(sqlite));
}
