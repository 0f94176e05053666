/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/cbor.h"

#include <string.h>

#define CHECK(literal) cbor_check(span_of(literal, sizeof(literal) - 1))

static void known_items_are_accepted(void **state) {
    (void)state;

    assert_int_equal(CHECK("\x00"), RB_OK);
    assert_int_equal(CHECK("\x18\x18"), RB_OK);
    assert_int_equal(CHECK("\x19\x01\x00"), RB_OK);
    assert_int_equal(CHECK("\x1A\x00\x01\x00\x00"), RB_OK);
    assert_int_equal(CHECK("\x1B\x00\x00\x00\x01\x00\x00\x00\x00"), RB_OK);
    assert_int_equal(CHECK("\x3B\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), RB_OK);
    assert_int_equal(CHECK("\x42\x00\xFF"), RB_OK);
    assert_int_equal(CHECK("\x62\xC3\xA9"), RB_OK);
    assert_int_equal(CHECK("\x83\xF4\xF5\xF6"), RB_OK);
    assert_int_equal(CHECK("\xA2\x00\x80\x17\xA0"), RB_OK);
}

static void longer_forms_than_needed_are_refused(void **state) {
    (void)state;

    assert_int_equal(CHECK("\x18\x17"), RB_MALFORMED);
    assert_int_equal(CHECK("\x19\x00\xFF"), RB_MALFORMED);
    assert_int_equal(CHECK("\x1A\x00\x00\xFF\xFF"), RB_MALFORMED);
    assert_int_equal(CHECK("\x1B\x00\x00\x00\x00\xFF\xFF\xFF\xFF"), RB_MALFORMED);
    assert_int_equal(CHECK("\x58\x01\x00"), RB_MALFORMED);
}

static void kinds_outside_the_subset_are_refused(void **state) {
    (void)state;

    assert_int_equal(CHECK("\xC0\x00"), RB_MALFORMED);                 /* tag */
    assert_int_equal(CHECK("\xF9\x3C\x00"), RB_MALFORMED);             /* half float */
    assert_int_equal(CHECK("\xFB\x3F\xF0\0\0\0\0\0\0"), RB_MALFORMED); /* double */
    assert_int_equal(CHECK("\xF7"), RB_MALFORMED);                     /* undefined */
    assert_int_equal(CHECK("\xF8\x20"), RB_MALFORMED);                 /* simple 32 */
    assert_int_equal(CHECK("\xF8\x14"), RB_MALFORMED);                 /* false, longer */
    assert_int_equal(CHECK("\x9F\xFF"), RB_MALFORMED);                 /* indefinite array */
    assert_int_equal(CHECK("\x5F\x41\x00\xFF"), RB_MALFORMED);         /* indefinite bytes */
    assert_int_equal(CHECK("\x1C"), RB_MALFORMED);                     /* reserved */
    assert_int_equal(CHECK("\x3B\x80\0\0\0\0\0\0\0"), RB_MALFORMED);   /* below INT64_MIN */
}

static void map_keys_must_be_unsigned_and_ascend(void **state) {
    (void)state;

    assert_int_equal(CHECK("\xA2\x01\x00\x02\x00"), RB_OK);
    assert_int_equal(CHECK("\xA2\x02\x00\x01\x00"), RB_MALFORMED);
    assert_int_equal(CHECK("\xA2\x01\x00\x01\x00"), RB_MALFORMED);
    assert_int_equal(CHECK("\xA1\x20\x00"), RB_MALFORMED);
    assert_int_equal(CHECK("\xA1\x61\x61\x00"), RB_MALFORMED);
    assert_int_equal(CHECK("\xA2\x01\xA1\x05\x00\x02\x00"), RB_OK);
}

static void depth_six_is_accepted_and_seven_refused(void **state) {
    (void)state;

    assert_int_equal(CHECK("\x81\x81\x81\x81\x81\x80"), RB_OK);
    assert_int_equal(CHECK("\x81\xA1\x00\x81\x81\x81\x81\x01"), RB_OK);
    assert_int_equal(CHECK("\x81\x81\x81\x81\x81\x81\x80"), RB_MALFORMED);
}

static void huge_announced_lengths_are_refused_at_once(void **state) {
    (void)state;

    assert_int_equal(CHECK("\x5B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), RB_MALFORMED);
    assert_int_equal(CHECK("\x9B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), RB_MALFORMED);
    assert_int_equal(CHECK("\xBB\x80\x00\x00\x00\x00\x00\x00\x00"), RB_MALFORMED);
}

static void text_must_be_utf8_without_nul(void **state) {
    (void)state;

    assert_int_equal(CHECK("\x61\x80"), RB_MALFORMED);
    assert_int_equal(CHECK("\x62\xC0\x80"), RB_MALFORMED);
    assert_int_equal(CHECK("\x61\x00"), RB_MALFORMED);
}

/* {0: 300, 1: -2, 2: h'0102', 3: "hai", 4: [true, null], 9: {7: 0}} */
static const uint8_t golden[] = { 0xA6, 0x00, 0x19, 0x01, 0x2C, 0x01, 0x21, 0x02,
                                  0x42, 0x01, 0x02, 0x03, 0x63, 'h',  'a',  'i',
                                  0x04, 0x82, 0xF5, 0xF6, 0x09, 0xA1, 0x07, 0x00 };

static void every_cut_and_every_addition_is_malformed(void **state) {
    uint8_t longer[sizeof golden + 1] = { 0 };
    (void)state;

    assert_int_equal(cbor_check(span_of(golden, sizeof golden)), RB_OK);
    for (size_t cut = 0; cut < sizeof golden; cut++) {
        assert_int_equal(cbor_check(span_of(golden, cut)), RB_MALFORMED);
    }
    memcpy(longer, golden, sizeof golden);
    assert_int_equal(cbor_check(span_of(longer, sizeof longer)), RB_MALFORMED);
}

static void fields_are_written_as_the_golden_bytes(void **state) {
    struct writer writer;
    (void)state;

    writer_init(&writer, 64);
    cbor_write_map(&writer, 6);
    cbor_write_uint(&writer, 0);
    cbor_write_uint(&writer, 300);
    cbor_write_uint(&writer, 1);
    cbor_write_int(&writer, -2);
    cbor_write_uint(&writer, 2);
    cbor_write_bytes(&writer, span_of("\x01\x02", 2));
    cbor_write_uint(&writer, 3);
    cbor_write_text(&writer, span_text("hai"));
    cbor_write_uint(&writer, 4);
    cbor_write_array(&writer, 2);
    cbor_write_bool(&writer, true);
    cbor_write_null(&writer);
    cbor_write_uint(&writer, 9);
    cbor_write_map(&writer, 1);
    cbor_write_uint(&writer, 7);
    cbor_write_int(&writer, 0);
    assert_true(span_equal(writer_view(&writer), span_of(golden, sizeof golden)));
    writer_clear(&writer);
}

struct fields {
    uint64_t number;
    int64_t negative;
    uint8_t fixed[2];
    struct span text;
    uint64_t items;
    bool truth, null;
    unsigned skipped;
};

static void fields_read(struct fields *fields, struct reader *reader) {
    struct cbor_map map = cbor_read_map(reader);
    uint64_t key = 0;

    while (cbor_map_next(&map, reader, &key)) {
        switch (key) {
        case 0:
            fields->number = cbor_read_uint(reader, 300);
            break;
        case 1:
            fields->negative = cbor_read_int(reader);
            break;
        case 2:
            cbor_read_fixed(reader, fields->fixed, sizeof fields->fixed);
            break;
        case 3:
            fields->text = cbor_read_text(reader, 3);
            break;
        case 4:
            fields->items = cbor_read_array(reader, 2);
            fields->truth = cbor_read_bool(reader);
            fields->null = cbor_read_null(reader);
            break;
        default:
            cbor_skip(reader);
            fields->skipped++;
            break;
        }
    }
}

static void fields_are_read_from_the_golden_bytes(void **state) {
    struct reader reader = reader_of(span_of(golden, sizeof golden));
    struct fields fields = { 0 };
    (void)state;

    fields_read(&fields, &reader);
    assert_int_equal(reader_end(&reader), RB_OK);
    assert_int_equal(fields.number, 300);
    assert_int_equal(fields.negative, -2);
    assert_int_equal(fields.fixed[1], 2);
    assert_true(span_equal(fields.text, span_text("hai")));
    assert_int_equal(fields.items, 2);
    assert_true(fields.truth);
    assert_true(fields.null);
    assert_int_equal(fields.skipped, 1);
}

static void a_value_above_its_maximum_fails(void **state) {
    struct reader number = reader_of(span_of("\x18\x64", 2));
    struct reader bytes = reader_of(span_of("\x42\x01\x02", 3));
    struct reader fixed = reader_of(span_of("\x41\x01", 2));
    uint8_t out[2] = { 9, 9 };
    (void)state;

    assert_int_equal(cbor_read_uint(&number, 99), 0);
    assert_true(number.failed);
    assert_int_equal(cbor_read_bytes(&bytes, 1).len, 0);
    assert_true(bytes.failed);
    cbor_read_fixed(&fixed, out, sizeof out);
    assert_true(fixed.failed);
    assert_int_equal(out[0] | out[1], 0);
}

static void a_wrong_type_fails(void **state) {
    struct reader text = reader_of(span_of("\x41\x61", 2));
    struct reader truth = reader_of(span_of("\xF6", 1));
    struct reader integer = reader_of(span_of("\x1B\x80\0\0\0\0\0\0\0", 9));
    struct reader not_null = reader_of(span_of("\xF5", 1));
    (void)state;

    (void)cbor_read_text(&text, 8);
    assert_true(text.failed);
    assert_false(cbor_read_bool(&truth));
    assert_true(truth.failed);
    assert_int_equal(cbor_read_int(&integer), 0);
    assert_true(integer.failed);
    assert_false(cbor_read_null(&not_null));
    assert_false(not_null.failed);
    assert_int_equal(not_null.rest.len, 1);
}

static void an_item_is_taken_whole(void **state) {
    struct reader reader = reader_of(span_of("\x82\x01\xA1\x02\x41\xFF\x05", 7));
    (void)state;

    struct span item = cbor_read_item(&reader);
    assert_true(span_equal(item, span_of("\x82\x01\xA1\x02\x41\xFF", 6)));
    assert_int_equal(cbor_read_uint(&reader, 5), 5);
    assert_int_equal(cbor_read_item(&reader).len, 0);
    assert_int_equal(reader_end(&reader), RB_MALFORMED);
}

static void the_smallest_and_largest_integers_survive(void **state) {
    struct writer writer;
    (void)state;

    writer_init(&writer, 64);
    cbor_write_int(&writer, INT64_MIN);
    cbor_write_int(&writer, INT64_MAX);
    cbor_write_uint(&writer, UINT64_MAX);
    struct reader reader = reader_of(writer_view(&writer));
    assert_true(cbor_read_int(&reader) == INT64_MIN);
    assert_true(cbor_read_int(&reader) == INT64_MAX);
    assert_true(cbor_read_uint(&reader, UINT64_MAX) == UINT64_MAX);
    assert_int_equal(reader_end(&reader), RB_OK);
    writer_clear(&writer);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_items_are_accepted),
        cmocka_unit_test(longer_forms_than_needed_are_refused),
        cmocka_unit_test(kinds_outside_the_subset_are_refused),
        cmocka_unit_test(map_keys_must_be_unsigned_and_ascend),
        cmocka_unit_test(depth_six_is_accepted_and_seven_refused),
        cmocka_unit_test(huge_announced_lengths_are_refused_at_once),
        cmocka_unit_test(text_must_be_utf8_without_nul),
        cmocka_unit_test(every_cut_and_every_addition_is_malformed),
        cmocka_unit_test(fields_are_written_as_the_golden_bytes),
        cmocka_unit_test(fields_are_read_from_the_golden_bytes),
        cmocka_unit_test(a_value_above_its_maximum_fails),
        cmocka_unit_test(a_wrong_type_fails),
        cmocka_unit_test(an_item_is_taken_whole),
        cmocka_unit_test(the_smallest_and_largest_integers_survive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
