/* SPDX-License-Identifier: GPL-3.0-or-later */
/* status: what has not been sent yet, who was met when, how much is stored. */
#include "cli/departures.h"
#include "cli/next.h"
#include "cli/people.h"
#include "node/node.h"
#include "store/event_log.h"

#include <inttypes.h>

/* The node that runs in this process; without one none of this home runs, else the command would
 * have gone there. */
static void put_node(struct context *context) {
    struct output *out = context->out;
    const char *const *endpoints = NULL;
    size_t count = context->node != NULL ? node_listening(context->node, &endpoints) : 0;

    output_object_begin(out, "node");
    output_bool(out, "running", context->node != NULL);
    output_list_begin(out, "listening", NULL, 0);
    for (size_t i = 0; i < count; i++) {
        output_string(out, NULL, endpoints[i]);
    }
    output_list_end(out);
    output_count(out, "connected", context->node != NULL ? node_connected(context->node) : 0);
    output_object_end(out);
}

static void say_node(struct context *context) {
    struct output *out = context->out;
    const char *const *endpoints = NULL;

    if (context->node == NULL) {
        output_say(out, _("No node is running."));
        return;
    }
    size_t count = node_listening(context->node, &endpoints);
    output_say(out, _("The node is running; connected contacts: %zu."),
               node_connected(context->node));
    for (size_t i = 0; i < count; i++) {
        output_say(out, _("It listens at %s."), endpoints[i]);
    }
}

static bool put_peer(void *opaque, const struct contact *contact) {
    const char *address = contact_address(contact);
    struct output *out = opaque;

    output_row_begin(out);
    output_hex(out, "contact", span_of(contact->person, sizeof contact->person));
    output_string(out, "name", contact->name);
    if (address != NULL) {
        output_string(out, "address", address);
    } else {
        output_null(out, "address");
    }
    output_time(out, "last_seen", contact->last_seen_ms);
    output_row_end(out);
    return true;
}

static enum rb_status put_peers(struct context *context) {
    static const struct column columns[] = {
        { "name", N_("Contact") },
        { "address", N_("Address") },
        { "last_seen", N_("Last contact") },
    };

    output_list_begin(context->out, "peers", columns, sizeof columns / sizeof columns[0]);
    enum rb_status status = contact_each(context->store, put_peer, context->out);
    output_list_end(context->out);
    return status;
}

static void say_waiting(struct output *out, uint64_t waiting) {
    if (waiting == 0) {
        output_say(out, _("Everything that you wrote has arrived."));
    } else {
        output_say(out, _("Not sent yet: %" PRIu64), waiting);
    }
}

/* What has arrived and does not count, as long as nobody lets it: of who was removed lately. */
struct undecided {
    struct context *context;
    size_t count;
};

static enum rb_status say_undecided(void *opaque, const struct circle_facts *facts,
                                    const struct departure *row) {
    struct undecided *undecided = opaque;
    size_t waiting = 0;

    enum rb_status status = departure_say_waiting(undecided->context, facts, row, &waiting);
    undecided->count += waiting;
    return status;
}

static enum rb_status put_undecided(struct context *context) {
    struct undecided undecided = { .context = context };

    enum rb_status status = departures_look(context, DEPARTURES_OWN, say_undecided, &undecided);
    output_count(context->out, "undecided", undecided.count);
    return status;
}

static enum rb_status status_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct store_sizes sizes;
    uint64_t waiting = 0;
    (void)call; /* No arguments. */

    enum rb_status status = store_sizes(context->store, &sizes);
    if (status == RB_OK) {
        status = events_waiting(context->store, &waiting);
    }
    if (status != RB_OK) {
        return status;
    }
    output_bool(out, "locked", false);
    put_node(context);
    output_count(out, "waiting_to_send", waiting);
    output_count(out, "events", sizes.events);
    output_count(out, "bytes_stored", sizes.bytes);
    output_quiet(out, "%" PRIu64, waiting);
    say_waiting(out, waiting);
    status = put_undecided(context);
    output_say(out, _("Stored: %" PRIu64 " items, %" PRIu64 " kB."), sizes.events,
               (sizes.bytes + 999) / 1000);
    say_node(context);
    output_gap(out);
    if (status == RB_OK) {
        status = put_peers(context);
    }
    if (status == RB_OK) {
        status = next_say_invitation(context);
    }
    return status == RB_OK ? next_send(context, _("exchange what is new: rembuk sync")) : status;
}

const struct command cmd_status = {
    .name = "status",
    .name_id = "status",
    .summary = N_("what has not been sent yet"),
    .help = N_("Shows what has not been sent yet and when contacts were met."),
    .examples = N_("rembuk status\nrembuk status --json"),
    .needs = NEEDS_STORE,
    .run = status_run,
};
