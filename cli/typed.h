/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people type for a value, checked; what does not fit becomes a sentence and wrong usage. */
#ifndef REMBUK_CLI_TYPED_H
#define REMBUK_CLI_TYPED_H

#include "cli/age.h"
#include "cli/context.h"
#include "cli/when.h"

/* "7", "8m". */
enum rb_status typed_age(struct context *context, const char *typed, struct age *age) RB_MUST_CHECK;

/* "25/11", "monday": a day as case records have it; `is_ahead`: the next one (when_parse_end). */
enum rb_status typed_day(struct context *context, const char *typed, bool is_ahead,
                         char day[static WHEN_BYTES]) RB_MUST_CHECK;

#endif
