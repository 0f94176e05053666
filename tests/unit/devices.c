/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several devices of one person, without a network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/author.h"
#include "store/db.h"
#include "store/devices.h"
#include "store/seals.h"
#include "tests/support/laptop.h"

#include <stdio.h>
#include <string.h>

static int64_t number(size_t who, const char *sql) {
    struct db_row *row = db_query(store_db(people.stores[who]), sql);

    assert_true(db_step(row));
    const int64_t value = db_int(row, 0);
    assert_int_equal(db_end(row), RB_OK);
    return value;
}

/* ---- One person, two computers ---- */

static void a_second_device_reads_what_the_first_one_has(void **state) {
    (void)state;
    posts(AYU, "dari kantor");
    laptop_is_a_device();
    assert_memory_equal(people_id(&people, LAPTOP), people_id(&people, AYU), HASH_BYTES);
    assert_true(sees(LAPTOP, "Ayu: dari kantor\n"));
}

static void what_a_second_device_writes_is_its_persons(void **state) {
    (void)state;
    laptop_is_a_device();
    posts(LAPTOP, "dari rumah");
    people_meet(&people, AYU, LAPTOP);
    people_meet(&people, AYU, BAYU);
    assert_true(sees(AYU, "Ayu: dari rumah\n"));
    assert_true(sees(BAYU, "Ayu: dari rumah\n"));
}

static void a_colleague_may_take_it_from_the_second_device_itself(void **state) {
    (void)state;
    laptop_is_a_device();
    posts(LAPTOP, "dari rumah");
    people_meet(&people, LAPTOP, BAYU);
    assert_true(sees(BAYU, "Ayu: dari rumah\n"));
    posts(BAYU, "terbaca");
    people_meet(&people, LAPTOP, BAYU);
    people_meet(&people, AYU, LAPTOP);
    assert_true(sees(AYU, "Bayu: terbaca\n"));
}

static void a_second_device_makes_nobody_a_second_member(void **state) {
    char before[TRANSCRIPT_BYTES], after[TRANSCRIPT_BYTES];
    (void)state;
    people_roll(&people, BAYU, circle, before);
    laptop_is_a_device();
    people_roll(&people, BAYU, circle, after);
    assert_string_equal(before, after);
}

static void circles_that_were_left_stay_the_same_on_both(void **state) {
    (void)state;
    laptop_is_a_device();
    assert_int_equal(group_leave(people.stores[AYU], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, LAPTOP);
    assert_int_equal(tries_to_post(LAPTOP), RB_NOT_FOUND);
    assert_int_equal(people_meet(&people, AYU, LAPTOP), 0);
}

static void what_only_ones_own_devices_have_is_not_delivered(void **state) {
    uint64_t waiting = 0, later = 0;
    (void)state;
    laptop_is_a_device();
    assert_int_equal(events_waiting(people.stores[AYU], &waiting), RB_OK);
    posts(AYU, "belum sampai");
    people_meet(&people, AYU, LAPTOP);
    assert_int_equal(events_waiting(people.stores[AYU], &later), RB_OK);
    assert_int_equal(later, waiting + 1);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(events_waiting(people.stores[AYU], &later), RB_OK);
    assert_int_equal(later, 0);
}

/* ---- Circles that come later ---- */

static void what_the_second_device_founds_the_first_one_has_too(void **state) {
    uint8_t other[HASH_BYTES];
    (void)state;
    laptop_is_a_device();
    assert_int_equal(
        group_new(people.stores[LAPTOP], span_text("Baru"), NULL, people_now(&people), other),
        RB_OK);
    people_meet(&people, LAPTOP, AYU);
    assert_int_equal(number(AYU, "SELECT count(*) FROM circle_view WHERE name = 'Baru'"), 1);
}

static void a_circle_hears_of_a_device_once(void **state) {
    (void)state;
    laptop_is_a_device();
    const uint64_t ayu = head_of(AYU);
    posts(LAPTOP, "satu"); /* begins a log: LOGCERT, and the post */
    people_meet(&people, AYU, LAPTOP);
    assert_int_equal(head_of(LAPTOP), 2);
    assert_int_equal(author_upkeep(people.stores[AYU], circle, people_now(&people)), RB_OK);
    assert_int_equal(author_upkeep(people.stores[LAPTOP], circle, people_now(&people)), RB_OK);
    assert_int_equal(head_of(AYU), ayu);
    assert_int_equal(head_of(LAPTOP), 2);
    size_t circles = 7;
    assert_int_equal(devices_announce(people.stores[AYU], people_now(&people), &circles), RB_OK);
    assert_int_equal(circles, 0);
}

/* Others could fill the store with circles that nobody can open. */
static void a_sister_may_bring_any_number_of_circles_at_once(void **state) {
    uint8_t id[HASH_BYTES] = { 0 };
    (void)state;
    laptop_is_admitted();
    for (int i = 0; i <= UNOPENED_CIRCLES_PER_PEER_MAX; i++) {
        id[0] = (uint8_t)i;
        assert_int_equal(circle_remember(people.stores[LAPTOP], id, people_id(&people, AYU)),
                         RB_OK);
        assert_int_equal(circle_remember(people.stores[AYU], id, people_id(&people, BAYU)),
                         i < UNOPENED_CIRCLES_PER_PEER_MAX ? RB_OK : RB_REFUSED);
    }
}

/* Nobody has asked for a key: the card says which seal key the device has now. */
static void a_new_card_tells_the_first_one_all_that_it_needs(void **state) {
    size_t circles = 0;
    (void)state;
    posts(AYU, "dari kantor");
    laptop_is_admitted();
    assert_int_equal(devices_announce(people.stores[AYU], people_now(&people), &circles), RB_OK);
    assert_int_equal(circles, 0);
    assert_int_equal(admit_only(AYU, LAPTOP, "apa saja"), RB_OK);
    assert_int_equal(devices_announce(people.stores[AYU], people_now(&people), &circles), RB_OK);
    assert_int_equal(circles, 2); /* the group, and the own circle */
    people_meet(&people, AYU, LAPTOP);
    assert_true(sees(LAPTOP, "Ayu: dari kantor\n"));
}

#define DAY_MS (INT64_C(24) * 3600 * 1000)

/* What a sister sealed to a key that is destroyed by now is asked for, and it does not matter whom:
 * a colleague names the new seal key as well as a sister. */
static void a_second_device_that_was_away_asks(size_t whom) {
    struct store *laptop = people.stores[LAPTOP];

    laptop_is_a_device();
    people.now_ms += 150 * DAY_MS;
    assert_int_equal(seals_renew(laptop, people.now_ms - 60 * DAY_MS), RB_OK);
    assert_int_equal(seals_renew(laptop, people.now_ms), RB_OK);
    posts(whom, "kunci baru");
    people_meet(&people, whom, LAPTOP);
    assert_false(sees(LAPTOP, "kunci baru"));
    devices_meet(LAPTOP, whom);
    assert_true(sees(LAPTOP, "kunci baru"));
}

static void a_sister_helps_a_device_that_was_away(void **state) {
    (void)state;
    a_second_device_that_was_away_asks(AYU);
}

static void a_colleague_helps_a_device_that_was_away(void **state) {
    (void)state;
    a_second_device_that_was_away_asks(BAYU);
}

/* ---- The person's secret ---- */

static void a_further_device_has_no_secret_of_its_person(void **state) {
    static const char sql[] = "SELECT count(*) FROM secret WHERE sort = 1";
    (void)state;
    assert_int_equal(number(LAPTOP, sql), 1);
    laptop_is_admitted();
    assert_int_equal(number(LAPTOP, sql), 0);
    assert_true(store_self(people.stores[LAPTOP])->identity->is_further);
    store_close(&people.stores[LAPTOP]);
    people.stores[LAPTOP] = home_open(folder_name(&people.folder, "laptop"));
    assert_true(store_self(people.stores[LAPTOP])->identity->is_further);
    assert_false(store_self(people.stores[AYU])->identity->is_further);
    assert_memory_equal(store_self(people.stores[LAPTOP])->identity->person.public,
                        store_self(people.stores[AYU])->identity->person.public, SIGN_PUBLIC_BYTES);
    const uint8_t zeros[SIGN_SEED_BYTES] = { 0 };
    assert_memory_equal(store_self(people.stores[LAPTOP])->identity->person.seed, zeros,
                        sizeof zeros);
}

static void a_further_device_admits_nobody(void **state) {
    (void)state;
    laptop_is_admitted();
    assert_int_equal(admit_only(LAPTOP, BAYU, "laptop kedua"), RB_NO_KEY);
}

static void a_person_without_his_secret_makes_no_certificates(void **state) {
    const struct person_facts facts = { .name = span_text("Ayu"), .role = ROLE_VOLUNTEER };
    struct writer cert;
    (void)state;
    laptop_is_admitted();
    const struct identity *identity = store_self(people.stores[LAPTOP])->identity;
    writer_init(&cert, CERT_BYTES_MAX);
    assert_int_equal(cert_issue_person(&cert, identity, &facts, 1), RB_NO_KEY);
    assert_int_equal(cert_issue_device(&cert, identity, span_text("Ayu"), 1), RB_NO_KEY);
    assert_int_equal(cert.len, 0);
    writer_clear(&cert);
}

/* ---- Cards and files ---- */

static void the_same_card_gives_the_same_certificate(void **state) {
    (void)state;
    assert_int_equal(admit_only(AYU, LAPTOP, "laptop"), RB_OK);
    assert_int_equal(admit_only(AYU, LAPTOP, "nama lain"), RB_OK);
    assert_int_equal(number(AYU, "SELECT count(*) FROM own_device"), 1);
    laptop_is_admitted();
    assert_int_equal(number(AYU, "SELECT count(*) FROM own_device"), 1);
    assert_true(
        span_equal(store_self(people.stores[LAPTOP])->device_cert.name, span_text("laptop")));
}

static void a_contacts_card_is_no_device(void **state) {
    (void)state;
    assert_int_equal(admit_only(AYU, BAYU, "laptop"), RB_REFUSED);
}

static void ones_own_card_is_no_further_device(void **state) {
    (void)state;
    assert_int_equal(admit_only(AYU, AYU, "laptop"), RB_REFUSED);
}

static void two_devices_have_two_names(void **state) {
    (void)state;
    assert_int_equal(admit_only(AYU, LAPTOP, "Ayu"), RB_EXISTS);
    assert_int_equal(admit_only(AYU, LAPTOP, "-x"), RB_MALFORMED);
    assert_int_equal(number(AYU, "SELECT count(*) FROM own_device"), 0);
}

static void stranger_is_admitted(const char *name, enum rb_status expected) {
    struct stranger stranger;
    struct writer card, file;

    stranger_new(&stranger, name);
    writer_init(&card, CARD_BYTES_MAX);
    writer_init(&file, DEVICE_FILE_BYTES_MAX);
    stranger_card(&stranger, people.now_ms, NULL, &card);
    assert_int_equal(device_admit(people.stores[AYU], writer_view(&card), span_text(name), NULL, 0,
                                  people_now(&people), &file),
                     expected);
    writer_clear(&file);
    writer_clear(&card);
    stranger_clear(&stranger);
}

static void nobody_has_more_devices_than_circles_count(void **state) {
    char name[32];
    (void)state;
    for (int i = 1; i < CIRCLE_DEVICES_MAX; i++) {
        (void)snprintf(name, sizeof name, "alat %d", i);
        stranger_is_admitted(name, RB_OK);
    }
    stranger_is_admitted("satu lagi", RB_TOO_LARGE);
}

static void a_file_is_of_use_to_one_computer_only(void **state) {
    struct writer file;
    (void)state;
    assert_int_equal(admit(AYU, LAPTOP, "laptop", &file), RB_OK);
    assert_int_equal(device_take(people.stores[BAYU], writer_view(&file), people_now(&people)),
                     RB_NOT_FOUND);
    assert_int_equal(device_take(people.stores[AYU], writer_view(&file), people_now(&people)),
                     RB_NOT_FOUND);
    assert_int_equal(device_take(people.stores[LAPTOP], writer_view(&file), people_now(&people)),
                     RB_OK);
    assert_int_equal(device_take(people.stores[LAPTOP], writer_view(&file), people_now(&people)),
                     RB_OK);
    writer_clear(&file);
}

static void a_home_that_was_used_becomes_nobody_elses(void **state) {
    uint8_t other[HASH_BYTES];
    struct writer file;
    (void)state;
    assert_int_equal(admit(AYU, LAPTOP, "laptop", &file), RB_OK);
    assert_int_equal(
        group_new(people.stores[LAPTOP], span_text("Milikku"), NULL, people_now(&people), other),
        RB_OK);
    assert_int_equal(device_check_take(people.stores[LAPTOP], writer_view(&file)), RB_EXISTS);
    assert_int_equal(device_take(people.stores[LAPTOP], writer_view(&file), people_now(&people)),
                     RB_EXISTS);
    assert_false(store_self(people.stores[LAPTOP])->identity->is_further);
    writer_clear(&file);
}

/* One bit in each byte, each time another one: all bytes are signed, or name what is. */
static void a_file_with_a_flipped_bit_is_not_taken(void **state) {
    struct writer file;
    (void)state;
    assert_int_equal(admit(AYU, LAPTOP, "laptop", &file), RB_OK);
    for (size_t i = 0; i < file.len; i++) {
        file.data[i] ^= (uint8_t)(1U << i % 8);
        assert_int_not_equal(device_take(people.stores[LAPTOP], writer_view(&file), people.now_ms),
                             RB_OK);
        file.data[i] ^= (uint8_t)(1U << i % 8);
    }
    assert_int_equal(device_take(people.stores[LAPTOP], writer_view(&file), people.now_ms), RB_OK);
    writer_clear(&file);
}

static void a_file_that_is_cut_or_goes_on_is_not_taken(void **state) {
    struct writer file;
    (void)state;
    assert_int_equal(admit(AYU, LAPTOP, "laptop", &file), RB_OK);
    writer_u8(&file, 0);
    for (size_t len = 0; len <= file.len; len++) {
        if (len != file.len - 1) {
            assert_int_equal(device_take(people.stores[LAPTOP], span_of(file.data, len), 1),
                             RB_MALFORMED);
        }
    }
    writer_clear(&file);
}

/* ---- Who is let in ---- */

static void own_devices_reach_each_other_as_soon_as_they_are_admitted(void **state) {
    (void)state;
    laptop_is_admitted();
    assert_true(reach(AYU).laptop);
    assert_int_equal(reach(AYU).addresses, 1);
    assert_int_equal(reach(LAPTOP).count, 1);
    assert_int_equal(reach(LAPTOP).of_ayu, 1);
    assert_false(reach(BAYU).laptop);
}

static void a_colleague_lets_in_a_device_that_a_shared_circle_names(void **state) {
    uint64_t before = 0, after = 0;
    (void)state;
    assert_int_equal(devices_known(people.stores[BAYU], &before), RB_OK);
    laptop_is_a_device();
    assert_int_equal(devices_known(people.stores[BAYU], &after), RB_OK);
    assert_true(after > before);
    assert_true(reach(BAYU).laptop);
    assert_int_equal(reach(BAYU).of_ayu, 2);
    assert_int_equal(reach(BAYU).addresses, 0);
}

static void whoever_is_no_contact_gets_none_of_his_devices_in(void **state) {
    (void)state;
    laptop_is_a_device();
    assert_int_equal(
        contact_remove(people.stores[BAYU], people_id(&people, AYU), people_now(&people)), RB_OK);
    assert_int_equal(reach(BAYU).count, 0);
}

/* Whatever a circle says of a key that somebody has is left out. */
static void a_device_with_somebody_elses_key_is_left_out(void **state) {
    (void)state;
    laptop_is_a_device();
    assert_int_equal(store_write_begin(people.stores[BAYU]), RB_OK);
    struct db_row *row =
        db_query(store_db(people.stores[BAYU]), "UPDATE cert SET transport = ?1 WHERE device = ?2");
    db_bind_blob(row, 1,
                 span_of(store_self(people.stores[BAYU])->device_cert.transport, BOX_PUBLIC_BYTES));
    db_bind_blob(row, 2, span_of(device_of(LAPTOP), CERT_ID_BYTES));
    assert_int_equal(db_run(row), RB_OK);
    assert_int_equal(store_write_commit(people.stores[BAYU]), RB_OK);
    assert_false(reach(BAYU).laptop);
    assert_int_equal(reach(BAYU).count, 1);
}

static bool device_count(void *context, const struct device_row *row) {
    size_t *seen = context;

    seen[0]++;
    seen[1] += row->is_this;
    seen[2] += row->revoked;
    seen[3] += strcmp(row->name, "laptop") == 0;
    return true;
}

static void assert_devices(size_t who, size_t whom, size_t count, size_t is_this, size_t revoked,
                           size_t laptops) {
    size_t seen[4] = { 0 };

    assert_int_equal(devices_each(people.stores[who], people_id(&people, whom), device_count, seen),
                     RB_OK);
    assert_int_equal(seen[0], count);
    assert_int_equal(seen[1], is_this);
    assert_int_equal(seen[2], revoked);
    assert_int_equal(seen[3], laptops);
}

static void the_devices_of_a_person_are_listed(void **state) {
    (void)state;
    assert_devices(AYU, AYU, 1, 1, 0, 0);
    assert_devices(BAYU, AYU, 1, 0, 0, 0);
    laptop_is_a_device();
    assert_devices(AYU, AYU, 2, 1, 0, 1);
    assert_devices(LAPTOP, AYU, 2, 1, 0, 1);
    assert_devices(BAYU, AYU, 2, 0, 0, 1);
    assert_devices(BAYU, BAYU, 1, 1, 0, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ayu_buys_a_laptop, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_second_device_reads_what_the_first_one_has),
        TEST(what_a_second_device_writes_is_its_persons),
        TEST(a_colleague_may_take_it_from_the_second_device_itself),
        TEST(a_second_device_makes_nobody_a_second_member),
        TEST(circles_that_were_left_stay_the_same_on_both),
        TEST(what_only_ones_own_devices_have_is_not_delivered),
        TEST(what_the_second_device_founds_the_first_one_has_too),
        TEST(a_circle_hears_of_a_device_once),
        TEST(a_sister_may_bring_any_number_of_circles_at_once),
        TEST(a_new_card_tells_the_first_one_all_that_it_needs),
        TEST(a_sister_helps_a_device_that_was_away),
        TEST(a_colleague_helps_a_device_that_was_away),
        TEST(a_further_device_has_no_secret_of_its_person),
        TEST(a_further_device_admits_nobody),
        TEST(a_person_without_his_secret_makes_no_certificates),
        TEST(the_same_card_gives_the_same_certificate),
        TEST(a_contacts_card_is_no_device),
        TEST(ones_own_card_is_no_further_device),
        TEST(two_devices_have_two_names),
        TEST(nobody_has_more_devices_than_circles_count),
        TEST(a_file_is_of_use_to_one_computer_only),
        TEST(a_home_that_was_used_becomes_nobody_elses),
        TEST(a_file_with_a_flipped_bit_is_not_taken),
        TEST(a_file_that_is_cut_or_goes_on_is_not_taken),
        TEST(own_devices_reach_each_other_as_soon_as_they_are_admitted),
        TEST(a_colleague_lets_in_a_device_that_a_shared_circle_names),
        TEST(whoever_is_no_contact_gets_none_of_his_devices_in),
        TEST(a_device_with_somebody_elses_key_is_left_out),
        TEST(the_devices_of_a_person_are_listed),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
