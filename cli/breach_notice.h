/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The draft of the written notice that article 46 of Law 27 of 2022 (UU PDP) asks for when personal
 * data may have been disclosed: within 3 x 24 hours, to the people whose data it is and to the
 * institution; with the data, when and how, and what was done.
 *
 * What this computer knows is filled in, and what only a person knows is a blank.  Clients stand in
 * it by the codes of their cases; names of groups, which people choose freely, are left out. */
#ifndef REMBUK_CLI_BREACH_NOTICE_H
#define REMBUK_CLI_BREACH_NOTICE_H

#include "cli/devices.h"

enum { BREACH_NOTICE_HOURS = 3 * 24, BREACH_NOTICE_BYTES_MAX = 1 << 20 };

/* What has shut the computer out. */
enum breach_act {
    BREACH_OPEN,           /* nothing yet */
    BREACH_REVOKED_NOW,    /* its certificate was revoked, at `now_ms` */
    BREACH_REVOKED_BEFORE, /* the same, at `since_ms` */
    BREACH_LETTER_REVOKED, /* the letter of its owner, at `now_ms` */
};

/* Everything is borrowed; the texts are printable, on one line. */
struct breach_notice {
    int64_t now_ms;
    int64_t since_ms; /* since when the loss is known at the latest; 0: now */
    const char *owner;
    const char *computer;         /* NULL: it is not known which one */
    const char *how;              /* NULL: a blank */
    int64_t from_s, last_seen_ms; /* 0: not known, never */
    enum breach_act act;
    const struct held *held;
};

/* Appends the draft in the language set. */
void breach_notice_write(struct writer *out, const struct breach_notice *notice);

/* When the 3 x 24 hours are over that begin then. */
int64_t breach_notice_until(int64_t since_ms);

#endif
