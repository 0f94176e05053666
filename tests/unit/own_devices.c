/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The own circle of a person one of whose computers was stolen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/author.h"
#include "store/contacts.h"
#include "store/own.h"
#include "tests/support/laptop.h"

#include <string.h>

static uint8_t own[HASH_BYTES]; /* Ayu's own circle */
static struct stranger thief;

/* ---- The scene ---- */

static int ayu_has_a_laptop(void **state) {
    (void)ayu_buys_a_laptop(state);
    stranger_new(&thief, "Rekan Misal");
    laptop_is_admitted();
    assert_int_equal(
        contact_set_verified(people.stores[AYU], people_id(&people, BAYU), people_now(&people)),
        RB_OK);
    assert_int_equal(store_write_begin(people.stores[AYU]), RB_OK);
    assert_int_equal(own_circle(people.stores[AYU], people_now(&people), own), RB_OK);
    assert_int_equal(store_write_commit(people.stores[AYU]), RB_OK);
    devices_meet(AYU, LAPTOP);
    return 0;
}

static int all_go_home(void **state) {
    stranger_clear(&thief);
    return go_home(state);
}

/* ---- What happens ---- */

static bool knows(size_t who, const uint8_t person[static HASH_BYTES], bool *verified) {
    struct contact contact;

    *verified = false;
    if (contact_get(people.stores[who], person, &contact) != RB_OK) {
        return false;
    }
    *verified = contact.verified;
    return true;
}

static void thief_is_verified_on_the_laptop(void) {
    struct contact contact;
    struct writer card;
    bool renewed;

    writer_init(&card, CARD_BYTES_MAX);
    stranger_card(&thief, people_now(&people), NULL, &card);
    assert_int_equal(contact_add(people.stores[LAPTOP], writer_view(&card), people_now(&people),
                                 &contact, &renewed),
                     RB_OK);
    assert_int_equal(contact_set_verified(people.stores[LAPTOP], thief.id, people_now(&people)),
                     RB_OK);
    writer_clear(&card);
}

static void laptop_is_revoked(void) {
    size_t circles = 0;

    assert_int_equal(device_revoke(people.stores[AYU],
                                   store_self(people.stores[LAPTOP])->device_cert.id,
                                   people_now(&people), &circles),
                     RB_OK);
}

/* As a node does whenever something has come. */
static void ayu_looks_after_it(void) {
    assert_int_equal(author_upkeep(people.stores[AYU], own, people_now(&people)), RB_OK);
}

static void a_second_computer_has_the_contacts(void **state) {
    bool verified;
    (void)state;

    assert_true(knows(LAPTOP, people_id(&people, BAYU), &verified));
    assert_true(verified);
    thief_is_verified_on_the_laptop();
    people_meet(&people, AYU, LAPTOP);
    assert_true(knows(AYU, thief.id, &verified));
    assert_true(verified);
}

static void whom_a_revoked_computer_verifies_later_is_no_contact(void **state) {
    bool verified;
    (void)state;

    laptop_is_revoked();
    thief_is_verified_on_the_laptop();
    people_meet(&people, LAPTOP, AYU);
    ayu_looks_after_it();
    assert_false(knows(AYU, thief.id, &verified));
    assert_false(verified);
    assert_true(knows(AYU, people_id(&people, BAYU), &verified));
    assert_true(verified);
}

static void whom_a_revoked_computer_removes_later_stays_a_contact(void **state) {
    bool verified;
    (void)state;

    laptop_is_revoked();
    assert_int_equal(
        contact_remove(people.stores[LAPTOP], people_id(&people, BAYU), people_now(&people)),
        RB_OK);
    people_meet(&people, LAPTOP, AYU);
    ayu_looks_after_it();
    assert_true(knows(AYU, people_id(&people, BAYU), &verified));
    assert_true(verified);
}

/* It came from the laptop first; what somebody has added here himself is his. */
static void whom_one_has_added_oneself_stays_whatever_a_revoked_computer_said(void **state) {
    struct contact contact;
    struct writer card;
    bool renewed, verified;
    (void)state;

    laptop_is_revoked();
    writer_init(&card, CARD_BYTES_MAX);
    stranger_card(&thief, people_now(&people), NULL, &card);
    assert_int_equal(contact_add(people.stores[AYU], writer_view(&card), people_now(&people),
                                 &contact, &renewed),
                     RB_OK);
    thief_is_verified_on_the_laptop();
    people_meet(&people, LAPTOP, AYU);
    ayu_looks_after_it();
    assert_true(knows(AYU, thief.id, &verified));
    assert_false(verified);
    writer_clear(&card);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, ayu_has_a_laptop, all_go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_second_computer_has_the_contacts),
        TEST(whom_a_revoked_computer_verifies_later_is_no_contact),
        TEST(whom_a_revoked_computer_removes_later_stays_a_contact),
        TEST(whom_one_has_added_oneself_stays_whatever_a_revoked_computer_said),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
