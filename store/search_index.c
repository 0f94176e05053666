/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filling the index of search.
 *
 * `search_upto` holds one rcv: every document up to it is in the index or stands in `search_late`.
 * A batch takes first what is late, then what stands above, in the order of rcv.
 *
 * FTS5 would take a document twice, and views of a circle may be emptied and made again, with the
 * same texts under the same rcvs.  Nothing comes twice all the same: above `search_upto` nothing
 * has been indexed yet; what is queued is not in FTS5's list of sizes (all that a contentless table
 * without positions says about a document) and leaves the queue in the transaction that adds it. */
#include "store/search.h"

#include "store/db.h"

/* A batch holds up the loop of the node: 512 posts of usual length take some 25 ms.  Batches of
 * eight times as many would save a tenth. */
enum { BATCH_DOCUMENTS_MAX = 512 };
enum { UPTO_UNKNOWN = -1 };

struct batch {
    struct store *store;
    size_t documents, bytes;
    int64_t late_upto; /* rcv of the last one taken from the queue; 0: none */
    int64_t upto;      /* search_upto, as it becomes */
};

/* ---- How far the index has come ---- */

static enum rb_status upto_load(struct store *store, int64_t *upto) {
    static const char sql[] =
        "SELECT rcv"
        " FROM search_upto";
    struct db_row *query = db_query(store_db(store), sql);
    int64_t value = 0;

    if (db_step(query)) {
        value = db_int(query, 0);
    }
    const enum rb_status status = db_end(query);
    if (status == RB_OK) {
        *upto = value;
    }
    return status;
}

static enum rb_status upto_save(struct store *store, int64_t upto) {
    static const char sql[] =
        "INSERT INTO search_upto (id, rcv)"
        " VALUES (1, ?1)"
        " ON CONFLICT (id) DO UPDATE SET rcv = excluded.rcv";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, upto);
    return db_run(query);
}

void search_forget(struct store *store) {
    *store_indexed_upto(store) = UPTO_UNKNOWN;
}

/* The usual answer is the first comparison: this stands in the path of replication. */
enum rb_status search_note_late(struct store *store, int64_t rcv) {
    static const char sql[] =
        "INSERT OR IGNORE INTO search_late (rcv)"
        " SELECT ?1"
        "  WHERE NOT EXISTS (SELECT 1 FROM search_docsize WHERE id = ?1)";
    int64_t *upto = store_indexed_upto(store);

    enum rb_status status = *upto == UPTO_UNKNOWN ? upto_load(store, upto) : RB_OK;
    if (status != RB_OK || rcv > *upto) {
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_int(query, 1, rcv);
    return db_run(query);
}

enum rb_status search_left(struct store *store, uint64_t *left) {
    static const char sql[] =
        "SELECT max(0, max(coalesce((SELECT max(rcv) FROM post), 0),"
        "    coalesce((SELECT max(rcv) FROM post_edit), 0),"
        "    coalesce((SELECT max(rcv) FROM entry), 0),"
        "    coalesce((SELECT max(rcv) FROM record_event), 0))"
        "  - coalesce((SELECT rcv FROM search_upto), 0))"
        "  + (SELECT count(*) FROM search_late)";
    struct db_row *query = db_query(store_db(store), sql);
    uint64_t value = 0;

    if (db_step(query)) {
        value = (uint64_t)db_int(query, 0);
    }
    const enum rb_status status = db_end(query);
    if (status == RB_OK) {
        *left = value;
    }
    return status;
}

/* ---- One document ---- */

static enum rb_status text_add(struct batch *batch, int64_t rcv, struct span text) {
    static const char sql[] =
        "INSERT INTO search (rowid, text)"
        " VALUES (?1, ?2)";
    struct db_row *query = db_query(store_db(batch->store), sql);

    db_bind_int(query, 1, rcv);
    db_bind_text(query, 2, text);
    return db_run(query);
}

/* An edit names its post by ref, on which the table of posts has no index: one made here, off the
 * path of replication, lets a search come from the edit to its post. */
static enum rb_status post_ref_add(struct batch *batch, int64_t rcv, struct span ref) {
    static const char sql[] =
        "INSERT OR REPLACE INTO search_post (ref, rcv)"
        " VALUES (?1, ?2)";
    struct db_row *query = db_query(store_db(batch->store), sql);

    db_bind_blob(query, 1, ref);
    db_bind_int(query, 2, rcv);
    return db_run(query);
}

/* Columns: rcv, text (NULL: not in the views any more), ref (NULL: not a post). */
static enum rb_status document_add(struct batch *batch, struct db_row *source) {
    const int64_t rcv = db_int(source, 0);
    enum rb_status status = RB_OK;

    batch->documents++;
    if (!db_is_null(source, 1)) {
        const struct span text = db_text(source, 1);
        batch->bytes += text.len;
        status = text_add(batch, rcv, text);
    }
    if (status == RB_OK && !db_is_null(source, 2)) {
        status = post_ref_add(batch, rcv, db_blob(source, 2));
    }
    return status;
}

static bool batch_has_room(const struct batch *batch) {
    return batch->documents < BATCH_DOCUMENTS_MAX && batch->bytes < BATCH_BYTES;
}

/* Adds what `source` gives as long as there is room; ends it. */
static enum rb_status documents_add(struct batch *batch, struct db_row *source, int64_t *last) {
    enum rb_status status = RB_OK;

    while (status == RB_OK && batch_has_room(batch) && db_step(source)) {
        status = document_add(batch, source);
        *last = db_int(source, 0);
    }
    const enum rb_status source_status = db_end(source);
    return status == RB_OK ? source_status : status;
}

/* ---- A batch ---- */

static enum rb_status late_done(struct batch *batch) {
    static const char sql[] =
        "DELETE FROM search_late"
        " WHERE rcv <= ?1";
    struct db_row *query = db_query(store_db(batch->store), sql);

    db_bind_int(query, 1, batch->late_upto);
    return db_run(query);
}

static enum rb_status late_add(struct batch *batch) {
    static const char sql[] =
        "SELECT late.rcv, coalesce(post.text, post_edit.text, entry.text, record_event.text),"
        "  post.ref"
        " FROM search_late AS late"
        " LEFT JOIN post ON post.rcv = late.rcv"
        " LEFT JOIN post_edit ON post_edit.rcv = late.rcv"
        " LEFT JOIN entry ON entry.rcv = late.rcv"
        " LEFT JOIN record_event ON record_event.rcv = late.rcv"
        " ORDER BY late.rcv";

    const enum rb_status status =
        documents_add(batch, db_query(store_db(batch->store), sql), &batch->late_upto);
    return status == RB_OK && batch->late_upto > 0 ? late_done(batch) : status;
}

/* SQLite merges the tables by their keys; nothing is sorted. */
static enum rb_status new_add(struct batch *batch) {
    static const char sql[] =
        "SELECT rcv, text, ref FROM post WHERE rcv > ?1"
        " UNION ALL"
        " SELECT rcv, text, NULL FROM post_edit WHERE rcv > ?1"
        " UNION ALL"
        " SELECT rcv, text, NULL FROM entry WHERE rcv > ?1"
        " UNION ALL"
        " SELECT rcv, text, NULL FROM record_event WHERE rcv > ?1"
        " ORDER BY rcv";
    const int64_t before = batch->upto;
    struct db_row *source = db_query(store_db(batch->store), sql);

    db_bind_int(source, 1, before);
    const enum rb_status status = documents_add(batch, source, &batch->upto);
    return status == RB_OK && batch->upto > before ? upto_save(batch->store, batch->upto) : status;
}

enum rb_status search_index(struct store *store, uint64_t *left) {
    struct batch batch = { .store = store };
    uint64_t before;

    enum rb_status status = search_left(store, &before);
    if (status == RB_OK && before == 0) {
        *left = 0;
        return RB_OK;
    }
    if (status == RB_OK) {
        status = store_write_begin(store);
    }
    if (status != RB_OK) {
        return status;
    }
    status = upto_load(store, &batch.upto);
    if (status == RB_OK) {
        status = late_add(&batch);
    }
    if (status == RB_OK) {
        status = new_add(&batch);
    }
    if (status == RB_OK) {
        *store_indexed_upto(store) = batch.upto; /* A roll-back would have it forgotten. */
    }
    status = store_write_end(store, status);
    return status == RB_OK ? search_left(store, left) : status;
}

/* FTS5 opens no table whose structure (row 10 of its data) is damaged, not even to empty it: so the
 * tables below it get what they have when it is new, sums and a structure without segments. */
enum rb_status search_empty(struct store *store) {
    static const char sql[] =
        "DELETE FROM search_data;"
        "DELETE FROM search_idx;"
        "DELETE FROM search_docsize;"
        "INSERT INTO search_data (id, block) VALUES (1, x''), (10, x'00000000000000');"
        "INSERT INTO search (search) VALUES ('delete-all');"
        "DELETE FROM search_upto;"
        "DELETE FROM search_late;"
        "DELETE FROM search_post;";

    enum rb_status status = store_write_begin(store);
    if (status != RB_OK) {
        return status;
    }
    status = store_write_end(store, db_execute(store_db(store), sql));
    search_forget(store);
    return status;
}
