/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/duplicate.h"
#include "tests/support/record_maker.h"

#include <stdlib.h>
#include <string.h>

/* "name|nickname|born on|born in|village|sex L or P|years on 2024-05-01"; what is left out at the
 * end is not told. */
static struct likeness person(const char *told) {
    struct span parts[7] = { { 0 } };
    struct case_record facts = { .age_on = "2024-05-01" };
    struct likeness likeness;

    for (size_t i = 0; i < 7; i++) {
        const size_t len = strcspn(told, "|");
        parts[i] = span_of(told, len);
        told += len + (told[len] == '|' ? 1 : 0);
    }
    likeness = likeness_of(&(struct record) { 0 }, &facts);
    likeness.name = parts[0];
    likeness.nickname = parts[1];
    likeness.born_on = parts[2];
    likeness.born_in = parts[3];
    likeness.village = parts[4];
    likeness.sex = parts[5].len == 0         ? SEX_UNKNOWN
                   : parts[5].data[0] == 'L' ? SEX_MALE
                                             : SEX_FEMALE;
    if (parts[6].len > 0) {
        const int32_t on = date_days(span_text("2024-05-01"));
        const int32_t years = (int32_t)strtol((const char *)parts[6].data, NULL, 10);
        likeness.has_age = true;
        likeness.born_from = on - (years + 1) * 366;
        likeness.born_until = on - years * 363;
    }
    return likeness;
}

static unsigned look(const char *one, const char *other) {
    const struct likeness a = person(one), b = person(other);
    const unsigned why = duplicate_look(&a, &b);

    assert_int_equal(why, duplicate_look(&b, &a));
    return why;
}

static void names_are_alike_however_they_are_spelt(void **state) {
    static const char *const pairs[][2] = {
        { "Sri Mulyani", "SRI MULYANI" },
        { "Soekarno Poetra", "Sukarno Putra" },
        { "Djoko Tjahja", "Joko Cahja" },
        { "Muhammad Rizki", "M. Rizki" },
        { "Moh Rizky Ramadhan", "Muhamad Rizki" },
        { "Achmad Fauzi", "Akhmad Fauzi" },
        { "Siti Nurhalisa", "Siti Nurhaliza" },
        { "Budi Setiawan", "Setiawan Budi" },
        { "Anissa", "Anisa Contoh" },
        { "Slamet", "Selamet" },
    };
    (void)state;

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_int_equal(look(pairs[i][0], pairs[i][1]), DUPLICATE_NAME);
    }
}

static void other_names_are_not_alike(void **state) {
    static const char *const pairs[][2] = {
        { "Sari Umpama", "Sari Andaikan" },  { "Budi", "Badu" }, { "Ani", "Ana" },
        { "Mawar Contoh", "Melati Contoh" }, { "", "" },         { "Ayu", "" },
    };
    (void)state;

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_int_equal(look(pairs[i][0], pairs[i][1]), 0);
    }
}

static void the_same_day_of_birth_needs_one_word_of_the_name(void **state) {
    (void)state;

    assert_int_equal(look("Mawar Contoh||2015-03-02", "Mawar Lain||2015-03-02"),
                     DUPLICATE_NAME | DUPLICATE_BORN_ON);
    assert_int_equal(look("Mawar Contoh||2015-03-02", "Melati Lain||2015-03-02"), 0);
    assert_int_equal(look("Mawar|Ucok|2015-03-02", "Ucok||2015-03-02"),
                     DUPLICATE_NAME | DUPLICATE_BORN_ON);
}

static void the_same_name_elsewhere_is_somebody_else(void **state) {
    (void)state;

    assert_int_equal(look("Mawar|||Garut|3273041002", "Mawar|||Garut|3205011001"),
                     DUPLICATE_NAME | DUPLICATE_PLACE);
    assert_int_equal(look("Mawar|||Garut", "Mawar|||Ciamis"), 0);
    assert_int_equal(look("Mawar||||3273041002", "Mawar||||3205011001"), 0);
    assert_int_equal(look("Mawar|||Garut", "Mawar"), DUPLICATE_NAME);
}

static void another_sex_is_somebody_else(void **state) {
    (void)state;

    assert_int_equal(look("Mawar|||||L", "Mawar|||||P"), 0);
    assert_int_equal(look("Mawar|||||L", "Mawar|||||L"), DUPLICATE_NAME);
    assert_int_equal(look("Mawar|||||L", "Mawar"), DUPLICATE_NAME);
}

static void an_age_may_be_a_year_off_and_no_more(void **state) {
    (void)state;

    assert_int_equal(look("Mawar||||||9", "Mawar||||||10"), DUPLICATE_NAME);
    assert_int_equal(look("Mawar||||||9", "Mawar||||||8"), DUPLICATE_NAME);
    assert_int_equal(look("Mawar||||||9", "Mawar||||||13"), 0);
}

static void the_same_national_id_is_the_same_person_whatever_else_is_told(void **state) {
    struct likeness a = person("Mawar|||||L|3"), b = person("Budi|||||P|15");
    (void)state;

    a.national_id = span_text("3273000000000001");
    b.national_id = span_text("3273000000000001");
    assert_int_equal(duplicate_look(&a, &b), DUPLICATE_NATIONAL_ID);
    b.national_id = (struct span) { 0 };
    assert_int_equal(duplicate_look(&a, &b), 0);
}

static void what_is_compared_comes_from_the_identity_part_and_the_facts(void **state) {
    static struct record_maker maker;
    const struct case_record facts = {
        .has_age = true, .age = 9, .age_on = "2024-05-01", .sex = SEX_FEMALE
    };
    (void)state;

    record_maker_init(&maker);
    record_maker_set(&maker, FORM_IDENTITY, value_text(IDENTITY_NAME, "Mawar"));
    record_maker_set(&maker, FORM_IDENTITY, value_text(IDENTITY_BORN_IN, "Garut"));
    record_maker_set(&maker, FORM_IDENTITY, value_text(IDENTITY_VILLAGE, "3205011001"));
    record_maker_set(&maker, FORM_IDENTITY, value_text(IDENTITY_NATIONAL_ID, "1"));
    struct likeness likeness = likeness_of(record_maker_build(&maker), &facts);
    assert_true(span_equal(likeness.name, span_text("Mawar")));
    assert_true(span_equal(likeness.born_in, span_text("Garut")));
    assert_true(span_equal(likeness.village, span_text("3205011001")));
    assert_true(span_equal(likeness.national_id, span_text("1")));
    assert_int_equal(likeness.sex, SEX_FEMALE);
    const int32_t born = date_days(span_text("2014-11-01"));
    assert_true(likeness.has_age && likeness.born_from < born && born < likeness.born_until);
    record_maker_set(&maker, FORM_IDENTITY, value_text(IDENTITY_BORN_ON, "2014-11-01"));
    likeness = likeness_of(record_maker_build(&maker), &facts);
    assert_true(likeness.born_from == born && likeness.born_until == born);
    record_maker_clear(&maker);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_alike_however_they_are_spelt),
        cmocka_unit_test(other_names_are_not_alike),
        cmocka_unit_test(the_same_day_of_birth_needs_one_word_of_the_name),
        cmocka_unit_test(the_same_name_elsewhere_is_somebody_else),
        cmocka_unit_test(another_sex_is_somebody_else),
        cmocka_unit_test(an_age_may_be_a_year_off_and_no_more),
        cmocka_unit_test(the_same_national_id_is_the_same_person_whatever_else_is_told),
        cmocka_unit_test(what_is_compared_comes_from_the_identity_part_and_the_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
