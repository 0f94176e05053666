/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/keyfile.h"

#include "protocol/limits.h"
#include "store/file.h"

#include <assert.h>
#include <string.h>

enum {
    MAGIC_BYTES = 4,
    AD_BYTES = MAGIC_BYTES + 4 + 4 + SALT_BYTES + NONCE_BYTES,
    INSIDE_BYTES = KEY_BYTES + VAULT_ID_BYTES,
    SEALED_BYTES = INSIDE_BYTES + TAG_BYTES
};
_Static_assert(AD_BYTES + SEALED_BYTES == KEYFILE_BYTES, "the table in keyfile.h");
_Static_assert(sizeof(struct keyfile) == INSIDE_BYTES, "struct keyfile is sealed as it is");

static const uint8_t magic[MAGIC_BYTES] = { 'R', 'K', 'K', '1' };

/* What stands before the sealed part. */
struct parameters {
    uint32_t memory_kib, passes;
    uint8_t salt[SALT_BYTES];
    uint8_t nonce[NONCE_BYTES];
};

/* ---- Writing ---- */

/* The 116 bytes for `key`, with fresh salt and nonce. */
static enum rb_status keyfile_seal(struct writer *out, struct span passphrase, uint32_t passes,
                                   const struct keyfile *key) {
    struct parameters parameters = { .memory_kib = KEYFILE_MEMORY_KIB, .passes = passes };
    uint8_t wrap[KEY_BYTES];

    crypt_random(parameters.salt, sizeof parameters.salt);
    crypt_random(parameters.nonce, sizeof parameters.nonce);
    enum rb_status status = crypt_passphrase_key(wrap, passphrase, parameters.salt,
                                                 parameters.memory_kib, parameters.passes);
    if (status != RB_OK) {
        return RB_STORAGE; /* This machine lacks the memory. */
    }
    writer_span(out, span_of(magic, sizeof magic));
    writer_u32(out, parameters.memory_kib);
    writer_u32(out, parameters.passes);
    writer_span(out, span_of(parameters.salt, sizeof parameters.salt));
    writer_span(out, span_of(parameters.nonce, sizeof parameters.nonce));

    uint8_t sealed[SEALED_BYTES];
    crypt_seal(sealed, wrap, parameters.nonce, writer_view(out), span_of(key, sizeof *key));
    writer_span(out, span_of(sealed, sizeof sealed));
    crypt_wipe(wrap, sizeof wrap);
    return writer_end(out);
}

enum rb_status keyfile_create(const char *path, struct span passphrase, uint32_t passes,
                              struct keyfile *key) {
    assert(passes >= 1 && passes <= KEYFILE_PASSES_MAX);
    struct writer bytes;

    if (file_exists(path)) {
        return RB_EXISTS;
    }
    writer_init(&bytes, KEYFILE_BYTES);
    crypt_random(key, sizeof *key);
    enum rb_status status = keyfile_seal(&bytes, passphrase, passes, key);
    if (status == RB_OK) {
        assert(bytes.len == KEYFILE_BYTES);
        status = file_write_atomic(path, writer_view(&bytes));
    }
    if (status != RB_OK) {
        crypt_wipe(key, sizeof *key);
    }
    writer_clear(&bytes);
    return status;
}

/* ---- Reading ---- */

/* RB_NEWER for RKK2 to RKK9. */
static enum rb_status magic_check(struct span bytes) {
    const size_t name_len = MAGIC_BYTES - 1;
    const bool is_ours = bytes.len >= MAGIC_BYTES &&
                         span_equal(span_of(bytes.data, name_len), span_of(magic, name_len));

    if (!is_ours) {
        return RB_DAMAGED;
    }
    const uint8_t version = bytes.data[name_len];
    if (version > magic[name_len] && version <= '9') {
        return RB_NEWER;
    }
    return version == magic[name_len] ? RB_OK : RB_DAMAGED;
}

/* The limits are looked at before any of the numbers is used. */
static enum rb_status parameters_read(struct span bytes, struct parameters *out) {
    struct reader reader = reader_of(bytes);
    struct parameters value = { 0 };

    (void)reader_span(&reader, MAGIC_BYTES); /* magic_check has seen it. */
    value.memory_kib = reader_u32(&reader);
    value.passes = reader_u32(&reader);
    reader_copy(&reader, value.salt, sizeof value.salt);
    reader_copy(&reader, value.nonce, sizeof value.nonce);
    (void)reader_span(&reader, SEALED_BYTES);
    if (reader_end(&reader) != RB_OK) {
        return RB_DAMAGED;
    }
    if (value.memory_kib > KEYFILE_MEMORY_KIB_MAX || value.passes > KEYFILE_PASSES_MAX) {
        return RB_DAMAGED;
    }
    *out = value;
    return RB_OK;
}

enum rb_status keyfile_open(const char *path, struct span passphrase, struct keyfile *key) {
    uint8_t bytes[KEYFILE_BYTES];
    uint8_t inside[INSIDE_BYTES];
    uint8_t wrap[KEY_BYTES];
    struct parameters parameters;
    size_t len = 0;

    enum rb_status status = file_read(path, bytes, sizeof bytes, &len);
    if (status == RB_OK) {
        status = magic_check(span_of(bytes, len));
    }
    if (status == RB_OK) {
        status = parameters_read(span_of(bytes, len), &parameters);
    }
    if (status != RB_OK) {
        return status == RB_TOO_LARGE ? RB_DAMAGED : status;
    }
    status = crypt_passphrase_key(wrap, passphrase, parameters.salt, parameters.memory_kib,
                                  parameters.passes);
    if (status != RB_OK) {
        return RB_DAMAGED; /* Too little for Argon2id, or more than this machine has. */
    }
    status = crypt_open(inside, wrap, parameters.nonce, span_of(bytes, AD_BYTES),
                        span_of(bytes + AD_BYTES, SEALED_BYTES));
    crypt_wipe(wrap, sizeof wrap);
    if (status != RB_OK) {
        return RB_WRONG_PASSPHRASE; /* Or a flipped bit: nobody can tell the two apart. */
    }
    memcpy(key, inside, sizeof *key);
    crypt_wipe(inside, sizeof inside);
    return RB_OK;
}

/* ---- Cost ---- */

uint32_t keyfile_choose_passes(int64_t (*clock_ms)(void), int64_t target_ms) {
    static const uint8_t salt[SALT_BYTES] = { 0 };
    uint8_t unused[KEY_BYTES];
    const int64_t before_ms = clock_ms();

    if (crypt_passphrase_key(unused, span_text("time"), salt, KEYFILE_MEMORY_KIB, 1) != RB_OK) {
        return 1; /* keyfile_create will say what is wrong. */
    }
    const int64_t one_ms = clock_ms() - before_ms;
    const int64_t passes = target_ms / (one_ms < 1 ? 1 : one_ms);
    if (passes < 1) {
        return 1;
    }
    return passes > KEYFILE_PASSES_MAX ? KEYFILE_PASSES_MAX : (uint32_t)passes;
}
