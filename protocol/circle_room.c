/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much of what is granted takes part: whoever writes as much as he likes pushes out nobody who
 * did not come through him. */
#include "protocol/fold.h"

#include <string.h>

/* A room as a whole, and what one guest and all who came through him may take of it.  The founder
 * comes through nobody. */
static const struct {
    uint32_t all, of_guest;
} rooms[ROOMS] = {
    [ROOM_ADDS] = { CIRCLE_ADDS_GRANTED_MAX, CIRCLE_ADDS_GRANTED_MAX / 2 },
    [ROOM_REMOVALS] = { CIRCLE_REMOVALS_MAX, CIRCLE_REMOVALS_MAX / 2 },
    [ROOM_ENDINGS] = { CIRCLE_ENDINGS_MAX, CIRCLE_ENDINGS_MAX / 2 },
    [ROOM_DOUBTS] = { CIRCLE_DOUBTFUL_MAX, CIRCLE_DOUBTFUL_OWN_MAX },
    [ROOM_TRACES] = { CIRCLE_TRACES_MAX, CIRCLE_TRACES_MAX / 4 },
};

static const uint64_t *past_of(const struct circle *circle, uint32_t place) {
    return circle->past + place * circle->words;
}

static bool was_manager(const struct circle *circle, uint32_t place, uint32_t person) {
    return was_given(circle, past_of(circle, place), person, CIRCLE_MANAGER);
}

/* Through whom the author of the operation came, from himself on; NONE at the founder.  Doubtful
 * are he and whom he brought, not the manager who brought him. */
static uint32_t next_guest(const struct circle *circle, enum room room, uint32_t place,
                           uint32_t add) {
    if (add == NONE || add == 0 ||
        (room == ROOM_DOUBTS && was_manager(circle, place, circle->acts[add].target))) {
        return NONE;
    }
    return circle->acts[add].target;
}

static bool room_take(struct circle *circle, enum room room, uint32_t place) {
    uint32_t first = first_add(circle, past_of(circle, place), circle->authors[place]);
    uint32_t guest;

    if (circle->taken[room] == rooms[room].all) {
        return false;
    }
    for (uint32_t a = first; (guest = next_guest(circle, room, place, a)) != NONE;
         a = circle->acts[a].sponsor) {
        if (circle->persons[guest].brought[room] == rooms[room].of_guest) {
            return false;
        }
    }
    for (uint32_t a = first; (guest = next_guest(circle, room, place, a)) != NONE;
         a = circle->acts[a].sponsor) {
        circle->persons[guest].brought[room]++;
    }
    circle->taken[room]++;
    return true;
}

/* One more of what one author may write `most` of. */
static bool own_take(uint32_t *count, uint32_t most) {
    if (*count == most) {
        return false;
    }
    (*count)++;
    return true;
}

/* True if the author may write one more of this kind. */
static bool author_take(const struct circle *circle, const struct op *op, uint32_t place) {
    uint32_t index = circle->authors[place];
    struct person *author = &circle->persons[index];

    switch (op->type) {
    case OP_REMOVE:
        return op_leaves(op) ? own_take(&author->own_endings, CIRCLE_ENDINGS_OWN_MAX)
                             : own_take(&author->removals, CIRCLE_REMOVALS_OWN_MAX);
    case OP_REVOKED:
        return memcmp(op->revocation.person, op->author, HASH_BYTES) != 0 &&
                       was_manager(circle, place, index)
                   ? own_take(&author->others_revoked, CIRCLE_REVOKEDS_OWN_MAX)
                   : own_take(&author->own_endings, CIRCLE_ENDINGS_OWN_MAX);
    case OP_DECLINE:
        return own_take(&author->own_endings, CIRCLE_ENDINGS_OWN_MAX);
    default:
        return true;
    }
}

static enum room room_of(const struct op *op) {
    switch (op->type) {
    case OP_REMOVE:
        return op_leaves(op) ? ROOM_ENDINGS : ROOM_REMOVALS;
    case OP_DECLINE:
    case OP_REVOKED:
        return ROOM_ENDINGS;
    default:
        return ROOM_ADDS;
    }
}

/* True for what only an owner by default may do. */
static bool is_doubtful(const struct circle *circle, const struct op *op, uint32_t place) {
    enum room room = room_of(op);

    return op->type != OP_GENESIS && (room == ROOM_ADDS || room == ROOM_REMOVALS) &&
           !was_manager(circle, place, circle->authors[place]);
}

bool act_take_room(struct circle *circle, const struct op *op, uint32_t place) {
    return author_take(circle, op, place) &&
           (!is_doubtful(circle, op, place) || room_take(circle, ROOM_DOUBTS, place)) &&
           room_take(circle, room_of(op), place);
}

bool trace_take_room(struct circle *circle, uint32_t place) {
    return own_take(&circle->persons[circle->authors[place]].traces, CIRCLE_TRACES_OWN_MAX) &&
           room_take(circle, ROOM_TRACES, place);
}
