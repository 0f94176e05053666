/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/armour.h"
#include "protocol/cbor.h"
#include "protocol/invite.h"
#include "protocol/text.h"
#include "tests/support/sari.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { TYPED_MAX = 256, UNTIL_S = 1700600000 };

/* ---- Arranging ---- */

static struct sari sari;
static struct invite_keys keys;
static char told[TYPED_MAX]; /* the words of `keys` */

static void told_write(void) {
    struct writer words;

    writer_init(&words, TYPED_MAX - 1);
    invite_words(&words, &keys);
    assert_int_equal(writer_end(&words), RB_OK);
    memcpy(told, words.data, words.len);
    told[words.len] = '\0';
    writer_clear(&words);
}

static int an_invitation(void **state) {
    (void)state;
    sari_make(&sari, 1);
    for (size_t i = 0; i < sizeof keys.secret; i++) {
        keys.secret[i] = (uint8_t)(0xA0 + 7 * i);
    }
    invite_keys_derive(&keys);
    told_write();
    return 0;
}

static int go_home(void **state) {
    (void)state;
    sari_clear(&sari);
    return 0;
}

static void assert_same_keys(const struct invite_keys *found) {
    assert_memory_equal(found->secret, keys.secret, sizeof keys.secret);
    assert_memory_equal(found->name, keys.name, sizeof keys.name);
    assert_memory_equal(&found->inviter, &keys.inviter, sizeof keys.inviter);
    assert_memory_equal(&found->joiner, &keys.joiner, sizeof keys.joiner);
    assert_memory_equal(found->answer, keys.answer, sizeof keys.answer);
}

static enum rb_status type(const char *typed, struct invite_typo *typo) {
    struct invite_keys found;

    enum rb_status status = invite_words_read(span_text(typed), &found, typo);
    if (status == RB_OK) {
        assert_same_keys(&found);
    }
    return status;
}

/* The words that were told, with `word` in place of the one at `at`. */
static const char *told_but(size_t at, const char *word) {
    static char changed[TYPED_MAX];
    char copy[TYPED_MAX];
    size_t len = 0;

    memcpy(copy, told, sizeof copy);
    char *rest = copy;
    for (size_t i = 0; i < INVITE_WORDS; i++) {
        char *end = rest + strcspn(rest, " ");
        *end = '\0';
        len += (size_t)snprintf(changed + len, sizeof changed - len, "%s ", i == at ? word : rest);
        rest = end + 1;
    }
    return changed;
}

/* ---- Keys ---- */

static void what_follows_from_the_secret_differs_in_every_part(void **state) {
    struct invite_keys other;
    (void)state;

    assert_memory_not_equal(keys.inviter.public, keys.joiner.public, BOX_PUBLIC_BYTES);
    assert_memory_not_equal(keys.inviter.secret, keys.joiner.secret, BOX_SECRET_BYTES);
    assert_memory_not_equal(keys.name, keys.secret, INVITE_NAME_BYTES);
    invite_keys_new(&other);
    assert_memory_not_equal(other.secret, keys.secret, INVITE_SECRET_BYTES);
    assert_memory_not_equal(other.name, keys.name, INVITE_NAME_BYTES);
    invite_keys_new(&keys);
    assert_memory_not_equal(other.secret, keys.secret, INVITE_SECRET_BYTES);
}

/* ---- Words ---- */

static void twelve_words_give_the_same_keys(void **state) {
    struct invite_typo typo;
    (void)state;

    assert_int_equal(type(told, &typo), RB_OK);
    assert_int_equal(typo.count, INVITE_WORDS);
    assert_int_equal(typo.at, INVITE_WORDS);
}

static void every_bit_of_the_secret_is_in_the_words(void **state) {
    struct invite_typo typo;
    (void)state;

    for (size_t bit = 0; bit < 8 * sizeof keys.secret; bit++) {
        memset(keys.secret, 0, sizeof keys.secret);
        keys.secret[bit / 8] = (uint8_t)(1U << bit % 8);
        invite_keys_derive(&keys);
        told_write();
        assert_int_equal(type(told, &typo), RB_OK);
    }
}

static void any_blanks_letter_case_and_four_letters_suffice(void **state) {
    char typed[2 * TYPED_MAX] = "\t \n";
    struct invite_typo typo;
    size_t len = strlen(typed), letters = 0;
    (void)state;

    for (const char *at = told; *at != '\0'; at++) {
        letters = *at == ' ' ? 0 : letters + 1;
        if (letters == 0) {
            len += (size_t)snprintf(typed + len, sizeof typed - len, " \r\n\t ");
        } else if (letters <= 4) {
            typed[len++] = (char)toupper((unsigned char)*at);
        }
    }
    typed[len] = '\n';
    assert_int_equal(type(typed, &typo), RB_OK);
}

static void a_wrong_number_of_words_is_counted(void **state) {
    char typed[2 * TYPED_MAX];
    struct invite_typo typo;
    (void)state;

    assert_int_equal(type("", &typo), RB_MALFORMED);
    assert_int_equal(typo.count, 0);
    assert_int_equal(typo.at, INVITE_WORDS);
    memcpy(typed, told, sizeof told);
    *strrchr(typed, ' ') = '\0';
    assert_int_equal(type(typed, &typo), RB_MALFORMED);
    assert_int_equal(typo.count, INVITE_WORDS - 1);
    (void)snprintf(typed, sizeof typed, "%s bahasa qqqq", told);
    assert_int_equal(type(typed, &typo), RB_MALFORMED);
    assert_int_equal(typo.count, INVITE_WORDS + 2);
    assert_int_equal(typo.at, INVITE_WORDS); /* beyond the twelfth nothing is looked at */
}

static void a_word_that_is_none_is_named_with_those_near_it(void **state) {
    struct invite_typo typo;
    (void)state;

    assert_int_equal(type(told_but(4, "bahsa"), &typo), RB_MALFORMED);
    assert_int_equal(typo.count, INVITE_WORDS);
    assert_int_equal(typo.at, 4);
    assert_string_equal(typo.near[0], "bahasa");
    assert_int_equal(type(told_but(11, "qqqq"), &typo), RB_MALFORMED);
    assert_int_equal(typo.at, 11);
    assert_null(typo.near[0]);
}

static void of_several_words_that_are_none_the_first_is_named(void **state) {
    struct invite_typo typo;
    (void)state;

    assert_int_equal(type("bahsa qqqq zzzz", &typo), RB_MALFORMED);
    assert_int_equal(typo.count, 3);
    assert_int_equal(typo.at, 0);
    assert_string_equal(typo.near[0], "bahasa");
}

/* Four bits of checksum: one in 16 slips that give another word of the list is not seen. */
static void most_wrong_words_are_noticed(void **state) {
    const unsigned total = INVITE_WORDS * 128;
    struct invite_keys found;
    struct invite_typo typo;
    unsigned passed = 0;
    (void)state;

    for (unsigned i = 0; i < total; i++) {
        const char *typed = told_but(i % INVITE_WORDS, words_at(i * 37 % WORDS_COUNT));
        if (invite_words_read(span_text(typed), &found, &typo) == RB_OK) {
            passed++;
        } else {
            assert_int_equal(typo.at, INVITE_WORDS);
            assert_int_equal(typo.count, INVITE_WORDS);
        }
    }
    assert_in_range(passed, total / 24, total / 11);
}

static void words_that_are_wrong_leave_the_keys_alone(void **state) {
    struct invite_keys found, untouched;
    struct invite_typo typo;
    (void)state;

    memset(&found, 0x5A, sizeof found);
    memset(&untouched, 0x5A, sizeof untouched);
    assert_int_equal(invite_words_read(span_text("abadi"), &found, &typo), RB_MALFORMED);
    assert_memory_equal(&found, &untouched, sizeof found);
}

/* ---- Offers ---- */

static struct offer an_offer(void) {
    struct offer offer = { .keys = &keys, .until_s = UNTIL_S, .card = writer_view(&sari.card) };

    offer.addresses[0] = span_text("tcp://contoh.example:7438");
    offer.addresses[1] = span_text("tcp://[2001:db8::1]:7438");
    offer.address_count = 2;
    return offer;
}

/* Reads `text` and compares with what was offered. */
static void assert_offered(struct span text, const struct offer *expected, size_t addresses) {
    struct writer bytes = { .max = OFFER_BYTES_MAX };
    struct invite_keys found;
    struct offer offer;

    assert_int_equal(offer_read(text, &bytes, &found, &offer), RB_OK);
    assert_ptr_equal(offer.keys, &found);
    assert_same_keys(&found);
    assert_int_equal(offer.until_s, expected->until_s);
    assert_int_equal(offer.address_count, addresses);
    for (size_t i = 0; i < addresses; i++) {
        assert_true(span_equal(offer.addresses[i], expected->addresses[i]));
    }
    assert_true(span_equal(offer.card, expected->card));
    writer_clear(&bytes);
}

static enum rb_status read_offer(struct span text) {
    struct writer bytes = { .max = OFFER_BYTES_MAX };
    struct invite_keys found, keys_before;
    struct offer offer, before;

    memset(&found, 0x5A, sizeof found);
    memset(&offer, 0x5A, sizeof offer);
    keys_before = found;
    before = offer;
    enum rb_status status = offer_read(text, &bytes, &found, &offer);
    if (status != RB_OK) {
        assert_int_equal(bytes.len, 0);
        assert_memory_equal(&found, &keys_before, sizeof found);
        assert_memory_equal(&offer, &before, sizeof offer);
    }
    writer_clear(&bytes);
    return status;
}

static void an_offer_comes_back_from_a_file_with_anything_around_it(void **state) {
    struct writer text = { .max = 2 * CARD_TEXT_BYTES_MAX };
    struct offer offer = an_offer();
    (void)state;

    writer_span(&text, span_text("Halo Budi,\r\nini undangannya = :\n"));
    offer_armour(&text, &offer);
    writer_span(&text, span_text("\n-- \nSari"));
    assert_int_equal(writer_end(&text), RB_OK);
    assert_offered(writer_view(&text), &offer, 2);
    writer_clear(&text);
}

static void an_offer_without_card_or_address_comes_back(void **state) {
    struct writer text = { .max = CARD_TEXT_BYTES_MAX };
    struct offer offer = { .keys = &keys };
    (void)state;

    offer_armour(&text, &offer);
    assert_offered(writer_view(&text), &offer, 0);
    writer_clear(&text);
}

static void the_largest_offer_fits_a_file(void **state) {
    static uint8_t address[ADDRESS_BYTES_MAX + 1];
    struct writer text = { .max = CARD_TEXT_BYTES_MAX };
    static const uint8_t card[CARD_BYTES_MAX];
    struct offer offer = an_offer();
    (void)state;

    (void)snprintf((char *)address, sizeof address, "tcp://%0114d.id:7438", 1);
    assert_true(address_is_valid(span_of(address, ADDRESS_BYTES_MAX)));
    offer.address_count = ADDRESSES_MAX;
    for (size_t i = 0; i < ADDRESSES_MAX; i++) {
        offer.addresses[i] = span_of(address, ADDRESS_BYTES_MAX);
    }
    offer.card = span_of(card, sizeof card); /* no card at all, but as large as one can be */
    offer_armour(&text, &offer);
    assert_int_equal(writer_end(&text), RB_OK);
    assert_int_equal(read_offer(writer_view(&text)), RB_MALFORMED);

    writer_reset(&text);
    offer.card = (struct span) { 0 };
    offer_text(&text, &offer);
    assert_in_range(text.len, 400, INVITE_TEXT_BYTES_MAX);
    assert_offered(writer_view(&text), &offer, 2); /* those that fit */
    writer_clear(&text);
}

static void an_offer_comes_back_from_grouped_text(void **state) {
    struct writer text = { .max = INVITE_TEXT_BYTES_MAX };
    struct offer offer = an_offer();
    (void)state;

    offer_text(&text, &offer);
    offer.card = (struct span) { 0 }; /* it is left out */
    assert_int_equal(writer_end(&text), RB_OK);
    for (size_t i = 0; i < text.len; i++) {
        assert_int_equal(text.data[i] == ' ', i % 6 == 5);
    }
    assert_offered(writer_view(&text), &offer, 2);
    writer_clear(&text);
}

static void grouped_text_may_be_typed_in_any_groups_and_letter_case(void **state) {
    struct writer text = { .max = INVITE_TEXT_BYTES_MAX }, typed = { .max = 4096 };
    struct offer offer = an_offer();
    (void)state;

    offer_text(&text, &offer);
    offer.card = (struct span) { 0 };
    for (size_t i = 0; i < text.len; i++) {
        writer_u8(&typed, (uint8_t)toupper(text.data[i]));
        if (i % 17 == 0) {
            writer_span(&typed, span_text("\r\n\t "));
        }
    }
    assert_offered(writer_view(&typed), &offer, 2);
    writer_clear(&typed);
    writer_clear(&text);
}

/* The checksum finds them before anybody decodes. */
static void every_changed_letter_of_grouped_text_is_noticed(void **state) {
    struct writer text = { .max = INVITE_TEXT_BYTES_MAX };
    const struct offer offer = an_offer();
    (void)state;

    offer_text(&text, &offer);
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t letter = text.data[i];
        if (letter != ' ') {
            text.data[i] = letter == 'a' ? 'b' : 'a';
            assert_int_equal(read_offer(writer_view(&text)), RB_MALFORMED);
            text.data[i] = letter;
        }
        assert_int_equal(read_offer(span_of(text.data, i)), RB_MALFORMED);
    }
    writer_clear(&text);
}

/* ---- Offers that were tampered with: the bytes, with a checksum that fits ---- */

static void offer_bytes(struct writer *bytes, const struct offer *offer) {
    struct writer text = { .max = CARD_TEXT_BYTES_MAX };

    writer_init(bytes, OFFER_BYTES_MAX + 1);
    offer_armour(&text, offer);
    assert_int_equal(armour_read(writer_view(&text), "INVITATION", OFFER_BYTES_MAX, bytes), RB_OK);
    writer_clear(&text);
}

static enum rb_status read_bytes(struct span bytes) {
    struct writer text = { .max = 2 * CARD_TEXT_BYTES_MAX };

    armour_write(&text, "INVITATION", bytes);
    enum rb_status status = read_offer(writer_view(&text));
    writer_clear(&text);
    return status;
}

static void every_cut_of_an_offer_is_malformed(void **state) {
    const struct offer offer = an_offer();
    struct writer bytes;
    (void)state;

    offer_bytes(&bytes, &offer);
    for (size_t cut = 0; cut < bytes.len; cut++) {
        assert_int_equal(read_bytes(span_of(bytes.data, cut)), RB_MALFORMED);
    }
    writer_u8(&bytes, 0);
    assert_int_equal(read_bytes(writer_view(&bytes)), RB_MALFORMED);
    writer_clear(&bytes);
}

/* The secret, the end and the addresses are not signed: who gives the offer gives them.  Of the
 * card some bits: card.c flips them all. */
static void every_flipped_bit_of_an_offer_is_refused_or_another_offer(void **state) {
    const struct offer offer = an_offer();
    size_t same = 0, card_at;
    struct writer bytes;
    (void)state;

    offer_bytes(&bytes, &offer);
    card_at = bytes.len - offer.card.len;
    for (size_t bit = 0; bit < 8 * bytes.len; bit += bit / 8 < card_at ? 1 : 37) {
        bytes.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
        enum rb_status status = read_bytes(writer_view(&bytes));
        assert_true(bit / 8 < card_at || status != RB_OK);
        same += status == RB_OK ? 1 : 0;
        bytes.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_in_range(same, 8 * INVITE_SECRET_BYTES, 8 * card_at);
    writer_clear(&bytes);
}

static void an_offer_of_a_newer_version_is_unknown(void **state) {
    struct writer bytes = { .max = OFFER_BYTES_MAX };
    (void)state;

    cbor_write_array(&bytes, 2);
    cbor_write_uint(&bytes, 2);
    cbor_write_text(&bytes, span_text("something else"));
    assert_int_equal(read_bytes(writer_view(&bytes)), RB_UNKNOWN);
    bytes.data[1] = 0;
    assert_int_equal(read_bytes(writer_view(&bytes)), RB_MALFORMED);
    bytes.data[1] = 1;
    assert_int_equal(read_bytes(writer_view(&bytes)), RB_MALFORMED);
    writer_clear(&bytes);
}

static void an_offer_with_a_card_that_was_not_signed_so_is_refused(void **state) {
    struct offer offer = an_offer();
    struct writer bytes;
    (void)state;

    sari.card.data[sari.card.len - 1] ^= 1;
    offer_bytes(&bytes, &offer);
    assert_int_equal(read_bytes(writer_view(&bytes)), RB_BAD_SIGNATURE);
    writer_clear(&bytes);
}

static void an_offer_with_an_address_that_is_none_is_malformed(void **state) {
    struct offer offer = an_offer();
    struct writer bytes;
    (void)state;

    offer.addresses[1] = span_text("tcp://contoh.example:0");
    offer_bytes(&bytes, &offer);
    assert_int_equal(read_bytes(writer_view(&bytes)), RB_MALFORMED);
    writer_clear(&bytes);
}

static void armour_of_another_kind_is_no_offer(void **state) {
    struct writer text = { .max = CARD_TEXT_BYTES_MAX };
    (void)state;

    card_armour(&text, writer_view(&sari.card));
    assert_int_equal(read_offer(writer_view(&text)), RB_MALFORMED);
    assert_int_equal(read_offer(span_text("")), RB_MALFORMED);
    writer_clear(&text);
}

/* ---- Answers ---- */

static void answer_bytes(struct writer *bytes) {
    writer_init(bytes, INVITE_ANSWER_BYTES_MAX);
    assert_int_equal(answer_make(bytes, &keys, writer_view(&sari.card)), RB_OK);
}

static enum rb_status check_answer(struct span bytes) {
    struct invite_answer answer;

    enum rb_status status = answer_decode(bytes, &answer);
    return status == RB_OK ? answer_verify(&answer, &keys) : status;
}

static void an_answer_says_the_name_and_the_card(void **state) {
    struct invite_answer answer;
    struct writer bytes;
    (void)state;

    answer_bytes(&bytes);
    assert_int_equal(answer_decode(writer_view(&bytes), &answer), RB_OK);
    assert_memory_equal(answer.name, keys.name, sizeof keys.name);
    assert_true(span_equal(answer.card, writer_view(&sari.card)));
    assert_int_equal(answer_verify(&answer, &keys), RB_OK);
    writer_clear(&bytes);
}

static void an_answer_to_another_invitation_is_not_taken(void **state) {
    struct invite_answer answer;
    struct invite_keys other;
    struct writer bytes;
    (void)state;

    invite_keys_new(&other);
    answer_bytes(&bytes);
    assert_int_equal(answer_decode(writer_view(&bytes), &answer), RB_OK);
    assert_int_equal(answer_verify(&answer, &other), RB_BAD_SIGNATURE);
    memcpy(answer.name, other.name, sizeof other.name); /* it says that it were for this one */
    assert_int_equal(answer_verify(&answer, &other), RB_BAD_SIGNATURE);
    assert_int_equal(answer_verify(&answer, &keys), RB_BAD_SIGNATURE);
    writer_clear(&bytes);
}

static void every_cut_of_an_answer_is_malformed(void **state) {
    struct writer bytes;
    (void)state;

    answer_bytes(&bytes);
    for (size_t cut = 0; cut < bytes.len; cut++) {
        assert_int_equal(check_answer(span_of(bytes.data, cut)), RB_MALFORMED);
    }
    writer_u8(&bytes, 0);
    assert_int_equal(check_answer(writer_view(&bytes)), RB_MALFORMED);
    writer_clear(&bytes);
}

static void every_flipped_bit_of_an_answer_is_noticed(void **state) {
    struct writer bytes;
    (void)state;

    answer_bytes(&bytes);
    for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
        bytes.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_not_equal(check_answer(writer_view(&bytes)), RB_OK);
        bytes.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_int_equal(check_answer(writer_view(&bytes)), RB_OK);
    writer_clear(&bytes);
}

static void an_answer_of_a_newer_version_is_unknown(void **state) {
    struct writer bytes;
    (void)state;

    answer_bytes(&bytes);
    bytes.data[1] = 2;
    assert_int_equal(check_answer(writer_view(&bytes)), RB_UNKNOWN);
    writer_clear(&bytes);
}

static void the_largest_answer_fits_its_maximum_and_a_file(void **state) {
    static const uint8_t card[CARD_BYTES_MAX];
    struct writer bytes = { .max = INVITE_ANSWER_BYTES_MAX }, text = { .max = CARD_TEXT_BYTES_MAX };
    struct writer back = { .max = INVITE_ANSWER_BYTES_MAX };
    (void)state;

    assert_int_equal(answer_make(&bytes, &keys, span_of(card, sizeof card)), RB_OK);
    assert_int_equal(check_answer(writer_view(&bytes)), RB_OK);
    answer_armour(&text, writer_view(&bytes));
    assert_int_equal(writer_end(&text), RB_OK);
    assert_int_equal(answer_unarmour(writer_view(&text), &back), RB_OK);
    assert_true(span_equal(writer_view(&back), writer_view(&bytes)));
    writer_clear(&back);
    writer_clear(&text);
    writer_clear(&bytes);
}

static void an_answer_is_told_apart_from_an_offer_by_its_armour(void **state) {
    struct writer bytes, text = { .max = CARD_TEXT_BYTES_MAX };
    struct writer back = { .max = INVITE_ANSWER_BYTES_MAX };
    const struct offer offer = an_offer();
    (void)state;

    answer_bytes(&bytes);
    answer_armour(&text, writer_view(&bytes));
    assert_non_null(memchr(text.data, '\n', text.len));
    assert_memory_equal(text.data, "-----BEGIN REMBUK ANSWER-----\n", 30);
    assert_int_equal(read_offer(writer_view(&text)), RB_MALFORMED);
    writer_reset(&text);
    offer_armour(&text, &offer);
    assert_memory_equal(text.data, "-----BEGIN REMBUK INVITATION-----\n", 34);
    assert_int_equal(answer_unarmour(writer_view(&text), &back), RB_MALFORMED);
    assert_int_equal(back.len, 0);
    writer_clear(&back);
    writer_clear(&text);
    writer_clear(&bytes);
}

#define ARRANGED(test) cmocka_unit_test_setup_teardown(test, an_invitation, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        ARRANGED(what_follows_from_the_secret_differs_in_every_part),
        ARRANGED(twelve_words_give_the_same_keys),
        ARRANGED(every_bit_of_the_secret_is_in_the_words),
        ARRANGED(any_blanks_letter_case_and_four_letters_suffice),
        ARRANGED(a_wrong_number_of_words_is_counted),
        ARRANGED(a_word_that_is_none_is_named_with_those_near_it),
        ARRANGED(of_several_words_that_are_none_the_first_is_named),
        ARRANGED(most_wrong_words_are_noticed),
        ARRANGED(words_that_are_wrong_leave_the_keys_alone),
        ARRANGED(an_offer_comes_back_from_a_file_with_anything_around_it),
        ARRANGED(an_offer_without_card_or_address_comes_back),
        ARRANGED(the_largest_offer_fits_a_file),
        ARRANGED(an_offer_comes_back_from_grouped_text),
        ARRANGED(grouped_text_may_be_typed_in_any_groups_and_letter_case),
        ARRANGED(every_changed_letter_of_grouped_text_is_noticed),
        ARRANGED(every_cut_of_an_offer_is_malformed),
        ARRANGED(every_flipped_bit_of_an_offer_is_refused_or_another_offer),
        ARRANGED(an_offer_of_a_newer_version_is_unknown),
        ARRANGED(an_offer_with_a_card_that_was_not_signed_so_is_refused),
        ARRANGED(an_offer_with_an_address_that_is_none_is_malformed),
        ARRANGED(armour_of_another_kind_is_no_offer),
        ARRANGED(an_answer_says_the_name_and_the_card),
        ARRANGED(an_answer_to_another_invitation_is_not_taken),
        ARRANGED(every_cut_of_an_answer_is_malformed),
        ARRANGED(every_flipped_bit_of_an_answer_is_noticed),
        ARRANGED(an_answer_of_a_newer_version_is_unknown),
        ARRANGED(the_largest_answer_fits_its_maximum_and_a_file),
        ARRANGED(an_answer_is_told_apart_from_an_offer_by_its_armour),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
