/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/view_dump.h"

#include "store/case_summary.h"
#include "store/db.h"
#include "store/schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VIEWS_MAX = 40, SQL_BYTES_MAX = 1024 };

/* Kept as long as the process lives: db.h knows a statement by the address of its text. */
struct view {
    struct span name; /* in the text of the schema */
    struct writer sql;
};
static struct view views[VIEWS_MAX];
static size_t view_count;

static void must(bool is_so) {
    if (!is_so) {
        abort();
    }
}

static void sql_add(struct view *view, const char *text) {
    writer_span(&view->sql, span_text(text));
}

/* SELECT '' || quote(a) || '|' || quote(b) || '|' ... FROM name ORDER BY 1 */
static void view_prepare(struct store *store, struct view *view) {
    static const char sql[] = "SELECT name FROM pragma_table_info(?1)";
    struct db_row *row = db_query(store_db(store), sql);

    writer_init(&view->sql, SQL_BYTES_MAX);
    sql_add(view, "SELECT ''");
    db_bind_text(row, 1, view->name);
    while (db_step(row)) {
        sql_add(view, " || quote(");
        writer_span(&view->sql, db_text(row, 0));
        sql_add(view, ") || '|'");
    }
    must(db_end(row) == RB_OK);
    sql_add(view, " FROM ");
    writer_span(&view->sql, view->name);
    sql_add(view, " ORDER BY 1");
    writer_u8(&view->sql, '\0');
    must(writer_end(&view->sql) == RB_OK);
}

/* What has become of the events is made again with the views. */
static void events_prepare(struct view *view) {
    view->name = span_text("event");
    writer_init(&view->sql, SQL_BYTES_MAX);
    sql_add(view, "SELECT rcv || '|' || state FROM event ORDER BY rcv");
    writer_u8(&view->sql, '\0');
}

static void views_find(struct store *store) {
    static const char before[] = "DELETE FROM ", search[] = "search";
    const char *at = schema_empty_views;

    while ((at = strstr(at, before)) != NULL) {
        at += sizeof before - 1;
        must(view_count < VIEWS_MAX - 1);
        if (strncmp(at, search, sizeof search - 1) != 0) {
            struct view *view = &views[view_count++];
            view->name = span_of(at, strcspn(at, " ;"));
            view_prepare(store, view);
        }
    }
    events_prepare(&views[view_count++]);
}

void view_dump(struct store *store, struct writer *out) {
    must(case_summaries_make(store, NULL) == RB_OK); /* made when a list asks: so that all stand */
    if (view_count == 0) {
        views_find(store);
    }
    for (size_t i = 0; i < view_count; i++) {
        struct db_row *row = db_query(store_db(store), (const char *)views[i].sql.data);
        while (db_step(row)) {
            writer_span(out, views[i].name);
            writer_span(out, span_text(": "));
            writer_span(out, db_text(row, 0));
            writer_u8(out, '\n');
        }
        must(db_end(row) == RB_OK);
    }
    must(writer_end(out) == RB_OK);
}

static struct span line_at(struct span text, size_t at) {
    while (at > 0 && text.data[at - 1] != '\n') {
        at--;
    }
    const uint8_t *end = memchr(text.data + at, '\n', text.len - at);
    return span_of(text.data + at, end == NULL ? text.len - at : (size_t)(end - text.data) - at);
}

void view_dumps_are_equal(const struct writer *before, const struct writer *after) {
    const struct span one = writer_view(before), other = writer_view(after);
    size_t at = 0;

    if (span_equal(one, other)) {
        return;
    }
    while (at < one.len && at < other.len && one.data[at] == other.data[at]) {
        at++;
    }
    const struct span was = line_at(one, at < one.len ? at : one.len);
    const struct span is = line_at(other, at < other.len ? at : other.len);
    (void)fprintf(stderr, "views differ:\n  was %.*s\n  is  %.*s\n", (int)was.len,
                  (const char *)was.data, (int)is.len, (const char *)is.data);
    abort();
}
