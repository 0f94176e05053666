/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Views, and who is what in one under the present W. */
#include "protocol/fold.h"

#include <string.h>

/* ---- Sets ---- */

bool view_has(const uint64_t *view, uint32_t index) {
    return (view[index / 64] >> (index % 64) & 1) != 0;
}

void view_add(uint64_t *view, uint32_t index) {
    view[index / 64] |= UINT64_C(1) << (index % 64);
}

bool view_meets(const struct circle *circle, const uint64_t *a, const uint64_t *b) {
    for (size_t w = 0; w < circle->words; w++) {
        if ((a[w] & b[w]) != 0) {
            return true;
        }
    }
    return false;
}

bool views_meet(const struct circle *circle, const uint64_t *a, const uint64_t *b,
                const uint64_t *c) {
    for (size_t w = 0; w < circle->words; w++) {
        if ((a[w] & b[w] & c[w]) != 0) {
            return true;
        }
    }
    return false;
}

void view_join(const struct circle *circle, uint64_t *view, uint32_t place) {
    const uint64_t *past = circle->past + place * circle->words;

    for (size_t w = 0; w < circle->words; w++) {
        view[w] |= past[w];
    }
    if (circle->act_at[place] != NONE) {
        view_add(view, circle->act_at[place]);
    }
}

uint64_t *row_of(const struct circle *circle, uint32_t row) {
    return circle->rows + row * circle->words;
}

uint32_t row_new(struct circle *circle) {
    return circle->row_count++;
}

const uint64_t *act_past(const struct circle *circle, uint32_t act) {
    return circle->past + circle->acts[act].place * circle->words;
}

bool is_concurrent(const struct circle *circle, uint32_t a, uint32_t b) {
    return a != b && !view_has(act_past(circle, a), b) && !view_has(act_past(circle, b), a);
}

/* ---- Members ---- */

/* True if an act of the row, in the view, has `add` in its past. */
static bool ends_by_row(const struct circle *circle, uint32_t row, const uint64_t *view,
                        uint32_t add) {
    return row != NONE &&
           views_meet(circle, row_of(circle, row), view, circle->future + add * circle->words);
}

bool add_is_live(const struct circle *circle, const uint64_t *view, uint32_t add) {
    const struct act *act = &circle->acts[add];

    return act->stands && !act->is_ended && view_has(view, add) &&
           !ends_by_row(circle, circle->persons[act->target].enders, view, add) &&
           !ends_by_row(circle, act->revoked_row, view, add);
}

/* True if he is in by an ADD (a reached one, if asked), and then the highest role of those. */
static bool role_given(const struct circle *circle, const uint64_t *view, uint32_t person,
                       bool reached, enum circle_role *role) {
    uint32_t a = person == NONE ? NONE : circle->persons[person].adds.first;
    bool found = false;

    for (; a != NONE; a = circle->acts[a].next) {
        const struct act *add = &circle->acts[a];
        bool is_higher = !found || add->role > *role;
        if (is_higher && (add->is_reached || !reached) && add_is_live(circle, view, a)) {
            *role = add->role;
            found = true;
        }
    }
    return found;
}

bool is_in(const struct circle *circle, const uint64_t *view, uint32_t person) {
    enum circle_role role = CIRCLE_READER;

    return role_given(circle, view, person, false, &role);
}

/* ---- Who counts as owner because there is no manager ---- */

static bool has_manager(const struct circle *circle, const uint64_t *view) {
    for (size_t w = 0; w < circle->words; w++) {
        uint32_t add = (uint32_t)w * 64;
        for (uint64_t rest = view[w] & circle->managers[w]; rest != 0; rest >>= 1, add++) {
            if ((rest & 1) != 0 && add_is_live(circle, view, add)) {
                return true;
            }
        }
    }
    return false;
}

uint32_t seat_in(const struct circle *circle, const uint64_t *view, uint32_t person) {
    uint32_t seat = NONE;

    for (uint32_t a = circle->persons[person].adds.first; a != NONE; a = circle->acts[a].next) {
        if (circle->acts[a].seat < seat && add_is_live(circle, view, a)) {
            seat = circle->acts[a].seat;
        }
    }
    return seat;
}

uint32_t seat_standing(const struct circle *circle, uint32_t person) {
    uint32_t seat = NONE;

    for (uint32_t a = circle->persons[person].adds.first; a != NONE; a = circle->acts[a].next) {
        if (circle->acts[a].stands && circle->acts[a].seat < seat) {
            seat = circle->acts[a].seat;
        }
    }
    return seat;
}

/* Seats stand in order: who has the first that is live in the view. */
static bool is_most_senior(const struct circle *circle, const uint64_t *view, uint32_t person) {
    for (uint32_t seat = 0; seat < circle->seat_count; seat++) {
        uint32_t add = circle->seats[seat];
        if (add_is_live(circle, view, add)) {
            return circle->acts[add].target == person;
        }
    }
    return false;
}

/* Without an ending the founder is a manager, so nobody need be looked at. */
static bool counts_as_owner(const struct circle *circle, const uint64_t *view, uint32_t person) {
    return view_meets(circle, view, circle->endings) && !has_manager(circle, view) &&
           is_most_senior(circle, view, person);
}

static bool role_among(const struct circle *circle, const uint64_t *view, uint32_t person,
                       bool reached, enum circle_role *role) {
    if (!role_given(circle, view, person, reached, role)) {
        return false;
    }
    if (*role < CIRCLE_MANAGER && counts_as_owner(circle, view, person)) {
        *role = CIRCLE_OWNER;
    }
    return true;
}

bool role_in(const struct circle *circle, const uint64_t *view, uint32_t person,
             enum circle_role *role) {
    return role_among(circle, view, person, false, role);
}

bool power_in(const struct circle *circle, const uint64_t *view, uint32_t person,
              enum circle_role *role) {
    return role_among(circle, view, person, true, role);
}

bool may_be_owner(const struct circle *circle, const uint64_t *view, uint32_t person) {
    enum circle_role role = CIRCLE_READER;

    return view_meets(circle, view, circle->endings) &&
           role_given(circle, view, person, false, &role) && role < CIRCLE_MANAGER;
}

/* ---- Acts ---- */

bool act_is_removal(const struct act *act) {
    return act->type == OP_REMOVE && !act->leaves;
}

bool act_covers(const struct circle *circle, const struct act *ending,
                const uint8_t log[static LOG_PK_BYTES], uint64_t seq) {
    if (ending->leaves && memcmp(ending->log, log, LOG_PK_BYTES) == 0 && seq < ending->seq) {
        return true;
    }
    for (uint32_t i = 0; i < ending->locks.count; i++) {
        const struct op_lock *lock = &circle->locks[ending->locks.first + i];
        if (memcmp(lock->log, log, LOG_PK_BYTES) == 0 && seq <= lock->seq) {
            return true;
        }
    }
    return false;
}
