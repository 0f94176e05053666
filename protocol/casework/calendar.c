/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/calendar.h"

#include <assert.h>

enum {
    MONTHS = 12,
    DAYS_BEFORE_1970 = 719162, /* from 0001-01-01 */
    WIB_MS = 7 * 3600 * 1000   /* western Indonesia is 7 hours ahead of UTC, all year */
};
#define DAY_MS (INT64_C(24) * 3600 * 1000)

struct date {
    unsigned year, month, day;
};

static bool is_leap_year(unsigned year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned days_of_month(unsigned year, unsigned month) {
    static const uint8_t days[MONTHS] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

    return days[month - 1] + (month == 2 && is_leap_year(year) ? 1u : 0u);
}

/* From 1970 to the first day of that year. */
static int32_t days_before(unsigned year) {
    const unsigned past = year - 1;

    return (int32_t)(past * 365 + past / 4 - past / 100 + past / 400) - DAYS_BEFORE_1970;
}

/* Exactly `count` digits; else the reader fails. */
static unsigned digits_read(struct reader *reader, size_t count) {
    unsigned value = 0;

    for (size_t i = 0; i < count; i++) {
        const uint8_t digit = reader_u8(reader);
        if (digit < '0' || digit > '9') {
            reader->failed = true;
            return 0;
        }
        value = value * 10 + (digit - '0');
    }
    return value;
}

static void hyphen_read(struct reader *reader) {
    if (reader_u8(reader) != '-') {
        reader->failed = true;
    }
}

/* Whether it is a day of the calendar. */
static bool date_read(struct span text, struct date *date) {
    struct reader reader = reader_of(text);

    date->year = digits_read(&reader, 4);
    hyphen_read(&reader);
    date->month = digits_read(&reader, 2);
    hyphen_read(&reader);
    date->day = digits_read(&reader, 2);
    if (reader_end(&reader) != RB_OK || date->year < DATE_YEAR_MIN || date->year > CASE_YEAR_MAX) {
        return false;
    }
    return date->month >= 1 && date->month <= MONTHS && date->day >= 1 &&
           date->day <= days_of_month(date->year, date->month);
}

bool date_is_valid(struct span date) {
    struct date read;

    return date_read(date, &read);
}

int32_t date_days(struct span date) {
    struct date read;

    const bool is_valid = date_read(date, &read);
    assert(is_valid);
    int32_t days = days_before(read.year) + (int32_t)read.day - 1;
    for (unsigned month = 1; month < read.month; month++) {
        days += (int32_t)days_of_month(read.year, month);
    }
    return days;
}

/* `days` since 1970, within the years. */
static struct date date_of(int32_t days) {
    struct date date = { CASE_YEAR_MIN, 1, 1 };

    while (days >= days_before(date.year + 1)) {
        date.year++;
    }
    days -= days_before(date.year);
    while (days >= (int32_t)days_of_month(date.year, date.month)) {
        days -= (int32_t)days_of_month(date.year, date.month);
        date.month++;
    }
    date.day += (unsigned)days;
    return date;
}

/* The last `count` digits of the number. */
static void digits_write(char *out, size_t count, unsigned number) {
    for (size_t i = count; i > 0; i--) {
        out[i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
}

void date_at(int64_t now_ms, char out[static DATE_BYTES + 1]) {
    const int32_t first = days_before(CASE_YEAR_MIN);
    const int32_t last = days_before(CASE_YEAR_MAX + 1) - 1;
    /* Divided before it is added to, which might overflow.  Before 1970 it is `first` anyway. */
    const int64_t days = now_ms / DAY_MS + (now_ms % DAY_MS + WIB_MS) / DAY_MS;

    const struct date date = date_of(days < first ? first : days > last ? last : (int32_t)days);
    digits_write(out, 4, date.year);
    out[4] = '-';
    digits_write(out + 5, 2, date.month);
    out[7] = '-';
    digits_write(out + 8, 2, date.day);
    out[DATE_BYTES] = '\0';
}
