/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options, environment and configuration into settings, in this order of rank:
 *
 *   home        --home, REMBUK_HOME, $XDG_DATA_HOME/rembuk, ~/.local/share/rembuk
 *   language    --lang, REMBUK_LANG, the configuration, Indonesian
 *   passphrase  --passphrase-file, REMBUK_PASSPHRASE_FILE, else a question
 *   width       COLUMNS, the terminal, else unlimited
 *   colour      the terminal of standard output has it, and NO_COLOR is not set (colour.h)
 *   log         REMBUK_LOG=1
 *
 * An environment variable that is empty counts as not set. */
#ifndef REMBUK_CLI_SETTINGS_H
#define REMBUK_CLI_SETTINGS_H

#include "cli/context.h"
#include "cli/parse.h"

/* Pointers are borrowed from `globals` and the environment.  Always fills `settings`; what is wrong
 * with an option is noted in `failure` after the language is set. */
enum rb_status settings_read(struct settings *settings, const char *const globals[GLOBAL_COUNT],
                             const char *locale_dir, struct failure *failure) RB_MUST_CHECK;

/* What one command, typed at a console or attached, may decide for itself: form, yes, language. */
void settings_of_command(struct settings *settings, const char *const globals[GLOBAL_COUNT]);

#endif
