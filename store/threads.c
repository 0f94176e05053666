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

static void text_copy(char out[static NAME_BYTES_MAX + 1], struct span text) {
    struct span fitting = text_truncate(text, NAME_BYTES_MAX);

    if (fitting.len > 0) {
        memcpy(out, fitting.data, fitting.len);
    }
    out[fitting.len] = '\0';
}

/* Columns: ref, circle, title, group name, hlc, how many posts, hlc of the newest post or NULL. */
static void listed_read(struct db_row *query, struct listed *listed) {
    struct thread_row *row = &listed->row;

    *listed = (struct listed) { .hlc = (uint64_t)db_int(query, 4) };
    db_copy(query, 0, row->ref, sizeof row->ref);
    db_copy(query, 1, row->circle, sizeof row->circle);
    text_copy(row->title, db_text(query, 2));
    text_copy(row->group, db_text(query, 3));
    row->posts = (size_t)db_int(query, 5);
    row->last_ms = hlc_ms(db_is_null(query, 6) ? listed->hlc : (uint64_t)db_int(query, 6));
}

static enum rb_status row_number(struct store *store, struct thread_row *row) {
    enum rb_status status =
        ref_number(store, REF_GROUP, span_of(row->circle, sizeof row->circle), &row->group_number);

    if (status == RB_OK) {
        status = ref_number(store, REF_THREAD, span_of(row->ref, sizeof row->ref), &row->number);
    }
    return status;
}

enum rb_status thread_get(struct store *store, const uint8_t ref[static REF_BYTES],
                          struct thread_row *row) {
    static const char sql[] =
        "SELECT thread.ref, circle.circle, thread.title, circle_view.name, thread.hlc,"
        "  (SELECT count(*) FROM post"
        "    WHERE post.thread = thread.ref AND post.circle = thread.circle),"
        "  (SELECT post.hlc FROM post"
        "    WHERE post.thread = thread.ref AND post.circle = thread.circle AND post.odd_time = 0"
        "    ORDER BY post.hlc DESC LIMIT 1)"
        " FROM thread"
        " JOIN circle ON circle.id = thread.circle"
        " JOIN circle_view ON circle_view.circle = thread.circle"
        " JOIN member AS own ON own.circle = thread.circle AND own.person = ?1 AND own.state = ?2"
        " WHERE thread.ref = ?3";
    struct db_row *query = db_query(store_db(store), sql);
    struct listed listed;
    bool found = false;

    db_bind_blob(query, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 2, MEMBER_ACCEPTED);
    db_bind_blob(query, 3, span_of(ref, REF_BYTES));
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

/* ---- Lists ---- */

static enum rb_status threads_load(struct store *store, const uint8_t *circle, struct listed **rows,
                                   size_t *count) {
    static const char sql[] =
        "SELECT thread.ref, circle.circle, thread.title, circle_view.name, thread.hlc,"
        "  (SELECT count(*) FROM post"
        "    WHERE post.thread = thread.ref AND post.circle = thread.circle),"
        "  (SELECT post.hlc FROM post"
        "    WHERE post.thread = thread.ref AND post.circle = thread.circle AND post.odd_time = 0"
        "    ORDER BY post.hlc DESC LIMIT 1)"
        " FROM member AS own"
        " JOIN circle ON circle.id = own.circle"
        " JOIN circle_view ON circle_view.circle = own.circle"
        " JOIN thread ON thread.circle = own.circle"
        " WHERE own.person = ?1"
        "   AND own.state = ?2"
        "   AND (?3 IS NULL OR circle.circle = ?3)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 2, MEMBER_ACCEPTED);
    if (circle == NULL) {
        db_bind_null(query, 3);
    } else {
        db_bind_blob(query, 3, span_of(circle, HASH_BYTES));
    }
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

/* RB_OK if one has accepted the group. */
static enum rb_status group_is_accepted(struct store *store,
                                        const uint8_t circle[static HASH_BYTES]) {
    struct group_row group;

    enum rb_status status = group_get(store, circle, &group);
    if (status != RB_OK || group.state == GROUP_ACCEPTED) {
        return status;
    }
    return group.state == GROUP_INVITED ? RB_NOT_ACCEPTED : RB_NOT_MEMBER;
}

enum rb_status thread_each(struct store *store, const uint8_t *circle,
                           bool (*each)(void *context, const struct thread_row *), void *context) {
    struct listed *rows = NULL;
    size_t count = 0;

    enum rb_status status = circle == NULL ? RB_OK : group_is_accepted(store, circle);
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
    enum rb_status status = group_is_accepted(store, circle);
    return status == RB_OK ? title_is_free(store, circle, title) : status;
}

enum rb_status thread_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                            struct span title, int64_t now_ms, uint8_t ref[static REF_BYTES]) {
    const struct thread thread = { .title = title };
    struct draft draft = { .type = KIND_THREAD };
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
