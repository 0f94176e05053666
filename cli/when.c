/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/when.h"

#include "cli/lang.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { SECONDS_PER_DAY = 24 * 3600 };

/* ---- Reading: each takes its piece from the front of `*rest` ---- */

static bool take_number(struct span *rest, size_t digits_min, size_t digits_max, int *value) {
    size_t digits = 0;
    int number = 0;

    while (digits < rest->len && digits < digits_max && rest->data[digits] >= '0' &&
           rest->data[digits] <= '9') {
        number = number * 10 + (rest->data[digits] - '0');
        digits++;
    }
    if (digits < digits_min) {
        return false;
    }
    rest->data += digits;
    rest->len -= digits;
    *value = number;
    return true;
}

static bool take_character(struct span *rest, char character) {
    if (rest->len == 0 || rest->data[0] != (uint8_t)character) {
        return false;
    }
    rest->data++;
    rest->len--;
    return true;
}

static bool is_word(struct span text, const char *word) {
    return text.len == strlen(word) && strncasecmp((const char *)text.data, word, text.len) == 0;
}

static struct tm local_time(int64_t ms) {
    time_t seconds = (time_t)(ms / 1000);
    struct tm local = { 0 };

    (void)localtime_r(&seconds, &local); /* Fails for years beyond int only: then the epoch. */
    return local;
}

/* The beginning of the day that lies `days` after that of `now_ms`. */
static int64_t day_start(int64_t now_ms, int days) {
    struct tm day = local_time(now_ms);

    day.tm_mday += days;
    day.tm_hour = day.tm_min = day.tm_sec = 0;
    day.tm_isdst = -1;
    return (int64_t)mktime(&day) * 1000;
}

/* RB_MALFORMED if there is no such day or time: mktime would silently take the next month. */
static enum rb_status local_moment(const struct tm *typed, int64_t *ms) {
    struct tm day = *typed;

    day.tm_isdst = -1;
    time_t seconds = mktime(&day);
    if (seconds == (time_t)-1 || day.tm_mday != typed->tm_mday || day.tm_mon != typed->tm_mon) {
        return RB_MALFORMED;
    }
    *ms = (int64_t)seconds * 1000;
    return RB_OK;
}

/* ---- ISO 8601 ---- */

/* "14:05", "14:05:30", "14:05:30.250" */
static bool take_clock(struct span *rest, struct tm *out) {
    int ignored = 0;

    if (!take_number(rest, 2, 2, &out->tm_hour) || !take_character(rest, ':') ||
        !take_number(rest, 2, 2, &out->tm_min)) {
        return false;
    }
    if (take_character(rest, ':') && !take_number(rest, 2, 2, &out->tm_sec)) {
        return false;
    }
    if (take_character(rest, '.') && !take_number(rest, 1, 9, &ignored)) {
        return false;
    }
    return out->tm_hour < 24 && out->tm_min < 60 && out->tm_sec < 61;
}

/* "Z", "+07:00", "+0700", "+07" */
static bool take_offset(struct span *rest, int *offset_s) {
    int hours = 0, minutes = 0;
    bool west = take_character(rest, '-');

    if (!west && take_character(rest, 'Z')) {
        *offset_s = 0;
        return true;
    }
    if ((!west && !take_character(rest, '+')) || !take_number(rest, 2, 2, &hours)) {
        return false;
    }
    (void)take_character(rest, ':'); /* Both forms are right. */
    if (rest->len > 0 && !take_number(rest, 2, 2, &minutes)) {
        return false;
    }
    *offset_s = (west ? -1 : 1) * (hours * 3600 + minutes * 60);
    return hours < 24 && minutes < 60;
}

/* Days since 1970-01-01 of the Gregorian calendar, by the method of 400-year eras with years that
 * begin in March, so that the leap day comes last. */
static int64_t days_of_date(int year, int month, int day) {
    int from_march = (month + 9) % 12;
    int64_t years = month <= 2 ? year - 1 : year;
    int64_t era = years / 400;
    int64_t year_of_era = years - era * 400;
    int64_t day_of_year = (153 * from_march + 2) / 5 + day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

static enum rb_status parse_iso(struct span rest, int64_t *ms) {
    struct tm typed = { 0 };
    int year = 0, month = 0, offset_s = 0;
    int64_t local_ms = 0;

    if (!take_number(&rest, 4, 4, &year) || !take_character(&rest, '-') ||
        !take_number(&rest, 2, 2, &month) || !take_character(&rest, '-') ||
        !take_number(&rest, 2, 2, &typed.tm_mday)) {
        return RB_MALFORMED;
    }
    typed.tm_year = year - 1900;
    typed.tm_mon = month - 1;
    if (rest.len > 0 && ((!take_character(&rest, 'T') && !take_character(&rest, ' ')) ||
                         !take_clock(&rest, &typed))) {
        return RB_MALFORMED;
    }
    enum rb_status status = local_moment(&typed, &local_ms);
    if (status != RB_OK || rest.len == 0) {
        *ms = status == RB_OK ? local_ms : *ms;
        return status;
    }
    if (!take_offset(&rest, &offset_s) || rest.len > 0) {
        return RB_MALFORMED;
    }
    int64_t clock_s = typed.tm_hour * 3600 + typed.tm_min * 60 + typed.tm_sec;
    *ms = (days_of_date(year, month, typed.tm_mday) * SECONDS_PER_DAY + clock_s - offset_s) * 1000;
    return RB_OK;
}

/* ---- 25/11 and 25/11/2026 ---- */

/* Without a year the last one, or the next one (`ahead`), today included. */
static enum rb_status parse_day_month(struct span rest, int64_t now_ms, bool ahead, int64_t *ms) {
    struct tm typed = { .tm_year = local_time(now_ms).tm_year };
    int month = 0, year = 0;

    if (!take_number(&rest, 1, 2, &typed.tm_mday) || !take_character(&rest, '/') ||
        !take_number(&rest, 1, 2, &month)) {
        return RB_MALFORMED;
    }
    typed.tm_mon = month - 1;
    if (take_character(&rest, '/')) {
        if (!take_number(&rest, 4, 4, &year) || rest.len > 0) {
            return RB_MALFORMED;
        }
        typed.tm_year = year - 1900;
        return local_moment(&typed, ms);
    }
    if (rest.len > 0) {
        return RB_MALFORMED;
    }
    int64_t this_year_ms = 0;
    enum rb_status status = local_moment(&typed, &this_year_ms);
    bool fits = ahead ? this_year_ms >= day_start(now_ms, 0) : this_year_ms <= now_ms;
    if (status == RB_OK && fits) {
        *ms = this_year_ms;
        return RB_OK;
    }
    typed.tm_year += ahead ? 1 : -1; /* Or there is no 29 February in this one. */
    return local_moment(&typed, ms);
}

/* ---- Words ---- */

/* The last day of that name, today included, or the next one (`ahead`), which today is not: there
 * is a word for today. */
static enum rb_status parse_word(struct span typed, int64_t now_ms, bool ahead, int64_t *ms) {
    static const struct {
        const char *indonesian, *english;
        int days;
    } days[] = { { "kemarin", "yesterday", -1 },
                 { "hari-ini", "today", 0 },
                 { "besok", "tomorrow", 1 } };
    static const char *const weekdays[][2] = { { "minggu", "sunday" },  { "senin", "monday" },
                                               { "selasa", "tuesday" }, { "rabu", "wednesday" },
                                               { "kamis", "thursday" }, { "jumat", "friday" },
                                               { "sabtu", "saturday" } };

    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        if (is_word(typed, days[i].indonesian) || is_word(typed, days[i].english)) {
            *ms = day_start(now_ms, days[i].days);
            return RB_OK;
        }
    }
    for (int i = 0; i < 7; i++) {
        if (is_word(typed, weekdays[i][0]) || is_word(typed, weekdays[i][1])) {
            int days_back = (local_time(now_ms).tm_wday - i + 7) % 7;
            *ms = day_start(now_ms, ahead ? 7 - days_back : -days_back);
            return RB_OK;
        }
    }
    return RB_MALFORMED;
}

static enum rb_status parse_duration(struct span rest, int64_t now_ms, bool ahead, int64_t *ms) {
    static const struct {
        const char *word;
        int64_t seconds;
    } units[] = {
        { "hari", SECONDS_PER_DAY },
        { "day", SECONDS_PER_DAY },
        { "days", SECONDS_PER_DAY },
        { "jam", 3600 },
        { "hour", 3600 },
        { "hours", 3600 },
        { "menit", 60 },
        { "min", 60 },
        { "minute", 60 },
        { "minutes", 60 },
    };
    int number = 0;

    if (!take_number(&rest, 1, 6, &number)) {
        return RB_MALFORMED;
    }
    (void)take_character(&rest, ' '); /* "3 hari" says the same. */
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (is_word(rest, units[i].word)) {
            *ms = now_ms + (ahead ? 1 : -1) * number * units[i].seconds * 1000;
            return RB_OK;
        }
    }
    return rest.len == 1 ? RB_REFUSED : RB_MALFORMED;
}

enum rb_status when_parse(struct span typed, int64_t now_ms, int64_t *ms) {
    if (parse_word(typed, now_ms, false, ms) == RB_OK || parse_iso(typed, ms) == RB_OK ||
        parse_day_month(typed, now_ms, false, ms) == RB_OK) {
        return RB_OK;
    }
    return parse_duration(typed, now_ms, false, ms);
}

enum rb_status when_parse_end(struct span typed, int64_t now_ms, int64_t *ms) {
    static const size_t iso_day_len = sizeof "2026-11-25" - 1;
    int64_t day_ms = 0;

    if (parse_word(typed, now_ms, true, &day_ms) == RB_OK ||
        parse_day_month(typed, now_ms, true, &day_ms) == RB_OK ||
        (typed.len == iso_day_len && parse_iso(typed, &day_ms) == RB_OK)) {
        *ms = day_start(day_ms, 1) - 1000;
        return RB_OK;
    }
    if (parse_iso(typed, &day_ms) == RB_OK) {
        *ms = day_ms;
        return RB_OK;
    }
    return parse_duration(typed, now_ms, true, ms);
}

enum rb_status when_seconds(struct span typed, int64_t *seconds) {
    int number = 0;

    if (!take_number(&typed, 1, 6, &number)) {
        return RB_MALFORMED;
    }
    (void)take_character(&typed, 's'); /* Allowed, not needed. */
    if (typed.len > 0 || number < 1 || number > SECONDS_PER_DAY) {
        return RB_MALFORMED;
    }
    *seconds = number;
    return RB_OK;
}

/* ---- Showing ---- */

void when_exact(int64_t ms, char out[static WHEN_BYTES]) {
    struct tm local = local_time(ms);
    size_t len = strftime(out, WHEN_BYTES - 1, "%Y-%m-%dT%H:%M:%S%z", &local);

    /* strftime writes +0700, RFC 3339 wants +07:00. */
    memmove(out + len - 1, out + len - 2, 3);
    out[len - 2] = ':';
}

void when_show(int64_t ms, char out[static WHEN_BYTES]) {
    struct tm local = local_time(ms);

    (void)strftime(out, WHEN_BYTES, "%d/%m/%Y %H:%M %Z", &local); /* Always fits. */
}

void when_brief(int64_t ms, int64_t now_ms, char out[static WHEN_BYTES]) {
    struct tm local = local_time(ms), now = local_time(now_ms);

    if (local.tm_year == now.tm_year && local.tm_yday == now.tm_yday) {
        (void)strftime(out, WHEN_BYTES, "%H:%M", &local); /* Always fits, as do the others. */
    } else if (local.tm_year == now.tm_year) {
        (void)strftime(out, WHEN_BYTES, "%d/%m %H:%M", &local);
    } else {
        (void)strftime(out, WHEN_BYTES, "%d/%m/%Y %H:%M", &local);
    }
}

/* A translation says one and many alike where its language does. */
void when_ago(int64_t ms, int64_t now_ms, char out[static WHEN_BYTES]) {
    int64_t minutes = now_ms > ms ? (now_ms - ms) / 60000 : 0;
    int64_t hours = minutes / 60;
    int64_t days = hours / 24;

    if (minutes == 0) {
        (void)snprintf(out, WHEN_BYTES, "%s", _("just now"));
    } else if (hours == 0) {
        (void)snprintf(out, WHEN_BYTES,
                       minutes == 1 ? _("%" PRId64 " minute ago") : _("%" PRId64 " minutes ago"),
                       minutes);
    } else if (days == 0) {
        (void)snprintf(out, WHEN_BYTES,
                       hours == 1 ? _("%" PRId64 " hour ago") : _("%" PRId64 " hours ago"), hours);
    } else {
        (void)snprintf(out, WHEN_BYTES,
                       days == 1 ? _("%" PRId64 " day ago") : _("%" PRId64 " days ago"), days);
    }
}

void when_day(int64_t ms, char out[static WHEN_BYTES]) {
    struct tm local = local_time(ms);

    (void)strftime(out, WHEN_BYTES, "%Y-%m-%d", &local); /* Always fits. */
}
