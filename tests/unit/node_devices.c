/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two computers of one person, and a colleague, over real sockets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "node/peers.h"
#include "store/devices.h"
#include "tests/support/workers.h"

#include <string.h>

enum { NOTHING_MS = 300 };

static struct worker office, home, budi; /* the first two are Ani's */
static struct worker *const all[3] = { &office, &home, &budi };
static uint8_t group[HASH_BYTES], thread[REF_BYTES];

static bool soon(bool (*holds)(void *context), void *context) {
    return workers_until(all, 3, WORKERS_SOON_MS, holds, context);
}

static bool home_sees(void *text) {
    return worker_sees_post(&home, thread, text);
}

static bool budi_sees(void *text) {
    return worker_sees_post(&budi, thread, text);
}

static bool office_sees(void *text) {
    return worker_sees_post(&office, thread, text);
}

static bool is_not_open(void *worker) {
    return worker_open_exchanges(worker) == 0;
}

static bool was_refused(void *worker) {
    return ((struct worker *)worker)->refused > 0;
}

static bool home_has_a_contact(void *unused) {
    struct contact contact;
    (void)unused;
    return contact_get(home.store, store_self(budi.store)->person, &contact) == RB_OK;
}

static bool budi_is_invited(void *unused) {
    (void)unused;
    return worker_sees_invitation(&budi, group);
}

static const uint8_t *device_of(const struct worker *worker) {
    return store_self(worker->store)->device_cert.id;
}

/* Ani's office and Budi, who dials it, confer. */
static int they_confer(void **state) {
    (void)state;
    worker_new(&office, "Ani Lestari");
    worker_new(&home, "Ani di rumah");
    worker_new(&budi, "Budi Santoso");
    worker_choose_address(&office);
    worker_choose_address(&budi);
    workers_meet(&office, &budi);
    worker_knows_address(&budi, &office);
    worker_start(&office);
    worker_start(&budi);
    worker_found_group(&office, "Tim", group);
    worker_invite(&office, group, &budi);
    assert_true(soon(budi_is_invited, NULL));
    worker_accept(&budi, group);
    worker_new_thread(&office, group, "Rapat", thread);
    worker_post(&office, thread, "selamat pagi");
    assert_true(soon(budi_sees, "selamat pagi"));
    return 0;
}

static int they_go(void **state) {
    (void)state;
    worker_remove(&office);
    worker_remove(&home);
    worker_remove(&budi);
    return 0;
}

/* By two files, as people do it; the second one says where the office listens. */
static void home_becomes_a_device(void) {
    const struct span address = span_text(office.address);
    struct writer card, file;

    writer_init(&card, CARD_BYTES_MAX);
    writer_init(&file, DEVICE_FILE_BYTES_MAX);
    assert_int_equal(store_card(home.store, NULL, 0, clock_now_ms(), &card), RB_OK);
    assert_int_equal(device_admit(office.store, writer_view(&card), span_text("rumah"), &address, 1,
                                  clock_now_ms(), &file),
                     RB_OK);
    assert_int_equal(node_contacts_changed(office.node), RB_OK);
    assert_int_equal(device_take(home.store, writer_view(&file), clock_now_ms()), RB_OK);
    writer_clear(&file);
    writer_clear(&card);
    worker_start(&home);
    assert_true(soon(home_sees, "selamat pagi"));
}

static void home_dials_budi_alone(void) {
    assert_true(soon(home_has_a_contact, NULL));
    worker_stop(&office);
    worker_knows_address(&home, &budi);
    assert_int_equal(node_contacts_changed(home.node), RB_OK);
}

/* ---- Tests ---- */

static void all_records_reach_a_second_device_and_its_post_a_colleague(void **state) {
    (void)state;
    home_becomes_a_device();
    worker_post(&home, thread, "dari rumah");
    assert_true(soon(office_sees, "dari rumah"));
    assert_true(soon(budi_sees, "dari rumah"));
    worker_post(&budi, thread, "salam");
    assert_true(soon(home_sees, "salam"));
}

/* Budi's newer card tells where he listens. */
static void office_has_budis_address(void) {
    const struct span address = span_text(budi.address);
    struct contact contact;
    struct writer card;
    bool renewed = false;

    writer_init(&card, CARD_BYTES_MAX);
    assert_int_equal(store_card(budi.store, &address, 1, clock_now_ms(), &card), RB_OK);
    assert_int_equal(
        contact_add(office.store, writer_view(&card), clock_now_ms(), &contact, &renewed), RB_OK);
    assert_true(renewed);
    writer_clear(&card);
}

/* Nobody told the second one where he is, but its own circle. */
static void the_second_device_dials_whom_it_knows_from_the_first_one(void **state) {
    (void)state;
    office_has_budis_address();
    home_becomes_a_device();
    assert_true(soon(home_has_a_contact, NULL));
    worker_stop(&office);
    worker_post(&home, thread, "tanpa kantor");
    assert_true(soon(budi_sees, "tanpa kantor"));
}

static void a_colleagues_node_lets_the_second_device_in(void **state) {
    (void)state;
    home_becomes_a_device();
    home_dials_budi_alone();
    worker_post(&home, thread, "tanpa kantor");
    assert_true(soon(budi_sees, "tanpa kantor"));
    worker_post(&budi, thread, "sampai juga");
    assert_true(soon(home_sees, "sampai juga"));
}

static void both_devices_may_be_connected_at_the_same_time(void **state) {
    const struct node_peer *peers;
    (void)state;
    home_becomes_a_device();
    assert_true(soon(home_has_a_contact, NULL));
    worker_knows_address(&home, &budi);
    assert_int_equal(node_contacts_changed(home.node), RB_OK);
    worker_post(&home, thread, "dua jalan");
    assert_true(soon(budi_sees, "dua jalan"));
    workers_for(all, 3, NOTHING_MS);
    assert_int_equal(worker_open_exchanges(&budi), 2);
    assert_int_equal(node_connected(budi.node), 1);
    assert_int_equal(node_peers(budi.node, &peers), 1);
    assert_memory_equal(peers[0].person, store_self(office.store)->person, HASH_BYTES);
    assert_true(peers[0].reached);
    assert_false(peers[0].own);
}

static bool home_is_done(void *unused) {
    (void)unused;
    return node_sync_done(home.node);
}

static void a_sync_tells_of_ones_own_device_by_its_name(void **state) {
    const struct node_peer *peers;
    (void)state;
    home_becomes_a_device();
    assert_int_equal(node_sync_begin(home.node), RB_OK);
    assert_true(soon(home_is_done, NULL));
    assert_int_equal(node_peers(home.node, &peers), 1);
    assert_true(peers[0].own);
    assert_string_equal(peers[0].device_name, "Ani Lestari");
    assert_true(peers[0].reached);
    assert_int_equal(peers[0].left, 0);
}

static bool is_seen(void *context, const struct device_row *row) {
    bool *seen = context;

    *seen = *seen || (!row->is_this && row->last_seen_ms > 0);
    return true;
}

static bool home_was_seen(void *unused) {
    bool seen = false;
    (void)unused;
    assert_int_equal(devices_each(office.store, store_self(office.store)->person, is_seen, &seen),
                     RB_OK);
    return seen;
}

static void it_is_noted_when_an_own_device_was_there(void **state) {
    (void)state;
    assert_false(home_was_seen(NULL));
    home_becomes_a_device();
    assert_true(soon(home_was_seen, NULL));
}

static void a_revoked_device_is_let_go_and_in_no_more(void **state) {
    size_t circles = 0;
    (void)state;
    home_becomes_a_device();
    assert_int_equal(device_revoke(office.store, device_of(&home), clock_now_ms(), &circles),
                     RB_OK);
    assert_int_equal(circles, 2);
    worker_post(&office, thread, "laptop hilang");
    assert_true(soon(is_not_open, &home));
    assert_true(soon(budi_sees, "laptop hilang"));
    worker_stop(&home);
    worker_start(&home); /* dials at once */
    assert_true(soon(was_refused, &office));
    assert_int_equal(home.opened, 0);
    assert_false(home_sees("laptop hilang"));
}

static void a_colleague_shuts_out_a_revoked_device(void **state) {
    size_t circles = 0;
    (void)state;
    home_becomes_a_device();
    assert_true(soon(home_has_a_contact, NULL));
    assert_int_equal(device_revoke(office.store, device_of(&home), clock_now_ms(), &circles),
                     RB_OK);
    worker_stop(&home);
    worker_post(&office, thread, "laptop hilang");
    assert_true(soon(budi_sees, "laptop hilang"));
    worker_start(&home);
    home_dials_budi_alone();
    assert_true(soon(was_refused, &budi));
    assert_int_equal(home.opened, 0);
}

static struct peer called(uint8_t person, bool own, bool reached) {
    struct peer peer = { .contact.address_count = 1,
                         .report = { .own = own, .reached = reached, .done = reached } };

    peer.contact.person[0] = person;
    return peer;
}

static void an_own_device_that_is_off_is_not_waited_for_long(void **state) {
    struct peer off = called(1, true, false), here = called(2, false, true);
    struct peer *items[] = { &off, &here };
    const struct peers both = { .items = items, .count = 2, .called_ms = 1000 };
    const struct peers alone = { .items = items, .count = 1, .called_ms = 1000 };
    (void)state;
    assert_false(peers_are_done(&both, 1000 + OWN_PATIENCE_MS - 1));
    assert_true(peers_are_done(&both, 1000 + OWN_PATIENCE_MS));
    assert_false(peers_are_done(&alone, 1000 + OWN_PATIENCE_MS)); /* it is all there is to reach */
    here.report.done = false;
    assert_false(peers_are_done(&both, 1000 + OWN_PATIENCE_MS));
    here = called(2, false, false);
    assert_false(peers_are_done(&both, 1000 + OWN_PATIENCE_MS));
    here = called(2, false, true);
    off.report.reached = true; /* and has more to give */
    assert_false(peers_are_done(&both, 1000 + OWN_PATIENCE_MS));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, they_confer, they_go)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(all_records_reach_a_second_device_and_its_post_a_colleague),
        TEST(the_second_device_dials_whom_it_knows_from_the_first_one),
        TEST(a_colleagues_node_lets_the_second_device_in),
        TEST(both_devices_may_be_connected_at_the_same_time),
        cmocka_unit_test(an_own_device_that_is_off_is_not_waited_for_long),
        TEST(a_sync_tells_of_ones_own_device_by_its_name),
        TEST(it_is_noted_when_an_own_device_was_there),
        TEST(a_revoked_device_is_let_go_and_in_no_more),
        TEST(a_colleague_shuts_out_a_revoked_device),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
