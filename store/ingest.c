/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/ingest.h"

#include "store/admission.h"
#include "store/arrival.h"
#include "store/block.h"
#include "store/db.h"
#include "store/forks.h"
#include "store/schema.h"
#include "store/search.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- The log of a run ---- */

/* Takes the log of a run in hand, perhaps a new one.  RB_REFUSED: an unknown circle. */
static enum rb_status log_take(struct opening *opening, const uint8_t circle[static HASH_BYTES],
                               const uint8_t pk[static LOG_PK_BYTES]) {
    struct log_row row;

    enum rb_status status = opening_take_circle(opening, circle);
    if (status == RB_NOT_FOUND) {
        return RB_REFUSED;
    }
    if (status != RB_OK) {
        return status;
    }
    if (opening->log.row.id != 0 && memcmp(opening->log.row.pk, pk, LOG_PK_BYTES) == 0) {
        return RB_OK;
    }
    status = log_row_find(opening->store, opening->circle.id, pk, &row);
    if (status == RB_NOT_FOUND) {
        row = (struct log_row) { .circle = opening->circle.id };
        memcpy(row.pk, pk, sizeof row.pk);
        log_head_empty(&row.head, pk);
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
    enum rb_status status = block_load(opening->store, log, run->first, &block);
    if (status == RB_OK) {
        size_t index = block_index(&block, run->first);
        size_t known = block.count - index;
        overlap->count = known < run->count ? known : run->count;
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

/* Somebody holds valid events of our own log that this store lacks: it was rolled back, or copied.
 * They are not taken, since what we have written meanwhile may contradict them; that they exist is
 * kept, so that the log is not written any more (log_row_find_own). */
static enum rb_status own_log_ahead(struct opening *opening, const struct run_result *found) {
    struct log_row *log = &opening->log.row;

    if (found->head.seq <= log->ahead) {
        return RB_REFUSED;
    }
    log->ahead = found->head.seq;
    enum rb_status status = log_row_save(opening->store, log);
    return status == RB_OK ? RB_REFUSED : status;
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

/* Verifies a run of the log in hand, and stores what is new.  `*ask`: see fork_search. */
static enum rb_status run_take(struct opening *opening, const struct run *run, int64_t now_ms,
                               uint64_t *ask) {
    const struct log_row *log = &opening->log.row;
    struct run_result found;

    if (log_is_frozen(log)) {
        return RB_FORK;
    }
    enum rb_status verified = run_verify(opening, run, &found);
    if (verified == RB_SUSPECT) {
        return fork_search(opening, run, ask);
    }
    if (verified == RB_OK && log->own) {
        return own_log_ahead(opening, &found);
    }
    if (verified != RB_OK && verified != RB_DUPLICATE) {
        return verified;
    }
    enum rb_status status = verified == RB_OK ? run_admit(opening, run, &found) : RB_OK;
    if (status == RB_OK) {
        status = arrival_store(opening, run, &found, now_ms);
    }
    return status == RB_OK ? verified : status;
}

/* ---- Batches ---- */

enum rb_status ingest_begin(struct store *store) {
    return store_write_begin(store);
}

enum rb_status ingest_run(struct store *store, const uint8_t circle[static HASH_BYTES],
                          const struct run *run, int64_t now_ms, struct ingest_result *result) {
    struct opening *opening = opening_of(store);
    struct ingest_result value = { 0 };
    uint64_t ask = 0;

    value.status = log_take(opening, circle, run->log);
    if (value.status == RB_OK) {
        value.status = run_take(opening, run, now_ms, &ask);
        value.head = value.status == RB_SUSPECT ? ask : opening->log.row.head.seq;
    }
    if (db_failed(value.status)) {
        return value.status;
    }
    *result = value;
    return RB_OK;
}

enum rb_status ingest_commit(struct store *store, int64_t now_ms) {
    struct opening *opening = opening_of(store);

    opening->now_ms = now_ms;
    enum rb_status status = opening_settle_all(opening);
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
