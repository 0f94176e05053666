/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/joining.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { PATIENCE_MS = 10000 };

static bool is_waiting(const struct joining *joining) {
    return joining->own != NULL && joining->report.state == NODE_JOIN_WAITING;
}

/* ---- Dialling ---- */

static enum rb_status dial(struct joining *joining, struct links *links, int64_t now_ms) {
    joining->since_ms = now_ms;
    joining->connection = 0;
    joining->report.dialled = joining->addresses[joining->report.address];
    return links_dial_as(links, joining->own, joining->peer, joining->report.dialled);
}

/* An address that cannot even be tried has its turn like the others: it passes. */
static void dial_again(struct joining *joining, struct links *links, int64_t now_ms) {
    enum rb_status status;

    links_hang_up(links, joining->peer);
    status = dial(joining, links, now_ms);
    (void)status;
}

void joining_redial(struct joining *joining, const struct exchange_tools *tools, int64_t now_ms) {
    if (is_waiting(joining)) {
        dial_again(joining, tools->links, now_ms);
    }
}

/* ---- Beginning and ending ---- */

static enum rb_status frame_make(struct writer *frame, const struct exchange_tools *tools,
                                 const struct invite_keys *keys) {
    struct writer card, answer;
    enum rb_status status;

    writer_init(&card, CARD_BYTES_MAX);
    writer_init(&answer, INVITE_ANSWER_BYTES_MAX);
    status = store_card(tools->store, NULL, 0, clock_now_ms(), &card);
    if (status == RB_OK) {
        status = answer_make(&answer, keys, writer_view(&card));
    }
    if (status == RB_OK) {
        wire_join(frame, writer_view(&answer));
        status = writer_end(frame);
    }
    writer_clear(&answer);
    writer_clear(&card);
    return status;
}

static enum rb_status addresses_take(struct joining *joining, const struct span *addresses,
                                     size_t count) {
    if (count == 0 || count > ADDRESSES_MAX) {
        return RB_MALFORMED;
    }
    for (size_t i = 0; i < count; i++) {
        if (!address_is_valid(addresses[i])) {
            return RB_MALFORMED;
        }
        memcpy(joining->addresses[i], addresses[i].data, addresses[i].len);
    }
    joining->address_count = count;
    return RB_OK;
}

enum rb_status joining_begin(struct joining *joining, const struct exchange_tools *tools,
                             const struct invite_keys *keys, const struct span *addresses,
                             size_t count, int64_t now_ms) {
    enum rb_status status;

    if (joining->own != NULL) {
        return RB_BUSY;
    }
    joining->own = crypt_secret_alloc(sizeof *joining->own);
    *joining->own = keys->joiner;
    memcpy(joining->peer, keys->inviter.public, sizeof joining->peer);
    writer_init(&joining->frame, FRAME_BYTES_MAX);
    writer_init(&joining->card, CARD_BYTES_MAX);
    status = addresses_take(joining, addresses, count);
    if (status == RB_OK) {
        status = frame_make(&joining->frame, tools, keys);
    }
    if (status == RB_OK) {
        status = dial(joining, tools->links, now_ms);
    }
    if (status != RB_OK) {
        joining_end(joining, tools);
    }
    return status;
}

void joining_end(struct joining *joining, const struct exchange_tools *tools) {
    if (joining->own != NULL) {
        links_hang_up(tools->links, joining->peer);
    }
    crypt_secret_free(joining->own);
    writer_clear(&joining->frame);
    writer_clear(&joining->card);
    *joining = (struct joining) { 0 };
}

/* ---- Time ---- */

static void next_address(struct joining *joining, struct links *links, int64_t now_ms) {
    joining->report.address = (joining->report.address + 1) % joining->address_count;
    dial_again(joining, links, now_ms);
}

/* Over a connection that is new. */
static void say_join(struct joining *joining, struct links *links, uint64_t connection,
                     int64_t now_ms) {
    struct link_id to = { .dialled = true };

    memcpy(to.peer, joining->peer, sizeof to.peer);
    if (links_send(links, &to, writer_view(&joining->frame)) == RB_OK) {
        joining->connection = connection;
        joining->since_ms = now_ms;
        joining->report.reached = true;
    }
}

void joining_step(struct joining *joining, const struct exchange_tools *tools, int64_t now_ms) {
    uint64_t connection;

    if (!is_waiting(joining)) {
        return;
    }
    connection = links_connection(tools->links, joining->peer);
    if (connection == 0 && joining->connection != 0) {
        joining->connection = 0;
        joining->since_ms = now_ms;
    }
    if (connection != joining->connection) {
        say_join(joining, tools->links, connection, now_ms);
    }
    if (now_ms - joining->since_ms >= PATIENCE_MS) {
        next_address(joining, tools->links, now_ms);
    }
}

int64_t joining_deadline_ms(const struct joining *joining) {
    return is_waiting(joining) ? joining->since_ms + PATIENCE_MS : INT64_MAX;
}

/* ---- Frames ---- */

bool joining_is_from(const struct joining *joining, const struct link_id *from) {
    return joining->own != NULL && from->dialled &&
           memcmp(joining->peer, from->peer, sizeof joining->peer) == 0;
}

static enum node_join_state card_take(struct joining *joining, const struct wire_frame *frame) {
    struct card card;

    if (card_decode(frame->card, &card) != RB_OK) {
        return NODE_JOIN_MALFORMED;
    }
    writer_span(&joining->card, frame->card); /* CARD_BYTES_MAX at most, says wire_decode. */
    joining->report.card = writer_view(&joining->card);
    joining->report.port = frame->port;
    return NODE_JOIN_JOINED;
}

static enum node_join_state answer_read(struct joining *joining, struct span bytes) {
    struct wire_frame frame;

    if (wire_decode(bytes, &frame) != RB_OK) {
        return NODE_JOIN_MALFORMED;
    }
    switch (frame.type) {
    case WIRE_JOINED:
        return card_take(joining, &frame);
    case WIRE_ERR:
        return frame.code == WIRE_ERR_NOT_OPEN ? NODE_JOIN_REFUSED : NODE_JOIN_MALFORMED;
    case WIRE_BYE:
        return NODE_JOIN_WAITING;
    default:
        return NODE_JOIN_MALFORMED;
    }
}

void joining_frame(struct joining *joining, const struct exchange_tools *tools, struct span bytes) {
    if (!is_waiting(joining)) {
        return;
    }
    joining->report.state = answer_read(joining, bytes);
    if (!is_waiting(joining)) {
        links_hang_up(tools->links, joining->peer);
    }
}
