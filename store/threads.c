/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/posting.h"

#include "protocol/text.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

/* ---- Rows ---- */

/* A row with what orders those that have no number yet. */
struct listed {
    struct thread_row row;
    uint64_t hlc;
};

/* A number stays with what was seen and counts no more, so there may be more numbers than posts. */
static size_t unread_count(int64_t posts, int64_t seen) {
    return posts > seen ? (size_t)(posts - seen) : 0;
}

/* Columns: ref, circle, title, name of the group or code of the case, hlc, how many posts, hlc of
 * the newest post or NULL, sort of circle, how many posts have been seen. */
static void listed_read(struct db_row *query, struct listed *listed) {
    struct thread_row *row = &listed->row;

    *listed = (struct listed) { .hlc = (uint64_t)db_int(query, 4) };
    db_copy(query, 0, row->ref, sizeof row->ref);
    db_copy(query, 1, row->circle, sizeof row->circle);
    text_copy(row->title, sizeof row->title, db_text(query, 2));
    text_copy(row->group, sizeof row->group, db_text(query, 3));
    row->posts = (size_t)db_int(query, 5);
    row->kind = (enum circle_kind)db_int(query, 7);
    row->unread = unread_count(db_int(query, 5), db_int(query, 8));
    row->last_ms = hlc_ms(db_is_null(query, 6) ? listed->hlc : (uint64_t)db_int(query, 6));
}

static enum rb_status row_number(struct store *store, struct thread_row *row) {
    const enum ref_sort sort = row->kind == CIRCLE_CASE ? REF_CASE : REF_GROUP;

    enum rb_status status =
        ref_number(store, sort, span_of(row->circle, sizeof row->circle), &row->group_number);
    if (status == RB_OK) {
        status = ref_number(store, REF_THREAD, span_of(row->ref, sizeof row->ref), &row->number);
    }
    return status;
}

enum rb_status thread_find(struct store *store, const uint8_t ref[static REF_BYTES],
                           struct thread_row *row) {
    static const char sql[] =
        "SELECT thread.ref, circle.circle, thread.title, circle_view.name, thread.hlc,"
        "  0, NULL, circle_view.kind, 0"
        " FROM thread"
        " JOIN circle ON circle.id = thread.circle"
        " JOIN circle_view ON circle_view.circle = thread.circle"
        " JOIN member AS own ON own.circle = thread.circle AND own.person = ?1"
        " WHERE thread.ref = ?4"
        "   AND (own.state = ?2 OR (own.state = ?3 AND circle_view.kind = ?5))";
    struct db_row *query = db_query(store_db(store), sql);
    struct listed listed;
    bool found = false;

    db_bind_blob(query, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 2, MEMBER_ACCEPTED);
    db_bind_int(query, 3, MEMBER_INVITED);
    db_bind_blob(query, 4, span_of(ref, REF_BYTES));
    db_bind_int(query, 5, CIRCLE_CASE);
    if (db_step(query)) {
        found = true;
        listed_read(query, &listed);
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK && !found) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        status = row_number(store, &listed.row);
    }
    if (status == RB_OK) {
        *row = listed.row;
    }
    return status;
}

static enum rb_status posts_count(struct store *store, struct thread_row *row) {
    static const char sql[] =
        "SELECT"
        "  (SELECT count(*) FROM post"
        "    WHERE post.thread = thread.ref AND post.circle = thread.circle),"
        "  (SELECT post.hlc FROM post"
        "    WHERE post.thread = thread.ref AND post.circle = thread.circle AND post.odd_time = 0"
        "    ORDER BY post.hlc DESC LIMIT 1),"
        "  (SELECT count(*) FROM number WHERE number.sort = ?2 AND number.parent = thread.ref)"
        " FROM thread"
        " WHERE thread.ref = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(row->ref, sizeof row->ref));
    db_bind_int(query, 2, REF_POST);
    if (db_step(query)) {
        row->posts = (size_t)db_int(query, 0);
        row->last_ms = db_is_null(query, 1) ? row->last_ms : hlc_ms((uint64_t)db_int(query, 1));
        row->unread = unread_count(db_int(query, 0), db_int(query, 2));
    }
    return db_end(query);
}

enum rb_status thread_get(struct store *store, const uint8_t ref[static REF_BYTES],
                          struct thread_row *row) {
    struct thread_row value;

    enum rb_status status = thread_find(store, ref, &value);
    if (status == RB_OK) {
        status = posts_count(store, &value);
    }
    if (status == RB_OK) {
        *row = value;
    }
    return status;
}

enum rb_status thread_circle(struct store *store, const uint8_t ref[static REF_BYTES],
                             uint8_t circle[static HASH_BYTES]) {
    static const char sql[] =
        "SELECT circle.circle"
        " FROM thread"
        " JOIN circle ON circle.id = thread.circle"
        " WHERE thread.ref = ?1";
    struct db_row *query = db_query(store_db(store), sql);
    uint8_t value[HASH_BYTES];
    bool found = false;

    db_bind_blob(query, 1, span_of(ref, REF_BYTES));
    if (db_step(query)) {
        found = true;
        db_copy(query, 0, value, sizeof value);
    }
    enum rb_status status = db_end(query);
    if (status != RB_OK || !found) {
        return status == RB_OK ? RB_NOT_FOUND : status;
    }
    memcpy(circle, value, sizeof value);
    return RB_OK;
}

/* ---- Lists ---- */

static enum rb_status threads_load(struct store *store, const uint8_t *circle, struct listed **rows,
                                   size_t *count) {
    static const char sql[] =
        "SELECT thread.ref, circle.circle, thread.title, circle_view.name, thread.hlc,"
        "  (SELECT count(*) FROM post"
        "    WHERE post.thread = thread.ref AND post.circle = thread.circle),"
        "  (SELECT post.hlc FROM post"
        "    WHERE post.thread = thread.ref AND post.circle = thread.circle AND post.odd_time = 0"
        "    ORDER BY post.hlc DESC LIMIT 1),"
        "  circle_view.kind,"
        "  (SELECT count(*) FROM number WHERE number.sort = ?6 AND number.parent = thread.ref)"
        " FROM member AS own"
        " JOIN circle ON circle.id = own.circle"
        " JOIN circle_view ON circle_view.circle = own.circle"
        " JOIN thread ON thread.circle = own.circle"
        " WHERE own.person = ?1"
        "   AND (own.state = ?2 OR (own.state = ?3 AND circle_view.kind = ?5))"
        "   AND (?4 IS NULL OR circle.circle = ?4)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 2, MEMBER_ACCEPTED);
    db_bind_int(query, 3, MEMBER_INVITED);
    if (circle == NULL) {
        db_bind_null(query, 4);
    } else {
        db_bind_blob(query, 4, span_of(circle, HASH_BYTES));
    }
    db_bind_int(query, 5, CIRCLE_CASE);
    db_bind_int(query, 6, REF_POST);
    while (db_step(query)) {
        *rows = rb_realloc(*rows, *count + 1, sizeof **rows);
        listed_read(query, &(*rows)[*count]);
        (*count)++;
    }
    return db_end(query);
}

static int compare_age(const void *a, const void *b) {
    const struct listed *left = a, *right = b;

    if (left->hlc != right->hlc) {
        return left->hlc < right->hlc ? -1 : 1;
    }
    return memcmp(left->row.ref, right->row.ref, REF_BYTES);
}

static int compare_numbers(const void *a, const void *b) {
    const struct listed *left = a, *right = b;

    return (left->row.number > right->row.number) - (left->row.number < right->row.number);
}

/* The oldest gets its number first. */
static enum rb_status threads_number(struct store *store, struct listed *rows, size_t count) {
    bool own = false;

    enum rb_status status = store_write_enter(store, &own);
    if (status != RB_OK) {
        return status;
    }
    qsort(rows, count, sizeof *rows, compare_age);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = row_number(store, &rows[i].row);
    }
    qsort(rows, count, sizeof *rows, compare_numbers);
    return store_write_leave(store, own, status);
}

/* What one's own state in a circle of that sort allows. */
static enum rb_status check_state(enum circle_kind kind, enum member_state state) {
    switch (state) {
    case MEMBER_ACCEPTED:
        return RB_OK;
    case MEMBER_INVITED:
        return kind == CIRCLE_CASE ? RB_OK : RB_NOT_ACCEPTED;
    default:
        return RB_NOT_MEMBER;
    }
}

/* RB_OK if one has accepted the group, or belongs to the case. */
static enum rb_status circle_is_open(struct store *store, const uint8_t circle[static HASH_BYTES]) {
    static const char sql[] =
        "SELECT circle_view.kind, own.state"
        " FROM circle"
        " JOIN circle_view ON circle_view.circle = circle.id"
        " JOIN member AS own ON own.circle = circle.id AND own.person = ?1"
        " WHERE circle.circle = ?2";
    struct db_row *query = db_query(store_db(store), sql);
    enum rb_status found = RB_NOT_FOUND;

    db_bind_blob(query, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_blob(query, 2, span_of(circle, HASH_BYTES));
    if (db_step(query)) {
        found =
            check_state((enum circle_kind)db_int(query, 0), (enum member_state)db_int(query, 1));
    }
    enum rb_status status = db_end(query);
    return status == RB_OK ? found : status;
}

enum rb_status thread_each(struct store *store, const uint8_t *circle,
                           bool (*each)(void *context, const struct thread_row *), void *context) {
    struct listed *rows = NULL;
    size_t count = 0;

    enum rb_status status = circle == NULL ? RB_OK : circle_is_open(store, circle);
    if (status == RB_OK) {
        status = threads_load(store, circle, &rows, &count);
    }
    if (status == RB_OK && count > 0) {
        status = threads_number(store, rows, count);
    }
    if (status == RB_OK) {
        for (size_t i = 0; i < count && each(context, &rows[i].row); i++) {
        }
    }
    free(rows);
    return status;
}

/* ---- Writing ---- */

static enum rb_status title_is_free(struct store *store, const uint8_t circle[static HASH_BYTES],
                                    struct span title) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM circle"
        " JOIN thread ON thread.circle = circle.id"
        " WHERE circle.circle = ?1"
        "   AND thread.title = ?2 COLLATE NOCASE";
    struct db_row *query = db_query(store_db(store), sql);
    bool is_free = false;

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    db_bind_text(query, 2, title);
    if (db_step(query)) {
        is_free = db_int(query, 0) == 0;
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK && !is_free) {
        status = RB_EXISTS;
    }
    return status;
}

enum rb_status thread_check_new(struct store *store, const uint8_t circle[static HASH_BYTES],
                                struct span title) {
    if (!text_is_name(title)) {
        return RB_MALFORMED;
    }
    enum rb_status status = circle_is_open(store, circle);
    return status == RB_OK ? title_is_free(store, circle, title) : status;
}

enum rb_status thread_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                            struct span title, int64_t now_ms, uint8_t ref[static REF_BYTES]) {
    const struct thread thread = { .title = title };
    struct new_content draft = { .type = KIND_THREAD };
    struct writer body;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    thread_encode(&body, &thread);
    draft.body = writer_view(&body);
    enum rb_status status = author_write(store, circle, &draft, now_ms, ref);
    writer_clear(&body);
    return status;
}

enum rb_status thread_new(struct store *store, const uint8_t circle[static HASH_BYTES],
                          struct span title, int64_t now_ms, uint8_t ref[static REF_BYTES]) {
    enum rb_status status = thread_check_new(store, circle, title);

    if (status == RB_OK) {
        status = store_write_begin(store);
    }
    if (status != RB_OK) {
        return status;
    }
    return store_write_end(store, thread_write(store, circle, title, now_ms, ref));
}
