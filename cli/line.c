/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/line.h"

#include "cli/parse.h"
#include "cli/usage.h"
#include "cli/word.h"
#include "protocol/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Beyond what was typed: two dashes and a NUL for each word, words written in full, the place. */
enum { ADDED_BYTES_MAX = 1024, NUMBER_TEXT_BYTES = 24 };

struct splitter {
    struct line *line;
    struct span typed;
    size_t at; /* what lies before has been read */
    const struct place *place;
    enum language language;
    size_t starts[LINE_WORDS_MAX]; /* of the words in line->bytes, which moves as it grows */
    size_t arguments;              /* of the command, so far */
    bool options_ended;
    bool value_open; /* the last word is an option, and its value may go on */
};

static void fail(struct splitter *splitter, enum line_fault fault) {
    if (splitter->line->fault == LINE_OK) {
        splitter->line->fault = fault;
    }
}

static struct span part(struct span typed, size_t begin, size_t end) {
    return span_of(typed.data + begin, end - begin);
}

/* ---- Words as given on ---- */

/* Puts one word of up to four parts. */
static void put_parts(struct splitter *splitter, const struct span *parts, size_t count) {
    struct line *line = splitter->line;

    if (line->count == LINE_WORDS_MAX) {
        fail(splitter, LINE_TOO_MANY_WORDS);
        return;
    }
    splitter->starts[line->count++] = line->bytes.len;
    for (size_t i = 0; i < count; i++) {
        writer_span(&line->bytes, parts[i]);
    }
    writer_u8(&line->bytes, '\0');
}

static void put_span(struct splitter *splitter, struct span word) {
    put_parts(splitter, &word, 1);
}

/* `front` may be empty. */
static void put_word(struct splitter *splitter, struct span front, const struct word *word) {
    struct span parts[] = { front, word->head, word->body };

    if (word->open) {
        fail(splitter, LINE_OPEN_QUOTE);
    }
    put_parts(splitter, parts, sizeof parts / sizeof parts[0]);
}

/* The word goes on the last one, with a blank between. */
static void put_joined(struct splitter *splitter, const struct word *word) {
    struct writer *bytes = &splitter->line->bytes;

    if (bytes->len > 0) {
        bytes->data[bytes->len - 1] = ' '; /* its NUL */
        writer_span(bytes, word->body);
        writer_u8(bytes, '\0');
    }
}

/* ---- Options ---- */

struct spelled {
    const struct option *option; /* NULL: unknown */
    bool dashed, has_value;
};

static const struct option *find_option(const struct command *command, struct span name) {
    const struct option *own = command != NULL ? command_options(command) : NULL;

    for (; own != NULL && own->name != NULL; own++) {
        if (option_is_called(own, name)) {
            return own;
        }
    }
    for (size_t i = 0; i < GLOBAL_COUNT; i++) {
        if (option_is_called(&global_options[i], name)) {
            return &global_options[i];
        }
    }
    return NULL;
}

static bool is_letter(uint8_t byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool is_dashed(struct span word) {
    return word.len > 2 && word.data[0] == '-' && word.data[1] == '-' && is_letter(word.data[2]);
}

/* True if the word is an option.  One with dashes always is: a slip must not become a text. */
static bool spells_option(const struct splitter *splitter, const struct word *word,
                          struct spelled *spelled) {
    struct span text = word->head.len > 0 ? word->head : word->body;

    if (splitter->options_ended || (word->quoted && word->head.len == 0)) {
        return false;
    }
    size_t begin = is_dashed(text) ? 2 : 0;
    size_t end = begin;
    while (end < text.len && text.data[end] != '=') {
        end++;
    }
    *spelled = (struct spelled) {
        .option = find_option(splitter->line->command, part(text, begin, end)),
        .dashed = begin > 0,
        .has_value = end < text.len,
    };
    return spelled->dashed ||
           (spelled->has_value && spelled->option != NULL && spelled->option->value != NULL);
}

/* The value of `--name value` is the next word, unless that is an option itself. */
static bool next_is_value(const struct splitter *splitter, const struct word *word,
                          const struct spelled *spelled, struct word *value) {
    return spelled->dashed && !spelled->has_value && spelled->option != NULL &&
           spelled->option->value != NULL && word_next(splitter->typed, word->end, value) &&
           (value->quoted || !is_dashed(value->body));
}

/* Whatever way it was typed, it is given on as --name or --name=value. */
static bool take_option(struct splitter *splitter, const struct word *word) {
    struct spelled spelled;
    struct word value;

    if (!spells_option(splitter, word, &spelled)) {
        return false;
    }
    splitter->at = word->end;
    if (next_is_value(splitter, word, &spelled, &value)) {
        struct span parts[] = { word->body, span_text("="), value.head, value.body };
        put_parts(splitter, parts, sizeof parts / sizeof parts[0]);
        splitter->at = value.end;
        splitter->value_open = !value.quoted;
        if (value.open) {
            fail(splitter, LINE_OPEN_QUOTE);
        }
        return true;
    }
    splitter->value_open = spelled.has_value && !word->quoted;
    put_word(splitter, span_text(spelled.dashed ? "" : "--"), word);
    return true;
}

static bool is_end_of_options(const struct splitter *splitter, const struct word *word) {
    return !splitter->options_ended && !word->quoted && span_equal(word->body, span_text("--"));
}

/* Takes the options that stand here; then what comes next, not yet taken.  False: nothing. */
static bool take_options(struct splitter *splitter, struct word *next) {
    while (splitter->line->fault == LINE_OK && word_next(splitter->typed, splitter->at, next)) {
        if (is_end_of_options(splitter, next)) {
            put_span(splitter, next->body);
            splitter->options_ended = true;
            splitter->value_open = false;
            splitter->at = next->end;
        } else if (!take_option(splitter, next)) {
            return true;
        }
    }
    return false;
}

/* True if the word is a "?" and the last one. */
static bool take_question(struct splitter *splitter, const struct word *word) {
    bool is_last = word_skip_blanks(splitter->typed, word->end) == splitter->typed.len;

    if (word->quoted || !is_last || !span_equal(word->body, span_text("?"))) {
        return false;
    }
    splitter->line->asks_help = true;
    splitter->at = splitter->typed.len;
    return true;
}

/* ---- Command and verb ---- */

/* What was typed for the command, and which rows that leaves. */
struct family {
    struct span typed;
    bool whole;   /* a word of a row, not the beginning of one */
    size_t count; /* different words that fit */
    const struct command *first;
    bool takes_argument; /* one of them has no verb, but an argument */
};

static bool fits(const struct splitter *splitter, const struct command *row, size_t index,
                 struct span typed, bool whole) {
    struct span own = command_word(row, index, splitter->language);

    if (whole) {
        return typed.len > 0 && (span_equal(typed, command_word(row, index, LANGUAGE_INDONESIAN)) ||
                                 span_equal(typed, command_word(row, index, LANGUAGE_ENGLISH)));
    }
    return typed.len > 0 && typed.len <= own.len && span_equal(typed, part(own, 0, typed.len));
}

static void hint(struct line *line, const struct command *row) {
    if (line->hint_count < LINE_HINTS_MAX) {
        line->hints[line->hint_count++] = row;
    }
}

/* True if a row before this one has the same first word. */
static bool is_seen(const struct splitter *splitter, size_t index) {
    struct span word = command_word(commands[index], 0, splitter->language);

    for (size_t i = 0; i < index; i++) {
        if (span_equal(word, command_word(commands[i], 0, splitter->language))) {
            return true;
        }
    }
    return false;
}

static void find_family(struct splitter *splitter, struct family *family) {
    for (size_t i = 0; i < command_count; i++) {
        const struct command *row = commands[i];

        if (is_seen(splitter, i) || !fits(splitter, row, 0, family->typed, family->whole)) {
            continue;
        }
        family->first = family->first != NULL ? family->first : row;
        family->count++;
        family->takes_argument |= command_words(row) == 1 && row->arguments[0].label != NULL;
        hint(splitter->line, row);
    }
}

/* Rows with a verb that both words fit: how many, and `hints`. */
static size_t find_rows(struct splitter *splitter, const struct family *family, struct span verb,
                        bool whole) {
    size_t count = 0;

    for (size_t i = 0; i < command_count; i++) {
        if (fits(splitter, commands[i], 0, family->typed, family->whole) &&
            fits(splitter, commands[i], 1, verb, whole)) {
            if (count++ == 0) {
                splitter->line->hint_count = 0;
            }
            hint(splitter->line, commands[i]);
        }
    }
    return count;
}

/* The word as typed if it is whole, else in full. */
static void put_command_word(struct splitter *splitter, const struct command *row, size_t index,
                             struct span typed, bool whole) {
    put_span(splitter, whole ? typed : command_word(row, index, splitter->language));
}

/* "keluar" begins "keluarkan" and is said for "tinggalkan": nobody is led to the one who means the
 * other. */
static void refuse_shortened(struct splitter *splitter, const struct command *row,
                             struct span verb) {
    const struct command *meant = usage_synonym(verb, row);
    bool is_other = meant != NULL && meant != row;

    splitter->line->hint_count = 1;
    if (is_other) {
        hint(splitter->line, meant);
    }
    fail(splitter, is_other ? LINE_AMBIGUOUS : LINE_NOT_SHORTENED);
}

/* `hints[0]` is the row. */
static void choose(struct splitter *splitter, const struct family *family, struct span verb,
                   bool whole_verb) {
    struct line *line = splitter->line;
    const struct command *row = line->hints[0];

    if (row->question != NULL && !row->asks_seldom && !(family->whole && whole_verb)) {
        refuse_shortened(splitter, row, verb);
        return;
    }
    put_command_word(splitter, row, 0, family->typed, family->whole);
    if (verb.len > 0) {
        put_command_word(splitter, row, 1, verb, whole_verb);
    }
    line->command = row;
    line->hint_count = 0;
}

/* No verb, or none that is known: parse.h says so, if it is clear of what. */
static void leave_without_verb(struct splitter *splitter, const struct family *family) {
    if (family->count > 1) {
        fail(splitter, LINE_AMBIGUOUS);
        return;
    }
    put_command_word(splitter, family->first, 0, family->typed, family->whole);
    splitter->line->hint_count = 0;
}

static void take_verb(struct splitter *splitter, const struct family *family) {
    struct word verb;

    if (!take_options(splitter, &verb) || take_question(splitter, &verb)) {
        leave_without_verb(splitter, family);
        return;
    }
    splitter->at = verb.end;
    bool whole = true;
    size_t count = find_rows(splitter, family, verb.body, whole);
    if (count == 0) {
        whole = false;
        count = find_rows(splitter, family, verb.body, whole);
    }
    if (count > 1) {
        fail(splitter, LINE_AMBIGUOUS);
    } else if (count == 1) {
        choose(splitter, family, verb.body, whole);
    } else {
        leave_without_verb(splitter, family);
        put_word(splitter, span_text(""), &verb);
    }
}

static void take_command(struct splitter *splitter) {
    static const char program_name[] = "rembuk";
    struct family family = { .whole = true };
    struct word word, next;

    if (!take_options(splitter, &word) || take_question(splitter, &word)) {
        return;
    }
    if (span_equal(word.body, span_text(program_name)) &&
        word_next(splitter->typed, word.end, &next)) {
        word = next;
    }
    splitter->at = word.end;
    family.typed = word.body;
    find_family(splitter, &family);
    if (family.count == 0) {
        family.whole = false;
        find_family(splitter, &family);
    }
    if (family.count == 0) {
        put_word(splitter, span_text(""), &word);
    } else if (family.count == 1 && command_words(family.first) == 1) {
        choose(splitter, &family, (struct span) { 0 }, true);
    } else if (family.takes_argument) {
        fail(splitter, LINE_AMBIGUOUS); /* The next word may be that argument. */
    } else {
        take_verb(splitter, &family);
    }
}

/* ---- The place ---- */

static bool is_digit(uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

static bool has_digit(struct span word) {
    for (size_t i = 0; i < word.len; i++) {
        if (is_digit(word.data[i])) {
            return true;
        }
    }
    return false;
}

static bool place_fits(const struct place *place, const struct command *row) {
    enum argument_sort sort = row->arguments[0].sort;

    if (place == NULL || row->arguments[0].label == NULL || (row->needs & NEEDS_CONSOLE) != 0) {
        return false;
    }
    return (place->sort == PLACE_CASE && (sort == ARGUMENT_CASE || sort == ARGUMENT_CIRCLE)) ||
           (place->sort == PLACE_THREAD && sort == ARGUMENT_THREAD);
}

static size_t argument_total(const struct command *row) {
    size_t count = 0;

    while (row->arguments[count].label != NULL) {
        count++;
    }
    return count;
}

/* Its last argument is what people say in words of their own: nothing tells whether the first of
 * these words was meant as a reference. */
static bool takes_free_words(const struct command *row) {
    enum argument_sort last = row->arguments[argument_total(row) - 1].sort;

    return last == ARGUMENT_TEXT || last == ARGUMENT_NAME;
}

/* Words to come that are not options, and the first one. */
static size_t count_words(const struct splitter *splitter, struct word *first) {
    struct spelled spelled;
    struct word word, value;
    size_t count = 0;

    for (size_t at = splitter->at; word_next(splitter->typed, at, &word); at = word.end) {
        if (!spells_option(splitter, &word, &spelled)) {
            *first = count++ == 0 ? word : *first;
        } else if (next_is_value(splitter, &word, &spelled, &value)) {
            word = value;
        }
    }
    return count;
}

/* True if what follows leaves out the first argument. */
static bool first_is_missing(const struct splitter *splitter, const struct command *row) {
    struct word first = { 0 };
    size_t count = count_words(splitter, &first);
    size_t total = argument_total(row), required = 0;

    while (required < total && !row->arguments[required].optional) {
        required++;
    }
    bool names_no_case = row->arguments[0].sort == ARGUMENT_CASE && !has_digit(first.body);
    return count == 0 || count < required || (total > 1 && names_no_case);
}

static void take_place(struct splitter *splitter) {
    const struct command *row = splitter->line->command;
    const struct place *place = splitter->place;
    char id[2 * HASH_BYTES + 1];

    if (!place_fits(place, row) || (!takes_free_words(row) && !first_is_missing(splitter, row))) {
        return;
    }
    assert(place->object.id_len <= sizeof place->object.id);
    hex_write(span_of(place->object.id, place->object.id_len), id);
    put_span(splitter, span_text(id));
    splitter->arguments = 1;
    splitter->line->placed = true;
}

/* ---- Arguments and text ---- */

static const struct argument *wanted(const struct splitter *splitter) {
    return &splitter->line->command->arguments[splitter->arguments];
}

/* Names and what may be called by one: of several words, without quotes. */
static bool may_join(const struct argument *argument) {
    switch (argument->sort) {
    case ARGUMENT_CONTACT:
    case ARGUMENT_PERSON:
    case ARGUMENT_GROUP:
    case ARGUMENT_CIRCLE:
    case ARGUMENT_CASE:
    case ARGUMENT_THREAD:
    case ARGUMENT_NAME:
        return argument[1].label == NULL;
    case ARGUMENT_POST:
    case ARGUMENT_PART:
    case ARGUMENT_ADDRESS:
    case ARGUMENT_WORD:
    case ARGUMENT_FILE:
    case ARGUMENT_TEXT:
        return false;
    }
    return false;
}

static void join_words(struct splitter *splitter, size_t begin) {
    struct spelled spelled;
    struct word next;

    while (word_next(splitter->typed, splitter->at, &next)) {
        if (next.quoted || is_end_of_options(splitter, &next) ||
            spells_option(splitter, &next, &spelled)) {
            return;
        }
        put_joined(splitter, &next);
        splitter->at = next.end;
    }
    splitter->line->joins_at = begin;
}

static bool is_number(struct span word) {
    for (size_t i = 0; i < word.len; i++) {
        if (!is_digit(word.data[i])) {
            return false;
        }
    }
    return word.len > 0;
}

/* In thread 12 post 3 is 12.3. */
static bool put_post_here(struct splitter *splitter, const struct word *word) {
    const struct place *place = splitter->place;
    char number[NUMBER_TEXT_BYTES];

    if (place == NULL || place->sort != PLACE_THREAD || !is_number(word->body)) {
        return false;
    }
    (void)snprintf(number, sizeof number, "%" PRId64 ".", place->number); /* It has the room. */
    put_word(splitter, span_text(number), word);
    return true;
}

/* No argument is left: the word belongs to the value in front of it, or parse.h says that it is one
 * too many. */
static void take_rest(struct splitter *splitter, const struct word *word) {
    if (splitter->value_open && !word->quoted) {
        put_joined(splitter, word);
        return;
    }
    splitter->value_open = false;
    put_word(splitter, span_text(""), word);
}

static void take_argument(struct splitter *splitter, const struct word *word) {
    const struct argument *argument = wanted(splitter);

    splitter->at = word->end;
    if (argument->label == NULL) {
        take_rest(splitter, word);
        return;
    }
    splitter->value_open = false;
    splitter->arguments++;
    if (argument->sort != ARGUMENT_POST || !put_post_here(splitter, word)) {
        put_word(splitter, span_text(""), word);
    }
    if (may_join(argument) && !word->quoted && splitter->line->fault == LINE_OK) {
        join_words(splitter, word->begin);
    }
}

/* Without the quotes around it, if there are none in it. */
static struct span unquoted(struct span text) {
    size_t quotes = 0;

    for (size_t i = 0; i < text.len; i++) {
        quotes += text.data[i] == '"';
    }
    if (quotes == 2 && text.data[0] == '"' && text.data[text.len - 1] == '"') {
        return part(text, 1, text.len - 1);
    }
    return text;
}

static void take_text(struct splitter *splitter, size_t begin) {
    size_t end = splitter->typed.len;

    while (end > begin && word_is_blank(splitter->typed.data[end - 1])) {
        end--;
    }
    if (!splitter->options_ended) {
        put_span(splitter, span_text("--"));
    }
    put_span(splitter, unquoted(part(splitter->typed, begin, end)));
    splitter->at = splitter->typed.len;
    splitter->line->has_text = true;
}

static void take_arguments(struct splitter *splitter) {
    struct word word;

    take_place(splitter);
    while (take_options(splitter, &word)) {
        const struct argument *argument = wanted(splitter);
        bool is_over = argument->label == NULL;
        bool goes_on = is_over ? splitter->value_open : argument->sort == ARGUMENT_NAME;

        splitter->line->joins_at = SIZE_MAX;
        if (!is_over && argument->sort == ARGUMENT_TEXT) {
            take_text(splitter, word.begin);
        } else if (goes_on || !take_question(splitter, &word)) {
            take_argument(splitter, &word);
        }
    }
}

/* Words end in a NUL, so none is read within the line. */
static size_t len_to_nul(struct span typed) {
    size_t len = 0;

    while (len < typed.len && typed.data[len] != '\0') {
        len++;
    }
    return len;
}

void line_split(struct line *line, struct span typed, const struct place *place,
                enum language language) {
    struct splitter splitter = {
        .line = line, .typed = typed, .place = place, .language = language
    };

    splitter.typed.len = len_to_nul(typed);
    *line = (struct line) { .joins_at = SIZE_MAX };
    writer_init(&line->bytes, LINE_BYTES_MAX + ADDED_BYTES_MAX);
    if (word_skip_blanks(splitter.typed, 0) == splitter.typed.len) {
        line->fault = LINE_EMPTY;
        return;
    }
    if (splitter.typed.len > LINE_BYTES_MAX) {
        line->fault = LINE_TOO_MANY_WORDS;
        return;
    }
    take_command(&splitter);
    if (line->command != NULL) {
        take_arguments(&splitter);
    }
    assert(!line->bytes.failed);
    for (size_t i = 0; i < line->count; i++) {
        line->words[i] = (char *)line->bytes.data + splitter.starts[i];
    }
}

void line_clear(struct line *line) {
    writer_clear(&line->bytes);
    *line = (struct line) { 0 };
}
