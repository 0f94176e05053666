/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/event.h"

#include <stdlib.h>
#include <string.h>

/* ---- Arranging ---- */

static const uint8_t PAYLOAD[] = { 0xa3, 0x00, 0x18, 0x42, 0x01, 0x01, 0x02, 0xa0 };

static struct event_place place_at(uint64_t seq) {
    struct event_place place = { .seq = seq };

    memset(place.log, 0x11, sizeof place.log);
    memset(place.previous, 0x22, sizeof place.previous);
    return place;
}

static struct epoch_key epoch_of(uint8_t seed) {
    struct epoch_key epoch;
    uint8_t key[KEY_BYTES];

    memset(key, seed, sizeof key);
    epoch_key_from(&epoch, key);
    return epoch;
}

static struct box_key box_of(uint8_t seed) {
    struct box_key box;
    uint8_t bytes[32];

    memset(bytes, seed, sizeof bytes);
    crypt_box_from_seed(&box, bytes);
    return box;
}

/* One sealed event with all that its reader needs. */
struct sealed {
    struct event_header header;
    struct event_place place;
    struct epoch_key epoch;
    uint8_t body[EVENT_BODY_BYTES_MAX];
    size_t len;
};

static void sealed_take(struct sealed *sealed, struct writer *body) {
    assert_int_equal(writer_end(body), RB_OK);
    sealed->len = body->len;
    memcpy(sealed->body, body->data, body->len);
    writer_clear(body);
}

static void sealed_make(struct sealed *sealed, struct span payload) {
    struct writer body;

    *sealed = (struct sealed) { .place = place_at(7), .epoch = epoch_of(1) };
    writer_init(&body, EVENT_BODY_BYTES_MAX);
    assert_int_equal(event_seal(&body, &sealed->header, &sealed->place, &sealed->epoch, payload),
                     RB_OK);
    sealed_take(sealed, &body);
}

/* A key body for box_of(100), box_of(101), ... */
static void sealed_make_key_body(struct sealed *sealed, size_t recipient_count) {
    uint8_t recipients[SEALS_PER_KEY_BODY_MAX][BOX_PUBLIC_BYTES];
    struct writer body;

    *sealed = (struct sealed) { .place = place_at(7), .epoch = epoch_of(1) };
    sealed->header.class = EVENT_CONTROL;
    for (size_t i = 0; i < recipient_count; i++) {
        memcpy(recipients[i], box_of((uint8_t)(100 + i)).public, BOX_PUBLIC_BYTES);
    }
    writer_init(&body, EVENT_BODY_BYTES_MAX);
    assert_int_equal(event_seal_key_body(&body, &sealed->header, &sealed->place, &sealed->epoch,
                                         (const uint8_t(*)[BOX_PUBLIC_BYTES])recipients,
                                         recipient_count, span_of(PAYLOAD, sizeof PAYLOAD)),
                     RB_OK);
    sealed_take(sealed, &body);
}

/* Opens it; what comes out must be PAYLOAD, or nothing. */
static enum rb_status sealed_open(const struct sealed *sealed) {
    struct writer payload;

    writer_init(&payload, EVENT_PAYLOAD_BYTES_MAX);
    enum rb_status status = event_open(&payload, &sealed->header, &sealed->place, &sealed->epoch,
                                       span_of(sealed->body, sealed->len));
    if (status == RB_OK) {
        assert_int_equal(payload.len, sizeof PAYLOAD);
        assert_memory_equal(payload.data, PAYLOAD, sizeof PAYLOAD);
    } else {
        assert_int_equal(payload.len, 0);
    }
    writer_clear(&payload);
    return status;
}

/* An ordinary body around any P, by the formulas of event.h and not by its functions.  `nonce` may
 * be NULL: the right one. */
static void sealed_by_hand(struct sealed *sealed, struct span padded, const uint8_t *nonce) {
    uint8_t ad[EVENT_HEADER_BYTES + LOG_PK_BYTES + 8 + HASH_BYTES + HASH_BYTES] = { 0 };
    uint8_t key[KEY_BYTES], nonce_key[KEY_BYTES];
    struct span parts[] = { span_of(ad, sizeof ad), padded };

    *sealed = (struct sealed) { .place = place_at(7), .epoch = epoch_of(1) };
    sealed->len = NONCE_BYTES + padded.len + TAG_BYTES;
    sealed->header.body_len = (uint32_t)sealed->len;
    memcpy(sealed->header.eid8, sealed->epoch.id, EID8_BYTES);
    event_header_write(ad, &sealed->header);
    memcpy(ad + 16, sealed->place.log, LOG_PK_BYTES);
    ad[48] = 7;
    memcpy(ad + 56, sealed->place.previous, HASH_BYTES);
    memcpy(ad + 88, sealed->epoch.id, HASH_BYTES);
    crypt_hash(key, 32, span_of(sealed->epoch.key, 32), "rk.ev", NULL, 0);
    crypt_hash(nonce_key, 32, span_of(sealed->epoch.key, 32), "rk.siv", NULL, 0);
    crypt_hash(sealed->body, NONCE_BYTES, span_of(nonce_key, 32), "", parts, 2);
    if (nonce != NULL) {
        memcpy(sealed->body, nonce, NONCE_BYTES);
    }
    crypt_seal(sealed->body + NONCE_BYTES, key, sealed->body, span_of(ad, sizeof ad), padded);
}

/* codec ‖ PAYLOAD ‖ mark ‖ zeros in `len` bytes. */
static struct span padded_payload(uint8_t *out, size_t len, uint8_t codec) {
    memset(out, 0, len);
    out[0] = codec;
    memcpy(out + 1, PAYLOAD, sizeof PAYLOAD);
    out[1 + sizeof PAYLOAD] = 0x80;
    return span_of(out, len);
}

/* ---- Header ---- */

static const uint8_t HEADER[EVENT_HEADER_BYTES] = { 1, 3, 2, 0, 1,    2,    3, 4,
                                                    5, 6, 7, 8, 0x00, 0x10, 0, 0 };

static void a_header_has_these_bytes(void **state) {
    struct event_header header = { .class = EVENT_URGENT, .key_body = true, .body_len = 0x1000 };
    const uint8_t eid8[EID8_BYTES] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    uint8_t bytes[EVENT_HEADER_BYTES];
    (void)state;

    memcpy(header.eid8, eid8, sizeof eid8);
    event_header_write(bytes, &header);
    assert_memory_equal(bytes, HEADER, sizeof bytes);
}

static void a_header_reads_back(void **state) {
    struct event_header header;
    (void)state;

    assert_int_equal(event_header_read(HEADER, &header), RB_OK);
    assert_int_equal(header.class, EVENT_URGENT);
    assert_true(header.key_body);
    assert_memory_equal(header.eid8, HEADER + 4, EID8_BYTES);
    assert_int_equal(header.body_len, 0x1000);
}

static void a_flipped_bit_of_a_header_is_refused_or_another_header(void **state) {
    (void)state;

    for (size_t bit = 0; bit < 8 * sizeof HEADER; bit++) {
        uint8_t flipped[EVENT_HEADER_BYTES], again[EVENT_HEADER_BYTES];
        struct event_header header;
        memcpy(flipped, HEADER, sizeof flipped);
        flipped[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (event_header_read(flipped, &header) == RB_OK) {
            event_header_write(again, &header);
            assert_memory_equal(again, flipped, sizeof again);
        }
    }
}

static void assert_header_refused(size_t offset, uint8_t value) {
    struct event_header header;
    uint8_t bytes[EVENT_HEADER_BYTES];

    memcpy(bytes, HEADER, sizeof bytes);
    bytes[offset] = value;
    assert_int_equal(event_header_read(bytes, &header), RB_MALFORMED);
}

static void a_header_of_another_version_class_or_flag_is_malformed(void **state) {
    (void)state;

    assert_header_refused(0, 0);
    assert_header_refused(0, 2);
    assert_header_refused(1, EVENT_CLASS_COUNT);
    assert_header_refused(2, 1); /* a stub: in frames only */
    assert_header_refused(2, 4);
    assert_header_refused(3, 1);
}

static void a_header_with_an_impossible_body_length_is_malformed(void **state) {
    (void)state;

    assert_header_refused(13, 0);    /* 0 */
    assert_header_refused(13, 0x21); /* 8,448 */
    assert_header_refused(14, 1);
    assert_header_refused(15, 0x80);
}

/* ---- Ordinary bodies ---- */

static void a_sealed_payload_opens_again(void **state) {
    struct sealed sealed;
    (void)state;

    sealed_make(&sealed, span_of(PAYLOAD, sizeof PAYLOAD));
    assert_int_equal(sealed.len, NONCE_BYTES + EVENT_PADDED_BYTES_MIN + TAG_BYTES);
    assert_int_equal(sealed.header.body_len, sealed.len);
    assert_false(sealed.header.key_body);
    assert_int_equal(sealed_open(&sealed), RB_OK);
}

static void the_formulas_of_the_header_file_give_the_same_body(void **state) {
    struct sealed sealed, by_hand;
    uint8_t padded[EVENT_PADDED_BYTES_MIN];
    (void)state;

    sealed_make(&sealed, span_of(PAYLOAD, sizeof PAYLOAD));
    sealed_by_hand(&by_hand, padded_payload(padded, sizeof padded, 0), NULL);
    assert_int_equal(sealed.len, by_hand.len);
    assert_memory_equal(sealed.body, by_hand.body, sealed.len);
}

static void what_is_opened_is_appended(void **state) {
    struct sealed sealed;
    struct writer out;
    (void)state;

    sealed_make(&sealed, span_of(PAYLOAD, sizeof PAYLOAD));
    writer_init(&out, 100);
    writer_u8(&out, 0xee);
    assert_int_equal(event_open(&out, &sealed.header, &sealed.place, &sealed.epoch,
                                span_of(sealed.body, sealed.len)),
                     RB_OK);
    assert_int_equal(out.len, 1 + sizeof PAYLOAD);
    assert_int_equal(out.data[0], 0xee);
    writer_clear(&out);
}

static void a_cut_body_does_not_open(void **state) {
    struct sealed sealed;
    (void)state;

    sealed_make(&sealed, span_of(PAYLOAD, sizeof PAYLOAD));
    size_t whole = sealed.len;
    for (sealed.len = 0; sealed.len < whole; sealed.len++) {
        assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
        sealed.header.body_len = (uint32_t)sealed.len; /* even if the header goes along */
        assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
        sealed.header.body_len = (uint32_t)whole;
    }
}

static void a_flipped_bit_of_a_body_does_not_open(void **state) {
    struct sealed sealed;
    (void)state;

    sealed_make(&sealed, span_of(PAYLOAD, sizeof PAYLOAD));
    for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
        sealed.body[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
        sealed.body[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(sealed_open(&sealed), RB_OK);
}

static void a_body_under_another_header_does_not_open(void **state) {
    struct sealed sealed;
    (void)state;

    sealed_make(&sealed, span_of(PAYLOAD, sizeof PAYLOAD));
    sealed.header.class = EVENT_BULK;
    assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
    sealed.header.class = EVENT_CONTENT;
    sealed.header.key_body = true;
    assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
}

static void a_body_in_another_place_does_not_open(void **state) {
    struct sealed sealed;
    (void)state;

    sealed_make(&sealed, span_of(PAYLOAD, sizeof PAYLOAD));
    sealed.place.seq++;
    assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
    sealed.place.seq--;
    sealed.place.previous[31] ^= 1;
    assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
    sealed.place.previous[31] ^= 1;
    sealed.place.log[0] ^= 1;
    assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
}

static void the_key_of_another_epoch_is_not_tried(void **state) {
    struct sealed sealed;
    (void)state;

    sealed_make(&sealed, span_of(PAYLOAD, sizeof PAYLOAD));
    sealed.epoch = epoch_of(2);
    assert_int_equal(sealed_open(&sealed), RB_NO_KEY);
}

static void another_epoch_with_the_same_eid8_does_not_open(void **state) {
    struct sealed sealed;
    (void)state;

    sealed_make(&sealed, span_of(PAYLOAD, sizeof PAYLOAD));
    sealed.epoch = epoch_of(2);
    memcpy(sealed.epoch.id, sealed.header.eid8, EID8_BYTES);
    assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
}

/* ---- Inside the seal: what only a holder of the key can do wrong ---- */

static void a_nonce_that_is_not_the_synthetic_one_is_malformed(void **state) {
    const uint8_t nonce[NONCE_BYTES] = { 1, 2, 3 };
    uint8_t padded[EVENT_PADDED_BYTES_MIN];
    struct sealed sealed;
    (void)state;

    sealed_by_hand(&sealed, padded_payload(padded, sizeof padded, 0), NULL);
    assert_int_equal(sealed_open(&sealed), RB_OK);
    sealed_by_hand(&sealed, padded_payload(padded, sizeof padded, 0), nonce);
    assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
}

static void more_padding_than_needed_is_malformed(void **state) {
    uint8_t padded[2 * EVENT_PADDED_BYTES_MIN];
    struct sealed sealed;
    (void)state;

    sealed_by_hand(&sealed, padded_payload(padded, sizeof padded, 0), NULL);
    assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
    sealed_by_hand(&sealed, padded_payload(padded, EVENT_PADDED_BYTES_MIN + 1, 0), NULL);
    assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
}

static void padding_without_its_mark_is_malformed(void **state) {
    uint8_t padded[EVENT_PADDED_BYTES_MIN];
    struct sealed sealed;
    (void)state;

    (void)padded_payload(padded, sizeof padded, 0);
    padded[sizeof padded - 1] = 1;
    sealed_by_hand(&sealed, span_of(padded, sizeof padded), NULL);
    assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
    memset(padded, 0, sizeof padded);
    sealed_by_hand(&sealed, span_of(padded, sizeof padded), NULL);
    assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
    padded[0] = 0x80; /* nothing before the mark */
    sealed_by_hand(&sealed, span_of(padded, sizeof padded), NULL);
    assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
}

static void a_newer_codec_is_unknown(void **state) {
    uint8_t padded[EVENT_PADDED_BYTES_MIN];
    struct sealed sealed;
    (void)state;

    sealed_by_hand(&sealed, padded_payload(padded, sizeof padded, 1), NULL);
    assert_int_equal(sealed_open(&sealed), RB_UNKNOWN);
}

static void a_payload_that_is_not_canonical_is_malformed(void **state) {
    const uint8_t long_form[] = { 0xa1, 0x18, 0x00, 0x00 };
    struct sealed sealed;
    (void)state;

    sealed_make(&sealed, span_of(long_form, sizeof long_form));
    assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
    sealed_make(&sealed, span_of(PAYLOAD, sizeof PAYLOAD - 1));
    assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
}

/* ---- Sizes ---- */

static enum rb_status seal_len(size_t payload_len) {
    struct event_header header = { 0 };
    struct event_place place = place_at(1);
    struct epoch_key epoch = epoch_of(1);
    uint8_t *payload = rb_alloc(payload_len, 1);
    struct writer body;

    writer_init(&body, EVENT_BODY_BYTES_MAX);
    enum rb_status status =
        event_seal(&body, &header, &place, &epoch, span_of(payload, payload_len));
    assert_int_equal(body.len, status == RB_OK ? header.body_len : 0);
    writer_clear(&body);
    free(payload);
    return status;
}

static void the_largest_payload_fits_and_one_byte_more_does_not(void **state) {
    (void)state;

    assert_int_equal(seal_len(EVENT_PAYLOAD_BYTES_MAX - 1), RB_OK);
    assert_int_equal(seal_len(EVENT_PAYLOAD_BYTES_MAX), RB_TOO_LARGE);
    assert_int_equal(seal_len(1 << 20), RB_TOO_LARGE);
    assert_true(event_padded_len(EVENT_PAYLOAD_BYTES_MAX) + NONCE_BYTES + TAG_BYTES <=
                EVENT_BODY_BYTES_MAX);
}

static void padded_lengths_are_those_of_padme(void **state) {
    const size_t expected[][2] = {
        { 0, 128 },     { 127, 128 },   { 128, 144 },   { 143, 144 },   { 144, 160 },
        { 255, 256 },   { 256, 272 },   { 311, 320 },   { 512, 544 },   { 1000, 1024 },
        { 2942, 2944 }, { 2943, 2944 }, { 2944, 3072 }, { 7935, 7936 }, { 7936, 8192 },
    };
    (void)state;

    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_int_equal(event_padded_len(expected[i][0]), expected[i][1]);
    }
}

static void padding_never_costs_more_than_an_eighth(void **state) {
    (void)state;

    for (size_t len = EVENT_PADDED_BYTES_MIN; len <= EVENT_PAYLOAD_BYTES_MAX; len++) {
        size_t padded = event_padded_len(len);
        assert_true(padded > len);
        assert_true(padded - (len + 1) <= len / 8);
        assert_true(padded >= event_padded_len(len - 1));
    }
}

/* ---- Key bodies ---- */

static void assert_key_body_opens_for_all(size_t recipient_count) {
    struct sealed sealed;

    sealed_make_key_body(&sealed, recipient_count);
    assert_true(sealed.header.key_body);
    assert_int_equal(sealed.len, 73 + 80 * recipient_count + EVENT_PADDED_BYTES_MIN);
    for (size_t i = 0; i < recipient_count; i++) {
        struct box_key box = box_of((uint8_t)(100 + i));
        struct epoch_key epoch = { 0 };
        assert_int_equal(
            event_key_body_open(&epoch, &sealed.header, span_of(sealed.body, sealed.len), &box),
            RB_OK);
        assert_memory_equal(&epoch, &sealed.epoch, sizeof epoch);
    }
    assert_int_equal(sealed_open(&sealed), RB_OK);
}

static void a_key_body_opens_for_each_of_its_recipients(void **state) {
    (void)state;

    assert_key_body_opens_for_all(1);
    assert_key_body_opens_for_all(2);
    assert_key_body_opens_for_all(SEALS_PER_KEY_BODY_MAX);
}

static void a_key_body_has_no_key_for_others(void **state) {
    struct box_key stranger = box_of(1);
    struct epoch_key epoch;
    struct sealed sealed;
    (void)state;

    sealed_make_key_body(&sealed, 2);
    assert_int_equal(
        event_key_body_open(&epoch, &sealed.header, span_of(sealed.body, sealed.len), &stranger),
        RB_NO_KEY);
}

static void a_seal_of_another_key_than_stated_is_malformed(void **state) {
    struct box_key box = box_of(100);
    struct epoch_key epoch, other = epoch_of(9);
    struct sealed sealed;
    (void)state;

    sealed_make_key_body(&sealed, 1);
    assert_int_equal(crypt_box_seal(sealed.body + HASH_BYTES + 1, box.public, other.key), RB_OK);
    assert_int_equal(
        event_key_body_open(&epoch, &sealed.header, span_of(sealed.body, sealed.len), &box),
        RB_MALFORMED);
}

static void a_key_body_says_its_epoch(void **state) {
    struct sealed sealed;
    uint8_t eid[HASH_BYTES];
    (void)state;

    sealed_make_key_body(&sealed, 1);
    struct span body = span_of(sealed.body, sealed.len);
    assert_int_equal(event_key_body_id(&sealed.header, body, eid), RB_OK);
    assert_memory_equal(eid, sealed.epoch.id, sizeof eid);
    sealed.header.eid8[7] ^= 1;
    assert_int_equal(event_key_body_id(&sealed.header, body, eid), RB_MALFORMED);
    sealed_make(&sealed, span_of(PAYLOAD, sizeof PAYLOAD));
    assert_int_equal(event_key_body_id(&sealed.header, span_of(sealed.body, sealed.len), eid),
                     RB_MALFORMED);
}

static void a_key_body_that_contradicts_its_eid8_is_malformed(void **state) {
    struct box_key box = box_of(100);
    struct epoch_key epoch;
    struct sealed sealed;
    (void)state;

    sealed_make_key_body(&sealed, 1);
    sealed.body[0] ^= 1;
    assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
    assert_int_equal(
        event_key_body_open(&epoch, &sealed.header, span_of(sealed.body, sealed.len), &box),
        RB_MALFORMED);
}

/* After its eid, that is; there a flip makes it the body of an epoch that is not held. */
static void a_flipped_bit_of_a_key_body_does_not_open(void **state) {
    struct sealed sealed;
    (void)state;

    sealed_make_key_body(&sealed, 2);
    for (size_t bit = 0; bit < 8 * sealed.len; bit++) {
        bool another_epoch = bit / 8 >= EID8_BYTES && bit / 8 < HASH_BYTES;
        sealed.body[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(sealed_open(&sealed), another_epoch ? RB_NO_KEY : RB_MALFORMED);
        sealed.body[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(sealed_open(&sealed), RB_OK);
}

static void a_cut_key_body_does_not_open(void **state) {
    struct sealed sealed;
    (void)state;

    sealed_make_key_body(&sealed, 2);
    size_t whole = sealed.len;
    for (sealed.len = 1; sealed.len < whole; sealed.len++) {
        sealed.header.body_len = (uint32_t)sealed.len;
        assert_int_equal(sealed_open(&sealed), RB_MALFORMED);
    }
}

static enum rb_status seal_key_body_len(size_t payload_len) {
    static const uint8_t zeros[EVENT_PAYLOAD_BYTES_MAX];
    uint8_t recipients[SEALS_PER_KEY_BODY_MAX][BOX_PUBLIC_BYTES];
    struct event_header header = { .class = EVENT_CONTROL };
    struct event_place place = place_at(1);
    struct epoch_key epoch = epoch_of(1);
    struct writer body;

    for (size_t i = 0; i < SEALS_PER_KEY_BODY_MAX; i++) {
        memcpy(recipients[i], box_of((uint8_t)i).public, BOX_PUBLIC_BYTES);
    }
    writer_init(&body, EVENT_BODY_BYTES_MAX);
    enum rb_status status = event_seal_key_body(
        &body, &header, &place, &epoch, (const uint8_t(*)[BOX_PUBLIC_BYTES])recipients,
        SEALS_PER_KEY_BODY_MAX, span_of(zeros, payload_len));
    writer_clear(&body);
    return status;
}

static void a_full_key_body_has_room_for_its_wraps_and_no_more(void **state) {
    (void)state;

    assert_int_equal(seal_key_body_len(2942), RB_OK);
    assert_int_equal(seal_key_body_len(2943), RB_TOO_LARGE);
}

static void a_recipient_of_low_order_is_malformed(void **state) {
    const uint8_t zero[1][BOX_PUBLIC_BYTES] = { { 0 } };
    struct event_header header = { .class = EVENT_CONTROL };
    struct event_place place = place_at(1);
    struct epoch_key epoch = epoch_of(1);
    struct writer body;
    (void)state;

    writer_init(&body, EVENT_BODY_BYTES_MAX);
    assert_int_equal(event_seal_key_body(&body, &header, &place, &epoch, zero, 1,
                                         span_of(PAYLOAD, sizeof PAYLOAD)),
                     RB_MALFORMED);
    assert_int_equal(body.len, 0);
    writer_clear(&body);
}

/* ---- Chain ---- */

static void a_new_epoch_key_knows_its_id(void **state) {
    struct epoch_key epoch, again;
    (void)state;

    epoch_key_new(&epoch);
    epoch_key_from(&again, epoch.key);
    assert_memory_equal(&epoch, &again, sizeof epoch);
}

static void a_head_is_signed_for_one_log_seq_and_hash(void **state) {
    struct event_place place = place_at(5);
    uint8_t signature[SIGNATURE_BYTES];
    struct sign_key key;
    (void)state;

    crypt_sign_new(&key);
    log_head_sign(signature, &key, 5, place.previous);
    assert_true(log_head_verify(signature, key.public, 5, place.previous));
    assert_false(log_head_verify(signature, key.public, 6, place.previous));
    assert_false(log_head_verify(signature, key.public, 5, place.log));
    assert_false(log_head_verify(signature, place.log, 5, place.previous));
}

static void the_next_hash_may_be_written_over_the_previous(void **state) {
    struct event_place place = place_at(5);
    uint8_t next[HASH_BYTES];
    (void)state;

    log_hash_next(next, 5, place.previous, place.log);
    log_hash_next(place.previous, 5, place.previous, place.log);
    assert_memory_equal(next, place.previous, sizeof next);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_has_these_bytes),
        cmocka_unit_test(a_header_reads_back),
        cmocka_unit_test(a_flipped_bit_of_a_header_is_refused_or_another_header),
        cmocka_unit_test(a_header_of_another_version_class_or_flag_is_malformed),
        cmocka_unit_test(a_header_with_an_impossible_body_length_is_malformed),
        cmocka_unit_test(a_sealed_payload_opens_again),
        cmocka_unit_test(the_formulas_of_the_header_file_give_the_same_body),
        cmocka_unit_test(what_is_opened_is_appended),
        cmocka_unit_test(a_cut_body_does_not_open),
        cmocka_unit_test(a_flipped_bit_of_a_body_does_not_open),
        cmocka_unit_test(a_body_under_another_header_does_not_open),
        cmocka_unit_test(a_body_in_another_place_does_not_open),
        cmocka_unit_test(the_key_of_another_epoch_is_not_tried),
        cmocka_unit_test(another_epoch_with_the_same_eid8_does_not_open),
        cmocka_unit_test(a_nonce_that_is_not_the_synthetic_one_is_malformed),
        cmocka_unit_test(more_padding_than_needed_is_malformed),
        cmocka_unit_test(padding_without_its_mark_is_malformed),
        cmocka_unit_test(a_newer_codec_is_unknown),
        cmocka_unit_test(a_payload_that_is_not_canonical_is_malformed),
        cmocka_unit_test(the_largest_payload_fits_and_one_byte_more_does_not),
        cmocka_unit_test(padded_lengths_are_those_of_padme),
        cmocka_unit_test(padding_never_costs_more_than_an_eighth),
        cmocka_unit_test(a_key_body_opens_for_each_of_its_recipients),
        cmocka_unit_test(a_key_body_has_no_key_for_others),
        cmocka_unit_test(a_seal_of_another_key_than_stated_is_malformed),
        cmocka_unit_test(a_key_body_says_its_epoch),
        cmocka_unit_test(a_key_body_that_contradicts_its_eid8_is_malformed),
        cmocka_unit_test(a_flipped_bit_of_a_key_body_does_not_open),
        cmocka_unit_test(a_cut_key_body_does_not_open),
        cmocka_unit_test(a_full_key_body_has_room_for_its_wraps_and_no_more),
        cmocka_unit_test(a_recipient_of_low_order_is_malformed),
        cmocka_unit_test(a_new_epoch_key_knows_its_id),
        cmocka_unit_test(a_head_is_signed_for_one_log_seq_and_hash),
        cmocka_unit_test(the_next_hash_may_be_written_over_the_previous),
    };

    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
