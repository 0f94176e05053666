/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Certificates that hold no more, as this home knows them: whether somebody brought it or it stood
 * in a circle.  Each is written as REVOKED into every circle that has the certificate, before the
 * next event that is written there; until then it costs nothing.  Besides it goes to every peer by
 * itself (revocation_relay.h).
 *
 * Who may revoke is known from the certificates of a circle: the person himself, another device of
 * his, or, of a person certificate, the office that signed that very one. */
#ifndef REMBUK_STORE_REVOCATIONS_H
#define REMBUK_STORE_REVOCATIONS_H

#include "protocol/circle.h"
#include "protocol/revoke_proof.h"
#include "store/store.h"

/* A person's real number is a handful.  Who has made up so many of himself has no use for more, and
 * each is written into circles by everybody else.  Anybody can make up offices and letters, and
 * whoever has stolen a device can sign with it: neither uses up the room that the person has, or
 * his other devices. */
enum {
    REVOCATIONS_PER_PERSON_MAX = 64, /* of each sort of signer, */
    REVOCATIONS_PER_ISSUER_MAX = 16  /* and of these by one device or office */
};

/* Keeps the bytes of a REVOKE (credential.h); RB_OK also if it was known.  RB_MALFORMED,
 * RB_UNKNOWN, RB_BAD_SIGNATURE; RB_REFUSED: no circle here says that its issuer may revoke that
 * certificate, nor is he an own device, nor has an office of this home signed it; or no room for it
 * (REVOCATIONS_PER_PERSON_MAX, REVOCATIONS_PER_ISSUER_MAX). */
enum rb_status revocation_add(struct store *store, struct span whole, int64_t now_ms) RB_MUST_CHECK;

/* ---- Inside the store layer, in the transaction of the caller ---- */

enum rb_status revocation_is_kept(struct store *store, const struct revocation *revocation,
                                  bool *kept) RB_MUST_CHECK;

/* Whether there is room for one more by that signer. */
enum rb_status revocation_has_room(struct store *store, const struct revocation *revocation,
                                   enum revocation_signer signer, bool *room) RB_MUST_CHECK;

/* Keeps one that is proved and that a peer brought; what the peer has of the circles comes behind
 * it (revocations_settle).  RB_OK also if it was known; RB_REFUSED: there is no room. */
enum rb_status revocation_keep(struct store *store, const struct revocation *revocation,
                               enum revocation_signer signer, int64_t now_ms) RB_MUST_CHECK;

/* What a GENESIS, ADD or DEVICE says of a person's certificate. */
enum rb_status person_cert_add(struct store *store, int64_t circle, const struct cert *person)
    RB_MUST_CHECK;

/* A REVOKED of a circle, kept until circle_grants says whether it is real. */
enum rb_status revoked_insert(struct store *store, int64_t circle, const struct op *op, bool own)
    RB_MUST_CHECK;

/* What is revoked in this circle is known for all others, too; of each person the first that come
 * are. */
enum rb_status revocations_learn(struct store *store, int64_t circle, const struct circle *fold)
    RB_MUST_CHECK;

/* The first revocation that is to be written into a circle; its bytes are appended to `whole`.
 * RB_NOT_FOUND: none is. */
enum rb_status revocation_due(struct store *store, int64_t circle, const struct circle *fold,
                              struct writer *whole) RB_MUST_CHECK;

/* Whether one of those is of that device, or of the person whose it is. */
enum rb_status revocation_is_due_of(struct store *store, int64_t circle, const struct circle *fold,
                                    const struct recipient *recipient, bool *due) RB_MUST_CHECK;

/* Whether one of those must be written now: whoever is revoked has written in the circle since that
 * was learnt here, and nothing there says yet that it does not count. */
enum rb_status revocation_presses(struct store *store, int64_t circle, const struct circle *fold,
                                  bool *presses) RB_MUST_CHECK;

/* Sets the locks of a REVOKED back to what was here when the revocation was learnt: what came since
 * waits for a manager, as if it had been written at once. */
enum rb_status revocation_set_back(struct store *store, int64_t circle,
                                   const struct revocation *revocation,
                                   struct op_lock locks[static OP_LOCKS_MAX], size_t *count)
    RB_MUST_CHECK;

/* ---- For the node ---- */

/* Whether revocations have come from others whose circles had still to come then. */
enum rb_status revocations_are_unsettled(struct store *store, bool *unsettled) RB_MUST_CHECK;

/* The circles have come: what comes from now on came after they were learnt.  Until then nothing
 * presses, and no lock is set back: who was away is given the revocation first, and then what the
 * others had long before it.  A transaction of its own. */
enum rb_status revocations_settle(struct store *store) RB_MUST_CHECK;

/* Whether a revocation is known of the person who writes that log: then author_upkeep may have
 * something to do. */
enum rb_status revocation_touches(struct store *store, const uint8_t circle[static HASH_BYTES],
                                  const uint8_t log[static LOG_PK_BYTES], bool *touches)
    RB_MUST_CHECK;

#endif
