/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/typed.h"

#include "node/node.h"

enum rb_status typed_age(struct context *context, const char *typed, struct age *age) {
    switch (age_parse(span_text(typed), age)) {
    case RB_OK:
        return RB_OK;
    case RB_TOO_LARGE:
        return failure_usage(&context->failure, "bad_age",
                             _("The age %s is too high: at most %d years, or %d months."), typed,
                             CASE_AGE_YEARS_MAX, CASE_AGE_MONTHS_MAX);
    default:
        return failure_usage(&context->failure, "bad_age",
                             _("\"%s\" is no age. Write years, such as 7, or months, such as 8m."),
                             typed);
    }
}

enum rb_status typed_day(struct context *context, const char *typed, bool is_ahead,
                         char day[static WHEN_BYTES]) {
    const int64_t now_ms = clock_now_ms();
    int64_t ms = 0;

    const enum rb_status status = is_ahead ? when_parse_end(span_text(typed), now_ms, &ms)
                                           : when_parse(span_text(typed), now_ms, &ms);
    if (status != RB_OK) {
        return failure_usage(&context->failure, "bad_date",
                             _("\"%s\" is no day that is understood here. Examples: 25/11, "
                               "25/11/2026, monday, yesterday, 2026-11-25."),
                             typed);
    }
    when_day(ms, day);
    if (!date_is_valid(span_text(day))) {
        return failure_usage(&context->failure, "bad_date",
                             _("The day %s lies too far back or ahead: %d to %d."), day,
                             DATE_YEAR_MIN, CASE_YEAR_MAX);
    }
    return RB_OK;
}
