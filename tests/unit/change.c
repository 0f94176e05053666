/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/change.h"
#include "protocol/cbor.h"
#include "tests/support/record_maker.h"

#include <string.h>

enum { BODY_MAX = 4096 };

static struct writer out;
static struct change change;

static int begin(void **state) {
    (void)state;
    writer_init(&out, BODY_MAX);
    change = (struct change) { 0 };
    return 0;
}

static int end(void **state) {
    (void)state;
    writer_clear(&out);
    return 0;
}

/* map { 0 form, 1 map { field: ... with one value still to be written. */
static void one_value(uint64_t form, uint64_t field) {
    cbor_write_map(&out, 2);
    cbor_write_uint(&out, 0);
    cbor_write_uint(&out, form);
    cbor_write_uint(&out, 1);
    cbor_write_map(&out, 1);
    cbor_write_uint(&out, field);
}

static void assert_decoded(enum rb_status expected) {
    assert_int_equal(change_decode(writer_view(&out), &change), expected);
}

static void a_change_reads_as_it_was_written(void **state) {
    /* map(2) { 0: 11 (risk), 1: map(3) { 0: 2 (high), 1: "Dipukul", 2: null } } */
    static const uint8_t golden[] = { 0xa2, 0x00, 0x0b, 0x01, 0xa3, 0x00, 0x02, 0x01, 0x67,
                                      'D',  'i',  'p',  'u',  'k',  'u',  'l',  0x02, 0xf6 };
    const struct change written = {
        .form = form_find(FORM_RISK),
        .values = { value_number(RISK_LEVEL, RISK_HIGH), value_text(RISK_REASON, "Dipukul"),
                    value_empty(RISK_ON) },
        .value_count = 3,
    };
    (void)state;

    change_encode(&out, &written);
    assert_int_equal(out.len, sizeof golden);
    assert_memory_equal(out.data, golden, sizeof golden);
    assert_decoded(RB_OK);
    assert_ptr_equal(change.form, written.form);
    assert_int_equal(change.value_count, 3);
    for (size_t i = 0; i < change.value_count; i++) {
        assert_int_equal(change.values[i].field, written.values[i].field);
        assert_true(field_value_equal(&change.values[i], &written.values[i]));
    }
}

static void a_form_of_a_newer_version_is_unknown(void **state) {
    (void)state;

    one_value(FORM_LAST + 1, 0);
    cbor_write_uint(&out, 1);
    assert_decoded(RB_UNKNOWN);
}

static void a_choice_of_a_newer_version_is_unknown(void **state) {
    (void)state;

    one_value(FORM_RISK, RISK_LEVEL);
    cbor_write_uint(&out, RISK_EMERGENCY + 1);
    assert_decoded(RB_UNKNOWN);
}

static void a_field_of_a_newer_version_is_passed_over(void **state) {
    (void)state;

    cbor_write_map(&out, 2);
    cbor_write_uint(&out, 0);
    cbor_write_uint(&out, FORM_RISK);
    cbor_write_uint(&out, 1);
    cbor_write_map(&out, 2);
    cbor_write_uint(&out, RISK_LEVEL);
    cbor_write_uint(&out, RISK_LOW);
    cbor_write_uint(&out, FIELDS_MAX + 5);
    cbor_write_text(&out, span_text("baru"));
    assert_decoded(RB_OK);
    assert_int_equal(change.value_count, 1);
}

static void a_change_without_any_value_is_malformed(void **state) {
    (void)state;

    one_value(FORM_RISK, FIELDS_MAX + 5);
    cbor_write_uint(&out, 1);
    assert_decoded(RB_MALFORMED);
    writer_reset(&out);
    cbor_write_map(&out, 1);
    cbor_write_uint(&out, 0);
    cbor_write_uint(&out, FORM_RISK);
    assert_decoded(RB_MALFORMED);
}

static void a_value_of_another_sort_is_malformed(void **state) {
    (void)state;

    one_value(FORM_RISK, RISK_LEVEL);
    cbor_write_text(&out, span_text("high"));
    assert_decoded(RB_MALFORMED);
    writer_reset(&out);
    one_value(FORM_RISK, RISK_REASON);
    cbor_write_uint(&out, 1);
    assert_decoded(RB_MALFORMED);
    writer_reset(&out);
    one_value(FORM_HANDOVER, HANDOVER_TO);
    cbor_write_text(&out, span_text("Budi"));
    assert_decoded(RB_MALFORMED);
}

static void assert_checked(enum form form, struct field_value value, enum rb_status expected) {
    assert_int_equal(field_value_check(form_field(form_find((uint64_t)form), value.field), &value),
                     expected);
}

static void texts_have_their_bounds(void **state) {
    static char longest[FIELD_TEXT_BYTES_MAX + 2];
    (void)state;

    memset(longest, 'a', sizeof longest - 1);
    assert_checked(FORM_RISK, value_text(RISK_REASON, longest), RB_MALFORMED);
    longest[FIELD_TEXT_BYTES_MAX] = '\0';
    assert_checked(FORM_RISK, value_text(RISK_REASON, longest), RB_OK);
    assert_checked(FORM_RISK, value_text(RISK_REASON, "dua\nbaris"), RB_OK);
    assert_checked(FORM_RISK, value_text(RISK_REASON, ""), RB_MALFORMED);
    assert_checked(FORM_RISK, value_text(RISK_REASON, "\xff"), RB_MALFORMED);
    longest[NAME_CHARACTERS_MAX + 1] = '\0';
    assert_checked(FORM_STEP, value_text(STEP_WHO, longest), RB_MALFORMED);
    longest[NAME_CHARACTERS_MAX] = '\0';
    assert_checked(FORM_STEP, value_text(STEP_WHO, longest), RB_OK);
    assert_checked(FORM_STEP, value_text(STEP_WHO, "dua\nbaris"), RB_MALFORMED);
}

static void days_codes_and_numbers_have_their_bounds(void **state) {
    (void)state;

    assert_checked(FORM_STEP, value_text(STEP_BY, "2024-02-29"), RB_OK);
    assert_checked(FORM_STEP, value_text(STEP_BY, "2023-02-29"), RB_MALFORMED);
    assert_checked(FORM_FACTS, value_text(FACTS_CATEGORY, "2012:07"), RB_OK);
    assert_checked(FORM_FACTS, value_text(FACTS_CATEGORY, "2012 07"), RB_MALFORMED);
    assert_checked(FORM_FACTS, value_text(FACTS_CATEGORY, "12345678901234567"), RB_MALFORMED);
    assert_checked(FORM_FACTS, value_text(FACTS_CATEGORY, ""), RB_MALFORMED);
    assert_checked(FORM_IDENTITY, value_text(6, "3273041002"), RB_OK);
    assert_checked(FORM_IDENTITY, value_text(6, "32.73.04"), RB_MALFORMED);
    assert_checked(FORM_FAMILY, value_text(1, "3273-24-K7QD"), RB_OK);
    assert_checked(FORM_FAMILY, value_text(1, "3273-24-K7Q1"), RB_MALFORMED);
    assert_checked(FORM_FAMILY, value_text(1, "3273-24-K7Q"), RB_MALFORMED);
    assert_checked(FORM_ANNEX_STREET, value_number(1, FIELD_NUMBER_MAX), RB_OK);
    assert_checked(FORM_ANNEX_STREET, value_number(1, FIELD_NUMBER_MAX + 1), RB_MALFORMED);
}

static void an_age_is_in_years_or_in_months(void **state) {
    enum age_unit unit;
    (void)state;

    assert_int_equal(age_of_value(age_value(8, AGE_MONTHS), &unit), 8);
    assert_int_equal(unit, AGE_MONTHS);
    assert_checked(FORM_FACTS, value_number(FACTS_AGE, age_value(120, AGE_YEARS)), RB_OK);
    assert_checked(FORM_FACTS, value_number(FACTS_AGE, age_value(121, AGE_YEARS)), RB_MALFORMED);
    assert_checked(FORM_FACTS, value_number(FACTS_AGE, age_value(60, AGE_MONTHS)), RB_OK);
    assert_checked(FORM_FACTS, value_number(FACTS_AGE, age_value(61, AGE_MONTHS)), RB_MALFORMED);
    assert_checked(FORM_FACTS, value_number(FACTS_AGE, UINT64_MAX), RB_MALFORMED);
}

/* ---- What it may do ---- */

static void assert_judged(enum form form, struct field_value value, size_t ref_count,
                          enum circle_kind circle, enum circle_role role, enum rb_status expected) {
    change = (struct change) { .form = form_find((uint64_t)form), .values = { value } };
    change.value_count = 1;
    assert_int_equal(change_judge(&change, ref_count, circle, role), expected);
}

static void writers_fill_the_forms_of_a_case(void **state) {
    const struct field_value level = value_number(RISK_LEVEL, RISK_LOW);
    (void)state;

    assert_judged(FORM_RISK, level, 0, CIRCLE_CASE, CIRCLE_WRITER, RB_OK);
    assert_judged(FORM_RISK, level, 3, CIRCLE_CASE, CIRCLE_WRITER, RB_OK);
    assert_judged(FORM_RISK, level, 0, CIRCLE_CASE, CIRCLE_READER, RB_REFUSED);
    assert_judged(FORM_RISK, level, 0, CIRCLE_GROUP, CIRCLE_OWNER, RB_REFUSED);
}

static void who_the_client_is_stands_in_the_identity_circle_only(void **state) {
    const struct field_value name = value_text(0, "Bunga");
    (void)state;

    assert_judged(FORM_IDENTITY, name, 0, CIRCLE_IDENTITY, CIRCLE_WRITER, RB_OK);
    assert_judged(FORM_IDENTITY, name, 0, CIRCLE_CASE, CIRCLE_OWNER, RB_REFUSED);
    assert_judged(FORM_RISK, value_number(RISK_LEVEL, RISK_LOW), 0, CIRCLE_IDENTITY, CIRCLE_OWNER,
                  RB_REFUSED);
}

static void a_reader_tells_that_he_has_opened_a_case(void **state) {
    (void)state;

    assert_judged(FORM_ACCESS, value_number(ACCESS_TO, ACCESS_CASE), 0, CIRCLE_CASE, CIRCLE_READER,
                  RB_OK);
}

static void managers_hand_over_and_writers_answer(void **state) {
    uint8_t budi[HASH_BYTES];
    (void)state;

    person_bytes(budi, 2);
    change = (struct change) {
        .form = form_find(FORM_HANDOVER),
        .values = { value_bytes(HANDOVER_TO, budi, sizeof budi), value_text(HANDOVER_WHY, "x") },
        .value_count = 2,
    };
    assert_int_equal(change_judge(&change, 0, CIRCLE_CASE, CIRCLE_WRITER), RB_REFUSED);
    assert_int_equal(change_judge(&change, 0, CIRCLE_CASE, CIRCLE_MANAGER), RB_OK);
    assert_judged(FORM_HANDOVER, value_number(HANDOVER_ANSWER, HANDOVER_ACCEPTED), 1, CIRCLE_CASE,
                  CIRCLE_WRITER, RB_OK);
}

static void an_item_is_begun_with_all_that_is_first(void **state) {
    (void)state;

    assert_judged(FORM_PROBLEM, value_text(PROBLEM_WHAT, "x"), 0, CIRCLE_CASE, CIRCLE_WRITER,
                  RB_OK);
    assert_judged(FORM_PROBLEM, value_text(PROBLEM_SINCE, "x"), 0, CIRCLE_CASE, CIRCLE_WRITER,
                  RB_MALFORMED);
    assert_judged(FORM_PROBLEM, value_empty(PROBLEM_WHAT), 0, CIRCLE_CASE, CIRCLE_WRITER,
                  RB_MALFORMED);
}

static void what_is_fixed_is_not_changed_and_what_is_first_not_emptied(void **state) {
    (void)state;

    assert_judged(FORM_FLAG, value_text(FLAG_WHY, "x"), 0, CIRCLE_CASE, CIRCLE_WRITER, RB_OK);
    assert_judged(FORM_FLAG, value_text(FLAG_WHY, "x"), 1, CIRCLE_CASE, CIRCLE_WRITER,
                  RB_MALFORMED);
    assert_judged(FORM_PROBLEM, value_empty(PROBLEM_WHAT), 2, CIRCLE_CASE, CIRCLE_WRITER,
                  RB_MALFORMED);
    assert_judged(FORM_PROBLEM, value_empty(PROBLEM_SINCE), 2, CIRCLE_CASE, CIRCLE_WRITER, RB_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_change_reads_as_it_was_written, begin, end),
        cmocka_unit_test_setup_teardown(a_form_of_a_newer_version_is_unknown, begin, end),
        cmocka_unit_test_setup_teardown(a_choice_of_a_newer_version_is_unknown, begin, end),
        cmocka_unit_test_setup_teardown(a_field_of_a_newer_version_is_passed_over, begin, end),
        cmocka_unit_test_setup_teardown(a_change_without_any_value_is_malformed, begin, end),
        cmocka_unit_test_setup_teardown(a_value_of_another_sort_is_malformed, begin, end),
        cmocka_unit_test(texts_have_their_bounds),
        cmocka_unit_test(days_codes_and_numbers_have_their_bounds),
        cmocka_unit_test(an_age_is_in_years_or_in_months),
        cmocka_unit_test(writers_fill_the_forms_of_a_case),
        cmocka_unit_test(who_the_client_is_stands_in_the_identity_circle_only),
        cmocka_unit_test(a_reader_tells_that_he_has_opened_a_case),
        cmocka_unit_test(managers_hand_over_and_writers_answer),
        cmocka_unit_test(an_item_is_begun_with_all_that_is_first),
        cmocka_unit_test(what_is_fixed_is_not_changed_and_what_is_first_not_emptied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
