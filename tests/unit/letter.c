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

/* ---- Arranging: Sari, whose certificate comes from an office, and a chain above it ---- */

static struct sari sari;

static int make_sari(void **state) {
    (void)state;
    sari_make(&sari, 1);
    return 0;
}

static int forget_sari(void **state) {
    (void)state;
    sari_clear(&sari);
    return 0;
}

static struct cert cert_of(const struct writer *writer) {
    struct cert cert;

    assert_int_equal(cert_decode(writer_view(writer), &cert), RB_OK);
    return cert;
}

/* Sari's certificate by the office of that byte, whatever it says of itself. */
static void letter_write(struct writer *out, uint8_t issuer, enum person_role role,
                         const char *region) {
    struct person_facts facts = sari_facts();

    facts.role = role;
    facts.region = span_text(region);
    assert_int_equal(office_letter(out, sari.identity.person.public, issuer, &facts, SARI_NOW_S),
                     RB_OK);
}

static enum rb_status verify(struct span person_cert, struct span chain, struct letter *letter) {
    struct cert person;
    const struct cert device = cert_of(&sari.device);

    assert_int_equal(cert_decode(person_cert, &person), RB_OK);
    return cert_verify_chain(&person, &device, chain, letter);
}

struct attempt {
    uint8_t issuer; /* of Sari's certificate; 0: the first office */
    enum person_role role;
    const char *region; /* of Sari; NULL: that of the first office */
};

static enum rb_status verify_offices_as(const struct office *offices, size_t count,
                                        const struct attempt *attempt, struct letter *letter) {
    struct writer person, chain;

    writer_init(&person, CERT_BYTES_MAX);
    writer_init(&chain, 2 * CHAIN_BYTES_MAX);
    letter_write(&person, attempt->issuer == 0 ? offices[0].fill : attempt->issuer, attempt->role,
                 attempt->region == NULL ? offices[0].region : attempt->region);
    offices_chain(&chain, offices, count, SARI_NOW_S);
    assert_int_equal(writer_end(&chain), RB_OK);
    enum rb_status status = verify(writer_view(&person), writer_view(&chain), letter);
    writer_clear(&chain);
    writer_clear(&person);
    return status;
}

static enum rb_status verify_offices(const struct office *offices, size_t count) {
    const struct attempt attempt = { .role = ROLE_VOLUNTEER };
    struct letter letter;

    return verify_offices_as(offices, count, &attempt, &letter);
}

static const struct office five[CHAIN_CERTS_MAX] = {
    { 5, 4, RANK_WORKER, "3273041002", "Kelurahan Contoh" },
    { 4, 3, RANK_SUPERVISOR, "327304", "Kecamatan Contoh" },
    { 3, 2, RANK_DISTRICT, "3273", "Kota Contoh" },
    { 2, 1, RANK_PROVINCE, "32", "Provinsi Contoh" },
    { 1, 1, RANK_ROOT, "", "Jaringan Contoh" },
};

/* ---- Offices ---- */

static void an_office_certificate_says_what_was_put_in(void **state) {
    struct sign_key key, issuer;
    struct writer out;
    uint8_t id[HASH_BYTES];
    (void)state;

    writer_init(&out, CERT_BYTES_MAX);
    office_cert(&out, &offices_usual[0], SARI_NOW_S);
    const struct cert cert = cert_of(&out);
    office_key(&key, offices_usual[0].fill);
    office_key(&issuer, offices_usual[0].issuer);
    assert_int_equal(cert.kind, CERT_OFFICE);
    assert_memory_equal(cert.subject, key.public, SIGN_PUBLIC_BYTES);
    assert_true(span_equal(cert.name, span_text("Dinas Sosial Kota Contoh")));
    assert_true(span_equal(cert.region, span_text("3273")));
    assert_int_equal(cert.rank, RANK_DISTRICT);
    assert_int_equal(cert.not_before_s, SARI_NOW_S);
    identity_person_id(key.public, id);
    assert_memory_equal(cert.person, id, HASH_BYTES);
    identity_person_id(issuer.public, id);
    assert_memory_equal(cert.issuer, id, HASH_BYTES);
    assert_int_equal(cert_verify(&cert, issuer.public), RB_OK);
    assert_int_equal(cert_verify(&cert, key.public), RB_BAD_SIGNATURE);
    writer_clear(&out);
}

static enum rb_status issue_office(const char *name, const char *region, enum cert_rank rank) {
    const struct office_facts facts = { span_text(name), span_text(region), rank };
    struct issuer root;
    struct sign_key key;
    struct writer out;

    issuer_make(&root, 1);
    office_key(&key, 2);
    writer_init(&out, CERT_BYTES_MAX);
    enum rb_status status = cert_issue_office(&out, key.public, &root.signer, &facts, SARI_NOW_S);
    assert_true(status == RB_OK || out.len == 0);
    writer_clear(&out);
    return status;
}

static void facts_that_do_not_fit_give_no_office(void **state) {
    (void)state;

    assert_int_equal(issue_office("Dinas Contoh", "32", RANK_PROVINCE), RB_OK);
    assert_int_equal(issue_office("Dinas Contoh", "32", RANK_NONE), RB_MALFORMED);
    assert_int_equal(issue_office("Dinas Contoh", "", RANK_ROOT), RB_MALFORMED);
    assert_int_equal(issue_office("Dinas Contoh", "327", RANK_PROVINCE), RB_MALFORMED);
    assert_int_equal(issue_office("", "32", RANK_PROVINCE), RB_MALFORMED);
}

/* An office certificate of other fields than usual. */
struct odd {
    bool with_role, without_rank;
    uint8_t issuer; /* 0: itself */
    uint64_t rank;
    size_t unknown_len; /* of a field of a newer version; 0: none */
};

static void odd_uint(struct writer *body, uint64_t key, uint64_t value) {
    cbor_write_uint(body, key);
    cbor_write_uint(body, value);
}

static void odd_item(struct writer *body, uint64_t key, const void *bytes, size_t len) {
    cbor_write_uint(body, key);
    cbor_write_bytes(body, span_of(bytes, len));
}

static void odd_write(struct writer *body, const struct odd *odd,
                      const uint8_t issuer[static HASH_BYTES]) {
    static const uint8_t zeros[CERT_BYTES_MAX];
    struct sign_key key;

    office_key(&key, 2);
    cbor_write_map(body, 11u + odd->with_role - odd->without_rank + (odd->unknown_len > 0));
    odd_uint(body, 0, 1);
    odd_uint(body, 1, CERT_OFFICE);
    odd_item(body, 2, key.public, SIGN_PUBLIC_BYTES);
    cbor_write_uint(body, 5);
    cbor_write_text(body, span_text("Jaringan Contoh"));
    if (odd->with_role) {
        odd_uint(body, 6, 0);
    }
    cbor_write_uint(body, 7);
    cbor_write_text(body, span_text(""));
    odd_uint(body, 8, 10);
    odd_uint(body, 9, 20);
    cbor_write_uint(body, 10);
    cbor_write_array(body, 0);
    odd_uint(body, 11, 10);
    odd_item(body, 12, issuer, HASH_BYTES);
    if (!odd->without_rank) {
        odd_uint(body, 15, odd->rank);
    }
    if (odd->unknown_len > 0) {
        odd_item(body, 20, zeros, odd->unknown_len);
    }
}

static void odd_cert(struct writer *out, const struct odd *odd) {
    struct writer body, signature;
    struct issuer issuer;

    issuer_make(&issuer, odd->issuer == 0 ? 2 : odd->issuer);
    writer_init(&body, CERT_BYTES_MAX);
    writer_init(&signature, ROOT_SIGNATURE_BYTES);
    odd_write(&body, odd, issuer.signer.id);
    office_sign(&signature, &issuer.signer, "rk.cert", writer_view(&body));
    cbor_write_array(out, 2);
    cbor_write_bytes(out, writer_view(&body));
    cbor_write_bytes(out, writer_view(&signature));
    writer_clear(&signature);
    writer_clear(&body);
}

static enum rb_status decode_odd(const struct odd *odd) {
    struct writer out;
    struct cert cert;

    writer_init(&out, CERT_BYTES_MAX);
    odd_cert(&out, odd);
    enum rb_status status = cert_decode(writer_view(&out), &cert);
    writer_clear(&out);
    return status;
}

static void an_office_has_a_rank_and_nothing_of_a_person(void **state) {
    const struct odd usual = { .rank = RANK_PROVINCE };
    const struct odd role = { .with_role = true, .rank = RANK_PROVINCE };
    const struct odd no_rank = { .without_rank = true };
    const struct odd worker = { .rank = RANK_WORKER };
    const struct odd none = { .rank = RANK_NONE };
    const struct odd one_key = { .rank = RANK_ROOT };
    const struct odd newer = { .rank = RANK_PROVINCE, .unknown_len = 3 };
    (void)state;

    assert_int_equal(decode_odd(&usual), RB_OK);
    assert_int_equal(decode_odd(&role), RB_MALFORMED);
    assert_int_equal(decode_odd(&no_rank), RB_MALFORMED);
    assert_int_equal(decode_odd(&worker), RB_OK);
    assert_int_equal(decode_odd(&none), RB_MALFORMED);
    assert_int_equal(decode_odd(&one_key), RB_MALFORMED);
    assert_int_equal(decode_odd(&newer), RB_OK);
}

static void every_cut_of_an_office_certificate_is_malformed(void **state) {
    struct writer out;
    struct cert cert;
    (void)state;

    writer_init(&out, CERT_BYTES_MAX);
    office_cert(&out, &offices_usual[0], SARI_NOW_S);
    for (size_t cut = 0; cut < out.len; cut++) {
        assert_int_equal(cert_decode(span_of(out.data, cut), &cert), RB_MALFORMED);
    }
    writer_clear(&out);
}

/* ---- Letters ---- */

static void who_signs_himself_has_no_letter(void **state) {
    const struct span no_chain = { 0 };
    struct letter letter = { .exists = true };
    (void)state;

    assert_int_equal(verify(writer_view(&sari.person), no_chain, &letter), RB_OK);
    assert_false(letter.exists);
}

static void assert_rank(enum person_role role, enum cert_rank rank) {
    const struct attempt attempt = { .role = role };
    uint8_t root[HASH_BYTES];
    struct letter letter;

    office_id(root, offices_usual[OFFICES_USUAL - 1].fill);
    assert_int_equal(verify_offices_as(offices_usual, OFFICES_USUAL, &attempt, &letter), RB_OK);
    assert_true(letter.exists);
    assert_int_equal(letter.rank, rank);
    assert_memory_equal(letter.root, root, HASH_BYTES);
}

static void a_letter_gives_the_rank_of_the_role_under_its_root(void **state) {
    (void)state;

    assert_rank(ROLE_SUPERVISOR, RANK_SUPERVISOR);
    assert_rank(ROLE_SAKTI_PEKSOS, RANK_WORKER);
    assert_rank(ROLE_TKSK, RANK_WORKER);
    assert_rank(ROLE_OPERATOR, RANK_WORKER);
    assert_rank(ROLE_VOLUNTEER, RANK_NONE);
}

static void five_offices_are_a_chain_and_six_are_none(void **state) {
    struct office six[CHAIN_CERTS_MAX + 1];
    (void)state;

    for (size_t count = 1; count <= CHAIN_CERTS_MAX; count++) {
        assert_int_equal(verify_offices(five + CHAIN_CERTS_MAX - count, count), RB_OK);
    }
    memcpy(six, five, sizeof five);
    six[CHAIN_CERTS_MAX] = five[CHAIN_CERTS_MAX - 1];
    assert_int_equal(verify_offices(six, CHAIN_CERTS_MAX + 1), RB_MALFORMED);
}

static void a_certificate_by_another_office_than_the_next_is_refused_at_each_link(void **state) {
    const struct attempt other = { .issuer = 9, .role = ROLE_VOLUNTEER };
    struct letter letter = { .rank = RANK_WORKER };
    (void)state;

    assert_int_equal(verify_offices_as(five, CHAIN_CERTS_MAX, &other, &letter), RB_BAD_SIGNATURE);
    assert_int_equal(letter.rank, RANK_WORKER);
    for (size_t link = 0; link < CHAIN_CERTS_MAX; link++) {
        struct office offices[CHAIN_CERTS_MAX];
        memcpy(offices, five, sizeof five);
        offices[link].issuer = 9;
        assert_int_equal(verify_offices(offices, CHAIN_CERTS_MAX), RB_BAD_SIGNATURE);
    }
}

/* The certificate of an office that names its issuer, but was signed by other keys. */
static void forged_cert(struct writer *out, const struct office *office) {
    const struct office_facts facts = { span_text(office->name), span_text(office->region),
                                        office->rank };
    struct issuer subject, issuer;

    issuer_make(&subject, office->fill);
    issuer_make(&issuer, office->issuer);
    for (size_t i = 0; i < ROOT_KEYS; i++) {
        memset(issuer.keys[i].seed, 9, sizeof issuer.keys[i].seed);
    }
    enum rb_status status =
        office->rank == RANK_ROOT
            ? cert_issue_root(out, &subject.root, &issuer.signer, facts.name, SARI_NOW_S)
            : cert_issue_office(out, subject.keys[0].public, &issuer.signer, &facts, SARI_NOW_S);
    assert_int_equal(status, RB_OK);
}

static enum rb_status verify_forged(size_t link) {
    struct writer person, chain, cert;
    struct letter letter;

    writer_init(&person, CERT_BYTES_MAX);
    writer_init(&chain, CHAIN_BYTES_MAX);
    writer_init(&cert, CERT_BYTES_MAX);
    letter_write(&person, five[0].fill, ROLE_VOLUNTEER, five[0].region);
    cbor_write_array(&chain, CHAIN_CERTS_MAX);
    for (size_t i = 0; i < CHAIN_CERTS_MAX; i++) {
        writer_reset(&cert);
        (i == link ? forged_cert(&cert, &five[i]) : office_cert(&cert, &five[i], SARI_NOW_S));
        cbor_write_bytes(&chain, writer_view(&cert));
    }
    enum rb_status status = verify(writer_view(&person), writer_view(&chain), &letter);
    writer_clear(&cert);
    writer_clear(&chain);
    writer_clear(&person);
    return status;
}

static void a_forged_signature_is_refused_at_each_link(void **state) {
    (void)state;

    for (size_t link = 0; link < CHAIN_CERTS_MAX; link++) {
        assert_int_equal(verify_forged(link), RB_BAD_SIGNATURE);
    }
    assert_int_equal(verify_forged(CHAIN_CERTS_MAX), RB_OK); /* none is forged */
}

static void nobody_issues_an_equal_or_a_senior_of_himself(void **state) {
    const struct attempt supervisor = { .role = ROLE_SUPERVISOR };
    struct office offices[OFFICES_USUAL];
    struct letter letter;
    (void)state;

    memcpy(offices, offices_usual, sizeof offices);
    offices[0].rank = RANK_PROVINCE;
    assert_int_equal(verify_offices(offices, OFFICES_USUAL), RB_MALFORMED);
    offices[0] = (struct office) { 0xe1, 0xd2, RANK_ROOT, "", "Jaringan Lain" };
    assert_int_equal(verify_offices(offices, OFFICES_USUAL), RB_MALFORMED);
    offices[0] = offices_usual[0];
    offices[0].rank = RANK_SUPERVISOR;
    assert_int_equal(verify_offices(offices, OFFICES_USUAL), RB_OK);
    assert_int_equal(verify_offices_as(offices, OFFICES_USUAL, &supervisor, &letter), RB_MALFORMED);
}

static void nobody_issues_outside_his_region(void **state) {
    const struct attempt within = { .role = ROLE_TKSK, .region = "3273041002" };
    const struct attempt beside = { .role = ROLE_TKSK, .region = "3274" };
    const struct attempt above = { .role = ROLE_TKSK, .region = "32" };
    const struct attempt everywhere = { .role = ROLE_TKSK, .region = "" };
    struct office offices[OFFICES_USUAL];
    struct letter letter;
    (void)state;

    memcpy(offices, offices_usual, sizeof offices);
    assert_int_equal(verify_offices_as(offices, OFFICES_USUAL, &within, &letter), RB_OK);
    assert_int_equal(verify_offices_as(offices, OFFICES_USUAL, &beside, &letter), RB_MALFORMED);
    assert_int_equal(verify_offices_as(offices, OFFICES_USUAL, &above, &letter), RB_MALFORMED);
    assert_int_equal(verify_offices_as(offices, OFFICES_USUAL, &everywhere, &letter), RB_MALFORMED);
    offices[0].region = "3373";
    assert_int_equal(verify_offices(offices, OFFICES_USUAL), RB_MALFORMED);
    offices[0].region = "3273";
    offices[1].region = "";
    assert_int_equal(verify_offices(offices, OFFICES_USUAL), RB_OK);
}

static void a_chain_ends_in_a_root_that_has_signed_itself(void **state) {
    struct office offices[OFFICES_USUAL];
    (void)state;

    assert_int_equal(verify_offices(offices_usual, OFFICES_USUAL - 1), RB_MALFORMED);
    memcpy(offices, offices_usual, sizeof offices);
    offices[2].issuer = offices[1].fill;
    assert_int_equal(verify_offices(offices, OFFICES_USUAL), RB_BAD_SIGNATURE);
    offices[1].issuer = offices[1].fill;
    assert_int_equal(verify_offices(offices, OFFICES_USUAL - 1), RB_MALFORMED); /* of rank 1 */
}

static void a_letter_without_its_chain_or_a_chain_without_a_letter_is_refused(void **state) {
    const struct span no_chain = { 0 };
    struct writer person, chain;
    struct letter letter;
    (void)state;

    writer_init(&person, CERT_BYTES_MAX);
    writer_init(&chain, CHAIN_BYTES_MAX);
    letter_write(&person, offices_usual[0].fill, ROLE_TKSK, "3273");
    offices_chain(&chain, offices_usual, OFFICES_USUAL, SARI_NOW_S);
    assert_int_equal(verify(writer_view(&person), writer_view(&chain), &letter), RB_OK);
    assert_int_equal(verify(writer_view(&person), no_chain, &letter), RB_BAD_SIGNATURE);
    assert_int_equal(verify(writer_view(&sari.person), writer_view(&chain), &letter),
                     RB_BAD_SIGNATURE);
    writer_clear(&chain);
    writer_clear(&person);
}

/* A worker with a good letter gives one to a volunteer, who is below him in everything. */
static void a_person_is_no_office(void **state) {
    const struct person_facts facts = { .name = span_text("Budi Misal"), .role = ROLE_TKSK };
    struct sign_key budi;
    struct writer person, office, chain;
    struct letter letter;
    (void)state;

    office_key(&budi, 0x42);
    writer_init(&person, CERT_BYTES_MAX);
    writer_init(&office, CERT_BYTES_MAX);
    writer_init(&chain, CHAIN_BYTES_MAX);
    letter_write(&person, 0x42, ROLE_VOLUNTEER, "3273");
    cbor_write_array(&chain, 2);
    assert_int_equal(office_letter(&office, budi.public, offices_usual[2].fill, &facts, SARI_NOW_S),
                     RB_OK);
    cbor_write_bytes(&chain, writer_view(&office));
    writer_reset(&office);
    office_cert(&office, &offices_usual[2], SARI_NOW_S);
    cbor_write_bytes(&chain, writer_view(&office));
    assert_int_equal(verify(writer_view(&person), writer_view(&chain), &letter), RB_MALFORMED);
    writer_clear(&chain);
    writer_clear(&office);
    writer_clear(&person);
}

/* Sari's letter by the root alone. */
static void letter_by_root(struct writer *person, struct writer *chain) {
    writer_init(person, CERT_BYTES_MAX);
    writer_init(chain, CHAIN_BYTES_MAX);
    letter_write(person, offices_usual[2].fill, ROLE_TKSK, "3273");
    offices_chain(chain, offices_usual + 2, 1, SARI_NOW_S);
}

static void every_cut_and_flipped_bit_of_a_chain_is_noticed(void **state) {
    struct writer person, chain;
    struct letter letter;
    (void)state;

    letter_by_root(&person, &chain);
    assert_int_equal(verify(writer_view(&person), writer_view(&chain), &letter), RB_OK);
    for (size_t cut = 1; cut < chain.len; cut++) {
        assert_int_equal(verify(writer_view(&person), span_of(chain.data, cut), &letter),
                         RB_MALFORMED);
    }
    for (size_t bit = 0; bit < 8 * chain.len; bit++) {
        chain.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(verify(writer_view(&person), writer_view(&chain), &letter), RB_OK);
        chain.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    writer_u8(&chain, 0);
    assert_int_equal(verify(writer_view(&person), writer_view(&chain), &letter), RB_MALFORMED);
    writer_clear(&chain);
    writer_clear(&person);
}

static void a_chain_of_no_office_is_malformed(void **state) {
    const uint8_t empty[] = { 0x80 };
    struct writer person, chain;
    struct letter letter;
    (void)state;

    letter_by_root(&person, &chain);
    assert_int_equal(verify(writer_view(&person), span_of(empty, 1), &letter), RB_MALFORMED);
    writer_clear(&chain);
    writer_clear(&person);
}

/* Three offices of one key, each with an unknown field so long, and their root. */
static enum rb_status verify_long_offices(size_t unknown_len) {
    struct writer person, chain, cert;
    struct letter letter;

    writer_init(&person, CERT_BYTES_MAX);
    writer_init(&chain, 2 * CHAIN_BYTES_MAX);
    writer_init(&cert, CERT_BYTES_MAX);
    letter_write(&person, 2, ROLE_TKSK, "3273");
    cbor_write_array(&chain, 4);
    for (uint64_t rank = 3; rank > 0; rank--) {
        const struct odd odd = {
            .rank = rank,
            .issuer = rank == RANK_PROVINCE ? 1 : 2,
            .unknown_len = unknown_len,
        };
        writer_reset(&cert);
        odd_cert(&cert, &odd);
        cbor_write_bytes(&chain, writer_view(&cert));
    }
    writer_reset(&cert);
    office_cert(&cert, &five[4], SARI_NOW_S);
    cbor_write_bytes(&chain, writer_view(&cert));
    assert_int_equal(writer_end(&chain), RB_OK);
    enum rb_status status = verify(writer_view(&person), writer_view(&chain), &letter);
    writer_clear(&cert);
    writer_clear(&chain);
    writer_clear(&person);
    return status;
}

static void a_chain_of_too_many_bytes_is_malformed(void **state) {
    (void)state;

    assert_int_equal(verify_long_offices(400), RB_OK);
    assert_int_equal(verify_long_offices(800), RB_MALFORMED);
}

static void five_offices_of_the_longest_names_fit(void **state) {
    struct office offices[CHAIN_CERTS_MAX];
    char name[NAME_BYTES_MAX + 1];
    struct writer chain;
    (void)state;

    for (size_t i = 0; i < NAME_BYTES_MAX; i += 4) {
        memcpy(name + i, "\xF0\x9F\x8F\xA0", 4); /* a letter of four bytes */
    }
    name[NAME_BYTES_MAX] = '\0';
    memcpy(offices, five, sizeof five);
    for (size_t i = 0; i < CHAIN_CERTS_MAX; i++) {
        offices[i].name = name;
        offices[i].region = "3273041002";
    }
    writer_init(&chain, CHAIN_BYTES_MAX);
    offices_chain(&chain, offices, CHAIN_CERTS_MAX, SARI_NOW_S);
    assert_int_equal(writer_end(&chain), RB_OK);
    writer_clear(&chain);
    assert_int_equal(verify_offices(offices, CHAIN_CERTS_MAX), RB_OK);
}

/* ---- Revocations ---- */

static const uint8_t cert_id[CERT_ID_BYTES] = { 0xc1, 0xd2 };
static const uint8_t person_id[HASH_BYTES] = { 0xaa, 0xbb };

static void revoke_make(struct writer *out) {
    writer_init(out, CERT_BYTES_MAX);
    revoke_issue(out, cert_id, person_id, &sari.identity.person, SARI_NOW_S);
    assert_int_equal(writer_end(out), RB_OK);
}

static void a_revocation_is_a_map_of_five_and_a_signature(void **state) {
    /* [ bstr ‹ { 0: 1, 1: bstr16, .. ›, bstr64 ] */
    const uint8_t front[] = { 0x82, 0x58, 0x61, 0xa5, 0x00, 0x01, 0x01, 0x50, 0xc1, 0xd2 };
    const uint8_t end[] = { 0x04, 0x1a, 0x65, 0x53, 0xf1, 0x00, 0x58, 0x40 };
    struct writer out;
    (void)state;

    revoke_make(&out);
    assert_int_equal(out.len, 3 + 97 + 2 + SIGNATURE_BYTES);
    assert_memory_equal(out.data, front, sizeof front);
    assert_memory_equal(out.data + 3 + 97 - 6, end, sizeof end);
    writer_clear(&out);
}

static void a_revocation_says_what_was_put_in(void **state) {
    struct revocation revocation;
    struct writer out;
    (void)state;

    revoke_make(&out);
    assert_int_equal(revoke_decode(writer_view(&out), &revocation), RB_OK);
    assert_true(span_equal(revocation.whole, writer_view(&out)));
    assert_memory_equal(revocation.cert_id, cert_id, CERT_ID_BYTES);
    assert_memory_equal(revocation.person, person_id, HASH_BYTES);
    assert_memory_equal(revocation.issuer, sari.identity.person.public, SIGN_PUBLIC_BYTES);
    assert_int_equal(revocation.at_s, SARI_NOW_S);
    writer_clear(&out);
}

static void every_cut_and_flipped_bit_of_a_revocation_is_noticed(void **state) {
    struct revocation revocation = { .at_s = 5 };
    struct writer out;
    (void)state;

    revoke_make(&out);
    for (size_t cut = 0; cut < out.len; cut++) {
        assert_int_equal(revoke_decode(span_of(out.data, cut), &revocation), RB_MALFORMED);
    }
    for (size_t bit = 0; bit < 8 * out.len; bit++) {
        out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(revoke_decode(writer_view(&out), &revocation), RB_OK);
        out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(revocation.at_s, 5);
    writer_clear(&out);
}

static void a_revocation_that_another_key_has_signed_is_refused(void **state) {
    struct sign_key forger = sari.identity.person;
    struct revocation revocation;
    struct writer out;
    (void)state;

    memset(forger.seed, 9, sizeof forger.seed);
    writer_init(&out, CERT_BYTES_MAX);
    revoke_issue(&out, cert_id, person_id, &forger, SARI_NOW_S);
    assert_int_equal(revoke_decode(writer_view(&out), &revocation), RB_BAD_SIGNATURE);
    writer_clear(&out);
}

struct odd_revoke {
    uint64_t version, at_s;
    bool without_time, with_unknown;
};

static enum rb_status decode_odd_revoke(const struct odd_revoke *odd) {
    struct writer body, whole;
    struct revocation revocation;

    writer_init(&body, CERT_BYTES_MAX);
    writer_init(&whole, CERT_BYTES_MAX);
    cbor_write_map(&body, 5u - odd->without_time + odd->with_unknown);
    odd_uint(&body, 0, odd->version);
    odd_item(&body, 1, cert_id, sizeof cert_id);
    odd_item(&body, 2, person_id, sizeof person_id);
    odd_item(&body, 3, sari.identity.person.public, SIGN_PUBLIC_BYTES);
    if (!odd->without_time) {
        odd_uint(&body, 4, odd->at_s);
    }
    if (odd->with_unknown) {
        odd_uint(&body, 5, 1);
    }
    envelope_write(&whole, &sari.identity.person, "rk.revoke", writer_view(&body));
    enum rb_status status = revoke_decode(writer_view(&whole), &revocation);
    writer_clear(&whole);
    writer_clear(&body);
    return status;
}

static void revocations_of_other_versions_and_fields_are_told_apart(void **state) {
    const struct odd_revoke usual = { .version = 1 };
    const struct odd_revoke zero = { .version = 0 };
    const struct odd_revoke newer = { .version = 2 };
    const struct odd_revoke no_time = { .version = 1, .without_time = true };
    const struct odd_revoke late = { .version = 1, .at_s = UINT64_C(1) << 40 };
    const struct odd_revoke more = { .version = 1, .with_unknown = true };
    (void)state;

    assert_int_equal(decode_odd_revoke(&usual), RB_OK);
    assert_int_equal(decode_odd_revoke(&zero), RB_MALFORMED);
    assert_int_equal(decode_odd_revoke(&newer), RB_UNKNOWN);
    assert_int_equal(decode_odd_revoke(&no_time), RB_MALFORMED);
    assert_int_equal(decode_odd_revoke(&late), RB_MALFORMED);
    assert_int_equal(decode_odd_revoke(&more), RB_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_office_certificate_says_what_was_put_in),
        cmocka_unit_test(facts_that_do_not_fit_give_no_office),
        cmocka_unit_test(an_office_has_a_rank_and_nothing_of_a_person),
        cmocka_unit_test(every_cut_of_an_office_certificate_is_malformed),
        cmocka_unit_test(who_signs_himself_has_no_letter),
        cmocka_unit_test(a_letter_gives_the_rank_of_the_role_under_its_root),
        cmocka_unit_test(five_offices_are_a_chain_and_six_are_none),
        cmocka_unit_test(a_certificate_by_another_office_than_the_next_is_refused_at_each_link),
        cmocka_unit_test(a_forged_signature_is_refused_at_each_link),
        cmocka_unit_test(nobody_issues_an_equal_or_a_senior_of_himself),
        cmocka_unit_test(nobody_issues_outside_his_region),
        cmocka_unit_test(a_chain_ends_in_a_root_that_has_signed_itself),
        cmocka_unit_test(a_letter_without_its_chain_or_a_chain_without_a_letter_is_refused),
        cmocka_unit_test(a_person_is_no_office),
        cmocka_unit_test(every_cut_and_flipped_bit_of_a_chain_is_noticed),
        cmocka_unit_test(a_chain_of_no_office_is_malformed),
        cmocka_unit_test(a_chain_of_too_many_bytes_is_malformed),
        cmocka_unit_test(five_offices_of_the_longest_names_fit),
        cmocka_unit_test(a_revocation_is_a_map_of_five_and_a_signature),
        cmocka_unit_test(a_revocation_says_what_was_put_in),
        cmocka_unit_test(every_cut_and_flipped_bit_of_a_revocation_is_noticed),
        cmocka_unit_test(a_revocation_that_another_key_has_signed_is_refused),
        cmocka_unit_test(revocations_of_other_versions_and_fields_are_told_apart),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, make_sari, forget_sari);
}
