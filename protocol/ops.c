/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/ops.h"

#include "protocol/cbor.h"

#include <assert.h>
#include <string.h>

enum { GENESIS_NONCE_BYTES = 16, PAIR_ITEMS = 3, WRAP_ITEMS = 2, LOCK_ITEMS = 3 };

/* Number of fields of each body.  They are numbered from 0, and none may be absent. */
enum {
    GENESIS_FIELDS = 6,
    ADD_FIELDS = 2,
    REMOVE_FIELDS = 2,
    EMPTY_FIELDS = 0,
    EPOCH_FIELDS = 3,
    KEYGRANT_FIELDS = 2
};

/* ---- Fields ---- */

static unsigned field_bit(uint64_t key) {
    return key < 32 ? 1u << key : 0;
}

/* RB_OK if the body was read to its end and has the fields 0 to `count` - 1. */
static enum rb_status fields_end(const struct reader *reader, unsigned seen, unsigned count) {
    unsigned needed = (1u << count) - 1;

    return (seen & needed) == needed ? reader_end(reader) : RB_MALFORMED;
}

/* ---- Arrays of ids ---- */

/* Takes an array of `min` to `max` byte strings of `len` bytes each, and returns its bytes. */
static struct span ids_read(struct reader *reader, size_t len, uint64_t min, uint64_t max) {
    struct span whole = cbor_read_item(reader);
    struct reader items = reader_of(whole);
    uint64_t count = cbor_read_array(&items, max);

    for (uint64_t i = 0; i < count; i++) {
        if (cbor_read_bytes(&items, len).len != len) {
            items.failed = true;
        }
    }
    if (items.failed || count < min) {
        reader->failed = true;
    }
    return whole;
}

/* Copies the ids of an array that ids_read has checked; an absent one is empty. */
static size_t ids_copy(struct span array, uint8_t *ids, size_t len, size_t max) {
    struct reader items = reader_of(array);
    size_t count = array.len == 0 ? 0 : (size_t)cbor_read_array(&items, UINT64_MAX);

    if (count > max) {
        count = max;
    }
    for (size_t i = 0; i < count; i++) {
        cbor_read_fixed(&items, ids + i * len, len);
    }
    return count;
}

static void recipients_write(struct writer *out, const uint8_t (*to)[CERT_ID_BYTES], size_t count) {
    assert(count > 0);
    assert(count <= SEALS_PER_KEY_BODY_MAX);
    cbor_write_array(out, count);
    for (size_t i = 0; i < count; i++) {
        cbor_write_bytes(out, span_of(to[i], CERT_ID_BYTES));
    }
}

static struct span recipients_read(struct reader *reader) {
    return ids_read(reader, CERT_ID_BYTES, 1, SEALS_PER_KEY_BODY_MAX);
}

size_t op_recipients(const struct op *op, uint8_t (*to)[CERT_ID_BYTES], size_t max) {
    return ids_copy(op->recipients, (uint8_t *)to, CERT_ID_BYTES, max);
}

/* ---- PAIR: who is named, by which device, with which seal key ---- */

static void pair_write(struct writer *out, struct span person_cert, struct span device_cert,
                       struct span seal_key) {
    cbor_write_array(out, PAIR_ITEMS);
    cbor_write_bytes(out, person_cert);
    cbor_write_bytes(out, device_cert);
    cbor_write_bytes(out, seal_key);
}

struct pair {
    struct span person;
    struct span device;
    struct span seal_key;
};

static struct pair pair_read(struct reader *reader) {
    struct pair pair = { 0 };

    if (cbor_read_array(reader, PAIR_ITEMS) != PAIR_ITEMS) {
        reader->failed = true;
    }
    pair.person = cbor_read_bytes(reader, CERT_BYTES_MAX);
    pair.device = cbor_read_bytes(reader, CERT_BYTES_MAX);
    pair.seal_key = cbor_read_bytes(reader, CERT_BYTES_MAX);
    return pair;
}

/* Decodes into op->person, op->device, op->seal, and verifies that each vouches for the next. */
static enum rb_status pair_verify(const struct pair *pair, struct op *op) {
    enum rb_status status = cert_decode(pair->person, &op->person);

    if (status == RB_OK) {
        status = cert_decode(pair->device, &op->device);
    }
    if (status == RB_OK) {
        status = cert_verify_pair(&op->person, &op->device);
    }
    if (status == RB_OK) {
        status = seal_key_decode(pair->seal_key, &op->seal);
    }
    if (status == RB_OK) {
        status = seal_key_verify(&op->seal, &op->device);
    }
    return status;
}

/* ---- GENESIS ---- */

void op_genesis_encode(struct writer *out, enum circle_kind kind, const uint8_t nonce[static 16],
                       struct span person_cert, struct span device_cert, struct span seal_key) {
    struct cert device;
    enum rb_status status = cert_decode(device_cert, &device);

    assert(status == RB_OK);
    cbor_write_map(out, GENESIS_FIELDS);
    cbor_write_uint(out, 0);
    cbor_write_uint(out, (uint64_t)kind);
    cbor_write_uint(out, 1);
    cbor_write_bool(out, false);
    cbor_write_uint(out, 2);
    cbor_write_null(out);
    cbor_write_uint(out, 3);
    cbor_write_bytes(out, span_of(nonce, GENESIS_NONCE_BYTES));
    cbor_write_uint(out, 4);
    pair_write(out, person_cert, device_cert, seal_key);
    cbor_write_uint(out, 5);
    recipients_write(out, &device.id, 1);
}

/* A circle kind, now or of a newer version: what is not known is refused by genesis_read. */
static enum circle_kind kind_read(struct reader *reader) {
    return (enum circle_kind)cbor_read_uint(reader, UINT8_MAX);
}

/* Only the form counts: child circles come later. */
static void parent_circle_read(struct reader *reader) {
    uint8_t parent[HASH_BYTES];

    if (!cbor_read_null(reader)) {
        cbor_read_fixed(reader, parent, sizeof parent);
    }
}

static enum rb_status genesis_read(struct span body, struct op *op) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    struct pair pair = { 0 };
    uint8_t nonce[GENESIS_NONCE_BYTES];
    unsigned seen = 0;
    uint64_t key;

    while (cbor_map_next(&map, &reader, &key)) {
        switch (key) {
        case 0:
            op->kind = kind_read(&reader);
            break;
        case 1:
            op->guardian = cbor_read_bool(&reader);
            break;
        case 2:
            parent_circle_read(&reader);
            break;
        case 3:
            cbor_read_fixed(&reader, nonce, sizeof nonce);
            break;
        case 4:
            pair = pair_read(&reader);
            break;
        case 5:
            op->recipients = recipients_read(&reader);
            break;
        default:
            cbor_skip(&reader);
        }
        seen |= field_bit(key);
    }
    op->role = CIRCLE_OWNER;
    enum rb_status status = fields_end(&reader, seen, GENESIS_FIELDS);
    if (status == RB_OK && op->kind != CIRCLE_GROUP && op->kind != CIRCLE_CASE) {
        status = RB_UNKNOWN;
    }
    return status == RB_OK ? pair_verify(&pair, op) : status;
}

/* ---- ADD ---- */

void op_add_encode(struct writer *out, enum circle_role role, struct span person_cert,
                   struct span device_cert, struct span seal_key) {
    cbor_write_map(out, ADD_FIELDS);
    cbor_write_uint(out, 0);
    cbor_write_uint(out, (uint64_t)role);
    cbor_write_uint(out, 1);
    pair_write(out, person_cert, device_cert, seal_key);
}

static enum rb_status add_read(struct span body, struct op *op) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    struct pair pair = { 0 };
    unsigned seen = 0;
    uint64_t key;

    while (cbor_map_next(&map, &reader, &key)) {
        switch (key) {
        case 0:
            op->role = (enum circle_role)cbor_read_uint(&reader, CIRCLE_OWNER);
            break;
        case 1:
            pair = pair_read(&reader);
            break;
        default:
            cbor_skip(&reader);
        }
        seen |= field_bit(key);
    }
    enum rb_status status = fields_end(&reader, seen, ADD_FIELDS);
    return status == RB_OK ? pair_verify(&pair, op) : status;
}

/* ---- Locks: how far the logs of somebody go who leaves ---- */

static void locks_write(struct writer *out, const struct op_lock *locks, size_t count) {
    assert(count <= OP_LOCKS_MAX);
    cbor_write_array(out, count);
    for (size_t i = 0; i < count; i++) {
        cbor_write_array(out, LOCK_ITEMS);
        cbor_write_bytes(out, span_of(locks[i].log, LOG_PK_BYTES));
        cbor_write_uint(out, locks[i].seq);
        cbor_write_bytes(out, span_of(locks[i].hash, HASH_BYTES));
    }
}

static struct op_lock lock_read(struct reader *reader) {
    struct op_lock lock = { 0 };

    if (cbor_read_array(reader, LOCK_ITEMS) != LOCK_ITEMS) {
        reader->failed = true;
    }
    cbor_read_fixed(reader, lock.log, sizeof lock.log);
    lock.seq = cbor_read_uint(reader, SEQ_MAX);
    cbor_read_fixed(reader, lock.hash, sizeof lock.hash);
    return lock;
}

static struct span locks_read(struct reader *reader) {
    struct span whole = cbor_read_item(reader);
    struct reader items = reader_of(whole);
    uint64_t count = cbor_read_array(&items, OP_LOCKS_MAX);

    for (uint64_t i = 0; i < count && !items.failed; i++) {
        (void)lock_read(&items); /* Only the form is checked here. */
    }
    if (items.failed) {
        reader->failed = true;
    }
    return whole;
}

size_t op_locks(const struct op *op, struct op_lock *locks, size_t max) {
    struct reader items = reader_of(op->locks);
    uint64_t stated = op->locks.len == 0 ? 0 : cbor_read_array(&items, UINT64_MAX);
    size_t count = 0;

    while (count < stated && count < max) {
        locks[count++] = lock_read(&items);
    }
    return count;
}

/* ---- REMOVE ---- */

void op_remove_encode(struct writer *out, const uint8_t person[static HASH_BYTES],
                      const struct op_lock *locks, size_t count) {
    cbor_write_map(out, REMOVE_FIELDS);
    cbor_write_uint(out, 0);
    cbor_write_bytes(out, span_of(person, HASH_BYTES));
    cbor_write_uint(out, 1);
    locks_write(out, locks, count);
}

static enum rb_status remove_read(struct span body, struct op *op) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    unsigned seen = 0;
    uint64_t key;

    while (cbor_map_next(&map, &reader, &key)) {
        switch (key) {
        case 0:
            cbor_read_fixed(&reader, op->target, sizeof op->target);
            break;
        case 1:
            op->locks = locks_read(&reader);
            break;
        default:
            cbor_skip(&reader);
        }
        seen |= field_bit(key);
    }
    return fields_end(&reader, seen, REMOVE_FIELDS);
}

/* ---- ACCEPT, DECLINE ---- */

void op_empty_encode(struct writer *out) {
    cbor_write_map(out, EMPTY_FIELDS);
}

static enum rb_status empty_read(struct span body, struct op *op) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    uint64_t key;
    (void)op; /* Nothing to fill; the table wants one form. */

    while (cbor_map_next(&map, &reader, &key)) {
        cbor_skip(&reader);
    }
    return fields_end(&reader, 0, EMPTY_FIELDS);
}

void op_decline_encode(struct writer *out, const struct op_lock *locks, size_t count) {
    if (count == 0) {
        op_empty_encode(out);
        return;
    }
    cbor_write_map(out, 1);
    cbor_write_uint(out, 1);
    locks_write(out, locks, count);
}

static enum rb_status decline_read(struct span body, struct op *op) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    uint64_t key;

    while (cbor_map_next(&map, &reader, &key)) {
        if (key == 1) {
            op->locks = locks_read(&reader);
        } else {
            cbor_skip(&reader);
        }
    }
    return fields_end(&reader, 0, EMPTY_FIELDS);
}

/* ---- EPOCH ---- */

void op_epoch_encode(struct writer *out, const uint8_t (*parents)[HASH_BYTES], size_t parent_count,
                     const uint8_t (*to)[CERT_ID_BYTES], size_t to_count,
                     const struct epoch_key *wraps, size_t wrap_count) {
    assert(parent_count <= WRAPS_PER_EPOCH_MAX);
    assert(wrap_count <= WRAPS_PER_EPOCH_MAX);
    cbor_write_map(out, EPOCH_FIELDS);
    cbor_write_uint(out, 0);
    cbor_write_array(out, parent_count);
    for (size_t i = 0; i < parent_count; i++) {
        cbor_write_bytes(out, span_of(parents[i], HASH_BYTES));
    }
    cbor_write_uint(out, 1);
    recipients_write(out, to, to_count);
    cbor_write_uint(out, 2);
    cbor_write_array(out, wrap_count);
    for (size_t i = 0; i < wrap_count; i++) {
        cbor_write_array(out, WRAP_ITEMS);
        cbor_write_bytes(out, span_of(wraps[i].id, HASH_BYTES));
        cbor_write_bytes(out, span_of(wraps[i].key, KEY_BYTES));
    }
}

static struct epoch_key wrap_read(struct reader *reader) {
    struct epoch_key wrap = { 0 };

    if (cbor_read_array(reader, WRAP_ITEMS) != WRAP_ITEMS) {
        reader->failed = true;
    }
    cbor_read_fixed(reader, wrap.id, sizeof wrap.id);
    cbor_read_fixed(reader, wrap.key, sizeof wrap.key);
    return wrap;
}

/* Takes the array of wraps and checks its form: a wrong key in it makes only that wrap useless. */
static struct span wraps_read(struct reader *reader) {
    struct span whole = cbor_read_item(reader);
    struct reader items = reader_of(whole);
    uint64_t count = cbor_read_array(&items, WRAPS_PER_EPOCH_MAX);

    for (uint64_t i = 0; i < count; i++) {
        struct epoch_key wrap = wrap_read(&items);
        crypt_wipe(&wrap, sizeof wrap);
    }
    if (items.failed) {
        reader->failed = true;
    }
    return whole;
}

static enum rb_status epoch_read(struct span body, struct op *op) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    unsigned seen = 0;
    uint64_t key;

    while (cbor_map_next(&map, &reader, &key)) {
        switch (key) {
        case 0:
            op->parents = ids_read(&reader, HASH_BYTES, 0, WRAPS_PER_EPOCH_MAX);
            break;
        case 1:
            op->recipients = recipients_read(&reader);
            break;
        case 2:
            op->wraps = wraps_read(&reader);
            break;
        default:
            cbor_skip(&reader);
        }
        seen |= field_bit(key);
    }
    return fields_end(&reader, seen, EPOCH_FIELDS);
}

size_t op_parents(const struct op *op, uint8_t (*parents)[HASH_BYTES], size_t max) {
    return ids_copy(op->parents, (uint8_t *)parents, HASH_BYTES, max);
}

size_t op_wraps(const struct op *op, struct epoch_key *wraps, size_t max) {
    struct reader items = reader_of(op->wraps);
    uint64_t stated = op->wraps.len == 0 ? 0 : cbor_read_array(&items, UINT64_MAX);
    size_t count = 0;

    for (uint64_t i = 0; i < stated && count < max; i++) {
        struct epoch_key wrap = wrap_read(&items);
        epoch_key_from(&wraps[count], wrap.key);
        if (span_equal(span_of(wrap.id, HASH_BYTES), span_of(wraps[count].id, HASH_BYTES))) {
            count++;
        } else {
            crypt_wipe(&wraps[count], sizeof wraps[count]);
        }
        crypt_wipe(&wrap, sizeof wrap);
    }
    return count;
}

/* ---- KEYGRANT ---- */

void op_keygrant_encode(struct writer *out, const uint8_t epoch[static HASH_BYTES],
                        const uint8_t (*to)[CERT_ID_BYTES], size_t to_count) {
    cbor_write_map(out, KEYGRANT_FIELDS);
    cbor_write_uint(out, 0);
    cbor_write_bytes(out, span_of(epoch, HASH_BYTES));
    cbor_write_uint(out, 1);
    recipients_write(out, to, to_count);
}

static enum rb_status keygrant_read(struct span body, struct op *op) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    unsigned seen = 0;
    uint64_t key;

    while (cbor_map_next(&map, &reader, &key)) {
        switch (key) {
        case 0:
            cbor_read_fixed(&reader, op->epoch, sizeof op->epoch);
            break;
        case 1:
            op->recipients = recipients_read(&reader);
            break;
        default:
            cbor_skip(&reader);
        }
        seen |= field_bit(key);
    }
    return fields_end(&reader, seen, KEYGRANT_FIELDS);
}

/* ---- Any operation ---- */

static const struct op_format {
    enum op_type type;
    enum rb_status (*read)(struct span body, struct op *op);
} formats[] = {
    { OP_GENESIS, genesis_read },   { OP_ADD, add_read },         { OP_REMOVE, remove_read },
    { OP_ACCEPT, empty_read },      { OP_DECLINE, decline_read }, { OP_EPOCH, epoch_read },
    { OP_KEYGRANT, keygrant_read },
};

static const struct op_format *format_of(uint64_t type) {
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (type == (uint64_t)formats[i].type) {
            return &formats[i];
        }
    }
    return NULL;
}

enum rb_status op_decode(const struct payload *payload, struct op *op) {
    const struct op_format *format = format_of(payload->type);

    if (format == NULL) {
        return RB_UNKNOWN;
    }
    struct op value = { .type = format->type, .hlc = payload->hlc };
    assert(payload->ctl_count <= DEPS_MAX);
    value.dep_count = payload->ctl_count;
    memcpy(value.deps, payload->ctl, payload->ctl_count * REF_BYTES);
    enum rb_status status = format->read(payload->body, &value);
    if (status == RB_OK) {
        *op = value;
    }
    return status;
}

void circle_id(uint8_t out[static HASH_BYTES], struct span genesis_payload) {
    crypt_hash(out, HASH_BYTES, (struct span) { 0 }, "rk.circle", &genesis_payload, 1);
}
