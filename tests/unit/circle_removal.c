/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who removes whom: the properties that the fold promises about seniority. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/circle_scene.h"

/* ---- Arranging: a founds; b, c and d are invited one after the other ---- */

static uint64_t g, b, c, d;

static void found(enum circle_role b_role, enum circle_role c_role, enum circle_role d_role) {
    g = made_genesis(made, 'a', 0);
    b = made_add(made, 'a', 'b', b_role, g);
    c = made_add(made, 'a', 'c', c_role, b);
    d = made_add(made, 'a', 'd', d_role, c);
}

static void found_managers(void) {
    found(CIRCLE_MANAGER, CIRCLE_MANAGER, CIRCLE_MANAGER);
}

/* Letters by office 1, under the anchor of the circle, from here on. */
static void letters(enum cert_rank rank) {
    made->office = '1';
    made->rank = rank;
}

static void assert_in(char letter) {
    struct member member;

    assert_true(scene_member(letter, &member));
    assert_true(member_is_in(&member));
}

/* ---- Removing ---- */

static void who_is_removed_is_out(void **state) {
    (void)state;
    found_managers();
    made_remove(made, 'a', 'd', d);
    assert_member('d', CIRCLE_MANAGER, MEMBER_REMOVED);
    assert_by('d', 'a');
    assert_false(is_recipient('d'));
    assert_true(is_recipient('c'));
}

static void only_a_manager_removes(void **state) {
    (void)state;
    found(CIRCLE_WRITER, CIRCLE_WRITER, CIRCLE_WRITER);
    made_remove(made, 'b', 'd', d);
    made_remove(made, 'x', 'd', d);
    assert_in('d');
}

static void nobody_removes_whom_he_does_not_know(void **state) {
    (void)state;
    found_managers();
    made_remove(made, 'b', 'd', c);
    assert_in('d');
}

static void a_manager_removes_a_writer_who_came_before_him(void **state) {
    (void)state;
    found(CIRCLE_WRITER, CIRCLE_MANAGER, CIRCLE_WRITER);
    made_remove(made, 'c', 'b', d);
    assert_out('b', MEMBER_REMOVED);
}

static void a_junior_never_removes_a_senior(void **state) {
    (void)state;
    found_managers();
    made_remove(made, 'c', 'b', d);
    made_remove(made, 'b', 'a', d);
    assert_in('b');
    assert_in('a');
    assert_int_equal(may_remove('c', 'b'), RULE_SENIOR);
    assert_int_equal(may_remove('b', 'c'), RULE_ALLOWED);
}

static void of_two_who_remove_each_other_exactly_the_senior_stays(void **state) {
    (void)state;
    found_managers();
    made_remove(made, 'c', 'b', d);
    made_remove(made, 'b', 'c', d);
    assert_in('b');
    assert_out('c', MEMBER_REMOVED);
}

/* d was removed by c, who had been removed by b and did not know. */
static void in_a_ring_of_removals_only_those_by_present_members_count(void **state) {
    (void)state;
    found_managers();
    made_remove(made, 'b', 'c', d);
    made_remove(made, 'c', 'd', d);
    made_remove(made, 'd', 'b', d);
    assert_in('b');
    assert_out('c', MEMBER_REMOVED);
    assert_in('d');
}

static void who_was_removed_by_two_is_removed(void **state) {
    (void)state;
    found_managers();
    made_remove(made, 'a', 'd', d);
    made_remove(made, 'b', 'd', d);
    assert_out('d', MEMBER_REMOVED);
}

/* ---- What the removed did ---- */

static void what_a_removed_person_does_not_knowing_it_counts_for_nothing(void **state) {
    (void)state;
    found_managers();
    made_remove(made, 'b', 'c', d);
    uint64_t p = made_add(made, 'c', 'p', CIRCLE_MANAGER, d);
    made_add(made, 'p', 'q', CIRCLE_READER, p);
    made_remove(made, 'c', 'd', d);
    made_adopt(made, 'c', (struct made_locks) { 'd', 1, 9 }, d);
    assert_unheard_of('p');
    assert_unheard_of('q');
    assert_in('d');
    const struct op_lock *adopted;
    struct circle *circle = fold();
    assert_int_equal(circle_adopted(circle, &adopted), 0);
    circle_destroy(&circle);
}

static void what_a_removed_person_did_before_stays(void **state) {
    (void)state;
    found_managers();
    uint64_t p = made_add(made, 'c', 'p', CIRCLE_READER, d);
    uint64_t gone = made_remove(made, 'c', 'd', p);
    uint64_t adopted = made_adopt(made, 'c', (struct made_locks) { 'd', 1, 9 }, gone);
    made_remove(made, 'b', 'c', adopted);
    assert_out('c', MEMBER_REMOVED);
    assert_in('p');
    assert_out('d', MEMBER_REMOVED);
    const struct op_lock *heads;
    struct circle *circle = fold();
    assert_int_equal(circle_adopted(circle, &heads), 1);
    circle_destroy(&circle);
}

static void what_is_done_after_a_removal_counts_for_nothing(void **state) {
    (void)state;
    found_managers();
    uint64_t gone = made_remove(made, 'b', 'c', d);
    made_add(made, 'c', 'p', CIRCLE_READER, gone);
    made_remove(made, 'c', 'd', gone);
    assert_unheard_of('p');
    assert_in('d');
}

/* c, removed by b, makes the reader x a manager after the fact; x would then remove b. */
static void a_removed_manager_promotes_nobody(void **state) {
    (void)state;
    g = made_genesis(made, 'a', 0);
    uint64_t x = made_add(made, 'a', 'x', CIRCLE_READER, g);
    b = made_add(made, 'a', 'b', CIRCLE_MANAGER, x);
    c = made_add(made, 'a', 'c', CIRCLE_MANAGER, b);
    made_remove(made, 'b', 'c', c);
    uint64_t up = made_add(made, 'c', 'x', CIRCLE_MANAGER, c);
    made_remove(made, 'x', 'b', up);
    assert_member('x', CIRCLE_READER, MEMBER_INVITED);
    assert_in('b');
    assert_out('c', MEMBER_REMOVED);
}

static void what_does_not_count_in_the_end_removes_nobody(void **state) {
    (void)state;
    found_managers();
    uint64_t p = made_add(made, 'c', 'p', CIRCLE_MANAGER, d);
    made_remove(made, 'p', 'd', p);
    made_remove(made, 'b', 'c', d);
    assert_unheard_of('p');
    assert_in('d');
}

/* ---- Coming back ---- */

static void a_removal_wins_against_an_add_that_does_not_know_it(void **state) {
    (void)state;
    found_managers();
    made_remove(made, 'b', 'd', d);
    made_add(made, 'a', 'd', CIRCLE_MANAGER, d);
    made_add(made, 'c', 'd', CIRCLE_READER, d);
    assert_out('d', MEMBER_REMOVED);
}

/* ... unless who gives it is above who takes it. */
static void a_higher_role_given_by_a_senior_is_not_taken_by_a_junior(void **state) {
    (void)state;
    found_managers();
    made_remove(made, 'b', 'd', d);
    made_add(made, 'a', 'd', CIRCLE_OWNER, d);
    assert_member('d', CIRCLE_OWNER, MEMBER_INVITED);
}

static void whoever_is_added_again_after_a_removal_is_in(void **state) {
    (void)state;
    found_managers();
    uint64_t gone = made_remove(made, 'a', 'b', d);
    made_add(made, 'c', 'b', CIRCLE_READER, gone);
    assert_member('b', CIRCLE_READER, MEMBER_INVITED);
    assert_by('b', 'c');
}

static void who_came_back_can_be_removed_again(void **state) {
    (void)state;
    found_managers();
    uint64_t gone = made_remove(made, 'a', 'd', d);
    uint64_t back = made_add(made, 'b', 'd', CIRCLE_MANAGER, gone);
    uint64_t again = made_remove(made, 'c', 'd', back);
    assert_out('d', MEMBER_REMOVED);
    assert_by('d', 'c');
    made_add(made, 'b', 'd', CIRCLE_WRITER, again);
    assert_member('d', CIRCLE_WRITER, MEMBER_INVITED);
}

/* What b did beside his removal stays void when he comes back, even with more than he had. */
static void coming_back_undoes_no_removal(void **state) {
    (void)state;
    found_managers();
    uint64_t gone = made_remove(made, 'b', 'c', d);
    uint64_t p = made_add(made, 'c', 'p', CIRCLE_READER, d);
    made_add(made, 'a', 'c', CIRCLE_OWNER, gone | p);
    assert_member('c', CIRCLE_OWNER, MEMBER_INVITED);
    assert_unheard_of('p');
}

static void a_better_letter_undoes_no_removal(void **state) {
    (void)state;
    made->anchored = true;
    letters(RANK_WORKER);
    found_managers();
    uint64_t gone = made_remove(made, 'b', 'c', d);
    letters(RANK_SUPERVISOR);
    made_add(made, 'a', 'c', CIRCLE_READER, gone);
    assert_member('c', CIRCLE_READER, MEMBER_INVITED);
}

static void a_promotion_does_not_make_old_removals_count(void **state) {
    (void)state;
    found_managers();
    uint64_t vain = made_remove(made, 'c', 'b', d);
    made_add(made, 'a', 'c', CIRCLE_OWNER, vain);
    assert_in('b');
    assert_int_equal(may_remove('c', 'b'), RULE_ALLOWED);
    made_remove(made, 'c', 'b', vain | UINT64_C(1) << (made->count - 1));
    assert_out('b', MEMBER_REMOVED);
}

/* ---- Authors who go ---- */

static void a_removal_is_not_undone_by_its_authors_own_later_leaving(void **state) {
    (void)state;
    found_managers();
    uint64_t gone = made_remove(made, 'b', 'd', d);
    made_leave(made, 'b', gone);
    assert_out('b', MEMBER_LEFT);
    assert_out('d', MEMBER_REMOVED);
}

static void a_removal_is_not_undone_by_its_authors_own_later_removal(void **state) {
    (void)state;
    found_managers();
    uint64_t gone = made_remove(made, 'b', 'd', d);
    made_remove(made, 'a', 'b', gone);
    assert_out('b', MEMBER_REMOVED);
    assert_out('d', MEMBER_REMOVED);
}

static void a_leaving_beside_a_removal_undoes_it(void **state) {
    (void)state;
    found_managers();
    made->log = 1;
    made_remove(made, 'b', 'c', d);
    made->log = 2;
    made_remove(made, 'b', 'd', d);
    made->log = 0;
    made_end(made, OP_REMOVE, 'b', 1u << 1, 100, d);
    assert_in('c');
    assert_in('d');
}

static void who_left_is_not_said_to_be_removed_by_an_earlier_removal(void **state) {
    (void)state;
    found_managers();
    uint64_t gone = made_remove(made, 'b', 'd', d);
    uint64_t back = made_add(made, 'c', 'd', CIRCLE_WRITER, gone);
    made_leave(made, 'd', back);
    assert_out('d', MEMBER_LEFT);
    assert_by('d', 'a');
}

/* ---- Seniority ---- */

static void a_backdated_add_makes_nobody_older_than_who_added_him(void **state) {
    (void)state;
    found_managers();
    uint64_t p = made_add(made, 'd', 'p', CIRCLE_MANAGER, d);
    made_remove(made, 'p', 'c', p);
    made_remove(made, 'p', 'd', p);
    assert_in('c');
    assert_in('d');
}

static void who_has_the_better_letter_removes_who_was_there_before(void **state) {
    (void)state;
    made->anchored = true;
    letters(RANK_WORKER);
    g = made_genesis(made, 'a', 0);
    b = made_add(made, 'a', 'b', CIRCLE_OWNER, g);
    letters(RANK_SUPERVISOR);
    c = made_add(made, 'b', 'c', CIRCLE_MANAGER, b);
    assert_int_equal(may_remove('a', 'c'), RULE_SENIOR);
    made_remove(made, 'c', 'a', c);
    made_remove(made, 'b', 'c', c);
    assert_out('a', MEMBER_REMOVED);
    assert_in('c');
}

static void a_letter_of_another_network_gives_no_rank(void **state) {
    (void)state;
    made->anchored = true;
    letters(RANK_WORKER);
    g = made_genesis(made, 'a', 0);
    letters(RANK_PROVINCE);
    made->foreign = true;
    b = made_add(made, 'a', 'b', CIRCLE_OWNER, g);
    made_remove(made, 'b', 'a', b);
    assert_in('a');
    struct member member;
    assert_true(scene_member('b', &member));
    assert_int_equal(member.rank, RANK_NONE);
}

static void without_an_anchor_letters_give_no_rank(void **state) {
    (void)state;
    g = made_genesis(made, 'a', 0);
    letters(RANK_PROVINCE);
    b = made_add(made, 'a', 'b', CIRCLE_OWNER, g);
    made_remove(made, 'b', 'a', b);
    assert_in('a');
    struct member member;
    assert_true(scene_member('b', &member));
    assert_int_equal(member.rank, RANK_WORKER);
}

/* ---- When no manager is left ---- */

static void who_owns_a_circle_without_managers_removes_and_invites(void **state) {
    (void)state;
    found(CIRCLE_WRITER, CIRCLE_MANAGER, CIRCLE_READER);
    uint64_t a_gone = made_leave(made, 'a', d);
    uint64_t c_gone = made_leave(made, 'c', d);
    assert_member('b', CIRCLE_OWNER, MEMBER_INVITED);
    assert_int_equal(may_remove('b', 'd'), RULE_ALLOWED);
    made_remove(made, 'b', 'd', a_gone | c_gone);
    made_add(made, 'b', 'e', CIRCLE_MANAGER, a_gone | c_gone);
    assert_out('d', MEMBER_REMOVED);
    assert_member('e', CIRCLE_MANAGER, MEMBER_INVITED);
}

static void nobody_owns_a_circle_whose_managers_he_does_not_know_to_be_gone(void **state) {
    (void)state;
    found(CIRCLE_WRITER, CIRCLE_MANAGER, CIRCLE_READER);
    uint64_t a_gone = made_leave(made, 'a', d);
    made_leave(made, 'c', d);
    made_remove(made, 'b', 'd', a_gone);
    assert_in('d');
}

/* b counts as owner because c removed d, a manager: what b gives is not asked about before that. */
static void even_an_owner_whom_such_an_owner_makes_stands(void **state) {
    (void)state;
    found(CIRCLE_WRITER, CIRCLE_MANAGER, CIRCLE_MANAGER);
    uint64_t d_gone = made_remove(made, 'c', 'd', d);
    uint64_t c_gone = made_leave(made, 'c', d_gone);
    uint64_t a_gone = made_leave(made, 'a', d);
    assert_member('b', CIRCLE_OWNER, MEMBER_INVITED);
    uint64_t e = made_add(made, 'b', 'e', CIRCLE_OWNER, c_gone | a_gone);
    assert_member('e', CIRCLE_OWNER, MEMBER_INVITED);
    made_add(made, 'e', 'f', CIRCLE_OWNER, e);
    assert_member('f', CIRCLE_OWNER, MEMBER_INVITED);
}

/* x, a reader with the better letter, is reached before the founder. */
static void a_better_letter_makes_no_reader_an_owner(void **state) {
    (void)state;
    made->anchored = true;
    letters(RANK_WORKER);
    g = made_genesis(made, 'a', 0);
    letters(RANK_SUPERVISOR);
    uint64_t x = made_add(made, 'a', 'x', CIRCLE_READER, g);
    letters(RANK_WORKER);
    c = made_add(made, 'a', 'c', CIRCLE_READER, x);
    uint64_t gone = made_leave(made, 'c', c);
    made_remove(made, 'x', 'a', gone);
    assert_member('a', CIRCLE_OWNER, MEMBER_ACCEPTED);
    assert_member('x', CIRCLE_READER, MEMBER_INVITED);
}

/* ---- Who may ---- */

static void each_rule_says_why_not(void **state) {
    (void)state;
    found(CIRCLE_MANAGER, CIRCLE_MANAGER, CIRCLE_WRITER);
    uint64_t e = made_add(made, 'a', 'e', CIRCLE_READER, d);
    made_leave(made, 'e', e);
    assert_int_equal(may_add('x', 'y', CIRCLE_READER), RULE_MEMBERS);
    assert_int_equal(may_add('e', 'y', CIRCLE_READER), RULE_MEMBERS);
    assert_int_equal(may_add('d', 'y', CIRCLE_READER), RULE_MANAGERS);
    assert_int_equal(may_add('b', 'y', CIRCLE_OWNER), RULE_ROLE);
    assert_int_equal(may_add('b', 'd', CIRCLE_WRITER), RULE_PRESENT);
    assert_int_equal(may_add('b', 'd', CIRCLE_MANAGER), RULE_ALLOWED);
    assert_int_equal(may_add('b', 'e', CIRCLE_READER), RULE_ALLOWED);
    assert_int_equal(may_remove('e', 'd'), RULE_MEMBERS);
    assert_int_equal(may_remove('d', 'b'), RULE_MANAGERS);
    assert_int_equal(may_remove('d', 'd'), RULE_ALLOWED);
    assert_int_equal(may_remove('b', 'e'), RULE_ABSENT);
    assert_int_equal(may_remove('c', 'b'), RULE_SENIOR);
    assert_int_equal(may_remove('c', 'd'), RULE_ALLOWED);
    assert_int_equal(may_adopt('d'), RULE_MANAGERS);
    assert_int_equal(may_adopt('e'), RULE_MEMBERS);
    assert_int_equal(may_adopt('c'), RULE_ALLOWED);
}

/* ---- Friends with better letters ---- */

/* Anchored; a founds without a letter, b manages with one of `rank`, and removes a. */
static uint64_t removed_founder(enum cert_rank rank) {
    made->anchored = true;
    g = made_genesis(made, 'a', 0);
    letters(rank);
    b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    return made_remove(made, 'b', 'a', b);
}

static void who_was_removed_wins_nothing_back_by_a_friend_with_a_better_letter(void **state) {
    (void)state;
    uint64_t gone = removed_founder(RANK_SUPERVISOR);
    letters(RANK_PROVINCE);
    uint64_t knowing = made_add(made, 'a', 'x', CIRCLE_OWNER, gone);
    uint64_t beside = made_add(made, 'a', 'y', CIRCLE_OWNER, b);
    made_remove(made, 'x', 'b', knowing);
    made_remove(made, 'y', 'b', beside);
    assert_out('a', MEMBER_REMOVED);
    assert_in('b');
}

static void nor_by_a_friend_of_that_friend(void **state) {
    (void)state;
    (void)removed_founder(RANK_SUPERVISOR);
    letters(RANK_WORKER);
    uint64_t friend = made_add(made, 'a', 'x', CIRCLE_MANAGER, b);
    letters(RANK_PROVINCE);
    uint64_t other = made_add(made, 'x', 'y', CIRCLE_MANAGER, friend);
    made_remove(made, 'y', 'b', other);
    assert_out('a', MEMBER_REMOVED);
    assert_in('b');
}

static void a_juniors_removal_does_not_keep_a_founder_from_bringing_a_supervisor(void **state) {
    (void)state;
    made->anchored = true;
    g = made_genesis(made, 'a', 0);
    b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    uint64_t tried = made_remove(made, 'b', 'a', b);
    letters(RANK_SUPERVISOR);
    made_add(made, 'a', 's', CIRCLE_MANAGER, tried);
    made_add(made, 'a', 't', CIRCLE_MANAGER, b);
    assert_in('s');
    assert_in('t');
}

/* Through whom somebody came must come to an end, also where an owner by default adds himself. */
static void who_adds_himself_with_a_better_letter_ends_no_fold(void **state) {
    (void)state;
    made->anchored = true;
    g = made_genesis(made, 'a', 0);
    d = made_add(made, 'a', 'd', CIRCLE_READER, g);
    uint64_t left = made_leave(made, 'a', d);
    letters(RANK_WORKER);
    c = made_add(made, 'd', 'c', CIRCLE_READER, left);
    made->office = 0;
    b = made_add(made, 'd', 'b', CIRCLE_MANAGER, c);
    letters(RANK_PROVINCE);
    made_add(made, 'b', 'b', CIRCLE_MANAGER, b);
    assert_in('d');
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_begin, scene_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_was_removed_wins_nothing_back_by_a_friend_with_a_better_letter),
        TEST(nor_by_a_friend_of_that_friend),
        TEST(a_juniors_removal_does_not_keep_a_founder_from_bringing_a_supervisor),
        TEST(who_adds_himself_with_a_better_letter_ends_no_fold),
        TEST(who_is_removed_is_out),
        TEST(only_a_manager_removes),
        TEST(nobody_removes_whom_he_does_not_know),
        TEST(a_manager_removes_a_writer_who_came_before_him),
        TEST(a_junior_never_removes_a_senior),
        TEST(of_two_who_remove_each_other_exactly_the_senior_stays),
        TEST(in_a_ring_of_removals_only_those_by_present_members_count),
        TEST(who_was_removed_by_two_is_removed),
        TEST(what_a_removed_person_does_not_knowing_it_counts_for_nothing),
        TEST(what_a_removed_person_did_before_stays),
        TEST(what_is_done_after_a_removal_counts_for_nothing),
        TEST(a_removed_manager_promotes_nobody),
        TEST(what_does_not_count_in_the_end_removes_nobody),
        TEST(a_removal_wins_against_an_add_that_does_not_know_it),
        TEST(a_higher_role_given_by_a_senior_is_not_taken_by_a_junior),
        TEST(whoever_is_added_again_after_a_removal_is_in),
        TEST(who_came_back_can_be_removed_again),
        TEST(coming_back_undoes_no_removal),
        TEST(a_better_letter_undoes_no_removal),
        TEST(a_promotion_does_not_make_old_removals_count),
        TEST(a_removal_is_not_undone_by_its_authors_own_later_leaving),
        TEST(a_removal_is_not_undone_by_its_authors_own_later_removal),
        TEST(a_leaving_beside_a_removal_undoes_it),
        TEST(who_left_is_not_said_to_be_removed_by_an_earlier_removal),
        TEST(a_backdated_add_makes_nobody_older_than_who_added_him),
        TEST(who_has_the_better_letter_removes_who_was_there_before),
        TEST(a_letter_of_another_network_gives_no_rank),
        TEST(without_an_anchor_letters_give_no_rank),
        TEST(who_owns_a_circle_without_managers_removes_and_invites),
        TEST(nobody_owns_a_circle_whose_managers_he_does_not_know_to_be_gone),
        TEST(even_an_owner_whom_such_an_owner_makes_stands),
        TEST(a_better_letter_makes_no_reader_an_owner),
        TEST(each_rule_says_why_not),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
