/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The book-keeping of a sync session: what we have of each log, what the peer has, what is left.
 *
 * A circle that is SAME has no logs here until something happens to one: a log that is absent is
 * equal on both sides.  Of a circle that is LIVE every log of both sides is here.
 *
 * Between sync_offer and the comparison events may be stored.  `base` remembers what we had when
 * the fingerprint was taken, so that equal fingerprints mean: the peer has each log up to `base`.
 */
#include "protocol/sync_internal.h"

#include <assert.h>
#include <string.h>

struct sync_circle *sync_circle_at(const struct sync *sync, uint32_t circle) {
    return sync_list_at(&sync->circles, circle);
}

struct sync_log *sync_log_at(const struct sync *sync, uint32_t log) {
    return sync_list_at(&sync->logs, log);
}

/* ---- Finding circles ---- */

static const uint8_t *dialler_nonce(const struct sync *sync) {
    return sync->setup.role == WIRE_DIALLED ? sync->setup.nonce : sync->peer.nonce;
}

static const uint8_t *listener_nonce(const struct sync *sync) {
    return sync->setup.role == WIRE_DIALLED ? sync->peer.nonce : sync->setup.nonce;
}

void sync_circle_rid(const struct sync *sync, uint8_t rid[static RID_BYTES],
                     const uint8_t id[static HASH_BYTES]) {
    wire_rid(rid, id, dialler_nonce(sync), listener_nonce(sync));
}

void sync_short(const struct sync *sync, uint8_t out[static LOG8_BYTES],
                const uint8_t whole[static HASH_BYTES]) {
    wire_short(out, whole, dialler_nonce(sync), listener_nonce(sync));
}

uint32_t sync_circle_by_rid(const struct sync *sync, const uint8_t rid[static RID_BYTES]) {
    return sync_table_get(&sync->by_rid, span_of(rid, RID_BYTES));
}

uint32_t sync_circle_find(const struct sync *sync, const uint8_t id[static HASH_BYTES]) {
    uint8_t rid[RID_BYTES];

    sync_circle_rid(sync, rid, id);
    return sync_circle_by_rid(sync, rid);
}

uint32_t sync_circle_add(struct sync *sync, const uint8_t rid[static RID_BYTES]) {
    struct sync_circle circle = { .first_log = SYNC_NONE };
    uint32_t index = (uint32_t)sync->circles.count;

    memcpy(circle.rid, rid, RID_BYTES);
    sync_list_init(&circle.wants, sizeof(struct sync_want));
    sync_list_push(&sync->circles, &circle);
    sync_table_put(&sync->by_rid, span_of(rid, RID_BYTES), index);
    return index;
}

/* ---- The state of a circle ---- */

bool sync_circle_is_shared(const struct sync_circle *circle) {
    return !circle->withdrawn && circle->our_listed && circle->their_listed;
}

bool sync_circle_is_live(const struct sync_circle *circle) {
    return sync_circle_is_shared(circle) &&
           (circle->same || (circle->vector_known && circle->heads_known));
}

static bool circle_is_unsettled(const struct sync_circle *circle) {
    if (circle->withdrawn) {
        return false;
    }
    if (circle->awaited || circle->vector_due || circle->heads_due) {
        return true;
    }
    if (circle->offered && !circle->our_listed) {
        return true;
    }
    return sync_circle_is_shared(circle) && !sync_circle_is_live(circle) && !circle->unanswered;
}

void sync_circle_ask_heads(struct sync *sync, uint32_t index) {
    struct sync_circle *circle = sync_circle_at(sync, index);

    if (!circle->heads_queued) {
        circle->heads_queued = true;
        sync_list_push_index(&sync->heads, index);
    }
}

/* Of a circle with equal fingerprints the logs are not known here. */
void sync_circle_request(struct sync *sync, uint32_t index, struct wire_want want) {
    struct sync_request request = { .circle = index, .want = want };
    struct sync_circle *circle = sync_circle_at(sync, index);

    if (sync->requests.count < SYNC_REQUESTS_MAX) {
        sync_list_push(&sync->requests, &request);
    }
    if (!circle->heads_known) {
        circle->heads_due = true;
        sync_circle_ask_heads(sync, index);
    }
}

void sync_circle_await(struct sync *sync, uint32_t index, bool awaited) {
    struct sync_circle *circle = sync_circle_at(sync, index);

    if (circle->awaited != awaited) {
        sync->awaited += awaited ? 1 : (size_t)-1;
    }
    circle->awaited = awaited;
    circle->awaited_since = sync->pings;
}

static void circle_introduce(struct sync *sync, uint32_t index) {
    struct sync_circle *circle = sync_circle_at(sync, index);

    if (!sync->their_complete) {
        sync_list_push_index(&sync->lonely, index);
    } else if (!circle->vector_sent) {
        circle->vector_due = true;
        sync_circle_ask_heads(sync, index);
    }
}

/* Equal fingerprints: the peer had what we had when we offered the circle.  A VECTOR that came
 * already is newer and says more; but then we must look up what we have of the logs that it names.
 */
static void circle_is_same(struct sync *sync, uint32_t index) {
    struct sync_circle *circle = sync_circle_at(sync, index);

    circle->same = true;
    circle->vector_due = false;  /* It was going to be introduced, */
    circle->vector_sent = false; /* or has been: the next VECTOR that comes is not the answer. */
    if (circle->vector_known && !circle->heads_known) {
        circle->heads_due = true;
        sync_circle_ask_heads(sync, index);
    }
    for (uint32_t i = circle->first_log; i != SYNC_NONE && !circle->vector_known;) {
        struct sync_log *log = sync_log_at(sync, i);
        log->theirs = log->durable = log->told = log->sent = log->base;
        i = log->next_in_circle;
    }
    sync_notify(sync, (struct sync_notice) { .type = SYNC_SAME, .circle = index });
}

void sync_circle_compare(struct sync *sync, uint32_t index) {
    struct sync_circle *circle = sync_circle_at(sync, index);

    if (circle->withdrawn || !circle->our_listed || circle->compared) {
        return;
    }
    if (!circle->their_listed) {
        circle_introduce(sync, index);
    } else {
        circle->compared = true;
        sync_circle_await(sync, index, false);
        if (memcmp(circle->our_fp, circle->their_fp, FP_BYTES) == 0 && !circle->forked) {
            circle_is_same(sync, index);
        } else if (!circle->vector_sent) {
            circle->vector_due = true;
            sync_circle_ask_heads(sync, index);
        }
    }
    sync_circle_refresh(sync, index);
}

void sync_circle_refresh(struct sync *sync, uint32_t index) {
    struct sync_circle *circle = sync_circle_at(sync, index);
    bool unsettled = circle_is_unsettled(circle);

    if (unsettled != circle->unsettled) {
        sync->unsettled += unsettled ? 1 : (size_t)-1;
        circle->unsettled = unsettled;
    }
    if (circle->wants.count > 0 && !circle->wants_queued && sync_circle_is_live(circle)) {
        circle->wants_queued = true;
        sync_list_push_index(&sync->wanting, index);
    }
    for (uint32_t i = circle->first_log; i != SYNC_NONE; i = sync_log_at(sync, i)->next_in_circle) {
        sync_log_refresh(sync, i);
    }
}

/* ---- Finding logs ---- */

enum { LOG_NAME_BYTES = 4 + LOG8_BYTES };

static struct span log_name(uint8_t name[static LOG_NAME_BYTES], uint32_t circle,
                            const uint8_t log8[static LOG8_BYTES]) {
    memcpy(name, &circle, 4);
    memcpy(name + 4, log8, LOG8_BYTES);
    return span_of(name, LOG_NAME_BYTES);
}

uint32_t sync_log_find(const struct sync *sync, uint32_t circle,
                       const uint8_t log8[static LOG8_BYTES]) {
    uint8_t name[LOG_NAME_BYTES];

    return sync_table_get(&sync->by_log, log_name(name, circle, log8));
}

uint32_t sync_log_named(const struct sync *sync, uint32_t circle,
                        const uint8_t key[static LOG_PK_BYTES]) {
    uint8_t log8[LOG8_BYTES];

    sync_short(sync, log8, key);
    return sync_log_find(sync, circle, log8);
}

uint32_t sync_log_add(struct sync *sync, uint32_t circle_index,
                      const uint8_t log8[static LOG8_BYTES]) {
    struct sync_circle *circle = sync_circle_at(sync, circle_index);
    struct sync_log log = {
        .circle = circle_index,
        .next_in_circle = circle->first_log,
        .parent = SYNC_NONE,
    };
    uint32_t index = (uint32_t)sync->logs.count;
    uint8_t name[LOG_NAME_BYTES];

    memcpy(log.log8, log8, LOG8_BYTES);
    sync_list_push(&sync->logs, &log);
    sync_table_put(&sync->by_log, log_name(name, circle_index, log8), index);
    circle->first_log = index;
    return index;
}

uint32_t sync_log_get(struct sync *sync, uint32_t circle, const uint8_t key[static LOG_PK_BYTES]) {
    uint8_t log8[LOG8_BYTES];

    sync_short(sync, log8, key);
    uint32_t index = sync_log_find(sync, circle, log8);
    if (index == SYNC_NONE) {
        index = sync_log_add(sync, circle, log8);
    }
    struct sync_log *log = sync_log_at(sync, index);
    if (log->known) {
        return span_equal(span_of(log->log, LOG_PK_BYTES), span_of(key, LOG_PK_BYTES)) ? index
                                                                                       : SYNC_NONE;
    }
    memcpy(log->log, key, LOG_PK_BYTES);
    log->known = true;
    return index;
}

/* ---- The state of a log ---- */

void sync_log_place(struct sync *sync, uint32_t index, uint64_t seq) {
    struct sync_log *log = sync_log_at(sync, index);

    if (log->placed) {
        return;
    }
    log->placed = true;
    log->base = seq;
    if (sync_circle_at(sync, log->circle)->same) {
        log->ours = log->theirs = log->durable = log->told = log->sent = seq;
    }
}

static uint64_t above(uint64_t a, uint64_t b) {
    return a > b ? a - b : 0;
}

static uint64_t lesser(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static void log_count(struct sync *sync, struct sync_log *log, bool counts) {
    sync->left_out -= log->left_out;
    sync->left_in -= log->left_in;
    uint64_t answered = log->unwanted > log->theirs ? log->unwanted : log->theirs;
    log->left_out = counts && sync_log_goes_out(log) ? above(sync_log_ours(log), answered) : 0;
    uint64_t settled = log->ungiven > log->ours ? log->ungiven : log->ours;
    log->left_in = counts && !log->cut ? above(log->theirs, settled) : 0;
    sync->left_out += log->left_out;
    sync->left_in += log->left_in;
}

void sync_logs_unwanted(struct sync *sync) {
    for (uint32_t i = 0; i < sync->logs.count && sync->left_out > 0; i++) {
        struct sync_log *log = sync_log_at(sync, i);
        if (log->left_out > 0) {
            log->unwanted = log->sent;
            log_count(sync, log, true);
        }
    }
}

static void circle_is_unanswered(struct sync *sync, uint32_t index) {
    struct sync_circle *circle = sync_circle_at(sync, index);

    if (circle->unsettled && circle->vector_sent && !circle->vector_known) {
        circle->unanswered = true;
        sync_circle_refresh(sync, index);
    }
}

void sync_peer_is_silent(struct sync *sync) {
    for (uint32_t i = 0; i < sync->circles.count && sync->unsettled > 0; i++) {
        circle_is_unanswered(sync, i);
    }
    for (uint32_t i = 0; i < sync->logs.count && sync->left_in > 0; i++) {
        struct sync_log *log = sync_log_at(sync, i);
        if (log->left_in > 0) {
            log->ungiven = log->theirs;
            log_count(sync, log, true);
        }
    }
}

/* ---- Branches ---- */

bool sync_log_goes_out(const struct sync_log *log) {
    return !log->frozen && (log->proof == 0 || log->listed);
}

uint64_t sync_log_ours(const struct sync_log *log) {
    bool begins_in_branches = log->cut && log->ours == 0 && log->proof == 0;

    return begins_in_branches && !log->listed ? 1 : log->ours;
}

bool sync_log_lacks_proof(const struct sync *sync, const struct sync_log *log) {
    if (log->proof == 0 || log->listed || log->proof_sent || log->parent == SYNC_NONE) {
        return false;
    }
    const struct sync_log *parent = sync_log_at(sync, log->parent);
    return log->begins > 0 ? parent->theirs >= log->begins : parent->listed;
}

/* What the peer is found to have of a log may be what a proof has waited for. */
static void log_check_forks(struct sync *sync, const struct sync_log *log) {
    struct sync_circle *circle = sync_circle_at(sync, log->circle);

    if ((log->cut || log->proof != 0) && !circle->forks_queued) {
        circle->forks_queued = true;
        sync_list_push_index(&sync->forks, log->circle);
    }
}

/* Heads of one length and different hashes: no run would ever show it. */
static bool log_heads_contradict(const struct sync_log *log) {
    return log->our_hash_seq != 0 && log->our_hash_seq == log->their_hash_seq &&
           memcmp(log->our_hash8, log->their_hash8, sizeof log->our_hash8) != 0;
}

void sync_log_refresh(struct sync *sync, uint32_t index) {
    struct sync_log *log = sync_log_at(sync, index);
    bool counts = !log->frozen && sync_circle_is_live(sync_circle_at(sync, log->circle));

    log_count(sync, log, counts);
    if (!counts || !log->known) {
        return;
    }
    log_check_forks(sync, log);
    if (log_heads_contradict(log)) {
        (void)sync_log_suspect(sync, index, log->our_hash_seq); /* Once is enough. */
        return;
    }
    if (lesser(log->durable, log->ours) > log->told) {
        log->told = lesser(log->durable, log->ours);
        sync_notify(sync, (struct sync_notice) { .type = SYNC_ACKED,
                                                 .circle = log->circle,
                                                 .log = index,
                                                 .number = log->told });
    }
    if (sync_log_ours(log) > log->sent && !log->push_queued) {
        log->push_queued = true;
        sync_list_push_index(&sync->pushes, index);
    }
}

/* ---- What we ask of the peer ---- */

void sync_log_want(struct sync *sync, uint32_t index, uint64_t from, uint64_t to) {
    struct sync_want want = { .log = index, .from = from, .to = to };
    uint32_t circle = sync_log_at(sync, index)->circle;

    sync_list_push(&sync_circle_at(sync, circle)->wants, &want);
    struct sync_circle *wanting = sync_circle_at(sync, circle);
    if (!wanting->wants_queued && sync_circle_is_live(wanting)) {
        wanting->wants_queued = true;
        sync_list_push_index(&sync->wanting, circle);
    }
}

uint64_t sync_block_first(uint64_t seq) {
    return seq == 0 ? 1 : (seq - 1) / BLOCK_EVENTS * BLOCK_EVENTS + 1;
}

bool sync_log_suspect(struct sync *sync, uint32_t index, uint64_t head) {
    struct sync_log *log = sync_log_at(sync, index);
    uint64_t from = sync_block_first(head);

    /* An earlier block may be asked for after a later one: the histories part before both. */
    if (log->suspect_from != 0 && from >= log->suspect_from) {
        return false;
    }
    log->suspect_from = from;
    sync_log_want(sync, index, from, from + BLOCK_EVENTS - 1);
    return true;
}
