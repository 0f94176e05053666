/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A dialogue of the console with a fake owner at the other end of its channel.  Everything that
 * does not go as it should fails the test. */
#ifndef REMBUK_TESTS_CONSOLE_SCENE_H
#define REMBUK_TESTS_CONSOLE_SCENE_H

#include "cli/dialogue.h"
#include "cli/talk.h"

enum { SECOND_MS = 1000, SCENE_DRAFT = 3 /* the number of the console's draft */ };

struct scene {
    struct channel *ours, *owner;
    struct dialogue *dialogue;
    char remembered[256], put[256];
    unsigned drops;      /* so often were typed keys to be dropped */
    char passphrase[64]; /* of the home; it may be changed */
    int64_t others_ms;   /* role.is_owner: when others were busy with him last */
    int64_t now_ms;
    struct writer shown;       /* all that was shown since the last look */
    const struct message *got; /* what the owner received last */
    struct talk_run run;
};

/* The next message of this type, others in between forgotten; NULL: none. */
const struct message *scene_received(struct scene *scene, enum talk type);
void scene_send(struct scene *scene, struct message *message);

/* The command that was sent; its words borrow until the next look. */
const struct talk_run *scene_received_run(struct scene *scene);
void scene_send_text(struct scene *scene, enum talk type, const char *text);
void scene_send_done(struct scene *scene, int exit_code);
void scene_send_question(struct scene *scene, const char *question);
void scene_send_welcome(struct scene *scene, struct span draft);

/* Before the owner has answered. */
void scene_begin(struct scene *scene);

/* The same for a console that is locked after a while, whose time is NOW_MS by both clocks. */
struct scene_role {
    uint64_t draft; /* that it wants */
    int64_t lock_after_ms;
    bool is_owner; /* the owner is in this process */
};
void scene_begin_as(struct scene *scene, const struct scene_role *role);

/* It is welcomed then, with this draft. */
void scene_get_ready(struct scene *scene, struct span draft);

/* At the first prompt, this draft found. */
void scene_begin_ready_with(struct scene *scene, struct span draft);

/* At the first prompt, with nothing shown. */
void scene_begin_ready(struct scene *scene);
void scene_end(struct scene *scene);

/* What was shown since the last call. */
const char *scene_shown(struct scene *scene);

/* `part` was. */
void scene_assert_shown(struct scene *scene, const char *part);
void scene_enter(struct scene *scene, const char *line);
void scene_paste(struct scene *scene, const char *text, size_t lines);
void scene_assert_prompt(struct scene *scene, const char *part);
void scene_assert_word(const struct talk_run *run, size_t at, const char *expected);
void scene_assert_input(const struct talk_run *run, const char *expected);

/* What the owner is told to keep. */
void scene_assert_kept(struct scene *scene, const char *line, const char *block);

/* The console is in this case or thread then, "Street children". */
void scene_go_to(struct scene *scene, enum place_sort sort, int64_t number);
void scene_go_to_thread(struct scene *scene, int64_t number);
void scene_leave(struct scene *scene);

#endif
