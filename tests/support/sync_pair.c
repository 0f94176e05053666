/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/sync_pair.h"

struct world world;

void arrange(size_t nodes, size_t knowing) {
    world_init(&world, 1, nodes, 2);
    for (size_t n = 0; n < knowing; n++) {
        world.nodes[n].knows[0] = true;
    }
}

int clear_the_world(void **state) {
    (void)state;
    world_clear(&world);
    return 0;
}

int forget_logs(void **state) {
    (void)state;
    world_forget_logs();
    return 0;
}

uint64_t head_of(size_t node, size_t circle, size_t log) {
    return world.nodes[node].durable[circle][log];
}

void assert_done(const struct world_end *end) {
    assert_false(end->closed);
    assert_true(sync_is_done(end->sync));
    assert_true(sync_is_done(end->other->sync));
}

void assert_closed(const struct world_end *end, enum rb_status status) {
    assert_true(end->closed);
    assert_int_equal(end->close.status, status);
    assert_false(sync_is_done(end->sync));
}

struct world_end *connected(void) {
    struct world_end *end = world_connect(&world, 0, 1);

    world_settle(&world, 1000);
    return end;
}

struct world_end *greeted(void) {
    struct world_end *end = world_connect(&world, 0, 1);

    while (!sync_progress(end->sync).open || !sync_progress(end->other->sync).open) {
        assert_true(world_deliver(end->other) || world_deliver(end));
    }
    return end;
}

void inject(struct world_end *end, struct writer *frame) {
    world_inject(end, writer_view(frame));
    writer_clear(frame);
    while (world_deliver(end)) {
    }
}

struct writer empty_frame(void) {
    struct writer frame;

    writer_init(&frame, FRAME_BYTES_MAX);
    return frame;
}
