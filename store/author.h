/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Own events: found a circle, write operations, write content.  Each takes part in the caller's
 * open transaction (store_write_begin), so that several events are one step.
 *
 * Before content goes out epoch_plan decides: a new EPOCH if the writing rule asks for one,
 * KEYGRANTs for whom a key is missing, then the content under the epoch it names. */
#ifndef REMBUK_STORE_AUTHOR_H
#define REMBUK_STORE_AUTHOR_H

#include "protocol/casework/kinds.h"
#include "protocol/circle.h"
#include "store/event_log.h"

struct new_content {
    enum kind_type type;
    struct span body;
    uint8_t refs[REFS_MAX][REF_BYTES];
    size_t ref_count;
};

/* New circle with its first log: LOGCERT, GENESIS.  `parent` (32 bytes): the circle that it is a
 * part of, or NULL. */
enum rb_status author_found(struct store *store, enum circle_kind kind, const uint8_t *parent,
                            int64_t now_ms, uint8_t circle[static HASH_BYTES]) RB_MUST_CHECK;

/* All of these: RB_TOO_LARGE if the circle has CIRCLE_LOGS_MAX logs and none here is our own.
 * Who is only invited to a case accepts it by writing or inviting: an ACCEPT goes in front.
 *
 * RB_NOT_MEMBER, RB_NOT_ACCEPTED (only invited to a group), RB_NO_KEY (wait for a grant),
 * RB_REFUSED (role). */
enum rb_status author_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const struct new_content *draft, int64_t now_ms,
                            uint8_t ref[static REF_BYTES]) RB_MUST_CHECK;

/* ADD and the KEYGRANT that lets him read; `until_s`: the end of a guest's time, or 0.  RB_EXISTS
 * if he belongs to it already with no lower role; RB_REFUSED: circle_may_add, or his card is
 * revoked; RB_EXPIRED: his letter has ended or not begun; RB_NOT_FOUND: no such contact. */
enum rb_status author_invite(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t person[static HASH_BYTES], enum circle_role role,
                             int64_t until_s, int64_t now_ms) RB_MUST_CHECK;

/* REMOVE of somebody else, with all that is known here of his logs, under a key that he may have,
 * so that he can read it; the next content goes under a new one.  RB_REFUSED: circle_may_remove. */
enum rb_status author_remove(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t person[static HASH_BYTES], int64_t now_ms) RB_MUST_CHECK;

/* ADOPTs of these heads.  RB_REFUSED: circle_may_adopt. */
enum rb_status author_adopt(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const struct op_lock *heads, size_t count, int64_t now_ms)
    RB_MUST_CHECK;
enum rb_status author_accept(struct store *store, const uint8_t circle[static HASH_BYTES],
                             int64_t now_ms) RB_MUST_CHECK;
enum rb_status author_decline(struct store *store, const uint8_t circle[static HASH_BYTES],
                              int64_t now_ms) RB_MUST_CHECK;
enum rb_status author_leave(struct store *store, const uint8_t circle[static HASH_BYTES],
                            int64_t now_ms) RB_MUST_CHECK;

/* Grants to one device of a present member every head key held here that it lacks.  Own
 * transaction.  RB_NOT_FOUND; RB_NOT_MEMBER: it is none, or we are none. */
enum rb_status author_grant(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const uint8_t device[static CERT_ID_BYTES], int64_t now_ms)
    RB_MUST_CHECK;

/* DEVICE and the keys for each device of oneself that the circle does not know yet (devices.h).
 * Own transaction, and nothing if nothing is due: `*written` says so. */
enum rb_status author_devices(struct store *store, const uint8_t circle[static HASH_BYTES],
                              int64_t now_ms, bool *written) RB_MUST_CHECK;

/* What a node writes without being asked; own transaction, and nothing if nothing is due:
 *   grants by epoch_plan for epochs authored here (a newcomer invited by somebody else who did not
 *     hold the newest key)
 *   REMOVE of guests whose time is over: who added him at once, any other manager GUEST_GRACE_S
 *     later
 *   REVOKED of whoever has written since it was learnt here that he is revoked
 *   DEVICE, if the circle does not know one's newest seal key, or another device of oneself and
 *     it is for this one to say so (writing_further_due) */
enum { GUEST_GRACE_S = 6 * 3600 };
enum rb_status author_upkeep(struct store *store, const uint8_t circle[static HASH_BYTES],
                             int64_t now_ms) RB_MUST_CHECK;

/* The same for a few circles where it is due because time has passed or one's seal key is new; for
 * the node to call every minute or so.  `*after`: 0 at first, then as it was left. */
enum { UPKEEP_CIRCLES = 16 };
enum rb_status author_upkeep_some(struct store *store, int64_t now_ms, int64_t *after)
    RB_MUST_CHECK;

#endif
