/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/errors.h"
#include "cli/lang.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The last of protocol/status.h: a new one behind it must come here and get its row. */
enum { STATUS_LAST = RB_UNSAFE };

static void every_status_has_a_code_and_a_sentence_in_both_languages(void **state) {
    (void)state;

    for (int i = RB_OK + 1; i <= STATUS_LAST; i++) {
        const struct error_row *row = error_row((enum rb_status)i);
        assert_true(strlen(row->code) > 0);
        language_set(LANGUAGE_ENGLISH, REMBUK_LOCALEDIR);
        assert_string_equal(_(row->sentence), row->sentence);
        language_set(LANGUAGE_INDONESIAN, REMBUK_LOCALEDIR);
        assert_string_not_equal(_(row->sentence), row->sentence);
    }
}

static void codes_are_snake_case_and_differ(void **state) {
    (void)state;

    for (int i = RB_OK + 1; i <= STATUS_LAST; i++) {
        const char *code = error_row((enum rb_status)i)->code;
        assert_int_equal(strspn(code, "abcdefghijklmnopqrstuvwxyz_"), strlen(code));
        for (int j = i + 1; j <= STATUS_LAST; j++) {
            assert_string_not_equal(code, error_row((enum rb_status)j)->code);
        }
    }
}

static void exit_codes_are_those_of_the_contract(void **state) {
    static const struct {
        enum rb_status status;
        int exit;
    } expected[] = {
        { RB_MALFORMED, 1 },    { RB_TOO_LARGE, 1 },        { RB_BAD_SIGNATURE, 1 },
        { RB_NOT_FOUND, 1 },    { RB_EXISTS, 1 },           { RB_AMBIGUOUS, 1 },
        { RB_REFUSED, 1 },      { RB_EXPIRED, 1 },          { RB_NOT_MEMBER, 1 },
        { RB_NOT_ACCEPTED, 1 }, { RB_NO_KEY, 1 },           { RB_GAP, 1 },
        { RB_DUPLICATE, 1 },    { RB_SUSPECT, 1 },          { RB_FORK, 1 },
        { RB_UNKNOWN, 1 },      { RB_WRONG_PASSPHRASE, 3 }, { RB_STORAGE, 5 },
        { RB_FULL, 5 },         { RB_DAMAGED, 5 },          { RB_NEWER, 5 },
        { RB_BUSY, 5 },         { RB_UNREACHABLE, 4 },      { RB_IN_USE, 1 },
        { RB_UNSAFE, 1 },
    };
    (void)state;

    assert_int_equal(sizeof expected / sizeof expected[0], STATUS_LAST);
    for (size_t i = 0; i < STATUS_LAST; i++) {
        assert_int_equal(error_row(expected[i].status)->exit, expected[i].exit);
    }
    assert_string_equal(error_row(RB_NOT_MEMBER)->code, "not_member");
}

static void a_command_that_knows_better_is_not_overruled(void **state) {
    struct failure failure = { 0 };
    (void)state;

    assert_int_equal(failure_say(&failure, RB_EXISTS, "name_taken", "The name %s is taken.", "x"),
                     RB_EXISTS);
    failure_complete(&failure, RB_EXISTS);
    assert_string_equal(failure.code, "name_taken");
    assert_string_equal(failure.sentence, "The name x is taken.");
    assert_int_equal(failure.exit, EXIT_REFUSED);
    failure_clear(&failure);
}

static void a_bare_status_gets_its_general_sentence(void **state) {
    struct failure failure = { 0 };
    (void)state;

    language_set(LANGUAGE_ENGLISH, REMBUK_LOCALEDIR);
    failure_complete(&failure, RB_FULL);
    assert_string_equal(failure.code, "disk_full");
    assert_int_equal(failure.exit, EXIT_STORE);
    assert_string_equal(failure.sentence, error_row(RB_FULL)->sentence);
    failure_clear(&failure);
    failure_complete(&failure, RB_OK);
    assert_null(failure.code);
}

static void wrong_usage_is_exit_2(void **state) {
    struct failure failure = { 0 };
    (void)state;

    (void)failure_usage(&failure, "missing_value", "A value is missing."); /* It is noted. */
    assert_int_equal(failure.exit, 2);
    failure_clear(&failure);
}

/* ---- Damage ---- */

static struct failure damage_said(enum language language, enum damage_part part) {
    const struct damage damage = { .part = part, .place = 4711 };
    struct failure failure = { 0 };

    language_set(language, REMBUK_LOCALEDIR);
    assert_int_equal(failure_damage(&failure, "/rumah/sari", &damage), RB_DAMAGED);
    assert_int_equal(failure.exit, EXIT_STORE);
    assert_non_null(strstr(failure.sentence, "/rumah/sari/"));
    return failure;
}

static void every_damage_names_its_file_in_both_languages(void **state) {
    (void)state;

    for (int part = DAMAGE_NONE; part <= DAMAGE_KEY_FILE; part++) {
        struct failure english = damage_said(LANGUAGE_ENGLISH, (enum damage_part)part);
        struct failure indonesian = damage_said(LANGUAGE_INDONESIAN, (enum damage_part)part);
        const bool has_place = part == DAMAGE_PAGE || part == DAMAGE_FRAME;
        assert_string_not_equal(english.sentence, indonesian.sentence);
        assert_int_equal(strstr(english.sentence, "4711") != NULL, has_place);
        assert_int_equal(strstr(indonesian.sentence, "4711") != NULL, has_place);
        assert_string_equal(english.code, part == DAMAGE_PLAIN ? "not_encrypted" : "damaged");
        failure_clear(&english);
        failure_clear(&indonesian);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_code_and_a_sentence_in_both_languages),
        cmocka_unit_test(codes_are_snake_case_and_differ),
        cmocka_unit_test(exit_codes_are_those_of_the_contract),
        cmocka_unit_test(a_command_that_knows_better_is_not_overruled),
        cmocka_unit_test(a_bare_status_gets_its_general_sentence),
        cmocka_unit_test(wrong_usage_is_exit_2),
        cmocka_unit_test(every_damage_names_its_file_in_both_languages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
