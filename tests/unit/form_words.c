/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/form_words.h"

#include <stdio.h>
#include <string.h>

static void every_form_has_words(void **state) {
    const struct form_row *rows;
    const size_t count = forms_all(&rows);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        const struct form_words *words = form_words(rows[i].form);
        assert_non_null(words);
        assert_ptr_equal(form_named(span_text(rows[i].name)), &rows[i]);
        assert_ptr_equal(form_named(span_text(words->typed_id)), &rows[i]);
    }
}

/* The English words stand in two places, and have to agree. */
static void every_option_is_a_field_with_the_same_word_and_choices(void **state) {
    const struct form_row *rows;
    const size_t count = forms_all(&rows);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        const struct option *options = form_words(rows[i].form)->options;
        for (const struct option *at = options; at->name != NULL; at++) {
            const struct field *field = form_field_name(&rows[i], span_text(at->name));
            assert_non_null(field);
            assert_int_equal(field->sort == FIELD_CHOICE, at->choices != NULL);
            assert_ptr_equal(form_field_typed(rows[i].form, span_text(at->name)), field);
            assert_ptr_equal(form_field_typed(rows[i].form, span_text(at->name_id)), field);
            assert_true(options == at || !at->required || field->is_first);
        }
    }
}

static void a_form_that_is_filled_has_all_of_its_fields_as_options(void **state) {
    (void)state;

    for (size_t i = 0; i < command_count; i++) {
        const enum form form = commands[i]->form;
        size_t options = 0;
        if (form == 0) {
            continue;
        }
        for (const struct option *at = command_options(commands[i]); at->name != NULL; at++) {
            const struct field *field = form_field_typed(form, span_text(at->name));
            assert_int_equal(at->required, field->is_first);
            options++;
        }
        /* Of a consent some are put in by the commands themselves. */
        assert_true(options == form_find((uint64_t)form)->field_count || form == FORM_CONSENT);
        assert_true(options <= OPTIONS_MAX);
    }
}

static void a_choice_is_the_same_in_both_languages(void **state) {
    const struct form_row *rows;
    const size_t count = forms_all(&rows);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        for (const struct option *at = form_words(rows[i].form)->options; at->name != NULL; at++) {
            const struct field *field = form_field_name(&rows[i], span_text(at->name));
            for (size_t word = 0; word < field_choice_count(field); word++) {
                for (int language = 0; language <= LANGUAGE_ENGLISH; language++) {
                    const struct span shown =
                        form_choice_shown(rows[i].form, field, word, (enum language)language);
                    assert_true(shown.len > 0);
                    assert_int_equal(form_choice_typed(rows[i].form, field, shown), word);
                }
            }
            assert_int_equal(form_choice_typed(rows[i].form, field, span_text("none of these")),
                             -1);
        }
    }
}

static void a_field_is_shown_by_its_word(void **state) {
    const struct form_row *street = form_find(FORM_ANNEX_STREET);
    char shown[FIELD_SHOWN_BYTES];
    (void)state;

    form_field_shown(FORM_ANNEX_STREET, &street->fields[1], LANGUAGE_ENGLISH, shown);
    assert_string_equal(shown, "Hours a day");
    form_field_shown(FORM_ANNEX_STREET, &street->fields[1], LANGUAGE_INDONESIAN, shown);
    assert_string_equal(shown, "Jam sehari");
}

static void a_name_is_taken_in_any_letter_case_and_with_a_blank_or_a_hyphen(void **state) {
    (void)state;

    assert_ptr_equal(form_named(span_text("Child-View")), form_find(FORM_CHILD_VIEW));
    assert_ptr_equal(form_named(span_text("child view")), form_find(FORM_CHILD_VIEW));
    assert_ptr_equal(form_named(span_text("PANDANGAN ANAK")), form_find(FORM_CHILD_VIEW));
    assert_null(form_named(span_text("childview")));
    assert_null(form_named(span_text("")));
    assert_null(form_field_typed(FORM_RISK, span_text("")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_has_words),
        cmocka_unit_test(every_option_is_a_field_with_the_same_word_and_choices),
        cmocka_unit_test(a_form_that_is_filled_has_all_of_its_fields_as_options),
        cmocka_unit_test(a_choice_is_the_same_in_both_languages),
        cmocka_unit_test(a_field_is_shown_by_its_word),
        cmocka_unit_test(a_name_is_taken_in_any_letter_case_and_with_a_blank_or_a_hyphen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
