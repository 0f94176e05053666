/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/contacts.h"
#include "store/db.h"
#include "store/refs.h"
#include "tests/support/homes.h"

#include <string.h>

enum { LATER_MS = 1000 };

struct fixture {
    struct folder folder;
    struct store *store;
    struct stranger siti, made; /* two people */
};

static int set_up(void **state) {
    static struct fixture fixture;

    folder_new(&fixture.folder);
    fixture.store = home_new(folder_name(&fixture.folder, "home"), "Dewi Andaikan");
    stranger_new(&fixture.siti, "Siti Aminah");
    stranger_new(&fixture.made, "Made Wirawan");
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;

    store_close(&fixture->store);
    stranger_clear(&fixture->siti);
    stranger_clear(&fixture->made);
    folder_remove(&fixture->folder);
    return 0;
}

/* ---- Helpers ---- */

/* Adds a card issued at `issued_ms`, LATER_MS times 100 before now. */
static enum rb_status add(struct store *store, const struct stranger *stranger, int64_t issued_ms,
                          const char *address, struct contact *contact, bool *renewed) {
    struct writer card;

    writer_init(&card, CARD_BYTES_MAX);
    stranger_card(stranger, issued_ms, address, &card);
    const enum rb_status status =
        contact_add(store, writer_view(&card), HOMES_NOW_MS + 100 * LATER_MS, contact, renewed);
    writer_clear(&card);
    return status;
}

static struct contact added(struct fixture *fixture, const struct stranger *stranger) {
    struct contact contact;
    bool renewed = true;

    assert_int_equal(add(fixture->store, stranger, HOMES_NOW_MS, NULL, &contact, &renewed), RB_OK);
    assert_false(renewed);
    return contact;
}

static struct contact got(struct fixture *fixture, const struct stranger *stranger) {
    struct contact contact;

    assert_int_equal(contact_get(fixture->store, stranger->id, &contact), RB_OK);
    return contact;
}

/* ---- Adding ---- */

static void a_card_becomes_a_contact(void **state) {
    struct fixture *fixture = *state;
    struct contact contact;
    bool renewed = true;

    assert_int_equal(add(fixture->store, &fixture->siti, HOMES_NOW_MS, "tcp://10.0.0.1:4000",
                         &contact, &renewed),
                     RB_OK);
    assert_false(renewed);
    assert_string_equal(contact.name, "Siti Aminah");
    assert_int_equal(contact.number, 1);
    assert_int_equal(contact.role, ROLE_TKSK);
    assert_string_equal(contact.region, "");
    assert_false(contact.verified);
    assert_int_equal(contact.last_seen_ms, 0);
    assert_int_equal(contact.address_count, 1);
    assert_string_equal(contact.addresses[0], "tcp://10.0.0.1:4000");
    assert_memory_equal(contact.person, fixture->siti.id, HASH_BYTES);
    assert_memory_equal(contact.transport, fixture->siti.identity.transport.public, 32);
    assert_int_equal(added(fixture, &fixture->made).number, 2);
}

static void ones_own_card_is_refused(void **state) {
    struct fixture *fixture = *state;
    struct contact contact;
    struct writer card;
    bool renewed = false;

    writer_init(&card, CARD_BYTES_MAX);
    assert_int_equal(store_card(fixture->store, NULL, 0, HOMES_NOW_MS, &card), RB_OK);
    assert_int_equal(
        contact_add(fixture->store, writer_view(&card), HOMES_NOW_MS, &contact, &renewed),
        RB_REFUSED);
    writer_clear(&card);
}

static void bytes_that_are_no_card_are_refused(void **state) {
    struct fixture *fixture = *state;
    struct contact contact;
    struct writer card;
    bool renewed = false;

    writer_init(&card, CARD_BYTES_MAX);
    stranger_card(&fixture->siti, HOMES_NOW_MS, NULL, &card);
    assert_int_equal(contact_add(fixture->store, span_of(card.data, card.len - 1), HOMES_NOW_MS,
                                 &contact, &renewed),
                     RB_MALFORMED);
    card.data[card.len - 1] ^= 1; /* in the signature */
    assert_int_equal(
        contact_add(fixture->store, writer_view(&card), HOMES_NOW_MS, &contact, &renewed),
        RB_BAD_SIGNATURE);
    assert_int_equal(contact_get(fixture->store, fixture->siti.id, &contact), RB_NOT_FOUND);
    writer_clear(&card);
}

static void another_person_of_a_known_name_is_refused(void **state) {
    struct fixture *fixture = *state;
    struct stranger namesake;
    struct contact contact;
    bool renewed = false;

    added(fixture, &fixture->siti);
    stranger_new(&namesake, "siti AMINAH");
    assert_int_equal(add(fixture->store, &namesake, HOMES_NOW_MS, NULL, &contact, &renewed),
                     RB_EXISTS);
    assert_int_equal(contact_get(fixture->store, namesake.id, &contact), RB_NOT_FOUND);
    assert_int_equal(added(fixture, &fixture->made).number, 2);
    stranger_clear(&namesake);
}

static void a_card_with_somebody_elses_transport_key_is_refused(void **state) {
    struct fixture *fixture = *state;
    struct stranger thief;
    struct contact contact;
    struct cert device;
    bool renewed = false;

    added(fixture, &fixture->siti);
    stranger_new(&thief, "Rudi Hartono");
    memcpy(&thief.identity.transport, &fixture->siti.identity.transport,
           sizeof thief.identity.transport);
    writer_reset(&thief.device_cert);
    writer_reset(&thief.seal_key);
    assert_int_equal(cert_issue_device(&thief.device_cert, &thief.identity,
                                       span_text("Rudi Hartono"), HOMES_NOW_MS / 1000),
                     RB_OK);
    assert_int_equal(cert_decode(writer_view(&thief.device_cert), &device), RB_OK);
    assert_int_equal(seal_key_issue(&thief.seal_key, &thief.identity, device.id, HOMES_NOW_MS),
                     RB_OK);
    assert_int_equal(add(fixture->store, &thief, HOMES_NOW_MS, NULL, &contact, &renewed),
                     RB_REFUSED);
    stranger_clear(&thief);
}

/* ---- Renewing ---- */

static void a_newer_card_renews_and_keeps_what_was_found_out_here(void **state) {
    struct fixture *fixture = *state;
    struct contact contact = added(fixture, &fixture->siti);
    bool renewed = false;

    assert_int_equal(contact_set_verified(fixture->store, fixture->siti.id, HOMES_NOW_MS), RB_OK);
    assert_int_equal(contact_seen(fixture->store, fixture->siti.id, HOMES_NOW_MS), RB_OK);
    assert_int_equal(add(fixture->store, &fixture->siti, HOMES_NOW_MS + LATER_MS,
                         "tcp://[::1]:4000", &contact, &renewed),
                     RB_OK);
    assert_true(renewed);
    assert_true(contact.verified);
    assert_int_equal(contact.number, 1);
    assert_int_equal(contact.last_seen_ms, HOMES_NOW_MS);
    assert_int_equal(contact.address_count, 1);
}

static void a_renewed_contact_may_have_another_name(void **state) {
    struct fixture *fixture = *state;
    const struct person_facts facts = { .name = span_text("Siti A. Nurhaliza"),
                                        .role = ROLE_SUPERVISOR };
    struct contact contact = added(fixture, &fixture->siti);
    bool renewed = false;

    writer_reset(&fixture->siti.person_cert);
    assert_int_equal(cert_issue_person(&fixture->siti.person_cert, &fixture->siti.identity, &facts,
                                       HOMES_NOW_MS / 1000),
                     RB_OK);
    assert_int_equal(
        add(fixture->store, &fixture->siti, HOMES_NOW_MS + LATER_MS, NULL, &contact, &renewed),
        RB_OK);
    assert_true(renewed);
    assert_string_equal(got(fixture, &fixture->siti).name, "Siti A. Nurhaliza");
    assert_int_equal(got(fixture, &fixture->siti).role, ROLE_SUPERVISOR);
}

static void an_older_card_and_the_same_card_change_nothing(void **state) {
    struct fixture *fixture = *state;
    struct contact contact;
    bool renewed = true;

    assert_int_equal(add(fixture->store, &fixture->siti, HOMES_NOW_MS + LATER_MS,
                         "tcp://10.0.0.2:4000", &contact, &renewed),
                     RB_OK);
    assert_int_equal(add(fixture->store, &fixture->siti, HOMES_NOW_MS, "tcp://10.0.0.1:4000",
                         &contact, &renewed),
                     RB_OK);
    assert_false(renewed);
    assert_string_equal(contact.addresses[0], "tcp://10.0.0.2:4000");
    assert_int_equal(add(fixture->store, &fixture->siti, HOMES_NOW_MS + LATER_MS,
                         "tcp://10.0.0.2:4000", &contact, &renewed),
                     RB_OK);
    assert_false(renewed);
}

static void a_card_from_the_future_can_be_renewed(void **state) {
    struct fixture *fixture = *state;
    const int64_t future_ms = HOMES_NOW_MS + (INT64_C(1) << 40);
    struct contact contact;
    struct writer card;
    bool renewed = false;

    writer_init(&card, CARD_BYTES_MAX);
    stranger_card(&fixture->siti, future_ms, NULL, &card);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(contact_add(fixture->store, writer_view(&card), HOMES_NOW_MS + again,
                                     &contact, &renewed),
                         RB_OK);
        assert_false(renewed);
    }
    assert_int_equal(add(fixture->store, &fixture->siti, HOMES_NOW_MS + LATER_MS,
                         "tcp://10.0.0.1:4000", &contact, &renewed),
                     RB_OK);
    assert_true(renewed);
    assert_int_equal(contact.address_count, 1);
    writer_clear(&card);
}

/* ---- Changing ---- */

static void an_address_set_here_stands_instead_of_the_cards(void **state) {
    struct fixture *fixture = *state;
    struct contact contact;
    bool renewed = false;

    assert_int_equal(add(fixture->store, &fixture->siti, HOMES_NOW_MS, "tcp://10.0.0.1:4000",
                         &contact, &renewed),
                     RB_OK);
    assert_int_equal(contact_set_address(fixture->store, fixture->siti.id,
                                         span_text("tcp://balai.example:4001")),
                     RB_OK);
    contact = got(fixture, &fixture->siti);
    assert_int_equal(contact.address_count, 1);
    assert_string_equal(contact.addresses[0], "tcp://balai.example:4001");
    assert_int_equal(contact_set_address(fixture->store, fixture->siti.id, span_text("")), RB_OK);
    assert_int_equal(got(fixture, &fixture->siti).address_count, 0);
    assert_int_equal(contact_set_address(fixture->store, fixture->siti.id, span_text("balai")),
                     RB_MALFORMED);
}

static void what_is_no_contact_cannot_be_changed(void **state) {
    struct fixture *fixture = *state;
    const uint8_t *id = fixture->siti.id;

    assert_int_equal(contact_set_verified(fixture->store, id, HOMES_NOW_MS), RB_NOT_FOUND);
    assert_int_equal(contact_set_address(fixture->store, id, span_text("")), RB_NOT_FOUND);
    assert_int_equal(contact_seen(fixture->store, id, HOMES_NOW_MS), RB_NOT_FOUND);
    assert_int_equal(contact_remove(fixture->store, id, HOMES_NOW_MS), RB_NOT_FOUND);
    assert_false(db_in_transaction(store_db(fixture->store)));
}

static void a_removed_contact_leaves_its_number_to_nobody_else(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(added(fixture, &fixture->siti).number, 1);
    assert_int_equal(contact_set_verified(fixture->store, fixture->siti.id, HOMES_NOW_MS), RB_OK);
    assert_int_equal(contact_remove(fixture->store, fixture->siti.id, HOMES_NOW_MS), RB_OK);
    assert_int_equal(added(fixture, &fixture->made).number, 2);
    const struct contact back = added(fixture, &fixture->siti);
    assert_int_equal(back.number, 1);
    assert_false(back.verified);
}

static void a_tampered_card_in_the_store_is_damage(void **state) {
    struct fixture *fixture = *state;
    struct contact contact;

    added(fixture, &fixture->siti);
    assert_int_equal(store_write_begin(fixture->store), RB_OK);
    assert_int_equal(db_execute(store_db(fixture->store), "UPDATE contact SET card = x'8240'"),
                     RB_OK);
    assert_int_equal(store_write_commit(fixture->store), RB_OK);
    assert_int_equal(contact_get(fixture->store, fixture->siti.id, &contact), RB_DAMAGED);
}

/* ---- Lists and names ---- */

struct seen {
    struct store *store;
    size_t count, enough;
    int64_t numbers[4];
};

static bool see(void *context, const struct contact *contact) {
    struct seen *seen = context;

    seen->numbers[seen->count++] = contact->number;
    assert_int_equal(contact_seen(seen->store, contact->person, HOMES_NOW_MS), RB_OK);
    return seen->count < seen->enough;
}

static void all_contacts_come_by_number_until_it_is_enough(void **state) {
    struct fixture *fixture = *state;
    struct seen seen = { .store = fixture->store, .enough = 4 };

    added(fixture, &fixture->siti);
    added(fixture, &fixture->made);
    assert_int_equal(contact_each(fixture->store, see, &seen), RB_OK);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.numbers[0], 1);
    assert_int_equal(seen.numbers[1], 2);
    seen = (struct seen) { .store = fixture->store, .enough = 1 };
    assert_int_equal(contact_each(fixture->store, see, &seen), RB_OK);
    assert_int_equal(seen.count, 1);
}

static void the_certificates_of_a_contact_are_those_of_its_card(void **state) {
    struct fixture *fixture = *state;
    const struct stranger *siti = &fixture->siti;
    struct op_pair pair;
    struct writer bytes;

    writer_init(&bytes, CARD_BYTES_MAX);
    assert_int_equal(contact_pair(fixture->store, siti->id, &bytes, &pair), RB_NOT_FOUND);
    added(fixture, siti);
    assert_int_equal(contact_pair(fixture->store, siti->id, &bytes, &pair), RB_OK);
    assert_true(span_equal(pair.person_cert, writer_view(&siti->person_cert)));
    assert_true(span_equal(pair.device_cert, writer_view(&siti->device_cert)));
    assert_true(span_equal(pair.seal_key, writer_view(&siti->seal_key)));
    assert_int_equal(pair.chain.len, 0);
    writer_clear(&bytes);
}

static void put_cert_row(struct fixture *fixture, const uint8_t person[static HASH_BYTES]) {
    struct db *db = store_db(fixture->store);

    assert_int_equal(store_write_begin(fixture->store), RB_OK);
    assert_int_equal(db_execute(db, "INSERT INTO circle (id, circle) VALUES (1, zeroblob(32))"),
                     RB_OK);
    struct db_row *row = db_query(db,
                                  "INSERT INTO cert (circle, device, person, pk, transport, name,"
                                  "  device_name, from_s)"
                                  " VALUES (1, x'01', ?1, x'02', x'03', 'Name in a circle',"
                                  "  '', 1)");
    db_bind_blob(row, 1, span_of(person, HASH_BYTES));
    assert_int_equal(db_run(row), RB_OK);
    assert_int_equal(store_write_commit(fixture->store), RB_OK);
}

static void a_person_is_named_by_oneself_then_contacts_then_circles(void **state) {
    struct fixture *fixture = *state;
    char name[NAME_BYTES_MAX + 1];

    assert_int_equal(person_name(fixture->store, store_self(fixture->store)->person, name), RB_OK);
    assert_string_equal(name, "Dewi Andaikan");
    assert_int_equal(person_name(fixture->store, fixture->siti.id, name), RB_NOT_FOUND);
    put_cert_row(fixture, fixture->siti.id);
    assert_int_equal(person_name(fixture->store, fixture->siti.id, name), RB_OK);
    assert_string_equal(name, "Name in a circle");
    added(fixture, &fixture->siti);
    assert_int_equal(person_name(fixture->store, fixture->siti.id, name), RB_OK);
    assert_string_equal(name, "Siti Aminah");
}

/* ---- Acknowledgements ---- */

static int64_t acked(struct fixture *fixture, const uint8_t person[static HASH_BYTES]) {
    struct db_row *row =
        db_query(store_db(fixture->store), "SELECT max(seq) FROM acked WHERE person = ?1");

    db_bind_blob(row, 1, span_of(person, HASH_BYTES));
    assert_true(db_step(row));
    const int64_t seq = db_int(row, 0);
    assert_int_equal(db_end(row), RB_OK);
    return seq;
}

/* A circle with one log. */
static void make_log(struct store *store, const uint8_t circle[static HASH_BYTES],
                     const uint8_t log[static LOG_PK_BYTES]) {
    static const char sql_circle[] = "INSERT INTO circle (id, circle) VALUES (1, ?1)";
    static const char sql_log[] =
        "INSERT INTO log (circle, pk, head, hash, signature) VALUES (1, ?1, 99, x'', x'')";

    assert_int_equal(store_write_begin(store), RB_OK);
    struct db_row *row = db_query(store_db(store), sql_circle);
    db_bind_blob(row, 1, span_of(circle, HASH_BYTES));
    assert_int_equal(db_run(row), RB_OK);
    row = db_query(store_db(store), sql_log);
    db_bind_blob(row, 1, span_of(log, LOG_PK_BYTES));
    assert_int_equal(db_run(row), RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
}

static void the_highest_acknowledgement_stays(void **state) {
    struct fixture *fixture = *state;
    const uint8_t circle[HASH_BYTES] = { 2 }, elsewhere[HASH_BYTES] = { 3 };
    const uint8_t log[LOG_PK_BYTES] = { 1 };

    make_log(fixture->store, circle, log);
    assert_int_equal(acked_set(fixture->store, fixture->siti.id, circle, log, 7), RB_OK);
    assert_int_equal(acked_set(fixture->store, fixture->siti.id, circle, log, 5), RB_OK);
    assert_int_equal(acked(fixture, fixture->siti.id), 7);
    assert_int_equal(acked_set(fixture->store, fixture->siti.id, circle, log, 9), RB_OK);
    assert_int_equal(acked(fixture, fixture->siti.id), 9);
    assert_int_equal(acked_set(fixture->store, fixture->siti.id, elsewhere, log, 11), RB_OK);
    assert_int_equal(acked(fixture, fixture->siti.id), 9);
    assert_int_equal(acked(fixture, fixture->made.id), 0);
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_card_becomes_a_contact),
        TEST(ones_own_card_is_refused),
        TEST(bytes_that_are_no_card_are_refused),
        TEST(another_person_of_a_known_name_is_refused),
        TEST(a_card_with_somebody_elses_transport_key_is_refused),
        TEST(a_newer_card_renews_and_keeps_what_was_found_out_here),
        TEST(a_renewed_contact_may_have_another_name),
        TEST(an_older_card_and_the_same_card_change_nothing),
        TEST(a_card_from_the_future_can_be_renewed),
        TEST(an_address_set_here_stands_instead_of_the_cards),
        TEST(what_is_no_contact_cannot_be_changed),
        TEST(a_removed_contact_leaves_its_number_to_nobody_else),
        TEST(a_tampered_card_in_the_store_is_damage),
        TEST(all_contacts_come_by_number_until_it_is_enough),
        TEST(the_certificates_of_a_contact_are_those_of_its_card),
        TEST(a_person_is_named_by_oneself_then_contacts_then_circles),
        TEST(the_highest_acknowledgement_stays),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
