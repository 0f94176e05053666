/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes of forms, as rows of their case: what they come to is folded when it is asked for
 * (records.h). */
#include "store/views.h"

#include "store/case_summary.h"
#include "store/db.h"
#include "store/records.h"

/* Of a change that begins an item the name is its own ref, else the first that it names. */
static void bind_item(struct db_row *query, int index, const struct view_event *event,
                      const struct change *change) {
    const struct payload *payload = event->payload;

    if (change->form->is_single) {
        db_bind_null(query, index);
    } else if (payload->ref_count == 0) {
        db_bind_blob(query, index, span_of(event->ref, sizeof event->ref));
    } else {
        db_bind_blob(query, index, span_of(payload->refs[0], REF_BYTES));
    }
}

static enum rb_status event_insert(struct store *store, const struct view_event *event,
                                   const struct change *change, struct span words) {
    static const char sql[] =
        "INSERT INTO record_event (rcv, ref, circle, person, hlc, odd_time, form, numbered, refs,"
        "  body, item, text)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, nullif(?12, ''))";
    const struct payload *payload = event->payload;
    const bool is_numbered =
        change_begins(change, payload->ref_count) && form_has_numbers(change->form);
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, event->rcv);
    db_bind_blob(query, 2, span_of(event->ref, sizeof event->ref));
    db_bind_int(query, 3, event->circle);
    db_bind_blob(query, 4, span_of(event->person, sizeof event->person));
    db_bind_int(query, 5, (int64_t)payload->hlc);
    db_bind_int(query, 6, event->odd_time ? 1 : 0);
    db_bind_int(query, 7, (int64_t)change->form->form);
    db_bind_int(query, 8, is_numbered ? 1 : 0);
    db_bind_blob(query, 9, span_of(payload->refs, payload->ref_count * REF_BYTES));
    db_bind_blob(query, 10, payload->body);
    bind_item(query, 11, event, change);
    db_bind_text(query, 12, words);
    return db_run(query);
}

enum rb_status view_record_project(struct store *store, const struct view_event *event) {
    struct change change;
    struct writer words;

    enum rb_status status = change_decode(event->payload->body, &change);
    if (status != RB_OK) {
        return status;
    }
    writer_init(&words, EVENT_PAYLOAD_BYTES_MAX);
    change_write_words(&words, &change);
    status = event_insert(store, event, &change, writer_view(&words));
    writer_clear(&words);
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
