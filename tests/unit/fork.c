/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/log_maker.h"

#include <string.h>

enum { FORK_BYTES_MAX = 8192 };

/* ---- Arranging: two branches of one log, 150 events each, that share the first 70 ---- */

enum { COMMON = 70, LONG = 150 };

static struct made_log *left, *right;

static int make_the_branches(void **state) {
    (void)state;
    left = made_log_new_branch(1, LONG, LONG, 0);
    right = made_log_new_branch(1, LONG, COMMON, 9);
    return 0;
}

static int free_the_branches(void **state) {
    (void)state;
    made_log_free(left);
    made_log_free(right);
    return 0;
}

/* What one who has `own` up to `own_seq` says to the block of `theirs` up to `their_seq`. */
static enum rb_status meet(const struct made_log *own, uint64_t own_seq,
                           const struct made_log *theirs, uint64_t their_seq, struct fork *fork) {
    uint64_t first = (their_seq - 1) / BLOCK_EVENTS * BLOCK_EVENTS + 1;
    struct fork_branch known;
    struct run run;

    made_log_block(own, own_seq, &known);
    made_log_run(theirs, first, (size_t)(their_seq - first + 1), &run);
    return run_contradicts(own->hashes[first - 1], &known, &run, fork);
}

/* The proof of the example, encoded. */
static void proof_write(struct writer *out) {
    struct fork fork;

    assert_int_equal(meet(left, 75, right, 80, &fork), RB_FORK);
    writer_init(out, FORK_BYTES_MAX);
    fork_encode(out, &fork);
    assert_int_equal(writer_end(out), RB_OK);
}

static enum rb_status proof_status(struct span bytes) {
    struct fork fork;

    return fork_decode(bytes, &fork);
}

/* Encodes a proof as it is, right or wrong, without the asserts of fork_encode: the head, then
 * items of fixed size, so that a test can put anything there. */
static void fork_write_raw(struct writer *out, const struct fork *fork) {
    writer_init(out, FORK_BYTES_MAX);
    writer_span(out, span_of("\x86\x01\x58\x20", 4));
    writer_span(out, span_of(fork->log, sizeof fork->log));
    writer_span(out, span_of("\x18", fork->common_seq < 24 ? 0 : 1));
    writer_u8(out, (uint8_t)fork->common_seq);
    writer_span(out, span_of("\x58\x20", 2));
    writer_span(out, span_of(fork->common_hash, HASH_BYTES));
    for (size_t i = 0; i < 2; i++) {
        const struct fork_branch *branch = &fork->branches[i];
        writer_u8(out, 0x82);
        writer_span(out, span_of("\x98", branch->count < 24 ? 0 : 1));
        writer_u8(out, (uint8_t)(branch->count < 24 ? 0x80 | branch->count : branch->count));
        for (size_t at = 0; at < branch->count; at++) {
            writer_span(out, span_of("\x58\x20", 2));
            writer_span(out, span_of(branch->event_hashes[at], HASH_BYTES));
        }
        writer_span(out, span_of("\x58\x40", 2));
        writer_span(out, span_of(branch->signature, SIGNATURE_BYTES));
    }
}

static enum rb_status raw_status(const struct fork *fork) {
    struct writer out;

    fork_write_raw(&out, fork);
    enum rb_status status = proof_status(writer_view(&out));
    writer_clear(&out);
    return status;
}

/* ---- Finding ---- */

static void two_branches_of_one_log_are_a_fork(void **state) {
    struct fork fork;
    (void)state;

    assert_int_equal(meet(left, 75, right, 80, &fork), RB_FORK);
    assert_memory_equal(fork.log, left->key.public, LOG_PK_BYTES);
    assert_int_equal(fork.common_seq, COMMON);
    assert_memory_equal(fork.common_hash, left->hashes[COMMON], HASH_BYTES);
    assert_int_equal(fork.branches[0].count + fork.branches[1].count, 5 + 10);
    assert_true(memcmp(fork.branches[0].event_hashes, fork.branches[1].event_hashes, HASH_BYTES) <
                0);
}

static void both_sides_of_a_fork_find_the_same_proof(void **state) {
    struct fork found_by_left, found_by_right;
    (void)state;

    assert_int_equal(meet(left, 75, right, 80, &found_by_left), RB_FORK);
    assert_int_equal(meet(right, 80, left, 75, &found_by_right), RB_FORK);
    assert_memory_equal(&found_by_left, &found_by_right, sizeof found_by_left);
}

static void branches_that_part_at_the_first_event_are_a_fork(void **state) {
    struct made_log *other = made_log_new_branch(1, 10, 0, 9);
    struct fork fork;
    struct writer out;
    (void)state;

    assert_int_equal(meet(left, 10, other, 10, &fork), RB_FORK);
    assert_int_equal(fork.common_seq, 0);
    writer_init(&out, FORK_BYTES_MAX);
    fork_encode(&out, &fork);
    assert_int_equal(proof_status(writer_view(&out)), RB_OK);
    writer_clear(&out);
    made_log_free(other);
}

static void branches_of_a_whole_block_are_a_fork(void **state) {
    struct made_log *other = made_log_new_branch(1, BLOCK_EVENTS, 0, 9);
    struct fork fork, again;
    struct writer out;
    (void)state;

    assert_int_equal(meet(left, BLOCK_EVENTS, other, BLOCK_EVENTS, &fork), RB_FORK);
    writer_init(&out, FORK_BYTES_MAX);
    fork_encode(&out, &fork);
    assert_int_equal(fork_decode(writer_view(&out), &again), RB_OK);
    assert_memory_equal(&again, &fork, sizeof fork);
    writer_clear(&out);
    made_log_free(other);
}

static void one_history_seen_at_two_lengths_is_no_fork(void **state) {
    struct fork fork;
    (void)state;

    assert_int_equal(meet(left, 75, left, 80, &fork), RB_OK);
    assert_int_equal(meet(left, 80, left, 75, &fork), RB_OK);
    assert_int_equal(meet(left, 75, left, 75, &fork), RB_OK);
    assert_int_equal(meet(left, COMMON, right, 80, &fork), RB_OK);
    assert_int_equal(meet(left, 80, right, COMMON, &fork), RB_OK);
}

static void a_branch_that_nobody_signed_proves_nothing(void **state) {
    struct fork_branch known;
    struct fork fork;
    struct run run;
    (void)state;

    made_log_block(left, 75, &known);
    made_log_run(right, BLOCK_EVENTS + 1, 16, &run);
    run.signature[0] ^= 1;
    assert_int_equal(run_contradicts(left->hashes[BLOCK_EVENTS], &known, &run, &fork),
                     RB_BAD_SIGNATURE);
}

static void a_bad_signature_over_the_same_history_is_told(void **state) {
    struct fork_branch known;
    struct fork fork;
    struct run run;
    (void)state;

    made_log_block(left, 75, &known);
    made_log_run(left, BLOCK_EVENTS + 1, 16, &run);
    run.signature[0] ^= 1;
    assert_int_equal(run_contradicts(left->hashes[BLOCK_EVENTS], &known, &run, &fork),
                     RB_BAD_SIGNATURE);
}

static void a_damaged_branch_of_ours_blames_nobody(void **state) {
    struct fork_branch known;
    struct fork fork;
    struct run run;
    (void)state;

    made_log_block(left, 75, &known);
    known.signature[0] ^= 1;
    made_log_run(right, BLOCK_EVENTS + 1, 16, &run);
    assert_int_equal(run_contradicts(left->hashes[BLOCK_EVENTS], &known, &run, &fork), RB_DAMAGED);
}

/* The branches part in block 2; whoever meets in block 3 has to go down first. */
static void a_fork_in_an_earlier_block_sends_us_down(void **state) {
    struct fork fork;
    (void)state;

    assert_int_equal(meet(left, 140, right, 145, &fork), RB_SUSPECT);
    assert_int_equal(meet(left, 2 * BLOCK_EVENTS, right, 2 * BLOCK_EVENTS, &fork), RB_FORK);
    assert_int_equal(fork.common_seq, COMMON);
    assert_int_equal(fork.branches[0].count, 2 * BLOCK_EVENTS - COMMON);
}

static void a_run_within_a_block_decides_nothing(void **state) {
    struct fork_branch known;
    struct fork fork;
    struct run run;
    (void)state;

    made_log_block(left, 75, &known);
    made_log_run(right, BLOCK_EVENTS + 2, 10, &run);
    assert_int_equal(run_contradicts(left->hashes[BLOCK_EVENTS], &known, &run, &fork),
                     RB_MALFORMED);
}

static void another_beginning_than_that_of_the_log_is_malformed(void **state) {
    struct fork_branch known;
    struct fork fork;
    struct run run;
    (void)state;

    made_log_block(left, 5, &known);
    made_log_run(left, 1, 5, &run);
    run.previous8[0] ^= 1;
    assert_int_equal(run_contradicts(left->hashes[0], &known, &run, &fork), RB_MALFORMED);
}

/* ---- Proofs ---- */

static void a_proof_reads_back(void **state) {
    struct fork fork, again;
    struct writer out;
    (void)state;

    assert_int_equal(meet(left, 75, right, 80, &fork), RB_FORK);
    proof_write(&out);
    assert_int_equal(fork_decode(writer_view(&out), &again), RB_OK);
    assert_memory_equal(&again, &fork, sizeof fork);
    writer_clear(&out);
}

static void a_proof_has_the_bytes_of_its_format(void **state) {
    struct fork fork;
    struct writer out, raw;
    (void)state;

    assert_int_equal(meet(left, 75, right, 80, &fork), RB_FORK);
    proof_write(&out);
    fork_write_raw(&raw, &fork);
    assert_true(span_equal(writer_view(&out), writer_view(&raw)));
    writer_clear(&out);
    writer_clear(&raw);
}

static void every_cut_of_a_proof_is_malformed(void **state) {
    struct writer out;
    (void)state;

    proof_write(&out);
    for (size_t cut = 0; cut < out.len; cut++) {
        assert_int_equal(proof_status(span_of(out.data, cut)), RB_MALFORMED);
    }
    writer_u8(&out, 0);
    assert_int_equal(proof_status(writer_view(&out)), RB_MALFORMED);
    writer_clear(&out);
}

static void a_flipped_bit_of_a_proof_is_refused(void **state) {
    struct writer out;
    (void)state;

    proof_write(&out);
    for (size_t bit = 0; bit < 8 * out.len; bit++) {
        out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        enum rb_status status = proof_status(writer_view(&out));
        assert_true(status == RB_MALFORMED || status == RB_BAD_SIGNATURE);
        out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(proof_status(writer_view(&out)), RB_OK);
    writer_clear(&out);
}

static void a_proof_with_one_good_signature_proves_nothing(void **state) {
    struct fork fork;
    (void)state;

    for (size_t side = 0; side < 2; side++) {
        assert_int_equal(meet(left, 75, right, 80, &fork), RB_FORK);
        assert_int_equal(raw_status(&fork), RB_OK);
        fork.branches[side].signature[3] ^= 1;
        assert_int_equal(raw_status(&fork), RB_BAD_SIGNATURE);
    }
}

static void a_proof_of_another_log_proves_nothing(void **state) {
    struct made_log *other = made_log_new(2, 1);
    struct fork fork;
    (void)state;

    assert_int_equal(meet(left, 75, right, 80, &fork), RB_FORK);
    memcpy(fork.log, other->key.public, LOG_PK_BYTES);
    assert_int_equal(raw_status(&fork), RB_BAD_SIGNATURE);
    made_log_free(other);
}

static void branches_in_the_wrong_order_are_malformed(void **state) {
    struct fork fork;
    (void)state;

    assert_int_equal(meet(left, 75, right, 80, &fork), RB_FORK);
    struct fork_branch first = fork.branches[0];
    fork.branches[0] = fork.branches[1];
    fork.branches[1] = first;
    assert_int_equal(raw_status(&fork), RB_MALFORMED);
}

static void a_history_against_itself_is_malformed(void **state) {
    struct fork fork;
    (void)state;

    assert_int_equal(meet(left, 75, right, 80, &fork), RB_FORK);
    fork.branches[1] = fork.branches[0];
    assert_int_equal(raw_status(&fork), RB_MALFORMED);
    fork.branches[1].count--; /* its own beginning, as another head */
    assert_int_equal(raw_status(&fork), RB_MALFORMED);
}

static void a_branch_that_is_empty_or_leaves_its_block_is_malformed(void **state) {
    struct fork fork;
    (void)state;

    assert_int_equal(meet(left, 75, right, 80, &fork), RB_FORK);
    fork.branches[1].count = 0;
    assert_int_equal(raw_status(&fork), RB_MALFORMED);
    fork.branches[1].count = 2 * BLOCK_EVENTS - COMMON + 1;
    assert_int_equal(raw_status(&fork), RB_MALFORMED);
    fork.branches[1].count = 2 * BLOCK_EVENTS - COMMON; /* in the block, but not what was signed */
    assert_int_equal(raw_status(&fork), RB_BAD_SIGNATURE);
}

static void a_beginning_that_is_not_of_its_log_is_malformed(void **state) {
    struct made_log *other = made_log_new_branch(1, 10, 0, 9);
    struct fork fork;
    (void)state;

    assert_int_equal(meet(left, 10, other, 10, &fork), RB_FORK);
    assert_int_equal(raw_status(&fork), RB_OK);
    fork.common_hash[0] ^= 1;
    assert_int_equal(raw_status(&fork), RB_MALFORMED);
    made_log_free(other);
}

/* ---- Names ---- */

static void a_branch_is_named_by_its_first_event_alone(void **state) {
    struct made_log *third = made_log_new_branch(1, LONG, COMMON - 2, 5);
    uint8_t name[LOG_PK_BYTES], again[LOG_PK_BYTES];
    struct fork fork, earlier;
    (void)state;

    assert_int_equal(meet(left, 75, right, 80, &fork), RB_FORK);
    assert_int_equal(meet(left, 72, third, 72, &earlier), RB_FORK);
    size_t ours =
        memcmp(fork.branches[0].event_hashes[0], left->event_hashes[COMMON], HASH_BYTES) == 0 ? 0
                                                                                              : 1;
    fork_branch_name(&fork, ours, name);
    branch_name(again, left->key.public, COMMON + 1, left->hashes[COMMON + 1]);
    assert_memory_equal(name, again, sizeof name);
    fork_branch_name(&fork, 1 - ours, again);
    assert_memory_not_equal(name, again, sizeof name);
    for (size_t i = 0; i < 2; i++) {
        fork_branch_name(&earlier, i, again);
        assert_memory_not_equal(name, again, sizeof name);
    }
    made_log_free(third);
}

static void a_proof_is_made_of_two_branches_in_either_order(void **state) {
    struct fork fork, made;
    (void)state;

    assert_int_equal(meet(left, 75, right, 80, &fork), RB_FORK);
    assert_int_equal(
        fork_make(&made, fork.log, COMMON, fork.common_hash, &fork.branches[1], &fork.branches[0]),
        RB_OK);
    assert_memory_equal(&made, &fork, sizeof made);
    assert_int_equal(
        fork_make(&made, fork.log, COMMON, fork.common_hash, &fork.branches[0], &fork.branches[0]),
        RB_MALFORMED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_branches_of_one_log_are_a_fork),
        cmocka_unit_test(both_sides_of_a_fork_find_the_same_proof),
        cmocka_unit_test(branches_that_part_at_the_first_event_are_a_fork),
        cmocka_unit_test(branches_of_a_whole_block_are_a_fork),
        cmocka_unit_test(one_history_seen_at_two_lengths_is_no_fork),
        cmocka_unit_test(a_branch_that_nobody_signed_proves_nothing),
        cmocka_unit_test(a_bad_signature_over_the_same_history_is_told),
        cmocka_unit_test(a_damaged_branch_of_ours_blames_nobody),
        cmocka_unit_test(a_fork_in_an_earlier_block_sends_us_down),
        cmocka_unit_test(a_run_within_a_block_decides_nothing),
        cmocka_unit_test(another_beginning_than_that_of_the_log_is_malformed),
        cmocka_unit_test(a_proof_reads_back),
        cmocka_unit_test(a_proof_has_the_bytes_of_its_format),
        cmocka_unit_test(every_cut_of_a_proof_is_malformed),
        cmocka_unit_test(a_flipped_bit_of_a_proof_is_refused),
        cmocka_unit_test(a_proof_with_one_good_signature_proves_nothing),
        cmocka_unit_test(a_proof_of_another_log_proves_nothing),
        cmocka_unit_test(branches_in_the_wrong_order_are_malformed),
        cmocka_unit_test(a_history_against_itself_is_malformed),
        cmocka_unit_test(a_branch_that_is_empty_or_leaves_its_block_is_malformed),
        cmocka_unit_test(a_branch_is_named_by_its_first_event_alone),
        cmocka_unit_test(a_proof_is_made_of_two_branches_in_either_order),
        cmocka_unit_test(a_beginning_that_is_not_of_its_log_is_malformed),
    };

    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, make_the_branches, free_the_branches);
}
