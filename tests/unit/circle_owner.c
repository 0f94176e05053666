/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A circle whose managers are all gone: the most senior member counts as owner.  What he gives
 * makes nobody senior to who was there before: it is decided after what ended their time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/circle_scene.h"

/* a founds, invites b, c and d as readers, and leaves; then b counts as owner. */
static uint64_t orphan(void) {
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_READER, g);
    uint64_t c = made_add(made, 'a', 'c', CIRCLE_READER, b);
    uint64_t d = made_add(made, 'a', 'd', CIRCLE_READER, c);

    return made_leave(made, 'a', d);
}

/* ... who removes c, invites him again, and leaves too. */
static uint64_t orphan_twice(void) {
    uint64_t removed = made_remove(made, 'b', 'c', orphan());
    uint64_t again = made_add(made, 'b', 'c', CIRCLE_READER, removed);

    return made_leave(made, 'b', again);
}

static bool is_in(char letter) {
    struct member member;

    return scene_member(letter, &member) && member_is_in(&member);
}

static void who_came_back_is_no_owner_before_who_stayed(void **state) {
    (void)state;
    uint64_t left = orphan_twice();
    assert_member('d', CIRCLE_OWNER, MEMBER_INVITED);
    made_add(made, 'c', 'c', CIRCLE_OWNER, left);
    made_add(made, 'c', 'x', CIRCLE_MANAGER, left);
    assert_member('c', CIRCLE_READER, MEMBER_INVITED);
    assert_unheard_of('x');
    assert_member('d', CIRCLE_OWNER, MEMBER_INVITED);
}

static void who_stayed_invites_whom_he_likes(void **state) {
    (void)state;
    made_add(made, 'd', 'x', CIRCLE_OWNER, orphan_twice());
    assert_member('x', CIRCLE_OWNER, MEMBER_INVITED);
}

static void who_was_removed_makes_himself_no_owner_when_his_remover_has_left(void **state) {
    (void)state;
    uint64_t removed = made_remove(made, 'b', 'c', orphan());
    uint64_t left = made_leave(made, 'b', removed);
    made_add(made, 'c', 'c', CIRCLE_OWNER, left);
    assert_out('c', MEMBER_REMOVED);
    assert_member('d', CIRCLE_OWNER, MEMBER_INVITED);
}

static void a_founder_who_came_back_as_a_reader_is_no_older_by_what_he_left(void **state) {
    (void)state;
    uint64_t back = made_add(made, 'b', 'a', CIRCLE_READER, orphan());
    uint64_t removed = made_remove(made, 'b', 'c', made_remove(made, 'b', 'd', back));
    uint64_t left = made_leave(made, 'b', removed);
    assert_member('a', CIRCLE_OWNER, MEMBER_ACCEPTED);
    made_add(made, 'a', 'c', CIRCLE_WRITER, left);
    assert_true(is_in('c'));
}

static void such_an_owner_removes_whom_he_gave_more_than_he_has_himself(void **state) {
    (void)state;
    uint64_t x = made_add(made, 'b', 'x', CIRCLE_WRITER, orphan());
    assert_int_equal(may_remove('b', 'x'), RULE_ALLOWED);
    made_remove(made, 'b', 'x', x);
    assert_out('x', MEMBER_REMOVED);
}

/* He came before those who removed the managers: a removal by him is decided too early. */
static void an_owner_by_default_with_a_better_letter_is_told_whom_he_cannot_remove(void **state) {
    (void)state;
    made->anchored = true;
    made->office = '1';
    made->rank = RANK_WORKER;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    uint64_t c = made_add(made, 'a', 'c', CIRCLE_READER, b);
    made->rank = RANK_PROVINCE;
    uint64_t d = made_add(made, 'a', 'd', CIRCLE_WRITER, c);
    uint64_t left = made_leave(made, 'a', made_remove(made, 'a', 'b', d));
    assert_member('d', CIRCLE_OWNER, MEMBER_INVITED);
    assert_int_equal(may_remove('d', 'c'), RULE_SENIOR);
    made_remove(made, 'd', 'c', left);
    assert_true(is_in('c'));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_begin, scene_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_came_back_is_no_owner_before_who_stayed),
        TEST(who_stayed_invites_whom_he_likes),
        TEST(who_was_removed_makes_himself_no_owner_when_his_remover_has_left),
        TEST(a_founder_who_came_back_as_a_reader_is_no_older_by_what_he_left),
        TEST(such_an_owner_removes_whom_he_gave_more_than_he_has_himself),
        TEST(an_owner_by_default_with_a_better_letter_is_told_whom_he_cannot_remove),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
