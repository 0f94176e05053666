/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "node/message.h"
#include "protocol/cbor.h"
#include "protocol/crypt.h"

#include <string.h>

/* ---- Arranging ---- */

/* [ 7, [ 0, 2^64 - 1 ], [ "selamat", "" ] ] */
static const uint8_t golden[] = {
    0x00, 0x00, 0x00, 0x17, 0x83, 0x07, 0x82, 0x00, 0x1b, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0x82, 0x47, 's',  'e',  'l',  'a',  'm',  'a',  't',  0x40,
};

static struct writer frame;

static int make_frame(void **state) {
    (void)state;
    writer_init(&frame, 2 * CONTROL_MESSAGE_BYTES_MAX);
    return 0;
}

static int clear_frame(void **state) {
    (void)state;
    writer_clear(&frame);
    return 0;
}

static void length_set(size_t len) {
    for (size_t i = 0; i < 4; i++) {
        frame.data[i] = (uint8_t)(len >> (8 * (3 - i)));
    }
}

static enum rb_status read_back(struct span bytes, struct message *message) {
    size_t used = 0;
    enum rb_status status = message_read(bytes, message, &used);

    assert_int_equal(used, status == RB_OK ? bytes.len : 0);
    return status;
}

static void assert_refused(struct span bytes, enum rb_status expected) {
    struct message message = { 0 };

    assert_int_equal(read_back(bytes, &message), expected);
    assert_null(message.texts);
    assert_int_equal(message.text_count, 0);
}

/* A frame of [ 1, [ numbers ], [ texts ] ] whose array heads say what the caller wants. */
static void frame_announces(uint64_t fields, uint64_t numbers, uint64_t texts) {
    writer_u32(&frame, 0);
    cbor_write_array(&frame, fields);
    cbor_write_uint(&frame, 1);
    cbor_write_array(&frame, numbers);
    for (uint64_t i = 0; i < numbers; i++) {
        cbor_write_uint(&frame, i);
    }
    cbor_write_array(&frame, texts);
    for (uint64_t i = 0; i < texts; i++) {
        cbor_write_bytes(&frame, (struct span) { 0 });
    }
    length_set(frame.len - 4);
}

/* ---- Both ways ---- */

static void a_message_has_the_bytes_of_the_format(void **state) {
    struct message message = { .type = 7 };
    (void)state;

    message_add_number(&message, 0);
    message_add_number(&message, UINT64_MAX);
    message_add_text(&message, span_text("selamat"));
    message_add_text(&message, (struct span) { 0 });
    message_write(&frame, &message);
    assert_int_equal(frame.len, sizeof golden);
    assert_memory_equal(frame.data, golden, sizeof golden);
    message_clear(&message);
}

static void what_is_read_is_what_was_written(void **state) {
    struct message message = { 0 };
    (void)state;

    assert_int_equal(read_back(span_of(golden, sizeof golden), &message), RB_OK);
    assert_int_equal(message.type, 7);
    assert_int_equal(message.number_count, 2);
    assert_true(message_number(&message, 1) == UINT64_MAX);
    assert_int_equal(message.text_count, 2);
    assert_true(span_equal(message_text(&message, 0), span_text("selamat")));
    assert_int_equal(message_text(&message, 1).len, 0);
    message_clear(&message);
}

static void what_is_not_there_reads_as_nothing(void **state) {
    struct message message = { 0 };
    (void)state;

    assert_int_equal(message_number(&message, 0), 0);
    assert_int_equal(message_text(&message, 3).len, 0);
    assert_null(message_text(&message, 3).data);
}

static void as_many_numbers_and_texts_as_allowed_fit(void **state) {
    struct message message = { .type = 2 }, again = { 0 };
    (void)state;

    for (uint64_t i = 0; i < CONTROL_NUMBERS_MAX; i++) {
        message_add_number(&message, i * i);
    }
    for (size_t i = 0; i < CONTROL_TEXTS_MAX; i++) {
        message_add_text(&message, span_of("0123456789", i % 11));
    }
    message_write(&frame, &message);
    assert_int_equal(read_back(writer_view(&frame), &again), RB_OK);
    assert_int_equal(again.number_count, CONTROL_NUMBERS_MAX);
    assert_int_equal(again.text_count, CONTROL_TEXTS_MAX);
    assert_true(message_number(&again, 15) == 225);
    assert_int_equal(message_text(&again, CONTROL_TEXTS_MAX - 1).len, (CONTROL_TEXTS_MAX - 1) % 11);
    message_clear(&message);
    message_clear(&again);
}

static void what_was_read_can_be_added_to(void **state) {
    struct message message = { .type = 3 }, again = { 0 };
    (void)state;

    for (size_t i = 0; i < 5; i++) {
        message_add_text(&message, span_text("a"));
    }
    message_write(&frame, &message);
    assert_int_equal(read_back(writer_view(&frame), &again), RB_OK);
    for (size_t i = 0; i < 20; i++) {
        message_add_text(&again, span_text("b"));
    }
    assert_true(span_equal(message_text(&again, 4), span_text("a")));
    assert_true(span_equal(message_text(&again, 24), span_text("b")));
    message_clear(&message);
    message_clear(&again);
}

static void a_frame_behind_another_is_left_alone(void **state) {
    struct message message = { 0 };
    size_t used = 0;
    (void)state;

    writer_span(&frame, span_of(golden, sizeof golden));
    writer_span(&frame, span_text("more"));
    assert_int_equal(message_read(writer_view(&frame), &message, &used), RB_OK);
    assert_int_equal(used, sizeof golden);
    message_clear(&message);
}

/* ---- Bytes that are not so ---- */

static void a_frame_that_is_cut_off_needs_more(void **state) {
    (void)state;
    for (size_t len = 0; len < sizeof golden; len++) {
        assert_refused(span_of(golden, len), RB_GAP);
    }
}

/* The body ends early, or goes on behind its end. */
static void a_length_that_is_wrong_is_malformed(void **state) {
    (void)state;
    writer_span(&frame, span_of(golden, sizeof golden));
    for (size_t len = 0; len < sizeof golden - 4; len++) {
        length_set(len);
        assert_refused(writer_view(&frame), RB_MALFORMED);
    }
    writer_u8(&frame, 0);
    length_set(frame.len - 4);
    assert_refused(writer_view(&frame), RB_MALFORMED);
}

static void a_length_above_the_maximum_is_refused_at_once(void **state) {
    (void)state;
    writer_u32(&frame, 0);
    length_set(CONTROL_MESSAGE_BYTES_MAX);
    assert_refused(writer_view(&frame), RB_GAP);
    length_set((size_t)CONTROL_MESSAGE_BYTES_MAX + 1);
    assert_refused(writer_view(&frame), RB_TOO_LARGE);
    length_set(UINT32_MAX);
    assert_refused(writer_view(&frame), RB_TOO_LARGE);
}

static void more_numbers_than_allowed_are_malformed(void **state) {
    (void)state;
    frame_announces(3, CONTROL_NUMBERS_MAX + 1, 0);
    assert_refused(writer_view(&frame), RB_MALFORMED);
}

static void more_texts_than_allowed_are_malformed(void **state) {
    (void)state;
    frame_announces(3, 0, CONTROL_TEXTS_MAX + 1);
    assert_refused(writer_view(&frame), RB_MALFORMED);
}

static void another_number_of_fields_is_malformed(void **state) {
    (void)state;
    frame_announces(2, 0, 0);
    assert_refused(writer_view(&frame), RB_MALFORMED);
    writer_reset(&frame);
    frame_announces(4, 0, 0);
    assert_refused(writer_view(&frame), RB_MALFORMED);
}

/* What a text or an array announces is compared with what is there before it is believed. */
static void announced_lengths_that_cannot_be_are_malformed(void **state) {
    static const uint8_t hostile[][14] = {
        { 0, 0, 0, 9, 0x83, 1, 0x80, 0x81, 0x5a, 0xff, 0xff, 0xff, 0xff },
        { 0, 0, 0, 9, 0x83, 1, 0x80, 0x81, 0x5a, 0x04, 0x00, 0x00, 0x00 },
        { 0, 0, 0, 8, 0x83, 1, 0x80, 0x9a, 0x00, 0x00, 0x40, 0x00 },
        { 0, 0, 0, 8, 0x83, 1, 0x9a, 0xff, 0xff, 0xff, 0xff, 0x80 },
        { 0, 0, 0, 5, 0x83, 1, 0x80, 0x9f, 0xff },
        { 0, 0, 0, 5, 0x83, 0x18, 1, 0x80, 0x80 },
        { 0, 0, 0, 5, 0x83, 1, 0x80, 0x81, 0x60 },
    };
    (void)state;

    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        assert_refused(span_of(hostile[i], 4U + hostile[i][3]), RB_MALFORMED);
    }
}

/* A frame has one form: what still reads after a bit was flipped writes as it was read. */
static void a_flipped_bit_is_refused_or_is_another_message(void **state) {
    (void)state;
    for (size_t bit = 0; bit < 8 * sizeof golden; bit++) {
        uint8_t bytes[sizeof golden];
        struct message message = { 0 };
        size_t used = 0;
        memcpy(bytes, golden, sizeof bytes);
        bytes[bit / 8] ^= (uint8_t)(1U << (bit % 8));
        if (message_read(span_of(bytes, sizeof bytes), &message, &used) == RB_OK) {
            writer_reset(&frame);
            message_write(&frame, &message);
            assert_true(span_equal(writer_view(&frame), span_of(bytes, used)));
        }
        message_clear(&message);
    }
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

#define MESSAGE_TEST(name) cmocka_unit_test_setup_teardown(name, make_frame, clear_frame)

int main(void) {
    const struct CMUnitTest tests[] = {
        MESSAGE_TEST(a_message_has_the_bytes_of_the_format),
        MESSAGE_TEST(what_is_read_is_what_was_written),
        MESSAGE_TEST(what_is_not_there_reads_as_nothing),
        MESSAGE_TEST(as_many_numbers_and_texts_as_allowed_fit),
        MESSAGE_TEST(what_was_read_can_be_added_to),
        MESSAGE_TEST(a_frame_behind_another_is_left_alone),
        MESSAGE_TEST(a_frame_that_is_cut_off_needs_more),
        MESSAGE_TEST(a_length_that_is_wrong_is_malformed),
        MESSAGE_TEST(a_length_above_the_maximum_is_refused_at_once),
        MESSAGE_TEST(more_numbers_than_allowed_are_malformed),
        MESSAGE_TEST(more_texts_than_allowed_are_malformed),
        MESSAGE_TEST(another_number_of_fields_is_malformed),
        MESSAGE_TEST(announced_lengths_that_cannot_be_are_malformed),
        MESSAGE_TEST(a_flipped_bit_is_refused_or_is_another_message),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
