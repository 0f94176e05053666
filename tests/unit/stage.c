/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/stage.h"
#include "tests/support/record_maker.h"

enum { RATNA = 1, BUDI = 2 }; /* Budi supervises, where somebody does */

static struct record_maker maker;
static const struct case_record untold;

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

static void set_stage(enum stage stage) {
    maker.person = RATNA;
    record_maker_set(&maker, FORM_STAGE, value_number(STAGE_NOW, stage));
}

static void supervise(void) {
    uint8_t budi[HASH_BYTES];

    person_bytes(budi, BUDI);
    (void)record_maker_begin(&maker, FORM_DUTY, value_bytes(DUTY_PERSON, budi, sizeof budi),
                             value_number(DUTY_AS, DUTY_SUPERVISOR));
}

static void approve(enum approval_of of) {
    uint8_t hash[HASH_BYTES];

    maker.person = RATNA;
    approval_hash(record_maker_build(&maker), of, hash);
    const size_t request = record_maker_begin(&maker, FORM_APPROVAL, value_number(APPROVAL_OF, of),
                                              value_text(APPROVAL_ASKED_ON, "2024-03-01"),
                                              value_bytes(APPROVAL_STATE_HASH, hash, sizeof hash));
    maker.person = BUDI;
    record_maker_change(&maker, request, value_number(APPROVAL_ANSWER, ANSWER_APPROVED));
}

static void consent(void) {
    (void)record_maker_begin(&maker, FORM_CONSENT, value_number(CONSENT_BASIS, BASIS_GUARDIAN),
                             value_text(CONSENT_ON, "2024-05-01"),
                             value_text(CONSENT_PURPOSE, "Pendampingan"),
                             value_number(CONSENT_RECIPIENTS, RECIPIENTS_TEAM));
}

static void assert_lacks(enum stage next, unsigned expected) {
    assert_int_equal(
        stage_lacks(record_maker_build(&maker), &untold, next, span_text("2024-06-01")), expected);
}

/* ---- Which follows which ---- */

static void a_case_begins_with_the_intake(void **state) {
    (void)state;

    assert_int_equal(record_stage(record_maker_build(&maker)), STAGE_INTAKE);
}

static void stages_follow_one_by_one(void **state) {
    (void)state;

    for (int now = STAGE_INTAKE; now < STAGE_CLOSED; now++) {
        assert_true(stage_follows((enum stage)now, (enum stage)(now + 1)));
        assert_false(stage_follows((enum stage)now, (enum stage)now));
    }
    assert_false(stage_follows(STAGE_INTAKE, STAGE_PLAN));
    assert_false(stage_follows(STAGE_ASSESSMENT, STAGE_INTERVENTION));
    assert_false(stage_follows(STAGE_INTERVENTION, STAGE_CLOSED));
}

static void a_case_can_go_back_to_any_stage_and_be_taken_up_again(void **state) {
    (void)state;

    assert_true(stage_follows(STAGE_EVALUATION, STAGE_ASSESSMENT));
    assert_true(stage_follows(STAGE_CLOSED, STAGE_INTAKE));
    set_stage(STAGE_CLOSED);
    assert_lacks(STAGE_INTERVENTION, 0);
}

static void a_case_can_be_broken_off_at_every_stage(void **state) {
    (void)state;

    for (int now = STAGE_INTAKE; now < STAGE_TERMINATION; now++) {
        assert_true(stage_follows((enum stage)now, STAGE_TERMINATION));
    }
}

/* ---- What a step onwards needs ---- */

static void an_assessment_needs_nothing(void **state) {
    (void)state;

    assert_lacks(STAGE_ASSESSMENT, 0);
}

static void a_plan_needs_an_assessment(void **state) {
    (void)state;

    set_stage(STAGE_ASSESSMENT);
    assert_lacks(STAGE_PLAN, LACKS_SUMMARY);
    record_maker_set(&maker, FORM_ASSESSMENT, value_text(0, "Dapat sekolah"));
    assert_lacks(STAGE_PLAN, 0);
}

static void a_plan_needs_the_approval_where_there_is_a_supervisor(void **state) {
    (void)state;

    supervise();
    set_stage(STAGE_ASSESSMENT);
    record_maker_set(&maker, FORM_ASSESSMENT, value_text(0, "Dapat sekolah"));
    assert_lacks(STAGE_PLAN, LACKS_ASSESSMENT);
    approve(APPROVAL_ASSESSMENT);
    assert_lacks(STAGE_PLAN, 0);
    record_maker_set(&maker, FORM_ASSESSMENT, value_text(0, "Tidak dapat sekolah"));
    assert_lacks(STAGE_PLAN, LACKS_ASSESSMENT);
}

static void an_intervention_needs_a_step_its_approval_and_consent(void **state) {
    (void)state;

    supervise();
    set_stage(STAGE_PLAN);
    assert_lacks(STAGE_INTERVENTION, LACKS_STEP | LACKS_PLAN | LACKS_CONSENT);
    (void)record_maker_begin(&maker, FORM_STEP, value_text(STEP_WHAT, "Minta tempat"));
    consent();
    assert_lacks(STAGE_INTERVENTION, LACKS_PLAN);
    approve(APPROVAL_PLAN);
    assert_lacks(STAGE_INTERVENTION, 0);
}

static void an_evaluation_needs_nothing(void **state) {
    (void)state;

    set_stage(STAGE_INTERVENTION);
    assert_lacks(STAGE_EVALUATION, 0);
}

static void an_end_needs_a_criterion_a_day_of_aftercare_and_the_approval(void **state) {
    (void)state;

    supervise();
    set_stage(STAGE_EVALUATION);
    assert_lacks(STAGE_TERMINATION, LACKS_CRITERION | LACKS_AFTERCARE | LACKS_ENDING);
    record_maker_set(&maker, FORM_ENDING, value_text(ENDING_CRITERION, "Sekolah sendiri"));
    (void)record_maker_begin(&maker, FORM_AFTERCARE, value_text(AFTERCARE_BY, "2024-09-01"));
    approve(APPROVAL_ENDING);
    assert_lacks(STAGE_TERMINATION, 0);
}

static void who_has_died_or_refuses_is_not_seen_again(void **state) {
    (void)state;

    record_maker_set(&maker, FORM_ENDING, value_number(ENDING_WHY, ENDING_REFUSED));
    assert_lacks(STAGE_TERMINATION, 0);
    record_maker_set(&maker, FORM_ENDING, value_number(ENDING_WHY, ENDING_DIED));
    assert_lacks(STAGE_TERMINATION, 0);
    record_maker_set(&maker, FORM_ENDING, value_number(ENDING_WHY, ENDING_MOVED));
    assert_lacks(STAGE_TERMINATION, LACKS_CRITERION | LACKS_AFTERCARE);
}

static void aftercare_needs_nothing_and_closing_needs_it_done(void **state) {
    (void)state;

    record_maker_set(&maker, FORM_ENDING, value_text(ENDING_CRITERION, "Sekolah sendiri"));
    set_stage(STAGE_TERMINATION);
    const size_t visit =
        record_maker_begin(&maker, FORM_AFTERCARE, value_text(AFTERCARE_BY, "2024-09-01"));
    assert_lacks(STAGE_AFTERCARE, 0);
    set_stage(STAGE_AFTERCARE);
    assert_lacks(STAGE_CLOSED, LACKS_AFTERCARE_DONE);
    record_maker_change(&maker, visit, value_text(AFTERCARE_DONE_ON, "2024-08-30"));
    assert_lacks(STAGE_CLOSED, 0);
}

static void who_has_died_is_not_waited_for(void **state) {
    (void)state;

    (void)record_maker_begin(&maker, FORM_AFTERCARE, value_text(AFTERCARE_BY, "2024-09-01"));
    set_stage(STAGE_AFTERCARE);
    record_maker_set(&maker, FORM_ENDING, value_number(ENDING_WHY, ENDING_DIED));
    assert_lacks(STAGE_CLOSED, 0);
}

/* Ended elsewhere, by whoever did not ask this rule. */
static void closing_needs_what_the_end_did_not_have(void **state) {
    (void)state;

    set_stage(STAGE_AFTERCARE);
    assert_lacks(STAGE_CLOSED, LACKS_CRITERION | LACKS_AFTERCARE);
    record_maker_set(&maker, FORM_ENDING, value_number(ENDING_WHY, ENDING_DIED));
    assert_lacks(STAGE_CLOSED, 0);
}

/* ---- Apart ---- */

static void two_stages_set_apart_are_a_conflict_that_no_clock_decides(void **state) {
    const struct field_value plan = value_number(STAGE_NOW, STAGE_PLAN);
    const struct field_value ended = value_number(STAGE_NOW, STAGE_TERMINATION);
    (void)state;

    (void)record_maker_write(&maker, FORM_STAGE, &plan, 1, NULL, 0);
    (void)record_maker_write(&maker, FORM_STAGE, &ended, 1, NULL, 0);
    const struct record *record = record_maker_build(&maker);
    assert_true(item_differs(record_single(record, FORM_STAGE), STAGE_NOW));
    set_stage(STAGE_PLAN);
    record = record_maker_build(&maker);
    assert_false(item_differs(record_single(record, FORM_STAGE), STAGE_NOW));
    assert_int_equal(record_stage(record), STAGE_PLAN);
}

static void an_ended_case_with_a_new_note_says_so(void **state) {
    (void)state;

    (void)record_maker_begin(&maker, FORM_PROBLEM, value_text(PROBLEM_WHAT, "Lama"));
    assert_false(record_has_news_after_end(record_maker_build(&maker), 50));
    set_stage(STAGE_TERMINATION);
    const uint64_t ended = maker.count - 1;
    assert_true(record_is_ended(record_maker_build(&maker)));
    assert_false(record_has_news_after_end(record_maker_build(&maker), ended - 1));
    assert_true(record_has_news_after_end(record_maker_build(&maker), ended + 1));
    (void)record_maker_begin(&maker, FORM_AFTERCARE, value_text(AFTERCARE_BY, "2024-09-01"));
    assert_false(record_has_news_after_end(record_maker_build(&maker), 0));
    (void)record_maker_begin(&maker, FORM_PROBLEM, value_text(PROBLEM_WHAT, "Baru"));
    assert_true(record_has_news_after_end(record_maker_build(&maker), 0));
}

static void a_note_between_two_ends_that_were_written_apart_is_new(void **state) {
    const struct field_value ended = value_number(STAGE_NOW, STAGE_TERMINATION);
    const struct field_value back = value_number(STAGE_NOW, STAGE_PLAN);
    (void)state;

    (void)record_maker_write(&maker, FORM_STAGE, &back, 1, NULL, 0);
    (void)record_maker_begin(&maker, FORM_PROBLEM, value_text(PROBLEM_WHAT, "Lama"));
    (void)record_maker_write(&maker, FORM_STAGE, &ended, 1, NULL, 0);
    assert_false(record_has_news_after_end(record_maker_build(&maker), 0));
    (void)record_maker_begin(&maker, FORM_PROBLEM, value_text(PROBLEM_WHAT, "Baru"));
    (void)record_maker_write(&maker, FORM_STAGE, &ended, 1, NULL, 0);
    assert_true(record_has_news_after_end(record_maker_build(&maker), 0));
    set_stage(STAGE_TERMINATION); /* who has seen all of it */
    assert_false(record_has_news_after_end(record_maker_build(&maker), 0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_case_begins_with_the_intake),
        TEST(stages_follow_one_by_one),
        TEST(a_case_can_go_back_to_any_stage_and_be_taken_up_again),
        TEST(a_case_can_be_broken_off_at_every_stage),
        TEST(an_assessment_needs_nothing),
        TEST(a_plan_needs_an_assessment),
        TEST(a_plan_needs_the_approval_where_there_is_a_supervisor),
        TEST(an_intervention_needs_a_step_its_approval_and_consent),
        TEST(an_evaluation_needs_nothing),
        TEST(an_end_needs_a_criterion_a_day_of_aftercare_and_the_approval),
        TEST(who_has_died_or_refuses_is_not_seen_again),
        TEST(aftercare_needs_nothing_and_closing_needs_it_done),
        TEST(who_has_died_is_not_waited_for),
        TEST(closing_needs_what_the_end_did_not_have),
        TEST(two_stages_set_apart_are_a_conflict_that_no_clock_decides),
        TEST(an_ended_case_with_a_new_note_says_so),
        TEST(a_note_between_two_ends_that_were_written_apart_is_new),
    };
    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
