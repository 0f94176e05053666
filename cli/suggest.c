/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/suggest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { LETTERS_MAX = 32 };

static bool same_letter(char a, char b) {
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Damerau's distance between neighbours ("optimal string alignment"): cost[i][j] is that of the
 * first i letters of `a` and the first j of `b`. */
size_t suggest_distance(const char *a, size_t a_len, const char *b, size_t b_len) {
    size_t cost[LETTERS_MAX + 1][LETTERS_MAX + 1];

    a_len = least(a_len, LETTERS_MAX);
    b_len = least(b_len, LETTERS_MAX);
    for (size_t i = 0; i <= a_len; i++) {
        for (size_t j = 0; j <= b_len; j++) {
            if (i == 0 || j == 0) {
                cost[i][j] = i + j;
                continue;
            }
            size_t change = cost[i - 1][j - 1] + (same_letter(a[i - 1], b[j - 1]) ? 0 : 1);
            cost[i][j] = least(change, least(cost[i - 1][j], cost[i][j - 1]) + 1);
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
                same_letter(a[i - 2], b[j - 1])) {
                cost[i][j] = least(cost[i][j], cost[i - 2][j - 2] + 1);
            }
        }
    }
    return cost[a_len][b_len];
}

void suggest_offer(struct suggestion *suggestion, const char *typed, const char *word, size_t len) {
    size_t distance = suggest_distance(typed, strlen(typed), word, len);
    size_t near = len < 4 ? 1 : len / 3; /* more than that is another word */

    if (distance <= near && (suggestion->word == NULL || distance < suggestion->distance)) {
        suggestion->word = word;
        suggestion->distance = distance;
    }
}
