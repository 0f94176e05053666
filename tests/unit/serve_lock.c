/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The owner locks: what those who are attached are told, and whom he waits for. */
#include "cli/draft.h"
#include "store/console_memory.h"
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

/* A console that greets, wanting this draft; gives the number of the one that it gets. */
static struct channel *console_wanting(uint64_t wanted, const char *draft, uint64_t *number) {
    struct message hello = { .type = TALK_HELLO };
    struct channel *console = owner_attach(&scene);

    message_add_number(&hello, 1);
    message_add_number(&hello, wanted);
    message_add_text(&hello, span_text(scene.settings.version));
    channel_send(console, &hello);
    message_clear(&hello);
    const struct message *welcome = client_hears(&scene, console, TALK_WELCOME);
    assert_true(span_equal(message_text(welcome, 2), span_text(draft)));
    *number = message_number(welcome, 0);
    return console;
}

static void leaves(struct channel **console) {
    struct channel *other = owner_attach(&scene);

    channel_destroy(console);
    owner_step_for(&scene, other, 20);
    channel_destroy(&other);
}

static void a_console_is_told_the_name_of_the_person(void **state) {
    struct channel *console = owner_attach(&scene);
    (void)state;

    client_says(console, TALK_HELLO, 1, scene.settings.version);
    const struct message *welcome = client_hears(&scene, console, TALK_WELCOME);
    assert_true(span_equal(message_text(welcome, 1), span_text("Ayu")));
    channel_destroy(&console);
}

static void every_console_has_its_own_draft_and_finds_it_again(void **state) {
    uint64_t one = 0, other = 0, number = 0;
    struct channel *first = console_wanting(0, "", &one);
    struct channel *second = console_wanting(0, "", &other);
    (void)state;

    assert_true(one != 0 && other != 0 && one != other);
    client_says(first, TALK_DRAFT, 0, "yang pertama");
    client_says(second, TALK_DRAFT, 0, "yang kedua");
    owner_step_for(&scene, first, 20);
    owner_step_for(&scene, second, 20);
    leaves(&first);
    leaves(&second);
    second = console_wanting(other, "yang kedua", &number);
    assert_int_equal(number, other);
    first = console_wanting(one, "yang pertama", &number);
    assert_int_equal(number, one);
    channel_destroy(&first);
    channel_destroy(&second);
}

static void a_draft_that_another_has_is_not_given_twice(void **state) {
    uint64_t number = 0, another = 0;
    struct channel *first = console_wanting(0, "", &number);
    (void)state;

    client_says(first, TALK_DRAFT, 0, "yang pertama");
    owner_step_for(&scene, first, 20);
    struct channel *second = console_wanting(number, "", &another);
    assert_true(another != number);
    struct channel *third = console_wanting(1000, "", &another);
    channel_destroy(&first);
    channel_destroy(&second);
    channel_destroy(&third);
}

static void a_command_locks_all_and_is_answered_before(void **state) {
    struct channel *shell = owner_welcomes(&scene, false);
    struct channel *console = owner_welcomes(&scene, true);
    (void)state;

    CLIENT_RUNS(shell, 1, 0, "lock");
    assert_int_equal(client_hears_answer(&scene, shell, 1), 0);
    assert_non_null(strstr(owner_said(&scene), "Locked."));
    (void)client_hears(&scene, console, TALK_LOCKED);
    assert_true(server_locks(scene.server));
    channel_destroy(&shell);
    channel_destroy(&console);
}

static void it_is_locked_when_every_console_has_handed_over_its_draft(void **state) {
    uint64_t number = 0;
    struct channel *one = console_wanting(0, "", &number);
    struct channel *other = owner_welcomes(&scene, true);
    (void)state;

    server_lock(scene.server);
    assert_false(server_is_locked(scene.server));
    client_says(one, TALK_DRAFT, 0, "setengah");
    owner_step_for(&scene, one, 20);
    assert_false(server_is_locked(scene.server));
    leaves(&other);
    assert_true(server_is_locked(scene.server));
    channel_destroy(&one);
}

static void a_console_that_does_not_answer_is_waited_for_only_a_moment(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    (void)state;

    server_lock(scene.server);
    assert_false(server_is_locked(scene.server));
    owner_step_for(&scene, console, 1000);
    assert_true(server_is_locked(scene.server));
    channel_destroy(&console);
}

static void nobody_is_waited_for_where_nobody_is(void **state) {
    struct channel *shell = owner_welcomes(&scene, false);
    (void)state;

    server_lock(scene.server);
    assert_true(server_is_locked(scene.server));
    channel_destroy(&shell);
}

static void nothing_begins_once_it_locks(void **state) {
    struct channel *shell = owner_welcomes(&scene, false);
    struct channel *late = owner_attach(&scene);
    (void)state;

    server_lock(scene.server);
    CLIENT_RUNS(shell, 1, 0, "group", "list");
    assert_int_equal(client_counts(&scene, shell, TALK_DONE, 50), 0);
    client_says(late, TALK_HELLO, 0, scene.settings.version);
    assert_int_equal(message_number(client_hears(&scene, late, TALK_LOCKED), 0), 0);
    client_hears_the_end(&scene, late, TALK_WELCOME);
    channel_destroy(&shell);
    channel_destroy(&late);
}

static void a_console_that_enters_a_command_too_late_gets_its_line_back(void **state) {
    uint64_t number = 0;
    struct channel *console = console_wanting(0, "", &number);
    struct writer kept;
    (void)state;

    server_lock(scene.server);
    CLIENT_RUNS(console, 1, 0, "post", "1", "selamat");
    client_says(console, TALK_DRAFT, 0, "post 1 selamat");
    assert_int_equal(client_counts(&scene, console, TALK_DONE, 50), 0);
    assert_true(server_is_locked(scene.server));
    writer_init(&kept, LINE_BYTES_MAX);
    assert_int_equal(draft_load(scene.people.stores[AYU], number - 1, &kept), RB_OK);
    assert_true(span_equal(writer_view(&kept), span_text("post 1 selamat")));
    writer_clear(&kept);
    channel_destroy(&console);
}

static void keeps_place(struct channel *console, const char *line) {
    struct message message = { .type = TALK_DRAFT };
    struct draft draft = { .by_lock = true };
    struct writer bytes;

    writer_init(&bytes, LINE_BYTES_MAX);
    draft_set_line(&draft, span_text(line));
    draft_write(&draft, &bytes);
    draft_clear(&draft);
    message_add_text(&message, writer_view(&bytes));
    channel_send(console, &message);
    message_clear(&message);
    writer_clear(&bytes);
    owner_step_for(&scene, console, 20);
}

/* A place alone is for whoever was locked there. */
static void a_place_hides_no_text_from_a_console_that_comes_anew(void **state) {
    uint64_t first = 0, second = 0, number = 0;
    struct channel *one = console_wanting(0, "", &first);
    struct channel *other = console_wanting(0, "", &second);
    struct draft draft;
    (void)state;

    keeps_place(one, "");
    keeps_place(other, "post 1 belum");
    leaves(&one);
    leaves(&other);
    one = owner_attach(&scene);
    client_says(one, TALK_HELLO, 1, scene.settings.version);
    const struct message *welcome = client_hears(&scene, one, TALK_WELCOME);
    assert_int_equal(message_number(welcome, 0), second);
    assert_int_equal(draft_read(message_text(welcome, 2), &draft), RB_OK);
    assert_true(span_equal(writer_view(&draft.line), span_text("post 1 belum")));
    draft_clear(&draft);
    other = console_wanting(0, "", &number);
    assert_true(number != first && number != second);
    channel_destroy(&one);
    channel_destroy(&other);
}

static void a_console_may_ask_for_it(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    (void)state;

    client_says(console, TALK_LOCK, 0, "");
    (void)client_hears(&scene, console, TALK_LOCKED);
    channel_destroy(&console);
}

static void only_people_at_consoles_keep_it_open(void **state) {
    int64_t began_ms = clock_elapsed_ms();
    struct channel *shell = owner_welcomes(&scene, false);
    (void)state;

    CLIENT_RUNS(shell, 1, 0, "group", "list");
    assert_int_equal(client_hears_answer(&scene, shell, 1), 0);
    assert_int_equal(server_active_ms(scene.server), 0);
    struct channel *console = owner_welcomes(&scene, true);
    assert_true(server_active_ms(scene.server) >= began_ms);
    channel_destroy(&shell);
    channel_destroy(&console);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_console_is_told_the_name_of_the_person),
        TEST(every_console_has_its_own_draft_and_finds_it_again),
        TEST(a_draft_that_another_has_is_not_given_twice),
        TEST(a_command_locks_all_and_is_answered_before),
        TEST(it_is_locked_when_every_console_has_handed_over_its_draft),
        TEST(a_console_that_does_not_answer_is_waited_for_only_a_moment),
        TEST(nobody_is_waited_for_where_nobody_is),
        TEST(nothing_begins_once_it_locks),
        TEST(a_console_that_enters_a_command_too_late_gets_its_line_back),
        TEST(a_place_hides_no_text_from_a_console_that_comes_anew),
        TEST(a_console_may_ask_for_it),
        TEST(only_people_at_consoles_keep_it_open),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
