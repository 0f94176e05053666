/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The model itself, for model.c, which keeps it, and model_check.c, which looks at it. */
#ifndef REMBUK_TESTS_MODEL_INSIDE_H
#define REMBUK_TESTS_MODEL_INSIDE_H

#include "tests/sim/model.h"

/* Somebody whom people of a circle have added, or who founded it. */
struct modelled_person {
    uint8_t id[HASH_BYTES];
    enum circle_role role; /* the highest that he was given */
    bool founded, accepted;
    bool unsure; /* model_judge */
};

struct modelled_add {
    size_t by, whom; /* places among the people */
};

struct modelled_circle {
    uint8_t circle[HASH_BYTES];
    bool is_founded; /* by somebody of whom the model knows; then: */
    enum circle_kind kind;
    const struct sim_node *founder;
    char *name;
    struct modelled_person *people;
    size_t people_count;
    struct modelled_add *adds;
    size_t add_count;
};

enum modelled_sort { MODELLED_THREAD, MODELLED_POST, MODELLED_NOTE };

struct modelled {
    enum modelled_sort sort;
    uint8_t ref[REF_BYTES];
    size_t circle; /* its place */
    const struct sim_node *author;
    char **texts; /* its first one or its title, then what it was edited to */
    size_t text_count;
    uint8_t thread[REF_BYTES]; /* of a post */
    bool is_reply;
    uint8_t reply_to[REF_BYTES];
    char *reason;      /* why it was retracted; NULL: it was not */
    bool shown, waits; /* at the node that is looked at */
};

struct model {
    struct modelled *items;
    size_t count, room;
    size_t *slots; /* places of items + 1 by ref; 0: free */
    size_t slot_count;
    struct modelled_circle *circles;
    size_t circle_count;
    bool doubts[WORLD_NODES_MAX];
};

struct modelled *model_find(const struct model *model, const uint8_t ref[static REF_BYTES]);
struct modelled_circle *model_circle_find(const struct model *model,
                                          const uint8_t circle[static HASH_BYTES]);
struct modelled_person *model_person(const struct modelled_circle *circle,
                                     const uint8_t person[static HASH_BYTES]);

/* A computer of that person cheats, or was copied or put back. */
bool model_leaves_out(const struct world *world, const uint8_t person[static HASH_BYTES]);

/* Something that this person did may not be in the model. */
bool model_doubts(const struct model *model, const struct world *world,
                  const uint8_t person[static HASH_BYTES]);

/* Makes out who is sure in which circle. */
void model_judge(struct model *model, struct world *world);

#endif
