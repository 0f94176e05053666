/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions for yes and no, and what comes while one cannot be shown it. */
#include "cli/announce.h"
#include "tests/support/console_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A question for yes or no stands. */
static void assert_asks(struct scene *scene, const char *expected) {
    char prompt[DIALOGUE_PROMPT_BYTES_MAX];

    assert_true(dialogue_reads(scene->dialogue));
    dialogue_prompt(scene->dialogue, prompt);
    assert_string_equal(prompt, expected);
}

/* A command has been entered, and asks this. */
static void begin_asked(struct scene *scene, const char *question) {
    scene_begin_ready(scene);
    scene_enter(scene, "group leave 1");
    (void)scene_received_run(scene);
    scene_send_question(scene, question);
}

static void send_post(struct scene *scene, const char *text) {
    struct message news = { .type = TALK_NEWS };

    message_add_number(&news, NEWS_POST);
    message_add_number(&news, 1);
    message_add_number(&news, 12);
    message_add_text(&news, span_text("12.3"));
    message_add_text(&news, span_text("Budi Misal"));
    message_add_text(&news, span_text("Street children"));
    message_add_text(&news, span_text(text));
    scene_send(scene, &news);
}

static void send_more(struct scene *scene, uint64_t count) {
    char digits[NEWS_DIGITS_BYTES];
    struct message news = { 0 };

    news_more_write(&news, count, digits);
    scene_send(scene, &news);
}

/* ---- Questions ---- */

static void yes_sends_the_same_command_with_the_question(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "group leave 1");
    uint64_t first_id = scene_received_run(&scene)->id;
    scene_send_question(&scene, "Leave \"Team\"?");
    assert_asks(&scene, "Leave \"Team\"? > ");
    scene_enter(&scene, "perhaps");
    scene_assert_shown(&scene, "Answer y or n.");
    scene_enter(&scene, " ya ");
    const struct talk_run *run = scene_received_run(&scene);
    assert_true(run->id != first_id);
    scene_assert_word(run, 1, "leave");
    assert_true(span_equal(run->confirmed, span_text("Leave \"Team\"?")));
    scene_send_done(&scene, 0);
    scene_assert_prompt(&scene, "[rembuk");
    scene_end(&scene);
}

static void another_question_is_asked_again(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "group leave 1");
    (void)scene_received_run(&scene);
    scene_send_question(&scene, "Leave 2 people?");
    scene_enter(&scene, "y");
    (void)scene_received_run(&scene);
    scene_send_question(&scene, "Leave 3 people?");
    assert_asks(&scene, "Leave 3 people? > ");
    scene_enter(&scene, "y");
    assert_true(span_equal(scene_received_run(&scene)->confirmed, span_text("Leave 3 people?")));
    scene_end(&scene);
}

static void no_changes_nothing_and_says_so(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "group leave 1");
    (void)scene_received_run(&scene);
    scene_send_question(&scene, "Leave?");
    scene_enter(&scene, "n");
    scene_assert_shown(&scene, "Not confirmed. Nothing was changed. Ask again later.");
    scene_assert_prompt(&scene, "[rembuk");
    assert_null(scene_received(&scene, TALK_RUN));
    scene_end(&scene);
}

static void ctrl_c_leaves_a_question_and_cancels_a_command(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "group leave 1");
    uint64_t id = scene_received_run(&scene)->id;
    dialogue_interrupt(scene.dialogue, scene.now_ms);
    const struct message *cancel = scene_received(&scene, TALK_CANCEL);
    assert_non_null(cancel);
    assert_int_equal(message_number(cancel, 0), id);
    assert_false(dialogue_reads(scene.dialogue));
    scene_send_question(&scene, "Leave?");
    dialogue_interrupt(scene.dialogue, scene.now_ms);
    scene_assert_shown(&scene, "Cancelled. Nothing was changed.");
    scene_assert_prompt(&scene, "[rembuk");
    scene_end(&scene);
}

/* ---- What the question looks like ---- */

static void only_the_lines_above_the_question_are_shown_above_its_prompt(void **state) {
    struct scene scene;
    (void)state;

    begin_asked(&scene, "Budi Misal will read it.\nShare it? [y/n]");
    assert_string_equal(scene_shown(&scene), "Budi Misal will read it.\n");
    assert_asks(&scene, "Share it? [y/n] > ");
    scene_end(&scene);
}

static void a_question_too_long_for_a_prompt_stands_above_it_whole(void **state) {
    static const char question[] = "Does Budi Misal have the same words on his own screen? [y/n]";
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    dialogue_resize(scene.dialogue, 60);
    scene_enter(&scene, "group leave 1");
    (void)scene_received_run(&scene);
    scene_send_question(&scene, question);
    scene_assert_shown(&scene, question);
    assert_asks(&scene, "Does Budi Misal have the same words on his... [y/n] > ");
    scene_end(&scene);
}

static void what_others_have_written_into_a_question_moves_nothing(void **state) {
    struct scene scene;
    (void)state;

    begin_asked(&scene, "Leave \x1b[2J? [y/n]");
    assert_asks(&scene, "Leave \\u{001B}[2J? [y/n] > ");
    scene_end(&scene);
}

static void keys_that_came_before_the_question_are_dropped(void **state) {
    struct scene scene;
    (void)state;

    begin_asked(&scene, "Share it? [y/n]");
    assert_int_equal(scene.drops, 1);
    scene_enter(&scene, "perhaps");
    scene_enter(&scene, "y");
    assert_int_equal(scene.drops, 1);
    scene_end(&scene);
}

static void who_asks_for_help_is_told_what_the_answers_do(void **state) {
    static const char *const words[] = { "?", " bantuan ", "help", "<" };
    struct scene scene;
    (void)state;

    begin_asked(&scene, "Budi Misal will read it.\nShare it? [y/n]");
    (void)scene_shown(&scene);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        scene_enter(&scene, words[i]);
        assert_string_equal(scene_shown(&scene),
                            "Budi Misal will read it.\n"
                            "y does it. n, or Ctrl-C, changes nothing.\n");
        assert_asks(&scene, "Share it? [y/n] > ");
    }
    assert_null(scene_received(&scene, TALK_RUN));
    scene_end(&scene);
}

/* ---- What is new meanwhile ---- */

static void news_wait_until_the_question_is_answered(void **state) {
    struct scene scene;
    (void)state;

    begin_asked(&scene, "Share it? [y/n]");
    (void)scene_shown(&scene);
    send_post(&scene, "Drop the old draft? [y/n]");
    assert_string_equal(scene_shown(&scene), "");
    scene_enter(&scene, "y");
    scene_assert_shown(&scene, "Drop the old draft? [y/n]\n");
    (void)scene_received_run(&scene);
    send_post(&scene, "Good morning");
    scene_assert_shown(&scene, "Good morning");
    scene_end(&scene);
}

static void news_come_below_what_a_no_has_done(void **state) {
    struct scene scene;
    (void)state;

    begin_asked(&scene, "Share it? [y/n]");
    (void)scene_shown(&scene);
    send_post(&scene, "Good morning");
    dialogue_interrupt(scene.dialogue, scene.now_ms);
    const char *shown = scene_shown(&scene);
    assert_int_equal(strncmp(shown, "Cancelled.", strlen("Cancelled.")), 0);
    assert_non_null(strstr(shown, "Good morning"));
    scene_end(&scene);
}

static void many_news_are_only_counted(void **state) {
    struct scene scene;
    (void)state;

    begin_asked(&scene, "Share it? [y/n]");
    (void)scene_shown(&scene);
    for (int i = 0; i < DIALOGUE_NEWS_HELD_MAX; i++) {
        send_post(&scene, "Good morning");
    }
    send_post(&scene, "One too many");
    send_more(&scene, 12);
    scene_enter(&scene, "n");
    const char *shown = scene_shown(&scene);
    assert_null(strstr(shown, "One too many"));
    assert_non_null(strstr(shown, "13 further posts and entries have come."));
    size_t count = 0;
    for (const char *at = shown; (at = strstr(at, "Good morning")) != NULL; at++) {
        count++;
    }
    assert_int_equal(count, DIALOGUE_NEWS_HELD_MAX);
    scene_end(&scene);
}

static void news_wait_for_room_on_the_screen(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    dialogue_hold_news(scene.dialogue, true);
    send_post(&scene, "Good morning");
    assert_string_equal(scene_shown(&scene), "");
    dialogue_hold_news(scene.dialogue, false);
    scene_assert_shown(&scene, "Good morning");
    dialogue_hold_news(scene.dialogue, false);
    assert_string_equal(scene_shown(&scene), "");
    scene_end(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yes_sends_the_same_command_with_the_question),
        cmocka_unit_test(another_question_is_asked_again),
        cmocka_unit_test(no_changes_nothing_and_says_so),
        cmocka_unit_test(ctrl_c_leaves_a_question_and_cancels_a_command),
        cmocka_unit_test(only_the_lines_above_the_question_are_shown_above_its_prompt),
        cmocka_unit_test(a_question_too_long_for_a_prompt_stands_above_it_whole),
        cmocka_unit_test(what_others_have_written_into_a_question_moves_nothing),
        cmocka_unit_test(keys_that_came_before_the_question_are_dropped),
        cmocka_unit_test(who_asks_for_help_is_told_what_the_answers_do),
        cmocka_unit_test(news_wait_until_the_question_is_answered),
        cmocka_unit_test(news_come_below_what_a_no_has_done),
        cmocka_unit_test(many_news_are_only_counted),
        cmocka_unit_test(news_wait_for_room_on_the_screen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
