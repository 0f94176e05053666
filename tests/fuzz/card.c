/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cards, their parts and their armour from strangers.  The parts are decoded by themselves too,
 * since no fuzzer finds a signature. */
#include "tests/fuzz/fuzz.h"

#include "protocol/credential.h"

#include <assert.h>

static void parts_decode(struct span bytes) {
    struct cert cert;
    struct seal_key key;

    if (cert_decode(bytes, &cert) == RB_OK) {
        assert(cert.whole.len == bytes.len);
        (void)cert_verify(&cert, cert.subject); /* It only must not fail badly. */
    }
    if (seal_key_decode(bytes, &key) == RB_OK) {
        assert(key.generation > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    const struct span bytes = span_of(data, len);
    struct card card;
    struct writer bare;

    if (crypt_start() != RB_OK) {
        return 0;
    }
    parts_decode(bytes);
    if (card_decode(bytes, &card) == RB_OK) {
        assert(card.address_count <= ADDRESSES_MAX);
    }
    writer_init(&bare, CARD_BYTES_MAX);
    if (card_unarmour(bytes, &bare) == RB_OK) {
        (void)card_decode(writer_view(&bare), &card); /* The armour says nothing about the card. */
    }
    writer_clear(&bare);
    (void)address_is_valid(bytes); /* It only must not read outside. */
    return 0;
}
