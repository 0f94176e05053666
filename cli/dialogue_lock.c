/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/dialogue_internal.h"

enum { SECOND_MS = 1000, MINUTE_SECONDS = 60 };

/* Whether what is on its way has arrived is not waited for, as when the terminal is lost. */
void dialogue_lock(struct dialogue *dialogue, int64_t now_ms) {
    if (dialogue->state == DIALOGUE_OVER || dialogue->state == DIALOGUE_WAITS) {
        return;
    }
    dialogue_keep_draft(dialogue, true);
    secrets_clear(&dialogue->secrets);
    dialogue->lock.is_locked = true;
    dialogue_leave(dialogue, RB_OK, now_ms);
}

const struct lock_note *dialogue_lock_note(const struct dialogue *dialogue) {
    return &dialogue->lock;
}

void dialogue_somebody_is_there(struct dialogue *dialogue, int64_t elapsed_ms) {
    idle_note(&dialogue->idle, elapsed_ms);
}

int64_t dialogue_idle_deadline_ms(const struct dialogue *dialogue) {
    return dialogue_reads(dialogue) ? idle_deadline_ms(&dialogue->idle) : INT64_MAX;
}

static void warn(struct dialogue *dialogue) {
    int seconds = (int)((idle_warning_ms(&dialogue->idle) + SECOND_MS - 1) / SECOND_MS);

    if (seconds == MINUTE_SECONDS) {
        dialogue_say(dialogue, "%s", _("Locked in 1 minute. Press any key to stay open."));
    } else {
        dialogue_say(dialogue, _("Locked in %d seconds. Press any key to stay open."), seconds);
    }
    dialogue_ask_secret_again(dialogue);
}

static void lock(struct dialogue *dialogue, int64_t now_ms) {
    dialogue->setup.drop_keys(dialogue->setup.context);
    if (dialogue->setup.active_ms != NULL) {
        dialogue_send(dialogue, TALK_LOCK, (struct span) { 0 }); /* He answers with LOCKED. */
    } else {
        dialogue->lock.owner_stays = true;
        dialogue_lock(dialogue, now_ms);
    }
}

/* A command that runs is as good as a key, however long the loop stood still with it. */
static void note_commands(struct dialogue *dialogue, int64_t elapsed_ms) {
    const struct dialogue_setup *setup = &dialogue->setup;
    int64_t others_ms = setup->active_ms != NULL ? setup->active_ms(setup->owner) : 0;

    if (!dialogue_reads(dialogue) || others_ms == INT64_MAX) {
        dialogue->idle = idle_of(dialogue->idle.after_ms, elapsed_ms);
    } else {
        idle_note(&dialogue->idle, others_ms);
    }
}

void dialogue_look_for_idle(struct dialogue *dialogue, int64_t elapsed_ms, int64_t now_ms) {
    note_commands(dialogue, elapsed_ms);
    switch (idle_look(&dialogue->idle, elapsed_ms)) {
    case IDLE_GOES_ON:
        break;
    case IDLE_WARNS:
        warn(dialogue);
        break;
    case IDLE_LOCKS:
        lock(dialogue, now_ms);
        break;
    }
}
