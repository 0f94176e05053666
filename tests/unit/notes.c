/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What observers are told of content: after the commit, once, and not without end; and the numbers
 * of what is shown at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/cases.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/notes.h"
#include "store/posting.h"
#include "tests/support/people.h"

#include <stdio.h>
#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];

struct heard {
    size_t shown, stored;
    uint64_t more, last_type;
    uint8_t circle[HASH_BYTES], ref[REF_BYTES]; /* of the last one */
    bool more_was_last;
    struct store_observer observer;
};
static struct heard heard, other;

static void hear_shown(void *context, uint64_t type, const uint8_t where[static HASH_BYTES],
                       const uint8_t ref[static REF_BYTES]) {
    struct heard *news = context;

    news->shown++;
    news->last_type = type;
    news->more_was_last = false;
    memcpy(news->circle, where, sizeof news->circle);
    memcpy(news->ref, ref, sizeof news->ref);
}

static void hear_more(void *context, uint64_t count) {
    struct heard *news = context;

    news->more += count;
    news->more_was_last = true;
}

static void hear_stored(void *context, const uint8_t where[static HASH_BYTES],
                        const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last) {
    struct heard *news = context;
    (void)where;
    (void)log;
    (void)first;
    (void)last;

    news->stored++;
}

static void observe(struct heard *news, size_t who) {
    *news = (struct heard) { .observer = { .stored = hear_stored,
                                           .shown = hear_shown,
                                           .more = hear_more,
                                           .context = news } };
    store_observe(people.stores[who], &news->observer);
    store_number_shown(people.stores[who], NEWS_POSTS_MAX);
}

/* Ayu and Bayu in a group with one thread; Citra is not in it. */
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

/* Posts of Ayu in her open transaction, which nobody has looked at. */
static void write_posts(size_t count) {
    const struct post_draft draft = { .thread = thread, .text = span_text("lagi") };
    uint8_t ref[REF_BYTES];

    for (size_t i = 0; i < count; i++) {
        assert_int_equal(post_write(people.stores[AYU], circle, &draft, people_now(&people), ref),
                         RB_OK);
    }
}

static void note(uint64_t type, size_t count) {
    struct shown_note shown = { .type = type };

    for (size_t i = 0; i < count; i++) {
        store_note_shown(people.stores[AYU], &shown);
    }
}

static size_t unread_of(size_t who) {
    struct thread_row row;

    assert_int_equal(thread_get(people.stores[who], thread, &row), RB_OK);
    return row.unread;
}

/* ---- When ---- */

static void a_post_is_told_to_both_when_it_is_committed(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    observe(&heard, AYU);
    observe(&other, BAYU);
    people_post(&people, AYU, thread, "satu", ref);
    assert_int_equal(heard.shown, 1); /* one's own too */
    assert_int_equal(other.shown, 0);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(heard.shown, 1);
    assert_int_equal(other.shown, 1);
    assert_int_equal(other.last_type, KIND_POST);
    assert_memory_equal(other.circle, circle, HASH_BYTES);
    assert_memory_equal(other.ref, ref, REF_BYTES);
    assert_int_equal(other.more, 0);
}

static bool take_number(void *context, const struct post_row *row) {
    *(int64_t *)context = row->number;
    return true;
}

static void an_aborted_transaction_tells_no_news_also_not_later(void **state) {
    struct store *store = people.stores[AYU];
    (void)state;

    observe(&heard, AYU);
    assert_int_equal(store_write_begin(store), RB_OK);
    write_posts(NEWS_POSTS_MAX + 5);
    assert_int_equal(heard.shown, 0);
    assert_int_equal(store_write_end(store, RB_REFUSED), RB_REFUSED);
    assert_int_equal(store_write_begin(store), RB_OK);
    assert_int_equal(store_write_end(store, RB_OK), RB_OK);
    assert_int_equal(heard.shown + heard.more, 0);
}

static void what_is_made_or_judged_again_is_no_news(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    people_post(&people, AYU, thread, "satu", ref);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    people_meet_all(&people);
    assert_int_equal(group_accept(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet_all(&people);
    observe(&other, BAYU);
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet(&people, CITRA, BAYU); /* all of it is judged again */
    assert_true(other.stored > 0);
    assert_int_equal(other.shown, 0);
    assert_int_equal(views_rebuild(people.stores[BAYU]), RB_OK);
    assert_int_equal(other.shown, 0);
}

static void what_comes_together_with_a_leaving_is_news(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    people_meet_all(&people);
    assert_int_equal(group_accept(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet_all(&people);
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet(&people, CITRA, AYU);
    people_post(&people, AYU, thread, "tanpa Citra", ref);
    observe(&other, BAYU);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(other.shown, 1); /* it had waited for the news of the leaving */
    assert_memory_equal(other.ref, ref, REF_BYTES);
}

static void a_circle_that_is_opened_late_is_news(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    people_post(&people, AYU, thread, "satu", ref);
    observe(&heard, CITRA);
    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(heard.shown, 1);
    assert_int_equal(heard.last_type, KIND_THREAD);
    assert_int_equal(heard.more, 0); /* A post may not be shown before the group is accepted. */
}

/* ---- Of what ---- */

static void cases_threads_and_entries_are_told_and_changes_of_posts_are_not(void **state) {
    const struct case_record record = { .sex = SEX_UNKNOWN };
    struct store *ayu = people.stores[AYU];
    uint8_t in_case[HASH_BYTES], ref[REF_BYTES];
    (void)state;

    observe(&heard, AYU);
    assert_int_equal(case_new(ayu, &record, people_now(&people), in_case), RB_OK);
    assert_int_equal(heard.shown, 1);
    assert_int_equal(heard.last_type, KIND_CASE);
    assert_memory_equal(heard.circle, in_case, HASH_BYTES);
    assert_int_equal(case_note(ayu, in_case, span_text("catatan"), people_now(&people), ref),
                     RB_OK);
    assert_int_equal(heard.shown, 2);
    assert_int_equal(heard.last_type, KIND_ENTRY);
    assert_int_equal(thread_new(ayu, in_case, span_text("Pleno"), people_now(&people), ref), RB_OK);
    assert_int_equal(heard.shown, 3);
    assert_int_equal(heard.last_type, KIND_THREAD);
    people_post(&people, AYU, thread, "satu", ref);
    assert_int_equal(heard.shown, 4);
    assert_int_equal(post_edit(ayu, ref, span_text("dua"), people_now(&people)), RB_OK);
    assert_int_equal(post_retract(ayu, ref, span_text(""), people_now(&people)), RB_OK);
    assert_int_equal(heard.shown, 4);
}

/* ---- Numbers ---- */

static int64_t number_shown(size_t who, const uint8_t ref[static REF_BYTES]) {
    int64_t number = 0;

    assert_int_equal(post_show_one(people.stores[who], ref, take_number, &number), RB_OK);
    return number;
}

static void what_is_shown_at_once_gets_its_number_with_its_commit(void **state) {
    struct store *bayu = people.stores[BAYU];
    uint8_t first[REF_BYTES], second[REF_BYTES];
    (void)state;

    people_post(&people, AYU, thread, "satu", first);
    people_post(&people, AYU, thread, "dua", second);
    observe(&other, BAYU);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(other.shown, 2);
    assert_memory_equal(other.ref, second, REF_BYTES);
    assert_int_equal(unread_of(BAYU), 0);
    assert_int_equal(store_write_begin(bayu), RB_OK);
    assert_int_equal(number_shown(BAYU, second), 2);
    store_write_abort(bayu); /* It was given before, so this takes nothing back. */
    assert_int_equal(number_shown(BAYU, first), 1);
    assert_int_equal(number_shown(BAYU, second), 2);
}

static void what_nobody_shows_at_once_is_only_counted_and_stays_unread(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    observe(&other, BAYU);
    store_number_shown(people.stores[BAYU], 0);
    people_post(&people, AYU, thread, "satu", ref);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(other.shown, 0);
    assert_int_equal(other.more, 1);
    assert_int_equal(unread_of(BAYU), 1);
}

static void no_more_numbers_are_given_than_were_asked_for(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    observe(&other, BAYU);
    store_number_shown(people.stores[BAYU], 3);
    for (int i = 0; i < 5; i++) {
        people_post(&people, AYU, thread, "lagi", ref);
        people_meet(&people, AYU, BAYU);
    }
    assert_int_equal(other.shown, 3);
    assert_int_equal(other.more, 2);
    assert_int_equal(unread_of(BAYU), 2);
}

static void what_has_a_number_takes_none_away_from_others(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    observe(&heard, AYU);
    store_number_shown(people.stores[AYU], 1);
    people_post(&people, AYU, thread, "dari saya", ref); /* has its number already */
    people_post(&people, BAYU, thread, "dari Bayu", ref);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(heard.shown, 2);
    assert_int_equal(heard.more, 0);
}

/* What a reply answers to is not shown with it. */
static void a_reply_that_is_shown_leaves_its_post_unread(void **state) {
    uint8_t first[REF_BYTES], reply[REF_BYTES];
    (void)state;

    people_post(&people, AYU, thread, "siapa hadir?", first);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(
        post_add(people.stores[AYU], thread, first, span_text("saya"), people_now(&people), reply),
        RB_OK);
    observe(&other, BAYU);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(other.shown, 1);
    assert_int_equal(number_shown(BAYU, reply), 1);
    assert_int_equal(unread_of(BAYU), 1);
}

static void an_entry_of_a_case_gets_its_number_too(void **state) {
    const struct case_record record = { .sex = SEX_UNKNOWN };
    struct store *ayu = people.stores[AYU], *bayu = people.stores[BAYU];
    uint8_t in_case[HASH_BYTES], ref[REF_BYTES];
    struct case_row row;
    (void)state;

    assert_int_equal(case_new(ayu, &record, people_now(&people), in_case), RB_OK);
    assert_int_equal(contact_set_verified(ayu, people_id(&people, BAYU), people.now_ms), RB_OK);
    assert_int_equal(case_share(ayu, in_case, people_id(&people, BAYU), people_now(&people)),
                     RB_OK);
    assert_int_equal(case_note(ayu, in_case, span_text("catatan"), people_now(&people), ref),
                     RB_OK);
    observe(&other, BAYU);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(other.shown, 2);
    assert_int_equal(other.last_type, KIND_ENTRY);
    assert_int_equal(case_get(bayu, in_case, &row), RB_OK);
    assert_int_equal(row.unread, 0);
}

static void a_failure_of_numbering_undoes_the_transaction(void **state) {
    struct store *store = people.stores[AYU];
    (void)state;

    observe(&heard, AYU);
    assert_int_equal(store_write_begin(store), RB_OK);
    assert_int_equal(db_execute(store_db(store),
                                "CREATE TRIGGER no_number BEFORE INSERT ON number"
                                " BEGIN SELECT raise(ABORT, 'no number'); END"),
                     RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
    assert_int_equal(store_write_begin(store), RB_OK);
    write_posts(1);
    assert_int_equal(store_write_commit(store), RB_STORAGE);
    assert_int_equal(store_write_begin(store), RB_OK);
    assert_int_equal(db_execute(store_db(store), "DROP TRIGGER no_number"), RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
    assert_int_equal(heard.shown + heard.more, 0); /* also not later */
    assert_int_equal(unread_of(AYU), 0);
}

/* ---- How much ---- */

static void many_news_of_one_transaction_are_counted_in_the_end(void **state) {
    struct store *store = people.stores[AYU];
    (void)state;

    observe(&heard, AYU);
    for (uint64_t round = 1; round <= 2; round++) {
        store_number_shown(store, 2 * NEWS_POSTS_MAX);
        assert_int_equal(store_write_begin(store), RB_OK);
        write_posts(NEWS_POSTS_MAX + 10);
        assert_int_equal(store_write_commit(store), RB_OK);
        assert_int_equal(heard.shown, round * NEWS_POSTS_MAX);
        assert_int_equal(heard.more, round * 10);
        assert_true(heard.more_was_last);
    }
}

static void a_case_is_told_however_many_posts_come_with_it(void **state) {
    struct store *store = people.stores[AYU];
    (void)state;

    observe(&heard, AYU);
    assert_int_equal(store_write_begin(store), RB_OK);
    write_posts(NEWS_POSTS_MAX + 1);
    note(KIND_CASE, 1);
    assert_int_equal(store_write_commit(store), RB_OK);
    assert_int_equal(heard.shown, NEWS_POSTS_MAX + 1);
    assert_int_equal(heard.last_type, KIND_CASE);
    assert_int_equal(heard.more, 1);
}

static void cases_and_threads_have_an_end_too(void **state) {
    struct store *store = people.stores[AYU];
    (void)state;

    observe(&heard, AYU);
    assert_int_equal(store_write_begin(store), RB_OK);
    note(KIND_CASE, NOTES_PLACES_MAX + 7);
    assert_int_equal(store_write_commit(store), RB_OK);
    assert_int_equal(heard.shown, NOTES_PLACES_MAX);
    assert_int_equal(heard.more, 7);
}

static void nothing_is_kept_for_nobody(void **state) {
    struct notes notes = { 0 };
    const struct shown_note shown = { .type = KIND_CASE };
    struct store *store = people.stores[AYU];
    (void)state;

    assert_int_equal(store_write_begin(store), RB_OK);
    note(KIND_CASE, 3);
    observe(&heard, AYU); /* too late for these */
    assert_int_equal(store_write_commit(store), RB_OK);
    assert_int_equal(heard.shown, 0);
    notes_add_shown(&notes, &shown);
    notes_tell(&notes, &(struct store_observer) { 0 });
    notes_clear(&notes);
    assert_int_equal(notes.shown_count, 0);
}

/* ---- To whom ---- */

static void two_observers_hear_the_same_until_they_go(void **state) {
    struct store *ayu = people.stores[AYU];
    uint8_t ref[REF_BYTES];
    (void)state;

    observe(&heard, AYU);
    observe(&other, AYU);
    other.observer.shown = NULL; /* like the node, which only pushes */
    people_post(&people, AYU, thread, "satu", ref);
    assert_int_equal(heard.shown, 1);
    assert_int_equal(other.shown, 0);
    assert_true(other.stored > 0);
    assert_int_equal(heard.stored, other.stored);
    store_observe_no_more(ayu, &heard.observer);
    store_observe_no_more(ayu, &heard.observer); /* no error */
    people_post(&people, AYU, thread, "dua", ref);
    assert_int_equal(heard.shown, 1);
    assert_true(other.stored > heard.stored);
    observe(&heard, AYU); /* there is room again */
    people_post(&people, AYU, thread, "tiga", ref);
    assert_int_equal(heard.shown, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_thread, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_post_is_told_to_both_when_it_is_committed),
        TEST(an_aborted_transaction_tells_no_news_also_not_later),
        TEST(what_is_made_or_judged_again_is_no_news),
        TEST(what_comes_together_with_a_leaving_is_news),
        TEST(a_circle_that_is_opened_late_is_news),
        TEST(cases_threads_and_entries_are_told_and_changes_of_posts_are_not),
        TEST(what_is_shown_at_once_gets_its_number_with_its_commit),
        TEST(what_nobody_shows_at_once_is_only_counted_and_stays_unread),
        TEST(no_more_numbers_are_given_than_were_asked_for),
        TEST(what_has_a_number_takes_none_away_from_others),
        TEST(a_reply_that_is_shown_leaves_its_post_unread),
        TEST(an_entry_of_a_case_gets_its_number_too),
        TEST(a_failure_of_numbering_undoes_the_transaction),
        TEST(many_news_of_one_transaction_are_counted_in_the_end),
        TEST(a_case_is_told_however_many_posts_come_with_it),
        TEST(cases_and_threads_have_an_end_too),
        TEST(nothing_is_kept_for_nobody),
        TEST(two_observers_hear_the_same_until_they_go),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
