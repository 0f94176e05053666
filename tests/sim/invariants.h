/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold in a world, each by its number (docs/architecture.md), checked
 *
 *   all the time   I3, by what each store has told its node to be committed, after every opening;
 *                  I4 and I5 by who holds which key (invariants_keys.h); I7, I9 and I11 of each
 *                  store (invariants_rules.h) every hour
 *   at rest        I7 forks (invariants_forks.h), and I3 once more; I2 heads: the same at all who
 *                  belong to a circle in their own view; I8 verdicts, I1 people and views: at those
 *                  of them who have accepted; I12 views made again
 *
 * An account is a circle as one node has it, in lines of text that sort the same everywhere: two
 * that should be equal are compared, and the first line that differs is told. */
#ifndef REMBUK_TESTS_INVARIANTS_H
#define REMBUK_TESTS_INVARIANTS_H

#include "tests/sim/account.h"
#include "tests/sim/world.h"

enum { INVARIANTS = 16 };

void invariants_begin(struct world *world);
void invariants_end(struct world *world);

/* A node has opened its store, or is about to close it. */
void invariants_watch(struct sim_node *node);
void invariants_watch_no_more(struct sim_node *node);

/* He leaves that circle now, and may be taken out of it if he comes back. */
void invariants_left(struct sim_node *node, const uint8_t circle[static HASH_BYTES]);

/* He has written two histories of a log, which part after that event. */
void invariants_forked(struct sim_node *node, const uint8_t circle[static HASH_BYTES],
                       const uint8_t log[static LOG_PK_BYTES], uint64_t common_seq);

/* It has run, and may have committed something. */
void invariants_look(struct sim_node *node);

/* Its disk is an old one again: what was promised after that is void. */
void invariants_forget(struct sim_node *node);

/* True when all who belong to a circle have the same heads, and make the same of them. */
bool invariants_settled(struct world *world);
void invariants_at_rest(struct world *world);

/* After invariants_at_rest: where a node stands towards a circle, but that who is shut out without
 * knowing it stands out. */
enum sim_standing invariants_standing(const struct sim_node *node,
                                      const uint8_t circle[static HASH_BYTES]);

/* Whether anybody, at any time, has seen that person out of the circle, or come out of it. */
bool invariants_ever_out(const struct world *world, const uint8_t circle[static HASH_BYTES],
                         const uint8_t person[static HASH_BYTES]);

/* How often each was checked. */
const uint64_t *invariants_checks(const struct world *world);

#endif
