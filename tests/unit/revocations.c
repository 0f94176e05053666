/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/author.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/letters.h"
#include "store/membership.h"
#include "store/operations.h"
#include "store/revocations.h"
#include "store/self.h"
#include "store/writing.h"
#include "tests/support/forger.h"
#include "tests/support/offices.h"
#include "tests/support/people.h"

#include <stdio.h>
#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];
static char page[TRANSCRIPT_BYTES];

/* Citra's device will be stolen. */
static int a_group_of_three(void **state) {
    (void)state;
    people_new(&people, 4);
    people_group(&people, 3, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    people_meet_all(&people);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

/* A revocation of Citra's device, or of Citra herself, signed by the person key of `by`. */
static void revoke(size_t by, bool whole_person, struct writer *whole) {
    const struct store_self *citra = store_self(people.stores[CITRA]);
    const struct cert *cert = whole_person ? &citra->person_cert : &citra->device_cert;

    writer_init(whole, CERT_BYTES_MAX);
    revoke_issue(whole, cert->id, citra->person, &store_self(people.stores[by])->identity->person,
                 people.now_ms / 1000);
}

static void learn(size_t who, bool whole_person) {
    struct writer whole;

    revoke(CITRA, whole_person, &whole);
    assert_int_equal(revocation_add(people.stores[who], writer_view(&whole), people_now(&people)),
                     RB_OK);
    writer_clear(&whole);
}

static int64_t number_at(size_t who, const char *sql) {
    struct db_row *row = db_query(store_db(people.stores[who]), sql);

    assert_true(db_step(row));
    int64_t value = db_int(row, 0);
    assert_int_equal(db_end(row), RB_OK);
    return value;
}

static int64_t known_at(size_t who) {
    return number_at(who, "SELECT count(*) FROM revocation");
}

static int64_t revoked_at(size_t who) {
    return number_at(who, "SELECT count(*) FROM revoked");
}

static uint64_t own_head(size_t who) {
    struct log_line line;

    assert_true(people_own_log(&people, who, circle, &line));
    return line.head;
}

static void post(size_t who, const char *text) {
    uint8_t ref[REF_BYTES];

    people_post(&people, who, thread, text, ref);
}

/* ---- Knowing ---- */

static void what_its_issuer_may_not_revoke_is_refused(void **state) {
    struct writer whole;
    (void)state;

    revoke(BAYU, false, &whole);
    assert_int_equal(revocation_add(people.stores[AYU], writer_view(&whole), people_now(&people)),
                     RB_REFUSED);
    whole.data[whole.len - 1] ^= 1;
    assert_int_equal(revocation_add(people.stores[AYU], writer_view(&whole), people_now(&people)),
                     RB_BAD_SIGNATURE);
    assert_int_equal(revocation_add(people.stores[AYU], span_text("bukan"), people_now(&people)),
                     RB_MALFORMED);
    writer_clear(&whole);
    assert_int_equal(known_at(AYU), 0);
}

static void to_know_of_a_revocation_writes_nothing_into_circles(void **state) {
    (void)state;

    uint64_t events = people_events(&people, AYU);
    learn(AYU, false);
    learn(AYU, false);
    assert_int_equal(known_at(AYU), 1);
    assert_int_equal(people_events(&people, AYU), events);
}

/* ---- Offices ---- */

static const struct office made_up[] = {
    { 9, 1, RANK_PROVINCE, "", "Kantor Karangan" },
    { 1, 1, RANK_ROOT, "", "Jaringan Karangan" },
};

static void writing_start(struct writing *writing, size_t who,
                          const uint8_t id[static HASH_BYTES]) {
    struct store *store = people.stores[who];

    assert_int_equal(store_write_begin(store), RB_OK);
    assert_int_equal(writing_begin(writing, store, id, people_now(&people)), RB_OK);
    assert_int_equal(writing_prepare(writing, GRANTS_NONE), RB_OK);
}

static void writing_stop(struct writing *writing, size_t who) {
    writing_end(writing);
    assert_int_equal(store_write_end(people.stores[who], RB_OK), RB_OK);
}

/* The certificate that the made-up office gives a person, in an ADD by Citra. */
static void citra_adds_with_a_letter(size_t whom, struct cert *letter) {
    const struct person_facts facts = { .name = span_text("X"), .role = ROLE_SAKTI_PEKSOS };
    struct writer card, cert, chain, body;
    struct writing writing;
    struct op_pair pair;

    writer_init(&card, CARD_BYTES_MAX);
    writer_init(&cert, CERT_BYTES_MAX);
    writer_init(&chain, CHAIN_BYTES_MAX);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    assert_int_equal(contact_pair(people.stores[CITRA], people_id(&people, whom), &card, &pair),
                     RB_OK);
    assert_int_equal(cert_decode(pair.person_cert, letter), RB_OK);
    assert_int_equal(office_letter(&cert, letter->subject, made_up[0].fill, &facts, 1000), RB_OK);
    offices_chain(&chain, made_up, 2, 1000);
    pair.person_cert = writer_view(&cert);
    pair.chain = writer_view(&chain);
    assert_int_equal(cert_decode(pair.person_cert, letter), RB_OK);
    op_add_encode(&body, CIRCLE_READER, &pair, 0);
    writing_start(&writing, CITRA, circle);
    assert_int_equal(writing_operation(&writing, OP_ADD, writer_view(&body)), RB_OK);
    writing_stop(&writing, CITRA);
    writer_clear(&body);
    writer_clear(&chain);
    writer_clear(&cert);
    writer_clear(&card);
}

static void office_revokes(const uint8_t cert[static CERT_ID_BYTES], size_t of,
                           struct writer *whole) {
    struct sign_key key;

    office_key(&key, made_up[0].fill);
    writer_init(whole, CERT_BYTES_MAX);
    revoke_issue(whole, cert, people_id(&people, of), &key, people.now_ms / 1000);
}

static enum rb_status office_tells(size_t who, const uint8_t cert[static CERT_ID_BYTES],
                                   size_t of) {
    struct writer whole;

    office_revokes(cert, of, &whole);
    enum rb_status status =
        revocation_add(people.stores[who], writer_view(&whole), people_now(&people));
    writer_clear(&whole);
    return status;
}

static void an_office_revokes_nothing_but_what_it_signed(void **state) {
    const struct store_self *ayu = store_self(people.stores[AYU]);
    struct cert letter;
    (void)state;

    citra_adds_with_a_letter(AYU, &letter);
    people_meet(&people, CITRA, BAYU);
    assert_int_equal(office_tells(BAYU, ayu->device_cert.id, AYU), RB_REFUSED);
    assert_int_equal(office_tells(BAYU, ayu->person_cert.id, AYU), RB_REFUSED);
    assert_int_equal(office_tells(BAYU, letter.id, AYU), RB_OK);
    assert_int_equal(known_at(BAYU), 1);
}

/* Kept, whoever said it. */
static void keep(size_t who, const struct writer *whole) {
    static const char sql[] =
        "INSERT INTO revocation (cert, issuer, issuer_id, person, whole, known_ms)"
        " VALUES (?1, ?2, ?3, ?4, ?5, 1)";
    struct revocation revocation;
    uint8_t issuer_id[HASH_BYTES];

    assert_int_equal(revoke_decode(writer_view(whole), &revocation), RB_OK);
    identity_person_id(revocation.issuer, issuer_id);
    assert_int_equal(store_write_begin(people.stores[who]), RB_OK);
    struct db_row *row = db_query(store_db(people.stores[who]), sql);
    db_bind_blob(row, 1, span_of(revocation.cert_id, CERT_ID_BYTES));
    db_bind_blob(row, 2, span_of(revocation.issuer, SIGN_PUBLIC_BYTES));
    db_bind_blob(row, 3, span_of(issuer_id, sizeof issuer_id));
    db_bind_blob(row, 4, span_of(revocation.person, HASH_BYTES));
    db_bind_blob(row, 5, writer_view(whole));
    assert_int_equal(store_write_end(people.stores[who], db_run(row)), RB_OK);
}

static void what_an_office_may_not_revoke_is_written_into_no_circle(void **state) {
    struct writer device, person;
    struct cert letter;
    (void)state;

    citra_adds_with_a_letter(AYU, &letter);
    people_meet(&people, CITRA, BAYU);
    office_revokes(store_self(people.stores[AYU])->device_cert.id, AYU, &device);
    office_revokes(store_self(people.stores[AYU])->person_cert.id, AYU, &person);
    keep(BAYU, &device);
    keep(BAYU, &person);
    post(BAYU, "halo");
    assert_int_equal(revoked_at(BAYU), 0);
    writer_clear(&person);
    writer_clear(&device);
}

/* ---- People who make up certificates ---- */

/* Citra names another certificate of herself, and in a circle of her own revokes it, too. */
static void citra_makes_up(struct writing *writing, int number, bool revokes) {
    const struct store_self *citra = store_self(people.stores[CITRA]);
    struct writer cert, body, whole;
    char name[16];
    struct letter_row letter;
    struct op_pair pair;
    struct cert decoded;

    (void)snprintf(name, sizeof name, "C%d", number);
    const struct person_facts facts = { .name = span_text(name), .role = ROLE_SAKTI_PEKSOS };
    writer_init(&cert, CERT_BYTES_MAX);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    writer_init(&whole, CERT_BYTES_MAX);
    assert_int_equal(cert_issue_person(&cert, citra->identity, &facts, 1000), RB_OK);
    assert_int_equal(cert_decode(writer_view(&cert), &decoded), RB_OK);
    assert_int_equal(
        letters_pair(people.stores[CITRA], NULL, INT64_C(1767225600000), &letter, &pair), RB_OK);
    pair.person_cert = writer_view(&cert);
    op_device_encode(&body, &pair);
    assert_int_equal(writing_operation(writing, OP_DEVICE, writer_view(&body)), RB_OK);
    if (revokes) {
        revoke_issue(&whole, decoded.id, citra->person, &citra->identity->person, 1000);
        writer_reset(&body);
        op_revoked_encode(&body, writer_view(&whole), NULL, 0);
        assert_int_equal(writing_operation(writing, OP_REVOKED, writer_view(&body)), RB_OK);
    }
    writer_clear(&whole);
    writer_clear(&body);
    writer_clear(&cert);
}

enum { MADE_UP = REVOCATIONS_PER_PERSON_MAX + 6 };

static void of_one_person_a_handful_is_remembered(void **state) {
    uint8_t trap[HASH_BYTES];
    struct writing writing;
    (void)state;

    assert_int_equal(
        group_new(people.stores[CITRA], span_text("Jebakan"), NULL, people_now(&people), trap),
        RB_OK);
    assert_int_equal(
        group_invite(people.stores[CITRA], trap, people_id(&people, AYU), people_now(&people)),
        RB_OK);
    writing_start(&writing, CITRA, trap);
    for (int i = 0; i < MADE_UP; i++) {
        citra_makes_up(&writing, i, i < REVOCATIONS_PER_PERSON_MAX - 1);
    }
    writing_stop(&writing, CITRA);
    people_meet(&people, CITRA, AYU);
    learn(AYU, false); /* the last for which there is room */
    struct writer whole;
    revoke(CITRA, true, &whole);
    assert_int_equal(revocation_add(people.stores[AYU], writer_view(&whole), people_now(&people)),
                     RB_REFUSED);
    writer_clear(&whole);
    learn(AYU, false); /* it was known */
    assert_int_equal(known_at(AYU), REVOCATIONS_PER_PERSON_MAX);
}

/* Citra writes a DEVICE of Dimas, whom nobody ever added. */
static void of_who_was_never_added_nothing_is_revoked(void **state) {
    const struct store_self *dimas = store_self(people.stores[DIMAS]);
    struct writer card, body, whole;
    struct writing writing;
    struct op_pair pair;
    (void)state;

    writer_init(&card, CARD_BYTES_MAX);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    writer_init(&whole, CERT_BYTES_MAX);
    assert_int_equal(contact_pair(people.stores[CITRA], people_id(&people, DIMAS), &card, &pair),
                     RB_OK);
    op_device_encode(&body, &pair);
    writing_start(&writing, CITRA, circle);
    assert_int_equal(writing_operation(&writing, OP_DEVICE, writer_view(&body)), RB_OK);
    writing_stop(&writing, CITRA);
    people_meet(&people, CITRA, AYU);
    revoke_issue(&whole, dimas->device_cert.id, dimas->person, &dimas->identity->person, 1000);
    assert_int_equal(revocation_add(people.stores[AYU], writer_view(&whole), people_now(&people)),
                     RB_OK);
    post(AYU, "halo");
    assert_int_equal(revoked_at(AYU), 0);
    writer_clear(&whole);
    writer_clear(&body);
    writer_clear(&card);
}

/* ---- Writing ---- */

static void the_next_event_of_a_circle_comes_after_the_revocation(void **state) {
    (void)state;

    learn(AYU, false);
    uint64_t head = own_head(AYU);
    post(AYU, "rahasia");
    assert_int_equal(own_head(AYU), head + 3); /* REVOKED, EPOCH, the post */
    assert_false(people_opens(&people, CITRA, AYU, circle, 0));
    people_meet(&people, AYU, BAYU);
    assert_true(people_opens(&people, BAYU, AYU, circle, 0));
    post(AYU, "lagi");
    assert_int_equal(own_head(AYU), head + 4);
}

/* In how many key bodies of the group, as Ayu has them, Citra's device is named. */
static size_t keys_given_to_citra(void) {
    const uint8_t *device = store_self(people.stores[CITRA])->device_cert.id;
    const int64_t group = number_at(AYU, "SELECT id FROM circle");
    struct operation_list list = { 0 };
    size_t given = 0;

    assert_int_equal(operations_load(people.stores[AYU], group, &list), RB_OK);
    for (size_t i = 0; i < list.count; i++) {
        uint8_t to[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES];
        const size_t count = op_recipients(&list.ops[i], to, SEALS_PER_KEY_BODY_MAX);
        for (size_t k = 0; k < count; k++) {
            given += memcmp(to[k], device, CERT_ID_BYTES) == 0;
        }
    }
    operations_clear(&list);
    return given;
}

/* The revocation itself is written under that key. */
static void a_new_key_for_the_revocation_is_not_given_to_who_is_revoked(void **state) {
    const bool whole_person[] = { false, true };
    (void)state;

    for (size_t i = 0; i < 2; i++) {
        people_end(&people);
        (void)a_group_of_three(NULL);
        const size_t given = keys_given_to_citra();
        const uint64_t head = own_head(AYU);
        assert_true(given > 0);
        people.now_ms += EPOCH_AGE_MS_MAX;
        learn(AYU, whole_person[i]);
        post(AYU, "rahasia");
        assert_int_equal(keys_given_to_citra(), given);
        assert_int_equal(own_head(AYU), head + 3); /* EPOCH, REVOKED, the post */
    }
}

/* What is written of a revocation is forgotten at once, so that it is due again. */
static void what_cannot_be_revoked_gets_nothing_more(void **state) {
    static const char sql[] =
        "CREATE TRIGGER forget AFTER INSERT ON revoked"
        " BEGIN DELETE FROM revoked WHERE ref = NEW.ref; END";
    uint8_t ref[REF_BYTES];
    (void)state;

    learn(AYU, false);
    uint64_t head = own_head(AYU);
    assert_int_equal(store_write_begin(people.stores[AYU]), RB_OK);
    enum rb_status made = db_execute(store_db(people.stores[AYU]), sql);
    assert_int_equal(store_write_end(people.stores[AYU], made), RB_OK);
    assert_int_equal(
        post_add(people.stores[AYU], thread, NULL, span_text("rahasia"), people_now(&people), ref),
        RB_REFUSED);
    assert_int_equal(own_head(AYU), head);
}

static void nobody_writes_it_a_second_time(void **state) {
    (void)state;

    learn(AYU, false);
    learn(BAYU, false);
    post(AYU, "satu");
    people_meet(&people, AYU, BAYU);
    post(BAYU, "dua");
    people_meet(&people, AYU, BAYU);
    post(AYU, "tiga");
    assert_int_equal(revoked_at(AYU), 1);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(revoked_at(BAYU), 1);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Ayu: satu\nBayu: dua\nAyu: tiga\n");
}

static void what_is_revoked_in_one_circle_is_in_every_other(void **state) {
    uint8_t other[HASH_BYTES], other_thread[REF_BYTES], ref[REF_BYTES];
    (void)state;

    assert_int_equal(
        group_new(people.stores[BAYU], span_text("Lain"), NULL, people_now(&people), other), RB_OK);
    assert_int_equal(
        group_invite(people.stores[BAYU], other, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    people_meet(&people, BAYU, CITRA);
    assert_int_equal(group_accept(people.stores[CITRA], other, people_now(&people)), RB_OK);
    people_meet(&people, BAYU, CITRA);
    assert_int_equal(thread_new(people.stores[BAYU], other, span_text("Lain"), people_now(&people),
                                other_thread),
                     RB_OK);
    learn(AYU, false);
    post(AYU, "satu");
    people_meet(&people, AYU, BAYU);
    assert_int_equal(known_at(BAYU), 1);
    assert_int_equal(revoked_at(BAYU), 1);
    people_post(&people, BAYU, other_thread, "rahasia", ref);
    assert_int_equal(revoked_at(BAYU), 2);
    assert_false(people_opens(&people, CITRA, BAYU, other, 0));
}

static void a_circle_without_that_certificate_is_left_alone(void **state) {
    uint8_t other[HASH_BYTES], other_thread[REF_BYTES];
    (void)state;

    learn(AYU, false);
    assert_int_equal(
        group_new(people.stores[AYU], span_text("Lain"), NULL, people_now(&people), other), RB_OK);
    assert_int_equal(
        thread_new(people.stores[AYU], other, span_text("Lain"), people_now(&people), other_thread),
        RB_OK);
    assert_int_equal(revoked_at(AYU), 0);
}

static void a_person_whose_certificate_is_revoked_belongs_no_more(void **state) {
    (void)state;

    post(CITRA, "sebelum");
    people_meet(&people, AYU, CITRA);
    learn(AYU, true);
    post(AYU, "rahasia");
    people_roll(&people, AYU, circle, page);
    assert_string_equal(page, "Ayu 3 accepted\nBayu 2 accepted\nCitra 2 revoked\n");
    assert_false(people_opens(&people, CITRA, AYU, circle, 0));
    people_transcript(&people, AYU, thread, page);
    assert_string_equal(page, "Citra: sebelum\nAyu: rahasia\n");
}

/* ---- What the stolen device writes ---- */

static void what_a_revoked_device_writes_waits(void **state) {
    size_t count = 0;
    (void)state;

    post(CITRA, "sebelum");
    people_meet(&people, AYU, CITRA);
    post(CITRA, "dari maling");
    learn(AYU, false);
    post(AYU, "rahasia");
    people_meet(&people, AYU, CITRA);
    people_transcript(&people, AYU, thread, page);
    assert_string_equal(page, "Citra: sebelum\nAyu: rahasia\n");
    assert_int_equal(waiting_count(people.stores[AYU], circle, &count), RB_OK);
    assert_int_equal(count, 1);
}

/* As a peer brings it, ahead of what it has of the circles. */
static void bayu_is_told(void) {
    struct store *store = people.stores[BAYU];
    struct revocation revocation;
    struct writer whole;

    revoke(CITRA, false, &whole);
    assert_int_equal(revoke_decode(writer_view(&whole), &revocation), RB_OK);
    assert_int_equal(store_write_begin(store), RB_OK);
    enum rb_status kept = revocation_keep(store, &revocation, BY_PERSON, people_now(&people));
    assert_int_equal(store_write_end(store, kept), RB_OK);
    writer_clear(&whole);
}

static void bayu_looks_after_the_circle(void) {
    assert_int_equal(author_upkeep(people.stores[BAYU], circle, people_now(&people)), RB_OK);
}

static void who_was_away_keeps_what_the_others_had_before(void **state) {
    bool unsettled = false;
    (void)state;

    post(CITRA, "sebelum");
    people_meet(&people, AYU, CITRA);
    bayu_is_told();
    assert_int_equal(revocations_are_unsettled(people.stores[BAYU], &unsettled), RB_OK);
    assert_true(unsettled);
    people_meet(&people, AYU, BAYU);
    bayu_looks_after_the_circle();
    assert_int_equal(revoked_at(BAYU), 0); /* It does not press, */
    assert_int_equal(revocations_settle(people.stores[BAYU]), RB_OK);
    post(BAYU, "sesudah");
    assert_int_equal(revoked_at(BAYU), 1);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Citra: sebelum\nBayu: sesudah\n"); /* and takes nothing away. */
}

static void what_comes_after_it_was_learnt_waits_at_once(void **state) {
    size_t count = 0;
    (void)state;

    post(CITRA, "sebelum");
    people_meet_all(&people);
    bayu_is_told();
    assert_int_equal(revocations_settle(people.stores[BAYU]), RB_OK);
    bayu_looks_after_the_circle();
    assert_int_equal(revoked_at(BAYU), 0); /* He has written nothing since. */
    post(CITRA, "dari maling");
    people_meet(&people, BAYU, CITRA);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Citra: sebelum\nCitra: dari maling\n");
    bayu_looks_after_the_circle();
    assert_int_equal(revoked_at(BAYU), 1);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Citra: sebelum\n");
    people_meet(&people, BAYU, AYU);
    people_transcript(&people, AYU, thread, page);
    assert_string_equal(page, "Citra: sebelum\n");
    assert_int_equal(waiting_count(people.stores[AYU], circle, &count), RB_OK);
    assert_int_equal(count, 1);
    bayu_looks_after_the_circle();
    assert_int_equal(revoked_at(BAYU), 1);
}

/* The thief writes one himself, signed by whom he likes: that keeps nobody from the real one. */
static void a_revocation_that_does_not_count_keeps_nobody_from_it(void **state) {
    struct payload payload = { .type = OP_REVOKED, .hlc = 5, .ctl_count = 1 };
    struct writer whole, body;
    struct forger forger;
    struct run run;
    (void)state;

    forger_new(&forger, people.stores[CITRA], circle);
    forger_logcert(&forger, people.stores[CITRA], circle, &run);
    assert_int_equal(people_ingest(&people, AYU, circle, &run).status, RB_OK);
    revoke(BAYU, false, &whole);
    forger_head(people.stores[AYU], circle, payload.ctl[0]);
    writer_init(&body, EVENT_BODY_BYTES_MAX);
    op_revoked_encode(&body, writer_view(&whole), NULL, 0);
    payload.body = writer_view(&body);
    forger_event(&forger, EVENT_CONTROL, &payload, &run);
    assert_int_equal(people_ingest(&people, AYU, circle, &run).status, RB_OK);
    assert_int_equal(revoked_at(AYU), 1);
    assert_int_equal(known_at(AYU), 0);
    learn(AYU, false);
    post(AYU, "rahasia");
    assert_int_equal(revoked_at(AYU), 2);
    assert_int_equal(known_at(AYU), 1); /* nor is it learned for other circles */
    assert_false(people_opens(&people, CITRA, AYU, circle, 0));
    writer_clear(&body);
    writer_clear(&whole);
    forger_clear(&forger);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_group_of_three, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_its_issuer_may_not_revoke_is_refused),
        TEST(to_know_of_a_revocation_writes_nothing_into_circles),
        TEST(an_office_revokes_nothing_but_what_it_signed),
        TEST(what_an_office_may_not_revoke_is_written_into_no_circle),
        TEST(of_one_person_a_handful_is_remembered),
        TEST(of_who_was_never_added_nothing_is_revoked),
        TEST(the_next_event_of_a_circle_comes_after_the_revocation),
        TEST(a_new_key_for_the_revocation_is_not_given_to_who_is_revoked),
        TEST(what_cannot_be_revoked_gets_nothing_more),
        TEST(nobody_writes_it_a_second_time),
        TEST(what_is_revoked_in_one_circle_is_in_every_other),
        TEST(a_circle_without_that_certificate_is_left_alone),
        TEST(a_person_whose_certificate_is_revoked_belongs_no_more),
        TEST(what_a_revoked_device_writes_waits),
        TEST(who_was_away_keeps_what_the_others_had_before),
        TEST(what_comes_after_it_was_learnt_waits_at_once),
        TEST(a_revocation_that_does_not_count_keeps_nobody_from_it),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
