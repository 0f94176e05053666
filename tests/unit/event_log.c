/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/db.h"
#include "tests/support/people.h"

#include <stdlib.h>
#include <string.h>

enum { LONG_LOG = 150 };

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];

static int a_thread(void **state) {
    (void)state;
    people_new(&people, 3);
    people_group(&people, 2, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    people_meet(&people, AYU, BAYU);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

static struct log_line log_of(size_t who) {
    struct log_line line;

    assert_true(people_own_log(&people, who, circle, &line));
    return line;
}

/* Ayu's log, grown to LONG_LOG events. */
static struct log_line long_log(void) {
    struct log_line log = log_of(AYU);
    uint8_t ref[REF_BYTES];

    while (log.head < LONG_LOG) {
        people_post(&people, AYU, thread, "lagi", ref);
        log = log_of(AYU);
    }
    return log;
}

static void check_run(const struct log_line *log, uint64_t first, size_t count) {
    struct writer bodies;
    struct run run;

    people_load(&people, AYU, circle, log->log, first, &bodies, &run);
    assert_int_equal(run.first, first);
    assert_int_equal(run.count, count);
    assert_int_equal(run_check(&run), RB_OK);
    writer_clear(&bodies);
}

static enum rb_status try_load(const uint8_t of[static HASH_BYTES],
                               const uint8_t log[static LOG_PK_BYTES], uint64_t from) {
    struct writer bodies;
    uint64_t rcv_upto;
    struct run run;

    writer_init(&bodies, (size_t)RUN_EVENTS_MAX * EVENT_BODY_BYTES_MAX);
    enum rb_status status =
        run_load(people.stores[AYU], of, log, from, SEQ_MAX, &bodies, &run, &rcv_upto);
    writer_clear(&bodies);
    return status;
}

static void count_circles(void *context, const uint8_t id[static HASH_BYTES],
                          const uint8_t fp[static FP_BYTES], bool whole) {
    (void)id;
    (void)fp;
    (void)whole;
    ++*(size_t *)context;
}

static size_t shared_with(size_t who, size_t peer) {
    size_t count = 0;

    assert_int_equal(
        circles_shared(people.stores[who], people_id(&people, peer), count_circles, &count), RB_OK);
    return count;
}

static bool may_exchange(size_t who, size_t peer) {
    uint8_t fp[FP_BYTES];

    return circle_shared(people.stores[who], circle, people_id(&people, peer), fp, NULL) == RB_OK;
}

static void fingerprint_at(size_t who, size_t peer, uint8_t fp[static FP_BYTES]) {
    assert_int_equal(circle_shared(people.stores[who], circle, people_id(&people, peer), fp, NULL),
                     RB_OK);
}

/* ---- Runs ---- */

static void a_run_ends_at_its_block_or_at_the_head(void **state) {
    struct log_line log = long_log();
    (void)state;

    check_run(&log, 1, 64);
    check_run(&log, 10, 55);
    check_run(&log, 64, 1);
    check_run(&log, 65, 64);
    check_run(&log, 129, LONG_LOG - 128);
    check_run(&log, LONG_LOG, 1);
}

static void what_is_not_there_is_not_loaded(void **state) {
    const uint8_t elsewhere[HASH_BYTES] = { 4 };
    struct log_line log = log_of(AYU);
    (void)state;

    assert_int_equal(try_load(circle, log.log, log.head + 1), RB_NOT_FOUND);
    assert_int_equal(try_load(circle, log.log, 0), RB_NOT_FOUND);
    assert_int_equal(try_load(elsewhere, log.log, 1), RB_NOT_FOUND);
    assert_int_equal(try_load(circle, elsewhere, 1), RB_NOT_FOUND);
}

static void a_long_log_travels_block_by_block(void **state) {
    uint8_t fp[2][FP_BYTES];
    (void)state;

    (void)long_log();
    people_meet(&people, AYU, BAYU);
    fingerprint_at(AYU, BAYU, fp[0]);
    fingerprint_at(BAYU, AYU, fp[1]);
    assert_memory_equal(fp[0], fp[1], FP_BYTES);
}

static void a_changed_body_on_disk_is_damage(void **state) {
    struct log_line log = log_of(AYU);
    struct db *db = store_db(people.stores[AYU]);
    (void)state;

    assert_int_equal(store_write_begin(people.stores[AYU]), RB_OK);
    assert_int_equal(db_execute(db, "UPDATE event SET body = zeroblob(length(body)) WHERE seq = 2"),
                     RB_OK);
    assert_int_equal(store_write_commit(people.stores[AYU]), RB_OK);
    assert_int_equal(try_load(circle, log.log, 1), RB_DAMAGED);
}

static int64_t last_rcv(size_t who) {
    static const char sql[] = "SELECT max(rcv) FROM event";
    struct db_row *row = db_query(store_db(people.stores[who]), sql);
    int64_t rcv;

    assert_true(db_step(row));
    rcv = db_int(row, 0);
    assert_int_equal(db_end(row), RB_OK);
    return rcv;
}

static void arrival_numbers_are_never_used_twice(void **state) {
    struct store *ayu = people.stores[AYU];
    uint8_t ref[REF_BYTES];
    (void)state;

    people_post(&people, AYU, thread, "lagi", ref);
    int64_t rcv = last_rcv(AYU);
    assert_int_equal(store_write_begin(ayu), RB_OK);
    assert_int_equal(db_execute(store_db(ayu),
                                "DELETE FROM post;"
                                "DELETE FROM event WHERE rcv ="
                                "  (SELECT max(rcv) FROM event);"),
                     RB_OK);
    assert_int_equal(store_write_commit(ayu), RB_OK);
    people_reopen(&people, AYU);
    people_post(&people, AYU, thread, "lagi", ref);
    assert_int_equal(last_rcv(AYU), rcv + 1);
}

/* ---- Sharing ---- */

static void a_circle_is_offered_to_its_members_only(void **state) {
    (void)state;

    assert_int_equal(shared_with(AYU, BAYU), 1);
    assert_int_equal(shared_with(BAYU, AYU), 1);
    assert_int_equal(shared_with(AYU, CITRA), 0);
    assert_false(may_exchange(AYU, CITRA));
}

static void an_invited_person_is_offered_the_circle(void **state) {
    (void)state;

    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    assert_int_equal(shared_with(AYU, CITRA), 1);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(shared_with(CITRA, BAYU), 1);
}

static void a_left_circle_is_offered_until_that_is_acknowledged(void **state) {
    (void)state;

    assert_int_equal(group_leave(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    assert_int_equal(shared_with(BAYU, AYU), 1);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(shared_with(BAYU, AYU), 0);
    assert_int_equal(shared_with(AYU, BAYU), 0);
    assert_true(may_exchange(AYU, BAYU)); /* if he begins: what he still brings is taken */
}

static void an_unopened_circle_is_exchanged_with_its_introducer_alone(void **state) {
    (void)state;

    assert_int_equal(circle_remember(people.stores[CITRA], circle, people_id(&people, AYU)), RB_OK);
    assert_true(may_exchange(CITRA, AYU));
    assert_false(may_exchange(CITRA, BAYU));
    assert_int_equal(shared_with(CITRA, BAYU), 0);

    /* Who introduces it later takes the place: the first may have gone. */
    assert_int_equal(circle_remember(people.stores[CITRA], circle, people_id(&people, BAYU)),
                     RB_OK);
    assert_true(may_exchange(CITRA, BAYU));
    assert_false(may_exchange(CITRA, AYU));
}

static void nobody_introduces_circles_without_end(void **state) {
    uint8_t unopened[HASH_BYTES] = { 0 };
    (void)state;

    for (uint8_t i = 0; i < UNOPENED_CIRCLES_PER_PEER_MAX; i++) {
        unopened[0] = i;
        assert_int_equal(circle_remember(people.stores[CITRA], unopened, people_id(&people, AYU)),
                         RB_OK);
    }
    unopened[0] = UNOPENED_CIRCLES_PER_PEER_MAX;
    assert_int_equal(circle_remember(people.stores[CITRA], unopened, people_id(&people, AYU)),
                     RB_REFUSED);
    assert_int_equal(circle_remember(people.stores[CITRA], unopened, people_id(&people, BAYU)),
                     RB_OK);
    unopened[0] = 0;
    assert_int_equal(circle_remember(people.stores[CITRA], unopened, people_id(&people, AYU)),
                     RB_OK);
}

static void two_introducers_do_not_make_room_for_each_other(void **state) {
    uint8_t unopened[HASH_BYTES] = { 0 };
    (void)state;

    /* Bayu takes over all that Ayu introduced, and has no room for more; then neither has she. */
    for (uint8_t i = 0; i < 2 * UNOPENED_CIRCLES_PER_PEER_MAX; i++) {
        unopened[0] = i;
        assert_int_equal(circle_remember(people.stores[CITRA], unopened, people_id(&people, AYU)),
                         RB_OK);
        enum rb_status taken =
            circle_remember(people.stores[CITRA], unopened, people_id(&people, BAYU));
        assert_int_equal(taken, i < UNOPENED_CIRCLES_PER_PEER_MAX ? RB_OK : RB_REFUSED);
    }
    unopened[0]++;
    assert_int_equal(circle_remember(people.stores[CITRA], unopened, people_id(&people, AYU)),
                     RB_REFUSED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_thread, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_run_ends_at_its_block_or_at_the_head),
        TEST(what_is_not_there_is_not_loaded),
        TEST(a_long_log_travels_block_by_block),
        TEST(a_changed_body_on_disk_is_damage),
        TEST(arrival_numbers_are_never_used_twice),
        TEST(a_circle_is_offered_to_its_members_only),
        TEST(an_invited_person_is_offered_the_circle),
        TEST(a_left_circle_is_offered_until_that_is_acknowledged),
        TEST(an_unopened_circle_is_exchanged_with_its_introducer_alone),
        TEST(nobody_introduces_circles_without_end),
        TEST(two_introducers_do_not_make_room_for_each_other),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
