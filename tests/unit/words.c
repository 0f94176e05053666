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

/* ---- Nearly a word ---- */

static const char *nearest(const char *typed) {
    const char *near[3] = { NULL };

    return words_near(span_text(typed), near, 3) > 0 ? near[0] : "";
}

static void a_slip_of_the_finger_is_near_the_word(void **state) {
    (void)state;

    assert_string_equal(nearest("bahsa"), "bahasa");   /* one is missing */
    assert_string_equal(nearest("bahaasa"), "bahasa"); /* one too many */
    assert_string_equal(nearest("bahqsa"), "bahasa");  /* another one */
    assert_string_equal(nearest("abhasa"), "bahasa");  /* two have changed places */
    assert_string_equal(nearest("BAHSA"), "bahasa");
    assert_string_equal(nearest("bahasaku"), "bahasa");
    assert_string_equal(nearest("sembilam"), "sembilan");
    assert_string_equal(nearest("sembilanbelas"), "sembilan");
}

static void the_end_of_a_word_that_has_a_slip_may_be_left_out(void **state) {
    (void)state;

    assert_string_equal(nearest("smebil"), "sembilan");
    assert_string_equal(nearest("zam"), "zaman");
}

static void a_word_is_nearest_to_itself(void **state) {
    (void)state;

    for (unsigned i = 0; i < WORDS_COUNT; i += 11) {
        assert_ptr_equal(nearest(words_at(i)), words_at(i));
    }
}

static void near_words_come_nearest_first_and_no_more_than_asked_for(void **state) {
    const char *near[WORDS_NEAR_MAX] = { NULL };
    (void)state;

    size_t count = words_near(span_text("rumal"), near, WORDS_NEAR_MAX);
    assert_in_range(count, 2, WORDS_NEAR_MAX);
    assert_string_equal(near[0], "rumah");
    const char *first = near[0], *second = near[1];
    near[2] = NULL;
    assert_int_equal(words_near(span_text("rumal"), near, 2), 2);
    assert_ptr_equal(near[0], first);
    assert_ptr_equal(near[1], second);
    assert_null(near[2]);
    assert_int_equal(words_near(span_text("rumal"), near, 0), 0);
}

static void what_is_like_no_word_is_near_none(void **state) {
    (void)state;

    assert_string_equal(nearest(""), "");
    assert_string_equal(nearest("qqqq"), "");
    assert_string_equal(nearest("xyxyxyxy"), "");
    assert_string_equal(nearest("\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\xf7"), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_has_four_to_eight_plain_letters),
        cmocka_unit_test(words_ascend_and_differ_in_their_first_four_letters),
        cmocka_unit_test(four_letters_find_a_word),
        cmocka_unit_test(letter_case_does_not_matter),
        cmocka_unit_test(what_is_not_the_beginning_of_a_word_is_not_found),
        cmocka_unit_test(words_are_taken_from_the_front_of_the_bits),
        cmocka_unit_test(a_slip_of_the_finger_is_near_the_word),
        cmocka_unit_test(the_end_of_a_word_that_has_a_slip_may_be_left_out),
        cmocka_unit_test(a_word_is_nearest_to_itself),
        cmocka_unit_test(near_words_come_nearest_first_and_no_more_than_asked_for),
        cmocka_unit_test(what_is_like_no_word_is_near_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
