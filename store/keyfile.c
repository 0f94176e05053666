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

/* What init and keyfile_change write can be opened again. */
_Static_assert((KEYFILE_MEMORY_KIB & (KEYFILE_MEMORY_KIB - 1)) == 0, "a power of two");
_Static_assert(KEYFILE_PASSES_MAX <= KEYFILE_WORK_KIB_MAX / KEYFILE_MEMORY_KIB, "limits.h");

/* What stands before the sealed part. */
struct parameters {
    uint32_t memory_kib, passes;
    uint8_t salt[SALT_BYTES];
    uint8_t nonce[NONCE_BYTES];
};

/* Lives in guarded memory. */
struct secrets {
    uint8_t wrap[KEY_BYTES]; /* derived from a passphrase */
    struct keyfile inside;
};

/* True if a derivation may be begun with these. */
static bool parameters_fit(const struct parameters *parameters) {
    const uint32_t memory_kib = parameters->memory_kib;
    const uint64_t work_kib = (uint64_t)memory_kib * parameters->passes;
    const bool is_power_of_two = memory_kib != 0 && (memory_kib & (memory_kib - 1)) == 0;

    return is_power_of_two && memory_kib <= KEYFILE_MEMORY_KIB_MAX && parameters->passes >= 1 &&
           parameters->passes <= KEYFILE_PASSES_MAX && work_kib <= KEYFILE_WORK_KIB_MAX;
}

/* ---- Writing ---- */

static void parameters_write(struct writer *out, const struct parameters *parameters) {
    writer_span(out, span_of(magic, sizeof magic));
    writer_u32(out, parameters->memory_kib);
    writer_u32(out, parameters->passes);
    writer_span(out, span_of(parameters->salt, sizeof parameters->salt));
    writer_span(out, span_of(parameters->nonce, sizeof parameters->nonce));
}

/* Puts `secrets->inside` into the place of PATH, wrapped at the cost that `parameters` name under a
 * fresh salt and nonce. */
static enum rb_status keyfile_write(const char *path, struct span passphrase,
                                    struct parameters parameters, struct secrets *secrets) {
    uint8_t sealed[SEALED_BYTES];
    struct writer bytes;

    assert(parameters_fit(&parameters));
    crypt_random(parameters.salt, sizeof parameters.salt);
    crypt_random(parameters.nonce, sizeof parameters.nonce);
    if (crypt_passphrase_key(secrets->wrap, passphrase, parameters.salt, parameters.memory_kib,
                             parameters.passes) != RB_OK) {
        return RB_STORAGE; /* This machine lacks the memory. */
    }
    writer_init(&bytes, KEYFILE_BYTES);
    parameters_write(&bytes, &parameters);
    crypt_seal(sealed, secrets->wrap, parameters.nonce, writer_view(&bytes),
               span_of(&secrets->inside, sizeof secrets->inside));
    writer_span(&bytes, span_of(sealed, sizeof sealed));
    assert(bytes.len == KEYFILE_BYTES);
    enum rb_status status = writer_end(&bytes);
    if (status == RB_OK) {
        status = file_write_atomic(path, writer_view(&bytes));
    }
    writer_clear(&bytes);
    return status;
}

enum rb_status keyfile_create(const char *path, struct span passphrase, uint32_t passes,
                              struct keyfile *key) {
    assert(passes >= 1 && passes <= KEYFILE_PASSES_MAX);
    const struct parameters cost = { .memory_kib = KEYFILE_MEMORY_KIB, .passes = passes };

    if (file_exists(path)) {
        return RB_EXISTS;
    }
    struct secrets *secrets = crypt_secret_alloc(sizeof *secrets);
    crypt_random(&secrets->inside, sizeof secrets->inside);
    const enum rb_status status = keyfile_write(path, passphrase, cost, secrets);
    if (status == RB_OK) {
        *key = secrets->inside;
    }
    crypt_secret_free(secrets);
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
    if (reader_end(&reader) != RB_OK || !parameters_fit(&value)) {
        return RB_DAMAGED;
    }
    *out = value;
    return RB_OK;
}

/* Fills `secrets->inside`; also tells what the file says of its cost. */
static enum rb_status keyfile_unwrap(const char *path, struct span passphrase,
                                     struct secrets *secrets, struct parameters *cost) {
    uint8_t bytes[KEYFILE_BYTES];
    struct parameters parameters = { 0 };
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
    status = crypt_passphrase_key(secrets->wrap, passphrase, parameters.salt, parameters.memory_kib,
                                  parameters.passes);
    if (status != RB_OK) {
        return status == RB_MALFORMED ? RB_DAMAGED : RB_STORAGE; /* Too little for Argon2id. */
    }
    if (crypt_open((uint8_t *)&secrets->inside, secrets->wrap, parameters.nonce,
                   span_of(bytes, AD_BYTES), span_of(bytes + AD_BYTES, SEALED_BYTES)) != RB_OK) {
        return RB_WRONG_PASSPHRASE; /* Or a flipped bit: nobody can tell the two apart. */
    }
    *cost = parameters;
    return RB_OK;
}

enum rb_status keyfile_open(const char *path, struct span passphrase, struct keyfile *key) {
    struct secrets *secrets = crypt_secret_alloc(sizeof *secrets);
    struct parameters unused;
    const enum rb_status status = keyfile_unwrap(path, passphrase, secrets, &unused);

    if (status == RB_OK) {
        *key = secrets->inside;
    }
    crypt_secret_free(secrets);
    return status;
}

/* ---- Changing ---- */

/* What the file costs already is never given up; what is new must fit beside it. */
static void cost_raise(struct parameters *cost, uint32_t passes) {
    if (cost->memory_kib < KEYFILE_MEMORY_KIB) {
        cost->memory_kib = KEYFILE_MEMORY_KIB;
    }
    const uint32_t passes_max = KEYFILE_WORK_KIB_MAX / cost->memory_kib;
    if (passes > passes_max) {
        passes = passes_max;
    }
    if (cost->passes < passes) {
        cost->passes = passes;
    }
}

enum rb_status keyfile_change(const char *path, struct span from, struct span to, uint32_t passes) {
    assert(passes >= 1 && passes <= KEYFILE_PASSES_MAX);
    struct secrets *secrets = crypt_secret_alloc(sizeof *secrets);
    struct parameters cost;
    int lock = -1;

    enum rb_status status = folder_lock(path, &lock);
    if (status != RB_OK) {
        goto done;
    }
    status = keyfile_unwrap(path, from, secrets, &cost);
    if (status == RB_OK) {
        cost_raise(&cost, passes);
        status = keyfile_write(path, to, cost, secrets);
    }
    folder_unlock(lock);
done:
    crypt_secret_free(secrets);
    return status;
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
