/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/model_inside.h"

#include "tests/sim/invariants.h"

#include <stdlib.h>
#include <string.h>

struct model *model_new(void) {
    return rb_alloc(1, sizeof(struct model));
}

static void item_clear(struct modelled *item) {
    for (size_t i = 0; i < item->text_count; i++) {
        free(item->texts[i]);
    }
    free(item->texts);
    free(item->reason);
}

void model_destroy(struct model **model) {
    if (*model == NULL) {
        return;
    }
    for (size_t i = 0; i < (*model)->count; i++) {
        item_clear(&(*model)->items[i]);
    }
    for (size_t i = 0; i < (*model)->circle_count; i++) {
        free((*model)->circles[i].name);
        free((*model)->circles[i].people);
        free((*model)->circles[i].adds);
    }
    free((*model)->items);
    free((*model)->slots);
    free((*model)->circles);
    free(*model);
    *model = NULL;
}

/* ---- Finding ---- */

static size_t slot_of(const struct model *model, const uint8_t ref[static REF_BYTES]) {
    uint64_t spread;

    memcpy(&spread, ref, sizeof spread); /* a ref is a hash */
    size_t slot = (size_t)(spread % model->slot_count);
    while (model->slots[slot] != 0 &&
           memcmp(model->items[model->slots[slot] - 1].ref, ref, REF_BYTES) != 0) {
        slot = (slot + 1) % model->slot_count;
    }
    return slot;
}

struct modelled *model_find(const struct model *model, const uint8_t ref[static REF_BYTES]) {
    const size_t place = model->slot_count == 0 ? 0 : model->slots[slot_of(model, ref)];

    return place == 0 ? NULL : &model->items[place - 1];
}

struct modelled_circle *model_circle_find(const struct model *model,
                                          const uint8_t circle[static HASH_BYTES]) {
    for (size_t i = 0; i < model->circle_count; i++) {
        if (memcmp(model->circles[i].circle, circle, HASH_BYTES) == 0) {
            return &model->circles[i];
        }
    }
    return NULL;
}

struct modelled_person *model_person(const struct modelled_circle *circle,
                                     const uint8_t person[static HASH_BYTES]) {
    for (size_t i = 0; i < circle->people_count; i++) {
        if (memcmp(circle->people[i].id, person, HASH_BYTES) == 0) {
            return &circle->people[i];
        }
    }
    return NULL;
}

/* ---- Circles ---- */

/* The one that is there, or a new one. */
static struct modelled_circle *circle_of(struct model *model,
                                         const uint8_t circle[static HASH_BYTES]) {
    struct modelled_circle *found = model_circle_find(model, circle);

    if (found == NULL) {
        model->circles =
            rb_realloc(model->circles, model->circle_count + 1, sizeof *model->circles);
        found = &model->circles[model->circle_count++];
        *found = (struct modelled_circle) { 0 };
        memcpy(found->circle, circle, HASH_BYTES);
    }
    return found;
}

static size_t person_of(struct modelled_circle *circle, const uint8_t person[static HASH_BYTES]) {
    const struct modelled_person *found = model_person(circle, person);

    if (found != NULL) {
        return (size_t)(found - circle->people);
    }
    circle->people = rb_realloc(circle->people, circle->people_count + 1, sizeof *circle->people);
    struct modelled_person *made = &circle->people[circle->people_count];
    *made = (struct modelled_person) { .role = CIRCLE_READER };
    memcpy(made->id, person, HASH_BYTES);
    return circle->people_count++;
}

void model_circle(struct model *model, const struct sim_node *founder,
                  const uint8_t circle[static HASH_BYTES], enum circle_kind kind,
                  const char *name) {
    struct modelled_circle *made = circle_of(model, circle);
    const size_t place = person_of(made, founder->person);

    made->is_founded = true;
    made->kind = kind;
    made->founder = founder;
    made->name = rb_strndup(span_text(name));
    made->people[place].role = CIRCLE_OWNER;
    made->people[place].founded = made->people[place].accepted = true;
}

void model_add(struct model *model, const struct sim_node *by,
               const uint8_t circle[static HASH_BYTES], const uint8_t person[static HASH_BYTES],
               enum circle_role role) {
    struct modelled_circle *found = circle_of(model, circle);
    const size_t author = person_of(found, by->person);
    const size_t whom = person_of(found, person);

    found->adds = rb_realloc(found->adds, found->add_count + 1, sizeof *found->adds);
    found->adds[found->add_count++] = (struct modelled_add) { author, whom };
    if (found->people[whom].role < role) {
        found->people[whom].role = role;
    }
}

void model_accept(struct model *model, const struct sim_node *who,
                  const uint8_t circle[static HASH_BYTES]) {
    struct modelled_circle *found = circle_of(model, circle);
    const size_t place = person_of(found, who->person);

    found->people[place].accepted = true;
}

/* ---- What is written ---- */

static void slots_grow(struct model *model) {
    free(model->slots);
    model->slot_count = 2 * model->slot_count + 256;
    model->slots = rb_alloc(model->slot_count, sizeof *model->slots);
    for (size_t i = 0; i < model->count; i++) {
        model->slots[slot_of(model, model->items[i].ref)] = i + 1;
    }
}

static void text_add(struct modelled *item, struct span text) {
    item->texts = rb_realloc(item->texts, item->text_count + 1, sizeof *item->texts);
    item->texts[item->text_count++] = rb_strndup(text);
}

static struct modelled *item_add(struct model *model, enum modelled_sort sort,
                                 const struct sim_node *author,
                                 const uint8_t circle[static HASH_BYTES],
                                 const uint8_t ref[static REF_BYTES], struct span text) {
    const struct modelled_circle *place = circle_of(model, circle);

    if (model->count == model->room) {
        model->room = 2 * model->room + 64;
        model->items = rb_realloc(model->items, model->room, sizeof *model->items);
    }
    if (2 * model->count >= model->slot_count) {
        slots_grow(model);
    }
    struct modelled *item = &model->items[model->count++];
    *item = (struct modelled) { .sort = sort,
                                .circle = (size_t)(place - model->circles),
                                .author = author };
    memcpy(item->ref, ref, REF_BYTES);
    text_add(item, text);
    model->slots[slot_of(model, ref)] = model->count;
    return item;
}

void model_thread(struct model *model, const struct sim_node *author,
                  const uint8_t circle[static HASH_BYTES], const uint8_t ref[static REF_BYTES],
                  struct span title) {
    (void)item_add(model, MODELLED_THREAD, author, circle, ref, title);
}

void model_post(struct model *model, const struct sim_node *author,
                const uint8_t circle[static HASH_BYTES], const uint8_t thread[static REF_BYTES],
                const uint8_t *reply_to, const uint8_t ref[static REF_BYTES], struct span text) {
    struct modelled *post = item_add(model, MODELLED_POST, author, circle, ref, text);

    memcpy(post->thread, thread, REF_BYTES);
    post->is_reply = reply_to != NULL;
    if (post->is_reply) {
        memcpy(post->reply_to, reply_to, REF_BYTES);
    }
}

void model_note(struct model *model, const struct sim_node *author,
                const uint8_t circle[static HASH_BYTES], const uint8_t ref[static REF_BYTES],
                struct span text) {
    (void)item_add(model, MODELLED_NOTE, author, circle, ref, text);
}

void model_edit(struct model *model, const uint8_t post[static REF_BYTES], struct span text) {
    struct modelled *found = model_find(model, post);

    if (found != NULL) {
        text_add(found, text);
    }
}

void model_retract(struct model *model, const uint8_t post[static REF_BYTES], struct span reason) {
    struct modelled *found = model_find(model, post);

    if (found != NULL && found->reason == NULL) {
        found->reason = rb_strndup(reason);
    }
}

void model_doubt(struct model *model, const struct sim_node *author) {
    model->doubts[author->index] = true;
}

/* ---- Who is sure ---- */

bool model_leaves_out(const struct world *world, const uint8_t person[static HASH_BYTES]) {
    bool leaves_out = false;

    for (size_t i = 0; i < world->node_count; i++) {
        const struct sim_node *node = &world->nodes[i];
        leaves_out = leaves_out || ((node->twice || node->is_bad) &&
                                    memcmp(node->person, person, HASH_BYTES) == 0);
    }
    return leaves_out;
}

bool model_doubts(const struct model *model, const struct world *world,
                  const uint8_t person[static HASH_BYTES]) {
    bool doubts = false;

    for (size_t i = 0; i < world->node_count; i++) {
        doubts =
            doubts || (model->doubts[i] && memcmp(world->nodes[i].person, person, HASH_BYTES) == 0);
    }
    return doubts;
}

/* Nobody in the model has added him: somebody left out has, or it was done in doubt. */
static bool was_added(const struct modelled_circle *circle, size_t person) {
    for (size_t i = 0; i < circle->add_count; i++) {
        if (circle->adds[i].whom == person) {
            return true;
        }
    }
    return circle->people[person].founded;
}

/* Through whom unsure people bring others in, those are unsure too. */
static void unsureness_spread(struct modelled_circle *circle) {
    for (bool grew = true; grew;) {
        grew = false;
        for (size_t i = 0; i < circle->add_count; i++) {
            const struct modelled_add *add = &circle->adds[i];
            if (circle->people[add->by].unsure && !circle->people[add->whom].unsure) {
                circle->people[add->whom].unsure = true;
                grew = true;
            }
        }
    }
}

void model_judge(struct model *model, struct world *world) {
    for (size_t i = 0; i < model->circle_count; i++) {
        struct modelled_circle *circle = &model->circles[i];
        for (size_t j = 0; j < circle->people_count; j++) {
            struct modelled_person *person = &circle->people[j];
            person->unsure = !circle->is_founded || !was_added(circle, j) ||
                             model_leaves_out(world, person->id) ||
                             invariants_ever_out(world, circle->circle, person->id);
        }
        unsureness_spread(circle);
    }
}
