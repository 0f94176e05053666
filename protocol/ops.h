/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The operations of a circle: control events (class 1) that say who belongs to it and carry its
 * keys (docs/protocol.md, 6).  What they mean together is in circle.h.  Bodies are maps:
 *
 *   LOGCERT  see log.h; not an operation of membership
 *   GENESIS  { 0 kind, 1 guardian (bool), 2 parent circle id32 | null, 3 nonce16, 4 PAIR, 5 [to],
 *              6 anchor32 }                       6 is left out in flat circles
 *   ADD      { 0 role, 1 PAIR, 2 until (s) }      2 is left out if he may stay
 *   REMOVE   { 0 person id32, 1 LOCKS }
 *   ACCEPT   {}
 *   DECLINE  {} | { 1 LOCKS }                     ends membership like a REMOVE of oneself
 *   EPOCH    { 0 [parent eid32], 1 [to], 2 [ [eid32, K32] wraps ] }
 *   KEYGRANT { 0 eid32, 1 [to] }                  of an existing key, for further devices
 *   DEVICE   { 1 PAIR }                           a further device of a member, or its new seal key
 *   REVOKED  { 0 bstr REVOKE, 1 LOCKS }           a certificate that no longer holds
 *   ADOPT    { 1 LOCKS }                          what waits in these logs counts up to these heads
 *   PAIR = [ bstr person CERT, bstr device CERT, bstr XKEY ], or with a fourth item
 *          [ bstr office CERT ... ], his letter's chain: his issuer first, the root last
 *   LOCKS = [ [log pk32, seq, H32] ... ]          logs, and up to which event (from 1) each counts
 *   anchor = id(root key): whose letters give rank in this circle
 *   to   = device cert ids16, in the order of the seals, at least one
 *   GENESIS, EPOCH and KEYGRANT are key bodies: sealed under the key that they carry.
 *   circle id = BLAKE2b-256("rk.circle" ‖ GENESIS' payload, before codec byte and padding)
 *
 * Every operation's `ctl` names the control heads its author knew; his own previous operation is
 * always implied.  Keys of a map that this version does not know are skipped. */
#ifndef REMBUK_PROTOCOL_OPS_H
#define REMBUK_PROTOCOL_OPS_H

#include "protocol/credential.h"
#include "protocol/event.h"

/* Types of payloads on class 1.  Content types begin at 64 (casework/kinds.h).  Appended, never
 * reused; 12 was kept for wrapping old keys again, which nothing needs (decision 013). */
enum op_type {
    OP_LOGCERT = 1,
    OP_GENESIS = 2,
    OP_ADD = 3,
    OP_REMOVE = 4,
    OP_ACCEPT = 5,
    OP_DECLINE = 6,
    OP_EPOCH = 7,
    OP_KEYGRANT = 8,
    OP_DEVICE = 9,
    OP_REVOKED = 10,
    OP_ADOPT = 11
};

enum circle_kind {
    CIRCLE_GROUP = 1,
    CIRCLE_CASE = 2,
    CIRCLE_ROSTER = 3,   /* the people of an office: its manager adds them as readers */
    CIRCLE_OWN = 4,      /* one person alone, with all of his devices */
    CIRCLE_IDENTITY = 5, /* the identity part of a case, whose circle is its parent */
    CIRCLE_REQUEST = 6   /* what one person asks of one other */
};

/* In order of power. */
enum circle_role { CIRCLE_READER = 0, CIRCLE_WRITER = 1, CIRCLE_MANAGER = 2, CIRCLE_OWNER = 3 };

/* A decoded operation.  Spans and pointers borrow from the payload bytes it was decoded from. */
struct op {
    enum op_type type;
    bool is_known; /* decoded before: its certificates are not verified again */
    uint8_t ref[REF_BYTES];
    uint8_t author[HASH_BYTES]; /* person id, by the LOGCERT of its log */
    uint8_t author_device[CERT_ID_BYTES];
    uint8_t log[LOG_PK_BYTES]; /* where it stands */
    uint64_t seq;
    uint64_t hlc;
    uint8_t deps[DEPS_MAX + 1][REF_BYTES]; /* ctl, and the author's previous operation */
    size_t dep_count;
    /* GENESIS */
    enum circle_kind kind;
    bool guardian;
    bool has_parent;
    uint8_t parent[HASH_BYTES]; /* the circle that this one is a part of */
    bool has_anchor;
    uint8_t anchor[HASH_BYTES];
    /* GENESIS, ADD, DEVICE: who is named, and in which role (not DEVICE) */
    enum circle_role role;
    struct cert person;
    struct cert device;
    struct seal_key seal;
    struct letter letter; /* rank and root by the chain; of a self-signed person: none */
    struct span chain;    /* or empty */
    int64_t until_s;      /* ADD: when the guest's time is over; 0: never */
    /* REVOKED */
    struct revocation revocation;
    /* REMOVE */
    uint8_t target[HASH_BYTES];
    struct span locks; /* REMOVE, DECLINE, REVOKED, ADOPT: CBOR array, checked; for op_locks */
    /* GENESIS, EPOCH, KEYGRANT */
    uint8_t epoch[HASH_BYTES]; /* GENESIS, EPOCH: filled by the caller from the key body */
    struct span parents;       /* EPOCH: the CBOR array, checked; op_parents reads it */
    struct span recipients;    /* the CBOR array of cert ids, checked; op_recipients reads it */
    struct span wraps;         /* EPOCH: the CBOR array, its form checked; op_wraps reads it */
};

/* ---- Bodies: each appended to `out` ---- */

/* The certificates of one person and device, out of a card that has been verified.  `chain` is the
 * CBOR array of office certificates, or empty. */
struct op_pair {
    struct span person_cert, device_cert, seal_key, chain;
};

/* `parent` and `anchor` may be NULL. */
struct op_genesis {
    enum circle_kind kind;
    const uint8_t *parent; /* 32 bytes */
    const uint8_t *anchor; /* 32 bytes */
    uint8_t nonce[16];
};
void op_genesis_encode(struct writer *out, const struct op_genesis *genesis,
                       const struct op_pair *pair);
void op_add_encode(struct writer *out, enum circle_role role, const struct op_pair *pair,
                   int64_t until_s /* 0: none */);
void op_device_encode(struct writer *out, const struct op_pair *pair);

/* One log and its head as the author knows it.  REMOVE, DECLINE, REVOKED: nothing above `seq`
 * counts any more; ADOPT: everything up to `seq` does. */
struct op_lock {
    uint8_t log[LOG_PK_BYTES];
    uint64_t seq;
    uint8_t hash[HASH_BYTES]; /* H_seq: which branch, should the log fork */
};

/* At most OP_LOCKS_MAX locks.  The log that the operation itself stands in is not listed. */
void op_remove_encode(struct writer *out, const uint8_t person[static HASH_BYTES],
                      const struct op_lock *locks, size_t count);
void op_decline_encode(struct writer *out, const struct op_lock *locks, size_t count);
void op_revoked_encode(struct writer *out, struct span revoke, const struct op_lock *locks,
                       size_t count);
void op_adopt_encode(struct writer *out, const struct op_lock *locks, size_t count);
void op_empty_encode(struct writer *out); /* ACCEPT */

/* At most WRAPS_PER_EPOCH_MAX parents and wraps, 1 to SEALS_PER_KEY_BODY_MAX recipients.  The bytes
 * contain the wrapped keys: wipe them (writer_clear does). */
void op_epoch_encode(struct writer *out, const uint8_t (*parents)[HASH_BYTES], size_t parent_count,
                     const uint8_t (*to)[CERT_ID_BYTES], size_t to_count,
                     const struct epoch_key *wraps, size_t wrap_count);
void op_keygrant_encode(struct writer *out, const uint8_t epoch[static HASH_BYTES],
                        const uint8_t (*to)[CERT_ID_BYTES], size_t to_count);

/* Decodes the body and verifies certificates of any operation but LOGCERT; fills type, hlc, deps
 * (from ctl) and the fields of the type.  The caller fills ref, author, author_device, log, seq,
 * the implied dependency, and `epoch` of GENESIS and EPOCH; of a KEYGRANT he compares `epoch` with
 * the epoch id of the key body that carried it, and drops the operation if they differ: then nobody
 * names recipients of a key that he does not hold.
 * RB_UNKNOWN for a type that this version does not know; RB_MALFORMED; RB_BAD_SIGNATURE if a
 * certificate or seal key is not signed by whom it names. */
enum rb_status op_decode(const struct payload *payload, struct op *op) RB_MUST_CHECK;

/* The same of a payload that op_decode has taken before, and that nobody can have changed since:
 * the signatures of its certificates are not checked again (they are most of what a fold costs). */
enum rb_status op_decode_again(const struct payload *payload, struct op *op) RB_MUST_CHECK;

/* GENESIS, ADD, DEVICE: it names somebody's certificates and seal key. */
bool op_has_pair(const struct op *op);

/* ---- Lists of a decoded operation; each returns how many it wrote, `max` at most ---- */
size_t op_recipients(const struct op *op, uint8_t (*to)[CERT_ID_BYTES], size_t max);
size_t op_parents(const struct op *op, uint8_t (*parents)[HASH_BYTES], size_t max);
size_t op_locks(const struct op *op, struct op_lock *locks, size_t max);

/* The wrapped keys of an EPOCH whose bytes are what their eid says; others are left out.  The
 * caller wipes them. */
size_t op_wraps(const struct op *op, struct epoch_key *wraps, size_t max);

void circle_id(uint8_t out[static HASH_BYTES], struct span genesis_payload);

#endif
