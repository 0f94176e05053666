/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/words.h"

#include <string.h>

static void every_word_has_four_to_eight_plain_letters(void **state) {
    (void)state;

    for (unsigned i = 0; i < WORDS_COUNT; i++) {
        size_t len = strlen(words_at(i));
        assert_in_range(len, 4, WORD_LETTERS_MAX);
        assert_int_equal(strspn(words_at(i), "abcdefghijklmnopqrstuvwxyz"), len);
    }
}

static void words_ascend_and_differ_in_their_first_four_letters(void **state) {
    (void)state;

    for (unsigned i = 1; i < WORDS_COUNT; i++) {
        assert_true(strncmp(words_at(i - 1), words_at(i), 4) < 0);
    }
}

static void four_letters_find_a_word(void **state) {
    (void)state;

    for (unsigned i = 0; i < WORDS_COUNT; i++) {
        const char *word = words_at(i);
        assert_int_equal(words_find(span_of(word, 4)), i);
        assert_int_equal(words_find(span_text(word)), i);
    }
}

static void letter_case_does_not_matter(void **state) {
    int number = words_find(span_text("bahasa"));
    (void)state;

    assert_true(number >= 0);
    assert_int_equal(words_find(span_text("BAHA")), number);
    assert_int_equal(words_find(span_text("Bahas")), number);
}

static void what_is_not_the_beginning_of_a_word_is_not_found(void **state) {
    (void)state;

    assert_int_equal(words_find(span_text("")), -1);
    assert_int_equal(words_find(span_text("bah")), -1);
    assert_int_equal(words_find(span_text("bahasu")), -1);
    assert_int_equal(words_find(span_text("bahasaku")), -1);
    assert_int_equal(words_find(span_text("bahasakita")), -1);
    assert_int_equal(words_find(span_of("bahasa\0", 7)), -1);
    assert_int_equal(words_find(span_text("qqqq")), -1);
    assert_int_equal(words_find(span_text("baha sa")), -1);
}

static void words_are_taken_from_the_front_of_the_bits(void **state) {
    /* 00000000000 11111111111 00000000001 and seven bits that nobody asked for */
    const uint8_t bytes[] = { 0x00, 0x1F, 0xFC, 0x00, 0xFF };
    struct writer writer;
    (void)state;

    writer_init(&writer, 64);
    words_write(&writer, span_of(bytes, sizeof bytes), 3);
    assert_true(span_equal(writer_view(&writer), span_text("abadi zona abai")));
    writer_clear(&writer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_has_four_to_eight_plain_letters),
        cmocka_unit_test(words_ascend_and_differ_in_their_first_four_letters),
        cmocka_unit_test(four_letters_find_a_word),
        cmocka_unit_test(letter_case_does_not_matter),
        cmocka_unit_test(what_is_not_the_beginning_of_a_word_is_not_found),
        cmocka_unit_test(words_are_taken_from_the_front_of_the_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
