/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of struct circle, shared by the files of the fold and by nobody else:
 *
 *   circle_grant.c     what is granted, and what the names in an operation say
 *   circle_room.c      how much of it there may be
 *   circle_revoke.c    who may sign a REVOKED, and what REVOKEDs void
 *   circle_view.c      who is what in a view
 *   circle_clear.c     which ADDs are clear
 *   circle_decide.c    what counts, from senior to junior
 *   circle_people.c    people, recipients, control heads, the verdict: when all are decided
 *   circle.c           the fold, and what others ask it
 *   epoch.c            which keys
 *
 * An act is a granted operation that has a bit: authority operations and ADOPTs, numbered in the
 * order of the fold.  A view is a set of acts, bit i for acts[i].  past(o) of every operation is
 * kept as a view, and of every act the acts that have it in their past (future). */
#ifndef REMBUK_PROTOCOL_FOLD_H
#define REMBUK_PROTOCOL_FOLD_H

#include "protocol/circle.h"
#include "protocol/graph.h"

#define NONE UINT32_MAX /* no such index */

enum {
    ENDS_MAX = CIRCLE_REMOVALS_MAX + CIRCLE_ENDINGS_MAX,
    VIEW_BITS_MAX = CIRCLE_ADDS_GRANTED_MAX + ENDS_MAX
};
enum { VIEW_WORDS_MAX = VIEW_BITS_MAX / 64 };

/* Part of a list: one list of indexes for the parts of all epochs, one of locks for all acts. */
struct part {
    uint32_t first;
    uint32_t count;
};

struct indexes {
    uint32_t *items; /* owned */
    uint32_t count;
    uint32_t room;
};

struct act {
    enum op_type type;
    bool leaves; /* REMOVE of oneself, DECLINE */
    uint32_t place;
    uint32_t author;
    uint32_t target; /* whom it names or ends; ADOPT: NONE */
    uint32_t next;   /* in the list of the target's ADDs or endings, or NONE */
    uint32_t age;    /* |past| */
    uint8_t ref[REF_BYTES];
    uint8_t author_device[CERT_ID_BYTES];
    uint8_t log[LOG_PK_BYTES];
    uint64_t seq;
    struct part locks;           /* of circle->locks */
    uint8_t cert[CERT_ID_BYTES]; /* the person certificate of an ADD, what a REVOKED revokes */
    /* GENESIS, ADD */
    enum circle_role role;
    enum circle_role grade; /* what of the role seniority sees */
    enum cert_rank rank;
    bool raises;   /* the rank is better than any that its author was granted */
    bool is_clear; /* nobody senior to those by whom it came has removed one of them */
    int64_t until_s;
    bool is_accepted; /* by its guest */
    bool is_ended;    /* a REVOKED of its certificate is || to it: nobody is in by it */
    bool is_reached;  /* in deciding: whether it stands does not change any more */
    bool manages;     /* with it, its guest could now make a removal that knows all */
    bool stands;
    bool asks_for_owner;  /* whether it stands depends on who counts as owner */
    uint32_t sponsor;     /* the first granted ADD of its author in its past; GENESIS: NONE */
    uint32_t revoked_row; /* REVOKEDs of its certificate, or NONE */
    uint32_t seat;        /* in the order of seniority, 0 the most senior */
    /* REVOKED */
    bool is_by_manager; /* a granted ADD of role >= manager of its author is in its past */
    /* All but GENESIS and REVOKED */
    bool is_dead;      /* void, || to an ending of whom it names, or out of bounds: never counts */
    bool is_by_senior; /* a removal: as what both were granted in its past tells */
    /* Leavings, removals, ADOPTs */
    bool counts;
};

/* What shares one bound. */
enum room {
    ROOM_ADDS, /* GENESIS, ADD, ADOPT */
    ROOM_REMOVALS,
    ROOM_ENDINGS, /* leavings, REVOKEDs */
    ROOM_DOUBTS,  /* acts of who was given no role >= manager */
    ROOM_TRACES,
    ROOMS
};

/* The acts of one person that stand in one list, in the order of the fold. */
struct act_list {
    uint32_t first;
    uint32_t last;
};

/* Somebody whom a GENESIS or ADD names, whether it is granted or not. */
struct person {
    uint8_t id[HASH_BYTES];
    struct act_list adds;
    struct act_list endings;
    uint32_t enders;         /* the row of what in W ends him, or NONE: nothing does */
    uint32_t through;        /* how many people came through him */
    uint32_t brought[ROOMS]; /* what he and all who came through him wrote */
    uint32_t removals;       /* by him */
    uint32_t own_endings;    /* leavings and REVOKEDs by him, but for ... */
    uint32_t others_revoked; /* a manager's of somebody else */
    uint32_t traces;         /* by him */
    bool is_present;         /* when all are decided: is in by an ADD */
    bool has_come;           /* an ADD of his that stands has been reached */
    bool is_touched;         /* something about him has changed since the ADDs were looked at */
};

/* A device that a granted GENESIS, ADD or DEVICE names. */
struct named_device {
    uint8_t id[CERT_ID_BYTES];
    uint8_t seal_key[BOX_PUBLIC_BYTES];
    uint32_t seal_generation;
    uint32_t place;
    uint32_t author;
    uint8_t author_device[CERT_ID_BYTES];
    uint32_t person;
    uint32_t act; /* NONE for a DEVICE */
    bool is_void; /* a DEVICE that names nobody */
};

struct epoch {
    uint8_t id[HASH_BYTES];
    uint32_t place; /* of the operation that makes it, or NONE: nothing to write under */
    uint8_t author_device[CERT_ID_BYTES];
    int64_t made_ms;
    bool exposed;       /* knowing(e) has a device that is no present member's */
    struct part given;  /* of circle->given: recipients in recip(e), with repetitions */
    struct part wraps;  /* of circle->wraps: epochs whose key an EPOCH of this eid wraps */
    struct part covers; /* of circle->covers */
};

struct circle {
    size_t waiting;
    uint32_t op_count;
    size_t words; /* of 64 bits in a view */

    /* By place in the order of the fold */
    uint64_t *past;    /* [op_count * words] */
    bool *granted;     /* [op_count] */
    uint32_t *authors; /* [op_count]: persons, or NONE */
    uint32_t *act_at;  /* [op_count]: the operation's index in `acts`, or NONE */

    struct named_op {
        uint8_t ref[REF_BYTES];
        uint32_t place;
    } * named; /* [op_count], by ref */

    struct act *acts;
    uint32_t act_count;
    uint32_t taken[ROOMS];
    uint64_t *future;         /* [act_count * words] */
    uint64_t *authority;      /* the view of all acts but ADOPTs */
    uint64_t *endings;        /* the view of all endings */
    uint64_t *managers_ended; /* of these, of who had an ADD of role >= manager in their past */
    uint64_t *managers;       /* the view of ADDs of role >= manager */
    uint64_t *everything;     /* the view of all acts */
    uint64_t *rows;           /* [row_count * words]: views that persons and ADDs name */
    uint32_t row_count;
    struct op_lock *locks;
    uint32_t lock_count, lock_room;
    bool is_full; /* a bound left out operations */

    bool has_anchor;
    uint8_t anchor[HASH_BYTES];

    uint32_t *seats; /* [seat_count]: ADDs and GENESIS, the most senior first */
    uint32_t seat_count;

    struct person *persons; /* by id */
    uint32_t person_count;
    uint32_t *added; /* [added_count]: persons with granted ADDs */
    uint32_t added_count;
    struct named_device *devices;
    uint32_t device_count;

    uint32_t come_count; /* persons who have come */

    struct member *people;
    size_t people_count;
    struct recipient *recipients; /* by device */
    uint32_t recipient_count;
    uint8_t (*heads)[REF_BYTES];
    size_t head_count;
    struct op_lock *adopted;
    size_t adopted_count;
    uint8_t verdict[HASH_BYTES];

    struct epoch *epochs; /* by id */
    uint32_t epoch_count;
    struct indexes given, wraps, covers;
};

/* ---- Views ---- */
bool view_has(const uint64_t *view, uint32_t index);
void view_add(uint64_t *view, uint32_t index);
/* True if some act is in both, or in all three. */
bool view_meets(const struct circle *circle, const uint64_t *a, const uint64_t *b);
bool views_meet(const struct circle *circle, const uint64_t *a, const uint64_t *b,
                const uint64_t *c);
/* Adds the operation at `place` and its past. */
void view_join(const struct circle *circle, uint64_t *view, uint32_t place);
uint64_t *row_of(const struct circle *circle, uint32_t row);
uint32_t row_new(struct circle *circle);
const uint64_t *act_past(const struct circle *circle, uint32_t act);
bool is_concurrent(const struct circle *circle, uint32_t a, uint32_t b);

bool op_names(enum op_type type); /* GENESIS, ADD */
bool act_is_removal(const struct act *act);

/* Content up to the locks of an ending, and before a leaving in its own log. */
bool act_covers(const struct circle *circle, const struct act *ending,
                const uint8_t log[static LOG_PK_BYTES], uint64_t seq);

uint32_t person_find(const struct circle *circle, const uint8_t id[static HASH_BYTES]);

/* ---- What is granted: circle_grant.c ---- */
void persons_collect(struct circle *circle, const struct graph *graph);
void ops_grant(struct circle *circle, const struct graph *graph);
/* True if he has a granted ADD of at least this role in the view. */
bool was_given(const struct circle *circle, const uint64_t *view, uint32_t person,
               enum circle_role role);

/* The first granted ADD of the person in the view, or NONE. */
uint32_t first_add(const struct circle *circle, const uint64_t *view, uint32_t person);
bool op_leaves(const struct op *op); /* REMOVE of oneself, DECLINE */

/* ---- Bounds: circle_room.c ---- */
/* True if the bounds leave room for the act at `place`, of which all else is granted; then it is
 * taken. */
bool act_take_room(struct circle *circle, const struct op *op, uint32_t place);
/* The same of a DEVICE that is to be traced. */
bool trace_take_room(struct circle *circle, uint32_t place);

/* ---- REVOKED: circle_revoke.c ---- */

/* Granted DEVICEs that matter to some REVOKED, as far as there is room, and from where each is
 * reachable. */
struct traces {
    struct claims *claims; /* what all REVOKEDs say; owned */
    uint32_t *places;      /* of the DEVICEs, ascending; owned */
    uint32_t count;
    size_t words;
    uint64_t *reach; /* [graph->count * words]; owned */
};
void traces_init(struct traces *traces, const struct graph *graph);
void traces_clear(struct traces *traces);
/* In the order of the fold: fills what is reachable from `place`, then, if it is a DEVICE that is
 * granted, traces it. */
void traces_reach(struct traces *traces, const struct graph *graph, uint32_t place);
void traces_add(struct traces *traces, struct circle *circle, const struct op *op, uint32_t place);
/* Whether the REVOKED at `place` is signed by who may; `past` has an ADD of the person. */
bool revoked_is_signed(const struct circle *circle, const struct graph *graph,
                       const struct traces *traces, uint32_t place, uint32_t person);
/* When all that is granted is known: true if the device that wrote the DEVICE is revoked in its
 * past, or by who may say so and did not know it. */
bool device_is_void(const struct circle *circle, const struct traces *traces,
                    const struct named_device *device);
/* When all that is granted is known: what REVOKEDs void by device, and end by certificate. */
void revocations_apply(struct circle *circle);
/* True if a REVOKED in the view, of the device that wrote the act, voids it. */
bool is_void_by_device(const struct circle *circle, const uint64_t *view, uint32_t act);
/* True if a REVOKED voids the act by a person certificate of its author. */
bool is_void_by_certificate(const struct circle *circle, const struct act *act);

/* ---- Who is what: circle_view.c ---- */

/* live(a, T) */
bool add_is_live(const struct circle *circle, const uint64_t *view, uint32_t add);
/* True if the person is in members(view), and then his role there. */
bool role_in(const struct circle *circle, const uint64_t *view, uint32_t person,
             enum circle_role *role);
/* The same of ADDs that have been reached alone; but as owner nobody counts who would not by all.
 * */
bool power_in(const struct circle *circle, const uint64_t *view, uint32_t person,
              enum circle_role *role);
bool is_in(const struct circle *circle, const uint64_t *view, uint32_t person);
/* True if he belongs to members(view) without being a manager by an ADD, after an ending. */
bool may_be_owner(const struct circle *circle, const uint64_t *view, uint32_t person);
/* The seat of the most senior of his ADDs that stand, or that are live in the view; NONE without.
 * */
uint32_t seat_standing(const struct circle *circle, uint32_t person);
uint32_t seat_in(const struct circle *circle, const uint64_t *view, uint32_t person);

/* ---- Which ADDs are clear: circle_clear.c ---- */
void adds_clear(struct circle *circle); /* when the seats are known */

/* ---- What counts: circle_decide.c ---- */
void ops_decide(struct circle *circle);

/* ---- When all are decided: circle_people.c ---- */
void people_collect(struct circle *circle);
void recipients_collect(struct circle *circle);
void adopted_collect(struct circle *circle);
void heads_collect(struct circle *circle, const struct graph *graph);
void verdict_make(struct circle *circle);

/* The index of `device` in circle->recipients, or NONE. */
uint32_t recipient_find(const struct circle *circle, const uint8_t device[static CERT_ID_BYTES]);

/* ---- Keys: epoch.c ---- */
/* Fills the epochs, when all the rest of `circle` is filled. */
void epochs_init(struct circle *circle, const struct graph *graph);
void epochs_clear(struct circle *circle);

#endif
