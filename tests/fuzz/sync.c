/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sync session under a peer, a node and a clock that do anything at all.  The input is a list of
 * steps: raw bytes as a frame, frames with names that exist in this session, ticks, offers, answers
 * of the store, right and wrong ones.  The first byte says on which side, and whether the peers
 * have greeted. */
#include "tests/fuzz/fuzz.h"

#include "protocol/sync_internal.h"
#include "tests/support/sync_world.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct world world;

/* The session that is tried, and what it waits for. */
static struct {
    struct world_end *end;
    struct reader input;
    struct sync_action heads, run, store;
    bool heads_due, run_due, store_due;
    bool closed;
    bool revokes_due;
    uint64_t revokes; /* our node knows so many */
} tried;

/* ---- Names that exist ---- */

static size_t some_circle(void) {
    return reader_u8(&tried.input) % world.circle_count;
}

static const uint8_t *some_log(size_t circle) {
    return world.logs[circle][reader_u8(&tried.input) % world.node_count]->key.public;
}

static uint64_t some_seq(void) {
    return 1 + reader_u8(&tried.input) % 200;
}

/* ---- The session ---- */

/* Only what must not happen by the promises of the node to the session is left out. */
/* One at a time, so that there may be a next. */
static void answer_revokes(uint64_t from) {
    const uint8_t what = 9;
    struct span byte = span_of(&what, 1);
    struct writer items;

    writer_init(&items, FRAME_BYTES_MAX);
    if (from <= tried.revokes) {
        revoke_proof_write(&items, &(struct revoke_proof) { .revoke = byte, .person = byte });
        sync_revokes_give(tried.end->sync, writer_view(&items), 1, from);
    } else {
        sync_revokes_give(tried.end->sync, writer_view(&items), 0, tried.revokes);
    }
    writer_clear(&items);
}

static void take_actions(void) {
    struct sync_action action;

    while (sync_next(tried.end->sync, &action)) {
        assert(!tried.closed);
        if (action.type == SYNC_ASK_HEADS) {
            tried.heads = action;
            tried.heads_due = true;
        } else if (action.type == SYNC_ASK_FORK) {
            sync_fork(tried.end->sync, action.circle, action.log, span_text("a proof"));
        } else if (action.type == SYNC_ASK_RUN) {
            tried.run = action;
            tried.run_due = true;
        } else if (action.type == SYNC_STORE) {
            if (tried.store_due) {
                sync_refused(tried.end->sync, tried.store.circle, tried.store.log, RB_GAP, 0,
                             tried.store.frame.len);
            }
            tried.store = action;
            tried.store_due = true;
        } else if (action.type == SYNC_ASK_REVOKES) {
            answer_revokes(action.from);
        } else if (action.type == SYNC_REVOKES) {
            tried.revokes_due = true;
        } else if (action.type == SYNC_CLOSE) {
            tried.closed = true;
        }
    }
    if (sync_is_done(tried.end->sync)) {
        assert(sync_progress(tried.end->sync).left_in == 0);
        assert(sync_progress(tried.end->sync).left_out == 0);
    }
}

/* The copy is as long as the frame, so that a sanitizer sees the end. */
static void give_frame(struct span bytes) {
    uint8_t *copy = rb_alloc(bytes.len + 1, 1);

    memcpy(copy, bytes.len > 0 ? bytes.data : copy, bytes.len);
    sync_frame(tried.end->sync, world.now_ms, span_of(copy, bytes.len));
    take_actions();
    free(copy);
}

static void give_written(struct writer *frame) {
    give_frame(writer_view(frame));
    writer_clear(frame);
}

static struct writer new_frame(void) {
    struct writer frame;

    writer_init(&frame, FRAME_BYTES_MAX);
    return frame;
}

/* ---- The peer ---- */

static void peer_raw(void) {
    size_t len = reader_u8(&tried.input);

    if (len > tried.input.rest.len) {
        len = tried.input.rest.len;
    }
    give_frame(reader_span(&tried.input, len));
}

/* Whatever the honest peer wrote, in any order. */
static void peer_honest(void) {
    struct world_end *end = tried.end;

    if (end->inbox_count > 0) {
        struct world_frame frame = end->inbox[end->inbox_first++];
        end->inbox_count--;
        give_frame(span_of(frame.bytes, frame.len));
        free(frame.bytes);
    }
}

static void peer_list(void) {
    struct wire_list_item items[4] = { 0 };
    struct writer frame = new_frame();
    uint8_t bits = reader_u8(&tried.input);
    size_t count = bits % 4;

    for (size_t i = 0; i < count; i++) {
        world_rid(tried.end, items[i].rid, some_circle());
        items[i].rid[0] ^= (bits & 0x10) != 0 ? reader_u8(&tried.input) : 0;
        items[i].fp[0] = reader_u8(&tried.input);
    }
    wire_list(&frame, items, count, (bits & 0x20) != 0);
    give_written(&frame);
}

static void peer_vector(void) {
    struct wire_log logs[4] = { 0 };
    struct writer frame = new_frame();
    uint8_t rid[RID_BYTES], id[HASH_BYTES];
    uint8_t bits = reader_u8(&tried.input);
    size_t circle = some_circle(), count = bits % 4;

    world_rid(tried.end, rid, circle);
    world_circle_id(id, circle);
    for (size_t i = 0; i < count; i++) {
        sync_short(tried.end->sync, logs[i].log8, some_log(circle));
        logs[i].log8[7] ^= (bits & 0x10) != 0 ? reader_u8(&tried.input) : 0;
        logs[i].head = some_seq();
        logs[i].hash8[0] = reader_u8(&tried.input);
    }
    wire_vector(&frame, rid, (bits & 0x20) != 0 ? id : NULL, logs, count);
    give_written(&frame);
}

static void peer_want(void) {
    struct wire_want want = { .from = some_seq() };
    struct writer frame = new_frame();
    uint8_t rid[RID_BYTES];
    size_t circle = some_circle();

    world_rid(tried.end, rid, circle);
    sync_short(tried.end->sync, want.log8, some_log(circle));
    want.to = want.from + some_seq();
    wire_want(&frame, rid, &want, 1);
    give_written(&frame);
}

static void peer_run(void) {
    struct writer frame = new_frame();
    uint64_t handle = reader_u8(&tried.input) % 8;
    size_t circle = some_circle(), log = reader_u8(&tried.input) % world.node_count;
    uint64_t first = some_seq();
    uint64_t left = BLOCK_EVENTS - (first - 1) % BLOCK_EVENTS;
    struct run run;

    made_log_run(world.logs[circle][log], first, 1 + reader_u8(&tried.input) % (size_t)left, &run);
    run.log[7] ^= reader_u8(&tried.input) % 8 == 7 ? 1 : 0;
    run.log[31] ^= reader_u8(&tried.input) % 8 == 7 ? 1 : 0;
    wire_run(&frame, handle, 5, &run);
    give_written(&frame);
}

static void peer_ack(void) {
    struct wire_ack ack = { .handle = reader_u8(&tried.input) % 8, .seq = some_seq() };
    struct writer frame = new_frame();

    sync_short(tried.end->sync, ack.log8, some_log(some_circle()));
    wire_ack(&frame, &ack, 1, 0);
    give_written(&frame);
}

static void peer_credit(void) {
    struct writer frame = new_frame();

    wire_credit(&frame, UINT64_C(1) << reader_u8(&tried.input) % 64);
    give_written(&frame);
}

static void peer_ping(void) {
    struct writer frame = new_frame();

    wire_ping(&frame, reader_u8(&tried.input) % 2 == 0 ? WIRE_PING : WIRE_PONG, 1, 0);
    give_written(&frame);
}

static void peer_fork(void) {
    struct writer frame = new_frame();
    uint8_t rid[RID_BYTES];

    world_rid(tried.end, rid, some_circle());
    wire_fork(&frame, rid, span_text("nothing is proven by this"));
    give_written(&frame);
}

static void peer_keyreq(void) {
    struct writer frame = new_frame();
    uint8_t rid[RID_BYTES];

    world_rid(tried.end, rid, some_circle());
    wire_keyreq(&frame, rid, rid, span_text("no seal key"));
    give_written(&frame);
}

static void peer_revokes(void) {
    static const uint8_t what[] = { 1, 2, 3 };
    struct writer frame = new_frame();
    struct writer items = new_frame();
    size_t count = reader_u8(&tried.input) % 4;

    for (size_t i = 0; i < count; i++) {
        struct span byte = span_of(&what[i % sizeof what], 1);
        revoke_proof_write(&items, &(struct revoke_proof) { .revoke = byte, .person = byte });
    }
    wire_revokes(&frame, some_seq(), writer_view(&items), count, reader_u8(&tried.input) % 2 == 0);
    writer_clear(&items);
    give_written(&frame);
}

static void peer_revokes_got(void) {
    struct writer frame = new_frame();

    wire_revokes_got(&frame, reader_u8(&tried.input) % 8);
    give_written(&frame);
}

/* ---- The node ---- */

static void node_revoke(void) {
    tried.revokes += reader_u8(&tried.input) % 3;
    sync_revokes(tried.end->sync, 0, tried.revokes);
}

static void node_revokes_again(void) {
    sync_revokes_again(tried.end->sync);
}

static void node_took(void) {
    if (tried.revokes_due) {
        tried.revokes_due = false;
        sync_revokes_took(tried.end->sync,
                          reader_u8(&tried.input) % 4 == 0 ? RB_BAD_SIGNATURE : RB_OK);
    }
}

static void node_offer(void) {
    uint8_t id[HASH_BYTES], fp[FP_BYTES] = { 0 };

    world_circle_id(id, some_circle());
    fp[0] = reader_u8(&tried.input);
    sync_offer(tried.end->sync, id, fp, true);
    sync_offered(tried.end->sync);
}

static void node_withdraw(void) {
    uint8_t id[HASH_BYTES];

    world_circle_id(id, some_circle());
    sync_withdraw(tried.end->sync, id);
    tried.heads_due = tried.heads_due && memcmp(id, tried.heads.circle, sizeof id) != 0;
    tried.run_due = tried.run_due && memcmp(id, tried.run.circle, sizeof id) != 0;
}

/* Now and then a log is cut, or a branch of another one. */
static void branch_read(struct log_line *line) {
    uint8_t bits = reader_u8(&tried.input);

    line->cut = (bits & 1) != 0;
    if ((bits & 2) != 0) {
        memcpy(line->parent, some_log(tried.heads.circle[0] - 1U), LOG_PK_BYTES);
        line->base = line->head > bits ? line->head - bits : 0;
        line->proof = 1 + bits / 64;
    }
}

static void node_heads(void) {
    struct log_line lines[4] = { 0 };
    size_t count = reader_u8(&tried.input) % 4;

    for (size_t i = 0; i < count && tried.heads_due; i++) {
        memcpy(lines[i].log, some_log(tried.heads.circle[0] - 1U), LOG_PK_BYTES);
        lines[i].head = some_seq() - 1;
        lines[i].hash[0] = reader_u8(&tried.input);
        branch_read(&lines[i]);
    }
    if (tried.heads_due) {
        tried.heads_due = false;
        sync_heads(tried.end->sync, tried.heads.circle, lines, count);
    }
}

static void node_run(void) {
    uint8_t bits = reader_u8(&tried.input);
    size_t count = tried.run_due ? (size_t)(tried.run.to - tried.run.from + 1) : 0;
    struct run run;

    if (!tried.run_due) {
        return;
    }
    tried.run_due = false;
    if (bits % 8 == 0 || tried.run.to > MADE_EVENTS_MAX) {
        sync_run(tried.end->sync, tried.run.circle, tried.run.log, NULL, 0);
        return;
    }
    made_log_run(world.logs[0][0], tried.run.from, 1 + bits % count, &run);
    memcpy(run.log, tried.run.log, sizeof run.log);
    sync_run(tried.end->sync, tried.run.circle, tried.run.log, &run, 3);
}

static void node_answer(void) {
    static const enum rb_status whys[] = { RB_GAP, RB_SUSPECT, RB_BAD_SIGNATURE, RB_REFUSED,
                                           RB_STORAGE };
    uint8_t outcome = reader_u8(&tried.input);
    uint64_t head = some_seq() - 1;

    if (!tried.store_due) {
        return;
    }
    tried.store_due = false;
    if (outcome % 8 < 5) {
        sync_refused(tried.end->sync, tried.store.circle, tried.store.log, whys[outcome % 8], head,
                     tried.store.frame.len);
    } else {
        sync_committed(tried.end->sync, tried.store.circle, tried.store.log, head, outcome,
                       tried.store.frame.len);
    }
}

static void node_stored(void) {
    uint8_t id[HASH_BYTES];
    size_t circle = some_circle();
    const uint8_t *log = some_log(circle);
    uint64_t first = some_seq();

    world_circle_id(id, circle);
    sync_stored(tried.end->sync, id, log, first, first + reader_u8(&tried.input) % 40);
}

static void node_want(void) {
    uint8_t id[HASH_BYTES];
    size_t circle = some_circle();
    const uint8_t *log = some_log(circle);
    uint64_t from = some_seq();

    world_circle_id(id, circle);
    sync_want(tried.end->sync, id, log, from, from + reader_u8(&tried.input));
}

static void node_key(void) {
    uint8_t id[HASH_BYTES];

    world_circle_id(id, some_circle());
    (void)sync_ask_key(tried.end->sync, id, id, span_text("no seal key")); /* It may not be time. */
}

static void node_cut(void) {
    uint8_t id[HASH_BYTES];

    world_circle_id(id, some_circle());
    sync_cut(tried.end->sync, id);
}

static void node_freeze(void) {
    uint8_t id[HASH_BYTES];
    size_t circle = some_circle();

    world_circle_id(id, circle);
    sync_freeze(tried.end->sync, id, some_log(circle));
    sync_clock(tried.end->sync, some_seq());
}

static void clock_ticks(void) {
    world.now_ms += INT64_C(400) * reader_u8(&tried.input);
    sync_tick(tried.end->sync, world.now_ms);
    assert(sync_deadline_ms(tried.end->sync) > 0);
}

static void node_bye(void) {
    if (reader_u8(&tried.input) > 250) {
        sync_bye(tried.end->sync, WIRE_BYE_DONE);
    }
}

static void (*const steps[])(void) = {
    peer_raw,    peer_honest,      peer_list,          peer_vector, peer_want,  peer_run,
    peer_ack,    peer_credit,      peer_ping,          peer_fork,   node_offer, node_heads,
    node_run,    node_answer,      node_withdraw,      node_stored, node_want,  node_freeze,
    clock_ticks, node_bye,         peer_keyreq,        node_key,    node_cut,   peer_revokes,
    node_revoke, peer_revokes_got, node_revokes_again, node_took,
};

/* ---- One input ---- */

static void greet(struct world_end *end) {
    while (!sync_progress(end->sync).open || !sync_progress(end->other->sync).open) {
        if (!world_deliver(end->other) && !world_deliver(end)) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    if (crypt_start() != RB_OK) {
        abort();
    }
    world_init(&world, 1, 2, 4);
    memset(&tried, 0, sizeof tried);
    tried.input = reader_of(span_of(data, len));
    uint8_t first = reader_u8(&tried.input);
    struct world_end *end = world_connect(&world, 0, 1);
    if ((first & 1) != 0) {
        greet(end);
    }
    tried.end = (first & 2) != 0 ? end : end->other;
    while (tried.input.rest.len > 0 && !tried.input.failed) {
        steps[reader_u8(&tried.input) % (sizeof steps / sizeof steps[0])]();
        take_actions();
    }
    world_clear(&world);
    return 0;
}
