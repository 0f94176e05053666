/* SPDX-License-Identifier: GPL-3.0-or-later */
/* REVOKEDs: who may sign one, and what it voids and ends.  All of this is settled by what is
 * granted; only which person certificate an author used depends on who is a member. */
#include "protocol/fold.h"

#include "protocol/identity.h"

#include <stdlib.h>
#include <string.h>

/* ---- DEVICEs that matter to REVOKEDs ---- */

/* Whose certificate a REVOKED says is void, and which key says so. */
struct claim {
    uint8_t person[HASH_BYTES];
    uint8_t key[SIGN_PUBLIC_BYTES];
};

/* Sorted. */
struct claims {
    struct claim *signers;
    uint8_t (*certs)[CERT_ID_BYTES];
    size_t count;
};

static int compare_claims(const void *a, const void *b) {
    return memcmp(a, b, sizeof(struct claim));
}

static int compare_certs(const void *a, const void *b) {
    return memcmp(a, b, CERT_ID_BYTES);
}

static struct claims *claims_collect(const struct graph *graph) {
    struct claims *claims = rb_alloc(1, sizeof *claims);

    *claims = (struct claims) {
        .signers = rb_alloc(graph->count, sizeof *claims->signers),
        .certs = rb_alloc(graph->count, sizeof *claims->certs),
    };
    for (size_t place = 0; place < graph->count; place++) {
        const struct op *op = graph->ops[place];
        if (op->type == OP_REVOKED) {
            memcpy(claims->signers[claims->count].person, op->revocation.person, HASH_BYTES);
            memcpy(claims->signers[claims->count].key, op->revocation.issuer, SIGN_PUBLIC_BYTES);
            memcpy(claims->certs[claims->count], op->revocation.cert_id, CERT_ID_BYTES);
            claims->count++;
        }
    }
    qsort(claims->signers, claims->count, sizeof *claims->signers, compare_claims);
    qsort(claims->certs, claims->count, sizeof *claims->certs, compare_certs);
    return claims;
}

/* True for a DEVICE whose key signed a REVOKED of its person, or whose author's own device is
 * revoked. */
static bool device_matters(const struct claims *claims, const struct op *op) {
    struct claim claim = { 0 };

    memcpy(claim.person, op->person.person, HASH_BYTES);
    memcpy(claim.key, op->device.subject, SIGN_PUBLIC_BYTES);
    return bsearch(&claim, claims->signers, claims->count, sizeof claim, compare_claims) != NULL ||
           bsearch(op->author_device, claims->certs, claims->count, CERT_ID_BYTES, compare_certs) !=
               NULL;
}

void traces_init(struct traces *traces, const struct graph *graph) {
    size_t most = 0;

    *traces = (struct traces) { .claims = claims_collect(graph) };
    for (size_t place = 0; place < graph->count && most < CIRCLE_TRACES_MAX; place++) {
        const struct op *op = graph->ops[place];
        most += op->type == OP_DEVICE && device_matters(traces->claims, op) ? 1 : 0;
    }
    traces->words = (most + 63) / 64;
    traces->places = rb_alloc(most, sizeof *traces->places);
    traces->reach = rb_alloc(graph->count * traces->words, sizeof *traces->reach);
}

void traces_clear(struct traces *traces) {
    free(traces->claims->signers);
    free(traces->claims->certs);
    free(traces->claims);
    free(traces->places);
    free(traces->reach);
    *traces = (struct traces) { 0 };
}

static int compare_places(const void *a, const void *b) {
    const uint32_t *left = a;
    const uint32_t *right = b;

    return (*left > *right) - (*left < *right);
}

/* The number of a traced DEVICE, or NONE. */
static uint32_t trace_of(const struct traces *traces, uint32_t place) {
    const uint32_t *found =
        bsearch(&place, traces->places, traces->count, sizeof place, compare_places);

    return found == NULL ? NONE : (uint32_t)(found - traces->places);
}

void traces_reach(struct traces *traces, const struct graph *graph, uint32_t place) {
    uint64_t *reach = traces->reach + place * traces->words;

    for (uint32_t d = graph->first_dep[place]; d < graph->first_dep[place + 1]; d++) {
        const uint64_t *below = traces->reach + graph->deps[d] * traces->words;
        for (size_t w = 0; w < traces->words; w++) {
            reach[w] |= below[w];
        }
    }
}

void traces_add(struct traces *traces, struct circle *circle, const struct op *op, uint32_t place) {
    if (!device_matters(traces->claims, op)) {
        return;
    }
    if (!trace_take_room(circle, place)) {
        circle->is_full = true;
        return;
    }
    view_add(traces->reach + place * traces->words, traces->count);
    traces->places[traces->count++] = place;
}

/* True if the operation names a device of the person, another than the revoked one, that signed. */
static bool is_other_device(const struct op *op, const struct revocation *revocation) {
    return memcmp(op->person.person, revocation->person, HASH_BYTES) == 0 &&
           memcmp(op->device.id, revocation->cert_id, CERT_ID_BYTES) != 0 &&
           memcmp(op->device.subject, revocation->issuer, SIGN_PUBLIC_BYTES) == 0;
}

static bool is_signed_by_device(const struct graph *graph, const struct traces *traces,
                                uint32_t place) {
    const uint64_t *reach = traces->reach + place * traces->words;

    for (uint32_t t = 0; t < traces->count; t++) {
        if (view_has(reach, t) &&
            is_other_device(graph->ops[traces->places[t]], &graph->ops[place]->revocation)) {
            return true;
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
                       const struct traces *traces, uint32_t place, uint32_t person) {
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
    return is_signed_by_device(graph, traces, place);
}

/* ---- What REVOKEDs void ---- */

/* True if `revoked`, which is about the author of `act`, voids what is || to it. */
static bool reaches_aside(const struct circle *circle, uint32_t revoked, uint32_t act) {
    const struct act *v = &circle->acts[revoked];

    return (v->is_by_manager || v->author == circle->acts[act].author) &&
           is_concurrent(circle, revoked, act);
}

/* True if the REVOKED, of the device that wrote the DEVICE, was written by who may say so and did
 * not know it. */
static bool revoked_aside(const struct traces *traces, const struct act *v,
                          const struct named_device *device) {
    uint32_t trace = trace_of(traces, device->place);

    return (v->is_by_manager || v->author == device->author) &&
           (trace == NONE || !view_has(traces->reach + v->place * traces->words, trace));
}

bool device_is_void(const struct circle *circle, const struct traces *traces,
                    const struct named_device *device) {
    const uint64_t *past = circle->past + device->place * circle->words;
    uint32_t v = circle->persons[device->author].endings.first;

    for (; v != NONE; v = circle->acts[v].next) {
        const struct act *act = &circle->acts[v];
        if (act->type == OP_REVOKED &&
            memcmp(act->cert, device->author_device, CERT_ID_BYTES) == 0 &&
            (view_has(past, v) || revoked_aside(traces, act, device))) {
            return true;
        }
    }
    return false;
}

bool is_void_by_device(const struct circle *circle, const uint64_t *view, uint32_t index) {
    const struct act *act = &circle->acts[index];
    uint32_t v = circle->persons[act->author].endings.first;

    for (; v != NONE; v = circle->acts[v].next) {
        if (circle->acts[v].type == OP_REVOKED && view_has(view, v) &&
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
            act->is_dead = act->is_dead || is_void_by_device(circle, circle->everything, i);
        }
    }
}
