/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/document.h"

#include <stdio.h>
#include <string.h>

static const struct signature who[SIGNATURES] = {
    { .above = "Mengetahui", .role = "Penyelia", .name = "" },
    { .above = "", .role = "Penanggung jawab", .name = "Sari <b>" },
};

static struct writer out;

static int begin(void **state) {
    (void)state;
    writer_init(&out, SIZE_MAX);
    return 0;
}

static int end(void **state) {
    (void)state;
    writer_clear(&out);
    return 0;
}

/* What has been written, NUL-terminated. */
static const char *written(void) {
    writer_u8(&out, '\0');
    return (const char *)out.data;
}

static void write_all(const struct document_style *style, const char *foreign) {
    style->begin(&out, LANGUAGE_INDONESIAN, span_text(foreign));
    style->section(&out, span_text(foreign));
    style->heading(&out, span_text(foreign));
    style->field(&out, span_text(foreign), span_text(foreign));
    style->paragraph(&out, span_text(foreign));
    style->sign(&out, span_text(foreign),
                (const struct signature[SIGNATURES]) { { foreign, foreign, foreign },
                                                       { foreign, foreign, foreign } });
    style->end(&out);
}

static size_t count(const char *text, const char *part) {
    size_t found = 0;

    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        found++;
    }
    return found;
}

static void no_markup_of_a_text_gets_into_a_page(void **state) {
    (void)state;

    write_all(&document_html, "<script>\"'&");
    const char *page = written();
    assert_int_equal(count(page, "<script>"), 0);
    assert_int_equal(count(page, "&lt;script&gt;&quot;&#39;&amp;"), 14);
}

static void nothing_unprintable_gets_into_a_document(void **state) {
    const struct document_style *const styles[] = { &document_text, &document_html };
    (void)state;

    for (size_t i = 0; i < 2; i++) {
        writer_reset(&out);
        write_all(styles[i],
                  "a\x1b[31m\xe2\x80\xae"
                  "b\xff");
        const char *document = written();
        assert_int_equal(count(document, "\x1b"), 0);
        assert_int_equal(count(document, "\xe2\x80\xae"), 0);
        assert_int_equal(count(document, "\xff"), 0);
        assert_true(count(document, "\\u{001B}") > 0);
    }
}

static void a_page_needs_nothing_from_elsewhere(void **state) {
    (void)state;

    write_all(&document_html, "x");
    const char *page = written();
    assert_int_equal(count(page, "http:"), 0);
    assert_int_equal(count(page, "https:"), 0);
    assert_int_equal(count(page, "src="), 0);
    assert_non_null(strstr(page, "default-src 'none'"));
    assert_non_null(strstr(page, "<html lang=\"id\">"));
}

static void what_is_opened_in_a_page_is_closed(void **state) {
    static const char *const elements[] = { "html", "head", "body",  "title", "h1", "h2",   "h3",
                                            "p",    "b",    "table", "tr",    "td", "style" };
    (void)state;

    write_all(&document_html, "x");
    const char *page = written();
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        char open[16], begun[16], close[16];
        (void)snprintf(open, sizeof open, "<%s>", elements[i]);
        (void)snprintf(begun, sizeof begun, "<%s ", elements[i]);
        (void)snprintf(close, sizeof close, "</%s>", elements[i]);
        assert_int_equal(count(page, open) + count(page, begun), count(page, close));
        assert_true(count(page, close) > 0);
    }
}

static void lines_of_text_fit_on_a_sheet(void **state) {
    char words[400];
    (void)state;

    for (size_t i = 0; i + 1 < sizeof words; i++) {
        words[i] = i % 7 == 6 ? ' ' : 'a';
    }
    words[sizeof words - 1] = '\0';
    document_text.field(&out, span_text("Label"), span_text(words));
    document_text.paragraph(&out, span_text(words));
    const char *at = written();
    while (*at != '\0') {
        const size_t len = strcspn(at, "\n");
        assert_true(len <= 78);
        at += len + 1;
    }
}

static void who_signs_stands_beside_the_other_and_a_missing_name_is_a_blank(void **state) {
    (void)state;

    document_text.sign(&out, span_text("Bandung"), who);
    assert_string_equal(written(),
                        "\nBandung\n\n"
                        "Mengetahui\n"
                        "Penyelia                               Penanggung jawab\n"
                        "\n\n\n"
                        "(______________________)               Sari <b>\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(no_markup_of_a_text_gets_into_a_page),
        TEST(nothing_unprintable_gets_into_a_document),
        TEST(a_page_needs_nothing_from_elsewhere),
        TEST(what_is_opened_in_a_page_is_closed),
        TEST(lines_of_text_fit_on_a_sheet),
        TEST(who_signs_stands_beside_the_other_and_a_missing_name_is_a_blank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
