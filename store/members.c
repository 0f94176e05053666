/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/members.h"

#include "store/case_summary.h"
#include "store/db.h"
#include "store/revocations.h"
#include "store/sharing.h"

#include <assert.h>
#include <string.h>

static void genesis_take(struct members *members, const struct op *genesis) {
    members->founded = true;
    members->kind = genesis->kind;
    members->genesis_hlc = genesis->hlc;
    members->formal = genesis->has_anchor;
    memcpy(members->anchor, genesis->anchor, sizeof members->anchor);
    members->has_parent = genesis->has_parent;
    memcpy(members->parent, genesis->parent, sizeof members->parent);
}

/* Where operations are left out, whatever comes may push out another, and content that names that
 * one waits: then the choice belongs to the verdict.  But not what strangers wrote, or their floods
 * would have everything judged again and again. */
static void verdict_take(struct members *members, const struct operation_list *list) {
    struct writer said;

    memcpy(members->verdict, circle_verdict(members->fold), sizeof members->verdict);
    if (!list->is_cut) {
        return;
    }
    writer_init(&said, HASH_BYTES + (size_t)CIRCLE_OPERATIONS_MAX * REF_BYTES);
    writer_span(&said, span_of(members->verdict, sizeof members->verdict));
    for (size_t i = 0; i < list->count; i++) {
        if (circle_member(members->fold, list->ops[i].author) != NULL) {
            writer_span(&said, span_of(list->ops[i].ref, REF_BYTES));
        }
    }
    struct span view = writer_view(&said);
    crypt_hash(members->verdict, HASH_BYTES, (struct span) { 0 }, "rk.verdict", &view, 1);
    writer_clear(&said);
}

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
            genesis_take(members, &list.ops[i]);
        }
    }
    members->fold = circle_fold(list.ops, list.count);
    members->operation_count = list.count;
    verdict_take(members, &list);
    operations_clear(&list);
    return RB_OK;
}

void members_clear(struct members *members) {
    circle_destroy(&members->fold);
    *members = (struct members) { 0 };
}

/* ---- Who belongs ---- */

static bool row_is(struct db_row *query, const struct member *member) {
    return span_equal(db_blob(query, 0), span_of(member->person, sizeof member->person)) &&
           db_int(query, 1) == (int64_t)member->role && db_int(query, 2) == (int64_t)member->rank &&
           db_int(query, 3) == (int64_t)member->state && db_int(query, 4) == member->until_s &&
           span_equal(db_blob(query, 5), span_of(member->by, sizeof member->by));
}

/* Whether the table says something else than `people`. */
static enum rb_status people_differ(struct store *store, int64_t circle,
                                    const struct member *people, size_t count, bool *differ) {
    static const char sql[] =
        "SELECT person, role, rank, state, until_s, by"
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
        "INSERT INTO member (circle, person, place, role, rank, state, until_s, by)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(member->person, sizeof member->person));
    db_bind_int(query, 3, (int64_t)place);
    db_bind_int(query, 4, member->role);
    db_bind_int(query, 5, member->rank);
    db_bind_int(query, 6, member->state);
    db_bind_int(query, 7, member->until_s);
    db_bind_blob(query, 8, span_of(member->by, sizeof member->by));
    return db_run(query);
}

static enum rb_status people_save(struct store *store, int64_t circle,
                                  const uint8_t circle_id[static HASH_BYTES],
                                  const struct circle *fold) {
    const struct member *people;
    bool differ = false;
    size_t count = circle_people(fold, &people);

    enum rb_status status = people_differ(store, circle, people, count, &differ);
    if (status != RB_OK || !differ) {
        return status;
    }
    status = people_delete(store, circle);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = person_insert(store, circle, i, &people[i]);
    }
    if (status == RB_OK) {
        status = sharing_farewells(store, circle, people, count);
    }
    if (status == RB_OK) {
        status = case_summary_forget(store, circle);
    }
    if (status == RB_OK) {
        store_note_members(store, circle_id);
    }
    return status;
}

/* ---- The circle ---- */

static enum rb_status view_insert(struct store *store, int64_t circle,
                                  const struct members *members) {
    static const char sql[] =
        "INSERT INTO circle_view (circle, kind, parent, formal, anchor)"
        " VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT (circle) DO NOTHING";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_int(query, 2, members->kind);
    if (members->has_parent) {
        db_bind_blob(query, 3, span_of(members->parent, sizeof members->parent));
    } else {
        db_bind_null(query, 3);
    }
    db_bind_int(query, 4, members->formal ? 1 : 0);
    db_bind_blob(query, 5, span_of(members->anchor, members->formal ? HASH_BYTES : 0));
    return db_run(query);
}

/* The seal key to which others grant keys for this device; empty if they do not. */
static struct span own_seal_find(const struct store *store, const struct circle *fold) {
    const struct recipient *recipients;
    size_t count = circle_recipients(fold, &recipients);

    for (size_t i = 0; i < count; i++) {
        if (memcmp(recipients[i].device, store_self(store)->device_cert.id, CERT_ID_BYTES) == 0) {
            return span_of(recipients[i].seal_key, BOX_PUBLIC_BYTES);
        }
    }
    return (struct span) { 0 };
}

static enum rb_status own_seal_save(struct store *store, int64_t circle,
                                    const struct circle *fold) {
    static const char sql[] =
        "UPDATE circle_view"
        " SET own_seal = ?2"
        " WHERE circle = ?1"
        "   AND own_seal <> ?2";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, own_seal_find(store, fold));
    return db_run(query);
}

static enum rb_status verdict_save(struct store *store, int64_t circle,
                                   const uint8_t verdict[static HASH_BYTES], bool *changed) {
    static const char sql[] =
        "UPDATE circle_view"
        " SET verdict = ?2"
        " WHERE circle = ?1"
        "   AND verdict <> ?2";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(verdict, HASH_BYTES));
    enum rb_status status = db_run(query);
    *changed = status == RB_OK && db_changes(store_db(store)) == 1;
    return status;
}

/* ---- What managers adopted ---- */

static enum rb_status adopted_delete(struct store *store, int64_t circle) {
    static const char sql[] =
        "DELETE FROM adopted"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    return db_run(query);
}

static enum rb_status adopted_insert(struct store *store, int64_t circle,
                                     const struct op_lock *head) {
    static const char sql[] =
        "INSERT INTO adopted (circle, log, seq)"
        " VALUES (?1, ?2, ?3)"
        " ON CONFLICT (circle, log, seq) DO NOTHING"; /* on two branches */
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(head->log, sizeof head->log));
    db_bind_int(query, 3, (int64_t)head->seq);
    return db_run(query);
}

static enum rb_status adopted_save(struct store *store, int64_t circle, const struct circle *fold) {
    const struct op_lock *heads;
    size_t count = circle_adopted(fold, &heads);

    enum rb_status status = adopted_delete(store, circle);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = adopted_insert(store, circle, &heads[i]);
    }
    return status;
}

/* ---- All of it ---- */

enum rb_status members_project(struct store *store, int64_t circle,
                               const uint8_t circle_id[static HASH_BYTES],
                               const struct members *members, bool *overturned) {
    enum rb_status status = RB_OK;

    assert(members->fold != NULL);
    if (members->founded) {
        status = view_insert(store, circle, members);
    }
    if (status == RB_OK) {
        status = own_seal_save(store, circle, members->fold);
    }
    if (status == RB_OK) {
        status = verdict_save(store, circle, members->verdict, overturned);
    }
    if (status == RB_OK && *overturned) {
        status = adopted_save(store, circle, members->fold);
    }
    if (status == RB_OK && *overturned) {
        status = revocations_learn(store, circle, members->fold);
    }
    return status == RB_OK ? people_save(store, circle, circle_id, members->fold) : status;
}
