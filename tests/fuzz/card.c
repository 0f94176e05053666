/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cards, their parts and their armour from strangers, and revocations.  The parts are decoded by
 * themselves too, since no fuzzer finds a signature. */
#include "tests/fuzz/fuzz.h"

#include "protocol/credential.h"
#include "tests/support/sari.h"

#include <assert.h>

static void parts_decode(struct span bytes) {
    struct revocation revocation;
    struct cert cert;
    struct seal_key key;

    if (cert_decode(bytes, &cert) == RB_OK) {
        assert(cert.whole.len == bytes.len);
        assert(cert.kind != CERT_OFFICE || cert.rank <= RANK_WORKER);
        assert((cert.root_keys.len > 0) == (cert.kind == CERT_OFFICE && cert.rank == RANK_ROOT));
        (void)cert_verify(&cert, cert.subject); /* It only must not fail badly. */
        (void)cert_verify_office(&cert, &cert); /* Nor this. */
    }
    if (seal_key_decode(bytes, &key) == RB_OK) {
        assert(key.generation > 0);
    }
    if (revoke_decode(bytes, &revocation) == RB_OK) {
        assert(revocation.whole.len == bytes.len);
    }
}

/* The bytes as the chain above somebody whose own certificates are good: decoded to the end of each
 * office, since the links are looked at only one by one. */
static void letter_decode(struct span bytes) {
    static struct sari sari; /* the same in every run */
    struct cert person, device, offices[CHAIN_CERTS_MAX];
    struct letter letter;
    size_t count;

    if (sari.person.len == 0) {
        sari_make(&sari, 1);
    }
    enum rb_status status = cert_decode(writer_view(&sari.person), &person);
    assert(status == RB_OK);
    status = cert_decode(writer_view(&sari.device), &device);
    assert(status == RB_OK);
    if (bytes.len > 0) {
        status = cert_verify_chain(&person, &device, bytes, &letter);
        assert(status != RB_OK); /* she has signed herself */
    }
    if (chain_decode(bytes, offices, &count) == RB_OK) {
        assert(offices[count - 1].rank == RANK_ROOT);
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
    letter_decode(bytes);
    if (card_decode(bytes, &card) == RB_OK) {
        assert(card.address_count <= ADDRESSES_MAX);
        assert(card.letter.exists == (card.chain.len > 0));
    }
    writer_init(&bare, CARD_BYTES_MAX);
    if (card_unarmour(bytes, &bare) == RB_OK) {
        (void)card_decode(writer_view(&bare), &card); /* The armour says nothing about the card. */
    }
    writer_clear(&bare);
    (void)address_is_valid(bytes); /* It only must not read outside. */
    return 0;
}
