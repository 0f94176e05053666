/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/db.h"
#include "store/keyring.h"
#include "store/seals.h"
#include "tests/support/homes.h"

#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static struct folder folder;
static struct store *store;

static int set_up(void **state) {
    (void)state;
    folder_new(&folder);
    store = home_new(folder_name(&folder, "home"), "Sari Umpama");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    store_close(&store);
    folder_remove(&folder);
    return 0;
}

/* ---- Helpers ---- */

/* Days after the home was made. */
static void renew_on_day(int64_t day) {
    assert_int_equal(seals_renew(store, HOMES_NOW_MS + day * DAY_MS), RB_OK);
}

static uint32_t generation(void) {
    return store_self(store)->seal.generation;
}

static size_t seals_held(void) {
    uint32_t generations[SEALS_HELD_MAX];
    size_t count = 0;

    assert_int_equal(keyring_seals(store, generations, SEALS_HELD_MAX, &count), RB_OK);
    return count;
}

/* An event that carries a key for who has the seal key. */
struct sealed_key {
    struct writer body;
    struct event event;
    struct epoch_key epoch;
};

static struct sealed_key sealed_to(const uint8_t public[static BOX_PUBLIC_BYTES]) {
    struct sealed_key sealed = { .event.header.class = EVENT_CONTROL };
    struct event_place place = { .log = { 1 }, .seq = 3 };
    uint8_t keys[1][BOX_PUBLIC_BYTES];

    memcpy(keys[0], public, sizeof keys[0]);
    epoch_key_new(&sealed.epoch);
    writer_init(&sealed.body, EVENT_BODY_BYTES_MAX);
    assert_int_equal(event_seal_key_body(&sealed.body, &sealed.event.header, &place, &sealed.epoch,
                                         (const uint8_t(*)[BOX_PUBLIC_BYTES])keys, 1,
                                         span_text("what it says")),
                     RB_OK);
    sealed.event.body = writer_view(&sealed.body);
    return sealed;
}

static struct sealed_key sealed_to_self(void) {
    return sealed_to(store_self(store)->identity->seal.public);
}

static enum rb_status opens(const struct sealed_key *sealed) {
    struct epoch_key found;
    enum rb_status status = seals_open(store, &sealed->event, &found);

    if (status == RB_OK) {
        assert_true(crypt_equal(found.key, sealed->epoch.key, KEY_BYTES));
    }
    return status;
}

static void change(const char *sql) {
    assert_int_equal(store_write_begin(store), RB_OK);
    assert_int_equal(db_execute(store_db(store), sql), RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
}

/* A control event whose body has not come. */
static void body_goes_missing(void) {
    change(
        "INSERT INTO circle (id, circle) VALUES (1, x'01');"
        "INSERT INTO log (id, pk, circle, head, hash, signature)"
        " VALUES (1, x'02', 1, 1, x'03', x'04');"
        "INSERT INTO event (rcv, log, seq, state, control, stub, arrived_s, header, body)"
        " VALUES (1, 1, 1, 0, 1, 1, 0, x'05', x'06');");
}

/* ---- A new generation ---- */

static void a_new_generation_begins_after_90_days(void **state) {
    (void)state;
    renew_on_day(89);
    assert_int_equal(generation(), 1);
    assert_int_equal(seals_held(), 1);

    renew_on_day(90);
    assert_int_equal(generation(), 2);
    assert_int_equal(store_self(store)->identity->seal_generation, 2);
    assert_memory_equal(store_self(store)->identity->seal.public, store_self(store)->seal.public,
                        BOX_PUBLIC_BYTES);
    renew_on_day(91);
    assert_int_equal(generation(), 2);
}

static void the_card_carries_the_new_generation(void **state) {
    struct writer bytes;
    struct card card;
    (void)state;
    renew_on_day(90);

    writer_init(&bytes, CARD_BYTES_MAX);
    assert_int_equal(store_card(store, NULL, 0, HOMES_NOW_MS + 90 * DAY_MS, &bytes), RB_OK);
    assert_int_equal(card_decode(writer_view(&bytes), &card), RB_OK);
    assert_int_equal(card.seal.generation, 2);
    assert_int_equal(card.seal.from_ms, HOMES_NOW_MS + 90 * DAY_MS);
    assert_memory_equal(card.seal.public, store_self(store)->identity->seal.public,
                        BOX_PUBLIC_BYTES);
    writer_clear(&bytes);
}

static void the_new_generation_is_there_when_the_home_is_opened_again(void **state) {
    uint8_t public[BOX_PUBLIC_BYTES];
    (void)state;
    struct sealed_key old = sealed_to_self();
    renew_on_day(90);
    struct sealed_key new = sealed_to_self();
    memcpy(public, store_self(store)->seal.public, sizeof public);

    store_close(&store);
    store = home_open(folder_name(&folder, "home"));
    assert_int_equal(generation(), 2);
    assert_memory_equal(store_self(store)->identity->seal.public, public, sizeof public);
    assert_int_equal(opens(&old), RB_OK);
    assert_int_equal(opens(&new), RB_OK);
    writer_clear(&old.body);
    writer_clear(&new.body);
}

static void each_generation_is_random(void **state) {
    struct box_key first;
    (void)state;
    first = store_self(store)->identity->seal;

    renew_on_day(90);
    assert_memory_not_equal(store_self(store)->identity->seal.secret, first.secret,
                            BOX_SECRET_BYTES);
    assert_memory_not_equal(store_self(store)->identity->seal.public, first.public,
                            BOX_PUBLIC_BYTES);
}

static void a_clock_that_stands_in_the_past_changes_nothing(void **state) {
    (void)state;
    assert_int_equal(seals_renew(store, 0), RB_OK);
    assert_int_equal(generation(), 1);
    assert_int_equal(seals_held(), 1);
}

static void a_home_that_was_made_by_a_clock_in_the_past_renews_and_keeps_the_key(void **state) {
    (void)state;
    struct sealed_key old = sealed_to_self();

    renew_on_day(10 * 365); /* The clock was set right. */
    assert_int_equal(generation(), 2);
    assert_int_equal(opens(&old), RB_OK);
    writer_clear(&old.body);
}

/* ---- The old ones ---- */

static void what_was_sealed_to_the_generation_before_still_opens_for_60_days(void **state) {
    (void)state;
    struct sealed_key old = sealed_to_self();
    renew_on_day(90);
    assert_int_equal(opens(&old), RB_OK);

    renew_on_day(90 + 59);
    assert_int_equal(opens(&old), RB_OK);
    renew_on_day(90 + 60);
    assert_int_equal(opens(&old), RB_NO_KEY);
    assert_int_equal(seals_held(), 1);
    writer_clear(&old.body);
}

static void what_was_sealed_to_somebody_else_does_not_open(void **state) {
    struct box_key other;
    (void)state;
    crypt_box_new(&other);
    struct sealed_key sealed = sealed_to(other.public);

    renew_on_day(90);
    assert_int_equal(opens(&sealed), RB_NO_KEY);
    writer_clear(&sealed.body);
}

static void a_missing_body_may_be_sealed_to_the_generation_before(void **state) {
    (void)state;
    struct sealed_key old = sealed_to_self();
    renew_on_day(90);
    body_goes_missing();

    renew_on_day(90 + 60);
    assert_int_equal(opens(&old), RB_OK);
    change("UPDATE event SET stub = 0");
    renew_on_day(90 + 61);
    assert_int_equal(opens(&old), RB_NO_KEY);
    writer_clear(&old.body);
}

static void a_body_that_never_comes_keeps_no_more_than_one_generation(void **state) {
    (void)state;
    struct sealed_key first = sealed_to_self();
    body_goes_missing();
    renew_on_day(90);
    struct sealed_key second = sealed_to_self();
    renew_on_day(180);

    renew_on_day(180 + 60);
    assert_int_equal(opens(&first), RB_NO_KEY);
    assert_int_equal(opens(&second), RB_OK);
    assert_int_equal(seals_held(), 2);
    writer_clear(&first.body);
    writer_clear(&second.body);
}

static void a_home_that_is_opened_rarely_does_not_gather_keys(void **state) {
    (void)state;
    body_goes_missing();
    for (int64_t day = 0; day < 3000; day += 100) {
        renew_on_day(day);
        assert_in_range(seals_held(), 1, SEALS_HELD_MAX);
    }
    assert_int_equal(generation(), 30);
    change("UPDATE event SET stub = 0");

    renew_on_day(2900 + 60);
    assert_int_equal(seals_held(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_new_generation_begins_after_90_days),
        TEST(the_card_carries_the_new_generation),
        TEST(the_new_generation_is_there_when_the_home_is_opened_again),
        TEST(each_generation_is_random),
        TEST(a_clock_that_stands_in_the_past_changes_nothing),
        TEST(a_home_that_was_made_by_a_clock_in_the_past_renews_and_keeps_the_key),
        TEST(what_was_sealed_to_the_generation_before_still_opens_for_60_days),
        TEST(what_was_sealed_to_somebody_else_does_not_open),
        TEST(a_missing_body_may_be_sealed_to_the_generation_before),
        TEST(a_body_that_never_comes_keeps_no_more_than_one_generation),
        TEST(a_home_that_is_opened_rarely_does_not_gather_keys),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
