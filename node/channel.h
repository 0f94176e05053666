/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages over a connected stream socket that never blocks: one end of a control connection.  What
 * cannot be sent yet is kept in memory. */
#ifndef REMBUK_NODE_CHANNEL_H
#define REMBUK_NODE_CHANNEL_H

#include "node/message.h"

#include <poll.h>

struct channel;

struct channel *channel_new(int fd); /* takes the descriptor, which becomes non-blocking */
void channel_destroy(struct channel **channel); /* closes it; NULL is fine */

/* Two channels that are connected with each other.  RB_STORAGE: no descriptors. */
enum rb_status channel_pair(struct channel **one, struct channel **other) RB_MUST_CHECK;

/* Copies the message into the queue; the next flush or step sends it.  An other end that has gone
 * gets nothing more; one that lets CHANNEL_WAITING_BYTES_MAX wait does not read, and is given
 * up. */
enum { CHANNEL_WAITING_BYTES_MAX = 2 * CONTROL_MESSAGE_BYTES_MAX };
void channel_send(struct channel *channel, const struct message *message);

/* Sends what the socket takes now, and does nothing else: what was received stays valid. */
void channel_flush(struct channel *channel);

/* Sends and receives what the socket allows now; nothing more is read while a whole message waits
 * to be taken, so do not wait before all are.  After RB_UNREACHABLE (the other end is gone, or sent
 * what cannot be read) nothing more is sent; what came before can still be received. */
enum rb_status channel_step(struct channel *channel) RB_MUST_CHECK;

/* A whole message waits to be taken; the one received last is gone. */
bool channel_has_message(struct channel *channel);

/* The next message that has come whole; false: none.  Valid until the next channel_step or
 * channel_receive of this channel. */
bool channel_receive(struct channel *channel, const struct message **message);

struct pollfd channel_watch(const struct channel *channel); /* what to wait for */
size_t channel_waiting(const struct channel *channel);      /* bytes still to be sent */

/* Waits until there is something to do, `timeout_ms` at most (-1: for ever), or a signal. */
void channel_wait(const struct channel *channel, int timeout_ms);

#endif
