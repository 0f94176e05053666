/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of struct circle, shared by circle.c (what counts and is valid), circle_people.c (who
 * belongs) and epoch.c (which keys), and by nobody else.
 *
 * A view is a set of counted operations, one bit each: bit i of a view stands for counted[i].
 * past(o) of every operation is kept as a view.
 *
 * The fold goes twice over the operations in their order: once to see which count, which needs
 * nothing but the past of each; then, when all leavings are known, to see which are valid. */
#ifndef REMBUK_PROTOCOL_FOLD_H
#define REMBUK_PROTOCOL_FOLD_H

#include "protocol/circle.h"
#include "protocol/graph.h"

#define NONE UINT32_MAX /* no such index */

/* An operation that counts and changes who belongs: GENESIS, ADD, REMOVE, DECLINE. */
struct counted {
    enum op_type type;
    uint32_t place;      /* in the order of the fold */
    uint32_t person;     /* whom GENESIS and ADD name; of the others, the author */
    uint32_t next;       /* the next counted operation about the same person, or NONE */
    uint32_t past_count; /* |past| */
    /* GENESIS, ADD */
    enum circle_role role;
    uint8_t device[CERT_ID_BYTES];
    uint8_t seal_key[BOX_PUBLIC_BYTES];
    uint32_t seal_generation;
    uint32_t sponsor; /* valid ADD: the one by which its author came */
    uint32_t through; /* valid ADDs by this guest and by all who came through him */
    /* REMOVE, DECLINE */
    uint32_t leaving; /* its index in circle->leavings */
};

/* Somebody whom a GENESIS or ADD names, whether it counts or not. */
struct person {
    uint8_t id[HASH_BYTES];
    uint32_t first; /* his counted operations, in the order of the fold; NONE if there are none */
    uint32_t last;
};

/* Part of a list: epoch.c keeps one list of indexes for the parts of all epochs, circle.c one of
 * locks for all leavings. */
struct part {
    uint32_t first;
    uint32_t count;
};

struct indexes {
    uint32_t *items; /* owned */
    uint32_t count;
    uint32_t room;
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

/* Where a REMOVE or DECLINE stands, and the other logs of its author that it lists. */
struct leaving {
    uint8_t log[LOG_PK_BYTES];
    uint64_t seq;
    struct part locks;
};

struct circle {
    size_t waiting;
    uint32_t op_count;
    size_t words; /* of 64 bits in a view */

    /* By place in the order of the fold */
    uint64_t *past;       /* [op_count * words] */
    bool *counts;         /* [op_count] */
    bool *valid;          /* [op_count] */
    uint32_t *counted_at; /* [op_count]: the operation's index in `counted`, or NONE */

    struct named_op {
        uint8_t ref[REF_BYTES];
        uint32_t place;
    } * named; /* [op_count], by ref */

    struct counted *counted;
    uint32_t counted_count;
    uint32_t counted_adds; /* of these, ADD and GENESIS */
    uint32_t valid_adds;
    uint64_t *invalid;    /* the view of the ADDs that are not valid */
    uint64_t *accepted;   /* the view of the ADDs that their guest has accepted */
    uint64_t *everything; /* the view of all counted operations but the invalid */

    struct leaving *leavings;
    uint32_t leaving_count;
    struct op_lock *locks;
    uint32_t lock_count;

    struct person *persons; /* by id */
    uint32_t person_count;
    struct member *people;
    size_t people_count;
    struct recipient *recipients; /* by device */
    uint32_t recipient_count;
    uint8_t (*heads)[REF_BYTES];
    size_t head_count;

    struct epoch *epochs; /* by id */
    uint32_t epoch_count;
    struct indexes given, wraps, covers;
};

bool op_names(enum op_type type); /* GENESIS, ADD */
bool op_ends(enum op_type type);  /* REMOVE, DECLINE */
bool view_has(const uint64_t *view, uint32_t index);

/* stands(a, T); false also for what is no ADD. */
bool add_stands(const struct circle *circle, const uint64_t *view, uint32_t add);

/* True if the person is a member, and then his role in members(view). */
bool role_in(const struct circle *circle, const uint64_t *view, uint32_t person,
             enum circle_role *role);

/* Fill people and recipients, when what counts and is valid is known.  For circle_fold only. */
void people_collect(struct circle *circle);
void recipients_collect(struct circle *circle);

/* The index of `device` in circle->recipients, or NONE. */
uint32_t recipient_find(const struct circle *circle, const uint8_t device[static CERT_ID_BYTES]);

/* Fills the epochs, when all the rest of `circle` is filled.  For circle_fold only. */
void epochs_init(struct circle *circle, const struct graph *graph);
void epochs_clear(struct circle *circle);

#endif
