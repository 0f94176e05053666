/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/warnings.h"
#include "tests/support/record_maker.h"

#include <string.h>

static struct record_maker maker;
static char told[64];

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

static bool tell(void *context, const struct warning *warning) {
    static const char letters[] = "AKCFO"; /* in the order of enum warning_sort */
    const size_t len = strlen(told);
    (void)context;

    assert_non_null(warning->field);
    told[len] = letters[warning->sort];
    told[len + 1] = '\0';
    return true;
}

static void assert_warned(const char *expected) {
    told[0] = '\0';
    warnings_each(record_maker_build(&maker), span_text("2024-06-01"), tell, NULL);
    assert_string_equal(told, expected);
}

static void facts(const char *category, unsigned years) {
    record_maker_set(&maker, FORM_FACTS, value_text(FACTS_CATEGORY, category));
    record_maker_set(&maker, FORM_FACTS, value_number(FACTS_AGE, age_value(years, AGE_YEARS)));
}

static void what_is_likely_is_not_warned_about(void **state) {
    (void)state;

    assert_warned("");
    facts("2012:03", 14);
    record_maker_set(&maker, FORM_FACTS, value_text(FACTS_CLUSTER, "ABH"));
    record_maker_set(&maker, FORM_FACTS, value_text(FACTS_CONTACT_ON, "2024-06-01"));
    assert_warned("");
}

static void an_age_outside_of_the_category_is_told(void **state) {
    (void)state;

    facts("2012:03", 11);
    assert_warned("A");
    facts("2012:03", 12);
    assert_warned("");
    facts("2012:03", 18);
    assert_warned("A");
}

static void an_adult_is_told_where_the_category_has_no_bound(void **state) {
    (void)state;

    facts("2012:19", 19);
    assert_warned("O");
    facts("2012:19", 18);
    assert_warned("");
}

static void another_cluster_than_that_of_the_category_is_told(void **state) {
    (void)state;

    facts("2012:04", 10);
    record_maker_set(&maker, FORM_FACTS, value_text(FACTS_CLUSTER, "ADK"));
    assert_warned("K");
}

static void a_code_of_no_list_is_told(void **state) {
    (void)state;

    record_maker_set(&maker, FORM_FACTS, value_text(FACTS_CATEGORY, "2012:99"));
    assert_warned("C");
}

static void a_day_that_has_been_does_not_lie_ahead(void **state) {
    (void)state;

    record_maker_set(&maker, FORM_CONTRACT, value_text(CONTRACT_ON, "2024-06-02"));
    assert_warned("F");
}

static void a_day_to_come_may_lie_ahead(void **state) {
    (void)state;

    (void)record_maker_begin(&maker, FORM_STEP, value_text(STEP_WHAT, "Minta tempat"),
                             value_text(STEP_BY, "2024-07-01"));
    assert_warned("");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_is_likely_is_not_warned_about),
        TEST(an_age_outside_of_the_category_is_told),
        TEST(an_adult_is_told_where_the_category_has_no_bound),
        TEST(another_cluster_than_that_of_the_category_is_told),
        TEST(a_code_of_no_list_is_told),
        TEST(a_day_that_has_been_does_not_lie_ahead),
        TEST(a_day_to_come_may_lie_ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
