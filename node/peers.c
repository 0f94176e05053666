/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/peers.h"

#include "store/devices.h"

#include <stdlib.h>
#include <string.h>

static void peer_destroy(struct peer **peer) {
    if (*peer != NULL) {
        peer_clear(*peer);
        free(*peer);
        *peer = NULL;
    }
}

void peers_clear(struct peers *peers) {
    for (size_t i = 0; i < peers->count; i++) {
        peer_destroy(&peers->items[i]);
    }
    free(peers->items);
    free(peers->reports);
    *peers = (struct peers) { 0 };
}

struct peer *peers_find(const struct peers *peers,
                        const uint8_t transport[static BOX_PUBLIC_BYTES]) {
    for (size_t i = 0; i < peers->count; i++) {
        if (memcmp(peers->items[i]->contact.transport, transport, BOX_PUBLIC_BYTES) == 0) {
            return peers->items[i];
        }
    }
    return NULL;
}

/* ---- Reading ---- */

struct contacts {
    struct contact *rows;
    size_t count, room;
};

static bool contact_keep(void *context, const struct contact *contact) {
    struct contacts *contacts = context;

    if (contacts->count == contacts->room) {
        contacts->room = 2 * contacts->room + 16;
        contacts->rows = rb_realloc(contacts->rows, contacts->room, sizeof *contacts->rows);
    }
    contacts->rows[contacts->count++] = *contact;
    return contacts->count < PEERS_MAX;
}

/* Takes the peer that has the keys of `contact` out of `old`; NULL if there is none. */
static struct peer *peer_take(struct peers *old, const struct contact *contact) {
    for (size_t i = 0; i < old->count; i++) {
        struct peer *peer = old->items[i];
        if (peer != NULL && peer_is_of(peer, contact)) {
            old->items[i] = NULL;
            return peer;
        }
    }
    return NULL;
}

static enum rb_status rest_let_go(const struct peers *old, const struct exchange_tools *tools,
                                  int64_t now_ms) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < old->count && status == RB_OK; i++) {
        if (old->items[i] != NULL) {
            status = peer_let_go(old->items[i], tools, now_ms);
        }
    }
    return status;
}

enum rb_status peers_report_anew(struct peers *peers, const struct exchange_tools *tools) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < peers->count && status == RB_OK; i++) {
        status = peer_report_anew(peers->items[i], tools);
    }
    return status;
}

static struct peer *peer_new(const struct exchange_tools *tools, const struct contact *contact) {
    struct peer *peer = rb_alloc(1, sizeof *peer);

    peer_init(peer, tools, contact);
    return peer;
}

enum rb_status peers_read(struct peers *peers, const struct exchange_tools *tools, int64_t now_ms) {
    struct contacts contacts = { 0 };
    struct peers old = *peers;
    enum rb_status status = devices_reachable(tools->store, contact_keep, &contacts);

    if (status != RB_OK) {
        goto done;
    }
    *peers = (struct peers) {
        .called_ms = old.called_ms,
        .items = rb_alloc(contacts.count, sizeof(struct peer *)),
        .reports = rb_alloc(contacts.count, sizeof(struct node_peer)),
    };
    for (size_t i = 0; i < contacts.count; i++) {
        struct peer *peer = peer_take(&old, &contacts.rows[i]);
        if (peer == NULL) {
            peer = peer_new(tools, &contacts.rows[i]);
            status = status == RB_OK ? peer_report_anew(peer, tools) : status;
        } else if (status == RB_OK) {
            status = peer_renew(peer, tools, now_ms, &contacts.rows[i]);
        }
        peers->items[peers->count++] = peer;
    }
    if (status == RB_OK) {
        status = rest_let_go(&old, tools, now_ms);
    }
    peers_clear(&old);
done:
    free(contacts.rows);
    return status;
}

/* ---- Sync ---- */

/* Peers that are reported as one: the devices of one contact; of oneself each alone. */
static bool is_with(const struct peer *peer, const struct peer *other) {
    return peer == other ||
           (!peer->report.own &&
            memcmp(peer->contact.person, other->contact.person, sizeof peer->contact.person) == 0);
}

static bool is_first_of_his(const struct peers *peers, size_t at) {
    size_t i = 0;

    while (!is_with(peers->items[at], peers->items[i])) {
        i++;
    }
    return i == at;
}

/* All devices of whoever the peer at that place is, in one. */
struct together {
    struct node_peer report;
    bool called, open;
};

static void together_add(struct together *sum, const struct peer *peer) {
    const struct node_peer *report = &peer->report;
    const bool first_reached = report->reached && !sum->report.reached;

    sum->called = sum->called || peer->contact.address_count > 0;
    sum->open = sum->open || peer_is_open(peer);
    sum->report.events_sent += report->events_sent;
    sum->report.events_received += report->events_received;
    sum->report.bytes_sent += report->bytes_sent;
    sum->report.bytes_received += report->bytes_received;
    if (first_reached) { /* What is left is known by those who are here. */
        sum->report.reached = true;
        sum->report.done = report->done;
        sum->report.left = report->left;
    } else if (report->reached || !sum->report.reached) {
        sum->report.done = sum->report.done && report->done;
        sum->report.left = report->left > sum->report.left ? report->left : sum->report.left;
    }
}

static struct together together_of(const struct peers *peers, size_t at) {
    struct together sum = { .report.own = peers->items[at]->report.own };

    memcpy(sum.report.person, peers->items[at]->report.person, sizeof sum.report.person);
    memcpy(sum.report.device_name, peers->items[at]->report.device_name,
           sizeof sum.report.device_name);
    for (size_t i = at; i < peers->count; i++) {
        if (is_with(peers->items[at], peers->items[i])) {
            together_add(&sum, peers->items[i]);
        }
    }
    return sum;
}

enum rb_status peers_call(struct peers *peers, const struct exchange_tools *tools, int64_t now_ms) {
    enum rb_status status = peers_report_anew(peers, tools);
    size_t called = 0;

    peers->called_ms = now_ms;
    for (size_t i = 0; i < peers->count; i++) {
        peer_call(peers->items[i], tools, now_ms);
        called += peers->items[i]->contact.address_count > 0;
    }
    return status == RB_OK && called == 0 ? RB_NOT_FOUND : status;
}

/* Of those who are called. */
struct answers {
    size_t colleagues_reached;
    size_t own_missing;
    size_t unfinished; /* colleagues who are missing, and whoever is not done */
};

static struct answers answers_count(const struct peers *peers) {
    struct answers answers = { 0 };

    for (size_t i = 0; i < peers->count; i++) {
        const struct together sum =
            is_first_of_his(peers, i) ? together_of(peers, i) : (struct together) { 0 };
        const bool missing = sum.called && !sum.report.reached;
        answers.colleagues_reached += sum.called && !missing && !sum.report.own;
        answers.own_missing += missing && sum.report.own;
        answers.unfinished +=
            (missing && !sum.report.own) || (sum.called && !missing && !sum.report.done);
    }
    return answers;
}

bool peers_are_done(const struct peers *peers, int64_t now_ms) {
    const struct answers answers = answers_count(peers);

    if (answers.unfinished > 0 || answers.own_missing == 0) {
        return answers.unfinished == 0;
    }
    return answers.colleagues_reached > 0 && now_ms - peers->called_ms >= OWN_PATIENCE_MS;
}

size_t peers_reports(const struct peers *peers, const struct node_peer **reports) {
    size_t count = 0;

    for (size_t i = 0; i < peers->count; i++) {
        if (is_first_of_his(peers, i)) {
            const struct together sum = together_of(peers, i);
            peers->reports[count] = sum.report;
            count += sum.called;
        }
    }
    *reports = peers->reports;
    return count;
}

size_t peers_connected(const struct peers *peers) {
    size_t count = 0;

    for (size_t i = 0; i < peers->count; i++) {
        count += is_first_of_his(peers, i) && together_of(peers, i).open;
    }
    return count;
}
