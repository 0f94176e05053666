/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/table.h"

#include "cli/layout.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    GAP_COLUMNS = 2,       /* between two cells */
    CELL_COLUMNS_MIN = 10, /* a column is not squeezed below that: then the rows are stacked */
    TABLE_COLUMNS_MAX = 8
};

struct table {
    const char *const *headings;
    size_t columns;
    size_t rows, rows_room;
    char **cells; /* rows * columns; NULL is an empty cell */
};

struct table *table_new(const char *const *headings, size_t columns) {
    assert(columns > 0 && columns <= TABLE_COLUMNS_MAX);
    struct table *table = rb_alloc(1, sizeof *table);

    table->headings = headings;
    table->columns = columns;
    return table;
}

void table_destroy(struct table **table) {
    if (*table == NULL) {
        return;
    }
    for (size_t i = 0; i < (*table)->rows * (*table)->columns; i++) {
        free((*table)->cells[i]);
    }
    free((*table)->cells);
    free(*table);
    *table = NULL;
}

void table_row(struct table *table) {
    if (table->rows == table->rows_room) {
        table->rows_room = table->rows_room * 2 + 16;
        table->cells =
            rb_realloc(table->cells, table->rows_room * table->columns, sizeof *table->cells);
    }
    char **row = table->cells + table->rows * table->columns;
    for (size_t i = 0; i < table->columns; i++) {
        row[i] = NULL;
    }
    table->rows++;
}

void table_cell(struct table *table, size_t column, struct span text) {
    assert(table->rows > 0 && column < table->columns);
    char **cell = &table->cells[(table->rows - 1) * table->columns + column];

    free(*cell);
    *cell = rb_strndup(text);
}

static struct span cell_at(const struct table *table, size_t row, size_t column) {
    const char *cell = table->cells[row * table->columns + column];

    return span_text(cell != NULL ? cell : "");
}

/* ---- Widths ---- */

static size_t natural_width(const struct table *table, size_t column) {
    size_t width = layout_columns(span_text(table->headings[column]));

    for (size_t row = 0; row < table->rows; row++) {
        size_t columns = layout_columns(cell_at(table, row, column));
        width = columns > width ? columns : width;
    }
    return width;
}

static size_t total_width(const size_t *widths, size_t count) {
    size_t total = (count - 1) * GAP_COLUMNS;

    for (size_t i = 0; i < count; i++) {
        total += widths[i];
    }
    return total;
}

/* The widest word of a column, at least CELL_COLUMNS_MIN if that is needed: an address or a
 * variable in two pieces cannot be copied. */
static size_t least_width(const struct table *table, size_t column) {
    size_t natural = natural_width(table, column);
    size_t least = natural < CELL_COLUMNS_MIN ? natural : CELL_COLUMNS_MIN;

    for (size_t row = 0; row < table->rows; row++) {
        struct span cell = cell_at(table, row, column);
        while (cell.len > 0) {
            size_t len = 0;
            while (len < cell.len && cell.data[len] != ' ') {
                len++;
            }
            size_t columns = layout_columns(span_of(cell.data, len));
            least = columns > least ? columns : least;
            len += len < cell.len ? 1 : 0;
            cell = span_of(cell.data + len, cell.len - len);
        }
    }
    return least;
}

/* The column that can best give one; `count` if none can. */
static size_t widest_above(const size_t *widths, const size_t *least, size_t count) {
    size_t at = count;

    for (size_t i = 0; i < count; i++) {
        if (widths[i] > least[i] && (at == count || widths[i] > widths[at])) {
            at = i;
        }
    }
    return at;
}

/* Takes columns from the widest until all fits; false if that would leave one too narrow to read.
 * */
static bool fit_widths(const struct table *table, size_t width, size_t *widths) {
    size_t least[TABLE_COLUMNS_MAX];

    for (size_t i = 0; i < table->columns; i++) {
        widths[i] = natural_width(table, i);
        least[i] = least_width(table, i);
    }
    while (total_width(widths, table->columns) > width) {
        size_t at = widest_above(widths, least, table->columns);
        if (at == table->columns) {
            return false;
        }
        widths[at]--;
    }
    return true;
}

/* ---- Writing ---- */

/* One row of cells, as many lines high as its tallest cell. */
static void write_cells(struct writer *out, struct span *cells, const size_t *widths,
                        size_t count) {
    bool more = true;

    while (more) {
        size_t blank =
            0; /* columns owed: only written when text follows, so no line ends in blanks */
        more = false;
        for (size_t i = 0; i < count; i++) {
            struct span line = layout_line(&cells[i], widths[i]);
            size_t columns = layout_columns(line);
            if (line.len > 0) {
                layout_pad(out, span_of(NULL, 0), blank);
                writer_span(out, line);
                blank = 0;
            }
            blank += widths[i] - (line.len > 0 ? columns : 0) + GAP_COLUMNS;
            more = more || cells[i].len > 0;
        }
        writer_u8(out, '\n');
    }
}

static void write_side_by_side(const struct table *table, const size_t *widths,
                               struct writer *out) {
    struct span cells[TABLE_COLUMNS_MAX];

    for (size_t i = 0; i < table->columns; i++) {
        cells[i] = span_text(table->headings[i]);
    }
    write_cells(out, cells, widths, table->columns);
    for (size_t row = 0; row < table->rows; row++) {
        for (size_t i = 0; i < table->columns; i++) {
            cells[i] = cell_at(table, row, i);
        }
        write_cells(out, cells, widths, table->columns);
    }
}

static void write_stacked(const struct table *table, size_t width, struct writer *out) {
    struct writer line;

    writer_init(&line, SIZE_MAX / 2);
    for (size_t row = 0; row < table->rows; row++) {
        for (size_t i = 0; i < table->columns; i++) {
            writer_reset(&line);
            writer_span(&line, span_text(table->headings[i]));
            writer_span(&line, span_text(": "));
            writer_span(&line, cell_at(table, row, i));
            layout_wrap(out, writer_view(&line), width, i == 0 ? 0 : GAP_COLUMNS);
        }
    }
    writer_clear(&line);
}

void table_write(const struct table *table, size_t width, struct writer *out) {
    size_t widths[TABLE_COLUMNS_MAX];

    if (table->rows == 0) {
        return;
    }
    if (fit_widths(table, width, widths)) {
        write_side_by_side(table, widths, out);
    } else {
        write_stacked(table, width, out);
    }
}

void table_write_line(const struct table *table, struct writer *out) {
    assert(table->rows > 0);
    for (size_t i = 0; i < table->columns; i++) {
        if (i > 0) {
            writer_u8(out, '\t');
        }
        writer_span(out, cell_at(table, table->rows - 1, i));
    }
    writer_u8(out, '\n');
}
