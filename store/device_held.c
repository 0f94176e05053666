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

/* When the device was revoked, by the clock of who did it; 0: it is not. */
static enum rb_status revoked_when(struct store *store, const uint8_t person[static HASH_BYTES],
                                   const uint8_t *device, int64_t *at_ms) {
    static const char sql[] =
        "SELECT coalesce(min(known_ms), 0)"
        " FROM revocation"
        " WHERE cert = ?1"
        "   AND person = ?2";

    *at_ms = 0;
    if (device == NULL) {
        return RB_OK;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_blob(query, 1, span_of(device, CERT_ID_BYTES));
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    *at_ms = db_step(query) ? db_int(query, 0) : 0;
    return db_end(query);
}

static void circle_read(struct db_row *query, struct held_list *list) {
    list->items = rb_realloc(list->items, list->count + 1, sizeof *list->items);
    struct held_circle *circle = &list->items[list->count++];

    *circle = (struct held_circle) { .id = db_int(query, 0) };
    db_copy(query, 1, circle->held.circle, HASH_BYTES);
    circle->held.kind = (enum circle_kind)db_int(query, 2);
    text_copy(circle->held.name, sizeof circle->held.name, db_text(query, 3));
    circle->held.people = (uint64_t)db_int(query, 4);
    circle->held.records = (uint64_t)db_int(query, 5);
}

/* An event's time is its hlc: milliseconds and a counter of 16 bits. */
static enum rb_status circles_load(struct store *store, const uint8_t person[static HASH_BYTES],
                                   const uint8_t *device, int64_t until_ms,
                                   struct held_list *list) {
    static const char sql[] =
        "SELECT circle.id, circle.circle, circle_view.kind, circle_view.name,"
        "  (SELECT count(*) FROM member WHERE member.circle = circle.id AND member.state <= ?3),"
        "  (SELECT count(*) FROM post WHERE post.circle = circle.id"
        "    AND (?4 = 0 OR post.hlc >> 16 <= ?4))"
        "  + (SELECT count(*) FROM entry WHERE entry.circle = circle.id"
        "    AND (?4 = 0 OR entry.hlc >> 16 <= ?4))"
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
    db_bind_int(query, 4, until_ms);
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

/* Who writes an operation has the key that it is sealed under; others are given one. */
static bool operation_gives(const struct op *op, const struct device_ids *ids) {
    uint8_t to[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES];
    size_t count = 0;

    if (op->type == OP_GENESIS || op->type == OP_EPOCH || op->type == OP_KEYGRANT) {
        count = op_recipients(op, to, SEALS_PER_KEY_BODY_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        if (ids_have(ids, to[i])) {
            return true;
        }
    }
    return ids_have(ids, op->author_device);
}

static enum rb_status was_given(struct store *store, int64_t circle,
                                const uint8_t person[static HASH_BYTES], const uint8_t *device,
                                bool *given) {
    struct operation_list operations = { 0 };
    struct device_ids ids = { 0 };

    enum rb_status status = ids_load(store, circle, person, device, &ids);
    if (status == RB_OK) {
        status = operations_load(store, circle, &operations);
    }
    *given = false;
    for (size_t i = 0; i < operations.count && status == RB_OK && !*given; i++) {
        *given = operation_gives(&operations.ops[i], &ids);
    }
    operations_clear(&operations);
    free(ids.items);
    return status;
}

enum rb_status device_held_each(struct store *store, const uint8_t person[static HASH_BYTES],
                                const uint8_t *device,
                                bool (*each)(void *context, const struct device_held *),
                                void *context) {
    struct held_list list = { 0 };
    int64_t until_ms = 0;
    bool more = true;

    enum rb_status status = revoked_when(store, person, device, &until_ms);
    if (status == RB_OK) {
        status = circles_load(store, person, device, until_ms, &list);
    }
    for (size_t i = 0; i < list.count && status == RB_OK && more; i++) {
        bool given = false;
        status = was_given(store, list.items[i].id, person, device, &given);
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
