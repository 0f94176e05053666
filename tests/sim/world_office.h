/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network of a small office, held by the first node of a world: most people have a letter of it
 * (store/letters.h), by which they have rank in what they found, and stand in its roster
 * (store/roster.h).  The others are volunteers without one. */
#ifndef REMBUK_TESTS_WORLD_OFFICE_H
#define REMBUK_TESTS_WORLD_OFFICE_H

#include "tests/sim/world.h"

/* Before they meet, so that their cards carry the letters. */
void office_gives_letters(struct world *world);

/* The letters of that person hold no more.  RB_NOT_FOUND: he has none; RB_BUSY: the office is off.
 */
enum rb_status office_revokes(struct world *world, const struct sim_node *whom) RB_MUST_CHECK;

#endif
