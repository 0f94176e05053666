/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/contacts.h"
#include "store/db.h"
#include "store/devices.h"
#include "store/letters.h"
#include "store/self.h"
#include "tests/support/homes.h"
#include "tests/support/offices.h"

#include <string.h>

#define LATER_S (HOMES_NOW_MS / 1000 + 60)

struct fixture {
    struct folder folder;
    struct store *store;
    struct writer letter, chain; /* Dewi's, by the office of her town */
};

static void letter_write(struct writer *out, const uint8_t person[static SIGN_PUBLIC_BYTES]) {
    const struct person_facts facts = {
        .name = span_text("Dewi Andaikan, S.Sos"),
        .role = ROLE_SUPERVISOR,
        .region = span_text("327304"),
    };

    assert_int_equal(office_letter(out, person, offices_usual[0].fill, &facts, LATER_S), RB_OK);
}

static int set_up(void **state) {
    static struct fixture fixture;

    folder_new(&fixture.folder);
    fixture.store = home_new(folder_name(&fixture.folder, "home"), "Dewi Andaikan");
    writer_init(&fixture.letter, CERT_BYTES_MAX);
    writer_init(&fixture.chain, CHAIN_BYTES_MAX);
    letter_write(&fixture.letter, store_self(fixture.store)->identity->person.public);
    offices_chain(&fixture.chain, offices_usual, OFFICES_USUAL, HOMES_NOW_MS / 1000);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;

    store_close(&fixture->store);
    writer_clear(&fixture->chain);
    writer_clear(&fixture->letter);
    folder_remove(&fixture->folder);
    return 0;
}

/* ---- Helpers ---- */

static enum rb_status take(struct fixture *fixture) {
    return self_take_letter(fixture->store, writer_view(&fixture->letter),
                            writer_view(&fixture->chain));
}

static void assert_holds_letter(const struct fixture *fixture) {
    const struct store_self *self = store_self(fixture->store);
    struct letter_row letter;
    struct op_pair pair;

    assert_true(span_equal(self->person_cert.whole, writer_view(&fixture->letter)));
    assert_true(span_equal(self->chain, writer_view(&fixture->chain)));
    assert_true(self->letter.exists);
    assert_int_equal(self->letter.rank, RANK_SUPERVISOR);
    assert_true(span_equal(self->region, span_text("327304")));
    assert_int_equal(letters_pair(fixture->store, NULL, LATER_S * 1000, &letter, &pair), RB_OK);
    assert_true(span_equal(pair.person_cert, writer_view(&fixture->letter)));
    assert_true(span_equal(pair.chain, writer_view(&fixture->chain)));
    assert_true(span_equal(pair.device_cert, self->device_cert.whole));
    assert_true(span_equal(pair.seal_key, self->seal.whole));
}

static void assert_holds_none(const struct fixture *fixture) {
    const struct store_self *self = store_self(fixture->store);
    struct letter_row letter;
    struct op_pair pair;

    assert_false(self->letter.exists);
    assert_int_equal(self->chain.len, 0);
    assert_true(span_equal(self->person_cert.name, span_text("Dewi Andaikan")));
    assert_int_equal(letters_pair(fixture->store, NULL, LATER_S * 1000, &letter, &pair), RB_OK);
    assert_int_equal(pair.chain.len, 0);
}

static void reopen(struct fixture *fixture) {
    store_close(&fixture->store);
    fixture->store = home_open(folder_name(&fixture->folder, "home"));
}

static enum rb_status opening_status_after(struct fixture *fixture, const char *sql) {
    const char *home = folder_name(&fixture->folder, "home");

    assert_int_equal(store_write_begin(fixture->store), RB_OK);
    assert_int_equal(db_execute(store_db(fixture->store), sql), RB_OK);
    assert_int_equal(store_write_commit(fixture->store), RB_OK);
    store_close(&fixture->store);
    return store_open(&fixture->store, home, span_text(HOMES_PASSPHRASE), 0, NULL);
}

/* ---- Taking a letter ---- */

static void who_has_no_letter_carries_no_chain(void **state) {
    assert_holds_none(*state);
}

static void a_letter_is_carried_from_now_on_and_after_opening_again(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(take(fixture), RB_OK);
    assert_holds_letter(fixture);
    reopen(fixture);
    assert_holds_letter(fixture);
}

static void becomes_a_device(struct store *laptop, struct store *of) {
    struct writer card, file;

    writer_init(&card, CARD_BYTES_MAX);
    writer_init(&file, DEVICE_FILE_BYTES_MAX);
    assert_int_equal(store_card(laptop, NULL, 0, HOMES_NOW_MS, &card), RB_OK);
    assert_int_equal(
        device_admit(of, writer_view(&card), span_text("laptop"), NULL, 0, HOMES_NOW_MS, &file),
        RB_OK);
    assert_int_equal(device_take(laptop, writer_view(&file), HOMES_NOW_MS), RB_OK);
    writer_clear(&file);
    writer_clear(&card);
}

/* Whoever has not the person's secret carries his letter like the first one. */
static void a_further_device_takes_the_letter_of_its_person(void **state) {
    struct fixture *fixture = *state;
    struct fixture laptop = *fixture;
    uint8_t device[CERT_ID_BYTES];

    laptop.store = home_new(folder_name(&fixture->folder, "laptop"), "Dewi di rumah");
    becomes_a_device(laptop.store, fixture->store);
    memcpy(device, store_self(laptop.store)->device_cert.id, sizeof device);
    assert_int_equal(take(&laptop), RB_OK);
    assert_holds_letter(&laptop);
    store_close(&laptop.store);
    laptop.store = home_open(folder_name(&fixture->folder, "laptop"));
    assert_holds_letter(&laptop);
    assert_true(store_self(laptop.store)->identity->is_further);
    assert_memory_equal(store_self(laptop.store)->device_cert.id, device, sizeof device);
    store_close(&laptop.store);
    assert_holds_none(fixture); /* it does not travel */
}

static void the_device_stays_the_same_under_a_letter(void **state) {
    struct fixture *fixture = *state;
    const struct cert before = store_self(fixture->store)->device_cert;
    uint8_t store_inc[STORE_INC_BYTES];

    memcpy(store_inc, store_self(fixture->store)->store_inc, sizeof store_inc);
    assert_int_equal(take(fixture), RB_OK);
    const struct store_self *self = store_self(fixture->store);
    assert_memory_equal(self->device_cert.id, before.id, CERT_ID_BYTES);
    assert_memory_equal(self->store_inc, store_inc, sizeof store_inc);
    assert_memory_equal(self->person, self->person_cert.person, HASH_BYTES);
}

static void the_card_carries_the_letter(void **state) {
    struct fixture *fixture = *state;
    struct writer bytes;
    struct card card;

    assert_int_equal(take(fixture), RB_OK);
    writer_init(&bytes, CARD_BYTES_MAX);
    assert_int_equal(store_card(fixture->store, NULL, 0, HOMES_NOW_MS, &bytes), RB_OK);
    assert_int_equal(card_decode(writer_view(&bytes), &card), RB_OK);
    assert_int_equal(card.letter.rank, RANK_SUPERVISOR);
    assert_true(span_equal(card.chain, writer_view(&fixture->chain)));
    writer_clear(&bytes);
}

static void who_holds_the_card_names_its_holder_with_the_chain(void **state) {
    struct fixture *fixture = *state;
    struct store *other = home_new(folder_name(&fixture->folder, "other"), "Budi Misal");
    struct writer card, bytes;
    struct contact contact;
    struct op_pair pair;
    bool renewed;

    assert_int_equal(take(fixture), RB_OK);
    writer_init(&card, CARD_BYTES_MAX);
    writer_init(&bytes, CARD_BYTES_MAX);
    assert_int_equal(store_card(fixture->store, NULL, 0, HOMES_NOW_MS, &card), RB_OK);
    assert_int_equal(contact_add(other, writer_view(&card), HOMES_NOW_MS, &contact, &renewed),
                     RB_OK);
    assert_int_equal(contact_pair(other, contact.person, &bytes, &pair), RB_OK);
    assert_true(span_equal(pair.person_cert, writer_view(&fixture->letter)));
    assert_true(span_equal(pair.chain, writer_view(&fixture->chain)));
    writer_clear(&bytes);
    writer_clear(&card);
    store_close(&other);
}

static void a_later_letter_takes_the_place_of_the_first(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(take(fixture), RB_OK);
    writer_reset(&fixture->chain);
    offices_chain(&fixture->chain, offices_usual, OFFICES_USUAL, LATER_S);
    assert_int_equal(take(fixture), RB_OK);
    reopen(fixture);
    assert_holds_letter(fixture);
}

static void an_own_certificate_without_a_chain_lays_the_letter_down(void **state) {
    struct fixture *fixture = *state;
    const struct person_facts facts = { .name = span_text("Dewi Andaikan") };
    const struct span no_chain = { 0 };
    struct writer own;

    assert_int_equal(take(fixture), RB_OK);
    writer_init(&own, CERT_BYTES_MAX);
    assert_int_equal(cert_issue_person(&own, store_self(fixture->store)->identity, &facts, LATER_S),
                     RB_OK);
    assert_int_equal(self_take_letter(fixture->store, writer_view(&own), no_chain), RB_OK);
    writer_clear(&own);
    assert_holds_none(fixture);
    reopen(fixture);
    assert_holds_none(fixture);
}

/* ---- What is refused changes nothing ---- */

static void a_letter_for_somebody_else_is_refused(void **state) {
    struct fixture *fixture = *state;
    struct sign_key other;

    office_key(&other, 0x42);
    writer_reset(&fixture->letter);
    letter_write(&fixture->letter, other.public);
    assert_int_equal(take(fixture), RB_REFUSED);
    assert_holds_none(fixture);
    reopen(fixture);
    assert_holds_none(fixture);
}

static void a_letter_with_a_bad_chain_or_none_is_not_taken(void **state) {
    struct fixture *fixture = *state;
    const struct span letter = writer_view(&fixture->letter);
    const struct span chain = writer_view(&fixture->chain);
    const struct span no_chain = { 0 };

    assert_int_equal(self_take_letter(fixture->store, letter, no_chain), RB_BAD_SIGNATURE);
    assert_int_equal(self_take_letter(fixture->store, letter, span_of(chain.data, chain.len - 1)),
                     RB_MALFORMED);
    assert_int_equal(self_take_letter(fixture->store, span_of(letter.data, letter.len - 1), chain),
                     RB_MALFORMED);
    fixture->chain.data[chain.len - 1] ^= 1; /* the end of the root's signature */
    assert_int_equal(take(fixture), RB_BAD_SIGNATURE);
    assert_holds_none(fixture);
}

static void a_letter_is_kept_when_another_is_refused(void **state) {
    struct fixture *fixture = *state;
    const struct span no_chain = { 0 };

    assert_int_equal(take(fixture), RB_OK);
    assert_int_equal(self_take_letter(fixture->store, writer_view(&fixture->letter), no_chain),
                     RB_BAD_SIGNATURE);
    assert_holds_letter(fixture);
    reopen(fixture);
    assert_holds_letter(fixture);
}

static void a_chain_that_does_not_fit_the_letter_is_damage(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(take(fixture), RB_OK);
    assert_int_equal(opening_status_after(fixture, "DELETE FROM setting WHERE name = 'chain'"),
                     RB_DAMAGED);
}

static void a_chain_of_too_many_bytes_is_damage(void **state) {
    assert_int_equal(opening_status_after(
                         *state, "UPDATE setting SET value = zeroblob(5000) WHERE name = 'chain'"),
                     RB_DAMAGED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(who_has_no_letter_carries_no_chain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_letter_is_carried_from_now_on_and_after_opening_again,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_further_device_takes_the_letter_of_its_person, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_device_stays_the_same_under_a_letter, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_card_carries_the_letter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_holds_the_card_names_its_holder_with_the_chain, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_later_letter_takes_the_place_of_the_first, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_own_certificate_without_a_chain_lays_the_letter_down,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_letter_for_somebody_else_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_letter_with_a_bad_chain_or_none_is_not_taken, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_letter_is_kept_when_another_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_chain_that_does_not_fit_the_letter_is_damage, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_chain_of_too_many_bytes_is_damage, set_up, tear_down),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
