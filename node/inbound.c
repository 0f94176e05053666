/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/inbound.h"

#include "node/link_socket.h"

#include <assert.h>
#include <stdlib.h>

enum { DESCRIPTORS_MAX = 1 << 20 };

void inbound_clear(struct inbound *inbound) {
    free(inbound->since_ms);
    *inbound = (struct inbound) { 0 };
}

void inbound_begin(struct inbound *inbound, int descriptor, int64_t now_ms) {
    assert(now_ms > 0);
    if (descriptor < 0 || descriptor >= DESCRIPTORS_MAX) {
        return;
    }
    const size_t needed = (size_t)descriptor + 1;
    if (needed > inbound->places) {
        inbound->since_ms = rb_realloc(inbound->since_ms, needed, sizeof *inbound->since_ms);
        while (inbound->places < needed) {
            inbound->since_ms[inbound->places++] = 0;
        }
    }
    inbound->since_ms[descriptor] = now_ms;
}

void inbound_end(struct inbound *inbound, int descriptor) {
    if (descriptor >= 0 && (size_t)descriptor < inbound->places) {
        inbound->since_ms[descriptor] = 0;
    }
}

/* Those that outlived a handshake. */
static size_t settled(const struct inbound *inbound, int64_t now_ms) {
    size_t count = 0;

    for (size_t i = 0; i < inbound->places; i++) {
        const int64_t since_ms = inbound->since_ms[i];
        count += since_ms > 0 && now_ms - since_ms > LINK_HANDSHAKE_MS ? 1 : 0;
    }
    return count;
}

bool inbound_admit(struct inbound *inbound, size_t max, int64_t now_ms) {
    if (now_ms - inbound->window_ms > LINK_HANDSHAKE_MS) {
        inbound->window_ms = now_ms;
        inbound->admitted = 0;
    }
    if (settled(inbound, now_ms) + inbound->admitted >= max) {
        return false;
    }
    inbound->admitted++;
    return true;
}
