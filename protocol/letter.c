/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chain of offices above a person, and the revocations of credential.h. */
#include "protocol/credential.h"

#include "protocol/cbor.h"
#include "protocol/envelope.h"

#include <assert.h>
#include <string.h>

/* ---- Chains ---- */

/* Region codes are digits of growing detail, so what lies within begins with the same digits. */
static bool region_is_within(struct span region, struct span whole) {
    return region.len >= whole.len &&
           span_equal(span_of(region.data, whole.len), span_of(whole.data, whole.len));
}

/* The offices of the array, his issuer first. */
static enum rb_status chain_read(struct span chain, struct cert offices[static CHAIN_CERTS_MAX],
                                 size_t *count) {
    struct reader reader = reader_of(chain);
    const size_t stated = (size_t)cbor_read_array(&reader, CHAIN_CERTS_MAX);

    if (chain.len > CHAIN_BYTES_MAX || stated == 0) {
        return RB_MALFORMED;
    }
    for (size_t i = 0; i < stated; i++) {
        enum rb_status status = cert_decode(cbor_read_bytes(&reader, CERT_BYTES_MAX), &offices[i]);
        if (status != RB_OK) {
            return status;
        }
        if (offices[i].kind != CERT_OFFICE) {
            return RB_MALFORMED;
        }
    }
    *count = stated;
    return reader_end(&reader);
}

/* Whether certificates have to be verified, or were before. */
enum check { CHECK_SIGNATURES, CHECKED_BEFORE };

/* Nobody issues an equal of himself, nor outside his region. */
static enum rb_status link_check(const struct cert *subject, const struct cert *office,
                                 enum check check) {
    if (subject->rank <= office->rank || !region_is_within(subject->region, office->region)) {
        return RB_MALFORMED;
    }
    return check == CHECKED_BEFORE ? RB_OK : cert_verify_office(subject, office);
}

/* Each office by the next, and the last, a root, by itself. */
static enum rb_status offices_check(const struct cert *offices, size_t count, enum check check) {
    const struct cert *root = &offices[count - 1];
    enum rb_status status = RB_OK;

    for (size_t i = 0; status == RB_OK && i + 1 < count; i++) {
        status = link_check(&offices[i], &offices[i + 1], check);
    }
    if (status != RB_OK) {
        return status;
    }
    if (root->rank != RANK_ROOT) {
        return RB_MALFORMED;
    }
    return check == CHECKED_BEFORE ? RB_OK : cert_verify_office(root, root);
}

static enum rb_status chain_check(const struct cert *person, struct span chain, enum check check,
                                  struct letter *letter) {
    struct cert offices[CHAIN_CERTS_MAX];
    size_t count = 0;
    enum rb_status status = chain_read(chain, offices, &count);

    if (status == RB_OK) {
        status = link_check(person, &offices[0], check);
    }
    if (status == RB_OK) {
        status = offices_check(offices, count, check);
    }
    if (status == RB_OK) {
        *letter = (struct letter) { .exists = true, .rank = person->rank };
        memcpy(letter->root, offices[count - 1].person, sizeof letter->root);
    }
    return status;
}

enum rb_status chain_decode(struct span chain, struct cert offices[static CHAIN_CERTS_MAX],
                            size_t *count) {
    struct cert values[CHAIN_CERTS_MAX];
    size_t found = 0;
    enum rb_status status = chain_read(chain, values, &found);

    if (status == RB_OK) {
        status = offices_check(values, found, CHECK_SIGNATURES);
    }
    if (status == RB_OK) {
        memcpy(offices, values, found * sizeof values[0]);
        *count = found;
    }
    return status;
}

/* Of a certificate by a person: his own, or that of a device. */
static enum rb_status own_check(const struct cert *cert, const struct cert *person,
                                enum check check) {
    return check == CHECKED_BEFORE ? RB_OK : cert_verify(cert, person->subject);
}

static enum rb_status pair_check(const struct cert *person, const struct cert *device,
                                 struct span chain, enum check check, struct letter *letter) {
    struct letter value = { .rank = RANK_NONE };

    if (person->kind != CERT_PERSON || device->kind != CERT_DEVICE) {
        return RB_MALFORMED;
    }
    if (!crypt_equal(person->person, device->person, sizeof person->person)) {
        return RB_BAD_SIGNATURE;
    }
    enum rb_status status = own_check(device, person, check);
    if (status == RB_OK) {
        status = chain.len == 0 ? own_check(person, person, check)
                                : chain_check(person, chain, check, &value);
    }
    if (status == RB_OK) {
        *letter = value;
    }
    return status;
}

enum rb_status cert_verify_chain(const struct cert *person, const struct cert *device,
                                 struct span chain, struct letter *letter) {
    return pair_check(person, device, chain, CHECK_SIGNATURES, letter);
}

enum rb_status cert_read_chain(const struct cert *person, const struct cert *device,
                               struct span chain, struct letter *letter) {
    return pair_check(person, device, chain, CHECKED_BEFORE, letter);
}

/* ---- Revocations ---- */

enum { REVOKE_VERSION = 1 };

static const char revoke_label[] = "rk.revoke";

enum revoke_field {
    REVOKE_FIELD_VERSION = 0,
    REVOKE_FIELD_CERT = 1,
    REVOKE_FIELD_PERSON = 2,
    REVOKE_FIELD_ISSUER = 3,
    REVOKE_FIELD_AT = 4,
    REVOKE_PAIRS
};

#define BIT(field) (1U << (field))

void revoke_issue(struct writer *out, const uint8_t cert_id[static CERT_ID_BYTES],
                  const uint8_t person[static HASH_BYTES], const struct sign_key *issuer,
                  int64_t at_s) {
    assert(at_s >= 0);
    assert(at_s < SECONDS_END);
    struct writer body;

    writer_init(&body, CERT_BYTES_MAX);
    cbor_write_map(&body, REVOKE_PAIRS);
    cbor_write_uint(&body, REVOKE_FIELD_VERSION);
    cbor_write_uint(&body, REVOKE_VERSION);
    cbor_write_uint(&body, REVOKE_FIELD_CERT);
    cbor_write_bytes(&body, span_of(cert_id, CERT_ID_BYTES));
    cbor_write_uint(&body, REVOKE_FIELD_PERSON);
    cbor_write_bytes(&body, span_of(person, HASH_BYTES));
    cbor_write_uint(&body, REVOKE_FIELD_ISSUER);
    cbor_write_bytes(&body, span_of(issuer->public, SIGN_PUBLIC_BYTES));
    cbor_write_uint(&body, REVOKE_FIELD_AT);
    cbor_write_uint(&body, (uint64_t)at_s);
    envelope_write(out, issuer, revoke_label, writer_view(&body));
    writer_clear(&body);
}

static void revoke_read_field(struct reader *reader, uint64_t field, struct revocation *value) {
    switch (field) {
    case REVOKE_FIELD_CERT:
        cbor_read_fixed(reader, value->cert_id, sizeof value->cert_id);
        break;
    case REVOKE_FIELD_PERSON:
        cbor_read_fixed(reader, value->person, sizeof value->person);
        break;
    case REVOKE_FIELD_ISSUER:
        cbor_read_fixed(reader, value->issuer, sizeof value->issuer);
        break;
    case REVOKE_FIELD_AT:
        value->at_s = (int64_t)cbor_read_uint(reader, SECONDS_END - 1);
        break;
    default:
        cbor_skip(reader);
        break;
    }
}

static enum rb_status revoke_read_body(struct span body, struct revocation *value) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    unsigned seen = BIT(REVOKE_FIELD_VERSION);
    uint64_t field = 0;

    if (!cbor_map_next(&map, &reader, &field) || field != REVOKE_FIELD_VERSION) {
        return RB_MALFORMED;
    }
    uint64_t version = cbor_read_uint(&reader, UINT64_MAX);
    if (version != REVOKE_VERSION) {
        return version > REVOKE_VERSION ? RB_UNKNOWN : RB_MALFORMED;
    }
    while (cbor_map_next(&map, &reader, &field)) {
        revoke_read_field(&reader, field, value);
        seen |= field < REVOKE_PAIRS ? BIT(field) : 0;
    }
    bool is_whole = seen == BIT(REVOKE_PAIRS) - 1;
    return reader_end(&reader) == RB_OK && is_whole ? RB_OK : RB_MALFORMED;
}

enum rb_status revoke_decode(struct span bytes, struct revocation *revocation) {
    struct envelope envelope;
    struct revocation value = { .whole = bytes };
    enum rb_status status = envelope_decode(bytes, CERT_BYTES_MAX, &envelope);

    if (status == RB_OK) {
        status = revoke_read_body(envelope.body, &value);
    }
    if (status == RB_OK) {
        status = envelope_verify(bytes, CERT_BYTES_MAX, revoke_label, value.issuer);
    }
    if (status == RB_OK) {
        *revocation = value;
    }
    return status;
}
