/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Revocations that go from node to node by themselves (docs/protocol.md, 9): what peers bring, what
 * they are given, and what they have.
 *
 * What is kept: of contacts, of people of a circle here and of oneself; and of whoever has a letter
 * of a network that is known here (of an own letter or office, the anchor of a circle), up to
 * REVOKES_STRANGERS_MAX.  What is kept has a place, and every peer is given it once.  What is not
 * is noted, so that its bringer can be asked again when the person has become known. */
#ifndef REMBUK_STORE_REVOCATION_RELAY_H
#define REMBUK_STORE_REVOCATION_RELAY_H

#include "protocol/revoke_proof.h"
#include "store/store.h"

/* A device that exchanges with this home, and which store it has. */
struct relay_peer {
    uint8_t device[CERT_ID_BYTES];
    uint8_t store_inc[STORE_INC_BYTES];
};

/* Takes what a peer brought: PROVEDs, one after the other, of the right form, in a transaction of
 * their own.  RB_OK also for what is known, or of no use here.  RB_MALFORMED, RB_BAD_SIGNATURE: one
 * of them proves nothing; those before it are kept. */
enum rb_status relay_take(struct store *store, const struct relay_peer *from, struct span items,
                          int64_t now_ms) RB_MUST_CHECK;

/* The newest place; 0: none. */
enum rb_status relay_place(struct store *store, uint64_t *place) RB_MUST_CHECK;

/* Appends those from that place on, REVOKES_ITEMS_MAX at most; what the peer brought himself is
 * left out.  `*upto`: the place of the last one, or the newest if there are no more. */
enum rb_status relay_give(struct store *store, const struct relay_peer *peer, uint64_t from,
                          struct writer *items, size_t *count, uint64_t *upto) RB_MUST_CHECK;

/* Up to which place the peer has them; 0 if he has another store than he had. */
enum rb_status relay_got(struct store *store, const struct relay_peer *peer, uint64_t *got)
    RB_MUST_CHECK;
enum rb_status relay_set_got(struct store *store, const struct relay_peer *peer, uint64_t got)
    RB_MUST_CHECK;

/* Whether something that this device brought, and that was of no use then, is now.  It costs a
 * handful of queries. */
enum rb_status relay_missed(struct store *store, const struct relay_peer *peer, bool *missed)
    RB_MUST_CHECK;

/* He has given all of them again: what is of use now is here, the rest still waits. */
enum rb_status relay_forget_missed(struct store *store, const struct relay_peer *peer)
    RB_MUST_CHECK;

#endif
