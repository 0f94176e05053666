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

static void must(enum rb_status status) {
    if (status != RB_OK) {
        abort();
    }
}

void office_key(struct sign_key *key, uint8_t fill) {
    uint8_t seed[SIGN_SEED_BYTES];

    memset(seed, fill, sizeof seed);
    crypt_sign_from_seed(key, seed);
}

/* ---- Who issues ---- */

static bool is_root(uint8_t fill) {
    return (fill & 0x0f) == 1;
}

static int compare_keys(const void *a, const void *b) {
    const struct sign_key *one = a, *other = b;

    return memcmp(one->public, other->public, SIGN_PUBLIC_BYTES);
}

static void issuer_make_root(struct issuer *issuer, uint8_t fill) {
    uint8_t seed[SIGN_SEED_BYTES];

    memset(seed, fill, sizeof seed);
    for (uint8_t i = 0; i < ROOT_KEYS; i++) {
        seed[0] = i;
        crypt_sign_from_seed(&issuer->keys[i], seed);
    }
    qsort(issuer->keys, ROOT_KEYS, sizeof issuer->keys[0], compare_keys);
    for (size_t i = 0; i < ROOT_KEYS; i++) {
        memcpy(issuer->root.publics[i], issuer->keys[i].public, SIGN_PUBLIC_BYTES);
    }
    must(office_signer_root(&issuer->signer, &issuer->root, &issuer->keys[0], &issuer->keys[2]));
}

void issuer_make(struct issuer *issuer, uint8_t fill) {
    if (is_root(fill)) {
        issuer_make_root(issuer, fill);
        return;
    }
    office_key(&issuer->keys[0], fill);
    office_signer_one(&issuer->signer, &issuer->keys[0]);
}

void office_id(uint8_t id[static HASH_BYTES], uint8_t fill) {
    struct issuer issuer;

    issuer_make(&issuer, fill);
    memcpy(id, issuer.signer.id, HASH_BYTES);
}

/* ---- What they issue ---- */

static void root_cert(struct writer *out, const struct office *office, int64_t now_s) {
    struct issuer root, issuer;

    issuer_make(&root, office->fill);
    issuer_make(&issuer, office->issuer);
    memcpy(issuer.signer.id, root.signer.id, HASH_BYTES); /* whoever signs */
    must(cert_issue_root(out, &root.root, &issuer.signer, span_text(office->name), now_s));
}

void office_cert(struct writer *out, const struct office *office, int64_t now_s) {
    const struct office_facts facts = {
        .name = span_text(office->name),
        .region = span_text(office->region),
        .rank = office->rank,
    };
    struct sign_key subject;
    struct issuer issuer;

    if (office->rank == RANK_ROOT) {
        root_cert(out, office, now_s);
        return;
    }
    office_key(&subject, office->fill);
    issuer_make(&issuer, office->issuer);
    must(cert_issue_office(out, subject.public, &issuer.signer, &facts, now_s));
}

enum rb_status office_letter(struct writer *out, const uint8_t person[static SIGN_PUBLIC_BYTES],
                             uint8_t fill, const struct person_facts *facts, int64_t now_s) {
    const struct letter_facts none = { 0 };
    struct issuer issuer;

    issuer_make(&issuer, fill);
    return cert_issue_letter(out, person, &issuer.signer, facts, &none, now_s);
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
