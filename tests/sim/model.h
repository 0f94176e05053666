/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people have done in a world, kept in plain memory as they did it: nothing of it comes from a
 * store.  At rest every node is held against it (I1): each thread, post, note, edit, retraction,
 * name and member is shown to whoever may see it, as it was written, and nothing else is.
 *
 * Who belongs to a circle when people contradict each other is not made out here a second time.  A
 * person is *sure* in a circle if he founded it, or was added by people who are sure in it and by
 * nobody else, and nobody has ever seen him out.  What sure people write counts, always.  What
 * others write may wait for a manager, or count for nothing, but if it is shown it is what they
 * wrote.
 *
 * Who wrote twice, or cheats, is left out; and of an act that a failing disk interrupted nobody
 * knows whether it was done. */
#ifndef REMBUK_TESTS_MODEL_H
#define REMBUK_TESTS_MODEL_H

#include "store/threads.h"
#include "tests/sim/world.h"

struct model;

struct model *model_new(void);
void model_destroy(struct model **model);

/* ---- Circles ---- */

/* `name`: of the group, or the code of the case. */
void model_circle(struct model *model, const struct sim_node *founder,
                  const uint8_t circle[static HASH_BYTES], enum circle_kind kind, const char *name);
void model_add(struct model *model, const struct sim_node *by,
               const uint8_t circle[static HASH_BYTES], const uint8_t person[static HASH_BYTES],
               enum circle_role role);
void model_accept(struct model *model, const struct sim_node *who,
                  const uint8_t circle[static HASH_BYTES]);

/* ---- What is written there ---- */
void model_thread(struct model *model, const struct sim_node *author,
                  const uint8_t circle[static HASH_BYTES], const uint8_t ref[static REF_BYTES],
                  struct span title);
void model_post(struct model *model, const struct sim_node *author,
                const uint8_t circle[static HASH_BYTES], const uint8_t thread[static REF_BYTES],
                const uint8_t *reply_to /* or NULL */, const uint8_t ref[static REF_BYTES],
                struct span text);
void model_edit(struct model *model, const uint8_t post[static REF_BYTES], struct span text);
void model_retract(struct model *model, const uint8_t post[static REF_BYTES], struct span reason);
void model_note(struct model *model, const struct sim_node *author,
                const uint8_t circle[static HASH_BYTES], const uint8_t ref[static REF_BYTES],
                struct span text);

/* Something was done of which nobody knows how it ended. */
void model_doubt(struct model *model, const struct sim_node *author);

/* Holds what this node shows against all of it; how many things were looked at. */
size_t model_check(struct model *model, struct sim_node *node);

#endif
