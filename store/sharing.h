/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which circles are exchanged with whom, and what of them he is shown: by who belongs to them, and,
 * as long as that is not known, by who introduced them.
 *
 * Who belongs to a circle is shown all of it.  Who has left or was removed is shown
 *
 *   his own logs, whole;
 *   if he was removed, his farewell: every other log up to where it stood here when we learnt of
 *     his removal;
 *   what he has acknowledged, so that he need not bring it: that is told, not given again.
 *
 * Fingerprint, VECTOR and runs all follow this: how much is written without him he does not learn.
 * The signature at the end of a farewell is kept with the checkpoints, so that a run can end there.
 */
#ifndef REMBUK_STORE_SHARING_H
#define REMBUK_STORE_SHARING_H

#include "protocol/circle.h"
#include "store/store.h"

/* Remembers a circle that a peer introduced or that was founded here; RB_OK also if known.  Of a
 * circle whose people do not count us among them (yet), the last introducer is remembered.
 * RB_REFUSED if `introducer` (a person id, or NULL for oneself) has introduced
 * UNOPENED_CIRCLES_PER_PEER_MAX of those. */
enum rb_status circle_remember(struct store *store, const uint8_t circle[static HASH_BYTES],
                               const uint8_t *introducer) RB_MUST_CHECK;

/* Calls `each` for every circle that `person` belongs to in our view and that is to be offered
 * to him.  A circle that we left is offered only until our leaving is acknowledged by him; to
 * whoever was removed from one it is offered until he has heard of that. */
enum rb_status circles_shared(struct store *store, const uint8_t person[static HASH_BYTES],
                              void (*each)(void *context, const uint8_t circle[static HASH_BYTES],
                                           const uint8_t fp[static FP_BYTES], bool whole),
                              void *context) RB_MUST_CHECK;

/* RB_OK if that circle may be exchanged with that person now, RB_NOT_MEMBER if not, and the
 * fingerprint of what he is shown.  This is wider than what circles_shared offers: a circle that we
 * left is taken up again when a member offers it, since he may have invited us once more; and what
 * somebody who left or was removed still brings of what he wrote is taken (but see circle_takes).
 * `whole` (NULL is fine): he is shown all of it, not only what was his while he belonged to it. */
enum rb_status circle_shared(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t person[static HASH_BYTES], uint8_t fp[static FP_BYTES],
                             bool *whole) RB_MUST_CHECK;

/* What that person is shown of a circle: nothing, if it is not exchanged with him.  `*lines` is
 * allocated, the caller frees. */
enum rb_status circle_shown(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const uint8_t person[static HASH_BYTES], struct log_line **lines,
                            size_t *count) RB_MUST_CHECK;

/* Up to which event a log may be given to him, of which he then knows.  RB_NOT_FOUND: nothing of
 * it; RB_NOT_MEMBER: the circle is not exchanged with him now. */
enum rb_status circle_gives(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const uint8_t person[static HASH_BYTES],
                            const uint8_t log[static LOG_PK_BYTES], uint64_t *upto) RB_MUST_CHECK;

/* RB_OK if what that person brings of a circle is stored.  RB_NOT_MEMBER: we left it, and owe him
 * his farewell; to take what he writes would tell him that it has reached a member. */
enum rb_status circle_takes(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const uint8_t person[static HASH_BYTES]) RB_MUST_CHECK;

/* ---- Inside the store layer ---- */

/* The people of a circle have changed: whoever has been removed is to be given all that was here
 * then, of others, so that he can read why; who belongs to it again is owed nothing. */
enum rb_status sharing_farewells(struct store *store, int64_t circle, const struct member *people,
                                 size_t count) RB_MUST_CHECK;

#endif
