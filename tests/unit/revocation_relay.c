/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Revocations that go from home to home by themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/contacts.h"
#include "store/db.h"
#include "store/revocation_proof.h"
#include "store/revocation_relay.h"
#include "store/revocations.h"
#include "store/self.h"
#include "tests/support/offices.h"
#include "tests/support/people.h"

#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static struct relay_peer somebody = { .device = { 5 }, .store_inc = { 6 } };

/* Ayu, Bayu and Citra share a group; Dimas knows all of them; Eka knows nobody. */
static int come(void **state) {
    (void)state;
    people_new(&people, 4);
    people_group(&people, 3, circle);
    return 0;
}

static int come_with_eka(void **state) {
    (void)state;
    people_new(&people, 5);
    people_group(&people, 3, circle);
    for (size_t who = 0; who < EKA; who++) {
        assert_int_equal(contact_remove(people.stores[EKA], people_id(&people, who), people.now_ms),
                         RB_OK);
    }
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

/* By Citra's own person key: of her device, or of herself. */
static void revoke(bool whole_person, struct writer *whole) {
    const struct store_self *citra = store_self(people.stores[CITRA]);
    const struct cert *cert = whole_person ? &citra->person_cert : &citra->device_cert;

    writer_init(whole, CERT_BYTES_MAX);
    revoke_issue(whole, cert->id, citra->person, &citra->identity->person, people.now_ms / 1000);
}

static void ayu_learns(void) {
    struct writer whole;

    revoke(false, &whole);
    assert_int_equal(revocation_add(people.stores[AYU], writer_view(&whole), people_now(&people)),
                     RB_OK);
    writer_clear(&whole);
    assert_int_equal(revocations_prove(people.stores[AYU]), RB_OK);
}

static int64_t number_at(size_t who, const char *sql) {
    struct db_row *row = db_query(store_db(people.stores[who]), sql);

    assert_true(db_step(row));
    const int64_t value = db_int(row, 0);
    assert_int_equal(db_end(row), RB_OK);
    return value;
}

static uint64_t place_at(size_t who) {
    uint64_t place = 99;

    assert_int_equal(relay_place(people.stores[who], &place), RB_OK);
    return place;
}

static struct relay_peer peer_of(size_t who) {
    const struct store_self *self = store_self(people.stores[who]);
    struct relay_peer peer;

    memcpy(peer.device, self->device_cert.id, sizeof peer.device);
    memcpy(peer.store_inc, self->store_inc, sizeof peer.store_inc);
    return peer;
}

static size_t give(size_t from, const struct relay_peer *to, struct writer *items) {
    uint64_t upto = 0;
    size_t count = 0;

    writer_init(items, REVOKES_ITEMS_MAX * REVOKE_PROOF_BYTES_MAX);
    assert_int_equal(relay_give(people.stores[from], to, 1, items, &count, &upto), RB_OK);
    assert_int_equal(upto, place_at(from));
    return count;
}

static enum rb_status carry(size_t from, size_t to) {
    struct relay_peer giver = peer_of(from), taker = peer_of(to);
    struct writer items;

    (void)give(from, &taker, &items);
    enum rb_status status =
        relay_take(people.stores[to], &giver, writer_view(&items), people_now(&people));
    writer_clear(&items);
    return status;
}

static bool citra_is_revoked_at(size_t who) {
    struct contact contact;

    assert_int_equal(contact_get(people.stores[who], people_id(&people, CITRA), &contact), RB_OK);
    return contact.revoked;
}

static struct span whole_of(size_t who, bool person) {
    const struct store_self *self = store_self(people.stores[who]);

    return person ? self->person_cert.whole : self->device_cert.whole;
}

static enum rb_status dimas_takes(const struct revoke_proof *proof, const struct relay_peer *from) {
    struct writer items;

    writer_init(&items, REVOKE_PROOF_BYTES_MAX);
    revoke_proof_write(&items, proof);
    enum rb_status status =
        relay_take(people.stores[DIMAS], from, writer_view(&items), people_now(&people));
    writer_clear(&items);
    return status;
}

/* ---- Proofs ---- */

static void what_is_learnt_is_proved_and_has_a_place(void **state) {
    (void)state;
    assert_int_equal(place_at(AYU), 0);
    ayu_learns();
    assert_int_equal(place_at(AYU), 1);
    ayu_learns();
    assert_int_equal(place_at(AYU), 1);
}

static void a_circle_that_names_the_certificate_proves_it(void **state) {
    (void)state;
    assert_int_equal(
        contact_remove(people.stores[AYU], people_id(&people, CITRA), people_now(&people)), RB_OK);
    ayu_learns();
    assert_int_equal(place_at(AYU), 1);
}

static void what_no_certificate_here_proves_goes_nowhere(void **state) {
    const struct store_self *citra = store_self(people.stores[CITRA]);
    const uint8_t unknown[CERT_ID_BYTES] = { 9 };
    struct relay_peer bayu = peer_of(BAYU);
    struct writer whole, items;
    (void)state;

    writer_init(&whole, CERT_BYTES_MAX);
    revoke_issue(&whole, unknown, citra->person, &citra->identity->person, people.now_ms / 1000);
    assert_int_equal(revocation_add(people.stores[AYU], writer_view(&whole), people_now(&people)),
                     RB_OK);
    assert_int_equal(revocations_prove(people.stores[AYU]), RB_OK);
    assert_int_equal(place_at(AYU), 0);
    assert_int_equal(give(AYU, &bayu, &items), 0);
    writer_clear(&items);
    writer_clear(&whole);
}

/* ---- Passing on ---- */

static void revocation_passes_from_home_to_home_and_not_back(void **state) {
    struct relay_peer ayu = peer_of(AYU);
    struct writer items;
    (void)state;

    ayu_learns();
    assert_int_equal(carry(AYU, DIMAS), RB_OK); /* who is not in the group */
    assert_true(citra_is_revoked_at(DIMAS));
    assert_int_equal(carry(DIMAS, BAYU), RB_OK);
    assert_true(citra_is_revoked_at(BAYU));
    assert_int_equal(place_at(BAYU), 1);
    assert_int_equal(carry(AYU, BAYU), RB_OK);
    assert_int_equal(place_at(BAYU), 1);            /* What is known is not kept again, */
    assert_int_equal(give(DIMAS, &ayu, &items), 0); /* nor given to who brought it, */
    writer_clear(&items);
    ayu.store_inc[0] ^= 1;
    assert_int_equal(give(DIMAS, &ayu, &items), 1); /* unless he has lost his store since. */
    writer_clear(&items);
}

static void what_peers_have_is_remembered_for_the_store_that_they_have(void **state) {
    struct relay_peer bayu = peer_of(BAYU);
    uint64_t got = 99;
    (void)state;

    assert_int_equal(relay_got(people.stores[AYU], &bayu, &got), RB_OK);
    assert_int_equal(got, 0);
    assert_int_equal(relay_set_got(people.stores[AYU], &bayu, 7), RB_OK);
    assert_int_equal(relay_got(people.stores[AYU], &bayu, &got), RB_OK);
    assert_int_equal(got, 7);
    bayu.store_inc[0] ^= 1;
    assert_int_equal(relay_got(people.stores[AYU], &bayu, &got), RB_OK);
    assert_int_equal(got, 0);
}

static void what_is_of_no_use_is_dropped_and_asked_for_when_it_is(void **state) {
    struct relay_peer ayu = peer_of(AYU);
    struct writer card;
    struct contact contact;
    bool missed = true, renewed = false;
    (void)state;

    ayu_learns();
    assert_int_equal(carry(AYU, EKA), RB_OK);
    assert_int_equal(place_at(EKA), 0);
    assert_int_equal(relay_missed(people.stores[EKA], &ayu, &missed), RB_OK);
    assert_false(missed);

    writer_init(&card, CARD_BYTES_MAX);
    assert_int_equal(store_card(people.stores[CITRA], NULL, 0, people_now(&people), &card), RB_OK);
    assert_int_equal(contact_add(people.stores[EKA], writer_view(&card), people_now(&people),
                                 &contact, &renewed),
                     RB_OK);
    writer_clear(&card);
    assert_int_equal(relay_missed(people.stores[EKA], &ayu, &missed), RB_OK);
    assert_true(missed);
    assert_int_equal(carry(AYU, EKA), RB_OK);
    assert_true(citra_is_revoked_at(EKA));
    assert_int_equal(relay_forget_missed(people.stores[EKA], &ayu), RB_OK);
    assert_int_equal(relay_missed(people.stores[EKA], &ayu, &missed), RB_OK);
    assert_false(missed);
}

static void eka_meets(size_t who) {
    struct contact contact;
    struct writer card;
    bool renewed = false;

    writer_init(&card, CARD_BYTES_MAX);
    assert_int_equal(store_card(people.stores[who], NULL, 0, people_now(&people), &card), RB_OK);
    assert_int_equal(contact_add(people.stores[EKA], writer_view(&card), people_now(&people),
                                 &contact, &renewed),
                     RB_OK);
    writer_clear(&card);
}

static void what_is_still_of_no_use_is_not_forgotten_with_the_rest(void **state) {
    const struct store_self *bayu = store_self(people.stores[BAYU]);
    struct relay_peer ayu = peer_of(AYU);
    bool missed = false;
    struct writer whole;
    (void)state;

    ayu_learns();
    writer_init(&whole, CERT_BYTES_MAX);
    revoke_issue(&whole, bayu->device_cert.id, bayu->person, &bayu->identity->person, 5);
    assert_int_equal(revocation_add(people.stores[AYU], writer_view(&whole), people_now(&people)),
                     RB_OK);
    writer_clear(&whole);
    assert_int_equal(revocations_prove(people.stores[AYU]), RB_OK);
    assert_int_equal(carry(AYU, EKA), RB_OK);
    eka_meets(CITRA);
    assert_int_equal(carry(AYU, EKA), RB_OK);
    assert_int_equal(relay_forget_missed(people.stores[EKA], &ayu), RB_OK);
    assert_int_equal(relay_missed(people.stores[EKA], &ayu, &missed), RB_OK);
    assert_false(missed);
    eka_meets(BAYU);
    assert_int_equal(relay_missed(people.stores[EKA], &ayu, &missed), RB_OK);
    assert_true(missed);
    assert_int_equal(carry(AYU, EKA), RB_OK);
    assert_int_equal(place_at(EKA), 2);
}

/* So it is not confirmed (exchange.c), and comes again. */
static void what_cannot_be_written_is_not_taken(void **state) {
    static const char sql[] =
        "CREATE TRIGGER broken BEFORE INSERT ON revocation"
        " BEGIN SELECT RAISE(ABORT, 'broken'); END";
    (void)state;

    ayu_learns();
    assert_int_equal(store_write_begin(people.stores[DIMAS]), RB_OK);
    enum rb_status made = db_execute(store_db(people.stores[DIMAS]), sql);
    assert_int_equal(store_write_end(people.stores[DIMAS], made), RB_OK);
    assert_int_equal(carry(AYU, DIMAS), RB_STORAGE);
    assert_int_equal(place_at(DIMAS), 0);
    assert_false(citra_is_revoked_at(DIMAS));
}

/* ---- What proves nothing ---- */

static void only_who_may_revoke_is_believed(void **state) {
    const struct store_self *citra = store_self(people.stores[CITRA]);
    const struct store_self *bayu = store_self(people.stores[BAYU]);
    struct revoke_proof proof = { .person = whole_of(CITRA, true) };
    struct writer whole;
    (void)state;

    writer_init(&whole, CERT_BYTES_MAX);
    proof.device = whole_of(CITRA, false);
    revoke_issue(&whole, citra->device_cert.id, citra->person, &bayu->identity->person, 5);
    proof.revoke = writer_view(&whole);
    assert_int_equal(dimas_takes(&proof, &somebody), RB_MALFORMED);
    proof.issuer = whole_of(BAYU, false); /* a device, but of another person */
    assert_int_equal(dimas_takes(&proof, &somebody), RB_MALFORMED);
    proof.issuer = proof.device; /* no device revokes itself */
    writer_reset(&whole);
    revoke_issue(&whole, citra->device_cert.id, citra->person, &citra->identity->device, 5);
    proof.revoke = writer_view(&whole);
    assert_int_equal(dimas_takes(&proof, &somebody), RB_MALFORMED);
    assert_int_equal(place_at(DIMAS), 0);
    writer_clear(&whole);
}

static void another_device_of_the_person_revokes(void **state) {
    const uint8_t sign_seed[SIGN_SEED_BYTES] = { 77 };
    const struct store_self *citra = store_self(people.stores[CITRA]);
    struct revoke_proof proof = { .person = whole_of(CITRA, true),
                                  .device = whole_of(CITRA, false) };
    const uint8_t transport[BOX_PUBLIC_BYTES] = { 9 };
    struct writer whole, second;
    struct sign_key key;
    (void)state;

    crypt_sign_from_seed(&key, sign_seed);
    writer_init(&second, CERT_BYTES_MAX);
    writer_init(&whole, CERT_BYTES_MAX);
    assert_int_equal(cert_issue_further(&second, citra->identity, key.public, transport,
                                        span_text("Kantor"), people.now_ms / 1000),
                     RB_OK);
    revoke_issue(&whole, citra->device_cert.id, citra->person, &key, 5);
    proof.revoke = writer_view(&whole);
    assert_int_equal(dimas_takes(&proof, &somebody), RB_MALFORMED); /* without its certificate */
    proof.issuer = writer_view(&second);
    assert_int_equal(dimas_takes(&proof, &somebody), RB_OK);
    assert_true(citra_is_revoked_at(DIMAS));
    assert_int_equal(place_at(DIMAS), 1);
    writer_clear(&whole);
    writer_clear(&second);
}

/* An office that somebody has made up gives Citra a letter, and takes it back. */
static void made_up_office_revokes(uint8_t number) {
    const struct cert *own = &store_self(people.stores[CITRA])->person_cert;
    const struct person_facts facts = { .name = own->name,
                                        .role = ROLE_TKSK,
                                        .region = span_text(offices_usual[0].region) };
    struct writer letter, whole;
    struct sign_key office;
    struct cert cert;

    office_key(&office, number);
    writer_init(&letter, CERT_BYTES_MAX);
    writer_init(&whole, CERT_BYTES_MAX);
    assert_int_equal(office_letter(&letter, own->subject, number, &facts, 1000), RB_OK);
    assert_int_equal(cert_decode(writer_view(&letter), &cert), RB_OK);
    revoke_issue(&whole, cert.id, cert.person, &office, 2000);
    const struct revoke_proof proof = { .revoke = writer_view(&whole),
                                        .person = writer_view(&letter) };
    assert_int_equal(dimas_takes(&proof, &somebody), RB_OK);
    writer_clear(&whole);
    writer_clear(&letter);
}

static void offices_that_are_made_up_leave_room_for_the_real_one(void **state) {
    bool missed = true;
    (void)state;

    for (uint8_t i = 0; i < REVOCATIONS_PER_PERSON_MAX + 6; i++) {
        made_up_office_revokes((uint8_t)(i / 14 * 16 + i % 14 + 2)); /* ..1 is that of a root */
    }
    assert_int_equal(place_at(DIMAS), 0);
    assert_int_equal(relay_missed(people.stores[DIMAS], &somebody, &missed), RB_OK);
    assert_false(missed); /* nobody uses those letters */
    ayu_learns();
    assert_int_equal(carry(AYU, DIMAS), RB_OK);
    assert_true(citra_is_revoked_at(DIMAS));
}

static void the_certificate_must_be_the_one_that_is_revoked(void **state) {
    struct revoke_proof proof = { .person = whole_of(CITRA, true) };
    struct writer whole;
    (void)state;

    revoke(false, &whole);
    proof.revoke = writer_view(&whole);
    assert_int_equal(dimas_takes(&proof, &somebody), RB_MALFORMED); /* without the device */
    proof.device = whole_of(BAYU, false);
    assert_int_equal(dimas_takes(&proof, &somebody), RB_MALFORMED);
    proof.device = whole_of(CITRA, false);
    assert_int_equal(dimas_takes(&proof, &somebody), RB_OK);
    assert_true(citra_is_revoked_at(DIMAS));
    writer_clear(&whole);

    revoke(true, &whole);
    proof.revoke = writer_view(&whole);
    proof.device = (struct span) { 0 };
    assert_int_equal(dimas_takes(&proof, &somebody), RB_OK);
    assert_int_equal(place_at(DIMAS), 2);
    whole.data[whole.len - 1] ^= 1;
    assert_int_equal(dimas_takes(&proof, &somebody), RB_BAD_SIGNATURE);
    writer_clear(&whole);
}

/* ---- People of whom only the network is known ---- */

/* A letter for a made-up person, and its revocation by the office. */
static enum rb_status stranger_comes(uint8_t number, const struct relay_peer *from) {
    const struct person_facts facts = { .name = span_text("Orang Lain"),
                                        .role = ROLE_TKSK,
                                        .region = span_text(offices_usual[0].region) };
    const uint8_t seed[SIGN_SEED_BYTES] = { number };
    struct sign_key person, office;
    struct writer letter, chain, whole;
    struct cert cert;

    crypt_sign_from_seed(&person, seed);
    office_key(&office, offices_usual[0].fill);
    writer_init(&letter, CERT_BYTES_MAX);
    writer_init(&chain, CHAIN_BYTES_MAX);
    writer_init(&whole, CERT_BYTES_MAX);
    assert_int_equal(office_letter(&letter, person.public, offices_usual[0].fill, &facts, 1000),
                     RB_OK);
    offices_chain(&chain, offices_usual, OFFICES_USUAL, 1000);
    assert_int_equal(cert_decode(writer_view(&letter), &cert), RB_OK);
    revoke_issue(&whole, cert.id, cert.person, &office, 2000);
    const struct revoke_proof proof = { .revoke = writer_view(&whole),
                                        .person = writer_view(&letter),
                                        .chain = writer_view(&chain) };
    enum rb_status status = dimas_takes(&proof, from);
    writer_clear(&whole);
    writer_clear(&chain);
    writer_clear(&letter);
    return status;
}

static void dimas_knows_the_network(void) {
    const struct cert *own = &store_self(people.stores[DIMAS])->person_cert;
    const struct person_facts facts = { .name = own->name,
                                        .role = ROLE_TKSK,
                                        .region = span_text(offices_usual[0].region) };
    struct writer letter, chain;

    writer_init(&letter, CERT_BYTES_MAX);
    writer_init(&chain, CHAIN_BYTES_MAX);
    assert_int_equal(
        office_letter(&letter, own->subject, offices_usual[0].fill, &facts, people.now_ms / 1000),
        RB_OK);
    offices_chain(&chain, offices_usual, OFFICES_USUAL, people.now_ms / 1000);
    assert_int_equal(
        self_take_letter(people.stores[DIMAS], writer_view(&letter), writer_view(&chain)), RB_OK);
    writer_clear(&chain);
    writer_clear(&letter);
}

static void strangers_of_a_known_network_are_passed_on(void **state) {
    (void)state;
    assert_int_equal(stranger_comes(1, &somebody), RB_OK);
    assert_int_equal(place_at(DIMAS), 0);
    dimas_knows_the_network();
    assert_int_equal(stranger_comes(1, &somebody), RB_OK);
    assert_int_equal(place_at(DIMAS), 1);
}

static void strangers_that_one_device_brings_are_bounded(void **state) {
    static const char sql[] =
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2048)"
        " INSERT INTO revocation (cert, issuer, issuer_id, person, whole, known_ms, source,"
        "   stranger)"
        " SELECT CAST(i AS BLOB), x'01', x'02', x'03', x'04', 1, ?1, 1 FROM n";
    struct relay_peer other = { .device = { 7 }, .store_inc = { 8 } };
    (void)state;

    dimas_knows_the_network();
    assert_int_equal(store_write_begin(people.stores[DIMAS]), RB_OK);
    struct db_row *query = db_query(store_db(people.stores[DIMAS]), sql);
    db_bind_blob(query, 1, span_of(somebody.device, sizeof somebody.device));
    assert_int_equal(db_run(query), RB_OK);
    assert_int_equal(store_write_commit(people.stores[DIMAS]), RB_OK);
    assert_int_equal(stranger_comes(1, &somebody), RB_OK);
    assert_int_equal(place_at(DIMAS), 0);
    assert_int_equal(number_at(DIMAS, "SELECT count(*) FROM revocation_passed"), 1);
    assert_int_equal(stranger_comes(1, &other), RB_OK);
    assert_int_equal(place_at(DIMAS), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, come, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_is_learnt_is_proved_and_has_a_place),
        TEST(a_circle_that_names_the_certificate_proves_it),
        TEST(what_no_certificate_here_proves_goes_nowhere),
        TEST(revocation_passes_from_home_to_home_and_not_back),
        TEST(what_peers_have_is_remembered_for_the_store_that_they_have),
        cmocka_unit_test_setup_teardown(what_is_of_no_use_is_dropped_and_asked_for_when_it_is,
                                        come_with_eka, go_home),
        cmocka_unit_test_setup_teardown(what_is_still_of_no_use_is_not_forgotten_with_the_rest,
                                        come_with_eka, go_home),
        TEST(what_cannot_be_written_is_not_taken),
        TEST(only_who_may_revoke_is_believed),
        TEST(another_device_of_the_person_revokes),
        TEST(offices_that_are_made_up_leave_room_for_the_real_one),
        TEST(the_certificate_must_be_the_one_that_is_revoked),
        TEST(strangers_of_a_known_network_are_passed_on),
        TEST(strangers_that_one_device_brings_are_bounded),
    };

    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
