/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/membership.h"
#include "tests/support/people.h"

#include <string.h>

static struct people people;
static char page[TRANSCRIPT_BYTES];

static int three_people(void **state) {
    (void)state;
    people_new(&people, 3);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

static enum rb_status new_group(const char *name, uint8_t circle[static HASH_BYTES]) {
    return group_new(people.stores[AYU], span_text(name), NULL, people_now(&people), circle);
}

static enum rb_status invite(size_t by, size_t whom, const uint8_t circle[static HASH_BYTES]) {
    return group_invite(people.stores[by], circle, people_id(&people, whom), people_now(&people));
}

static bool count_each(void *context, const struct group_row *row) {
    (void)row;
    ++*(size_t *)context;
    return true;
}

static size_t groups_of(size_t who, bool all) {
    size_t count = 0;

    assert_int_equal(group_each(people.stores[who], all, count_each, &count), RB_OK);
    return count;
}

static enum group_state state_at(size_t who, const uint8_t circle[static HASH_BYTES]) {
    struct group_row row;

    assert_int_equal(group_get(people.stores[who], circle, &row), RB_OK);
    return row.state;
}

/* ---- Making ---- */

static void a_new_group_has_its_founder_as_only_member(void **state) {
    uint8_t circle[HASH_BYTES];
    struct group_row row;
    (void)state;

    assert_int_equal(new_group("Balai Melati", circle), RB_OK);
    assert_int_equal(group_get(people.stores[AYU], circle, &row), RB_OK);
    assert_string_equal(row.name, "Balai Melati");
    assert_int_equal(row.state, GROUP_ACCEPTED);
    assert_int_equal(row.members, 1);
    assert_int_equal(row.number, 1);
    people_roll(&people, AYU, circle, page);
    assert_string_equal(page, "Ayu 3 accepted\n");
}

static void a_second_group_of_one_name_is_refused(void **state) {
    uint8_t circle[HASH_BYTES];
    (void)state;

    assert_int_equal(new_group("Balai Melati", circle), RB_OK);
    assert_int_equal(new_group("balai melati", circle), RB_EXISTS);
    assert_int_equal(new_group(" Balai", circle), RB_MALFORMED);
    assert_int_equal(groups_of(AYU, true), 1);
}

/* ---- Inviting ---- */

static void an_invitation_arrives_with_name_and_people(void **state) {
    uint8_t circle[HASH_BYTES];
    struct group_row row;
    (void)state;

    assert_int_equal(new_group("Balai Melati", circle), RB_OK);
    assert_int_equal(invite(AYU, BAYU, circle), RB_OK);
    assert_int_equal(groups_of(BAYU, true), 0);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(group_get(people.stores[BAYU], circle, &row), RB_OK);
    assert_string_equal(row.name, "Balai Melati");
    assert_int_equal(row.state, GROUP_INVITED);
    people_roll(&people, BAYU, circle, page);
    assert_string_equal(page, "Ayu 3 accepted\nBayu 2 invited\n");
    assert_int_equal(groups_of(CITRA, true), 0);
}

static void nobody_is_invited_twice(void **state) {
    uint8_t circle[HASH_BYTES];
    (void)state;

    assert_int_equal(new_group("Balai Melati", circle), RB_OK);
    assert_int_equal(invite(AYU, BAYU, circle), RB_OK);
    assert_int_equal(invite(AYU, BAYU, circle), RB_EXISTS);
    assert_int_equal(invite(AYU, AYU, circle), RB_EXISTS);
}

static void only_contacts_can_be_invited(void **state) {
    const uint8_t nobody[HASH_BYTES] = { 7 };
    uint8_t circle[HASH_BYTES];
    struct log_line before, after;
    (void)state;

    assert_int_equal(new_group("Balai Melati", circle), RB_OK);
    assert_true(people_own_log(&people, AYU, circle, &before));
    assert_int_equal(group_invite(people.stores[AYU], circle, nobody, people_now(&people)),
                     RB_NOT_FOUND);
    assert_true(people_own_log(&people, AYU, circle, &after));
    assert_int_equal(before.head, after.head);
}

static void who_is_only_invited_cannot_invite(void **state) {
    uint8_t circle[HASH_BYTES];
    (void)state;

    assert_int_equal(new_group("Balai Melati", circle), RB_OK);
    assert_int_equal(invite(AYU, BAYU, circle), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(invite(BAYU, CITRA, circle), RB_NOT_ACCEPTED);
}

static void every_member_can_invite(void **state) {
    uint8_t circle[HASH_BYTES];
    (void)state;

    people_group(&people, 2, circle);
    assert_int_equal(invite(BAYU, CITRA, circle), RB_OK);
    people_meet(&people, BAYU, CITRA);
    assert_int_equal(group_accept(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet_all(&people);
    people_roll(&people, AYU, circle, page);
    assert_string_equal(page, "Ayu 3 accepted\nBayu 2 accepted\nCitra 2 accepted\n");
}

/* ---- Answering ---- */

static void accepting_is_seen_by_the_others(void **state) {
    uint8_t circle[HASH_BYTES];
    (void)state;

    assert_int_equal(new_group("Balai Melati", circle), RB_OK);
    assert_int_equal(invite(AYU, BAYU, circle), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(group_accept(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    assert_int_equal(group_accept(people.stores[BAYU], circle, people_now(&people)), RB_EXISTS);
    assert_int_equal(group_decline(people.stores[BAYU], circle, people_now(&people)), RB_REFUSED);
    people_meet(&people, AYU, BAYU);
    people_roll(&people, AYU, circle, page);
    assert_string_equal(page, "Ayu 3 accepted\nBayu 2 accepted\n");
}

static void declining_is_seen_by_the_others(void **state) {
    uint8_t circle[HASH_BYTES];
    (void)state;

    assert_int_equal(new_group("Balai Melati", circle), RB_OK);
    assert_int_equal(invite(AYU, BAYU, circle), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(group_leave(people.stores[BAYU], circle, people_now(&people)),
                     RB_NOT_ACCEPTED);
    assert_int_equal(group_decline(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    assert_int_equal(groups_of(BAYU, false), 0);
    assert_int_equal(groups_of(BAYU, true), 1);
    people_meet(&people, AYU, BAYU);
    people_roll(&people, AYU, circle, page);
    assert_string_equal(page, "Ayu 3 accepted\nBayu 2 declined\n");
}

static void leaving_is_seen_by_the_others(void **state) {
    uint8_t circle[HASH_BYTES];
    (void)state;

    people_group(&people, 3, circle);
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_NOT_MEMBER);
    assert_int_equal(state_at(CITRA, circle), GROUP_LEFT);
    people_meet(&people, BAYU, CITRA);
    people_meet(&people, AYU, BAYU);
    people_roll(&people, AYU, circle, page);
    assert_string_equal(page, "Ayu 3 accepted\nBayu 2 accepted\nCitra 2 left\n");
}

static void who_declined_can_be_invited_again(void **state) {
    uint8_t circle[HASH_BYTES];
    (void)state;

    assert_int_equal(new_group("Balai Melati", circle), RB_OK);
    assert_int_equal(invite(AYU, BAYU, circle), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(group_decline(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(invite(AYU, BAYU, circle), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(state_at(BAYU, circle), GROUP_INVITED);
    assert_int_equal(group_accept(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    assert_int_equal(state_at(BAYU, circle), GROUP_ACCEPTED);
}

/* ---- Parts of a circle ---- */

static void a_group_may_be_a_part_of_another(void **state) {
    const uint8_t none[HASH_BYTES] = { 0 };
    uint8_t parent[HASH_BYTES], child[HASH_BYTES];
    struct group_row row;
    (void)state;

    assert_int_equal(new_group("Balai Melati", parent), RB_OK);
    assert_int_equal(
        group_new(people.stores[AYU], span_text("Rapat kasus"), parent, people_now(&people), child),
        RB_OK);
    assert_int_equal(group_get(people.stores[AYU], child, &row), RB_OK);
    assert_memory_equal(row.parent, parent, HASH_BYTES);
    assert_string_equal(row.parent_name, "Balai Melati");
    assert_int_equal(group_get(people.stores[AYU], parent, &row), RB_OK);
    assert_memory_equal(row.parent, none, HASH_BYTES);
    assert_string_equal(row.parent_name, "");

    /* Who belongs to the part only, does not learn what the whole is called. */
    assert_int_equal(invite(AYU, BAYU, child), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(group_get(people.stores[BAYU], child, &row), RB_OK);
    assert_memory_equal(row.parent, parent, HASH_BYTES);
    assert_string_equal(row.parent_name, "");
    assert_int_equal(group_get(people.stores[BAYU], parent, &row), RB_NOT_FOUND);
    assert_int_equal(views_rebuild(people.stores[BAYU]), RB_OK);
    assert_int_equal(group_get(people.stores[BAYU], child, &row), RB_OK);
    assert_memory_equal(row.parent, parent, HASH_BYTES);
}

static void a_part_is_made_by_who_belongs_to_the_whole(void **state) {
    const uint8_t nowhere[HASH_BYTES] = { 9 };
    uint8_t parent[HASH_BYTES], child[HASH_BYTES];
    (void)state;

    assert_int_equal(new_group("Balai Melati", parent), RB_OK);
    assert_int_equal(
        group_new(people.stores[BAYU], span_text("Rapat"), parent, people_now(&people), child),
        RB_NOT_MEMBER);
    assert_int_equal(
        group_new(people.stores[AYU], span_text("Rapat"), nowhere, people_now(&people), child),
        RB_NOT_MEMBER);
    assert_int_equal(group_leave(people.stores[AYU], parent, people_now(&people)), RB_OK);
    assert_int_equal(
        group_new(people.stores[AYU], span_text("Rapat"), parent, people_now(&people), child),
        RB_NOT_MEMBER);
    assert_int_equal(groups_of(AYU, true), 1);
}

/* ---- Removals ---- */

static void who_was_removed_sees_it_so(void **state) {
    uint8_t circle[HASH_BYTES];
    struct refusal refusal;
    struct group_row row;
    (void)state;

    people_group(&people, 3, circle);
    assert_int_equal(membership_remove(people.stores[AYU], circle, people_id(&people, CITRA),
                                       people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(state_at(CITRA, circle), GROUP_REMOVED);
    assert_int_equal(groups_of(CITRA, false), 0);
    assert_int_equal(groups_of(CITRA, true), 1);
    assert_int_equal(group_get(people.stores[AYU], circle, &row), RB_OK);
    assert_int_equal(row.members, 2);
    assert_int_equal(row.waiting, 0);
}

static bool keep_person(void *context, const struct group_person *person) {
    struct group_person *kept = context;
    size_t place = 0;

    while (memcmp(people_id(&people, place), person->person, HASH_BYTES) != 0) {
        place++;
    }
    kept[place] = *person;
    return true;
}

static void the_list_of_people_tells_who_added_and_removed_whom_and_until_when(void **state) {
    struct group_person list[3];
    uint8_t circle[HASH_BYTES];
    struct refusal refusal;
    int64_t until_s = people.now_ms / 1000 + 3600;
    (void)state;

    people_group(&people, 2, circle);
    assert_int_equal(membership_add(people.stores[BAYU], circle, people_id(&people, CITRA),
                                    CIRCLE_WRITER, until_s, people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(people_each(people.stores[AYU], circle, keep_person, list), RB_OK);
    assert_memory_equal(list[BAYU].by, people_id(&people, AYU), HASH_BYTES);
    assert_memory_equal(list[CITRA].by, people_id(&people, BAYU), HASH_BYTES);
    assert_int_equal(list[CITRA].until_s, until_s);
    assert_int_equal(list[CITRA].role, CIRCLE_WRITER);
    assert_int_equal(list[BAYU].until_s, 0);
    assert_int_equal(list[AYU].rank, RANK_WORKER);
    assert_false(list[AYU].formal);
    assert_false(list[AYU].writes_twice);
    assert_int_equal(membership_remove(people.stores[AYU], circle, people_id(&people, CITRA),
                                       people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
    assert_int_equal(people_each(people.stores[AYU], circle, keep_person, list), RB_OK);
    assert_int_equal(list[CITRA].state, MEMBER_REMOVED);
    assert_memory_equal(list[CITRA].by, people_id(&people, AYU), HASH_BYTES);
}

/* ---- Numbers ---- */

static bool note_number(void *context, const struct group_row *row) {
    int64_t *numbers = context;

    numbers[row->name[0] - 'A'] = row->number;
    return true;
}

static void numbers_endure(void **state) {
    int64_t before[26] = { 0 }, after[26] = { 0 };
    uint8_t circle[HASH_BYTES], second[HASH_BYTES];
    (void)state;

    assert_int_equal(new_group("Anggrek", circle), RB_OK);
    assert_int_equal(new_group("Bakung", second), RB_OK);
    assert_int_equal(group_each(people.stores[AYU], true, note_number, before), RB_OK);
    assert_int_equal(group_leave(people.stores[AYU], circle, people_now(&people)), RB_OK);
    assert_int_equal(new_group("Cempaka", circle), RB_OK);
    people_reopen(&people, AYU);
    assert_int_equal(views_rebuild(people.stores[AYU]), RB_OK);
    assert_int_equal(group_each(people.stores[AYU], true, note_number, after), RB_OK);
    assert_int_equal(before[0], after[0]);
    assert_int_equal(before[1], after[1]);
    assert_int_equal(after[2], 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, three_people, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_new_group_has_its_founder_as_only_member),
        TEST(a_second_group_of_one_name_is_refused),
        TEST(an_invitation_arrives_with_name_and_people),
        TEST(nobody_is_invited_twice),
        TEST(only_contacts_can_be_invited),
        TEST(who_is_only_invited_cannot_invite),
        TEST(every_member_can_invite),
        TEST(accepting_is_seen_by_the_others),
        TEST(declining_is_seen_by_the_others),
        TEST(leaving_is_seen_by_the_others),
        TEST(who_declined_can_be_invited_again),
        TEST(a_group_may_be_a_part_of_another),
        TEST(a_part_is_made_by_who_belongs_to_the_whole),
        TEST(who_was_removed_sees_it_so),
        TEST(the_list_of_people_tells_who_added_and_removed_whom_and_until_when),
        TEST(numbers_endure),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
