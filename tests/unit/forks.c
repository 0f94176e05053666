/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs of several histories in the store: whatever comes first, everybody ends with the same rows.
 * */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/db.h"
#include "store/forks.h"
#include "store/membership.h"
#include "store/opening.h"
#include "store/sharing.h"
#include "tests/support/forger.h"
#include "tests/support/people.h"

#include <stdlib.h>
#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];
static uint8_t ctl[REF_BYTES];
static char page[TRANSCRIPT_BYTES];

/* Five members, who all have one thread. */
static int a_thread(void **state) {
    (void)state;
    people_new(&people, 5);
    people_group(&people, 5, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    people_meet_all(&people);
    forger_head(people.stores[AYU], circle, ctl);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Histories: logs of Ayu's device that no honest store writes ---- */

enum { HISTORY_EVENTS_MAX = 80 };

struct history {
    struct forger forger;
    size_t count;
    struct event events[HISTORY_EVENTS_MAX]; /* index 0 is seq 1; their bodies are owned */
    uint8_t hashes[HISTORY_EVENTS_MAX + 1][HASH_BYTES]; /* but hashes[k] is H_k */
    uint8_t signatures[HISTORY_EVENTS_MAX + 1][SIGNATURE_BYTES];
};

static void history_keep(struct history *history, const struct run *run) {
    struct event *event = &history->events[history->count++];
    uint8_t *body = rb_alloc(run->events[0].body.len, 1);

    assert_true(history->count <= HISTORY_EVENTS_MAX);
    *event = run->events[0];
    memcpy(body, event->body.data, event->body.len);
    event->body.data = body;
    memcpy(history->hashes[history->count], history->forger.head.hash, HASH_BYTES);
    memcpy(history->signatures[history->count], run->signature, SIGNATURE_BYTES);
}

static void history_begin(struct history *history) {
    struct run run;

    *history = (struct history) { 0 };
    forger_new(&history->forger, people.stores[AYU], circle);
    memcpy(history->hashes[0], history->forger.head.hash, HASH_BYTES);
    forger_logcert(&history->forger, people.stores[AYU], circle, &run);
    history_keep(history, &run);
}

static void history_post(struct history *history, const char *text) {
    struct run run;

    forger_post(&history->forger, KIND_POST, text, thread, ctl,
                ((uint64_t)people.now_ms << 16) + history->count, &run);
    history_keep(history, &run);
}

static void history_accept(struct history *history) {
    struct writer body;
    struct run run;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_empty_encode(&body);
    forger_operation(&history->forger, OP_ACCEPT, writer_view(&body), ctl, &run);
    history_keep(history, &run);
    writer_clear(&body);
}

/* The same up to `common` events. */
static void history_part(struct history *to, const struct history *from, size_t common) {
    *to = (struct history) { .count = common };
    forger_twin(&to->forger, &from->forger);
    to->forger.head.seq = common;
    memcpy(to->forger.head.hash, from->hashes[common], HASH_BYTES);
    memcpy(to->forger.head.signature, from->signatures[common], SIGNATURE_BYTES);
    memcpy(to->hashes, from->hashes, sizeof to->hashes);
    memcpy(to->signatures, from->signatures, sizeof to->signatures);
    for (size_t i = 0; i < common; i++) {
        uint8_t *body = rb_alloc(from->events[i].body.len, 1);
        to->events[i] = from->events[i];
        memcpy(body, from->events[i].body.data, from->events[i].body.len);
        to->events[i].body.data = body;
    }
}

static void history_clear(struct history *history) {
    for (size_t i = 0; i < history->count; i++) {
        free((void *)(uintptr_t)history->events[i].body.data);
    }
    forger_clear(&history->forger);
}

/* `name` is what the log is called on the wire: NULL for the log itself. */
static enum rb_status deliver(size_t who, const struct history *history, uint64_t first,
                              uint64_t last, const uint8_t *name) {
    struct run run = { .first = first, .count = (size_t)(last - first + 1) };

    memcpy(run.log, name == NULL ? history->forger.log_key.public : name, LOG_PK_BYTES);
    memcpy(run.previous8, history->hashes[first - 1], sizeof run.previous8);
    memcpy(run.signature, history->signatures[last], sizeof run.signature);
    memcpy(run.events, &history->events[first - 1], run.count * sizeof run.events[0]);
    return people_ingest(&people, who, circle, &run).status;
}

static enum rb_status deliver_all(size_t who, const struct history *history) {
    uint64_t first = history->count < BLOCK_EVENTS ? history->count : BLOCK_EVENTS;
    enum rb_status status = deliver(who, history, 1, first, NULL);

    if (status == RB_OK && history->count > BLOCK_EVENTS) {
        status = deliver(who, history, BLOCK_EVENTS + 1, history->count, NULL);
    }
    return status;
}

/* ---- What is known of them ---- */

static int64_t count_of(size_t who, const char *sql) {
    struct db_row *row = db_query(store_db(people.stores[who]), sql);
    int64_t count = -1;

    if (db_step(row)) {
        count = db_int(row, 0);
    }
    assert_int_equal(db_end(row), RB_OK);
    return count;
}

static int64_t branches_at(size_t who) {
    static const char sql[] = "SELECT count(*) FROM log WHERE parent IS NOT NULL";

    return count_of(who, sql);
}

static int64_t waiting_at(size_t who) {
    static const char sql[] = "SELECT count(*) FROM event WHERE state = 3";

    return count_of(who, sql);
}

static void fingerprint(size_t who, uint8_t fp[static FP_BYTES]) {
    struct log_line *lines = NULL;
    size_t count = 0;

    assert_int_equal(circle_lines(people.stores[who], circle, &lines, &count), RB_OK);
    circle_fingerprint(fp, lines, count);
    free(lines);
}

static void assert_same(size_t one, size_t other) {
    uint8_t fps[2][FP_BYTES];

    fingerprint(one, fps[0]);
    fingerprint(other, fps[1]);
    assert_memory_equal(fps[0], fps[1], FP_BYTES);
}

static void assert_page(size_t who, const char *expected) {
    people_transcript(&people, who, thread, page);
    assert_string_equal(page, expected);
}

/* The name of the branch that a history is after `common` events. */
static void name_after(const struct history *history, size_t common,
                       uint8_t name[static LOG_PK_BYTES]) {
    branch_name(name, history->forger.log_key.public, common + 1, history->hashes[common + 1]);
}

/* A proof that two histories part after `common` events. */
static enum rb_status prove(size_t who, const struct history *one, const struct history *other,
                            size_t common) {
    const struct history *both[2] = { one, other };
    struct fork_branch branches[2] = { { .count = 1 }, { .count = 1 } };
    struct writer proof;
    struct fork fork;

    for (size_t i = 0; i < 2; i++) {
        const struct event *event = &both[i]->events[common];
        event_hash(branches[i].event_hashes[0], &event->header, event->body_hash);
        memcpy(branches[i].signature, both[i]->signatures[common + 1], SIGNATURE_BYTES);
    }
    assert_int_equal(fork_make(&fork, one->forger.log_key.public, common, one->hashes[common],
                               &branches[0], &branches[1]),
                     RB_OK);
    writer_init(&proof, FRAME_BYTES_MAX);
    fork_encode(&proof, &fork);
    enum rb_status status = ingest_fork(people.stores[who], circle, writer_view(&proof));
    writer_clear(&proof);
    return status;
}

static bool is_given(size_t who, size_t to, const uint8_t name[static LOG_PK_BYTES], uint64_t seq) {
    return circle_gives(people.stores[who], circle, people_id(&people, to), name, seq) == RB_OK;
}

/* ---- Two branches ---- */

static void two_histories(struct history *one, struct history *other) {
    history_begin(one);
    history_post(one, "bersama");
    history_part(other, one, 2);
    history_post(one, "ke Bayu");
    history_post(other, "ke Citra");
}

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

static void a_log_has_only_so_many_branches(void **state) {
    static const char *const texts[LOG_BRANCHES_MAX] = { "a", "b", "c", "d", "e", "f", "g", "h",
                                                         "i", "j", "k", "l", "m", "n", "o", "p" };
    static struct history trunk, branch;
    (void)state;

    history_begin(&trunk);
    history_post(&trunk, "satu");
    assert_int_equal(deliver_all(BAYU, &trunk), RB_OK);
    for (size_t i = 1; i < LOG_BRANCHES_MAX; i++) {
        history_part(&branch, &trunk, 1);
        history_post(&branch, texts[i]);
        assert_int_equal(deliver_all(BAYU, &branch), RB_OK);
        history_clear(&branch);
    }
    assert_int_equal(branches_at(BAYU), LOG_BRANCHES_MAX);
    history_part(&branch, &trunk, 1);
    history_post(&branch, "satu lagi");
    assert_int_equal(deliver_all(BAYU, &branch), RB_REFUSED);
    assert_int_equal(prove(BAYU, &trunk, &branch, 1), RB_REFUSED);
    assert_int_equal(branches_at(BAYU), LOG_BRANCHES_MAX);
    history_clear(&branch);
    history_clear(&trunk);
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
        TEST(a_log_has_only_so_many_branches),
        TEST(a_head_covers_the_chain_that_ends_in_it),
        TEST(a_person_whose_log_forks_is_told),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
