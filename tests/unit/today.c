/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `today`, `status` and the line below `sync` tell of invitations, and of who has gone out. */
#include "node/node.h"
#include "store/cases.h"
#include "store/contacts.h"
#include "store/departures.h"
#include "store/membership.h"
#include "tests/support/answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { DAY_MS = 24 * 60 * 60 * 1000 };

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];

/* A group of Ayu, Bayu and Citra with a thread; Dimas does not belong to it.  Commands go by the
 * clock of this computer, so everything happens about now. */
static int begin_at(int64_t now_ms) {
    people_new(&people, 4);
    people.now_ms = now_ms;
    people_group(&people, 3, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rapat"), people_now(&people), thread),
        RB_OK);
    people_meet_all(&people);
    answers_begin();
    return 0;
}

static int begin(void **state) {
    (void)state;
    return begin_at(clock_now_ms() - 60000);
}

static int begin_long_ago(void **state) {
    (void)state;
    return begin_at(clock_now_ms() - 8 * (int64_t)DAY_MS);
}

static int end(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

static const char *ayu(char *const *words) {
    return answer_to(&people, AYU, words);
}

static const char *bayu(char *const *words) {
    return answer_to(&people, BAYU, words);
}

static const char *citra(char *const *words) {
    return answer_to(&people, CITRA, words);
}

static void remove_person(size_t by, size_t whom) {
    struct refusal refusal;

    assert_int_equal(membership_remove(people.stores[by], circle, people_id(&people, whom),
                                       people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
}

/* He has accepted, and all know it. */
static void make_guest(size_t whom, int64_t until_s) {
    struct refusal refusal;

    assert_int_equal(membership_add(people.stores[AYU], circle, people_id(&people, whom),
                                    CIRCLE_WRITER, until_s, people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
    people_meet(&people, AYU, whom);
    assert_int_equal(group_accept(people.stores[whom], circle, people_now(&people)), RB_OK);
    people_meet_all(&people);
}

/* Bayu, off-line, writes two posts after Ayu has removed him. */
static void remove_bayu_while_he_writes(void) {
    uint8_t ref[REF_BYTES];

    remove_person(AYU, BAYU);
    people_post(&people, BAYU, thread, "Saya ikut", ref);
    people_post(&people, BAYU, thread, "besok", ref);
    people_meet(&people, AYU, BAYU);
}

/* ---- Removals ---- */

static const char undecided[] =
    "Of what you wrote in group 1 \"Balai Melati\" this much came to the others only after you had "
    "been removed: 2. Whether it counts is decided by a manager there. Ask Ayu.\n";

static void who_was_removed_hears_what_becomes_of_what_he_wrote_since(void **state) {
    (void)state;

    remove_bayu_while_he_writes();
    const char *said = bayu(WORDS("today"));
    assert_has(said, "Ayu has removed you from group 1 \"Balai Melati\".\n");
    assert_has(said, undecided);
    assert_has_not(said, "Nothing waits for you");
    const char *json = bayu(WORDS("--json", "today"));
    assert_has(json, "\"how\": \"removed\", \"by\": \"");
    assert_has(json, "\"by_name\": \"Ayu\", \"known\": \"20");
    assert_has(json, "\"others\": null, \"reached\": null, \"waiting\": 2}");
    assert_has(bayu(WORDS("--quiet", "today")), "removed\t1\tBalai Melati\t\n");
}

static void status_tells_it_too(void **state) {
    (void)state;

    assert_has(bayu(WORDS("--json", "status")), "\"undecided\": 0");
    remove_bayu_while_he_writes();
    assert_has(bayu(WORDS("status")), undecided);
    assert_has(bayu(WORDS("--json", "status")), "\"undecided\": 2");
    assert_has_not(ayu(WORDS("status")), "Of what you wrote");
}

static void who_cannot_decide_is_shown_nothing_to_be_decided(void **state) {
    (void)state;

    remove_bayu_while_he_writes();
    assert_has_not(bayu(WORDS("group", "list")), "waiting");
    assert_has_not(bayu(WORDS("group", "show", "1")), "group waiting");
    assert_has(bayu(WORDS("--json", "group", "show", "1")), "\"waiting\": 0");
    assert_has(ayu(WORDS("--json", "group", "show", "1")), "\"waiting\": 2");
}

static void whoever_was_removed_and_wrote_nothing_since_has_done_all(void **state) {
    (void)state;

    remove_person(AYU, BAYU);
    people_meet(&people, AYU, BAYU);
    const char *said = bayu(WORDS("today"));
    assert_has(said, "Ayu has removed you from group 1 \"Balai Melati\".\n");
    assert_has_not(said, "Of what you wrote");
}

static void the_others_hear_of_a_removal_and_who_did_it(void **state) {
    (void)state;

    remove_person(AYU, BAYU);
    people_meet(&people, AYU, CITRA);
    assert_has(citra(WORDS("today")), "Ayu has removed Bayu from group 1 \"Balai Melati\".\n");
    assert_has(citra(WORDS("--quiet", "today")), "departed\t1\tBalai Melati\t\n");
    const char *json = citra(WORDS("--json", "today"));
    assert_has(json, "\"departed\": [{\"group\": ");
    assert_has(json, "\"who\": \"Bayu\", \"how\": \"removed\", \"by\": \"");
    assert_has(json, "\"removed\": []");
}

static void who_removes_hears_how_far_it_has_got(void **state) {
    (void)state;

    make_guest(DIMAS, clock_now_ms() / 1000 + 3600);
    remove_person(AYU, BAYU);
    assert_has(ayu(WORDS("today")),
               "You have removed Bayu from group 1 \"Balai Melati\".\n"
               "None of the others there knows it yet, as far as this computer has heard.\n");
    people_meet(&people, AYU, CITRA);
    assert_has(ayu(WORDS("today")), "Known to 1 of the 2 others there, ");
    assert_has(ayu(WORDS("--json", "today")), "\"others\": 2, \"reached\": 1}");
    people_meet(&people, AYU, DIMAS);
    assert_has(ayu(WORDS("today")), "All the others there know it.\n");
}

static void who_leaves_is_told_to_the_others(void **state) {
    (void)state;

    assert_int_equal(group_leave(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    people_meet_all(&people);
    assert_has(citra(WORDS("today")), "Bayu has left group 1 \"Balai Melati\".\n");
    assert_has(citra(WORDS("--json", "today")),
               "\"how\": \"left\", \"by\": null, \"by_name\": null");
    assert_has_not(bayu(WORDS("today")), "has left");
}

static void of_a_guest_it_is_his_time_that_is_over(void **state) {
    int64_t until_s = clock_now_ms() / 1000 - 30;
    (void)state;

    make_guest(DIMAS, until_s);
    people.now_ms = (until_s + 1) * 1000;
    remove_person(AYU, DIMAS);
    people_meet_all(&people);
    assert_has(citra(WORDS("today")),
               "The time of Dimas as a guest in group 1 \"Balai Melati\" is over.\n");
    assert_has(citra(WORDS("--json", "today")), "\"how\": \"guest_over\"");
    const char *said = answer_to(&people, DIMAS, WORDS("today"));
    assert_has(said, "Your time as a guest in group 1 \"Balai Melati\" is over.\n");
    assert_has_not(said, "removed you");
    assert_has_not(answer_to(&people, DIMAS, WORDS("group", "show", "1")), "removed you");
}

static void after_a_week_it_is_no_news(void **state) {
    (void)state;

    remove_bayu_while_he_writes();
    people_meet_all(&people);
    assert_has_not(citra(WORDS("today")), "removed Bayu");
    assert_has_not(ayu(WORDS("today")), "removed Bayu");
    const char *said = bayu(WORDS("today"));
    assert_has_not(said, "removed you");
    assert_has_not(said, "Of what you wrote");
    assert_has(bayu(WORDS("--json", "status")), "\"undecided\": 0");
}

static void whoever_hears_of_it_after_a_week_is_told_all_the_same(void **state) {
    (void)state;

    remove_person(AYU, BAYU);
    people.now_ms = clock_now_ms() - 60000;
    people_meet(&people, AYU, CITRA);
    assert_has(citra(WORDS("today")), "Ayu has removed Bayu from group 1 \"Balai Melati\".\n");
}

static void who_was_removed_from_a_case_hears_of_it_as_of_a_group(void **state) {
    const struct case_record record = { 0 };
    uint8_t made[HASH_BYTES], ref[REF_BYTES];
    struct refusal refusal;
    (void)state;

    assert_int_equal(case_new(people.stores[AYU], &record, people_now(&people), made), RB_OK);
    assert_int_equal(
        contact_set_verified(people.stores[AYU], people_id(&people, BAYU), people.now_ms), RB_OK);
    assert_int_equal(
        case_share(people.stores[AYU], made, people_id(&people, BAYU), people_now(&people)), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(membership_remove(people.stores[AYU], made, people_id(&people, BAYU),
                                       people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
    assert_int_equal(
        case_note(people.stores[BAYU], made, span_text("Kunjungan"), people_now(&people), ref),
        RB_OK);
    people_meet(&people, AYU, BAYU);
    const char *said = bayu(WORDS("today"));
    assert_has(said, "Ayu has removed you from case 1 (");
    assert_has(said, ") this much came to the others only after you had been removed: 1. Whether");
    assert_has(bayu(WORDS("--json", "today")), "\"removed\": [{\"case\": ");
    assert_has(ayu(WORDS("today")), "You have removed Bayu from case 1 (");
}

/* ---- Threads ---- */

static void the_threads_of_a_group_that_one_was_removed_from_are_not_said_to_be_none(void **state) {
    (void)state;

    remove_person(AYU, BAYU);
    people_meet(&people, AYU, BAYU);
    assert_has(bayu(WORDS("thread", "list")), "Ayu has removed you from group 1");
    assert_has(bayu(WORDS("thread", "list", "1")),
               "You do not belong to group 1 \"Balai Melati\" any more, so this is not shown");
    assert_has(bayu(WORDS("thread", "new", "1", "Rencana")),
               "You do not belong to group 1 \"Balai Melati\" any more. Nothing was changed.");
    assert_int_equal(answer_exit, EXIT_REFUSED);
    assert_has_not(citra(WORDS("thread", "list")), "removed");
}

/* ---- Invitations ---- */

static void an_invitation_names_who_invites_and_the_group(void **state) {
    static const char sentence[] =
        "Ayu invites you to group 1 \"Balai Melati\". Accept it: rembuk group accept 1\n";
    (void)state;

    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, DIMAS), people_now(&people)),
        RB_OK);
    people_meet(&people, AYU, DIMAS);
    assert_has(answer_to(&people, DIMAS, WORDS("today")), sentence);
    assert_has(answer_to(&people, DIMAS, WORDS("status")), sentence);
    assert_has(answer_to(&people, DIMAS, WORDS("--json", "today")), "\"by_name\": \"Ayu\"");
}

#define TEST(name)          cmocka_unit_test_setup_teardown(name, begin, end)
#define TEST_LONG_AGO(name) cmocka_unit_test_setup_teardown(name, begin_long_ago, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_was_removed_hears_what_becomes_of_what_he_wrote_since),
        TEST(status_tells_it_too),
        TEST(who_cannot_decide_is_shown_nothing_to_be_decided),
        TEST(whoever_was_removed_and_wrote_nothing_since_has_done_all),
        TEST(the_others_hear_of_a_removal_and_who_did_it),
        TEST(who_removes_hears_how_far_it_has_got),
        TEST(who_leaves_is_told_to_the_others),
        TEST(of_a_guest_it_is_his_time_that_is_over),
        TEST_LONG_AGO(after_a_week_it_is_no_news),
        TEST_LONG_AGO(whoever_hears_of_it_after_a_week_is_told_all_the_same),
        TEST(who_was_removed_from_a_case_hears_of_it_as_of_a_group),
        TEST(the_threads_of_a_group_that_one_was_removed_from_are_not_said_to_be_none),
        TEST(an_invitation_names_who_invites_and_the_group),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
