/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/lang.h"
#include "cli/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* Monday, 23 November 2026, 10:15:00 in Jakarta (UTC+7). */
static const int64_t now_ms = INT64_C(1795403700000);

static int set_jakarta(void **state) {
    (void)state;
    /* POSIX form: needs no zone files, and east is negative. */
    (void)setenv("TZ", "WIB-7", 1);
    tzset();
    return 0;
}

/* What `typed` means, in RFC 3339; "" if it is not understood. */
static const char *meaning(const char *typed) {
    static char text[WHEN_BYTES];
    int64_t ms = 0;

    text[0] = '\0';
    if (when_parse(span_text(typed), now_ms, &ms) == RB_OK) {
        when_exact(ms, text);
    }
    return text;
}

static void now_is_what_the_tests_think(void **state) {
    char exact[WHEN_BYTES], shown[WHEN_BYTES];
    (void)state;

    when_exact(now_ms, exact);
    when_show(now_ms, shown);
    assert_string_equal(exact, "2026-11-23T10:15:00+07:00");
    assert_string_equal(shown, "23/11/2026 10:15 WIB");
}

static void a_day_is_that_of_this_computer(void **state) {
    char day[WHEN_BYTES];
    (void)state;

    when_day(now_ms, day);
    assert_string_equal(day, "2026-11-23");
    when_day(now_ms - INT64_C(10) * 3600 * 1000, day); /* 00:15 here, the day before in UTC */
    assert_string_equal(day, "2026-11-23");
    when_day(now_ms - INT64_C(11) * 3600 * 1000, day);
    assert_string_equal(day, "2026-11-22");
}

static void iso_dates_and_times_are_understood(void **state) {
    (void)state;

    assert_string_equal(meaning("2026-11-20"), "2026-11-20T00:00:00+07:00");
    assert_string_equal(meaning("2026-11-20T14:05"), "2026-11-20T14:05:00+07:00");
    assert_string_equal(meaning("2026-11-20 14:05:30"), "2026-11-20T14:05:30+07:00");
    assert_string_equal(meaning("2026-11-20T07:05Z"), "2026-11-20T14:05:00+07:00");
    assert_string_equal(meaning("2026-11-20T07:05:00.250Z"), "2026-11-20T14:05:00+07:00");
    assert_string_equal(meaning("2026-11-20T16:05:00+09:00"), "2026-11-20T14:05:00+07:00");
    assert_string_equal(meaning("2026-11-20T03:35-0330"), "2026-11-20T14:05:00+07:00");
}

static void days_and_months_are_the_last_that_were(void **state) {
    (void)state;

    assert_string_equal(meaning("25/11/2026"), "2026-11-25T00:00:00+07:00");
    assert_string_equal(meaning("5/1/2025"), "2025-01-05T00:00:00+07:00");
    assert_string_equal(meaning("20/11"), "2026-11-20T00:00:00+07:00");
    assert_string_equal(meaning("25/11"), "2025-11-25T00:00:00+07:00");
}

static void words_mean_the_beginning_of_a_day(void **state) {
    (void)state;

    assert_string_equal(meaning("hari-ini"), "2026-11-23T00:00:00+07:00");
    assert_string_equal(meaning("yesterday"), "2026-11-22T00:00:00+07:00");
    assert_string_equal(meaning("besok"), "2026-11-24T00:00:00+07:00");
    assert_string_equal(meaning("senin"), "2026-11-23T00:00:00+07:00");
    assert_string_equal(meaning("Minggu"), "2026-11-22T00:00:00+07:00");
    assert_string_equal(meaning("tuesday"), "2026-11-17T00:00:00+07:00");
}

static void durations_lie_back_from_now(void **state) {
    (void)state;

    assert_string_equal(meaning("3hari"), "2026-11-20T10:15:00+07:00");
    assert_string_equal(meaning("2jam"), "2026-11-23T08:15:00+07:00");
    assert_string_equal(meaning("30menit"), "2026-11-23T09:45:00+07:00");
    assert_string_equal(meaning("3days"), "2026-11-20T10:15:00+07:00");
    assert_string_equal(meaning("2hours"), "2026-11-23T08:15:00+07:00");
    assert_string_equal(meaning("30min"), "2026-11-23T09:45:00+07:00");
    assert_string_equal(meaning("3 hari"), "2026-11-20T10:15:00+07:00");
}

static void a_bare_letter_is_refused(void **state) {
    static const char *const typed[] = { "3h", "2j", "30m", "1d", "5s" };
    int64_t ms = 7;
    (void)state;

    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        assert_int_equal(when_parse(span_text(typed[i]), now_ms, &ms), RB_REFUSED);
    }
    assert_int_equal(ms, 7);
}

static void nonsense_is_malformed_and_changes_nothing(void **state) {
    static const char *const typed[] = {
        "",
        "x",
        "3",
        "3minggu",
        "31/2",
        "0/1",
        "25/13",
        "25/11/26",
        "25/11/2026x",
        "2026-02-30",
        "2026-1-5",
        "2026-11-20T",
        "2026-11-20T24:00",
        "2026-11-20T14:60",
        "2026-11-20T14:05+7",
        "2026-11-20T14:05Zx",
        "seni",
        "99999999hari",
    };
    int64_t ms = 7;
    (void)state;

    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        assert_int_equal(when_parse(span_text(typed[i]), now_ms, &ms), RB_MALFORMED);
        assert_int_equal(ms, 7);
    }
}

static void every_cut_of_a_time_is_taken_or_refused(void **state) {
    const char whole[] = "2026-11-20T16:05:00+09:00";
    (void)state;

    for (size_t cut = 0; cut < sizeof whole; cut++) {
        int64_t ms = 0;
        enum rb_status status = when_parse(span_of(whole, cut), now_ms, &ms);
        assert_true(status == RB_OK || status == RB_MALFORMED || status == RB_REFUSED);
    }
}

/* What `typed` means as an end. */
static const char *meaning_as_end(const char *typed) {
    static char text[WHEN_BYTES];
    int64_t ms = 0;

    text[0] = '\0';
    if (when_parse_end(span_text(typed), now_ms, &ms) == RB_OK) {
        when_exact(ms, text);
    }
    return text;
}

static void a_day_as_an_end_is_its_last_second(void **state) {
    (void)state;

    assert_string_equal(meaning_as_end("hari-ini"), "2026-11-23T23:59:59+07:00");
    assert_string_equal(meaning_as_end("tomorrow"), "2026-11-24T23:59:59+07:00");
    assert_string_equal(meaning_as_end("2026-11-25"), "2026-11-25T23:59:59+07:00");
    assert_string_equal(meaning_as_end("25/11/2027"), "2027-11-25T23:59:59+07:00");
    assert_string_equal(meaning_as_end("2026-11-25T14:05"), "2026-11-25T14:05:00+07:00");
    assert_string_equal(meaning_as_end("2026-11-25T07:05Z"), "2026-11-25T14:05:00+07:00");
}

static void as_an_end_days_without_a_year_are_the_next(void **state) {
    (void)state;

    assert_string_equal(meaning_as_end("25/11"), "2026-11-25T23:59:59+07:00");
    assert_string_equal(meaning_as_end("23/11"), "2026-11-23T23:59:59+07:00");
    assert_string_equal(meaning_as_end("22/11"), "2027-11-22T23:59:59+07:00");
    assert_string_equal(meaning_as_end("29/02"), "");
    assert_string_equal(meaning_as_end("jumat"), "2026-11-27T23:59:59+07:00");
    assert_string_equal(meaning_as_end("minggu"), "2026-11-29T23:59:59+07:00");
    assert_string_equal(meaning_as_end("monday"), "2026-11-30T23:59:59+07:00"); /* not today */
}

static void as_an_end_durations_lie_ahead(void **state) {
    int64_t ms = 7;
    (void)state;

    assert_string_equal(meaning_as_end("3hari"), "2026-11-26T10:15:00+07:00");
    assert_string_equal(meaning_as_end("2 jam"), "2026-11-23T12:15:00+07:00");
    assert_int_equal(when_parse_end(span_text("3h"), now_ms, &ms), RB_REFUSED);
    assert_int_equal(when_parse_end(span_text("selamanya"), now_ms, &ms), RB_MALFORMED);
    assert_int_equal(ms, 7);
    assert_string_equal(meaning_as_end("kemarin"), "2026-11-22T23:59:59+07:00");
}

static void seconds_may_end_in_s(void **state) {
    int64_t seconds = 0;
    (void)state;

    assert_int_equal(when_seconds(span_text("60"), &seconds), RB_OK);
    assert_int_equal(seconds, 60);
    assert_int_equal(when_seconds(span_text("5s"), &seconds), RB_OK);
    assert_int_equal(seconds, 5);
    assert_int_equal(when_seconds(span_text(""), &seconds), RB_MALFORMED);
    assert_int_equal(when_seconds(span_text("0"), &seconds), RB_MALFORMED);
    assert_int_equal(when_seconds(span_text("-5"), &seconds), RB_MALFORMED);
    assert_int_equal(when_seconds(span_text("5m"), &seconds), RB_MALFORMED);
    assert_int_equal(when_seconds(span_text("99999"), &seconds), RB_MALFORMED);
    assert_int_equal(seconds, 5);
}

static void assert_brief(const char *moment, const char *expected) {
    char shown[WHEN_BYTES];
    int64_t ms = 0;

    assert_int_equal(when_parse(span_text(moment), now_ms, &ms), RB_OK);
    when_brief(ms, now_ms, shown);
    assert_string_equal(shown, expected);
}

static void a_day_is_told_only_if_it_is_not_today(void **state) {
    (void)state;

    assert_brief("2026-11-23T09:05", "09:05");
    assert_brief("2026-11-23T00:00", "00:00");
    assert_brief("2026-11-22T23:59", "22/11 23:59");
    assert_brief("2026-01-05T14:05", "05/01 14:05");
    assert_brief("2025-11-23T14:05", "23/11/2025 14:05");
}

/* In the zone of this computer, where the day began at 17:00 UTC. */
static void today_is_the_day_of_this_computer(void **state) {
    (void)state;

    assert_brief("2026-11-22T16:59Z", "22/11 23:59");
    assert_brief("2026-11-22T17:00Z", "00:00");
}

static void assert_ago(int64_t seconds, const char *english, const char *indonesian) {
    char shown[WHEN_BYTES];

    language_set(LANGUAGE_ENGLISH, REMBUK_LOCALEDIR);
    when_ago(now_ms - seconds * 1000, now_ms, shown);
    assert_string_equal(shown, english);
    language_set(LANGUAGE_INDONESIAN, REMBUK_LOCALEDIR);
    when_ago(now_ms - seconds * 1000, now_ms, shown);
    assert_string_equal(shown, indonesian);
}

static void how_long_ago_is_told_in_the_largest_whole_unit(void **state) {
    enum { MINUTE = 60, HOUR = 3600, DAY = 24 * 3600 };
    (void)state;

    assert_ago(0, "just now", "baru saja");
    assert_ago(MINUTE - 1, "just now", "baru saja");
    assert_ago(MINUTE, "1 minute ago", "1 menit lalu");
    assert_ago(HOUR - 1, "59 minutes ago", "59 menit lalu");
    assert_ago(HOUR, "1 hour ago", "1 jam lalu");
    assert_ago(2 * HOUR, "2 hours ago", "2 jam lalu");
    assert_ago(DAY - 1, "23 hours ago", "23 jam lalu");
    assert_ago(DAY, "1 day ago", "1 hari lalu");
    assert_ago(3 * DAY, "3 days ago", "3 hari lalu");
    assert_ago(400 * DAY, "400 days ago", "400 hari lalu");
}

static void what_lies_ahead_is_now(void **state) {
    (void)state;

    assert_ago(-5, "just now", "baru saja");
    assert_ago(-100000, "just now", "baru saja");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(now_is_what_the_tests_think),
        cmocka_unit_test(a_day_is_that_of_this_computer),
        cmocka_unit_test(iso_dates_and_times_are_understood),
        cmocka_unit_test(days_and_months_are_the_last_that_were),
        cmocka_unit_test(words_mean_the_beginning_of_a_day),
        cmocka_unit_test(durations_lie_back_from_now),
        cmocka_unit_test(a_bare_letter_is_refused),
        cmocka_unit_test(nonsense_is_malformed_and_changes_nothing),
        cmocka_unit_test(every_cut_of_a_time_is_taken_or_refused),
        cmocka_unit_test(a_day_as_an_end_is_its_last_second),
        cmocka_unit_test(as_an_end_days_without_a_year_are_the_next),
        cmocka_unit_test(as_an_end_durations_lie_ahead),
        cmocka_unit_test(seconds_may_end_in_s),
        cmocka_unit_test(a_day_is_told_only_if_it_is_not_today),
        cmocka_unit_test(today_is_the_day_of_this_computer),
        cmocka_unit_test(how_long_ago_is_told_in_the_largest_whole_unit),
        cmocka_unit_test(what_lies_ahead_is_now),
    };

    return cmocka_run_group_tests(tests, set_jakarta, NULL);
}
