/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The name of a group, in circle_view: the one with the least (hlc, ref) that claims to be no older
 * than the group itself.  Otherwise whoever dates his back far enough would name it. */
#include "store/views.h"

#include "protocol/casework/group.h"
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

enum rb_status view_group_project(struct store *store, const struct view_event *event) {
    static const char sql[] =
        "UPDATE circle_view"
        " SET name = ?2, name_hlc = ?3, name_ref = ?4"
        " WHERE circle = ?1";
    struct name_place place;
    struct group group;

    if (event->before_circle) {
        return RB_OK;
    }
    enum rb_status status = group_decode(event->payload->body, &group);
    if (status == RB_OK) {
        status = name_find(store, event->circle, &place);
    }
    if (status != RB_OK || !is_before(event, &place)) {
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_int(query, 1, event->circle);
    db_bind_text(query, 2, group.name);
    db_bind_int(query, 3, (int64_t)event->payload->hlc);
    db_bind_blob(query, 4, span_of(event->ref, sizeof event->ref));
    return db_run(query);
}

enum rb_status view_group_forget(struct store *store, int64_t circle) {
    static const char sql[] =
        "UPDATE circle_view"
        " SET name = '', name_hlc = 0, name_ref = x''"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    return db_run(query);
}
