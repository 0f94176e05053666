/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/output.h"

#include "cli/json.h"
#include "cli/lang.h"
#include "cli/layout.h"
#include "cli/table.h"
#include "cli/when.h"
#include "cli/wording.h"
#include "protocol/crypt.h"
#include "protocol/text.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_KEPT = 8, PARAGRAPH_INDENT = 2, SHOWN_BYTES_MAX = 1 << 24 };

/* ECMA-48 Select Graphic Rendition. */
static const char style_bold[] = "\033[1m", style_red[] = "\033[31m", style_plain[] = "\033[0m";

struct output {
    FILE *out, *err;
    enum output_form form;
    size_t width;
    bool colour;
    struct json_writer *json; /* OUTPUT_JSON, until it has been written */

    /* The list that is a table now, and how deep in containers its rows are. */
    struct table *table;
    const struct column *columns;
    size_t column_count;
    const char *headings[COLUMNS_MAX];
    size_t depth, table_depth;

    struct writer lines[LINES_KEPT]; /* of output_line, used in turn */
    size_t line_next;
    int error; /* errno of the first write that failed */
};

struct output *output_new(const struct output_setup *setup) {
    struct output *output = rb_alloc(1, sizeof *output);

    output->out = setup->out;
    output->err = setup->err;
    output->form = setup->form;
    output->width = setup->width;
    output->colour = setup->colour;
    if (setup->form == OUTPUT_JSON) {
        output->json = json_writer_new();
    }
    for (size_t i = 0; i < LINES_KEPT; i++) {
        writer_init(&output->lines[i], SHOWN_BYTES_MAX);
    }
    return output;
}

void output_destroy(struct output **output) {
    if (*output == NULL) {
        return;
    }
    json_writer_destroy(&(*output)->json);
    table_destroy(&(*output)->table);
    for (size_t i = 0; i < LINES_KEPT; i++) {
        writer_clear(&(*output)->lines[i]);
    }
    free(*output);
    *output = NULL;
}

enum output_form output_form(const struct output *output) {
    return output->form;
}

/* ---- Writing, and noticing when it fails ---- */

static void write_bytes(struct output *output, struct span bytes) {
    if (bytes.len > 0 && fwrite(bytes.data, 1, bytes.len, output->out) != bytes.len &&
        output->error == 0) {
        output->error = errno;
    }
}

enum rb_status output_finish(struct output *output) {
    if (output->json != NULL) {
        json_write(output->json, output->out);
        json_writer_destroy(&output->json);
    }
    if (fflush(output->out) != 0 && output->error == 0) {
        output->error = errno;
    }
    if (output->error == 0 && !ferror(output->out)) {
        return RB_OK;
    }
    return output->error == ENOSPC || output->error == EDQUOT ? RB_FULL : RB_STORAGE;
}

void output_flush(struct output *output) {
    (void)fflush(output->out); /* Failures are found by output_finish. */
}

/* ---- Sentences as they are shown ---- */

/* Appends the text printable, wrapped, and in the style given (NULL: none). */
static void shape(const struct output *output, struct span text, size_t indent, const char *style,
                  struct writer *out) {
    struct writer escaped;

    writer_init(&escaped, SHOWN_BYTES_MAX);
    text_escape(&escaped, text, true);
    bool is_styled = style != NULL && output->colour && escaped.len > 0;
    writer_span(out, span_text(is_styled ? style : ""));
    layout_wrap(out, writer_view(&escaped), output->width, indent);
    if (is_styled) { /* The line end comes last: whoever looks sees that the line has ended. */
        out->len--;
        writer_span(out, span_text(style_plain));
        writer_u8(out, '\n');
    }
    writer_clear(&escaped);
}

void output_failure(struct output *output, const struct failure *failure) {
    struct writer shown;

    output_flush(output); /* So that the two do not stand in the wrong order on a terminal. */
    if (output->form == OUTPUT_JSON) {
        struct json_writer *json = json_writer_new();
        json_open_object(json, "error");
        json_put_text(json, "code", span_text(failure->code));
        json_put_integer(json, "exit", failure->exit);
        json_put_text(json, "message", span_text(failure->sentence));
        json_write(json, output->err);
        json_writer_destroy(&json);
        return;
    }
    writer_init(&shown, SHOWN_BYTES_MAX);
    shape(output, span_text(failure->sentence), 0, style_red, &shown);
    struct span text = writer_view(&shown);
    (void)fwrite(text.data, 1, text.len, output->err); /* Nowhere is left to complain to. */
    writer_clear(&shown);
}

/* ---- Facts ---- */

/* The place of `key` among the columns, or column_count; facts deeper than a row have none. */
static size_t column_of(const struct output *output, const char *key) {
    size_t at = 0;

    if (output->table == NULL || output->depth != output->table_depth || key == NULL) {
        return output->column_count;
    }
    while (at < output->column_count &&
           !span_equal(span_text(output->columns[at].key), span_text(key))) {
        at++;
    }
    return at;
}

/* Most facts of a row are for scripts alone: nothing is made of them for anybody else. */
static bool is_wanted(const struct output *output, const char *key) {
    return output->json != NULL || column_of(output, key) < output->column_count;
}

static void show_text(struct output *output, const char *key, struct span text) {
    size_t column = column_of(output, key);

    if (output->table != NULL && column < output->column_count) {
        table_cell(output->table, column, span_text(output_line(output, text)));
    }
}

void output_cell(struct output *output, const char *key, const char *shown) {
    show_text(output, key, span_text(shown));
}

void output_text(struct output *output, const char *key, struct span text) {
    if (output->json != NULL) {
        json_put_text(output->json, key, text);
    }
    show_text(output, key, text);
}

void output_string(struct output *output, const char *key, const char *text) {
    output_text(output, key, span_text(text));
}

void output_hex(struct output *output, const char *key, struct span identifier) {
    char hex[2 * HASH_BYTES + 1];

    assert(identifier.len <= HASH_BYTES);
    if (is_wanted(output, key)) {
        hex_write(identifier, hex);
        output_string(output, key, hex);
    }
}

void output_integer(struct output *output, const char *key, int64_t value) {
    char shown[24];

    if (output->json != NULL) {
        json_put_integer(output->json, key, value);
    }
    if (is_wanted(output, key)) {
        (void)snprintf(shown, sizeof shown, "%" PRId64, value);
        output_cell(output, key, shown);
    }
}

void output_count(struct output *output, const char *key, uint64_t value) {
    output_integer(output, key, value > INT64_MAX ? INT64_MAX : (int64_t)value);
}

void output_bool(struct output *output, const char *key, bool value) {
    if (output->json != NULL) {
        json_put_bool(output->json, key, value);
    }
    output_cell(output, key, value ? _("yes") : _("no"));
}

void output_null(struct output *output, const char *key) {
    if (output->json != NULL) {
        json_put_null(output->json, key);
    }
    output_cell(output, key, "-");
}

void output_time(struct output *output, const char *key, int64_t ms) {
    char exact[WHEN_BYTES], shown[WHEN_BYTES];

    if (ms == 0) {
        output_null(output, key);
        return;
    }
    if (is_wanted(output, key)) {
        when_exact(ms, exact);
        when_show(ms, shown);
        output_word(output, key, exact, shown);
    }
}

void output_word(struct output *output, const char *key, const char *word, const char *shown) {
    if (output->json != NULL) {
        json_put_text(output->json, key, span_text(word));
    }
    output_cell(output, key, shown);
}

/* ---- Containers ---- */

void output_list_begin(struct output *output, const char *key, const struct column *columns,
                       size_t count) {
    assert(count <= COLUMNS_MAX);
    output->depth++;
    if (output->json != NULL) {
        json_open_list(output->json, key);
    }
    if (output->form == OUTPUT_JSON || count == 0) {
        return;
    }
    assert(output->table == NULL);
    for (size_t i = 0; i < count; i++) {
        output->headings[i] = _(columns[i].heading);
    }
    output->columns = columns;
    output->column_count = count;
    output->table = table_new(output->headings, count);
    output->table_depth = output->depth + 1;
}

static void write_table(struct output *output) {
    struct writer lines;

    writer_init(&lines, SIZE_MAX / 2);
    table_write(output->table, output->width, &lines);
    write_bytes(output, writer_view(&lines));
    writer_clear(&lines);
}

void output_list_end(struct output *output) {
    if (output->json != NULL) {
        json_close(output->json);
    }
    if (output->table != NULL && output->depth + 1 == output->table_depth) {
        if (output->form == OUTPUT_TABLE) {
            write_table(output);
        }
        table_destroy(&output->table);
        output->column_count = 0;
    }
    output->depth--;
}

void output_row_begin(struct output *output) {
    output_object_begin(output, NULL);
    if (output->table != NULL && output->depth == output->table_depth) {
        table_row(output->table);
    }
}

void output_row_end(struct output *output) {
    bool is_row = output->table != NULL && output->depth == output->table_depth;

    if (is_row && output->form == OUTPUT_QUIET) {
        struct writer line;
        writer_init(&line, SIZE_MAX / 2);
        table_write_line(output->table, &line);
        write_bytes(output, writer_view(&line));
        writer_clear(&line);
    }
    output_object_end(output);
}

void output_object_begin(struct output *output, const char *key) {
    output->depth++;
    if (output->json != NULL) {
        json_open_object(output->json, key);
    }
}

void output_object_end(struct output *output) {
    output->depth--;
    if (output->json != NULL) {
        json_close(output->json);
    }
}

/* ---- Sentences ---- */

static char *format(const char *sentence, va_list values) {
    char *said = wording_of(sentence);
    va_list again;
    va_copy(again, values);
    int len = vsnprintf(NULL, 0, said, again);
    va_end(again);
    assert(len >= 0);

    char *text = rb_alloc((size_t)len + 1, 1);
    (void)vsnprintf(text, (size_t)len + 1, said, values);
    free(said);
    return text;
}

static void show_wrapped(struct output *output, struct span text, size_t indent,
                         const char *style) {
    struct writer shown;

    writer_init(&shown, SHOWN_BYTES_MAX);
    shape(output, text, indent, style, &shown);
    write_bytes(output, writer_view(&shown));
    writer_clear(&shown);
}

static void say(struct output *output, const char *style, const char *sentence, va_list values) {
    if (output->form == OUTPUT_TABLE) {
        char *text = format(sentence, values);
        show_wrapped(output, span_text(text), 0, style);
        free(text);
    }
}

void output_say(struct output *output, const char *sentence, ...) {
    va_list values;

    va_start(values, sentence);
    say(output, NULL, sentence, values);
    va_end(values);
}

void output_heading(struct output *output, const char *sentence, ...) {
    va_list values;

    va_start(values, sentence);
    say(output, style_bold, sentence, values);
    va_end(values);
}

void output_gap(struct output *output) {
    if (output->form == OUTPUT_TABLE) {
        write_bytes(output, span_text("\n"));
    }
}

/* Where the line is too long, the command to type stands on a line of its own: behind the only
 * colon. */
static void say_next(struct output *output, char *text) {
    static const char command_begin[] = ": ";
    char *command = strstr(text, command_begin);
    bool is_one = command != NULL && strstr(command + 1, command_begin) == NULL;
    size_t columns = layout_columns(span_text(text)) + layout_columns(span_text(_("Next, %s")));

    if (!is_one || columns <= output->width) {
        output_say(output, _("Next, %s"), text);
        return;
    }
    *++command = '\0';
    output_say(output, _("Next, %s"), text);
    output_paragraph(output, span_text(command + 1));
}

void output_next(struct output *output, const char *sentence, ...) {
    va_list values;

    if (output->form != OUTPUT_TABLE) {
        return;
    }
    va_start(values, sentence);
    char *text = format(sentence, values);
    va_end(values);
    say_next(output, text);
    free(text);
}

void output_paragraph(struct output *output, struct span text) {
    if (output->form == OUTPUT_TABLE) {
        show_wrapped(output, text, PARAGRAPH_INDENT, NULL);
    }
}

void output_example(struct output *output, struct span lines) {
    if (output->form == OUTPUT_TABLE) {
        struct writer escaped, shown;

        writer_init(&escaped, SHOWN_BYTES_MAX);
        writer_init(&shown, SHOWN_BYTES_MAX);
        text_escape(&escaped, lines, true);
        layout_wrap(&shown, writer_view(&escaped), WIDTH_UNLIMITED, PARAGRAPH_INDENT);
        write_bytes(output, writer_view(&shown));
        writer_clear(&escaped);
        writer_clear(&shown);
    }
}

void output_plain(struct output *output, struct span text) {
    struct writer escaped;

    if (output->form == OUTPUT_JSON) {
        return;
    }
    writer_init(&escaped, SIZE_MAX / 2);
    text_escape(&escaped, text, true);
    write_bytes(output, writer_view(&escaped));
    writer_clear(&escaped);
}

void output_quiet(struct output *output, const char *line, ...) {
    va_list values;

    if (output->form != OUTPUT_QUIET) {
        return;
    }
    va_start(values, line);
    char *text = format(line, values);
    va_end(values);
    output_plain(output, span_text(text));
    output_plain(output, span_text("\n"));
    free(text);
}

const char *output_line(struct output *output, struct span text) {
    struct writer *line = &output->lines[output->line_next];

    output->line_next = (output->line_next + 1) % LINES_KEPT;
    writer_reset(line);
    text_escape(line, text, false);
    writer_u8(line, '\0');
    return (const char *)writer_view(line).data;
}

const char *output_name(struct output *output, const char *name) {
    return output_line(output, span_text(name));
}
