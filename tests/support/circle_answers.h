/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions about a circle, the oracle's answers, and the comparison of the fold's with them. */
#ifndef REMBUK_TESTS_CIRCLE_ANSWERS_H
#define REMBUK_TESTS_CIRCLE_ANSWERS_H

#include "tests/support/circle_chooser.h"

struct circle_answers;
struct circle_answers *circle_answers_new(const struct made_circle *made,
                                          const struct chooser *chooser, size_t person_count);
void circle_answers_free(struct circle_answers *answers);

/* NULL, or what the fold answers otherwise. */
const char *circle_answers_differ(const struct circle_answers *answers,
                                  const struct circle *circle);

#endif
