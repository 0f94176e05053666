/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs of Ayu's device of several histories, which no honest store writes, and what five members of
 * one circle make of them. */
#ifndef REMBUK_TESTS_HISTORIES_H
#define REMBUK_TESTS_HISTORIES_H

#include "tests/support/forger.h"
#include "tests/support/people.h"

extern struct people people;
extern uint8_t circle[HASH_BYTES];
extern uint8_t thread[REF_BYTES];
extern uint8_t ctl[REF_BYTES];

/* Five members, who all have one thread; and the end of them. */
int a_thread(void **state);
int go_home(void **state);

enum { HISTORY_EVENTS_MAX = 80 };

struct history {
    struct forger forger;
    size_t count;
    struct event events[HISTORY_EVENTS_MAX]; /* index 0 is seq 1; their bodies are owned */
    uint8_t hashes[HISTORY_EVENTS_MAX + 1][HASH_BYTES]; /* but hashes[k] is H_k */
    uint8_t signatures[HISTORY_EVENTS_MAX + 1][SIGNATURE_BYTES];
};

void history_begin(struct history *history); /* with its LOGCERT */
void history_post(struct history *history, const char *text);
void history_accept(struct history *history);
void history_keep(struct history *history, const struct run *run); /* made by history->forger */
void history_clear(struct history *history);

/* The same up to `common` events. */
void history_part(struct history *to, const struct history *from, size_t common);

/* Of three events, of which the third is not the same. */
void two_histories(struct history *one, struct history *other);

/* The name of the branch that a history is after `common` events. */
void name_after(const struct history *history, size_t common, uint8_t name[static LOG_PK_BYTES]);

/* `name` is what the log is called on the wire: NULL for the log itself. */
enum rb_status deliver(size_t who, const struct history *history, uint64_t first, uint64_t last,
                       const uint8_t *name);
enum rb_status deliver_all(size_t who, const struct history *history);

/* A proof that two histories part after `common` events. */
enum rb_status prove(size_t who, const struct history *one, const struct history *other,
                     size_t common);

/* ---- What is known of them ---- */
int64_t count_of(size_t who, const char *sql);
int64_t branches_at(size_t who);
int64_t waiting_at(size_t who); /* for a manager */
void assert_same(size_t one, size_t other);
void assert_page(size_t who, const char *expected);

#endif
