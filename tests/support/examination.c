/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/examination.h"

#include <stdlib.h>
#include <string.h>

size_t examination_below(const struct examination *examination, size_t limit) {
    return examination->chooser->below(examination->chooser->context, limit);
}

bool set_has(uint64_t set, size_t i) {
    return (set >> i & 1) != 0;
}

uint64_t set_of(size_t i) {
    return UINT64_C(1) << i;
}

bool same_person(const uint8_t *a, const uint8_t *b) {
    return memcmp(a, b, HASH_BYTES) == 0;
}

/* ---- The circle and its parts ---- */

const struct op *examination_op(const struct examination *examination, size_t i) {
    return &examination->made->ops[i];
}

static size_t index_of(const struct examination *examination, const uint8_t *ref) {
    size_t i = 0;

    while (i < examination->made->count &&
           memcmp(examination_op(examination, i)->ref, ref, REF_BYTES) != 0) {
        i++;
    }
    return i;
}

static bool is_ready(struct examination *examination, size_t i) {
    const struct op *op = examination_op(examination, i);
    uint64_t found = 0;

    for (size_t d = 0; d < op->dep_count; d++) {
        size_t dep = index_of(examination, op->deps[d]);
        if (dep == examination->made->count || !set_has(examination->ready, dep)) {
            return false;
        }
        found |= set_of(dep) | examination->below[dep];
    }
    examination->below[i] = found;
    return true;
}

/* Folds the operations of the set. */
struct circle *examination_fold(struct examination *examination, uint64_t set) {
    size_t count = 0;

    for (size_t i = 0; i < examination->made->count; i++) {
        if (set_has(set, i)) {
            examination->list[count++] = *examination_op(examination, i);
        }
    }
    return circle_fold(examination->list, count);
}

struct examination *examination_new(const struct made_circle *made, const struct chooser *chooser,
                                    size_t person_count) {
    struct examination *examination = rb_alloc(1, sizeof *examination);
    uint64_t before = 1;

    examination->made = made;
    examination->chooser = chooser;
    examination->person_count = person_count;
    while (before != examination->ready) {
        before = examination->ready;
        for (size_t i = 0; i < made->count; i++) {
            examination->ready |= is_ready(examination, i) ? set_of(i) : 0;
        }
    }
    examination->whole = circle_fold(made->ops, made->count);
    return examination;
}

void examination_free(struct examination *examination) {
    if (examination != NULL) {
        circle_destroy(&examination->whole);
    }
    free(examination);
}

uint64_t examination_all(const struct examination *examination) {
    return set_of(examination->made->count) - 1;
}

/* One of the ready operations, or `count`. */
size_t examination_choose(const struct examination *examination) {
    size_t i = examination_below(examination, examination->made->count);

    return set_has(examination->ready, i) ? i : examination->made->count;
}

/* The operations that depend on i. */
uint64_t examination_above(const struct examination *examination, size_t i) {
    uint64_t found = 0;

    for (size_t j = 0; j < examination->made->count; j++) {
        found |=
            set_has(examination->ready, j) && set_has(examination->below[j], i) ? set_of(j) : 0;
    }
    return found;
}

bool op_is_add_of(const struct op *op, const uint8_t *person) {
    return (op->type == OP_GENESIS || op->type == OP_ADD) && same_person(op->person.person, person);
}

/* True if one of the set names the person as a member. */
bool examination_names(const struct examination *examination, uint64_t set, const uint8_t *person) {
    for (size_t i = 0; i < examination->made->count; i++) {
        if (set_has(set, i) && op_is_add_of(examination_op(examination, i), person)) {
            return true;
        }
    }
    return false;
}

bool op_is_removal(const struct op *op) {
    return op->type == OP_REMOVE && !same_person(op->target, op->author);
}

bool circle_has(const struct circle *circle, const uint8_t *person) {
    return member_is_in(circle_member(circle, person));
}

/* ---- Answers compared ---- */

static bool same_member(const struct member *a, const struct member *b) {
    return same_person(a->person, b->person) && same_person(a->by, b->by) && a->role == b->role &&
           a->rank == b->rank && a->state == b->state && a->until_s == b->until_s;
}

bool circles_same_people(const struct circle *a, const struct circle *b) {
    const struct member *left;
    const struct member *right;
    size_t count = circle_people(a, &left);
    bool same = circle_people(b, &right) == count;

    for (size_t i = 0; same && i < count; i++) {
        same = same_member(&left[i], &right[i]);
    }
    return same;
}

/* The same members with the same roles; of who is out nothing is asked. */
bool circles_same_members(const struct circle *a, const struct circle *b) {
    const struct member *left;
    const struct member *right;
    size_t count = circle_people(a, &left);
    size_t other_count = circle_people(b, &right);
    size_t i = 0;

    while (i < count && i < other_count && member_is_in(&left[i]) && member_is_in(&right[i])) {
        if (!same_member(&left[i], &right[i])) {
            return false;
        }
        i++;
    }
    return (i == count || !member_is_in(&left[i])) &&
           (i == other_count || !member_is_in(&right[i]));
}

static bool same_recipients(const struct circle *a, const struct circle *b) {
    const struct recipient *left;
    const struct recipient *right;
    size_t count = circle_recipients(a, &left);

    return circle_recipients(b, &right) == count &&
           (count == 0 || memcmp(left, right, count * sizeof *left) == 0);
}

static bool same_adopted(const struct circle *a, const struct circle *b) {
    const struct op_lock *left;
    const struct op_lock *right;
    size_t count = circle_adopted(a, &left);
    bool same = circle_adopted(b, &right) == count;

    for (size_t i = 0; same && i < count; i++) {
        same = memcmp(left[i].log, right[i].log, LOG_PK_BYTES) == 0 &&
               left[i].seq == right[i].seq && memcmp(left[i].hash, right[i].hash, HASH_BYTES) == 0;
    }
    return same;
}

static bool same_heads(const struct circle *a, const struct circle *b) {
    uint8_t left[MADE_OPS_MAX][REF_BYTES];
    uint8_t right[MADE_OPS_MAX][REF_BYTES];
    size_t count = circle_heads(a, left, MADE_OPS_MAX);

    return circle_heads(b, right, MADE_OPS_MAX) == count &&
           memcmp(left, right, count * REF_BYTES) == 0;
}

bool circles_same_verdict(const struct circle *a, const struct circle *b) {
    return memcmp(circle_verdict(a), circle_verdict(b), HASH_BYTES) == 0;
}

/* All that can be asked without a question, but how many wait. */
bool circles_same_effect(const struct circle *a, const struct circle *b) {
    return circles_same_people(a, b) && same_recipients(a, b) && same_adopted(a, b) &&
           same_heads(a, b);
}
