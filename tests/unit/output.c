/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/lang.h"
#include "cli/layout.h"
#include "cli/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* An output into memory; what was written is read with `written` and `complained`. */
struct capture {
    struct output *output;
    FILE *out, *err;
    char *out_text, *err_text;
    size_t out_len, err_len;
};

static void capture_begin(struct capture *capture, enum output_form form, size_t width) {
    *capture = (struct capture) { 0 };
    capture->out = open_memstream(&capture->out_text, &capture->out_len);
    capture->err = open_memstream(&capture->err_text, &capture->err_len);
    const struct output_setup setup = {
        .out = capture->out, .err = capture->err, .form = form, .width = width
    };
    capture->output = output_new(&setup);
}

static const char *written(struct capture *capture) {
    assert_int_equal(output_finish(capture->output), RB_OK);
    return capture->out_text;
}

static const char *complained(struct capture *capture) {
    (void)fflush(capture->err);
    return capture->err_text;
}

static void capture_end(struct capture *capture) {
    output_destroy(&capture->output);
    (void)fclose(capture->out);
    (void)fclose(capture->err);
    free(capture->out_text);
    free(capture->err_text);
}

static const struct column columns[] = { { "number", "No." },
                                         { "name", "Name" },
                                         { "at", "Where" } };

static void put_row(struct output *output, int64_t number, const char *name, const char *at) {
    output_row_begin(output);
    output_integer(output, "number", number);
    output_string(output, "name", name);
    output_string(output, "hidden", "in no column");
    output_string(output, "at", at);
    output_row_end(output);
}

static void put_rows(struct output *output) {
    output_list_begin(output, "rows", columns, 3);
    put_row(output, 1, "Sari Umpama", "tcp://192.0.2.7:7437");
    put_row(output, 12, "Budi Misal", "-");
    output_list_end(output);
}

static void a_table_fits_a_wide_terminal(void **state) {
    struct capture capture;
    (void)state;

    capture_begin(&capture, OUTPUT_TABLE, 80);
    put_rows(capture.output);
    assert_string_equal(written(&capture),
                        "No.  Name         Where\n"
                        "1    Sari Umpama  tcp://192.0.2.7:7437\n"
                        "12   Budi Misal   -\n");
    capture_end(&capture);
}

static void a_narrow_terminal_wraps_cells_within_their_columns(void **state) {
    struct capture capture;
    (void)state;

    capture_begin(&capture, OUTPUT_TABLE, 37);
    put_rows(capture.output);
    assert_string_equal(written(&capture),
                        "No.  Name        Where\n"
                        "1    Sari        tcp://192.0.2.7:7437\n"
                        "     Umpama\n"
                        "12   Budi Misal  -\n");
    capture_end(&capture);
}

static void a_very_narrow_terminal_stacks_the_cells(void **state) {
    struct capture capture;
    (void)state;

    capture_begin(&capture, OUTPUT_TABLE, 20);
    put_rows(capture.output);
    assert_non_null(strstr(written(&capture), "No.: 12\n  Name: Budi Misal\n  Where: -\n"));
    capture_end(&capture);
}

static void quiet_gives_lines_with_tabs_and_no_sentences(void **state) {
    struct capture capture;
    (void)state;

    capture_begin(&capture, OUTPUT_QUIET, 20);
    output_say(capture.output, "A sentence.");
    output_next(capture.output, "do something");
    put_rows(capture.output);
    output_quiet(capture.output, "%d", 7);
    assert_string_equal(written(&capture),
                        "1\tSari Umpama\ttcp://192.0.2.7:7437\n"
                        "12\tBudi Misal\t-\n"
                        "7\n");
    capture_end(&capture);
}

static void json_is_one_object_with_every_fact(void **state) {
    const uint8_t identifier[] = { 0xAB, 0x01 };
    struct capture capture;
    (void)state;

    capture_begin(&capture, OUTPUT_JSON, 20);
    output_hex(capture.output, "thread", span_of(identifier, sizeof identifier));
    output_say(capture.output, "A sentence.");
    output_list_begin(capture.output, "rows", columns, 3);
    put_row(capture.output, 1, "Sari", "x");
    output_list_end(capture.output);
    output_bool(capture.output, "locked", false);
    output_null(capture.output, "address");
    assert_string_equal(written(&capture),
                        "{\"thread\": \"ab01\", \"rows\": [{\"number\": 1, \"name\": \"Sari\", "
                        "\"hidden\": \"in no column\", \"at\": \"x\"}], \"locked\": false, "
                        "\"address\": null}\n");
    capture_end(&capture);
}

static void nothing_unprintable_gets_out_in_any_form(void **state) {
    const char evil[] =
        "a\x1b[2J\xE2\x80\xAE"
        "b\x7F\xC2\x9B"
        "c";
    (void)state;

    for (int form = OUTPUT_TABLE; form <= OUTPUT_JSON; form++) {
        struct capture capture;
        capture_begin(&capture, (enum output_form)form, 80);
        output_list_begin(capture.output, "rows", columns, 3);
        put_row(capture.output, 1, evil, evil);
        output_list_end(capture.output);
        output_say(capture.output, "%s", evil);
        output_paragraph(capture.output, span_text(evil));
        output_quiet(capture.output, "%s", evil);
        for (const char *at = written(&capture); *at != '\0'; at++) {
            assert_true((*at >= ' ' && *at < 0x7F) || *at == '\n' || *at == '\t');
        }
        capture_end(&capture);
    }
}

static void a_foreign_line_feed_forges_no_line(void **state) {
    struct capture capture;
    (void)state;

    capture_begin(&capture, OUTPUT_TABLE, 80);
    output_say(capture.output, "Written by %s.", output_name(capture.output, "x\nsiap tcp://y"));
    assert_string_equal(written(&capture), "Written by x\\u{000A}siap tcp://y.\n");
    capture_end(&capture);
}

static void a_list_inside_a_row_is_for_json_only(void **state) {
    struct capture capture;
    (void)state;

    capture_begin(&capture, OUTPUT_TABLE, 80);
    output_list_begin(capture.output, "groups", columns, 3);
    output_row_begin(capture.output);
    output_string(capture.output, "name", "Diskusi");
    output_list_begin(capture.output, "members", NULL, 0);
    put_row(capture.output, 9, "Sari", "x");
    output_list_end(capture.output);
    output_cell(capture.output, "number", "3");
    output_row_end(capture.output);
    output_list_end(capture.output);
    assert_string_equal(written(&capture), "No.  Name     Where\n3    Diskusi\n");
    capture_end(&capture);
}

static void failures_are_a_sentence_or_an_object(void **state) {
    struct failure failure = { .code = "not_member", .exit = EXIT_REFUSED, .sentence = "No\x1b!" };
    struct capture capture;
    (void)state;

    capture_begin(&capture, OUTPUT_TABLE, 80);
    output_failure(capture.output, &failure);
    assert_string_equal(complained(&capture), "No\\u{001B}!\n");
    capture_end(&capture);

    capture_begin(&capture, OUTPUT_JSON, 80);
    output_failure(capture.output, &failure);
    assert_string_equal(complained(&capture),
                        "{\"error\": {\"code\": \"not_member\", \"exit\": 1, \"message\": "
                        "\"No\\u001B!\"}}\n");
    capture_end(&capture);
}

static void a_full_disk_is_noticed(void **state) {
    FILE *full = fopen("/dev/full", "w");
    (void)state;

    assert_non_null(full);
    const struct output_setup setup = { .out = full, .err = full, .width = 80 };
    struct output *output = output_new(&setup);
    output_say(output, "A sentence.");
    assert_int_equal(output_finish(output), RB_FULL);
    output_destroy(&output);
    (void)fclose(full);
}

/* `text` in lines of `width` columns with '|' between them. */
static const char *wrapped(const char *text, size_t width) {
    static char lines[256];
    struct writer out;

    writer_init(&out, sizeof lines - 1);
    layout_wrap(&out, span_text(text), width, 0);
    struct span view = writer_view(&out);
    for (size_t i = 0; i < view.len; i++) {
        lines[i] = view.data[i] == '\n' ? '|' : (char)view.data[i];
    }
    lines[view.len] = '\0';
    writer_clear(&out);
    return lines;
}

static void lines_break_at_blanks_and_long_words_anywhere(void **state) {
    (void)state;

    assert_string_equal(wrapped("satu dua tiga", 10), "satu dua|tiga|");
    assert_string_equal(wrapped("satu dua tiga", 13), "satu dua tiga|");
    assert_string_equal(wrapped("abcdefghijklmno", 10), "abcdefghij|klmno|");
    assert_string_equal(wrapped("a\n\nb", 10), "a||b|");
    assert_string_equal(wrapped("", 10), "");
}

static void columns_are_those_of_the_terminal(void **state) {
    (void)state;

    assert_int_equal(layout_columns(span_text("abc")), 3);
    assert_int_equal(layout_columns(span_text("e\xCC\x81")), 1);    /* combining accent */
    assert_int_equal(layout_columns(span_text("\xE6\xBC\xA2")), 2); /* wide character */
}

static int set_language(void **state) {
    (void)state;
    language_set(LANGUAGE_ENGLISH, "/nonexistent");
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_fits_a_wide_terminal),
        cmocka_unit_test(a_narrow_terminal_wraps_cells_within_their_columns),
        cmocka_unit_test(a_very_narrow_terminal_stacks_the_cells),
        cmocka_unit_test(quiet_gives_lines_with_tabs_and_no_sentences),
        cmocka_unit_test(json_is_one_object_with_every_fact),
        cmocka_unit_test(nothing_unprintable_gets_out_in_any_form),
        cmocka_unit_test(a_foreign_line_feed_forges_no_line),
        cmocka_unit_test(a_list_inside_a_row_is_for_json_only),
        cmocka_unit_test(failures_are_a_sentence_or_an_object),
        cmocka_unit_test(a_full_disk_is_noticed),
        cmocka_unit_test(lines_break_at_blanks_and_long_words_anywhere),
        cmocka_unit_test(columns_are_those_of_the_terminal),
    };

    return cmocka_run_group_tests(tests, set_language, NULL);
}
