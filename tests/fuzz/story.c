/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/story.h"

#include "store/groups.h"
#include "store/keyring.h"
#include "store/sharing.h"
#include "tests/support/homes.h"

#include <stdlib.h>
#include <string.h>

/* The bits of a prelude. */
enum { PRELUDE_BARE = 4, PRELUDE_HOME = 8, PRELUDE_ANCHOR = 16, PRELUDE_SECOND = 32 };
enum { WITH_LETTER = 0x80, WITH_ANCHOR = 0x20, FOUNDER = 1 };

static void do_step(struct story *story, uint8_t verb, uint8_t who, uint8_t aim, uint8_t what) {
    const struct step step = { .verb = verb, .who = who, .aim = aim, .what = what };

    story_step(story, &step);
}

/* The first of the cast that is not the home founds it. */
static void others_found(struct story *story, uint8_t prelude) {
    const bool anchored = (prelude & PRELUDE_ANCHOR) != 0;
    const uint8_t flags = anchored ? WITH_LETTER | WITH_ANCHOR : 0;
    const struct step genesis = { .verb = VERB_GENESIS,
                                  .who = FOUNDER,
                                  .aim = 1U << FOUNDER,
                                  .what = (uint8_t)(prelude % STORY_KINDS | flags) };

    story_found(story, &genesis);
    story_must(circle_remember(story->store, story->circle, story->cast->people[FOUNDER].id));
}

/* Everybody has come, and there is something to speak of. */
static void ordinary_beginning(struct story *story, uint8_t prelude) {
    const uint8_t letter = (prelude & PRELUDE_ANCHOR) != 0 ? WITH_LETTER : 0;

    do_step(story, VERB_ADD, FOUNDER, CAST_OWNER, CIRCLE_MANAGER | letter);
    for (uint8_t i = FOUNDER + 1; i < CAST_PEOPLE; i++) {
        const uint8_t role = i == FOUNDER + 1 ? CIRCLE_MANAGER : CIRCLE_WRITER;
        do_step(story, VERB_ADD, FOUNDER, i, role | letter);
    }
    do_step(story, VERB_KEYGRANT, FOUNDER, 0, 0);
    do_step(story, VERB_THREAD, FOUNDER, 0, 2);
    do_step(story, VERB_ACCEPT, FOUNDER + 1, 0, 0);
    do_step(story, VERB_POST, FOUNDER + 1, 0, 0);
    do_step(story, VERB_FLUSH, 0, 0, 0);
    if ((prelude & PRELUDE_SECOND) != 0) {
        const struct step accept = { .verb = VERB_LOCAL, .key = 1, .what = 3 };
        story_step(story, &accept);
    }
}

/* The home has founded a group, and has invited two. */
static void home_founds(struct story *story) {
    struct store *store = story->store;

    story_must(group_new(store, span_text("Balai Melati"), NULL, story->now_ms, story->circle));
    for (size_t i = FOUNDER; i <= FOUNDER + 1; i++) {
        story_must(group_invite(store, story->circle, story->cast->people[i].id, story->now_ms));
    }
    do_step(story, VERB_FLUSH, 0, 0, 0);
    do_step(story, VERB_ACCEPT, FOUNDER, 0, 0);
}

void story_begin(struct story *story, struct store *store, const struct cast *cast,
                 uint8_t prelude) {
    memset(story, 0, sizeof *story);
    story->store = store;
    story->cast = cast;
    story->now_ms = HOMES_NOW_MS;
    writer_init(&story->genesis, EVENT_BODY_BYTES_MAX);
    if ((prelude & PRELUDE_HOME) != 0) {
        home_founds(story);
        return;
    }
    others_found(story, prelude);
    if ((prelude & PRELUDE_BARE) == 0) {
        ordinary_beginning(story, prelude);
    }
}

void story_step(struct story *story, const struct step *given) {
    struct step step = *given;

    step.verb %= VERB_COUNT;
    story->now_ms += 1000;
    if (step.verb >= VERBS_OF_EVENTS) {
        story_happening(story, &step);
        return;
    }
    story_event(story, &step);
    story_deliver(story, story_line(story, &step), (enum deliver)(step.deliver % DELIVER_COUNT));
}

void story_end(struct story *story) {
    for (size_t i = 0; i < STORY_LINES; i++) {
        if (story->lines[i].delivered < story->lines[i].count) {
            story_deliver(story, &story->lines[i], DELIVER_NOW);
        }
    }
    story_commit(story);
}

void story_clear(struct story *story) {
    for (size_t i = 0; i < STORY_LINES; i++) {
        struct line *line = &story->lines[i];
        while (line->count > 0) {
            free((void *)line->events[--line->count].body.data);
        }
    }
    writer_clear(&story->genesis);
    crypt_wipe(story->epochs, sizeof story->epochs);
}
