/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/members.h"

#include "store/db.h"

#include <assert.h>
#include <string.h>

enum rb_status members_fold(struct store *store, int64_t circle, struct members *members) {
    struct operation_list list = { 0 };

    if (members->fold != NULL) {
        return RB_OK;
    }
    enum rb_status status = operations_load(store, circle, &list);
    if (status != RB_OK) {
        return status;
    }
    for (size_t i = 0; i < list.count; i++) {
        if (list.ops[i].type == OP_GENESIS) {
            members->founded = true;
            members->kind = list.ops[i].kind;
            members->genesis_hlc = list.ops[i].hlc;
        }
    }
    members->fold = circle_fold(list.ops, list.count);
    operations_clear(&list);
    return RB_OK;
}

void members_clear(struct members *members) {
    circle_destroy(&members->fold);
    *members = (struct members) { 0 };
}

/* ---- Tables ---- */

static bool row_is(struct db_row *query, const struct member *member) {
    return span_equal(db_blob(query, 0), span_of(member->person, sizeof member->person)) &&
           db_int(query, 1) == (int64_t)member->role && db_int(query, 2) == (int64_t)member->state;
}

/* Whether the table says something else than `people`. */
static enum rb_status people_differ(struct store *store, int64_t circle,
                                    const struct member *people, size_t count, bool *differ) {
    static const char sql[] =
        "SELECT person, role, state"
        " FROM member"
        " WHERE circle = ?1"
        " ORDER BY place";
    struct db_row *query = db_query(store_db(store), sql);
    bool same = true;
    size_t seen = 0;

    db_bind_int(query, 1, circle);
    while (same && db_step(query)) {
        same = seen < count && row_is(query, &people[seen]);
        seen++;
    }
    *differ = !same || seen != count;
    return db_end(query);
}

static enum rb_status people_delete(struct store *store, int64_t circle) {
    static const char sql[] =
        "DELETE FROM member"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    return db_run(query);
}

static enum rb_status person_insert(struct store *store, int64_t circle, size_t place,
                                    const struct member *member) {
    static const char sql[] =
        "INSERT INTO member (circle, person, place, role, state)"
        " VALUES (?1, ?2, ?3, ?4, ?5)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(member->person, sizeof member->person));
    db_bind_int(query, 3, (int64_t)place);
    db_bind_int(query, 4, member->role);
    db_bind_int(query, 5, member->state);
    return db_run(query);
}

static enum rb_status kind_insert(struct store *store, int64_t circle, enum circle_kind kind) {
    static const char sql[] =
        "INSERT INTO circle_view (circle, kind)"
        " VALUES (?1, ?2)"
        " ON CONFLICT (circle) DO NOTHING";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_int(query, 2, kind);
    return db_run(query);
}

static enum rb_status leavings_save(struct store *store, int64_t circle, size_t leavings,
                                    bool *changed) {
    static const char sql[] =
        "UPDATE circle_view"
        " SET leavings = ?2"
        " WHERE circle = ?1"
        "   AND leavings <> ?2";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_int(query, 2, (int64_t)leavings);
    enum rb_status status = db_run(query);
    *changed = status == RB_OK && db_changes(store_db(store)) == 1;
    return status;
}

enum rb_status members_project(struct store *store, int64_t circle,
                               const uint8_t circle_id[static HASH_BYTES],
                               const struct members *members, bool *left) {
    const struct member *people;
    bool differ = false;

    assert(members->fold != NULL);
    size_t count = circle_people(members->fold, &people);
    enum rb_status status = people_differ(store, circle, people, count, &differ);
    if (status == RB_OK && members->founded) {
        status = kind_insert(store, circle, members->kind);
    }
    if (status == RB_OK) {
        status = leavings_save(store, circle, circle_leavings(members->fold), left);
    }
    if (status != RB_OK || !differ) {
        return status;
    }
    status = people_delete(store, circle);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = person_insert(store, circle, i, &people[i]);
    }
    if (status == RB_OK) {
        store_note_members(store, circle_id);
    }
    return status;
}
