/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/credential.h"

#include "protocol/cbor.h"
#include "protocol/envelope.h"
#include "protocol/limits.h"
#include "tests/support/sari.h"

#include <string.h>

/* ---- Arranging ---- */

static struct cert cert_of(const struct writer *writer) {
    struct cert cert;

    assert_int_equal(cert_decode(writer_view(writer), &cert), RB_OK);
    return cert;
}

static enum rb_status check_person(struct span bytes) {
    struct cert cert;
    enum rb_status status = cert_decode(bytes, &cert);

    return status == RB_OK ? cert_verify(&cert, cert.subject) : status;
}

static enum rb_status check_seal_key(struct span bytes, const struct cert *device) {
    struct seal_key key;
    enum rb_status status = seal_key_decode(bytes, &key);

    return status == RB_OK ? seal_key_verify(&key, device) : status;
}

/* A person certificate of one field more or other than usual, properly signed. */
struct odd {
    uint64_t version, kind, role, not_after;
    const char *name, *region, *cluster;
    bool without_serial, with_transport, with_unknown;
};

static const struct odd usual = {
    .version = 1,
    .kind = 1,
    .role = 1,
    .not_after = 20,
    .name = "Sari Contoh",
    .region = "3273",
    .cluster = "AJ",
};

static void odd_write_text(struct writer *body, uint64_t key, const char *text) {
    cbor_write_uint(body, key);
    cbor_write_text(body, span_text(text));
}

static void odd_write_uint(struct writer *body, uint64_t key, uint64_t value) {
    cbor_write_uint(body, key);
    cbor_write_uint(body, value);
}

static void odd_write_bytes(struct writer *body, uint64_t key, const uint8_t bytes[static 32]) {
    cbor_write_uint(body, key);
    cbor_write_bytes(body, span_of(bytes, 32));
}

static void odd_write(struct writer *body, const struct odd *odd, const struct identity *who) {
    uint8_t id[HASH_BYTES];

    identity_person_id(who->person.public, id);
    cbor_write_map(body, 12U - odd->without_serial + odd->with_transport + odd->with_unknown);
    odd_write_uint(body, 0, odd->version);
    odd_write_uint(body, 1, odd->kind);
    odd_write_bytes(body, 2, who->person.public);
    if (odd->with_transport) {
        odd_write_bytes(body, 4, who->transport.public);
    }
    odd_write_text(body, 5, odd->name);
    odd_write_uint(body, 6, odd->role);
    odd_write_text(body, 7, odd->region);
    odd_write_uint(body, 8, 10);
    odd_write_uint(body, 9, odd->not_after);
    cbor_write_uint(body, 10);
    cbor_write_array(body, 0);
    if (!odd->without_serial) {
        odd_write_uint(body, 11, 7);
    }
    odd_write_bytes(body, 12, id);
    odd_write_text(body, 14, odd->cluster);
    if (odd->with_unknown) {
        odd_write_text(body, 99, "baru");
    }
}

static enum rb_status check_odd(struct odd odd) {
    struct identity identity;
    struct writer body, whole;

    sari_identity(&identity, 1);
    writer_init(&body, CERT_BYTES_MAX);
    writer_init(&whole, CERT_BYTES_MAX);
    odd_write(&body, &odd, &identity);
    envelope_write(&whole, &identity.person, "rk.cert", writer_view(&body));
    enum rb_status status = check_person(writer_view(&whole));
    writer_clear(&whole);
    writer_clear(&body);
    return status;
}

/* ---- Certificates ---- */

static void a_person_certificate_says_what_was_put_in(void **state) {
    struct sari sari;
    uint8_t id[HASH_BYTES];
    (void)state;

    sari_make(&sari, 1);
    const struct cert cert = cert_of(&sari.person);
    identity_person_id(sari.identity.person.public, id);
    assert_int_equal(cert.kind, CERT_PERSON);
    assert_memory_equal(cert.subject, sari.identity.person.public, sizeof cert.subject);
    assert_true(span_equal(cert.name, span_text("Sari Contoh")));
    assert_int_equal(cert.role, ROLE_TKSK);
    assert_true(span_equal(cert.region, span_text("327304")));
    assert_true(span_equal(cert.cluster, span_text("AJ")));
    assert_true(cert.not_before_s == SARI_NOW_S);
    assert_true(cert.not_after_s > SARI_NOW_S);
    assert_memory_equal(cert.issuer, id, sizeof id);
    assert_memory_equal(cert.person, id, sizeof id);
    assert_int_equal(cert_verify(&cert, sari.identity.person.public), RB_OK);
    sari_clear(&sari);
}

static void a_device_certificate_names_its_person_and_expires(void **state) {
    struct sari sari;
    struct letter letter;
    (void)state;

    sari_make(&sari, 1);
    const struct cert person = cert_of(&sari.person);
    const struct cert cert = cert_of(&sari.device);
    assert_int_equal(cert.kind, CERT_DEVICE);
    assert_memory_equal(cert.subject, sari.identity.device.public, sizeof cert.subject);
    assert_memory_equal(cert.transport, sari.identity.transport.public, sizeof cert.transport);
    assert_memory_equal(cert.person, person.person, sizeof cert.person);
    assert_true((cert.not_after_s - cert.not_before_s) * 1000 == CERT_VALID_MS);
    assert_int_equal(cert_verify_chain(&person, &cert, (struct span) { 0 }, &letter), RB_OK);
    sari_clear(&sari);
}

static void every_cut_of_a_certificate_is_malformed(void **state) {
    struct sari sari;
    struct cert cert;
    (void)state;

    sari_make(&sari, 1);
    for (size_t cut = 0; cut < sari.person.len; cut++) {
        assert_int_equal(cert_decode(span_of(sari.person.data, cut), &cert), RB_MALFORMED);
    }
    for (size_t cut = 0; cut < sari.device.len; cut++) {
        assert_int_equal(cert_decode(span_of(sari.device.data, cut), &cert), RB_MALFORMED);
    }
    sari_clear(&sari);
}

static void every_flipped_bit_of_a_certificate_is_noticed(void **state) {
    struct sari sari;
    (void)state;

    sari_make(&sari, 1);
    for (size_t bit = 0; bit < 8 * sari.person.len; bit++) {
        sari.person.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(check_person(writer_view(&sari.person)), RB_OK);
        sari.person.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(check_person(writer_view(&sari.person)), RB_OK);
    sari_clear(&sari);
}

static void newer_versions_kinds_roles_and_clusters_are_unknown(void **state) {
    struct odd version = usual, kind = usual, role = usual, cluster = usual;
    (void)state;

    assert_int_equal(check_odd(usual), RB_OK);
    version.version = 2;
    assert_int_equal(check_odd(version), RB_UNKNOWN);
    kind.kind = 3;
    assert_int_equal(check_odd(kind), RB_UNKNOWN);
    kind.kind = 5;
    assert_int_equal(check_odd(kind), RB_UNKNOWN);
    role.role = ROLE_COUNT;
    assert_int_equal(check_odd(role), RB_UNKNOWN);
    cluster.cluster = "XYZ";
    assert_int_equal(check_odd(cluster), RB_UNKNOWN);
}

static void fields_of_newer_versions_are_passed_over(void **state) {
    struct odd odd = usual;
    (void)state;

    odd.with_unknown = true;
    assert_int_equal(check_odd(odd), RB_OK);
}

static void a_missing_field_or_one_of_the_other_kind_is_malformed(void **state) {
    struct odd missing = usual, other = usual;
    (void)state;

    missing.without_serial = true;
    assert_int_equal(check_odd(missing), RB_MALFORMED);
    other.with_transport = true;
    assert_int_equal(check_odd(other), RB_MALFORMED);
}

static void values_that_no_honest_program_writes_are_malformed(void **state) {
    struct odd version = usual, name = usual, region = usual, cluster = usual, time = usual;
    struct odd kind = usual;
    (void)state;

    version.version = 0;
    assert_int_equal(check_odd(version), RB_MALFORMED);
    kind.kind = 0;
    assert_int_equal(check_odd(kind), RB_MALFORMED);
    kind.kind = CERT_OFFICE; /* with the fields of a person */
    assert_int_equal(check_odd(kind), RB_MALFORMED);
    name.name = "Sari \xE2\x80\xAEhotnoC";
    assert_int_equal(check_odd(name), RB_MALFORMED);
    region.region = "32x3";
    assert_int_equal(check_odd(region), RB_MALFORMED);
    region.region = "327";
    assert_int_equal(check_odd(region), RB_MALFORMED);
    cluster.cluster = "aj";
    assert_int_equal(check_odd(cluster), RB_MALFORMED);
    time.not_after = 9;
    assert_int_equal(check_odd(time), RB_MALFORMED);
    time.not_after = UINT64_C(1) << 40;
    assert_int_equal(check_odd(time), RB_MALFORMED);
}

static void facts_that_do_not_fit_give_no_certificate(void **state) {
    struct identity identity;
    struct writer out;
    struct person_facts facts = sari_facts();
    (void)state;

    sari_identity(&identity, 1);
    writer_init(&out, CERT_BYTES_MAX);
    facts.name = span_text("\xFF");
    assert_int_equal(cert_issue_person(&out, &identity, &facts, SARI_NOW_S), RB_MALFORMED);
    facts = sari_facts();
    facts.cluster = span_text("XYZ");
    assert_int_equal(cert_issue_person(&out, &identity, &facts, SARI_NOW_S), RB_MALFORMED);
    assert_int_equal(cert_issue_device(&out, &identity, span_text(""), SARI_NOW_S), RB_MALFORMED);
    assert_int_equal(out.len, 0);
    writer_clear(&out);
}

static void a_device_of_another_person_is_refused(void **state) {
    const struct span no_chain = { 0 };
    struct sari sari, budi;
    struct letter letter;
    (void)state;

    sari_make(&sari, 1);
    sari_make(&budi, 11);
    const struct cert person = cert_of(&sari.person);
    const struct cert device = cert_of(&budi.device);
    assert_int_equal(cert_verify_chain(&person, &device, no_chain, &letter), RB_BAD_SIGNATURE);
    assert_int_equal(cert_verify(&person, budi.identity.person.public), RB_BAD_SIGNATURE);
    assert_int_equal(cert_verify_chain(&device, &person, no_chain, &letter), RB_MALFORMED);
    sari_clear(&budi);
    sari_clear(&sari);
}

/* ---- Letters of assignment ---- */

enum issued { OF_HIMSELF, OF_AN_OFFICE };

static void write_kind_first(struct writer *body, enum cert_kind kind, const struct identity *who) {
    cbor_write_map(body, kind == CERT_PERSON ? 13 : 12);
    odd_write_uint(body, 0, 1);
    odd_write_uint(body, 1, kind);
    odd_write_bytes(body, 2, who->person.public);
    if (kind == CERT_DEVICE) {
        odd_write_bytes(body, 4, who->transport.public);
    }
    odd_write_text(body, 5, "Sari Contoh");
    if (kind == CERT_PERSON) {
        odd_write_uint(body, 6, ROLE_TKSK);
    }
    if (kind != CERT_DEVICE) {
        odd_write_text(body, 7, "");
    }
    odd_write_uint(body, 8, 10);
    odd_write_uint(body, 9, 20);
    cbor_write_uint(body, 10);
    cbor_write_array(body, 0);
    odd_write_uint(body, 11, 7);
}

static void write_kind_last(struct writer *body, enum cert_kind kind,
                            const uint8_t issuer[static HASH_BYTES]) {
    odd_write_bytes(body, 12, issuer);
    if (kind == CERT_DEVICE) {
        odd_write_bytes(body, 13, issuer);
    }
    if (kind == CERT_PERSON) {
        odd_write_text(body, 14, "");
    }
    if (kind == CERT_OFFICE) {
        odd_write_uint(body, 15, RANK_DISTRICT);
    }
}

/* A certificate of all fields of its kind and one more; `text` NULL: a number. */
static enum rb_status decode_letter(enum cert_kind kind, enum issued issued, uint64_t key,
                                    const char *text) {
    struct identity sari, office;
    struct writer body, whole;
    uint8_t issuer[HASH_BYTES];
    struct cert cert;

    sari_identity(&sari, 1);
    sari_identity(&office, 11);
    identity_person_id(issued == OF_HIMSELF ? sari.person.public : office.person.public, issuer);
    writer_init(&body, CERT_BYTES_MAX);
    writer_init(&whole, CERT_BYTES_MAX);
    write_kind_first(&body, kind, &sari);
    write_kind_last(&body, kind, issuer);
    if (text == NULL) {
        odd_write_uint(&body, key, 7);
    } else {
        odd_write_text(&body, key, text);
    }
    envelope_write(&whole, &office.person, "rk.cert", writer_view(&body));
    const enum rb_status status = cert_decode(writer_view(&whole), &cert);
    writer_clear(&whole);
    writer_clear(&body);
    return status;
}

static const struct letter_facts assignment = {
    .number = { (const uint8_t *)"094/117/Dinsos/2026", 19 },
    .date = { (const uint8_t *)"2026-02-28", 10 },
    .scope = { (const uint8_t *)"Pendampingan anak, Kec. Contoh", 30 },
};

/* Sari's certificate by an office. */
static enum rb_status issue_letter(struct writer *out, const struct letter_facts *letter) {
    const struct person_facts facts = sari_facts();
    struct office_signer signer;
    struct identity identity;
    struct sign_key office;

    sari_identity(&identity, 1);
    memset(office.seed, 0xd3, sizeof office.seed);
    crypt_sign_from_seed(&office, office.seed);
    office_signer_one(&signer, &office);
    writer_init(out, CERT_BYTES_MAX);
    return cert_issue_letter(out, identity.person.public, &signer, &facts, letter, SARI_NOW_S);
}

static enum rb_status try_letter(const struct letter_facts *letter) {
    struct writer out;
    const enum rb_status status = issue_letter(&out, letter);

    assert_true((status == RB_OK) == (out.len > 0));
    writer_clear(&out);
    return status;
}

static void assert_assignment(const struct letter_facts *expected) {
    struct writer out;

    assert_int_equal(issue_letter(&out, expected), RB_OK);
    const struct cert cert = cert_of(&out);
    assert_true(span_equal(cert.assignment.number, expected->number));
    assert_true(span_equal(cert.assignment.date, expected->date));
    assert_true(span_equal(cert.assignment.scope, expected->scope));
    writer_clear(&out);
}

static void a_letter_says_its_number_its_date_and_its_scope_or_leaves_them_out(void **state) {
    (void)state;

    for (unsigned said = 0; said < 8; said++) {
        struct letter_facts letter = assignment;
        letter.number.len = (said & 1) != 0 ? letter.number.len : 0;
        letter.date.len = (said & 2) != 0 ? letter.date.len : 0;
        letter.scope.len = (said & 4) != 0 ? letter.scope.len : 0;
        assert_assignment(&letter);
    }
}

static void numbers_and_scopes_are_printable_and_of_a_line_or_two(void **state) {
    char long_text[LETTER_SCOPE_BYTES_MAX + 1];
    struct letter_facts letter = assignment;
    (void)state;

    memset(long_text, 'x', sizeof long_text);
    letter.number = span_of(long_text, LETTER_NUMBER_BYTES_MAX);
    letter.scope = span_of(long_text, LETTER_SCOPE_BYTES_MAX);
    assert_assignment(&letter);
    letter.number.len++;
    assert_int_equal(try_letter(&letter), RB_MALFORMED);
    letter.number = span_text("094\n117");
    assert_int_equal(try_letter(&letter), RB_MALFORMED);
    letter = assignment;
    letter.scope = span_of(long_text, LETTER_SCOPE_BYTES_MAX + 1);
    assert_int_equal(try_letter(&letter), RB_MALFORMED);
    letter.scope = span_text("anak \xE2\x80\xAE");
    assert_int_equal(try_letter(&letter), RB_MALFORMED);
}

static void a_letter_has_the_date_of_a_day_that_the_calendar_has(void **state) {
    static const char *const good[] = { "2026-01-31", "2024-02-29", "2000-02-29", "2024-12-31" };
    static const char *const bad[] = {
        "2026-1-31",  "2026-00-10", "2026-13-01", "2026-01-00",  "2026-01-32",
        "2026-04-31", "2026-02-29", "1900-02-29", "0000-01-01",  "2026/01/31",
        "26-01-2026", "2026-01-3x", "2026-01-+1", "2026-01-311", "2026- 1-31",
    };
    struct letter_facts letter = assignment;
    (void)state;

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        letter.date = span_text(good[i]);
        assert_assignment(&letter);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        letter.date = span_text(bad[i]);
        assert_int_equal(try_letter(&letter), RB_MALFORMED);
    }
}

/* ---- Time ---- */

#define DAY_S INT64_C(86400)

static enum rb_status try_term(int64_t from_s, int64_t until_s) {
    const struct letter_facts letter = { .from_s = from_s, .until_s = until_s };

    return try_letter(&letter);
}

static void a_letter_holds_from_now_on_for_twenty_years_or_as_it_says(void **state) {
    const struct letter_facts open = { .from_s = 0 };
    const struct letter_facts year = { .from_s = SARI_NOW_S + DAY_S,
                                       .until_s = SARI_NOW_S + 366 * DAY_S };
    struct writer out;
    struct cert cert;
    (void)state;

    assert_int_equal(issue_letter(&out, &open), RB_OK);
    assert_int_equal(cert_decode(writer_view(&out), &cert), RB_OK);
    assert_int_equal(cert.not_before_s, SARI_NOW_S);
    assert_int_equal(cert.not_after_s, SARI_NOW_S + 20 * 365 * DAY_S);
    writer_clear(&out);
    assert_int_equal(issue_letter(&out, &year), RB_OK);
    assert_int_equal(cert_decode(writer_view(&out), &cert), RB_OK);
    assert_int_equal(cert.not_before_s, year.from_s);
    assert_int_equal(cert.not_after_s, year.until_s);
    assert_int_equal(cert.serial, SARI_NOW_S);
    assert_int_equal(cert.assignment.from_s, 0);
    assert_int_equal(cert.assignment.until_s, 0);
    writer_clear(&out);
}

static void a_letter_that_is_over_or_ends_before_it_begins_is_not_signed(void **state) {
    (void)state;
    assert_int_equal(try_term(SARI_NOW_S - 400 * DAY_S, SARI_NOW_S + 1), RB_OK);
    assert_int_equal(try_term(SARI_NOW_S - 400 * DAY_S, SARI_NOW_S), RB_MALFORMED);
    assert_int_equal(try_term(SARI_NOW_S + DAY_S, SARI_NOW_S + DAY_S), RB_MALFORMED);
    assert_int_equal(try_term(SARI_NOW_S + DAY_S, SARI_NOW_S + DAY_S + 1), RB_OK);
    assert_int_equal(try_term(-1, 0), RB_MALFORMED);
    assert_int_equal(try_term(0, SARI_NOW_S + 20 * 365 * DAY_S), RB_OK);
    assert_int_equal(try_term(0, SARI_NOW_S + 20 * 365 * DAY_S + 1), RB_MALFORMED);
    assert_int_equal(try_term(0, INT64_MAX), RB_MALFORMED);
    assert_int_equal(try_term(INT64_MAX, 0), RB_MALFORMED);
}

static void a_letter_ends_to_the_second_and_begins_an_hour_early(void **state) {
    const struct letter_facts letter = { .from_s = SARI_NOW_S + DAY_S,
                                         .until_s = SARI_NOW_S + 2 * DAY_S };
    const int64_t early_s = letter.from_s - CLOCK_AHEAD_MS_MAX / 1000;
    struct writer out;
    struct cert cert;
    (void)state;

    assert_int_equal(issue_letter(&out, &letter), RB_OK);
    assert_int_equal(cert_decode(writer_view(&out), &cert), RB_OK);
    assert_int_equal(cert_validity(&cert, early_s - 1), CERT_NOT_YET);
    assert_int_equal(cert_validity(&cert, early_s), CERT_HOLDS);
    assert_int_equal(cert_validity(&cert, letter.until_s), CERT_HOLDS);
    assert_int_equal(cert_validity(&cert, letter.until_s + 1), CERT_ENDED);
    assert_int_equal(cert_validity(&cert, 0), CERT_NOT_YET);
    assert_int_equal(letter_validity(cert.not_before_s, cert.not_after_s, letter.until_s + 1),
                     CERT_ENDED);
    writer_clear(&out);
}

static void a_device_has_as_long_again_and_what_one_says_of_oneself_has_no_end(void **state) {
    const int64_t life_s = CERT_VALID_MS / 1000;
    struct sari sari;
    struct cert cert;
    (void)state;

    sari_make(&sari, 1);
    assert_int_equal(cert_decode(writer_view(&sari.device), &cert), RB_OK);
    assert_int_equal(cert_validity(&cert, SARI_NOW_S + 2 * life_s), CERT_HOLDS);
    assert_int_equal(cert_validity(&cert, SARI_NOW_S + 2 * life_s + 1), CERT_ENDED);
    assert_int_equal(cert_decode(writer_view(&sari.person), &cert), RB_OK);
    assert_int_equal(cert_validity(&cert, SARI_NOW_S + 30 * 365 * DAY_S), CERT_HOLDS);
    assert_int_equal(cert_validity(&cert, 0), CERT_HOLDS);
    sari_clear(&sari);
}

static void nobody_gives_himself_a_letter(void **state) {
    const struct person_facts facts = sari_facts();
    const struct letter_facts none = { 0 };
    struct office_signer signer;
    struct identity identity;
    struct writer out;
    (void)state;

    sari_identity(&identity, 1);
    office_signer_one(&signer, &identity.person);
    writer_init(&out, CERT_BYTES_MAX);
    assert_int_equal(
        cert_issue_letter(&out, identity.person.public, &signer, &facts, &none, SARI_NOW_S),
        RB_MALFORMED);
    assert_int_equal(out.len, 0);
    writer_clear(&out);
}

/* Everything of the longest, by a root. */
static void the_longest_letter_fits(void **state) {
    char name[NAME_BYTES_MAX], text[LETTER_SCOPE_BYTES_MAX];
    struct person_facts facts = sari_facts();
    struct letter_facts letter = assignment;
    struct sign_key keys[ROOT_SIGNERS];
    struct writer out;
    (void)state;

    for (size_t i = 0; i < sizeof name; i += 4) {
        memcpy(name + i, "\xF0\x9F\x8F\xA0", 4); /* a character of four bytes */
    }
    memset(text, 'x', sizeof text);
    facts.name = span_of(name, sizeof name);
    facts.region = span_text("3273041002");
    facts.cluster = span_text("AMPK");
    letter.number = span_of(text, LETTER_NUMBER_BYTES_MAX);
    letter.scope = span_of(text, LETTER_SCOPE_BYTES_MAX);
    crypt_sign_new(&keys[0]);
    crypt_sign_new(&keys[1]);
    const struct office_signer signer = { .count = ROOT_SIGNERS,
                                          .keys = { &keys[0], &keys[1] },
                                          .places = { 0, 1 } };
    writer_init(&out, CERT_BYTES_MAX);
    assert_int_equal(cert_issue_letter(&out, keys[0].public, &signer, &facts, &letter, SARI_NOW_S),
                     RB_OK);
    (void)cert_of(&out);
    writer_clear(&out);
}

static void a_letter_by_hand_says_something_or_leaves_the_key_out(void **state) {
    (void)state;

    assert_int_equal(decode_letter(CERT_PERSON, OF_AN_OFFICE, 17, "094/117"), RB_OK);
    assert_int_equal(decode_letter(CERT_PERSON, OF_AN_OFFICE, 18, "2026-02-28"), RB_OK);
    assert_int_equal(decode_letter(CERT_PERSON, OF_AN_OFFICE, 19, "Kec. Contoh"), RB_OK);
    for (uint64_t key = 17; key <= 19; key++) {
        assert_int_equal(decode_letter(CERT_PERSON, OF_AN_OFFICE, key, ""), RB_MALFORMED);
        assert_int_equal(decode_letter(CERT_PERSON, OF_AN_OFFICE, key, "a\tb"), RB_MALFORMED);
        assert_int_equal(decode_letter(CERT_PERSON, OF_AN_OFFICE, key, NULL), RB_MALFORMED);
    }
    assert_int_equal(decode_letter(CERT_PERSON, OF_AN_OFFICE, 18, "2026-02-30"), RB_MALFORMED);
}

static void only_a_person_under_an_office_has_an_assignment(void **state) {
    static const char *const texts[] = { "094/117", "2026-02-28", "Kec. Contoh" };
    (void)state;

    for (uint64_t key = 17; key <= 19; key++) {
        const char *text = texts[key - 17];
        assert_int_equal(decode_letter(CERT_PERSON, OF_HIMSELF, key, text), RB_MALFORMED);
        assert_int_equal(decode_letter(CERT_DEVICE, OF_AN_OFFICE, key, text), RB_MALFORMED);
        assert_int_equal(decode_letter(CERT_OFFICE, OF_AN_OFFICE, key, text), RB_MALFORMED);
    }
    assert_int_equal(decode_letter(CERT_PERSON, OF_HIMSELF, 20, "baru"), RB_OK);
    assert_int_equal(decode_letter(CERT_DEVICE, OF_AN_OFFICE, 20, "baru"), RB_OK);
    assert_int_equal(decode_letter(CERT_OFFICE, OF_AN_OFFICE, 20, "baru"), RB_OK);
}

/* ---- Seal keys ---- */

static void a_seal_key_says_what_was_put_in(void **state) {
    struct sari sari;
    struct seal_key key;
    (void)state;

    sari_make(&sari, 1);
    const struct cert device = cert_of(&sari.device);
    assert_int_equal(seal_key_decode(writer_view(&sari.seal), &key), RB_OK);
    assert_int_equal(key.generation, 1);
    assert_memory_equal(key.public, sari.identity.seal.public, sizeof key.public);
    assert_true(key.from_ms == SARI_NOW_MS);
    assert_int_equal(seal_key_verify(&key, &device), RB_OK);
    sari_clear(&sari);
}

static void every_cut_and_flipped_bit_of_a_seal_key_is_noticed(void **state) {
    struct sari sari;
    (void)state;

    sari_make(&sari, 1);
    const struct cert device = cert_of(&sari.device);
    for (size_t cut = 0; cut < sari.seal.len; cut++) {
        assert_int_equal(check_seal_key(span_of(sari.seal.data, cut), &device), RB_MALFORMED);
    }
    for (size_t bit = 0; bit < 8 * sari.seal.len; bit++) {
        sari.seal.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(check_seal_key(writer_view(&sari.seal), &device), RB_OK);
        sari.seal.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    sari_clear(&sari);
}

static void a_seal_key_of_another_device_or_of_generation_zero_is_refused(void **state) {
    struct sari sari, budi;
    (void)state;

    sari_make(&sari, 1);
    sari_make(&budi, 11);
    const struct cert device = cert_of(&sari.device);
    assert_int_equal(check_seal_key(writer_view(&budi.seal), &device), RB_BAD_SIGNATURE);
    writer_reset(&budi.seal);
    assert_int_equal(seal_key_issue(&budi.seal, &budi.identity, device.id, SARI_NOW_MS), RB_OK);
    assert_int_equal(check_seal_key(writer_view(&budi.seal), &device), RB_BAD_SIGNATURE);
    writer_reset(&sari.seal);
    sari.identity.seal_generation = 0;
    assert_int_equal(seal_key_issue(&sari.seal, &sari.identity, device.id, SARI_NOW_MS), RB_OK);
    assert_int_equal(check_seal_key(writer_view(&sari.seal), &device), RB_MALFORMED);
    sari_clear(&budi);
    sari_clear(&sari);
}

static void a_seal_key_of_low_order_is_malformed(void **state) {
    static const uint8_t low[][BOX_PUBLIC_BYTES] = {
        { 0 },
        { 1 },
        /* of order 8 */
        { 0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3,
          0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32,
          0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00 },
    };
    struct sari sari;
    (void)state;

    sari_make(&sari, 1);
    const struct cert device = cert_of(&sari.device);
    for (size_t i = 0; i < sizeof low / sizeof low[0]; i++) {
        memcpy(sari.identity.seal.public, low[i], BOX_PUBLIC_BYTES);
        writer_reset(&sari.seal);
        assert_int_equal(seal_key_issue(&sari.seal, &sari.identity, device.id, SARI_NOW_MS), RB_OK);
        assert_int_equal(check_seal_key(writer_view(&sari.seal), &device), RB_MALFORMED);
    }
    sari_clear(&sari);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_person_certificate_says_what_was_put_in),
        cmocka_unit_test(a_device_certificate_names_its_person_and_expires),
        cmocka_unit_test(every_cut_of_a_certificate_is_malformed),
        cmocka_unit_test(every_flipped_bit_of_a_certificate_is_noticed),
        cmocka_unit_test(newer_versions_kinds_roles_and_clusters_are_unknown),
        cmocka_unit_test(fields_of_newer_versions_are_passed_over),
        cmocka_unit_test(a_missing_field_or_one_of_the_other_kind_is_malformed),
        cmocka_unit_test(values_that_no_honest_program_writes_are_malformed),
        cmocka_unit_test(facts_that_do_not_fit_give_no_certificate),
        cmocka_unit_test(a_device_of_another_person_is_refused),
        cmocka_unit_test(a_letter_says_its_number_its_date_and_its_scope_or_leaves_them_out),
        cmocka_unit_test(numbers_and_scopes_are_printable_and_of_a_line_or_two),
        cmocka_unit_test(a_letter_has_the_date_of_a_day_that_the_calendar_has),
        cmocka_unit_test(a_letter_holds_from_now_on_for_twenty_years_or_as_it_says),
        cmocka_unit_test(a_letter_that_is_over_or_ends_before_it_begins_is_not_signed),
        cmocka_unit_test(a_letter_ends_to_the_second_and_begins_an_hour_early),
        cmocka_unit_test(a_device_has_as_long_again_and_what_one_says_of_oneself_has_no_end),
        cmocka_unit_test(nobody_gives_himself_a_letter),
        cmocka_unit_test(the_longest_letter_fits),
        cmocka_unit_test(a_letter_by_hand_says_something_or_leaves_the_key_out),
        cmocka_unit_test(only_a_person_under_an_office_has_an_assignment),
        cmocka_unit_test(a_seal_key_says_what_was_put_in),
        cmocka_unit_test(every_cut_and_flipped_bit_of_a_seal_key_is_noticed),
        cmocka_unit_test(a_seal_key_of_another_device_or_of_generation_zero_is_refused),
        cmocka_unit_test(a_seal_key_of_low_order_is_malformed),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
