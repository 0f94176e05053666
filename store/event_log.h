/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The append-only truth: circles, logs, sealed events, checkpoints.
 *
 * Invariants:
 *  1. An event row exists only if rule V holds for it (protocol/log.h).
 *  2. (log, seq) is unique and without gaps from 1 to the head; of a branch of a forked log, from
 *     the event after the fork.
 *  3. rcv numbers are given in order of storing and never reused, also after a deletion.
 *  4. A body is either there, or its hash stands in for it; nothing else marks it missing.
 *  5. Inserts are grouped by log; there is no index on hashes. */
#ifndef REMBUK_STORE_EVENT_LOG_H
#define REMBUK_STORE_EVENT_LOG_H

#include "store/store.h"

/* What has become of an event here (column `state`). */
enum event_state {
    EVENT_WAITING =
        0, /* a key, its body, its author or an operation it names is missing: tried again */
    EVENT_DONE = 1,       /* opened, and in the views if it counts */
    EVENT_UNREADABLE = 2, /* will never count: opened wrongly, or breaks a rule of form */
    EVENT_QUARANTINED = 3 /* waits for a manager: its author was removed, or wrote two histories */
};

/* ---- What the node exchanges ---- */

/* The heads of all of a circle's logs; `*lines` is allocated, the caller frees.  What of them a
 * peer is shown: sharing.h. */
enum rb_status circle_lines(struct store *store, const uint8_t circle[static HASH_BYTES],
                            struct log_line **lines, size_t *count) RB_MUST_CHECK;

/* Loads events from .. `to` of a log, from <= to, as a run.  A run ends in a signature: the first
 * one that is known from `to` on, which is that of the head or of the end of `from`'s block, or one
 * that was kept for a farewell (sharing.h).  Bodies go into `bodies` (reset first), which `run`
 * borrows.  RB_NOT_FOUND if there is nothing from `from` on, or the log is of another circle. */
enum rb_status run_load(struct store *store, const uint8_t circle[static HASH_BYTES],
                        const uint8_t log[static LOG_PK_BYTES], uint64_t from, uint64_t to,
                        struct writer *bodies, struct run *run, uint64_t *rcv_upto) RB_MUST_CHECK;

/* How many own events of circles with other members nobody else has acknowledged yet (`status`). */
enum rb_status events_waiting(struct store *store, uint64_t *count) RB_MUST_CHECK;

/* ... and how many this person has not acknowledged, of circles that he belongs to. */
enum rb_status events_waiting_for(struct store *store, const uint8_t person[static HASH_BYTES],
                                  uint64_t *count) RB_MUST_CHECK;

/* Appends the proof that tells of a branch (protocol/log.h); RB_NOT_FOUND: it is none. */
enum rb_status fork_load(struct store *store, const uint8_t circle[static HASH_BYTES],
                         const uint8_t log[static LOG_PK_BYTES], struct writer *proof)
    RB_MUST_CHECK;

/* Missing bodies of a circle: calls `each` with contiguous ranges. */
enum rb_status bodies_missing(struct store *store, const uint8_t circle[static HASH_BYTES],
                              void (*each)(void *context, const uint8_t log[static LOG_PK_BYTES],
                                           uint64_t from, uint64_t to),
                              void *context) RB_MUST_CHECK;

/* ---- Inside the store layer ---- */

struct db_row;

/* Columns: log.pk, log.head, log.hash, log.missing, the parent's pk, log.base, log.proof,
 * log.forked. */
void log_line_read(struct db_row *row, struct log_line *line);

#endif
