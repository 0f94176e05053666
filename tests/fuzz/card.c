/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cards, their parts and their armour from strangers, and revocations.  The parts are decoded by
 * themselves too, since no fuzzer finds a signature; and the bytes are signed, as the body of each
 * part and of a card, with the keys of somebody invented, so that they come past that. */
#include "tests/fuzz/fuzz.h"

#include "protocol/credential.h"
#include "protocol/envelope.h"
#include "tests/support/sari.h"

#include <assert.h>
#include <string.h>

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

static struct sari *somebody(void) {
    static struct sari sari; /* the same in every run */

    if (sari.person.len == 0) {
        sari_make(&sari, 1);
    }
    return &sari;
}

/* The bytes as the chain above somebody whose own certificates are good: decoded to the end of each
 * office, since the links are looked at only one by one. */
static void letter_decode(struct span bytes) {
    const struct sari *sari = somebody();
    struct cert person, device, offices[CHAIN_CERTS_MAX];
    struct letter letter;
    size_t count;

    enum rb_status status = cert_decode(writer_view(&sari->person), &person);
    assert(status == RB_OK);
    status = cert_decode(writer_view(&sari->device), &device);
    assert(status == RB_OK);
    if (bytes.len > 0) {
        status = cert_verify_chain(&person, &device, bytes, &letter);
        assert(status != RB_OK); /* she has signed herself */
    }
    if (chain_decode(bytes, offices, &count) == RB_OK) {
        assert(offices[count - 1].rank == RANK_ROOT);
    }
}

/* ---- Signed anew ---- */

static void card_check(struct span bytes) {
    struct card card;

    if (card_decode(bytes, &card) == RB_OK) {
        assert(card.address_count <= ADDRESSES_MAX);
        assert(card.letter.exists == (card.chain.len > 0));
        assert(card.person.kind == CERT_PERSON && card.device.kind == CERT_DEVICE);
        assert(memcmp(card.seal.device_cert, card.device.id, CERT_ID_BYTES) == 0);
        for (size_t i = 0; i < card.address_count; i++) {
            assert(address_is_valid(card.addresses[i]));
        }
    }
}

/* A certificate with that body, by himself, and a card with it in the place of his own. */
static void cert_signed(struct sari *sari, struct span body) {
    struct writer whole = { .max = CERT_BYTES_MAX };
    struct cert cert;

    envelope_write(&whole, &sari->identity.person, "rk.cert", body);
    if (cert_decode(writer_view(&whole), &cert) == RB_OK) {
        (void)cert_verify(&cert, sari->identity.person.public); /* He may not be whom it names. */
        const bool is_person = cert.kind == CERT_PERSON;
        const enum rb_status status =
            sari_card(sari, writer_view(is_person ? &whole : &sari->person),
                      writer_view(is_person ? &sari->device : &whole), writer_view(&sari->seal),
                      span_of(NULL, 0));
        if (status == RB_OK) {
            card_check(writer_view(&sari->card));
        }
    }
    writer_clear(&whole);
}

static void seal_key_signed(const struct sari *sari, struct span body) {
    struct writer whole = { .max = CERT_BYTES_MAX };
    struct seal_key key;
    struct cert device;

    envelope_write(&whole, &sari->identity.device, "rk.xkey", body);
    enum rb_status status = cert_decode(writer_view(&sari->device), &device);
    assert(status == RB_OK);
    if (seal_key_decode(writer_view(&whole), &key) == RB_OK) {
        status = seal_key_verify(&key, &device);
        assert(status == RB_OK || status == RB_BAD_SIGNATURE || status == RB_MALFORMED);
    }
    writer_clear(&whole);
}

static void revoke_signed(const struct sari *sari, struct span body) {
    struct writer whole = { .max = CERT_BYTES_MAX };
    struct revocation revocation;

    envelope_write(&whole, &sari->identity.person, "rk.revoke", body);
    if (revoke_decode(writer_view(&whole), &revocation) == RB_OK) {
        assert(memcmp(revocation.issuer, sari->identity.person.public, SIGN_PUBLIC_BYTES) == 0);
    }
    writer_clear(&whole);
}

static void signed_anew(struct span body) {
    struct sari *sari = somebody();
    struct writer whole = { .max = CARD_BYTES_MAX };

    cert_signed(sari, body);
    seal_key_signed(sari, body);
    revoke_signed(sari, body);
    envelope_write(&whole, &sari->identity.device, "rk.card", body);
    card_check(writer_view(&whole));
    writer_clear(&whole);
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
    card_check(bytes);
    signed_anew(bytes);
    writer_init(&bare, CARD_BYTES_MAX);
    if (card_unarmour(bytes, &bare) == RB_OK) {
        (void)card_decode(writer_view(&bare), &card); /* The armour says nothing about the card. */
    }
    writer_clear(&bare);
    (void)address_is_valid(bytes); /* It only must not read outside. */
    return 0;
}
