/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the peer sends: a row for each frame says in which states it may come and who takes it. */
#include "protocol/sync_internal.h"

#include <string.h>

/* ---- Greeting ---- */

static enum wire_role peer_role(const struct sync *sync) {
    return sync->setup.role == WIRE_DIALLED ? WIRE_LISTENED : WIRE_DIALLED;
}

static void proof_send(struct sync *sync) {
    const struct sync_setup *setup = &sync->setup;
    uint8_t signature[SIGNATURE_BYTES];

    wire_proof_sign(signature, &setup->identity->device, setup->role,
                    setup->identity->transport.public, setup->peer_transport,
                    writer_view(&sync->our_hello), writer_view(&sync->their_hello));
    wire_proof(sync_queue_begin(sync, SYNC_NONE, false), signature);
    sync_queue_end(sync);
}

static void take_hello(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    const struct wire_hello *hello = &frame->hello;

    if (hello->protocol != WIRE_PROTOCOL) {
        sync_fail(sync, WIRE_ERR_VERSION, RB_UNKNOWN);
        return;
    }
    if (hello->role != peer_role(sync)) {
        sync_fail(sync, WIRE_ERR_FORM, RB_MALFORMED);
        return;
    }
    if (memcmp(hello->device_cert, sync->setup.peer_device_cert, sizeof hello->device_cert) != 0) {
        sync_fail(sync, WIRE_ERR_IDENTITY, RB_BAD_SIGNATURE);
        return;
    }
    sync->peer = *hello;
    writer_span(&sync->their_hello, bytes);
    if (sync->setup.role == WIRE_LISTENED) {
        writer_span(sync_queue_begin(sync, SYNC_NONE, false), writer_view(&sync->our_hello));
        sync_queue_end(sync);
    }
    proof_send(sync);
    sync->state = STATE_PROVING;
}

static void take_proof(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    const struct sync_setup *setup = &sync->setup;
    (void)bytes;

    if (!wire_proof_verify(frame->proof, setup->peer_device, peer_role(sync), setup->peer_transport,
                           setup->identity->transport.public, writer_view(&sync->their_hello),
                           writer_view(&sync->our_hello))) {
        sync_fail(sync, WIRE_ERR_IDENTITY, RB_BAD_SIGNATURE);
        return;
    }
    sync->state = STATE_OPEN;
    sync_notify(sync, (struct sync_notice) {
                          .type = SYNC_HLC, .circle = SYNC_NONE, .number = sync->peer.hlc });
    sync_notify(sync, (struct sync_notice) { .type = SYNC_READY, .circle = SYNC_NONE });
}

/* ---- Circles ---- */

/* False: the session was closed. */
static bool item_take(struct sync *sync, const struct wire_list_item *item) {
    uint32_t index = sync_circle_by_rid(sync, item->rid);

    if (sync->their_handles.count >= LIST_CIRCLES_MAX) {
        sync_fail(sync, WIRE_ERR_LIMIT, RB_TOO_LARGE);
        return false;
    }
    if (index == SYNC_NONE) {
        index = sync_circle_add(sync, item->rid);
    }
    struct sync_circle *circle = sync_circle_at(sync, index);
    if (circle->their_listed) {
        sync_fail(sync, WIRE_ERR_FORM, RB_MALFORMED);
        return false;
    }
    circle->their_listed = true;
    circle->their_handle = (uint32_t)sync->their_handles.count;
    memcpy(circle->their_fp, item->fp, FP_BYTES);
    sync_list_push_index(&sync->their_handles, index);
    if (!circle->offered) {
        sync_circle_await(sync, index, true);
        sync_circle_refresh(sync, index);
    }
    sync_circle_compare(sync, index);
    return true;
}

static void take_list(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    (void)bytes;
    for (size_t i = 0; i < wire_list_count(frame); i++) {
        struct wire_list_item item = wire_list_at(frame, i);
        if (!item_take(sync, &item)) {
            return;
        }
    }
    sync->their_complete = frame->last;
    while (sync->their_complete && sync->lonely.count > 0) {
        sync_circle_compare(sync, sync_list_pop_index(&sync->lonely));
    }
}

/* The circle that a VECTOR, WANT, FORK or KEYREQ speaks of; SYNC_NONE after closing the session, if
 * the peer has not listed it. */
static uint32_t circle_named(struct sync *sync, const struct wire_frame *frame) {
    uint32_t index = sync_circle_by_rid(sync, frame->rid);

    if (index != SYNC_NONE && sync_circle_at(sync, index)->their_listed) {
        return index;
    }
    sync_fail(sync, WIRE_ERR_FORM, RB_MALFORMED);
    return SYNC_NONE;
}

/* True if the VECTOR may come: of a circle that both listed, or with the circle's id. */
static bool vector_is_due(struct sync *sync, uint32_t index, const struct wire_frame *frame) {
    struct sync_circle *circle = sync_circle_at(sync, index);
    uint8_t rid[RID_BYTES];

    if (!frame->introduces) {
        return circle->our_listed;
    }
    sync_circle_rid(sync, rid, frame->circle);
    if (memcmp(rid, frame->rid, RID_BYTES) != 0) {
        return false;
    }
    memcpy(circle->id, frame->circle, HASH_BYTES);
    circle->id_known = true;
    return true;
}

/* False: the session was closed. */
static bool row_take(struct sync *sync, uint32_t circle, const struct wire_log *row) {
    uint32_t index = sync_log_find(sync, circle, row->log8);

    if (index == SYNC_NONE) {
        if (sync->logs.count >= SYNC_LOGS_MAX) {
            sync_fail(sync, WIRE_ERR_LIMIT, RB_TOO_LARGE);
            return false;
        }
        index = sync_log_add(sync, circle, row->log8);
    }
    struct sync_log *log = sync_log_at(sync, index);
    log->placed = log->listed = true;
    log->theirs = log->durable = log->sent = row->head;
    log->their_hash_seq = row->head;
    memcpy(log->their_hash8, row->hash8, sizeof log->their_hash8);
    return true;
}

/* Whatever was sent and is not in the VECTOR is sent again. */
static void circle_forget_theirs(struct sync *sync, uint32_t circle) {
    for (uint32_t i = sync_circle_at(sync, circle)->first_log; i != SYNC_NONE;) {
        struct sync_log *log = sync_log_at(sync, i);
        log->theirs = log->durable = log->sent = log->unwanted = log->ungiven = 0;
        log->listed = false;
        i = log->next_in_circle;
    }
}

/* The circle was the same on both sides, and the peer has found that it is not: now both tell what
 * they have. */
static void circle_was_same(struct sync *sync, uint32_t index) {
    struct sync_circle *circle = sync_circle_at(sync, index);

    circle->same = false;
    circle->vector_due = circle->vector_due || !circle->vector_sent;
    circle->heads_due = !circle->heads_known;
    sync_circle_ask_heads(sync, index);
}

static void take_vector(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    uint32_t index = circle_named(sync, frame);
    (void)bytes;

    if (index == SYNC_NONE) {
        return;
    }
    if (!vector_is_due(sync, index, frame)) {
        sync_fail(sync, WIRE_ERR_FORM, RB_MALFORMED);
        return;
    }
    if (sync_circle_at(sync, index)->same) {
        circle_was_same(sync, index);
    }
    circle_forget_theirs(sync, index);
    for (size_t i = 0; i < frame->row_count; i++) {
        struct wire_log row = wire_next_log(frame);
        if (!row_take(sync, index, &row)) {
            return;
        }
    }
    struct sync_circle *circle = sync_circle_at(sync, index);
    circle->vector_known = true;
    circle->unanswered = false;
    if (!circle->offered && !circle->introduced) {
        circle->introduced = true;
        sync_notify(sync, (struct sync_notice) { .type = SYNC_CIRCLE, .circle = index });
        sync_circle_await(sync, index, false);
    }
    sync_circle_refresh(sync, index);
}

static void take_want(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    uint32_t index = circle_named(sync, frame);
    (void)bytes;

    if (index == SYNC_NONE || !sync_circle_is_shared(sync_circle_at(sync, index))) {
        return;
    }
    for (size_t i = 0; i < frame->row_count; i++) {
        sync_circle_request(sync, index, wire_next_want(frame));
    }
}

/* Whatever our node makes of it, the peer is told what we have then. */
static void take_fork(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    uint32_t index = circle_named(sync, frame);
    (void)bytes;

    if (index == SYNC_NONE || !sync_circle_is_shared(sync_circle_at(sync, index))) {
        return;
    }
    sync_notify(sync, (struct sync_notice) {
                          .type = SYNC_FORK, .circle = index, .bytes = frame->proof_bytes });
    sync_circle_at(sync, index)->vector_due = true;
    sync_circle_ask_heads(sync, index);
    sync_circle_refresh(sync, index);
}

static void take_keyreq(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    uint32_t index = circle_named(sync, frame);
    (void)bytes;

    if (index == SYNC_NONE || !sync_circle_is_shared(sync_circle_at(sync, index))) {
        return;
    }
    struct sync_notice notice = { .type = SYNC_KEYREQ, .circle = index, .bytes = frame->seal_key };
    memcpy(notice.eid8, frame->eid8, sizeof notice.eid8);
    sync_notify(sync, notice);
}

/* ---- Events ---- */

/* Whoever sends a run has its events: we need not push them back. */
static void log_claim(struct sync *sync, uint32_t index, const struct run *run) {
    uint64_t last = run->first + run->count - 1;

    sync_log_place(sync, index, run->first - 1);
    struct sync_log *log = sync_log_at(sync, index);
    log->theirs = last > log->theirs ? last : log->theirs;
    log->sent = log->theirs > log->sent ? log->theirs : log->sent;
    log->listed = true;
    sync_log_refresh(sync, index);
}

/* The log of a run that is to be stored, or SYNC_NONE: it is dropped.  Runs of a withdrawn circle
 * are taken and acknowledged: somebody who leaves must be able to deliver his last words. */
static uint32_t run_log(struct sync *sync, uint32_t circle) {
    const struct run *run = &sync->run;
    bool fresh = sync_log_named(sync, circle, run->log) == SYNC_NONE;

    if (fresh && sync->logs.count >= SYNC_LOGS_MAX) {
        sync_fail(sync, WIRE_ERR_LIMIT, RB_TOO_LARGE);
        return SYNC_NONE;
    }
    uint32_t index = sync_log_get(sync, circle, run->log);
    if (index == SYNC_NONE || sync_log_at(sync, index)->frozen) {
        return SYNC_NONE;
    }
    log_claim(sync, index, run);
    return index;
}

static void run_store(struct sync *sync, uint32_t circle, uint64_t rcv_upto, struct span bytes) {
    uint32_t log = run_log(sync, circle);

    if (log == SYNC_NONE) {
        sync->to_grant += bytes.len;
        return;
    }
    sync->storing += bytes.len;
    sync_notify(
        sync,
        (struct sync_notice) {
            .type = SYNC_STORE, .circle = circle, .log = log, .number = rcv_upto, .bytes = bytes });
}

static void take_run(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    uint64_t handle, rcv_upto;
    (void)frame; /* Has the head only, which is read again. */

    if (sync->credit_in <= 0) {
        sync_fail(sync, WIRE_ERR_LIMIT, RB_TOO_LARGE);
        return;
    }
    sync->credit_in -= (int64_t)bytes.len;
    enum rb_status status = wire_decode_run(bytes, &handle, &rcv_upto, &sync->run);
    if (status != RB_OK) {
        sync_fail(sync, WIRE_ERR_FORM, status);
        return;
    }
    if (handle >= sync->their_handles.count) {
        sync_fail(sync, WIRE_ERR_FORM, RB_MALFORMED);
        return;
    }
    uint32_t circle = *(uint32_t *)sync_list_at(&sync->their_handles, (size_t)handle);
    if (!sync_circle_at(sync, circle)->our_listed) {
        sync_fail(sync, WIRE_ERR_FORM, RB_MALFORMED);
        return;
    }
    run_store(sync, circle, rcv_upto, bytes);
}

/* False: the session was closed, because the peer acknowledged what we do not have. */
static bool ack_take(struct sync *sync, const struct wire_ack *ack) {
    uint32_t index = SYNC_NONE;
    uint64_t seq = ack->seq;

    if (ack->handle < sync->our_handles.count) {
        uint32_t circle = *(uint32_t *)sync_list_at(&sync->our_handles, (size_t)ack->handle);
        index = sync_log_find(sync, circle, ack->log8);
    }
    struct sync_log *log = index != SYNC_NONE ? sync_log_at(sync, index) : NULL;
    if (log != NULL && seq > log->ours && sync_circle_at(sync, log->circle)->forked) {
        seq = log->ours; /* He does not know of the cut: beyond it this says nothing of our log. */
    }
    if (log == NULL || seq > log->ours) {
        sync_fail(sync, WIRE_ERR_FORM, RB_MALFORMED);
        return false;
    }
    log->listed = true;
    log->durable = seq > log->durable ? seq : log->durable;
    log->theirs = seq > log->theirs ? seq : log->theirs;
    log->sent = log->theirs > log->sent ? log->theirs : log->sent;
    sync_log_refresh(sync, index);
    return true;
}

static void take_ack(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    (void)bytes;
    for (size_t i = 0; i < frame->row_count; i++) {
        struct wire_ack ack = wire_next_ack(frame);
        if (!ack_take(sync, &ack)) {
            return;
        }
    }
}

static void take_credit(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    uint64_t granted = frame->credit < CREDIT_BYTES_MAX ? frame->credit : CREDIT_BYTES_MAX;
    (void)bytes;

    sync->credit_out += (int64_t)granted;
    if (sync->credit_out > CREDIT_BYTES_MAX) {
        sync->credit_out = CREDIT_BYTES_MAX;
    }
}

/* ---- Revocations ---- */

static void take_revokes(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    (void)bytes;
    sync_revokes_take(sync, frame);
}

static void take_revokes_got(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    (void)bytes;
    sync_revokes_take_got(sync, frame);
}

/* ---- Life ---- */

static void take_ping(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    (void)bytes;
    sync->pongs_due++;
    sync_notify(
        sync, (struct sync_notice) { .type = SYNC_HLC, .circle = SYNC_NONE, .number = frame->hlc });
}

/* The peer has answered all that we sent before this PING.  What was wanted before and has not come
 * is not to be had, and what was pushed before and is not acknowledged is not wanted.  If nothing
 * else went either way since, what he has not sent by himself will not come either.  A circle that
 * was introduced before and is still not in the peer's list is not wanted there, at least not
 * now. */
static void take_pong(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    (void)bytes;
    sync_notify(
        sync, (struct sync_notice) { .type = SYNC_HLC, .circle = SYNC_NONE, .number = frame->hlc });
    if (sync->pongs == sync->pings) {
        sync_fail(sync, WIRE_ERR_FORM, RB_MALFORMED);
        return;
    }
    sync->pongs++;
    sync->want_open = sync->want_open && sync->want_since >= sync->pongs;
    sync_revokes_pong(sync);
    if (sync->run_open && sync->run_since < sync->pongs && sync->requests.count == 0) {
        sync->run_open = false;
        sync_logs_unwanted(sync);
    }
    if (sync->quiet && sync->quiet_since == sync->pongs) {
        sync->quiet = false;
        sync_peer_is_silent(sync);
    }
    for (uint32_t i = 0; i < sync->circles.count && sync->awaited > 0; i++) {
        struct sync_circle *circle = sync_circle_at(sync, i);
        if (circle->awaited && circle->awaited_since < sync->pongs) {
            sync_circle_await(sync, i, false);
            sync_circle_refresh(sync, i);
        }
    }
}

static void take_err(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    static const enum rb_status statuses[] = {
        [WIRE_ERR_NEED_HELLO] = RB_UNREACHABLE, [WIRE_ERR_VERSION] = RB_UNKNOWN,
        [WIRE_ERR_IDENTITY] = RB_BAD_SIGNATURE, [WIRE_ERR_FORM] = RB_MALFORMED,
        [WIRE_ERR_LIMIT] = RB_TOO_LARGE,
    };
    enum rb_status status = RB_REFUSED;
    (void)bytes;

    if (frame->code > 0 && frame->code < sizeof statuses / sizeof statuses[0]) {
        status = statuses[frame->code];
    }
    sync_end(sync, status, WIRE_BYE_DONE);
}

static void take_bye(struct sync *sync, struct wire_frame *frame, struct span bytes) {
    (void)bytes;
    sync_end(sync, RB_OK,
             frame->code <= WIRE_BYE_BUSY ? (enum wire_bye)frame->code : WIRE_BYE_DONE);
}

/* ---- Any frame ---- */

enum {
    IN_GREETING = 1U << STATE_GREETING,
    IN_PROVING = 1U << STATE_PROVING,
    IN_OPEN = 1U << STATE_OPEN
};

static const struct frame_rule {
    enum wire_type type;
    unsigned states;
    void (*take)(struct sync *sync, struct wire_frame *frame, struct span bytes);
} rules[] = {
    { WIRE_HELLO, IN_GREETING, take_hello },
    { WIRE_PROOF, IN_PROVING, take_proof },
    { WIRE_LIST, IN_OPEN, take_list },
    { WIRE_VECTOR, IN_OPEN, take_vector },
    { WIRE_WANT, IN_OPEN, take_want },
    { WIRE_RUN, IN_OPEN, take_run },
    { WIRE_ACK, IN_OPEN, take_ack },
    { WIRE_CREDIT, IN_OPEN, take_credit },
    { WIRE_FORK, IN_OPEN, take_fork },
    { WIRE_PING, IN_OPEN, take_ping },
    { WIRE_PONG, IN_OPEN, take_pong },
    { WIRE_ERR, IN_GREETING | IN_PROVING | IN_OPEN, take_err },
    { WIRE_BYE, IN_GREETING | IN_PROVING | IN_OPEN, take_bye },
    { WIRE_KEYREQ, IN_OPEN, take_keyreq },
    { WIRE_REVOKES, IN_OPEN, take_revokes },
    { WIRE_REVOKES_GOT, IN_OPEN, take_revokes_got },
};

static const struct frame_rule *rule_of(enum wire_type type) {
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].type == type) {
            return &rules[i];
        }
    }
    return NULL;
}

/* A peer that speaks to a session which we have lost must greet again. */
static void out_of_place(struct sync *sync) {
    if (sync->state == STATE_GREETING && sync->setup.role == WIRE_LISTENED) {
        sync_fail(sync, WIRE_ERR_NEED_HELLO, RB_UNREACHABLE);
    } else {
        sync_fail(sync, WIRE_ERR_FORM, RB_MALFORMED);
    }
}

/* A newer version of the frames cannot be talked to; a newer type of frame is not for us. */
static void take_unknown(struct sync *sync, struct span bytes) {
    struct reader r = reader_of(bytes);

    (void)reader_u8(&r); /* The type. */
    if (reader_u8(&r) != WIRE_VERSION) {
        sync_fail(sync, WIRE_ERR_VERSION, RB_UNKNOWN);
    }
}

void sync_frame_take(struct sync *sync, struct span bytes) {
    struct wire_frame frame;

    enum rb_status status = wire_decode(bytes, &frame);
    if (status == RB_UNKNOWN) {
        take_unknown(sync, bytes);
        return;
    }
    if (status != RB_OK) {
        sync_fail(sync, status == RB_TOO_LARGE ? WIRE_ERR_LIMIT : WIRE_ERR_FORM, status);
        return;
    }
    const struct frame_rule *rule = rule_of(frame.type); /* NULL: JOIN, JOINED have no place here */
    if (rule == NULL || (rule->states & 1U << sync->state) == 0) {
        out_of_place(sync);
        return;
    }
    sync->quiet = sync->quiet && (frame.type == WIRE_PING || frame.type == WIRE_PONG);
    rule->take(sync, &frame, bytes);
}
