/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/dispatch.h"

#include "cli/ask.h"
#include "cli/context.h"
#include "cli/help.h"
#include "cli/input.h"
#include "cli/refer.h"
#include "cli/settings.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "cli/usage.h"
#include "node/node.h"
#include "store/home.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STORE_WAIT_MS = 10000 };

/* ---- What the arguments ask for ---- */

static enum rb_status fail_input(struct context *context, enum rb_status status, const char *path) {
    path = strcmp(path, "-") == 0 ? _("Standard input") : path;
    switch (status) {
    case RB_NOT_FOUND:
        return failure_say(&context->failure, status, "no_file", _("There is no file %s."), path);
    case RB_TOO_LARGE:
        return failure_say(&context->failure, status, NULL,
                           _("%s is too large to be what is asked for here. Nothing was read."),
                           path);
    default:
        return failure_say(
            &context->failure, RB_REFUSED, "file_unreadable",
            _("%s cannot be read. Check whether it is a file and whether you may read it."), path);
    }
}

/* The line end that every editor and `echo` puts behind the last line is not part of the text. */
static struct span without_last_line_end(struct span text) {
    if (text.len > 0 && text.data[text.len - 1] == '\n') {
        text.len--;
        if (text.len > 0 && text.data[text.len - 1] == '\r') {
            text.len--;
        }
    }
    return text;
}

static bool is_input(const struct argument *argument, const char *typed) {
    return argument->sort == ARGUMENT_FILE ||
           (argument->sort == ARGUMENT_TEXT && strcmp(typed, "-") == 0);
}

/* Standard input is the person's terminal: says how to begin and to end. */
static enum rb_status read_typed(const struct argument *argument, size_t max,
                                 struct writer *input) {
    int terminal = -1;

    if (terminal_open(&terminal) != RB_OK) {
        return input_read("-", max, input);
    }
    const volatile int *came = signals_catch();
    terminal_write(terminal, span_text(_(argument->typing)));
    terminal_write(terminal, span_text("\n"));
    enum rb_status status = input_read("-", max, input);
    terminal_release_signals(terminal, came);
    (void)close(terminal); /* Nothing was written that could be lost. */
    return status;
}

/* `input` keeps what a file or standard input gave. */
static enum rb_status read_input(struct context *context, struct call *call, size_t at,
                                 struct writer *input) {
    const struct argument *argument = &call->command->arguments[at];
    bool is_text = argument->sort == ARGUMENT_TEXT;
    size_t max = is_text ? STANDARD_INPUT_BYTES_MAX : argument->bytes_max;

    enum rb_status status = input_is_typed(call->typed[at]) && argument->typing != NULL
                                ? read_typed(argument, max, input)
                                : input_read(call->typed[at], max, input);
    if (status != RB_OK) {
        return fail_input(context, status, call->typed[at]);
    }
    struct span read = writer_view(input);
    call->texts[at] = is_text ? without_last_line_end(read) : read;
    return RB_OK;
}

/* Everything but references.  What is typed at the terminal waits until the store is open
 * (`store_is_open`): nobody types a text for nothing, and no passphrase into a text. */
static enum rb_status read_argument(struct context *context, struct call *call, size_t at,
                                    bool store_is_open, struct writer *input) {
    const struct argument *argument = &call->command->arguments[at];

    if (is_input(argument, call->typed[at])) {
        return input_is_typed(call->typed[at]) == store_is_open
                   ? read_input(context, call, at, input)
                   : RB_OK;
    }
    call->texts[at] = span_text(call->typed[at]);
    return argument->sort == ARGUMENT_NAME ? refer_check_name(context, call->texts[at]) : RB_OK;
}

static enum rb_status read_arguments(struct context *context, struct call *call, bool store_is_open,
                                     struct writer inputs[ARGUMENTS_MAX]) {
    enum rb_status status = RB_OK;

    for (size_t at = 0; status == RB_OK && at < call->argument_count; at++) {
        status = read_argument(context, call, at, store_is_open, &inputs[at]);
    }
    return status;
}

static enum rb_status find_argument(struct context *context, struct call *call, size_t at) {
    switch (call->command->arguments[at].sort) {
    case ARGUMENT_CONTACT:
        return refer_find(context, REF_CONTACT, call->typed[at], &call->objects[at]);
    case ARGUMENT_GROUP:
        return refer_find(context, REF_GROUP, call->typed[at], &call->objects[at]);
    case ARGUMENT_THREAD:
        return refer_find(context, REF_THREAD, call->typed[at], &call->objects[at]);
    case ARGUMENT_POST:
        return refer_find(context, REF_POST, call->typed[at], &call->objects[at]);
    default:
        return RB_OK;
    }
}

/* ---- What the row needs ---- */

static enum rb_status check_home(struct context *context) {
    const struct settings *settings = context->settings;
    struct home home;

    if (settings->home[0] == '\0') {
        return failure_say(&context->failure, RB_NOT_FOUND, "no_home",
                           _("It is not known where your data is. Add: --home DIR"));
    }
    enum rb_status status = home_at(&home, settings->home);
    if (status != RB_OK) {
        return status;
    }
    if (!file_exists(home.key)) {
        return failure_say(
            &context->failure, RB_NOT_FOUND, "no_home",
            _("There is no data in %s yet. Begin with: rembuk init --name NAME --role ROLE"),
            settings->home);
    }
    if (settings->config_status == RB_MALFORMED) {
        return failure_say(
            &context->failure, settings->config_status, "bad_configuration",
            _("Line %d of %s/config.ini cannot be understood. Correct it or remove the "
              "line."),
            settings->config_line, settings->home);
    }
    return settings->config_status;
}

/* A node holds the lock for as long as it runs; whoever is no node only looks whether there is
 * one. */
static enum rb_status take_home(struct context *context, unsigned needs, int *lock) {
    const char *home = context->settings->home;

    if ((needs & NEEDS_NODE) != 0) {
        enum rb_status status = node_lock(home, lock);
        if (status == RB_BUSY) { /* No matter of storage: there is a node, which was the wish. */
            return failure_say(&context->failure, RB_EXISTS, "node_runs",
                               _("A node is running in this data folder already."));
        }
        return status;
    }
    if (node_is_running(home)) {
        return failure_say(
            &context->failure, RB_BUSY, NULL,
            _("A node is running in this data folder. Stop it first (Ctrl-C where it runs), "
              "then type the command again."));
    }
    return RB_OK;
}

static enum rb_status try_open(struct context *context) {
    struct passphrase passphrase = { 0 };

    enum rb_status status = ask_passphrase(context, &passphrase);
    if (status == RB_OK) {
        status = store_open(&context->store, context->settings->home, passphrase_view(&passphrase),
                            STORE_WAIT_MS);
    }
    passphrase_clear(&passphrase);
    return status;
}

static enum rb_status open_store(struct context *context) {
    enum rb_status status = try_open(context);

    for (size_t tries = 1; status == RB_WRONG_PASSPHRASE &&
                           ask_may_retry(context, tries, _(error_row(status)->sentence));
         tries++) {
        status = try_open(context);
    }
    return status;
}

/* ---- One command ---- */

static enum rb_status run_with_store(struct context *context, struct call *call,
                                     struct writer inputs[ARGUMENTS_MAX]) {
    enum rb_status status = open_store(context);

    for (size_t at = 0; status == RB_OK && at < call->argument_count; at++) {
        status = find_argument(context, call, at);
    }
    if (status == RB_OK) {
        status = read_arguments(context, call, true, inputs);
    }
    if (status == RB_OK) {
        status = call->command->run(context, call);
    }
    store_close(&context->store);
    return status;
}

static enum rb_status run_command(struct context *context, struct call *call) {
    struct writer inputs[ARGUMENTS_MAX];
    unsigned needs = call->command->needs;
    enum rb_status status = RB_OK;
    int lock = -1;

    for (size_t at = 0; at < ARGUMENTS_MAX; at++) {
        writer_init(&inputs[at], IMPORT_FILE_BYTES_MAX);
    }
    /* Everything that can be refused is refused before the passphrase is asked. */
    if (call->command->check != NULL) {
        status = call->command->check(context, call);
    }
    if (status == RB_OK) {
        status = read_arguments(context, call, false, inputs);
    }
    if (status != RB_OK) {
        goto done;
    }
    if ((needs & NEEDS_STORE) == 0) {
        status = call->command->run(context, call);
        goto done;
    }
    status = check_home(context);
    if (status != RB_OK) {
        goto done;
    }
    status = take_home(context, needs, &lock);
    if (status != RB_OK) {
        goto done;
    }
    status = run_with_store(context, call, inputs);
done:
    if (lock >= 0) {
        node_unlock(lock);
    }
    for (size_t at = 0; at < ARGUMENTS_MAX; at++) {
        writer_clear(&inputs[at]);
    }
    return status;
}

static enum rb_status run_parsed(struct context *context, struct parsed *parsed) {
    if (parsed->fault != FAULT_NONE) {
        return usage_fail(&context->failure, parsed, context->settings->language);
    }
    if (parsed->globals[GLOBAL_VERSION] != NULL) {
        help_version(context);
        return RB_OK;
    }
    if (parsed->globals[GLOBAL_HELP] != NULL && parsed->call.command != NULL) {
        help_command(context, parsed->call.command);
        return RB_OK;
    }
    if (parsed->globals[GLOBAL_HELP] != NULL) {
        return help_words(context, parsed->family, NULL);
    }
    if (parsed->family == NULL) {
        help_begin(context);
        return RB_OK;
    }
    return run_command(context, &parsed->call);
}

/* The command is done and its answer does not arrive: that must not look like success. */
static enum rb_status finish(struct context *context) {
    enum rb_status status = output_finish(context->out);

    if (status != RB_OK) {
        return failure_say(&context->failure, status, "output",
                           _("The command was carried out, but its answer could not be written."));
    }
    return RB_OK;
}

int program_run(const struct program *program, int count, char *const *arguments) {
    struct parsed parsed;
    struct settings settings;
    struct context context = { .settings = &settings };

    parse_arguments(&parsed, count > 0 ? (size_t)count : 0, arguments);
    enum rb_status status =
        settings_read(&settings, parsed.globals, program->locale_dir, &context.failure);
    settings.version = program->version;
    context.out = output_new(stdout, stderr, settings.form, settings.width);
    if (status == RB_OK) {
        status = run_parsed(&context, &parsed);
    }
    if (status == RB_OK) {
        status = finish(&context);
    }
    failure_complete(&context.failure, status);
    if (status != RB_OK) {
        output_failure(context.out, &context.failure);
    }
    int exit_code = (int)context.failure.exit;
    output_destroy(&context.out);
    failure_clear(&context.failure);
    return exit_code;
}
