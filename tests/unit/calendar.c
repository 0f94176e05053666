/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/calendar.h"

#include <string.h>

#define DAY_MS        (INT64_C(24) * 3600 * 1000)
#define WIB           (INT64_C(7) * 3600 * 1000)
#define NEW_YEAR_2024 INT64_C(1704067200000) /* milliseconds of midnight, UTC */

/* ---- Which days there are ---- */

static bool valid(const char *date) {
    return date_is_valid(span_text(date));
}

static void every_month_has_its_days(void **state) {
    static const char *const last[] = { "2023-01-31", "2023-02-28", "2023-03-31", "2023-04-30",
                                        "2023-05-31", "2023-06-30", "2023-07-31", "2023-08-31",
                                        "2023-09-30", "2023-10-31", "2023-11-30", "2023-12-31" };
    (void)state;

    for (size_t i = 0; i < sizeof last / sizeof last[0]; i++) {
        char date[DATE_BYTES + 1];
        memcpy(date, last[i], sizeof date);
        assert_true(valid(date));
        if (date[9] == '9') {
            date[8]++;
            date[9] = '0';
        } else {
            date[9]++;
        }
        assert_false(valid(date));
        memcpy(date + 8, "01", 2);
        assert_true(valid(date));
        memcpy(date + 8, "00", 2);
        assert_false(valid(date));
    }
}

static void a_leap_year_has_a_29th_of_february(void **state) {
    (void)state;

    assert_true(valid("2024-02-29"));
    assert_true(valid("2000-02-29"));  /* divisible by 400 */
    assert_false(valid("2100-02-29")); /* by 100 alone */
    assert_false(valid("2023-02-29"));
    assert_false(valid("2024-02-30"));
}

static void dates_have_one_form(void **state) {
    static const char *const wrong[] = { "",           "2024",        "2024-1-01",  "2024-01-1",
                                         "2024/01/01", "2024-01-01 ", " 024-01-01", "20240101",
                                         "2024-13-01", "2024-00-01",  "1899-12-31", "2200-01-01",
                                         "2O24-01-01", "-024-01-01",  "2024-01-01T" };
    (void)state;

    assert_true(valid("1900-01-01"));
    assert_true(valid("2199-12-31"));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(valid(wrong[i]));
    }
    assert_false(date_is_valid(span_of("2024-01-01", DATE_BYTES - 1)));
}

/* ---- Counting ---- */

static int32_t days(const char *date) {
    return date_days(span_text(date));
}

static void days_are_counted_from_1970(void **state) {
    (void)state;

    assert_int_equal(days("2000-01-01"), 10957);
    assert_int_equal(days("1955-08-17"), -5251);
    assert_int_equal(days("2024-01-01") * INT64_C(86400000), NEW_YEAR_2024);
    assert_int_equal(days("2024-03-01") - days("2024-02-28"), 2);
    assert_int_equal(days("2023-03-01") - days("2023-02-28"), 1);
    assert_int_equal(days("2025-01-01") - days("2024-01-01"), 366);
}

/* ---- The day at a time ---- */

static void assert_date(int64_t now_ms, const char *expected) {
    char date[DATE_BYTES + 1];

    date_at(now_ms, date);
    assert_string_equal(date, expected);
}

static void a_day_begins_at_midnight_in_western_indonesia(void **state) {
    (void)state;

    assert_date(NEW_YEAR_2024 - WIB - 1, "2023-12-31");
    assert_date(NEW_YEAR_2024 - WIB, "2024-01-01");
    assert_date(NEW_YEAR_2024 - WIB + DAY_MS - 1, "2024-01-01");
    assert_date(NEW_YEAR_2024 - WIB + DAY_MS, "2024-01-02");
}

static void a_clock_without_a_date_gives_a_day_all_the_same(void **state) {
    (void)state;

    assert_date(0, "2000-01-01");
    assert_date(-1, "2000-01-01");
    assert_date(INT64_MIN, "2000-01-01");
    assert_date(INT64_MAX, "2199-12-31");
}

static void every_day_follows_the_one_before(void **state) {
    const int32_t first = days("2000-01-01");
    char before[DATE_BYTES + 1] = "1999-12-31";
    (void)state;

    for (int32_t day = first; day <= days("2199-12-31"); day++) {
        char date[DATE_BYTES + 1];
        date_at(day * DAY_MS, date);
        assert_true(valid(date));
        assert_int_equal(days(date), day);
        assert_true(strcmp(before, date) < 0); /* their text sorts like the days */
        memcpy(before, date, sizeof date);
    }
    assert_string_equal(before, "2199-12-31");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_month_has_its_days),
        cmocka_unit_test(a_leap_year_has_a_29th_of_february),
        cmocka_unit_test(dates_have_one_form),
        cmocka_unit_test(days_are_counted_from_1970),
        cmocka_unit_test(a_day_begins_at_midnight_in_western_indonesia),
        cmocka_unit_test(a_clock_without_a_date_gives_a_day_all_the_same),
        cmocka_unit_test(every_day_follows_the_one_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
