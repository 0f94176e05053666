/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rows.h"

#include "store/db.h"
#include "store/operations.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* One command writes fewer operations than what is left. */
enum { LOG_OPERATIONS_OWN_MAX = LOG_OPERATIONS_MAX - 256 };

/* ---- circle ---- */

/* Columns: id, circle, introducer, opened. */
static void circle_row_read(struct db_row *row, struct circle_row *out) {
    *out = (struct circle_row) { .id = db_int(row, 0), .opened = db_int(row, 3) != 0 };
    db_copy(row, 1, out->circle, sizeof out->circle);
    out->introduced = !db_is_null(row, 2);
    if (out->introduced) {
        db_copy(row, 2, out->introducer, sizeof out->introducer);
    }
}

enum rb_status circle_row_find(struct store *store, const uint8_t circle[static HASH_BYTES],
                               struct circle_row *row) {
    static const char sql[] =
        "SELECT id, circle, introducer, opened"
        " FROM circle"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);
    struct circle_row value = { 0 };

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    if (db_step(query)) {
        circle_row_read(query, &value);
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK && value.id == 0) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        *row = value;
    }
    return status;
}

enum rb_status circle_row_insert(struct store *store, const uint8_t circle[static HASH_BYTES],
                                 const uint8_t *introducer) {
    static const char sql[] =
        "INSERT INTO circle (circle, introducer)"
        " VALUES (?1, ?2)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    if (introducer == NULL) {
        db_bind_null(query, 2);
    } else {
        db_bind_blob(query, 2, span_of(introducer, HASH_BYTES));
    }
    return db_run(query);
}

enum rb_status circle_row_set_introducer(struct store *store, int64_t id,
                                         const uint8_t introducer[static HASH_BYTES]) {
    static const char sql[] =
        "UPDATE circle"
        " SET introducer = ?2"
        " WHERE id = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, id);
    db_bind_blob(query, 2, span_of(introducer, HASH_BYTES));
    return db_run(query);
}

enum rb_status circle_row_set_opened(struct store *store, int64_t id) {
    static const char sql[] =
        "UPDATE circle"
        " SET opened = 1"
        " WHERE id = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, id);
    return db_run(query);
}

enum rb_status circle_rows_all(struct store *store, struct circle_row **rows, size_t *count) {
    static const char sql[] =
        "SELECT id, circle, introducer, opened"
        " FROM circle"
        " ORDER BY id";
    struct db_row *query = db_query(store_db(store), sql);
    struct circle_row *found = NULL;
    size_t found_count = 0;

    while (db_step(query)) {
        found = rb_realloc(found, found_count + 1, sizeof *found);
        circle_row_read(query, &found[found_count]);
        found_count++;
    }
    enum rb_status status = db_end(query);
    if (status != RB_OK) {
        free(found);
        return status;
    }
    *rows = found;
    *count = found_count;
    return RB_OK;
}

/* ---- log ---- */

void log_row_new(struct log_row *row, int64_t circle, const uint8_t pk[static LOG_PK_BYTES]) {
    *row = (struct log_row) { .circle = circle };
    memcpy(row->pk, pk, sizeof row->pk);
    memcpy(row->origin, pk, sizeof row->origin);
    log_head_empty(&row->head, pk);
    memcpy(row->base_hash, row->head.hash, sizeof row->base_hash);
}

/* What log_row_read reads. */
#define LOG_COLUMNS                                                                                \
    "id, circle, pk, head, hash, signature, missing, forked, own, ahead,"                          \
    " origin, coalesce(parent, 0), base, base_hash, coalesce(proof, 0)"

static void log_row_read(struct db_row *row, struct log_row *out) {
    *out = (struct log_row) {
        .id = db_int(row, 0),
        .circle = db_int(row, 1),
        .head.seq = (uint64_t)db_int(row, 3),
        .missing = (uint64_t)db_int(row, 6),
        .forked = (uint64_t)db_int(row, 7),
        .own = db_int(row, 8) != 0,
        .ahead = (uint64_t)db_int(row, 9),
        .parent = db_int(row, 11),
        .base = (uint64_t)db_int(row, 12),
        .proof = db_int(row, 14),
    };
    db_copy(row, 2, out->pk, sizeof out->pk);
    db_copy(row, 4, out->head.hash, sizeof out->head.hash);
    db_copy(row, 5, out->head.signature, sizeof out->head.signature);
    db_copy(row, 10, out->origin, sizeof out->origin);
    if (out->parent == 0) {
        log_hash_first(out->base_hash, out->origin);
    } else {
        db_copy(row, 13, out->base_hash, sizeof out->base_hash);
    }
}

/* The one row of a query, which ends here; RB_NOT_FOUND if it has none. */
static enum rb_status log_row_take(struct db_row *query, struct log_row *row) {
    struct log_row value = { 0 };

    if (db_step(query)) {
        log_row_read(query, &value);
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK && value.id == 0) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        *row = value;
    }
    return status;
}

enum rb_status log_row_find(struct store *store, int64_t circle,
                            const uint8_t pk[static LOG_PK_BYTES], struct log_row *row) {
    static const char sql[] = "SELECT " LOG_COLUMNS
                              " FROM log"
                              " WHERE circle = ?1"
                              "   AND pk = ?2";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(pk, LOG_PK_BYTES));
    return log_row_take(query, row);
}

enum rb_status log_row_load(struct store *store, int64_t id, struct log_row *row) {
    static const char sql[] = "SELECT " LOG_COLUMNS
                              " FROM log"
                              " WHERE id = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, id);
    return log_row_take(query, row);
}

enum rb_status log_row_find_next(struct store *store, int64_t parent, struct log_row *row) {
    static const char sql[] = "SELECT " LOG_COLUMNS
                              " FROM log"
                              " WHERE parent = ?1"
                              "   AND head > base"
                              " ORDER BY pk"
                              " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, parent);
    return log_row_take(query, row);
}

enum rb_status log_row_find_own(struct store *store, int64_t circle, struct log_row *row) {
    static const char sql[] =
        "SELECT " LOG_COLUMNS
        " FROM log"
        " WHERE circle = ?1"
        "   AND own = 1"
        "   AND parent IS NULL"
        "   AND forked = 0"
        "   AND ahead = 0"
        "   AND (SELECT count(*) FROM operation WHERE operation.log = log.id) < ?2"
        " ORDER BY id DESC"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_int(query, 2, LOG_OPERATIONS_OWN_MAX);
    return log_row_take(query, row);
}

static enum rb_status log_row_insert(struct store *store, struct log_row *row) {
    static const char sql[] =
        "INSERT INTO log (circle, pk, head, hash, signature, missing, forked, own, ahead,"
        "  origin, parent, base, base_hash, proof)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, nullif(?11, 0), ?12, ?13,"
        "  nullif(?14, 0))";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, row->circle);
    db_bind_blob(query, 2, span_of(row->pk, sizeof row->pk));
    db_bind_int(query, 3, (int64_t)row->head.seq);
    db_bind_blob(query, 4, span_of(row->head.hash, sizeof row->head.hash));
    db_bind_blob(query, 5, span_of(row->head.signature, sizeof row->head.signature));
    db_bind_int(query, 6, (int64_t)row->missing);
    db_bind_int(query, 7, (int64_t)row->forked);
    db_bind_int(query, 8, row->own ? 1 : 0);
    db_bind_int(query, 9, (int64_t)row->ahead);
    db_bind_blob(query, 10, span_of(row->origin, sizeof row->origin));
    db_bind_int(query, 11, row->parent);
    db_bind_int(query, 12, (int64_t)row->base);
    db_bind_blob(query, 13, span_of(row->base_hash, sizeof row->base_hash));
    db_bind_int(query, 14, row->proof);
    enum rb_status status = db_run(query);
    if (status == RB_OK) {
        row->id = db_last_id(store_db(store));
    }
    return status;
}

static enum rb_status log_row_update(struct store *store, const struct log_row *row) {
    static const char sql[] =
        "UPDATE log"
        " SET head = ?2, hash = ?3, signature = ?4, missing = ?5, forked = ?6, ahead = ?7,"
        "  proof = nullif(?8, 0)"
        " WHERE id = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, row->id);
    db_bind_int(query, 2, (int64_t)row->head.seq);
    db_bind_blob(query, 3, span_of(row->head.hash, sizeof row->head.hash));
    db_bind_blob(query, 4, span_of(row->head.signature, sizeof row->head.signature));
    db_bind_int(query, 5, (int64_t)row->missing);
    db_bind_int(query, 6, (int64_t)row->forked);
    db_bind_int(query, 7, (int64_t)row->ahead);
    db_bind_int(query, 8, row->proof);
    return db_run(query);
}

enum rb_status log_row_save(struct store *store, struct log_row *row) {
    return row->id == 0 ? log_row_insert(store, row) : log_row_update(store, row);
}

/* The rows of a query, which ends here. */
static enum rb_status log_rows_take(struct db_row *query, struct log_row **rows, size_t *count) {
    struct log_row *found = NULL;
    size_t found_count = 0;

    while (db_step(query)) {
        found = rb_realloc(found, found_count + 1, sizeof *found);
        log_row_read(query, &found[found_count]);
        found_count++;
    }
    enum rb_status status = db_end(query);
    if (status != RB_OK) {
        free(found);
        return status;
    }
    *rows = found;
    *count = found_count;
    return RB_OK;
}

enum rb_status log_rows_of_origin(struct store *store, int64_t circle,
                                  const uint8_t origin[static LOG_PK_BYTES], struct log_row **rows,
                                  size_t *count) {
    static const char sql[] = "SELECT " LOG_COLUMNS
                              " FROM log"
                              " WHERE circle = ?1"
                              "   AND origin = ?2"
                              " ORDER BY id";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(origin, LOG_PK_BYTES));
    return log_rows_take(query, rows, count);
}

enum rb_status log_rows_of_circle(struct store *store, int64_t circle, struct log_row **rows,
                                  size_t *count) {
    static const char sql[] = "SELECT " LOG_COLUMNS
                              " FROM log"
                              " WHERE circle = ?1"
                              " ORDER BY id";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    return log_rows_take(query, rows, count);
}

enum rb_status log_rows_waiting(struct store *store, int64_t circle, bool control,
                                struct log_row **rows, size_t *count) {
    static const char sql[] = "SELECT " LOG_COLUMNS
                              " FROM log"
                              " WHERE circle = ?1"
                              "   AND (EXISTS (SELECT 1 FROM event"
                              "       WHERE event.log = log.id AND control = ?2 AND state = 0)"
                              "     OR NOT EXISTS (SELECT 1 FROM author"
                              "       WHERE author.log = log.id))"
                              " ORDER BY id";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_int(query, 2, control ? 1 : 0);
    return log_rows_take(query, rows, count);
}

enum rb_status log_rows_count(struct store *store, int64_t circle, size_t *count) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM log"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);
    size_t value = 0;

    db_bind_int(query, 1, circle);
    if (db_step(query)) {
        value = (size_t)db_int(query, 0);
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK) {
        *count = value;
    }
    return status;
}

/* ---- event ---- */

/* What stands in column `body`. */
static struct span event_row_body(const struct event *event) {
    return event->stub ? span_of(event->body_hash, sizeof event->body_hash) : event->body;
}

enum rb_status event_row_insert(struct store *store, int64_t log, const struct event_row *row) {
    static const char sql[] =
        "INSERT INTO event (rcv, log, seq, state, control, stub, arrived_s, header, body)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    uint8_t header[EVENT_HEADER_BYTES];
    struct db_row *query = db_query(store_db(store), sql);

    event_header_write(header, &row->event.header);
    db_bind_int(query, 1, row->rcv);
    db_bind_int(query, 2, log);
    db_bind_int(query, 3, (int64_t)row->seq);
    db_bind_int(query, 4, row->state);
    db_bind_int(query, 5, row->event.header.class == EVENT_CONTROL ? 1 : 0);
    db_bind_int(query, 6, row->event.stub ? 1 : 0);
    db_bind_int(query, 7, row->arrived_s);
    db_bind_blob(query, 8, span_of(header, sizeof header));
    db_bind_blob(query, 9, event_row_body(&row->event));
    return db_run(query);
}

enum rb_status event_row_fill(struct store *store, int64_t log, const struct event_row *row,
                              bool *filled) {
    static const char sql[] =
        "UPDATE event"
        " SET rcv = ?3, stub = 0, arrived_s = ?4, body = ?5"
        " WHERE log = ?1"
        "   AND seq = ?2"
        "   AND stub = 1";
    struct db_row *query = db_query(store_db(store), sql);

    assert(!row->event.stub);
    db_bind_int(query, 1, log);
    db_bind_int(query, 2, (int64_t)row->seq);
    db_bind_int(query, 3, row->rcv);
    db_bind_int(query, 4, row->arrived_s);
    db_bind_blob(query, 5, row->event.body);
    enum rb_status status = db_run(query);
    if (status == RB_OK) {
        *filled = db_changes(store_db(store)) == 1;
    }
    return status;
}

enum rb_status event_row_set_state(struct store *store, int64_t rcv, enum event_state state) {
    static const char sql[] =
        "UPDATE event"
        " SET state = ?2"
        " WHERE rcv = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, rcv);
    db_bind_int(query, 2, state);
    return db_run(query);
}

enum rb_status control_row_waiting(struct store *store, int64_t log, uint64_t seq,
                                   uint64_t *waiting) {
    static const char sql[] =
        "SELECT seq"
        " FROM event"
        " WHERE log = ?1"
        "   AND control = 1"
        "   AND state = 0"
        "   AND seq >= ?2"
        " ORDER BY seq"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);
    uint64_t value = UINT64_MAX;

    db_bind_int(query, 1, log);
    db_bind_int(query, 2, (int64_t)seq);
    if (db_step(query)) {
        value = (uint64_t)db_int(query, 0);
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK) {
        *waiting = value;
    }
    return status;
}

enum rb_status control_parents_wait(struct store *store, const struct log_row *log, bool *wait) {
    static const char sql[] =
        "WITH RECURSIVE chain (id) AS ("
        "  SELECT parent FROM log WHERE id = ?1 AND parent IS NOT NULL"
        "  UNION ALL"
        "  SELECT log.parent FROM log JOIN chain ON log.id = chain.id WHERE log.parent IS NOT NULL)"
        " SELECT 1"
        " FROM event"
        " WHERE log IN (SELECT id FROM chain)"
        "   AND control = 1"
        "   AND state = 0"
        " LIMIT 1";

    *wait = false;
    if (log->parent == 0) {
        return RB_OK;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_int(query, 1, log->id);
    *wait = db_step(query);
    return db_end(query);
}

enum rb_status control_chain_waiting(struct store *store, const struct log_row *log,
                                     uint64_t *waiting) {
    bool parents_wait = false;

    enum rb_status status = control_parents_wait(store, log, &parents_wait);
    if (status == RB_OK && parents_wait) {
        *waiting = 1; /* before anything of this branch */
        return RB_OK;
    }
    return status == RB_OK ? control_row_waiting(store, log->id, 1, waiting) : status;
}

/* ---- checkpoint ---- */

enum rb_status checkpoint_save(struct store *store, int64_t log, const struct log_head *head) {
    static const char sql[] =
        "INSERT INTO checkpoint (log, seq, hash, signature)"
        " VALUES (?1, ?2, ?3, ?4)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, log);
    db_bind_int(query, 2, (int64_t)head->seq);
    db_bind_blob(query, 3, span_of(head->hash, sizeof head->hash));
    db_bind_blob(query, 4, span_of(head->signature, sizeof head->signature));
    return db_run(query);
}

enum rb_status checkpoint_load(struct store *store, int64_t log, uint64_t seq,
                               struct log_head *head) {
    static const char sql[] =
        "SELECT hash, signature"
        " FROM checkpoint"
        " WHERE log = ?1"
        "   AND seq = ?2";
    struct db_row *query = db_query(store_db(store), sql);
    struct log_head value = { 0 };

    db_bind_int(query, 1, log);
    db_bind_int(query, 2, (int64_t)seq);
    if (db_step(query)) {
        value.seq = seq;
        db_copy(query, 0, value.hash, sizeof value.hash);
        db_copy(query, 1, value.signature, sizeof value.signature);
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK && value.seq == 0) {
        status = RB_DAMAGED;
    }
    if (status == RB_OK) {
        *head = value;
    }
    return status;
}
