/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs of several histories in the store: whatever comes first, everybody ends with the same rows.
 * */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/forks.h"
#include "store/membership.h"
#include "store/opening.h"
#include "store/sharing.h"
#include "tests/support/histories.h"

#include <stdlib.h>
#include <string.h>

static bool is_given(size_t who, size_t to, const uint8_t name[static LOG_PK_BYTES], uint64_t seq) {
    uint64_t upto = 0;

    return circle_gives(people.stores[who], circle, people_id(&people, to), name, &upto) == RB_OK &&
           seq <= upto;
}

/* How far a log or branch is shown to him; 0: not at all. */
static uint64_t is_shown(size_t who, size_t to, const uint8_t name[static LOG_PK_BYTES]) {
    struct log_line *lines = NULL;
    size_t count = 0;
    uint64_t head = 0;

    assert_int_equal(
        circle_shown(people.stores[who], circle, people_id(&people, to), &lines, &count), RB_OK);
    for (size_t i = 0; i < count; i++) {
        head = memcmp(lines[i].log, name, LOG_PK_BYTES) == 0 ? lines[i].head : head;
    }
    free(lines);
    return head;
}

/* ---- Two branches ---- */

static void both_branches_of_a_fork_are_stored_and_their_content_waits(void **state) {
    struct history one, other;
    (void)state;

    two_histories(&one, &other);
    assert_int_equal(deliver_all(BAYU, &one), RB_OK);
    assert_page(BAYU, "Ayu: bersama\nAyu: ke Bayu\n");
    assert_int_equal(deliver(BAYU, &other, 3, 3, NULL), RB_SUSPECT);
    assert_int_equal(deliver_all(BAYU, &other), RB_OK);
    assert_int_equal(branches_at(BAYU), 2);
    assert_int_equal(waiting_at(BAYU), 2);
    assert_page(BAYU, "Ayu: bersama\n");
    assert_int_equal(deliver_all(BAYU, &other), RB_DUPLICATE);
    assert_int_equal(deliver_all(BAYU, &one), RB_DUPLICATE);
    assert_int_equal(views_rebuild(people.stores[BAYU]), RB_OK);
    assert_page(BAYU, "Ayu: bersama\n");
    assert_int_equal(waiting_at(BAYU), 2);
    history_clear(&one);
    history_clear(&other);
}

/* What he is still to hear may stand on a branch. */
static void what_a_removed_person_is_given_goes_on_in_the_branch(void **state) {
    uint8_t name[LOG_PK_BYTES], unknown[LOG_PK_BYTES];
    struct history one, other;
    struct refusal refusal;
    (void)state;

    two_histories(&one, &other);
    name_after(&one, 2, name);
    name_after(&other, 2, unknown);
    assert_int_equal(deliver_all(BAYU, &one), RB_OK);
    assert_int_equal(membership_remove(people.stores[AYU], circle, people_id(&people, CITRA),
                                       people_now(&people), &refusal),
                     RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_true(is_given(BAYU, CITRA, one.forger.log_key.public, 3));
    assert_int_equal(prove(BAYU, &one, &other, 2), RB_OK);

    assert_true(is_given(BAYU, CITRA, one.forger.log_key.public, 2));
    assert_true(is_given(BAYU, CITRA, name, 3));
    assert_false(is_given(BAYU, CITRA, name, 4));
    assert_false(is_given(BAYU, CITRA, unknown, 3));
    assert_int_equal(deliver_all(BAYU, &other), RB_OK);
    assert_int_equal(is_shown(BAYU, CITRA, one.forger.log_key.public), 2);
    assert_int_equal(is_shown(BAYU, CITRA, name), 3);
    assert_int_equal(is_shown(BAYU, CITRA, unknown), 0);
    refusal_clear(&refusal);
    history_clear(&one);
    history_clear(&other);
}

static void a_proof_cuts_a_log_and_rubbish_does_not(void **state) {
    struct history one, other;
    (void)state;

    two_histories(&one, &other);
    assert_int_equal(deliver_all(BAYU, &one), RB_OK);
    assert_int_equal(ingest_fork(people.stores[BAYU], circle, span_text("bukan bukti")),
                     RB_MALFORMED);
    assert_int_equal(branches_at(BAYU), 0);
    assert_int_equal(prove(BAYU, &one, &other, 2), RB_OK);
    assert_int_equal(branches_at(BAYU), 2);
    assert_page(BAYU, "Ayu: bersama\n");
    assert_int_equal(prove(BAYU, &one, &other, 2), RB_OK); /* nothing new */
    assert_int_equal(branches_at(BAYU), 2);
    history_clear(&one);
    history_clear(&other);
}

static void a_proof_of_what_is_not_here_is_not_kept(void **state) {
    struct history one, other;
    (void)state;

    two_histories(&one, &other);
    assert_int_equal(prove(BAYU, &one, &other, 2), RB_GAP);
    assert_int_equal(deliver(BAYU, &one, 1, 1, NULL), RB_OK);
    assert_int_equal(prove(BAYU, &one, &other, 2), RB_GAP);
    assert_int_equal(count_of(BAYU, "SELECT count(*) FROM fork"), 0);
    history_clear(&one);
    history_clear(&other);
}

static void a_branch_takes_runs_by_its_name_and_by_that_of_its_log(void **state) {
    uint8_t name[LOG_PK_BYTES];
    struct history one, other;
    (void)state;

    two_histories(&one, &other);
    history_post(&other, "lagi");
    assert_int_equal(deliver_all(BAYU, &one), RB_OK);
    assert_int_equal(prove(BAYU, &one, &other, 2), RB_OK);
    name_after(&other, 2, name);
    assert_int_equal(deliver(BAYU, &other, 3, 3, name), RB_OK);
    assert_int_equal(deliver(BAYU, &other, 1, 4, NULL),
                     RB_OK); /* from somebody without the proof */
    assert_int_equal(waiting_at(BAYU), 3);
    history_clear(&one);
    history_clear(&other);
}

static void who_lacks_the_proof_gets_the_log_up_to_a_signature(void **state) {
    struct history one, other;
    struct writer bodies;
    struct run run;
    (void)state;

    two_histories(&one, &other);
    assert_int_equal(deliver_all(BAYU, &one), RB_OK);
    assert_int_equal(deliver_all(BAYU, &other), RB_OK);
    people_load(&people, BAYU, circle, one.forger.log_key.public, 1, &bodies, &run);
    assert_int_equal(run.count, 3); /* nobody signed the second alone, as far as Bayu knows */
    assert_int_equal(people_ingest(&people, CITRA, circle, &run).status, RB_OK);
    people_meet(&people, BAYU, CITRA);
    assert_same(BAYU, CITRA);
    assert_int_equal(waiting_at(CITRA), 2);
    writer_clear(&bodies);
    history_clear(&one);
    history_clear(&other);
}

static void operations_of_both_branches_count(void **state) {
    static const char sql[] =
        "SELECT count(*) FROM operation"
        " JOIN log ON log.id = operation.log"
        " WHERE log.parent IS NOT NULL AND operation.previous IS NOT NULL";
    struct history one, other;
    (void)state;

    history_begin(&one);
    history_accept(&one);
    history_part(&other, &one, 2);
    history_accept(&one);
    history_post(&other, "lain");
    history_accept(&other);
    assert_int_equal(deliver_all(BAYU, &one), RB_OK);
    assert_int_equal(deliver_all(BAYU, &other), RB_OK);
    assert_int_equal(count_of(BAYU, sql), 2); /* each after the one that they share */
    assert_int_equal(count_of(BAYU, "SELECT count(*) FROM event WHERE state = 0"), 0);
    history_clear(&one);
    history_clear(&other);
}

/* ---- A fork at the beginning ---- */

static void a_log_may_fork_before_its_first_event(void **state) {
    struct history one, other;
    struct run run;
    (void)state;

    history_begin(&one);
    history_part(&other, &one, 0);
    history_post(&one, "satu");
    forger_logcert(&other.forger, people.stores[AYU], circle, &run);
    history_keep(&other, &run);
    history_post(&other, "dua");
    assert_int_equal(deliver_all(BAYU, &one), RB_OK);
    assert_int_equal(deliver_all(BAYU, &other), RB_OK);
    assert_int_equal(branches_at(BAYU), 2);
    assert_int_equal(waiting_at(BAYU), 2);
    people_meet(&people, BAYU, CITRA);
    assert_same(BAYU, CITRA);
    assert_int_equal(waiting_at(CITRA), 2);
    history_clear(&one);
    history_clear(&other);
}

/* A history without a LOGCERT is nobody's; the other one is not blamed for it. */
static void a_branch_without_an_author_takes_nothing_from_the_other(void **state) {
    struct history one, other;
    (void)state;

    history_begin(&one);
    history_part(&other, &one, 0);
    history_post(&one, "satu");
    history_post(&other, "dua");
    assert_int_equal(deliver_all(BAYU, &other), RB_OK);
    assert_int_equal(deliver_all(BAYU, &one), RB_OK);
    assert_int_equal(deliver_all(CITRA, &one), RB_OK);
    assert_int_equal(deliver_all(CITRA, &other), RB_OK);
    assert_same(BAYU, CITRA);
    assert_int_equal(waiting_at(BAYU), 1);
    assert_int_equal(waiting_at(CITRA), 1);
    history_clear(&one);
    history_clear(&other);
}

/* ---- Any order ---- */

/* Three histories: the second parts from the first after 2 events, the third after `later`. */
static void three_histories(struct history histories[static 3], size_t later, size_t length) {
    history_begin(&histories[0]);
    while (histories[0].count < 2) {
        history_post(&histories[0], "bersama");
    }
    history_part(&histories[1], &histories[0], 2);
    while (histories[0].count < later) {
        history_post(&histories[0], "bersama lagi");
    }
    history_part(&histories[2], &histories[0], later);
    for (size_t i = 0; i < 3; i++) {
        while (histories[i].count < length) {
            history_post(&histories[i], i == 0 ? "satu" : i == 1 ? "dua" : "tiga");
        }
    }
}

/* As a session does: blocks that are asked for, and the rest by the name that it has by then. */
static void deliver_with_answers(size_t who, const struct history *history, size_t later) {
    uint64_t end = history->count < BLOCK_EVENTS ? history->count : BLOCK_EVENTS;
    const size_t cuts[] = { 2, later };
    uint8_t name[LOG_PK_BYTES];

    (void)deliver(who, history, history->count, history->count, NULL); /* Suspect, or a gap. */
    (void)deliver(who, history, 1, end, NULL);                         /* Perhaps known. */
    if (history->count == end ||
        deliver(who, history, BLOCK_EVENTS + 1, history->count, NULL) != RB_GAP) {
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        name_after(history, cuts[i], name);
        (void)deliver(who, history, BLOCK_EVENTS + 1, history->count, name); /* One of them. */
    }
}

static void any_order_ends_with_the_same_rows(size_t later, size_t length) {
    static const size_t orders[4][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 }, { 2, 0, 1 } };
    static struct history histories[3];
    static const char sql[] = "SELECT count(*) FROM event WHERE state = 3";

    three_histories(histories, later, length);
    for (size_t who = BAYU; who <= EKA; who++) {
        for (size_t i = 0; i < 3; i++) {
            deliver_with_answers(who, &histories[orders[who - 1][i]], later);
        }
        assert_same(BAYU, who);
        assert_int_equal(count_of(who, sql), count_of(BAYU, sql));
        assert_page(who, "Ayu: bersama\n");
    }
    people_meet_all(&people);
    assert_same(BAYU, AYU);
    for (size_t i = 0; i < 3; i++) {
        history_clear(&histories[i]);
    }
}

static void three_branches_at_one_point_in_any_order(void **state) {
    (void)state;
    any_order_ends_with_the_same_rows(2, 5);
}

static void a_branch_of_a_branch_in_any_order(void **state) {
    (void)state;
    any_order_ends_with_the_same_rows(4, 6);
}

static void branches_that_part_between_two_blocks_in_any_order(void **state) {
    (void)state;
    any_order_ends_with_the_same_rows(64, 70);
}

static void branches_that_part_in_different_blocks_in_any_order(void **state) {
    (void)state;
    any_order_ends_with_the_same_rows(66, 70);
}

static void an_earlier_proof_renames_no_branch(void **state) {
    static struct history histories[3];
    uint8_t name[LOG_PK_BYTES];
    struct log_row row;
    (void)state;

    three_histories(histories, 4, 6);
    name_after(&histories[0], 4, name);
    assert_int_equal(deliver_all(BAYU, &histories[0]), RB_OK);
    assert_int_equal(prove(BAYU, &histories[0], &histories[2], 4), RB_OK);
    assert_int_equal(log_row_find(people.stores[BAYU], 1, name, &row), RB_OK);
    int64_t id = row.id;
    assert_int_equal(prove(BAYU, &histories[0], &histories[1], 2), RB_OK);
    assert_int_equal(log_row_find(people.stores[BAYU], 1, name, &row), RB_OK);
    assert_int_equal(row.id, id);
    assert_int_equal(row.base, 4);
    assert_int_equal(branches_at(BAYU), 4); /* 3 to 4, and what follows; and the second history */
    for (size_t i = 0; i < 3; i++) {
        history_clear(&histories[i]);
    }
}

/* ---- Who asks ---- */

static void a_head_covers_the_chain_that_ends_in_it(void **state) {
    struct opening *opening = opening_of(people.stores[BAYU]);
    uint8_t names[2][LOG_PK_BYTES];
    struct op_lock head = { .seq = 3 };
    struct history one, other;
    struct log_row trunk, mine, theirs;
    bool covers;
    (void)state;

    two_histories(&one, &other);
    history_post(&one, "lagi");
    assert_int_equal(deliver_all(BAYU, &one), RB_OK);
    assert_int_equal(deliver_all(BAYU, &other), RB_OK);
    name_after(&one, 2, names[0]);
    name_after(&other, 2, names[1]);
    assert_int_equal(log_row_find(people.stores[BAYU], 1, one.forger.log_key.public, &trunk),
                     RB_OK);
    assert_int_equal(log_row_find(people.stores[BAYU], 1, names[0], &mine), RB_OK);
    assert_int_equal(log_row_find(people.stores[BAYU], 1, names[1], &theirs), RB_OK);
    memcpy(head.log, one.forger.log_key.public, sizeof head.log);
    memcpy(head.hash, one.hashes[3], sizeof head.hash);
    assert_int_equal(branch_covers(opening, &head, &trunk, 2, &covers), RB_OK);
    assert_true(covers);
    assert_int_equal(branch_covers(opening, &head, &mine, 3, &covers), RB_OK);
    assert_true(covers);
    assert_int_equal(branch_covers(opening, &head, &mine, 4, &covers), RB_OK);
    assert_false(covers);
    assert_int_equal(branch_covers(opening, &head, &theirs, 3, &covers), RB_OK);
    assert_false(covers);
    head.hash[0] ^= 1;
    assert_int_equal(branch_covers(opening, &head, &mine, 3, &covers), RB_OK);
    assert_false(covers);
    history_clear(&one);
    history_clear(&other);
}

static void a_person_whose_log_forks_is_told(void **state) {
    struct history one, other;
    bool forked;
    (void)state;

    two_histories(&one, &other);
    assert_int_equal(deliver_all(BAYU, &one), RB_OK);
    assert_int_equal(devices_forked(people.stores[BAYU], circle, people_id(&people, AYU), &forked),
                     RB_OK);
    assert_false(forked);
    assert_int_equal(deliver_all(BAYU, &other), RB_OK);
    assert_int_equal(devices_forked(people.stores[BAYU], circle, people_id(&people, AYU), &forked),
                     RB_OK);
    assert_true(forked);
    assert_int_equal(devices_forked(people.stores[BAYU], circle, people_id(&people, BAYU), &forked),
                     RB_OK);
    assert_false(forked);
    history_clear(&one);
    history_clear(&other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_thread, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(both_branches_of_a_fork_are_stored_and_their_content_waits),
        TEST(what_a_removed_person_is_given_goes_on_in_the_branch),
        TEST(a_proof_cuts_a_log_and_rubbish_does_not),
        TEST(a_proof_of_what_is_not_here_is_not_kept),
        TEST(a_branch_takes_runs_by_its_name_and_by_that_of_its_log),
        TEST(who_lacks_the_proof_gets_the_log_up_to_a_signature),
        TEST(operations_of_both_branches_count),
        TEST(a_log_may_fork_before_its_first_event),
        TEST(a_branch_without_an_author_takes_nothing_from_the_other),
        TEST(three_branches_at_one_point_in_any_order),
        TEST(a_branch_of_a_branch_in_any_order),
        TEST(branches_that_part_between_two_blocks_in_any_order),
        TEST(branches_that_part_in_different_blocks_in_any_order),
        TEST(an_earlier_proof_renames_no_branch),
        TEST(a_head_covers_the_chain_that_ends_in_it),
        TEST(a_person_whose_log_forks_is_told),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
