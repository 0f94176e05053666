/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A case with its record and the day, for the commands that its rules are asked in; and what
 * several of them say. */
#ifndef REMBUK_CLI_OVERSIGHT_H
#define REMBUK_CLI_OVERSIGHT_H

#include "cli/cases.h"
#include "cli/fill.h"
#include "protocol/casework/stage.h"
#include "store/records.h"

struct oversight {
    struct case_row row;
    struct standing standing;
    char today[WHEN_BYTES]; /* "YYYY-MM-DD" */
};

/* RB_NOT_MEMBER with a sentence if one does not belong to it any more.  Ends with
 * oversight_end, unless it fails. */
enum rb_status oversight_begin(struct context *context, const uint8_t circle[static HASH_BYTES],
                               struct oversight *oversight) RB_MUST_CHECK;
void oversight_end(struct oversight *oversight);

/* Whether the case may be shared with these recipients today. */
struct consent oversight_consent(const struct oversight *oversight,
                                 enum consent_recipients recipients);

/* The state of consent: JSON, and a sentence with what to do. */
enum rb_status consent_say(struct context *context, const struct oversight *oversight)
    RB_MUST_CHECK;

#endif
