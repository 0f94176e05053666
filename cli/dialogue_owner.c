/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/announce.h"
#include "cli/ask.h"
#include "cli/dialogue_internal.h"
#include "cli/layout.h"
#include "cli/news.h"
#include "cli/progress.h"
#include "cli/talk.h"
#include "cli/when.h"
#include "protocol/text.h"

#include <stdlib.h>

enum { QUESTION_KEPT_BYTES_MAX = 1 << 20, BAR_BYTES_MAX = 4096, DUMB_AGAIN_MS = 10000 };

/* ---- The beginning ---- */

/* Where one was is where one goes on, if it is this very console that was locked there.  Else only
 * a text brings its place with it: what was meant for there must not go elsewhere. */
static void take_draft(struct dialogue *dialogue, struct span bytes) {
    struct draft draft;

    dialogue->keeps_nothing = bytes.len == 0;
    if (bytes.len == 0 || draft_read(bytes, &draft) != RB_OK) {
        return; /* Of another version of rembuk: it stays there until something else is kept. */
    }
    if (!draft_is_empty(&draft) || dialogue->setup.draft == dialogue->lock.draft) {
        dialogue->place = draft.place;
        dialogue->outer = draft.outer;
    }
    if (draft_is_empty(&draft)) {
        return;
    }
    dialogue->restored_ms = draft.kept_ms;
    dialogue->restored_may_be_done = draft.may_be_done;
    dialogue_put_line(dialogue, writer_view(&draft.line));
    dialogue->block.block = draft.block;
    dialogue->block.block_lines = draft.block_lines;
    draft.block = (struct writer) { 0 };
    draft_clear(&draft);
}

static void welcome(struct dialogue *dialogue, const struct message *message) {
    static const char *const today[] = { "today" };

    for (size_t i = 3; i < message->text_count; i++) {
        char *line = rb_strndup(message->texts[i]);
        dialogue->setup.remember(dialogue->setup.context, line);
        free(line);
    }
    dialogue->lock.draft = message_number(message, 0);
    text_copy(dialogue->lock.name, sizeof dialogue->lock.name,
              text_truncate(message_text(message, 1), NAME_BYTES_MAX));
    take_draft(dialogue, message_text(message, 2));
    dialogue_say(dialogue, "%s",
                 _("Type a command. Tab completes, ? helps, lock locks, Ctrl-D ends."));
    dialogue_run_words(dialogue, 1, today);
}

/* Below what the first screen tells, so that it is read. */
static void say_restored(struct dialogue *dialogue) {
    char when[WHEN_BYTES];

    if (dialogue->restored_ms == 0) {
        return;
    }
    when_show(dialogue->restored_ms, when);
    dialogue->restored_ms = 0;
    if (dialogue->restored_may_be_done) {
        dialogue_say(dialogue, "%s",
                     _("This may not have been carried out, or only a part of it: rembuk was "
                       "locked meanwhile. Look first. Enter sends it again, Ctrl-C drops it."));
        return;
    }
    dialogue_say(
        dialogue,
        _("You typed or pasted this on %s and did not send it. Enter sends it, Ctrl-C drops "
          "it."),
        when);
}

/* ---- The command that runs ---- */

void dialogue_show_question(struct dialogue *dialogue) {
    struct span question = writer_view(&dialogue->errand.question);
    char prompt[PROMPT_BYTES_MAX];
    size_t len = question.len;

    if (dialogue_write_question(dialogue, prompt)) { /* The last line stands there. */
        while (len > 0 && question.data[len - 1] != '\n') {
            len--;
        }
        len -= len > 0 ? 1 : 0;
    }
    if (len > 0) {
        dialogue_say(dialogue, "%.*s", (int)len, (const char *)question.data);
    }
}

void dialogue_explain_question(struct dialogue *dialogue) {
    dialogue_show_question(dialogue);
    dialogue_say(dialogue, "%s", ask_explanation());
}

static void take_question(struct dialogue *dialogue, const struct message *message) {
    struct errand *errand = &dialogue->errand;

    writer_clear(&errand->question);
    writer_clear(&errand->declined);
    writer_clear(&errand->confirmed);
    writer_init(&errand->question, QUESTION_KEPT_BYTES_MAX);
    writer_init(&errand->declined, QUESTION_KEPT_BYTES_MAX);
    writer_span(&errand->question, message_text(message, 0));
    writer_span(&errand->declined, message_text(message, 2));
    dialogue->setup.drop_keys(dialogue->setup.context); /* They do not answer this. */
    dialogue_set_state(dialogue, DIALOGUE_ASKED);
    dialogue_show_question(dialogue);
}

/* A thread that was entered from a case is left for that case, by a command that does so.  One that
 * fails leaves a place that is there no more, and as a rule the case went with it. */
static void go_to(struct dialogue *dialogue, const struct place *place, bool is_done) {
    const struct place nowhere = { .sort = PLACE_NONE };
    struct place from = dialogue->place;

    dialogue->place = *place;
    if (place->sort == PLACE_THREAD) {
        dialogue->outer = from.sort == PLACE_CASE ? from : dialogue->outer;
        return;
    }
    if (place->sort == PLACE_NONE) {
        dialogue->place = is_done ? dialogue->outer : nowhere;
    }
    dialogue->outer = nowhere;
}

static void take_done(struct dialogue *dialogue, const struct message *message, int64_t now_ms) {
    bool is_done = message_number(message, 1) == 0;
    struct place place;

    if (is_done && dialogue->errand.has_block) {
        draft_drop_block(&dialogue->block);
        dialogue->errand.keeps_line = false;
    }
    if (place_read(message, 2, 0, &place) == RB_OK) { /* else one stays where one is */
        go_to(dialogue, &place, is_done);
    }
    if (!is_done) { /* What was typed meanwhile counted on it. */
        dialogue->setup.drop_keys(dialogue->setup.context);
    }
    dialogue_end_line(dialogue);
    say_restored(dialogue);
    dialogue_take_back(dialogue, now_ms);
}

/* The terminal was lost while a pasted text was on its way: now it is known whether it arrived. */
static void take_late_done(struct dialogue *dialogue, const struct message *message) {
    if (message_number(message, 1) == 0) {
        dialogue_send(dialogue, TALK_DRAFT, (struct span) { 0 });
    }
    dialogue->waits_for_done = false;
}

/* ---- How far it has come ---- */

/* A line of its own now and then, where nothing can be drawn over. */
static void tell_progress(struct dialogue *dialogue, struct writer *bar, int64_t now_ms) {
    if (dialogue->bar_told_ms != 0 && now_ms - dialogue->bar_told_ms < DUMB_AGAIN_MS) {
        return;
    }
    dialogue->bar_told_ms = now_ms;
    writer_u8(bar, '\n');
    dialogue_end_line(dialogue);
    dialogue_show(dialogue, writer_view(bar));
}

static void draw_progress(struct dialogue *dialogue, struct writer *bar) {
    size_t columns = layout_columns(writer_view(bar));

    dialogue_end_line(dialogue);
    dialogue_show(dialogue, writer_view(bar)); /* wipes the one before */
    dialogue->bar_columns = columns;
    dialogue->last_shown = '\n'; /* Whatever comes next wipes it out. */
}

static void show_progress(struct dialogue *dialogue, const struct message *message,
                          int64_t now_ms) {
    size_t width = dialogue->setup.is_dumb ? 0 : dialogue->setup.width - 1;
    struct writer what, bar;

    writer_init(&what, BAR_BYTES_MAX);
    writer_init(&bar, 2 * BAR_BYTES_MAX);
    text_escape(&what, text_truncate(message_text(message, 0), NAME_BYTES_MAX), false);
    writer_u8(&what, '\0');
    progress_bar(&bar, (const char *)writer_view(&what).data, message_number(message, 1),
                 message_number(message, 2), width);
    if (dialogue->setup.is_dumb) {
        tell_progress(dialogue, &bar, now_ms);
    } else {
        draw_progress(dialogue, &bar);
    }
    writer_clear(&what);
    writer_clear(&bar);
}

/* ---- What is new ---- */

static void take_state(struct dialogue *dialogue, const struct message *message) {
    struct prompt_state *prompt = &dialogue->prompt;
    uint64_t waiting = message_number(message, 0), contact_ms = message_number(message, 1);
    uint64_t connected = message_number(message, 2), days = message_number(message, 3);

    if (contact_ms > INT64_MAX) {
        return;
    }
    if (waiting != prompt->waiting || days != prompt->roster_days ||
        (connected > 0) != (prompt->connected > 0) ||
        (connected == 0 && (int64_t)contact_ms != prompt->last_contact_ms)) {
        dialogue->prompt_version++;
    }
    *prompt = (struct prompt_state) { waiting, (int64_t)contact_ms, connected, days };
}

static bool holds_news(const struct dialogue *dialogue) {
    return dialogue->has_no_room || dialogue->state == DIALOGUE_ASKED ||
           dialogue->state == DIALOGUE_SECRET;
}

static void show_lines(struct dialogue *dialogue, struct span lines) {
    if (lines.len > 0) {
        dialogue_end_line(dialogue);
        dialogue_show(dialogue, lines);
    }
}

static void take_news(struct dialogue *dialogue, const struct message *message) {
    struct held_news *held = &dialogue->held;

    if (held->count == DIALOGUE_NEWS_HELD_MAX) {
        held->more += news_count(message);
        return;
    }
    news_write(&held->lines, message, &dialogue->place, dialogue->setup.width);
    held->count++;
    dialogue_show_held_news(dialogue);
}

static void write_more(struct dialogue *dialogue, uint64_t count) {
    char digits[NEWS_DIGITS_BYTES];
    struct message more = { 0 };

    news_more_write(&more, count, digits);
    news_write(&dialogue->held.lines, &more, &dialogue->place, dialogue->setup.width);
    message_clear(&more);
}

void dialogue_show_held_news(struct dialogue *dialogue) {
    struct held_news *held = &dialogue->held;

    if (holds_news(dialogue)) {
        return;
    }
    if (held->more > 0) {
        write_more(dialogue, held->more);
    }
    show_lines(dialogue, writer_view(&held->lines));
    writer_clear(&held->lines);
    held->count = 0;
    held->more = 0;
}

void dialogue_hold_news(struct dialogue *dialogue, bool holds) {
    dialogue->has_no_room = holds;
    dialogue_show_held_news(dialogue);
}

/* ---- The end ---- */

void dialogue_gone(struct dialogue *dialogue) {
    if (dialogue->state != DIALOGUE_OVER) {
        dialogue_leave(dialogue, dialogue->state == DIALOGUE_WAITS ? RB_REFUSED : RB_UNREACHABLE,
                       0);
    }
    dialogue->over_ms = 0; /* Nothing more can be sent. */
}

static void take_lock(struct dialogue *dialogue, const struct message *message, int64_t now_ms) {
    for (size_t i = 0; i < message->text_count; i++) {
        lock_note_listen(&dialogue->lock, message_text(message, i));
    }
    dialogue->may_be_done = dialogue->state == DIALOGUE_RUNS && message_number(message, 0) != 0;
    dialogue_lock(dialogue, now_ms);
}

/* ---- All of it ---- */

static bool is_of_command(const struct dialogue *dialogue, const struct message *message) {
    return dialogue->state == DIALOGUE_RUNS && message_number(message, 0) == dialogue->id;
}

static void receive_of_command(struct dialogue *dialogue, const struct message *message,
                               int64_t now_ms) {
    switch (message->type) {
    case TALK_QUESTION:
        take_question(dialogue, message);
        break;
    case TALK_PROGRESS:
        show_progress(dialogue, message, now_ms);
        break;
    case TALK_DONE:
        take_done(dialogue, message, now_ms);
        break;
    default:
        break;
    }
}

static void receive_any_time(struct dialogue *dialogue, const struct message *message,
                             int64_t now_ms) {
    switch (message->type) {
    case TALK_STATE:
        take_state(dialogue, message);
        break;
    case TALK_NAMES:
        names_clear(&dialogue->names);
        names_read(&dialogue->names, message);
        break;
    case TALK_NEWS:
        take_news(dialogue, message);
        break;
    case TALK_OUT:
    case TALK_ERR:
        dialogue_show(dialogue, message_text(message, 0));
        break;
    case TALK_REFUSED:
        dialogue_leave(dialogue, RB_BUSY, now_ms);
        break;
    case TALK_BYE:
        dialogue_gone(dialogue);
        break;
    case TALK_LOCKED:
        take_lock(dialogue, message, now_ms);
        break;
    default:
        break;
    }
}

void dialogue_receive(struct dialogue *dialogue, const struct message *message, int64_t now_ms) {
    if (dialogue->state == DIALOGUE_OVER) {
        if (message->type == TALK_DONE && message_number(message, 0) == dialogue->id) {
            take_late_done(dialogue, message);
        }
    } else if (dialogue->state == DIALOGUE_WAITS && message->type == TALK_WELCOME) {
        welcome(dialogue, message);
    } else if (is_of_command(dialogue, message)) {
        receive_of_command(dialogue, message, now_ms);
        receive_any_time(dialogue, message, now_ms);
    } else if (message->type == TALK_OUT || message->type == TALK_ERR) {
        /* Of an earlier command, or of none: what is said to the person in between. */
        receive_any_time(dialogue, message, now_ms);
        dialogue_end_line(dialogue);
        dialogue_ask_secret_again(dialogue);
    } else {
        receive_any_time(dialogue, message, now_ms);
    }
}
