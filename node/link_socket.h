/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One socket of libzmq as link.c needs it: its options, where it is bound or connected, whole
 * messages, and what libzmq does to its connections. */
#ifndef REMBUK_NODE_LINK_SOCKET_H
#define REMBUK_NODE_LINK_SOCKET_H

#include "node/link.h"

#include <zmq.h>

enum { LINK_HANDSHAKE_MS = 8000 }; /* what takes longer is ended, on both sides */

struct link_socket {
    void *zmq; /* NULL: not open */
    void *monitor;
};

/* Where sockets are made.  `monitors` counts them, since each monitor needs a name. */
struct link_context {
    void *zmq;
    uint64_t monitors;
};

/* A ROUTER, not yet bound: CURVE server with the key `own`, asks ZAP under `domain`, takes frames
 * of `frame_bytes_max`.  False, and nothing is open, if it fails. */
bool router_open(struct link_context *context, const struct box_key *own, const char *domain,
                 int64_t frame_bytes_max, struct link_socket *router);

/* A DEALER, not yet connected: CURVE client with the key `own` of the server `server`. */
bool dealer_open(struct link_context *context, const struct box_key *own,
                 const uint8_t server[static BOX_PUBLIC_BYTES], struct link_socket *dealer);

void link_socket_close(struct link_socket *socket); /* one that is not open is fine */

/* As links_listen and links_dial say. */
enum rb_status link_socket_bind(const struct link_socket *socket, const char *address,
                                char endpoint[static LINK_ENDPOINT_BYTES_MAX]) RB_MUST_CHECK;
enum rb_status link_socket_connect(const struct link_socket *socket, const char *address)
    RB_MUST_CHECK;

/* Takes the listener away: afterwards that place is free for another one, unless libzmq needs
 * longer for it than anybody should wait. */
void link_socket_unbind(const struct link_socket *socket,
                        const char endpoint[static LINK_ENDPOINT_BYTES_MAX]);

/* What happened to a connection of this socket. */
struct link_event {
    unsigned number; /* ZMQ_EVENT_...; 0: nothing */
    int descriptor;  /* of ACCEPTED and DISCONNECTED */
};
struct link_event link_socket_event(const struct link_socket *socket);

/* ---- Messages: of any socket, monitors and ZAP too ---- */

/* Takes one message if there is one.  Gives the number of its parts, 0 if there is none; the first
 * `max` of them are in `parts`, to be closed by parts_close, the others are dropped. */
size_t parts_receive(void *zmq, zmq_msg_t *parts, size_t max);
void parts_close(zmq_msg_t *parts, size_t count, size_t max);
struct span part_view(zmq_msg_t *part);

/* Never waits.  `more` is ZMQ_SNDMORE or 0; on failure errno says why. */
bool part_send(void *zmq, struct span part, int more);

#endif
