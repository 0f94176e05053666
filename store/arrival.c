/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/arrival.h"

#include "store/control_event.h"

#include <assert.h>
#include <string.h>

/* A run that is being stored. */
struct arriving {
    struct opening *opening;
    const struct run *run;
    const struct run_result *result;
    const uint8_t *before; /* H_{new_first - 1} */
    int64_t now_ms;
};

static enum rb_status event_insert(const struct arriving *arriving, size_t index) {
    struct opening *opening = arriving->opening;
    struct open_log *log = &opening->log;
    const uint8_t *hash = arriving->result->hashes[index];
    struct event_row row = {
        .seq = arriving->run->first + index,
        .state = EVENT_WAITING,
        .arrived_s = arriving->now_ms / 1000,
        .event = arriving->run->events[index],
    };
    const uint8_t *previous = row.seq == arriving->result->new_first
                                  ? arriving->before
                                  : arriving->result->hashes[index - 1];
    struct sealed sealed = { &row, previous, hash };

    enum rb_status status = opening_next_rcv(opening, &row.rcv);
    if (status == RB_OK && row.event.header.key_body && !row.event.stub) {
        status = control_event_try_seals(opening, &row.event);
    }
    if (status == RB_OK && row.event.header.class != EVENT_CONTROL) {
        status = opening_content(opening, &sealed, &row.state);
    } else if (log->author.state == AUTHOR_NOBODY) {
        row.state = EVENT_UNREADABLE;
    } else {
        opening_arrivals(opening)->control = true;
        log->control_waits = row.seq < log->control_waits ? row.seq : log->control_waits;
    }
    if (status == RB_OK) {
        status = event_row_insert(opening->store, log->row.id, &row);
    }
    log->row.missing += row.event.stub ? 1 : 0;
    return status;
}

/* An event that is known already, but perhaps without its body. */
static enum rb_status event_fill(const struct arriving *arriving, size_t index) {
    struct opening *opening = arriving->opening;
    struct log_row *log = &opening->log.row;
    struct event_row row = {
        .seq = arriving->run->first + index,
        .arrived_s = arriving->now_ms / 1000,
        .event = arriving->run->events[index],
    };
    bool filled = false;

    if (!arriving->result->fill[index] || log->missing == 0 || row.seq <= log->base) {
        return RB_OK;
    }
    enum rb_status status = opening_next_rcv(opening, &row.rcv);
    if (status == RB_OK) {
        status = event_row_fill(opening->store, log->id, &row, &filled);
    }
    if (status != RB_OK || !filled) {
        return status;
    }
    log->missing--;
    opening_arrivals(opening)->control = true;
    opening_arrivals(opening)->material = true;
    store_note_stored(opening->store, opening->circle.circle, log->pk, row.seq, row.seq);
    return row.event.header.key_body ? control_event_try_seals(opening, &row.event) : RB_OK;
}

/* The head moves before the events go in: whatever is opened meanwhile sees the log as it will
 * be. */
static enum rb_status head_move(const struct arriving *arriving) {
    struct opening *opening = arriving->opening;
    struct log_row *log = &opening->log.row;

    log->head = arriving->result->head;
    enum rb_status status = log_row_save(opening->store, log);
    if (status == RB_OK && log->head.seq % BLOCK_EVENTS == 0) {
        status = checkpoint_save(opening->store, log->id, &log->head);
    }
    return status;
}

static enum rb_status new_events_insert(const struct arriving *arriving) {
    const struct run *run = arriving->run;
    struct opening *opening = arriving->opening;
    uint64_t first = arriving->result->new_first;

    enum rb_status status = head_move(arriving);
    for (size_t i = (size_t)(first - run->first); i < run->count && status == RB_OK; i++) {
        status = event_insert(arriving, i);
    }
    if (status == RB_OK) {
        opening_note_start(opening, opening->log.row.id, first, arriving->before);
        store_note_stored(opening->store, opening->circle.circle, opening->log.row.pk, first,
                          arriving->result->head.seq);
    }
    return status;
}

enum rb_status arrival_store(struct opening *opening, const struct run *run,
                             const struct run_result *result, int64_t now_ms) {
    struct log_row *log = &opening->log.row;
    uint8_t before[HASH_BYTES];
    struct arriving arriving = { opening, run, result, before, now_ms };
    uint64_t missing = log->missing;
    enum rb_status status = RB_OK;

    assert(memcmp(log->origin, run->log, sizeof log->origin) == 0);
    memcpy(before, log->head.hash, sizeof before);
    opening->now_ms = now_ms;
    for (size_t i = 0; i < run->count && status == RB_OK; i++) {
        if (run->first + i < result->new_first) {
            status = event_fill(&arriving, i);
        }
    }
    if (status == RB_OK && result->new_first < run->first + run->count) {
        status = new_events_insert(&arriving);
    }
    if (status == RB_OK && log->missing != missing) {
        status = log_row_save(opening->store, log);
    }
    return status;
}
