/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/layout.h"

#include "protocol/text.h"

#include <assert.h>
#include <wchar.h>

enum { LINE_COLUMNS_MIN = 10 }; /* below that an indent would leave no room for text */

static size_t character_columns(uint32_t code_point) {
    int columns = wcwidth((wchar_t)code_point);

    return columns < 0 ? 1 : (size_t)columns; /* Unknown to the C library: most likely one. */
}

size_t layout_columns(struct span text) {
    size_t columns = 0;

    while (text.len > 0) {
        columns += character_columns(text_next(&text));
    }
    return columns;
}

/* The line before `end`, and `*rest` behind it; `gap` bytes at the break are dropped. */
static struct span cut_line(struct span *rest, size_t end, size_t gap) {
    struct span line = span_of(rest->data, end);

    rest->data += end + gap;
    rest->len -= end + gap;
    return line;
}

struct span layout_line(struct span *rest, size_t width) {
    assert(width > 0);
    struct span ahead = *rest;
    size_t columns = 0, blank = 0;

    while (ahead.len > 0) {
        size_t at = rest->len - ahead.len;
        uint32_t code_point = text_next(&ahead);

        if (code_point == '\n') {
            return cut_line(rest, at, 1);
        }
        columns += character_columns(code_point);
        if (code_point == ' ' && at > 0) {
            blank = at;
        }
        if (columns > width && at > 0) {
            return blank > 0 ? cut_line(rest, blank, 1) : cut_line(rest, at, 0);
        }
    }
    return cut_line(rest, rest->len, 0);
}

static void write_blanks(struct writer *out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        writer_u8(out, ' ');
    }
}

void layout_wrap(struct writer *out, struct span text, size_t width, size_t indent) {
    size_t room = width > indent + LINE_COLUMNS_MIN ? width - indent : LINE_COLUMNS_MIN;

    while (text.len > 0) {
        struct span line = layout_line(&text, room);
        if (line.len > 0) {
            write_blanks(out, indent);
        }
        writer_span(out, line);
        writer_u8(out, '\n');
    }
}

void layout_pad(struct writer *out, struct span text, size_t width) {
    size_t columns = layout_columns(text);

    writer_span(out, text);
    write_blanks(out, width > columns ? width - columns : 0);
}
