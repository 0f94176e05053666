/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/approval.h"
#include "tests/support/record_maker.h"

#include <string.h>

enum { RATNA = 1, BUDI = 2, CITRA = 3 }; /* Budi and Citra supervise */

static struct record_maker maker;
static size_t step;

static void supervise(uint8_t person) {
    uint8_t id[HASH_BYTES];

    person_bytes(id, person);
    (void)record_maker_begin(&maker, FORM_DUTY, value_bytes(DUTY_PERSON, id, sizeof id),
                             value_number(DUTY_AS, DUTY_SUPERVISOR));
}

static int a_plan(void **state) {
    (void)state;
    record_maker_init(&maker);
    supervise(BUDI);
    supervise(CITRA);
    step = record_maker_begin(&maker, FORM_STEP, value_text(STEP_WHAT, "Minta tempat"));
    return 0;
}

static int end(void **state) {
    (void)state;
    record_maker_clear(&maker);
    return 0;
}

static size_t ask(void) {
    uint8_t hash[HASH_BYTES];

    approval_hash(record_maker_build(&maker), APPROVAL_PLAN, hash);
    maker.person = RATNA;
    return record_maker_begin(&maker, FORM_APPROVAL, value_number(APPROVAL_OF, APPROVAL_PLAN),
                              value_text(APPROVAL_ASKED_ON, "2024-03-01"),
                              value_bytes(APPROVAL_STATE_HASH, hash, sizeof hash));
}

static void answer(size_t request, uint8_t person, enum approval_answer given) {
    maker.person = person;
    record_maker_change(&maker, request, value_number(APPROVAL_ANSWER, given));
}

static void assert_state(enum approval_state expected) {
    assert_int_equal(approval_look(record_maker_build(&maker), APPROVAL_PLAN).state, expected);
}

static void what_was_never_asked_is_not_approved(void **state) {
    (void)state;

    assert_state(APPROVAL_NONE);
}

static void a_request_waits_for_its_answer(void **state) {
    const size_t request = ask();
    (void)state;

    assert_state(APPROVAL_ASKED);
    const struct record *record = record_maker_build(&maker);
    assert_ptr_equal(approval_open(record, APPROVAL_PLAN),
                     record_item(record, maker.events[request].ref));
    assert_null(approval_open(record_maker_build(&maker), APPROVAL_ENDING));
}

static void a_supervisor_approves(void **state) {
    (void)state;

    answer(ask(), BUDI, ANSWER_APPROVED);
    assert_state(APPROVAL_GIVEN);
    assert_null(approval_open(record_maker_build(&maker), APPROVAL_PLAN));
}

static void a_supervisor_returns_it(void **state) {
    (void)state;

    answer(ask(), BUDI, ANSWER_RETURNED);
    assert_state(APPROVAL_RETURNED);
}

static void who_does_not_supervise_approves_nothing(void **state) {
    (void)state;

    answer(ask(), 4, ANSWER_APPROVED);
    assert_state(APPROVAL_ASKED);
}

static void who_asked_does_not_approve_even_as_a_supervisor(void **state) {
    (void)state;

    supervise(RATNA);
    answer(ask(), RATNA, ANSWER_APPROVED);
    assert_state(APPROVAL_ASKED);
}

static void who_does_not_supervise_undoes_no_answer(void **state) {
    const size_t request = ask();
    (void)state;

    answer(request, BUDI, ANSWER_RETURNED);
    answer(request, 4, ANSWER_APPROVED); /* knowing of the return */
    assert_state(APPROVAL_RETURNED);
    maker.person = 4;
    record_maker_change(&maker, request, value_empty(APPROVAL_ANSWER));
    assert_state(APPROVAL_RETURNED);
    assert_int_equal(record_conflicts(record_maker_build(&maker)), 0);
}

static void a_supervisor_may_answer_otherwise_afterwards(void **state) {
    const size_t request = ask();
    (void)state;

    answer(request, BUDI, ANSWER_RETURNED);
    answer(request, BUDI, ANSWER_APPROVED);
    assert_state(APPROVAL_GIVEN);
}

static void an_approval_holds_for_what_stood_there_alone(void **state) {
    (void)state;

    answer(ask(), BUDI, ANSWER_APPROVED);
    record_maker_change(&maker, step, value_text(STEP_WHAT, "Minta dua tempat"));
    assert_state(APPROVAL_OUTDATED);
    record_maker_change(&maker, step, value_text(STEP_WHAT, "Minta tempat"));
    assert_state(APPROVAL_GIVEN);
}

static void an_answer_to_what_has_changed_meanwhile_is_outdated(void **state) {
    const size_t request = ask();
    (void)state;

    record_maker_change(&maker, step, value_text(STEP_BY, "2024-04-01"));
    answer(request, BUDI, ANSWER_APPROVED);
    assert_state(APPROVAL_OUTDATED);
}

static void progress_does_not_end_an_approval(void **state) {
    (void)state;

    answer(ask(), BUDI, ANSWER_APPROVED);
    record_maker_change(&maker, step, value_number(STEP_STATE, WORK_DONE));
    record_maker_change(&maker, step, value_text(STEP_DONE_ON, "2024-03-05"));
    record_maker_change(&maker, step, value_text(STEP_NOTE, "Lancar"));
    assert_state(APPROVAL_GIVEN);
}

static void another_part_of_the_record_does_not_end_an_approval(void **state) {
    (void)state;

    answer(ask(), BUDI, ANSWER_APPROVED);
    (void)record_maker_begin(&maker, FORM_PROBLEM, value_text(PROBLEM_WHAT, "Baru"));
    assert_state(APPROVAL_GIVEN);
    (void)record_maker_begin(&maker, FORM_GOAL, value_text(GOAL_WHAT, "Baru"));
    assert_state(APPROVAL_OUTDATED);
}

static void approved_by_one_and_returned_by_another_is_returned(void **state) {
    const size_t request = ask();
    const size_t refs[] = { request };
    const struct field_value returned = value_number(APPROVAL_ANSWER, ANSWER_RETURNED);
    (void)state;

    answer(request, BUDI, ANSWER_APPROVED);
    maker.person = CITRA;
    (void)record_maker_write(&maker, FORM_APPROVAL, &returned, 1, refs, 1); /* knows of none */
    assert_state(APPROVAL_RETURNED);
}

/* Two ask apart for the same content, and two supervisors answer apart. */
static void of_two_requests_about_the_same_a_return_stands_against_an_approval(void **state) {
    const size_t one = ask();
    const size_t other = ask();
    (void)state;

    answer(one, BUDI, ANSWER_APPROVED);
    assert_state(APPROVAL_GIVEN);
    answer(other, CITRA, ANSWER_RETURNED);
    assert_state(APPROVAL_RETURNED);
    const struct record *record = record_maker_build(&maker);
    assert_ptr_equal(approval_look(record, APPROVAL_PLAN).item,
                     record_item(record, maker.events[other].ref));
}

static void the_return_stands_whichever_of_the_two_was_asked_first(void **state) {
    const size_t one = ask();
    const size_t other = ask();
    (void)state;

    answer(one, CITRA, ANSWER_RETURNED);
    answer(other, BUDI, ANSWER_APPROVED);
    assert_state(APPROVAL_RETURNED);
    const struct record *record = record_maker_build(&maker);
    assert_ptr_equal(approval_look(record, APPROVAL_PLAN).item,
                     record_item(record, maker.events[one].ref));
}

static void who_asks_again_after_a_return_can_get_it_approved_unchanged(void **state) {
    (void)state;

    answer(ask(), BUDI, ANSWER_RETURNED);
    const size_t again = ask();
    assert_state(APPROVAL_ASKED);
    answer(again, BUDI, ANSWER_APPROVED);
    assert_state(APPROVAL_GIVEN);
}

static void a_return_by_who_does_not_supervise_undoes_no_approval(void **state) {
    const size_t one = ask();
    const size_t other = ask();
    (void)state;

    answer(one, BUDI, ANSWER_APPROVED);
    answer(other, 4, ANSWER_RETURNED);
    assert_state(APPROVAL_GIVEN);
}

static void a_return_of_other_content_undoes_no_approval(void **state) {
    (void)state;

    answer(ask(), BUDI, ANSWER_APPROVED);
    record_maker_change(&maker, step, value_text(STEP_WHAT, "Minta dua tempat"));
    answer(ask(), CITRA, ANSWER_RETURNED);
    assert_state(APPROVAL_RETURNED);
    record_maker_change(&maker, step, value_text(STEP_WHAT, "Minta tempat"));
    assert_state(APPROVAL_GIVEN);
}

static void a_new_request_after_a_return_is_asked_again(void **state) {
    (void)state;

    answer(ask(), BUDI, ANSWER_RETURNED);
    record_maker_change(&maker, step, value_text(STEP_BY, "2024-04-01"));
    const size_t again = ask();
    assert_state(APPROVAL_ASKED);
    answer(again, BUDI, ANSWER_APPROVED);
    assert_state(APPROVAL_GIVEN);
}

/* The same record in another order of arrival, with a value that two wrote apart. */
static void the_hash_does_not_depend_on_who_or_when(void **state) {
    const struct field_value early = value_text(STEP_BY, "2024-04-01");
    const struct field_value late = value_text(STEP_BY, "2024-05-01");
    const size_t refs[] = { step };
    uint8_t one[HASH_BYTES], other[HASH_BYTES];
    (void)state;

    const size_t first = record_maker_write(&maker, FORM_STEP, &early, 1, refs, 1);
    const size_t second = record_maker_write(&maker, FORM_STEP, &late, 1, refs, 1);
    approval_hash(record_maker_build(&maker), APPROVAL_PLAN, one);
    maker.events[first].hlc = 99;
    maker.events[second].hlc = 1;
    approval_hash(record_maker_build(&maker), APPROVAL_PLAN, other);
    assert_memory_equal(one, other, sizeof one);
    record_maker_change(&maker, step, early);
    approval_hash(record_maker_build(&maker), APPROVAL_PLAN, other);
    assert_memory_not_equal(one, other, sizeof one);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_plan, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_was_never_asked_is_not_approved),
        TEST(a_request_waits_for_its_answer),
        TEST(a_supervisor_approves),
        TEST(a_supervisor_returns_it),
        TEST(who_does_not_supervise_approves_nothing),
        TEST(who_does_not_supervise_undoes_no_answer),
        TEST(a_supervisor_may_answer_otherwise_afterwards),
        TEST(who_asked_does_not_approve_even_as_a_supervisor),
        TEST(an_approval_holds_for_what_stood_there_alone),
        TEST(an_answer_to_what_has_changed_meanwhile_is_outdated),
        TEST(progress_does_not_end_an_approval),
        TEST(another_part_of_the_record_does_not_end_an_approval),
        TEST(approved_by_one_and_returned_by_another_is_returned),
        TEST(of_two_requests_about_the_same_a_return_stands_against_an_approval),
        TEST(the_return_stands_whichever_of_the_two_was_asked_first),
        TEST(who_asks_again_after_a_return_can_get_it_approved_unchanged),
        TEST(a_return_by_who_does_not_supervise_undoes_no_approval),
        TEST(a_return_of_other_content_undoes_no_approval),
        TEST(a_new_request_after_a_return_is_asked_again),
        TEST(the_hash_does_not_depend_on_who_or_when),
    };
    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
