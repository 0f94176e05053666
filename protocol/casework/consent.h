/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a case may be shared: consent, or a legal basis that stands for it (F14).
 *
 * A consent counts if it has its basis, is not withdrawn and has not expired.
 *   - What the client alone consents to counts only for an adult: a guardian has to consent for a
 *     child (Law 27/2022, article 25), and who is of unknown age is taken for a child.
 *   - A basis without the guardian, because he is absent or suspected, and one of law or of
 *     life and death (articles 20 and 26), count only with the reason written down.
 * A withdrawal freezes all sharing until it is followed by a consent that names it
 * (CONSENT_AFTER): who gave that one had heard of the withdrawal, whatever clocks say.  From then
 * on counts what names it, and what was given later; what was given before it stays closed.  A
 * withdrawal stands that anybody has written and not taken back himself.  Within 72 hours of it the
 * holder has to act on it (article 40). */
#ifndef REMBUK_CASEWORK_CONSENT_H
#define REMBUK_CASEWORK_CONSENT_H

#include "protocol/casework/record.h"

#define CONSENT_ACT_MS (INT64_C(72) * 3600 * 1000)
enum { ADULT_YEARS = 18 }; /* Law 35/2014, article 1 */

enum consent_state { CONSENT_NONE, CONSENT_OPEN, CONSENT_EXPIRED, CONSENT_WITHDRAWN };

struct consent {
    enum consent_state state;
    const struct record_item *item; /* that opens, or was withdrawn, or has expired; or NULL */
    int64_t act_until_ms;           /* CONSENT_WITHDRAWN: 72 h after it was first written down */
    bool is_acted_on;
};

/* For sharing with these recipients, or wider ones, on that day ("YYYY-MM-DD").  `is_adult`: known
 * to be (client_is_adult). */
struct consent consent_look(const struct record *record, enum consent_recipients recipients,
                            struct span day, bool is_adult);

/* By the facts of the record, else by what was told when the case was opened; on the day for which
 * they tell the age.  Where two have told different ages, by all of them. */
bool client_is_adult(const struct record *record, const struct case_record *opened);

/* What the guardian was left out of, and what a child asked for by itself, no printed form shows:
 * it may come into the hands of that guardian. */
bool consent_may_be_printed(const struct record_item *consent, bool is_adult);

/* Whether its basis counts at all. */
bool consent_is_valid(const struct record_item *consent, bool is_adult);

bool consent_is_withdrawn(const struct record_item *consent);

/* The first withdrawn consent that none has followed, for CONSENT_AFTER; NULL: none. */
const struct record_item *consent_unanswered(const struct record *record, bool is_adult);

#endif
