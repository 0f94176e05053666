/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is to be written because of frames that have come, in one transaction: runs to store, whom
 * we met, and what they have acknowledged.  Sessions hear of the outcome after the commit, and only
 * then, since ACK, CREDIT and VECTOR mean durable (I3).
 *
 * A batch is open for a part of one pass of the loop, never longer: whoever else writes into the
 * store finds no transaction open. */
#ifndef REMBUK_NODE_BATCH_H
#define REMBUK_NODE_BATCH_H

#include "protocol/sync.h"
#include "store/ingest.h"

struct batch;

/* What ends the node, out of what the store says: it cannot write or read.  RB_OK for anything
 * else, which is about one peer, contact or circle. */
enum rb_status trouble_of(enum rb_status status) RB_MUST_CHECK;

struct batch *batch_new(struct store *store); /* borrowed */

/* Undoes what has not been committed; NULL is fine. */
void batch_destroy(struct batch **batch);

/* Stores the run of a SYNC_STORE of `sync`, which must outlive the commit or be forgotten;
 * `outcome` is what sync will be told.  Anything but RB_OK is trouble of the store: the batch is
 * undone. */
enum rb_status batch_run(struct batch *batch, struct sync *sync, const struct sync_action *action,
                         enum rb_status *outcome) RB_MUST_CHECK;

/* That person was met now.  Costs no commit of its own: it is written with the next runs, or after
 * a second, or by batch_flush. */
void batch_seen(struct batch *batch, const uint8_t person[static HASH_BYTES]);

/* That person has the events of that log of that circle up to `seq`. */
void batch_acked(struct batch *batch, const uint8_t person[static HASH_BYTES],
                 const uint8_t circle[static HASH_BYTES], const uint8_t log[static LOG_PK_BYTES],
                 uint64_t seq);

/* About BATCH_BYTES, or older than BATCH_MS: commit now. */
bool batch_is_full(const struct batch *batch);

/* Commits if there is anything, then tells the sessions. */
enum rb_status batch_commit(struct batch *batch) RB_MUST_CHECK;

/* The same, and nothing is put off. */
enum rb_status batch_flush(struct batch *batch) RB_MUST_CHECK;

/* That session ends: it is not told. */
void batch_forget(struct batch *batch, const struct sync *sync);

#endif
