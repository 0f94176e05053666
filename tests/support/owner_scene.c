/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/owner_scene.h"

#include "store/seals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SOON_MS = 10000, STEP_MS = 2, SAID_BYTES_MAX = 1 << 28 };

/* ---- The scene ---- */

/* Group 1 and thread 1 from now on. */
static void give_numbers(struct owner_scene *scene) {
    struct store *ayu = scene->people.stores[AYU];
    int64_t number = 0;

    assert_int_equal(ref_number(ayu, REF_GROUP, span_of(scene->circle, HASH_BYTES), &number),
                     RB_OK);
    assert_int_equal(ref_number(ayu, REF_THREAD, span_of(scene->thread, REF_BYTES), &number),
                     RB_OK);
}

/* What the node would write as soon as it runs: its clock is that of this computer, on which the
 * homes are months old. */
static void keep_up(struct owner_scene *scene) {
    struct people *people = &scene->people;

    for (size_t who = AYU; who <= BAYU; who++) {
        assert_int_equal(seals_renew(people->stores[who], clock_now_ms()), RB_OK);
        assert_int_equal(author_upkeep(people->stores[who], scene->circle, clock_now_ms()), RB_OK);
    }
    people_meet(people, AYU, BAYU);
}

static void arrange_group(struct owner_scene *scene) {
    struct people *people = &scene->people;

    people_new(people, 2);
    people_group(people, 2, scene->circle);
    assert_int_equal(thread_new(people->stores[AYU], scene->circle, span_text("Rapat Senin"),
                                people_now(people), scene->thread),
                     RB_OK);
    people_meet(people, AYU, BAYU);
    keep_up(scene);
    give_numbers(scene);
}

static void open_owner(struct owner_scene *scene) {
    const struct node_setup node = { .store = scene->people.stores[AYU] };
    size_t bad_listen = 0;

    assert_int_equal(node_open(&scene->node, &node, &bad_listen), RB_OK);
    const struct server_setup server = {
        .settings = &scene->settings,
        .store = scene->people.stores[AYU],
        .node = scene->node,
    };
    assert_int_equal(server_open(&scene->server, &server), RB_OK);
}

void owner_begin(struct owner_scene *scene) {
    *scene = (struct owner_scene) { 0 };
    folder_new(&scene->runtime);
    assert_int_equal(setenv("XDG_RUNTIME_DIR", scene->runtime.path, 1), 0);
    arrange_group(scene);
    scene->settings = (struct settings) {
        .language = LANGUAGE_INDONESIAN,
        .width = 80,
        .version = "1.0",
        .locale_dir = REMBUK_LOCALEDIR,
    };
    (void)snprintf(scene->settings.home, sizeof scene->settings.home, "%s",
                   folder_name(&scene->people.folder, people_name(AYU)));
    writer_init(&scene->said, SAID_BYTES_MAX);
    writer_init(&scene->complained, SAID_BYTES_MAX);
    for (size_t i = 0; i < sizeof scene->texts / sizeof scene->texts[0]; i++) {
        writer_init(&scene->texts[i], LINE_BYTES_MAX);
    }
    open_owner(scene);
}

void owner_end(struct owner_scene *scene) {
    server_close(&scene->server);
    node_close(&scene->node);
    people_end(&scene->people);
    folder_remove(&scene->runtime);
    writer_clear(&scene->said);
    writer_clear(&scene->complained);
    for (size_t i = 0; i < sizeof scene->texts / sizeof scene->texts[0]; i++) {
        writer_clear(&scene->texts[i]);
    }
}

/* ---- Clients ---- */

struct channel *owner_attach(const struct owner_scene *scene) {
    struct channel *client = NULL;

    assert_int_equal(control_connect(scene->settings.home, &client), RB_OK);
    return client;
}

bool owner_step(struct owner_scene *scene, struct channel *client) {
    enum rb_status status = channel_step(client);

    if (scene->node != NULL) {
        assert_int_equal(node_step(scene->node, STEP_MS), RB_OK);
    }
    return status == RB_OK;
}

void owner_step_for(struct owner_scene *scene, struct channel *client, int64_t ms) {
    int64_t end_ms = clock_steady_ms() + ms;

    do {
        assert_true(owner_step(scene, client));
    } while (clock_steady_ms() < end_ms);
}

void client_says(struct channel *client, enum talk type, uint64_t number, const char *text) {
    struct message message = { .type = type };

    message_add_number(&message, number);
    message_add_text(&message, span_text(text));
    channel_send(client, &message);
    message_clear(&message);
}

struct channel *owner_welcomes(struct owner_scene *scene, bool is_console) {
    struct channel *client = owner_attach(scene);

    client_says(client, TALK_HELLO, is_console, scene->settings.version);
    (void)client_hears(scene, client, TALK_WELCOME);
    return client;
}

/* NULL: none came until then, or the owner has hung up. */
static const struct message *next_message(struct owner_scene *scene, struct channel *client,
                                          int64_t end_ms) {
    const struct message *message = NULL;
    bool goes_on = true;

    while (!channel_receive(client, &message)) {
        if (!goes_on || clock_steady_ms() >= end_ms) {
            return NULL;
        }
        goes_on = owner_step(scene, client);
    }
    return message;
}

const struct message *client_hears(struct owner_scene *scene, struct channel *client,
                                   enum talk type) {
    int64_t end_ms = clock_steady_ms() + SOON_MS;
    const struct message *message = NULL;

    do {
        message = next_message(scene, client, end_ms);
        if (message == NULL) {
            fail_msg("message %d does not come", (int)type);
        }
    } while (message->type != type);
    return message;
}

size_t client_counts(struct owner_scene *scene, struct channel *client, enum talk type,
                     int64_t ms) {
    int64_t end_ms = clock_steady_ms() + ms;
    const struct message *message = NULL;
    size_t count = 0;

    while ((message = next_message(scene, client, end_ms)) != NULL) {
        count += message->type == type;
    }
    return count;
}

void client_hears_the_end(struct owner_scene *scene, struct channel *client, enum talk never) {
    int64_t end_ms = clock_steady_ms() + SOON_MS;
    const struct message *message = NULL;

    while ((message = next_message(scene, client, end_ms)) != NULL) {
        assert_int_not_equal(message->type, never);
    }
    assert_true(clock_steady_ms() < end_ms);
    assert_int_equal(channel_step(client), RB_UNREACHABLE);
}

/* ---- Commands ---- */

void client_runs(struct channel *client, const struct talk_run *run, const char *const *words) {
    struct message message = { 0 };
    struct talk_run whole = *run;

    for (size_t i = 0; words[i] != NULL; i++) {
        whole.words[whole.word_count++] = span_text(words[i]);
    }
    talk_run_write(&message, &whole);
    channel_send(client, &message);
    message_clear(&message);
}

static void keep_answer(struct owner_scene *scene, const struct message *message) {
    scene->answer = *message;
    scene->answer.texts = NULL;
    for (size_t i = 0; i < sizeof scene->texts / sizeof scene->texts[0]; i++) {
        writer_reset(&scene->texts[i]);
        writer_span(&scene->texts[i], message_text(message, i));
    }
    scene->question =
        message->type == TALK_QUESTION ? writer_view(&scene->texts[0]) : (struct span) { 0 };
}

int client_hears_answer(struct owner_scene *scene, struct channel *client, uint64_t id) {
    int64_t end_ms = clock_steady_ms() + SOON_MS;
    const struct message *message = NULL;

    writer_reset(&scene->said);
    writer_reset(&scene->complained);
    do {
        message = next_message(scene, client, end_ms);
        assert_non_null(message);
        if (message->type == TALK_OUT || message->type == TALK_ERR) {
            assert_true(message_number(message, 0) == id);
            writer_span(message->type == TALK_OUT ? &scene->said : &scene->complained,
                        message_text(message, 0));
        }
    } while (message->type != TALK_DONE && message->type != TALK_QUESTION);
    assert_true(message_number(message, 0) == id);
    keep_answer(scene, message);
    return message->type == TALK_DONE ? (int)message_number(message, 1) : -1;
}

static const char *as_text(struct writer *writer) {
    writer_u8(writer, '\0');
    writer->len--;
    return (const char *)writer->data;
}

const char *owner_said(struct owner_scene *scene) {
    return as_text(&scene->said);
}

const char *owner_complained(struct owner_scene *scene) {
    return as_text(&scene->complained);
}

/* ---- What others do ---- */

void bayu_posts(struct owner_scene *scene, const char *text) {
    uint8_t ref[REF_BYTES];

    people_post(&scene->people, BAYU, scene->thread, text, ref);
    people_meet(&scene->people, AYU, BAYU);
}
