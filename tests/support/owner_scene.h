/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ayu's home, owned by a server with a node that has no address, in a runtime folder of its own;
 * Bayu, with whom she shares a group with a thread; and clients, which are channels of this
 * process.  Everything that does not go as it should fails the test. */
#ifndef REMBUK_TESTS_OWNER_SCENE_H
#define REMBUK_TESTS_OWNER_SCENE_H

#include "cli/serve.h"
#include "cli/talk.h"
#include "tests/support/people.h"

struct owner_scene {
    struct people people;
    struct folder runtime;
    struct settings settings;
    struct node *node;
    struct server *server;
    uint8_t circle[HASH_BYTES], thread[REF_BYTES]; /* group 1, thread 1 of Ayu */
    struct writer said, complained;                /* of the command that was heard last */
    struct span question;                          /* of it; empty: none.  Valid until the next */
    struct message answer;                         /* DONE or QUESTION, without its texts */
    struct writer texts[3];                        /* these */
};

/* Ayu speaks Indonesian. */
void owner_begin(struct owner_scene *scene);
void owner_end(struct owner_scene *scene);

/* ---- Clients ---- */
struct channel *owner_attach(const struct owner_scene *scene);

/* A pass of the owner's loop and of the client's channel.  False: the owner has hung up. */
bool owner_step(struct owner_scene *scene, struct channel *client);
void owner_step_for(struct owner_scene *scene, struct channel *client, int64_t ms);

void client_says(struct channel *client, enum talk type, uint64_t number, const char *text);

/* Both have been said, and he is welcome. */
struct channel *owner_welcomes(struct owner_scene *scene, bool is_console);

/* The next message of this type, others in between forgotten. */
const struct message *client_hears(struct owner_scene *scene, struct channel *client,
                                   enum talk type);

/* How many of this type come within that time. */
size_t client_counts(struct owner_scene *scene, struct channel *client, enum talk type, int64_t ms);

/* He is hung up on, and hears nothing of this type before. */
void client_hears_the_end(struct owner_scene *scene, struct channel *client, enum talk never);

/* ---- Commands ---- */

/* English, at 80 columns; words up to a NULL. */
#define CLIENT_RUNS(client, number, how, ...)                                                      \
    client_runs(client,                                                                            \
                &(struct talk_run) {                                                               \
                    .id = (number), .flags = (how), .language = LANGUAGE_ENGLISH, .width = 80 },   \
                (const char *[]) { __VA_ARGS__, NULL })
void client_runs(struct channel *client, const struct talk_run *run, const char *const *words);

/* Until the command ends or asks: gives its exit code, or -1. */
int client_hears_answer(struct owner_scene *scene, struct channel *client, uint64_t id);

/* What it wrote, NUL-terminated. */
const char *owner_said(struct owner_scene *scene);
const char *owner_complained(struct owner_scene *scene);

/* ---- What others do ---- */

/* Bayu posts, and it comes to Ayu. */
void bayu_posts(struct owner_scene *scene, const char *text);

#endif
