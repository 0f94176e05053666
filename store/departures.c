/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/departures.h"

#include "store/db.h"
#include "store/operations.h"
#include "store/rows.h"
#include "store/waiting.h"

#include <stdlib.h>
#include <string.h>

/* One look at a circle. */
struct look {
    struct store *store;
    int64_t circle, since_ms;
    const uint8_t *only; /* the person who is looked for; NULL: everybody */
    struct departure *rows;
    size_t count; /* of rows, owned */
    struct operation_list operations;
    uint64_t own_hlc; /* when one was added oneself */
    bool self_is_out;
};

static bool is_person(const uint8_t one[static HASH_BYTES],
                      const uint8_t other[static HASH_BYTES]) {
    return memcmp(one, other, HASH_BYTES) == 0;
}

static bool is_self(const struct look *look, const uint8_t person[static HASH_BYTES]) {
    return is_person(store_self(look->store)->person, person);
}

/* ---- Who is out ---- */

static bool has_gone(enum member_state state) {
    return state == MEMBER_REMOVED || state == MEMBER_LEFT;
}

static bool note_person(void *context, const struct group_person *person) {
    struct look *look = context;
    bool is_wanted = look->only == NULL || is_person(look->only, person->person);

    if (is_self(look, person->person) && person->state != MEMBER_INVITED &&
        person->state != MEMBER_ACCEPTED) {
        look->self_is_out = true;
    }
    if (is_wanted && has_gone(person->state)) {
        look->rows = rb_realloc(look->rows, look->count + 1, sizeof *look->rows);
        look->rows[look->count++] = (struct departure) {
            .who = *person,
            .is_self = is_self(look, person->person),
            .is_ours = person->state == MEMBER_REMOVED && is_self(look, person->by),
        };
    }
    return true;
}

/* Whether anybody is out, and any operation has come since then: in most circles nobody is, and
 * then neither people nor operations need to be loaded. */
static enum rb_status something_came(struct look *look, bool *came) {
    static const char sql[] =
        "SELECT 1"
        " FROM operation"
        " JOIN event ON event.log = operation.log AND event.seq = operation.seq"
        " WHERE operation.circle = ?1"
        "   AND event.arrived_s * 1000 >= ?2"
        "   AND EXISTS (SELECT 1 FROM member WHERE circle = ?1 AND state IN (?3, ?4))"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(look->store), sql);

    db_bind_int(query, 1, look->circle);
    db_bind_int(query, 2, look->since_ms);
    db_bind_int(query, 3, MEMBER_LEFT);
    db_bind_int(query, 4, MEMBER_REMOVED);
    *came = db_step(query);
    return db_end(query);
}

static enum rb_status circles_load(struct store *store, int64_t since_ms, uint8_t **circles,
                                   size_t *count) {
    static const char sql[] =
        "SELECT circle.circle"
        " FROM circle"
        " JOIN circle_view ON circle_view.circle = circle.id"
        " WHERE circle_view.kind IN (?1, ?2)"
        "   AND circle.id IN (SELECT circle FROM member WHERE state IN (?3, ?4))"
        "   AND EXISTS (SELECT 1 FROM operation"
        "     JOIN event ON event.log = operation.log AND event.seq = operation.seq"
        "     WHERE operation.circle = circle.id AND event.arrived_s * 1000 >= ?5)"
        " ORDER BY circle.id";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, CIRCLE_GROUP);
    db_bind_int(query, 2, CIRCLE_CASE);
    db_bind_int(query, 3, MEMBER_LEFT);
    db_bind_int(query, 4, MEMBER_REMOVED);
    db_bind_int(query, 5, since_ms);
    while (db_step(query)) {
        *circles = rb_realloc(*circles, *count + 1, HASH_BYTES);
        db_copy(query, 0, *circles + *count * HASH_BYTES, HASH_BYTES);
        ++*count;
    }
    return db_end(query);
}

enum rb_status departures_circles(struct store *store, int64_t since_ms,
                                  bool (*each)(void *context,
                                               const uint8_t circle[static HASH_BYTES]),
                                  void *context) {
    uint8_t *circles = NULL;
    size_t count = 0;

    enum rb_status status = circles_load(store, since_ms, &circles, &count);
    for (size_t i = 0; i < count && status == RB_OK && each(context, circles + i * HASH_BYTES);
         i++) {
    }
    free(circles);
    return status;
}

/* ---- What put them out ---- */

static bool puts_out(const struct op *op, const struct group_person *who) {
    bool is_about_him = op->type == OP_REMOVE && is_person(op->target, who->person);

    return is_about_him && is_person(op->author, who->state == MEMBER_LEFT ? who->person : who->by);
}

static const struct op *cause_find(const struct look *look, const struct group_person *who) {
    const struct op *found = NULL;

    for (size_t i = 0; i < look->operations.count; i++) {
        const struct op *op = &look->operations.ops[i];
        if (puts_out(op, who) && (found == NULL || op->hlc > found->hlc)) {
            found = op;
        }
    }
    return found;
}

static bool adds(const struct op *op, const uint8_t person[static HASH_BYTES]) {
    return (op->type == OP_ADD || op->type == OP_GENESIS) && is_person(op->person.person, person);
}

/* The first time that one was added oneself; 0 if that is not here. */
static uint64_t own_hlc_find(const struct look *look) {
    const uint8_t *self = store_self(look->store)->person;
    uint64_t found = 0;

    for (size_t i = 0; i < look->operations.count; i++) {
        const struct op *op = &look->operations.ops[i];
        if (adds(op, self) && (found == 0 || op->hlc < found)) {
            found = op->hlc;
        }
    }
    return found;
}

/* The terms on which he was there are those of the last ADD before he was removed. */
static bool is_guest_over(const struct look *look, const struct group_person *who,
                          const struct op *cause) {
    const struct op *last = NULL;

    for (size_t i = 0; i < look->operations.count; i++) {
        const struct op *op = &look->operations.ops[i];
        if (adds(op, who->person) && op->hlc < cause->hlc &&
            (last == NULL || op->hlc > last->hlc)) {
            last = op;
        }
    }
    return who->state == MEMBER_REMOVED && last != NULL && last->until_s != 0 &&
           hlc_ms(cause->hlc) / 1000 >= last->until_s;
}

static enum rb_status arrival_find(const struct look *look, const struct op *cause,
                                   int64_t *known_ms) {
    static const char sql[] =
        "SELECT event.arrived_s * 1000"
        " FROM operation"
        " JOIN event ON event.log = operation.log AND event.seq = operation.seq"
        " WHERE operation.circle = ?1"
        "   AND operation.ref = ?2";
    struct db_row *query = db_query(store_db(look->store), sql);

    db_bind_int(query, 1, look->circle);
    db_bind_blob(query, 2, span_of(cause->ref, sizeof cause->ref));
    if (db_step(query)) {
        *known_ms = db_int(query, 0);
    }
    return db_end(query);
}

/* Who has acknowledged the operation.  That somebody has it from a third one is not known until he
 * has met this home. */
static enum rb_status reach_count(const struct look *look, const struct op *cause,
                                  struct departure *row) {
    static const char sql[] =
        "SELECT count(*), count(acked.seq)"
        " FROM member"
        " JOIN operation ON operation.circle = member.circle AND operation.ref = ?2"
        " LEFT JOIN acked ON acked.log = operation.log AND acked.person = member.person"
        "   AND acked.seq >= operation.seq"
        " WHERE member.circle = ?1"
        "   AND member.person <> ?3"
        "   AND member.state IN (0, 1)";
    struct db_row *query = db_query(store_db(look->store), sql);

    db_bind_int(query, 1, look->circle);
    db_bind_blob(query, 2, span_of(cause->ref, sizeof cause->ref));
    db_bind_blob(query, 3, span_of(store_self(look->store)->person, HASH_BYTES));
    if (db_step(query)) {
        row->others = (size_t)db_int(query, 0);
        row->reached = (size_t)db_int(query, 1);
    }
    return db_end(query);
}

/* `*is_told`: it is one to be told of. */
static enum rb_status row_complete(const struct look *look, struct departure *row, bool *is_told) {
    const struct op *cause = cause_find(look, &row->who);

    *is_told = cause != NULL && (row->is_self || !look->self_is_out) &&
               (row->is_self || cause->hlc > look->own_hlc);
    if (!*is_told) {
        return RB_OK;
    }
    row->is_guest_over = is_guest_over(look, &row->who, cause);
    enum rb_status status = arrival_find(look, cause, &row->known_ms);
    if (status == RB_OK && row->is_ours) {
        status = reach_count(look, cause, row);
    }
    *is_told = row->known_ms >= look->since_ms;
    return status;
}

/* ---- All of it ---- */

/* Keeps the rows that are to be told of. */
static enum rb_status rows_complete(struct look *look) {
    enum rb_status status = operations_load(look->store, look->circle, &look->operations);
    size_t kept = 0;

    look->own_hlc = own_hlc_find(look);
    for (size_t i = 0; i < look->count && status == RB_OK; i++) {
        bool is_told = false;
        status = row_complete(look, &look->rows[i], &is_told);
        if (is_told) {
            look->rows[kept++] = look->rows[i];
        }
    }
    look->count = kept;
    operations_clear(&look->operations);
    return status;
}

static enum rb_status rows_load(struct look *look, const uint8_t circle[static HASH_BYTES]) {
    struct circle_row row;
    bool came = false;

    enum rb_status status = circle_row_find(look->store, circle, &row);
    if (status != RB_OK) {
        return status;
    }
    look->circle = row.id;
    status = something_came(look, &came);
    if (status != RB_OK || !came) {
        return status;
    }
    status = people_each(look->store, circle, note_person, look);
    return status == RB_OK && look->count > 0 ? rows_complete(look) : status;
}

enum rb_status departures_each(struct store *store, const uint8_t circle[static HASH_BYTES],
                               int64_t since_ms,
                               bool (*each)(void *context, const struct departure *),
                               void *context) {
    struct look look = { .store = store, .since_ms = since_ms };

    enum rb_status status = rows_load(&look, circle);
    for (size_t i = 0; i < look.count && status == RB_OK && each(context, &look.rows[i]); i++) {
    }
    free(look.rows);
    return status;
}

enum rb_status departure_find(struct store *store, const uint8_t circle[static HASH_BYTES],
                              const uint8_t person[static HASH_BYTES],
                              struct departure *departure) {
    struct look look = { .store = store, .only = person };

    enum rb_status status = rows_load(&look, circle);
    if (status == RB_OK && look.count == 0) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        *departure = look.rows[0];
    }
    free(look.rows);
    return status;
}

enum rb_status departures_own_waiting(struct store *store, const uint8_t circle[static HASH_BYTES],
                                      size_t *count) {
    return waiting_count_of(store, circle, store_self(store)->person, count);
}
