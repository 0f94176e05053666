/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/sync_world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct made_log *kept_logs[WORLD_CIRCLES_MAX][WORLD_NODES_MAX];

/* ---- The world ---- */

static void node_init(struct world_node *node, size_t index) {
    memset(node->identity.device_seed, (int)index + 1, sizeof node->identity.device_seed);
    memset(node->identity.person.seed, (int)index + 1, sizeof node->identity.person.seed);
    memset(node->identity.seal.secret, (int)index + 1, sizeof node->identity.seal.secret);
    identity_derive(&node->identity);
    memset(node->device_cert, (int)index + 0x40, sizeof node->device_cert);
}

static void logs_init(struct world *world) {
    for (size_t c = 0; c < world->circle_count; c++) {
        for (size_t n = 0; n < world->node_count; n++) {
            if (kept_logs[c][n] == NULL) {
                kept_logs[c][n] = made_log_new((uint8_t)(1 + c * 16 + n), MADE_EVENTS_MAX);
            }
            world->logs[c][n] = kept_logs[c][n];
            world->member[c][n] = true;
        }
    }
}

void world_init(struct world *world, uint64_t seed, size_t nodes, size_t circles) {
    assert(nodes <= WORLD_NODES_MAX);
    assert(circles <= WORLD_CIRCLES_MAX);
    memset(world, 0, sizeof *world);
    world->random.state = seed;
    world->node_count = nodes;
    world->circle_count = circles;
    for (size_t i = 0; i < nodes; i++) {
        node_init(&world->nodes[i], i);
    }
    logs_init(world);
}

void world_forget_logs(void) {
    for (size_t c = 0; c < WORLD_CIRCLES_MAX; c++) {
        for (size_t n = 0; n < WORLD_NODES_MAX; n++) {
            made_log_free(kept_logs[c][n]);
            kept_logs[c][n] = NULL;
        }
    }
}

static void inbox_clear(struct world_end *end) {
    for (size_t i = 0; i < end->inbox_count; i++) {
        free(end->inbox[end->inbox_first + i].bytes);
    }
    free(end->inbox);
}

void world_clear(struct world *world) {
    for (size_t i = 0; i < WORLD_LINKS_MAX; i++) {
        if (world->ends[i][0].sync != NULL) {
            world_cut(world, &world->ends[i][0]);
        }
    }
}

void world_circle_id(uint8_t id[static HASH_BYTES], size_t circle) {
    memset(id, (int)circle + 1, HASH_BYTES);
}

static size_t circle_of(const uint8_t id[static HASH_BYTES]) {
    assert(id[0] > 0);
    assert(id[0] <= WORLD_CIRCLES_MAX);
    return id[0] - 1U;
}

/* ---- A node's store ---- */

enum { LINES_MAX = WORLD_NODES_MAX + SEGMENTS_MAX };

static bool is_forked(const struct world *world, size_t circle, size_t log) {
    return world->forked != NULL && circle == 0 && log == 0;
}

/* Whether a name is one of the log of several histories: of none of the others. */
static bool name_is_forked(const struct world *world, size_t circle, const uint8_t *name) {
    for (size_t n = 0; n < world->node_count; n++) {
        if (!is_forked(world, circle, n) &&
            memcmp(world->logs[circle][n]->key.public, name, LOG_PK_BYTES) == 0) {
            return false;
        }
    }
    return world->forked != NULL && circle == 0;
}

static size_t log_of(const struct world *world, size_t circle, const uint8_t *key) {
    for (size_t n = 0; n < world->node_count; n++) {
        if (memcmp(world->logs[circle][n]->key.public, key, LOG_PK_BYTES) == 0) {
            return n;
        }
    }
    assert(key == NULL); /* An unknown log: the session made it up. */
    return 0;
}

static size_t node_lines(const struct world *world, size_t node, size_t circle,
                         struct log_line *lines) {
    size_t count = 0;

    for (size_t n = 0; n < world->node_count; n++) {
        uint64_t head = world->nodes[node].durable[circle][n];
        if (is_forked(world, circle, n)) {
            count += forked_lines(&world->nodes[node].forked, &lines[count]);
        } else if (head > 0) {
            const struct made_log *made = world->logs[circle][n];
            struct log_line *line = &lines[count++];
            *line = (struct log_line) { 0 };
            memcpy(line->log, made->key.public, LOG_PK_BYTES);
            memcpy(line->hash, made->hashes[head], HASH_BYTES);
            line->head = head;
            line->missing = world->nodes[node].missing[circle][n];
        }
    }
    return count;
}

/* What the end has of a log, as far as the peer is shown it. */
static uint64_t end_head(const struct world_end *end, size_t circle, size_t log) {
    uint64_t head = end->world->nodes[end->node].durable[circle][log];
    uint64_t upto = end->shows_upto[circle][log];

    return end->departed[circle] && upto < head ? upto : head;
}

static size_t end_lines(const struct world_end *end, size_t circle, struct log_line *lines) {
    const struct world *world = end->world;
    size_t all = node_lines(world, end->node, circle, lines), count = 0;

    for (size_t i = 0; i < all; i++) {
        struct log_line line = lines[i];
        if (!name_is_forked(world, circle, line.log)) {
            size_t log = log_of(world, circle, line.log);
            line.head = end_head(end, circle, log);
            memcpy(line.hash, world->logs[circle][log]->hashes[line.head], HASH_BYTES);
        }
        if (line.head > 0 || line.proof != 0 || line.cut) {
            lines[count++] = line;
        }
    }
    return count;
}

void world_depart(struct world_end *end, size_t circle) {
    struct world *world = end->world;

    end->departed[circle] = true;
    for (size_t n = 0; n < world->node_count; n++) {
        uint64_t head = world->nodes[end->node].durable[circle][n];
        end->shows_upto[circle][n] = n == end->other->node
                                         ? MADE_EVENTS_MAX
                                         : random_below(&world->random, (size_t)head + 1);
    }
}

/* Everybody who is connected to the node hears of it. */
static void node_tell(struct world *world, size_t node, size_t circle,
                      const uint8_t name[static LOG_PK_BYTES], uint64_t first, uint64_t last) {
    uint8_t id[HASH_BYTES];

    world_circle_id(id, circle);
    for (size_t i = 0; i < WORLD_LINKS_MAX; i++) {
        for (size_t side = 0; side < 2; side++) {
            struct world_end *end = &world->ends[i][side];
            if (end->sync != NULL && end->node == node) {
                sync_stored(end->sync, id, name, first, last);
            }
        }
    }
}

/* A log of circle 0 was cut. */
static void node_tell_cut(struct world *world, size_t node) {
    uint8_t id[HASH_BYTES];

    world_circle_id(id, 0);
    for (size_t i = 0; i < WORLD_LINKS_MAX; i++) {
        for (size_t side = 0; side < 2; side++) {
            struct world_end *end = &world->ends[i][side];
            if (end->sync != NULL && end->node == node && !end->closed) {
                sync_cut(end->sync, id);
            }
        }
    }
}

static const struct log_line *line_find(const struct log_line *lines, size_t count,
                                        const uint8_t *name) {
    for (size_t i = 0; i < count; i++) {
        if (memcmp(lines[i].log, name, LOG_PK_BYTES) == 0) {
            return &lines[i];
        }
    }
    return NULL;
}

/* What is staged of the log of several histories becomes durable. */
static void forked_commit(struct world *world, size_t node) {
    struct log_line before[SEGMENTS_MAX], after[SEGMENTS_MAX];
    struct world_node *at = &world->nodes[node];
    bool cut = memcmp(at->forked.apart, at->forked_staged.apart, sizeof at->forked.apart) != 0;

    size_t before_count = forked_lines(&at->forked, before);
    at->forked = at->forked_staged;
    size_t after_count = forked_lines(&at->forked, after);
    for (size_t i = 0; i < after_count; i++) {
        const struct log_line *was = line_find(before, before_count, after[i].log);
        uint64_t head = was == NULL ? after[i].base : was->head;
        if (head < after[i].head) {
            node_tell(world, node, 0, after[i].log, head + 1, after[i].head);
        }
    }
    if (cut) {
        node_tell_cut(world, node);
    }
}

void world_fork(struct world *world, const struct forked_log *log) {
    world->forked = log;
    for (size_t n = 0; n < world->node_count; n++) {
        world->nodes[n].forked = world->nodes[n].forked_staged =
            (struct forked_store) { .log = log };
    }
}

void world_give_history(struct world *world, size_t node, size_t history, uint64_t head) {
    world->nodes[node].knows[0] = true;
    forked_give(&world->nodes[node].forked_staged, history, head);
    world_commit(world, node);
    forked_commit(world, node);
}

void world_give_proof(struct world *world, size_t node, size_t one, size_t other) {
    forked_prove_apart(&world->nodes[node].forked_staged, one, other);
    world_commit(world, node);
    forked_commit(world, node);
}

bool world_agrees(const struct world *world, size_t one, size_t other) {
    struct log_line lines[2][LINES_MAX];
    uint8_t fps[2][FP_BYTES];

    circle_fingerprint(fps[0], lines[0], node_lines(world, one, 0, lines[0]));
    circle_fingerprint(fps[1], lines[1], node_lines(world, other, 0, lines[1]));
    return memcmp(fps[0], fps[1], FP_BYTES) == 0;
}

void world_give(struct world *world, size_t node, size_t circle, size_t log, uint64_t head) {
    struct world_node *at = &world->nodes[node];
    uint64_t first = at->durable[circle][log] + 1;

    assert(at->staged[circle][log] == at->durable[circle][log]);
    at->knows[circle] = true;
    if (first <= head) {
        at->durable[circle][log] = at->staged[circle][log] = head;
        node_tell(world, node, circle, world->logs[circle][log]->key.public, first, head);
    }
}

void world_write(struct world *world, size_t node, size_t circle, size_t count) {
    uint64_t head = world->nodes[node].durable[circle][node] + count;

    world_give(world, node, circle, node, head < MADE_EVENTS_MAX ? head : MADE_EVENTS_MAX);
}

static void entry_commit(struct world *world, size_t node, const struct world_entry *entry) {
    struct world_node *at = &world->nodes[node];
    uint8_t id[HASH_BYTES];

    world_circle_id(id, entry->circle);
    if (entry->forked) {
        forked_commit(world, node);
        if (entry->end != NULL) {
            sync_committed(entry->end->sync, id, entry->name, entry->head, 0, entry->bytes);
        }
        return;
    }
    if (entry->first <= entry->last) {
        assert(entry->first == at->durable[entry->circle][entry->log] + 1);
        at->durable[entry->circle][entry->log] = entry->last;
        node_tell(world, node, entry->circle, world->logs[entry->circle][entry->log]->key.public,
                  entry->first, entry->last);
    }
    if (entry->end != NULL) {
        sync_committed(entry->end->sync, id, world->logs[entry->circle][entry->log]->key.public,
                       at->durable[entry->circle][entry->log], 0, entry->bytes);
    }
}

void world_commit(struct world *world, size_t node) {
    struct world_node *at = &world->nodes[node];

    for (size_t i = 0; i < at->batch_count; i++) {
        entry_commit(world, node, &at->batch[i]);
    }
    at->batch_count = 0;
}

/* ---- Actions ---- */

void world_offer(struct world_end *end, size_t circle) {
    struct world *world = end->world;
    struct log_line lines[LINES_MAX];
    uint8_t id[HASH_BYTES], fp[FP_BYTES];

    world_circle_id(id, circle);
    circle_fingerprint(fp, lines, end_lines(end, circle, lines));
    for (size_t n = 0; n < world->node_count && !end->has_offered[circle]; n++) {
        end->offered[circle][n] = end_head(end, circle, n);
    }
    if (circle == 0 && !end->has_offered[0]) {
        memcpy(end->offered_histories, world->nodes[end->node].forked.known,
               sizeof end->offered_histories);
    }
    end->has_offered[circle] = true;
    sync_offer(end->sync, id, fp, true);
}

static void act_ready(struct world_end *end) {
    struct world *world = end->world;

    for (size_t c = 0; c < world->circle_count; c++) {
        if (world->nodes[end->node].knows[c] && world->member[c][end->other->node]) {
            world_offer(end, c);
        }
    }
    sync_revokes(end->sync, world->nodes[end->node].revokes_got[end->other->node],
                 world->nodes[end->node].revoke_count);
    sync_offered(end->sync);
}

static void act_heads(struct world_end *end, const struct sync_action *action) {
    struct log_line lines[LINES_MAX];
    size_t count = end_lines(end, circle_of(action->circle), lines);

    sync_heads(end->sync, action->circle, lines, count);
}

static void act_run_forked(struct world_end *end, const struct sync_action *action) {
    struct run run;
    bool found = forked_run(&end->world->nodes[end->node].forked, action->log, action->from, &run);

    sync_run(end->sync, action->circle, action->log, found ? &run : NULL, 7);
}

static void act_run(struct world_end *end, const struct sync_action *action) {
    struct world *world = end->world;
    size_t circle = circle_of(action->circle);
    if (name_is_forked(world, circle, action->log)) {
        act_run_forked(end, action);
        return;
    }
    size_t log = log_of(world, circle, action->log);
    uint64_t head = end_head(end, circle, log);
    uint64_t block_end = (action->from - 1) / BLOCK_EVENTS * BLOCK_EVENTS + BLOCK_EVENTS;
    uint64_t last = head < block_end ? head : block_end;
    struct run run;

    assert(action->from > 0);
    assert(action->to <= block_end);
    if (action->from > head) {
        sync_run(end->sync, action->circle, action->log, NULL, 0);
        return;
    }
    made_log_run(world->logs[circle][log], action->from, (size_t)(last - action->from + 1), &run);
    sync_run(end->sync, action->circle, action->log, &run, 7);
}

static enum rb_status run_decide(struct world_end *end, const struct run *run, size_t circle,
                                 size_t log, struct run_result *result) {
    const struct made_log *made = end->world->logs[circle][log];
    uint64_t staged = end->world->nodes[end->node].staged[circle][log];
    struct log_overlap overlap = { 0 };
    struct log_head head;

    made_log_head(made, staged, &head);
    if (run->first <= staged) {
        made_log_overlap(made, staged, run, &overlap);
    }
    return run_accept(&head, run, overlap.count > 0 ? &overlap : NULL, result);
}

static void stage(struct world_end *end, struct world_entry entry) {
    struct world_node *at = &end->world->nodes[end->node];

    if (!entry.forked && entry.first <= entry.last) {
        assert(entry.first == at->staged[entry.circle][entry.log] + 1); /* Never twice. */
        at->staged[entry.circle][entry.log] = entry.last;
    }
    assert(at->batch_count < WORLD_BATCH_MAX);
    at->batch[at->batch_count++] = entry;
    if (!end->world->commits_late) {
        world_commit(end->world, end->node);
    }
}

static void run_refuse(struct world_end *end, const struct sync_action *action,
                       enum rb_status status, uint64_t head) {
    end->refusals++;
    end->last_refusal = status;
    sync_refused(end->sync, action->circle, action->log, status, head, action->frame.len);
}

static void act_store_forked(struct world_end *end, const struct sync_action *action) {
    struct world_entry entry = { .end = end, .forked = true, .bytes = action->frame.len };

    end->stored++;
    memcpy(entry.name, action->log, sizeof entry.name);
    enum rb_status status =
        forked_take(&end->world->nodes[end->node].forked_staged, action->run, &entry.head);
    if (status == RB_OK || status == RB_DUPLICATE) {
        stage(end, entry);
    } else {
        run_refuse(end, action, status, entry.head);
    }
}

static void act_store(struct world_end *end, const struct sync_action *action) {
    struct world *world = end->world;
    const struct run *run = action->run;
    size_t circle = circle_of(action->circle);
    if (name_is_forked(world, circle, action->log)) {
        act_store_forked(end, action);
        return;
    }
    size_t log = log_of(world, circle, action->log);
    uint64_t staged = world->nodes[end->node].staged[circle][log];
    struct run_result result = { .new_first = 1 };

    assert(world->member[circle][end->node]);
    end->stored++;
    enum rb_status status = world->nodes[end->node].refuses_log[circle][log]
                                ? RB_REFUSED
                                : run_decide(end, run, circle, log, &result);
    if (status == RB_OK || status == RB_DUPLICATE) {
        uint64_t last = run->first + run->count - 1;
        stage(end, (struct world_entry) { .end = end,
                                          .circle = circle,
                                          .log = log,
                                          .first = status == RB_OK ? staged + 1 : 1,
                                          .last = status == RB_OK ? last : 0,
                                          .bytes = action->frame.len });
        return;
    }
    run_refuse(end, action, status, staged);
}

static void act_circle(struct world_end *end, const struct sync_action *action) {
    struct world *world = end->world;
    size_t circle = circle_of(action->circle);

    assert(world->member[circle][end->node]); /* Nobody else may be told of it. */
    end->introduced++;
    if (!world->nodes[end->node].refuses[circle]) {
        world->nodes[end->node].knows[circle] = true;
        world_offer(end, circle);
        sync_offered(end->sync);
    }
}

static void act_acked(struct world_end *end, const struct sync_action *action) {
    const struct world_node *self = &end->world->nodes[end->node];
    const struct world_node *peer = &end->world->nodes[end->other->node];
    size_t circle = circle_of(action->circle);

    end->acked++;
    if (name_is_forked(end->world, circle, action->log)) {
        assert(action->seq <= forked_held(&self->forked, action->log, &peer->forked)); /* I3 */
        return;
    }
    assert(action->seq <= peer->durable[circle][log_of(end->world, circle, action->log)]); /* I3 */
}

static void act_same(struct world_end *end, const struct sync_action *action) {
    const struct world_node *peer = &end->world->nodes[end->other->node];
    size_t circle = circle_of(action->circle);

    for (size_t n = 0; n < end->world->node_count; n++) {
        assert(end->offered[circle][n] <= peer->durable[circle][n]);
    }
    for (size_t h = 0; h < HISTORIES_MAX && circle == 0; h++) {
        assert(end->offered_histories[h] <= peer->forked.known[h]);
    }
    end->same++;
}

static void act_fork(struct world_end *end, const struct sync_action *action) {
    struct world_node *at = &end->world->nodes[end->node];
    uint8_t name[LOG_PK_BYTES];
    struct fork fork;

    end->forks++;
    world_commit(end->world, end->node);
    enum rb_status status = forked_prove(&at->forked_staged, action->frame);
    if (status == RB_REFUSED && fork_decode(action->frame, &fork) == RB_OK) {
        for (size_t i = 0; i < 2; i++) {
            fork_branch_name(&fork, i, name);
            sync_freeze(end->sync, action->circle, name);
        }
    }
    forked_commit(end->world, end->node);
}

static void act_ask_fork(struct world_end *end, const struct sync_action *action) {
    struct writer proof;

    writer_init(&proof, FRAME_BYTES_MAX);
    forked_proof(&end->world->nodes[end->node].forked, action->log, &proof);
    sync_fork(end->sync, action->circle, action->log, writer_view(&proof));
    writer_clear(&proof);
}

void world_inject(struct world_end *end, struct span frame) {
    if (end->inbox_first + end->inbox_count == end->inbox_room) {
        end->inbox_room = end->inbox_room == 0 ? 16 : 2 * end->inbox_room;
        end->inbox = rb_realloc(end->inbox, end->inbox_room, sizeof *end->inbox);
    }
    struct world_frame *to = &end->inbox[end->inbox_first + end->inbox_count++];
    to->bytes = rb_alloc(frame.len + 1, 1);
    to->len = frame.len;
    memcpy(to->bytes, frame.data, frame.len);
}

static void act_send(struct world_end *end, struct span frame) {
    assert(frame.len >= 2);
    assert(frame.data[0] < 32);
    end->sent[frame.data[0]]++;
    end->sent_bytes += frame.len;
    if (!end->other->closed) {
        world_inject(end->other, frame);
    }
}

/* True: it will be done by world_answer. */
static bool put_off(struct world_end *end) {
    return random_chance(&end->world->random, end->world->put_off);
}

static void act(struct world_end *end, const struct sync_action *action) {
    switch (action->type) {
    case SYNC_SEND:
        act_send(end, action->frame);
        break;
    case SYNC_READY:
        act_ready(end);
        break;
    case SYNC_ASK_HEADS:
        end->heads = *action;
        end->heads_due = put_off(end);
        if (!end->heads_due) {
            act_heads(end, action);
        }
        break;
    case SYNC_ASK_RUN:
        end->run = *action;
        end->run_due = put_off(end);
        if (!end->run_due) {
            act_run(end, action);
        }
        break;
    case SYNC_STORE:
        act_store(end, action);
        break;
    case SYNC_CIRCLE:
        act_circle(end, action);
        break;
    case SYNC_ACKED:
        act_acked(end, action);
        break;
    case SYNC_SAME:
        act_same(end, action);
        break;
    case SYNC_FORK:
        act_fork(end, action);
        break;
    case SYNC_ASK_FORK:
        act_ask_fork(end, action);
        break;
    case SYNC_KEYREQ:
        end->keys_asked++;
        end->key = *action;
        break;
    case SYNC_ASK_REVOKES:
        world_give_revokes(end, action);
        break;
    case SYNC_REVOKES:
        world_take_revokes(end, action);
        break;
    case SYNC_REVOKES_GOT:
        end->world->nodes[end->node].revokes_got[end->other->node] = action->seq;
        break;
    case SYNC_HLC:
        break;
    case SYNC_CLOSE:
        end->closed = true;
        end->close = *action;
        break;
    }
}

void world_act(struct world_end *end) {
    struct sync_action action;

    while (sync_next(end->sync, &action)) {
        assert(!end->closed); /* SYNC_CLOSE is the last. */
        act(end, &action);
    }
}

bool world_answer(struct world_end *end) {
    bool due = end->heads_due || end->run_due;

    if (end->heads_due) {
        end->heads_due = false;
        act_heads(end, &end->heads);
    }
    if (end->run_due) {
        end->run_due = false;
        act_run(end, &end->run);
    }
    world_act(end);
    return due;
}

/* ---- Connections ---- */

static void end_init(struct world *world, struct world_end *end, struct world_end *other,
                     enum wire_role role, size_t node, size_t peer) {
    const struct world_node *them = &world->nodes[peer];
    struct sync_setup setup = { .role = role,
                                .identity = &world->nodes[node].identity,
                                .hlc = 5 + node };

    memcpy(setup.device_cert, world->nodes[node].device_cert, CERT_ID_BYTES);
    memset(setup.store_inc, (int)node, sizeof setup.store_inc);
    random_fill(&world->random, setup.nonce, sizeof setup.nonce);
    random_fill(&world->random, setup.table_key, sizeof setup.table_key);
    memcpy(setup.peer_device, them->identity.device.public, SIGN_PUBLIC_BYTES);
    memcpy(setup.peer_device_cert, them->device_cert, CERT_ID_BYTES);
    memcpy(setup.peer_transport, them->identity.transport.public, BOX_PUBLIC_BYTES);
    *end = (struct world_end) { .world = world, .other = other, .node = node };
    memcpy(end->nonce, setup.nonce, sizeof end->nonce);
    end->dialled = role == WIRE_DIALLED;
    end->sync = sync_new(&setup, world->now_ms);
}

struct world_end *world_connect(struct world *world, size_t dialler, size_t listener) {
    for (size_t i = 0; i < WORLD_LINKS_MAX; i++) {
        struct world_end *ends = world->ends[i];
        if (ends[0].sync == NULL) {
            end_init(world, &ends[0], &ends[1], WIRE_DIALLED, dialler, listener);
            end_init(world, &ends[1], &ends[0], WIRE_LISTENED, listener, dialler);
            world_act(&ends[0]);
            return &ends[0];
        }
    }
    assert(world == NULL); /* Too many. */
    return NULL;
}

static void end_cut(struct world *world, struct world_end *end) {
    struct world_node *at = &world->nodes[end->node];

    for (size_t i = 0; i < at->batch_count; i++) {
        if (at->batch[i].end == end) {
            at->batch[i].end = NULL;
        }
    }
    inbox_clear(end);
    sync_destroy(&end->sync);
    *end = (struct world_end) { .closed = true };
}

void world_cut(struct world *world, struct world_end *end) {
    struct world_end *other = end->other;

    end_cut(world, end);
    end_cut(world, other);
}

void world_rid(const struct world_end *end, uint8_t rid[static RID_BYTES], size_t circle) {
    const struct world_end *dialler = end->dialled ? end : end->other;
    uint8_t id[HASH_BYTES];

    world_circle_id(id, circle);
    wire_rid(rid, id, dialler->nonce, dialler->other->nonce);
}

static struct world_frame inbox_take(struct world_end *end) {
    assert(end->inbox_count > 0);
    struct world_frame frame = end->inbox[end->inbox_first++];

    end->inbox_count--;
    if (end->inbox_count == 0) {
        end->inbox_first = 0;
    }
    return frame;
}

void world_lose(struct world_end *end) {
    free(inbox_take(end).bytes);
}

bool world_deliver(struct world_end *end) {
    if (end->sync == NULL || end->inbox_count == 0) {
        return false;
    }
    struct world_frame frame = inbox_take(end);
    if (!end->closed) {
        sync_frame(end->sync, end->world->now_ms, span_of(frame.bytes, frame.len));
        world_act(end);
    }
    free(frame.bytes);
    return true;
}

/* True if something happened. */
static bool end_settle(struct world_end *end) {
    if (end->sync == NULL) {
        return false;
    }
    world_act(end);
    bool delivered = world_deliver(end);
    bool answered = world_answer(end);
    return delivered || answered || end->other->inbox_count > 0;
}

static bool settle_once(struct world *world) {
    bool moved = false;

    for (size_t i = 0; i < WORLD_LINKS_MAX; i++) {
        moved = end_settle(&world->ends[i][0]) || moved;
        moved = end_settle(&world->ends[i][1]) || moved;
    }
    for (size_t n = 0; n < world->node_count; n++) {
        moved = moved || world->nodes[n].batch_count > 0;
        world_commit(world, n);
    }
    return moved;
}

void world_settle(struct world *world, size_t steps) {
    while (settle_once(world)) {
        assert(steps > 0); /* They talk for ever. */
        steps--;
    }
}
