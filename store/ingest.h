/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs from peers into the log and the views: verify once, insert, open, judge, project, all in one
 * transaction of about BATCH_BYTES.
 *
 *     run -> run_accept -> insert (grouped by log) -> key bodies give keys
 *         -> LOGCERT gives the author -> control operations fold into members
 *         -> content is judged at its author's ctl -> views
 *
 * Whatever lacks something waits (EVENT_WAITING) and is tried again once per batch in which its
 * circle got a key, an operation or a body. */
#ifndef REMBUK_STORE_INGEST_H
#define REMBUK_STORE_INGEST_H

#include "store/event_log.h"

/* What became of one run of a batch.
 *   RB_OK, RB_DUPLICATE, RB_GAP, RB_MALFORMED   as run_accept has them
 *   RB_SUSPECT        ask the sender for the block of event `head`, from its first event
 *   RB_BAD_SIGNATURE  it counts against the sender
 *   RB_REFUSED        of an unknown circle; no room (admission.h, forks.h)
 * A run may go on into a branch of its log, or prove a new one, which is stored then (forks.h;
 * store_observer.cut tells it).  Events of an own log that were lost here are taken like anybody's:
 * this store was rolled back, and writes on in a new log. */
struct ingest_result {
    enum rb_status status;
    uint64_t head; /* of that log now, by the name that the run had; with RB_SUSPECT the event whose
                      block to ask for */
};

/* A batch is a transaction of the store.  RB_FULL and the like undo all of it. */
enum rb_status ingest_begin(struct store *store) RB_MUST_CHECK;

/* Verifies and inserts; `run` and its bodies are not needed afterwards. */
enum rb_status ingest_run(struct store *store, const uint8_t circle[static HASH_BYTES],
                          const struct run *run, int64_t now_ms, struct ingest_result *result)
    RB_MUST_CHECK;
enum rb_status ingest_commit(struct store *store, int64_t now_ms) RB_MUST_CHECK;
void ingest_abort(struct store *store);

/* Keeps a fork proof that a peer sent, after checking it, and cuts the log; RB_OK also if it is
 * known.  RB_GAP: the log is not known up to the fork.  RB_REFUSED: no room for its branches.
 * RB_NOT_FOUND: an unknown circle. */
enum rb_status ingest_fork(struct store *store, const uint8_t circle[static HASH_BYTES],
                           struct span proof) RB_MUST_CHECK;

/* Drops every view and makes it again from the log and the keyring (I12). */
enum rb_status views_rebuild(struct store *store) RB_MUST_CHECK;

#endif
