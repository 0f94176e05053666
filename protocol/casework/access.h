/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What opening the identity part asks of whom (F15).  Whoever has its key can read it, whatever a
 * program says; so every opening is written down for the others to see, and who has no everyday
 * part in the case has to break the glass: with a reason, for a day, and the supervisors are
 * told. */
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

/* The newest breaking of the glass by anybody but `person`; NULL: none. */
const struct record_item *access_glass(const struct record *record, const uint8_t *person);

#endif
