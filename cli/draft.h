/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was typed or pasted and not sent, as the owner keeps it from one time to the next:
 *
 *   message (node/message.h)   DRAFT, [ time (ms), by lock, place, place outside, may be done ],
 *                              [ line, block, place, place outside ]
 *
 * The line is what stands behind the prompt, or what a guide has been told so far; it means what it
 * says only in the place where it was typed.  A console that locks keeps where one is even if
 * nothing was typed.  Pure. */
#ifndef REMBUK_CLI_DRAFT_H
#define REMBUK_CLI_DRAFT_H

#include "cli/place.h"

/* All zeros is empty. */
struct draft {
    struct writer line, block; /* owned */
    size_t block_lines;
    int64_t kept_ms;           /* by the clock on the wall */
    struct place place, outer; /* the case from which one has entered a thread; or nowhere */
    bool by_lock;
    bool may_be_done; /* the line is a command that was being carried out */
};

void draft_clear(struct draft *draft);          /* wipes */
bool draft_is_empty(const struct draft *draft); /* no text is kept, perhaps the place */

/* The line becomes this one, cut to what is kept. */
void draft_set_line(struct draft *draft, struct span line);

/* Appends a pasted block, whose last line may have no end.  RB_TOO_LARGE, and nothing appended:
 * together they would be more than DRAFT_BYTES_MAX. */
enum rb_status draft_append_block(struct draft *draft, struct span block) RB_MUST_CHECK;
void draft_drop_block(struct draft *draft);

/* Appends the bytes to be kept; none of an empty draft that is not kept by a lock. */
void draft_write(const struct draft *draft, struct writer *out);

/* RB_MALFORMED: of no version that we know; `draft` is empty then. */
enum rb_status draft_read(struct span bytes, struct draft *draft) RB_MUST_CHECK;

#endif
