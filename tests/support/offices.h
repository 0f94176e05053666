/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invented offices with fixed keys, and the chains of their certificates. */
#ifndef REMBUK_TESTS_OFFICES_H
#define REMBUK_TESTS_OFFICES_H

#include "protocol/credential.h"

/* An office, whose key comes from one byte, and the office that has issued its certificate. */
struct office {
    uint8_t fill;
    uint8_t issuer; /* `fill` of the one above; its own: it has signed itself */
    enum cert_rank rank;
    const char *region;
    const char *name;
};

void office_key(struct sign_key *key, uint8_t fill);

/* Appends the certificate of an office.  Facts that do not fit abort. */
void office_cert(struct writer *out, const struct office *office, int64_t now_s);

/* Appends the array of certificates, in the order given: the issuer of the person first. */
void offices_chain(struct writer *out, const struct office *offices, size_t count, int64_t now_s);

/* The root, a province and a district of it, the district first: for whoever needs any chain. */
enum { OFFICES_USUAL = 3 };
extern const struct office offices_usual[OFFICES_USUAL];

#endif
