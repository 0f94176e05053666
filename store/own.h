/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The own circle of a person: of kind CIRCLE_OWN, with nobody in it but himself, that is, all of
 * his devices (docs/protocol.md, 10).  Now it holds what he has decided about his contacts, so that
 * another device of his knows it too.  It is no group and no case: no list shows it.
 *
 * It is founded when something must stand in it: the first contact whose words were compared, or a
 * second device.  If two devices found one each, what stands in either counts; what is new goes to
 * the one with the smallest id.  Nothing is written any more to one in which somebody else was ever
 * added, and a circle of this kind that comes from somebody else is not taken (control_event.c).
 *
 * Each of these takes part in the caller's open transaction. */
#ifndef REMBUK_STORE_OWN_H
#define REMBUK_STORE_OWN_H

#include "store/store.h"

/* The own circle, founded now if there is none; then every contact whose card or verified state
 * does not stand in it yet is written there.  What cannot be written now (no key of it has come
 * yet) is written with the next one. */
enum rb_status own_circle(struct store *store, int64_t now_ms, uint8_t circle[static HASH_BYTES])
    RB_MUST_CHECK;

/* If there is an own circle: writes what does not stand in it yet of this contact. */
enum rb_status own_contact_write(struct store *store, const uint8_t person[static HASH_BYTES],
                                 int64_t now_ms) RB_MUST_CHECK;

/* Writes that this person is no contact any more, if it stands in an own circle that he is. */
enum rb_status own_contact_remove(struct store *store, const uint8_t person[static HASH_BYTES],
                                  int64_t now_ms) RB_MUST_CHECK;

/* Makes the contacts what the own circles say of them: after records of another device have come,
 * or count no more, since that device is revoked: then whom it alone has brought is gone again.
 * A card that contact_add would not take is left out.  What has changed is told to the observers
 * (store_note_contacts). */
enum rb_status own_contacts_take(struct store *store, int64_t now_ms) RB_MUST_CHECK;

#endif
