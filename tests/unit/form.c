/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/form.h"

#include <string.h>

static void a_form_is_found_by_its_number_and_by_its_name(void **state) {
    const struct form_row *rows;
    const size_t count = forms_all(&rows);
    (void)state;

    assert_int_equal(count, FORM_LAST);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(form_find(rows[i].form), &rows[i]);
        assert_ptr_equal(form_find_name(span_text(rows[i].name)), &rows[i]);
    }
}

static void a_form_of_a_newer_version_is_not_found(void **state) {
    (void)state;

    assert_null(form_find(0));
    assert_null(form_find(FORM_LAST + 1));
    assert_null(form_find((UINT64_C(1) << 32) + FORM_FACTS));
    assert_null(form_find_name(span_text("")));
    assert_null(form_find_name(span_text("fact")));
    assert_null(form_find_name(span_text("factsx")));
}

static void a_field_is_found_by_its_number_and_by_its_name(void **state) {
    const struct form_row *rows;
    const size_t count = forms_all(&rows);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        assert_in_range(rows[i].field_count, 1, FIELDS_MAX);
        for (size_t k = 0; k < rows[i].field_count; k++) {
            const struct field *field = &rows[i].fields[k];
            assert_true(field->number < FIELDS_MAX);
            assert_ptr_equal(form_field(&rows[i], field->number), field);
            assert_ptr_equal(form_field_name(&rows[i], span_text(field->name)), field);
        }
        assert_null(form_field(&rows[i], FIELDS_MAX));
        assert_null(form_field_name(&rows[i], span_text("no such field")));
    }
}

static void what_is_chosen_from_has_words_and_nothing_else_has(void **state) {
    const struct form_row *rows;
    const size_t count = forms_all(&rows);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < rows[i].field_count; k++) {
            const struct field *field = &rows[i].fields[k];
            const size_t words = field_choice_count(field);
            assert_int_equal(field->sort == FIELD_CHOICE, words >= 2);
            assert_int_equal(field->sort == FIELD_CODE, field->list != LIST_NONE);
            for (size_t word = 0; word < words; word++) {
                assert_int_equal(field_choice_find(field, span_text(field->choices[word])), word);
            }
            assert_int_equal(field_choice_find(field, span_text("none of these")), -1);
        }
    }
}

static void what_stands_once_is_never_begun(void **state) {
    const struct form_row *rows;
    const size_t count = forms_all(&rows);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        bool is_begun_with = false;
        for (size_t k = 0; k < rows[i].field_count; k++) {
            const struct field *field = &rows[i].fields[k];
            is_begun_with = is_begun_with || field->is_first;
            assert_false(rows[i].is_single && (field->is_fixed || field->hand != HAND_TEAM));
            assert_false(field->is_fixed && field->hand != HAND_TEAM);
        }
        assert_int_equal(is_begun_with, !rows[i].is_single);
    }
}

static void who_answers_by_name_is_named_at_the_beginning(void **state) {
    const struct form_row *rows;
    const size_t count = forms_all(&rows);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        bool is_named = false;
        for (size_t k = 0; k < rows[i].field_count; k++) {
            const struct field *field = &rows[i].fields[k];
            is_named = is_named || (field->sort == FIELD_PERSON && field->is_first);
            assert_true(field->hand != HAND_NAMED || is_named);
        }
    }
}

static void each_cluster_has_one_annex_that_stands_once(void **state) {
    static const char *const clusters[] = { "AJ", "ADK", "AMPK", "ABH", "BLT" };
    const struct form_row *rows;
    const size_t count = forms_all(&rows);
    (void)state;

    for (size_t i = 0; i < sizeof clusters / sizeof clusters[0]; i++) {
        size_t annexes = 0;
        for (size_t k = 0; k < count; k++) {
            if (rows[k].cluster != NULL && strcmp(rows[k].cluster, clusters[i]) == 0) {
                assert_true(rows[k].is_single);
                annexes++;
            }
        }
        assert_int_equal(annexes, 1);
    }
}

static void names_and_addresses_stand_in_the_identity_part_alone(void **state) {
    static const char *const revealing[] = { "name",    "nickname", "address", "school",
                                             "face",    "born-on",  "born-in", "national-id",
                                             "village", "telephone" };
    const struct form_row *rows;
    const size_t count = forms_all(&rows);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < sizeof revealing / sizeof revealing[0]; k++) {
            assert_true(rows[i].section == SECTION_IDENTITY ||
                        form_field_name(&rows[i], span_text(revealing[k])) == NULL);
        }
    }
}

/* Who consents is a relative by name. */
static void who_consents_is_named_in_the_identity_part(void **state) {
    const struct form_row *consent = form_find(FORM_CONSENT);
    (void)state;

    assert_int_equal(form_field(consent, CONSENT_BY)->sort, FIELD_THING);
    assert_int_equal(form_field(consent, CONSENT_WITHDRAWN_BY)->sort, FIELD_THING);
}

static void assert_word(enum form form, unsigned field, const char *word, int place) {
    assert_int_equal(field_choice_find(form_field(form_find(form), field), span_text(word)), place);
}

static void the_words_of_choices_stand_where_their_enums_say(void **state) {
    (void)state;

    assert_word(FORM_DUTY, DUTY_AS, "supervisor", DUTY_SUPERVISOR);
    assert_word(FORM_DUTY, DUTY_AS, "none", DUTY_NONE);
    assert_word(FORM_RISK, RISK_LEVEL, "low", RISK_LOW);
    assert_word(FORM_RISK, RISK_LEVEL, "emergency", RISK_EMERGENCY);
    assert_word(FORM_STEP, STEP_STATE, "open", WORK_OPEN);
    assert_word(FORM_GOAL, GOAL_STATE, "dropped", WORK_DROPPED);
    assert_word(FORM_ENDING, ENDING_WHY, "self-reliant", ENDING_SELF_RELIANT);
    assert_word(FORM_ENDING, ENDING_WHY, "other", ENDING_OTHER);
    assert_word(FORM_STAGE, STAGE_NOW, "intake", STAGE_INTAKE);
    assert_word(FORM_STAGE, STAGE_NOW, "evaluation", STAGE_EVALUATION);
    assert_word(FORM_STAGE, STAGE_NOW, "closed", STAGE_CLOSED);
    assert_word(FORM_CONSENT, CONSENT_BASIS, "guardian", BASIS_GUARDIAN);
    assert_word(FORM_CONSENT, CONSENT_BASIS, "guardian-suspected", BASIS_GUARDIAN_SUSPECTED);
    assert_word(FORM_CONSENT, CONSENT_BASIS, "legal-duty", BASIS_LEGAL_DUTY);
    assert_word(FORM_CONSENT, CONSENT_RECIPIENTS, "team", RECIPIENTS_TEAM);
    assert_word(FORM_CONSENT, CONSENT_RECIPIENTS, "all", RECIPIENTS_ALL);
    assert_word(FORM_APPROVAL, APPROVAL_OF, "assessment", APPROVAL_ASSESSMENT);
    assert_word(FORM_APPROVAL, APPROVAL_OF, "ending", APPROVAL_ENDING);
    assert_word(FORM_APPROVAL, APPROVAL_ANSWER, "returned", ANSWER_RETURNED);
    assert_word(FORM_ACCESS, ACCESS_TO, "case", ACCESS_CASE);
    assert_word(FORM_ACCESS, ACCESS_TO, "report", ACCESS_REPORT);
    assert_word(FORM_HANDOVER, HANDOVER_ANSWER, "declined", HANDOVER_DECLINED);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_form_is_found_by_its_number_and_by_its_name),
        cmocka_unit_test(a_form_of_a_newer_version_is_not_found),
        cmocka_unit_test(a_field_is_found_by_its_number_and_by_its_name),
        cmocka_unit_test(what_is_chosen_from_has_words_and_nothing_else_has),
        cmocka_unit_test(what_stands_once_is_never_begun),
        cmocka_unit_test(who_answers_by_name_is_named_at_the_beginning),
        cmocka_unit_test(each_cluster_has_one_annex_that_stands_once),
        cmocka_unit_test(names_and_addresses_stand_in_the_identity_part_alone),
        cmocka_unit_test(who_consents_is_named_in_the_identity_part),
        cmocka_unit_test(the_words_of_choices_stand_where_their_enums_say),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
