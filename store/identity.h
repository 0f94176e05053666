/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The identity part of a case: who the client is.  It stands in a circle of its own (kind 5), whose
 * parent is the case's circle, under its own keys: who belongs to the case does not belong to it
 * by that.  Whoever writes into it first founds it; where two did so apart there are two, which are
 * read as one.  Nothing of it is listed, searched or told as news (I14).
 *
 * All functions take the circle of the case.  RB_NOT_FOUND: one belongs to no identity part of
 * it. */
#ifndef REMBUK_STORE_IDENTITY_H
#define REMBUK_STORE_IDENTITY_H

#include "store/membership.h"
#include "store/records.h"

/* All identity parts that one belongs to, as one record: ended with standing_clear. */
enum rb_status identity_load(struct store *store, const uint8_t circle[static HASH_BYTES],
                             struct standing *standing) RB_MUST_CHECK;

/* Of every case that one belongs to and whose identity parts one has, each part by itself, until
 * `each` gives false.  For comparing: who shows anything of it uses identity_load, after it has
 * been written down that one does. */
enum rb_status identity_each(struct store *store,
                             bool (*each)(void *context, const uint8_t circle[static HASH_BYTES],
                                          const struct record *identity),
                             void *context) RB_MUST_CHECK;

/* As record_write; founds the part if there is none.  RB_NOT_MEMBER: one does not belong to the
 * case. */
enum rb_status identity_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                              const struct record_draft *draft, int64_t now_ms,
                              uint8_t ref[static REF_BYTES]) RB_MUST_CHECK;

/* Lets somebody read and write all parts that one may manage.  As author_invite; RB_EXISTS: he
 * belongs to all of them; RB_UNSAFE: the contact is not verified. */
enum rb_status identity_share(struct store *store, const uint8_t circle[static HASH_BYTES],
                              const uint8_t person[static HASH_BYTES], int64_t now_ms)
    RB_MUST_CHECK;

/* Takes somebody who goes out of the case, or oneself, out of its identity parts too, as far as one
 * may.  In the transaction of the caller. */
enum rb_status identity_part(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t person[static HASH_BYTES], int64_t now_ms) RB_MUST_CHECK;

#endif
