/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/envelope.h"

#include "protocol/cbor.h"

void envelope_write(struct writer *out, const struct sign_key *key, const char *label,
                    struct span body) {
    uint8_t signature[SIGNATURE_BYTES];

    crypt_sign(signature, key, label, body);
    cbor_write_array(out, 2);
    cbor_write_bytes(out, body);
    cbor_write_bytes(out, span_of(signature, sizeof signature));
}

enum rb_status envelope_decode(struct span bytes, size_t len_max, struct envelope *out) {
    struct reader reader = reader_of(bytes);
    struct envelope value = { 0 };

    uint64_t items = cbor_read_array(&reader, 2);
    value.body = cbor_read_bytes(&reader, len_max);
    cbor_read_fixed(&reader, value.signature, sizeof value.signature);
    if (reader_end(&reader) != RB_OK || items != 2 || bytes.len > len_max) {
        return RB_MALFORMED;
    }
    *out = value;
    return cbor_check(value.body);
}

enum rb_status envelope_verify(struct span bytes, size_t len_max, const char *label,
                               const uint8_t public[static SIGN_PUBLIC_BYTES]) {
    struct envelope envelope;
    enum rb_status status = envelope_decode(bytes, len_max, &envelope);

    if (status != RB_OK) {
        return status;
    }
    return crypt_verify(envelope.signature, public, label, envelope.body) ? RB_OK
                                                                          : RB_BAD_SIGNATURE;
}
