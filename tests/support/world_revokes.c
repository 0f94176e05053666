/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the nodes of a world know of revocations, and what they do when a session asks for them. */
#include "tests/support/sync_world.h"

#include <assert.h>
#include <string.h>

bool world_knows_revoked(const struct world *world, size_t node, uint8_t what) {
    return memchr(world->nodes[node].revokes, what, world->nodes[node].revoke_count) != NULL;
}

void world_revoke(struct world *world, size_t node, uint8_t what) {
    struct world_node *knowing = &world->nodes[node];

    if (world_knows_revoked(world, node, what)) {
        return;
    }
    assert(knowing->revoke_count < WORLD_REVOKES_MAX);
    knowing->revokes[knowing->revoke_count++] = what;
    for (size_t i = 0; i < 2 * WORLD_LINKS_MAX; i++) {
        struct world_end *end = &world->ends[i / 2][i % 2];
        if (end->sync != NULL && end->node == node) {
            sync_revokes(end->sync, 0, knowing->revoke_count);
        }
    }
}

void world_give_revokes(struct world_end *end, const struct sync_action *action) {
    const struct world_node *node = &end->world->nodes[end->node];
    size_t first = (size_t)action->from - 1;
    size_t count = node->revoke_count - first;
    struct writer items;

    count = count < WORLD_REVOKES_AT_ONCE ? count : WORLD_REVOKES_AT_ONCE;
    writer_init(&items, FRAME_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        struct span what = span_of(&node->revokes[first + i], 1);
        revoke_proof_write(&items, &(struct revoke_proof) { .revoke = what, .person = what });
    }
    sync_revokes_give(end->sync, writer_view(&items), count, first + count);
    writer_clear(&items);
}

void world_take_revokes(struct world_end *end, const struct sync_action *action) {
    struct reader reader = reader_of(action->frame);

    while (reader.rest.len > 0) {
        struct revoke_proof proof = revoke_proof_read(&reader);
        assert(!reader.failed);
        world_revoke(end->world, end->node, proof.revoke.data[0]);
    }
    sync_revokes_took(end->sync, end->revokes_bad ? RB_BAD_SIGNATURE : RB_OK);
}
