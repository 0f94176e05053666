/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/random.h"
#include "tests/support/record_maker.h"
#include "tests/support/record_oracle.h"

#include <string.h>

enum { RATNA = 1, BUDI = 2, CITRA = 3 };

static struct record_maker maker;

static int begin(void **state) {
    (void)state;
    record_maker_init(&maker);
    return 0;
}

static int end(void **state) {
    (void)state;
    record_maker_clear(&maker);
    return 0;
}

static void write_risk(struct field_value value, const size_t *refs, size_t ref_count) {
    (void)record_maker_write(&maker, FORM_RISK, &value, 1, refs, ref_count);
}

static const struct record_item *risk(void) {
    return record_single(record_maker_build(&maker), FORM_RISK);
}

static void assert_live(const struct record_item *item, uint64_t field, size_t expected) {
    size_t count;

    (void)item_live(item, field, &count); /* how many is asked, not which */
    assert_int_equal(count, expected);
}

static void assert_text(const struct record_item *item, uint64_t field, const char *expected) {
    assert_true(span_equal(item_text(item, field), span_text(expected)));
}

/* ---- Registers ---- */

static void nothing_stands_in_an_empty_record(void **state) {
    const struct record *record = record_maker_build(&maker);
    uint64_t number;
    (void)state;

    assert_null(record_single(record, FORM_RISK));
    assert_null(record_next(record, FORM_PROBLEM, NULL));
    assert_null(item_value(NULL, RISK_LEVEL));
    assert_false(item_number(NULL, RISK_LEVEL, &number));
    assert_false(item_differs(NULL, RISK_LEVEL));
    assert_live(NULL, RISK_LEVEL, 0);
    assert_int_equal(item_text(NULL, RISK_REASON).len, 0);
    assert_int_equal(record_conflicts(record), 0);
}

static void a_value_that_replaces_another_stands_alone(void **state) {
    (void)state;

    record_maker_set(&maker, FORM_RISK, value_number(RISK_LEVEL, RISK_LOW));
    record_maker_set(&maker, FORM_RISK, value_number(RISK_LEVEL, RISK_HIGH));

    assert_true(item_is(risk(), RISK_LEVEL, RISK_HIGH));
    assert_live(risk(), RISK_LEVEL, 1);
    assert_int_equal(risk()->hlc, 1);
}

static void two_who_do_not_know_of_each_other_both_stand(void **state) {
    (void)state;

    write_risk(value_number(RISK_LEVEL, RISK_LOW), NULL, 0);
    write_risk(value_number(RISK_LEVEL, RISK_HIGH), (const size_t[]) { 0 }, 1);
    write_risk(value_number(RISK_LEVEL, RISK_MEDIUM), (const size_t[]) { 0 }, 1);

    assert_live(risk(), RISK_LEVEL, 2);
    assert_true(item_differs(risk(), RISK_LEVEL));
    assert_true(item_is(risk(), RISK_LEVEL, RISK_MEDIUM)); /* the newer one in front */
    assert_int_equal(record_conflicts(record_maker_build(&maker)), 1);
}

static void the_newest_stands_in_front_and_decides_nothing(void **state) {
    (void)state;

    write_risk(value_number(RISK_LEVEL, RISK_LOW), NULL, 0);
    write_risk(value_number(RISK_LEVEL, RISK_HIGH), NULL, 0);
    maker.events[0].hlc = UINT64_C(1) << 62; /* a clock far ahead */

    assert_true(item_is(risk(), RISK_LEVEL, RISK_LOW));
    assert_true(item_differs(risk(), RISK_LEVEL));
    record_maker_set(&maker, FORM_RISK, value_number(RISK_LEVEL, RISK_HIGH));
    assert_true(item_is(risk(), RISK_LEVEL, RISK_HIGH));
    assert_false(item_differs(risk(), RISK_LEVEL));
}

static void the_same_value_twice_is_no_conflict(void **state) {
    (void)state;

    write_risk(value_text(RISK_REASON, "Dipukul"), NULL, 0);
    write_risk(value_text(RISK_REASON, "Dipukul"), NULL, 0);

    assert_live(risk(), RISK_REASON, 2);
    assert_false(item_differs(risk(), RISK_REASON));
    assert_int_equal(record_conflicts(record_maker_build(&maker)), 0);
}

static void a_choice_settles_a_conflict_of_three(void **state) {
    (void)state;

    write_risk(value_text(RISK_REASON, "a"), NULL, 0);
    write_risk(value_text(RISK_REASON, "b"), NULL, 0);
    write_risk(value_text(RISK_REASON, "c"), NULL, 0);
    record_maker_set(&maker, FORM_RISK, value_text(RISK_REASON, "b"));

    assert_live(risk(), RISK_REASON, 1);
    assert_text(risk(), RISK_REASON, "b");
}

static void a_field_that_was_emptied_is_empty(void **state) {
    size_t count;
    (void)state;

    record_maker_set(&maker, FORM_RISK, value_text(RISK_REASON, "Dipukul"));
    record_maker_set(&maker, FORM_RISK, value_empty(RISK_REASON));

    assert_null(item_value(risk(), RISK_REASON));
    assert_true(item_live(risk(), RISK_REASON, &count)->value.is_empty);
    assert_int_equal(count, 1);
}

static void emptied_by_one_and_changed_by_another_is_a_conflict(void **state) {
    (void)state;

    write_risk(value_text(RISK_REASON, "Dipukul"), NULL, 0);
    write_risk(value_empty(RISK_REASON), (const size_t[]) { 0 }, 1);
    write_risk(value_text(RISK_REASON, "Dipukul lagi"), (const size_t[]) { 0 }, 1);

    assert_true(item_differs(risk(), RISK_REASON));
}

static void fields_replace_each_other_one_by_one(void **state) {
    (void)state;

    (void)record_maker_begin(&maker, FORM_RISK, value_number(RISK_LEVEL, RISK_LOW),
                             value_text(RISK_REASON, "Baik"));
    write_risk(value_number(RISK_LEVEL, RISK_HIGH), (const size_t[]) { 0 }, 1);

    assert_true(item_is(risk(), RISK_LEVEL, RISK_HIGH));
    assert_text(risk(), RISK_REASON, "Baik");
}

static void of_two_forms_neither_replaces_the_other(void **state) {
    const struct field_value says = value_text(0, "Saya mau sekolah");
    (void)state;

    write_risk(value_number(RISK_LEVEL, RISK_LOW), NULL, 0);
    (void)record_maker_write(&maker, FORM_CHILD_VIEW, &says, 1, (const size_t[]) { 0 }, 1);

    assert_true(item_is(risk(), RISK_LEVEL, RISK_LOW));
}

/* ---- Items ---- */

static size_t begin_problem(const char *what) {
    return record_maker_begin(&maker, FORM_PROBLEM, value_text(PROBLEM_WHAT, what));
}

static void items_stand_in_the_order_of_their_beginning(void **state) {
    (void)state;

    begin_problem("Tidak sekolah");
    begin_problem("Tidur di jalan");
    const struct record *record = record_maker_build(&maker);
    const struct record_item *first = record_next(record, FORM_PROBLEM, NULL);

    assert_text(first, PROBLEM_WHAT, "Tidak sekolah");
    const struct record_item *second = record_next(record, FORM_PROBLEM, first);
    assert_text(second, PROBLEM_WHAT, "Tidur di jalan");
    assert_null(record_next(record, FORM_PROBLEM, second));
}

static void a_change_is_of_its_item_alone(void **state) {
    const size_t school = begin_problem("Tidak sekolah");
    const size_t street = begin_problem("Tidur di jalan");
    (void)state;

    record_maker_change(&maker, school, value_number(PROBLEM_STATE, WORK_DONE));

    assert_true(item_is(record_maker_item(&maker, school), PROBLEM_STATE, WORK_DONE));
    assert_null(item_value(record_maker_item(&maker, street), PROBLEM_STATE));
}

static void what_an_item_was_begun_with_can_be_replaced(void **state) {
    const size_t school = begin_problem("Tidak sekolah");
    (void)state;

    record_maker_change(&maker, school, value_text(PROBLEM_WHAT, "Putus sekolah"));

    assert_text(record_maker_item(&maker, school), PROBLEM_WHAT, "Putus sekolah");
    assert_live(record_maker_item(&maker, school), PROBLEM_WHAT, 1);
}

static void a_change_of_what_is_not_here_counts_for_nothing(void **state) {
    const struct field_value done = value_number(PROBLEM_STATE, WORK_DONE);
    (void)state;

    (void)record_maker_write(&maker, FORM_PROBLEM, &done, 1, (const size_t[]) { 40 }, 1);

    assert_int_equal(record_maker_build(&maker)->item_count, 0);
}

static void a_change_of_a_change_counts_for_nothing(void **state) {
    const struct field_value done = value_number(PROBLEM_STATE, WORK_DONE);
    const size_t school = begin_problem("Tidak sekolah");
    const size_t change = record_maker_change(&maker, school, value_text(PROBLEM_SINCE, "2023"));
    (void)state;

    (void)record_maker_write(&maker, FORM_PROBLEM, &done, 1, &change, 1);

    assert_null(item_value(record_maker_item(&maker, school), PROBLEM_STATE));
}

static void a_change_as_another_form_counts_for_nothing(void **state) {
    const struct field_value found = value_number(GOAL_STATE, WORK_DONE);
    const size_t school = begin_problem("Tidak sekolah");
    (void)state;

    (void)record_maker_write(&maker, FORM_GOAL, &found, 1, &school, 1);

    assert_int_equal(record_maker_build(&maker)->item_count, 1);
    assert_null(item_value(record_maker_item(&maker, school), PROBLEM_STATE));
}

/* ---- Hands ---- */

static size_t ask_approval(void) {
    const uint8_t hash[HASH_BYTES] = { 7 };

    return record_maker_begin(&maker, FORM_APPROVAL, value_number(APPROVAL_OF, APPROVAL_PLAN),
                              value_text(APPROVAL_ASKED_ON, "2024-03-01"),
                              value_bytes(APPROVAL_STATE_HASH, hash, sizeof hash));
}

static void who_asked_does_not_answer(void **state) {
    const size_t asked = ask_approval();
    (void)state;

    record_maker_change(&maker, asked, value_number(APPROVAL_ANSWER, ANSWER_APPROVED));

    assert_null(item_value(record_maker_item(&maker, asked), APPROVAL_ANSWER));
}

static void somebody_else_answers(void **state) {
    const size_t asked = ask_approval();
    (void)state;

    maker.person = BUDI;
    record_maker_change(&maker, asked, value_number(APPROVAL_ANSWER, ANSWER_RETURNED));

    assert_true(item_is(record_maker_item(&maker, asked), APPROVAL_ANSWER, ANSWER_RETURNED));
}

static void only_who_is_named_takes_a_case_over(void **state) {
    uint8_t budi[HASH_BYTES];
    (void)state;

    person_bytes(budi, BUDI);
    const size_t given =
        record_maker_begin(&maker, FORM_HANDOVER, value_bytes(HANDOVER_TO, budi, sizeof budi),
                           value_text(HANDOVER_WHY, "Pindah tugas"));
    maker.person = CITRA;
    record_maker_change(&maker, given, value_number(HANDOVER_ANSWER, HANDOVER_ACCEPTED));
    assert_null(item_value(record_maker_item(&maker, given), HANDOVER_ANSWER));
    maker.person = BUDI;
    record_maker_change(&maker, given, value_number(HANDOVER_ANSWER, HANDOVER_DECLINED));

    assert_true(item_is(record_maker_item(&maker, given), HANDOVER_ANSWER, HANDOVER_DECLINED));
}

static void a_comment_is_changed_by_its_author_alone(void **state) {
    const size_t comment =
        record_maker_begin(&maker, FORM_COMMENT, value_text(COMMENT_TEXT, "Kapan?"));
    (void)state;

    maker.person = BUDI;
    record_maker_change(&maker, comment, value_text(COMMENT_TEXT, "Bagus."));
    assert_text(record_maker_item(&maker, comment), COMMENT_TEXT, "Kapan?");
    maker.person = RATNA;
    record_maker_change(&maker, comment, value_text(COMMENT_TEXT, "Kapan mulai?"));
    assert_text(record_maker_item(&maker, comment), COMMENT_TEXT, "Kapan mulai?");
}

/* ---- Writing ---- */

static void a_change_names_its_item_and_each_event_once(void **state) {
    uint8_t refs[REFS_MAX][REF_BYTES];
    const struct field_value both[] = { value_text(PROBLEM_WHAT, "x"),
                                        value_text(PROBLEM_SINCE, "y") };
    (void)state;

    const size_t school = record_maker_begin(&maker, FORM_PROBLEM, value_text(PROBLEM_WHAT, "a"),
                                             value_text(PROBLEM_SINCE, "b"));

    assert_int_equal(item_refs(record_maker_item(&maker, school), both, 2, refs), 2);
    assert_memory_equal(refs[0], maker.events[school].ref, REF_BYTES);
    assert_memory_equal(refs[1], maker.events[school].ref, REF_BYTES);
    assert_int_equal(item_refs(NULL, both, 2, refs), 0);
}

static void of_too_many_values_some_are_left_standing(void **state) {
    (void)state;

    for (size_t i = 0; i < REFS_MAX + 4; i++) {
        write_risk(value_number(RISK_LEVEL, i % 2), NULL, 0);
    }
    record_maker_set(&maker, FORM_RISK, value_number(RISK_LEVEL, RISK_HIGH));

    assert_live(risk(), RISK_LEVEL, 5);
    record_maker_set(&maker, FORM_RISK, value_number(RISK_LEVEL, RISK_HIGH));
    assert_live(risk(), RISK_LEVEL, 1);
}

/* ---- Against the oracle ---- */

static struct field_value random_value(struct random *random, const struct field *field) {
    static const char *const texts[] = { "a", "b", "c" };
    static uint8_t people[3][HASH_BYTES];

    if (!field->is_first && random_chance(random, 20)) {
        return value_empty(field->number);
    }
    switch (field->sort) {
    case FIELD_PERSON:
    case FIELD_HASH: {
        const size_t person = random_below(random, 3);
        person_bytes(people[person], (uint8_t)(person + 1));
        return value_bytes(field->number, people[person], HASH_BYTES);
    }
    case FIELD_THING:
        return value_bytes(field->number, maker.events[0].ref, REF_BYTES);
    case FIELD_DATE:
        return value_text(field->number, random_chance(random, 50) ? "2024-01-01" : "2024-02-01");
    case FIELD_NUMBER:
    case FIELD_CHOICE:
        return value_number(field->number, random_below(random, 2));
    default:
        return value_text(field->number, texts[random_below(random, 3)]);
    }
}

/* Anything that reads, sense or not. */
static void write_anything(struct random *random) {
    static const enum form forms[] = { FORM_RISK, FORM_PROBLEM, FORM_APPROVAL, FORM_HANDOVER,
                                       FORM_COMMENT };
    const enum form form = forms[random_below(random, sizeof forms / sizeof forms[0])];
    const struct form_row *row = form_find((uint64_t)form);
    struct field_value values[FIELDS_MAX];
    size_t refs[4], count = 0;

    for (size_t i = 0; i < row->field_count; i++) {
        if (count == 0 || random_chance(random, 50)) {
            values[count++] = random_value(random, &row->fields[i]);
        }
    }
    const size_t ref_count = maker.count == 0 ? 0 : random_below(random, 4);
    for (size_t i = 0; i < ref_count; i++) {
        refs[i] = random_below(random, maker.count + 1);
    }
    maker.person = (uint8_t)(1 + random_below(random, 3));
    const size_t place = record_maker_write(&maker, form, values, count, refs, ref_count);
    maker.events[place].hlc = random_below(random, 8);
}

static bool is_shown_live(const struct record *record, const uint8_t ref[static REF_BYTES],
                          const struct oracle_item *where, uint64_t field) {
    const struct record_item *item = where->form->is_single
                                         ? record_single(record, where->form->form)
                                         : record_item(record, where->ref);
    size_t count;
    const struct record_value *live = item_live(item, field, &count);

    for (size_t i = 0; i < count; i++) {
        if (memcmp(live[i].by->ref, ref, REF_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

/* How many values are live by the oracle; each of them has to stand. */
static size_t assert_as_the_oracle(const struct record *record) {
    struct oracle_item item;
    size_t live = 0;

    for (size_t i = 0; i < maker.count; i++) {
        for (uint64_t field = 0; field < FIELDS_MAX; field++) {
            const bool is_live = oracle_is_live(maker.events, maker.count, i, field);
            const bool has_item = oracle_item_of(maker.events, maker.count, i, &item);
            assert_int_equal(is_live,
                             has_item && is_shown_live(record, maker.events[i].ref, &item, field));
            live += is_live ? 1 : 0;
        }
    }
    return live;
}

static void what_stands_is_what_the_oracle_says(void **state) {
    (void)state;

    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct random random = { .state = seed };
        size_t values = 0;
        (void)begin(state);
        const size_t events = 1 + random_below(&random, 30);
        for (size_t i = 0; i < events; i++) {
            write_anything(&random);
        }
        const struct record *record = record_maker_build(&maker);
        for (size_t i = 0; i < record->item_count; i++) {
            values += record->items[i].value_count;
        }
        assert_int_equal(assert_as_the_oracle(record), values);
        (void)end(state);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_stands_in_an_empty_record, begin, end),
        cmocka_unit_test_setup_teardown(a_value_that_replaces_another_stands_alone, begin, end),
        cmocka_unit_test_setup_teardown(two_who_do_not_know_of_each_other_both_stand, begin, end),
        cmocka_unit_test_setup_teardown(the_newest_stands_in_front_and_decides_nothing, begin, end),
        cmocka_unit_test_setup_teardown(the_same_value_twice_is_no_conflict, begin, end),
        cmocka_unit_test_setup_teardown(a_choice_settles_a_conflict_of_three, begin, end),
        cmocka_unit_test_setup_teardown(a_field_that_was_emptied_is_empty, begin, end),
        cmocka_unit_test_setup_teardown(emptied_by_one_and_changed_by_another_is_a_conflict, begin,
                                        end),
        cmocka_unit_test_setup_teardown(fields_replace_each_other_one_by_one, begin, end),
        cmocka_unit_test_setup_teardown(of_two_forms_neither_replaces_the_other, begin, end),
        cmocka_unit_test_setup_teardown(items_stand_in_the_order_of_their_beginning, begin, end),
        cmocka_unit_test_setup_teardown(a_change_is_of_its_item_alone, begin, end),
        cmocka_unit_test_setup_teardown(what_an_item_was_begun_with_can_be_replaced, begin, end),
        cmocka_unit_test_setup_teardown(a_change_of_what_is_not_here_counts_for_nothing, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_change_of_a_change_counts_for_nothing, begin, end),
        cmocka_unit_test_setup_teardown(a_change_as_another_form_counts_for_nothing, begin, end),
        cmocka_unit_test_setup_teardown(who_asked_does_not_answer, begin, end),
        cmocka_unit_test_setup_teardown(somebody_else_answers, begin, end),
        cmocka_unit_test_setup_teardown(only_who_is_named_takes_a_case_over, begin, end),
        cmocka_unit_test_setup_teardown(a_comment_is_changed_by_its_author_alone, begin, end),
        cmocka_unit_test_setup_teardown(a_change_names_its_item_and_each_event_once, begin, end),
        cmocka_unit_test_setup_teardown(of_too_many_values_some_are_left_standing, begin, end),
        cmocka_unit_test(what_stands_is_what_the_oracle_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
