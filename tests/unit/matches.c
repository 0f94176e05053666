/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/matches.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void add(struct completions *found, const char *insert) {
    if (found->rows == NULL) {
        found->rows = rb_alloc(COMPLETIONS_MAX, sizeof *found->rows);
    }
    found->rows[found->count].insert = rb_strndup(span_text(insert));
    found->rows[found->count].display = rb_strndup(span_text(insert));
    found->count++;
}

static size_t common_of(const char *one, const char *other) {
    struct completions found = { 0 };

    add(&found, one);
    add(&found, other);
    size_t common = matches_common_bytes(&found);
    completions_clear(&found);
    return common;
}

static void the_common_beginning_ends_between_characters(void **state) {
    (void)state;

    assert_int_equal(common_of("tulis ", "tutup "), 2);
    assert_int_equal(common_of("Sri \xC3\xA9", "Sri \xC3\xA8"), 4);
    assert_int_equal(common_of("a", "b"), 0);
}

static void a_quote_alone_is_no_beginning(void **state) {
    (void)state;

    assert_int_equal(common_of("\"Rapat 7\" ", "\"Diskusi 1\" "), 0);
    assert_int_equal(common_of("\"Rapat 7\" ", "\"Rapat 8\" "), 7);
}

static void write_them(const struct completions *found, size_t width, struct writer *out) {
    writer_init(out, 1 << 16);
    matches_write(found, width, out);
    writer_u8(out, '\0');
}

static void the_list_fills_the_width(void **state) {
    struct completions found = { 0 };
    struct writer out;
    (void)state;

    add(&found, "satu");
    add(&found, "dua");
    add(&found, "tiga");
    write_them(&found, 12, &out);
    assert_string_equal((const char *)out.data, "satu  dua\ntiga\n");
    writer_clear(&out);
    write_them(&found, 3, &out);
    assert_string_equal((const char *)out.data, "sat\ndua\ntig\n");
    writer_clear(&out);
    completions_clear(&found);
}

static void a_long_list_says_that_there_is_more(void **state) {
    struct completions found = { 0 };
    struct writer out;
    size_t lines = 0;
    (void)state;

    for (int i = 0; i < 100; i++) {
        add(&found, "sebuah nama yang panjang");
    }
    write_them(&found, 30, &out);
    for (size_t i = 0; i < out.len; i++) {
        lines += out.data[i] == '\n' ? 1 : 0;
    }
    assert_int_equal(lines, MATCH_LINES_MAX + 1);
    assert_non_null(strstr((const char *)out.data, "There are more."));
    writer_clear(&out);
    completions_clear(&found);
}

static void a_path_is_quoted_if_it_has_blanks_and_a_folder_stays_open(void **state) {
    struct completions found = { .rows = rb_alloc(3, sizeof *found.rows) };
    (void)state;

    matches_add_path(&found, "kartu/");
    matches_add_path(&found, "kartu saya.txt");
    matches_add_path(&found, "folder saya/");
    assert_string_equal(found.rows[0].insert, "kartu/");
    assert_string_equal(found.rows[1].insert, "\"kartu saya.txt\" ");
    assert_string_equal(found.rows[2].insert, "\"folder saya/");
    assert_string_equal(found.rows[2].display, "folder saya/");
    completions_clear(&found);
}

/* What stands in a folder is named by whoever can write into it. */
static void a_path_that_cannot_be_typed_is_left_out(void **state) {
    static const char *const names[] = {
        "kartu\nsaya", "kartu\x1b[2Jsaya",       "kartu\"saya", "kartu\xffsaya", "kartu\tsaya",
        "kartu\x7f",   "kartu\xe2\x80\xae-saya",
    };
    struct completions found = { .rows = rb_alloc(1, sizeof *found.rows) };
    (void)state;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        matches_add_path(&found, names[i]);
        assert_int_equal(found.count, 0);
    }
    completions_clear(&found);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_common_beginning_ends_between_characters),
        cmocka_unit_test(a_quote_alone_is_no_beginning),
        cmocka_unit_test(the_list_fills_the_width),
        cmocka_unit_test(a_long_list_says_that_there_is_more),
        cmocka_unit_test(a_path_is_quoted_if_it_has_blanks_and_a_folder_stays_open),
        cmocka_unit_test(a_path_that_cannot_be_typed_is_left_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
