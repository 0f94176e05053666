/* SPDX-License-Identifier: GPL-3.0-or-later */
/* I7 at rest: whoever writes two histories of a log is proven to have done so; everybody cuts that
 * log at the same place, which is where the histories part; and nothing of either is lost.  (Where
 * logs are cut must also be the same in words, account.h; that nobody honest is accused, and that
 * what follows a cut is not shown, is asked of each store by itself: invariants_rules.h.) */
#ifndef REMBUK_TESTS_INVARIANTS_FORKS_H
#define REMBUK_TESTS_INVARIANTS_FORKS_H

#include "tests/sim/world.h"

/* A log of which somebody has written two histories, in truth. */
struct forked_log {
    uint8_t circle[HASH_BYTES];
    uint8_t log[LOG_PK_BYTES];
    uint64_t common_seq; /* they part after this event */
};

/* Of one circle, at those who belong to it. */
void forks_check(struct world *world, const uint8_t circle[static HASH_BYTES],
                 struct sim_node *const *nodes, size_t node_count, const struct forked_log *forks,
                 size_t fork_count);

/* I8: what stands here of the logs of somebody, and is valid by that, he has signed (rule V of
 * docs/protocol.md); how many logs were looked at. */
size_t forks_check_signed(struct sim_node *node, const uint8_t person[static HASH_BYTES]);

/* An event as it was stored: its place, and H there. */
struct stored_event {
    uint8_t circle[HASH_BYTES];
    uint8_t log[LOG_PK_BYTES]; /* the name that the log, or branch, had */
    uint64_t seq;
    uint8_t hash[HASH_BYTES];
};

/* Fills the hash of the newest event of a log; false if it is not that one. */
bool forks_hash(struct sim_node *node, struct stored_event *event);

/* Whether it is there, on whatever branch; `*is_cut`: of a log that is known to fork. */
bool forks_has(struct sim_node *node, const struct stored_event *event, bool *is_cut);

#endif
