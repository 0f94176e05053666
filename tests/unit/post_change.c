/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/db.h"
#include "store/views.h"
#include "tests/support/people.h"

#include <stdio.h>
#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];
static uint8_t first[REF_BYTES]; /* a post of Ayu's */
static char page[TRANSCRIPT_BYTES], other_page[TRANSCRIPT_BYTES];

/* Ayu and Bayu in a group with one thread and one post; Citra is not in it. */
static int a_post(void **state) {
    (void)state;
    people_new(&people, 3);
    people_group(&people, 2, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    people_post(&people, AYU, thread, "satu", first);
    people_meet(&people, AYU, BAYU);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

static enum rb_status edit(size_t who, const char *text) {
    return post_edit(people.stores[who], first, span_text(text), people_now(&people));
}

static enum rb_status retract(size_t who, const char *reason) {
    return post_retract(people.stores[who], first, span_text(reason), people_now(&people));
}

/* "text", "text (edited)" or "- reason". */
static bool line_write(void *context, const struct post_row *row) {
    char *out = context;

    assert_true(!row->retracted || (row->text.len == 0 && !row->edited));
    (void)snprintf(out, TRANSCRIPT_BYTES, "%s%.*s%s", row->retracted ? "- " : "",
                   (int)(row->text.len + row->reason.len),
                   row->retracted ? (const char *)row->reason.data : (const char *)row->text.data,
                   row->edited ? " (edited)" : "");
    return true;
}

static void check_post(size_t who, const char *expected) {
    assert_int_equal(post_show_one(people.stores[who], first, line_write, page), RB_OK);
    assert_string_equal(page, expected);
    assert_int_equal(thread_posts(people.stores[who], thread, 0, line_write, other_page), RB_OK);
    assert_string_equal(other_page, expected);
}

static bool version_write(void *context, const struct post_version *version) {
    char *out = context;
    size_t len = strlen(out);

    (void)snprintf(out + len, TRANSCRIPT_BYTES - len, "%.*s;", (int)version->text.len,
                   (const char *)version->text.data);
    return true;
}

static const char *versions_of(size_t who) {
    page[0] = '\0';
    assert_int_equal(post_versions(people.stores[who], first, version_write, page), RB_OK);
    return page;
}

/* What no honest program writes: a change of whatever post, in whatever circle. */
static void write_change(size_t who, const uint8_t where[static HASH_BYTES], enum kind_type type,
                         const char *words) {
    const struct edit new_text = { .text = span_text(words) };
    const struct retract reason = { .reason = span_text(words) };
    struct new_content draft = { .type = type, .ref_count = 1 };
    uint8_t ref[REF_BYTES];
    struct writer body;

    memcpy(draft.refs[0], first, REF_BYTES);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    if (type == KIND_EDIT) {
        edit_encode(&body, &new_text);
    } else {
        retract_encode(&body, &reason);
    }
    draft.body = writer_view(&body);
    assert_int_equal(store_write_begin(people.stores[who]), RB_OK);
    assert_int_equal(
        store_write_end(people.stores[who],
                        author_write(people.stores[who], where, &draft, people_now(&people), ref)),
        RB_OK);
    writer_clear(&body);
}

/* ---- Edits ---- */

static void an_edit_is_the_text_from_now_on_everywhere(void **state) {
    (void)state;

    check_post(AYU, "satu");
    assert_int_equal(edit(AYU, "dua"), RB_OK);
    assert_int_equal(edit(AYU, "tiga"), RB_OK);
    check_post(AYU, "tiga (edited)");
    check_post(BAYU, "satu");
    people_meet(&people, AYU, BAYU);
    check_post(BAYU, "tiga (edited)");
    people_reopen(&people, BAYU);
    assert_int_equal(views_rebuild(people.stores[BAYU]), RB_OK);
    check_post(BAYU, "tiga (edited)");
}

static void versions_are_told_oldest_first_without_the_one_that_counts(void **state) {
    (void)state;

    assert_string_equal(versions_of(AYU), "");
    assert_int_equal(edit(AYU, "dua"), RB_OK);
    assert_string_equal(versions_of(AYU), "satu;");
    assert_int_equal(edit(AYU, "tiga"), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_string_equal(versions_of(AYU), "satu;dua;");
    assert_string_equal(versions_of(BAYU), "satu;dua;");
    assert_int_equal(retract(AYU, ""), RB_OK);
    assert_string_equal(versions_of(AYU), "");
}

static void only_ones_own_posts_can_be_changed(void **state) {
    (void)state;

    assert_int_equal(edit(BAYU, "palsu"), RB_REFUSED);
    assert_int_equal(retract(BAYU, ""), RB_REFUSED);
    assert_int_equal(edit(CITRA, "palsu"), RB_NOT_FOUND);
    check_post(BAYU, "satu");
}

static void a_change_must_be_text_and_change_something(void **state) {
    static char long_text[TEXT_BYTES_MAX + 2], long_reason[REASON_BYTES_MAX + 2];
    (void)state;

    memset(long_text, 'a', TEXT_BYTES_MAX + 1);
    memset(long_reason, 'a', REASON_BYTES_MAX + 1);
    assert_int_equal(edit(AYU, ""), RB_MALFORMED);
    assert_int_equal(edit(AYU, "\xFF"), RB_MALFORMED);
    assert_int_equal(edit(AYU, long_text), RB_TOO_LARGE);
    assert_int_equal(edit(AYU, "satu"), RB_EXISTS);
    assert_int_equal(edit(AYU, "dua"), RB_OK);
    assert_int_equal(edit(AYU, "dua"), RB_EXISTS);
    assert_int_equal(edit(AYU, "satu"), RB_OK);
    assert_int_equal(retract(AYU, "\xFF"), RB_MALFORMED);
    assert_int_equal(retract(AYU, long_reason), RB_TOO_LARGE);
    long_reason[REASON_BYTES_MAX] = '\0';
    assert_int_equal(retract(AYU, long_reason), RB_OK);
}

static void a_change_by_another_person_never_counts(void **state) {
    (void)state;

    write_change(BAYU, circle, KIND_EDIT, "palsu");
    write_change(BAYU, circle, KIND_RETRACT, "palsu");
    people_meet(&people, AYU, BAYU);
    check_post(BAYU, "satu");
    check_post(AYU, "satu");
    assert_string_equal(versions_of(AYU), "");
    assert_int_equal(edit(AYU, "dua"), RB_OK);
    check_post(AYU, "dua (edited)");
    assert_string_equal(versions_of(AYU), "satu;");
}

static void a_change_in_another_circle_never_counts(void **state) {
    uint8_t elsewhere[HASH_BYTES];
    (void)state;

    assert_int_equal(
        group_new(people.stores[AYU], span_text("Lain"), NULL, people_now(&people), elsewhere),
        RB_OK);
    write_change(AYU, elsewhere, KIND_EDIT, "palsu");
    write_change(AYU, elsewhere, KIND_RETRACT, "palsu");
    check_post(AYU, "satu");
    assert_string_equal(versions_of(AYU), "");
}

/* ---- Retractions ---- */

static void a_retracted_post_shows_its_reason_and_no_text(void **state) {
    struct post_row row;
    (void)state;

    assert_int_equal(edit(AYU, "dua"), RB_OK);
    assert_int_equal(retract(AYU, "salah orang"), RB_OK);
    check_post(AYU, "- salah orang");
    people_meet(&people, AYU, BAYU);
    check_post(BAYU, "- salah orang");
    assert_int_equal(edit(AYU, "tiga"), RB_EXISTS);
    assert_int_equal(retract(AYU, ""), RB_EXISTS);
    assert_int_equal(post_get(people.stores[AYU], first, &row), RB_OK);
    assert_true(row.retracted);
    assert_int_equal(row.text.len + row.reason.len, 0);
}

static void a_post_without_a_reason_can_be_retracted(void **state) {
    (void)state;

    assert_int_equal(retract(AYU, ""), RB_OK);
    check_post(AYU, "- ");
}

static void a_reply_to_a_retracted_post_stays(void **state) {
    uint8_t reply[REF_BYTES];
    struct post_row row;
    (void)state;

    assert_int_equal(retract(AYU, ""), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(
        post_add(people.stores[BAYU], thread, first, span_text("dua"), people_now(&people), reply),
        RB_OK);
    assert_int_equal(post_get(people.stores[BAYU], reply, &row), RB_OK);
    assert_int_equal(row.reply_number, 1);
}

/* ---- Any order: one person at two devices, whose logs come as they come ---- */

enum { EVENT_COUNT = 4 };

/* Rows of the thread's circle and of its first log. */
static void rows_find(struct store *store, int64_t *circle_row, int64_t *log_row) {
    struct db_row *query = db_query(store_db(store),
                                    "SELECT log.circle, log.id FROM log"
                                    " JOIN thread ON thread.circle = log.circle LIMIT 1");

    assert_true(db_step(query));
    *circle_row = db_int(query, 0);
    *log_row = db_int(query, 1);
    assert_int_equal(db_end(query), RB_OK);
}

/* A post, two edits of it and its retraction, of which the second edit is the newest. */
static void event_project(struct store *store, size_t which) {
    static const enum kind_type types[EVENT_COUNT] = { KIND_POST, KIND_EDIT, KIND_EDIT,
                                                       KIND_RETRACT };
    static const char *const words[EVENT_COUNT] = { "satu", "dua", "tiga", "salah" };
    struct payload payload = { .type = types[which], .hlc = (1 + which) << 20, .ref_count = 1 };
    struct view_event event = { .circle_id = circle, .rcv = 1000000 + (int64_t)which, .seq = 1 };
    struct writer body;

    memset(event.ref, (int)(which + 1), sizeof event.ref);
    memcpy(event.person, store_self(store)->person, sizeof event.person);
    memset(payload.refs[0], 1, REF_BYTES);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    if (which == 0) {
        memcpy(payload.refs[0], thread, REF_BYTES);
        post_encode(&body, &(struct post) { .text = span_text(words[which]) });
    } else if (types[which] == KIND_EDIT) {
        edit_encode(&body, &(struct edit) { span_text(words[which]) });
    } else {
        retract_encode(&body, &(struct retract) { span_text(words[which]) });
    }
    payload.body = writer_view(&body);
    event.payload = &payload;
    rows_find(store, &event.circle, &event.log);
    assert_int_equal(views_project(store, &event), RB_OK);
    writer_clear(&body);
}

/* The permutation of that number, in the factorial system. */
static void order_make(size_t number, size_t count, size_t order[static EVENT_COUNT]) {
    size_t left[EVENT_COUNT] = { 0, 1, 2, 3 };

    for (size_t i = 0; i < count; i++) {
        size_t rest = count - i;
        size_t pick = number % rest;
        number /= rest;
        order[i] = left[pick];
        memmove(&left[pick], &left[pick + 1], (rest - pick - 1) * sizeof *left);
    }
}

static void check_orders(size_t count, size_t orders, const char *expected) {
    struct store *store = people.stores[AYU];
    uint8_t post[REF_BYTES];
    size_t order[EVENT_COUNT];

    memset(post, 1, sizeof post);
    for (size_t number = 0; number < orders; number++) {
        order_make(number, count, order);
        assert_int_equal(store_write_begin(store), RB_OK);
        for (size_t i = 0; i < count; i++) {
            event_project(store, order[i]);
        }
        assert_int_equal(post_show_one(store, post, line_write, page), RB_OK);
        store_write_abort(store);
        assert_string_equal(page, expected);
    }
}

static void the_order_of_arrival_makes_no_difference(void **state) {
    (void)state;

    check_orders(3, 6, "tiga (edited)");
    check_orders(4, 24, "- salah");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_post, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(an_edit_is_the_text_from_now_on_everywhere),
        TEST(versions_are_told_oldest_first_without_the_one_that_counts),
        TEST(only_ones_own_posts_can_be_changed),
        TEST(a_change_must_be_text_and_change_something),
        TEST(a_change_by_another_person_never_counts),
        TEST(a_change_in_another_circle_never_counts),
        TEST(a_retracted_post_shows_its_reason_and_no_text),
        TEST(a_post_without_a_reason_can_be_retracted),
        TEST(a_reply_to_a_retracted_post_stays),
        TEST(the_order_of_arrival_makes_no_difference),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
