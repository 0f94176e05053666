/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/db.h"
#include "store/membership.h"
#include "store/revocations.h"
#include "tests/support/people.h"
#include "tests/support/random.h"

#include <stdio.h>
#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];
static char page[TRANSCRIPT_BYTES], other_page[TRANSCRIPT_BYTES];

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- A dump of every view, row after row ---- */

static const char *const view_sql[] = {
    "SELECT quote(log) || quote(person) || quote(device_cert) FROM author",
    "SELECT quote(circle) || quote(ref) || quote(log) || quote(seq) || quote(epoch) ||"
    "  quote(payload) FROM operation",
    "SELECT quote(circle) || quote(device) || quote(person) || quote(pk) || quote(name) FROM cert",
    "SELECT quote(circle) || quote(cert) || quote(person) || quote(issuer) FROM person_cert",
    "SELECT quote(circle) || quote(ref) || quote(cert) || quote(whole) || quote(own) FROM revoked",
    "SELECT quote(circle) || quote(log) || quote(seq) FROM adopted",
    "SELECT quote(circle) || quote(person) || quote(place) || quote(role) || quote(rank) ||"
    "  quote(state) || quote(until_s) || quote(by) FROM member",
    "SELECT quote(circle) || quote(kind) || quote(parent) || quote(formal) || quote(verdict) ||"
    "  quote(own_seal) || quote(name) || quote(name_hlc) || quote(name_ref) FROM circle_view",
    "SELECT quote(ref) || quote(circle) || quote(title) || quote(person) || quote(hlc) FROM thread",
    "SELECT quote(rcv) || quote(ref) || quote(thread) || quote(reply_to) || quote(circle) ||"
    "  quote(log) || quote(seq) || quote(person) || quote(hlc) || quote(odd_time) ||"
    "  quote(quoted) || quote(text) FROM post",
    "SELECT quote(rcv) || quote(ref) || quote(post) || quote(circle) || quote(person) ||"
    "  quote(hlc) || quote(text) FROM post_edit",
    "SELECT quote(rcv) || quote(ref) || quote(post) || quote(circle) || quote(person) ||"
    "  quote(hlc) || quote(reason) FROM post_retract",
    "SELECT quote(circle) || quote(person) || quote(standing) || quote(hlc) || quote(ref) ||"
    "  quote(card) FROM contact_state",
    "SELECT quote(rcv) || quote(state) FROM event",
};

enum { VIEW_COUNT = sizeof view_sql / sizeof view_sql[0], DUMP_BYTES_MAX = 4 << 20 };

static void dump_views(size_t who, struct writer *dump) {
    writer_init(dump, DUMP_BYTES_MAX);
    for (size_t i = 0; i < VIEW_COUNT; i++) {
        struct db_row *row = db_query(store_db(people.stores[who]), view_sql[i]);
        while (db_step(row)) {
            writer_span(dump, db_text(row, 0));
            writer_u8(dump, '\n');
        }
        assert_int_equal(db_end(row), RB_OK);
    }
    assert_int_equal(writer_end(dump), RB_OK);
}

static void check_rebuild(size_t who) {
    struct writer before, after;

    dump_views(who, &before);
    people.now_ms += 10 * CLOCK_AHEAD_MS_MAX; /* when it is rebuilt makes no difference */
    assert_int_equal(views_rebuild(people.stores[who]), RB_OK);
    dump_views(who, &after);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.data, after.data, before.len);
    writer_clear(&before);
    writer_clear(&after);
}

/* ---- A busy group ---- */

enum { RUNS_MAX = 400 };

/* Every run as it was written, in the order of writing. */
struct recorded {
    struct run run;
    struct writer bodies;
};
static struct recorded runs[RUNS_MAX];
static size_t run_count;

static void record_new(size_t who) {
    uint64_t head = 0;
    struct log_line line;

    if (!people_own_log(&people, who, circle, &line)) {
        return;
    }
    for (size_t i = 0; i < run_count; i++) {
        uint64_t last = runs[i].run.first + runs[i].run.count - 1;
        if (memcmp(runs[i].run.log, line.log, LOG_PK_BYTES) == 0 && last > head) {
            head = last;
        }
    }
    while (head < line.head) {
        struct recorded *recorded = &runs[run_count++];
        assert_true(run_count < RUNS_MAX);
        people_load(&people, who, circle, line.log, head + 1, &recorded->bodies, &recorded->run);
        head += recorded->run.count;
    }
}

static void forget_runs(void) {
    while (run_count > 0) {
        writer_clear(&runs[--run_count].bodies);
    }
}

/* Some are edited, some of these retracted. */
static void busy_change(struct random *random, size_t who, const uint8_t ref[static REF_BYTES]) {
    struct store *store = people.stores[who];

    if (random_chance(random, 30)) {
        assert_int_equal(post_edit(store, ref, span_text("ralat"), people_now(&people)), RB_OK);
        record_new(who);
    }
    if (random_chance(random, 10)) {
        assert_int_equal(post_retract(store, ref, span_text("salah"), people_now(&people)), RB_OK);
        record_new(who);
    }
}

static void busy_post(struct random *random, size_t who, size_t number) {
    uint8_t ref[REF_BYTES];
    char text[32];

    (void)snprintf(text, sizeof text, "kabar %zu", number);
    people_post(&people, who, thread, text, ref);
    record_new(who);
    busy_change(random, who, ref);
    if (random_chance(random, 30)) {
        people_meet(&people, AYU, BAYU);
    }
}

/* Ayu, Bayu and Citra write; Citra leaves, and the key changes; Dimas, Eka and Fajar are
 * invited. */
static void busy_group(struct random *random) {
    people_new(&people, 6);
    people_group(&people, 3, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    people_meet(&people, AYU, BAYU);
    people_meet(&people, AYU, CITRA);
    for (size_t i = 0; i < 12; i++) {
        busy_post(random, random_below(random, 3), i);
    }
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    record_new(CITRA);
    people_meet(&people, BAYU, CITRA);
    for (size_t i = 12; i < 20; i++) {
        busy_post(random, random_below(random, 2), i);
    }
    people_meet(&people, AYU, BAYU);
    for (size_t i = DIMAS; i <= FAJAR; i++) {
        assert_int_equal(
            group_invite(people.stores[AYU], circle, people_id(&people, i), people_now(&people)),
            RB_OK);
        record_new(AYU);
    }
    people_meet(&people, AYU, BAYU);
    for (size_t i = 0; i < 3; i++) {
        record_new(i);
    }
}

/* Each log in its order, the logs mixed at random, some runs in one batch. */
static void receive_mixed(struct random *random, size_t who) {
    size_t taken = 0;
    bool done[RUNS_MAX] = { false };
    struct store *store = people.stores[who];
    struct ingest_result result;

    assert_int_equal(circle_remember(store, circle, people_id(&people, AYU)), RB_OK);
    while (taken < run_count) {
        assert_int_equal(ingest_begin(store), RB_OK);
        for (size_t tries = 1 + random_below(random, 6); tries > 0; tries--) {
            size_t pick = random_below(random, run_count);
            if (done[pick]) {
                continue;
            }
            assert_int_equal(ingest_run(store, circle, &runs[pick].run, people.now_ms, &result),
                             RB_OK);
            done[pick] = result.status == RB_OK;
            taken += done[pick] ? 1 : 0;
            assert_true(done[pick] || result.status == RB_GAP);
        }
        assert_int_equal(ingest_commit(store, people.now_ms), RB_OK);
    }
}

static void views_do_not_depend_on_the_order_of_arrival(void **state) {
    static char roll[TRANSCRIPT_BYTES];
    (void)state;

    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct random random = { seed };
        busy_group(&random);
        people_transcript(&people, AYU, thread, page);
        people_roll(&people, AYU, circle, roll);
        for (size_t who = DIMAS; who <= FAJAR; who++) {
            receive_mixed(&random, who);
            people_roll(&people, who, circle, other_page);
            assert_string_equal(roll, other_page);
            assert_int_equal(group_accept(people.stores[who], circle, people_now(&people)), RB_OK);
            people_transcript(&people, who, thread, other_page);
            assert_string_equal(page, other_page);
            check_rebuild(who);
        }
        forget_runs();
        people_end(&people);
    }
    people_new(&people, 0);
}

static void views_made_again_are_the_same(void **state) {
    struct random random = { 7 };
    (void)state;

    busy_group(&random);
    for (size_t who = AYU; who <= CITRA; who++) {
        check_rebuild(who);
    }
    forget_runs();
}

/* ---- A group that changes ---- */

static void record_all(void) {
    for (size_t who = AYU; who <= DIMAS; who++) {
        record_new(who);
    }
}

static void post_and_record(size_t who, const char *text) {
    uint8_t ref[REF_BYTES];

    people_post(&people, who, thread, text, ref);
    record_all();
}

static void change_and_record(enum rb_status status, struct refusal *refusal) {
    assert_int_equal(status, RB_OK);
    refusal_clear(refusal);
    record_all();
}

static void remove_and_record(size_t by, size_t whom) {
    struct refusal refusal;

    change_and_record(membership_remove(people.stores[by], circle, people_id(&people, whom),
                                        people_now(&people), &refusal),
                      &refusal);
}

static void add_and_record(size_t by, size_t whom) {
    struct refusal refusal;

    change_and_record(membership_add(people.stores[by], circle, people_id(&people, whom),
                                     CIRCLE_MANAGER, 0, people_now(&people), &refusal),
                      &refusal);
}

static void adopt_and_record(size_t by) {
    struct refusal refusal;
    size_t count;

    change_and_record(
        waiting_adopt(people.stores[by], circle, NULL, people_now(&people), &count, &refusal),
        &refusal);
}

/* Ayu learns that the device of Dimas was stolen. */
static void steal_device(void) {
    const struct store_self *dimas = store_self(people.stores[DIMAS]);
    struct writer whole;

    writer_init(&whole, CERT_BYTES_MAX);
    revoke_issue(&whole, dimas->device_cert.id, dimas->person, &dimas->identity->person, 1);
    assert_int_equal(revocation_add(people.stores[AYU], writer_view(&whole), people_now(&people)),
                     RB_OK);
    writer_clear(&whole);
}

static size_t waiting_at(size_t who) {
    size_t count = 0;

    assert_int_equal(waiting_count(people.stores[who], circle, &count), RB_OK);
    return count;
}

/* Citra is removed while she writes; Bayu adopts what he has of that, more comes, and waits; she is
 * added again and writes in a new log.  The device of Dimas is revoked, and it writes on.  Eka and
 * Fajar come last. */
static void changing_group(void) {
    people_new(&people, 6);
    people_group(&people, 4, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    people_meet_all(&people);
    record_all();
    post_and_record(CITRA, "satu");
    people_meet(&people, AYU, CITRA);
    post_and_record(CITRA, "dua");
    people_meet(&people, BAYU, CITRA);
    remove_and_record(AYU, CITRA);
    people_meet(&people, AYU, BAYU);
    adopt_and_record(BAYU);
    post_and_record(CITRA, "tiga");
    post_and_record(CITRA, "empat");
    people_meet(&people, BAYU, CITRA);
    people_meet(&people, AYU, BAYU);
    add_and_record(AYU, CITRA);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(group_accept(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    post_and_record(CITRA, "lima");
    post_and_record(DIMAS, "enam");
    people_meet(&people, AYU, DIMAS);
    steal_device();
    post_and_record(DIMAS, "tujuh");
    post_and_record(AYU, "delapan");
    people_meet_all(&people);
    record_all();
    add_and_record(AYU, EKA);
    add_and_record(AYU, FAJAR);
    people_meet(&people, AYU, BAYU);
    record_all();
}

static void quarantine_and_adoption_do_not_depend_on_the_order_of_arrival(void **state) {
    static char roll[TRANSCRIPT_BYTES];
    (void)state;

    for (uint64_t seed = 1; seed <= 2; seed++) {
        struct random random = { seed };
        changing_group();
        people_transcript(&people, AYU, thread, page);
        assert_string_equal(page,
                            "Citra: satu\nCitra: dua\nCitra: lima\nDimas: enam\n"
                            "Ayu: delapan\n");
        assert_int_equal(waiting_at(AYU), 3);
        people_roll(&people, AYU, circle, roll);
        for (size_t who = EKA; who <= FAJAR; who++) {
            receive_mixed(&random, who);
            people_roll(&people, who, circle, other_page);
            assert_string_equal(roll, other_page);
            assert_int_equal(waiting_at(who), 3);
            assert_int_equal(group_accept(people.stores[who], circle, people_now(&people)), RB_OK);
            people_transcript(&people, who, thread, other_page);
            assert_string_equal(page, other_page);
            check_rebuild(who);
        }
        check_rebuild(AYU);
        check_rebuild(BAYU);
        check_rebuild(CITRA);
        forget_runs();
        people_end(&people);
    }
    people_new(&people, 0);
}

/* ---- Against a model that is too simple to be wrong ---- */

enum { MODEL_PEOPLE = 3, MODEL_POSTS_MAX = 600, MODEL_STEPS = 1000 };

/* Who has which post; posts are numbered in the order of writing, which is that of their clocks. */
struct model {
    bool has[MODEL_PEOPLE][MODEL_POSTS_MAX];
    uint8_t authors[MODEL_POSTS_MAX];
    size_t count;
};

static void model_transcript(const struct model *model, size_t who, char *out) {
    size_t len = 0;

    out[0] = '\0';
    for (size_t i = 0; i < model->count; i++) {
        if (model->has[who][i]) {
            int written = snprintf(out + len, TRANSCRIPT_BYTES - len, "%s: %zu\n",
                                   people_name(model->authors[i]), i);
            len += (size_t)written;
        }
    }
}

static void model_meet(struct model *model, size_t one, size_t other) {
    for (size_t i = 0; i < model->count; i++) {
        bool has = model->has[one][i] || model->has[other][i];
        model->has[one][i] = has;
        model->has[other][i] = has;
    }
}

static void step_post(struct model *model, size_t who) {
    uint8_t ref[REF_BYTES];
    char text[32];

    if (model->count == MODEL_POSTS_MAX) {
        return;
    }
    (void)snprintf(text, sizeof text, "%zu", model->count);
    people_post(&people, who, thread, text, ref);
    model->authors[model->count] = (uint8_t)who;
    model->has[who][model->count] = true;
    model->count++;
}

static void step_compare(const struct model *model, size_t who) {
    people_transcript(&people, who, thread, page);
    model_transcript(model, who, other_page);
    assert_string_equal(page, other_page);
}

static void step(struct model *model, struct random *random) {
    size_t who = random_below(random, MODEL_PEOPLE);
    size_t peer = (who + 1 + random_below(random, MODEL_PEOPLE - 1)) % MODEL_PEOPLE;
    size_t dice = random_below(random, 100);

    if (dice < 50) {
        step_post(model, who);
    } else if (dice < 80) {
        (void)people_meet(&people, who, peer);
        model_meet(model, who, peer);
    } else if (dice < 97) {
        step_compare(model, who);
    } else if (dice < 99) {
        assert_int_equal(views_rebuild(people.stores[who]), RB_OK);
    } else {
        people_reopen(&people, who);
    }
}

static void a_thousand_steps_agree_with_the_model(void **state) {
    static struct model model;
    struct random random = { 20260101 };
    (void)state;

    people_new(&people, MODEL_PEOPLE);
    people_group(&people, MODEL_PEOPLE, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    people_meet_all(&people);
    for (int i = 0; i < MODEL_STEPS; i++) {
        step(&model, &random);
    }
    people_meet_all(&people);
    for (size_t who = 0; who < MODEL_PEOPLE; who++) {
        people_transcript(&people, who, thread, page);
        if (who > 0) {
            assert_string_equal(page, other_page);
        }
        memcpy(other_page, page, sizeof page);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(views_do_not_depend_on_the_order_of_arrival, go_home),
        cmocka_unit_test_teardown(views_made_again_are_the_same, go_home),
        cmocka_unit_test_teardown(quarantine_and_adoption_do_not_depend_on_the_order_of_arrival,
                                  go_home),
        cmocka_unit_test_teardown(a_thousand_steps_agree_with_the_model, go_home),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
