/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A circle under examination: parts of it can be folded, and the answers compared.  It asks nothing
 * but the fold, and does not know by which rules the fold answers.  Sets of operations have a bit
 * for each, as in circle_maker.h. */
#ifndef REMBUK_TESTS_EXAMINATION_H
#define REMBUK_TESTS_EXAMINATION_H

#include "tests/support/circle_chooser.h"

struct examination {
    const struct made_circle *made;
    const struct chooser *chooser; /* of what is looked at */
    size_t person_count;
    uint64_t ready;               /* operations that do not wait */
    uint64_t below[MADE_OPS_MAX]; /* all that a ready one depends on */
    struct circle *whole;
    struct op list[2 * MADE_OPS_MAX]; /* for one fold */
};

/* Borrows `made` and `chooser`. */
struct examination *examination_new(const struct made_circle *made, const struct chooser *chooser,
                                    size_t person_count);
void examination_free(struct examination *examination);

bool set_has(uint64_t set, size_t i);
uint64_t set_of(size_t i);
uint64_t examination_all(const struct examination *examination);
size_t examination_below(const struct examination *examination, size_t limit);
const struct op *examination_op(const struct examination *examination, size_t i);

/* One of the ready operations, or `made->count`. */
size_t examination_choose(const struct examination *examination);

/* The operations that depend on i. */
uint64_t examination_above(const struct examination *examination, size_t i);

/* Folds the operations of the set. */
struct circle *examination_fold(struct examination *examination, uint64_t set);

bool same_person(const uint8_t *a, const uint8_t *b);
bool op_is_add_of(const struct op *op, const uint8_t *person); /* GENESIS or ADD of him */
bool op_is_removal(const struct op *op);                       /* another */
bool examination_names(const struct examination *examination, uint64_t set, const uint8_t *person);

bool circle_has(const struct circle *circle, const uint8_t *person);
bool circles_same_people(const struct circle *a, const struct circle *b);
bool circles_same_members(const struct circle *a,
                          const struct circle *b); /* who is out: as it is */
bool circles_same_verdict(const struct circle *a, const struct circle *b);

/* All that can be asked without a question, but how many wait. */
bool circles_same_effect(const struct circle *a, const struct circle *b);

#endif
