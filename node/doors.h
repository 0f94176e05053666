/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The side of who invites: one door (link.h) for each of his invitations that is open, and what is
 * said there.
 *
 *   to a JOIN with an ANSWER to this invitation   JOINED: own card, port of the first listener
 *   to one that comes too late, or for another    ERR not open
 *   to one that is no ANSWER                      ERR form, or version
 *   to anything else but ERR and BYE              ERR need hello: there are no sessions here */
#ifndef REMBUK_NODE_DOORS_H
#define REMBUK_NODE_DOORS_H

#include "node/exchange.h"
#include "store/invitations.h"

struct door {
    int64_t number; /* of the invitation */
    uint64_t link;  /* of the door, in link.h */
    uint8_t name[INVITE_NAME_BYTES];
    char endpoint[LINK_ENDPOINT_BYTES_MAX];
    bool moved;     /* the port that is its own was taken */
    unsigned joins; /* taken since the last doors_renew */
    bool stays;     /* within doors_renew */
};

/* All zeros is none. */
struct doors {
    struct door items[INVITATIONS_OPEN_MAX];
    size_t count;
    struct node_door reports[INVITATIONS_OPEN_MAX];
};

/* Makes the doors what the store says.  They stand beside `listener`, the first address that is
 * really listened at: at one of the eight ports after it, by the invitation's slot, so that an
 * invitation keeps its port over a restart, or if that one is taken at any other: it has moved
 * then.  NULL: nothing is listened at, and no door is opened.  A door that cannot be opened is
 * tried again the next time.
 * Gives only what ends the node. */
enum rb_status doors_renew(struct doors *doors, const struct exchange_tools *tools,
                           const char *listener) RB_MUST_CHECK;

/* A frame came by a door. */
enum rb_status doors_frame(struct doors *doors, const struct exchange_tools *tools,
                           const char *listener, const struct link_message *message) RB_MUST_CHECK;

/* How many; as they are now, borrowed until the next call with `doors`. */
size_t doors_reports(struct doors *doors, const struct node_door **reports);

#endif
