/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/peer.h"

#include "store/devices.h"
#include "store/event_log.h"

#include <assert.h>
#include <string.h>

enum {
    PATIENCE_MS_MIN = 10000, /* then the next address, or the same one again */
    PATIENCE_MS_MAX = 60000,
    BACK_OFF_MS_MIN = 1000, /* after a broken rule or a greeting without an answer, doubling */
    BACK_OFF_MS_MAX = 60000,
    AFTER_BYE_MS = 2000,
    LASTING_MS = 60000 /* what was open so long ended by accident */
};

_Static_assert(WIRE_DIALLED == 0 && WIRE_LISTENED == 1, "roles are places in `exchanges`");

/* Zeros, and whose it is. */
static void report_begin(struct peer *peer, const struct exchange_tools *tools) {
    const struct contact *contact = &peer->contact;
    struct node_peer *report = &peer->report;

    *report = (struct node_peer) { 0 };
    memcpy(report->person, contact->person, sizeof report->person);
    report->own = memcmp(contact->person, store_self(tools->store)->person, HASH_BYTES) == 0;
    if (report->own) {
        memcpy(report->device_name, contact->name, sizeof report->device_name);
    }
}

void peer_init(struct peer *peer, const struct exchange_tools *tools,
               const struct contact *contact) {
    const struct store_self *self = store_self(tools->store);

    *peer = (struct peer) {
        .contact = *contact,
        .patience_ms = PATIENCE_MS_MIN,
        .smaller = memcmp(self->device_cert.id, contact->device_cert, CERT_ID_BYTES) < 0,
    };
    report_begin(peer, tools);
}

void peer_clear(struct peer *peer) {
    exchange_destroy(&peer->exchanges[WIRE_DIALLED]);
    exchange_destroy(&peer->exchanges[WIRE_LISTENED]);
}

static bool role_is_open(const struct peer *peer, enum wire_role role) {
    return peer->exchanges[role] != NULL && exchange_is_open(peer->exchanges[role]);
}

bool peer_is_open(const struct peer *peer) {
    return role_is_open(peer, WIRE_DIALLED) || role_is_open(peer, WIRE_LISTENED);
}

/* ---- Dialling ---- */

static void dial(struct peer *peer, struct links *links, int64_t now_ms) {
    const char *address = peer->contact.addresses[peer->address];

    peer->dialled_ms = now_ms;
    peer->connection = 0;
    if (links_dial(links, peer->contact.transport, address) != RB_OK) {
        peer->next_ms = now_ms + PATIENCE_MS_MAX; /* An address that cannot even be tried. */
        peer->address = (peer->address + 1) % peer->contact.address_count;
    }
}

static void hang_up(struct peer *peer, struct links *links) {
    links_hang_up(links, peer->contact.transport);
    exchange_destroy(&peer->exchanges[WIRE_DIALLED]);
    peer->connection = 0;
}

static void lose_patience(struct peer *peer, struct links *links, int64_t now_ms) {
    int64_t longer_ms = 2 * peer->patience_ms;

    hang_up(peer, links);
    peer->address = (peer->address + 1) % peer->contact.address_count;
    if (peer->address == 0) {
        peer->patience_ms = longer_ms < PATIENCE_MS_MAX ? longer_ms : PATIENCE_MS_MAX;
    }
    dial(peer, links, now_ms);
}

static void greet(struct peer *peer, const struct exchange_tools *tools, uint64_t connection,
                  int64_t now_ms) {
    struct link_id link = { .dialled = true };

    memcpy(link.peer, peer->contact.transport, sizeof link.peer);
    exchange_destroy(&peer->exchanges[WIRE_DIALLED]);
    peer->exchanges[WIRE_DIALLED] =
        exchange_new(tools, &peer->contact, &link, &peer->report, now_ms);
    peer->connection = connection;
    peer->patience_ms = PATIENCE_MS_MIN;
}

/* The peer's connection to us is there and ours is not, or is the one that has to give way. */
static bool dialling_is_needless(const struct peer *peer, uint64_t connection) {
    return role_is_open(peer, WIRE_LISTENED) && (connection == 0 || !peer->smaller);
}

static void watch_dialled(struct peer *peer, const struct exchange_tools *tools, int64_t now_ms) {
    uint64_t connection = links_connection(tools->links, peer->contact.transport);

    if (connection != peer->connection) {
        exchange_destroy(&peer->exchanges[WIRE_DIALLED]);
        peer->connection = 0;
        peer->dialled_ms = now_ms;
    }
    if (!role_is_open(peer, WIRE_DIALLED) && dialling_is_needless(peer, connection)) {
        hang_up(peer, tools->links);
    } else if (connection == 0 && now_ms - peer->dialled_ms >= peer->patience_ms) {
        lose_patience(peer, tools->links, now_ms);
    } else if (connection != 0 && peer->connection == 0) {
        greet(peer, tools, connection, now_ms);
    }
}

static void keep_dialled(struct peer *peer, const struct exchange_tools *tools, int64_t now_ms) {
    if (peer->contact.address_count == 0) {
        return;
    }
    if (links_dialled(tools->links, peer->contact.transport)) {
        watch_dialled(peer, tools, now_ms);
    } else if (now_ms >= peer->next_ms && !role_is_open(peer, WIRE_LISTENED)) {
        dial(peer, tools->links, now_ms);
    }
}

void peer_redial(struct peer *peer, const struct exchange_tools *tools, int64_t now_ms) {
    if (links_dialled(tools->links, peer->contact.transport)) {
        hang_up(peer, tools->links);
        peer->next_ms = now_ms;
    }
}

void peer_call(struct peer *peer, const struct exchange_tools *tools, int64_t now_ms) {
    if (peer->contact.address_count == 0 || peer_is_open(peer)) {
        return;
    }
    if (links_dialled(tools->links, peer->contact.transport) &&
        links_connection(tools->links, peer->contact.transport) == 0) {
        hang_up(peer, tools->links);
    }
    peer->failures = 0;
    peer->patience_ms = PATIENCE_MS_MIN;
    peer->next_ms = now_ms;
}

/* ---- The end of an exchange ---- */

static int64_t back_off_ms(const struct peer *peer) {
    int64_t wait_ms = BACK_OFF_MS_MIN;

    for (unsigned i = 1; i < peer->failures && wait_ms < BACK_OFF_MS_MAX; i++) {
        wait_ms *= 2;
    }
    return wait_ms < BACK_OFF_MS_MAX ? wait_ms : BACK_OFF_MS_MAX;
}

/* When to dial again after an exchange that we dialled. */
static int64_t pause_ms(struct peer *peer, const struct exchange_end *end) {
    bool lost = end->status == RB_UNREACHABLE && end->was_open;

    if (end->status == RB_OK || lost || end->open_ms >= LASTING_MS) {
        peer->failures = 0;
        return lost ? 0 : AFTER_BYE_MS;
    }
    peer->failures++;
    return back_off_ms(peer);
}

static void clear_ended(struct peer *peer, struct links *links, enum wire_role role,
                        int64_t now_ms) {
    struct exchange *exchange = peer->exchanges[role];

    if (exchange == NULL || !exchange_end(exchange)->ended) {
        return;
    }
    if (role == WIRE_DIALLED) {
        peer->next_ms = now_ms + pause_ms(peer, exchange_end(exchange));
        hang_up(peer, links);
    }
    exchange_destroy(&peer->exchanges[role]);
}

/* ---- Two connections to one contact ---- */

static enum rb_status settle_duplicate(struct peer *peer, int64_t now_ms) {
    enum wire_role loser = peer->smaller ? WIRE_LISTENED : WIRE_DIALLED;

    if (!role_is_open(peer, WIRE_DIALLED) || !role_is_open(peer, WIRE_LISTENED)) {
        return RB_OK;
    }
    exchange_bye(peer->exchanges[loser], WIRE_BYE_DUPLICATE);
    return exchange_step(peer->exchanges[loser], now_ms);
}

/* ---- Frames ---- */

static void answer_need_hello(const struct exchange_tools *tools, const struct link_id *to) {
    enum rb_status sent;
    struct writer frame;

    writer_init(&frame, FRAME_BYTES_MAX);
    wire_err(&frame, WIRE_ERR_NEED_HELLO, 0);
    sent = links_send(tools->links, to, writer_view(&frame));
    (void)sent; /* What is lost the next frame brings about again. */
    writer_clear(&frame);
}

/* A frame of a connection that the peer made: HELLO begins an exchange, whatever was before. */
static enum rb_status frame_of_listened(struct peer *peer, const struct exchange_tools *tools,
                                        int64_t now_ms, const struct link_message *message) {
    struct exchange **exchange = &peer->exchanges[WIRE_LISTENED];
    struct reader reader = reader_of(message->frame);
    unsigned type = reader_u8(&reader);

    if (type == WIRE_HELLO) {
        exchange_destroy(exchange);
        *exchange = exchange_new(tools, &peer->contact, &message->from, &peer->report, now_ms);
    } else if (*exchange == NULL || exchange_end(*exchange)->ended ||
               !link_id_equal(exchange_link(*exchange), &message->from)) {
        if (type != WIRE_ERR && type != WIRE_BYE) {
            answer_need_hello(tools, &message->from);
        }
        return RB_OK;
    }
    return exchange_frame(*exchange, now_ms, message->frame);
}

enum rb_status peer_frame(struct peer *peer, const struct exchange_tools *tools, int64_t now_ms,
                          const struct link_message *message) {
    struct exchange *dialled = peer->exchanges[WIRE_DIALLED];
    enum rb_status status = RB_OK;

    if (!message->from.dialled) {
        status = frame_of_listened(peer, tools, now_ms, message);
    } else if (dialled != NULL && !exchange_end(dialled)->ended) {
        status = exchange_frame(dialled, now_ms, message->frame);
    }
    return status == RB_OK ? settle_duplicate(peer, now_ms) : status;
}

/* ---- Time ---- */

/* An own device is noted as seen once in a session; a contact by its exchanges. */
static enum rb_status own_seen(struct peer *peer, const struct exchange_tools *tools) {
    const bool is_open = peer->report.own && peer_is_open(peer);
    const bool is_news = is_open && !peer->was_open;

    peer->was_open = is_open;
    return is_news ? device_seen(tools->store, peer->contact.device_cert, clock_now_ms()) : RB_OK;
}

enum rb_status peer_step(struct peer *peer, const struct exchange_tools *tools, int64_t now_ms) {
    enum rb_status status = own_seen(peer, tools);

    keep_dialled(peer, tools, now_ms);
    for (enum wire_role role = WIRE_DIALLED; role <= WIRE_LISTENED && status == RB_OK; role++) {
        if (peer->exchanges[role] != NULL) {
            status = exchange_step(peer->exchanges[role], now_ms);
        }
        clear_ended(peer, tools->links, role, now_ms);
    }
    return status;
}

static int64_t dial_deadline_ms(const struct peer *peer, const struct links *links) {
    if (peer->contact.address_count == 0 || peer->exchanges[WIRE_DIALLED] != NULL) {
        return INT64_MAX;
    }
    if (links_dialled(links, peer->contact.transport)) {
        return peer->dialled_ms + peer->patience_ms;
    }
    return role_is_open(peer, WIRE_LISTENED) ? INT64_MAX : peer->next_ms;
}

int64_t peer_deadline_ms(const struct peer *peer, const struct links *links) {
    int64_t deadline_ms = dial_deadline_ms(peer, links);

    for (enum wire_role role = WIRE_DIALLED; role <= WIRE_LISTENED; role++) {
        if (peer->exchanges[role] != NULL) {
            int64_t mine_ms = exchange_deadline_ms(peer->exchanges[role]);
            deadline_ms = mine_ms < deadline_ms ? mine_ms : deadline_ms;
        }
    }
    return deadline_ms;
}

/* ---- To all exchanges ---- */

void peer_stored(struct peer *peer, const uint8_t circle[static HASH_BYTES],
                 const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last) {
    for (enum wire_role role = WIRE_DIALLED; role <= WIRE_LISTENED; role++) {
        if (role_is_open(peer, role)) {
            exchange_stored(peer->exchanges[role], circle, log, first, last);
        }
    }
}

void peer_cut(struct peer *peer, const uint8_t circle[static HASH_BYTES]) {
    for (enum wire_role role = WIRE_DIALLED; role <= WIRE_LISTENED; role++) {
        if (role_is_open(peer, role)) {
            exchange_cut(peer->exchanges[role], circle);
        }
    }
}

enum rb_status peer_recheck(struct peer *peer, const uint8_t circle[static HASH_BYTES]) {
    enum rb_status status = RB_OK;

    for (enum wire_role role = WIRE_DIALLED; role <= WIRE_LISTENED && status == RB_OK; role++) {
        if (role_is_open(peer, role)) {
            status = exchange_recheck(peer->exchanges[role], circle);
        }
    }
    return status;
}

static enum rb_status role_bye(struct peer *peer, enum wire_role role, enum wire_bye reason,
                               int64_t now_ms) {
    struct exchange *exchange = peer->exchanges[role];

    if (exchange == NULL || exchange_end(exchange)->ended) {
        return RB_OK;
    }
    exchange_bye(exchange, reason);
    return exchange_step(exchange, now_ms);
}

enum rb_status peer_bye(struct peer *peer, enum wire_bye reason, int64_t now_ms) {
    enum rb_status status = role_bye(peer, WIRE_DIALLED, reason, now_ms);

    return status == RB_OK ? role_bye(peer, WIRE_LISTENED, reason, now_ms) : status;
}

/* ---- The contact changed ---- */

bool peer_is_of(const struct peer *peer, const struct contact *contact) {
    return memcmp(peer->contact.person, contact->person, sizeof contact->person) == 0 &&
           memcmp(peer->contact.transport, contact->transport, sizeof contact->transport) == 0 &&
           memcmp(peer->contact.device_pk, contact->device_pk, sizeof contact->device_pk) == 0 &&
           memcmp(peer->contact.device_cert, contact->device_cert, CERT_ID_BYTES) == 0;
}

/* The place of the address that is dialled among those of `contact`; their number if it is gone. */
static size_t address_find(const struct peer *peer, const struct contact *contact) {
    size_t i = 0;

    if (peer->contact.address_count == 0) {
        return contact->address_count;
    }
    while (i < contact->address_count &&
           strcmp(contact->addresses[i], peer->contact.addresses[peer->address]) != 0) {
        i++;
    }
    return i;
}

enum rb_status peer_renew(struct peer *peer, const struct exchange_tools *tools, int64_t now_ms,
                          const struct contact *contact) {
    size_t place = address_find(peer, contact);
    enum rb_status status;

    assert(peer_is_of(peer, contact));
    peer->contact = *contact;
    peer->address = place;
    if (place < contact->address_count) {
        return RB_OK;
    }
    peer->address = 0;
    status = role_bye(peer, WIRE_DIALLED, WIRE_BYE_DONE, now_ms);
    hang_up(peer, tools->links);
    peer->failures = 0;
    peer->patience_ms = PATIENCE_MS_MIN;
    peer->next_ms = now_ms;
    return status;
}

enum rb_status peer_let_go(struct peer *peer, const struct exchange_tools *tools, int64_t now_ms) {
    enum rb_status status = peer_bye(peer, WIRE_BYE_DONE, now_ms);

    hang_up(peer, tools->links);
    return status;
}

enum rb_status peer_report_anew(struct peer *peer, const struct exchange_tools *tools) {
    struct node_peer *report = &peer->report;
    enum rb_status status;

    report_begin(peer, tools);
    status = events_waiting_for(tools->store, report->person, &report->left);
    for (enum wire_role role = WIRE_DIALLED; role <= WIRE_LISTENED && status == RB_OK; role++) {
        if (role_is_open(peer, role)) {
            exchange_report(peer->exchanges[role]);
        }
    }
    return status;
}
