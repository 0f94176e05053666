/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs with several histories (protocol/log.h).  A proof cuts the log: up to the fork it is one row
 * as before, and each branch is a row of its own (rows.h).  All events of all branches are kept and
 * exchanged; control operations count on all of them; content of a branch waits for a manager.
 *
 * The rows of a log follow from the set of proofs and events alone, and so do the names: a proof of
 * an earlier fork, coming later, cuts an earlier row and renames nothing.  A third branch that is
 * here, and not in the proof that came, is proven by this store itself.
 *
 * Who keeps a proof has the log up to the fork, and something of it, so that nobody can fill a
 * store with proofs of nothing; branches have room like logs (admission.h).  What is concluded from
 * an event stays when the event comes to stand on a branch, but for content that was shown.
 * Inside the store layer. */
#ifndef REMBUK_STORE_FORKS_H
#define REMBUK_STORE_FORKS_H

#include "store/opening.h"

/* Keeps a verified proof about a log of the circle in hand, and cuts the log there; RB_OK also if
 * it tells nothing new.  RB_GAP: what the branches have in common is not here, or nothing of the
 * log.  RB_REFUSED: no room.  After either nothing was written. */
enum rb_status fork_keep(struct opening *opening, const struct fork *fork) RB_MUST_CHECK;

/* Whether a suspect run of the log in hand proves something.  RB_FORK: `fork`.  RB_SUSPECT: ask for
 * the block of `*ask`.  RB_BAD_SIGNATURE, RB_MALFORMED: it counts against the sender.  RB_DAMAGED:
 * our own block is. */
enum rb_status fork_search(struct opening *opening, const struct run *run, struct fork *fork,
                           uint64_t *ask) RB_MUST_CHECK;

/* Takes in hand the row that ends where the branches of a kept proof part; RB_GAP: none does. */
enum rb_status fork_take_common(struct opening *opening, const struct fork *fork) RB_MUST_CHECK;

/* A verified run goes on beyond where the log in hand is cut: takes the branch in hand in which it
 * does, after proving it if it is a new one. */
enum rb_status fork_follow(struct opening *opening, const struct run *run,
                           const struct run_result *result) RB_MUST_CHECK;

/* ---- For those who judge and show ---- */

/* Content of this log waits, unless it is adopted. */
bool log_is_branch(const struct log_row *log);

/* Whether event `seq` of `log` is on the chain that ends at `head`, as far as that is here. */
enum rb_status branch_covers(struct opening *opening, const struct op_lock *head,
                             const struct log_row *log, uint64_t seq, bool *covers) RB_MUST_CHECK;

/* Whether a log of that person is known to fork in that circle. */
enum rb_status devices_forked(struct store *store, const uint8_t circle[static HASH_BYTES],
                              const uint8_t person[static HASH_BYTES], bool *forked) RB_MUST_CHECK;

#endif
