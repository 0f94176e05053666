/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/bytes.h"

#include <stdlib.h>

static void assert_varint(uint64_t value, const void *bytes, size_t len) {
    struct writer writer;

    writer_init(&writer, 16);
    writer_varint(&writer, value);
    assert_true(span_equal(writer_view(&writer), span_of(bytes, len)));
    struct reader reader = reader_of(writer_view(&writer));
    assert_true(reader_varint(&reader) == value);
    assert_int_equal(reader_end(&reader), RB_OK);
    writer_clear(&writer);
}

static void assert_varint_refused(const void *bytes, size_t len) {
    struct reader reader = reader_of(span_of(bytes, len));

    assert_true(reader_varint(&reader) == 0);
    assert_true(reader.failed);
}

static void integers_are_read_in_the_order_and_width_they_were_written(void **state) {
    const uint8_t expected[] = { 1, 3, 2, 7, 6, 5, 4, 15, 14, 13, 12, 11, 10, 9, 8 };
    struct writer writer;
    (void)state;

    writer_init(&writer, sizeof expected);
    writer_u8(&writer, 1);
    writer_u16(&writer, 0x0203);
    writer_u32(&writer, 0x04050607);
    writer_u64(&writer, UINT64_C(0x08090A0B0C0D0E0F));
    assert_int_equal(writer_end(&writer), RB_OK);
    assert_true(span_equal(writer_view(&writer), span_of(expected, sizeof expected)));
    struct reader reader = reader_of(writer_view(&writer));
    assert_int_equal(reader_u8(&reader), 1);
    assert_int_equal(reader_u16(&reader), 0x0203);
    assert_int_equal(reader_u32(&reader), 0x04050607);
    assert_true(reader_u64(&reader) == UINT64_C(0x08090A0B0C0D0E0F));
    assert_int_equal(reader_end(&reader), RB_OK);
    writer_clear(&writer);
}

static void varints_have_known_bytes(void **state) {
    (void)state;

    assert_varint(0, "\x00", 1);
    assert_varint(127, "\x7F", 1);
    assert_varint(128, "\x80\x01", 2);
    assert_varint(300, "\xAC\x02", 2);
    assert_varint(UINT64_MAX, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 10);
}

static void a_varint_that_is_cut_too_long_or_too_large_fails(void **state) {
    (void)state;

    assert_varint_refused("", 0);
    assert_varint_refused("\x80", 1);
    assert_varint_refused("\x80\x00", 2);
    assert_varint_refused("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 10);
    assert_varint_refused("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 11);
}

static void a_reader_that_failed_gives_zeros_and_stays_failed(void **state) {
    const uint8_t bytes[] = { 1, 2, 3 };
    uint8_t copy[2] = { 9, 9 };
    struct reader reader = reader_of(span_of(bytes, sizeof bytes));
    (void)state;

    assert_int_equal(reader_u32(&reader), 0);
    assert_true(reader.failed);
    assert_int_equal(reader_u8(&reader), 0);
    assert_int_equal(reader_span(&reader, 1).len, 0);
    reader_copy(&reader, copy, sizeof copy);
    assert_int_equal(copy[0] | copy[1], 0);
    assert_int_equal(reader_end(&reader), RB_MALFORMED);
}

static void bytes_left_over_are_malformed(void **state) {
    struct reader reader = reader_of(span_text("ab"));
    (void)state;

    assert_int_equal(reader_u8(&reader), 'a');
    assert_int_equal(reader_end(&reader), RB_MALFORMED);
}

static void empty_spans_need_no_memory(void **state) {
    struct reader reader = reader_of((struct span) { 0 });
    struct writer writer = { 0 };
    (void)state;

    assert_true(span_equal((struct span) { 0 }, span_text("")));
    assert_int_equal(reader_span(&reader, 0).len, 0);
    reader_copy(&reader, NULL, 0);
    assert_int_equal(reader_end(&reader), RB_OK);
    writer_span(&writer, (struct span) { 0 });
    assert_int_equal(writer_end(&writer), RB_OK);
    assert_null(writer.data);
    writer_clear(&writer);
}

static void a_writer_never_passes_its_maximum(void **state) {
    struct writer writer;
    (void)state;

    writer_init(&writer, 3);
    writer_u16(&writer, 7);
    writer_u16(&writer, 7);
    assert_int_equal(writer_end(&writer), RB_TOO_LARGE);
    assert_int_equal(writer_view(&writer).len, 2);
    writer_u8(&writer, 7);
    assert_int_equal(writer_view(&writer).len, 2);
    assert_null(writer_reserve(&writer, 1));
    writer_clear(&writer);
}

static void a_writer_keeps_its_bytes_while_it_grows(void **state) {
    struct writer writer;
    (void)state;

    writer_init(&writer, 1000);
    for (unsigned i = 0; i < 1000; i++) {
        writer_u8(&writer, (uint8_t)i);
    }
    assert_int_equal(writer_end(&writer), RB_OK);
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(writer.data[i], (uint8_t)i);
    }
    writer_clear(&writer);
}

static void a_cleared_or_reset_writer_is_usable_again(void **state) {
    struct writer writer;
    (void)state;

    writer_init(&writer, 1);
    writer_u16(&writer, 1);
    writer_reset(&writer);
    writer_u8(&writer, 2);
    assert_int_equal(writer_end(&writer), RB_OK);
    writer_clear(&writer);
    assert_null(writer.data);
    writer_u8(&writer, 3);
    assert_int_equal(writer_end(&writer), RB_OK);
    assert_int_equal(writer_view(&writer).len, 1);
    writer_clear(&writer);
    writer_clear(&writer);
}

static void reserved_bytes_are_zero_even_where_others_stood(void **state) {
    struct writer writer;
    (void)state;

    writer_init(&writer, 8);
    writer_u64(&writer, UINT64_MAX);
    writer_reset(&writer);
    const uint8_t *place = writer_reserve(&writer, 8);
    assert_non_null(place);
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(place[i], 0);
    }
    writer_clear(&writer);
}

static void a_copied_text_ends_with_nul(void **state) {
    char *copy = rb_strndup(span_of("Sari Contoh", 4));
    char *empty = rb_strndup((struct span) { 0 });
    (void)state;

    assert_string_equal(copy, "Sari");
    assert_string_equal(empty, "");
    free(empty);
    free(copy);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_read_in_the_order_and_width_they_were_written),
        cmocka_unit_test(varints_have_known_bytes),
        cmocka_unit_test(a_varint_that_is_cut_too_long_or_too_large_fails),
        cmocka_unit_test(a_reader_that_failed_gives_zeros_and_stays_failed),
        cmocka_unit_test(bytes_left_over_are_malformed),
        cmocka_unit_test(empty_spans_need_no_memory),
        cmocka_unit_test(a_writer_never_passes_its_maximum),
        cmocka_unit_test(a_writer_keeps_its_bytes_while_it_grows),
        cmocka_unit_test(a_cleared_or_reset_writer_is_usable_again),
        cmocka_unit_test(reserved_bytes_are_zero_even_where_others_stood),
        cmocka_unit_test(a_copied_text_ends_with_nul),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
