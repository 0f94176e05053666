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

/* How much of a row is shown, and how. */
enum usage_form { USAGE_WHOLE, USAGE_SHORT, USAGE_CONSOLE, USAGE_PLACED };

/* The quotes around a text are for the shell. */
static void write_label(struct writer *out, const char *label, enum usage_form form) {
    struct span shown = span_text(label);

    if (form >= USAGE_CONSOLE && shown.len > 1 && shown.data[0] == '"') {
        shown = span_of(shown.data + 1, shown.len - 2);
    }
    writer_span(out, shown);
}

static void write_argument(struct writer *out, const struct argument *argument,
                           enum usage_form form) {
    write_text(out, argument->optional ? " [" : " ");
    write_label(out, _(argument->label), form);
    write_text(out, argument->optional ? "]" : "");
}

static void write_usage(struct writer *out, const struct command *command, enum language language,
                        enum usage_form form) {
    const struct argument *first = command->arguments + (form == USAGE_PLACED ? 1 : 0);
    bool is_short = form != USAGE_WHOLE;
    bool has_text = false; /* TEXT comes behind the options */

    write_text(out, command_name(command, language));
    for (const struct argument *at = first; at->label != NULL; at++) {
        has_text = has_text || at->sort == ARGUMENT_TEXT;
        if (at->sort != ARGUMENT_TEXT && !(is_short && at->optional)) {
            write_argument(out, at, form);
        }
    }
    for (const struct option *at = command_options(command); at->name != NULL; at++) {
        if (at->required || !is_short) {
            write_option(out, at, language);
        }
    }
    for (const struct argument *at = first; has_text && at->label != NULL; at++) {
        if (at->sort == ARGUMENT_TEXT) {
            write_argument(out, at, form);
        }
    }
}

void usage_write_here(struct writer *out, const struct command *command, enum language language,
                      bool is_placed) {
    write_usage(out, command, language, is_placed ? USAGE_PLACED : USAGE_CONSOLE);
}

void usage_write(struct writer *out, const struct command *command, enum language language) {
    write_usage(out, command, language, USAGE_WHOLE);
}

void usage_write_short(struct writer *out, const struct command *command, enum language language) {
    write_usage(out, command, language, USAGE_SHORT);
}

/* ---- Guesses ---- */

/* What people type for a command that is called otherwise; the first that fits counts. */
static const struct {
    const char *typed;
    const struct command *meant;
} synonyms[] = {
    { "-h", &cmd_help },
    { "-?", &cmd_help },
    { "tolong", &cmd_help },
    { "baca", &cmd_thread_show },
    { "read", &cmd_thread_show },
    { "baca", &cmd_group_show },
    { "kirim", &cmd_sync },
    { "kirimkan", &cmd_sync },
    { "sinkronkan", &cmd_sync },
    { "send", &cmd_sync },
    { "keluar", &cmd_group_leave },
    { "quit", &cmd_group_leave },
    { "undang", &cmd_group_invite },
    { "invite", &cmd_group_invite },
    { "terima", &cmd_group_accept },
    { "accept", &cmd_group_accept },
    { "tolak", &cmd_group_decline },
    { "cocokkan", &cmd_contact_verify },
    { "verify", &cmd_contact_verify },
    { "baca", &cmd_case_show },
    { "read", &cmd_case_show },
    { "pindah", &cmd_case_enter },
    { "buka", &cmd_case_enter },
    { "open", &cmd_case_enter },
    { "pindah", &cmd_thread_enter },
    { "buka", &cmd_thread_enter },
    { "open", &cmd_thread_enter },
    { "bagi", &cmd_case_share },
    { "bagikan", &cmd_case_share },
    { "share", &cmd_case_share },
    { "catatan", &cmd_note },
    { "hapus", &cmd_retract },
    { "delete", &cmd_retract },
    { "batalkan", &cmd_retract },
    { "ganti", &cmd_edit },
    { "sunting", &cmd_edit },
    { "search", &cmd_find },
    { "mencari", &cmd_find },
    { "temukan", &cmd_find },
    { "hari", &cmd_today },
    { "back", &cmd_leave },
    { "balik", &cmd_leave },
    { "exit", &cmd_quit },
    { "logout", &cmd_lock },
    { "password", &cmd_passphrase_change },
    { "kata-sandi", &cmd_passphrase_change },
    { "selesai", &cmd_quit },
    { "tambah", &cmd_group_invite },
    { "add", &cmd_group_invite },
    { "hapus", &cmd_group_remove },
    { "delete", &cmd_group_remove },
    { "sahkan", &cmd_group_adopt },
    { "undang", &cmd_case_share },
    { "invite", &cmd_case_share },
    { "tambah", &cmd_case_share },
    { "add", &cmd_case_share },
    { "hapus", &cmd_case_remove },
    { "delete", &cmd_case_remove },
    { "keluar", &cmd_case_leave },
    { "quit", &cmd_case_leave },
    { "sahkan", &cmd_case_adopt },
};

static const struct command *find_synonym(const char *typed, const char *family) {
    for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++) {
        if (strcmp(typed, synonyms[i].typed) == 0 &&
            (family == NULL || command_has_word(synonyms[i].meant, 0, family))) {
            return synonyms[i].meant;
        }
    }
    return NULL;
}

const struct command *usage_synonym(struct span verb, const struct command *family) {
    struct span first = command_word(family, 0, LANGUAGE_ENGLISH);

    for (size_t i = 0; i < sizeof synonyms / sizeof synonyms[0]; i++) {
        if (span_equal(verb, span_text(synonyms[i].typed)) &&
            span_equal(first, command_word(synonyms[i].meant, 0, LANGUAGE_ENGLISH))) {
            return synonyms[i].meant;
        }
    }
    return NULL;
}

/* Word number `index` of the row's name in that language. */
static struct span name_word(const struct command *command, enum language language, size_t index) {
    const char *name = command_name(command, language);
    const char *blank = strchr(name, ' ');
    const char *word = index == 0 ? name : (blank != NULL ? blank + 1 : "");

    return span_of(word, strcspn(word, " "));
}

/* The nearest command (family NULL) or verb of a family among the words of that language. */
static struct suggestion nearest_in(const char *typed, const char *family, enum language language) {
    struct suggestion near = { 0 };

    for (size_t i = 0; i < command_count; i++) {
        if (family == NULL || command_has_word(commands[i], 0, family)) {
            struct span word = name_word(commands[i], language, family != NULL ? 1 : 0);
            suggest_offer(&near, typed, (const char *)word.data, word.len);
        }
    }
    return near;
}

static enum language other_language(enum language language) {
    return language == LANGUAGE_ENGLISH ? LANGUAGE_INDONESIAN : LANGUAGE_ENGLISH;
}

/* "thread show" behind "rembuk", in `language` if a word of it is near, else in the other one.
 * False: nothing is near. */
static bool write_meant(struct writer *out, const char *typed, const char *family,
                        enum language language) {
    const struct command *synonym = find_synonym(typed, family);
    struct suggestion near = nearest_in(typed, family, language);

    if (synonym != NULL) {
        write_text(out, command_name(synonym, language));
        return true;
    }
    if (near.word == NULL) {
        language = other_language(language);
        near = nearest_in(typed, family, language);
    }
    if (near.word == NULL) {
        return false;
    }
    if (family != NULL) {
        writer_span(out, name_word(command_family(family), language, 0));
        write_text(out, " ");
    }
    writer_span(out, span_of(near.word, strcspn(near.word, " ")));
    return true;
}

static void offer_options(struct suggestion *near, const char *typed, const struct option *options,
                          size_t count, enum language language) {
    for (size_t i = 0; i < count && options[i].name != NULL; i++) {
        const char *name = option_name(&options[i], language);
        suggest_offer(near, typed, name, strlen(name));
    }
}

static struct suggestion nearest_option(const char *typed, const struct command *command,
                                        enum language language) {
    struct suggestion near = { 0 };

    offer_options(&near, typed, global_options, GLOBAL_COUNT, language);
    if (command != NULL) {
        offer_options(&near, typed, command_options(command), OPTIONS_MAX, language);
    }
    return near;
}

/* ---- Sentences ---- */

static enum rb_status unknown_command(struct failure *failure, const struct parsed *parsed,
                                      enum language language) {
    struct writer meant;
    enum rb_status status = RB_REFUSED;

    writer_init(&meant, USAGE_BYTES_MAX);
    if (write_meant(&meant, parsed->fault_word, NULL, language)) {
        writer_u8(&meant, '\0');
        status = failure_usage(failure, "unknown_command",
                               _("There is no command \"%s\". Did you mean \"rembuk %s\"?"),
                               parsed->fault_word, (const char *)writer_view(&meant).data);
    } else {
        status = failure_usage(failure, "unknown_command",
                               _("There is no command \"%s\". All commands: rembuk help all"),
                               parsed->fault_word);
    }
    writer_clear(&meant);
    return status;
}

static enum rb_status unknown_verb(struct failure *failure, const struct parsed *parsed,
                                   enum language language) {
    struct writer meant;
    enum rb_status status = RB_REFUSED;

    writer_init(&meant, USAGE_BYTES_MAX);
    if (write_meant(&meant, parsed->fault_word, parsed->family, language)) {
        writer_u8(&meant, '\0');
        status = failure_usage(
            failure, "unknown_verb", _("\"%s\" has no \"%s\". Did you mean \"rembuk %s\"?"),
            parsed->family, parsed->fault_word, (const char *)writer_view(&meant).data);
    } else {
        status = failure_usage(failure, "unknown_verb",
                               _("\"%s\" has no \"%s\". What there is: rembuk help %s"),
                               parsed->family, parsed->fault_word, parsed->family);
    }
    writer_clear(&meant);
    return status;
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

static enum rb_status unknown_option(struct failure *failure, const struct parsed *parsed,
                                     enum language language) {
    const char *typed = parsed->fault_word + 2;
    struct suggestion near = nearest_option(typed, parsed->call.command, language);

    if (near.word == NULL) {
        near = nearest_option(typed, parsed->call.command, other_language(language));
    }
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

/* With what was typed already, so that only the text has to be added. */
static enum rb_status missing_text(struct failure *failure, const struct parsed *parsed,
                                   enum language language) {
    const struct call *call = &parsed->call;
    struct writer typed;

    writer_init(&typed, USAGE_BYTES_MAX);
    for (size_t i = 0; i < call->argument_count; i++) {
        const char *quote = strpbrk(call->typed[i], " \t") != NULL ? "\"" : "";
        write_text(&typed, " ");
        write_text(&typed, quote);
        write_text(&typed, call->typed[i]);
        write_text(&typed, quote);
    }
    writer_u8(&typed, '\0');
    enum rb_status status = failure_usage(
        failure, "missing_argument", _("The text is missing. Type: rembuk %s%s \"TEXT\""),
        command_name(call->command, language), (const char *)writer_view(&typed).data);
    writer_clear(&typed);
    return status;
}

/* Faults of a known command end in how it is typed. */
static enum rb_status wrong_form(struct failure *failure, const struct parsed *parsed,
                                 enum language language, const char *usage) {
    switch (parsed->fault) {
    case FAULT_MISSING_ARGUMENT:
        if (parsed->fault_argument->sort == ARGUMENT_TEXT) {
            return missing_text(failure, parsed, language);
        }
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
        return unknown_command(failure, parsed, language);
    case FAULT_UNKNOWN_VERB:
        return unknown_verb(failure, parsed, language);
    case FAULT_MISSING_VERB:
        return missing_verb(failure, parsed, language);
    case FAULT_UNKNOWN_OPTION:
        return unknown_option(failure, parsed, language);
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
