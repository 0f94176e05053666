/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/contacts.h"
#include "store/db.h"
#include "store/key_requests.h"
#include "store/keyring.h"
#include "store/membership.h"
#include "store/opening.h"
#include "tests/support/forger.h"
#include "tests/support/people.h"

#include <stdlib.h>
#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];
static char page[TRANSCRIPT_BYTES];

/* Ayu, Bayu and Citra; Ayu and Bayu in a group with one thread, which both have. */
static int a_thread(void **state) {
    (void)state;
    people_new(&people, 3);
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

static struct log_line log_of(size_t who) {
    struct log_line line;

    assert_true(people_own_log(&people, who, circle, &line));
    return line;
}

static uint64_t head_at(size_t who, const uint8_t log[static LOG_PK_BYTES]) {
    struct log_line *lines;
    uint64_t head = 0;
    size_t count;

    assert_int_equal(circle_lines(people.stores[who], circle, &lines, &count), RB_OK);
    for (size_t i = 0; i < count; i++) {
        if (memcmp(lines[i].log, log, LOG_PK_BYTES) == 0) {
            head = lines[i].head;
        }
    }
    free(lines);
    return head;
}

static int64_t count_of(size_t who, const char *sql) {
    struct db_row *row = db_query(store_db(people.stores[who]), sql);
    int64_t count = -1;

    if (db_step(row)) {
        count = db_int(row, 0);
    }
    assert_int_equal(db_end(row), RB_OK);
    return count;
}

static int64_t events_at(size_t who) {
    static const char sql[] = "SELECT count(*) FROM event";

    return count_of(who, sql);
}

static int64_t waiting_at(size_t who) {
    static const char sql[] = "SELECT count(*) FROM event WHERE state = 0";

    return count_of(who, sql);
}

static int64_t unreadable_at(size_t who) {
    static const char sql[] = "SELECT count(*) FROM event WHERE state = 2";

    return count_of(who, sql);
}

static enum rb_status ingest(size_t who, const struct run *run) {
    return people_ingest(&people, who, circle, run).status;
}

/* ---- Runs ---- */

static void a_run_that_is_known_is_a_duplicate(void **state) {
    struct log_line log = log_of(AYU);
    (void)state;

    int64_t events = events_at(BAYU);
    assert_int_equal(people_carry(&people, AYU, BAYU, circle, log.log, 1).status, RB_DUPLICATE);
    assert_int_equal(people_carry(&people, AYU, BAYU, circle, log.log, log.head).status,
                     RB_DUPLICATE);
    assert_int_equal(events_at(BAYU), events);
}

static void an_overlapping_run_adds_what_is_new(void **state) {
    struct log_line log = log_of(AYU);
    uint8_t ref[REF_BYTES];
    (void)state;

    people_post(&people, AYU, thread, "satu", ref);
    struct ingest_result result = people_carry(&people, AYU, BAYU, circle, log.log, 2);
    assert_int_equal(result.status, RB_OK);
    assert_int_equal(result.head, log.head + 1);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Ayu: satu\n");
}

static void a_gap_is_told_and_nothing_is_stored(void **state) {
    struct log_line log = log_of(AYU);
    uint8_t ref[REF_BYTES];
    (void)state;

    people_post(&people, AYU, thread, "satu", ref);
    people_post(&people, AYU, thread, "dua", ref);
    struct ingest_result result = people_carry(&people, AYU, BAYU, circle, log.log, log.head + 2);
    assert_int_equal(result.status, RB_GAP);
    assert_int_equal(result.head, log.head);
    assert_int_equal(head_at(BAYU, log.log), log.head);
}

static void a_run_of_an_unknown_circle_is_refused(void **state) {
    const uint8_t nowhere[HASH_BYTES] = { 3 };
    struct log_line log = log_of(AYU);
    struct writer bodies;
    struct run run;
    (void)state;

    people_load(&people, AYU, circle, log.log, 1, &bodies, &run);
    assert_int_equal(people_ingest(&people, CITRA, nowhere, &run).status, RB_REFUSED);
    assert_int_equal(events_at(CITRA), 0);
    writer_clear(&bodies);
}

static void a_circle_that_does_not_exist_captures_no_log(void **state) {
    const uint8_t junk[HASH_BYTES] = { 7 };
    struct log_line log = log_of(AYU);
    struct group_row group;
    struct writer bodies;
    struct run run;
    (void)state;

    /* Bayu gives Citra Ayu's log as one of a circle that he has made up, before Ayu can. */
    assert_int_equal(circle_remember(people.stores[CITRA], junk, people_id(&people, BAYU)), RB_OK);
    people_load(&people, AYU, circle, log.log, 1, &bodies, &run);
    assert_int_equal(people_ingest(&people, CITRA, junk, &run).status, RB_OK);
    writer_clear(&bodies);
    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(group_get(people.stores[CITRA], circle, &group), RB_OK);
    assert_int_equal(group.state, GROUP_INVITED);
}

static void a_log_in_another_circle_is_neither_read_nor_delivered_there(void **state) {
    struct log_line log = log_of(AYU);
    uint8_t elsewhere[HASH_BYTES], ref[REF_BYTES];
    struct writer bodies;
    struct run run;
    uint64_t waiting;
    (void)state;

    /* A circle of Ayu and Bayu, into which somebody carries her log of the first one. */
    people_post(&people, AYU, thread, "satu", ref);
    assert_int_equal(
        group_new(people.stores[AYU], span_text("Lain"), NULL, people_now(&people), elsewhere),
        RB_OK);
    people_load(&people, AYU, circle, log.log, 1, &bodies, &run);
    assert_int_equal(people_ingest(&people, AYU, elsewhere, &run).status, RB_OK);
    assert_int_equal(
        acked_set(people.stores[AYU], people_id(&people, BAYU), elsewhere, log.log, log.head + 1),
        RB_OK);
    assert_int_equal(events_waiting(people.stores[AYU], &waiting), RB_OK);
    assert_int_equal(waiting, 1);
    people_transcript(&people, AYU, thread, page);
    assert_string_equal(page, "Ayu: satu\n");
    writer_clear(&bodies);
}

/* Takes Ayu's store back to where Bayu knows her log, as a restored copy of it would be. */
static void roll_back(const struct log_line *log) {
    static const char sql[] = "UPDATE log SET head = ?1, hash = ?2 WHERE own = 1";
    struct store *ayu = people.stores[AYU];
    struct log_line *lines;
    size_t count;

    assert_int_equal(circle_lines(people.stores[BAYU], circle, &lines, &count), RB_OK);
    assert_int_equal(store_write_begin(ayu), RB_OK);
    assert_int_equal(db_execute(store_db(ayu),
                                "DELETE FROM post;"
                                "DELETE FROM event WHERE rcv ="
                                "  (SELECT max(rcv) FROM event);"),
                     RB_OK);
    struct db_row *row = db_query(store_db(ayu), sql);
    db_bind_int(row, 1, (int64_t)log->head);
    for (size_t i = 0; i < count; i++) {
        if (memcmp(lines[i].log, log->log, LOG_PK_BYTES) == 0) {
            db_bind_blob(row, 2, span_of(lines[i].hash, HASH_BYTES));
        }
    }
    assert_int_equal(db_run(row), RB_OK);
    assert_int_equal(store_write_commit(ayu), RB_OK);
    people_reopen(&people, AYU);
    free(lines);
}

static void a_rolled_back_store_takes_what_it_lost_and_writes_on_in_a_new_log(void **state) {
    struct log_line log = log_of(AYU);
    uint8_t ref[REF_BYTES];
    struct writer bodies;
    struct run run;
    (void)state;

    people_post(&people, AYU, thread, "satu", ref);
    people_load(&people, AYU, circle, log.log, log.head + 1, &bodies, &run);
    roll_back(&log);
    assert_int_equal(ingest(AYU, &run), RB_OK);
    assert_int_equal(head_at(AYU, log.log), log.head + 1);
    people_post(&people, AYU, thread, "dua", ref);
    assert_int_equal(head_at(AYU, log.log), log.head + 1); /* so it cannot fork */
    people_transcript(&people, AYU, thread, page);
    assert_string_equal(page, "Ayu: satu\nAyu: dua\n");
    writer_clear(&bodies);
}

/* ---- Missing bodies ---- */

static void note_range(void *context, const uint8_t log[static LOG_PK_BYTES], uint64_t from,
                       uint64_t to) {
    uint64_t *range = context;
    (void)log;

    range[0] = from;
    range[1] = to;
}

static void a_missing_body_is_filled_in_later(void **state) {
    struct log_line log = log_of(AYU);
    uint64_t range[2] = { 0, 0 };
    uint8_t ref[REF_BYTES];
    struct writer bodies;
    struct run run;
    (void)state;

    people_post(&people, AYU, thread, "satu", ref);
    people_load(&people, AYU, circle, log.log, log.head + 1, &bodies, &run);
    struct run stub = run;
    stub.events[0].stub = true;
    stub.events[0].body = (struct span) { 0 };
    assert_int_equal(ingest(BAYU, &stub), RB_OK);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "");
    assert_int_equal(bodies_missing(people.stores[BAYU], circle, note_range, range), RB_OK);
    assert_int_equal(range[0], log.head + 1);
    assert_int_equal(range[1], log.head + 1);

    assert_int_equal(ingest(BAYU, &run), RB_DUPLICATE);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Ayu: satu\n");
    range[0] = 0;
    assert_int_equal(bodies_missing(people.stores[BAYU], circle, note_range, range), RB_OK);
    assert_int_equal(range[0], 0);
    writer_clear(&bodies);
}

/* ---- Batches ---- */

static void an_aborted_batch_leaves_nothing(void **state) {
    struct log_line log = log_of(AYU);
    struct ingest_result result;
    uint8_t ref[REF_BYTES];
    struct writer bodies;
    struct run run;
    (void)state;

    people_post(&people, AYU, thread, "satu", ref);
    people_load(&people, AYU, circle, log.log, log.head + 1, &bodies, &run);
    assert_int_equal(ingest_begin(people.stores[BAYU]), RB_OK);
    assert_int_equal(ingest_run(people.stores[BAYU], circle, &run, people.now_ms, &result), RB_OK);
    assert_int_equal(result.status, RB_OK);
    ingest_abort(people.stores[BAYU]);
    assert_int_equal(head_at(BAYU, log.log), log.head);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "");
    assert_int_equal(ingest(BAYU, &run), RB_OK);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Ayu: satu\n");
    writer_clear(&bodies);
}

static void an_aborted_first_meeting_leaves_nothing(void **state) {
    struct log_line log = log_of(AYU);
    struct ingest_result result;
    struct group_row group;
    struct writer bodies;
    struct run run;
    (void)state;

    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    people_load(&people, AYU, circle, log.log, 1, &bodies, &run);
    assert_int_equal(circle_remember(people.stores[CITRA], circle, people_id(&people, AYU)), RB_OK);
    assert_int_equal(ingest_begin(people.stores[CITRA]), RB_OK);
    assert_int_equal(ingest_run(people.stores[CITRA], circle, &run, people.now_ms, &result), RB_OK);
    ingest_abort(people.stores[CITRA]);
    assert_int_equal(events_at(CITRA), 0);
    assert_int_equal(group_get(people.stores[CITRA], circle, &group), RB_NOT_FOUND);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(group_get(people.stores[CITRA], circle, &group), RB_OK);
    assert_int_equal(group.members, 3);
    writer_clear(&bodies);
}

/* ---- Keys that come late ---- */

static void content_waits_for_its_key(void **state) {
    struct log_line ayu = log_of(AYU), bayu = log_of(BAYU);
    uint8_t ref[REF_BYTES];
    (void)state;

    people_post(&people, BAYU, thread, "satu", ref);
    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    assert_int_equal(circle_remember(people.stores[CITRA], circle, people_id(&people, AYU)), RB_OK);
    assert_int_equal(people_carry(&people, BAYU, CITRA, circle, bayu.log, 1).status, RB_OK);
    assert_int_equal(waiting_at(CITRA), events_at(CITRA));
    assert_int_equal(people_carry(&people, AYU, CITRA, circle, ayu.log, 1).status, RB_OK);
    assert_int_equal(waiting_at(CITRA), 0);
    assert_int_equal(group_accept(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_transcript(&people, CITRA, thread, page);
    assert_string_equal(page, "Bayu: satu\n");
}

static void a_store_without_keys_keeps_sealed_events_only(void **state) {
    struct log_line log = log_of(AYU);
    struct group_row group;
    uint8_t fp[2][FP_BYTES];
    (void)state;

    assert_int_equal(circle_remember(people.stores[CITRA], circle, people_id(&people, AYU)), RB_OK);
    assert_int_equal(people_carry(&people, AYU, CITRA, circle, log.log, 1).status, RB_OK);
    assert_int_equal(waiting_at(CITRA), events_at(CITRA));
    assert_int_equal(group_get(people.stores[CITRA], circle, &group), RB_NOT_FOUND);
    assert_int_equal(
        circle_shared(people.stores[CITRA], circle, people_id(&people, AYU), fp[0], NULL), RB_OK);
    assert_int_equal(
        circle_shared(people.stores[CITRA], circle, people_id(&people, BAYU), fp[0], NULL),
        RB_NOT_MEMBER);
}

/* ---- Logs that no honest store writes ---- */

static void a_log_of_another_circle_never_counts(void **state) {
    const uint8_t elsewhere[HASH_BYTES] = { 9 };
    struct forger forger;
    uint8_t head[REF_BYTES];
    struct run run;
    (void)state;

    forger_new(&forger, people.stores[AYU], circle);
    forger_head(people.stores[AYU], circle, head);
    forger_logcert(&forger, people.stores[AYU], elsewhere, &run);
    assert_int_equal(ingest(BAYU, &run), RB_OK);
    forger_post(&forger, KIND_POST, "salah", thread, head, 1, &run);
    assert_int_equal(ingest(BAYU, &run), RB_OK);
    assert_int_equal(unreadable_at(BAYU), 2);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "");
    forger_clear(&forger);
}

static void a_strangers_log_never_shows(void **state) {
    struct forger forger;
    uint8_t head[REF_BYTES];
    struct run run;
    (void)state;

    /* Citra has got hold of the key, but no operation names her. */
    forger_new(&forger, people.stores[AYU], circle);
    forger_head(people.stores[AYU], circle, head);
    forger_logcert(&forger, people.stores[CITRA], circle, &run);
    assert_int_equal(ingest(BAYU, &run), RB_OK);
    forger_post(&forger, KIND_POST, "halo", thread, head, 1, &run);
    assert_int_equal(ingest(BAYU, &run), RB_OK);
    assert_int_equal(waiting_at(BAYU), 2);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "");
    forger_clear(&forger);
}

static void what_an_invited_person_wrote_before_he_was_is_not_shown(void **state) {
    struct forger forger;
    uint8_t head[REF_BYTES];
    struct run run;
    (void)state;

    forger_new(&forger, people.stores[AYU], circle);
    forger_head(people.stores[AYU], circle, head); /* before she belongs to it */
    forger_logcert(&forger, people.stores[CITRA], circle, &run);
    assert_int_equal(ingest(BAYU, &run), RB_OK);
    forger_post(&forger, KIND_POST, "halo", thread, head, 1, &run);
    assert_int_equal(ingest(BAYU, &run), RB_OK);
    assert_int_equal(
        group_invite(people.stores[BAYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    assert_int_equal(waiting_at(BAYU), 0);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "");
    forger_clear(&forger);
}

static void an_unknown_kind_is_kept_and_skipped(void **state) {
    struct forger forger;
    uint8_t head[REF_BYTES];
    struct run run;
    (void)state;

    forger_new(&forger, people.stores[AYU], circle);
    forger_head(people.stores[AYU], circle, head);
    forger_logcert(&forger, people.stores[AYU], circle, &run);
    assert_int_equal(ingest(BAYU, &run), RB_OK);
    forger_post(&forger, 5000, "dari versi baru", thread, head, UINT64_C(1) << 60, &run);
    assert_int_equal(ingest(BAYU, &run), RB_OK);
    forger_post(&forger, KIND_POST, "dari versi ini", thread, head, UINT64_C(1) << 60, &run);
    assert_int_equal(ingest(BAYU, &run), RB_OK);
    assert_int_equal(waiting_at(BAYU), 0);
    assert_int_equal(unreadable_at(BAYU), 0);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Ayu: dari versi ini\n");
    forger_clear(&forger);
}

static void content_waits_for_an_operation_that_it_names(void **state) {
    const uint8_t unknown[REF_BYTES] = { 1, 2, 3 };
    struct forger forger;
    struct run run;
    (void)state;

    forger_new(&forger, people.stores[AYU], circle);
    forger_logcert(&forger, people.stores[AYU], circle, &run);
    assert_int_equal(ingest(BAYU, &run), RB_OK);
    forger_post(&forger, KIND_POST, "halo", thread, unknown, 1, &run);
    assert_int_equal(ingest(BAYU, &run), RB_OK);
    assert_int_equal(waiting_at(BAYU), 1);
    forger_clear(&forger);
}

static void a_bad_signature_accuses_the_sender_only(void **state) {
    struct log_line log = log_of(AYU);
    uint8_t ref[REF_BYTES];
    struct writer bodies;
    struct run run;
    (void)state;

    people_post(&people, AYU, thread, "satu", ref);
    people_load(&people, AYU, circle, log.log, 1, &bodies, &run);
    run.signature[5] ^= 1;
    assert_int_equal(ingest(BAYU, &run), RB_BAD_SIGNATURE);
    run.signature[5] ^= 1;
    assert_int_equal(ingest(BAYU, &run), RB_OK);
    writer_clear(&bodies);
}

/* ---- What is kept in memory ---- */

static void a_circle_stays_folded_while_another_is_in_hand(void **state) {
    struct opening *opening = opening_of(people.stores[AYU]);
    uint8_t other[HASH_BYTES];
    (void)state;

    assert_int_equal(
        group_new(people.stores[AYU], span_text("Lain"), NULL, people_now(&people), other), RB_OK);
    assert_int_equal(opening_take_circle(opening, circle), RB_OK);
    assert_int_equal(opening_members(opening), RB_OK);
    const struct circle *fold = opening->members.fold;
    assert_int_equal(opening_take_circle(opening, other), RB_OK);
    assert_int_equal(opening_members(opening), RB_OK);
    assert_ptr_not_equal(opening->members.fold, fold);
    assert_int_equal(opening_take_circle(opening, circle), RB_OK);
    assert_ptr_equal(opening->members.fold, fold);

    assert_int_equal(ingest_begin(people.stores[AYU]), RB_OK);
    ingest_abort(people.stores[AYU]);
    assert_int_equal(opening_take_circle(opening, other), RB_OK);
    assert_null(opening->members.fold);
}

static void folded_circles_are_kept_up_to_the_size_of_a_full_one(void **state) {
    struct opening *opening = opening_of(people.stores[AYU]);
    uint8_t other[HASH_BYTES], third[HASH_BYTES];
    (void)state;

    assert_int_equal(
        group_new(people.stores[AYU], span_text("Lain"), NULL, people_now(&people), other), RB_OK);
    assert_int_equal(
        group_new(people.stores[AYU], span_text("Ketiga"), NULL, people_now(&people), third),
        RB_OK);
    assert_int_equal(opening_take_circle(opening, circle), RB_OK);
    assert_int_equal(opening_members(opening), RB_OK);
    assert_int_equal(opening_take_circle(opening, other), RB_OK);
    assert_int_equal(opening_members(opening), RB_OK);
    const struct circle *fold = opening->members.fold;
    opening->members.operation_count = CIRCLE_OPERATIONS_MAX; /* as if it were full */
    assert_int_equal(opening_take_circle(opening, third), RB_OK);
    assert_int_equal(opening_take_circle(opening, circle), RB_OK);
    assert_null(opening->members.fold);
    assert_int_equal(opening_take_circle(opening, other), RB_OK);
    assert_ptr_equal(opening->members.fold, fold);
}

static void nothing_that_was_opened_stays_in_memory(void **state) {
    struct log_line log = log_of(AYU);
    uint8_t ref[REF_BYTES];
    (void)state;

    people_post(&people, AYU, thread, "rahasia", ref);
    assert_null(opening_of(people.stores[AYU])->payload.data);
    assert_int_equal(people_carry(&people, AYU, BAYU, circle, log.log, 1).status, RB_OK);
    assert_null(opening_of(people.stores[BAYU])->payload.data);
}

/* ---- The name of a group ---- */

static void a_name_older_than_the_group_does_not_count(void **state) {
    static const uint8_t body[] = { 0xA1, 0x00, 0x64, 'T', 'u', 'a', 'n' };
    struct payload payload = { .type = KIND_GROUP, .hlc = 1, .ctl_count = 1 };
    struct group_row group;
    struct forger forger;
    struct run run;
    (void)state;

    forger_new(&forger, people.stores[AYU], circle);
    forger_head(people.stores[AYU], circle, payload.ctl[0]);
    forger_logcert(&forger, people.stores[AYU], circle, &run);
    assert_int_equal(ingest(BAYU, &run), RB_OK);
    payload.body = span_of(body, sizeof body);
    forger_event(&forger, EVENT_CONTENT, &payload, &run);
    assert_int_equal(ingest(BAYU, &run), RB_OK);
    assert_int_equal(unreadable_at(BAYU), 0);
    assert_int_equal(group_get(people.stores[BAYU], circle, &group), RB_OK);
    assert_string_equal(group.name, "Balai Melati");
    forger_clear(&forger);
}

/* ---- Floods ---- */

enum {
    OTHERS_KEYS = 1024,
    OTHERS_KEYS_MORE = 16
}; /* how many keys who is out may give, and more */

static size_t keys_at(size_t who) {
    const struct epoch_key *epochs;
    size_t count = 0;

    assert_int_equal(keyring_epochs(people.stores[who], circle, NULL, &epochs, &count), RB_OK);
    return count;
}

static void citra_comes(void) {
    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(group_accept(people.stores[CITRA], circle, people_now(&people)), RB_OK);
}

static void citra_is_removed(void) {
    struct refusal refusal;

    assert_int_equal(membership_remove(people.stores[AYU], circle, people_id(&people, CITRA),
                                       people_now(&people), &refusal),
                     RB_OK);
    refusal_clear(&refusal);
}

/* A log without a LOGCERT, of keys that nobody needs, sealed to Bayu. */
static void citra_floods_bayu_with_keys(void) {
    const struct epoch_key none = { 0 };
    struct store *bayu = people.stores[BAYU];
    struct ingest_result result;
    uint8_t ctl[REF_BYTES];
    struct forger forger;
    struct run run;

    forger_head(people.stores[CITRA], circle, ctl);
    forger_new(&forger, people.stores[CITRA], circle);
    assert_int_equal(ingest_begin(bayu), RB_OK);
    for (int i = 0; i < OTHERS_KEYS + OTHERS_KEYS_MORE; i++) {
        forger_epoch(&forger, people.stores[CITRA], bayu, &none, 0, 0, ctl, &run);
        assert_int_equal(ingest_run(bayu, circle, &run, people.now_ms, &result), RB_OK);
        assert_int_equal(result.status, RB_OK);
    }
    assert_int_equal(ingest_commit(bayu, people.now_ms), RB_OK);
    forger_clear(&forger);
}

static void who_is_out_cannot_stop_a_members_key(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    citra_comes();
    people_meet_all(&people);
    citra_is_removed();
    people_meet(&people, AYU, BAYU);
    citra_floods_bayu_with_keys();
    assert_int_equal(keys_at(BAYU), OTHERS_KEYS);
    people_post(&people, AYU, thread, "penting", ref); /* under a new key */
    people_meet(&people, AYU, BAYU);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Ayu: penting\n");
    assert_int_equal(keys_at(BAYU), OTHERS_KEYS + 1);
}

static void fill_the_keyring(size_t who) {
    struct epoch_key epoch;

    assert_int_equal(store_write_begin(people.stores[who]), RB_OK);
    while (keys_at(who) < OTHERS_KEYS) {
        epoch_key_new(&epoch);
        assert_int_equal(keyring_put_epoch(people.stores[who], circle, &epoch), RB_OK);
    }
    assert_int_equal(store_write_end(people.stores[who], RB_OK), RB_OK);
}

static bool citra_is_asked(void *context, const uint8_t id[static HASH_BYTES],
                           const uint8_t eid8[static EID8_BYTES]) {
    struct key_request *request = context;

    memcpy(request->circle, id, sizeof request->circle);
    memcpy(request->eid8, eid8, sizeof request->eid8);
    return true;
}

/* Citra's log comes before what tells that she belongs: her key counts as a stranger's. */
static void a_key_that_found_no_room_is_asked_for(void **state) {
    const struct store_self *bayu = store_self(people.stores[BAYU]);
    struct key_request request = { .seal_key = bayu->seal.whole };
    uint8_t ref[REF_BYTES];
    (void)state;

    citra_comes();
    people_meet(&people, AYU, CITRA);
    fill_the_keyring(BAYU);
    people.now_ms += EPOCH_AGE_MS_MAX;
    people_post(&people, CITRA, thread, "penting", ref); /* under a key that she makes */
    struct log_line citra = log_of(CITRA), ayu = log_of(AYU);
    assert_int_equal(people_carry(&people, CITRA, BAYU, circle, citra.log, 1).status, RB_OK);
    assert_int_equal(people_carry(&people, AYU, BAYU, circle, ayu.log, 1).status, RB_OK);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "");

    memcpy(request.person, bayu->person, sizeof request.person);
    memcpy(request.device, bayu->device_cert.id, sizeof request.device);
    assert_int_equal(key_requests_each(people.stores[BAYU], people_id(&people, CITRA),
                                       store_self(people.stores[CITRA])->device_cert.id,
                                       people_now(&people), citra_is_asked, &request),
                     RB_OK);
    assert_int_equal(key_request_answer(people.stores[CITRA], &request, people_now(&people)),
                     RB_OK);
    people_meet(&people, CITRA, BAYU);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Citra: penting\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_thread, go_home)

/* Bayu founds another circle in the midst of this one: the log is nobody's from then on. */
static void nothing_in_a_log_of_nobody_waits(void **state) {
    uint8_t ctl[REF_BYTES];
    struct forger forger;
    struct run run;
    (void)state;

    forger_head(people.stores[AYU], circle, ctl);
    forger_new(&forger, people.stores[BAYU], circle);
    forger_logcert(&forger, people.stores[BAYU], circle, &run);
    assert_int_equal(people_ingest(&people, AYU, circle, &run).status, RB_OK);
    forger_genesis(&forger, people.stores[BAYU], people.stores[AYU], &run);
    assert_int_equal(people_ingest(&people, AYU, circle, &run).status, RB_OK);
    forger_post(&forger, KIND_POST, "untuk siapa", thread, ctl, (uint64_t)people.now_ms << 16,
                &run);
    assert_int_equal(people_ingest(&people, AYU, circle, &run).status, RB_OK);
    assert_int_equal(waiting_at(AYU), 0);
    assert_int_equal(views_rebuild(people.stores[AYU]), RB_OK);
    assert_int_equal(waiting_at(AYU), 0);
    forger_clear(&forger);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_run_that_is_known_is_a_duplicate),
        TEST(an_overlapping_run_adds_what_is_new),
        TEST(a_gap_is_told_and_nothing_is_stored),
        TEST(a_run_of_an_unknown_circle_is_refused),
        TEST(a_circle_that_does_not_exist_captures_no_log),
        TEST(a_log_in_another_circle_is_neither_read_nor_delivered_there),
        TEST(a_rolled_back_store_takes_what_it_lost_and_writes_on_in_a_new_log),
        TEST(a_missing_body_is_filled_in_later),
        TEST(an_aborted_batch_leaves_nothing),
        TEST(an_aborted_first_meeting_leaves_nothing),
        TEST(content_waits_for_its_key),
        TEST(a_store_without_keys_keeps_sealed_events_only),
        TEST(a_log_of_another_circle_never_counts),
        TEST(a_strangers_log_never_shows),
        TEST(what_an_invited_person_wrote_before_he_was_is_not_shown),
        TEST(an_unknown_kind_is_kept_and_skipped),
        TEST(content_waits_for_an_operation_that_it_names),
        TEST(a_bad_signature_accuses_the_sender_only),
        TEST(a_circle_stays_folded_while_another_is_in_hand),
        TEST(folded_circles_are_kept_up_to_the_size_of_a_full_one),
        TEST(nothing_that_was_opened_stays_in_memory),
        TEST(a_name_older_than_the_group_does_not_count),
        TEST(who_is_out_cannot_stop_a_members_key),
        TEST(a_key_that_found_no_room_is_asked_for),
        TEST(nothing_in_a_log_of_nobody_waits),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
