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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
