/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/sharing.h"

#include "store/block.h"
#include "store/db.h"
#include "store/event_log.h"

#include <stdlib.h>
#include <string.h>

/* ---- Which circles are shared with whom ---- */

/* What the members view says of one person. */
enum standing { STANDING_NONE, STANDING_IN, STANDING_LEFT, STANDING_REMOVED };

struct sharing {
    int64_t id;
    uint8_t circle[HASH_BYTES];
    bool introduced_by_him;
    bool is_self;      /* he: another device of oneself */
    bool has_farewell; /* he */
    enum standing self, peer;
};

static enum standing standing_read(struct db_row *query, int column) {
    if (db_is_null(query, column)) {
        return STANDING_NONE;
    }
    switch ((enum member_state)db_int(query, column)) {
    case MEMBER_INVITED:
    case MEMBER_ACCEPTED:
        return STANDING_IN;
    case MEMBER_DECLINED:
    case MEMBER_LEFT:
        return STANDING_LEFT;
    default:
        return STANDING_REMOVED;
    }
}

static bool is_out(enum standing standing) {
    return standing == STANDING_LEFT || standing == STANDING_REMOVED;
}

/* Columns: id, circle, whether he introduced it, own state, his state, whether he has a farewell,
 * whether he is oneself. */
static void sharing_read(struct db_row *query, struct sharing *sharing) {
    *sharing = (struct sharing) {
        .id = db_int(query, 0),
        .is_self = db_int(query, 6) != 0,
        .introduced_by_him = db_int(query, 2) != 0,
        .self = standing_read(query, 3),
        .peer = standing_read(query, 4),
        .has_farewell = db_int(query, 5) != 0,
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

/* Whether somebody who was removed has acknowledged what he is to be given (sharing_farewells).
 * What a fork has cut off since is another log's. */
static enum rb_status farewell_is_acked(struct store *store, int64_t circle,
                                        const uint8_t person[static HASH_BYTES], bool *acked) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM farewell"
        " JOIN log ON log.id = farewell.log"
        " LEFT JOIN acked ON acked.log = farewell.log AND acked.person = ?2"
        " WHERE farewell.circle = ?1"
        "   AND farewell.person = ?2"
        "   AND min(farewell.seq, log.head) > coalesce(acked.seq, 0)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    *acked = db_step(query) && db_int(query, 0) == 0;
    return db_end(query);
}

/* Whether he is shown no more than what became his while he belonged to it.  What we know
 * ourselves all of our devices know. */
static bool peer_is_out(const struct sharing *sharing) {
    return is_out(sharing->peer) && !sharing->is_self;
}

/* We left, and he whom we knew to be removed may not have heard of that from anybody. */
static bool sharing_owes(const struct sharing *sharing) {
    return sharing->self == STANDING_LEFT && peer_is_out(sharing) && sharing->has_farewell;
}

/* Whether a circle may be exchanged.  One without ourselves among its people has been
 * introduced, and nothing in it says yet who belongs to it: it is exchanged with its introducer
 * alone.  One that we left is still exchanged with its members if they begin: they may have
 * invited us again.  Who left or was removed may still have to bring what he wrote.  Our own
 * devices exchange whatever counts us among its people, or did. */
static bool sharing_allows(const struct sharing *sharing) {
    if (sharing->is_self && sharing->self != STANDING_NONE) {
        return true;
    }
    switch (sharing->self) {
    case STANDING_NONE:
        return sharing->introduced_by_him;
    case STANDING_IN:
        return sharing->peer != STANDING_NONE;
    default:
        return sharing->peer == STANDING_IN || sharing_owes(sharing);
    }
}

/* Whether it is offered by us: one that we left, or that he was removed from, only until he has
 * heard that. */
static enum rb_status sharing_offers(struct store *store, const struct sharing *sharing,
                                     const uint8_t person[static HASH_BYTES], bool *offers) {
    enum rb_status status = RB_OK;
    bool acked = false;

    if (peer_is_out(sharing)) {
        status = farewell_is_acked(store, sharing->id, person, &acked);
    } else if (is_out(sharing->self) && !sharing->is_self) {
        status = leaving_is_acked(store, sharing->id, person, &acked);
    }
    *offers = sharing_allows(sharing) && !acked;
    return status;
}

/* Whoever may have been added to an own circle (4: own.h) is not one of those who get it. */
static enum rb_status sharings_load(struct store *store, const uint8_t person[static HASH_BYTES],
                                    struct sharing **sharings, size_t *count) {
    static const char sql[] =
        "SELECT circle.id, circle.circle, circle.introducer IS ?1, own.state, peer.state,"
        "  EXISTS (SELECT 1 FROM farewell WHERE farewell.circle = circle.id AND farewell.person = "
        "?1), ?1 = ?2"
        " FROM circle"
        " LEFT JOIN member AS own ON own.circle = circle.id AND own.person = ?2"
        " LEFT JOIN member AS peer ON peer.circle = circle.id AND peer.person = ?1"
        "   AND (?1 = ?2 OR circle.id NOT IN (SELECT circle FROM circle_view WHERE kind = 4))"
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

/* ---- What he is shown ---- */

/* A log as it is shown to somebody who is out. */
struct shown {
    struct log_line line;
    uint64_t upto; /* of what is given; 0 may be an empty branch */
    bool given;    /* else he has it: he has acknowledged it */
};

static enum rb_status missing_upto(struct store *store, int64_t log, uint64_t upto,
                                   uint64_t *missing) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM event"
        " WHERE log = ?1"
        "   AND seq <= ?2"
        "   AND stub = 1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, log);
    db_bind_int(query, 2, (int64_t)upto);
    if (db_step(query)) {
        *missing = (uint64_t)db_int(query, 0);
    }
    return db_end(query);
}

static enum rb_status hash_at(struct store *store, const struct log_row *log, uint64_t seq,
                              uint8_t hash[static HASH_BYTES]) {
    struct block block;

    if (seq == log->base) {
        memcpy(hash, log->base_hash, HASH_BYTES);
        return RB_OK;
    }
    block_init(&block);
    enum rb_status status = block_load(store, log, seq, &block);
    if (status == RB_OK) {
        memcpy(hash, block.hashes[block_index(&block, seq)], HASH_BYTES);
    }
    block_clear(&block);
    return status;
}

/* The line as it was when the log, or that branch of it, ended with `seq`. */
static enum rb_status line_cut(struct store *store, int64_t circle, uint64_t seq,
                               struct log_line *line) {
    struct log_row log;

    if (seq >= line->head) {
        return RB_OK;
    }
    enum rb_status status = log_row_find(store, circle, line->log, &log);
    if (status != RB_OK) {
        return status;
    }
    line->head = seq > log.base ? seq : log.base;
    status = hash_at(store, &log, line->head, line->hash);
    if (status == RB_OK && line->missing > 0) {
        status = missing_upto(store, log.id, line->head, &line->missing);
    }
    return status;
}

/* From column 8: whether the log is his, up to where it belongs to his farewell, and up to where he
 * has acknowledged it.  `*end` is the greatest of those. */
static void shown_read(struct db_row *query, struct shown *shown, uint64_t *end) {
    bool is_his = db_int(query, 8) != 0;
    uint64_t acked = (uint64_t)db_int(query, 10);

    log_line_read(query, &shown->line);
    shown->given = is_his || !db_is_null(query, 9);
    shown->upto = is_his ? SEQ_MAX : (uint64_t)db_int(query, 9);
    *end = shown->upto > acked ? shown->upto : acked;
}

/* What is shown of a circle to somebody who is out; of one log only, unless `log` is NULL. */
static enum rb_status shown_load(struct store *store, int64_t circle,
                                 const uint8_t person[static HASH_BYTES], const uint8_t *log,
                                 struct shown **shown, size_t *count) {
    static const char sql[] =
        "SELECT log.pk, log.head, log.hash, log.missing, parent.pk, log.base, log.proof,"
        "  log.forked,"
        "  log.origin IN (SELECT his.origin FROM author JOIN log AS his ON his.id = author.log"
        "    WHERE his.circle = ?1 AND author.person = ?2) AS is_his,"
        "  farewell.seq, acked.seq"
        " FROM log"
        " LEFT JOIN log AS parent ON parent.id = log.parent"
        " LEFT JOIN farewell ON farewell.circle = ?1 AND farewell.person = ?2"
        "   AND farewell.log = log.id"
        " LEFT JOIN acked ON acked.log = log.id AND acked.person = ?2"
        " WHERE log.circle = ?1"
        "   AND (?3 IS NULL OR log.pk = ?3)"
        "   AND (is_his OR farewell.seq IS NOT NULL OR acked.seq > 0)"
        " ORDER BY log.id";
    struct db_row *query = db_query(store_db(store), sql);
    uint64_t *ends = NULL;

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    if (log != NULL) {
        db_bind_blob(query, 3, span_of(log, LOG_PK_BYTES));
    }
    while (db_step(query)) {
        *shown = rb_realloc(*shown, *count + 1, sizeof **shown);
        ends = rb_realloc(ends, *count + 1, sizeof *ends);
        shown_read(query, &(*shown)[*count], &ends[*count]);
        (*count)++;
    }
    enum rb_status status = db_end(query);
    for (size_t i = 0; i < *count && status == RB_OK; i++) {
        status = line_cut(store, circle, ends[i], &(*shown)[i].line);
    }
    free(ends);
    return status;
}

static enum rb_status lines_of_shown(struct store *store, int64_t circle,
                                     const uint8_t person[static HASH_BYTES],
                                     struct log_line **lines, size_t *count) {
    struct shown *shown = NULL;
    size_t found = 0;

    enum rb_status status = shown_load(store, circle, person, NULL, &shown, &found);
    if (status == RB_OK) {
        *lines = rb_alloc(found + 1, sizeof **lines);
        *count = found;
    }
    for (size_t i = 0; i < found && status == RB_OK; i++) {
        (*lines)[i] = shown[i].line;
    }
    free(shown);
    return status;
}

static enum rb_status lines_of(struct store *store, const struct sharing *sharing,
                               const uint8_t person[static HASH_BYTES], struct log_line **lines,
                               size_t *count) {
    if (peer_is_out(sharing)) {
        return lines_of_shown(store, sharing->id, person, lines, count);
    }
    return circle_lines(store, sharing->circle, lines, count);
}

static enum rb_status fingerprint(struct store *store, const struct sharing *sharing,
                                  const uint8_t person[static HASH_BYTES],
                                  uint8_t fp[static FP_BYTES]) {
    struct log_line *lines = NULL;
    size_t count = 0;

    enum rb_status status = lines_of(store, sharing, person, &lines, &count);
    if (status == RB_OK) {
        circle_fingerprint(fp, lines, count);
    }
    free(lines);
    return status;
}

enum rb_status circles_shared(struct store *store, const uint8_t person[static HASH_BYTES],
                              void (*each)(void *context, const uint8_t circle[static HASH_BYTES],
                                           const uint8_t fp[static FP_BYTES], bool whole),
                              void *context) {
    struct sharing *sharings = NULL;
    uint8_t fp[FP_BYTES];
    size_t count = 0;

    enum rb_status status = sharings_load(store, person, &sharings, &count);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        bool shared = false;
        status = sharing_offers(store, &sharings[i], person, &shared);
        if (status == RB_OK && shared) {
            status = fingerprint(store, &sharings[i], person, fp);
        }
        if (status == RB_OK && shared) {
            each(context, sharings[i].circle, fp, !peer_is_out(&sharings[i]));
        }
    }
    free(sharings);
    return status;
}

static enum rb_status sharing_find(struct store *store, const uint8_t circle[static HASH_BYTES],
                                   const uint8_t person[static HASH_BYTES],
                                   struct sharing *sharing) {
    static const char sql[] =
        "SELECT circle.id, circle.circle, circle.introducer IS ?1, own.state, peer.state,"
        "  EXISTS (SELECT 1 FROM farewell WHERE farewell.circle = circle.id AND farewell.person = "
        "?1), ?1 = ?2"
        " FROM circle"
        " LEFT JOIN member AS own ON own.circle = circle.id AND own.person = ?2"
        " LEFT JOIN member AS peer ON peer.circle = circle.id AND peer.person = ?1"
        "   AND (?1 = ?2 OR circle.id NOT IN (SELECT circle FROM circle_view WHERE kind = 4))"
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
                             const uint8_t person[static HASH_BYTES], uint8_t fp[static FP_BYTES],
                             bool *whole) {
    struct sharing sharing;

    enum rb_status status = sharing_find(store, circle, person, &sharing);
    bool shared = sharing.id != 0 && sharing_allows(&sharing);
    if (status == RB_OK && shared && sharing_owes(&sharing)) {
        status = sharing_offers(store, &sharing, person, &shared);
    }
    if (status != RB_OK) {
        return status;
    }
    status = shared ? fingerprint(store, &sharing, person, fp) : RB_NOT_MEMBER;
    if (status == RB_OK && whole != NULL) {
        *whole = !peer_is_out(&sharing);
    }
    return status;
}

enum rb_status circle_shown(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const uint8_t person[static HASH_BYTES], struct log_line **lines,
                            size_t *count) {
    struct sharing sharing;

    enum rb_status status = sharing_find(store, circle, person, &sharing);
    if (status != RB_OK) {
        return status;
    }
    if (sharing.id == 0 || !sharing_allows(&sharing)) {
        *lines = NULL;
        *count = 0;
        return RB_OK;
    }
    return lines_of(store, &sharing, person, lines, count);
}

static enum rb_status gives_when_out(struct store *store, int64_t circle,
                                     const uint8_t person[static HASH_BYTES],
                                     const uint8_t log[static LOG_PK_BYTES], uint64_t *upto) {
    struct shown *shown = NULL;
    size_t count = 0;

    enum rb_status status = shown_load(store, circle, person, log, &shown, &count);
    if (status == RB_OK && (count == 0 || !shown[0].given)) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        *upto = shown[0].upto;
    }
    free(shown);
    return status;
}

enum rb_status circle_gives(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const uint8_t person[static HASH_BYTES],
                            const uint8_t log[static LOG_PK_BYTES], uint64_t *upto) {
    struct sharing sharing;

    enum rb_status status = sharing_find(store, circle, person, &sharing);
    if (status != RB_OK) {
        return status;
    }
    if (sharing.id == 0 || !sharing_allows(&sharing)) {
        return RB_NOT_MEMBER;
    }
    if (peer_is_out(&sharing)) {
        return gives_when_out(store, sharing.id, person, log, upto);
    }
    *upto = SEQ_MAX;
    return RB_OK;
}

enum rb_status circle_takes(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const uint8_t person[static HASH_BYTES]) {
    struct sharing sharing;

    enum rb_status status = sharing_find(store, circle, person, &sharing);
    return status == RB_OK && sharing_owes(&sharing) ? RB_NOT_MEMBER : status;
}

/* ---- Farewells ---- */

static enum rb_status farewell_begin(struct store *store, int64_t circle,
                                     const uint8_t person[static HASH_BYTES]) {
    static const char sql[] =
        "INSERT INTO farewell (circle, person, log, seq)"
        " SELECT ?1, ?2, log.id, log.head"
        " FROM log"
        " LEFT JOIN author ON author.log = log.id"
        " WHERE log.circle = ?1"
        "   AND author.person IS NOT ?2"
        "   AND NOT EXISTS (SELECT 1 FROM farewell WHERE circle = ?1 AND person = ?2)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    return db_run(query);
}

/* The signatures at its ends, which the logs' next events would replace. */
static enum rb_status farewell_keep_ends(struct store *store, int64_t circle,
                                         const uint8_t person[static HASH_BYTES]) {
    static const char sql[] =
        "INSERT INTO checkpoint (log, seq, hash, signature)"
        " SELECT log.id, log.head, log.hash, log.signature"
        " FROM farewell"
        " JOIN log ON log.id = farewell.log AND log.head = farewell.seq"
        " WHERE farewell.circle = ?1"
        "   AND farewell.person = ?2"
        "   AND log.head > log.base"
        "   AND log.head % ?3 <> 0" /* has one */
        "   AND log.forked = 0"     /* may have no signature, and never gets another */
        " ON CONFLICT (log, seq) DO NOTHING";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    db_bind_int(query, 3, BLOCK_EVENTS);
    return db_run(query);
}

static enum rb_status farewell_forget(struct store *store, int64_t circle,
                                      const uint8_t person[static HASH_BYTES]) {
    static const char sql[] =
        "DELETE FROM farewell"
        " WHERE circle = ?1"
        "   AND person = ?2";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    return db_run(query);
}

enum rb_status sharing_farewells(struct store *store, int64_t circle, const struct member *people,
                                 size_t count) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < count && status == RB_OK; i++) {
        switch (people[i].state) {
        case MEMBER_REMOVED:
        case MEMBER_REVOKED:
            if (memcmp(people[i].person, store_self(store)->person, HASH_BYTES) == 0) {
                break;
            }
            status = farewell_begin(store, circle, people[i].person);
            if (status == RB_OK) {
                status = farewell_keep_ends(store, circle, people[i].person);
            }
            break;
        default:
            status = farewell_forget(store, circle, people[i].person);
        }
    }
    return status;
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

/* RB_REFUSED if he has no room for one more.  Another device of oneself may bring all circles at
 * once. */
static enum rb_status introducer_check(struct store *store,
                                       const uint8_t introducer[static HASH_BYTES]) {
    int64_t unopened = 0;

    if (memcmp(introducer, store_self(store)->person, HASH_BYTES) == 0) {
        return RB_OK;
    }
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
