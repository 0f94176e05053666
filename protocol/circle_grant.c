/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is granted: settled by what an operation names.  One walk in the order of the fold; when an
 * operation is judged, its past is final. */
#include "protocol/fold.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(VIEW_BITS_MAX % 64 == 0, "a view is made of whole words");

/* ---- Persons ---- */

bool op_names(enum op_type type) {
    return type == OP_GENESIS || type == OP_ADD;
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

uint32_t person_find(const struct circle *circle, const uint8_t id[static HASH_BYTES]) {
    const struct person *found = bsearch(id, circle->persons, circle->person_count,
                                         sizeof *circle->persons, compare_id_to_person);

    return found == NULL ? NONE : (uint32_t)(found - circle->persons);
}

/* Everybody who is named: nobody else can ever be a member. */
void persons_collect(struct circle *circle, const struct graph *graph) {
    uint32_t count = 0;

    circle->persons = rb_alloc(graph->count, sizeof *circle->persons);
    for (size_t i = 0; i < graph->count; i++) {
        if (op_names(graph->ops[i]->type)) {
            struct person *person = &circle->persons[count++];
            memcpy(person->id, graph->ops[i]->person.person, HASH_BYTES);
            person->adds = (struct act_list) { NONE, NONE };
            person->endings = (struct act_list) { NONE, NONE };
            person->enders = NONE;
        }
    }
    qsort(circle->persons, count, sizeof *circle->persons, compare_person);
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || compare_person(&circle->persons[i], &circle->persons[i - 1]) != 0) {
            circle->persons[circle->person_count++] = circle->persons[i];
        }
    }
}

/* ---- Kinds of operations ---- */

bool op_leaves(const struct op *op) {
    return op->type == OP_DECLINE ||
           (op->type == OP_REMOVE && memcmp(op->target, op->author, HASH_BYTES) == 0);
}

static bool op_ends(enum op_type type) {
    return type == OP_REMOVE || type == OP_DECLINE || type == OP_REVOKED;
}

static bool op_is_act(enum op_type type) {
    return op_names(type) || op_ends(type) || type == OP_ADOPT;
}

/* Whom an act names or ends, or NULL. */
static const uint8_t *op_target(const struct op *op) {
    switch (op->type) {
    case OP_GENESIS:
    case OP_ADD:
        return op->person.person;
    case OP_REMOVE:
        return op->target;
    case OP_DECLINE:
        return op->author;
    case OP_REVOKED:
        return op->revocation.person;
    default:
        return NULL;
    }
}

/* ---- The rules ---- */

struct granting {
    struct circle *circle;
    const struct graph *graph;
    struct traces traces;
};

static const uint64_t *past_of(const struct circle *circle, uint32_t place) {
    return circle->past + place * circle->words;
}

static bool genesis_is_granted(const struct circle *circle, const struct op *op) {
    return circle->act_count == 0 && op->dep_count == 0 &&
           memcmp(op->author, op->person.person, HASH_BYTES) == 0 &&
           memcmp(op->author_device, op->device.id, CERT_ID_BYTES) == 0;
}

bool was_given(const struct circle *circle, const uint64_t *view, uint32_t person,
               enum circle_role role) {
    uint32_t a = person == NONE ? NONE : circle->persons[person].adds.first;

    while (a != NONE && !(circle->acts[a].role >= role && view_has(view, a))) {
        a = circle->acts[a].next;
    }
    return a != NONE;
}

static bool has_add(const struct circle *circle, const uint64_t *past, uint32_t person) {
    return was_given(circle, past, person, CIRCLE_READER);
}

static bool may_manage(const struct circle *circle, const uint64_t *past, uint32_t author,
                       enum circle_role role) {
    return was_given(circle, past, author, role > CIRCLE_MANAGER ? role : CIRCLE_MANAGER) ||
           view_meets(circle, past, circle->managers_ended);
}

static bool revoked_is_granted(const struct granting *granting, uint32_t place) {
    const struct circle *circle = granting->circle;
    const struct op *op = granting->graph->ops[place];
    uint32_t person = person_find(circle, op->revocation.person);

    return has_add(circle, past_of(circle, place), person) &&
           revoked_is_signed(circle, granting->graph, &granting->traces, place, person);
}

static bool op_is_granted(const struct granting *granting, uint32_t place) {
    const struct circle *circle = granting->circle;
    const struct op *op = granting->graph->ops[place];
    const uint64_t *past = past_of(circle, place);
    uint32_t author = circle->authors[place];

    if (op->type == OP_GENESIS) {
        return genesis_is_granted(circle, op);
    }
    if (!has_add(circle, past, author)) {
        return false;
    }
    switch (op->type) {
    case OP_ADD:
        return may_manage(circle, past, author, op->role);
    case OP_ADOPT:
        return may_manage(circle, past, author, CIRCLE_MANAGER);
    case OP_REMOVE:
        return op_leaves(op) || (has_add(circle, past, person_find(circle, op->target)) &&
                                 may_manage(circle, past, author, CIRCLE_MANAGER));
    case OP_DEVICE:
        return has_add(circle, past, person_find(circle, op->person.person));
    case OP_REVOKED:
        return revoked_is_granted(granting, place);
    case OP_ACCEPT:
    case OP_DECLINE:
    case OP_EPOCH:
    case OP_KEYGRANT:
        return true;
    default:
        return false;
    }
}

/* ---- Keeping what is granted ---- */

static void list_append(struct circle *circle, struct act_list *list, uint32_t index) {
    if (list->first == NONE) {
        list->first = index;
    } else {
        circle->acts[list->last].next = index;
    }
    list->last = index;
}

static uint32_t authority_in(const struct circle *circle, const uint64_t *view) {
    uint32_t size = 0;

    for (size_t w = 0; w < circle->words; w++) {
        for (uint64_t rest = view[w] & circle->authority[w]; rest != 0; rest &= rest - 1) {
            size++;
        }
    }
    return size;
}

static struct part locks_keep(struct circle *circle, const struct op *op) {
    struct op_lock locks[OP_LOCKS_MAX];
    uint32_t count = (uint32_t)op_locks(op, locks, OP_LOCKS_MAX);
    struct part part = { circle->lock_count, count };

    if (circle->lock_count + count > circle->lock_room) {
        circle->lock_room = 2 * (circle->lock_room + count);
        circle->locks = rb_realloc(circle->locks, circle->lock_room, sizeof *circle->locks);
    }
    if (count > 0) {
        memcpy(circle->locks + circle->lock_count, locks, count * sizeof *locks);
    }
    circle->lock_count += count;
    return part;
}

static enum cert_rank rank_of_letter(const struct circle *circle, const struct letter *letter) {
    if (!circle->has_anchor) {
        return RANK_WORKER;
    }
    return letter->exists && memcmp(letter->root, circle->anchor, HASH_BYTES) == 0 ? letter->rank
                                                                                   : RANK_NONE;
}

static void device_keep(struct circle *circle, const struct op *op, uint32_t place, uint32_t act) {
    struct named_device *device = &circle->devices[circle->device_count++];

    memcpy(device->id, op->device.id, CERT_ID_BYTES);
    memcpy(device->seal_key, op->seal.public, BOX_PUBLIC_BYTES);
    device->seal_generation = op->seal.generation;
    device->place = place;
    device->author = person_find(circle, op->author);
    memcpy(device->author_device, op->author_device, CERT_ID_BYTES);
    device->person = person_find(circle, op->person.person);
    device->act = act;
}

/* Fills `known` with all that the person knew when he left, in the view. */
static void known_when_leaving(const struct circle *circle, const uint64_t *view, uint32_t person,
                               uint64_t known[static VIEW_WORDS_MAX]) {
    memset(known, 0, VIEW_WORDS_MAX * sizeof *known);
    for (uint32_t r = circle->persons[person].endings.first; r != NONE; r = circle->acts[r].next) {
        if (circle->acts[r].leaves && view_has(view, r) && !is_void_by_device(circle, view, r)) {
            view_join(circle, known, circle->acts[r].place);
        }
    }
}

/* The role, but no higher than the grades of its author's ADDs that he had not left. */
static enum circle_role grade_of(const struct circle *circle, uint32_t index) {
    const struct act *add = &circle->acts[index];
    const uint64_t *past = act_past(circle, index);
    uint64_t left[VIEW_WORDS_MAX];
    enum circle_role most = CIRCLE_READER;

    known_when_leaving(circle, past, add->author, left);
    for (uint32_t a = circle->persons[add->author].adds.first; a != NONE;
         a = circle->acts[a].next) {
        if (circle->acts[a].grade > most && view_has(past, a) && !view_has(left, a)) {
            most = circle->acts[a].grade;
        }
    }
    return add->type == OP_GENESIS || add->role < most ? add->role : most;
}

static bool rank_raises(const struct circle *circle, uint32_t index) {
    const struct act *add = &circle->acts[index];

    for (uint32_t a = circle->persons[add->author].adds.first; a != NONE;
         a = circle->acts[a].next) {
        if (circle->acts[a].rank <= add->rank && view_has(act_past(circle, index), a)) {
            return false;
        }
    }
    return add->type != OP_GENESIS;
}

static void add_keep(struct circle *circle, const struct op *op, uint32_t index) {
    struct act *act = &circle->acts[index];

    if (op->type == OP_GENESIS) {
        circle->has_anchor = op->has_anchor;
        memcpy(circle->anchor, op->anchor, HASH_BYTES);
    }
    act->role = op->type == OP_GENESIS ? CIRCLE_OWNER : op->role;
    act->grade = grade_of(circle, index);
    act->rank = rank_of_letter(circle, &op->letter);
    act->raises = rank_raises(circle, index);
    act->until_s = op->until_s;
    act->stands = op->type == OP_GENESIS;
    memcpy(act->cert, op->person.id, CERT_ID_BYTES);
    if (act->role >= CIRCLE_MANAGER) {
        view_add(circle->managers, index);
    }
    if (circle->persons[act->target].adds.first == NONE) {
        circle->added[circle->added_count++] = act->target;
    }
    list_append(circle, &circle->persons[act->target].adds, index);
    device_keep(circle, op, act->place, index);
}

static void ending_keep(struct circle *circle, const struct op *op, uint32_t index) {
    struct act *act = &circle->acts[index];

    act->leaves = op_leaves(op);
    if (op->type == OP_REVOKED) {
        memcpy(act->cert, op->revocation.cert_id, CERT_ID_BYTES);
        act->is_by_manager =
            was_given(circle, act_past(circle, index), act->author, CIRCLE_MANAGER);
    }
    view_add(circle->endings, index);
    if (was_given(circle, act_past(circle, index), act->target, CIRCLE_MANAGER)) {
        view_add(circle->managers_ended, index);
    }
    list_append(circle, &circle->persons[act->target].endings, index);
}

uint32_t first_add(const struct circle *circle, const uint64_t *view, uint32_t person) {
    uint32_t a = person == NONE ? NONE : circle->persons[person].adds.first;

    while (a != NONE && !view_has(view, a)) {
        a = circle->acts[a].next;
    }
    return a;
}

static void act_keep(struct circle *circle, const struct op *op, uint32_t place) {
    uint32_t index = circle->act_count++;
    struct act *act = &circle->acts[index];
    const uint8_t *target = op_target(op);

    *act = (struct act) {
        .type = op->type,
        .place = place,
        .author = circle->authors[place],
        .target = target == NULL ? NONE : person_find(circle, target),
        .next = NONE,
        .age = authority_in(circle, past_of(circle, place)),
        .seq = op->seq,
        .locks = locks_keep(circle, op),
        .sponsor = first_add(circle, past_of(circle, place), circle->authors[place]),
        .revoked_row = NONE,
    };
    memcpy(act->ref, op->ref, REF_BYTES);
    memcpy(act->author_device, op->author_device, CERT_ID_BYTES);
    memcpy(act->log, op->log, LOG_PK_BYTES);
    circle->act_at[place] = index;
    view_add(circle->everything, index);
    if (op->type != OP_ADOPT) {
        view_add(circle->authority, index);
    }
    if (op_names(op->type)) {
        add_keep(circle, op, index);
    } else if (op_ends(op->type)) {
        ending_keep(circle, op, index);
    }
}

/* Every ADD of his that he knows is accepted. */
static void accept_keep(struct circle *circle, uint32_t place) {
    uint32_t a = circle->persons[circle->authors[place]].adds.first;

    for (; a != NONE; a = circle->acts[a].next) {
        if (view_has(past_of(circle, place), a)) {
            circle->acts[a].is_accepted = true;
        }
    }
}

/* ---- The walk ---- */

static void op_grant(struct granting *granting, uint32_t place) {
    struct circle *circle = granting->circle;
    const struct op *op = granting->graph->ops[place];

    traces_reach(&granting->traces, granting->graph, place);
    bool is_granted = op_is_granted(granting, place);
    if (is_granted && op_is_act(op->type) && !act_take_room(circle, op, place)) {
        is_granted = false;
        circle->is_full = true;
    }
    circle->granted[place] = is_granted;
    if (is_granted && op_is_act(op->type)) {
        act_keep(circle, op, place);
    } else if (is_granted && op->type == OP_ACCEPT) {
        accept_keep(circle, place);
    } else if (is_granted && op->type == OP_DEVICE) {
        device_keep(circle, op, place, NONE);
        traces_add(&granting->traces, circle, op, place);
    }
}

static void views_alloc(struct circle *circle, const struct graph *graph) {
    size_t adds = 0;
    size_t ends = 0;

    for (size_t i = 0; i < graph->count; i++) {
        enum op_type type = graph->ops[i]->type;
        ends += op_ends(type) ? 1 : 0;
        adds += op_is_act(type) && !op_ends(type) ? 1 : 0;
    }
    adds = adds < CIRCLE_ADDS_GRANTED_MAX ? adds : CIRCLE_ADDS_GRANTED_MAX;
    ends = ends < ENDS_MAX ? ends : ENDS_MAX;
    circle->words = (adds + ends + 63) / 64;
    circle->past = rb_alloc(graph->count * circle->words, sizeof *circle->past);
    circle->future = rb_alloc((adds + ends) * circle->words, sizeof *circle->future);
    circle->rows = rb_alloc(2 * ends * circle->words, sizeof *circle->rows);
    circle->authority = rb_alloc(circle->words, sizeof *circle->authority);
    circle->endings = rb_alloc(circle->words, sizeof *circle->endings);
    circle->managers_ended = rb_alloc(circle->words, sizeof *circle->managers_ended);
    circle->managers = rb_alloc(circle->words, sizeof *circle->managers);
    circle->everything = rb_alloc(circle->words, sizeof *circle->everything);
    circle->acts = rb_alloc(adds + ends, sizeof *circle->acts);
    circle->added = rb_alloc(adds, sizeof *circle->added);
    circle->devices = rb_alloc(graph->count, sizeof *circle->devices);
}

static void places_alloc(struct circle *circle, const struct graph *graph) {
    circle->op_count = (uint32_t)graph->count;
    circle->granted = rb_alloc(graph->count, sizeof *circle->granted);
    circle->authors = rb_alloc(graph->count, sizeof *circle->authors);
    circle->act_at = rb_alloc(graph->count, sizeof *circle->act_at);
    for (uint32_t place = 0; place < circle->op_count; place++) {
        circle->authors[place] = person_find(circle, graph->ops[place]->author);
        circle->act_at[place] = NONE;
    }
}

/* Turns the pasts round. */
static void future_fill(struct circle *circle) {
    for (uint32_t i = 0; i < circle->act_count; i++) {
        const uint64_t *past = act_past(circle, i);
        for (size_t w = 0; w < circle->words; w++) {
            uint32_t below = (uint32_t)w * 64;
            for (uint64_t rest = past[w]; rest != 0; rest >>= 1, below++) {
                if ((rest & 1) != 0) {
                    view_add(circle->future + below * circle->words, i);
                }
            }
        }
    }
}

void ops_grant(struct circle *circle, const struct graph *graph) {
    struct granting granting = { .circle = circle, .graph = graph };

    views_alloc(circle, graph);
    places_alloc(circle, graph);
    traces_init(&granting.traces, graph);
    for (uint32_t place = 0; place < circle->op_count; place++) {
        uint64_t *past = circle->past + place * circle->words;
        for (uint32_t d = graph->first_dep[place]; d < graph->first_dep[place + 1]; d++) {
            view_join(circle, past, graph->deps[d]);
        }
        op_grant(&granting, place);
    }
    for (uint32_t i = 0; i < circle->device_count; i++) {
        struct named_device *device = &circle->devices[i];
        device->is_void = device->act == NONE && device_is_void(circle, &granting.traces, device);
    }
    traces_clear(&granting.traces);
    future_fill(circle);
}
