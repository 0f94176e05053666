/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a search: what was typed, what of it is asked of the index, and whether a text has
 * them.  Inside the store layer.
 *
 * Letters.  The index folds the letters of all alphabets; here only A to Z are, as SQLite's own
 * lower() does.  So the index finds at least what counts here, and the text decides: 'É' is found
 * by 'É', not by 'é'. */
#ifndef REMBUK_STORE_SEARCH_WORDS_H
#define REMBUK_STORE_SEARCH_WORDS_H

#include "protocol/bytes.h"
#include "protocol/limits.h"

struct word {
    uint8_t text[SEARCH_WORD_BYTES_MAX]; /* letters in lower case */
    size_t len;
};

struct words {
    struct word words[SEARCH_WORDS_MAX];
    size_t count;
};

/* RB_MALFORMED, RB_TOO_LARGE: as of search_find. */
enum rb_status words_split(struct span typed, struct words *words) RB_MUST_CHECK;

/* Where a word stands first in a text; `text.len` if it does not. */
size_t word_find(const struct word *word, struct span text);
bool words_are_in(const struct words *words, struct span text);

/* What to ask of FTS5, in `query`, which is initialised here and cleared by the caller: all the
 * texts that have the words match it, and others may.  Empty: no word is long enough for the
 * index. */
void words_write_query(const struct words *words, struct writer *query);

#endif
