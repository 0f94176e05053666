/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/secret.h"
#include "protocol/crypt.h"
#include "protocol/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct secret *secret;

static int begin(void **state) {
    (void)state;
    if (crypt_start() != RB_OK) {
        return -1;
    }
    secret = secret_new();
    return 0;
}

static int end(void **state) {
    (void)state;
    secret_destroy(&secret);
    return 0;
}

/* None of these keys ends the line. */
static void type(const char *keys) {
    for (size_t i = 0; keys[i] != '\0'; i++) {
        assert_int_equal(secret_key(secret, (uint8_t)keys[i]), SECRET_GOES_ON);
    }
}

static void assert_typed(const char *expected) {
    bool too_long = true;

    assert_true(span_equal(secret_typed(secret, &too_long), span_text(expected)));
    assert_false(too_long);
}

static void what_is_typed_is_there_until_it_is_forgotten(void **state) {
    (void)state;

    type("pagar bambu");
    assert_int_equal(secret_key(secret, '\r'), SECRET_ENTERED);
    assert_typed("pagar bambu");
    assert_int_equal(secret_key(secret, '\n'), SECRET_ENTERED);
    secret_forget(secret);
    assert_typed("");
}

static void backspace_takes_whole_characters_back(void **state) {
    (void)state;

    type("a\xC3\xA9\xE2\x82\xAC");
    type("\x7F");
    assert_typed("a\xC3\xA9");
    type("\b");
    assert_typed("a");
    type("\x7F\x7F");
    assert_typed("");
}

static void ctrl_u_takes_all_back(void **state) {
    (void)state;

    type(
        "salah\x15"
        "benar");
    assert_typed("benar");
}

static void arrows_and_other_controls_are_nothing(void **state) {
    (void)state;

    type(
        "a\x1B[Ab\x1BOCc\x1B[1;5Dd\x01\x19"
        "e\x1Bxf");
    assert_typed("abcdef");
}

static void a_control_within_a_sequence_counts(void **state) {
    (void)state;

    type("ab\x1B[");
    assert_int_equal(secret_key(secret, '\r'), SECRET_ENTERED);
    assert_typed("ab");
}

static void ctrl_d_ends_it_only_before_the_first_character(void **state) {
    (void)state;

    type("a\x04");
    assert_typed("a");
    type("\x7F");
    assert_int_equal(secret_key(secret, 0x04), SECRET_ENDED);
}

static void of_what_is_pasted_the_first_line_counts(void **state) {
    (void)state;

    type("a ");
    secret_paste(secret, span_text("bambu\ntujuh"));
    assert_typed("a bambu");
}

static void what_is_too_long_is_told_until_it_is_forgotten(void **state) {
    uint8_t most[PASSPHRASE_BYTES_MAX];
    bool too_long = true;
    (void)state;

    memset(most, 'x', sizeof most);
    secret_paste(secret, span_of(most, sizeof most));
    assert_int_equal(secret_typed(secret, &too_long).len, sizeof most);
    assert_false(too_long);
    type("y");
    (void)secret_typed(secret, &too_long);
    assert_true(too_long);
    secret_forget(secret);
    assert_typed("");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_is_typed_is_there_until_it_is_forgotten),
        TEST(backspace_takes_whole_characters_back),
        TEST(ctrl_u_takes_all_back),
        TEST(arrows_and_other_controls_are_nothing),
        TEST(a_control_within_a_sequence_counts),
        TEST(ctrl_d_ends_it_only_before_the_first_character),
        TEST(of_what_is_pasted_the_first_line_counts),
        TEST(what_is_too_long_is_told_until_it_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
