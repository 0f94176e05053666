/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/console_memory.h"

#include "protocol/text.h"
#include "store/db.h"

#include <assert.h>

/* ---- History ---- */

static enum rb_status history_find_last(struct store *store, struct span line, bool *is_last) {
    static const char sql[] =
        "SELECT line = ?1"
        " FROM history"
        " ORDER BY id DESC"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);

    *is_last = false;
    db_bind_text(query, 1, line);
    if (db_step(query)) {
        *is_last = db_int(query, 0) != 0;
    }
    return db_end(query);
}

static enum rb_status history_insert(struct store *store, struct span line) {
    static const char sql[] =
        "INSERT INTO history (line)"
        " VALUES (?1)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_text(query, 1, line);
    return db_run(query);
}

/* Only the oldest are ever deleted, so the ids have no gaps. */
static enum rb_status history_shorten(struct store *store) {
    static const char sql[] =
        "DELETE FROM history"
        " WHERE id <= (SELECT max(id) FROM history) - ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, HISTORY_LINES_MAX);
    return db_run(query);
}

enum rb_status history_add(struct store *store, struct span line) {
    bool is_last;

    if (line.len == 0 || !text_is_utf8(line)) {
        return RB_MALFORMED;
    }
    if (line.len > LINE_BYTES_MAX) {
        return RB_TOO_LARGE;
    }
    enum rb_status status = history_find_last(store, line, &is_last);
    if (status != RB_OK || is_last) {
        return status;
    }
    status = store_write_begin(store);
    if (status != RB_OK) {
        return status;
    }
    status = history_insert(store, line);
    if (status == RB_OK) {
        status = history_shorten(store);
    }
    return store_write_end(store, status);
}

enum rb_status history_each(struct store *store, bool (*each)(void *context, struct span line),
                            void *context) {
    static const char sql[] =
        "SELECT line"
        " FROM history"
        " ORDER BY id";
    struct db_row *query = db_query(store_db(store), sql);
    bool go_on = true;

    while (go_on && db_step(query)) {
        go_on = each(context, db_text(query, 0));
    }
    return db_end(query);
}

/* ---- Draft ---- */

static enum rb_status draft_save(struct store *store, size_t number, struct span draft) {
    static const char sql[] =
        "INSERT INTO setting (name, value)"
        " VALUES ('draft ' || ?1, ?2)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, (int64_t)number);
    db_bind_blob(query, 2, draft);
    return db_run(query);
}

static enum rb_status draft_forget(struct store *store, size_t number) {
    static const char sql[] =
        "DELETE FROM setting"
        " WHERE name = 'draft ' || ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, (int64_t)number);
    return db_run(query);
}

enum rb_status draft_keep(struct store *store, size_t number, struct span draft) {
    assert(number < DRAFTS_MAX);
    if (draft.len > DRAFT_BYTES_MAX + LINE_BYTES_MAX) {
        return RB_TOO_LARGE;
    }
    enum rb_status status = store_write_begin(store);
    if (status != RB_OK) {
        return status;
    }
    return store_write_end(store, draft.len == 0 ? draft_forget(store, number)
                                                 : draft_save(store, number, draft));
}

enum rb_status draft_load(struct store *store, size_t number, struct writer *draft) {
    static const char sql[] =
        "SELECT value"
        " FROM setting"
        " WHERE name = 'draft ' || ?1";
    struct db_row *query = db_query(store_db(store), sql);

    assert(number < DRAFTS_MAX);
    db_bind_int(query, 1, (int64_t)number);
    if (db_step(query)) {
        writer_span(draft, db_blob(query, 0));
    }
    enum rb_status status = db_end(query);
    return status == RB_OK ? writer_end(draft) : status;
}
