/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/live.h"

#include "cli/console.h"
#include "cli/open_home.h"
#include "cli/people.h"
#include "cli/terminal.h"
#include "cli/wording.h"
#include "node/node.h"

#include <stdio.h>
#include <string.h>

enum { STEP_MS = 1000, WAIT_MS_MAX = 60000 };

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

/* Everything that a console consists of, in the order of opening. */
struct live {
    const struct lock_note *before; /* how it began */
    struct home_way way;
    struct node *node; /* this and the server only as the owner */
    struct server *server;
    struct console *console;
    struct lock_note after; /* how it ended */
};

/* The note has come through the environment. */
static bool names_listeners(const struct lock_note *note) {
    bool are_valid = note->listen_count > 0;

    for (size_t i = 0; i < note->listen_count; i++) {
        are_valid = are_valid && listen_is_valid(note->listen[i]);
    }
    return are_valid;
}

/* Behind a lock screen it listens where it did before, be it at a port that was just free then. */
static enum rb_status open_node(struct context *context, struct live *live) {
    const struct config *config = &context->settings->config;
    const struct lock_note *before = live->before;
    struct node_setup setup = {
        .store = context->store,
        .listen = before->listen,
        .listen_count = before->listen_count,
        .log = live_log_of(context),
        .log_context = stderr,
    };
    size_t bad = 0;

    if (names_listeners(before) && node_open(&live->node, &setup, &bad) == RB_OK) {
        return RB_OK;
    }
    setup.listen = config->listen;
    setup.listen_count = config->listen_count;
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

static int64_t active_ms(const void *server) {
    return server_active_ms(server);
}

static enum rb_status open_console(struct context *context, struct live *live,
                                   struct channel *channel) {
    const struct console_setup setup = {
        .settings = context->settings,
        .channel = channel,
        .draft = live->before->draft,
        .active_ms = live->server != NULL ? active_ms : NULL,
        .owner = live->server,
    };

    return fail_terminal(context, console_open(&live->console, &setup));
}

/* ---- As the owner ---- */

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

/* One that is to be locked does not wait for its terminal. */
static bool is_over(const struct live *live, enum rb_status *why) {
    return server_locks(live->server) ? server_is_locked(live->server)
                                      : console_is_over(live->console, why);
}

static void note_lock(struct live *live) {
    const char *const *listening = NULL;

    console_note_lock(live->console, &live->after);
    live->after.is_locked = server_locks(live->server);
    live->after.listen_count = 0;
    size_t count = node_listening(live->node, &listening);
    for (size_t i = 0; i < count; i++) {
        lock_note_listen(&live->after, span_text(listening[i]));
    }
}

static enum rb_status run_loop(struct live *live) {
    enum rb_status why = RB_OK;
    enum rb_status status = RB_OK;

    while (status == RB_OK && !is_over(live, &why)) {
        status = node_step(live->node, STEP_MS);
    }
    note_lock(live);
    return status == RB_OK ? why : status;
}

static enum rb_status run_as_owner(struct context *context, struct live *live) {
    enum rb_status status = open_node(context, live);

    if (status == RB_OK) {
        status = live_serve(context, live->node, &live->server);
    }
    if (status == RB_OK) {
        status = join(context, live);
    }
    if (status == RB_OK) {
        status = run_loop(live);
    }
    console_close(&live->console);
    server_close(&live->server);
    node_close(&live->node);
    store_close(&context->store);
    node_unlock(live->way.lock);
    return status;
}

/* ---- Attached to another process ---- */

static int wait_ms(struct console *console) {
    int64_t deadline_ms = console_deadline_ms(console);
    int64_t left_ms = deadline_ms - clock_steady_ms();

    if (deadline_ms == INT64_MAX || left_ms > WAIT_MS_MAX) {
        return WAIT_MS_MAX;
    }
    return left_ms < 0 ? 0 : (int)left_ms;
}

static enum rb_status run_console(struct console *console) {
    enum rb_status status = RB_OK, why = RB_OK;

    while (status == RB_OK && !console_is_over(console, &why)) {
        struct pollfd fds[NODE_TASK_FDS_MAX];
        size_t count = console_watch(console, fds);
        (void)poll(fds, (nfds_t)count, wait_ms(console)); /* Each step looks for itself. */
        status = console_step(console);
    }
    return status == RB_OK ? why : status;
}

static enum rb_status run_attached(struct context *context, struct live *live) {
    enum rb_status status = open_console(context, live, live->way.channel);

    if (status == RB_OK) {
        status = run_console(live->console);
        console_note_lock(live->console, &live->after);
    }
    console_close(&live->console);
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

/* ---- From the beginning to the end ---- */

/* Asks until it is the right one, or the person ends it: RB_NOT_FOUND. */
static enum rb_status unlock(struct context *context, struct live *live) {
    struct passphrase typed = { 0 };
    enum rb_status status;
    size_t wrong = 0;

    do {
        status = lock_ask(context, &typed);
        bool is_left = status == RB_NOT_FOUND;
        if (status == RB_OK) {
            status = home_enter_with(context, passphrase_view(&typed), &live->way);
        }
        passphrase_clear(&typed);
        if (is_left) {
            return status;
        }
        wrong += status == RB_WRONG_PASSPHRASE ? 1 : 0;
        if (status != RB_OK) {
            lock_say_failure(context, status, wrong == ASK_TRIES_MAX ? ask_if_forgotten() : "");
        }
    } while (status != RB_OK);
    return status;
}

static enum rb_status run(struct context *context, struct live *live) {
    enum rb_status status =
        live->way.channel != NULL ? run_attached(context, live) : run_as_owner(context, live);

    wording_set_console(false);  /* What is said from here on is read at a shell. */
    if (live->after.is_locked) { /* Also if something has failed: nothing may be left on show. */
        failure_clear(&context->failure);
        return lock_begin(context, &live->after);
    }
    return status;
}

enum rb_status live_console(struct context *context, const struct lock_note *note) {
    struct live live = { .before = note };

    enum rb_status status = home_check(context);
    if (status == RB_OK && note->is_locked) {
        status = unlock(context, &live);
        terminal_show_typing(); /* lock_show has hidden it. */
        if (status == RB_NOT_FOUND) {
            return RB_OK; /* Ended at the lock screen. */
        }
    } else if (status == RB_OK) {
        status = home_enter(context, &live.way);
    }
    return status == RB_OK ? run(context, &live) : status;
}
