/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The language of the program: Indonesian unless something else was asked for.  Only cli
 * translates.  Texts in the code are English (msgids); po/ has the others.  The system's locale is
 * not asked. */
#ifndef REMBUK_CLI_LANG_H
#define REMBUK_CLI_LANG_H

#include <libintl.h>
#include <stdbool.h>

#define _(text)  gettext(text)
#define N_(text) text /* marks a text that _() translates where it is shown */

enum language { LANGUAGE_INDONESIAN, LANGUAGE_ENGLISH };

/* "id" or "en"; false, and nothing changed, for anything else. */
bool language_parse(const char *word, enum language *language);

/* From now on _() gives texts of this language, with the catalogues below `locale_dir`.  May be
 * called again to change the language. */
void language_set(enum language language, const char *locale_dir);

#endif
