/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Days of the Gregorian calendar, as "YYYY-MM-DD", years DATE_YEAR_MIN to CASE_YEAR_MAX: clients
 * are old people too. */
#ifndef REMBUK_CASEWORK_CALENDAR_H
#define REMBUK_CASEWORK_CALENDAR_H

#include "protocol/bytes.h"

enum { DATE_BYTES = 10, DATE_YEAR_MIN = 1900, CASE_YEAR_MIN = 2000, CASE_YEAR_MAX = 2199 };

bool date_is_valid(struct span date);

/* Days since 1970-01-01; their difference is that of two dates.  The date is valid. */
int32_t date_days(struct span date);

/* The day in western Indonesia (UTC+7) at that time.  A clock outside of the years in which cases
 * are opened (from CASE_YEAR_MIN on) gives the nearer end of them: a case is opened even on a
 * machine without a date. */
void date_at(int64_t now_ms, char out[static DATE_BYTES + 1]);

#endif
