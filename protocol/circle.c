/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/circle.h"

#include "protocol/fold.h"

#include <stdlib.h>
#include <string.h>

/* ---- Operations by ref ---- */

static int compare_named(const void *a, const void *b) {
    const struct named_op *left = a;
    const struct named_op *right = b;

    return memcmp(left->ref, right->ref, REF_BYTES);
}

static int compare_ref_to_named(const void *ref, const void *named) {
    const struct named_op *right = named;

    return memcmp(ref, right->ref, REF_BYTES);
}

static void names_keep(struct circle *circle, const struct graph *graph) {
    circle->named = rb_alloc(circle->op_count, sizeof *circle->named);
    for (uint32_t place = 0; place < circle->op_count; place++) {
        memcpy(circle->named[place].ref, graph->ops[place]->ref, REF_BYTES);
        circle->named[place].place = place;
    }
    qsort(circle->named, circle->op_count, sizeof *circle->named, compare_named);
}

static uint32_t place_find(const struct circle *circle, const uint8_t ref[static REF_BYTES]) {
    const struct named_op *op =
        bsearch(ref, circle->named, circle->op_count, sizeof *circle->named, compare_ref_to_named);

    return op == NULL ? NONE : op->place;
}

/* ---- The fold ---- */

struct circle *circle_fold(const struct op *ops, size_t count) {
    struct circle *circle = rb_alloc(1, sizeof *circle);
    struct graph graph;

    graph_init(&graph, ops, count);
    circle->waiting = graph.waiting;
    persons_collect(circle, &graph);
    ops_grant(circle, &graph);
    names_keep(circle, &graph);
    revocations_apply(circle);
    ops_decide(circle);
    people_collect(circle);
    recipients_collect(circle);
    adopted_collect(circle);
    heads_collect(circle, &graph);
    verdict_make(circle);
    epochs_init(circle, &graph);
    graph_clear(&graph);
    return circle;
}

void circle_destroy(struct circle **circle) {
    struct circle *old = *circle;

    if (old == NULL) {
        return;
    }
    epochs_clear(old);
    free(old->past);
    free(old->granted);
    free(old->authors);
    free(old->act_at);
    free(old->named);
    free(old->acts);
    free(old->future);
    free(old->authority);
    free(old->endings);
    free(old->managers_ended);
    free(old->managers);
    free(old->everything);
    free(old->rows);
    free(old->locks);
    free(old->seats);
    free(old->persons);
    free(old->added);
    free(old->devices);
    free(old->people);
    free(old->recipients);
    free(old->heads);
    free(old->adopted);
    free(old);
    *circle = NULL;
}

/* ---- What is known of it ---- */

size_t circle_waiting(const struct circle *circle) {
    return circle->waiting;
}

size_t circle_people(const struct circle *circle, const struct member **people) {
    *people = circle->people;
    return circle->people_count;
}

const struct member *circle_member(const struct circle *circle,
                                   const uint8_t person[static HASH_BYTES]) {
    for (size_t i = 0; i < circle->people_count; i++) {
        if (memcmp(circle->people[i].person, person, HASH_BYTES) == 0) {
            return &circle->people[i];
        }
    }
    return NULL;
}

bool member_is_in(const struct member *member) {
    return member != NULL && (member->state == MEMBER_INVITED || member->state == MEMBER_ACCEPTED);
}

const uint8_t *circle_verdict(const struct circle *circle) {
    return circle->verdict;
}

bool circle_grants(const struct circle *circle, const uint8_t ref[static REF_BYTES]) {
    uint32_t place = place_find(circle, ref);

    return place != NONE && circle->granted[place];
}

size_t circle_adopted(const struct circle *circle, const struct op_lock **heads) {
    *heads = circle->adopted;
    return circle->adopted_count;
}

size_t circle_heads(const struct circle *circle, uint8_t (*refs)[REF_BYTES], size_t max) {
    size_t count = circle->head_count < max ? circle->head_count : max;

    memcpy(refs, circle->heads, count * REF_BYTES);
    return count;
}

size_t circle_recipients(const struct circle *circle, const struct recipient **recipients) {
    *recipients = circle->recipients;
    return circle->recipient_count;
}

const struct recipient *circle_recipient(const struct circle *circle,
                                         const uint8_t device[static CERT_ID_BYTES]) {
    for (size_t i = 0; i < circle->recipient_count; i++) {
        if (memcmp(circle->recipients[i].device, device, CERT_ID_BYTES) == 0) {
            return &circle->recipients[i];
        }
    }
    return NULL;
}

/* ---- Content ---- */

static bool names_certificate(const struct circle *circle, const uint64_t *view, uint32_t person,
                              const uint8_t cert[static CERT_ID_BYTES]) {
    for (uint32_t a = circle->persons[person].adds.first; a != NONE; a = circle->acts[a].next) {
        if (memcmp(circle->acts[a].cert, cert, CERT_ID_BYTES) == 0 &&
            add_is_live(circle, view, a)) {
            return true;
        }
    }
    return false;
}

/* True if the ending leaves out what its target wrote, who knew `view`. */
static bool is_left_out(const struct circle *circle, const struct act *ending, bool is_known,
                        const uint64_t *view, const struct event_author *author) {
    bool is_of_device =
        ending->type == OP_REVOKED && memcmp(ending->cert, author->device, CERT_ID_BYTES) == 0;

    if (is_known) {
        return is_of_device;
    }
    if (ending->type == OP_REVOKED
            ? !is_of_device && !names_certificate(circle, view, ending->target, ending->cert)
            : !ending->counts) {
        return false;
    }
    return !act_covers(circle, ending, author->log, author->seq);
}

static bool is_refused(const struct circle *circle, uint32_t person, const uint64_t *view,
                       const struct event_author *author) {
    for (uint32_t r = circle->persons[person].endings.first; r != NONE; r = circle->acts[r].next) {
        if (is_left_out(circle, &circle->acts[r], view_has(view, r), view, author)) {
            return true;
        }
    }
    return false;
}

enum rb_status circle_role_at(const struct circle *circle, const struct event_author *author,
                              const uint8_t (*ctl)[REF_BYTES], size_t ctl_count,
                              enum circle_role *role) {
    uint64_t view[VIEW_WORDS_MAX] = { 0 };
    uint32_t person = person_find(circle, author->person);
    enum circle_role found = CIRCLE_READER;

    for (size_t i = 0; i < ctl_count; i++) {
        uint32_t place = place_find(circle, ctl[i]);
        if (place == NONE) {
            return RB_NOT_FOUND;
        }
        view_join(circle, view, place);
    }
    if (!was_given(circle, view, person, CIRCLE_READER)) {
        return RB_NOT_MEMBER;
    }
    if (is_refused(circle, person, view, author) || !role_in(circle, view, person, &found)) {
        return RB_REFUSED;
    }
    *role = found;
    return RB_OK;
}

enum rb_status circle_former_role(const struct circle *circle,
                                  const uint8_t person[static HASH_BYTES], enum circle_role *role) {
    uint32_t found = person_find(circle, person);
    uint32_t a = found == NONE ? NONE : circle->persons[found].adds.first;
    enum circle_role highest = CIRCLE_READER;

    if (a == NONE) {
        return RB_NOT_MEMBER;
    }
    for (; a != NONE; a = circle->acts[a].next) {
        highest = circle->acts[a].role > highest ? circle->acts[a].role : highest;
    }
    *role = highest;
    return RB_OK;
}

/* ---- Who may do what ---- */

/* RULE_ALLOWED if he manages the circle. */
static enum circle_rule rule_of_manager(const struct member *author) {
    if (!member_is_in(author)) {
        return RULE_MEMBERS;
    }
    return author->role >= CIRCLE_MANAGER ? RULE_ALLOWED : RULE_MANAGERS;
}

enum circle_rule circle_may_add(const struct circle *circle,
                                const uint8_t author[static HASH_BYTES],
                                const uint8_t target[static HASH_BYTES], enum circle_role role) {
    const struct member *own = circle_member(circle, author);
    const struct member *other = circle_member(circle, target);
    enum circle_rule rule = rule_of_manager(own);

    if (rule != RULE_ALLOWED) {
        return rule;
    }
    if (role > own->role) {
        return RULE_ROLE;
    }
    return member_is_in(other) && other->role >= role && other->until_s == 0 ? RULE_PRESENT
                                                                             : RULE_ALLOWED;
}

/* True if a removal that knows all would count: it would have been decided with an ADD of the
 * author that is senior to all live ones of the target. */
static bool is_above(const struct circle *circle, uint32_t author, uint32_t target) {
    uint32_t above = seat_in(circle, circle->everything, target);
    uint32_t a = circle->persons[author].adds.first;

    while (a != NONE && !(circle->acts[a].manages && circle->acts[a].seat < above)) {
        a = circle->acts[a].next;
    }
    return a != NONE;
}

enum circle_rule circle_may_remove(const struct circle *circle,
                                   const uint8_t author[static HASH_BYTES],
                                   const uint8_t target[static HASH_BYTES]) {
    const struct member *own = circle_member(circle, author);
    enum circle_rule rule = rule_of_manager(own);

    if (member_is_in(own) && memcmp(author, target, HASH_BYTES) == 0) {
        return RULE_ALLOWED;
    }
    if (rule != RULE_ALLOWED) {
        return rule;
    }
    if (!member_is_in(circle_member(circle, target))) {
        return RULE_ABSENT;
    }
    return is_above(circle, person_find(circle, author), person_find(circle, target)) ? RULE_ALLOWED
                                                                                      : RULE_SENIOR;
}

enum circle_rule circle_may_adopt(const struct circle *circle,
                                  const uint8_t author[static HASH_BYTES]) {
    return rule_of_manager(circle_member(circle, author));
}
