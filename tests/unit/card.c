/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/credential.h"

#include "protocol/limits.h"
#include "tests/support/offices.h"
#include "tests/support/sari.h"

#include <string.h>

/* ---- Arranging ---- */

static enum rb_status check_card(struct span bytes) {
    struct card card;

    return card_decode(bytes, &card);
}

/* `text`, unarmoured, must be the card of `sari`. */
static void assert_unarmoured(struct span text, const struct sari *sari) {
    struct writer card;

    writer_init(&card, CARD_BYTES_MAX);
    assert_int_equal(card_unarmour(text, &card), RB_OK);
    assert_true(span_equal(writer_view(&card), writer_view(&sari->card)));
    writer_clear(&card);
}

static enum rb_status check_armour(struct span text) {
    struct writer card;

    writer_init(&card, CARD_BYTES_MAX);
    enum rb_status status = card_unarmour(text, &card);
    assert_true(status == RB_OK || card.len == 0);
    writer_clear(&card);
    return status;
}

static void armour_make(struct writer *armour, const struct sari *sari) {
    writer_init(armour, CARD_TEXT_BYTES_MAX);
    card_armour(armour, writer_view(&sari->card));
    assert_int_equal(writer_end(armour), RB_OK);
}

static bool address(const char *text) {
    return address_is_valid(span_text(text));
}

/* ---- Cards ---- */

static void a_card_says_what_was_put_in(void **state) {
    struct sari sari;
    struct card card;
    (void)state;

    sari_make(&sari, 1);
    assert_int_equal(card_decode(writer_view(&sari.card), &card), RB_OK);
    assert_true(span_equal(card.person.name, span_text("Sari Contoh")));
    assert_true(span_equal(card.device.name, span_text("laptop")));
    assert_int_equal(card.seal.generation, 1);
    assert_int_equal(card.address_count, 2);
    assert_true(span_equal(card.addresses[0], span_text("tcp://contoh.example:7437")));
    assert_true(span_equal(card.addresses[1], span_text("tcp://[2001:db8::1]:7437")));
    assert_true(span_equal(card.telephone, span_text("+62 811 0000 000")));
    assert_true(card.issued_ms == SARI_NOW_MS);
    sari_clear(&sari);
}

static void every_cut_of_a_card_is_malformed(void **state) {
    struct sari sari;
    (void)state;

    sari_make(&sari, 1);
    for (size_t cut = 0; cut < sari.card.len; cut++) {
        assert_int_equal(check_card(span_of(sari.card.data, cut)), RB_MALFORMED);
    }
    sari_clear(&sari);
}

static void every_flipped_bit_of_a_card_is_noticed(void **state) {
    struct sari sari;
    (void)state;

    sari_make(&sari, 1);
    for (size_t bit = 0; bit < 8 * sari.card.len; bit++) {
        sari.card.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(check_card(writer_view(&sari.card)), RB_OK);
        sari.card.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    sari_clear(&sari);
}

static void a_card_of_parts_that_do_not_fit_is_not_issued(void **state) {
    const struct span none = { 0 };
    struct sari sari, budi;
    (void)state;

    sari_make(&sari, 1);
    sari_make(&budi, 11);
    const struct span person = writer_view(&sari.person);
    const struct span device = writer_view(&sari.device);
    const struct span seal = writer_view(&sari.seal);
    assert_int_equal(sari_card(&sari, person, writer_view(&budi.device), seal, none),
                     RB_BAD_SIGNATURE);
    assert_int_equal(sari_card(&sari, person, device, writer_view(&budi.seal), none),
                     RB_BAD_SIGNATURE);
    assert_int_equal(sari_card(&budi, person, device, seal, none), RB_BAD_SIGNATURE);
    assert_int_equal(sari_card(&sari, device, device, seal, none), RB_MALFORMED);
    assert_int_equal(sari_card(&sari, person, device, seal, none), RB_OK);
    sari_clear(&budi);
    sari_clear(&sari);
}

/* Sari's card with a letter by an office. */
static void letter_card(struct sari *sari, struct writer *person, struct writer *chain) {
    const struct person_facts facts = sari_facts();

    sari_make(sari, 1);
    writer_init(person, CERT_BYTES_MAX);
    writer_init(chain, CHAIN_BYTES_MAX);
    assert_int_equal(office_letter(person, sari->identity.person.public, offices_usual[0].fill,
                                   &facts, SARI_NOW_S),
                     RB_OK);
    offices_chain(chain, offices_usual, OFFICES_USUAL, SARI_NOW_S);
    assert_int_equal(sari_card(sari, writer_view(person), writer_view(&sari->device),
                               writer_view(&sari->seal), writer_view(chain)),
                     RB_OK);
}

static void a_card_carries_the_letter_and_its_chain(void **state) {
    struct writer person, chain;
    struct sari sari;
    struct card card;
    (void)state;

    letter_card(&sari, &person, &chain);
    assert_int_equal(card_decode(writer_view(&sari.card), &card), RB_OK);
    assert_true(span_equal(card.person.whole, writer_view(&person)));
    assert_true(span_equal(card.chain, writer_view(&chain)));
    assert_true(card.letter.exists);
    assert_int_equal(card.letter.rank, RANK_WORKER);
    for (size_t cut = 0; cut < sari.card.len; cut++) {
        assert_int_equal(check_card(span_of(sari.card.data, cut)), RB_MALFORMED);
    }
    writer_clear(&chain);
    writer_clear(&person);
    sari_clear(&sari);
}

static void a_card_with_a_letter_comes_back_from_its_armour(void **state) {
    struct writer person, chain, armour;
    struct sari sari;
    (void)state;

    letter_card(&sari, &person, &chain);
    armour_make(&armour, &sari);
    assert_unarmoured(writer_view(&armour), &sari);
    writer_clear(&armour);
    writer_clear(&chain);
    writer_clear(&person);
    sari_clear(&sari);
}

static void a_card_of_a_letter_and_another_chain_is_not_issued(void **state) {
    const uint8_t empty[] = { 0x80 };
    struct writer person, chain;
    struct sari sari;
    (void)state;

    letter_card(&sari, &person, &chain);
    const struct span device = writer_view(&sari.device);
    const struct span seal = writer_view(&sari.seal);
    const struct span none = { 0 };
    assert_int_equal(sari_card(&sari, writer_view(&sari.person), device, seal, writer_view(&chain)),
                     RB_BAD_SIGNATURE);
    assert_int_equal(sari_card(&sari, writer_view(&person), device, seal, none), RB_BAD_SIGNATURE);
    assert_int_equal(sari_card(&sari, writer_view(&person), device, seal, span_of(empty, 1)),
                     RB_MALFORMED);
    writer_clear(&chain);
    writer_clear(&person);
    sari_clear(&sari);
}

/* All that a card can carry, each as long as it may be; only signatures are missing. */
static void the_largest_card_fits_its_maxima(void **state) {
    const size_t address = 2 + ADDRESS_BYTES_MAX, cert = 3 + CERT_BYTES_MAX;
    const size_t body =
        1 + 3 * cert + 1 + ADDRESSES_MAX * address + 2 + TELEPHONE_BYTES_MAX + 9 + CHAIN_BYTES_MAX;
    const size_t letters = (CARD_BYTES_MAX * 8 + 4) / 5;
    (void)state;

    assert_true(1 + 3 + body + 2 + SIGNATURE_BYTES <= CARD_BYTES_MAX);
    assert_true(letters + letters / 60 * 2 + 100 <= CARD_TEXT_BYTES_MAX); /* CR LF, and the frame */
}

static void a_card_with_bad_contacts_is_not_issued(void **state) {
    const struct span many[ADDRESSES_MAX + 1] = { { 0 } };
    const struct span bad = span_text("http://contoh.example");
    struct sari sari;
    struct writer out;
    (void)state;

    sari_make(&sari, 1);
    writer_init(&out, CARD_BYTES_MAX);
    const struct span person = writer_view(&sari.person);
    const struct span device = writer_view(&sari.device);
    const struct span seal = writer_view(&sari.seal);
    const struct span none = { 0 };
    assert_int_equal(
        card_issue(&out, &sari.identity, person, device, seal, none, &bad, 1, none, SARI_NOW_MS),
        RB_MALFORMED);
    assert_int_equal(card_issue(&out, &sari.identity, person, device, seal, none, many,
                                ADDRESSES_MAX + 1, none, SARI_NOW_MS),
                     RB_MALFORMED);
    assert_int_equal(card_issue(&out, &sari.identity, person, device, seal, none, NULL, 0,
                                span_text("08\x1B[2J"), SARI_NOW_MS),
                     RB_MALFORMED);
    assert_int_equal(out.len, 0);
    sari_clear(&sari);
}

/* ---- Armour ---- */

static void an_armoured_card_comes_back(void **state) {
    struct sari sari;
    struct writer armour;
    (void)state;

    sari_make(&sari, 1);
    armour_make(&armour, &sari);
    assert_memory_equal(armour.data, "-----BEGIN REMBUK CARD-----\n", 28);
    assert_int_equal(armour.data[28 + 60], '\n');
    assert_unarmoured(writer_view(&armour), &sari);
    writer_clear(&armour);
    sari_clear(&sari);
}

static void text_around_and_blanks_within_the_armour_do_not_matter(void **state) {
    struct sari sari;
    struct writer armour, mail;
    (void)state;

    sari_make(&sari, 1);
    armour_make(&armour, &sari);
    writer_init(&mail, 2 * CARD_TEXT_BYTES_MAX);
    writer_span(&mail, span_text("Ini kartu saya = baru:\r\n-----BEGIN REMBUK CARD-----"));
    for (size_t i = 27; i < armour.len; i++) {
        if (armour.data[i] == '\n') {
            writer_span(&mail, span_text(" \r\n\t"));
        } else {
            writer_u8(&mail, armour.data[i]);
        }
    }
    writer_span(&mail, span_text("salam"));
    assert_unarmoured(writer_view(&mail), &sari);
    writer_clear(&mail);
    writer_clear(&armour);
    sari_clear(&sari);
}

static void a_wrong_letter_or_a_cut_in_the_armour_is_malformed(void **state) {
    struct sari sari;
    struct writer armour;
    (void)state;

    sari_make(&sari, 1);
    armour_make(&armour, &sari);
    for (size_t i = 28; i < armour.len - 28; i++) {
        uint8_t letter = armour.data[i];
        armour.data[i] = letter == 'a' ? 'b' : 'a';
        assert_int_equal(check_armour(writer_view(&armour)), RB_MALFORMED);
        armour.data[i] = letter;
    }
    for (size_t cut = 0; cut < armour.len - 1; cut++) {
        assert_int_equal(check_armour(span_of(armour.data, cut)), RB_MALFORMED);
    }
    writer_clear(&armour);
    sari_clear(&sari);
}

static void armour_of_more_than_a_card_is_malformed(void **state) {
    struct writer text;
    (void)state;

    writer_init(&text, 4 * CARD_BYTES_MAX);
    writer_span(&text, span_text("-----BEGIN REMBUK CARD-----"));
    for (size_t i = 0; i < 2 * CARD_BYTES_MAX; i++) {
        writer_u8(&text, 'a');
    }
    writer_span(&text, span_text("=aaaaaaaa-----END REMBUK CARD-----"));
    assert_int_equal(check_armour(writer_view(&text)), RB_MALFORMED);
    writer_clear(&text);
}

/* ---- Addresses ---- */

static void hosts_and_numbers_with_a_port_are_addresses(void **state) {
    (void)state;

    assert_true(address("tcp://contoh.example:7437"));
    assert_true(address("tcp://a-b.c1:1"));
    assert_true(address("tcp://127.0.0.1:65535"));
    assert_true(address("tcp://[::1]:7437"));
    assert_true(address("tcp://[2001:db8::192.0.2.1]:7437"));
}

static void other_forms_are_no_addresses(void **state) {
    (void)state;

    assert_false(address(""));
    assert_false(address("tcp://"));
    assert_false(address("tcp://contoh"));
    assert_false(address("tcp://:7437"));
    assert_false(address("http://contoh:7437"));
    assert_false(address("tcp://*:7437"));
    assert_false(address("tcp://contoh:0"));
    assert_false(address("tcp://contoh:065"));
    assert_false(address("tcp://contoh:65536"));
    assert_false(address("tcp://contoh:74a"));
    assert_false(address("tcp://contoh:"));
    assert_false(address("tcp://con toh:1"));
    assert_false(address("tcp://-contoh:1"));
    assert_false(address("tcp://contoh-.example:1"));
    assert_false(address("tcp://contoh..example:1"));
    assert_false(address("tcp://contoh.:1"));
    assert_false(address("tcp://::1:7437"));
    assert_false(address("tcp://[::1%eth0]:7437"));
    assert_false(address("tcp://[]:7437"));
    assert_false(address("tcp://a:1;tcp://b:2"));
}

static void an_address_has_a_sane_length(void **state) {
    char text[ADDRESS_BYTES_MAX + 2];
    (void)state;

    memset(text, 'a', sizeof text);
    memcpy(text, "tcp://", 6);
    memcpy(text + ADDRESS_BYTES_MAX - 2, ":1", 2);
    assert_true(address_is_valid(span_of(text, ADDRESS_BYTES_MAX)));
    memcpy(text + ADDRESS_BYTES_MAX - 2, "aa:1", 4);
    assert_false(address_is_valid(span_of(text, ADDRESS_BYTES_MAX + 1)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_card_says_what_was_put_in),
        cmocka_unit_test(every_cut_of_a_card_is_malformed),
        cmocka_unit_test(every_flipped_bit_of_a_card_is_noticed),
        cmocka_unit_test(a_card_of_parts_that_do_not_fit_is_not_issued),
        cmocka_unit_test(a_card_carries_the_letter_and_its_chain),
        cmocka_unit_test(a_card_with_a_letter_comes_back_from_its_armour),
        cmocka_unit_test(a_card_of_a_letter_and_another_chain_is_not_issued),
        cmocka_unit_test(the_largest_card_fits_its_maxima),
        cmocka_unit_test(a_card_with_bad_contacts_is_not_issued),
        cmocka_unit_test(an_armoured_card_comes_back),
        cmocka_unit_test(text_around_and_blanks_within_the_armour_do_not_matter),
        cmocka_unit_test(a_wrong_letter_or_a_cut_in_the_armour_is_malformed),
        cmocka_unit_test(armour_of_more_than_a_card_is_malformed),
        cmocka_unit_test(hosts_and_numbers_with_a_port_are_addresses),
        cmocka_unit_test(other_forms_are_no_addresses),
        cmocka_unit_test(an_address_has_a_sane_length),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
