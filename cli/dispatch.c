/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/dispatch.h"

#include "cli/ask.h"
#include "cli/begin.h"
#include "cli/help.h"
#include "cli/live.h"
#include "cli/lock.h"
#include "cli/oneshot.h"
#include "cli/settings.h"

#include <stdio.h>
#include <unistd.h>

/* Nothing but global options, and a person at both ends. */
static bool wants_console(const struct parsed *parsed, const struct settings *settings) {
    return parsed->fault == FAULT_NONE && parsed->family == NULL &&
           parsed->globals[GLOBAL_HELP] == NULL && parsed->globals[GLOBAL_VERSION] == NULL &&
           settings->form == OUTPUT_TABLE && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
           settings->home[0] != '\0';
}

static enum rb_status run_console(struct context *context, struct settings *settings,
                                  int *exit_code) {
    struct lock_note note;

    lock_note_take(&note);
    if (note.is_locked) { /* First of all, whatever is wrong then. */
        lock_show(context, &note);
    }
    if (!note.is_locked && !help_has_home(settings)) {
        enum rb_status status = begin_ask(context, exit_code);
        if (status != RB_OK || *exit_code != EXIT_DONE) {
            return status;
        }
        output_say(context->out, _("Now the console opens. Type the passphrase once more."));
        output_flush(context->out);
    }
    settings->console = true;
    return live_console(context, &note);
}

int program_run(const struct program *program, int count, char *const *arguments) {
    size_t word_count = count > 1 ? (size_t)count - 1 : 0;
    char *const *words = arguments + (count > 0 ? 1 : 0);
    struct parsed parsed;
    struct settings settings;
    struct context context = { .settings = &settings };
    int exit_code = EXIT_DONE;

    parse_arguments(&parsed, word_count, words);
    enum rb_status status =
        settings_read(&settings, parsed.globals, program->locale_dir, &context.failure);
    settings.version = program->version;
    settings.arguments = arguments;
    settings.can_ask = settings.form != OUTPUT_JSON && ask_is_possible();
    const struct output_setup look = {
        .out = stdout,
        .err = stderr,
        .form = settings.form,
        .width = settings.width,
        .colour = settings.colour,
    };
    context.out = output_new(&look);
    if (status == RB_OK && wants_console(&parsed, &settings)) {
        status = run_console(&context, &settings, &exit_code);
    } else if (status == RB_OK) {
        status = oneshot_run(&context, &parsed, word_count, words, &exit_code);
    }
    failure_complete(&context.failure, status);
    if (status != RB_OK) {
        output_failure(context.out, &context.failure);
        exit_code = (int)context.failure.exit;
    }
    output_destroy(&context.out);
    failure_clear(&context.failure);
    return exit_code;
}
