/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/db.h"
#include "store/membership.h"
#include "store/revocations.h"
#include "tests/support/forger.h"
#include "tests/support/people.h"

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

/* The thief writes one himself, signed by whom he likes: that must keep nobody from the real one. */
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
        TEST(the_next_event_of_a_circle_comes_after_the_revocation),
        TEST(nobody_writes_it_a_second_time),
        TEST(what_is_revoked_in_one_circle_is_in_every_other),
        TEST(a_circle_without_that_certificate_is_left_alone),
        TEST(a_person_whose_certificate_is_revoked_belongs_no_more),
        TEST(what_a_revoked_device_writes_waits),
        TEST(a_revocation_that_does_not_count_keeps_nobody_from_it),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
