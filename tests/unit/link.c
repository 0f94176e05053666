/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links over real sockets, loopback only.  Every wait has a deadline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "node/link.h"
#include "node/node.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <zmq.h>

enum { SOON_MS = 5000, REFUSAL_MS = 1500 };

/* ---- Arranging: two ends that know each other, unless a test says otherwise ---- */

struct end {
    struct box_key key;
    struct links *links;
    char endpoint[LINK_ENDPOINT_BYTES_MAX];
    uint8_t admits[BOX_PUBLIC_BYTES];
    bool admits_all;
};

static bool end_allows(void *context, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    const struct end *end = context;

    return end->admits_all || memcmp(end->admits, peer, sizeof end->admits) == 0;
}

static void end_open(struct end *end) {
    struct links_setup setup = {
        .transport = &end->key,
        .allowed = end_allows,
        .context = end,
    };

    assert_int_equal(links_open(&end->links, &setup), RB_OK);
}

static struct end alice, bob;

/* The one-time keys of a door of Bob's, and where it is. */
static struct box_key server, client;
static char door_endpoint[LINK_ENDPOINT_BYTES_MAX];
static uint64_t door;

static int make_ends(void **state) {
    (void)state;
    memset(&alice, 0, sizeof alice);
    memset(&bob, 0, sizeof bob);
    crypt_box_new(&alice.key);
    crypt_box_new(&bob.key);
    crypt_box_new(&server);
    crypt_box_new(&client);
    memcpy(alice.admits, bob.key.public, BOX_PUBLIC_BYTES);
    memcpy(bob.admits, alice.key.public, BOX_PUBLIC_BYTES);
    end_open(&alice);
    end_open(&bob);
    return 0;
}

static int close_ends(void **state) {
    (void)state;
    links_close(&alice.links);
    links_close(&bob.links);
    return 0;
}

static void bob_listens(const char *address) {
    assert_int_equal(links_listen(bob.links, address, bob.endpoint), RB_OK);
}

static void both_wait(void) {
    if (alice.links != NULL) {
        links_wait(alice.links, 5, NULL, 0);
    }
    if (bob.links != NULL) {
        links_wait(bob.links, 5, NULL, 0);
    }
}

static uint64_t alice_connection(void) {
    return links_connection(alice.links, bob.key.public);
}

/* True as soon as Alice's connection to Bob is there (or is not there), false after `ms`. */
static bool alice_is_connected_within(bool connected, int64_t ms) {
    int64_t deadline_ms = clock_steady_ms() + ms;

    while ((alice_connection() != 0) != connected && clock_steady_ms() < deadline_ms) {
        both_wait();
    }
    return (alice_connection() != 0) == connected;
}

static void alice_reaches_bob(void) {
    bob_listens("tcp://127.0.0.1:*");
    assert_int_equal(links_dial(alice.links, bob.key.public, bob.endpoint), RB_OK);
    assert_true(alice_is_connected_within(true, SOON_MS));
}

static bool receives_within(struct end *end, struct link_message *message, int64_t ms) {
    int64_t deadline_ms = clock_steady_ms() + ms;

    while (!links_receive(end->links, message)) {
        if (clock_steady_ms() >= deadline_ms) {
            return false;
        }
        both_wait();
    }
    return true;
}

static struct link_id alice_to_bob(void) {
    struct link_id id = { .dialled = true };

    memcpy(id.peer, bob.key.public, sizeof id.peer);
    return id;
}

static enum rb_status send_until_decided(struct end *from, const struct link_id *to,
                                         const char *text) {
    int64_t deadline_ms = clock_steady_ms() + SOON_MS;
    enum rb_status status = links_send(from->links, to, span_text(text));

    while (status == RB_BUSY && clock_steady_ms() < deadline_ms) {
        both_wait();
        status = links_send(from->links, to, span_text(text));
    }
    return status;
}

static bool connected_within(const uint8_t peer[static BOX_PUBLIC_BYTES], int64_t ms) {
    int64_t deadline_ms = clock_steady_ms() + ms;

    while (links_connection(alice.links, peer) == 0 && clock_steady_ms() < deadline_ms) {
        both_wait();
    }
    return links_connection(alice.links, peer) != 0;
}

static void bob_opens_a_door(const char *address) {
    assert_int_equal(
        links_door_open(bob.links, &server, client.public, address, door_endpoint, &door), RB_OK);
}

static void alice_reaches_the_door(void) {
    bob_opens_a_door("tcp://127.0.0.1:*");
    assert_int_equal(links_dial_as(alice.links, &client, server.public, door_endpoint), RB_OK);
    assert_true(connected_within(server.public, SOON_MS));
}

static struct link_id alice_to_the_door(void) {
    struct link_id id = { .dialled = true };

    memcpy(id.peer, server.public, sizeof id.peer);
    return id;
}

/* Alice's word has come to Bob; gives the way back. */
static struct link_id bob_hears(const char *text) {
    struct link_message message;
    struct link_id from;

    assert_true(receives_within(&bob, &message, SOON_MS));
    assert_true(span_equal(message.frame, span_text(text)));
    from = message.from;
    link_message_free(&message);
    return from;
}

static struct link_id a_way_back(void) {
    struct link_id to = alice_to_bob();

    alice_reaches_bob();
    assert_int_equal(send_until_decided(&alice, &to, "halo"), RB_OK);
    return bob_hears("halo");
}

/* A client with Alice's key that does what rembuk never does. */
struct raw {
    void *context, *socket;
};

static struct raw raw_dial(bool curve) {
    const int linger_ms = 0, never = -1;
    struct raw raw = { .context = zmq_ctx_new() };

    raw.socket = zmq_socket(raw.context, ZMQ_DEALER);
    zmq_setsockopt(raw.socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    zmq_setsockopt(raw.socket, ZMQ_RECONNECT_IVL, &never, sizeof never);
    if (curve) {
        zmq_setsockopt(raw.socket, ZMQ_CURVE_PUBLICKEY, alice.key.public, BOX_PUBLIC_BYTES);
        zmq_setsockopt(raw.socket, ZMQ_CURVE_SECRETKEY, alice.key.secret, BOX_SECRET_BYTES);
        zmq_setsockopt(raw.socket, ZMQ_CURVE_SERVERKEY, bob.key.public, BOX_PUBLIC_BYTES);
    }
    assert_int_equal(zmq_connect(raw.socket, bob.endpoint), 0);
    return raw;
}

static void raw_send(struct raw *raw, size_t len, int flags) {
    uint8_t *bytes = rb_alloc(len, 1);

    assert_int_equal(zmq_send(raw->socket, bytes, len, ZMQ_DONTWAIT | flags), (int)len);
    free(bytes);
}

static void raw_close(struct raw *raw) {
    zmq_close(raw->socket);
    zmq_ctx_term(raw->context);
}

/* ---- Who gets in ---- */

static void old_libraries_are_refused(void **state) {
    (void)state;
    assert_false(links_version_is_safe(3, 9, 9));
    assert_false(links_version_is_safe(4, 2, 5));
    assert_false(links_version_is_safe(4, 3, 2));
    assert_true(links_version_is_safe(4, 3, 3));
    assert_true(links_version_is_safe(4, 4, 0));
    assert_true(links_version_is_safe(5, 0, 0));
}

static void a_listed_peer_is_known_by_its_key(void **state) {
    struct link_id way_back = a_way_back();
    struct link_message message;
    (void)state;

    assert_false(way_back.dialled);
    assert_memory_equal(way_back.peer, alice.key.public, BOX_PUBLIC_BYTES);
    assert_int_equal(send_until_decided(&bob, &way_back, "apa kabar"), RB_OK);
    assert_true(receives_within(&alice, &message, SOON_MS));
    assert_true(span_equal(message.frame, span_text("apa kabar")));
    assert_true(message.from.dialled);
    assert_memory_equal(message.from.peer, bob.key.public, BOX_PUBLIC_BYTES);
    link_message_free(&message);
}

static void a_stranger_gets_nothing_but_the_handshake(void **state) {
    struct link_id to = alice_to_bob();
    struct link_message message;
    (void)state;

    memset(bob.admits, 0, sizeof bob.admits);
    bob_listens("tcp://127.0.0.1:*");
    assert_int_equal(links_dial(alice.links, bob.key.public, bob.endpoint), RB_OK);
    assert_false(receives_within(&bob, &message, REFUSAL_MS));
    assert_int_equal(alice_connection(), 0);
    assert_int_equal(links_send(alice.links, &to, span_text("halo")), RB_BUSY);
    assert_true(links_refused(bob.links) > 0);
}

static void a_client_without_curve_gets_nothing(void **state) {
    struct link_message message;
    struct raw raw;
    (void)state;

    bob_listens("tcp://127.0.0.1:*");
    raw = raw_dial(false);
    raw_send(&raw, 5, 0);
    assert_false(receives_within(&bob, &message, REFUSAL_MS));
    raw_close(&raw);
}

static void a_wrong_server_key_never_connects(void **state) {
    struct box_key wrong;
    int64_t deadline_ms = clock_steady_ms() + REFUSAL_MS;
    (void)state;

    crypt_box_new(&wrong);
    bob_listens("tcp://127.0.0.1:*");
    assert_int_equal(links_dial(alice.links, wrong.public, bob.endpoint), RB_OK);
    while (clock_steady_ms() < deadline_ms) {
        both_wait();
        assert_int_equal(links_connection(alice.links, wrong.public), 0);
    }
}

static void a_node_that_would_admit_strangers_does_not_listen(void **state) {
    (void)state;
    bob.admits_all = true;
    assert_int_equal(links_listen(bob.links, "tcp://127.0.0.1:*", bob.endpoint), RB_UNSAFE);
}

/* ---- Doors ---- */

/* So many are refused, and nothing follows. */
static void bob_refuses(uint64_t count) {
    int64_t deadline_ms = clock_steady_ms() + SOON_MS;

    while (links_refused(bob.links) < count && clock_steady_ms() < deadline_ms) {
        both_wait();
    }
    for (size_t i = 0; i < 10; i++) {
        both_wait();
    }
    assert_int_equal(links_refused(bob.links), count);
}

static void who_has_the_key_of_a_door_is_heard_there_and_answered(void **state) {
    struct link_id to = alice_to_the_door();
    struct link_message message;
    struct link_id from;
    (void)state;

    alice_reaches_the_door();
    assert_int_equal(send_until_decided(&alice, &to, "permisi"), RB_OK);
    from = bob_hears("permisi");
    assert_false(from.dialled);
    assert_int_equal(from.door, door);
    assert_memory_equal(from.peer, client.public, BOX_PUBLIC_BYTES);
    assert_int_equal(send_until_decided(&bob, &from, "silakan"), RB_OK);
    assert_true(receives_within(&alice, &message, SOON_MS));
    assert_true(span_equal(message.frame, span_text("silakan")));
    assert_memory_equal(message.from.peer, server.public, BOX_PUBLIC_BYTES);
    link_message_free(&message);
}

static void a_stranger_is_refused_at_a_door(void **state) {
    struct box_key stranger;
    (void)state;

    crypt_box_new(&stranger);
    bob_opens_a_door("tcp://127.0.0.1:*");
    assert_int_equal(links_refused(bob.links), 0); /* The one of the self-test does not count. */
    assert_int_equal(links_dial_as(alice.links, &stranger, server.public, door_endpoint), RB_OK);
    bob_refuses(1);
    assert_int_equal(links_connection(alice.links, server.public), 0);
}

/* Who is admitted as a contact is so at the ordinary place alone, whatever server key he learns. */
static void a_contact_is_refused_at_a_door(void **state) {
    (void)state;
    bob.admits_all = true; /* and the door tests itself all the same */
    bob_opens_a_door("tcp://127.0.0.1:*");
    assert_int_equal(links_dial(alice.links, server.public, door_endpoint), RB_OK);
    bob_refuses(1);
    assert_int_equal(links_connection(alice.links, server.public), 0);
}

static void the_key_of_a_door_is_refused_elsewhere(void **state) {
    struct box_key other_server, other_client;
    char other_endpoint[LINK_ENDPOINT_BYTES_MAX];
    uint64_t other;
    (void)state;

    crypt_box_new(&other_server);
    crypt_box_new(&other_client);
    bob_listens("tcp://127.0.0.1:*");
    bob_opens_a_door("tcp://127.0.0.1:*");
    assert_int_equal(links_door_open(bob.links, &other_server, other_client.public,
                                     "tcp://127.0.0.1:*", other_endpoint, &other),
                     RB_OK);
    assert_int_equal(links_dial_as(alice.links, &client, bob.key.public, bob.endpoint), RB_OK);
    assert_int_equal(links_dial_as(alice.links, &client, other_server.public, other_endpoint),
                     RB_OK);
    bob_refuses(2);
    assert_int_equal(links_connection(alice.links, bob.key.public), 0);
    assert_int_equal(links_connection(alice.links, other_server.public), 0);
}

/* A TCP connection over which nothing is ever said. */
static int idle_connection(const char *endpoint) {
    struct sockaddr_in place = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int idle = socket(AF_INET, SOCK_STREAM, 0);

    place.sin_port = htons((uint16_t)strtoul(strrchr(endpoint, ':') + 1, NULL, 10));
    assert_true(idle >= 0);
    assert_int_equal(connect(idle, (const struct sockaddr *)&place, sizeof place), 0);
    return idle;
}

enum { IDLE_COUNT = 200 };

static void idle_connections_open(const char *endpoint, int idle[static IDLE_COUNT]) {
    for (size_t i = 0; i < IDLE_COUNT; i++) {
        idle[i] = idle_connection(endpoint);
        if (i % 32 == 0) {
            both_wait();
        }
    }
    for (int i = 0; i < 20; i++) {
        both_wait();
    }
}

static void strangers_who_say_nothing_keep_nobody_out_of_a_door(void **state) {
    int idle[IDLE_COUNT];
    (void)state;

    bob_opens_a_door("tcp://127.0.0.1:*");
    idle_connections_open(door_endpoint, idle);
    assert_int_equal(links_dial_as(alice.links, &client, server.public, door_endpoint), RB_OK);
    assert_true(connected_within(server.public, SOON_MS));
    for (size_t i = 0; i < IDLE_COUNT; i++) {
        close(idle[i]);
    }
}

static void a_door_that_is_closed_leaves_its_place_and_nobody_behind(void **state) {
    struct link_id to = alice_to_the_door();
    uint64_t closed;
    (void)state;

    alice_reaches_the_door();
    assert_int_equal(send_until_decided(&alice, &to, "permisi"), RB_OK);
    const struct link_id from = bob_hears("permisi");
    closed = door;
    links_door_close(bob.links, door);
    assert_int_equal(links_send(bob.links, &from, span_text("terlambat")), RB_UNREACHABLE);
    char place[LINK_ENDPOINT_BYTES_MAX];
    memcpy(place, door_endpoint, sizeof place);
    crypt_box_new(&server); /* Another invitation, at the same place at once. */
    bob_opens_a_door(place);
    assert_true(door != closed);
    assert_int_equal(links_send(bob.links, &from, span_text("terlambat")), RB_UNREACHABLE);
    assert_false(connected_within(server.public, 200));
    links_door_close(bob.links, closed); /* none any more: nothing happens */
    assert_int_equal(links_dial_as(alice.links, &client, server.public, door_endpoint), RB_OK);
    assert_true(connected_within(server.public, SOON_MS));
}

static void a_door_at_any_address_leaves_its_place_too(void **state) {
    char place[LINK_ENDPOINT_BYTES_MAX];
    (void)state;

    bob_opens_a_door("tcp://0.0.0.0:*");
    memcpy(place, door_endpoint, sizeof place);
    links_door_close(bob.links, door);
    bob_opens_a_door(place);
    assert_string_equal(door_endpoint, place);
}

static void the_same_client_at_two_doors_is_two_links(void **state) {
    struct link_id a = { .door = 1, .route = { 1 }, .route_len = 1 };
    struct link_id b = a;
    (void)state;

    assert_true(link_id_equal(&a, &b));
    b.door = 2;
    assert_false(link_id_equal(&a, &b));
}

static void there_are_no_more_doors_than_may_be_open(void **state) {
    uint64_t first = 0;
    (void)state;

    for (size_t i = 0; i < LINK_DOORS_MAX; i++) {
        crypt_box_new(&server);
        bob_opens_a_door("tcp://127.0.0.1:*");
        first = i == 0 ? door : first;
    }
    assert_int_equal(links_door_open(bob.links, &server, client.public, "tcp://127.0.0.1:*",
                                     door_endpoint, &door),
                     RB_TOO_LARGE);
    links_door_close(bob.links, first);
    bob_opens_a_door("tcp://127.0.0.1:*");
}

static void a_door_says_why_it_cannot_be_where_it_should(void **state) {
    (void)state;
    bob_listens("tcp://127.0.0.1:*");
    assert_int_equal(
        links_door_open(bob.links, &server, client.public, bob.endpoint, door_endpoint, &door),
        RB_IN_USE);
    assert_int_equal(links_door_open(bob.links, &server, client.public, "tcp://192.0.2.1:7437",
                                     door_endpoint, &door),
                     RB_MALFORMED);
    bob_opens_a_door("tcp://127.0.0.1:*"); /* What failed has left nothing. */
}

static void a_frame_longer_than_a_door_takes_ends_the_connection(void **state) {
    struct link_id to = alice_to_the_door();
    struct link_message message;
    uint8_t *bytes = rb_alloc(LINK_DOOR_FRAME_BYTES_MAX + 1, 1);
    (void)state;

    alice_reaches_the_door();
    assert_int_equal(links_send(alice.links, &to, span_of(bytes, INVITE_ANSWER_BYTES_MAX + 8)),
                     RB_OK);
    assert_true(receives_within(&bob, &message, SOON_MS));
    link_message_free(&message);
    assert_int_equal(links_send(alice.links, &to, span_of(bytes, LINK_DOOR_FRAME_BYTES_MAX + 1)),
                     RB_OK);
    assert_false(receives_within(&bob, &message, 700));
    free(bytes);
}

/* ---- Addresses ---- */

static void the_address_really_bound_is_told(void **state) {
    (void)state;
    bob_listens("tcp://127.0.0.1:*");
    assert_int_equal(strncmp(bob.endpoint, "tcp://127.0.0.1:", 16), 0);
    assert_true(strtol(bob.endpoint + 16, NULL, 10) > 0);
    bob_listens("tcp://127.0.0.1:0"); /* a second one beside it */
}

static void any_address_is_tested_over_loopback(void **state) {
    (void)state;
    bob_listens("tcp://0.0.0.0:*");
    assert_int_equal(strncmp(bob.endpoint, "tcp://0.0.0.0:", 14), 0);
}

static void a_port_in_use_is_told(void **state) {
    char endpoint[LINK_ENDPOINT_BYTES_MAX];
    (void)state;

    bob_listens("tcp://127.0.0.1:*");
    assert_int_equal(links_listen(alice.links, bob.endpoint, endpoint), RB_IN_USE);
}

static void what_is_no_address_is_malformed(void **state) {
    static const char *const wrong[] = { "",
                                         "127.0.0.1:7437",
                                         "tcp://127.0.0.1",
                                         "tcp://:x",
                                         "ipc:///tmp/rembuk",
                                         "inproc://rembuk",
                                         "tcp://192.0.2.1:7437" };
    char endpoint[LINK_ENDPOINT_BYTES_MAX];
    (void)state;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(links_listen(bob.links, wrong[i], endpoint), RB_MALFORMED);
    }
    assert_int_equal(links_dial(bob.links, alice.key.public, "ipc:///tmp/rembuk"), RB_MALFORMED);
    assert_int_equal(links_dial(bob.links, alice.key.public, "tcp://127.0.0.1"), RB_MALFORMED);
}

static void a_peer_is_dialled_once(void **state) {
    (void)state;
    bob_listens("tcp://127.0.0.1:*");
    assert_int_equal(links_dial(alice.links, bob.key.public, bob.endpoint), RB_OK);
    assert_int_equal(links_dial(alice.links, bob.key.public, bob.endpoint), RB_EXISTS);
    links_hang_up(alice.links, bob.key.public);
    assert_false(links_dialled(alice.links, bob.key.public));
    assert_int_equal(links_dial(alice.links, bob.key.public, bob.endpoint), RB_OK);
}

/* ---- Frames that rembuk does not send ---- */

static void a_message_of_several_parts_is_dropped(void **state) {
    struct link_message message;
    struct raw raw;
    (void)state;

    bob_listens("tcp://127.0.0.1:*");
    raw = raw_dial(true);
    raw_send(&raw, 3, ZMQ_SNDMORE);
    raw_send(&raw, 4, 0);
    raw_send(&raw, 5, 0);
    assert_true(receives_within(&bob, &message, SOON_MS));
    assert_int_equal(message.frame.len, 5);
    link_message_free(&message);
    raw_close(&raw);
}

static void a_routing_id_chosen_by_the_peer_means_nothing(void **state) {
    struct link_id way_back = a_way_back();
    struct link_message message;
    struct raw raw = raw_dial(true);
    (void)state;

    /* A second connection that claims the first one's id: libzmq ignores it, and the first one
     * stays. */
    zmq_disconnect(raw.socket, bob.endpoint);
    zmq_setsockopt(raw.socket, ZMQ_ROUTING_ID, way_back.route, way_back.route_len);
    assert_int_equal(zmq_connect(raw.socket, bob.endpoint), 0);
    assert_false(receives_within(&bob, &message, 300));
    assert_int_equal(send_until_decided(&bob, &way_back, "untuk Alice"), RB_OK);
    assert_true(receives_within(&alice, &message, SOON_MS));
    link_message_free(&message);
    raw_close(&raw);
}

static void an_oversize_frame_ends_the_connection(void **state) {
    struct link_message message;
    struct raw raw;
    (void)state;

    bob_listens("tcp://127.0.0.1:*");
    raw = raw_dial(true);
    raw_send(&raw, FRAME_BYTES_MAX + 1, 0);
    raw_send(&raw, 5, 0); /* would arrive if the connection had lived */
    assert_false(receives_within(&bob, &message, 700));
    raw_close(&raw);
}

/* ---- Full queues, lost peers ---- */

enum { FLOOD_FRAME_BYTES = 64 * 1024, FLOOD_FRAMES_MAX = 4000 };

/* Sends frames that nobody takes until the queue is full; gives how many went. */
static size_t flood(struct end *from, const struct link_id *to) {
    uint8_t *frame = rb_alloc(FLOOD_FRAME_BYTES, 1);
    size_t sent = 0;
    enum rb_status status = RB_OK;

    while (status == RB_OK && sent < FLOOD_FRAMES_MAX) {
        status = links_send(from->links, to, span_of(frame, FLOOD_FRAME_BYTES));
        sent += status == RB_OK;
    }
    free(frame);
    assert_int_equal(status, RB_BUSY);
    return sent;
}

static void drains(struct end *end, size_t frames) {
    struct link_message message;

    for (size_t i = 0; i < frames; i++) {
        assert_true(receives_within(end, &message, SOON_MS));
        link_message_free(&message);
    }
}

static void a_full_queue_of_a_dialler_is_busy_and_loses_nothing(void **state) {
    struct link_id to = alice_to_bob();
    (void)state;

    (void)a_way_back();
    drains(&bob, flood(&alice, &to));
    assert_int_equal(send_until_decided(&alice, &to, "lagi"), RB_OK);
    (void)bob_hears("lagi");
}

static void a_full_queue_of_a_listener_is_busy_and_loses_nothing(void **state) {
    struct link_id way_back = a_way_back();
    (void)state;

    drains(&alice, flood(&bob, &way_back));
    assert_int_equal(send_until_decided(&bob, &way_back, "lagi"), RB_OK);
}

static void a_peer_that_is_gone_is_unreachable(void **state) {
    struct link_id way_back = a_way_back();
    int64_t deadline_ms = clock_steady_ms() + SOON_MS;
    enum rb_status status = RB_OK;
    (void)state;

    links_close(&alice.links);
    while (status != RB_UNREACHABLE && clock_steady_ms() < deadline_ms) {
        both_wait();
        status = links_send(bob.links, &way_back, span_text("masih ada?"));
    }
    assert_int_equal(status, RB_UNREACHABLE);
}

static void what_was_sent_before_hanging_up_arrives(void **state) {
    struct link_id to = alice_to_bob();
    (void)state;

    (void)a_way_back();
    assert_int_equal(send_until_decided(&alice, &to, "sampai jumpa"), RB_OK);
    links_hang_up(alice.links, bob.key.public);
    (void)bob_hears("sampai jumpa");
    assert_int_equal(links_send(alice.links, &to, span_text("x")), RB_UNREACHABLE);
}

static void a_dialler_connects_anew_when_the_listener_is_back(void **state) {
    struct link_id to = alice_to_bob();
    char address[LINK_ENDPOINT_BYTES_MAX];
    uint64_t before;
    (void)state;

    (void)a_way_back();
    before = alice_connection();
    memcpy(address, bob.endpoint, sizeof address);
    links_close(&bob.links);
    assert_true(alice_is_connected_within(false, SOON_MS));
    end_open(&bob);
    bob_listens(address);
    assert_true(alice_is_connected_within(true, 2 * SOON_MS));
    assert_true(alice_connection() > before);
    assert_int_equal(send_until_decided(&alice, &to, "lagi"), RB_OK);
    (void)bob_hears("lagi");
}

/* ---- Waiting ---- */

static void a_byte_at_a_watched_descriptor_ends_the_wait(void **state) {
    int ends[2];
    int64_t started_ms = clock_steady_ms();
    (void)state;

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    const struct pollfd wake = { .fd = ends[0], .events = POLLIN };
    links_wait(bob.links, SOON_MS, &wake, 1);
    assert_true(clock_steady_ms() - started_ms < SOON_MS / 2);
    close(ends[0]);
    close(ends[1]);
}

static void room_at_a_watched_descriptor_ends_the_wait(void **state) {
    int ends[2];
    int64_t started_ms = clock_steady_ms();
    (void)state;

    assert_int_equal(pipe(ends), 0);
    const struct pollfd room = { .fd = ends[1], .events = POLLOUT };
    links_wait(bob.links, SOON_MS, &room, 1);
    assert_true(clock_steady_ms() - started_ms < SOON_MS / 2);
    close(ends[0]);
    close(ends[1]);
}

static void on_alarm(int signal) {
    (void)signal;
}

static void a_signal_ends_the_wait(void **state) {
    struct sigaction action = { .sa_handler = on_alarm };
    struct itimerval soon = { .it_value = { .tv_usec = 50000 } };
    int64_t started_ms = clock_steady_ms();
    (void)state;

    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
    links_wait(bob.links, SOON_MS, NULL, 0);
    assert_true(clock_steady_ms() - started_ms < SOON_MS / 2);
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

#define LINK_TEST(name) cmocka_unit_test_setup_teardown(name, make_ends, close_ends)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(old_libraries_are_refused),
        LINK_TEST(a_listed_peer_is_known_by_its_key),
        LINK_TEST(a_stranger_gets_nothing_but_the_handshake),
        LINK_TEST(a_client_without_curve_gets_nothing),
        LINK_TEST(a_wrong_server_key_never_connects),
        LINK_TEST(a_node_that_would_admit_strangers_does_not_listen),
        LINK_TEST(who_has_the_key_of_a_door_is_heard_there_and_answered),
        LINK_TEST(a_stranger_is_refused_at_a_door),
        LINK_TEST(a_contact_is_refused_at_a_door),
        LINK_TEST(the_key_of_a_door_is_refused_elsewhere),
        LINK_TEST(strangers_who_say_nothing_keep_nobody_out_of_a_door),
        LINK_TEST(a_door_that_is_closed_leaves_its_place_and_nobody_behind),
        LINK_TEST(a_door_at_any_address_leaves_its_place_too),
        LINK_TEST(the_same_client_at_two_doors_is_two_links),
        LINK_TEST(there_are_no_more_doors_than_may_be_open),
        LINK_TEST(a_door_says_why_it_cannot_be_where_it_should),
        LINK_TEST(a_frame_longer_than_a_door_takes_ends_the_connection),
        LINK_TEST(the_address_really_bound_is_told),
        LINK_TEST(any_address_is_tested_over_loopback),
        LINK_TEST(a_port_in_use_is_told),
        LINK_TEST(what_is_no_address_is_malformed),
        LINK_TEST(a_peer_is_dialled_once),
        LINK_TEST(a_message_of_several_parts_is_dropped),
        LINK_TEST(a_routing_id_chosen_by_the_peer_means_nothing),
        LINK_TEST(an_oversize_frame_ends_the_connection),
        LINK_TEST(a_full_queue_of_a_dialler_is_busy_and_loses_nothing),
        LINK_TEST(a_full_queue_of_a_listener_is_busy_and_loses_nothing),
        LINK_TEST(a_peer_that_is_gone_is_unreachable),
        LINK_TEST(what_was_sent_before_hanging_up_arrives),
        LINK_TEST(a_dialler_connects_anew_when_the_listener_is_back),
        LINK_TEST(a_byte_at_a_watched_descriptor_ends_the_wait),
        LINK_TEST(room_at_a_watched_descriptor_ends_the_wait),
        LINK_TEST(a_signal_ends_the_wait),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
