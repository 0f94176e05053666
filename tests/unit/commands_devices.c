/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands about computers answer, ask and refuse.  Ayu has a group with Bayu and a case
 * of her own; the home of Citra was never used and can become a computer of Ayu's. */
#include "cli/people.h"
#include "store/cases.h"
#include "store/contacts.h"
#include "store/revocations.h"
#include "tests/support/answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct people people;
static char card[HOMES_PATH_MAX], answer[HOMES_PATH_MAX], notice[HOMES_PATH_MAX];
static char code[CASE_CODE_BYTES + 1];

static const char *ayu(char *const *words) {
    return answer_to(&people, AYU, words);
}

static const char *citra(char *const *words) {
    return answer_to(&people, CITRA, words);
}

/* The file argument of the next command. */
static void give(const char *path) {
    static uint8_t bytes[1 << 15];

    answers_input = span_of(bytes, file_load(path, bytes, sizeof bytes));
}

static void make_case(void) {
    struct case_record record = { .sex = SEX_UNKNOWN };
    uint8_t circle[HASH_BYTES], entry[REF_BYTES];
    struct store *store = people.stores[AYU];
    struct case_row row;

    assert_int_equal(case_new(store, &record, people_now(&people), circle), RB_OK);
    assert_int_equal(case_note(store, circle, span_text("kunjungan"), people_now(&people), entry),
                     RB_OK);
    assert_int_equal(case_get(store, circle, &row), RB_OK);
    (void)snprintf(code, sizeof code, "%s", row.code);
}

static int begin(void **state) {
    uint8_t group[HASH_BYTES];
    (void)state;

    people_new(&people, 2);
    answers_begin();
    people_group(&people, 2, group);
    make_case();
    people.stores[CITRA] = home_new(folder_name(&people.folder, "baru"), "Citra");
    people.count = 3;
    (void)snprintf(card, sizeof card, "%s", folder_name(&people.folder, "baru.kartu"));
    (void)snprintf(answer, sizeof answer, "%s", folder_name(&people.folder, "jawaban.txt"));
    (void)snprintf(notice, sizeof notice, "%s", folder_name(&people.folder, "surat.txt"));
    (void)citra(WORDS("card", "--out", card));
    give(card);
    return 0;
}

static int end(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

static void assert_refused(size_t who, char *const *words, const char *refusal, const char *part) {
    assert_answers_refusal(&people, who, words, refusal, part);
}

/* ---- add, take ---- */

static void adding_asks_to_compare_the_words_of_the_new_computer(void **state) {
    char words[WORDS_BYTES_MAX];
    (void)state;

    give(card);
    people_words(store_self(people.stores[CITRA])->person_cert.subject, words);
    const char *asked =
        ayu(WORDS("device", "add", card, "--name", "laptop kantor", "--out", answer));
    assert_int_equal(answer_exit, -1);
    assert_has(asked, "A new computer is to be yours, called \"laptop kantor\".");
    assert_has(asked, words);
    assert_has(asked, "Are they the same words? [y/n]");
}

/* Nothing else would help: the new computer could call nobody. */
static void a_file_without_an_address_is_to_be_made_again(void **state) {
    (void)state;

    const char *said =
        ayu(WORDS("--yes", "device", "add", card, "--name", "laptop kantor", "--out", answer));
    assert_has(said, "\"laptop kantor\" is computer ");
    assert_has(said, "The file has no address");
    assert_has(said, "rembuk node --listen");
    assert_has(said, "rembuk device add FILE");
    assert_has_not(said, "rembuk device take FILE");
}

static void the_same_card_again_is_not_asked_about(void **state) {
    (void)state;
    char *other = (char *)folder_name(&people.folder, "lagi.txt");

    give(card);
    const char *said = ayu(WORDS("device", "add", card, "--name", "lain", "--out", other));
    assert_int_equal(answer_exit, EXIT_DONE);
    assert_has(said, "\"laptop kantor\" is computer ");
}

static void a_card_of_this_computer_or_of_a_contact_is_no_new_computer(void **state) {
    (void)state;
    char *own = (char *)folder_name(&people.folder, "ayu.kartu");

    (void)ayu(WORDS("card", "--out", own));
    give(own);
    assert_refused(AYU, WORDS("device", "add", own, "--out", answer), "not_a_new_computer",
                   "not the card of a new computer");
    char *of_bayu = (char *)folder_name(&people.folder, "bayu.kartu");
    (void)answer_to(&people, BAYU, WORDS("card", "--out", of_bayu));
    give(of_bayu);
    assert_refused(AYU, WORDS("device", "add", of_bayu, "--out", answer), "not_a_new_computer",
                   "Nothing was changed.");
}

static void taking_asks_whether_one_is_that_person(void **state) {
    char words[WORDS_BYTES_MAX];
    (void)state;

    people_words(store_self(people.stores[AYU])->person_cert.subject, words);
    give(answer);
    const char *asked = citra(WORDS("device", "take", answer));
    assert_int_equal(answer_exit, -1);
    assert_has(asked, "This computer is to be \"laptop kantor\", a computer of Ayu");
    assert_has(asked, words);
    const char *said = citra(WORDS("--yes", "device", "take", answer));
    assert_has(said, "This is a computer of Ayu now, called \"laptop kantor\".");
}

static void a_file_for_another_computer_is_refused_before_anything_is_asked(void **state) {
    (void)state;

    give(answer);
    const char *said = answer_to(&people, BAYU, WORDS("device", "take", answer));
    assert_int_equal(answer_exit, EXIT_REFUSED);
    assert_has(said, "This file is for another computer.");
}

static void a_home_that_was_used_becomes_nobodys_computer(void **state) {
    static char file[HOMES_PATH_MAX];
    (void)state;

    (void)snprintf(file, sizeof file, "%s", folder_name(&people.folder, "lain.txt"));

    give(card);
    const char *said = ayu(WORDS("--yes", "device", "add", card, "--out", file));
    assert_has(said, "\"computer 2\" is computer ");
    (void)citra(WORDS("group", "new", "Sendiri"));
    give(file);
    (void)citra(WORDS("device", "take", file)); /* and nothing is asked before */
    assert_int_equal(answer_exit, EXIT_REFUSED);
    assert_refused(CITRA, WORDS("device", "take", file), "home_is_used",
                   "rembuk has been used here already");
    assert_has(citra(WORDS("status", "--json")), "\"locked\": false");
}

static void only_the_first_computer_adds_others(void **state) {
    (void)state;

    give(card);
    assert_refused(CITRA, WORDS("device", "add", card, "--out", notice), "not_the_first",
                   "Only your first computer");
}

/* ---- list ---- */

static void the_list_tells_which_one_this_is(void **state) {
    (void)state;

    const char *json = ayu(WORDS("--json", "device", "list"));
    assert_has(json, "\"computer\": \"laptop kantor\", \"this\": false");
    assert_has(json, "\"computer\": \"Ayu\", \"this\": true");
    const char *shown = citra(WORDS("device", "list"));
    assert_has(shown, "this computer");
    assert_has(shown, "rembuk device lost NUMBER");
    assert_has(ayu(WORDS("device", "list", "Bayu")), "Computers of Bayu, as far as they are known");
}

/* ---- lost, block ---- */

static void a_lost_computer_is_asked_about_with_what_it_could_read(void **state) {
    (void)state;

    const char *asked = ayu(WORDS("device", "lost"));
    assert_int_equal(answer_exit, -1);
    assert_has(asked, "\"laptop kantor\", yours since ");
    assert_has(asked, "Shut it out now? [y/n]");
    assert_has(asked, "This cannot be taken back");
}

static void the_computer_at_hand_is_never_shut_out(void **state) {
    (void)state;

    assert_refused(AYU, WORDS("device", "lost", "Ayu"), "this_computer", "at which you are typing");
    assert_refused(AYU, WORDS("device", "block", "Ayu"), "this_computer", "Nothing was changed.");
}

static void computers_are_named_by_number_name_or_digits(void **state) {
    (void)state;

    assert_refused(AYU, WORDS("device", "block", "9"), "no_device", "There is no computer");
    assert_refused(AYU, WORDS("device", "block", "laptop"), "no_device", "rembuk device list");
    (void)ayu(WORDS("device", "block", "LAPTOP KANTOR"));
    assert_int_equal(answer_exit, -1);
}

static void who_has_one_computer_is_told_so(void **state) {
    (void)state;

    assert_refused(AYU, WORDS("device", "lost"), "no_other_device", "You have no other computer.");
}

static void a_lost_computer_is_shut_out_and_the_notice_is_drafted(void **state) {
    uint8_t text[1 << 13];
    (void)state;

    const char *said = ayu(WORDS("--yes", "device", "lost", "laptop kantor", "--notice", notice,
                                 "--reason", "dicuri di bus"));
    assert_int_equal(answer_exit, EXIT_DONE);
    assert_has(said, "\"laptop kantor\", is shut out.");
    assert_has(said, "The draft of the notice is in ");
    assert_has(said, "Nobody reads it without the passphrase");
    text[file_load(notice, text, sizeof text - 1)] = '\0';
    assert_has((char *)text, "dicuri di bus");
    assert_has(ayu(WORDS("--json", "device", "list")), "\"revoked\": true");
}

static void the_draft_can_be_made_later(void **state) {
    char *later = (char *)folder_name(&people.folder, "nanti.txt");
    (void)state;

    const char *said = ayu(WORDS("device", "lost", "laptop kantor", "--notice", later));
    assert_int_equal(answer_exit, EXIT_DONE);
    assert_has(said, "was shut out before.");
    assert_has(said, "The draft of the notice is in ");
    assert_refused(AYU, WORDS("device", "block", "laptop kantor"), "revoked_already",
                   "is shut out already");
}

static void nothing_is_done_if_the_notice_would_overwrite_a_file(void **state) {
    (void)state;

    assert_refused(AYU, WORDS("device", "lost", "laptop kantor", "--notice", card), "file_exists",
                   "was left as it is");
    assert_has_not(ayu(WORDS("--json", "device", "list")), "\"revoked\": true");
}

static void a_colleagues_lost_computer_says_who_can_shut_it_out(void **state) {
    (void)state;

    const char *said = ayu(WORDS("device", "lost", "--of", "Bayu"));
    assert_int_equal(answer_exit, EXIT_DONE);
    assert_has(said, "This computer cannot shut it out. These can:");
    assert_has(said, "- Bayu, on another computer of the same person, if there is one:");
    assert_has(said, ": rembuk group remove 1 Bayu");
    assert_has(said, "27/2022, article 46");
    assert_has_not(said, code);
}

static void an_office_can_revoke_the_letter_of_a_colleague(void **state) {
    char *keys = (char *)folder_name(&people.folder, "kunci");
    (void)state;

    assert_int_equal(
        contact_set_verified(people.stores[AYU], people_id(&people, BAYU), people_now(&people)),
        RB_OK);
    (void)ayu(WORDS("network", "new", "Jaringan Contoh", "--out", keys));
    (void)ayu(WORDS("--yes", "credential", "issue", "Bayu", "--number", "800/1", "--date",
                    "20/11/2025", "--out", answer));
    assert_int_equal(answer_exit, EXIT_DONE);
    const char *asked = ayu(WORDS("device", "lost", "--of", "Bayu"));
    assert_int_equal(answer_exit, -1);
    assert_has(asked, "A computer of Bayu is lost or stolen.");
    assert_has(asked, "Revoke the letter now? [y/n]");
    const char *said = ayu(WORDS("--yes", "device", "lost", "--of", "Bayu"));
    assert_has(said, "The letter of assignment of Bayu is revoked.");
    assert_has(said, ": rembuk group remove 1 Bayu");
    assert_has(ayu(WORDS("device", "lost", "--of", "Bayu")), "This computer cannot shut it out.");
}

static void bayu_hears_that_the_card_of_ayu_is_revoked(void) {
    const struct store_self *self = store_self(people.stores[AYU]);
    struct writer whole;

    writer_init(&whole, CERT_BYTES_MAX);
    revoke_issue(&whole, self->device_cert.id, self->person, &self->identity->person,
                 people_now(&people) / 1000);
    assert_int_equal(revocation_add(people.stores[BAYU], writer_view(&whole), people_now(&people)),
                     RB_OK);
    writer_clear(&whole);
}

static void a_revoked_card_is_neither_taken_nor_invited(void **state) {
    char *newer = (char *)folder_name(&people.folder, "ayu.kartu");
    (void)state;

    bayu_hears_that_the_card_of_ayu_is_revoked();
    (void)ayu(WORDS("card", "--out", newer));
    give(newer);
    assert_refused(BAYU, WORDS("contact", "add", newer), "revoked", "The card of Ayu is revoked");
    (void)answer_to(&people, BAYU, WORDS("group", "new", "Baru"));
    assert_refused(BAYU, WORDS("group", "invite", "Baru", "Ayu"), "revoked",
                   "The computer that the card of Ayu names is shut out");
    const char *said = answer_to(&people, BAYU, WORDS("contact", "list"));
    assert_has(said, "computer shut out");
    assert_has(said, "ask for the card of another computer of that person");
    give(newer);
    assert_refused(AYU, WORDS("contact", "add", newer), "own_card", "This is your own card.");
}

static void a_reason_is_one_line(void **state) {
    (void)state;

    (void)ayu(WORDS("--yes", "device", "lost", "--reason", "dua\nbaris"));
    assert_int_equal(answer_exit, EXIT_USAGE);
}

#define BEGINS(name) cmocka_unit_test_setup(name, begin)
#define ENDS(name)   cmocka_unit_test_teardown(name, end)

/* Each goes on where the one before has ended, but where another story begins. */
int main(void) {
    const struct CMUnitTest tests[] = {
        BEGINS(who_has_one_computer_is_told_so),
        cmocka_unit_test(a_colleagues_lost_computer_says_who_can_shut_it_out),
        cmocka_unit_test(a_card_of_this_computer_or_of_a_contact_is_no_new_computer),
        cmocka_unit_test(adding_asks_to_compare_the_words_of_the_new_computer),
        cmocka_unit_test(a_file_without_an_address_is_to_be_made_again),
        cmocka_unit_test(a_file_for_another_computer_is_refused_before_anything_is_asked),
        cmocka_unit_test(taking_asks_whether_one_is_that_person),
        cmocka_unit_test(the_same_card_again_is_not_asked_about),
        cmocka_unit_test(only_the_first_computer_adds_others),
        cmocka_unit_test(the_list_tells_which_one_this_is),
        cmocka_unit_test(a_lost_computer_is_asked_about_with_what_it_could_read),
        cmocka_unit_test(the_computer_at_hand_is_never_shut_out),
        cmocka_unit_test(computers_are_named_by_number_name_or_digits),
        cmocka_unit_test(a_reason_is_one_line),
        cmocka_unit_test(nothing_is_done_if_the_notice_would_overwrite_a_file),
        cmocka_unit_test(a_lost_computer_is_shut_out_and_the_notice_is_drafted),
        ENDS(the_draft_can_be_made_later),
        BEGINS(an_office_can_revoke_the_letter_of_a_colleague),
        ENDS(a_home_that_was_used_becomes_nobodys_computer),
        cmocka_unit_test_setup_teardown(a_revoked_card_is_neither_taken_nor_invited, begin, end),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
