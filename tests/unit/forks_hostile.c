/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs of several histories that were made to do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/db.h"
#include "store/forks.h"
#include "store/membership.h"
#include "store/sharing.h"
#include "tests/support/histories.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Runs by a wrong name ---- */

/* What a run by the name of one branch with the events of another does: they go where they belong,
 * and the branch takes its own as before. */
static void assert_falls_to_its_branch(const struct history *one, const struct history *other) {
    uint8_t names[2][LOG_PK_BYTES];

    name_after(one, 2, names[0]);
    name_after(other, 2, names[1]);
    assert_int_equal(deliver(BAYU, one, 3, 4, names[1]), RB_DUPLICATE);
    assert_int_equal(deliver(BAYU, other, 3, 4, names[1]), RB_OK);
    assert_int_equal(deliver(BAYU, one, 3, 4, names[1]), RB_SUSPECT);
    assert_int_equal(deliver(BAYU, one, 1, 4, names[1]), RB_DUPLICATE);
    assert_int_equal(deliver(BAYU, other, 1, 4, names[0]), RB_DUPLICATE);
    assert_int_equal(deliver(CITRA, one, 1, 2, NULL), RB_OK);
    assert_int_equal(prove(CITRA, one, other, 2), RB_OK);
    assert_int_equal(deliver(CITRA, one, 3, 4, names[1]), RB_OK);
    assert_int_equal(deliver(CITRA, other, 1, 4, names[0]), RB_OK);
    assert_same(BAYU, CITRA);
    assert_int_equal(waiting_at(CITRA), waiting_at(BAYU));
}

static void events_of_one_branch_by_the_name_of_another_fall_to_their_own(void **state) {
    struct history one, other;
    (void)state;

    two_histories(&one, &other);
    history_post(&one, "ke Bayu lagi");
    history_post(&other, "ke Citra lagi");
    assert_int_equal(deliver_all(BAYU, &one), RB_OK);
    assert_int_equal(prove(BAYU, &one, &other, 2), RB_OK);
    assert_falls_to_its_branch(&one, &other);
    assert_int_equal(waiting_at(BAYU), 4);
    history_clear(&one);
    history_clear(&other);
}

static void operations_of_one_branch_by_the_name_of_another_stand_once(void **state) {
    static const char sql[] =
        "SELECT count(*) FROM operation JOIN log ON log.id = operation.log"
        " WHERE log.parent IS NOT NULL";
    struct history one, other;
    (void)state;

    history_begin(&one);
    history_post(&one, "bersama");
    history_part(&other, &one, 2);
    history_accept(&one);
    history_post(&one, "ke Bayu");
    history_post(&other, "ke Citra");
    history_post(&other, "ke Citra lagi");
    assert_int_equal(deliver_all(BAYU, &one), RB_OK);
    assert_int_equal(prove(BAYU, &one, &other, 2), RB_OK);
    assert_falls_to_its_branch(&one, &other);
    assert_int_equal(count_of(BAYU, sql), 1);
    assert_int_equal(views_rebuild(people.stores[BAYU]), RB_OK);
    assert_int_equal(count_of(BAYU, sql), 1);
    history_clear(&one);
    history_clear(&other);
}

/* Two histories of 64 events may end in an H with the same first 8 bytes, if their author went to
 * that trouble.  Then who brings the next event after the other one is not to blame: the block
 * before tells. */
static void a_signature_that_does_not_fit_asks_for_the_block_before(void **state) {
    static struct history history, other;
    struct ingest_result result;
    (void)state;

    history_begin(&history);
    while (history.count < BLOCK_EVENTS + 2) {
        history_post(&history, "kabar");
    }
    history.signatures[BLOCK_EVENTS + 1][0] ^= 1;
    assert_int_equal(deliver(BAYU, &history, 1, BLOCK_EVENTS, NULL), RB_OK);
    for (size_t known = 0; known < 2; known++) {
        struct run run = { .first = BLOCK_EVENTS + 1, .count = 1 };
        memcpy(run.log, history.forger.log_key.public, LOG_PK_BYTES);
        memcpy(run.previous8, history.hashes[BLOCK_EVENTS], sizeof run.previous8);
        memcpy(run.signature, history.signatures[BLOCK_EVENTS + 1], SIGNATURE_BYTES);
        run.events[0] = history.events[BLOCK_EVENTS];
        result = people_ingest(&people, BAYU, circle, &run);
        assert_int_equal(result.status, known == 0 ? RB_SUSPECT : RB_DUPLICATE);
        assert_int_equal(result.head, known == 0 ? BLOCK_EVENTS : BLOCK_EVENTS + 2);
        assert_int_equal(deliver(BAYU, &history, 1, BLOCK_EVENTS, NULL), RB_DUPLICATE);
        if (known == 0) {
            assert_int_equal(deliver(BAYU, &history, BLOCK_EVENTS + 1, BLOCK_EVENTS + 2, NULL),
                             RB_OK);
        }
    }
    history_part(&other, &history, BLOCK_EVENTS);
    history_post(&other, "kabar lain");
    other.signatures[BLOCK_EVENTS + 1][0] ^= 1;
    assert_int_equal(deliver(BAYU, &other, BLOCK_EVENTS + 1, BLOCK_EVENTS + 1, NULL), RB_SUSPECT);
    history_clear(&other);
    history_clear(&history);
}

/* ---- Forks within the first two events ---- */

static void history_operation(struct history *history, enum op_type type, struct writer *body) {
    struct run run;

    forger_operation(&history->forger, type, writer_view(body), ctl, &run);
    history_keep(history, &run);
    writer_clear(body);
}

static void history_revoke(struct history *history) {
    const struct store_self *self = store_self(people.stores[AYU]);
    uint8_t phantom[CERT_ID_BYTES];
    struct writer whole, body;

    crypt_random(phantom, sizeof phantom);
    writer_init(&whole, 1024);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    revoke_issue(&whole, phantom, self->person, &self->identity->person, 1000);
    op_revoked_encode(&body, writer_view(&whole), NULL, 0);
    writer_clear(&whole);
    history_operation(history, OP_REVOKED, &body);
}

static void history_name(struct history *history, enum op_type type, size_t who) {
    const struct store_self *self = store_self(people.stores[who]);
    const struct op_pair pair = { .person_cert = self->person_cert.whole,
                                  .device_cert = self->device_cert.whole,
                                  .seal_key = self->seal.whole };
    struct writer body;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    if (type == OP_ADD) {
        op_add_encode(&body, CIRCLE_WRITER, &pair, 0);
    } else {
        op_device_encode(&body, &pair);
    }
    history_operation(history, type, &body);
}

static void history_lock(struct history *history, enum op_type type) {
    struct op_lock lock = { .seq = 1 };
    struct writer body;

    memset(lock.log, 7, sizeof lock.log);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    if (type == OP_REMOVE) {
        op_remove_encode(&body, people_id(&people, EKA), &lock, 1);
    } else if (type == OP_DECLINE) {
        op_decline_encode(&body, &lock, 1);
    } else {
        op_adopt_encode(&body, &lock, 1);
    }
    history_operation(history, type, &body);
}

static void history_epoch(struct history *history) {
    struct run run;

    forger_epoch(&history->forger, people.stores[AYU], people.stores[BAYU], NULL, 0, 0, ctl, &run);
    history_keep(history, &run);
}

/* A LOGCERT of the same device that is not the one of history_begin. */
static void history_logcert_again(struct history *history) {
    const struct store_self *self = store_self(people.stores[AYU]);
    struct payload payload = { .type = OP_LOGCERT, .hlc = 2 };
    struct logcert cert = { .number = 2 };
    struct writer body;
    struct run run;

    memcpy(cert.device_cert, self->device_cert.id, sizeof cert.device_cert);
    memcpy(cert.circle, circle, sizeof cert.circle);
    memcpy(cert.log, history->forger.log_key.public, sizeof cert.log);
    logcert_sign(&cert, &self->identity->device);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    logcert_encode(&body, &cert);
    payload.body = writer_view(&body);
    forger_event(&history->forger, EVENT_CONTROL, &payload, &run);
    history_keep(history, &run);
    writer_clear(&body);
}

/* One of each type, in an order in which each may stand. */
static void history_everything(struct history *history) {
    history_revoke(history);
    history_accept(history);
    history_name(history, OP_ADD, EKA);
    history_name(history, OP_DEVICE, AYU);
    history_epoch(history);
    history_lock(history, OP_ADOPT);
    history_post(history, "di antara");
    history_lock(history, OP_REMOVE);
    history_lock(history, OP_DECLINE);
}

/* A hash of all that is concluded from operations. */
static void conclusions(size_t who, uint8_t hash[static HASH_BYTES]) {
    static const char sql[] =
        "SELECT group_concat(line, '|') FROM ("
        " SELECT quote(ref) || nth || ifnull(quote(previous), '') || log || '.' || seq AS line"
        "  FROM operation"
        " UNION ALL SELECT quote(ref) || quote(cert) FROM revoked"
        " UNION ALL SELECT quote(device) || quote(person) || name FROM cert"
        " UNION ALL SELECT quote(cert) || quote(person) FROM person_cert"
        " UNION ALL SELECT log || quote(person) FROM author"
        " UNION ALL SELECT log || '.' || seq || '=' || state FROM event"
        " UNION ALL SELECT quote(person) || place || role || state FROM member"
        " ORDER BY 1)";
    struct db_row *row = db_query(store_db(people.stores[who]), sql);

    assert_true(db_step(row));
    struct span text = db_blob(row, 0);
    crypt_hash(hash, HASH_BYTES, span_of(NULL, 0), "test", &text, 1);
    assert_int_equal(db_end(row), RB_OK);
}

static void assert_rebuilds_to_the_same(size_t who) {
    uint8_t before[HASH_BYTES], after[HASH_BYTES];

    conclusions(who, before);
    assert_int_equal(views_rebuild(people.stores[who]), RB_OK);
    conclusions(who, after);
    assert_memory_equal(before, after, HASH_BYTES);
}

/* What is nobody's because of a GENESIS of another circle takes nothing from the other branch. */
static void a_wrong_genesis_is_of_its_own_branch_alone(void **state) {
    struct history one, other;
    struct run run;
    (void)state;

    history_begin(&one);
    history_part(&other, &one, 1);
    forger_genesis(&one.forger, people.stores[AYU], people.stores[BAYU], &run);
    history_keep(&one, &run);
    history_post(&one, "milik siapa pun");
    history_post(&other, "milik Ayu");
    assert_int_equal(deliver_all(BAYU, &one), RB_OK);
    assert_int_equal(deliver_all(BAYU, &other), RB_OK);
    assert_int_equal(waiting_at(BAYU), 1);
    assert_int_equal(views_rebuild(people.stores[BAYU]), RB_OK);
    assert_int_equal(waiting_at(BAYU), 1);
    history_clear(&one);
    history_clear(&other);
}

static void everything_after(size_t common, bool as_proof, int64_t revoked) {
    static struct history one, other;

    history_begin(&one);
    history_part(&other, &one, common);
    history_everything(&one);
    if (common == 0) {
        history_logcert_again(&other);
    }
    history_everything(&other);
    assert_int_equal(deliver_all(BAYU, &one), RB_OK);
    if (as_proof) {
        assert_int_equal(prove(BAYU, &one, &other, common), RB_OK);
        assert_rebuilds_to_the_same(BAYU);
    }
    assert_int_equal(deliver_all(BAYU, &other), RB_OK);
    assert_int_equal(count_of(BAYU, "SELECT count(*) FROM revoked"), revoked);
    assert_rebuilds_to_the_same(BAYU);
    assert_int_equal(deliver_all(CITRA, &other), RB_OK);
    assert_int_equal(deliver_all(CITRA, &one), RB_OK);
    assert_rebuilds_to_the_same(CITRA);
    assert_same(BAYU, CITRA);
    history_clear(&one);
    history_clear(&other);
}

static void operations_of_every_type_stand_a_fork_before_the_first_event(void **state) {
    (void)state;
    everything_after(0, true, 2);
    everything_after(0, false, 4);
}

static void operations_of_every_type_stand_a_fork_after_the_first_event(void **state) {
    (void)state;
    everything_after(1, true, 2);
    everything_after(1, false, 4);
}

/* What follows the cut by the name of the log may be of a branch that came after his removal. */
static void a_removed_person_is_given_no_beginning_of_another_branch(void **state) {
    struct history one, other;
    struct refusal refusal;
    uint8_t names[2][LOG_PK_BYTES];
    const uint8_t *citra = people_id(&people, CITRA);
    uint64_t upto = 0;
    (void)state;

    history_begin(&one);
    history_post(&one, "sudah dikenal");
    history_part(&other, &one, 0);
    history_logcert_again(&other);
    history_post(&other, "belum dikenal");
    name_after(&one, 0, names[0]);
    name_after(&other, 0, names[1]);
    assert_int_equal(deliver_all(BAYU, &one), RB_OK);
    assert_int_equal(
        membership_remove(people.stores[AYU], circle, citra, people_now(&people), &refusal), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(prove(BAYU, &one, &other, 0), RB_OK);
    assert_int_equal(deliver_all(BAYU, &other), RB_OK);

    struct store *bayu = people.stores[BAYU];
    assert_int_equal(circle_gives(bayu, circle, citra, one.forger.log_key.public, &upto), RB_OK);
    assert_int_equal(upto, 0);
    assert_int_equal(circle_gives(bayu, circle, citra, names[0], &upto), RB_OK);
    assert_int_equal(upto, 2);
    assert_int_equal(circle_gives(bayu, circle, citra, names[1], &upto), RB_NOT_FOUND);
    refusal_clear(&refusal);
    history_clear(&one);
    history_clear(&other);
}

/* ---- Many branches ---- */

enum { MANY = 40 };

/* All part after the second event; the first one says that its author does not want to belong. */
static void many_histories(struct history *trunk, struct history *branches) {
    struct writer body;
    char text[32];

    history_begin(trunk);
    history_post(trunk, "bersama");
    for (size_t i = 0; i < MANY; i++) {
        history_part(&branches[i], trunk, 2);
        if (i == 0) {
            writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
            op_decline_encode(&body, NULL, 0);
            history_operation(&branches[i], OP_DECLINE, &body);
        } else {
            (void)snprintf(text, sizeof text, "cabang %zu", i);
            history_post(&branches[i], text);
        }
    }
}

static void assert_same_members(size_t one, size_t other) {
    static char rolls[2][TRANSCRIPT_BYTES];

    people_roll(&people, one, circle, rolls[0]);
    people_roll(&people, other, circle, rolls[1]);
    assert_string_equal(rolls[0], rolls[1]);
}

static void so_many_branches_as_there_are_end_the_same_in_any_order(void **state) {
    static struct history trunk, branches[MANY];
    (void)state;

    many_histories(&trunk, branches);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(deliver(BAYU, &branches[i], 1, 3, NULL), RB_OK);
        assert_int_equal(deliver(CITRA, &branches[MANY - 1 - i], 1, 3, NULL), RB_OK);
    }
    assert_int_equal(branches_at(BAYU), MANY);
    assert_same(BAYU, CITRA);
    assert_same_members(BAYU, CITRA);
    for (size_t i = 0; i < MANY / 2; i++) {
        assert_int_equal(deliver(DIMAS, &branches[i], 1, 3, NULL), RB_OK);
        assert_int_equal(deliver(EKA, &branches[MANY - 1 - i], 1, 3, NULL), RB_OK);
    }
    people_meet(&people, DIMAS, EKA);
    assert_same(DIMAS, EKA);
    assert_same(BAYU, EKA);
    assert_same_members(BAYU, EKA);
    assert_rebuilds_to_the_same(EKA);
    for (size_t i = 0; i < MANY; i++) {
        history_clear(&branches[i]);
    }
    history_clear(&trunk);
}

/* A run of a block that forks after every second of its events, from whichever end it is told. */
static void a_block_may_fork_after_every_second_of_its_events(void **state) {
    static struct history trunk, branches[BLOCK_EVENTS];
    (void)state;

    history_begin(&trunk);
    while (trunk.count < BLOCK_EVENTS) {
        history_post(&trunk, "batang");
    }
    for (size_t i = 2; i < BLOCK_EVENTS; i += 2) {
        history_part(&branches[i], &trunk, i);
        history_post(&branches[i], "cabang");
    }
    assert_int_equal(deliver_all(BAYU, &trunk), RB_OK);
    for (size_t i = 2; i < BLOCK_EVENTS; i += 2) {
        assert_int_equal(deliver_all(BAYU, &branches[i]), RB_OK);
        assert_int_equal(deliver_all(CITRA, &branches[BLOCK_EVENTS - i]), RB_OK);
    }
    assert_int_equal(deliver_all(CITRA, &trunk), RB_OK);
    assert_int_equal(deliver_all(BAYU, &trunk), RB_DUPLICATE);
    assert_same(BAYU, CITRA);
    assert_int_equal(waiting_at(BAYU), waiting_at(CITRA));
    for (size_t i = 2; i < BLOCK_EVENTS; i += 2) {
        history_clear(&branches[i]);
    }
    history_clear(&trunk);
}

/* ---- Proofs of nothing ---- */

/* A proof by a key that nobody has seen. */
static enum rb_status prove_nothing(size_t who) {
    struct fork_branch branches[2] = { { .count = 1 }, { .count = 1 } };
    uint8_t hash[HASH_BYTES];
    struct sign_key key;
    struct log_head head;
    struct writer proof;
    struct fork fork;

    crypt_sign_new(&key);
    log_head_empty(&head, key.public);
    for (size_t i = 0; i < 2; i++) {
        crypt_random(branches[i].event_hashes[0], HASH_BYTES);
        log_hash_next(hash, 1, head.hash, branches[i].event_hashes[0]);
        log_head_sign(branches[i].signature, &key, 1, hash);
    }
    assert_int_equal(fork_make(&fork, key.public, 0, head.hash, &branches[0], &branches[1]), RB_OK);
    writer_init(&proof, FRAME_BYTES_MAX);
    fork_encode(&proof, &fork);
    enum rb_status status = ingest_fork(people.stores[who], circle, writer_view(&proof));
    writer_clear(&proof);
    return status;
}

static void a_proof_about_a_log_that_is_not_here_fills_no_place(void **state) {
    int64_t logs = count_of(BAYU, "SELECT count(*) FROM log");
    (void)state;

    for (size_t i = 0; i < 10; i++) {
        assert_int_equal(prove_nothing(BAYU), RB_GAP);
    }
    assert_int_equal(count_of(BAYU, "SELECT count(*) FROM log"), logs);
    assert_int_equal(count_of(BAYU, "SELECT count(*) FROM fork"), 0);
}

/* What was judged before is left alone by a proof that takes nothing out of the views: an event
 * whose state was changed by hand keeps it. */
static void a_proof_has_only_its_own_log_judged_again(void **state) {
    static const char mark[] =
        "UPDATE event SET state = 2 WHERE rcv = (SELECT max(rcv) FROM event"
        " WHERE control = 0 AND log NOT IN (SELECT id FROM log WHERE forked > 0))";
    struct history one, other, third;
    uint8_t ref[REF_BYTES];
    (void)state;

    two_histories(&one, &other);
    assert_int_equal(deliver(BAYU, &one, 1, 2, NULL), RB_OK);
    people_post(&people, BAYU, thread, "tetap", ref);
    assert_int_equal(store_write_begin(people.stores[BAYU]), RB_OK);
    assert_int_equal(
        store_write_end(people.stores[BAYU], db_execute(store_db(people.stores[BAYU]), mark)),
        RB_OK);
    assert_int_equal(prove(BAYU, &one, &other, 2), RB_OK);
    assert_int_equal(count_of(BAYU, "SELECT count(*) FROM event WHERE state = 2"), 1);
    assert_page(BAYU, "Ayu: bersama\nBayu: tetap\n");
    assert_int_equal(deliver(BAYU, &one, 1, 3, NULL), RB_OK);
    assert_int_equal(deliver(BAYU, &other, 1, 3, NULL), RB_OK);
    history_post(&one, "lagi");
    assert_int_equal(deliver(BAYU, &one, 1, 4, NULL), RB_OK);
    history_part(&third, &one, 3);
    history_post(&third, "lain lagi");
    assert_int_equal(prove(BAYU, &one, &third, 3), RB_OK); /* on a branch, of what waits */
    assert_int_equal(waiting_at(BAYU), 3);
    assert_int_equal(count_of(BAYU, "SELECT count(*) FROM event WHERE state = 2"), 1);
    history_clear(&third);
    history_clear(&one);
    history_clear(&other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_thread, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(events_of_one_branch_by_the_name_of_another_fall_to_their_own),
        TEST(operations_of_one_branch_by_the_name_of_another_stand_once),
        TEST(a_signature_that_does_not_fit_asks_for_the_block_before),
        TEST(operations_of_every_type_stand_a_fork_before_the_first_event),
        TEST(operations_of_every_type_stand_a_fork_after_the_first_event),
        TEST(a_wrong_genesis_is_of_its_own_branch_alone),
        TEST(a_removed_person_is_given_no_beginning_of_another_branch),
        TEST(so_many_branches_as_there_are_end_the_same_in_any_order),
        TEST(a_block_may_fork_after_every_second_of_its_events),
        TEST(a_proof_about_a_log_that_is_not_here_fills_no_place),
        TEST(a_proof_has_only_its_own_log_judged_again),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
