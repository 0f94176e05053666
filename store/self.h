/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose home this is: the keys in the keyring, the certificates and the incarnation in the
 * settings.  What stands in the store is checked when it is loaded: the certificates are signed,
 * and the keys are those that they speak of. */
#ifndef REMBUK_STORE_SELF_H
#define REMBUK_STORE_SELF_H

#include "store/store.h"

struct self {
    struct identity *identity;                        /* crypt_secret_alloc: not owned */
    struct writer person_cert, device_cert, seal_key; /* the bytes that `view` borrows */
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

#endif
