/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The root of a network: three Ed25519 keys in different hands, any two of which sign
 * (docs/protocol.md, 3).
 *
 *   id = BLAKE2b-256("rk.root" ‖ k1 ‖ k2 ‖ k3), the keys ascending and distinct
 *   signature, 130 bytes: u8 i ‖ Ed25519_ki(label ‖ body) ‖ u8 j ‖ Ed25519_kj(label ‖ body),
 *     i and j the places, from 0, of two keys, i < j
 *
 * One key that is stolen signs nothing, and one that is lost ends nothing.  An office has one key,
 * and its signature is the plain one of 64 bytes. */
#ifndef REMBUK_PROTOCOL_ROOT_H
#define REMBUK_PROTOCOL_ROOT_H

#include "protocol/crypt.h"

enum {
    ROOT_KEYS = 3,
    ROOT_SIGNERS = 2,
    ROOT_SIGNATURE_BYTES = 2 * (1 + SIGNATURE_BYTES) /* of a root */
};

/* The public halves, in ascending order. */
struct root_keys {
    uint8_t publics[ROOT_KEYS][SIGN_PUBLIC_BYTES];
};

/* Puts them in order.  RB_EXISTS if two are the same: one hand could then sign alone. */
enum rb_status root_keys_sort(struct root_keys *keys) RB_MUST_CHECK;
bool root_keys_are_sorted(const struct root_keys *keys); /* and distinct */
void root_id(const struct root_keys *keys, uint8_t id[static HASH_BYTES]);

/* ---- Who issues ---- */

/* Points at keys of the caller.  Make it with one of the next two. */
struct office_signer {
    uint8_t id[HASH_BYTES]; /* what certificates name as their issuer */
    size_t count;           /* 1: the key of an office; ROOT_SIGNERS: keys of a root */
    const struct sign_key *keys[ROOT_SIGNERS];
    uint8_t places[ROOT_SIGNERS]; /* of the keys in the root, ascending */
};

void office_signer_one(struct office_signer *signer, const struct sign_key *key);

/* The two keys in any order.  RB_NOT_FOUND if one of them is no key of that root, RB_EXISTS if they
 * are the same. */
enum rb_status office_signer_root(struct office_signer *signer, const struct root_keys *root,
                                  const struct sign_key *one, const struct sign_key *other)
    RB_MUST_CHECK;

/* Appends the signature, 64 or ROOT_SIGNATURE_BYTES bytes. */
void office_sign(struct writer *out, const struct office_signer *signer, const char *label,
                 struct span body);

/* ---- Reading ---- */

/* The length and the places: false for anything but two different ones in order. */
bool root_signature_is_formed(struct span signature);

/* RB_OK if two keys of `root` have signed; else RB_BAD_SIGNATURE. */
enum rb_status root_verify(const struct root_keys *root, struct span signature, const char *label,
                           struct span body) RB_MUST_CHECK;

#endif
