/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets of this home, each sealed alone under the store key:
 *   nonce24 ‖ XChaCha20-Poly1305(BLAKE2b-256(key = store key, "rk.ring"), nonce,
 *                                ad = u8 sort ‖ name, secret)
 * Epoch keys are cached opened in locked memory. */
#ifndef REMBUK_STORE_KEYRING_H
#define REMBUK_STORE_KEYRING_H

#include "store/store.h"

/* Stored numbers: appended, never reused. */
enum secret_sort {
    SECRET_PERSON = 1,     /* name: empty; P seed */
    SECRET_DEVICE = 2,     /* name: empty; dseed */
    SECRET_SEAL = 3,       /* name: u32 generation; X secret */
    SECRET_LOG = 4,        /* name: log pk; L seed */
    SECRET_EPOCH = 5,      /* name: circle id ‖ eid32; K_e */
    SECRET_INVITATION = 6, /* name: that of the invitation; its secret ‖ 16 zeros */
    SECRET_OFFICE = 7      /* name: its public key; its seed */
};

/* RB_EXISTS if there is one of that name (then nothing changes). */
enum rb_status keyring_put(struct store *store, enum secret_sort sort, struct span name,
                           struct span secret) RB_MUST_CHECK;

/* `len` is what the sort has; RB_NOT_FOUND, RB_DAMAGED. */
enum rb_status keyring_get(struct store *store, enum secret_sort sort, struct span name,
                           uint8_t *secret, size_t len) RB_MUST_CHECK;

/* RB_OK also if there is none of that name. */
enum rb_status keyring_remove(struct store *store, enum secret_sort sort, struct span name)
    RB_MUST_CHECK;

/* The name of a seal key. */
enum { SEAL_NAME_BYTES = 4 };
struct span keyring_seal_name(uint32_t generation, uint8_t out[static SEAL_NAME_BYTES]);

/* The generations of the seal keys that are held, newest first, `max` at most. */
enum rb_status keyring_seals(struct store *store, uint32_t *generations, size_t max, size_t *count)
    RB_MUST_CHECK;

/* Remembers an epoch key of a circle; RB_OK also if it was known. */
enum rb_status keyring_put_epoch(struct store *store, const uint8_t circle[static HASH_BYTES],
                                 const struct epoch_key *epoch) RB_MUST_CHECK;

/* The epoch keys of a circle whose id begins with eid8 (all of them if eid8 is NULL), borrowed
 * until the next call on the keyring.  Fast for the circle asked for last. */
enum rb_status keyring_epochs(struct store *store, const uint8_t circle[static HASH_BYTES],
                              const uint8_t *eid8, const struct epoch_key **epochs, size_t *count)
    RB_MUST_CHECK;

/* The one of that id, borrowed in the same way; RB_OK and NULL if it is not held. */
enum rb_status keyring_epoch(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t eid[static HASH_BYTES], const struct epoch_key **epoch)
    RB_MUST_CHECK;

/* Forgets and wipes what is cached: after a roll-back, and at the end (store.c). */
void keyring_forget(struct store *store);

#endif
