/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What opening a case and its identity part asks of whom (F15).  Whoever has the key can read it,
 * whatever a program says; so openings are written down for the others to see, of the identity part
 * every one.  Who has no everyday part in the case has to break the glass before that: with a
 * reason, for a day, and the supervisors are told. */
#ifndef REMBUK_CASEWORK_ACCESS_H
#define REMBUK_CASEWORK_ACCESS_H

#include "protocol/casework/consent.h"
#include "protocol/casework/duty.h"

enum { GLASS_MIN = 24 * 60 };

enum access_need {
    ACCESS_NEEDS_REASON, /* responsible for the case; or supervisor, co-worker, and consent holds */
    ACCESS_NEEDS_GLASS
};

/* `sharing`: of consent_look for the team.  Whoever has broken the glass needs only a reason until
 * its time is over. */
enum access_need access_need(const struct record *record, const uint8_t *opener,
                             const uint8_t *person, enum consent_state sharing, int64_t now_min);

enum { ACCESS_AGAIN_MS = 24 * 60 * 60 * 1000 };

/* Whether it is to be written down that this person reads the case: it is of everybody but who is
 * responsible, once in ACCESS_AGAIN_MS. */
bool access_is_due(const struct record *record, const uint8_t *opener, const uint8_t *person,
                   int64_t now_ms);

/* The newest breaking of the glass by anybody but `person`; NULL: none. */
const struct record_item *access_glass(const struct record *record, const uint8_t *person);

#endif
