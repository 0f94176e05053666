/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of the tables circle, log, event and checkpoint as plain values: one function, one
 * statement.  Inside the store layer; the rules are in event_log.h. */
#ifndef REMBUK_STORE_ROWS_H
#define REMBUK_STORE_ROWS_H

#include "store/event_log.h"

struct circle_row {
    int64_t id;
    uint8_t circle[HASH_BYTES];
    bool introduced; /* else founded here */
    uint8_t introducer[HASH_BYTES];
    bool opened; /* a key of it is held */
};
enum rb_status circle_row_find(struct store *store, const uint8_t circle[static HASH_BYTES],
                               struct circle_row *row) RB_MUST_CHECK; /* RB_NOT_FOUND */
enum rb_status circle_row_insert(struct store *store, const uint8_t circle[static HASH_BYTES],
                                 const uint8_t *introducer /* or NULL */) RB_MUST_CHECK;
enum rb_status circle_row_set_introducer(struct store *store, int64_t id,
                                         const uint8_t introducer[static HASH_BYTES]) RB_MUST_CHECK;
enum rb_status circle_row_set_opened(struct store *store, int64_t id) RB_MUST_CHECK;

/* All circles; `*rows` is allocated, the caller frees. */
enum rb_status circle_rows_all(struct store *store, struct circle_row **rows, size_t *count)
    RB_MUST_CHECK;

/* A log, or a piece of one that is known to fork (protocol/log.h): what follows a fork stands in a
 * row for each branch, and the row that it continues ends there.  So the chain of a row is all its
 * parents, whole, and itself. */
struct log_row {
    int64_t id;                    /* 0: not stored yet */
    int64_t circle;                /* circle_row.id */
    uint8_t pk[LOG_PK_BYTES];      /* its name: that of the branch, or `origin` */
    uint8_t origin[LOG_PK_BYTES];  /* the log's public key: what is signed and hashed */
    int64_t parent;                /* the row that it continues; 0: it is the trunk */
    uint64_t base;                 /* the seq before its first; an empty branch has its head here */
    uint8_t base_hash[HASH_BYTES]; /* H_base */
    int64_t proof;                 /* by which this branch is known (table fork); 0: the trunk */
    struct log_head head;          /* a row that was cut may have no signature: zeros */
    uint64_t missing;              /* how many bodies */
    uint64_t forked;               /* 1 + the last seq, after which there are branches; 0: open */
    bool own;
    uint64_t ahead; /* own: a peer had events up to here that this store had lost */
};

/* The empty trunk of a new log, not stored yet. */
void log_row_new(struct log_row *row, int64_t circle, const uint8_t pk[static LOG_PK_BYTES]);
enum rb_status log_row_find(struct store *store, int64_t circle,
                            const uint8_t pk[static LOG_PK_BYTES], struct log_row *row)
    RB_MUST_CHECK; /* RB_NOT_FOUND */

enum rb_status log_row_load(struct store *store, int64_t id, struct log_row *row)
    RB_MUST_CHECK; /* RB_NOT_FOUND */

/* The branch with events and the smallest name that continues a row; RB_NOT_FOUND. */
enum rb_status log_row_find_next(struct store *store, int64_t parent, struct log_row *row)
    RB_MUST_CHECK;

/* The log that this home may write to in a circle; RB_NOT_FOUND if there is none (yet): one that
 * forked, was behind what peers held, or is nearly full of operations is written no more. */
enum rb_status log_row_find_own(struct store *store, int64_t circle, struct log_row *row)
    RB_MUST_CHECK;

/* Inserts a row without an id and fills it, or writes what can change of one that has an id. */
enum rb_status log_row_save(struct store *store, struct log_row *row) RB_MUST_CHECK;

/* The logs of a circle; `*rows` is allocated, the caller frees. */
enum rb_status log_rows_of_circle(struct store *store, int64_t circle, struct log_row **rows,
                                  size_t *count) RB_MUST_CHECK;
/* ... and the rows of one log. */
enum rb_status log_rows_of_origin(struct store *store, int64_t circle,
                                  const uint8_t origin[static LOG_PK_BYTES], struct log_row **rows,
                                  size_t *count) RB_MUST_CHECK;
/* ... and the logs of a circle of which content waits, or control events do, or whose author is not
 * known: a branch without events has that of its parent as soon as it is taken in hand. */
enum rb_status log_rows_waiting(struct store *store, int64_t circle, bool control,
                                struct log_row **rows, size_t *count) RB_MUST_CHECK;
enum rb_status log_rows_count(struct store *store, int64_t circle, size_t *count) RB_MUST_CHECK;

struct event_row {
    int64_t rcv;
    uint64_t seq;
    enum event_state state;
    int64_t arrived_s;
    struct event event;
};
enum rb_status event_row_insert(struct store *store, int64_t log, const struct event_row *row)
    RB_MUST_CHECK;

/* Gives the row of a missing body its body, a new rcv and a new time of arrival.  `*filled` is
 * false if no body was missing there. */
enum rb_status event_row_fill(struct store *store, int64_t log, const struct event_row *row,
                              bool *filled) RB_MUST_CHECK;
enum rb_status event_row_set_state(struct store *store, int64_t rcv, enum event_state state)
    RB_MUST_CHECK;

/* The first waiting control event of a log from `seq` on; UINT64_MAX if none waits. */
enum rb_status control_row_waiting(struct store *store, int64_t log, uint64_t seq,
                                   uint64_t *waiting) RB_MUST_CHECK;

/* The same of the whole chain: what waits on a parent stands before anything of a branch. */
enum rb_status control_chain_waiting(struct store *store, const struct log_row *log,
                                     uint64_t *waiting) RB_MUST_CHECK;
enum rb_status control_parents_wait(struct store *store, const struct log_row *log, bool *wait)
    RB_MUST_CHECK;

enum rb_status checkpoint_save(struct store *store, int64_t log, const struct log_head *head)
    RB_MUST_CHECK;

/* RB_DAMAGED if it is not there: every whole block has one. */
enum rb_status checkpoint_load(struct store *store, int64_t log, uint64_t seq,
                               struct log_head *head) RB_MUST_CHECK;

#endif
