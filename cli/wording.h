/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sentences name commands as they are typed at a shell: "... exchange it: rembuk sync".  In the
 * console the same command goes without the program's name.  Like the language this is a property
 * of whoever is being spoken to, so it is set with it, before a command runs.
 *
 * It is done to the sentence before names and texts of people are put in: what they wrote is never
 * changed. */
#ifndef REMBUK_CLI_WORDING_H
#define REMBUK_CLI_WORDING_H

#include <stdbool.h>

/* Who is spoken to sits at a console. */
void wording_set_console(bool is_console);

/* The sentence (translated, perhaps a printf form) as it is to be said; the caller frees. */
char *wording_of(const char *sentence);

#endif
