/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What falls due in a record (F7): every day to come that a form tells, of what is not done or
 * dropped, nor a consent that a later one has renewed.  Nothing does in a closed case. */
#ifndef REMBUK_CASEWORK_DUES_H
#define REMBUK_CASEWORK_DUES_H

#include "protocol/casework/record.h"

struct due {
    const struct record_item *item;
    const struct field *field;
    struct span day; /* "YYYY-MM-DD" */
};

/* In the order of the printed record.  Ends when `each` returns false. */
void dues_each(const struct record *record, bool (*each)(void *context, const struct due *),
               void *context);

/* The earliest one; false: nothing falls due. */
bool dues_next(const struct record *record, struct due *next);

#endif
