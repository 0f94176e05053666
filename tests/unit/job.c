/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One command from its words to its exit code, with Ayu's store. */
#include "cli/job.h"

#include "node/node.h"
#include "tests/support/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- Arranging ---- */

static struct people people;
static struct settings settings;
static uint8_t circle[HASH_BYTES], thread[REF_BYTES]; /* thread 1 of Ayu */

static int begin(void **state) {
    int64_t number = 0;
    (void)state;

    people_new(&people, 2);
    people_group(&people, 2, circle);
    assert_int_equal(thread_new(people.stores[AYU], circle, span_text("Rapat Senin"),
                                people_now(&people), thread),
                     RB_OK);
    assert_int_equal(
        ref_number(people.stores[AYU], REF_THREAD, span_of(thread, REF_BYTES), &number), RB_OK);
    settings = (struct settings) {
        .language = LANGUAGE_ENGLISH,
        .width = 80,
        .version = "1.0",
        .locale_dir = REMBUK_LOCALEDIR,
    };
    return 0;
}

static int end(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* A command on its way, with all that it has written. */
struct attempt {
    struct job *job;
    FILE *out, *err;
    char *said, *complained;
    size_t said_len, complained_len;
    enum job_state state;
};

static void attempt_step(struct attempt *attempt) {
    attempt->state = job_step(attempt->job);
    assert_int_equal(fflush(attempt->out), 0);
    assert_int_equal(fflush(attempt->err), 0);
}

/* Up to its first step; `setup` says what is not as usual. */
static void attempt_begin(struct attempt *attempt, struct job_setup setup, char *const *words) {
    *attempt = (struct attempt) { 0 };
    attempt->out = open_memstream(&attempt->said, &attempt->said_len);
    attempt->err = open_memstream(&attempt->complained, &attempt->complained_len);
    assert_true(attempt->out != NULL && attempt->err != NULL);
    setup.settings = &settings;
    setup.out = attempt->out;
    setup.err = attempt->err;
    setup.words = words;
    while (words[setup.word_count] != NULL) {
        setup.word_count++;
    }
    attempt->job = job_new(&setup);
    attempt_step(attempt);
}

static void attempt_end(struct attempt *attempt) {
    job_destroy(&attempt->job);
    (void)fclose(attempt->out);
    (void)fclose(attempt->err);
    free(attempt->said);
    free(attempt->complained);
}

#define WORDS(...) ((char *[]) { __VA_ARGS__, NULL })

static struct job_setup usual(void) {
    return (struct job_setup) { .store = people.stores[AYU] };
}

static void assert_contains(const char *text, const char *part) {
    if (strstr(text, part) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", part, text);
    }
}

/* Ends at once with this exit code; `said` stands in the answer, or in the complaint if it
 * failed. */
static void assert_ends(struct job_setup setup, char *const *words, int exit_code,
                        const char *said) {
    struct attempt attempt;

    attempt_begin(&attempt, setup, words);
    assert_int_equal(attempt.state, JOB_ENDED);
    assert_contains(exit_code == 0 ? attempt.said : attempt.complained, said);
    assert_int_equal(job_exit_code(attempt.job), exit_code);
    assert_string_equal(exit_code == 0 ? attempt.complained : attempt.said, "");
    attempt_end(&attempt);
}

static struct post_row post_as_stored(const uint8_t ref[static REF_BYTES]) {
    struct post_row row;

    assert_int_equal(post_get(people.stores[AYU], ref, &row), RB_OK);
    return row;
}

static void assert_transcript(const char *expected) {
    char transcript[TRANSCRIPT_BYTES];

    people_transcript(&people, AYU, thread, transcript);
    assert_string_equal(transcript, expected);
}

/* ---- Words ---- */

static void an_unknown_command_is_wrong_usage(void **state) {
    (void)state;

    assert_ends(usual(), WORDS("psot", "1"), EXIT_USAGE, "psot");
    assert_ends(usual(), WORDS("thread", "shwo"), EXIT_USAGE, "rembuk thread show");
    assert_ends(usual(), WORDS("post"), EXIT_USAGE, "rembuk post THREAD");
}

static void help_is_given_without_a_store(void **state) {
    const struct job_setup nothing = { 0 };
    (void)state;

    assert_ends(nothing, WORDS("post", "--help"), 0, "post THREAD");
    assert_ends(nothing, WORDS("thread", "--help"), 0, "thread show");
    assert_ends(nothing, WORDS("--version"), 0, "1.0");
    assert_ends(nothing, WORDS(NULL), 0, "rembuk");
}

static void each_command_is_answered_in_its_language(void **state) {
    (void)state;

    assert_ends(usual(), WORDS("--lang", "id", "thread", "show", "99"), EXIT_REFUSED, "tidak ada");
    assert_ends(usual(), WORDS("thread", "show", "99"), EXIT_REFUSED, "There is no thread");
}

static void a_failure_in_json_is_one_object(void **state) {
    (void)state;

    assert_ends(usual(), WORDS("--json", "thread", "show", "99"), EXIT_REFUSED,
                "{\"error\": {\"code\": \"not_found\", \"exit\": 1, ");
    assert_ends(usual(), WORDS("--json", "psot"), EXIT_USAGE, "\"exit\": 2");
}

/* ---- Arguments ---- */

static void references_are_found_before_a_command_runs(void **state) {
    (void)state;

    assert_ends(usual(), WORDS("thread", "show", "1"), 0, "Rapat Senin");
    assert_ends(usual(), WORDS("thread", "show", "rapat senin"), 0, "Rapat Senin");
    assert_ends(usual(), WORDS("post", "2", "halo"), EXIT_REFUSED, "no thread \"2\"");
    assert_transcript("");
}

static void the_last_line_end_of_an_input_is_not_part_of_the_text(void **state) {
    struct job_setup setup = usual();
    (void)state;

    setup.inputs[1] = span_text("satu\ndua\r\n");
    assert_ends(setup, WORDS("post", "1", "-"), 0, "1.1");
    setup.inputs[1] = span_text("-"); /* as text, typed at a console */
    assert_ends(setup, WORDS("post", "1", "-"), 0, "1.2");
    assert_transcript("Ayu: satu\ndua\nAyu: -\n");
}

static void an_input_does_not_stand_for_a_name(void **state) {
    struct job_setup setup = usual();
    (void)state;

    setup.inputs[0] = span_text("Tim Kota");
    assert_ends(setup, WORDS("group", "new", ""), EXIT_REFUSED, "name");
}

/* ---- Looking ---- */

static void a_look_finds_references_and_does_nothing(void **state) {
    struct job_setup setup = usual();
    (void)state;

    setup.look = true;
    assert_ends(setup, WORDS("post", "99", "-"), EXIT_REFUSED, "99");
    assert_ends(setup, WORDS("post", "1", "-"), 0, "");
    assert_transcript("");
}

static void a_look_without_a_store_says_what_is_wrong_whatever_is_stored(void **state) {
    const struct job_setup setup = { .look = true };
    (void)state;

    assert_ends(setup, WORDS("post", "99", "-"), 0, "");
    assert_ends(setup, WORDS("sync", "--timeout", "soon"), EXIT_USAGE, "soon");
    assert_ends(setup, WORDS("post", "1"), EXIT_USAGE, "TEXT");
    assert_ends(setup, WORDS("group", "new", ""), EXIT_REFUSED, "name");
}

static void a_look_asks_nothing(void **state) {
    struct job_setup setup = usual();
    uint8_t ref[REF_BYTES];
    (void)state;

    settings.can_ask = true;
    setup.look = true;
    people_post(&people, AYU, thread, "salah utas", ref);
    assert_ends(setup, WORDS("retract", "1.1"), 0, "");
    assert_false(post_as_stored(ref).retracted);
}

/* ---- Confirmation ---- */

/* What is asked before "retract 1.1"; the caller frees. */
static char *asked_question(void) {
    struct attempt attempt;

    settings.can_ask = true;
    attempt_begin(&attempt, usual(), WORDS("retract", "1.1"));
    assert_int_equal(attempt.state, JOB_ASKS);
    assert_string_equal(attempt.said, "");
    assert_string_equal(attempt.complained, "");
    char *question = rb_strndup(job_question(attempt.job));
    attempt_end(&attempt);
    return question;
}

static void what_is_to_be_confirmed_is_asked_and_not_done(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    people_post(&people, AYU, thread, "salah utas", ref);
    char *question = asked_question();
    assert_contains(question, "salah utas");
    free(question);
    assert_false(post_as_stored(ref).retracted);
}

static void the_same_words_confirmed_are_carried_out(void **state) {
    struct job_setup setup = usual();
    uint8_t ref[REF_BYTES];
    (void)state;

    people_post(&people, AYU, thread, "salah utas", ref);
    char *question = asked_question();
    setup.confirmed = span_text(question);
    assert_ends(setup, WORDS("retract", "1.1"), 0, "1.1");
    free(question);
    assert_true(post_as_stored(ref).retracted);
}

static void what_has_changed_since_it_was_asked_is_asked_again(void **state) {
    struct job_setup setup = usual();
    struct attempt attempt;
    uint8_t ref[REF_BYTES];
    (void)state;

    people_post(&people, AYU, thread, "salah utas", ref);
    char *question = asked_question();
    assert_int_equal(
        post_edit(people.stores[AYU], ref, span_text("utas yang benar"), people_now(&people)),
        RB_OK);
    setup.confirmed = span_text(question);
    attempt_begin(&attempt, setup, WORDS("retract", "1.1"));
    free(question);
    assert_int_equal(attempt.state, JOB_ASKS);
    question = rb_strndup(job_question(attempt.job));
    assert_contains(question, "utas yang benar");
    free(question);
    attempt_end(&attempt);
    assert_false(post_as_stored(ref).retracted);
}

static void yes_in_front_answers_every_question(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    settings.can_ask = true;
    people_post(&people, AYU, thread, "salah utas", ref);
    assert_ends(usual(), WORDS("--yes", "retract", "1.1"), 0, "1.1");
    assert_true(post_as_stored(ref).retracted);
}

static void where_nobody_can_be_asked_nothing_is_done(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    people_post(&people, AYU, thread, "salah utas", ref);
    assert_ends(usual(), WORDS("retract", "1.1"), EXIT_USAGE, "--yes");
    assert_ends(usual(), WORDS("contact", "verify", "1"), EXIT_USAGE, "--words");
    settings.can_ask = true; /* ... but a program reads the answer. */
    assert_ends(usual(), WORDS("--json", "retract", "1.1"), EXIT_USAGE, "confirmation_needed");
    assert_false(post_as_stored(ref).retracted);
}

static void what_is_refused_anyway_is_not_asked(void **state) {
    uint8_t ref[REF_BYTES];
    int64_t number = 0;
    (void)state;

    settings.can_ask = true;
    people_meet(&people, AYU, BAYU);
    people_post(&people, BAYU, thread, "dari Bayu", ref);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(ref_number_in(people.stores[AYU], REF_POST, span_of(thread, REF_BYTES),
                                   span_of(ref, REF_BYTES), &number),
                     RB_OK);
    assert_ends(usual(), WORDS("retract", "1.1"), EXIT_REFUSED, "Only who wrote a post");
}

/* ---- Where a command has a meaning ---- */

static void console_commands_are_refused_at_a_shell(void **state) {
    (void)state;

    assert_ends(usual(), WORDS("--json", "leave"), EXIT_USAGE, "console_only");
    assert_ends(usual(), WORDS("--json", "thread", "enter", "1"), EXIT_USAGE, "console_only");
}

static void shell_commands_are_refused_at_a_console(void **state) {
    (void)state;

    settings.console = true;
    assert_ends(usual(), WORDS("--json", "init", "--name", "Sari", "--role", "tksk"), EXIT_USAGE,
                "shell_only");
}

static void a_change_of_place_stands_in_the_context(void **state) {
    struct attempt attempt;
    (void)state;

    settings.console = true;
    attempt_begin(&attempt, usual(), WORDS("thread", "enter", "1"));
    const struct context *context = job_context(attempt.job);
    assert_int_equal(context->place_change, PLACE_ENTERED);
    assert_int_equal(context->place.sort, PLACE_THREAD);
    assert_int_equal(context->place.number, 1);
    assert_string_equal(context->place.name, "Rapat Senin");
    attempt_end(&attempt);
    attempt_begin(&attempt, usual(), WORDS("leave"));
    assert_int_equal(job_context(attempt.job)->place_change, PLACE_LEFT);
    attempt_end(&attempt);
    attempt_begin(&attempt, usual(), WORDS("thread", "list"));
    assert_int_equal(job_context(attempt.job)->place_change, PLACE_STAYS);
    attempt_end(&attempt);
}

/* ---- Work that takes its time ---- */

/* A node that calls Bayu where nobody answers. */
static struct node *calling_node(void) {
    const struct node_setup setup = { .store = people.stores[AYU] };
    struct node *node = NULL;
    size_t bad_listen = 0;

    assert_int_equal(contact_set_address(people.stores[AYU], people_id(&people, BAYU),
                                         span_text("tcp://127.0.0.1:1")),
                     RB_OK);
    assert_int_equal(node_open(&node, &setup, &bad_listen), RB_OK);
    return node;
}

static void a_cancelled_command_tells_what_it_has_reached(void **state) {
    struct job_setup setup = usual();
    struct attempt attempt;
    (void)state;

    setup.node = calling_node();
    attempt_begin(&attempt, setup, WORDS("sync", "--timeout", "60"));
    assert_int_equal(attempt.state, JOB_GOES_ON);
    assert_contains(attempt.said, "Calling");
    attempt_step(&attempt);
    assert_int_equal(attempt.state, JOB_GOES_ON);
    job_cancel(attempt.job);
    attempt_step(&attempt);
    assert_int_equal(attempt.state, JOB_ENDED);
    assert_int_equal(job_exit_code(attempt.job), EXIT_UNREACHABLE);
    assert_contains(attempt.said, "Bayu");
    assert_contains(attempt.complained, "Not everything");
    attempt_end(&attempt);
    node_close(&setup.node);
}

static void a_command_goes_on_until_its_row_says_that_it_is_done(void **state) {
    struct job_setup setup = usual();
    struct attempt attempt;
    size_t steps = 0;
    (void)state;

    setup.node = calling_node();
    attempt_begin(&attempt, setup, WORDS("sync", "--timeout", "1"));
    while (attempt.state == JOB_GOES_ON) {
        assert_int_equal(node_step(setup.node, 10), RB_OK);
        attempt_step(&attempt);
        steps++;
    }
    assert_true(steps > 1);
    assert_int_equal(job_exit_code(attempt.job), EXIT_UNREACHABLE);
    attempt_end(&attempt);
    node_close(&setup.node);
}

static void a_command_that_cannot_begin_does_not_go_on(void **state) {
    struct job_setup setup = usual();
    struct attempt attempt;
    (void)state;

    attempt_begin(&attempt, setup, WORDS("sync"));
    assert_int_equal(attempt.state, JOB_ENDED);
    assert_int_equal(job_exit_code(attempt.job), EXIT_REFUSED);
    assert_contains(attempt.complained, "has an address");
    attempt_end(&attempt);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_unknown_command_is_wrong_usage, begin, end),
        cmocka_unit_test_setup_teardown(help_is_given_without_a_store, begin, end),
        cmocka_unit_test_setup_teardown(each_command_is_answered_in_its_language, begin, end),
        cmocka_unit_test_setup_teardown(a_failure_in_json_is_one_object, begin, end),
        cmocka_unit_test_setup_teardown(references_are_found_before_a_command_runs, begin, end),
        cmocka_unit_test_setup_teardown(the_last_line_end_of_an_input_is_not_part_of_the_text,
                                        begin, end),
        cmocka_unit_test_setup_teardown(an_input_does_not_stand_for_a_name, begin, end),
        cmocka_unit_test_setup_teardown(a_look_finds_references_and_does_nothing, begin, end),
        cmocka_unit_test_setup_teardown(
            a_look_without_a_store_says_what_is_wrong_whatever_is_stored, begin, end),
        cmocka_unit_test_setup_teardown(a_look_asks_nothing, begin, end),
        cmocka_unit_test_setup_teardown(what_is_to_be_confirmed_is_asked_and_not_done, begin, end),
        cmocka_unit_test_setup_teardown(the_same_words_confirmed_are_carried_out, begin, end),
        cmocka_unit_test_setup_teardown(what_has_changed_since_it_was_asked_is_asked_again, begin,
                                        end),
        cmocka_unit_test_setup_teardown(yes_in_front_answers_every_question, begin, end),
        cmocka_unit_test_setup_teardown(where_nobody_can_be_asked_nothing_is_done, begin, end),
        cmocka_unit_test_setup_teardown(what_is_refused_anyway_is_not_asked, begin, end),
        cmocka_unit_test_setup_teardown(console_commands_are_refused_at_a_shell, begin, end),
        cmocka_unit_test_setup_teardown(shell_commands_are_refused_at_a_console, begin, end),
        cmocka_unit_test_setup_teardown(a_change_of_place_stands_in_the_context, begin, end),
        cmocka_unit_test_setup_teardown(a_cancelled_command_tells_what_it_has_reached, begin, end),
        cmocka_unit_test_setup_teardown(a_command_goes_on_until_its_row_says_that_it_is_done, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_command_that_cannot_begin_does_not_go_on, begin, end),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
