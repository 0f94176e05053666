/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking a colleague for a case: Ayu asks Bayu, who has one; Citra has nothing to do with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/cases.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/requests.h"
#include "tests/support/people.h"

#include <string.h>

static struct people people;
static struct case_row of_bayu;

static void verify(size_t who, size_t whom) {
    assert_int_equal(
        contact_set_verified(people.stores[who], people_id(&people, whom), people.now_ms), RB_OK);
}

static int a_case_of_bayu(void **state) {
    const struct case_record girl = { .sex = SEX_FEMALE };
    uint8_t circle[HASH_BYTES];
    (void)state;

    people_new(&people, 3);
    assert_int_equal(case_new(people.stores[BAYU], &girl, people_now(&people), circle), RB_OK);
    assert_int_equal(case_get(people.stores[BAYU], circle, &of_bayu), RB_OK);
    verify(AYU, BAYU);
    verify(BAYU, AYU);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

static enum rb_status ask(const char *code, const char *why) {
    return request_write(people.stores[AYU], people_id(&people, BAYU), span_text(code),
                         span_text(why), people_now(&people));
}

static enum rb_status decline(const char *code, const char *why) {
    return request_decline(people.stores[BAYU], people_id(&people, AYU), span_text(code),
                           span_text(why), people_now(&people));
}

struct seen {
    size_t count;
    struct request last;
    char why[32], declined_why[32];
};

static bool see(void *opaque, const struct request *request) {
    struct seen *seen = opaque;

    seen->count++;
    seen->last = *request;
    memcpy(seen->why, request->why.data, request->why.len);
    seen->why[request->why.len] = '\0';
    if (request->declined_why.len > 0) {
        memcpy(seen->declined_why, request->declined_why.data, request->declined_why.len);
    }
    seen->declined_why[request->declined_why.len] = '\0';
    return true;
}

/* Between two. */
static int64_t circles_of(size_t who) {
    struct db_row *row =
        db_query(store_db(people.stores[who]), "SELECT count(*) FROM circle_view WHERE kind = 6");

    assert_true(db_step(row));
    const int64_t count = db_int(row, 0);
    assert_int_equal(db_end(row), RB_OK);
    return count;
}

static struct seen requests_of(size_t who) {
    struct seen seen = { 0 };

    assert_int_equal(requests_each(people.stores[who], see, &seen), RB_OK);
    return seen;
}

static void who_is_asked_reads_who_asks_for_what_and_why(void **state) {
    (void)state;

    assert_int_equal(ask(of_bayu.code, "Kakaknya klien saya"), RB_OK);
    people_meet(&people, AYU, BAYU);
    const struct seen seen = requests_of(BAYU);
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.last.code, of_bayu.code);
    assert_string_equal(seen.why, "Kakaknya klien saya");
    assert_memory_equal(seen.last.asker, people_id(&people, AYU), HASH_BYTES);
    assert_memory_equal(seen.last.asked, people_id(&people, BAYU), HASH_BYTES);
    assert_int_equal(seen.last.state, REQUEST_OPEN);
    assert_int_equal(requests_of(AYU).last.state, REQUEST_OPEN);
}

static void nobody_else_hears_of_it(void **state) {
    (void)state;

    assert_int_equal(ask(of_bayu.code, "Perlu"), RB_OK);
    people_meet(&people, AYU, BAYU);
    people_meet(&people, AYU, CITRA);
    people_meet(&people, BAYU, CITRA);
    assert_int_equal(requests_of(CITRA).count, 0);
}

static void who_is_asked_says_why_not(void **state) {
    (void)state;

    assert_int_equal(ask(of_bayu.code, "Perlu"), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(decline(of_bayu.code, "Tanya Citra"), RB_OK);
    assert_int_equal(decline(of_bayu.code, "Sekali lagi"), RB_NOT_FOUND);
    people_meet(&people, AYU, BAYU);
    const struct seen seen = requests_of(AYU);
    assert_int_equal(seen.last.state, REQUEST_DECLINED);
    assert_string_equal(seen.declined_why, "Tanya Citra");
}

static void who_was_refused_may_ask_again(void **state) {
    (void)state;

    assert_int_equal(ask(of_bayu.code, "Perlu"), RB_OK);
    assert_int_equal(ask(of_bayu.code, "Perlu sekali"), RB_EXISTS);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(decline(of_bayu.code, "Belum"), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(ask(of_bayu.code, "Sekarang?"), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(requests_of(BAYU).count, 2);
    assert_int_equal(circles_of(BAYU), 1);
}

static void a_case_that_is_shared_answers_the_request(void **state) {
    (void)state;

    assert_int_equal(ask(of_bayu.code, "Perlu"), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(case_share(people.stores[BAYU], of_bayu.circle, people_id(&people, AYU),
                                people_now(&people)),
                     RB_OK);
    assert_int_equal(requests_of(BAYU).last.state, REQUEST_SHARED);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(requests_of(AYU).last.state, REQUEST_SHARED);
    assert_int_equal(decline(of_bayu.code, "Tidak"), RB_NOT_FOUND);
}

static void whoever_is_not_verified_is_not_asked(void **state) {
    (void)state;

    assert_int_equal(request_write(people.stores[AYU], people_id(&people, CITRA),
                                   span_text(of_bayu.code), span_text("Perlu"),
                                   people_now(&people)),
                     RB_UNSAFE);
    assert_int_equal(requests_of(AYU).count, 0);
}

static void without_a_code_or_a_reason_nobody_is_asked(void **state) {
    (void)state;

    assert_int_equal(ask("3273", "Perlu"), RB_MALFORMED);
    assert_int_equal(ask(of_bayu.code, ""), RB_MALFORMED);
    assert_int_equal(requests_of(AYU).count, 0);
    assert_int_equal(circles_of(AYU), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_case_of_bayu, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_is_asked_reads_who_asks_for_what_and_why),
        TEST(nobody_else_hears_of_it),
        TEST(who_is_asked_says_why_not),
        TEST(who_was_refused_may_ask_again),
        TEST(a_case_that_is_shared_answers_the_request),
        TEST(whoever_is_not_verified_is_not_asked),
        TEST(without_a_code_or_a_reason_nobody_is_asked),
    };
    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
