/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/circle.h"

#include "protocol/fold.h"
#include "protocol/graph.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { VIEW_WORDS_MAX = CIRCLE_COUNTED_MAX / 64 };

_Static_assert(CIRCLE_COUNTED_MAX % 64 == 0, "a view is made of whole words");

/* ---- Views ---- */

static bool view_has(const uint64_t *view, uint32_t index) {
    return (view[index / 64] >> (index % 64) & 1) != 0;
}

static void view_add(uint64_t *view, uint32_t index) {
    view[index / 64] |= UINT64_C(1) << (index % 64);
}

static uint32_t view_size(const struct circle *circle, const uint64_t *view) {
    uint32_t size = 0;

    for (uint32_t i = 0; i < circle->counted_count; i++) {
        size += view_has(view, i) ? 1 : 0;
    }
    return size;
}

static const uint64_t *past_of(const struct circle *circle, uint32_t place) {
    return circle->past + place * circle->words;
}

/* Adds the operation at `place` and its past. */
static void view_join(const struct circle *circle, uint64_t *view, uint32_t place) {
    const uint64_t *past = past_of(circle, place);

    for (size_t w = 0; w < circle->words; w++) {
        view[w] |= past[w];
    }
    if (circle->counted_at[place] != NONE) {
        view_add(view, circle->counted_at[place]);
    }
}

/* ---- Persons ---- */

static bool op_names(enum op_type type) {
    return type == OP_GENESIS || type == OP_ADD;
}

static bool op_ends(enum op_type type) {
    return type == OP_REMOVE || type == OP_DECLINE;
}

static bool op_is_membership(enum op_type type) {
    return op_names(type) || op_ends(type) || type == OP_ACCEPT;
}

static int compare_person(const void *a, const void *b) {
    const struct person *left = a;
    const struct person *right = b;

    return memcmp(left->id, right->id, HASH_BYTES);
}

static int compare_id_to_person(const void *id, const void *person) {
    const struct person *right = person;

    return memcmp(id, right->id, HASH_BYTES);
}

static uint32_t person_find(const struct circle *circle, const uint8_t id[static HASH_BYTES]) {
    const struct person *found = bsearch(id, circle->persons, circle->person_count,
                                         sizeof *circle->persons, compare_id_to_person);

    return found == NULL ? NONE : (uint32_t)(found - circle->persons);
}

/* Everybody who is named: nobody else can ever be a member. */
static void persons_collect(struct circle *circle, const struct graph *graph) {
    uint32_t count = 0;

    circle->persons = rb_alloc(graph->count, sizeof *circle->persons);
    for (size_t i = 0; i < graph->count; i++) {
        if (op_names(graph->ops[i]->type)) {
            struct person *person = &circle->persons[count++];
            memcpy(person->id, graph->ops[i]->person.person, HASH_BYTES);
            person->first = NONE;
            person->last = NONE;
        }
    }
    qsort(circle->persons, count, sizeof *circle->persons, compare_person);
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || compare_person(&circle->persons[i], &circle->persons[i - 1]) != 0) {
            circle->persons[circle->person_count++] = circle->persons[i];
        }
    }
}

/* ---- The rules: who is what in a view ---- */

/* stands(a, T); false also for what is no ADD. */
static bool add_stands(const struct circle *circle, const uint64_t *view, uint32_t add) {
    if (!op_names(circle->counted[add].type) || !view_has(view, add)) {
        return false;
    }
    const uint64_t *past = past_of(circle, circle->counted[add].place);
    uint32_t i = circle->persons[circle->counted[add].person].first;
    for (; i != NONE; i = circle->counted[i].next) {
        if (op_ends(circle->counted[i].type) && view_has(view, i) && !view_has(past, i)) {
            return false;
        }
    }
    return true;
}

/* True if the person is a member, and then the highest role that stands. */
static bool role_given(const struct circle *circle, const uint64_t *view, uint32_t person,
                       enum circle_role *role) {
    bool is_member = false;
    uint32_t i = person == NONE ? NONE : circle->persons[person].first;

    for (; i != NONE; i = circle->counted[i].next) {
        if (!add_stands(circle, view, i)) {
            continue;
        }
        if (!is_member || circle->counted[i].role > *role) {
            *role = circle->counted[i].role;
        }
        is_member = true;
    }
    return is_member;
}

/* The member who counts as owner because no manager is left, or NONE. */
static uint32_t owner_by_seniority(const struct circle *circle, const uint64_t *view) {
    const struct counted *senior = NULL;

    for (uint32_t i = 0; i < circle->counted_count; i++) {
        const struct counted *add = &circle->counted[i];
        if (!add_stands(circle, view, i)) {
            continue;
        }
        if (add->role >= CIRCLE_MANAGER) {
            return NONE;
        }
        if (senior == NULL || add->past_count < senior->past_count ||
            (add->past_count == senior->past_count && add->person < senior->person)) {
            senior = add;
        }
    }
    return senior == NULL ? NONE : senior->person;
}

/* True if the person is a member, and then his role in members(view). */
static bool role_in(const struct circle *circle, const uint64_t *view, uint32_t person,
                    enum circle_role *role) {
    if (!role_given(circle, view, person, role)) {
        return false;
    }
    if (*role < CIRCLE_MANAGER && owner_by_seniority(circle, view) == person) {
        *role = CIRCLE_OWNER;
    }
    return true;
}

/* The first counted ADD of the person that names the device, or NONE. */
static uint32_t device_find(const struct circle *circle, uint32_t person,
                            const uint8_t device[static CERT_ID_BYTES]) {
    uint32_t i = person == NONE ? NONE : circle->persons[person].first;

    for (; i != NONE; i = circle->counted[i].next) {
        if (op_names(circle->counted[i].type) &&
            memcmp(circle->counted[i].device, device, CERT_ID_BYTES) == 0) {
            return i;
        }
    }
    return NONE;
}

static bool device_is_in(const struct circle *circle, const uint64_t *view, uint32_t person,
                         const uint8_t device[static CERT_ID_BYTES]) {
    uint32_t i = device_find(circle, person, device);

    for (; i != NONE; i = circle->counted[i].next) {
        if (add_stands(circle, view, i) &&
            memcmp(circle->counted[i].device, device, CERT_ID_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- The rules: which operations count ---- */

static bool genesis_counts(const struct circle *circle, const struct op *op) {
    return circle->counted_count == 0 && op->dep_count == 0 &&
           memcmp(op->author, op->person.person, HASH_BYTES) == 0 &&
           memcmp(op->author_device, op->device.id, CERT_ID_BYTES) == 0;
}

static bool add_counts(const struct circle *circle, const uint64_t *past, uint32_t author,
                       const struct op *op) {
    enum circle_role own = CIRCLE_READER;
    enum circle_role target = CIRCLE_READER;

    return role_in(circle, past, author, &own) && own >= CIRCLE_MANAGER && own >= op->role &&
           !role_given(circle, past, person_find(circle, op->person.person), &target);
}

/* counts(o), but for the bounds. */
static bool op_counts(const struct circle *circle, const struct op *op, uint32_t place) {
    const uint64_t *past = past_of(circle, place);
    uint32_t author = person_find(circle, op->author);

    if (op->type == OP_GENESIS) {
        return genesis_counts(circle, op);
    }
    if (!device_is_in(circle, past, author, op->author_device)) {
        return false;
    }
    switch (op->type) {
    case OP_ADD:
        return add_counts(circle, past, author, op);
    case OP_REMOVE:
        return memcmp(op->target, op->author, HASH_BYTES) == 0;
    case OP_ACCEPT:
    case OP_DECLINE:
    case OP_EPOCH:
    case OP_KEYGRANT:
        return true;
    default:
        return false;
    }
}

/* True if the bounds leave room for one more operation of this device; then it is taken. */
static bool room_take(struct circle *circle, const struct op *op) {
    uint32_t author = person_find(circle, op->author);
    uint32_t add = device_find(circle, author, op->author_device);

    if (circle->counted_count == CIRCLE_COUNTED_MAX) {
        return false;
    }
    if (add == NONE) {
        return true; /* GENESIS */
    }
    if (circle->counted[add].written == CIRCLE_OPERATIONS_PER_LOG_MAX) {
        return false;
    }
    circle->counted[add].written++;
    return true;
}

static void person_append(struct circle *circle, uint32_t index) {
    struct person *person = &circle->persons[circle->counted[index].person];

    if (person->first == NONE) {
        person->first = index;
    } else {
        circle->counted[person->last].next = index;
    }
    person->last = index;
}

static void counted_append(struct circle *circle, const struct op *op, uint32_t place) {
    uint32_t index = circle->counted_count;
    struct counted *counted = &circle->counted[index];

    *counted = (struct counted) {
        .type = op->type,
        .place = place,
        .person = person_find(circle, op_names(op->type) ? op->person.person : op->author),
        .next = NONE,
        .past_count = view_size(circle, past_of(circle, place)),
    };
    if (op_names(op->type)) {
        counted->role = op->type == OP_GENESIS ? CIRCLE_OWNER : op->role;
        memcpy(counted->device, op->device.id, CERT_ID_BYTES);
        memcpy(counted->seal_key, op->seal.public, BOX_PUBLIC_BYTES);
        counted->seal_generation = op->seal.generation;
        counted->written = op->type == OP_GENESIS ? 1 : 0;
    }
    circle->counted_at[place] = index;
    circle->counted_count++;
    person_append(circle, index);
    view_add(circle->everything, index);
}

/* ---- The fold ---- */

static void past_alloc(struct circle *circle, const struct graph *graph) {
    size_t counted_max = 0;

    for (size_t i = 0; i < graph->count; i++) {
        counted_max += op_is_membership(graph->ops[i]->type) ? 1 : 0;
    }
    if (counted_max > CIRCLE_COUNTED_MAX) {
        counted_max = CIRCLE_COUNTED_MAX;
    }
    circle->op_count = (uint32_t)graph->count;
    circle->words = (counted_max + 63) / 64;
    circle->past = rb_alloc(graph->count * circle->words, sizeof *circle->past);
    circle->counts = rb_alloc(graph->count, sizeof *circle->counts);
    circle->counted_at = rb_alloc(graph->count, sizeof *circle->counted_at);
    circle->counted = rb_alloc(counted_max, sizeof *circle->counted);
    circle->everything = rb_alloc(circle->words, sizeof *circle->everything);
}

/* One walk in the order of the fold: when an operation is judged, its past is final. */
static void ops_judge(struct circle *circle, const struct graph *graph) {
    for (uint32_t place = 0; place < circle->op_count; place++) {
        const struct op *op = graph->ops[place];
        uint64_t *past = circle->past + place * circle->words;

        for (uint32_t d = graph->first_dep[place]; d < graph->first_dep[place + 1]; d++) {
            view_join(circle, past, graph->deps[d]);
        }
        circle->counted_at[place] = NONE;
        bool counts = op_counts(circle, op, place);
        if (op_is_membership(op->type)) {
            counts = counts && room_take(circle, op);
            if (counts) {
                counted_append(circle, op, place);
            }
        }
        circle->counts[place] = counts;
    }
}

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

/* ---- Results of the fold: heads ---- */

struct head {
    bool is_key; /* membership goes first */
    uint8_t ref[REF_BYTES];
};

static int compare_heads(const void *a, const void *b) {
    const struct head *left = a;
    const struct head *right = b;

    if (left->is_key != right->is_key) {
        return left->is_key ? 1 : -1;
    }
    return memcmp(left->ref, right->ref, REF_BYTES);
}

/* From the end to the beginning: an operation is below another that counts if one that counts, or
 * one that is below such a one, names it. */
static void heads_collect(struct circle *circle, const struct graph *graph) {
    struct head *heads = rb_alloc(circle->op_count, sizeof *heads);
    bool *below = rb_alloc(circle->op_count, sizeof *below);

    for (uint32_t place = circle->op_count; place-- > 0;) {
        if (circle->counts[place] && !below[place]) {
            struct head *head = &heads[circle->head_count++];
            head->is_key = !op_is_membership(graph->ops[place]->type);
            memcpy(head->ref, graph->ops[place]->ref, REF_BYTES);
        }
        if (!circle->counts[place] && !below[place]) {
            continue;
        }
        for (uint32_t d = graph->first_dep[place]; d < graph->first_dep[place + 1]; d++) {
            below[graph->deps[d]] = true;
        }
    }
    qsort(heads, circle->head_count, sizeof *heads, compare_heads);
    circle->heads = rb_alloc(circle->head_count, sizeof *circle->heads);
    for (size_t i = 0; i < circle->head_count; i++) {
        memcpy(circle->heads[i], heads[i].ref, REF_BYTES);
    }
    free(heads);
    free(below);
}

/* ---- Results of the fold: people ---- */

struct ranked {
    struct member member;
    uint32_t seniority; /* |past| of his first ADD that stands; of any that counts if he is out */
};

static int compare_ranked(const void *a, const void *b) {
    const struct ranked *left = a;
    const struct ranked *right = b;
    bool left_in = member_is_in(&left->member);
    bool right_in = member_is_in(&right->member);

    if (left_in != right_in) {
        return left_in ? -1 : 1;
    }
    if (left->seniority != right->seniority) {
        return left->seniority < right->seniority ? -1 : 1;
    }
    return memcmp(left->member.person, right->member.person, HASH_BYTES);
}

/* True if an ADD of his that stands is GENESIS or in the past of an ACCEPT of his. */
static bool person_has_accepted(const struct circle *circle, uint32_t person) {
    for (uint32_t a = circle->persons[person].first; a != NONE; a = circle->counted[a].next) {
        if (!add_stands(circle, circle->everything, a)) {
            continue;
        }
        if (circle->counted[a].type == OP_GENESIS) {
            return true;
        }
        for (uint32_t i = a; i != NONE; i = circle->counted[i].next) {
            if (circle->counted[i].type == OP_ACCEPT &&
                view_has(past_of(circle, circle->counted[i].place), a)) {
                return true;
            }
        }
    }
    return false;
}

/* Fills the line of somebody who is out: at least one ADD and one end of his count. */
static void ranked_fill_out(const struct circle *circle, uint32_t person, struct ranked *ranked) {
    for (uint32_t i = circle->persons[person].first; i != NONE; i = circle->counted[i].next) {
        const struct counted *counted = &circle->counted[i];
        if (op_ends(counted->type)) {
            ranked->member.state = counted->type == OP_REMOVE ? MEMBER_LEFT : MEMBER_DECLINED;
        } else if (op_names(counted->type) && counted->role > ranked->member.role) {
            ranked->member.role = counted->role;
        }
    }
}

static struct ranked ranked_of(const struct circle *circle, uint32_t person) {
    struct ranked ranked = { .seniority = NONE };
    bool is_in = role_in(circle, circle->everything, person, &ranked.member.role);

    memcpy(ranked.member.person, circle->persons[person].id, HASH_BYTES);
    for (uint32_t i = circle->persons[person].first; i != NONE; i = circle->counted[i].next) {
        bool is_his =
            is_in ? add_stands(circle, circle->everything, i) : op_names(circle->counted[i].type);
        if (is_his && circle->counted[i].past_count < ranked.seniority) {
            ranked.seniority = circle->counted[i].past_count;
        }
    }
    if (is_in) {
        bool accepted = person_has_accepted(circle, person);
        ranked.member.state = accepted ? MEMBER_ACCEPTED : MEMBER_INVITED;
    } else {
        ranked_fill_out(circle, person, &ranked);
    }
    return ranked;
}

static void people_collect(struct circle *circle) {
    struct ranked *ranked = rb_alloc(circle->person_count, sizeof *ranked);

    for (uint32_t person = 0; person < circle->person_count; person++) {
        if (circle->persons[person].first != NONE) {
            ranked[circle->people_count++] = ranked_of(circle, person);
        }
    }
    qsort(ranked, circle->people_count, sizeof *ranked, compare_ranked);
    circle->people = rb_alloc(circle->people_count, sizeof *circle->people);
    for (size_t i = 0; i < circle->people_count; i++) {
        circle->people[i] = ranked[i].member;
    }
    free(ranked);
}

/* ---- Results of the fold: recipients ---- */

/* By device; of one device, what counts first. */
static int compare_devices(const void *a, const void *b) {
    const struct counted *const *left = a;
    const struct counted *const *right = b;
    int order = memcmp((*left)->device, (*right)->device, CERT_ID_BYTES);

    if (order != 0) {
        return order;
    }
    if ((*left)->seal_generation != (*right)->seal_generation) {
        return (*left)->seal_generation > (*right)->seal_generation ? -1 : 1;
    }
    return (*left)->place > (*right)->place ? -1 : 1;
}

static void recipients_collect(struct circle *circle) {
    const struct counted **adds = rb_alloc(circle->counted_count, sizeof *adds);
    size_t add_count = 0;

    for (uint32_t i = 0; i < circle->counted_count; i++) {
        if (add_stands(circle, circle->everything, i)) {
            adds[add_count++] = &circle->counted[i];
        }
    }
    qsort(adds, add_count, sizeof *adds, compare_devices);
    circle->recipients = rb_alloc(add_count, sizeof *circle->recipients);
    for (size_t i = 0; i < add_count; i++) {
        if (i > 0 && memcmp(adds[i]->device, adds[i - 1]->device, CERT_ID_BYTES) == 0) {
            continue;
        }
        struct recipient *recipient = &circle->recipients[circle->recipient_count++];
        memcpy(recipient->device, adds[i]->device, CERT_ID_BYTES);
        memcpy(recipient->person, circle->persons[adds[i]->person].id, HASH_BYTES);
        memcpy(recipient->seal_key, adds[i]->seal_key, BOX_PUBLIC_BYTES);
    }
    free(adds);
}

static int compare_device_to_recipient(const void *device, const void *recipient) {
    const struct recipient *right = recipient;

    return memcmp(device, right->device, CERT_ID_BYTES);
}

uint32_t recipient_find(const struct circle *circle, const uint8_t device[static CERT_ID_BYTES]) {
    const struct recipient *found =
        bsearch(device, circle->recipients, circle->recipient_count, sizeof *circle->recipients,
                compare_device_to_recipient);

    return found == NULL ? NONE : (uint32_t)(found - circle->recipients);
}

/* ---- What others ask ---- */

struct circle *circle_fold(const struct op *ops, size_t count) {
    struct circle *circle = rb_alloc(1, sizeof *circle);
    struct graph graph;

    graph_init(&graph, ops, count);
    circle->waiting = graph.waiting;
    persons_collect(circle, &graph);
    past_alloc(circle, &graph);
    ops_judge(circle, &graph);
    names_keep(circle, &graph);
    heads_collect(circle, &graph);
    people_collect(circle);
    recipients_collect(circle);
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
    free(old->counts);
    free(old->counted_at);
    free(old->named);
    free(old->counted);
    free(old->everything);
    free(old->persons);
    free(old->people);
    free(old->recipients);
    free(old->heads);
    free(old);
    *circle = NULL;
}

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

enum rb_status circle_role_at(const struct circle *circle, const uint8_t person[static HASH_BYTES],
                              const uint8_t (*ctl)[REF_BYTES], size_t ctl_count,
                              enum circle_role *role) {
    uint64_t view[VIEW_WORDS_MAX] = { 0 };
    enum circle_role found = CIRCLE_READER;

    for (size_t i = 0; i < ctl_count; i++) {
        const struct named_op *op = bsearch(ctl[i], circle->named, circle->op_count,
                                            sizeof *circle->named, compare_ref_to_named);
        if (op == NULL) {
            return RB_NOT_FOUND;
        }
        view_join(circle, view, op->place);
    }
    if (!role_in(circle, view, person_find(circle, person), &found)) {
        return RB_NOT_MEMBER;
    }
    *role = found;
    return RB_OK;
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
