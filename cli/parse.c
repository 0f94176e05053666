/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/parse.h"

#include <assert.h>
#include <string.h>

const struct option global_options[GLOBAL_COUNT] = {
    [GLOBAL_HOME] = { .name = "home",
                      .name_id = "home",
                      .value = N_("DIR"),
                      .help = N_("your data folder (else REMBUK_HOME, else "
                                 "~/.local/share/rembuk)") },
    [GLOBAL_LANGUAGE] = { .name = "lang",
                          .name_id = "bahasa",
                          .value = N_("id|en"),
                          .help = N_("language of the texts (else REMBUK_LANG)") },
    [GLOBAL_JSON] = { .name = "json",
                      .name_id = "json",
                      .help = N_("answer as one JSON object, for programs") },
    [GLOBAL_QUIET] = { .name = "quiet",
                       .name_id = "senyap",
                       .help = N_("print only the result, without sentences") },
    [GLOBAL_YES] = { .name = "yes",
                     .name_id = "ya",
                     .help = N_("answer yes where the command would ask") },
    [GLOBAL_PASSPHRASE_FILE] = { .name = "passphrase-file",
                                 .name_id = "berkas-sandi",
                                 .value = N_("FILE"),
                                 .help = N_("take the passphrase from the first line of this file "
                                            "(else REMBUK_PASSPHRASE_FILE)") },
    [GLOBAL_HELP] = { .name = "help", .name_id = "bantuan", .help = N_("show help") },
    [GLOBAL_VERSION] = { .name = "version", .name_id = "versi", .help = N_("show the version") },
};

/* The words still to be read, and what has been understood so far. */
struct parser {
    struct parsed *parsed;
    char *const *rest;
    size_t left;
    bool options_ended;
    bool text_seen;
};

static void note_fault(struct parser *parser, enum fault fault, const char *word) {
    if (parser->parsed->fault == FAULT_NONE) {
        parser->parsed->fault = fault;
        parser->parsed->fault_word = word;
    }
}

/* ---- Options ---- */

/* True if `typed`, which begins behind the two dashes and may end in "=VALUE", names the option. */
static bool is_option(const struct option *option, const char *typed) {
    struct span word = span_of(typed, strcspn(typed, "="));

    return span_equal(word, span_text(option->name)) ||
           span_equal(word, span_text(option->name_id));
}

/* The option's value: behind "=", else the next word.  A switch has none: "".  NULL: a fault. */
static const char *take_value(struct parser *parser, const struct option *option,
                              const char *typed) {
    const char *equals = strchr(typed, '=');

    if (option->value == NULL && equals == NULL) {
        return "";
    }
    if (option->value != NULL && equals != NULL) {
        return equals + 1;
    }
    if (option->value != NULL && parser->left > 0 && strncmp(parser->rest[0], "--", 2) != 0) {
        parser->left--;
        return *parser->rest++;
    }
    if (parser->parsed->fault == FAULT_NONE) {
        parser->parsed->fault_option = option;
    }
    note_fault(parser, option->value == NULL ? FAULT_UNEXPECTED_VALUE : FAULT_MISSING_VALUE, typed);
    return NULL;
}

static bool take_global(struct parser *parser, const char *typed) {
    for (size_t i = 0; i < GLOBAL_COUNT; i++) {
        if (is_option(&global_options[i], typed)) {
            const char *value = take_value(parser, &global_options[i], typed);
            if (value != NULL) {
                parser->parsed->globals[i] = value;
            }
            return true;
        }
    }
    return false;
}

static bool take_own(struct parser *parser, const char *typed) {
    struct call *call = &parser->parsed->call;
    const struct option *option = call->command != NULL ? command_options(call->command) : NULL;

    while (option != NULL && option->name != NULL && !is_option(option, typed)) {
        option++;
    }
    if (option == NULL || option->name == NULL) {
        return false;
    }
    const char *value = take_value(parser, option, typed);
    if (value != NULL && call->option_count == CALL_OPTIONS_MAX) {
        note_fault(parser, FAULT_UNEXPECTED_ARGUMENT, typed);
    } else if (value != NULL) {
        call->options[call->option_count].option = option;
        call->options[call->option_count].value = value;
        call->option_count++;
    }
    return true;
}

static void take_option(struct parser *parser, const char *word) {
    if (!take_global(parser, word + 2) && !take_own(parser, word + 2)) {
        note_fault(parser, FAULT_UNKNOWN_OPTION, word);
    }
}

/* ---- Command, verb, arguments ---- */

static void take_command(struct parser *parser, const char *word) {
    struct parsed *parsed = parser->parsed;

    if (parsed->family == NULL) {
        parsed->family = word;
        parsed->call.command = command_find(word, NULL);
        if (command_family(word) == NULL) {
            note_fault(parser, FAULT_UNKNOWN_COMMAND, word);
        }
        return;
    }
    parsed->call.command = command_find(parsed->family, word);
    if (parsed->call.command == NULL) {
        note_fault(parser, FAULT_UNKNOWN_VERB, word);
    }
}

static void take_argument(struct parser *parser, const char *word) {
    struct call *call = &parser->parsed->call;
    const struct argument *argument = &call->command->arguments[call->argument_count];

    if (argument->label == NULL) {
        note_fault(parser, FAULT_UNEXPECTED_ARGUMENT, word);
        return;
    }
    assert(call->argument_count < ARGUMENTS_MAX);
    call->typed[call->argument_count++] = word;
    parser->text_seen = argument->sort == ARGUMENT_TEXT;
}

static void take_word(struct parser *parser, const char *word) {
    bool is_option_word = !parser->options_ended && strncmp(word, "--", 2) == 0;

    if (parser->text_seen) {
        note_fault(parser, FAULT_AFTER_TEXT, word);
    } else if (is_option_word && word[2] == '\0') {
        parser->options_ended = true;
    } else if (is_option_word) {
        take_option(parser, word);
    } else if (parser->parsed->fault != FAULT_NONE) {
        return; /* Only global options are still of use. */
    } else if (parser->parsed->call.command == NULL) {
        take_command(parser, word);
    } else {
        take_argument(parser, word);
    }
}

/* ---- What is not there ---- */

static void check_required_options(struct parser *parser) {
    const struct call *call = &parser->parsed->call;

    for (const struct option *option = command_options(call->command); option->name != NULL;
         option++) {
        if (option->required && call_option(call, option->name) == NULL) {
            parser->parsed->fault_option = option;
            note_fault(parser, FAULT_MISSING_OPTION, option->name);
            return;
        }
    }
}

static void check_complete(struct parser *parser) {
    struct parsed *parsed = parser->parsed;
    const struct call *call = &parsed->call;

    if (parsed->fault != FAULT_NONE || parsed->family == NULL) {
        return;
    }
    if (call->command == NULL) {
        note_fault(parser, FAULT_MISSING_VERB, parsed->family);
        return;
    }
    const struct argument *next = &call->command->arguments[call->argument_count];
    if (next->label != NULL && !next->optional) {
        parsed->fault_argument = next;
        note_fault(parser, FAULT_MISSING_ARGUMENT, next->label);
        return;
    }
    check_required_options(parser);
}

void parse_arguments(struct parsed *parsed, size_t count, char *const *arguments) {
    struct parser parser = { .parsed = parsed, .rest = arguments, .left = count };

    *parsed = (struct parsed) { .fault = FAULT_NONE };
    while (parser.left > 0) {
        parser.left--;
        take_word(&parser, *parser.rest++);
    }
    /* Whoever asks for help or the version need not name everything. */
    if (parsed->globals[GLOBAL_HELP] == NULL && parsed->globals[GLOBAL_VERSION] == NULL) {
        check_complete(&parser);
    }
}
