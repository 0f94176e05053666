/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who belongs to a circle: a pure function of the set of its control operations and the
 * certificates they name (docs/protocol.md, 6).  No clock, no roster, no arrival order: the same
 * set gives the same members on every node (I1, I9).
 *
 * The rules (for the operations that exist; REMOVE of another person decodes, but counts as nothing
 * yet):
 *   waits       an operation that names a dependency which is not here, or waits itself, or is its
 *               own ancestor; it takes no part until what it names has come
 *   depth(o)    length of the longest chain of dependencies below o; the order of the fold is
 *               (depth, ref), so everything stands after what it depends on
 *   past(o)     operations of membership (GENESIS, ADD, REMOVE, DECLINE) that count and are
 *               reachable by deps, o left out; what does not count still leads on to its own deps.
 *               An ACCEPT is in no past: it changes nothing that others are judged by
 *   stands(a,T) the ADD (or GENESIS) a of x is in T, and no REMOVE or DECLINE of x by x in T that
 *               is not in past(a): so leaving wins against a concurrent ADD, a re-ADD must follow
 *   members(T)  x with an ADD that stands in T.  Several: the highest role.  If nobody has a role
 *               >= manager, the most senior member (least |past| of his first standing ADD, then
 *               person id) counts as owner
 *   counts(o)   GENESIS: the first that depends on nothing and is written by the person and the
 *               device that it names
 *               all others: allowed(o, past(o))
 *   allowed(o,T) the author is in members(T), and an ADD of his that stands in T names the device
 *               that wrote o; besides,
 *               ADD: his role is >= manager and >= the role given, and the target is not in
 *               members(T)
 *               REMOVE: the target is the author
 *
 * Whether an operation counts is settled by its past alone, and so for ever.  But who has left can
 * write as if he had not: with another log that names what he knew before.  Therefore a leaving
 * (a REMOVE or DECLINE r of x that counts) locks the logs of x:
 *   within(r)   the events of x before r in the log that has r, and in the logs that r lists those
 *               up to the seq given there.  Of a log that r does not list, nothing
 *   beyond(o)   some leaving r of the author of o is not in past(o), and o is not within r: he
 *               wrote it when he had left, or in a log that he did not vouch for when he left
 *   valid(o)    GENESIS; else o counts, is not beyond (REMOVE, DECLINE: that is not asked, they
 *               give nothing), and is allowed(o, past(o) without the ADDs that are not valid).  So
 *               what puppets of somebody did who had left falls with them
 *   accepted    a member one of whose standing ADDs is in the past of an ACCEPT of his that counts;
 *               the creator always
 * Members, people, recipients and roles are those of sets without ADDs that are not valid.
 *
 * Bounds, all in the order of the fold.  The first CIRCLE_OPERATIONS_MAX operations take part.  Of
 * ADDs, one is valid only while less than CIRCLE_ADDS_MAX others are, and less than
 * CIRCLE_ADDS_PER_GUEST_MAX of those by each person through whom its author came: himself, who
 * invited him, who invited that one, up to the founder, who is exempt.  Why so: the order of the
 * fold puts what names little first, so whoever writes late can stand early, and any bound that one
 * person can fill pushes others out.  So what is cheap takes no room at all (an ACCEPT is in no
 * past; a leaving only ends what its own author had), what came after a leaving takes none either
 * (it is not valid), and what remains, an ADD, is charged to everybody who answers for its author:
 * new puppets bring no new room.  Who is in a circle can still fill the room of those through whom
 * he came, but not that of the others.
 * Memory: a view has a bit for the first CIRCLE_ADDS_COUNTED_MAX ADDs and CIRCLE_LEAVINGS_MAX
 * leavings that would count, each with room of its own; later ones do not count.
 *
 * What nobody can prevent without a server: somebody who leaves chooses his locks.  With locks that
 * go less far than his logs he takes back what he wrote there, and whom he invited, as if he had
 * never done it. */
#ifndef REMBUK_PROTOCOL_CIRCLE_H
#define REMBUK_PROTOCOL_CIRCLE_H

#include "protocol/ops.h"

/* ---- The fold ---- */
struct circle; /* opaque; borrows nothing: copies what it needs */

/* Folds `count` operations in any order; duplicates by ref count once.  Only the GENESIS of this
 * circle (circle_id of its payload) may be among them: which circle it is, the operations do not
 * say. */
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

/* Everybody whom a valid ADD names, members first, senior first.  Who is out has the highest
 * role that he ever had, and the state that his last REMOVE or DECLINE tells.  Borrowed from
 * `circle`. */
size_t circle_people(const struct circle *circle, const struct member **people);

/* How many REMOVEs and DECLINEs count.  When it has risen, what was judged before may be void. */
size_t circle_leavings(const struct circle *circle);

/* The person's line in circle_people, or NULL. */
const struct member *circle_member(const struct circle *circle,
                                   const uint8_t person[static HASH_BYTES]);
bool member_is_in(const struct member *member); /* NULL: false */

/* The role of `person`, who wrote at (log, seq), in the view of the operations `ctl` and their
 * pasts, without the ADDs that are not valid.  RB_NOT_FOUND if one of them is not known (wait),
 * RB_NOT_MEMBER if he is no member there, RB_REFUSED if what he wrote is beyond the locks of a
 * leaving of his that is not in the view: it is kept and not shown (a manager may adopt it in a
 * later version).
 * Of what is known, the answer changes only when circle_leavings rises or a bound is reached. */
enum rb_status circle_role_at(const struct circle *circle, const uint8_t person[static HASH_BYTES],
                              const uint8_t log[static LOG_PK_BYTES], uint64_t seq,
                              const uint8_t (*ctl)[REF_BYTES], size_t ctl_count,
                              enum circle_role *role) RB_MUST_CHECK;

/* The control heads: valid operations (of keys: those by members) on which no other valid one
 * depends; at most `max`: what changes the members, then ACCEPTs, then keys; of each the smallest
 * refs first.  These are the `ctl` of the next own event.  What strangers write, and what somebody
 * writes after he has left, never becomes a head, so they cannot crowd others out. */
size_t circle_heads(const struct circle *circle, uint8_t (*refs)[REF_BYTES], size_t max);

/* ---- Keys: which epoch to write under (docs/protocol.md, 7) ----
 *
 *   epoch e     a key, named by eid.  The first GENESIS or EPOCH with this eid that counts makes
 *               it: its author, its date, what it covers.  Without one e is nothing to write under:
 *               a key from a stranger never steers a writer
 *   recip(e)    devices named in `to`, and the author's own, of every GENESIS, EPOCH and KEYGRANT
 *               of e that does not wait.  Also of strangers: an operation sealed under K_e proves
 *               that its author holds K_e, and who makes a key knows it, whomever he names in `to`
 *   knowing(e)  recip(e) and, for every EPOCH f that wraps K_e (checked by hash), knowing(f)
 *   covers      e covers its parent p if it wraps K_p, and p is earlier in the order of the fold.
 *               So nobody covers a key that he does not hold, no circle of covers exists, and
 *               whoever has the newest key has all that it covers
 *   heads       of a writer: the epochs whose key he holds and that no other epoch whose key he
 *               holds covers.  So a key that was sealed to nobody stops nobody from writing
 *   good(e)     knowing(e) is a part of the devices of present members, and e is at most
 *               EPOCH_AGE_MS_MAX old (a date in the future counts as now)
 *
 * The one safety rule: nothing is ever planned under an epoch that is not good. */

/* A device that a standing ADD names, with its seal key of the highest generation (then the last in
 * the order of the fold).  Sorted by device, each once. */
struct recipient {
    uint8_t device[CERT_ID_BYTES];
    uint8_t person[HASH_BYTES];
    uint8_t seal_key[BOX_PUBLIC_BYTES];
};
size_t circle_recipients(const struct circle *circle, const struct recipient **recipients);

/* Which keys the caller holds. */
typedef bool (*epoch_held)(void *context, const uint8_t eid[static HASH_BYTES]);

enum { EPOCH_HEADS_MAX = 16 };

/* What must be written before content.  rotate: a new EPOCH is needed, with `heads` as its parents,
 * all their keys wrapped, and recipients from circle_recipients; plan again when it is written.
 * Else content goes under `use`, and `grants` are the heads whose key some present member's device
 * lacks, that of `use` first (missing: indexes into circle_recipients); plan again until there are
 * none. */
struct epoch_plan {
    bool rotate;
    uint8_t use[HASH_BYTES];
    uint8_t heads[EPOCH_HEADS_MAX][HASH_BYTES];
    size_t head_count;
    struct epoch_grant {
        uint8_t epoch[HASH_BYTES];
        bool authored_here;                     /* EPOCH or GENESIS written by `self_device` */
        size_t missing[SEALS_PER_KEY_BODY_MAX]; /* never empty */
        size_t missing_count;
    } grants[EPOCH_HEADS_MAX];
    size_t grant_count;
};

/* The smallest eid of the good heads, so that concurrent rotations converge; no good head: rotate.
 * Rotate too if somebody lacks the keys of EPOCH_HEADS_MAX heads or more: one EPOCH wraps so many
 * at once, and no flood of keys that were sealed to one member alone costs him a grant for each.
 * That ends, however many do it at the same time: each such EPOCH leaves fewer heads that somebody
 * lacks.  (Heads that everybody has may be as many as they like: to merge them would only make new
 * ones, by all members at once.)
 * Above EPOCH_HEADS_MAX heads, those that somebody lacks are listed, then the smallest eids, and
 * the others come with the next plan.
 * RB_NOT_MEMBER if `self_device` is no device of a present member; RB_NO_KEY if no key of any epoch
 * is held: wait for a grant. */
enum rb_status epoch_plan(const struct circle *circle,
                          const uint8_t self_device[static CERT_ID_BYTES], epoch_held held,
                          void *context, int64_t now_ms, struct epoch_plan *plan) RB_MUST_CHECK;

#endif
