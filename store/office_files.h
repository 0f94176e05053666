/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What founders, offices and people of a network hand to each other as files (docs/protocol.md,
 * 13).  All but the root key are armoured (armour.h), by the word in brackets.
 *
 *   root key: the 24 words of seed32 ‖ u8, the first byte of H128("rk.rootkey" ‖ seed)
 *   [NETWORK]  the CERT of the root
 *   [REQUEST]  [ bstr body, bstr64 sig ]   sig = Ed25519_office("rk.office" ‖ body), body a map:
 *                0 version = 1  1 office pk32  2 name  3 region, digits or ""  4 rank
 *              The signature shows that who asks has the key.
 *   [OFFICE]   the chain of an office: [ bstr CERT ... ], its own first, the root last
 *   [LETTER]   [ bstr CERT of the person, bstr chain of the office that issued it ] */
#ifndef REMBUK_STORE_OFFICE_FILES_H
#define REMBUK_STORE_OFFICE_FILES_H

#include "protocol/credential.h"

enum {
    ROOT_KEY_WORDS = 24,
    ROOT_KEY_WORDS_BYTES = ROOT_KEY_WORDS * (WORD_LETTERS_MAX + 1),
    LETTER_FILE_BYTES_MAX = CERT_BYTES_MAX + CHAIN_BYTES_MAX + 16,
    OFFICE_FILE_TEXT_BYTES_MAX = 16384 /* any of these files, with what people wrote around it */
};

/* ---- What an office may ---- */

/* The rank that an office of that area has: the wider the area, the higher. */
enum cert_rank office_rank_of(struct span region);

/* Why an office may not sign for somebody. */
enum office_rule {
    OFFICE_MAY,
    OFFICE_RANK,  /* he stands as high as itself, or higher */
    OFFICE_REGION /* his area is not within its own */
};
enum office_rule office_rule(const struct cert *office, enum cert_rank rank, struct span region);

/* ---- Root keys ---- */

/* Appends the words of a secret. */
void root_words_write(struct writer *out, const uint8_t seed[static SIGN_SEED_BYTES]);

/* Reads them out of a text; lines that begin with '#' and armoured blocks in it count for nothing.
 * RB_MALFORMED: not 24 words; RB_NOT_FOUND: one is not in the list, and `*nth` says which, from 1;
 * RB_BAD_SIGNATURE: the checksum does not fit, so that one is another word than was written. */
enum rb_status root_words_read(struct span text, uint8_t seed[static SIGN_SEED_BYTES], size_t *nth)
    RB_MUST_CHECK;

/* ---- Requests ---- */
struct office_request {
    uint8_t pk[SIGN_PUBLIC_BYTES];
    struct office_facts facts; /* borrowed from the bytes */
};
/* RB_MALFORMED for facts that no office can have. */
enum rb_status office_request_write(struct writer *out, const struct sign_key *key,
                                    const struct office_facts *facts) RB_MUST_CHECK;
/* RB_MALFORMED, RB_UNKNOWN (a newer version), RB_BAD_SIGNATURE. */
enum rb_status office_request_read(struct span bytes, struct office_request *request) RB_MUST_CHECK;

/* ---- Letters ---- */
void letter_file_write(struct writer *out, struct span person_cert, struct span chain);
/* Only takes it apart: the certificates are verified by whoever uses them. */
enum rb_status letter_file_read(struct span bytes, struct span *person_cert, struct span *chain)
    RB_MUST_CHECK;

/* ---- Chains ---- */

/* Appends the chain that begins with `cert` and goes on as `chain`; RB_TOO_LARGE if it would be too
 * long, RB_MALFORMED if `chain` is none. */
enum rb_status chain_put_first(struct writer *out, struct span cert, struct span chain)
    RB_MUST_CHECK;

#endif
