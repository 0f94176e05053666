/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which ADDs are clear: asked only where one raises.  All of it follows from what is granted, and
 * from seniority.
 *
 * People may be added and removed thousands of times, so each question is asked of a whole set of
 * acts at once. */
#include "protocol/fold.h"

#include <stdlib.h>
#include <string.h>

struct clearing {
    struct circle *circle;
    uint32_t *above;  /* [act_count], of removals: the best seat of their authors as managers */
    uint64_t *takers; /* [seat_count * words], by seat: the endings that took the ADD away */
    uint64_t *own;    /* [words]: the ADDs of one person */
};

static void clearing_init(struct clearing *clearing, struct circle *circle) {
    *clearing = (struct clearing) {
        .circle = circle,
        .above = rb_alloc(circle->act_count, sizeof *clearing->above),
        .takers = rb_alloc(circle->seat_count * circle->words, sizeof *clearing->takers),
        .own = rb_alloc(circle->words, sizeof *clearing->own),
    };
}

static void clearing_clear(struct clearing *clearing) {
    free(clearing->above);
    free(clearing->takers);
    free(clearing->own);
}

static uint64_t *takers_of(const struct clearing *clearing, uint32_t add) {
    const struct circle *circle = clearing->circle;

    return clearing->takers + circle->acts[add].seat * circle->words;
}

/* The best seat that the author of the removal was given as a manager; NONE without one. */
static uint32_t seat_of_remover(const struct circle *circle, uint32_t removal) {
    const uint64_t *past = act_past(circle, removal);
    uint32_t best = NONE;

    for (uint32_t a = circle->persons[circle->acts[removal].author].adds.first; a != NONE;
         a = circle->acts[a].next) {
        const struct act *add = &circle->acts[a];
        if (add->role >= CIRCLE_MANAGER && add->seat < best && view_has(past, a)) {
            best = add->seat;
        }
    }
    return best;
}

/* The leavings of who was added, and the removals by somebody above, that know the ADD. */
static void takers_find(const struct clearing *clearing, uint32_t add) {
    const struct circle *circle = clearing->circle;
    uint32_t r = circle->persons[circle->acts[add].target].endings.first;

    for (; r != NONE; r = circle->acts[r].next) {
        bool takes = circle->acts[r].leaves || (act_is_removal(&circle->acts[r]) &&
                                                clearing->above[r] < circle->acts[add].seat);
        if (takes && view_has(act_past(circle, r), add)) {
            view_add(takers_of(clearing, add), r);
        }
    }
}

/* The seat of the most senior ADD that the person was granted in the view and that was not taken
 * from him there; NONE without one. */
static uint32_t seat_granted(const struct clearing *clearing, const uint64_t *view,
                             uint32_t person) {
    const struct circle *circle = clearing->circle;
    uint32_t best = NONE;

    for (uint32_t a = circle->persons[person].adds.first; a != NONE; a = circle->acts[a].next) {
        if (circle->acts[a].seat < best && view_has(view, a) &&
            !view_meets(circle, view, takers_of(clearing, a))) {
            best = circle->acts[a].seat;
        }
    }
    return best;
}

/* True if who removes managed, and was senior to the target. */
static bool removal_is_by_senior(const struct clearing *clearing, uint32_t removal) {
    const struct act *r = &clearing->circle->acts[removal];
    const uint64_t *past = act_past(clearing->circle, removal);

    return clearing->above[removal] != NONE &&
           seat_granted(clearing, past, r->author) < seat_granted(clearing, past, r->target);
}

/* True if `add` was written not knowing the removal of its author, or knowing it, and nobody had
 * added him since.  The ADDs of its author are `own`. */
static bool is_after_removal(const struct clearing *clearing, uint32_t add, uint32_t removal) {
    const struct circle *circle = clearing->circle;
    const uint64_t *past = act_past(circle, add);

    if (!view_has(past, removal)) {
        return is_concurrent(circle, add, removal);
    }
    return !views_meet(circle, past, clearing->own, circle->future + removal * circle->words);
}

static bool add_is_clear(const struct clearing *clearing, uint32_t index) {
    const struct circle *circle = clearing->circle;
    const struct person *author = &circle->persons[circle->acts[index].author];
    const uint64_t *past = act_past(circle, index);
    uint32_t a = author->adds.first;

    while (a != NONE && !(circle->acts[a].is_clear && view_has(past, a))) {
        a = circle->acts[a].next;
    }
    for (uint32_t r = author->endings.first; a != NONE && r != NONE; r = circle->acts[r].next) {
        if (circle->acts[r].is_by_senior && is_after_removal(clearing, index, r)) {
            return false;
        }
    }
    return a != NONE;
}

static void own_fill(const struct clearing *clearing, uint32_t person) {
    const struct circle *circle = clearing->circle;

    memset(clearing->own, 0, circle->words * sizeof *clearing->own);
    for (uint32_t a = circle->persons[person].adds.first; a != NONE; a = circle->acts[a].next) {
        view_add(clearing->own, a);
    }
}

static bool any_raises(const struct circle *circle) {
    uint32_t i = 0;

    while (i < circle->act_count && !circle->acts[i].raises) {
        i++;
    }
    return i < circle->act_count;
}

static void removals_weigh(struct clearing *clearing) {
    struct circle *circle = clearing->circle;

    for (uint32_t i = 0; i < circle->act_count; i++) {
        if (act_is_removal(&circle->acts[i])) {
            clearing->above[i] = seat_of_remover(circle, i);
        }
    }
    for (uint32_t seat = 0; seat < circle->seat_count; seat++) {
        takers_find(clearing, circle->seats[seat]);
    }
    for (uint32_t i = 0; i < circle->act_count; i++) {
        struct act *act = &circle->acts[i];
        act->is_by_senior = act_is_removal(act) && removal_is_by_senior(clearing, i);
    }
}

/* The ADD that gives an author the right stands before what he adds, so one walk is enough. */
void adds_clear(struct circle *circle) {
    struct clearing clearing;

    if (!any_raises(circle)) {
        return;
    }
    clearing_init(&clearing, circle);
    removals_weigh(&clearing);
    for (uint32_t i = 0; i < circle->act_count; i++) {
        struct act *act = &circle->acts[i];
        if (act->type == OP_GENESIS) {
            act->is_clear = true;
        } else if (act->type == OP_ADD) {
            own_fill(&clearing, act->author);
            act->is_clear = add_is_clear(&clearing, i);
        }
    }
    clearing_clear(&clearing);
}
