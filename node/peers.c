/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/peers.h"

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

    if (contact->revoked) {
        return true;
    }
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

static enum rb_status reports_begin(struct peers *peers, const struct exchange_tools *tools) {
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
    enum rb_status status = contact_each(tools->store, contact_keep, &contacts);

    if (status != RB_OK) {
        goto done;
    }
    *peers = (struct peers) {
        .items = rb_alloc(contacts.count, sizeof(struct peer *)),
        .reports = rb_alloc(contacts.count, sizeof(struct node_peer)),
    };
    for (size_t i = 0; i < contacts.count; i++) {
        struct peer *peer = peer_take(&old, &contacts.rows[i]);
        if (peer == NULL) {
            peer = peer_new(tools, &contacts.rows[i]);
        } else if (status == RB_OK) {
            status = peer_renew(peer, tools, now_ms, &contacts.rows[i]);
        }
        peers->items[peers->count++] = peer;
    }
    if (status == RB_OK) {
        status = rest_let_go(&old, tools, now_ms);
    }
    peers_clear(&old);
    if (status == RB_OK) {
        status = reports_begin(peers, tools);
    }
done:
    free(contacts.rows);
    return status;
}

/* ---- Sync ---- */

static bool peer_is_called(const struct peer *peer) {
    return peer->contact.address_count > 0;
}

enum rb_status peers_call(struct peers *peers, const struct exchange_tools *tools, int64_t now_ms) {
    enum rb_status status = reports_begin(peers, tools);
    size_t called = 0;

    for (size_t i = 0; i < peers->count; i++) {
        peer_call(peers->items[i], tools, now_ms);
        called += peer_is_called(peers->items[i]);
    }
    return status == RB_OK && called == 0 ? RB_NOT_FOUND : status;
}

bool peers_are_done(const struct peers *peers) {
    for (size_t i = 0; i < peers->count; i++) {
        const struct peer *peer = peers->items[i];
        if (peer_is_called(peer) && (!peer->report.reached || !peer->report.done)) {
            return false;
        }
    }
    return true;
}

size_t peers_reports(const struct peers *peers, const struct node_peer **reports) {
    size_t count = 0;

    for (size_t i = 0; i < peers->count; i++) {
        if (peer_is_called(peers->items[i])) {
            peers->reports[count++] = peers->items[i]->report;
        }
    }
    *reports = peers->reports;
    return count;
}
