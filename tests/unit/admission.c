/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/admission.h"
#include "store/author.h"
#include "store/db.h"
#include "store/keyring.h"
#include "store/membership.h"
#include "tests/support/forger.h"
#include "tests/support/people.h"

#include <stdlib.h>
#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];
static char page[TRANSCRIPT_BYTES];

/* A CBOR map without entries, and one that no operation has. */
static const struct span empty_map = { (const uint8_t *)"\xa0", 1 };

/* Four people; Ayu and Bayu in a group with one thread, which both have. */
static int a_thread(void **state) {
    (void)state;
    people_new(&people, 4);
    people_group(&people, 2, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    people_meet(&people, AYU, BAYU);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

static enum rb_status ingest(size_t who, const struct run *run) {
    return people_ingest(&people, who, circle, run).status;
}

static void change(size_t who, const char *sql) {
    assert_int_equal(store_write_begin(people.stores[who]), RB_OK);
    assert_int_equal(db_execute(store_db(people.stores[who]), sql), RB_OK);
    assert_int_equal(store_write_commit(people.stores[who]), RB_OK);
}

static size_t keys_of(size_t who) {
    const struct epoch_key *epochs;
    size_t count;

    assert_int_equal(keyring_epochs(people.stores[who], circle, NULL, &epochs, &count), RB_OK);
    return count;
}

/* The first run of a new log that nobody can read. */
static enum rb_status nameless_log(size_t to) {
    const struct payload payload = { .type = 99, .hlc = 1, .body = empty_map };
    struct forger forger;
    struct run run;

    forger_new(&forger, people.stores[BAYU], circle);
    forger_event(&forger, EVENT_CONTENT, &payload, &run);
    enum rb_status status = ingest(to, &run);
    forger_clear(&forger);
    return status;
}

/* The first run of a new log of somebody's device. */
static enum rb_status known_log(size_t of, size_t to) {
    struct forger forger;
    struct run run;

    forger_new(&forger, people.stores[BAYU], circle);
    forger_logcert(&forger, people.stores[of], circle, &run);
    enum rb_status status = ingest(to, &run);
    forger_clear(&forger);
    return status;
}

/* Logs of nobody up to that number, straight into the table. */
static void fill_logs(size_t who, int64_t number) {
    static const char sql[] =
        "WITH RECURSIVE n (i) AS (SELECT (SELECT count(*) FROM log) + 1"
        "  UNION ALL SELECT i + 1 FROM n WHERE i < ?1)"
        " INSERT INTO log (circle, pk, origin, head, hash, signature)"
        " SELECT 1, randomblob(32), randomblob(32), 0, zeroblob(32), zeroblob(64) FROM n";
    struct store *store = people.stores[who];

    assert_int_equal(store_write_begin(store), RB_OK);
    struct db_row *row = db_query(store_db(store), sql);
    db_bind_int(row, 1, number);
    assert_int_equal(db_run(row), RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
}

static void invite_citra(void) {
    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    people_meet(&people, AYU, CITRA);
}

/* ---- Logs ---- */

static void logs_of_nobody_leave_room_for_those_of_members(void **state) {
    enum rb_status status = RB_OK;
    size_t taken = 0;
    (void)state;

    while (status == RB_OK && taken <= LOGS_STRANGERS_MAX) {
        status = nameless_log(AYU);
        taken += status == RB_OK;
    }
    assert_int_equal(status, RB_REFUSED);
    assert_int_equal(taken, LOGS_STRANGERS_MAX);
    assert_int_equal(known_log(CITRA, AYU), RB_REFUSED); /* she has not been invited */
    assert_int_equal(known_log(BAYU, AYU), RB_OK);
}

/* Each of another device. */
static void a_crowded_circle_takes_only_so_many_logs_of_one_person(void **state) {
    static const char sql[] =
        "INSERT INTO author (log, person, device_cert)"
        " SELECT id, (SELECT person FROM author WHERE log = (SELECT max(log) FROM author)),"
        "   randomblob(16)"
        " FROM log"
        " WHERE id > (SELECT max(log) FROM author)"
        " LIMIT ?1";
    struct store *ayu = people.stores[AYU];
    (void)state;

    fill_logs(AYU, LOGS_CROWDED); /* Bayu's is the last one before */
    assert_int_equal(store_write_begin(ayu), RB_OK);
    struct db_row *row = db_query(store_db(ayu), sql);
    db_bind_int(row, 1, LOGS_PER_PERSON_MAX - 2);
    assert_int_equal(db_run(row), RB_OK);
    assert_int_equal(store_write_commit(ayu), RB_OK);

    assert_int_equal(known_log(BAYU, AYU), RB_OK);
    assert_int_equal(known_log(BAYU, AYU), RB_REFUSED);
    assert_int_equal(nameless_log(AYU), RB_REFUSED);
    assert_int_equal(known_log(AYU, AYU), RB_OK);
}

static void whoever_is_added_has_room_for_his_first_log(void **state) {
    (void)state;

    invite_citra();
    fill_logs(AYU, LOGS_SHARED_MAX);
    assert_int_equal(known_log(BAYU, AYU), RB_REFUSED); /* he has one */
    assert_int_equal(known_log(CITRA, AYU), RB_OK);
    assert_int_equal(known_log(CITRA, AYU), RB_REFUSED);
}

static void a_made_up_person_takes_no_place_of_a_first_log(void **state) {
    (void)state;

    invite_citra();
    fill_logs(AYU, LOGS_SHARED_MAX);
    /* As if only an operation that is not granted named her. */
    change(AYU, "DELETE FROM member WHERE place = 2");
    assert_int_equal(known_log(CITRA, AYU), RB_REFUSED);
}

/* ---- Strangers ---- */

/* A log of a person who is made up, named by an operation of `namer`: his LOGCERT and an ACCEPT. */
static enum rb_status made_up_log(struct forger *namer, size_t to,
                                  const uint8_t ctl[static REF_BYTES]) {
    struct logcert cert = { .number = 1 };
    struct payload payload = { .type = OP_LOGCERT, .hlc = 1 };
    struct stranger stranger;
    struct ingest_result result;
    struct forger forger;
    struct writer body;
    struct cert device;
    struct run run;

    stranger_new(&stranger, "Sari Umpama");
    const struct op_pair pair = { writer_view(&stranger.person_cert),
                                  writer_view(&stranger.device_cert),
                                  writer_view(&stranger.seal_key),
                                  { 0 } };
    writer_init(&body, EVENT_BODY_BYTES_MAX);
    op_add_encode(&body, CIRCLE_WRITER, &pair, 0);
    forger_operation(namer, OP_ADD, writer_view(&body), ctl, &run);
    assert_int_equal(ingest_run(people.stores[to], circle, &run, people.now_ms, &result), RB_OK);
    assert_int_equal(result.status, RB_OK);

    forger_new(&forger, people.stores[AYU], circle);
    assert_int_equal(cert_decode(pair.device_cert, &device), RB_OK);
    memcpy(cert.device_cert, device.id, sizeof cert.device_cert);
    memcpy(cert.circle, circle, sizeof cert.circle);
    memcpy(cert.log, forger.log_key.public, sizeof cert.log);
    logcert_sign(&cert, &stranger.identity.device);
    writer_reset(&body);
    logcert_encode(&body, &cert);
    payload.body = writer_view(&body);
    forger_event(&forger, EVENT_CONTROL, &payload, &run);
    assert_int_equal(ingest_run(people.stores[to], circle, &run, people.now_ms, &result), RB_OK);
    if (result.status == RB_OK) {
        struct ingest_result second;
        forger_operation(&forger, OP_ACCEPT, empty_map, ctl, &run);
        assert_int_equal(ingest_run(people.stores[to], circle, &run, people.now_ms, &second),
                         RB_OK);
    }
    forger_clear(&forger);
    writer_clear(&body);
    stranger_clear(&stranger);
    return result.status;
}

static int64_t count_of(size_t who, const char *sql) {
    struct db_row *row = db_query(store_db(people.stores[who]), sql);

    assert_true(db_step(row));
    int64_t count = db_int(row, 0);
    assert_int_equal(db_end(row), RB_OK);
    return count;
}

enum { PEOPLE_A_BATCH = 16, PEOPLE_BATCHES = 2 };

/* Citra, who was removed, brings as many people as she likes; how many of them are taken. */
static size_t made_up_people_come(size_t to) {
    struct refusal refusal;
    uint8_t head[REF_BYTES];
    struct forger forger;
    size_t taken = 0;
    struct run run;

    invite_citra();
    assert_int_equal(membership_remove(people.stores[AYU], circle, people_id(&people, CITRA),
                                       people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
    forger_head(people.stores[AYU], circle, head);
    forger_new(&forger, people.stores[AYU], circle);
    forger_logcert(&forger, people.stores[CITRA], circle, &run);
    assert_int_equal(ingest(to, &run), RB_OK);
    for (size_t batch = 0; batch < PEOPLE_BATCHES; batch++) {
        assert_int_equal(ingest_begin(people.stores[to]), RB_OK);
        for (size_t i = 0; i < PEOPLE_A_BATCH; i++) {
            taken += made_up_log(&forger, to, head) == RB_OK ? 1 : 0;
        }
        assert_int_equal(ingest_commit(people.stores[to], people.now_ms), RB_OK);
    }
    forger_clear(&forger);
    return taken;
}

static void made_up_people_take_only_so_many_places(void **state) {
    static const char sql_members[] = "SELECT count(*) FROM member";
    static const char sql_strangers[] =
        "SELECT count(*) FROM author WHERE person NOT IN (SELECT person FROM member)";
    (void)state;

    fill_logs(AYU, 2 + LOGS_STRANGERS_MAX - PEOPLE_A_BATCH - 4);
    assert_int_equal(made_up_people_come(AYU), PEOPLE_A_BATCH + 4);
    assert_int_equal(count_of(AYU, sql_members), 3);
    assert_int_equal(count_of(AYU, sql_strangers), PEOPLE_A_BATCH + 4);
    assert_int_equal(nameless_log(AYU), RB_REFUSED); /* there is one bound for all of them */
    assert_int_equal(known_log(BAYU, AYU), RB_OK);
    assert_int_equal(known_log(CITRA, AYU), RB_OK); /* she belonged to it */
}

static void a_newcomer_is_taken_once_the_add_is_here(void **state) {
    struct log_line log, bayu;
    (void)state;

    fill_logs(AYU, 2 + LOGS_STRANGERS_MAX);
    assert_int_equal(
        group_invite(people.stores[BAYU], circle, people_id(&people, DIMAS), people_now(&people)),
        RB_OK);
    people_meet(&people, BAYU, DIMAS);
    assert_int_equal(group_accept(people.stores[DIMAS], circle, people_now(&people)), RB_OK);
    assert_true(people_own_log(&people, DIMAS, circle, &log));
    assert_int_equal(people_carry(&people, DIMAS, AYU, circle, log.log, 1).status, RB_REFUSED);

    assert_true(people_own_log(&people, BAYU, circle, &bayu));
    assert_int_equal(people_carry(&people, BAYU, AYU, circle, bayu.log, 1).status, RB_OK);
    assert_int_equal(people_carry(&people, DIMAS, AYU, circle, log.log, 1).status, RB_OK);
    people_roll(&people, AYU, circle, page);
    assert_string_equal(page, "Ayu 3 accepted\nBayu 2 accepted\nDimas 2 accepted\n");
}

/* The ADD and the log in one batch, the ADD unfolded yet when the log comes. */
static void a_newcomer_may_come_with_the_add(void **state) {
    struct log_line logs[2];
    struct ingest_result result;
    struct writer bodies[2];
    struct run runs[2];
    (void)state;

    fill_logs(AYU, 2 + LOGS_STRANGERS_MAX);
    assert_int_equal(
        group_invite(people.stores[BAYU], circle, people_id(&people, DIMAS), people_now(&people)),
        RB_OK);
    people_meet(&people, BAYU, DIMAS);
    assert_int_equal(group_accept(people.stores[DIMAS], circle, people_now(&people)), RB_OK);
    assert_true(people_own_log(&people, BAYU, circle, &logs[0]));
    assert_true(people_own_log(&people, DIMAS, circle, &logs[1]));
    assert_int_equal(ingest_begin(people.stores[AYU]), RB_OK);
    for (size_t i = 0; i < 2; i++) {
        people_load(&people, DIMAS, circle, logs[i].log, 1, &bodies[i], &runs[i]);
        assert_int_equal(ingest_run(people.stores[AYU], circle, &runs[i], people.now_ms, &result),
                         RB_OK);
        assert_int_equal(result.status, RB_OK);
        writer_clear(&bodies[i]);
    }
    assert_int_equal(ingest_commit(people.stores[AYU], people.now_ms), RB_OK);
}

/* To name those who were nameless makes no room for others. */
static void a_name_makes_no_room(void **state) {
    (void)state;

    fill_logs(AYU, 2 + LOGS_STRANGERS_MAX);
    assert_int_equal(nameless_log(AYU), RB_REFUSED);
    change(AYU,
           "INSERT INTO author (log, person, device_cert)"
           " SELECT id, randomblob(32), randomblob(16) FROM log"
           " WHERE id NOT IN (SELECT log FROM author)");
    assert_int_equal(nameless_log(AYU), RB_REFUSED);
}

static void branches_of_strangers_count_like_their_logs(void **state) {
    struct opening *opening = opening_of(people.stores[AYU]);
    uint8_t unknown[LOG_PK_BYTES] = { 9 };
    struct log_line log;
    (void)state;

    assert_true(people_own_log(&people, BAYU, circle, &log));
    fill_logs(AYU, 2 + LOGS_STRANGERS_MAX - 1);
    assert_int_equal(opening_take_circle(opening, circle), RB_OK);
    assert_int_equal(admission_of_branches(opening, unknown, 1), RB_OK);
    assert_int_equal(admission_of_branches(opening, unknown, 2), RB_REFUSED);
    assert_int_equal(admission_of_branches(opening, log.log, 2), RB_OK);
}

/* A log has no bound of its own for branches: they are logs of the person who writes it. */
static void in_a_crowded_circle_branches_count_against_their_person(void **state) {
    struct opening *opening = opening_of(people.stores[AYU]);
    struct log_line logs[2];
    (void)state;

    assert_true(people_own_log(&people, AYU, circle, &logs[0]));
    assert_true(people_own_log(&people, BAYU, circle, &logs[1]));
    fill_logs(AYU, LOGS_CROWDED);
    change(AYU,
           "INSERT INTO author (log, person, device_cert)"
           " SELECT log.id, author.person, author.device_cert FROM log, author"
           " WHERE log.id NOT IN (SELECT log FROM author)"
           "   AND author.log = (SELECT id FROM log WHERE own = 1)");
    assert_int_equal(opening_take_circle(opening, circle), RB_OK);
    assert_int_equal(admission_of_branches(opening, logs[0].log, 1), RB_REFUSED);
    assert_int_equal(admission_of_branches(opening, logs[1].log, LOGS_PER_PERSON_MAX - 1), RB_OK);
    assert_int_equal(admission_of_branches(opening, logs[1].log, LOGS_PER_PERSON_MAX), RB_REFUSED);
}

/* Citra has a key, and not yet what names anybody. */
static void the_founder_is_no_stranger_before_his_first_operation_is_here(void **state) {
    const struct epoch_key *epochs;
    struct log_line ayu, bayu;
    size_t count;
    (void)state;

    assert_true(people_own_log(&people, AYU, circle, &ayu));
    assert_true(people_own_log(&people, BAYU, circle, &bayu));
    assert_int_equal(circle_remember(people.stores[CITRA], circle, people_id(&people, AYU)), RB_OK);
    assert_int_equal(keyring_epochs(people.stores[AYU], circle, NULL, &epochs, &count), RB_OK);
    change(CITRA, "UPDATE circle SET opened = 1");
    assert_int_equal(store_write_begin(people.stores[CITRA]), RB_OK);
    assert_int_equal(keyring_put_epoch(people.stores[CITRA], circle, &epochs[0]), RB_OK);
    assert_int_equal(store_write_commit(people.stores[CITRA]), RB_OK);
    fill_logs(CITRA, LOGS_STRANGERS_MAX);
    assert_int_equal(people_carry(&people, BAYU, CITRA, circle, bayu.log, 1).status, RB_REFUSED);
    assert_int_equal(people_carry(&people, AYU, CITRA, circle, ayu.log, 1).status, RB_OK);
    assert_int_equal(people_carry(&people, BAYU, CITRA, circle, bayu.log, 1).status, RB_OK);
}

/* ---- Places for the logs of this home ---- */

static void a_full_circle_has_room_for_ones_own_log(void **state) {
    (void)state;

    invite_citra();
    fill_logs(CITRA, LOGS_FOREIGN_MAX);
    assert_int_equal(known_log(BAYU, CITRA), RB_REFUSED);
    assert_int_equal(group_accept(people.stores[CITRA], circle, people_now(&people)), RB_OK);
}

static void an_overfull_circle_refuses_even_ones_own_log(void **state) {
    (void)state;

    invite_citra();
    fill_logs(CITRA, CIRCLE_LOGS_MAX);
    assert_int_equal(group_accept(people.stores[CITRA], circle, people_now(&people)), RB_TOO_LARGE);
}

/* ---- Bytes ---- */

static void circles_without_us_take_only_so_many_bytes_of_one_introducer(void **state) {
    const uint8_t junk[HASH_BYTES] = { 7 }, other[HASH_BYTES] = { 8 };
    struct store *citra = people.stores[CITRA];
    struct log_line log;
    struct writer bodies;
    struct run run;
    (void)state;

    assert_true(people_own_log(&people, AYU, circle, &log));
    people_load(&people, AYU, circle, log.log, 1, &bodies, &run);
    assert_int_equal(circle_remember(citra, junk, people_id(&people, BAYU)), RB_OK);
    assert_int_equal(circle_remember(citra, other, people_id(&people, BAYU)), RB_OK);
    assert_int_equal(people_ingest(&people, CITRA, junk, &run).status, RB_OK);
    change(CITRA, "UPDATE guest SET bytes = bytes + 268435456 - 4096"); /* as if more had come */
    assert_int_equal(people_ingest(&people, CITRA, other, &run).status, RB_REFUSED);

    /* That is his affair alone, and once she belongs to a circle it is counted no more. */
    assert_int_equal(circle_remember(citra, other, people_id(&people, AYU)), RB_OK);
    assert_int_equal(people_ingest(&people, CITRA, other, &run).status, RB_OK);
    invite_citra();
    people_roll(&people, CITRA, circle, page);
    assert_string_equal(page, "Ayu 3 accepted\nBayu 2 accepted\nCitra 2 invited\n");
    writer_clear(&bodies);
}

/* ---- Operations ---- */

static void a_log_gives_no_more_than_its_share_of_operations(void **state) {
    static const char sql[] =
        "SELECT count(*) FROM operation WHERE log = (SELECT max(id) FROM log)";
    struct store *ayu = people.stores[AYU];
    struct ingest_result result;
    uint8_t head[REF_BYTES];
    struct forger forger;
    struct run run;
    (void)state;

    forger_new(&forger, people.stores[BAYU], circle);
    forger_head(people.stores[BAYU], circle, head);
    assert_int_equal(ingest_begin(ayu), RB_OK);
    forger_logcert(&forger, people.stores[BAYU], circle, &run);
    assert_int_equal(ingest_run(ayu, circle, &run, people.now_ms, &result), RB_OK);
    for (int i = 0; i < LOG_OPERATIONS_MAX + 3; i++) {
        forger_operation(&forger, OP_ACCEPT, empty_map, head, &run);
        assert_int_equal(ingest_run(ayu, circle, &run, people.now_ms, &result), RB_OK);
    }
    assert_int_equal(ingest_commit(ayu, people.now_ms), RB_OK);
    struct db_row *row = db_query(store_db(ayu), sql);
    assert_true(db_step(row));
    assert_int_equal(db_int(row, 0), LOG_OPERATIONS_MAX);
    assert_int_equal(db_end(row), RB_OK);
    people_roll(&people, AYU, circle, page);
    assert_string_equal(page, "Ayu 3 accepted\nBayu 2 accepted\n");
    forger_clear(&forger);
}

static void an_own_log_full_of_operations_is_followed_by_another(void **state) {
    struct log_line before, after;
    uint8_t ref[REF_BYTES];
    (void)state;

    assert_true(people_own_log(&people, AYU, circle, &before));
    change(AYU,
           "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 800)"
           " INSERT INTO operation (circle, ref, log, seq, nth, payload)"
           " SELECT 1, randomblob(16), (SELECT id FROM log WHERE own = 1), 1000 + i, 1000 + i, x''"
           " FROM n;");
    people_post(&people, AYU, thread, "lanjut", ref);
    assert_true(people_own_log(&people, AYU, circle, &after));
    assert_memory_not_equal(before.log, after.log, LOG_PK_BYTES);
    people_meet(&people, AYU, BAYU);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Ayu: lanjut\n");
}

/* ---- Keys ---- */

static void wrapped_keys_that_an_epoch_does_not_follow_are_left(void **state) {
    struct epoch_key wraps[WRAPS_PER_EPOCH_MAX];
    uint8_t head[REF_BYTES];
    struct forger forger;
    struct run run;
    (void)state;

    for (size_t i = 0; i < WRAPS_PER_EPOCH_MAX; i++) {
        epoch_key_new(&wraps[i]);
    }
    forger_new(&forger, people.stores[BAYU], circle);
    forger_head(people.stores[BAYU], circle, head);
    forger_logcert(&forger, people.stores[BAYU], circle, &run);
    assert_int_equal(ingest(AYU, &run), RB_OK);
    forger_epoch(&forger, people.stores[BAYU], people.stores[AYU], wraps, WRAPS_PER_EPOCH_MAX, 3,
                 head, &run);
    assert_int_equal(ingest(AYU, &run), RB_OK);
    assert_int_equal(keys_of(AYU), 1 + 1 + 3); /* the circle's, this one, what it follows */
    forger_clear(&forger);
}

static void a_circle_has_only_so_many_keys_of_who_is_out(void **state) {
    struct epoch_key wraps[WRAPS_PER_EPOCH_MAX];
    uint8_t head[REF_BYTES], ref[REF_BYTES];
    struct ingest_result result;
    struct refusal refusal;
    struct forger forger;
    struct run run;
    (void)state;

    forger_new(&forger, people.stores[BAYU], circle);
    forger_head(people.stores[BAYU], circle, head);
    assert_int_equal(membership_remove(people.stores[AYU], circle, people_id(&people, BAYU),
                                       people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
    assert_int_equal(ingest_begin(people.stores[AYU]), RB_OK);
    forger_logcert(&forger, people.stores[BAYU], circle, &run);
    for (int n = 0; n < 64; n++) {
        assert_int_equal(ingest_run(people.stores[AYU], circle, &run, people.now_ms, &result),
                         RB_OK);
        for (size_t i = 0; i < WRAPS_PER_EPOCH_MAX; i++) {
            epoch_key_new(&wraps[i]);
        }
        forger_epoch(&forger, people.stores[BAYU], people.stores[AYU], wraps, WRAPS_PER_EPOCH_MAX,
                     WRAPS_PER_EPOCH_MAX, head, &run);
    }
    assert_int_equal(ingest_commit(people.stores[AYU], people.now_ms), RB_OK);
    assert_int_equal(keys_of(AYU), 1024);
    people_reopen(&people, AYU);
    assert_int_equal(keys_of(AYU), 1024);
    people_post(&people, AYU, thread, "tetap bisa", ref);
    forger_clear(&forger);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_thread, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(logs_of_nobody_leave_room_for_those_of_members),
        TEST(a_crowded_circle_takes_only_so_many_logs_of_one_person),
        TEST(whoever_is_added_has_room_for_his_first_log),
        TEST(a_made_up_person_takes_no_place_of_a_first_log),
        TEST(made_up_people_take_only_so_many_places),
        TEST(a_newcomer_is_taken_once_the_add_is_here),
        TEST(a_newcomer_may_come_with_the_add),
        TEST(a_name_makes_no_room),
        TEST(branches_of_strangers_count_like_their_logs),
        TEST(in_a_crowded_circle_branches_count_against_their_person),
        TEST(the_founder_is_no_stranger_before_his_first_operation_is_here),
        TEST(a_full_circle_has_room_for_ones_own_log),
        TEST(an_overfull_circle_refuses_even_ones_own_log),
        TEST(circles_without_us_take_only_so_many_bytes_of_one_introducer),
        TEST(a_log_gives_no_more_than_its_share_of_operations),
        TEST(an_own_log_full_of_operations_is_followed_by_another),
        TEST(wrapped_keys_that_an_epoch_does_not_follow_are_left),
        TEST(a_circle_has_only_so_many_keys_of_who_is_out),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
