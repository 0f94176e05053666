/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/document.h"

#include "cli/layout.h"
#include "protocol/text.h"

#include <string.h>

enum { COLUMNS = 78, INDENT = 2, SIGN_COLUMNS = COLUMNS / SIGNATURES, SIGN_LINES = 3 };

static void write_wrapped(struct writer *out, struct span text, size_t indent) {
    struct writer safe;

    writer_init(&safe, SIZE_MAX); /* no longer than a few times the text */
    text_escape(&safe, text, true);
    layout_wrap(out, writer_view(&safe), COLUMNS, indent);
    writer_clear(&safe);
}

/* "Title" and a line of one character below it. */
static void write_underlined(struct writer *out, struct span title, uint8_t line) {
    const size_t columns = layout_columns(title);

    write_wrapped(out, title, 0);
    for (size_t i = 0; i < columns && i < COLUMNS; i++) {
        writer_u8(out, line);
    }
    writer_u8(out, '\n');
}

static void text_begin(struct writer *out, enum language language, struct span title) {
    (void)language; /* plain text does not tell */
    write_underlined(out, title, '=');
}

static void text_section(struct writer *out, struct span title) {
    writer_u8(out, '\n');
    write_underlined(out, title, '-');
}

static void text_heading(struct writer *out, struct span title) {
    writer_u8(out, '\n');
    write_wrapped(out, title, 0);
}

static void text_field(struct writer *out, struct span label, struct span value) {
    struct writer line;

    writer_init(&line, SIZE_MAX); /* no longer than what it is made of */
    writer_span(&line, label);
    writer_span(&line, span_text(": "));
    writer_span(&line, value);
    write_wrapped(out, writer_view(&line), INDENT);
    writer_clear(&line);
}

static void text_paragraph(struct writer *out, struct span text) {
    write_wrapped(out, text, INDENT);
}

/* One line of both, beside each other. */
static void write_beside(struct writer *out, const char *left, const char *right) {
    struct writer safe;

    writer_init(&safe, SIZE_MAX);
    text_escape(&safe, span_text(left), false);
    layout_pad(out, writer_view(&safe), right[0] != '\0' ? SIGN_COLUMNS : 0);
    writer_reset(&safe);
    text_escape(&safe, span_text(right), false);
    writer_span(out, writer_view(&safe));
    writer_u8(out, '\n');
    writer_clear(&safe);
}

static const char *name_or_blank(const struct signature *who) {
    return who->name[0] != '\0' ? who->name : "(______________________)";
}

static void text_sign(struct writer *out, struct span place,
                      const struct signature who[SIGNATURES]) {
    writer_u8(out, '\n');
    write_wrapped(out, place, 0);
    writer_u8(out, '\n');
    write_beside(out, who[0].above, who[1].above);
    write_beside(out, who[0].role, who[1].role);
    for (size_t i = 0; i < SIGN_LINES; i++) {
        writer_u8(out, '\n');
    }
    write_beside(out, name_or_blank(&who[0]), name_or_blank(&who[1]));
}

static void text_end(struct writer *out) {
    (void)out; /* the last line has its end */
}

const struct document_style document_text = {
    .begin = text_begin,
    .section = text_section,
    .heading = text_heading,
    .field = text_field,
    .paragraph = text_paragraph,
    .sign = text_sign,
    .end = text_end,
};
