/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who belongs to a circle: a pure function of the set of its control operations and the
 * certificates they name (docs/protocol.md, 6).  No clock, no roster, no arrival order: the same
 * set gives the same members on every node (I1, I9).
 *
 *   waits       an operation that names a dependency which is not here, or waits itself, or is its
 *               own ancestor; it takes no part until what it names has come
 *   order       (length of the longest chain of dependencies below o, ref): everything stands
 *               after what it depends on
 *   authority   GENESIS, ADD, REMOVE, DECLINE, REVOKED.  A REMOVE of oneself and a DECLINE are
 *               leavings; they and a REMOVE of somebody else and a REVOKED are endings
 *   r || o      neither is reachable from the other by deps
 *
 * 1. What is granted, settled by what an operation names, and so for ever.
 *   past(o)     granted authority operations reachable by deps, o left out; what is not granted
 *               still leads on to its own deps
 *   granted(o)  GENESIS: the first that depends on nothing and is written by the person and the
 *               device that it names.  Every other needs a granted ADD (or GENESIS) of its author
 *               in past(o); besides,
 *               ADD, REMOVE of another, ADOPT: one of role >= manager (ADD: and >= the role given),
 *               or an ending in past(o) of somebody whom an ADD in its past gave such a role, since
 *               then a member may have become owner (see members)
 *               REMOVE of another: a granted ADD of the target in past(o)
 *               DEVICE, REVOKED: a granted ADD of the person whom it names in past(o)
 *               REVOKED: the revocation is signed by that person's key, or by another device of his
 *               that such an ADD or a granted DEVICE reachable from o names, or it revokes the
 *               person certificate of such an ADD and is signed by the office that issued it (an
 *               office revokes what it signed, and nothing else).  A certificate is revoked for
 *               the person whom the revocation names, for nobody else
 *   seniority   of an ADD: (rank, grade, age, person id, ref).  Rank is that of the letter that it
 *               names if its root is the anchor of GENESIS, RANK_NONE without one, and RANK_WORKER
 *               for all in a circle without an anchor; the best is senior.  Then the higher grade:
 *               the role, but at most the highest grade of its author's granted ADDs in past(a)
 *               that no leaving of his in past(a) has in its past, but for a leaving that a REVOKED
 *               of its device in past(a) voids (who counts as owner makes nobody senior to those
 *               who removed others before him).  Then the lesser age = |past(a)|
 *               (0 of GENESIS), then the lesser ids.  Of people: by the most senior of their ADDs
 *               in question.  So within one rank whoever adds is senior to what he gives; and
 *               revocation does not lower a rank
 *
 * 2. What counts, decided ADD by ADD, from senior to junior, each once.
 *   W           the leavings and removals (REMOVEs of others) that count.  At first the granted
 *               leavings that no REVOKED of their device voids; then removals join it
 *   stands(a)   an ADD a of y by x, under the present W: it is granted; x is in members(past(a))
 *               with a role >= manager and >= the role given; no r in W with target y is || a;
 *               nothing voids a; and no granted REVOKED in past(a) revokes the person certificate
 *               that it names.  GENESIS always stands
 *               An ADD raises if its rank is better than that of every granted ADD of its author in
 *               past(a).  One that raises stands only if it is clear besides
 *   clear(a)    GENESIS is.  Another ADD a by x is if a granted ADD of x in past(a) is clear, and
 *               there is no granted removal r of x by a manager who was senior to him (by what
 *               each was granted in past(r) and had not lost there by his leaving, or by the
 *               removal by a manager who was granted an ADD senior to that one, that know it)
 *               with r || a, or with r in past(a) and in the past of no
 *               granted ADD of x in past(a).  So nobody wins back by a friend with a better letter,
 *               or by that friend's friend, what he is losing; in doubt such an ADD falls, and who
 *               is clear adds that person again
 *   live(a, T)  a is in T and stands, and there is no ender r of it with r || a, or r in T and a in
 *               past(r).  Enders: r in W whose target a names, and granted REVOKEDs of the person
 *               certificate that a names
 *   members(T)  who has an ADD that is live in T, with the highest role of those.  If nobody has a
 *               role >= manager, the most senior, by these ADDs, counts as owner
 *   voids       r in W voids o if r || o and r's target is o's author.  A granted REVOKED v voids o
 *               if it revokes o's device, or the person certificate of an ADD of o's author that is
 *               live in past(o), and v is in past(o); or if v || o and v's author is o's author or
 *               has a granted ADD of role >= manager in past(v)
 *   decide      Take the granted ADDs from the most senior to the most junior.  An ADD that is
 *               reached stands, or does not, from here on for ever (of an ADD not reached yet, what
 *               would be so now is asked).  If a of x stands, the removals r by x with a in past(r)
 *               join W, each by (|past|, ref) under W as it is then, if they count: granted; x has
 *               an ADD live in past(r) that has been reached and has a role >= manager, or any that
 *               has been reached if he counts as owner in members(past(r)) (by reached ADDs and
 *               others); nothing voids r; and no ADD of the target that has been reached and stands
 *               is live in past(r) or || r
 *   ADOPT       counts if it is granted, its author is in members(past) with a role >= manager,
 *               and nothing voids it, when all are decided
 *   Members, roles and recipients are those of all granted operations, when all are decided.
 *   accepted    a member one of whose live ADDs is in the past of an ACCEPT of his that is granted;
 *               the creator always
 *
 * Why this is well founded: who adds or removes is decided before what he gives or takes, but for
 * ADDs that raise, and those depend on no removal by a senior of those through whom they came.  A
 * removal that voids o, or ends the ADD by which o was done, is by an ADD senior to that one, and
 * so it is decided before o is asked about.
 *
 * So a junior never removes a senior; of two who remove each other exactly the senior stays; what a
 * removed person does, not knowing it, counts for nothing; a removal wins against an ADD that does
 * not know of it; what does not count in the end changes nothing, but that it can make an ADD that
 * raises fall.  An operation by whom others were removed is never undone by his own later leaving
 * or removal, nor by anybody's promotion, only by one that is || to it.
 *
 * Bounds, the same for all (limits.h).  The first CIRCLE_OPERATIONS_MAX operations take part (the
 * caller gives no more: store/operations.h).  Of those granted, in the order, the first
 * CIRCLE_ADDS_GRANTED_MAX ADDs and ADOPTs, CIRCLE_REMOVALS_MAX removals of others and
 * CIRCLE_ENDINGS_MAX leavings and REVOKEDs; of each half of that by one guest and all who came
 * through him: who wrote o came by the first of his granted ADDs in past(o), its author by the
 * first of his in its past, and so on up to the founder, who came through nobody.  (A flood stands
 * early in the order, since it names little.)  By one author at most
 * CIRCLE_REMOVALS_OWN_MAX removals; CIRCLE_REVOKEDS_OWN_MAX REVOKEDs of somebody else's
 * certificates, if a granted ADD of role >= manager of his is in past; CIRCLE_ENDINGS_OWN_MAX
 * leavings and other REVOKEDs.  Of ADDs, removals and ADOPTs by people without such an ADD in their
 * past CIRCLE_DOUBTFUL_MAX, and CIRCLE_DOUBTFUL_OWN_MAX by one of them and all whom he brought.  Of
 * granted DEVICEs whose key signed a REVOKED of the person whom they name, or whose author's own
 * device some REVOKED names, CIRCLE_TRACES_MAX are traced, CIRCLE_TRACES_OWN_MAX by one author, a
 * quarter by one guest and all who came through him: only these vouch for who signs a REVOKED, and
 * no other is said to be reachable from one.
 * When an ADD a of x is reached, x has none that stands, and CIRCLE_PEOPLE_MAX people have one, or
 * CIRCLE_GUESTS_MAX of those came through one and the same guest through whom x comes, it does not
 * stand.  x comes through the author of a, through the author of the first granted ADD of that one
 * in past(a), and so on up to the founder, for whom only the first bound holds.
 *
 * What nobody can prevent without a server: a manager who backdates a REMOVE of a junior voids what
 * that one did since (it is visible, and he can be added again); who has the founder's keys can
 * fill these rooms by people whom he makes up (then the circle is founded anew); who leaves chooses
 * what his leaving knows, and up to where it locks, and so can take back whom he invited and what
 * he wrote. */
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

/* Stored in the table of members: appended, never renumbered. */
enum member_state {
    MEMBER_INVITED,
    MEMBER_ACCEPTED,
    MEMBER_DECLINED, /* from here on: no longer a member */
    MEMBER_LEFT,
    MEMBER_REMOVED,
    MEMBER_REVOKED
};

struct member {
    uint8_t person[HASH_BYTES];
    enum circle_role role;
    enum cert_rank rank;
    enum member_state state;
    int64_t until_s; /* a guest's end: the latest, if each ADD by which he is in has one; or 0 */
    uint8_t by[HASH_BYTES]; /* who added him first; REMOVED: who removed him */
};

/* Everybody who has an ADD that stands, members first, senior first.  Who is out has the highest
 * role that he ever had, and the state that his last ending tells.  Borrowed from `circle`. */
size_t circle_people(const struct circle *circle, const struct member **people);

/* A hash over all that judging known content depends on: when it has changed, what was judged
 * before may be judged otherwise.  A plain ADD, ACCEPT or key does not change it. */
const uint8_t *circle_verdict(const struct circle *circle); /* HASH_BYTES */

/* The person's line in circle_people, or NULL. */
const struct member *circle_member(const struct circle *circle,
                                   const uint8_t person[static HASH_BYTES]);
bool member_is_in(const struct member *member); /* NULL: false */

/* Where an event stands. */
struct event_author {
    uint8_t person[HASH_BYTES];
    uint8_t device[CERT_ID_BYTES];
    uint8_t log[LOG_PK_BYTES];
    uint64_t seq;
};

/* The role of the author of an event in the view T of the operations `ctl` and their pasts.
 *   RB_NOT_FOUND   one of them is not known: wait
 *   RB_NOT_MEMBER  no granted ADD in T names him: it will never count
 *   RB_REFUSED     he is not in members(T), or the event is beyond the locks of an ending in W, or
 *                  of a granted REVOKED of his device or person certificate, that is not in T, or
 *                  his device is revoked in T: it waits for a manager */
enum rb_status circle_role_at(const struct circle *circle, const struct event_author *author,
                              const uint8_t (*ctl)[REF_BYTES], size_t ctl_count,
                              enum circle_role *role) RB_MUST_CHECK;

/* With which role the waiting content of a person counts once it is adopted: the highest of his
 * granted ADDs.  RB_NOT_MEMBER: nobody ever added him. */
enum rb_status circle_former_role(const struct circle *circle,
                                  const uint8_t person[static HASH_BYTES], enum circle_role *role)
    RB_MUST_CHECK;

/* Whether the operation of that ref is granted; false if it is not here. */
bool circle_grants(const struct circle *circle, const uint8_t ref[static REF_BYTES]);

/* The heads up to which ADOPTs that count adopt, sorted, each once.  Borrowed. */
size_t circle_adopted(const struct circle *circle, const struct op_lock **heads);

/* Whether the person may do something to another, with all that is known here; the first rule that
 * forbids it.  `role` of an ADD only: a promotion is an ADD, and so is a longer stay.  Everybody
 * may remove himself.  Asked of every member, it tells who could. */
enum circle_rule {
    RULE_ALLOWED,
    RULE_MEMBERS,  /* only who belongs to the circle */
    RULE_MANAGERS, /* only a manager or owner */
    RULE_ROLE,     /* nobody gives a higher role than his own */
    RULE_PRESENT,  /* the target belongs to it already, with that role or a higher one, for good */
    RULE_ABSENT,   /* the target does not belong to it */
    RULE_SENIOR    /* the target is senior to him */
};
enum circle_rule circle_may_add(const struct circle *circle,
                                const uint8_t author[static HASH_BYTES],
                                const uint8_t target[static HASH_BYTES], enum circle_role role);
enum circle_rule circle_may_remove(const struct circle *circle,
                                   const uint8_t author[static HASH_BYTES],
                                   const uint8_t target[static HASH_BYTES]);
enum circle_rule circle_may_adopt(const struct circle *circle,
                                  const uint8_t author[static HASH_BYTES]);

/* The control heads: operations that have an effect (GENESIS, ADDs that stand, what is in W,
 * granted REVOKEDs, ADOPTs that count; ACCEPTs, keys and DEVICEs by present members) on which no
 * other such one depends; at most `max`: of each kind the smallest refs first, and the kinds in
 * this order: what managers do (GENESIS, ADDs, removals, ADOPTs, REVOKEDs with a granted ADD of
 * role >= manager of their author in their past); leavings and other REVOKEDs; ACCEPTs; keys and
 * DEVICEs; leavings of people who were never in.  These are the `ctl` of the next own event.  What
 * anybody can write without end does not crowd out what managers do. */
size_t circle_heads(const struct circle *circle, uint8_t (*refs)[REF_BYTES], size_t max);

/* ---- Keys: which epoch to write under (docs/protocol.md, 7) ----
 *
 *   epoch e     a key, named by eid.  The first GENESIS or EPOCH with this eid that is granted
 *               makes it: its author, its date, what it covers.  Without one e is nothing to write
 *               under: a key from a stranger never steers a writer
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

/* A device of a present member that an ADD by which he is in, or a granted DEVICE, names, and that
 * no granted REVOKED revokes; with its seal key of the highest generation (then the last in the
 * order).  A DEVICE whose author's own device a granted REVOKED v revokes names none, if v is in
 * its past, or if it is not reachable from v and v's author is its author or has a granted ADD of
 * role >= manager in past(v).  Of the devices of one person that only other DEVICEs name, the first
 * CIRCLE_DEVICES_MAX in the order count.  Sorted by device, each once. */
struct recipient {
    uint8_t device[CERT_ID_BYTES];
    uint8_t person[HASH_BYTES];
    uint8_t seal_key[BOX_PUBLIC_BYTES];
};
size_t circle_recipients(const struct circle *circle, const struct recipient **recipients);

/* The one with this device certificate, or NULL. */
const struct recipient *circle_recipient(const struct circle *circle,
                                         const uint8_t device[static CERT_ID_BYTES]);

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
