/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/crypt.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { PASSPHRASE_MEMORY_KIB_MIN = 8 }; /* of Argon2id with one lane */

_Static_assert(HASH_BYTES == crypto_generichash_BYTES, "hash");
_Static_assert(KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "seal key");
_Static_assert(KEY_BYTES == crypto_kdf_KEYBYTES, "derivation key");
_Static_assert(NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(SIGN_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES, "Ed25519 public key");
_Static_assert(SIGN_SEED_BYTES == crypto_sign_SEEDBYTES, "Ed25519 seed");
_Static_assert(SIGN_SEED_BYTES + SIGN_PUBLIC_BYTES == crypto_sign_SECRETKEYBYTES, "Ed25519 secret");
_Static_assert(SIGNATURE_BYTES == crypto_sign_BYTES, "signature");
_Static_assert(BOX_PUBLIC_BYTES == crypto_box_PUBLICKEYBYTES, "X25519 public key");
_Static_assert(BOX_SECRET_BYTES == crypto_box_SECRETKEYBYTES, "X25519 secret key");
_Static_assert(crypto_box_SEEDBYTES == 32, "X25519 seed");
_Static_assert(BOX_SEAL_BYTES == crypto_box_SEALBYTES + KEY_BYTES, "sealed key");
_Static_assert(SALT_BYTES == crypto_pwhash_argon2id_SALTBYTES, "salt");

/* For calls that fail only if this program misuses them. */
static void must(int result) {
    if (result != 0) {
        abort();
    }
}

enum rb_status crypt_start(void) {
    return sodium_init() < 0 ? RB_UNSAFE : RB_OK;
}

void crypt_random(void *out, size_t len) {
    randombytes_buf(out, len);
}

void crypt_wipe(void *secret, size_t len) {
    sodium_memzero(secret, len);
}

bool crypt_equal(const void *a, const void *b, size_t len) {
    return sodium_memcmp(a, b, len) == 0;
}

void *crypt_secret_alloc(size_t len) {
    void *secret = sodium_malloc(len);

    if (secret == NULL) {
        abort();
    }
    sodium_memzero(secret, len);
    return secret;
}

void crypt_secret_free(void *secret) {
    sodium_free(secret);
}

/* ---- Hashing ---- */

void crypt_hash(uint8_t *out, size_t out_len, struct span key, const char *label,
                const struct span *parts, size_t part_count) {
    assert(out_len >= crypto_generichash_BYTES_MIN);
    assert(out_len <= crypto_generichash_BYTES_MAX);
    assert(key.len <= crypto_generichash_KEYBYTES_MAX);
    crypto_generichash_state state;

    must(crypto_generichash_init(&state, key.data, key.len, out_len));
    must(crypto_generichash_update(&state, (const uint8_t *)label, strlen(label)));
    for (size_t i = 0; i < part_count; i++) {
        must(crypto_generichash_update(&state, parts[i].data, parts[i].len));
    }
    must(crypto_generichash_final(&state, out, out_len));
    crypt_wipe(&state, sizeof state);
}

/* ---- Ed25519 ---- */

void crypt_sign_new(struct sign_key *key) {
    uint8_t seed[SIGN_SEED_BYTES];

    crypt_random(seed, sizeof seed);
    crypt_sign_from_seed(key, seed);
    crypt_wipe(seed, sizeof seed);
}

void crypt_sign_from_seed(struct sign_key *key, const uint8_t seed[static SIGN_SEED_BYTES]) {
    uint8_t secret[crypto_sign_SECRETKEYBYTES];

    memmove(key->seed, seed, SIGN_SEED_BYTES);
    must(crypto_sign_seed_keypair(key->public, secret, key->seed));
    crypt_wipe(secret, sizeof secret);
}

/* label ‖ message in one piece, as the detached signature of libsodium wants it (its multi-part
 * form is Ed25519ph, another algorithm). */
static void labelled(struct writer *out, const char *label, struct span message) {
    struct span head = span_text(label);

    writer_init(out, head.len + message.len);
    writer_span(out, head);
    writer_span(out, message);
}

void crypt_sign(uint8_t signature[static SIGNATURE_BYTES], const struct sign_key *key,
                const char *label, struct span message) {
    struct writer whole;
    uint8_t secret[crypto_sign_SECRETKEYBYTES];

    labelled(&whole, label, message);
    memcpy(secret, key->seed, SIGN_SEED_BYTES);
    memcpy(secret + SIGN_SEED_BYTES, key->public, SIGN_PUBLIC_BYTES);
    must(crypto_sign_detached(signature, NULL, whole.data, whole.len, secret));
    crypt_wipe(secret, sizeof secret);
    writer_clear(&whole);
}

bool crypt_verify(const uint8_t signature[static SIGNATURE_BYTES],
                  const uint8_t public[static SIGN_PUBLIC_BYTES], const char *label,
                  struct span message) {
    struct writer whole;

    labelled(&whole, label, message);
    bool valid = crypto_sign_verify_detached(signature, whole.data, whole.len, public) == 0;
    writer_clear(&whole);
    return valid;
}

/* ---- X25519 sealed boxes ---- */

void crypt_box_new(struct box_key *key) {
    must(crypto_box_keypair(key->public, key->secret));
}

void crypt_box_from_seed(struct box_key *key, const uint8_t seed[static 32]) {
    must(crypto_box_seed_keypair(key->public, key->secret, seed));
}

void crypt_box_from_secret(struct box_key *key, const uint8_t secret[static BOX_SECRET_BYTES]) {
    memmove(key->secret, secret, BOX_SECRET_BYTES);
    must(crypto_scalarmult_base(key->public, key->secret));
}

/* X25519 with a low-order point is all zeros whatever the secret; libsodium refuses that. */
bool crypt_box_is_usable(const uint8_t public[static BOX_PUBLIC_BYTES]) {
    static const uint8_t any_secret[BOX_SECRET_BYTES] = { 1 };
    uint8_t shared[crypto_scalarmult_BYTES];

    return crypto_scalarmult(shared, any_secret, public) == 0;
}

enum rb_status crypt_box_seal(uint8_t out[static BOX_SEAL_BYTES],
                              const uint8_t public[static BOX_PUBLIC_BYTES],
                              const uint8_t key[static KEY_BYTES]) {
    uint8_t sealed[BOX_SEAL_BYTES];

    if (crypto_box_seal(sealed, key, KEY_BYTES, public) != 0) {
        return RB_MALFORMED;
    }
    memcpy(out, sealed, sizeof sealed);
    return RB_OK;
}

enum rb_status crypt_box_open(uint8_t key_out[static KEY_BYTES], const struct box_key *key,
                              const uint8_t seal[static BOX_SEAL_BYTES]) {
    enum rb_status status = RB_NO_KEY;
    uint8_t opened[KEY_BYTES];

    if (crypto_box_seal_open(opened, seal, BOX_SEAL_BYTES, key->public, key->secret) == 0) {
        memcpy(key_out, opened, sizeof opened);
        status = RB_OK;
    }
    crypt_wipe(opened, sizeof opened);
    return status;
}

/* ---- XChaCha20-Poly1305 ---- */

void crypt_seal(uint8_t *out, const uint8_t key[static KEY_BYTES],
                const uint8_t nonce[static NONCE_BYTES], struct span ad, struct span message) {
    must(crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, message.data, message.len, ad.data,
                                                    ad.len, NULL, nonce, key));
}

enum rb_status crypt_open(uint8_t *out, const uint8_t key[static KEY_BYTES],
                          const uint8_t nonce[static NONCE_BYTES], struct span ad,
                          struct span sealed) {
    if (sealed.len < TAG_BYTES) {
        return RB_MALFORMED;
    }
    size_t message_len = sealed.len - TAG_BYTES;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, sealed.data, sealed.len,
                                                   ad.data, ad.len, nonce, key) != 0) {
        crypt_wipe(out, message_len);
        return RB_MALFORMED;
    }
    return RB_OK;
}

void crypt_derive(uint8_t out[static KEY_BYTES], const uint8_t key[static KEY_BYTES],
                  const char *context, uint64_t subkey) {
    assert(strlen(context) == crypto_kdf_CONTEXTBYTES);
    must(crypto_kdf_derive_from_key(out, KEY_BYTES, subkey, context, key));
}

enum rb_status crypt_passphrase_key(uint8_t out[static KEY_BYTES], struct span passphrase,
                                    const uint8_t salt[static SALT_BYTES], uint32_t memory_kib,
                                    uint32_t passes) {
    uint8_t key[KEY_BYTES];

    if (memory_kib < PASSPHRASE_MEMORY_KIB_MIN || passes < 1) {
        return RB_MALFORMED;
    }
    if (crypto_pwhash(key, sizeof key, (const char *)passphrase.data, passphrase.len, salt, passes,
                      (size_t)memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return RB_TOO_LARGE;
    }
    memcpy(out, key, sizeof key);
    crypt_wipe(key, sizeof key);
    return RB_OK;
}
