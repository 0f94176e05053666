/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of cells, laid out for a terminal: side by side with words wrapped inside their columns,
 * or, where that is too narrow, one below the other as "heading: cell". */
#ifndef REMBUK_CLI_TABLE_H
#define REMBUK_CLI_TABLE_H

#include "protocol/bytes.h"

struct table;

/* `headings` are borrowed until the table is destroyed; `columns` > 0. */
struct table *table_new(const char *const *headings, size_t columns);
void table_destroy(struct table **table);

void table_row(struct table *table); /* a new row of empty cells */

/* Sets a cell of the newest row; `text` is printable and copied. */
void table_cell(struct table *table, size_t column, struct span text);

/* Appends the whole table in lines of at most `width` columns; nothing if it has no rows. */
void table_write(const struct table *table, size_t width, struct writer *out);

/* Appends the newest row on one line, tabs between the cells. */
void table_write_line(const struct table *table, struct writer *out);

#endif
