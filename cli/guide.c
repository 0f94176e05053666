/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/guide.h"

#include "cli/people.h"
#include "cli/talk.h"
#include "protocol/limits.h"
#include "protocol/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    STEPS_MAX = 1 + ARGUMENTS_MAX + OPTIONS_MAX,
    LABEL_BYTES_MAX = 64,
    NUMBER_TEXT_BYTES = 24,
    SENTENCE_BYTES_MAX = 4096
};
_Static_assert(LINE_WORDS_MAX + ARGUMENTS_MAX + OPTIONS_MAX + 1 <= TALK_WORDS_MAX,
               "what was typed, what is told and the dashes before the text can be sent");

enum step_sort { STEP_VERB, STEP_ARGUMENT, STEP_OPTION };

/* One question. */
struct step {
    enum step_sort sort;
    size_t index; /* of the argument or the option in its row */
    bool can_skip;
    char *answer; /* owned; NULL: not told yet, or left out */
};

struct guide {
    enum language language;
    const struct command *command; /* NULL: the verb is not told yet */
    bool placed;                   /* the first argument was put in, not typed */
    int64_t thread;                /* the number of the one that one is in; 0: in none */

    char *typed[LINE_WORDS_MAX]; /* owned copies of the line's words */
    size_t typed_count;
    struct parsed told;            /* what they say; borrows from them */
    bool lacks_value[OPTIONS_MAX]; /* these options were typed without their value */
    bool asks_options;             /* also for those that need not be told */

    struct step steps[STEPS_MAX];
    size_t step_count, at;

    struct guide_question question; /* of steps[at]; borrows what follows */
    char label[LABEL_BYTES_MAX];
    struct writer sentence, help;

    char *words[TALK_WORDS_MAX]; /* owned; the whole command once all is told */
    size_t word_count;
};

/* ---- What is said already, and what is not ---- */

/* The place of the option that lacks its value in its row; OPTIONS_MAX if it is a global one. */
static size_t option_lacking_value(const struct parsed *parsed) {
    const struct command *command = parsed->call.command;
    size_t index = 0;

    while (index < OPTIONS_MAX &&
           (command == NULL || &command_options(command)[index] != parsed->fault_option)) {
        index++;
    }
    return index;
}

/* Takes the option whose value is missing out of the words. */
static void remove_fault_word(const struct parsed *parsed, char **words, size_t *count) {
    size_t kept = 0;

    for (size_t i = 0; i < *count; i++) {
        bool is_fault = strncmp(words[i], "--", 2) == 0 && words[i] + 2 == parsed->fault_word;
        if (!is_fault) {
            words[kept++] = words[i];
        }
    }
    assert(kept < *count); /* So that the reading ends. */
    *count = kept;
}

/* Reads the words without the options whose value is missing, and marks those. */
static void understand(struct parsed *parsed, char **words, size_t *count,
                       bool lacks_value[static OPTIONS_MAX]) {
    parse_arguments(parsed, *count, words);
    while (parsed->fault == FAULT_MISSING_VALUE && option_lacking_value(parsed) < OPTIONS_MAX) {
        lacks_value[option_lacking_value(parsed)] = true;
        remove_fault_word(parsed, words, count);
        parse_arguments(parsed, *count, words);
    }
}

/* An option that may be left out and is asked for all the same. */
static bool is_offered(const struct option *option) {
    return !option->required && option->question != NULL && option->value != NULL;
}

static bool offers_options(const struct call *call) {
    bool is_offer = false;

    for (size_t i = 0; i < OPTIONS_MAX && call->option_count == 0; i++) {
        is_offer = is_offer || is_offered(&command_options(call->command)[i]);
    }
    return is_offer;
}

static bool asks_for_help(const struct parsed *parsed) {
    return parsed->globals[GLOBAL_HELP] != NULL || parsed->globals[GLOBAL_VERSION] != NULL;
}

/* `lacks_value`: an option does, which is asked for then. */
static bool can_ask(const struct parsed *parsed, bool lacks_value) {
    switch (parsed->fault) {
    case FAULT_MISSING_VERB:
    case FAULT_MISSING_ARGUMENT:
    case FAULT_MISSING_OPTION:
        return true;
    case FAULT_NONE:
        return !asks_for_help(parsed) && parsed->call.command != NULL &&
               (lacks_value || offers_options(&parsed->call));
    default:
        return false;
    }
}

bool guide_can_help(const struct parsed *parsed, const struct line *line) {
    bool lacks_value[OPTIONS_MAX] = { false };
    char *words[LINE_WORDS_MAX];
    size_t count = line->count;
    struct parsed told;

    if (line->fault != LINE_OK) {
        return false;
    }
    if (parsed->fault != FAULT_MISSING_VALUE) {
        return can_ask(parsed, false);
    }
    memcpy(words, line->words, sizeof words);
    understand(&told, words, &count, lacks_value);
    return can_ask(&told, true);
}

/* ---- The questions in their order ---- */

static void add_step(struct guide *guide, enum step_sort sort, size_t index, bool can_skip) {
    assert(guide->step_count < STEPS_MAX);
    guide->steps[guide->step_count++] =
        (struct step) { .sort = sort, .index = index, .can_skip = can_skip };
}

static void add_arguments(struct guide *guide, bool is_text) {
    const struct argument *arguments = guide->command->arguments;

    for (size_t i = guide->told.call.argument_count; arguments[i].label != NULL; i++) {
        if (!arguments[i].optional && (arguments[i].sort == ARGUMENT_TEXT) == is_text) {
            add_step(guide, STEP_ARGUMENT, i, false);
        }
    }
}

static void add_options(struct guide *guide) {
    const struct option *options = command_options(guide->command);

    for (size_t i = 0; options[i].name != NULL; i++) {
        bool is_missing =
            options[i].required && call_option(&guide->told.call, options[i].name) == NULL;
        if (is_missing || guide->lacks_value[i]) {
            add_step(guide, STEP_OPTION, i, false);
        } else if (guide->asks_options && is_offered(&options[i])) {
            add_step(guide, STEP_OPTION, i, true);
        }
    }
}

/* As the line is written: what is named, the options, the text. */
static void plan(struct guide *guide) {
    add_arguments(guide, false);
    add_options(guide);
    add_arguments(guide, true);
}

/* ---- Questions about arguments ---- */

static const struct {
    const char *question, *help;
} by_sort[] = {
    [ARGUMENT_CONTACT] = { N_("Which contact? Type the number or the name; Tab shows them."),
                           N_("A contact is a person whose card you have added. To see all with "
                              "their numbers: contact list") },
    [ARGUMENT_GROUP] = { N_("Which group? Type its number or name; Tab shows them."),
                         N_("A group is people who confer with each other. To see yours with "
                            "their numbers: group list") },
    [ARGUMENT_CIRCLE] = { N_("In which group or case? Type the name of the group or the code of "
                             "the case; Tab shows them."),
                          N_("A discussion belongs to a group or to a case. To see them: group "
                             "list, case list") },
    [ARGUMENT_CASE] = { N_("Which case? Type its number or code; Tab shows them."),
                        N_("A case has a number here, and a code that is the same for everybody. "
                           "To see yours: case list") },
    [ARGUMENT_THREAD] = { N_("Which thread? Type its number or title; Tab shows them."),
                          N_("A thread is one discussion. To see all with their numbers: thread "
                             "list") },
    [ARGUMENT_POST] = { N_("Which post? Type its number, for example 12.3 for the third post of "
                           "thread 12."),
                        N_("The number stands in front of each post when you read a thread: "
                           "thread show 12") },
    [ARGUMENT_PART] = { N_("Which part of a case? Type its number, for example 12.3; or the number "
                           "of the case."),
                        N_("The number stands in front of each part when you read a case: case "
                           "show 12") },
    [ARGUMENT_PERSON] = { N_("Which person? Type the name; Tab shows who belongs to it."),
                          N_("Who belongs to it, with names and numbers, shows: group members "
                             "GROUP, case members CASE") },
    [ARGUMENT_NAME] = { N_("What shall it be called?"),
                        N_("A name has 1 to 80 characters and is not only digits. Everybody who "
                           "belongs to it sees the name: do not use a client's name.") },
    [ARGUMENT_ADDRESS] = { N_("At which address? For example tcp://192.0.2.7:7437"),
                           N_("An address is tcp://HOST:PORT. The contact can tell you; type \"\" "
                              "to remove the address.") },
    [ARGUMENT_WORD] = { N_("Which word?"), N_("Type one word.") },
    [ARGUMENT_FILE] = { N_("Which file? Type where it is; Tab shows what is there."),
                        N_("For example /home/sari/budi.card. A file in the folder in which you "
                           "started rembuk needs its name only.") },
    [ARGUMENT_TEXT] = { N_("What do you want to write? Enter ends the text."),
                        N_("Type the text as it shall be read. Quotes are not needed.") },
};

/* Without the quotes that show in help how a text is typed in a shell. */
static void set_label(struct guide *guide, const char *label) {
    size_t quotes = label[0] == '"' ? 1 : 0;
    size_t len = strlen(label) - 2 * quotes;

    assert(len < LABEL_BYTES_MAX);
    memcpy(guide->label, label + quotes, len);
    guide->label[len] = '\0';
}

static void ask_argument(struct guide *guide, const struct argument *argument) {
    const char *own = argument->question;

    guide->question.sentence = _(own != NULL ? own : by_sort[argument->sort].question);
    guide->question.help = _(by_sort[argument->sort].help);
    guide->question.argument = argument;
    set_label(guide, _(argument->label));
}

static void write_text(struct writer *out, const char *text) {
    writer_span(out, span_text(text));
}

/* "low|medium|high" as people read it: low, medium, high. */
static void write_choices(struct writer *out, const char *choices) {
    for (; *choices != '\0'; choices++) {
        write_text(out, *choices == '|' ? ", " : (const char[]) { *choices, '\0' });
    }
}

/* A choice is told with the question, since nobody can guess its words. */
static const char *option_sentence(struct guide *guide, const struct option *option) {
    const char *question = _(option->question != NULL ? option->question : option->help);

    if (option->choices_id == NULL) {
        return question;
    }
    writer_reset(&guide->sentence);
    write_text(&guide->sentence, question);
    write_text(&guide->sentence, " ");
    write_text(&guide->sentence, _("Choose:"));
    write_text(&guide->sentence, " ");
    write_choices(&guide->sentence, option_choices(option, guide->language));
    writer_u8(&guide->sentence, '\0');
    return (const char *)writer_view(&guide->sentence).data;
}

static void ask_option(struct guide *guide, const struct option *option) {
    const bool says_more = option->question == NULL || strcmp(option->question, option->help) != 0;

    guide->question.sentence = option_sentence(guide, option);
    guide->question.help = says_more                  ? _(option->help)
                           : guide->question.can_skip ? _("Enter leaves it out; < goes back.")
                                                      : _("This one has to be told; < goes back.");
    guide->question.option = option;
    set_label(guide, option_name(option, guide->language)); /* its value may be a list of words */
}

/* ---- The question for the verb ---- */

static struct span family_name(const struct command *command, enum language language) {
    const char *name = command_name(command, language);

    return span_of(name, strcspn(name, " "));
}

static const char *verb_name(const struct command *command, enum language language) {
    const char *blank = strchr(command_name(command, language), ' ');

    assert(blank != NULL);
    return blank + 1;
}

/* "new, invite, accept", and for the help each with what it does. */
static void write_verbs(struct guide *guide) {
    const char *between = "";

    for (size_t i = 0; i < command_count; i++) {
        if (!command_has_word(commands[i], 0, guide->told.family)) {
            continue;
        }
        const char *verb = verb_name(commands[i], guide->language);
        write_text(&guide->sentence, between);
        write_text(&guide->sentence, verb);
        between = ", ";
        write_text(&guide->help, guide->help.len > 0 ? "\n" : "");
        write_text(&guide->help, verb);
        write_text(&guide->help, ": ");
        write_text(&guide->help, _(commands[i]->help));
    }
}

static void ask_verb(struct guide *guide) {
    writer_reset(&guide->sentence);
    writer_reset(&guide->help);
    write_text(&guide->sentence, _("What do you want to do? Choose one:"));
    writer_u8(&guide->sentence, ' ');
    write_verbs(guide);
    writer_u8(&guide->sentence, '\0');
    writer_u8(&guide->help, '\0');
    guide->question.sentence = (const char *)writer_view(&guide->sentence).data;
    guide->question.help = (const char *)writer_view(&guide->help).data;
    set_label(guide, _("VERB"));
}

static void ask(struct guide *guide) {
    const struct step *step = &guide->steps[guide->at];

    guide->question = (struct guide_question) { .label = guide->label, .can_skip = step->can_skip };
    switch (step->sort) {
    case STEP_VERB:
        ask_verb(guide);
        break;
    case STEP_ARGUMENT:
        ask_argument(guide, &guide->command->arguments[step->index]);
        break;
    case STEP_OPTION:
        ask_option(guide, &command_options(guide->command)[step->index]);
        break;
    }
}

const struct guide_question *guide_ask(const struct guide *guide) {
    return &guide->question;
}

/* ---- Beginning and end ---- */

struct guide *guide_new(const struct line *line, const struct parsed *parsed,
                        const struct place *place, enum language language) {
    assert(guide_can_help(parsed, line));
    struct guide *guide = rb_alloc(1, sizeof *guide);
    char *words[LINE_WORDS_MAX];
    size_t count = line->count;

    guide->language = language;
    guide->placed = line->placed;
    guide->thread = place != NULL && place->sort == PLACE_THREAD ? place->number : 0;
    guide->typed_count = line->count;
    writer_init(&guide->sentence, SENTENCE_BYTES_MAX);
    writer_init(&guide->help, SENTENCE_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        words[i] = guide->typed[i] = rb_strndup(span_text(line->words[i]));
    }
    understand(&guide->told, words, &count, guide->lacks_value);
    guide->command = guide->told.call.command;
    guide->asks_options = guide->told.call.option_count == 0 && count == line->count;
    if (guide->command == NULL) {
        add_step(guide, STEP_VERB, 0, false);
    } else {
        plan(guide);
    }
    ask(guide);
    return guide;
}

static void forget_answer(struct step *step) {
    free(step->answer);
    step->answer = NULL;
}

void guide_destroy(struct guide **guide) {
    if (*guide == NULL) {
        return;
    }
    for (size_t i = 0; i < (*guide)->typed_count; i++) {
        free((*guide)->typed[i]);
    }
    for (size_t i = 0; i < (*guide)->step_count; i++) {
        forget_answer(&(*guide)->steps[i]);
    }
    for (size_t i = 0; i < (*guide)->word_count; i++) {
        free((*guide)->words[i]);
    }
    writer_clear(&(*guide)->sentence);
    writer_clear(&(*guide)->help);
    free(*guide);
    *guide = NULL;
}

/* ---- The whole command in words ---- */

static void add_word(struct guide *guide, struct span word) {
    assert(guide->word_count < TALK_WORDS_MAX);
    guide->words[guide->word_count++] = rb_strndup(word);
}

/* In one word with its value, so that a value may begin with dashes. */
static void add_option_word(struct guide *guide, const struct option *option, const char *value) {
    struct writer word;

    writer_init(&word, CONTROL_MESSAGE_BYTES_MAX);
    write_text(&word, "--");
    write_text(&word, option->name);
    if (option->value != NULL) {
        write_text(&word, "=");
        write_text(&word, value);
    }
    add_word(guide, writer_view(&word));
    writer_clear(&word);
}

static void add_option_words(struct guide *guide) {
    const struct parsed *told = &guide->told;

    for (size_t i = 0; i < GLOBAL_COUNT; i++) {
        if (told->globals[i] != NULL) {
            add_option_word(guide, &global_options[i], told->globals[i]);
        }
    }
    for (size_t i = 0; i < told->call.option_count; i++) {
        add_option_word(guide, told->call.options[i].option, told->call.options[i].value);
    }
    for (size_t i = 0; i < guide->step_count; i++) {
        const struct step *step = &guide->steps[i];
        if (step->sort == STEP_OPTION && step->answer != NULL) {
            add_option_word(guide, &command_options(guide->command)[step->index], step->answer);
        }
    }
}

/* Behind "--": whatever they begin with, they are no options. */
static void add_argument_words(struct guide *guide) {
    const struct call *call = &guide->told.call;

    add_word(guide, span_text("--"));
    for (size_t i = 0; i < call->argument_count; i++) {
        add_word(guide, span_text(call->typed[i]));
    }
    for (size_t i = 0; i < guide->step_count; i++) {
        if (guide->steps[i].sort == STEP_ARGUMENT) {
            add_word(guide, span_text(guide->steps[i].answer));
        }
    }
}

static void write_words(struct guide *guide) {
    const struct command *command = guide->command;

    add_word(guide, family_name(command, LANGUAGE_ENGLISH));
    if (command_words(command) > 1) {
        add_word(guide, span_text(verb_name(command, LANGUAGE_ENGLISH)));
    }
    add_option_words(guide);
    add_argument_words(guide);
}

size_t guide_words(const struct guide *guide, char *const **words) {
    assert(guide->word_count > 0); /* GUIDE_READY */
    *words = guide->words;
    return guide->word_count;
}

/* ---- Answers ---- */

static struct span without_blanks(struct span text) {
    while (text.len > 0 && text_is_blank(text.data[0])) {
        text.data++;
        text.len--;
    }
    while (text.len > 0 && text_is_blank(text.data[text.len - 1])) {
        text.len--;
    }
    return text;
}

/* As completion puts them around a name of several words. */
static struct span without_quotes(struct span text) {
    bool is_quoted = text.len >= 2 && text.data[0] == '"' && text.data[text.len - 1] == '"';

    return is_quoted ? span_of(text.data + 1, text.len - 2) : text;
}

/* In any letter case. */
static bool says(struct span typed, const char *word, size_t len) {
    return typed.len == len && strncasecmp((const char *)typed.data, word, len) == 0;
}

/* True for the sorts whose answer may be any word, also one of ours. */
static bool is_free(const struct argument *argument) {
    return argument != NULL && (argument->sort == ARGUMENT_TEXT || argument->sort == ARGUMENT_NAME);
}

static bool is_cancel(const struct guide *guide, struct span typed) {
    return !is_free(guide->question.argument) &&
           (says(typed, "batal", 5) || says(typed, "cancel", 6));
}

/* `answer` is taken over; NULL leaves it out. */
static enum guide_step go_on(struct guide *guide, char *answer) {
    guide->steps[guide->at].answer = answer;
    guide->at++;
    if (guide->at == guide->step_count) {
        write_words(guide);
        return GUIDE_READY;
    }
    ask(guide);
    return GUIDE_ASKS;
}

static enum guide_step go_back(struct guide *guide) {
    if (guide->at == 0) {
        return GUIDE_OUT;
    }
    guide->at--;
    forget_answer(&guide->steps[guide->at]);
    if (guide->steps[guide->at].sort == STEP_VERB) {
        guide->command = NULL;
        guide->step_count = 1; /* Another verb asks for other things. */
    }
    ask(guide);
    return GUIDE_ASKS;
}

/* The row that a word begins in the language of the guide; NULL if none or several do.  Rows that
 * are confirmed are called by their whole word only. */
static const struct command *verb_begun(const struct guide *guide, struct span word) {
    const struct command *found = NULL;

    for (size_t i = 0; i < command_count; i++) {
        if (!command_has_word(commands[i], 0, guide->told.family)) {
            continue;
        }
        const char *verb = verb_name(commands[i], guide->language);
        bool fits = strlen(verb) >= word.len && says(word, verb, word.len);
        if (fits && found != NULL) {
            return NULL;
        }
        found = fits ? commands[i] : found;
    }
    return found != NULL && (found->question == NULL || found->asks_seldom) ? found : NULL;
}

static enum guide_step take_verb(struct guide *guide, struct span typed) {
    char *word = rb_strndup(typed);
    const struct command *command = command_find(guide->told.family, word);

    if (command == NULL) {
        command = verb_begun(guide, typed);
    }
    if (command == NULL) {
        free(word);
        return GUIDE_HELPS;
    }
    guide->command = command;
    plan(guide);
    return go_on(guide, word);
}

/* The choice of "AJ|ADK|AMPK" that was typed, as it stands there; empty if it is none. */
static struct span find_choice(const char *choices, struct span typed) {
    while (*choices != '\0') {
        size_t len = strcspn(choices, "|");
        if (says(typed, choices, len)) {
            return span_of(choices, len);
        }
        choices += len + (choices[len] == '|' ? 1 : 0);
    }
    return span_text("");
}

static enum guide_step take_value(struct guide *guide, const struct option *option,
                                  struct span typed) {
    const char *choices = option_choices(option, guide->language);

    if (option->takes != NULL && !option->takes(typed)) {
        return GUIDE_HELPS;
    }
    if (choices != NULL) {
        typed = find_choice(choices, typed);
        if (typed.len == 0) {
            return GUIDE_HELPS;
        }
    }
    return go_on(guide, rb_strndup(typed));
}

static bool is_number(struct span word) {
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] < '0' || word.data[i] > '9') {
            return false;
        }
    }
    return word.len > 0;
}

/* In thread 12 post 3 is 12.3, as in line.h. */
static char *post_here(const struct guide *guide, struct span number) {
    char thread[NUMBER_TEXT_BYTES];
    struct writer reference;

    (void)snprintf(thread, sizeof thread, "%" PRId64 ".", guide->thread); /* It has the room. */
    writer_init(&reference, sizeof thread + number.len);
    write_text(&reference, thread);
    writer_span(&reference, number);
    char *answer = rb_strndup(writer_view(&reference));
    writer_clear(&reference);
    return answer;
}

/* Looked at here already: before twelve words are typed. */
static enum guide_step take_address(struct guide *guide, struct span typed) {
    char whole[ADDRESS_BYTES_MAX + 1];
    const struct span address = address_whole(typed, whole);

    return address_is_valid(address) ? go_on(guide, rb_strndup(address)) : GUIDE_HELPS;
}

/* Nothing between quotes removes an address; of anything else it is no answer. */
static enum guide_step take_argument(struct guide *guide, const struct argument *argument,
                                     struct span typed, struct span bare) {
    if (argument->sort == ARGUMENT_TEXT) {
        return go_on(guide, rb_strndup(typed));
    }
    if (bare.len == 0 && argument->sort != ARGUMENT_ADDRESS) {
        return GUIDE_HELPS;
    }
    if (argument->sort == ARGUMENT_POST && guide->thread != 0 && is_number(bare)) {
        return go_on(guide, post_here(guide, bare));
    }
    return argument->sort == ARGUMENT_ADDRESS && bare.len > 0 ? take_address(guide, bare)
                                                              : go_on(guide, rb_strndup(bare));
}

static enum guide_step take_answer(struct guide *guide, struct span typed) {
    const struct step *step = &guide->steps[guide->at];
    struct span bare = without_quotes(without_blanks(typed));

    if (step->sort == STEP_ARGUMENT) {
        return take_argument(guide, guide->question.argument, typed, bare);
    }
    if (bare.len == 0) {
        return GUIDE_HELPS;
    }
    return step->sort == STEP_VERB
               ? take_verb(guide, bare)
               : take_value(guide, &command_options(guide->command)[step->index], bare);
}

enum guide_step guide_answer(struct guide *guide, struct span typed) {
    assert(guide->at < guide->step_count);
    struct span word = without_blanks(typed);

    if (word.len == 0) {
        return guide->question.can_skip ? go_on(guide, NULL) : GUIDE_ASKS;
    }
    if (span_equal(word, span_text("?"))) {
        return GUIDE_HELPS;
    }
    if (span_equal(word, span_text("<"))) {
        return go_back(guide);
    }
    return is_cancel(guide, word) ? GUIDE_OUT : take_answer(guide, typed);
}

/* ---- The line for the draft ---- */

/* So that line.h reads it as one word that is no option. */
static void write_quoted(struct writer *out, const char *word) {
    bool is_plain = word[0] != '\0' && strpbrk(word, " \t\n\"=") == NULL;
    const char *quote = is_plain ? "" : "\"";

    write_text(out, quote);
    write_text(out, word);
    write_text(out, quote);
}

/* As it stands, behind "--" if it begins like an option. */
static void write_line_text(struct writer *out, const char *text) {
    size_t first_word = strcspn(text, " \t\n");
    bool is_like_option = text[0] == '-' || memchr(text, '=', first_word) != NULL;

    write_text(out, is_like_option ? "-- " : "");
    write_text(out, text);
}

static void write_option(struct writer *out, const struct guide *guide, const struct option *option,
                         const char *value) {
    write_text(out, option->value != NULL ? " " : " --");
    write_text(out, option_name(option, guide->language));
    if (option->value != NULL) {
        write_text(out, "=");
        write_quoted(out, value);
    }
}

static bool is_text(const struct guide *guide, size_t index) {
    return guide->command->arguments[index].sort == ARGUMENT_TEXT;
}

static void write_argument(struct writer *out, const struct guide *guide, size_t index,
                           const char *typed) {
    write_text(out, " ");
    if (is_text(guide, index)) {
        write_line_text(out, typed);
    } else {
        write_quoted(out, typed);
    }
}

static void write_globals(struct writer *out, const struct guide *guide) {
    for (size_t i = 0; i < GLOBAL_COUNT; i++) {
        if (guide->told.globals[i] != NULL) {
            write_text(out, " --");
            write_text(out, option_name(&global_options[i], guide->language));
            write_text(out, global_options[i].value != NULL ? " " : "");
            write_text(out, guide->told.globals[i]);
        }
    }
}

/* Those that were typed, then those that were told; an argument that was put in is not shown. */
static void write_arguments(struct writer *out, const struct guide *guide, bool texts) {
    const struct call *call = &guide->told.call;

    for (size_t i = guide->placed ? 1 : 0; i < call->argument_count; i++) {
        if (is_text(guide, i) == texts) {
            write_argument(out, guide, i, call->typed[i]);
        }
    }
    for (size_t i = 0; i < guide->step_count; i++) {
        const struct step *step = &guide->steps[i];
        if (step->sort == STEP_ARGUMENT && step->answer != NULL &&
            is_text(guide, step->index) == texts) {
            write_argument(out, guide, step->index, step->answer);
        }
    }
}

static void write_options(struct writer *out, const struct guide *guide) {
    const struct call *call = &guide->told.call;

    for (size_t i = 0; i < call->option_count; i++) {
        write_option(out, guide, call->options[i].option, call->options[i].value);
    }
    for (size_t i = 0; i < guide->step_count; i++) {
        const struct step *step = &guide->steps[i];
        if (step->sort == STEP_OPTION && step->answer != NULL) {
            write_option(out, guide, &command_options(guide->command)[step->index], step->answer);
        }
    }
}

void guide_line(const struct guide *guide, struct writer *out) {
    if (guide->command != NULL) {
        write_text(out, command_name(guide->command, guide->language));
    } else {
        writer_span(out, family_name(command_family(guide->told.family), guide->language));
    }
    write_globals(out, guide);
    write_arguments(out, guide, false);
    write_options(out, guide);
    write_arguments(out, guide, true);
}
