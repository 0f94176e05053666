/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The 2,048 Indonesian words of rembuk: plain, common, no two alike in their first four letters, so
 * that four letters are enough to say, hear and type one.  Part of the specification: never
 * changed, since fingerprints and invitations are read aloud from it (docs/protocol.md). */
#ifndef REMBUK_PROTOCOL_WORDS_H
#define REMBUK_PROTOCOL_WORDS_H

#include "protocol/bytes.h"

enum {
    WORDS_COUNT = 2048,
    WORD_BITS = 11,
    WORD_LETTERS_MAX = 8,
    FINGERPRINT_WORDS = 8,
    WORDS_NEAR_MAX = 8
};

/* The word of number 0 to 2047; static. */
const char *words_at(unsigned number);

/* The number of a word, letter case ignored, of which at least the first four letters (or all of a
 * shorter word) are given and every further letter agrees; -1 if there is none. */
int words_find(struct span word);

/* The words that were perhaps meant by one that is not in the list, at most `max`, the nearest
 * first; how many they are.  Letters to insert, delete, change or swap between neighbours are
 * counted for what was typed, one in three at most; the end of a word may be left out. */
size_t words_near(struct span typed, const char **near, size_t max);

/* Writes `count` words, one blank between them, for the first 11 * count bits of `bytes` (most
 * significant bit first) into `out`, which gets no NUL. */
void words_write(struct writer *out, struct span bytes, unsigned count);

#endif
