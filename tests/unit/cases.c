/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/cases.h"
#include "store/contacts.h"
#include "store/db.h"
#include "tests/support/forger.h"
#include "tests/support/people.h"

#include <stdio.h>
#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static char page[TRANSCRIPT_BYTES];

static const struct case_record boy_of_14 = {
    .cluster = "ABH", .has_age = true, .age = 14, .age_on = "2024-06-01", .sex = SEX_MALE
};

static int four_people(void **state) {
    (void)state;
    people_new(&people, 4);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

static void open_case(size_t who) {
    assert_int_equal(case_new(people.stores[who], &boy_of_14, people_now(&people), circle), RB_OK);
}

static void verify(size_t who, size_t whom) {
    assert_int_equal(
        contact_set_verified(people.stores[who], people_id(&people, whom), people.now_ms), RB_OK);
}

static enum rb_status share(size_t who, size_t whom) {
    return case_share(people.stores[who], circle, people_id(&people, whom), people_now(&people));
}

static void share_and_meet(size_t who, size_t whom) {
    verify(who, whom);
    assert_int_equal(share(who, whom), RB_OK);
    people_meet(&people, who, whom);
}

static void note(size_t who, const char *text, uint8_t ref[static REF_BYTES]) {
    assert_int_equal(
        case_note(people.stores[who], circle, span_text(text), people_now(&people), ref), RB_OK);
}

static struct case_row row_of(size_t who) {
    struct case_row row;

    assert_int_equal(case_get(people.stores[who], circle, &row), RB_OK);
    return row;
}

static void leave(size_t who) {
    assert_int_equal(store_write_begin(people.stores[who]), RB_OK);
    enum rb_status status = author_leave(people.stores[who], circle, people_now(&people));
    assert_int_equal(store_write_end(people.stores[who], status), RB_OK);
}

/* ---- What is shown, as text ---- */

static size_t page_len;

static bool entry_to_page(void *context, const struct entry_row *row) {
    (void)context;
    page_len += (size_t)snprintf(page + page_len, sizeof page - page_len, "%d.%d %s: %.*s\n",
                                 (int)row->case_number, (int)row->number, row->author_name,
                                 (int)row->entry.text.len, (const char *)row->entry.text.data);
    return true;
}

/* "1.1 Ayu: text\n", entry after entry. */
static void assert_entries(size_t who, const char *expected) {
    page[page_len = 0] = '\0';
    assert_int_equal(case_entries(people.stores[who], circle, entry_to_page, NULL), RB_OK);
    assert_string_equal(page, expected);
}

static bool person_to_page(void *context, const struct group_person *person) {
    static const char *const states[] = { "invited", "accepted", "declined", "left" };
    (void)context;

    page_len += (size_t)snprintf(page + page_len, sizeof page - page_len, "%s %d %s\n",
                                 person->name, (int)person->role, states[person->state]);
    return true;
}

static void assert_team(size_t who, const char *expected) {
    page[page_len = 0] = '\0';
    assert_int_equal(case_people(people.stores[who], circle, person_to_page, NULL), RB_OK);
    assert_string_equal(page, expected);
}

static bool case_to_page(void *context, const struct case_row *row) {
    (void)context;
    page_len += (size_t)snprintf(page + page_len, sizeof page - page_len, "%d ", (int)row->number);
    return true;
}

static void assert_list(size_t who, bool all, const char *expected) {
    page[page_len = 0] = '\0';
    assert_int_equal(case_each(people.stores[who], all, case_to_page, NULL), RB_OK);
    assert_string_equal(page, expected);
}

static uint64_t own_head(size_t who) {
    struct log_line line;

    return people_own_log(&people, who, circle, &line) ? line.head : 0;
}

/* ---- Rebuilding ---- */

static void dump(size_t who, struct writer *out) {
    static const char sql[] =
        "SELECT quote(circle) || quote(hlc) || quote(area) || quote(year) || quote(cluster) ||"
        "  quote(age) || quote(age_unit) || quote(age_on) || quote(sex) FROM case_record"
        " UNION ALL"
        " SELECT quote(rcv) || quote(ref) || quote(circle) || quote(log) || quote(seq) ||"
        "  quote(person) || quote(hlc) || quote(odd_time) || quote(text) FROM entry"
        " UNION ALL"
        " SELECT quote(circle) || quote(kind) || quote(name) || quote(name_hlc) || quote(name_ref)"
        "  FROM circle_view";
    struct db_row *row = db_query(store_db(people.stores[who]), sql);

    writer_init(out, TRANSCRIPT_BYTES);
    while (db_step(row)) {
        writer_span(out, db_text(row, 0));
        writer_u8(out, '\n');
    }
    assert_int_equal(db_end(row), RB_OK);
    assert_int_equal(writer_end(out), RB_OK);
}

static void check_rebuild(size_t who) {
    struct writer before, after;

    dump(who, &before);
    assert_true(before.len > 0);
    people.now_ms += 10 * CLOCK_AHEAD_MS_MAX; /* when it is rebuilt makes no difference */
    assert_int_equal(views_rebuild(people.stores[who]), RB_OK);
    dump(who, &after);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.data, after.data, before.len);
    writer_clear(&before);
    writer_clear(&after);
}

/* ---- Opening ---- */

static void a_new_case_belongs_to_its_opener(void **state) {
    (void)state;

    open_case(AYU);
    const struct case_row row = row_of(AYU);
    assert_int_equal(row.number, 1);
    assert_true(row.is_member);
    assert_int_equal(row.stage, STAGE_INTAKE);
    assert_int_equal(row.members, 1);
    assert_int_equal(row.entries, 0);
    assert_memory_equal(row.owner, people_id(&people, AYU), HASH_BYTES);
    assert_string_equal(row.owner_name, "Ayu");
    assert_int_equal(row.last_ms, people.now_ms);
    assert_team(AYU, "Ayu 3 accepted\n");
}

static void a_case_keeps_what_was_told(void **state) {
    struct case_row row;
    (void)state;

    open_case(AYU);
    row = row_of(AYU);
    assert_string_equal(row.record.cluster, "ABH");
    assert_true(row.record.has_age);
    assert_int_equal(row.record.age, 14);
    assert_int_equal(row.record.age_unit, AGE_YEARS);
    assert_string_equal(row.record.age_on, "2024-06-01");
    assert_int_equal(row.record.sex, SEX_MALE);

    const struct case_record untold = { 0 };
    assert_int_equal(case_new(people.stores[AYU], &untold, people_now(&people), circle), RB_OK);
    row = row_of(AYU);
    assert_string_equal(row.record.cluster, "");
    assert_false(row.record.has_age);
    assert_string_equal(row.record.age_on, "");
    assert_int_equal(row.record.sex, SEX_UNKNOWN);
}

static void the_code_has_area_year_and_circle(void **state) {
    char code[CASE_CODE_BYTES + 1];
    (void)state;

    open_case(AYU);
    const struct case_row row = row_of(AYU);
    case_code(code, span_text("3273"), case_year_at(people.now_ms), circle);
    assert_string_equal(row.code, code);
    assert_string_equal(row.record.area, "3273");
    assert_int_equal(row.record.year, case_year_at(people.now_ms));
}

static void a_record_that_is_not_valid_opens_nothing(void **state) {
    struct case_record record = boy_of_14;
    (void)state;

    record.age = CASE_AGE_YEARS_MAX + 1;
    assert_int_equal(case_new(people.stores[AYU], &record, people_now(&people), circle),
                     RB_MALFORMED);
    record = boy_of_14;
    memcpy(record.cluster, "XYZ", 4);
    assert_int_equal(case_new(people.stores[AYU], &record, people_now(&people), circle),
                     RB_MALFORMED);
    assert_list(AYU, true, "");
}

static void cases_are_listed_by_number(void **state) {
    (void)state;

    for (int i = 0; i < 3; i++) {
        open_case(AYU);
    }
    assert_int_equal(row_of(AYU).number, 1); /* the first that is seen, not the first made */
    assert_list(AYU, false, "1 2 3 ");
    assert_list(BAYU, true, "");
}

static void a_group_is_no_case(void **state) {
    struct case_row row;
    uint8_t ref[REF_BYTES];
    (void)state;

    people_group(&people, 1, circle);
    assert_int_equal(case_get(people.stores[AYU], circle, &row), RB_NOT_FOUND);
    assert_int_equal(case_note(people.stores[AYU], circle, span_text("ya"), people.now_ms, ref),
                     RB_NOT_FOUND);
    verify(AYU, BAYU);
    assert_int_equal(share(AYU, BAYU), RB_NOT_FOUND);
    assert_list(AYU, true, "");
}

/* ---- Sharing ---- */

static void a_case_is_shared_with_verified_contacts_only(void **state) {
    (void)state;

    open_case(AYU);
    assert_int_equal(share(AYU, BAYU), RB_UNSAFE);
    assert_team(AYU, "Ayu 3 accepted\n");
    verify(AYU, BAYU);
    assert_int_equal(share(AYU, BAYU), RB_OK);
    assert_team(AYU, "Ayu 3 accepted\nBayu 1 invited\n");
    assert_int_equal(share(AYU, BAYU), RB_EXISTS);
    assert_int_equal(share(AYU, AYU), RB_EXISTS);
    assert_int_equal(row_of(AYU).members, 2);
}

static void a_case_is_not_shared_with_strangers(void **state) {
    const uint8_t nobody[HASH_BYTES] = { 1 };
    (void)state;

    open_case(AYU);
    assert_int_equal(case_check_share(people.stores[AYU], circle, nobody), RB_NOT_FOUND);
    assert_int_equal(case_check_share(people.stores[BAYU], circle, people_id(&people, CITRA)),
                     RB_NOT_FOUND);
}

static void who_is_shared_with_reads_from_the_beginning(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    open_case(AYU);
    note(AYU, "kunjungan pertama", ref);
    note(AYU, "rapor diminta", ref);
    share_and_meet(AYU, BAYU);
    const struct case_row row = row_of(BAYU);
    assert_true(row.is_member);
    assert_string_equal(row.code, row_of(AYU).code);
    assert_string_equal(row.record.cluster, "ABH");
    assert_string_equal(row.owner_name, "Ayu");
    assert_int_equal(row.entries, 2);
    assert_int_equal(row.unread, 2);
    assert_int_equal(row_of(AYU).unread, 0);
    assert_list(BAYU, false, "1 ");
    assert_entries(BAYU, "1.1 Ayu: kunjungan pertama\n1.2 Ayu: rapor diminta\n");
    assert_int_equal(row_of(BAYU).unread, 0);
    assert_false(row_of(BAYU).is_taken);
}

static void writing_into_a_case_accepts_it(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    open_case(AYU);
    share_and_meet(AYU, BAYU);
    assert_team(BAYU, "Ayu 3 accepted\nBayu 1 invited\n");
    note(BAYU, "saya ikut", ref);
    assert_team(BAYU, "Ayu 3 accepted\nBayu 1 accepted\n");
    assert_int_equal(own_head(BAYU), 3); /* LOGCERT, ACCEPT, the entry */
    note(BAYU, "besok ke sekolah", ref);
    assert_int_equal(own_head(BAYU), 4);
    people_meet(&people, AYU, BAYU);
    assert_team(AYU, "Ayu 3 accepted\nBayu 1 accepted\n");
    assert_entries(AYU, "1.1 Bayu: saya ikut\n1.2 Bayu: besok ke sekolah\n");
}

static void writing_into_a_group_does_not_accept_it(void **state) {
    struct new_content draft = { .type = KIND_THREAD };
    uint8_t ref[REF_BYTES];
    (void)state;

    people_group(&people, 1, circle);
    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, BAYU), people_now(&people)),
        RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(store_write_begin(people.stores[BAYU]), RB_OK);
    enum rb_status status =
        author_write(people.stores[BAYU], circle, &draft, people_now(&people), ref);
    assert_int_equal(store_write_end(people.stores[BAYU], status), RB_NOT_ACCEPTED);
    assert_int_equal(own_head(BAYU), 0);
}

/* What may not be written accepts nothing either. */
static void a_refused_record_leaves_no_acceptance(void **state) {
    const uint8_t body[] = { 0xa2, 0x00, 0x64, '3', '2', '7', '3', 0x01, 0x19, 0x07, 0xe8 };
    const struct new_content draft = { .type = KIND_CASE, .body = span_of(body, sizeof body) };
    uint8_t ref[REF_BYTES];
    (void)state;

    open_case(AYU);
    share_and_meet(AYU, BAYU);
    assert_int_equal(store_write_begin(people.stores[BAYU]), RB_OK);
    enum rb_status status =
        author_write(people.stores[BAYU], circle, &draft, people_now(&people), ref);
    assert_int_equal(store_write_end(people.stores[BAYU], status), RB_REFUSED);
    assert_team(BAYU, "Ayu 3 accepted\nBayu 1 invited\n");
    assert_int_equal(own_head(BAYU), 0);
}

static void who_is_not_the_owner_cannot_share(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    open_case(AYU);
    share_and_meet(AYU, BAYU);
    verify(BAYU, CITRA);
    assert_int_equal(share(BAYU, CITRA), RB_REFUSED);
    note(BAYU, "saya ikut", ref);
    assert_int_equal(share(BAYU, CITRA), RB_REFUSED);

    /* Nor below the check. */
    uint64_t head = own_head(BAYU);
    assert_int_equal(store_write_begin(people.stores[BAYU]), RB_OK);
    enum rb_status status = author_invite(people.stores[BAYU], circle, people_id(&people, CITRA),
                                          CIRCLE_WRITER, 0, people_now(&people));
    assert_int_equal(store_write_end(people.stores[BAYU], status), RB_REFUSED);
    assert_int_equal(own_head(BAYU), head);
}

static void who_is_not_in_the_team_has_nothing_of_it(void **state) {
    struct store_sizes sizes;
    struct case_row row;
    uint8_t ref[REF_BYTES];
    (void)state;

    open_case(AYU);
    share_and_meet(AYU, BAYU);
    note(BAYU, "saya ikut", ref);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(people_meet(&people, AYU, CITRA), 0);
    assert_int_equal(people_meet(&people, BAYU, CITRA), 0);
    assert_int_equal(store_sizes(people.stores[CITRA], &sizes), RB_OK);
    assert_int_equal(sizes.events, 0);
    assert_int_equal(case_get(people.stores[CITRA], circle, &row), RB_NOT_FOUND);
    assert_list(CITRA, true, "");
}

static void who_has_left_a_case_sees_it_no_more(void **state) {
    struct entry_row entry;
    uint8_t ref[REF_BYTES];
    (void)state;

    open_case(AYU);
    share_and_meet(AYU, BAYU);
    note(BAYU, "saya ikut", ref);
    leave(BAYU);
    assert_false(row_of(BAYU).is_member);
    assert_list(BAYU, false, "");
    assert_list(BAYU, true, "1 ");
    assert_int_equal(case_entries(people.stores[BAYU], circle, entry_to_page, NULL), RB_NOT_MEMBER);
    assert_int_equal(entry_get(people.stores[BAYU], ref, &entry), RB_NOT_MEMBER);
    assert_int_equal(case_note(people.stores[BAYU], circle, span_text("lagi"), people.now_ms, ref),
                     RB_NOT_MEMBER);
    assert_int_equal(share(BAYU, CITRA), RB_NOT_MEMBER);
    people_meet(&people, AYU, BAYU);
    assert_team(AYU, "Ayu 3 accepted\nBayu 1 left\n");
    assert_int_equal(row_of(AYU).members, 1);
}

/* An owner who leaves does not leave a case behind that nobody can share: the senior of those who
 * stay counts as owner, and sharing accepts as writing does. */
static void the_senior_of_those_who_stay_owns_the_case(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    open_case(AYU);
    note(AYU, "diserahkan", ref);
    share_and_meet(AYU, BAYU);
    leave(AYU);
    people_meet(&people, AYU, BAYU);
    assert_string_equal(row_of(BAYU).owner_name, "Bayu");
    share_and_meet(BAYU, CITRA);
    assert_team(CITRA, "Bayu 3 accepted\nCitra 1 invited\nAyu 3 left\n");
    assert_entries(CITRA, "1.1 Ayu: diserahkan\n");
}

/* ---- Entries ---- */

static void entries_stand_in_the_order_of_writing(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    open_case(AYU);
    share_and_meet(AYU, BAYU);
    note(AYU, "satu", ref);
    note(BAYU, "dua", ref);
    note(AYU, "tiga", ref);
    people_meet(&people, AYU, BAYU);
    /* Numbers are given at first sight and stay: each has seen his own before the other's. */
    assert_entries(AYU, "1.1 Ayu: satu\n1.3 Bayu: dua\n1.2 Ayu: tiga\n");
    assert_entries(BAYU, "1.2 Ayu: satu\n1.1 Bayu: dua\n1.3 Ayu: tiga\n");
    people_reopen(&people, BAYU);
    assert_int_equal(views_rebuild(people.stores[BAYU]), RB_OK);
    assert_entries(BAYU, "1.2 Ayu: satu\n1.1 Bayu: dua\n1.3 Ayu: tiga\n");
}

static void each_case_counts_its_own_entries(void **state) {
    uint8_t first[HASH_BYTES], ref[REF_BYTES];
    (void)state;

    open_case(AYU);
    memcpy(first, circle, sizeof first);
    note(AYU, "di kasus satu", ref);
    open_case(AYU);
    note(AYU, "di kasus dua", ref);
    note(AYU, "lagi", ref);
    assert_entries(AYU, "2.1 Ayu: di kasus dua\n2.2 Ayu: lagi\n");
    memcpy(circle, first, sizeof circle);
    assert_entries(AYU, "1.1 Ayu: di kasus satu\n");
    assert_int_equal(row_of(AYU).entries, 1);
}

static bool stop_at_once(void *context, const struct entry_row *row) {
    size_t *count = context;

    assert_true(row->entry.text.len > 0);
    (*count)++;
    return false;
}

static void who_has_seen_enough_is_shown_no_more(void **state) {
    uint8_t ref[REF_BYTES];
    size_t count = 0;
    (void)state;

    open_case(AYU);
    note(AYU, "satu", ref);
    note(AYU, "dua", ref);
    assert_int_equal(case_entries(people.stores[AYU], circle, stop_at_once, &count), RB_OK);
    assert_int_equal(count, 1);
}

static void an_entry_is_delivered_when_somebody_has_it(void **state) {
    struct entry_row row;
    uint8_t ref[REF_BYTES], unknown[REF_BYTES] = { 1 };
    (void)state;

    open_case(AYU);
    share_and_meet(AYU, BAYU);
    note(AYU, "satu", ref);
    assert_int_equal(entry_get(people.stores[AYU], ref, &row), RB_OK);
    assert_false(row.delivered);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(entry_get(people.stores[AYU], ref, &row), RB_OK);
    assert_true(row.delivered);
    assert_int_equal(row.entry.text.len, 0);

    /* At the reader, who has not looked at the case before. */
    assert_int_equal(entry_get(people.stores[BAYU], ref, &row), RB_OK);
    assert_true(row.delivered);
    assert_string_equal(row.author_name, "Ayu");
    assert_int_equal(row.case_number, 1);
    assert_int_equal(row.number, 1);
    assert_int_equal(entry_get(people.stores[BAYU], unknown, &row), RB_NOT_FOUND);
}

static void an_entry_has_a_text_within_the_limit(void **state) {
    static char text[TEXT_BYTES_MAX + 1];
    uint8_t ref[REF_BYTES];
    struct store *store;
    (void)state;

    open_case(AYU);
    store = people.stores[AYU];
    memset(text, 'a', sizeof text);
    assert_int_equal(case_note(store, circle, span_of(text, 0), people.now_ms, ref), RB_MALFORMED);
    assert_int_equal(case_note(store, circle, span_text("\xff"), people.now_ms, ref), RB_MALFORMED);
    assert_int_equal(case_note(store, circle, span_of(text, sizeof text), people.now_ms, ref),
                     RB_TOO_LARGE);
    assert_int_equal(case_note(store, circle, span_of(text, TEXT_BYTES_MAX), people.now_ms, ref),
                     RB_OK);
    assert_int_equal(row_of(AYU).entries, 1);
}

/* ---- What no honest store writes ---- */

/* One record or entry, dated as the test wants, in a log of its own by a device of `who`. */
static void forge(size_t who, size_t to, uint64_t type, uint64_t hlc, struct span body) {
    struct payload payload = { .type = type, .hlc = hlc, .body = body, .ctl_count = 1 };
    struct forger forger;
    struct run run;

    forger_new(&forger, people.stores[who], circle);
    forger_head(people.stores[who], circle, payload.ctl[0]);
    forger_logcert(&forger, people.stores[who], circle, &run);
    assert_int_equal(people_ingest(&people, to, circle, &run).status, RB_OK);
    forger_event(&forger, EVENT_CONTENT, &payload, &run);
    assert_int_equal(people_ingest(&people, to, circle, &run).status, RB_OK);
    forger_clear(&forger);
}

static void forge_case(size_t who, size_t to, uint64_t hlc, const char *area) {
    struct case_record record = { .year = 2020 };
    struct writer body;

    memcpy(record.area, area, CASE_AREA_BYTES);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    case_record_encode(&body, &record);
    forge(who, to, KIND_CASE, hlc, writer_view(&body));
    writer_clear(&body);
}

/* Code and record are those of one event, whichever came first. */
static void of_several_records_the_oldest_counts(void **state) {
    char code[CASE_CODE_BYTES + 1];
    (void)state;

    open_case(AYU);
    const uint64_t genesis = (uint64_t)people.now_ms << 16;
    share_and_meet(AYU, BAYU);
    forge_case(AYU, BAYU, genesis + 1000, "1111"); /* newer */
    assert_string_equal(row_of(BAYU).record.area, "3273");
    forge_case(AYU, BAYU, genesis + 1, "2222"); /* older */
    assert_string_equal(row_of(BAYU).record.area, "2222");
    assert_int_equal(row_of(BAYU).record.year, 2020);
    assert_string_equal(row_of(BAYU).record.cluster, "");
    assert_false(row_of(BAYU).record.has_age);
    case_code(code, span_text("2222"), 2020, circle);
    assert_string_equal(row_of(BAYU).code, code);
    forge_case(AYU, BAYU, genesis - 1, "3333"); /* older than the case itself */
    assert_string_equal(row_of(BAYU).record.area, "2222");
    forge_case(BAYU, BAYU, genesis + 1, "4444"); /* not by the owner */
    assert_string_equal(row_of(BAYU).record.area, "2222");
    check_rebuild(BAYU);
}

static void an_entry_with_an_impossible_clock_stands_where_it_arrived(void **state) {
    const uint8_t body[] = { 0xa1, 0x00, 0x62, 'y', 'a' };
    uint8_t ref[REF_BYTES];
    (void)state;

    open_case(AYU);
    share_and_meet(AYU, BAYU);
    note(BAYU, "satu", ref);
    people_meet(&people, AYU, BAYU);
    people.now_ms += 60000;
    forge(BAYU, AYU, KIND_ENTRY, (uint64_t)(people.now_ms + 100 * CLOCK_AHEAD_MS_MAX) << 16,
          span_of(body, sizeof body));
    people.now_ms += 60000;
    note(AYU, "tiga", ref);
    assert_entries(AYU, "1.1 Bayu: satu\n1.2 Bayu: ya\n1.3 Ayu: tiga\n");
    assert_int_equal(row_of(AYU).last_ms, people.now_ms);
    check_rebuild(AYU);
}

/* ---- Views ---- */

static void views_made_again_are_the_same(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    open_case(AYU);
    share_and_meet(AYU, BAYU);
    for (size_t i = 0; i < 6; i++) {
        note(i % 2 == 0 ? AYU : BAYU, "catatan", ref);
        people_meet(&people, AYU, BAYU);
    }
    open_case(BAYU);
    share_and_meet(BAYU, CITRA);
    note(CITRA, "saya pindah tugas", ref);
    leave(CITRA);
    people_meet(&people, BAYU, CITRA);
    for (size_t who = AYU; who <= CITRA; who++) {
        check_rebuild(who);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, four_people, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_new_case_belongs_to_its_opener),
        TEST(a_case_keeps_what_was_told),
        TEST(the_code_has_area_year_and_circle),
        TEST(a_record_that_is_not_valid_opens_nothing),
        TEST(cases_are_listed_by_number),
        TEST(a_group_is_no_case),
        TEST(a_case_is_shared_with_verified_contacts_only),
        TEST(a_case_is_not_shared_with_strangers),
        TEST(who_is_shared_with_reads_from_the_beginning),
        TEST(writing_into_a_case_accepts_it),
        TEST(writing_into_a_group_does_not_accept_it),
        TEST(a_refused_record_leaves_no_acceptance),
        TEST(who_is_not_the_owner_cannot_share),
        TEST(who_is_not_in_the_team_has_nothing_of_it),
        TEST(who_has_left_a_case_sees_it_no_more),
        TEST(the_senior_of_those_who_stay_owns_the_case),
        TEST(entries_stand_in_the_order_of_writing),
        TEST(each_case_counts_its_own_entries),
        TEST(who_has_seen_enough_is_shown_no_more),
        TEST(an_entry_is_delivered_when_somebody_has_it),
        TEST(an_entry_has_a_text_within_the_limit),
        TEST(of_several_records_the_oldest_counts),
        TEST(an_entry_with_an_impossible_clock_stands_where_it_arrived),
        TEST(views_made_again_are_the_same),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
