/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/parse.h"
#include "cli/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Parses words up to a NULL. */
#define PARSE(...) parse_words((char *[]) { __VA_ARGS__, NULL })

static struct parsed parse_words(char *const *words) {
    struct parsed parsed;
    size_t count = 0;

    while (words[count] != NULL) {
        count++;
    }
    parse_arguments(&parsed, count, words);
    return parsed;
}

static void assert_command(const struct parsed *parsed, const char *name) {
    assert_int_equal(parsed->fault, FAULT_NONE);
    assert_non_null(parsed->call.command);
    assert_string_equal(parsed->call.command->name, name);
}

static void words_of_both_languages_name_the_same_row(void **state) {
    struct parsed english = PARSE("group", "new", "Diskusi");
    struct parsed indonesian = PARSE("kelompok", "baru", "Diskusi");
    (void)state;

    assert_command(&english, "group new");
    assert_command(&indonesian, "group new");
    assert_string_equal(indonesian.call.typed[0], "Diskusi");
}

static void global_options_may_stand_anywhere_before_the_text(void **state) {
    struct parsed parsed =
        PARSE("--json", "tulis", "--home", "/tmp/x", "12", "--bahasa=en", "halo semua");
    (void)state;

    assert_command(&parsed, "post");
    assert_non_null(parsed.globals[GLOBAL_JSON]);
    assert_string_equal(parsed.globals[GLOBAL_HOME], "/tmp/x");
    assert_string_equal(parsed.globals[GLOBAL_LANGUAGE], "en");
    assert_string_equal(parsed.call.typed[1], "halo semua");
}

static void no_option_is_read_inside_or_behind_the_text(void **state) {
    struct parsed behind = PARSE("post", "12", "halo", "--json");
    struct parsed unquoted = PARSE("post", "12", "halo", "semua");
    (void)state;

    assert_int_equal(behind.fault, FAULT_AFTER_TEXT);
    assert_null(behind.globals[GLOBAL_JSON]);
    assert_int_equal(unquoted.fault, FAULT_AFTER_TEXT);
    assert_string_equal(unquoted.fault_word, "semua");
}

static void two_dashes_end_the_options(void **state) {
    struct parsed without = PARSE("post", "12", "--- catatan");
    struct parsed with = PARSE("post", "12", "--", "--json");
    (void)state;

    assert_int_equal(without.fault, FAULT_UNKNOWN_OPTION);
    assert_command(&with, "post");
    assert_string_equal(with.call.typed[1], "--json");
    assert_null(with.globals[GLOBAL_JSON]);
}

static void a_single_dash_begins_no_option(void **state) {
    struct parsed standard_input = PARSE("post", "12", "-");
    struct parsed list = PARSE("post", "12", "- pertama");
    (void)state;

    assert_command(&standard_input, "post");
    assert_command(&list, "post");
}

static void own_options_take_values_in_both_forms_and_the_last_one_counts(void **state) {
    struct parsed parsed = PARSE("sinkron", "--batas", "5", "--timeout=7s");
    (void)state;

    assert_command(&parsed, "sync");
    assert_string_equal(call_option(&parsed.call, "timeout"), "7s");
    assert_int_equal(parsed.call.option_count, 2);
}

static void an_option_of_another_command_is_unknown(void **state) {
    struct parsed other = PARSE("sync", "--since", "kemarin");
    struct parsed early = PARSE("--timeout", "5", "sync");
    (void)state;

    assert_int_equal(other.fault, FAULT_UNKNOWN_OPTION);
    assert_int_equal(early.fault, FAULT_UNKNOWN_OPTION);
}

static void values_are_asked_for_and_switches_take_none(void **state) {
    struct parsed at_end = PARSE("sync", "--timeout");
    struct parsed before_option = PARSE("sync", "--timeout", "--json");
    struct parsed switched = PARSE("status", "--json=ya");
    (void)state;

    assert_int_equal(at_end.fault, FAULT_MISSING_VALUE);
    assert_int_equal(before_option.fault, FAULT_MISSING_VALUE);
    assert_string_equal(before_option.fault_option->name, "timeout");
    assert_non_null(before_option.globals[GLOBAL_JSON]);
    assert_int_equal(switched.fault, FAULT_UNEXPECTED_VALUE);
}

static void what_is_missing_is_named(void **state) {
    struct parsed verb = PARSE("kelompok");
    struct parsed argument = PARSE("group", "invite", "1");
    struct parsed option = PARSE("init", "--name", "Sari Umpama");
    (void)state;

    assert_int_equal(verb.fault, FAULT_MISSING_VERB);
    assert_int_equal(argument.fault, FAULT_MISSING_ARGUMENT);
    assert_string_equal(argument.fault_argument->label, "CONTACT");
    assert_int_equal(option.fault, FAULT_MISSING_OPTION);
    assert_string_equal(option.fault_option->name, "role");
}

static void optional_arguments_may_be_left_out_but_not_exceeded(void **state) {
    struct parsed none = PARSE("thread", "list");
    struct parsed one = PARSE("thread", "list", "1");
    struct parsed two = PARSE("thread", "list", "1", "2");
    (void)state;

    assert_command(&none, "thread list");
    assert_command(&one, "thread list");
    assert_int_equal(two.fault, FAULT_UNEXPECTED_ARGUMENT);
}

static void words_are_whole_words(void **state) {
    struct parsed command = PARSE("kel", "baru", "x");
    struct parsed verb = PARSE("kelompok", "bar", "x");
    struct parsed empty = PARSE("");
    (void)state;

    assert_int_equal(command.fault, FAULT_UNKNOWN_COMMAND);
    assert_string_equal(command.fault_word, "kel");
    assert_int_equal(verb.fault, FAULT_UNKNOWN_VERB);
    assert_int_equal(empty.fault, FAULT_UNKNOWN_COMMAND);
}

static void the_first_fault_stands_and_later_global_options_still_count(void **state) {
    struct parsed parsed = PARSE("gabut", "--aneh", "--lang", "en", "--json");
    (void)state;

    assert_int_equal(parsed.fault, FAULT_UNKNOWN_COMMAND);
    assert_string_equal(parsed.globals[GLOBAL_LANGUAGE], "en");
    assert_non_null(parsed.globals[GLOBAL_JSON]);
}

static void help_asks_for_nothing_else(void **state) {
    struct parsed command = PARSE("init", "--help");
    struct parsed family = PARSE("kelompok", "--bantuan");
    struct parsed nothing = parse_words((char *[]) { NULL });
    (void)state;

    assert_command(&command, "init");
    assert_int_equal(family.fault, FAULT_NONE);
    assert_int_equal(nothing.fault, FAULT_NONE);
    assert_null(nothing.family);
}

static void more_options_than_there_is_room_for_are_refused(void **state) {
    char *words[2 * (CALL_OPTIONS_MAX + 1) + 2] = { "node" };
    (void)state;

    for (size_t i = 0; i <= CALL_OPTIONS_MAX; i++) {
        words[1 + 2 * i] = "--listen";
        words[2 + 2 * i] = "tcp://127.0.0.1:0";
    }
    struct parsed parsed = parse_words(words);
    assert_int_equal(parsed.fault, FAULT_UNEXPECTED_ARGUMENT);
    assert_int_equal(parsed.call.option_count, CALL_OPTIONS_MAX);
}

static size_t distance(const char *a, const char *b) {
    return suggest_distance(a, strlen(a), b, strlen(b));
}

static void distances_count_slips_of_the_finger(void **state) {
    (void)state;

    assert_int_equal(distance("sinkron", "sinkron"), 0);
    assert_int_equal(distance("Sinkron", "sinkron"), 0);
    assert_int_equal(distance("sinkorn", "sinkron"), 1);
    assert_int_equal(distance("sinkro", "sinkron"), 1);
    assert_int_equal(distance("singkron", "sinkron"), 1);
    assert_int_equal(distance("", "utas"), 4);
    assert_int_equal(distance("kelompok", "utas"), 8);
}

static void the_nearest_word_is_kept_and_a_far_one_is_not(void **state) {
    struct suggestion near = { 0 }, far = { 0 };
    (void)state;

    suggest_offer(&near, "kelompk", "kelola", 6);
    suggest_offer(&near, "kelompk", "kelompok", 8);
    suggest_offer(&far, "gabut", "kelompok", 8);
    assert_string_equal(near.word, "kelompok");
    assert_null(far.word);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_both_languages_name_the_same_row),
        cmocka_unit_test(global_options_may_stand_anywhere_before_the_text),
        cmocka_unit_test(no_option_is_read_inside_or_behind_the_text),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(a_single_dash_begins_no_option),
        cmocka_unit_test(own_options_take_values_in_both_forms_and_the_last_one_counts),
        cmocka_unit_test(an_option_of_another_command_is_unknown),
        cmocka_unit_test(values_are_asked_for_and_switches_take_none),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(optional_arguments_may_be_left_out_but_not_exceeded),
        cmocka_unit_test(words_are_whole_words),
        cmocka_unit_test(the_first_fault_stands_and_later_global_options_still_count),
        cmocka_unit_test(help_asks_for_nothing_else),
        cmocka_unit_test(more_options_than_there_is_room_for_are_refused),
        cmocka_unit_test(distances_count_slips_of_the_finger),
        cmocka_unit_test(the_nearest_word_is_kept_and_a_far_one_is_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
