/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/sync_internal.h"
#include "tests/support/sync_pair.h"

#include <stdlib.h>
#include <string.h>

/* ---- Greeting ---- */

static void peers_prove_themselves_and_settle(void **state) {
    (void)state;
    arrange(2, 0);
    struct world_end *end = connected();

    assert_true(sync_progress(end->sync).open);
    assert_done(end);
}

static void proof_of_another_device_closes(void **state) {
    uint8_t another[SIGNATURE_BYTES] = { 1 };
    struct writer frame = empty_frame();
    (void)state;
    arrange(2, 0);
    struct world_end *end = world_connect(&world, 0, 1);

    assert_true(world_deliver(end->other)); /* HELLO, answered with HELLO and PROOF. */
    wire_proof(&frame, another);
    world_inject(end->other, writer_view(&frame));
    writer_clear(&frame);
    assert_true(world_deliver(end->other));
    assert_closed(end->other, RB_BAD_SIGNATURE);
    world_settle(&world, 10);
    assert_closed(end, RB_BAD_SIGNATURE);
}

static void hello_of_another_device_closes(void **state) {
    (void)state;
    arrange(3, 0);
    struct world_end *wrong = world_connect(&world, 2, 1);
    struct world_end *end = world_connect(&world, 0, 1);

    world_inject(end->other, span_of(wrong->other->inbox[0].bytes, wrong->other->inbox[0].len));
    world_lose(end->other); /* The right one never comes. */
    assert_true(world_deliver(end->other));
    assert_closed(end->other, RB_BAD_SIGNATURE);
}

static void replayed_proof_closes(void **state) {
    (void)state;
    arrange(2, 0);
    struct world_end *old = world_connect(&world, 0, 1);
    assert_true(world_deliver(old->other));
    assert_true(world_deliver(old)); /* HELLO: answered with a PROOF for this connection. */
    struct world_frame proof = old->other->inbox[old->other->inbox_first];

    struct world_end *new = world_connect(&world, 0, 1);
    assert_true(world_deliver(new->other));
    world_inject(new->other, span_of(proof.bytes, proof.len));
    assert_true(world_deliver(new->other));
    assert_closed(new->other, RB_BAD_SIGNATURE);
}

static void two_that_both_dialled_close(void **state) {
    (void)state;
    arrange(2, 0);
    struct world_end *one = world_connect(&world, 0, 1);
    struct world_end *two = world_connect(&world, 1, 0);

    world_inject(one, span_of(two->other->inbox[0].bytes, two->other->inbox[0].len));
    assert_true(world_deliver(one));
    assert_closed(one, RB_MALFORMED);
}

static void own_hello_sent_back_closes(void **state) {
    (void)state;
    arrange(2, 0);
    struct world_end *end = world_connect(&world, 0, 1);

    world_inject(end, span_of(end->other->inbox[0].bytes, end->other->inbox[0].len));
    assert_true(world_deliver(end));
    assert_closed(end, RB_MALFORMED);
}

static void second_hello_closes(void **state) {
    (void)state;
    arrange(2, 0);
    struct world_end *end = world_connect(&world, 0, 1);

    world_inject(end->other, span_of(end->other->inbox[0].bytes, end->other->inbox[0].len));
    assert_true(world_deliver(end->other));
    assert_true(world_deliver(end->other));
    assert_closed(end->other, RB_MALFORMED);
}

/* They are frames, but of another conversation: that of an invitation. */
static void an_answer_to_an_invitation_has_no_place_in_a_session(void **state) {
    struct writer frame = empty_frame();
    (void)state;
    arrange(2, 0);
    struct world_end *end = connected();

    wire_join(&frame, span_text("an answer"));
    inject(end, &frame);
    assert_closed(end, RB_MALFORMED);
    frame = empty_frame();
    wire_joined(&frame, span_text("a card"), 7000);
    end = greeted();
    inject(end, &frame);
    assert_closed(end, RB_MALFORMED);
}

static void hello_of_a_newer_protocol_closes(void **state) {
    struct wire_hello hello = { .protocol = WIRE_PROTOCOL + 1 };
    struct writer frame = empty_frame();
    (void)state;
    arrange(2, 0);
    struct world_end *end = world_connect(&world, 0, 1);

    wire_hello(&frame, &hello);
    world_lose(end->other);
    inject(end->other, &frame);
    assert_closed(end->other, RB_UNKNOWN);
}

static void frame_to_a_lost_session_asks_for_hello(void **state) {
    struct writer frame = empty_frame();
    (void)state;
    arrange(2, 0);
    struct world_end *end = connected();
    struct world_end *fresh = world_connect(&world, 0, 1);

    wire_ping(&frame, WIRE_PING, 1, 0);
    world_inject(fresh->other, writer_view(&frame));
    world_lose(fresh->other);
    writer_clear(&frame);
    assert_true(world_deliver(fresh->other));
    assert_closed(fresh->other, RB_UNREACHABLE);
    world_inject(end, span_of(fresh->inbox[0].bytes, fresh->inbox[0].len)); /* need_hello */
    assert_true(world_deliver(end));
    assert_closed(end, RB_UNREACHABLE);
}

static void list_before_the_proof_closes(void **state) {
    struct writer frame = empty_frame();
    (void)state;
    arrange(2, 0);
    struct world_end *end = world_connect(&world, 0, 1);

    assert_true(world_deliver(end->other));
    wire_list(&frame, NULL, 0, true);
    inject(end->other, &frame);
    assert_closed(end->other, RB_MALFORMED);
}

/* A session draws nothing by chance: what it does with the same input is the same. */
static void tables_are_keyed_by_the_setup_and_not_by_the_nonce(void **state) {
    uint8_t key[SYNC_TABLE_KEY_BYTES] = { 7 };
    struct sync_setup setup = { .role = WIRE_LISTENED, .nonce = { 9 } };
    (void)state;
    memcpy(setup.table_key, key, sizeof key);
    struct sync *sync = sync_new(&setup, 0);

    assert_memory_equal(sync->by_rid.key, key, sizeof key);
    assert_memory_equal(sync->by_log.key, key, sizeof key);
    sync_destroy(&sync);
}

/* ---- Frames that break a rule ---- */

static void unknown_type_is_ignored(void **state) {
    const uint8_t newer[] = { 77, WIRE_VERSION, 0xa0 };
    (void)state;
    arrange(2, 0);
    struct world_end *end = connected();

    world_inject(end, span_of(newer, sizeof newer));
    world_settle(&world, 10);
    assert_done(end);
}

static void unknown_version_closes(void **state) {
    const uint8_t newer[] = { WIRE_PING, WIRE_VERSION + 1, 0xa0 };
    (void)state;
    arrange(2, 0);
    struct world_end *end = connected();

    world_inject(end, span_of(newer, sizeof newer));
    world_settle(&world, 10);
    assert_closed(end, RB_UNKNOWN);
    assert_closed(end->other, RB_UNKNOWN);
}

static void rid_listed_twice_closes(void **state) {
    struct wire_list_item items[2] = { { .rid = { 1 } }, { .rid = { 1 } } };
    struct writer frame = empty_frame();
    (void)state;
    arrange(2, 0);
    struct world_end *end = connected();

    wire_list(&frame, items, 1, true);
    inject(end, &frame);
    assert_false(end->closed);
    frame = empty_frame();
    wire_list(&frame, items, 1, true);
    inject(end, &frame);
    assert_closed(end, RB_MALFORMED);
}

static void flood_of_circles_closes(void **state) {
    struct wire_list_item *items = rb_alloc(LIST_ITEMS_MAX, sizeof *items);
    uint32_t number = 0;
    (void)state;
    arrange(2, 0);
    struct world_end *end = connected();

    for (size_t frames = 0; frames <= LIST_CIRCLES_MAX / LIST_ITEMS_MAX; frames++) {
        struct writer frame = empty_frame();
        assert_false(end->closed);
        for (size_t i = 0; i < LIST_ITEMS_MAX; i++, number++) {
            memcpy(items[i].rid, &number, sizeof number);
        }
        wire_list(&frame, items, LIST_ITEMS_MAX, false);
        inject(end, &frame);
    }
    free(items);
    assert_closed(end, RB_TOO_LARGE);
}

static void vector_of_a_circle_never_listed_closes(void **state) {
    uint8_t rid[RID_BYTES] = { 9 };
    struct writer frame = empty_frame();
    (void)state;
    arrange(2, 0);
    struct world_end *end = connected();

    wire_vector(&frame, rid, NULL, NULL, 0);
    inject(end, &frame);
    assert_closed(end, RB_MALFORMED);
}

static void introduction_under_a_false_rid_closes(void **state) {
    struct wire_list_item item = { .rid = { 9 } };
    uint8_t circle[HASH_BYTES] = { 1 };
    struct writer frame = empty_frame();
    (void)state;
    arrange(2, 0);
    struct world_end *end = connected();

    wire_list(&frame, &item, 1, true);
    inject(end, &frame);
    frame = empty_frame();
    wire_vector(&frame, item.rid, circle, NULL, 0);
    inject(end, &frame);
    assert_closed(end, RB_MALFORMED);
}

static void ack_beyond_what_we_have_closes(void **state) {
    struct wire_ack ack = { .handle = 0, .seq = 6 };
    struct writer frame = empty_frame();
    (void)state;
    arrange(2, 2);
    world_write(&world, 0, 0, 3);
    struct world_end *end = connected();
    world_write(&world, 0, 0, 2);
    world_settle(&world, 100);

    sync_short(end->sync, ack.log8, world.logs[0][0]->key.public);
    wire_ack(&frame, &ack, 1, 0);
    inject(end, &frame);
    assert_closed(end, RB_MALFORMED);
}

static void pong_without_ping_closes(void **state) {
    struct writer frame = empty_frame();
    (void)state;
    arrange(2, 0);
    struct world_end *end = connected();

    wire_ping(&frame, WIRE_PONG, 1, 0);
    inject(end, &frame);
    assert_closed(end, RB_MALFORMED);
}

/* ---- Time ---- */

static void idle_connection_is_kept_alive(void **state) {
    (void)state;
    arrange(2, 0);
    struct world_end *end = connected();
    size_t pings = end->sent[WIRE_PING];

    for (size_t times = 0; times < 10; times++) {
        world.now_ms = sync_deadline_ms(end->sync);
        sync_tick(end->sync, world.now_ms);
        world_settle(&world, 10);
    }
    assert_false(end->closed);
    assert_true(end->sent[WIRE_PING] > pings);
}

static uint64_t last_hlc_to(const struct world_end *end) {
    const struct world_frame *last = &end->inbox[end->inbox_first + end->inbox_count - 1];
    struct wire_frame frame;

    assert_int_equal(wire_decode(span_of(last->bytes, last->len), &frame), RB_OK);
    return frame.hlc;
}

static void ping_and_pong_tell_the_clock_of_now(void **state) {
    (void)state;
    arrange(2, 0);
    struct world_end *end = connected();
    sync_clock(end->sync, 98);
    sync_clock(end->other->sync, 99);

    sync_tick(end->sync, SYNC_PING_MS);
    world_act(end);
    assert_int_equal(last_hlc_to(end->other), 98);
    assert_true(world_deliver(end->other));
    assert_int_equal(last_hlc_to(end), 99);
}

static void silent_peer_is_given_up(void **state) {
    (void)state;
    arrange(2, 0);
    struct world_end *end = connected();

    sync_tick(end->sync, SYNC_SILENCE_MS - 1);
    world_act(end);
    assert_false(end->closed);
    sync_tick(end->sync, SYNC_SILENCE_MS);
    world_act(end);
    assert_closed(end, RB_UNREACHABLE);
}

static void greeting_has_an_end(void **state) {
    (void)state;
    arrange(2, 0);
    struct world_end *end = world_connect(&world, 0, 1);

    assert_int_equal(sync_deadline_ms(end->sync), SYNC_GREETING_MS);
    sync_tick(end->sync, SYNC_GREETING_MS);
    world_act(end);
    assert_closed(end, RB_UNREACHABLE);
}

#define TEST(name) cmocka_unit_test_teardown(name, clear_the_world)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(peers_prove_themselves_and_settle),
        TEST(proof_of_another_device_closes),
        TEST(hello_of_another_device_closes),
        TEST(replayed_proof_closes),
        TEST(two_that_both_dialled_close),
        TEST(own_hello_sent_back_closes),
        TEST(second_hello_closes),
        TEST(an_answer_to_an_invitation_has_no_place_in_a_session),
        TEST(hello_of_a_newer_protocol_closes),
        TEST(frame_to_a_lost_session_asks_for_hello),
        TEST(list_before_the_proof_closes),
        TEST(tables_are_keyed_by_the_setup_and_not_by_the_nonce),
        TEST(unknown_type_is_ignored),
        TEST(unknown_version_closes),
        TEST(rid_listed_twice_closes),
        TEST(flood_of_circles_closes),
        TEST(vector_of_a_circle_never_listed_closes),
        TEST(introduction_under_a_false_rid_closes),
        TEST(ack_beyond_what_we_have_closes),
        TEST(pong_without_ping_closes),
        TEST(idle_connection_is_kept_alive),
        TEST(ping_and_pong_tell_the_clock_of_now),
        TEST(silent_peer_is_given_up),
        TEST(greeting_has_an_end),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, forget_logs);
}
