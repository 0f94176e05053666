/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/contacts.h"
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
                          const uint8_t fp[static FP_BYTES]) {
    (void)id;
    (void)fp;
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

    return circle_shared(people.stores[who], circle, people_id(&people, peer), fp) == RB_OK;
}

static uint64_t last_of(size_t who) {
    struct log_line own;

    assert_true(people_own_log(&people, who, circle, &own));
    return own.head;
}

/* Event `seq` of the log that `author` writes at home. */
static bool gives_event(size_t who, size_t peer, size_t author, uint64_t seq) {
    struct log_line log;

    assert_true(people_own_log(&people, author, circle, &log));
    return circle_gives(people.stores[who], circle, people_id(&people, peer), log.log, seq) ==
           RB_OK;
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

/* `who` tells Ayu what she has. */
static void acknowledge(size_t who, const uint8_t log[static LOG_PK_BYTES], uint64_t seq) {
    assert_int_equal(acked_set(people.stores[AYU], people_id(&people, who), circle, log, seq),
                     RB_OK);
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
        acknowledge(CITRA, lines[i].log, is_own ? lines[i].head - 1 : lines[i].head);
        assert_true(offers(AYU, CITRA));
    }
    acknowledge(CITRA, own.log, own.head);
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
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
