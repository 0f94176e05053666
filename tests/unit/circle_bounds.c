/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bounds of the fold: whoever writes as much as he likes pushes nobody out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/circle_maker.h"

#include <stdlib.h>
#include <string.h>

/* ---- Arranging: every test has an empty circle to fill, and to flood ---- */

static struct made_circle *made;

static int begin(void **state) {
    (void)state;
    made = made_circle_new();
    return 0;
}

static int end(void **state) {
    (void)state;
    made_circle_free(made);
    return 0;
}

static void op_number(struct op *op, size_t number) {
    memset(op->ref, 0, REF_BYTES);
    memcpy(op->ref, &number, sizeof number);
}

/* A flood: copies of operations of `made`, each with a ref, a person and a device of its own. */
struct flood {
    struct op *ops;
    size_t count;
};

static void flood_begin(struct flood *flood, size_t room) {
    flood->count = made->count;
    flood->ops = rb_alloc(made->count + room, sizeof *flood->ops);
    memcpy(flood->ops, made->ops, made->count * sizeof *flood->ops);
}

static struct op *flood_add(struct flood *flood, uint64_t like) {
    struct op *op = &flood->ops[flood->count];

    *op = made->ops[made_index(like)];
    op_number(op, ++flood->count << 8);
    return op;
}

/* ... an ADD of somebody who has not been named yet. */
static struct op *flood_add_puppet(struct flood *flood, uint64_t like) {
    struct op *op = flood_add(flood, like);

    memcpy(op->person.person + 1, &flood->count, sizeof flood->count);
    memcpy(op->device.id + 1, &flood->count, sizeof flood->count);
    return op;
}

static bool flood_has(const struct flood *flood, char letter) {
    struct circle *circle = circle_fold(flood->ops, flood->count);
    uint8_t person[HASH_BYTES];

    made_person(person, letter);
    bool found = member_is_in(circle_member(circle, person));
    circle_destroy(&circle);
    return found;
}

/* An honest history: z, deep, invites y, and c leaves. */
static uint64_t honest_history(uint64_t g) {
    uint64_t c = made_add(made, 'a', 'c', CIRCLE_MANAGER, g);
    uint64_t z = made_add(made, 'a', 'z', CIRCLE_MANAGER, c);
    uint64_t gone = made_leave(made, 'c', made_accept(made, 'z', z));

    return made_add(made, 'z', 'y', CIRCLE_MANAGER, gone);
}

static void a_flood_of_accepts_pushes_nobody_out(void **state) {
    struct flood flood;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    honest_history(g);
    uint64_t yes = made_accept(made, 'b', b);
    flood_begin(&flood, 20000);
    for (size_t i = 0; i < 20000; i++) {
        flood_add(&flood, yes);
    }
    assert_true(flood_has(&flood, 'y'));
    assert_true(flood_has(&flood, 'z'));
    assert_false(flood_has(&flood, 'c'));
    free(flood.ops);
}

static void a_flood_of_leavings_pushes_nobody_out(void **state) {
    struct flood flood;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    honest_history(g);
    uint64_t gone = made_leave(made, 'b', b);
    flood_begin(&flood, CIRCLE_LOGS_MAX);
    for (size_t i = 0; i < CIRCLE_LOGS_MAX; i++) {
        memcpy(flood_add(&flood, gone)->log + 1, &i, sizeof i);
    }
    assert_true(flood_has(&flood, 'y'));
    assert_false(flood_has(&flood, 'b'));
    assert_false(flood_has(&flood, 'c'));
    free(flood.ops);
}

/* A reader has a key with which he revokes certificates of his own without end. */
static void a_flood_of_revocations_pushes_nobody_out(void **state) {
    struct flood flood;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_READER, g);
    honest_history(g);
    struct made_revocation what = { .of = 'B', .signer = MADE_HIMSELF };
    uint64_t revoked = made_revoked(made, 'b', what, b);
    flood_begin(&flood, 2 * CIRCLE_ENDINGS_MAX);
    for (size_t i = 0; i < 2 * CIRCLE_ENDINGS_MAX; i++) {
        memcpy(flood_add(&flood, revoked)->revocation.cert_id + 1, &i, sizeof i);
    }
    assert_true(flood_has(&flood, 'y'));
    assert_true(flood_has(&flood, 'b'));
    assert_false(flood_has(&flood, 'c'));
    free(flood.ops);
}

/* b, who was removed, writes removals as if he did not know it, with puppets' help. */
static void a_flood_of_removals_does_not_bring_its_author_back(void **state) {
    struct flood flood;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    uint64_t d = made_add(made, 'a', 'd', CIRCLE_READER, b);
    uint64_t y = honest_history(d);
    made_remove(made, 'a', 'b', y);
    uint64_t puppet = made_add(made, 'b', 'p', CIRCLE_MANAGER, d);
    uint64_t removal = made_remove(made, 'b', 'd', d);
    uint64_t other = made_remove(made, 'p', 'd', d | puppet);
    flood_begin(&flood, 2 * CIRCLE_ENDINGS_MAX);
    for (size_t i = 0; i < 2 * CIRCLE_ENDINGS_MAX; i++) {
        flood_add(&flood, i % 2 == 0 ? removal : other);
    }
    assert_false(flood_has(&flood, 'b'));
    assert_false(flood_has(&flood, 'p'));
    assert_true(flood_has(&flood, 'd'));
    assert_true(flood_has(&flood, 'y'));
    free(flood.ops);
}

/* All of them stand before the honest ones in the order of the fold. */
static void a_flood_of_puppets_of_who_left_pushes_nobody_out(void **state) {
    struct flood flood;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    uint64_t gone = made_leave(made, 'b', b);
    honest_history(g | gone);
    made->log = 1;
    uint64_t puppet = made_add(made, 'b', 'p', CIRCLE_MANAGER, b);
    flood_begin(&flood, 2 * CIRCLE_ADDS_GRANTED_MAX);
    for (size_t i = 0; i < 2 * CIRCLE_ADDS_GRANTED_MAX; i++) {
        flood_add_puppet(&flood, puppet);
    }
    assert_true(flood_has(&flood, 'y'));
    assert_false(flood_has(&flood, 'p'));
    assert_false(flood_has(&flood, 'c'));
    free(flood.ops);
}

/* b is still a member: his puppets invite puppets, but all of them together have his room only. */
static void puppets_bring_no_new_room(void **state) {
    const struct member *people;
    struct flood flood;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    honest_history(b);
    uint64_t puppet = made_add(made, 'b', 'p', CIRCLE_MANAGER, b);
    flood_begin(&flood, 2 * CIRCLE_PEOPLE_MAX);
    for (size_t i = 0; i < 2 * CIRCLE_PEOPLE_MAX; i++) {
        struct op *op = flood_add_puppet(&flood, puppet);
        if (i > 9) {
            const struct op *inviter = &flood.ops[made->count + i % 10];
            memcpy(op->author, inviter->person.person, HASH_BYTES);
            memcpy(op->author_device, inviter->device.id, CERT_ID_BYTES);
            memcpy(op->deps[0], inviter->ref, REF_BYTES);
        }
    }
    assert_true(flood_has(&flood, 'y'));
    struct circle *circle = circle_fold(flood.ops, flood.count);
    assert_int_equal(circle_people(circle, &people), 5 + CIRCLE_GUESTS_MAX);
    circle_destroy(&circle);
    free(flood.ops);
}

static void the_founder_has_all_the_room_there_is(void **state) {
    const struct member *people;
    struct flood flood;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t guest = made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    flood_begin(&flood, CIRCLE_PEOPLE_MAX);
    for (size_t i = 0; i < CIRCLE_PEOPLE_MAX; i++) {
        flood_add_puppet(&flood, guest);
    }
    struct circle *circle = circle_fold(flood.ops, flood.count);
    assert_int_equal(circle_people(circle, &people), CIRCLE_PEOPLE_MAX);
    circle_destroy(&circle);
    free(flood.ops);
}

/* 70,000 operations of strangers: each names the one before. */
static void a_flood_of_strangers_changes_nothing(void **state) {
    const size_t count = 70000;
    (void)state;

    made_genesis(made, 'a', 0);
    made_accept(made, 'x', 1);
    struct op *ops = rb_alloc(count, sizeof *ops);
    for (size_t i = 0; i < count; i++) {
        ops[i] = made->ops[i == 0 ? 0 : 1];
        op_number(&ops[i], i);
        if (i > 0) {
            memcpy(ops[i].deps[0], ops[i - 1].ref, REF_BYTES);
        }
    }
    struct circle *circle = circle_fold(ops, count);
    const struct member *people;
    assert_int_equal(circle_people(circle, &people), 1);
    assert_int_equal(circle_waiting(circle), count - CIRCLE_OPERATIONS_MAX);
    circle_destroy(&circle);
    free(ops);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_flood_of_accepts_pushes_nobody_out),
        TEST(a_flood_of_leavings_pushes_nobody_out),
        TEST(a_flood_of_revocations_pushes_nobody_out),
        TEST(a_flood_of_removals_does_not_bring_its_author_back),
        TEST(a_flood_of_puppets_of_who_left_pushes_nobody_out),
        TEST(puppets_bring_no_new_room),
        TEST(the_founder_has_all_the_room_there_is),
        TEST(a_flood_of_strangers_changes_nothing),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
