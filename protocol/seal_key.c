/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The seal keys of credential.h. */
#include "protocol/credential.h"

#include "protocol/cbor.h"
#include "protocol/envelope.h"

#include <assert.h>

/* What is not below is no time: clocks of events have 48 bits. */
#define MILLIS_END (INT64_C(1) << 48)
#define BIT(field) (1U << (field))

static const char seal_key_label[] = "rk.xkey";

enum seal_key_field {
    SEAL_KEY_CERT = 0,
    SEAL_KEY_GENERATION = 1,
    SEAL_KEY_PUBLIC = 2,
    SEAL_KEY_FROM = 3,
    SEAL_KEY_PAIRS
};

enum rb_status seal_key_issue(struct writer *out, const struct identity *identity,
                              const uint8_t device_cert[static CERT_ID_BYTES], int64_t now_ms) {
    assert(now_ms >= 0);
    assert(now_ms < MILLIS_END);
    struct writer body;

    writer_init(&body, CERT_BYTES_MAX);
    cbor_write_map(&body, SEAL_KEY_PAIRS);
    cbor_write_uint(&body, SEAL_KEY_CERT);
    cbor_write_bytes(&body, span_of(device_cert, CERT_ID_BYTES));
    cbor_write_uint(&body, SEAL_KEY_GENERATION);
    cbor_write_uint(&body, identity->seal_generation);
    cbor_write_uint(&body, SEAL_KEY_PUBLIC);
    cbor_write_bytes(&body, span_of(identity->seal.public, BOX_PUBLIC_BYTES));
    cbor_write_uint(&body, SEAL_KEY_FROM);
    cbor_write_uint(&body, (uint64_t)now_ms);
    envelope_write(out, &identity->device, seal_key_label, writer_view(&body));
    writer_clear(&body);
    return writer_end(out);
}

static void seal_key_read_field(struct reader *reader, uint64_t field, struct seal_key *key) {
    switch (field) {
    case SEAL_KEY_CERT:
        cbor_read_fixed(reader, key->device_cert, sizeof key->device_cert);
        break;
    case SEAL_KEY_GENERATION:
        key->generation = (uint32_t)cbor_read_uint(reader, UINT32_MAX);
        break;
    case SEAL_KEY_PUBLIC:
        cbor_read_fixed(reader, key->public, sizeof key->public);
        break;
    case SEAL_KEY_FROM:
        key->from_ms = (int64_t)cbor_read_uint(reader, MILLIS_END - 1);
        break;
    default:
        cbor_skip(reader);
        break;
    }
}

enum rb_status seal_key_decode(struct span bytes, struct seal_key *key) {
    struct envelope envelope;
    struct seal_key value = { .whole = bytes };
    unsigned seen = 0;
    uint64_t field = 0;

    enum rb_status status = envelope_decode(bytes, CERT_BYTES_MAX, &envelope);
    if (status != RB_OK) {
        return status;
    }
    struct reader reader = reader_of(envelope.body);
    struct cbor_map map = cbor_read_map(&reader);
    while (cbor_map_next(&map, &reader, &field)) {
        seal_key_read_field(&reader, field, &value);
        seen |= field < SEAL_KEY_PAIRS ? BIT(field) : 0;
    }
    bool is_whole = seen == BIT(SEAL_KEY_PAIRS) - 1;
    if (reader_end(&reader) != RB_OK || !is_whole || value.generation == 0) {
        return RB_MALFORMED;
    }
    *key = value;
    return RB_OK;
}

enum rb_status seal_key_verify(const struct seal_key *key, const struct cert *device) {
    if (!crypt_equal(key->device_cert, device->id, sizeof device->id)) {
        return RB_BAD_SIGNATURE;
    }
    enum rb_status status =
        envelope_verify(key->whole, CERT_BYTES_MAX, seal_key_label, device->subject);
    if (status == RB_OK && !crypt_box_is_usable(key->public)) {
        return RB_MALFORMED;
    }
    return status;
}
