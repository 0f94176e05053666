/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Own events: found a circle, write operations, write content.  Each takes part in the caller's
 * open transaction (store_write_begin), so that several events are one step.
 *
 * Before content goes out epoch_plan decides: a new EPOCH if the writing rule asks for one,
 * KEYGRANTs for whom a key is missing, then the content under the epoch it names. */
#ifndef REMBUK_STORE_AUTHOR_H
#define REMBUK_STORE_AUTHOR_H

#include "protocol/casework/kinds.h"
#include "store/event_log.h"

struct new_content {
    enum kind_type type;
    struct span body;
    uint8_t refs[REFS_MAX][REF_BYTES];
    size_t ref_count;
};

/* New circle with its first log: LOGCERT, GENESIS. */
enum rb_status author_found(struct store *store, enum circle_kind kind, int64_t now_ms,
                            uint8_t circle[static HASH_BYTES]) RB_MUST_CHECK;

/* All of these: RB_TOO_LARGE if the circle has CIRCLE_LOGS_MAX logs and none here is our own.
 * Who is only invited to a case accepts it by writing or inviting: an ACCEPT goes in front.
 *
 * RB_NOT_MEMBER, RB_NOT_ACCEPTED (only invited to a group), RB_NO_KEY (wait for a grant),
 * RB_REFUSED (role). */
enum rb_status author_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const struct new_content *draft, int64_t now_ms,
                            uint8_t ref[static REF_BYTES]) RB_MUST_CHECK;

/* ADD and the KEYGRANT that lets him read.  RB_EXISTS if he belongs to it already. */
enum rb_status author_invite(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t person[static HASH_BYTES], enum circle_role role,
                             int64_t now_ms) RB_MUST_CHECK;
enum rb_status author_accept(struct store *store, const uint8_t circle[static HASH_BYTES],
                             int64_t now_ms) RB_MUST_CHECK;
enum rb_status author_decline(struct store *store, const uint8_t circle[static HASH_BYTES],
                              int64_t now_ms) RB_MUST_CHECK;
enum rb_status author_leave(struct store *store, const uint8_t circle[static HASH_BYTES],
                            int64_t now_ms) RB_MUST_CHECK;

/* Grants that are due by epoch_plan for epochs authored here (a newcomer invited by somebody
 * else who did not hold the newest key).  Own transaction; writes nothing when nothing is due. */
enum rb_status author_upkeep(struct store *store, const uint8_t circle[static HASH_BYTES],
                             int64_t now_ms) RB_MUST_CHECK;

#endif
