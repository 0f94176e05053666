/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rosters of offices, as several commands show them and keep them. */
#ifndef REMBUK_CLI_ROSTERS_H
#define REMBUK_CLI_ROSTERS_H

#include "cli/context.h"
#include "store/roster.h"

/* "today", "1 day old", "9 days old": a number and our own words. */
enum { ROSTER_AGE_BYTES = 64 };
void roster_age_shown(const struct roster_row *roster, char out[static ROSTER_AGE_BYTES]);

/* circle, office, area, rank, kept_here, at, days: inside a row. */
void roster_put(struct output *out, const struct roster_row *roster);

/* "rosters": all of them, each with a sentence that says how old it is; nothing is said if there is
 * none. */
enum rb_status rosters_put(struct context *context) RB_MUST_CHECK;

/* What is due in the rosters of this home's offices, after a letter was given, taken or revoked. */
enum rb_status rosters_keep(struct context *context) RB_MUST_CHECK;

#endif
