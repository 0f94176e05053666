/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invented offices with fixed keys, and the chains of their certificates. */
#ifndef REMBUK_TESTS_OFFICES_H
#define REMBUK_TESTS_OFFICES_H

#include "protocol/credential.h"

/* An office, whose key comes from one byte, and the office that has issued its certificate.  A byte
 * that ends in 1 (0x01, 0xd1) makes a root: three keys. */
struct office {
    uint8_t fill;
    uint8_t issuer; /* `fill` of the one above; its own: it has signed itself */
    enum cert_rank rank;
    const char *region;
    const char *name;
};

/* What an office signs with.  `signer` points into it: make it where it stays. */
struct issuer {
    struct sign_key keys[ROOT_KEYS]; /* in order; an office has only the first */
    struct root_keys root;
    struct office_signer signer; /* of a root: its first and its third key */
};

void issuer_make(struct issuer *issuer, uint8_t fill);

/* The key of an office that is no root. */
void office_key(struct sign_key *key, uint8_t fill);

/* What certificates name as their issuer: of a root, what letters call their root. */
void office_id(uint8_t id[static HASH_BYTES], uint8_t fill);

/* Appends the certificate of an office.  Facts that do not fit abort.  The certificate of a root
 * that another has issued names itself all the same, and is signed by that one. */
void office_cert(struct writer *out, const struct office *office, int64_t now_s);

/* Appends a letter that says nothing of number, date and scope. */
enum rb_status office_letter(struct writer *out, const uint8_t person[static SIGN_PUBLIC_BYTES],
                             uint8_t fill, const struct person_facts *facts, int64_t now_s)
    RB_MUST_CHECK;

/* Appends the array of certificates, in the order given: the issuer of the person first. */
void offices_chain(struct writer *out, const struct office *offices, size_t count, int64_t now_s);

/* The root, a province and a district of it, the district first: for whoever needs any chain. */
enum { OFFICES_USUAL = 3 };
extern const struct office offices_usual[OFFICES_USUAL];

#endif
