/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/circle_oracle.h"

#include <assert.h>
#include <string.h>

/* A set of operations: bit i is ops[i]. */
typedef uint64_t set;

static bool has(set s, size_t i) {
    return (s >> i & 1) != 0;
}

static set one(size_t i) {
    return UINT64_C(1) << i;
}

static size_t size_of(set s) {
    size_t size = 0;

    for (size_t i = 0; i < ORACLE_OPS_MAX; i++) {
        size += has(s, i) ? 1 : 0;
    }
    return size;
}

static bool same_id(const uint8_t *a, const uint8_t *b) {
    return memcmp(a, b, HASH_BYTES) == 0;
}

static bool same_device(const uint8_t *a, const uint8_t *b) {
    return memcmp(a, b, CERT_ID_BYTES) == 0;
}

struct oracle oracle_of(const struct op *ops, size_t count) {
    assert(count < ORACLE_OPS_MAX);
    return (struct oracle) { .ops = ops, .count = count };
}

/* ---- The graph ---- */

/* The index of an operation, or `count`. */
static size_t index_of(const struct oracle *oracle, const uint8_t ref[static REF_BYTES]) {
    size_t i = 0;

    while (i < oracle->count && memcmp(oracle->ops[i].ref, ref, REF_BYTES) != 0) {
        i++;
    }
    return i;
}

static bool waits_on_path(const struct oracle *oracle, size_t i, set path) {
    if (i == oracle->count || has(path, i)) {
        return true;
    }
    for (size_t d = 0; d < oracle->ops[i].dep_count; d++) {
        if (waits_on_path(oracle, index_of(oracle, oracle->ops[i].deps[d]), path | one(i))) {
            return true;
        }
    }
    return false;
}

static bool waits(const struct oracle *oracle, size_t i) {
    return waits_on_path(oracle, i, 0);
}

static set ready(const struct oracle *oracle) {
    set s = 0;

    for (size_t i = 0; i < oracle->count; i++) {
        s |= waits(oracle, i) ? 0 : one(i);
    }
    return s;
}

static size_t depth(const struct oracle *oracle, size_t i) {
    size_t deepest = 0;

    for (size_t d = 0; d < oracle->ops[i].dep_count; d++) {
        size_t below = 1 + depth(oracle, index_of(oracle, oracle->ops[i].deps[d]));
        deepest = below > deepest ? below : deepest;
    }
    return deepest;
}

/* True if i stands before j in the order of the fold. */
static bool before(const struct oracle *oracle, size_t i, size_t j) {
    size_t a = depth(oracle, i);
    size_t b = depth(oracle, j);

    return a != b ? a < b : memcmp(oracle->ops[i].ref, oracle->ops[j].ref, REF_BYTES) < 0;
}

static set reach(const struct oracle *oracle, size_t i) {
    set s = 0;

    for (size_t d = 0; d < oracle->ops[i].dep_count; d++) {
        size_t dep = index_of(oracle, oracle->ops[i].deps[d]);
        s |= one(dep) | reach(oracle, dep);
    }
    return s;
}

/* ---- Who belongs ---- */

static bool is_naming(const struct op *op) {
    return op->type == OP_GENESIS || op->type == OP_ADD;
}

static bool is_ending(const struct op *op) {
    return op->type == OP_REMOVE || op->type == OP_DECLINE;
}

static bool is_key(const struct op *op) {
    return op->type == OP_EPOCH || op->type == OP_KEYGRANT;
}

static bool counts(struct oracle *oracle, size_t i);

static set counted_among(struct oracle *oracle, set s) {
    set found = 0;

    for (size_t i = 0; i < oracle->count; i++) {
        bool changes = is_naming(&oracle->ops[i]) || is_ending(&oracle->ops[i]);
        if (has(s, i) && changes && counts(oracle, i)) {
            found |= one(i);
        }
    }
    return found;
}

static set past(struct oracle *oracle, size_t i) {
    return counted_among(oracle, reach(oracle, i));
}

static bool stands(struct oracle *oracle, size_t a, set T) {
    const struct op *add = &oracle->ops[a];

    if (!has(T, a) || !is_naming(add)) {
        return false;
    }
    for (size_t r = 0; r < oracle->count; r++) {
        const struct op *end = &oracle->ops[r];
        if (has(T, r) && is_ending(end) && same_id(end->author, add->person.person) &&
            !has(past(oracle, a), r)) {
            return false;
        }
    }
    return true;
}

/* The operations that make x a member of T. */
static set standing_of(struct oracle *oracle, const uint8_t *x, set T) {
    set s = 0;

    for (size_t a = 0; a < oracle->count; a++) {
        if (has(T, a) && is_naming(&oracle->ops[a]) && same_id(oracle->ops[a].person.person, x) &&
            stands(oracle, a, T)) {
            s |= one(a);
        }
    }
    return s;
}

static enum circle_role role_of_op(const struct op *op) {
    return op->type == OP_GENESIS ? CIRCLE_OWNER : op->role;
}

static enum circle_role highest_role(const struct oracle *oracle, set adds) {
    enum circle_role role = CIRCLE_READER;

    for (size_t a = 0; a < oracle->count; a++) {
        if (has(adds, a) && role_of_op(&oracle->ops[a]) > role) {
            role = role_of_op(&oracle->ops[a]);
        }
    }
    return role;
}

static size_t seniority(struct oracle *oracle, set adds) {
    size_t least = SIZE_MAX;

    for (size_t a = 0; a < oracle->count; a++) {
        if (has(adds, a) && size_of(past(oracle, a)) < least) {
            least = size_of(past(oracle, a));
        }
    }
    return least;
}

/* True if x is senior to y, both being members of T. */
static bool senior(struct oracle *oracle, const uint8_t *x, const uint8_t *y, set T) {
    size_t a = seniority(oracle, standing_of(oracle, x, T));
    size_t b = seniority(oracle, standing_of(oracle, y, T));

    return a != b ? a < b : memcmp(x, y, HASH_BYTES) < 0;
}

static bool counts_as_owner(struct oracle *oracle, const uint8_t *x, set T) {
    for (size_t a = 0; a < oracle->count; a++) {
        if (!stands(oracle, a, T)) {
            continue;
        }
        const uint8_t *y = oracle->ops[a].person.person;
        if (highest_role(oracle, standing_of(oracle, y, T)) >= CIRCLE_MANAGER ||
            (!same_id(x, y) && senior(oracle, y, x, T))) {
            return false;
        }
    }
    return true;
}

static bool role_in_view(struct oracle *oracle, const uint8_t *x, set T, enum circle_role *role) {
    set adds = standing_of(oracle, x, T);

    if (adds == 0) {
        return false;
    }
    *role = counts_as_owner(oracle, x, T) ? CIRCLE_OWNER : highest_role(oracle, adds);
    return true;
}

static bool genesis_is_valid(const struct op *op) {
    return op->type == OP_GENESIS && op->dep_count == 0 && same_id(op->author, op->person.person) &&
           same_device(op->author_device, op->device.id);
}

static bool genesis_counts(const struct oracle *oracle, size_t i) {
    for (size_t j = 0; j < oracle->count; j++) {
        if (genesis_is_valid(&oracle->ops[j]) && before(oracle, j, i)) {
            return false;
        }
    }
    return genesis_is_valid(&oracle->ops[i]);
}

static bool author_is_member(struct oracle *oracle, size_t i, set T) {
    const struct op *op = &oracle->ops[i];
    set adds = standing_of(oracle, op->author, T);

    for (size_t a = 0; a < oracle->count; a++) {
        if (has(adds, a) && same_device(oracle->ops[a].device.id, op->author_device)) {
            return true;
        }
    }
    return false;
}

static bool add_is_allowed(struct oracle *oracle, size_t i, set T) {
    const struct op *op = &oracle->ops[i];
    enum circle_role own;

    return role_in_view(oracle, op->author, T, &own) && own >= CIRCLE_MANAGER && own >= op->role &&
           standing_of(oracle, op->person.person, T) == 0;
}

static bool is_allowed(struct oracle *oracle, size_t i, set T) {
    const struct op *op = &oracle->ops[i];

    return author_is_member(oracle, i, T) && (op->type != OP_ADD || add_is_allowed(oracle, i, T)) &&
           (op->type != OP_REMOVE || same_id(op->target, op->author));
}

static bool counts_afresh(struct oracle *oracle, size_t i) {
    const struct op *op = &oracle->ops[i];

    if (waits(oracle, i)) {
        return false;
    }
    if (op->type == OP_GENESIS) {
        return genesis_counts(oracle, i);
    }
    return is_allowed(oracle, i, past(oracle, i));
}

/* This and valid() are the answers that are remembered: without that, ten operations would take a
 * day. */
static bool counts(struct oracle *oracle, size_t i) {
    if (oracle->counts[i] == ORACLE_UNASKED) {
        oracle->counts[i] = counts_afresh(oracle, i) ? ORACLE_YES : ORACLE_NO;
    }
    return oracle->counts[i] == ORACLE_YES;
}

/* ---- Who wrote after he had left ---- */

static bool is_within(const struct op *r, const uint8_t *log, uint64_t seq) {
    struct op_lock locks[OP_LOCKS_MAX];
    size_t count = op_locks(r, locks, OP_LOCKS_MAX);

    if (memcmp(r->log, log, LOG_PK_BYTES) == 0) {
        return seq < r->seq;
    }
    for (size_t i = 0; i < count; i++) {
        if (memcmp(locks[i].log, log, LOG_PK_BYTES) == 0 && seq <= locks[i].seq) {
            return true;
        }
    }
    return false;
}

/* True if x left, T does not know of it, and what stands at (log, seq) is not within its locks. */
static bool is_beyond(struct oracle *oracle, const uint8_t *x, set T, const uint8_t *log,
                      uint64_t seq) {
    for (size_t r = 0; r < oracle->count; r++) {
        const struct op *end = &oracle->ops[r];
        if (is_ending(end) && counts(oracle, r) && same_id(end->author, x) && !has(T, r) &&
            !is_within(end, log, seq)) {
            return true;
        }
    }
    return false;
}

static bool valid(struct oracle *oracle, size_t i);

/* T without the ADDs that are not valid. */
static set valid_among(struct oracle *oracle, set T) {
    set found = T;

    for (size_t a = 0; a < oracle->count; a++) {
        if (has(T, a) && is_naming(&oracle->ops[a]) && !valid(oracle, a)) {
            found &= ~one(a);
        }
    }
    return found;
}

static bool valid_afresh(struct oracle *oracle, size_t i) {
    const struct op *op = &oracle->ops[i];

    if (!counts(oracle, i) || op->type == OP_GENESIS) {
        return counts(oracle, i);
    }
    if (!is_ending(op) && is_beyond(oracle, op->author, past(oracle, i), op->log, op->seq)) {
        return false;
    }
    return is_allowed(oracle, i, valid_among(oracle, past(oracle, i)));
}

static bool valid(struct oracle *oracle, size_t i) {
    if (oracle->valid[i] == ORACLE_UNASKED) {
        oracle->valid[i] = valid_afresh(oracle, i) ? ORACLE_YES : ORACLE_NO;
    }
    return oracle->valid[i] == ORACLE_YES;
}

static set everything(struct oracle *oracle) {
    return valid_among(oracle, counted_among(oracle, ready(oracle)));
}

/* ---- Answers about people ---- */

size_t oracle_waiting(struct oracle *oracle) {
    return oracle->count - size_of(ready(oracle));
}

static bool has_accepted(struct oracle *oracle, set adds) {
    for (size_t a = 0; a < oracle->count; a++) {
        if (!has(adds, a)) {
            continue;
        }
        if (oracle->ops[a].type == OP_GENESIS) {
            return true;
        }
        for (size_t i = 0; i < oracle->count; i++) {
            if (oracle->ops[i].type == OP_ACCEPT && counts(oracle, i) &&
                same_id(oracle->ops[i].author, oracle->ops[a].person.person) &&
                has(past(oracle, i), a)) {
                return true;
            }
        }
    }
    return false;
}

/* How he left who is out: by the last of his ends. */
static enum member_state state_out(struct oracle *oracle, const uint8_t *x) {
    size_t last = oracle->count;

    for (size_t i = 0; i < oracle->count; i++) {
        if (has(everything(oracle), i) && is_ending(&oracle->ops[i]) &&
            same_id(oracle->ops[i].author, x) &&
            (last == oracle->count || before(oracle, last, i))) {
            last = i;
        }
    }
    assert(last < oracle->count);
    return oracle->ops[last].type == OP_REMOVE ? MEMBER_LEFT : MEMBER_DECLINED;
}

/* Every valid ADD of x, standing or not. */
static set adds_of(struct oracle *oracle, const uint8_t *x) {
    set s = 0;

    for (size_t a = 0; a < oracle->count; a++) {
        if (has(everything(oracle), a) && is_naming(&oracle->ops[a]) &&
            same_id(oracle->ops[a].person.person, x)) {
            s |= one(a);
        }
    }
    return s;
}

static struct member member_of(struct oracle *oracle, const uint8_t *x) {
    set adds = standing_of(oracle, x, everything(oracle));
    struct member member = { 0 };

    memcpy(member.person, x, HASH_BYTES);
    if (role_in_view(oracle, x, everything(oracle), &member.role)) {
        member.state = has_accepted(oracle, adds) ? MEMBER_ACCEPTED : MEMBER_INVITED;
    } else {
        member.role = highest_role(oracle, adds_of(oracle, x));
        member.state = state_out(oracle, x);
    }
    return member;
}

/* True if x stands before y in the list of people. */
static bool listed_before(struct oracle *oracle, const struct member *x, const struct member *y) {
    set T = everything(oracle);

    if (member_is_in(x) != member_is_in(y)) {
        return member_is_in(x);
    }
    if (member_is_in(x)) {
        return senior(oracle, x->person, y->person, T);
    }
    size_t a = seniority(oracle, adds_of(oracle, x->person));
    size_t b = seniority(oracle, adds_of(oracle, y->person));
    return a != b ? a < b : memcmp(x->person, y->person, HASH_BYTES) < 0;
}

size_t oracle_people(struct oracle *oracle, struct member people[static ORACLE_NAMES_MAX]) {
    size_t count = 0;

    for (size_t a = 0; a < oracle->count; a++) {
        const uint8_t *x = oracle->ops[a].person.person;
        if (!has(everything(oracle), a) || !is_naming(&oracle->ops[a]) ||
            (adds_of(oracle, x) & (one(a) - 1)) != 0) {
            continue; /* or he has been listed by an earlier ADD */
        }
        struct member member = member_of(oracle, x);
        size_t at = count++;
        for (; at > 0 && listed_before(oracle, &member, &people[at - 1]); at--) {
            people[at] = people[at - 1];
        }
        people[at] = member;
    }
    return count;
}

enum rb_status oracle_role_at(struct oracle *oracle, const uint8_t person[static HASH_BYTES],
                              const uint8_t log[static LOG_PK_BYTES], uint64_t seq,
                              const uint8_t (*ctl)[REF_BYTES], size_t ctl_count,
                              enum circle_role *role) {
    set T = 0;

    for (size_t i = 0; i < ctl_count; i++) {
        size_t op = index_of(oracle, ctl[i]);
        if (op == oracle->count || waits(oracle, op)) {
            return RB_NOT_FOUND;
        }
        T |= counted_among(oracle, one(op) | reach(oracle, op));
    }
    if (!role_in_view(oracle, person, valid_among(oracle, T), role)) {
        return RB_NOT_MEMBER;
    }
    return is_beyond(oracle, person, T, log, seq) ? RB_REFUSED : RB_OK;
}

/* ---- Heads ---- */

static bool is_head(struct oracle *oracle, size_t i) {
    if (!valid(oracle, i)) {
        return false;
    }
    for (size_t j = 0; j < oracle->count; j++) {
        if (valid(oracle, j) && has(reach(oracle, j), i)) {
            return false;
        }
    }
    return true;
}

static bool head_before(const struct op *a, const struct op *b) {
    if (is_key(a) != is_key(b)) {
        return is_key(b);
    }
    if ((a->type == OP_ACCEPT) != (b->type == OP_ACCEPT)) {
        return b->type == OP_ACCEPT;
    }
    return memcmp(a->ref, b->ref, REF_BYTES) < 0;
}

size_t oracle_heads(struct oracle *oracle, uint8_t refs[static ORACLE_OPS_MAX][REF_BYTES]) {
    size_t order[ORACLE_OPS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < oracle->count; i++) {
        if (!is_head(oracle, i)) {
            continue;
        }
        size_t at = count++;
        for (; at > 0 && head_before(&oracle->ops[i], &oracle->ops[order[at - 1]]); at--) {
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(refs[i], oracle->ops[order[i]].ref, REF_BYTES);
    }
    return count;
}

/* ---- Keys ---- */

/* True if ADD a says more about its device than ADD b. */
static bool tells_more(const struct oracle *oracle, size_t a, size_t b) {
    uint32_t left = oracle->ops[a].seal.generation;
    uint32_t right = oracle->ops[b].seal.generation;

    return left != right ? left > right : before(oracle, b, a);
}

static bool is_newest_of_device(struct oracle *oracle, size_t a) {
    if (!stands(oracle, a, everything(oracle))) {
        return false;
    }
    for (size_t b = 0; b < oracle->count; b++) {
        if (b != a && stands(oracle, b, everything(oracle)) &&
            same_device(oracle->ops[b].device.id, oracle->ops[a].device.id) &&
            tells_more(oracle, b, a)) {
            return false;
        }
    }
    return true;
}

size_t oracle_recipients(struct oracle *oracle,
                         struct recipient recipients[static ORACLE_NAMES_MAX]) {
    size_t count = 0;

    for (size_t a = 0; a < oracle->count; a++) {
        const struct op *add = &oracle->ops[a];
        if (!is_newest_of_device(oracle, a)) {
            continue;
        }
        size_t at = count++;
        for (; at > 0 && memcmp(add->device.id, recipients[at - 1].device, CERT_ID_BYTES) < 0;
             at--) {
            recipients[at] = recipients[at - 1];
        }
        memcpy(recipients[at].device, add->device.id, CERT_ID_BYTES);
        memcpy(recipients[at].person, add->person.person, HASH_BYTES);
        memcpy(recipients[at].seal_key, add->seal.public, BOX_PUBLIC_BYTES);
    }
    return count;
}

static bool is_of_epoch(const struct oracle *oracle, size_t i, const uint8_t *eid) {
    const struct op *op = &oracle->ops[i];

    return (op->type == OP_GENESIS || is_key(op)) && same_id(op->epoch, eid);
}

/* The operation that makes the epoch, or `count`. */
static size_t maker_of(struct oracle *oracle, const uint8_t *eid) {
    size_t maker = oracle->count;

    for (size_t i = 0; i < oracle->count; i++) {
        if (is_of_epoch(oracle, i, eid) && oracle->ops[i].type != OP_KEYGRANT &&
            !waits(oracle, i) && counts(oracle, i) &&
            (maker == oracle->count || before(oracle, i, maker))) {
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
        if (same_device(to[i], device)) {
            return true;
        }
    }
    return same_device(op->author_device, device);
}

static bool in_recip(struct oracle *oracle, const uint8_t *eid, const uint8_t *device) {
    for (size_t i = 0; i < oracle->count; i++) {
        if (is_of_epoch(oracle, i, eid) && !waits(oracle, i) &&
            op_tells_device(&oracle->ops[i], device)) {
            return true;
        }
    }
    return false;
}

/* True if some device in recip(eid) is not among `allowed`. */
static bool recip_leaks(struct oracle *oracle, const uint8_t *eid, const struct recipient *allowed,
                        size_t allowed_count) {
    for (unsigned letter = 0; letter <= UINT8_MAX; letter++) {
        uint8_t device[CERT_ID_BYTES] = { (uint8_t)letter }; /* as circle_maker names them */
        bool is_allowed = false;
        for (size_t i = 0; i < allowed_count; i++) {
            is_allowed = is_allowed || same_device(allowed[i].device, device);
        }
        if (!is_allowed && in_recip(oracle, eid, device)) {
            return true;
        }
    }
    return false;
}

/* True if knowing(eid) has somebody who is not allowed.  `seen`: operations whose wraps were
 * followed. */
static bool knowing_leaks(struct oracle *oracle, const uint8_t *eid,
                          const struct recipient *allowed, size_t allowed_count, set seen) {
    if (recip_leaks(oracle, eid, allowed, allowed_count)) {
        return true;
    }
    for (size_t f = 0; f < oracle->count; f++) {
        if (!has(seen, f) && oracle->ops[f].type == OP_EPOCH && !waits(oracle, f) &&
            op_wraps_key(&oracle->ops[f], eid) &&
            knowing_leaks(oracle, oracle->ops[f].epoch, allowed, allowed_count, seen | one(f))) {
            return true;
        }
    }
    return false;
}

/* True if some epoch whose key is held covers the one that operation p makes. */
static bool is_covered(struct oracle *oracle, size_t p, epoch_held held, void *context) {
    const uint8_t *parent = oracle->ops[p].epoch;

    for (size_t e = 0; e < oracle->count; e++) {
        const struct op *op = &oracle->ops[e];
        if (op->type == OP_EPOCH && maker_of(oracle, op->epoch) == e && held(context, op->epoch) &&
            op_wraps_key(op, parent) && op_is_child(op, parent) && before(oracle, p, e)) {
            return true;
        }
    }
    return false;
}

/* The operations that make the heads of a writer, by eid. */
static size_t writer_heads(struct oracle *oracle, epoch_held held, void *context, size_t *heads) {
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
        if (same_device(allowed[i].device, device)) {
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
        grant.authored_here = same_device(oracle->ops[heads[i]].author_device, self_device);
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
