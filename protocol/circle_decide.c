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
        bool wrote = can_be_void(act) && act->author == r->target &&
                     !(r->leaves && act_covers(circle, r, act->log, act->seq));
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

/* True if its author may give the role, as far as that is known. */
static bool add_is_rightful(const struct circle *circle, uint32_t index) {
    const struct act *add = &circle->acts[index];
    enum circle_role role = CIRCLE_READER;

    if (add->raises && !circle->is_first_time) {
        return add->is_raised;
    }
    return role_in(circle, act_past(circle, index), add->author, &role) && role >= CIRCLE_MANAGER &&
           role >= add->role;
}

static bool add_may_stand(const struct circle *circle, uint32_t index) {
    const struct act *add = &circle->acts[index];

    return !add->is_dead && add_is_rightful(circle, index) && !is_void_by_certificate(circle, add);
}

/* True if it stands now and did not, or the other way round. */
static bool add_update(struct circle *circle, uint32_t index) {
    struct act *add = &circle->acts[index];
    bool stood = add->stands;

    add->asks_for_owner = may_be_owner(circle, act_past(circle, index), add->author);
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

    if (act->type != OP_ADD || act->is_reached) {
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

/* Within one rank. */
static int compare_seats(const struct act *left, const struct act *right) {
    if (left->grade != right->grade) {
        return left->grade > right->grade ? -1 : 1;
    }
    if (left->age != right->age) {
        return left->age < right->age ? -1 : 1;
    }
    if (left->target != right->target) {
        return left->target < right->target ? -1 : 1; /* they are sorted by id */
    }
    return memcmp(left->ref, right->ref, REF_BYTES);
}

static int compare_seniority(const void *a, const void *b) {
    const struct act *const *left = a;
    const struct act *const *right = b;

    if ((*left)->rank != (*right)->rank) {
        return (*left)->rank < (*right)->rank ? -1 : 1;
    }
    return compare_seats(*left, *right);
}

/* The first time by modest ranks. */
static int compare_modesty(const void *a, const void *b) {
    const struct act *const *left = a;
    const struct act *const *right = b;

    if ((*left)->modest_rank != (*right)->modest_rank) {
        return (*left)->modest_rank < (*right)->modest_rank ? -1 : 1;
    }
    return compare_seats(*left, *right);
}

static void seats_fill(struct circle *circle) {
    const struct act **adds = rb_alloc(circle->seat_count, sizeof *adds);
    size_t count = 0;

    for (uint32_t i = 0; i < circle->act_count; i++) {
        if (op_names(circle->acts[i].type)) {
            adds[count++] = &circle->acts[i];
        }
    }
    qsort(adds, count, sizeof *adds, circle->is_first_time ? compare_modesty : compare_seniority);
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

static bool removal_counts(const struct circle *circle, uint32_t index) {
    const struct act *removal = &circle->acts[index];
    enum circle_role role = CIRCLE_READER;

    return !removal->is_dead && !removal->counts &&
           power_in(circle, act_past(circle, index), removal->author, &role) &&
           role >= CIRCLE_MANAGER && !is_void_by_certificate(circle, removal) &&
           !is_blocked(circle, index);
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

/* The author of the first of the standing ADDs of somebody who has one. */
static uint32_t sponsor_of(const struct circle *circle, uint32_t person) {
    uint32_t a = circle->persons[person].adds.first;

    while (!circle->acts[a].stands) {
        a = circle->acts[a].next;
    }
    return circle->acts[a].author;
}

/* True if the bounds leave room for one more; then it is taken, of everybody through whom he comes.
 * By an ADD that stands in the past of the one by which the next comes: so it ends at the founder.
 * */
static bool room_take(struct circle *circle, uint32_t person) {
    uint32_t founder = circle->acts[0].target;

    if (person == founder) {
        return true;
    }
    if (circle->come_count >= CIRCLE_PEOPLE_MAX) {
        return false;
    }
    uint32_t first = sponsor_of(circle, person);
    for (uint32_t y = first; y != founder; y = sponsor_of(circle, y)) {
        if (circle->persons[y].through == CIRCLE_GUESTS_MAX) {
            return false;
        }
    }
    for (uint32_t y = first; y != founder; y = sponsor_of(circle, y)) {
        circle->persons[y].through++;
    }
    return true;
}

/* ---- All ---- */

/* Reaches the ADD: true if it stands, for ever. */
static bool add_reach(struct circle *circle, uint32_t index) {
    struct act *add = &circle->acts[index];
    struct person *person = &circle->persons[add->target];

    if (add->stands && !person->has_come) {
        if (room_take(circle, add->target)) {
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

/* As if nothing had been decided yet. */
static void decision_begin(struct circle *circle) {
    circle->come_count = 0;
    for (uint32_t i = 0; i < circle->act_count; i++) {
        struct act *act = &circle->acts[i];
        act->is_dead = act->is_revoked;
        act->is_reached = false;
        act->stands = act->type == OP_GENESIS;
        act->counts = false;
    }
    for (uint32_t i = 0; i < circle->added_count; i++) {
        struct person *person = &circle->persons[circle->added[i]];
        person->enders = NONE;
        person->through = 0;
        person->has_come = false;
        person->is_touched = true;
    }
}

static void decide(struct circle *circle, const struct removals *removals) {
    decision_begin(circle);
    seats_fill(circle);
    leavings_join(circle);
    adds_update(circle, NONE);
    for (uint32_t seat = 0; seat < circle->seat_count; seat++) {
        if (add_reach(circle, circle->seats[seat])) {
            removals_join(circle, removals, circle->seats[seat]);
        }
    }
}

/* True if there is any ADD for which the first time matters. */
static bool raisings_note(struct circle *circle) {
    bool any = false;

    for (uint32_t i = 0; i < circle->act_count; i++) {
        struct act *act = &circle->acts[i];
        act->is_raised = act->raises && act->stands;
        any = any || act->raises;
    }
    return any;
}

static uint32_t seats_count(const struct circle *circle) {
    uint32_t count = 0;

    for (uint32_t i = 0; i < circle->act_count; i++) {
        count += op_names(circle->acts[i].type) ? 1 : 0;
    }
    return count;
}

void ops_decide(struct circle *circle) {
    struct removals removals = removals_collect(circle);

    circle->seat_count = seats_count(circle);
    circle->seats = rb_alloc(circle->seat_count, sizeof *circle->seats);
    circle->is_first_time = true;
    decide(circle, &removals);
    circle->is_first_time = false;
    if (raisings_note(circle)) {
        decide(circle, &removals);
    }
    for (uint32_t i = 0; i < circle->act_count; i++) {
        if (circle->acts[i].type == OP_ADOPT) {
            circle->acts[i].counts = adopt_counts(circle, i);
        }
    }
    free(removals.items);
}
