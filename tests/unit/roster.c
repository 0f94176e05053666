/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rosters: what the home of an office writes, and what those see whom it names.  Ayu holds the
 * office of a district and has a letter of her own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/group.h"
#include "store/cases.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/revocations.h"
#include "store/roster.h"
#include "store/writing.h"
#include "tests/support/rosters.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DAY_MS = 24 * 3600 * 1000 };

static struct people people;
static struct office_row office;
static char page[TRANSCRIPT_BYTES];

/* ---- The scene ---- */

static void give_letter(size_t who, const char *number) {
    rosters_give(&people, &office, who, number);
}

static size_t upkeep(void) {
    return rosters_upkeep(&people);
}

static int an_office(void **state) {
    (void)state;

    people_new(&people, 3);
    rosters_found(&people, &office);
    return 0;
}

/* ... with letters for all three, who have met. */
static int a_roster(void **state) {
    (void)an_office(state);
    give_letter(AYU, "800/1");
    give_letter(BAYU, "800/2");
    give_letter(CITRA, "800/3");
    assert_int_equal(upkeep(), 0);
    people_meet(&people, AYU, BAYU);
    return 0;
}

static int four_people(void **state) {
    (void)state;

    people_new(&people, 4);
    rosters_found(&people, &office);
    for (size_t who = AYU; who <= DIMAS; who++) {
        char number[] = { '8', '0', '0', '/', (char)('1' + who), '\0' };
        give_letter(who, number);
    }
    assert_int_equal(upkeep(), 0);
    people_meet(&people, AYU, BAYU);
    people_meet(&people, BAYU, DIMAS);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Looking ---- */

static bool keep_roster(void *context, const struct roster_row *row) {
    *(struct roster_row *)context = *row;
    return true;
}

/* The roster that somebody sees; one without a name if he sees none. */
static struct roster_row roster_of(size_t who, int64_t now_ms) {
    struct roster_row row = { .name = "" };

    assert_int_equal(rosters_each(people.stores[who], now_ms, keep_roster, &row), RB_OK);
    return row;
}

static bool write_person(void *context, const struct roster_person *person) {
    struct writer *out = context;
    char line[512];

    (void)snprintf(line, sizeof line, "%s %s%s%s\n", person->name, person->number,
                   person->is_self ? " self" : "", person->is_revoked ? " revoked" : "");
    writer_span(out, span_text(line));
    return true;
}

static const char *people_of(size_t who, int64_t now_ms) {
    const struct roster_row row = roster_of(who, now_ms);
    struct writer out;

    writer_init(&out, sizeof page - 1);
    assert_int_equal(roster_people_each(people.stores[who], &row, now_ms, write_person, &out),
                     RB_OK);
    memcpy(page, out.data != NULL ? out.data : (const uint8_t *)"", out.len);
    page[out.len] = '\0';
    writer_clear(&out);
    return page;
}

static int64_t number_in(size_t who, const char *sql) {
    struct db_row *row = db_query(store_db(people.stores[who]), sql);

    assert_true(db_step(row));
    const int64_t value = db_int(row, 0);
    assert_int_equal(db_end(row), RB_OK);
    return value;
}

static int64_t days_written(size_t who) {
    return number_in(who, "SELECT count(*) FROM roster_day");
}

static int64_t events_of(size_t who) {
    return number_in(who, "SELECT count(*) FROM event");
}

/* ---- Founding ---- */

static void an_office_without_letters_founds_nothing(void **state) {
    (void)state;

    assert_int_equal(upkeep(), 0);
    assert_int_equal(number_in(AYU, "SELECT count(*) FROM circle"), 0);
}

static void a_roster_waits_until_its_keeper_has_a_letter_himself(void **state) {
    (void)state;

    give_letter(BAYU, "800/2");
    assert_int_equal(upkeep(), 1);
    assert_int_equal(number_in(AYU, "SELECT count(*) FROM circle"), 0);
    give_letter(AYU, "800/1");
    assert_int_equal(upkeep(), 0);
    assert_string_equal(people_of(AYU, people_now(&people)), "Ayu 800/1 self\nBayu 800/2\n");
}

static void a_letter_of_another_network_founds_no_roster(void **state) {
    struct founding other = { .office = { .seed = { 0 } } };
    const struct office_row ours = office;
    const struct office_facts facts = { span_text("Dinas Lain"), span_text("32"), RANK_PROVINCE };
    (void)state;

    assert_int_equal(
        founding_make(&other, span_text("Jaringan Lain"), &facts, people_now(&people) / 1000),
        RB_OK);
    assert_int_equal(founding_save(people.stores[AYU], &other, &office), RB_OK);
    give_letter(AYU, "1");
    office = ours;
    give_letter(BAYU, "800/2");
    (void)upkeep();
    assert_int_equal(number_in(AYU, "SELECT count(*) FROM office WHERE roster IS NOT NULL"), 1);
    assert_int_equal(
        number_in(AYU, "SELECT count(*) FROM office WHERE number = 1 AND roster IS NULL"), 1);
    founding_clear(&other);
}

/* ---- Who stands in it ---- */

static void who_has_a_letter_sees_the_others_without_being_asked(void **state) {
    (void)state;

    const int64_t now_ms = people_now(&people);
    const struct roster_row row = roster_of(BAYU, now_ms);
    assert_string_equal(row.name, "Dinas Sosial Kota Contoh");
    assert_string_equal(row.region, "3273");
    assert_int_equal(row.rank, RANK_DISTRICT);
    assert_int_equal(row.days, 0);
    assert_false(row.is_ours);
    assert_true(roster_of(AYU, now_ms).is_ours);
    assert_string_equal(people_of(BAYU, now_ms), "Ayu 800/1\nBayu 800/2 self\nCitra 800/3\n");
    assert_int_equal(number_in(BAYU, "SELECT count(*) FROM log WHERE own = 1"), 0);
}

static bool count_group(void *count, const struct group_row *row) {
    (void)row;
    ++*(size_t *)count;
    return true;
}

static bool count_case(void *count, const struct case_row *row) {
    (void)row;
    ++*(size_t *)count;
    return true;
}

static bool count_thread(void *count, const struct thread_row *row) {
    (void)row;
    ++*(size_t *)count;
    return true;
}

static void a_roster_is_no_group_and_no_case(void **state) {
    (void)state;

    for (size_t who = AYU; who <= BAYU; who++) {
        struct store *store = people.stores[who];
        size_t count = 0;
        uint64_t waiting = 1;
        assert_int_equal(group_each(store, true, count_group, &count), RB_OK);
        assert_int_equal(case_each(store, true, count_case, &count), RB_OK);
        assert_int_equal(thread_each(store, NULL, count_thread, &count), RB_OK);
        assert_int_equal(events_waiting(store, &waiting), RB_OK);
        assert_int_equal(count, 0);
        assert_int_equal(waiting, 0);
    }
}

static void who_stands_in_it_brings_it_to_another(void **state) {
    (void)state;

    people_meet(&people, BAYU, CITRA);
    assert_string_equal(people_of(CITRA, people_now(&people)),
                        "Ayu 800/1\nBayu 800/2\nCitra 800/3 self\n");
}

static void a_letter_that_was_not_taken_yet_shows_no_roster(void **state) {
    struct writer file;
    (void)state;

    give_letter(AYU, "800/1");
    rosters_letter(&people, &office, BAYU, "800/2", &file);
    assert_int_equal(upkeep(), 0);
    people_meet(&people, AYU, BAYU);
    assert_string_equal(roster_of(BAYU, people_now(&people)).name, "");
    rosters_take(&people, BAYU, &file);
    assert_string_equal(roster_of(BAYU, people_now(&people)).name, "Dinas Sosial Kota Contoh");
}

static void a_new_letter_stands_in_place_of_the_old_one(void **state) {
    (void)state;

    give_letter(BAYU, "800/9");
    assert_int_equal(upkeep(), 0);
    people_meet(&people, AYU, BAYU);
    assert_string_equal(people_of(BAYU, people_now(&people)),
                        "Ayu 800/1\nBayu 800/9 self\nCitra 800/3\n");
    const int64_t before = events_of(AYU);
    assert_int_equal(upkeep(), 0);
    assert_int_equal(events_of(AYU), before);
}

static void who_is_no_contact_waits(void **state) {
    struct store *ayu = people.stores[AYU];
    struct contact contact;
    struct writer card;
    bool renewed;
    (void)state;

    writer_init(&card, CARD_BYTES_MAX);
    struct op_pair pair;
    assert_int_equal(contact_pair(ayu, people_id(&people, BAYU), &card, &pair), RB_OK);
    give_letter(AYU, "800/1");
    give_letter(BAYU, "800/2");
    assert_int_equal(contact_remove(ayu, people_id(&people, BAYU), people_now(&people)), RB_OK);
    assert_int_equal(upkeep(), 1);
    const int64_t before = events_of(AYU);
    assert_int_equal(upkeep(), 1);
    assert_int_equal(events_of(AYU), before);
    assert_int_equal(contact_add(ayu, writer_view(&card), people_now(&people), &contact, &renewed),
                     RB_OK);
    assert_int_equal(upkeep(), 0);
    assert_string_equal(people_of(AYU, people_now(&people)), "Ayu 800/1 self\nBayu 800/2\n");
    writer_clear(&card);
}

/* A letter for Bayu that begins so many days from now; it is not taken by him. */
static void give_later_letter(const char *number, int days) {
    const struct cert *bayu = &store_self(people.stores[BAYU])->person_cert;
    const struct person_facts facts = { bayu->name, ROLE_TKSK, span_text("327304"), span_text("") };
    const struct letter_facts letter = {
        .number = span_text(number),
        .from_s = people.now_ms / 1000 + (int64_t)days * DAY_MS / 1000,
    };
    struct writer file;

    writer_init(&file, LETTER_FILE_BYTES_MAX);
    assert_int_equal(letter_issue(people.stores[AYU], &office, bayu->subject, &facts, &letter,
                                  people_now(&people), &file),
                     RB_OK);
    writer_clear(&file);
}

static void who_has_a_letter_that_has_not_begun_is_taken_in_when_it_does(void **state) {
    (void)state;

    give_letter(AYU, "800/1");
    give_later_letter("800/2", 10);
    assert_int_equal(upkeep(), 0);
    assert_string_equal(people_of(AYU, people_now(&people)), "Ayu 800/1 self\n");
    people.now_ms += 10 * (int64_t)DAY_MS;
    assert_int_equal(upkeep(), 0);
    assert_string_equal(people_of(AYU, people_now(&people)), "Ayu 800/1 self\nBayu 800/2\n");
}

static void a_letter_that_has_not_begun_takes_no_place_of_one_that_holds(void **state) {
    (void)state;

    give_later_letter("800/9", 10);
    assert_int_equal(upkeep(), 0);
    assert_string_equal(people_of(AYU, people_now(&people)),
                        "Ayu 800/1 self\nBayu 800/2\nCitra 800/3\n");
}

/* ---- Revoking ---- */

/* By his own key: nobody but he can do that besides the office. */
static void who_has_revoked_his_letter_himself_is_not_taken_in(void **state) {
    const struct store_self *bayu = store_self(people.stores[BAYU]);
    struct writer whole;
    (void)state;

    give_letter(AYU, "800/1");
    give_letter(BAYU, "800/2");
    writer_init(&whole, CERT_BYTES_MAX);
    revoke_issue(&whole, bayu->person_cert.id, bayu->person, &bayu->identity->person,
                 people_now(&people) / 1000);
    assert_int_equal(revocation_add(people.stores[AYU], writer_view(&whole), people_now(&people)),
                     RB_OK);
    assert_int_equal(upkeep(), 0);
    assert_string_equal(people_of(AYU, people_now(&people)), "Ayu 800/1 self\n");
    writer_clear(&whole);
}

static void revoke(size_t who) {
    size_t circles = 0;

    assert_int_equal(letters_revoke(people.stores[AYU], people_id(&people, who),
                                    span_text("tugas berakhir"), people_now(&people), &circles),
                     RB_OK);
    assert_int_equal(upkeep(), 0);
}

static void a_revoked_letter_is_shown_at_who_met_another_reader_only(void **state) {
    (void)state;

    assert_string_equal(people_of(DIMAS, people_now(&people)),
                        "Ayu 800/1\nBayu 800/2\nCitra 800/3\nDimas 800/4 self\n");
    revoke(CITRA);
    people_meet(&people, AYU, BAYU);
    people_meet(&people, BAYU, DIMAS);
    assert_string_equal(people_of(DIMAS, people_now(&people)),
                        "Ayu 800/1\nBayu 800/2\nCitra 800/3 revoked\nDimas 800/4 self\n");
    const int64_t later = people_now(&people) + (int64_t)(ROSTER_REVOKED_DAYS + 1) * DAY_MS;
    assert_string_equal(people_of(DIMAS, later), "Ayu 800/1\nBayu 800/2\nDimas 800/4 self\n");
}

static void who_was_revoked_and_gets_a_new_letter_is_back(void **state) {
    (void)state;

    revoke(BAYU);
    give_letter(BAYU, "800/7");
    assert_int_equal(upkeep(), 0);
    people_meet(&people, AYU, BAYU);
    assert_string_equal(people_of(BAYU, people_now(&people)),
                        "Ayu 800/1\nBayu 800/7 self\nCitra 800/3\n");
}

static void a_revocation_is_written_once(void **state) {
    (void)state;

    revoke(BAYU);
    const int64_t before = events_of(AYU);
    assert_int_equal(upkeep(), 0);
    assert_int_equal(upkeep(), 0);
    assert_int_equal(events_of(AYU), before);
    assert_int_equal(days_written(AYU), 2); /* as it was founded, and with the revocation */
}

/* At the office his card still carries the letter that was revoked. */
static void who_was_revoked_with_the_letter_on_his_card_is_back_with_the_next_one(void **state) {
    struct contact contact;
    struct writer card;
    bool renewed;
    (void)state;

    writer_init(&card, CARD_BYTES_MAX);
    assert_int_equal(store_card(people.stores[BAYU], NULL, 0, people_now(&people), &card), RB_OK);
    assert_int_equal(contact_add(people.stores[AYU], writer_view(&card), people_now(&people),
                                 &contact, &renewed),
                     RB_OK);
    revoke(BAYU);
    give_letter(BAYU, "800/7");
    assert_int_equal(upkeep(), 0);
    assert_string_equal(people_of(AYU, people_now(&people)),
                        "Ayu 800/1 self\nBayu 800/7\nCitra 800/3\n");
    writer_clear(&card);
}

/* ---- Age ---- */

static void the_day_is_signed_once_a_day(void **state) {
    (void)state;

    assert_int_equal(days_written(AYU), 1);
    assert_int_equal(upkeep(), 0);
    assert_int_equal(days_written(AYU), 1);
    people.now_ms += DAY_MS;
    assert_int_equal(upkeep(), 0);
    assert_int_equal(upkeep(), 0);
    assert_int_equal(days_written(AYU), 2);
}

static unsigned age_at(size_t who, int64_t now_ms) {
    unsigned days = 99;

    assert_int_equal(roster_age(people.stores[who], now_ms, &days), RB_OK);
    return days;
}

static void the_age_is_the_time_since_the_newest_day_that_is_known_here(void **state) {
    (void)state;

    people.now_ms += INT64_C(9) * DAY_MS + 60000;
    assert_int_equal(age_at(BAYU, people_now(&people)), 9);
    assert_int_equal(age_at(AYU, people_now(&people)), 0); /* kept here */
    assert_int_equal(upkeep(), 0);
    assert_int_equal(age_at(BAYU, people_now(&people)), 9);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(age_at(BAYU, people_now(&people)), 0);
}

static void a_clock_that_is_behind_gives_no_age(void **state) {
    (void)state;

    assert_int_equal(age_at(BAYU, people_now(&people) - INT64_C(400) * DAY_MS), 0);
    assert_int_equal(age_at(BAYU, 0), 0);
}

static void a_day_of_a_clock_that_was_ahead_counts_as_of_when_it_came(void **state) {
    (void)state;

    const int64_t now_ms = people_now(&people);
    people.now_ms += INT64_C(300) * DAY_MS; /* Ayu's clock alone */
    assert_int_equal(upkeep(), 0);
    people.now_ms = now_ms;
    people_meet(&people, AYU, BAYU);
    assert_int_equal(age_at(BAYU, now_ms + INT64_C(9) * DAY_MS), 8);
    assert_int_equal(upkeep(), 0); /* it was set right: the day is signed at once */
    assert_int_equal(days_written(AYU), 3);
    assert_int_equal(upkeep(), 0);
    assert_int_equal(days_written(AYU), 3);
}

/* ---- Rosters of who holds no office ---- */

/* A roster that Bayu founds himself, with a day that he has copied from the right one. */
static void anybodys_circle_is_no_roster_without_the_offices_signature(void **state) {
    struct store *bayu = people.stores[BAYU];
    uint8_t circle[HASH_BYTES], ref[REF_BYTES];
    struct new_content draft = { .type = KIND_ROSTER_DAY };
    struct roster_day day;
    struct writer body;
    (void)state;

    const struct roster_row right = roster_of(AYU, people_now(&people));
    assert_int_equal(office_sign_day(people.stores[AYU], &office, right.circle,
                                     people_now(&people) / 1000, &day),
                     RB_OK);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    roster_day_encode(&body, &day);
    draft.body = writer_view(&body);
    assert_int_equal(store_write_begin(bayu), RB_OK);
    assert_int_equal(author_found(bayu, CIRCLE_ROSTER, NULL, people_now(&people), circle), RB_OK);
    assert_int_equal(author_invite(bayu, circle, people_id(&people, CITRA), CIRCLE_READER, 0,
                                   people_now(&people)),
                     RB_OK);
    assert_int_equal(author_write(bayu, circle, &draft, people_now(&people), ref), RB_OK);
    assert_int_equal(store_write_end(bayu, RB_OK), RB_OK);
    const int64_t before = days_written(CITRA);
    people_meet(&people, BAYU, CITRA);
    assert_int_equal(days_written(CITRA), before + 1); /* that of the right one */
    assert_memory_equal(roster_of(CITRA, people_now(&people)).circle, right.circle, HASH_BYTES);
    writer_clear(&body);
}

static void a_day_of_another_circle_tells_of_no_office(void **state) {
    const uint8_t other[HASH_BYTES] = { 1 };
    struct cert offices[CHAIN_CERTS_MAX] = { { .serial = 7 } };
    struct roster_day day;
    size_t count = 7;
    (void)state;

    const struct roster_row right = roster_of(AYU, people_now(&people));
    assert_int_equal(office_sign_day(people.stores[AYU], &office, right.circle,
                                     people_now(&people) / 1000, &day),
                     RB_OK);
    assert_int_equal(roster_day_verify(&day, other, offices, &count), RB_BAD_SIGNATURE);
    assert_int_equal(count, 7);
    assert_int_equal(offices[0].serial, 7);
    assert_int_equal(roster_day_verify(&day, right.circle, offices, &count), RB_OK);
    assert_int_equal(count, 2);
}

static void a_reader_cannot_sign_the_day(void **state) {
    struct new_content draft = { .type = KIND_ROSTER_DAY };
    const struct roster_row right = roster_of(BAYU, people_now(&people));
    uint8_t ref[REF_BYTES];
    struct roster_day day;
    struct writer body;
    (void)state;

    assert_int_equal(office_sign_day(people.stores[AYU], &office, right.circle,
                                     people_now(&people) / 1000, &day),
                     RB_OK);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    roster_day_encode(&body, &day);
    draft.body = writer_view(&body);
    assert_int_equal(store_write_begin(people.stores[BAYU]), RB_OK);
    const enum rb_status status =
        author_write(people.stores[BAYU], right.circle, &draft, people_now(&people), ref);
    assert_int_equal(status, RB_REFUSED);
    assert_int_equal(store_write_end(people.stores[BAYU], status), RB_REFUSED);
    writer_clear(&body);
}

/* Bayu has Citra's card with her new letter, which its office has not taken in yet, and writes an
 * ADD of her that does not count: he is a reader. */
static void a_reader_who_names_a_letter_first_keeps_nobody_out(void **state) {
    struct store *bayu = people.stores[BAYU];
    const struct roster_row right = roster_of(BAYU, people_now(&people));
    struct writing writing;
    struct writer body, card;
    struct contact contact;
    struct op_pair pair;
    bool renewed;
    (void)state;

    give_letter(CITRA, "800/9");
    writer_init(&card, CARD_BYTES_MAX);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    assert_int_equal(store_card(people.stores[CITRA], NULL, 0, people_now(&people), &card), RB_OK);
    assert_int_equal(contact_add(bayu, writer_view(&card), people_now(&people), &contact, &renewed),
                     RB_OK);
    writer_reset(&card);
    assert_int_equal(contact_pair(bayu, people_id(&people, CITRA), &card, &pair), RB_OK);
    op_add_encode(&body, CIRCLE_READER, &pair, 0);
    assert_int_equal(store_write_begin(bayu), RB_OK);
    assert_int_equal(writing_begin(&writing, bayu, right.circle, people_now(&people)), RB_OK);
    assert_int_equal(writing_prepare(&writing, GRANTS_OWN), RB_OK);
    assert_int_equal(writing_operation(&writing, OP_ADD, writer_view(&body)), RB_OK);
    writing_end(&writing);
    assert_int_equal(store_write_commit(bayu), RB_OK);
    people_meet(&people, BAYU, AYU);

    assert_int_equal(upkeep(), 0);
    assert_string_equal(people_of(AYU, people_now(&people)),
                        "Ayu 800/1 self\nBayu 800/2\nCitra 800/9\n");
    writer_clear(&body);
    writer_clear(&card);
}

/* ---- Many people ---- */

/* As many as take a moment; what one costs grows slowly with their number (docs/protocol.md). */
enum { MANY = 40, MS_A_PERSON_MAX = 200 };

static void stranger_with_letter(int64_t now_ms, unsigned nth) {
    struct stranger stranger;
    struct contact contact;
    struct writer card, file;
    char name[32];
    bool renewed;

    (void)snprintf(name, sizeof name, "Petugas %u", nth);
    stranger_new(&stranger, name);
    writer_init(&card, CARD_BYTES_MAX);
    writer_init(&file, LETTER_FILE_BYTES_MAX);
    stranger_card(&stranger, now_ms, NULL, &card);
    assert_int_equal(
        contact_add(people.stores[AYU], writer_view(&card), now_ms, &contact, &renewed), RB_OK);
    const struct person_facts facts = { span_text(name), ROLE_TKSK, span_text("327304"),
                                        span_text("") };
    const struct letter_facts letter = { .number = span_text("800/5") };
    assert_int_equal(letter_issue(people.stores[AYU], &office, contact.person_pk, &facts, &letter,
                                  now_ms, &file),
                     RB_OK);
    writer_clear(&file);
    writer_clear(&card);
    stranger_clear(&stranger);
}

static double cpu_ms(void) {
    return 1000.0 * (double)clock() / CLOCKS_PER_SEC;
}

static void dozens_of_people_are_taken_in_without_long_waiting(void **state) {
    size_t waiting = MANY, calls = 0;
    (void)state;

    give_letter(AYU, "800/1");
    for (unsigned i = 0; i < MANY; i++) {
        stranger_with_letter(people_now(&people), i);
    }
    const double begun_ms = cpu_ms();
    for (; waiting > 0 && calls < 2 + MANY / ROSTER_ADDS_AT_ONCE; calls++) {
        waiting = upkeep();
    }
    assert_int_equal(waiting, 0);
    assert_true((cpu_ms() - begun_ms) / MANY < MS_A_PERSON_MAX);
    const char *all = people_of(AYU, people_now(&people));
    assert_non_null(strstr(all, "Petugas 0 800/5\n"));
    assert_non_null(strstr(all, "Petugas 39 800/5\n"));
}

static void a_roster_is_spent_before_anybody_is_left_out_unseen(void **state) {
    const struct roster_use fresh = { .people = CIRCLE_PEOPLE_MAX / 2 };
    const struct roster_use anew = { ROSTER_LETTERS_ANEW_MAX, ROSTER_LETTERS_ANEW_MAX, 0 };
    const struct roster_use people_many = { .people = CIRCLE_PEOPLE_MAX - ROSTER_ADDS_AT_ONCE + 1 };
    const struct roster_use adds_many = { .adds =
                                              CIRCLE_ADDS_GRANTED_MAX - ROSTER_ADDS_AT_ONCE + 1 };
    const struct roster_use revoked_many = { .revokeds = CIRCLE_REVOKEDS_OWN_MAX };
    (void)state;

    assert_false(roster_is_spent(&fresh));
    assert_false(roster_is_spent(&anew)); /* or it would be founded again at once */
    assert_true(roster_is_spent(&people_many));
    assert_true(roster_is_spent(&adds_many));
    assert_true(roster_is_spent(&revoked_many));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_office_without_letters_founds_nothing, an_office,
                                        go_home),
        cmocka_unit_test_setup_teardown(a_roster_waits_until_its_keeper_has_a_letter_himself,
                                        an_office, go_home),
        cmocka_unit_test_setup_teardown(a_letter_of_another_network_founds_no_roster, an_office,
                                        go_home),
        cmocka_unit_test_setup_teardown(who_has_a_letter_sees_the_others_without_being_asked,
                                        a_roster, go_home),
        cmocka_unit_test_setup_teardown(a_roster_is_no_group_and_no_case, a_roster, go_home),
        cmocka_unit_test_setup_teardown(who_stands_in_it_brings_it_to_another, a_roster, go_home),
        cmocka_unit_test_setup_teardown(a_letter_that_was_not_taken_yet_shows_no_roster, an_office,
                                        go_home),
        cmocka_unit_test_setup_teardown(a_new_letter_stands_in_place_of_the_old_one, a_roster,
                                        go_home),
        cmocka_unit_test_setup_teardown(who_is_no_contact_waits, an_office, go_home),
        cmocka_unit_test_setup_teardown(
            who_has_a_letter_that_has_not_begun_is_taken_in_when_it_does, an_office, go_home),
        cmocka_unit_test_setup_teardown(
            a_letter_that_has_not_begun_takes_no_place_of_one_that_holds, a_roster, go_home),
        cmocka_unit_test_setup_teardown(who_has_revoked_his_letter_himself_is_not_taken_in,
                                        an_office, go_home),
        cmocka_unit_test_setup_teardown(a_revoked_letter_is_shown_at_who_met_another_reader_only,
                                        four_people, go_home),
        cmocka_unit_test_setup_teardown(who_was_revoked_and_gets_a_new_letter_is_back, a_roster,
                                        go_home),
        cmocka_unit_test_setup_teardown(
            who_was_revoked_with_the_letter_on_his_card_is_back_with_the_next_one, a_roster,
            go_home),
        cmocka_unit_test_setup_teardown(a_revocation_is_written_once, a_roster, go_home),
        cmocka_unit_test_setup_teardown(the_day_is_signed_once_a_day, a_roster, go_home),
        cmocka_unit_test_setup_teardown(the_age_is_the_time_since_the_newest_day_that_is_known_here,
                                        a_roster, go_home),
        cmocka_unit_test_setup_teardown(a_clock_that_is_behind_gives_no_age, a_roster, go_home),
        cmocka_unit_test_setup_teardown(a_day_of_a_clock_that_was_ahead_counts_as_of_when_it_came,
                                        a_roster, go_home),
        cmocka_unit_test_setup_teardown(anybodys_circle_is_no_roster_without_the_offices_signature,
                                        a_roster, go_home),
        cmocka_unit_test_setup_teardown(a_day_of_another_circle_tells_of_no_office, a_roster,
                                        go_home),
        cmocka_unit_test_setup_teardown(a_reader_cannot_sign_the_day, a_roster, go_home),
        cmocka_unit_test_setup_teardown(a_reader_who_names_a_letter_first_keeps_nobody_out,
                                        a_roster, go_home),
        cmocka_unit_test(a_roster_is_spent_before_anybody_is_left_out_unseen),
        cmocka_unit_test_setup_teardown(dozens_of_people_are_taken_in_without_long_waiting,
                                        an_office, go_home),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
