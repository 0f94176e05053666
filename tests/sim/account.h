/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One circle as one node has it, in lines of text: what is in the tables, without what may differ
 * between nodes (row numbers, times of arrival, numbers for people). */
#ifndef REMBUK_TESTS_ACCOUNT_H
#define REMBUK_TESTS_ACCOUNT_H

#include "store/store.h"

enum account_part {
    ACCOUNT_FORKS,    /* where logs are cut, and into what */
    ACCOUNT_HEADS,    /* of all logs and branches */
    ACCOUNT_VERDICTS, /* what became of each event */
    ACCOUNT_PEOPLE,   /* by seniority */
    ACCOUNT_VIEWS,    /* what is shown */
    ACCOUNT_PARTS
};
extern const char *const account_names[ACCOUNT_PARTS];

/* Appends lines that end in \n. */
enum rb_status account_write(struct store *store, enum account_part part,
                             const uint8_t circle[static HASH_BYTES], struct writer *out)
    RB_MUST_CHECK;

/* Where a home stands towards a circle, by its own view. */
enum sim_standing { STANDING_OUT, STANDING_INVITED, STANDING_ACCEPTED };

/* The circles that this home knows. */
enum rb_status account_circles(struct store *store,
                               void (*each)(void *context, const uint8_t circle[static HASH_BYTES],
                                            enum sim_standing standing),
                               void *context) RB_MUST_CHECK;

/* That person is out, or his ADD counts for nothing, as far as is known here: not, if nothing at
 * all is known of him. */
enum rb_status account_shuts_out(struct store *store, const uint8_t circle[static HASH_BYTES],
                                 const uint8_t person[static HASH_BYTES], bool *shuts_out)
    RB_MUST_CHECK;

#endif
