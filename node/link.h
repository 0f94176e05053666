/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All of libzmq (with link_socket.h): one ROUTER that listens, one more for each door that is open,
 * one DEALER per dialled peer, CURVE on all of them, ZAP enforced and served inside the loop, and
 * one poll over everything.
 *
 * A door is a ROUTER with a server key and a place of its own, for one client key and nobody else;
 * that client key opens nothing but its door.
 *
 *   a ROUTER message = [ routing id ][ frame ]       a DEALER message = [ frame ]
 *
 * Who a connection is with: on the DEALER side the CURVE server key that was dialled, on the ROUTER
 * side ZAP's User-Id (the hex of the client's transport key), read from the payload frame, since
 * libzmq 4.3.4 leaves it out of the routing-id frame.  Routing ids are random and mean nothing.
 *
 * Every send is ZMQ_DONTWAIT: a full queue is reported and kept above, never waited for.  Links do
 * not survive fork. */
#ifndef REMBUK_NODE_LINK_H
#define REMBUK_NODE_LINK_H

#include "protocol/crypt.h"
#include "protocol/limits.h"

#include <poll.h>

struct links; /* context, ZAP, ROUTERs, dialled sockets */

enum {
    LINK_ROUTE_BYTES_MAX = 16,
    LINK_ENDPOINT_BYTES_MAX = 160,
    LINK_DOORS_MAX = INVITATIONS_OPEN_MAX,
    LINK_DOOR_FRAME_BYTES_MAX = 16384, /* what may be sent to a door */
    LINK_DIALLED_MAX = PEERS_MAX + 1   /* contacts, and who invites */
};

/* One live connection; a plain value to be kept by the owner of its session. */
struct link_id {
    bool dialled;
    uint8_t peer[BOX_PUBLIC_BYTES];      /* transport key, or a one-time key */
    uint64_t door;                       /* by which it came; 0: the ordinary ROUTER, or dialled */
    uint8_t route[LINK_ROUTE_BYTES_MAX]; /* ROUTERs only */
    size_t route_len;
};
bool link_id_equal(const struct link_id *a, const struct link_id *b);

struct links_setup {
    const struct box_key *transport; /* own T; borrowed until links_close */
    bool (*allowed)(void *context, const uint8_t peer[static BOX_PUBLIC_BYTES]); /* asked by ZAP */
    void *context;
};

/* RB_UNSAFE: libzmq older than 4.3.3, without CURVE, or the self-test failed. */
enum rb_status links_open(struct links **links, const struct links_setup *setup) RB_MUST_CHECK;
void links_close(struct links **links);

/* From 4.3.3 on: earlier versions can be crashed, or worse, before authentication. */
bool links_version_is_safe(int major, int minor, int patch);

/* Binds the ROUTER (made at the first call, after ZAP serves) to tcp://ADDR:PORT, port 0 or * for
 * any.  `endpoint` gets the address really bound.  RB_IN_USE, RB_MALFORMED (no such address here),
 * RB_REFUSED (the system forbids it: a port below 1024).  Before the first call returns, a stranger
 * with a random key has dialled what was bound and been refused (RB_UNSAFE if he was not within two
 * seconds). */
enum rb_status links_listen(struct links *links, const char *address,
                            char endpoint[static LINK_ENDPOINT_BYTES_MAX]) RB_MUST_CHECK;

/* Opens a door: binds one more ROUTER as links_listen does (and with its statuses), whose CURVE
 * server key is `server` and who admits the client key `client` alone.  A stranger has been refused
 * there, too, before the call returns.  `*door` gets its number, never 0, never the same twice.
 * RB_TOO_LARGE: LINK_DOORS_MAX are open. */
enum rb_status links_door_open(struct links *links, const struct box_key *server,
                               const uint8_t client[static BOX_PUBLIC_BYTES], const char *address,
                               char endpoint[static LINK_ENDPOINT_BYTES_MAX], uint64_t *door)
    RB_MUST_CHECK;

/* Its place is free afterwards, its connections end; what was sent goes out for up to 300 ms. */
void links_door_close(struct links *links, uint64_t door);

/* Dials ADDRESS, whose CURVE server key must be `peer`, and dials again by itself when the
 * connection is lost or cannot be made.  Only a refusal is final (libzmq gives up then, and does
 * not say so): who still sees no connection after a while hangs up and dials anew.  Host names mean
 * their IPv4 addresses.  RB_EXISTS if that peer is dialled already, RB_MALFORMED. */
enum rb_status links_dial(struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES],
                          const char *address) RB_MUST_CHECK;

/* The same with another client key than the transport key: one that opens a door. */
enum rb_status links_dial_as(struct links *links, const struct box_key *client,
                             const uint8_t peer[static BOX_PUBLIC_BYTES], const char *address)
    RB_MUST_CHECK;

/* Closes a dialled socket; frames queued for it go out for up to 300 ms.  For a ROUTER link nothing
 * is to be done: the peer hangs up. */
void links_hang_up(struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES]);
bool links_dialled(const struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES]);

/* The number of the present connection to a dialled peer: 0 while there is none, never the same
 * twice.  libzmq replaces a lost connection silently, and with it what was queued: a session
 * belongs to one number.  Changes only within links_wait. */
uint64_t links_connection(const struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES]);

/* RB_OK; RB_BUSY: the queue is full, keep the frame and try after links_wait; RB_UNREACHABLE: the
 * link is gone. */
enum rb_status links_send(struct links *links, const struct link_id *to, struct span frame)
    RB_MUST_CHECK;

/* Waits at most `timeout_ms` (-1: for ever) until a frame or a ZAP request is there, or one of
 * `fds` (POLLIN, POLLOUT) is ready; a signal or a change of a dialled connection ends the wait too,
 * and after RB_BUSY it is short.  ZAP is answered in here. */
void links_wait(struct links *links, int64_t timeout_ms, const struct pollfd *fds, size_t count);

/* A frame that has come.  `frame` and its `keep` stay valid until link_message_free. */
struct link_message {
    struct link_id from;
    struct span frame;
    void *keep;
};

/* The next frame; false if there is none now.  Frames without a User-Id are dropped here. */
bool links_receive(struct links *links, struct link_message *message);
void link_message_free(struct link_message *message);

/* Connections refused by ZAP since the start. */
uint64_t links_refused(const struct links *links);

#endif
