/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/console_scene.h"

#include "cli/draft.h"
#include "protocol/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { NOW_MS = 1000000, SHOWN_BYTES_MAX = 1 << 20 };

static void on_remember(void *context, const char *line) {
    struct scene *scene = context;

    (void)snprintf(scene->remembered, sizeof scene->remembered, "%s", line);
}

static void on_put(void *context, const char *line) {
    struct scene *scene = context;

    (void)snprintf(scene->put, sizeof scene->put, "%s", line);
}

static void on_drop_keys(void *context) {
    struct scene *scene = context;

    scene->drops++;
}

static enum rb_status on_check_passphrase(void *context, struct span passphrase) {
    const struct scene *scene = context;

    return span_equal(passphrase, span_text(scene->passphrase)) ? RB_OK : RB_WRONG_PASSPHRASE;
}

static enum rb_status on_change_passphrase(void *context, struct span from, struct span to) {
    struct scene *scene = context;

    assert_int_equal(on_check_passphrase(scene, from), RB_OK);
    text_copy(scene->passphrase, sizeof scene->passphrase, to);
    return RB_OK;
}

static int64_t others_active_ms(const void *owner) {
    const struct scene *scene = owner;

    return scene->others_ms;
}

/* ---- The owner ---- */

/* The next message of this type, others in between forgotten; NULL: none. */
const struct message *scene_received(struct scene *scene, enum talk type) {
    (void)!channel_step(scene->ours);
    do {
        if (!channel_receive(scene->owner, &scene->got)) {
            (void)!channel_step(scene->owner);
            if (!channel_receive(scene->owner, &scene->got)) {
                return NULL;
            }
        }
    } while (scene->got->type != type);
    return scene->got;
}

void scene_send(struct scene *scene, struct message *message) {
    channel_send(scene->owner, message);
    message_clear(message);
    assert_int_equal(channel_step(scene->owner), RB_OK);
    assert_int_equal(channel_step(scene->ours), RB_OK);
    const struct message *came = NULL;
    while (channel_receive(scene->ours, &came)) {
        dialogue_receive(scene->dialogue, came, scene->now_ms);
    }
}

/* The command that was sent; its words borrow until the next `received`. */
const struct talk_run *scene_received_run(struct scene *scene) {
    const struct message *message = scene_received(scene, TALK_RUN);

    assert_non_null(message);
    assert_int_equal(talk_run_read(message, &scene->run), RB_OK);
    return &scene->run;
}

void scene_send_text(struct scene *scene, enum talk type, const char *text) {
    struct message message = { .type = type };

    message_add_number(&message, scene->run.id);
    message_add_text(&message, span_text(text));
    scene_send(scene, &message);
}

void scene_send_done(struct scene *scene, int exit_code) {
    struct message message = { .type = TALK_DONE };

    message_add_number(&message, scene->run.id);
    message_add_number(&message, (uint64_t)exit_code);
    scene_send(scene, &message);
}

void scene_send_question(struct scene *scene, const char *question) {
    struct message message = { .type = TALK_QUESTION };

    message_add_number(&message, scene->run.id);
    message_add_text(&message, span_text(question));
    message_add_text(&message, span_text("Add --yes."));
    message_add_text(&message, span_text("Ask again later."));
    scene_send(scene, &message);
}

void scene_send_welcome(struct scene *scene, struct span draft) {
    struct message message = { .type = TALK_WELCOME };

    message_add_number(&message, SCENE_DRAFT);
    message_add_text(&message, span_text("1.0"));
    message_add_text(&message, span_text("Sari Umpama"));
    message_add_text(&message, draft);
    message_add_text(&message, span_text("thread list"));
    scene_send(scene, &message);
}

/* ---- The scene ---- */

void scene_begin(struct scene *scene) {
    const struct scene_role role = { 0 };

    scene_begin_as(scene, &role);
}

void scene_begin_as(struct scene *scene, const struct scene_role *role) {
    *scene = (struct scene) { .now_ms = NOW_MS, .passphrase = "the old one" };
    writer_init(&scene->shown, SHOWN_BYTES_MAX);
    assert_int_equal(channel_pair(&scene->ours, &scene->owner), RB_OK);
    const struct dialogue_setup setup = {
        .channel = scene->ours,
        .version = "1.0",
        .language = LANGUAGE_ENGLISH,
        .width = 80,
        .remember = on_remember,
        .put = on_put,
        .drop_keys = on_drop_keys,
        .check_passphrase = on_check_passphrase,
        .change_passphrase = on_change_passphrase,
        .draft = role->draft,
        .lock_after_ms = role->lock_after_ms,
        .elapsed_ms = NOW_MS,
        .active_ms = role->is_owner ? others_active_ms : NULL,
        .owner = scene,
        .context = scene,
    };
    scene->dialogue = dialogue_new(&setup);
    const struct message *hello = scene_received(scene, TALK_HELLO);
    assert_non_null(hello);
    assert_int_equal(message_number(hello, 1), role->draft);
}

/* At the first prompt. */
void scene_begin_ready_with(struct scene *scene, struct span draft) {
    scene_begin(scene);
    scene_get_ready(scene, draft);
}

void scene_get_ready(struct scene *scene, struct span draft) {
    scene_send_welcome(scene, draft);
    assert_int_equal(scene_received_run(scene)->word_count, 1);
    scene_send_done(scene, 0);
    assert_true(dialogue_reads(scene->dialogue));
}

void scene_begin_ready(struct scene *scene) {
    scene_begin_ready_with(scene, (struct span) { 0 });
    dialogue_text_shown(scene->dialogue);
}

void scene_end(struct scene *scene) {
    dialogue_destroy(&scene->dialogue);
    channel_destroy(&scene->ours);
    channel_destroy(&scene->owner);
    writer_clear(&scene->shown);
}

/* What was shown since the last call. */
const char *scene_shown(struct scene *scene) {
    writer_reset(&scene->shown);
    writer_span(&scene->shown, dialogue_text(scene->dialogue));
    writer_u8(&scene->shown, '\0');
    dialogue_text_shown(scene->dialogue);
    return (const char *)scene->shown.data;
}

void scene_assert_shown(struct scene *scene, const char *part) {
    const char *all = scene_shown(scene);

    if (strstr(all, part) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", part, all);
    }
}

void scene_enter(struct scene *scene, const char *line) {
    dialogue_enter(scene->dialogue, span_text(line), scene->now_ms);
}

void scene_paste(struct scene *scene, const char *text, size_t lines) {
    const struct block block = { .text = span_text(text), .lines = lines };

    assert_true(dialogue_paste(scene->dialogue, &block, scene->now_ms));
}

void scene_assert_prompt(struct scene *scene, const char *part) {
    char prompt[DIALOGUE_PROMPT_BYTES_MAX];

    assert_true(dialogue_reads(scene->dialogue));
    dialogue_prompt(scene->dialogue, prompt);
    if (strstr(prompt, part) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", part, prompt);
    }
}

void scene_assert_word(const struct talk_run *run, size_t at, const char *expected) {
    assert_true(at < run->word_count);
    assert_true(span_equal(run->words[at], span_text(expected)));
}

void scene_assert_input(const struct talk_run *run, const char *expected) {
    assert_int_equal(run->input_count, 1);
    assert_true(span_equal(run->inputs[0].bytes, span_text(expected)));
}

/* What the owner is told to keep; empty bytes: nothing.  The caller clears it. */
static struct draft received_draft(struct scene *scene) {
    const struct message *message = scene_received(scene, TALK_DRAFT);
    struct draft draft = { 0 };

    assert_non_null(message);
    if (message_text(message, 0).len > 0) {
        assert_int_equal(draft_read(message_text(message, 0), &draft), RB_OK);
    }
    return draft;
}

void scene_assert_kept(struct scene *scene, const char *line, const char *block) {
    struct draft draft = received_draft(scene);

    assert_true(span_equal(writer_view(&draft.line), span_text(line)));
    assert_true(span_equal(writer_view(&draft.block), span_text(block)));
    draft_clear(&draft);
}

void scene_go_to(struct scene *scene, enum place_sort sort, int64_t number) {
    struct message done = { .type = TALK_DONE };

    scene_enter(scene, sort == PLACE_CASE ? "case enter 1" : "thread enter 12");
    message_add_number(&done, scene_received_run(scene)->id);
    message_add_number(&done, 0);
    message_add_number(&done, sort);
    message_add_number(&done, (uint64_t)number);
    message_add_text(&done, span_text("0123456789abcdef"));
    message_add_text(&done, span_text("Street children"));
    scene_send(scene, &done);
}

void scene_go_to_thread(struct scene *scene, int64_t number) {
    scene_go_to(scene, PLACE_THREAD, number);
}

void scene_leave(struct scene *scene) {
    const struct place nowhere = { .sort = PLACE_NONE };
    struct message done = { .type = TALK_DONE };

    scene_enter(scene, "leave");
    message_add_number(&done, scene_received_run(scene)->id);
    message_add_number(&done, 0);
    place_write(&done, &nowhere);
    scene_send(scene, &done);
}
