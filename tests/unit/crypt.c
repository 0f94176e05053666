/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/crypt.h"

#include "protocol/text.h"

#include <string.h>

static void assert_hex(const uint8_t *bytes, size_t len, const char *expected) {
    char hex[2 * SIGNATURE_BYTES + 1];

    hex_write(span_of(bytes, len), hex);
    assert_string_equal(hex, expected);
}

static struct sign_key sign_key_of(uint8_t fill) {
    struct sign_key key;
    uint8_t seed[SIGN_SEED_BYTES];

    memset(seed, fill, sizeof seed);
    crypt_sign_from_seed(&key, seed);
    return key;
}

static struct box_key box_key_of(uint8_t fill) {
    struct box_key key;
    uint8_t seed[32];

    memset(seed, fill, sizeof seed);
    crypt_box_from_seed(&key, seed);
    return key;
}

static void the_hash_is_blake2b_over_label_and_parts(void **state) {
    const struct span parts[] = { span_text("b"), (struct span) { 0 }, span_text("c") };
    uint8_t hash[64];
    (void)state;

    /* RFC 7693, appendix A: BLAKE2b-512("abc"). */
    crypt_hash(hash, sizeof hash, (struct span) { 0 }, "a", parts, 3);
    assert_hex(hash, sizeof hash,
               "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
               "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

static void the_key_changes_the_hash(void **state) {
    const struct span message = span_text("pesan");
    uint8_t without[HASH_BYTES];
    uint8_t with[HASH_BYTES];
    (void)state;

    crypt_hash(without, sizeof without, (struct span) { 0 }, "rk.x", &message, 1);
    crypt_hash(with, sizeof with, span_text("kunci"), "rk.x", &message, 1);
    assert_false(crypt_equal(without, with, sizeof with));
}

static void signatures_are_those_of_rfc_8032(void **state) {
    static const uint8_t seed[] = { 0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda,
                                    0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11, 0x4e, 0x0f,
                                    0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab, 0xa6, 0x24,
                                    0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb };
    uint8_t signature[SIGNATURE_BYTES];
    struct sign_key key;
    (void)state;

    /* Section 7.1, test 2: the message 0x72, here as the label. */
    crypt_sign_from_seed(&key, seed);
    crypt_sign(signature, &key, "\x72", (struct span) { 0 });
    assert_hex(signature, sizeof signature,
               "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
               "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

static void a_signature_holds_for_its_key_label_and_message_only(void **state) {
    const struct sign_key key = sign_key_of(1);
    const struct sign_key other = sign_key_of(2);
    uint8_t signature[SIGNATURE_BYTES];
    (void)state;

    crypt_sign(signature, &key, "rk.a", span_text("pesan"));
    assert_true(crypt_verify(signature, key.public, "rk.a", span_text("pesan")));
    assert_false(crypt_verify(signature, other.public, "rk.a", span_text("pesan")));
    assert_false(crypt_verify(signature, key.public, "rk.b", span_text("pesan")));
    assert_false(crypt_verify(signature, key.public, "rk.a", span_text("pesam")));
    signature[0] ^= 1;
    assert_false(crypt_verify(signature, key.public, "rk.a", span_text("pesan")));
}

static void the_public_half_is_that_of_rfc_7748(void **state) {
    static const uint8_t secret[] = { 0x5d, 0xab, 0x08, 0x7e, 0x62, 0x4a, 0x8a, 0x4b,
                                      0x79, 0xe1, 0x7f, 0x8b, 0x83, 0x80, 0x0e, 0xe6,
                                      0x6f, 0x3b, 0xb1, 0x29, 0x26, 0x18, 0xb6, 0xfd,
                                      0x1c, 0x2f, 0x8b, 0x27, 0xff, 0x88, 0xe0, 0xeb };
    struct box_key key;
    (void)state;

    /* Section 6.1, Bob. */
    crypt_box_from_secret(&key, secret);
    assert_hex(key.public, sizeof key.public,
               "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
}

static void a_sealed_key_opens_for_its_recipient_only(void **state) {
    const struct box_key recipient = box_key_of(1);
    const struct box_key stranger = box_key_of(2);
    const uint8_t key[KEY_BYTES] = { 7 };
    uint8_t seal[BOX_SEAL_BYTES];
    uint8_t opened[KEY_BYTES] = { 0 };
    (void)state;

    assert_int_equal(crypt_box_seal(seal, recipient.public, key), RB_OK);
    assert_int_equal(crypt_box_open(opened, &stranger, seal), RB_NO_KEY);
    assert_int_equal(opened[0], 0);
    assert_int_equal(crypt_box_open(opened, &recipient, seal), RB_OK);
    assert_true(crypt_equal(opened, key, sizeof key));
}

static void nothing_is_sealed_to_a_low_order_point(void **state) {
    const uint8_t zero[BOX_PUBLIC_BYTES] = { 0 };
    const uint8_t key[KEY_BYTES] = { 7 };
    uint8_t seal[BOX_SEAL_BYTES];
    (void)state;

    assert_int_equal(crypt_box_seal(seal, zero, key), RB_MALFORMED);
}

static void only_a_point_of_full_order_is_usable(void **state) {
    const uint8_t one[BOX_PUBLIC_BYTES] = { 1 };
    const uint8_t base[BOX_PUBLIC_BYTES] = { 9 };
    uint8_t minus_one[BOX_PUBLIC_BYTES];
    struct box_key key;
    (void)state;

    memset(minus_one, 0xff, sizeof minus_one); /* 2^255 - 20, little-endian */
    minus_one[0] = 0xec;
    minus_one[BOX_PUBLIC_BYTES - 1] = 0x7f;
    assert_false(crypt_box_is_usable(one));
    assert_false(crypt_box_is_usable(minus_one));
    assert_true(crypt_box_is_usable(base));
    crypt_box_new(&key);
    assert_true(crypt_box_is_usable(key.public));
}

static void any_flipped_bit_keeps_a_message_shut(void **state) {
    const uint8_t key[KEY_BYTES] = { 1 };
    const uint8_t nonce[NONCE_BYTES] = { 2 };
    uint8_t sealed[5 + TAG_BYTES];
    uint8_t opened[5];
    (void)state;

    crypt_seal(sealed, key, nonce, span_text("ad"), span_text("pesan"));
    const struct span whole = span_of(sealed, sizeof sealed);
    assert_int_equal(crypt_open(opened, key, nonce, span_text("ad"), whole), RB_OK);
    assert_memory_equal(opened, "pesan", sizeof opened);
    assert_int_equal(crypt_open(opened, key, nonce, span_text("da"), whole), RB_MALFORMED);
    for (size_t bit = 0; bit < 8 * sizeof sealed; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(crypt_open(opened, key, nonce, span_text("ad"), whole), RB_MALFORMED);
        assert_memory_equal(opened, "\0\0\0\0\0", sizeof opened);
        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void an_empty_message_can_be_sealed_and_a_short_one_not_opened(void **state) {
    const uint8_t key[KEY_BYTES] = { 1 };
    const uint8_t nonce[NONCE_BYTES] = { 2 };
    const struct span none = { 0 };
    uint8_t sealed[TAG_BYTES];
    uint8_t opened[1];
    (void)state;

    crypt_seal(sealed, key, nonce, none, none);
    assert_int_equal(crypt_open(opened, key, nonce, none, span_of(sealed, TAG_BYTES)), RB_OK);
    assert_int_equal(crypt_open(opened, key, nonce, none, span_of(sealed, TAG_BYTES - 1)),
                     RB_MALFORMED);
}

static void subkeys_of_one_key_differ(void **state) {
    const uint8_t key[KEY_BYTES] = { 1 };
    uint8_t first[KEY_BYTES];
    uint8_t second[KEY_BYTES];
    (void)state;

    crypt_derive(first, key, "rk.test_", 1);
    crypt_derive(second, key, "rk.test_", 2);
    assert_false(crypt_equal(first, second, sizeof first));
}

static void a_passphrase_gives_the_same_key_with_the_same_salt_only(void **state) {
    const uint8_t salt[SALT_BYTES] = { 1 };
    const uint8_t other_salt[SALT_BYTES] = { 2 };
    const struct span passphrase = span_text("kata sandi contoh");
    uint8_t key[KEY_BYTES];
    uint8_t again[KEY_BYTES];
    (void)state;

    assert_int_equal(crypt_passphrase_key(key, passphrase, salt, 64, 1), RB_OK);
    assert_int_equal(crypt_passphrase_key(again, passphrase, salt, 64, 1), RB_OK);
    assert_true(crypt_equal(key, again, sizeof key));
    assert_int_equal(crypt_passphrase_key(again, passphrase, other_salt, 64, 1), RB_OK);
    assert_false(crypt_equal(key, again, sizeof key));
}

static void costs_below_the_least_of_argon2id_are_malformed(void **state) {
    const uint8_t salt[SALT_BYTES] = { 1 };
    uint8_t key[KEY_BYTES];
    (void)state;

    assert_int_equal(crypt_passphrase_key(key, span_text("sandi"), salt, 7, 1), RB_MALFORMED);
    assert_int_equal(crypt_passphrase_key(key, span_text("sandi"), salt, 64, 0), RB_MALFORMED);
}

static void secret_memory_begins_zeroed(void **state) {
    uint8_t *secret = crypt_secret_alloc(KEY_BYTES);
    (void)state;

    for (size_t i = 0; i < KEY_BYTES; i++) {
        assert_int_equal(secret[i], 0);
    }
    crypt_secret_free(secret);
    crypt_secret_free(NULL);
}

static void new_keys_differ(void **state) {
    struct sign_key first, second;
    struct box_key third, fourth;
    (void)state;

    crypt_sign_new(&first);
    crypt_sign_new(&second);
    assert_false(crypt_equal(first.public, second.public, SIGN_PUBLIC_BYTES));
    crypt_box_new(&third);
    crypt_box_new(&fourth);
    assert_false(crypt_equal(third.public, fourth.public, BOX_PUBLIC_BYTES));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hash_is_blake2b_over_label_and_parts),
        cmocka_unit_test(the_key_changes_the_hash),
        cmocka_unit_test(signatures_are_those_of_rfc_8032),
        cmocka_unit_test(a_signature_holds_for_its_key_label_and_message_only),
        cmocka_unit_test(the_public_half_is_that_of_rfc_7748),
        cmocka_unit_test(a_sealed_key_opens_for_its_recipient_only),
        cmocka_unit_test(nothing_is_sealed_to_a_low_order_point),
        cmocka_unit_test(only_a_point_of_full_order_is_usable),
        cmocka_unit_test(any_flipped_bit_keeps_a_message_shut),
        cmocka_unit_test(an_empty_message_can_be_sealed_and_a_short_one_not_opened),
        cmocka_unit_test(subkeys_of_one_key_differ),
        cmocka_unit_test(a_passphrase_gives_the_same_key_with_the_same_salt_only),
        cmocka_unit_test(costs_below_the_least_of_argon2id_are_malformed),
        cmocka_unit_test(secret_memory_begins_zeroed),
        cmocka_unit_test(new_keys_differ),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
