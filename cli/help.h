/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help, made from the rows. */
#ifndef REMBUK_CLI_HELP_H
#define REMBUK_CLI_HELP_H

#include "cli/context.h"

void help_begin(struct context *context); /* short: what can be done next */
void help_command(struct context *context, const struct command *command);
void help_version(struct context *context);

/* There is a data folder already. */
bool help_has_home(const struct settings *settings);

/* Of everything (word NULL), of a family of commands, or of one command. */
enum rb_status help_words(struct context *context, const char *word, const char *verb)
    RB_MUST_CHECK;

#endif
