/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cases: the record that counts, and the entries.  The code of a case is the name of its circle, so
 * that code and record come from the same event. */
#include "store/views.h"

#include "protocol/casework/case_record.h"
#include "store/case_summary.h"
#include "store/db.h"

/* ---- CASE ---- */

static enum rb_status record_save(struct store *store, const struct view_event *event,
                                  const struct case_record *record) {
    /* What is not bound is NULL. */
    static const char sql[] =
        "INSERT OR REPLACE INTO case_record (circle, hlc, area, year, cluster, age, age_unit,"
        "  age_on, sex, opener)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, event->circle);
    db_bind_int(query, 2, (int64_t)event->payload->hlc);
    db_bind_text(query, 3, span_text(record->area));
    db_bind_int(query, 4, record->year);
    db_bind_text(query, 5, span_text(record->cluster));
    if (record->has_age) {
        db_bind_int(query, 6, record->age);
        db_bind_int(query, 7, record->age_unit);
        db_bind_text(query, 8, span_text(record->age_on));
    }
    db_bind_int(query, 9, record->sex);
    db_bind_blob(query, 10, span_of(event->person, sizeof event->person));
    enum rb_status status = db_run(query);
    return status == RB_OK ? case_summary_forget(store, event->circle) : status;
}

enum rb_status view_case_project(struct store *store, const struct view_event *event) {
    char code[CASE_CODE_BYTES + 1];
    struct case_record record;
    bool counts = false;

    enum rb_status status = case_record_decode(event->payload->body, &record);
    if (status == RB_OK) {
        case_code(code, span_text(record.area), record.year, event->circle_id);
        status = view_name_offer(store, event, span_text(code), &counts);
    }
    return status == RB_OK && counts ? record_save(store, event, &record) : status;
}

enum rb_status view_case_forget(struct store *store, int64_t circle) {
    static const char sql[] =
        "DELETE FROM case_record"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    enum rb_status status = db_run(query);
    if (status == RB_OK) {
        status = case_summary_forget(store, circle);
    }
    return status == RB_OK ? view_name_forget(store, circle) : status;
}

/* ---- ENTRY ---- */

enum rb_status view_entry_project(struct store *store, const struct view_event *event) {
    static const char sql[] =
        "INSERT INTO entry (rcv, ref, circle, log, seq, person, hlc, odd_time, text, body, next_by)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, nullif(?11, ''))";
    struct entry entry;

    enum rb_status status = entry_decode(event->payload->body, &entry);
    if (status != RB_OK) {
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_int(query, 1, event->rcv);
    db_bind_blob(query, 2, span_of(event->ref, sizeof event->ref));
    db_bind_int(query, 3, event->circle);
    db_bind_int(query, 4, event->log);
    db_bind_int(query, 5, (int64_t)event->seq);
    db_bind_blob(query, 6, span_of(event->person, sizeof event->person));
    db_bind_int(query, 7, (int64_t)event->payload->hlc);
    db_bind_int(query, 8, event->odd_time ? 1 : 0);
    db_bind_text(query, 9, entry.text);
    if (entry_tells_more(&entry)) {
        db_bind_blob(query, 10, event->payload->body);
    } else {
        db_bind_null(query, 10);
    }
    db_bind_text(query, 11, entry.next_by);
    status = db_run(query);
    return status == RB_OK ? case_summary_forget(store, event->circle) : status;
}

enum rb_status view_entry_forget(struct store *store, int64_t circle) {
    static const char sql[] =
        "DELETE FROM entry"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    return db_run(query);
}
