/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/db.h"
#include "store/key_requests.h"
#include "store/keyring.h"
#include "store/seals.h"
#include "tests/support/forger.h"
#include "tests/support/people.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static struct people people;
static uint8_t circle[HASH_BYTES];

/* A group of Ayu and Bayu, which Citra does not know. */
static int a_group_of_two(void **state) {
    (void)state;
    people_new(&people, 3);
    people_group(&people, 2, circle);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

static uint64_t head_of(size_t who) {
    struct log_line line;

    assert_true(people_own_log(&people, who, circle, &line));
    return line.head;
}

enum { ASKED_MAX = 4 };

struct asked {
    size_t count;
    bool is_heard;
    uint8_t eid8s[ASKED_MAX][EID8_BYTES];
};

static bool ask(void *context, const uint8_t id[static HASH_BYTES],
                const uint8_t eid8[static EID8_BYTES]) {
    struct asked *asked = context;

    assert_true(asked->count < ASKED_MAX);
    assert_memory_equal(id, circle, sizeof circle);
    memcpy(asked->eid8s[asked->count++], eid8, EID8_BYTES);
    return asked->is_heard;
}

static struct asked asks(size_t who, size_t whom, bool is_heard) {
    struct asked asked = { .is_heard = is_heard };

    assert_int_equal(key_requests_each(people.stores[who], people_id(&people, whom),
                                       store_self(people.stores[whom])->device_cert.id,
                                       people_now(&people), ask, &asked),
                     RB_OK);
    return asked;
}

static struct key_request request_of(size_t who, const uint8_t eid8[static EID8_BYTES]) {
    const struct store_self *self = store_self(people.stores[who]);
    struct key_request request = { .seal_key = self->seal.whole };

    memcpy(request.circle, circle, sizeof request.circle);
    memcpy(request.eid8, eid8, sizeof request.eid8);
    memcpy(request.person, self->person, sizeof request.person);
    memcpy(request.device, self->device_cert.id, sizeof request.device);
    return request;
}

static void answer(size_t who, const struct key_request *request) {
    assert_int_equal(key_request_answer(people.stores[who], request, people_now(&people)), RB_OK);
}

/* The first key of the group. */
static void first_key(uint8_t eid8[static EID8_BYTES]) {
    const struct epoch_key *epochs;
    size_t count;

    assert_int_equal(keyring_epochs(people.stores[AYU], circle, NULL, &epochs, &count), RB_OK);
    assert_int_equal(count, 1);
    memcpy(eid8, epochs[0].id, EID8_BYTES);
}

static bool can_read(size_t who) {
    const struct epoch_key *epochs;
    size_t count;

    assert_int_equal(keyring_epochs(people.stores[who], circle, NULL, &epochs, &count), RB_OK);
    return count > 0;
}

/* Citra's seal key is not the one of her card any more, and that one is destroyed. */
static void citra_renews_her_seal_key(void) {
    struct store *citra = people.stores[CITRA];

    assert_int_equal(seals_renew(citra, HOMES_NOW_MS + 90 * DAY_MS), RB_OK);
    assert_int_equal(seals_renew(citra, HOMES_NOW_MS + 150 * DAY_MS), RB_OK);
    people.now_ms = HOMES_NOW_MS + 150 * DAY_MS;
}

/* Under a new key, since the first one is too old by now. */
enum { KEYS = 2 };

static void invite_citra(void) {
    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    people_meet(&people, AYU, CITRA);
}

/* ---- Asking ---- */

static void who_can_read_all_asks_nobody(void **state) {
    (void)state;
    assert_int_equal(asks(BAYU, AYU, true).count, 0);
    assert_int_equal(asks(AYU, BAYU, true).count, 0);
}

static void who_was_invited_with_an_old_card_asks_and_can_read(void **state) {
    (void)state;
    citra_renews_her_seal_key();
    invite_citra();
    assert_false(can_read(CITRA));

    struct asked asked = asks(CITRA, AYU, true);
    assert_int_equal(asked.count, KEYS);
    for (size_t i = 0; i < asked.count; i++) {
        struct key_request request = request_of(CITRA, asked.eid8s[i]);
        answer(AYU, &request);
    }
    people_meet(&people, AYU, CITRA);
    assert_true(can_read(CITRA));
    assert_int_equal(group_accept(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(asks(CITRA, AYU, true).count, 0);
}

/* By then the circle knows her new seal key, so that grants by others reach her too. */
static void who_asks_makes_his_new_seal_key_known(void **state) {
    uint8_t eid8[EID8_BYTES];
    (void)state;
    first_key(eid8);
    citra_renews_her_seal_key();
    invite_citra();
    uint64_t before = head_of(AYU);
    struct key_request request = request_of(CITRA, eid8);
    answer(AYU, &request);
    assert_int_equal(head_of(AYU), before + 2); /* DEVICE, KEYGRANT of the first key */
    people_meet(&people, AYU, CITRA);
    struct asked asked = asks(CITRA, AYU, true);
    assert_int_equal(asked.count, 1);
    request = request_of(CITRA, asked.eid8s[0]);
    answer(AYU, &request);
    assert_int_equal(head_of(AYU), before + 3); /* KEYGRANT of the second */

    assert_int_equal(group_leave(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, BAYU);
    uint8_t thread[REF_BYTES];
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK); /* under a new key */
    people_meet(&people, AYU, CITRA);
    assert_int_equal(asks(CITRA, AYU, true).count, 0);
}

/* His node says in a DEVICE what his newest seal key is; then the old one may go. */
static void who_renews_his_seal_key_in_time_need_not_ask(void **state) {
    uint8_t thread[REF_BYTES];
    struct store *bayu = people.stores[BAYU];
    (void)state;
    people.now_ms = HOMES_NOW_MS + 91 * DAY_MS;
    assert_int_equal(seals_renew(bayu, people_now(&people)), RB_OK);
    assert_int_equal(author_upkeep(bayu, circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, BAYU);

    people.now_ms += SEAL_KEPT_MS_MIN;
    assert_int_equal(seals_renew(bayu, people_now(&people)), RB_OK);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK); /* under a new key: the first one is too old */
    people_meet(&people, AYU, BAYU);
    assert_int_equal(asks(BAYU, AYU, true).count, 0);
    people_post(&people, BAYU, thread, "sudah dibaca", (uint8_t[REF_BYTES]) { 0 });
}

static void one_person_is_asked_for_a_key_once_in_7_days(void **state) {
    (void)state;
    citra_renews_her_seal_key();
    invite_citra();
    assert_int_equal(asks(CITRA, AYU, true).count, KEYS);
    assert_int_equal(asks(CITRA, AYU, true).count, 0);

    people.now_ms += KEY_REQUEST_MS - 10000;
    assert_int_equal(asks(CITRA, AYU, true).count, 0);
    people.now_ms += 10000;
    assert_int_equal(asks(CITRA, AYU, true).count, KEYS);
}

static void who_was_not_reached_is_asked_again(void **state) {
    (void)state;
    citra_renews_her_seal_key();
    invite_citra();
    assert_int_equal(asks(CITRA, AYU, false).count, KEYS);
    assert_int_equal(asks(CITRA, AYU, true).count, KEYS);
}

static void nobody_is_asked_for_keys_of_circles_that_are_not_his(void **state) {
    (void)state;
    citra_renews_her_seal_key();
    invite_citra();
    assert_int_equal(asks(CITRA, BAYU, true).count, 0);
}

/* Events in logs of nobody that reach Bayu, each under a key that nobody has. */
static void write_under_lost_keys(const uint8_t id[static HASH_BYTES], int number) {
    const uint8_t none[REF_BYTES] = { 0 };
    struct store *bayu = people.stores[BAYU];
    struct ingest_result result;
    struct forger forger;
    struct run run;

    forger_new(&forger, people.stores[AYU], id);
    assert_int_equal(ingest_begin(bayu), RB_OK);
    for (int i = 0; i < number; i++) {
        epoch_key_new(&forger.epoch);
        forger_post(&forger, KIND_POST, "?", none, none, 1, &run);
        assert_int_equal(ingest_run(bayu, id, &run, people.now_ms, &result), RB_OK);
        assert_int_equal(result.status, RB_OK);
    }
    assert_int_equal(ingest_commit(bayu, people.now_ms), RB_OK);
    forger_clear(&forger);
}

struct asked_of_circle {
    const uint8_t *circle;
    size_t here, elsewhere;
};

static bool count_asked(void *context, const uint8_t id[static HASH_BYTES],
                        const uint8_t eid8[static EID8_BYTES]) {
    struct asked_of_circle *asked = context;
    (void)eid8;

    if (memcmp(id, asked->circle, HASH_BYTES) == 0) {
        asked->here++;
    } else {
        asked->elsewhere++;
    }
    return true;
}

static void a_flood_of_lost_keys_puts_off_no_other_circle(void **state) {
    uint8_t other[HASH_BYTES];
    (void)state;

    assert_int_equal(
        group_new(people.stores[AYU], span_text("Dua"), NULL, people_now(&people), other), RB_OK);
    assert_int_equal(
        group_invite(people.stores[AYU], other, people_id(&people, BAYU), people_now(&people)),
        RB_OK);
    people_meet(&people, AYU, BAYU);
    write_under_lost_keys(circle, 1100);
    write_under_lost_keys(other, 1);

    struct asked_of_circle asked = { .circle = circle };
    assert_int_equal(key_requests_each(people.stores[BAYU], people_id(&people, AYU),
                                       store_self(people.stores[AYU])->device_cert.id,
                                       people_now(&people), count_asked, &asked),
                     RB_OK);
    assert_int_equal(asked.elsewhere, 1);
    assert_int_equal(asked.here, KEY_REQUESTS_MAX - 1);
}

/* Ayu introduced the group to Bayu; what is written in it now is not hers to know. */
static void who_has_left_is_not_asked_either(void **state) {
    (void)state;
    write_under_lost_keys(circle, 1);
    struct asked_of_circle asked = { .circle = circle };
    assert_int_equal(group_leave(people.stores[AYU], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(key_requests_each(people.stores[BAYU], people_id(&people, AYU),
                                       store_self(people.stores[AYU])->device_cert.id,
                                       people_now(&people), count_asked, &asked),
                     RB_OK);
    assert_int_equal(asked.here, 0);
}

/* What one of his computers cannot give, another may have. */
static void each_computer_of_a_person_is_asked(void **state) {
    static const uint8_t further[CERT_ID_BYTES] = { 9 };
    struct asked_of_circle asked = { .circle = circle };
    (void)state;

    write_under_lost_keys(circle, 1);
    assert_int_equal(asks(BAYU, AYU, true).count, 1);
    assert_int_equal(asks(BAYU, AYU, true).count, 0);
    assert_int_equal(key_requests_each(people.stores[BAYU], people_id(&people, AYU), further,
                                       people_now(&people), count_asked, &asked),
                     RB_OK);
    assert_int_equal(asked.here, 1);
}

/* ---- Answering ---- */

static void who_does_not_belong_hears_nothing(void **state) {
    uint8_t eid8[EID8_BYTES];
    (void)state;
    first_key(eid8);
    struct key_request request = request_of(CITRA, eid8);
    uint64_t before = head_of(AYU);
    answer(AYU, &request);
    assert_int_equal(head_of(AYU), before);

    memcpy(request.person, people_id(&people, BAYU), sizeof request.person);
    answer(AYU, &request); /* Bayu belongs, but that is not his device. */
    assert_int_equal(head_of(AYU), before);
}

static void who_has_left_hears_nothing(void **state) {
    uint8_t eid8[EID8_BYTES];
    (void)state;
    first_key(eid8);
    assert_int_equal(group_leave(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, BAYU);
    struct key_request request = request_of(BAYU, eid8);
    uint64_t before = head_of(AYU);
    answer(AYU, &request);
    assert_int_equal(head_of(AYU), before);
}

static void who_does_not_belong_any_more_answers_nothing(void **state) {
    uint8_t eid8[EID8_BYTES];
    (void)state;
    first_key(eid8);
    assert_int_equal(group_leave(people.stores[AYU], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, BAYU);
    struct key_request request = request_of(BAYU, eid8);
    uint64_t before = head_of(AYU);
    answer(AYU, &request);
    assert_int_equal(head_of(AYU), before);
}

static void who_has_not_accepted_answers_nothing(void **state) {
    struct log_line line;
    uint8_t eid8[EID8_BYTES];
    (void)state;
    first_key(eid8);
    invite_citra();
    assert_true(can_read(CITRA));
    struct key_request request = request_of(BAYU, eid8);
    answer(CITRA, &request);
    assert_false(people_own_log(&people, CITRA, circle, &line));
}

static void a_key_is_granted_again_once_in_7_days(void **state) {
    uint8_t eid8[EID8_BYTES];
    (void)state;
    first_key(eid8);
    struct key_request request = request_of(BAYU, eid8);
    uint64_t before = head_of(AYU);
    answer(AYU, &request);
    assert_int_equal(head_of(AYU), before + 1); /* He has been given it; it may not have opened. */
    answer(AYU, &request);
    assert_int_equal(head_of(AYU), before + 1);

    people.now_ms += KEY_REQUEST_MS;
    answer(AYU, &request);
    assert_int_equal(head_of(AYU), before + 2);
}

static void a_key_that_nobody_holds_is_no_question(void **state) {
    static const uint8_t eid8[EID8_BYTES] = { 1, 2, 3 };
    (void)state;
    struct key_request request = request_of(BAYU, eid8);
    uint64_t before = head_of(AYU);
    answer(AYU, &request);
    assert_int_equal(head_of(AYU), before);
}

static void the_seal_key_of_somebody_else_is_not_believed(void **state) {
    uint8_t eid8[EID8_BYTES];
    (void)state;
    first_key(eid8);
    struct key_request request = request_of(BAYU, eid8);
    request.seal_key = store_self(people.stores[CITRA])->seal.whole;
    uint64_t before = head_of(AYU);
    answer(AYU, &request);
    assert_int_equal(head_of(AYU), before + 1); /* KEYGRANT to the one that is known */

    people.now_ms += KEY_REQUEST_MS;
    request.seal_key = span_text("no seal key at all");
    answer(AYU, &request);
    assert_int_equal(head_of(AYU), before + 2);
}

/* Of other keys, already. */
static void bayu_has_been_answered(size_t times) {
    const struct store_self *bayu = store_self(people.stores[BAYU]);
    struct store *ayu = people.stores[AYU];
    static const char sql[] =
        "INSERT INTO key_request (circle, eid8, person, by_us, at_s)"
        " SELECT circle.id, ?1, ?2, 0, ?3"
        " FROM circle";

    assert_int_equal(store_write_begin(ayu), RB_OK);
    for (size_t i = 0; i < times; i++) {
        uint8_t eid8[EID8_BYTES] = { (uint8_t)i };
        struct db_row *row = db_query(store_db(ayu), sql);
        db_bind_blob(row, 1, span_of(eid8, sizeof eid8));
        db_bind_blob(row, 2, span_of(bayu->device_cert.id, CERT_ID_BYTES));
        db_bind_int(row, 3, people.now_ms / 1000);
        assert_int_equal(db_run(row), RB_OK);
    }
    assert_int_equal(store_write_commit(ayu), RB_OK);
}

static void nobody_fills_a_log_by_asking(void **state) {
    uint8_t eid8[EID8_BYTES];
    (void)state;
    first_key(eid8);
    bayu_has_been_answered(KEY_REQUESTS_MAX);
    struct key_request request = request_of(BAYU, eid8);
    uint64_t before = head_of(AYU);
    answer(AYU, &request);
    assert_int_equal(head_of(AYU), before);

    people.now_ms += KEY_REQUEST_MS;
    answer(AYU, &request);
    assert_int_equal(head_of(AYU), before + 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_group_of_two, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_can_read_all_asks_nobody),
        TEST(who_was_invited_with_an_old_card_asks_and_can_read),
        TEST(who_asks_makes_his_new_seal_key_known),
        TEST(who_renews_his_seal_key_in_time_need_not_ask),
        TEST(one_person_is_asked_for_a_key_once_in_7_days),
        TEST(who_was_not_reached_is_asked_again),
        TEST(nobody_is_asked_for_keys_of_circles_that_are_not_his),
        TEST(a_flood_of_lost_keys_puts_off_no_other_circle),
        TEST(who_has_left_is_not_asked_either),
        TEST(each_computer_of_a_person_is_asked),
        TEST(who_does_not_belong_hears_nothing),
        TEST(who_has_left_hears_nothing),
        TEST(who_does_not_belong_any_more_answers_nothing),
        TEST(who_has_not_accepted_answers_nothing),
        TEST(a_key_is_granted_again_once_in_7_days),
        TEST(a_key_that_nobody_holds_is_no_question),
        TEST(the_seal_key_of_somebody_else_is_not_believed),
        TEST(nobody_fills_a_log_by_asking),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
