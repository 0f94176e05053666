/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One command of a command line from its words to its exit code: run here, or by the process that
 * owns the home if there is one. */
#ifndef REMBUK_CLI_ONESHOT_H
#define REMBUK_CLI_ONESHOT_H

#include "cli/context.h"
#include "cli/parse.h"

/* A failure is either told already, and is the exit code, or noted in the context.  `context` has
 * settings and output; words are those that `parsed` was made of. */
enum rb_status oneshot_run(struct context *context, const struct parsed *parsed, size_t word_count,
                           char *const *words, int *exit_code) RB_MUST_CHECK;

#endif
