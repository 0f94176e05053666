/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a small case file holds, kept beside the database that holds it: rows with bodies of up to
 * 20,000 bytes, the words by which they are found, and marks.  Tables like those of schema.c. */
#ifndef REMBUK_TESTS_POWER_MODEL_H
#define REMBUK_TESTS_POWER_MODEL_H

#include "protocol/bytes.h"
#include "tests/support/random.h"

#include <sqlite3.h>

enum { MODEL_ROWS = 300, MODEL_MARKS = 120, MODEL_WORDS = 24, MODEL_BODY_BYTES_MAX = 20000 };

struct model_row {
    bool stands;
    uint32_t parent;
    uint32_t body_at, body_len; /* a piece of one long text that never changes */
    uint32_t words;             /* one bit for each; 0: not in the index of search */
};

/* A plain value: copied to begin a transaction, copied back to undo one. */
struct model {
    struct model_row rows[MODEL_ROWS]; /* the id of row i is i + 1 */
    uint32_t marks[MODEL_MARKS];       /* 0: none */
};

/* Tables and indexes, in the transaction that is open. */
extern const char model_schema[];

void model_choose_row(struct model_row *row, struct random *random);

/* Borrowed for ever. */
struct span model_body(const struct model_row *row);

/* A text of the words, in storage that the next call takes. */
const char *model_text(uint32_t words);

/* Reads everything.  SQLITE_OK, or the first error; SQLITE_CORRUPT if what is there cannot be of
 * any model: a body that is not what its row says, a word too many or too few in the index. */
int model_load(struct model *model, sqlite3 *sqlite, struct random *random);

bool model_equal(const struct model *a, const struct model *b);

/* In words for people, into static storage. */
const char *model_difference(const struct model *wanted, const struct model *found);

#endif
