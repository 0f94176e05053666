/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stages of help (F3): which may follow which, and what a step onwards needs.  Asked before
 * somebody writes; what comes from others counts anyway, so that nobody is ever locked out.  Two
 * who set different stages apart are a conflict like any other (record.h). */
#ifndef REMBUK_CASEWORK_STAGE_H
#define REMBUK_CASEWORK_STAGE_H

#include "protocol/casework/approval.h"
#include "protocol/casework/consent.h"

/* What is missing; bits. */
enum stage_lack {
    LACKS_SUMMARY = 1,         /* of the assessment */
    LACKS_ASSESSMENT = 2,      /* its approval */
    LACKS_STEP = 4,            /* of the plan */
    LACKS_PLAN = 8,            /* its approval */
    LACKS_CONSENT = 16,        /* for the team, or it is withdrawn or expired */
    LACKS_CRITERION = 32,      /* by which one sees that help is needed no more */
    LACKS_AFTERCARE = 64,      /* a day on which the client is seen again */
    LACKS_ENDING = 128,        /* its approval */
    LACKS_AFTERCARE_DONE = 256 /* the days that were set */
};

/* STAGE_INTAKE until something else was written; of several the front one. */
enum stage record_stage(const struct record *record);

/* Whether `next` comes after `now` at all: onwards by one, back to anything before it, and from
 * every stage to the end of a case that is broken off. */
bool stage_follows(enum stage now, enum stage next);

/* What is missing for going on to `next` on that day; 0: nothing.  Going back lacks nothing.
 * Approvals are lacking only where somebody is there to give them: a supervisor of the case. */
unsigned stage_lacks(const struct record *record, const struct case_record *opened, enum stage next,
                     struct span day);

/* By its ending the client has died or refuses: he is not seen again. */
bool record_is_broken_off(const struct record *record);

/* Ended or closed, and something has been written after that: an item, or an entry whose newest hlc
 * is `entry_hlc` (0: none).  Ended by several apart: after the first of them, until somebody who
 * has seen all sets the stage anew. */
bool record_is_ended(const struct record *record);
bool record_has_news_after_end(const struct record *record, uint64_t entry_hlc);

#endif
