/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/groups.h"

#include "protocol/text.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/forks.h"

#include <stdlib.h>
#include <string.h>

/* ---- Rows ---- */

static enum group_state state_of(enum member_state state) {
    switch (state) {
    case MEMBER_INVITED:
        return GROUP_INVITED;
    case MEMBER_ACCEPTED:
        return GROUP_ACCEPTED;
    case MEMBER_DECLINED:
        return GROUP_DECLINED;
    case MEMBER_REMOVED:
    case MEMBER_REVOKED:
        return GROUP_REMOVED;
    default:
        return GROUP_LEFT;
    }
}

/* Columns: circle, name, own state, how many belong to it, parent, its name, how many events wait
 * for a manager. */
static void group_read(struct db_row *query, struct group_row *row) {
    *row = (struct group_row) {
        .state = state_of((enum member_state)db_int(query, 2)),
        .members = (size_t)db_int(query, 3),
        .waiting = (size_t)db_int(query, 6),
    };
    db_copy(query, 0, row->circle, sizeof row->circle);
    text_copy(row->name, sizeof row->name, db_text(query, 1));
    if (!db_is_null(query, 4)) {
        db_copy(query, 4, row->parent, sizeof row->parent);
    }
    text_copy(row->parent_name, sizeof row->parent_name, db_text(query, 5));
}

static enum rb_status group_number(struct store *store, struct group_row *row) {
    return ref_number(store, REF_GROUP, span_of(row->circle, sizeof row->circle), &row->number);
}

/* One group, or all (circle NULL): `all`, or those that one belongs to. */
static enum rb_status groups_load(struct store *store, const uint8_t *circle, bool all,
                                  struct group_row **rows, size_t *count) {
    static const char sql[] =
        "SELECT circle.circle, circle_view.name, own.state,"
        "  (SELECT count(*) FROM member"
        "    WHERE member.circle = circle.id AND member.state IN (0, 1)),"
        "  circle_view.parent,"
        "  (SELECT above.name FROM circle AS outer"
        "    JOIN circle_view AS above ON above.circle = outer.id"
        "    WHERE outer.circle = circle_view.parent),"
        "  (SELECT count(*) FROM log JOIN event ON event.log = log.id AND event.state = 3"
        "    WHERE log.circle = circle.id AND own.state IN (0, 1))"
        " FROM member AS own"
        " JOIN circle ON circle.id = own.circle"
        " JOIN circle_view ON circle_view.circle = circle.id"
        " WHERE own.person = ?1"
        "   AND circle_view.kind = ?2"
        "   AND (?3 IS NULL OR circle.circle = ?3)"
        "   AND (own.state IN (0, 1) OR ?4)"
        " ORDER BY circle.id";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 2, CIRCLE_GROUP);
    if (circle == NULL) {
        db_bind_null(query, 3);
    } else {
        db_bind_blob(query, 3, span_of(circle, HASH_BYTES));
    }
    db_bind_int(query, 4, all ? 1 : 0);
    while (db_step(query)) {
        *rows = rb_realloc(*rows, *count + 1, sizeof **rows);
        group_read(query, &(*rows)[*count]);
        (*count)++;
    }
    return db_end(query);
}

enum rb_status group_get(struct store *store, const uint8_t circle[static HASH_BYTES],
                         struct group_row *row) {
    struct group_row *rows = NULL;
    size_t count = 0;

    enum rb_status status = groups_load(store, circle, true, &rows, &count);
    if (status == RB_OK && count == 0) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        status = group_number(store, &rows[0]);
    }
    if (status == RB_OK) {
        *row = rows[0];
    }
    free(rows);
    return status;
}

static enum rb_status groups_number(struct store *store, struct group_row *rows, size_t count) {
    bool own = false;

    enum rb_status status = store_write_enter(store, &own);
    if (status != RB_OK) {
        return status;
    }
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = group_number(store, &rows[i]);
    }
    return store_write_leave(store, own, status);
}

static int compare_numbers(const void *a, const void *b) {
    const struct group_row *left = a, *right = b;

    return (left->number > right->number) - (left->number < right->number);
}

enum rb_status group_each(struct store *store, bool all,
                          bool (*each)(void *context, const struct group_row *), void *context) {
    struct group_row *rows = NULL;
    size_t count = 0;

    enum rb_status status = groups_load(store, NULL, all, &rows, &count);
    if (status == RB_OK) {
        status = groups_number(store, rows, count);
    }
    if (status == RB_OK && count > 0) {
        qsort(rows, count, sizeof *rows, compare_numbers);
        for (size_t i = 0; i < count && each(context, &rows[i]); i++) {
        }
    }
    free(rows);
    return status;
}

/* ---- People ---- */

static enum rb_status people_load(struct store *store, const uint8_t circle[static HASH_BYTES],
                                  struct group_person **people, size_t *count) {
    static const char sql[] =
        "SELECT member.person, member.role, member.rank, member.state, member.until_s, member.by,"
        "  circle_view.formal"
        " FROM circle"
        " JOIN circle_view ON circle_view.circle = circle.id"
        " JOIN member ON member.circle = circle.id"
        " WHERE circle.circle = ?1"
        " ORDER BY member.place";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    while (db_step(query)) {
        *people = rb_realloc(*people, *count + 1, sizeof **people);
        struct group_person *person = &(*people)[*count];
        *person = (struct group_person) {
            .role = (enum circle_role)db_int(query, 1),
            .rank = (enum cert_rank)db_int(query, 2),
            .state = (enum member_state)db_int(query, 3),
            .until_s = db_int(query, 4),
            .formal = db_int(query, 6) != 0,
        };
        db_copy(query, 0, person->person, sizeof person->person);
        db_copy(query, 5, person->by, sizeof person->by);
        (*count)++;
    }
    return db_end(query);
}

static enum rb_status letter_find(struct store *store, const uint8_t circle[static HASH_BYTES],
                                  struct group_person *person) {
    static const char sql[] =
        "SELECT person_cert.from_s, person_cert.until_s"
        " FROM circle"
        " JOIN person_cert ON person_cert.circle = circle.id"
        " WHERE circle.circle = ?1"
        "   AND person_cert.person = ?2"
        "   AND person_cert.issuer <> ?2"
        " ORDER BY person_cert.until_s DESC"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    db_bind_blob(query, 2, span_of(person->person, HASH_BYTES));
    person->has_letter = db_step(query);
    if (person->has_letter) {
        person->letter_from_s = db_int(query, 0);
        person->letter_until_s = db_int(query, 1);
    }
    return db_end(query);
}

static enum rb_status person_complete(struct store *store, const uint8_t circle[static HASH_BYTES],
                                      struct group_person *person) {
    enum rb_status status = person_name(store, person->person, person->name);

    if (status == RB_OK) {
        status = letter_find(store, circle, person);
    }
    return status == RB_OK ? devices_forked(store, circle, person->person, &person->writes_twice)
                           : status;
}

enum rb_status people_each(struct store *store, const uint8_t circle[static HASH_BYTES],
                           bool (*each)(void *context, const struct group_person *),
                           void *context) {
    struct group_person *people = NULL;
    size_t count = 0;

    enum rb_status status = people_load(store, circle, &people, &count);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = person_complete(store, circle, &people[i]);
    }
    if (status == RB_OK) {
        for (size_t i = 0; i < count && each(context, &people[i]); i++) {
        }
    }
    free(people);
    return status;
}

enum rb_status group_people(struct store *store, const uint8_t circle[static HASH_BYTES],
                            bool (*each)(void *context, const struct group_person *),
                            void *context) {
    struct group_row row;

    enum rb_status status = group_get(store, circle, &row);
    return status == RB_OK ? people_each(store, circle, each, context) : status;
}

/* ---- Writing ---- */

/* Names are found without regard to letter case (refs.h), so they are compared so here. */
static enum rb_status name_is_free(struct store *store, struct span name) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM member AS own"
        " JOIN circle_view ON circle_view.circle = own.circle"
        " WHERE own.person = ?1"
        "   AND own.state IN (0, 1)"
        "   AND circle_view.kind = ?2"
        "   AND circle_view.name = ?3 COLLATE NOCASE";
    struct db_row *query = db_query(store_db(store), sql);
    bool is_free = false;

    db_bind_blob(query, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 2, CIRCLE_GROUP);
    db_bind_text(query, 3, name);
    if (db_step(query)) {
        is_free = db_int(query, 0) == 0;
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK && !is_free) {
        status = RB_EXISTS;
    }
    return status;
}

static enum rb_status group_found(struct store *store, struct span name, const uint8_t *parent,
                                  int64_t now_ms, uint8_t circle[static HASH_BYTES]) {
    const struct group group = { .name = name };
    struct new_content draft = { .type = KIND_GROUP };
    uint8_t ref[REF_BYTES];
    struct writer body;

    enum rb_status status = author_found(store, CIRCLE_GROUP, parent, now_ms, circle);
    if (status != RB_OK) {
        return status;
    }
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    group_encode(&body, &group);
    draft.body = writer_view(&body);
    status = author_write(store, circle, &draft, now_ms, ref);
    writer_clear(&body);
    return status;
}

static enum rb_status parent_check(struct store *store, const uint8_t *parent) {
    static const char sql[] =
        "SELECT 1"
        " FROM circle"
        " JOIN member AS own ON own.circle = circle.id"
        " WHERE circle.circle = ?1"
        "   AND own.person = ?2"
        "   AND own.state IN (0, 1)";
    bool belongs = false;

    if (parent == NULL) {
        return RB_OK;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_blob(query, 1, span_of(parent, HASH_BYTES));
    db_bind_blob(query, 2, span_of(store_self(store)->person, HASH_BYTES));
    belongs = db_step(query);
    enum rb_status status = db_end(query);
    return status == RB_OK && !belongs ? RB_NOT_MEMBER : status;
}

enum rb_status group_new(struct store *store, struct span name, const uint8_t *parent,
                         int64_t now_ms, uint8_t circle[static HASH_BYTES]) {
    if (!text_is_name(name)) {
        return RB_MALFORMED;
    }
    enum rb_status status = parent_check(store, parent);
    if (status == RB_OK) {
        status = name_is_free(store, name);
    }
    if (status == RB_OK) {
        status = store_write_begin(store);
    }
    if (status != RB_OK) {
        return status;
    }
    return store_write_end(store, group_found(store, name, parent, now_ms, circle));
}

enum rb_status group_invite(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const uint8_t person[static HASH_BYTES], int64_t now_ms) {
    struct group_row row;

    enum rb_status status = group_get(store, circle, &row);
    if (status == RB_OK) {
        status = store_write_begin(store);
    }
    if (status != RB_OK) {
        return status;
    }
    status = author_invite(store, circle, person, CIRCLE_MANAGER, 0, now_ms);
    return store_write_end(store, status);
}

/* One operation about oneself in a group, as a transaction. */
static enum rb_status group_act(struct store *store, const uint8_t circle[static HASH_BYTES],
                                enum rb_status (*act)(struct store *, const uint8_t *, int64_t),
                                int64_t now_ms) {
    struct group_row row;

    enum rb_status status = group_get(store, circle, &row);
    if (status == RB_OK) {
        status = store_write_begin(store);
    }
    if (status != RB_OK) {
        return status;
    }
    return store_write_end(store, act(store, circle, now_ms));
}

enum rb_status group_accept(struct store *store, const uint8_t circle[static HASH_BYTES],
                            int64_t now_ms) {
    enum rb_status status = group_act(store, circle, author_accept, now_ms);

    return status == RB_REFUSED ? RB_EXISTS : status;
}

enum rb_status group_decline(struct store *store, const uint8_t circle[static HASH_BYTES],
                             int64_t now_ms) {
    return group_act(store, circle, author_decline, now_ms);
}

enum rb_status group_leave(struct store *store, const uint8_t circle[static HASH_BYTES],
                           int64_t now_ms) {
    return group_act(store, circle, author_leave, now_ms);
}
