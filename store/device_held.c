/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A lost device: what it had, and shutting it out. */
#include "store/devices.h"

#include "protocol/text.h"
#include "store/db.h"
#include "store/device_own.h"
#include "store/operations.h"
#include "store/revocations.h"

#include <stdlib.h>
#include <string.h>

/* ---- What it could read ---- */

/* A circle that names the device, or any of the person, and what is to be told of it. */
struct held_circle {
    int64_t id;
    struct device_held held;
};

struct held_list {
    struct held_circle *items; /* owned */
    size_t count;
};

enum rb_status device_revoked_ms(struct store *store, const uint8_t person[static HASH_BYTES],
                                 const uint8_t device[static CERT_ID_BYTES], int64_t *at_ms) {
    static const char sql[] =
        "SELECT coalesce(min(known_ms), 0)"
        " FROM revocation"
        " WHERE cert = ?1"
        "   AND person = ?2";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(device, CERT_ID_BYTES));
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    const int64_t found = db_step(query) ? db_int(query, 0) : 0;
    const enum rb_status status = db_end(query);
    if (status == RB_OK) {
        *at_ms = found;
    }
    return status;
}

static void circle_read(struct db_row *query, struct held_list *list) {
    list->items = rb_realloc(list->items, list->count + 1, sizeof *list->items);
    struct held_circle *circle = &list->items[list->count++];

    *circle = (struct held_circle) { .id = db_int(query, 0) };
    db_copy(query, 1, circle->held.circle, HASH_BYTES);
    circle->held.kind = (enum circle_kind)db_int(query, 2);
    text_copy(circle->held.name, sizeof circle->held.name, db_text(query, 3));
    circle->held.people = (uint64_t)db_int(query, 4);
}

static enum rb_status circles_load(struct store *store, const uint8_t person[static HASH_BYTES],
                                   const uint8_t *device, struct held_list *list) {
    static const char sql[] =
        "SELECT circle.id, circle.circle, circle_view.kind, circle_view.name,"
        "  (SELECT count(*) FROM member WHERE member.circle = circle.id AND member.state <= ?3)"
        " FROM circle"
        " JOIN circle_view ON circle_view.circle = circle.id"
        " WHERE EXISTS (SELECT 1 FROM cert"
        "   WHERE cert.circle = circle.id AND cert.person = ?1 AND (?2 IS NULL OR device = ?2))"
        " ORDER BY circle.id";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(person, HASH_BYTES));
    if (device == NULL) {
        db_bind_null(query, 2);
    } else {
        db_bind_blob(query, 2, span_of(device, CERT_ID_BYTES));
    }
    db_bind_int(query, 3, MEMBER_ACCEPTED);
    while (db_step(query)) {
        circle_read(query, list);
    }
    return db_end(query);
}

/* The devices of a person in one circle, as the ids that key bodies name. */
struct device_ids {
    uint8_t (*items)[CERT_ID_BYTES]; /* owned */
    size_t count;
};

static enum rb_status ids_load(struct store *store, int64_t circle,
                               const uint8_t person[static HASH_BYTES], const uint8_t *device,
                               struct device_ids *ids) {
    static const char sql[] =
        "SELECT device"
        " FROM cert"
        " WHERE circle = ?1"
        "   AND person = ?2"
        "   AND (?3 IS NULL OR device = ?3)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    if (device == NULL) {
        db_bind_null(query, 3);
    } else {
        db_bind_blob(query, 3, span_of(device, CERT_ID_BYTES));
    }
    while (db_step(query)) {
        ids->items = rb_realloc(ids->items, ids->count + 1, sizeof *ids->items);
        db_copy(query, 0, ids->items[ids->count++], CERT_ID_BYTES);
    }
    return db_end(query);
}

static bool ids_have(const struct device_ids *ids, const uint8_t device[static CERT_ID_BYTES]) {
    for (size_t i = 0; i < ids->count; i++) {
        if (memcmp(ids->items[i], device, CERT_ID_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- Under which keys ---- */

/* Keys, by their ids. */
struct key_list {
    uint8_t (*items)[HASH_BYTES]; /* owned */
    size_t count;
};

static bool list_has(const struct key_list *list, const uint8_t eid[static HASH_BYTES]) {
    for (size_t i = 0; i < list->count; i++) {
        if (memcmp(list->items[i], eid, HASH_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

static void keys_add(struct key_list *keys, const uint8_t eid[static HASH_BYTES]) {
    if (!list_has(keys, eid)) {
        keys->items = rb_realloc(keys->items, keys->count + 1, sizeof *keys->items);
        memcpy(keys->items[keys->count++], eid, HASH_BYTES);
    }
}

static bool carries_key(const struct op *op) {
    return op->type == OP_GENESIS || op->type == OP_EPOCH || op->type == OP_KEYGRANT;
}

/* Who writes down a key has it; others are given it. */
static bool operation_gives(const struct op *op, const struct device_ids *ids) {
    uint8_t to[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES];
    const size_t count = op_recipients(op, to, SEALS_PER_KEY_BODY_MAX);

    for (size_t i = 0; i < count; i++) {
        if (ids_have(ids, to[i])) {
            return true;
        }
    }
    return ids_have(ids, op->author_device);
}

/* Who has a key has those of before that go with it. */
static void parents_add(struct key_list *keys, const struct op *op) {
    uint8_t parents[WRAPS_PER_EPOCH_MAX][HASH_BYTES];
    const size_t count = op_parents(op, parents, WRAPS_PER_EPOCH_MAX);

    for (size_t i = 0; i < count; i++) {
        keys_add(keys, parents[i]);
    }
}

/* In rounds, until one adds nothing. */
static void keys_of(const struct operation_list *operations, const struct device_ids *ids,
                    struct key_list *keys) {
    size_t before;

    for (size_t i = 0; i < operations->count; i++) {
        if (carries_key(&operations->ops[i]) && operation_gives(&operations->ops[i], ids)) {
            keys_add(keys, operations->ops[i].epoch);
        }
    }
    do {
        before = keys->count;
        for (size_t i = 0; i < operations->count; i++) {
            const struct op *op = &operations->ops[i];
            if (op->type == OP_EPOCH && list_has(keys, op->epoch)) {
                parents_add(keys, op);
            }
        }
    } while (keys->count > before);
}

static bool opens(const struct key_list *keys, struct span eid8) {
    for (size_t i = 0; i < keys->count; i++) {
        if (span_equal(eid8, span_of(keys->items[i], EID8_BYTES))) {
            return true;
        }
    }
    return false;
}

/* By the key that each is sealed under, not by its time: clocks differ, and who has not heard of a
 * revocation goes on writing under the old key. */
static enum rb_status records_count(struct store *store, int64_t circle,
                                    const struct key_list *keys, uint64_t *records) {
    static const char sql[] =
        "SELECT substr(event.header, 5, 8) AS eid8, count(*)"
        " FROM (SELECT rcv FROM post WHERE circle = ?1"
        "   UNION ALL SELECT rcv FROM entry WHERE circle = ?1) AS record"
        " JOIN event ON event.rcv = record.rcv"
        " GROUP BY eid8";
    struct db_row *query = db_query(store_db(store), sql);

    *records = 0;
    db_bind_int(query, 1, circle);
    while (db_step(query)) {
        *records += opens(keys, db_blob(query, 0)) ? (uint64_t)db_int(query, 1) : 0;
    }
    return db_end(query);
}

/* `*given`: whether it had any key of the circle. */
static enum rb_status held_fill(struct store *store, struct held_circle *circle,
                                const uint8_t person[static HASH_BYTES], const uint8_t *device,
                                bool *given) {
    struct operation_list operations = { 0 };
    struct device_ids ids = { 0 };
    struct key_list keys = { 0 };

    enum rb_status status = ids_load(store, circle->id, person, device, &ids);
    if (status == RB_OK) {
        status = operations_load(store, circle->id, &operations);
    }
    if (status == RB_OK) {
        keys_of(&operations, &ids, &keys);
        status = records_count(store, circle->id, &keys, &circle->held.records);
    }
    *given = keys.count > 0;
    operations_clear(&operations);
    free(ids.items);
    free(keys.items);
    return status;
}

enum rb_status device_held_each(struct store *store, const uint8_t person[static HASH_BYTES],
                                const uint8_t *device,
                                bool (*each)(void *context, const struct device_held *),
                                void *context) {
    struct held_list list = { 0 };
    bool more = true;

    enum rb_status status = circles_load(store, person, device, &list);
    for (size_t i = 0; i < list.count && status == RB_OK && more; i++) {
        bool given = false;
        status = held_fill(store, &list.items[i], person, device, &given);
        if (status == RB_OK && given) {
            more = each(context, &list.items[i].held);
        }
    }
    free(list.items);
    return status;
}

/* ---- Shutting it out ---- */

static enum rb_status circles_count(struct store *store, const uint8_t device[static CERT_ID_BYTES],
                                    size_t *count) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM cert"
        " WHERE device = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(device, CERT_ID_BYTES));
    *count = db_step(query) ? (size_t)db_int(query, 0) : 0;
    return db_end(query);
}

enum rb_status device_revoke(struct store *store, const uint8_t device[static CERT_ID_BYTES],
                             int64_t now_ms, size_t *circles) {
    const struct store_self *self = store_self(store);
    const struct identity *identity = self->identity;
    const struct sign_key *key = identity->is_further ? &identity->device : &identity->person;
    struct own_device lost;
    struct writer whole;
    size_t count = 0;

    if (memcmp(device, self->device_cert.id, CERT_ID_BYTES) == 0) {
        return RB_REFUSED;
    }
    enum rb_status status = own_device_find(store, device, &lost);
    if (status == RB_OK && lost.row.revoked) {
        status = RB_EXISTS;
    }
    if (status != RB_OK) {
        return status;
    }
    writer_init(&whole, CERT_BYTES_MAX);
    revoke_issue(&whole, device, self->person, key, now_ms / 1000);
    status = revocation_add(store, writer_view(&whole), now_ms);
    writer_clear(&whole);
    if (status == RB_OK) {
        status = circles_count(store, device, &count);
    }
    if (status == RB_OK) {
        *circles = count;
    }
    return status;
}
