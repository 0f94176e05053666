/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding what stands in the forms of a case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/cases.h"
#include "store/identity.h"
#include "store/search.h"
#include "tests/support/people.h"
#include "tests/support/record_maker.h"

#include <stdio.h>
#include <string.h>

static struct people people;
static struct store *store;
static uint8_t circle[HASH_BYTES];
static char page[1024];
static bool more;

static int64_t now_ms(void) {
    return people_now(&people);
}

static int a_case(void **state) {
    const struct case_record record = { .cluster = "" };
    (void)state;

    people_new(&people, 1);
    store = people.stores[AYU];
    assert_int_equal(case_new(store, &record, now_ms(), circle), RB_OK);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

static void finish_index(void) {
    uint64_t left = 1;

    while (left > 0) {
        assert_int_equal(search_index(store, &left), RB_OK);
    }
}

/* "1.2 text\n" */
static bool hit_to_page(void *context, const struct search_hit *hit) {
    size_t *len = context;

    *len +=
        (size_t)snprintf(page + *len, sizeof page - *len, "%d.%d %.*s\n", (int)hit->place_number,
                         (int)hit->number, (int)hit->text.len, (const char *)hit->text.data);
    return true;
}

static const char *find(const char *words) {
    size_t len = 0;

    page[0] = '\0';
    finish_index();
    assert_int_equal(search_find(store, span_text(words), 10, hit_to_page, &len, &more), RB_OK);
    return page;
}

static bool hit_keep(void *context, const struct search_hit *hit) {
    *(struct search_hit *)context = *hit;
    return true;
}

/* Of a form that stands once, or a new item (`item` NULL), or a change of one; gives its ref. */
static void write_form(enum form form, const uint8_t *item, struct field_value value,
                       uint8_t ref[static REF_BYTES]) {
    const struct record_draft draft = {
        .change = { .form = form_find((uint64_t)form), .values = { value }, .value_count = 1 },
        .item = item,
    };

    assert_int_equal(record_write(store, circle, &draft, now_ms(), ref), RB_OK);
}

static void what_stands_in_a_form_is_found_and_what_stood_there_before_is_not(void **state) {
    uint8_t step[REF_BYTES], ref[REF_BYTES];
    (void)state;

    write_form(FORM_STEP, NULL, value_text(STEP_WHAT, "minta seragam"), step);
    assert_string_equal(find("seragam"), "1.1 minta seragam\n");
    write_form(FORM_STEP, step, value_text(STEP_WHO, "kepala sekolah"), ref);
    assert_string_equal(find("seragam"), "1.1 minta seragam\n");
    assert_string_equal(find("kepala"), "1.1 kepala sekolah\n");
    write_form(FORM_STEP, step, value_text(STEP_WHAT, "minta sepatu"), ref);
    assert_string_equal(find("seragam"), "");
    assert_string_equal(find("sepatu"), "1.1 minta sepatu\n");
    write_form(FORM_STEP, step, value_empty(STEP_WHO), ref);
    assert_string_equal(find("kepala"), "");
}

static void a_form_that_stands_once_is_found_by_its_case(void **state) {
    uint8_t ref[REF_BYTES];
    struct search_hit hit;
    (void)state;

    write_form(FORM_RISK, NULL, value_text(RISK_REASON, "sendirian di rumah"), ref);
    finish_index();
    assert_int_equal(search_find(store, span_text("sendirian"), 1, hit_keep, &hit, &more), RB_OK);
    assert_int_equal(hit.sort, SEARCH_PART);
    assert_int_equal(hit.form, FORM_RISK);
    assert_int_equal(hit.place_number, 1);
    assert_int_equal(hit.number, 0);
    write_form(FORM_RISK, NULL, value_text(RISK_REASON, "sudah dijaga"), ref);
    assert_string_equal(find("sendirian"), "");
}

static void nothing_of_the_identity_part_and_of_openings_is_found(void **state) {
    uint8_t ref[REF_BYTES];
    const struct record_draft identity = {
        .change = { .form = form_find(FORM_IDENTITY),
                    .values = { value_text(0, "Mawar Contoh") },
                    .value_count = 1 },
    };
    (void)state;

    assert_int_equal(identity_write(store, circle, &identity, now_ms(), ref), RB_OK);
    assert_string_equal(find("Mawar"), "");
    assert_string_equal(find("Ma"), ""); /* looked for in the texts themselves */
    const struct record_draft opening = {
        .change = { .form = form_find(FORM_ACCESS),
                    .values = { value_number(ACCESS_TO, ACCESS_IDENTITY),
                                value_text(ACCESS_WHY, "mencari Melati") },
                    .value_count = 2 },
    };
    assert_int_equal(record_write(store, circle, &opening, now_ms(), ref), RB_OK);
    assert_string_equal(find("Melati"), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_case, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_stands_in_a_form_is_found_and_what_stood_there_before_is_not),
        TEST(a_form_that_stands_once_is_found_by_its_case),
        TEST(nothing_of_the_identity_part_and_of_openings_is_found),
    };
    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
