/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/age.h"
#include "cli/lang.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_age(const char *typed, unsigned number, enum age_unit unit) {
    struct age age = { 0 };

    assert_int_equal(age_parse(span_text(typed), &age), RB_OK);
    assert_int_equal(age.number, number);
    assert_int_equal(age.unit, unit);
}

/* A refused age changes nothing. */
static void assert_no_age(const char *typed, enum rb_status expected) {
    struct age age = { .number = 77, .unit = AGE_MONTHS };

    assert_int_equal(age_parse(span_text(typed), &age), expected);
    assert_int_equal(age.number, 77);
    assert_int_equal(age.unit, AGE_MONTHS);
}

static void a_bare_number_is_years(void **state) {
    (void)state;

    assert_age("0", 0, AGE_YEARS);
    assert_age("7", 7, AGE_YEARS);
    assert_age("07", 7, AGE_YEARS);
    assert_age("7tahun", 7, AGE_YEARS);
    assert_age("7 thn", 7, AGE_YEARS);
    assert_age("1 Year", 1, AGE_YEARS);
    assert_age("7 years", 7, AGE_YEARS);
}

static void months_are_told_in_either_language(void **state) {
    (void)state;

    assert_age("8m", 8, AGE_MONTHS);
    assert_age("8b", 8, AGE_MONTHS);
    assert_age("8B", 8, AGE_MONTHS);
    assert_age("8bulan", 8, AGE_MONTHS);
    assert_age("8 bln", 8, AGE_MONTHS);
    assert_age("1month", 1, AGE_MONTHS);
    assert_age("8 months", 8, AGE_MONTHS);
}

static void what_is_no_age_is_malformed(void **state) {
    static const char *const typed[] = { "",    " ",    "m",   "bulan", "-7", "+7",
                                         " 7",  "7 ",   "7.5", "7,5",   "7t", "7h",
                                         "8mm", "8  m", "8m ", "tujuh", "0x7" };
    (void)state;

    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        assert_no_age(typed[i], RB_MALFORMED);
    }
}

static void ages_end_where_records_end(void **state) {
    (void)state;

    assert_age("120", CASE_AGE_YEARS_MAX, AGE_YEARS);
    assert_no_age("121", RB_TOO_LARGE);
    assert_age("60m", CASE_AGE_MONTHS_MAX, AGE_MONTHS);
    assert_no_age("61m", RB_TOO_LARGE);
    assert_no_age("0007", RB_TOO_LARGE);
    assert_no_age("4294967303", RB_TOO_LARGE); /* 7 in 32 bits */
    assert_no_age("99999999999999999999999999b", RB_TOO_LARGE);
}

static void above_eighteen_years_is_adult(void **state) {
    (void)state;

    assert_false(age_is_adult(&(struct age) { 18, AGE_YEARS }));
    assert_true(age_is_adult(&(struct age) { 19, AGE_YEARS }));
    assert_false(age_is_adult(&(struct age) { 60, AGE_MONTHS }));
}

static void ages_are_shown_with_their_unit(void **state) {
    char shown[AGE_SHOWN_BYTES];
    (void)state;

    language_set(LANGUAGE_ENGLISH, "/nowhere");
    age_show(&(struct age) { 7, AGE_YEARS }, shown);
    assert_string_equal(shown, "7 years");
    age_show(&(struct age) { 1, AGE_YEARS }, shown);
    assert_string_equal(shown, "1 year");
    age_show(&(struct age) { 8, AGE_MONTHS }, shown);
    assert_string_equal(shown, "8 months");
    age_show(&(struct age) { 1, AGE_MONTHS }, shown);
    assert_string_equal(shown, "1 month");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bare_number_is_years),
        cmocka_unit_test(months_are_told_in_either_language),
        cmocka_unit_test(what_is_no_age_is_malformed),
        cmocka_unit_test(ages_end_where_records_end),
        cmocka_unit_test(above_eighteen_years_is_adult),
        cmocka_unit_test(ages_are_shown_with_their_unit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
