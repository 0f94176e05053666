/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/event_log.h"

#include "protocol/circle.h"
#include "store/block.h"
#include "store/db.h"
#include "store/opening.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- Which circles are shared with whom ---- */

/* What the members view says of one person. */
enum standing { STANDING_NONE, STANDING_IN, STANDING_OUT };

struct sharing {
    int64_t id;
    uint8_t circle[HASH_BYTES];
    bool introduced_by_him;
    enum standing self, peer;
};

static enum standing standing_read(struct db_row *query, int column) {
    if (db_is_null(query, column)) {
        return STANDING_NONE;
    }
    int64_t state = db_int(query, column);
    return state == MEMBER_INVITED || state == MEMBER_ACCEPTED ? STANDING_IN : STANDING_OUT;
}

/* Columns: id, circle, whether he introduced it, own state, his state. */
static void sharing_read(struct db_row *query, struct sharing *sharing) {
    *sharing = (struct sharing) {
        .id = db_int(query, 0),
        .introduced_by_him = db_int(query, 2) != 0,
        .self = standing_read(query, 3),
        .peer = standing_read(query, 4),
    };
    db_copy(query, 1, sharing->circle, sizeof sharing->circle);
}

/* Whether he has acknowledged all that we wrote in a circle, our leaving too. */
static enum rb_status leaving_is_acked(struct store *store, int64_t circle,
                                       const uint8_t person[static HASH_BYTES], bool *acked) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM log"
        " LEFT JOIN acked ON acked.log = log.id AND acked.person = ?2"
        " WHERE log.circle = ?1"
        "   AND log.own = 1"
        "   AND log.head > coalesce(acked.seq, 0)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    *acked = db_step(query) && db_int(query, 0) == 0;
    return db_end(query);
}

/* Whether a circle may be exchanged.  One without ourselves among its people has been
 * introduced, and nothing in it says yet who belongs to it: it is exchanged with its introducer
 * alone.  One that we left is still exchanged with its members if they begin: they may have
 * invited us again. */
static bool sharing_allows(const struct sharing *sharing) {
    if (sharing->self == STANDING_NONE) {
        return sharing->introduced_by_him;
    }
    return sharing->peer == STANDING_IN;
}

/* Whether it is offered by us: one that we left, only until he has heard that. */
static enum rb_status sharing_offers(struct store *store, const struct sharing *sharing,
                                     const uint8_t person[static HASH_BYTES], bool *offers) {
    bool acked = false;

    *offers = sharing_allows(sharing);
    if (!*offers || sharing->self != STANDING_OUT) {
        return RB_OK;
    }
    enum rb_status status = leaving_is_acked(store, sharing->id, person, &acked);
    *offers = !acked;
    return status;
}

static enum rb_status sharings_load(struct store *store, const uint8_t person[static HASH_BYTES],
                                    struct sharing **sharings, size_t *count) {
    static const char sql[] =
        "SELECT circle.id, circle.circle, circle.introducer IS ?1, own.state, peer.state"
        " FROM circle"
        " LEFT JOIN member AS own ON own.circle = circle.id AND own.person = ?2"
        " LEFT JOIN member AS peer ON peer.circle = circle.id AND peer.person = ?1"
        " WHERE circle.id IN (SELECT circle FROM member WHERE person = ?1"
        "   UNION SELECT id FROM circle WHERE introducer = ?1)"
        " ORDER BY circle.id";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(person, HASH_BYTES));
    db_bind_blob(query, 2, span_of(store_self(store)->person, HASH_BYTES));
    while (db_step(query)) {
        *sharings = rb_realloc(*sharings, *count + 1, sizeof **sharings);
        sharing_read(query, &(*sharings)[*count]);
        (*count)++;
    }
    return db_end(query);
}

static enum rb_status fingerprint(struct store *store, const uint8_t circle[static HASH_BYTES],
                                  uint8_t fp[static FP_BYTES]) {
    struct log_line *lines = NULL;
    size_t count = 0;

    enum rb_status status = circle_lines(store, circle, &lines, &count);
    if (status == RB_OK) {
        circle_fingerprint(fp, lines, count);
    }
    free(lines);
    return status;
}

enum rb_status circles_shared(struct store *store, const uint8_t person[static HASH_BYTES],
                              void (*each)(void *context, const uint8_t circle[static HASH_BYTES],
                                           const uint8_t fp[static FP_BYTES]),
                              void *context) {
    struct sharing *sharings = NULL;
    uint8_t fp[FP_BYTES];
    size_t count = 0;

    enum rb_status status = sharings_load(store, person, &sharings, &count);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        bool shared = false;
        status = sharing_offers(store, &sharings[i], person, &shared);
        if (status == RB_OK && shared) {
            status = fingerprint(store, sharings[i].circle, fp);
        }
        if (status == RB_OK && shared) {
            each(context, sharings[i].circle, fp);
        }
    }
    free(sharings);
    return status;
}

static enum rb_status sharing_find(struct store *store, const uint8_t circle[static HASH_BYTES],
                                   const uint8_t person[static HASH_BYTES],
                                   struct sharing *sharing) {
    static const char sql[] =
        "SELECT circle.id, circle.circle, circle.introducer IS ?1, own.state, peer.state"
        " FROM circle"
        " LEFT JOIN member AS own ON own.circle = circle.id AND own.person = ?2"
        " LEFT JOIN member AS peer ON peer.circle = circle.id AND peer.person = ?1"
        " WHERE circle.circle = ?3";
    struct db_row *query = db_query(store_db(store), sql);

    *sharing = (struct sharing) { 0 };
    db_bind_blob(query, 1, span_of(person, HASH_BYTES));
    db_bind_blob(query, 2, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_blob(query, 3, span_of(circle, HASH_BYTES));
    if (db_step(query)) {
        sharing_read(query, sharing);
    }
    return db_end(query);
}

enum rb_status circle_shared(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t person[static HASH_BYTES], uint8_t fp[static FP_BYTES]) {
    struct sharing sharing;

    enum rb_status status = sharing_find(store, circle, person, &sharing);
    if (status != RB_OK) {
        return status;
    }
    if (sharing.id == 0 || !sharing_allows(&sharing)) {
        return RB_NOT_MEMBER;
    }
    return fingerprint(store, circle, fp);
}

/* ---- Remembering circles ---- */

/* How many circles a person has introduced that do not count us among their people (yet). */
static enum rb_status unopened_count(struct store *store,
                                     const uint8_t introducer[static HASH_BYTES], int64_t *count) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM circle"
        " WHERE introducer = ?1"
        "   AND NOT EXISTS (SELECT 1 FROM member"
        "     WHERE member.circle = circle.id AND member.person = ?2)";
    struct db_row *query = db_query(store_db(store), sql);

    *count = 0;
    db_bind_blob(query, 1, span_of(introducer, HASH_BYTES));
    db_bind_blob(query, 2, span_of(store_self(store)->person, HASH_BYTES));
    if (db_step(query)) {
        *count = db_int(query, 0);
    }
    return db_end(query);
}

/* RB_REFUSED if he has no room for one more. */
static enum rb_status introducer_check(struct store *store,
                                       const uint8_t introducer[static HASH_BYTES]) {
    int64_t unopened = 0;

    enum rb_status status = unopened_count(store, introducer, &unopened);
    if (status == RB_OK && unopened >= UNOPENED_CIRCLES_PER_PEER_MAX) {
        status = RB_REFUSED;
    }
    return status;
}

static enum rb_status new_remember(struct store *store, const uint8_t circle[static HASH_BYTES],
                                   const uint8_t *introducer) {
    enum rb_status status = introducer == NULL ? RB_OK : introducer_check(store, introducer);

    return status == RB_OK ? circle_row_insert(store, circle, introducer) : status;
}

/* Of a circle to which we do not belong (yet), the last who introduced it is the one to exchange it
 * with: whoever did so before him, and has gone, must not keep us out. */
static enum rb_status introducer_renew(struct store *store, const struct sharing *sharing,
                                       const uint8_t *introducer) {
    if (introducer == NULL || sharing->self != STANDING_NONE || sharing->introduced_by_him) {
        return RB_OK;
    }
    enum rb_status status = introducer_check(store, introducer);
    if (status != RB_OK) {
        return status;
    }
    return circle_row_set_introducer(store, sharing->id, introducer);
}

enum rb_status circle_remember(struct store *store, const uint8_t circle[static HASH_BYTES],
                               const uint8_t *introducer) {
    const uint8_t *person = introducer == NULL ? store_self(store)->person : introducer;
    struct sharing sharing;
    bool own = false;

    enum rb_status status = store_write_enter(store, &own);
    if (status != RB_OK) {
        return status;
    }
    status = sharing_find(store, circle, person, &sharing);
    if (status == RB_OK) {
        status = sharing.id == 0 ? new_remember(store, circle, introducer)
                                 : introducer_renew(store, &sharing, introducer);
    }
    return store_write_leave(store, own, status);
}

/* ---- Heads and runs ---- */

enum rb_status circle_lines(struct store *store, const uint8_t circle[static HASH_BYTES],
                            struct log_line **lines, size_t *count) {
    static const char sql[] =
        "SELECT log.pk, log.head, log.hash, log.missing"
        " FROM circle"
        " JOIN log ON log.circle = circle.id"
        " WHERE circle.circle = ?1"
        " ORDER BY log.id";
    struct db_row *query = db_query(store_db(store), sql);
    struct log_line *found = NULL;
    size_t found_count = 0;

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    while (db_step(query)) {
        found = rb_realloc(found, found_count + 1, sizeof *found);
        struct log_line *line = &found[found_count];
        db_copy(query, 0, line->log, sizeof line->log);
        line->head = (uint64_t)db_int(query, 1);
        db_copy(query, 2, line->hash, sizeof line->hash);
        line->missing = (uint64_t)db_int(query, 3);
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

/* The rest of a block from `from` on, with bodies of its own. */
static enum rb_status run_fill(const struct block *block, const uint8_t log[static LOG_PK_BYTES],
                               uint64_t from, struct writer *bodies, struct run *run) {
    size_t first = block_index(block, from);

    *run = (struct run) { .first = from, .count = block->count - first };
    memcpy(run->log, log, sizeof run->log);
    memcpy(run->previous8, block_previous(block, from), sizeof run->previous8);
    memcpy(run->signature, block->signature, sizeof run->signature);
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
    if (status == RB_OK && (from == 0 || from > log->head.seq)) {
        status = RB_NOT_FOUND;
    }
    return status;
}

enum rb_status run_load(struct store *store, const uint8_t circle[static HASH_BYTES],
                        const uint8_t log[static LOG_PK_BYTES], uint64_t from, uint64_t to,
                        struct writer *bodies, struct run *run, uint64_t *rcv_upto) {
    struct log_row row;
    struct block block;
    (void)to; /* a run ends in a signature, so the rest of the block comes, wanted or not */

    enum rb_status status = log_find(store, circle, log, from, &row);
    if (status != RB_OK) {
        return status;
    }
    const uint8_t *before = opening_find_start(opening_of(store), row.id, from);
    block_init(&block);
    status = before == NULL ? block_load(store, &row, from, &block)
                            : block_load_rest(store, &row, from, before, &block);
    if (status == RB_OK) {
        status = run_fill(&block, log, from, bodies, run);
        *rcv_upto = (uint64_t)block.rows[block.count - 1].rcv;
    }
    block_clear(&block);
    return status;
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
