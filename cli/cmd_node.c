/* SPDX-License-Identifier: GPL-3.0-or-later */
/* node: be there for others, for as long as wanted. */
#include "cli/live.h"
#include "cli/signals.h"
#include "node/node.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { STEP_MS = 1000 };

struct listening {
    char addresses[LISTENERS_MAX][ADDRESS_BYTES_MAX + 1];
    size_t count;
};

/* The addresses of --listen; without any, those of the configuration. */
static enum rb_status read_listening(struct context *context, const struct call *call,
                                     struct listening *listening) {
    const struct config *config = &context->settings->config;

    listening->count = 0;
    for (size_t i = 0; i < call->option_count; i++) {
        const char *address = call->options[i].value;
        if (listening->count == LISTENERS_MAX || strlen(address) > ADDRESS_BYTES_MAX) {
            return failure_say(&context->failure, RB_TOO_LARGE, "bad_address",
                               _("The address %s is too long, or there are more than %d."), address,
                               LISTENERS_MAX);
        }
        memcpy(listening->addresses[listening->count++], address, strlen(address) + 1);
    }
    if (listening->count == 0) {
        memcpy(listening->addresses, config->listen, sizeof listening->addresses);
        listening->count = config->listen_count;
    }
    return RB_OK;
}

/* The one line by which a person or a script knows that others can call now. */
static enum rb_status say_ready(struct context *context, const struct node *node) {
    struct output *out = context->out;
    const char *const *endpoints = NULL;
    size_t count = node_listening(node, &endpoints);

    output_list_begin(out, "ready", NULL, 0);
    output_plain(out, span_text(_("ready")));
    for (size_t i = 0; i < count; i++) {
        output_string(out, NULL, endpoints[i]);
        output_plain(out, span_text(" "));
        output_plain(out, span_text(endpoints[i]));
    }
    output_plain(out, span_text("\n"));
    output_list_end(out);
    return output_finish(out);
}

/* A script reads the one line above; a person at a terminal also wants to know how to go on. */
static bool is_watched(const struct context *context) {
    return context->settings->form == OUTPUT_TABLE && isatty(STDOUT_FILENO);
}

static void say_running(struct context *context) {
    if (is_watched(context)) {
        output_say(context->out,
                   _("Leave this window open. In another one, commands and the console "
                     "(rembuk) work as always. Ctrl-C ends the node."));
        output_flush(context->out);
    }
}

static void say_stopped(struct context *context) {
    if (is_watched(context)) {
        output_gap(context->out); /* The terminal shows "^C" without a line end. */
        output_say(context->out, _("The node has stopped. See what is new: rembuk today"));
    }
}

/* Also to a record that somebody reads later, and wonders. */
static void say_locked(struct context *context) {
    output_say(context->out,
               _("Locked: the node has stopped, since it may not keep the keys. Start it again: "
                 "rembuk node"));
}

static enum rb_status run_until_stopped(struct node *node, const struct server *server,
                                        const volatile int *stop) {
    enum rb_status status = RB_OK;

    while (status == RB_OK && *stop == 0 && !server_is_locked(server)) {
        status = node_step(node, STEP_MS);
    }
    return status;
}

/* The node that runs already listens there too. */
static enum rb_status listen_besides(struct context *context, const struct listening *listening) {
    for (size_t i = 0; i < listening->count; i++) {
        enum rb_status status = node_listen(context->node, listening->addresses[i]);
        if (status != RB_OK) {
            return live_fail_listening(context, status, listening->addresses[i]);
        }
    }
    return say_ready(context, context->node);
}

/* This process becomes the node of the home, until it is stopped. */
static enum rb_status run_node(struct context *context, const struct listening *listening) {
    const volatile int *stop = signals_catch();
    struct server *server = NULL;
    struct node *node = NULL;
    size_t bad = 0;
    const struct node_setup setup = {
        .store = context->store,
        .listen = listening->addresses,
        .listen_count = listening->count,
        .log = live_log_of(context),
        .log_context = stderr,
    };
    enum rb_status status = node_open(&node, &setup, &bad);
    if (status != RB_OK) {
        status = live_fail_listening(context, status,
                                     bad < listening->count ? listening->addresses[bad] : "");
        goto done;
    }
    status = live_serve(context, node, &server);
    if (status == RB_OK) {
        status = say_ready(context, node);
    }
    if (status == RB_OK) {
        say_running(context);
        status = run_until_stopped(node, server, stop);
    }
    if (status == RB_OK && server_locks(server)) {
        say_locked(context);
    } else if (status == RB_OK) {
        say_stopped(context);
    }
done:
    server_close(&server);
    node_close(&node);
    signals_take(); /* Ending was what the signal asked for. */
    signals_release();
    return status;
}

static enum rb_status node_command_run(struct context *context, const struct call *call) {
    bool is_told_where = call_option(call, "listen") != NULL;
    const char *const *endpoints = NULL;
    struct listening listening;

    enum rb_status status = read_listening(context, call, &listening);
    if (status != RB_OK) {
        return status;
    }
    if (context->node == NULL) {
        return run_node(context, &listening);
    }
    if (is_told_where && context->settings->console) {
        return listen_besides(context, &listening);
    }
    if (is_told_where && node_listening(context->node, &endpoints) == 0) {
        return failure_say(&context->failure, RB_EXISTS, "node_runs",
                           _("rembuk is open in another window already, but does not listen yet. "
                             "Type there: rembuk node --listen %s"),
                           listening.addresses[0]);
    }
    return failure_say(&context->failure, RB_EXISTS, "node_runs",
                       _("A node is running in this data folder already."));
}

const struct command cmd_node = {
    .name = "node",
    .name_id = "layani",
    .options = { { .name = "listen",
                   .name_id = "dengar",
                   .value = N_("tcp://ADDR:PORT"),
                   .help = N_("be reachable there; port 0 takes any free one"),
                   .repeated = true } },
    .summary = N_("be reachable for others"),
    .help = N_("Keeps exchanging with contacts until it is stopped (Ctrl-C)."),
    .more = N_("Calls every contact that has an address, again and again, and listens where told. "
               "Prints one line when it is ready. REMBUK_LOG=1 shows facts about the links. "
               "In the console, where a node runs anyway, --listen makes it listen there too."),
    .examples = N_("rembuk node --listen tcp://0.0.0.0:7437\nrembuk node"),
    .needs = NEEDS_STORE | NEEDS_NODE,
    .run = node_command_run,
};
