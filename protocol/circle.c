/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/circle.h"

#include "protocol/fold.h"
#include "protocol/graph.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { VIEW_BITS_MAX = CIRCLE_ADDS_COUNTED_MAX + CIRCLE_LEAVINGS_MAX };
enum { VIEW_WORDS_MAX = VIEW_BITS_MAX / 64 };

_Static_assert(VIEW_BITS_MAX % 64 == 0, "a view is made of whole words");

/* ---- Views ---- */

bool view_has(const uint64_t *view, uint32_t index) {
    return (view[index / 64] >> (index % 64) & 1) != 0;
}

static void view_add(uint64_t *view, uint32_t index) {
    view[index / 64] |= UINT64_C(1) << (index % 64);
}

static void view_drop(uint64_t *view, uint32_t index) {
    view[index / 64] &= ~(UINT64_C(1) << (index % 64));
}

static uint32_t view_size(const struct circle *circle, const uint64_t *view) {
    uint32_t size = 0;

    for (size_t w = 0; w < circle->words; w++) {
        for (uint64_t rest = view[w]; rest != 0; rest &= rest - 1) {
            size++;
        }
    }
    return size;
}

/* `view` without the ADDs that are not valid. */
static void view_of_valid(const struct circle *circle, uint64_t *valid, const uint64_t *view) {
    for (size_t w = 0; w < circle->words; w++) {
        valid[w] = view[w] & ~circle->invalid[w];
    }
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

bool op_names(enum op_type type) {
    return type == OP_GENESIS || type == OP_ADD;
}

bool op_ends(enum op_type type) {
    return type == OP_REMOVE || type == OP_DECLINE;
}

/* An ACCEPT changes nothing but `accepted`, so it takes no place in a view. */
static bool op_changes_members(enum op_type type) {
    return op_names(type) || op_ends(type);
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

bool add_stands(const struct circle *circle, const uint64_t *view, uint32_t add) {
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

bool role_in(const struct circle *circle, const uint64_t *view, uint32_t person,
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

/* True if somebody for whom `past` is what he knew may write the operation. */
static bool op_is_allowed(const struct circle *circle, const uint64_t *past, const struct op *op) {
    uint32_t author = person_find(circle, op->author);

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

/* True if views have room for one more of this type. */
static bool view_has_room(const struct circle *circle, enum op_type type) {
    return op_names(type) ? circle->counted_adds < CIRCLE_ADDS_COUNTED_MAX
                          : circle->leaving_count < CIRCLE_LEAVINGS_MAX;
}

static bool op_counts(const struct circle *circle, const struct op *op, uint32_t place) {
    if (op_changes_members(op->type) && !view_has_room(circle, op->type)) {
        return false;
    }
    return op->type == OP_GENESIS ? genesis_counts(circle, op)
                                  : op_is_allowed(circle, past_of(circle, place), op);
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

static void add_fill(struct circle *circle, const struct op *op, struct counted *counted) {
    counted->role = op->type == OP_GENESIS ? CIRCLE_OWNER : op->role;
    memcpy(counted->device, op->device.id, CERT_ID_BYTES);
    memcpy(counted->seal_key, op->seal.public, BOX_PUBLIC_BYTES);
    counted->seal_generation = op->seal.generation;
    circle->counted_adds++;
}

static void leaving_fill(struct circle *circle, const struct op *op, struct counted *counted) {
    struct op_lock locks[OP_LOCKS_MAX];
    uint32_t count = (uint32_t)op_locks(op, locks, OP_LOCKS_MAX);
    struct leaving *leaving = &circle->leavings[circle->leaving_count];

    counted->leaving = circle->leaving_count++;
    memcpy(leaving->log, op->log, LOG_PK_BYTES);
    leaving->seq = op->seq;
    leaving->locks = (struct part) { circle->lock_count, count };
    circle->lock_count += count;
    circle->locks = rb_realloc(circle->locks, circle->lock_count, sizeof *circle->locks);
    memcpy(circle->locks + leaving->locks.first, locks, count * sizeof *locks);
}

static void counted_append(struct circle *circle, const struct op *op, uint32_t place) {
    uint32_t index = circle->counted_count++;
    struct counted *counted = &circle->counted[index];

    *counted = (struct counted) {
        .type = op->type,
        .place = place,
        .person = person_find(circle, op_names(op->type) ? op->person.person : op->author),
        .next = NONE,
        .past_count = view_size(circle, past_of(circle, place)),
    };
    if (op_names(op->type)) {
        add_fill(circle, op, counted);
    } else {
        leaving_fill(circle, op, counted);
    }
    circle->counted_at[place] = index;
    person_append(circle, index);
    view_add(circle->everything, index);
}

/* Every ADD of his that he knows is accepted. */
static void accept_note(struct circle *circle, const struct op *op, uint32_t place) {
    uint32_t i = circle->persons[person_find(circle, op->author)].first;

    for (; i != NONE; i = circle->counted[i].next) {
        if (op_names(circle->counted[i].type) && view_has(past_of(circle, place), i)) {
            view_add(circle->accepted, i);
        }
    }
}

/* ---- The rules: which operations are valid, when all leavings are known ---- */

static bool is_within(const struct circle *circle, const struct leaving *leaving,
                      const uint8_t log[static LOG_PK_BYTES], uint64_t seq) {
    const struct op_lock *locks = circle->locks + leaving->locks.first;

    if (memcmp(leaving->log, log, LOG_PK_BYTES) == 0) {
        return seq < leaving->seq;
    }
    for (uint32_t i = 0; i < leaving->locks.count; i++) {
        if (memcmp(locks[i].log, log, LOG_PK_BYTES) == 0 && seq <= locks[i].seq) {
            return true;
        }
    }
    return false;
}

/* beyond(o, r) for some r, o being an event of the person at (log, seq) who knew `view`. */
static bool is_beyond(const struct circle *circle, uint32_t person, const uint64_t *view,
                      const uint8_t log[static LOG_PK_BYTES], uint64_t seq) {
    uint32_t i = person == NONE ? NONE : circle->persons[person].first;

    for (; i != NONE; i = circle->counted[i].next) {
        const struct counted *counted = &circle->counted[i];
        if (op_ends(counted->type) && !view_has(view, i) &&
            !is_within(circle, &circle->leavings[counted->leaving], log, seq)) {
            return true;
        }
    }
    return false;
}

/* The first ADD by which the person is a member of the view. */
static uint32_t sponsor_find(const struct circle *circle, const uint64_t *view, uint32_t person) {
    uint32_t i = circle->persons[person].first;

    while (!add_stands(circle, view, i)) {
        i = circle->counted[i].next;
        assert(i != NONE);
    }
    return i;
}

/* True if the bounds leave room for one more valid ADD by the guest of `sponsor`; then it is
 * taken: of him and of everybody through whom he came.  The founder has all the room there is. */
static bool room_take(struct circle *circle, uint32_t sponsor) {
    struct counted *counted = circle->counted;

    if (circle->valid_adds == CIRCLE_ADDS_MAX) {
        return false;
    }
    for (uint32_t s = sponsor; counted[s].type != OP_GENESIS; s = counted[s].sponsor) {
        if (counted[s].through == CIRCLE_ADDS_PER_GUEST_MAX) {
            return false;
        }
    }
    for (uint32_t s = sponsor; counted[s].type != OP_GENESIS; s = counted[s].sponsor) {
        counted[s].through++;
    }
    circle->valid_adds++;
    return true;
}

/* valid(o) of an operation that counts. */
static bool op_is_valid(struct circle *circle, const struct op *op, uint32_t place) {
    uint64_t view[VIEW_WORDS_MAX];
    uint32_t author = person_find(circle, op->author);

    if (op->type == OP_GENESIS) {
        return true;
    }
    view_of_valid(circle, view, past_of(circle, place));
    if (!op_is_allowed(circle, view, op)) {
        return false;
    }
    if (!op_ends(op->type) && is_beyond(circle, author, view, op->log, op->seq)) {
        return false;
    }
    if (op->type != OP_ADD) {
        return true;
    }
    uint32_t sponsor = sponsor_find(circle, view, author);
    circle->counted[circle->counted_at[place]].sponsor = sponsor;
    return room_take(circle, sponsor);
}

/* ---- The fold ---- */

static void past_alloc(struct circle *circle, const struct graph *graph) {
    size_t adds = 0;
    size_t ends = 0;

    for (size_t i = 0; i < graph->count; i++) {
        adds += op_names(graph->ops[i]->type) ? 1 : 0;
        ends += op_ends(graph->ops[i]->type) ? 1 : 0;
    }
    adds = adds < CIRCLE_ADDS_COUNTED_MAX ? adds : CIRCLE_ADDS_COUNTED_MAX;
    ends = ends < CIRCLE_LEAVINGS_MAX ? ends : CIRCLE_LEAVINGS_MAX;
    circle->op_count = (uint32_t)graph->count;
    circle->words = (adds + ends + 63) / 64;
    circle->past = rb_alloc(graph->count * circle->words, sizeof *circle->past);
    circle->counts = rb_alloc(graph->count, sizeof *circle->counts);
    circle->valid = rb_alloc(graph->count, sizeof *circle->valid);
    circle->counted_at = rb_alloc(graph->count, sizeof *circle->counted_at);
    circle->counted = rb_alloc(adds + ends, sizeof *circle->counted);
    circle->leavings = rb_alloc(ends, sizeof *circle->leavings);
    circle->invalid = rb_alloc(circle->words, sizeof *circle->invalid);
    circle->accepted = rb_alloc(circle->words, sizeof *circle->accepted);
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
        circle->counts[place] = op_counts(circle, op, place);
        if (circle->counts[place] && op_changes_members(op->type)) {
            counted_append(circle, op, place);
        } else if (circle->counts[place] && op->type == OP_ACCEPT) {
            accept_note(circle, op, place);
        }
    }
}

/* The second walk: when an operation is judged, the ADDs of its past have been. */
static void ops_validate(struct circle *circle, const struct graph *graph) {
    for (uint32_t place = 0; place < circle->op_count; place++) {
        const struct op *op = graph->ops[place];

        circle->valid[place] = circle->counts[place] && op_is_valid(circle, op, place);
        if (circle->counts[place] && op_names(op->type) && !circle->valid[place]) {
            view_add(circle->invalid, circle->counted_at[place]);
            view_drop(circle->everything, circle->counted_at[place]);
        }
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
    unsigned rank; /* what changes the members goes first, keys last */
    uint8_t ref[REF_BYTES];
};

static unsigned head_rank(enum op_type type) {
    if (op_changes_members(type)) {
        return 0;
    }
    return type == OP_ACCEPT ? 1 : 2;
}

static int compare_heads(const void *a, const void *b) {
    const struct head *left = a;
    const struct head *right = b;

    if (left->rank != right->rank) {
        return left->rank < right->rank ? -1 : 1;
    }
    return memcmp(left->ref, right->ref, REF_BYTES);
}

/* From the end to the beginning: an operation is below a valid one if a valid one, or one that is
 * below such a one, names it. */
static void heads_collect(struct circle *circle, const struct graph *graph) {
    struct head *heads = rb_alloc(circle->op_count, sizeof *heads);
    bool *below = rb_alloc(circle->op_count, sizeof *below);

    for (uint32_t place = circle->op_count; place-- > 0;) {
        if (circle->valid[place] && !below[place]) {
            struct head *head = &heads[circle->head_count++];
            head->rank = head_rank(graph->ops[place]->type);
            memcpy(head->ref, graph->ops[place]->ref, REF_BYTES);
        }
        if (!circle->valid[place] && !below[place]) {
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

/* ---- What others ask ---- */

struct circle *circle_fold(const struct op *ops, size_t count) {
    struct circle *circle = rb_alloc(1, sizeof *circle);
    struct graph graph;

    graph_init(&graph, ops, count);
    circle->waiting = graph.waiting;
    persons_collect(circle, &graph);
    past_alloc(circle, &graph);
    ops_judge(circle, &graph);
    ops_validate(circle, &graph);
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
    free(old->valid);
    free(old->counted_at);
    free(old->named);
    free(old->counted);
    free(old->invalid);
    free(old->accepted);
    free(old->everything);
    free(old->leavings);
    free(old->locks);
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

size_t circle_leavings(const struct circle *circle) {
    return circle->leaving_count;
}

enum rb_status circle_role_at(const struct circle *circle, const uint8_t person[static HASH_BYTES],
                              const uint8_t log[static LOG_PK_BYTES], uint64_t seq,
                              const uint8_t (*ctl)[REF_BYTES], size_t ctl_count,
                              enum circle_role *role) {
    uint64_t view[VIEW_WORDS_MAX] = { 0 };
    uint32_t found_person = person_find(circle, person);
    enum circle_role found = CIRCLE_READER;

    for (size_t i = 0; i < ctl_count; i++) {
        const struct named_op *op = bsearch(ctl[i], circle->named, circle->op_count,
                                            sizeof *circle->named, compare_ref_to_named);
        if (op == NULL) {
            return RB_NOT_FOUND;
        }
        view_join(circle, view, op->place);
    }
    view_of_valid(circle, view, view);
    if (!role_in(circle, view, found_person, &found)) {
        return RB_NOT_MEMBER;
    }
    if (is_beyond(circle, found_person, view, log, seq)) {
        return RB_REFUSED;
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
