/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/snippet.h"

#include "protocol/text.h"

#include <assert.h>

/* A byte inside a character of UTF-8. */
static bool is_inside(struct span text, size_t at) {
    return at < text.len && (text.data[at] & 0xC0) == 0x80;
}

/* The place that lies up to `characters` before `at`. */
static size_t go_back(struct span text, size_t at, size_t characters) {
    while (at > 0 && characters > 0) {
        at--;
        characters -= is_inside(text, at) ? 0 : 1;
    }
    return at;
}

/* ... behind `at`; `*left` characters had no text any more. */
static size_t go_on(struct span text, size_t at, size_t characters, size_t *left) {
    while (at < text.len && (characters > 0 || is_inside(text, at))) {
        characters -= is_inside(text, at) ? 0 : 1;
        at++;
    }
    *left = characters;
    return at;
}

static void write_on_one_line(struct writer *out, struct span part) {
    for (size_t i = 0; i < part.len; i++) {
        bool blank = text_is_blank(part.data[i]);
        if (!blank || i == 0 || !text_is_blank(part.data[i - 1])) {
            writer_u8(out, blank ? ' ' : part.data[i]);
        }
    }
}

void snippet_write(struct writer *out, struct span text, size_t match, size_t match_len) {
    size_t left = 0;

    assert(match <= text.len && match_len <= text.len - match);
    size_t characters = text_characters(span_of(text.data + match, match_len));
    size_t around = characters < SNIPPET_CHARACTERS ? SNIPPET_CHARACTERS - characters : 0;
    size_t begin = go_back(text, match, around / 2);
    size_t end = go_on(text, begin, SNIPPET_CHARACTERS, &left);
    begin = go_back(text, begin, left); /* What the end does not need, the beginning may have. */
    writer_span(out, span_text(begin > 0 ? "..." : ""));
    write_on_one_line(out, span_of(text.data + begin, end - begin));
    writer_span(out, span_text(end < text.len ? "..." : ""));
}
