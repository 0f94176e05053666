/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/import_lines.h"
#include "protocol/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FIRST "{\"id\":\"p1\",\"author\":\"Ratna\",\"reply_to\":null,\"text\":\"satu\"}\n"

/* What is wrong with FIRST followed by `line`, which must be refused for line 2. */
static const char *fault_of(const char *line) {
    static char file[2 * IMPORT_LINE_BYTES_MAX];
    struct import_fault fault = { 0 };
    struct import import;

    (void)snprintf(file, sizeof file, "%s%s", FIRST, line);
    assert_int_not_equal(import_read(span_text(file), &import, &fault), RB_OK);
    assert_int_equal(import.count, 0);
    assert_int_equal(fault.line_number, 2);
    assert_non_null(fault.sentence);
    return fault.code;
}

static void assert_span(struct span span, const char *expected) {
    assert_true(span_equal(span, span_text(expected)));
}

static void a_discussion_is_read_in_its_order(void **state) {
    const char file[] = FIRST
        "{\"id\":\"p2\",\"author\":\" Budi \\n\",\"reply_to\":\"p1\",\"text\":\"dua\\nbaris\"}\r\n"
        "\n"
        "{\"text\":\"tiga\",\"reply_to\":\"p2\",\"author\":\"Ratna\",\"id\":\"a\",\"lain\":[1]}";
    struct import_fault fault;
    struct import import;
    (void)state;

    assert_int_equal(import_read(span_text(file), &import, &fault), RB_OK);
    assert_int_equal(import.count, 3);
    assert_span(import.posts[1].author, "Budi");
    assert_span(import.posts[1].text, "dua\nbaris");
    assert_int_equal(import.posts[0].reply_index, -1);
    assert_int_equal(import.posts[1].reply_index, 0);
    assert_int_equal(import.posts[2].reply_index, 1);
    assert_int_equal(import.line_numbers[2], 4);
    import_clear(&import);
}

static void a_byte_order_mark_counts_for_nothing(void **state) {
    struct import_fault fault;
    struct import import;
    (void)state;

    assert_int_equal(import_read(span_text("\xEF\xBB\xBF" FIRST), &import, &fault), RB_OK);
    assert_int_equal(import.count, 1);
    import_clear(&import);
}

static void what_is_not_a_json_object_is_refused(void **state) {
    (void)state;

    assert_string_equal(fault_of("bukan json"), "not_json");
    assert_string_equal(fault_of("[\"p2\"]"), "not_json");
    assert_string_equal(fault_of("{\"id\":\"p2\""), "not_json");
    assert_string_equal(fault_of("{\"id\":\"p2\",\"id\":\"p3\"}"), "not_json");
    assert_string_equal(fault_of("{\"id\":\"\xC3(\"}"), "not_json");
    assert_string_equal(fault_of("{\"id\":\"a\\u0000b\"}"), "not_json");
}

static void missing_keys_and_wrong_types_are_refused(void **state) {
    (void)state;

    assert_string_equal(fault_of("{\"author\":\"B\",\"reply_to\":null,\"text\":\"x\"}"), "bad_id");
    assert_string_equal(fault_of("{\"id\":2,\"author\":\"B\",\"reply_to\":null,\"text\":\"x\"}"),
                        "bad_id");
    assert_string_equal(fault_of("{\"id\":\"\",\"author\":\"B\",\"reply_to\":null,\"text\":\"x\"}"),
                        "bad_id");
    assert_string_equal(fault_of("{\"id\":\"p2\",\"reply_to\":null,\"text\":\"x\"}"), "bad_author");
    assert_string_equal(
        fault_of("{\"id\":\"p2\",\"author\":\"  \",\"reply_to\":null,\"text\":\"x\"}"),
        "bad_author");
    assert_string_equal(fault_of("{\"id\":\"p2\",\"author\":\"B\",\"text\":\"x\"}"),
                        "bad_reply_to");
    assert_string_equal(fault_of("{\"id\":\"p2\",\"author\":\"B\",\"reply_to\":1,\"text\":\"x\"}"),
                        "bad_reply_to");
    assert_string_equal(fault_of("{\"id\":\"p2\",\"author\":\"B\",\"reply_to\":null}"), "bad_text");
    assert_string_equal(fault_of("{\"id\":\"p2\",\"author\":\"B\",\"reply_to\":null,\"text\":7}"),
                        "bad_text");
    assert_string_equal(
        fault_of("{\"id\":\"p2\",\"author\":\"B\",\"reply_to\":null,\"text\":\"\"}"), "bad_text");
}

static void a_reply_goes_to_an_earlier_line_only(void **state) {
    (void)state;

    assert_string_equal(
        fault_of("{\"id\":\"p2\",\"author\":\"B\",\"reply_to\":\"p77\",\"text\":\"x\"}"),
        "unknown_reply_to");
    assert_string_equal(
        fault_of("{\"id\":\"p2\",\"author\":\"B\",\"reply_to\":\"p2\",\"text\":\"x\"}"),
        "unknown_reply_to");
    assert_string_equal(
        fault_of("{\"id\":\"p2\",\"author\":\"B\",\"reply_to\":\"p3\",\"text\":\"x\"}\n"
                 "{\"id\":\"p3\",\"author\":\"B\",\"reply_to\":null,\"text\":\"x\"}"),
        "unknown_reply_to");
}

static void an_id_stands_once(void **state) {
    (void)state;

    assert_string_equal(
        fault_of("{\"id\":\"p1\",\"author\":\"B\",\"reply_to\":null,\"text\":\"x\"}"), "same_id");
}

static const char *fault_of_long(const char *author, size_t author_len, size_t text_len) {
    char *line = calloc(1, IMPORT_LINE_BYTES_MAX + 2048);
    char *names = calloc(1, author_len + 1);
    char *text = calloc(1, text_len + 1);

    memset(names, author[0], author_len);
    memset(text, 'x', text_len);
    (void)snprintf(line, IMPORT_LINE_BYTES_MAX + 2048,
                   "{\"id\":\"p2\",\"author\":\"%s\",\"reply_to\":null,\"text\":\"%s\"}", names,
                   text);
    const char *code = fault_of(line);
    free(line);
    free(names);
    free(text);
    return code;
}

static void what_is_too_long_is_refused(void **state) {
    (void)state;

    assert_string_equal(fault_of_long("B", NAME_CHARACTERS_MAX + 1, 1), "bad_author");
    assert_string_equal(fault_of_long("B", 1, TEXT_BYTES_MAX + 1), "text_too_long");
    assert_string_equal(fault_of_long("B", 1, IMPORT_LINE_BYTES_MAX), "line_too_long");
}

static void an_empty_file_is_refused_as_a_whole(void **state) {
    struct import_fault fault;
    struct import import;
    (void)state;

    assert_int_equal(import_read(span_text("\n \n"), &import, &fault), RB_MALFORMED);
    assert_int_equal(fault.line_number, 0);
    assert_string_equal(fault.code, "no_posts");
    assert_int_equal(import_read(span_of(NULL, 0), &import, &fault), RB_MALFORMED);
}

/* `count` good lines, each but the first answering the one before, ids out of their order. */
static struct writer many_lines(size_t count) {
    struct writer file;
    char line[160];

    writer_init(&file, 4 << 20);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(line, sizeof line,
                       "{\"id\":\"%zu\",\"author\":\"B\",\"reply_to\":null,\"text\":\"x\"}\n",
                       (i * 7919) % 1000003);
        writer_span(&file, span_text(line));
    }
    return file;
}

static void as_many_posts_as_allowed_are_read_and_one_more_is_not(void **state) {
    struct import_fault fault;
    struct import import;
    (void)state;

    struct writer file = many_lines(IMPORT_POSTS_MAX);
    assert_int_equal(import_read(writer_view(&file), &import, &fault), RB_OK);
    assert_int_equal(import.count, IMPORT_POSTS_MAX);
    import_clear(&import);
    writer_clear(&file);

    file = many_lines(IMPORT_POSTS_MAX + 1);
    assert_int_equal(import_read(writer_view(&file), &import, &fault), RB_TOO_LARGE);
    assert_int_equal(fault.line_number, IMPORT_POSTS_MAX + 1);
    writer_clear(&file);
}

static void every_cut_of_a_file_is_taken_or_refused(void **state) {
    const char file[] =
        FIRST "{\"id\":\"p2\",\"author\":\"Budi\",\"reply_to\":\"p1\",\"text\":\"dua\"}";
    (void)state;

    for (size_t cut = 0; cut < sizeof file; cut++) {
        struct import_fault fault;
        struct import import;
        if (import_read(span_of(file, cut), &import, &fault) == RB_OK) {
            import_clear(&import);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_discussion_is_read_in_its_order),
        cmocka_unit_test(a_byte_order_mark_counts_for_nothing),
        cmocka_unit_test(what_is_not_a_json_object_is_refused),
        cmocka_unit_test(missing_keys_and_wrong_types_are_refused),
        cmocka_unit_test(a_reply_goes_to_an_earlier_line_only),
        cmocka_unit_test(an_id_stands_once),
        cmocka_unit_test(what_is_too_long_is_refused),
        cmocka_unit_test(an_empty_file_is_refused_as_a_whole),
        cmocka_unit_test(as_many_posts_as_allowed_are_read_and_one_more_is_not),
        cmocka_unit_test(every_cut_of_a_file_is_taken_or_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
