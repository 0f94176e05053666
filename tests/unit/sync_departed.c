/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions with somebody who departs: from a moment on one side gives him nothing more of the
 * circle.  He must still be able to bring what he wrote, and both sides must come to an end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/sync_pair.h"

/* ---- Arranging: node 1 departs from circle 0, and node 0 learns it by what he brings ---- */

static struct forked_log forked;

/* Node 0 has news of the first log, and node 1 his last words. */
static void arrange_news(void) {
    arrange(3, 2);
    for (size_t node = 0; node < 2; node++) {
        world_give(&world, node, 0, 0, 70);
        world_give(&world, node, 0, 1, 3);
    }
    world_give(&world, 0, 0, 0, 200);
    world_give(&world, 1, 0, 1, 9);
}

/* The first log has forked, as node 0 knows; node 1 has of it what all branches share. */
static void arrange_fork(void) {
    static const size_t places[] = { 0, 66 };

    arrange(3, 2);
    forked_log_new(&forked, 7, places, 2);
    world_fork(&world, &forked);
    world_give_history(&world, 0, 0, 80);
    world_give_proof(&world, 0, 0, 1);
    world_give_history(&world, 0, 1, 90);
    world_give_history(&world, 1, 0, 66);
    world_give(&world, 1, 0, 1, 9);
}

static int clear_all(void **state) {
    (void)clear_the_world(state);
    forked_log_clear(&forked);
    return 0;
}

static void withdraw(struct world_end *end) {
    uint8_t id[HASH_BYTES];

    world_circle_id(id, 0);
    sync_withdraw(end->sync, id);
}

/* One frame; false: none is on its way. */
static bool move(struct world_end *end) {
    return world_deliver(end->other) || world_deliver(end);
}

/* Until nothing comes any more however long one waits. */
static void wait_long(struct world_end *end) {
    for (size_t seconds = 0; seconds < 4; seconds++) {
        world_settle(&world, 1000);
        world.now_ms += SYNC_ACK_MS;
        sync_tick(end->sync, world.now_ms);
        sync_tick(end->other->sync, world.now_ms);
    }
    world_settle(&world, 1000);
}

/* ---- Tests ---- */

static void who_departs_is_done_though_news_of_the_circle_do_not_come(void **state) {
    (void)state;
    arrange_news();
    world.put_off = 100;
    struct world_end *end = world_connect(&world, 0, 1);
    while (head_of(0, 0, 1) < 9) {
        assert_true(move(end) || world_answer(end->other) || end->heads_due);
        if (end->heads_due) {
            (void)world_answer(end); /* Its VECTOR; its runs wait. */
        }
    }
    withdraw(end);
    wait_long(end);

    assert_done(end);
    assert_int_equal(head_of(1, 0, 0), 70);
}

static void who_departs_without_knowing_of_a_fork_is_done(void **state) {
    (void)state;
    arrange_fork();
    struct world_end *end = world_connect(&world, 0, 1);
    while (end->other->forks == 0) {
        assert_true(move(end));
    }
    withdraw(end);
    wait_long(end);

    assert_done(end);
    assert_int_equal(head_of(0, 0, 1), 9);
    assert_int_equal(world.nodes[1].forked.known[1], 66);
}

/* Withdrawn after each frame; by either side. */
static void withdrawn_at(size_t side, size_t frames, void (*arrange_it)(void)) {
    arrange_it();
    struct world_end *end = world_connect(&world, 0, 1);
    struct world_end *withdraws = side == 0 ? end : end->other;

    for (size_t i = 0; i < frames; i++) {
        (void)move(end); /* All may have come. */
    }
    bool told = withdraws->sent[WIRE_VECTOR] > 0;
    withdraw(withdraws);
    world_act(withdraws);
    wait_long(end);
    assert_done(end);
    assert_true(!told || side == 1 || head_of(0, 0, 1) == 9);
    (void)clear_all(NULL);
}

static void both_are_done_whenever_a_circle_is_withdrawn(void **state) {
    (void)state;
    for (size_t frames = 0; frames < 40; frames++) {
        withdrawn_at(0, frames, arrange_news);
        withdrawn_at(1, frames, arrange_news);
        withdrawn_at(0, frames, arrange_fork);
        withdrawn_at(1, frames, arrange_fork);
    }
}

/* One thing that happens to somebody, in any order, and time flies. */
static void happens(struct world_end *end) {
    struct world_end *one = random_chance(&world.random, 50) ? end : end->other;

    switch (random_below(&world.random, 4)) {
    case 0:
        (void)world_deliver(one); /* Nothing may have come. */
        break;
    case 1:
        (void)world_answer(one); /* Nothing may have been asked. */
        break;
    case 2:
        world_commit(&world, one->node);
        break;
    default:
        world.now_ms += SYNC_ACK_MS;
        sync_tick(one->sync, world.now_ms);
        world_act(one);
    }
}

static bool has_all(const struct world_end *end) {
    return end->node == 0 ? head_of(0, 0, 1) == 9 : head_of(1, 0, 0) == 200;
}

static bool has_all_branches(const struct world_end *end) {
    return end->node == 0 ? head_of(0, 0, 1) == 9 : world_agrees(&world, 0, 1);
}

/* What is on its way, or waits for a slow store, is not given up. */
static void slowly(void (*arrange_it)(void), bool (*holds)(const struct world_end *end)) {
    for (uint64_t seed = 1; seed <= 100; seed++) {
        arrange_it();
        world.random.state = seed;
        world.put_off = 100;
        world.commits_late = true;
        struct world_end *end = greeted();
        size_t cut_at = 1 + random_below(&world.random, 600);
        for (size_t steps = 0; steps < 600; steps++) {
            if (steps == cut_at && world.forked != NULL) {
                world_give_proof(&world, 1, 0, 1); /* from somebody else */
            }
            happens(end);
            assert_true(!sync_is_done(end->sync) || holds(end));
            assert_true(!sync_is_done(end->other->sync) || holds(end->other));
        }
        wait_long(end);
        assert_done(end);
        assert_true(holds(end) && holds(end->other));
        (void)clear_all(NULL);
    }
}

static void news_that_come_slowly_are_waited_for(void **state) {
    (void)state;
    slowly(arrange_news, has_all);
    slowly(arrange_fork, has_all_branches);
}

/* It had been given up. */
static void who_belongs_again_is_not_done_before_all_has_come(void **state) {
    (void)state;
    who_departs_is_done_though_news_of_the_circle_do_not_come(NULL);
    struct world_end *end = &world.ends[0][0];
    world_offer(end, 0);
    sync_offered(end->sync);
    world_act(end);
    for (bool moved = true; moved;) {
        moved = move(end) || world_answer(end->other) || world_answer(end);
        assert_true(end->sent[WIRE_VECTOR] < 2 || !sync_is_done(end->other->sync) ||
                    head_of(1, 0, 0) == 200 || end->other->inbox_count > 0);
    }
    assert_done(end);
    assert_int_equal(head_of(1, 0, 0), 200);
}

static void circle_offered_again_is_given_again(void **state) {
    (void)state;
    arrange_news();
    struct world_end *end = greeted();
    withdraw(end);
    wait_long(end);
    assert_done(end);
    world_offer(end, 0);
    sync_offered(end->sync);
    world_settle(&world, 1000);

    assert_done(end);
    assert_int_equal(head_of(1, 0, 0), 200);
    assert_int_equal(head_of(0, 0, 1), 9);
}

/* Node 0 knows that node 1 has departed; he may not. */
static void who_has_departed_gets_what_he_is_shown_and_no_more(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        arrange_news();
        world.random.state = seed;
        world.put_off = 50;
        world.commits_late = true;
        struct world_end *end = world_connect(&world, 0, 1);
        world_depart(end, 0);
        uint64_t upto = end->shows_upto[0][0];
        while (!sync_progress(end->sync).open || !sync_progress(end->other->sync).open) {
            assert_true(move(end));
        }
        for (size_t steps = 0; steps < 200; steps++) {
            happens(end);
            if (steps == 100) {
                world_give(&world, 0, 0, 0, 230); /* written without him */
            }
        }
        wait_long(end);
        assert_done(end);
        assert_int_equal(head_of(1, 0, 0), upto > 70 ? upto : 70);
        assert_int_equal(head_of(0, 0, 1), 9);
        (void)clear_all(NULL);
    }
}

/* He has just what he is shown: then nothing but that is said. */
static void who_has_departed_and_has_what_he_is_shown_is_done_at_once(void **state) {
    (void)state;
    arrange_news();
    world_give(&world, 0, 0, 1, 9);
    struct world_end *end = world_connect(&world, 0, 1);
    world_depart(end, 0);
    end->shows_upto[0][0] = 70;
    world_settle(&world, 1000);
    assert_done(end);
    assert_int_equal(end->same, 1);
    assert_int_equal(end->sent[WIRE_VECTOR] + end->sent[WIRE_RUN], 0);

    world_give(&world, 0, 0, 0, 230);
    world_settle(&world, 1000);
    assert_done(end);
    assert_int_equal(end->sent[WIRE_VECTOR] + end->sent[WIRE_RUN], 0);
    assert_int_equal(head_of(1, 0, 0), 70);
}

#define TEST(name) cmocka_unit_test_teardown(name, clear_all)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_departs_is_done_though_news_of_the_circle_do_not_come),
        TEST(who_departs_without_knowing_of_a_fork_is_done),
        TEST(both_are_done_whenever_a_circle_is_withdrawn),
        TEST(news_that_come_slowly_are_waited_for),
        TEST(who_belongs_again_is_not_done_before_all_has_come),
        TEST(circle_offered_again_is_given_again),
        TEST(who_has_departed_gets_what_he_is_shown_and_no_more),
        TEST(who_has_departed_and_has_what_he_is_shown_is_done_at_once),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, forget_logs);
}
