/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/cases.h"

#include "protocol/casework/change.h"
#include "protocol/text.h"
#include "store/case_row.h"
#include "store/case_summary.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/membership.h"

#include <stdlib.h>
#include <string.h>

/* ---- Rows ---- */

void case_record_read(struct db_row *query, int at, struct case_record *record) {
    *record = (struct case_record) {
        .year = (unsigned)db_int(query, at + 1),
        .has_age = !db_is_null(query, at + 3),
        .age = (unsigned)db_int(query, at + 3),
        .age_unit = (enum age_unit)db_int(query, at + 4),
        .sex = (enum case_sex)db_int(query, at + 6),
    };
    text_copy(record->area, sizeof record->area, db_text(query, at));
    text_copy(record->cluster, sizeof record->cluster, db_text(query, at + 2));
    text_copy(record->age_on, sizeof record->age_on, db_text(query, at + 5));
}

/* What forms tell now goes before what was told at the opening.  Columns from `at` on: as they are
 * selected in rows_load. */
static void summary_read(struct db_row *query, int at, struct case_row *row) {
    struct case_record *record = &row->record;

    if (db_is_null(query, at + 5)) {
        return; /* its record has not come */
    }
    text_copy(row->category, sizeof row->category, db_text(query, at));
    if (!db_is_null(query, at + 1)) {
        text_copy(record->cluster, sizeof record->cluster, db_text(query, at + 1));
    }
    if (!db_is_null(query, at + 2)) {
        record->has_age = true;
        record->age = age_of_value((uint64_t)db_int(query, at + 2), &record->age_unit);
        text_copy(record->age_on, sizeof record->age_on, db_text(query, at + 3));
    }
    if (!db_is_null(query, at + 4)) {
        record->sex = db_int(query, at + 4) == 0 ? SEX_MALE : SEX_FEMALE;
    }
    row->stage = (enum stage)db_int(query, at + 5);
    row->has_risk = !db_is_null(query, at + 6);
    row->risk = (enum risk_level)db_int(query, at + 6);
    row->percent = (unsigned)db_int(query, at + 7);
    row->conflicts = (size_t)db_int(query, at + 8);
    row->flags = (size_t)db_int(query, at + 9);
    row->has_news_after_end = db_int(query, at + 10) != 0;
    text_copy(row->due, sizeof row->due, db_text(query, at + 11));
}

/* Who has the case by a hand-over, and belongs to it; and what is asked of oneself. */
static void responsible_read(struct db_row *query, int at, struct case_row *row) {
    memcpy(row->responsible, row->owner, sizeof row->responsible);
    if (!db_is_null(query, at + 2)) {
        db_copy(query, at + 2, row->opener, sizeof row->opener);
    }
    row->asks_for_approval = db_int(query, at + 3) != 0;
    row->asks_to_take_over = db_int(query, at + 4) != 0;
    row->glass_ms = hlc_ms((uint64_t)db_int(query, at + 5));
    if (db_int(query, at) != 0) {
        db_copy(query, at + 1, row->responsible, sizeof row->responsible);
    }
}

/* Columns: circle, code, own state, how many belong to it, owner, how many entries, the last number
 * that has been given in it, hlc of the newest entry or of the record or 0, the record, how many
 * items, the summary, the number of the case or 0, comments, whether something was returned. */
static void row_read(struct db_row *query, struct case_row *row) {
    const enum member_state own = (enum member_state)db_int(query, 2);
    const int64_t entries = db_int(query, 5), shown = db_int(query, 6);
    const int64_t listed = entries + db_int(query, 15);

    *row = (struct case_row) {
        .is_member = own == MEMBER_INVITED || own == MEMBER_ACCEPTED,
        .is_taken = own == MEMBER_ACCEPTED,
        .members = (size_t)db_int(query, 3),
        .entries = (size_t)entries,
        .unread = (size_t)(listed > shown ? listed - shown : 0),
        .last_ms = hlc_ms((uint64_t)db_int(query, 7)),
    };
    db_copy(query, 0, row->circle, sizeof row->circle);
    text_copy(row->code, sizeof row->code, db_text(query, 1));
    db_copy(query, 4, row->owner, sizeof row->owner);
    case_record_read(query, 8, &row->record);
    summary_read(query, 16, row);
    responsible_read(query, 28, row);
    row->number = db_int(query, 34);
    row->comments = (size_t)db_int(query, 35);
    row->is_returned = db_int(query, 36) != 0;
}

/* Many rows have the same people. */
struct known_name {
    uint8_t person[HASH_BYTES];
    char name[NAME_BYTES_MAX + 1];
};

static enum rb_status name_read(struct store *store, const uint8_t person[static HASH_BYTES],
                                struct known_name *known, char name[static NAME_BYTES_MAX + 1]) {
    enum rb_status status = RB_OK;

    if (known->name[0] == '\0' || memcmp(known->person, person, HASH_BYTES) != 0) {
        memcpy(known->person, person, HASH_BYTES);
        status = person_name(store, person, known->name);
    }
    memcpy(name, known->name, sizeof known->name);
    return status;
}

static enum rb_status row_number(struct store *store, struct case_row *row) {
    const struct span circle = span_of(row->circle, sizeof row->circle);

    return row->number != 0 ? RB_OK : ref_number(store, REF_CASE, circle, &row->number);
}

static enum rb_status row_complete(struct store *store, struct known_name *known,
                                   struct case_row *row) {
    enum rb_status status = row_number(store, row);

    if (status == RB_OK) {
        status = name_read(store, row->owner, known, row->owner_name);
    }
    return status == RB_OK ? name_read(store, row->responsible, known, row->responsible_name)
                           : status;
}

/* Of a case whose record has not come there is no summary. */
#define ROWS                                                                                       \
    "SELECT circle.circle, circle_view.name, own.state,"                                           \
    "  coalesce(summary.members, (SELECT count(*) FROM member"                                     \
    "    WHERE member.circle = circle.id AND member.state IN (0, 1))),"                            \
    "  coalesce(summary.owner, (SELECT member.person FROM member"                                  \
    "    WHERE member.circle = circle.id"                                                          \
    "    ORDER BY member.state IN (0, 1) DESC, member.role DESC, member.place LIMIT 1)),"          \
    "  coalesce(summary.entries, (SELECT count(*) FROM entry"                                      \
    "    WHERE entry.circle = circle.id)),"                                                        \
    "  coalesce((SELECT max(number.number) FROM number"                                            \
    "    WHERE number.sort = ?3 AND number.parent = circle.circle), 0),"                           \
    "  coalesce(summary.last_hlc, case_record.hlc, 0),"                                            \
    "  case_record.area, case_record.year, case_record.cluster, case_record.age,"                  \
    "  case_record.age_unit, case_record.age_on, case_record.sex,"                                 \
    "  coalesce(summary.items, 0),"                                                                \
    "  summary.category, summary.cluster, summary.age, summary.age_on, summary.sex,"               \
    "  summary.stage, summary.risk, summary.percent, summary.conflicts, summary.flags,"            \
    "  summary.news_after_end, summary.due,"                                                       \
    "  summary.responsible <> case_record.opener AND EXISTS (SELECT 1 FROM member AS holder"       \
    "    WHERE holder.circle = circle.id AND holder.person = summary.responsible"                  \
    "      AND holder.state IN (0, 1)),"                                                           \
    "  summary.responsible, case_record.opener, summary.approval, summary.takeover,"               \
    "  summary.glass,"                                                                             \
    "  coalesce((SELECT number.number FROM number"                                                 \
    "    WHERE number.sort = ?4 AND number.object = circle.circle), 0),"                           \
    "  coalesce(summary.comments, 0), coalesce(summary.returned, 0)"                               \
    " FROM member AS own"                                                                          \
    " JOIN circle ON circle.id = own.circle"                                                       \
    " JOIN circle_view ON circle_view.circle = circle.id"                                          \
    " LEFT JOIN case_record ON case_record.circle = circle.id"                                     \
    " LEFT JOIN case_summary AS summary ON summary.circle = circle.id"                             \
    " WHERE own.person = ?1"                                                                       \
    "   AND circle_view.kind = ?2"

static void rows_bind(struct db_row *query, struct store *store) {
    db_bind_blob(query, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 2, CIRCLE_CASE);
    db_bind_int(query, 3, REF_ENTRY);
    db_bind_int(query, 4, REF_CASE);
}

/* `all`, or those that one belongs to and whose record is here. */
static enum rb_status rows_load(struct store *store, bool all, struct case_row **rows,
                                size_t *count) {
    static const char sql[] = ROWS
        "   AND (?5 OR (own.state IN (0, 1) AND case_record.circle IS NOT NULL))"
        " ORDER BY circle.id";
    size_t room = 0;

    enum rb_status status = case_summaries_make(store, NULL);
    if (status != RB_OK) {
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    rows_bind(query, store);
    db_bind_int(query, 5, all ? 1 : 0);
    while (db_step(query)) {
        if (*count == room) {
            room = 2 * room + 16;
            *rows = rb_realloc(*rows, room, sizeof **rows);
        }
        row_read(query, &(*rows)[(*count)++]);
    }
    return db_end(query);
}

static enum rb_status row_load(struct store *store, const uint8_t circle[static HASH_BYTES],
                               struct case_row *row) {
    static const char sql[] = ROWS "   AND circle.circle = ?5";
    enum rb_status found = RB_NOT_FOUND;

    enum rb_status status = case_summaries_make(store, circle);
    if (status != RB_OK) {
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    rows_bind(query, store);
    db_bind_blob(query, 5, span_of(circle, HASH_BYTES));
    if (db_step(query)) {
        row_read(query, row);
        found = RB_OK;
    }
    status = db_end(query);
    return status == RB_OK ? found : status;
}

enum rb_status case_get(struct store *store, const uint8_t circle[static HASH_BYTES],
                        struct case_row *row) {
    struct known_name known = { .name = "" };
    struct case_row found;

    enum rb_status status = row_load(store, circle, &found);
    if (status == RB_OK) {
        status = row_complete(store, &known, &found);
    }
    if (status == RB_OK && found.is_member) {
        status = waiting_count(store, circle, &found.waiting);
    }
    if (status == RB_OK) {
        *row = found;
    }
    return status;
}

enum rb_status case_of_code(struct store *store, struct span code,
                            const uint8_t person[static HASH_BYTES],
                            uint8_t circle[static HASH_BYTES]) {
    static const char sql[] =
        "SELECT circle.circle"
        " FROM circle_view"
        " JOIN circle ON circle.id = circle_view.circle"
        " JOIN member ON member.circle = circle_view.circle AND member.person = ?3"
        " WHERE circle_view.kind = ?1"
        "   AND circle_view.name = ?2"
        "   AND member.state IN (?4, ?5)"
        " ORDER BY circle.circle"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);
    enum rb_status found = RB_NOT_FOUND;

    db_bind_int(query, 1, CIRCLE_CASE);
    db_bind_text(query, 2, code);
    db_bind_blob(query, 3, span_of(person, HASH_BYTES));
    db_bind_int(query, 4, MEMBER_INVITED);
    db_bind_int(query, 5, MEMBER_ACCEPTED);
    if (db_step(query)) {
        db_copy(query, 0, circle, HASH_BYTES);
        found = RB_OK;
    }
    const enum rb_status status = db_end(query);
    return status == RB_OK ? found : status;
}

/* ---- Lists ---- */

static enum rb_status rows_complete(struct store *store, struct case_row *rows, size_t count) {
    struct known_name known = { .name = "" };
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = row_complete(store, &known, &rows[i]);
    }
    return status;
}

/* All numbers that are missing in one step. */
static enum rb_status rows_number(struct store *store, struct case_row *rows, size_t count) {
    enum rb_status status = RB_OK;
    bool own = false, is_complete = true;

    for (size_t i = 0; i < count; i++) {
        is_complete = is_complete && rows[i].number != 0;
    }
    if (is_complete) {
        return RB_OK;
    }
    status = store_write_enter(store, &own);
    if (status != RB_OK) {
        return status;
    }
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = row_number(store, &rows[i]);
    }
    return store_write_leave(store, own, status);
}

struct found_rows {
    struct case_row *rows;
    size_t count;
};

/* Hardly ever is there anything. */
static bool waiting_take(void *context, const uint8_t *circle, size_t waiting) {
    struct found_rows *found = context;

    for (size_t i = 0; i < found->count; i++) {
        if (found->rows[i].is_member && memcmp(found->rows[i].circle, circle, HASH_BYTES) == 0) {
            found->rows[i].waiting = waiting;
        }
    }
    return true;
}

static int compare_numbers(const void *a, const void *b) {
    const struct case_row *left = a, *right = b;

    return (left->number > right->number) - (left->number < right->number);
}

enum rb_status case_each(struct store *store, bool all,
                         bool (*each)(void *context, const struct case_row *), void *context) {
    struct found_rows found = { 0 };

    enum rb_status status = rows_load(store, all, &found.rows, &found.count);
    if (status == RB_OK) {
        status = rows_number(store, found.rows, found.count);
    }
    if (status == RB_OK) {
        status = rows_complete(store, found.rows, found.count);
    }
    if (status == RB_OK) {
        status = waiting_circles(store, waiting_take, &found);
    }
    if (status == RB_OK && found.count > 0) {
        qsort(found.rows, found.count, sizeof *found.rows, compare_numbers);
        for (size_t i = 0; i < found.count && each(context, &found.rows[i]); i++) {
        }
    }
    free(found.rows);
    return status;
}

enum rb_status case_people(struct store *store, const uint8_t circle[static HASH_BYTES],
                           bool (*each)(void *context, const struct group_person *),
                           void *context) {
    struct case_row row;

    enum rb_status status = case_get(store, circle, &row);
    return status == RB_OK ? people_each(store, circle, each, context) : status;
}

/* ---- Opening ---- */

/* RB_MALFORMED unless it reads back. */
static enum rb_status record_encode(const struct case_record *record, struct writer *body) {
    struct case_record again;

    case_record_encode(body, record);
    enum rb_status status = writer_end(body);
    if (status == RB_OK) {
        status = case_record_decode(writer_view(body), &again);
    }
    return status == RB_OK ? RB_OK : RB_MALFORMED;
}

static enum rb_status case_found(struct store *store, struct span body, int64_t now_ms,
                                 uint8_t circle[static HASH_BYTES]) {
    const struct new_content draft = { .type = KIND_CASE, .body = body };
    uint8_t ref[REF_BYTES];

    enum rb_status status = author_found(store, CIRCLE_CASE, NULL, now_ms, circle);
    return status == RB_OK ? author_write(store, circle, &draft, now_ms, ref) : status;
}

enum rb_status case_new(struct store *store, const struct case_record *record, int64_t now_ms,
                        uint8_t circle[static HASH_BYTES]) {
    struct case_record complete = *record;
    struct writer body;

    case_area(complete.area, store_self(store)->region);
    complete.year = case_year_at(now_ms);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    enum rb_status status = record_encode(&complete, &body);
    if (status == RB_OK) {
        status = store_write_begin(store);
    }
    if (status == RB_OK) {
        status = store_write_end(store, case_found(store, writer_view(&body), now_ms, circle));
    }
    writer_clear(&body);
    return status;
}

/* ---- Sharing ---- */

/* RB_NOT_FOUND if he does not belong to it. */
static enum rb_status role_find(struct store *store, const uint8_t circle[static HASH_BYTES],
                                const uint8_t person[static HASH_BYTES], enum circle_role *role) {
    static const char sql[] =
        "SELECT member.role"
        " FROM circle"
        " JOIN member ON member.circle = circle.id"
        " WHERE circle.circle = ?1"
        "   AND member.person = ?2"
        "   AND member.state IN (0, 1)";
    struct db_row *query = db_query(store_db(store), sql);
    enum rb_status found = RB_NOT_FOUND;

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    if (db_step(query)) {
        found = RB_OK;
        *role = (enum circle_role)db_int(query, 0);
    }
    const enum rb_status status = db_end(query);
    return status == RB_OK ? found : status;
}

static enum rb_status check_sharer(struct store *store, const uint8_t circle[static HASH_BYTES]) {
    enum circle_role role = CIRCLE_READER;
    struct case_row row;

    enum rb_status status = case_get(store, circle, &row);
    if (status == RB_OK && !row.is_member) {
        status = RB_NOT_MEMBER;
    }
    if (status == RB_OK) {
        status = role_find(store, circle, store_self(store)->person, &role);
    }
    return status == RB_OK && role < CIRCLE_MANAGER ? RB_REFUSED : status;
}

enum rb_status case_check_share(struct store *store, const uint8_t circle[static HASH_BYTES],
                                const uint8_t person[static HASH_BYTES]) {
    struct contact contact;
    enum circle_role role;

    enum rb_status status = check_sharer(store, circle);
    if (status != RB_OK) {
        return status;
    }
    status = role_find(store, circle, person, &role);
    if (status != RB_NOT_FOUND) {
        return status == RB_OK ? RB_EXISTS : status;
    }
    status = contact_get(store, person, &contact);
    return status == RB_OK && !contact.verified ? RB_UNSAFE : status;
}

enum rb_status case_share(struct store *store, const uint8_t circle[static HASH_BYTES],
                          const uint8_t person[static HASH_BYTES], int64_t now_ms) {
    enum rb_status status = case_check_share(store, circle, person);
    struct refusal refusal = { 0 };

    if (status == RB_OK) {
        status = membership_add(store, circle, person, CIRCLE_WRITER, 0, now_ms, &refusal);
    }
    refusal_clear(&refusal);
    return status;
}
