/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose home this is: the keys in the keyring, the certificates and the incarnation in the
 * settings.  What stands in the store is checked when it is loaded: the certificates are signed,
 * and the keys are those that they speak of. */
#ifndef REMBUK_STORE_SELF_H
#define REMBUK_STORE_SELF_H

#include "protocol/ops.h"
#include "store/store.h"

struct self {
    struct identity *identity;                               /* crypt_secret_alloc: not owned */
    struct writer person_cert, chain, device_cert, seal_key; /* the bytes that `view` borrows */
    struct store_self view;
};

void self_init(struct self *self, struct identity *identity);
void self_clear(struct self *self);

/* New keys, certificates and incarnation, in memory only.  RB_MALFORMED for facts that are not
 * valid. */
enum rb_status self_make(struct self *self, const struct person_facts *facts, int64_t now_ms)
    RB_MUST_CHECK;

/* Writes them in the open transaction of a new store. */
enum rb_status self_save(const struct self *self, struct store *store) RB_MUST_CHECK;

/* RB_DAMAGED if anything is missing or does not fit. */
enum rb_status self_load(struct self *self, struct store *store) RB_MUST_CHECK;

/* Keeps a letter and chooses it (letters.h): the certificate of this person by an office, and the
 * chain above it (an own certificate has an empty one).  No clock is asked.  Devices stay what
 * they are, since the person's key has signed them and is the same.  In a transaction of its own;
 * then nothing that was borrowed of the old certificates is valid any more.
 * RB_REFUSED: it is about somebody else.  RB_MALFORMED, RB_UNKNOWN, RB_BAD_SIGNATURE. */
enum rb_status self_take_letter(struct store *store, struct span person_cert, struct span chain)
    RB_MUST_CHECK;

/* Makes this home a device of another person (devices.h), with a seal key of the next generation;
 * its own person's secret is destroyed.  `admission` has been verified and is about the keys of
 * this device.  In a transaction of its own; then nothing that was borrowed of the old certificates
 * is valid any more. */
struct device_admission;
enum rb_status self_become_further(struct store *store, const struct device_admission *admission,
                                   int64_t now_ms) RB_MUST_CHECK;

/* A seal key of the next generation, from now on the one that others seal to; those before stay in
 * the keyring (seals.h).  In a transaction of its own. */
enum rb_status self_renew_seal(struct store *store, int64_t now_ms) RB_MUST_CHECK;

#endif
