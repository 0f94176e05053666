/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People who come new and know nobody (docs/protocol.md, 12): somebody invites them, into a group
 * if he manages one, and tells them the words; they knock at the door of his node and leave their
 * card; he compares words and confirms.  Of the others they hear through the group. */
#ifndef REMBUK_TESTS_MONTH_JOINING_H
#define REMBUK_TESTS_MONTH_JOINING_H

#include "tests/sim/world.h"

enum joining_step { JOINING_INVITE, JOINING_KNOCK, JOINING_CONFIRM, JOINING_STEPS };
extern const char *const joining_step_names[JOINING_STEPS];

/* As computers_begin. */
void joining_plan(struct world *world, int64_t days_ms,
                  void (*again)(struct world *world, int64_t at_ms, uint64_t story));
void joining_forget(struct world *world);
void joining_go_on(struct world *world, uint64_t story);

/* How often each step was done. */
const uint64_t *joining_done(const struct world *world);

#endif
