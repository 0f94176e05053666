/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nobody types, the owner locks, and what is typed unseen. */
#include "cli/draft.h"
#include "protocol/crypt.h"
#include "tests/support/console_scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { MINUTE_MS = 60 * SECOND_MS, LOCK_MS = 10 * MINUTE_MS };

static const struct scene_role attached = { .lock_after_ms = LOCK_MS };
static const struct scene_role owner = { .lock_after_ms = LOCK_MS, .is_owner = true };

static void begin_as(struct scene *scene, const struct scene_role *role) {
    scene_begin_as(scene, role);
    scene_get_ready(scene, (struct span) { 0 });
    dialogue_text_shown(scene->dialogue);
}

static void look(struct scene *scene, int64_t after_ms) {
    dialogue_look_for_idle(scene->dialogue, scene->now_ms + after_ms, scene->now_ms + after_ms);
}

static bool is_locked(const struct scene *scene) {
    return dialogue_lock_note(scene->dialogue)->is_locked;
}

/* What the owner is told to keep by a lock. */
static struct draft kept_by_lock(struct scene *scene) {
    const struct message *message = scene_received(scene, TALK_DRAFT);
    struct draft draft;

    assert_non_null(message);
    assert_int_equal(draft_read(message_text(message, 0), &draft), RB_OK);
    assert_true(draft.by_lock);
    return draft;
}

static void assert_is_over(struct scene *scene) {
    enum rb_status why = RB_BUSY;

    assert_int_equal(channel_step(scene->ours), RB_OK);
    assert_true(dialogue_is_over(scene->dialogue, scene->now_ms, &why));
    assert_int_equal(why, RB_OK);
}

/* ---- Nobody types ---- */

static void an_idle_console_says_so_and_then_locks_itself_with_its_draft(void **state) {
    struct scene scene;
    (void)state;

    begin_as(&scene, &attached);
    scene_go_to_thread(&scene, 12);
    dialogue_edited(scene.dialogue, span_text("post Sar"), scene.now_ms);
    assert_int_equal(dialogue_idle_deadline_ms(scene.dialogue), scene.now_ms + LOCK_MS - MINUTE_MS);
    look(&scene, LOCK_MS - MINUTE_MS);
    scene_assert_shown(&scene, "Locked in 1 minute. Press any key to stay open.");
    look(&scene, LOCK_MS - 1);
    assert_false(is_locked(&scene));
    look(&scene, LOCK_MS);
    assert_true(is_locked(&scene));
    struct draft draft = kept_by_lock(&scene);
    assert_true(span_equal(writer_view(&draft.line), span_text("post Sar")));
    assert_int_equal(draft.place.sort, PLACE_THREAD);
    assert_int_equal(draft.place.number, 12);
    draft_clear(&draft);
    assert_is_over(&scene);
    assert_int_equal(dialogue_lock_note(scene.dialogue)->draft, SCENE_DRAFT);
    assert_string_equal(dialogue_lock_note(scene.dialogue)->name, "Sari Umpama");
    scene_end(&scene);
}

static void it_says_that_another_process_stays_open_and_drops_what_waits(void **state) {
    struct scene scene;
    (void)state;

    begin_as(&scene, &attached);
    look(&scene, LOCK_MS);
    assert_true(dialogue_lock_note(scene.dialogue)->owner_stays);
    assert_int_equal(scene.drops, 1);
    scene_end(&scene);
}

static void a_key_that_comes_too_late_does_not_keep_it_open(void **state) {
    struct scene scene;
    (void)state;

    begin_as(&scene, &attached);
    dialogue_somebody_is_there(scene.dialogue, scene.now_ms + LOCK_MS + 1);
    look(&scene, LOCK_MS + 2);
    assert_true(is_locked(&scene));
    scene_end(&scene);
}

static void a_command_of_others_that_took_long_does_not_lock_it(void **state) {
    struct scene scene;
    (void)state;

    begin_as(&scene, &owner);
    scene.others_ms = INT64_MAX;
    look(&scene, 2 * LOCK_MS);
    scene.others_ms = 0;
    assert_null(scene_received(&scene, TALK_LOCK));
    look(&scene, 3 * LOCK_MS);
    assert_non_null(scene_received(&scene, TALK_LOCK));
    scene_end(&scene);
}

static void the_warning_never_tells_of_no_time(void **state) {
    const struct scene_role role = { .lock_after_ms = SECOND_MS };
    struct scene scene;
    (void)state;

    begin_as(&scene, &role);
    look(&scene, SECOND_MS / 2);
    scene_assert_shown(&scene, "Locked in 1 seconds.");
    scene_end(&scene);
}

static void before_a_stop_what_is_typed_is_kept_at_once(void **state) {
    struct scene scene;
    (void)state;

    begin_as(&scene, &attached);
    dialogue_stops(scene.dialogue);
    assert_null(scene_received(&scene, TALK_DRAFT));
    dialogue_edited(scene.dialogue, span_text("post 1 bel"), scene.now_ms);
    dialogue_stops(scene.dialogue);
    scene_assert_kept(&scene, "post 1 bel", "");
    scene_end(&scene);
}

static void a_key_keeps_it_open(void **state) {
    struct scene scene;
    (void)state;

    begin_as(&scene, &attached);
    look(&scene, LOCK_MS - MINUTE_MS);
    dialogue_somebody_is_there(scene.dialogue, scene.now_ms + LOCK_MS - 1);
    look(&scene, LOCK_MS);
    assert_false(is_locked(&scene));
    look(&scene, 2 * LOCK_MS - 1);
    assert_true(is_locked(&scene));
    scene_end(&scene);
}

static void a_command_that_runs_is_not_idle(void **state) {
    struct scene scene;
    (void)state;

    begin_as(&scene, &attached);
    scene_enter(&scene, "sync");
    (void)scene_received_run(&scene);
    assert_true(dialogue_idle_deadline_ms(scene.dialogue) == INT64_MAX);
    look(&scene, LOCK_MS);
    scene_send_done(&scene, 0);
    look(&scene, 2 * LOCK_MS - 1);
    assert_false(is_locked(&scene));
    look(&scene, 2 * LOCK_MS);
    assert_true(is_locked(&scene));
    scene_end(&scene);
}

static void it_waits_for_an_answer_no_longer_than_for_a_command(void **state) {
    struct scene scene;
    (void)state;

    begin_as(&scene, &attached);
    scene_enter(&scene, "case share 1 2");
    (void)scene_received_run(&scene);
    scene_send_question(&scene, "Share it? [y/n]");
    look(&scene, LOCK_MS);
    assert_true(is_locked(&scene));
    struct draft draft = kept_by_lock(&scene);
    assert_true(span_equal(writer_view(&draft.line), span_text("case share 1 2")));
    draft_clear(&draft);
    scene_end(&scene);
}

static void the_console_of_the_owner_asks_for_all_to_be_locked(void **state) {
    struct scene scene;
    (void)state;

    begin_as(&scene, &owner);
    look(&scene, LOCK_MS);
    assert_false(is_locked(&scene));
    assert_non_null(scene_received(&scene, TALK_LOCK));
    scene_end(&scene);
}

static void the_console_of_the_owner_waits_for_those_who_are_attached(void **state) {
    struct scene scene;
    (void)state;

    begin_as(&scene, &owner);
    scene.others_ms = scene.now_ms + 5 * MINUTE_MS;
    look(&scene, LOCK_MS);
    assert_null(scene_received(&scene, TALK_LOCK));
    assert_int_equal(dialogue_idle_deadline_ms(scene.dialogue),
                     scene.others_ms + LOCK_MS - MINUTE_MS);
    look(&scene, LOCK_MS + 5 * MINUTE_MS);
    assert_non_null(scene_received(&scene, TALK_LOCK));
    scene_end(&scene);
}

static void a_console_that_is_never_locked_has_no_deadline(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    assert_true(dialogue_idle_deadline_ms(scene.dialogue) == INT64_MAX);
    look(&scene, 100 * LOCK_MS);
    assert_false(is_locked(&scene));
    assert_string_equal(scene_shown(&scene), "");
    scene_end(&scene);
}

/* ---- The owner locks ---- */

static void locks_while(struct scene *scene, bool runs) {
    struct message message = { .type = TALK_LOCKED };

    message_add_number(&message, runs ? 1 : 0);
    message_add_text(&message, span_text("tcp://127.0.0.1:7437"));
    scene_send(scene, &message);
}

static void locks(struct scene *scene) {
    locks_while(scene, false);
}

static void a_command_that_came_too_late_is_kept_with_its_block(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_paste(&scene, "one\ntwo\n", 2);
    scene_enter(&scene, "post 1 hello");
    locks(&scene);
    struct draft draft = kept_by_lock(&scene);
    assert_true(span_equal(writer_view(&draft.line), span_text("post 1 hello")));
    assert_true(span_equal(writer_view(&draft.block), span_text("one\ntwo\n")));
    assert_false(draft.may_be_done);
    draft_clear(&draft);
    scene_end(&scene);
}

static void a_command_that_ran_is_kept_and_said_to_be_perhaps_done(void **state) {
    struct writer bytes;
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "sync");
    locks_while(&scene, true);
    struct draft draft = kept_by_lock(&scene);
    assert_true(span_equal(writer_view(&draft.line), span_text("sync")));
    assert_true(draft.may_be_done);
    writer_init(&bytes, LINE_BYTES_MAX);
    draft_write(&draft, &bytes);
    draft_clear(&draft);
    scene_end(&scene);
    scene_begin_ready_with(&scene, writer_view(&bytes));
    scene_assert_shown(&scene, "This may not have been carried out");
    assert_string_equal(scene.put, "sync");
    writer_clear(&bytes);
    scene_end(&scene);
}

static void a_lock_keeps_the_place_though_nothing_is_typed(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_go_to(&scene, PLACE_CASE, 3);
    scene_go_to_thread(&scene, 12);
    locks(&scene);
    struct draft draft = kept_by_lock(&scene);
    assert_true(draft_is_empty(&draft));
    assert_int_equal(draft.place.number, 12);
    assert_int_equal(draft.outer.sort, PLACE_CASE);
    assert_int_equal(draft.outer.number, 3);
    draft_clear(&draft);
    const struct lock_note *note = dialogue_lock_note(scene.dialogue);
    assert_true(note->is_locked);
    assert_int_equal(note->listen_count, 1);
    assert_string_equal(note->listen[0], "tcp://127.0.0.1:7437");
    assert_is_over(&scene);
    scene_end(&scene);
}

static struct span place_only(struct writer *bytes) {
    struct draft draft = { .kept_ms = 1790000000000,
                           .place = { .sort = PLACE_THREAD, .number = 12 },
                           .outer = { .sort = PLACE_CASE, .number = 3 },
                           .by_lock = true };

    writer_init(bytes, LINE_BYTES_MAX);
    draft_write(&draft, bytes);
    return writer_view(bytes);
}

static void the_console_that_was_locked_goes_on_where_it_was(void **state) {
    const struct scene_role role = { .draft = SCENE_DRAFT };
    struct writer bytes;
    struct scene scene;
    (void)state;

    scene_begin_as(&scene, &role);
    scene_get_ready(&scene, place_only(&bytes));
    assert_null(strstr(scene_shown(&scene), "did not send it"));
    scene_assert_prompt(&scene, "[Thread 12");
    assert_string_equal(scene.put, "");
    scene_leave(&scene);
    scene_assert_prompt(&scene, "[Case 3");
    writer_clear(&bytes);
    scene_end(&scene);
}

static void another_console_does_not_begin_where_nothing_was_typed(void **state) {
    struct writer bytes;
    struct scene scene;
    (void)state;

    scene_begin_ready_with(&scene, place_only(&bytes));
    scene_assert_prompt(&scene, "[rembuk");
    writer_clear(&bytes);
    scene_end(&scene);
}

static void the_lock_command_leaves_what_was_pasted_alone(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_paste(&scene, "one\ntwo\n", 2);
    scene_enter(&scene, "lock");
    scene_assert_word(scene_received_run(&scene), 0, "lock");
    scene_send_done(&scene, 0);
    locks(&scene);
    struct draft draft = kept_by_lock(&scene);
    assert_true(span_equal(writer_view(&draft.block), span_text("one\ntwo\n")));
    draft_clear(&draft);
    scene_end(&scene);
}

/* ---- Another passphrase ---- */

static void type(struct scene *scene, const char *keys) {
    for (size_t i = 0; keys[i] != '\0'; i++) {
        assert_true(dialogue_asks_secret(scene->dialogue));
        dialogue_secret_key(scene->dialogue, (uint8_t)keys[i], scene->now_ms);
    }
}

static void the_passphrase_is_changed_after_three_answers(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "passphrase change");
    scene_assert_shown(&scene, "\nold passphrase > ");
    type(&scene, "the old one\r");
    scene_assert_shown(&scene, "\nnew passphrase > ");
    type(&scene, "another one\r");
    scene_assert_shown(&scene, "\nthe same again > ");
    type(&scene, "another one\r");
    scene_assert_shown(&scene, "The new passphrase is in force.");
    assert_string_equal(scene.passphrase, "another one");
    assert_false(dialogue_asks_secret(scene.dialogue));
    scene_assert_prompt(&scene, "[rembuk");
    assert_null(scene_received(&scene, TALK_RUN));
    scene_end(&scene);
}

static void slips_are_told_and_asked_again(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "passphrase change");
    type(&scene, "wrong\r");
    scene_assert_shown(&scene, "The passphrase is wrong.");
    type(&scene, "the old one\r");
    (void)scene_shown(&scene);
    type(&scene, "short\r");
    scene_assert_shown(&scene, "too short");
    type(&scene,
         "another one\r"
         "another ONE\r");
    scene_assert_shown(&scene, "The two passphrases are not the same.\nnew passphrase > ");
    assert_string_equal(scene.passphrase, "the old one");
    type(&scene,
         "another one\r"
         "another one\r");
    assert_string_equal(scene.passphrase, "another one");
    scene_end(&scene);
}

static void nothing_of_it_is_shown_remembered_or_kept(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "passphrase change");
    type(&scene, "the old one\r");
    type(&scene, "another");
    scene_paste(&scene, "pasted one", 1);
    dialogue_interrupt(scene.dialogue, scene.now_ms);
    const char *shown = scene_shown(&scene);
    assert_null(strstr(shown, "old one"));
    assert_null(strstr(shown, "another"));
    assert_null(strstr(shown, "pasted"));
    assert_non_null(strstr(shown, "Cancelled."));
    assert_string_equal(scene.remembered, "passphrase change");
    assert_string_equal(scene.passphrase, "the old one");
    dialogue_timeout(scene.dialogue, scene.now_ms + SECOND_MS);
    assert_null(scene_received(&scene, TALK_DRAFT));
    scene_end(&scene);
}

static void what_was_typed_by_half_goes_on_where_something_was_shown_meanwhile(void **state) {
    struct scene scene;
    (void)state;

    begin_as(&scene, &attached);
    scene_enter(&scene, "passphrase change");
    type(&scene, "the old ");
    dialogue_resize(scene.dialogue, 60);
    scene_assert_shown(&scene, "\nold passphrase (go on typing; Ctrl-U: begin again) > ");
    type(&scene, "one\ranother ");
    (void)scene_shown(&scene);
    look(&scene, LOCK_MS - MINUTE_MS);
    scene_assert_shown(&scene, "\nnew passphrase (go on typing; Ctrl-U: begin again) > ");
    type(&scene, "one\r");
    scene_assert_shown(&scene, "\nthe same again > ");
    type(&scene, "another one\r");
    assert_string_equal(scene.passphrase, "another one");
    scene_end(&scene);
}

static void lines_that_come_at_once_answer_one_question_each(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "passphrase change");
    scene_paste(&scene, "the old one\nanother one\nanoth", 3);
    scene_assert_shown(&scene, "the same again > ");
    type(&scene, "er one\r");
    assert_string_equal(scene.passphrase, "another one");
    scene_end(&scene);
}

static void of_what_is_pasted_nothing_counts_behind_a_line_that_is_refused(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "passphrase change");
    scene_paste(&scene, "a report\nthe old one\nanother one\nanother one\n", 4);
    scene_assert_shown(&scene, "small letters.\nold passphrase > ");
    type(&scene, "the old one\r");
    (void)scene_shown(&scene);
    scene_paste(&scene, "another one\nanother ONE\nanother one\nanother one\n", 4);
    scene_assert_shown(&scene, "The two passphrases are not the same.\nnew passphrase > ");
    assert_string_equal(scene.passphrase, "the old one");
    scene_end(&scene);
}

static void a_lock_in_its_midst_keeps_nothing_of_it(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "passphrase change");
    type(&scene, "the old one\r");
    type(&scene, "another");
    locks(&scene);
    struct draft draft = kept_by_lock(&scene);
    assert_true(draft_is_empty(&draft));
    draft_clear(&draft);
    scene_end(&scene);
}

static void news_wait_until_it_is_done(void **state) {
    struct message news = { .type = TALK_NEWS };
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "passphrase change");
    (void)scene_shown(&scene);
    message_add_number(&news, NEWS_INVITED);
    message_add_number(&news, 0);
    message_add_number(&news, 1);
    for (size_t i = 0; i < 3; i++) {
        message_add_text(&news, span_text("Diskusi"));
    }
    scene_send(&scene, &news);
    assert_string_equal(scene_shown(&scene), "");
    dialogue_interrupt(scene.dialogue, scene.now_ms);
    scene_assert_shown(&scene, "Diskusi");
    scene_end(&scene);
}

static void the_file_is_for_a_shell(void **state) {
    struct scene scene;
    (void)state;

    scene_begin_ready(&scene);
    scene_enter(&scene, "passphrase change --new-passphrase-file x");
    scene_assert_shown(&scene, "leave the file out");
    assert_false(dialogue_asks_secret(scene.dialogue));
    scene_end(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_console_says_so_and_then_locks_itself_with_its_draft),
        cmocka_unit_test(it_says_that_another_process_stays_open_and_drops_what_waits),
        cmocka_unit_test(a_key_that_comes_too_late_does_not_keep_it_open),
        cmocka_unit_test(a_command_of_others_that_took_long_does_not_lock_it),
        cmocka_unit_test(the_warning_never_tells_of_no_time),
        cmocka_unit_test(before_a_stop_what_is_typed_is_kept_at_once),
        cmocka_unit_test(a_key_keeps_it_open),
        cmocka_unit_test(a_command_that_runs_is_not_idle),
        cmocka_unit_test(it_waits_for_an_answer_no_longer_than_for_a_command),
        cmocka_unit_test(the_console_of_the_owner_asks_for_all_to_be_locked),
        cmocka_unit_test(the_console_of_the_owner_waits_for_those_who_are_attached),
        cmocka_unit_test(a_console_that_is_never_locked_has_no_deadline),
        cmocka_unit_test(a_command_that_came_too_late_is_kept_with_its_block),
        cmocka_unit_test(a_command_that_ran_is_kept_and_said_to_be_perhaps_done),
        cmocka_unit_test(a_lock_keeps_the_place_though_nothing_is_typed),
        cmocka_unit_test(the_console_that_was_locked_goes_on_where_it_was),
        cmocka_unit_test(another_console_does_not_begin_where_nothing_was_typed),
        cmocka_unit_test(the_lock_command_leaves_what_was_pasted_alone),
        cmocka_unit_test(the_passphrase_is_changed_after_three_answers),
        cmocka_unit_test(slips_are_told_and_asked_again),
        cmocka_unit_test(nothing_of_it_is_shown_remembered_or_kept),
        cmocka_unit_test(what_was_typed_by_half_goes_on_where_something_was_shown_meanwhile),
        cmocka_unit_test(lines_that_come_at_once_answer_one_question_each),
        cmocka_unit_test(of_what_is_pasted_nothing_counts_behind_a_line_that_is_refused),
        cmocka_unit_test(a_lock_in_its_midst_keeps_nothing_of_it),
        cmocka_unit_test(news_wait_until_it_is_done),
        cmocka_unit_test(the_file_is_for_a_shell),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
