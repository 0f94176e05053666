/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames that wait: in a pipe until they arrive, then in the inbox of a node. */
#ifndef REMBUK_TESTS_WORLD_QUEUE_H
#define REMBUK_TESTS_WORLD_QUEUE_H

#include "node/link.h"

struct net_frame {
    struct net_frame *next;
    int64_t at_ms;
    struct link_id from; /* once it is in an inbox */
    size_t len;
    uint8_t bytes[];
};

struct queue {
    struct net_frame *first, *last;
    size_t count, bytes;
};

void queue_put(struct queue *queue, struct net_frame *frame); /* takes it */
struct net_frame *queue_take(struct queue *queue);            /* NULL: none; the caller frees */
void queue_clear(struct queue *queue);

#endif
