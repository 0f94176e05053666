/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/names.h"

#include "protocol/crypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void names_survive_a_message(void **state) {
    struct names sent = { 0 }, read = { 0 };
    struct message message = { 0 };
    struct writer bytes = { 0 };
    (void)state;

    names_add(&sent, REF_CONTACT, 2, "Budi Misal");
    names_add(&sent, REF_CASE, INT64_MAX, "3273-26-K7QD");
    names_write(&sent, &message, &bytes);
    names_read(&read, &message);
    assert_int_equal(read.count, 2);
    assert_int_equal(read.rows[0].sort, REF_CONTACT);
    assert_int_equal(read.rows[0].number, 2);
    assert_string_equal(read.rows[0].text, "Budi Misal");
    assert_int_equal(read.rows[1].sort, REF_CASE);
    assert_true(read.rows[1].number == INT64_MAX);
    assert_string_equal(read.rows[1].text, "3273-26-K7QD");
    message_clear(&message);
    writer_clear(&bytes);
    names_clear(&read);
    names_clear(&sent);
}

static void people_of_a_group_or_case_are_told_apart_from_it(void **state) {
    static const uint8_t expected[] = { 0x82, 0, 0, 0, 0, 0, 0, 0, 7, 'B', 'u' };
    struct names sent = { 0 }, read = { 0 };
    struct message message = { 0 };
    struct writer bytes = { 0 };
    (void)state;

    names_add_member(&sent, REF_GROUP, 7, "Bu");
    names_add_member(&sent, REF_CASE, 4, "Dewi");
    names_add_member(&sent, REF_THREAD, 4, "Dewi"); /* has no people */
    names_add(&sent, REF_GROUP, 7, "Diskusi");
    names_write(&sent, &message, &bytes);
    assert_memory_equal(message.texts[0].data, expected, sizeof expected);
    names_read(&read, &message);
    assert_int_equal(read.count, 3);
    assert_true(read.rows[0].is_member && read.rows[1].is_member && !read.rows[2].is_member);
    assert_int_equal(read.rows[1].sort, REF_CASE);
    assert_int_equal(read.rows[1].number, 4);
    assert_string_equal(read.rows[1].text, "Dewi");
    message_clear(&message);
    writer_clear(&bytes);
    names_clear(&read);
    names_clear(&sent);
}

static void a_name_has_these_bytes(void **state) {
    static const uint8_t expected[] = { 3, 0, 0, 0, 0, 0, 0, 1, 2, 'A', 'b' };
    struct names names = { 0 };
    struct message message = { 0 };
    struct writer bytes = { 0 };
    (void)state;

    names_add(&names, REF_THREAD, 258, "Ab");
    names_write(&names, &message, &bytes);
    assert_int_equal(message.text_count, 1);
    assert_int_equal(message.texts[0].len, sizeof expected);
    assert_memory_equal(message.texts[0].data, expected, sizeof expected);
    message_clear(&message);
    writer_clear(&bytes);
    names_clear(&names);
}

static void what_is_no_name_is_left_out(void **state) {
    static const char *const texts[] = {
        "",                                 /* nothing */
        "\2\0\0\0\0\0\0\0",                 /* cut in the number */
        "\2\0\0\0\0\0\0\0\1",               /* no name */
        "\2\0\0\0\0\0\0\0\0Nol",            /* no number */
        "\2\x80\0\0\0\0\0\0\1Negatif",      /* above INT64_MAX */
        "\4\0\0\0\0\0\0\0\1Kiriman",        /* posts have no names */
        "\xFF\0\0\0\0\0\0\0\1Lain",         /* no sort */
        "\x83\0\0\0\0\0\0\0\1Orang",        /* threads have no people */
        "\2\0\0\0\0\0\0\0\1Hapus\x1b[2J",   /* nothing for a terminal */
        "\2\0\0\0\0\0\0\0\1\xC3(",          /* no UTF-8 */
        "\2\0\0\0\0\0\0\0\1Diskusi Bandung" /* fine */
    };
    static const size_t lens[] = { 0, 8, 9, 12, 16, 16, 13, 14, 18, 11, 24 };
    struct message message = { 0 };
    struct names names = { 0 };
    (void)state;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        message_add_text(&message, span_of(texts[i], lens[i]));
    }
    names_read(&names, &message);
    assert_int_equal(names.count, 1);
    assert_string_equal(names.rows[0].text, "Diskusi Bandung");
    names_clear(&names);
    message_clear(&message);
}

static void there_is_room_for_so_many_and_no_more(void **state) {
    struct names names = { 0 };
    char text[32];
    (void)state;

    for (int64_t i = 1; i <= NAMES_MAX + 1; i++) {
        (void)snprintf(text, sizeof text, "Utas %d", (int)i); /* It has the room. */
        names_add(&names, REF_THREAD, i, text);
    }
    assert_int_equal(names.count, NAMES_MAX);
    assert_string_equal(names.rows[0].text, "Utas 1");
    assert_int_equal(names.rows[NAMES_MAX - 1].number, NAMES_MAX);
    names_clear(&names);
    assert_null(names.rows);
}

static void the_longest_name_fits(void **state) {
    char text[NAME_BYTES_MAX + 1] = { 0 };
    struct names names = { 0 };
    (void)state;

    for (size_t i = 0; i < NAME_BYTES_MAX; i += 4) {
        memcpy(text + i, "\xF0\x9F\x99\x82", 4);
    }
    names_add(&names, REF_GROUP, 1, text);
    assert_int_equal(names.count, 1);
    assert_string_equal(names.rows[0].text, text);
    names_clear(&names);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_survive_a_message),
        cmocka_unit_test(people_of_a_group_or_case_are_told_apart_from_it),
        cmocka_unit_test(a_name_has_these_bytes),
        cmocka_unit_test(what_is_no_name_is_left_out),
        cmocka_unit_test(there_is_room_for_so_many_and_no_more),
        cmocka_unit_test(the_longest_name_fits),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
