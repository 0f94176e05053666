/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is unlikely in a record (F11).  It is told, and nobody is kept from writing it: life may be
 * like that, and lists may be wrong. */
#ifndef REMBUK_CASEWORK_WARNINGS_H
#define REMBUK_CASEWORK_WARNINGS_H

#include "protocol/casework/lists.h"
#include "protocol/casework/record.h"

enum warning_sort {
    WARNING_AGE,     /* outside of the bounds of the category */
    WARNING_CLUSTER, /* the category belongs to another cluster */
    WARNING_CODE,    /* no code of a list that is known here */
    WARNING_FUTURE,  /* a day that has been lies ahead */
    WARNING_ADULT    /* above 18 years: a record of a child is rarely meant */
};

struct warning {
    enum warning_sort sort;
    const struct record_item *item;
    const struct field *field;
};

/* On that day, "YYYY-MM-DD".  Ends when `each` returns false. */
void warnings_each(const struct record *record, struct span day,
                   bool (*each)(void *context, const struct warning *), void *context);

#endif
