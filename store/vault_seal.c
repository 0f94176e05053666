/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/vault_internal.h"

#include <string.h>

/* What is authenticated with each unit:
 *
 *   off sz
 *     0  1  version of the format, 1           1  1  enum unit_kind          2  6  zero
 *     8  8  place                             16 16  vault id */
enum { AD_VERSION = 1, AD_PLACE_AT = 8, AD_ID_AT = 16, AD_BYTES = AD_ID_AT + VAULT_ID_BYTES };

static void bind_place(const struct vault *vault, enum unit_kind kind, uint64_t place,
                       uint8_t ad[static AD_BYTES]) {
    memset(ad, 0, AD_BYTES);
    ad[0] = AD_VERSION;
    ad[1] = (uint8_t)kind;
    number_put(ad + AD_PLACE_AT, sizeof place, place);
    memcpy(ad + AD_ID_AT, vault->id, VAULT_ID_BYTES);
}

void unit_seal(const struct vault *vault, enum unit_kind kind, uint64_t place, const uint8_t *plain,
               size_t len, uint8_t *out) {
    uint8_t ad[AD_BYTES];
    uint8_t *nonce = out + len + TAG_BYTES;

    bind_place(vault, kind, place, ad);
    crypt_random(nonce, NONCE_BYTES);
    crypt_seal(out, vault->page_key, nonce, span_of(ad, sizeof ad), span_of(plain, len));
}

bool unit_open(const struct vault *vault, enum unit_kind kind, uint64_t place,
               const uint8_t *sealed, size_t len, uint8_t *out) {
    uint8_t ad[AD_BYTES];
    const uint8_t *nonce = sealed + len + TAG_BYTES;

    bind_place(vault, kind, place, ad);
    return crypt_open(out, vault->page_key, nonce, span_of(ad, sizeof ad),
                      span_of(sealed, len + TAG_BYTES)) == RB_OK;
}

void number_put(uint8_t *out, size_t bytes, uint64_t value) {
    for (size_t i = 0; i < bytes; i++) {
        out[i] = (uint8_t)(value >> (8 * i));
    }
}

uint64_t number_get(const uint8_t *in, size_t bytes) {
    uint64_t value = 0;

    for (size_t i = 0; i < bytes; i++) {
        value |= (uint64_t)in[i] << (8 * i);
    }
    return value;
}

bool bytes_are_zero(const uint8_t *bytes, size_t len) {
    uint8_t any = 0;

    for (size_t i = 0; i < len; i++) {
        any |= bytes[i];
    }
    return any == 0;
}
