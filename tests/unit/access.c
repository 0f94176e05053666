/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/access.h"
#include "tests/support/record_maker.h"

enum { RATNA = 1, BUDI = 2, CITRA = 3 }; /* Ratna opened the case, Budi supervises it */
enum { NOW_MIN = 28500000 };

static const int64_t NOW_MS = (int64_t)NOW_MIN * 60000;

static struct record_maker maker;
static uint8_t ids[CITRA + 1][HASH_BYTES];

static int begin(void **state) {
    (void)state;
    record_maker_init(&maker);
    for (uint8_t person = RATNA; person <= CITRA; person++) {
        person_bytes(ids[person], person);
    }
    (void)record_maker_begin(&maker, FORM_DUTY, value_bytes(DUTY_PERSON, ids[BUDI], HASH_BYTES),
                             value_number(DUTY_AS, DUTY_SUPERVISOR));
    return 0;
}

static int end(void **state) {
    (void)state;
    record_maker_clear(&maker);
    return 0;
}

static void open_it(uint8_t person, uint64_t until_min) {
    maker.person = person;
    (void)record_maker_begin(&maker, FORM_ACCESS, value_number(ACCESS_TO, ACCESS_IDENTITY),
                             value_text(ACCESS_WHY, "Darurat"),
                             value_number(ACCESS_UNTIL_MIN, until_min),
                             value_number(ACCESS_GLASS, 1));
}

static void assert_need(uint8_t person, enum consent_state sharing, enum access_need expected) {
    assert_int_equal(
        access_need(record_maker_build(&maker), ids[RATNA], ids[person], sharing, NOW_MIN),
        expected);
}

static void who_is_responsible_needs_a_reason_whatever_the_consent(void **state) {
    (void)state;

    assert_need(RATNA, CONSENT_OPEN, ACCESS_NEEDS_REASON);
    assert_need(RATNA, CONSENT_NONE, ACCESS_NEEDS_REASON);
    assert_need(RATNA, CONSENT_WITHDRAWN, ACCESS_NEEDS_REASON);
}

static void a_supervisor_needs_a_reason_while_consent_holds(void **state) {
    (void)state;

    assert_need(BUDI, CONSENT_OPEN, ACCESS_NEEDS_REASON);
    assert_need(BUDI, CONSENT_WITHDRAWN, ACCESS_NEEDS_GLASS);
    assert_need(BUDI, CONSENT_EXPIRED, ACCESS_NEEDS_GLASS);
    assert_need(BUDI, CONSENT_NONE, ACCESS_NEEDS_GLASS);
}

static void who_has_no_part_in_the_case_breaks_the_glass(void **state) {
    (void)state;

    assert_need(CITRA, CONSENT_OPEN, ACCESS_NEEDS_GLASS);
}

static void a_broken_glass_is_open_to_who_broke_it_until_its_time_is_over(void **state) {
    (void)state;

    open_it(CITRA, NOW_MIN + GLASS_MIN);
    assert_need(CITRA, CONSENT_NONE, ACCESS_NEEDS_REASON);
    assert_need(BUDI, CONSENT_NONE, ACCESS_NEEDS_GLASS);
}

static void a_time_that_is_over_opens_nothing(void **state) {
    (void)state;

    open_it(CITRA, NOW_MIN);
    assert_need(CITRA, CONSENT_NONE, ACCESS_NEEDS_GLASS);
}

static void a_time_longer_than_a_day_opens_nothing(void **state) {
    (void)state;

    open_it(CITRA, NOW_MIN + GLASS_MIN + 1);
    assert_need(CITRA, CONSENT_NONE, ACCESS_NEEDS_GLASS);
}

static void the_others_are_told_of_the_newest_broken_glass(void **state) {
    (void)state;

    assert_null(access_glass(record_maker_build(&maker), ids[BUDI]));
    open_it(CITRA, NOW_MIN + 5);
    assert_non_null(access_glass(record_maker_build(&maker), ids[BUDI]));
    assert_null(access_glass(record_maker_build(&maker), ids[CITRA]));
}

static void read_it_at(uint8_t person, enum access_to to, int64_t at_ms) {
    maker.person = person;
    const size_t place =
        record_maker_begin(&maker, FORM_ACCESS, value_number(ACCESS_TO, (uint64_t)to));
    maker.events[place].hlc = hlc_next(0, at_ms);
}

static bool is_due(uint8_t person) {
    return access_is_due(record_maker_build(&maker), ids[RATNA], ids[person], NOW_MS);
}

static void who_is_responsible_reads_the_case_without_a_line(void **state) {
    (void)state;

    assert_false(is_due(RATNA));
    assert_true(is_due(BUDI));
    assert_true(is_due(CITRA));
}

static void of_anybody_else_one_opening_a_day_is_written(void **state) {
    (void)state;

    read_it_at(BUDI, ACCESS_CASE, NOW_MS - ACCESS_AGAIN_MS);
    assert_true(is_due(BUDI));
    read_it_at(BUDI, ACCESS_IDENTITY, NOW_MS - 1);
    assert_true(is_due(BUDI));
    read_it_at(BUDI, ACCESS_CASE, NOW_MS - ACCESS_AGAIN_MS + 1);
    assert_false(is_due(BUDI));
    assert_true(is_due(CITRA));
}

static void an_opening_that_is_ahead_keeps_nothing_quiet(void **state) {
    (void)state;

    read_it_at(BUDI, ACCESS_CASE, NOW_MS + ACCESS_AGAIN_MS);
    assert_true(is_due(BUDI));
}

static void of_several_duties_the_first_one_opens(void **state) {
    (void)state;

    assert_int_equal(record_duty(record_maker_build(&maker), ids[BUDI]), DUTY_SUPERVISOR);
    assert_int_equal(record_duty(record_maker_build(&maker), ids[CITRA]), DUTY_NONE);
    maker.person = RATNA;
    (void)record_maker_begin(&maker, FORM_DUTY, value_bytes(DUTY_PERSON, ids[CITRA], HASH_BYTES),
                             value_number(DUTY_AS, DUTY_ADVISER));
    (void)record_maker_begin(&maker, FORM_DUTY, value_bytes(DUTY_PERSON, ids[CITRA], HASH_BYTES),
                             value_number(DUTY_AS, DUTY_CO_WORKER));
    assert_int_equal(record_duty(record_maker_build(&maker), ids[CITRA]), DUTY_CO_WORKER);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_is_responsible_needs_a_reason_whatever_the_consent),
        TEST(a_supervisor_needs_a_reason_while_consent_holds),
        TEST(who_has_no_part_in_the_case_breaks_the_glass),
        TEST(a_broken_glass_is_open_to_who_broke_it_until_its_time_is_over),
        TEST(a_time_that_is_over_opens_nothing),
        TEST(a_time_longer_than_a_day_opens_nothing),
        TEST(the_others_are_told_of_the_newest_broken_glass),
        TEST(who_is_responsible_reads_the_case_without_a_line),
        TEST(of_anybody_else_one_opening_a_day_is_written),
        TEST(an_opening_that_is_ahead_keeps_nothing_quiet),
        TEST(of_several_duties_the_first_one_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
