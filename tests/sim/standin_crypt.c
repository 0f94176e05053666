/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In the place of protocol/crypt.c, for simulations of many days: the same promises among those who
 * keep to this interface, and none to anybody else.  Hashes and derived keys are the real ones.
 *
 *   signature      BLAKE2b-512(key = public key, label ‖ message): whoever knows a public key could
 *                  make one, and nobody here does so without the seed
 *   public key     BLAKE2b-256(secret)
 *   sealed box     random32 ‖ (key xor BLAKE2b-256(random32 ‖ public key)) ‖ tag16
 *   sealed bytes   (bytes xor key key ...) ‖ BLAKE2b-128(key, nonce ‖ ad ‖ those)
 *   guarded memory is ordinary memory; Argon2id is BLAKE2b */
#include "protocol/crypt.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum rb_status crypt_start(void) {
    return sodium_init() < 0 ? RB_UNSAFE : RB_OK;
}

void crypt_random(void *out, size_t len) {
    randombytes_buf(out, len);
}

void crypt_wipe(void *secret, size_t len) {
    if (len > 0) {
        memset(secret, 0, len);
    }
}

bool crypt_equal(const void *a, const void *b, size_t len) {
    return len == 0 || memcmp(a, b, len) == 0;
}

void *crypt_secret_alloc(size_t len) {
    return rb_alloc(1, len);
}

void crypt_secret_free(void *secret) {
    free(secret);
}

/* ---- Hashing ---- */

void crypt_hash(uint8_t *out, size_t out_len, struct span key, const char *label,
                const struct span *parts, size_t part_count) {
    crypto_generichash_state state;

    assert(out_len >= crypto_generichash_BYTES_MIN && out_len <= crypto_generichash_BYTES_MAX);
    (void)crypto_generichash_init(&state, key.data, key.len, out_len);
    (void)crypto_generichash_update(&state, (const uint8_t *)label, strlen(label));
    for (size_t i = 0; i < part_count; i++) {
        (void)crypto_generichash_update(&state, parts[i].data, parts[i].len);
    }
    (void)crypto_generichash_final(&state, out, out_len);
}

static void hash_one(uint8_t out[static 32], struct span bytes, const char *label) {
    crypt_hash(out, 32, (struct span) { 0 }, label, &bytes, 1);
}

/* ---- Signatures ---- */

void crypt_sign_new(struct sign_key *key) {
    uint8_t seed[SIGN_SEED_BYTES];

    crypt_random(seed, sizeof seed);
    crypt_sign_from_seed(key, seed);
}

void crypt_sign_from_seed(struct sign_key *key, const uint8_t seed[static SIGN_SEED_BYTES]) {
    memmove(key->seed, seed, SIGN_SEED_BYTES);
    hash_one(key->public, span_of(key->seed, SIGN_SEED_BYTES), "standin.sign");
}

void crypt_sign(uint8_t signature[static SIGNATURE_BYTES], const struct sign_key *key,
                const char *label, struct span message) {
    crypt_hash(signature, SIGNATURE_BYTES, span_of(key->public, SIGN_PUBLIC_BYTES), label, &message,
               1);
}

bool crypt_verify(const uint8_t signature[static SIGNATURE_BYTES],
                  const uint8_t public[static SIGN_PUBLIC_BYTES], const char *label,
                  struct span message) {
    uint8_t wanted[SIGNATURE_BYTES];

    crypt_hash(wanted, sizeof wanted, span_of(public, SIGN_PUBLIC_BYTES), label, &message, 1);
    return memcmp(wanted, signature, sizeof wanted) == 0;
}

/* ---- Sealed boxes ---- */

void crypt_box_new(struct box_key *key) {
    uint8_t secret[BOX_SECRET_BYTES];

    crypt_random(secret, sizeof secret);
    crypt_box_from_secret(key, secret);
}

void crypt_box_from_seed(struct box_key *key, const uint8_t seed[static 32]) {
    crypt_box_from_secret(key, seed);
}

void crypt_box_from_secret(struct box_key *key, const uint8_t secret[static BOX_SECRET_BYTES]) {
    memmove(key->secret, secret, BOX_SECRET_BYTES);
    hash_one(key->public, span_of(key->secret, BOX_SECRET_BYTES), "standin.box");
}

bool crypt_box_is_usable(const uint8_t public[static BOX_PUBLIC_BYTES]) {
    return !sodium_is_zero(public, BOX_PUBLIC_BYTES);
}

struct box_seal {
    uint8_t random[32], masked[KEY_BYTES], tag[16];
};
_Static_assert(sizeof(struct box_seal) == BOX_SEAL_BYTES, "as large as a real one");

static void seal_mask(const struct box_seal *seal, const uint8_t public[static BOX_PUBLIC_BYTES],
                      uint8_t mask[static KEY_BYTES], uint8_t tag[static 16]) {
    const struct span parts[] = { span_of(seal->random, sizeof seal->random),
                                  span_of(public, BOX_PUBLIC_BYTES),
                                  span_of(seal->masked, sizeof seal->masked) };

    crypt_hash(mask, KEY_BYTES, (struct span) { 0 }, "standin.mask", parts, 2);
    crypt_hash(tag, 16, (struct span) { 0 }, "standin.tag", parts, 3);
}

static void xor_key(uint8_t out[static KEY_BYTES], const uint8_t a[static KEY_BYTES],
                    const uint8_t b[static KEY_BYTES]) {
    for (size_t i = 0; i < KEY_BYTES; i++) {
        out[i] = a[i] ^ b[i];
    }
}

enum rb_status crypt_box_seal(uint8_t out[static BOX_SEAL_BYTES],
                              const uint8_t public[static BOX_PUBLIC_BYTES],
                              const uint8_t key[static KEY_BYTES]) {
    struct box_seal seal = { 0 };
    uint8_t mask[KEY_BYTES];

    if (!crypt_box_is_usable(public)) {
        return RB_MALFORMED;
    }
    crypt_random(seal.random, sizeof seal.random);
    seal_mask(&seal, public, mask, seal.tag);
    xor_key(seal.masked, key, mask);
    seal_mask(&seal, public, mask, seal.tag);
    memcpy(out, &seal, sizeof seal);
    return RB_OK;
}

enum rb_status crypt_box_open(uint8_t key_out[static KEY_BYTES], const struct box_key *key,
                              const uint8_t bytes[static BOX_SEAL_BYTES]) {
    struct box_seal seal;
    uint8_t mask[KEY_BYTES], tag[16];

    memcpy(&seal, bytes, sizeof seal);
    seal_mask(&seal, key->public, mask, tag);
    if (memcmp(tag, seal.tag, sizeof tag) != 0) {
        return RB_NO_KEY;
    }
    xor_key(key_out, seal.masked, mask);
    return RB_OK;
}

/* ---- Sealed bytes ---- */

static void tag_make(uint8_t tag[static TAG_BYTES], const uint8_t key[static KEY_BYTES],
                     const uint8_t nonce[static NONCE_BYTES], struct span ad, struct span bytes) {
    const struct span parts[] = { span_of(nonce, NONCE_BYTES), ad, bytes };

    crypt_hash(tag, TAG_BYTES, span_of(key, KEY_BYTES), "", parts, 3);
}

/* Enough that no file below the vault looks like a plain one. */
static void mask_bytes(uint8_t *out, const uint8_t key[static KEY_BYTES], struct span bytes) {
    const size_t whole = bytes.len / KEY_BYTES * KEY_BYTES;

    for (size_t i = 0; i < whole; i += KEY_BYTES) {
        xor_key(out + i, bytes.data + i, key);
    }
    for (size_t i = whole; i < bytes.len; i++) {
        out[i] = bytes.data[i] ^ key[i - whole];
    }
}

void crypt_seal(uint8_t *out, const uint8_t key[static KEY_BYTES],
                const uint8_t nonce[static NONCE_BYTES], struct span ad, struct span message) {
    mask_bytes(out, key, message);
    tag_make(out + message.len, key, nonce, ad, span_of(out, message.len));
}

enum rb_status crypt_open(uint8_t *out, const uint8_t key[static KEY_BYTES],
                          const uint8_t nonce[static NONCE_BYTES], struct span ad,
                          struct span sealed) {
    uint8_t tag[TAG_BYTES];

    if (sealed.len < TAG_BYTES) {
        return RB_MALFORMED;
    }
    const struct span message = span_of(sealed.data, sealed.len - TAG_BYTES);
    tag_make(tag, key, nonce, ad, message);
    if (memcmp(tag, sealed.data + message.len, TAG_BYTES) != 0) {
        crypt_wipe(out, message.len);
        return RB_MALFORMED;
    }
    mask_bytes(out, key, message);
    return RB_OK;
}

void crypt_derive(uint8_t out[static KEY_BYTES], const uint8_t key[static KEY_BYTES],
                  const char *context, uint64_t subkey) {
    (void)crypto_kdf_derive_from_key(out, KEY_BYTES, subkey, context, key);
}

enum rb_status crypt_passphrase_key(uint8_t out[static KEY_BYTES], struct span passphrase,
                                    const uint8_t salt[static SALT_BYTES], uint32_t memory_kib,
                                    uint32_t passes) {
    const struct span parts[] = { passphrase, span_of(salt, SALT_BYTES) };

    (void)memory_kib;
    (void)passes;
    crypt_hash(out, KEY_BYTES, (struct span) { 0 }, "standin.passphrase", parts, 2);
    return RB_OK;
}
