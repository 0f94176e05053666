/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQL functions that repeat, so that big content needs only short statements:
 *
 *   noise(seed, len)    a blob that looks random
 *   words(seed, count)  text of syllables */
#ifndef REMBUK_TESTS_SQL_FUNCTIONS_H
#define REMBUK_TESTS_SQL_FUNCTIONS_H

#include <sqlite3.h>

/* One of SQLite's result codes. */
int sql_functions_add(sqlite3 *sqlite);

#endif
