/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/model_inside.h"

#include "store/cases.h"
#include "store/membership.h"
#include "tests/sim/invariants.h"

#include <stdlib.h>
#include <string.h>

struct check {
    struct model *model;
    struct sim_node *node;
    const struct modelled_circle *circle; /* that is looked at */
    size_t count;
};

static void differ(const struct check *check, const char *what, const uint8_t *ref,
                   const char *how) {
    world_break(check->node->world, 1, "%s: %s %02x%02x.. %s", check->node->name, what, ref[0],
                ref[1], how);
}

/* ---- What is shown ---- */

/* Something else may be shown of whom nobody asks, or of whom it is not known what he did. */
static bool may_be_more(const struct check *check, const uint8_t author[static HASH_BYTES]) {
    const struct world *world = check->node->world;

    return model_leaves_out(world, author) || model_doubts(check->model, world, author);
}

/* The same if it is not told whose it is. */
static bool anybody_may_more(const struct check *check) {
    const struct world *world = check->node->world;
    bool may = false;

    for (size_t i = 0; i < world->node_count; i++) {
        may = may || may_be_more(check, world->nodes[i].person);
    }
    return may;
}

/* The thing of that ref and author; NULL: there is nothing to hold it against. */
static struct modelled *item_shown(struct check *check, enum modelled_sort sort, const char *what,
                                   const uint8_t ref[static REF_BYTES],
                                   const uint8_t author[static HASH_BYTES]) {
    struct modelled *item = model_find(check->model, ref);

    check->count++;
    if (item == NULL) {
        if (!may_be_more(check, author)) {
            differ(check, what, ref, "was written by nobody");
        }
        return NULL;
    }
    if (item->shown) {
        differ(check, what, ref, "is shown twice");
    }
    item->shown = true;
    if (model_leaves_out(check->node->world, item->author->person)) {
        return NULL;
    }
    if (item->sort != sort || memcmp(item->author->person, author, HASH_BYTES) != 0) {
        differ(check, what, ref, "is not what it was, or not whose it was");
        return NULL;
    }
    return item;
}

/* Whether its author is sure in its circle, and nothing that he did is in doubt. */
static bool is_sure(const struct check *check, const struct modelled *item) {
    const struct modelled_circle *circle = &check->model->circles[item->circle];
    const struct modelled_person *person = model_person(circle, item->author->person);

    return person != NULL && !person->unsure;
}

/* Of who is not sure an edit may wait: then an earlier one stands. */
static bool was_its_text(const struct modelled *post, struct span text, bool edited) {
    for (size_t i = edited ? 1 : 0; i < (edited ? post->text_count : 1); i++) {
        if (span_equal(text, span_text(post->texts[i]))) {
            return true;
        }
    }
    return false;
}

/* What is wrong with a post of somebody who is sure, or NULL. */
static const char *sure_difference(const struct modelled *post, const struct post_row *row) {
    if (row->retracted != (post->reason != NULL)) {
        return row->retracted ? "was retracted by nobody" : "is shown, and was retracted";
    }
    if (row->retracted) {
        return span_equal(row->reason, span_text(post->reason))
                   ? NULL
                   : "was retracted for another reason";
    }
    if (row->edited != (post->text_count > 1)) {
        return row->edited ? "was edited by nobody" : "is shown as it was before its edit";
    }
    return span_equal(row->text, span_text(post->texts[post->text_count - 1]))
               ? NULL
               : "does not say what its author wrote last";
}

static const char *post_difference(const struct check *check, const struct modelled *post,
                                   const struct post_row *row) {
    const bool doubtful = may_be_more(check, post->author->person);

    if (memcmp(post->thread, row->thread, REF_BYTES) != 0 || post->is_reply != row->is_reply ||
        (row->is_reply && memcmp(post->reply_to, row->reply_to, REF_BYTES) != 0)) {
        return "is not where it was";
    }
    if (is_sure(check, post) && !doubtful) {
        return sure_difference(post, row);
    }
    if (doubtful && (row->retracted || row->edited)) {
        return NULL;
    }
    if (row->retracted && post->reason == NULL) {
        return "was retracted by nobody";
    }
    if (!row->retracted && !was_its_text(post, row->text, row->edited)) {
        return "says what nobody wrote";
    }
    return NULL;
}

static bool check_post(void *context, const struct post_row *row) {
    struct check *check = context;
    const struct modelled *post = item_shown(check, MODELLED_POST, "post", row->ref, row->author);
    const char *how = post == NULL ? NULL : post_difference(check, post, row);

    if (how != NULL) {
        differ(check, "post", row->ref, how);
    }
    return true;
}

static bool check_entry(void *context, const struct entry_row *row) {
    struct check *check = context;
    const struct modelled *note = item_shown(check, MODELLED_NOTE, "note", row->ref, row->author);

    if (note != NULL && (!span_equal(row->entry.text, span_text(note->texts[0])) ||
                         &check->model->circles[note->circle] != check->circle)) {
        differ(check, "note", row->ref, "is not what was written, or not where");
    }
    return true;
}

/* ---- Threads ---- */

struct thread_list {
    uint8_t (*refs)[REF_BYTES];
    size_t count, room;
    struct check *check;
};

/* Who wrote a thread is not shown. */
static bool check_thread(void *context, const struct thread_row *row) {
    struct thread_list *list = context;
    struct check *check = list->check;
    struct modelled *thread = model_find(check->model, row->ref);

    if (list->count == list->room) {
        list->room = 2 * list->room + 16;
        list->refs = rb_realloc(list->refs, list->room, sizeof *list->refs);
    }
    memcpy(list->refs[list->count++], row->ref, REF_BYTES);
    check->count++;
    if (thread == NULL) {
        if (!anybody_may_more(check)) {
            differ(check, "thread", row->ref, "was begun by nobody");
        }
        return true;
    }
    thread->shown = true;
    if (thread->sort != MODELLED_THREAD ||
        memcmp(check->model->circles[thread->circle].circle, row->circle, HASH_BYTES) != 0 ||
        strcmp(thread->texts[0], row->title) != 0) {
        differ(check, "thread", row->ref, "is not what was written, or not where");
    }
    return true;
}

static enum rb_status check_threads(struct check *check) {
    struct thread_list list = { .check = check };

    enum rb_status status = thread_each(check->node->store, NULL, check_thread, &list);
    for (size_t i = 0; i < list.count && status == RB_OK; i++) {
        status = thread_posts(check->node->store, list.refs[i], 0, check_post, check);
    }
    free(list.refs);
    return status;
}

/* ---- What has to be shown ---- */

static bool note_waiting(void *context, const struct waiting_row *row) {
    struct check *check = context;
    struct modelled *item = model_find(check->model, row->ref);

    if (item != NULL) {
        item->waits = true;
    }
    return true;
}

/* Whether all that is written in that circle is for this node to see. */
static bool may_see(const struct check *check, const struct modelled_circle *circle) {
    const enum sim_standing standing = invariants_standing(check->node, circle->circle);

    return standing == STANDING_ACCEPTED ||
           (standing == STANDING_INVITED && circle->is_founded && circle->kind == CIRCLE_CASE);
}

/* What stands in a thread that is not shown is not shown. */
static bool has_its_thread(const struct check *check, const struct modelled *item) {
    const struct modelled *thread =
        item->sort == MODELLED_POST ? model_find(check->model, item->thread) : NULL;

    return item->sort != MODELLED_POST || (thread != NULL && thread->shown);
}

static void check_item(const struct check *check, const struct modelled *item) {
    static const char *const names[] = { "thread", "post", "note" };

    if (item->waits && item->shown) {
        differ(check, names[item->sort], item->ref, "is shown and waits for a manager");
    }
    if (!is_sure(check, item)) {
        return;
    }
    if (item->waits) {
        differ(check, names[item->sort], item->ref, "waits, though nobody took its author out");
    } else if (!item->shown && has_its_thread(check, item)) {
        differ(check, names[item->sort], item->ref, "is not shown");
    }
}

static void check_items(const struct check *check) {
    for (size_t i = 0; i < check->model->count && !check->node->world->failed; i++) {
        const struct modelled *item = &check->model->items[i];
        if (may_see(check, &check->model->circles[item->circle])) {
            check_item(check, item);
        }
    }
}

/* ---- Circles ---- */

/* Somebody may have been brought in by who is not in the model, or by an act in doubt; people who
 * come new are, by their invitations. */
static bool may_be_stranger(const struct check *check, const uint8_t person[static HASH_BYTES]) {
    const struct world *world = check->node->world;
    bool may = anybody_may_more(check);

    for (size_t i = world->acquainted; i < world->node_count; i++) {
        may = may || memcmp(world->nodes[i].person, person, HASH_BYTES) == 0;
    }
    return may;
}

static const char *person_difference(const struct check *check,
                                     const struct modelled_person *person,
                                     const struct group_person *row) {
    const bool is_in = row->state == MEMBER_ACCEPTED || row->state == MEMBER_INVITED;

    if (!is_in) {
        return "is out, and nobody took him out";
    }
    if (may_be_stranger(check, row->person) ? row->role < person->role
                                            : row->role != person->role) {
        return "has another role than he was given";
    }
    if (person->accepted && row->state != MEMBER_ACCEPTED) {
        return "has accepted, and is said to be only invited";
    }
    return NULL;
}

static bool check_person(void *context, const struct group_person *row) {
    struct check *check = context;
    struct modelled_person *person = model_person(check->circle, row->person);
    const char *how = NULL;

    check->count++;
    if (person == NULL) {
        how = may_be_stranger(check, row->person) ? NULL : "was brought in by nobody";
    } else if (!person->unsure) {
        how = person_difference(check, person, row);
    }
    if (how != NULL) {
        differ(check, "member", row->person, how);
    }
    return true;
}

struct roll {
    const struct modelled_circle *circle;
    size_t sure;
};

static bool count_sure(void *context, const struct group_person *row) {
    struct roll *roll = context;
    const struct modelled_person *person = model_person(roll->circle, row->person);

    roll->sure += person != NULL && !person->unsure ? 1 : 0;
    return true;
}

static enum rb_status check_people(struct check *check) {
    struct roll roll = { .circle = check->circle };
    size_t sure = 0;

    enum rb_status status =
        people_each(check->node->store, check->circle->circle, check_person, check);
    if (status == RB_OK) {
        status = people_each(check->node->store, check->circle->circle, count_sure, &roll);
    }
    for (size_t i = 0; i < check->circle->people_count; i++) {
        sure += check->circle->people[i].unsure ? 0 : 1;
    }
    if (status == RB_OK && roll.sure != sure) {
        differ(check, "circle", check->circle->circle, "lacks somebody who was added");
    }
    return status;
}

static enum rb_status check_name(struct check *check) {
    const struct modelled_circle *circle = check->circle;
    struct group_row group;
    struct case_row record;
    const bool is_case = circle->kind == CIRCLE_CASE;

    enum rb_status status = is_case ? case_get(check->node->store, circle->circle, &record)
                                    : group_get(check->node->store, circle->circle, &group);
    if (status == RB_OK && strcmp(is_case ? record.code : group.name, circle->name) != 0) {
        differ(check, "circle", circle->circle, "has another name than it was given");
    }
    return status;
}

/* Of a case also what was noted. */
static enum rb_status check_circle(struct check *check) {
    const struct modelled_circle *circle = check->circle;

    enum rb_status status = check_people(check);
    if (status == RB_OK && !model_leaves_out(check->node->world, circle->founder->person)) {
        status = check_name(check);
    }
    if (status == RB_OK && circle->kind == CIRCLE_CASE) {
        status = case_entries(check->node->store, circle->circle, check_entry, check);
    }
    return status == RB_OK ? waiting_each(check->node->store, circle->circle, note_waiting, check)
                           : status;
}

static enum rb_status check_circles(struct check *check) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < check->model->circle_count && status == RB_OK; i++) {
        check->circle = &check->model->circles[i];
        if (check->circle->is_founded && may_see(check, check->circle)) {
            status = check_circle(check);
        }
    }
    return status;
}

size_t model_check(struct model *model, struct sim_node *node) {
    struct check check = { .model = model, .node = node };

    for (size_t i = 0; i < model->count; i++) {
        model->items[i].shown = model->items[i].waits = false;
    }
    model_judge(model, node->world);
    world_enter(node->world, node);
    enum rb_status status = check_circles(&check);
    if (status == RB_OK) {
        status = check_threads(&check);
    }
    world_enter(node->world, NULL);
    if (status != RB_OK) {
        world_break(node->world, 0, "%s cannot show what it has: status %d", node->name,
                    (int)status);
    }
    check_items(&check);
    return check.count;
}
