/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the fold says of content: with which role it counts, what waits, what is adopted, and when
 * all of it has to be judged again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/circle_scene.h"

#include <string.h>

/* ---- Arranging: a founds, b writes, m manages ---- */

static uint64_t g, b, m;

static void found(void) {
    g = made_genesis(made, 'a', 0);
    b = made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    m = made_add(made, 'a', 'm', CIRCLE_MANAGER, b);
}

/* ---- Removed authors ---- */

static void content_within_the_locks_of_a_removal_counts(void **state) {
    enum circle_role role = CIRCLE_READER;
    (void)state;

    found();
    uint64_t gone = made_remove_locked(made, 'a', 'b', 1u << 0, 7, m);
    assert_int_equal(role_of_event('b', 0, 7, m, &role), RB_OK);
    assert_int_equal(role, CIRCLE_WRITER);
    assert_int_equal(role_of_event('b', 0, 8, m, &role), RB_REFUSED);
    assert_int_equal(role_of_event('b', 1, 1, m, &role), RB_REFUSED);
    assert_int_equal(role_of_event('b', 0, 7, gone, &role), RB_REFUSED);
    uint64_t again = made_add(made, 'a', 'b', CIRCLE_READER, gone);
    assert_int_equal(role_of_event('b', 0, 8, again, &role), RB_OK);
    assert_int_equal(role, CIRCLE_READER);
    assert_int_equal(role_of_event('b', 0, 8, m, &role), RB_REFUSED);
}

static void a_removal_that_does_not_count_leaves_content_alone(void **state) {
    enum circle_role role = CIRCLE_READER;
    (void)state;

    found();
    made_remove(made, 'm', 'a', m);
    assert_int_equal(role_of_event('a', 0, 99, m, &role), RB_OK);
    assert_int_equal(role, CIRCLE_OWNER);
}

static void who_was_never_added_is_told_from_who_was(void **state) {
    enum circle_role role = CIRCLE_READER;
    (void)state;

    found();
    assert_int_equal(role_of_event('x', 0, 1, m, &role), RB_NOT_MEMBER);
    assert_int_equal(role_of_event('m', 0, 1, b, &role), RB_NOT_MEMBER);
    assert_int_equal(role_of_event('m', 0, 1, MADE_ABSENT, &role), RB_NOT_FOUND);
}

static void former_role_of(char letter, enum rb_status expected, enum circle_role role) {
    struct circle *circle = fold();
    enum circle_role found_role = CIRCLE_READER;
    uint8_t person[HASH_BYTES];

    made_person(person, letter);
    assert_int_equal(circle_former_role(circle, person, &found_role), expected);
    assert_int_equal(found_role, role);
    circle_destroy(&circle);
}

static void adopted_content_counts_with_the_highest_role_ever_given(void **state) {
    (void)state;
    found();
    uint64_t up = made_add(made, 'a', 'b', CIRCLE_MANAGER, m);
    made_remove(made, 'a', 'b', up);
    former_role_of('b', RB_OK, CIRCLE_MANAGER);
    former_role_of('x', RB_NOT_MEMBER, CIRCLE_READER);
}

/* ---- Adopting ---- */

static size_t adopted_count(void) {
    const struct op_lock *heads;
    struct circle *circle = fold();
    size_t count = circle_adopted(circle, &heads);

    for (size_t i = 1; i < count; i++) {
        assert_true(memcmp(heads[i - 1].log, heads[i].log, LOG_PK_BYTES) <= 0);
    }
    circle_destroy(&circle);
    return count;
}

static void a_manager_adopts_and_each_head_is_told_once(void **state) {
    (void)state;
    found();
    made_adopt(made, 'm', (struct made_locks) { 'b', 3u, 5 }, m);
    assert_int_equal(adopted_count(), 2);
    made_adopt(made, 'a', (struct made_locks) { 'b', 1u, 5 }, m);
    assert_int_equal(adopted_count(), 2);
    made_adopt(made, 'a', (struct made_locks) { 'b', 1u, 6 }, m);
    assert_int_equal(adopted_count(), 3);
}

static void nobody_else_adopts(void **state) {
    (void)state;
    found();
    made_adopt(made, 'b', (struct made_locks) { 'b', 1u, 5 }, m);
    made_adopt(made, 'x', (struct made_locks) { 'b', 1u, 5 }, m);
    assert_int_equal(adopted_count(), 0);
}

static void an_adoption_that_the_remover_knew_stays(void **state) {
    (void)state;
    found();
    uint64_t adopted = made_adopt(made, 'm', (struct made_locks) { 'b', 1u, 5 }, m);
    made_remove(made, 'a', 'm', adopted);
    assert_int_equal(adopted_count(), 1);
    made_adopt(made, 'm', (struct made_locks) { 'b', 2u, 5 }, m);
    assert_int_equal(adopted_count(), 1);
}

/* ---- The verdict ---- */

static void verdict_of(uint8_t verdict[static HASH_BYTES]) {
    struct circle *circle = fold();

    memcpy(verdict, circle_verdict(circle), HASH_BYTES);
    circle_destroy(&circle);
}

/* True if the verdict is another one than at the last call. */
static bool verdict_changed(void) {
    static uint8_t last[HASH_BYTES];
    uint8_t now[HASH_BYTES];

    verdict_of(now);
    bool changed = memcmp(last, now, HASH_BYTES) != 0;
    memcpy(last, now, HASH_BYTES);
    return changed;
}

static void an_invitation_or_a_key_does_not_change_the_verdict(void **state) {
    (void)state;
    found();
    (void)verdict_changed();
    uint64_t c = made_add(made, 'a', 'c', CIRCLE_WRITER, m);
    made_accept(made, 'c', c);
    uint64_t e = made_epoch(made, 'a', "abcm", g, c);
    made_grant(made, 'b', e, "c", c);
    made_device_op(made, 'b', 'B', c);
    assert_false(verdict_changed());
}

static void what_makes_content_wait_or_count_changes_the_verdict(void **state) {
    (void)state;
    found();
    (void)verdict_changed();
    made_remove(made, 'a', 'b', m);
    assert_true(verdict_changed());
    made_leave(made, 'm', m);
    assert_true(verdict_changed());
    made_revoked(made, 'a', (struct made_revocation) { .of = 'A', .signer = MADE_HIMSELF }, m);
    assert_true(verdict_changed());
    made_adopt(made, 'a', (struct made_locks) { 'b', 1u, 5 }, m);
    assert_true(verdict_changed());
    assert_false(verdict_changed());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_begin, scene_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(content_within_the_locks_of_a_removal_counts),
        TEST(a_removal_that_does_not_count_leaves_content_alone),
        TEST(who_was_never_added_is_told_from_who_was),
        TEST(adopted_content_counts_with_the_highest_role_ever_given),
        TEST(a_manager_adopts_and_each_head_is_told_once),
        TEST(nobody_else_adopts),
        TEST(an_adoption_that_the_remover_knew_stays),
        TEST(an_invitation_or_a_key_does_not_change_the_verdict),
        TEST(what_makes_content_wait_or_count_changes_the_verdict),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
