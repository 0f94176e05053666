/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/cases.h"
#include "store/contacts.h"
#include "tests/support/people.h"

#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];
static char page[TRANSCRIPT_BYTES], other_page[TRANSCRIPT_BYTES];

/* Ayu, Bayu and Citra; Ayu and Bayu in a group with one thread. */
static int a_thread(void **state) {
    (void)state;
    people_new(&people, 3);
    people_group(&people, 2, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

static enum rb_status post(size_t who, const char *text, uint8_t ref[static REF_BYTES]) {
    return post_add(people.stores[who], thread, NULL, span_text(text), people_now(&people), ref);
}

static struct post_row post_of(size_t who, const uint8_t ref[static REF_BYTES]) {
    struct post_row row;

    assert_int_equal(post_get(people.stores[who], ref, &row), RB_OK);
    return row;
}

static bool count_each(void *context, const struct thread_row *row) {
    (void)row;
    ++*(size_t *)context;
    return true;
}

static size_t threads_of(size_t who) {
    size_t count = 0;

    assert_int_equal(thread_each(people.stores[who], NULL, count_each, &count), RB_OK);
    return count;
}

static bool count_posts(void *context, const struct post_row *row) {
    (void)row;
    ++*(size_t *)context;
    return true;
}

/* ---- Threads ---- */

static void a_thread_is_listed_with_group_and_count(void **state) {
    struct thread_row row;
    uint8_t ref[REF_BYTES];
    (void)state;

    assert_int_equal(post(AYU, "Selamat pagi", ref), RB_OK);
    assert_int_equal(thread_get(people.stores[AYU], thread, &row), RB_OK);
    assert_string_equal(row.title, "Rujukan");
    assert_string_equal(row.group, "Balai Melati");
    assert_int_equal(row.kind, CIRCLE_GROUP);
    assert_int_equal(row.posts, 1);
    assert_int_equal(row.number, 1);
    assert_int_equal(row.group_number, 1);
    assert_int_equal(row.last_ms, people.now_ms);
}

static void titles_are_names_and_not_used_twice(void **state) {
    struct store *ayu = people.stores[AYU];
    uint8_t ref[REF_BYTES];
    (void)state;

    assert_int_equal(thread_new(ayu, circle, span_text("rujukan"), people_now(&people), ref),
                     RB_EXISTS);
    assert_int_equal(thread_new(ayu, circle, span_text("12"), people_now(&people), ref),
                     RB_MALFORMED);
    assert_int_equal(thread_new(ayu, circle, span_text(""), people_now(&people), ref),
                     RB_MALFORMED);
    assert_int_equal(threads_of(AYU), 1);
}

static void threads_of_an_unknown_group_are_not_found(void **state) {
    const uint8_t nowhere[HASH_BYTES] = { 1 };
    size_t count = 0;
    (void)state;

    assert_int_equal(thread_each(people.stores[AYU], nowhere, count_each, &count), RB_NOT_FOUND);
}

/* ---- Posts ---- */

static void a_post_reaches_the_other_member(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    assert_int_equal(post(AYU, "Selamat pagi", ref), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(post(BAYU, "Pagi, Bu", ref), RB_OK);
    people_meet(&people, AYU, BAYU);
    people_transcript(&people, AYU, thread, page);
    assert_string_equal(page, "Ayu: Selamat pagi\nBayu: Pagi, Bu\n");
    people_transcript(&people, BAYU, thread, other_page);
    assert_string_equal(page, other_page);
}

static void text_must_be_text(void **state) {
    static char long_text[TEXT_BYTES_MAX + 2];
    uint8_t ref[REF_BYTES];
    (void)state;

    memset(long_text, 'a', TEXT_BYTES_MAX + 1);
    assert_int_equal(post(AYU, "", ref), RB_MALFORMED);
    assert_int_equal(post(AYU, "\xFF", ref), RB_MALFORMED);
    assert_int_equal(post(AYU, long_text, ref), RB_TOO_LARGE);
    long_text[TEXT_BYTES_MAX] = '\0';
    assert_int_equal(post(AYU, long_text, ref), RB_OK);
}

static void a_reply_knows_the_number_of_its_post(void **state) {
    uint8_t first[REF_BYTES], reply[REF_BYTES];
    (void)state;

    assert_int_equal(post(AYU, "Siapa hadir?", first), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(
        post_add(people.stores[BAYU], thread, first, span_text("Saya"), people_now(&people), reply),
        RB_OK);
    assert_true(post_of(BAYU, reply).is_reply);
    assert_int_equal(post_of(BAYU, reply).reply_number, post_of(BAYU, first).number);
}

static void a_reply_stays_in_its_thread(void **state) {
    uint8_t first[REF_BYTES], elsewhere[REF_BYTES], ref[REF_BYTES];
    (void)state;

    assert_int_equal(post(AYU, "Siapa hadir?", first), RB_OK);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Lain"), people_now(&people), elsewhere),
        RB_OK);
    assert_int_equal(
        post_add(people.stores[AYU], elsewhere, first, span_text("Saya"), people_now(&people), ref),
        RB_NOT_FOUND);
}

static void a_reply_never_stands_before_its_post(void **state) {
    uint8_t first[REF_BYTES], reply[REF_BYTES];
    int64_t now_ms = people_now(&people);
    (void)state;

    people.now_ms = now_ms + 40 * 60 * 1000; /* Ayu's clock is ahead, within reason */
    assert_int_equal(post(AYU, "Siapa hadir?", first), RB_OK);
    people.now_ms = now_ms;
    people_meet(&people, AYU, BAYU);
    assert_int_equal(
        post_add(people.stores[BAYU], thread, first, span_text("Saya"), people_now(&people), reply),
        RB_OK);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Ayu: Siapa hadir?\nBayu: Saya\n");
}

static void a_post_is_queued_until_somebody_has_it(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    assert_int_equal(post(AYU, "Selamat pagi", ref), RB_OK);
    assert_int_equal(post_of(AYU, ref).state, POST_QUEUED);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(post_of(AYU, ref).state, POST_DELIVERED);
    assert_int_equal(post_of(BAYU, ref).state, POST_DELIVERED);
}

static void a_clock_far_ahead_is_told(void **state) {
    uint8_t odd[REF_BYTES], even[REF_BYTES];
    int64_t now_ms = people_now(&people);
    (void)state;

    people.now_ms = now_ms + 5 * CLOCK_AHEAD_MS_MAX;
    assert_int_equal(post(AYU, "Dari masa depan", odd), RB_OK);
    people.now_ms = now_ms;
    people_meet(&people, AYU, BAYU);
    assert_int_equal(post(BAYU, "Dari hari ini", even), RB_OK);
    assert_true(post_of(BAYU, odd).odd_time);
    assert_false(post_of(BAYU, even).odd_time);
    people_transcript(&people, BAYU, thread, page); /* at its place of arrival */
    assert_string_equal(page, "Ayu: Dari masa depan\nBayu: Dari hari ini\n");
}

static void since_leaves_out_what_is_older(void **state) {
    uint8_t ref[REF_BYTES];
    size_t count = 0;
    (void)state;

    assert_int_equal(post(AYU, "lama", ref), RB_OK);
    assert_int_equal(post(AYU, "baru", ref), RB_OK);
    assert_int_equal(thread_posts(people.stores[AYU], thread, people.now_ms, count_posts, &count),
                     RB_OK);
    assert_int_equal(count, 1);
}

static void numbers_of_posts_endure(void **state) {
    uint8_t first[REF_BYTES], second[REF_BYTES];
    (void)state;

    assert_int_equal(post(AYU, "satu", first), RB_OK);
    assert_int_equal(post(AYU, "dua", second), RB_OK);
    people_transcript(&people, AYU, thread, page);
    assert_int_equal(post_of(AYU, second).number, 2);
    people_reopen(&people, AYU);
    assert_int_equal(views_rebuild(people.stores[AYU]), RB_OK);
    assert_int_equal(post_of(AYU, second).number, 2);
    assert_int_equal(post_of(AYU, first).number, 1);
    assert_int_equal(post_of(AYU, first).thread_number, 1);
}

static void who_writes_has_given_numbers_to_all_before(void **state) {
    uint8_t first[REF_BYTES], second[REF_BYTES], own[REF_BYTES];
    (void)state;

    assert_int_equal(post(AYU, "satu", first), RB_OK);
    assert_int_equal(post(AYU, "dua", second), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(post(BAYU, "tiga", own), RB_OK);
    assert_int_equal(post_of(BAYU, own).number, 3);
    assert_int_equal(post_of(BAYU, second).number, 2);
    assert_int_equal(post_of(BAYU, first).number, 1);
}

/* ---- Who may read ---- */

static void an_invited_person_reads_nothing_before_accepting_and_then_everything(void **state) {
    uint8_t ref[REF_BYTES];
    size_t count = 0;
    (void)state;

    assert_int_equal(post(AYU, "satu", ref), RB_OK);
    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    assert_int_equal(post(AYU, "dua", ref), RB_OK);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(threads_of(CITRA), 0);
    assert_int_equal(thread_each(people.stores[CITRA], circle, count_each, &count),
                     RB_NOT_ACCEPTED);
    assert_int_equal(thread_posts(people.stores[CITRA], thread, 0, count_posts, &count),
                     RB_NOT_FOUND);
    assert_int_equal(post(CITRA, "tiga", ref), RB_NOT_FOUND);
    assert_int_equal(count, 0);

    assert_int_equal(group_accept(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    assert_int_equal(threads_of(CITRA), 1);
    people_transcript(&people, CITRA, thread, page);
    assert_string_equal(page, "Ayu: satu\nAyu: dua\n");
}

static void who_left_reads_nothing_any_more(void **state) {
    uint8_t ref[REF_BYTES];
    size_t count = 0;
    (void)state;

    assert_int_equal(post(AYU, "satu", ref), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(threads_of(BAYU), 1);
    assert_int_equal(group_leave(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    assert_int_equal(threads_of(BAYU), 0);
    assert_int_equal(thread_each(people.stores[BAYU], circle, count_each, &count), RB_NOT_MEMBER);
    assert_int_equal(post_get(people.stores[BAYU], ref, &(struct post_row) { 0 }), RB_NOT_FOUND);
}

static void a_post_is_not_shown_in_a_thread_of_another_group(void **state) {
    struct new_content draft = { .type = KIND_POST, .ref_count = 1 };
    const struct post content = { .text = span_text("salah alamat") };
    uint8_t elsewhere[HASH_BYTES], ref[REF_BYTES];
    struct writer body;
    size_t count = 0;
    (void)state;

    assert_int_equal(
        group_new(people.stores[AYU], span_text("Lain"), NULL, people_now(&people), elsewhere),
        RB_OK);
    memcpy(draft.refs[0], thread, REF_BYTES);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    post_encode(&body, &content);
    draft.body = writer_view(&body);
    assert_int_equal(store_write_begin(people.stores[AYU]), RB_OK);
    assert_int_equal(
        store_write_end(people.stores[AYU], author_write(people.stores[AYU], elsewhere, &draft,
                                                         people_now(&people), ref)),
        RB_OK);
    writer_clear(&body);
    assert_int_equal(thread_posts(people.stores[AYU], thread, 0, count_posts, &count), RB_OK);
    assert_int_equal(count, 0);
}

/* ---- Unread ---- */

static size_t unread_of(size_t who) {
    struct thread_row row;

    assert_int_equal(thread_get(people.stores[who], thread, &row), RB_OK);
    return row.unread;
}

static void posts_are_unread_until_they_were_shown(void **state) {
    uint8_t ref[REF_BYTES];
    size_t count = 0;
    (void)state;

    assert_int_equal(post(AYU, "satu", ref), RB_OK);
    assert_int_equal(post(AYU, "dua", ref), RB_OK);
    assert_int_equal(unread_of(AYU), 0); /* one's own */
    people_meet(&people, AYU, BAYU);
    assert_int_equal(unread_of(BAYU), 2);
    assert_int_equal(post_show_one(people.stores[BAYU], ref, count_posts, &count), RB_OK);
    assert_int_equal(unread_of(BAYU), 1);
    assert_int_equal(thread_posts(people.stores[BAYU], thread, 0, count_posts, &count), RB_OK);
    assert_int_equal(unread_of(BAYU), 0);
    assert_int_equal(post(AYU, "tiga", ref), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(unread_of(BAYU), 1);
    assert_int_equal(post_edit(people.stores[AYU], ref, span_text("empat"), people_now(&people)),
                     RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(unread_of(BAYU), 1); /* an edit is not another post */
}

static void more_numbers_than_posts_leave_nothing_unread(void **state) {
    const uint8_t gone[REF_BYTES] = { 1 };
    uint8_t ref[REF_BYTES];
    int64_t number;
    (void)state;

    assert_int_equal(post(AYU, "satu", ref), RB_OK);
    assert_int_equal(ref_number_in(people.stores[AYU], REF_POST, span_of(thread, REF_BYTES),
                                   span_of(gone, sizeof gone), &number),
                     RB_OK);
    assert_int_equal(unread_of(AYU), 0);
}

/* ---- Threads of a case ---- */

/* A case of Ayu's with a thread and a post, shared with Bayu, who has not accepted it. */
static void share_a_case(uint8_t in_case[static HASH_BYTES], uint8_t ref[static REF_BYTES]) {
    const struct case_record record = { .sex = SEX_UNKNOWN };
    struct store *ayu = people.stores[AYU];
    uint8_t written[REF_BYTES];

    assert_int_equal(case_new(ayu, &record, people_now(&people), in_case), RB_OK);
    assert_int_equal(thread_new(ayu, in_case, span_text("Pleno"), people_now(&people), ref), RB_OK);
    people_post(&people, AYU, ref, "satu", written);
    assert_int_equal(contact_set_verified(ayu, people_id(&people, BAYU), people.now_ms), RB_OK);
    assert_int_equal(case_share(ayu, in_case, people_id(&people, BAYU), people_now(&people)),
                     RB_OK);
    people_meet(&people, AYU, BAYU);
}

static void a_thread_of_a_case_is_read_without_accepting_and_written_into(void **state) {
    uint8_t in_case[HASH_BYTES], pleno[REF_BYTES], ref[REF_BYTES];
    struct case_row case_row;
    struct thread_row row;
    size_t count = 0;
    (void)state;

    share_a_case(in_case, pleno);
    assert_int_equal(case_get(people.stores[BAYU], in_case, &case_row), RB_OK);
    assert_int_equal(thread_get(people.stores[BAYU], pleno, &row), RB_OK);
    assert_int_equal(row.kind, CIRCLE_CASE);
    assert_string_equal(row.group, case_row.code);
    assert_int_equal(row.group_number, case_row.number);
    assert_int_equal(row.unread, 1);
    assert_int_equal(threads_of(BAYU), 2);
    assert_int_equal(thread_each(people.stores[BAYU], in_case, count_each, &count), RB_OK);
    assert_int_equal(count, 1);
    people_transcript(&people, BAYU, pleno, page);
    assert_string_equal(page, "Ayu: satu\n");
    people_post(&people, BAYU, pleno, "dua", ref);
    people_meet(&people, AYU, BAYU);
    people_transcript(&people, AYU, pleno, page);
    assert_string_equal(page, "Ayu: satu\nBayu: dua\n");
}

static void who_does_not_belong_to_a_case_finds_none_of_its_threads(void **state) {
    uint8_t in_case[HASH_BYTES], pleno[REF_BYTES], ref[REF_BYTES];
    struct store *citra = people.stores[CITRA];
    struct thread_row row;
    size_t count = 0;
    (void)state;

    share_a_case(in_case, pleno);
    people_meet_all(&people);
    assert_int_equal(thread_get(citra, pleno, &row), RB_NOT_FOUND);
    assert_int_equal(thread_each(citra, in_case, count_each, &count), RB_NOT_FOUND);
    assert_int_equal(thread_new(citra, in_case, span_text("Lain"), people_now(&people), ref),
                     RB_NOT_FOUND);
    assert_int_equal(threads_of(CITRA), 0);
}

/* ---- Importing ---- */

static const struct import_post three[] = {
    { { (const uint8_t *)" Pak Rahmat ", 12 }, { (const uint8_t *)"satu", 4 }, -1 },
    { { (const uint8_t *)"Bu Tini", 7 }, { (const uint8_t *)"dua", 3 }, 0 },
    { { (const uint8_t *)"Pak Rahmat", 10 }, { (const uint8_t *)"tiga", 4 }, 1 },
};

static enum rb_status import(const struct import_post *posts, size_t count,
                             uint8_t ref[static REF_BYTES], size_t *bad) {
    return thread_import(people.stores[AYU], circle, span_text("Dari forum"),
                         &(const struct import_list) { .posts = posts, .count = count },
                         people_now(&people), ref, bad);
}

static bool check_imported(void *context, const struct post_row *row) {
    size_t *index = context;
    struct span author = *index == 0 ? span_text("Pak Rahmat") : three[*index].author;

    assert_true(span_equal(row->quoted_author, author));
    assert_true(span_equal(row->text, three[*index].text));
    assert_int_equal(row->number, *index + 1);
    assert_int_equal(row->reply_number, three[*index].reply_index + 1);
    assert_string_equal(row->author_name, "Ayu");
    ++*index;
    return true;
}

static void an_import_keeps_order_authors_and_replies(void **state) {
    uint8_t ref[REF_BYTES];
    struct thread_row row;
    size_t bad, count = 0;
    (void)state;

    assert_int_equal(import(three, 3, ref, &bad), RB_OK);
    assert_int_equal(thread_get(people.stores[AYU], ref, &row), RB_OK);
    assert_int_equal(row.unread, 0); /* who imports has seen it */
    people_meet(&people, AYU, BAYU);
    assert_int_equal(thread_posts(people.stores[BAYU], ref, 0, check_imported, &count), RB_OK);
    assert_int_equal(count, 3);
}

static void note_progress(void *context, size_t done, size_t total) {
    size_t *told = context;

    assert_int_equal(done, *told);
    assert_int_equal(total, 3);
    (*told)++;
}

static void an_import_tells_how_far_it_has_come(void **state) {
    size_t told = 0, bad = 0;
    const struct import_list list = {
        .posts = three,
        .count = 3,
        .tell = note_progress,
        .context = &told,
    };
    uint8_t ref[REF_BYTES];
    (void)state;

    assert_int_equal(thread_import(people.stores[AYU], circle, span_text("Arsip"), &list,
                                   people_now(&people), ref, &bad),
                     RB_OK);
    assert_int_equal(told, 3);
}

static void a_bad_import_leaves_nothing(void **state) {
    struct import_post posts[3] = { three[0], three[1], three[2] };
    struct log_line before, after;
    uint8_t ref[REF_BYTES];
    size_t bad;
    (void)state;

    assert_true(people_own_log(&people, AYU, circle, &before));
    posts[1].reply_index = 2;
    assert_int_equal(import(posts, 3, ref, &bad), RB_REFUSED);
    assert_int_equal(bad, 1);
    posts[1].reply_index = 9;
    assert_int_equal(import(posts, 3, ref, &bad), RB_MALFORMED);
    posts[1] = three[1];
    posts[2].author = span_text("   ");
    assert_int_equal(import(posts, 3, ref, &bad), RB_MALFORMED);
    assert_int_equal(bad, 2);
    assert_int_equal(import(posts, IMPORT_POSTS_MAX + 1, ref, &bad), RB_TOO_LARGE);
    assert_int_equal(bad, IMPORT_POSTS_MAX + 1);
    assert_true(people_own_log(&people, AYU, circle, &after));
    assert_int_equal(before.head, after.head);
    assert_int_equal(threads_of(AYU), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_thread, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_thread_is_listed_with_group_and_count),
        TEST(titles_are_names_and_not_used_twice),
        TEST(threads_of_an_unknown_group_are_not_found),
        TEST(a_post_reaches_the_other_member),
        TEST(text_must_be_text),
        TEST(a_reply_knows_the_number_of_its_post),
        TEST(a_reply_stays_in_its_thread),
        TEST(a_reply_never_stands_before_its_post),
        TEST(a_post_is_queued_until_somebody_has_it),
        TEST(a_clock_far_ahead_is_told),
        TEST(since_leaves_out_what_is_older),
        TEST(numbers_of_posts_endure),
        TEST(who_writes_has_given_numbers_to_all_before),
        TEST(an_invited_person_reads_nothing_before_accepting_and_then_everything),
        TEST(who_left_reads_nothing_any_more),
        TEST(a_post_is_not_shown_in_a_thread_of_another_group),
        TEST(posts_are_unread_until_they_were_shown),
        TEST(more_numbers_than_posts_leave_nothing_unread),
        TEST(a_thread_of_a_case_is_read_without_accepting_and_written_into),
        TEST(who_does_not_belong_to_a_case_finds_none_of_its_threads),
        TEST(an_import_keeps_order_authors_and_replies),
        TEST(an_import_tells_how_far_it_has_come),
        TEST(a_bad_import_leaves_nothing),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
