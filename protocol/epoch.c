/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which key to write under: the rules stand in circle.h. */
#include "protocol/circle.h"

#include "protocol/fold.h"
#include "protocol/graph.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- Lists of indexes ---- */

static void indexes_append(struct indexes *indexes, struct part *part, uint32_t item) {
    if (indexes->count == indexes->room) {
        indexes->room = indexes->room == 0 ? 64 : indexes->room * 2;
        indexes->items = rb_realloc(indexes->items, indexes->room, sizeof *indexes->items);
    }
    assert(part->first + part->count == indexes->count);
    indexes->items[indexes->count++] = item;
    part->count++;
}

/* ---- The operations that carry keys, by eid ---- */

struct key_op {
    const struct op *op;
    uint32_t place;
    bool makes; /* GENESIS or EPOCH that is granted */
};

static int compare_key_ops(const void *a, const void *b) {
    const struct key_op *left = a;
    const struct key_op *right = b;
    int order = memcmp(left->op->epoch, right->op->epoch, HASH_BYTES);

    if (order != 0) {
        return order;
    }
    return (left->place > right->place) - (left->place < right->place);
}

static bool is_of_epoch(const struct op *op, const uint8_t id[static HASH_BYTES]) {
    return memcmp(op->epoch, id, HASH_BYTES) == 0;
}

static struct key_op *key_ops_collect(const struct circle *circle, const struct graph *graph,
                                      size_t *count) {
    struct key_op *keys = rb_alloc(graph->count, sizeof *keys);

    *count = 0;
    for (uint32_t place = 0; place < graph->count; place++) {
        const struct op *op = graph->ops[place];
        if (op->type != OP_GENESIS && op->type != OP_EPOCH && op->type != OP_KEYGRANT) {
            continue;
        }
        bool makes = op->type != OP_KEYGRANT && circle->granted[place];
        keys[(*count)++] = (struct key_op) { .op = op, .place = place, .makes = makes };
    }
    qsort(keys, *count, sizeof *keys, compare_key_ops);
    return keys;
}

/* ---- Epochs ---- */

static int compare_id_to_epoch(const void *id, const void *epoch) {
    const struct epoch *right = epoch;

    return memcmp(id, right->id, HASH_BYTES); /* an eid is no secret */
}

static uint32_t epoch_find(const struct circle *circle, const uint8_t id[static HASH_BYTES]) {
    const struct epoch *found = bsearch(id, circle->epochs, circle->epoch_count,
                                        sizeof *circle->epochs, compare_id_to_epoch);

    return found == NULL ? NONE : (uint32_t)(found - circle->epochs);
}

static bool epoch_is_made(const struct epoch *epoch) {
    return epoch->place != NONE;
}

/* Takes the next operation of the epoch; the first that makes it says where, when and by whom. */
static void epoch_note(struct epoch *epoch, const struct key_op *key) {
    if (!key->makes || epoch_is_made(epoch)) {
        return;
    }
    epoch->place = key->place;
    epoch->made_ms = hlc_ms(key->op->hlc);
    memcpy(epoch->author_device, key->op->author_device, CERT_ID_BYTES);
}

static void epochs_name(struct circle *circle, const struct key_op *keys, size_t key_count) {
    circle->epochs = rb_alloc(key_count, sizeof *circle->epochs);
    for (size_t k = 0; k < key_count; k++) {
        if (k == 0 || !is_of_epoch(keys[k].op, keys[k - 1].op->epoch)) {
            struct epoch *epoch = &circle->epochs[circle->epoch_count++];
            memcpy(epoch->id, keys[k].op->epoch, HASH_BYTES);
            epoch->place = NONE;
        }
        epoch_note(&circle->epochs[circle->epoch_count - 1], &keys[k]);
    }
}

static void epoch_give(struct circle *circle, struct epoch *epoch,
                       const uint8_t device[static CERT_ID_BYTES]) {
    uint32_t recipient = recipient_find(circle, device);

    if (recipient == NONE) {
        epoch->exposed = true;
    } else {
        indexes_append(&circle->given, &epoch->given, recipient);
    }
}

/* recip(e), the part that one operation adds. */
static void epoch_give_all(struct circle *circle, struct epoch *epoch, const struct op *op) {
    uint8_t to[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES];
    size_t count = op_recipients(op, to, SEALS_PER_KEY_BODY_MAX);

    for (size_t i = 0; i < count; i++) {
        epoch_give(circle, epoch, to[i]);
    }
    epoch_give(circle, epoch, op->author_device);
}

static bool op_has_parent(const struct op *op, const uint8_t id[static HASH_BYTES]) {
    uint8_t parents[WRAPS_PER_EPOCH_MAX][HASH_BYTES];
    size_t count = op_parents(op, parents, WRAPS_PER_EPOCH_MAX);

    for (size_t i = 0; i < count; i++) {
        if (memcmp(parents[i], id, HASH_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

/* What one operation wraps; it covers only if it is the one that makes the epoch. */
static void epoch_wrap_all(struct circle *circle, struct epoch *epoch, const struct key_op *key) {
    struct epoch_key wraps[WRAPS_PER_EPOCH_MAX];
    size_t count = op_wraps(key->op, wraps, WRAPS_PER_EPOCH_MAX);

    for (size_t i = 0; i < count; i++) {
        uint32_t wrapped = epoch_find(circle, wraps[i].id);
        if (wrapped == NONE) {
            continue;
        }
        const struct epoch *parent = &circle->epochs[wrapped];
        indexes_append(&circle->wraps, &epoch->wraps, wrapped);
        if (epoch->place == key->place && epoch_is_made(parent) && parent->place < epoch->place &&
            op_has_parent(key->op, parent->id)) {
            indexes_append(&circle->covers, &epoch->covers, wrapped);
        }
    }
    crypt_wipe(wraps, sizeof wraps);
}

/* Reads every operation of every epoch; `keys` are in the order of the epochs. */
static void epochs_read(struct circle *circle, const struct key_op *keys, size_t key_count) {
    size_t k = 0;

    for (uint32_t e = 0; e < circle->epoch_count; e++) {
        struct epoch *epoch = &circle->epochs[e];
        epoch->given.first = circle->given.count;
        epoch->wraps.first = circle->wraps.count;
        epoch->covers.first = circle->covers.count;
        while (k < key_count && is_of_epoch(keys[k].op, epoch->id)) {
            epoch_give_all(circle, epoch, keys[k].op);
            epoch_wrap_all(circle, epoch, &keys[k]);
            k++;
        }
    }
    assert(k == key_count);
}

/* knowing(e): who has a key has every key that it wraps. */
static void exposure_spread(struct circle *circle) {
    uint32_t *work = rb_alloc(circle->epoch_count, sizeof *work);
    uint32_t count = 0;

    for (uint32_t e = 0; e < circle->epoch_count; e++) {
        if (circle->epochs[e].exposed) {
            work[count++] = e;
        }
    }
    while (count > 0) {
        struct part wraps = circle->epochs[work[--count]].wraps;
        for (uint32_t i = 0; i < wraps.count; i++) {
            uint32_t wrapped = circle->wraps.items[wraps.first + i];
            if (!circle->epochs[wrapped].exposed) {
                circle->epochs[wrapped].exposed = true;
                work[count++] = wrapped;
            }
        }
    }
    free(work);
}

void epochs_init(struct circle *circle, const struct graph *graph) {
    size_t key_count;
    struct key_op *keys = key_ops_collect(circle, graph, &key_count);

    epochs_name(circle, keys, key_count);
    epochs_read(circle, keys, key_count);
    exposure_spread(circle);
    free(keys);
}

void epochs_clear(struct circle *circle) {
    free(circle->epochs);
    free(circle->given.items);
    free(circle->wraps.items);
    free(circle->covers.items);
}

/* ---- The plan ---- */

/* What is true of each epoch for this writer. */
struct standing {
    bool is_held;
    bool is_covered; /* by an epoch whose key is held too */
    bool is_lacked;  /* a head whose key some recipient was never given */
};

/* Counts the epochs whose key is held. */
static size_t standings_fill(const struct circle *circle, epoch_held held, void *context,
                             struct standing *standings) {
    size_t held_count = 0;

    for (uint32_t e = 0; e < circle->epoch_count; e++) {
        const struct epoch *epoch = &circle->epochs[e];
        if (!epoch_is_made(epoch) || !held(context, epoch->id)) {
            continue;
        }
        standings[e].is_held = true;
        held_count++;
        for (uint32_t i = 0; i < epoch->covers.count; i++) {
            standings[circle->covers.items[epoch->covers.first + i]].is_covered = true;
        }
    }
    return held_count;
}

static bool epoch_is_good(const struct epoch *epoch, int64_t now_ms) {
    return !epoch->exposed && now_ms - epoch->made_ms <= EPOCH_AGE_MS_MAX;
}

/* The first SEALS_PER_KEY_BODY_MAX recipients that lack the key. */
static void grant_fill(const struct circle *circle, const struct epoch *epoch,
                       struct epoch_grant *grant) {
    bool *has = rb_alloc(circle->recipient_count, sizeof *has);

    for (uint32_t i = 0; i < epoch->given.count; i++) {
        has[circle->given.items[epoch->given.first + i]] = true;
    }
    for (uint32_t r = 0; r < circle->recipient_count; r++) {
        if (!has[r] && grant->missing_count < SEALS_PER_KEY_BODY_MAX) {
            grant->missing[grant->missing_count++] = r;
        }
    }
    free(has);
}

static bool is_head(const struct standing *standing) {
    return standing->is_held && !standing->is_covered;
}

/* Counts the heads that somebody lacks. */
static size_t standings_lack(const struct circle *circle, struct standing *standings) {
    size_t lacked = 0;

    for (uint32_t e = 0; e < circle->epoch_count; e++) {
        struct epoch_grant grant = { 0 };
        if (is_head(&standings[e])) {
            grant_fill(circle, &circle->epochs[e], &grant);
            standings[e].is_lacked = grant.missing_count > 0;
            lacked += standings[e].is_lacked ? 1 : 0;
        }
    }
    return lacked;
}

/* Epochs stand by eid: the first good head is the smallest.  NONE if there is none. */
static uint32_t use_find(const struct circle *circle, const struct standing *standings,
                         int64_t now_ms) {
    for (uint32_t e = 0; e < circle->epoch_count; e++) {
        if (is_head(&standings[e]) && epoch_is_good(&circle->epochs[e], now_ms)) {
            return e;
        }
    }
    return NONE;
}

static void plan_heads(const struct circle *circle, const struct standing *standings,
                       bool is_lacked, struct epoch_plan *plan) {
    for (uint32_t e = 0; e < circle->epoch_count; e++) {
        if (is_head(&standings[e]) && standings[e].is_lacked == is_lacked &&
            plan->head_count < EPOCH_HEADS_MAX) {
            memcpy(plan->heads[plan->head_count++], circle->epochs[e].id, HASH_BYTES);
        }
    }
}

static void plan_grant(const struct circle *circle, const struct epoch *epoch,
                       const uint8_t self_device[static CERT_ID_BYTES], struct epoch_plan *plan) {
    struct epoch_grant *grant = &plan->grants[plan->grant_count++];

    assert(plan->grant_count <= EPOCH_HEADS_MAX);
    grant_fill(circle, epoch, grant);
    memcpy(grant->epoch, epoch->id, HASH_BYTES);
    grant->authored_here = memcmp(epoch->author_device, self_device, CERT_ID_BYTES) == 0;
}

/* What is written under goes first: who lacks another key can still read what is new. */
static void plan_grants(const struct circle *circle, const struct standing *standings, uint32_t use,
                        const uint8_t self_device[static CERT_ID_BYTES], struct epoch_plan *plan) {
    if (standings[use].is_lacked) {
        plan_grant(circle, &circle->epochs[use], self_device, plan);
    }
    for (uint32_t e = 0; e < circle->epoch_count; e++) {
        if (e != use && standings[e].is_lacked) {
            plan_grant(circle, &circle->epochs[e], self_device, plan);
        }
    }
}

static void plan_fill(const struct circle *circle, struct standing *standings,
                      const uint8_t self_device[static CERT_ID_BYTES], int64_t now_ms,
                      struct epoch_plan *plan) {
    size_t lacked = standings_lack(circle, standings);
    uint32_t use = use_find(circle, standings, now_ms);

    plan->rotate = use == NONE || lacked >= EPOCH_HEADS_MAX;
    plan_heads(circle, standings, true, plan);
    plan_heads(circle, standings, false, plan);
    if (!plan->rotate) {
        memcpy(plan->use, circle->epochs[use].id, HASH_BYTES);
        plan_grants(circle, standings, use, self_device, plan);
    }
}

enum rb_status epoch_plan(const struct circle *circle,
                          const uint8_t self_device[static CERT_ID_BYTES], epoch_held held,
                          void *context, int64_t now_ms, struct epoch_plan *plan) {
    struct epoch_plan value = { 0 };

    if (recipient_find(circle, self_device) == NONE) {
        return RB_NOT_MEMBER;
    }
    struct standing *standings = rb_alloc(circle->epoch_count, sizeof *standings);
    size_t held_count = standings_fill(circle, held, context, standings);
    if (held_count > 0) {
        plan_fill(circle, standings, self_device, now_ms, &value);
        *plan = value;
    }
    free(standings);
    return held_count > 0 ? RB_OK : RB_NO_KEY;
}
