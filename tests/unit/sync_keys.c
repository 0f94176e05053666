/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking a peer for a key: KEYREQ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/sync_pair.h"

#include <string.h>

static const uint8_t an_eid8[EID8_BYTES] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static bool ask_key(struct world_end *end, size_t circle) {
    uint8_t id[HASH_BYTES];

    world_circle_id(id, circle);
    return sync_ask_key(end->sync, id, an_eid8, span_text("an XKEY"));
}

static void key_that_is_lacked_is_asked_for_and_the_answer_awaited(void **state) {
    uint8_t id[HASH_BYTES];
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    assert_true(ask_key(end, 0));
    assert_false(sync_is_done(end->sync));

    world_settle(&world, 10);
    world_circle_id(id, 0);
    assert_int_equal(end->other->keys_asked, 1);
    assert_memory_equal(end->other->key.circle, id, sizeof id);
    assert_memory_equal(end->other->key.eid8, an_eid8, sizeof an_eid8);
    assert_int_equal(end->other->key.frame.len, strlen("an XKEY"));
    assert_int_equal(end->sent[WIRE_KEYREQ], 1);
    assert_done(end); /* His PONG says that nothing more comes of it. */
}

static void key_is_asked_for_only_of_circles_that_are_exchanged(void **state) {
    (void)state;
    arrange(2, 2);
    world.nodes[0].knows[1] = true;
    world.nodes[1].refuses[1] = true;
    struct world_end *end = greeted();
    assert_false(ask_key(end, 0)); /* Not yet. */
    world_settle(&world, 100);
    assert_false(ask_key(end, 1)); /* The peer does not know it. */

    assert_int_equal(end->other->keys_asked, 0);
}

static void key_of_a_circle_that_the_peer_never_listed_is_not_his_to_ask(void **state) {
    struct writer frame = empty_frame();
    uint8_t rid[RID_BYTES];
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    world_rid(end, rid, 1);
    wire_keyreq(&frame, rid, an_eid8, span_text("an XKEY"));
    inject(end, &frame);

    assert_int_equal(end->keys_asked, 0);
    assert_closed(end, RB_MALFORMED);
}

static void key_of_a_withdrawn_circle_is_not_told_to_the_node(void **state) {
    struct writer frame = empty_frame();
    uint8_t rid[RID_BYTES], id[HASH_BYTES];
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    world_rid(end, rid, 0);
    world_circle_id(id, 0);
    sync_withdraw(end->sync, id);
    wire_keyreq(&frame, rid, an_eid8, span_text("an XKEY"));
    inject(end, &frame);

    assert_int_equal(end->keys_asked, 0);
    assert_false(end->closed);
}

#define TEST(name) cmocka_unit_test_teardown(name, clear_the_world)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(key_that_is_lacked_is_asked_for_and_the_answer_awaited),
        TEST(key_is_asked_for_only_of_circles_that_are_exchanged),
        TEST(key_of_a_circle_that_the_peer_never_listed_is_not_his_to_ask),
        TEST(key_of_a_withdrawn_circle_is_not_told_to_the_node),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, forget_logs);
}
