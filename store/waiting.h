/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for a manager (membership.h), as its logs are to be named in an ADOPT.  Inside the
 * store layer. */
#ifndef REMBUK_STORE_WAITING_H
#define REMBUK_STORE_WAITING_H

#include "store/membership.h"

/* The last waiting event of each log of a circle, of one person's only unless `person` is NULL;
 * `*heads` is allocated, the caller frees. */
enum rb_status waiting_heads(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t *person, struct op_lock **heads, size_t *count)
    RB_MUST_CHECK;

/* How many events wait, of one person's unless `person` is NULL. */
enum rb_status waiting_count_of(struct store *store, const uint8_t circle[static HASH_BYTES],
                                const uint8_t *person, size_t *count) RB_MUST_CHECK;

#endif
