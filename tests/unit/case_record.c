/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/case_record.h"

#include <string.h>

static const uint8_t CASE[] = { 0xa7, 0x00, 0x64, '3',  '2', '7',  '3', 0x01, 0x19,
                                0x07, 0xe8, 0x02, 0x63, 'A', 'B',  'H', 0x03, 14,
                                0x04, 0x00, 0x05, 0x6a, '2', '0',  '2', '4',  '-',
                                '0',  '2',  '-',  '2',  '9', 0x06, 0x01 };
static const uint8_t SHORTEST[] = { 0xa2, 0x00, 0x64, '0', '0', '0', '0', 0x01, 0x19, 0x07, 0xd0 };
static const uint8_t ENTRY[] = { 0xa1, 0x00, 0x62, 'y', 'a' };

enum { BODY_MAX = 8192 };

static struct case_record record_full(void) {
    return (struct case_record) { .area = "3273",
                                  .year = 2024,
                                  .cluster = "ABH",
                                  .has_age = true,
                                  .age = 14,
                                  .age_unit = AGE_YEARS,
                                  .age_on = "2024-02-29",
                                  .sex = SEX_MALE };
}

static bool records_equal(const struct case_record *a, const struct case_record *b) {
    return strcmp(a->area, b->area) == 0 && a->year == b->year &&
           strcmp(a->cluster, b->cluster) == 0 && a->has_age == b->has_age && a->age == b->age &&
           a->age_unit == b->age_unit && strcmp(a->age_on, b->age_on) == 0 && a->sex == b->sex;
}

static enum rb_status round_trip(const struct case_record *record) {
    struct case_record again;
    struct writer out;

    writer_init(&out, BODY_MAX);
    case_record_encode(&out, record);
    enum rb_status status = case_record_decode(writer_view(&out), &again);
    if (status == RB_OK) {
        assert_true(records_equal(record, &again));
    }
    writer_clear(&out);
    return status;
}

static enum rb_status decode(const void *bytes, size_t len) {
    struct case_record record;

    return case_record_decode(span_of(bytes, len), &record);
}

/* ---- CASE ---- */

static void a_case_has_these_bytes(void **state) {
    const struct case_record record = record_full();
    struct writer out;
    (void)state;

    writer_init(&out, BODY_MAX);
    case_record_encode(&out, &record);
    assert_true(span_equal(writer_view(&out), span_of(CASE, sizeof CASE)));
    writer_clear(&out);
}

static void the_shortest_case_has_area_and_year(void **state) {
    const struct case_record record = { .area = "0000", .year = 2000 };
    struct writer out;
    (void)state;

    writer_init(&out, BODY_MAX);
    case_record_encode(&out, &record);
    assert_true(span_equal(writer_view(&out), span_of(SHORTEST, sizeof SHORTEST)));
    assert_int_equal(round_trip(&record), RB_OK);
    writer_clear(&out);
}

static void every_cluster_age_unit_and_sex_reads_back(void **state) {
    static const char *const clusters[] = { "", "AJ", "ADK", "AMPK", "ABH", "BLT" };
    (void)state;

    for (size_t i = 0; i < sizeof clusters / sizeof clusters[0]; i++) {
        struct case_record record = record_full();
        memcpy(record.cluster, clusters[i], strlen(clusters[i]) + 1);
        record.age_unit = i % 2 == 0 ? AGE_MONTHS : AGE_YEARS;
        record.sex = (enum case_sex)(i % 3);
        assert_int_equal(round_trip(&record), RB_OK);
    }
}

static void a_cluster_of_a_newer_version_is_unknown(void **state) {
    struct case_record record = record_full();
    (void)state;

    memcpy(record.cluster, "XYZ", 4);
    assert_int_equal(round_trip(&record), RB_UNKNOWN);
    memcpy(record.cluster, "abh", 4);
    assert_int_equal(round_trip(&record), RB_MALFORMED);
}

static void an_age_has_an_upper_bound_in_its_unit(void **state) {
    struct case_record record = record_full();
    (void)state;

    record.age = CASE_AGE_YEARS_MAX;
    assert_int_equal(round_trip(&record), RB_OK);
    record.age = CASE_AGE_YEARS_MAX + 1;
    assert_int_equal(round_trip(&record), RB_MALFORMED);
    record.age_unit = AGE_MONTHS;
    record.age = CASE_AGE_MONTHS_MAX;
    assert_int_equal(round_trip(&record), RB_OK);
    record.age = CASE_AGE_MONTHS_MAX + 1;
    assert_int_equal(round_trip(&record), RB_MALFORMED);
    record.age = 0;
    assert_int_equal(round_trip(&record), RB_OK);
}

static void values_outside_their_range_are_malformed(void **state) {
    struct case_record record = record_full();
    (void)state;

    record.year = CASE_YEAR_MIN - 1;
    assert_int_equal(round_trip(&record), RB_MALFORMED);
    record.year = CASE_YEAR_MAX + 1;
    assert_int_equal(round_trip(&record), RB_MALFORMED);
    record = record_full();
    record.age_unit = (enum age_unit)2;
    assert_int_equal(round_trip(&record), RB_MALFORMED);
    record = record_full();
    record.sex = (enum case_sex)3;
    assert_int_equal(round_trip(&record), RB_MALFORMED);
}

static void an_area_is_four_digits(void **state) {
    static const char *const areas[] = { "", "32", "327", "32a3", "32.7", " 327" };
    (void)state;

    for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++) {
        struct case_record record = record_full();
        memcpy(record.area, areas[i], strlen(areas[i]) + 1);
        assert_int_equal(round_trip(&record), RB_MALFORMED);
    }
}

/* The three fields of the age stand together or not at all. */
static void an_age_without_its_unit_or_day_is_malformed(void **state) {
    const uint8_t age[] = {
        0xa3, 0x00, 0x64, '0', '0', '0', '0', 0x01, 0x19, 0x07, 0xd0, 0x03, 0x05
    };
    const uint8_t age_and_unit[] = { 0xa4, 0x00, 0x64, '0',  '0',  '0',  '0', 0x01,
                                     0x19, 0x07, 0xd0, 0x03, 0x05, 0x04, 0x00 };
    struct case_record record = record_full();
    (void)state;

    assert_int_equal(decode(age, sizeof age), RB_MALFORMED);
    assert_int_equal(decode(age_and_unit, sizeof age_and_unit), RB_MALFORMED);
    record.age_on[0] = '\0';
    assert_int_equal(round_trip(&record), RB_MALFORMED);
    memcpy(record.age_on, "2023-02-29", sizeof record.age_on);
    assert_int_equal(round_trip(&record), RB_MALFORMED);
}

/* One thing has one form: what is not told is left out. */
static void what_is_not_told_is_left_out(void **state) {
    const uint8_t no_cluster[] = { 0xa3, 0x00, 0x64, '0',  '0',  '0', '0',
                                   0x01, 0x19, 0x07, 0xd0, 0x02, 0x60 };
    const uint8_t no_sex[] = { 0xa3, 0x00, 0x64, '0',  '0',  '0', '0',
                               0x01, 0x19, 0x07, 0xd0, 0x06, 0x00 };
    (void)state;

    assert_int_equal(decode(no_cluster, sizeof no_cluster), RB_MALFORMED);
    assert_int_equal(decode(no_sex, sizeof no_sex), RB_MALFORMED);
    assert_int_equal(decode(SHORTEST, sizeof SHORTEST), RB_OK);
}

static void area_and_year_are_never_left_out(void **state) {
    const uint8_t nothing[] = { 0xa0 };
    const uint8_t only_area[] = { 0xa1, 0x00, 0x64, '3', '2', '7', '3' };
    const uint8_t only_year[] = { 0xa1, 0x01, 0x19, 0x07, 0xe8 };
    (void)state;

    assert_int_equal(decode(nothing, sizeof nothing), RB_MALFORMED);
    assert_int_equal(decode(only_area, sizeof only_area), RB_MALFORMED);
    assert_int_equal(decode(only_year, sizeof only_year), RB_MALFORMED);
}

static void fields_of_newer_versions_are_skipped(void **state) {
    const uint8_t body[] = { 0xa4, 0x00, 0x64, '0',  '0',  '0',  '0',  0x01, 0x19,
                             0x07, 0xd0, 0x07, 0x81, 0x05, 0x18, 0x23, 0x61, 'x' };
    (void)state;

    assert_int_equal(decode(body, sizeof body), RB_OK);
}

static void every_cut_of_a_case_is_malformed(void **state) {
    (void)state;

    for (size_t cut = 0; cut < sizeof CASE; cut++) {
        assert_int_equal(decode(CASE, cut), RB_MALFORMED);
    }
}

static void a_flipped_bit_of_a_case_is_malformed_unknown_or_another_case(void **state) {
    const struct case_record record = record_full();
    (void)state;

    for (size_t bit = 0; bit < 8 * sizeof CASE; bit++) {
        uint8_t flipped[sizeof CASE];
        struct case_record other;
        memcpy(flipped, CASE, sizeof flipped);
        flipped[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (case_record_decode(span_of(flipped, sizeof flipped), &other) == RB_OK) {
            assert_false(records_equal(&record, &other));
        }
    }
}

/* ---- The year of opening ---- */

/* Milliseconds of midnight, UTC. */
#define NEW_YEAR_2000 INT64_C(946684800000)
#define NEW_YEAR_2024 INT64_C(1704067200000)
#define NEW_YEAR_2025 INT64_C(1735689600000)
#define WIB           (INT64_C(7) * 3600 * 1000)

static void the_year_changes_at_midnight_in_western_indonesia(void **state) {
    (void)state;

    assert_int_equal(case_year_at(NEW_YEAR_2024 - WIB - 1), 2023);
    assert_int_equal(case_year_at(NEW_YEAR_2024 - WIB), 2024);
    assert_int_equal(case_year_at(NEW_YEAR_2025 - WIB - 1), 2024); /* after 366 days */
    assert_int_equal(case_year_at(NEW_YEAR_2025 - WIB), 2025);
}

static void a_clock_without_a_date_gives_a_year_all_the_same(void **state) {
    (void)state;

    assert_int_equal(case_year_at(0), CASE_YEAR_MIN);
    assert_int_equal(case_year_at(-1), CASE_YEAR_MIN);
    assert_int_equal(case_year_at(INT64_MIN), CASE_YEAR_MIN);
    assert_int_equal(case_year_at(NEW_YEAR_2000 - WIB), 2000);
    assert_int_equal(case_year_at(INT64_MAX), CASE_YEAR_MAX);
}

static void the_area_of_a_case_is_that_of_its_opener(void **state) {
    static const char *const regions[][2] = {
        { "", "0000" }, { "32", "3200" }, { "3273", "3273" }, { "3273041002", "3273" }
    };
    char area[CASE_AREA_BYTES + 1];
    (void)state;

    for (size_t i = 0; i < sizeof regions / sizeof regions[0]; i++) {
        case_area(area, span_text(regions[i][0]));
        assert_string_equal(area, regions[i][1]);
    }
}

/* ---- ENTRY ---- */

static enum rb_status entry_round_trip(struct span text) {
    const struct entry entry = { .text = text };
    struct entry again;
    struct writer out;

    writer_init(&out, BODY_MAX);
    entry_encode(&out, &entry);
    enum rb_status status = entry_decode(writer_view(&out), &again);
    if (status == RB_OK) {
        assert_true(span_equal(again.text, text));
    }
    writer_clear(&out);
    return status;
}

static void an_entry_has_these_bytes(void **state) {
    const struct entry entry = { .text = span_text("ya") };
    struct writer out;
    (void)state;

    writer_init(&out, BODY_MAX);
    entry_encode(&out, &entry);
    assert_true(span_equal(writer_view(&out), span_of(ENTRY, sizeof ENTRY)));
    writer_clear(&out);
}

static void an_entry_is_as_long_as_the_limit_and_no_longer(void **state) {
    char text[TEXT_BYTES_MAX + 1];
    (void)state;

    memset(text, 'a', sizeof text);
    assert_int_equal(entry_round_trip(span_of(text, TEXT_BYTES_MAX)), RB_OK);
    assert_int_equal(entry_round_trip(span_of(text, TEXT_BYTES_MAX + 1)), RB_MALFORMED);
    assert_int_equal(entry_round_trip(span_of(text, 0)), RB_MALFORMED);
}

static struct entry of_a_visit(void) {
    return (struct entry) { .text = span_text("ya"),
                            .sort = ENTRY_VISIT,
                            .on = span_text("2024-02-29"),
                            .outcome = span_text("baik"),
                            .next_step = span_text("lagi"),
                            .next_by = span_text("2024-03-07") };
}

static void all_that_an_entry_tells_reads_back(void **state) {
    const struct entry entry = of_a_visit();
    struct entry again;
    struct writer out;
    (void)state;

    writer_init(&out, BODY_MAX);
    entry_encode(&out, &entry);
    assert_int_equal(entry_decode(writer_view(&out), &again), RB_OK);
    assert_true(span_equal(again.text, entry.text));
    assert_int_equal(again.sort, ENTRY_VISIT);
    assert_true(span_equal(again.on, entry.on));
    assert_true(span_equal(again.outcome, entry.outcome));
    assert_true(span_equal(again.next_step, entry.next_step));
    assert_true(span_equal(again.next_by, entry.next_by));
    assert_true(entry_tells_more(&again));
    writer_clear(&out);
}

static void an_entry_tells_no_day_that_is_none_and_none_of_a_step_that_is_missing(void **state) {
    struct entry entry = of_a_visit();
    (void)state;

    assert_int_equal(entry_check(&entry), RB_OK);
    entry.on = span_text("2024-02-30");
    assert_int_equal(entry_check(&entry), RB_MALFORMED);
    entry = of_a_visit();
    entry.next_step = (struct span) { 0 };
    assert_int_equal(entry_check(&entry), RB_MALFORMED);
    entry = (struct entry) { .text = span_text("ya") };
    assert_int_equal(entry_check(&entry), RB_OK);
    assert_false(entry_tells_more(&entry));
}

static void every_cut_of_an_entry_is_malformed(void **state) {
    struct entry entry;
    (void)state;

    for (size_t cut = 0; cut < sizeof ENTRY; cut++) {
        assert_int_equal(entry_decode(span_of(ENTRY, cut), &entry), RB_MALFORMED);
    }
}

static void a_flipped_bit_of_an_entry_is_malformed_or_another_entry(void **state) {
    (void)state;

    for (size_t bit = 0; bit < 8 * sizeof ENTRY; bit++) {
        uint8_t flipped[sizeof ENTRY];
        struct entry entry;
        memcpy(flipped, ENTRY, sizeof flipped);
        flipped[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (entry_decode(span_of(flipped, sizeof flipped), &entry) == RB_OK) {
            assert_false(span_equal(entry.text, span_text("ya")));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_has_these_bytes),
        cmocka_unit_test(the_shortest_case_has_area_and_year),
        cmocka_unit_test(every_cluster_age_unit_and_sex_reads_back),
        cmocka_unit_test(a_cluster_of_a_newer_version_is_unknown),
        cmocka_unit_test(an_age_has_an_upper_bound_in_its_unit),
        cmocka_unit_test(values_outside_their_range_are_malformed),
        cmocka_unit_test(an_area_is_four_digits),
        cmocka_unit_test(an_age_without_its_unit_or_day_is_malformed),
        cmocka_unit_test(what_is_not_told_is_left_out),
        cmocka_unit_test(area_and_year_are_never_left_out),
        cmocka_unit_test(fields_of_newer_versions_are_skipped),
        cmocka_unit_test(every_cut_of_a_case_is_malformed),
        cmocka_unit_test(a_flipped_bit_of_a_case_is_malformed_unknown_or_another_case),
        cmocka_unit_test(the_year_changes_at_midnight_in_western_indonesia),
        cmocka_unit_test(a_clock_without_a_date_gives_a_year_all_the_same),
        cmocka_unit_test(the_area_of_a_case_is_that_of_its_opener),
        cmocka_unit_test(an_entry_has_these_bytes),
        cmocka_unit_test(all_that_an_entry_tells_reads_back),
        cmocka_unit_test(an_entry_tells_no_day_that_is_none_and_none_of_a_step_that_is_missing),
        cmocka_unit_test(an_entry_is_as_long_as_the_limit_and_no_longer),
        cmocka_unit_test(every_cut_of_an_entry_is_malformed),
        cmocka_unit_test(a_flipped_bit_of_an_entry_is_malformed_or_another_entry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
