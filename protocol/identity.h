/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who one is: a person has devices, a device has keys (docs/protocol.md, 2).
 *
 *   person  P  Ed25519   long-term, random
 *   device  D  Ed25519   signs log bindings, seal keys, PROOF; from dseed, subkey 1
 *           T  X25519    CURVE transport key; from dseed, subkey 2
 *           X  X25519    seal key: random for every generation, never derived
 *
 * D and T are crypto_kdf_derive_from_key(dseed, subkey, "rk.dev__").  Ed25519 keys are never
 * converted to X25519. */
#ifndef REMBUK_PROTOCOL_IDENTITY_H
#define REMBUK_PROTOCOL_IDENTITY_H

#include "protocol/crypt.h"
#include "protocol/words.h"

/* The secrets of one device.  Plain value: keep it in crypt_secret_alloc memory, wipe it. */
struct identity {
    struct sign_key person; /* P */
    bool is_further;        /* a device that P was not made on: of P only the public half is here */
    uint8_t device_seed[32];
    struct sign_key device;   /* D, derived */
    struct box_key transport; /* T, derived */
    struct box_key seal;      /* X of the newest generation */
    uint32_t seal_generation; /* from 1 */
};

/* New random person and device. */
void identity_new(struct identity *identity);

/* Fills D and T from device_seed, and the public halves of P (unless is_further) and X from their
 * secrets (which are in place). */
void identity_derive(struct identity *identity);

/* id(pk) = BLAKE2b-256("rk.id" ‖ pk): names persons in every format. */
void identity_person_id(const uint8_t public[static SIGN_PUBLIC_BYTES],
                        uint8_t id[static HASH_BYTES]);

/* The 8 words (88 bits) by which two people compare one person key: the front of
 * h_999, h_0 = BLAKE2b-512(pk ‖ "rk.fp" ‖ 0x01), h_{i+1} = BLAKE2b-512(h_i ‖ pk). */
void identity_words(struct writer *out, const uint8_t public[static SIGN_PUBLIC_BYTES]);

/* True if `typed` (any white space, any letter case, first four letters suffice) says the words of
 * this key. */
bool identity_words_match(struct span typed, const uint8_t public[static SIGN_PUBLIC_BYTES]);

#endif
