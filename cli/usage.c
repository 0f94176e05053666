/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/usage.h"

#include "cli/suggest.h"

#include <stdio.h>
#include <string.h>

enum { USAGE_BYTES_MAX = 1024 };

/* ---- The line that shows how a command is typed ---- */

static void write_text(struct writer *out, const char *text) {
    writer_span(out, span_text(text));
}

static void write_option(struct writer *out, const struct option *option, enum language language) {
    write_text(out, option->required ? " --" : " [--");
    write_text(out, option_name(option, language));
    if (option->value != NULL) {
        write_text(out, " ");
        write_text(out, _(option->value));
    }
    write_text(out, option->required ? "" : "]");
    write_text(out, option->repeated ? "..." : "");
}

static void write_argument(struct writer *out, const struct argument *argument) {
    write_text(out, argument->optional ? " [" : " ");
    write_text(out, _(argument->label));
    write_text(out, argument->optional ? "]" : "");
}

void usage_write(struct writer *out, const struct command *command, enum language language) {
    bool has_text = false; /* TEXT comes behind the options */

    write_text(out, command_name(command, language));
    for (const struct argument *at = command->arguments; at->label != NULL; at++) {
        has_text = has_text || at->sort == ARGUMENT_TEXT;
        if (at->sort != ARGUMENT_TEXT) {
            write_argument(out, at);
        }
    }
    for (const struct option *at = command->options; at->name != NULL; at++) {
        write_option(out, at, language);
    }
    for (const struct argument *at = command->arguments; has_text && at->label != NULL; at++) {
        if (at->sort == ARGUMENT_TEXT) {
            write_argument(out, at);
        }
    }
}

/* ---- Guesses ---- */

static void offer_word(struct suggestion *near, const char *typed, const char *name, size_t index) {
    const char *blank = strchr(name, ' ');
    const char *word = index == 0 ? name : (blank != NULL ? blank + 1 : "");

    suggest_offer(near, typed, word, strcspn(word, " "));
}

/* The nearest command (family NULL) or verb of a family, in either language. */
static struct suggestion nearest_word(const char *typed, const char *family) {
    struct suggestion near = { 0 };
    size_t index = family != NULL ? 1 : 0;

    for (size_t i = 0; i < command_count; i++) {
        if (family == NULL || command_has_word(commands[i], 0, family)) {
            offer_word(&near, typed, commands[i]->name, index);
            offer_word(&near, typed, commands[i]->name_id, index);
        }
    }
    return near;
}

static void offer_option(struct suggestion *near, const char *typed, const struct option *option) {
    suggest_offer(near, typed, option->name, strlen(option->name));
    suggest_offer(near, typed, option->name_id, strlen(option->name_id));
}

static struct suggestion nearest_option(const char *typed, const struct command *command) {
    struct suggestion near = { 0 };

    for (size_t i = 0; i < GLOBAL_COUNT; i++) {
        offer_option(&near, typed, &global_options[i]);
    }
    for (const struct option *at = command != NULL ? command->options : NULL;
         at != NULL && at->name != NULL; at++) {
        offer_option(&near, typed, at);
    }
    return near;
}

/* ---- Sentences ---- */

static enum rb_status unknown_command(struct failure *failure, const struct parsed *parsed) {
    struct suggestion near = nearest_word(parsed->fault_word, NULL);

    if (near.word == NULL) {
        return failure_usage(failure, "unknown_command",
                             _("There is no command \"%s\". All commands: rembuk help"),
                             parsed->fault_word);
    }
    int len = (int)strcspn(near.word, " ");
    return failure_usage(
        failure, "unknown_command",
        _("There is no command \"%s\". Did you mean \"%.*s\"? All commands: rembuk help"),
        parsed->fault_word, len, near.word);
}

static enum rb_status unknown_verb(struct failure *failure, const struct parsed *parsed) {
    struct suggestion near = nearest_word(parsed->fault_word, parsed->family);

    if (near.word == NULL) {
        return failure_usage(failure, "unknown_verb",
                             _("\"%s\" has no \"%s\". What there is: rembuk help %s"),
                             parsed->family, parsed->fault_word, parsed->family);
    }
    return failure_usage(failure, "unknown_verb",
                         _("\"%s\" has no \"%s\". Did you mean \"rembuk %s %s\"?"), parsed->family,
                         parsed->fault_word, parsed->family, near.word);
}

/* "new, invite, accept": the verbs of a family. */
static void write_verbs(struct writer *out, const char *family, enum language language) {
    for (size_t i = 0; i < command_count; i++) {
        if (command_has_word(commands[i], 0, family)) {
            write_text(out, out->len > 0 ? ", " : "");
            write_text(out, strchr(command_name(commands[i], language), ' ') + 1);
        }
    }
}

static enum rb_status missing_verb(struct failure *failure, const struct parsed *parsed,
                                   enum language language) {
    struct writer verbs;

    writer_init(&verbs, USAGE_BYTES_MAX);
    write_verbs(&verbs, parsed->family, language);
    struct span list = writer_view(&verbs);
    enum rb_status status = failure_usage(
        failure, "missing_verb", _("After \"%s\" a second word is missing. Choose one: %.*s"),
        parsed->family, (int)list.len, (const char *)list.data);
    writer_clear(&verbs);
    return status;
}

static enum rb_status unknown_option(struct failure *failure, const struct parsed *parsed) {
    struct suggestion near = nearest_option(parsed->fault_word + 2, parsed->call.command);

    if (near.word == NULL) {
        return failure_usage(
            failure, "unknown_option",
            _("There is no option \"%s\" here. If it is the beginning of a text, put "
              "-- in front of it."),
            parsed->fault_word);
    }
    return failure_usage(failure, "unknown_option",
                         _("There is no option \"%s\" here. Did you mean \"--%s\"?"),
                         parsed->fault_word, near.word);
}

static const char *fault_option_name(const struct parsed *parsed, enum language language) {
    return option_name(parsed->fault_option, language);
}

/* Faults of a known command end in how it is typed. */
static enum rb_status wrong_form(struct failure *failure, const struct parsed *parsed,
                                 enum language language, const char *usage) {
    switch (parsed->fault) {
    case FAULT_MISSING_ARGUMENT:
        return failure_usage(failure, "missing_argument", _("%s is missing. Type: rembuk %s"),
                             _(parsed->fault_argument->label), usage);
    case FAULT_MISSING_OPTION:
        return failure_usage(failure, "missing_option", _("--%s is missing. Type: rembuk %s"),
                             fault_option_name(parsed, language), usage);
    case FAULT_UNEXPECTED_ARGUMENT:
        return failure_usage(
            failure, "unexpected_argument",
            _("\"%s\" is too much. Words that belong together stand in quotes. Type: "
              "rembuk %s"),
            parsed->fault_word, usage);
    default:
        return failure_usage(failure, "unexpected_argument",
                             _("\"%s\" stands behind the text. Put the whole text in quotes, and "
                               "options in front of it. Type: rembuk %s"),
                             parsed->fault_word, usage);
    }
}

static enum rb_status wrong_form_of(struct failure *failure, const struct parsed *parsed,
                                    enum language language) {
    struct writer usage;

    writer_init(&usage, USAGE_BYTES_MAX);
    usage_write(&usage, parsed->call.command, language);
    writer_u8(&usage, '\0');
    enum rb_status status =
        wrong_form(failure, parsed, language, (const char *)writer_view(&usage).data);
    writer_clear(&usage);
    return status;
}

enum rb_status usage_fail(struct failure *failure, const struct parsed *parsed,
                          enum language language) {
    switch (parsed->fault) {
    case FAULT_UNKNOWN_COMMAND:
        return unknown_command(failure, parsed);
    case FAULT_UNKNOWN_VERB:
        return unknown_verb(failure, parsed);
    case FAULT_MISSING_VERB:
        return missing_verb(failure, parsed, language);
    case FAULT_UNKNOWN_OPTION:
        return unknown_option(failure, parsed);
    case FAULT_MISSING_VALUE:
        return failure_usage(failure, "missing_value", _("Behind --%s a value is missing: --%s %s"),
                             fault_option_name(parsed, language),
                             fault_option_name(parsed, language), _(parsed->fault_option->value));
    case FAULT_UNEXPECTED_VALUE:
        return failure_usage(failure, "unexpected_value", _("--%s takes no value."),
                             fault_option_name(parsed, language));
    default:
        return wrong_form_of(failure, parsed, language);
    }
}
