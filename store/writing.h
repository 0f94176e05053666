/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How own events are written: the own log of a circle, the epoch key that the writing rule allows
 * (epoch_plan), and appending.  What they say is decided in author.c.  Inside the store layer, in
 * the transaction of the caller. */
#ifndef REMBUK_STORE_WRITING_H
#define REMBUK_STORE_WRITING_H

#include "store/author.h"
#include "store/opening.h"

/* Holds secrets: begins with writing_begin or writing_found, ends with writing_end. */
struct writing {
    struct opening *opening; /* the circle is in hand; once prepared, the own log too */
    int64_t now_ms;
    struct sign_key log_key; /* of the own log */
    struct epoch_key epoch;  /* what the next event is sealed under */
};

/* Takes a circle in hand, with its members.  RB_NOT_FOUND: no such circle. */
enum rb_status writing_begin(struct writing *writing, struct store *store,
                             const uint8_t circle[static HASH_BYTES], int64_t now_ms) RB_MUST_CHECK;
void writing_end(struct writing *writing); /* wipes; an all-zero one is fine */

/* New circle: its first key, its log with LOGCERT and GENESIS; `parent` (32 bytes): the one that it
 * is a part of, or NULL.  Who has a letter that holds founds a circle in which letters of that
 * network give rank.  Begins `writing`. */
enum rb_status writing_found(struct writing *writing, struct store *store, enum circle_kind kind,
                             const uint8_t *parent, int64_t now_ms) RB_MUST_CHECK;

/* Oneself among the members, or NULL. */
const struct member *writing_self(const struct writing *writing);

/* RB_OK if one is what is expected, MEMBER_INVITED or MEMBER_ACCEPTED; RB_NOT_MEMBER,
 * RB_NOT_ACCEPTED, or RB_REFUSED: accepted before. */
enum rb_status writing_expect(const struct writing *writing, enum member_state state) RB_MUST_CHECK;

/* Nobody is asked whether he takes a case, or stands in a roster: who is only invited to one has
 * accepted it by whatever he does there. */
bool writing_accepts_by_acting(const struct writing *writing);

/* RB_NOT_MEMBER, or RB_NOT_ACCEPTED: only invited to a group. */
enum rb_status writing_may_act(const struct writing *writing) RB_MUST_CHECK;

/* For whom keys are granted on the way. */
enum writing_grants {
    GRANTS_NONE, /* before somebody is taken out */
    GRANTS_OWN,  /* of epochs that were made here */
    GRANTS_USED, /* besides, of the epoch that is written under: whoever belongs can read it */
    GRANTS_ALL   /* of every key held that is in use: after an invitation */
};

/* What must be written before the next event: REVOKED of certificates that this home knows to be
 * revoked (and DEVICE in front, if the circle does not know who revoked them), a new EPOCH if the
 * rule asks for one, LOGCERT in a new log, KEYGRANTs, DEVICE if the circle does not know one's
 * newest seal key, or another device of oneself, which is then granted the keys (not with
 * GRANTS_NONE).  RB_NOT_MEMBER, or RB_NO_KEY: no key has been granted yet; RB_REFUSED: this device
 * is revoked. */
enum rb_status writing_prepare(struct writing *writing, enum writing_grants grants) RB_MUST_CHECK;

/* True if writing_prepare(GRANTS_OWN) would grant something.  Writes nothing. */
bool writing_grants_due(struct writing *writing);

/* True if the circle grants keys to another seal key of this device than its newest. */
bool writing_device_due(const struct writing *writing);

/* Whether the circle lacks another device of oneself, and whether it is this one, of those that the
 * circle knows, that has the smallest id: it says so at once, the others with their next event, so
 * that it is not said twice. */
enum rb_status writing_further_due(const struct writing *writing, bool *due, bool *is_first)
    RB_MUST_CHECK;

/* Grants one device every head key held here that it lacks.  RB_NOT_MEMBER if it is no device of a
 * present member. */
enum rb_status writing_grant(struct writing *writing, const uint8_t device[static CERT_ID_BYTES])
    RB_MUST_CHECK;

/* Grants one device the keys held here whose id begins with eid8: also those that it was granted
 * before, since what was sealed then may not have opened there, and those that are no heads.  After
 * writing_prepare.  RB_NOT_MEMBER. */
enum rb_status writing_grant_again(struct writing *writing, const uint8_t eid8[static EID8_BYTES],
                                   const uint8_t device[static CERT_ID_BYTES]) RB_MUST_CHECK;

/* A person's logs in the circle in hand as far as they are known here, or those of one device of
 * his (NULL: all); the log in hand is left out.  Of more than an operation names, the newest. */
enum rb_status writing_locks(const struct writing *writing, const uint8_t person[static HASH_BYTES],
                             const uint8_t *device, struct op_lock locks[static OP_LOCKS_MAX],
                             size_t *count) RB_MUST_CHECK;

/* Appends one event, after writing_prepare. */
enum rb_status writing_operation(struct writing *writing, enum op_type type, struct span body)
    RB_MUST_CHECK;

/* RB_REFUSED, RB_MALFORMED: by kind_judge.  RB_TOO_LARGE. */
enum rb_status writing_content(struct writing *writing, const struct new_content *draft,
                               uint8_t ref[static REF_BYTES]) RB_MUST_CHECK;

#endif
