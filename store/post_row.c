/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/post_row.h"

#include "store/contacts.h"
#include "store/db.h"
#include "store/posting.h"

#include <string.h>

/* ---- One post as it stands ---- */

void post_bytes_init(struct post_bytes *post) {
    *post = (struct post_bytes) { 0 };
    writer_init(&post->text, TEXT_BYTES_MAX);
    writer_init(&post->quoted, NAME_BYTES_MAX);
    writer_init(&post->reason, REASON_BYTES_MAX);
}

void post_bytes_clear(struct post_bytes *post) {
    writer_clear(&post->text);
    writer_clear(&post->quoted);
    writer_clear(&post->reason);
}

static struct span text_take(struct db_row *query, int column, struct writer *bytes) {
    writer_reset(bytes);
    writer_span(bytes, db_text(query, column));
    return writer_view(bytes);
}

/* Columns: ref, reply_to, person, hlc, odd_time, quoted, text, whether it is elsewhere too, text of
 * the edit that counts or NULL, reason of the retraction or NULL. */
static void post_read(struct db_row *query, struct post_bytes *post) {
    struct post_row *row = &post->row;
    struct span reply_to = db_blob(query, 1);

    *row = (struct post_row) {
        .is_reply = reply_to.len > 0,
        .time_ms = hlc_ms((uint64_t)db_int(query, 3)),
        .odd_time = db_int(query, 4) != 0,
        .state = db_int(query, 7) != 0 ? POST_DELIVERED : POST_QUEUED,
        .retracted = !db_is_null(query, 9),
    };
    db_copy(query, 0, row->ref, sizeof row->ref);
    if (row->is_reply) {
        db_copy(query, 1, row->reply_to, sizeof row->reply_to);
    }
    db_copy(query, 2, row->author, sizeof row->author);
    row->quoted_author = text_take(query, 5, &post->quoted);
    if (row->retracted) {
        row->reason = text_take(query, 9, &post->reason);
        return;
    }
    row->edited = !db_is_null(query, 8);
    row->text = text_take(query, row->edited ? 8 : 6, &post->text);
}

/* What others wrote has come from elsewhere; what was written here is there when somebody else says
 * so.  A change counts in the circle of the post and by the post's author: of edits the newest, of
 * retractions the oldest. */
enum rb_status post_load(struct store *store, int64_t rcv, struct post_bytes *post) {
    static const char sql[] =
        "SELECT post.ref, post.reply_to, post.person, post.hlc, post.odd_time, post.quoted,"
        "  post.text, log.own = 0 OR EXISTS (SELECT 1 FROM acked"
        "    WHERE acked.log = log.id AND acked.seq >= post.seq AND acked.person <> ?2),"
        "  (SELECT post_edit.text FROM post_edit"
        "    WHERE post_edit.post = post.ref AND post_edit.circle = post.circle"
        "      AND post_edit.person = post.person"
        "    ORDER BY post_edit.hlc DESC, post_edit.ref DESC LIMIT 1),"
        "  (SELECT post_retract.reason FROM post_retract"
        "    WHERE post_retract.post = post.ref AND post_retract.circle = post.circle"
        "      AND post_retract.person = post.person"
        "    ORDER BY post_retract.hlc, post_retract.ref LIMIT 1)"
        " FROM post"
        " JOIN log ON log.id = post.log"
        " WHERE post.rcv = ?1";
    struct db_row *query = db_query(store_db(store), sql);
    bool found = false;

    db_bind_int(query, 1, rcv);
    db_bind_blob(query, 2, span_of(store_self(store)->person, HASH_BYTES));
    if (db_step(query)) {
        found = true;
        post_read(query, post);
    }
    enum rb_status status = db_end(query);
    return status == RB_OK && !found ? RB_NOT_FOUND : status;
}

/* ---- A post by its ref ----
 * There is no index on refs (event_log.h, 5): a post that has been seen is found by its number's
 * thread, any other by looking through all of them, the newest first. */

enum rb_status post_find(struct store *store, const uint8_t thread[static REF_BYTES],
                         const uint8_t ref[static REF_BYTES], int64_t *rcv) {
    static const char sql[] =
        "SELECT post.rcv"
        " FROM thread"
        " JOIN post ON post.thread = thread.ref AND post.circle = thread.circle"
        " WHERE thread.ref = ?1"
        "   AND post.ref = ?2"
        " ORDER BY post.hlc DESC" /* an index: what is looked for is mostly new */
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);
    int64_t value = 0;

    db_bind_blob(query, 1, span_of(thread, REF_BYTES));
    db_bind_blob(query, 2, span_of(ref, REF_BYTES));
    if (db_step(query)) {
        value = db_int(query, 0);
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK && value == 0) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        *rcv = value;
    }
    return status;
}

static enum rb_status seen_find(struct store *store, const uint8_t ref[static REF_BYTES],
                                uint8_t thread[static REF_BYTES], int64_t *rcv) {
    static const char sql[] =
        "SELECT parent"
        " FROM number"
        " WHERE sort = ?1"
        "   AND object = ?2";
    struct db_row *query = db_query(store_db(store), sql);
    bool found = false;

    db_bind_int(query, 1, REF_POST);
    db_bind_blob(query, 2, span_of(ref, REF_BYTES));
    if (db_step(query)) {
        found = true;
        db_copy(query, 0, thread, REF_BYTES);
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK && !found) {
        status = RB_NOT_FOUND;
    }
    return status == RB_OK ? post_find(store, thread, ref, rcv) : status;
}

/* The first of these joins decides the order of looking: CROSS keeps SQLite from another. */
static enum rb_status unseen_find(struct store *store, const uint8_t ref[static REF_BYTES],
                                  uint8_t thread[static REF_BYTES], int64_t *rcv) {
    static const char sql[] =
        "SELECT post.rcv, post.thread"
        " FROM post"
        " CROSS JOIN thread ON thread.ref = post.thread AND thread.circle = post.circle"
        " WHERE post.ref = ?1"
        " ORDER BY post.rcv DESC"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);
    int64_t value = 0;

    db_bind_blob(query, 1, span_of(ref, REF_BYTES));
    if (db_step(query)) {
        value = db_int(query, 0);
        db_copy(query, 1, thread, REF_BYTES);
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK && value == 0) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        *rcv = value;
    }
    return status;
}

/* ---- Whole ---- */

enum rb_status post_number(struct store *store, const uint8_t thread[static REF_BYTES],
                           const uint8_t ref[static REF_BYTES], int64_t *number) {
    return ref_number_in(store, REF_POST, span_of(thread, REF_BYTES), span_of(ref, REF_BYTES),
                         number);
}

/* Where a post belongs, and whether it has a number already. */
static enum rb_status arrived_find(struct store *store, int64_t rcv, uint8_t ref[static REF_BYTES],
                                   uint8_t thread[static REF_BYTES], bool *has_number) {
    static const char sql[] =
        "SELECT post.ref, thread.ref,"
        "  EXISTS (SELECT 1 FROM number WHERE number.sort = ?2 AND number.object = post.ref)"
        " FROM post"
        " JOIN thread ON thread.ref = post.thread AND thread.circle = post.circle"
        " WHERE post.rcv = ?1";
    struct db_row *query = db_query(store_db(store), sql);
    bool found = false;

    db_bind_int(query, 1, rcv);
    db_bind_int(query, 2, REF_POST);
    if (db_step(query)) {
        found = true;
        db_copy(query, 0, ref, REF_BYTES);
        db_copy(query, 1, thread, REF_BYTES);
        *has_number = db_int(query, 2) != 0;
    }
    enum rb_status status = db_end(query);
    return status == RB_OK && !found ? RB_NOT_FOUND : status;
}

enum rb_status post_number_arrived(struct store *store, int64_t rcv, bool *is_new) {
    uint8_t ref[REF_BYTES], thread[REF_BYTES];
    struct thread_row row;
    bool has_number = false;
    int64_t number = 0;

    enum rb_status status = arrived_find(store, rcv, ref, thread, &has_number);
    if (status == RB_OK) {
        status = thread_find(store, thread, &row);
    }
    if (status == RB_OK) {
        status = post_number(store, thread, ref, &number);
    }
    if (status == RB_OK) {
        *is_new = !has_number;
    }
    return status;
}

/* The number of what a post replies to.  It stays 0 if that is not here, or was never shown:
 * showing the reply does not show that. */
static enum rb_status reply_number(struct store *store, const uint8_t thread[static REF_BYTES],
                                   struct post_row *row) {
    static const char sql[] =
        "SELECT number"
        " FROM number"
        " WHERE sort = ?1"
        "   AND object = ?2"
        "   AND parent = ?3";
    int64_t rcv;

    if (!row->is_reply) {
        return RB_OK;
    }
    enum rb_status status = post_find(store, thread, row->reply_to, &rcv);
    if (status != RB_OK) {
        return status == RB_NOT_FOUND ? RB_OK : status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_int(query, 1, REF_POST);
    db_bind_blob(query, 2, span_of(row->reply_to, REF_BYTES));
    db_bind_blob(query, 3, span_of(thread, REF_BYTES));
    if (db_step(query)) {
        row->reply_number = db_int(query, 0);
    }
    return db_end(query);
}

static enum rb_status post_describe(struct store *store, const uint8_t thread[static REF_BYTES],
                                    struct post_found *found) {
    struct post_row *row = &found->post.row;

    enum rb_status status = thread_find(store, thread, &found->thread);
    if (status == RB_OK) {
        memcpy(row->thread, thread, sizeof row->thread);
        row->thread_number = found->thread.number;
        row->thread_title = found->thread.title;
        status = reply_number(store, thread, row);
    }
    if (status == RB_OK) {
        status = post_number(store, thread, row->ref, &row->number);
    }
    if (status == RB_OK) {
        status = person_name(store, row->author, row->author_name);
    }
    return status;
}

enum rb_status post_fetch(struct store *store, const uint8_t ref[static REF_BYTES],
                          struct post_found *found) {
    uint8_t thread[REF_BYTES];

    enum rb_status status = seen_find(store, ref, thread, &found->rcv);
    if (status == RB_NOT_FOUND) {
        status = unseen_find(store, ref, thread, &found->rcv);
    }
    if (status == RB_OK) {
        status = post_load(store, found->rcv, &found->post);
    }
    return status == RB_OK ? post_describe(store, thread, found) : status;
}

enum rb_status post_get(struct store *store, const uint8_t ref[static REF_BYTES],
                        struct post_row *row) {
    struct post_found found;

    post_bytes_init(&found.post);
    enum rb_status status = post_fetch(store, ref, &found);
    if (status == RB_OK) {
        *row = found.post.row;
        row->thread_title = NULL;
        row->text = (struct span) { 0 };
        row->quoted_author = (struct span) { 0 };
        row->reason = (struct span) { 0 };
    }
    post_bytes_clear(&found.post);
    return status;
}

enum rb_status post_show_one(struct store *store, const uint8_t ref[static REF_BYTES],
                             bool (*each)(void *context, const struct post_row *), void *context) {
    struct post_found found;

    post_bytes_init(&found.post);
    enum rb_status status = post_fetch(store, ref, &found);
    if (status == RB_OK) {
        (void)each(context, &found.post.row); /* there is no other to go on with */
    }
    post_bytes_clear(&found.post);
    return status;
}
