/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/cbor.h"
#include "protocol/ops.h"
#include "tests/support/op_samples.h"

#include <string.h>

/* ---- Arranging ---- */

static void assert_bytes(struct writer *writer, const uint8_t *expected, size_t len) {
    assert_int_equal(writer_view(writer).len, len);
    assert_memory_equal(writer_view(writer).data, expected, len);
    writer_clear(writer);
}

/* ---- Golden bytes ---- */

static void empty_bodies_are_one_byte(void **state) {
    const uint8_t expected[] = { 0xa0 };
    struct writer body;
    (void)state;

    writer_init(&body, 100);
    op_empty_encode(&body);
    assert_bytes(&body, expected, sizeof expected);
}

static void a_leaving_names_the_person_and_no_locks(void **state) {
    const uint8_t expected[1 + 1 + 2 + 32 + 2] = { 0xa2, 0x00, 0x58,        0x20,
                                                   0xaa, 0xbb, [36] = 0x01, [37] = 0x80 };
    struct writer body;
    (void)state;

    writer_init(&body, 100);
    op_remove_encode(&body, some_person, NULL, 0);
    assert_bytes(&body, expected, sizeof expected);
}

static void a_refusal_lists_other_logs_only_if_there_are_any(void **state) {
    uint8_t expected[1 + 1 + 1 + 1 + 34 + 1 + 34] = { 0xa1, 0x01, 0x81, 0x83, 0x58, 0x20, 0x11 };
    struct writer body;
    (void)state;

    writer_init(&body, 100);
    op_decline_encode(&body, NULL, 0);
    assert_bytes(&body, (const uint8_t[]) { 0xa0 }, 1);
    memcpy(expected + 38, (const uint8_t[]) { 0x07, 0x58, 0x20, 0x22 }, 4);
    writer_init(&body, 100);
    op_decline_encode(&body, some_locks, 1);
    assert_bytes(&body, expected, sizeof expected);
}

static void an_operation_gives_back_its_locks(void **state) {
    const enum op_type ends[] = { OP_REMOVE, OP_DECLINE, OP_REVOKED, OP_ADOPT };
    (void)state;

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct op_lock read[OP_LOCKS_MAX];
        struct writer body;
        struct op op;
        writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
        body_write(&body, ends[i]);
        assert_int_equal(body_decode(ends[i], writer_view(&body), &op), RB_OK);
        assert_int_equal(op_locks(&op, read, 1), 1);
        assert_int_equal(op_locks(&op, read, OP_LOCKS_MAX), 2);
        assert_memory_equal(read, some_locks, sizeof some_locks);
        writer_clear(&body);
    }
}

static enum rb_status decode_locks(enum op_type type, size_t count, uint64_t seq) {
    static const struct op_lock lock;
    struct writer body;
    struct op op;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    cbor_write_map(&body, 1);
    cbor_write_uint(&body, 1);
    cbor_write_array(&body, count);
    for (size_t i = 0; i < count; i++) {
        cbor_write_array(&body, 3);
        cbor_write_bytes(&body, span_of(lock.log, sizeof lock.log));
        cbor_write_uint(&body, seq);
        cbor_write_bytes(&body, span_of(lock.hash, sizeof lock.hash));
    }
    enum rb_status status = body_decode(type, writer_view(&body), &op);
    writer_clear(&body);
    return status;
}

static void more_locks_than_the_maximum_are_malformed(void **state) {
    const uint8_t no_array[] = { 0xa1, 0x01, 0x00 };
    const uint8_t no_lock[] = { 0xa1, 0x01, 0x81, 0x80 };
    struct op op;
    (void)state;

    assert_int_equal(decode_locks(OP_DECLINE, OP_LOCKS_MAX, 1), RB_OK);
    assert_int_equal(decode_locks(OP_DECLINE, OP_LOCKS_MAX + 1, 1), RB_MALFORMED);
    assert_int_equal(decode_locks(OP_ADOPT, OP_LOCKS_MAX, 1), RB_OK);
    assert_int_equal(decode_locks(OP_ADOPT, OP_LOCKS_MAX + 1, 1), RB_MALFORMED);
    assert_int_equal(body_decode(OP_DECLINE, span_of(no_array, sizeof no_array), &op),
                     RB_MALFORMED);
    assert_int_equal(body_decode(OP_DECLINE, span_of(no_lock, sizeof no_lock), &op), RB_MALFORMED);
}

static void a_lock_names_an_event_that_can_be(void **state) {
    (void)state;

    assert_int_equal(decode_locks(OP_ADOPT, 1, 0), RB_MALFORMED);
    assert_int_equal(decode_locks(OP_ADOPT, 1, SEQ_MAX), RB_OK);
    assert_int_equal(decode_locks(OP_ADOPT, 1, (uint64_t)SEQ_MAX + 1), RB_MALFORMED);
}

/* BLAKE2b-256("rk.eid" ‖ 32 x 0x07), computed elsewhere. */
static const uint8_t eid_of_7[HASH_BYTES] = { 0x4e, 0x75, 0xdc, 0xba, 0x18, 0x09, 0x2a, 0xa7,
                                              0xa9, 0x12, 0x88, 0xb9, 0xe3, 0xf0, 0xd7, 0x8c,
                                              0x05, 0xf9, 0x71, 0xaa, 0xfc, 0x69, 0x8d, 0x95,
                                              0x1b, 0xab, 0xc5, 0x3c, 0x67, 0xfb, 0x14, 0x54 };

static void a_grant_is_its_epoch_and_its_devices(void **state) {
    uint8_t expected[1 + 1 + 2 + 32 + 1 + 1 + 17] = { 0xa2, 0x00, 0x58, 0x20 };
    struct writer body;
    (void)state;

    memcpy(expected + 4, eid_of_7, sizeof eid_of_7);
    memcpy(expected + 36, (const uint8_t[]) { 0x01, 0x81, 0x50, 0x01 }, 4);
    writer_init(&body, 100);
    op_keygrant_encode(&body, key_of(7).id, some_devices, 1);
    assert_bytes(&body, expected, sizeof expected);
}

static void an_epoch_is_its_parents_devices_and_wraps(void **state) {
    uint8_t expected[1 + 2 + 34 + 2 + 17 + 3 + 34 + 34] = { 0xa3, 0x00, 0x81, 0x58, 0x20 };
    struct epoch_key wrap = key_of(7);
    struct writer body;
    (void)state;

    memcpy(expected + 5, eid_of_7, sizeof eid_of_7);
    memcpy(expected + 37, (const uint8_t[]) { 0x01, 0x81, 0x50, 0x01 }, 4);
    memcpy(expected + 56, (const uint8_t[]) { 0x02, 0x81, 0x82, 0x58, 0x20 }, 5);
    memcpy(expected + 61, eid_of_7, sizeof eid_of_7);
    memcpy(expected + 93, (const uint8_t[]) { 0x58, 0x20 }, 2);
    memset(expected + 95, 7, KEY_BYTES);
    writer_init(&body, 200);
    op_epoch_encode(&body, (const uint8_t(*)[HASH_BYTES]) & eid_of_7, 1, some_devices, 1, &wrap, 1);
    assert_bytes(&body, expected, sizeof expected);
}

enum { CERT_AT = 7 }; /* where the person's certificate begins in an invitation */

static void an_invitation_is_a_role_and_a_pair(void **state) {
    struct span cert = writer_view(&rina.person_cert);
    const uint8_t front[CERT_AT] = { 0xa2, 0x00, 0x01, 0x01, 0x83, 0x58, (uint8_t)cert.len };
    struct writer body;
    (void)state;

    assert_in_range(cert.len, 24, 255); /* so that its length is one byte */
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    body_write(&body, OP_ADD);
    assert_memory_equal(writer_view(&body).data, front, CERT_AT);
    assert_memory_equal(writer_view(&body).data + CERT_AT, cert.data, cert.len);
    writer_clear(&body);
}

static void the_circle_id_is_the_hash_of_the_genesis_payload(void **state) {
    const uint8_t payload[] = { 0xa0 };
    const uint8_t expected[HASH_BYTES] = { 0xa5, 0xd6, 0x19, 0x9c, 0x8a, 0x93, 0x43, 0x91,
                                           0x55, 0xba, 0x75, 0xce, 0x60, 0x0d, 0x0c, 0x27,
                                           0x34, 0x06, 0x08, 0x7b, 0x21, 0x75, 0x20, 0x72,
                                           0xc4, 0xc6, 0x88, 0x6c, 0x42, 0x81, 0xa8, 0x06 };
    uint8_t id[HASH_BYTES];
    (void)state;

    circle_id(id, span_of(payload, sizeof payload));
    assert_memory_equal(id, expected, sizeof id);
}

/* ---- Reading what was written ---- */

static void an_invitation_names_person_device_and_seal_key(void **state) {
    struct writer body;
    struct op op;
    (void)state;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    body_write(&body, OP_ADD);
    assert_int_equal(body_decode(OP_ADD, writer_view(&body), &op), RB_OK);
    assert_int_equal(op.type, OP_ADD);
    assert_int_equal(op.hlc, 77);
    assert_int_equal(op.role, CIRCLE_WRITER);
    assert_memory_equal(op.person.subject, rina.identity.person.public, SIGN_PUBLIC_BYTES);
    assert_memory_equal(op.device.subject, rina.identity.device.public, SIGN_PUBLIC_BYTES);
    assert_memory_equal(op.seal.public, rina.identity.seal.public, BOX_PUBLIC_BYTES);
    assert_false(op.letter.exists);
    assert_int_equal(op.until_s, 0);
    writer_clear(&body);
}

static void a_genesis_seals_its_key_to_the_creators_device(void **state) {
    uint8_t to[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES];
    struct writer body;
    struct op op;
    (void)state;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    body_write(&body, OP_GENESIS);
    assert_int_equal(body_decode(OP_GENESIS, writer_view(&body), &op), RB_OK);
    assert_int_equal(op.kind, CIRCLE_GROUP);
    assert_int_equal(op.role, CIRCLE_OWNER);
    assert_false(op.guardian);
    assert_false(op.has_parent);
    assert_false(op.has_anchor);
    assert_int_equal(op_recipients(&op, to, SEALS_PER_KEY_BODY_MAX), 1);
    assert_memory_equal(to[0], op.device.id, CERT_ID_BYTES);
    writer_clear(&body);
}

static void an_epoch_gives_back_its_lists(void **state) {
    uint8_t to[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES];
    uint8_t parents[WRAPS_PER_EPOCH_MAX][HASH_BYTES];
    struct epoch_key wraps[WRAPS_PER_EPOCH_MAX];
    struct writer body;
    struct op op;
    (void)state;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    body_write(&body, OP_EPOCH);
    assert_int_equal(body_decode(OP_EPOCH, writer_view(&body), &op), RB_OK);
    assert_int_equal(op_recipients(&op, to, SEALS_PER_KEY_BODY_MAX), 2);
    assert_memory_equal(to, some_devices, sizeof some_devices);
    assert_int_equal(op_parents(&op, parents, WRAPS_PER_EPOCH_MAX), 2);
    assert_memory_equal(parents[0], eid_of_7, HASH_BYTES);
    assert_int_equal(op_wraps(&op, wraps, WRAPS_PER_EPOCH_MAX), 2);
    assert_memory_equal(wraps[1].key, key_of(8).key, KEY_BYTES);
    assert_int_equal(op_wraps(&op, wraps, 1), 1);
    assert_int_equal(op_recipients(&op, to, 1), 1);
    writer_clear(&body);
}

static void the_heads_that_the_author_knew_become_dependencies(void **state) {
    const uint8_t empty[] = { 0xa0 };
    struct payload payload = { .type = OP_ACCEPT, .body = span_of(empty, 1), .ctl_count = 2 };
    struct op op;
    (void)state;

    payload.ctl[1][0] = 9;
    assert_int_equal(op_decode(&payload, &op), RB_OK);
    assert_int_equal(op.dep_count, 2);
    assert_memory_equal(op.deps, payload.ctl, sizeof payload.ctl[0] * 2);
}

static void what_was_decoded_before_decodes_again_to_the_same(void **state) {
    struct payload payload = { .type = OP_ADD };
    struct op first, again;
    struct writer body;
    (void)state;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    const struct op_pair pair = party_letter_pair(&rina);
    op_add_encode(&body, CIRCLE_MANAGER, &pair, 0);
    payload.body = writer_view(&body);
    assert_int_equal(op_decode(&payload, &first), RB_OK);
    assert_int_equal(op_decode_again(&payload, &again), RB_OK);
    again.is_known = false;
    assert_memory_equal(&first, &again, sizeof first);
    writer_clear(&body);
}

/* ---- Damage ---- */

static void check_cuts(enum op_type type, struct span body) {
    struct op op = { .hlc = 5 };

    for (size_t cut = 0; cut < body.len; cut++) {
        assert_int_equal(body_decode(type, span_of(body.data, cut), &op), RB_MALFORMED);
        assert_int_equal(op.hlc, 5);
    }
}

static void every_cut_of_a_body_is_malformed(void **state) {
    (void)state;
    body_each(check_cuts);
}

static void check_byte_after(enum op_type type, struct span body) {
    struct writer longer;
    struct op op;

    writer_init(&longer, EVENT_PAYLOAD_BYTES_MAX);
    writer_span(&longer, body);
    writer_u8(&longer, 0);
    assert_int_equal(body_decode(type, writer_view(&longer), &op), RB_MALFORMED);
    writer_clear(&longer);
}

static void a_byte_after_a_body_is_malformed(void **state) {
    (void)state;
    body_each(check_byte_after);
}

/* A flipped bit never yields another person, device or seal key, and lists stay in their bounds. */
static void check_flip(enum op_type type, struct span damaged, const struct op *whole) {
    uint8_t to[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES];
    struct epoch_key wraps[WRAPS_PER_EPOCH_MAX];
    struct op op = { .hlc = 5 };

    if (body_decode(type, damaged, &op) != RB_OK) {
        assert_int_equal(op.hlc, 5);
        return;
    }
    assert_int_equal(op.type, type);
    assert_true(span_equal(op.person.whole, whole->person.whole));
    assert_true(span_equal(op.device.whole, whole->device.whole));
    assert_true(span_equal(op.seal.whole, whole->seal.whole));
    assert_true(span_equal(op.revocation.whole, whole->revocation.whole));
    assert_int_equal(op.letter.exists, whole->letter.exists);
    assert_memory_equal(op.letter.root, whole->letter.root, HASH_BYTES);
    assert_true(op_recipients(&op, to, SEALS_PER_KEY_BODY_MAX) <= 2);
    size_t wrap_count = op_wraps(&op, wraps, WRAPS_PER_EPOCH_MAX);
    for (size_t i = 0; i < wrap_count; i++) {
        struct epoch_key known[2] = { key_of(7), key_of(8) };
        assert_true(memcmp(&wraps[i], &known[0], sizeof known[0]) == 0 ||
                    memcmp(&wraps[i], &known[1], sizeof known[1]) == 0);
    }
}

static void check_flips(enum op_type type, struct span body) {
    struct writer damaged;
    struct op whole;

    writer_init(&damaged, EVENT_PAYLOAD_BYTES_MAX);
    writer_span(&damaged, body);
    assert_int_equal(body_decode(type, body, &whole), RB_OK);
    for (size_t bit = 0; bit < body.len * 8; bit++) {
        damaged.data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        check_flip(type, writer_view(&damaged), &whole);
        damaged.data[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
    writer_clear(&damaged);
}

static void every_flipped_bit_is_refused_or_harmless(void **state) {
    (void)state;
    body_each(check_flips);
}

/* ---- Certificates ---- */

static enum rb_status decode_add_of(const struct party *person_of, const struct party *device_of,
                                    const struct party *seal_key_of) {
    struct writer body;
    struct op op;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    const struct op_pair pair = {
        .person_cert = writer_view(&person_of->person_cert),
        .device_cert = writer_view(&device_of->device_cert),
        .seal_key = writer_view(&seal_key_of->seal_key),
    };
    op_add_encode(&body, CIRCLE_WRITER, &pair, 0);
    enum rb_status status = body_decode(OP_ADD, writer_view(&body), &op);
    writer_clear(&body);
    return status;
}

static void a_device_of_somebody_else_is_refused(void **state) {
    (void)state;
    assert_int_equal(decode_add_of(&rina, &rina, &rina), RB_OK);
    assert_int_equal(decode_add_of(&rina, &bayu, &bayu), RB_BAD_SIGNATURE);
}

static void a_seal_key_of_another_device_is_refused(void **state) {
    (void)state;
    assert_int_equal(decode_add_of(&rina, &rina, &bayu), RB_BAD_SIGNATURE);
}

static void a_forged_signature_is_refused(void **state) {
    struct writer body;
    struct op op;
    (void)state;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    body_write(&body, OP_ADD);
    body.data[CERT_AT + writer_view(&rina.person_cert).len - 1] ^= 1; /* the end of a signature */
    assert_int_equal(body_decode(OP_ADD, writer_view(&body), &op), RB_BAD_SIGNATURE);
    writer_clear(&body);
}

/* ---- Limits and versions ---- */

static void a_key_for_nobody_is_malformed(void **state) {
    const uint8_t none[] = { 0xa3, 0x00, 0x80, 0x01, 0x80, 0x02, 0x80 };
    struct op op;
    (void)state;

    assert_int_equal(body_decode(OP_EPOCH, span_of(none, sizeof none), &op), RB_MALFORMED);
}

static enum rb_status decode_epoch_of(size_t parent_count, size_t to_count) {
    const uint8_t zeros[HASH_BYTES] = { 0 };
    struct writer body;
    struct op op;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    cbor_write_map(&body, 3);
    cbor_write_uint(&body, 0);
    cbor_write_array(&body, parent_count);
    for (size_t i = 0; i < parent_count; i++) {
        cbor_write_bytes(&body, span_of(zeros, HASH_BYTES));
    }
    cbor_write_uint(&body, 1);
    cbor_write_array(&body, to_count);
    for (size_t i = 0; i < to_count; i++) {
        cbor_write_bytes(&body, span_of(zeros, CERT_ID_BYTES));
    }
    cbor_write_uint(&body, 2);
    cbor_write_array(&body, 0);
    enum rb_status status = body_decode(OP_EPOCH, writer_view(&body), &op);
    writer_clear(&body);
    return status;
}

static void lists_above_their_maximum_are_malformed(void **state) {
    (void)state;
    assert_int_equal(decode_epoch_of(WRAPS_PER_EPOCH_MAX, SEALS_PER_KEY_BODY_MAX), RB_OK);
    assert_int_equal(decode_epoch_of(WRAPS_PER_EPOCH_MAX + 1, 1), RB_MALFORMED);
    assert_int_equal(decode_epoch_of(0, SEALS_PER_KEY_BODY_MAX + 1), RB_MALFORMED);
}

static void a_role_above_owner_is_malformed(void **state) {
    struct writer body;
    struct op op;
    (void)state;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    body_write(&body, OP_ADD);
    body.data[2] = CIRCLE_OWNER + 1;
    assert_int_equal(body_decode(OP_ADD, writer_view(&body), &op), RB_MALFORMED);
    writer_clear(&body);
}

static void a_circle_of_a_newer_kind_is_unknown(void **state) {
    struct writer body;
    struct op op;
    (void)state;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    body_write(&body, OP_GENESIS);
    body.data[2] = CIRCLE_REQUEST + 1;
    assert_int_equal(body_decode(OP_GENESIS, writer_view(&body), &op), RB_UNKNOWN);
    writer_clear(&body);
}

static void fields_of_a_newer_version_are_skipped(void **state) {
    const uint8_t newer[] = { 0xa1, 0x09, 0x81, 0x01 };
    struct op op;
    (void)state;

    assert_int_equal(body_decode(OP_ACCEPT, span_of(newer, sizeof newer), &op), RB_OK);
}

static void a_newer_type_is_unknown(void **state) {
    const uint8_t empty[] = { 0xa0 };
    struct op op;
    (void)state;

    assert_int_equal(body_decode((enum op_type)12, span_of(empty, 1), &op), RB_UNKNOWN);
    assert_int_equal(body_decode(OP_LOGCERT, span_of(empty, 1), &op), RB_UNKNOWN);
}

static void a_wrap_with_a_wrong_key_is_left_out(void **state) {
    struct epoch_key wraps[2] = { key_of(7), key_of(8) };
    struct epoch_key read[WRAPS_PER_EPOCH_MAX];
    struct writer body;
    struct op op;
    (void)state;

    wraps[0].key[0] ^= 1;
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_epoch_encode(&body, NULL, 0, some_devices, 1, wraps, 2);
    assert_int_equal(body_decode(OP_EPOCH, writer_view(&body), &op), RB_OK);
    assert_int_equal(op_wraps(&op, read, WRAPS_PER_EPOCH_MAX), 1);
    assert_memory_equal(read[0].id, key_of(8).id, HASH_BYTES);
    writer_clear(&body);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_bodies_are_one_byte),
        cmocka_unit_test(a_leaving_names_the_person_and_no_locks),
        cmocka_unit_test(a_refusal_lists_other_logs_only_if_there_are_any),
        cmocka_unit_test(an_operation_gives_back_its_locks),
        cmocka_unit_test(more_locks_than_the_maximum_are_malformed),
        cmocka_unit_test(a_lock_names_an_event_that_can_be),
        cmocka_unit_test(a_grant_is_its_epoch_and_its_devices),
        cmocka_unit_test(an_epoch_is_its_parents_devices_and_wraps),
        cmocka_unit_test(an_invitation_is_a_role_and_a_pair),
        cmocka_unit_test(what_was_decoded_before_decodes_again_to_the_same),
        cmocka_unit_test(the_circle_id_is_the_hash_of_the_genesis_payload),
        cmocka_unit_test(an_invitation_names_person_device_and_seal_key),
        cmocka_unit_test(a_genesis_seals_its_key_to_the_creators_device),
        cmocka_unit_test(an_epoch_gives_back_its_lists),
        cmocka_unit_test(the_heads_that_the_author_knew_become_dependencies),
        cmocka_unit_test(every_cut_of_a_body_is_malformed),
        cmocka_unit_test(a_byte_after_a_body_is_malformed),
        cmocka_unit_test(every_flipped_bit_is_refused_or_harmless),
        cmocka_unit_test(a_device_of_somebody_else_is_refused),
        cmocka_unit_test(a_seal_key_of_another_device_is_refused),
        cmocka_unit_test(a_forged_signature_is_refused),
        cmocka_unit_test(a_key_for_nobody_is_malformed),
        cmocka_unit_test(lists_above_their_maximum_are_malformed),
        cmocka_unit_test(a_role_above_owner_is_malformed),
        cmocka_unit_test(a_circle_of_a_newer_kind_is_unknown),
        cmocka_unit_test(fields_of_a_newer_version_are_skipped),
        cmocka_unit_test(a_newer_type_is_unknown),
        cmocka_unit_test(a_wrap_with_a_wrong_key_is_left_out),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, parties_make, parties_forget);
}
