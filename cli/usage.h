/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wrong usage into a sentence that says what was meant, as far as one can guess. */
#ifndef REMBUK_CLI_USAGE_H
#define REMBUK_CLI_USAGE_H

#include "cli/errors.h"
#include "cli/parse.h"

/* `parsed` has a fault.  Notes the failure (exit code 2) and gives its status. */
enum rb_status usage_fail(struct failure *failure, const struct parsed *parsed,
                          enum language language);

/* What is meant by a verb that people type for another one of the same family; NULL: nothing. */
const struct command *usage_synonym(struct span verb, const struct command *family);

/* Appends "group invite GROUP CONTACT [--option VALUE]" in that language, without the program's
 * name. */
void usage_write(struct writer *out, const struct command *command, enum language language);

/* The same as it is typed in the console: without what may be left out and without quotes around
 * the text; without the first argument if one is in that place. */
void usage_write_here(struct writer *out, const struct command *command, enum language language,
                      bool is_placed);

/* The same without what may be left out. */
void usage_write_short(struct writer *out, const struct command *command, enum language language);

#endif
