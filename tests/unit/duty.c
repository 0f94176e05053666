/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/duty.h"
#include "tests/support/record_maker.h"

#include <string.h>

enum { RATNA = 1, BUDI = 2, CITRA = 3, DEWI = 4 }; /* Ratna opened the case */
enum { NOTHING = -1 };

static struct record_maker maker;
static uint8_t ids[DEWI + 1][HASH_BYTES];

static int begin(void **state) {
    (void)state;
    record_maker_init(&maker);
    for (uint8_t person = RATNA; person <= DEWI; person++) {
        person_bytes(ids[person], person);
    }
    return 0;
}

static int end(void **state) {
    (void)state;
    record_maker_clear(&maker);
    return 0;
}

/* `after`: the place of the hand-over by which the giver has the case. */
static size_t hand_over(uint8_t giver, uint8_t to, int after) {
    struct field_value values[] = { value_bytes(HANDOVER_TO, ids[to], HASH_BYTES),
                                    value_text(HANDOVER_WHY, "Pindah tugas"),
                                    value_empty(HANDOVER_AFTER) };

    maker.person = giver;
    if (after != NOTHING) {
        values[2] = value_bytes(HANDOVER_AFTER, maker.events[after].ref, REF_BYTES);
    }
    return record_maker_write(&maker, FORM_HANDOVER, values, after == NOTHING ? 2 : 3, NULL, 0);
}

static void answer(size_t handover, uint8_t person, enum handover_answer given) {
    maker.person = person;
    record_maker_change(&maker, handover, value_number(HANDOVER_ANSWER, given));
}

static void assert_responsible(const char *expected) {
    const struct record *record = record_maker_build(&maker);
    const uint8_t *people[RESPONSIBLE_MAX];
    const size_t count = record_responsible(record, ids[RATNA], people);
    char found[RESPONSIBLE_MAX + 1] = "";

    for (size_t i = 0; i < count; i++) {
        found[i] = (char)('0' + people[i][0]);
    }
    assert_string_equal(found, expected);
    for (uint8_t person = RATNA; person <= DEWI; person++) {
        assert_int_equal(record_is_responsible(record, ids[RATNA], ids[person]),
                         strchr(expected, '0' + person) != NULL);
    }
}

static void who_opened_a_case_is_responsible_for_it(void **state) {
    (void)state;

    assert_responsible("1");
}

static void a_hand_over_that_is_not_accepted_changes_nothing(void **state) {
    (void)state;

    hand_over(RATNA, BUDI, NOTHING);
    assert_responsible("1");
}

static void who_accepts_is_responsible_and_the_giver_no_more(void **state) {
    (void)state;

    answer(hand_over(RATNA, BUDI, NOTHING), BUDI, HANDOVER_ACCEPTED);
    assert_responsible("2");
}

static void who_declines_leaves_it_with_the_giver(void **state) {
    (void)state;

    answer(hand_over(RATNA, BUDI, NOTHING), BUDI, HANDOVER_DECLINED);
    assert_responsible("1");
}

static void nobody_accepts_for_another(void **state) {
    (void)state;

    answer(hand_over(RATNA, BUDI, NOTHING), CITRA, HANDOVER_ACCEPTED);
    assert_responsible("1");
}

static void a_case_goes_on_from_hand_to_hand_and_back(void **state) {
    const size_t first = hand_over(RATNA, BUDI, NOTHING);
    (void)state;

    answer(first, BUDI, HANDOVER_ACCEPTED);
    const size_t second = hand_over(BUDI, CITRA, (int)first);
    answer(second, CITRA, HANDOVER_ACCEPTED);
    assert_responsible("3");
    answer(hand_over(CITRA, RATNA, (int)second), RATNA, HANDOVER_ACCEPTED);
    assert_responsible("1");
}

static void two_who_accept_apart_are_both_responsible_until_one_hands_it_on(void **state) {
    const size_t to_budi = hand_over(RATNA, BUDI, NOTHING);
    const size_t to_citra = hand_over(RATNA, CITRA, NOTHING);
    (void)state;

    answer(to_budi, BUDI, HANDOVER_ACCEPTED);
    answer(to_citra, CITRA, HANDOVER_ACCEPTED);
    assert_responsible("23");
    answer(hand_over(BUDI, CITRA, (int)to_budi), CITRA, HANDOVER_ACCEPTED);
    assert_responsible("3"); /* once, though both ends are his */
}

static void everybody_who_accepts_apart_is_responsible_however_many(void **state) {
    enum { TAKERS = RESPONSIBLE_MAX + 1 };
    uint8_t taker[HASH_BYTES];
    (void)state;

    for (uint8_t i = 0; i < TAKERS; i++) {
        person_bytes(taker, DEWI + 1 + i);
        const struct field_value values[] = { value_bytes(HANDOVER_TO, taker, HASH_BYTES),
                                              value_text(HANDOVER_WHY, "x") };
        maker.person = RATNA;
        answer(record_maker_write(&maker, FORM_HANDOVER, values, 2, NULL, 0), DEWI + 1 + i,
               HANDOVER_ACCEPTED);
    }
    for (uint8_t i = 0; i < TAKERS; i++) {
        person_bytes(taker, DEWI + 1 + i);
        assert_true(record_is_responsible(record_maker_build(&maker), ids[RATNA], taker));
    }
}

static void nobody_hands_over_what_he_does_not_have(void **state) {
    const size_t given = hand_over(RATNA, BUDI, NOTHING);
    (void)state;

    answer(hand_over(CITRA, DEWI, NOTHING), DEWI, HANDOVER_ACCEPTED);
    assert_responsible("1");
    answer(hand_over(CITRA, DEWI, (int)given), DEWI, HANDOVER_ACCEPTED);
    assert_responsible("1");
}

static void what_follows_a_hand_over_that_is_not_here_does_not_count(void **state) {
    uint8_t elsewhere[REF_BYTES] = { 0xee };
    const struct field_value values[] = { value_bytes(HANDOVER_TO, ids[BUDI], HASH_BYTES),
                                          value_text(HANDOVER_WHY, "x"),
                                          value_bytes(HANDOVER_AFTER, elsewhere, REF_BYTES) };
    (void)state;

    answer(record_maker_write(&maker, FORM_HANDOVER, values, 3, NULL, 0), BUDI, HANDOVER_ACCEPTED);
    assert_responsible("1");
}

static void the_hand_over_that_waits_is_found_by_whom_it_is_to(void **state) {
    const size_t given = hand_over(RATNA, BUDI, NOTHING);
    (void)state;

    assert_non_null(record_handover_open(record_maker_build(&maker), ids[RATNA], ids[BUDI]));
    assert_null(record_handover_open(record_maker_build(&maker), ids[RATNA], ids[CITRA]));
    answer(given, BUDI, HANDOVER_ACCEPTED);
    assert_null(record_handover_open(record_maker_build(&maker), ids[RATNA], ids[BUDI]));
    const struct record *record = record_maker_build(&maker);
    assert_ptr_equal(record_handover_of(record, ids[RATNA], ids[BUDI]),
                     record_item(record, maker.events[given].ref));
    assert_null(record_handover_of(record_maker_build(&maker), ids[RATNA], ids[RATNA]));
}

static void a_duty_is_had_until_it_is_taken_away(void **state) {
    const size_t duty =
        record_maker_begin(&maker, FORM_DUTY, value_bytes(DUTY_PERSON, ids[BUDI], HASH_BYTES),
                           value_number(DUTY_AS, DUTY_SUPERVISOR));
    (void)state;

    assert_true(record_has_duty(record_maker_build(&maker), ids[BUDI], DUTY_SUPERVISOR));
    assert_false(record_has_duty(record_maker_build(&maker), ids[BUDI], DUTY_ADVISER));
    assert_false(record_has_duty(record_maker_build(&maker), ids[CITRA], DUTY_SUPERVISOR));
    record_maker_change(&maker, duty, value_number(DUTY_AS, DUTY_NONE));
    assert_false(record_has_duty(record_maker_build(&maker), ids[BUDI], DUTY_SUPERVISOR));
    assert_false(record_has_any_duty(record_maker_build(&maker), DUTY_SUPERVISOR));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_opened_a_case_is_responsible_for_it),
        TEST(a_hand_over_that_is_not_accepted_changes_nothing),
        TEST(who_accepts_is_responsible_and_the_giver_no_more),
        TEST(who_declines_leaves_it_with_the_giver),
        TEST(nobody_accepts_for_another),
        TEST(a_case_goes_on_from_hand_to_hand_and_back),
        TEST(two_who_accept_apart_are_both_responsible_until_one_hands_it_on),
        TEST(everybody_who_accepts_apart_is_responsible_however_many),
        TEST(nobody_hands_over_what_he_does_not_have),
        TEST(what_follows_a_hand_over_that_is_not_here_does_not_count),
        TEST(the_hand_over_that_waits_is_found_by_whom_it_is_to),
        TEST(a_duty_is_had_until_it_is_taken_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
