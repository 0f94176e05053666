/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A one-shot command that is run by the process which owns the home. */
#ifndef REMBUK_CLI_ATTACH_H
#define REMBUK_CLI_ATTACH_H

#include "cli/context.h"
#include "cli/parse.h"
#include "node/channel.h"

/* What the command reads where it was typed, by place of the argument. */
struct call_inputs {
    struct span bytes[ARGUMENTS_MAX];
    bool given[ARGUMENTS_MAX];
};

/* Has the call run over there, asks here what is asked, and prints here what is answered.  RB_OK
 * and its exit code; else noted in the context: RB_UNREACHABLE (the owner went away, or the person
 * did not wait for him; the command may have been carried out), RB_BUSY (he is of another version,
 * or did not answer within HOME_WAIT_MS; nothing was done), RB_TOO_LARGE (the words).  Not noted:
 * RB_NOT_FOUND (he locks, or has gone, before anything was done).  `look`: only what its references
 * mean; nothing is printed but a refusal. */
enum rb_status attach_run(struct context *context, struct channel *channel,
                          const struct parsed *parsed, const struct call_inputs *inputs, bool look,
                          int *exit_code) RB_MUST_CHECK;

/* Notes that he takes nobody now. */
enum rb_status attach_fail_unwelcome(struct context *context, const struct command *command)
    RB_MUST_CHECK;

#endif
