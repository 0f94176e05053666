/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/search_words.h"

#include "protocol/text.h"

#include <assert.h>

/* The index knows of three characters in a row.  Past the first sixteen such, more of them narrow a
 * search no further. */
enum { TRIGRAM_CHARACTERS = 3, WORD_TRIGRAMS_MAX = 16 };

/* A trigram in quotes, each character of it a quote, and a blank. */
enum { TRIGRAM_BYTES_MAX = 3 * 4 + 2 + 1 };
enum { QUERY_BYTES_MAX = SEARCH_WORDS_MAX * WORD_TRIGRAMS_MAX * TRIGRAM_BYTES_MAX };

static uint8_t fold(uint8_t byte) {
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

/* Takes the next word from the front of `*rest`; an empty one: there is none. */
static struct span word_next(struct span *rest) {
    size_t start = 0;

    while (start < rest->len && text_is_blank(rest->data[start])) {
        start++;
    }
    size_t end = start;
    while (end < rest->len && !text_is_blank(rest->data[end])) {
        end++;
    }
    const struct span word = span_of(rest->data + start, end - start);
    *rest = span_of(rest->data + end, rest->len - end);
    return word;
}

enum rb_status words_split(struct span typed, struct words *words) {
    if (!text_is_utf8(typed)) {
        return RB_MALFORMED;
    }
    words->count = 0;
    for (struct span next = word_next(&typed); next.len > 0; next = word_next(&typed)) {
        if (words->count == SEARCH_WORDS_MAX || next.len > SEARCH_WORD_BYTES_MAX) {
            return RB_TOO_LARGE;
        }
        struct word *word = &words->words[words->count++];
        word->len = next.len;
        for (size_t i = 0; i < next.len; i++) {
            word->text[i] = fold(next.data[i]);
        }
    }
    return words->count == 0 ? RB_MALFORMED : RB_OK;
}

size_t word_find(const struct word *word, struct span text) {
    for (size_t at = 0; word->len <= text.len - at; at++) {
        size_t same = 0;
        while (same < word->len && fold(text.data[at + same]) == word->text[same]) {
            same++;
        }
        if (same == word->len) {
            return at;
        }
    }
    return text.len;
}

bool words_are_in(const struct words *words, struct span text) {
    for (size_t i = 0; i < words->count; i++) {
        if (word_find(&words->words[i], text) == text.len) {
            return false;
        }
    }
    return true;
}

/* ---- The question put to the index ---- */

/* Inside quotes FTS5 knows nothing special but the quote, which is doubled. */
static void trigram_write(struct writer *query, struct span trigram) {
    if (query->len > 0) {
        writer_u8(query, ' ');
    }
    writer_u8(query, '"');
    for (size_t i = 0; i < trigram.len; i++) {
        if (trigram.data[i] == '"') {
            writer_u8(query, '"');
        }
        writer_u8(query, trigram.data[i]);
    }
    writer_u8(query, '"');
}

/* All trigrams of a word, which the text must have; that they stand in a row, the text will say. */
static void word_write(struct writer *query, const struct word *word) {
    struct span from = span_of(word->text, word->len);
    struct span upto = from;

    for (size_t i = 0; i < TRIGRAM_CHARACTERS - 1 && upto.len > 0; i++) {
        (void)text_next(&upto); /* Only where characters end counts here. */
    }
    for (size_t i = 0; i < WORD_TRIGRAMS_MAX && upto.len > 0; i++) {
        (void)text_next(&upto);
        trigram_write(query, span_of(from.data, from.len - upto.len));
        (void)text_next(&from);
    }
}

void words_write_query(const struct words *words, struct writer *query) {
    writer_init(query, QUERY_BYTES_MAX);
    for (size_t i = 0; i < words->count; i++) {
        word_write(query, &words->words[i]);
    }
    assert(!query->failed);
}
