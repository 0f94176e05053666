/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/job.h"

#include "cli/gone.h"
#include "cli/help.h"
#include "cli/misplaced.h"
#include "cli/refer.h"
#include "cli/settings.h"
#include "cli/usage.h"
#include "cli/wording.h"
#include "node/node.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { QUESTION_BYTES_MAX = 16384 };

struct job {
    struct job_setup setup;
    struct settings settings;
    struct context context;
    struct parsed parsed;
    struct writer question;
    enum job_state state;
    bool begun;
};

/* ---- Arguments ---- */

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

static enum rb_status take_argument(struct job *job, size_t at) {
    struct call *call = &job->parsed.call;
    const struct argument *argument = &call->command->arguments[at];

    struct span input = job->setup.inputs[at];
    bool is_sent = argument->sort == ARGUMENT_TEXT && input.data != NULL;

    if (argument_is_input(argument, call->typed[at]) || is_sent) {
        call->texts[at] = argument->sort == ARGUMENT_TEXT ? without_last_line_end(input) : input;
        return RB_OK;
    }
    call->texts[at] = span_text(call->typed[at]);
    return argument->sort == ARGUMENT_NAME ? refer_check_name(&job->context, call->texts[at])
                                           : RB_OK;
}

static enum rb_status find_person(struct context *context, struct call *call, size_t at) {
    bool is_group = call->command->arguments[0].sort == ARGUMENT_GROUP;

    assert(at > 0);
    return refer_person(context, is_group ? REF_GROUP : REF_CASE, call->objects[0].id,
                        call->typed[at], &call->objects[at]);
}

static enum rb_status find_argument(struct context *context, struct call *call, size_t at) {
    static const struct {
        enum argument_sort argument;
        enum ref_sort sort;
    } sorts[] = {
        { ARGUMENT_CONTACT, REF_CONTACT }, { ARGUMENT_GROUP, REF_GROUP },
        { ARGUMENT_CIRCLE, REF_CIRCLE },   { ARGUMENT_CASE, REF_CASE },
        { ARGUMENT_THREAD, REF_THREAD },   { ARGUMENT_POST, REF_POST },
        { ARGUMENT_PART, REF_PART },
    };

    if (call->command->arguments[at].sort == ARGUMENT_PERSON) {
        return find_person(context, call, at);
    }
    for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
        if (sorts[i].argument == call->command->arguments[at].sort) {
            return refer_find(context, sorts[i].sort, call->typed[at], &call->objects[at]);
        }
    }
    return RB_OK;
}

static enum rb_status take_arguments(struct job *job) {
    struct call *call = &job->parsed.call;
    enum rb_status status = RB_OK;

    for (size_t at = 0; status == RB_OK && at < call->argument_count; at++) {
        status = take_argument(job, at);
    }
    for (size_t at = 0; status == RB_OK && at < call->argument_count && job->setup.store != NULL;
         at++) {
        status = find_argument(&job->context, call, at);
    }
    return status;
}

/* ---- Confirmation ---- */

static enum rb_status refuse_unasked(struct context *context, const struct command *command) {
    return failure_usage(
        &context->failure, "confirmation_needed",
        _("This has to be confirmed, and there is nobody to ask. Nothing was changed. "
          "%s"),
        command->unasked != NULL ? _(command->unasked) : _("Add --yes if you are sure."));
}

/* RB_OK and JOB_ASKS: the question stands. */
static enum rb_status confirm(struct job *job) {
    const struct call *call = &job->parsed.call;
    enum rb_status status;

    if (job->settings.yes) {
        return RB_OK;
    }
    if (call->command->question != NULL) {
        status = call->command->question(&job->context, call, &job->question);
    } else {
        status = misplaced_question(&job->context, call, &job->question);
    }
    struct span question = writer_view(&job->question);
    if (status != RB_OK || question.len == 0 || span_equal(question, job->setup.confirmed)) {
        return status;
    }
    if (!job->settings.can_ask) {
        return refuse_unasked(&job->context, call->command);
    }
    job->state = JOB_ASKS;
    return RB_OK;
}

/* ---- Where a command has a meaning ---- */

static enum rb_status check_surroundings(struct job *job) {
    struct context *context = &job->context;
    unsigned needs = job->parsed.call.command->needs;

    if ((needs & NEEDS_CONSOLE) != 0 && !job->settings.console) {
        return failure_usage(&context->failure, "console_only",
                             _("This command has a meaning in the console only. Open it: rembuk"));
    }
    if (job->settings.console && (job->parsed.globals[GLOBAL_HOME] != NULL ||
                                  job->parsed.globals[GLOBAL_PASSPHRASE_FILE] != NULL)) {
        return failure_usage(&context->failure, "shell_only",
                             _("--home and --passphrase-file have no meaning in the console: it "
                               "belongs to one data folder."));
    }
    if ((needs & NEEDS_SHELL) != 0 && job->settings.console) {
        return failure_usage(&context->failure, "shell_only",
                             _("This command is not for the console. End the console first "
                               "(Ctrl-D), then type it."));
    }
    return RB_OK;
}

/* ---- Steps ---- */

static enum rb_status run_command(struct job *job) {
    const struct call *call = &job->parsed.call;

    enum rb_status status = check_surroundings(job);
    if (status == RB_OK && call->command->check != NULL) {
        status = call->command->check(&job->context, call);
    }
    if (status == RB_OK) {
        status = take_arguments(job);
    }
    if (status != RB_OK || job->setup.look) {
        return status;
    }
    status = confirm(job);
    if (status != RB_OK || job->state == JOB_ASKS) {
        return status;
    }
    job->context.began_ms = clock_steady_ms();
    status = call->command->run(&job->context, call);
    if (status == RB_OK && call->command->go_on != NULL) {
        job->state = JOB_GOES_ON;
    }
    return status;
}

static enum rb_status run_parsed(struct job *job) {
    const struct parsed *parsed = &job->parsed;
    struct context *context = &job->context;

    if (parsed->fault != FAULT_NONE) {
        return usage_fail(&context->failure, parsed, job->settings.language);
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
    return run_command(job);
}

static enum rb_status go_on(struct job *job) {
    const struct call *call = &job->parsed.call;
    bool done = false;

    enum rb_status status = call->command->go_on(&job->context, call, &done);
    if (status != RB_OK || done || job->context.cancelled) {
        job->state = JOB_ENDED;
    }
    return status;
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

static void conclude(struct job *job, enum rb_status status) {
    struct context *context = &job->context;

    job->state = JOB_ENDED;
    progress_end(&context->progress);
    if (job->parsed.fault == FAULT_NONE && job->parsed.call.command != NULL) {
        status = gone_check(context, &job->parsed.call, status);
    }
    if (status == RB_OK && !job->setup.look) {
        status = finish(context);
    }
    failure_complete(&context->failure, status);
    if (status != RB_OK) {
        output_failure(context->out, &context->failure);
    }
}

enum job_state job_step(struct job *job) {
    enum rb_status status;

    language_set(job->settings.language, job->settings.locale_dir);
    wording_set_console(job->settings.console);
    if (job->begun) {
        assert(job->state == JOB_GOES_ON);
        status = go_on(job);
    } else {
        job->begun = true;
        job->state = JOB_ENDED;
        status = run_parsed(job);
    }
    if (status != RB_OK || job->state == JOB_ENDED) {
        conclude(job, status);
    }
    return job->state;
}

void job_cancel(struct job *job) {
    job->context.cancelled = true;
}

/* ---- From beginning to end ---- */

struct job *job_new(const struct job_setup *setup) {
    struct job *job = rb_alloc(1, sizeof *job);

    job->setup = *setup;
    job->settings = *setup->settings;
    parse_arguments(&job->parsed, setup->word_count, setup->words);
    settings_of_command(&job->settings, job->parsed.globals);
    const struct output_setup look = {
        .out = setup->out,
        .err = setup->err,
        .form = job->settings.form,
        .width = job->settings.width,
        .colour = job->settings.colour,
    };
    job->context = (struct context) {
        .settings = &job->settings,
        .out = output_new(&look),
        .store = setup->store,
        .node = setup->node,
        .progress = setup->progress,
        .where = setup->place,
    };
    writer_init(&job->question, QUESTION_BYTES_MAX);
    return job;
}

static void abandon(struct job *job) {
    const struct call *call = &job->parsed.call;

    if (job->state == JOB_GOES_ON && call->command->abandon != NULL) {
        call->command->abandon(&job->context, call);
    }
}

void job_destroy(struct job **job) {
    if (*job == NULL) {
        return;
    }
    abandon(*job);
    output_destroy(&(*job)->context.out);
    failure_clear(&(*job)->context.failure);
    writer_clear(&(*job)->question);
    free(*job);
    *job = NULL;
}

struct span job_question(const struct job *job) {
    return writer_view(&job->question);
}

const char *job_unasked(const struct job *job) {
    const char *unasked = job->parsed.call.command->unasked;

    return unasked != NULL ? _(unasked) : "";
}

const char *job_declined(const struct job *job) {
    const struct command *command = job->parsed.call.command;

    if (command->question == NULL) {
        return _(misplaced_declined);
    }
    return command->declined != NULL ? _(command->declined) : "";
}

int job_exit_code(const struct job *job) {
    return (int)job->context.failure.exit;
}

const struct context *job_context(const struct job *job) {
    return &job->context;
}
