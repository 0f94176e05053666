/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions about a log of several histories: whatever either side knows before, both end with the
 * same branches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/sync_internal.h"
#include "tests/support/sync_pair.h"

#include <string.h>

/* ---- Arranging: nodes 0 and 1 of circle 0, whose first log has histories ---- */

static struct forked_log forked;

static void arrange_histories(const size_t *common, size_t count) {
    arrange(2, 2);
    forked_log_new(&forked, 7, common, count);
    world_fork(&world, &forked);
}

/* Two histories that part after `common` events; node 0 has one and node 1 the other. */
static void arrange_fork(size_t common, uint64_t ours, uint64_t theirs) {
    const size_t places[] = { 0, common };

    arrange_histories(places, 2);
    world_give_history(&world, 0, 0, ours);
    world_give_history(&world, 1, 1, theirs);
}

static int clear_all(void **state) {
    (void)clear_the_world(state);
    forked_log_clear(&forked);
    return 0;
}

static uint64_t known_at(size_t node, size_t history) {
    return world.nodes[node].forked.known[history];
}

/* ---- What must hold ---- */

static void assert_both_have(uint64_t one, uint64_t other) {
    for (size_t node = 0; node < 2; node++) {
        assert_int_equal(known_at(node, 0), one);
        assert_int_equal(known_at(node, 1), other);
        assert_true(world.nodes[node].forked.apart[0][1]);
    }
    assert_true(world_agrees(&world, 0, 1));
}

/* Whoever says that it is done must be right, at every step; what was put off comes last. */
static void step_by_step(struct world_end *end) {
    for (bool moved = true; moved;) {
        moved = world_deliver(end->other) || world_deliver(end);
        moved = moved || world_answer(end->other) || world_answer(end);
        bool done = sync_is_done(end->sync) && sync_is_done(end->other->sync);
        assert_true(!done || world_agrees(&world, 0, 1));
    }
}

static void assert_fork_ends_well(uint64_t ours, uint64_t theirs) {
    struct world_end *end = world_connect(&world, 0, 1);

    step_by_step(end);
    assert_both_have(ours, theirs);
    assert_done(end);
}

/* ---- A fork that nobody knows of ---- */

static void fork_within_a_block_is_found_and_both_get_both_branches(void **state) {
    (void)state;
    arrange_fork(3, 5, 9);
    assert_fork_ends_well(5, 9);
}

static void fork_of_equal_length_is_found(void **state) {
    (void)state;
    arrange_fork(70, 80, 80);
    assert_fork_ends_well(80, 80);
}

static void fork_of_equal_length_is_found_by_slow_stores(void **state) {
    (void)state;
    arrange_fork(70, 80, 80);
    world.put_off = 100;
    assert_fork_ends_well(80, 80);
}

static void fork_in_an_earlier_block_is_found(void **state) {
    (void)state;
    arrange_fork(70, 80, 200);
    assert_fork_ends_well(80, 200);
}

static void fork_before_the_last_common_block_is_found_backwards(void **state) {
    (void)state;
    arrange_fork(3, 80, 200);
    assert_fork_ends_well(80, 200);
}

static void fork_between_two_blocks_is_found(void **state) {
    (void)state;
    arrange_fork(64, 65, 130);
    assert_fork_ends_well(65, 130);
}

static void fork_before_the_first_event_is_found(void **state) {
    (void)state;
    arrange_fork(0, 5, 70);
    assert_fork_ends_well(5, 70);
}

/* ---- A proof on one side, or on both ---- */

static void proof_of_one_side_cuts_the_log_of_the_other(void **state) {
    (void)state;
    arrange_fork(10, 0, 20);
    world_give_history(&world, 0, 0, 30);
    world_give_proof(&world, 0, 0, 1);
    assert_fork_ends_well(30, 20);
}

static void proof_without_events_goes_over_too(void **state) {
    (void)state;
    arrange_fork(10, 10, 10);
    world_give_proof(&world, 0, 0, 1);
    assert_fork_ends_well(10, 10);
}

static void empty_store_gets_a_log_in_branches_whole(void **state) {
    const size_t places[] = { 0, 66, 66, 3 };
    (void)state;

    arrange_histories(places, 4);
    for (size_t history = 0; history < 4; history++) {
        world_give_proof(&world, 0, 0, history);
        world_give_history(&world, 0, history, 100);
        world_give_proof(&world, 0, 0, history);
    }
    struct world_end *end = connected();
    for (size_t history = 0; history < 4; history++) {
        assert_int_equal(known_at(1, history), 100);
    }
    assert_true(world_agrees(&world, 0, 1));
    assert_done(end);
}

static void whoever_knows_the_fork_is_sent_no_proof(void **state) {
    (void)state;
    arrange_fork(10, 20, 15);
    world_give_proof(&world, 0, 0, 1);
    world_give_proof(&world, 1, 0, 1);
    struct world_end *end = connected();

    assert_both_have(20, 15);
    assert_int_equal(end->sent[WIRE_FORK] + end->other->sent[WIRE_FORK], 0);
    assert_done(end);
}

static void equal_branches_need_no_vector(void **state) {
    (void)state;
    arrange_fork(10, 20, 20);
    for (size_t node = 0; node < 2; node++) {
        world_give_proof(&world, node, 0, 1);
        world_give_history(&world, node, 0, 20);
        world_give_history(&world, node, 1, 20);
    }
    struct world_end *end = connected();

    assert_int_equal(end->sent[WIRE_VECTOR], 0);
    assert_done(end);
}

static void new_event_of_a_branch_goes_at_once_between_equal_stores(void **state) {
    (void)state;
    equal_branches_need_no_vector(NULL);
    world_give_history(&world, 0, 1, 22);
    world_settle(&world, 20);
    assert_both_have(20, 22);
}

static void proof_that_comes_in_a_session_goes_to_a_peer_who_was_equal(void **state) {
    (void)state;
    arrange_fork(10, 20, 0);
    world_give_history(&world, 1, 0, 20);
    struct world_end *end = connected();
    assert_int_equal(end->sent[WIRE_VECTOR], 0);
    world_give_proof(&world, 0, 0, 1); /* from a third node */
    world_give_history(&world, 0, 1, 25);

    world_settle(&world, 50);
    assert_both_have(20, 25);
    assert_done(end);
}

/* ---- More than two ---- */

static void third_branch_at_the_same_point_goes_over(void **state) {
    const size_t places[] = { 0, 10, 10 };
    (void)state;

    arrange_histories(places, 3);
    world_give_history(&world, 0, 0, 20);
    world_give_proof(&world, 0, 0, 1);
    world_give_history(&world, 1, 2, 30);
    struct world_end *end = connected();

    assert_true(world_agrees(&world, 0, 1));
    assert_int_equal(known_at(0, 2), 30);
    assert_int_equal(known_at(1, 0), 20);
    assert_done(end);
}

static void earlier_fork_cuts_a_branch_that_is_cut_already(void **state) {
    const size_t places[] = { 0, 70, 10 };
    (void)state;

    arrange_histories(places, 3);
    world_give_history(&world, 0, 0, 80);
    world_give_proof(&world, 0, 0, 1);
    world_give_history(&world, 0, 1, 90);
    world_give_history(&world, 1, 2, 40);
    struct world_end *end = connected();

    assert_true(world_agrees(&world, 0, 1));
    assert_int_equal(known_at(1, 1), 90);
    assert_int_equal(known_at(0, 2), 40);
    assert_done(end);
}

/* ---- Trouble ---- */

static void connection_cut_anywhere_is_made_good_by_the_next(void **state) {
    (void)state;
    for (size_t frames = 0; frames < 40; frames++) {
        arrange_fork(66, 80, 90);
        struct world_end *end = world_connect(&world, 0, 1);
        for (size_t i = 0; i < frames; i++) {
            (void)(world_deliver(end->other) || world_deliver(end)); /* All may have come. */
        }
        world_cut(&world, end);
        assert_fork_ends_well(80, 90);
        (void)clear_all(state);
    }
}

static void refused_branch_is_left_alone(void **state) {
    (void)state;
    arrange_fork(10, 20, 20);
    world_give_proof(&world, 0, 0, 1);
    world_give_history(&world, 0, 1, 30);
    world.nodes[1].forked.refuses_forks = world.nodes[1].forked_staged.refuses_forks = true;
    struct world_end *end = connected();
    sync_tick(end->other->sync, SYNC_ACK_MS); /* What it has beyond the cut is not acknowledged. */
    world_settle(&world, 10);

    assert_false(end->closed);
    assert_int_equal(known_at(1, 0), 10);
    assert_int_equal(end->sent[WIRE_FORK], 1);
    assert_done(end);
}

static void every_proof_is_answered_with_a_vector(void **state) {
    struct writer frame = empty_frame();
    uint8_t rid[RID_BYTES];
    (void)state;

    arrange_fork(10, 20, 20);
    world_give_history(&world, 1, 0, 5);
    struct world_end *end = connected();
    size_t before = end->sent[WIRE_VECTOR];
    world_rid(end, rid, 0);
    wire_fork(&frame, rid, span_text("nothing is proven by this"));
    inject(end, &frame);

    assert_int_equal(end->sent[WIRE_VECTOR], before + 1);
    assert_false(end->closed);
}

/* ---- A store that was rolled back ---- */

/* Up to that moment it may be older than what the peer has of its own log. */
static void no_event_goes_out_before_the_peer_has_said_what_it_has(void **state) {
    (void)state;
    arrange(2, 2);
    world_give(&world, 0, 0, 0, 5);
    world_give(&world, 1, 0, 0, 9);
    struct world_end *end = world_connect(&world, 0, 1);
    for (bool moved = true; moved;) {
        moved = world_deliver(end->other) || world_deliver(end);
        assert_true(end->sent[WIRE_RUN] == 0 || end->other->sent[WIRE_VECTOR] > 0);
    }
    assert_int_equal(end->sent[WIRE_RUN], 0);
    assert_int_equal(head_of(0, 0, 0), 9);
    assert_done(end);
}

static void a_want_that_comes_first_waits_for_what_the_peer_has(void **state) {
    struct writer frame = empty_frame();
    struct wire_want want = { .from = 1, .to = 5 };
    uint8_t rid[RID_BYTES];
    (void)state;

    arrange(2, 2);
    world_give(&world, 0, 0, 0, 5);
    world_give(&world, 1, 0, 1, 1);
    struct world_end *end = greeted();
    sync_short(end->sync, want.log8, world.logs[0][0]->key.public);
    world_rid(end, rid, 0);
    while (!end->sent[WIRE_LIST] || !end->other->sent[WIRE_LIST]) {
        assert_true(world_deliver(end->other) || world_deliver(end));
    }
    assert_int_equal(end->other->sent[WIRE_VECTOR], 0);
    wire_want(&frame, rid, &want, 1);
    world_inject(end, writer_view(&frame));
    writer_clear(&frame);
    while (world_deliver(end)) {
    }
    assert_true(end->sent[WIRE_RUN] == 0 || end->other->sent[WIRE_VECTOR] > 0);
    world_settle(&world, 50);
    assert_done(end);
}

#define TEST(name) cmocka_unit_test_teardown(name, clear_all)

/* ---- Forks before the first event ---- */

static void who_has_nothing_of_a_log_that_forks_at_once_gets_all_of_it(void **state) {
    const size_t places[] = { 0, 0 };
    (void)state;

    arrange_histories(places, 2);
    world_give_history(&world, 0, 0, 5);
    world_give_history(&world, 0, 1, 70);
    world_give_proof(&world, 0, 0, 1);
    struct world_end *end = world_connect(&world, 0, 1);
    step_by_step(end);
    assert_done(end);
    assert_both_have(5, 70);
}

static void a_refused_beginning_of_such_a_log_is_not_waited_for(void **state) {
    const size_t places[] = { 0, 0 };
    uint8_t id[HASH_BYTES];
    (void)state;

    arrange_histories(places, 2);
    world_give_history(&world, 0, 0, 5);
    world_give_history(&world, 0, 1, 4);
    world_give_proof(&world, 0, 0, 1);
    struct world_end *end = greeted();
    world_circle_id(id, 0);
    sync_freeze(end->other->sync, id, forked.histories[0]->key.public);
    world_settle(&world, 1000);
    for (size_t seconds = 0; seconds < 3; seconds++) {
        world.now_ms += SYNC_ACK_MS;
        sync_tick(end->sync, world.now_ms);
        sync_tick(end->other->sync, world.now_ms);
        world_settle(&world, 1000);
    }
    assert_true(sync_is_done(end->sync));
    assert_int_equal(end->sent[WIRE_RUN], 1);
    assert_int_equal(known_at(1, 0), 0);
}

/* ---- A cut in a circle that was introduced and then found the same ---- */

static void cut_after_introduction(size_t cutter) {
    const size_t places[] = { 0, 3 };

    arrange(2, 1);
    forked_log_new(&forked, 7, places, 2);
    world_fork(&world, &forked);
    world.nodes[1].refuses[0] = true;
    world_give_history(&world, 0, 0, 5);
    struct world_end *end = world_connect(&world, 0, 1);
    world_settle(&world, 1000);
    world.nodes[1].knows[0] = true;
    world_give_history(&world, 1, 0, 5);
    world_offer(end->other, 0);
    sync_offered(end->other->sync);
    world_settle(&world, 1000);
    assert_int_equal(end->same, 1);

    world_give_proof(&world, cutter, 0, 1);
    world_give_history(&world, cutter, 1, 9);
    world_write(&world, 1, 0, 4);
    world_act(end);
    world_act(end->other);
    world_settle(&world, 1000);
    assert_done(end);
    assert_both_have(5, 9);
    assert_int_equal(head_of(0, 0, 1), 4);
}

static void a_cut_in_a_circle_that_was_introduced_and_the_same_reaches_the_other(void **state) {
    (void)state;
    cut_after_introduction(0);
    (void)clear_all(state);
    cut_after_introduction(1);
}

/* ---- An ACK that comes after a cut, and before our node has said what it has ---- */

static void an_acknowledgement_is_not_lost_in_a_cut(void **state) {
    struct wire_ack ack = { .handle = 0, .seq = 4 };
    struct writer frame = empty_frame();
    uint8_t id[HASH_BYTES];
    (void)state;

    arrange(2, 2);
    world_give(&world, 0, 0, 0, 1); /* So each tells the other what it has. */
    struct world_end *end = connected();
    world_write(&world, 0, 0, 3);
    world_act(end);
    world_give(&world, 1, 0, 0, 4); /* From elsewhere. */
    world_circle_id(id, 0);
    sync_cut(end->sync, id);
    sync_short(end->sync, ack.log8, world.logs[0][0]->key.public);
    wire_ack(&frame, &ack, 1, 0);
    world_inject(end, writer_view(&frame));
    assert_true(world_deliver(end));
    writer_clear(&frame);
    assert_int_equal(sync_progress(end->sync).left_out, 0);
}

/* ---- Short forms ---- */

/* Their first 8 bytes its author could make equal to those of another. */
static void what_stands_for_a_log_or_an_h_is_of_one_connection(void **state) {
    uint8_t mine[LOG8_BYTES], theirs[LOG8_BYTES], again[LOG8_BYTES];
    (void)state;

    arrange(2, 2);
    const uint8_t *key = world.logs[0][0]->key.public;
    struct world_end *end = connected();
    sync_short(end->sync, mine, key);
    sync_short(end->other->sync, theirs, key);
    assert_memory_equal(mine, theirs, sizeof mine);
    assert_memory_not_equal(mine, key, sizeof mine);
    world_cut(&world, end);
    end = connected();
    sync_short(end->sync, again, key);
    assert_memory_not_equal(mine, again, sizeof mine);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(fork_within_a_block_is_found_and_both_get_both_branches),
        TEST(fork_of_equal_length_is_found),
        TEST(fork_of_equal_length_is_found_by_slow_stores),
        TEST(fork_in_an_earlier_block_is_found),
        TEST(fork_before_the_last_common_block_is_found_backwards),
        TEST(fork_between_two_blocks_is_found),
        TEST(fork_before_the_first_event_is_found),
        TEST(proof_of_one_side_cuts_the_log_of_the_other),
        TEST(proof_without_events_goes_over_too),
        TEST(empty_store_gets_a_log_in_branches_whole),
        TEST(whoever_knows_the_fork_is_sent_no_proof),
        TEST(equal_branches_need_no_vector),
        TEST(new_event_of_a_branch_goes_at_once_between_equal_stores),
        TEST(proof_that_comes_in_a_session_goes_to_a_peer_who_was_equal),
        TEST(third_branch_at_the_same_point_goes_over),
        TEST(earlier_fork_cuts_a_branch_that_is_cut_already),
        TEST(connection_cut_anywhere_is_made_good_by_the_next),
        TEST(refused_branch_is_left_alone),
        TEST(every_proof_is_answered_with_a_vector),
        TEST(no_event_goes_out_before_the_peer_has_said_what_it_has),
        TEST(a_want_that_comes_first_waits_for_what_the_peer_has),
        TEST(who_has_nothing_of_a_log_that_forks_at_once_gets_all_of_it),
        TEST(a_refused_beginning_of_such_a_log_is_not_waited_for),
        TEST(a_cut_in_a_circle_that_was_introduced_and_the_same_reaches_the_other),
        TEST(an_acknowledgement_is_not_lost_in_a_cut),
        TEST(what_stands_for_a_log_or_an_h_is_of_one_connection),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, forget_logs);
}
