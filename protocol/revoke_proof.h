/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A revocation with all that proves it, so that it goes from node to node by itself
 * (docs/protocol.md, 3 and 9):
 *
 *   PROVED = [ bstr REVOKE, bstr person CERT, bstr device CERT or null, bstr issuer CERT or null,
 *              bstr chain or null ]
 *     person CERT   the certificate that is revoked, or that of the person of the revoked device
 *     device CERT   the device certificate that is revoked; null: it is the person's
 *     issuer CERT   of the other device of the person that signed; null: the person himself did, or
 *                   the office that issued the person CERT
 *     chain         of the person CERT, if that is a letter: it proves nothing of the revocation,
 *                   but tells who has never met the person which network he belongs to */
#ifndef REMBUK_PROTOCOL_REVOKE_PROOF_H
#define REMBUK_PROTOCOL_REVOKE_PROOF_H

#include "protocol/credential.h"

/* Borrowed; what is left out is empty. */
struct revoke_proof {
    struct span revoke, person, device, issuer, chain;
};

void revoke_proof_write(struct writer *out, const struct revoke_proof *proof);

/* Takes one from a reader of checked CBOR; what is too long, or of another form, makes it fail. */
struct revoke_proof revoke_proof_read(struct reader *reader);

/* The id of the last office of a chain, if that looks like a root; nothing is verified.
 * RB_MALFORMED. */
enum rb_status chain_root(struct span chain, uint8_t root[static HASH_BYTES]) RB_MUST_CHECK;

enum revocation_signer { BY_PERSON, BY_DEVICE, BY_OFFICE };

/* The person whom it is about; nothing is verified yet. */
struct revoke_claim {
    struct revocation revocation;
    enum revocation_signer signer;
    struct cert person;
    bool has_root; /* the chain names one */
    uint8_t root[HASH_BYTES];
};

/* Decodes what has to be known before the trouble of verifying is worth it.  RB_MALFORMED, also of
 * an office that is not said to have issued the certificate;
 * RB_UNKNOWN: of a newer version; RB_BAD_SIGNATURE: the REVOKE is not signed by whom it names. */
enum rb_status revoke_proof_claim(const struct revoke_proof *proof, struct revoke_claim *claim)
    RB_MUST_CHECK;

/* RB_OK if the certificate is what it is said to be, and its issuer may revoke it: the person, by
 * his key; another of his devices; or the office that issued this very certificate of the person.
 * RB_MALFORMED: the certificates do not fit together; RB_BAD_SIGNATURE; RB_UNKNOWN. */
enum rb_status revoke_proof_verify(const struct revoke_proof *proof,
                                   const struct revoke_claim *claim) RB_MUST_CHECK;

/* RB_OK if the chain is good up to the root that the claim names. */
enum rb_status revoke_proof_verify_chain(const struct revoke_proof *proof,
                                         const struct revoke_claim *claim) RB_MUST_CHECK;

#endif
