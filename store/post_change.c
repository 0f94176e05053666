/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Editing and taking back one's own posts, and what they said before. */
#include "store/post_row.h"

#include "protocol/text.h"
#include "store/db.h"
#include "store/posting.h"

#include <stdlib.h>
#include <string.h>

/* ---- Writing ---- */

/* Only one's own, and only once. */
static enum rb_status check_changeable(const struct store *store, const struct post_found *found) {
    if (memcmp(found->post.row.author, store_self(store)->person, HASH_BYTES) != 0) {
        return RB_REFUSED;
    }
    return found->post.row.retracted ? RB_EXISTS : RB_OK;
}

static enum rb_status change_write(struct store *store, const struct post_found *found,
                                   enum kind_type type, struct span body, int64_t now_ms) {
    struct new_content draft = { .type = type, .body = body, .ref_count = 1 };
    uint8_t ref[REF_BYTES];

    memcpy(draft.refs[0], found->post.row.ref, REF_BYTES);
    enum rb_status status = store_write_begin(store);
    if (status != RB_OK) {
        return status;
    }
    return store_write_end(store, author_write(store, found->thread.circle, &draft, now_ms, ref));
}

enum rb_status post_edit(struct store *store, const uint8_t post[static REF_BYTES],
                         struct span text, int64_t now_ms) {
    const struct edit edit = { .text = text };
    struct post_found found;
    struct writer body;

    post_bytes_init(&found.post);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    enum rb_status status = post_check_text(text);
    if (status == RB_OK) {
        status = post_fetch(store, post, &found);
    }
    if (status == RB_OK) {
        status = check_changeable(store, &found);
    }
    if (status == RB_OK && span_equal(found.post.row.text, text)) {
        status = RB_EXISTS;
    }
    if (status == RB_OK) {
        edit_encode(&body, &edit);
        status = change_write(store, &found, KIND_EDIT, writer_view(&body), now_ms);
    }
    writer_clear(&body);
    post_bytes_clear(&found.post);
    return status;
}

static enum rb_status check_reason(struct span reason) {
    if (!text_is_utf8(reason)) {
        return RB_MALFORMED;
    }
    return reason.len > REASON_BYTES_MAX ? RB_TOO_LARGE : RB_OK;
}

enum rb_status post_retract(struct store *store, const uint8_t post[static REF_BYTES],
                            struct span reason, int64_t now_ms) {
    const struct retract retract = { .reason = reason };
    struct post_found found;
    struct writer body;

    post_bytes_init(&found.post);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    enum rb_status status = check_reason(reason);
    if (status == RB_OK) {
        status = post_fetch(store, post, &found);
    }
    if (status == RB_OK) {
        status = check_changeable(store, &found);
    }
    if (status == RB_OK) {
        retract_encode(&body, &retract);
        status = change_write(store, &found, KIND_RETRACT, writer_view(&body), now_ms);
    }
    writer_clear(&body);
    post_bytes_clear(&found.post);
    return status;
}

/* ---- Earlier texts ---- */

/* Rows of events: the post, then its edits, oldest first. */
struct texts {
    int64_t *rcvs; /* owned */
    size_t count;
};

static void texts_add(struct texts *texts, int64_t rcv) {
    texts->rcvs = rb_realloc(texts->rcvs, texts->count + 1, sizeof *texts->rcvs);
    texts->rcvs[texts->count++] = rcv;
}

static enum rb_status texts_find(struct store *store, int64_t post, struct texts *texts) {
    static const char sql[] =
        "SELECT post_edit.rcv"
        " FROM post"
        " JOIN post_edit ON post_edit.post = post.ref AND post_edit.circle = post.circle"
        "   AND post_edit.person = post.person"
        " WHERE post.rcv = ?1"
        " ORDER BY post_edit.hlc, post_edit.ref";
    struct db_row *query = db_query(store_db(store), sql);

    texts_add(texts, post);
    db_bind_int(query, 1, post);
    while (db_step(query)) {
        texts_add(texts, db_int(query, 0));
    }
    return db_end(query);
}

/* A number of arrival belongs to one event: to a post or to an edit. */
static enum rb_status text_load(struct store *store, int64_t rcv, struct writer *text,
                                struct post_version *version) {
    static const char sql[] =
        "SELECT text, hlc"
        " FROM post"
        " WHERE rcv = ?1"
        " UNION ALL"
        " SELECT text, hlc"
        " FROM post_edit"
        " WHERE rcv = ?1";
    struct db_row *query = db_query(store_db(store), sql);
    bool found = false;

    db_bind_int(query, 1, rcv);
    if (db_step(query)) {
        found = true;
        writer_reset(text);
        writer_span(text, db_text(query, 0));
        version->text = writer_view(text);
        version->time_ms = hlc_ms((uint64_t)db_int(query, 1));
    }
    enum rb_status status = db_end(query);
    return status == RB_OK && !found ? RB_NOT_FOUND : status;
}

/* All but the last, which counts. */
static enum rb_status texts_show(struct store *store, const struct texts *texts,
                                 bool (*each)(void *context, const struct post_version *),
                                 void *context) {
    struct post_version version;
    enum rb_status status = RB_OK;
    struct writer text;
    bool go_on = true;

    writer_init(&text, TEXT_BYTES_MAX);
    for (size_t i = 0; i + 1 < texts->count && status == RB_OK && go_on; i++) {
        status = text_load(store, texts->rcvs[i], &text, &version);
        if (status == RB_OK) {
            go_on = each(context, &version);
        }
    }
    writer_clear(&text);
    return status;
}

enum rb_status post_versions(struct store *store, const uint8_t ref[static REF_BYTES],
                             bool (*each)(void *context, const struct post_version *),
                             void *context) {
    struct texts texts = { 0 };
    struct post_found found;

    post_bytes_init(&found.post);
    enum rb_status status = post_fetch(store, ref, &found);
    if (status == RB_OK && !found.post.row.retracted) {
        status = texts_find(store, found.rcv, &texts);
    }
    if (status == RB_OK) {
        status = texts_show(store, &texts, each, context);
    }
    free(texts.rcvs);
    post_bytes_clear(&found.post);
    return status;
}
