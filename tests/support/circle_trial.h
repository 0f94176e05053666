/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One random circle after another, each held against the oracle and against the sentences of
 * circle_properties.h; and a count of what was interesting in them. */
#ifndef REMBUK_TESTS_CIRCLE_TRIAL_H
#define REMBUK_TESTS_CIRCLE_TRIAL_H

#include "tests/support/circle_properties.h"

/* How many circles contained ... */
struct circle_tally {
    uint64_t circles;
    uint64_t removals;        /* a removal that counts */
    uint64_t voided;          /* a granted operation that is void */
    uint64_t mutual_removals; /* two people who remove each other, neither knowing it */
    uint64_t returns;         /* a member again after a removal that counts */
    uint64_t revocations;     /* a revocation that ends a membership, or voids something */
    uint64_t promotions;      /* a member by two ADDs of different roles */
    uint64_t adoptions;       /* an ADOPT that counts */
    uint64_t forks;           /* two operations at one place of one log */
    uint64_t owners_by_seniority;
};

enum { CIRCLE_SENTENCES = CIRCLE_PROPERTIES + 1 };

struct circle_trial {
    struct circle_tally tally;
    uint64_t failed[CIRCLE_SENTENCES]; /* the first seed of which the sentence is not true, or 0 */
    const char *answered_otherwise;    /* by the fold than by the oracle, at failed[0] */
    struct made_circle *made;          /* owned; kept from one circle to the next */
};

void circle_trial_init(struct circle_trial *trial);
void circle_trial_clear(struct circle_trial *trial);

/* Makes the circle of the seed (> 0) and looks at it. */
void circle_trial_run(struct circle_trial *trial, uint64_t seed);

/* The first is that the fold and the oracle agree; then those of circle_properties.h. */
const char *circle_sentence(size_t index);

void circle_tally_print(const struct circle_tally *tally);

#endif
