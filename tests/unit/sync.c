/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/sync_pair.h"

#include <stdlib.h>
#include <string.h>

/* ---- Circles ---- */

static void equal_circles_need_no_vector(void **state) {
    (void)state;
    arrange(2, 2);
    world_give(&world, 0, 0, 0, 70);
    world_give(&world, 1, 0, 0, 70);
    struct world_end *end = connected();

    assert_done(end);
    assert_int_equal(end->same, 1);
    assert_int_equal(end->other->same, 1);
    assert_int_equal(end->sent[WIRE_VECTOR], 0);
    assert_int_equal(end->sent[WIRE_RUN], 0);
}

static void different_circles_become_equal(void **state) {
    (void)state;
    arrange(2, 2);
    world_write(&world, 0, 0, 200);
    world_write(&world, 1, 0, 65);
    struct world_end *end = connected();

    assert_done(end);
    assert_int_equal(head_of(1, 0, 0), 200);
    assert_int_equal(head_of(0, 0, 1), 65);
    assert_int_equal(end->sent[WIRE_RUN], 4); /* Blocks of 64. */
    assert_int_equal(end->other->sent[WIRE_RUN], 2);
}

static void new_event_goes_at_once(void **state) {
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    world_write(&world, 0, 0, 1);

    world_settle(&world, 100);
    assert_done(end);
    assert_int_equal(head_of(1, 0, 0), 1);
    assert_int_equal(end->sent[WIRE_RUN], 1);
    assert_int_equal(end->acked, 1);
}

static void event_between_offer_and_comparison_is_pushed(void **state) {
    (void)state;
    arrange(2, 2);
    world_give(&world, 0, 0, 0, 5);
    world_give(&world, 1, 0, 0, 5);
    struct world_end *end = greeted();
    world_write(&world, 0, 0, 2); /* The fingerprints are on their way and equal. */

    world_settle(&world, 100);
    assert_done(end);
    assert_int_equal(end->same, 1);
    assert_int_equal(head_of(1, 0, 0), 7);
    assert_int_equal(end->sent[WIRE_RUN], 1);
}

static void newest_offer_before_the_list_counts(void **state) {
    (void)state;
    arrange(2, 2);
    world_give(&world, 1, 0, 0, 7);
    struct world_end *end = greeted();
    world.nodes[0].knows[1] = true; /* Offered twice before its LIST. */
    world_give(&world, 1, 1, 0, 4);
    world_offer(end->other, 1);
    sync_offered(end->other->sync);
    world_offer(end, 1);
    world_give(&world, 0, 1, 0, 4);
    world_offer(end, 1);
    sync_offered(end->sync);

    world_settle(&world, 100);
    assert_done(end);
    assert_int_equal(end->same, 1); /* Circle 1: 4 and 4. */
    assert_int_equal(head_of(0, 0, 0), 7);
}

static void own_event_during_the_vectors_is_pushed(void **state) {
    (void)state;
    arrange(2, 2);
    world_write(&world, 0, 0, 5);
    struct world_end *end = greeted();
    for (size_t frames = 0; frames < 4; frames++) {
        (void)world_deliver(end->other); /* Whatever there is. */
        (void)world_deliver(end);
        world_write(&world, 0, 0, 1);
        world_write(&world, 1, 0, 1);
    }

    world_settle(&world, 100);
    assert_done(end);
    assert_int_equal(head_of(1, 0, 0), 9);
    assert_int_equal(head_of(0, 0, 1), 4);
}

static void circle_offered_later_is_compared(void **state) {
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    world_write(&world, 0, 1, 3);
    world_give(&world, 1, 1, 0, 1);
    world_offer(end->other, 1);
    sync_offered(end->other->sync);
    world_settle(&world, 100);
    assert_int_equal(end->introduced, 1); /* Until now only the other side listed it. */

    assert_done(end);
    assert_int_equal(head_of(1, 1, 0), 3);
}

static void unknown_circle_is_introduced_and_filled(void **state) {
    (void)state;
    arrange(2, 1);
    world_write(&world, 0, 0, 130);
    struct world_end *end = connected();

    assert_done(end);
    assert_int_equal(end->other->introduced, 1);
    assert_int_equal(head_of(1, 0, 0), 130);
}

static void circle_made_on_a_kept_connection_is_introduced(void **state) {
    (void)state;
    arrange(2, 0);
    struct world_end *end = connected();
    world_write(&world, 0, 0, 2);
    world_offer(end, 0);
    sync_offered(end->sync);

    world_settle(&world, 100);
    assert_done(end);
    assert_int_equal(head_of(1, 0, 0), 2);
}

static void circle_that_is_not_wanted_does_not_hold_up(void **state) {
    (void)state;
    arrange(2, 1);
    world.nodes[1].refuses[0] = true;
    world_write(&world, 0, 0, 3);
    struct world_end *end = connected();

    assert_done(end);
    assert_int_equal(head_of(1, 0, 0), 0);
}

static void circle_not_wanted_at_first_may_be_taken_later(void **state) {
    (void)state;
    arrange(2, 1);
    world.nodes[1].refuses[0] = true;
    world_write(&world, 0, 0, 3);
    struct world_end *end = connected();
    world_offer(end->other, 0);
    sync_offered(end->other->sync);

    world_settle(&world, 100);
    assert_done(end);
    assert_int_equal(head_of(1, 0, 0), 3);
}

/* The peer knows it by the time it is introduced, and has all of it. */
static void introduced_circle_may_have_been_learnt_elsewhere(void **state) {
    (void)state;
    arrange(2, 1);
    world.nodes[1].refuses[0] = true;
    world_write(&world, 0, 0, 3);
    struct world_end *end = connected();
    world_give(&world, 1, 0, 0, 3);
    world_offer(end->other, 0);
    sync_offered(end->other->sync);

    world_settle(&world, 100);
    assert_done(end);
    assert_int_equal(end->same, 1);
    assert_int_equal(end->sent[WIRE_RUN] + end->other->sent[WIRE_RUN], 0);
}

static void introduction_may_cross_the_offer(void **state) {
    (void)state;
    arrange(2, 0);
    struct world_end *end = connected();
    world_write(&world, 0, 0, 3);
    world_give(&world, 1, 0, 0, 2);
    world_offer(end, 0);
    sync_offered(end->sync);
    world_offer(end->other, 0);
    sync_offered(end->other->sync);

    world_settle(&world, 100);
    assert_done(end);
    assert_int_equal(head_of(1, 0, 0), 3);
    assert_int_equal(end->introduced + end->other->introduced, 0);
}

static void withdrawn_circle_is_not_sent_but_what_comes_is_acknowledged(void **state) {
    uint8_t id[HASH_BYTES];
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    world_circle_id(id, 0);
    sync_withdraw(end->sync, id);
    world_write(&world, 0, 0, 2);
    world_write(&world, 1, 0, 2);

    world_settle(&world, 100);
    assert_done(end);
    assert_int_equal(end->sent[WIRE_RUN], 0);
    assert_int_equal(head_of(1, 0, 0), 0);
    assert_int_equal(head_of(0, 0, 1), 2);
}

static void circle_offered_again_goes_on(void **state) {
    uint8_t id[HASH_BYTES];
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    world_circle_id(id, 0);
    sync_withdraw(end->sync, id);
    world_write(&world, 0, 0, 2);
    world_write(&world, 1, 0, 2);
    world_settle(&world, 100);
    world_offer(end, 0);

    world_settle(&world, 100);
    assert_done(end);
    assert_int_equal(head_of(0, 0, 1), 2);
    assert_int_equal(head_of(1, 0, 0), 2);
}

/* ---- Runs ---- */

static void run_that_came_from_elsewhere_is_acknowledged(void **state) {
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    world_write(&world, 0, 0, 4);
    world_act(end);                 /* The RUN is on its way. */
    world_give(&world, 1, 0, 0, 4); /* Meanwhile another peer brings the same. */

    world_settle(&world, 100);
    assert_done(end);
    assert_true(end->other->stored >= 1);
    assert_int_equal(sync_progress(end->sync).left_out, 0);
}

static void gap_is_filled_after_one_vector(void **state) {
    (void)state;
    arrange(2, 2);
    world_give(&world, 0, 0, 0, 5);
    world_give(&world, 1, 0, 0, 5);
    struct world_end *end = connected();
    world.nodes[1].durable[0][0] = world.nodes[1].staged[0][0] = 2; /* It lost some. */
    world_write(&world, 0, 0, 1);
    world_act(end);
    world_write(&world, 0, 0, 1);

    world_settle(&world, 100);
    assert_int_equal(end->other->last_refusal, RB_GAP);
    assert_int_equal(head_of(1, 0, 0), 7);
    assert_int_equal(end->other->sent[WIRE_VECTOR], 1);
    assert_done(end);
}

static bool has_stored(const struct world_end *end) {
    return end->stored > 0;
}

/* Whoever says that it is done must be right, at every step; what was put off comes last. */
static void step_by_step(struct world_end *end, bool (*holds)(const struct world_end *end)) {
    for (bool moved = true; moved;) {
        moved = world_deliver(end->other) || world_deliver(end);
        moved = moved || world_answer(end->other) || world_answer(end);
        assert_true(!sync_is_done(end->sync) || holds(end));
        assert_true(!sync_is_done(end->other->sync) || holds(end->other));
    }
}

/* ---- Runs that the store does not want ---- */

static void refused_log_is_left_alone_and_does_not_count_against_the_peer(void **state) {
    (void)state;
    arrange(2, 2);
    world.nodes[1].refuses_log[0][0] = true;
    world_give(&world, 0, 0, 0, 250); /* Four runs: more than BAD_FRAMES_MAX. */
    world_give(&world, 0, 0, 1, 10);
    struct world_end *end = connected();

    assert_false(end->other->closed);
    assert_int_equal(end->other->refusals, 1);
    assert_int_equal(head_of(1, 0, 1), 10);
    assert_true(sync_is_done(end->other->sync));
}

static void sender_of_a_refused_log_is_done_when_the_peer_has_answered(void **state) {
    (void)state;
    arrange(2, 2);
    world.nodes[1].refuses_log[0][0] = true;
    world_give(&world, 0, 0, 0, 250);
    struct world_end *end = connected();
    assert_false(sync_is_done(end->sync));
    assert_int_equal(sync_deadline_ms(end->sync), SYNC_ACK_MS);
    sync_tick(end->sync, SYNC_ACK_MS);

    world_settle(&world, 10);
    assert_done(end);
    assert_int_equal(end->acked, 0); /* Refused is not delivered. */
    world_write(&world, 0, 0, 1);
    assert_false(sync_is_done(end->sync));
}

static void run_that_is_being_stored_is_not_taken_for_refused(void **state) {
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    world.commits_late = true;
    world_write(&world, 0, 0, 3);
    world_act(end);
    sync_tick(end->sync, SYNC_ACK_MS);
    world_act(end);
    while (world_deliver(end->other) || world_deliver(end)) {
    }

    assert_false(sync_is_done(end->sync));
    world_settle(&world, 10);
    assert_done(end);
    assert_int_equal(end->acked, 1);
}

static void runs_refused_together_do_not_close(void **state) {
    uint8_t id[HASH_BYTES];
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    world_circle_id(id, 0);

    for (size_t runs = 0; runs < 2 * BAD_FRAMES_MAX; runs++) { /* Of one commit. */
        sync_refused(end->sync, id, world.logs[0][0]->key.public, RB_REFUSED, 0, 0);
    }
    world_settle(&world, 10);
    assert_done(end);
}

/* ---- Heads, bodies ---- */

static void heads_above_the_limit_are_not_offered(void **state) {
    struct log_line *lines = rb_alloc(CIRCLE_LOGS_MAX + 1, sizeof *lines);
    struct wire_frame frame;
    uint8_t id[HASH_BYTES];
    (void)state;
    arrange(2, 2);
    world.put_off = 100;
    world_write(&world, 0, 0, 1);
    struct world_end *end = greeted();
    while (!end->heads_due) {
        assert_true(world_deliver(end) || world_deliver(end->other));
    }
    for (size_t i = 0; i <= CIRCLE_LOGS_MAX; i++) {
        memcpy(lines[i].log, &i, sizeof i);
        lines[i].head = 1;
    }
    world_circle_id(id, 0);
    sync_heads(end->sync, id, lines, CIRCLE_LOGS_MAX + 1);
    free(lines);
    world_act(end);

    struct world_end *to = end->other;
    struct world_frame *last = &to->inbox[to->inbox_first + to->inbox_count - 1];
    assert_int_equal(wire_decode(span_of(last->bytes, last->len), &frame), RB_OK);
    assert_int_equal(frame.type, WIRE_VECTOR);
    assert_int_equal(frame.row_count, VECTOR_LOGS_MAX);
    end->heads_due = false;
}

/* Node 1 lacks bodies of a log of which both have 100 events. */
static struct world_end *arrange_missing_bodies(uint64_t from, uint64_t to) {
    uint8_t id[HASH_BYTES];

    arrange(2, 2);
    world_give(&world, 0, 0, 0, 100);
    world_give(&world, 1, 0, 0, 100);
    world.nodes[1].missing[0][0] = 3;
    struct world_end *end = greeted();
    world_circle_id(id, 0);
    sync_want(end->other->sync, id, world.logs[0][0]->key.public, from, to);
    end->stored = 1; /* It has nothing to get. */
    return end;
}

static void bodies_that_are_missing_have_come_when_it_is_done(void **state) {
    (void)state;
    struct world_end *end = arrange_missing_bodies(1, 3);

    step_by_step(end, has_stored);
    assert_int_equal(end->other->stored, 1);
    assert_done(end);
}

static void bodies_that_come_late_are_waited_for(void **state) {
    (void)state;
    struct world_end *end = arrange_missing_bodies(1, 3);
    world.put_off = 100;

    step_by_step(end, has_stored);
    assert_int_equal(end->other->stored, 1);
    assert_done(end);
}

static void bodies_that_the_peer_lacks_are_not_waited_for(void **state) {
    (void)state;
    struct world_end *end = arrange_missing_bodies(300, 310);

    world_settle(&world, 100);
    assert_int_equal(end->other->sent[WIRE_WANT], 1);
    assert_int_equal(end->other->stored, 0);
    assert_done(end);
}

static void bodies_that_are_missing_are_asked_for_once(void **state) {
    uint8_t id[HASH_BYTES];
    (void)state;
    arrange(2, 2);
    world_give(&world, 0, 0, 0, 100);
    world_give(&world, 1, 0, 0, 100);
    world.nodes[1].missing[0][0] = 3;
    struct world_end *end = connected();
    world_circle_id(id, 0);
    for (size_t times = 0; times < 2; times++) {
        sync_want(end->other->sync, id, world.logs[0][0]->key.public, 1, 3);
    }

    world_settle(&world, 100);
    assert_int_equal(end->other->sent[WIRE_WANT], 1);
    assert_int_equal(end->sent[WIRE_RUN], 1);
    assert_done(end);
}

static void bodies_of_an_equal_circle_can_be_asked_for(void **state) {
    uint8_t id[HASH_BYTES];
    (void)state;
    arrange(2, 2);
    world_give(&world, 0, 0, 0, 130);
    world_give(&world, 1, 0, 0, 130);
    struct world_end *end = connected();
    world_circle_id(id, 0);
    sync_want(end->other->sync, id, world.logs[0][0]->key.public, 60, 70);

    world_settle(&world, 100);
    assert_int_equal(end->sent[WIRE_RUN], 2);
    assert_int_equal(end->same, 1);
    assert_done(end);
    world_write(&world, 0, 0, 1);
    world_settle(&world, 100);
    assert_int_equal(end->sent[WIRE_RUN], 3); /* And not everything again. */
    assert_done(end);
}

static void bad_runs_close_after_three(void **state) {
    struct run run;
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();

    made_log_run(world.logs[0][0], 1, 2, &run);
    run.signature[0] ^= 1;
    for (size_t times = 0; times < 4 && !end->closed; times++) {
        struct writer frame = empty_frame();
        wire_run(&frame, 0, 0, &run);
        inject(end, &frame);
        world_settle(&world, 10); /* The WANT is answered: there is nothing. */
    }
    assert_int_equal(end->last_refusal, RB_SUSPECT);
    assert_closed(end, RB_REFUSED);
}

static void trouble_of_our_own_says_goodbye(void **state) {
    uint8_t id[HASH_BYTES];
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    world_circle_id(id, 0);

    sync_refused(end->sync, id, world.logs[0][0]->key.public, RB_FULL, 0, 0);
    world_act(end);
    assert_closed(end, RB_FULL);
    world_settle(&world, 10);
    assert_closed(end->other, RB_OK);
    assert_int_equal(end->other->close.bye, WIRE_BYE_BUSY);
}

static void goodbye_carries_the_last_acknowledgement(void **state) {
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    world.commits_late = true;
    world_write(&world, 0, 0, 1);
    world_act(end);
    assert_true(world_deliver(end->other));
    world_commit(&world, 1);
    sync_bye(end->other->sync, WIRE_BYE_STOPPING);

    world_settle(&world, 10);
    assert_int_equal(end->acked, 1);
    assert_closed(end, RB_OK);
}

/* ---- Credit: two bare sessions, and runs of 64 large events ---- */

enum { FAT_BODY_BYTES = 2000 };

static struct run fat_run(uint64_t first, uint64_t to) {
    static const uint8_t body[FAT_BODY_BYTES] = { 1 };
    struct run run = { .first = first, .count = (size_t)(to - first + 1) };

    memcpy(run.log, world.logs[0][0]->key.public, sizeof run.log);
    for (size_t i = 0; i < run.count; i++) {
        run.events[i].header.body_len = FAT_BODY_BYTES;
        run.events[i].body = span_of(body, sizeof body);
    }
    return run;
}

/* The end sends whatever credit allows of a log of 6,400 large events; how many RUN frames. */
static size_t push_fat_runs(struct world_end *end) {
    struct sync_action action;
    size_t runs = 0;

    while (sync_next(end->sync, &action)) {
        if (action.type == SYNC_ASK_RUN) {
            struct run run = fat_run(action.from, action.to);
            sync_run(end->sync, action.circle, action.log, &run, 0);
        } else if (action.type == SYNC_SEND) {
            runs += action.frame.data[0] == WIRE_RUN ? 1 : 0;
            world_inject(end->other, action.frame);
        }
    }
    return runs;
}

static struct world_end *fat_log(void) {
    uint8_t id[HASH_BYTES];

    arrange(2, 2);
    struct world_end *end = connected();
    world_circle_id(id, 0);
    sync_stored(end->sync, id, world.logs[0][0]->key.public, 1, 6400);
    return end;
}

/* The receiver takes everything and commits up to `commits` runs.  How many it took. */
static size_t take_fat_runs(struct world_end *end, size_t commits) {
    struct sync_action action;
    size_t taken = 0;

    while (end->inbox_count > 0) {
        struct world_frame frame = end->inbox[end->inbox_first++];
        end->inbox_count--;
        sync_frame(end->sync, 0, span_of(frame.bytes, frame.len));
        while (sync_next(end->sync, &action)) {
            if (action.type == SYNC_SEND) {
                world_inject(end->other, action.frame);
            } else if (action.type == SYNC_STORE && taken++ < commits) {
                sync_committed(end->sync, action.circle, action.log,
                               action.run->first + action.run->count - 1, 0, action.frame.len);
            }
        }
        free(frame.bytes);
    }
    return taken;
}

static void sender_stops_when_its_credit_is_used(void **state) {
    (void)state;
    struct world_end *end = fat_log();
    size_t runs = push_fat_runs(end);

    assert_in_range(runs, CREDIT_START_BYTES / (64 * FAT_BODY_BYTES + 5000),
                    CREDIT_START_BYTES / (64 * FAT_BODY_BYTES) + 1);
    assert_int_equal(push_fat_runs(end), 0);
    assert_int_equal(sync_progress(end->sync).left_out, 6400);
    assert_false(end->closed);
}

static void sender_goes_on_when_credit_is_granted(void **state) {
    (void)state;
    struct world_end *end = fat_log();
    size_t runs = push_fat_runs(end);

    for (size_t rounds = 0; rounds < 200 && !sync_is_done(end->sync); rounds++) {
        (void)take_fat_runs(end->other, SIZE_MAX);
        while (end->inbox_count > 0) {
            struct world_frame frame = end->inbox[end->inbox_first++];
            end->inbox_count--;
            sync_frame(end->sync, 0, span_of(frame.bytes, frame.len));
            free(frame.bytes);
            runs += push_fat_runs(end);
        }
    }
    assert_int_equal(runs, 100);
    assert_int_equal(sync_progress(end->sync).left_out, 0);
    assert_true(sync_is_done(end->sync));
}

static void receiver_that_does_not_commit_grants_nothing(void **state) {
    (void)state;
    struct world_end *end = fat_log();
    size_t runs = push_fat_runs(end);

    assert_int_equal(take_fat_runs(end->other, 0), runs);
    assert_int_equal(end->inbox_count, 0);
}

static void sender_above_its_credit_is_closed(void **state) {
    struct run run = fat_run(1, 64);
    struct sync_action action = { .type = SYNC_SEND };
    (void)state;
    struct world_end *end = fat_log();

    for (size_t runs = 0; runs < 10 && action.type != SYNC_CLOSE; runs++) {
        struct writer frame = empty_frame();
        wire_run(&frame, 0, 0, &run);
        sync_frame(end->other->sync, 0, writer_view(&frame));
        while (sync_next(end->other->sync, &action)) {
        }
        writer_clear(&frame);
    }
    assert_int_equal(action.status, RB_TOO_LARGE);
    end->other->closed = true;
}

static void logs_take_turns(void **state) {
    uint8_t id[HASH_BYTES];
    struct sync_action action;
    uint8_t first[LOG_PK_BYTES] = { 0 };
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    world_circle_id(id, 0);
    sync_stored(end->sync, id, world.logs[0][0]->key.public, 1, 6400);
    sync_stored(end->sync, id, world.logs[0][1]->key.public, 1, 6400);

    for (size_t asked = 0; asked < 4;) {
        assert_true(sync_next(end->sync, &action));
        if (action.type == SYNC_ASK_RUN) {
            struct run run = fat_run(action.from, action.to);
            memcpy(run.log, action.log, sizeof run.log);
            sync_run(end->sync, action.circle, action.log, &run, 0);
            assert_int_equal(memcmp(first, action.log, sizeof first) == 0, asked % 2 == 0 && asked);
            memcpy(first, asked == 0 ? action.log : first, sizeof first);
            asked++;
        }
    }
}

#define TEST(name) cmocka_unit_test_teardown(name, clear_the_world)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(equal_circles_need_no_vector),
        TEST(different_circles_become_equal),
        TEST(new_event_goes_at_once),
        TEST(event_between_offer_and_comparison_is_pushed),
        TEST(newest_offer_before_the_list_counts),
        TEST(own_event_during_the_vectors_is_pushed),
        TEST(circle_offered_later_is_compared),
        TEST(unknown_circle_is_introduced_and_filled),
        TEST(circle_made_on_a_kept_connection_is_introduced),
        TEST(circle_that_is_not_wanted_does_not_hold_up),
        TEST(circle_not_wanted_at_first_may_be_taken_later),
        TEST(introduced_circle_may_have_been_learnt_elsewhere),
        TEST(introduction_may_cross_the_offer),
        TEST(withdrawn_circle_is_not_sent_but_what_comes_is_acknowledged),
        TEST(circle_offered_again_goes_on),
        TEST(run_that_came_from_elsewhere_is_acknowledged),
        TEST(gap_is_filled_after_one_vector),
        TEST(refused_log_is_left_alone_and_does_not_count_against_the_peer),
        TEST(sender_of_a_refused_log_is_done_when_the_peer_has_answered),
        TEST(run_that_is_being_stored_is_not_taken_for_refused),
        TEST(runs_refused_together_do_not_close),
        TEST(heads_above_the_limit_are_not_offered),
        TEST(bodies_that_are_missing_have_come_when_it_is_done),
        TEST(bodies_that_come_late_are_waited_for),
        TEST(bodies_that_the_peer_lacks_are_not_waited_for),
        TEST(bodies_that_are_missing_are_asked_for_once),
        TEST(bodies_of_an_equal_circle_can_be_asked_for),
        TEST(bad_runs_close_after_three),
        TEST(trouble_of_our_own_says_goodbye),
        TEST(goodbye_carries_the_last_acknowledgement),
        TEST(sender_stops_when_its_credit_is_used),
        TEST(sender_goes_on_when_credit_is_granted),
        TEST(receiver_that_does_not_commit_grants_nothing),
        TEST(sender_above_its_credit_is_closed),
        TEST(logs_take_turns),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, forget_logs);
}
