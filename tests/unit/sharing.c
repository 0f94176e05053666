/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/contacts.h"
#include "store/db.h"
#include "store/membership.h"
#include "tests/support/people.h"

#include <stdlib.h>
#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];
static char page[TRANSCRIPT_BYTES];

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

/* ---- Helpers ---- */

static void count_circles(void *context, const uint8_t id[static HASH_BYTES],
                          const uint8_t fp[static FP_BYTES], bool whole) {
    (void)id;
    (void)fp;
    (void)whole;
    ++*(size_t *)context;
}

static bool offers(size_t who, size_t peer) {
    size_t count = 0;

    assert_int_equal(
        circles_shared(people.stores[who], people_id(&people, peer), count_circles, &count), RB_OK);
    return count > 0;
}

static bool takes(size_t who, size_t peer) {
    uint8_t fp[FP_BYTES];

    return circle_shared(people.stores[who], circle, people_id(&people, peer), fp, NULL) == RB_OK;
}

static uint64_t last_of(size_t who) {
    struct log_line own;

    assert_true(people_own_log(&people, who, circle, &own));
    return own.head;
}

/* `who` has got that log up to `seq` from `of`. */
static void acknowledge_to(size_t of, size_t who, const uint8_t log[static LOG_PK_BYTES],
                           uint64_t seq) {
    assert_int_equal(acked_set(people.stores[of], people_id(&people, who), circle, log, seq),
                     RB_OK);
}

/* Event `seq` of the log that `author` writes at home. */
static bool gives_event(size_t who, size_t peer, size_t author, uint64_t seq) {
    struct log_line log;
    uint64_t upto = 0;

    assert_true(people_own_log(&people, author, circle, &log));
    enum rb_status status =
        circle_gives(people.stores[who], circle, people_id(&people, peer), log.log, &upto);
    return status == RB_OK && seq <= upto;
}

/* Whether she still counts herself among the members. */
static bool takes_part(size_t who) {
    static const char sql[] =
        "SELECT 1 FROM member"
        " WHERE person = ?1 AND state = ?2";
    struct db_row *row = db_query(store_db(people.stores[who]), sql);

    db_bind_blob(row, 1, span_of(people_id(&people, who), HASH_BYTES));
    db_bind_int(row, 2, MEMBER_ACCEPTED);
    bool found = db_step(row);
    assert_int_equal(db_end(row), RB_OK);
    return found;
}

/* How much `who` shows to `peer` of the log that `author` writes at home; 0: nothing. */
static uint64_t shows(size_t who, size_t peer, size_t author, struct log_line *line) {
    struct log_line *lines = NULL, log;
    size_t count = 0;

    *line = (struct log_line) { 0 };
    assert_true(people_own_log(&people, author, circle, &log));
    assert_int_equal(
        circle_shown(people.stores[who], circle, people_id(&people, peer), &lines, &count), RB_OK);
    for (size_t i = 0; i < count; i++) {
        if (memcmp(lines[i].log, log.log, LOG_PK_BYTES) == 0) {
            *line = lines[i];
        }
    }
    free(lines);
    return line->head;
}

static void fingerprint_for(size_t who, size_t peer, uint8_t fp[static FP_BYTES]) {
    assert_int_equal(circle_shared(people.stores[who], circle, people_id(&people, peer), fp, NULL),
                     RB_OK);
}

/* What a session would carry to him: only what is given, up to where it is given. */
static void give_all(size_t who, size_t peer) {
    struct store *store = people.stores[who];
    struct log_line *lines = NULL;
    size_t count = 0;

    assert_int_equal(circle_shown(store, circle, people_id(&people, peer), &lines, &count), RB_OK);
    for (size_t i = 0; i < count; i++) {
        uint64_t upto = 0, rcv_upto = 0;
        struct writer bodies;
        struct run run;
        if (circle_gives(store, circle, people_id(&people, peer), lines[i].log, &upto) != RB_OK) {
            continue;
        }
        writer_init(&bodies, RUN_FRAME_BYTES_MAX);
        upto = lines[i].head < upto ? lines[i].head : upto;
        for (uint64_t next = 1; next <= upto; next += run.count) {
            assert_int_equal(
                run_load(store, circle, lines[i].log, next, upto, &bodies, &run, &rcv_upto), RB_OK);
            assert_true(run.first + run.count - 1 <= upto);
            enum rb_status status = people_ingest(&people, peer, circle, &run).status;
            assert_true(status == RB_OK || status == RB_DUPLICATE);
        }
        acknowledge_to(who, peer, lines[i].log, lines[i].head);
        writer_clear(&bodies);
    }
    free(lines);
}

/* The last event of her own. */
static bool gives(size_t who, size_t peer) {
    return gives_event(who, peer, who, last_of(who));
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

/* ---- After a removal ---- */

static void a_removed_person_is_offered_the_circle_until_he_has_heard_of_it(void **state) {
    (void)state;

    remove_person(AYU, CITRA);
    assert_true(offers(AYU, CITRA));
    assert_true(gives(AYU, CITRA));
    people_meet(&people, AYU, CITRA);
    assert_false(offers(AYU, CITRA));
    assert_true(offers(AYU, BAYU));
    assert_true(gives(AYU, BAYU));

    /* Others tell her too, since they cannot know that she has heard it. */
    people_meet(&people, AYU, BAYU);
    assert_true(offers(BAYU, CITRA));
    assert_true(gives_event(BAYU, CITRA, AYU, last_of(AYU)));
    people_meet(&people, BAYU, CITRA);
    assert_false(offers(BAYU, CITRA));
}

static void half_of_the_news_is_not_enough(void **state) {
    struct log_line *lines = NULL, own;
    size_t count = 0;
    (void)state;

    post(BAYU, "kabar");
    people_meet(&people, AYU, BAYU);
    remove_person(AYU, CITRA);
    assert_int_equal(circle_lines(people.stores[AYU], circle, &lines, &count), RB_OK);
    assert_true(people_own_log(&people, AYU, circle, &own));
    for (size_t i = 0; i < count; i++) {
        bool is_own = memcmp(lines[i].log, own.log, sizeof own.log) == 0;
        acknowledge_to(AYU, CITRA, lines[i].log, is_own ? lines[i].head - 1 : lines[i].head);
        assert_true(offers(AYU, CITRA));
    }
    acknowledge_to(AYU, CITRA, own.log, own.head);
    assert_false(offers(AYU, CITRA));
    free(lines);
}

static void what_is_written_later_does_not_begin_it_anew(void **state) {
    (void)state;

    remove_person(AYU, CITRA);
    people_meet(&people, AYU, CITRA);
    uint64_t farewell = last_of(AYU);
    post(AYU, "tanpa Citra");
    assert_false(offers(AYU, CITRA));
    assert_false(gives(AYU, CITRA));
    /* A home of hers that was put back has not heard it. */
    assert_true(gives_event(AYU, CITRA, AYU, farewell));
    assert_int_equal(views_rebuild(people.stores[AYU]), RB_OK);
    people_meet(&people, AYU, BAYU);
    post(BAYU, "jawab");
    people_meet(&people, AYU, BAYU);
    assert_false(offers(AYU, CITRA));
}

static void what_a_removed_person_still_brings_is_taken(void **state) {
    size_t count = 0;
    (void)state;

    remove_person(AYU, CITRA);
    people_meet(&people, AYU, BAYU);
    post(CITRA, "luring");
    people_meet(&people, BAYU, CITRA); /* she hears of it, and brings that */
    assert_true(takes(AYU, CITRA));
    assert_true(offers(CITRA, AYU)); /* her last words */
    people_meet(&people, AYU, CITRA);
    assert_int_equal(waiting_count(people.stores[AYU], circle, &count), RB_OK);
    assert_int_equal(count, 1);
    assert_false(offers(CITRA, AYU));
    people_transcript(&people, AYU, thread, page);
    assert_string_equal(page, "");
}

static void who_left_is_given_her_own_and_what_she_still_brings_is_taken(void **state) {
    size_t count = 0;
    (void)state;

    post(CITRA, "dulu");
    people_meet(&people, AYU, CITRA);
    uint64_t last = last_of(CITRA);
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, CITRA);
    post(AYU, "tanpa Citra");
    assert_int_equal(waiting_count(people.stores[AYU], circle, &count), RB_OK);
    assert_int_equal(count, 0);

    assert_false(offers(AYU, CITRA));
    assert_false(offers(CITRA, AYU));
    assert_true(takes(AYU, CITRA));
    assert_false(gives(AYU, CITRA));
    assert_false(gives_event(AYU, CITRA, AYU, 1));
    assert_true(gives_event(AYU, CITRA, CITRA, last));     /* a home that was put back */
    assert_true(gives_event(AYU, CITRA, CITRA, last + 1)); /* ... learns of her leaving */
}

static void two_removed_people_exchange_nothing(void **state) {
    (void)state;

    remove_person(AYU, CITRA);
    remove_person(AYU, BAYU);
    people_meet(&people, AYU, CITRA);
    people_meet(&people, AYU, BAYU);
    assert_false(offers(BAYU, CITRA));
    assert_false(takes(BAYU, CITRA));
}

static void who_is_added_again_is_offered_all_again(void **state) {
    struct refusal refusal;
    (void)state;

    remove_person(AYU, CITRA);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(membership_add(people.stores[AYU], circle, people_id(&people, CITRA),
                                    CIRCLE_WRITER, 0, people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
    assert_true(offers(AYU, CITRA));
    assert_true(gives(AYU, CITRA));
    people_meet(&people, AYU, CITRA);
    remove_person(AYU, CITRA);
    assert_true(offers(AYU, CITRA)); /* and is told again */
}

/* ---- What who is out is shown ---- */

/* A statement with a number, perhaps. */
static void ayus_store_changes(const char *sql, uint64_t number) {
    struct store *store = people.stores[AYU];

    assert_int_equal(store_write_begin(store), RB_OK);
    struct db_row *row = db_query(store_db(store), sql);
    if (number > 0) {
        db_bind_int(row, 1, (int64_t)number);
    }
    enum rb_status status = db_run(row);
    assert_int_equal(store_write_end(store, status), RB_OK);
}

static void who_is_removed_is_shown_nothing_that_is_written_without_him(void **state) {
    uint8_t before[FP_BYTES], after[FP_BYTES], of_member[2][FP_BYTES];
    struct log_line line, then;
    (void)state;

    post(BAYU, "bersama");
    people_meet(&people, AYU, BAYU);
    remove_person(AYU, CITRA);
    uint64_t last = last_of(AYU), bayus = last_of(BAYU);
    assert_int_equal(shows(AYU, CITRA, AYU, &then), last);
    fingerprint_for(AYU, CITRA, before);
    fingerprint_for(AYU, BAYU, of_member[0]);
    for (size_t i = 0; i < 70; i++) {
        post(AYU, "tanpa Citra"); /* beyond the end of the block too */
    }
    people_meet(&people, AYU, BAYU);
    post(BAYU, "juga tanpa Citra");
    people_meet(&people, AYU, BAYU);

    assert_int_equal(shows(AYU, CITRA, AYU, &line), last);
    assert_memory_equal(line.hash, then.hash, HASH_BYTES);
    assert_true(shows(AYU, BAYU, AYU, &line) > last);
    assert_int_equal(shows(AYU, CITRA, BAYU, &line), bayus);
    fingerprint_for(AYU, CITRA, after);
    assert_memory_equal(before, after, FP_BYTES);
    fingerprint_for(AYU, BAYU, of_member[1]);
    assert_memory_not_equal(of_member[0], of_member[1], FP_BYTES);
}

static void who_has_got_his_farewell_has_what_he_is_shown(void **state) {
    uint8_t shown[FP_BYTES], has[FP_BYTES];
    (void)state;

    post(BAYU, "bersama");
    people_meet(&people, AYU, BAYU);
    remove_person(AYU, CITRA);
    post(AYU, "tanpa Citra");
    uint64_t citras = people_events(&people, CITRA);
    give_all(AYU, CITRA);
    assert_false(offers(AYU, CITRA));
    assert_true(people_events(&people, CITRA) > citras);
    fingerprint_for(AYU, CITRA, shown);
    fingerprint_for(CITRA, AYU, has);
    assert_memory_equal(shown, has, FP_BYTES);
}

static void what_he_wrote_himself_is_shown_whole(void **state) {
    struct log_line line;
    (void)state;

    remove_person(AYU, CITRA);
    post(CITRA, "luring");
    people_meet(&people, AYU, CITRA);
    assert_int_equal(shows(AYU, CITRA, CITRA, &line), last_of(CITRA));
    assert_true(gives_event(AYU, CITRA, CITRA, last_of(CITRA)));
}

static void who_left_is_shown_of_others_only_what_he_has(void **state) {
    uint8_t before[FP_BYTES], after[FP_BYTES];
    struct log_line line;
    (void)state;

    uint64_t had = last_of(AYU);
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, CITRA);
    fingerprint_for(AYU, CITRA, before);
    fingerprint_for(CITRA, AYU, after);
    assert_memory_equal(before, after, FP_BYTES); /* nothing is carried */
    post(AYU, "tanpa Citra");

    assert_int_equal(shows(AYU, CITRA, AYU, &line), had);
    assert_int_equal(shows(AYU, CITRA, CITRA, &line), last_of(CITRA));
    fingerprint_for(AYU, CITRA, after);
    assert_memory_equal(before, after, FP_BYTES);
    ayus_store_changes("DELETE FROM acked", 0); /* it has been put back */
    assert_int_equal(shows(AYU, CITRA, AYU, &line), 0);
}

static void a_missing_body_counts_where_it_is_shown(void **state) {
    struct log_line line;
    (void)state;

    for (size_t i = 0; i < 2 * BLOCK_EVENTS; i++) {
        if (i == BLOCK_EVENTS) {
            remove_person(AYU, CITRA);
        }
        post(AYU, "kabar");
    }
    ayus_store_changes("UPDATE log SET missing = 2 WHERE own = ?1", 1);
    ayus_store_changes(
        "UPDATE event SET stub = 1 WHERE log IN"
        " (SELECT id FROM log WHERE own = 1) AND seq IN (3, ?1)",
        last_of(AYU));
    assert_true(shows(AYU, BAYU, AYU, &line) > 0);
    assert_int_equal(line.missing, 2);
    assert_true(shows(AYU, CITRA, AYU, &line) > BLOCK_EVENTS);
    assert_int_equal(line.missing, 1);
}

static void who_is_in_no_circle_is_shown_nothing(void **state) {
    struct log_line *lines = NULL;
    size_t count = 7;
    (void)state;

    assert_int_equal(
        circle_shown(people.stores[AYU], circle, people_id(&people, AYU) + 1, &lines, &count),
        RB_OK);
    assert_int_equal(count, 0);
    free(lines);
}

/* ---- Who removes somebody and leaves ---- */

/* Ayu removes Citra and leaves before Citra hears of it.  Her last event of before. */
static uint64_t ayu_removes_and_leaves(void) {
    remove_person(AYU, CITRA);
    uint64_t farewell = last_of(AYU);
    assert_int_equal(group_leave(people.stores[AYU], circle, people_now(&people)), RB_OK);
    return farewell;
}

static void who_left_still_tells_whom_she_removed(void **state) {
    struct log_line line;
    (void)state;

    uint64_t farewell = ayu_removes_and_leaves();
    assert_true(offers(AYU, CITRA));
    assert_true(takes(AYU, CITRA));
    assert_int_equal(shows(AYU, CITRA, AYU, &line), farewell); /* not that she left */
    assert_true(gives_event(AYU, CITRA, AYU, farewell));
    assert_false(gives_event(AYU, CITRA, AYU, farewell + 1));
    assert_true(offers(CITRA, AYU));
    give_all(AYU, CITRA);
    assert_false(takes_part(CITRA));
    assert_false(offers(AYU, CITRA));
    assert_false(takes(AYU, CITRA));
}

static void who_left_takes_nothing_of_whom_she_removed(void **state) {
    (void)state;

    assert_int_equal(circle_takes(people.stores[AYU], circle, people_id(&people, CITRA)), RB_OK);
    (void)ayu_removes_and_leaves();
    assert_int_equal(circle_takes(people.stores[AYU], circle, people_id(&people, CITRA)),
                     RB_NOT_MEMBER);
    assert_int_equal(circle_takes(people.stores[AYU], circle, people_id(&people, BAYU)), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(circle_takes(people.stores[BAYU], circle, people_id(&people, CITRA)), RB_OK);
}

static void two_who_left_exchange_nothing(void **state) {
    (void)state;

    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet_all(&people);
    assert_int_equal(group_leave(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    assert_false(offers(BAYU, CITRA));
    assert_false(takes(BAYU, CITRA));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_group_of_three, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_removed_person_is_offered_the_circle_until_he_has_heard_of_it),
        TEST(half_of_the_news_is_not_enough),
        TEST(what_is_written_later_does_not_begin_it_anew),
        TEST(what_a_removed_person_still_brings_is_taken),
        TEST(who_left_is_given_her_own_and_what_she_still_brings_is_taken),
        TEST(two_removed_people_exchange_nothing),
        TEST(who_is_added_again_is_offered_all_again),
        TEST(who_is_removed_is_shown_nothing_that_is_written_without_him),
        TEST(who_has_got_his_farewell_has_what_he_is_shown),
        TEST(what_he_wrote_himself_is_shown_whole),
        TEST(who_left_is_shown_of_others_only_what_he_has),
        TEST(a_missing_body_counts_where_it_is_shown),
        TEST(who_is_in_no_circle_is_shown_nothing),
        TEST(who_left_still_tells_whom_she_removed),
        TEST(who_left_takes_nothing_of_whom_she_removed),
        TEST(two_who_left_exchange_nothing),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
