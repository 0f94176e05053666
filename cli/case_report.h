/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The printed report of a case (F38): the whole record as it stands, in the order of the stages.
 * Left out: what is talk between colleagues (comments, flags, hand-overs, openings), and every
 * consent that may not be printed (consent.h), for a report may come into the hands of the very one
 * who was left out of it. */
#ifndef REMBUK_CLI_CASE_REPORT_H
#define REMBUK_CLI_CASE_REPORT_H

#include "cli/document.h"
#include "cli/oversight.h"

enum { CASE_REPORT_BYTES_MAX = 16 * 1024 * 1024 };

/* `identity`: the record of the identity part; NULL: without it.  Of what two have told differently
 * all is told, with who and when. */
enum rb_status case_report_write(struct context *context, const struct oversight *oversight,
                                 const struct record *identity, const struct document_style *style,
                                 struct writer *out) RB_MUST_CHECK;

#endif
