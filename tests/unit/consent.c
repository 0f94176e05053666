/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/consent.h"
#include "tests/support/record_maker.h"

#include <string.h>

enum { RATNA = 1, BUDI = 2 };
enum { CHILD = false, ADULT = true };

static struct record_maker maker;
static const struct case_record untold;
static const char *today = "2024-06-01";

static int begin(void **state) {
    (void)state;
    record_maker_init(&maker);
    return 0;
}

static int end(void **state) {
    (void)state;
    record_maker_clear(&maker);
    return 0;
}

static size_t consent(enum consent_basis basis, enum consent_recipients recipients) {
    return record_maker_begin(&maker, FORM_CONSENT, value_number(CONSENT_BASIS, basis),
                              value_text(CONSENT_ON, "2024-05-01"),
                              value_text(CONSENT_PURPOSE, "Pendampingan"),
                              value_number(CONSENT_RECIPIENTS, recipients));
}

static size_t consent_with(enum consent_basis basis, struct field_value more) {
    return record_maker_begin(&maker, FORM_CONSENT, value_number(CONSENT_BASIS, basis),
                              value_text(CONSENT_ON, "2024-05-01"),
                              value_text(CONSENT_PURPOSE, "Pendampingan"),
                              value_number(CONSENT_RECIPIENTS, RECIPIENTS_ALL), more);
}

static void withdraw(size_t consented) {
    record_maker_change(&maker, consented, value_text(CONSENT_WITHDRAWN_ON, "2024-05-20"));
}

static struct consent look(enum consent_recipients recipients, bool is_adult) {
    return consent_look(record_maker_build(&maker), recipients, span_text(today), is_adult);
}

static void assert_state(enum consent_state expected) {
    assert_int_equal(look(RECIPIENTS_TEAM, CHILD).state, expected);
}

/* ---- Giving ---- */

static void nothing_is_shared_without_consent(void **state) {
    (void)state;

    assert_state(CONSENT_NONE);
    assert_null(look(RECIPIENTS_TEAM, CHILD).item);
}

static void a_guardian_consents_for_a_child(void **state) {
    const size_t given = consent(BASIS_GUARDIAN, RECIPIENTS_TEAM);
    (void)state;

    assert_state(CONSENT_OPEN);
    assert_memory_equal(look(RECIPIENTS_TEAM, CHILD).item->first->ref, maker.events[given].ref,
                        REF_BYTES);
}

static void a_child_alone_does_not_consent(void **state) {
    (void)state;

    consent(BASIS_CLIENT, RECIPIENTS_TEAM);
    assert_state(CONSENT_NONE);
}

static void an_adult_consents_alone(void **state) {
    (void)state;

    consent(BASIS_CLIENT, RECIPIENTS_TEAM);
    assert_int_equal(look(RECIPIENTS_TEAM, ADULT).state, CONSENT_OPEN);
}

static void who_is_of_unknown_age_is_taken_for_a_child(void **state) {
    (void)state;

    assert_false(client_is_adult(record_maker_build(&maker), &untold));
    record_maker_set(&maker, FORM_FACTS, value_number(FACTS_AGE, age_value(17, AGE_YEARS)));
    assert_false(client_is_adult(record_maker_build(&maker), &untold));
    record_maker_set(&maker, FORM_FACTS, value_number(FACTS_AGE, age_value(20, AGE_MONTHS)));
    assert_false(client_is_adult(record_maker_build(&maker), &untold));
    record_maker_set(&maker, FORM_FACTS, value_number(FACTS_AGE, age_value(18, AGE_YEARS)));
    assert_true(client_is_adult(record_maker_build(&maker), &untold));
}

static void who_is_an_adult_by_one_and_a_child_by_another_is_a_child(void **state) {
    const struct field_value child = value_number(FACTS_AGE, age_value(17, AGE_YEARS));
    const struct field_value adult = value_number(FACTS_AGE, age_value(18, AGE_YEARS));
    const struct field_value empty = value_empty(FACTS_AGE);
    const struct case_record woman = { .has_age = true, .age = 40, .age_on = "2024-06-01" };
    (void)state;

    (void)record_maker_write(&maker, FORM_FACTS, &child, 1, NULL, 0);
    (void)record_maker_write(&maker, FORM_FACTS, &adult, 1, NULL, 0);
    assert_false(client_is_adult(record_maker_build(&maker), &untold));
    (void)record_maker_write(&maker, FORM_FACTS, &empty, 1, NULL, 0);
    assert_false(client_is_adult(record_maker_build(&maker), &woman));
}

static void what_was_told_at_the_opening_tells_the_age_until_the_facts_do(void **state) {
    const struct case_record woman = { .has_age = true, .age = 40, .age_on = "2024-06-01" };
    (void)state;

    assert_true(client_is_adult(record_maker_build(&maker), &woman));
    record_maker_set(&maker, FORM_FACTS, value_number(FACTS_AGE, age_value(4, AGE_YEARS)));
    assert_false(client_is_adult(record_maker_build(&maker), &woman));
}

static void consent_is_for_those_it_names_and_nobody_further(void **state) {
    (void)state;

    consent(BASIS_GUARDIAN, RECIPIENTS_OFFICE);
    assert_int_equal(look(RECIPIENTS_TEAM, CHILD).state, CONSENT_OPEN);
    assert_int_equal(look(RECIPIENTS_OFFICE, CHILD).state, CONSENT_OPEN);
    assert_int_equal(look(RECIPIENTS_PARTNERS, CHILD).state, CONSENT_NONE);
    assert_int_equal(look(RECIPIENTS_ALL, CHILD).state, CONSENT_NONE);
}

/* ---- A legal basis without the guardian ---- */

static void an_absent_guardian_is_a_basis_with_the_reason_only(void **state) {
    (void)state;

    consent(BASIS_GUARDIAN_ABSENT, RECIPIENTS_ALL);
    assert_state(CONSENT_NONE);
    consent_with(BASIS_GUARDIAN_ABSENT, value_text(CONSENT_WHY, "Tidak diketahui di mana"));
    assert_state(CONSENT_OPEN);
}

static void a_suspected_guardian_is_not_asked(void **state) {
    (void)state;

    consent_with(BASIS_GUARDIAN_SUSPECTED, value_text(CONSENT_WHY, "Diduga pelaku"));
    assert_state(CONSENT_OPEN);
}

static void law_and_danger_are_a_basis_with_the_reason_only(void **state) {
    (void)state;

    consent(BASIS_LEGAL_DUTY, RECIPIENTS_ALL);
    consent(BASIS_VITAL_INTEREST, RECIPIENTS_ALL);
    assert_state(CONSENT_NONE);
    consent_with(BASIS_VITAL_INTEREST, value_text(CONSENT_WHY, "Perlu operasi"));
    assert_state(CONSENT_OPEN);
}

static bool may_be_printed(size_t given, bool is_adult) {
    return consent_may_be_printed(record_maker_item(&maker, given), is_adult);
}

/* Whoever gets the paper may be the guardian who was not asked. */
static void what_was_decided_without_the_guardian_is_never_printed(void **state) {
    const struct field_value why = value_text(CONSENT_WHY, "Diduga pelaku");
    (void)state;

    for (int basis = BASIS_GUARDIAN_ABSENT; basis <= BASIS_LEGAL_DUTY; basis++) {
        const size_t given = consent_with((enum consent_basis)basis, why);
        assert_false(may_be_printed(given, CHILD));
        assert_false(may_be_printed(given, ADULT));
    }
    assert_false(may_be_printed(consent(BASIS_CLIENT, RECIPIENTS_TEAM), CHILD));
}

static void what_a_guardian_or_an_adult_consents_to_may_be_printed(void **state) {
    (void)state;

    assert_true(may_be_printed(consent(BASIS_GUARDIAN, RECIPIENTS_TEAM), CHILD));
    assert_true(may_be_printed(consent(BASIS_CLIENT, RECIPIENTS_TEAM), ADULT));
}

/* ---- Its end ---- */

static void a_consent_with_an_end_holds_to_its_last_day(void **state) {
    (void)state;

    consent_with(BASIS_GUARDIAN, value_text(CONSENT_UNTIL, "2024-06-01"));
    assert_state(CONSENT_OPEN);
    today = "2024-06-02";
    assert_state(CONSENT_EXPIRED);
    today = "2024-06-01";
}

static void a_withdrawal_freezes_sharing_and_has_72_hours(void **state) {
    const size_t given = consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    (void)state;

    withdraw(given);
    maker.events[maker.count - 1].hlc = UINT64_C(1700000000000) << 16;

    const struct consent found = look(RECIPIENTS_TEAM, CHILD);
    assert_int_equal(found.state, CONSENT_WITHDRAWN);
    assert_true(found.act_until_ms == INT64_C(1700000000000) + INT64_C(72) * 3600 * 1000);
    assert_false(found.is_acted_on);
    record_maker_change(&maker, given, value_text(CONSENT_ACTED_ON, "2024-05-21"));
    assert_true(look(RECIPIENTS_TEAM, CHILD).is_acted_on);
    assert_state(CONSENT_WITHDRAWN);
}

static void the_72_hours_run_from_the_first_word_of_the_withdrawal(void **state) {
    const size_t given = consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    const struct field_value withdrawn = value_text(CONSENT_WITHDRAWN_ON, "2024-05-20");
    (void)state;

    const size_t first =
        record_maker_write(&maker, FORM_CONSENT, &withdrawn, 1, (const size_t[]) { given }, 1);
    const size_t second =
        record_maker_write(&maker, FORM_CONSENT, &withdrawn, 1, (const size_t[]) { given }, 1);
    maker.events[first].hlc = UINT64_C(1700000000000) << 16;
    maker.events[second].hlc = UINT64_C(1700000900000) << 16;

    assert_true(look(RECIPIENTS_TEAM, CHILD).act_until_ms ==
                INT64_C(1700000000000) + CONSENT_ACT_MS);
}

static void correcting_the_day_of_a_withdrawal_does_not_begin_the_72_hours_anew(void **state) {
    const size_t given = consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    const struct field_value withdrawn = value_text(CONSENT_WITHDRAWN_ON, "2024-05-20");
    (void)state;

    const size_t first =
        record_maker_write(&maker, FORM_CONSENT, &withdrawn, 1, (const size_t[]) { given }, 1);
    maker.events[first].hlc = UINT64_C(1700000000000) << 16;
    const size_t corrected =
        record_maker_change(&maker, given, value_text(CONSENT_WITHDRAWN_ON, "2024-05-19"));
    maker.events[corrected].hlc = UINT64_C(1700000900000) << 16;

    assert_true(look(RECIPIENTS_TEAM, CHILD).act_until_ms ==
                INT64_C(1700000000000) + CONSENT_ACT_MS);
}

static void nobody_takes_back_a_withdrawal_that_another_has_written(void **state) {
    const size_t given = consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    const uint8_t person = maker.person;
    (void)state;

    withdraw(given);
    maker.person = (uint8_t)(person + 1);
    record_maker_change(&maker, given, value_empty(CONSENT_WITHDRAWN_ON));
    assert_state(CONSENT_WITHDRAWN);
    maker.person = person;
    record_maker_change(&maker, given, value_empty(CONSENT_WITHDRAWN_ON));
    assert_state(CONSENT_OPEN);
}

static void one_withdrawal_freezes_whatever_else_was_consented_to(void **state) {
    const size_t first = consent(BASIS_GUARDIAN, RECIPIENTS_TEAM);
    (void)state;

    consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    withdraw(first);
    assert_state(CONSENT_WITHDRAWN);
}

static void a_consent_that_follows_the_withdrawal_opens_again(void **state) {
    const size_t given = consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    (void)state;

    withdraw(given);
    const struct record *record = record_maker_build(&maker);
    assert_ptr_equal(consent_unanswered(record, CHILD),
                     record_item(record, maker.events[given].ref));
    consent_with(BASIS_GUARDIAN, value_bytes(CONSENT_AFTER, maker.events[given].ref, REF_BYTES));
    assert_state(CONSENT_OPEN);
    assert_null(consent_unanswered(record_maker_build(&maker), CHILD));
}

static void what_was_consented_to_before_a_withdrawal_stays_closed_after_the_answer(void **state) {
    (void)state;

    consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    const size_t withdrawn = consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    withdraw(withdrawn);
    (void)record_maker_begin(&maker, FORM_CONSENT, value_number(CONSENT_BASIS, BASIS_GUARDIAN),
                             value_text(CONSENT_ON, "2024-05-25"),
                             value_text(CONSENT_PURPOSE, "Pendampingan"),
                             value_number(CONSENT_RECIPIENTS, RECIPIENTS_TEAM),
                             value_bytes(CONSENT_AFTER, maker.events[withdrawn].ref, REF_BYTES));

    assert_state(CONSENT_OPEN);
    assert_int_equal(look(RECIPIENTS_PARTNERS, CHILD).state, CONSENT_NONE);
    consent(BASIS_GUARDIAN, RECIPIENTS_PARTNERS); /* newer than the withdrawal */
    assert_int_equal(look(RECIPIENTS_PARTNERS, CHILD).state, CONSENT_OPEN);
}

static void the_answer_holds_though_the_day_of_the_withdrawal_is_corrected(void **state) {
    const size_t given = consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    (void)state;

    withdraw(given);
    consent_with(BASIS_GUARDIAN, value_bytes(CONSENT_AFTER, maker.events[given].ref, REF_BYTES));
    record_maker_change(&maker, given, value_text(CONSENT_WITHDRAWN_ON, "2024-05-19"));
    assert_state(CONSENT_OPEN);
}

static void each_withdrawal_needs_an_answer_that_names_it(void **state) {
    const size_t first = consent(BASIS_GUARDIAN, RECIPIENTS_TEAM);
    const size_t second = consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    (void)state;

    withdraw(first);
    withdraw(second);
    consent_with(BASIS_GUARDIAN, value_bytes(CONSENT_AFTER, maker.events[first].ref, REF_BYTES));
    assert_state(CONSENT_WITHDRAWN);
    consent_with(BASIS_GUARDIAN, value_bytes(CONSENT_AFTER, maker.events[second].ref, REF_BYTES));
    assert_state(CONSENT_OPEN);
}

static void an_answer_that_has_expired_opens_nothing_older(void **state) {
    (void)state;

    consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    const size_t withdrawn = consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    withdraw(withdrawn);
    (void)record_maker_begin(
        &maker, FORM_CONSENT, value_number(CONSENT_BASIS, BASIS_GUARDIAN),
        value_text(CONSENT_ON, "2024-05-25"), value_text(CONSENT_PURPOSE, "Pendampingan"),
        value_number(CONSENT_RECIPIENTS, RECIPIENTS_ALL), value_text(CONSENT_UNTIL, "2024-05-31"),
        value_bytes(CONSENT_AFTER, maker.events[withdrawn].ref, REF_BYTES));
    assert_state(CONSENT_EXPIRED);
}

static void a_consent_that_did_not_know_of_the_withdrawal_opens_nothing(void **state) {
    const size_t given = consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    (void)state;

    withdraw(given);
    const size_t apart = consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    maker.events[apart].hlc = UINT64_C(1) << 62; /* later, by a wrong clock */
    assert_state(CONSENT_WITHDRAWN);
}

static void a_basis_that_does_not_count_answers_no_withdrawal(void **state) {
    const size_t given = consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    (void)state;

    withdraw(given);
    consent_with(BASIS_CLIENT, value_bytes(CONSENT_AFTER, maker.events[given].ref, REF_BYTES));
    assert_state(CONSENT_WITHDRAWN);
}

static void a_withdrawal_stands_against_whoever_emptied_it_apart(void **state) {
    const size_t given = consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    const size_t refs[] = { given, given };
    const struct field_value empty = value_empty(CONSENT_WITHDRAWN_ON);
    (void)state;

    maker.person = RATNA;
    withdraw(given);
    maker.person = BUDI;
    (void)record_maker_write(&maker, FORM_CONSENT, &empty, 1, refs, 2);
    assert_state(CONSENT_WITHDRAWN);
}

static void a_withdrawal_by_mistake_is_taken_back_by_who_has_seen_it(void **state) {
    const size_t given = consent(BASIS_GUARDIAN, RECIPIENTS_ALL);
    (void)state;

    withdraw(given);
    record_maker_change(&maker, given, value_empty(CONSENT_WITHDRAWN_ON));
    assert_state(CONSENT_OPEN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_shared_without_consent),
        TEST(a_guardian_consents_for_a_child),
        TEST(a_child_alone_does_not_consent),
        TEST(an_adult_consents_alone),
        TEST(who_is_of_unknown_age_is_taken_for_a_child),
        TEST(who_is_an_adult_by_one_and_a_child_by_another_is_a_child),
        TEST(what_was_told_at_the_opening_tells_the_age_until_the_facts_do),
        TEST(consent_is_for_those_it_names_and_nobody_further),
        TEST(an_absent_guardian_is_a_basis_with_the_reason_only),
        TEST(a_suspected_guardian_is_not_asked),
        TEST(law_and_danger_are_a_basis_with_the_reason_only),
        TEST(what_was_decided_without_the_guardian_is_never_printed),
        TEST(what_a_guardian_or_an_adult_consents_to_may_be_printed),
        TEST(a_consent_with_an_end_holds_to_its_last_day),
        TEST(a_withdrawal_freezes_sharing_and_has_72_hours),
        TEST(the_72_hours_run_from_the_first_word_of_the_withdrawal),
        TEST(correcting_the_day_of_a_withdrawal_does_not_begin_the_72_hours_anew),
        TEST(nobody_takes_back_a_withdrawal_that_another_has_written),
        TEST(one_withdrawal_freezes_whatever_else_was_consented_to),
        TEST(a_consent_that_follows_the_withdrawal_opens_again),
        TEST(what_was_consented_to_before_a_withdrawal_stays_closed_after_the_answer),
        TEST(the_answer_holds_though_the_day_of_the_withdrawal_is_corrected),
        TEST(each_withdrawal_needs_an_answer_that_names_it),
        TEST(an_answer_that_has_expired_opens_nothing_older),
        TEST(a_consent_that_did_not_know_of_the_withdrawal_opens_nothing),
        TEST(a_basis_that_does_not_count_answers_no_withdrawal),
        TEST(a_withdrawal_stands_against_whoever_emptied_it_apart),
        TEST(a_withdrawal_by_mistake_is_taken_back_by_who_has_seen_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
