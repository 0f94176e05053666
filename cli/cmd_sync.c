/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sync: exchange with all contacts until nothing is left. */
#include "cli/next.h"
#include "cli/people.h"
#include "cli/when.h"
#include "node/node.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SYNC_SECONDS = 60 };

static void put_peer(struct context *context, const struct node_peer *peer) {
    struct output *out = context->out;
    char name[NAME_BYTES_MAX + 1] = "";

    if (peer->own) {
        memcpy(name, peer->device_name, sizeof name);
    } else if (person_name(context->store, peer->person, name) != RB_OK) {
        name[0] = '\0'; /* A contact that was just removed has none. */
    }
    output_row_begin(out);
    output_hex(out, "contact", span_of(peer->person, sizeof peer->person));
    output_string(out, "name", name);
    output_bool(out, "own_device", peer->own);
    output_bool(out, "reached", peer->reached);
    output_count(out, "events_sent", peer->events_sent);
    output_count(out, "events_received", peer->events_received);
    output_count(out, "bytes_sent", peer->bytes_sent);
    output_count(out, "bytes_received", peer->bytes_received);
    output_count(out, "left", peer->left);
    output_row_end(out);
}

static void put_peers(struct context *context) {
    static const struct column columns[] = {
        { "name", N_("Contact") },     { "reached", N_("Reached") },
        { "events_sent", N_("Sent") }, { "events_received", N_("Received") },
        { "left", N_("Left") },
    };
    const struct node_peer *peers = NULL;
    size_t count = node_peers(context->node, &peers);
    uint64_t left = 0;

    output_list_begin(context->out, "peers", columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < count; i++) {
        put_peer(context, &peers[i]);
        left += peers[i].left;
    }
    output_list_end(context->out);
    output_count(context->out, "left", left);
}

static enum rb_status say_next(struct context *context) {
    enum rb_status status = next_say_invitation(context);

    if (status == RB_OK) {
        output_next(context->out, _("see what waits for you: rembuk today"));
    }
    return status;
}

/* ---- Who has not answered ---- */

enum {
    NAMED_MAX = 5,
    MISSING_BYTES = NAME_BYTES_MAX + 64,
    WHO_BYTES_MAX = (NAMED_MAX + 1) * 8 * MISSING_BYTES
};

/* Whoever has not answered, by name; of all who are called, and so have an address. */
static bool is_missing(struct context *context, const struct node_peer *peer,
                       char name[static MISSING_BYTES]) {
    if (peer->reached) {
        return false;
    }
    if (peer->own) {
        (void)snprintf(name, MISSING_BYTES, _("your computer \"%s\""), peer->device_name);
        return true;
    }
    return person_name(context->store, peer->person, name) == RB_OK;
}

/* Whether all the others are done. */
static bool others_are_done(struct context *context) {
    const struct node_peer *peers = NULL;
    size_t count = node_peers(context->node, &peers);
    size_t done = 0;

    for (size_t i = 0; i < count; i++) {
        if (peers[i].reached && !peers[i].done) {
            return false;
        }
        done += peers[i].done ? 1 : 0;
    }
    return done > 0;
}

/* "Sari Umpama, Dewi Andaikan", the first ones of many; "" if everybody has answered. */
static void write_missing(struct context *context, char out[static WHO_BYTES_MAX]) {
    const struct node_peer *peers = NULL;
    size_t count = node_peers(context->node, &peers), named = 0;
    char name[MISSING_BYTES];

    out[0] = '\0';
    for (size_t i = 0; i < count && named <= NAMED_MAX; i++) {
        if (is_missing(context, &peers[i], name)) {
            size_t len = strlen(out);
            (void)snprintf(out + len, WHO_BYTES_MAX - len, "%s%s", named > 0 ? ", " : "",
                           named < NAMED_MAX ? output_name(context->out, name) : "...");
            named++;
        }
    }
}

static enum rb_status fail_unreached(struct context *context) {
    char missing[WHO_BYTES_MAX];

    write_missing(context, missing);
    if (missing[0] == '\0') {
        return failure_say(&context->failure, RB_UNREACHABLE, NULL,
                           _("Time ran out before everything was exchanged. What is left is kept "
                             "and goes next time: rembuk sync"));
    }
    return failure_say(&context->failure, RB_UNREACHABLE, NULL,
                       others_are_done(context)
                           ? _("Everything is exchanged with those who answered. No answer from: "
                               "%s. What is for them is kept and goes next time: rembuk sync")
                           : _("Not everything was exchanged. No answer from: %s. What is left is "
                               "kept and goes next time: rembuk sync"),
                       missing);
}

/* ---- The end ---- */

static void say_exchanged(struct context *context) {
    char missing[WHO_BYTES_MAX];

    write_missing(context, missing);
    if (missing[0] == '\0') {
        output_say(context->out, _("Everything is exchanged."));
        return;
    }
    output_say(context->out,
               _("Everything is exchanged with your contacts. Not reached: %s. It gets what is new "
                 "when both computers are on, or from your contacts."),
               missing);
}

/* Also when not everybody was reached, what was exchanged is told: hence the answer comes first. */
static enum rb_status conclude(struct context *context, enum rb_status outcome) {
    struct output *out = context->out;

    progress_end(&context->progress);
    put_peers(context);
    if (outcome == RB_OK) {
        say_exchanged(context);
        return say_next(context);
    }
    enum rb_status status = output_finish(out);
    if (status != RB_OK) {
        return status;
    }
    return fail_unreached(context);
}

static enum rb_status read_timeout(const struct call *call, int64_t *seconds) {
    const char *typed = call_option(call, "timeout");

    *seconds = SYNC_SECONDS;
    return typed != NULL ? when_seconds(span_text(typed), seconds) : RB_OK;
}

static enum rb_status sync_check(struct context *context, const struct call *call) {
    int64_t ignored = 0;

    if (read_timeout(call, &ignored) != RB_OK) {
        return failure_usage(&context->failure, "bad_timeout",
                             _("\"%s\" is not a number of seconds, such as 60."),
                             call_option(call, "timeout"));
    }
    return RB_OK;
}

/* `calls`: there is somebody to be called.  If not, those who have called are enough. */
static enum rb_status check_addresses(struct context *context, bool *calls) {
    const char *const *endpoints = NULL;
    enum reach reach = REACH_NOBODY;

    enum rb_status status = next_reach(context, &reach);
    if (status != RB_OK) {
        return status;
    }
    *calls = reach == REACH_CALLS;
    const bool has_callers = context->node != NULL && node_connected(context->node) > 0;
    if (*calls || has_callers) {
        return RB_OK;
    }
    if (reach == REACH_NOBODY) {
        return failure_say(&context->failure, RB_NOT_FOUND, "no_address",
                           _("There is no contact yet. Add one first: rembuk contact add FILE"));
    }
    if (context->node != NULL && node_listening(context->node, &endpoints) > 0) {
        return failure_say(
            &context->failure, RB_NOT_FOUND, "no_address",
            _("None of your contacts has an address, and nobody is connected now. This computer "
              "listens: what is new goes out by itself as soon as somebody calls. To call somebody "
              "yourself, set an address:\n"
              "  rembuk contact address CONTACT tcp://HOST:PORT"));
    }
    return failure_say(&context->failure, RB_NOT_FOUND, "no_address",
                       _("None of your contacts has an address. Set one, or wait to be called:\n"
                         "  rembuk contact address CONTACT tcp://HOST:PORT\n"
                         "  rembuk node --listen tcp://0.0.0.0:7437"));
}

static enum rb_status sync_run(struct context *context, const struct call *call) {
    int64_t seconds = 0;
    bool calls = false;

    enum rb_status status = read_timeout(call, &seconds);
    if (status == RB_OK) {
        status = check_addresses(context, &calls);
    }
    if (status == RB_OK && !calls) {
        return RB_OK; /* sync_go_on tells. */
    }
    if (status == RB_OK) {
        status = node_sync_begin(context->node);
    }
    if (status != RB_OK) {
        return status;
    }
    output_say(context->out, _("Calling your contacts, for at most %" PRId64 " seconds ..."),
               seconds);
    output_flush(context->out);
    return RB_OK;
}

/* A contact that has been reached counts like an event: there is something to see when nothing has
 * to be sent. */
static void tell_progress(struct context *context) {
    const struct node_peer *peers = NULL;
    size_t count = node_peers(context->node, &peers);
    uint64_t done = 0, left = 0;
    char missing[WHO_BYTES_MAX], waiting[WHO_BYTES_MAX + 64];

    write_missing(context, missing);
    (void)snprintf(waiting, sizeof waiting, _("Waiting for: %s"), missing);
    for (size_t i = 0; i < count; i++) {
        done += peers[i].events_sent + peers[i].events_received + (peers[i].reached ? 1 : 0);
        left += peers[i].left + (peers[i].reached ? 0 : 1);
    }
    bool only_waits = missing[0] != '\0' && others_are_done(context);
    progress_tell(&context->progress, done, done + left, only_waits ? waiting : _("Exchanging"));
}

/* Nobody has an address, and some have called: what is new goes to them by itself. */
static enum rb_status tell_callers(struct context *context) {
    put_peers(context);
    output_say(context->out,
               _("Connected to this computer: %zu. They get what is new at once, without sync; the "
                 "others when they call."),
               node_connected(context->node));
    return say_next(context);
}

/* Stopped by the person, it is told as one that ran out of time. */
static enum rb_status sync_go_on(struct context *context, const struct call *call, bool *done) {
    int64_t seconds = 0;
    bool calls = false;

    enum rb_status status = read_timeout(call, &seconds);
    if (status == RB_OK) {
        status = check_addresses(context, &calls);
    }
    if (status != RB_OK) {
        return status;
    }
    if (!calls) {
        *done = true;
        return tell_callers(context);
    }
    bool is_done = node_sync_done(context->node);
    if (!is_done && !context->cancelled && clock_steady_ms() - context->began_ms < seconds * 1000) {
        tell_progress(context);
        return RB_OK;
    }
    *done = true;
    return conclude(context, is_done ? RB_OK : RB_UNREACHABLE);
}

const struct command cmd_sync = {
    .name = "sync",
    .name_id = "sinkron",
    .options = { { .name = "timeout",
                   .name_id = "batas",
                   .value = N_("SECONDS"),
                   .help = N_("give up after so long (60)") } },
    .summary = N_("exchange what is new"),
    .help = N_("Exchanges with all contacts once, then ends."),
    .more =
        N_("Ends as soon as every contact with an address was reached and nothing is left. What "
           "does not get through is kept for the next time."),
    .examples = N_("rembuk sync\nrembuk sync --timeout 600"),
    .needs = NEEDS_STORE | NEEDS_LINKS,
    .check = sync_check,
    .run = sync_run,
    .go_on = sync_go_on,
};
