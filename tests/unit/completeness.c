/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/completeness.h"
#include "tests/support/record_maker.h"

#include <string.h>

static struct record_maker maker;
static const struct case_record untold;
static const struct case_record told = {
    .cluster = "AJ", .has_age = true, .age = 9, .age_on = "2024-06-01", .sex = SEX_MALE
};

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

struct search {
    enum form form;
    size_t count;
};

static bool count_part(void *context, const struct part_row *part) {
    struct search *search = context;

    search->count += part->form == search->form ? 1 : 0;
    return true;
}

static size_t missing_of(const struct case_record *opened, enum form form) {
    struct search search = { .form = form };

    completeness_missing(record_maker_build(&maker), opened, count_part, &search);
    return search.count;
}

static struct completeness look(const struct case_record *opened) {
    return completeness_look(record_maker_build(&maker), opened);
}

static void set_stage(enum stage stage) {
    record_maker_set(&maker, FORM_STAGE, value_number(STAGE_NOW, stage));
}

static void an_empty_record_has_nothing(void **state) {
    (void)state;

    assert_int_equal(look(&untold).percent, 0);
    assert_int_equal(look(&untold).have, 0);
    assert_int_equal(missing_of(&untold, FORM_FACTS), look(&untold).all);
}

static void what_was_told_at_the_opening_counts(void **state) {
    (void)state;

    assert_int_equal(look(&told).have, 3);
    assert_int_equal(missing_of(&told, FORM_FACTS), 4);
}

static void what_belongs_to_a_later_stage_does_not_count_yet(void **state) {
    (void)state;

    const size_t at_intake = look(&told).all;
    assert_int_equal(missing_of(&told, FORM_STEP), 0);
    set_stage(STAGE_PLAN);
    assert_true(look(&told).all > at_intake);
    assert_int_equal(missing_of(&told, FORM_STEP), 3);
}

static void only_the_annex_of_its_cluster_is_missing(void **state) {
    (void)state;

    set_stage(STAGE_ASSESSMENT);
    assert_int_equal(missing_of(&told, FORM_ANNEX_STREET), 1);
    assert_int_equal(missing_of(&told, FORM_ANNEX_LAW), 0);
    record_maker_set(&maker, FORM_FACTS, value_text(FACTS_CLUSTER, "ABH"));
    assert_int_equal(missing_of(&told, FORM_ANNEX_STREET), 0);
    assert_int_equal(missing_of(&told, FORM_ANNEX_LAW), 1);
    record_maker_set(&maker, FORM_ANNEX_LAW, value_number(0, 2));
    assert_int_equal(missing_of(&told, FORM_ANNEX_LAW), 0);
}

static void a_plan_with_a_step_that_nobody_does_is_not_complete(void **state) {
    (void)state;

    set_stage(STAGE_PLAN);
    (void)record_maker_begin(&maker, FORM_STEP, value_text(STEP_WHAT, "Satu"),
                             value_text(STEP_WHO, "petugas"), value_text(STEP_BY, "2024-07-01"));
    assert_int_equal(missing_of(&told, FORM_STEP), 0);
    (void)record_maker_begin(&maker, FORM_STEP, value_text(STEP_WHAT, "Dua"));
    assert_int_equal(missing_of(&told, FORM_STEP), 2);
}

static void only_a_supervisor_is_a_supervisor_named(void **state) {
    static const uint8_t id[HASH_BYTES] = { 1 };
    (void)state;

    set_stage(STAGE_ASSESSMENT);
    const size_t duty =
        record_maker_begin(&maker, FORM_DUTY, value_bytes(DUTY_PERSON, id, HASH_BYTES),
                           value_number(DUTY_AS, DUTY_ADVISER));
    assert_int_equal(missing_of(&told, FORM_DUTY), 1);
    record_maker_change(&maker, duty, value_number(DUTY_AS, DUTY_SUPERVISOR));
    assert_int_equal(missing_of(&told, FORM_DUTY), 0);
    record_maker_change(&maker, duty, value_number(DUTY_AS, DUTY_NONE));
    assert_int_equal(missing_of(&told, FORM_DUTY), 1);
}

static void who_has_died_or_refused_needs_no_criterion_and_no_aftercare(void **state) {
    (void)state;

    set_stage(STAGE_TERMINATION);
    record_maker_set(&maker, FORM_ENDING, value_number(ENDING_WHY, ENDING_MOVED));
    assert_int_equal(missing_of(&told, FORM_ENDING), 1);
    assert_int_equal(missing_of(&told, FORM_AFTERCARE), 1);
    record_maker_set(&maker, FORM_ENDING, value_number(ENDING_WHY, ENDING_DIED));
    assert_int_equal(missing_of(&told, FORM_ENDING), 0);
    assert_int_equal(missing_of(&told, FORM_AFTERCARE), 0);
    record_maker_set(&maker, FORM_ENDING, value_number(ENDING_WHY, ENDING_REFUSED));
    assert_int_equal(missing_of(&told, FORM_ENDING), 0);
}

/* Everything that is asked for in a closed case, of nothing but its own table. */
static bool fill(void *context, const struct part_row *part) {
    const struct form_row *form = form_find((uint64_t)part->form);
    static const uint8_t id[HASH_BYTES] = { 1 };
    struct field_value values[FIELDS_MAX];
    size_t count = 0;
    (void)context;

    for (size_t i = 0; i < form->field_count; i++) {
        const struct field *field = &form->fields[i];
        if (!field->is_first && (int)field->number != part->field &&
            !(part->field == ANY_FIELD && i == 0) && form->form != FORM_STEP) {
            continue;
        }
        if (field->sort == FIELD_DATE) {
            values[count++] = value_text(field->number, "2024-06-01");
        } else if (field->sort == FIELD_CODE) {
            values[count++] =
                value_text(field->number, field->list == LIST_CLUSTER ? "AJ" : "2012:04");
        } else if (field->sort == FIELD_PERSON) {
            values[count++] = value_bytes(field->number, id, HASH_BYTES);
        } else if (field->sort == FIELD_THING) {
            continue;
        } else if (field->sort == FIELD_LINE || field->sort == FIELD_TEXT) {
            values[count++] = value_text(field->number, "x");
        } else {
            values[count++] = value_number(field->number, 0); /* of duties: a supervisor */
        }
    }
    (void)record_maker_write(&maker, part->form, values, count, NULL, 0);
    return false; /* one at a time */
}

static void a_record_with_all_its_parts_is_complete(void **state) {
    (void)state;

    set_stage(STAGE_CLOSED);
    for (size_t i = 0; i < 50 && look(&told).have < look(&told).all; i++) {
        assert_true(look(&told).percent < 100);
        completeness_missing(record_maker_build(&maker), &told, fill, NULL);
    }
    assert_int_equal(look(&told).percent, 100);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_empty_record_has_nothing),
        TEST(what_was_told_at_the_opening_counts),
        TEST(what_belongs_to_a_later_stage_does_not_count_yet),
        TEST(only_the_annex_of_its_cluster_is_missing),
        TEST(a_plan_with_a_step_that_nobody_does_is_not_complete),
        TEST(only_a_supervisor_is_a_supervisor_named),
        TEST(who_has_died_or_refused_needs_no_criterion_and_no_aftercare),
        TEST(a_record_with_all_its_parts_is_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
