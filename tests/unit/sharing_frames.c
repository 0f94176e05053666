/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions of real stores with somebody who is out of a circle, down to the frames: what a VECTOR
 * tells him, what he is sent, and that both sides come to rest.  There is no network: links_send is
 * this file's, so that link.c stays out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "node/exchange.h"
#include "store/db.h"
#include "store/membership.h"
#include "tests/support/people.h"

#include <stdlib.h>
#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES], thread[REF_BYTES];

static int a_group_of_three(void **state) {
    (void)state;
    people_new(&people, 3);
    people_group(&people, 3, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    people_meet_all(&people);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Two ends, and frames between them ---- */

enum { FRAMES_MAX = 256, ROWS_MAX = 64 };

struct frames {
    struct {
        uint8_t *bytes;
        size_t len;
    } items[FRAMES_MAX];
    size_t first, count;
};

struct end {
    struct exchange_tools tools;
    struct exchange *exchange;
    struct node_peer report;
    struct frames inbox;
    struct wire_log rows[ROWS_MAX]; /* of the VECTORs that were sent */
    size_t row_count, vectors;
};

static struct end ends[2];
static uint8_t nonces[2][WIRE_NONCE_BYTES]; /* of the session: who dialled, who listened */
static int64_t now_ms;

enum rb_status links_send(struct links *links, const struct link_id *to, struct span frame) {
    struct end *end = (struct end *)(void *)links; /* the sender: see meet */
    struct frames *inbox = &ends[end == &ends[0] ? 1 : 0].inbox;
    struct wire_frame decoded;
    (void)to;

    if (frame.data[0] == WIRE_HELLO) {
        assert_int_equal(wire_decode(frame, &decoded), RB_OK);
        memcpy(nonces[decoded.hello.role], decoded.hello.nonce, WIRE_NONCE_BYTES);
    }
    if (frame.data[0] == WIRE_VECTOR) {
        assert_int_equal(wire_decode(frame, &decoded), RB_OK);
        for (end->vectors++; decoded.row_count > 0 && end->row_count < ROWS_MAX;) {
            end->rows[end->row_count++] = wire_next_log(&decoded);
            decoded.row_count--;
        }
    }
    assert_true(inbox->count < FRAMES_MAX);
    inbox->items[inbox->count].bytes = rb_alloc(frame.len, 1);
    memcpy(inbox->items[inbox->count].bytes, frame.data, frame.len);
    inbox->items[inbox->count++].len = frame.len;
    return RB_OK;
}

static void end_open(struct end *end, size_t who, size_t peer, bool dialled) {
    struct link_id link = { .dialled = dialled };
    struct contact contact;

    assert_int_equal(contact_get(people.stores[who], people_id(&people, peer), &contact), RB_OK);
    end->tools = (struct exchange_tools) {
        .store = people.stores[who],
        .links = (struct links *)(void *)end,
        .batch = batch_new(people.stores[who]),
    };
    end->exchange = exchange_new(&end->tools, &contact, &link, &end->report, now_ms);
}

static bool end_take(struct end *end) {
    struct frames *inbox = &end->inbox;

    if (inbox->first == inbox->count) {
        return false;
    }
    struct span frame = { .data = inbox->items[inbox->first].bytes,
                          .len = inbox->items[inbox->first].len };
    inbox->first++;
    assert_int_equal(exchange_frame(end->exchange, now_ms, frame), RB_OK);
    assert_int_equal(batch_commit(end->tools.batch), RB_OK);
    return true;
}

static void end_step(struct end *end) {
    assert_int_equal(exchange_step(end->exchange, now_ms), RB_OK);
    assert_false(exchange_end(end->exchange)->ended);
}

static void settle(void) {
    do {
        end_step(&ends[0]);
        end_step(&ends[1]);
    } while (end_take(&ends[0]) || end_take(&ends[1]));
}

static void end_close(struct end *end) {
    exchange_destroy(&end->exchange);
    assert_int_equal(batch_flush(end->tools.batch), RB_OK);
    batch_destroy(&end->tools.batch);
    for (size_t i = 0; i < end->inbox.count; i++) {
        free(end->inbox.items[i].bytes);
    }
}

/* ends[0] is of `one`. */
static void session_open(size_t one, size_t other) {
    memset(ends, 0, sizeof ends);
    now_ms = people_now(&people);
    end_open(&ends[0], one, other, true);
    end_open(&ends[1], other, one, false);
}

/* Until both are done; how many seconds that took. */
static size_t session_finish(void) {
    size_t seconds = 0;

    for (settle(); !ends[0].report.done || !ends[1].report.done; settle()) {
        assert_true(seconds < 4);
        now_ms += SYNC_ACK_MS;
        seconds++;
    }
    end_close(&ends[0]);
    end_close(&ends[1]);
    return seconds;
}

static size_t meet(size_t one, size_t other) {
    session_open(one, other);
    return session_finish();
}

/* ---- What was told ---- */

static struct log_line own_log(size_t who) {
    struct log_line line;

    assert_true(people_own_log(&people, who, circle, &line));
    return line;
}

/* The last head of a log that an end told in this session; 0: none. */
static uint64_t told(const struct end *end, const struct log_line *line) {
    uint8_t log8[LOG8_BYTES];
    uint64_t head = 0;

    wire_short(log8, line->log, nonces[WIRE_DIALLED], nonces[WIRE_LISTENED]);
    for (size_t i = 0; i < end->row_count; i++) {
        bool is_it = memcmp(end->rows[i].log8, log8, LOG8_BYTES) == 0;
        head = is_it ? end->rows[i].head : head;
    }
    return head;
}

static uint64_t has(size_t who, const struct log_line *log) {
    struct log_line *lines = NULL;
    size_t count = 0;
    uint64_t head = 0;

    assert_int_equal(circle_lines(people.stores[who], circle, &lines, &count), RB_OK);
    for (size_t i = 0; i < count; i++) {
        head = memcmp(lines[i].log, log->log, LOG_PK_BYTES) == 0 ? lines[i].head : head;
    }
    free(lines);
    return head;
}

static void remove_person(size_t by, size_t whom) {
    struct refusal refusal;

    assert_int_equal(membership_remove(people.stores[by], circle, people_id(&people, whom),
                                       people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
}

static void post(size_t who, const char *text) {
    uint8_t ref[REF_BYTES];

    people_post(&people, who, thread, text, ref);
}

/* Her store is one of before. */
static void forget_acks(size_t who) {
    struct store *store = people.stores[who];

    assert_int_equal(store_write_begin(store), RB_OK);
    enum rb_status status = db_run(db_query(store_db(store), "DELETE FROM acked"));
    assert_int_equal(store_write_end(store, status), RB_OK);
}

/* ---- Tests ---- */

static void who_is_removed_is_told_of_his_farewell_and_of_nothing_after_it(void **state) {
    (void)state;

    remove_person(AYU, CITRA);
    people_meet(&people, AYU, BAYU);
    struct log_line ayus = own_log(AYU);
    post(AYU, "tanpa Citra");
    post(CITRA, "luring");
    (void)meet(AYU, CITRA);
    assert_int_equal(told(&ends[0], &ayus), ayus.head);
    assert_int_equal(has(CITRA, &ayus), ayus.head);
    struct log_line citras = own_log(CITRA);
    assert_int_equal(has(AYU, &citras), citras.head);

    people_meet(&people, AYU, BAYU);
    post(BAYU, "juga tanpa Citra");
    people_meet(&people, AYU, BAYU);
    for (size_t i = 0; i < 2; i++) {
        forget_acks(CITRA); /* so that she offers it */
        assert_int_equal(meet(CITRA, AYU), 0);
        assert_int_equal(ends[1].vectors, 0); /* she has what she is shown */
        assert_int_equal(meet(CITRA, BAYU), 0);
        assert_int_equal(ends[1].vectors, 0);
    }
    assert_int_equal(has(CITRA, &ayus), ayus.head);
    assert_int_equal(has(BAYU, &citras), citras.head);
}

static void who_left_need_not_bring_all_that_she_has(void **state) {
    (void)state;

    (void)meet(BAYU, CITRA);
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, CITRA);
    people_meet(&people, AYU, BAYU); /* he has heard of it */
    struct log_line ayus = own_log(AYU);
    post(AYU, "tanpa Citra");
    people_meet(&people, AYU, BAYU);
    assert_int_equal(meet(CITRA, BAYU), 0);
    assert_int_equal(ends[0].report.events_sent, 0);
    assert_int_equal(ends[1].report.events_sent, 0);
    assert_true(told(&ends[1], &ayus) <= ayus.head);
}

static void who_removed_her_and_left_tells_her_and_takes_nothing(void **state) {
    (void)state;

    remove_person(AYU, CITRA);
    struct log_line ayus = own_log(AYU);
    assert_int_equal(group_leave(people.stores[AYU], circle, people_now(&people)), RB_OK);
    struct log_line citras = own_log(CITRA);
    post(CITRA, "luring");
    (void)meet(AYU, CITRA);
    assert_int_equal(told(&ends[0], &ayus), ayus.head);
    assert_int_equal(has(CITRA, &ayus), ayus.head);
    assert_int_equal(has(AYU, &citras), citras.head);
    assert_int_equal(meet(CITRA, AYU), 0);
    assert_int_equal(ends[0].report.events_sent + ends[1].report.events_sent, 0);
}

/* A group that Bayu has not heard of: Ayu has added him, and Citra has written there since. */
static void a_group_without_bayu(void) {
    struct store *ayu = people.stores[AYU], *citra = people.stores[CITRA];

    assert_int_equal(group_new(ayu, span_text("Balai Dahlia"), NULL, people_now(&people), circle),
                     RB_OK);
    assert_int_equal(group_invite(ayu, circle, people_id(&people, CITRA), people_now(&people)),
                     RB_OK);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(group_accept(citra, circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(group_invite(ayu, circle, people_id(&people, BAYU), people_now(&people)),
                     RB_OK);
    assert_int_equal(thread_new(citra, circle, span_text("Posko"), people_now(&people), thread),
                     RB_OK);
}

static bool knows_the_circle(size_t who) {
    struct db_row *query =
        db_query(store_db(people.stores[who]), "SELECT 1 FROM circle WHERE circle = ?1");

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    bool known = db_step(query);
    assert_int_equal(db_end(query), RB_OK);
    return known;
}

static void until_she_has_introduced_it(void) {
    while (!knows_the_circle(BAYU)) {
        end_step(&ends[0]);
        end_step(&ends[1]);
        assert_true(end_take(&ends[1]) || end_take(&ends[0]));
    }
}

/* In another session, at the same time. */
static void citra_introduces_it_to_bayu(void) {
    struct log_line citras = own_log(CITRA);

    assert_int_equal(circle_remember(people.stores[BAYU], circle, people_id(&people, CITRA)),
                     RB_OK);
    struct ingest_result result = people_carry(&people, CITRA, BAYU, circle, citras.log, 1);
    assert_int_equal(result.status, RB_OK);
    exchange_stored(ends[1].exchange, circle, citras.log, 1, citras.head);
}

static void
what_was_held_back_from_who_introduced_it_first_is_offered_to_her_in_the_end(void **state) {
    (void)state;

    a_group_without_bayu();
    session_open(AYU, BAYU);
    until_she_has_introduced_it();
    citra_introduces_it_to_bayu();
    end_step(&ends[1]); /* now it is Citra with whom he exchanges it */
    settle();
    struct log_line citras = own_log(CITRA);
    assert_int_equal(has(AYU, &citras), citras.head - 1);
    assert_int_equal(exchange_recheck(ends[1].exchange, circle), RB_OK); /* he belongs to it */
    (void)session_finish();
    assert_int_equal(has(AYU, &citras), citras.head);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_group_of_three, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_is_removed_is_told_of_his_farewell_and_of_nothing_after_it),
        TEST(who_left_need_not_bring_all_that_she_has),
        TEST(who_removed_her_and_left_tells_her_and_takes_nothing),
        TEST(what_was_held_back_from_who_introduced_it_first_is_offered_to_her_in_the_end),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
