/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/sharing.h"

#include "store/db.h"
#include "store/event_log.h"
#include "store/rows.h"

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
    switch ((enum member_state)db_int(query, column)) {
    case MEMBER_INVITED:
    case MEMBER_ACCEPTED:
        return STANDING_IN;
    default:
        return STANDING_OUT;
    }
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

/* Whether a circle may be exchanged.  One without ourselves among its people has been
 * introduced, and nothing in it says yet who belongs to it: it is exchanged with its introducer
 * alone.  One that we left is still exchanged with its members if they begin: they may have
 * invited us again.  Who left or was removed may still have to bring what he wrote. */
static bool sharing_allows(const struct sharing *sharing) {
    switch (sharing->self) {
    case STANDING_NONE:
        return sharing->introduced_by_him;
    case STANDING_IN:
        return sharing->peer != STANDING_NONE;
    default:
        return sharing->peer == STANDING_IN;
    }
}

/* Whether it is offered by us: one that we left, or that he was removed from, only until he has
 * heard that. */
static enum rb_status sharing_offers(struct store *store, const struct sharing *sharing,
                                     const uint8_t person[static HASH_BYTES], bool *offers) {
    enum rb_status status = RB_OK;
    bool acked = false;

    if (sharing->peer == STANDING_OUT) {
        status = farewell_is_acked(store, sharing->id, person, &acked);
    } else if (sharing->self == STANDING_OUT) {
        status = leaving_is_acked(store, sharing->id, person, &acked);
    }
    *offers = sharing_allows(sharing) && !acked;
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

/* His own log, or of another what belongs to his farewell.  He may have had it before: then this is
 * a home of his that was put back. */
static enum rb_status gives_when_out(struct store *store, int64_t circle,
                                     const uint8_t person[static HASH_BYTES],
                                     const uint8_t log[static LOG_PK_BYTES], uint64_t seq,
                                     bool *gives) {
    static const char sql[] =
        "SELECT 1"
        " FROM log"
        " LEFT JOIN author ON author.log = log.id"
        " LEFT JOIN farewell ON farewell.log = log.id AND farewell.person = ?2"
        " WHERE log.circle = ?1"
        "   AND log.pk = ?3"
        "   AND (author.person = ?2 OR farewell.seq >= ?4)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    db_bind_blob(query, 3, span_of(log, LOG_PK_BYTES));
    db_bind_int(query, 4, (int64_t)seq);
    *gives = db_step(query);
    return db_end(query);
}

enum rb_status circle_gives(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const uint8_t person[static HASH_BYTES],
                            const uint8_t log[static LOG_PK_BYTES], uint64_t seq) {
    struct sharing sharing;

    enum rb_status status = sharing_find(store, circle, person, &sharing);
    if (status != RB_OK) {
        return status;
    }
    bool gives = sharing.id != 0 && sharing_allows(&sharing);
    if (gives && sharing.peer == STANDING_OUT) {
        status = gives_when_out(store, sharing.id, person, log, seq, &gives);
    }
    return status == RB_OK && !gives ? RB_NOT_MEMBER : status;
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
            status = farewell_begin(store, circle, people[i].person);
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
