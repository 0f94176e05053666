/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/snippet.h"
#include "protocol/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The snippet around the first `word` in `text`; valid until the next call. */
static const char *around(const char *text, const char *word) {
    static char shown[SNIPPET_BYTES_MAX + 1];
    const char *at = strstr(text, word);
    struct writer out;

    assert_non_null(at);
    writer_init(&out, SNIPPET_BYTES_MAX);
    snippet_write(&out, span_text(text), (size_t)(at - text), strlen(word));
    assert_int_equal(writer_end(&out), RB_OK);
    struct span written = writer_view(&out);
    (void)snprintf(shown, sizeof shown, "%.*s", (int)written.len, (const char *)written.data);
    writer_clear(&out);
    return shown;
}

static void a_short_text_is_shown_whole(void **state) {
    (void)state;

    assert_string_equal(around("Anak itu dirujuk ke klinik.", "rujuk"),
                        "Anak itu dirujuk ke klinik.");
    assert_string_equal(around("rujuk", "rujuk"), "rujuk");
    assert_string_equal(around("", ""), "");
}

static void a_match_in_the_middle_stands_in_the_middle(void **state) {
    char text[201];
    (void)state;

    memset(text, '.', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    memcpy(text + 100, "rujukan!!!", 10);
    const char *shown = around(text, "rujukan!!!");
    assert_int_equal(strlen(shown), SNIPPET_CHARACTERS + 6);
    assert_memory_equal(shown + 3 + 25, "rujukan!!!", 10);
}

static void a_match_at_an_end_has_all_the_room_before_or_behind(void **state) {
    char text[201], expected[SNIPPET_BYTES_MAX];
    (void)state;

    memset(text, '.', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    memcpy(text, "rujuk", 5);
    (void)snprintf(expected, sizeof expected, "%.*s...", SNIPPET_CHARACTERS, text);
    assert_string_equal(around(text, "rujuk"), expected);
    memcpy(text, ".....", 5);
    memcpy(text + 195, "rujuk", 5);
    (void)snprintf(expected, sizeof expected, "...%s", text + 200 - SNIPPET_CHARACTERS);
    assert_string_equal(around(text, "rujuk"), expected);
}

static void white_space_becomes_one_blank(void **state) {
    (void)state;

    assert_string_equal(around("satu\n\n  dua\t\r\ntiga", "dua"), "satu dua tiga");
}

static void a_match_longer_than_a_snippet_is_shown_from_its_beginning(void **state) {
    char text[129];
    (void)state;

    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    const char *shown = around(text, text);
    assert_int_equal(strlen(shown), SNIPPET_CHARACTERS + 3);
    assert_memory_equal(shown, "aaa", 3);
    assert_string_equal(shown + SNIPPET_CHARACTERS, "...");
}

/* Characters of one to four bytes, the match at every place among them. */
static void characters_are_never_cut(void **state) {
    static const char *const characters[] = { "x", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80" };
    char text[4 * 150 + 8];
    (void)state;

    for (size_t match = 0; match < 150; match++) {
        size_t len = 0, match_at = 0;
        for (size_t i = 0; i < 150; i++) {
            const char *character = i == match ? "#" : characters[i % 4];
            match_at = i == match ? len : match_at;
            memcpy(text + len, character, strlen(character));
            len += strlen(character);
        }
        struct writer out;
        writer_init(&out, SNIPPET_BYTES_MAX);
        snippet_write(&out, span_of(text, len), match_at, 1);
        struct span shown = writer_view(&out);
        assert_int_equal(writer_end(&out), RB_OK);
        assert_true(text_is_utf8(shown));
        assert_non_null(memchr(shown.data, '#', shown.len));
        size_t dots = (match >= 30 ? 3U : 0U) + (match < 119 ? 3U : 0U);
        assert_int_equal(text_characters(shown), SNIPPET_CHARACTERS + dots);
        writer_clear(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_text_is_shown_whole),
        cmocka_unit_test(a_match_in_the_middle_stands_in_the_middle),
        cmocka_unit_test(a_match_at_an_end_has_all_the_room_before_or_behind),
        cmocka_unit_test(white_space_becomes_one_blank),
        cmocka_unit_test(a_match_longer_than_a_snippet_is_shown_from_its_beginning),
        cmocka_unit_test(characters_are_never_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
