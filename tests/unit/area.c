/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/area.h"

static void assert_area(const char *typed, const char *digits) {
    struct writer writer;

    writer_init(&writer, REGION_BYTES_MAX);
    assert_int_equal(area_parse(span_text(typed), &writer), RB_OK);
    assert_true(span_equal(writer_view(&writer), span_text(digits)));
    writer_clear(&writer);
}

static void assert_area_refused(const char *typed) {
    struct writer writer;

    writer_init(&writer, REGION_BYTES_MAX);
    assert_int_equal(area_parse(span_text(typed), &writer), RB_MALFORMED);
    assert_int_equal(writer_view(&writer).len, 0);
    writer_clear(&writer);
}

static void assert_case_code(const char *area, unsigned year, const char *expected) {
    const uint8_t circle[HASH_BYTES] = { 0x57, 0xE0, 0x3F, 0xFF };
    char code[CASE_CODE_BYTES + 1];

    case_code(code, span_text(area), year, circle);
    assert_string_equal(code, expected);
}

static void codes_of_all_four_levels_are_areas(void **state) {
    (void)state;

    assert_area("32", "32");
    assert_area("3273", "3273");
    assert_area("327304", "327304");
    assert_area("3273041002", "3273041002");
}

static void dots_between_levels_are_optional(void **state) {
    (void)state;

    assert_area("32.73", "3273");
    assert_area("32.73.04.1002", "3273041002");
    assert_area("3273.04", "327304");
}

static void other_forms_are_no_areas(void **state) {
    (void)state;

    assert_area_refused("");
    assert_area_refused("3");
    assert_area_refused("327");
    assert_area_refused("32730410");
    assert_area_refused("32730410021");
    assert_area_refused(".3273");
    assert_area_refused("32..73");
    assert_area_refused("32.");
    assert_area_refused("3.273");
    assert_area_refused("32.73.04.10.02");
    assert_area_refused("32 73");
    assert_area_refused("Bandung");
}

static void a_case_code_tells_area_year_and_circle(void **state) {
    (void)state;

    assert_case_code("3273041002", 2024, "3273-24-K7QD");
    assert_case_code("3273", 2009, "3273-09-K7QD");
}

static void a_case_code_fills_up_what_the_area_leaves_open(void **state) {
    (void)state;

    assert_case_code("32", 2024, "3200-24-K7QD");
    assert_case_code("", 2024, "0000-24-K7QD");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_of_all_four_levels_are_areas),
        cmocka_unit_test(dots_between_levels_are_optional),
        cmocka_unit_test(other_forms_are_no_areas),
        cmocka_unit_test(a_case_code_tells_area_year_and_circle),
        cmocka_unit_test(a_case_code_fills_up_what_the_area_leaves_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
