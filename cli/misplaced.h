/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text that may be meant for somewhere else than where it would go.  A text that reaches the
 * wrong people cannot be taken back, so in a place of the console (place.h) a command that takes a
 * text is asked about first if
 *
 *   - the place is a case or a thread of one, and the text would leave the case's circle, or
 *   - the place was put in for the command, and the text begins like a reference to a thing of the
 *     place's sort, the place itself included: "tulis 5 anak" in thread 12, where there is a thread
 *     5; "tulis 12 anak" there, as one would have to type elsewhere. */
#ifndef REMBUK_CLI_MISPLACED_H
#define REMBUK_CLI_MISPLACED_H

#include "cli/context.h"

/* The question, or nothing; the references of the call are found. */
enum rb_status misplaced_question(struct context *context, const struct call *call,
                                  struct writer *question) RB_MUST_CHECK;

/* What follows a no. */
extern const char misplaced_declined[];

#endif
