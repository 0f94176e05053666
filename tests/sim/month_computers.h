/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The computers of people (docs/decisions/018).  A spare one becomes the second computer of
 * somebody: its card goes to his first one, which admits it, and the file that comes back is taken.
 * Later one of the two may be lost: whoever has found it works with it as if he were its owner, and
 * when it is missed the other one revokes it.  Where the first node holds an office, somebody who
 * has one computer may lose it, too, and the office revokes his letters.
 *
 * What somebody does with a computer is tried again until it is done, or the days are over. */
#ifndef REMBUK_TESTS_MONTH_COMPUTERS_H
#define REMBUK_TESTS_MONTH_COMPUTERS_H

#include "tests/sim/world.h"

enum computer_step {
    COMPUTER_ADMIT,
    COMPUTER_TAKE,
    COMPUTER_LOSE,
    COMPUTER_REVOKE,
    COMPUTER_ABUSE, /* now and then, from when it is lost: what no honest program writes */
    COMPUTER_STEPS
};
extern const char *const computer_step_names[COMPUTER_STEPS];

/* Chooses who gets a second computer, who loses one, and when; `again` puts the next look at a
 * story into the heap, for computers_go_on. */
void computers_begin(struct world *world, int64_t days_ms,
                     void (*again)(struct world *world, int64_t at_ms, uint64_t story));
void computers_end(struct world *world);
void computers_go_on(struct world *world, uint64_t story);

/* Everybody is at work: what is missed is revoked now, and spare computers stay off. */
void computers_rest(struct world *world);

/* How often each step was done. */
const uint64_t *computers_done(const struct world *world);

#endif
