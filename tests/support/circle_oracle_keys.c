/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the oracle answers about keys. */
#include "tests/support/circle_oracle.h"

#include <assert.h>
#include <string.h>

static bool is_key(const struct op *op) {
    return op->type == OP_EPOCH || op->type == OP_KEYGRANT;
}

static bool waits(const struct oracle *oracle, size_t i) {
    return !op_set_has(oracle->ready, i);
}

static bool is_of_epoch(const struct oracle *oracle, size_t i, const uint8_t *eid) {
    const struct op *op = &oracle->ops[i];

    return (op->type == OP_GENESIS || is_key(op)) && same_id(op->epoch, eid);
}

/* The operation that makes the epoch, or `count`. */
static size_t maker_of(const struct oracle *oracle, const uint8_t *eid) {
    size_t maker = oracle->count;

    for (size_t i = 0; i < oracle->count; i++) {
        if (is_of_epoch(oracle, i, eid) && oracle->ops[i].type != OP_KEYGRANT &&
            op_set_has(oracle->granted, i) &&
            (maker == oracle->count || oracle_before(oracle, i, maker))) {
            maker = i;
        }
    }
    return maker;
}

static bool op_wraps_key(const struct op *op, const uint8_t *eid) {
    struct epoch_key wraps[WRAPS_PER_EPOCH_MAX];
    size_t count = op_wraps(op, wraps, WRAPS_PER_EPOCH_MAX);

    for (size_t i = 0; i < count; i++) {
        if (same_id(wraps[i].id, eid)) {
            return true;
        }
    }
    return false;
}

static bool op_is_child(const struct op *op, const uint8_t *eid) {
    uint8_t parents[WRAPS_PER_EPOCH_MAX][HASH_BYTES];
    size_t count = op_parents(op, parents, WRAPS_PER_EPOCH_MAX);

    for (size_t i = 0; i < count; i++) {
        if (same_id(parents[i], eid)) {
            return true;
        }
    }
    return false;
}

static bool op_tells_device(const struct op *op, const uint8_t *device) {
    uint8_t to[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES];
    size_t count = op_recipients(op, to, SEALS_PER_KEY_BODY_MAX);

    for (size_t i = 0; i < count; i++) {
        if (same_cert(to[i], device)) {
            return true;
        }
    }
    return same_cert(op->author_device, device);
}

static bool in_recip(const struct oracle *oracle, const uint8_t *eid, const uint8_t *device) {
    for (size_t i = 0; i < oracle->count; i++) {
        if (is_of_epoch(oracle, i, eid) && !waits(oracle, i) &&
            op_tells_device(&oracle->ops[i], device)) {
            return true;
        }
    }
    return false;
}

/* True if some device in recip(eid) is not among `allowed`. */
static bool recip_leaks(const struct oracle *oracle, const uint8_t *eid,
                        const struct recipient *allowed, size_t allowed_count) {
    for (unsigned letter = 0; letter <= UINT8_MAX; letter++) {
        uint8_t device[CERT_ID_BYTES] = { (uint8_t)letter }; /* as circle_maker names them */
        bool is_allowed = false;
        for (size_t i = 0; i < allowed_count; i++) {
            is_allowed = is_allowed || same_cert(allowed[i].device, device);
        }
        if (!is_allowed && in_recip(oracle, eid, device)) {
            return true;
        }
    }
    return false;
}

/* True if knowing(eid) has somebody who is not allowed.  `seen`: operations whose wraps were
 * followed. */
static bool knowing_leaks(const struct oracle *oracle, const uint8_t *eid,
                          const struct recipient *allowed, size_t allowed_count, op_set seen) {
    if (recip_leaks(oracle, eid, allowed, allowed_count)) {
        return true;
    }
    for (size_t f = 0; f < oracle->count; f++) {
        if (!op_set_has(seen, f) && oracle->ops[f].type == OP_EPOCH && !waits(oracle, f) &&
            op_wraps_key(&oracle->ops[f], eid) &&
            knowing_leaks(oracle, oracle->ops[f].epoch, allowed, allowed_count,
                          seen | op_set_of(f))) {
            return true;
        }
    }
    return false;
}

/* True if some epoch whose key is held covers the one that operation p makes. */
static bool is_covered(const struct oracle *oracle, size_t p, epoch_held held, void *context) {
    const uint8_t *parent = oracle->ops[p].epoch;

    for (size_t e = 0; e < oracle->count; e++) {
        const struct op *op = &oracle->ops[e];
        if (op->type == OP_EPOCH && maker_of(oracle, op->epoch) == e && held(context, op->epoch) &&
            op_wraps_key(op, parent) && op_is_child(op, parent) && oracle_before(oracle, p, e)) {
            return true;
        }
    }
    return false;
}

/* The operations that make the heads of a writer, by eid. */
static size_t writer_heads(const struct oracle *oracle, epoch_held held, void *context,
                           size_t *heads) {
    size_t count = 0;

    for (size_t i = 0; i < oracle->count; i++) {
        const struct op *op = &oracle->ops[i];
        bool carries = op->type == OP_GENESIS || op->type == OP_EPOCH;
        if (!carries || maker_of(oracle, op->epoch) != i || !held(context, op->epoch) ||
            is_covered(oracle, i, held, context)) {
            continue;
        }
        size_t at = count++;
        for (; at > 0 && memcmp(op->epoch, oracle->ops[heads[at - 1]].epoch, HASH_BYTES) < 0;
             at--) {
            heads[at] = heads[at - 1];
        }
        heads[at] = i;
    }
    return count;
}

static bool is_good(struct oracle *oracle, size_t head, int64_t now_ms) {
    struct recipient allowed[ORACLE_NAMES_MAX];
    size_t allowed_count = oracle_recipients(oracle, allowed);
    int64_t age_ms = now_ms - hlc_ms(oracle->ops[head].hlc);

    return (age_ms < 0 || age_ms <= EPOCH_AGE_MS_MAX) &&
           !knowing_leaks(oracle, oracle->ops[head].epoch, allowed, allowed_count, 0);
}

static void grant_missing(struct oracle *oracle, size_t head, struct epoch_grant *grant) {
    struct recipient allowed[ORACLE_NAMES_MAX];
    size_t allowed_count = oracle_recipients(oracle, allowed);

    memcpy(grant->epoch, oracle->ops[head].epoch, HASH_BYTES);
    for (size_t i = 0; i < allowed_count; i++) {
        if (!in_recip(oracle, grant->epoch, allowed[i].device)) {
            grant->missing[grant->missing_count++] = i;
        }
    }
}

static bool is_device_allowed(struct oracle *oracle, const uint8_t *device) {
    struct recipient allowed[ORACLE_NAMES_MAX];
    size_t allowed_count = oracle_recipients(oracle, allowed);

    for (size_t i = 0; i < allowed_count; i++) {
        if (same_cert(allowed[i].device, device)) {
            return true;
        }
    }
    return false;
}

static void plan_heads(struct oracle *oracle, const size_t *heads, size_t count, bool are_lacked,
                       struct epoch_plan *plan) {
    for (size_t i = 0; i < count; i++) {
        struct epoch_grant grant = { 0 };
        grant_missing(oracle, heads[i], &grant);
        if ((grant.missing_count > 0) == are_lacked) {
            memcpy(plan->heads[plan->head_count++], grant.epoch, HASH_BYTES);
        }
    }
}

/* The grant of `use`, or those of the other heads. */
static void plan_grants(struct oracle *oracle, const size_t *heads, size_t count,
                        const uint8_t *self_device, bool is_used, struct epoch_plan *plan) {
    for (size_t i = 0; i < count; i++) {
        struct epoch_grant grant = { 0 };
        grant_missing(oracle, heads[i], &grant);
        grant.authored_here = same_cert(oracle->ops[heads[i]].author_device, self_device);
        if (grant.missing_count > 0 && same_id(grant.epoch, plan->use) == is_used) {
            plan->grants[plan->grant_count++] = grant;
        }
    }
}

enum rb_status oracle_plan(struct oracle *oracle, const uint8_t self_device[static CERT_ID_BYTES],
                           epoch_held held, void *context, int64_t now_ms,
                           struct epoch_plan *plan) {
    size_t heads[ORACLE_OPS_MAX];
    size_t head_count = writer_heads(oracle, held, context, heads);

    if (!is_device_allowed(oracle, self_device)) {
        return RB_NOT_MEMBER;
    }
    if (head_count == 0) {
        return RB_NO_KEY;
    }
    assert(head_count < EPOCH_HEADS_MAX); /* so that their number never makes a writer rotate */
    *plan = (struct epoch_plan) { .rotate = true };
    for (size_t i = 0; i < head_count; i++) {
        if (plan->rotate && is_good(oracle, heads[i], now_ms)) {
            plan->rotate = false;
            memcpy(plan->use, oracle->ops[heads[i]].epoch, HASH_BYTES);
        }
    }
    plan_heads(oracle, heads, head_count, true, plan);
    plan_heads(oracle, heads, head_count, false, plan);
    if (!plan->rotate) {
        plan_grants(oracle, heads, head_count, self_device, true, plan);
        plan_grants(oracle, heads, head_count, self_device, false, plan);
    }
    return RB_OK;
}
