/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Revocations that go by themselves: REVOKES and REVOKES_GOT. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/sync_pair.h"

#include <string.h>

static const uint8_t some_bytes[] = { 7 };

static void write_some(struct writer *frame, uint64_t upto, size_t count, bool last) {
    struct span what = span_of(some_bytes, sizeof some_bytes);
    struct writer items;

    writer_init(&items, FRAME_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        revoke_proof_write(&items, &(struct revoke_proof) { .revoke = what, .person = what });
    }
    wire_revokes(frame, upto, writer_view(&items), count, last);
    writer_clear(&items);
}

/* PINGs are due, and answered. */
static void a_second_goes_by(struct world_end *end) {
    world.now_ms += SYNC_ACK_MS;
    sync_tick(end->sync, world.now_ms);
    sync_tick(end->other->sync, world.now_ms);
    world_act(end);
    world_act(end->other);
    world_settle(&world, 100);
}

static void revocation_goes_before_anything_else_and_once(void **state) {
    (void)state;
    arrange(2, 1);
    world_write(&world, 0, 0, 3);
    world_revoke(&world, 0, 7);
    struct world_end *end = greeted();
    while (!world_knows_revoked(&world, 1, 7)) {
        assert_true(world_deliver(end->other));
    }
    assert_int_equal(head_of(1, 0, 0), 0);
    world_settle(&world, 100);
    assert_done(end);
    assert_int_equal(head_of(1, 0, 0), 3);
    assert_int_equal(end->sent[WIRE_REVOKES], 1);
    assert_int_equal(end->other->sent[WIRE_REVOKES_GOT], 1);
    assert_int_equal(world.nodes[0].revokes_got[1], 1);

    world_cut(&world, end);
    end = connected();
    assert_done(end);
    assert_int_equal(end->sent[WIRE_REVOKES], 0); /* What is known costs nothing. */
}

static void nothing_to_tell_costs_nothing(void **state) {
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    assert_int_equal(end->sent[WIRE_REVOKES], 0);
    assert_int_equal(end->sent[WIRE_REVOKES_GOT], 0);
    assert_done(end);
}

static void revocation_that_is_learnt_goes_to_all_who_are_there(void **state) {
    (void)state;
    arrange(3, 3);
    struct world_end *one = world_connect(&world, 0, 1);
    struct world_end *two = world_connect(&world, 1, 2);
    world_settle(&world, 1000);

    world_revoke(&world, 0, 7);
    world_act(one);
    world_settle(&world, 100);
    assert_true(world_knows_revoked(&world, 2, 7));
    assert_int_equal(two->sent[WIRE_REVOKES], 1);
    assert_done(one);
    assert_done(two);
}

static void revocation_goes_ahead_of_the_runs_that_wait(void **state) {
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    size_t runs = end->sent[WIRE_RUN];
    world_write(&world, 0, 0, 10 * BLOCK_EVENTS);
    world_revoke(&world, 0, 7);
    world_act(end);
    while (!world_knows_revoked(&world, 1, 7)) {
        assert_true(world_deliver(end->other));
    }
    assert_true(head_of(1, 0, 0) <= BLOCK_EVENTS * (end->sent[WIRE_RUN] - runs));
    assert_true(head_of(1, 0, 0) < 10 * BLOCK_EVENTS);
    world_settle(&world, 1000);
    assert_done(end);
}

static void many_go_frame_by_frame_as_they_are_confirmed(void **state) {
    (void)state;
    arrange(2, 2);
    for (uint8_t what = 0; what < 10; what++) {
        world_revoke(&world, 0, what);
    }
    struct world_end *end = greeted();
    world_settle(&world, 100);
    assert_int_equal(end->sent[WIRE_REVOKES], 4);
    assert_int_equal(end->other->sent[WIRE_REVOKES_GOT], 4);
    assert_true(world_knows_revoked(&world, 1, 9));
    assert_int_equal(world.nodes[0].revokes_got[1], 10);
    assert_done(end);
}

static void what_is_not_confirmed_goes_again_in_the_next_session(void **state) {
    (void)state;
    arrange(2, 2);
    world_revoke(&world, 0, 7);
    struct world_end *end = greeted();
    world_act(end);
    world_cut(&world, end);
    end = connected();
    assert_int_equal(end->sent[WIRE_REVOKES], 1);
    assert_true(world_knows_revoked(&world, 1, 7));
}

static void all_are_given_again_if_the_peer_asks(void **state) {
    (void)state;
    arrange(2, 2);
    world_revoke(&world, 0, 7);
    struct world_end *end = connected();
    world.nodes[1].revoke_count = 0; /* It was of no use there, and is now. */
    sync_revokes_again(end->other->sync);
    assert_false(sync_is_done(end->other->sync));
    world_act(end->other);
    world_settle(&world, 100);
    a_second_goes_by(end);
    assert_true(world_knows_revoked(&world, 1, 7));
    assert_done(end);

    world.nodes[0].revoke_count = 0;
    sync_revokes_again(end->sync); /* He has them from us, and his list comes all the same. */
    world_act(end);
    world_settle(&world, 100);
    a_second_goes_by(end);
    assert_done(end);
}

static void who_has_none_answers_that_he_has_none(void **state) {
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    sync_revokes_again(end->sync);
    world_act(end);
    world_settle(&world, 100);
    a_second_goes_by(end);
    assert_int_equal(end->other->sent[WIRE_REVOKES], 1);
    assert_done(end);
}

static void all_are_given_again_only_after_what_is_on_its_way(void **state) {
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    world_revoke(&world, 0, 7);
    world_act(end); /* It is on its way, and not confirmed, */
    sync_revokes_again(end->other->sync);
    world_act(end->other);
    assert_true(world_deliver(end)); /* when he asks for all. */
    world_act(end);
    assert_int_equal(end->sent[WIRE_REVOKES], 1);
    world_settle(&world, 100);
    assert_true(sync_revokes_are_asked(end->other->sync));
    assert_int_equal(end->sent[WIRE_REVOKES], 2);
    a_second_goes_by(end);
    assert_false(sync_revokes_are_asked(end->other->sync));
    assert_int_equal(world.nodes[0].revokes_got[1], 1);
    assert_done(end);
}

static void asking_for_all_without_end_closes(void **state) {
    struct writer frame;
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    for (size_t i = 0; i < REVOKES_AGAIN_MAX; i++) {
        frame = empty_frame();
        wire_revokes_got(&frame, 0);
        inject(end, &frame);
        assert_false(end->closed);
    }
    frame = empty_frame();
    wire_revokes_got(&frame, 0);
    inject(end, &frame);
    assert_closed(end, RB_TOO_LARGE);
}

static void frames_of_nothing_count_too(void **state) {
    struct writer frame;
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    for (size_t i = 0; i < REVOKES_SESSION_MAX; i++) {
        frame = empty_frame();
        write_some(&frame, 0, 0, false);
        inject(end, &frame);
        assert_false(end->closed);
    }
    frame = empty_frame();
    write_some(&frame, 0, 0, false);
    inject(end, &frame);
    assert_closed(end, RB_TOO_LARGE);
}

static void a_program_that_knows_no_such_frames_holds_nothing_up(void **state) {
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    world_revoke(&world, 0, 7);
    world_act(end);
    assert_int_equal(end->other->inbox_count, 1);
    world_lose(end->other);
    assert_int_equal(end->sent[WIRE_REVOKES], 1);
    world_settle(&world, 100);
    assert_false(sync_is_done(end->sync));
    world.now_ms += SYNC_ACK_MS;
    sync_tick(end->sync, world.now_ms);
    world_act(end);
    world_settle(&world, 100);
    assert_true(sync_is_done(end->sync)); /* His PONG says that nothing comes of it, */
    world_revoke(&world, 0, 8);
    world_act(end);
    world_settle(&world, 100);
    assert_int_equal(end->sent[WIRE_REVOKES], 1); /* and he is told no more of them. */
}

static void three_that_prove_nothing_close(void **state) {
    struct writer frame;
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    end->revokes_bad = true;
    for (size_t i = 0; i < BAD_FRAMES_MAX; i++) {
        assert_false(end->closed);
        frame = empty_frame();
        write_some(&frame, i + 1, 1, true);
        inject(end, &frame);
    }
    assert_int_equal(end->sent[WIRE_REVOKES_GOT], 0);
    assert_closed(end, RB_REFUSED);
}

static void confirming_what_was_never_sent_closes(void **state) {
    struct writer frame = empty_frame();
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    wire_revokes_got(&frame, 5);
    inject(end, &frame);
    assert_closed(end, RB_MALFORMED);
}

static void more_than_anybody_knows_closes(void **state) {
    struct writer frame;
    (void)state;
    arrange(2, 2);
    struct world_end *end = connected();
    for (size_t i = 0; i < REVOKES_SESSION_MAX / REVOKES_ITEMS_MAX; i++) {
        frame = empty_frame();
        write_some(&frame, i + 1, REVOKES_ITEMS_MAX, false);
        inject(end, &frame);
        assert_false(end->closed);
    }
    frame = empty_frame();
    write_some(&frame, 1, 1, true);
    inject(end, &frame);
    assert_closed(end, RB_TOO_LARGE);
}

static void before_proof_no_revocation_is_taken(void **state) {
    struct writer frame = empty_frame();
    (void)state;
    arrange(2, 2);
    struct world_end *end = world_connect(&world, 0, 1);
    write_some(&frame, 1, 1, true);
    inject(end, &frame);
    assert_closed(end, RB_MALFORMED);
    assert_false(world_knows_revoked(&world, 0, 7));
}

#define TEST(name) cmocka_unit_test_teardown(name, clear_the_world)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(revocation_goes_before_anything_else_and_once),
        TEST(nothing_to_tell_costs_nothing),
        TEST(revocation_that_is_learnt_goes_to_all_who_are_there),
        TEST(revocation_goes_ahead_of_the_runs_that_wait),
        TEST(many_go_frame_by_frame_as_they_are_confirmed),
        TEST(what_is_not_confirmed_goes_again_in_the_next_session),
        TEST(all_are_given_again_if_the_peer_asks),
        TEST(who_has_none_answers_that_he_has_none),
        TEST(all_are_given_again_only_after_what_is_on_its_way),
        TEST(asking_for_all_without_end_closes),
        TEST(frames_of_nothing_count_too),
        TEST(a_program_that_knows_no_such_frames_holds_nothing_up),
        TEST(three_that_prove_nothing_close),
        TEST(confirming_what_was_never_sent_closes),
        TEST(more_than_anybody_knows_closes),
        TEST(before_proof_no_revocation_is_taken),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, forget_logs);
}
