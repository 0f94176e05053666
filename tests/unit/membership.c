/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/contacts.h"
#include "store/db.h"
#include "store/keyring.h"
#include "store/membership.h"
#include "tests/support/forger.h"
#include "tests/support/people.h"

#include <stdio.h>
#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];
static char page[TRANSCRIPT_BYTES];

/* A group of Ayu, Bayu and Citra, in this order of seniority, with a thread; Dimas is outside. */
static int a_group_of_three(void **state) {
    (void)state;
    people_new(&people, 4);
    people_group(&people, 3, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    people_meet(&people, AYU, BAYU);
    people_meet(&people, AYU, CITRA);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

static void post(size_t who, const char *text) {
    uint8_t ref[REF_BYTES];

    people_post(&people, who, thread, text, ref);
}

static void check_thread(size_t who, const char *expected) {
    people_transcript(&people, who, thread, page);
    assert_string_equal(page, expected);
}

static void check_roll(size_t who, const char *expected) {
    people_roll(&people, who, circle, page);
    assert_string_equal(page, expected);
}

static enum rb_status try_remove(size_t by, size_t whom, struct refusal *refusal) {
    return membership_remove(people.stores[by], circle, people_id(&people, whom),
                             people_now(&people), refusal);
}

static void remove_person(size_t by, size_t whom) {
    struct refusal refusal;

    assert_int_equal(try_remove(by, whom, &refusal), RB_OK);
    refusal_clear(&refusal);
}

static enum rb_status try_add(size_t by, size_t whom, enum circle_role role, int64_t until_s) {
    struct refusal refusal;

    enum rb_status status = membership_add(people.stores[by], circle, people_id(&people, whom),
                                           role, until_s, people_now(&people), &refusal);
    refusal_clear(&refusal);
    return status;
}

static size_t waiting_at(size_t who) {
    size_t count = 0;

    assert_int_equal(waiting_count(people.stores[who], circle, &count), RB_OK);
    return count;
}

static enum rb_status try_adopt(size_t by, const uint8_t *person, size_t *count) {
    struct refusal refusal;

    enum rb_status status =
        waiting_adopt(people.stores[by], circle, person, people_now(&people), count, &refusal);
    refusal_clear(&refusal);
    return status;
}

static uint64_t own_head(size_t who) {
    struct log_line line;

    return people_own_log(&people, who, circle, &line) ? line.head : 0;
}

static enum group_state state_at(size_t who) {
    struct group_row row;

    assert_int_equal(group_get(people.stores[who], circle, &row), RB_OK);
    return row.state;
}

static void upkeep(size_t who) {
    int64_t after = 0;

    assert_int_equal(author_upkeep_some(people.stores[who], people_now(&people), &after), RB_OK);
    assert_int_equal(after, 0);
    assert_int_equal(author_upkeep(people.stores[who], circle, people_now(&people)), RB_OK);
}

static void verdict_at(size_t who, uint8_t verdict[static HASH_BYTES]) {
    struct db_row *row = db_query(store_db(people.stores[who]), "SELECT verdict FROM circle_view");

    assert_true(db_step(row));
    db_copy(row, 0, verdict, HASH_BYTES);
    assert_int_equal(db_end(row), RB_OK);
}

/* Citra writes, off line, while Ayu removes her; then Ayu and Citra meet, and Ayu and Bayu. */
static void remove_while_writing(void) {
    post(CITRA, "sebelum");
    people_meet(&people, AYU, CITRA);
    post(CITRA, "luring");
    remove_person(AYU, CITRA);
    people_meet(&people, AYU, CITRA);
    people_meet(&people, AYU, BAYU);
}

/* ---- Who is removed ---- */

static void who_is_removed_cannot_open_what_is_written_next(void **state) {
    struct log_line line;
    (void)state;

    post(BAYU, "bertiga");
    people_meet(&people, BAYU, CITRA);
    assert_true(people_opens(&people, CITRA, BAYU, circle, 0));
    remove_person(AYU, CITRA);
    people_meet(&people, AYU, BAYU);
    post(AYU, "rahasia satu");
    post(BAYU, "rahasia dua");
    assert_false(people_opens(&people, CITRA, AYU, circle, 0));
    assert_false(people_opens(&people, CITRA, BAYU, circle, 0));

    /* Nor does it help her to get hold of all the events. */
    for (size_t who = AYU; who <= BAYU; who++) {
        assert_true(people_own_log(&people, who, circle, &line));
        assert_int_equal(people_carry(&people, who, CITRA, circle, line.log, 1).status, RB_OK);
        assert_false(people_opens(&people, CITRA, who, circle, 0));
    }
    people_meet(&people, AYU, BAYU);
    check_thread(AYU, "Bayu: bertiga\nAyu: rahasia satu\nBayu: rahasia dua\n");
    assert_true(people_opens(&people, BAYU, AYU, circle, 0));
}

static void who_is_removed_can_read_that_he_was(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    post(AYU, "kabar");
    remove_person(AYU, CITRA);
    assert_int_equal(state_at(CITRA), GROUP_ACCEPTED);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(state_at(CITRA), GROUP_REMOVED);
    check_roll(CITRA, "Ayu 3 accepted\nBayu 2 accepted\nCitra 2 removed\n");
    check_roll(AYU, "Ayu 3 accepted\nBayu 2 accepted\nCitra 2 removed\n");
    assert_int_equal(
        post_add(people.stores[CITRA], thread, NULL, span_text("masih"), people_now(&people), ref),
        RB_NOT_FOUND); /* as for whoever has left */
}

/* ---- What waits ---- */

struct seen {
    size_t count;
    struct waiting_row last;
    char title[64];
};

static bool see(void *context, const struct waiting_row *row) {
    struct seen *seen = context;

    seen->count++;
    seen->last = *row;
    (void)snprintf(seen->title, sizeof seen->title, "%.*s", (int)row->title.len,
                   (const char *)row->title.data);
    return true;
}

static void what_was_written_without_knowing_waits_and_is_not_lost(void **state) {
    struct seen seen = { 0 };
    (void)state;

    remove_while_writing();
    for (size_t who = AYU; who <= BAYU; who++) {
        check_thread(who, "Citra: sebelum\n");
        assert_int_equal(waiting_at(who), 1);
    }
    assert_int_equal(waiting_each(people.stores[BAYU], circle, see, &seen), RB_OK);
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.last.name, "Citra");
    assert_string_equal(seen.title, "luring");
    assert_int_equal(seen.last.reason, WAITING_REMOVED);
    assert_int_equal(seen.last.type, KIND_POST);
    assert_memory_equal(seen.last.person, people_id(&people, CITRA), HASH_BYTES);
    assert_int_equal(waiting_each(people.stores[CITRA], circle, see, &seen), RB_NOT_MEMBER);
}

static void what_was_judged_before_the_removal_came_leaves_the_views(void **state) {
    (void)state;

    post(CITRA, "luring");
    people_meet(&people, BAYU, CITRA);
    check_thread(BAYU, "Citra: luring\n"); /* Bayu has heard of no removal */
    remove_person(AYU, CITRA);
    people_meet(&people, AYU, BAYU);
    check_thread(BAYU, "");
    assert_int_equal(waiting_at(BAYU), 1);
    assert_int_equal(waiting_at(AYU), 1);
}

static void what_waits_counts_when_a_manager_adopts_it(void **state) {
    size_t count = 0;
    (void)state;

    remove_while_writing();
    assert_int_equal(try_adopt(BAYU, people_id(&people, AYU), &count), RB_NOT_FOUND);
    assert_int_equal(try_adopt(BAYU, people_id(&people, CITRA), &count), RB_OK);
    assert_int_equal(count, 1);
    people_meet(&people, AYU, BAYU);
    for (size_t who = AYU; who <= BAYU; who++) {
        check_thread(who, "Citra: sebelum\nCitra: luring\n");
        check_roll(who, "Ayu 3 accepted\nBayu 2 accepted\nCitra 2 removed\n");
        assert_int_equal(waiting_at(who), 0);
        assert_int_equal(views_rebuild(people.stores[who]), RB_OK);
        check_thread(who, "Citra: sebelum\nCitra: luring\n");
    }
    assert_int_equal(try_adopt(BAYU, NULL, &count), RB_NOT_FOUND);
}

static void an_adoption_holds_for_what_comes_after_it(void **state) {
    struct log_line ayu, citra;
    size_t count = 0;
    (void)state;

    post(CITRA, "sebelum");
    people_meet(&people, AYU, CITRA);
    people_meet(&people, AYU, BAYU);
    for (int i = 0; i < 3; i++) {
        post(CITRA, "luring");
    }
    remove_person(AYU, CITRA);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(try_adopt(AYU, NULL, &count), RB_OK);
    assert_int_equal(count, 3);

    /* Bayu gets the ADOPT first, then what it adopts, event by event. */
    assert_true(people_own_log(&people, AYU, circle, &ayu));
    assert_true(people_own_log(&people, CITRA, circle, &citra));
    struct ingest_result result = people_carry(&people, AYU, BAYU, circle, ayu.log, 1);
    assert_int_equal(result.status, RB_OK);
    assert_int_equal(waiting_at(BAYU), 0);
    check_thread(BAYU, "Citra: sebelum\n");
    people_meet(&people, AYU, BAYU);
    check_thread(BAYU, "Citra: sebelum\nCitra: luring\nCitra: luring\nCitra: luring\n");
    assert_int_equal(waiting_at(BAYU), 0);
}

static void what_comes_after_what_was_adopted_waits_again(void **state) {
    size_t count = 0;
    (void)state;

    post(CITRA, "satu");
    people_meet(&people, BAYU, CITRA); /* only Bayu has it */
    post(CITRA, "dua");
    remove_person(AYU, CITRA);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(try_adopt(AYU, NULL, &count), RB_OK);
    assert_int_equal(count, 1);
    people_meet(&people, AYU, CITRA);
    check_thread(AYU, "Citra: satu\n");
    assert_int_equal(waiting_at(AYU), 1);
}

/* A post that Dimas, a reader, wrote before he was removed comes to Ayu before she adds him again,
 * as one who may write, and to Bayu after that. */
static void what_waits_is_the_same_for_who_hears_of_a_higher_role_later(void **state) {
    struct forger forger;
    uint8_t ctl[REF_BYTES];
    size_t count = 0;
    struct run run;
    (void)state;

    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_READER, 0), RB_OK);
    people_meet(&people, AYU, DIMAS);
    forger_head(people.stores[DIMAS], circle, ctl);
    forger_new(&forger, people.stores[DIMAS], circle);
    remove_person(AYU, DIMAS);
    forger_logcert(&forger, people.stores[DIMAS], circle, &run);
    assert_int_equal(people_ingest(&people, AYU, circle, &run).status, RB_OK);
    forger_post(&forger, KIND_POST, "pembaca", thread, ctl, (uint64_t)people.now_ms << 16, &run);
    assert_int_equal(people_ingest(&people, AYU, circle, &run).status, RB_OK);
    forger_clear(&forger);
    assert_int_equal(waiting_at(AYU), 1);

    /* Adopted while he may only read it says nothing, and is not asked about again. */
    assert_int_equal(try_adopt(AYU, NULL, &count), RB_OK);
    assert_int_equal(count, 1);
    assert_int_equal(waiting_at(AYU), 0);
    check_thread(AYU, "");

    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, 0), RB_OK);
    people_meet(&people, AYU, BAYU);
    for (size_t who = AYU; who <= BAYU; who++) {
        check_thread(who, "Dimas: pembaca\n");
        assert_int_equal(waiting_at(who), 0);
        assert_int_equal(views_rebuild(people.stores[who]), RB_OK);
        check_thread(who, "Dimas: pembaca\n");
    }
}

static void an_adoption_by_who_is_no_manager_counts_for_nothing(void **state) {
    struct op_lock head = { .seq = 0 };
    struct log_line citra;
    struct forger forger;
    struct writer body;
    struct run run;
    uint8_t ctl[REF_BYTES];
    size_t count = 0;
    (void)state;

    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, 0), RB_OK);
    people_meet(&people, AYU, DIMAS);
    assert_int_equal(group_accept(people.stores[DIMAS], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, DIMAS);
    remove_while_writing();
    people_meet(&people, AYU, DIMAS);
    assert_int_equal(try_adopt(DIMAS, NULL, &count), RB_REFUSED);

    forger_new(&forger, people.stores[DIMAS], circle);
    forger_logcert(&forger, people.stores[DIMAS], circle, &run);
    assert_int_equal(people_ingest(&people, AYU, circle, &run).status, RB_OK);
    assert_true(people_own_log(&people, CITRA, circle, &citra));
    memcpy(head.log, citra.log, sizeof head.log);
    head.seq = citra.head;
    memcpy(head.hash, citra.hash, sizeof head.hash);
    writer_init(&body, EVENT_BODY_BYTES_MAX);
    op_adopt_encode(&body, &head, 1);
    forger_head(people.stores[DIMAS], circle, ctl);
    forger_operation(&forger, OP_ADOPT, writer_view(&body), ctl, &run);
    assert_int_equal(people_ingest(&people, AYU, circle, &run).status, RB_OK);
    check_thread(AYU, "Citra: sebelum\n");
    assert_int_equal(waiting_at(AYU), 1);
    writer_clear(&body);
    forger_clear(&forger);
}

/* Ayu's store takes an ADOPT by Bayu, who may adopt, of the head given. */
static void take_forged_adoption(const struct op_lock *head) {
    struct forger forger;
    struct writer body;
    struct run run;
    uint8_t ctl[REF_BYTES];

    forger_new(&forger, people.stores[BAYU], circle);
    forger_logcert(&forger, people.stores[BAYU], circle, &run);
    assert_int_equal(people_ingest(&people, AYU, circle, &run).status, RB_OK);
    writer_init(&body, EVENT_BODY_BYTES_MAX);
    op_adopt_encode(&body, head, 1);
    forger_head(people.stores[BAYU], circle, ctl);
    forger_operation(&forger, OP_ADOPT, writer_view(&body), ctl, &run);
    assert_int_equal(people_ingest(&people, AYU, circle, &run).status, RB_OK);
    writer_clear(&body);
    forger_clear(&forger);
}

static void an_adoption_of_a_log_that_is_not_here_does_no_harm(void **state) {
    struct op_lock head = { .seq = SEQ_MAX };
    size_t count = 0;
    (void)state;

    remove_while_writing();
    memset(head.log, 0x5A, sizeof head.log);
    take_forged_adoption(&head);
    check_thread(AYU, "Citra: sebelum\n");
    assert_int_equal(waiting_at(AYU), 1);
    assert_int_equal(views_rebuild(people.stores[AYU]), RB_OK);
    check_thread(AYU, "Citra: sebelum\n");
    assert_int_equal(try_adopt(AYU, NULL, &count), RB_OK);
    check_thread(AYU, "Citra: sebelum\nCitra: luring\n");
}

static void an_adoption_of_another_history_adopts_nothing(void **state) {
    struct op_lock head = { .seq = 0 };
    struct log_line citra;
    (void)state;

    remove_while_writing();
    assert_true(people_own_log(&people, CITRA, circle, &citra));
    memcpy(head.log, citra.log, sizeof head.log);
    head.seq = citra.head;
    memset(head.hash, 0x33, sizeof head.hash);
    take_forged_adoption(&head);
    check_thread(AYU, "Citra: sebelum\n");
    assert_int_equal(waiting_at(AYU), 1);
}

/* ---- Two histories ---- */

static bool see_forks(void *context, const struct waiting_row *row) {
    *(size_t *)context += row->reason == WAITING_FORK ? 1 : 0;
    return true;
}

/* A log of Bayu from its beginning, event by event, as one run. */
struct history {
    struct forger forger;
    struct run whole;
    uint8_t bodies[4][EVENT_BODY_BYTES_MAX];
};

static void history_keep(struct history *history, const struct run *run) {
    size_t at = history->whole.count++;
    struct event *event = &history->whole.events[at];

    assert_true(at < 4);
    *event = run->events[0];
    memcpy(history->bodies[at], event->body.data, event->body.len);
    event->body.data = history->bodies[at];
    memcpy(history->whole.signature, run->signature, sizeof run->signature);
}

static void history_begin(struct history *history) {
    struct run run;

    *history = (struct history) { .whole.first = 1 };
    forger_new(&history->forger, people.stores[BAYU], circle);
    memcpy(history->whole.log, history->forger.log_key.public, LOG_PK_BYTES);
    memcpy(history->whole.previous8, history->forger.head.hash, sizeof run.previous8);
    forger_logcert(&history->forger, people.stores[BAYU], circle, &run);
    history_keep(history, &run);
}

static void history_post(struct history *history, const char *text) {
    uint8_t head[REF_BYTES];
    struct run run;

    forger_head(people.stores[BAYU], circle, head);
    forger_post(&history->forger, KIND_POST, text, thread, head,
                (uint64_t)people_now(&people) << 16, &run);
    history_keep(history, &run);
}

/* Another history from here on. */
static void history_part(struct history *to, const struct history *from) {
    *to = *from;
    forger_twin(&to->forger, &from->forger);
    for (size_t i = 0; i < to->whole.count; i++) {
        to->whole.events[i].body.data = to->bodies[i];
    }
}

static void both_histories_of_a_copied_home_wait_and_can_be_adopted(void **state) {
    static struct history one, other;
    size_t count = 0, forks = 0;
    (void)state;

    history_begin(&one);
    history_post(&one, "bersama");
    history_part(&other, &one);
    history_post(&one, "kiri");
    history_post(&other, "kanan");
    assert_int_equal(people_ingest(&people, AYU, circle, &one.whole).status, RB_OK);
    check_thread(AYU, "Bayu: bersama\nBayu: kiri\n");
    assert_int_equal(people_ingest(&people, AYU, circle, &other.whole).status, RB_OK);
    check_thread(AYU, "Bayu: bersama\n");
    assert_int_equal(waiting_at(AYU), 2);
    assert_int_equal(waiting_each(people.stores[AYU], circle, see_forks, &forks), RB_OK);
    assert_int_equal(forks, 2);
    assert_int_equal(try_adopt(AYU, NULL, &count), RB_OK);
    assert_int_equal(count, 2);
    check_thread(AYU, "Bayu: bersama\nBayu: kiri\nBayu: kanan\n");
    assert_int_equal(views_rebuild(people.stores[AYU]), RB_OK);
    check_thread(AYU, "Bayu: bersama\nBayu: kiri\nBayu: kanan\n");
    forger_clear(&other.forger);
    forger_clear(&one.forger);
}

/* ---- Refusals ---- */

static void a_refused_removal_says_why_and_changes_nothing(void **state) {
    struct refusal refusal;
    (void)state;

    uint64_t events = people_events(&people, CITRA);
    assert_int_equal(try_remove(CITRA, BAYU, &refusal), RB_REFUSED);
    assert_int_equal(refusal.rule, RULE_SENIOR);
    assert_int_equal(refusal.could_count, 1);
    assert_memory_equal(refusal.could[0].person, people_id(&people, AYU), HASH_BYTES);
    refusal_clear(&refusal);
    assert_int_equal(try_remove(BAYU, DIMAS, &refusal), RB_REFUSED);
    assert_int_equal(refusal.rule, RULE_ABSENT);
    assert_int_equal(refusal.could_count, 0);
    refusal_clear(&refusal);
    assert_int_equal(
        membership_check_remove(people.stores[CITRA], circle, people_id(&people, AYU), &refusal),
        RB_REFUSED);
    refusal_clear(&refusal);
    assert_int_equal(try_remove(DIMAS, AYU, &refusal), RB_NOT_FOUND);
    refusal_clear(&refusal);
    assert_int_equal(people_events(&people, CITRA), events);
    check_roll(CITRA, "Ayu 3 accepted\nBayu 2 accepted\nCitra 2 accepted\n");
}

static void a_refused_addition_says_why_and_changes_nothing(void **state) {
    struct refusal refusal;
    (void)state;

    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, 0), RB_OK);
    people_meet(&people, AYU, DIMAS);
    assert_int_equal(group_accept(people.stores[DIMAS], circle, people_now(&people)), RB_OK);
    uint64_t events = people_events(&people, DIMAS);
    assert_int_equal(membership_add(people.stores[DIMAS], circle, people_id(&people, BAYU),
                                    CIRCLE_READER, 0, people_now(&people), &refusal),
                     RB_REFUSED);
    assert_int_equal(refusal.rule, RULE_MANAGERS);
    refusal_clear(&refusal);
    assert_int_equal(people_events(&people, DIMAS), events);

    events = people_events(&people, BAYU);
    assert_int_equal(membership_add(people.stores[BAYU], circle, people_id(&people, DIMAS),
                                    CIRCLE_OWNER, 0, people_now(&people), &refusal),
                     RB_REFUSED);
    assert_int_equal(refusal.rule, RULE_ROLE);
    assert_int_equal(refusal.could_count, 1);
    assert_string_equal(refusal.could[0].name, "Ayu");
    refusal_clear(&refusal);
    assert_int_equal(people_events(&people, BAYU), events);
}

static void who_belongs_may_be_given_a_higher_role(void **state) {
    (void)state;

    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, 0), RB_OK);
    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, 0), RB_REFUSED);
    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_MANAGER, 0), RB_OK);
    check_roll(AYU, "Ayu 3 accepted\nBayu 2 accepted\nCitra 2 accepted\nDimas 2 invited\n");
}

enum { DAY_S = 24 * 3600 };

/* A longer stay is an ADD; a shorter one would be one without effect, and is not written. */
static void who_belongs_may_be_given_a_later_end_and_no_earlier_one(void **state) {
    int64_t until_s = people.now_ms / 1000 + DAY_S;
    struct refusal refusal;
    (void)state;

    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, until_s), RB_OK);
    uint64_t events = people_events(&people, AYU);
    assert_int_equal(membership_check_add(people.stores[AYU], circle, people_id(&people, DIMAS),
                                          CIRCLE_WRITER, until_s - 1, &refusal),
                     RB_REFUSED);
    assert_int_equal(refusal.rule, RULE_PRESENT);
    assert_int_equal(refusal.could_count, 0);
    refusal_clear(&refusal);
    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, until_s), RB_REFUSED);
    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_READER, until_s), RB_REFUSED);
    assert_int_equal(people_events(&people, AYU), events);
    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, until_s + DAY_S), RB_OK);
    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, until_s + DAY_S), RB_REFUSED);
    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, 0), RB_OK);
    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, until_s + 2 * DAY_S), RB_REFUSED);
}

/* Bayu, whom he would add, belongs already; Citra is a manager, but has not accepted. */
static void who_may_add_nobody_is_told_who_can(void **state) {
    struct refusal refusal;
    (void)state;

    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, 0), RB_OK);
    remove_person(AYU, CITRA);
    assert_int_equal(try_add(AYU, CITRA, CIRCLE_MANAGER, 0), RB_OK);
    people_meet(&people, AYU, DIMAS);
    assert_int_equal(group_accept(people.stores[DIMAS], circle, people_now(&people)), RB_OK);
    assert_int_equal(membership_check_add(people.stores[DIMAS], circle, people_id(&people, BAYU),
                                          CIRCLE_MANAGER, 0, &refusal),
                     RB_REFUSED);
    assert_int_equal(refusal.rule, RULE_MANAGERS);
    assert_int_equal(refusal.could_count, 1);
    assert_string_equal(refusal.could[0].name, "Ayu");
    refusal_clear(&refusal);
}

/* Else every invitation would have all content judged again. */
static void who_comes_overturns_nothing_and_who_goes_does(void **state) {
    uint8_t before[HASH_BYTES], after[HASH_BYTES];
    (void)state;

    verdict_at(AYU, before);
    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, 0), RB_OK);
    people_meet(&people, AYU, DIMAS);
    assert_int_equal(group_accept(people.stores[DIMAS], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, DIMAS);
    people.now_ms += EPOCH_AGE_MS_MAX + 1000;
    post(AYU, "dengan kunci baru");
    verdict_at(AYU, after);
    assert_memory_equal(before, after, sizeof before);
    remove_person(AYU, CITRA);
    verdict_at(AYU, after);
    assert_memory_not_equal(before, after, sizeof before);
}

/* ---- At once ---- */

static void what_a_removed_person_decides_without_knowing_counts_for_nothing(void **state) {
    (void)state;

    remove_person(AYU, BAYU);
    remove_person(BAYU, CITRA); /* he knows of nothing */
    people_meet_all(&people);
    for (size_t who = AYU; who <= CITRA; who += 2) {
        check_roll(who, "Ayu 3 accepted\nCitra 2 accepted\nBayu 2 removed\n");
    }
}

/* ---- Again ---- */

static void who_is_added_again_reads_all_and_writes_in_a_new_log(void **state) {
    struct log_line before, after;
    (void)state;

    remove_while_writing();
    post(AYU, "tanpa Citra");
    assert_true(people_own_log(&people, CITRA, circle, &before));
    assert_int_equal(try_add(AYU, CITRA, CIRCLE_MANAGER, 0), RB_OK);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(state_at(CITRA), GROUP_INVITED);
    assert_int_equal(group_accept(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    check_thread(CITRA, "Citra: sebelum\nAyu: tanpa Citra\n");
    post(CITRA, "kembali");
    assert_true(people_own_log(&people, CITRA, circle, &after));
    assert_memory_not_equal(before.log, after.log, sizeof before.log);
    people_meet_all(&people);
    check_thread(BAYU, "Citra: sebelum\nAyu: tanpa Citra\nCitra: kembali\n");
    assert_int_equal(waiting_at(BAYU), 1); /* what had waited still does */
    post(CITRA, "lagi");
    assert_true(people_own_log(&people, CITRA, circle, &before));
    assert_memory_equal(before.log, after.log, sizeof before.log);
}

/* ---- Guests ---- */

static void add_guest(size_t by, size_t whom, int64_t until_s) {
    assert_int_equal(try_add(by, whom, CIRCLE_WRITER, until_s), RB_OK);
    people_meet(&people, by, whom);
    assert_int_equal(group_accept(people.stores[whom], circle, people_now(&people)), RB_OK);
    people_meet_all(&people);
}

static void the_time_of_a_guest_is_ended_by_who_added_him(void **state) {
    int64_t until_s = people.now_ms / 1000 + DAY_S;
    (void)state;

    add_guest(BAYU, DIMAS, until_s);
    uint64_t head = own_head(BAYU);
    upkeep(BAYU);
    assert_int_equal(own_head(BAYU), head); /* it is not over */
    people.now_ms += (DAY_S + 60) * INT64_C(1000);
    uint64_t heads[] = { own_head(AYU), own_head(CITRA), own_head(DIMAS) };
    upkeep(AYU);
    upkeep(CITRA);
    upkeep(DIMAS);
    assert_int_equal(own_head(AYU), heads[0]);
    assert_int_equal(own_head(CITRA), heads[1]);
    assert_int_equal(own_head(DIMAS), heads[2]);
    upkeep(BAYU);
    assert_int_equal(own_head(BAYU), head + 1);
    upkeep(BAYU);
    assert_int_equal(own_head(BAYU), head + 1);
    people_meet_all(&people);
    check_roll(DIMAS, "Ayu 3 accepted\nBayu 2 accepted\nCitra 2 accepted\nDimas 1 removed\n");
    people.now_ms += (int64_t)2 * GUEST_GRACE_S * 1000;
    upkeep(AYU);
    assert_int_equal(own_head(AYU), heads[0]);
    post(AYU, "sesudah tamu");
    assert_false(people_opens(&people, DIMAS, AYU, circle, 0));
}

static void if_he_is_away_another_manager_ends_it_hours_later(void **state) {
    int64_t until_s = people.now_ms / 1000 + DAY_S;
    (void)state;

    add_guest(BAYU, DIMAS, until_s);
    people.now_ms = (until_s + GUEST_GRACE_S) * 1000 - 9000;
    uint64_t head = own_head(AYU);
    upkeep(AYU);
    assert_int_equal(own_head(AYU), head);
    people.now_ms += 9000;
    upkeep(AYU);
    assert_int_equal(own_head(AYU), head + 1);
    people_meet_all(&people);
    uint64_t heads[] = { own_head(BAYU), own_head(CITRA) };
    upkeep(BAYU);
    upkeep(CITRA);
    assert_int_equal(own_head(BAYU), heads[0]);
    assert_int_equal(own_head(CITRA), heads[1]);
}

/* ---- Cases ---- */

static void a_case_is_shared_with_a_verified_contact_only(void **state) {
    uint8_t group[HASH_BYTES];
    (void)state;

    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, 0), RB_OK); /* a group */
    memcpy(group, circle, sizeof group);
    assert_int_equal(store_write_begin(people.stores[AYU]), RB_OK);
    assert_int_equal(
        store_write_end(people.stores[AYU], author_found(people.stores[AYU], CIRCLE_CASE, group,
                                                         people_now(&people), circle)),
        RB_OK);
    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, 0), RB_UNSAFE);
    assert_int_equal(
        contact_set_verified(people.stores[AYU], people_id(&people, DIMAS), people.now_ms), RB_OK);
    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_WRITER, 0), RB_OK);
}

/* ---- Grants on demand ---- */

static const uint8_t *device_of(size_t who) {
    return store_self(people.stores[who])->device_cert.id;
}

static void a_device_is_granted_what_it_lacks_and_a_stranger_nothing(void **state) {
    (void)state;

    remove_person(AYU, CITRA);
    people_meet(&people, AYU, BAYU);
    post(BAYU, "kunci baru");
    assert_int_equal(try_add(AYU, DIMAS, CIRCLE_MANAGER, 0), RB_OK); /* without that key */
    people_meet(&people, AYU, DIMAS);
    people_meet(&people, AYU, BAYU);
    people_meet(&people, AYU, DIMAS);
    assert_false(people_opens(&people, DIMAS, BAYU, circle, 0));
    uint64_t head = own_head(BAYU);
    assert_int_equal(
        author_grant(people.stores[BAYU], circle, device_of(CITRA), people_now(&people)),
        RB_NOT_MEMBER);
    assert_int_equal(own_head(BAYU), head);
    assert_int_equal(
        author_grant(people.stores[BAYU], circle, device_of(DIMAS), people_now(&people)), RB_OK);
    assert_int_equal(own_head(BAYU), head + 1);
    assert_int_equal(
        author_grant(people.stores[BAYU], circle, device_of(DIMAS), people_now(&people)), RB_OK);
    assert_int_equal(own_head(BAYU), head + 1);
    people_meet(&people, BAYU, DIMAS);
    assert_int_equal(group_accept(people.stores[DIMAS], circle, people_now(&people)), RB_OK);
    check_thread(DIMAS, "Bayu: kunci baru\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_group_of_three, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_is_removed_cannot_open_what_is_written_next),
        TEST(who_is_removed_can_read_that_he_was),
        TEST(what_was_written_without_knowing_waits_and_is_not_lost),
        TEST(what_was_judged_before_the_removal_came_leaves_the_views),
        TEST(what_waits_counts_when_a_manager_adopts_it),
        TEST(an_adoption_holds_for_what_comes_after_it),
        TEST(what_comes_after_what_was_adopted_waits_again),
        TEST(what_waits_is_the_same_for_who_hears_of_a_higher_role_later),
        TEST(an_adoption_by_who_is_no_manager_counts_for_nothing),
        TEST(an_adoption_of_a_log_that_is_not_here_does_no_harm),
        TEST(an_adoption_of_another_history_adopts_nothing),
        TEST(both_histories_of_a_copied_home_wait_and_can_be_adopted),
        TEST(a_refused_removal_says_why_and_changes_nothing),
        TEST(a_refused_addition_says_why_and_changes_nothing),
        TEST(who_belongs_may_be_given_a_higher_role),
        TEST(who_belongs_may_be_given_a_later_end_and_no_earlier_one),
        TEST(who_may_add_nobody_is_told_who_can),
        TEST(who_comes_overturns_nothing_and_who_goes_does),
        TEST(what_a_removed_person_decides_without_knowing_counts_for_nothing),
        TEST(who_is_added_again_reads_all_and_writes_in_a_new_log),
        TEST(the_time_of_a_guest_is_ended_by_who_added_him),
        TEST(if_he_is_away_another_manager_ends_it_hours_later),
        TEST(a_case_is_shared_with_a_verified_contact_only),
        TEST(a_device_is_granted_what_it_lacks_and_a_stranger_nothing),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
