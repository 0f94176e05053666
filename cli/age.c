/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/age.h"

#include "cli/lang.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { ADULT_YEARS = 18, DIGITS_MAX = 3 };

static const struct {
    const char *word;
    enum age_unit unit;
} units[] = {
    { "", AGE_YEARS },       { "tahun", AGE_YEARS },   { "thn", AGE_YEARS },
    { "th", AGE_YEARS },     { "yr", AGE_YEARS },      { "bl", AGE_MONTHS },
    { "year", AGE_YEARS },   { "years", AGE_YEARS },   { "m", AGE_MONTHS },
    { "b", AGE_MONTHS },     { "bulan", AGE_MONTHS },  { "bln", AGE_MONTHS },
    { "month", AGE_MONTHS }, { "months", AGE_MONTHS },
};

static bool read_unit(struct span word, enum age_unit *unit) {
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (word.len == strlen(units[i].word) &&
            strncasecmp((const char *)word.data, units[i].word, word.len) == 0) {
            *unit = units[i].unit;
            return true;
        }
    }
    return false;
}

enum rb_status age_parse(struct span typed, struct age *age) {
    struct age value = { 0 };
    size_t digits = 0;

    while (digits < typed.len && typed.data[digits] >= '0' && typed.data[digits] <= '9') {
        if (digits < DIGITS_MAX) {
            value.number = value.number * 10 + (unsigned)(typed.data[digits] - '0');
        }
        digits++;
    }
    struct span word = span_of(typed.data + digits, typed.len - digits);
    if (word.len > 1 && word.data[0] == ' ') { /* "8 bulan" says the same. */
        word = span_of(word.data + 1, word.len - 1);
    }
    if (digits == 0 || !read_unit(word, &value.unit)) {
        return RB_MALFORMED;
    }
    unsigned max = value.unit == AGE_YEARS ? CASE_AGE_YEARS_MAX : CASE_AGE_MONTHS_MAX;
    if (digits > DIGITS_MAX || value.number > max) {
        return RB_TOO_LARGE;
    }
    *age = value;
    return RB_OK;
}

bool age_is_adult(const struct age *age) {
    return age->unit == AGE_YEARS && age->number > ADULT_YEARS;
}

void age_show(const struct age *age, char out[static AGE_SHOWN_BYTES]) {
    const char *one = age->unit == AGE_YEARS ? _("%u year") : _("%u month");
    const char *more = age->unit == AGE_YEARS ? _("%u years") : _("%u months");

    (void)snprintf(out, AGE_SHOWN_BYTES, age->number == 1 ? one : more, age->number);
}
