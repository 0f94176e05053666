/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What becomes of posts.  A change may come before its post, so all are kept; whether one counts
 * (of that circle, by the author of the post) is decided by who reads the post (post_row.h). */
#include "store/views.h"

#include "protocol/casework/thread.h"
#include "store/db.h"

enum { CHANGE_REF_POST };

/* The columns that both tables have. */
static void bind_change(struct db_row *query, const struct view_event *event, struct span words) {
    db_bind_int(query, 1, event->rcv);
    db_bind_blob(query, 2, span_of(event->ref, sizeof event->ref));
    db_bind_blob(query, 3, span_of(event->payload->refs[CHANGE_REF_POST], REF_BYTES));
    db_bind_int(query, 4, event->circle);
    db_bind_blob(query, 5, span_of(event->person, sizeof event->person));
    db_bind_int(query, 6, (int64_t)event->payload->hlc);
    db_bind_text(query, 7, words);
}

enum rb_status view_edit_project(struct store *store, const struct view_event *event) {
    static const char sql[] =
        "INSERT INTO post_edit (rcv, ref, post, circle, person, hlc, text)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    struct edit edit;

    enum rb_status status = edit_decode(event->payload->body, &edit);
    if (status != RB_OK) {
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    bind_change(query, event, edit.text);
    return db_run(query);
}

enum rb_status view_edit_forget(struct store *store, int64_t circle) {
    static const char sql[] =
        "DELETE FROM post_edit"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    return db_run(query);
}

enum rb_status view_retract_project(struct store *store, const struct view_event *event) {
    static const char sql[] =
        "INSERT INTO post_retract (rcv, ref, post, circle, person, hlc, reason)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    struct retract retract;

    enum rb_status status = retract_decode(event->payload->body, &retract);
    if (status != RB_OK) {
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    bind_change(query, event, retract.reason);
    return db_run(query);
}

enum rb_status view_retract_forget(struct store *store, int64_t circle) {
    static const char sql[] =
        "DELETE FROM post_retract"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    return db_run(query);
}
