/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/text.h"

#include "protocol/limits.h"

#include <string.h>

#define UTF8(literal)   text_is_utf8(span_of(literal, sizeof(literal) - 1))
#define NAME(literal)   text_is_name(span_of(literal, sizeof(literal) - 1))
#define PROPER(literal) text_is_proper_name(span_of(literal, sizeof(literal) - 1))

static void assert_escaped(const char *text, size_t len, bool lines, const char *expected) {
    struct writer writer;

    writer_init(&writer, 256);
    text_escape(&writer, span_of(text, len), lines);
    assert_true(span_equal(writer_view(&writer), span_text(expected)));
    writer_clear(&writer);
}

static void assert_base32(const char *plain, const char *letters) {
    struct writer writer;

    writer_init(&writer, 64);
    base32_write(&writer, span_text(plain));
    assert_true(span_equal(writer_view(&writer), span_text(letters)));
    writer_reset(&writer);
    assert_int_equal(base32_read(span_text(letters), &writer), RB_OK);
    assert_true(span_equal(writer_view(&writer), span_text(plain)));
    writer_clear(&writer);
}

static void assert_base32_refused(const char *letters) {
    struct writer writer;

    writer_init(&writer, 64);
    assert_int_equal(base32_read(span_text(letters), &writer), RB_MALFORMED);
    assert_int_equal(writer_view(&writer).len, 0);
    writer_clear(&writer);
}

static void well_formed_utf8_is_accepted(void **state) {
    (void)state;

    assert_true(UTF8(""));
    assert_true(UTF8("rapat kasus"));
    assert_true(UTF8("\xC2\x80\xDF\xBF"));
    assert_true(UTF8("\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"));
    assert_true(UTF8("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"));
}

/* Text is looked at eight bytes at a time where it can be: no place in it is better hidden. */
static void one_bad_byte_is_found_at_any_place(void **state) {
    static const uint8_t bad[] = { 0x00, 0x80, 0xC3, 0xFF };
    uint8_t text[27];
    (void)state;

    for (size_t at = 0; at < sizeof text; at++) {
        memset(text, 'a', sizeof text);
        assert_true(text_is_utf8(span_of(text, sizeof text)));
        for (size_t i = 0; i < sizeof bad; i++) {
            text[at] = bad[i];
            assert_false(text_is_utf8(span_of(text, sizeof text)));
        }
    }
}

static void ill_formed_utf8_is_refused(void **state) {
    (void)state;

    assert_false(UTF8("\x80"));
    assert_false(UTF8("\xC0\xAF"));         /* overlong */
    assert_false(UTF8("\xC3"));             /* cut */
    assert_false(UTF8("\xC3\x41"));         /* no continuation */
    assert_false(UTF8("\xE0\x9F\xBF"));     /* overlong */
    assert_false(UTF8("\xED\xA0\x80"));     /* surrogate */
    assert_false(UTF8("\xF0\x8F\xBF\xBF")); /* overlong */
    assert_false(UTF8("\xF4\x90\x80\x80")); /* above U+10FFFF */
    assert_false(UTF8("\xF5\x80\x80\x80"));
    assert_false(UTF8("a\0b"));
}

static void names_of_people_are_names(void **state) {
    (void)state;

    assert_true(NAME("Sari Contoh"));
    assert_true(NAME("Ibu Dé"));
    assert_true(NAME("7 Bersaudara"));
    assert_true(NAME("A"));
}

static void what_could_deceive_is_no_name(void **state) {
    (void)state;

    assert_false(NAME(""));
    assert_false(NAME("12345"));
    assert_false(NAME("-Sari"));
    assert_false(NAME(" Sari"));
    assert_false(NAME("Sari "));
    assert_false(NAME("Sari\xC2\xA0")); /* no-break space */
    assert_false(NAME("Sa\nri"));
    assert_false(NAME("Sa\x1B[2Jri"));
    assert_false(NAME("Sari \xE2\x80\xAEhotnoC")); /* right-to-left override */
    assert_false(NAME("Sari \xC3"));
}

static void people_have_no_names_that_only_look_different(void **state) {
    (void)state;

    assert_true(PROPER("Sari Contoh"));
    assert_true(PROPER("Ibu D\xC3\xA9"));
    assert_true(PROPER("\xEA\xA6\xA7\xEA\xA6\xB1\xEA\xA6\xB6")); /* Javanese script */
    assert_false(PROPER("12345"));
    assert_false(PROPER("Budi\xE2\x80\x8B Misal")); /* zero width space */
    assert_false(PROPER("Budi\xE2\x80\x8D Misal")); /* zero width joiner */
    assert_false(
        PROPER("Bu\xC2\xAD"
               "di Misal"));                            /* soft hyphen */
    assert_false(PROPER("Budi\xE2\x81\xA0 Misal"));     /* word joiner */
    assert_false(PROPER("\xE3\x85\xA4"));               /* Hangul filler */
    assert_false(PROPER("\xE1\x85\x9F"));               /* another one */
    assert_false(PROPER("\xEF\xBE\xA0"));               /* and another */
    assert_false(PROPER("Budi Misal\xEF\xB8\x8F"));     /* variation selector */
    assert_false(PROPER("Budi Misal\xF3\xA0\x84\x80")); /* another one */
    assert_false(PROPER("Budi\xC2\xA0Misal"));          /* no-break space */
    assert_false(PROPER("Budi\xE2\x80\x89Misal"));      /* thin space */
    assert_true(NAME("Keluarga \xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9")); /* a title */
}

static void a_name_has_at_most_eighty_characters(void **state) {
    char name[2 * NAME_CHARACTERS_MAX + 2];
    (void)state;

    for (size_t i = 0; i < sizeof name; i += 2) {
        memcpy(name + i, "\xC3\xA9", 2);
    }
    assert_true(text_is_name(span_of(name, 2 * NAME_CHARACTERS_MAX)));
    assert_false(text_is_name(span_of(name, 2 * NAME_CHARACTERS_MAX + 2)));
    assert_int_equal(text_characters(span_of(name, sizeof name)), NAME_CHARACTERS_MAX + 1);
}

static void a_text_is_cut_between_characters(void **state) {
    const struct span text = span_text("ab\xC3\xA9\xE2\x82\xAC");
    (void)state;

    assert_int_equal(text_truncate(text, 0).len, 0);
    assert_int_equal(text_truncate(text, 2).len, 2);
    assert_int_equal(text_truncate(text, 3).len, 2);
    assert_int_equal(text_truncate(text, 4).len, 4);
    assert_int_equal(text_truncate(text, 6).len, 4);
    assert_int_equal(text_truncate(text, 99).len, 7);
}

static void blanks_and_line_ends_are_blank_and_controls_are_not(void **state) {
    static const char blanks[] = " \t\n\v\f\r";
    (void)state;

    for (unsigned byte = 1; byte <= UINT8_MAX; byte++) {
        assert_int_equal(text_is_blank((uint8_t)byte), strchr(blanks, (int)byte) != NULL);
    }
    assert_false(text_is_blank(0));
}

static void an_ill_formed_byte_moves_one_byte_on(void **state) {
    struct span text = span_text("\xE2\x82\x41");
    (void)state;

    assert_true(text_next(&text) == UINT32_C(0xFFFFFFFF));
    assert_true(text_next(&text) == UINT32_C(0xFFFFFFFF));
    assert_int_equal(text_next(&text), 'A');
    assert_int_equal(text.len, 0);
}

static void only_harmless_characters_reach_a_terminal(void **state) {
    const uint32_t unprintable[] = { 0x00,   0x1B,   0x7F,   0x85,    0x9B,    0x061C,  0x200E,
                                     0x200F, 0x2028, 0x202A, 0x202E,  0x2066,  0x2069,  0xFDD0,
                                     0xFEFF, 0xFFFE, 0xFFFF, 0xE0001, 0x1FFFE, 0x10FFFF };
    const uint32_t printable[] = { ' ', '~', 0xA0, 0xE9, 0x2027, 0x202F, 0x20AC, 0xFFFD, 0x1F600 };
    (void)state;

    for (size_t i = 0; i < sizeof unprintable / sizeof unprintable[0]; i++) {
        assert_true(text_is_unprintable(unprintable[i]));
    }
    for (size_t i = 0; i < sizeof printable / sizeof printable[0]; i++) {
        assert_false(text_is_unprintable(printable[i]));
    }
}

static void what_is_not_printable_is_shown_as_its_number(void **state) {
    (void)state;

    assert_escaped("biasa \xC3\xA9", 8, false, "biasa \xC3\xA9");
    assert_escaped("\x1B[2J", 4, false, "\\u{001B}[2J");
    assert_escaped("\xE2\x80\xAE", 3, false, "\\u{202E}");
    assert_escaped("\xF3\xA0\x80\x81", 4, false, "\\u{E0001}");
    assert_escaped("a\xFFz", 3, false, "a\\x{FF}z");
    assert_escaped("a\nb\tc", 5, false, "a\\u{000A}b\\u{0009}c");
    assert_escaped("a\nb\tc", 5, true, "a\nb\\u{0009}c");
    assert_escaped("", 0, false, "");
}

static void base32_is_that_of_rfc_4648(void **state) {
    (void)state;

    assert_base32("", "");
    assert_base32("f", "my");
    assert_base32("fo", "mzxq");
    assert_base32("foo", "mzxw6");
    assert_base32("foob", "mzxw6yq");
    assert_base32("fooba", "mzxw6ytb");
    assert_base32("foobar", "mzxw6ytboi");
}

static void base32_has_one_form_per_value(void **state) {
    (void)state;

    assert_base32_refused("m");
    assert_base32_refused("mzx");
    assert_base32_refused("mzxw6y");
    assert_base32_refused("mz"); /* left-over bits */
    assert_base32_refused("my======");
    assert_base32_refused("m1");
    assert_base32_refused("mzxw6 ytb");
}

static void base32_ignores_letter_case(void **state) {
    struct writer writer;
    (void)state;

    writer_init(&writer, 8);
    assert_int_equal(base32_read(span_text("MzXw6"), &writer), RB_OK);
    assert_true(span_equal(writer_view(&writer), span_text("foo")));
    writer_clear(&writer);
}

static void hexadecimal_is_lower_case(void **state) {
    const uint8_t bytes[] = { 0x00, 0xAB, 0x7F };
    char out[2 * sizeof bytes + 1];
    (void)state;

    hex_write(span_of(bytes, sizeof bytes), out);
    assert_string_equal(out, "00ab7f");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_formed_utf8_is_accepted),
        cmocka_unit_test(one_bad_byte_is_found_at_any_place),
        cmocka_unit_test(ill_formed_utf8_is_refused),
        cmocka_unit_test(names_of_people_are_names),
        cmocka_unit_test(what_could_deceive_is_no_name),
        cmocka_unit_test(people_have_no_names_that_only_look_different),
        cmocka_unit_test(a_name_has_at_most_eighty_characters),
        cmocka_unit_test(a_text_is_cut_between_characters),
        cmocka_unit_test(blanks_and_line_ends_are_blank_and_controls_are_not),
        cmocka_unit_test(an_ill_formed_byte_moves_one_byte_on),
        cmocka_unit_test(only_harmless_characters_reach_a_terminal),
        cmocka_unit_test(what_is_not_printable_is_shown_as_its_number),
        cmocka_unit_test(base32_is_that_of_rfc_4648),
        cmocka_unit_test(base32_has_one_form_per_value),
        cmocka_unit_test(base32_ignores_letter_case),
        cmocka_unit_test(hexadecimal_is_lower_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
