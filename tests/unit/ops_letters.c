/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations with letters, devices, revocations and adoptions, and what their largest take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/cbor.h"
#include "tests/support/offices.h"
#include "tests/support/op_samples.h"

#include <string.h>

/* ---- Golden bytes ---- */

static void a_revoked_certificate_stands_whole_in_front_of_the_locks(void **state) {
    const uint8_t front[] = { 0xa2, 0x00, 0x58, 0xa6 };
    struct writer revoke, body;
    (void)state;

    writer_init(&revoke, CERT_BYTES_MAX);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    revoke_issue(&revoke, some_devices[0], some_person, &rina.identity.person,
                 SAMPLES_NOW_MS / 1000);
    revoked_write(&body, NULL, 0);
    assert_int_equal(revoke.len, 0xa6);
    assert_int_equal(body.len, sizeof front + revoke.len + 2);
    assert_memory_equal(body.data, front, sizeof front);
    assert_memory_equal(body.data + sizeof front, revoke.data, revoke.len);
    assert_memory_equal(body.data + body.len - 2, ((const uint8_t[]) { 0x01, 0x80 }), 2);
    writer_clear(&body);
    writer_clear(&revoke);
}

static void an_adoption_is_its_locks(void **state) {
    uint8_t expected[1 + 1 + 1 + 1 + 34 + 1 + 34] = { 0xa1, 0x01, 0x81, 0x83, 0x58, 0x20, 0x11 };
    const uint8_t no_locks[] = { 0xa0 };
    struct writer body;
    struct op op;
    (void)state;

    memcpy(expected + 38, (const uint8_t[]) { 0x07, 0x58, 0x20, 0x22 }, 4);
    writer_init(&body, 100);
    op_adopt_encode(&body, some_locks, 1);
    assert_true(span_equal(writer_view(&body), span_of(expected, sizeof expected)));
    writer_clear(&body);
    assert_int_equal(body_decode(OP_ADOPT, span_of(no_locks, 1), &op), RB_MALFORMED);
}

static void a_letter_adds_its_chain_and_a_guest_his_end(void **state) {
    const uint8_t until[] = { 0x02, 0x1a, 0x68, 0x4e, 0xe1, 0x80 };
    const struct op_pair pair = party_letter_pair(&rina);
    struct writer body;
    (void)state;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_add_encode(&body, CIRCLE_WRITER, &pair, SAMPLES_NOW_MS / 1000);
    assert_memory_equal(body.data, ((const uint8_t[]) { 0xa3, 0x00, 0x01, 0x01, 0x84 }), 5);
    assert_memory_equal(body.data + body.len - sizeof until, until, sizeof until);
    assert_memory_equal(body.data + body.len - sizeof until - pair.chain.len, pair.chain.data,
                        pair.chain.len);
    writer_clear(&body);
}

static void a_device_is_its_pair_alone(void **state) {
    const struct op_pair pair = party_pair(&rina);
    struct writer body;
    (void)state;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_device_encode(&body, &pair);
    assert_memory_equal(body.data, ((const uint8_t[]) { 0xa1, 0x01, 0x83, 0x58 }), 4);
    assert_memory_equal(body.data + body.len - pair.seal_key.len, pair.seal_key.data,
                        pair.seal_key.len);
    writer_clear(&body);
}

/* ---- Reading what was written ---- */

static void assert_letter(const struct letter *letter) {
    uint8_t root[HASH_BYTES];

    office_id(root, offices_usual[OFFICES_USUAL - 1].fill);
    assert_true(letter->exists);
    assert_int_equal(letter->rank, RANK_WORKER);
    assert_memory_equal(letter->root, root, HASH_BYTES);
}

static void an_invitation_tells_the_letter_and_the_end_of_a_guest(void **state) {
    const struct sample guest = { OP_ADD, true };
    struct writer body;
    struct op op;
    (void)state;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    sample_write(&body, &guest);
    assert_int_equal(body_decode(OP_ADD, writer_view(&body), &op), RB_OK);
    assert_letter(&op.letter);
    assert_int_equal(op.until_s, SAMPLES_NOW_MS / 1000);
    writer_clear(&body);
}

static void a_device_names_person_device_and_seal_key(void **state) {
    const struct op_pair pair = party_letter_pair(&rina);
    struct writer body;
    struct op op;
    (void)state;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_device_encode(&body, &pair);
    assert_int_equal(body_decode(OP_DEVICE, writer_view(&body), &op), RB_OK);
    assert_memory_equal(op.person.subject, rina.identity.person.public, SIGN_PUBLIC_BYTES);
    assert_memory_equal(op.device.subject, rina.identity.device.public, SIGN_PUBLIC_BYTES);
    assert_memory_equal(op.seal.public, rina.identity.seal.public, BOX_PUBLIC_BYTES);
    assert_letter(&op.letter);
    writer_clear(&body);
}

static void a_revoked_tells_which_certificate_by_whom(void **state) {
    struct writer body;
    struct op op;
    (void)state;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    body_write(&body, OP_REVOKED);
    assert_int_equal(body_decode(OP_REVOKED, writer_view(&body), &op), RB_OK);
    assert_memory_equal(op.revocation.cert_id, some_devices[0], CERT_ID_BYTES);
    assert_memory_equal(op.revocation.person, some_person, HASH_BYTES);
    assert_memory_equal(op.revocation.issuer, rina.identity.person.public, SIGN_PUBLIC_BYTES);
    assert_int_equal(op.revocation.at_s, SAMPLES_NOW_MS / 1000);
    writer_clear(&body);
}

static void a_child_circle_names_its_parent_and_its_anchor(void **state) {
    const struct sample child = { OP_GENESIS, true };
    struct writer body;
    struct op op;
    (void)state;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    sample_write(&body, &child);
    assert_int_equal(body_decode(OP_GENESIS, writer_view(&body), &op), RB_OK);
    assert_true(op.has_parent);
    assert_memory_equal(op.parent, some_parent, HASH_BYTES);
    assert_true(op.has_anchor);
    assert_memory_equal(op.anchor, some_anchor, HASH_BYTES);
    assert_letter(&op.letter);
    writer_clear(&body);
}

/* ---- What does not belong together, and bounds ---- */

static enum rb_status decode_pair(const struct op_pair *pair) {
    struct writer body;
    struct op op;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_add_encode(&body, CIRCLE_WRITER, pair, 0);
    enum rb_status status = body_decode(OP_ADD, writer_view(&body), &op);
    writer_clear(&body);
    return status;
}

static void a_letter_and_its_chain_belong_together(void **state) {
    const uint8_t empty[] = { 0x80 };
    const struct op_pair good = party_letter_pair(&rina);
    struct op_pair letterless = good, chainless = good, none_above = good;
    (void)state;

    assert_int_equal(decode_pair(&good), RB_OK);
    letterless.person_cert = writer_view(&rina.person_cert);
    assert_int_equal(decode_pair(&letterless), RB_BAD_SIGNATURE);
    chainless.chain = (struct span) { 0 };
    assert_int_equal(decode_pair(&chainless), RB_BAD_SIGNATURE);
    none_above.chain = span_of(empty, 1);
    assert_int_equal(decode_pair(&none_above), RB_MALFORMED);
}

static void a_pair_has_three_items_or_four(void **state) {
    const size_t items_at = 4; /* behind map, role and the key of the pair */
    struct writer body;
    struct op op;
    (void)state;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    body_write(&body, OP_ADD);
    for (uint8_t items = 0; items <= 5; items++) {
        body.data[items_at] = 0x80 | items;
        assert_int_equal(body_decode(OP_ADD, writer_view(&body), &op),
                         items == 3 ? RB_OK : RB_MALFORMED);
    }
    writer_clear(&body);
}

static void a_revocation_with_a_wrong_signature_is_refused(void **state) {
    struct sign_key forger = rina.identity.person;
    struct writer revoke, body;
    struct op op;
    (void)state;

    memset(forger.seed, 9, sizeof forger.seed);
    writer_init(&revoke, CERT_BYTES_MAX);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    revoke_issue(&revoke, some_devices[0], some_person, &forger, SAMPLES_NOW_MS / 1000);
    op_revoked_encode(&body, writer_view(&revoke), NULL, 0);
    assert_int_equal(body_decode(OP_REVOKED, writer_view(&body), &op), RB_BAD_SIGNATURE);
    writer_clear(&body);
    writer_clear(&revoke);
}

/* The end of a guest, which is field 2 of an ADD, put behind a body that has none. */
static enum rb_status decode_until(uint64_t until_s) {
    struct writer body;
    struct op op;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    body_write(&body, OP_ADD);
    body.data[0] = 0xa3;
    cbor_write_uint(&body, 2);
    cbor_write_uint(&body, until_s);
    enum rb_status status = body_decode(OP_ADD, writer_view(&body), &op);
    writer_clear(&body);
    return status;
}

static void the_end_of_a_guest_is_a_time_and_never_0(void **state) {
    (void)state;
    assert_int_equal(decode_until(0), RB_MALFORMED);
    assert_int_equal(decode_until(1), RB_OK);
    assert_int_equal(decode_until((UINT64_C(1) << 40) - 1), RB_OK);
    assert_int_equal(decode_until(UINT64_C(1) << 40), RB_MALFORMED);
}

/* What the largest parts, a body, and DEPS_MAX heads take in a payload. */
static void assert_fits(struct writer *body) {
    struct payload payload = { .type = OP_ADD, .hlc = UINT64_MAX, .ctl_count = DEPS_MAX };
    struct writer encoded;

    writer_init(&encoded, EVENT_PAYLOAD_BYTES_MAX - 1); /* the codec byte */
    payload.body = writer_view(body);
    payload_encode(&encoded, &payload);
    assert_int_equal(writer_end(body), RB_OK);
    assert_int_equal(writer_end(&encoded), RB_OK);
    writer_clear(&encoded);
    writer_reset(body);
}

static void every_list_of_locks_fits_an_event(void **state) {
    struct op_lock most[OP_LOCKS_MAX];
    struct op_lock read[OP_LOCKS_MAX];
    struct writer body;
    struct op op;
    (void)state;

    for (size_t i = 0; i < OP_LOCKS_MAX; i++) {
        most[i] = (struct op_lock) { .log = { (uint8_t)i }, .seq = SEQ_MAX, .hash = { 1 } };
    }
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    revoked_write(&body, most, OP_LOCKS_MAX);
    assert_int_equal(body_decode(OP_REVOKED, writer_view(&body), &op), RB_OK);
    assert_int_equal(op_locks(&op, read, OP_LOCKS_MAX), OP_LOCKS_MAX);
    assert_memory_equal(read, most, sizeof most);
    assert_fits(&body);
    op_remove_encode(&body, some_person, most, OP_LOCKS_MAX);
    assert_fits(&body);
    op_decline_encode(&body, most, OP_LOCKS_MAX);
    assert_fits(&body);
    op_adopt_encode(&body, most, OP_LOCKS_MAX);
    assert_fits(&body);
    writer_clear(&body);
}

/* Nothing is decoded here: larger certificates than any that can be made. */
static void the_largest_pair_fits_an_event(void **state) {
    static const uint8_t zeros[CHAIN_BYTES_MAX];
    const struct span cert = span_of(zeros, CERT_BYTES_MAX);
    const struct op_pair pair = { cert, cert, cert, span_of(zeros, CHAIN_BYTES_MAX) };
    struct writer body;
    (void)state;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_add_encode(&body, CIRCLE_OWNER, &pair, (INT64_C(1) << 40) - 1);
    assert_fits(&body);
    writer_clear(&body);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_revoked_certificate_stands_whole_in_front_of_the_locks),
        cmocka_unit_test(an_adoption_is_its_locks),
        cmocka_unit_test(a_letter_adds_its_chain_and_a_guest_his_end),
        cmocka_unit_test(a_device_is_its_pair_alone),
        cmocka_unit_test(an_invitation_tells_the_letter_and_the_end_of_a_guest),
        cmocka_unit_test(a_device_names_person_device_and_seal_key),
        cmocka_unit_test(a_revoked_tells_which_certificate_by_whom),
        cmocka_unit_test(a_child_circle_names_its_parent_and_its_anchor),
        cmocka_unit_test(a_letter_and_its_chain_belong_together),
        cmocka_unit_test(a_pair_has_three_items_or_four),
        cmocka_unit_test(a_revocation_with_a_wrong_signature_is_refused),
        cmocka_unit_test(the_end_of_a_guest_is_a_time_and_never_0),
        cmocka_unit_test(every_list_of_locks_fits_an_event),
        cmocka_unit_test(the_largest_pair_fits_an_event),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, parties_make, parties_forget);
}
