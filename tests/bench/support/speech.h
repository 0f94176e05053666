/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text of 5,000 Indonesian words, roots of casework with prefixes and endings, the same in each
 * run: how much work trigrams are depends on the text. */
#ifndef REMBUK_BENCH_SPEECH_H
#define REMBUK_BENCH_SPEECH_H

#include <stddef.h>
#include <stdint.h>

enum { SPEECH_WORDS = 5000 };

/* First of all: the words, which are always the same, and the text anew from `seed` on. */
void speech_begin(uint64_t seed);

const char *speech_word(size_t index);

/* Fills `len` bytes with words and blanks; no NUL at the end. */
void speech_text(char *text, size_t len);

#endif
