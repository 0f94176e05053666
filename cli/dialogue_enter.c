/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/ask.h"
#include "cli/dialogue_internal.h"
#include "cli/usage.h"
#include "protocol/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { GUIDED_LINE_BYTES_MAX = 4 * LINE_BYTES_MAX, WORDS_LISTED_BYTES_MAX = 1024 };

/* Where the text is the pasted block alone, it stands for it among the words. */
static char dash[] = "-", dashes[] = "--";

void errand_clear(struct errand *errand) {
    request_clear(&errand->request);
    writer_clear(&errand->line);
    writer_clear(&errand->confirmed);
    writer_clear(&errand->question);
    writer_clear(&errand->declined);
    *errand = (struct errand) { 0 };
}

static bool has_block(const struct dialogue *dialogue) {
    return dialogue->block.block.len > 0;
}

static struct span trimmed(struct span text) {
    while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text.data++;
        text.len--;
    }
    while (text.len > 0 && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t')) {
        text.len--;
    }
    return text;
}

static void remember(struct dialogue *dialogue, struct span line) {
    if (line.len == 0 || line.len > LINE_BYTES_MAX || !text_is_utf8(line)) {
        return;
    }
    char *text = rb_strndup(line);
    dialogue->setup.remember(dialogue->setup.context, text);
    dialogue_send(dialogue, TALK_HISTORY, line);
    free(text);
}

/* ---- To the owner ---- */

static unsigned flags_of(const struct dialogue *dialogue) {
    unsigned flags = RUN_CAN_ASK | RUN_CONSOLE;

    flags |= dialogue->setup.colour ? RUN_COLOUR : 0;
    flags |= dialogue->setup.yes ? RUN_YES : 0;
    return flags;
}

static struct talk_run new_run(struct dialogue *dialogue) {
    dialogue->id++; /* What an earlier command still says is not taken for this one's. */
    dialogue->bar_told_ms = 0;
    dialogue_set_state(dialogue, DIALOGUE_RUNS);
    return (struct talk_run) {
        .id = dialogue->id,
        .flags = flags_of(dialogue),
        .language = dialogue->setup.language,
        .form = OUTPUT_TABLE,
        .width = dialogue->setup.width,
        .place = dialogue->place,
    };
}

static void send_run(struct dialogue *dialogue, const struct talk_run *run) {
    struct message message = { 0 };

    talk_run_write(&message, run);
    channel_send(dialogue->setup.channel, &message);
    message_clear(&message);
}

void dialogue_run(struct dialogue *dialogue) {
    struct talk_run run = new_run(dialogue);

    run.confirmed = writer_view(&dialogue->errand.confirmed);
    request_fill(&dialogue->errand.request, &run);
    send_run(dialogue, &run);
}

void dialogue_run_words(struct dialogue *dialogue, size_t count, const char *const *words) {
    struct talk_run run = new_run(dialogue);

    for (size_t i = 0; i < count; i++) {
        run.words[run.word_count++] = span_text(words[i]);
    }
    send_run(dialogue, &run);
}

void dialogue_take_back(struct dialogue *dialogue, int64_t now_ms) {
    if (dialogue->errand.keeps_line) {
        dialogue_put_line(dialogue, writer_view(&dialogue->errand.line));
    }
    errand_clear(&dialogue->errand);
    dialogue_set_state(dialogue, DIALOGUE_READY);
    dialogue_changed(dialogue, now_ms);
}

/* ---- Whole words into an errand ---- */

static void say_where_block_goes(struct dialogue *dialogue) {
    enum language language = dialogue->setup.language;

    dialogue_say(dialogue,
                 _("Nothing was sent. Type where the pasted text belongs: %s THREAD, or %s CASE. "
                   "Ctrl-C drops it."),
                 command_name(&cmd_post, language), command_name(&cmd_note, language));
}

static bool gives_text(const struct parsed *parsed) {
    const struct call *call = &parsed->call;

    return call->command != NULL && call->argument_count > 0 &&
           call->command->arguments[call->argument_count - 1].sort == ARGUMENT_TEXT;
}

/* The text is all that is not there. */
static bool lacks_text(const struct parsed *parsed) {
    const struct call *call = &parsed->call;

    return (parsed->fault == FAULT_NONE || parsed->fault == FAULT_MISSING_ARGUMENT) &&
           call->command != NULL && call->command->arguments[call->argument_count].label != NULL &&
           call->command->arguments[call->argument_count].sort == ARGUMENT_TEXT;
}

/* A command on its way into an errand. */
struct wish {
    struct span line;   /* as it was typed */
    char *const *words; /* parsed without a fault */
    size_t count;
    bool text_is_block; /* what stands as the text is only its stand-in */
};

static void write_text(struct writer *text, const struct dialogue *dialogue,
                       const struct parsed *parsed, bool text_is_block) {
    if (!text_is_block) {
        writer_span(text, span_text(parsed->call.typed[parsed->call.argument_count - 1]));
        writer_u8(text, '\n');
    }
    writer_span(text, writer_view(&dialogue->block.block));
}

static enum rb_status make_request(struct dialogue *dialogue, const struct wish *wish,
                                   const struct parsed *parsed, struct failure *failure) {
    struct request *request = &dialogue->errand.request;
    struct writer text;

    if (!dialogue->errand.has_block) {
        return request_make(request, wish->count, wish->words, NULL, failure);
    }
    writer_init(&text, DRAFT_BYTES_MAX + 2 * LINE_BYTES_MAX);
    write_text(&text, dialogue, parsed, wish->text_is_block);
    struct span whole = writer_view(&text);
    enum rb_status status = request_make(request, wish->count, wish->words, &whole, failure);
    writer_clear(&text);
    return status;
}

static void begin_errand(struct dialogue *dialogue, const struct wish *wish,
                         const struct parsed *parsed, int64_t now_ms) {
    struct errand *errand = &dialogue->errand;
    struct failure failure = { 0 };

    errand->has_block = has_block(dialogue) && gives_text(parsed);
    errand->keeps_line = errand->has_block;
    writer_init(&errand->line, GUIDED_LINE_BYTES_MAX);
    writer_span(&errand->line, wish->line);
    if (make_request(dialogue, wish, parsed, &failure) != RB_OK) {
        dialogue_say_failure(dialogue, &failure);
        dialogue_take_back(dialogue, now_ms);
    } else {
        dialogue_run(dialogue);
    }
    failure_clear(&failure);
}

/* A pasted block is no reason to refuse it: it stays as it is. */
static bool leaves_block(const struct parsed *parsed) {
    return parsed->call.command == &cmd_help || parsed->call.command == &cmd_lock;
}

/* It needs nothing of the owner, and what is typed for it never leaves this process. */
static void change_passphrase(struct dialogue *dialogue, const struct parsed *parsed) {
    if (parsed->call.option_count > 0) {
        dialogue_say(dialogue, "%s",
                     _("In the console the passphrases are typed, so leave the file out."));
        return;
    }
    dialogue_change_passphrase(dialogue);
}

/* State READY. */
static void take_wish(struct dialogue *dialogue, const struct wish *wish, int64_t now_ms) {
    struct failure failure = { 0 };
    struct parsed parsed;

    parse_arguments(&parsed, wish->count, wish->words);
    if (parsed.fault != FAULT_NONE) {
        (void)usage_fail(&failure, &parsed, dialogue->setup.language); /* It is said here. */
        dialogue_say_failure(dialogue, &failure);
        failure_clear(&failure);
    } else if (parsed.call.command == &cmd_quit) {
        dialogue_end(dialogue, now_ms);
    } else if (parsed.call.command == &cmd_leave && dialogue->place.sort == PLACE_NONE) {
        dialogue_say(dialogue, "%s",
                     _("You are in no case and no thread. Ctrl-D ends the console."));
    } else if (parsed.call.command == &cmd_passphrase_change) {
        change_passphrase(dialogue, &parsed);
    } else if (has_block(dialogue) && !gives_text(&parsed) && !leaves_block(&parsed)) {
        say_where_block_goes(dialogue);
    } else {
        begin_errand(dialogue, wish, &parsed, now_ms);
    }
}

/* ---- Guided entry ---- */

static void ask(struct dialogue *dialogue) {
    dialogue_say(dialogue, "%s", guide_ask(dialogue->guide)->sentence);
    dialogue->prompt_version++;
}

static void begin_guide(struct dialogue *dialogue, const struct line *line,
                        const struct parsed *parsed) {
    dialogue->guide = guide_new(line, parsed, &dialogue->place, dialogue->setup.language);
    dialogue->answer_is_block = false;
    dialogue_set_state(dialogue, DIALOGUE_GUIDED);
    dialogue_say(dialogue, "%s", _("? explains, < goes back, Ctrl-C ends this."));
    ask(dialogue);
}

void dialogue_guided_line(const struct dialogue *dialogue, struct writer *out) {
    static const char stand_in[] = " -"; /* nothing that was typed */

    guide_line(dialogue->guide, out);
    while (dialogue->answer_is_block && out->len > 0 &&
           strchr(stand_in, out->data[out->len - 1]) != NULL) {
        out->len--;
    }
}

static void finish_guide(struct dialogue *dialogue, int64_t now_ms) {
    struct guide *guide = dialogue->guide;
    struct wish wish = { .text_is_block = dialogue->answer_is_block };
    struct writer line;

    writer_init(&line, GUIDED_LINE_BYTES_MAX);
    dialogue_guided_line(dialogue, &line);
    wish.line = writer_view(&line);
    wish.count = guide_words(guide, &wish.words);
    dialogue->guide = NULL;
    dialogue_set_state(dialogue, DIALOGUE_READY);
    remember(dialogue, wish.line);
    take_wish(dialogue, &wish, now_ms);
    guide_destroy(&guide);
    writer_clear(&line);
}

static bool is_help_word(struct span typed) {
    return span_equal(typed, span_text(cmd_help.name)) ||
           span_equal(typed, span_text(cmd_help.name_id));
}

/* What an answer means to the guide. */
static struct span answer_to(struct dialogue *dialogue, struct span typed) {
    const struct argument *argument = guide_ask(dialogue->guide)->argument;
    bool is_text = argument != NULL && argument->sort == ARGUMENT_TEXT;
    bool is_name = argument != NULL && argument->sort == ARGUMENT_NAME;

    if (is_text) {
        dialogue->answer_is_block = trimmed(typed).len == 0 && has_block(dialogue);
    }
    if (is_text && dialogue->answer_is_block) {
        return span_text(dash);
    }
    return !is_text && !is_name && is_help_word(trimmed(typed)) ? span_text("?") : typed;
}

static void enter_answer(struct dialogue *dialogue, struct span typed, int64_t now_ms) {
    enum guide_step step = guide_answer(dialogue->guide, answer_to(dialogue, typed));
    const char *help = NULL;

    switch (step) {
    case GUIDE_READY:
        finish_guide(dialogue, now_ms);
        return;
    case GUIDE_OUT:
        guide_destroy(&dialogue->guide);
        dialogue_set_state(dialogue, DIALOGUE_READY);
        dialogue_say_cancelled(dialogue);
        return;
    case GUIDE_HELPS:
        help = guide_ask(dialogue->guide)->help;
        break;
    case GUIDE_ASKS:
        break;
    }
    if (help != NULL) {
        dialogue_say(dialogue, "%s", help);
    }
    ask(dialogue);
}

/* ---- A line ---- */

/* The commands that a shortened word could mean. */
static void write_hints(const struct line *line, enum language language, struct writer *out) {
    for (size_t i = 0; i < line->hint_count; i++) {
        writer_span(out, span_text(i > 0 ? ", " : ""));
        writer_span(out, span_text(command_name(line->hints[i], language)));
    }
}

static void say_line_fault(struct dialogue *dialogue, const struct line *line) {
    struct writer hints;

    writer_init(&hints, WORDS_LISTED_BYTES_MAX);
    write_hints(line, dialogue->setup.language, &hints);
    struct span list = writer_view(&hints);
    switch (line->fault) {
    case LINE_OPEN_QUOTE:
        dialogue_say(dialogue, "%s", _("A quote (\") has no end. Add it, or leave both out."));
        break;
    case LINE_TOO_MANY_WORDS:
        dialogue_say(dialogue, "%s", _("This line is too long for one command."));
        break;
    case LINE_AMBIGUOUS:
        dialogue_say(dialogue, _("This is too short to be told apart. Which one is it: %.*s?"),
                     (int)list.len, (const char *)list.data);
        break;
    case LINE_NOT_SHORTENED:
        dialogue_say(dialogue,
                     _("Type this command in full, so that it is not run by a slip: %.*s"),
                     (int)list.len, (const char *)list.data);
        break;
    default:
        break;
    }
    writer_clear(&hints);
}

/* "?" behind a command explains that command, behind nothing all of it. */
static void show_help(struct dialogue *dialogue, const struct line *line) {
    const char *words[1 + COMMAND_WORDS_MAX];
    size_t count = 0, named = line->command != NULL ? command_words(line->command) : 1;
    static const char help[] = "help";

    words[count++] = help;
    for (size_t i = 0; i < named && i < line->count && strcmp(line->words[i], "?") != 0; i++) {
        words[count++] = line->words[i];
    }
    dialogue_run_words(dialogue, count, words);
}

/* The words of the line, the text that is only pasted added. */
static void enter_words(struct dialogue *dialogue, const struct line *line, struct span typed,
                        int64_t now_ms) {
    char *words[LINE_WORDS_MAX + 2];
    struct wish wish = { .line = typed, .words = words, .count = line->count };
    struct parsed parsed, with_block;

    memcpy(words, line->words, line->count * sizeof *words);
    parse_arguments(&parsed, line->count, words);
    if (has_block(dialogue) && lacks_text(&parsed)) {
        words[wish.count++] = dashes;
        words[wish.count++] = dash;
        parse_arguments(&with_block, wish.count, words);
        wish.text_is_block = with_block.fault == FAULT_NONE;
        wish.count = wish.text_is_block ? wish.count : line->count;
    }
    if (line->command != NULL && (line->command->needs & NEEDS_SHELL) != 0) {
        dialogue_say(dialogue, "%s",
                     _("You have a data folder already: this is done once, before the console."));
        return;
    }
    if (!wish.text_is_block && guide_can_help(&parsed, line)) {
        begin_guide(dialogue, line, &parsed);
        return;
    }
    take_wish(dialogue, &wish, now_ms);
}

static void enter_command(struct dialogue *dialogue, struct span typed, int64_t now_ms) {
    struct line line;

    line_split(&line, typed, &dialogue->place, dialogue->setup.language);
    if (line.command != NULL) { /* Else it may be anything: a passphrase in the wrong window. */
        remember(dialogue, trimmed(typed));
    }
    if (line.fault == LINE_EMPTY && has_block(dialogue)) {
        say_where_block_goes(dialogue);
    } else if (line.fault != LINE_OK) {
        say_line_fault(dialogue, &line);
    } else if (line.asks_help) {
        show_help(dialogue, &line);
    } else {
        enter_words(dialogue, &line, typed, now_ms);
    }
    line_clear(&line);
}

/* ---- Yes or no ---- */

static void decline(struct dialogue *dialogue, int64_t now_ms) {
    struct span declined = writer_view(&dialogue->errand.declined);

    dialogue_say(dialogue, "%s%s%.*s", _("Not confirmed. Nothing was changed."),
                 declined.len > 0 ? " " : "", (int)declined.len, (const char *)declined.data);
    dialogue_take_back(dialogue, now_ms);
}

static void enter_yes_or_no(struct dialogue *dialogue, struct span typed, int64_t now_ms) {
    struct errand *errand = &dialogue->errand;

    switch (answer_of(trimmed(typed))) {
    case ANSWER_YES:
        writer_clear(&errand->confirmed);
        errand->confirmed = errand->question;
        errand->question = (struct writer) { 0 };
        dialogue_run(dialogue);
        break;
    case ANSWER_NO:
        decline(dialogue, now_ms);
        break;
    case ANSWER_HELP:
        dialogue_explain_question(dialogue);
        break;
    case ANSWER_UNCLEAR:
        dialogue_say(dialogue, "%s", _("Answer y or n. [y/n]"));
        break;
    }
}

void dialogue_enter(struct dialogue *dialogue, struct span line, int64_t now_ms) {
    writer_reset(&dialogue->typed);
    dialogue_changed(dialogue, now_ms);
    switch (dialogue->state) {
    case DIALOGUE_READY:
        enter_command(dialogue, line, now_ms);
        break;
    case DIALOGUE_GUIDED:
        enter_answer(dialogue, line, now_ms);
        break;
    case DIALOGUE_ASKED:
        enter_yes_or_no(dialogue, line, now_ms);
        break;
    default:
        break; /* Keys are not read then. */
    }
}
