/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The case record in stores: what people write into one case, apart and together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/cases.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/records.h"
#include "tests/support/people.h"
#include "tests/support/record_maker.h"

#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static struct standing standing;

static void share(size_t whom, enum circle_role role) {
    struct store *store = people.stores[AYU];

    assert_int_equal(contact_set_verified(store, people_id(&people, whom), people.now_ms), RB_OK);
    assert_int_equal(store_write_begin(store), RB_OK);
    const enum rb_status status =
        author_invite(store, circle, people_id(&people, whom), role, 0, people_now(&people));
    assert_int_equal(store_write_end(store, status), RB_OK);
    people_meet(&people, AYU, whom);
}

/* Ayu's, who shares it with Bayu, who writes, and Citra, who reads. */
static int a_case_of_three(void **state) {
    const struct case_record girl = { .sex = SEX_FEMALE };
    (void)state;

    people_new(&people, 3);
    assert_int_equal(case_new(people.stores[AYU], &girl, people_now(&people), circle), RB_OK);
    share(BAYU, CIRCLE_WRITER);
    share(CITRA, CIRCLE_READER);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    standing_clear(&standing);
    people_end(&people);
    return 0;
}

static enum rb_status write_value(size_t who, enum form form, const uint8_t *item,
                                  struct field_value value, uint8_t ref[static REF_BYTES]) {
    const struct record_draft draft = {
        .change = { .form = form_find((uint64_t)form), .values = { value }, .value_count = 1 },
        .item = item,
    };

    return record_write(people.stores[who], circle, &draft, people_now(&people), ref);
}

static void set_risk(size_t who, enum risk_level level) {
    uint8_t ref[REF_BYTES];

    assert_int_equal(write_value(who, FORM_RISK, NULL, value_number(RISK_LEVEL, level), ref),
                     RB_OK);
}

static void begin_problem(size_t who, const char *what, uint8_t ref[static REF_BYTES]) {
    assert_int_equal(write_value(who, FORM_PROBLEM, NULL, value_text(PROBLEM_WHAT, what), ref),
                     RB_OK);
}

static const struct record *record_of(size_t who) {
    standing_clear(&standing);
    assert_int_equal(standing_load(people.stores[who], circle, &standing), RB_OK);
    return &standing.record;
}

static const struct record_item *risk_of(size_t who) {
    return record_single(record_of(who), FORM_RISK);
}

/* ---- Writing ---- */

static void what_one_writes_the_other_reads(void **state) {
    (void)state;

    set_risk(AYU, RISK_HIGH);
    people_meet(&people, AYU, BAYU);

    assert_true(item_is(risk_of(BAYU), RISK_LEVEL, RISK_HIGH));
}

static void a_later_value_replaces_an_earlier_one(void **state) {
    (void)state;

    set_risk(AYU, RISK_HIGH);
    people_meet(&people, AYU, BAYU);
    set_risk(BAYU, RISK_LOW);
    people_meet(&people, AYU, BAYU);

    assert_true(item_is(risk_of(AYU), RISK_LEVEL, RISK_LOW));
    assert_false(item_differs(risk_of(AYU), RISK_LEVEL));
}

static void what_two_write_apart_is_a_conflict_with_both_and_then_settled_by_one(void **state) {
    (void)state;

    set_risk(AYU, RISK_HIGH);
    set_risk(BAYU, RISK_LOW);
    people_meet(&people, AYU, BAYU);
    assert_true(item_differs(risk_of(AYU), RISK_LEVEL));
    assert_true(item_differs(risk_of(BAYU), RISK_LEVEL));

    set_risk(AYU, RISK_HIGH);
    people_meet(&people, AYU, BAYU);
    assert_false(item_differs(risk_of(BAYU), RISK_LEVEL));
    assert_true(item_is(risk_of(BAYU), RISK_LEVEL, RISK_HIGH));
}

static void a_record_is_the_same_after_views_are_made_again(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    begin_problem(AYU, "Tidak sekolah", ref);
    assert_int_equal(
        write_value(AYU, FORM_PROBLEM, ref, value_number(PROBLEM_STATE, WORK_DONE), ref), RB_OK);
    people_reopen(&people, AYU);

    const struct record_item *item = record_next(record_of(AYU), FORM_PROBLEM, NULL);
    assert_true(item_is(item, PROBLEM_STATE, WORK_DONE));
    assert_true(span_equal(item_text(item, PROBLEM_WHAT), span_text("Tidak sekolah")));
}

/* ---- Numbers ---- */

static void entries_and_items_share_one_series_of_numbers(void **state) {
    uint8_t problem[REF_BYTES], entry[REF_BYTES];
    struct item_place place;
    struct entry_row row;
    (void)state;

    assert_int_equal(
        case_note(people.stores[AYU], circle, span_text("Kunjungan"), people_now(&people), entry),
        RB_OK);
    begin_problem(AYU, "Tidak sekolah", problem);

    assert_int_equal(entry_get(people.stores[AYU], entry, &row), RB_OK);
    assert_int_equal(row.number, 1);
    assert_int_equal(item_place(people.stores[AYU], problem, &place), RB_OK);
    assert_int_equal(place.number, 2);
    assert_int_equal(place.case_number, row.case_number);
    assert_int_equal(place.form->form, FORM_PROBLEM);
    assert_memory_equal(place.circle, circle, HASH_BYTES);
    assert_int_equal(item_place(people.stores[AYU], entry, &place), RB_NOT_FOUND);
}

static void an_item_is_named_by_its_number(void **state) {
    uint8_t problem[REF_BYTES];
    struct ref_candidates candidates;
    struct item_place place;
    struct object object;
    (void)state;

    begin_problem(AYU, "Tidak sekolah", problem);
    assert_int_equal(item_place(people.stores[AYU], problem, &place), RB_OK);
    assert_int_equal(
        ref_find(people.stores[AYU], REF_ENTRY, span_text("1.1"), &object, &candidates), RB_OK);
    assert_memory_equal(object.id, problem, REF_BYTES);
}

static void items_of_others_are_new_until_they_are_shown(void **state) {
    uint8_t problem[REF_BYTES];
    struct case_row row;
    (void)state;

    begin_problem(AYU, "Tidak sekolah", problem);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(case_get(people.stores[BAYU], circle, &row), RB_OK);
    assert_int_equal(row.unread, 1);
    assert_int_equal(case_seen(people.stores[BAYU], circle), RB_OK);
    assert_int_equal(case_get(people.stores[BAYU], circle, &row), RB_OK);
    assert_int_equal(row.unread, 0);
}

/* ---- What lists show ---- */

static struct case_row row_of(size_t who) {
    struct case_row row;

    assert_int_equal(case_get(people.stores[who], circle, &row), RB_OK);
    return row;
}

static void a_list_shows_what_the_forms_tell_now(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    assert_int_equal(row_of(AYU).stage, STAGE_INTAKE);
    assert_false(row_of(AYU).has_risk);
    set_risk(AYU, RISK_HIGH);
    assert_int_equal(
        write_value(AYU, FORM_FACTS, NULL, value_number(FACTS_AGE, age_value(8, AGE_MONTHS)), ref),
        RB_OK);
    assert_int_equal(write_value(AYU, FORM_FACTS, NULL, value_text(FACTS_CATEGORY, "2012:01"), ref),
                     RB_OK);
    assert_int_equal(
        write_value(AYU, FORM_STAGE, NULL, value_number(STAGE_NOW, STAGE_ASSESSMENT), ref), RB_OK);
    assert_int_equal(write_value(AYU, FORM_FLAG, NULL, value_text(FLAG_WHY, "Lama"), ref), RB_OK);

    const struct case_row row = row_of(AYU);
    assert_int_equal(row.stage, STAGE_ASSESSMENT);
    assert_int_equal(row.risk, RISK_HIGH);
    assert_int_equal(row.record.age, 8);
    assert_int_equal(row.record.age_unit, AGE_MONTHS);
    assert_int_equal(row.record.sex, SEX_FEMALE);
    assert_string_equal(row.category, "2012:01");
    assert_int_equal(row.flags, 1);
    assert_in_range(row.percent, 1, 99);
}

static void a_list_shows_the_same_at_all_and_after_views_are_made_again(void **state) {
    (void)state;

    set_risk(AYU, RISK_HIGH);
    set_risk(BAYU, RISK_LOW);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(row_of(AYU).conflicts, 1);
    assert_int_equal(row_of(BAYU).conflicts, 1);
    assert_int_equal(views_rebuild(people.stores[AYU]), RB_OK);
    assert_int_equal(row_of(AYU).conflicts, 1);
    assert_int_equal(row_of(AYU).risk, row_of(BAYU).risk);
}

static void who_took_a_case_over_is_responsible_while_he_belongs_to_it(void **state) {
    uint8_t given[REF_BYTES], ref[REF_BYTES];
    const struct field_value to = value_bytes(HANDOVER_TO, people_id(&people, BAYU), HASH_BYTES);
    const struct record_draft draft = {
        .change = { .form = form_find(FORM_HANDOVER),
                    .values = { to, value_text(HANDOVER_WHY, "Pindah tugas") },
                    .value_count = 2 },
    };
    (void)state;

    assert_int_equal(record_write(people.stores[AYU], circle, &draft, people_now(&people), given),
                     RB_OK);
    assert_string_equal(row_of(AYU).responsible_name, "Ayu");
    people_meet(&people, AYU, BAYU);
    assert_int_equal(write_value(BAYU, FORM_HANDOVER, given,
                                 value_number(HANDOVER_ANSWER, HANDOVER_ACCEPTED), ref),
                     RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_string_equal(row_of(AYU).responsible_name, "Bayu");
    assert_string_equal(row_of(BAYU).responsible_name, "Bayu");
    assert_string_equal(row_of(BAYU).owner_name, "Ayu");
}

static void what_is_written_into_an_ended_case_is_told(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    assert_int_equal(
        write_value(AYU, FORM_STAGE, NULL, value_number(STAGE_NOW, STAGE_TERMINATION), ref), RB_OK);
    assert_false(row_of(AYU).has_news_after_end);
    assert_int_equal(
        case_note(people.stores[AYU], circle, span_text("Kembali lagi"), people_now(&people), ref),
        RB_OK);
    assert_true(row_of(AYU).has_news_after_end);
}

static void the_earliest_day_stands_in_the_list(void **state) {
    uint8_t step[REF_BYTES], ref[REF_BYTES];
    (void)state;

    assert_string_equal(row_of(AYU).due, "");
    assert_int_equal(write_value(AYU, FORM_STEP, NULL, value_text(STEP_WHAT, "x"), step), RB_OK);
    assert_int_equal(write_value(AYU, FORM_STEP, step, value_text(STEP_BY, "2024-07-01"), ref),
                     RB_OK);
    assert_string_equal(row_of(AYU).due, "2024-07-01");
    assert_int_equal(write_value(AYU, FORM_STEP, step, value_number(STEP_STATE, WORK_DONE), ref),
                     RB_OK);
    assert_string_equal(row_of(AYU).due, "");
}

/* ---- Refusals ---- */

static void who_only_reads_writes_nothing(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    assert_int_equal(write_value(CITRA, FORM_RISK, NULL, value_number(RISK_LEVEL, RISK_LOW), ref),
                     RB_REFUSED);
    assert_null(risk_of(CITRA));
}

static void who_only_reads_tells_that_he_has_looked(void **state) {
    uint8_t ref[REF_BYTES];
    struct item_place place;
    (void)state;

    assert_int_equal(
        write_value(CITRA, FORM_ACCESS, NULL, value_number(ACCESS_TO, ACCESS_CASE), ref), RB_OK);
    people_meet(&people, AYU, CITRA);
    assert_non_null(record_next(record_of(AYU), FORM_ACCESS, NULL));
    assert_int_equal(item_place(people.stores[CITRA], ref, &place), RB_NOT_FOUND);
}

static void what_is_not_here_is_not_changed(void **state) {
    uint8_t problem[REF_BYTES], ref[REF_BYTES];
    (void)state;

    begin_problem(AYU, "Tidak sekolah", problem);

    assert_int_equal(
        write_value(BAYU, FORM_PROBLEM, problem, value_number(PROBLEM_STATE, WORK_DONE), ref),
        RB_NOT_FOUND);
    assert_int_equal(write_value(AYU, FORM_GOAL, problem, value_number(GOAL_STATE, WORK_DONE), ref),
                     RB_NOT_FOUND);
}

static void an_answer_by_who_asked_is_refused(void **state) {
    uint8_t comment[REF_BYTES], ref[REF_BYTES];
    (void)state;

    assert_int_equal(
        write_value(AYU, FORM_COMMENT, NULL, value_text(COMMENT_TEXT, "Kapan?"), comment), RB_OK);
    people_meet(&people, AYU, BAYU);

    assert_int_equal(
        write_value(BAYU, FORM_COMMENT, comment, value_text(COMMENT_TEXT, "Besok"), ref),
        RB_REFUSED);
    assert_int_equal(
        write_value(BAYU, FORM_COMMENT, comment, value_number(COMMENT_SETTLED, 1), ref), RB_OK);
}

static void a_value_that_is_none_is_malformed_and_nothing_is_written(void **state) {
    uint8_t ref[REF_BYTES];
    const uint64_t before = people_events(&people, AYU);
    (void)state;

    assert_int_equal(write_value(AYU, FORM_RISK, NULL, value_number(RISK_LEVEL, 99), ref),
                     RB_MALFORMED);
    assert_int_equal(write_value(AYU, FORM_PROBLEM, NULL, value_text(PROBLEM_SINCE, "2023"), ref),
                     RB_MALFORMED);
    assert_int_equal(people_events(&people, AYU), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_one_writes_the_other_reads, a_case_of_three, go_home),
        cmocka_unit_test_setup_teardown(a_later_value_replaces_an_earlier_one, a_case_of_three,
                                        go_home),
        cmocka_unit_test_setup_teardown(
            what_two_write_apart_is_a_conflict_with_both_and_then_settled_by_one, a_case_of_three,
            go_home),
        cmocka_unit_test_setup_teardown(a_record_is_the_same_after_views_are_made_again,
                                        a_case_of_three, go_home),
        cmocka_unit_test_setup_teardown(entries_and_items_share_one_series_of_numbers,
                                        a_case_of_three, go_home),
        cmocka_unit_test_setup_teardown(an_item_is_named_by_its_number, a_case_of_three, go_home),
        cmocka_unit_test_setup_teardown(items_of_others_are_new_until_they_are_shown,
                                        a_case_of_three, go_home),
        cmocka_unit_test_setup_teardown(a_list_shows_what_the_forms_tell_now, a_case_of_three,
                                        go_home),
        cmocka_unit_test_setup_teardown(a_list_shows_the_same_at_all_and_after_views_are_made_again,
                                        a_case_of_three, go_home),
        cmocka_unit_test_setup_teardown(who_took_a_case_over_is_responsible_while_he_belongs_to_it,
                                        a_case_of_three, go_home),
        cmocka_unit_test_setup_teardown(what_is_written_into_an_ended_case_is_told, a_case_of_three,
                                        go_home),
        cmocka_unit_test_setup_teardown(the_earliest_day_stands_in_the_list, a_case_of_three,
                                        go_home),
        cmocka_unit_test_setup_teardown(who_only_reads_writes_nothing, a_case_of_three, go_home),
        cmocka_unit_test_setup_teardown(who_only_reads_tells_that_he_has_looked, a_case_of_three,
                                        go_home),
        cmocka_unit_test_setup_teardown(what_is_not_here_is_not_changed, a_case_of_three, go_home),
        cmocka_unit_test_setup_teardown(an_answer_by_who_asked_is_refused, a_case_of_three,
                                        go_home),
        cmocka_unit_test_setup_teardown(a_value_that_is_none_is_malformed_and_nothing_is_written,
                                        a_case_of_three, go_home),
    };
    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
