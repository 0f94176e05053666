/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/circle_oracle.h"

#include "protocol/identity.h"

#include <assert.h>
#include <string.h>

bool op_set_has(op_set s, size_t i) {
    return (s >> i & 1) != 0;
}

op_set op_set_of(size_t i) {
    return UINT64_C(1) << i;
}

size_t op_set_size(op_set s) {
    size_t size = 0;

    for (; s != 0; s &= s - 1) {
        size++;
    }
    return size;
}

bool same_id(const uint8_t *a, const uint8_t *b) {
    return memcmp(a, b, HASH_BYTES) == 0;
}

bool same_cert(const uint8_t *a, const uint8_t *b) {
    return memcmp(a, b, CERT_ID_BYTES) == 0;
}

/* ---- Kinds of operations ---- */

bool is_naming(const struct op *op) {
    return op->type == OP_GENESIS || op->type == OP_ADD;
}

bool is_leaving(const struct op *op) {
    return op->type == OP_DECLINE || (op->type == OP_REMOVE && same_id(op->target, op->author));
}

bool is_removal(const struct op *op) {
    return op->type == OP_REMOVE && !same_id(op->target, op->author);
}

bool is_authority(const struct op *op) {
    return is_naming(op) || is_leaving(op) || is_removal(op) || op->type == OP_REVOKED;
}

static bool is_ending(const struct op *op) {
    return is_authority(op) && !is_naming(op);
}

const uint8_t *target_of(const struct op *op) {
    return is_leaving(op) ? op->author : op->target;
}

enum circle_role role_given(const struct op *op) {
    return op->type == OP_GENESIS ? CIRCLE_OWNER : op->role;
}

/* ---- The graph ---- */

size_t oracle_index(const struct oracle *oracle, const uint8_t ref[static REF_BYTES]) {
    size_t i = 0;

    while (i < oracle->count && memcmp(oracle->ops[i].ref, ref, REF_BYTES) != 0) {
        i++;
    }
    return i;
}

bool oracle_before(const struct oracle *oracle, size_t i, size_t j) {
    size_t a = oracle->depth[i];
    size_t b = oracle->depth[j];

    return a != b ? a < b : memcmp(oracle->ops[i].ref, oracle->ops[j].ref, REF_BYTES) < 0;
}

/* True if none of its dependencies waits. */
static bool look_below(struct oracle *oracle, size_t i) {
    const struct op *op = &oracle->ops[i];

    oracle->reach[i] = 0;
    oracle->depth[i] = 0;
    for (size_t d = 0; d < op->dep_count; d++) {
        size_t dep = oracle_index(oracle, op->deps[d]);
        if (dep == oracle->count || !op_set_has(oracle->ready, dep)) {
            return false;
        }
        oracle->reach[i] |= op_set_of(dep) | oracle->reach[dep];
        if (oracle->depth[dep] >= oracle->depth[i]) {
            oracle->depth[i] = oracle->depth[dep] + 1;
        }
    }
    return true;
}

static void graph_read(struct oracle *oracle) {
    op_set before = 1;

    while (before != oracle->ready) {
        before = oracle->ready;
        for (size_t i = 0; i < oracle->count; i++) {
            if (!op_set_has(oracle->ready, i) && look_below(oracle, i)) {
                oracle->ready |= op_set_of(i);
            }
        }
    }
    for (size_t i = 0; i < oracle->count; i++) {
        if (!op_set_has(oracle->ready, i)) {
            continue;
        }
        size_t at = oracle->ready_count++;
        for (; at > 0 && oracle_before(oracle, i, oracle->order[at - 1]); at--) {
            oracle->order[at] = oracle->order[at - 1];
        }
        oracle->order[at] = i;
    }
}

bool oracle_concurrent(const struct oracle *oracle, size_t r, size_t o) {
    return r != o && !op_set_has(oracle->reach[r], o) && !op_set_has(oracle->reach[o], r);
}

/* ---- 1. What is granted ---- */

static op_set authority_among(const struct oracle *oracle, op_set s) {
    op_set found = 0;

    for (size_t i = 0; i < oracle->count; i++) {
        if (op_set_has(s & oracle->granted, i) && is_authority(&oracle->ops[i])) {
            found |= op_set_of(i);
        }
    }
    return found;
}

op_set oracle_past(const struct oracle *oracle, size_t o) {
    return authority_among(oracle, oracle->reach[o]);
}

op_set oracle_everything(const struct oracle *oracle) {
    return authority_among(oracle, oracle->granted);
}

op_set oracle_granted_adds(const struct oracle *oracle, const uint8_t *x, op_set T) {
    op_set found = 0;

    for (size_t a = 0; a < oracle->count; a++) {
        if (op_set_has(T & oracle->granted, a) && is_naming(&oracle->ops[a]) &&
            same_id(oracle->ops[a].person.person, x)) {
            found |= op_set_of(a);
        }
    }
    return found;
}

enum circle_role oracle_highest(const struct oracle *oracle, op_set adds) {
    enum circle_role role = CIRCLE_READER;

    for (size_t a = 0; a < oracle->count; a++) {
        if (op_set_has(adds, a) && role_given(&oracle->ops[a]) > role) {
            role = role_given(&oracle->ops[a]);
        }
    }
    return role;
}

static enum cert_rank rank_of_add(const struct oracle *oracle, size_t a) {
    const struct op *genesis = &oracle->ops[oracle->genesis];
    const struct letter *letter = &oracle->ops[a].letter;

    if (!genesis->has_anchor) {
        return RANK_WORKER;
    }
    return letter->exists && same_id(letter->root, genesis->anchor) ? letter->rank : RANK_NONE;
}

enum cert_rank oracle_rank(const struct oracle *oracle, op_set adds) {
    enum cert_rank best = RANK_NONE;

    for (size_t a = 0; a < oracle->count; a++) {
        if (op_set_has(adds, a) && rank_of_add(oracle, a) < best) {
            best = rank_of_add(oracle, a);
        }
    }
    return best;
}

bool oracle_wrote_as_manager(const struct oracle *oracle, size_t v) {
    op_set adds = oracle_granted_adds(oracle, oracle->ops[v].author, oracle_past(oracle, v));

    return oracle_highest(oracle, adds) >= CIRCLE_MANAGER;
}

/* By a REVOKED that concerns its author: in its past, or beside it, of somebody who may say so. */
static bool is_struck(const struct oracle *oracle, size_t v, size_t o) {
    return op_set_has(oracle->reach[o], v) ||
           (oracle_concurrent(oracle, v, o) &&
            (same_id(oracle->ops[v].author, oracle->ops[o].author) ||
             oracle_wrote_as_manager(oracle, v)));
}

/* True if a REVOKED of its device that stands in past(a) strikes the leaving r. */
static bool is_struck_in(const struct oracle *oracle, size_t r, size_t a) {
    const struct op *leaving = &oracle->ops[r];

    for (size_t v = 0; v < oracle->count; v++) {
        if (op_set_has(oracle_past(oracle, a), v) && is_struck(oracle, v, r) &&
            oracle_revokes_device(oracle, v, leaving->author, leaving->author_device)) {
            return true;
        }
    }
    return false;
}

/* True if in past(a) there is a leaving by the guest of ADD b that knew b. */
static bool was_left(const struct oracle *oracle, size_t a, size_t b) {
    for (size_t r = 0; r < oracle->count; r++) {
        if (op_set_has(oracle_past(oracle, a), r) && is_leaving(&oracle->ops[r]) &&
            same_id(oracle->ops[r].author, oracle->ops[b].person.person) &&
            op_set_has(oracle_past(oracle, r), b) && !is_struck_in(oracle, r, a)) {
            return true;
        }
    }
    return false;
}

/* The role, but at most the highest of the grades of its author's ADDs in past(a) that he had not
 * left there. */
static enum circle_role grade_of(const struct oracle *oracle, size_t a) {
    const struct op *op = &oracle->ops[a];
    op_set own = oracle_granted_adds(oracle, op->author, oracle_past(oracle, a));
    enum circle_role most = CIRCLE_READER;

    if (op->type == OP_GENESIS) {
        return CIRCLE_OWNER;
    }
    for (size_t b = 0; b < oracle->count; b++) {
        if (op_set_has(own, b) && oracle->grade[b] > most && !was_left(oracle, a, b)) {
            most = oracle->grade[b];
        }
    }
    return op->role < most ? op->role : most;
}

/* True if the rank of ADD a is better than the best that its author was given. */
static bool is_raising(const struct oracle *oracle, size_t a) {
    const struct op *op = &oracle->ops[a];
    op_set own = oracle_granted_adds(oracle, op->author, oracle_past(oracle, a));

    return op->type == OP_ADD && rank_of_add(oracle, a) < oracle_rank(oracle, own);
}

/* True if ADD a is senior to ADD b. */
static bool add_is_senior(const struct oracle *oracle, size_t a, size_t b) {
    const struct op *left = &oracle->ops[a];
    const struct op *right = &oracle->ops[b];
    size_t left_age = op_set_size(oracle_past(oracle, a));
    size_t right_age = op_set_size(oracle_past(oracle, b));

    if (rank_of_add(oracle, a) != rank_of_add(oracle, b)) {
        return rank_of_add(oracle, a) < rank_of_add(oracle, b);
    }
    if (oracle->grade[a] != oracle->grade[b]) {
        return oracle->grade[a] > oracle->grade[b];
    }
    if (left_age != right_age) {
        return left_age < right_age;
    }
    int by_person = memcmp(left->person.person, right->person.person, HASH_BYTES);
    return by_person != 0 ? by_person < 0 : memcmp(left->ref, right->ref, REF_BYTES) < 0;
}

/* The most senior of the ADDs, of which there is at least one. */
static size_t most_senior(const struct oracle *oracle, op_set adds) {
    size_t best = oracle->count;

    for (size_t a = 0; a < oracle->count; a++) {
        if (op_set_has(adds, a) && (best == oracle->count || add_is_senior(oracle, a, best))) {
            best = a;
        }
    }
    assert(best < oracle->count);
    return best;
}

bool oracle_senior(const struct oracle *oracle, op_set x_adds, op_set y_adds) {
    return add_is_senior(oracle, most_senior(oracle, x_adds), most_senior(oracle, y_adds));
}

static bool genesis_is_good(const struct op *op) {
    return op->dep_count == 0 && same_id(op->author, op->person.person) &&
           same_cert(op->author_device, op->device.id);
}

static const uint8_t *ended_by(const struct op *op) {
    return op->type == OP_REVOKED ? op->revocation.person : target_of(op);
}

/* An ending of somebody to whom an ADD in its past gave a role >= manager. */
static bool past_has_managers_ending(const struct oracle *oracle, size_t o) {
    for (size_t r = 0; r < oracle->count; r++) {
        if (op_set_has(oracle_past(oracle, o), r) && is_ending(&oracle->ops[r]) &&
            oracle_highest(oracle, oracle_granted_adds(oracle, ended_by(&oracle->ops[r]),
                                                       oracle_past(oracle, r))) >= CIRCLE_MANAGER) {
            return true;
        }
    }
    return false;
}

/* "one of role >= manager (and >= `role`), or an ending of such a one in past(o)" */
static bool has_power(const struct oracle *oracle, size_t o, enum circle_role role) {
    op_set own = oracle_granted_adds(oracle, oracle->ops[o].author, oracle_past(oracle, o));
    enum circle_role highest = oracle_highest(oracle, own);

    return (highest >= CIRCLE_MANAGER && highest >= role) || past_has_managers_ending(oracle, o);
}

/* True if op `i` names a device of the person, other than the revoked one, that signed. */
static bool other_device_signed(const struct revocation *revocation, const struct op *op) {
    return same_id(op->person.person, revocation->person) &&
           !same_cert(op->device.id, revocation->cert_id) &&
           memcmp(op->device.subject, revocation->issuer, SIGN_PUBLIC_BYTES) == 0;
}

static bool revoked_is_granted(const struct oracle *oracle, size_t o) {
    const struct revocation *revocation = &oracle->ops[o].revocation;
    op_set adds = oracle_granted_adds(oracle, revocation->person, oracle_past(oracle, o));
    uint8_t signer[HASH_BYTES];

    identity_person_id(revocation->issuer, signer);
    if (adds == 0 || same_id(signer, revocation->person)) {
        return adds != 0;
    }
    for (size_t i = 0; i < oracle->count; i++) {
        const struct op *op = &oracle->ops[i];
        bool is_add = op_set_has(adds, i);
        bool is_device = op->type == OP_DEVICE && op_set_has(oracle->reach[o] & oracle->granted, i);
        if ((is_add && same_id(op->person.issuer, signer) &&
             same_cert(op->person.id, revocation->cert_id)) ||
            ((is_add || is_device) && other_device_signed(revocation, op))) {
            return true;
        }
    }
    return false;
}

static bool is_granted(const struct oracle *oracle, size_t o) {
    const struct op *op = &oracle->ops[o];
    op_set past = oracle_past(oracle, o);

    if (op->type == OP_GENESIS) {
        return oracle->genesis == oracle->count && genesis_is_good(op);
    }
    if (oracle_granted_adds(oracle, op->author, past) == 0) {
        return false;
    }
    switch (op->type) {
    case OP_ADD:
        return has_power(oracle, o, op->role);
    case OP_ADOPT:
        return has_power(oracle, o, CIRCLE_MANAGER);
    case OP_REMOVE:
        return is_leaving(op) || (has_power(oracle, o, CIRCLE_MANAGER) &&
                                  oracle_granted_adds(oracle, op->target, past) != 0);
    case OP_DEVICE:
        return oracle_granted_adds(oracle, op->person.person, past) != 0;
    case OP_REVOKED:
        return revoked_is_granted(oracle, o);
    default:
        return true;
    }
}

/* What an operation names stands before it in the order, so one walk settles all. */
static void grant_all(struct oracle *oracle) {
    oracle->genesis = oracle->count;
    for (size_t n = 0; n < oracle->ready_count; n++) {
        size_t o = oracle->order[n];
        if (!is_granted(oracle, o)) {
            continue;
        }
        oracle->granted |= op_set_of(o);
        if (oracle->ops[o].type == OP_GENESIS) {
            oracle->genesis = o;
        }
        if (is_naming(&oracle->ops[o])) {
            oracle->grade[o] = grade_of(oracle, o);
        }
    }
}

/* ---- 2. What counts: members ---- */

/* True if v, a granted REVOKED, revokes the person certificate that ADD a names. */
static bool revokes_person(const struct oracle *oracle, size_t v, size_t a) {
    const struct revocation *revocation = &oracle->ops[v].revocation;
    const struct cert *person = &oracle->ops[a].person;

    return oracle->ops[v].type == OP_REVOKED && op_set_has(oracle->granted, v) &&
           same_id(revocation->person, person->person) &&
           same_cert(revocation->cert_id, person->id);
}

bool oracle_revokes_one_of(const struct oracle *oracle, size_t v, op_set adds) {
    for (size_t a = 0; a < oracle->count; a++) {
        if (op_set_has(adds, a) && revokes_person(oracle, v, a)) {
            return true;
        }
    }
    return false;
}

bool oracle_revokes_device(const struct oracle *oracle, size_t v, const uint8_t *person,
                           const uint8_t *device) {
    const struct revocation *revocation = &oracle->ops[v].revocation;

    return oracle->ops[v].type == OP_REVOKED && op_set_has(oracle->granted, v) &&
           same_id(revocation->person, person) && same_cert(revocation->cert_id, device);
}

bool oracle_ends(const struct oracle *oracle, size_t r, size_t a) {
    return (op_set_has(oracle->endings, r) &&
            same_id(target_of(&oracle->ops[r]), oracle->ops[a].person.person)) ||
           revokes_person(oracle, r, a);
}

bool oracle_live(struct oracle *oracle, size_t a, op_set T) {
    for (size_t r = 0; r < oracle->count; r++) {
        if (oracle_ends(oracle, r, a) && (oracle_concurrent(oracle, r, a) ||
                                          (op_set_has(T, r) && op_set_has(oracle->reach[r], a)))) {
            return false;
        }
    }
    return op_set_has(T, a) && oracle_stands(oracle, a);
}

op_set oracle_adds_in(struct oracle *oracle, const uint8_t *x, op_set T) {
    op_set adds = oracle_granted_adds(oracle, x, T);

    for (size_t a = 0; a < oracle->count; a++) {
        if (op_set_has(adds, a) && !oracle_live(oracle, a, T)) {
            adds &= ~op_set_of(a);
        }
    }
    return adds;
}

/* x, who is in T by `adds`: nobody in T is a manager, and nobody is more senior. */
static bool counts_as_owner(struct oracle *oracle, const uint8_t *x, op_set adds, op_set T) {
    for (size_t a = 0; a < oracle->count; a++) {
        if (!op_set_has(T, a) || !is_naming(&oracle->ops[a])) {
            continue;
        }
        const uint8_t *y = oracle->ops[a].person.person;
        op_set y_adds = oracle_adds_in(oracle, y, T);
        if (y_adds != 0 && (oracle_highest(oracle, y_adds) >= CIRCLE_MANAGER ||
                            (!same_id(x, y) && oracle_senior(oracle, y_adds, adds)))) {
            return false;
        }
    }
    return true;
}

bool oracle_role_in(struct oracle *oracle, const uint8_t *x, op_set T, enum circle_role *role) {
    op_set adds = oracle_adds_in(oracle, x, T);

    if (adds == 0) {
        return false;
    }
    *role = counts_as_owner(oracle, x, adds, T) ? CIRCLE_OWNER : oracle_highest(oracle, adds);
    return true;
}

/* ---- 2. What counts: voids ---- */

bool oracle_within(const struct op *r, const uint8_t *log, uint64_t seq) {
    struct op_lock locks[OP_LOCKS_MAX];
    size_t count = op_locks(r, locks, OP_LOCKS_MAX);

    if (is_leaving(r) && memcmp(r->log, log, LOG_PK_BYTES) == 0 && seq < r->seq) {
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        if (memcmp(locks[i].log, log, LOG_PK_BYTES) == 0 && seq <= locks[i].seq) {
            return true;
        }
    }
    return false;
}

static bool voided_by_ending(const struct oracle *oracle, size_t o) {
    const struct op *op = &oracle->ops[o];

    for (size_t r = 0; r < oracle->count; r++) {
        const struct op *end = &oracle->ops[r];
        if (op_set_has(oracle->endings, r) && same_id(target_of(end), op->author) &&
            oracle_concurrent(oracle, r, o)) {
            return true;
        }
    }
    return false;
}

static bool voided_by_device(const struct oracle *oracle, size_t o) {
    const struct op *op = &oracle->ops[o];

    for (size_t v = 0; v < oracle->count; v++) {
        if (oracle_revokes_device(oracle, v, op->author, op->author_device) &&
            is_struck(oracle, v, o)) {
            return true;
        }
    }
    return false;
}

static bool voided_by_person(struct oracle *oracle, size_t o) {
    op_set own = oracle_adds_in(oracle, oracle->ops[o].author, oracle_past(oracle, o));

    for (size_t v = 0; v < oracle->count; v++) {
        if (oracle_revokes_one_of(oracle, v, own) && is_struck(oracle, v, o)) {
            return true;
        }
    }
    return false;
}

bool oracle_voided(struct oracle *oracle, size_t o) {
    return voided_by_ending(oracle, o) || voided_by_device(oracle, o) ||
           voided_by_person(oracle, o);
}

/* ---- 2. What counts: ADDs ---- */

/* x is in members(past(a)) with a role >= manager and >= the role given. */
static bool author_may_give(struct oracle *oracle, size_t a) {
    const struct op *op = &oracle->ops[a];
    enum circle_role role;

    return oracle_role_in(oracle, op->author, oracle_past(oracle, a), &role) &&
           role >= CIRCLE_MANAGER && role >= op->role;
}

/* A leaving, or a removal by a manager who was given an ADD senior to b. */
static bool takes(const struct oracle *oracle, size_t r, size_t b) {
    op_set own = oracle_granted_adds(oracle, oracle->ops[r].author, oracle_past(oracle, r));

    if (is_leaving(&oracle->ops[r])) {
        return true;
    }
    for (size_t a = 0; is_removal(&oracle->ops[r]) && a < oracle->count; a++) {
        if (op_set_has(own, a) && role_given(&oracle->ops[a]) >= CIRCLE_MANAGER &&
            add_is_senior(oracle, a, b)) {
            return true;
        }
    }
    return false;
}

/* The granted ADDs of x in T that were not taken from him there. */
static op_set kept_adds(const struct oracle *oracle, const uint8_t *x, op_set T) {
    op_set adds = oracle_granted_adds(oracle, x, T);

    for (size_t r = 0; r < oracle->count; r++) {
        if (!op_set_has(T & oracle->granted, r) || !is_ending(&oracle->ops[r]) ||
            !same_id(ended_by(&oracle->ops[r]), x)) {
            continue;
        }
        for (size_t b = 0; b < oracle->count; b++) {
            bool taken = op_set_has(adds & oracle->reach[r], b) && takes(oracle, r, b);
            adds &= taken ? ~op_set_of(b) : ~UINT64_C(0);
        }
    }
    return adds;
}

/* By a manager who is senior to the target, by what each was granted and kept in
 * past(r). */
static bool is_by_senior(const struct oracle *oracle, size_t r) {
    op_set past = oracle_past(oracle, r);
    const uint8_t *author = oracle->ops[r].author;
    op_set own = kept_adds(oracle, author, past);
    op_set targets = kept_adds(oracle, oracle->ops[r].target, past);

    return oracle_highest(oracle, oracle_granted_adds(oracle, author, past)) >= CIRCLE_MANAGER &&
           own != 0 && (targets == 0 || oracle_senior(oracle, own, targets));
}

/* r || a, or r in past(a) and no granted ADD of x, its target, there that has r in its past. */
static bool is_taken_away(const struct oracle *oracle, size_t r, size_t a) {
    op_set own = oracle_granted_adds(oracle, oracle->ops[r].target, oracle_past(oracle, a));

    for (size_t b = 0; b < oracle->count; b++) {
        if (op_set_has(own, b) && op_set_has(oracle->reach[b], r)) {
            return false;
        }
    }
    return oracle_concurrent(oracle, r, a) || op_set_has(oracle->reach[a], r);
}

/* (An ADD names ADDs that stand before it in the order, so this comes to an end.) */
static bool is_clear(const struct oracle *oracle, size_t a) {
    const struct op *op = &oracle->ops[a];
    op_set own = oracle_granted_adds(oracle, op->author, oracle_past(oracle, a));

    if (op->type == OP_GENESIS) {
        return true;
    }
    for (size_t r = 0; r < oracle->count; r++) {
        if (op_set_has(oracle->granted, r) && is_removal(&oracle->ops[r]) &&
            same_id(oracle->ops[r].target, op->author) && is_taken_away(oracle, r, a) &&
            is_by_senior(oracle, r)) {
            return false;
        }
    }
    for (size_t b = 0; b < oracle->count; b++) {
        if (op_set_has(own, b) && is_clear(oracle, b)) {
            return true;
        }
    }
    return false;
}

static bool stands_afresh(struct oracle *oracle, size_t a) {
    const struct op *op = &oracle->ops[a];
    op_set past = oracle_past(oracle, a);

    if (!op_set_has(oracle->granted, a) || !is_naming(op) || op->type == OP_GENESIS) {
        return op_set_has(oracle->granted, a) && op->type == OP_GENESIS;
    }
    if (!author_may_give(oracle, a) || oracle_voided(oracle, a) ||
        (is_raising(oracle, a) && !is_clear(oracle, a))) {
        return false;
    }
    for (size_t r = 0; r < oracle->count; r++) {
        const struct op *end = &oracle->ops[r];
        if (op_set_has(oracle->endings, r) && same_id(target_of(end), op->person.person) &&
            oracle_concurrent(oracle, r, a)) {
            return false;
        }
        if (op_set_has(past, r) && revokes_person(oracle, r, a)) {
            return false;
        }
    }
    return true;
}

bool oracle_stands(struct oracle *oracle, size_t a) {
    if (op_set_has(oracle->reached, a)) {
        return op_set_has(oracle->reached_standing, a);
    }
    if (!op_set_has(oracle->stands_known, a)) {
        bool stands = stands_afresh(oracle, a);
        oracle->stands_known |= op_set_of(a);
        oracle->stands_yes |= stands ? op_set_of(a) : 0;
    }
    return op_set_has(oracle->stands_yes, a);
}

op_set oracle_standing_adds(struct oracle *oracle, const uint8_t *x) {
    op_set adds = oracle_granted_adds(oracle, x, oracle->granted);

    for (size_t a = 0; a < oracle->count; a++) {
        adds &= op_set_has(adds, a) && !oracle_stands(oracle, a) ? ~op_set_of(a) : ~UINT64_C(0);
    }
    return adds;
}

/* ---- 2. What counts: decide ---- */

static void forget_answers(struct oracle *oracle) {
    oracle->stands_known = 0;
    oracle->stands_yes = 0;
}

/* An ADD of his that is live in past(r) and reached makes him a manager there; or any such, if he
 * counts as owner. */
static bool author_managed(struct oracle *oracle, size_t r) {
    const uint8_t *x = oracle->ops[r].author;
    op_set past = oracle_past(oracle, r);
    op_set adds = oracle_adds_in(oracle, x, past);
    op_set known = adds & oracle->reached;

    return known != 0 && (oracle_highest(oracle, known) >= CIRCLE_MANAGER ||
                          counts_as_owner(oracle, x, adds, past));
}

static bool target_is_senior(struct oracle *oracle, size_t r) {
    op_set adds = oracle_granted_adds(oracle, oracle->ops[r].target, oracle->reached_standing);

    for (size_t a = 0; a < oracle->count; a++) {
        if (op_set_has(adds, a) &&
            (oracle_live(oracle, a, oracle_past(oracle, r)) || oracle_concurrent(oracle, a, r))) {
            return true;
        }
    }
    return false;
}

static bool removal_counts(struct oracle *oracle, size_t r) {
    return op_set_has(oracle->granted, r) && is_removal(&oracle->ops[r]) &&
           author_managed(oracle, r) && !oracle_voided(oracle, r) && !target_is_senior(oracle, r);
}

/* (|past|, ref) */
static bool joins_before(const struct oracle *oracle, size_t r, size_t s) {
    size_t a = op_set_size(oracle_past(oracle, r));
    size_t b = op_set_size(oracle_past(oracle, s));

    return a != b ? a < b : memcmp(oracle->ops[r].ref, oracle->ops[s].ref, REF_BYTES) < 0;
}

/* The removals by x that name the ADD a of x, and count. */
static void removals_join(struct oracle *oracle, size_t a) {
    size_t order[ORACLE_OPS_MAX];
    size_t count = 0;

    for (size_t r = 0; r < oracle->count; r++) {
        if (!op_set_has(oracle->granted, r) || !is_removal(&oracle->ops[r]) ||
            !same_id(oracle->ops[r].author, oracle->ops[a].person.person) ||
            !op_set_has(oracle->reach[r], a)) {
            continue;
        }
        size_t at = count++;
        for (; at > 0 && joins_before(oracle, r, order[at - 1]); at--) {
            order[at] = order[at - 1];
        }
        order[at] = r;
    }
    for (size_t i = 0; i < count; i++) {
        if (removal_counts(oracle, order[i])) {
            oracle->endings |= op_set_of(order[i]);
            forget_answers(oracle);
        }
    }
}

static void leavings_join(struct oracle *oracle) {
    for (size_t r = 0; r < oracle->count; r++) {
        if (op_set_has(oracle->granted, r) && is_leaving(&oracle->ops[r]) &&
            !voided_by_device(oracle, r)) {
            oracle->endings |= op_set_of(r);
        }
    }
}

static void decide_all(struct oracle *oracle) {
    op_set left = 0;

    oracle->endings = 0;
    oracle->reached = 0;
    oracle->reached_standing = 0;
    forget_answers(oracle);
    for (size_t a = 0; a < oracle->count; a++) {
        bool is_add = op_set_has(oracle->granted, a) && is_naming(&oracle->ops[a]);
        left |= is_add ? op_set_of(a) : 0;
    }
    leavings_join(oracle);
    while (left != 0) {
        size_t a = most_senior(oracle, left);
        bool stands = oracle_stands(oracle, a);
        left &= ~op_set_of(a);
        oracle->reached |= op_set_of(a);
        oracle->reached_standing |= stands ? op_set_of(a) : 0;
        if (stands) {
            removals_join(oracle, a);
        }
    }
}

struct oracle oracle_of(const struct op *ops, size_t count) {
    struct oracle oracle = { .ops = ops, .count = count };

    assert(count < ORACLE_OPS_MAX);
    graph_read(&oracle);
    grant_all(&oracle);
    decide_all(&oracle);
    return oracle;
}
