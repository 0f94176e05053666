/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/model.h"

#include <stdlib.h>
#include <string.h>

struct modelled {
    uint8_t ref[REF_BYTES];
    uint8_t thread[REF_BYTES];
    const struct sim_node *author;
    char **texts; /* its first one, then what it was edited to */
    size_t text_count;
    bool retracted;
};

struct model {
    struct modelled *posts;
    size_t count, room;
    bool doubts[WORLD_NODES_MAX];
};

struct model *model_new(void) {
    return rb_alloc(1, sizeof(struct model));
}

static void texts_free(struct modelled *post) {
    for (size_t i = 0; i < post->text_count; i++) {
        free(post->texts[i]);
    }
    free(post->texts);
}

void model_destroy(struct model **model) {
    if (*model != NULL) {
        for (size_t i = 0; i < (*model)->count; i++) {
            texts_free(&(*model)->posts[i]);
        }
        free((*model)->posts);
        free(*model);
        *model = NULL;
    }
}

static struct modelled *find(const struct model *model, const uint8_t ref[static REF_BYTES]) {
    for (size_t i = model->count; i > 0; i--) {
        if (memcmp(model->posts[i - 1].ref, ref, REF_BYTES) == 0) {
            return &model->posts[i - 1];
        }
    }
    return NULL;
}

static void text_add(struct modelled *post, struct span text) {
    post->texts = rb_realloc(post->texts, post->text_count + 1, sizeof *post->texts);
    post->texts[post->text_count++] = rb_strndup(text);
}

void model_post(struct model *model, const struct sim_node *author,
                const uint8_t thread[static REF_BYTES], const uint8_t ref[static REF_BYTES],
                struct span text) {
    if (model->count == model->room) {
        model->room = 2 * model->room + 64;
        model->posts = rb_realloc(model->posts, model->room, sizeof *model->posts);
    }
    struct modelled *post = &model->posts[model->count++];
    *post = (struct modelled) { .author = author };
    memcpy(post->ref, ref, REF_BYTES);
    memcpy(post->thread, thread, REF_BYTES);
    text_add(post, text);
}

void model_edit(struct model *model, const uint8_t post[static REF_BYTES], struct span text) {
    struct modelled *found = find(model, post);

    if (found != NULL) {
        text_add(found, text);
    }
}

void model_retract(struct model *model, const uint8_t post[static REF_BYTES]) {
    struct modelled *found = find(model, post);

    if (found != NULL) {
        found->retracted = true;
    }
}

void model_doubt(struct model *model, const struct sim_node *author) {
    model->doubts[author->index] = true;
}

/* ---- Checking ---- */

struct check {
    const struct model *model;
    struct sim_node *node;
    size_t count;
};

static const struct sim_node *author_of(const struct world *world,
                                        const uint8_t person[static HASH_BYTES]) {
    for (size_t i = 0; i < world->node_count; i++) {
        if (memcmp(world->nodes[i].person, person, HASH_BYTES) == 0) {
            return &world->nodes[i];
        }
    }
    return NULL;
}

/* An edit may wait: its author had been taken out before he wrote it.  Then an earlier one
 * stands. */
static bool was_its_text(const struct modelled *post, const struct post_row *row) {
    const size_t first = row->edited ? 1 : 0;
    const size_t end = row->edited ? post->text_count : 1;

    for (size_t i = first; i < end; i++) {
        if (span_equal(row->text, span_text(post->texts[i]))) {
            return true;
        }
    }
    return false;
}

static const char *difference(const struct modelled *post, const struct post_row *row) {
    if (memcmp(post->author->person, row->author, HASH_BYTES) != 0 ||
        memcmp(post->thread, row->thread, REF_BYTES) != 0) {
        return "is not where it was, or not whose it was";
    }
    if (row->retracted && !post->retracted) {
        return "was retracted by nobody";
    }
    if (!row->retracted && !was_its_text(post, row)) {
        return "says what nobody wrote";
    }
    return NULL;
}

static bool check_post(void *context, const struct post_row *row) {
    struct check *check = context;
    const struct sim_node *author = author_of(check->node->world, row->author);
    const struct modelled *post = find(check->model, row->ref);

    if (author == NULL || author->twice || author->is_bad || check->model->doubts[author->index]) {
        return true;
    }
    const char *what = post == NULL ? "was written by nobody" : difference(post, row);
    if (what != NULL) {
        world_break(check->node->world, 1, "%s: a post of %s %s", check->node->name, author->name,
                    what);
    }
    check->count++;
    return true;
}

struct thread_list {
    uint8_t (*refs)[REF_BYTES];
    size_t count, room;
};

static bool note_thread(void *context, const struct thread_row *row) {
    struct thread_list *list = context;

    if (list->count == list->room) {
        list->room = 2 * list->room + 16;
        list->refs = rb_realloc(list->refs, list->room, sizeof *list->refs);
    }
    memcpy(list->refs[list->count++], row->ref, REF_BYTES);
    return true;
}

size_t model_check(struct model *model, struct sim_node *node) {
    struct check check = { .model = model, .node = node };
    struct thread_list threads = { 0 };
    enum rb_status status;

    world_enter(node->world, node);
    status = thread_each(node->store, NULL, note_thread, &threads);
    for (size_t i = 0; i < threads.count && status == RB_OK; i++) {
        status = thread_posts(node->store, threads.refs[i], 0, check_post, &check);
    }
    world_enter(node->world, NULL);
    if (status != RB_OK) {
        world_break(node->world, 0, "%s cannot show its threads: status %d", node->name,
                    (int)status);
    }
    free(threads.refs);
    return check.count;
}
