/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What proves a revocation (protocol/revoke_proof.h), put together from the certificates that are
 * known here: one's own, those of contacts, letters that offices of this home signed, and those
 * that operations of circles name.  A revocation that is proved has a place, and goes to every peer
 * (revocation_relay.h). */
#ifndef REMBUK_STORE_REVOCATION_PROOF_H
#define REMBUK_STORE_REVOCATION_PROOF_H

#include "protocol/revoke_proof.h"
#include "store/store.h"

/* Puts together the proofs of some that have been learnt since, in a transaction of its own, and
 * costs next to nothing if there are none.  What cannot be proved goes in circles only, as REVOKED.
 */
enum rb_status revocations_prove(struct store *store) RB_MUST_CHECK;

/* ---- Inside the store layer, in the transaction of the caller ---- */

/* Keeps the bytes of a PROVED for the revocation, which is kept and has no place yet, and gives it
 * the next one. */
enum rb_status revocation_set_proof(struct store *store, const struct revocation *revocation,
                                    struct span proved) RB_MUST_CHECK;

#endif
