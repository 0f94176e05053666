/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a status to what a person or a script is told: a sentence (what, why, what to do), a stable
 * code and an exit code.  The table has one row for every status; a command that knows better says
 * it with failure_say(). */
#ifndef REMBUK_CLI_ERRORS_H
#define REMBUK_CLI_ERRORS_H

#include "store/vault.h"

/* CLI.md; scripts rely on the numbers. */
enum exit_code {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1,     /* a rule, an unknown or ambiguous reference, a file that is not valid */
    EXIT_USAGE = 2,       /* unknown command or option, missing argument, confirmation needed */
    EXIT_LOCKED = 3,      /* wrong passphrase, or locked */
    EXIT_UNREACHABLE = 4, /* not reachable, or timed out */
    EXIT_STORE = 5        /* disk full, damaged, newer version, home in use */
};

struct error_row {
    enum rb_status status;
    enum exit_code exit;
    const char *code;     /* stable, snake_case */
    const char *sentence; /* English; _() gives it in the user's language */
};

/* Never NULL; RB_OK has no row and must not be asked for. */
const struct error_row *error_row(enum rb_status status);

/* What went wrong in one run of the program; all-zero: nothing yet. */
struct failure {
    const char *code;
    enum exit_code exit;
    char *sentence; /* owned; in the user's language; may hold foreign text: output.c escapes it */
};
void failure_clear(struct failure *failure);

/* Notes a sentence (translated, printf form) for `status`, with its exit code; the code is that of
 * the status if `code` is NULL.  The failure noted last stands.  Gives `status`, so that a command
 * can end with "return failure_say(...)". */
enum rb_status failure_say(struct failure *failure, enum rb_status status, const char *code,
                           const char *sentence, ...) __attribute__((format(printf, 4, 5)));

/* The same for wrong usage, which is no status of the layers below: exit code 2. */
enum rb_status failure_usage(struct failure *failure, const char *code, const char *sentence, ...)
    __attribute__((format(printf, 3, 4)));

/* Which file of the data folder is damaged and where, and what to do: RB_DAMAGED. */
enum rb_status failure_damage(struct failure *failure, const char *home,
                              const struct damage *damage);

/* Notes the general sentence of `status` if nothing was noted yet. */
void failure_complete(struct failure *failure, enum rb_status status);

#endif
