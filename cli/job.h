/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One command on its way, in the process that has the store: parses its words, finds what its
 * references mean, asks for what has to be confirmed, runs the row, and says how it went.  Pure but
 * for what the row does: it never waits and never reads the keyboard.
 *
 *   state     leaves it by job_step
 *   goes on   the row's go_on says that it is done, or the row refuses    -> ended
 *   asks      (the job is at its end: who is asked starts another one, with what he confirmed)
 *   ended */
#ifndef REMBUK_CLI_JOB_H
#define REMBUK_CLI_JOB_H

#include "cli/context.h"
#include "cli/parse.h"

#include <stdio.h>

struct job;

enum job_state { JOB_GOES_ON, JOB_ASKS, JOB_ENDED };

/* Everything is borrowed until job_destroy. */
struct job_setup {
    const struct settings *settings; /* as of this command; copied */
    struct store *store;             /* open if the row needs it */
    struct node *node;               /* or NULL */
    FILE *out, *err;
    struct progress progress;
    size_t word_count;
    char *const *words;
    struct span inputs[ARGUMENTS_MAX]; /* of arguments that argument_is_input */
    struct span confirmed;             /* the question that was answered with yes; empty: none */
    struct place place;                /* where the console is */
    bool look; /* only find what the references mean; without a store not even that: then it is said
                  what can be refused before the store is opened */
};

struct job *job_new(const struct job_setup *setup); /* never NULL */
void job_destroy(struct job **job);                 /* NULL is fine */

enum job_state job_step(struct job *job);

/* The person does not want to wait any longer: the next job_step is the last one. */
void job_cancel(struct job *job);

/* JOB_ASKS. */
struct span job_question(const struct job *job);
const char *job_unasked(const struct job *job);  /* what to type instead; translated, "": nothing */
const char *job_declined(const struct job *job); /* what follows a no; the same */

/* JOB_ENDED. */
int job_exit_code(const struct job *job);
const struct context *job_context(const struct job *job); /* for the change of place */

#endif
