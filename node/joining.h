/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The side of who was invited: dials the door of an invitation with the one-time key, says JOIN
 * with the own card, and waits for the card of who invites.
 *
 *   waiting    JOINED with a card that is valid          -> joined
 *              ERR not open                              -> refused
 *              anything else                             -> malformed
 *              no connection, or no answer, for long     -> hangs up and dials the next address
 * JOIN is said once for each connection: after one that was cut nobody knows whether it came. */
#ifndef REMBUK_NODE_JOINING_H
#define REMBUK_NODE_JOINING_H

#include "node/exchange.h"
#include "protocol/invite.h"

/* All zeros is none. */
struct joining {
    struct box_key *own;            /* in guarded memory; NULL: none */
    uint8_t peer[BOX_PUBLIC_BYTES]; /* server key of the door */
    char addresses[ADDRESSES_MAX][ADDRESS_BYTES_MAX + 1];
    size_t address_count;
    struct writer frame; /* JOIN */
    struct writer card;  /* of who invites */
    struct node_join report;
    uint64_t connection; /* the one over which JOIN went; 0: none */
    int64_t since_ms;    /* when we dialled, JOIN went, or the connection was lost */
};

/* As node_join_begin. */
enum rb_status joining_begin(struct joining *joining, const struct exchange_tools *tools,
                             const struct invite_keys *keys, const struct span *addresses,
                             size_t count, int64_t now_ms) RB_MUST_CHECK;

/* Hangs up and forgets; none is fine. */
void joining_end(struct joining *joining, const struct exchange_tools *tools);

/* Time passed, or a connection has changed. */
void joining_step(struct joining *joining, const struct exchange_tools *tools, int64_t now_ms);

/* When to call joining_step at the latest; INT64_MAX: no need. */
int64_t joining_deadline_ms(const struct joining *joining);

/* The network may have changed. */
void joining_redial(struct joining *joining, const struct exchange_tools *tools, int64_t now_ms);

bool joining_is_from(const struct joining *joining, const struct link_id *from);

/* A frame came from there. */
void joining_frame(struct joining *joining, const struct exchange_tools *tools, struct span bytes);

#endif
