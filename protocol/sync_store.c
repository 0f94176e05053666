/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the node tells a sync session: the circles it shares, what it stored, how a run fared. */
#include "protocol/sync_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool is_open(const struct sync *sync) {
    return sync->state == STATE_OPEN;
}

/* ---- Circles ---- */

/* A newer fingerprint, not yet sent: what is stored up to now is in it. */
static void circle_rebase(struct sync *sync, const struct sync_circle *circle) {
    for (uint32_t i = circle->first_log; i != SYNC_NONE;) {
        struct sync_log *log = sync_log_at(sync, i);
        log->base = log->ours;
        i = log->next_in_circle;
    }
}

/* The peer may have listed the circle while it was withdrawn, and may have sent runs, which were
 * dropped.  A VECTOR makes it begin again from what we have. */
static void circle_resume(struct sync *sync, uint32_t index) {
    struct sync_circle *circle = sync_circle_at(sync, index);
    bool begun = circle->their_listed || circle->vector_sent;

    circle->withdrawn = false;
    sync_circle_compare(sync, index);
    if (begun) {
        circle->vector_due = true;
        sync_circle_ask_heads(sync, index);
    }
    sync_circle_refresh(sync, index);
}

void sync_offer(struct sync *sync, const uint8_t id[static HASH_BYTES],
                const uint8_t fp[static FP_BYTES], bool whole) {
    uint8_t rid[RID_BYTES];

    if (!is_open(sync)) {
        return;
    }
    sync_circle_rid(sync, rid, id);
    uint32_t index = sync_circle_by_rid(sync, rid);
    if (index == SYNC_NONE) {
        index = sync_circle_add(sync, rid);
    }
    struct sync_circle *circle = sync_circle_at(sync, index);
    memcpy(circle->id, id, HASH_BYTES);
    circle->id_known = true;
    const bool shows_more = whole && !circle->whole;
    circle->offered = true;
    circle->whole = whole;
    if (circle->our_listed) {
        if (circle->withdrawn || shows_more) {
            circle_resume(sync, index);
        }
        return;
    }
    circle->withdrawn = false;
    memcpy(circle->our_fp, fp, FP_BYTES);
    circle_rebase(sync, circle);
    if (!circle->offer_queued) {
        circle->offer_queued = true;
        sync_list_push_index(&sync->offers, index);
    }
    sync_circle_refresh(sync, index);
}

void sync_offered(struct sync *sync) {
    if (is_open(sync) && (!sync->listed_once || sync->offers.count > 0)) {
        sync->list_due = true;
    }
}

/* Frames about the circle that were not taken yet; a run's credit was not used. */
static void circle_unqueue(struct sync *sync, uint32_t index) {
    size_t count = sync->queued.count;
    struct sync_queued queued;

    for (size_t i = 0; i < count; i++) {
        (void)sync_list_pop(&sync->queued, &queued); /* There are `count`. */
        if (queued.circle != index) {
            sync_list_push(&sync->queued, &queued);
            continue;
        }
        sync->credit_out += queued.run ? (int64_t)queued.frame.len : 0;
        writer_clear(&queued.frame);
    }
}

void sync_withdraw(struct sync *sync, const uint8_t id[static HASH_BYTES]) {
    if (!is_open(sync)) {
        return;
    }
    uint32_t index = sync_circle_find(sync, id);
    if (index == SYNC_NONE) {
        return;
    }
    struct sync_circle *circle = sync_circle_at(sync, index);
    circle->withdrawn = true;
    circle->vector_due = false;
    circle->heads_due = false;
    sync_list_clear(&circle->wants);
    sync_circle_await(sync, index, false);
    circle_unqueue(sync, index);
    for (uint32_t i = circle->first_log; i != SYNC_NONE;) {
        struct sync_log *log = sync_log_at(sync, i);
        log->sent = log->theirs; /* What was not taken must be sent again after a new offer. */
        log->unwanted = 0;
        i = log->next_in_circle;
    }
    if (sync->asked_heads == index) {
        sync->asked_heads = SYNC_NONE;
    }
    if (sync->asked_fork != SYNC_NONE && sync_log_at(sync, sync->asked_fork)->circle == index) {
        sync->asked_fork = SYNC_NONE;
    }
    if (sync->asked_run.log != SYNC_NONE &&
        sync_log_at(sync, sync->asked_run.log)->circle == index) {
        sync->asked_run.log = SYNC_NONE;
    }
    sync_circle_refresh(sync, index);
}

/* ---- Heads ---- */

/* Without an event of its own a line says something too: that a fork is known. */
static bool line_counts(const struct log_line *line) {
    return line->head > 0 || line->proof != 0 || line->cut;
}

/* A log that is cut is as long as its line says, whatever was noted of it before. */
static void line_take(struct sync *sync, uint32_t circle, const struct log_line *line) {
    uint32_t index = sync_log_get(sync, circle, line->log);

    if (index == SYNC_NONE) {
        return;
    }
    struct sync_log *log = sync_log_at(sync, index);
    log->cut = line->cut;
    log->proof = line->proof;
    log->begins = line->base;
    log->listed = log->listed || sync_circle_at(sync, circle)->same;
    log->ours = line->head > log->ours || line->cut ? line->head : log->ours;
    if (!line_counts(line)) {
        return;
    }
    sync_log_place(sync, index, line->head);
    log->ours = line->head > log->ours ? line->head : log->ours;
    log->our_hash_seq = line->head;
    sync_short(sync, log->our_hash8, line->hash);
}

/* After all lines have been taken: a branch may stand before what it continues. */
static void line_join(struct sync *sync, uint32_t circle, const struct log_line *line) {
    if (line->proof != 0) {
        uint32_t parent = sync_log_get(sync, circle, line->parent);
        uint32_t index = sync_log_get(sync, circle, line->log);
        if (index != SYNC_NONE) {
            sync_log_at(sync, index)->parent = parent;
        }
        sync_circle_at(sync, circle)->forked = true;
    }
}

static void vector_send(struct sync *sync, uint32_t index, const struct log_line *lines,
                        size_t count) {
    struct sync_circle *circle = sync_circle_at(sync, index);
    bool introduces = !circle->their_listed;
    struct wire_log *rows = rb_alloc(count + 1, sizeof *rows);
    size_t row_count = 0;

    for (size_t i = 0; i < count; i++) {
        if (line_counts(&lines[i])) {
            struct wire_log *row = &rows[row_count++];
            sync_short(sync, row->log8, lines[i].log);
            sync_short(sync, row->hash8, lines[i].hash);
            row->head = lines[i].head;
            row->missing = lines[i].missing;
        }
    }
    wire_vector(sync_queue_begin(sync, index, false), circle->rid, introduces ? circle->id : NULL,
                rows, row_count);
    sync_queue_end(sync);
    free(rows);
    circle->vector_due = false;
    circle->vector_sent = true;
    if (introduces) {
        sync_circle_await(sync, index, true);
    }
}

void sync_heads(struct sync *sync, const uint8_t id[static HASH_BYTES],
                const struct log_line *lines, size_t count) {
    count = count < CIRCLE_LOGS_MAX ? count : CIRCLE_LOGS_MAX;
    if (!is_open(sync)) {
        return;
    }
    uint32_t index = sync_circle_find(sync, id);
    if (index == SYNC_NONE || sync->asked_heads != index) {
        return; /* Withdrawn since it was asked for. */
    }
    sync->asked_heads = SYNC_NONE;
    for (size_t i = 0; i < count; i++) {
        line_take(sync, index, &lines[i]);
    }
    for (size_t i = 0; i < count; i++) {
        line_join(sync, index, &lines[i]);
    }
    struct sync_circle *circle = sync_circle_at(sync, index);
    circle->heads_known = true;
    circle->heads_due = false;
    if (circle->vector_due) {
        vector_send(sync, index, lines, count);
    }
    sync_circle_refresh(sync, index);
}

/* ---- Runs that go out ---- */

/* The range that was asked for is served up to `done`. */
static void request_advance(struct sync *sync, uint64_t done) {
    struct sync_request *request = sync_list_at(&sync->requests, 0);
    struct sync_request served;

    request->want.from = done + 1;
    if (request->want.from > request->want.to) {
        (void)sync_list_pop(&sync->requests, &served); /* There is one. */
    }
}

/* A VECTOR that came since the run was asked for may have set `sent` back: then the run would only
 * be a gap to the peer. */
static void push_answered(struct sync *sync, uint32_t index, const struct run *run,
                          uint64_t rcv_upto) {
    struct sync_log *log = sync_log_at(sync, index);
    uint32_t circle = log->circle;

    if (run == NULL) {
        uint64_t done = log->theirs > log->sent ? log->theirs : log->sent;
        log->ours = done < log->ours ? done : log->ours;
        if (sync_log_ours(log) > log->ours) {
            log->sent = log->unwanted = sync_log_ours(log);
        }
    } else if (run != NULL && run->first <= log->sent + 1) {
        uint64_t last = run->first + run->count - 1;
        log->sent = last > log->sent ? last : log->sent;
        log->ours = last > log->ours && !log->cut ? last : log->ours;
        sync_run_queue(sync, circle, run, rcv_upto);
    }
    sync_log_refresh(sync, index);
}

static void request_answered(struct sync *sync, uint32_t index, const struct run *run,
                             uint64_t rcv_upto) {
    uint32_t circle = sync_log_at(sync, index)->circle;

    if (run == NULL) {
        request_advance(sync, SEQ_MAX);
        return;
    }
    sync_run_queue(sync, circle, run, rcv_upto);
    request_advance(sync, run->first + run->count - 1);
}

void sync_run(struct sync *sync, const uint8_t id[static HASH_BYTES],
              const uint8_t key[static LOG_PK_BYTES], const struct run *run, uint64_t rcv_upto) {
    if (!is_open(sync)) {
        return;
    }
    uint32_t circle = sync_circle_find(sync, id);
    uint32_t index = circle != SYNC_NONE ? sync_log_named(sync, circle, key) : SYNC_NONE;
    if (index == SYNC_NONE || index != sync->asked_run.log) {
        return; /* Withdrawn since it was asked for. */
    }
    assert(run == NULL || run->first == sync->asked_run.from);
    assert(run == NULL || run->count > 0);
    sync->asked_run.log = SYNC_NONE;
    if (sync->asked_run.request) {
        request_answered(sync, index, run, rcv_upto);
    } else {
        push_answered(sync, index, run, rcv_upto);
    }
}

/* ---- What was stored ---- */

void sync_stored(struct sync *sync, const uint8_t id[static HASH_BYTES],
                 const uint8_t key[static LOG_PK_BYTES], uint64_t first, uint64_t last) {
    assert(first > 0);
    assert(first <= last);
    if (!is_open(sync)) {
        return;
    }
    uint32_t circle = sync_circle_find(sync, id);
    if (circle == SYNC_NONE || !sync_circle_at(sync, circle)->offered) {
        return; /* The offer will say it. */
    }
    uint32_t index = sync_log_get(sync, circle, key);
    if (index == SYNC_NONE) {
        return;
    }
    sync_log_place(sync, index, first - 1);
    struct sync_log *log = sync_log_at(sync, index);
    log->ours = last > log->ours ? last : log->ours;
    sync_log_refresh(sync, index);
}

/* Both outcomes of SYNC_STORE. */
static uint32_t run_answered(struct sync *sync, const uint8_t id[static HASH_BYTES],
                             const uint8_t key[static LOG_PK_BYTES], size_t bytes) {
    assert(bytes <= sync->storing);
    sync->storing -= bytes;
    sync->to_grant += bytes;
    uint32_t circle = sync_circle_find(sync, id);
    return circle != SYNC_NONE ? sync_log_named(sync, circle, key) : SYNC_NONE;
}

void sync_committed(struct sync *sync, const uint8_t id[static HASH_BYTES],
                    const uint8_t key[static LOG_PK_BYTES], uint64_t head, uint64_t rcv_upto,
                    size_t bytes) {
    if (!is_open(sync)) {
        return;
    }
    uint32_t index = run_answered(sync, id, key, bytes);
    sync->cursor = rcv_upto > sync->cursor ? rcv_upto : sync->cursor;
    if (index == SYNC_NONE) {
        return;
    }
    struct sync_log *log = sync_log_at(sync, index);
    log->ours = head > log->ours && !log->cut ? head : log->ours;
    /* Never beyond what the peer said it has: to it that would be nonsense. */
    log->ack = head < log->theirs ? head : log->theirs;
    if (log->ack > 0 && !log->ack_queued) {
        log->ack_queued = true;
        sync_list_push_index(&sync->acks, index);
    }
    sync_log_refresh(sync, index);
}

/* Runs on their way after the one that was lost are gaps too, so one VECTOR for one head must do.
 */
static void log_has_gap(struct sync *sync, uint32_t index, uint64_t head) {
    struct sync_log *log = sync_log_at(sync, index);

    if (log->gap_asked == head + 1) {
        return;
    }
    log->gap_asked = head + 1;
    sync_circle_at(sync, log->circle)->vector_due = true;
    sync_circle_ask_heads(sync, log->circle);
    sync_circle_refresh(sync, log->circle);
}

/* False: it counts against the peer.  What he sends before he has seen our WANT does not. */
static bool suspect_take(struct sync *sync, uint32_t index, uint64_t head) {
    const struct sync_circle *circle = sync_circle_at(sync, sync_log_at(sync, index)->circle);

    return sync_log_suspect(sync, index, head) || sync->want_open || circle->wants.count > 0;
}

void sync_refused(struct sync *sync, const uint8_t id[static HASH_BYTES],
                  const uint8_t key[static LOG_PK_BYTES], enum rb_status why, uint64_t head,
                  size_t bytes) {
    assert(why != RB_OK);
    if (!is_open(sync)) {
        return;
    }
    uint32_t index = run_answered(sync, id, key, bytes);
    if (why == RB_STORAGE || why == RB_FULL) {
        sync_bye(sync, WIRE_BYE_BUSY); /* Our own trouble: the peer may come back later. */
        sync->close_status = why;
    } else if (why == RB_REFUSED) {
        sync_freeze(sync, id, key);
    } else if (index != SYNC_NONE && why == RB_GAP) {
        log_has_gap(sync, index, head);
    } else if (index == SYNC_NONE || why != RB_SUSPECT || !suspect_take(sync, index, head)) {
        sync_count_bad(sync);
    }
}

/* ---- Forks ---- */

/* Names and what the peer said of them stay; what we have of each is asked of our node anew.  How
 * far a log went stays until then: an ACK is measured by it. */
static void log_forget_ours(struct sync_log *log) {
    log->our_hash_seq = log->unwanted = 0;
    log->gap_asked = log->suspect_from = 0;
    log->begins = log->proof = 0;
    log->parent = SYNC_NONE;
    log->cut = log->proof_sent = false;
}

/* Of a circle that was the same only we know now that it is not. */
static void circle_is_cut(struct sync *sync, uint32_t index) {
    struct sync_circle *circle = sync_circle_at(sync, index);

    circle->forked = true;
    circle->heads_known = false;
    circle->heads_due = true;
    if (circle->same) {
        circle->same = circle->vector_known = circle->unanswered = false;
        circle->vector_due = true;
    }
    circle->vector_due = circle->vector_due || circle->vector_sent;
    if (sync->asked_run.log != SYNC_NONE &&
        sync_log_at(sync, sync->asked_run.log)->circle == index) {
        sync->asked_run.log = SYNC_NONE;
    }
    sync_circle_ask_heads(sync, index);
}

void sync_cut(struct sync *sync, const uint8_t id[static HASH_BYTES]) {
    if (!is_open(sync)) {
        return;
    }
    uint32_t index = sync_circle_find(sync, id);
    if (index == SYNC_NONE || sync_circle_at(sync, index)->withdrawn ||
        !sync_circle_at(sync, index)->offered) {
        return;
    }
    for (uint32_t i = sync_circle_at(sync, index)->first_log; i != SYNC_NONE;) {
        struct sync_log *log = sync_log_at(sync, i);
        log_forget_ours(log);
        i = log->next_in_circle;
    }
    circle_is_cut(sync, index);
    sync_circle_refresh(sync, index);
}

/* One proof tells of two branches at least. */
static void proof_is_sent(struct sync *sync, uint32_t circle, uint64_t proof) {
    for (uint32_t i = sync_circle_at(sync, circle)->first_log; i != SYNC_NONE;) {
        struct sync_log *log = sync_log_at(sync, i);
        log->proof_sent = log->proof_sent || log->proof == proof;
        i = log->next_in_circle;
    }
}

void sync_fork(struct sync *sync, const uint8_t id[static HASH_BYTES],
               const uint8_t key[static LOG_PK_BYTES], struct span proof) {
    if (!is_open(sync)) {
        return;
    }
    uint32_t index = sync_circle_find(sync, id);
    uint32_t log = index != SYNC_NONE ? sync_log_named(sync, index, key) : SYNC_NONE;
    if (log == SYNC_NONE || log != sync->asked_fork) {
        return; /* Withdrawn since it was asked for. */
    }
    struct sync_circle *circle = sync_circle_at(sync, index);
    sync->asked_fork = SYNC_NONE;
    proof_is_sent(sync, index, sync_log_at(sync, log)->proof);
    if (proof.len == 0) {
        return;
    }
    wire_fork(sync_queue_begin(sync, index, false), circle->rid, proof);
    sync_queue_end(sync);
    sync->want_open = true;
    sync->want_since = sync->pings;
    circle->vector_due = true;
    sync_circle_ask_heads(sync, index);
    sync_circle_refresh(sync, index);
}

/* ---- Refused logs and missing bodies ---- */

void sync_freeze(struct sync *sync, const uint8_t id[static HASH_BYTES],
                 const uint8_t key[static LOG_PK_BYTES]) {
    if (!is_open(sync)) {
        return;
    }
    uint32_t circle = sync_circle_find(sync, id);
    if (circle == SYNC_NONE) {
        return;
    }
    uint32_t index = sync_log_get(sync, circle, key);
    if (index != SYNC_NONE) {
        sync_log_at(sync, index)->frozen = true;
        sync_log_refresh(sync, index);
    }
}

void sync_want(struct sync *sync, const uint8_t id[static HASH_BYTES],
               const uint8_t key[static LOG_PK_BYTES], uint64_t from, uint64_t to) {
    assert(from > 0);
    assert(from <= to);
    if (!is_open(sync)) {
        return;
    }
    uint32_t circle = sync_circle_find(sync, id);
    uint32_t index = circle != SYNC_NONE ? sync_log_get(sync, circle, key) : SYNC_NONE;
    if (index == SYNC_NONE || sync_circle_at(sync, circle)->withdrawn) {
        return;
    }
    struct sync_log *log = sync_log_at(sync, index);
    if (to > log->wanted_to) {
        from = from > log->wanted_to ? from : log->wanted_to + 1;
        log->wanted_to = to;
        sync_log_want(sync, index, from, to);
    }
}

/* ---- Keys ---- */

bool sync_ask_key(struct sync *sync, const uint8_t id[static HASH_BYTES],
                  const uint8_t eid8[static EID8_BYTES], struct span seal_key) {
    if (!is_open(sync)) {
        return false;
    }
    uint32_t index = sync_circle_find(sync, id);
    if (index == SYNC_NONE || !sync_circle_is_live(sync_circle_at(sync, index))) {
        return false;
    }
    wire_keyreq(sync_queue_begin(sync, index, false), sync_circle_at(sync, index)->rid, eid8,
                seal_key);
    sync_queue_end(sync);
    sync->want_open = true;
    sync->want_since = sync->pings;
    return true;
}
