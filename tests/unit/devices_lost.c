/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A computer that was lost or stolen, without a network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/author.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/key_requests.h"
#include "store/keyring.h"
#include "store/membership.h"
#include "store/revocations.h"
#include "tests/support/laptop.h"

#include <string.h>

/* ---- A lost one ---- */

static void what_comes_after_a_revocation_is_closed_to_that_device(void **state) {
    (void)state;
    laptop_is_a_device();
    assert_int_equal(revoke(AYU, LAPTOP), 2);
    posts(AYU, "tanpa laptop");
    assert_false(people_opens(&people, LAPTOP, AYU, circle, 0));
    people_meet(&people, AYU, BAYU);
    assert_true(sees(BAYU, "Ayu: tanpa laptop\n"));
    posts(BAYU, "juga tanpa");
    assert_false(people_opens(&people, LAPTOP, BAYU, circle, 0));
    assert_true(people_opens(&people, AYU, BAYU, circle, 0));
}

static void what_a_revoked_device_writes_on_waits(void **state) {
    (void)state;
    laptop_is_a_device();
    posts(LAPTOP, "sebelum");
    people_meet(&people, AYU, LAPTOP);
    (void)revoke(AYU, LAPTOP);
    posts(AYU, "dicuri");
    posts(LAPTOP, "sesudah"); /* it has not heard of it */
    people_meet(&people, LAPTOP, BAYU);
    people_meet(&people, AYU, BAYU);
    assert_true(sees(BAYU, "Ayu: sebelum\n"));
    assert_true(sees(BAYU, "Ayu: dicuri\n"));
    assert_false(sees(BAYU, "sesudah"));
}

static void a_device_that_hears_of_its_end_writes_nothing(void **state) {
    (void)state;
    laptop_is_a_device();
    posts(LAPTOP, "sebelum");
    (void)revoke(AYU, LAPTOP);
    posts(AYU, "dicuri");
    people_meet(&people, AYU, LAPTOP);
    const uint64_t head = head_of(LAPTOP);
    assert_int_equal(tries_to_post(LAPTOP), RB_REFUSED);
    assert_int_equal(author_upkeep(people.stores[LAPTOP], circle, people_now(&people)), RB_OK);
    assert_int_equal(head_of(LAPTOP), head);
    assert_int_equal(reach(LAPTOP).of_ayu, 0);
}

static bool count_revoked(void *context, const struct device_row *row) {
    size_t *count = context;

    *count += row->revoked;
    return true;
}

static size_t revoked_count(size_t who, size_t whom) {
    size_t count = 0;

    assert_int_equal(
        devices_each(people.stores[who], people_id(&people, whom), count_revoked, &count), RB_OK);
    return count;
}

static void a_revoked_device_is_let_in_by_nobody(void **state) {
    (void)state;
    laptop_is_a_device();
    (void)revoke(AYU, LAPTOP);
    posts(AYU, "dicuri");
    people_meet(&people, AYU, BAYU);
    assert_false(reach(AYU).laptop);
    assert_false(reach(BAYU).laptop);
    assert_int_equal(reach(BAYU).of_ayu, 1);
    assert_int_equal(revoked_count(BAYU, AYU), 1);
}

static void a_further_device_shuts_out_the_first_one(void **state) {
    (void)state;
    laptop_is_a_device();
    assert_int_equal(revoke(LAPTOP, AYU), 2);
    posts(LAPTOP, "kantor kemalingan");
    people_meet(&people, LAPTOP, BAYU);
    assert_true(sees(BAYU, "Ayu: kantor kemalingan\n"));
    posts(BAYU, "turut prihatin");
    people_meet(&people, LAPTOP, BAYU);
    assert_true(sees(LAPTOP, "Bayu: turut prihatin\n"));
    assert_false(people_opens(&people, AYU, BAYU, circle, 0));
}

static void a_device_is_revoked_once_and_never_this_one(void **state) {
    const uint8_t nobody[CERT_ID_BYTES] = { 1 };
    size_t circles;
    (void)state;
    laptop_is_a_device();
    struct store *ayu = people.stores[AYU];
    assert_int_equal(device_revoke(ayu, device_of(AYU), people.now_ms, &circles), RB_REFUSED);
    assert_int_equal(device_revoke(ayu, nobody, people.now_ms, &circles), RB_NOT_FOUND);
    (void)revoke(AYU, LAPTOP);
    assert_int_equal(device_revoke(ayu, device_of(LAPTOP), people.now_ms, &circles), RB_EXISTS);
}

static void a_revoked_device_is_not_admitted_again(void **state) {
    (void)state;
    laptop_is_a_device();
    (void)revoke(AYU, LAPTOP);
    assert_int_equal(admit_only(AYU, LAPTOP, "laptop"), RB_REFUSED);
}

/* As in a home that was put back to before it admitted the device, and has heard of its end since.
 */
static void nor_by_a_home_that_has_forgotten_it(void **state) {
    (void)state;
    laptop_is_a_device();
    (void)revoke(AYU, LAPTOP);
    struct store *ayu = people.stores[AYU];
    assert_int_equal(store_write_begin(ayu), RB_OK);
    assert_int_equal(db_execute(store_db(ayu), "DELETE FROM own_device"), RB_OK);
    assert_int_equal(store_write_commit(ayu), RB_OK);
    assert_int_equal(admit_only(AYU, LAPTOP, "laptop"), RB_REFUSED);
}

struct held {
    size_t groups, others;
    uint64_t people, records;
};

static bool held_add(void *context, const struct device_held *row) {
    struct held *held = context;

    if (row->kind == CIRCLE_GROUP) {
        held->groups++;
        held->people += row->people;
        held->records += row->records;
    } else {
        held->others++;
    }
    return true;
}

static struct held held_by(size_t who, const uint8_t *device) {
    struct held held = { 0 };

    assert_int_equal(
        device_held_each(people.stores[who], people_id(&people, AYU), device, held_add, &held),
        RB_OK);
    return held;
}

static void what_a_lost_device_had_is_told(void **state) {
    (void)state;
    posts(AYU, "satu");
    laptop_is_admitted();
    assert_int_equal(held_by(AYU, device_of(LAPTOP)).groups, 0);
    assert_int_equal(held_by(AYU, NULL).groups, 1);
    devices_meet(AYU, LAPTOP);
    posts(LAPTOP, "dua");
    people_meet(&people, AYU, LAPTOP);
    const struct held held = held_by(AYU, device_of(LAPTOP));
    assert_int_equal(held.groups, 1);
    assert_int_equal(held.people, 2);
    assert_int_equal(held.records, 2);
    assert_int_equal(held.others, 1); /* the own circle */
    (void)revoke(AYU, LAPTOP);
    people_now(&people);
    posts(AYU, "tiga");
    assert_int_equal(held_by(AYU, device_of(LAPTOP)).records, 2);
    assert_int_equal(held_by(AYU, NULL).records, 3);
}

/* Who has not heard of it writes what it can read, whatever the clocks say. */
static void what_others_wrote_before_they_heard_is_told_too(void **state) {
    (void)state;
    laptop_is_a_device();
    posts(AYU, "satu");
    people_meet_all(&people);
    (void)revoke(AYU, LAPTOP);
    people.now_ms += INT64_C(3600) * 1000;
    posts(BAYU, "belum tahu");
    people_meet(&people, AYU, BAYU);
    assert_int_equal(held_by(AYU, device_of(LAPTOP)).records, 2);
    posts(AYU, "dicuri");
    people_meet(&people, AYU, BAYU);
    posts(BAYU, "turut prihatin");
    people_meet(&people, AYU, BAYU);
    assert_int_equal(held_by(AYU, device_of(LAPTOP)).records, 2);
}

/* ---- What a lost one tries ---- */

static void bayus_new_group(uint8_t other[static HASH_BYTES]) {
    assert_int_equal(
        group_new(people.stores[BAYU], span_text("Baru"), NULL, people_now(&people), other), RB_OK);
}

static enum rb_status bayu_invites_ayu(const uint8_t other[static HASH_BYTES]) {
    return group_invite(people.stores[BAYU], other, people_id(&people, AYU), people_now(&people));
}

/* Ayu's first computer is shut out by her laptop, and Bayu hears of it. */
static void bayu_hears_of_the_burglary(void) {
    (void)revoke(LAPTOP, AYU);
    posts(LAPTOP, "kantor kemalingan");
    people_meet(&people, LAPTOP, BAYU);
}

static void bayu_begins_a_thread(const uint8_t other[static HASH_BYTES]) {
    assert_int_equal(
        thread_new(people.stores[BAYU], other, span_text("Lanjut"), people_now(&people), thread),
        RB_OK);
}

/* The laptop is known in the first group; the new one, in which Bayu knows Ayu by her old card,
 * names her first computer alone. */
static void bayus_new_group_does_not_know_the_laptop(uint8_t other[static HASH_BYTES]) {
    laptop_is_a_device();
    posts(LAPTOP, "dari rumah");
    people_meet_all(&people);
    bayus_new_group(other);
    assert_int_equal(bayu_invites_ayu(other), RB_OK);
}

/* Nobody there could say that it is revoked: the one who did has no name in a new circle. */
static void a_revoked_card_is_invited_to_no_new_circle(void **state) {
    uint8_t other[HASH_BYTES];
    (void)state;
    laptop_is_a_device();
    bayu_hears_of_the_burglary();
    bayus_new_group(other);
    assert_int_equal(bayu_invites_ayu(other), RB_REFUSED);
    people_meet(&people, AYU, BAYU);
    assert_false(people_opens(&people, AYU, BAYU, other, 0));
}

/* Whoever had not heard of it invited the first one to a circle that knows no other device of hers:
 * who revoked it is named there first. */
static void a_revocation_counts_where_nobody_knew_who_revoked(void **state) {
    uint8_t other[HASH_BYTES];
    (void)state;
    bayus_new_group_does_not_know_the_laptop(other);
    bayu_hears_of_the_burglary();
    bayu_begins_a_thread(other);
    people_meet_all(&people);
    assert_false(people_opens(&people, AYU, BAYU, other, 0));
    assert_true(people_opens(&people, LAPTOP, BAYU, other, 0));
}

/* The same, and nobody has written there since: the first event of the thief brings it about. */
static void what_it_writes_there_is_answered_at_once(void **state) {
    uint8_t other[HASH_BYTES];
    (void)state;
    bayus_new_group_does_not_know_the_laptop(other);
    bayu_begins_a_thread(other);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(group_accept(people.stores[AYU], other, people_now(&people)), RB_OK);
    people_meet(&people, AYU, BAYU);
    (void)revoke(LAPTOP, AYU);
    uint8_t first[REF_BYTES];
    assert_int_equal(thread_new(people.stores[LAPTOP], circle, span_text("Kemalingan"),
                                people_now(&people), first),
                     RB_OK);
    people_meet(&people, LAPTOP, BAYU);
    assert_int_equal(revocations_settle(people.stores[BAYU]), RB_OK);
    posts(AYU, "dari pencuri");
    people_meet(&people, AYU, BAYU);
    assert_int_equal(author_upkeep(people.stores[BAYU], other, people_now(&people)), RB_OK);
    assert_false(sees(BAYU, "dari pencuri"));
}

static void bayu_takes_the_card_of(size_t who, enum rb_status expected) {
    struct contact contact;
    struct writer card;
    bool renewed;

    card_of(who, &card);
    assert_int_equal(contact_add(people.stores[BAYU], writer_view(&card), people_now(&people),
                                 &contact, &renewed),
                     expected);
    writer_clear(&card);
}

static void the_card_of_another_device_of_his_is_as_good(void **state) {
    uint8_t other[HASH_BYTES];
    (void)state;
    laptop_is_a_device();
    bayu_hears_of_the_burglary();
    bayu_takes_the_card_of(LAPTOP, RB_OK);
    bayus_new_group(other);
    assert_int_equal(bayu_invites_ayu(other), RB_OK);
    people_meet_all(&people);
    assert_true(people_opens(&people, LAPTOP, BAYU, other, 0));
    assert_false(people_opens(&people, AYU, BAYU, other, 0));
}

static void a_revoked_card_takes_the_place_of_no_good_one(void **state) {
    (void)state;
    laptop_is_a_device();
    (void)revoke(AYU, LAPTOP);
    posts(AYU, "laptop hilang");
    people_meet(&people, AYU, BAYU);
    bayu_takes_the_card_of(LAPTOP, RB_REFUSED);
    assert_int_equal(reach(BAYU).of_ayu, 1);
    assert_false(reach(BAYU).laptop);
}

static void asks_for_the_key_of_the_group(size_t who, size_t whom, enum rb_status expected) {
    const struct store_self *self = store_self(people.stores[who]);
    struct key_request request = { .seal_key = self->seal.whole };
    struct db_row *row = db_query(store_db(people.stores[whom]),
                                  "SELECT substr(name, 33, 8) FROM secret"
                                  " WHERE sort = ?2 AND substr(name, 1, 32) = ?1");

    db_bind_blob(row, 1, span_of(circle, HASH_BYTES));
    db_bind_int(row, 2, SECRET_EPOCH);
    assert_true(db_step(row));
    db_copy(row, 0, request.eid8, sizeof request.eid8);
    assert_int_equal(db_end(row), RB_OK);
    memcpy(request.circle, circle, sizeof request.circle);
    memcpy(request.person, self->person, sizeof request.person);
    memcpy(request.device, self->device_cert.id, sizeof request.device);
    assert_int_equal(key_request_answer(people.stores[whom], &request, people_now(&people)),
                     expected);
}

static void a_revoked_device_asks_for_keys_in_vain(void **state) {
    (void)state;
    laptop_is_a_device();
    (void)revoke(AYU, LAPTOP);
    posts(AYU, "laptop hilang");
    people_meet(&people, AYU, BAYU);
    posts(BAYU, "baik");
    const uint64_t ayu = people_events(&people, AYU), bayu = people_events(&people, BAYU);
    asks_for_the_key_of_the_group(LAPTOP, AYU, RB_OK);
    asks_for_the_key_of_the_group(LAPTOP, BAYU, RB_OK);
    assert_int_equal(people_events(&people, AYU), ayu);
    assert_int_equal(people_events(&people, BAYU), bayu);
}

/* Revoked here, and not written in the circle yet: also then. */
static void it_asks_in_vain_before_the_circle_says_so(void **state) {
    (void)state;
    laptop_is_a_device();
    (void)revoke(AYU, LAPTOP);
    const uint64_t ayu = people_events(&people, AYU);
    asks_for_the_key_of_the_group(LAPTOP, AYU, RB_OK);
    assert_int_equal(people_events(&people, AYU), ayu);
}

/* ---- Two that know of each other ---- */

static void idle_round(void) {
    people_meet_all(&people);
    asks(AYU, LAPTOP);
    asks(LAPTOP, AYU);
    asks(LAPTOP, BAYU);
    for (size_t who = 0; who < 3; who++) {
        int64_t after = 0;
        size_t circles = 0;
        assert_int_equal(author_upkeep(people.stores[who], circle, people_now(&people)), RB_OK);
        assert_int_equal(author_upkeep_some(people.stores[who], people_now(&people), &after),
                         RB_OK);
        assert_int_equal(devices_announce(people.stores[who], people_now(&people), &circles),
                         RB_OK);
    }
}

static void two_devices_that_found_circles_at_once_come_to_rest(void **state) {
    uint8_t one[HASH_BYTES], other[HASH_BYTES];
    uint64_t events[3];
    (void)state;
    laptop_is_a_device();
    assert_int_equal(
        group_new(people.stores[AYU], span_text("Satu"), NULL, people_now(&people), one), RB_OK);
    assert_int_equal(
        group_new(people.stores[LAPTOP], span_text("Dua"), NULL, people_now(&people), other),
        RB_OK);
    posts(AYU, "di sini");
    posts(LAPTOP, "di sana");
    for (int i = 0; i < 3; i++) {
        idle_round();
    }
    for (size_t who = 0; who < 3; who++) {
        events[who] = people_events(&people, who);
    }
    assert_int_equal(events[AYU], events[LAPTOP]);
    for (int i = 0; i < 10; i++) {
        idle_round();
    }
    for (size_t who = 0; who < 3; who++) {
        assert_int_equal(people_events(&people, who), events[who]);
    }
}

/* Bayu founds a group, in which Ayu belongs with both of her computers. */
static void bayus_group_with_both(uint8_t other[static HASH_BYTES]) {
    laptop_is_a_device();
    bayus_new_group(other);
    assert_int_equal(bayu_invites_ayu(other), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(group_accept(people.stores[AYU], other, people_now(&people)), RB_OK);
    assert_int_equal(
        thread_new(people.stores[BAYU], other, span_text("Lain"), people_now(&people), thread),
        RB_OK);
    people_meet_all(&people);
    devices_meet(AYU, LAPTOP);
    posts(LAPTOP, "sebelum");
    people_meet_all(&people);
}

static void who_is_removed_is_out_with_both_devices(void **state) {
    struct refusal refusal = { 0 };
    uint8_t other[HASH_BYTES];
    (void)state;
    bayus_group_with_both(other);
    assert_int_equal(membership_remove(people.stores[BAYU], other, people_id(&people, AYU),
                                       people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
    posts(BAYU, "tanpa Ayu");
    people_meet_all(&people);
    assert_false(people_opens(&people, AYU, BAYU, other, 0));
    assert_false(people_opens(&people, LAPTOP, BAYU, other, 0));
    assert_true(sees(BAYU, "Ayu: sebelum\n"));
    assert_int_not_equal(tries_to_post(AYU), RB_OK);
    assert_int_not_equal(tries_to_post(LAPTOP), RB_OK);
    const uint64_t events = people_events(&people, BAYU);
    idle_round();
    idle_round();
    assert_int_equal(people_events(&people, BAYU), events);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ayu_buys_a_laptop, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_comes_after_a_revocation_is_closed_to_that_device),
        TEST(what_a_revoked_device_writes_on_waits),
        TEST(a_device_that_hears_of_its_end_writes_nothing),
        TEST(a_revoked_device_is_let_in_by_nobody),
        TEST(a_further_device_shuts_out_the_first_one),
        TEST(a_device_is_revoked_once_and_never_this_one),
        TEST(a_revoked_device_is_not_admitted_again),
        TEST(nor_by_a_home_that_has_forgotten_it),
        TEST(what_a_lost_device_had_is_told),
        TEST(what_others_wrote_before_they_heard_is_told_too),
        TEST(a_revoked_card_is_invited_to_no_new_circle),
        TEST(a_revocation_counts_where_nobody_knew_who_revoked),
        TEST(what_it_writes_there_is_answered_at_once),
        TEST(the_card_of_another_device_of_his_is_as_good),
        TEST(a_revoked_card_takes_the_place_of_no_good_one),
        TEST(a_revoked_device_asks_for_keys_in_vain),
        TEST(it_asks_in_vain_before_the_circle_says_so),
        TEST(two_devices_that_found_circles_at_once_come_to_rest),
        TEST(who_is_removed_is_out_with_both_devices),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
