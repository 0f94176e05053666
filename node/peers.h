/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The devices of the contacts of the store, and the other ones of oneself, as the peers of one
 * node.  A peer stays where it is, with what is open, for as long as its device has the same
 * keys. */
#ifndef REMBUK_NODE_PEERS_H
#define REMBUK_NODE_PEERS_H

#include "node/peer.h"

/* All zeros is empty. */
struct peers {
    struct peer **items;
    size_t count;
    struct node_peer *reports; /* room for as many, filled by peers_reports */
    int64_t called_ms;         /* when the last peers_call was */
};
void peers_clear(struct peers *peers); /* drops what is open, without a goodbye */

/* Makes `peers` what the store says: adds, renews, lets go.  After a status that is not RB_OK they
 * can only be cleared. */
enum rb_status peers_read(struct peers *peers, const struct exchange_tools *tools, int64_t now_ms)
    RB_MUST_CHECK;

struct peer *peers_find(const struct peers *peers,
                        const uint8_t transport[static BOX_PUBLIC_BYTES]);

/* All reports start from zero. */
enum rb_status peers_report_anew(struct peers *peers, const struct exchange_tools *tools)
    RB_MUST_CHECK;

/* ---- What a sync is about: those with an address.  A contact with several devices has one if any
 * of them has, is reached if any is, and done if all that are reached are. ---- */

/* All reports start from zero, and whoever has an address is called now.  RB_NOT_FOUND: nobody has
 * one. */
enum rb_status peers_call(struct peers *peers, const struct exchange_tools *tools, int64_t now_ms)
    RB_MUST_CHECK;

/* Another computer of one's own is often off, since one sits at this one: it is waited for only
 * OWN_PATIENCE_MS if somebody else has been reached, and nobody else is missing. */
enum { OWN_PATIENCE_MS = 10000 };
bool peers_are_done(const struct peers *peers, int64_t now_ms);

/* How many; as they are now, borrowed until the next call with `peers`. */
size_t peers_reports(const struct peers *peers, const struct node_peer **reports);

/* With how many of all a session is open, contacts counted once. */
size_t peers_connected(const struct peers *peers);

#endif
