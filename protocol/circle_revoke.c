/* SPDX-License-Identifier: GPL-3.0-or-later */
/* REVOKEDs: who may sign one, and what it voids and ends.  All of this is settled by what is
 * granted; only which person certificate an author used depends on who is a member. */
#include "protocol/fold.h"

#include "protocol/identity.h"

#include <stdlib.h>
#include <string.h>

/* ---- Devices that sign ---- */

/* Whose certificate a REVOKED says is void, and which key says so. */
struct claim {
    uint8_t person[HASH_BYTES];
    uint8_t key[SIGN_PUBLIC_BYTES];
};

static int compare_claims(const void *a, const void *b) {
    return memcmp(a, b, sizeof(struct claim));
}

static struct claim *claims_collect(const struct graph *graph, size_t *count) {
    struct claim *claims = rb_alloc(graph->count, sizeof *claims);

    *count = 0;
    for (size_t place = 0; place < graph->count; place++) {
        const struct op *op = graph->ops[place];
        if (op->type == OP_REVOKED) {
            memcpy(claims[*count].person, op->revocation.person, HASH_BYTES);
            memcpy(claims[*count].key, op->revocation.issuer, SIGN_PUBLIC_BYTES);
            (*count)++;
        }
    }
    qsort(claims, *count, sizeof *claims, compare_claims);
    return claims;
}

/* DEVICEs that no REVOKED asks for take no room. */
void signers_init(struct signers *signers, const struct graph *graph) {
    size_t claim_count;
    struct claim *claims = claims_collect(graph, &claim_count);

    *signers = (struct signers) { .places = rb_alloc(CIRCLE_ENDINGS_MAX, sizeof *signers->places) };
    for (uint32_t place = 0; place < graph->count; place++) {
        const struct op *op = graph->ops[place];
        struct claim claim = { 0 };
        memcpy(claim.person, op->person.person, HASH_BYTES);
        memcpy(claim.key, op->device.subject, SIGN_PUBLIC_BYTES);
        if (op->type == OP_DEVICE && signers->count < CIRCLE_ENDINGS_MAX &&
            bsearch(&claim, claims, claim_count, sizeof claim, compare_claims) != NULL) {
            signers->places[signers->count++] = place;
        }
    }
    signers->words = (signers->count + 63) / 64;
    signers->reach = rb_alloc(graph->count * signers->words, sizeof *signers->reach);
    free(claims);
}

void signers_clear(struct signers *signers) {
    free(signers->places);
    free(signers->reach);
    *signers = (struct signers) { 0 };
}

static int compare_places(const void *a, const void *b) {
    const uint32_t *left = a;
    const uint32_t *right = b;

    return (*left > *right) - (*left < *right);
}

void signers_reach(struct signers *signers, const struct graph *graph, uint32_t place,
                   bool is_granted) {
    uint64_t *reach = signers->reach + place * signers->words;

    if (signers->count == 0) {
        return;
    }
    for (uint32_t d = graph->first_dep[place]; d < graph->first_dep[place + 1]; d++) {
        const uint64_t *below = signers->reach + graph->deps[d] * signers->words;
        for (size_t w = 0; w < signers->words; w++) {
            reach[w] |= below[w];
        }
    }
    const uint32_t *found =
        bsearch(&place, signers->places, signers->count, sizeof place, compare_places);
    if (found != NULL && is_granted) {
        view_add(reach, (uint32_t)(found - signers->places));
    }
}

/* True if the operation names a device of the person, another than the revoked one, that signed. */
static bool is_other_device(const struct op *op, const struct revocation *revocation) {
    return memcmp(op->person.person, revocation->person, HASH_BYTES) == 0 &&
           memcmp(op->device.id, revocation->cert_id, CERT_ID_BYTES) != 0 &&
           memcmp(op->device.subject, revocation->issuer, SIGN_PUBLIC_BYTES) == 0;
}

static bool is_signed_by_device(const struct graph *graph, const struct signers *signers,
                                uint32_t place) {
    const struct op *op = graph->ops[place];

    for (uint32_t d = graph->first_dep[place]; d < graph->first_dep[place + 1]; d++) {
        const uint64_t *reach = signers->reach + graph->deps[d] * signers->words;
        for (uint32_t s = 0; s < signers->count; s++) {
            if (view_has(reach, s) &&
                is_other_device(graph->ops[signers->places[s]], &op->revocation)) {
                return true;
            }
        }
    }
    return false;
}

/* True if the revoked certificate is the person certificate of the ADD, and by who signed. */
static bool is_issued(const struct op *add, const struct revocation *revocation,
                      const uint8_t signer[static HASH_BYTES]) {
    return memcmp(add->person.id, revocation->cert_id, CERT_ID_BYTES) == 0 &&
           memcmp(add->person.issuer, signer, HASH_BYTES) == 0;
}

bool revoked_is_signed(const struct circle *circle, const struct graph *graph,
                       const struct signers *signers, uint32_t place, uint32_t person) {
    const struct revocation *revocation = &graph->ops[place]->revocation;
    const uint64_t *past = circle->past + place * circle->words;
    uint8_t signer[HASH_BYTES];

    identity_person_id(revocation->issuer, signer);
    if (memcmp(signer, revocation->person, HASH_BYTES) == 0) {
        return true;
    }
    for (uint32_t a = circle->persons[person].adds.first; a != NONE; a = circle->acts[a].next) {
        const struct op *add = graph->ops[circle->acts[a].place];
        if (view_has(past, a) &&
            (is_issued(add, revocation, signer) || is_other_device(add, revocation))) {
            return true;
        }
    }
    return is_signed_by_device(graph, signers, place);
}

/* ---- What REVOKEDs void ---- */

/* True if `revoked`, which is about the author of `act`, voids what is || to it. */
static bool reaches_aside(const struct circle *circle, uint32_t revoked, uint32_t act) {
    const struct act *v = &circle->acts[revoked];

    return (v->is_by_manager || v->author == circle->acts[act].author) &&
           is_concurrent(circle, revoked, act);
}

bool device_is_void(const struct circle *circle, const struct named_device *device) {
    const uint64_t *past = circle->past + device->place * circle->words;
    uint32_t v = circle->persons[device->author].endings.first;

    for (; v != NONE; v = circle->acts[v].next) {
        const struct act *act = &circle->acts[v];
        if (act->type != OP_REVOKED ||
            memcmp(act->cert, device->author_device, CERT_ID_BYTES) != 0) {
            continue;
        }
        if (view_has(past, v) || ((act->is_by_manager || act->author == device->author) &&
                                  !act_covers(circle, act, device->log, device->seq))) {
            return true;
        }
    }
    return false;
}

/* True if a REVOKED of the device that wrote the act voids it. */
static bool is_void_by_device(const struct circle *circle, uint32_t index) {
    const struct act *act = &circle->acts[index];
    uint32_t v = circle->persons[act->author].endings.first;

    for (; v != NONE; v = circle->acts[v].next) {
        if (circle->acts[v].type == OP_REVOKED &&
            memcmp(circle->acts[v].cert, act->author_device, CERT_ID_BYTES) == 0 &&
            (view_has(act_past(circle, index), v) || reaches_aside(circle, v, index))) {
            return true;
        }
    }
    return false;
}

static bool row_voids(const struct circle *circle, uint32_t row, uint32_t act) {
    const uint64_t *revoked = row_of(circle, row);

    for (uint32_t v = 0; v < circle->act_count; v++) {
        if (revoked[v / 64] == 0) {
            v |= 63;
        } else if (view_has(revoked, v) && reaches_aside(circle, v, act)) {
            return true;
        }
    }
    return false;
}

/* Of what is in its past nothing is asked: nobody is in by a certificate that is revoked there. */
bool is_void_by_certificate(const struct circle *circle, const struct act *act) {
    uint32_t index = (uint32_t)(act - circle->acts);
    const uint64_t *past = act_past(circle, index);

    for (uint32_t a = circle->persons[act->author].adds.first; a != NONE;
         a = circle->acts[a].next) {
        uint32_t row = circle->acts[a].revoked_row;
        if (row != NONE && add_is_live(circle, past, a) && row_voids(circle, row, index)) {
            return true;
        }
    }
    return false;
}

/* ---- What REVOKEDs end ---- */

/* Notes `revoked` for every ADD that names its certificate; they share one row. */
static void certificate_revoke(struct circle *circle, uint32_t revoked) {
    const struct act *v = &circle->acts[revoked];
    uint32_t row = NONE;

    for (uint32_t a = circle->persons[v->target].adds.first; a != NONE; a = circle->acts[a].next) {
        struct act *add = &circle->acts[a];
        if (memcmp(add->cert, v->cert, CERT_ID_BYTES) != 0) {
            continue;
        }
        if (add->revoked_row == NONE) {
            row = row == NONE ? row_new(circle) : row;
            add->revoked_row = row;
        }
        row = add->revoked_row;
        add->is_ended = add->is_ended || is_concurrent(circle, revoked, a);
        add->is_dead = add->is_dead || view_has(act_past(circle, a), revoked);
    }
    if (row != NONE) {
        view_add(row_of(circle, row), revoked);
    }
}

void revocations_apply(struct circle *circle) {
    for (uint32_t i = 0; i < circle->act_count; i++) {
        struct act *act = &circle->acts[i];
        if (act->type == OP_REVOKED) {
            certificate_revoke(circle, i);
        } else if (act->type != OP_GENESIS) {
            act->is_dead = act->is_dead || is_void_by_device(circle, i);
        }
    }
}
