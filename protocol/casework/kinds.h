/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of record kinds.  Adding a kind is one file here, one row in kinds.c, one view file in
 * store and one command file in cli.
 *
 * A body is one CBOR item inside a payload (protocol/event.h).  decode checks a body from a
 * stranger; what it accepts, views may store and cli may show (escaped).  All here is pure. */
#ifndef REMBUK_CASEWORK_KINDS_H
#define REMBUK_CASEWORK_KINDS_H

#include "protocol/circle.h"

/* Types on the wire: appended, never reused. */
enum kind_type {
    KIND_GROUP = 64,
    KIND_THREAD = 65,
    KIND_POST = 66,
    KIND_EDIT = 67,
    KIND_RETRACT = 68,
    KIND_CASE = 69,
    KIND_ENTRY = 70,
    KIND_CONTACT = 71,
    KIND_ROSTER_DAY = 72,
    KIND_RECORD = 73
};

struct kind {
    enum kind_type type;
    const char *name; /* "group": for tests, traces and the specification */
    enum event_class class;
    enum circle_kind circles[3]; /* the sorts of circle it may stand in; 0 ends */
    enum circle_role may;        /* the least role that may write it */
    size_t refs_min, refs_max;
    enum rb_status (*check)(const struct payload *payload); /* form only */
    /* What the row cannot say, of a payload that passed; NULL: nothing more. */
    enum rb_status (*judge)(const struct payload *payload, enum circle_kind circle,
                            enum circle_role role);
};

/* The row of a type, or NULL for a type that this version does not know: stored and skipped. */
const struct kind *kind_find(uint64_t type);

/* All rows, for tests and the specification. */
size_t kinds_all(const struct kind **rows);

/* RB_OK if `role` may have written this payload in such a circle: form, references, role.
 * RB_UNKNOWN: newer kind.  RB_REFUSED: not in such a circle, or the role is too low. */
enum rb_status kind_judge(const struct payload *payload, enum circle_kind circle,
                          enum circle_role role) RB_MUST_CHECK;

#endif
