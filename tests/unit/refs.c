/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/kinds.h"
#include "protocol/text.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/refs.h"
#include "tests/support/homes.h"

#include <stdio.h>
#include <string.h>

struct fixture {
    struct folder folder;
    struct store *store;
};

static int set_up(void **state) {
    static struct fixture fixture;

    folder_new(&fixture.folder);
    fixture.store = home_new(folder_name(&fixture.folder, "home"), "Dewi Andaikan");
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;

    store_close(&fixture->store);
    folder_remove(&fixture->folder);
    return 0;
}

/* ---- Helpers: objects as the views hold them ---- */

static void id_fill(uint8_t *id, size_t len, uint8_t byte) {
    memset(id, byte, len);
}

/* A circle whose identifier is BYTE again and again. */
static void put_circle(struct store *store, uint8_t byte, enum circle_kind kind, const char *name,
                       enum member_state state) {
    static const char circle_sql[] = "INSERT INTO circle (id, circle) VALUES (?1, ?2)";
    static const char view_sql[] =
        "INSERT INTO circle_view (circle, kind, formal, name) VALUES (?1, ?2, 0, ?3)";
    static const char member_sql[] =
        "INSERT INTO member (circle, person, place, role, rank, state, until_s, by)"
        " VALUES (?1, ?2, 0, 2, 4, ?3, 0, ?2)";
    uint8_t id[HASH_BYTES];

    id_fill(id, sizeof id, byte);
    assert_int_equal(store_write_begin(store), RB_OK);
    struct db_row *row = db_query(store_db(store), circle_sql);
    db_bind_int(row, 1, byte);
    db_bind_blob(row, 2, span_of(id, sizeof id));
    assert_int_equal(db_run(row), RB_OK);
    row = db_query(store_db(store), view_sql);
    db_bind_int(row, 1, byte);
    db_bind_int(row, 2, kind);
    db_bind_text(row, 3, span_text(name));
    assert_int_equal(db_run(row), RB_OK);
    row = db_query(store_db(store), member_sql);
    db_bind_int(row, 1, byte);
    db_bind_blob(row, 2, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(row, 3, state);
    assert_int_equal(db_run(row), RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
}

static void put_group(struct store *store, uint8_t byte, const char *name,
                      enum member_state state) {
    put_circle(store, byte, CIRCLE_GROUP, name, state);
}

static void put_case(struct store *store, uint8_t byte, const char *code, enum member_state state) {
    put_circle(store, byte, CIRCLE_CASE, code, state);
}

static void put_thread(struct store *store, uint8_t group, uint8_t byte, const char *title) {
    static const char sql[] =
        "INSERT INTO thread (ref, circle, title, person, hlc)"
        " VALUES (?1, ?2, ?3, x'', 0)";
    uint8_t ref[REF_BYTES];

    id_fill(ref, sizeof ref, byte);
    assert_int_equal(store_write_begin(store), RB_OK);
    struct db_row *row = db_query(store_db(store), sql);
    db_bind_blob(row, 1, span_of(ref, sizeof ref));
    db_bind_int(row, 2, group);
    db_bind_text(row, 3, span_text(title));
    assert_int_equal(db_run(row), RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
}

static void put_post(struct store *store, uint8_t group, uint8_t thread, uint8_t byte) {
    static const char sql[] =
        "INSERT INTO post (rcv, ref, thread, circle, log, seq, person, hlc, text)"
        " VALUES (?1, ?2, ?3, ?4, 1, 1, x'', 0, 'text')";
    uint8_t ref[REF_BYTES], thread_ref[REF_BYTES];

    id_fill(ref, sizeof ref, byte);
    id_fill(thread_ref, sizeof thread_ref, thread);
    assert_int_equal(store_write_begin(store), RB_OK);
    struct db_row *row = db_query(store_db(store), sql);
    db_bind_int(row, 1, byte);
    db_bind_blob(row, 2, span_of(ref, sizeof ref));
    db_bind_blob(row, 3, span_of(thread_ref, sizeof thread_ref));
    db_bind_int(row, 4, group);
    assert_int_equal(db_run(row), RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
}

static void put_entry(struct store *store, uint8_t in_case, uint8_t byte) {
    static const char sql[] =
        "INSERT INTO entry (rcv, ref, circle, log, seq, person, hlc, text)"
        " VALUES (?1, ?2, ?3, 1, 1, x'', 0, 'text')";
    uint8_t ref[REF_BYTES];

    id_fill(ref, sizeof ref, byte);
    assert_int_equal(store_write_begin(store), RB_OK);
    struct db_row *row = db_query(store_db(store), sql);
    db_bind_int(row, 1, byte);
    db_bind_blob(row, 2, span_of(ref, sizeof ref));
    db_bind_int(row, 3, in_case);
    assert_int_equal(db_run(row), RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
}

static size_t id_len(enum ref_sort sort) {
    return sort == REF_CONTACT || sort == REF_GROUP || sort == REF_CASE ? HASH_BYTES : REF_BYTES;
}

/* Posts have a thread for a parent, entries a case. */
static size_t parent_len(enum ref_sort sort) {
    if (sort == REF_POST) {
        return REF_BYTES;
    }
    return sort == REF_ENTRY ? HASH_BYTES : 0;
}

static int64_t number_of(struct store *store, enum ref_sort sort, uint8_t parent, uint8_t byte) {
    uint8_t id[HASH_BYTES], parent_id[HASH_BYTES];
    int64_t number = 0;

    id_fill(id, sizeof id, byte);
    id_fill(parent_id, sizeof parent_id, parent);
    assert_int_equal(ref_number_in(store, sort, span_of(parent_id, parent_len(sort)),
                                   span_of(id, id_len(sort)), &number),
                     RB_OK);
    return number;
}

static enum rb_status finding_status(struct store *store, enum ref_sort sort, const char *typed) {
    struct ref_candidates candidates = { 0 };
    struct object object;

    return ref_find(store, sort, span_text(typed), &object, &candidates);
}

/* True if `typed` means the object whose identifier is BYTE again and again. */
static bool means(struct store *store, enum ref_sort sort, const char *typed, uint8_t byte) {
    struct ref_candidates candidates = { 0 };
    struct object object = { { 0 }, 0 };
    uint8_t id[HASH_BYTES];

    id_fill(id, sizeof id, byte);
    return ref_find(store, sort, span_text(typed), &object, &candidates) == RB_OK &&
           memcmp(object.id, id, object.id_len) == 0;
}

/* ---- Numbers ---- */

static void numbers_are_one_series_for_each_sort(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(number_of(fixture->store, REF_GROUP, 0, 1), 1);
    assert_int_equal(number_of(fixture->store, REF_GROUP, 0, 2), 2);
    assert_int_equal(number_of(fixture->store, REF_THREAD, 0, 1), 1);
    assert_int_equal(number_of(fixture->store, REF_GROUP, 0, 1), 1);
    assert_int_equal(number_of(fixture->store, REF_GROUP, 0, 3), 3);
}

static void posts_are_numbered_within_their_thread(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(number_of(fixture->store, REF_POST, 1, 11), 1);
    assert_int_equal(number_of(fixture->store, REF_POST, 1, 12), 2);
    assert_int_equal(number_of(fixture->store, REF_POST, 2, 21), 1);
    assert_int_equal(number_of(fixture->store, REF_POST, 1, 11), 1);
}

static void numbers_stay_after_opening_again(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(number_of(fixture->store, REF_GROUP, 0, 1), 1);
    store_close(&fixture->store);
    fixture->store = home_open(folder_name(&fixture->folder, "home"));
    assert_int_equal(number_of(fixture->store, REF_GROUP, 0, 2), 2);
    assert_int_equal(number_of(fixture->store, REF_GROUP, 0, 1), 1);
}

static void a_number_of_an_open_transaction_goes_with_it(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(store_write_begin(fixture->store), RB_OK);
    assert_int_equal(number_of(fixture->store, REF_GROUP, 0, 1), 1);
    assert_true(db_in_transaction(store_db(fixture->store)));
    store_write_abort(fixture->store);
    assert_int_equal(number_of(fixture->store, REF_GROUP, 0, 2), 1);
}

/* ---- Groups ---- */

static void a_group_is_found_by_every_form(void **state) {
    struct store *store = ((struct fixture *)*state)->store;

    put_group(store, 0xAB, "Diskusi Bandung 1", MEMBER_ACCEPTED);
    put_group(store, 0xCD, "Diskusi Bandung 2", MEMBER_INVITED);
    assert_int_equal(number_of(store, REF_GROUP, 0, 0xAB), 1);
    assert_int_equal(number_of(store, REF_GROUP, 0, 0xCD), 2);
    assert_true(means(store, REF_GROUP, "1", 0xAB));
    assert_true(means(store, REF_GROUP, "#2", 0xCD));
    assert_true(means(store, REF_GROUP, "abababab", 0xAB));
    assert_true(means(store, REF_GROUP, "CDCDCDCDC", 0xCD));
    assert_true(means(store, REF_GROUP, "diskusi BANDUNG 1", 0xAB));
    const char *const not_found[] = {
        "3",   "#3", "abababac", "abababa", "Diskusi Bandung",     "01", "0",
        "1.1", "#",  "#x",       "-",       "12345678901234567890"
    };
    for (size_t i = 0; i < sizeof not_found / sizeof not_found[0]; i++) {
        assert_int_equal(finding_status(store, REF_GROUP, not_found[i]), RB_NOT_FOUND);
    }
}

static void a_whole_identifier_is_found_and_a_longer_one_is_not(void **state) {
    struct store *store = ((struct fixture *)*state)->store;
    char hex[2 * HASH_BYTES + 2] = { 0 };
    uint8_t id[HASH_BYTES];

    put_group(store, 0xAB, "Diskusi", MEMBER_ACCEPTED);
    id_fill(id, sizeof id, 0xAB);
    hex_write(span_of(id, sizeof id), hex);
    assert_true(means(store, REF_GROUP, hex, 0xAB));
    hex[2 * HASH_BYTES] = 'a';
    assert_int_equal(finding_status(store, REF_GROUP, hex), RB_NOT_FOUND);
}

static void a_number_wins_over_an_identifier_and_that_over_a_name(void **state) {
    struct store *store = ((struct fixture *)*state)->store;

    put_group(store, 0x11, "Diskusi", MEMBER_ACCEPTED);
    put_group(store, 0xAB, "Other", MEMBER_ACCEPTED);
    put_group(store, 0xCD, "abababab", MEMBER_ACCEPTED);
    assert_true(means(store, REF_GROUP, "11111111", 0x11)); /* no group has that number */
    assert_true(means(store, REF_GROUP, "abababab", 0xAB));
}

static void two_groups_of_a_name_are_listed(void **state) {
    struct store *store = ((struct fixture *)*state)->store;
    struct ref_candidates candidates = { 0 };
    struct object object;

    for (uint8_t i = 1; i <= 10; i++) {
        put_group(store, i, i % 2 == 0 ? "Diskusi" : "DISKUSI", MEMBER_ACCEPTED);
        assert_int_equal(number_of(store, REF_GROUP, 0, i), i);
    }
    assert_int_equal(ref_find(store, REF_GROUP, span_text("diskusi"), &object, &candidates),
                     RB_AMBIGUOUS);
    assert_int_equal(candidates.count, CANDIDATES_MAX);
    assert_int_equal(candidates.rows[0].number, 1);
    assert_string_equal(candidates.rows[0].name, "DISKUSI");
    assert_int_equal(candidates.rows[7].number, 8);
}

static void a_group_that_was_left_gives_its_name_away(void **state) {
    struct store *store = ((struct fixture *)*state)->store;

    put_group(store, 1, "Diskusi", MEMBER_LEFT);
    assert_true(means(store, REF_GROUP, "diskusi", 1));
    put_group(store, 2, "Diskusi", MEMBER_ACCEPTED);
    assert_true(means(store, REF_GROUP, "diskusi", 2));
}

/* ---- Threads and posts ---- */

static void threads_are_found_in_accepted_groups_only(void **state) {
    struct store *store = ((struct fixture *)*state)->store;

    put_group(store, 1, "Diskusi", MEMBER_ACCEPTED);
    put_group(store, 2, "Undangan", MEMBER_INVITED);
    put_thread(store, 1, 0xAA, "Kasus Juni");
    put_thread(store, 2, 0xBB, "Kasus Juli");
    assert_int_equal(number_of(store, REF_THREAD, 0, 0xAA), 1);
    assert_int_equal(number_of(store, REF_THREAD, 0, 0xBB), 2);
    assert_true(means(store, REF_THREAD, "kasus juni", 0xAA));
    assert_true(means(store, REF_THREAD, "1", 0xAA));
    assert_true(means(store, REF_THREAD, "aaaaaaaa", 0xAA));
    assert_int_equal(finding_status(store, REF_THREAD, "kasus juli"), RB_NOT_FOUND);
    assert_int_equal(finding_status(store, REF_THREAD, "2"), RB_NOT_FOUND);
    assert_int_equal(finding_status(store, REF_THREAD, "bbbbbbbb"), RB_NOT_FOUND);
}

static void a_post_is_found_by_its_place_or_its_identifier(void **state) {
    struct store *store = ((struct fixture *)*state)->store;

    put_group(store, 1, "Diskusi", MEMBER_ACCEPTED);
    put_thread(store, 1, 0xAA, "Kasus Juni");
    put_post(store, 1, 0xAA, 0x31);
    put_post(store, 1, 0xAA, 0x32);
    assert_int_equal(number_of(store, REF_THREAD, 0, 0xAA), 1);
    assert_int_equal(number_of(store, REF_POST, 0xAA, 0x31), 1);
    assert_int_equal(number_of(store, REF_POST, 0xAA, 0x32), 2);
    assert_true(means(store, REF_POST, "1.1", 0x31));
    assert_true(means(store, REF_POST, "#1.2", 0x32));
    assert_true(means(store, REF_POST, "32323232", 0x32));
    assert_int_equal(finding_status(store, REF_POST, "1.3"), RB_NOT_FOUND);
    assert_int_equal(finding_status(store, REF_POST, "2.1"), RB_NOT_FOUND);
}

static void a_post_of_an_invitation_is_not_found(void **state) {
    struct store *store = ((struct fixture *)*state)->store;

    put_group(store, 1, "Diskusi", MEMBER_INVITED);
    put_thread(store, 1, 0xAA, "Kasus Juni");
    put_post(store, 1, 0xAA, 0x31);
    assert_int_equal(number_of(store, REF_THREAD, 0, 0xAA), 1);
    assert_int_equal(number_of(store, REF_POST, 0xAA, 0x31), 1);
    assert_int_equal(finding_status(store, REF_POST, "1.1"), RB_NOT_FOUND);
    assert_int_equal(finding_status(store, REF_POST, "31313131"), RB_NOT_FOUND);
}

/* ---- What is no reference ---- */

static void what_can_mean_nothing_is_malformed(void **state) {
    struct store *store = ((struct fixture *)*state)->store;
    char long_name[NAME_BYTES_MAX + 2];

    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    assert_int_equal(finding_status(store, REF_GROUP, ""), RB_MALFORMED);
    assert_int_equal(finding_status(store, REF_GROUP, "\xC3"), RB_MALFORMED);
    assert_int_equal(finding_status(store, REF_GROUP, long_name), RB_MALFORMED);
    const char *const no_posts[] = { "12", "#12", "a post", "1.", ".1", "1.0", "1.2.3", "1.-2" };
    for (size_t i = 0; i < sizeof no_posts / sizeof no_posts[0]; i++) {
        assert_int_equal(finding_status(store, REF_POST, no_posts[i]), RB_MALFORMED);
    }
}

/* ---- Contacts ---- */

static void a_contact_is_found_until_it_is_removed(void **state) {
    struct store *store = ((struct fixture *)*state)->store;
    struct ref_candidates candidates = { 0 };
    struct stranger siti;
    struct contact contact;
    struct object object;
    struct writer card;
    bool renewed = false;

    stranger_new(&siti, "Siti Aminah");
    writer_init(&card, CARD_BYTES_MAX);
    stranger_card(&siti, HOMES_NOW_MS, NULL, &card);
    assert_int_equal(contact_add(store, writer_view(&card), HOMES_NOW_MS, &contact, &renewed),
                     RB_OK);
    assert_int_equal(ref_find(store, REF_CONTACT, span_text("siti aminah"), &object, &candidates),
                     RB_OK);
    assert_int_equal(object.id_len, HASH_BYTES);
    assert_memory_equal(object.id, siti.id, HASH_BYTES);
    assert_int_equal(finding_status(store, REF_CONTACT, "1"), RB_OK);
    assert_int_equal(contact_remove(store, siti.id, HOMES_NOW_MS), RB_OK);
    assert_int_equal(finding_status(store, REF_CONTACT, "1"), RB_NOT_FOUND);
    writer_clear(&card);
    stranger_clear(&siti);
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

/* ---- Cases and entries ---- */

static void a_case_is_found_by_number_code_and_identifier(void **state) {
    struct store *store = ((struct fixture *)*state)->store;

    put_case(store, 0xAB, "K-3273-26-7Q4M", MEMBER_ACCEPTED);
    put_case(store, 0xCD, "K-3273-26-8XYZ", MEMBER_INVITED);
    put_group(store, 0xEF, "Balai", MEMBER_ACCEPTED);
    assert_int_equal(number_of(store, REF_GROUP, 0, 0xEF), 1);
    assert_int_equal(number_of(store, REF_CASE, 0, 0xAB), 1);
    assert_int_equal(number_of(store, REF_CASE, 0, 0xCD), 2);
    assert_true(means(store, REF_CASE, "1", 0xAB));
    assert_true(means(store, REF_CASE, "#2", 0xCD));
    assert_true(means(store, REF_CASE, "k-3273-26-7q4m", 0xAB));
    assert_true(means(store, REF_CASE, "cdcdcdcd", 0xCD));
    assert_int_equal(finding_status(store, REF_CASE, "Balai"), RB_NOT_FOUND);
    assert_int_equal(finding_status(store, REF_GROUP, "K-3273-26-7Q4M"), RB_NOT_FOUND);
}

static void a_case_that_one_was_in_is_still_found(void **state) {
    struct store *store = ((struct fixture *)*state)->store;

    put_case(store, 0xAB, "K-3273-26-7Q4M", MEMBER_LEFT);
    assert_true(means(store, REF_CASE, "K-3273-26-7Q4M", 0xAB));
    put_case(store, 0xCD, "K-3273-26-7Q4M", MEMBER_INVITED); /* the present one comes first */
    assert_true(means(store, REF_CASE, "K-3273-26-7Q4M", 0xCD));
}

static void threads_and_posts_of_a_case_are_found_without_accepting_it(void **state) {
    struct store *store = ((struct fixture *)*state)->store;

    put_case(store, 1, "K-3273-26-7Q4M", MEMBER_INVITED);
    put_case(store, 2, "K-3273-26-8XYZ", MEMBER_LEFT);
    put_thread(store, 1, 0xAB, "Rujukan");
    put_thread(store, 2, 0xCD, "Lama");
    put_post(store, 1, 0xAB, 0x33);
    put_post(store, 2, 0xCD, 0x44);
    assert_int_equal(number_of(store, REF_THREAD, 0, 0xAB), 1);
    assert_int_equal(number_of(store, REF_POST, 0xAB, 0x33), 1);
    assert_true(means(store, REF_THREAD, "rujukan", 0xAB));
    assert_true(means(store, REF_POST, "1.1", 0x33));
    assert_true(means(store, REF_POST, "33333333", 0x33));
    assert_int_equal(finding_status(store, REF_THREAD, "Lama"), RB_NOT_FOUND);
    assert_int_equal(finding_status(store, REF_POST, "44444444"), RB_NOT_FOUND);
}

static void an_entry_is_found_by_the_numbers_of_its_case(void **state) {
    struct store *store = ((struct fixture *)*state)->store;

    put_case(store, 1, "K-3273-26-7Q4M", MEMBER_INVITED);
    put_case(store, 2, "K-3273-26-8XYZ", MEMBER_LEFT);
    put_entry(store, 1, 0x33);
    put_entry(store, 1, 0x34);
    put_entry(store, 2, 0x44);
    assert_int_equal(number_of(store, REF_CASE, 0, 1), 1);
    assert_int_equal(number_of(store, REF_CASE, 0, 2), 2);
    assert_int_equal(number_of(store, REF_ENTRY, 1, 0x33), 1);
    assert_int_equal(number_of(store, REF_ENTRY, 1, 0x34), 2);
    assert_int_equal(number_of(store, REF_ENTRY, 2, 0x44), 1);
    assert_true(means(store, REF_ENTRY, "1.2", 0x34));
    assert_true(means(store, REF_ENTRY, "#1.1", 0x33));
    assert_true(means(store, REF_ENTRY, "34343434", 0x34));
    assert_int_equal(finding_status(store, REF_ENTRY, "1.3"), RB_NOT_FOUND);
    assert_int_equal(finding_status(store, REF_ENTRY, "2.1"), RB_NOT_FOUND); /* one has left */
    assert_int_equal(finding_status(store, REF_ENTRY, "44444444"), RB_NOT_FOUND);
    assert_int_equal(finding_status(store, REF_ENTRY, "1"), RB_MALFORMED);
    assert_int_equal(finding_status(store, REF_POST, "1.2"), RB_NOT_FOUND);
}

/* ---- Places ---- */

static void a_bare_number_is_the_place_of_a_group(void **state) {
    struct store *store = ((struct fixture *)*state)->store;

    put_group(store, 0xAB, "Balai", MEMBER_ACCEPTED);
    put_case(store, 0xCD, "K-3273-26-7Q4M", MEMBER_ACCEPTED);
    put_case(store, 0xEF, "K-3273-26-8XYZ", MEMBER_ACCEPTED);
    assert_int_equal(number_of(store, REF_GROUP, 0, 0xAB), 1);
    assert_int_equal(number_of(store, REF_CASE, 0, 0xCD), 1);
    assert_int_equal(number_of(store, REF_CASE, 0, 0xEF), 2);
    assert_true(means(store, REF_CIRCLE, "1", 0xAB));
    assert_true(means(store, REF_CIRCLE, "#1", 0xAB));
    assert_int_equal(finding_status(store, REF_CIRCLE, "2"), RB_NOT_FOUND);
    assert_int_equal(finding_status(store, REF_CIRCLE, "#2"), RB_NOT_FOUND);
}

static void a_place_is_a_group_or_a_case(void **state) {
    struct store *store = ((struct fixture *)*state)->store;
    struct ref_candidates candidates = { 0 };
    struct object object;

    put_group(store, 0xAB, "Balai", MEMBER_ACCEPTED);
    put_case(store, 0xCD, "K-3273-26-7Q4M", MEMBER_INVITED);
    assert_true(means(store, REF_CIRCLE, "balai", 0xAB));
    assert_true(means(store, REF_CIRCLE, "abababab", 0xAB));
    assert_true(means(store, REF_CIRCLE, "k-3273-26-7q4m", 0xCD));
    assert_true(means(store, REF_CIRCLE, "cdcdcdcd", 0xCD));
    put_group(store, 0xEF, "K-3273-26-7Q4M", MEMBER_ACCEPTED);
    assert_int_equal(ref_find(store, REF_CIRCLE, span_text("K-3273-26-7Q4M"), &object, &candidates),
                     RB_AMBIGUOUS);
    assert_int_equal(candidates.count, 2);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(numbers_are_one_series_for_each_sort),
        TEST(posts_are_numbered_within_their_thread),
        TEST(numbers_stay_after_opening_again),
        TEST(a_number_of_an_open_transaction_goes_with_it),
        TEST(a_group_is_found_by_every_form),
        TEST(a_whole_identifier_is_found_and_a_longer_one_is_not),
        TEST(a_number_wins_over_an_identifier_and_that_over_a_name),
        TEST(two_groups_of_a_name_are_listed),
        TEST(a_group_that_was_left_gives_its_name_away),
        TEST(threads_are_found_in_accepted_groups_only),
        TEST(a_post_is_found_by_its_place_or_its_identifier),
        TEST(a_post_of_an_invitation_is_not_found),
        TEST(what_can_mean_nothing_is_malformed),
        TEST(a_contact_is_found_until_it_is_removed),
        TEST(a_case_is_found_by_number_code_and_identifier),
        TEST(a_case_that_one_was_in_is_still_found),
        TEST(threads_and_posts_of_a_case_are_found_without_accepting_it),
        TEST(an_entry_is_found_by_the_numbers_of_its_case),
        TEST(a_bare_number_is_the_place_of_a_group),
        TEST(a_place_is_a_group_or_a_case),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
