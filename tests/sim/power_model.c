/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/power_model.h"

#include <stdio.h>
#include <string.h>

enum { POOL_BYTES = 1 << 16, WORD_BYTES = 4, WORDS_CHECKED = 6 };

/* All stand in the index of search: rows without words have an empty text. */
const char model_schema[] =
    "CREATE TABLE note ("
    "  id      INTEGER PRIMARY KEY,"
    "  parent  INTEGER NOT NULL,"
    "  body_at INTEGER NOT NULL,"
    "  words   INTEGER NOT NULL,"
    "  body    BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX note_parent ON note (parent, body_at);"
    "CREATE TABLE mark ("
    "  name  BLOB PRIMARY KEY,"
    "  value INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE VIRTUAL TABLE search USING fts5(text, content = '', tokenize = 'trigram',"
    "  detail = 'none');"
    "PRAGMA user_version = 1;";

/* ---- What rows hold ---- */

static const uint8_t *pool(void) {
    static uint8_t bytes[POOL_BYTES];
    static bool filled = false;

    if (!filled) {
        random_fill(&(struct random) { .state = 1 }, bytes, sizeof bytes);
        filled = true;
    }
    return bytes;
}

static size_t choose_len(struct random *random) {
    const size_t choice = random_below(random, 100);
    return random_below(random, choice < 50 ? 200 : choice < 85 ? 2500 : MODEL_BODY_BYTES_MAX + 1);
}

void model_choose_row(struct model_row *row, struct random *random) {
    row->stands = true;
    row->parent = (uint32_t)random_below(random, 20);
    row->body_len = (uint32_t)choose_len(random);
    row->body_at = (uint32_t)random_below(random, POOL_BYTES - MODEL_BODY_BYTES_MAX);
    row->words = 0;
    for (size_t i = random_below(random, 8); i > 0; i--) {
        row->words |= 1U << random_below(random, MODEL_WORDS);
    }
}

struct span model_body(const struct model_row *row) {
    return span_of(pool() + row->body_at, row->body_len);
}

/* Three letters each, so that a word is one token of the index and no other text has it. */
static void word_put(char out[static WORD_BYTES], size_t word) {
    out[0] = 'q';
    out[1] = (char)('a' + word / 5);
    out[2] = (char)('a' + word % 5);
    out[3] = ' ';
}

const char *model_text(uint32_t words) {
    static char text[MODEL_WORDS * WORD_BYTES + 1];
    size_t len = 0;

    for (size_t i = 0; i < MODEL_WORDS; i++) {
        if ((words & (1U << i)) != 0) {
            word_put(text + len, i);
            len += WORD_BYTES;
        }
    }
    text[len] = '\0';
    return text;
}

/* ---- Reading it back ---- */

static int note_load(struct model *model, sqlite3_stmt *stmt) {
    const sqlite3_int64 id = sqlite3_column_int64(stmt, 0);
    struct model_row row = { .stands = true };

    if (id < 1 || id > MODEL_ROWS) {
        return SQLITE_CORRUPT;
    }
    row.parent = (uint32_t)sqlite3_column_int64(stmt, 1);
    row.body_at = (uint32_t)sqlite3_column_int64(stmt, 2);
    row.words = (uint32_t)sqlite3_column_int64(stmt, 3);
    const void *body = sqlite3_column_blob(stmt, 4);
    row.body_len = (uint32_t)sqlite3_column_bytes(stmt, 4);
    if (row.body_at > POOL_BYTES - MODEL_BODY_BYTES_MAX || row.body_len > MODEL_BODY_BYTES_MAX ||
        !span_equal(model_body(&row), span_of(body, row.body_len))) {
        return SQLITE_CORRUPT;
    }
    model->rows[id - 1] = row;
    return SQLITE_OK;
}

static int mark_load(struct model *model, sqlite3_stmt *stmt) {
    const uint8_t *name = sqlite3_column_blob(stmt, 0);

    if (sqlite3_column_bytes(stmt, 0) != 1 || name[0] >= MODEL_MARKS) {
        return SQLITE_CORRUPT;
    }
    model->marks[name[0]] = (uint32_t)sqlite3_column_int64(stmt, 1);
    return SQLITE_OK;
}

typedef int row_load(struct model *model, sqlite3_stmt *stmt);

static int rows_load(struct model *model, sqlite3 *sqlite, const char *sql, row_load *load) {
    sqlite3_stmt *stmt = NULL;
    int result = sqlite3_prepare_v2(sqlite, sql, -1, &stmt, NULL);

    while (result == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
        result = load(model, stmt);
    }
    const int end = sqlite3_finalize(stmt); /* It repeats the error of the last step. */
    return result == SQLITE_OK ? end : result;
}

static int docsize_check(struct model *model, sqlite3_stmt *stmt) {
    sqlite3_int64 count = 0;

    for (size_t i = 0; i < MODEL_ROWS; i++) {
        count += model->rows[i].stands ? 1 : 0;
    }
    return count == sqlite3_column_int64(stmt, 0) ? SQLITE_OK : SQLITE_CORRUPT;
}

/* Does the index find by this word the rows that have it? */
static int word_check(const struct model *model, sqlite3 *sqlite, size_t word) {
    sqlite3_stmt *stmt = NULL;
    char text[WORD_BYTES + 2] = "\"";
    bool right = true;
    size_t i = 0;

    word_put(text + 1, word);
    text[WORD_BYTES] = '"';
    int result = sqlite3_prepare_v2(
        sqlite, "SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rowid", -1, &stmt, NULL);
    if (result == SQLITE_OK) {
        result = sqlite3_bind_text(stmt, 1, text, -1, SQLITE_STATIC);
    }
    while (result == SQLITE_OK && right && sqlite3_step(stmt) == SQLITE_ROW) {
        while (i < MODEL_ROWS && (model->rows[i].words & (1U << word)) == 0) {
            i++;
        }
        i++;
        right = sqlite3_column_int64(stmt, 0) == (sqlite3_int64)i;
    }
    while (i < MODEL_ROWS && right) {
        right = (model->rows[i++].words & (1U << word)) == 0;
    }
    const int end = sqlite3_finalize(stmt); /* It repeats the error of the last step. */
    result = result == SQLITE_OK ? end : result;
    return result == SQLITE_OK && !right ? SQLITE_CORRUPT : result;
}

int model_load(struct model *model, sqlite3 *sqlite, struct random *random) {
    *model = (struct model) { 0 };
    int result =
        rows_load(model, sqlite, "SELECT id, parent, body_at, words, body FROM note", note_load);

    if (result == SQLITE_OK) {
        result = rows_load(model, sqlite, "SELECT name, value FROM mark", mark_load);
    }
    if (result == SQLITE_OK) {
        result = rows_load(model, sqlite, "SELECT count(*) FROM search_docsize", docsize_check);
    }
    for (size_t i = 0; i < WORDS_CHECKED && result == SQLITE_OK; i++) {
        result = word_check(model, sqlite, random_below(random, MODEL_WORDS));
    }
    return result;
}

/* ---- Comparing ---- */

static bool row_equal(const struct model_row *a, const struct model_row *b) {
    if (!a->stands || !b->stands) {
        return a->stands == b->stands;
    }
    return a->parent == b->parent && a->body_at == b->body_at && a->body_len == b->body_len &&
           a->words == b->words;
}

bool model_equal(const struct model *a, const struct model *b) {
    bool equal = memcmp(a->marks, b->marks, sizeof a->marks) == 0;

    for (size_t i = 0; i < MODEL_ROWS; i++) {
        equal &= row_equal(&a->rows[i], &b->rows[i]);
    }
    return equal;
}

const char *model_difference(const struct model *wanted, const struct model *found) {
    static char text[160];
    size_t lost = 0, strange = 0, other = 0, marks = 0;

    for (size_t i = 0; i < MODEL_ROWS; i++) {
        const struct model_row *a = &wanted->rows[i], *b = &found->rows[i];
        lost += a->stands && !b->stands ? 1 : 0;
        strange += !a->stands && b->stands ? 1 : 0;
        other += a->stands && b->stands && !row_equal(a, b) ? 1 : 0;
    }
    for (size_t i = 0; i < MODEL_MARKS; i++) {
        marks += wanted->marks[i] != found->marks[i] ? 1 : 0;
    }
    (void)snprintf(text, sizeof text, "%zu rows lost, %zu came back, %zu other, %zu marks other",
                   lost, strange, other, marks);
    return text;
}
