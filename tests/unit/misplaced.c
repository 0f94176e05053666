/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked before a text goes somewhere, with Ayu's store: thread 1 and 2 of a group, thread 3
 * of case 1, case 2. */
#include "cli/misplaced.h"

#include "store/cases.h"
#include "tests/support/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct people people;
static struct settings settings = { .language = LANGUAGE_ENGLISH, .width = 80 };
static uint8_t group[HASH_BYTES], cases[2][HASH_BYTES], threads[3][REF_BYTES];

static void add_thread(size_t at, const uint8_t circle[static HASH_BYTES], const char *title) {
    struct thread_row row;

    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text(title), people_now(&people), threads[at]),
        RB_OK);
    assert_int_equal(thread_get(people.stores[AYU], threads[at], &row), RB_OK);
    assert_int_equal(row.number, at + 1);
}

static int begin(void **state) {
    const struct case_record record = { .sex = SEX_FEMALE };
    struct case_row row;
    (void)state;

    people_new(&people, 2);
    people_group(&people, 2, group);
    add_thread(0, group, "Rapat Senin");
    add_thread(1, group, "Rapat Selasa");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(case_new(people.stores[AYU], &record, people_now(&people), cases[i]),
                         RB_OK);
        assert_int_equal(case_get(people.stores[AYU], cases[i], &row), RB_OK);
    }
    add_thread(2, cases[0], "Kunjungan");
    return 0;
}

static int end(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

static struct place in_case(size_t at) {
    struct place place = { .sort = PLACE_CASE, .number = (int64_t)at + 1 };

    memcpy(place.object.id, cases[at], HASH_BYTES);
    place.object.id_len = HASH_BYTES;
    return place;
}

static struct place in_thread(size_t at) {
    struct place place = { .sort = PLACE_THREAD, .number = (int64_t)at + 1 };

    memcpy(place.object.id, threads[at], REF_BYTES);
    place.object.id_len = REF_BYTES;
    return place;
}

/* The question before this command, "" if there is none.  Valid until the next call. */
static const char *asked(const struct place *place, const struct command *command,
                         const void *object, size_t object_len, const char *text) {
    static char page[4096];
    const struct output_setup look = { .out = stdout, .err = stderr, .width = 80 };
    struct context context = { .settings = &settings,
                               .store = people.stores[AYU],
                               .where = *place };
    struct call call = { .command = command, .argument_count = 2 };
    struct writer question;

    memcpy(call.objects[0].id, object, object_len);
    call.objects[0].id_len = object_len;
    call.texts[1] = span_text(text);
    context.out = output_new(&look);
    writer_init(&question, sizeof page - 1);
    assert_int_equal(misplaced_question(&context, &call, &question), RB_OK);
    struct span written = writer_view(&question);
    if (written.len > 0) {
        memcpy(page, written.data, written.len);
    }
    page[written.len] = '\0';
    writer_clear(&question);
    output_destroy(&context.out);
    return page;
}

static void assert_asks(const char *question, const char *words) {
    if (strstr(question, words) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", words, question);
    }
}

static void a_text_that_would_leave_the_case_is_asked_about(void **state) {
    const struct place from_case = in_case(0), from_its_thread = in_thread(2);
    (void)state;

    const char *question = asked(&from_case, &cmd_post, threads[0], REF_BYTES, "dipukul ayahnya");
    assert_asks(question, "thread 1 \"Rapat Senin\"");
    assert_asks(question, "the group \"");
    assert_asks(asked(&from_its_thread, &cmd_post, threads[0], REF_BYTES, "x"), "thread 1");
    assert_asks(asked(&from_case, &cmd_note, cases[1], HASH_BYTES, "x"), "case 2");
}

static void a_reply_that_would_leave_the_case_is_asked_about(void **state) {
    const struct place from_case = in_case(0);
    uint8_t post[REF_BYTES];
    (void)state;

    people_post(&people, AYU, threads[1], "satu", post);
    assert_asks(asked(&from_case, &cmd_reply, post, REF_BYTES, "x"), "thread 2 \"Rapat Selasa\"");
    assert_asks(asked(&from_case, &cmd_edit, post, REF_BYTES, "x"), "thread 2 \"Rapat Selasa\"");
}

static void what_stays_in_the_case_is_not_asked_about(void **state) {
    const struct place from_case = in_case(0), from_its_thread = in_thread(2);
    (void)state;

    assert_string_equal(asked(&from_case, &cmd_post, threads[2], REF_BYTES, "x"), "");
    assert_string_equal(asked(&from_its_thread, &cmd_note, cases[0], HASH_BYTES, "x"), "");
    assert_string_equal(asked(&from_case, &cmd_note, cases[0], HASH_BYTES, "Ibu datang"), "");
}

static void from_a_group_one_may_write_anywhere(void **state) {
    const struct place from_group = in_thread(0), nowhere = { .sort = PLACE_NONE };
    (void)state;

    assert_string_equal(asked(&from_group, &cmd_post, threads[1], REF_BYTES, "x"), "");
    assert_string_equal(asked(&from_group, &cmd_note, cases[0], HASH_BYTES, "x"), "");
    assert_string_equal(asked(&nowhere, &cmd_post, threads[1], REF_BYTES, "2 anak"), "");
}

static void a_text_that_begins_with_another_of_the_sort_is_asked_about(void **state) {
    const struct place thread = in_thread(0), record = in_case(0);
    struct case_row row;
    (void)state;

    assert_asks(asked(&thread, &cmd_post, threads[0], REF_BYTES, "2 anak datang"), "\"2\"");
    assert_asks(asked(&thread, &cmd_post, threads[0], REF_BYTES, "#3"), "\"#3\"");
    assert_asks(asked(&record, &cmd_note, cases[0], HASH_BYTES, "2\nkunjungan"), "\"2\"");
    assert_int_equal(case_get(people.stores[AYU], cases[1], &row), RB_OK);
    assert_asks(asked(&record, &cmd_note, cases[0], HASH_BYTES, row.code), row.code);
}

static void the_number_of_the_place_itself_is_asked_about_too(void **state) {
    const struct place thread = in_thread(0), record = in_case(0);
    (void)state;

    assert_asks(asked(&thread, &cmd_post, threads[0], REF_BYTES, "1 anak hilang"), "\"1\" a part");
    assert_asks(asked(&record, &cmd_note, cases[0], HASH_BYTES, "#1 kunjungan"), "\"#1\" a part");
}

static void a_number_that_names_nothing_is_text(void **state) {
    const struct place thread = in_thread(0);
    (void)state;

    assert_string_equal(asked(&thread, &cmd_post, threads[0], REF_BYTES, "5 anak"), "");
    assert_string_equal(asked(&thread, &cmd_post, threads[0], REF_BYTES, "2,5 juta"), "");
    assert_string_equal(asked(&thread, &cmd_post, threads[0], REF_BYTES, "Rapat Selasa"), "");
    assert_string_equal(asked(&thread, &cmd_post, threads[0], REF_BYTES, "# daftar"), "");
    assert_string_equal(asked(&thread, &cmd_post, threads[0], REF_BYTES, ""), "");
}

static void a_place_that_is_gone_asks_nothing(void **state) {
    struct place gone = in_case(0);
    (void)state;

    memset(gone.object.id, 7, sizeof gone.object.id);
    assert_string_equal(asked(&gone, &cmd_post, threads[0], REF_BYTES, "x"), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_text_that_would_leave_the_case_is_asked_about),
        TEST(a_reply_that_would_leave_the_case_is_asked_about),
        TEST(what_stays_in_the_case_is_not_asked_about),
        TEST(from_a_group_one_may_write_anywhere),
        TEST(a_text_that_begins_with_another_of_the_sort_is_asked_about),
        TEST(the_number_of_the_place_itself_is_asked_about_too),
        TEST(a_number_that_names_nothing_is_text),
        TEST(a_place_that_is_gone_asks_nothing),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
