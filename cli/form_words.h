/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of the forms of the case record (protocol/casework/form.h): what a form is called, and
 * each of its fields as an option of the command that fills it.  A field's English word is that of
 * form.c; its Indonesian one stands here, as do the questions. */
#ifndef REMBUK_CLI_FORM_WORDS_H
#define REMBUK_CLI_FORM_WORDS_H

#include "cli/command.h"
#include "protocol/casework/form.h"

struct form_words {
    enum form form;
    const char *shown;    /* its title, translated where it is shown */
    const char *typed_id; /* its name as it is typed in Indonesian; the English one is form.c's */
    const struct option *options; /* one for each field that is typed; ends with a NULL name */
};

/* Of every form of this version. */
const struct form_words *form_words(enum form form);

/* The form of that name, in either language, a blank or a hyphen between its words; NULL: none. */
const struct form_row *form_named(struct span typed);

/* The field of that name, in either language; NULL: none that is typed. */
const struct field *form_field_typed(enum form form, struct span typed);

/* How a field is called for people: "Hours a day".  Into `out`. */
enum { FIELD_SHOWN_BYTES = 48 };
void form_field_shown(enum form form, const struct field *field, enum language language,
                      char out[static FIELD_SHOWN_BYTES]);

/* Word number `index` of what can be chosen; borrowed.  English without an option of its own. */
struct span form_choice_shown(enum form form, const struct field *field, uint64_t index,
                              enum language language);

/* The place of a word of either language among what can be chosen; -1: it is none. */
int form_choice_typed(enum form form, const struct field *field, struct span typed);

#endif
