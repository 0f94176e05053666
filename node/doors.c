/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/doors.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PORT_MAX = 65535,
    JOINS_MAX = 64 /* at one door between two renewals: who has the words does not keep us busy */
};

/* ---- Places ---- */

struct place {
    int host_len; /* of "tcp://HOST" */
    unsigned port;
};

static struct place place_of(const char *endpoint) {
    const char *colon = strrchr(endpoint, ':');

    assert(colon != NULL); /* libzmq tells it as tcp://HOST:PORT. */
    return (struct place) { (int)(colon - endpoint), (unsigned)strtoul(colon + 1, NULL, 10) };
}

static unsigned wanted_port(const char *listener, unsigned slot) {
    return place_of(listener).port + 1 + slot;
}

/* Port 0: any. */
static enum rb_status door_bind(struct door *door, const struct exchange_tools *tools,
                                const char *listener, const struct invite_keys *keys,
                                unsigned port) {
    char address[LINK_ENDPOINT_BYTES_MAX];

    (void)snprintf(address, sizeof address, "%.*s:%u", place_of(listener).host_len, listener, port);
    return links_door_open(tools->links, &keys->inviter, keys->joiner.public, address,
                           door->endpoint, &door->link);
}

static enum rb_status door_open(struct door *door, const struct exchange_tools *tools,
                                const char *listener, unsigned slot,
                                const struct invite_keys *keys) {
    unsigned port = wanted_port(listener, slot);
    enum rb_status status = RB_IN_USE;

    if (port <= PORT_MAX) {
        status = door_bind(door, tools, listener, keys, port);
    }
    if (status == RB_IN_USE || status == RB_REFUSED) {
        door->moved = true;
        status = door_bind(door, tools, listener, keys, 0);
    }
    return status;
}

/* ---- What the store says ---- */

struct renewal {
    struct doors *doors;
    const struct exchange_tools *tools;
    const char *listener;
};

static struct door *door_of(struct doors *doors, int64_t number) {
    for (size_t i = 0; i < doors->count; i++) {
        if (doors->items[i].number == number) {
            return &doors->items[i];
        }
    }
    return NULL;
}

static bool mark(void *context, const struct invitation *invitation,
                 const struct invite_keys *keys) {
    struct renewal *renewal = context;
    struct door *door = door_of(renewal->doors, invitation->number);

    (void)keys;
    if (door != NULL) {
        door->stays = true;
    }
    return true;
}

static bool add(void *context, const struct invitation *invitation,
                const struct invite_keys *keys) {
    struct renewal *renewal = context;
    struct doors *doors = renewal->doors;
    struct door door = { .number = invitation->number };

    if (door_of(doors, invitation->number) != NULL) {
        return true;
    }
    memcpy(door.name, keys->name, sizeof door.name);
    if (doors->count < INVITATIONS_OPEN_MAX &&
        door_open(&door, renewal->tools, renewal->listener, invitation->slot, keys) == RB_OK) {
        doors->items[doors->count++] = door;
    }
    return true;
}

static void unmark(struct doors *doors) {
    for (size_t i = 0; i < doors->count; i++) {
        doors->items[i].stays = false;
        doors->items[i].joins = 0;
    }
}

static void close_the_rest(struct doors *doors, struct links *links) {
    size_t kept = 0;

    for (size_t i = 0; i < doors->count; i++) {
        if (doors->items[i].stays) {
            doors->items[kept++] = doors->items[i];
        } else {
            links_door_close(links, doors->items[i].link);
        }
    }
    doors->count = kept;
}

static void tell(const struct exchange_tools *tools, size_t before, size_t after) {
    char line[64];

    if (tools->log != NULL && before != after) {
        (void)snprintf(line, sizeof line, "event=doors open=%zu", after);
        tools->log(tools->log_context, line);
    }
}

/* Twice through the open ones: the doors that are not needed give their ports back first. */
enum rb_status doors_renew(struct doors *doors, const struct exchange_tools *tools,
                           const char *listener) {
    struct renewal renewal = { .doors = doors, .tools = tools, .listener = listener };
    size_t before = doors->count;
    int64_t now_ms = clock_now_ms();
    enum rb_status status;

    if (listener == NULL) {
        return RB_OK;
    }
    unmark(doors);
    status = invitations_open_each(tools->store, now_ms, mark, &renewal);
    if (status == RB_OK) {
        close_the_rest(doors, tools->links);
        status = invitations_open_each(tools->store, now_ms, add, &renewal);
    }
    tell(tools, before, doors->count);
    return trouble_of(status);
}

size_t doors_reports(struct doors *doors, const struct node_door **reports) {
    for (size_t i = 0; i < doors->count; i++) {
        doors->reports[i] = (struct node_door) {
            .number = doors->items[i].number,
            .endpoint = doors->items[i].endpoint,
            .moved = doors->items[i].moved,
        };
    }
    *reports = doors->reports;
    return doors->count;
}

/* ---- What is said there ---- */

/* A frame that cannot be sent is asked for again: who joins says JOIN anew. */
static void send_and_clear(const struct exchange_tools *tools, const struct link_id *to,
                           struct writer *frame) {
    enum rb_status sent = links_send(tools->links, to, writer_view(frame));

    (void)sent;
    writer_clear(frame);
}

static void say_error(const struct exchange_tools *tools, const struct link_id *to,
                      enum wire_error code) {
    struct writer frame;

    writer_init(&frame, FRAME_BYTES_MAX);
    wire_err(&frame, code, 0);
    send_and_clear(tools, to, &frame);
}

static enum rb_status say_joined(const struct exchange_tools *tools, const struct link_id *to,
                                 const char *listener) {
    struct writer frame, card;
    enum rb_status status;

    writer_init(&frame, FRAME_BYTES_MAX);
    writer_init(&card, CARD_BYTES_MAX);
    status = store_card(tools->store, NULL, 0, clock_now_ms(), &card);
    if (status == RB_OK) {
        wire_joined(&frame, writer_view(&card), place_of(listener).port);
        send_and_clear(tools, to, &frame);
    }
    writer_clear(&card);
    return status;
}

/* Into the store, unless it is meant for another invitation: who has the words of two may say each
 * at its own door.  What has come from others before is committed first. */
static enum rb_status answer_take(const struct door *door, const struct exchange_tools *tools,
                                  struct span bytes) {
    struct invite_answer answer;
    struct invitation invitation;
    bool is_new;
    enum rb_status status = answer_decode(bytes, &answer);

    if (status != RB_OK) {
        return status;
    }
    if (memcmp(answer.name, door->name, sizeof door->name) != 0) {
        return RB_NOT_FOUND;
    }
    status = batch_commit(tools->batch);
    if (status != RB_OK) {
        return status;
    }
    return invitation_answer(tools->store, bytes, clock_now_ms(), &invitation, &is_new);
}

static enum rb_status join_take(struct door *door, const struct exchange_tools *tools,
                                const char *listener, const struct link_id *from,
                                struct span answer) {
    enum rb_status status;

    if (door->joins == JOINS_MAX) {
        return RB_OK;
    }
    door->joins++;
    status = answer_take(door, tools, answer);
    switch (status) {
    case RB_OK:
        return trouble_of(say_joined(tools, from, listener));
    case RB_NOT_FOUND:
    case RB_REFUSED:
        say_error(tools, from, WIRE_ERR_NOT_OPEN);
        return RB_OK;
    case RB_UNKNOWN:
        say_error(tools, from, WIRE_ERR_VERSION);
        return RB_OK;
    case RB_MALFORMED:
    case RB_BAD_SIGNATURE:
        say_error(tools, from, WIRE_ERR_FORM);
        return RB_OK;
    default:
        return trouble_of(status);
    }
}

static struct door *door_of_link(struct doors *doors, uint64_t link) {
    for (size_t i = 0; i < doors->count; i++) {
        if (doors->items[i].link == link) {
            return &doors->items[i];
        }
    }
    return NULL;
}

enum rb_status doors_frame(struct doors *doors, const struct exchange_tools *tools,
                           const char *listener, const struct link_message *message) {
    struct door *door = door_of_link(doors, message->from.door);
    struct wire_frame frame = { 0 };
    enum rb_status status = wire_decode(message->frame, &frame);

    if (door == NULL) {
        return RB_OK; /* Closed just now. */
    }
    if (status == RB_OK && frame.type == WIRE_JOIN) {
        return join_take(door, tools, listener, &message->from, frame.answer);
    }
    if (status != RB_OK || (frame.type != WIRE_ERR && frame.type != WIRE_BYE)) {
        say_error(tools, &message->from, WIRE_ERR_NEED_HELLO);
    }
    return RB_OK;
}
