/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only door to libsodium: hash, sign, seal, derive, compare, wipe.  Nothing here is invented:
 * BLAKE2b (RFC 7693), Ed25519 (RFC 8032), X25519 (RFC 7748), XChaCha20-Poly1305 (IETF AEAD with the
 * 24-byte nonce), crypto_box_seal, Argon2id (RFC 9106).  Randomness comes from libsodium's
 * generator, which the simulator replaces by randombytes_set_implementation.
 *
 * A misuse by the program aborts; bad data from outside returns a status. */
#ifndef REMBUK_PROTOCOL_CRYPT_H
#define REMBUK_PROTOCOL_CRYPT_H

#include "protocol/bytes.h"

enum {
    HASH_BYTES = 32,
    SHORT_HASH_BYTES = 16,
    KEY_BYTES = 32,
    NONCE_BYTES = 24,
    TAG_BYTES = 16,
    SIGN_PUBLIC_BYTES = 32,
    SIGN_SEED_BYTES = 32,
    SIGNATURE_BYTES = 64,
    BOX_PUBLIC_BYTES = 32,
    BOX_SECRET_BYTES = 32,
    BOX_SEAL_BYTES = 80, /* crypto_box_seal of a 32-byte key */
    SALT_BYTES = 16
};

/* Must be the first call of the process; RB_UNSAFE if libsodium cannot start. */
enum rb_status crypt_start(void) RB_MUST_CHECK;

void crypt_random(void *out, size_t len);
void crypt_wipe(void *secret, size_t len);
bool crypt_equal(const void *a, const void *b, size_t len); /* constant time */

/* Guarded memory for secrets that live long: pages without rights around it, left out of core
 * files, and locked, so that it is not swapped out; zeroed and freed by crypt_secret_free, which
 * accepts NULL.  Never NULL.  Where the system lets nobody lock memory (RLIMIT_MEMLOCK), it is not
 * locked, and all else holds.  A few pages each: for keys, not for heaps of them. */
void *crypt_secret_alloc(size_t len);
void crypt_secret_free(void *secret);

/* ---- Hashing: BLAKE2b with a label for every use ----
 * crypt_hash(out, out_len, key, label, parts, n) = BLAKE2b-(8 out_len)(key, label ‖ parts[0] ‖ ..);
 * the label has no NUL and no length; `key` may be empty; 16 <= out_len <= 64 (shorter: truncate a
 * 16). */
void crypt_hash(uint8_t *out, size_t out_len, struct span key, const char *label,
                const struct span *parts, size_t part_count);

/* ---- Ed25519 ---- */
struct sign_key {
    uint8_t seed[SIGN_SEED_BYTES]; /* secret */
    uint8_t public[SIGN_PUBLIC_BYTES];
};
void crypt_sign_new(struct sign_key *key);
void crypt_sign_from_seed(struct sign_key *key, const uint8_t seed[static SIGN_SEED_BYTES]);

/* Signs label ‖ message. */
void crypt_sign(uint8_t signature[static SIGNATURE_BYTES], const struct sign_key *key,
                const char *label, struct span message);
bool crypt_verify(const uint8_t signature[static SIGNATURE_BYTES],
                  const uint8_t public[static SIGN_PUBLIC_BYTES], const char *label,
                  struct span message);

/* ---- X25519 sealed boxes ---- */
struct box_key {
    uint8_t secret[BOX_SECRET_BYTES];
    uint8_t public[BOX_PUBLIC_BYTES];
};
void crypt_box_new(struct box_key *key);
void crypt_box_from_seed(struct box_key *key, const uint8_t seed[static 32]);

/* The public half of a secret that is known. */
void crypt_box_from_secret(struct box_key *key, const uint8_t secret[static BOX_SECRET_BYTES]);

/* False for a point of low order: nothing can be sealed to it. */
bool crypt_box_is_usable(const uint8_t public[static BOX_PUBLIC_BYTES]);

/* RB_MALFORMED if `public` is not usable. */
enum rb_status crypt_box_seal(uint8_t out[static BOX_SEAL_BYTES],
                              const uint8_t public[static BOX_PUBLIC_BYTES],
                              const uint8_t key[static KEY_BYTES]) RB_MUST_CHECK;

/* RB_NO_KEY if the seal is not for this key. */
enum rb_status crypt_box_open(uint8_t key_out[static KEY_BYTES], const struct box_key *key,
                              const uint8_t seal[static BOX_SEAL_BYTES]) RB_MUST_CHECK;

/* ---- XChaCha20-Poly1305 ---- `out` has room for message.len + TAG_BYTES. */
void crypt_seal(uint8_t *out, const uint8_t key[static KEY_BYTES],
                const uint8_t nonce[static NONCE_BYTES], struct span ad, struct span message);

/* `out` has room for sealed.len - TAG_BYTES.  RB_MALFORMED if it does not authenticate; then `out`
 * is zeroed. */
enum rb_status crypt_open(uint8_t *out, const uint8_t key[static KEY_BYTES],
                          const uint8_t nonce[static NONCE_BYTES], struct span ad,
                          struct span sealed) RB_MUST_CHECK;

/* crypto_kdf_derive_from_key: 32 bytes, `context` of exactly 8 characters. */
void crypt_derive(uint8_t out[static KEY_BYTES], const uint8_t key[static KEY_BYTES],
                  const char *context, uint64_t subkey);

/* Argon2id.  `memory_kib` and `passes` come from a key file: the caller compares them with
 * limits.h.  RB_MALFORMED if they are below what Argon2id takes (8 KiB, 1 pass), RB_TOO_LARGE if
 * this machine cannot give so much memory. */
enum rb_status crypt_passphrase_key(uint8_t out[static KEY_BYTES], struct span passphrase,
                                    const uint8_t salt[static SALT_BYTES], uint32_t memory_kib,
                                    uint32_t passes) RB_MUST_CHECK;

#endif
