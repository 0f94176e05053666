/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of a sync session and what comes out of it.  sync_next asks one source after the other:
 * what the node must know, frames that are ready, lists, acknowledgements and credit, then the
 * questions to the node whose answers make further frames, and PING last. */
#include "protocol/sync_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- Life ---- */

static void lists_init(struct sync *sync) {
    sync_list_init(&sync->circles, sizeof(struct sync_circle));
    sync_list_init(&sync->logs, sizeof(struct sync_log));
    sync_list_init(&sync->notices, sizeof(struct sync_notice));
    sync_list_init(&sync->queued, sizeof(struct sync_queued));
    sync_list_init(&sync->requests, sizeof(struct sync_request));
    sync_list_init(&sync->our_handles, sizeof(uint32_t));
    sync_list_init(&sync->their_handles, sizeof(uint32_t));
    sync_list_init(&sync->offers, sizeof(uint32_t));
    sync_list_init(&sync->lonely, sizeof(uint32_t));
    sync_list_init(&sync->heads, sizeof(uint32_t));
    sync_list_init(&sync->wanting, sizeof(uint32_t));
    sync_list_init(&sync->forks, sizeof(uint32_t));
    sync_list_init(&sync->pushes, sizeof(uint32_t));
    sync_list_init(&sync->acks, sizeof(uint32_t));
    sync_table_init(&sync->by_rid, sync->setup.table_key);
    sync_table_init(&sync->by_log, sync->setup.table_key);
}

static void hello_init(struct sync *sync) {
    const struct sync_setup *setup = &sync->setup;
    struct wire_hello hello = {
        .protocol = WIRE_PROTOCOL,
        .role = setup->role,
        .hlc = setup->hlc,
    };

    memcpy(hello.device_cert, setup->device_cert, sizeof hello.device_cert);
    memcpy(hello.nonce, setup->nonce, sizeof hello.nonce);
    memcpy(hello.store_inc, setup->store_inc, sizeof hello.store_inc);
    writer_init(&sync->our_hello, FRAME_BYTES_MAX);
    writer_init(&sync->their_hello, FRAME_BYTES_MAX);
    wire_hello(&sync->our_hello, &hello);
}

struct sync *sync_new(const struct sync_setup *setup, int64_t now_ms) {
    struct sync *sync = rb_alloc(1, sizeof *sync);

    sync->setup = *setup;
    sync->started_ms = sync->now_ms = sync->last_in_ms = sync->last_out_ms = now_ms;
    sync->asked_heads = sync->asked_fork = sync->asked_run.log = SYNC_NONE;
    sync->credit_in = sync->credit_out = CREDIT_START_BYTES;
    lists_init(sync);
    hello_init(sync);
    if (setup->role == WIRE_DIALLED) {
        writer_span(sync_queue_begin(sync, SYNC_NONE, false), writer_view(&sync->our_hello));
        sync_queue_end(sync);
    }
    return sync;
}

static void queue_clear(struct sync *sync) {
    struct sync_queued queued;

    while (sync_list_pop(&sync->queued, &queued)) {
        writer_clear(&queued.frame);
    }
}

static void lists_clear(struct sync *sync) {
    for (uint32_t i = 0; i < sync->circles.count; i++) {
        sync_list_clear(&sync_circle_at(sync, i)->wants);
    }
    sync_list_clear(&sync->circles);
    sync_list_clear(&sync->logs);
    sync_list_clear(&sync->notices);
    sync_list_clear(&sync->queued);
    sync_list_clear(&sync->requests);
    sync_list_clear(&sync->our_handles);
    sync_list_clear(&sync->their_handles);
    sync_list_clear(&sync->offers);
    sync_list_clear(&sync->lonely);
    sync_list_clear(&sync->heads);
    sync_list_clear(&sync->wanting);
    sync_list_clear(&sync->forks);
    sync_list_clear(&sync->pushes);
    sync_list_clear(&sync->acks);
    sync_table_clear(&sync->by_rid);
    sync_table_clear(&sync->by_log);
}

void sync_destroy(struct sync **sync) {
    if (*sync == NULL) {
        return;
    }
    queue_clear(*sync);
    lists_clear(*sync);
    writer_clear(&(*sync)->our_hello);
    writer_clear(&(*sync)->their_hello);
    writer_clear(&(*sync)->taken);
    free(*sync);
    *sync = NULL;
}

/* ---- The end ---- */

void sync_end(struct sync *sync, enum rb_status status, enum wire_bye bye) {
    if (sync->state == STATE_CLOSED) {
        return;
    }
    queue_clear(sync);
    sync->state = STATE_CLOSED;
    sync->close_status = status;
    sync->close_bye = bye;
}

void sync_fail(struct sync *sync, enum wire_error code, enum rb_status status) {
    if (sync->state == STATE_CLOSED) {
        return;
    }
    sync_end(sync, status, WIRE_BYE_DONE);
    wire_err(sync_queue_begin(sync, SYNC_NONE, false), code, 0);
    sync_queue_end(sync);
}

void sync_count_bad(struct sync *sync) {
    sync->bad_frames++;
    if (sync->bad_frames >= BAD_FRAMES_MAX) {
        sync_fail(sync, WIRE_ERR_FORM, RB_REFUSED);
    }
}

/* What is durable is acknowledged before the goodbye; then nothing more. */
void sync_bye(struct sync *sync, enum wire_bye reason) {
    if (sync->state == STATE_CLOSED) {
        return;
    }
    while (sync->state == STATE_OPEN && sync->acks.count > 0) {
        sync_ack_write(sync, sync_queue_begin(sync, SYNC_NONE, false));
        sync_queue_end(sync);
    }
    wire_bye(sync_queue_begin(sync, SYNC_NONE, false), reason);
    sync_queue_end(sync);
    sync->state = STATE_CLOSED;
    sync->close_status = RB_OK;
    sync->close_bye = reason;
}

/* ---- Time ---- */

static void clock_set(struct sync *sync, int64_t now_ms) {
    sync->now_ms = now_ms > sync->now_ms ? now_ms : sync->now_ms;
}

void sync_frame(struct sync *sync, int64_t now_ms, struct span frame) {
    assert(sync->borrowing ==
           0); /* The actions that borrow from the frame before have been taken. */
    clock_set(sync, now_ms);
    if (sync->state != STATE_CLOSED) {
        sync->last_in_ms = sync->now_ms;
        sync_frame_take(sync, frame);
    }
}

void sync_clock(struct sync *sync, uint64_t hlc) {
    sync->setup.hlc = hlc;
}

static int64_t silence_deadline_ms(const struct sync *sync) {
    return sync->state == STATE_OPEN ? sync->last_in_ms + SYNC_SILENCE_MS
                                     : sync->started_ms + SYNC_GREETING_MS;
}

static int64_t ping_deadline_ms(const struct sync *sync) {
    bool out = sync->run_open && sync->left_out > 0;
    bool in = sync->storing == 0 && (sync->left_in > 0 || sync->unsettled > 0);
    bool asks = (out || in || sync_revokes_wait(sync)) && sync->pings == sync->pongs;

    return sync->last_out_ms + (asks ? SYNC_ACK_MS : SYNC_PING_MS);
}

void sync_tick(struct sync *sync, int64_t now_ms) {
    clock_set(sync, now_ms);
    if (sync->state == STATE_CLOSED) {
        return;
    }
    if (sync->now_ms >= silence_deadline_ms(sync)) {
        sync_end(sync, RB_UNREACHABLE, WIRE_BYE_DONE);
        return;
    }
    if (sync->state == STATE_OPEN && sync->now_ms >= ping_deadline_ms(sync)) {
        sync->ping_due = true;
    }
}

int64_t sync_deadline_ms(const struct sync *sync) {
    int64_t silence_ms = silence_deadline_ms(sync);
    int64_t ping_ms = ping_deadline_ms(sync);

    if (sync->state == STATE_CLOSED) {
        return INT64_MAX;
    }
    return sync->state == STATE_OPEN && ping_ms < silence_ms ? ping_ms : silence_ms;
}

/* ---- Frames and notices on their way out ---- */

struct writer *sync_queue_begin(struct sync *sync, uint32_t circle, bool run) {
    struct sync_queued queued = { .circle = circle, .run = run };

    writer_init(&queued.frame, FRAME_BYTES_MAX);
    sync_list_push(&sync->queued, &queued);
    struct sync_queued *last = sync_list_at(&sync->queued, sync->queued.count - 1);
    return &last->frame;
}

void sync_queue_end(struct sync *sync) {
    const struct sync_queued *queued = sync_list_at(&sync->queued, sync->queued.count - 1);

    assert(writer_end(&queued->frame) == RB_OK); /* limits.h: every frame fits. */
    sync->credit_out -= queued->run ? (int64_t)queued->frame.len : 0;
}

void sync_run_queue(struct sync *sync, uint32_t circle, const struct run *run, uint64_t rcv_upto) {
    wire_run(sync_queue_begin(sync, circle, true), sync_circle_at(sync, circle)->our_handle,
             rcv_upto, run);
    sync_queue_end(sync);
    sync->run_open = true;
    sync->run_since = sync->pings;
}

void sync_notify(struct sync *sync, struct sync_notice notice) {
    sync->borrowing += notice.bytes.data != NULL ? 1 : 0;
    sync_list_push(&sync->notices, &notice);
}

/* ---- The sources of actions: true if there was one ---- */

static void action_names(const struct sync *sync, uint32_t circle, uint32_t log,
                         struct sync_action *action) {
    if (circle != SYNC_NONE) {
        memcpy(action->circle, sync_circle_at(sync, circle)->id, HASH_BYTES);
    }
    if (log != SYNC_NONE) {
        memcpy(action->log, sync_log_at(sync, log)->log, LOG_PK_BYTES);
    }
}

static bool notice_names_log(enum sync_action_type type) {
    return type == SYNC_STORE || type == SYNC_ACKED;
}

static bool next_notice(struct sync *sync, struct sync_action *action) {
    struct sync_notice notice;

    if (!sync_list_pop(&sync->notices, &notice)) {
        return false;
    }
    sync->borrowing -= notice.bytes.data != NULL ? 1 : 0;
    action->type = notice.type;
    action->frame = notice.bytes;
    action_names(sync, notice.circle, notice_names_log(notice.type) ? notice.log : SYNC_NONE,
                 action);
    if (notice.type == SYNC_STORE) {
        action->run = &sync->run;
        action->rcv_upto = notice.number;
    } else if (notice.type == SYNC_REVOKES) {
        action->last = notice.number == 1;
    } else if (notice.type == SYNC_ACKED || notice.type == SYNC_REVOKES_GOT) {
        action->seq = notice.number;
    } else if (notice.type == SYNC_HLC) {
        action->hlc = notice.number;
    } else if (notice.type == SYNC_KEYREQ) {
        memcpy(action->eid8, notice.eid8, sizeof action->eid8);
    } else if (notice.type == SYNC_READY) {
        memcpy(action->store_inc, sync->peer.store_inc, sizeof action->store_inc);
    }
    return true;
}

static void action_send(struct sync *sync, struct sync_action *action) {
    action->type = SYNC_SEND;
    action->frame = writer_view(&sync->taken);
    sync->last_out_ms = sync->now_ms;
    sync->quiet = false;
}

/* `taken` keeps the frame until the next call. */
static bool next_queued(struct sync *sync, struct sync_action *action) {
    struct sync_queued queued;

    if (!sync_list_pop(&sync->queued, &queued)) {
        return false;
    }
    writer_clear(&sync->taken);
    sync->taken = queued.frame;
    action_send(sync, action);
    return true;
}

static struct writer *taken_begin(struct sync *sync) {
    writer_clear(&sync->taken);
    writer_init(&sync->taken, FRAME_BYTES_MAX);
    return &sync->taken;
}

/* The circles of the next LIST: up to `max` handles, in their order. */
static size_t list_gather(struct sync *sync, struct wire_list_item *items, size_t max) {
    size_t count = 0;

    while (count < max && sync->offers.count > 0) {
        uint32_t index = sync_list_pop_index(&sync->offers);
        struct sync_circle *circle = sync_circle_at(sync, index);
        circle->offer_queued = false;
        if (circle->withdrawn || sync->our_handles.count >= LIST_CIRCLES_MAX) {
            circle->offered = false;
            sync_circle_refresh(sync, index);
            continue;
        }
        circle->our_listed = true;
        circle->our_handle = (uint32_t)sync->our_handles.count;
        sync_list_push_index(&sync->our_handles, index);
        memcpy(items[count].rid, circle->rid, RID_BYTES);
        memcpy(items[count].fp, circle->our_fp, FP_BYTES);
        count++;
    }
    return count;
}

/* What only the peer lists it may introduce as soon as our list is complete: from now on we wait.
 */
static void list_is_complete(struct sync *sync) {
    sync->list_due = false;
    sync->listed_once = true;
    sync->our_complete = true;
    for (uint32_t i = 0; i < sync->circles.count && sync->awaited > 0; i++) {
        if (sync_circle_at(sync, i)->awaited && !sync_circle_at(sync, i)->our_listed) {
            sync_circle_await(sync, i, true);
        }
    }
}

static bool next_list(struct sync *sync, struct sync_action *action) {
    if (!sync->list_due || sync->revokes.asked) {
        return false;
    }
    size_t first = sync->our_handles.count;
    size_t most = sync->offers.count < LIST_ITEMS_MAX ? sync->offers.count : LIST_ITEMS_MAX;
    struct wire_list_item *items = rb_alloc(most + 1, sizeof *items);
    size_t count = list_gather(sync, items, most);
    bool last = sync->offers.count == 0;

    wire_list(taken_begin(sync), items, count, last);
    free(items);
    if (last) {
        list_is_complete(sync);
    }
    for (size_t i = 0; i < count; i++) {
        sync_circle_compare(sync, *(uint32_t *)sync_list_at(&sync->our_handles, first + i));
    }
    action_send(sync, action);
    return true;
}

/* One frame for all logs of which something became durable, as many as fit. */
void sync_ack_write(struct sync *sync, struct writer *out) {
    size_t most = sync->acks.count < ACK_ITEMS_MAX ? sync->acks.count : ACK_ITEMS_MAX;
    struct wire_ack *acks = rb_alloc(most + 1, sizeof *acks);
    size_t count = 0;

    for (size_t i = 0; i < most; i++) {
        struct sync_log *log = sync_log_at(sync, sync_list_pop_index(&sync->acks));
        log->ack_queued = false;
        if (log->ack > 0) {
            acks[count].handle = sync_circle_at(sync, log->circle)->their_handle;
            memcpy(acks[count].log8, log->log8, LOG8_BYTES);
            acks[count].seq = log->ack;
            count++;
        }
        log->ack = 0;
    }
    wire_ack(out, acks, count, sync->cursor);
    free(acks);
}

static bool next_ack(struct sync *sync, struct sync_action *action) {
    if (sync->acks.count == 0) {
        return false;
    }
    sync_ack_write(sync, taken_begin(sync));
    action_send(sync, action);
    return true;
}

/* Small grants would cost a frame each; but a peer that has nothing left must not wait. */
static bool next_credit(struct sync *sync, struct sync_action *action) {
    bool worth = sync->to_grant >= CREDIT_START_BYTES / 4;

    if (sync->to_grant == 0 || (!worth && sync->credit_in > 0)) {
        return false;
    }
    wire_credit(taken_begin(sync), sync->to_grant);
    sync->credit_in += (int64_t)sync->to_grant;
    sync->to_grant = 0;
    action_send(sync, action);
    return true;
}

static bool next_heads(struct sync *sync, struct sync_action *action) {
    while (sync->asked_heads == SYNC_NONE && sync->heads.count > 0) {
        uint32_t index = sync_list_pop_index(&sync->heads);
        struct sync_circle *circle = sync_circle_at(sync, index);
        circle->heads_queued = false;
        if (circle->vector_due || circle->heads_due) {
            sync->asked_heads = index;
            action->type = SYNC_ASK_HEADS;
            action_names(sync, index, SYNC_NONE, action);
            return true;
        }
    }
    return false;
}

/* The next branch of the circle whose proof the peer needs, or SYNC_NONE. */
static uint32_t fork_find(const struct sync *sync, const struct sync_circle *circle) {
    uint32_t index = circle->first_log;

    while (index != SYNC_NONE && !sync_log_lacks_proof(sync, sync_log_at(sync, index))) {
        index = sync_log_at(sync, index)->next_in_circle;
    }
    return index;
}

static bool next_fork(struct sync *sync, struct sync_action *action) {
    while (sync->asked_fork == SYNC_NONE && sync->forks.count > 0) {
        uint32_t index = *(uint32_t *)sync_list_at(&sync->forks, 0);
        struct sync_circle *circle = sync_circle_at(sync, index);
        uint32_t log = sync_circle_is_live(circle) ? fork_find(sync, circle) : SYNC_NONE;
        if (log != SYNC_NONE) {
            sync->asked_fork = log;
            action->type = SYNC_ASK_FORK;
            action_names(sync, index, log, action);
            return true;
        }
        (void)sync_list_pop_index(&sync->forks); /* It is this one. */
        circle->forks_queued = false;
    }
    return false;
}

static void want_write(struct sync *sync, struct sync_circle *circle, struct writer *out) {
    size_t most = circle->wants.count < WANT_ITEMS_MAX ? circle->wants.count : WANT_ITEMS_MAX;
    struct wire_want *rows = rb_alloc(most + 1, sizeof *rows);
    struct sync_want want;

    for (size_t i = 0; i < most; i++) {
        (void)sync_list_pop(&circle->wants, &want); /* There are `most`. */
        memcpy(rows[i].log8, sync_log_at(sync, want.log)->log8, LOG8_BYTES);
        rows[i].from = want.from;
        rows[i].to = want.to;
    }
    wire_want(out, circle->rid, rows, most);
    free(rows);
}

static bool next_want(struct sync *sync, struct sync_action *action) {
    while (sync->wanting.count > 0) {
        uint32_t index = sync_list_pop_index(&sync->wanting);
        struct sync_circle *circle = sync_circle_at(sync, index);
        circle->wants_queued = false;
        if (circle->wants.count > 0 && sync_circle_is_live(circle)) {
            want_write(sync, circle, taken_begin(sync));
            sync->want_open = true;
            sync->want_since = sync->pings;
            sync_circle_refresh(sync, index); /* There may be more than fit one frame. */
            action_send(sync, action);
            return true;
        }
    }
    return false;
}

static uint64_t block_end(uint64_t seq) {
    return sync_block_first(seq) + BLOCK_EVENTS - 1;
}

/* The signature that ends a run stands at the end of its block or at our head, so that is where the
 * run ends, whatever the peer asked for. */
static bool run_ask(struct sync *sync, uint32_t index, uint64_t from, bool request,
                    struct sync_action *action) {
    const struct sync_log *log = sync_log_at(sync, index);
    uint64_t ours = sync_log_ours(log);
    uint64_t to = block_end(from) < ours ? block_end(from) : ours;

    sync->asked_run.log = index;
    sync->asked_run.from = from;
    sync->asked_run.to = to;
    sync->asked_run.request = request;
    action->type = SYNC_ASK_RUN;
    action->from = from;
    action->to = to;
    action_names(sync, log->circle, index, action);
    return true;
}

/* The ranges the peer wants, before what is new: it may be stuck without them.  But not before we
 * know what he has: our store may have been rolled back. */
static bool next_request(struct sync *sync, struct sync_action *action) {
    struct sync_request request;

    while (sync->requests.count > 0) {
        request = *(struct sync_request *)sync_list_at(&sync->requests, 0);
        const struct sync_circle *circle = sync_circle_at(sync, request.circle);
        bool told = circle->same || circle->vector_known;
        if (sync_circle_is_shared(circle) && !(circle->heads_known && told)) {
            return false; /* Our node has been asked, or the peer. */
        }
        uint32_t index = sync_log_find(sync, request.circle, request.want.log8);
        const struct sync_log *log = index != SYNC_NONE ? sync_log_at(sync, index) : NULL;
        if (sync_circle_is_live(circle) && log != NULL && log->known &&
            request.want.from <= log->ours) {
            return run_ask(sync, index, request.want.from, true, action);
        }
        (void)sync_list_pop(&sync->requests, &request); /* Cannot be served. */
    }
    return false;
}

/* Logs take turns, one run each, so that none starves. */
static bool next_push(struct sync *sync, struct sync_action *action) {
    while (sync->pushes.count > 0) {
        uint32_t index = sync_list_pop_index(&sync->pushes);
        struct sync_log *log = sync_log_at(sync, index);
        log->push_queued = false;
        if (sync_log_goes_out(log) && sync_log_ours(log) > log->sent &&
            sync_circle_is_live(sync_circle_at(sync, log->circle))) {
            return run_ask(sync, index, log->sent + 1, false, action);
        }
    }
    return false;
}

static bool next_run(struct sync *sync, struct sync_action *action) {
    if (sync->asked_run.log != SYNC_NONE || sync->credit_out <= 0) {
        return false;
    }
    return next_request(sync, action) || next_push(sync, action);
}

static void ping_send(struct sync *sync, enum wire_type type, struct sync_action *action) {
    bool quiet = sync->quiet;

    wire_ping(taken_begin(sync), type, sync->setup.hlc, sync->left_out);
    action_send(sync, action);
    sync->quiet = quiet;
}

/* The peer has credit, or will have had it before this PING. */
static void ping_asks(struct sync *sync) {
    sync->pings++;
    sync->quiet = sync->storing == 0 && sync->asked_heads == SYNC_NONE;
    sync->quiet_since = sync->pings;
}

/* PONG says that everything before the PING was answered, so it waits for the node's answers and
 * for the runs that the peer wants, or may be pushed.  We send PING when time says so, and to learn
 * whether the peer is going to answer: for circles that only one side listed, and a WANT. */
static bool next_ping(struct sync *sync, struct sync_action *action) {
    bool busy = sync->asked_heads != SYNC_NONE || sync->asked_run.log != SYNC_NONE ||
                sync_revokes_owe(sync);
    bool waits = sync->want_open || sync->awaited > 0;
    bool ask = waits && sync->our_complete && sync->pings == sync->pongs;

    if (sync->pongs_due > 0 && !busy && sync->requests.count == 0 && sync->storing == 0) {
        sync->pongs_due--;
        ping_send(sync, WIRE_PONG, action);
        return true;
    }
    if (sync->ping_due || (ask && !busy)) {
        sync->ping_due = false;
        ping_send(sync, WIRE_PING, action);
        ping_asks(sync);
        return true;
    }
    return false;
}

static bool next_close(struct sync *sync, struct sync_action *action) {
    if (sync->close_given) {
        return false;
    }
    sync->close_given = true;
    action->type = SYNC_CLOSE;
    action->status = sync->close_status;
    action->bye = sync->close_bye;
    return true;
}

typedef bool (*action_source)(struct sync *sync, struct sync_action *action);

/* In this order.  A VECTOR stands among the queued frames and so is never overtaken by an ACK that
 * is newer than it. */
static const action_source sources_open[] = {
    next_notice, next_queued, sync_revokes_next, next_list, next_ack,  next_credit,
    next_heads,  next_fork,   next_want,         next_run,  next_ping,
};
static const action_source sources_greeting[] = { next_notice, next_queued };
static const action_source sources_closed[] = { next_notice, next_queued, next_close };

static bool first_action(struct sync *sync, const action_source *sources, size_t count,
                         struct sync_action *action) {
    struct sync_action next = { .type = SYNC_SEND };

    for (size_t i = 0; i < count; i++) {
        if (sources[i](sync, &next)) {
            *action = next;
            return true;
        }
    }
    return false;
}

#define SOURCES(list) list, sizeof(list) / sizeof(list)[0]

bool sync_next(struct sync *sync, struct sync_action *action) {
    switch (sync->state) {
    case STATE_OPEN:
        return first_action(sync, SOURCES(sources_open), action);
    case STATE_CLOSED:
        return first_action(sync, SOURCES(sources_closed), action);
    default:
        return first_action(sync, SOURCES(sources_greeting), action);
    }
}

/* ---- Progress ---- */

struct sync_progress sync_progress(const struct sync *sync) {
    bool open = sync->state == STATE_OPEN;

    return (struct sync_progress) {
        .open = open,
        .settled = open && sync->our_complete && sync->their_complete && !sync->list_due &&
                   sync->unsettled == 0,
        .left_out = sync->left_out,
        .left_in = sync->left_in,
    };
}

/* Neither side waits for runs that were asked for. */
static bool wants_are_answered(const struct sync *sync) {
    return !sync->want_open && sync->wanting.count == 0 && sync->requests.count == 0;
}

bool sync_is_done(const struct sync *sync) {
    struct sync_progress progress = sync_progress(sync);

    return progress.settled && progress.left_out == 0 && progress.left_in == 0 &&
           wants_are_answered(sync) && sync_revokes_are_done(sync) && sync->storing == 0 &&
           sync->acks.count == 0 && sync->notices.count == 0 && sync->queued.count == 0;
}
