/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Offices, their chains and letters of assignment, as several commands show and read them. */
#ifndef REMBUK_CLI_OFFICES_H
#define REMBUK_CLI_OFFICES_H

#include "cli/context.h"
#include "cli/people.h"
#include "store/letters.h"
#include "store/offices.h"

/* "province", "district", "supervisor", "worker", "root": for scripts; and for people. */
const char *office_rank_word(enum cert_rank rank);
const char *office_rank_shown(enum cert_rank rank);

/* "area 3273", or that it is everywhere; valid as long as `region`, printable. */
const char *area_shown(struct output *out, struct span region);

/* A day as letters have it, 2026-11-25, as people write it: 25/11/2026. */
enum { DAY_SHOWN_BYTES = sizeof "25/11/2026" };
void day_shown(struct span day, char out[static DAY_SHOWN_BYTES]);

/* The digits of --area; `region` stays as it is if there is none.  What is no code is wrong usage.
 * `digits` holds what `region` borrows. */
enum rb_status area_read(struct context *context, const struct call *call, struct writer *digits,
                         struct span *region) RB_MUST_CHECK;

/* ---- Facts ---- */

/* name, area, rank: inside a row or at the top. */
void office_put(struct output *out, struct span name, struct span region, enum cert_rank rank);

/* The same of an office of this home, after its number. */
void office_row_put(struct output *out, const struct office_row *office);

/* A chain that has been verified: network, root, words and chain as facts; for people who signed,
 * line by line, from offices[from] on. */
void chain_put(struct output *out, const struct cert *offices, size_t count);
void chain_say(struct output *out, const struct cert *offices, size_t count, size_t from);

/* What stands in the certificate of a person and above it, as facts; and as sentences. */
struct letter_view {
    struct cert person;
    struct cert offices[CHAIN_CERTS_MAX];
    size_t office_count; /* 0: nobody but himself has signed it */
    int64_t revoked_ms;  /* 0: it is not */
    enum cert_validity validity;
};
enum rb_status letter_view_read(struct context *context, struct span person_cert, struct span chain,
                                struct letter_view *view) RB_MUST_CHECK;
/* The letter that is used now, or one's own certificate; `row` holds what the view borrows. */
enum rb_status letter_view_used(struct context *context, struct letter_row *row,
                                struct letter_view *view) RB_MUST_CHECK;
void letter_put(struct output *out, const struct letter_view *view);
void letter_say(struct output *out, const struct letter_view *view);

/* One's own letter is another now: whoever has the card needs a new one. */
void letter_next_card(struct output *out);

/* "holds", "not_yet", "ended", "revoked": for scripts; for people the day, too. */
const char *letter_state_word(enum cert_validity validity, int64_t revoked_ms);
enum { LETTER_STATE_BYTES = 128 };
void letter_state_shown(int64_t from_s, int64_t until_s, int64_t revoked_ms,
                        char out[static LETTER_STATE_BYTES]);

/* ---- Refusals ---- */

/* The letter of that person, or, NULL, one's own, has ended or not begun: RB_EXPIRED, with the day
 * that it is on this computer, since a clock may be far wrong. */
enum rb_status fail_letter(struct context *context, const char *name, int64_t from_s,
                           int64_t until_s) RB_MUST_CHECK;

/* One's own letter is known to be revoked: RB_REFUSED. */
enum rb_status fail_revoked_letter(struct context *context) RB_MUST_CHECK;

/* No office of this home may sign for that rank and area, and why: RB_REFUSED or RB_NOT_FOUND as
 * office_choose gave it. */
enum rb_status fail_office(struct context *context, enum rb_status status, enum office_rule rule,
                           const struct office_row *nearest) RB_MUST_CHECK;

/* ---- Files ---- */

/* What stands between the armour of that kind; one sentence for whatever else was given. */
enum rb_status armoured_read(struct context *context, struct span text, const char *kind,
                             size_t bytes_max, struct writer *bytes) RB_MUST_CHECK;

/* Into a new file; nothing is overwritten. */
enum rb_status armoured_write(struct context *context, const char *path, const char *kind,
                              struct span bytes) RB_MUST_CHECK;

/* The sentence for what is in a file that is armoured as it should be, else `status`. */
enum rb_status fail_content(struct context *context, enum rb_status status) RB_MUST_CHECK;

#endif
