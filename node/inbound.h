/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The TCP connections that others have made to one ROUTER, and whether one more may be admitted.
 *
 * libzmq accepts whoever comes, and ends a handshake that is not over after LINK_HANDSHAKE_MS: what
 * is older has been admitted.  So strangers who say nothing cost descriptors for that long, and
 * keep nobody out; those with the right key are bounded. */
#ifndef REMBUK_NODE_INBOUND_H
#define REMBUK_NODE_INBOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zeros is none; inbound_clear when done. */
struct inbound {
    int64_t *since_ms; /* by descriptor; 0: not one of ours */
    size_t places;
    int64_t window_ms; /* when the present handshake time began */
    size_t admitted;   /* since then */
};
void inbound_clear(struct inbound *inbound);

/* A connection was accepted, or has ended, with that descriptor; `now_ms` is steady and above 0. */
void inbound_begin(struct inbound *inbound, int descriptor, int64_t now_ms);
void inbound_end(struct inbound *inbound, int descriptor);

/* Asked for each connection that shows the right key; true counts it. */
bool inbound_admit(struct inbound *inbound, size_t max, int64_t now_ms);

#endif
