/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/ingest.h"

#include "store/admission.h"
#include "store/arrival.h"
#include "store/block.h"
#include "store/db.h"
#include "store/forks.h"
#include "store/own.h"
#include "store/schema.h"
#include "store/search.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- The log of a run ---- */

/* Takes the log of a run in hand, perhaps a new one.  RB_REFUSED: an unknown circle. */
static enum rb_status log_take(struct opening *opening, const uint8_t circle[static HASH_BYTES],
                               const uint8_t name[static LOG_PK_BYTES]) {
    struct log_row row;

    enum rb_status status = opening_take_circle(opening, circle);
    if (status == RB_NOT_FOUND) {
        return RB_REFUSED;
    }
    if (status != RB_OK) {
        return status;
    }
    if (opening->log.row.id != 0 && memcmp(opening->log.row.pk, name, LOG_PK_BYTES) == 0) {
        return RB_OK;
    }
    status = log_row_find(opening->store, opening->circle.id, name, &row);
    if (status == RB_NOT_FOUND) {
        log_row_new(&row, opening->circle.id, name);
        status = RB_OK;
    }
    return status == RB_OK ? opening_take_log(opening, &row) : status;
}

/* ---- Verifying ---- */

/* What we hold of the part of the log that the run says again. */
static enum rb_status overlap_load(struct opening *opening, const struct run *run,
                                   struct log_overlap *overlap) {
    const struct log_row *log = &opening->log.row;
    struct block block;

    block_init(&block);
    enum rb_status status = block_load_signed(opening->store, log, run->first, &block);
    if (status == RB_OK) {
        size_t index = block_index(&block, run->first);
        uint64_t known = log->head.seq - run->first + 1; /* not what branches add */
        overlap->count = known < run->count ? (size_t)known : run->count;
        memcpy(overlap->before, block_previous(&block, run->first), sizeof overlap->before);
        memcpy(overlap->event_hashes, block.event_hashes[index], overlap->count * HASH_BYTES);
    }
    block_clear(&block);
    return status;
}

static enum rb_status run_verify(struct opening *opening, const struct run *run,
                                 struct run_result *result) {
    const struct log_head *head = &opening->log.row.head;
    struct log_overlap overlap;

    if (run->first > head->seq) {
        return run_accept(head, run, NULL, result);
    }
    enum rb_status status = run_check(run);
    if (status == RB_OK) {
        status = overlap_load(opening, run, &overlap);
    }
    return status == RB_OK ? run_accept(head, run, &overlap, result) : status;
}

/* Whether there is room for what is new in a verified run. */
static enum rb_status run_admit(struct opening *opening, const struct run *run,
                                const struct run_result *found) {
    enum rb_status status = RB_OK;

    if (opening->log.row.id == 0) {
        status = admission_of_log(opening, run, found);
    }
    return status == RB_OK ? admission_of_bytes(opening, run, found->new_first) : status;
}

static enum rb_status run_store(struct opening *opening, const struct run *run,
                                const struct run_result *found, enum rb_status verified,
                                int64_t now_ms) {
    struct log_row *log = &opening->log.row;

    enum rb_status status = verified == RB_OK ? run_admit(opening, run, found) : RB_OK;
    if (status != RB_OK) {
        return status;
    }
    if (verified == RB_OK && log->own && log->parent == 0) {
        log->ahead = found->head.seq; /* this store was rolled back: it writes on in a new log */
    }
    status = arrival_store(opening, run, found, now_ms);
    return status == RB_OK ? verified : status;
}

/* Where the run goes on beyond the log in hand, which is cut: takes that branch in hand.  What the
 * run says again may fill missing bodies before. */
static enum rb_status run_follow(struct opening *opening, const struct run *run,
                                 const struct run_result *found, int64_t now_ms) {
    struct run_result known = *found;

    known.head = opening->log.row.head;
    known.new_first = run->first + run->count;
    for (size_t i = 0; i < run->count; i++) {
        known.fill[i] = run->first + i <= known.head.seq && !run->events[i].stub;
    }
    enum rb_status status = arrival_store(opening, run, &known, now_ms);
    return status == RB_OK ? fork_follow(opening, run, found) : status;
}

/* The log in hand contradicts the run, or its signature is bad.  If that proves a fork, the log is
 * cut, and the same run goes on from what the branches have in common. */
static enum rb_status run_suspect(struct opening *opening, const struct run *run, uint64_t *ask) {
    struct fork fork;

    enum rb_status status = fork_search(opening, run, &fork, ask);
    if (status != RB_FORK) {
        return status;
    }
    status = fork_keep(opening, &fork);
    if (status == RB_OK) {
        status = fork_take_common(opening, &fork);
    }
    return status == RB_GAP ? RB_REFUSED : status;
}

/* Whether a run begins an empty branch with another event than the one that gives it its name.  One
 * key has signed all branches: nothing else tells them apart. */
static bool run_is_of_another(const struct log_row *log, const struct run *run,
                              const struct run_result *found) {
    uint64_t first = log->base + 1;
    uint8_t name[LOG_PK_BYTES];

    if (log->parent == 0 || log->head.seq > log->base) {
        return false;
    }
    branch_name(name, log->origin, first, found->hashes[first - run->first]);
    return memcmp(name, log->pk, sizeof name) != 0;
}

/* It is what the log goes on with in another branch: that is found from where they part. */
static enum rb_status run_turn_back(struct opening *opening) {
    struct log_row row;

    enum rb_status status = log_row_load(opening->store, opening->log.row.parent, &row);
    return status == RB_OK ? opening_take_log(opening, &row) : status;
}

/* One step of taking a run; `*goes_on`: into another branch, which is now in hand. */
static enum rb_status run_step(struct opening *opening, const struct run *run, int64_t now_ms,
                               uint64_t *ask, bool *goes_on) {
    struct run_result found;

    enum rb_status verified = run_verify(opening, run, &found);
    *goes_on = true;
    if (verified == RB_SUSPECT) {
        return run_suspect(opening, run, ask);
    }
    if (verified == RB_OK && opening->log.row.forked != 0) {
        return run_follow(opening, run, &found, now_ms);
    }
    if (verified == RB_OK && run_is_of_another(&opening->log.row, run, &found)) {
        return run_turn_back(opening);
    }
    *goes_on = false;
    if (verified != RB_OK && verified != RB_DUPLICATE) {
        return verified;
    }
    return run_store(opening, run, &found, verified, now_ms);
}

/* Each event of a run may begin a branch, be proven to, and be gone into, from either side. */
enum { RUN_STEPS_MAX = 4 * RUN_EVENTS_MAX };

/* Takes a run of the log in hand: stores what is new in it, in whatever branch that is.  Each step
 * but the last proves something, or goes into a branch. */
static enum rb_status run_take(struct opening *opening, const struct run *run, int64_t now_ms,
                               uint64_t *ask) {
    enum rb_status status = RB_OK;
    bool goes_on = true;

    for (size_t step = 0; step < RUN_STEPS_MAX && status == RB_OK && goes_on; step++) {
        status = run_step(opening, run, now_ms, ask, &goes_on);
    }
    return status == RB_OK && goes_on ? RB_REFUSED : status;
}

/* The head now of the log by whose name a run came. */
static enum rb_status head_of_name(struct opening *opening, const uint8_t name[static LOG_PK_BYTES],
                                   uint64_t *head) {
    struct log_row row = opening->log.row;
    enum rb_status status = RB_OK;

    if (memcmp(row.pk, name, LOG_PK_BYTES) != 0) {
        status = log_row_find(opening->store, opening->circle.id, name, &row);
    }
    *head = status == RB_OK ? row.head.seq : 0;
    return db_failed(status) ? status : RB_OK;
}

/* ---- Batches ---- */

enum rb_status ingest_begin(struct store *store) {
    return store_write_begin(store);
}

enum rb_status ingest_run(struct store *store, const uint8_t circle[static HASH_BYTES],
                          const struct run *run, int64_t now_ms, struct ingest_result *result) {
    struct opening *opening = opening_of(store);
    struct ingest_result value = { 0 };
    struct run signed_run = *run;
    enum rb_status status = RB_OK;
    uint64_t ask = 0;

    value.status = log_take(opening, circle, run->log);
    if (value.status == RB_OK) {
        memcpy(signed_run.log, opening->log.row.origin, sizeof signed_run.log);
        value.status = run_take(opening, &signed_run, now_ms, &ask);
        status = head_of_name(opening, run->log, &value.head);
        value.head = value.status == RB_SUSPECT ? ask : value.head;
    }
    if (db_failed(value.status) || status != RB_OK) {
        return db_failed(value.status) ? value.status : status;
    }
    *result = value;
    return RB_OK;
}

enum rb_status ingest_commit(struct store *store, int64_t now_ms) {
    struct opening *opening = opening_of(store);

    opening->now_ms = now_ms;
    enum rb_status status = opening_settle_all(opening);
    if (status == RB_OK && opening->contacts_due) {
        status = own_contacts_take(store, now_ms);
    }
    if (status == RB_OK) {
        status = opening_save_rcv(opening);
    }
    return store_write_end(store, status);
}

void ingest_abort(struct store *store) {
    store_write_abort(store);
}

/* ---- Rebuilding ---- */

static enum rb_status circle_rebuild(struct opening *opening, const struct circle_row *row) {
    enum rb_status status = opening_take_circle(opening, row->circle);

    if (status == RB_OK) {
        opening_arrivals(opening)->material = true;
        opening->again = true;
        status = opening_settle(opening);
        opening->again = false;
    }
    return status;
}

enum rb_status views_rebuild(struct store *store) {
    struct opening *opening = opening_of(store);
    struct circle_row *rows = NULL;
    size_t count = 0;

    enum rb_status status = store_write_begin(store);
    if (status != RB_OK) {
        return status;
    }
    opening_forget(opening);
    search_forget(store);
    opening->now_ms = 0; /* When an event arrived stands beside it; a clock has nothing to add. */
    status = db_execute(store_db(store), schema_empty_views);
    if (status == RB_OK) {
        status = db_execute(store_db(store), schema_views_are_made);
    }
    if (status == RB_OK) {
        status = circle_rows_all(store, &rows, &count);
    }
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = circle_rebuild(opening, &rows[i]);
    }
    free(rows);
    return store_write_end(store, status);
}
