/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person has decided about somebody else, for his own devices: stands in his own circle.
 *   CONTACT body = map { 0 person id32, 1 standing, 2 bstr CARD }        refs: none
 *   2 is left out of a removal, and where a card has more than CONTACT_CARD_BYTES_MAX bytes.
 * Of all records about a person the newest by (hlc, ref) says whether he is a contact.  He is a
 * verified one if one that says so is newer than every removal: a card that is added on a device
 * that has not heard of it yet takes nothing away. */
#ifndef REMBUK_CASEWORK_CONTACT_H
#define REMBUK_CASEWORK_CONTACT_H

#include "protocol/casework/kinds.h"

/* On the wire: appended, never reused. */
enum contact_standing {
    CONTACT_KNOWN = 0,
    CONTACT_VERIFIED = 1, /* their words were compared: it binds the person id */
    CONTACT_REMOVED = 2
};

enum { CONTACT_CARD_BYTES_MAX = TEXT_BYTES_MAX }; /* there is room for the heads besides */

struct contact_record {
    uint8_t person[HASH_BYTES];
    enum contact_standing standing;
    struct span card; /* borrowed, or empty; not taken apart here: whoever uses it verifies it */
};
void contact_record_encode(struct writer *out, const struct contact_record *record);
enum rb_status contact_record_decode(struct span body, struct contact_record *record) RB_MUST_CHECK;

#endif
