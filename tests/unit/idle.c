/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/idle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MINUTE_MS = 60000, NOW_MS = 5000000 };

static struct idle idle;

static int begin(void **state) {
    (void)state;
    idle = idle_of(10 * MINUTE_MS, NOW_MS);
    return 0;
}

static void it_is_told_a_minute_before_and_locked_at_the_end_each_once(void **state) {
    (void)state;

    assert_int_equal(idle_deadline_ms(&idle), NOW_MS + 9 * MINUTE_MS);
    assert_int_equal(idle_look(&idle, NOW_MS + 9 * MINUTE_MS - 1), IDLE_GOES_ON);
    assert_int_equal(idle_look(&idle, NOW_MS + 9 * MINUTE_MS), IDLE_WARNS);
    assert_int_equal(idle_warning_ms(&idle), MINUTE_MS);
    assert_int_equal(idle_look(&idle, NOW_MS + 9 * MINUTE_MS + 1), IDLE_GOES_ON);
    assert_int_equal(idle_deadline_ms(&idle), NOW_MS + 10 * MINUTE_MS);
    assert_int_equal(idle_look(&idle, NOW_MS + 10 * MINUTE_MS - 1), IDLE_GOES_ON);
    assert_int_equal(idle_look(&idle, NOW_MS + 10 * MINUTE_MS), IDLE_LOCKS);
    assert_int_equal(idle_look(&idle, NOW_MS + 10 * MINUTE_MS + 1), IDLE_GOES_ON);
}

static void a_key_begins_the_time_anew_and_takes_the_warning_back(void **state) {
    (void)state;

    assert_int_equal(idle_look(&idle, NOW_MS + 9 * MINUTE_MS), IDLE_WARNS);
    idle_note(&idle, NOW_MS + 9 * MINUTE_MS + 30);
    assert_int_equal(idle_look(&idle, NOW_MS + 10 * MINUTE_MS), IDLE_GOES_ON);
    assert_int_equal(idle_deadline_ms(&idle), NOW_MS + 18 * MINUTE_MS + 30);
    assert_int_equal(idle_look(&idle, NOW_MS + 18 * MINUTE_MS + 30), IDLE_WARNS);
}

static void what_was_done_earlier_changes_nothing(void **state) {
    (void)state;

    idle_note(&idle, NOW_MS - 1);
    assert_int_equal(idle_deadline_ms(&idle), NOW_MS + 9 * MINUTE_MS);
    assert_int_equal(idle_look(&idle, NOW_MS + 9 * MINUTE_MS), IDLE_WARNS);
    idle_note(&idle, NOW_MS);
    assert_int_equal(idle_look(&idle, NOW_MS + 10 * MINUTE_MS), IDLE_LOCKS);
}

static void a_key_that_comes_after_the_end_is_too_late(void **state) {
    (void)state;

    idle_note(&idle, NOW_MS + 10 * MINUTE_MS);
    assert_int_equal(idle_look(&idle, NOW_MS + 10 * MINUTE_MS), IDLE_LOCKS);
    idle_note(&idle, NOW_MS + 20 * MINUTE_MS - 1);
    assert_int_equal(idle_look(&idle, NOW_MS + 20 * MINUTE_MS), IDLE_GOES_ON);
}

/* The computer has slept, or the program was stopped. */
static void a_look_that_comes_late_locks_without_a_warning(void **state) {
    (void)state;

    assert_int_equal(idle_look(&idle, NOW_MS + 600 * MINUTE_MS), IDLE_LOCKS);
    assert_int_equal(idle_deadline_ms(&idle), NOW_MS + 609 * MINUTE_MS);
}

static void half_of_a_short_time_is_left_when_it_is_told(void **state) {
    (void)state;

    idle = idle_of(MINUTE_MS, NOW_MS);
    assert_int_equal(idle_warning_ms(&idle), MINUTE_MS / 2);
    assert_int_equal(idle_look(&idle, NOW_MS + MINUTE_MS / 2), IDLE_WARNS);
    assert_int_equal(idle_look(&idle, NOW_MS + MINUTE_MS), IDLE_LOCKS);
}

static void never_is_never(void **state) {
    (void)state;

    idle = idle_of(0, NOW_MS);
    assert_true(idle_deadline_ms(&idle) == INT64_MAX);
    assert_int_equal(idle_look(&idle, NOW_MS + 100000 * (int64_t)MINUTE_MS), IDLE_GOES_ON);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(it_is_told_a_minute_before_and_locked_at_the_end_each_once),
        TEST(a_key_begins_the_time_anew_and_takes_the_warning_back),
        TEST(what_was_done_earlier_changes_nothing),
        TEST(a_key_that_comes_after_the_end_is_too_late),
        TEST(a_look_that_comes_late_locks_without_a_warning),
        TEST(half_of_a_short_time_is_left_when_it_is_told),
        TEST(never_is_never),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
