/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random statements of many kinds over a few tables.  They may fail, the same way everywhere. */
#ifndef REMBUK_TESTS_SQL_MAKER_H
#define REMBUK_TESTS_SQL_MAKER_H

#include "tests/support/random.h"

enum { SQL_BYTES_MAX = 1000 };

/* Tables, indexes, triggers and search indexes to begin with. */
extern const char sql_schema[];

/* How many kinds there are, and the template of one. */
size_t sql_kinds(void);
const char *sql_template(size_t kind);

/* Chooses a kind by weight and fills in its names and numbers. */
size_t sql_make(struct random *random, char out[static SQL_BYTES_MAX]);

/* One name or number: the letters are those of the templates (sql_maker.c). */
void sql_fill(struct random *random, const char *pattern, char out[static SQL_BYTES_MAX]);

#endif
