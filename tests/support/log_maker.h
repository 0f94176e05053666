/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole logs for tests, and a reader that keeps what run_accept tells it to keep.  Nothing here
 * uses run_accept's own arithmetic: chains and signatures are made straight from the formulas of
 * event.h. */
#ifndef REMBUK_TESTS_LOG_MAKER_H
#define REMBUK_TESTS_LOG_MAKER_H

#include "protocol/log.h"

enum { MADE_EVENTS_MAX = 4 * BLOCK_EVENTS, MADE_BODY_BYTES = 5 };

/* One history as its author has it.  Index 0 is seq 1, but hashes[k] is H_k. */
struct made_log {
    struct sign_key key;
    size_t count;
    struct event events[MADE_EVENTS_MAX]; /* their bodies lie in `bodies` */
    uint8_t bodies[MADE_EVENTS_MAX][MADE_BODY_BYTES];
    uint8_t event_hashes[MADE_EVENTS_MAX][HASH_BYTES];
    uint8_t hashes[MADE_EVENTS_MAX + 1][HASH_BYTES];
};

/* A log of `count` events by the key of `seed`: the same arguments, the same log.  Logs of one seed
 * and another `branch` share their first `common` events and no later one.  On the heap:
 * made_log_free. */
struct made_log *made_log_new(uint8_t seed, size_t count);
struct made_log *made_log_new_branch(uint8_t seed, size_t count, size_t common, uint8_t branch);
void made_log_free(struct made_log *log);

/* The run of seqs first ... first + count - 1, signed at its end.  Borrows the log's bodies. */
void made_log_run(const struct made_log *log, uint64_t first, size_t count, struct run *run);
void made_log_head(const struct made_log *log, uint64_t seq, struct log_head *head);

/* What somebody who has `head_seq` events knows of the place of `run`. */
void made_log_overlap(const struct made_log *log, uint64_t head_seq, const struct run *run,
                      struct log_overlap *overlap);

/* The events of the block of `seq` up to `seq`, with the signature there. */
void made_log_block(const struct made_log *log, uint64_t seq, struct fork_branch *branch);

/* Turns event `index` of a run into a stub. */
void run_make_stub(struct run *run, size_t index);

/* ---- A reader ---- */
struct log_reader {
    struct log_head head;
    uint8_t event_hashes[MADE_EVENTS_MAX][HASH_BYTES];
    uint8_t hashes[MADE_EVENTS_MAX + 1][HASH_BYTES];
    bool present[MADE_EVENTS_MAX]; /* the body is there */
};
void log_reader_init(struct log_reader *reader, const uint8_t log[static LOG_PK_BYTES]);

/* Gives it a run, and keeps what run_accept says. */
enum rb_status log_reader_take(struct log_reader *reader, const struct run *run);

#endif
