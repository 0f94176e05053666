/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads and posts.  A post may come before its thread, so neither table refers to the other: who
 * reads them joins by thread and circle (a post that names a thread of another circle is never
 * shown). */
#include "store/views.h"

#include "protocol/casework/thread.h"
#include "store/db.h"

enum { POST_REF_THREAD, POST_REF_REPLY_TO };

enum rb_status view_thread_project(struct store *store, const struct view_event *event) {
    static const char sql[] =
        "INSERT INTO thread (ref, circle, title, person, hlc)"
        " VALUES (?1, ?2, ?3, ?4, ?5)";
    struct thread thread;

    enum rb_status status = thread_decode(event->payload->body, &thread);
    if (status != RB_OK) {
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_blob(query, 1, span_of(event->ref, sizeof event->ref));
    db_bind_int(query, 2, event->circle);
    db_bind_text(query, 3, thread.title);
    db_bind_blob(query, 4, span_of(event->person, sizeof event->person));
    db_bind_int(query, 5, (int64_t)event->payload->hlc);
    return db_run(query);
}

enum rb_status view_thread_forget(struct store *store, int64_t circle) {
    static const char sql[] =
        "DELETE FROM thread"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    return db_run(query);
}

static void bind_post(struct db_row *query, const struct view_event *event,
                      const struct post *post) {
    const struct payload *payload = event->payload;

    db_bind_int(query, 1, event->rcv);
    db_bind_blob(query, 2, span_of(event->ref, sizeof event->ref));
    db_bind_blob(query, 3, span_of(payload->refs[POST_REF_THREAD], REF_BYTES));
    if (payload->ref_count > POST_REF_REPLY_TO) {
        db_bind_blob(query, 4, span_of(payload->refs[POST_REF_REPLY_TO], REF_BYTES));
    }
    db_bind_int(query, 5, event->circle);
    db_bind_int(query, 6, event->log);
    db_bind_int(query, 7, (int64_t)event->seq);
    db_bind_blob(query, 8, span_of(event->person, sizeof event->person));
    db_bind_int(query, 9, (int64_t)payload->hlc);
    db_bind_int(query, 10, event->odd_time ? 1 : 0);
    if (post->quoted_author.len > 0) {
        db_bind_text(query, 11, post->quoted_author);
    }
    db_bind_text(query, 12, post->text);
}

enum rb_status view_post_project(struct store *store, const struct view_event *event) {
    /* What is not bound is NULL. */
    static const char sql[] =
        "INSERT INTO post (rcv, ref, thread, reply_to, circle, log, seq, person, hlc, odd_time,"
        "  quoted, text)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    struct post post;

    enum rb_status status = post_decode(event->payload->body, &post);
    if (status != RB_OK) {
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    bind_post(query, event, &post);
    return db_run(query);
}

enum rb_status view_post_forget(struct store *store, int64_t circle) {
    static const char sql[] =
        "DELETE FROM post"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    return db_run(query);
}
