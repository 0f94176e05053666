/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/roster.h"

#include "protocol/cbor.h"

#include <string.h>

enum { DAY_AT, DAY_CHAIN, DAY_SIGNATURE };

#define BIT(field)   (1u << (field))
#define ALL          (BIT(DAY_AT) | BIT(DAY_CHAIN) | BIT(DAY_SIGNATURE))
#define SIGNED_BYTES (HASH_BYTES + 8)
#define OFFICES_MIN  2 /* a root gives no letters: it has no key of its own */

static const char label[] = "rk.roster";

void roster_day_encode(struct writer *out, const struct roster_day *day) {
    cbor_write_map(out, 3);
    cbor_write_uint(out, DAY_AT);
    cbor_write_uint(out, (uint64_t)day->at_s);
    cbor_write_uint(out, DAY_CHAIN);
    cbor_write_bytes(out, day->chain);
    cbor_write_uint(out, DAY_SIGNATURE);
    cbor_write_bytes(out, span_of(day->signature, sizeof day->signature));
}

static void field_read(struct reader *reader, uint64_t key, struct roster_day *day) {
    switch (key) {
    case DAY_AT:
        day->at_s = (int64_t)cbor_read_uint(reader, SECONDS_END - 1);
        break;
    case DAY_CHAIN:
        day->chain = cbor_read_bytes(reader, CHAIN_BYTES_MAX);
        break;
    case DAY_SIGNATURE:
        cbor_read_fixed(reader, day->signature, sizeof day->signature);
        break;
    default:
        cbor_skip(reader);
    }
}

enum rb_status roster_day_decode(struct span body, struct roster_day *day) {
    struct reader reader = reader_of(body);
    struct roster_day value = { 0 };
    unsigned fields = 0;
    uint64_t key;

    struct cbor_map map = cbor_read_map(&reader);
    while (cbor_map_next(&map, &reader, &key)) {
        fields |= key <= DAY_SIGNATURE ? BIT(key) : 0;
        field_read(&reader, key, &value);
    }
    if (reader_end(&reader) != RB_OK || fields != ALL || value.chain.len == 0) {
        return RB_MALFORMED;
    }
    *day = value;
    return RB_OK;
}

/* What is signed, appended to `message`, which the caller clears. */
static void message_write(struct writer *message, const struct roster_day *day,
                          const uint8_t circle[static HASH_BYTES]) {
    writer_init(message, SIGNED_BYTES);
    writer_span(message, span_of(circle, HASH_BYTES));
    writer_u64(message, (uint64_t)day->at_s);
}

void roster_day_sign(struct roster_day *day, const uint8_t circle[static HASH_BYTES],
                     const struct sign_key *office) {
    struct writer message;

    message_write(&message, day, circle);
    crypt_sign(day->signature, office, label, writer_view(&message));
    writer_clear(&message);
}

enum rb_status roster_day_verify(const struct roster_day *day,
                                 const uint8_t circle[static HASH_BYTES],
                                 struct cert offices[static CHAIN_CERTS_MAX], size_t *count) {
    struct cert values[CHAIN_CERTS_MAX];
    struct writer message;
    size_t found = 0;

    const enum rb_status status = chain_decode(day->chain, values, &found);
    if (status != RB_OK) {
        return status;
    }
    if (found < OFFICES_MIN) {
        return RB_MALFORMED;
    }
    message_write(&message, day, circle);
    const bool is_signed =
        crypt_verify(day->signature, values[0].subject, label, writer_view(&message));
    writer_clear(&message);
    if (!is_signed) {
        return RB_BAD_SIGNATURE;
    }
    memcpy(offices, values, found * sizeof values[0]);
    *count = found;
    return RB_OK;
}
