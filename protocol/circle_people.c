/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a fold says of people and of their devices. */
#include "protocol/circle.h"

#include "protocol/fold.h"

#include <stdlib.h>
#include <string.h>

/* ---- People ---- */

struct ranked {
    struct member member;
    uint32_t seniority; /* |past| of his first ADD that stands; of any that is valid if he is out */
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

/* True if an ADD of his that stands is GENESIS or has been accepted. */
static bool person_has_accepted(const struct circle *circle, uint32_t person) {
    for (uint32_t a = circle->persons[person].first; a != NONE; a = circle->counted[a].next) {
        bool is_accepted = circle->counted[a].type == OP_GENESIS || view_has(circle->accepted, a);
        if (is_accepted && add_stands(circle, circle->everything, a)) {
            return true;
        }
    }
    return false;
}

/* True for an ADD that is valid, whether it stands or not. */
static bool add_is_valid(const struct circle *circle, uint32_t i) {
    return op_names(circle->counted[i].type) && view_has(circle->everything, i);
}

/* Fills the line of somebody who is out: at least one ADD is valid, and one end of his counts. */
static void ranked_fill_out(const struct circle *circle, uint32_t person, struct ranked *ranked) {
    for (uint32_t i = circle->persons[person].first; i != NONE; i = circle->counted[i].next) {
        const struct counted *counted = &circle->counted[i];
        if (op_ends(counted->type)) {
            ranked->member.state = counted->type == OP_REMOVE ? MEMBER_LEFT : MEMBER_DECLINED;
        } else if (add_is_valid(circle, i) && counted->role > ranked->member.role) {
            ranked->member.role = counted->role;
        }
    }
}

static struct ranked ranked_of(const struct circle *circle, uint32_t person) {
    struct ranked ranked = { .seniority = NONE };
    bool is_in = role_in(circle, circle->everything, person, &ranked.member.role);

    memcpy(ranked.member.person, circle->persons[person].id, HASH_BYTES);
    for (uint32_t i = circle->persons[person].first; i != NONE; i = circle->counted[i].next) {
        bool is_his = is_in ? add_stands(circle, circle->everything, i) : add_is_valid(circle, i);
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

static bool person_was_ever_in(const struct circle *circle, uint32_t person) {
    for (uint32_t i = circle->persons[person].first; i != NONE; i = circle->counted[i].next) {
        if (add_is_valid(circle, i)) {
            return true;
        }
    }
    return false;
}

void people_collect(struct circle *circle) {
    struct ranked *ranked = rb_alloc(circle->person_count, sizeof *ranked);

    for (uint32_t person = 0; person < circle->person_count; person++) {
        if (person_was_ever_in(circle, person)) {
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

/* ---- Recipients ---- */

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

void recipients_collect(struct circle *circle) {
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
