/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How cases are shown by several commands.  Nothing here names a client. */
#ifndef REMBUK_CLI_CASES_H
#define REMBUK_CLI_CASES_H

#include "cli/context.h"
#include "store/cases.h"

/* The code, or what stands for it while the record has not come. */
const char *case_code_shown(const struct case_row *row);

/* Where it stands among the stages of help; what was written into an ended one is told at once. */
const char *case_stage_shown(const struct case_row *row);

/* "9 years (on 25/11/2026)", or that it was not told. */
enum { CASE_AGE_SHOWN_BYTES = 96 };
void case_age_shown(const struct case_record *record, char out[static CASE_AGE_SHOWN_BYTES]);
const char *case_sex_shown(const struct case_record *record);

/* Facts of one case: inside a row, or at the top. */
void case_put(struct output *out, const struct case_row *row);

/* For people: number, code and what is known at a glance. */
void case_say(struct output *out, const struct case_row *row);

/* "12.3": third entry of case 12. */
enum { ENTRY_REFERENCE_BYTES = 48 };
void entry_reference(const struct entry_row *row, char out[static ENTRY_REFERENCE_BYTES]);

/* How many threads the case has. */
enum rb_status case_count_threads(struct context *context, const struct case_row *row,
                                  size_t *count) RB_MUST_CHECK;

#endif
