/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/event_log.h"

#include "store/block.h"
#include "store/db.h"
#include "store/opening.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- Heads and runs ---- */

void log_line_read(struct db_row *row, struct log_line *line) {
    *line = (struct log_line) {
        .head = (uint64_t)db_int(row, 1),
        .missing = (uint64_t)db_int(row, 3),
        .cut = db_int(row, 7) != 0,
    };
    db_copy(row, 0, line->log, sizeof line->log);
    db_copy(row, 2, line->hash, sizeof line->hash);
    if (!db_is_null(row, 4)) {
        db_copy(row, 4, line->parent, sizeof line->parent);
        line->base = (uint64_t)db_int(row, 5);
        line->proof = (uint64_t)db_int(row, 6);
    }
}

enum rb_status circle_lines(struct store *store, const uint8_t circle[static HASH_BYTES],
                            struct log_line **lines, size_t *count) {
    static const char sql[] =
        "SELECT log.pk, log.head, log.hash, log.missing, parent.pk, log.base, log.proof,"
        "  log.forked"
        " FROM circle"
        " JOIN log ON log.circle = circle.id"
        " LEFT JOIN log AS parent ON parent.id = log.parent"
        " WHERE circle.circle = ?1"
        " ORDER BY log.id";
    struct db_row *query = db_query(store_db(store), sql);
    struct log_line *found = NULL;
    size_t found_count = 0;

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    while (db_step(query)) {
        found = rb_realloc(found, found_count + 1, sizeof *found);
        log_line_read(query, &found[found_count]);
        found_count++;
    }
    enum rb_status status = db_end(query);
    if (status != RB_OK) {
        free(found);
        return status;
    }
    *lines = found;
    *count = found_count;
    return RB_OK;
}

/* The first signature from `to` on: one between the blocks' ends (sharing.h), or that of the block.
 * It may stand on any branch of the log that shares the chain up to there. */
static enum rb_status run_end(struct store *store, const struct log_row *log,
                              const struct block *block, uint64_t to, struct log_head *end) {
    static const char sql[] =
        "SELECT checkpoint.seq, checkpoint.hash, checkpoint.signature"
        " FROM log"
        " JOIN checkpoint ON checkpoint.log = log.id"
        " WHERE log.circle = ?1"
        "   AND log.origin = ?2"
        "   AND checkpoint.seq >= ?3"
        "   AND checkpoint.seq < ?4"
        " ORDER BY checkpoint.seq DESC";

    end->seq = block_last(block);
    memcpy(end->signature, block->signature, sizeof end->signature);
    if (to >= end->seq) {
        return RB_OK;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_int(query, 1, log->circle);
    db_bind_blob(query, 2, span_of(log->origin, sizeof log->origin));
    db_bind_int(query, 3, (int64_t)to);
    db_bind_int(query, 4, (int64_t)end->seq);
    while (db_step(query)) {
        uint64_t seq = (uint64_t)db_int(query, 0);
        db_copy(query, 1, end->hash, sizeof end->hash);
        if (memcmp(end->hash, block->hashes[block_index(block, seq)], sizeof end->hash) == 0) {
            end->seq = seq;
            db_copy(query, 2, end->signature, sizeof end->signature);
        }
    }
    return db_end(query);
}

/* Events of a block from `from` to `end`, with bodies of their own. */
static enum rb_status run_fill(const struct block *block, const uint8_t log[static LOG_PK_BYTES],
                               uint64_t from, const struct log_head *end, struct writer *bodies,
                               struct run *run) {
    size_t first = block_index(block, from);

    *run = (struct run) { .first = from, .count = (size_t)(end->seq - from + 1) };
    memcpy(run->log, log, sizeof run->log);
    memcpy(run->previous8, block_previous(block, from), sizeof run->previous8);
    memcpy(run->signature, end->signature, sizeof run->signature);
    writer_reset(bodies);
    for (size_t i = 0; i < run->count; i++) {
        run->events[i] = block->rows[first + i].event;
        writer_span(bodies, run->events[i].body);
    }
    /* Only now the bodies stay where they are. */
    struct reader reader = reader_of(writer_view(bodies));
    for (size_t i = 0; i < run->count; i++) {
        run->events[i].body = reader_span(&reader, run->events[i].body.len);
    }
    return writer_end(bodies);
}

/* The log, if it belongs to that circle and has an event `from`. */
static enum rb_status log_find(struct store *store, const uint8_t circle[static HASH_BYTES],
                               const uint8_t pk[static LOG_PK_BYTES], uint64_t from,
                               struct log_row *log) {
    struct circle_row row;

    enum rb_status status = circle_row_find(store, circle, &row);
    if (status == RB_OK) {
        status = log_row_find(store, row.id, pk, log);
    }
    bool in_branches = log->forked == 1 && from == 1; /* which begin before the first event */
    if (status == RB_OK && !in_branches && (from == 0 || from > log->head.seq)) {
        status = RB_NOT_FOUND;
    }
    return status;
}

enum rb_status run_load(struct store *store, const uint8_t circle[static HASH_BYTES],
                        const uint8_t log[static LOG_PK_BYTES], uint64_t from, uint64_t to,
                        struct writer *bodies, struct run *run, uint64_t *rcv_upto) {
    struct log_row row;
    struct log_head end;
    struct block block;

    assert(from <= to);
    enum rb_status status = log_find(store, circle, log, from, &row);
    if (status != RB_OK) {
        return status;
    }
    const uint8_t *before = opening_find_start(opening_of(store), row.id, from);
    bool is_whole = row.forked == 0 && from > row.base; /* so a signature is at its end */
    block_init(&block);
    status = before == NULL || !is_whole ? block_load_signed(store, &row, from, &block)
                                         : block_load_rest(store, &row, from, before, &block);
    if (status == RB_OK) {
        status = run_end(store, &row, &block, to, &end);
    }
    if (status == RB_OK) {
        status = run_fill(&block, log, from, &end, bodies, run);
        *rcv_upto = (uint64_t)block.rows[block_index(&block, end.seq)].rcv;
    }
    block_clear(&block);
    return status;
}

enum rb_status fork_load(struct store *store, const uint8_t circle[static HASH_BYTES],
                         const uint8_t log[static LOG_PK_BYTES], struct writer *proof) {
    static const char sql[] =
        "SELECT fork.proof"
        " FROM circle"
        " JOIN log ON log.circle = circle.id"
        " JOIN fork ON fork.id = log.proof"
        " WHERE circle.circle = ?1"
        "   AND log.pk = ?2";
    struct db_row *query = db_query(store_db(store), sql);
    bool found = false;

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    db_bind_blob(query, 2, span_of(log, LOG_PK_BYTES));
    if (db_step(query)) {
        writer_span(proof, db_blob(query, 0));
        found = true;
    }
    enum rb_status status = db_end(query);
    if (status != RB_OK) {
        return status;
    }
    return found ? RB_OK : RB_NOT_FOUND;
}

/* ---- Missing bodies ---- */

struct body_range {
    uint8_t log[LOG_PK_BYTES];
    uint64_t from, to;
};

static enum rb_status ranges_load(struct store *store, const uint8_t circle[static HASH_BYTES],
                                  struct body_range **ranges, size_t *count) {
    static const char sql[] =
        "SELECT log.pk, event.seq"
        " FROM circle"
        " JOIN log ON log.circle = circle.id"
        " JOIN event ON event.log = log.id AND event.stub = 1"
        " WHERE circle.circle = ?1"
        "   AND log.missing > 0"
        " ORDER BY log.id, event.seq";
    struct db_row *query = db_query(store_db(store), sql);
    struct body_range next;

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    while (db_step(query)) {
        struct body_range *last = *count == 0 ? NULL : &(*ranges)[*count - 1];
        db_copy(query, 0, next.log, sizeof next.log);
        next.from = next.to = (uint64_t)db_int(query, 1);
        if (last != NULL && memcmp(last->log, next.log, sizeof next.log) == 0 &&
            last->to + 1 == next.from) {
            last->to = next.to;
            continue;
        }
        *ranges = rb_realloc(*ranges, *count + 1, sizeof **ranges);
        (*ranges)[*count] = next;
        (*count)++;
    }
    return db_end(query);
}

enum rb_status bodies_missing(struct store *store, const uint8_t circle[static HASH_BYTES],
                              void (*each)(void *context, const uint8_t log[static LOG_PK_BYTES],
                                           uint64_t from, uint64_t to),
                              void *context) {
    struct body_range *ranges = NULL;
    size_t count = 0;

    enum rb_status status = ranges_load(store, circle, &ranges, &count);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        each(context, ranges[i].log, ranges[i].from, ranges[i].to);
    }
    free(ranges);
    return status;
}
