/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/circle_maker.h"

#include <stdlib.h>
#include <string.h>

#define NOW_MS EPOCH_AGE_MS_MAX * 10
#define DAY_MS (INT64_C(24) * 3600 * 1000)

/* ---- Arranging: a circle of a and b, and what a writer plans ---- */

static struct made_circle *made;
static uint64_t g; /* a's GENESIS */
static uint64_t b; /* a's invitation of b */
static uint64_t e; /* a's first EPOCH, for both */

static int begin(void **state) {
    (void)state;
    made = made_circle_new();
    made->now_ms = NOW_MS;
    g = made_genesis(made, 'a', 0);
    b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    e = made_epoch(made, 'a', "ab", g, b);
    return 0;
}

static int end(void **state) {
    (void)state;
    made_circle_free(made);
    return 0;
}

static bool is_held(void *context, const uint8_t eid[static HASH_BYTES]) {
    const uint64_t *ops = context;

    for (size_t i = 0; i < made->count; i++) {
        if ((*ops >> i & 1) != 0 && memcmp(made->ops[i].epoch, eid, HASH_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

/* What the device plans that holds the keys of these operations. */
static enum rb_status plan_of(char device, uint64_t held, struct epoch_plan *plan) {
    struct circle *circle = circle_fold(made->ops, made->count);
    uint8_t id[CERT_ID_BYTES];

    made_device(id, device);
    enum rb_status status = epoch_plan(circle, id, is_held, &held, NOW_MS, plan);
    circle_destroy(&circle);
    return status;
}

static const uint8_t *eid_of(uint64_t op) {
    return made->ops[made_index(op)].epoch;
}

static void assert_uses(char device, uint64_t held, uint64_t op) {
    struct epoch_plan plan;

    assert_int_equal(plan_of(device, held, &plan), RB_OK);
    assert_false(plan.rotate);
    assert_memory_equal(plan.use, eid_of(op), HASH_BYTES);
}

/* The device plans a new key, with `parent` alone as its parent. */
static void assert_rotates(char device, uint64_t held, uint64_t parent) {
    struct epoch_plan plan;

    assert_int_equal(plan_of(device, held, &plan), RB_OK);
    assert_true(plan.rotate);
    assert_int_equal(plan.grant_count, 0);
    assert_int_equal(plan.head_count, 1);
    assert_memory_equal(plan.heads[0], eid_of(parent), HASH_BYTES);
}

static void assert_no_grants(char device, uint64_t held) {
    struct epoch_plan plan;

    assert_int_equal(plan_of(device, held, &plan), RB_OK);
    assert_int_equal(plan.grant_count, 0);
}

static uint64_t smaller(uint64_t one, uint64_t other) {
    return memcmp(eid_of(one), eid_of(other), HASH_BYTES) < 0 ? one : other;
}

/* ---- Writing under what is there ---- */

static void the_newest_key_is_used(void **state) {
    (void)state;
    assert_uses('a', g | e, e);
    assert_uses('b', g | e, e);
    assert_no_grants('a', g | e);
}

static void concurrent_rotations_converge_on_the_smallest_key(void **state) {
    (void)state;
    uint64_t one = made_epoch(made, 'a', "ab", e, e);
    uint64_t other = made_epoch(made, 'b', "ab", e, e);
    assert_uses('a', e | one | other, smaller(one, other));
    assert_uses('b', e | one | other, smaller(one, other));
}

static void a_key_that_merges_concurrent_ones_is_used(void **state) {
    (void)state;
    uint64_t one = made_epoch(made, 'a', "ab", e, e);
    uint64_t other = made_epoch(made, 'b', "ab", e, e);
    uint64_t merged = made_epoch(made, 'a', "ab", one | other, one | other);
    assert_uses('b', e | one | other | merged, merged);
}

static void a_member_without_any_key_waits(void **state) {
    struct epoch_plan plan;
    (void)state;

    assert_int_equal(plan_of('b', 0, &plan), RB_NO_KEY);
}

static void who_is_no_member_plans_nothing(void **state) {
    struct epoch_plan plan;
    (void)state;

    assert_int_equal(plan_of('x', g | e, &plan), RB_NOT_MEMBER);
    assert_int_equal(plan_of('B', g | e, &plan), RB_NOT_MEMBER);
}

static void a_key_whose_operation_waits_is_not_used(void **state) {
    (void)state;
    uint64_t later = made_epoch(made, 'a', "ab", e, e | MADE_ABSENT);
    assert_uses('b', g | e | later, e);
}

/* ---- Rotation ---- */

static void a_leaving_makes_the_next_writer_rotate(void **state) {
    (void)state;
    made_leave(made, 'b', e);
    assert_rotates('a', g | e, e);
}

static void a_decline_makes_the_next_writer_rotate(void **state) {
    (void)state;
    made_decline(made, 'b', e);
    assert_rotates('a', g | e, e);
}

static void a_removal_makes_the_next_writer_rotate(void **state) {
    (void)state;
    made_remove(made, 'a', 'b', e);
    assert_rotates('a', g | e, e);
}

static void a_revoked_device_makes_the_next_writer_rotate(void **state) {
    struct epoch_plan plan;
    (void)state;

    uint64_t second = made_device_op(made, 'b', 'B', e);
    made_grant(made, 'b', e, "B", second);
    made_revoked(made, 'b', (struct made_revocation) { .of = 'B', .signer = MADE_HIMSELF }, second);
    assert_rotates('a', g | e, e);
    assert_int_equal(plan_of('B', g | e, &plan), RB_NOT_MEMBER);
    assert_int_equal(plan_of('b', g | e, &plan), RB_OK);
}

static void no_key_is_planned_for_who_left(void **state) {
    struct epoch_plan plan;
    (void)state;

    uint64_t gone = made_leave(made, 'b', e);
    assert_int_equal(plan_of('b', g | e, &plan), RB_NOT_MEMBER);
    uint64_t after = made_epoch(made, 'a', "a", e, gone);
    assert_uses('a', g | e | after, after);
    assert_no_grants('a', g | e | after);
}

static void a_rotation_that_missed_a_leaving_is_not_used(void **state) {
    (void)state;
    uint64_t late = made_epoch(made, 'a', "ab", e, e);
    made_leave(made, 'b', e);
    assert_rotates('a', g | e | late, late);
}

static void an_old_key_is_replaced(void **state) {
    (void)state;
    made->ops[made_index(e)].hlc = (uint64_t)(NOW_MS - EPOCH_AGE_MS_MAX - 1) << 16;
    assert_rotates('a', g | e, e);
    made->ops[made_index(e)].hlc = (uint64_t)(NOW_MS - EPOCH_AGE_MS_MAX) << 16;
    assert_uses('a', g | e, e);
}

static void a_key_from_the_future_is_young(void **state) {
    (void)state;
    made->ops[made_index(e)].hlc = (uint64_t)(NOW_MS + 400 * DAY_MS) << 16;
    assert_uses('a', g | e, e);
}

static void two_leavings_at_once_are_merged(void **state) {
    struct epoch_plan plan;
    (void)state;

    uint64_t c = made_add(made, 'a', 'c', CIRCLE_WRITER, e);
    uint64_t both = made_epoch(made, 'a', "abc", e, c);
    uint64_t b_gone = made_leave(made, 'b', both);
    uint64_t c_gone = made_leave(made, 'c', both);
    uint64_t without_b = made_epoch(made, 'a', "ac", both, b_gone);
    uint64_t without_c = made_epoch(made, 'a', "ab", both, c_gone);
    assert_int_equal(plan_of('a', both | without_b | without_c, &plan), RB_OK);
    assert_true(plan.rotate);
    assert_int_equal(plan.head_count, 2);
}

/* ---- Grants ---- */

static void a_newcomer_who_lacks_the_key_is_granted_it(void **state) {
    struct epoch_plan plan;
    (void)state;

    uint64_t c = made_add(made, 'b', 'c', CIRCLE_WRITER, e);
    assert_int_equal(plan_of('a', g | e, &plan), RB_OK);
    assert_int_equal(plan.grant_count, 1);
    assert_memory_equal(plan.grants[0].epoch, eid_of(e), HASH_BYTES);
    assert_true(plan.grants[0].authored_here);
    assert_int_equal(plan.grants[0].missing_count, 1);
    assert_int_equal(plan.grants[0].missing[0], 2);
    assert_int_equal(plan_of('b', g | e, &plan), RB_OK);
    assert_false(plan.grants[0].authored_here);
    made_grant(made, 'a', e, "c", c);
    assert_no_grants('a', g | e);
}

static void a_further_device_is_granted_the_key(void **state) {
    struct epoch_plan plan;
    (void)state;

    uint64_t second = made_device_op(made, 'b', 'B', e);
    assert_int_equal(plan_of('a', g | e, &plan), RB_OK);
    assert_int_equal(plan.grant_count, 1);
    assert_int_equal(plan.grants[0].missing_count, 1);
    assert_int_equal(plan.grants[0].missing[0], 0);
    made_grant(made, 'a', e, "B", second);
    assert_no_grants('a', g | e);
    assert_uses('B', g | e, e);
}

static void who_was_granted_a_key_counts_when_he_leaves(void **state) {
    (void)state;
    uint64_t c = made_add(made, 'b', 'c', CIRCLE_WRITER, e);
    uint64_t granted = made_grant(made, 'a', e, "c", c);
    made_leave(made, 'c', granted);
    assert_rotates('a', g | e, e);
}

static void a_grant_has_at_most_as_many_seals_as_a_body(void **state) {
    struct epoch_plan plan;
    uint64_t last = e;
    (void)state;

    struct circle *circle;
    struct op *ops = rb_alloc(made->count + 100, sizeof *ops);
    memcpy(ops, made->ops, made->count * sizeof *ops);
    made_add(made, 'a', 'c', CIRCLE_WRITER, last);
    for (size_t i = 0; i < 100; i++) {
        ops[3 + i] = made->ops[3];
        ops[3 + i].ref[0] = (uint8_t)i;
        ops[3 + i].person.person[1] = (uint8_t)i;
        ops[3 + i].device.id[1] = (uint8_t)i;
    }
    uint64_t held = g | e;
    uint8_t device[CERT_ID_BYTES];
    made_device(device, 'a');
    circle = circle_fold(ops, 103);
    assert_int_equal(epoch_plan(circle, device, is_held, &held, NOW_MS, &plan), RB_OK);
    assert_int_equal(plan.grants[0].missing_count, SEALS_PER_KEY_BODY_MAX);
    circle_destroy(&circle);
    free(ops);
}

/* ---- Keys that must not steer writers ---- */

static void a_key_of_a_stranger_is_not_used(void **state) {
    (void)state;
    uint64_t foreign = made_epoch(made, 'x', "ab", 0, e);
    assert_uses('a', g | e | foreign, e);
}

static void a_stranger_hides_no_key(void **state) {
    (void)state;
    uint64_t foreign = made_epoch(made, 'x', "abx", g, e);
    assert_uses('a', g | e | foreign, e);
}

/* b writes a key as if he had not left, and names only those who stay. */
static void a_key_of_who_left_is_not_used(void **state) {
    (void)state;
    uint64_t gone = made_leave(made, 'b', e);
    uint64_t after = made_epoch(made, 'a', "a", e, gone);
    uint64_t trap = made_epoch(made, 'b', "a", e, e);
    assert_uses('a', g | e | after | trap, after);
}

/* He names the newest key as a parent, but cannot wrap it: he never had it. */
static void who_left_cannot_cover_a_key_that_he_lacks(void **state) {
    struct epoch_key key;
    (void)state;

    uint64_t gone = made_leave(made, 'b', e);
    uint64_t after = made_epoch(made, 'a', "a", e, gone);
    key = made->keys[made_index(e)];
    key.key[0] ^= 1;
    epoch_key_from(&key, key.key);
    uint64_t trap = made_epoch_of(made, 'b', &key, "a", after, 0, e);
    assert_uses('a', g | e | after | trap, after);
}

static void a_key_that_is_wrapped_but_no_parent_is_not_covered(void **state) {
    struct epoch_plan plan;
    struct epoch_key key;
    (void)state;

    made_key(made, &key);
    uint64_t beside = made_epoch_of(made, 'a', &key, "ab", 0, e, e);
    assert_int_equal(plan_of('a', g | e | beside, &plan), RB_OK);
    assert_int_equal(plan.head_count, 2);
}

static void a_key_that_somebody_sealed_to_himself_stops_nobody(void **state) {
    (void)state;
    uint64_t selfish = made_epoch(made, 'b', "b", e, e);
    assert_uses('a', g | e, e);
    assert_uses('b', g | e | selfish, selfish);
}

/* b publishes e again as if it followed from the newer key: still nothing covers in a ring. */
static void keys_that_cover_each_other_in_a_ring_stop_nobody(void **state) {
    (void)state;
    uint64_t newer = made_epoch(made, 'a', "ab", e, e);
    struct epoch_key key = made->keys[made_index(e)];
    uint64_t ring = made_epoch_of(made, 'b', &key, "ab", newer, newer, newer);
    assert_uses('a', g | e | newer | ring, newer);
}

/* c got a key that wraps e, and left: he can read what is written under e. */
static void a_key_wrapped_for_who_left_is_not_used(void **state) {
    (void)state;
    uint64_t c = made_add(made, 'b', 'c', CIRCLE_WRITER, e);
    uint64_t wide = made_epoch(made, 'b', "abc", e, c);
    made_leave(made, 'c', wide);
    assert_rotates('a', g | e, e);
}

/* x proves that he has the key of e: he wraps it. */
static void a_key_that_a_stranger_turns_out_to_have_is_not_used(void **state) {
    (void)state;
    made_epoch(made, 'x', "x", e, e);
    assert_rotates('a', g | e, e);
}

static void a_key_made_twice_has_the_recipients_of_both(void **state) {
    (void)state;
    struct epoch_key key = made->keys[made_index(e)];
    made_epoch_of(made, 'b', &key, "abx", 0, 0, e);
    assert_rotates('a', g | e, e);
}

static void above_the_limit_of_heads_the_smallest_are_named(void **state) {
    struct epoch_plan plan;
    uint64_t all = e;
    uint64_t least = 0;
    (void)state;

    for (size_t i = 0; i < EPOCH_HEADS_MAX + 4; i++) {
        uint64_t head = made_epoch(made, 'a', "ab", e, e);
        least = least == 0 ? head : smaller(least, head);
        all |= head;
    }
    assert_uses('b', all, least);
    made_leave(made, 'b', all);
    assert_int_equal(plan_of('a', all, &plan), RB_OK);
    assert_true(plan.rotate);
    assert_int_equal(plan.head_count, EPOCH_HEADS_MAX);
    assert_memory_equal(plan.heads[0], eid_of(least), HASH_BYTES);
}

/* b makes keys and seals them to a alone. */
static uint64_t keys_for_a_alone(size_t count) {
    uint64_t keys = 0;

    for (size_t i = 0; i < count; i++) {
        keys |= made_epoch(made, 'b', "a", 0, e);
    }
    return keys;
}

static void the_grant_of_the_key_in_use_goes_first(void **state) {
    struct epoch_plan plan;
    (void)state;

    made_add(made, 'a', 'c', CIRCLE_WRITER, e);
    uint64_t all = e | keys_for_a_alone(8);
    assert_int_equal(plan_of('a', all, &plan), RB_OK);
    assert_int_equal(plan.grant_count, 9);
    assert_memory_equal(plan.grants[0].epoch, plan.use, HASH_BYTES);
    uint8_t used[HASH_BYTES];
    memcpy(used, plan.use, HASH_BYTES);
    for (size_t i = 0; i < made->count; i++) {
        made->ops[i].hlc = memcmp(made->ops[i].epoch, used, HASH_BYTES) == 0 ? 0 : made->ops[i].hlc;
    }
    assert_int_equal(plan_of('a', all, &plan), RB_OK);
    assert_memory_not_equal(plan.use, used, HASH_BYTES);
    assert_memory_equal(plan.grants[0].epoch, plan.use, HASH_BYTES);
}

static void many_keys_that_others_lack_are_merged(void **state) {
    struct epoch_plan plan;
    (void)state;

    uint64_t all = e | keys_for_a_alone(EPOCH_HEADS_MAX - 1);
    uint64_t c = made_add(made, 'a', 'c', CIRCLE_WRITER, e);
    assert_int_equal(plan_of('a', all, &plan), RB_OK);
    assert_true(plan.rotate);
    assert_int_equal(plan.head_count, EPOCH_HEADS_MAX);
    uint64_t merged = made_epoch(made, 'a', "abc", all, c);
    assert_uses('a', all | merged, merged);
    assert_no_grants('a', all | merged);
}

static void many_keys_that_everybody_has_stay_as_they_are(void **state) {
    uint64_t all = e;
    (void)state;

    for (size_t i = 0; i < 2 * EPOCH_HEADS_MAX; i++) {
        all |= made_epoch(made, 'b', "ab", 0, e);
    }
    struct epoch_plan plan;
    assert_int_equal(plan_of('a', all, &plan), RB_OK);
    assert_false(plan.rotate);
    assert_int_equal(plan.grant_count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_newest_key_is_used),
        TEST(concurrent_rotations_converge_on_the_smallest_key),
        TEST(a_key_that_merges_concurrent_ones_is_used),
        TEST(a_member_without_any_key_waits),
        TEST(who_is_no_member_plans_nothing),
        TEST(a_key_whose_operation_waits_is_not_used),
        TEST(a_leaving_makes_the_next_writer_rotate),
        TEST(a_decline_makes_the_next_writer_rotate),
        TEST(a_removal_makes_the_next_writer_rotate),
        TEST(a_revoked_device_makes_the_next_writer_rotate),
        TEST(no_key_is_planned_for_who_left),
        TEST(a_rotation_that_missed_a_leaving_is_not_used),
        TEST(an_old_key_is_replaced),
        TEST(a_key_from_the_future_is_young),
        TEST(two_leavings_at_once_are_merged),
        TEST(a_newcomer_who_lacks_the_key_is_granted_it),
        TEST(a_further_device_is_granted_the_key),
        TEST(who_was_granted_a_key_counts_when_he_leaves),
        TEST(a_grant_has_at_most_as_many_seals_as_a_body),
        TEST(a_key_of_a_stranger_is_not_used),
        TEST(a_stranger_hides_no_key),
        TEST(a_key_of_who_left_is_not_used),
        TEST(who_left_cannot_cover_a_key_that_he_lacks),
        TEST(a_key_that_is_wrapped_but_no_parent_is_not_covered),
        TEST(a_key_that_somebody_sealed_to_himself_stops_nobody),
        TEST(keys_that_cover_each_other_in_a_ring_stop_nobody),
        TEST(a_key_wrapped_for_who_left_is_not_used),
        TEST(a_key_that_a_stranger_turns_out_to_have_is_not_used),
        TEST(a_key_made_twice_has_the_recipients_of_both),
        TEST(above_the_limit_of_heads_the_smallest_are_named),
        TEST(the_grant_of_the_key_in_use_goes_first),
        TEST(many_keys_that_others_lack_are_merged),
        TEST(many_keys_that_everybody_has_stay_as_they_are),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
