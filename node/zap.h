/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answer to libzmq's question "may this client connect?" (ZAP 1.0, rfc.zeromq.org/spec/27), as
 * pure functions over the parts of a message.
 *
 *   request = version "1.0" ‖ id ‖ domain ‖ address ‖ routing id ‖ "CURVE" ‖ client's key32
 *   reply   = version ‖ id ‖ status ‖ status text ‖ user id ‖ metadata
 *
 * The domain is "rembuk" and a digit: the place of the ROUTER that asks, for each lets in others.
 * Status 200 admits, 400 refuses.  Never 300 ("try again"): libzmq 4.3.4 then keeps the connection
 * open until its handshake time is over, so that strangers could hold descriptors.  The user id is
 * the client's transport key in hex; libzmq hands it over with every frame. */
#ifndef REMBUK_NODE_ZAP_H
#define REMBUK_NODE_ZAP_H

#include "protocol/crypt.h"

#define ZAP_DOMAIN "rembuk"

enum {
    ZAP_REQUEST_PARTS = 7,
    ZAP_REPLY_PARTS = 6,
    ZAP_USER_ID_CHARS = 2 * BOX_PUBLIC_BYTES,
    ZAP_DOMAIN_CHARS = sizeof ZAP_DOMAIN, /* with the digit */
    ZAP_PLACES_MAX = 10
};

void zap_domain_write(char domain[static ZAP_DOMAIN_CHARS + 1], size_t place);

struct zap_request {
    size_t place; /* below ZAP_PLACES_MAX */
    uint8_t peer[BOX_PUBLIC_BYTES];
};

/* True if the request is about a CURVE client of a domain of ours. */
bool zap_request_read(const struct span *parts, size_t count, struct zap_request *request);

struct zap_reply {
    struct span parts[ZAP_REPLY_PARTS]; /* borrow from the request's id and from this struct */
    char user_id[ZAP_USER_ID_CHARS + 1];
};

/* `admitted`: the key to admit, NULL to refuse.  `id` is the request's second part. */
void zap_reply_write(struct zap_reply *reply, struct span id, const uint8_t *admitted);

/* The key that a user id names.  RB_MALFORMED if it is none that zap_reply_write made. */
enum rb_status zap_user_id_read(struct span text, uint8_t peer[static BOX_PUBLIC_BYTES])
    RB_MUST_CHECK;

#endif
