/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory follows what has really come, never what a length announces, and is given back when a
 * large message has gone through.  Everything is wiped: cases and passphrases pass here. */
#include "node/channel.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    READ_BYTES = 64 * 1024,
    READS_A_STEP = 16, /* then others get their turn */
};

struct outgoing {
    struct outgoing *next;
    struct writer frame;
    size_t sent;
};

struct channel {
    int fd;
    struct outgoing *first, **end;
    size_t waiting; /* bytes */
    struct writer in;
    size_t taken; /* bytes of `in` that have been received by the owner */
    struct message message;
    bool ready;  /* `message` has come and has not been received */
    bool deaf;   /* the other end takes nothing any more */
    bool broken; /* it sent what cannot be read */
    bool ended;  /* nothing more comes */
};

/* ---- Life ---- */

struct channel *channel_new(int fd) {
    struct channel *channel = rb_alloc(1, sizeof *channel);
    int flags = fcntl(fd, F_GETFL);

    assert(flags >= 0);
    (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK); /* Neither fails with an open descriptor. */
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    channel->fd = fd;
    channel->end = &channel->first;
    writer_init(&channel->in, CONTROL_MESSAGE_BYTES_MAX + 2 * READ_BYTES);
    return channel;
}

enum rb_status channel_pair(struct channel **one, struct channel **other) {
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        return RB_STORAGE;
    }
    *one = channel_new(ends[0]);
    *other = channel_new(ends[1]);
    return RB_OK;
}

static void outgoing_pop(struct channel *channel) {
    struct outgoing *first = channel->first;

    channel->first = first->next;
    if (channel->first == NULL) {
        channel->end = &channel->first;
    }
    channel->waiting -= first->frame.len - first->sent;
    writer_clear(&first->frame);
    free(first);
}

/* Nothing more can be sent, and nothing waits to be. */
static void deafen(struct channel *channel) {
    channel->deaf = true;
    while (channel->first != NULL) {
        outgoing_pop(channel);
    }
}

/* This side wants no more of it; the socket tells both sides, and wakes who waits. */
static void give_up(struct channel *channel) {
    (void)shutdown(channel->fd, SHUT_RDWR); /* It may have been shut already. */
    deafen(channel);
}

void channel_destroy(struct channel **channel) {
    struct channel *going = *channel;

    if (going == NULL) {
        return;
    }
    deafen(going);
    message_clear(&going->message);
    writer_clear(&going->in);
    (void)close(going->fd); /* Nothing of a socket is lost by that. */
    free(going);
    *channel = NULL;
}

/* ---- Out ---- */

void channel_send(struct channel *channel, const struct message *message) {
    struct outgoing *outgoing;

    if (channel->deaf) {
        return;
    }
    outgoing = rb_alloc(1, sizeof *outgoing);
    writer_init(&outgoing->frame, CHANNEL_WAITING_BYTES_MAX);
    message_write(&outgoing->frame, message);
    assert(!outgoing->frame.failed);
    *channel->end = outgoing;
    channel->end = &outgoing->next;
    channel->waiting += outgoing->frame.len;
    if (channel->waiting > CHANNEL_WAITING_BYTES_MAX) {
        give_up(channel);
    }
}

void channel_flush(struct channel *channel) {
    while (channel->first != NULL) {
        struct outgoing *first = channel->first;
        ssize_t sent = send(channel->fd, first->frame.data + first->sent,
                            first->frame.len - first->sent, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            if (errno != EAGAIN && errno != EWOULDBLOCK) {
                deafen(channel);
            }
            return;
        }
        first->sent += (size_t)sent;
        channel->waiting -= (size_t)sent;
        if (first->sent == first->frame.len) {
            outgoing_pop(channel);
        }
    }
}

/* ---- In ---- */

static struct span in_rest(const struct channel *channel) {
    if (channel->in.len == 0) {
        return (struct span) { 0 };
    }
    return span_of(channel->in.data + channel->taken, channel->in.len - channel->taken);
}

/* Drops what has been received; a short rest moves, so that the memory is wiped and given back. */
static void in_drop(struct channel *channel) {
    struct span rest = in_rest(channel);

    message_clear(&channel->message);
    if (channel->taken == 0) {
        return;
    }
    if (rest.len <= READ_BYTES) {
        struct writer smaller;
        writer_init(&smaller, channel->in.max);
        writer_span(&smaller, rest);
        writer_clear(&channel->in);
        channel->in = smaller;
    } else {
        memmove(channel->in.data, rest.data, rest.len);
        channel->in.len = rest.len;
    }
    channel->taken = 0;
}

/* Takes the first message of `in` apart.  True: reading can stop, for there is one, or never will
 * be. */
static bool in_parse(struct channel *channel) {
    size_t used = 0;
    enum rb_status status =
        channel->broken ? RB_MALFORMED : message_read(in_rest(channel), &channel->message, &used);

    if (status == RB_GAP) {
        return false;
    }
    channel->taken += used;
    channel->ready = status == RB_OK;
    if (status != RB_OK) {
        channel->broken = true;
        give_up(channel);
    }
    return true;
}

/* One read; false: there is nothing to be read now, or never again. */
static bool in_read(struct channel *channel) {
    uint8_t *place = writer_reserve(&channel->in, READ_BYTES);
    ssize_t came;
    int error;

    assert(place != NULL); /* What is there is less than one message. */
    do {
        came = recv(channel->fd, place, READ_BYTES, 0);
    } while (came < 0 && errno == EINTR);
    error = came < 0 ? errno : 0;
    channel->in.len -= READ_BYTES - (came > 0 ? (size_t)came : 0);
    if (came == 0 || (came < 0 && error != EAGAIN && error != EWOULDBLOCK)) {
        channel->ended = true;
    }
    return came > 0;
}

static void receive_what_came(struct channel *channel) {
    bool more = true;

    for (int i = 0; i < READS_A_STEP && more && !in_parse(channel); i++) {
        more = in_read(channel);
    }
    /* The last read of a step is taken apart by channel_receive. */
    if (channel->broken || (channel->deaf && !more)) {
        channel->ended = true;
    }
}

/* ---- Both ---- */

enum rb_status channel_step(struct channel *channel) {
    channel_flush(channel);
    if (!channel->ready) {
        in_drop(channel);
    }
    if (!channel->ready && !channel->ended) {
        receive_what_came(channel);
    }
    return channel->ended ? RB_UNREACHABLE : RB_OK;
}

bool channel_has_message(struct channel *channel) {
    if (!channel->ready) {
        message_clear(&channel->message);
        (void)in_parse(channel); /* `ready` says it. */
    }
    return channel->ready;
}

bool channel_receive(struct channel *channel, const struct message **message) {
    if (!channel_has_message(channel)) {
        return false;
    }
    channel->ready = false;
    *message = &channel->message;
    return true;
}

/* ---- Waiting ---- */

struct pollfd channel_watch(const struct channel *channel) {
    short events = channel->first == NULL ? POLLIN : POLLIN | POLLOUT;

    return (struct pollfd) { .fd = channel->ended ? -1 : channel->fd, .events = events };
}

size_t channel_waiting(const struct channel *channel) {
    return channel->waiting;
}

void channel_wait(const struct channel *channel, int timeout_ms) {
    struct pollfd watch = channel_watch(channel);

    if (!channel->ended) {
        (void)poll(&watch, 1, timeout_ms); /* Whatever ends it, a step looks for itself. */
    }
}
