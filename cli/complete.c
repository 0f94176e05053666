/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/complete.h"

#include "cli/line.h"
#include "cli/parse.h"
#include "cli/word.h"
#include "protocol/crypt.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NUMBER_TEXT_BYTES = 24, COMPLETION_BYTES_MAX = 1024 };

struct completer {
    struct completions *out;
    const struct names *names;
    struct span typed;
    struct span word;   /* what stands at the cursor, without an opening quote */
    const char *circle; /* the group or case that was named in front; NULL: not here */
    bool is_placed;     /* it is the place where one is, of number `place_number` */
    int64_t place_number;
    enum language language;
    bool is_answer; /* to a question: nothing is quoted, nothing stands behind */
    bool is_path;
};

/* ---- What is found ---- */

static void text_free(char *text) {
    if (text != NULL) {
        crypt_wipe(text, strlen(text));
        free(text);
    }
}

void completions_clear(struct completions *completions) {
    for (size_t i = 0; i < completions->count; i++) {
        text_free(completions->rows[i].insert);
        text_free(completions->rows[i].display);
    }
    free(completions->rows);
    *completions = (struct completions) { 0 };
}

/* `insert` is made of three parts. */
static void offer(struct completer *completer, const char *display, const char *front,
                  struct span middle, const char *behind) {
    struct completions *out = completer->out;
    struct writer insert;

    if (out->count == COMPLETIONS_MAX) {
        out->more = true;
        return;
    }
    if (out->rows == NULL) {
        out->rows = rb_alloc(COMPLETIONS_MAX, sizeof *out->rows);
    }
    writer_init(&insert, COMPLETION_BYTES_MAX);
    writer_span(&insert, span_text(front));
    writer_span(&insert, middle);
    writer_span(&insert, span_text(behind));
    out->rows[out->count++] = (struct completion) {
        .insert = rb_strndup(writer_view(&insert)),
        .display = rb_strndup(span_text(display)),
    };
    writer_clear(&insert);
}

static uint8_t folded(uint8_t byte) {
    return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte;
}

/* Letter case is ignored, of ASCII. */
static bool begins(struct span text, struct span front) {
    if (front.len > text.len) {
        return false;
    }
    for (size_t i = 0; i < front.len; i++) {
        if (folded(text.data[i]) != folded(front.data[i])) {
            return false;
        }
    }
    return true;
}

static struct span behind(struct span text, size_t at) {
    return span_of(text.data + at, text.len - at);
}

/* The word begins there from now on. */
static void begin_at(struct completer *completer, size_t begin) {
    struct span word = behind(completer->typed, begin);
    bool is_quoted = word.len > 0 && word.data[0] == '"';

    completer->out->word_begin = begin;
    completer->word = is_quoted ? behind(word, 1) : word;
}

/* ---- Command words ---- */

/* True if a row before number `index`, of those with that first word (if it is told), has the same
 * word. */
static bool is_seen(size_t index, size_t word, const char *family, enum language language) {
    struct span own = command_word(commands[index], word, language);

    for (size_t i = 0; i < index; i++) {
        if ((family == NULL || command_has_word(commands[i], 0, family)) &&
            span_equal(own, command_word(commands[i], word, language))) {
            return true;
        }
    }
    return false;
}

static void offer_words_of(struct completer *completer, const char *family,
                           enum language language) {
    size_t word = family == NULL ? 0 : 1;
    char display[COMMAND_WORD_BYTES_MAX + 1];

    for (size_t i = 0; i < command_count; i++) {
        struct span own = command_word(commands[i], word, language);
        bool is_member = family == NULL || command_has_word(commands[i], 0, family);

        if (is_member && own.len > 0 && begins(own, completer->word) &&
            !is_seen(i, word, family, language)) {
            (void)snprintf(display, sizeof display, "%.*s", (int)own.len, (const char *)own.data);
            offer(completer, display, "", own, " ");
        }
    }
}

/* Commands, or the verbs of one: of the chosen language, of the other one if nothing fits. */
static void offer_words(struct completer *completer, const char *family) {
    enum language other =
        completer->language == LANGUAGE_ENGLISH ? LANGUAGE_INDONESIAN : LANGUAGE_ENGLISH;

    offer_words_of(completer, family, completer->language);
    if (completer->out->count == 0) {
        offer_words_of(completer, family, other);
    }
}

/* ---- References ---- */

static bool is_wanted(enum ref_sort sort, enum argument_sort argument) {
    switch (argument) {
    case ARGUMENT_CONTACT:
        return sort == REF_CONTACT;
    case ARGUMENT_GROUP:
        return sort == REF_GROUP;
    case ARGUMENT_CIRCLE:
        return sort == REF_GROUP || sort == REF_CASE;
    case ARGUMENT_CASE:
    case ARGUMENT_PART:
        return sort == REF_CASE;
    case ARGUMENT_THREAD:
    case ARGUMENT_POST:
        return sort == REF_THREAD;
    case ARGUMENT_PERSON: /* offer_people */
    case ARGUMENT_NAME:
    case ARGUMENT_ADDRESS:
    case ARGUMENT_WORD:
    case ARGUMENT_FILE:
    case ARGUMENT_TEXT:
        return false;
    }
    return false;
}

static bool has_twin(const struct names *names, const struct name *name) {
    for (size_t i = 0; i < names->count; i++) {
        const struct name *other = &names->rows[i];
        if (other != name && !other->is_member && other->sort == name->sort &&
            strcmp(other->text, name->text) == 0) {
            return true;
        }
    }
    return false;
}

static void offer_name(struct completer *completer, const struct name *name) {
    struct span text = span_text(name->text);
    bool needs_quotes = strpbrk(name->text, " =") != NULL && !completer->is_answer;
    const char *quote = needs_quotes ? "\"" : "";
    char display[NUMBER_TEXT_BYTES + sizeof name->text];

    (void)snprintf(display, sizeof display, "%" PRId64 "  %s", name->number, name->text);
    offer(completer, display, quote, text, completer->is_answer ? "" : needs_quotes ? "\" " : " ");
}

static void offer_number(struct completer *completer, const struct name *name, const char *number,
                         const char *follows) {
    char display[NUMBER_TEXT_BYTES + sizeof name->text];

    (void)snprintf(display, sizeof display, "%s  %s", number, name->text);
    offer(completer, display, "", span_text(number), follows);
}

static void offer_reference(struct completer *completer, const struct name *name,
                            const struct argument *argument) {
    /* A place is a group, or a case by anything but its number. */
    bool has_number = argument->sort != ARGUMENT_CIRCLE || name->sort == REF_GROUP;
    /* Of what these name, only what stands in front of the dot is known here. */
    bool is_part = argument->sort == ARGUMENT_POST || argument->sort == ARGUMENT_PART;
    bool is_numbered = completer->word.len > 0 && completer->word.data[0] == '#';
    struct span word = is_numbered ? behind(completer->word, 1) : completer->word;
    char number[NUMBER_TEXT_BYTES];

    (void)snprintf(number, sizeof number, "%" PRId64, name->number); /* It has the room. */
    bool number_fits = (word.len > 0 || is_part) && begins(span_text(number), word);
    bool name_fits = begins(span_text(name->text), completer->word);
    bool is_clear = strchr(name->text, '"') == NULL && !has_twin(completer->names, name);
    if (is_part) {
        if (number_fits || name_fits) {
            offer_number(completer, name, number, ".");
        }
    } else if (has_number && (number_fits || (name_fits && !is_clear))) {
        offer_number(completer, name, number, completer->is_answer ? "" : " ");
    } else if (name_fits && is_clear) {
        offer_name(completer, name);
    }
}

static void offer_references(struct completer *completer, const struct argument *argument) {
    for (size_t i = 0; i < completer->names->count; i++) {
        const struct name *name = &completer->names->rows[i];
        if (!name->is_member && is_wanted(name->sort, argument->sort)) {
            offer_reference(completer, name, argument);
        }
    }
}

/* ---- People of a group or case ---- */

static bool is_called(const struct name *name, const char *typed) {
    char number[NUMBER_TEXT_BYTES];

    (void)snprintf(number, sizeof number, "%" PRId64, name->number); /* It has the room. */
    typed += typed[0] == '#' ? 1 : 0;
    return strcmp(typed, number) == 0 || strcasecmp(typed, name->text) == 0;
}

/* True if `member` belongs to the group or case that was named; none was: true, too. */
static bool belongs(const struct completer *completer, const struct name *member) {
    if (completer->is_placed || completer->circle == NULL) {
        return !completer->is_placed || member->number == completer->place_number;
    }
    for (size_t i = 0; i < completer->names->count; i++) {
        const struct name *name = &completer->names->rows[i];
        if (!name->is_member && name->sort == member->sort && name->number == member->number &&
            is_called(name, completer->circle)) {
            return true;
        }
    }
    return false;
}

/* True if a row before number `index` offers the same name. */
static bool is_offered(const struct completer *completer, size_t index) {
    const struct name *rows = completer->names->rows;

    for (size_t i = 0; i < index; i++) {
        if (rows[i].is_member && rows[i].sort == rows[index].sort &&
            strcmp(rows[i].text, rows[index].text) == 0 && belongs(completer, &rows[i])) {
            return true;
        }
    }
    return false;
}

/* Which sort of place it is the argument in front says. */
static void offer_people(struct completer *completer, const struct argument *argument) {
    enum ref_sort sort = argument[-1].sort == ARGUMENT_GROUP ? REF_GROUP : REF_CASE;

    for (size_t i = 0; i < completer->names->count; i++) {
        const struct name *name = &completer->names->rows[i];
        bool needs_quotes = strpbrk(name->text, " =") != NULL && !completer->is_answer;

        if (name->is_member && name->sort == sort && belongs(completer, name) &&
            begins(span_text(name->text), completer->word) && strchr(name->text, '"') == NULL &&
            !is_offered(completer, i)) {
            offer(completer, name->text, needs_quotes ? "\"" : "", span_text(name->text),
                  completer->is_answer ? ""
                  : needs_quotes       ? "\" "
                                       : " ");
        }
    }
}

static void offer_argument(struct completer *completer, const struct argument *argument) {
    if (argument->sort == ARGUMENT_FILE) {
        completer->is_path = true;
    } else if (argument->sort == ARGUMENT_PERSON) {
        offer_people(completer, argument);
    } else {
        offer_references(completer, argument);
    }
}

/* ---- Options ---- */

/* "AJ|ADK|AMPK": each is a value.  Anything else only describes it. */
static void offer_values(struct completer *completer, const struct option *option) {
    static const struct argument circle = { .sort = ARGUMENT_CIRCLE };
    static const struct argument contact = { .sort = ARGUMENT_CONTACT };
    const char *choices = option_choices(option, completer->language);
    char display[COMPLETION_BYTES_MAX];

    if (option->is_file) {
        completer->is_path = true;
        return;
    }
    if (option->names_circle) {
        offer_references(completer, &circle);
    }
    if (option->names_contact) {
        offer_references(completer, &contact);
    }
    for (const char *value = choices != NULL ? choices : ""; *value != '\0';) {
        size_t len = strcspn(value, "|");
        if (begins(span_of(value, len), completer->word)) {
            (void)snprintf(display, sizeof display, "%.*s", (int)len, value);
            offer(completer, display, "", span_of(value, len), " ");
        }
        value += len + (value[len] == '|');
    }
}

/* In "name=" and what follows it: offers the values of the option.  False: it is none. */
static bool offer_values_behind_name(struct completer *completer, const struct command *command) {
    struct span word = completer->word;
    size_t begin = begins(word, span_text("--")) ? 2 : 0;
    const uint8_t *equals = word.len > 0 ? memchr(word.data, '=', word.len) : NULL;

    if (equals == NULL || (size_t)(equals - word.data) < begin) {
        return false;
    }
    size_t end = (size_t)(equals - word.data);
    struct span name = span_of(word.data + begin, end - begin);
    for (const struct option *option = command_options(command); option->name != NULL; option++) {
        if (option_is_called(option, name)) {
            begin_at(completer, completer->typed.len - word.len + end + 1);
            offer_values(completer, option);
            return true;
        }
    }
    return false;
}

/* `dashes`: as --name; else as name=, which a switch cannot be. */
static void offer_option(struct completer *completer, const struct option *option, bool dashes,
                         enum language language) {
    const char *front = dashes || option->value == NULL ? "--" : "";
    const char *name = option_name(option, language);
    char display[COMPLETION_BYTES_MAX];

    if (!begins(span_text(name), behind(completer->word, dashes ? 2 : 0))) {
        return;
    }
    (void)snprintf(display, sizeof display, "%s%s%s%s", front, name,
                   option->value != NULL ? "=" : "", option->value != NULL ? _(option->value) : "");
    offer(completer, display, front, span_text(name), option->value != NULL ? "=" : " ");
}

static bool is_given(const struct call *call, const struct option *option) {
    return !option->repeated && call_option(call, option->name) != NULL;
}

static void offer_options_of(struct completer *completer, const struct call *call,
                             enum language language) {
    /* Those that mean something in a console. */
    static const enum global globals[] = { GLOBAL_JSON, GLOBAL_QUIET, GLOBAL_YES, GLOBAL_HELP };
    bool dashes = begins(completer->word, span_text("--"));

    for (const struct option *own = command_options(call->command); own->name != NULL; own++) {
        if (!is_given(call, own)) {
            offer_option(completer, own, dashes, language);
        }
    }
    for (size_t i = 0; dashes && i < sizeof globals / sizeof globals[0]; i++) {
        offer_option(completer, &global_options[globals[i]], dashes, language);
    }
}

static void offer_options(struct completer *completer, const struct call *call) {
    enum language other =
        completer->language == LANGUAGE_ENGLISH ? LANGUAGE_INDONESIAN : LANGUAGE_ENGLISH;

    offer_options_of(completer, call, completer->language);
    if (completer->out->count == 0) {
        offer_options_of(completer, call, other);
    }
}

/* ---- Where the cursor stands ---- */

/* The words of help are those of commands. */
static void offer_help(struct completer *completer, const struct call *call) {
    if (call->argument_count < 2) {
        offer_words(completer, call->argument_count == 0 ? NULL : call->typed[0]);
    }
}

/* Behind the words of `parsed` stands an argument, or an option. */
static void offer_next(struct completer *completer, const struct parsed *parsed) {
    const struct call *call = &parsed->call;
    const struct argument *next = &call->command->arguments[call->argument_count];
    bool is_text = next->label != NULL && next->sort == ARGUMENT_TEXT;
    bool has_dashes = begins(completer->word, span_text("--"));

    if (offer_values_behind_name(completer, call->command)) {
        return;
    }
    if (call->command == &cmd_help) {
        offer_help(completer, call);
    } else if (next->label != NULL && !has_dashes) {
        offer_argument(completer, next);
    }
    bool is_option = next->label == NULL || next->optional || completer->word.len > 0;
    if (completer->out->count == 0 && !completer->is_path &&
        (has_dashes || (is_option && !is_text))) {
        offer_options(completer, call);
    }
}

/* `line` is what stands in front of the word at the cursor. */
static void offer_behind(struct completer *completer, const struct line *line) {
    struct parsed parsed;

    parse_arguments(&parsed, line->count, line->words);
    if (parsed.fault == FAULT_MISSING_VALUE &&
        parsed.fault_word == line->words[line->count - 1] + 2) {
        offer_values(completer, parsed.fault_option);
        return;
    }
    bool is_unfinished = parsed.fault == FAULT_NONE || parsed.fault == FAULT_MISSING_VERB ||
                         parsed.fault == FAULT_MISSING_ARGUMENT ||
                         parsed.fault == FAULT_MISSING_OPTION;
    if (!is_unfinished || line->has_text) {
        return;
    }
    if (parsed.call.command == NULL) {
        offer_words(completer, parsed.family);
        return;
    }
    offer_next(completer, &parsed);
}

static const struct argument *last_argument(const struct command *command) {
    const struct argument *last = command->arguments;

    while (last->label != NULL && last[1].label != NULL) {
        last++;
    }
    return last;
}

/* The name that the last argument begins may go on at the cursor: Anak tan... */
static bool offer_joined(struct completer *completer, const struct line *line) {
    size_t begin = completer->out->word_begin, count = completer->out->count;

    if (line->joins_at == SIZE_MAX) {
        return false;
    }
    begin_at(completer, line->joins_at);
    offer_argument(completer, last_argument(line->command));
    if (completer->out->count > count) {
        return true;
    }
    begin_at(completer, begin);
    return false;
}

/* Notes the group or case that the line names, or that it leaves out. */
static void note_circle(struct completer *completer, const struct line *line,
                        const struct place *place) {
    struct parsed parsed;

    parse_arguments(&parsed, line->count, line->words);
    completer->circle = parsed.call.argument_count > 0 ? parsed.call.typed[0] : NULL;
    completer->is_placed = line->placed;
    completer->place_number = line->placed ? place->number : 0;
}

/* `front` is what stands before the word at the cursor. */
static void offer_in(struct completer *completer, struct span front, const struct place *place) {
    size_t begin = completer->out->word_begin;
    struct line line;

    line_split(&line, front, place, completer->language);
    bool is_known = line.fault == LINE_OK || line.fault == LINE_EMPTY;
    bool leaves_choice = line.placed && last_argument(line.command)->sort != ARGUMENT_TEXT;
    if (leaves_choice) { /* What is left out may as well be told.  Nowhere nothing is left out. */
        offer_in(completer, front, NULL);
    }
    note_circle(completer, &line, place);
    if (is_known && completer->out->word_begin == begin && !offer_joined(completer, &line)) {
        offer_behind(completer, &line);
    }
    line_clear(&line);
}

void complete(struct completions *completions, struct span typed, const struct names *names,
              const struct place *place, const struct argument *asked, enum language language,
              bool *is_path) {
    struct completer completer = {
        .out = completions, .names = names, .typed = typed, .language = language
    };

    assert(completions->rows == NULL);
    *completions = (struct completions) { 0 };
    if (asked != NULL) {
        completer.is_answer = true;
        begin_at(&completer, word_skip_blanks(typed, 0));
        offer_argument(&completer, asked);
    } else {
        begin_at(&completer, word_last_begin(typed));
        offer_in(&completer, span_of(typed.data, completions->word_begin), place);
    }
    *is_path = completer.is_path;
}
