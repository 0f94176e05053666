/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What oneself has said of other people in one's own circles: of each standing the newest record.
 * Whatever anybody else may have written there counts for nothing. */
#include "store/views.h"

#include "protocol/casework/contact.h"
#include "store/db.h"
#include "store/opening.h"

#include <string.h>

static bool is_ours(const struct store *store, const struct view_event *event) {
    return memcmp(event->person, store_self(store)->person, HASH_BYTES) == 0;
}

/* What is not bound is NULL. */
static enum rb_status state_save(struct store *store, const struct view_event *event,
                                 const struct contact_record *record) {
    static const char sql[] =
        "INSERT INTO contact_state (circle, person, standing, hlc, ref, card)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (person, standing, circle) DO UPDATE"
        " SET hlc = excluded.hlc,"
        "     ref = excluded.ref,"
        "     card = excluded.card"
        " WHERE (excluded.hlc, excluded.ref) > (contact_state.hlc, contact_state.ref)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, event->circle);
    db_bind_blob(query, 2, span_of(record->person, sizeof record->person));
    db_bind_int(query, 3, record->standing);
    db_bind_int(query, 4, (int64_t)event->payload->hlc);
    db_bind_blob(query, 5, span_of(event->ref, sizeof event->ref));
    if (record->card.len > 0) {
        db_bind_blob(query, 6, record->card);
    }
    return db_run(query);
}

enum rb_status view_contact_project(struct store *store, const struct view_event *event) {
    struct contact_record record;

    if (!is_ours(store, event)) {
        return RB_OK;
    }
    enum rb_status status = contact_record_decode(event->payload->body, &record);
    if (status == RB_OK) {
        opening_of(store)->contacts_due = true;
        status = state_save(store, event, &record);
    }
    return status;
}

enum rb_status view_contact_forget(struct store *store, int64_t circle) {
    static const char sql[] =
        "DELETE FROM contact_state"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    const enum rb_status status = db_run(query);
    if (status == RB_OK && db_changes(store_db(store)) > 0) {
        opening_of(store)->contacts_due = true;
        opening_of(store)->contacts_again = true;
    }
    return status;
}
