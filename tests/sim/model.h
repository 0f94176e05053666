/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has been written in a world, kept in plain memory as people did it: nothing of it comes from
 * a store.  At rest the threads of every node are held against it, post by post (I1).
 *
 * Who wrote twice, or cheats, is left out; and of an act that a power cut interrupted nobody knows
 * whether it was done. */
#ifndef REMBUK_TESTS_MODEL_H
#define REMBUK_TESTS_MODEL_H

#include "store/threads.h"
#include "tests/sim/world.h"

struct model;

struct model *model_new(void);
void model_destroy(struct model **model);

void model_post(struct model *model, const struct sim_node *author,
                const uint8_t thread[static REF_BYTES], const uint8_t ref[static REF_BYTES],
                struct span text);
void model_edit(struct model *model, const uint8_t post[static REF_BYTES], struct span text);
void model_retract(struct model *model, const uint8_t post[static REF_BYTES]);

/* Something was done of which nobody knows how it ended. */
void model_doubt(struct model *model, const struct sim_node *author);

/* Each post that this node shows is as it was written; how many were looked at. */
size_t model_check(struct model *model, struct sim_node *node);

#endif
