/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of forms, as rows of their case: what they come to is folded when it is asked for
 * (records.h). */
#include "store/views.h"

#include "store/case_summary.h"
#include "store/db.h"
#include "store/records.h"

enum rb_status view_record_project(struct store *store, const struct view_event *event) {
    static const char sql[] =
        "INSERT INTO record_event (rcv, ref, circle, person, hlc, odd_time, form, numbered, refs,"
        "  body)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    const struct payload *payload = event->payload;
    struct change change;

    enum rb_status status = change_decode(payload->body, &change);
    if (status != RB_OK) {
        return status;
    }
    const bool is_numbered =
        change_begins(&change, payload->ref_count) && form_has_numbers(change.form);
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_int(query, 1, event->rcv);
    db_bind_blob(query, 2, span_of(event->ref, sizeof event->ref));
    db_bind_int(query, 3, event->circle);
    db_bind_blob(query, 4, span_of(event->person, sizeof event->person));
    db_bind_int(query, 5, (int64_t)payload->hlc);
    db_bind_int(query, 6, event->odd_time ? 1 : 0);
    db_bind_int(query, 7, (int64_t)change.form->form);
    db_bind_int(query, 8, is_numbered ? 1 : 0);
    db_bind_blob(query, 9, span_of(payload->refs, payload->ref_count * REF_BYTES));
    db_bind_blob(query, 10, payload->body);
    status = db_run(query);
    return status == RB_OK ? case_summary_forget(store, event->circle) : status;
}

enum rb_status view_record_forget(struct store *store, int64_t circle) {
    static const char sql[] =
        "DELETE FROM record_event"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    enum rb_status status = db_run(query);
    return status == RB_OK ? case_summary_forget(store, circle) : status;
}
