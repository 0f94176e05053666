/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invariants that one store shows by itself: no account of another node is needed. */
#ifndef REMBUK_TESTS_INVARIANTS_RULES_H
#define REMBUK_TESTS_INVARIANTS_RULES_H

#include "tests/sim/world.h"

/* I7: only who is `twice` there (cloned, put back, or a forger) is said to have written two
 * histories. */
void rules_check_forks(struct sim_node *node);

/* I7: content behind a fork counts only if a manager has adopted it. */
void rules_check_branches(struct sim_node *node);

/* I9: who founded a circle is senior to all in it, and nobody takes him out before he has left it
 * himself. */
void rules_check_removals(struct sim_node *node,
                          bool (*has_left)(void *context, const uint8_t circle[static HASH_BYTES],
                                           const uint8_t person[static HASH_BYTES]),
                          void *context);

/* I11: what others made this store keep is within limits.h. */
void rules_check_bounds(struct sim_node *node);

#endif
