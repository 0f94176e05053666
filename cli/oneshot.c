/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/oneshot.h"

#include "cli/ask.h"
#include "cli/attach.h"
#include "cli/bar.h"
#include "cli/input.h"
#include "cli/job.h"
#include "cli/live.h"
#include "cli/open_home.h"
#include "cli/signals.h"
#include "cli/terminal.h"
#include "node/control.h"
#include "node/node.h"

#include <string.h>
#include <unistd.h>

enum { STEP_MS = 50, LOOK_AGAIN_MS = 50, SHUT_MS_MAX = 3000 };

struct oneshot {
    struct context *context; /* failures before and around the job are noted here */
    const struct parsed *parsed;
    size_t word_count;
    char *const *words;
    struct writer read[ARGUMENTS_MAX]; /* what files and standard input gave */
    struct call_inputs inputs;
    struct channel *channel; /* to the owner, or NULL */
    bool is_shut;            /* he locks or has gone, and it has not begun */
    struct node *node;       /* for a row that needs links */
    int *exit_code;
};

/* ---- Files and standard input ---- */

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
    enum rb_status status = signals_wait(STDIN_FILENO) ? input_read("-", max, input) : RB_STORAGE;
    terminal_release_signals(terminal, came);
    (void)close(terminal); /* Nothing was written that could be lost. */
    return status;
}

static enum rb_status read_input(struct oneshot *oneshot, size_t at) {
    const struct call *call = &oneshot->parsed->call;
    const struct argument *argument = &call->command->arguments[at];
    struct writer *read = &oneshot->read[at];
    size_t max = argument->sort == ARGUMENT_TEXT ? STANDARD_INPUT_BYTES_MAX : argument->bytes_max;

    enum rb_status status = input_is_typed(call->typed[at]) && argument->typing != NULL
                                ? read_typed(argument, max, read)
                                : input_read(call->typed[at], max, read);
    if (status != RB_OK) {
        return input_fail(&oneshot->context->failure, status, call->typed[at]);
    }
    oneshot->inputs.bytes[at] = writer_view(read);
    oneshot->inputs.given[at] = true;
    return RB_OK;
}

/* What is typed at the terminal waits until the references are known to mean something: nobody
 * types a text for nothing, and no passphrase into a text. */
static enum rb_status read_inputs(struct oneshot *oneshot, bool typed) {
    const struct call *call = &oneshot->parsed->call;
    enum rb_status status = RB_OK;

    for (size_t at = 0; status == RB_OK && at < call->argument_count; at++) {
        if (argument_is_input(&call->command->arguments[at], call->typed[at]) &&
            input_is_typed(call->typed[at]) == typed) {
            status = read_input(oneshot, at);
        }
    }
    return status;
}

/* And has not been typed by now. */
static bool has_typed_input(const struct oneshot *oneshot) {
    const struct call *call = &oneshot->parsed->call;

    for (size_t at = 0; at < call->argument_count; at++) {
        if (argument_is_input(&call->command->arguments[at], call->typed[at]) &&
            input_is_typed(call->typed[at]) && !oneshot->inputs.given[at]) {
            return true;
        }
    }
    return false;
}

/* ---- Run here ---- */

/* Until it ends or asks; the node's loop goes on in between. */
static enum rb_status go_on(struct oneshot *oneshot, struct job *job, const volatile int *stop,
                            enum job_state *state) {
    enum rb_status status = RB_OK;

    *state = job_step(job);
    while (status == RB_OK && *state == JOB_GOES_ON) {
        if (*stop != 0) {
            signals_take(); /* What was reached is told, and how it ended. */
            job_cancel(job);
        } else if (oneshot->node != NULL) {
            status = node_step(oneshot->node, STEP_MS);
        }
        *state = status == RB_OK ? job_step(job) : *state;
    }
    return status;
}

static struct job *make_job(const struct oneshot *oneshot, bool look, struct span confirmed,
                            struct bar *bar) {
    struct job_setup setup = {
        .settings = oneshot->context->settings,
        .store = oneshot->context->store,
        .node = oneshot->node,
        .out = stdout,
        .err = stderr,
        .progress = { .show = bar_show, .hide = bar_hide, .context = bar },
        .word_count = oneshot->word_count,
        .words = oneshot->words,
        .confirmed = confirmed,
        .look = look,
    };

    memcpy(setup.inputs, oneshot->inputs.bytes, sizeof setup.inputs);
    return job_new(&setup);
}

/* Runs the job once.  `*asks`: it was only asked about, and `confirmed` holds what was agreed
 * to. */
static enum rb_status run_once(struct oneshot *oneshot, bool look, struct writer *confirmed,
                               bool *asks) {
    const volatile int *stop = signals_catch();
    struct bar bar = { .settings = oneshot->context->settings };
    struct job *job = make_job(oneshot, look, writer_view(confirmed), &bar);
    enum job_state state = JOB_ENDED;

    enum rb_status status = go_on(oneshot, job, stop, &state);
    bar_end(&bar);
    signals_release();
    *asks = status == RB_OK && state == JOB_ASKS;
    if (*asks && ask_agreed(oneshot->context, job_question(job))) {
        writer_reset(confirmed);
        writer_span(confirmed, job_question(job));
    } else if (*asks) {
        status = ask_declined(oneshot->context, job_declined(job));
    }
    *oneshot->exit_code = job_exit_code(job);
    job_destroy(&job);
    return status;
}

/* Asked again as long as the question changes while it is being answered. */
static enum rb_status run_here(struct oneshot *oneshot, bool look) {
    enum rb_status status;
    struct writer confirmed;
    bool asks = false;

    writer_init(&confirmed, CONTROL_MESSAGE_BYTES_MAX);
    do {
        status = run_once(oneshot, look, &confirmed, &asks);
    } while (status == RB_OK && asks);
    writer_clear(&confirmed);
    return status;
}

/* ---- Run here or there ---- */

static enum rb_status run_anywhere(struct oneshot *oneshot, bool look) {
    if (oneshot->channel == NULL) {
        return run_here(oneshot, look);
    }
    enum rb_status status = attach_run(oneshot->context, oneshot->channel, oneshot->parsed,
                                       &oneshot->inputs, look, oneshot->exit_code);
    oneshot->is_shut = status == RB_NOT_FOUND && oneshot->context->failure.code == NULL;
    return status;
}

static enum rb_status run_with_inputs(struct oneshot *oneshot) {
    enum rb_status status = RB_OK;

    if (has_typed_input(oneshot)) {
        status = run_anywhere(oneshot, true);
        if (status != RB_OK || *oneshot->exit_code != 0) {
            return status;
        }
        status = read_inputs(oneshot, true);
    }
    return status == RB_OK ? run_anywhere(oneshot, false) : status;
}

/* A node that only calls. */
static enum rb_status open_links(struct oneshot *oneshot) {
    const struct node_setup setup = {
        .store = oneshot->context->store,
        .log = live_log_of(oneshot->context),
        .log_context = stderr,
    };
    size_t bad = 0;

    return (oneshot->parsed->call.command->needs & NEEDS_LINKS) != 0
               ? node_open(&oneshot->node, &setup, &bad)
               : RB_OK;
}

/* Nobody else owns the home: this process does, for as long as the command takes. */
static enum rb_status run_as_owner(struct oneshot *oneshot) {
    struct context *context = oneshot->context;
    bool stays = (oneshot->parsed->call.command->needs & NEEDS_NODE) != 0;
    int lock = -1;

    enum rb_status status = stays ? node_lock(context->settings->home, &lock) : RB_OK;
    if (status == RB_OK) {
        status = home_unlock(context);
    }
    if (status == RB_OK) {
        status = open_links(oneshot);
    }
    if (status == RB_OK) {
        status = run_with_inputs(oneshot);
    }
    node_close(&oneshot->node);
    store_close(&context->store);
    if (lock >= 0) {
        node_unlock(lock);
    }
    return status;
}

static bool needs(const struct parsed *parsed, unsigned what) {
    return (parsed->call.command->needs & what) != 0;
}

/* Whoever stands at his first passphrase prompt has nothing open yet that could be locked. */
static enum rb_status attach(struct oneshot *oneshot) {
    const struct context *context = oneshot->context;

    if (!needs(oneshot->parsed, NEEDS_STORE)) {
        enum rb_status status = control_connect(context->settings->home, &oneshot->channel);
        if (status == RB_OK || status == RB_NOT_FOUND) {
            return status;
        }
    }
    return home_attach(oneshot->context, &oneshot->channel);
}

/* Why the passphrase is asked for now. */
static void say_shut(const struct oneshot *oneshot) {
    int terminal = -1;

    if (oneshot->context->settings->passphrase_file == NULL && terminal_open(&terminal) == RB_OK) {
        terminal_write(terminal, span_text(_("rembuk was locked or ended here meanwhile. With the "
                                             "passphrase your command goes on.")));
        terminal_write(terminal, span_text("\n"));
        (void)close(terminal); /* Nothing was written that could be lost. */
    }
}

/* At the owner's, or as the owner.  `was_shut`: it was begun at one who is one no longer. */
static enum rb_status run_once_with_home(struct oneshot *oneshot, bool was_shut) {
    enum rb_status status = attach(oneshot);

    oneshot->is_shut = false;
    if (status == RB_NOT_FOUND && oneshot->context->failure.code == NULL) {
        if (!needs(oneshot->parsed, NEEDS_STORE)) {
            return run_here(oneshot, false);
        }
        if (was_shut) {
            say_shut(oneshot);
        }
        return run_as_owner(oneshot);
    }
    if (status == RB_OK) {
        status = run_with_inputs(oneshot);
    }
    channel_destroy(&oneshot->channel);
    return status;
}

/* What was typed or read is not lost because he locks meanwhile. */
static enum rb_status run_with_home(struct oneshot *oneshot) {
    enum rb_status status = home_check(oneshot->context);
    int64_t end_ms = INT64_MAX;

    if (status == RB_OK) {
        status = run_once_with_home(oneshot, false);
    }
    while (oneshot->is_shut && clock_steady_ms() < end_ms) {
        end_ms = end_ms == INT64_MAX ? clock_steady_ms() + SHUT_MS_MAX : end_ms;
        clock_sleep_ms(LOOK_AGAIN_MS);
        status = run_once_with_home(oneshot, true);
    }
    return oneshot->is_shut ? attach_fail_unwelcome(oneshot->context, oneshot->parsed->call.command)
                            : status;
}

/* ---- The whole ---- */

/* Everything that can be refused without the store is refused before the passphrase is asked. */
static enum rb_status run_checked(struct oneshot *oneshot) {
    enum rb_status status = run_here(oneshot, true);

    if (status != RB_OK || *oneshot->exit_code != 0) {
        return status;
    }
    status = read_inputs(oneshot, false);
    return status == RB_OK ? run_with_home(oneshot) : status;
}

static bool needs_home(const struct parsed *parsed) {
    return parsed->fault == FAULT_NONE && parsed->call.command != NULL &&
           parsed->globals[GLOBAL_HELP] == NULL && parsed->globals[GLOBAL_VERSION] == NULL &&
           needs(parsed, NEEDS_STORE | NEEDS_OWNER);
}

enum rb_status oneshot_run(struct context *context, const struct parsed *parsed, size_t word_count,
                           char *const *words, int *exit_code) {
    struct oneshot oneshot = {
        .context = context,
        .parsed = parsed,
        .word_count = word_count,
        .words = words,
        .exit_code = exit_code,
    };

    for (size_t at = 0; at < ARGUMENTS_MAX; at++) {
        writer_init(&oneshot.read[at], IMPORT_FILE_BYTES_MAX);
    }
    enum rb_status status = needs_home(parsed) ? run_checked(&oneshot) : run_here(&oneshot, false);
    for (size_t at = 0; at < ARGUMENTS_MAX; at++) {
        writer_clear(&oneshot.read[at]);
    }
    return status;
}
