/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How complete a record is, and what is missing (F4).  What belongs to a stage counts from that
 * stage on; the annex is that of the case's cluster.  Of duties a supervisor is asked for; of who
 * has died or refuses, neither a criterion nor after-care. */
#ifndef REMBUK_CASEWORK_COMPLETENESS_H
#define REMBUK_CASEWORK_COMPLETENESS_H

#include "protocol/casework/stage.h"

/* One part that a complete record has. */
struct part_row {
    enum form form;
    int field;        /* the field that has to be told; ANY_FIELD: anything in the form */
    enum stage stage; /* from which on it counts */
};
enum { ANY_FIELD = -1 };

struct completeness {
    size_t have, all;
    unsigned percent; /* rounded down; 100 only if nothing is missing */
};

/* `opened` is what was told when the case was opened: its age and sex and cluster count as told. */
struct completeness completeness_look(const struct record *record,
                                      const struct case_record *opened);

/* The missing parts, in the order of the printed record.  Ends when `each` returns false. */
void completeness_missing(const struct record *record, const struct case_record *opened,
                          bool (*each)(void *context, const struct part_row *), void *context);

#endif
