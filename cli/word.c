/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/word.h"

bool word_is_blank(uint8_t byte) {
    return byte <= ' ';
}

static struct span part(struct span typed, size_t begin, size_t end) {
    return span_of(typed.data + begin, end - begin);
}

size_t word_skip_blanks(struct span typed, size_t at) {
    while (at < typed.len && word_is_blank(typed.data[at])) {
        at++;
    }
    return at;
}

/* Where a quote begins that keeps words together; where the word ends, if none does. */
static size_t find_quote(struct span typed, size_t at) {
    bool may_quote = true, equals_seen = false;

    while (at < typed.len && !word_is_blank(typed.data[at])) {
        if (may_quote && typed.data[at] == '"') {
            break;
        }
        may_quote = !equals_seen && typed.data[at] == '=';
        equals_seen = equals_seen || typed.data[at] == '=';
        at++;
    }
    return at;
}

bool word_next(struct span typed, size_t at, struct word *word) {
    size_t begin = word_skip_blanks(typed, at);

    if (begin == typed.len) {
        return false;
    }
    size_t end = find_quote(typed, begin);
    *word = (struct word) { .begin = begin, .end = end };
    word->quoted = end < typed.len && typed.data[end] == '"';
    if (!word->quoted) {
        word->body = part(typed, begin, end);
        return true;
    }
    size_t inside = end + 1, close = inside;
    while (close < typed.len && typed.data[close] != '"') {
        close++;
    }
    word->open = close == typed.len;
    word->head = part(typed, begin, end);
    word->body = part(typed, inside, close);
    word->end = word->open ? close : close + 1;
    return true;
}

size_t word_last_begin(struct span typed) {
    struct word word;
    size_t begin = typed.len;

    for (size_t at = 0; word_next(typed, at, &word); at = word.end) {
        /* Behind a quote that has its end a new word begins. */
        bool is_over = word.end < typed.len || (word.quoted && !word.open);
        begin = is_over ? typed.len : word.begin;
    }
    return begin;
}
