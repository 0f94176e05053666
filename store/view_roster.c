/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The days of rosters, as far as an office has signed them for that very circle: anybody can found
 * a circle of that kind, and what he writes there is in no view. */
#include "store/views.h"

#include "protocol/casework/roster.h"
#include "store/db.h"

static enum rb_status day_insert(struct store *store, const struct view_event *event,
                                 const struct roster_day *day, const struct cert *office,
                                 const struct cert *root) {
    static const char sql[] =
        "INSERT INTO roster_day (rcv, circle, office, root, name, region, rank, at_s)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, event->rcv);
    db_bind_int(query, 2, event->circle);
    db_bind_blob(query, 3, span_of(office->subject, sizeof office->subject));
    db_bind_blob(query, 4, span_of(root->person, sizeof root->person));
    db_bind_text(query, 5, office->name);
    db_bind_text(query, 6, office->region);
    db_bind_int(query, 7, office->rank);
    db_bind_int(query, 8, day->at_s);
    return db_run(query);
}

enum rb_status view_roster_project(struct store *store, const struct view_event *event) {
    struct cert offices[CHAIN_CERTS_MAX];
    struct roster_day day;
    size_t count = 0;

    const enum rb_status status = roster_day_decode(event->payload->body, &day);
    if (status != RB_OK) {
        return status;
    }
    if (roster_day_verify(&day, event->circle_id, offices, &count) != RB_OK) {
        return RB_OK;
    }
    return day_insert(store, event, &day, &offices[0], &offices[count - 1]);
}

enum rb_status view_roster_forget(struct store *store, int64_t circle) {
    static const char sql[] =
        "DELETE FROM roster_day"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    return db_run(query);
}
