/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ages as people type and read them.  An age is true on a day; of a baby it counts in months. */
#ifndef REMBUK_CLI_AGE_H
#define REMBUK_CLI_AGE_H

#include "protocol/casework/case_record.h"

struct age {
    unsigned number;
    enum age_unit unit;
};

/* "7", "7tahun", "7 years": years.  "8m", "8b" (bulan), "8bulan", "8 months": months.
 * RB_MALFORMED: neither; RB_TOO_LARGE: above CASE_AGE_YEARS_MAX or CASE_AGE_MONTHS_MAX. */
enum rb_status age_parse(struct span typed, struct age *age) RB_MUST_CHECK;

/* Above 18 years: a record of a child is rarely meant. */
bool age_is_adult(const struct age *age);

/* "7 years", "8 months", in the language set. */
enum { AGE_SHOWN_BYTES = 48 };
void age_show(const struct age *age, char out[static AGE_SHOWN_BYTES]);

#endif
