/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/account.h"

#include "protocol/circle.h"
#include "store/db.h"

const char *const account_names[ACCOUNT_PARTS] = { "forks", "heads", "verdicts", "people",
                                                   "views" };

/* Each gives one column of text; ?1 is the circle. */
static const char forks_sql[] =
    "SELECT line FROM ("
    "  SELECT circle, 'cut ' || hex(origin) || ' after ' || (forked - 1) || ' ' || hex(hash) AS "
    "line"
    "    FROM log WHERE forked > 0"
    "  UNION ALL SELECT circle, 'branch ' || hex(origin) || ' after ' || base || ' ' ||"
    "    hex(base_hash) || ' ' || hex(pk) FROM log WHERE parent IS NOT NULL"
    ") WHERE circle = (SELECT id FROM circle WHERE circle.circle = ?1)"
    " ORDER BY line";

static const char heads_sql[] =
    "SELECT 'log ' || hex(log.pk) || ' ' || log.base || '..' || log.head || ' ' || hex(log.hash)"
    " FROM circle"
    " JOIN log ON log.circle = circle.id"
    " WHERE circle.circle = ?1 AND log.head > 0"
    " ORDER BY log.pk";

static const char people_sql[] =
    "SELECT 'person ' || member.place || ' ' || hex(member.person) || ' role ' || member.role ||"
    "       ' state ' || member.state || ' until ' || member.until_s || ' by ' || hex(member.by)"
    " FROM circle"
    " JOIN member ON member.circle = circle.id"
    " WHERE circle.circle = ?1"
    " ORDER BY member.place, member.person";

static const char verdicts_sql[] =
    "SELECT 'event ' || hex(log.pk) || ' ' || event.seq || ' state ' || event.state"
    " FROM circle"
    " JOIN log ON log.circle = circle.id"
    " JOIN event ON event.log = log.id"
    " WHERE circle.circle = ?1"
    " ORDER BY log.pk, event.seq";

static const char views_sql[] =
    "SELECT line FROM ("
    "  SELECT circle.id AS circle, 'name ' || circle_view.name || ' ' || hex(name_ref) AS line"
    "    FROM circle JOIN circle_view ON circle_view.circle = circle.id"
    "  UNION ALL SELECT thread.circle, 'thread ' || hex(ref) || ' ' || title || ' ' ||"
    "    hex(person) || ' ' || hlc FROM thread"
    "  UNION ALL SELECT post.circle, 'post ' || hex(ref) || ' ' || hex(thread) || ' ' ||"
    "    coalesce(hex(reply_to), '-') || ' ' || hex(person) || ' ' || hlc || ' ' ||"
    "    coalesce(quoted, '-') || ' ' || text FROM post"
    "  UNION ALL SELECT post_edit.circle, 'edit ' || hex(ref) || ' ' || hex(post) || ' ' ||"
    "    hex(person) || ' ' || hlc || ' ' || text FROM post_edit"
    "  UNION ALL SELECT post_retract.circle, 'retract ' || hex(ref) || ' ' || hex(post) || ' ' ||"
    "    hex(person) || ' ' || hlc || ' ' || reason FROM post_retract"
    "  UNION ALL SELECT case_record.circle, 'case ' || area || ' ' || year || ' ' || cluster ||"
    "    ' ' || sex || ' ' || hlc FROM case_record"
    "  UNION ALL SELECT entry.circle, 'entry ' || hex(ref) || ' ' || hex(person) || ' ' || hlc ||"
    "    ' ' || text FROM entry"
    "  UNION ALL SELECT record_event.circle, 'record ' || hex(ref) || ' ' || hex(person) || ' ' ||"
    "    hlc || ' ' || hex(refs) || ' ' || hex(body) FROM record_event"
    "  UNION ALL SELECT adopted.circle, 'adopted ' || hex(log) || ' ' || seq FROM adopted"
    ") WHERE circle = (SELECT id FROM circle WHERE circle.circle = ?1)"
    " ORDER BY line";

static const char *const parts[ACCOUNT_PARTS] = { forks_sql, heads_sql, verdicts_sql, people_sql,
                                                  views_sql };

enum rb_status account_write(struct store *store, enum account_part part,
                             const uint8_t circle[static HASH_BYTES], struct writer *out) {
    struct db_row *row = db_query(store_db(store), parts[part]);

    db_bind_blob(row, 1, span_of(circle, HASH_BYTES));
    while (db_step(row)) {
        writer_span(out, db_text(row, 0));
        writer_u8(out, '\n');
    }
    return db_end(row);
}

enum rb_status account_circles(struct store *store,
                               void (*each)(void *context, const uint8_t circle[static HASH_BYTES],
                                            enum sim_standing standing),
                               void *context) {
    static const char sql[] =
        "SELECT circle.circle, coalesce((SELECT member.state FROM member"
        "                                 WHERE member.circle = circle.id"
        "                                   AND member.person = ?1), ?2)"
        " FROM circle"
        " ORDER BY circle.circle";
    struct db_row *row = db_query(store_db(store), sql);
    uint8_t circle[HASH_BYTES];

    db_bind_blob(row, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(row, 2, MEMBER_LEFT);
    while (db_step(row)) {
        const int64_t state = db_int(row, 1);
        db_copy(row, 0, circle, sizeof circle);
        each(context, circle,
             state == MEMBER_ACCEPTED  ? STANDING_ACCEPTED
             : state == MEMBER_INVITED ? STANDING_INVITED
                                       : STANDING_OUT);
    }
    return db_end(row);
}

enum rb_status account_shuts_out(struct store *store, const uint8_t circle[static HASH_BYTES],
                                 const uint8_t person[static HASH_BYTES], bool *shuts_out) {
    static const char sql[] =
        "SELECT EXISTS (SELECT 1 FROM cert"
        "                WHERE cert.circle = circle.id AND cert.person = ?2)"
        "   AND NOT EXISTS (SELECT 1 FROM member"
        "                    WHERE member.circle = circle.id AND member.person = ?2"
        "                      AND member.state IN (?3, ?4))"
        " FROM circle"
        " WHERE circle.circle = ?1";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(circle, HASH_BYTES));
    db_bind_blob(row, 2, span_of(person, HASH_BYTES));
    db_bind_int(row, 3, MEMBER_INVITED);
    db_bind_int(row, 4, MEMBER_ACCEPTED);
    *shuts_out = db_step(row) && db_int(row, 0) != 0;
    return db_end(row);
}
