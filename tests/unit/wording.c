/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/wording.h"

#include "cli/errors.h"
#include "cli/lang.h"
#include "cli/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_said(const char *sentence, const char *expected) {
    char *said = wording_of(sentence);

    assert_string_equal(said, expected);
    free(said);
}

static void assert_unchanged(const char *sentence) {
    assert_said(sentence, sentence);
}

static int end_at_a_shell(void **state) {
    (void)state;
    wording_set_console(false);
    return 0;
}

/* ---- Sentences ---- */

static void at_a_shell_commands_have_the_name_of_the_program(void **state) {
    (void)state;

    assert_unchanged("exchange it: rembuk sync");
    assert_unchanged("rembuk %s --help");
}

static void in_the_console_commands_go_without_it(void **state) {
    (void)state;

    wording_set_console(true);
    assert_said("exchange it: rembuk sync", "exchange it: sync");
    assert_said("kirimkan: rembuk sinkron", "kirimkan: sinkron");
    assert_said("rembuk group list", "group list");
    assert_said("Type: rembuk post 1 \"rembuk sync\"", "Type: post 1 \"sync\"");
    assert_said("  rembuk sync\n  rembuk node --listen tcp://0.0.0.0:7437",
                "  sync\n  node --listen tcp://0.0.0.0:7437");
}

static void a_place_for_a_command_counts_as_one(void **state) {
    (void)state;

    wording_set_console(true);
    assert_said("Did you mean \"rembuk %s\"?", "Did you mean \"%s\"?");
    assert_said("rembuk COMMAND --help", "COMMAND --help");
}

static void the_program_itself_keeps_its_name(void **state) {
    (void)state;

    wording_set_console(true);
    assert_unchanged("");
    assert_unchanged("rembuk");
    assert_unchanged("Open it: rembuk");
    assert_unchanged("another rembuk process is running here");
    assert_unchanged("rembuk: confer about cases");
    assert_unchanged("rembuk ");
    assert_unchanged("rembuk averyveryverylongwordthatisnocommand");
}

static void what_begins_like_a_command_is_none(void **state) {
    (void)state;

    wording_set_console(true);
    assert_unchanged("rembuk synchronously");
    assert_unchanged("rembuk post,");
    assert_unchanged("rembuk 12");
}

static void the_general_sentences_name_commands_in_both_ways(void **state) {
    struct failure failure = { 0 };
    (void)state;

    wording_set_console(true);
    (void)failure_say(&failure, RB_REFUSED, NULL, "%s", "rembuk sync");
    assert_string_equal(failure.sentence, "rembuk sync");
    (void)failure_say(&failure, RB_REFUSED, NULL, "Exchange %s: rembuk sync", "rembuk sync");
    assert_string_equal(failure.sentence, "Exchange rembuk sync: sync");
    failure_clear(&failure);
}

/* ---- What people wrote ---- */

struct said {
    FILE *file;
    char *text;
    size_t len;
    struct output *output;
};

static void said_begin(struct said *said) {
    *said = (struct said) { 0 };
    said->file = open_memstream(&said->text, &said->len);
    const struct output_setup setup = { .out = said->file, .err = said->file, .width = 80 };
    said->output = output_new(&setup);
}

static void said_end(struct said *said, const char *expected) {
    assert_int_equal(output_finish(said->output), RB_OK);
    assert_string_equal(said->text, expected);
    output_destroy(&said->output);
    (void)fclose(said->file);
    free(said->text);
}

static void a_name_with_a_command_in_it_is_said_as_it_is(void **state) {
    struct said said;
    (void)state;

    wording_set_console(true);
    said_begin(&said);
    output_say(said.output, "Invite %s: rembuk group invite",
               output_name(said.output, "Tim rembuk sync"));
    said_end(&said, "Invite Tim rembuk sync: group invite\n");
}

static void a_text_with_a_command_in_it_is_said_as_it_is(void **state) {
    struct said said;
    (void)state;

    wording_set_console(true);
    said_begin(&said);
    output_paragraph(said.output, span_text("Ketik rembuk sync"));
    said_end(&said, "  Ketik rembuk sync\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(at_a_shell_commands_have_the_name_of_the_program, end_at_a_shell),
        cmocka_unit_test_teardown(in_the_console_commands_go_without_it, end_at_a_shell),
        cmocka_unit_test_teardown(a_place_for_a_command_counts_as_one, end_at_a_shell),
        cmocka_unit_test_teardown(the_program_itself_keeps_its_name, end_at_a_shell),
        cmocka_unit_test_teardown(what_begins_like_a_command_is_none, end_at_a_shell),
        cmocka_unit_test_teardown(the_general_sentences_name_commands_in_both_ways, end_at_a_shell),
        cmocka_unit_test_teardown(a_name_with_a_command_in_it_is_said_as_it_is, end_at_a_shell),
        cmocka_unit_test_teardown(a_text_with_a_command_in_it_is_said_as_it_is, end_at_a_shell),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
