/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/event.h"

#include <string.h>

/* type 66, hlc 0x10000, body { 0: h'07' }, one ref of 0xaa, one ctl of 0xbb */
static const uint8_t WHOLE[] = {
    0xa5, 0x00, 0x18, 0x42, 0x01, 0x1a, 0x00, 0x01, 0x00, 0x00, 0x02, 0xa1, 0x00, 0x41,
    0x07, 0x03, 0x81, 0x50, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa,
    0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0x04, 0x81, 0x50, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb,
    0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb, 0xbb,
};

static const uint8_t BODY[] = { 0xa1, 0x00, 0x41, 0x07 };

static struct payload payload_of_whole(void) {
    struct payload payload = { .type = 66, .hlc = 0x10000, .body = span_of(BODY, sizeof BODY) };

    payload.ref_count = 1;
    memset(payload.refs[0], 0xaa, REF_BYTES);
    payload.ctl_count = 1;
    memset(payload.ctl[0], 0xbb, REF_BYTES);
    return payload;
}

static void assert_encodes_to(const struct payload *payload, struct span expected) {
    struct writer out;

    writer_init(&out, EVENT_PAYLOAD_BYTES_MAX);
    payload_encode(&out, payload);
    assert_int_equal(out.len, expected.len);
    assert_memory_equal(out.data, expected.data, expected.len);
    writer_clear(&out);
}

static void assert_malformed(const void *bytes, size_t len) {
    struct payload payload;

    assert_int_equal(payload_decode(span_of(bytes, len), &payload), RB_MALFORMED);
}

/* ---- Payload ---- */

static void a_payload_has_these_bytes(void **state) {
    struct payload payload = payload_of_whole();
    (void)state;

    assert_encodes_to(&payload, span_of(WHOLE, sizeof WHOLE));
}

static void a_payload_reads_back(void **state) {
    struct payload payload, expected = payload_of_whole();
    (void)state;

    assert_int_equal(payload_decode(span_of(WHOLE, sizeof WHOLE), &payload), RB_OK);
    assert_int_equal(payload.type, expected.type);
    assert_int_equal(payload.hlc, expected.hlc);
    assert_true(span_equal(payload.body, expected.body));
    assert_int_equal(payload.ref_count, 1);
    assert_memory_equal(payload.refs, expected.refs, sizeof expected.refs);
    assert_int_equal(payload.ctl_count, 1);
    assert_memory_equal(payload.ctl, expected.ctl, sizeof expected.ctl);
}

static void references_are_absent_if_there_are_none(void **state) {
    const uint8_t bytes[] = { 0xa3, 0x00, 0x01, 0x01, 0x02, 0x02, 0xf6 };
    const uint8_t body[] = { 0xf6 };
    struct payload payload = { .type = 1, .hlc = 2, .body = span_of(body, sizeof body) };
    (void)state;

    assert_encodes_to(&payload, span_of(bytes, sizeof bytes));
    assert_int_equal(payload_decode(span_of(bytes, sizeof bytes), &payload), RB_OK);
    assert_int_equal(payload.ref_count, 0);
    assert_int_equal(payload.ctl_count, 0);
}

static void every_cut_of_a_payload_is_malformed(void **state) {
    (void)state;

    for (size_t cut = 0; cut < sizeof WHOLE; cut++) {
        assert_malformed(WHOLE, cut);
    }
}

static void a_flipped_bit_of_a_payload_is_malformed_or_another_payload(void **state) {
    (void)state;

    for (size_t bit = 0; bit < 8 * sizeof WHOLE; bit++) {
        uint8_t flipped[sizeof WHOLE];
        struct payload payload;
        struct writer out;
        memcpy(flipped, WHOLE, sizeof flipped);
        flipped[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (payload_decode(span_of(flipped, sizeof flipped), &payload) == RB_OK) {
            writer_init(&out, EVENT_PAYLOAD_BYTES_MAX);
            payload_encode(&out, &payload);
            assert_false(span_equal(writer_view(&out), span_of(WHOLE, sizeof WHOLE)));
            writer_clear(&out);
        }
    }
}

static void a_payload_without_type_clock_or_body_is_malformed(void **state) {
    const uint8_t no_type[] = { 0xa2, 0x01, 0x02, 0x02, 0xf6 };
    const uint8_t no_hlc[] = { 0xa2, 0x00, 0x01, 0x02, 0xf6 };
    const uint8_t no_body[] = { 0xa2, 0x00, 0x01, 0x01, 0x02 };
    (void)state;

    assert_malformed(no_type, sizeof no_type);
    assert_malformed(no_hlc, sizeof no_hlc);
    assert_malformed(no_body, sizeof no_body);
}

static void empty_lists_of_references_are_malformed(void **state) {
    const uint8_t refs[] = { 0xa4, 0x00, 0x01, 0x01, 0x02, 0x02, 0xf6, 0x03, 0x80 };
    const uint8_t ctl[] = { 0xa4, 0x00, 0x01, 0x01, 0x02, 0x02, 0xf6, 0x04, 0x80 };
    (void)state;

    assert_malformed(refs, sizeof refs);
    assert_malformed(ctl, sizeof ctl);
}

static void unknown_fields_of_a_payload_are_skipped(void **state) {
    const uint8_t bytes[] = { 0xa4, 0x00, 0x01, 0x01, 0x02, 0x02, 0xf6, 0x05, 0x81, 0xf5 };
    struct payload payload;
    (void)state;

    assert_int_equal(payload_decode(span_of(bytes, sizeof bytes), &payload), RB_OK);
    assert_int_equal(payload.hlc, 2);
}

/* A payload with `count` references under `key`. */
static enum rb_status decode_with_refs(uint8_t key, uint8_t count) {
    uint8_t bytes[16 + 17 * 256] = { 0xa4, 0x00, 0x01, 0x01, 0x02, 0x02, 0xf6, key };
    size_t len = 8;
    struct payload payload;

    if (count < 24) {
        bytes[len++] = (uint8_t)(0x80 | count);
    } else {
        bytes[len++] = 0x98;
        bytes[len++] = count;
    }
    for (unsigned i = 0; i < count; i++, len += 17) {
        bytes[len] = 0x50;
    }
    return payload_decode(span_of(bytes, len), &payload);
}

static void more_references_than_the_limit_are_malformed(void **state) {
    (void)state;

    assert_int_equal(decode_with_refs(3, REFS_MAX), RB_OK);
    assert_int_equal(decode_with_refs(3, REFS_MAX + 1), RB_MALFORMED);
    assert_int_equal(decode_with_refs(4, DEPS_MAX), RB_OK);
    assert_int_equal(decode_with_refs(4, DEPS_MAX + 1), RB_MALFORMED);
}

/* ---- Clock ---- */

static const int64_t NOW_MS = INT64_C(1800000000000);

static void the_clock_follows_the_wall(void **state) {
    uint64_t last = hlc_next(0, NOW_MS);
    (void)state;

    assert_int_equal(hlc_ms(last), NOW_MS);
    assert_int_equal(last & 0xffff, 0);
    assert_int_equal(hlc_ms(hlc_next(last, NOW_MS + 5)), NOW_MS + 5);
}

static void the_clock_never_stands_or_runs_back(void **state) {
    uint64_t last = hlc_next(0, NOW_MS);
    (void)state;

    assert_int_equal(hlc_next(last, NOW_MS), last + 1);
    assert_int_equal(hlc_next(last, NOW_MS - 1000), last + 1);
    assert_int_equal(hlc_next(last | 0xffff, NOW_MS), (last | 0xffff) + 1);
    assert_int_equal(hlc_ms((last | 0xffff) + 1), NOW_MS + 1);
}

static void a_seen_clock_moves_ours_forward_only(void **state) {
    uint64_t last = hlc_next(0, NOW_MS);
    uint64_t later = hlc_next(0, NOW_MS + 1000), earlier = hlc_next(0, NOW_MS - 1000);
    (void)state;

    assert_int_equal(hlc_merge(last, later, NOW_MS), later);
    assert_int_equal(hlc_merge(last, earlier, NOW_MS), last);
}

static void a_clock_more_than_an_hour_ahead_moves_nothing(void **state) {
    uint64_t last = hlc_next(0, NOW_MS);
    uint64_t at_the_edge = hlc_next(0, NOW_MS + CLOCK_AHEAD_MS_MAX);
    uint64_t over_it = hlc_next(0, NOW_MS + CLOCK_AHEAD_MS_MAX + 1);
    (void)state;

    assert_int_equal(hlc_merge(last, at_the_edge, NOW_MS), at_the_edge);
    assert_int_equal(hlc_merge(last, over_it, NOW_MS), last);
    assert_int_equal(hlc_merge(last, UINT64_MAX, NOW_MS), last);
}

static void an_absurd_wall_clock_does_no_harm(void **state) {
    (void)state;

    assert_int_equal(hlc_next(7, -1), 8);
    assert_int_equal(hlc_next(7, INT64_MIN), 8);
    assert_int_equal(hlc_ms(hlc_next(7, INT64_MAX)), (INT64_C(1) << 48) - 1);
    assert_int_equal(hlc_merge(7, 9, INT64_MAX), 9);
    assert_int_equal(hlc_merge(7, 9, INT64_MIN), 9);
    assert_true(hlc_next(UINT64_MAX, 0) == UINT64_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_payload_has_these_bytes),
        cmocka_unit_test(a_payload_reads_back),
        cmocka_unit_test(references_are_absent_if_there_are_none),
        cmocka_unit_test(every_cut_of_a_payload_is_malformed),
        cmocka_unit_test(a_flipped_bit_of_a_payload_is_malformed_or_another_payload),
        cmocka_unit_test(a_payload_without_type_clock_or_body_is_malformed),
        cmocka_unit_test(empty_lists_of_references_are_malformed),
        cmocka_unit_test(unknown_fields_of_a_payload_are_skipped),
        cmocka_unit_test(more_references_than_the_limit_are_malformed),
        cmocka_unit_test(the_clock_follows_the_wall),
        cmocka_unit_test(the_clock_never_stands_or_runs_back),
        cmocka_unit_test(a_seen_clock_moves_ours_forward_only),
        cmocka_unit_test(a_clock_more_than_an_hour_ahead_moves_nothing),
        cmocka_unit_test(an_absurd_wall_clock_does_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
