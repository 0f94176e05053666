/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every bit of a key file, and numbers in it that would cost much.  The file is made here, by the
 * table in keyfile.h and not by keyfile_create, at the smallest cost that Argon2id knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/limits.h"
#include "store/keyfile.h"
#include "tests/support/homes.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum {
    VERSION_OFFSET = 3,
    MEMORY_OFFSET = 4,
    PASSES_OFFSET = 8,
    SALT_OFFSET = 12,
    NONCE_OFFSET = 28,
    AD_BYTES = 52,
    CHEAP_MEMORY_KIB = 8,
    CHEAP_PASSES = 1,
    REFUSAL_MS_MAX = 50, /* of this process: deriving with 256 MiB takes some 200 */
    GROWTH_KIB_MAX = 65536
};

struct fixture {
    struct folder folder;
    char path[2 * HOMES_PATH_MAX];
    struct keyfile key;
    uint8_t bytes[KEYFILE_BYTES];
};

static void put_u32(uint8_t *out, uint32_t value) {
    for (size_t i = 0; i < 4; i++) {
        out[i] = (uint8_t)(value >> 8 * i);
    }
}

/* A key file that opens if its parameters are allowed; the derivation for them is not made where
 * it is too much for a test: then what is sealed under an all-zero key stands there. */
static void fixture_write(struct fixture *fixture, uint32_t memory_kib, uint32_t passes,
                          bool is_derived) {
    uint8_t wrap[KEY_BYTES] = { 0 };
    uint8_t *bytes = fixture->bytes;

    memcpy(bytes, "RKK1", 4);
    put_u32(bytes + MEMORY_OFFSET, memory_kib);
    put_u32(bytes + PASSES_OFFSET, passes);
    crypt_random(bytes + SALT_OFFSET, SALT_BYTES);
    crypt_random(bytes + NONCE_OFFSET, NONCE_BYTES);
    if (is_derived) {
        assert_int_equal(crypt_passphrase_key(wrap, span_text(HOMES_PASSPHRASE),
                                              bytes + SALT_OFFSET, memory_kib, passes),
                         RB_OK);
    }
    crypt_seal(bytes + AD_BYTES, wrap, bytes + NONCE_OFFSET, span_of(bytes, AD_BYTES),
               span_of(&fixture->key, sizeof fixture->key));
    file_store(fixture->path, bytes, KEYFILE_BYTES);
}

static int set_up(void **state) {
    static struct fixture fixture;

    folder_new(&fixture.folder);
    strncpy(fixture.path, folder_name(&fixture.folder, "key"), sizeof fixture.path - 1);
    crypt_random(&fixture.key, sizeof fixture.key);
    fixture_write(&fixture, CHEAP_MEMORY_KIB, CHEAP_PASSES, true);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    const struct fixture *fixture = *state;

    folder_remove(&fixture->folder);
    return 0;
}

/* Whatever is refused leaves what the caller had. */
static enum rb_status opening_status(const struct fixture *fixture) {
    struct keyfile key, before;

    memset(&before, 0xA5, sizeof before);
    key = before;
    const enum rb_status status = keyfile_open(fixture->path, span_text(HOMES_PASSPHRASE), &key);
    const struct keyfile *expected = status == RB_OK ? &fixture->key : &before;
    assert_memory_equal(&key, expected, sizeof key);
    return status;
}

static int64_t process_ms(void) {
    return (int64_t)clock() * 1000 / CLOCKS_PER_SEC;
}

static long peak_kib(void) {
    struct rusage usage;

    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss;
}

/* ---- Every bit ---- */

static enum rb_status status_of_flip(size_t byte, unsigned bit) {
    if (byte == VERSION_OFFSET) {
        const int version = '1' ^ (1 << bit);
        return version > '1' && version <= '9' ? RB_NEWER : RB_DAMAGED;
    }
    if (byte < PASSES_OFFSET) {
        return RB_DAMAGED; /* No name of ours, or a memory that is no power of two. */
    }
    if (byte < SALT_OFFSET) {
        const uint64_t passes = CHEAP_PASSES ^ UINT64_C(1) << (8 * (byte - PASSES_OFFSET) + bit);
        return passes == 0 || passes > KEYFILE_PASSES_MAX ? RB_DAMAGED : RB_WRONG_PASSPHRASE;
    }
    return RB_WRONG_PASSPHRASE;
}

static void every_flipped_bit_is_refused_and_no_flip_gives_a_key(void **state) {
    const struct fixture *fixture = *state;
    const int64_t began_ms = process_ms();
    const long peak_before_kib = peak_kib();

    for (size_t byte = 0; byte < KEYFILE_BYTES; byte++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            file_flip(fixture->path, byte, (uint8_t)(1U << bit));
            assert_int_equal(opening_status(fixture), status_of_flip(byte, bit));
            file_flip(fixture->path, byte, (uint8_t)(1U << bit));
        }
    }
    assert_int_equal(opening_status(fixture), RB_OK);
    assert_true(peak_kib() - peak_before_kib < GROWTH_KIB_MAX);
    assert_true(process_ms() - began_ms < INT64_C(8) * KEYFILE_BYTES * REFUSAL_MS_MAX);
}

/* ---- Numbers that cost ---- */

static void the_limits_are_checked_before_anything_is_derived(void **state) {
    static const struct {
        uint32_t memory_kib, passes;
    } costly[] = {
        { KEYFILE_MEMORY_KIB_MAX, KEYFILE_WORK_KIB_MAX / KEYFILE_MEMORY_KIB_MAX + 1 },
        { KEYFILE_MEMORY_KIB_MAX, KEYFILE_PASSES_MAX },
        { 2 * (uint32_t)KEYFILE_MEMORY_KIB_MAX, 1 },
        { UINT32_C(1) << 31, 2 },
        { UINT32_MAX, UINT32_MAX },
        { 3 * KEYFILE_MEMORY_KIB / 2, 1 },
        { CHEAP_MEMORY_KIB, KEYFILE_PASSES_MAX + 1 },
        { KEYFILE_MEMORY_KIB, 0 },
        { CHEAP_MEMORY_KIB / 2, 1 },
        { 0, 1 },
    };
    struct fixture *fixture = *state;
    const long peak_before_kib = peak_kib();

    for (size_t i = 0; i < sizeof costly / sizeof costly[0]; i++) {
        fixture_write(fixture, costly[i].memory_kib, costly[i].passes, false);
        const int64_t began_ms = process_ms();
        assert_int_equal(opening_status(fixture), RB_DAMAGED);
        assert_true(process_ms() - began_ms < REFUSAL_MS_MAX);
    }
    assert_true(peak_kib() - peak_before_kib < GROWTH_KIB_MAX);
}

static void parameters_raised_to_the_limits_open(void **state) {
    struct fixture *fixture = *state;

    fixture_write(fixture, CHEAP_MEMORY_KIB, KEYFILE_PASSES_MAX, true);
    assert_int_equal(opening_status(fixture), RB_OK);
    fixture_write(fixture, KEYFILE_MEMORY_KIB_MAX, 1, true);
    assert_int_equal(opening_status(fixture), RB_OK);
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_flipped_bit_is_refused_and_no_flip_gives_a_key),
        TEST(the_limits_are_checked_before_anything_is_derived),
        TEST(parameters_raised_to_the_limits_open),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
