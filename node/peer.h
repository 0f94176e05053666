/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One device of a contact, or another one of oneself, as seen by the loop: whether to dial it,
 * which connection to it counts, and what a frame that comes over one of them means.
 *
 * At most one exchange of each direction exists with a contact; of two of one direction the newest
 * stays.  If both directions are open, the one dialled by the device with the smaller certificate
 * id stays: both sides see the same, so exactly one is closed.  While the other side's connection
 * is open we do not dial. */
#ifndef REMBUK_NODE_PEER_H
#define REMBUK_NODE_PEER_H

#include "node/exchange.h"

/* Its exchanges hold on to `report`: it must not move. */
struct peer {
    struct contact contact;
    struct exchange *exchanges[2]; /* by our own role: WIRE_DIALLED, WIRE_LISTENED */
    struct node_peer report;
    bool smaller;        /* our device certificate id is the smaller one */
    bool was_open;       /* of an own one: a session was, at the last step */
    size_t address;      /* of contact.addresses, the one to dial */
    int64_t dialled_ms;  /* when we began to dial */
    int64_t patience_ms; /* how long to wait for a connection */
    int64_t next_ms;     /* not to be dialled before */
    unsigned failures;   /* exchanges in a row that ended badly */
    uint64_t connection; /* the one that the dialled exchange began with */
};

void peer_init(struct peer *peer, const struct exchange_tools *tools,
               const struct contact *contact);
void peer_clear(struct peer *peer); /* drops the exchanges without a goodbye */

/* A frame came from this contact. */
enum rb_status peer_frame(struct peer *peer, const struct exchange_tools *tools, int64_t now_ms,
                          const struct link_message *message) RB_MUST_CHECK;

/* Dials or hangs up, takes the exchanges a step further, clears away those that ended. */
enum rb_status peer_step(struct peer *peer, const struct exchange_tools *tools, int64_t now_ms)
    RB_MUST_CHECK;

/* When to call peer_step at the latest; INT64_MAX: no need. */
int64_t peer_deadline_ms(const struct peer *peer, const struct links *links);

/* The network may have changed: what is dialled is dialled anew. */
void peer_redial(struct peer *peer, const struct exchange_tools *tools, int64_t now_ms);

/* Whether these are still the keys of this contact, so that what is open can go on. */
bool peer_is_of(const struct peer *peer, const struct contact *contact);

/* The contact as it is now.  If the address that is dialled is not his any more, says goodbye and
 * dials anew. */
enum rb_status peer_renew(struct peer *peer, const struct exchange_tools *tools, int64_t now_ms,
                          const struct contact *contact) RB_MUST_CHECK;

/* Says goodbye to a contact that is none any more, and hangs up; peer_clear is still needed. */
enum rb_status peer_let_go(struct peer *peer, const struct exchange_tools *tools, int64_t now_ms)
    RB_MUST_CHECK;

/* Somebody waits for him: no back-off, no patience with a connection that is not there yet. */
void peer_call(struct peer *peer, const struct exchange_tools *tools, int64_t now_ms);

/* The report starts from zero. */
enum rb_status peer_report_anew(struct peer *peer, const struct exchange_tools *tools)
    RB_MUST_CHECK;

bool peer_is_open(const struct peer *peer); /* a session is proven, and not ended */

/* To all exchanges. */
void peer_stored(struct peer *peer, const uint8_t circle[static HASH_BYTES],
                 const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last);
void peer_cut(struct peer *peer, const uint8_t circle[static HASH_BYTES]);
enum rb_status peer_recheck(struct peer *peer, const uint8_t circle[static HASH_BYTES])
    RB_MUST_CHECK;
enum rb_status peer_bye(struct peer *peer, enum wire_bye reason, int64_t now_ms) RB_MUST_CHECK;

#endif
