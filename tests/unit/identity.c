/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/identity.h"

#include "tests/support/sari.h"

#include <string.h>

/* The words of a key of `fill` bytes; NUL-terminated. */
static void words_of(char out[static 128], uint8_t fill) {
    uint8_t public[SIGN_PUBLIC_BYTES];
    struct writer writer;

    memset(public, fill, sizeof public);
    writer_init(&writer, 127);
    identity_words(&writer, public);
    memcpy(out, writer.data, writer.len);
    out[writer.len] = '\0';
    writer_clear(&writer);
}

static bool words_match(const char *typed, uint8_t fill) {
    uint8_t public[SIGN_PUBLIC_BYTES];

    memset(public, fill, sizeof public);
    return identity_words_match(span_text(typed), public);
}

/* Four letters of each word, in capitals, with odd blanks. */
static void shorten(char *out, const char *words) {
    *out++ = '\t';
    for (size_t letters = 0; *words != '\0'; words++) {
        letters = *words == ' ' ? 0 : letters + 1;
        if (letters == 0) {
            *out++ = '\n';
            *out++ = ' ';
        } else if (letters <= 4) {
            *out++ = (char)(*words - 'a' + 'A');
        }
    }
    *out = '\0';
}

static void a_new_identity_has_keys_that_fit_each_other(void **state) {
    struct identity identity, again;
    (void)state;

    identity_new(&identity);
    again = identity;
    identity_derive(&again);
    assert_memory_equal(&identity, &again, sizeof again);
    assert_int_equal(identity.seal_generation, 1);
}

static void no_two_keys_of_an_identity_are_alike(void **state) {
    struct identity identity;
    (void)state;

    sari_identity(&identity, 1);
    assert_memory_not_equal(identity.person.public, identity.device.public, 32);
    assert_memory_not_equal(identity.device.seed, identity.transport.secret, 32);
    assert_memory_not_equal(identity.transport.public, identity.seal.public, 32);
}

static void the_seal_key_does_not_come_from_the_device_seed(void **state) {
    struct identity one, other;
    (void)state;

    sari_identity(&one, 1);
    sari_identity(&other, 1);
    memset(other.device_seed, 9, sizeof other.device_seed);
    identity_derive(&other);
    assert_memory_equal(one.seal.public, other.seal.public, 32);
    assert_memory_not_equal(one.device.public, other.device.public, 32);
    assert_memory_not_equal(one.transport.public, other.transport.public, 32);
}

static void different_keys_have_different_words(void **state) {
    char one[128], other[128];
    (void)state;

    words_of(one, 1);
    words_of(other, 2);
    assert_string_not_equal(one, other);
}

static void typed_words_match_their_key_only(void **state) {
    char words[128];
    (void)state;

    words_of(words, 1);
    assert_true(words_match(words, 1));
    assert_false(words_match(words, 2));
}

static void four_letters_in_any_case_and_spacing_suffice(void **state) {
    char words[128], typed[128];
    (void)state;

    words_of(words, 1);
    shorten(typed, words);
    assert_true(words_match(typed, 1));
}

static void a_word_too_few_or_too_many_does_not_match(void **state) {
    char words[160];
    (void)state;

    words_of(words, 1);
    memcpy(words + strlen(words), " abadi", sizeof " abadi");
    assert_false(words_match(words, 1));
    *strrchr(words, ' ') = '\0';
    assert_true(words_match(words, 1));
    *strrchr(words, ' ') = '\0';
    assert_false(words_match(words, 1));
    assert_false(words_match("", 1));
}

static void swapped_words_do_not_match(void **state) {
    char words[128], swapped[160];
    (void)state;

    words_of(words, 1);
    char *rest = strchr(words, ' ');
    size_t first_len = (size_t)(rest - words);
    size_t rest_len = strlen(rest + 1);
    memcpy(swapped, rest + 1, rest_len);
    swapped[rest_len] = ' ';
    memcpy(swapped + rest_len + 1, words, first_len);
    swapped[rest_len + 1 + first_len] = '\0';
    assert_false(words_match(swapped, 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_identity_has_keys_that_fit_each_other),
        cmocka_unit_test(no_two_keys_of_an_identity_are_alike),
        cmocka_unit_test(the_seal_key_does_not_come_from_the_device_seed),
        cmocka_unit_test(different_keys_have_different_words),
        cmocka_unit_test(typed_words_match_their_key_only),
        cmocka_unit_test(four_letters_in_any_case_and_spacing_suffice),
        cmocka_unit_test(a_word_too_few_or_too_many_does_not_match),
        cmocka_unit_test(swapped_words_do_not_match),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
