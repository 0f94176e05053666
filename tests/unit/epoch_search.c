/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A random search of the rules for keys: writers who know only a part of what happened invite,
 * leave, decline and write; then they tell each other everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/circle_maker.h"
#include "tests/support/random.h"

#include <stdlib.h>
#include <string.h>

enum {
    RUNS = 6000,
    STEPS = 80,
    PEOPLE_MAX = 4,
    OPS_BEFORE_EXCHANGE = 40,
    FLOOD_RUNS = 300,
    FLOOD_KEYS = EPOCH_HEADS_MAX + 2,
    OPS_BEFORE_FLOODED_EXCHANGE = 30,
    ROUNDS_MAX = 8,
    ROTATING_ROUNDS_MAX = 2
};

#define NOW_MS (EPOCH_AGE_MS_MAX * 100)

struct search {
    uint64_t seed;
    struct random random;
    struct made_circle *made;
    size_t people;
    size_t late; /* whose clock stands at the beginning of time; `people` if nobody's does */
    uint64_t knows[PEOPLE_MAX];    /* operations that have reached a person's node */
    uint64_t last[PEOPLE_MAX];     /* his own last operation */
    struct op known[MADE_OPS_MAX]; /* for one fold */
};

#define assert_search(search, condition)                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fail_msg("seed %llu: not true: %s", (unsigned long long)(search)->seed, #condition);   \
        }                                                                                          \
    } while (0)

static char letter_of(size_t person) {
    return (char)('a' + (int)person);
}

static int64_t clock_of(const struct search *search, size_t person) {
    return person == search->late ? 0 : NOW_MS;
}

static struct circle *fold_of(struct search *search, size_t person) {
    size_t count = 0;

    for (size_t i = 0; i < search->made->count; i++) {
        if ((search->knows[person] >> i & 1) != 0) {
            search->known[count++] = search->made->ops[i];
        }
    }
    return circle_fold(search->known, count);
}

/* ---- Who holds which key ---- */

static bool same_key(const struct search *search, size_t i, size_t j) {
    return memcmp(search->made->ops[i].epoch, search->made->ops[j].epoch, HASH_BYTES) == 0;
}

static bool carries_key(const struct op *op) {
    return op->type == OP_GENESIS || op->type == OP_EPOCH || op->type == OP_KEYGRANT;
}

static bool is_sealed_to(const struct op *op, char letter) {
    uint8_t to[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES];
    uint8_t device[CERT_ID_BYTES];
    size_t count = op_recipients(op, to, SEALS_PER_KEY_BODY_MAX);

    made_device(device, letter);
    for (size_t i = 0; i < count; i++) {
        if (memcmp(to[i], device, CERT_ID_BYTES) == 0) {
            return true;
        }
    }
    return memcmp(op->author_device, device, CERT_ID_BYTES) == 0;
}

/* The operations among `wrapped` whose key the EPOCH i wraps. */
static uint64_t keys_wrapped_by(const struct search *search, size_t i, uint64_t wrapped) {
    struct epoch_key wraps[WRAPS_PER_EPOCH_MAX];
    size_t count = op_wraps(&search->made->ops[i], wraps, WRAPS_PER_EPOCH_MAX);
    uint64_t found = 0;

    for (size_t j = 0; j < search->made->count; j++) {
        for (size_t w = 0; w < count && (wrapped >> j & 1) != 0; w++) {
            if (memcmp(wraps[w].id, search->made->ops[j].epoch, HASH_BYTES) == 0) {
                found |= UINT64_C(1) << j;
            }
        }
    }
    return found;
}

/* The operations whose key somebody has to whom all of `seen` has come. */
static uint64_t keys_of(const struct search *search, char letter, uint64_t seen) {
    uint64_t keys = 0;
    uint64_t before = 1;

    for (size_t i = 0; i < search->made->count; i++) {
        const struct op *op = &search->made->ops[i];
        bool opens = (seen >> i & 1) != 0 && carries_key(op) && is_sealed_to(op, letter);
        keys |= opens ? UINT64_C(1) << i : 0;
    }
    while (keys != before) {
        before = keys;
        for (size_t i = 0; i < search->made->count; i++) {
            for (size_t j = 0; (before >> i & 1) != 0 && j < search->made->count; j++) {
                keys |= carries_key(&search->made->ops[j]) && same_key(search, i, j)
                            ? UINT64_C(1) << j
                            : 0;
            }
            if ((keys & seen) >> i & 1) {
                keys |= keys_wrapped_by(search, i, ~keys);
            }
        }
    }
    return keys;
}

/* Who has no key at all can open nothing, and knows nothing of the circle. */
static bool has_any_key(const struct search *search, size_t person) {
    return keys_of(search, letter_of(person), search->knows[person]) != 0;
}

struct holder {
    const struct search *search;
    uint64_t keys;
};

static bool is_held(void *context, const uint8_t eid[static HASH_BYTES]) {
    const struct holder *holder = context;

    for (size_t i = 0; i < holder->search->made->count; i++) {
        if ((holder->keys >> i & 1) != 0 &&
            memcmp(holder->search->made->ops[i].epoch, eid, HASH_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- What a person does ---- */

static bool is_in(const struct circle *circle, size_t person) {
    uint8_t id[HASH_BYTES];

    made_person(id, letter_of(person));
    return member_is_in(circle_member(circle, id));
}

/* The control heads that he knows, and his own last operation. */
static uint64_t heads_of(const struct search *search, const struct circle *circle, size_t person) {
    uint8_t heads[MADE_OPS_MAX][REF_BYTES];
    size_t count = circle_heads(circle, heads, MADE_OPS_MAX);
    uint64_t ops = search->last[person];

    for (size_t h = 0; h < count; h++) {
        for (size_t i = 0; i < search->made->count; i++) {
            if (memcmp(search->made->ops[i].ref, heads[h], REF_BYTES) == 0) {
                ops |= UINT64_C(1) << i;
            }
        }
    }
    return ops;
}

static void op_done(struct search *search, size_t person, uint64_t op) {
    search->knows[person] |= op;
    search->last[person] = op;
}

static enum rb_status plan_of(struct search *search, const struct circle *circle, size_t person,
                              struct epoch_plan *plan) {
    char letter = letter_of(person);
    struct holder holder = { search, keys_of(search, letter, search->knows[person]) };
    uint8_t device[CERT_ID_BYTES];

    made_device(device, letter);
    return epoch_plan(circle, device, is_held, &holder, clock_of(search, person), plan);
}

static uint64_t op_of_eid(const struct search *search, const uint8_t *eid) {
    for (size_t i = 0; i < search->made->count; i++) {
        if (carries_key(&search->made->ops[i]) &&
            memcmp(search->made->ops[i].epoch, eid, HASH_BYTES) == 0) {
            return UINT64_C(1) << i;
        }
    }
    fail_msg("seed %llu: a plan names a key that nobody made", (unsigned long long)search->seed);
    return 0;
}

static void letters_of_all(const struct circle *circle, char letters[static PEOPLE_MAX + 1]) {
    const struct recipient *recipients;
    size_t count = circle_recipients(circle, &recipients);

    assert_true(count <= PEOPLE_MAX);
    if (count > PEOPLE_MAX) {
        return; /* not reached; the optimiser cannot know it */
    }
    for (size_t i = 0; i < count; i++) {
        letters[i] = (char)recipients[i].device[0];
    }
    letters[count] = '\0';
}

static void rotate(struct search *search, const struct circle *circle, size_t person,
                   const struct epoch_plan *plan) {
    char to[PEOPLE_MAX + 1];
    uint64_t parents = 0;

    search->made->now_ms = clock_of(search, person);
    letters_of_all(circle, to);
    for (size_t i = 0; i < plan->head_count; i++) {
        parents |= op_of_eid(search, plan->heads[i]);
    }
    op_done(
        search, person,
        made_epoch(search->made, letter_of(person), to, parents, heads_of(search, circle, person)));
}

static void grant_all(struct search *search, const struct circle *circle, size_t person,
                      const struct epoch_plan *plan) {
    const struct recipient *recipients;

    (void)circle_recipients(circle, &recipients); /* Their number is known by the indexes. */
    for (size_t i = 0; i < plan->grant_count; i++) {
        const struct epoch_grant *grant = &plan->grants[i];
        char to[PEOPLE_MAX + 1] = { 0 };
        for (size_t m = 0; m < grant->missing_count; m++) {
            to[m] = (char)recipients[grant->missing[m]].device[0];
        }
        op_done(search, person,
                made_grant(search->made, letter_of(person), op_of_eid(search, grant->epoch), to,
                           heads_of(search, circle, person)));
    }
}

/* What has reached him and does not wait. */
static uint64_t ready_ops(const struct search *search, const struct circle *circle, size_t person) {
    uint8_t id[HASH_BYTES];
    uint64_t ready = 0;

    made_person(id, letter_of(person));
    for (size_t i = 0; i < search->made->count; i++) {
        const struct op *op = &search->made->ops[i];
        enum circle_role role;
        enum rb_status status = circle_role_at(circle, id, op->log, op->seq,
                                               (const uint8_t(*)[REF_BYTES]) & op->ref, 1, &role);
        ready |= status != RB_NOT_FOUND ? UINT64_C(1) << i : 0;
    }
    return ready;
}

/* As far as `seen` tells, nobody who is out can open what is written under the key.  (Whoever has
 * not heard yet that somebody left can still give him a key; that cannot be known before it
 * arrives.) */
static void check_key(struct search *search, const struct circle *circle, const uint8_t *eid,
                      uint64_t seen) {
    for (size_t p = 0; p < search->people; p++) {
        uint64_t keys = keys_of(search, letter_of(p), seen);
        assert_search(search, is_in(circle, p) || (keys & op_of_eid(search, eid)) == 0);
    }
}

static void write_content(struct search *search, const struct circle *circle, size_t person) {
    struct epoch_plan plan;

    if (plan_of(search, circle, person, &plan) != RB_OK) {
        return;
    }
    if (plan.rotate) {
        rotate(search, circle, person, &plan);
    } else {
        check_key(search, circle, plan.use, ready_ops(search, circle, person));
        grant_all(search, circle, person, &plan);
    }
}

static void invite(struct search *search, const struct circle *circle, size_t person) {
    size_t target = random_below(&search->random, search->people);

    if (!is_in(circle, target)) {
        op_done(search, person,
                made_add(search->made, letter_of(person), letter_of(target), CIRCLE_MANAGER,
                         heads_of(search, circle, person)));
    }
}

static void act(struct search *search, size_t person) {
    struct circle *circle = fold_of(search, person);
    size_t dice = random_below(&search->random, 100);
    uint64_t heads = heads_of(search, circle, person);

    if (!is_in(circle, person) || !has_any_key(search, person)) {
        dice = 100; /* He can only wait. */
    }
    if (dice < 25) {
        invite(search, circle, person);
    } else if (dice < 31) {
        op_done(search, person, made_leave(search->made, letter_of(person), heads));
    } else if (dice < 35) {
        op_done(search, person, made_decline(search->made, letter_of(person), heads));
    } else if (dice < 100) {
        write_content(search, circle, person);
    }
    circle_destroy(&circle);
}

/* A part of what one knows reaches another, in any order: dependencies may be missing. */
static void tell(struct search *search) {
    size_t from = random_below(&search->random, search->people);
    size_t to = random_below(&search->random, search->people);
    bool all = random_chance(&search->random, 50);

    for (size_t i = 0; i < search->made->count; i++) {
        if (all || random_chance(&search->random, 60)) {
            search->knows[to] |= search->knows[from] & UINT64_C(1) << i;
        }
    }
}

static void tell_all(struct search *search) {
    for (size_t p = 0; p < search->people; p++) {
        search->knows[p] = (UINT64_C(1) << search->made->count) - 1;
    }
}

/* ---- After the exchange ---- */

/* Everybody plans on the same knowledge and does it.  Returns whether anything was to be done. */
static bool round_of_all(struct search *search, size_t *rotating_rounds) {
    size_t op_count = search->made->count;
    bool rotated = false;

    for (size_t p = 0; p < search->people; p++) {
        struct epoch_plan plan;
        struct circle *circle = fold_of(search, p);
        if (plan_of(search, circle, p, &plan) == RB_OK && plan.rotate) {
            rotate(search, circle, p, &plan);
            rotated = true;
        } else if (is_in(circle, p) && plan_of(search, circle, p, &plan) == RB_OK) {
            grant_all(search, circle, p, &plan);
        }
        circle_destroy(&circle);
    }
    *rotating_rounds += rotated ? 1 : 0;
    tell_all(search);
    return search->made->count > op_count;
}

static bool any_member_has_a_key(const struct search *search, const struct circle *circle) {
    for (size_t p = 0; p < search->people; p++) {
        if (is_in(circle, p) && has_any_key(search, p)) {
            return true;
        }
    }
    return false;
}

/* All members write under one key and have every key that is not covered; unless all who had a key
 * left before they could grant one. */
static void check_agreement(struct search *search) {
    struct circle *circle = fold_of(search, 0);
    struct epoch_plan first;
    bool is_first = true;

    for (size_t p = 0; p < search->people && any_member_has_a_key(search, circle); p++) {
        struct epoch_plan plan;
        if (!is_in(circle, p)) {
            continue;
        }
        assert_search(search, plan_of(search, circle, p, &plan) == RB_OK);
        assert_search(search, !plan.rotate);
        assert_search(search, plan.grant_count == 0);
        check_key(search, circle, plan.use, UINT64_MAX);
        if (is_first) {
            first = plan;
            is_first = p == search->late;
        }
        assert_search(search, p == search->late || memcmp(plan.use, first.use, HASH_BYTES) == 0);
        assert_search(search, plan.head_count == first.head_count);
        assert_search(search, memcmp(plan.heads, first.heads, sizeof plan.heads) == 0);
    }
    circle_destroy(&circle);
}

/* ---- Runs ---- */

/* The creator invites everybody and gives him the key. */
static void run_beginning(struct search *search) {
    op_done(search, 0, made_genesis(search->made, 'a', 0));
    for (size_t p = 1; p < search->people; p++) {
        op_done(search, 0,
                made_add(search->made, 'a', letter_of(p), CIRCLE_MANAGER, search->last[0]));
    }
    struct circle *circle = fold_of(search, 0);
    write_content(search, circle, 0);
    circle_destroy(&circle);
    tell_all(search);
}

/* One member makes many keys and seals each to one other member alone. */
static void run_flood(struct search *search) {
    size_t flooder = random_below(&search->random, search->people);
    size_t victim = random_below(&search->random, search->people);
    char to[2] = { letter_of(victim) };
    uint64_t heads = search->last[0];

    for (size_t i = 0; i < FLOOD_KEYS; i++) {
        uint64_t key = made_epoch(search->made, letter_of(flooder), to, 0, heads);
        op_done(search, flooder, key);
        search->knows[victim] |= key;
    }
}

static void run_steps(struct search *search, size_t ops_max) {
    for (size_t step = 0; step < STEPS && search->made->count < ops_max; step++) {
        if (random_chance(&search->random, 50)) {
            tell(search);
        } else {
            act(search, random_below(&search->random, search->people));
        }
    }
}

static void run_exchange(struct search *search) {
    size_t rotating_rounds = 0;
    size_t rounds = 0;

    tell_all(search);
    while (rounds < ROUNDS_MAX && round_of_all(search, &rotating_rounds)) {
        rounds++;
    }
    assert_search(search, rounds < ROUNDS_MAX);
    assert_search(search, rotating_rounds <= ROTATING_ROUNDS_MAX);
}

static void run(uint64_t seed, bool with_flood) {
    struct search *search = rb_alloc(1, sizeof *search);

    search->seed = seed;
    search->random.state = seed;
    search->made = made_circle_new();
    search->made->now_ms = NOW_MS;
    search->people = 3 + random_below(&search->random, 2);
    search->late = random_chance(&search->random, 30) ? 1 : search->people;
    run_beginning(search);
    if (with_flood) {
        run_flood(search);
    }
    run_steps(search, with_flood ? OPS_BEFORE_FLOODED_EXCHANGE : OPS_BEFORE_EXCHANGE);
    run_exchange(search);
    check_agreement(search);
    made_circle_free(search->made);
    free(search);
}

/* REMBUK_SEED=n tries one run only. */
static void everybody_allowed_and_nobody_else_has_the_keys(void **state) {
    const char *only = getenv("REMBUK_SEED");
    (void)state;

    if (only != NULL) {
        run(strtoull(only, NULL, 10), false);
        return;
    }
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        run(seed, false);
    }
}

static void a_flood_of_keys_for_one_member_ends_with_one_key_for_all(void **state) {
    const char *only = getenv("REMBUK_SEED");
    (void)state;

    if (only != NULL) {
        run(strtoull(only, NULL, 10), true);
        return;
    }
    for (uint64_t seed = 1; seed <= FLOOD_RUNS; seed++) {
        run(seed, true);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_allowed_and_nobody_else_has_the_keys),
        cmocka_unit_test(a_flood_of_keys_for_one_member_ends_with_one_key_for_all),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
