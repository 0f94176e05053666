/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/dialogue.h"

#include "cli/dialogue_internal.h"
#include "cli/layout.h"
#include "cli/output.h"
#include "node/node.h"
#include "protocol/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEEP_MS = 1000, /* after the last key */
    OVER_MS = 1000, /* for what is still to be sent at the end */
    INSERTED_BYTES_MAX = LINE_BYTES_MAX / 2,
    ROOM_TO_TYPE_COLUMNS = 24,
    KEPT_BYTES_MAX = DRAFT_BYTES_MAX + LINE_BYTES_MAX,
    ANY_BYTES = 1 << 28
};

static const char prompt_end[] = "> ";

/* ---- Life ---- */

struct dialogue *dialogue_new(const struct dialogue_setup *setup) {
    struct dialogue *dialogue = rb_alloc(1, sizeof *dialogue);
    struct message hello = { .type = TALK_HELLO };

    dialogue->setup = *setup;
    dialogue->keep_ms = INT64_MAX;
    dialogue->idle = idle_of(setup->lock_after_ms, setup->elapsed_ms);
    dialogue->last_shown = '\n';
    dialogue->over_ms = INT64_MAX;
    writer_init(&dialogue->typed, LINE_BYTES_MAX);
    writer_init(&dialogue->out, ANY_BYTES);
    writer_init(&dialogue->held.lines, ANY_BYTES);
    message_add_number(&hello, 1);
    message_add_number(&hello, setup->draft);
    message_add_text(&hello, span_text(setup->version));
    channel_send(setup->channel, &hello);
    message_clear(&hello);
    return dialogue;
}

void dialogue_destroy(struct dialogue **dialogue) {
    struct dialogue *going = *dialogue;

    if (going == NULL) {
        return;
    }
    guide_destroy(&going->guide);
    errand_clear(&going->errand);
    secrets_clear(&going->secrets);
    names_clear(&going->names);
    writer_clear(&going->held.lines);
    draft_clear(&going->block);
    writer_clear(&going->typed);
    writer_clear(&going->out);
    free(going);
    *dialogue = NULL;
}

void dialogue_send(struct dialogue *dialogue, enum talk type, struct span text) {
    struct message message = { .type = type };

    message_add_text(&message, text);
    channel_send(dialogue->setup.channel, &message);
    message_clear(&message);
}

void dialogue_set_state(struct dialogue *dialogue, enum dialogue_state state) {
    dialogue->state = state;
    dialogue->prompt_version++;
    dialogue_show_held_news(dialogue);
}

/* ---- Text to be shown ---- */

/* A bar that stands there is wiped out. */
void dialogue_show(struct dialogue *dialogue, struct span bytes) {
    struct writer *out = &dialogue->out;

    if (bytes.len == 0) {
        return;
    }
    if (dialogue->bar_columns > 0) {
        writer_u8(out, '\r');
        layout_pad(out, span_of(NULL, 0), dialogue->bar_columns);
        writer_u8(out, '\r');
        dialogue->bar_columns = 0;
    }
    writer_span(out, bytes);
    dialogue->last_shown = bytes.data[bytes.len - 1];
}

void dialogue_end_line(struct dialogue *dialogue) {
    if (dialogue->last_shown != '\n') {
        dialogue_show(dialogue, span_text("\n"));
    }
}

static char *format(const char *sentence, va_list values) {
    va_list again;
    va_copy(again, values);
    int len = vsnprintf(NULL, 0, sentence, again);
    va_end(again);
    assert(len >= 0);

    char *text = rb_alloc((size_t)len + 1, 1);
    (void)vsnprintf(text, (size_t)len + 1, sentence, values);
    return text;
}

void dialogue_say(struct dialogue *dialogue, const char *sentence, ...) {
    struct writer escaped, wrapped;
    va_list values;

    va_start(values, sentence);
    char *text = format(sentence, values);
    va_end(values);
    writer_init(&escaped, ANY_BYTES);
    writer_init(&wrapped, ANY_BYTES);
    text_escape(&escaped, span_text(text), true);
    layout_wrap(&wrapped, writer_view(&escaped), dialogue->setup.width, 0);
    dialogue_end_line(dialogue);
    dialogue_show(dialogue, writer_view(&wrapped));
    writer_clear(&escaped);
    writer_clear(&wrapped);
    free(text);
}

void dialogue_say_failure(struct dialogue *dialogue, const struct failure *failure) {
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);

    if (file == NULL) { /* In the same words, without the colour. */
        dialogue_say(dialogue, "%s", failure->sentence);
        return;
    }
    const struct output_setup setup = {
        .out = file,
        .err = file,
        .form = OUTPUT_TABLE,
        .width = dialogue->setup.width,
        .colour = dialogue->setup.colour,
    };
    struct output *output = output_new(&setup);
    output_failure(output, failure);
    output_destroy(&output);
    (void)fclose(file); /* Into memory: nothing to lose. */
    dialogue_end_line(dialogue);
    dialogue_show(dialogue, span_of(text, len));
    free(text);
}

void dialogue_say_cancelled(struct dialogue *dialogue) {
    dialogue_say(dialogue, "%s", _("Cancelled. Nothing was changed."));
}

struct span dialogue_text(const struct dialogue *dialogue) {
    return writer_view(&dialogue->out);
}

void dialogue_text_shown(struct dialogue *dialogue) {
    writer_reset(&dialogue->out);
}

/* ---- The draft ---- */

/* As it would stand in a line: the value of an option behind its name. */
static void write_half_answer(const struct dialogue *dialogue, struct writer *out) {
    const struct option *option = guide_ask(dialogue->guide)->option;

    if (dialogue->typed.len == 0) {
        return;
    }
    writer_u8(out, ' ');
    if (option != NULL) {
        writer_span(out, span_text(option_name(option, dialogue->setup.language)));
        writer_u8(out, '=');
    }
    writer_span(out, writer_view(&dialogue->typed));
}

/* A line on its way is not kept, since it may have arrived; if a pasted block goes with it, the
 * answer to that is waited for.  An owner who locks tells whether it has. */
static void write_running_line(const struct dialogue *dialogue, bool by_lock, struct writer *out) {
    const struct errand *errand = &dialogue->errand;
    bool is_kept = errand->has_block || (by_lock && errand->line.len > 0);

    writer_span(out, writer_view(is_kept ? &errand->line : &dialogue->typed));
}

static void write_kept_line(const struct dialogue *dialogue, bool by_lock, struct writer *out) {
    switch (dialogue->state) {
    case DIALOGUE_GUIDED:
        dialogue_guided_line(dialogue, out);
        write_half_answer(dialogue, out);
        break;
    case DIALOGUE_RUNS:
        write_running_line(dialogue, by_lock, out);
        break;
    case DIALOGUE_ASKED:
        writer_span(out, writer_view(&dialogue->errand.line));
        break;
    default:
        writer_span(out, writer_view(&dialogue->typed));
        break;
    }
}

void dialogue_keep_draft(struct dialogue *dialogue, bool by_lock) {
    struct draft draft = {
        .kept_ms = clock_now_ms(),
        .place = dialogue->place,
        .outer = dialogue->outer,
        .by_lock = by_lock,
        .may_be_done = dialogue->may_be_done,
    };
    struct writer line, bytes;

    dialogue->keep_ms = INT64_MAX;
    writer_init(&line, 2 * LINE_BYTES_MAX);
    writer_init(&bytes, KEPT_BYTES_MAX);
    write_kept_line(dialogue, by_lock, &line);
    draft_set_line(&draft, writer_view(&line));
    draft.block = dialogue->block.block; /* Lent, so that a long one is not copied. */
    draft_write(&draft, &bytes);
    draft.block = (struct writer) { 0 };
    if (bytes.len > 0 || !dialogue->keeps_nothing) {
        dialogue_send(dialogue, TALK_DRAFT, writer_view(&bytes));
        dialogue->keeps_nothing = bytes.len == 0;
    }
    draft_clear(&draft);
    writer_clear(&line);
    writer_clear(&bytes);
}

void dialogue_changed(struct dialogue *dialogue, int64_t now_ms) {
    dialogue->keep_ms = now_ms + KEEP_MS;
}

void dialogue_edited(struct dialogue *dialogue, struct span line, int64_t now_ms) {
    if (span_equal(line, writer_view(&dialogue->typed))) {
        return;
    }
    writer_reset(&dialogue->typed);
    writer_span(&dialogue->typed, text_truncate(line, LINE_BYTES_MAX));
    dialogue_changed(dialogue, now_ms);
}

void dialogue_put_line(struct dialogue *dialogue, struct span line) {
    char *text = rb_strndup(line);

    writer_reset(&dialogue->typed);
    writer_span(&dialogue->typed, text_truncate(line, LINE_BYTES_MAX));
    dialogue->setup.put(dialogue->setup.context, text);
    free(text);
}

int64_t dialogue_deadline_ms(const struct dialogue *dialogue) {
    return dialogue->keep_ms < dialogue->over_ms ? dialogue->keep_ms : dialogue->over_ms;
}

void dialogue_timeout(struct dialogue *dialogue, int64_t now_ms) {
    if (now_ms >= dialogue->keep_ms) {
        dialogue_keep_draft(dialogue, false);
    }
}

void dialogue_stops(struct dialogue *dialogue) {
    if (dialogue->keep_ms != INT64_MAX) {
        dialogue_keep_draft(dialogue, false);
    }
}

/* ---- Keys ---- */

bool dialogue_paste(struct dialogue *dialogue, const struct block *block, int64_t now_ms) {
    if (dialogue->state == DIALOGUE_SECRET) {
        dialogue_paste_secret(dialogue, block->text, now_ms);
        return true;
    }
    if (block->lines == 1 && block->text.len <= INSERTED_BYTES_MAX) {
        return false;
    }
    if (dialogue->state != DIALOGUE_READY && dialogue->state != DIALOGUE_GUIDED) {
        dialogue_say(dialogue, "%s", _("Answer y or n first. What was pasted was not taken."));
        return true;
    }
    if (draft_append_block(&dialogue->block, block->text) != RB_OK) {
        dialogue_say(dialogue,
                     _("This is too much to be pasted: %d KiB at most. It was not taken."),
                     DRAFT_BYTES_MAX / 1024);
        return true;
    }
    if (block->too_long) {
        dialogue_say(dialogue, _("What was pasted is longer than %d KiB; the rest was cut off."),
                     DRAFT_BYTES_MAX / 1024);
    }
    dialogue->prompt_version++;
    dialogue_changed(dialogue, now_ms);
    return true;
}

/* Drops the line, else the block. */
static void interrupt_typing(struct dialogue *dialogue) {
    if (dialogue->typed.len > 0) {
        writer_reset(&dialogue->typed);
    } else if (dialogue->block.block.len > 0) {
        draft_drop_block(&dialogue->block);
        dialogue->prompt_version++;
        dialogue_say(dialogue, "%s", _("What was pasted was dropped."));
    }
}

static void interrupt_guide(struct dialogue *dialogue) {
    guide_destroy(&dialogue->guide);
    writer_reset(&dialogue->typed);
    dialogue_set_state(dialogue, DIALOGUE_READY);
    dialogue_say_cancelled(dialogue);
}

static void cancel_command(struct dialogue *dialogue) {
    struct message message = { .type = TALK_CANCEL };

    message_add_number(&message, dialogue->id);
    channel_send(dialogue->setup.channel, &message);
    message_clear(&message);
}

void dialogue_interrupt(struct dialogue *dialogue, int64_t now_ms) {
    switch (dialogue->state) {
    case DIALOGUE_WAITS:
        dialogue_leave(dialogue, RB_OK, now_ms);
        break;
    case DIALOGUE_READY:
        interrupt_typing(dialogue);
        break;
    case DIALOGUE_GUIDED:
        interrupt_guide(dialogue);
        break;
    case DIALOGUE_RUNS:
        cancel_command(dialogue);
        break;
    case DIALOGUE_ASKED:
        writer_reset(&dialogue->typed);
        dialogue_say_cancelled(dialogue);
        dialogue_take_back(dialogue, now_ms);
        break;
    case DIALOGUE_SECRET:
        dialogue_end_secret(dialogue);
        dialogue_say_cancelled(dialogue);
        break;
    case DIALOGUE_OVER:
        return;
    }
    dialogue_changed(dialogue, now_ms);
}

void dialogue_end(struct dialogue *dialogue, int64_t now_ms) {
    if (dialogue->state != DIALOGUE_READY) {
        dialogue_interrupt(dialogue, now_ms);
        return;
    }
    if (dialogue->block.block.len > 0) {
        dialogue_say(dialogue, "%s", _("What was pasted is kept for the next time."));
    }
    dialogue_keep_draft(dialogue, false);
    dialogue_leave(dialogue, RB_OK, now_ms);
}

void dialogue_lost(struct dialogue *dialogue, int64_t now_ms) {
    if (dialogue->state == DIALOGUE_OVER) {
        return;
    }
    if (dialogue->state != DIALOGUE_WAITS) {
        dialogue_keep_draft(dialogue, false);
    }
    dialogue->waits_for_done = dialogue->state == DIALOGUE_RUNS && dialogue->errand.has_block;
    dialogue_leave(dialogue, RB_OK, now_ms);
}

/* ---- The end ---- */

void dialogue_leave(struct dialogue *dialogue, enum rb_status why, int64_t now_ms) {
    dialogue->why = why;
    dialogue->over_ms = now_ms + OVER_MS;
    dialogue->keep_ms = INT64_MAX;
    dialogue_set_state(dialogue, DIALOGUE_OVER);
}

bool dialogue_is_over(const struct dialogue *dialogue, int64_t now_ms, enum rb_status *why) {
    bool is_sent = channel_waiting(dialogue->setup.channel) == 0 && !dialogue->waits_for_done;

    if (dialogue->state != DIALOGUE_OVER ||
        (dialogue->why == RB_OK && !is_sent && now_ms < dialogue->over_ms)) {
        return false;
    }
    *why = dialogue->why;
    return true;
}

void dialogue_resize(struct dialogue *dialogue, size_t width) {
    dialogue->setup.width = width;
    dialogue->prompt_version++;
    dialogue_ask_secret_again(dialogue);
}

/* Nothing fits the answer to a question for a verb, for an option, or for yes and no. */
void dialogue_complete(struct dialogue *dialogue, struct span typed,
                       struct completions *completions, bool *is_path) {
    const struct argument *asked = NULL;

    *completions = (struct completions) { 0 };
    *is_path = false;
    if (dialogue->state == DIALOGUE_GUIDED) {
        asked = guide_ask(dialogue->guide)->argument;
    }
    if (dialogue->state == DIALOGUE_READY || asked != NULL) {
        complete(completions, typed, &dialogue->names, &dialogue->place, asked,
                 dialogue->setup.language, is_path);
    }
}

/* ---- The prompt ---- */

bool dialogue_reads(const struct dialogue *dialogue) {
    return dialogue->state == DIALOGUE_READY || dialogue->state == DIALOGUE_GUIDED ||
           dialogue->state == DIALOGUE_ASKED || dialogue->state == DIALOGUE_SECRET;
}

bool dialogue_asks_secret(const struct dialogue *dialogue) {
    return dialogue->state == DIALOGUE_SECRET;
}

bool dialogue_runs(const struct dialogue *dialogue) {
    return dialogue->state == DIALOGUE_RUNS;
}

unsigned dialogue_prompt_version(const struct dialogue *dialogue) {
    return dialogue->prompt_version;
}

bool dialogue_write_question(const struct dialogue *dialogue, char out[static PROMPT_BYTES_MAX]) {
    struct span question = writer_view(&dialogue->errand.question);
    size_t begin = question.len;
    struct writer line;

    while (begin > 0 && question.data[begin - 1] != '\n') {
        begin--;
    }
    writer_init(&line, ANY_BYTES);
    text_escape(&line, span_of(question.data + begin, question.len - begin), false);
    bool is_whole = prompt_write_question(out, writer_view(&line), dialogue->setup.width);
    writer_clear(&line);
    return is_whole;
}

static void write_usual(const struct dialogue *dialogue, char out[static PROMPT_BYTES_MAX]) {
    if (dialogue->state == DIALOGUE_ASKED) {
        (void)dialogue_write_question(dialogue, out); /* What is cut stands above it. */
    } else if (dialogue->state == DIALOGUE_GUIDED) {
        (void)snprintf(out, PROMPT_BYTES_MAX, "%s %s", guide_ask(dialogue->guide)->label,
                       prompt_end);
    } else {
        prompt_write(out, &dialogue->place, &dialogue->prompt, clock_now_ms(),
                     dialogue->setup.width);
    }
}

/* With the end of the prompt. */
static void write_pasted(const struct dialogue *dialogue, char out[static PROMPT_BYTES_MAX]) {
    size_t lines = dialogue->block.block_lines;

    if (lines == 1) {
        (void)snprintf(out, PROMPT_BYTES_MAX, "%s", _("[1 line pasted]"));
    } else {
        (void)snprintf(out, PROMPT_BYTES_MAX, _("[%zu lines pasted]"), lines);
    }
    (void)snprintf(out + strlen(out), PROMPT_BYTES_MAX - strlen(out), " %s", prompt_end);
}

/* What was pasted stands behind the place, which gives way to it as far as it can. */
void dialogue_prompt(const struct dialogue *dialogue, char out[static DIALOGUE_PROMPT_BYTES_MAX]) {
    char where[PROMPT_BYTES_MAX], pasted[PROMPT_BYTES_MAX] = "";

    write_usual(dialogue, where);
    bool shows_block = dialogue->state == DIALOGUE_READY || dialogue->state == DIALOGUE_GUIDED;
    if (shows_block && dialogue->block.block_lines > 0) {
        where[strlen(where) - strlen(prompt_end)] = '\0';
        write_pasted(dialogue, pasted);
    }
    size_t columns = layout_columns(span_text(where)) + layout_columns(span_text(pasted));
    bool is_narrow = columns + ROOM_TO_TYPE_COLUMNS > dialogue->setup.width;
    if (dialogue->state == DIALOGUE_READY && pasted[0] != '\0' && is_narrow) {
        prompt_write_place(where, &dialogue->place);
    }
    (void)snprintf(out, DIALOGUE_PROMPT_BYTES_MAX, "%s%s", where, pasted);
}
