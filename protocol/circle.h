/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who belongs to a circle: a pure function of the set of its control operations and the certificates
 * they name (docs/protocol.md, 6).  No clock, no roster, no arrival order: the same set gives the same
 * members on every node (I1, I9).
 *
 * Operations (class 1), bodies as maps:
 *   LOGCERT  see log.h; not an operation of membership
 *   GENESIS  { 0 kind, 1 guardian (bool), 2 parent circle id32 | null, 3 nonce16, 4 PAIR, 5 [to] }   key body
 *   ADD      { 0 role, 1 PAIR }                   PAIR = [ bstr person CERT, bstr device CERT, bstr XKEY ]
 *   REMOVE   { 0 person id32, 1 [ [log pk32, seq, H32] ... ] }     here: only of oneself (leaving)
 *   ACCEPT   {}      DECLINE  {}                  DECLINE ends membership like a REMOVE of oneself
 *   EPOCH    { 0 [parent eid32], 1 [to], 2 [ [eid32, K32] wraps ] }           key body of the new key
 *   KEYGRANT { 0 eid32, 1 [to] }                  key body of an existing key, for further devices
 *   to = device cert ids16, in the order of the seals.
 *   circle id = BLAKE2b-256("rk.circle" ‖ GENESIS' payload, before codec byte and padding)
 * Every operation's `ctl` names the control heads its author knew; his own previous operation is
 * always implied.
 *
 * The rules (PROTOCOL.md C.2, for the operations that exist):
 *   past(o)     operations reachable by deps, o left out
 *   ok(ADD)     its author is in members(past) with role >= manager and >= the role given, and the
 *               target is not in members(past)
 *   members(T)  x with an ADD (or GENESIS) a in T, ok(a), and no REMOVE or DECLINE r of x by x in T that
 *               is not in past(a): so leaving wins against a concurrent ADD, and a re-ADD must follow.
 *               Several ADDs: the highest role.  No manager left: the most senior member (least |past| of
 *               his first standing ADD, then person id) counts as owner.
 *   accepted    a member whose standing ADD is in the past of an ACCEPT of his (the creator: always) */
#ifndef REMBUK_PROTOCOL_CIRCLE_H
#define REMBUK_PROTOCOL_CIRCLE_H

#include "protocol/credential.h"
#include "protocol/event.h"

/* Types of payloads on class 1.  Content types begin at 64 (casework/kinds.h).  Appended, never reused;
 * 9 to 12 are DEVICE, REVOKED, ADOPT, REWRAP. */
enum op_type {
    OP_LOGCERT = 1,
    OP_GENESIS = 2,
    OP_ADD = 3,
    OP_REMOVE = 4,
    OP_ACCEPT = 5,
    OP_DECLINE = 6,
    OP_EPOCH = 7,
    OP_KEYGRANT = 8
};

enum circle_kind { CIRCLE_GROUP = 1, CIRCLE_CASE = 2 };

/* In order of power. */
enum circle_role { CIRCLE_READER = 0, CIRCLE_WRITER = 1, CIRCLE_MANAGER = 2, CIRCLE_OWNER = 3 };

/* A decoded operation.  Spans and pointers borrow from the payload bytes it was decoded from. */
struct op {
    enum op_type type;
    uint8_t ref[REF_BYTES];
    uint8_t author[HASH_BYTES]; /* person id, by the LOGCERT of its log */
    uint8_t author_device[CERT_ID_BYTES];
    uint64_t hlc;
    uint8_t deps[DEPS_MAX][REF_BYTES]; /* ctl, and the author's previous operation */
    size_t dep_count;
    /* GENESIS */
    enum circle_kind kind;
    bool guardian;
    /* GENESIS, ADD */
    enum circle_role role;
    struct cert person;
    struct cert device;
    struct seal_key seal;
    /* REMOVE */
    uint8_t target[HASH_BYTES];
    /* GENESIS, EPOCH, KEYGRANT */
    uint8_t epoch[HASH_BYTES]; /* GENESIS, EPOCH: filled by the caller from the key body */
    struct span parents;       /* EPOCH: the CBOR array, checked; circle_epochs reads it */
    struct span recipients;    /* the CBOR array of cert ids, checked */
    struct span wraps;         /* EPOCH */
};

/* ---- Bodies ---- */
void op_genesis_encode(struct writer *out, enum circle_kind kind, const uint8_t nonce[static 16],
                       struct span person_cert, struct span device_cert, struct span seal_key);
void op_add_encode(struct writer *out, enum circle_role role, struct span person_cert,
                   struct span device_cert, struct span seal_key);
void op_remove_encode(struct writer *out, const uint8_t person[static HASH_BYTES]);
void op_empty_encode(struct writer *out); /* ACCEPT, DECLINE */
void op_epoch_encode(struct writer *out, const uint8_t (*parents)[HASH_BYTES], size_t parent_count,
                     const uint8_t (*to)[CERT_ID_BYTES], size_t to_count,
                     const struct epoch_key *wraps, size_t wrap_count);
void op_keygrant_encode(struct writer *out, const uint8_t epoch[static HASH_BYTES],
                        const uint8_t (*to)[CERT_ID_BYTES], size_t to_count);

/* Decodes the body and verifies certificates of any operation but LOGCERT; fills type, hlc, deps (from
 * ctl) and the fields of the type.  The caller fills ref, author, author_device, the implied dependency,
 * and `epoch` of GENESIS and EPOCH.  RB_UNKNOWN for a type that this version does not know. */
enum rb_status op_decode(const struct payload *payload, struct op *op) RB_MUST_CHECK;

void circle_id(uint8_t out[static HASH_BYTES], struct span genesis_payload);

/* ---- The fold ---- */
struct circle; /* opaque; borrows nothing: copies what it needs */

/* Folds `count` operations in any order; duplicates by ref count once.  Operations whose dependencies
 * are missing are left out (circle_waits tells).  Operations above CIRCLE_OPERATIONS_PER_LOG_MAX are
 * left out by their author device, in the order of their |past|. */
struct circle *circle_fold(const struct op *ops, size_t count);
void circle_destroy(struct circle **circle); /* accepts a pointer to NULL */

/* How many operations wait for a dependency. */
size_t circle_waiting(const struct circle *circle);

enum member_state { MEMBER_INVITED, MEMBER_ACCEPTED, MEMBER_DECLINED, MEMBER_LEFT };

struct member {
    uint8_t person[HASH_BYTES];
    enum circle_role role;
    enum member_state state; /* DECLINED, LEFT: no longer a member */
};

/* Everybody who ever had a standing ADD, members first, senior first.  Borrowed from `circle`. */
size_t circle_people(const struct circle *circle, const struct member **people);

/* The person's line in circle_people, or NULL. */
const struct member *circle_member(const struct circle *circle, const uint8_t person[static HASH_BYTES]);
bool member_is_in(const struct member *member); /* NULL: false */

/* The role of `person` in the view of the operations `ctl` and their pasts.  RB_NOT_FOUND if one of them
 * is not known (wait), RB_NOT_MEMBER if he is no member there. */
enum rb_status circle_role_at(const struct circle *circle, const uint8_t person[static HASH_BYTES],
                              const uint8_t (*ctl)[REF_BYTES], size_t ctl_count,
                              enum circle_role *role) RB_MUST_CHECK;

/* The control heads: operations on which no other depends; at most `max`, smallest refs first.
 * These are the `ctl` of the next own event. */
size_t circle_heads(const struct circle *circle, uint8_t (*refs)[REF_BYTES], size_t max);

/* ---- Keys: which epoch to write under (docs/protocol.md, 7) ---- */

/* A device of a present member, with the seal key that its newest operation names. */
struct recipient {
    uint8_t device[CERT_ID_BYTES];
    uint8_t person[HASH_BYTES];
    uint8_t seal_key[BOX_PUBLIC_BYTES];
};
size_t circle_recipients(const struct circle *circle, const struct recipient **recipients);

/* Which keys the caller holds. */
typedef bool (*epoch_held)(void *context, const uint8_t eid[static HASH_BYTES]);

enum { EPOCH_HEADS_MAX = 16 };

/* What must be written before content.  rotate: a new EPOCH with `heads` as its parents is needed;
 * else content goes under `use`.  grants: heads whose key is held and that some allowed device lacks
 * (missing: indexes into circle_recipients). */
struct epoch_plan {
    bool rotate;
    uint8_t use[HASH_BYTES];
    uint8_t heads[EPOCH_HEADS_MAX][HASH_BYTES];
    size_t head_count;
    struct epoch_grant {
        uint8_t epoch[HASH_BYTES];
        bool authored_here; /* EPOCH or GENESIS written by `self_device` */
        size_t missing[SEALS_PER_KEY_BODY_MAX];
        size_t missing_count;
    } grants[EPOCH_HEADS_MAX];
    size_t grant_count;
};

/* The writing rule: never under an epoch whose recipients are not all allowed, whose age passes
 * EPOCH_AGE_MS_MAX, whose key is not held or whose dependencies are not present; the smallest eid of the
 * good heads, so that concurrent rotations converge.  RB_NO_KEY if there are heads, none is good, and
 * no head's key is held (a new key would cut the members off from the past: wait for a grant). */
enum rb_status epoch_plan(const struct circle *circle, const uint8_t self_device[static CERT_ID_BYTES],
                          epoch_held held, void *context, int64_t now_ms,
                          struct epoch_plan *plan) RB_MUST_CHECK;

#endif
