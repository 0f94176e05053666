/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What counts, decided ADD by ADD, from senior to junior.
 *
 * Whether an ADD stands is kept for every ADD, also for those that have not been reached.  When W
 * has grown it is looked at again, in the order of the fold, if something has changed about its
 * author or its guest, or, if it asks who counts as owner, in its past: one walk is enough, because
 * an ADD depends only on ADDs that stand before it there. */
#include "protocol/fold.h"

#include <stdlib.h>
#include <string.h>

/* ---- W ---- */

/* True for what an ending of its author can void. */
static bool can_be_void(const struct act *act) {
    return act->type == OP_ADD || act->type == OP_ADOPT || act_is_removal(act);
}

/* The ending joins W: what it voids, and which ADDs can stand no more. */
static void ending_join(struct circle *circle, uint32_t ending) {
    struct act *r = &circle->acts[ending];
    struct person *target = &circle->persons[r->target];

    r->counts = true;
    if (target->enders == NONE) {
        target->enders = row_new(circle);
    }
    view_add(row_of(circle, target->enders), ending);
    target->is_touched = true;
    for (uint32_t i = 0; i < circle->act_count; i++) {
        struct act *act = &circle->acts[i];
        bool names = act->type == OP_ADD && act->target == r->target;
        bool wrote = can_be_void(act) && act->author == r->target;
        if ((names || wrote) && is_concurrent(circle, ending, i)) {
            act->is_dead = true;
        }
    }
}

static void leavings_join(struct circle *circle) {
    for (uint32_t i = 0; i < circle->act_count; i++) {
        if (circle->acts[i].leaves && !circle->acts[i].is_dead) {
            ending_join(circle, i);
        }
    }
}

/* ---- ADDs ---- */

static bool add_may_stand(const struct circle *circle, uint32_t index) {
    const struct act *add = &circle->acts[index];
    enum circle_role role = CIRCLE_READER;

    return !add->is_dead && (!add->raises || add->is_clear) &&
           role_in(circle, act_past(circle, index), add->author, &role) && role >= CIRCLE_MANAGER &&
           role >= add->role && !is_void_by_certificate(circle, add);
}

/* True if it stands now and did not, or the other way round. */
static bool add_update(struct circle *circle, uint32_t index) {
    struct act *add = &circle->acts[index];
    bool stood = add->stands;

    add->asks_for_owner =
        !add->is_dead && may_be_owner(circle, act_past(circle, index), add->author);
    add->stands = add_may_stand(circle, index);
    if (add->stands != stood) {
        circle->persons[add->target].is_touched = true;
    }
    return add->stands != stood;
}

/* True if it may be otherwise now whether the ADD stands.  Who counts as owner in its past may be
 * otherwise if `ending`, which has joined W, is there, or some other ADD has changed. */
static bool add_is_open(const struct circle *circle, uint32_t index, uint32_t ending,
                        bool has_changed) {
    const struct act *act = &circle->acts[index];

    if (act->type != OP_ADD || act->is_reached || (act->is_dead && !act->stands)) {
        return false;
    }
    if (circle->persons[act->author].is_touched || circle->persons[act->target].is_touched) {
        return true;
    }
    return act->asks_for_owner &&
           (has_changed || (ending != NONE && view_has(act_past(circle, index), ending)));
}

/* After `ending` has joined W, or NONE: somebody is touched. */
static void adds_update(struct circle *circle, uint32_t ending) {
    bool has_changed = false;

    for (uint32_t i = 0; i < circle->act_count; i++) {
        if (add_is_open(circle, i, ending, has_changed)) {
            has_changed = add_update(circle, i) || has_changed;
        }
    }
    for (uint32_t i = 0; i < circle->added_count; i++) {
        circle->persons[circle->added[i]].is_touched = false;
    }
}

/* ---- Seniority ---- */

static int compare_seniority(const void *a, const void *b) {
    const struct act *const *left = a;
    const struct act *const *right = b;

    if ((*left)->rank != (*right)->rank) {
        return (*left)->rank < (*right)->rank ? -1 : 1;
    }
    if ((*left)->grade != (*right)->grade) {
        return (*left)->grade > (*right)->grade ? -1 : 1;
    }
    if ((*left)->age != (*right)->age) {
        return (*left)->age < (*right)->age ? -1 : 1;
    }
    if ((*left)->target != (*right)->target) {
        return (*left)->target < (*right)->target ? -1 : 1; /* they are sorted by id */
    }
    return memcmp((*left)->ref, (*right)->ref, REF_BYTES);
}

static void seats_fill(struct circle *circle) {
    const struct act **adds = rb_alloc(circle->act_count, sizeof *adds);

    for (uint32_t i = 0; i < circle->act_count; i++) {
        if (op_names(circle->acts[i].type)) {
            adds[circle->seat_count++] = &circle->acts[i];
        }
    }
    qsort(adds, circle->seat_count, sizeof *adds, compare_seniority);
    circle->seats = rb_alloc(circle->seat_count, sizeof *circle->seats);
    for (uint32_t seat = 0; seat < circle->seat_count; seat++) {
        circle->seats[seat] = (uint32_t)(adds[seat] - circle->acts);
        circle->acts[circle->seats[seat]].seat = seat;
    }
    free(adds);
}

/* ---- Removals ---- */

/* True if an ADD of the target that has been reached is not to be ended by the removal. */
static bool is_blocked(const struct circle *circle, uint32_t removal) {
    const struct act *r = &circle->acts[removal];
    const uint64_t *past = act_past(circle, removal);

    for (uint32_t a = circle->persons[r->target].adds.first; a != NONE; a = circle->acts[a].next) {
        const struct act *add = &circle->acts[a];
        if (add->is_reached && add->stands &&
            (is_concurrent(circle, removal, a) || add_is_live(circle, past, a))) {
            return true;
        }
    }
    return false;
}

static bool may_manage(const struct circle *circle, const uint64_t *view, uint32_t person) {
    enum circle_role role = CIRCLE_READER;

    return power_in(circle, view, person, &role) && role >= CIRCLE_MANAGER;
}

static bool removal_counts(const struct circle *circle, uint32_t index) {
    const struct act *removal = &circle->acts[index];

    return !removal->is_dead && !removal->counts &&
           may_manage(circle, act_past(circle, index), removal->author) &&
           !is_void_by_certificate(circle, removal) && !is_blocked(circle, index);
}

static int compare_removals(const void *a, const void *b) {
    const struct act *const *left = a;
    const struct act *const *right = b;

    if ((*left)->author != (*right)->author) {
        return (*left)->author < (*right)->author ? -1 : 1;
    }
    if ((*left)->age != (*right)->age) {
        return (*left)->age < (*right)->age ? -1 : 1;
    }
    return memcmp((*left)->ref, (*right)->ref, REF_BYTES);
}

/* By author, and of each in the order in which they join. */
struct removals {
    const struct act **items;
    size_t count;
};

static struct removals removals_collect(const struct circle *circle) {
    struct removals removals = { .items = rb_alloc(circle->act_count, sizeof *removals.items) };

    for (uint32_t i = 0; i < circle->act_count; i++) {
        if (act_is_removal(&circle->acts[i])) {
            removals.items[removals.count++] = &circle->acts[i];
        }
    }
    qsort(removals.items, removals.count, sizeof *removals.items, compare_removals);
    return removals;
}

/* The removals that the guest of `add` wrote and that know it. */
static void removals_join(struct circle *circle, const struct removals *removals, uint32_t add) {
    uint32_t author = circle->acts[add].target;

    for (size_t i = 0; i < removals->count; i++) {
        uint32_t index = (uint32_t)(removals->items[i] - circle->acts);
        if (removals->items[i]->author == author && view_has(act_past(circle, index), add) &&
            removal_counts(circle, index)) {
            ending_join(circle, index);
            adds_update(circle, index);
        }
    }
}

/* ---- Bounds ---- */

/* True if the bounds leave room for who comes by the ADD; then it is taken, of everybody through
 * whom he comes. */
static bool room_take(struct circle *circle, uint32_t add) {
    uint32_t first = circle->acts[add].sponsor;

    if (first == NONE) {
        return true; /* the founder */
    }
    if (circle->come_count >= CIRCLE_PEOPLE_MAX) {
        return false;
    }
    for (uint32_t a = first; circle->acts[a].sponsor != NONE; a = circle->acts[a].sponsor) {
        if (circle->persons[circle->acts[a].target].through == CIRCLE_GUESTS_MAX) {
            return false;
        }
    }
    for (uint32_t a = first; circle->acts[a].sponsor != NONE; a = circle->acts[a].sponsor) {
        circle->persons[circle->acts[a].target].through++;
    }
    return true;
}

/* ---- All ---- */

/* Reaches the ADD: true if it stands, for ever. */
static bool add_reach(struct circle *circle, uint32_t index) {
    struct act *add = &circle->acts[index];
    struct person *person = &circle->persons[add->target];

    if (add->stands && !person->has_come) {
        if (room_take(circle, index)) {
            person->has_come = true;
            circle->come_count++;
        } else {
            add->is_dead = true;
            person->is_touched = true;
            adds_update(circle, NONE);
        }
    }
    add->is_reached = true;
    return add->stands;
}

static bool adopt_counts(const struct circle *circle, uint32_t index) {
    const struct act *act = &circle->acts[index];
    enum circle_role role = CIRCLE_READER;

    return !act->is_dead && role_in(circle, act_past(circle, index), act->author, &role) &&
           role >= CIRCLE_MANAGER && !is_void_by_certificate(circle, act);
}

void ops_decide(struct circle *circle) {
    struct removals removals = removals_collect(circle);

    seats_fill(circle);
    adds_clear(circle);
    leavings_join(circle);
    for (uint32_t i = 0; i < circle->added_count; i++) {
        circle->persons[circle->added[i]].is_touched = true;
    }
    adds_update(circle, NONE);
    for (uint32_t seat = 0; seat < circle->seat_count; seat++) {
        uint32_t add = circle->seats[seat];
        if (add_reach(circle, add)) {
            removals_join(circle, &removals, add);
            circle->acts[add].manages =
                may_manage(circle, circle->everything, circle->acts[add].target);
        }
    }
    for (uint32_t i = 0; i < circle->act_count; i++) {
        if (circle->acts[i].type == OP_ADOPT) {
            circle->acts[i].counts = adopt_counts(circle, i);
        }
    }
    free(removals.items);
}
