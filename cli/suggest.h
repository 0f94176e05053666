/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The word that somebody probably meant. */
#ifndef REMBUK_CLI_SUGGEST_H
#define REMBUK_CLI_SUGGEST_H

#include <stddef.h>

/* The nearest word so far; start with all-zero and offer words one after the other. */
struct suggestion {
    const char *word; /* as offered; NULL: none is near */
    size_t distance;
};

/* Letters to insert, delete, change or swap between neighbours; letter case is ignored.  Long words
 * count by their first 32 letters. */
size_t suggest_distance(const char *a, size_t a_len, const char *b, size_t b_len);

/* Keeps `word` (its first `len` letters) if it is near to `typed` and nearer than what was kept. */
void suggest_offer(struct suggestion *suggestion, const char *typed, const char *word, size_t len);

#endif
