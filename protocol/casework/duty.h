/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is responsible for a case, and who has which duty in it.
 *
 * Who opened a case is responsible for it.  He gives it to a colleague by a hand-over, which counts
 * once that colleague has accepted it.  A hand-over names the one by which its giver had the case,
 * so they form a tree; responsible is whoever stands at an end of it.  So there is never nobody, no
 * clock decides, and two who accepted without knowing of each other are both responsible until one
 * of them hands the case to the other. */
#ifndef REMBUK_CASEWORK_DUTY_H
#define REMBUK_CASEWORK_DUTY_H

#include "protocol/casework/record.h"

enum { RESPONSIBLE_MAX = 8 }; /* more than one is an accident that is settled by people */

/* Gives how many, 1 to RESPONSIBLE_MAX (the first of more), each once, by (hlc, ref) of their
 * hand-overs.  `opener` and all other persons here: HASH_BYTES. */
size_t record_responsible(const struct record *record, const uint8_t *opener,
                          const uint8_t *people[static RESPONSIBLE_MAX]);
/* Also of more than RESPONSIBLE_MAX. */
bool record_is_responsible(const struct record *record, const uint8_t *opener,
                           const uint8_t *person);

/* The accepted hand-over by which that person is responsible, for HANDOVER_AFTER; NULL: he opened
 * the case, or is not responsible. */
const struct record_item *record_handover_of(const struct record *record, const uint8_t *opener,
                                             const uint8_t *person);

/* A hand-over to that person that he has not answered, of those by who is responsible still; NULL:
 * none. */
const struct record_item *record_handover_open(const struct record *record, const uint8_t *opener,
                                               const uint8_t *person);

/* Whether that person has the duty now, by anybody who may give it. */
bool record_has_duty(const struct record *record, const uint8_t *person, enum duty duty);

/* The first duty that person has now, in the order of enum duty; DUTY_NONE. */
enum duty record_duty(const struct record *record, const uint8_t *person);

/* Whether anybody has it. */
bool record_has_any_duty(const struct record *record, enum duty duty);

#endif
