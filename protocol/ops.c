/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/ops.h"

#include "protocol/cbor.h"

#include <assert.h>
#include <string.h>

enum {
    GENESIS_NONCE_BYTES = 16,
    PAIR_ITEMS = 3,
    PAIR_ITEMS_MAX = 4, /* with a chain */
    WRAP_ITEMS = 2,
    LOCK_ITEMS = 3
};

/* ---- Fields: those that may not be absent, as bits ---- */

enum {
    NO_FIELD = 0,
    FIELD_1 = 1u << 1,
    FIELDS_0_TO_1 = (1u << 2) - 1,
    FIELDS_0_TO_2 = (1u << 3) - 1,
    FIELDS_0_TO_5 = (1u << 6) - 1
};

static unsigned field_bit(uint64_t key) {
    return key < 32 ? 1u << key : 0;
}

/* RB_OK if the body was read to its end and has the fields that are needed. */
static enum rb_status fields_end(const struct reader *reader, unsigned seen, unsigned needed) {
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

bool op_has_pair(const struct op *op) {
    return op->type == OP_GENESIS || op->type == OP_ADD || op->type == OP_DEVICE;
}

size_t op_recipients(const struct op *op, uint8_t (*to)[CERT_ID_BYTES], size_t max) {
    return ids_copy(op->recipients, (uint8_t *)to, CERT_ID_BYTES, max);
}

/* ---- PAIR: who is named, by which device, with which seal key ---- */

static void pair_write(struct writer *out, const struct op_pair *pair) {
    cbor_write_array(out, pair->chain.len == 0 ? PAIR_ITEMS : PAIR_ITEMS_MAX);
    cbor_write_bytes(out, pair->person_cert);
    cbor_write_bytes(out, pair->device_cert);
    cbor_write_bytes(out, pair->seal_key);
    writer_span(out, pair->chain);
}

static struct op_pair pair_read(struct reader *reader) {
    struct op_pair pair = { 0 };
    uint64_t items = cbor_read_array(reader, PAIR_ITEMS_MAX);

    pair.person_cert = cbor_read_bytes(reader, CERT_BYTES_MAX);
    pair.device_cert = cbor_read_bytes(reader, CERT_BYTES_MAX);
    pair.seal_key = cbor_read_bytes(reader, CERT_BYTES_MAX);
    if (items == PAIR_ITEMS_MAX) {
        pair.chain = cbor_read_item(reader);
    }
    if (items < PAIR_ITEMS) {
        reader->failed = true;
    }
    return pair;
}

/* Decodes into op->person, device, seal and letter, and verifies, unless the operation is known,
 * that each vouches for the next. */
static enum rb_status pair_take(const struct op_pair *pair, struct op *op) {
    enum rb_status status = cert_decode(pair->person_cert, &op->person);

    if (status == RB_OK) {
        status = cert_decode(pair->device_cert, &op->device);
    }
    if (status == RB_OK) {
        status = op->is_known
                     ? cert_read_chain(&op->person, &op->device, pair->chain, &op->letter)
                     : cert_verify_chain(&op->person, &op->device, pair->chain, &op->letter);
    }
    if (status == RB_OK) {
        status = seal_key_decode(pair->seal_key, &op->seal);
    }
    if (status == RB_OK && !op->is_known) {
        status = seal_key_verify(&op->seal, &op->device);
    }
    op->chain = pair->chain;
    return status;
}

/* ---- GENESIS ---- */

/* An id, or null. */
static void optional_id_write(struct writer *out, const uint8_t *id) {
    if (id == NULL) {
        cbor_write_null(out);
    } else {
        cbor_write_bytes(out, span_of(id, HASH_BYTES));
    }
}

void op_genesis_encode(struct writer *out, const struct op_genesis *genesis,
                       const struct op_pair *pair) {
    struct cert device;
    enum rb_status status = cert_decode(pair->device_cert, &device);

    assert(status == RB_OK);
    cbor_write_map(out, genesis->anchor == NULL ? 6 : 7);
    cbor_write_uint(out, 0);
    cbor_write_uint(out, (uint64_t)genesis->kind);
    cbor_write_uint(out, 1);
    cbor_write_bool(out, false);
    cbor_write_uint(out, 2);
    optional_id_write(out, genesis->parent);
    cbor_write_uint(out, 3);
    cbor_write_bytes(out, span_of(genesis->nonce, GENESIS_NONCE_BYTES));
    cbor_write_uint(out, 4);
    pair_write(out, pair);
    cbor_write_uint(out, 5);
    recipients_write(out, &device.id, 1);
    if (genesis->anchor != NULL) {
        cbor_write_uint(out, 6);
        cbor_write_bytes(out, span_of(genesis->anchor, HASH_BYTES));
    }
}

/* A circle kind, now or of a newer version: what is not known is refused by genesis_read. */
static enum circle_kind kind_read(struct reader *reader) {
    return (enum circle_kind)cbor_read_uint(reader, UINT8_MAX);
}

static void parent_circle_read(struct reader *reader, struct op *op) {
    op->has_parent = !cbor_read_null(reader);
    if (op->has_parent) {
        cbor_read_fixed(reader, op->parent, sizeof op->parent);
    }
}

static enum rb_status genesis_read(struct span body, struct op *op) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    struct op_pair pair = { 0 };
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
            parent_circle_read(&reader, op);
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
        case 6:
            op->has_anchor = true;
            cbor_read_fixed(&reader, op->anchor, sizeof op->anchor);
            break;
        default:
            cbor_skip(&reader);
        }
        seen |= field_bit(key);
    }
    op->role = CIRCLE_OWNER;
    enum rb_status status = fields_end(&reader, seen, FIELDS_0_TO_5);
    if (status == RB_OK && (op->kind < CIRCLE_GROUP || op->kind > CIRCLE_REQUEST)) {
        status = RB_UNKNOWN;
    }
    return status == RB_OK ? pair_take(&pair, op) : status;
}

/* ---- ADD ---- */

void op_add_encode(struct writer *out, enum circle_role role, const struct op_pair *pair,
                   int64_t until_s) {
    assert(until_s >= 0);
    assert(until_s < SECONDS_END);
    cbor_write_map(out, until_s == 0 ? 2 : 3);
    cbor_write_uint(out, 0);
    cbor_write_uint(out, (uint64_t)role);
    cbor_write_uint(out, 1);
    pair_write(out, pair);
    if (until_s != 0) {
        cbor_write_uint(out, 2);
        cbor_write_uint(out, (uint64_t)until_s);
    }
}

/* A time; 0 has no form of its own, for it is left out. */
static int64_t until_read(struct reader *reader) {
    uint64_t until_s = cbor_read_uint(reader, SECONDS_END - 1);

    if (until_s == 0) {
        reader->failed = true;
    }
    return (int64_t)until_s;
}

static enum rb_status add_read(struct span body, struct op *op) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    struct op_pair pair = { 0 };
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
        case 2:
            op->until_s = until_read(&reader);
            break;
        default:
            cbor_skip(&reader);
        }
        seen |= field_bit(key);
    }
    enum rb_status status = fields_end(&reader, seen, FIELDS_0_TO_1);
    return status == RB_OK ? pair_take(&pair, op) : status;
}

/* ---- DEVICE ---- */

void op_device_encode(struct writer *out, const struct op_pair *pair) {
    cbor_write_map(out, 1);
    cbor_write_uint(out, 1);
    pair_write(out, pair);
}

static enum rb_status device_read(struct span body, struct op *op) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    struct op_pair pair = { 0 };
    unsigned seen = 0;
    uint64_t key;

    while (cbor_map_next(&map, &reader, &key)) {
        if (key == 1) {
            pair = pair_read(&reader);
        } else {
            cbor_skip(&reader);
        }
        seen |= field_bit(key);
    }
    enum rb_status status = fields_end(&reader, seen, FIELD_1);
    return status == RB_OK ? pair_take(&pair, op) : status;
}

/* ---- Locks: logs, and how far each counts ---- */

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
    if (lock.seq == 0) {
        reader->failed = true; /* has no event, so no head: such a log is not listed */
    }
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
    cbor_write_map(out, 2);
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
    return fields_end(&reader, seen, FIELDS_0_TO_1);
}

/* ---- REVOKED ---- */

void op_revoked_encode(struct writer *out, struct span revoke, const struct op_lock *locks,
                       size_t count) {
    cbor_write_map(out, 2);
    cbor_write_uint(out, 0);
    cbor_write_bytes(out, revoke);
    cbor_write_uint(out, 1);
    locks_write(out, locks, count);
}

static enum rb_status revoked_read(struct span body, struct op *op) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    struct span revoke = { 0 };
    unsigned seen = 0;
    uint64_t key;

    while (cbor_map_next(&map, &reader, &key)) {
        switch (key) {
        case 0:
            revoke = cbor_read_bytes(&reader, CERT_BYTES_MAX);
            break;
        case 1:
            op->locks = locks_read(&reader);
            break;
        default:
            cbor_skip(&reader);
        }
        seen |= field_bit(key);
    }
    enum rb_status status = fields_end(&reader, seen, FIELDS_0_TO_1);
    return status == RB_OK ? revoke_decode(revoke, &op->revocation) : status;
}

/* ---- ACCEPT, DECLINE, ADOPT ---- */

void op_empty_encode(struct writer *out) {
    cbor_write_map(out, 0);
}

static enum rb_status empty_read(struct span body, struct op *op) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    uint64_t key;
    (void)op; /* Nothing to fill; the table wants one form. */

    while (cbor_map_next(&map, &reader, &key)) {
        cbor_skip(&reader);
    }
    return fields_end(&reader, 0, NO_FIELD);
}

/* The locks are field 1 in every body that has some. */
static void locks_alone_write(struct writer *out, const struct op_lock *locks, size_t count) {
    cbor_write_map(out, 1);
    cbor_write_uint(out, 1);
    locks_write(out, locks, count);
}

static enum rb_status locks_alone_read(struct span body, unsigned needed, struct op *op) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    unsigned seen = 0;
    uint64_t key;

    while (cbor_map_next(&map, &reader, &key)) {
        if (key == 1) {
            op->locks = locks_read(&reader);
        } else {
            cbor_skip(&reader);
        }
        seen |= field_bit(key);
    }
    return fields_end(&reader, seen, needed);
}

void op_decline_encode(struct writer *out, const struct op_lock *locks, size_t count) {
    if (count == 0) {
        op_empty_encode(out);
    } else {
        locks_alone_write(out, locks, count);
    }
}

static enum rb_status decline_read(struct span body, struct op *op) {
    return locks_alone_read(body, NO_FIELD, op);
}

void op_adopt_encode(struct writer *out, const struct op_lock *locks, size_t count) {
    locks_alone_write(out, locks, count);
}

static enum rb_status adopt_read(struct span body, struct op *op) {
    return locks_alone_read(body, FIELD_1, op);
}

/* ---- EPOCH ---- */

void op_epoch_encode(struct writer *out, const uint8_t (*parents)[HASH_BYTES], size_t parent_count,
                     const uint8_t (*to)[CERT_ID_BYTES], size_t to_count,
                     const struct epoch_key *wraps, size_t wrap_count) {
    assert(parent_count <= WRAPS_PER_EPOCH_MAX);
    assert(wrap_count <= WRAPS_PER_EPOCH_MAX);
    cbor_write_map(out, 3);
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
    return fields_end(&reader, seen, FIELDS_0_TO_2);
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
    cbor_write_map(out, 2);
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
    return fields_end(&reader, seen, FIELDS_0_TO_1);
}

/* ---- Any operation ---- */

static const struct op_format {
    enum op_type type;
    enum rb_status (*read)(struct span body, struct op *op);
} formats[] = {
    { OP_GENESIS, genesis_read },   { OP_ADD, add_read },         { OP_REMOVE, remove_read },
    { OP_ACCEPT, empty_read },      { OP_DECLINE, decline_read }, { OP_EPOCH, epoch_read },
    { OP_KEYGRANT, keygrant_read }, { OP_DEVICE, device_read },   { OP_REVOKED, revoked_read },
    { OP_ADOPT, adopt_read },
};

static const struct op_format *format_of(uint64_t type) {
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (type == (uint64_t)formats[i].type) {
            return &formats[i];
        }
    }
    return NULL;
}

static enum rb_status decode(const struct payload *payload, bool is_known, struct op *op) {
    const struct op_format *format = format_of(payload->type);

    if (format == NULL) {
        return RB_UNKNOWN;
    }
    struct op value = { .type = format->type, .is_known = is_known, .hlc = payload->hlc };
    assert(payload->ctl_count <= DEPS_MAX);
    value.dep_count = payload->ctl_count;
    memcpy(value.deps, payload->ctl, payload->ctl_count * REF_BYTES);
    enum rb_status status = format->read(payload->body, &value);
    if (status == RB_OK) {
        *op = value;
    }
    return status;
}

enum rb_status op_decode(const struct payload *payload, struct op *op) {
    return decode(payload, false, op);
}

enum rb_status op_decode_again(const struct payload *payload, struct op *op) {
    return decode(payload, true, op);
}

void circle_id(uint8_t out[static HASH_BYTES], struct span genesis_payload) {
    crypt_hash(out, HASH_BYTES, (struct span) { 0 }, "rk.circle", &genesis_payload, 1);
}
