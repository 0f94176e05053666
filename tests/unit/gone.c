/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands of a console in a place that is there no more: why is said in words, and it is left. */
#include "protocol/text.h"
#include "store/cases.h"
#include "store/contacts.h"
#include "store/membership.h"
#include "tests/support/answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];
static char here[2 * HASH_BYTES + 1]; /* the place, as it is put in for a command */

/* A group of Ayu, Bayu and Citra, with a thread; Bayu's console is in it. */
static int in_a_thread(void **state) {
    (void)state;
    people_new(&people, 3);
    people_group(&people, 3, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rapat"), people_now(&people), thread),
        RB_OK);
    people_meet_all(&people);
    answers_begin();
    assert_has(answer_to(&people, BAYU, WORDS("--quiet", "thread", "list")), "1\tRapat");
    answers_settings.console = true;
    answers_place = (struct place) { .sort = PLACE_THREAD, .number = 1, .name = "Rapat" };
    answers_place.object.id_len = sizeof thread;
    memcpy(answers_place.object.id, thread, sizeof thread);
    hex_write(span_of(thread, sizeof thread), here);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

static void remove_bayu(const uint8_t from[static HASH_BYTES]) {
    struct refusal refusal;

    assert_int_equal(membership_remove(people.stores[AYU], from, people_id(&people, BAYU),
                                       people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
    people_meet(&people, AYU, BAYU);
}

/* The same console in a case that Ayu shares with Bayu. */
static void go_to_case(uint8_t made[static HASH_BYTES]) {
    const struct case_record record = { 0 };
    struct case_row row;

    assert_int_equal(case_new(people.stores[AYU], &record, people_now(&people), made), RB_OK);
    assert_int_equal(
        contact_set_verified(people.stores[AYU], people_id(&people, BAYU), people.now_ms), RB_OK);
    assert_int_equal(
        case_share(people.stores[AYU], made, people_id(&people, BAYU), people_now(&people)), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(case_get(people.stores[BAYU], made, &row), RB_OK);
    answers_place = (struct place) { .sort = PLACE_CASE, .number = row.number };
    answers_place.object.id_len = HASH_BYTES;
    memcpy(answers_place.object.id, made, HASH_BYTES);
    memcpy(answers_place.name, row.code, sizeof row.code);
    hex_write(span_of(made, HASH_BYTES), here);
}

/* Refused with a sentence that has `part` and no identifier; the place is left. */
static void assert_gone(char *const *words, const char *part) {
    const char *said = answer_to(&people, BAYU, words);

    assert_int_equal(answer_exit, EXIT_REFUSED);
    assert_has(said, part);
    assert_has_not(said, here);
    assert_true(answer_left_place);
}

static const char no_longer[] = "You do not belong to group 1 \"Balai Melati\" any more";

/* ---- Tests ---- */

static void who_was_removed_is_told_so_when_he_writes_and_the_place_is_left(void **state) {
    (void)state;

    remove_bayu(circle);
    assert_gone(WORDS("post", here, "Saya ikut besok"), no_longer);
    assert_has(answer_to(&people, BAYU, WORDS("post", here, "Saya ikut besok")),
               "What you typed was not sent; the up arrow brings it back.");
}

static void every_command_of_a_thread_that_is_gone_says_so(void **state) {
    (void)state;

    remove_bayu(circle);
    assert_gone(WORDS("thread", "show", here), "so this is not shown to you.");
    assert_gone(WORDS("thread", "enter", here), no_longer);
    assert_gone(WORDS("reply", "1.1", "Ya"), no_longer);
    assert_gone(WORDS("edit", "1.1", "Ya"), no_longer);
    assert_gone(WORDS("--yes", "retract", "1.1"), no_longer);
}

static void a_thread_that_one_does_not_know_any_more_is_called_by_its_title(void **state) {
    (void)state;

    memset(answers_place.object.id, 7, sizeof thread);
    hex_write(span_of(answers_place.object.id, sizeof thread), here);
    assert_gone(WORDS("post", here, "Saya ikut"),
                "\"Rapat\" is not here any more. What you typed was not sent");
    assert_gone(WORDS("thread", "show", here), "\"Rapat\" is not here any more.\n");
}

static void what_fails_for_another_reason_is_told_as_it_is(void **state) {
    (void)state;

    assert_has(answer_to(&people, BAYU, WORDS("reply", "1.7", "Ya")), "There is no post \"1.7\"");
    assert_false(answer_left_place);
    remove_bayu(circle);
    assert_gone(WORDS("contact", "verify", "Eka"), "There is no contact \"Eka\".");
}

static void what_succeeds_leaves_no_place(void **state) {
    (void)state;

    remove_bayu(circle);
    (void)answer_to(&people, BAYU, WORDS("today"));
    assert_int_equal(answer_exit, EXIT_DONE);
    assert_false(answer_left_place);
}

static void a_case_from_which_one_was_removed_is_left(void **state) {
    uint8_t made[HASH_BYTES];
    (void)state;

    go_to_case(made);
    (void)answer_to(&people, BAYU, WORDS("note", here, "Kunjungan"));
    assert_int_equal(answer_exit, EXIT_DONE);
    remove_bayu(made);
    assert_gone(WORDS("note", here, "Kunjungan kedua"), "You do not belong to case 1");
    assert_gone(WORDS("thread", "new", here, "Rencana"), "");
    assert_gone(WORDS("case", "show", here), "");
    assert_gone(WORDS("case", "enter", here), "");
    assert_gone(WORDS("case", "members", "99"), "There is no case \"99\"");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, in_a_thread, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_was_removed_is_told_so_when_he_writes_and_the_place_is_left),
        TEST(every_command_of_a_thread_that_is_gone_says_so),
        TEST(a_thread_that_one_does_not_know_any_more_is_called_by_its_title),
        TEST(what_fails_for_another_reason_is_told_as_it_is),
        TEST(what_succeeds_leaves_no_place),
        TEST(a_case_from_which_one_was_removed_is_left),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
