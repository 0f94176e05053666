/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/revoke_proof.h"

#include "protocol/cbor.h"

#include <string.h>

enum { PROVED_ITEMS = 5 };

/* ---- The form ---- */

static void optional_write(struct writer *out, struct span bytes) {
    if (bytes.len == 0) {
        cbor_write_null(out);
    } else {
        cbor_write_bytes(out, bytes);
    }
}

void revoke_proof_write(struct writer *out, const struct revoke_proof *proof) {
    cbor_write_array(out, PROVED_ITEMS);
    cbor_write_bytes(out, proof->revoke);
    cbor_write_bytes(out, proof->person);
    optional_write(out, proof->device);
    optional_write(out, proof->issuer);
    optional_write(out, proof->chain);
}

static struct span needed_read(struct reader *reader) {
    struct span bytes = cbor_read_bytes(reader, CERT_BYTES_MAX);

    reader->failed = reader->failed || bytes.len == 0;
    return bytes;
}

/* Empty is written as null, in one form only. */
static struct span optional_read(struct reader *reader, size_t len_max) {
    if (cbor_read_null(reader)) {
        return (struct span) { 0 };
    }
    struct span bytes = cbor_read_bytes(reader, len_max);
    reader->failed = reader->failed || bytes.len == 0;
    return bytes;
}

struct revoke_proof revoke_proof_read(struct reader *reader) {
    struct revoke_proof proof = { .revoke = { 0 } };

    if (cbor_read_array(reader, PROVED_ITEMS) != PROVED_ITEMS) {
        reader->failed = true;
        return proof;
    }
    proof.revoke = needed_read(reader);
    proof.person = needed_read(reader);
    proof.device = optional_read(reader, CERT_BYTES_MAX);
    proof.issuer = optional_read(reader, CERT_BYTES_MAX);
    proof.chain = optional_read(reader, CHAIN_BYTES_MAX);
    return proof;
}

/* ---- What it says ---- */

enum rb_status chain_root(struct span chain, uint8_t root[static HASH_BYTES]) {
    struct reader reader = reader_of(chain);
    struct cert office = { .rank = RANK_NONE };
    const uint64_t count = cbor_read_array(&reader, CHAIN_CERTS_MAX);
    struct span last = { 0 };

    for (uint64_t i = 0; i < count; i++) {
        last = cbor_read_bytes(&reader, CERT_BYTES_MAX);
    }
    if (count == 0 || reader_end(&reader) != RB_OK) {
        return RB_MALFORMED;
    }
    enum rb_status status = cert_decode(last, &office);
    if (status == RB_OK && (office.kind != CERT_OFFICE || office.rank != RANK_ROOT)) {
        status = RB_MALFORMED;
    }
    if (status == RB_OK) {
        memcpy(root, office.person, HASH_BYTES);
    }
    return status;
}

/* An office revokes a letter of its own, and no device. */
static enum rb_status signer_find(const struct revoke_proof *proof, struct revoke_claim *claim) {
    uint8_t issuer[HASH_BYTES];

    identity_person_id(claim->revocation.issuer, issuer);
    if (proof->issuer.len > 0) {
        claim->signer = BY_DEVICE;
    } else if (memcmp(issuer, claim->person.person, sizeof issuer) == 0) {
        claim->signer = BY_PERSON;
    } else if (proof->device.len == 0 && memcmp(issuer, claim->person.issuer, sizeof issuer) == 0) {
        claim->signer = BY_OFFICE;
    } else {
        return RB_MALFORMED;
    }
    return RB_OK;
}

enum rb_status revoke_proof_claim(const struct revoke_proof *proof, struct revoke_claim *claim) {
    struct revoke_claim value = { .has_root = false };

    enum rb_status status = revoke_decode(proof->revoke, &value.revocation);
    if (status == RB_OK) {
        status = cert_decode(proof->person, &value.person);
    }
    if (status == RB_OK &&
        (value.person.kind != CERT_PERSON ||
         memcmp(value.person.person, value.revocation.person, HASH_BYTES) != 0)) {
        status = RB_MALFORMED;
    }
    if (status == RB_OK) {
        status = signer_find(proof, &value);
    }
    if (status == RB_OK && proof->chain.len > 0) {
        value.has_root = true;
        status = chain_root(proof->chain, value.root);
    }
    if (status == RB_OK) {
        *claim = value;
    }
    return status;
}

/* ---- Whether it is so ---- */

/* A device of the person: by his key, whoever issued the certificate of the person. */
static enum rb_status device_verify(struct span bytes, const struct cert *person,
                                    struct cert *device) {
    struct cert value;
    enum rb_status status = cert_decode(bytes, &value);

    if (status != RB_OK) {
        return status;
    }
    if (value.kind != CERT_DEVICE || memcmp(value.person, person->person, HASH_BYTES) != 0) {
        return RB_MALFORMED;
    }
    status = cert_verify(&value, person->subject);
    if (status == RB_OK) {
        *device = value;
    }
    return status;
}

/* The REVOKE is about this very certificate.  That of a person who is not its issuer is verified by
 * issuer_verify, or revoked by the person himself, who may in any case. */
static enum rb_status revoked_verify(const struct revoke_proof *proof,
                                     const struct revoke_claim *claim) {
    struct cert revoked = claim->person;
    enum rb_status status = RB_OK;

    if (proof->device.len > 0) {
        status = device_verify(proof->device, &claim->person, &revoked);
    }
    if (status == RB_OK && memcmp(revoked.id, claim->revocation.cert_id, CERT_ID_BYTES) != 0) {
        status = RB_MALFORMED;
    }
    return status;
}

static enum rb_status other_device_verify(const struct revoke_proof *proof,
                                          const struct revoke_claim *claim) {
    const struct revocation *revocation = &claim->revocation;
    struct cert device;
    enum rb_status status = device_verify(proof->issuer, &claim->person, &device);

    if (status != RB_OK) {
        return status;
    }
    const bool is_other = memcmp(device.id, revocation->cert_id, CERT_ID_BYTES) != 0;
    const bool is_issuer = memcmp(device.subject, revocation->issuer, SIGN_PUBLIC_BYTES) == 0;
    return is_other && is_issuer ? RB_OK : RB_MALFORMED;
}

static enum rb_status issuer_verify(const struct revoke_proof *proof,
                                    const struct revoke_claim *claim) {
    switch (claim->signer) {
    case BY_PERSON: /* revoke_decode has looked at the signature */
        return RB_OK;
    case BY_DEVICE:
        return other_device_verify(proof, claim);
    case BY_OFFICE:
        break;
    }
    return cert_verify(&claim->person, claim->revocation.issuer);
}

enum rb_status revoke_proof_verify(const struct revoke_proof *proof,
                                   const struct revoke_claim *claim) {
    enum rb_status status = revoked_verify(proof, claim);

    return status == RB_OK ? issuer_verify(proof, claim) : status;
}

enum rb_status revoke_proof_verify_chain(const struct revoke_proof *proof,
                                         const struct revoke_claim *claim) {
    struct cert offices[CHAIN_CERTS_MAX];
    size_t count = 0;
    enum rb_status status = chain_decode(proof->chain, offices, &count);

    if (status != RB_OK) {
        return status;
    }
    if (claim->person.rank <= offices[0].rank ||
        memcmp(offices[count - 1].person, claim->root, HASH_BYTES) != 0) {
        return RB_MALFORMED;
    }
    return cert_verify_office(&claim->person, &offices[0]);
}
