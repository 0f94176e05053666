/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proofs that a log has two histories (protocol/log.h).  The log takes no more events than those
 * that all known branches share, and content after that point leaves the views.  Inside the store
 * layer. */
#ifndef REMBUK_STORE_FORKS_H
#define REMBUK_STORE_FORKS_H

#include "store/opening.h"

/* Keeps a verified proof about the log in hand, and freezes it there. */
enum rb_status fork_keep(struct opening *opening, const struct fork *fork) RB_MUST_CHECK;

/* True if no event after the head can be shared by all known branches. */
bool log_is_frozen(const struct log_row *log);

/* Whether a suspect run proves something.  RB_FORK: kept.  RB_SUSPECT: ask for the block of `*ask`.
 * RB_BAD_SIGNATURE, RB_MALFORMED: it counts against the sender.  RB_DAMAGED: our own block is. */
enum rb_status fork_search(struct opening *opening, const struct run *run, uint64_t *ask)
    RB_MUST_CHECK;

#endif
