/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/views.h"

#include "store/db.h"

#include <string.h>

struct name_place {
    uint64_t hlc;
    uint8_t ref[REF_BYTES];
    bool named;
};

static enum rb_status name_find(struct store *store, int64_t circle, struct name_place *place) {
    static const char sql[] =
        "SELECT name_hlc, name_ref"
        " FROM circle_view"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);
    struct name_place value = { 0 };

    db_bind_int(query, 1, circle);
    if (db_step(query) && db_blob(query, 1).len > 0) {
        value.named = true;
        value.hlc = (uint64_t)db_int(query, 0);
        db_copy(query, 1, value.ref, sizeof value.ref);
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK) {
        *place = value;
    }
    return status;
}

static bool is_before(const struct view_event *event, const struct name_place *place) {
    if (!place->named) {
        return true;
    }
    if (event->payload->hlc != place->hlc) {
        return event->payload->hlc < place->hlc;
    }
    return memcmp(event->ref, place->ref, sizeof place->ref) < 0;
}

enum rb_status view_name_offer(struct store *store, const struct view_event *event,
                               struct span name, bool *counts) {
    static const char sql[] =
        "UPDATE circle_view"
        " SET name = ?2, name_hlc = ?3, name_ref = ?4"
        " WHERE circle = ?1";
    struct name_place place = { 0 };

    enum rb_status status = name_find(store, event->circle, &place);
    if (status != RB_OK) {
        return status;
    }
    if (event->before_circle || !is_before(event, &place)) {
        *counts = false;
        return RB_OK;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_int(query, 1, event->circle);
    db_bind_text(query, 2, name);
    db_bind_int(query, 3, (int64_t)event->payload->hlc);
    db_bind_blob(query, 4, span_of(event->ref, sizeof event->ref));
    status = db_run(query);
    if (status == RB_OK) {
        *counts = true;
    }
    return status;
}

enum rb_status view_name_forget(struct store *store, int64_t circle) {
    static const char sql[] =
        "UPDATE circle_view"
        " SET name = '', name_hlc = 0, name_ref = x''"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    return db_run(query);
}
