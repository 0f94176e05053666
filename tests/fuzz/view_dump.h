/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything that stands in the views of a store, as text that can be compared.  Which tables are
 * views says the schema itself (schema_empty_views); the search index is left out, since it is made
 * late and by parts. */
#ifndef REMBUK_TESTS_FUZZ_VIEW_DUMP_H
#define REMBUK_TESTS_FUZZ_VIEW_DUMP_H

#include "store/store.h"

/* Appends "table: row\n" for each row, sorted within each table. */
void view_dump(struct store *store, struct writer *out);

/* Aborts, after telling the first row that is not in both. */
void view_dumps_are_equal(const struct writer *before, const struct writer *after);

#endif
