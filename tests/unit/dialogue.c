/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/console_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- The beginning ---- */

static void the_first_screen_greets_and_tells_what_waits(void **state) {
    struct scene scene;
    (void)state;

    scene_begin(&scene);
    assert_false(dialogue_reads(scene.dialogue));
    scene_send_welcome(&scene, (struct span) { 0 });
    scene_assert_word(scene_received_run(&scene), 0, "today");
    assert_string_equal(scene.remembered, "thread list");
    scene_send_text(&scene, TALK_OUT, "Nothing waits.");
    scene_send_done(&scene, 0);
    assert_string_equal(scene_shown(&scene),
                        "Type a command. Tab completes, ? helps, lock locks, Ctrl-D ends.\n"
                        "Nothing waits.\n");
    scene_assert_prompt(&scene, "[rembuk");
    scene_end(&scene);
}

static void an_owner_of_another_version_ends_the_console(void **state) {
    struct scene scene;
    enum rb_status why = RB_OK;
    struct message refused = { .type = TALK_REFUSED };
    (void)state;

    scene_begin(&scene);
    scene_send(&scene, &refused);
    assert_true(dialogue_is_over(scene.dialogue, scene.now_ms, &why));
    assert_int_equal(why, RB_BUSY);
    scene_end(&scene);
}

static void an_owner_that_goes_away_ends_the_console(void **state) {
    struct scene scene;
    enum rb_status why = RB_OK;
    struct message bye = { .type = TALK_BYE };
    (void)state;

    scene_begin_ready(&scene);
    scene_send(&scene, &bye);
    assert_true(dialogue_is_over(scene.dialogue, scene.now_ms, &why));
    assert_int_equal(why, RB_UNREACHABLE);
    scene_end(&scene);
}

static void an_owner_that_goes_without_a_welcome_takes_nobody(void **state) {
    struct scene scene;
    enum rb_status why = RB_OK;
    (void)state;

    scene_begin(&scene);
    dialogue_gone(scene.dialogue);
    assert_true(dialogue_is_over(scene.dialogue, scene.now_ms, &why));
    assert_int_equal(why, RB_REFUSED);
    scene_end(&scene);
}

/* ---- A command ---- */

static void a_line_is_sent_remembered_and_answered(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "post 12 Budi and I: 5 children, --all of them");
    const struct message *history = scene_received(&scene, TALK_HISTORY);
    assert_non_null(history);
    assert_true(span_equal(message_text(history, 0),
                           span_text("post 12 Budi and I: 5 children, --all of them")));
    const struct talk_run *run = scene_received_run(&scene);
    scene_assert_word(run, 0, "post");
    scene_assert_word(run, 1, "12");
    scene_assert_input(run, "Budi and I: 5 children, --all of them");
    assert_int_equal(run->flags, RUN_CAN_ASK | RUN_CONSOLE);
    assert_false(dialogue_reads(scene.dialogue));
    scene_send_text(&scene, TALK_ERR, "Refused.\n");
    scene_send_done(&scene, 1);
    assert_string_equal(scene_shown(&scene), "Refused.\n");
    assert_true(dialogue_reads(scene.dialogue));
    assert_string_equal(scene.put, "");
    scene_end(&scene);
}

static void a_lone_dash_is_text_like_any_other(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "post 12 -");
    scene_assert_input(scene_received_run(&scene), "-");
    scene_end(&scene);
}

static void an_unknown_command_is_told_and_not_sent(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "frobnicate 12");
    scene_assert_shown(&scene, "There is no command \"frobnicate\"");
    assert_null(scene_received(&scene, TALK_RUN));
    assert_true(dialogue_reads(scene.dialogue));
    scene_end(&scene);
}

static void a_quote_without_an_end_is_told(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "group show \"Team");
    scene_assert_shown(&scene, "has no end");
    assert_null(scene_received(&scene, TALK_RUN));
    scene_end(&scene);
}

static void a_question_mark_explains_the_command_in_front_of_it(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "group invite ?");
    const struct talk_run *run = scene_received_run(&scene);
    assert_int_equal(run->word_count, 3);
    scene_assert_word(run, 0, "help");
    scene_assert_word(run, 1, "group");
    scene_assert_word(run, 2, "invite");
    scene_send_done(&scene, 0);
    scene_enter(&scene, "?");
    assert_int_equal(scene_received_run(&scene)->word_count, 1);
    scene_end(&scene);
}

static void what_another_command_said_is_no_answer_to_this_one(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "status");
    (void)scene_received_run(&scene);
    scene.run.id++;
    scene_send_done(&scene, 0);
    assert_false(dialogue_reads(scene.dialogue));
    scene.run.id--;
    scene_send_done(&scene, 0);
    assert_true(dialogue_reads(scene.dialogue));
    scene_end(&scene);
}

static void what_was_typed_ahead_of_a_failure_is_dropped(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "case enter 7");
    (void)scene_received_run(&scene);
    scene_send_done(&scene, 0);
    assert_int_equal(scene.drops, 0);
    scene_enter(&scene, "case enter 77");
    (void)scene_received_run(&scene);
    scene_send_done(&scene, 2);
    assert_int_equal(scene.drops, 1);
    assert_string_equal(scene_shown(&scene), "");
    scene_end(&scene);
}

static void work_is_shown_by_a_bar_that_the_answer_wipes_out(void **state) {
    struct message progress = { .type = TALK_PROGRESS };
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "status");
    message_add_number(&progress, scene_received_run(&scene)->id);
    message_add_number(&progress, 1);
    message_add_number(&progress, 2);
    message_add_text(&progress, span_text("Reading"));
    scene_send(&scene, &progress);
    const char *bar = scene_shown(&scene);
    assert_null(strchr(bar, '\n'));
    assert_non_null(strstr(bar, "50 %"));
    size_t columns = strlen(bar);
    scene_send_text(&scene, TALK_OUT, "Done.\n");
    const char *wiped = scene_shown(&scene);
    assert_int_equal(wiped[0], '\r');
    assert_int_equal(strspn(wiped + 1, " "), columns);
    assert_string_equal(wiped + 1 + columns, "\rDone.\n");
    scene_end(&scene);
}

static void a_path_is_made_whole_and_a_file_is_sent(void **state) {
    char path[] = "/tmp/rembuk-dialogue-XXXXXX", line[128];
    int fd = mkstemp(path);
    struct scene scene;
    (void)state;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, "a card", 6), 6);
    (void)close(fd);
    scene_begin_ready(&scene);
    (void)snprintf(line, sizeof line, "contact add %s", path);
    scene_enter(&scene, line);
    scene_assert_input(scene_received_run(&scene), "a card");
    scene_send_done(&scene, 0);
    scene_enter(&scene, "card --out mine.card");
    const struct talk_run *run = scene_received_run(&scene);
    struct span path_word = run->words[run->word_count - 1];
    assert_memory_equal(path_word.data, "--out=/", strlen("--out=/"));
    assert_memory_equal(path_word.data + path_word.len - strlen("/mine.card"), "/mine.card",
                        strlen("/mine.card"));
    scene_end(&scene);
    (void)unlink(path);
}

static void what_is_no_file_is_told(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "contact add /nowhere/at/all");
    scene_assert_shown(&scene, "There is no file");
    scene_enter(&scene, "contact add /dev/zero");
    scene_assert_shown(&scene, "cannot be read");
    scene_enter(&scene, "contact add -");
    scene_assert_shown(&scene, "is no file");
    assert_null(scene_received(&scene, TALK_RUN));
    assert_true(dialogue_reads(scene.dialogue));
    scene_end(&scene);
}

/* ---- Guided entry ---- */

static void what_a_command_lacks_is_asked_for(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "post");
    scene_assert_prompt(&scene, "THREAD > ");
    scene_enter(&scene, "12");
    scene_assert_prompt(&scene, "TEXT > ");
    assert_null(scene_received(&scene, TALK_RUN));
    scene_enter(&scene, "good morning");
    const struct talk_run *run = scene_received_run(&scene);
    scene_assert_word(run, run->word_count - 2, "12");
    scene_assert_input(run, "good morning");
    assert_string_equal(scene.remembered, "post 12 good morning");
    scene_end(&scene);
}

static void help_is_a_word_away_in_a_guide(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "post");
    (void)scene_shown(&scene);
    scene_enter(&scene, "bantuan");
    scene_assert_shown(&scene, "A thread is");
    scene_assert_prompt(&scene, "THREAD > ");
    scene_end(&scene);
}

static void ctrl_c_and_ctrl_d_leave_a_guide(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "post");
    dialogue_interrupt(scene.dialogue, scene.now_ms);
    scene_assert_shown(&scene, "Cancelled. Nothing was changed.");
    scene_assert_prompt(&scene, "[rembuk");
    scene_enter(&scene, "post");
    (void)scene_shown(&scene);
    dialogue_end(scene.dialogue, scene.now_ms);
    scene_assert_shown(&scene, "Cancelled. Nothing was changed.");
    scene_assert_prompt(&scene, "[rembuk");
    assert_null(scene_received(&scene, TALK_RUN));
    scene_end(&scene);
}

/* ---- In a place ---- */

static void the_place_is_shown_until_one_leaves(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_go_to_thread(&scene, 12);
    scene_assert_prompt(&scene, "[Thread 12");
    scene_enter(&scene, "status");
    (void)scene_received_run(&scene);
    scene_send_done(&scene, 0);
    scene_assert_prompt(&scene, "[Thread 12");
    scene_leave(&scene);
    scene_assert_prompt(&scene, "[rembuk");
    scene_end(&scene);
}

static void a_thread_that_was_entered_from_a_case_is_left_for_it(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_go_to(&scene, PLACE_CASE, 3);
    scene_go_to(&scene, PLACE_THREAD, 12);
    scene_go_to(&scene, PLACE_THREAD, 13);
    scene_assert_prompt(&scene, "[Thread 13");
    scene_leave(&scene);
    scene_assert_prompt(&scene, "[Case 3");
    scene_leave(&scene);
    scene_assert_prompt(&scene, "[rembuk");
    scene_go_to(&scene, PLACE_THREAD, 12);
    scene_leave(&scene);
    scene_assert_prompt(&scene, "[rembuk");
    scene_end(&scene);
}

/* Whoever was removed from a case while in a thread of it is in neither. */
static void a_place_that_is_gone_is_left_for_nowhere(void **state) {
    const struct place nowhere = { .sort = PLACE_NONE };
    struct message done = { .type = TALK_DONE };
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_go_to(&scene, PLACE_CASE, 3);
    scene_go_to(&scene, PLACE_THREAD, 12);
    scene_enter(&scene, "post Ada kabar?");
    message_add_number(&done, scene_received_run(&scene)->id);
    message_add_number(&done, 1);
    place_write(&done, &nowhere);
    scene_send(&scene, &done);
    scene_assert_prompt(&scene, "[rembuk");
    assert_string_equal(scene.remembered, "post Ada kabar?");
    scene_end(&scene);
}

static void another_case_is_not_left_for_the_one_before(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_go_to(&scene, PLACE_CASE, 3);
    scene_go_to(&scene, PLACE_THREAD, 12);
    scene_go_to(&scene, PLACE_CASE, 4);
    scene_leave(&scene);
    scene_assert_prompt(&scene, "[rembuk");
    scene_end(&scene);
}

/* The owner asks what may be meant for elsewhere (misplaced.h): for that he is told the place. */
static void the_owner_is_told_where_one_is(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_go_to_thread(&scene, 12);
    scene_enter(&scene, "post 7 schools are open");
    const struct talk_run *run = scene_received_run(&scene);
    scene_assert_input(run, "7 schools are open");
    assert_int_equal(run->place.sort, PLACE_THREAD);
    assert_int_equal(run->place.number, 12);
    assert_string_equal(run->place.name, "Street children");
    scene_end(&scene);
}

/* ---- What is new ---- */

static void the_prompt_changes_with_what_waits(void **state) {
    struct message waiting = { .type = TALK_STATE }, same = { .type = TALK_STATE };
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    unsigned version = dialogue_prompt_version(scene.dialogue);
    message_add_number(&waiting, 3);
    message_add_number(&same, 3);
    scene_send(&scene, &waiting);
    assert_true(dialogue_prompt_version(scene.dialogue) != version);
    scene_assert_prompt(&scene, "3 not sent yet");
    version = dialogue_prompt_version(scene.dialogue);
    scene_send(&scene, &same);
    assert_int_equal(dialogue_prompt_version(scene.dialogue), version);
    scene_end(&scene);
}

static void assert_whole_prompt(const struct scene *scene, const char *expected) {
    char prompt[DIALOGUE_PROMPT_BYTES_MAX];

    dialogue_prompt(scene->dialogue, prompt);
    assert_string_equal(prompt, expected);
}

static void what_was_pasted_hides_no_place(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_go_to_thread(&scene, 12);
    scene_paste(&scene, "one\ntwo\n", 2);
    assert_whole_prompt(&scene, "[Thread 12 | never connected yet] [2 lines pasted] > ");
    dialogue_resize(scene.dialogue, 70);
    assert_whole_prompt(&scene, "[Thread 12] [2 lines pasted] > ");
    dialogue_resize(scene.dialogue, 40);
    assert_whole_prompt(&scene, "[Thread 12] [2 lines pasted] > ");
    scene_end(&scene);
}

static void what_was_pasted_is_told_in_a_guide_too(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "post");
    scene_paste(&scene, "one\ntwo\n", 2);
    assert_whole_prompt(&scene, "THREAD [2 lines pasted] > ");
    scene_end(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_screen_greets_and_tells_what_waits),
        cmocka_unit_test(an_owner_of_another_version_ends_the_console),
        cmocka_unit_test(an_owner_that_goes_away_ends_the_console),
        cmocka_unit_test(an_owner_that_goes_without_a_welcome_takes_nobody),
        cmocka_unit_test(a_line_is_sent_remembered_and_answered),
        cmocka_unit_test(a_lone_dash_is_text_like_any_other),
        cmocka_unit_test(an_unknown_command_is_told_and_not_sent),
        cmocka_unit_test(a_quote_without_an_end_is_told),
        cmocka_unit_test(a_question_mark_explains_the_command_in_front_of_it),
        cmocka_unit_test(what_another_command_said_is_no_answer_to_this_one),
        cmocka_unit_test(what_was_typed_ahead_of_a_failure_is_dropped),
        cmocka_unit_test(work_is_shown_by_a_bar_that_the_answer_wipes_out),
        cmocka_unit_test(a_path_is_made_whole_and_a_file_is_sent),
        cmocka_unit_test(what_is_no_file_is_told),
        cmocka_unit_test(what_a_command_lacks_is_asked_for),
        cmocka_unit_test(help_is_a_word_away_in_a_guide),
        cmocka_unit_test(ctrl_c_and_ctrl_d_leave_a_guide),
        cmocka_unit_test(the_place_is_shown_until_one_leaves),
        cmocka_unit_test(a_thread_that_was_entered_from_a_case_is_left_for_it),
        cmocka_unit_test(a_place_that_is_gone_is_left_for_nowhere),
        cmocka_unit_test(another_case_is_not_left_for_the_one_before),
        cmocka_unit_test(the_owner_is_told_where_one_is),
        cmocka_unit_test(the_prompt_changes_with_what_waits),
        cmocka_unit_test(what_was_pasted_hides_no_place),
        cmocka_unit_test(what_was_pasted_is_told_in_a_guide_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
