/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/matches.h"

#include "cli/lang.h"
#include "cli/layout.h"
#include "protocol/limits.h"
#include "protocol/text.h"

#include <assert.h>
#include <string.h>

enum { GAP_COLUMNS = 2 };

static bool is_within_character(char byte) {
    return ((uint8_t)byte & 0xC0) == 0x80;
}

size_t matches_common_bytes(const struct completions *found) {
    assert(found->count > 0);
    const char *first = found->rows[0].insert;
    size_t common = strlen(first);

    for (size_t i = 1; i < found->count; i++) {
        size_t same = 0;
        while (same < common && found->rows[i].insert[same] == first[same]) {
            same++;
        }
        common = same;
    }
    while (common > 0 && is_within_character(first[common])) {
        common--;
    }
    return common == 1 && first[0] == '"' ? 0 : common;
}

static size_t widest(const struct completions *found, size_t width) {
    size_t columns = 1;

    for (size_t i = 0; i < found->count; i++) {
        size_t own = layout_columns(span_text(found->rows[i].display));
        columns = own > columns ? own : columns;
    }
    return columns < width ? columns : width;
}

static struct span cut_to(const char *text, size_t width) {
    struct span rest = span_text(text);

    return layout_line(&rest, width);
}

void matches_write(const struct completions *found, size_t width, struct writer *out) {
    size_t column = widest(found, width);
    size_t columns = (width + GAP_COLUMNS) / (column + GAP_COLUMNS);
    size_t room = MATCH_LINES_MAX * columns;
    size_t count = found->count < room ? found->count : room;

    for (size_t i = 0; i < count; i++) {
        bool is_last = (i + 1) % columns == 0 || i + 1 == count;
        layout_pad(out, cut_to(found->rows[i].display, column), is_last ? 0 : column + GAP_COLUMNS);
        writer_span(out, span_text(is_last ? "\n" : ""));
    }
    if (found->more || count < found->count) {
        writer_span(out, span_text(_("There are more. Type another letter.")));
        writer_u8(out, '\n');
    }
}

static bool can_be_typed(struct span path) {
    while (path.len > 0) {
        uint32_t character = text_next(&path);
        if (character == '"' || text_is_unprintable(character)) {
            return false;
        }
    }
    return true;
}

void matches_add_path(struct completions *found, const char *path) {
    size_t len = strlen(path);
    bool is_folder = len > 0 && path[len - 1] == '/';
    const char *quote = strchr(path, ' ') != NULL ? "\"" : "";
    struct writer insert;

    if (!can_be_typed(span_text(path))) {
        return;
    }
    struct completion *row = &found->rows[found->count++];
    writer_init(&insert, 2 * PATH_BYTES_MAX);
    writer_span(&insert, span_text(quote));
    writer_span(&insert, span_text(path));
    writer_span(&insert, span_text(is_folder ? "" : quote));
    writer_span(&insert, span_text(is_folder ? "" : " "));
    row->insert = rb_strndup(writer_view(&insert));
    row->display = rb_strndup(span_text(path));
    writer_clear(&insert);
}
