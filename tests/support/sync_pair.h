/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the unit tests of sync sessions share: one world, two nodes in it that are connected, and
 * what one wants to know of them. */
#ifndef REMBUK_TESTS_SYNC_PAIR_H
#define REMBUK_TESTS_SYNC_PAIR_H

#include "tests/support/sync_world.h"

extern struct world world;

/* Test fixtures of cmocka. */
int clear_the_world(void **state);
int forget_logs(void **state);

/* A world of `nodes` with two circles; the first `knowing` nodes know circle 0. */
void arrange(size_t nodes, size_t knowing);

/* Nodes 0 and 1, connected and at rest; the dialling end. */
struct world_end *connected(void);

/* The same, as soon as both are open, before any list has come. */
struct world_end *greeted(void);

uint64_t head_of(size_t node, size_t circle, size_t log);
void assert_done(const struct world_end *end);
void assert_closed(const struct world_end *end, enum rb_status status);

struct writer empty_frame(void);

/* The frame comes to the end as if from its peer; clears it. */
void inject(struct world_end *end, struct writer *frame);

#endif
