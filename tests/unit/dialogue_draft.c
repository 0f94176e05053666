/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is pasted, and what is kept from one time to the next. */
#include "cli/draft.h"
#include "tests/support/console_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* ---- Pasted blocks ---- */

static void one_line_is_left_to_the_line_editor(void **state) {
    const struct block block = { .text = span_text("one line"), .lines = 1 };
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    assert_false(dialogue_paste(scene.dialogue, &block, scene.now_ms));
    scene_assert_prompt(&scene, "[rembuk");
    scene_end(&scene);
}

static void a_block_is_sent_behind_the_text_and_dropped_when_it_has_arrived(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_paste(&scene, "one\ntwo\n", 2);
    scene_paste(&scene, "three", 1 + 1);
    scene_assert_prompt(&scene, "[3 lines pasted] ");
    assert_string_equal(scene_shown(&scene), "");
    scene_enter(&scene, "post 12 My notes:");
    scene_assert_input(scene_received_run(&scene), "My notes:\none\ntwo\nthree");
    scene_send_done(&scene, 0);
    scene_assert_prompt(&scene, "[rembuk");
    assert_string_equal(scene.put, "");
    scene_end(&scene);
}

static void a_block_alone_is_the_text_that_lacks(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_paste(&scene, "one\ntwo\n", 2);
    scene_enter(&scene, "post 12");
    const struct talk_run *run = scene_received_run(&scene);
    scene_assert_word(run, 1, "12");
    scene_assert_input(run, "one\ntwo\n");
    scene_end(&scene);
}

static void a_refused_block_stands_again_with_its_line(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_paste(&scene, "one\ntwo\n", 2);
    scene_enter(&scene, "post 12 My notes:");
    (void)scene_received_run(&scene);
    scene_send_text(&scene, TALK_ERR, "Too long.\n");
    scene_send_done(&scene, 1);
    assert_string_equal(scene.put, "post 12 My notes:");
    scene_assert_prompt(&scene, "[2 lines pasted] ");
    scene_end(&scene);
}

static void a_block_needs_a_command_that_takes_it(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_paste(&scene, "one\ntwo\n", 2);
    scene_enter(&scene, "");
    scene_assert_shown(&scene, "Nothing was sent. Type where the pasted text belongs");
    scene_enter(&scene, "thread list");
    scene_assert_shown(&scene, "Nothing was sent. Type where the pasted text belongs");
    assert_null(scene_received(&scene, TALK_RUN));
    scene_assert_prompt(&scene, "[2 lines pasted] ");
    scene_end(&scene);
}

static void ctrl_c_drops_the_line_first_then_the_block(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_paste(&scene, "one\ntwo\n", 2);
    dialogue_edited(scene.dialogue, span_text("post"), scene.now_ms);
    dialogue_interrupt(scene.dialogue, scene.now_ms);
    scene_assert_prompt(&scene, "[2 lines pasted] ");
    dialogue_interrupt(scene.dialogue, scene.now_ms);
    scene_assert_shown(&scene, "What was pasted was dropped.");
    scene_assert_prompt(&scene, "[rembuk");
    scene_end(&scene);
}

static void a_block_answers_the_question_for_the_text(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "post");
    scene_enter(&scene, "12");
    scene_paste(&scene, "one\ntwo\n", 2);
    scene_assert_prompt(&scene, "TEXT [2 lines pasted] > ");
    scene_enter(&scene, "");
    scene_assert_input(scene_received_run(&scene), "one\ntwo\n");
    scene_send_done(&scene, 1);
    assert_string_equal(scene.put, "post 12");
    scene_end(&scene);
}

static void a_block_cut_at_the_limit_is_told(void **state) {
    const struct block block = { .text = span_text("one\ntwo"), .lines = 2, .too_long = true };
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    assert_true(dialogue_paste(scene.dialogue, &block, scene.now_ms));
    scene_assert_shown(&scene, "the rest was cut off");
    scene_assert_prompt(&scene, "[2 lines pasted] ");
    scene_end(&scene);
}

/* ---- The draft ---- */

static void a_draft_is_kept_a_second_after_the_last_key(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    dialogue_edited(scene.dialogue, span_text("post 12 Sa"), scene.now_ms);
    dialogue_edited(scene.dialogue, span_text("post 12 Sari"), scene.now_ms + 500);
    assert_int_equal(dialogue_deadline_ms(scene.dialogue), scene.now_ms + 500 + SECOND_MS);
    dialogue_timeout(scene.dialogue, scene.now_ms + SECOND_MS);
    assert_null(scene_received(&scene, TALK_DRAFT));
    dialogue_timeout(scene.dialogue, scene.now_ms + 500 + SECOND_MS);
    scene_assert_kept(&scene, "post 12 Sari", "");
    assert_int_equal(dialogue_deadline_ms(scene.dialogue), INT64_MAX);
    scene_end(&scene);
}

static void a_draft_from_last_time_stands_there_again(void **state) {
    struct draft draft = { .kept_ms = 1790000000000 };
    struct scene scene;
    struct writer bytes;
    (void)state;

    writer_init(&bytes, DRAFT_BYTES_MAX);
    draft_set_line(&draft, span_text("post 12"));
    assert_int_equal(draft_append_block(&draft, span_text("one\ntwo\n")), RB_OK);
    draft_write(&draft, &bytes);
    scene_begin_ready_with(&scene, writer_view(&bytes));
    scene_assert_shown(&scene, "You typed or pasted this on ");
    assert_string_equal(scene.put, "post 12");
    scene_assert_prompt(&scene, "[2 lines pasted] ");
    writer_clear(&bytes);
    draft_clear(&draft);
    scene_end(&scene);
}

/* Else "note 3 visits" that was typed in case 12 would go to case 3 next time. */
static void a_draft_brings_back_the_place_where_it_was_typed(void **state) {
    struct draft draft = { .place = { .sort = PLACE_CASE, .number = 12, .object.id_len = 32 } };
    struct scene scene;
    struct writer bytes;
    (void)state;

    writer_init(&bytes, DRAFT_BYTES_MAX);
    draft_set_line(&draft, span_text("note 3 visits"));
    draft_write(&draft, &bytes);
    scene_begin_ready_with(&scene, writer_view(&bytes));
    scene_assert_prompt(&scene, "[Case 12");
    scene_enter(&scene, scene.put);
    const struct talk_run *run = scene_received_run(&scene);
    scene_assert_word(run, 1, "0000000000000000000000000000000000000000000000000000000000000000");
    scene_assert_input(run, "3 visits");
    writer_clear(&bytes);
    draft_clear(&draft);
    scene_end(&scene);
}

static void a_lost_terminal_keeps_what_was_typed_at_once(void **state) {
    struct scene scene;
    enum rb_status why = RB_UNREACHABLE;
    (void)state;

    scene_begin_ready(&scene);
    scene_paste(&scene, "one\ntwo\n", 2);
    scene_enter(&scene, "post");
    scene_enter(&scene, "12");
    dialogue_edited(scene.dialogue, span_text("Sari"), scene.now_ms);
    dialogue_lost(scene.dialogue, scene.now_ms);
    assert_false(dialogue_is_over(scene.dialogue, scene.now_ms, &why));
    scene_assert_kept(&scene, "post 12 Sari", "one\ntwo\n");
    assert_true(dialogue_is_over(scene.dialogue, scene.now_ms, &why));
    assert_int_equal(why, RB_OK);
    scene_end(&scene);
}

static void a_block_that_arrives_after_the_terminal_is_lost_is_no_draft(void **state) {
    struct scene scene;
    enum rb_status why = RB_OK;
    (void)state;

    scene_begin_ready(&scene);
    scene_paste(&scene, "one\ntwo\n", 2);
    scene_enter(&scene, "post 12");
    (void)scene_received_run(&scene);
    dialogue_lost(scene.dialogue, scene.now_ms);
    scene_assert_kept(&scene, "post 12", "one\ntwo\n");
    assert_false(dialogue_is_over(scene.dialogue, scene.now_ms, &why));
    scene_send_done(&scene, 0);
    scene_assert_kept(&scene, "", "");
    assert_true(dialogue_is_over(scene.dialogue, scene.now_ms, &why));
    scene_end(&scene);
}

static void an_owner_that_does_not_read_is_not_waited_for(void **state) {
    struct scene scene;
    enum rb_status why = RB_OK;
    (void)state;

    scene_begin_ready(&scene);
    dialogue_edited(scene.dialogue, span_text("post"), scene.now_ms);
    dialogue_lost(scene.dialogue, scene.now_ms);
    assert_false(dialogue_is_over(scene.dialogue, scene.now_ms, &why));
    assert_true(dialogue_is_over(scene.dialogue, scene.now_ms + SECOND_MS, &why));
    scene_end(&scene);
}

static void leaving_with_nothing_typed_keeps_nothing(void **state) {
    struct scene scene;
    enum rb_status why = RB_UNREACHABLE;
    (void)state;

    scene_begin_ready(&scene);
    dialogue_edited(scene.dialogue, span_text("quit"), scene.now_ms);
    dialogue_timeout(scene.dialogue, scene.now_ms + SECOND_MS);
    scene_assert_kept(&scene, "quit", "");
    scene_enter(&scene, "quit");
    scene_assert_kept(&scene, "", "");
    assert_true(dialogue_is_over(scene.dialogue, scene.now_ms, &why));
    assert_int_equal(why, RB_OK);
    scene_end(&scene);
}

static void leaving_keeps_a_block(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_paste(&scene, "one\ntwo\n", 2);
    dialogue_end(scene.dialogue, scene.now_ms);
    scene_assert_shown(&scene, "kept for the next time");
    scene_assert_kept(&scene, "", "one\ntwo\n");
    scene_end(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line_is_left_to_the_line_editor),
        cmocka_unit_test(a_block_is_sent_behind_the_text_and_dropped_when_it_has_arrived),
        cmocka_unit_test(a_block_alone_is_the_text_that_lacks),
        cmocka_unit_test(a_refused_block_stands_again_with_its_line),
        cmocka_unit_test(a_block_needs_a_command_that_takes_it),
        cmocka_unit_test(ctrl_c_drops_the_line_first_then_the_block),
        cmocka_unit_test(a_block_answers_the_question_for_the_text),
        cmocka_unit_test(a_block_cut_at_the_limit_is_told),
        cmocka_unit_test(a_draft_is_kept_a_second_after_the_last_key),
        cmocka_unit_test(a_draft_from_last_time_stands_there_again),
        cmocka_unit_test(a_draft_brings_back_the_place_where_it_was_typed),
        cmocka_unit_test(a_lost_terminal_keeps_what_was_typed_at_once),
        cmocka_unit_test(a_block_that_arrives_after_the_terminal_is_lost_is_no_draft),
        cmocka_unit_test(an_owner_that_does_not_read_is_not_waited_for),
        cmocka_unit_test(leaving_with_nothing_typed_keeps_nothing),
        cmocka_unit_test(leaving_keeps_a_block),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
