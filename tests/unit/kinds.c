/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/case_record.h"
#include "protocol/casework/contact.h"
#include "protocol/casework/group.h"
#include "protocol/casework/thread.h"

#include <string.h>

static const uint8_t TITLE_BODY[] = { 0xa1, 0x00, 0x64, 'R', 'a', 'p', 'a' };

static struct payload payload_of(uint64_t type, size_t ref_count) {
    struct payload payload = { .type = type, .hlc = 1, .ref_count = ref_count };

    payload.body = span_of(TITLE_BODY, sizeof TITLE_BODY);
    return payload;
}

static void assert_judged(enum rb_status expected, uint64_t type, size_t ref_count,
                          enum circle_kind circle, enum circle_role role) {
    struct payload payload = payload_of(type, ref_count);

    assert_int_equal(kind_judge(&payload, circle, role), expected);
}

/* ---- The table ---- */

static void every_row_is_found_by_its_type(void **state) {
    const struct kind *rows;
    size_t count = kinds_all(&rows);
    (void)state;

    assert_int_equal(count, 10);
    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(kind_find((uint64_t)rows[i].type), &rows[i]);
        assert_true(rows[i].type >= 64); /* below are the operations of a circle */
        assert_non_null(rows[i].name);
        assert_non_null(rows[i].check);
        assert_true(rows[i].refs_min <= rows[i].refs_max && rows[i].refs_max <= REFS_MAX);
        assert_true(i == 0 || rows[i - 1].type < rows[i].type);
    }
}

static void a_newer_kind_is_unknown(void **state) {
    (void)state;

    assert_null(kind_find(KIND_RECORD + 1));
    assert_null(kind_find(OP_ADD));
    assert_null(kind_find(UINT64_MAX));
    assert_judged(RB_UNKNOWN, KIND_RECORD + 1, 0, CIRCLE_GROUP, CIRCLE_OWNER);
}

/* ---- Judging ---- */

static void a_manager_names_a_group(void **state) {
    (void)state;

    assert_judged(RB_OK, KIND_GROUP, 0, CIRCLE_GROUP, CIRCLE_MANAGER);
    assert_judged(RB_OK, KIND_GROUP, 0, CIRCLE_GROUP, CIRCLE_OWNER);
    assert_judged(RB_REFUSED, KIND_GROUP, 0, CIRCLE_GROUP, CIRCLE_WRITER);
}

static void a_case_is_not_a_group(void **state) {
    (void)state;

    assert_judged(RB_REFUSED, KIND_GROUP, 0, CIRCLE_CASE, CIRCLE_OWNER);
}

static void writers_discuss_in_groups_and_cases(void **state) {
    (void)state;

    assert_judged(RB_OK, KIND_THREAD, 0, CIRCLE_GROUP, CIRCLE_WRITER);
    assert_judged(RB_OK, KIND_THREAD, 0, CIRCLE_CASE, CIRCLE_WRITER);
    assert_judged(RB_OK, KIND_POST, 1, CIRCLE_GROUP, CIRCLE_WRITER);
    assert_judged(RB_OK, KIND_POST, 2, CIRCLE_CASE, CIRCLE_WRITER);
    assert_judged(RB_OK, KIND_EDIT, 1, CIRCLE_GROUP, CIRCLE_WRITER);
    assert_judged(RB_OK, KIND_EDIT, 1, CIRCLE_CASE, CIRCLE_WRITER);
    assert_judged(RB_OK, KIND_RETRACT, 1, CIRCLE_GROUP, CIRCLE_WRITER);
    assert_judged(RB_OK, KIND_RETRACT, 1, CIRCLE_CASE, CIRCLE_WRITER);
}

static void writers_write_entries_in_cases_only(void **state) {
    (void)state;

    assert_judged(RB_OK, KIND_ENTRY, 0, CIRCLE_CASE, CIRCLE_WRITER);
    assert_judged(RB_REFUSED, KIND_ENTRY, 0, CIRCLE_GROUP, CIRCLE_OWNER);
}

static void only_the_owner_makes_the_record_of_a_case(void **state) {
    const uint8_t body[] = { 0xa2, 0x00, 0x64, '3', '2', '7', '3', 0x01, 0x19, 0x07, 0xe8 };
    struct payload payload = payload_of(KIND_CASE, 0);
    (void)state;

    payload.body = span_of(body, sizeof body);
    assert_int_equal(kind_judge(&payload, CIRCLE_CASE, CIRCLE_OWNER), RB_OK);
    assert_int_equal(kind_judge(&payload, CIRCLE_CASE, CIRCLE_MANAGER), RB_REFUSED);
    assert_int_equal(kind_judge(&payload, CIRCLE_CASE, CIRCLE_WRITER), RB_REFUSED);
    assert_int_equal(kind_judge(&payload, CIRCLE_GROUP, CIRCLE_OWNER), RB_REFUSED);
}

static const uint8_t CONTACT_BODY[] = { 0xa3, 0x00, 0x58, 0x20, 1,    2,    3,    4,    5,   6,  7,
                                        8,    9,    10,   11,   12,   13,   14,   15,   16,  17, 18,
                                        19,   20,   21,   22,   23,   24,   25,   26,   27,  28, 29,
                                        30,   31,   32,   0x01, 0x01, 0x02, 0x42, 0x82, 0x40 };
enum { CONTACT_STANDING_AT = 37, CONTACT_CARD_AT = 39 };

static struct payload payload_of_contact(void) {
    struct payload payload = payload_of(KIND_CONTACT, 0);

    payload.body = span_of(CONTACT_BODY, sizeof CONTACT_BODY);
    return payload;
}

static void a_contact_stands_in_an_own_circle_only(void **state) {
    const struct payload payload = payload_of_contact();
    (void)state;

    assert_int_equal(kind_judge(&payload, CIRCLE_OWN, CIRCLE_OWNER), RB_OK);
    assert_int_equal(kind_judge(&payload, CIRCLE_OWN, CIRCLE_MANAGER), RB_REFUSED);
    assert_int_equal(kind_judge(&payload, CIRCLE_GROUP, CIRCLE_OWNER), RB_REFUSED);
    assert_int_equal(kind_judge(&payload, CIRCLE_CASE, CIRCLE_OWNER), RB_REFUSED);
    assert_judged(RB_REFUSED, KIND_THREAD, 0, CIRCLE_OWN, CIRCLE_OWNER);
}

static void a_contact_reads_as_it_was_written(void **state) {
    struct contact_record record;
    struct writer again;
    (void)state;

    writer_init(&again, sizeof CONTACT_BODY);
    assert_int_equal(contact_record_decode(span_of(CONTACT_BODY, sizeof CONTACT_BODY), &record),
                     RB_OK);
    assert_int_equal(record.person[31], 32);
    assert_int_equal(record.standing, CONTACT_VERIFIED);
    assert_int_equal(record.card.len, 2);
    contact_record_encode(&again, &record);
    assert_int_equal(again.len, sizeof CONTACT_BODY);
    assert_memory_equal(again.data, CONTACT_BODY, sizeof CONTACT_BODY);
    writer_clear(&again);
}

static void assert_no_contact(const uint8_t *body, size_t len) {
    struct contact_record record;

    assert_int_equal(contact_record_decode(span_of(body, len), &record), RB_MALFORMED);
}

static void a_contact_without_person_or_standing_is_malformed(void **state) {
    uint8_t body[sizeof CONTACT_BODY];
    (void)state;

    memcpy(body, CONTACT_BODY, sizeof body);
    body[0] = 0xa1;
    assert_no_contact(body, CONTACT_STANDING_AT - 1);
    assert_no_contact((const uint8_t[]) { 0xa1, 0x01, 0x01 }, 3);
    memcpy(body, CONTACT_BODY, sizeof body);
    body[CONTACT_STANDING_AT] = CONTACT_REMOVED + 1;
    assert_no_contact(body, sizeof body);
}

static void a_removal_has_no_card_and_a_card_is_not_empty(void **state) {
    uint8_t body[sizeof CONTACT_BODY];
    (void)state;

    memcpy(body, CONTACT_BODY, sizeof body);
    body[CONTACT_STANDING_AT] = CONTACT_REMOVED;
    assert_no_contact(body, sizeof body);
    memcpy(body, CONTACT_BODY, sizeof body);
    body[CONTACT_CARD_AT] = 0x40;
    assert_no_contact(body, CONTACT_CARD_AT + 1);
}

static void readers_write_nothing(void **state) {
    (void)state;

    assert_judged(RB_REFUSED, KIND_THREAD, 0, CIRCLE_CASE, CIRCLE_READER);
    assert_judged(RB_REFUSED, KIND_POST, 1, CIRCLE_CASE, CIRCLE_READER);
    assert_judged(RB_REFUSED, KIND_EDIT, 1, CIRCLE_CASE, CIRCLE_READER);
    assert_judged(RB_REFUSED, KIND_RETRACT, 1, CIRCLE_CASE, CIRCLE_READER);
    assert_judged(RB_REFUSED, KIND_ENTRY, 0, CIRCLE_CASE, CIRCLE_READER);
}

static void a_post_names_its_thread_and_at_most_one_post(void **state) {
    (void)state;

    assert_judged(RB_MALFORMED, KIND_POST, 0, CIRCLE_GROUP, CIRCLE_WRITER);
    assert_judged(RB_MALFORMED, KIND_POST, 3, CIRCLE_GROUP, CIRCLE_WRITER);
    assert_judged(RB_MALFORMED, KIND_THREAD, 1, CIRCLE_GROUP, CIRCLE_WRITER);
    assert_judged(RB_MALFORMED, KIND_GROUP, 1, CIRCLE_GROUP, CIRCLE_MANAGER);
}

static void an_edit_or_retraction_names_one_post(void **state) {
    (void)state;

    for (size_t count = 0; count <= 2; count += 2) {
        assert_judged(RB_MALFORMED, KIND_EDIT, count, CIRCLE_GROUP, CIRCLE_WRITER);
        assert_judged(RB_MALFORMED, KIND_RETRACT, count, CIRCLE_GROUP, CIRCLE_WRITER);
    }
}

static void a_record_and_its_entries_name_nothing(void **state) {
    (void)state;

    assert_judged(RB_MALFORMED, KIND_CASE, 1, CIRCLE_CASE, CIRCLE_OWNER);
    assert_judged(RB_MALFORMED, KIND_ENTRY, 1, CIRCLE_CASE, CIRCLE_WRITER);
}

static void a_body_of_no_good_form_is_malformed(void **state) {
    const uint8_t number[] = { 0xa1, 0x00, 0x01 }; /* where each kind has a text */
    const struct kind *rows;
    size_t count = kinds_all(&rows);
    (void)state;

    for (size_t i = 0; i < count; i++) {
        struct payload payload = payload_of((uint64_t)rows[i].type, rows[i].refs_min);
        payload.body = span_of(number, sizeof number);
        assert_int_equal(kind_judge(&payload, rows[i].circles[0], CIRCLE_OWNER), RB_MALFORMED);
    }
}

/* What a writer may not write is refused even if it is malformed too: the rule comes first. */
static void a_rule_is_judged_before_the_form(void **state) {
    const uint8_t empty[] = { 0xa0 };
    struct payload payload = payload_of(KIND_GROUP, 1);
    (void)state;

    payload.body = span_of(empty, sizeof empty);
    assert_int_equal(kind_judge(&payload, CIRCLE_GROUP, CIRCLE_WRITER), RB_REFUSED);
}

/* ---- GROUP ---- */

static void a_group_has_these_bytes(void **state) {
    struct group group = { .name = span_text("Rapa") }, again;
    struct writer out;
    (void)state;

    writer_init(&out, 100);
    group_encode(&out, &group);
    assert_int_equal(out.len, sizeof TITLE_BODY);
    assert_memory_equal(out.data, TITLE_BODY, sizeof TITLE_BODY);
    assert_int_equal(group_decode(writer_view(&out), &again), RB_OK);
    assert_true(span_equal(again.name, group.name));
    writer_clear(&out);
}

static void every_cut_of_a_group_is_malformed(void **state) {
    struct group group;
    (void)state;

    for (size_t cut = 0; cut < sizeof TITLE_BODY; cut++) {
        assert_int_equal(group_decode(span_of(TITLE_BODY, cut), &group), RB_MALFORMED);
    }
}

static void a_flipped_bit_of_a_group_is_malformed_or_another_name(void **state) {
    (void)state;

    for (size_t bit = 0; bit < 8 * sizeof TITLE_BODY; bit++) {
        uint8_t flipped[sizeof TITLE_BODY];
        struct group group;
        memcpy(flipped, TITLE_BODY, sizeof flipped);
        flipped[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (group_decode(span_of(flipped, sizeof flipped), &group) == RB_OK) {
            assert_false(span_equal(group.name, span_text("Rapa")));
        }
    }
}

static void a_group_without_a_proper_name_is_malformed(void **state) {
    const char *const names[] = { "", "-x", "123", " a", "a ", "a\nb" };
    struct group group;
    (void)state;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct group wrong = { .name = span_text(names[i]) };
        struct writer out;
        writer_init(&out, 100);
        group_encode(&out, &wrong);
        assert_int_equal(group_decode(writer_view(&out), &group), RB_MALFORMED);
        writer_clear(&out);
    }
}

static void fields_of_newer_versions_are_skipped(void **state) {
    const uint8_t body[] = { 0xa2, 0x00, 0x64, 'R', 'a', 'p', 'a', 0x09, 0x81, 0x01 };
    struct group group;
    (void)state;

    assert_int_equal(group_decode(span_of(body, sizeof body), &group), RB_OK);
    assert_true(span_equal(group.name, span_text("Rapa")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_found_by_its_type),
        cmocka_unit_test(a_newer_kind_is_unknown),
        cmocka_unit_test(a_manager_names_a_group),
        cmocka_unit_test(a_case_is_not_a_group),
        cmocka_unit_test(writers_discuss_in_groups_and_cases),
        cmocka_unit_test(writers_write_entries_in_cases_only),
        cmocka_unit_test(only_the_owner_makes_the_record_of_a_case),
        cmocka_unit_test(a_contact_stands_in_an_own_circle_only),
        cmocka_unit_test(a_contact_reads_as_it_was_written),
        cmocka_unit_test(a_contact_without_person_or_standing_is_malformed),
        cmocka_unit_test(a_removal_has_no_card_and_a_card_is_not_empty),
        cmocka_unit_test(readers_write_nothing),
        cmocka_unit_test(a_post_names_its_thread_and_at_most_one_post),
        cmocka_unit_test(an_edit_or_retraction_names_one_post),
        cmocka_unit_test(a_record_and_its_entries_name_nothing),
        cmocka_unit_test(a_body_of_no_good_form_is_malformed),
        cmocka_unit_test(a_rule_is_judged_before_the_form),
        cmocka_unit_test(a_group_has_these_bytes),
        cmocka_unit_test(every_cut_of_a_group_is_malformed),
        cmocka_unit_test(a_flipped_bit_of_a_group_is_malformed_or_another_name),
        cmocka_unit_test(a_group_without_a_proper_name_is_malformed),
        cmocka_unit_test(fields_of_newer_versions_are_skipped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
