/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people do in a world: they come to work and go home, found groups and open cases, invite,
 * accept, decline, leave and remove each other, confer in threads, write, edit and retract.
 *
 * Each act draws from a chance of its own, that of the seed and its number: a run without some
 * fault goes another way only where the fault mattered. */
#ifndef REMBUK_TESTS_MONTH_H
#define REMBUK_TESTS_MONTH_H

#include "tests/sim/world.h"

struct month_plan {
    unsigned days;
    unsigned acts_a_day;     /* of each person */
    unsigned circles_max;    /* groups and cases together */
    unsigned change_percent; /* of the acts: members are added and taken out */
    bool everybody;          /* the first group takes in everybody */
};

enum month_act {
    ACT_FOUND,
    ACT_INVITE,
    ACT_ANSWER,
    ACT_LEAVE,
    ACT_REMOVE,
    ACT_THREAD,
    ACT_POST,
    ACT_EDIT,
    ACT_RETRACT,
    ACT_CASE,
    ACT_SHARE,
    ACT_NOTE,
    ACT_ADOPT,
    ACT_SORTS
};
extern const char *const month_act_names[ACT_SORTS];

/* How many of each sort were done, and how many a rule forbade. */
struct month_figures {
    uint64_t done[ACT_SORTS], refused[ACT_SORTS];
};

/* Puts the days into the heap. */
void month_begin(struct world *world, const struct month_plan *plan);
void month_end(struct world *world);

/* Everybody is at work and nobody does anything more. */
void month_rest(struct world *world);

/* Whoever is there writes in each of his threads: what was revoked since somebody wrote there comes
 * to be said. */
void month_greet(struct world *world);

/* Holds what nodes show against what was done (model.h); how many posts were looked at. */
size_t month_check(struct world *world);

const struct month_figures *month_figures(const struct world *world);

#endif
