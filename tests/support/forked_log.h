/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A log of several histories, and what a node holds of it: a naive model, made from the rules and
 * not from the code of the store.  It knows all histories from the start; a node is only how far it
 * has each, and which of them have been proven apart to it. */
#ifndef REMBUK_TESTS_FORKED_LOG_H
#define REMBUK_TESTS_FORKED_LOG_H

#include "protocol/wire.h"
#include "tests/support/log_maker.h"

enum { HISTORIES_MAX = 4, SEGMENTS_MAX = 4 * HISTORIES_MAX };

struct forked_log {
    size_t count;
    struct made_log *histories[HISTORIES_MAX]; /* owned; of one key */
    uint64_t common[HISTORIES_MAX][HISTORIES_MAX];
};

/* The histories part from the first one after `common[i]` events (common[0] is ignored), and from
 * each other after the smaller number. */
void forked_log_new(struct forked_log *log, uint8_t seed, const size_t *common, size_t count);
void forked_log_clear(struct forked_log *log);

struct forked_store {
    const struct forked_log *log;
    uint64_t known[HISTORIES_MAX];
    bool apart[HISTORIES_MAX][HISTORIES_MAX];
    bool refuses_forks;
};

/* The author's device, or a copy of it, has written a history up to `head`. */
void forked_give(struct forked_store *store, size_t history, uint64_t head);

/* Whether an author with this store would write on in a history: what he has of the log is that. */
bool forked_may_write(const struct forked_store *store, size_t history);

/* What a proof of these two histories does, if the store has the log up to where they part. */
void forked_prove_apart(struct forked_store *store, size_t one, size_t other);

/* The segments of what is held: at most SEGMENTS_MAX lines. */
size_t forked_lines(const struct forked_store *store, struct log_line *lines);

/* How far `other` holds what goes, or went before a cut, by the name of a line of `store`; as long
 * as nobody has proven the fork, that may be another history. */
uint64_t forked_held(const struct forked_store *store, const uint8_t name[static LOG_PK_BYTES],
                     const struct forked_store *other);

/* False: nothing from there on. */
bool forked_run(const struct forked_store *store, const uint8_t name[static LOG_PK_BYTES],
                uint64_t first, struct run *run);

/* What a store makes of a run: RB_OK, RB_DUPLICATE, RB_GAP, RB_SUSPECT, RB_BAD_SIGNATURE.  `*head`:
 * of the log named; of RB_SUSPECT what to ask for. */
enum rb_status forked_take(struct forked_store *store, const struct run *run, uint64_t *head);

/* The proof for a line with a number, and taking one. */
void forked_proof(const struct forked_store *store, const uint8_t name[static LOG_PK_BYTES],
                  struct writer *proof);
enum rb_status forked_prove(struct forked_store *store, struct span proof);

#endif
