/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands about offices and letters answer, ask and refuse.  Ayu founds a network; Bayu
 * is a contact whose words she has compared, Citra is one whose words she has not. */
#include "store/contacts.h"
#include "store/offices.h"
#include "tests/support/answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct people people;
static char keys[HOMES_PATH_MAX], file[HOMES_PATH_MAX];

static const char *ayu(char *const *words) {
    return answer_to(&people, AYU, words);
}

static int begin(void **state) {
    (void)state;
    people_new(&people, 3);
    answers_begin();
    assert_int_equal(
        contact_set_verified(people.stores[AYU], people_id(&people, BAYU), people.now_ms), RB_OK);
    (void)snprintf(keys, sizeof keys, "%s", folder_name(&people.folder, "kunci"));
    (void)snprintf(file, sizeof file, "%s", folder_name(&people.folder, "surat.txt"));
    return 0;
}

/* Ayu's first office is the district 3273. */
static int begin_with_a_network(void **state) {
    (void)begin(state);
    assert_has(ayu(WORDS("network", "new", "Jaringan Contoh", "--office", "Dinas Contoh", "--area",
                         "32.73", "--out", keys)),
               "The network \"Jaringan Contoh\" is founded.");
    assert_int_equal(answer_exit, EXIT_DONE);
    return 0;
}

static int end(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

static void assert_refused(char *const *words, const char *code, const char *part) {
    assert_answers_refusal(&people, AYU, words, code, part);
}

/* ---- network ---- */

static void founding_tells_where_the_keys_are_and_to_keep_none(void **state) {
    (void)state;

    const char *said =
        ayu(WORDS("network", "new", "Jaringan Contoh", "--area", "32", "--out", keys));
    assert_has(said, "kunci-akar-1.txt");
    assert_has(said, "kunci-akar-3.txt");
    assert_has(said, "Give them to three people, one each");
    assert_has(said, "this computer keeps none of the keys");
    assert_has(said, "The first office, \"Jaringan Contoh\" (province office, 32), is on this");
    assert_int_equal(folder_entries(keys), 4);
}

static void nothing_is_founded_over_older_keys(void **state) {
    (void)state;

    assert_refused(WORDS("network", "new", "Lain", "--out", keys), "file_exists",
                   "was left as it is");
    assert_has_not(ayu(WORDS("network", "show")), "Lain");
}

static void nothing_is_left_of_a_network_that_cannot_be_founded(void **state) {
    (void)state;

    assert_has(ayu(WORDS("network", "new", "Lain", "--area", "327", "--out", keys)),
               "is not an area code");
    assert_int_equal(answer_exit, EXIT_USAGE);
    assert_refused(WORDS("network", "new", "Lain", "--out", "/proc/1/tidak"), "file_not_written",
                   "could not be written");
    assert_has(ayu(WORDS("network", "show")), "No office is held on this computer.");
}

static void the_network_is_shown_with_its_words_and_the_offices_here(void **state) {
    (void)state;

    assert_has(ayu(WORDS("network", "request", "Kantor Lain", "--area", "327304", "--out", file)),
               "which the office above will compare with you");
    const char *said = ayu(WORDS("network", "show"));
    assert_has(said, "Dinas Contoh  district office");
    assert_has(said, "asked for, not signed yet");
    assert_has(said, "Network: Jaringan Contoh");
    assert_has(said, "The network's eight words:");
    assert_has(said, "You have no letter of assignment.");
    const char *json = ayu(WORDS("--json", "network", "show"));
    assert_has(json, "\"state\": \"granted\"");
    assert_has(json, "\"rank\": \"supervisor\"");
    assert_has(json, "\"letter\": null");
}

/* ---- credential ---- */

#define ISSUE(...)                                                                                 \
    WORDS("credential", "issue", __VA_ARGS__, "--number", "800/12/2026", "--date", "20/11/2026")

static void whoever_issues_is_asked_with_all_that_the_letter_says(void **state) {
    (void)state;

    const char *asked = ayu(ISSUE("Bayu", "--scope", "pendampingan", "--area", "327304", "--role",
                                  "supervisor", "--out", file));
    assert_int_equal(answer_exit, -1);
    assert_has(asked, "Letter of assignment for Bayu\n");
    assert_has(asked, "Number: 800/12/2026\n");
    assert_has(asked, "Date: 20/11/2026\n");
    assert_has(asked, "For: pendampingan\n");
    assert_has(asked, "Role: supervisor\n");
    assert_has(asked, "Area: 327304\n");
    assert_has(asked, "Signed by: Dinas Contoh (district office, 3273)\n");
    assert_has(asked, "Sign it? [y/n]");
    assert_has_not(asked, "for yourself");
}

static void a_letter_goes_into_a_file_of_its_own(void **state) {
    (void)state;

    const char *said = ayu(ISSUE("Bayu", "--area", "327304", "--out", file, "--yes"));
    assert_has(said, "The letter of Bayu is in the file");
    assert_has(said, "give the file to Bayu, who takes it in");
    assert_refused(ISSUE("Bayu", "--area", "327304", "--out", file), "file_exists",
                   "was left as it is");
}

static void letters_against_the_rules_are_refused_by_the_name_of_the_rule(void **state) {
    (void)state;

    assert_refused(ISSUE("Bayu", "--area", "3374", "--out", file), "region_rule",
                   "Rule of areas: Dinas Contoh signs only within its own area (3273).");
    assert_refused(ISSUE("Citra", "--area", "3273", "--out", file), "not_verified",
                   "the words of Citra have not been compared yet");
}

static void an_office_is_needed_to_issue(void **state) {
    (void)state;

    assert_refused(ISSUE("Bayu", "--area", "3273", "--out", file), "no_office",
                   "No office is held on this computer");
}

static void facts_that_no_letter_can_have_are_wrong_usage(void **state) {
    char number[LETTER_NUMBER_BYTES_MAX + 2];
    (void)state;

    memset(number, '7', sizeof number - 1);
    number[sizeof number - 1] = '\0';
    assert_has(ayu(WORDS("credential", "issue", "Bayu", "--number", number, "--date", "20/11/2026",
                         "--out", file)),
               "The text for --number must have 1 to 64 characters");
    assert_int_equal(answer_exit, EXIT_USAGE);
    assert_has(ayu(WORDS("credential", "issue", "Bayu", "--number", "1", "--date", "kapan", "--out",
                         file)),
               "is not a date");
    assert_int_equal(answer_exit, EXIT_USAGE);
    assert_has(ayu(ISSUE("Bayu", "--role", "raja", "--out", file)), "is not known");
    assert_int_equal(answer_exit, EXIT_USAGE);
    assert_has(ayu(ISSUE("Bayu")), "--out FILE");
    assert_int_equal(answer_exit, EXIT_USAGE);
}

static void a_letter_for_oneself_is_taken_at_once(void **state) {
    (void)state;

    assert_has(ayu(WORDS("credential", "issue", "--number", "1", "--date", "20/11/2026", "--role",
                         "supervisor", "--area", "3273")),
               "This letter is for yourself.");
    assert_has(ayu(WORDS("--yes", "credential", "issue", "--number", "1", "--date", "20/11/2026",
                         "--role", "supervisor", "--area", "3273")),
               "The letter is yours and counts from now on.");
    const char *said = ayu(WORDS("credential", "show"));
    assert_has(said, "Letter of assignment of Ayu");
    assert_has(said, "Date: 20/11/2026");
    assert_has(said, "Role: supervisor");
    assert_has(said, "Signed by: Dinas Contoh (district office, 3273)");
    assert_has(said, "Network: Jaringan Contoh (two of its three root keys have signed)");
    assert_has(ayu(WORDS("group", "new", "Rapat", "--network")),
               "Letters of assignment of your network give standing in it.");
}

static void a_letter_of_ones_own_that_is_revoked_is_not_taken(void **state) {
    static uint8_t bytes[OFFICE_FILE_TEXT_BYTES_MAX];
    size_t circles = 0;
    (void)state;

    (void)ayu(WORDS("--yes", "credential", "issue", "--number", "1", "--date", "20/11/2026",
                    "--role", "supervisor", "--area", "3273", "--out", file));
    assert_int_equal(answer_exit, EXIT_DONE);
    assert_int_equal(letters_revoke(people.stores[AYU], people_id(&people, AYU),
                                    span_text("selesai"), people.now_ms, &circles),
                     RB_OK);
    answers_input = span_of(bytes, file_load(file, bytes, sizeof bytes));
    assert_refused(WORDS("credential", "take", file), "letter_revoked", "This letter is revoked.");
}

static void who_has_no_letter_is_told_what_that_means(void **state) {
    (void)state;

    assert_has(ayu(WORDS("credential", "show", "Bayu")), "Bayu has no letter of assignment");
    assert_refused(WORDS("group", "new", "Rapat", "--network"), "no_letter",
                   "You have no letter of assignment");
    assert_has_not(ayu(WORDS("group", "list")), "Rapat");
}

static void a_letter_that_is_not_used_is_not_called_missing(void **state) {
    (void)state;

    (void)ayu(WORDS("--yes", "credential", "issue", "--number", "1", "--date", "20/11/2026",
                    "--role", "supervisor", "--area", "3273"));
    const char *said = ayu(WORDS("credential", "use", "0"));
    assert_has(said, "No letter of assignment is used now.");
    assert_has_not(said, "has no letter of assignment");
    said = ayu(WORDS("credential", "show"));
    assert_has(said, "No letter of assignment is used now.");
    assert_has(said, "choose a letter: rembuk credential use NUMBER");
    (void)ayu(WORDS("credential", "use", "1"));
    assert_has_not(ayu(WORDS("credential", "show")), "rembuk credential use");
}

static void a_revocation_says_what_it_does_before_it_is_done(void **state) {
    (void)state;

    (void)ayu(ISSUE("Bayu", "--area", "3273", "--out", file, "--yes"));
    const char *asked = ayu(WORDS("credential", "revoke", "Bayu", "--reason", "selesai"));
    assert_int_equal(answer_exit, -1);
    assert_has(asked, "The letter of assignment of Bayu is to be revoked.");
    assert_has(asked, "shuts Bayu out of every group and case in which this letter was used");
    const char *said = ayu(WORDS("--yes", "credential", "revoke", "Bayu", "--reason", "selesai"));
    assert_has(said, "The letter of Bayu is revoked.");
    assert_has(said, "No group or case on this computer uses it yet.");
    assert_has(said, "tell the others: rembuk sync");
    assert_refused(WORDS("credential", "revoke", "Bayu", "--reason", "lagi"), "no_letter",
                   "Only the office that signed it can revoke it.");
}

#define WITH(setup, test) cmocka_unit_test_setup_teardown(test, setup, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(begin, founding_tells_where_the_keys_are_and_to_keep_none),
        WITH(begin_with_a_network, nothing_is_founded_over_older_keys),
        WITH(begin, nothing_is_left_of_a_network_that_cannot_be_founded),
        WITH(begin_with_a_network, the_network_is_shown_with_its_words_and_the_offices_here),
        WITH(begin_with_a_network, whoever_issues_is_asked_with_all_that_the_letter_says),
        WITH(begin_with_a_network, a_letter_goes_into_a_file_of_its_own),
        WITH(begin_with_a_network, letters_against_the_rules_are_refused_by_the_name_of_the_rule),
        WITH(begin, an_office_is_needed_to_issue),
        WITH(begin_with_a_network, facts_that_no_letter_can_have_are_wrong_usage),
        WITH(begin_with_a_network, a_letter_for_oneself_is_taken_at_once),
        WITH(begin_with_a_network, a_letter_of_ones_own_that_is_revoked_is_not_taken),
        WITH(begin, who_has_no_letter_is_told_what_that_means),
        WITH(begin_with_a_network, a_letter_that_is_not_used_is_not_called_missing),
        WITH(begin_with_a_network, a_revocation_says_what_it_does_before_it_is_done),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
