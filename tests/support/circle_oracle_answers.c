/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the oracle answers about people, content and control heads, when all are decided. */
#include "tests/support/circle_oracle.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static op_set adds_now(struct oracle *oracle, const uint8_t *x) {
    return oracle_adds_in(oracle, x, oracle_everything(oracle));
}

static size_t first_of(const struct oracle *oracle, op_set adds) {
    size_t first = oracle->count;

    for (size_t a = 0; a < oracle->count; a++) {
        if (op_set_has(adds, a) && (first == oracle->count || oracle_before(oracle, a, first))) {
            first = a;
        }
    }
    return first;
}

size_t oracle_waiting(const struct oracle *oracle) {
    return oracle->count - oracle->ready_count;
}

/* ---- People ---- */

static bool has_accepted(const struct oracle *oracle, const uint8_t *x, op_set adds) {
    if (same_id(oracle->ops[oracle->genesis].author, x)) {
        return true;
    }
    for (size_t i = 0; i < oracle->count; i++) {
        if (oracle->ops[i].type == OP_ACCEPT && op_set_has(oracle->granted, i) &&
            same_id(oracle->ops[i].author, x) && (oracle_past(oracle, i) & adds) != 0) {
            return true;
        }
    }
    return false;
}

static int64_t latest_end(const struct oracle *oracle, op_set adds) {
    int64_t latest = 0;

    for (size_t a = 0; a < oracle->count; a++) {
        int64_t until_s = oracle->ops[a].until_s;
        if (op_set_has(adds, a) && until_s == 0) {
            return 0;
        }
        latest = op_set_has(adds, a) && until_s > latest ? until_s : latest;
    }
    return latest;
}

/* The last of those that end one of the ADDs. */
static size_t last_ending(const struct oracle *oracle, op_set adds) {
    size_t last = oracle->count;

    for (size_t r = 0; r < oracle->count; r++) {
        for (size_t a = 0; a < oracle->count; a++) {
            if (op_set_has(adds, a) && oracle_ends(oracle, r, a) &&
                (last == oracle->count || oracle_before(oracle, last, r))) {
                last = r;
            }
        }
    }
    assert(last < oracle->count);
    return last;
}

static enum member_state state_of_ending(const struct op *ending) {
    if (ending->type == OP_REVOKED) {
        return MEMBER_REVOKED;
    }
    if (ending->type == OP_DECLINE) {
        return MEMBER_DECLINED;
    }
    return is_leaving(ending) ? MEMBER_LEFT : MEMBER_REMOVED;
}

static struct member member_of(struct oracle *oracle, const uint8_t *x) {
    op_set ever = oracle_standing_adds(oracle, x);
    op_set adds = adds_now(oracle, x);
    struct member member = { .rank = oracle_rank(oracle, adds != 0 ? adds : ever) };
    const uint8_t *by = oracle->ops[first_of(oracle, adds != 0 ? adds : ever)].author;

    if (oracle_role_in(oracle, x, oracle_everything(oracle), &member.role)) {
        member.state = has_accepted(oracle, x, adds) ? MEMBER_ACCEPTED : MEMBER_INVITED;
        member.until_s = latest_end(oracle, adds);
    } else {
        const struct op *ending = &oracle->ops[last_ending(oracle, ever)];
        member.role = oracle_highest(oracle, ever);
        member.state = state_of_ending(ending);
        by = member.state == MEMBER_REMOVED ? ending->author : by;
    }
    memcpy(member.person, x, HASH_BYTES);
    memcpy(member.by, by, HASH_BYTES);
    return member;
}

/* Those by which he is in; of who is out, those that stand. */
static op_set adds_that_tell(struct oracle *oracle, const struct member *member) {
    return member_is_in(member) ? adds_now(oracle, member->person)
                                : oracle_standing_adds(oracle, member->person);
}

/* True if x stands before y in the list of people. */
static bool listed_before(struct oracle *oracle, const struct member *x, const struct member *y) {
    return member_is_in(x) != member_is_in(y)
               ? member_is_in(x)
               : oracle_senior(oracle, adds_that_tell(oracle, x), adds_that_tell(oracle, y));
}

static bool is_listed(const struct member *people, size_t count, const uint8_t *x) {
    for (size_t i = 0; i < count; i++) {
        if (same_id(people[i].person, x)) {
            return true;
        }
    }
    return false;
}

size_t oracle_people(struct oracle *oracle, struct member people[static ORACLE_NAMES_MAX]) {
    size_t count = 0;

    for (size_t a = 0; a < oracle->count; a++) {
        const uint8_t *x = oracle->ops[a].person.person;
        if (!op_set_has(oracle->granted, a) || !is_naming(&oracle->ops[a]) ||
            !oracle_stands(oracle, a) || is_listed(people, count, x)) {
            continue;
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

/* ---- Content ---- */

/* True if an ending that T does not know leaves the event out. */
static bool is_beyond(struct oracle *oracle, const struct event_author *author, op_set T) {
    op_set adds = oracle_adds_in(oracle, author->person, T);

    for (size_t r = 0; r < oracle->count; r++) {
        const struct op *end = &oracle->ops[r];
        bool ends = (op_set_has(oracle->endings, r) && same_id(target_of(end), author->person)) ||
                    oracle_revokes_device(oracle, r, author->person, author->device) ||
                    oracle_revokes_one_of(oracle, r, adds);
        if (ends && !op_set_has(T, r) && !oracle_within(end, author->log, author->seq)) {
            return true;
        }
    }
    return false;
}

static bool device_is_revoked(const struct oracle *oracle, const struct event_author *author,
                              op_set T) {
    for (size_t v = 0; v < oracle->count; v++) {
        if (op_set_has(T, v) && oracle_revokes_device(oracle, v, author->person, author->device)) {
            return true;
        }
    }
    return false;
}

enum rb_status oracle_role_at(struct oracle *oracle, const struct event_author *author,
                              const uint8_t (*ctl)[REF_BYTES], size_t ctl_count,
                              enum circle_role *role) {
    op_set T = 0;

    for (size_t i = 0; i < ctl_count; i++) {
        size_t op = oracle_index(oracle, ctl[i]);
        if (op == oracle->count || !op_set_has(oracle->ready, op)) {
            return RB_NOT_FOUND;
        }
        T |= (op_set_of(op) & oracle_everything(oracle)) | oracle_past(oracle, op);
    }
    if (oracle_granted_adds(oracle, author->person, T) == 0) {
        return RB_NOT_MEMBER;
    }
    if (is_beyond(oracle, author, T) || device_is_revoked(oracle, author, T)) {
        return RB_REFUSED;
    }
    return oracle_role_in(oracle, author->person, T, role) ? RB_OK : RB_REFUSED;
}

enum rb_status oracle_former_role(const struct oracle *oracle,
                                  const uint8_t person[static HASH_BYTES], enum circle_role *role) {
    op_set adds = oracle_granted_adds(oracle, person, oracle->granted);

    if (adds == 0) {
        return RB_NOT_MEMBER;
    }
    *role = oracle_highest(oracle, adds);
    return RB_OK;
}

static bool adopt_counts(struct oracle *oracle, size_t o) {
    enum circle_role role;

    return oracle->ops[o].type == OP_ADOPT && op_set_has(oracle->granted, o) &&
           oracle_role_in(oracle, oracle->ops[o].author, oracle_past(oracle, o), &role) &&
           role >= CIRCLE_MANAGER && !oracle_voided(oracle, o);
}

static int lock_compare(const struct op_lock *a, const struct op_lock *b) {
    int by_log = memcmp(a->log, b->log, LOG_PK_BYTES);

    if (by_log != 0 || a->seq != b->seq) {
        return by_log != 0 ? by_log : a->seq < b->seq ? -1 : 1;
    }
    return memcmp(a->hash, b->hash, HASH_BYTES);
}

static size_t lock_insert(struct op_lock *heads, size_t count, const struct op_lock *lock) {
    size_t at = count;

    while (at > 0 && lock_compare(lock, &heads[at - 1]) < 0) {
        at--;
    }
    if (at > 0 && lock_compare(lock, &heads[at - 1]) == 0) {
        return count;
    }
    memmove(&heads[at + 1], &heads[at], (count - at) * sizeof *heads);
    heads[at] = *lock;
    return count + 1;
}

size_t oracle_adopted(struct oracle *oracle, struct op_lock heads[static ORACLE_LOCKS_MAX]) {
    size_t count = 0;

    for (size_t o = 0; o < oracle->count; o++) {
        struct op_lock locks[OP_LOCKS_MAX];
        size_t lock_count =
            adopt_counts(oracle, o) ? op_locks(&oracle->ops[o], locks, OP_LOCKS_MAX) : 0;
        assert(count + lock_count < ORACLE_LOCKS_MAX);
        for (size_t i = 0; i < lock_count; i++) {
            count = lock_insert(heads, count, &locks[i]);
        }
    }
    return count;
}

/* ---- Who may ---- */

/* RULE_ALLOWED for a manager; fills his role if he is a member. */
static enum circle_rule may_manage(struct oracle *oracle, const uint8_t *x,
                                   enum circle_role *role) {
    if (!oracle_role_in(oracle, x, oracle_everything(oracle), role)) {
        return RULE_MEMBERS;
    }
    return *role >= CIRCLE_MANAGER ? RULE_ALLOWED : RULE_MANAGERS;
}

enum circle_rule oracle_may_add(struct oracle *oracle, const uint8_t author[static HASH_BYTES],
                                const uint8_t target[static HASH_BYTES], enum circle_role role) {
    enum circle_role own;
    enum circle_rule rule = may_manage(oracle, author, &own);

    if (rule != RULE_ALLOWED) {
        return rule;
    }
    if (role > own) {
        return RULE_ROLE;
    }
    enum circle_role of_target;
    bool is_in = oracle_role_in(oracle, target, oracle_everything(oracle), &of_target);
    return is_in && of_target >= role && latest_end(oracle, adds_now(oracle, target)) == 0
               ? RULE_PRESENT
               : RULE_ALLOWED;
}

/* True if a removal that knows all, by a device of its own, puts the target out. */
static bool removes(const struct oracle *oracle, const uint8_t *author, const uint8_t *target) {
    struct op *ops = rb_alloc(oracle->count + 1, sizeof *ops);
    struct op *removal = &ops[oracle->count];
    enum circle_role role;

    memcpy(ops, oracle->ops, oracle->count * sizeof *ops);
    *removal = (struct op) { .type = OP_REMOVE, .seq = 1 };
    memset(removal->ref, UINT8_MAX, REF_BYTES);
    memset(removal->log, UINT8_MAX, LOG_PK_BYTES);
    memset(removal->author_device, UINT8_MAX, CERT_ID_BYTES);
    memcpy(removal->author, author, HASH_BYTES);
    memcpy(removal->target, target, HASH_BYTES);
    for (size_t i = 0; i < oracle->count; i++) {
        if (op_set_has(oracle->ready, i)) {
            memcpy(removal->deps[removal->dep_count++], ops[i].ref, REF_BYTES);
        }
    }
    struct oracle after = oracle_of(ops, oracle->count + 1);
    bool is_out = !oracle_role_in(&after, target, oracle_everything(&after), &role);
    free(ops);
    return is_out;
}

enum circle_rule oracle_may_remove(struct oracle *oracle, const uint8_t author[static HASH_BYTES],
                                   const uint8_t target[static HASH_BYTES]) {
    enum circle_role own;
    enum circle_rule rule = may_manage(oracle, author, &own);

    if (same_id(author, target)) { /* Everybody may leave. */
        return rule == RULE_MEMBERS ? rule : RULE_ALLOWED;
    }
    if (rule != RULE_ALLOWED) {
        return rule;
    }
    if (adds_now(oracle, target) == 0) {
        return RULE_ABSENT;
    }
    return removes(oracle, author, target) ? RULE_ALLOWED : RULE_SENIOR;
}

enum circle_rule oracle_may_adopt(struct oracle *oracle, const uint8_t author[static HASH_BYTES]) {
    enum circle_role own;

    return may_manage(oracle, author, &own);
}

/* ---- Heads ---- */

static bool has_effect(struct oracle *oracle, size_t i) {
    const struct op *op = &oracle->ops[i];

    if (!op_set_has(oracle->granted, i)) {
        return false;
    }
    switch (op->type) {
    case OP_GENESIS:
    case OP_REVOKED:
        return true;
    case OP_ADD:
        return oracle_stands(oracle, i);
    case OP_REMOVE:
    case OP_DECLINE:
        return op_set_has(oracle->endings, i);
    case OP_ADOPT:
        return adopt_counts(oracle, i);
    default: /* ACCEPT, DEVICE and keys */
        return adds_now(oracle, op->author) != 0;
    }
}

static bool is_head(struct oracle *oracle, size_t i) {
    for (size_t j = 0; j < oracle->count; j++) {
        if (op_set_has(oracle->reach[j], i) && has_effect(oracle, j)) {
            return false;
        }
    }
    return has_effect(oracle, i);
}

static int kind_of_head(struct oracle *oracle, size_t i) {
    switch (oracle->ops[i].type) {
    case OP_GENESIS:
    case OP_ADD:
    case OP_ADOPT:
        return 0;
    case OP_REMOVE:
    case OP_DECLINE:
        if (is_removal(&oracle->ops[i])) {
            return 0;
        }
        return oracle_standing_adds(oracle, oracle->ops[i].author) != 0 ? 1 : 4;
    case OP_REVOKED:
        return oracle_wrote_as_manager(oracle, i) ? 0 : 1;
    case OP_ACCEPT:
        return 2;
    default: /* DEVICE and keys */
        return 3;
    }
}

static bool head_before(struct oracle *oracle, size_t i, size_t j) {
    int a = kind_of_head(oracle, i);
    int b = kind_of_head(oracle, j);

    return a != b ? a < b : memcmp(oracle->ops[i].ref, oracle->ops[j].ref, REF_BYTES) < 0;
}

size_t oracle_heads(struct oracle *oracle, uint8_t refs[static ORACLE_OPS_MAX][REF_BYTES]) {
    size_t order[ORACLE_OPS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < oracle->count; i++) {
        if (!op_set_has(oracle->ready, i) || !is_head(oracle, i)) {
            continue;
        }
        size_t at = count++;
        for (; at > 0 && head_before(oracle, i, order[at - 1]); at--) {
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(refs[i], oracle->ops[order[i]].ref, REF_BYTES);
    }
    return count;
}

/* ---- Recipients ---- */

/* By a device that is revoked: in its past, or by who may say so and did not know it. */
static bool is_by_revoked_device(const struct oracle *oracle, size_t i) {
    const struct op *op = &oracle->ops[i];

    for (size_t v = 0; v < oracle->count; v++) {
        const struct op *revoked = &oracle->ops[v];
        if (!oracle_revokes_device(oracle, v, op->author, op->author_device)) {
            continue;
        }
        bool may_say = same_id(revoked->author, op->author) || oracle_wrote_as_manager(oracle, v);
        if (op_set_has(oracle->reach[i], v) || (may_say && !op_set_has(oracle->reach[v], i))) {
            return true;
        }
    }
    return false;
}

/* True if the operation vouches for the device that it names, as one of a present member. */
static bool tells_device(struct oracle *oracle, size_t i) {
    const struct op *op = &oracle->ops[i];
    bool tells = false;

    if (is_naming(op)) {
        tells = op_set_has(adds_now(oracle, op->person.person), i);
    } else if (op->type == OP_DEVICE) {
        tells = op_set_has(oracle->granted, i) && adds_now(oracle, op->person.person) != 0 &&
                !is_by_revoked_device(oracle, i);
    }
    for (size_t v = 0; v < oracle->count; v++) {
        tells = tells && !oracle_revokes_device(oracle, v, op->person.person, op->device.id);
    }
    return tells;
}

/* True if i says more about its device than j. */
static bool tells_more(const struct oracle *oracle, size_t i, size_t j) {
    uint32_t left = oracle->ops[i].seal.generation;
    uint32_t right = oracle->ops[j].seal.generation;

    return left != right ? left > right : oracle_before(oracle, j, i);
}

static bool is_newest_of_device(struct oracle *oracle, size_t i) {
    for (size_t j = 0; j < oracle->count; j++) {
        if (j != i && same_cert(oracle->ops[j].device.id, oracle->ops[i].device.id) &&
            tells_device(oracle, j) && tells_more(oracle, j, i)) {
            return false;
        }
    }
    return tells_device(oracle, i);
}

size_t oracle_recipients(struct oracle *oracle,
                         struct recipient recipients[static ORACLE_NAMES_MAX]) {
    size_t count = 0;

    for (size_t i = 0; i < oracle->count; i++) {
        const struct op *op = &oracle->ops[i];
        if (!is_newest_of_device(oracle, i)) {
            continue;
        }
        size_t at = count++;
        for (; at > 0 && memcmp(op->device.id, recipients[at - 1].device, CERT_ID_BYTES) < 0;
             at--) {
            recipients[at] = recipients[at - 1];
        }
        memcpy(recipients[at].device, op->device.id, CERT_ID_BYTES);
        memcpy(recipients[at].person, op->person.person, HASH_BYTES);
        memcpy(recipients[at].seal_key, op->seal.public, BOX_PUBLIC_BYTES);
    }
    return count;
}
