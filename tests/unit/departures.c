/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who has gone out of a circle lately, as each of its people is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/contacts.h"
#include "store/departures.h"
#include "store/membership.h"
#include "store/views.h"
#include "tests/support/people.h"

#include <stdio.h>
#include <string.h>

enum { HOUR_S = 3600 };

static struct people people;
static uint8_t circle[HASH_BYTES];
static char page[1024];

/* A group of Ayu, Bayu and Citra, in this order of seniority; Dimas is outside. */
static int a_group_of_three(void **state) {
    (void)state;
    people_new(&people, 4);
    people_group(&people, 3, circle);
    people_meet_all(&people);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

static void remove_person(size_t by, size_t whom) {
    struct refusal refusal;

    assert_int_equal(membership_remove(people.stores[by], circle, people_id(&people, whom),
                                       people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
}

static void add_person(size_t by, size_t whom, enum circle_role role, int64_t until_s) {
    struct refusal refusal;

    assert_int_equal(membership_add(people.stores[by], circle, people_id(&people, whom), role,
                                    until_s, people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
    people_meet(&people, by, whom);
    assert_int_equal(group_accept(people.stores[whom], circle, people_now(&people)), RB_OK);
    people_meet_all(&people);
}

/* "Bayu removed by Ayu\n", with what else there is to it. */
static bool write_row(void *context, const struct departure *row) {
    char *end = page + strlen(page), name[NAME_BYTES_MAX + 1];
    size_t who = *(const size_t *)context;

    assert_int_equal(person_name(people.stores[who], row->who.by, name), RB_OK);
    assert_true(row->known_ms > 0 && row->known_ms <= people.now_ms);
    (void)snprintf(end, sizeof page - strlen(page), "%s %s%s%s%s\n", row->who.name,
                   row->is_guest_over                 ? "guest over, by "
                   : row->who.state == MEMBER_REMOVED ? "removed by "
                                                      : "left",
                   row->who.state == MEMBER_REMOVED ? name : "", row->is_self ? ", self" : "",
                   row->is_ours ? ", ours" : "");
    return true;
}

static const char *told(size_t who, int64_t since_ms) {
    page[0] = '\0';
    assert_int_equal(departures_each(people.stores[who], circle, since_ms, write_row, &who), RB_OK);
    return page;
}

static size_t reached(size_t who, size_t whom) {
    struct departure row;

    assert_int_equal(departure_find(people.stores[who], circle, people_id(&people, whom), &row),
                     RB_OK);
    assert_true(row.is_ours);
    assert_int_equal(row.others, 1);
    return row.reached;
}

/* ---- Tests ---- */

static void a_removal_is_told_to_all_who_hear_of_it(void **state) {
    (void)state;

    remove_person(AYU, BAYU);
    assert_string_equal(told(CITRA, 0), "");
    people_meet_all(&people);
    assert_string_equal(told(AYU, 0), "Bayu removed by Ayu, ours\n");
    assert_string_equal(told(BAYU, 0), "Bayu removed by Ayu, self\n");
    assert_string_equal(told(CITRA, 0), "Bayu removed by Ayu\n");
}

static void it_is_told_by_when_it_was_heard_of_and_not_by_when_it_was_done(void **state) {
    (void)state;

    remove_person(AYU, BAYU);
    int64_t since_ms = people.now_ms + INT64_C(1000) * HOUR_S;
    people.now_ms = since_ms;
    people_meet(&people, AYU, CITRA);
    assert_string_equal(told(AYU, since_ms), "");
    assert_string_equal(told(CITRA, since_ms), "Bayu removed by Ayu\n");
    assert_string_equal(told(CITRA, people.now_ms + 2000), "");
}

static void it_is_known_who_of_the_others_has_heard_of_it(void **state) {
    (void)state;

    remove_person(AYU, BAYU);
    assert_int_equal(reached(AYU, BAYU), 0);
    people_meet(&people, AYU, BAYU); /* He is none of the others. */
    assert_int_equal(reached(AYU, BAYU), 0);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(reached(AYU, BAYU), 1);
}

static void what_was_before_one_came_is_not_told(void **state) {
    (void)state;

    remove_person(AYU, BAYU);
    people_meet_all(&people);
    add_person(AYU, DIMAS, CIRCLE_MANAGER, 0);
    assert_string_equal(told(DIMAS, 0), "");
    remove_person(AYU, CITRA);
    people_meet(&people, AYU, DIMAS);
    assert_string_equal(told(DIMAS, 0), "Citra removed by Ayu\n");
}

static void who_leaves_is_told_to_the_others(void **state) {
    struct departure row;
    (void)state;

    assert_int_equal(group_leave(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    people_meet_all(&people);
    assert_string_equal(told(CITRA, 0), "Bayu left\n");
    assert_int_equal(departure_find(people.stores[CITRA], circle, people_id(&people, AYU), &row),
                     RB_NOT_FOUND);
}

static void who_is_back_is_told_no_more(void **state) {
    (void)state;

    remove_person(AYU, BAYU);
    people_meet_all(&people);
    add_person(AYU, BAYU, CIRCLE_MANAGER, 0);
    assert_string_equal(told(AYU, 0), "");
    assert_string_equal(told(BAYU, 0), "");
    assert_string_equal(told(CITRA, 0), "");
}

static void who_is_out_is_told_of_nobody_else(void **state) {
    (void)state;

    remove_person(AYU, CITRA);
    remove_person(AYU, BAYU);
    people_meet_all(&people);
    assert_string_equal(told(BAYU, 0), "Bayu removed by Ayu, self\n");
}

static void a_guest_whose_time_is_over_is_not_said_to_be_removed(void **state) {
    int64_t until_s = people.now_ms / 1000 + HOUR_S;
    (void)state;

    add_person(AYU, DIMAS, CIRCLE_WRITER, until_s);
    people.now_ms = until_s * 1000;
    int64_t after = 0;
    assert_int_equal(author_upkeep_some(people.stores[AYU], people_now(&people), &after), RB_OK);
    assert_int_equal(author_upkeep(people.stores[AYU], circle, people_now(&people)), RB_OK);
    people_meet_all(&people);
    assert_string_equal(told(CITRA, 0), "Dimas guest over, by Ayu\n");
    assert_string_equal(told(DIMAS, 0), "Dimas guest over, by Ayu, self\n");
}

static void a_guest_who_is_removed_before_his_end_is_removed(void **state) {
    (void)state;

    add_person(AYU, DIMAS, CIRCLE_WRITER, people.now_ms / 1000 + HOUR_S);
    remove_person(AYU, DIMAS);
    people_meet_all(&people);
    assert_string_equal(told(CITRA, 0), "Dimas removed by Ayu\n");
}

static void who_was_a_guest_once_and_a_member_since_is_removed(void **state) {
    int64_t until_s = people.now_ms / 1000 + HOUR_S;
    (void)state;

    add_person(AYU, DIMAS, CIRCLE_WRITER, until_s);
    struct refusal refusal;
    assert_int_equal(membership_add(people.stores[AYU], circle, people_id(&people, DIMAS),
                                    CIRCLE_MANAGER, 0, people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
    people.now_ms = (until_s + 1) * 1000;
    remove_person(AYU, DIMAS);
    people_meet_all(&people);
    assert_string_equal(told(CITRA, 0), "Dimas removed by Ayu\n");
}

static void what_one_wrote_oneself_and_waits_is_counted(void **state) {
    uint8_t thread[REF_BYTES], ref[REF_BYTES];
    size_t count = 0;
    (void)state;

    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rapat"), people_now(&people), thread),
        RB_OK);
    people_meet_all(&people);
    remove_person(AYU, BAYU);
    people_post(&people, BAYU, thread, "Saya ikut", ref);
    people_post(&people, BAYU, thread, "besok", ref);
    assert_int_equal(departures_own_waiting(people.stores[BAYU], circle, &count), RB_OK);
    assert_int_equal(count, 0);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(departures_own_waiting(people.stores[BAYU], circle, &count), RB_OK);
    assert_int_equal(count, 2);
    assert_int_equal(departures_own_waiting(people.stores[AYU], circle, &count), RB_OK);
    assert_int_equal(count, 0);
}

static void it_is_the_same_after_the_views_were_made_again(void **state) {
    (void)state;

    remove_person(AYU, BAYU);
    people_meet_all(&people);
    assert_int_equal(views_rebuild(people.stores[CITRA]), RB_OK);
    assert_string_equal(told(CITRA, 0), "Bayu removed by Ayu\n");
    assert_string_equal(told(CITRA, people.now_ms + 2000), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_group_of_three, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_removal_is_told_to_all_who_hear_of_it),
        TEST(it_is_told_by_when_it_was_heard_of_and_not_by_when_it_was_done),
        TEST(it_is_known_who_of_the_others_has_heard_of_it),
        TEST(what_was_before_one_came_is_not_told),
        TEST(who_leaves_is_told_to_the_others),
        TEST(who_is_back_is_told_no_more),
        TEST(who_is_out_is_told_of_nobody_else),
        TEST(a_guest_whose_time_is_over_is_not_said_to_be_removed),
        TEST(a_guest_who_is_removed_before_his_end_is_removed),
        TEST(who_was_a_guest_once_and_a_member_since_is_removed),
        TEST(what_one_wrote_oneself_and_waits_is_counted),
        TEST(it_is_the_same_after_the_views_were_made_again),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
