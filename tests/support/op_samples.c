/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/op_samples.h"

#include "tests/support/offices.h"

#include <string.h>

struct party rina, bayu;

static void party_init(struct party *party, uint8_t seed, const char *name) {
    struct person_facts facts = { .name = span_text(name), .role = ROLE_TKSK };
    const struct office *root_office = &offices_usual[OFFICES_USUAL - 1];
    struct cert device;

    memset(party->identity.person.seed, seed, SIGN_SEED_BYTES);
    memset(party->identity.device_seed, seed + 1, sizeof party->identity.device_seed);
    memset(party->identity.seal.secret, seed + 2, BOX_SECRET_BYTES);
    party->identity.seal_generation = 1;
    identity_derive(&party->identity);
    writer_init(&party->person_cert, CERT_BYTES_MAX);
    writer_init(&party->device_cert, CERT_BYTES_MAX);
    writer_init(&party->seal_key, CERT_BYTES_MAX);
    assert_int_equal(
        cert_issue_person(&party->person_cert, &party->identity, &facts, SAMPLES_NOW_MS / 1000),
        RB_OK);
    assert_int_equal(cert_issue_device(&party->device_cert, &party->identity, span_text("laptop"),
                                       SAMPLES_NOW_MS / 1000),
                     RB_OK);
    assert_int_equal(cert_decode(writer_view(&party->device_cert), &device), RB_OK);
    assert_int_equal(seal_key_issue(&party->seal_key, &party->identity, device.id, SAMPLES_NOW_MS),
                     RB_OK);
    writer_init(&party->letter, CERT_BYTES_MAX);
    writer_init(&party->chain, CHAIN_BYTES_MAX);
    assert_int_equal(office_letter(&party->letter, party->identity.person.public, root_office->fill,
                                   &facts, SAMPLES_NOW_MS / 1000),
                     RB_OK);
    offices_chain(&party->chain, root_office, 1, SAMPLES_NOW_MS / 1000);
}

static void party_clear(struct party *party) {
    writer_clear(&party->person_cert);
    writer_clear(&party->device_cert);
    writer_clear(&party->seal_key);
    writer_clear(&party->letter);
    writer_clear(&party->chain);
}

int parties_make(void **state) {
    (void)state;
    party_init(&rina, 10, "Rina Wulandari");
    party_init(&bayu, 20, "Bayu Pratama");
    return 0;
}

int parties_forget(void **state) {
    (void)state;
    party_clear(&rina);
    party_clear(&bayu);
    return 0;
}

const uint8_t some_person[HASH_BYTES] = { 0xaa, 0xbb };
const uint8_t some_devices[2][CERT_ID_BYTES] = { { 1 }, { 2 } };
static const uint8_t nonce[16] = { 3 };
const struct op_lock some_locks[2] = {
    { .log = { 0x11 }, .seq = 7, .hash = { 0x22 } },
    { .log = { 0x33 }, .seq = 300, .hash = { 0x44 } },
};

struct epoch_key key_of(uint8_t byte) {
    struct epoch_key key;
    uint8_t bytes[KEY_BYTES];

    memset(bytes, byte, sizeof bytes);
    epoch_key_from(&key, bytes);
    return key;
}

struct op_pair party_pair(const struct party *party) {
    return (struct op_pair) {
        .person_cert = writer_view(&party->person_cert),
        .device_cert = writer_view(&party->device_cert),
        .seal_key = writer_view(&party->seal_key),
    };
}

struct op_pair party_letter_pair(const struct party *party) {
    struct op_pair pair = party_pair(party);

    pair.person_cert = writer_view(&party->letter);
    pair.chain = writer_view(&party->chain);
    return pair;
}

static void genesis_write(struct writer *out, const struct op_genesis *told,
                          const struct op_pair *pair) {
    struct op_genesis genesis = *told;

    genesis.kind = CIRCLE_GROUP;
    memcpy(genesis.nonce, nonce, sizeof nonce);
    op_genesis_encode(out, &genesis, pair);
}

static void epoch_write(struct writer *out) {
    struct epoch_key wraps[2] = { key_of(7), key_of(8) };
    uint8_t parents[2][HASH_BYTES];

    memcpy(parents[0], wraps[0].id, HASH_BYTES);
    memcpy(parents[1], wraps[1].id, HASH_BYTES);
    op_epoch_encode(out, (const uint8_t(*)[HASH_BYTES])parents, 2, some_devices, 2, wraps, 2);
}

const uint8_t some_parent[HASH_BYTES] = { 0x50, 0x51 };
const uint8_t some_anchor[HASH_BYTES] = { 0x60, 0x61 };

void revoked_write(struct writer *out, const struct op_lock *named, size_t count) {
    struct writer revoke;

    writer_init(&revoke, CERT_BYTES_MAX);
    revoke_issue(&revoke, some_devices[0], some_person, &rina.identity.person,
                 SAMPLES_NOW_MS / 1000);
    op_revoked_encode(out, writer_view(&revoke), named, count);
    writer_clear(&revoke);
}

/* Each type, plain and with all that may be left out. */
static const struct sample samples[] = {
    { OP_GENESIS, false },  { OP_GENESIS, true }, { OP_ADD, false },     { OP_ADD, true },
    { OP_REMOVE, false },   { OP_ACCEPT, false }, { OP_DECLINE, true },  { OP_EPOCH, false },
    { OP_KEYGRANT, false }, { OP_DEVICE, false }, { OP_REVOKED, false }, { OP_ADOPT, false },
};

void sample_write(struct writer *out, const struct sample *sample) {
    const struct op_genesis plain = { 0 };
    const struct op_genesis child = { .parent = some_parent, .anchor = some_anchor };
    struct op_pair pair = sample->rich ? party_letter_pair(&rina) : party_pair(&rina);

    switch (sample->type) {
    case OP_GENESIS:
        genesis_write(out, sample->rich ? &child : &plain, &pair);
        break;
    case OP_ADD:
        op_add_encode(out, CIRCLE_WRITER, &pair, sample->rich ? SAMPLES_NOW_MS / 1000 : 0);
        break;
    case OP_DEVICE:
        op_device_encode(out, &pair);
        break;
    case OP_REMOVE:
        op_remove_encode(out, some_person, some_locks, 2);
        break;
    case OP_DECLINE:
        op_decline_encode(out, some_locks, 2);
        break;
    case OP_REVOKED:
        revoked_write(out, some_locks, 2);
        break;
    case OP_ADOPT:
        op_adopt_encode(out, some_locks, 2);
        break;
    case OP_EPOCH:
        epoch_write(out);
        break;
    case OP_KEYGRANT:
        op_keygrant_encode(out, key_of(7).id, some_devices, 2);
        break;
    default:
        op_empty_encode(out);
    }
}

void body_write(struct writer *out, enum op_type type) {
    const struct sample sample = { type, false };

    sample_write(out, &sample);
}

enum rb_status body_decode(enum op_type type, struct span body, struct op *op) {
    struct payload payload = { .type = (uint64_t)type, .hlc = 77, .body = body };

    return op_decode(&payload, op);
}

/* Runs `check` with every sample. */
void body_each(void (*check)(enum op_type type, struct span body)) {
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct writer body;
        writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
        sample_write(&body, &samples[i]);
        assert_int_equal(writer_end(&body), RB_OK);
        check(samples[i].type, writer_view(&body));
        writer_clear(&body);
    }
}
