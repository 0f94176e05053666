/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/world_queue.h"

#include <stdlib.h>

void queue_put(struct queue *queue, struct net_frame *frame) {
    frame->next = NULL;
    if (queue->last == NULL) {
        queue->first = frame;
    } else {
        queue->last->next = frame;
    }
    queue->last = frame;
    queue->count++;
    queue->bytes += frame->len;
}

struct net_frame *queue_take(struct queue *queue) {
    struct net_frame *frame = queue->first;

    if (frame != NULL) {
        queue->first = frame->next;
        queue->last = queue->first == NULL ? NULL : queue->last;
        queue->count--;
        queue->bytes -= frame->len;
    }
    return frame;
}

void queue_clear(struct queue *queue) {
    for (struct net_frame *frame = queue_take(queue); frame != NULL; frame = queue_take(queue)) {
        free(frame);
    }
}
