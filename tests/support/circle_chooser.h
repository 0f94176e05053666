/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Circles made by choice (of a seeded generator, or of a fuzzer), questions about them, and the
 * comparison of the fold's answers with the oracle's. */
#ifndef REMBUK_TESTS_CIRCLE_CHOOSER_H
#define REMBUK_TESTS_CIRCLE_CHOOSER_H

#include "tests/support/circle_maker.h"

struct chooser {
    size_t (*below)(void *context, size_t limit); /* 0 to limit - 1; limit > 0 */
    void *context;
};

/* Appends `op_count` operations of `person_count` people ('a', 'b', ...): lawful and unlawful ones,
 * with dependencies that are missing or go round in circles. */
void chosen_circle(struct made_circle *made, const struct chooser *chooser, size_t op_count,
                   size_t person_count);

/* Some questions and the oracle's answers. */
struct circle_answers;
struct circle_answers *circle_answers_new(const struct made_circle *made,
                                          const struct chooser *chooser, size_t person_count);
void circle_answers_free(struct circle_answers *answers);

/* Folds `ops` and asks the same; NULL, or the name of the question that was answered otherwise. */
const char *circle_answers_differ(const struct circle_answers *answers, const struct op *ops,
                                  size_t count);

#endif
