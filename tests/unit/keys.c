/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/keys.h"

#include "protocol/crypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define PASTE_START "\x1b[200~"
#define PASTE_END   "\x1b[201~"

static struct keys *keys;

static int open_keys(void **state) {
    (void)state;
    keys = keys_new();
    return 0;
}

static int close_keys(void **state) {
    (void)state;
    keys_destroy(&keys);
    assert_null(keys);
    return 0;
}

static void feed(const char *bytes, int64_t now_ms) {
    keys_feed(keys, span_text(bytes), now_ms);
}

static void assert_keys(const char *expected) {
    uint8_t byte;

    for (size_t i = 0; i < strlen(expected); i++) {
        assert_true(keys_next(keys, &byte));
        assert_int_equal(byte, (uint8_t)expected[i]);
    }
    assert_false(keys_next(keys, &byte));
}

static void assert_block(const char *expected, size_t lines) {
    struct block block;
    uint8_t byte;

    assert_true(keys_block(keys, &block));
    assert_false(keys_next(keys, &byte));
    assert_int_equal(block.text.len, strlen(expected));
    assert_memory_equal(block.text.data, expected, block.text.len);
    assert_int_equal(block.lines, lines);
    assert_false(block.too_long);
    keys_drop_block(keys);
}

static void assert_no_block(void) {
    struct block block;

    assert_false(keys_block(keys, &block));
}

static void keys_pass_as_they_come(void **state) {
    (void)state;

    feed("tulis\r\nca\x03\xC3\xA9", 0);
    feed("tat\r", 0);
    assert_keys("tulis\r\nca\x03\xC3\xA9tat\r");
    assert_no_block();
    assert_int_equal(keys_deadline_ms(keys), INT64_MAX);
}

static void blocks_and_keys_keep_their_order(void **state) {
    (void)state;

    feed("a" PASTE_START "satu\ndua" PASTE_END "b" PASTE_START "tiga" PASTE_END PASTE_START
         "empat\n" PASTE_END "c",
         0);
    assert_keys("a");
    assert_block("satu\ndua", 2);
    assert_keys("b");
    assert_block("tiga", 1);
    assert_block("empat\n", 1);
    assert_keys("c");
    assert_no_block();
}

static void bytes_may_come_one_at_a_time(void **state) {
    static const char sent[] = "x" PASTE_START "Ibu\xE2\x80\x99s\r\n\xF0\x9F\x99\x82" PASTE_END "y";
    (void)state;

    for (size_t i = 0; i < strlen(sent); i++) {
        keys_feed(keys, span_of(sent + i, 1), (int64_t)i);
    }
    assert_keys("x");
    assert_block("Ibu\xE2\x80\x99s\n\xF0\x9F\x99\x82", 2);
    assert_keys("y");
}

static void other_sequences_are_keys_in_one_go(void **state) {
    static const char *const sequences[] = { "\x1b[2~",
                                             "\x1b[20~",
                                             "\x1b[A",
                                             "\x1b\x1b[B",
                                             "\x1b[202~",
                                             "\x1b[2\x1b[D",
                                             ("\x1b[200\x1b"
                                              "Ox") };
    (void)state;

    for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
        feed(sequences[i], 0);
        assert_keys(sequences[i]);
        assert_int_equal(keys_deadline_ms(keys), INT64_MAX);
    }
}

static void a_lone_escape_is_a_key_after_a_moment(void **state) {
    (void)state;

    feed("\x1b", 1000);
    assert_keys("");
    assert_int_equal(keys_deadline_ms(keys), 1000 + KEYS_MARK_MS);
    keys_timeout(keys, 1000 + KEYS_MARK_MS - 1);
    assert_keys("");
    keys_timeout(keys, 1000 + KEYS_MARK_MS);
    assert_keys("\x1b");
    assert_int_equal(keys_deadline_ms(keys), INT64_MAX);
}

static void a_paste_without_end_ends_by_itself_and_nothing_is_lost(void **state) {
    (void)state;

    feed(PASTE_START "catatan", 1000);
    feed(" panjang\xE2\x80", 2500);
    feed("\x1b[20", 2600);
    assert_int_equal(keys_deadline_ms(keys), 2600 + PASTE_MS_MAX);
    keys_timeout(keys, 2600 + PASTE_MS_MAX - 1);
    assert_no_block();
    keys_timeout(keys, 2600 + PASTE_MS_MAX);
    assert_block("catatan panjang\xEF\xBF\xBD\xEF\xBF\xBD[20", 1);
    feed("k", 9000);
    keys_timeout(keys, 9000 + KEYS_ALONE_MS);
    assert_keys("k");
}

static void what_was_stuck_on_the_way_is_still_pasted_and_never_typed(void **state) {
    (void)state;

    feed(PASTE_START "satu\r", 1000);
    keys_timeout(keys, 1000 + PASTE_MS_MAX);
    assert_block("satu\n", 1);
    feed("tarik 3\rkeluar\r" PASTE_END, 60000);
    assert_block("tarik 3\nkeluar\n", 2);
    assert_keys("");
    feed("tulis\r", 60100);
    assert_keys("tulis\r");
}

static void what_was_stuck_is_pasted_even_if_it_comes_byte_by_byte(void **state) {
    static const char late[] = "tarik 3\r\xC3\xA9" PASTE_END;
    int64_t now_ms = 60000;
    (void)state;

    feed(PASTE_START "satu\r", 1000);
    keys_timeout(keys, 1000 + PASTE_MS_MAX);
    assert_block("satu\n", 1);
    for (size_t i = 0; late[i] != '\0'; i++) {
        now_ms += KEYS_ALONE_MS - 1;
        keys_timeout(keys, now_ms);
        keys_feed(keys, span_of(late + i, 1), now_ms);
        assert_keys("");
    }
    assert_block("tarik 3\n\xC3\xA9", 2);
    feed("tulis\r", now_ms);
    assert_keys("tulis\r");
}

static void an_end_that_comes_late_byte_by_byte_gives_the_keyboard_back(void **state) {
    static const char end[] = PASTE_END;
    (void)state;

    feed(PASTE_START "satu", 1000);
    keys_timeout(keys, 1000 + PASTE_MS_MAX);
    assert_block("satu", 1);
    for (size_t i = 0; end[i] != '\0'; i++) {
        keys_feed(keys, span_of(end + i, 1), 9000);
    }
    assert_no_block();
    assert_int_equal(keys_deadline_ms(keys), INT64_MAX);
    feed("status\r", 9100);
    assert_keys("status\r");
}

static void after_a_paste_without_end_one_key_and_a_pause_give_the_keyboard_back(void **state) {
    static const char *const pressed[] = { "\r", "\xC3\xA9", "\x1b[1;5D", "\x1b" };
    int64_t now_ms = 1000;
    (void)state;

    for (size_t i = 0; i < sizeof pressed / sizeof pressed[0]; i++) {
        feed(PASTE_START "satu", now_ms);
        keys_timeout(keys, now_ms + PASTE_MS_MAX);
        assert_block("satu", 1);
        now_ms += 9000;
        feed(pressed[i], now_ms);
        assert_int_equal(keys_deadline_ms(keys), now_ms + KEYS_ALONE_MS);
        keys_timeout(keys, now_ms + KEYS_ALONE_MS - 1);
        assert_keys("");
        keys_timeout(keys, now_ms + KEYS_ALONE_MS);
        assert_keys(pressed[i]);
        feed("status\r", now_ms + KEYS_ALONE_MS);
        assert_keys("status\r");
        now_ms += 9000;
    }
}

static void lines_that_come_at_once_are_pasted_without_marks_too(void **state) {
    (void)state;

    feed("satu\rtarik 3\rtiga", 1000);
    assert_keys("");
    assert_no_block();
    assert_int_equal(keys_deadline_ms(keys), 1000 + KEYS_BURST_MS);
    keys_timeout(keys, 1000 + KEYS_BURST_MS - 1);
    assert_no_block();
    keys_timeout(keys, 1000 + KEYS_BURST_MS);
    assert_block("satu\ntarik 3\ntiga", 3);
    feed("tulis 1\r", 1000 + KEYS_BURST_MS);
    assert_keys("tulis 1\r");
}

static void what_follows_lines_without_marks_at_once_belongs_to_them(void **state) {
    (void)state;

    feed("satu\r\ndua\r\xE2", 1000);
    feed("\x80", 1040);
    feed("\x99 tiga\r", 1080);
    feed("empat\x1b", 1120);
    keys_timeout(keys, 1120 + KEYS_BURST_MS);
    assert_block("satu\ndua\n\xE2\x80\x99 tiga\nempat", 4);
    assert_keys("");
    assert_int_equal(keys_deadline_ms(keys), INT64_MAX);
}

static void a_mark_after_lines_without_marks_begins_a_block_of_its_own(void **state) {
    (void)state;

    feed("satu\rdua\r" PASTE_END "tiga\r" PASTE_START "empat\rlima" PASTE_END "tulis\r", 0);
    assert_block("satu\ndua\ntiga\n", 3);
    assert_block("empat\nlima", 2);
    assert_keys("tulis\r");
    feed("a\rb\r", 100);
    feed(PASTE_START "c", 120);
    assert_block("a\nb\n", 2);
    assert_int_equal(keys_deadline_ms(keys), 120 + PASTE_MS_MAX);
}

static void enter_held_down_is_keys(void **state) {
    (void)state;

    feed("\r\r\r\n\n", 0);
    assert_keys("\r\r\r\n\n");
    assert_no_block();
}

static void what_is_dropped_is_gone_and_a_paste_that_comes_in_goes_on(void **state) {
    (void)state;

    feed("a" PASTE_START "satu" PASTE_END "b\x1b[20", 0);
    keys_drop(keys);
    assert_no_block();
    assert_keys("");
    feed("0~tarik 3\r", 0);
    keys_drop(keys);
    feed(PASTE_END "d", 0);
    assert_block("tarik 3\n", 1);
    assert_keys("d");
}

static void a_held_key_that_is_dropped_does_not_give_the_keyboard_back(void **state) {
    (void)state;

    feed(PASTE_START "satu", 1000);
    keys_timeout(keys, 1000 + PASTE_MS_MAX);
    assert_block("satu", 1);
    feed("y", 9000);
    keys_drop(keys);
    assert_int_equal(keys_deadline_ms(keys), INT64_MAX);
    feed("tarik 3\r" PASTE_END, 9100);
    assert_block("tarik 3\n", 1);
    assert_keys("");
}

static void a_mark_that_says_nothing_is_dropped(void **state) {
    (void)state;

    feed(PASTE_END "a", 0);
    assert_keys("a");
    feed(PASTE_START "b" PASTE_START "c" PASTE_END, 0);
    assert_block("bc", 1);
    feed(PASTE_START PASTE_END "d", 0);
    assert_no_block();
    assert_keys("d");
}

static void of_a_block_only_text_is_kept(void **state) {
    (void)state;

    feed(PASTE_START
         "a\tb\x07\x1b[31mc\x7f\xC2\x9B"
         "d\xE2\x80\xAE"
         "e\xFF\xC3(" PASTE_END,
         0);
    assert_block("a    b[31mcde\xEF\xBF\xBD\xEF\xBF\xBD(", 1);
}

static void line_ends_of_all_kinds_are_one(void **state) {
    (void)state;

    feed(PASTE_START
         "a\r\nb\rc\nd\r\r\n\ne\xE2\x80\xA8"
         "f\x0bg" PASTE_END,
         0);
    assert_block("a\nb\nc\nd\n\n\ne\nf\ng", 9);
}

static void what_is_too_long_is_cut_and_told(void **state) {
    static char text[DRAFT_BYTES_MAX];
    struct block block;
    (void)state;

    memset(text, 'x', sizeof text);
    feed(PASTE_START, 0);
    keys_feed(keys, span_of(text, sizeof text - 1), 0);
    feed("\xC3\xA9yz" PASTE_END "k", 0);
    assert_true(keys_block(keys, &block));
    assert_true(block.too_long);
    assert_int_equal(block.text.len, sizeof text - 1);
    keys_drop_block(keys);
    assert_keys("k");
}

/* 10,000 lines of 80 bytes, in pieces as a terminal gives them.  Were it not linear, it would take
 * minutes. */
static void a_huge_paste_takes_no_time(void **state) {
    enum { PIECE_BYTES = 4096, PIECES = 196 };
    char piece[PIECE_BYTES];
    struct block block;
    clock_t start = clock();
    (void)state;

    for (size_t i = 0; i < sizeof piece; i++) {
        piece[i] = i % 80 == 79 ? '\r' : 'x';
    }
    feed(PASTE_START, 0);
    for (int64_t i = 0; i < PIECES; i++) {
        keys_feed(keys, span_of(piece, sizeof piece), i);
    }
    feed(PASTE_END, PIECES);
    assert_true(keys_block(keys, &block));
    assert_int_equal(block.text.len, PIECES * PIECE_BYTES);
    assert_int_equal(block.lines, PIECES * (PIECE_BYTES / 80) + 1);
    assert_true(clock() - start < 2 * CLOCKS_PER_SEC);
}

static void what_nobody_took_is_freed(void **state) {
    struct keys *none = NULL;
    (void)state;

    feed("abc" PASTE_START "d" PASTE_END "e" PASTE_START "f", 0);
    keys_destroy(&none);
}

#define KEYS_TEST(test) cmocka_unit_test_setup_teardown(test, open_keys, close_keys)

int main(void) {
    const struct CMUnitTest tests[] = {
        KEYS_TEST(keys_pass_as_they_come),
        KEYS_TEST(blocks_and_keys_keep_their_order),
        KEYS_TEST(bytes_may_come_one_at_a_time),
        KEYS_TEST(other_sequences_are_keys_in_one_go),
        KEYS_TEST(a_lone_escape_is_a_key_after_a_moment),
        KEYS_TEST(a_paste_without_end_ends_by_itself_and_nothing_is_lost),
        KEYS_TEST(what_was_stuck_on_the_way_is_still_pasted_and_never_typed),
        KEYS_TEST(what_was_stuck_is_pasted_even_if_it_comes_byte_by_byte),
        KEYS_TEST(an_end_that_comes_late_byte_by_byte_gives_the_keyboard_back),
        KEYS_TEST(after_a_paste_without_end_one_key_and_a_pause_give_the_keyboard_back),
        KEYS_TEST(lines_that_come_at_once_are_pasted_without_marks_too),
        KEYS_TEST(what_follows_lines_without_marks_at_once_belongs_to_them),
        KEYS_TEST(a_mark_after_lines_without_marks_begins_a_block_of_its_own),
        KEYS_TEST(enter_held_down_is_keys),
        KEYS_TEST(what_is_dropped_is_gone_and_a_paste_that_comes_in_goes_on),
        KEYS_TEST(a_held_key_that_is_dropped_does_not_give_the_keyboard_back),
        KEYS_TEST(a_mark_that_says_nothing_is_dropped),
        KEYS_TEST(of_a_block_only_text_is_kept),
        KEYS_TEST(line_ends_of_all_kinds_are_one),
        KEYS_TEST(what_is_too_long_is_cut_and_told),
        KEYS_TEST(a_huge_paste_takes_no_time),
        KEYS_TEST(what_nobody_took_is_freed),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
