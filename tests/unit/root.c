/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/credential.h"

#include "protocol/cbor.h"
#include "protocol/envelope.h"
#include "tests/support/offices.h"
#include "tests/support/sari.h"

#include <string.h>

/* ---- Arranging: a root, and certificates of it that are not as they should be ---- */

enum { ROOT = 0x01, OTHER_ROOT = 0xd1, OFFICE = 0x02 };

static struct issuer root;

static int make_root(void **state) {
    (void)state;
    issuer_make(&root, ROOT);
    return 0;
}

/* The certificate of a root by hand. */
struct odd {
    const uint8_t *subject, *issuer; /* NULL: its id */
    const struct root_keys *keys;    /* NULL: those of `root` */
    size_t keys_len;                 /* 0: all of them */
    uint64_t rank;
    const char *region; /* NULL: "" */
    bool without_keys;
};

static void odd_uint(struct writer *body, uint64_t key, uint64_t value) {
    cbor_write_uint(body, key);
    cbor_write_uint(body, value);
}

static void odd_bytes(struct writer *body, uint64_t key, const void *bytes, size_t len) {
    cbor_write_uint(body, key);
    cbor_write_bytes(body, span_of(bytes, len));
}

static void odd_text(struct writer *body, uint64_t key, const char *text) {
    cbor_write_uint(body, key);
    cbor_write_text(body, span_text(text));
}

static void odd_write(struct writer *body, const struct odd *odd) {
    const struct root_keys *keys = odd->keys == NULL ? &root.root : odd->keys;
    uint8_t id[HASH_BYTES];

    root_id(keys, id);
    cbor_write_map(body, odd->without_keys ? 11 : 12);
    odd_uint(body, 0, 1);
    odd_uint(body, 1, CERT_OFFICE);
    odd_bytes(body, 2, odd->subject == NULL ? id : odd->subject, HASH_BYTES);
    odd_text(body, 5, "Jaringan Contoh");
    odd_text(body, 7, odd->region == NULL ? "" : odd->region);
    odd_uint(body, 8, 10);
    odd_uint(body, 9, 20);
    cbor_write_uint(body, 10);
    cbor_write_array(body, 0);
    odd_uint(body, 11, 10);
    odd_bytes(body, 12, odd->issuer == NULL ? id : odd->issuer, HASH_BYTES);
    odd_uint(body, 15, odd->rank);
    if (!odd->without_keys) {
        odd_bytes(body, 16, keys, odd->keys_len == 0 ? sizeof *keys : odd->keys_len);
    }
}

static void whole_write(struct writer *out, const struct writer *body,
                        const struct writer *signature) {
    cbor_write_array(out, 2);
    cbor_write_bytes(out, writer_view(body));
    cbor_write_bytes(out, writer_view(signature));
}

/* What a reader says of a root's certificate. */
static enum rb_status check_root(struct span bytes) {
    struct cert cert;
    enum rb_status status = cert_decode(bytes, &cert);

    return status == RB_OK ? cert_verify_office(&cert, &cert) : status;
}

static enum rb_status check_odd(const struct odd *odd) {
    struct writer body, signature, whole;

    writer_init(&body, CERT_BYTES_MAX);
    writer_init(&signature, ROOT_SIGNATURE_BYTES);
    writer_init(&whole, CERT_BYTES_MAX);
    odd_write(&body, odd);
    office_sign(&signature, &root.signer, "rk.cert", writer_view(&body));
    whole_write(&whole, &body, &signature);
    enum rb_status status = check_root(writer_view(&whole));
    writer_clear(&whole);
    writer_clear(&signature);
    writer_clear(&body);
    return status;
}

/* ---- The keys and the id ---- */

static void keys_in_any_order_make_the_same_root(void **state) {
    const struct root_keys expected = root.root;
    uint8_t id[HASH_BYTES];
    (void)state;

    for (size_t turn = 0; turn < 2 * ROOT_KEYS; turn++) {
        struct root_keys keys = root.root;
        for (size_t i = 0; i < ROOT_KEYS; i++) {
            const size_t from = turn < ROOT_KEYS ? (i + turn) % ROOT_KEYS : (turn - i) % ROOT_KEYS;
            memcpy(keys.publics[i], expected.publics[from], SIGN_PUBLIC_BYTES);
        }
        assert_int_equal(root_keys_sort(&keys), RB_OK);
        assert_memory_equal(&keys, &expected, sizeof keys);
    }
    root_id(&expected, id);
    assert_memory_equal(id, root.signer.id, HASH_BYTES);
}

static void a_root_of_two_keys_is_none(void **state) {
    (void)state;

    for (size_t i = 0; i < ROOT_KEYS; i++) {
        struct root_keys keys = root.root;
        memcpy(keys.publics[i], keys.publics[(i + 1) % ROOT_KEYS], SIGN_PUBLIC_BYTES);
        const struct root_keys before = keys;
        assert_false(root_keys_are_sorted(&keys));
        assert_int_equal(root_keys_sort(&keys), RB_EXISTS);
        assert_memory_equal(&keys, &before, sizeof keys);
    }
}

static void the_id_of_a_root_is_that_of_none_of_its_keys(void **state) {
    uint8_t id[HASH_BYTES];
    (void)state;

    for (size_t i = 0; i < ROOT_KEYS; i++) {
        identity_person_id(root.root.publics[i], id);
        assert_memory_not_equal(id, root.signer.id, HASH_BYTES);
        assert_memory_not_equal(root.root.publics[i], root.signer.id, HASH_BYTES);
    }
}

/* ---- Who signs for it ---- */

static void any_two_keys_in_any_order_sign(void **state) {
    (void)state;

    for (uint8_t pair = 0; pair < ROOT_KEYS * ROOT_KEYS; pair++) {
        const uint8_t one = pair / ROOT_KEYS, other = pair % ROOT_KEYS;
        struct office_signer signer = { .count = 7 };
        const enum rb_status status =
            office_signer_root(&signer, &root.root, &root.keys[one], &root.keys[other]);
        if (one == other) {
            assert_int_equal(status, RB_EXISTS);
            assert_int_equal(signer.count, 7);
            continue;
        }
        assert_int_equal(status, RB_OK);
        assert_int_equal(signer.places[0], one < other ? one : other);
        assert_int_equal(signer.places[1], one < other ? other : one);
        assert_ptr_equal(signer.keys[0], &root.keys[signer.places[0]]);
        assert_memory_equal(signer.id, root.signer.id, HASH_BYTES);
    }
}

static void a_key_of_nobody_does_not_sign_for_a_root(void **state) {
    struct office_signer signer;
    struct sign_key stranger;
    (void)state;

    office_key(&stranger, OFFICE);
    assert_int_equal(office_signer_root(&signer, &root.root, &root.keys[0], &stranger),
                     RB_NOT_FOUND);
    assert_int_equal(office_signer_root(&signer, &root.root, &stranger, &root.keys[0]),
                     RB_NOT_FOUND);
}

/* ---- Its certificate ---- */

static void issue_root(struct writer *out) {
    writer_init(out, CERT_BYTES_MAX);
    assert_int_equal(
        cert_issue_root(out, &root.root, &root.signer, span_text("Jaringan Contoh"), SARI_NOW_S),
        RB_OK);
}

static void the_certificate_of_a_root_says_what_was_put_in(void **state) {
    struct root_keys keys;
    struct writer out;
    struct cert cert;
    (void)state;

    issue_root(&out);
    assert_int_equal(cert_decode(writer_view(&out), &cert), RB_OK);
    assert_int_equal(cert.kind, CERT_OFFICE);
    assert_int_equal(cert.rank, RANK_ROOT);
    assert_int_equal(cert.region.len, 0);
    assert_true(span_equal(cert.name, span_text("Jaringan Contoh")));
    assert_memory_equal(cert.subject, root.signer.id, HASH_BYTES);
    assert_memory_equal(cert.issuer, root.signer.id, HASH_BYTES);
    assert_memory_equal(cert.person, root.signer.id, HASH_BYTES);
    root_keys_read(&cert, &keys);
    assert_memory_equal(&keys, &root.root, sizeof keys);
    assert_int_equal(cert_verify_office(&cert, &cert), RB_OK);
    assert_int_equal(cert_verify(&cert, cert.subject), RB_BAD_SIGNATURE);
    writer_clear(&out);
}

static void every_cut_and_flipped_bit_of_a_root_is_noticed(void **state) {
    struct writer out;
    (void)state;

    issue_root(&out);
    for (size_t cut = 0; cut < out.len; cut++) {
        assert_int_equal(check_root(span_of(out.data, cut)), RB_MALFORMED);
    }
    for (size_t bit = 0; bit < 8 * out.len; bit++) {
        out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(check_root(writer_view(&out)), RB_OK);
        out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(check_root(writer_view(&out)), RB_OK);
    writer_clear(&out);
}

static void facts_that_do_not_fit_give_no_root(void **state) {
    const struct span name = span_text("Jaringan Contoh");
    struct root_keys unsorted = root.root;
    struct issuer other, office;
    struct writer out;
    (void)state;

    writer_init(&out, CERT_BYTES_MAX);
    issuer_make(&other, OTHER_ROOT);
    issuer_make(&office, OFFICE);
    memcpy(unsorted.publics[0], root.root.publics[1], SIGN_PUBLIC_BYTES);
    memcpy(unsorted.publics[1], root.root.publics[0], SIGN_PUBLIC_BYTES);
    assert_int_equal(cert_issue_root(&out, &root.root, &root.signer, span_text(""), SARI_NOW_S),
                     RB_MALFORMED);
    assert_int_equal(cert_issue_root(&out, &unsorted, &root.signer, name, SARI_NOW_S),
                     RB_MALFORMED);
    assert_int_equal(cert_issue_root(&out, &root.root, &other.signer, name, SARI_NOW_S),
                     RB_REFUSED);
    assert_int_equal(cert_issue_root(&out, &root.root, &office.signer, name, SARI_NOW_S),
                     RB_REFUSED);
    assert_int_equal(out.len, 0);
    writer_clear(&out);
}

static void a_root_names_three_keys_in_order_and_nobody_else_names_any(void **state) {
    const struct odd usual = { 0 };
    const struct odd no_keys = { .without_keys = true };
    const struct odd one_key = { .keys_len = SIGN_PUBLIC_BYTES };
    const struct odd two_keys = { .keys_len = 2 * SIGN_PUBLIC_BYTES };
    const struct odd province = { .rank = RANK_PROVINCE };
    struct root_keys keys = root.root;
    const struct odd odd = { .keys = &keys };
    (void)state;

    assert_int_equal(check_odd(&usual), RB_OK);
    assert_int_equal(check_odd(&no_keys), RB_MALFORMED);
    assert_int_equal(check_odd(&one_key), RB_MALFORMED);
    assert_int_equal(check_odd(&two_keys), RB_MALFORMED);
    assert_int_equal(check_odd(&province), RB_MALFORMED);
    memcpy(keys.publics[1], keys.publics[0], SIGN_PUBLIC_BYTES);
    assert_int_equal(check_odd(&odd), RB_MALFORMED);
    memcpy(keys.publics[0], root.root.publics[1], SIGN_PUBLIC_BYTES);
    memcpy(keys.publics[1], root.root.publics[0], SIGN_PUBLIC_BYTES);
    assert_int_equal(check_odd(&odd), RB_MALFORMED);
}

static void a_root_is_its_keys_and_is_everywhere(void **state) {
    const struct odd first_key = { .subject = root.root.publics[0] };
    const struct odd somewhere = { .region = "32" };
    uint8_t office[HASH_BYTES];
    const struct odd by_another = { .issuer = office };
    (void)state;

    office_id(office, OFFICE);
    assert_int_equal(check_odd(&first_key), RB_MALFORMED);
    assert_int_equal(check_odd(&somewhere), RB_MALFORMED);
    assert_int_equal(check_odd(&by_another), RB_BAD_SIGNATURE);
}

/* A person or a device of the fields given, signed by himself. */
static void the_keys_of_a_root_stand_in_no_other_kind(void **state) {
    struct writer body, signature, whole;
    struct issuer self;
    struct cert cert;
    (void)state;

    issuer_make(&self, OFFICE);
    writer_init(&body, CERT_BYTES_MAX);
    writer_init(&signature, ROOT_SIGNATURE_BYTES);
    writer_init(&whole, CERT_BYTES_MAX);
    cbor_write_map(&body, 13);
    odd_uint(&body, 0, 1);
    odd_uint(&body, 1, CERT_PERSON);
    odd_bytes(&body, 2, self.keys[0].public, SIGN_PUBLIC_BYTES);
    odd_text(&body, 5, "Budi Misal");
    odd_uint(&body, 6, ROLE_TKSK);
    odd_text(&body, 7, "");
    odd_uint(&body, 8, 10);
    odd_uint(&body, 9, 20);
    cbor_write_uint(&body, 10);
    cbor_write_array(&body, 0);
    odd_uint(&body, 11, 10);
    odd_bytes(&body, 12, self.signer.id, HASH_BYTES);
    odd_text(&body, 14, "");
    odd_bytes(&body, 16, &root.root, sizeof root.root);
    office_sign(&signature, &self.signer, "rk.cert", writer_view(&body));
    whole_write(&whole, &body, &signature);
    assert_int_equal(cert_decode(writer_view(&whole), &cert), RB_MALFORMED);
    body.data[0]--; /* without the last pair */
    body.len -= 3 + sizeof root.root;
    writer_reset(&signature);
    writer_reset(&whole);
    office_sign(&signature, &self.signer, "rk.cert", writer_view(&body));
    whole_write(&whole, &body, &signature);
    assert_int_equal(cert_decode(writer_view(&whole), &cert), RB_OK);
    writer_clear(&whole);
    writer_clear(&signature);
    writer_clear(&body);
}

/* ---- Its signature ---- */

/* The root's certificate with the signature of these keys, in this order, at these places. */
struct hand {
    size_t count;
    struct {
        uint8_t place, key;
    } parts[3];
};

static enum rb_status check_hand(const struct hand *hand) {
    const struct odd usual = { 0 };
    uint8_t bytes[SIGNATURE_BYTES];
    struct writer body, signature, whole;

    writer_init(&body, CERT_BYTES_MAX);
    writer_init(&signature, CERT_BYTES_MAX);
    writer_init(&whole, CERT_BYTES_MAX);
    odd_write(&body, &usual);
    for (size_t i = 0; i < hand->count; i++) {
        crypt_sign(bytes, &root.keys[hand->parts[i].key], "rk.cert", writer_view(&body));
        writer_u8(&signature, hand->parts[i].place);
        writer_span(&signature, span_of(bytes, sizeof bytes));
    }
    whole_write(&whole, &body, &signature);
    enum rb_status status = check_root(writer_view(&whole));
    writer_clear(&whole);
    writer_clear(&signature);
    writer_clear(&body);
    return status;
}

static void two_signatures_in_order_are_a_roots_and_nothing_else_is(void **state) {
    const struct hand good[] = {
        { 2, { { 0, 0 }, { 1, 1 } } },
        { 2, { { 0, 0 }, { 2, 2 } } },
        { 2, { { 1, 1 }, { 2, 2 } } },
    };
    const struct hand malformed[] = {
        { 0, { { 0, 0 } } },
        { 1, { { 0, 0 } } },
        { 2, { { 0, 0 }, { 0, 0 } } },
        { 2, { { 1, 1 }, { 0, 0 } } },
        { 2, { { 0, 0 }, { 3, 0 } } },
        { 2, { { 3, 0 }, { 4, 1 } } },
        { 2, { { 0, 0 }, { 255, 2 } } },
        { 3, { { 0, 0 }, { 1, 1 }, { 2, 2 } } },
    };
    const struct hand wrong[] = {
        { 2, { { 0, 0 }, { 1, 0 } } }, /* one key at two places */
        { 2, { { 0, 1 }, { 1, 1 } } },
        { 2, { { 0, 1 }, { 1, 0 } } },
        { 2, { { 0, 0 }, { 2, 1 } } },
    };
    (void)state;

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(check_hand(&good[i]), RB_OK);
    }
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        assert_int_equal(check_hand(&malformed[i]), RB_MALFORMED);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(check_hand(&wrong[i]), RB_BAD_SIGNATURE);
    }
}

static enum rb_status verify_by_hand(size_t len, uint8_t first, uint8_t second) {
    const struct span body = span_text("anything");
    uint8_t bytes[ROOT_SIGNATURE_BYTES + 1] = { 0 };

    crypt_sign(bytes + 1, &root.keys[first % ROOT_KEYS], "rk.test", body);
    crypt_sign(bytes + 2 + SIGNATURE_BYTES, &root.keys[second % ROOT_KEYS], "rk.test", body);
    bytes[0] = first;
    bytes[1 + SIGNATURE_BYTES] = second;
    return root_verify(&root.root, span_of(bytes, len), "rk.test", body);
}

static void the_form_of_a_signature_is_looked_at_again_where_it_is_verified(void **state) {
    (void)state;

    assert_int_equal(verify_by_hand(ROOT_SIGNATURE_BYTES, 0, 1), RB_OK);
    assert_int_equal(verify_by_hand(ROOT_SIGNATURE_BYTES, 1, 2), RB_OK);
    assert_int_equal(verify_by_hand(ROOT_SIGNATURE_BYTES, 1, 1), RB_BAD_SIGNATURE);
    assert_int_equal(verify_by_hand(ROOT_SIGNATURE_BYTES, 2, 1), RB_BAD_SIGNATURE);
    assert_int_equal(verify_by_hand(ROOT_SIGNATURE_BYTES, 1, 3), RB_BAD_SIGNATURE);
    assert_int_equal(verify_by_hand(ROOT_SIGNATURE_BYTES - 1, 0, 1), RB_BAD_SIGNATURE);
    assert_int_equal(verify_by_hand(ROOT_SIGNATURE_BYTES + 1, 0, 1), RB_BAD_SIGNATURE);
    assert_int_equal(verify_by_hand(0, 0, 1), RB_BAD_SIGNATURE);
}

/* The certificate of an office whose signature begins with a zero byte. */
static void office_of_zero(struct writer *out, const struct issuer *issuer) {
    const struct office_facts facts = { span_text("Dinas Contoh"), span_text("32"), RANK_WORKER };
    struct envelope envelope = { .signature = { 1 } };

    for (int64_t now_s = SARI_NOW_S; envelope.signature[0] != 0; now_s++) {
        writer_reset(out);
        assert_int_equal(
            cert_issue_office(out, root.keys[0].public, &issuer->signer, &facts, now_s), RB_OK);
        assert_int_equal(envelope_decode(writer_view(out), CERT_BYTES_MAX, &envelope), RB_OK);
    }
}

/* What begins with the good signature of an office, and is a root's in length and places. */
static void nothing_stands_behind_the_signature_of_an_office(void **state) {
    const uint8_t behind[ROOT_SIGNATURE_BYTES - SIGNATURE_BYTES] = { 0, 1 };
    struct writer good, signature, bad;
    struct envelope envelope;
    struct issuer office;
    struct cert cert;
    (void)state;

    issuer_make(&office, OFFICE);
    writer_init(&good, CERT_BYTES_MAX);
    writer_init(&signature, ROOT_SIGNATURE_BYTES);
    writer_init(&bad, CERT_BYTES_MAX);
    office_of_zero(&good, &office);
    assert_int_equal(cert_decode(writer_view(&good), &cert), RB_OK);
    assert_int_equal(cert_verify(&cert, office.keys[0].public), RB_OK);
    assert_int_equal(envelope_decode(writer_view(&good), CERT_BYTES_MAX, &envelope), RB_OK);
    writer_span(&signature, span_of(envelope.signature, SIGNATURE_BYTES));
    writer_span(&signature, span_of(behind, sizeof behind));
    cbor_write_array(&bad, 2);
    cbor_write_bytes(&bad, envelope.body);
    cbor_write_bytes(&bad, writer_view(&signature));
    assert_int_equal(cert_decode(writer_view(&bad), &cert), RB_OK); /* of a root, it might be */
    assert_int_equal(cert_verify(&cert, office.keys[0].public), RB_BAD_SIGNATURE);
    writer_clear(&bad);
    writer_clear(&signature);
    writer_clear(&good);
}

/* The certificate of an office below the root, signed by `signer` in its name. */
static enum rb_status check_office_by(const struct office_signer *signer, const uint8_t *named) {
    const struct office_facts facts = { span_text("Dinas Contoh"), span_text("32"), RANK_PROVINCE };
    struct office_signer as = *signer;
    struct writer out, above;
    struct cert office, cert;
    struct sign_key key;

    memcpy(as.id, named, sizeof as.id);
    office_key(&key, 0x03);
    writer_init(&out, CERT_BYTES_MAX);
    issue_root(&above);
    assert_int_equal(cert_decode(writer_view(&above), &cert), RB_OK);
    assert_int_equal(cert_issue_office(&out, key.public, &as, &facts, SARI_NOW_S), RB_OK);
    assert_int_equal(cert_decode(writer_view(&out), &office), RB_OK);
    enum rb_status status = cert_verify_office(&office, &cert);
    writer_clear(&above);
    writer_clear(&out);
    return status;
}

static void what_a_root_issues_is_signed_by_two_of_its_keys(void **state) {
    struct office_signer one;
    struct issuer other;
    (void)state;

    issuer_make(&other, OTHER_ROOT);
    assert_int_equal(check_office_by(&root.signer, root.signer.id), RB_OK);
    assert_int_equal(check_office_by(&other.signer, root.signer.id), RB_BAD_SIGNATURE);
    assert_int_equal(check_office_by(&root.signer, other.signer.id), RB_BAD_SIGNATURE);
    for (size_t i = 0; i < ROOT_KEYS; i++) {
        office_signer_one(&one, &root.keys[i]);
        assert_int_equal(check_office_by(&one, root.signer.id), RB_BAD_SIGNATURE);
        assert_int_equal(check_office_by(&one, one.id), RB_BAD_SIGNATURE);
    }
}

/* An office, and a person of himself, whose certificates have the signature of a root's form. */
static void only_a_root_signs_twice(void **state) {
    const struct office_facts facts = { span_text("Dinas Contoh"), span_text("32"), RANK_WORKER };
    struct office_signer twice = root.signer;
    struct writer out;
    struct cert cert;
    (void)state;

    identity_person_id(root.keys[0].public, twice.id);
    writer_init(&out, CERT_BYTES_MAX);
    assert_int_equal(cert_issue_office(&out, root.keys[0].public, &twice, &facts, SARI_NOW_S),
                     RB_OK);
    assert_int_equal(cert_decode(writer_view(&out), &cert), RB_OK);
    assert_int_equal(cert_verify(&cert, root.keys[0].public), RB_BAD_SIGNATURE);
    assert_int_equal(cert_verify_office(&cert, &cert), RB_BAD_SIGNATURE);
    writer_clear(&out);
}

/* ---- Chains of offices by themselves ---- */

static void a_chain_of_offices_is_read_from_the_lowest_to_the_root(void **state) {
    struct cert offices[CHAIN_CERTS_MAX];
    struct writer chain;
    size_t count = 0;
    (void)state;

    writer_init(&chain, CHAIN_BYTES_MAX);
    offices_chain(&chain, offices_usual, OFFICES_USUAL, SARI_NOW_S);
    assert_int_equal(chain_decode(writer_view(&chain), offices, &count), RB_OK);
    assert_int_equal(count, OFFICES_USUAL);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(offices[i].rank, offices_usual[i].rank);
        assert_true(span_equal(offices[i].name, span_text(offices_usual[i].name)));
    }
    count = 9;
    for (size_t bit = 0; bit < 8 * chain.len; bit += 7) {
        chain.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(chain_decode(writer_view(&chain), offices, &count), RB_OK);
        assert_int_equal(count, 9);
        chain.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    writer_reset(&chain);
    offices_chain(&chain, offices_usual, OFFICES_USUAL - 1, SARI_NOW_S);
    assert_int_equal(chain_decode(writer_view(&chain), offices, &count), RB_MALFORMED);
    writer_clear(&chain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_in_any_order_make_the_same_root),
        cmocka_unit_test(a_root_of_two_keys_is_none),
        cmocka_unit_test(the_id_of_a_root_is_that_of_none_of_its_keys),
        cmocka_unit_test(any_two_keys_in_any_order_sign),
        cmocka_unit_test(a_key_of_nobody_does_not_sign_for_a_root),
        cmocka_unit_test(the_certificate_of_a_root_says_what_was_put_in),
        cmocka_unit_test(every_cut_and_flipped_bit_of_a_root_is_noticed),
        cmocka_unit_test(facts_that_do_not_fit_give_no_root),
        cmocka_unit_test(a_root_names_three_keys_in_order_and_nobody_else_names_any),
        cmocka_unit_test(a_root_is_its_keys_and_is_everywhere),
        cmocka_unit_test(the_keys_of_a_root_stand_in_no_other_kind),
        cmocka_unit_test(two_signatures_in_order_are_a_roots_and_nothing_else_is),
        cmocka_unit_test(the_form_of_a_signature_is_looked_at_again_where_it_is_verified),
        cmocka_unit_test(nothing_stands_behind_the_signature_of_an_office),
        cmocka_unit_test(what_a_root_issues_is_signed_by_two_of_its_keys),
        cmocka_unit_test(only_a_root_signs_twice),
        cmocka_unit_test(a_chain_of_offices_is_read_from_the_lowest_to_the_root),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, make_root, NULL);
}
