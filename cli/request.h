/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command as the console sends it: its words, and what was read for it where it was typed.  A
 * text is always sent as an input, so that "-" is text like any other, and a pasted block goes with
 * it. */
#ifndef REMBUK_CLI_REQUEST_H
#define REMBUK_CLI_REQUEST_H

#include "cli/errors.h"
#include "cli/parse.h"
#include "cli/talk.h"

/* All zeros is empty. */
struct request {
    const struct command *command; /* NULL: help or the version */
    char *words[TALK_WORDS_MAX];   /* owned */
    size_t word_count;
    struct writer inputs[ARGUMENTS_MAX]; /* owned */
    bool is_input[ARGUMENTS_MAX];
};
void request_clear(struct request *request); /* wipes */

/* Copies `count` words that are parsed without a fault, makes paths whole and reads the files they
 * name.  `text` takes the place of what stands in the words as the text (NULL: that stands).  A
 * refusal is noted, and `request` is empty then. */
enum rb_status request_make(struct request *request, size_t count, char *const *words,
                            const struct span *text, struct failure *failure) RB_MUST_CHECK;

/* Adds words and inputs, borrowed. */
void request_fill(const struct request *request, struct talk_run *run);

#endif
