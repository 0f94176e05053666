/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole nodes over real sockets, loopback only, with real stores.  Every wait has a deadline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "node/link.h"
#include "store/revocations.h"
#include "tests/support/trio.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* ---- What can hold, besides what trio.h has ---- */

static bool citra_sees(void *text) {
    return worker_sees_post(&citra, thread, text);
}

static bool ani_knows_delivered(void *text) {
    return worker_sees_delivered(&ani, thread, text);
}

/* ---- Exchange ---- */

static void an_invitation_and_posts_travel_both_ways(void **state) {
    (void)state;
    ani_and_budi_confer();
    worker_post(&budi, thread, "pagi, Bu");
    assert_true(soon(ani_sees, "pagi, Bu"));
}

static void a_post_goes_over_the_open_connection_at_once(void **state) {
    (void)state;
    ani_and_budi_confer();
    worker_post(&ani, thread, "ada kabar");
    assert_true(workers_until(everybody, 3, LIVE_MS, budi_sees, "ada kabar"));
    assert_int_equal(ani.opened, 1);
    assert_int_equal(budi.opened, 1);
}

static void what_the_peer_has_is_known_to_be_delivered(void **state) {
    (void)state;
    ani_and_budi_confer();
    assert_true(soon(ani_knows_delivered, "selamat pagi"));
    worker_stop(&budi);
    worker_post(&ani, thread, "masih di sini");
    workers_for(everybody, 3, 300);
    assert_false(ani_knows_delivered("masih di sini"));
}

static void a_member_between_two_others_carries_their_posts(void **state) {
    (void)state;
    workers_meet(&ani, &citra);
    worker_knows_address(&budi, &citra);
    ani_and_budi_confer();
    worker_start(&citra);
    joins(&citra);
    assert_true(soon(citra_sees, "selamat pagi"));
    worker_post(&citra, thread, "salam dari Citra");
    assert_true(soon(ani_sees, "salam dari Citra"));
}

/* ---- Connections ---- */

static void whoever_is_no_contact_is_refused(void **state) {
    (void)state;
    workers_meet(&citra, &ani);
    assert_int_equal(contact_remove(ani.store, store_self(citra.store)->person, clock_now_ms()),
                     RB_OK);
    worker_knows_address(&citra, &ani);
    worker_start(&ani);
    worker_start(&citra);
    workers_for(everybody, 3, 1000);
    assert_int_equal(citra.opened, 0);
    assert_int_equal(ani.opened, 0);
    assert_true(ani.refused > 0);
}

/* Budi's computer is stolen, and goes on calling. */
static void whose_device_is_revoked_is_let_go_and_not_let_in_again(void **state) {
    const struct store_self *thief = store_self(budi.store);
    struct writer whole;
    (void)state;

    ani_and_budi_confer();
    writer_init(&whole, CERT_BYTES_MAX);
    revoke_issue(&whole, thief->device_cert.id, thief->person, &thief->identity->person,
                 clock_now_ms() / 1000);
    assert_int_equal(revocation_add(ani.store, writer_view(&whole), clock_now_ms()), RB_OK);
    writer_clear(&whole);
    worker_post(&ani, thread, "laptop Budi hilang");
    assert_true(soon(is_not_connected, &ani));
    uint64_t opened = ani.opened;
    workers_for(everybody, 3, 3000);
    assert_int_equal(ani.opened, opened);
    assert_true(ani.refused > 0);
    assert_false(budi_sees("laptop Budi hilang"));
}

static bool budi_shuts_citra_out(void *unused) {
    struct contact contact;
    (void)unused;

    assert_int_equal(contact_get(budi.store, store_self(citra.store)->person, &contact), RB_OK);
    return contact.revoked;
}

/* Citra's computer is stolen: she is in no circle of theirs, and nobody writes anything. */
static void a_revocation_goes_over_the_open_connection_by_itself(void **state) {
    const struct store_self *lost = store_self(citra.store);
    struct writer whole;
    (void)state;

    workers_meet(&ani, &citra);
    workers_meet(&budi, &citra);
    ani_and_budi_confer();
    assert_false(budi_shuts_citra_out(NULL));
    writer_init(&whole, CERT_BYTES_MAX);
    revoke_issue(&whole, lost->device_cert.id, lost->person, &lost->identity->person,
                 clock_now_ms() / 1000);
    assert_int_equal(revocation_add(ani.store, writer_view(&whole), clock_now_ms()), RB_OK);
    writer_clear(&whole);
    assert_true(workers_until(everybody, 3, 2 * LIVE_MS, budi_shuts_citra_out, NULL));
    assert_int_equal(ani.opened, 1);
}

static void two_that_dial_each_other_keep_one_connection(void **state) {
    (void)state;
    worker_choose_address(&budi);
    worker_knows_address(&ani, &budi);
    worker_start(&ani);
    worker_start(&budi);
    assert_true(soon(is_connected, &ani));
    workers_for(everybody, 3, 4000);
    assert_int_equal(worker_open_exchanges(&ani), 1);
    assert_int_equal(worker_open_exchanges(&budi), 1);
    assert_true(ani.opened <= 2);
    assert_true(budi.opened <= 2);
}

static void a_listener_that_comes_back_is_found_again(void **state) {
    (void)state;
    ani_and_budi_confer();
    worker_stop(&ani);
    assert_true(soon(is_not_connected, &budi));
    worker_post(&budi, thread, "selagi Ani pergi");
    worker_start(&ani);
    assert_true(soon(ani_sees, "selagi Ani pergi"));
}

static void a_dialler_that_comes_back_is_taken_again(void **state) {
    (void)state;
    ani_and_budi_confer();
    worker_stop(&budi);
    assert_true(soon(is_not_connected, &ani));
    worker_post(&ani, thread, "selagi Budi pergi");
    worker_start(&budi);
    assert_true(soon(budi_sees, "selagi Budi pergi"));
}

/* ---- Peers with the right transport key that do not behave ---- */

static bool budi_is_allowed(void *context, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    (void)context;
    return memcmp(peer, store_self(budi.store)->identity->transport.public, BOX_PUBLIC_BYTES) == 0;
}

static struct links *raw_dial_ani(void) {
    struct links_setup setup = {
        .transport = &store_self(budi.store)->identity->transport,
        .allowed = budi_is_allowed,
    };
    const uint8_t *ani_key = store_self(ani.store)->identity->transport.public;
    int64_t deadline_ms = clock_steady_ms() + WORKERS_SOON_MS;
    struct links *links = NULL;

    assert_int_equal(links_open(&links, &setup), RB_OK);
    assert_int_equal(links_dial(links, ani_key, ani.address), RB_OK);
    while (links_connection(links, ani_key) == 0 && clock_steady_ms() < deadline_ms) {
        links_wait(links, 2, NULL, 0);
        workers_for(everybody, 3, 2);
    }
    return links;
}

static void raw_send(struct links *links, struct writer *frame) {
    int64_t deadline_ms = clock_steady_ms() + WORKERS_SOON_MS;
    struct link_id ani_id = { .dialled = true };
    enum rb_status status = RB_BUSY;

    memcpy(ani_id.peer, store_self(ani.store)->identity->transport.public, sizeof ani_id.peer);
    while (status == RB_BUSY && clock_steady_ms() < deadline_ms) {
        status = links_send(links, &ani_id, writer_view(frame));
        links_wait(links, 2, NULL, 0);
    }
    assert_int_equal(status, RB_OK);
    writer_clear(frame);
}

static struct wire_frame raw_answer(struct links *links, struct link_message *message) {
    int64_t deadline_ms = clock_steady_ms() + WORKERS_SOON_MS;
    struct wire_frame frame;

    while (!links_receive(links, message)) {
        assert_true(clock_steady_ms() < deadline_ms);
        links_wait(links, 2, NULL, 0);
        workers_for(everybody, 3, 2);
    }
    assert_int_equal(wire_decode(message->frame, &frame), RB_OK);
    return frame;
}

static void a_frame_without_a_greeting_is_told_so(void **state) {
    struct link_message message;
    struct writer frame;
    struct links *links;
    (void)state;

    worker_start(&ani);
    links = raw_dial_ani();
    writer_init(&frame, FRAME_BYTES_MAX);
    wire_ping(&frame, WIRE_PING, 0, 0);
    raw_send(links, &frame);
    struct wire_frame answer = raw_answer(links, &message);
    assert_int_equal(answer.type, WIRE_ERR);
    assert_int_equal(answer.code, WIRE_ERR_NEED_HELLO);
    link_message_free(&message);
    links_close(&links);
}

/* The newest HELLO counts: one whose sender was lost in mid-greeting does not keep him out. */
static void a_connection_lost_in_mid_greeting_does_not_stand_in_the_way(void **state) {
    struct wire_hello hello = { .protocol = WIRE_PROTOCOL, .role = WIRE_DIALLED };
    struct link_message message;
    struct writer frame;
    struct links *links;
    (void)state;

    worker_start(&ani);
    links = raw_dial_ani();
    memcpy(hello.device_cert, store_self(budi.store)->device_cert.id, sizeof hello.device_cert);
    writer_init(&frame, FRAME_BYTES_MAX);
    wire_hello(&frame, &hello);
    raw_send(links, &frame);
    assert_int_equal(raw_answer(links, &message).type, WIRE_HELLO);
    link_message_free(&message);
    links_close(&links);
    worker_start(&budi);
    assert_true(soon(is_connected, &budi));
    assert_true(soon(is_connected, &ani));
}

/* As after a restart of the listener that the dialler has not noticed. */
static void a_dialler_that_is_told_to_greet_begins_again(void **state) {
    struct links_setup setup = {
        .transport = &store_self(ani.store)->identity->transport,
        .allowed = budi_is_allowed,
    };
    char endpoint[LINK_ENDPOINT_BYTES_MAX];
    struct link_message message;
    struct links *links = NULL;
    struct writer frame;
    (void)state;

    assert_int_equal(links_open(&links, &setup), RB_OK);
    assert_int_equal(links_listen(links, ani.address, endpoint), RB_OK);
    worker_start(&budi);
    assert_int_equal(raw_answer(links, &message).type, WIRE_HELLO);
    writer_init(&frame, FRAME_BYTES_MAX);
    wire_err(&frame, WIRE_ERR_NEED_HELLO, 0);
    assert_int_equal(links_send(links, &message.from, writer_view(&frame)), RB_OK);
    writer_clear(&frame);
    link_message_free(&message);
    assert_int_equal(raw_answer(links, &message).type, WIRE_HELLO);
    link_message_free(&message);
    links_close(&links);
}

/* ---- A disk that takes nothing any more ---- */

static bool budi_knows_delivered(void *text) {
    return worker_sees_delivered(&budi, thread, text);
}

static void files_may_grow(bool may) {
    struct rlimit limit;

    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = may ? limit.rlim_max : 0;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Steps Ani alone, who cannot write, until that ends her node. */
static enum rb_status ani_fails(void) {
    int64_t deadline_ms = clock_steady_ms() + WORKERS_SOON_MS;
    enum rb_status status = RB_OK;

    files_may_grow(false);
    while (status == RB_OK && clock_steady_ms() < deadline_ms) {
        status = node_step(ani.node, 2);
    }
    files_may_grow(true);
    return status;
}

static void a_run_that_cannot_be_written_is_not_acknowledged(void **state) {
    struct worker *const only_budi[] = { &budi };
    (void)state;

    (void)signal(SIGXFSZ, SIG_IGN);
    ani_and_budi_confer();
    workers_for(everybody, 3, 1500); /* Nothing else is left to be written. */
    worker_post(&budi, thread, "tak muat");
    workers_for(only_budi, 1, 200);
    assert_int_equal(ani_fails(), RB_FULL);
    workers_for(everybody, 3, 500); /* The connection would carry an ACK. */
    assert_false(budi_knows_delivered("tak muat"));
    assert_false(ani_sees("tak muat"));

    worker_stop(&ani);
    worker_start(&ani);
    assert_true(soon(budi_knows_delivered, "tak muat"));
    assert_true(ani_sees("tak muat"));
}

/* ---- Running ---- */

static volatile int ani_stops;

static void *run_ani(void *status) {
    *(enum rb_status *)status = node_run(ani.node, &ani_stops);
    return NULL;
}

static void a_sync_ends_when_nothing_is_left(void **state) {
    const struct node_peer *peers;
    enum rb_status of_ani = RB_STORAGE;
    pthread_t runner;
    (void)state;

    ani_and_budi_confer();
    worker_stop(&budi);
    worker_post(&budi, thread, "dikirim nanti");
    worker_start(&budi);
    ani_stops = 0;
    assert_int_equal(pthread_create(&runner, NULL, run_ani, &of_ani), 0);
    assert_int_equal(node_sync(budi.node, WORKERS_SOON_MS, NULL), RB_OK);
    assert_int_equal(node_peers(budi.node, &peers), 1);
    assert_true(peers[0].reached);
    assert_true(peers[0].done);
    assert_int_equal(peers[0].left, 0);
    assert_true(peers[0].events_sent >= 1);
    assert_true(peers[0].bytes_sent > 0);
    assert_true(peers[0].bytes_received > 0);
    ani_stops = 1;
    assert_int_equal(pthread_join(runner, NULL), 0);
    assert_int_equal(of_ani, RB_OK);
    assert_true(ani_sees("dikirim nanti"));
}

static void a_sync_with_nobody_there_ends_in_time(void **state) {
    int64_t started_ms = clock_steady_ms();
    const struct node_peer *peers;
    (void)state;

    worker_start(&budi);
    assert_int_equal(node_sync(budi.node, 700, NULL), RB_UNREACHABLE);
    assert_true(clock_steady_ms() - started_ms < LIVE_MS);
    assert_int_equal(node_peers(budi.node, &peers), 1);
    assert_false(peers[0].reached);
}

static void a_sync_without_addresses_has_nothing_to_do(void **state) {
    (void)state;
    worker_start(&ani);
    assert_int_equal(node_sync(ani.node, 1000, NULL), RB_NOT_FOUND);
}

static void a_node_that_is_stopped_says_goodbye_in_time(void **state) {
    enum rb_status of_ani = RB_STORAGE;
    int64_t started_ms;
    pthread_t runner;
    (void)state;

    ani_and_budi_confer();
    ani_stops = 0;
    assert_int_equal(pthread_create(&runner, NULL, run_ani, &of_ani), 0);
    started_ms = clock_steady_ms();
    ani_stops = 1;
    assert_int_equal(pthread_join(runner, NULL), 0);
    worker_stop(&ani);
    assert_int_equal(of_ani, RB_OK);
    assert_true(clock_steady_ms() - started_ms < 5000);
    assert_true(workers_until(everybody, 3, LIVE_MS, is_not_connected, &budi));
}

static void a_listener_in_use_is_named(void **state) {
    struct node_setup setup = { .store = citra.store, .listen_count = 2 };
    char listen[2][ADDRESS_BYTES_MAX + 1] = { "tcp://127.0.0.1:0" };
    struct node *node = NULL;
    size_t bad_listen = 9;
    (void)state;

    worker_start(&ani);
    memcpy(listen[1], ani.address, sizeof listen[1]);
    setup.listen = (const char(*)[ADDRESS_BYTES_MAX + 1]) listen;
    assert_int_equal(node_open(&node, &setup, &bad_listen), RB_IN_USE);
    assert_int_equal(bad_listen, 1);
    assert_null(node);
}

static void a_home_is_locked_by_one_node(void **state) {
    const char *home = folder_name(&ani.folder, "rumah");
    int lock = -1, second = -1;
    (void)state;

    assert_false(node_is_running(home));
    assert_int_equal(node_lock(home, &lock), RB_OK);
    assert_true(node_is_running(home));
    assert_int_equal(node_lock(home, &second), RB_BUSY);
    node_unlock(lock);
    assert_false(node_is_running(home));
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

#define NODE_TEST(name) cmocka_unit_test_setup_teardown(name, trio_make, trio_remove)

int main(void) {
    const struct CMUnitTest tests[] = {
        NODE_TEST(an_invitation_and_posts_travel_both_ways),
        NODE_TEST(a_post_goes_over_the_open_connection_at_once),
        NODE_TEST(what_the_peer_has_is_known_to_be_delivered),
        NODE_TEST(a_member_between_two_others_carries_their_posts),
        NODE_TEST(whoever_is_no_contact_is_refused),
        NODE_TEST(whose_device_is_revoked_is_let_go_and_not_let_in_again),
        NODE_TEST(a_revocation_goes_over_the_open_connection_by_itself),
        NODE_TEST(two_that_dial_each_other_keep_one_connection),
        NODE_TEST(a_listener_that_comes_back_is_found_again),
        NODE_TEST(a_dialler_that_comes_back_is_taken_again),
        NODE_TEST(a_frame_without_a_greeting_is_told_so),
        NODE_TEST(a_connection_lost_in_mid_greeting_does_not_stand_in_the_way),
        NODE_TEST(a_dialler_that_is_told_to_greet_begins_again),
        NODE_TEST(a_run_that_cannot_be_written_is_not_acknowledged),
        NODE_TEST(a_sync_ends_when_nothing_is_left),
        NODE_TEST(a_sync_with_nobody_there_ends_in_time),
        NODE_TEST(a_sync_without_addresses_has_nothing_to_do),
        NODE_TEST(a_node_that_is_stopped_says_goodbye_in_time),
        NODE_TEST(a_listener_in_use_is_named),
        NODE_TEST(a_home_is_locked_by_one_node),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
