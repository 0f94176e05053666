/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/offices.h"

#include "protocol/cbor.h"

#include <stdlib.h>
#include <string.h>

const struct office offices_usual[OFFICES_USUAL] = {
    { 0xd3, 0xd2, RANK_DISTRICT, "3273", "Dinas Sosial Kota Contoh" },
    { 0xd2, 0xd1, RANK_PROVINCE, "32", "Dinas Sosial Provinsi Contoh" },
    { 0xd1, 0xd1, RANK_ROOT, "", "Jaringan Contoh" },
};

void office_key(struct sign_key *key, uint8_t fill) {
    uint8_t seed[SIGN_SEED_BYTES];

    memset(seed, fill, sizeof seed);
    crypt_sign_from_seed(key, seed);
}

void office_cert(struct writer *out, const struct office *office, int64_t now_s) {
    const struct office_facts facts = {
        .name = span_text(office->name),
        .region = span_text(office->region),
        .rank = office->rank,
    };
    struct sign_key subject, issuer;

    office_key(&subject, office->fill);
    office_key(&issuer, office->issuer);
    if (cert_issue_office(out, subject.public, &issuer, &facts, now_s) != RB_OK) {
        abort();
    }
}

void offices_chain(struct writer *out, const struct office *offices, size_t count, int64_t now_s) {
    struct writer cert;

    writer_init(&cert, CERT_BYTES_MAX);
    cbor_write_array(out, count);
    for (size_t i = 0; i < count; i++) {
        writer_reset(&cert);
        office_cert(&cert, &offices[i], now_s);
        cbor_write_bytes(out, writer_view(&cert));
    }
    writer_clear(&cert);
}
