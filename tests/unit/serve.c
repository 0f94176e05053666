/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands of attached processes, as the owner of the home carries them out.  What consoles are
 * told stands in serve_consoles.c. */
#include "tests/support/owner_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct owner_scene scene;

static int begin(void **state) {
    (void)state;
    owner_begin(&scene);
    return 0;
}

static int end(void **state) {
    (void)state;
    owner_end(&scene);
    return 0;
}

static void assert_contains(const char *text, const char *part) {
    if (strstr(text, part) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", part, text);
    }
}

/* ---- Who may speak ---- */

static void another_version_is_refused_with_ours(void **state) {
    struct channel *client = owner_attach(&scene);
    (void)state;

    client_says(client, TALK_HELLO, 0, "0.9");
    const struct message *refused = client_hears(&scene, client, TALK_REFUSED);
    assert_true(span_equal(message_text(refused, 0), span_text("1.0")));
    client_hears_the_end(&scene, client, TALK_WELCOME);
    channel_destroy(&client);
}

static void nobody_is_served_before_he_has_said_hello(void **state) {
    struct channel *client = owner_attach(&scene);
    (void)state;

    CLIENT_RUNS(client, 1, 0, "group", "list");
    client_hears_the_end(&scene, client, TALK_OUT);
    channel_destroy(&client);
}

static void messages_that_nobody_sends_end_the_connection(void **state) {
    const struct talk_run no_width = { .id = 1 };
    (void)state;

    for (int i = 0; i < 2; i++) {
        struct channel *client = owner_welcomes(&scene, false);
        if (i == 0) {
            client_says(client, TALK_WELCOME, 0, "1.0");
        } else {
            client_runs(client, &no_width, (const char *[]) { "group", "list", NULL });
        }
        client_hears_the_end(&scene, client, TALK_OUT);
        channel_destroy(&client);
    }
}

static void a_word_with_a_nul_is_none_that_was_typed(void **state) {
    struct channel *client = owner_welcomes(&scene, false);
    struct message message = { 0 };
    const struct talk_run run = { .width = 80,
                                  .words = { span_of("status\0", 7) },
                                  .word_count = 1 };
    (void)state;

    talk_run_write(&message, &run);
    channel_send(client, &message);
    message_clear(&message);
    client_hears_the_end(&scene, client, TALK_OUT);
    channel_destroy(&client);
}

static void a_console_that_greets_twice_is_hung_up_on(void **state) {
    (void)state;

    for (int i = 0; i < 2; i++) {
        struct channel *client = owner_welcomes(&scene, i == 0);
        client_says(client, TALK_HELLO, 1, "1.0");
        client_hears_the_end(&scene, client, TALK_WELCOME);
        channel_destroy(&client);
    }
}

static void who_runs_two_commands_greets_twice(void **state) {
    struct channel *client = owner_welcomes(&scene, false);
    (void)state;

    client_says(client, TALK_HELLO, 0, "1.0");
    (void)client_hears(&scene, client, TALK_WELCOME);
    CLIENT_RUNS(client, 1, 0, "group", "list");
    assert_int_equal(client_hears_answer(&scene, client, 1), 0);
    channel_destroy(&client);
}

/* ---- Answers ---- */

static void a_command_answers_and_says_how_it_went(void **state) {
    struct channel *client = owner_welcomes(&scene, false);
    (void)state;

    CLIENT_RUNS(client, 7, 0, "group", "list");
    assert_int_equal(client_hears_answer(&scene, client, 7), 0);
    assert_contains(owner_said(&scene), "Balai Melati");
    assert_string_equal(owner_complained(&scene), "");
    assert_int_equal(scene.answer.number_count, 2); /* The place stays. */
    channel_destroy(&client);
}

static void a_refusal_comes_as_an_error_with_its_exit_code(void **state) {
    struct channel *client = owner_welcomes(&scene, false);
    (void)state;

    CLIENT_RUNS(client, 1, 0, "thread", "show", "99");
    assert_int_equal(client_hears_answer(&scene, client, 1), EXIT_REFUSED);
    assert_string_equal(owner_said(&scene), "");
    assert_contains(owner_complained(&scene), "99");
    CLIENT_RUNS(client, 2, 0, "psot");
    assert_int_equal(client_hears_answer(&scene, client, 2), EXIT_USAGE);
    assert_contains(owner_complained(&scene), "psot");
    channel_destroy(&client);
}

static void a_text_comes_with_the_command(void **state) {
    struct channel *client = owner_welcomes(&scene, false);
    const struct talk_run run = {
        .id = 1,
        .width = 80,
        .inputs = { { 1, span_text("baris satu\nbaris dua\n") } },
        .input_count = 1,
    };
    (void)state;

    client_runs(client, &run, (const char *[]) { "post", "1", "-", NULL });
    assert_int_equal(client_hears_answer(&scene, client, 1), 0);
    CLIENT_RUNS(client, 2, 0, "thread", "show", "1");
    assert_int_equal(client_hears_answer(&scene, client, 2), 0);
    assert_contains(owner_said(&scene), "baris dua");
    channel_destroy(&client);
}

/* A message of the control connection holds less than that. */
static void an_answer_larger_than_a_message_comes_in_pieces(void **state) {
    enum { POSTS = 2400 }; /* of 6 KiB, each byte six in JSON: above 80 MiB */
    static char text[TEXT_BYTES_MAX + 1];
    uint8_t refs[REF_BYTES];
    size_t bad = 0;
    struct import_post *posts = rb_alloc(POSTS, sizeof *posts);
    (void)state;

    memset(text, '\a', TEXT_BYTES_MAX);
    for (size_t i = 0; i < POSTS; i++) {
        posts[i] = (struct import_post) { span_text("Ratna Umpama"),
                                          span_of(text, TEXT_BYTES_MAX - 512), -1 };
    }
    assert_int_equal(thread_import(scene.people.stores[AYU], scene.circle, span_text("Utas lama"),
                                   &(const struct import_list) { .posts = posts, .count = POSTS },
                                   people_now(&scene.people), refs, &bad),
                     RB_OK);
    free(posts);
    struct channel *client = owner_welcomes(&scene, false);
    CLIENT_RUNS(client, 1, 0, "--json", "thread", "show", "Utas lama");
    assert_int_equal(client_hears_answer(&scene, client, 1), 0);
    assert_true(scene.said.len > CONTROL_MESSAGE_BYTES_MAX);
    assert_true(scene.said.data[scene.said.len - 1] == '\n');
    channel_destroy(&client);
}

/* ---- Questions ---- */

static void what_is_to_be_confirmed_is_asked_and_done_after_a_yes(void **state) {
    struct channel *client = owner_welcomes(&scene, false);
    uint8_t ref[REF_BYTES];
    (void)state;

    people_post(&scene.people, AYU, scene.thread, "salah utas", ref);
    CLIENT_RUNS(client, 1, RUN_CAN_ASK, "retract", "1.1");
    assert_int_equal(client_hears_answer(&scene, client, 1), -1);
    assert_contains((const char *)scene.question.data, "salah utas");
    char *question = rb_strndup(scene.question);
    const struct talk_run agreed = { .id = 2,
                                     .flags = RUN_CAN_ASK,
                                     .language = LANGUAGE_ENGLISH,
                                     .width = 80,
                                     .confirmed = span_text(question) };
    client_runs(client, &agreed, (const char *[]) { "retract", "1.1", NULL });
    free(question);
    assert_int_equal(client_hears_answer(&scene, client, 2), 0);
    channel_destroy(&client);
}

static void a_question_is_wholly_in_the_language_of_who_is_asked(void **state) {
    struct channel *client = owner_welcomes(&scene, false);
    (void)state;

    CLIENT_RUNS(client, 1, RUN_CAN_ASK, "contact", "verify", "1");
    assert_int_equal(client_hears_answer(&scene, client, 1), -1);
    assert_non_null(strstr((const char *)scene.texts[1].data, "Add --words"));
    assert_non_null(strstr((const char *)scene.texts[2].data, "If the words differ"));
    channel_destroy(&client);
}

/* ---- Several at once ---- */

static void two_clients_are_answered_each_in_his_language(void **state) {
    struct channel *one = owner_welcomes(&scene, false), *other = owner_welcomes(&scene, false);
    const struct talk_run indonesian = { .id = 1, .language = LANGUAGE_INDONESIAN, .width = 80 };
    (void)state;

    for (int i = 0; i < 3; i++) {
        client_runs(one, &indonesian, (const char *[]) { "group", "list", NULL });
        CLIENT_RUNS(other, 1, 0, "group", "list");
        assert_int_equal(client_hears_answer(&scene, one, 1), 0);
        assert_contains(owner_said(&scene), "Berikutnya");
        assert_int_equal(client_hears_answer(&scene, other, 1), 0);
        assert_contains(owner_said(&scene), "Next");
    }
    channel_destroy(&one);
    channel_destroy(&other);
}

static void a_console_and_a_shell_are_told_commands_as_they_are_typed_there(void **state) {
    struct channel *console = owner_welcomes(&scene, true), *shell = owner_welcomes(&scene, false);
    (void)state;

    CLIENT_RUNS(console, 1, RUN_CONSOLE, "post", "1", "satu");
    CLIENT_RUNS(shell, 1, 0, "post", "1", "dua");
    assert_int_equal(client_hears_answer(&scene, console, 1), 0);
    assert_contains(owner_said(&scene), ": node --listen");
    assert_int_equal(client_hears_answer(&scene, shell, 1), 0);
    assert_contains(owner_said(&scene), "rembuk node --listen");
    channel_destroy(&console);
    channel_destroy(&shell);
}

/* ---- Commands that take their time ---- */

/* Bayu gets an address where nobody answers: whoever calls him waits. */
static void start_sync(struct channel *client, uint64_t id) {
    assert_int_equal(contact_set_address(scene.people.stores[AYU], people_id(&scene.people, BAYU),
                                         span_text("tcp://127.0.0.1:1")),
                     RB_OK);
    assert_int_equal(node_contacts_changed(scene.node), RB_OK);
    CLIENT_RUNS(client, id, 0, "sync", "--timeout", "60");
    (void)client_hears(&scene, client, TALK_OUT); /* that it calls */
}

static void a_command_that_takes_its_time_ends_when_it_is_cancelled(void **state) {
    struct channel *client = owner_welcomes(&scene, false);
    (void)state;

    start_sync(client, 5);
    client_says(client, TALK_CANCEL, 4, "");
    assert_int_equal(client_counts(&scene, client, TALK_DONE, 100), 0);
    client_says(client, TALK_CANCEL, 5, "");
    assert_int_equal(client_hears_answer(&scene, client, 5), EXIT_UNREACHABLE);
    assert_contains(owner_said(&scene), "Bayu");
    channel_destroy(&client);
}

static void count_call(void *count) {
    ++*(size_t *)count;
}

static void how_far_it_has_come_is_told(void **state) {
    struct channel *client = owner_welcomes(&scene, false);
    size_t shown = 0;
    (void)state;

    server_on_progress(scene.server, count_call, &shown);
    start_sync(client, 3);
    const struct message *progress = client_hears(&scene, client, TALK_PROGRESS);
    assert_true(message_number(progress, 0) == 3 && message_number(progress, 2) == 1);
    assert_true(span_equal(message_text(progress, 0), span_text("Exchanging")));
    assert_true(shown > 0);
    channel_destroy(&client);
}

static void others_are_served_in_the_meantime(void **state) {
    struct channel *client = owner_welcomes(&scene, false), *other = owner_welcomes(&scene, false);
    (void)state;

    start_sync(client, 1);
    CLIENT_RUNS(other, 1, 0, "group", "list");
    assert_int_equal(client_hears_answer(&scene, other, 1), 0);
    assert_int_equal(client_counts(&scene, client, TALK_DONE, 50), 0);
    channel_destroy(&client);
    channel_destroy(&other);
}

static void a_second_command_while_one_runs_ends_the_connection(void **state) {
    struct channel *client = owner_welcomes(&scene, false);
    (void)state;

    start_sync(client, 1);
    CLIENT_RUNS(client, 2, 0, "group", "list");
    client_hears_the_end(&scene, client, TALK_DONE);
    channel_destroy(&client);
}

static void who_vanishes_in_the_midst_of_a_command_is_forgotten(void **state) {
    struct channel *other = owner_welcomes(&scene, false);
    (void)state;

    for (int i = 0; i < CONTROL_CLIENTS_MAX + 2; i++) {
        struct channel *client = owner_welcomes(&scene, false);
        start_sync(client, 1);
        channel_destroy(&client);
        owner_step_for(&scene, other, 5);
    }
    CLIENT_RUNS(other, 1, 0, "group", "list");
    assert_int_equal(client_hears_answer(&scene, other, 1), 0);
    channel_destroy(&other);
}

static void who_vanishes_before_the_answer_leaves_the_command_done(void **state) {
    struct channel *client = owner_welcomes(&scene, false), *other = owner_welcomes(&scene, false);
    (void)state;

    CLIENT_RUNS(client, 1, 0, "group", "new", "Tim Baru");
    channel_flush(client);
    channel_destroy(&client);
    owner_step_for(&scene, other, 20);
    CLIENT_RUNS(other, 1, 0, "group", "list");
    assert_int_equal(client_hears_answer(&scene, other, 1), 0);
    assert_contains(owner_said(&scene), "Tim Baru");
    channel_destroy(&other);
}

/* ---- The end ---- */

static void everybody_is_told_that_the_owner_ends(void **state) {
    struct channel *shell = owner_welcomes(&scene, false), *console = owner_welcomes(&scene, true);
    (void)state;

    start_sync(shell, 1);
    server_close(&scene.server);
    node_close(&scene.node);
    (void)client_hears(&scene, shell, TALK_BYE);
    (void)client_hears(&scene, console, TALK_BYE);
    client_hears_the_end(&scene, shell, TALK_DONE);
    client_hears_the_end(&scene, console, TALK_DONE);
    channel_destroy(&shell);
    channel_destroy(&console);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(another_version_is_refused_with_ours, begin, end),
        cmocka_unit_test_setup_teardown(nobody_is_served_before_he_has_said_hello, begin, end),
        cmocka_unit_test_setup_teardown(messages_that_nobody_sends_end_the_connection, begin, end),
        cmocka_unit_test_setup_teardown(a_word_with_a_nul_is_none_that_was_typed, begin, end),
        cmocka_unit_test_setup_teardown(a_console_that_greets_twice_is_hung_up_on, begin, end),
        cmocka_unit_test_setup_teardown(who_runs_two_commands_greets_twice, begin, end),
        cmocka_unit_test_setup_teardown(a_command_answers_and_says_how_it_went, begin, end),
        cmocka_unit_test_setup_teardown(a_refusal_comes_as_an_error_with_its_exit_code, begin, end),
        cmocka_unit_test_setup_teardown(a_text_comes_with_the_command, begin, end),
        cmocka_unit_test_setup_teardown(an_answer_larger_than_a_message_comes_in_pieces, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_is_to_be_confirmed_is_asked_and_done_after_a_yes,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_question_is_wholly_in_the_language_of_who_is_asked, begin,
                                        end),
        cmocka_unit_test_setup_teardown(two_clients_are_answered_each_in_his_language, begin, end),
        cmocka_unit_test_setup_teardown(
            a_console_and_a_shell_are_told_commands_as_they_are_typed_there, begin, end),
        cmocka_unit_test_setup_teardown(a_command_that_takes_its_time_ends_when_it_is_cancelled,
                                        begin, end),
        cmocka_unit_test_setup_teardown(how_far_it_has_come_is_told, begin, end),
        cmocka_unit_test_setup_teardown(others_are_served_in_the_meantime, begin, end),
        cmocka_unit_test_setup_teardown(a_second_command_while_one_runs_ends_the_connection, begin,
                                        end),
        cmocka_unit_test_setup_teardown(who_vanishes_in_the_midst_of_a_command_is_forgotten, begin,
                                        end),
        cmocka_unit_test_setup_teardown(who_vanishes_before_the_answer_leaves_the_command_done,
                                        begin, end),
        cmocka_unit_test_setup_teardown(everybody_is_told_that_the_owner_ends, begin, end),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
