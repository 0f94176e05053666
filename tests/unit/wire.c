/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/cbor.h"
#include "protocol/wire.h"
#include "tests/support/log_maker.h"

#include <stdlib.h>
#include <string.h>

/* ---- Arranging ---- */

static struct writer frame;

static int clear_the_frame(void **state) {
    (void)state;
    writer_clear(&frame);
    return 0;
}

static struct writer *new_frame(void) {
    writer_clear(&frame);
    writer_init(&frame, FRAME_BYTES_MAX);
    return &frame;
}

static struct wire_frame decoded(void) {
    struct wire_frame value;

    assert_int_equal(writer_end(&frame), RB_OK);
    assert_int_equal(wire_decode(writer_view(&frame), &value), RB_OK);
    return value;
}

static void assert_refused(enum rb_status expected) {
    struct wire_frame value, untouched;

    memset(&value, 0x5a, sizeof value);
    memset(&untouched, 0x5a, sizeof untouched);
    assert_int_equal(wire_decode(writer_view(&frame), &value), expected);
    assert_memory_equal(&value, &untouched, sizeof value);
}

static const struct wire_hello a_hello = {
    .protocol = WIRE_PROTOCOL,
    .device_cert = { 1, 2, 3 },
    .nonce = { 4, 5, 6 },
    .role = WIRE_LISTENED,
    .store_inc = { 7, 8 },
    .hlc = 1234567,
    .features = 3,
};
static const struct wire_log a_log = { { 1, 2 }, 70, { 3, 4 }, 2 };
static const struct wire_want a_want = { { 1, 2 }, 65, 128 };
static const struct wire_ack an_ack = { 300, { 1, 2 }, 70 };
static const struct wire_list_item an_item = { { 1, 2 }, { 3, 4 } };
static const uint8_t a_rid[RID_BYTES] = { 9, 8, 7 };
static const uint8_t a_circle[HASH_BYTES] = { 6, 5 };
static const uint8_t an_eid8[EID8_BYTES] = { 4, 3 };

/* Bodies of two epochs, a stub, every class. */
static struct run a_run(void) {
    static const uint8_t body[300] = { 1 };
    struct run run = { .log = { 1, 2 }, .first = 60, .count = 5, .previous8 = { 3 } };

    run.signature[0] = 4;
    for (size_t i = 0; i < run.count; i++) {
        struct event *event = &run.events[i];
        event->header.class = (enum event_class)i;
        event->header.key_body = i == 1;
        event->header.eid8[0] = i < 3 ? 1 : 2;
        event->header.body_len = (uint32_t)(1 + i * 70);
        event->stub = i == 2;
        event->body = span_of(body, event->stub ? 0 : event->header.body_len);
        event_body_hash(event->body_hash, span_of(body, event->header.body_len));
    }
    return run;
}

static void write_run(void) {
    struct run run = a_run();

    wire_run(new_frame(), 5, 99, &run);
}

/* Each kind of frame into `frame`. */
static void write_hello(void) {
    wire_hello(new_frame(), &a_hello);
}

static void write_proof(void) {
    uint8_t signature[SIGNATURE_BYTES] = { 1 };

    wire_proof(new_frame(), signature);
}

static void write_list(void) {
    wire_list(new_frame(), &an_item, 1, true);
}

static void write_vector(void) {
    wire_vector(new_frame(), a_rid, a_circle, &a_log, 1);
}

static void write_want(void) {
    wire_want(new_frame(), a_rid, &a_want, 1);
}

static void write_ack(void) {
    wire_ack(new_frame(), &an_ack, 1, 77);
}

static void write_credit(void) {
    wire_credit(new_frame(), 131072);
}

static void write_fork(void) {
    wire_fork(new_frame(), a_rid, span_text("a proof"));
}

static void write_keyreq(void) {
    wire_keyreq(new_frame(), a_rid, an_eid8, span_text("a seal key"));
}

static void write_ping(void) {
    wire_ping(new_frame(), WIRE_PING, 1234567, 3);
}

static void write_err(void) {
    wire_err(new_frame(), WIRE_ERR_LIMIT, 60);
}

static void write_bye(void) {
    wire_bye(new_frame(), WIRE_BYE_STOPPING);
}

static void write_join(void) {
    wire_join(new_frame(), span_text("an answer"));
}

static void write_joined(void) {
    wire_joined(new_frame(), span_text("a card"), 65535);
}

static void write_proved(struct writer *items) {
    struct revoke_proof proof = {
        .revoke = span_text("a REVOKE"),
        .person = span_text("a CERT"),
        .chain = span_text("a chain"),
    };

    writer_init(items, REVOKES_ITEMS_MAX * REVOKE_PROOF_BYTES_MAX);
    revoke_proof_write(items, &proof);
    proof.chain = (struct span) { 0 };
    proof.device = span_text("another");
    proof.issuer = span_text("a third");
    revoke_proof_write(items, &proof);
}

static void write_revokes(void) {
    struct writer items;

    write_proved(&items);
    wire_revokes(new_frame(), 70000, writer_view(&items), 2, true);
    writer_clear(&items);
}

static void write_revokes_got(void) {
    wire_revokes_got(new_frame(), 70000);
}

static void (*const writers[])(void) = { write_hello,      write_proof, write_list,   write_vector,
                                         write_want,       write_run,   write_ack,    write_credit,
                                         write_fork,       write_ping,  write_err,    write_bye,
                                         write_keyreq,     write_join,  write_joined, write_revokes,
                                         write_revokes_got };
enum { WRITERS = sizeof writers / sizeof writers[0] };

/* ---- Every frame comes back ---- */

static void hello_comes_back(void **state) {
    (void)state;
    write_hello();
    struct wire_frame value = decoded();

    assert_int_equal(value.type, WIRE_HELLO);
    assert_memory_equal(value.hello.device_cert, a_hello.device_cert, 16);
    assert_memory_equal(value.hello.nonce, a_hello.nonce, 16);
    assert_memory_equal(value.hello.store_inc, a_hello.store_inc, 8);
    assert_int_equal(value.hello.protocol, a_hello.protocol);
    assert_int_equal(value.hello.role, a_hello.role);
    assert_int_equal(value.hello.hlc, a_hello.hlc);
    assert_int_equal(value.hello.features, a_hello.features);
}

static void list_comes_back(void **state) {
    (void)state;
    write_list();
    struct wire_frame value = decoded();
    struct wire_list_item item = wire_list_at(&value, 0);

    assert_true(value.last);
    assert_int_equal(wire_list_count(&value), 1);
    assert_memory_equal(&item, &an_item, sizeof item);
}

static void vector_comes_back(void **state) {
    (void)state;
    write_vector();
    struct wire_frame value = decoded();
    struct wire_log log = wire_next_log(&value);

    assert_memory_equal(value.rid, a_rid, sizeof a_rid);
    assert_true(value.introduces);
    assert_memory_equal(value.circle, a_circle, sizeof a_circle);
    assert_int_equal(value.row_count, 1);
    assert_memory_equal(log.log8, a_log.log8, sizeof log.log8);
    assert_memory_equal(log.hash8, a_log.hash8, sizeof log.hash8);
    assert_int_equal(log.head, 70);
    assert_int_equal(log.missing, 2);
}

static void vector_without_circle_introduces_nothing(void **state) {
    (void)state;
    wire_vector(new_frame(), a_rid, NULL, NULL, 0);
    struct wire_frame value = decoded();

    assert_false(value.introduces);
    assert_int_equal(value.row_count, 0);
}

static void want_comes_back(void **state) {
    (void)state;
    write_want();
    struct wire_frame value = decoded();
    struct wire_want want = wire_next_want(&value);

    assert_memory_equal(want.log8, a_want.log8, sizeof want.log8);
    assert_int_equal(want.from, 65);
    assert_int_equal(want.to, 128);
}

static void ack_comes_back(void **state) {
    (void)state;
    write_ack();
    struct wire_frame value = decoded();
    struct wire_ack ack = wire_next_ack(&value);

    assert_int_equal(value.cursor, 77);
    assert_int_equal(ack.handle, 300);
    assert_memory_equal(ack.log8, an_ack.log8, sizeof ack.log8);
    assert_int_equal(ack.seq, 70);
}

static void small_frames_come_back(void **state) {
    (void)state;
    write_proof();
    assert_int_equal(decoded().proof[0], 1);
    write_credit();
    assert_int_equal(decoded().credit, 131072);
    write_fork();
    assert_true(span_equal(decoded().proof_bytes, span_text("a proof")));
    write_keyreq();
    struct wire_frame asked = decoded();
    assert_memory_equal(asked.rid, a_rid, sizeof a_rid);
    assert_memory_equal(asked.eid8, an_eid8, sizeof an_eid8);
    assert_true(span_equal(asked.seal_key, span_text("a seal key")));
    write_ping();
    assert_int_equal(decoded().hlc, 1234567);
    assert_int_equal(decoded().queue, 3);
    write_err();
    assert_int_equal(decoded().code, WIRE_ERR_LIMIT);
    assert_int_equal(decoded().retry_s, 60);
    write_bye();
    assert_int_equal(decoded().code, WIRE_BYE_STOPPING);
}

static void frames_of_an_invitation_come_back(void **state) {
    (void)state;
    write_join();
    assert_true(span_equal(decoded().answer, span_text("an answer")));
    write_joined();
    assert_true(span_equal(decoded().card, span_text("a card")));
    assert_int_equal(decoded().port, 65535);
}

static void revocations_come_back(void **state) {
    (void)state;
    write_revokes();
    struct wire_frame value = decoded();
    assert_int_equal(value.type, WIRE_REVOKES);
    assert_int_equal(value.upto, 70000);
    assert_int_equal(value.row_count, 2);
    assert_true(value.last);
    struct reader reader = reader_of(value.items);
    struct revoke_proof one = revoke_proof_read(&reader);
    struct revoke_proof two = revoke_proof_read(&reader);
    assert_int_equal(reader_end(&reader), RB_OK);
    assert_true(span_equal(one.revoke, span_text("a REVOKE")));
    assert_true(span_equal(one.person, span_text("a CERT")));
    assert_true(span_equal(one.chain, span_text("a chain")));
    assert_int_equal(one.device.len + one.issuer.len, 0);
    assert_true(span_equal(two.device, span_text("another")));
    assert_true(span_equal(two.issuer, span_text("a third")));
    assert_int_equal(two.chain.len, 0);

    write_revokes_got();
    value = decoded();
    assert_int_equal(value.type, WIRE_REVOKES_GOT);
    assert_int_equal(value.upto, 70000);
}

/* `chain` 0: null. */
static void write_one_proved(size_t items, size_t revoke, size_t chain) {
    static const uint8_t bytes[CHAIN_BYTES_MAX + 1];
    struct writer *out = new_frame();

    writer_u8(out, WIRE_REVOKES);
    writer_u8(out, WIRE_VERSION);
    cbor_write_map(out, 3);
    cbor_write_uint(out, 0);
    cbor_write_uint(out, 1);
    cbor_write_uint(out, 1);
    cbor_write_array(out, items);
    for (size_t i = 0; i < items; i++) {
        cbor_write_array(out, 5);
        cbor_write_bytes(out, span_of(bytes, revoke));
        cbor_write_bytes(out, span_of(bytes, 1));
        cbor_write_null(out);
        cbor_write_null(out);
        if (chain == 0) {
            cbor_write_null(out);
        } else {
            cbor_write_bytes(out, span_of(bytes, chain));
        }
    }
    cbor_write_uint(out, 2);
    cbor_write_bool(out, true);
}

static void revocations_above_a_maximum_are_refused(void **state) {
    (void)state;
    write_one_proved(REVOKES_ITEMS_MAX, CERT_BYTES_MAX, CHAIN_BYTES_MAX);
    assert_int_equal(decoded().row_count, REVOKES_ITEMS_MAX);
    write_one_proved(REVOKES_ITEMS_MAX + 1, 1, 0);
    assert_refused(RB_TOO_LARGE);
    write_one_proved(1, CERT_BYTES_MAX + 1, 0);
    assert_refused(RB_MALFORMED);
    write_one_proved(1, 1, CHAIN_BYTES_MAX + 1);
    assert_refused(RB_MALFORMED);
    write_one_proved(1, 0, 0);
    assert_refused(RB_MALFORMED);
}

static void run_comes_back(void **state) {
    struct run run, expected = a_run();
    uint64_t handle, rcv_upto;
    (void)state;
    write_run();

    assert_int_equal(wire_decode_run(writer_view(&frame), &handle, &rcv_upto, &run), RB_OK);
    assert_int_equal(handle, 5);
    assert_int_equal(rcv_upto, 99);
    assert_int_equal(run.first, 60);
    assert_int_equal(run.count, 5);
    assert_memory_equal(run.log, expected.log, sizeof run.log);
    assert_memory_equal(run.previous8, expected.previous8, sizeof run.previous8);
    assert_memory_equal(run.signature, expected.signature, sizeof run.signature);
    for (size_t i = 0; i < run.count; i++) {
        const struct event *event = &run.events[i];
        assert_int_equal(event->header.class, expected.events[i].header.class);
        assert_int_equal(event->header.key_body, expected.events[i].header.key_body);
        assert_int_equal(event->header.body_len, expected.events[i].header.body_len);
        assert_memory_equal(event->header.eid8, expected.events[i].header.eid8, EID8_BYTES);
        assert_int_equal(event->stub, expected.events[i].stub);
        assert_memory_equal(event->body_hash, expected.events[i].body_hash, HASH_BYTES);
        assert_true(span_equal(event->body, expected.events[i].body));
    }
    assert_int_equal(decoded().handle, 5);
    assert_int_equal(decoded().rcv_upto, 99);
}

static void run_of_a_real_log_is_still_accepted(void **state) {
    struct log_reader reader;
    struct run run;
    uint64_t handle, rcv_upto;
    (void)state;
    struct made_log *log = made_log_new(1, 64);
    made_log_run(log, 1, 64, &run);
    log_reader_init(&reader, log->key.public);
    wire_run(new_frame(), 0, 0, &run);

    assert_int_equal(wire_decode_run(writer_view(&frame), &handle, &rcv_upto, &run), RB_OK);
    assert_int_equal(log_reader_take(&reader, &run), RB_OK);
    made_log_free(log);
}

static void largest_run_fits_its_maximum(void **state) {
    static const uint8_t body[EVENT_BODY_BYTES_MAX] = { 1 };
    struct run run = { .first = SEQ_MAX - 63, .count = RUN_EVENTS_MAX };
    uint64_t handle, rcv_upto;
    (void)state;

    for (size_t i = 0; i < run.count; i++) {
        run.events[i].header.eid8[0] = (uint8_t)i;
        run.events[i].header.body_len = sizeof body;
        run.events[i].body = span_of(body, sizeof body);
    }
    wire_run(new_frame(), UINT64_MAX, UINT64_MAX, &run);
    assert_true(frame.len <= RUN_FRAME_BYTES_MAX);
    assert_int_equal(wire_decode_run(writer_view(&frame), &handle, &rcv_upto, &run), RB_OK);
}

/* ---- Bytes from strangers ---- */

/* Everything that decodes any frame, whatever it is. */
static enum rb_status decode_all(struct span bytes) {
    struct wire_frame value;
    struct run run;
    uint64_t handle, rcv_upto;

    enum rb_status status = wire_decode(bytes, &value);
    if (status == RB_OK && value.type == WIRE_RUN) {
        return wire_decode_run(bytes, &handle, &rcv_upto, &run);
    }
    for (size_t i = 0; status == RB_OK && i < value.row_count; i++) {
        switch (value.type) {
        case WIRE_VECTOR:
            (void)wire_next_log(&value);
            break;
        case WIRE_WANT:
            (void)wire_next_want(&value);
            break;
        case WIRE_REVOKES:
            break; /* Its rows are no wire_next_... */
        default:
            (void)wire_next_ack(&value);
        }
    }
    return status;
}

static void every_cut_of_every_frame_is_malformed(void **state) {
    (void)state;
    for (size_t i = 0; i < WRITERS; i++) {
        writers[i]();
        for (size_t cut = 0; cut < frame.len; cut++) {
            assert_int_equal(decode_all(span_of(frame.data, cut)), RB_MALFORMED);
        }
    }
}

static void a_byte_too_many_is_malformed(void **state) {
    (void)state;
    for (size_t i = 0; i < WRITERS; i++) {
        writers[i]();
        writer_u8(&frame, 0);
        assert_int_equal(decode_all(writer_view(&frame)), RB_MALFORMED);
    }
}

/* Sanitizers watch; a flip is refused or gives another valid frame. */
static void every_flipped_bit_is_survived(void **state) {
    (void)state;
    for (size_t i = 0; i < WRITERS; i++) {
        writers[i]();
        for (size_t bit = 0; bit < 8 * frame.len; bit++) {
            frame.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
            enum rb_status status = decode_all(writer_view(&frame));
            assert_true(status == RB_OK || status == RB_MALFORMED || status == RB_UNKNOWN);
            frame.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        assert_int_equal(decode_all(writer_view(&frame)), RB_OK);
    }
}

static void newer_versions_and_types_are_unknown(void **state) {
    (void)state;
    write_ping();
    frame.data[1] = WIRE_VERSION + 1;
    assert_refused(RB_UNKNOWN);
    frame.data[1] = WIRE_VERSION;
    frame.data[0] = 99;
    assert_refused(RB_UNKNOWN);
    frame.data[1] = 0;
    assert_refused(RB_MALFORMED);
}

static void write_large(enum wire_type type, size_t len, uint64_t port) {
    static const uint8_t bytes[2 * CARD_BYTES_MAX];
    struct writer *out = new_frame();

    writer_u8(out, (uint8_t)type);
    writer_u8(out, WIRE_VERSION);
    if (type == WIRE_JOINED) {
        cbor_write_map(out, 2);
        cbor_write_uint(out, 0);
    }
    cbor_write_bytes(out, span_of(bytes, len));
    if (type == WIRE_JOINED) {
        cbor_write_uint(out, 1);
        cbor_write_uint(out, port);
    }
}

static void frame_of_an_invitation_above_a_maximum_is_malformed(void **state) {
    (void)state;
    write_large(WIRE_JOIN, INVITE_ANSWER_BYTES_MAX, 0);
    assert_int_equal(decoded().answer.len, INVITE_ANSWER_BYTES_MAX);
    write_large(WIRE_JOIN, INVITE_ANSWER_BYTES_MAX + 1, 0);
    assert_refused(RB_MALFORMED);
    write_large(WIRE_JOINED, CARD_BYTES_MAX, 0);
    assert_int_equal(decoded().card.len, CARD_BYTES_MAX);
    write_large(WIRE_JOINED, CARD_BYTES_MAX + 1, 0);
    assert_refused(RB_MALFORMED);
    write_large(WIRE_JOINED, 1, 65536);
    assert_refused(RB_MALFORMED);
}

static void frame_above_its_maximum_is_too_large(void **state) {
    (void)state;
    writer_clear(&frame);
    writer_init(&frame, FRAME_BYTES_MAX + 1);
    (void)writer_reserve(&frame, FRAME_BYTES_MAX + 1);
    assert_refused(RB_TOO_LARGE);
}

/* Rows written by hand: the encoder would refuse them. */
static void begin_rows(enum wire_type type, uint64_t rows_key, size_t count) {
    struct writer *out = new_frame();

    writer_u8(out, (uint8_t)type);
    writer_u8(out, WIRE_VERSION);
    cbor_write_map(out, 2);
    if (rows_key > 0) {
        cbor_write_uint(out, 0);
        cbor_write_bytes(out, span_of(a_rid, sizeof a_rid));
    }
    cbor_write_uint(out, rows_key);
    cbor_write_array(out, count);
}

static void vector_row(uint64_t head, uint64_t missing) {
    cbor_write_array(&frame, 4);
    cbor_write_bytes(&frame, span_of(a_log.log8, 8));
    cbor_write_uint(&frame, head);
    cbor_write_bytes(&frame, span_of(a_log.hash8, 8));
    cbor_write_uint(&frame, missing);
}

static void vector_above_its_maximum_is_too_large(void **state) {
    (void)state;
    begin_rows(WIRE_VECTOR, 2, VECTOR_LOGS_MAX + 1);
    for (size_t i = 0; i <= VECTOR_LOGS_MAX; i++) {
        vector_row(1, 0);
    }
    assert_refused(RB_TOO_LARGE);
}

static void vector_row_that_cannot_be_is_malformed(void **state) {
    (void)state;
    begin_rows(WIRE_VECTOR, 2, 1);
    vector_row(0, 1);
    assert_refused(RB_MALFORMED);
    begin_rows(WIRE_VECTOR, 2, 1);
    vector_row((uint64_t)SEQ_MAX + 1, 0);
    assert_refused(RB_MALFORMED);
    begin_rows(WIRE_VECTOR, 2, 1);
    vector_row(5, 6);
    assert_refused(RB_MALFORMED);
}

static void want_that_ends_before_it_begins_is_malformed(void **state) {
    const struct wire_want backwards = { .from = 2, .to = 1 };
    const struct wire_want before_the_first = { .from = 0, .to = 1 };
    (void)state;
    wire_want(new_frame(), a_rid, &backwards, 1);
    assert_refused(RB_MALFORMED);
    wire_want(new_frame(), a_rid, &before_the_first, 1);
    assert_refused(RB_MALFORMED);
}

static void list_that_ends_within_an_item_is_malformed(void **state) {
    (void)state;
    struct writer *out = new_frame();
    writer_u8(out, WIRE_LIST);
    writer_u8(out, WIRE_VERSION);
    cbor_write_array(out, 2);
    cbor_write_bool(out, true);
    cbor_write_bytes(out, span_of(a_circle, 31));
    assert_refused(RB_MALFORMED);
}

static void unknown_fields_are_skipped(void **state) {
    (void)state;
    struct writer *out = new_frame();
    writer_u8(out, WIRE_PING);
    writer_u8(out, WIRE_VERSION);
    cbor_write_map(out, 3);
    cbor_write_uint(out, 0);
    cbor_write_uint(out, 5);
    cbor_write_uint(out, 1);
    cbor_write_uint(out, 6);
    cbor_write_uint(out, 40);
    cbor_write_text(out, span_text("newer"));
    assert_int_equal(decoded().queue, 6);
}

static void missing_field_is_malformed(void **state) {
    (void)state;
    struct writer *out = new_frame();
    writer_u8(out, WIRE_PING);
    writer_u8(out, WIRE_VERSION);
    cbor_write_map(out, 1);
    cbor_write_uint(out, 0);
    cbor_write_uint(out, 5);
    assert_refused(RB_MALFORMED);
}

/* Offsets into the frame of write_run: type, version, handle, log, first, count. */
enum { RUN_FIRST_AT = 2 + 1 + LOG_PK_BYTES, RUN_COUNT_AT = RUN_FIRST_AT + 1 };

static void run_across_two_blocks_is_malformed(void **state) {
    (void)state;
    write_run();
    frame.data[RUN_FIRST_AT] = 61; /* 61 to 65 */
    assert_int_equal(decode_all(writer_view(&frame)), RB_MALFORMED);
}

static void run_without_events_is_malformed(void **state) {
    (void)state;
    write_run();
    frame.data[RUN_COUNT_AT] = 0;
    assert_int_equal(decode_all(writer_view(&frame)), RB_MALFORMED);
    frame.data[RUN_COUNT_AT] = RUN_EVENTS_MAX + 1;
    assert_int_equal(decode_all(writer_view(&frame)), RB_MALFORMED);
}

/* ---- What both sides compute ---- */

static void proof_holds_for_its_role_and_connection_only(void **state) {
    struct sign_key device;
    uint8_t seed[32] = { 1 }, ours[32] = { 2 }, theirs[32] = { 3 }, signature[SIGNATURE_BYTES];
    struct span hello_a = span_text("a"), hello_b = span_text("b");
    (void)state;
    crypt_sign_from_seed(&device, seed);
    wire_proof_sign(signature, &device, WIRE_DIALLED, ours, theirs, hello_a, hello_b);

    assert_true(
        wire_proof_verify(signature, device.public, WIRE_DIALLED, ours, theirs, hello_a, hello_b));
    assert_false(
        wire_proof_verify(signature, device.public, WIRE_LISTENED, ours, theirs, hello_a, hello_b));
    assert_false(
        wire_proof_verify(signature, device.public, WIRE_DIALLED, theirs, ours, hello_a, hello_b));
    assert_false(
        wire_proof_verify(signature, device.public, WIRE_DIALLED, ours, theirs, hello_b, hello_a));
}

static void fingerprint_has_no_order(void **state) {
    struct log_line lines[3] = { { .log = { 1 }, .head = 5 },
                                 { .log = { 2 }, .head = 6 },
                                 { .log = { 3 }, .head = 7 } };
    struct log_line turned[3] = { lines[2], lines[0], lines[1] };
    uint8_t one[FP_BYTES], other[FP_BYTES];
    (void)state;
    circle_fingerprint(one, lines, 3);
    circle_fingerprint(other, turned, 3);
    assert_memory_equal(one, other, FP_BYTES);
    turned[0].missing = 1;
    circle_fingerprint(other, turned, 3);
    assert_memory_not_equal(one, other, FP_BYTES);
}

static void rid_tells_the_nonces_apart(void **state) {
    uint8_t one[RID_BYTES], other[RID_BYTES];
    const uint8_t a[WIRE_NONCE_BYTES] = { 1 }, b[WIRE_NONCE_BYTES] = { 2 };
    (void)state;
    wire_rid(one, a_circle, a, b);
    wire_rid(other, a_circle, b, a);
    assert_memory_not_equal(one, other, RID_BYTES);
}

static void subscription_has_no_order(void **state) {
    const uint8_t ids[2][HASH_BYTES] = { { 1 }, { 2 } };
    const uint8_t turned[2][HASH_BYTES] = { { 2 }, { 1 } };
    uint8_t one[8], other[8];
    (void)state;
    subscription_hash(one, ids, 2);
    subscription_hash(other, turned, 2);
    assert_memory_equal(one, other, sizeof one);
}

#define TEST(name) cmocka_unit_test_teardown(name, clear_the_frame)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(hello_comes_back),
        TEST(list_comes_back),
        TEST(vector_comes_back),
        TEST(vector_without_circle_introduces_nothing),
        TEST(want_comes_back),
        TEST(ack_comes_back),
        TEST(small_frames_come_back),
        TEST(frames_of_an_invitation_come_back),
        TEST(revocations_come_back),
        TEST(revocations_above_a_maximum_are_refused),
        TEST(run_comes_back),
        TEST(run_of_a_real_log_is_still_accepted),
        TEST(largest_run_fits_its_maximum),
        TEST(every_cut_of_every_frame_is_malformed),
        TEST(a_byte_too_many_is_malformed),
        TEST(every_flipped_bit_is_survived),
        TEST(newer_versions_and_types_are_unknown),
        TEST(frame_of_an_invitation_above_a_maximum_is_malformed),
        TEST(frame_above_its_maximum_is_too_large),
        TEST(vector_above_its_maximum_is_too_large),
        TEST(vector_row_that_cannot_be_is_malformed),
        TEST(want_that_ends_before_it_begins_is_malformed),
        TEST(list_that_ends_within_an_item_is_malformed),
        TEST(unknown_fields_are_skipped),
        TEST(missing_field_is_malformed),
        TEST(run_across_two_blocks_is_malformed),
        TEST(run_without_events_is_malformed),
        TEST(proof_holds_for_its_role_and_connection_only),
        TEST(fingerprint_has_no_order),
        TEST(rid_tells_the_nonces_apart),
        TEST(subscription_has_no_order),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
