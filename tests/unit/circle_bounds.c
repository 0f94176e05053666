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

/* Thousands of ADDs and removals of b, where one ADD raises: each is weighed against all. */
static void a_flood_of_removals_and_returns_is_folded(void **state) {
    enum { TURNS = 2000 };
    struct flood flood;
    (void)state;

    made->anchored = true;
    made->office = '1';
    made->rank = RANK_WORKER;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    uint64_t again = made_add(made, 'b', 'b', CIRCLE_MANAGER, b);
    uint64_t removal = made_remove(made, 'a', 'b', b);
    made->rank = RANK_PROVINCE;
    made_add(made, 'a', 'z', CIRCLE_READER, g);
    flood_begin(&flood, 2 * TURNS);
    for (size_t i = 0; i < 2 * TURNS; i++) {
        flood_add(&flood, i % 2 == 0 ? again : removal);
    }
    assert_true(flood_has(&flood, 'z'));
    assert_false(flood_has(&flood, 'b'));
    free(flood.ops);
}

static bool flood_has_device(const struct flood *flood, char letter,
                             uint8_t seal_key[static BOX_PUBLIC_BYTES]) {
    struct circle *circle = circle_fold(flood->ops, flood->count);
    const struct recipient *recipients;
    size_t count = circle_recipients(circle, &recipients);
    uint8_t device[CERT_ID_BYTES];
    bool found = false;

    made_device(device, letter);
    for (size_t i = 0; i < count; i++) {
        if (memcmp(recipients[i].device, device, CERT_ID_BYTES) == 0) {
            memcpy(seal_key, recipients[i].seal_key, BOX_PUBLIC_BYTES);
            found = true;
        }
    }
    circle_destroy(&circle);
    return found;
}

/* Whoever has the home has the key of its person, and stands early in the order. */
static void a_stolen_home_does_not_use_up_its_own_revocation(void **state) {
    uint8_t key[BOX_PUBLIC_BYTES];
    struct flood flood;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_READER, g);
    struct made_revocation phantom = { .of = 'B', .signer = MADE_HIMSELF };
    uint64_t thief = made_revoked(made, 'b', phantom, b);
    uint64_t y = honest_history(b);
    struct made_revocation stolen = { .of = 'b', .signer = MADE_HIMSELF };
    made_revoked(made, 'a', stolen, y);
    flood_begin(&flood, 2 * CIRCLE_ENDINGS_OWN_MAX);
    for (size_t i = 0; i < 2 * CIRCLE_ENDINGS_OWN_MAX; i++) {
        memcpy(flood_add(&flood, thief)->revocation.cert_id + 1, &i, sizeof i);
    }
    assert_false(flood_has_device(&flood, 'b', key));
    free(flood.ops);
}

static void devices_named_by_a_stolen_one_take_no_room_when_it_is_revoked(void **state) {
    uint8_t key[BOX_PUBLIC_BYTES];
    struct flood flood;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_READER, g);
    uint64_t thief = made_device_op(made, 'b', 'b', b);
    uint64_t y = honest_history(b);
    struct made_revocation stolen = { .of = 'b', .signer = MADE_HIMSELF };
    uint64_t revoked = made_revoked(made, 'a', stolen, y);
    made_device_op(made, 'a', 'B', revoked);
    flood_begin(&flood, 2 * CIRCLE_DEVICES_MAX);
    for (size_t i = 0; i < 2 * CIRCLE_DEVICES_MAX; i++) {
        memcpy(flood_add(&flood, thief)->device.id + 1, &i, sizeof i);
    }
    assert_true(flood_has_device(&flood, 'B', key));
    free(flood.ops);
}

static void a_device_has_as_many_seal_keys_one_after_the_other_as_it_likes(void **state) {
    uint8_t key[BOX_PUBLIC_BYTES];
    struct flood flood;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_READER, g);
    uint64_t named = made_device_op(made, 'b', 'B', b);
    flood_begin(&flood, 3 * CIRCLE_DEVICES_MAX);
    for (uint8_t i = 1; i <= 3 * CIRCLE_DEVICES_MAX; i++) {
        struct op *op = flood_add(&flood, named);
        op->seal.generation = 1U + i;
        memset(op->seal.public, i, BOX_PUBLIC_BYTES);
    }
    assert_true(flood_has_device(&flood, 'B', key));
    assert_int_equal(key[0], 3 * CIRCLE_DEVICES_MAX);
    free(flood.ops);
}

/* x, a reader, names devices without end, which matter since he revokes the one that wrote them. */
static void a_flood_of_devices_takes_back_no_revocation(void **state) {
    uint8_t key[BOX_PUBLIC_BYTES];
    struct flood flood;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_READER, g);
    uint64_t x = made_add(made, 'a', 'x', CIRCLE_READER, g);
    struct made_revocation own = { .of = 'x', .signer = MADE_HIMSELF };
    made_revoked(made, 'x', own, x);
    uint64_t flooded = made_device_op(made, 'x', 'X', x);
    uint64_t second = made_device_op(made, 'b', 'B', made_accept(made, 'b', honest_history(b)));
    struct made_revocation stolen = { .of = 'b', .signer = 'B' };
    made_revoked(made, 'B', stolen, second);
    flood_begin(&flood, 2 * CIRCLE_TRACES_MAX);
    for (size_t i = 0; i < 2 * CIRCLE_TRACES_MAX; i++) {
        memcpy(flood_add(&flood, flooded)->device.id + 1, &i, sizeof i);
    }
    assert_false(flood_has_device(&flood, 'b', key));
    assert_true(flood_has_device(&flood, 'B', key));
    free(flood.ops);
}

static void a_flood_of_removals_by_a_stolen_founders_home_leaves_room_to_revoke_it(void **state) {
    uint8_t key[BOX_PUBLIC_BYTES];
    struct flood flood;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_READER, g);
    uint64_t c = made_add(made, 'a', 'c', CIRCLE_MANAGER, b);
    uint64_t removal = made_remove(made, 'a', 'b', b);
    struct made_revocation stolen = { .of = 'a', .signer = MADE_HIMSELF };
    made_revoked(made, 'c', stolen, made_accept(made, 'c', c));
    flood_begin(&flood, 2 * CIRCLE_REMOVALS_MAX);
    for (size_t i = 0; i < 2 * CIRCLE_REMOVALS_MAX; i++) {
        flood_add(&flood, removal);
    }
    assert_false(flood_has_device(&flood, 'a', key));
    free(flood.ops);
}

/* Every removal touches all that b has done; many times added, he has done much. */
static void a_flood_of_removals_of_who_has_done_much_is_folded(void **state) {
    struct flood flood;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t c = made_add(made, 'a', 'c', CIRCLE_MANAGER, g);
    uint64_t y = made_add(made, 'a', 'y', CIRCLE_MANAGER, g);
    uint64_t gone = made_leave(made, 'y', y);
    uint64_t b = made_add(made, 'c', 'b', CIRCLE_MANAGER, c | gone);
    uint64_t puppet = made_add(made, 'b', 'p', CIRCLE_READER, b | gone);
    uint64_t removal = made_remove(made, 'c', 'b', b);
    flood_begin(&flood, 4000);
    for (size_t i = 0; i < 1000; i++) {
        flood_add(&flood, b);
        flood_add_puppet(&flood, puppet);
        flood_add(&flood, removal);
        flood_add(&flood, removal);
    }
    assert_false(flood_has(&flood, 'b'));
    assert_true(flood_has(&flood, 'c'));
    free(flood.ops);
}

/* Since c, who managed, has left, anybody might have become owner. */
static void a_flood_of_invitations_by_a_reader_leaves_room_for_an_owner(void **state) {
    struct flood flood;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_READER, g);
    uint64_t c = made_add(made, 'a', 'c', CIRCLE_READER, b);
    uint64_t left = made_leave(made, 'a', c);
    uint64_t puppet = made_add(made, 'c', 'p', CIRCLE_MANAGER, left);
    made_add(made, 'b', 'y', CIRCLE_WRITER, made_accept(made, 'b', made_accept(made, 'b', left)));
    flood_begin(&flood, 2 * CIRCLE_DOUBTFUL_MAX);
    for (size_t i = 0; i < 2 * CIRCLE_DOUBTFUL_MAX; i++) {
        flood_add_puppet(&flood, puppet);
    }
    assert_true(flood_has(&flood, 'y'));
    assert_false(flood_has(&flood, 'p'));
    free(flood.ops);
}

static void a_reader_takes_no_room_of_an_owner_whom_the_same_manager_brought(void **state) {
    struct flood flood;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t m = made_add(made, 'a', 'm', CIRCLE_MANAGER, g);
    uint64_t b = made_add(made, 'm', 'b', CIRCLE_READER, m);
    uint64_t c = made_add(made, 'm', 'c', CIRCLE_READER, b);
    uint64_t left = made_leave(made, 'm', c) | made_leave(made, 'a', c);
    uint64_t puppet = made_add(made, 'c', 'p', CIRCLE_READER, left);
    made_add(made, 'b', 'y', CIRCLE_WRITER, made_accept(made, 'b', made_accept(made, 'b', left)));
    flood_begin(&flood, 2 * CIRCLE_DOUBTFUL_OWN_MAX);
    for (size_t i = 0; i < 2 * CIRCLE_DOUBTFUL_OWN_MAX; i++) {
        flood_add_puppet(&flood, puppet);
    }
    assert_true(flood_has(&flood, 'y'));
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
        TEST(a_flood_of_removals_and_returns_is_folded),
        TEST(a_stolen_home_does_not_use_up_its_own_revocation),
        TEST(devices_named_by_a_stolen_one_take_no_room_when_it_is_revoked),
        TEST(a_device_has_as_many_seal_keys_one_after_the_other_as_it_likes),
        TEST(a_flood_of_devices_takes_back_no_revocation),
        TEST(a_flood_of_removals_by_a_stolen_founders_home_leaves_room_to_revoke_it),
        TEST(a_flood_of_removals_of_who_has_done_much_is_folded),
        TEST(a_flood_of_invitations_by_a_reader_leaves_room_for_an_owner),
        TEST(a_reader_takes_no_room_of_an_owner_whom_the_same_manager_brought),
        TEST(a_flood_of_strangers_changes_nothing),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
