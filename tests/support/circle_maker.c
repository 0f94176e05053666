/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/circle_maker.h"

#include "protocol/identity.h"
#include "tests/support/random.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_BYTES_MAX = 8192 };

/* ---- Names ---- */

/* A key whose id begins with the letter, found by trying, and remembered. */
struct named_key {
    bool is_made;
    uint8_t public[SIGN_PUBLIC_BYTES];
    uint8_t id[HASH_BYTES];
};

static const struct named_key *key_of(char letter) {
    static struct named_key keys[UINT8_MAX + 1];
    struct named_key *key = &keys[(uint8_t)letter];

    for (uint16_t n = 0; !key->is_made; n++) {
        uint8_t public[SIGN_PUBLIC_BYTES] = { (uint8_t)letter, 'P', (uint8_t)n, (uint8_t)(n >> 8) };
        memcpy(key->public, public, sizeof public);
        identity_person_id(public, key->id);
        key->is_made = key->id[0] == (uint8_t)letter;
    }
    return key;
}

static char small(char letter) {
    return (char)(letter | 0x20);
}

void made_person(uint8_t id[static HASH_BYTES], char letter) {
    memcpy(id, key_of(small(letter))->id, HASH_BYTES);
}

void made_device(uint8_t id[static CERT_ID_BYTES], char letter) {
    memset(id, 0, CERT_ID_BYTES);
    id[0] = (uint8_t)letter;
}

void made_ref(uint8_t ref[static REF_BYTES], size_t index) {
    struct random random = { .state = 1000 + index };

    random_fill(&random, ref, REF_BYTES);
}

size_t made_index(uint64_t op) {
    size_t index = 0;

    assert(op != 0);
    while ((op >> index & 1) == 0) {
        index++;
    }
    return index;
}

void made_log(uint8_t log[static LOG_PK_BYTES], char letter, uint8_t number) {
    memset(log, 0, LOG_PK_BYTES);
    log[0] = (uint8_t)letter;
    log[1] = number;
}

void made_cert(uint8_t id[static CERT_ID_BYTES], const struct made_circle *made, char letter) {
    memset(id, 0, CERT_ID_BYTES);
    id[0] = (uint8_t)small(letter);
    id[1] = 'P';
    id[2] = made->serial;
    if (made->office != 0) {
        id[3] = (uint8_t)made->office;
        id[4] = (uint8_t)made->rank;
        id[5] = made->foreign;
    }
}

void made_signer(uint8_t public[static SIGN_PUBLIC_BYTES], char signer, char of) {
    memset(public, 0, SIGN_PUBLIC_BYTES);
    if (signer == MADE_HIMSELF) {
        memcpy(public, key_of(small(of))->public, SIGN_PUBLIC_BYTES);
    } else if (signer >= '0' && signer <= '9') {
        memcpy(public, key_of(signer)->public, SIGN_PUBLIC_BYTES);
    } else {
        public[0] = (uint8_t)signer;
        public[1] = 'D';
    }
}

void made_key(const struct made_circle *made, struct epoch_key *key) {
    struct random random = { .state = 2000 + made->count };
    uint8_t bytes[KEY_BYTES];

    random_fill(&random, bytes, sizeof bytes);
    epoch_key_from(key, bytes);
}

/* ---- Operations ---- */

struct made_circle *made_circle_new(void) {
    struct made_circle *made = rb_alloc(1, sizeof *made);

    for (size_t i = 0; i < MADE_OPS_MAX; i++) {
        writer_init(&made->bodies[i], BODY_BYTES_MAX);
    }
    return made;
}

void made_circle_reset(struct made_circle *made) {
    for (size_t i = 0; i < made->count; i++) {
        writer_reset(&made->bodies[i]);
    }
    made->count = 0;
    made->now_ms = 0;
    made->log = 0;
    made->anchored = false;
    made->serial = 0;
    made->office = 0;
    made->rank = RANK_ROOT;
    made->foreign = false;
    made->until_s = 0;
}

void made_circle_free(struct made_circle *made) {
    for (size_t i = 0; made != NULL && i < MADE_OPS_MAX; i++) {
        writer_clear(&made->bodies[i]);
    }
    free(made);
}

static void deps_fill(struct op *op, uint64_t after) {
    for (size_t i = 0; i < 64; i++) {
        if ((after >> i & 1) != 0) {
            made_ref(op->deps[op->dep_count++], i);
        }
    }
}

static struct op *op_begin(struct made_circle *made, enum op_type type, char author,
                           uint64_t after) {
    struct op *op = &made->ops[made->count];

    assert(made->count < MADE_OPS_MAX - 1);
    *op = (struct op) { .type = type, .hlc = (uint64_t)made->now_ms << 16 };
    made_ref(op->ref, made->count);
    made_person(op->author, author);
    made_device(op->author_device, author);
    made_log(op->log, author, made->log);
    op->seq = made->count + 1;
    deps_fill(op, after);
    return op;
}

static uint64_t op_end(struct made_circle *made) {
    return UINT64_C(1) << made->count++;
}

static void letter_fill(const struct made_circle *made, struct letter *letter) {
    letter->exists = true;
    letter->rank = made->rank;
    letter->root[0] = made->foreign ? 'F' : MADE_ROOT;
}

/* The fields that the fold reads. */
static void op_name(struct made_circle *made, struct op *op, char target, enum circle_role role) {
    op->person.kind = CERT_PERSON;
    made_person(op->person.person, target);
    made_cert(op->person.id, made, target);
    made_signer(op->person.subject, MADE_HIMSELF, target);
    memcpy(op->person.issuer, key_of(made->office != 0 ? made->office : small(target))->id,
           HASH_BYTES);
    if (made->office != 0) {
        letter_fill(made, &op->letter);
    }
    op->device.kind = CERT_DEVICE;
    made_device(op->device.id, target);
    made_signer(op->device.subject, target, target);
    made_person(op->device.person, target);
    made_person(op->device.issuer, target);
    op->role = role;
    op->seal.generation = 1;
    op->seal.public[0] = (uint8_t)target;
    op->seal.public[1] = (uint8_t)made->count;
}

/* Takes the body's own fields through the real decoder. */
static void op_read_body(struct made_circle *made, struct op *op) {
    struct op read;
    struct payload payload = { .type = (uint64_t)op->type,
                               .body = writer_view(&made->bodies[made->count]) };
    enum rb_status status = op_decode(&payload, &read);

    assert(status == RB_OK);
    op->parents = read.parents;
    op->recipients = read.recipients;
    op->wraps = read.wraps;
    op->locks = read.locks;
}

/* The array of locks as a REMOVE has it; its other fields are not read. */
static void op_lock_logs(struct made_circle *made, struct op *op, struct made_locks of) {
    struct op_lock locks[2 * MADE_OTHER_LOGS] = { 0 };
    enum op_type type = op->type;
    uint8_t nobody[HASH_BYTES] = { 0 };
    size_t count = 0;

    for (unsigned bit = 0; bit < 2 * MADE_OTHER_LOGS; bit++) {
        if ((of.numbers >> bit & 1) != 0 && of.seq > 0) { /* up to 0: not listed */
            char letter = bit < MADE_OTHER_LOGS ? of.of : (char)(of.of ^ 0x20);
            made_log(locks[count].log, letter, (uint8_t)(bit % MADE_OTHER_LOGS));
            locks[count++].seq = of.seq;
        }
    }
    op_remove_encode(&made->bodies[made->count], nobody, locks, count);
    op->type = OP_REMOVE;
    op_read_body(made, op);
    op->type = type;
}

static size_t devices_of(uint8_t (*devices)[CERT_ID_BYTES], const char *letters) {
    size_t count = strlen(letters);

    assert(count <= SEALS_PER_KEY_BODY_MAX);
    for (size_t i = 0; i < count; i++) {
        made_device(devices[i], letters[i]);
    }
    return count;
}

uint64_t made_genesis(struct made_circle *made, char author, uint64_t after) {
    struct op *op = op_begin(made, OP_GENESIS, author, after);
    uint8_t to[1][CERT_ID_BYTES];

    op_name(made, op, author, CIRCLE_OWNER);
    op->kind = CIRCLE_GROUP;
    op->has_anchor = made->anchored;
    op->anchor[0] = made->anchored ? MADE_ROOT : 0;
    made_device(to[0], author);
    made_key(made, &made->keys[made->count]);
    memcpy(op->epoch, made->keys[made->count].id, HASH_BYTES);
    /* Only `to` is needed of the body: a KEYGRANT writes it without certificates. */
    op->type = OP_KEYGRANT;
    op_keygrant_encode(&made->bodies[made->count], op->epoch, (const uint8_t(*)[CERT_ID_BYTES])to,
                       1);
    op_read_body(made, op);
    op->type = OP_GENESIS;
    return op_end(made);
}

uint64_t made_add(struct made_circle *made, char author, char target, enum circle_role role,
                  uint64_t after) {
    struct op *op = op_begin(made, OP_ADD, author, after);

    op_name(made, op, target, role);
    op->until_s = made->until_s;
    return op_end(made);
}

uint64_t made_device_op(struct made_circle *made, char author, char target, uint64_t after) {
    op_name(made, op_begin(made, OP_DEVICE, author, after), target, CIRCLE_READER);
    return op_end(made);
}

uint64_t made_remove_locked(struct made_circle *made, char author, char target, unsigned numbers,
                            uint64_t seq, uint64_t after) {
    struct op *op = op_begin(made, OP_REMOVE, author, after);

    made_person(op->target, target);
    op_lock_logs(made, op, (struct made_locks) { target, numbers, seq });
    return op_end(made);
}

uint64_t made_remove(struct made_circle *made, char author, char target, uint64_t after) {
    return made_remove_locked(made, author, target, 0, 0, after);
}

uint64_t made_end(struct made_circle *made, enum op_type type, char author, unsigned numbers,
                  uint64_t seq, uint64_t after) {
    struct op *op = op_begin(made, type, author, after);

    if (type == OP_REMOVE) {
        made_person(op->target, author);
    }
    op_lock_logs(made, op, (struct made_locks) { author, numbers, seq });
    return op_end(made);
}

uint64_t made_revoked(struct made_circle *made, char author, struct made_revocation what,
                      uint64_t after) {
    struct op *op = op_begin(made, OP_REVOKED, author, after);

    if (what.of_person) {
        made_cert(op->revocation.cert_id, made, what.of);
    } else {
        made_device(op->revocation.cert_id, what.of);
    }
    made_person(op->revocation.person, what.of);
    made_signer(op->revocation.issuer, what.signer, what.of);
    op_lock_logs(made, op, (struct made_locks) { what.of, what.numbers, what.seq });
    return op_end(made);
}

uint64_t made_adopt(struct made_circle *made, char author, struct made_locks locks,
                    uint64_t after) {
    op_lock_logs(made, op_begin(made, OP_ADOPT, author, after), locks);
    return op_end(made);
}

uint64_t made_leave(struct made_circle *made, char author, uint64_t after) {
    return made_end(made, OP_REMOVE, author, 0, 0, after);
}

uint64_t made_accept(struct made_circle *made, char author, uint64_t after) {
    (void)op_begin(made, OP_ACCEPT, author, after); /* It has no body. */
    return op_end(made);
}

uint64_t made_decline(struct made_circle *made, char author, uint64_t after) {
    return made_end(made, OP_DECLINE, author, 0, 0, after);
}

uint64_t made_epoch_of(struct made_circle *made, char author, const struct epoch_key *key,
                       const char *to, uint64_t parents, uint64_t wraps, uint64_t after) {
    struct op *op = op_begin(made, OP_EPOCH, author, after);
    uint8_t devices[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES];
    uint8_t parent_ids[WRAPS_PER_EPOCH_MAX][HASH_BYTES];
    struct epoch_key wrapped[WRAPS_PER_EPOCH_MAX];
    size_t device_count = devices_of(devices, to);
    size_t parent_count = 0;
    size_t wrap_count = 0;

    for (size_t i = 0; i < made->count; i++) {
        if ((parents >> i & 1) != 0 && parent_count < WRAPS_PER_EPOCH_MAX) {
            memcpy(parent_ids[parent_count++], made->ops[i].epoch, HASH_BYTES);
        }
        if ((wraps >> i & 1) != 0 && wrap_count < WRAPS_PER_EPOCH_MAX) {
            wrapped[wrap_count++] = made->keys[i];
        }
    }
    made->keys[made->count] = *key;
    memcpy(op->epoch, key->id, HASH_BYTES);
    op_epoch_encode(&made->bodies[made->count], (const uint8_t(*)[HASH_BYTES])parent_ids,
                    parent_count, (const uint8_t(*)[CERT_ID_BYTES])devices, device_count, wrapped,
                    wrap_count);
    op_read_body(made, op);
    return op_end(made);
}

uint64_t made_epoch(struct made_circle *made, char author, const char *to, uint64_t parents,
                    uint64_t after) {
    struct epoch_key key;

    made_key(made, &key);
    return made_epoch_of(made, author, &key, to, parents, parents, after);
}

uint64_t made_grant(struct made_circle *made, char author, uint64_t of, const char *to,
                    uint64_t after) {
    struct op *op = op_begin(made, OP_KEYGRANT, author, after);
    uint8_t devices[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES];
    size_t device_count = devices_of(devices, to);

    made->keys[made->count] = made->keys[made_index(of)];
    memcpy(op->epoch, made->keys[made->count].id, HASH_BYTES);
    op_keygrant_encode(&made->bodies[made->count], op->epoch,
                       (const uint8_t(*)[CERT_ID_BYTES])devices, device_count);
    op_read_body(made, op);
    return op_end(made);
}
