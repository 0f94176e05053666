/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a line as they are typed at the console, quotes and all (line.h says which quotes
 * count).  Pure. */
#ifndef REMBUK_CLI_WORD_H
#define REMBUK_CLI_WORD_H

#include "protocol/bytes.h"

/* name="a b": `head` is name=, `body` is a b.  Without a quote all of it is `body`.  Borrowed. */
struct word {
    size_t begin, end; /* in what was typed, with the quotes */
    struct span head, body;
    bool quoted;
    bool open; /* the quote has no end */
};

/* The next word from `at` on; false: only blanks are left. */
bool word_next(struct span typed, size_t at, struct word *word);

/* Where the last word of a line that is still typed begins: at the end of the line, if that is a
 * blank or a closed quote. */
size_t word_last_begin(struct span typed);

/* The first place from `at` on that is no blank. */
size_t word_skip_blanks(struct span typed, size_t at);
bool word_is_blank(uint8_t byte); /* also a line end, and whatever control character */

#endif
