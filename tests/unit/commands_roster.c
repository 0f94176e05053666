/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands tell of the roster.  Ayu holds an office; Bayu has met her, and compared words with
 * nobody.  Commands go by the clock of this computer. */
#include "node/node.h"
#include "store/contacts.h"
#include "store/roster.h"
#include "tests/support/answers.h"
#include "tests/support/rosters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { DAY_MS = 24 * 60 * 60 * 1000 };

static struct people people;
static struct office_row office;

static void begin_at(int64_t now_ms) {
    people_new(&people, 3);
    people.now_ms = now_ms;
    answers_begin();
    rosters_found(&people, &office);
}

static int begin(void **state) {
    (void)state;
    begin_at(clock_now_ms() - 60000);
    return 0;
}

static void give_all(void) {
    rosters_give(&people, &office, AYU, "800/1");
    rosters_give(&people, &office, BAYU, "800/2");
    rosters_give(&people, &office, CITRA, "800/3");
    assert_int_equal(rosters_upkeep(&people), 0);
    (void)people_meet(&people, AYU, BAYU);
}

static int begin_with_a_roster(void **state) {
    (void)begin(state);
    give_all();
    return 0;
}

static int begin_long_ago(void **state) {
    (void)state;
    begin_at(clock_now_ms() - INT64_C(9) * DAY_MS - 60000);
    give_all();
    return 0;
}

static int end(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

static const char *bayu(char *const *words) {
    return answer_to(&people, BAYU, words);
}

/* ---- The list ---- */

static void the_roster_lists_who_has_a_letter(void **state) {
    (void)state;

    const char *said = bayu(WORDS("network", "people"));
    assert_has(said, "Ayu    TKSK  327304  800/1   not compared yet\n");
    assert_has(said, "Bayu   TKSK  327304  800/2   you\n");
    assert_has(said, "Citra  TKSK  327304  800/3   not compared yet\n");
    assert_has(said, "Roster of Dinas Sosial Kota Contoh: as of ");
    assert_has(said, "(today).");
    assert_has_not(said, "rembuk sync");
}

static void a_word_chooses_among_them(void **state) {
    (void)state;

    assert_has(bayu(WORDS("network", "people", "ITR")), "Citra");
    assert_has_not(bayu(WORDS("network", "people", "ITR")), "Ayu ");
    assert_has(bayu(WORDS("network", "people", "800/1")), "Ayu ");
    assert_has(bayu(WORDS("network", "people", "3273")), "Citra");
    assert_has_not(bayu(WORDS("network", "people", "7304")), "Citra");
    assert_has(bayu(WORDS("network", "people", "tksk")), "Bayu");
    assert_has(bayu(WORDS("network", "people", "Zainab")), "Nobody in the roster fits \"Zainab\".");
}

static void scripts_get_facts(void **state) {
    (void)state;

    const char *json = bayu(WORDS("--json", "network", "people", "Citra"));
    assert_has(json, "\"name\": \"Citra\"");
    assert_has(json, "\"role\": \"tksk\"");
    assert_has(json, "\"number\": \"800/3\"");
    assert_has(json, "\"verified\": false");
    assert_has(json, "\"revoked\": null");
    assert_has(json, "\"state\": \"contact\"");
    assert_has(json, "\"days\": 0");
}

static void how_somebody_is_known_is_told(void **state) {
    struct store *store = people.stores[BAYU];
    size_t circles = 0;
    (void)state;

    assert_int_equal(contact_set_verified(store, people_id(&people, AYU), people_now(&people)),
                     RB_OK);
    assert_int_equal(contact_remove(store, people_id(&people, CITRA), people_now(&people)), RB_OK);
    const char *said = bayu(WORDS("network", "people"));
    assert_has(said, "Ayu    TKSK  327304  800/1   words compared\n");
    assert_has(said, "Citra  TKSK  327304  800/3   no contact\n");
    assert_int_equal(letters_revoke(people.stores[AYU], people_id(&people, CITRA),
                                    span_text("selesai"), people_now(&people), &circles),
                     RB_OK);
    assert_int_equal(circles, 0); /* the roster is no group */
    assert_int_equal(rosters_upkeep(&people), 0);
    (void)people_meet(&people, AYU, BAYU);
    assert_has(bayu(WORDS("network", "people")), "Citra  TKSK  327304  800/3   revoked\n");
}

static void who_stands_in_none_is_told_so(void **state) {
    (void)state;

    assert_has(answer_to(&people, CITRA, WORDS("network", "people")),
               "You stand in no roster yet.");
    assert_has(answer_to(&people, CITRA, WORDS("--json", "network", "people")), "\"people\": []");
}

/* ---- Its age ---- */

static void an_old_roster_waits_for_a_sync(void **state) {
    (void)state;

    assert_has(bayu(WORDS("today")),
               "The roster of Dinas Sosial Kota Contoh is 9 days old. Fetch "
               "a newer one: rembuk sync");
    assert_has_not(bayu(WORDS("today")), "Nothing waits for you.");
    assert_has(bayu(WORDS("network", "show")), "(9 days old).");
    assert_has(bayu(WORDS("network", "people")), "it is old; fetch a newer one: rembuk sync");
    assert_has(bayu(WORDS("--json", "today")), "\"days\": 9");
}

static void a_fresh_roster_waits_for_nothing(void **state) {
    (void)state;

    assert_has_not(bayu(WORDS("today")), "roster");
    assert_has(bayu(WORDS("--json", "today")), "\"old_rosters\": []");
    assert_has(bayu(WORDS("network", "show")), "(today).");
}

static void the_office_itself_is_not_told_that_its_roster_is_old(void **state) {
    (void)state;

    assert_has_not(answer_to(&people, AYU, WORDS("today")), "roster");
}

/* ---- Giving letters ---- */

static void the_first_letter_tells_that_the_keeper_needs_one(void **state) {
    (void)state;

    assert_int_equal(
        contact_set_verified(people.stores[AYU], people_id(&people, BAYU), people_now(&people)),
        RB_OK);
    const char *path = folder_name(&people.folder, "surat.txt");
    assert_has(answer_to(&people, AYU,
                         WORDS("--yes", "credential", "issue", "Bayu", "--number", "1", "--date",
                               "20/11/2026", "--area", "3273", "--out", (char *)path)),
               "The roster of your office begins when you have a letter yourself.");
    assert_has_not(answer_to(&people, AYU,
                             WORDS("--yes", "credential", "issue", "--number", "2", "--date",
                                   "20/11/2026", "--area", "3273")),
                   "roster");
    const char *said = answer_to(&people, AYU, WORDS("network", "people"));
    assert_has(said, "Ayu ");
    assert_has(said, "Bayu ");
}

#define WITH(setup, test) cmocka_unit_test_setup_teardown(test, setup, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH(begin_with_a_roster, the_roster_lists_who_has_a_letter),
        WITH(begin_with_a_roster, a_word_chooses_among_them),
        WITH(begin_with_a_roster, scripts_get_facts),
        WITH(begin_with_a_roster, how_somebody_is_known_is_told),
        WITH(begin_with_a_roster, who_stands_in_none_is_told_so),
        WITH(begin_long_ago, an_old_roster_waits_for_a_sync),
        WITH(begin_with_a_roster, a_fresh_roster_waits_for_nothing),
        WITH(begin_long_ago, the_office_itself_is_not_told_that_its_roster_is_old),
        WITH(begin, the_first_letter_tells_that_the_keeper_needs_one),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
