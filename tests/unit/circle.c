/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/circle_scene.h"

#include <stdlib.h>
#include <string.h>

/* ---- Joining ---- */

static void the_creator_owns_his_circle(void **state) {
    (void)state;
    made_genesis(made, 'a', 0);
    assert_member('a', CIRCLE_OWNER, MEMBER_ACCEPTED);
}

static void nobody_is_in_an_empty_circle(void **state) {
    (void)state;
    assert_unheard_of('a');
}

static void who_is_invited_has_not_accepted_yet(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    assert_member('b', CIRCLE_WRITER, MEMBER_INVITED);
}

static void who_accepts_has_accepted(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    made_accept(made, 'b', b);
    assert_member('b', CIRCLE_WRITER, MEMBER_ACCEPTED);
}

static void an_old_acceptance_is_none_of_a_new_invitation(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    uint64_t yes = made_accept(made, 'b', b);
    uint64_t gone = made_leave(made, 'b', yes);
    made_add(made, 'a', 'b', CIRCLE_WRITER, gone);
    assert_member('b', CIRCLE_WRITER, MEMBER_INVITED);
}

/* It comes late in the order of the fold, but does not know the new invitation. */
static void a_late_acceptance_is_none_of_an_invitation_that_it_does_not_know(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    uint64_t gone = made_leave(made, 'b', b);
    made_add(made, 'a', 'b', CIRCLE_WRITER, gone);
    uint64_t c = made_add(made, 'a', 'c', CIRCLE_WRITER, b);
    uint64_t d = made_add(made, 'a', 'd', CIRCLE_WRITER, c);
    made_accept(made, 'b', d);
    assert_member('b', CIRCLE_WRITER, MEMBER_INVITED);
}

static void a_writer_cannot_invite(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    made_add(made, 'b', 'c', CIRCLE_READER, b);
    assert_unheard_of('c');
}

static void a_manager_invites(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    made_add(made, 'b', 'c', CIRCLE_MANAGER, b);
    assert_member('c', CIRCLE_MANAGER, MEMBER_INVITED);
}

static void nobody_gives_a_role_above_his_own(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    made_add(made, 'b', 'c', CIRCLE_OWNER, b);
    assert_unheard_of('c');
}

static void a_promotion_is_an_invitation_with_a_higher_role(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    uint64_t up = made_add(made, 'a', 'b', CIRCLE_MANAGER, b);
    assert_member('b', CIRCLE_MANAGER, MEMBER_INVITED);
    made_add(made, 'a', 'b', CIRCLE_READER, up);
    assert_member('b', CIRCLE_MANAGER, MEMBER_INVITED);
}

static void of_two_concurrent_invitations_the_higher_role_counts(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    made_add(made, 'a', 'c', CIRCLE_READER, b);
    made_add(made, 'b', 'c', CIRCLE_WRITER, b);
    assert_member('c', CIRCLE_WRITER, MEMBER_INVITED);
}

static void a_stranger_cannot_join_by_inviting_himself(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    made_add(made, 'x', 'x', CIRCLE_OWNER, g);
    made_add(made, 'x', 'x', CIRCLE_OWNER, 0);
    made_genesis(made, 'x', g);
    assert_unheard_of('x');
}

static void a_genesis_in_the_name_of_another_is_none(void **state) {
    (void)state;
    made_genesis(made, 'a', 0);
    made_person(made->ops[0].author, 'x');
    assert_unheard_of('a');
}

static void a_genesis_of_a_device_that_it_does_not_name_is_none(void **state) {
    (void)state;
    made_genesis(made, 'a', 0);
    made_device(made->ops[0].author_device, 'A');
    assert_unheard_of('a');
}

static void any_device_of_a_person_speaks_for_him(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    made_add(made, 'A', 'b', CIRCLE_WRITER, g);
    assert_member('b', CIRCLE_WRITER, MEMBER_INVITED);
    assert_by('b', 'a');
}

static void a_guest_stays_until_the_latest_end_that_he_was_given(void **state) {
    struct member member;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    made->until_s = 100;
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_READER, g);
    assert_int_equal(may_add('a', 'b', CIRCLE_READER), RULE_ALLOWED);
    made->until_s = 300;
    uint64_t longer = made_add(made, 'a', 'b', CIRCLE_READER, b);
    assert_true(scene_member('b', &member));
    assert_int_equal(member.until_s, 300);
    made->until_s = 0;
    made_add(made, 'a', 'b', CIRCLE_READER, longer);
    assert_true(scene_member('b', &member));
    assert_int_equal(member.until_s, 0);
    assert_int_equal(may_add('a', 'b', CIRCLE_READER), RULE_PRESENT);
}

/* ---- Leaving ---- */

static void who_leaves_is_out(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    made_leave(made, 'b', b);
    assert_out('b', MEMBER_LEFT);
}

static void who_declines_is_out(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    made_decline(made, 'b', b);
    assert_out('b', MEMBER_DECLINED);
}

static void leaving_wins_against_a_concurrent_invitation(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t m = made_add(made, 'a', 'm', CIRCLE_MANAGER, g);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_WRITER, m);
    made_add(made, 'm', 'b', CIRCLE_WRITER, m);
    made_leave(made, 'b', b);
    assert_out('b', MEMBER_LEFT);
}

static void a_new_invitation_after_leaving_counts(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    uint64_t gone = made_leave(made, 'b', b);
    made_add(made, 'a', 'b', CIRCLE_READER, gone);
    assert_member('b', CIRCLE_READER, MEMBER_INVITED);
}

static void who_left_cannot_invite_afterwards(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    uint64_t gone = made_leave(made, 'b', b);
    made_add(made, 'b', 'c', CIRCLE_WRITER, gone);
    assert_unheard_of('c');
}

static void whom_somebody_invited_stays_when_he_leaves(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    uint64_t c = made_add(made, 'b', 'c', CIRCLE_WRITER, b);
    made_leave(made, 'b', b | c);
    assert_member('c', CIRCLE_WRITER, MEMBER_INVITED);
}

static void every_circle_has_a_manager(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t d = made_add(made, 'a', 'd', CIRCLE_READER, g);
    uint64_t c = made_add(made, 'a', 'c', CIRCLE_WRITER, d);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_WRITER, c);
    uint64_t gone = made_leave(made, 'a', b);
    assert_member('c', CIRCLE_OWNER, MEMBER_INVITED);
    assert_member('b', CIRCLE_WRITER, MEMBER_INVITED);
    assert_member('d', CIRCLE_READER, MEMBER_INVITED);
    made_add(made, 'c', 'e', CIRCLE_WRITER, gone);
    assert_member('e', CIRCLE_WRITER, MEMBER_INVITED);
}

/* ---- Writing after one has left ---- */

/* a founds, b manages; b leaves from log 0, and lists his logs in `numbers`, up to `seq`. */
static struct { uint64_t g, b, gone; } left;

static void b_leaves(unsigned numbers, uint64_t seq) {
    left.g = made_genesis(made, 'a', 0);
    left.b = made_add(made, 'a', 'b', CIRCLE_MANAGER, left.g);
    left.gone = made_end(made, OP_REMOVE, 'b', numbers, seq, left.b);
}

static uint64_t b_adds(char target, uint8_t log, uint64_t seq) {
    made->log = log;
    uint64_t add = made_add(made, 'b', target, CIRCLE_MANAGER, left.b);
    made->ops[made->count - 1].seq = seq;
    made->log = 0;
    return add;
}

static void somebody_who_left_cannot_invite_with_a_new_log(void **state) {
    (void)state;
    b_leaves(0, 0);
    b_adds('p', 1, 2);
    assert_unheard_of('p');
    assert_int_equal(recipient_count(), 1);
}

/* He may have forked it: a lock says where a log ended, not what stands in it. */
static void nor_in_a_log_that_he_listed(void **state) {
    (void)state;
    b_leaves(1u << 1, 7);
    b_adds('p', 1, 8);
    b_adds('q', 1, 7);
    assert_unheard_of('p');
    assert_unheard_of('q');
}

static void nor_can_he_after_declining(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    left.b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    made_end(made, OP_DECLINE, 'b', 1u << 1, 3, left.b);
    b_adds('p', 1, 3);
    assert_unheard_of('p');
}

static void what_puppets_of_a_departed_did_falls_with_them(void **state) {
    (void)state;
    b_leaves(0, 0);
    uint64_t p = b_adds('p', 1, 2);
    uint64_t yes = made_accept(made, 'p', p);
    uint64_t q = made_add(made, 'p', 'q', CIRCLE_MANAGER, yes);
    made_add(made, 'q', 'r', CIRCLE_READER, q);
    assert_unheard_of('p');
    assert_unheard_of('q');
    assert_unheard_of('r');
    assert_int_equal(recipient_count(), 1);
}

/* b was invited as a writer; the puppet of somebody who left makes him a manager. */
static void a_role_from_a_puppet_is_none(void **state) {
    (void)state;
    b_leaves(0, 0);
    uint64_t w = made_add(made, 'a', 'w', CIRCLE_WRITER, left.b);
    uint64_t raised = b_adds('w', 1, 2);
    made_add(made, 'w', 'x', CIRCLE_READER, w | raised);
    assert_member('w', CIRCLE_WRITER, MEMBER_INVITED);
    assert_unheard_of('x');
}

static void a_second_leaving_cannot_widen_the_first(void **state) {
    (void)state;
    b_leaves(0, 0);
    made->log = 1;
    made_end(made, OP_REMOVE, 'b', 1u << 2, 100, left.b);
    b_adds('p', 2, 2);
    assert_unheard_of('p');
}

static void somebody_invited_again_writes_anew(void **state) {
    (void)state;
    b_leaves(0, 0);
    uint64_t again = made_add(made, 'a', 'b', CIRCLE_MANAGER, left.gone);
    made->log = 1;
    uint64_t yes = made_accept(made, 'b', again);
    made_add(made, 'b', 'c', CIRCLE_WRITER, yes);
    assert_member('b', CIRCLE_MANAGER, MEMBER_ACCEPTED);
    assert_member('c', CIRCLE_WRITER, MEMBER_INVITED);
}

static void what_is_written_after_leaving_is_no_head(void **state) {
    (void)state;
    b_leaves(0, 0);
    uint64_t p = b_adds('p', 1, 2);
    made_accept(made, 'p', p);
    assert_heads(left.gone);
}

/* ---- Sets, orders, waiting ---- */

static void order_of_arrival_does_not_matter(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    uint64_t c = made_add(made, 'b', 'c', CIRCLE_WRITER, b);
    made_leave(made, 'b', b | c);
    struct op *backwards = rb_alloc(made->count, sizeof *backwards);
    for (size_t i = 0; i < made->count; i++) {
        backwards[i] = made->ops[made->count - 1 - i];
    }
    struct circle *one = fold();
    struct circle *other = circle_fold(backwards, made->count);
    const struct member *people;
    const struct member *same_people;
    assert_int_equal(circle_people(one, &people), 3);
    assert_int_equal(circle_people(other, &same_people), 3);
    assert_memory_equal(people, same_people, 3 * sizeof *people);
    free(backwards);
    circle_destroy(&one);
    circle_destroy(&other);
}

static void duplicates_change_nothing(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    made_leave(made, 'b', b);
    struct circle *once = fold();
    memcpy(&made->ops[3], &made->ops[0], 3 * sizeof made->ops[0]);
    struct circle *twice = circle_fold(made->ops, 6);
    const struct member *people;
    const struct member *same_people;
    assert_int_equal(circle_people(once, &people), 2);
    assert_int_equal(circle_people(twice, &same_people), 2);
    assert_memory_equal(people, same_people, 2 * sizeof *people);
    assert_memory_equal(circle_verdict(once), circle_verdict(twice), HASH_BYTES);
    circle_destroy(&once);
    circle_destroy(&twice);
}

static void an_operation_waits_for_its_dependency(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g | MADE_ABSENT);
    made_add(made, 'b', 'c', CIRCLE_WRITER, b);
    struct circle *circle = fold();
    assert_int_equal(circle_waiting(circle), 2);
    circle_destroy(&circle);
    assert_unheard_of('b');
    assert_unheard_of('c');
}

static void operations_that_wait_for_each_other_wait_for_ever(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    made_add(made, 'a', 'b', CIRCLE_WRITER, g | UINT64_C(1) << 2);
    made_add(made, 'a', 'c', CIRCLE_WRITER, g | UINT64_C(1) << 1);
    made_add(made, 'a', 'd', CIRCLE_WRITER, g | UINT64_C(1) << 3);
    struct circle *circle = fold();
    assert_int_equal(circle_waiting(circle), 3);
    circle_destroy(&circle);
    assert_member('a', CIRCLE_OWNER, MEMBER_ACCEPTED);
}

static void members_are_listed_by_seniority_and_before_who_left(void **state) {
    const char expected[] = "acdb";
    const struct member *people;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    uint64_t gone = made_leave(made, 'b', b);
    uint64_t d = made_add(made, 'a', 'd', CIRCLE_READER, gone);
    made_add(made, 'a', 'c', CIRCLE_MANAGER, d);
    struct circle *circle = fold();
    assert_int_equal(circle_people(circle, &people), 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(people[i].person[0], expected[i]);
    }
    circle_destroy(&circle);
}

/* ---- Views and heads ---- */

static enum rb_status role_at(char letter, uint64_t op, enum circle_role *role) {
    return role_of_event(letter, 0, 1, op, role);
}

static void content_of_who_left_is_refused_beyond_his_locks(void **state) {
    enum circle_role role = CIRCLE_READER;
    (void)state;

    b_leaves(1u << 1, 5);
    uint64_t p = b_adds('p', 2, 2);
    assert_int_equal(role_of_event('b', 0, 2, left.b, &role), RB_OK);
    assert_int_equal(role_of_event('b', 0, 9, left.b, &role), RB_REFUSED);
    assert_int_equal(role_of_event('b', 1, 5, left.b, &role), RB_OK);
    assert_int_equal(role_of_event('b', 1, 6, left.b, &role), RB_REFUSED);
    assert_int_equal(role_of_event('b', 2, 1, left.b, &role), RB_REFUSED);
    assert_int_equal(role_of_event('b', 2, 1, left.gone, &role), RB_REFUSED);
    assert_int_equal(role_of_event('p', 0, 2, p, &role), RB_REFUSED);
    assert_int_equal(role_of_event('x', 0, 2, p, &role), RB_NOT_MEMBER);
    uint64_t again = made_add(made, 'a', 'b', CIRCLE_WRITER, left.gone);
    assert_int_equal(role_of_event('b', 2, 1, again, &role), RB_OK);
    assert_int_equal(role, CIRCLE_WRITER);
}

static void a_role_is_judged_by_what_the_author_knew(void **state) {
    enum circle_role role = CIRCLE_READER;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    uint64_t gone = made_leave(made, 'b', b);
    assert_int_equal(role_at('b', g, &role), RB_NOT_MEMBER);
    assert_int_equal(role_at('b', b, &role), RB_OK);
    assert_int_equal(role, CIRCLE_MANAGER);
    assert_int_equal(role_at('b', gone, &role), RB_REFUSED);
    assert_int_equal(role_at('b', MADE_ABSENT, &role), RB_NOT_FOUND);
}

static void heads_are_what_nothing_depends_on(void **state) {
    uint8_t heads[4][REF_BYTES];
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    uint64_t c = made_add(made, 'a', 'c', CIRCLE_WRITER, g);
    assert_heads(b | c);
    struct circle *circle = fold();
    assert_int_equal(circle_heads(circle, heads, 4), 2);
    assert_true(memcmp(heads[0], heads[1], REF_BYTES) < 0);
    assert_int_equal(circle_heads(circle, heads, 1), 1);
    circle_destroy(&circle);
}

/* Leavings cost nothing: whoever writes many must not hide what managers do. */
static void what_managers_do_stands_before_leavings_among_the_heads(void **state) {
    uint8_t heads[8][REF_BYTES];
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    for (uint8_t i = 0; i < 6; i++) {
        made->log = i;
        made_leave(made, 'b', b);
    }
    uint64_t c = made_add(made, 'a', 'c', CIRCLE_WRITER, b);
    uint64_t yes = made_accept(made, 'c', c);
    struct circle *circle = fold();
    assert_int_equal(circle_heads(circle, heads, 8), 7);
    assert_memory_equal(heads[6], made->ops[made_index(yes)].ref, REF_BYTES);
    circle_destroy(&circle);
    made_remove(made, 'a', 'c', c);
    circle = fold();
    assert_int_equal(circle_heads(circle, heads, 8), 7);
    assert_memory_equal(heads[0], made->ops[made->count - 1].ref, REF_BYTES);
    circle_destroy(&circle);
}

static void membership_stands_before_keys_among_the_heads(void **state) {
    uint8_t heads[4][REF_BYTES];
    uint8_t expected[REF_BYTES];
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    made_grant(made, 'a', g, "a", g);
    made_grant(made, 'a', g, "a", g);
    made_grant(made, 'a', g, "a", g);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    made_ref(expected, made_index(b));
    struct circle *circle = fold();
    assert_int_equal(circle_heads(circle, heads, 4), 4);
    assert_memory_equal(heads[0], expected, REF_BYTES);
    circle_destroy(&circle);
}

static void a_stranger_is_no_head_and_hides_none(void **state) {
    (void)state;
    uint64_t g = made_genesis(made, 'a', 0);
    made_accept(made, 'x', g);
    made_add(made, 'x', 'y', CIRCLE_OWNER, g);
    assert_heads(g);
}

/* ---- Recipients ---- */

static void a_device_has_the_seal_key_of_its_highest_generation(void **state) {
    const struct recipient *recipients;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    made->ops[1].seal.generation = 9;
    struct circle *circle = fold();
    assert_int_equal(circle_recipients(circle, &recipients), 2);
    assert_int_equal(recipients[1].device[0], 'b');
    assert_memory_equal(recipients[1].seal_key, made->ops[1].seal.public, BOX_PUBLIC_BYTES);
    circle_destroy(&circle);
}

static void who_comes_back_with_a_new_device_loses_the_old(void **state) {
    const struct recipient *recipients;
    (void)state;

    uint64_t g = made_genesis(made, 'a', 0);
    uint64_t b = made_add(made, 'a', 'b', CIRCLE_WRITER, g);
    uint64_t gone = made_leave(made, 'b', b);
    made_add(made, 'a', 'B', CIRCLE_WRITER, gone);
    struct circle *circle = fold();
    assert_int_equal(circle_recipients(circle, &recipients), 2);
    assert_int_equal(recipients[0].device[0], 'B');
    assert_int_equal(recipients[1].device[0], 'a');
    circle_destroy(&circle);
}

static void destroying_nothing_is_fine(void **state) {
    struct circle *circle = NULL;
    (void)state;

    circle_destroy(&circle);
    circle = circle_fold(NULL, 0);
    circle_destroy(&circle);
    circle_destroy(&circle);
    assert_null(circle);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_begin, scene_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_creator_owns_his_circle),
        TEST(nobody_is_in_an_empty_circle),
        TEST(who_is_invited_has_not_accepted_yet),
        TEST(who_accepts_has_accepted),
        TEST(an_old_acceptance_is_none_of_a_new_invitation),
        TEST(a_late_acceptance_is_none_of_an_invitation_that_it_does_not_know),
        TEST(a_writer_cannot_invite),
        TEST(a_manager_invites),
        TEST(nobody_gives_a_role_above_his_own),
        TEST(a_promotion_is_an_invitation_with_a_higher_role),
        TEST(of_two_concurrent_invitations_the_higher_role_counts),
        TEST(a_stranger_cannot_join_by_inviting_himself),
        TEST(a_genesis_in_the_name_of_another_is_none),
        TEST(a_genesis_of_a_device_that_it_does_not_name_is_none),
        TEST(any_device_of_a_person_speaks_for_him),
        TEST(a_guest_stays_until_the_latest_end_that_he_was_given),
        TEST(who_leaves_is_out),
        TEST(who_declines_is_out),
        TEST(leaving_wins_against_a_concurrent_invitation),
        TEST(a_new_invitation_after_leaving_counts),
        TEST(who_left_cannot_invite_afterwards),
        TEST(whom_somebody_invited_stays_when_he_leaves),
        TEST(every_circle_has_a_manager),
        TEST(somebody_who_left_cannot_invite_with_a_new_log),
        TEST(nor_in_a_log_that_he_listed),
        TEST(nor_can_he_after_declining),
        TEST(what_puppets_of_a_departed_did_falls_with_them),
        TEST(a_role_from_a_puppet_is_none),
        TEST(a_second_leaving_cannot_widen_the_first),
        TEST(somebody_invited_again_writes_anew),
        TEST(what_is_written_after_leaving_is_no_head),
        TEST(order_of_arrival_does_not_matter),
        TEST(duplicates_change_nothing),
        TEST(an_operation_waits_for_its_dependency),
        TEST(operations_that_wait_for_each_other_wait_for_ever),
        TEST(members_are_listed_by_seniority_and_before_who_left),
        TEST(content_of_who_left_is_refused_beyond_his_locks),
        TEST(a_role_is_judged_by_what_the_author_knew),
        TEST(heads_are_what_nothing_depends_on),
        TEST(what_managers_do_stands_before_leavings_among_the_heads),
        TEST(membership_stands_before_keys_among_the_heads),
        TEST(a_stranger_is_no_head_and_hides_none),
        TEST(a_device_has_the_seal_key_of_its_highest_generation),
        TEST(who_comes_back_with_a_new_device_loses_the_old),
        TEST(destroying_nothing_is_fine),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
