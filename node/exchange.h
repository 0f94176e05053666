/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection to one contact at work: it feeds the sync session with frames and time, and
 * performs what the session asks for with the store, the batch and the link.
 *
 *   state      leaves it by
 *   greeting   SYNC_READY                                       -> open
 *   open       SYNC_CLOSE, or the link is gone                  -> ended; the owner destroys it
 *
 * Statuses given here are those of the store; they end the node.  Whatever a peer does wrong ends
 * its exchange only. */
#ifndef REMBUK_NODE_EXCHANGE_H
#define REMBUK_NODE_EXCHANGE_H

#include "node/batch.h"
#include "node/link.h"
#include "node/node.h"

struct exchange;

/* What all exchanges of a node work with.  Borrowed. */
struct exchange_tools {
    struct store *store;
    struct links *links;
    struct batch *batch;
    node_log log; /* may be NULL */
    void *log_context;
    uint64_t revocations; /* the newest place of those that are known (revocation_relay.h) */
    uint64_t people;      /* grows when a contact or a person of a circle may be new */
};

/* `contact` is copied from; `report` is added to until exchange_destroy.  Never NULL. */
struct exchange *exchange_new(const struct exchange_tools *tools, const struct contact *contact,
                              const struct link_id *link, struct node_peer *report, int64_t now_ms);

/* Without a goodbye; NULL is fine. */
void exchange_destroy(struct exchange **exchange);

/* A frame came over this link; the exchange has not ended. */
enum rb_status exchange_frame(struct exchange *exchange, int64_t now_ms, struct span frame)
    RB_MUST_CHECK;

/* Time passed, or something was told to the session: does whatever there is to do. */
enum rb_status exchange_step(struct exchange *exchange, int64_t now_ms) RB_MUST_CHECK;

/* When to call exchange_step at the latest. */
int64_t exchange_deadline_ms(const struct exchange *exchange);

/* Events have been committed, from whatever source.  The frames go out with the next exchange_step.
 * */
void exchange_stored(struct exchange *exchange, const uint8_t circle[static HASH_BYTES],
                     const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last);

/* A log of that circle has been cut into branches. */
void exchange_cut(struct exchange *exchange, const uint8_t circle[static HASH_BYTES]);

/* Who belongs to that circle has changed: offers it or withdraws it. */
enum rb_status exchange_recheck(struct exchange *exchange, const uint8_t circle[static HASH_BYTES])
    RB_MUST_CHECK;

/* The report has been emptied: says anew what is known of an open exchange. */
void exchange_report(struct exchange *exchange);

/* Says goodbye; the exchange ends with the next exchange_step. */
void exchange_bye(struct exchange *exchange, enum wire_bye reason);

const struct link_id *exchange_link(const struct exchange *exchange);
bool exchange_is_open(const struct exchange *exchange); /* proven, and not ended */

struct exchange_end {
    bool ended;
    bool was_open;
    enum rb_status status; /* as of SYNC_CLOSE */
    enum wire_bye bye;
    int64_t open_ms; /* how long it had been open */
};
const struct exchange_end *exchange_end(const struct exchange *exchange);

#endif
