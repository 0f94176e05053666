/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/histories.h"

#include "store/db.h"
#include "store/sharing.h"

#include <stdlib.h>
#include <string.h>

struct people people;
uint8_t circle[HASH_BYTES];
uint8_t thread[REF_BYTES];
uint8_t ctl[REF_BYTES];
static char page[TRANSCRIPT_BYTES];

int a_thread(void **state) {
    (void)state;
    people_new(&people, 5);
    people_group(&people, 5, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    people_meet_all(&people);
    forger_head(people.stores[AYU], circle, ctl);
    return 0;
}

int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Histories ---- */

void history_keep(struct history *history, const struct run *run) {
    struct event *event = &history->events[history->count++];
    uint8_t *body = rb_alloc(run->events[0].body.len, 1);

    assert_true(history->count <= HISTORY_EVENTS_MAX);
    *event = run->events[0];
    memcpy(body, event->body.data, event->body.len);
    event->body.data = body;
    memcpy(history->hashes[history->count], history->forger.head.hash, HASH_BYTES);
    memcpy(history->signatures[history->count], run->signature, SIGNATURE_BYTES);
}

void history_begin(struct history *history) {
    struct run run;

    *history = (struct history) { 0 };
    forger_new(&history->forger, people.stores[AYU], circle);
    memcpy(history->hashes[0], history->forger.head.hash, HASH_BYTES);
    forger_logcert(&history->forger, people.stores[AYU], circle, &run);
    history_keep(history, &run);
}

void history_post(struct history *history, const char *text) {
    struct run run;

    forger_post(&history->forger, KIND_POST, text, thread, ctl,
                ((uint64_t)people.now_ms << 16) + history->count, &run);
    history_keep(history, &run);
}

void history_accept(struct history *history) {
    struct writer body;
    struct run run;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_empty_encode(&body);
    forger_operation(&history->forger, OP_ACCEPT, writer_view(&body), ctl, &run);
    history_keep(history, &run);
    writer_clear(&body);
}

void history_part(struct history *to, const struct history *from, size_t common) {
    *to = (struct history) { .count = common };
    forger_twin(&to->forger, &from->forger);
    to->forger.head.seq = common;
    memcpy(to->forger.head.hash, from->hashes[common], HASH_BYTES);
    memcpy(to->forger.head.signature, from->signatures[common], SIGNATURE_BYTES);
    memcpy(to->hashes, from->hashes, sizeof to->hashes);
    memcpy(to->signatures, from->signatures, sizeof to->signatures);
    for (size_t i = 0; i < common; i++) {
        uint8_t *body = rb_alloc(from->events[i].body.len, 1);
        to->events[i] = from->events[i];
        memcpy(body, from->events[i].body.data, from->events[i].body.len);
        to->events[i].body.data = body;
    }
}

void history_clear(struct history *history) {
    for (size_t i = 0; i < history->count; i++) {
        free((void *)(uintptr_t)history->events[i].body.data);
    }
    forger_clear(&history->forger);
}

enum rb_status deliver(size_t who, const struct history *history, uint64_t first, uint64_t last,
                       const uint8_t *name) {
    struct run run = { .first = first, .count = (size_t)(last - first + 1) };

    memcpy(run.log, name == NULL ? history->forger.log_key.public : name, LOG_PK_BYTES);
    memcpy(run.previous8, history->hashes[first - 1], sizeof run.previous8);
    memcpy(run.signature, history->signatures[last], sizeof run.signature);
    memcpy(run.events, &history->events[first - 1], run.count * sizeof run.events[0]);
    return people_ingest(&people, who, circle, &run).status;
}

enum rb_status deliver_all(size_t who, const struct history *history) {
    uint64_t first = history->count < BLOCK_EVENTS ? history->count : BLOCK_EVENTS;
    enum rb_status status = deliver(who, history, 1, first, NULL);

    if (status == RB_OK && history->count > BLOCK_EVENTS) {
        status = deliver(who, history, BLOCK_EVENTS + 1, history->count, NULL);
    }
    return status;
}

/* ---- What is known of them ---- */

int64_t count_of(size_t who, const char *sql) {
    struct db_row *row = db_query(store_db(people.stores[who]), sql);
    int64_t count = -1;

    if (db_step(row)) {
        count = db_int(row, 0);
    }
    assert_int_equal(db_end(row), RB_OK);
    return count;
}

int64_t branches_at(size_t who) {
    static const char sql[] = "SELECT count(*) FROM log WHERE parent IS NOT NULL";

    return count_of(who, sql);
}

int64_t waiting_at(size_t who) {
    static const char sql[] = "SELECT count(*) FROM event WHERE state = 3";

    return count_of(who, sql);
}

static void fingerprint(size_t who, uint8_t fp[static FP_BYTES]) {
    struct log_line *lines = NULL;
    size_t count = 0;

    assert_int_equal(circle_lines(people.stores[who], circle, &lines, &count), RB_OK);
    circle_fingerprint(fp, lines, count);
    free(lines);
}

void assert_same(size_t one, size_t other) {
    uint8_t fps[2][FP_BYTES];

    fingerprint(one, fps[0]);
    fingerprint(other, fps[1]);
    assert_memory_equal(fps[0], fps[1], FP_BYTES);
}

void assert_page(size_t who, const char *expected) {
    people_transcript(&people, who, thread, page);
    assert_string_equal(page, expected);
}

void name_after(const struct history *history, size_t common, uint8_t name[static LOG_PK_BYTES]) {
    branch_name(name, history->forger.log_key.public, common + 1, history->hashes[common + 1]);
}

enum rb_status prove(size_t who, const struct history *one, const struct history *other,
                     size_t common) {
    const struct history *both[2] = { one, other };
    struct fork_branch branches[2] = { { .count = 1 }, { .count = 1 } };
    struct writer proof;
    struct fork fork;

    for (size_t i = 0; i < 2; i++) {
        const struct event *event = &both[i]->events[common];
        event_hash(branches[i].event_hashes[0], &event->header, event->body_hash);
        memcpy(branches[i].signature, both[i]->signatures[common + 1], SIGNATURE_BYTES);
    }
    assert_int_equal(fork_make(&fork, one->forger.log_key.public, common, one->hashes[common],
                               &branches[0], &branches[1]),
                     RB_OK);
    writer_init(&proof, FRAME_BYTES_MAX);
    fork_encode(&proof, &fork);
    enum rb_status status = ingest_fork(people.stores[who], circle, writer_view(&proof));
    writer_clear(&proof);
    return status;
}

void two_histories(struct history *one, struct history *other) {
    history_begin(one);
    history_post(one, "bersama");
    history_part(other, one, 2);
    history_post(one, "ke Bayu");
    history_post(other, "ke Citra");
}
