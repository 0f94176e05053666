/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The members of one circle: its operations folded, and the tables member, circle_view and adopted
 * made from that.  Inside the store layer. */
#ifndef REMBUK_STORE_MEMBERS_H
#define REMBUK_STORE_MEMBERS_H

#include "store/operations.h"

struct members {
    struct circle *fold; /* owned; NULL: not folded since its operations changed */
    size_t operation_count;
    uint8_t verdict[HASH_BYTES]; /* circle_verdict, and what operations_load chose if it had to */
    bool founded;                /* its GENESIS is here; then: */
    enum circle_kind kind;
    uint64_t genesis_hlc;
    bool formal; /* it has an anchor: letters give rank in it */
    uint8_t anchor[HASH_BYTES];
    bool has_parent; /* the circle that it is a part of: */
    uint8_t parent[HASH_BYTES];
};

/* Folds the operations of a circle, if that is not done yet. */
enum rb_status members_fold(struct store *store, int64_t circle, struct members *members)
    RB_MUST_CHECK;
void members_clear(struct members *members);

/* Writes the tables from a fold, and notes the change (store_note_members) if there is one.
 * `*overturned`: content may be judged otherwise than before (circle_verdict). */
enum rb_status members_project(struct store *store, int64_t circle,
                               const uint8_t circle_id[static HASH_BYTES],
                               const struct members *members, bool *overturned) RB_MUST_CHECK;

#endif
