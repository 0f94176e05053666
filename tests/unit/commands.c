/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands answer and ask, word by word, with Ayu's store. */
#include "cli/people.h"

#include "store/cases.h"
#include "store/posting.h"
#include "tests/support/answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- Arranging ---- */

static struct people people;
static uint8_t circle[HASH_BYTES]; /* of Ayu and Bayu */

static int begin(void **state) {
    (void)state;
    people_new(&people, 3);
    people_group(&people, 2, circle);
    answers_begin();
    return 0;
}

static int end(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* Thread 1, in which Bayu says that Citra has written something. */
static void copy_a_post(void) {
    const struct import_post imported = { .author = span_text("Citra"),
                                          .text = span_text("Anak dirujuk"),
                                          .reply_index = -1 };
    uint8_t thread[REF_BYTES];
    size_t bad = 0;

    assert_int_equal(thread_import(people.stores[BAYU], circle, span_text("Arsip"),
                                   &(const struct import_list) { .posts = &imported, .count = 1 },
                                   people_now(&people), thread, &bad),
                     RB_OK);
    people_meet(&people, AYU, BAYU);
}

/* Post 1.1 of Ayu. */
static void write_a_post(void) {
    uint8_t thread[REF_BYTES], post[REF_BYTES];

    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rapat"), people_now(&people), thread),
        RB_OK);
    people_post(&people, AYU, thread, "Salah utas", post);
}

/* ---- Running ---- */

static const char *answer(char *const *words) {
    return answer_to(&people, AYU, words);
}

/* ---- Who wrote ---- */

static void whoever_copied_a_post_is_named_where_it_is_found(void **state) {
    (void)state;

    copy_a_post();
    assert_has(answer(WORDS("find", "rujuk")), "Citra (copied by Bayu)");
    assert_has(answer(WORDS("--quiet", "find", "rujuk")), "\tCitra (copied by Bayu)\t");
    const char *json = answer(WORDS("--json", "find", "rujuk"));
    assert_has(json, "\"author\": \"Bayu\"");
    assert_has(json, "\"quoted_author\": \"Citra\"");
}

static void whoever_copied_a_post_is_named_where_it_is_read(void **state) {
    (void)state;

    copy_a_post();
    assert_has(answer(WORDS("thread", "show", "Arsip")), "1.1  Citra (copied by Bayu)  ");
    assert_has(answer(WORDS("--quiet", "thread", "show", "1")), "\tCitra (copied by Bayu)\t");
    const char *json = answer(WORDS("--json", "thread", "show", "1"));
    assert_has(json, "\"author\": \"Bayu\"");
    assert_has(json, "\"quoted_author\": \"Citra\"");
}

static void of_ones_own_post_nobody_is_quoted(void **state) {
    (void)state;

    write_a_post();
    assert_has_not(answer(WORDS("find", "salah")), "copied");
    const char *json = answer(WORDS("--json", "find", "salah"));
    assert_has(json, "\"author\": \"Ayu\"");
    assert_has(json, "\"quoted_author\": null");
}

static void words_that_cannot_be_sought_are_refused_with_a_reason(void **state) {
    char many[4 * SEARCH_WORDS_MAX + 1] = "";
    (void)state;

    for (size_t i = 0; i <= SEARCH_WORDS_MAX; i++) {
        memcpy(many + 2 * i, "a ", 3);
    }
    assert_has(answer(WORDS("find", " \t ")), "There are no words to look for.");
    assert_has(answer(WORDS("find", many)), "These are too many words, or one is too long");
    assert_has(answer(WORDS("find", "anak\xFF")), "characters that cannot be read here");
}

/* ---- Questions ---- */

static void who_takes_a_post_back_is_told_that_it_stays_stored(void **state) {
    (void)state;

    write_a_post();
    const char *question = answer(WORDS("retract", "1.1"));
    assert_has(question, "It has not been sent yet.");
    assert_has(question, "it stays in the stores of those who have it");
    people_meet(&people, AYU, BAYU);
    question = answer(WORDS("retract", "1.1"));
    assert_has(question, "Others may have read it already.");
    assert_has(question, "it stays in the stores of those who have it");
    assert_has_not(question, "bring it back");
}

static void who_shares_a_case_sees_which_contact_it_is(void **state) {
    char words[WORDS_BYTES_MAX], expected[256];
    struct contact contact;
    const struct case_record record = { 0 };
    uint8_t made[HASH_BYTES];
    (void)state;

    assert_int_equal(case_new(people.stores[AYU], &record, people_now(&people), made), RB_OK);
    assert_int_equal(
        contact_set_verified(people.stores[AYU], people_id(&people, BAYU), people.now_ms), RB_OK);
    assert_int_equal(contact_get(people.stores[AYU], people_id(&people, BAYU), &contact), RB_OK);
    people_words(contact.person_pk, words);
    size_t first = strcspn(words, " ");
    size_t second = first + 1 + strcspn(words + first + 1, " ");
    (void)snprintf(expected, sizeof expected,
                   "is to be shared with Bayu (contact %d, words: %.*s ...), ", (int)contact.number,
                   (int)second, words);
    (void)answer(WORDS("case", "list")); /* gives it its number */
    (void)answer(WORDS("consent", "add", "1", "--basis", "guardian", "--on", "today", "--purpose",
                       "x", "--recipients", "team"));
    assert_has(answer(WORDS("case", "share", "1", "Bayu")), expected);
}

/* ---- today ---- */

/* Citra invites Ayu; Bayu shares a case with her. */
static void invite_and_share(void) {
    const struct case_record record = { 0 };
    uint8_t group[HASH_BYTES], made[HASH_BYTES], entry[REF_BYTES];
    struct store *bayu = people.stores[BAYU], *citra = people.stores[CITRA];

    assert_int_equal(group_new(citra, span_text("Bandung"), NULL, people_now(&people), group),
                     RB_OK);
    assert_int_equal(group_invite(citra, group, people_id(&people, AYU), people_now(&people)),
                     RB_OK);
    assert_int_equal(contact_set_verified(bayu, people_id(&people, AYU), people.now_ms), RB_OK);
    assert_int_equal(case_new(bayu, &record, people_now(&people), made), RB_OK);
    assert_int_equal(case_share(bayu, made, people_id(&people, AYU), people_now(&people)), RB_OK);
    assert_int_equal(case_note(bayu, made, span_text("ada"), people_now(&people), entry), RB_OK);
    people_meet(&people, AYU, BAYU);
    people_meet(&people, AYU, CITRA);
}

static void today_tells_all_that_waits_with_what_to_type(void **state) {
    (void)state;

    copy_a_post();
    invite_and_share();
    const char *said = answer(WORDS("today"));
    assert_has(said,
               "Citra invites you to group 2 \"Bandung\". Accept it: rembuk group accept 2\n");
    assert_has(said, "), unread entries: 1. Read it: rembuk case show 1\n");
    assert_has(said, "Thread 1 \"Arsip\", unread: 1. Read it: rembuk thread show 1\n");
    assert_has(said,
               "Contact Citra is not verified yet. Compare the words: rembuk contact verify "
               "2\n");
}

static void today_is_a_row_for_each_thing_to_a_script(void **state) {
    (void)state;

    copy_a_post();
    invite_and_share();
    const char *rows = answer(WORDS("--quiet", "today"));
    assert_has(rows, "invitation\t2\tBandung\t\n");
    assert_has(rows, "case\t1\t");
    assert_has(rows, "\t1\nthread\t1\tArsip\t1\n");
    assert_has(rows, "contact\t2\tCitra\t\n");
    const char *json = answer(WORDS("--json", "today"));
    assert_has(json, "\"number\": 2, \"name\": \"Bandung\", \"by\": \"");
    assert_has(json, "\"number\": 1, \"title\": \"Arsip\", \"unread\": 1}");
    assert_has(json, "\"number\": 2, \"name\": \"Citra\"}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(whoever_copied_a_post_is_named_where_it_is_found),
        TEST(whoever_copied_a_post_is_named_where_it_is_read),
        TEST(of_ones_own_post_nobody_is_quoted),
        TEST(words_that_cannot_be_sought_are_refused_with_a_reason),
        TEST(who_takes_a_post_back_is_told_that_it_stays_stored),
        TEST(who_shares_a_case_sees_which_contact_it_is),
        TEST(today_tells_all_that_waits_with_what_to_type),
        TEST(today_is_a_row_for_each_thing_to_a_script),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
