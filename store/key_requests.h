/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys that are lacked, asked of another member (KEYREQ, docs/protocol.md 9): events have come and
 * no key that is held opens them.  It happens to who was away while a key was made by somebody he
 * has not met since, and to who was sealed a key under a seal key that he no longer holds.
 *
 * The answer is a KEYGRANT in the circle's log like any other; whoever may not have one hears
 * nothing, not even a no.  Each key is asked of one computer, and answered to it, once in
 * KEY_REQUEST_MS, and at most KEY_REQUESTS_MAX of one circle are answered to it in that time. */
#ifndef REMBUK_STORE_KEY_REQUESTS_H
#define REMBUK_STORE_KEY_REQUESTS_H

#include "protocol/event.h"
#include "store/store.h"

enum { KEY_REQUESTS_MAX = 64 }; /* also: asked at a time */

#define KEY_REQUEST_MS (INT64_C(7) * 24 * 3600 * 1000)

/* Calls `ask` for the keys that are to be asked of that computer of a person who belongs to their
 * circles or introduced them; it says whether it was asked.  Writes, in a transaction of its own,
 * only if it was. */
typedef bool (*key_asker)(void *context, const uint8_t circle[static HASH_BYTES],
                          const uint8_t eid8[static EID8_BYTES]);
enum rb_status key_requests_each(struct store *store, const uint8_t person[static HASH_BYTES],
                                 const uint8_t device[static CERT_ID_BYTES], int64_t now_ms,
                                 key_asker ask, void *context) RB_MUST_CHECK;

/* What somebody asks for: a contact, with the device that a session has proven. */
struct key_request {
    uint8_t circle[HASH_BYTES];
    uint8_t eid8[EID8_BYTES];
    uint8_t person[HASH_BYTES];
    uint8_t device[CERT_ID_BYTES];
    struct span seal_key; /* his newest XKEY, not verified yet */
};

/* Answers, if it is a device of a present member and one has accepted the circle oneself (else
 * RB_OK, and nothing is written): a DEVICE if the circle does not know this seal key; the key
 * itself, whatever it is, and whether or not he has been given it before; and every head that he
 * lacks.  He may have them all, since who belongs to a circle reads it from its beginning.  Own
 * transactions. */
enum rb_status key_request_answer(struct store *store, const struct key_request *request,
                                  int64_t now_ms) RB_MUST_CHECK;

#endif
