/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/contacts.h"
#include "store/event_log.h"

#include "protocol/circle.h"
#include "store/db.h"

/* Acknowledgements may come in any order; the highest stays.  The same log may have been offered to
 * him for another circle, where nobody reads it: that says nothing about this one. */
enum rb_status acked_set(struct store *store, const uint8_t person[static HASH_BYTES],
                         const uint8_t circle[static HASH_BYTES],
                         const uint8_t log[static LOG_PK_BYTES], uint64_t seq) {
    static const char sql[] =
        "INSERT INTO acked (person, log, seq)"
        " SELECT ?1, log.id, min(?4, log.head)" /* it may have been cut meanwhile */
        " FROM circle"
        " JOIN log ON log.circle = circle.id"
        " WHERE circle.circle = ?2"
        "   AND log.pk = ?3"
        " ON CONFLICT (log, person) DO UPDATE"
        " SET seq = excluded.seq"
        " WHERE excluded.seq > seq";
    bool own = false;
    const enum rb_status status = store_write_enter(store, &own);

    if (status != RB_OK) {
        return status;
    }
    struct db_row *row = db_query(store_db(store), sql);
    db_bind_blob(row, 1, span_of(person, HASH_BYTES));
    db_bind_blob(row, 2, span_of(circle, HASH_BYTES));
    db_bind_blob(row, 3, span_of(log, LOG_PK_BYTES));
    db_bind_int(row, 4, (int64_t)seq);
    return store_write_leave(store, own, db_run(row));
}

/* Parameters 2 and 3 of both questions: who is a member. */
static enum rb_status waiting_read(struct db_row *row, uint64_t *count) {
    uint64_t waiting = 0;

    db_bind_int(row, 2, MEMBER_INVITED);
    db_bind_int(row, 3, MEMBER_ACCEPTED);
    if (db_step(row)) {
        waiting = (uint64_t)db_int(row, 0);
    }
    enum rb_status status = db_end(row);
    if (status == RB_OK) {
        *count = waiting;
    }
    return status;
}

/* Acknowledgements of any other person count, not those of one's own devices: what is durable at
 * one colleague's node goes on from there, also when this computer never starts again. */
enum rb_status events_waiting(struct store *store, uint64_t *count) {
    static const char sql[] =
        "SELECT COALESCE(SUM(MAX(0, log.head - COALESCE("
        "       (SELECT MAX(acked.seq) FROM acked"
        "         WHERE acked.log = log.id AND acked.person <> ?1), log.base))), 0)"
        "  FROM log"
        "  JOIN circle_view ON circle_view.circle = log.circle"
        " WHERE log.own = 1"
        "   AND circle_view.kind IN (?4, ?5, ?6, ?7)" /* what people have written */
        "   AND EXISTS (SELECT 1 FROM member"
        "                WHERE member.circle = log.circle"
        "                  AND member.person <> ?1"
        "                  AND member.state IN (?2, ?3))";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(row, 4, CIRCLE_GROUP);
    db_bind_int(row, 5, CIRCLE_CASE);
    db_bind_int(row, 6, CIRCLE_IDENTITY);
    db_bind_int(row, 7, CIRCLE_REQUEST);
    return waiting_read(row, count);
}

enum rb_status events_waiting_for(struct store *store, const uint8_t person[static HASH_BYTES],
                                  uint64_t *count) {
    static const char sql[] =
        "SELECT COALESCE(SUM(log.head - COALESCE(acked.seq, log.base)), 0)"
        "  FROM log"
        "  JOIN member ON member.circle = log.circle"
        "  LEFT JOIN acked ON acked.log = log.id AND acked.person = ?1"
        " WHERE log.own = 1"
        "   AND member.person = ?1"
        "   AND member.state IN (?2, ?3)";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(person, HASH_BYTES));
    return waiting_read(row, count);
}
