/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Circles made by choice, of a seeded generator or of a fuzzer.  Most of them could have happened:
 * people act by what they know, and mostly as the rules allow, since operations at random hardly
 * ever mean anything. */
#ifndef REMBUK_TESTS_CIRCLE_CHOOSER_H
#define REMBUK_TESTS_CIRCLE_CHOOSER_H

#include "tests/support/circle_maker.h"

enum { CHOSEN_PEOPLE_MAX = 12, CHOSEN_LOGS = 3 /* of one person */ };

#define CHOSEN_NOW_MS (INT64_C(20000) * 24 * 3600 * 1000)

struct chooser {
    size_t (*below)(void *context, size_t limit); /* 0 to limit - 1; limit > 0 */
    void *context;
};

/* Appends operations of `person_count` people ('a', 'b', ...) until there are `op_count`: lawful
 * and unlawful ones, now and then with dependencies that are missing or go round in circles, or
 * in forks of a log. */
void chosen_circle(struct made_circle *made, const struct chooser *chooser, size_t op_count,
                   size_t person_count);

/* For questions about it. */
char chosen_device(const struct chooser *chooser, size_t person_count);
uint64_t chosen_some(const struct chooser *chooser, uint64_t of);
uint64_t chosen_keys(const struct made_circle *made); /* the operations that carry a key */

#endif
