/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/log_maker.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void made_event(struct made_log *log, size_t index, uint8_t seed, uint8_t branch) {
    struct event *event = &log->events[index];
    uint8_t *body = log->bodies[index];

    body[0] = seed;
    body[1] = branch;
    body[2] = (uint8_t)index;
    body[3] = (uint8_t)(index >> 8);
    event->body = span_of(body, MADE_BODY_BYTES);
    event->header = (struct event_header) { .body_len = MADE_BODY_BYTES };
    memset(event->header.eid8, seed, sizeof event->header.eid8);
    event_body_hash(event->body_hash, event->body);
    event_hash(log->event_hashes[index], &event->header, event->body_hash);
    log_hash_next(log->hashes[index + 1], index + 1, log->hashes[index], log->event_hashes[index]);
}

struct made_log *made_log_new_branch(uint8_t seed, size_t count, size_t common, uint8_t branch) {
    struct made_log *log = rb_alloc(1, sizeof *log);
    uint8_t seed_bytes[SIGN_SEED_BYTES];

    assert(count <= MADE_EVENTS_MAX);
    memset(seed_bytes, seed, sizeof seed_bytes);
    crypt_sign_from_seed(&log->key, seed_bytes);
    log_hash_first(log->hashes[0], log->key.public);
    log->count = count;
    for (size_t i = 0; i < count; i++) {
        made_event(log, i, seed, i < common ? 0 : branch);
    }
    return log;
}

struct made_log *made_log_new(uint8_t seed, size_t count) {
    return made_log_new_branch(seed, count, count, 0);
}

void made_log_free(struct made_log *log) {
    free(log);
}

void made_log_run(const struct made_log *log, uint64_t first, size_t count, struct run *run) {
    uint64_t last = first + count - 1;

    assert(first > 0 && count <= RUN_EVENTS_MAX && last <= log->count);
    *run = (struct run) { .first = first, .count = count };
    memcpy(run->log, log->key.public, sizeof run->log);
    memcpy(run->previous8, log->hashes[first - 1], sizeof run->previous8);
    memcpy(run->events, &log->events[first - 1], count * sizeof run->events[0]);
    log_head_sign(run->signature, &log->key, last, log->hashes[last]);
}

void made_log_head(const struct made_log *log, uint64_t seq, struct log_head *head) {
    log_head_empty(head, log->key.public);
    if (seq > 0) {
        head->seq = seq;
        memcpy(head->hash, log->hashes[seq], sizeof head->hash);
        log_head_sign(head->signature, &log->key, seq, head->hash);
    }
}

void made_log_overlap(const struct made_log *log, uint64_t head_seq, const struct run *run,
                      struct log_overlap *overlap) {
    uint64_t last = run->first + run->count - 1;

    *overlap = (struct log_overlap) { 0 };
    memcpy(overlap->before, log->hashes[run->first - 1], sizeof overlap->before);
    for (uint64_t seq = run->first; seq <= last && seq <= head_seq; seq++) {
        memcpy(overlap->event_hashes[overlap->count++], log->event_hashes[seq - 1], HASH_BYTES);
    }
}

void made_log_block(const struct made_log *log, uint64_t seq, struct fork_branch *branch) {
    uint64_t before = (seq - 1) / BLOCK_EVENTS * BLOCK_EVENTS;

    *branch = (struct fork_branch) { .count = (size_t)(seq - before) };
    memcpy(branch->event_hashes, log->event_hashes[before], branch->count * HASH_BYTES);
    log_head_sign(branch->signature, &log->key, seq, log->hashes[seq]);
}

void run_make_stub(struct run *run, size_t index) {
    run->events[index].stub = true;
    run->events[index].body = (struct span) { 0 };
}

/* ---- A reader ---- */

void log_reader_init(struct log_reader *reader, const uint8_t log[static LOG_PK_BYTES]) {
    *reader = (struct log_reader) { 0 };
    log_head_empty(&reader->head, log);
    memcpy(reader->hashes[0], reader->head.hash, HASH_BYTES);
}

static void log_reader_overlap(const struct log_reader *reader, const struct run *run,
                               struct log_overlap *overlap) {
    *overlap = (struct log_overlap) { 0 };
    if (run->first == 0 || run->count > RUN_EVENTS_MAX) {
        return; /* will be refused */
    }
    for (uint64_t i = 0; i < run->count && run->first + i <= reader->head.seq; i++) {
        uint64_t seq = run->first + i;
        memcpy(overlap->event_hashes[overlap->count++], reader->event_hashes[seq - 1], HASH_BYTES);
    }
    if (overlap->count > 0) {
        memcpy(overlap->before, reader->hashes[run->first - 1], sizeof overlap->before);
    }
}

static void log_reader_keep(struct log_reader *reader, const struct run *run,
                            const struct run_result *result) {
    for (size_t i = 0; i < run->count; i++) {
        const struct event *event = &run->events[i];
        uint64_t seq = run->first + i;
        if (seq >= result->new_first) {
            event_hash(reader->event_hashes[seq - 1], &event->header, event->body_hash);
            memcpy(reader->hashes[seq], result->hashes[i], HASH_BYTES);
            reader->present[seq - 1] = !event->stub;
        } else if (result->fill[i]) {
            reader->present[seq - 1] = true;
        }
    }
    reader->head = result->head;
}

enum rb_status log_reader_take(struct log_reader *reader, const struct run *run) {
    struct log_overlap overlap;
    struct run_result result;

    log_reader_overlap(reader, run, &overlap);
    enum rb_status status =
        run_accept(&reader->head, run, overlap.count > 0 ? &overlap : NULL, &result);
    if (status == RB_OK || status == RB_DUPLICATE) {
        log_reader_keep(reader, run, &result);
    }
    return status;
}
