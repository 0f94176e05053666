/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/dues.h"
#include "tests/support/record_maker.h"

static struct record_maker maker;

static int begin(void **state) {
    (void)state;
    record_maker_init(&maker);
    return 0;
}

static int end(void **state) {
    (void)state;
    record_maker_clear(&maker);
    return 0;
}

static bool count_due(void *context, const struct due *due) {
    (void)due;
    ++*(size_t *)context;
    return true;
}

static size_t dues(void) {
    size_t count = 0;

    dues_each(record_maker_build(&maker), count_due, &count);
    return count;
}

static void nothing_falls_due_in_an_empty_record(void **state) {
    struct due next;
    (void)state;

    assert_false(dues_next(record_maker_build(&maker), &next));
}

static void the_earliest_day_is_the_next(void **state) {
    struct due next;
    (void)state;

    (void)record_maker_begin(&maker, FORM_GOAL, value_text(GOAL_WHAT, "x"),
                             value_text(GOAL_BY, "2024-09-01"));
    (void)record_maker_begin(&maker, FORM_STEP, value_text(STEP_WHAT, "x"),
                             value_text(STEP_BY, "2024-07-01"));
    record_maker_set(&maker, FORM_ANNEX_LAW, value_text(3, "2024-08-01"));
    assert_int_equal(dues(), 3);
    assert_true(dues_next(record_maker_build(&maker), &next));
    assert_int_equal(next.item->form->form, FORM_STEP);
    assert_true(span_equal(next.day, span_text("2024-07-01")));
}

static void what_is_done_or_dropped_falls_due_no_more(void **state) {
    (void)state;

    const size_t goal = record_maker_begin(&maker, FORM_GOAL, value_text(GOAL_WHAT, "x"),
                                           value_text(GOAL_BY, "2024-09-01"));
    const size_t step = record_maker_begin(&maker, FORM_STEP, value_text(STEP_WHAT, "x"),
                                           value_text(STEP_BY, "2024-07-01"));
    const size_t visit =
        record_maker_begin(&maker, FORM_AFTERCARE, value_text(AFTERCARE_BY, "2024-07-01"));
    record_maker_change(&maker, goal, value_number(GOAL_STATE, WORK_DROPPED));
    assert_int_equal(dues(), 2);
    record_maker_change(&maker, step, value_text(STEP_DONE_ON, "2024-06-20"));
    assert_int_equal(dues(), 1);
    record_maker_change(&maker, visit, value_text(AFTERCARE_DONE_ON, "2024-06-20"));
    assert_int_equal(dues(), 0);
}

static size_t consent(enum consent_basis basis, enum consent_recipients to, const char *until) {
    return record_maker_begin(
        &maker, FORM_CONSENT, value_number(CONSENT_BASIS, basis),
        value_text(CONSENT_ON, "2024-01-01"), value_text(CONSENT_PURPOSE, "Rujukan"),
        value_number(CONSENT_RECIPIENTS, to),
        until != NULL ? value_text(CONSENT_UNTIL, until) : value_empty(CONSENT_UNTIL));
}

static void assert_next(const char *day) {
    struct due next;

    assert_true(dues_next(record_maker_build(&maker), &next));
    assert_true(span_equal(next.day, span_text(day)));
}

static void a_consent_falls_due_at_its_end_unless_it_is_withdrawn(void **state) {
    (void)state;

    const size_t given = consent(BASIS_GUARDIAN, RECIPIENTS_TEAM, "2024-07-01");
    assert_next("2024-07-01");
    record_maker_change(&maker, given, value_text(CONSENT_WITHDRAWN_ON, "2024-06-01"));
    assert_int_equal(dues(), 0);
}

static void a_consent_that_was_renewed_falls_due_no_more(void **state) {
    (void)state;

    (void)consent(BASIS_GUARDIAN, RECIPIENTS_OFFICE, "2024-07-01");
    (void)consent(BASIS_GUARDIAN, RECIPIENTS_TEAM, NULL); /* not for all of those */
    assert_next("2024-07-01");
    (void)consent(BASIS_CLIENT, RECIPIENTS_OFFICE, NULL); /* of a child: no consent */
    assert_next("2024-07-01");
    const size_t longer = consent(BASIS_GUARDIAN, RECIPIENTS_OFFICE, "2025-07-01");
    assert_int_equal(dues(), 1);
    assert_next("2025-07-01");
    record_maker_change(&maker, longer, value_text(CONSENT_WITHDRAWN_ON, "2024-06-01"));
    assert_next("2024-07-01");
    (void)consent(BASIS_GUARDIAN, RECIPIENTS_ALL, NULL);
    assert_int_equal(dues(), 0);
}

static void an_adult_renews_what_he_consented_to_alone(void **state) {
    (void)state;

    (void)consent(BASIS_CLIENT, RECIPIENTS_TEAM, "2024-07-01");
    (void)consent(BASIS_CLIENT, RECIPIENTS_TEAM, "2025-07-01");
    assert_int_equal(dues(), 1);
    assert_next("2025-07-01");
}

static void nothing_falls_due_in_a_closed_case_until_it_is_taken_up_again(void **state) {
    (void)state;

    (void)record_maker_begin(&maker, FORM_STEP, value_text(STEP_WHAT, "x"),
                             value_text(STEP_BY, "2024-07-01"));
    record_maker_set(&maker, FORM_STAGE, value_number(STAGE_NOW, STAGE_CLOSED));
    assert_int_equal(dues(), 0);
    record_maker_set(&maker, FORM_STAGE, value_number(STAGE_NOW, STAGE_ASSESSMENT));
    assert_int_equal(dues(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(nothing_falls_due_in_an_empty_record),
        TEST(the_earliest_day_is_the_next),
        TEST(what_is_done_or_dropped_falls_due_no_more),
        TEST(a_consent_falls_due_at_its_end_unless_it_is_withdrawn),
        TEST(a_consent_that_was_renewed_falls_due_no_more),
        TEST(an_adult_renews_what_he_consented_to_alone),
        TEST(nothing_falls_due_in_a_closed_case_until_it_is_taken_up_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
