/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/operations.h"

#include "store/db.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- Who writes a log ---- */

static enum rb_status author_insert(struct store *store, int64_t log,
                                    const struct log_author *author) {
    static const char sql[] =
        "INSERT INTO author (log, person, device_cert)"
        " VALUES (?1, ?2, ?3)"
        " ON CONFLICT (log) DO UPDATE SET person = excluded.person,"
        " device_cert = excluded.device_cert";
    struct db_row *query = db_query(store_db(store), sql);
    bool known = author->state == AUTHOR_KNOWN;

    assert(author->state != AUTHOR_UNKNOWN);
    db_bind_int(query, 1, log);
    db_bind_blob(query, 2, span_of(author->person, known ? sizeof author->person : 0));
    db_bind_blob(query, 3, span_of(author->device, known ? sizeof author->device : 0));
    return db_run(query);
}

/* What branches took over from this row is found again. */
static enum rb_status heirs_forget(struct store *store, int64_t log) {
    static const char sql[] =
        "WITH RECURSIVE heir (id) AS ("
        "  SELECT id FROM log WHERE parent = ?1 AND base > 0"
        "  UNION ALL"
        "  SELECT log.id FROM log JOIN heir ON log.parent = heir.id)"
        " DELETE FROM author"
        " WHERE log IN (SELECT id FROM heir)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, log);
    return db_run(query);
}

/* Before its LOGCERT is opened nothing can be taken over from a row: what a branch has then is its
 * own, by a GENESIS of another circle. */
enum rb_status log_author_save(struct store *store, int64_t log, const struct log_author *author) {
    enum rb_status status = author_insert(store, log, author);

    return status == RB_OK && author->state == AUTHOR_NOBODY ? heirs_forget(store, log) : status;
}

/* A branch after the first event has the LOGCERT of what it continues.  Noted, so that whoever
 * joins author to log finds it. */
enum rb_status log_author_find(struct store *store, int64_t log, struct log_author *author) {
    static const char sql[] =
        "WITH RECURSIVE chain (id, depth) AS ("
        "  SELECT ?1, 0"
        "  UNION ALL"
        "  SELECT log.parent, depth + 1 FROM log JOIN chain ON log.id = chain.id"
        "  WHERE log.parent IS NOT NULL AND log.base > 0)"
        " SELECT person, device_cert, depth"
        " FROM chain"
        " JOIN author ON author.log = chain.id"
        " ORDER BY depth"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);
    struct log_author value = { .state = AUTHOR_UNKNOWN };
    bool is_heir = false;

    db_bind_int(query, 1, log);
    if (db_step(query)) {
        value.state = db_blob(query, 0).len == 0 ? AUTHOR_NOBODY : AUTHOR_KNOWN;
        is_heir = db_int(query, 2) > 0;
        if (value.state == AUTHOR_KNOWN) {
            db_copy(query, 0, value.person, sizeof value.person);
            db_copy(query, 1, value.device, sizeof value.device);
        }
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK && is_heir) {
        status = author_insert(store, log, &value);
    }
    if (status == RB_OK) {
        *author = value;
    }
    return status;
}

/* ---- Certificates ---- */

/* One device may be named together with an older and a newer certificate of its person.  The
 * greater name stands, so that it does not depend on which came first. */
enum rb_status cert_row_add(struct store *store, int64_t circle, const struct cert *person,
                            const struct cert *device, bool *added) {
    static const char sql[] =
        "INSERT INTO cert (circle, device, person, pk, name, transport, device_name, from_s)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"
        " ON CONFLICT (circle, device) DO UPDATE SET name = max(name, excluded.name)";
    uint8_t known_person[HASH_BYTES];
    uint8_t known_pk[SIGN_PUBLIC_BYTES];

    enum rb_status status = cert_row_find(store, circle, device->id, known_person, known_pk);
    if (status != RB_OK && status != RB_NOT_FOUND) {
        return status;
    }
    bool is_new = status == RB_NOT_FOUND;
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(device->id, sizeof device->id));
    db_bind_blob(query, 3, span_of(person->person, sizeof person->person));
    db_bind_blob(query, 4, span_of(device->subject, sizeof device->subject));
    db_bind_text(query, 5, person->name);
    db_bind_blob(query, 6, span_of(device->transport, sizeof device->transport));
    db_bind_text(query, 7, device->name);
    db_bind_int(query, 8, device->not_before_s);
    status = db_run(query);
    if (status == RB_OK) {
        *added = is_new;
    }
    return status;
}

enum rb_status cert_row_find(struct store *store, int64_t circle,
                             const uint8_t device[static CERT_ID_BYTES],
                             uint8_t person[static HASH_BYTES],
                             uint8_t pk[static SIGN_PUBLIC_BYTES]) {
    static const char sql[] =
        "SELECT person, pk"
        " FROM cert"
        " WHERE circle = ?1"
        "   AND device = ?2";
    struct db_row *query = db_query(store_db(store), sql);
    bool found = false;

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(device, CERT_ID_BYTES));
    if (db_step(query)) {
        found = true;
        db_copy(query, 0, person, HASH_BYTES);
        db_copy(query, 1, pk, SIGN_PUBLIC_BYTES);
    }
    enum rb_status status = db_end(query);
    if (status != RB_OK) {
        return status;
    }
    return found ? RB_OK : RB_NOT_FOUND;
}

/* ---- Sealing ---- */

static void payload_key(const struct store *store, uint8_t key[static KEY_BYTES]) {
    crypt_hash(key, KEY_BYTES, span_of(store_key(store), KEY_BYTES), "rk.operation", NULL, 0);
}

static void payload_nonce(uint8_t nonce[static NONCE_BYTES], const uint8_t ref[static REF_BYTES]) {
    memset(nonce, 0, NONCE_BYTES);
    memcpy(nonce, ref, REF_BYTES);
}

/* Appends the sealed payload. */
static void payload_seal(const struct store *store, const uint8_t ref[static REF_BYTES],
                         struct span payload, struct writer *sealed) {
    uint8_t key[KEY_BYTES];
    uint8_t nonce[NONCE_BYTES];
    uint8_t *out = writer_reserve(sealed, payload.len + TAG_BYTES);

    assert(out != NULL);
    payload_key(store, key);
    payload_nonce(nonce, ref);
    crypt_seal(out, key, nonce, span_of(ref, REF_BYTES), payload);
    crypt_wipe(key, sizeof key);
}

/* Appends the payload; RB_DAMAGED if it is not what was sealed. */
static enum rb_status payload_unseal(const struct store *store, const uint8_t ref[static REF_BYTES],
                                     struct span sealed, struct writer *payload) {
    uint8_t key[KEY_BYTES];
    uint8_t nonce[NONCE_BYTES];

    if (sealed.len < TAG_BYTES || sealed.len > EVENT_BODY_BYTES_MAX) {
        return RB_DAMAGED;
    }
    uint8_t *out = writer_reserve(payload, sealed.len - TAG_BYTES);
    if (out == NULL) {
        return RB_TOO_LARGE;
    }
    payload_key(store, key);
    payload_nonce(nonce, ref);
    enum rb_status status = crypt_open(out, key, nonce, span_of(ref, REF_BYTES), sealed);
    crypt_wipe(key, sizeof key);
    return status == RB_OK ? RB_OK : RB_DAMAGED;
}

/* ---- Operations ---- */

/* All rows on the chain of a log: a row that is continued has nothing after the branches begin. */
#define CHAIN_OF(log)                                                                              \
    "WITH RECURSIVE chain (id) AS ("                                                               \
    "  SELECT " log                                                                                \
    "  UNION ALL"                                                                                  \
    "  SELECT log.parent FROM log JOIN chain ON log.id = chain.id"                                 \
    "  WHERE log.parent IS NOT NULL) "

enum rb_status operation_insert(struct store *store, const struct operation_row *row) {
    static const char sql[] =
        CHAIN_OF("?3")
        "INSERT INTO operation (circle, ref, log, seq, nth, previous, epoch, payload)"
        " SELECT ?1, ?2, ?3, ?4,"
        "  (SELECT count(*) + 1"
        "   FROM operation"
        "   WHERE log IN (SELECT id FROM chain) AND seq < ?4),"
        "  (SELECT ref"
        "   FROM operation"
        "   WHERE log IN (SELECT id FROM chain) AND seq < ?4"
        "   ORDER BY seq DESC"
        "   LIMIT 1),"
        "  ?5, ?6";
    struct db_row *query = db_query(store_db(store), sql);
    struct writer sealed;

    writer_init(&sealed, EVENT_BODY_BYTES_MAX);
    payload_seal(store, row->ref, row->payload, &sealed);
    db_bind_int(query, 1, row->circle);
    db_bind_blob(query, 2, span_of(row->ref, sizeof row->ref));
    db_bind_int(query, 3, row->log);
    db_bind_int(query, 4, (int64_t)row->seq);
    if (row->epoch == NULL) {
        db_bind_null(query, 5);
    } else {
        db_bind_blob(query, 5, span_of(row->epoch, HASH_BYTES));
    }
    db_bind_blob(query, 6, writer_view(&sealed));
    enum rb_status status = db_run(query);
    writer_clear(&sealed);
    return status;
}

enum rb_status operations_before(struct store *store, int64_t log, uint64_t seq, size_t *count) {
    static const char sql[] =
        CHAIN_OF("?1")
        "SELECT count(*)"
        " FROM operation"
        " WHERE log IN (SELECT id FROM chain)"
        "   AND seq < ?2";
    struct db_row *query = db_query(store_db(store), sql);

    *count = 0;
    db_bind_int(query, 1, log);
    db_bind_int(query, 2, (int64_t)seq);
    if (db_step(query)) {
        *count = (size_t)db_int(query, 0);
    }
    return db_end(query);
}

enum rb_status operations_of_log(struct store *store, int64_t log, struct operation_place **places,
                                 size_t *count) {
    static const char sql[] =
        CHAIN_OF("?1")
        "SELECT seq, ref"
        " FROM operation"
        " WHERE log IN (SELECT id FROM chain)"
        " ORDER BY seq";
    struct db_row *query = db_query(store_db(store), sql);
    struct operation_place *found = NULL;
    size_t found_count = 0;

    db_bind_int(query, 1, log);
    while (db_step(query)) {
        found = rb_realloc(found, found_count + 1, sizeof *found);
        found[found_count].seq = (uint64_t)db_int(query, 0);
        db_copy(query, 1, found[found_count].ref, sizeof found[found_count].ref);
        found_count++;
    }
    enum rb_status status = db_end(query);
    if (status != RB_OK) {
        free(found);
        return status;
    }
    *places = found;
    *count = found_count;
    return RB_OK;
}

/* ---- All operations of a circle ---- */

/* A row as it is kept until all payloads have their final place in memory. */
struct loaded {
    uint8_t log_pk[LOG_PK_BYTES];
    uint64_t seq;
    uint8_t ref[REF_BYTES];
    uint8_t person[HASH_BYTES];
    uint8_t device[CERT_ID_BYTES];
    uint8_t epoch[HASH_BYTES];
    uint8_t previous[REF_BYTES];
    bool has_epoch, has_previous;
    size_t payload_len;
};

/* Columns: previous, ref, epoch, payload, person, device_cert, origin, seq, ... */
static enum rb_status loaded_read(const struct store *store, struct db_row *query,
                                  struct loaded *loaded, struct writer *payloads) {
    size_t before = payloads->len;

    *loaded = (struct loaded) {
        .has_previous = !db_is_null(query, 0),
        .has_epoch = !db_is_null(query, 2),
    };
    if (loaded->has_previous) {
        db_copy(query, 0, loaded->previous, sizeof loaded->previous);
    }
    db_copy(query, 1, loaded->ref, sizeof loaded->ref);
    if (loaded->has_epoch) {
        db_copy(query, 2, loaded->epoch, sizeof loaded->epoch);
    }
    db_copy(query, 4, loaded->person, sizeof loaded->person);
    db_copy(query, 5, loaded->device, sizeof loaded->device);
    db_copy(query, 6, loaded->log_pk, sizeof loaded->log_pk);
    loaded->seq = (uint64_t)db_int(query, 7);
    enum rb_status status = payload_unseal(store, loaded->ref, db_blob(query, 3), payloads);
    loaded->payload_len = payloads->len - before;
    return status;
}

/* Every person has his turn: the first operation of each, the second of each, and so on, as long as
 * there is room; a long one takes as many turns as it is times as long as a short one.  A person,
 * not a device: he has as many of those as he likes.  No more than the fold takes, or it would
 * choose again by depth, and who writes much that depends on little would write the others out.
 * The choice depends on nothing but the set, and of each log, and each branch of it, a beginning is
 * taken. */
static enum rb_status loaded_query(struct store *store, int64_t circle, struct loaded **rows,
                                   struct operation_list *list) {
    static const char sql[] =
        "WITH placed AS ("
        "  SELECT operation.ref, operation.nth, log.origin, author.person, author.device_cert,"
        "    max(length(operation.payload) - ?3, ?4) AS cost"
        "  FROM operation"
        "  JOIN author ON author.log = operation.log"
        "  JOIN log ON log.id = operation.log"
        "  WHERE operation.circle = ?1"
        "    AND operation.nth <= ?2),"
        " turned AS ("
        "  SELECT *, sum(cost) OVER (PARTITION BY person ORDER BY nth, ref) AS turn"
        "  FROM placed),"
        " summed AS ("
        "  SELECT *, sum(cost) OVER (ORDER BY turn, person) AS total, sum(cost) OVER () AS whole"
        "  FROM turned)"
        " SELECT operation.previous, summed.ref, operation.epoch, operation.payload,"
        "  summed.person, summed.device_cert, summed.origin, operation.seq,"
        "  summed.whole > ?5"
        " FROM summed"
        " JOIN operation ON operation.circle = ?1 AND operation.ref = summed.ref"
        " WHERE summed.total <= ?5"
        " ORDER BY summed.origin, operation.seq, summed.ref";
    struct db_row *query = db_query(store_db(store), sql);
    enum rb_status read = RB_OK;
    size_t room = 0;

    db_bind_int(query, 1, circle);
    db_bind_int(query, 2, LOG_OPERATIONS_MAX);
    db_bind_int(query, 3, TAG_BYTES);
    db_bind_int(query, 4, OPERATION_COST_MIN);
    db_bind_int(query, 5, OPERATIONS_COST_MAX);
    while (read == RB_OK && db_step(query)) {
        if (list->count == room) {
            room = room == 0 ? 64 : 2 * room;
            *rows = rb_realloc(*rows, room, sizeof **rows);
        }
        read = loaded_read(store, query, &(*rows)[list->count], &list->payloads);
        list->count++;
        list->is_cut = db_int(query, 8) != 0;
    }
    enum rb_status status = db_end(query);
    return status == RB_OK ? read : status;
}

/* His own operation before it on the same branch is always among the dependencies
 * (docs/protocol.md, 6). */
static void dependency_imply(struct op *op, const struct loaded *loaded) {
    assert(op->dep_count <= DEPS_MAX);
    if (loaded->has_previous) {
        memcpy(op->deps[op->dep_count], loaded->previous, REF_BYTES);
        op->dep_count++;
    }
}

static enum rb_status loaded_decode(const struct loaded *loaded, struct span bytes, struct op *op) {
    struct payload payload;

    /* It was decoded before it was stored, and sealed since. */
    if (payload_decode(bytes, &payload) != RB_OK || op_decode_again(&payload, op) != RB_OK) {
        return RB_DAMAGED;
    }
    memcpy(op->ref, loaded->ref, sizeof op->ref);
    memcpy(op->log, loaded->log_pk, sizeof op->log);
    op->seq = loaded->seq;
    memcpy(op->author, loaded->person, sizeof op->author);
    memcpy(op->author_device, loaded->device, sizeof op->author_device);
    if (loaded->has_epoch) {
        memcpy(op->epoch, loaded->epoch, sizeof op->epoch);
    }
    return RB_OK;
}

enum rb_status operations_load(struct store *store, int64_t circle, struct operation_list *list) {
    struct operation_list value = { 0 };
    struct loaded *rows = NULL;

    writer_init(&value.payloads, OPERATIONS_COST_MAX);
    enum rb_status status = loaded_query(store, circle, &rows, &value);
    if (status != RB_OK) {
        goto done;
    }
    struct reader reader = reader_of(writer_view(&value.payloads));
    value.ops = rb_alloc(value.count, sizeof *value.ops);
    for (size_t i = 0; i < value.count; i++) {
        struct span bytes = reader_span(&reader, rows[i].payload_len);
        status = loaded_decode(&rows[i], bytes, &value.ops[i]);
        if (status != RB_OK) {
            goto done;
        }
        dependency_imply(&value.ops[i], &rows[i]);
    }
    *list = value;
    value = (struct operation_list) { 0 };
done:
    operations_clear(&value);
    free(rows);
    return status;
}

void operations_clear(struct operation_list *list) {
    free(list->ops);
    writer_clear(&list->payloads);
    *list = (struct operation_list) { 0 };
}
