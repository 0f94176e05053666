/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form of everything that is signed as one piece (docs/protocol.md, 3):
 *
 *     [ bstr body, bstr64 sig ]     sig = Ed25519("label" ‖ body), body one CBOR item
 *
 * The body is kept as it came: signed bytes are never encoded again. */
#ifndef REMBUK_PROTOCOL_ENVELOPE_H
#define REMBUK_PROTOCOL_ENVELOPE_H

#include "protocol/crypt.h"

struct envelope {
    struct span body; /* points into the bytes it was decoded from */
    uint8_t signature[SIGNATURE_BYTES];
};

/* Signs `body` and appends the envelope. */
void envelope_write(struct writer *out, const struct sign_key *key, const char *label,
                    struct span body);

/* Decodes without looking at the signature.  RB_MALFORMED if `bytes` is longer than `len_max`, not
 * an envelope, or its body is not CBOR of our subset. */
enum rb_status envelope_decode(struct span bytes, size_t len_max, struct envelope *out)
    RB_MUST_CHECK;

/* Decodes and verifies: RB_MALFORMED as above, RB_BAD_SIGNATURE. */
enum rb_status envelope_verify(struct span bytes, size_t len_max, const char *label,
                               const uint8_t public[static SIGN_PUBLIC_BYTES]) RB_MUST_CHECK;

#endif
