/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/live.h"

#include "cli/console.h"
#include "cli/open_home.h"
#include "cli/people.h"
#include "cli/wording.h"

#include <stdio.h>
#include <string.h>

enum { STEP_MS = 1000 };

/* ---- What the node of this process needs ---- */

static void write_log(void *file, const char *line) {
    (void)fprintf(file, "%s\n", line); /* Nobody depends on it. */
}

node_log live_log_of(const struct context *context) {
    return context->settings->log ? write_log : NULL;
}

enum rb_status live_fail_listening(struct context *context, enum rb_status status,
                                   const char *address) {
    switch (status) {
    case RB_IN_USE:
        return failure_say(&context->failure, status, NULL,
                           _("Another program uses %s already. Choose another port, or 0 for any."),
                           address);
    case RB_MALFORMED:
        if (!address_has_scheme(span_text(address))) {
            return fail_scheme(context, span_text(address));
        }
        return failure_say(
            &context->failure, status, "bad_address",
            _("\"%s\" is no address of this computer. It looks like tcp://0.0.0.0:7437 or "
              "tcp://127.0.0.1:0."),
            address);
    case RB_REFUSED:
        return failure_say(
            &context->failure, status, "bad_address",
            _("This computer does not allow listening at %s. Choose a port from 1024 on."),
            address);
    default:
        return status;
    }
}

/* ---- The console ---- */

/* Everything that a console with the node inside consists of, in the order of opening. */
struct live {
    struct node *node;
    struct server *server;
    struct console *console;
};

static enum rb_status open_node(struct context *context, struct live *live) {
    const struct config *config = &context->settings->config;
    const struct node_setup setup = {
        .store = context->store,
        .listen = config->listen,
        .listen_count = config->listen_count,
        .log = live_log_of(context),
        .log_context = stderr,
    };
    size_t bad = 0;

    enum rb_status status = node_open(&live->node, &setup, &bad);
    return status == RB_OK
               ? RB_OK
               : live_fail_listening(context, status,
                                     bad < config->listen_count ? config->listen[bad] : "");
}

enum rb_status live_serve(struct context *context, struct node *node, struct server **server) {
    const struct server_setup setup = {
        .settings = context->settings,
        .store = context->store,
        .node = node,
    };

    return server_open(server, &setup);
}

static enum rb_status fail_terminal(struct context *context, enum rb_status status) {
    if (status != RB_NOT_FOUND) {
        return status;
    }
    return failure_say(&context->failure, status, "no_terminal",
                       _("The console needs a terminal. One command at a time works without: "
                         "rembuk help"));
}

static enum rb_status open_console(struct context *context, struct live *live,
                                   struct channel *channel) {
    const struct console_setup setup = { .settings = context->settings, .channel = channel };

    return fail_terminal(context, console_open(&live->console, &setup));
}

static void show_progress(void *console) {
    console_show_progress(console);
}

static enum rb_status join(struct context *context, struct live *live) {
    struct channel *channel = NULL;

    enum rb_status status = server_adopt(live->server, &channel);
    if (status == RB_OK) {
        status = open_console(context, live, channel);
    }
    if (status != RB_OK) {
        return status;
    }
    const struct node_task task = {
        .watch = console_watch,
        .deadline_ms = console_deadline_ms,
        .step = console_step,
        .context = live->console,
    };
    node_add_task(live->node, &task);
    server_on_progress(live->server, show_progress, live->console);
    return RB_OK;
}

static enum rb_status run_loop(struct live *live) {
    enum rb_status why = RB_OK;
    enum rb_status status = RB_OK;

    while (status == RB_OK && !console_is_over(live->console, &why)) {
        status = node_step(live->node, STEP_MS);
    }
    return status == RB_OK ? why : status;
}

static enum rb_status run_with_node(struct context *context) {
    struct live live = { 0 };

    enum rb_status status = home_unlock(context);
    if (status == RB_OK) {
        status = open_node(context, &live);
    }
    if (status == RB_OK) {
        status = live_serve(context, live.node, &live.server);
    }
    if (status == RB_OK) {
        status = join(context, &live);
    }
    if (status == RB_OK) {
        status = run_loop(&live);
    }
    console_close(&live.console);
    server_close(&live.server);
    node_close(&live.node);
    store_close(&context->store);
    return status;
}

static enum rb_status run_as_owner(struct context *context) {
    int lock = -1;

    enum rb_status status = node_lock(context->settings->home, &lock);
    if (status == RB_OK) {
        status = run_with_node(context);
        node_unlock(lock);
    }
    return status;
}

static enum rb_status run_attached(struct context *context, struct channel *channel) {
    struct live live = { 0 };

    enum rb_status status = open_console(context, &live, channel);
    if (status == RB_OK) {
        status = console_run(live.console);
    }
    console_close(&live.console);
    if (status == RB_BUSY) {
        return home_fail_version(context);
    }
    if (status == RB_REFUSED) {
        return home_fail_unwelcome(context);
    }
    if (status == RB_UNREACHABLE) {
        return failure_say(&context->failure, status, "owner_gone",
                           _("The rembuk that this console was attached to has ended. Nothing "
                             "is lost. Open it again: rembuk"));
    }
    return status;
}

enum rb_status live_console(struct context *context) {
    struct channel *channel = NULL;

    enum rb_status status = home_check(context);
    if (status == RB_OK) {
        status = home_attach(context, &channel);
    }
    if (status == RB_OK) {
        status = run_attached(context, channel);
    } else if (status == RB_NOT_FOUND && context->failure.code == NULL) {
        status = run_as_owner(context);
    }
    wording_set_console(false); /* What is said from here on is read at a shell. */
    return status;
}
