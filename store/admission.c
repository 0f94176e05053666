/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/admission.h"

#include "store/control_event.h"
#include "store/db.h"

#include <assert.h>

/* ---- Logs ---- */

struct log_counts {
    int64_t all;
    int64_t strangers; /* whose author is unknown, or nobody, or has no ADD that stands */
};

static enum rb_status logs_count(struct opening *opening, struct log_counts *counts) {
    static const char sql[] =
        "SELECT count(*), count(member.person)"
        " FROM log"
        " LEFT JOIN author ON author.log = log.id"
        " LEFT JOIN member ON member.circle = log.circle AND member.person = author.person"
        " WHERE log.circle = ?1";
    struct db_row *query = db_query(store_db(opening->store), sql);

    *counts = (struct log_counts) { 0 };
    db_bind_int(query, 1, opening->circle.id);
    if (db_step(query)) {
        counts->all = db_int(query, 0);
        counts->strangers = counts->all - db_int(query, 1);
    }
    return db_end(query);
}

/* Whether there is no room for `count` more logs of strangers; what cannot be read is nobody's. */
static bool strangers_are_full(const struct opening *opening, const struct log_counts *counts,
                               size_t count) {
    return opening->circle.opened && counts->strangers + (int64_t)count > LOGS_STRANGERS_MAX;
}

static enum rb_status person_logs_count(struct opening *opening,
                                        const uint8_t person[static HASH_BYTES], int64_t *count) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM log"
        " JOIN author ON author.log = log.id"
        " WHERE log.circle = ?1"
        "   AND author.person = ?2";
    struct db_row *query = db_query(store_db(opening->store), sql);

    *count = 0;
    db_bind_int(query, 1, opening->circle.id);
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    if (db_step(query)) {
        *count = db_int(query, 0);
    }
    return db_end(query);
}

static enum rb_status member_is_listed(struct opening *opening,
                                       const uint8_t person[static HASH_BYTES], bool *listed) {
    static const char sql[] =
        "SELECT 1"
        " FROM member"
        " WHERE circle = ?1"
        "   AND person = ?2";
    struct db_row *query = db_query(store_db(opening->store), sql);

    db_bind_int(query, 1, opening->circle.id);
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    *listed = db_step(query);
    return db_end(query);
}

/* Whether the circle may be settled now to learn who writes the log in hand; it is, then. */
static enum rb_status settle_early(struct opening *opening, bool *settled) {
    struct log_row row = opening->log.row;
    struct arrivals *arrivals = opening_arrivals(opening);

    *settled = !arrivals->settled_early;
    if (!*settled) {
        return RB_OK;
    }
    arrivals->settled_early = true;
    enum rb_status status = opening_settle(opening);
    return status == RB_OK ? opening_take_log(opening, &row) : status;
}

/* Before GENESIS has come everybody is one, also the founder. */
static enum rb_status circle_is_founded(struct opening *opening, bool *founded) {
    static const char sql[] =
        "SELECT 1"
        " FROM member"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(opening->store), sql);

    db_bind_int(query, 1, opening->circle.id);
    *founded = db_step(query);
    return db_end(query);
}

/* Whose log this is; RB_NOT_FOUND if that cannot be told, or is a stranger and must not be. */
static enum rb_status author_peek(struct opening *opening, const struct run *run,
                                  const struct run_result *result, bool no_stranger,
                                  struct log_author *author) {
    bool is_welcome = false, founded = false;

    enum rb_status status = control_event_peek_author(opening, run, result, author);
    if (status != RB_OK || !no_stranger) {
        return status;
    }
    status = member_is_listed(opening, author->person, &is_welcome);
    if (status == RB_OK && !is_welcome) {
        status = circle_is_founded(opening, &founded);
        is_welcome = !founded;
    }
    return status == RB_OK && !is_welcome ? RB_NOT_FOUND : status;
}

/* The same, also if only what has come in this batch tells it. */
static enum rb_status author_find(struct opening *opening, const struct run *run,
                                  const struct run_result *result, bool no_stranger,
                                  struct log_author *author) {
    bool settled = false;

    enum rb_status status = author_peek(opening, run, result, no_stranger, author);
    if (status != RB_NOT_FOUND) {
        return status;
    }
    status = settle_early(opening, &settled);
    if (status != RB_OK) {
        return status;
    }
    return settled ? author_peek(opening, run, result, no_stranger, author) : RB_NOT_FOUND;
}

/* Only who stands in the table of members: anybody can write operations that name made-up people,
 * and these would take the places that are kept. */
static enum rb_status is_first_of_member(struct opening *opening,
                                         const uint8_t person[static HASH_BYTES], int64_t of_person,
                                         bool *is_first) {
    bool is_listed = false;

    enum rb_status status = of_person == 0 ? member_is_listed(opening, person, &is_listed) : RB_OK;
    *is_first = status == RB_OK && is_listed;
    return status;
}

/* In a crowded circle. */
static enum rb_status person_admit(struct opening *opening, const uint8_t person[static HASH_BYTES],
                                   int64_t all) {
    int64_t of_person = 0;
    bool is_first = false;

    enum rb_status status = person_logs_count(opening, person, &of_person);
    if (status == RB_OK) {
        status = is_first_of_member(opening, person, of_person, &is_first);
    }
    if (status != RB_OK || is_first) {
        return status;
    }
    return all >= LOGS_SHARED_MAX || of_person >= LOGS_PER_PERSON_MAX ? RB_REFUSED : RB_OK;
}

enum rb_status admission_of_log(struct opening *opening, const struct run *run,
                                const struct run_result *result) {
    struct log_author author;
    struct log_counts counts;

    enum rb_status status = logs_count(opening, &counts);
    if (status != RB_OK) {
        return status;
    }
    if (counts.all >= LOGS_FOREIGN_MAX) {
        return RB_REFUSED;
    }
    bool crowded = counts.all >= LOGS_CROWDED;
    bool no_stranger = strangers_are_full(opening, &counts, 1);
    if (!crowded && !no_stranger) {
        return RB_OK;
    }
    status = author_find(opening, run, result, no_stranger, &author);
    if (status == RB_NOT_FOUND) {
        return RB_REFUSED;
    }
    return status == RB_OK && crowded ? person_admit(opening, author.person, counts.all) : status;
}

/* Of whoever writes any part of a log. */
struct log_owner {
    bool is_known, is_member;
    int64_t logs;
};

static enum rb_status log_owner_find(struct opening *opening,
                                     const uint8_t origin[static LOG_PK_BYTES],
                                     struct log_owner *owner) {
    static const char sql[] =
        "SELECT member.person IS NOT NULL AS is_member,"
        "  (SELECT count(*)"
        "   FROM log AS his"
        "   JOIN author AS he ON he.log = his.id"
        "   WHERE his.circle = log.circle AND he.person = author.person)"
        " FROM log"
        " JOIN author ON author.log = log.id"
        " LEFT JOIN member ON member.circle = log.circle AND member.person = author.person"
        " WHERE log.circle = ?1"
        "   AND log.origin = ?2"
        "   AND length(author.person) > 0"
        " ORDER BY is_member DESC"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(opening->store), sql);

    *owner = (struct log_owner) { .is_known = false };
    db_bind_int(query, 1, opening->circle.id);
    db_bind_blob(query, 2, span_of(origin, LOG_PK_BYTES));
    if (db_step(query)) {
        *owner = (struct log_owner) {
            .is_known = true,
            .is_member = db_int(query, 0) != 0,
            .logs = db_int(query, 1),
        };
    }
    return db_end(query);
}

enum rb_status admission_of_branches(struct opening *opening,
                                     const uint8_t origin[static LOG_PK_BYTES], size_t count) {
    struct log_counts counts;
    struct log_owner owner;

    enum rb_status status = logs_count(opening, &counts);
    if (status != RB_OK) {
        return status;
    }
    if (counts.all + (int64_t)count > LOGS_SHARED_MAX) {
        return RB_REFUSED;
    }
    bool crowded = counts.all >= LOGS_CROWDED;
    bool no_stranger = strangers_are_full(opening, &counts, count);
    if (!crowded && !no_stranger) {
        return RB_OK;
    }
    status = log_owner_find(opening, origin, &owner);
    if (status != RB_OK) {
        return status;
    }
    bool too_many =
        crowded && (!owner.is_known || owner.logs + (int64_t)count > LOGS_PER_PERSON_MAX);
    return too_many || (no_stranger && !owner.is_member) ? RB_REFUSED : RB_OK;
}

/* ---- Bytes ---- */

/* What a row and its part of the indexes take, beside the body. */
enum { EVENT_ROW_BYTES = 128 };

/* What this introducer has given of all circles that do not count us among their people. */
static enum rb_status guest_bytes(struct opening *opening, int64_t *bytes) {
    static const char sql[] =
        "SELECT coalesce(sum(bytes), 0)"
        " FROM guest"
        " WHERE person = (SELECT introducer FROM circle WHERE id = ?1)"
        "   AND person <> ?2" /* another device of oneself may bring all that it has */
        "   AND NOT EXISTS (SELECT 1 FROM member"
        "     WHERE member.circle = guest.circle AND member.person = ?2)";
    struct db_row *query = db_query(store_db(opening->store), sql);

    *bytes = 0;
    db_bind_int(query, 1, opening->circle.id);
    db_bind_blob(query, 2, span_of(store_self(opening->store)->person, HASH_BYTES));
    if (db_step(query)) {
        *bytes = db_int(query, 0);
    }
    return db_end(query);
}

static enum rb_status guest_add(struct opening *opening, int64_t bytes) {
    static const char sql[] =
        "INSERT INTO guest (circle, person, bytes)"
        " SELECT id, introducer, ?2"
        " FROM circle"
        " WHERE id = ?1"
        " ON CONFLICT (circle, person) DO UPDATE SET bytes = bytes + excluded.bytes";
    struct db_row *query = db_query(store_db(opening->store), sql);

    db_bind_int(query, 1, opening->circle.id);
    db_bind_int(query, 2, bytes);
    return db_run(query);
}

/* A missing body counts as if it were here: it may come at any time. */
static int64_t run_bytes(const struct run *run, uint64_t first) {
    int64_t bytes = 0;

    for (size_t i = 0; i < run->count; i++) {
        if (run->first + i >= first) {
            bytes += EVENT_ROW_BYTES + (int64_t)run->events[i].header.body_len;
        }
    }
    return bytes;
}

enum rb_status admission_of_bytes(struct opening *opening, const struct run *run, uint64_t first) {
    int64_t bytes = run_bytes(run, first);
    int64_t given = 0;
    bool belongs = true;

    if (!opening->circle.introduced) {
        return RB_OK;
    }
    enum rb_status status = member_is_listed(opening, store_self(opening->store)->person, &belongs);
    if (status != RB_OK || belongs) {
        return status;
    }
    status = guest_bytes(opening, &given);
    if (status != RB_OK) {
        return status;
    }
    if (given + bytes > UNOPENED_BYTES_PER_PEER_MAX) {
        return RB_REFUSED;
    }
    return guest_add(opening, bytes);
}
