/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands about the people of a group or a case answer, ask and refuse.  Ayu has founded the
 * group; Bayu came first, then Citra; Dimas does not belong to it. */
#include "cli/when.h"
#include "protocol/text.h"
#include "store/cases.h"
#include "store/contacts.h"
#include "store/membership.h"
#include "tests/support/answers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct people people;
static uint8_t circle[HASH_BYTES];

static int begin(void **state) {
    (void)state;
    people_new(&people, 4);
    people_group(&people, 3, circle);
    answers_begin();
    return 0;
}

static int end(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

static const char *ayu(char *const *words) {
    return answer_to(&people, AYU, words);
}

static const char *bayu(char *const *words) {
    return answer_to(&people, BAYU, words);
}

static const char *citra(char *const *words) {
    return answer_to(&people, CITRA, words);
}

static void assert_refused(size_t who, char *const *words, const char *code, const char *part) {
    assert_answers_refusal(&people, who, words, code, part);
}

/* A thread of Ayu's that all have, number 1 at everybody's. */
static void begin_thread(void) {
    uint8_t thread[REF_BYTES];

    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rapat"), people_now(&people), thread),
        RB_OK);
    people_meet_all(&people);
    for (size_t who = AYU; who <= CITRA; who++) {
        assert_has(answer_to(&people, who, WORDS("--quiet", "thread", "list")), "1\tRapat");
    }
}

/* Bayu, off-line, writes a post after Ayu has removed him. */
static void remove_bayu_while_he_writes(void) {
    begin_thread();
    assert_has(ayu(WORDS("--yes", "group", "remove", "1", "Bayu")), "Bayu is removed from");
    assert_has(bayu(WORDS("post", "1", "Saya ikut besok")), "1.1");
    people_meet(&people, AYU, BAYU);
}

/* Case 1 of Ayu, shared with Bayu as a writer; its code. */
static void share_case(char code[static CASE_CODE_BYTES + 1]) {
    const struct case_record record = { 0 };
    uint8_t made[HASH_BYTES];
    struct case_row row;

    assert_int_equal(case_new(people.stores[AYU], &record, people_now(&people), made), RB_OK);
    assert_int_equal(case_get(people.stores[AYU], made, &row), RB_OK);
    memcpy(code, row.code, sizeof row.code);
    for (size_t who = BAYU; who <= DIMAS; who++) {
        assert_int_equal(
            contact_set_verified(people.stores[AYU], people_id(&people, who), people.now_ms),
            RB_OK);
    }
    assert_int_equal(
        contact_set_verified(people.stores[BAYU], people_id(&people, CITRA), people.now_ms), RB_OK);
    (void)ayu(WORDS("consent", "add", "1", "--basis", "guardian", "--on", "today", "--purpose", "x",
                    "--recipients", "team"));
    assert_has(ayu(WORDS("--yes", "case", "share", "1", "Bayu")), "Case 1 is shared with Bayu.");
    people_meet(&people, AYU, BAYU);
}

/* ---- Members ---- */

static void people_are_listed_with_role_and_state(void **state) {
    (void)state;

    const char *said = ayu(WORDS("group", "members", "1"));
    assert_has(said, "People of group 1 \"Balai Melati\":\n");
    assert_has(said, "No.  Name       Role     State\n");
    assert_has(said, "     Ayu (you)  founder  member\n");
    assert_has(said, "1    Bayu       manager  member\n");
    assert_has_not(said, "Standing");
    assert_has(ayu(WORDS("--quiet", "group", "members", "1")), "1\tBayu\tmanager\tmember\n");
}

static void people_have_these_keys_for_scripts(void **state) {
    (void)state;

    const char *json = ayu(WORDS("--json", "group", "members", "1"));
    assert_has(json,
               "\"number\": null, \"name\": \"Ayu\", \"role\": \"owner\", \"state\": "
               "\"accepted\", \"standing\": null, \"until\": null, \"writes_twice\": false");
    assert_has(json, "\"number\": 1, \"name\": \"Bayu\", \"role\": \"manager\"");
    assert_has(json, "\"waiting\": 0");
}

static void a_guest_is_listed_with_his_end(void **state) {
    char shown[128], exact[128], until[WHEN_BYTES];
    int64_t ms = 0;
    (void)state;

    assert_int_equal(when_parse_end(span_text("31/12/2099"), 0, &ms), RB_OK);
    when_show(ms, until);
    (void)snprintf(shown, sizeof shown, "guest until %s", until);
    when_exact(ms, until);
    (void)snprintf(exact, sizeof exact, "\"until\": \"%s\"", until);
    assert_has(ayu(WORDS("group", "invite", "1", "Dimas", "--until", "31/12/2099")), shown);
    const char *json = ayu(WORDS("--json", "group", "members", "1"));
    assert_has(json, "\"name\": \"Dimas\", \"role\": \"writer\", \"state\": \"invited\"");
    assert_has(json, exact);
    assert_has(ayu(WORDS("group", "members", "1")), shown);
    people_meet(&people, AYU, DIMAS);
    assert_int_equal(group_accept(people.stores[DIMAS], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, DIMAS);
    assert_has(ayu(WORDS("group", "members", "1")), shown);
}

static void a_guest_whose_time_is_over_cannot_be_invited(void **state) {
    (void)state;

    assert_has(ayu(WORDS("group", "invite", "1", "Dimas", "--until", "kemarin")),
               "is over already");
    assert_int_equal(answer_exit, EXIT_USAGE);
    assert_has(ayu(WORDS("group", "invite", "1", "Dimas", "--until", "3h")), "unit is not clear");
    assert_has(ayu(WORDS("group", "invite", "1", "Dimas", "--until", "nanti")), "no time");
    assert_has_not(ayu(WORDS("group", "members", "1")), "Dimas");
}

/* ---- Remove ---- */

static void who_removes_is_told_what_that_can_and_cannot_undo(void **state) {
    (void)state;

    const char *question = ayu(WORDS("group", "remove", "1", "Bayu"));
    assert_int_equal(answer_exit, -1);
    assert_has(
        question,
        "Bayu (contact 1) is to be removed from group 1 \"Balai Melati\".\n"
        "rembuk stops showing it to Bayu. But what has arrived on that computer stays there, "
        "and an expert can still read it.\n"
        "Bayu cannot read what is written from now on, except by people whose computer has "
        "not heard of the removal yet.\n"
        "What Bayu has not sent yet, or writes all the same, waits for a manager and is not "
        "shown before: rembuk group waiting 1\n"
        "Remove Bayu? [y/n]");
    assert_has(ayu(WORDS("group", "members", "1")), "Bayu       manager  member\n");
}

/* What the question says of the threads is so. */
static void who_was_removed_is_shown_no_thread_and_told_so(void **state) {
    (void)state;

    begin_thread();
    assert_has(bayu(WORDS("post", "1", "Saya ikut besok")), "1.1");
    assert_has(ayu(WORDS("--yes", "group", "remove", "1", "Bayu")), "Bayu is removed");
    people_meet(&people, AYU, BAYU);
    assert_has_not(bayu(WORDS("thread", "list")), "Rapat");
    assert_has(bayu(WORDS("group", "show", "1")),
               "rembuk does not show you any more what is written there. Nothing is lost: the "
               "others have what you wrote.\n");
}

static void where_nobody_can_be_asked_removal_needs_yes(void **state) {
    (void)state;

    answers_settings.can_ask = false;
    assert_has(ayu(WORDS("group", "remove", "1", "Bayu")), "Add --yes if you are sure.");
    assert_int_equal(answer_exit, EXIT_USAGE);
    assert_has(ayu(WORDS("group", "members", "1")), "Bayu       manager  member\n");
    assert_has(ayu(WORDS("group", "remove", "1", "Bayu", "--yes")), "Bayu is removed");
    assert_int_equal(answer_exit, EXIT_DONE);
}

static void after_a_removal_people_hear_what_comes_next(void **state) {
    (void)state;

    const char *said = ayu(WORDS("--yes", "group", "remove", "1", "1"));
    assert_has(said, "Bayu is removed from group 1 \"Balai Melati\".\n");
    assert_has(said, "gets a new key, which Bayu does not have.");
    assert_has(said, "So far only this computer knows of the removal.");
    assert_has(ayu(WORDS("group", "members", "1")), "removed by Ayu\n");
    assert_has(ayu(WORDS("--json", "group", "show", "1")),
               "\"name\": \"Bayu\", \"role\": \"manager\", \"state\": \"removed\"");
}

static void who_compares_words_is_asked_about_those_of_the_other(void **state) {
    (void)state;

    const char *asked = ayu(WORDS("contact", "verify", "Bayu"));
    assert_int_equal(answer_exit, -1);
    assert_has(asked, "the same as those of Bayu above, and does your colleague see yours?\nBoth");
}

static void contacts_are_to_be_compared_only_while_one_is_not(void **state) {
    (void)state;

    const char *bayus = bayu(WORDS("contact", "list"));
    assert_has(bayus, "compare words: rembuk contact verify");
    for (size_t who = CITRA; who <= DIMAS; who++) {
        (void)bayu(WORDS("--yes", "contact", "verify", who == CITRA ? "Citra" : "Dimas"));
    }
    (void)bayu(WORDS("--yes", "contact", "verify", "Ayu"));
    const char *all = bayu(WORDS("contact", "list"));
    assert_has_not(all, "compare words");
    assert_has(all, "invite to a group");
}

static void nobody_without_a_letter_is_told_to_fetch_a_roster(void **state) {
    (void)state;

    assert_has(ayu(WORDS("network", "people")), "ask your office for one");
    assert_has(ayu(WORDS("credential", "show")), "Contacts know you by your eight words.");
}

static void of_a_lost_computer_of_the_founder_it_is_told_how_to_go_on_without(void **state) {
    (void)state;

    const char *said = bayu(WORDS("device", "lost", "--of", "Ayu"));
    assert_has(said, "found a new group, invite the others there, and leave this one");
    assert_has(said, "From today on write nothing there any more.");
    assert_has_not(said, "Nobody else can remove");
}

static void who_is_removed_can_be_invited_again_and_reads_from_the_beginning(void **state) {
    (void)state;

    assert_has_not(ayu(WORDS("group", "invite", "1", "Dimas")), "from its beginning");
    (void)ayu(WORDS("--yes", "group", "remove", "1", "Bayu"));
    const char *said = ayu(WORDS("group", "invite", "1", "Bayu"));
    assert_has(said, "Bayu is invited to");
    assert_has(said,
               "Bayu then reads it from its beginning, also what was written in "
               "between.\n");
    assert_has(ayu(WORDS("group", "members", "1")), "Bayu       manager  invited\n");
}

static void nobody_senior_is_removed_and_who_could_is_told(void **state) {
    (void)state;

    assert_refused(CITRA, WORDS("group", "remove", "1", "Bayu"), "senior",
                   "Only somebody senior to Bayu can remove that person from group 1 \\\"Balai "
                   "Melati\\\". Who can: Ayu. Nothing was changed.");
    assert_refused(BAYU, WORDS("group", "remove", "1", "Ayu"), "senior",
                   "Nobody in group 1 \\\"Balai Melati\\\" is senior to Ayu, so nobody can remove "
                   "that person. To go on without that person, found a new group, invite the "
                   "others there, and leave this one (rembuk group leave 1). Nothing was changed.");
    assert_has(citra(WORDS("group", "remove", "1", "Bayu")), "Who can: Ayu.");
    assert_int_equal(answer_exit, EXIT_REFUSED); /* Refused before anything is asked. */
}

static void only_managers_remove_and_are_named(void **state) {
    (void)state;

    (void)ayu(WORDS("group", "invite", "1", "Dimas", "--until", "3days"));
    people_meet(&people, AYU, DIMAS);
    assert_int_equal(group_accept(people.stores[DIMAS], circle, people_now(&people)), RB_OK);
    assert_refused(DIMAS, WORDS("group", "remove", "1", "Citra"), "not_manager",
                   "Only a manager can remove others from group 1 \\\"Balai Melati\\\". Who can: "
                   "Ayu, Bayu.");
    assert_refused(DIMAS, WORDS("group", "remove", "1", "Ayu"), "not_manager",
                   "Nobody in group 1 \\\"Balai Melati\\\" is senior to Ayu");
    assert_refused(DIMAS, WORDS("group", "invite", "1", "Citra"), "not_manager",
                   "Only a manager can let others into group 1 \\\"Balai Melati\\\". Who can: "
                   "Ayu, Bayu. Nothing was changed.");
}

static void who_does_not_belong_to_it_cannot_be_removed(void **state) {
    (void)state;

    assert_refused(AYU, WORDS("group", "remove", "1", "Dimas"), "not_a_member",
                   "Dimas does not belong to group 1");
    assert_refused(
        AYU, WORDS("group", "remove", "1", "Siapa"), "not_found",
        "There is nobody called \\\"Siapa\\\" in it. See who is: rembuk group members 1");
    assert_refused(AYU, WORDS("group", "remove", "1", "99"), "not_found",
                   "No contact has the number 99. See who is in it: rembuk group members 1");
    assert_refused(AYU, WORDS("group", "remove", "1", "Baju"), "not_found",
                   "Perhaps \\\"Bayu\\\" is meant");
    (void)ayu(WORDS("--yes", "group", "remove", "1", "Bayu"));
    assert_refused(AYU, WORDS("group", "remove", "1", "Bayu"), "not_a_member", "Bayu does not");
}

static void who_is_no_contact_is_named_by_name_or_identifier(void **state) {
    char hex[2 * HASH_BYTES + 1];
    (void)state;

    (void)ayu(WORDS("contact", "remove", "Bayu"));
    assert_has(ayu(WORDS("--json", "group", "members", "1")),
               "\"number\": null, \"name\": \"Bayu\"");
    assert_has(ayu(WORDS("group", "remove", "1", "bayu")), "Bayu is to be removed from group 1");
    hex_write(span_of(people_id(&people, BAYU), HASH_BYTES), hex);
    hex[8] = '\0';
    assert_has(ayu(WORDS("group", "remove", "1", hex)), "Bayu is to be removed from group 1");
    hex[7] = '\0';
    (void)ayu(WORDS("group", "remove", "1", hex));
    assert_int_equal(answer_exit, EXIT_REFUSED);
}

static void who_removes_himself_is_shown_how_to_leave(void **state) {
    (void)state;

    assert_refused(AYU, WORDS("group", "remove", "1", "Ayu"), "yourself",
                   "To go, type: rembuk group leave 1");
}

static void nobody_is_invited_twice(void **state) {
    (void)state;

    assert_refused(AYU, WORDS("group", "invite", "1", "Bayu"), "member_already",
                   "Bayu is a member of this group already.");
}

static void who_was_removed_changes_nothing_any_more(void **state) {
    (void)state;

    (void)ayu(WORDS("--yes", "group", "remove", "1", "Bayu"));
    people_meet(&people, AYU, BAYU);
    assert_refused(BAYU, WORDS("group", "remove", "1", "Citra"), "not_member", "You do not belong");
    assert_refused(BAYU, WORDS("group", "invite", "1", "Dimas"), "not_member", "You do not belong");
    static const char no_more[] =
        "You do not belong to group 1 \\\"Balai Melati\\\" any more. "
        "Nothing was changed.";
    assert_refused(BAYU, WORDS("group", "leave", "1"), "not_member", no_more);
    assert_refused(BAYU, WORDS("group", "decline", "1"), "not_member", no_more);
    assert_refused(BAYU, WORDS("group", "accept", "1"), "not_member", no_more);
    assert_refused(BAYU, WORDS("thread", "new", "1", "Rapat"), "not_member", no_more);
    assert_refused(BAYU, WORDS("group", "waiting", "1"), "not_member",
                   "any more, so this is not shown to you.");
}

static void who_was_removed_is_told_by_whom(void **state) {
    static const char said[] = "Ayu has removed you from group 1 \"Balai Melati\".";
    (void)state;

    (void)ayu(WORDS("--yes", "group", "remove", "1", "Bayu"));
    people_meet(&people, AYU, BAYU);
    assert_has(bayu(WORDS("group", "show", "1")), said);
    assert_has(bayu(WORDS("group", "members", "1")), said);
    assert_has(bayu(WORDS("group", "list")), "1    Balai Melati  removed  2\n");
}

/* ---- Invited once more ---- */

static int64_t end_of(const char *typed) {
    int64_t ms = 0;

    assert_int_equal(when_parse_end(span_text(typed), 0, &ms), RB_OK);
    return ms;
}

/* Dimas is a guest until the end of 2098, and has accepted. */
static void invite_guest(void) {
    (void)ayu(WORDS("group", "invite", "1", "Dimas", "--until", "31/12/2098"));
    people_meet(&people, AYU, DIMAS);
    assert_int_equal(group_accept(people.stores[DIMAS], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, DIMAS);
}

static void a_guest_is_asked_about_before_he_becomes_a_manager(void **state) {
    char before[WHEN_BYTES], expected[512];
    (void)state;

    invite_guest();
    when_show(end_of("31/12/2098"), before);
    (void)snprintf(expected, sizeof expected,
                   "Dimas belongs to group 1 \"Balai Melati\" already. So far: guest until %s.\n"
                   "From now on: manager, with no end.\n"
                   "A manager can let others in, and remove whoever came later.\n"
                   "Change it? [y/n]",
                   before);
    assert_has(ayu(WORDS("group", "invite", "1", "Dimas")), expected);
    assert_int_equal(answer_exit, -1);
    answers_settings.can_ask = false;
    assert_has(ayu(WORDS("group", "invite", "1", "Dimas")), "Add --yes if you are sure.");
    assert_int_equal(answer_exit, EXIT_USAGE);
    assert_has(ayu(WORDS("--json", "group", "members", "1")),
               "\"name\": \"Dimas\", \"role\": \"writer\", \"state\": \"accepted\"");
    (void)snprintf(expected, sizeof expected,
                   "Dimas in group 1 \"Balai Melati\" from now on: manager, with no end. Before: "
                   "guest until %s.\n",
                   before);
    assert_has(ayu(WORDS("--yes", "group", "invite", "1", "Dimas")), expected);
    assert_has(ayu(WORDS("--json", "group", "members", "1")),
               "\"name\": \"Dimas\", \"role\": \"manager\", \"state\": \"accepted\"");
}

static void the_end_of_a_guest_is_put_off_and_not_brought_forward(void **state) {
    char later[WHEN_BYTES], expected[512], exact[128];
    (void)state;

    invite_guest();
    assert_refused(AYU, WORDS("group", "invite", "1", "Dimas", "--until", "30/12/2098"),
                   "shorter_stay",
                   "An end can be put off, not brought forward. To bring it forward, remove Dimas "
                   "first: rembuk group remove 1 3; then invite again.");
    assert_refused(AYU, WORDS("group", "invite", "1", "Dimas", "--until", "31/12/2098"),
                   "member_already", "Dimas is a member of this group already.");
    assert_refused(AYU, WORDS("group", "invite", "1", "Bayu", "--until", "31/12/2098"),
                   "shorter_stay",
                   "Bayu belongs to group 1 \\\"Balai Melati\\\" already: manager, "
                   "with no end.");
    when_show(end_of("31/12/2099"), later);
    (void)snprintf(expected, sizeof expected, "From now on: guest until %s.\nChange it? [y/n]",
                   later);
    assert_has(ayu(WORDS("group", "invite", "1", "Dimas", "--until", "31/12/2099")), expected);
    (void)ayu(WORDS("--yes", "group", "invite", "1", "Dimas", "--until", "31/12/2099"));
    people_meet(&people, AYU, DIMAS);
    when_exact(end_of("31/12/2099"), later);
    (void)snprintf(exact, sizeof exact,
                   "\"role\": \"writer\", \"state\": \"accepted\", \"standing\": null, "
                   "\"until\": \"%s\"",
                   later);
    assert_has(ayu(WORDS("--json", "group", "members", "1")), exact);
    assert_has(answer_to(&people, DIMAS, WORDS("--json", "group", "members", "1")), exact);
}

static void an_invitation_tells_from_whom_it_is_and_a_guest_until_when(void **state) {
    char expected[256], until[WHEN_BYTES];
    (void)state;

    (void)ayu(WORDS("group", "invite", "1", "Dimas", "--until", "31/12/2098"));
    people_meet(&people, AYU, DIMAS);
    when_show(end_of("31/12/2098"), until);
    (void)snprintf(expected, sizeof expected, "invited by Ayu, as a guest until %s", until);
    assert_has(answer_to(&people, DIMAS, WORDS("group", "list")), expected);
    assert_has(answer_to(&people, DIMAS, WORDS("group", "list")), "Balai Melati");
    assert_has(answer_to(&people, DIMAS, WORDS("group", "show", "1")), expected);
    (void)snprintf(expected, sizeof expected,
                   "You are a guest until %s: you read and write, and invite nobody.\n", until);
    assert_has(answer_to(&people, DIMAS, WORDS("group", "accept", "1")), expected);
    (void)snprintf(expected, sizeof expected, "You: guest until %s\n", until);
    assert_has(answer_to(&people, DIMAS, WORDS("group", "show", "1")), expected);
    assert_has(ayu(WORDS("group", "show", "1")), "You: member\n");
}

/* ---- Waiting and adopting ---- */

static void what_a_removed_person_wrote_is_listed_as_waiting(void **state) {
    (void)state;

    remove_bayu_while_he_writes();
    assert_has_not(ayu(WORDS("thread", "show", "1")), "Saya ikut besok");
    const char *said = ayu(WORDS("group", "waiting", "1"));
    assert_has(said, "was removed  post  Saya ikut besok\n");
    assert_has(said, "let it count: rembuk group adopt 1; of one person only");
    const char *json = ayu(WORDS("--json", "group", "waiting", "1"));
    assert_has(json, "\"name\": \"Bayu\"");
    assert_has(json, "\"reason\": \"removed\", \"kind\": \"post\", \"text\": \"Saya ikut besok\"");
}

static void what_waits_is_told_wherever_the_group_is_shown(void **state) {
    (void)state;

    remove_bayu_while_he_writes();
    assert_has(ayu(WORDS("group", "waiting")), "1    Balai Melati  1\n");
    assert_has(ayu(WORDS("group", "list")), "member, waiting: 1");
    assert_has(ayu(WORDS("group", "show", "1")), "Waiting for a manager: 1\n");
    assert_has(ayu(WORDS("group", "members", "1")), "Waiting for a manager: 1. See it: ");
    assert_has(ayu(WORDS("today")),
               "Waiting for a manager in group 1 \"Balai Melati\": 1. See it: "
               "rembuk group waiting 1\n");
    assert_has(ayu(WORDS("--quiet", "today")), "group_waiting\t1\tBalai Melati\t");
    assert_has(ayu(WORDS("--json", "today")), "\"waiting_for_manager\": [{\"group\": ");
}

static void what_is_adopted_counts(void **state) {
    (void)state;

    remove_bayu_while_he_writes();
    const char *question = ayu(WORDS("group", "adopt", "1", "Bayu"));
    assert_int_equal(answer_exit, -1);
    assert_has(question, "Waiting in group 1 \"Balai Melati\", of Bayu: 1.\n");
    assert_has(question, "Whoever was removed stays removed.\n");
    assert_has(ayu(WORDS("--json", "--yes", "group", "adopt", "1")), "\"adopted\": 1");
    assert_has(ayu(WORDS("thread", "show", "1")), "Saya ikut besok");
    assert_has(ayu(WORDS("group", "waiting", "1")), "Nothing waits in group 1");
    assert_has(ayu(WORDS("group", "waiting")), "Nothing waits in your groups.");
    people_meet(&people, AYU, CITRA);
    assert_has(citra(WORDS("thread", "show", "1")), "Saya ikut besok");
}

static void where_nothing_waits_nothing_is_adopted(void **state) {
    (void)state;

    assert_refused(AYU, WORDS("group", "adopt", "1"), "nothing_waits", "Nothing waits in group 1");
    remove_bayu_while_he_writes();
    assert_refused(AYU, WORDS("group", "adopt", "1", "Citra"), "nothing_waits",
                   "Nothing of Citra waits in group 1");
}

/* ---- Cases ---- */

static void a_case_is_shared_to_be_read_only(void **state) {
    char code[CASE_CODE_BYTES + 1];
    (void)state;

    share_case(code);
    const char *question = ayu(WORDS("case", "share", "1", "Citra", "--role", "reader"));
    assert_has(question, "Citra can only read it, and write nothing.\n");
    assert_has(ayu(WORDS("--yes", "--json", "case", "share", "1", "Citra", "--role", "pembaca")),
               "\"name\": \"Citra\", \"role\": \"reader\"");
    people_meet(&people, AYU, CITRA);
    (void)citra(WORDS("case", "list"));
    static const char reader[] =
        "you read it, and do not write in it. Ask to be made a writer. "
        "Who can: Ayu. Nothing was written.";
    assert_refused(CITRA, WORDS("note", "1", "catatan"), "reader", reader);
    assert_refused(CITRA, WORDS("thread", "new", code, "Rapat"), "reader", reader);
    assert_has(ayu(WORDS("case", "members", "1")), "2    Citra      reader       member\n");
    (void)ayu(WORDS("case", "share", "1", "Dimas", "--role", "boss"));
    assert_int_equal(answer_exit, EXIT_USAGE);
}

static void only_the_owner_makes_managers(void **state) {
    char code[CASE_CODE_BYTES + 1];
    (void)state;

    share_case(code);
    (void)bayu(WORDS("case", "list"));
    assert_refused(BAYU, WORDS("case", "share", "1", "Citra"), "not_manager",
                   "Only a manager can let others into case 1");
    assert_has(ayu(WORDS("--yes", "case", "share", "1", "Bayu", "--role", "manager")),
               "from now on: manager, with no end. Before: writer, with no end.");
    people_meet(&people, AYU, BAYU);
    assert_refused(BAYU, WORDS("case", "share", "1", "Citra", "--role", "manager"), "not_owner",
                   "Only Ayu, who is responsible for case 1");
    assert_has(bayu(WORDS("--yes", "case", "share", "1", "Citra")), "Case 1 is shared with Citra.");
    assert_refused(AYU, WORDS("case", "share", "1", "Bayu", "--role", "reader"), "member_already",
                   "is shared with Bayu already");
}

static void the_last_manager_does_not_leave_a_case(void **state) {
    char code[CASE_CODE_BYTES + 1];
    (void)state;

    share_case(code);
    assert_refused(AYU, WORDS("case", "leave", "1"), "last_manager",
                   "Nobody else can manage case 1");
    (void)ayu(WORDS("--yes", "case", "share", "1", "Bayu", "--role", "manager"));
    const char *question = ayu(WORDS("case", "leave", "1"));
    assert_has(question, "You are about to leave the team of case 1");
    assert_has(question, "You are the one who is responsible for it. After you it will be Bayu.\n");
    assert_has_not(bayu(WORDS("case", "leave", code)), "responsible");
    assert_has(ayu(WORDS("--yes", "case", "leave", "1")), "You have left case 1");
    assert_refused(AYU, WORDS("case", "leave", "1"), "not_member", "You do not belong to case 1");
    assert_has_not(ayu(WORDS("case", "list")), code);
    assert_has(ayu(WORDS("case", "list")), "Also those of before: rembuk case list --all");
}

/* The list of members and the head of the case give one answer. */
static void when_the_owner_has_left_another_is_responsible_wherever_it_is_told(void **state) {
    char code[CASE_CODE_BYTES + 1];
    (void)state;

    share_case(code);
    (void)bayu(WORDS("note", code, "catatan"));
    people_meet(&people, AYU, BAYU);
    (void)ayu(WORDS("--yes", "case", "share", "1", "Bayu", "--role", "manager"));
    assert_has(ayu(WORDS("--yes", "case", "leave", "1")), "You have left case 1");
    people_meet(&people, AYU, BAYU);
    for (size_t who = AYU; who <= BAYU; who++) {
        assert_has(answer_to(&people, who, WORDS("case", "show", code)), "responsible: Bayu\n");
        const char *said = answer_to(&people, who, WORDS("case", "members", code));
        assert_has(said, "  responsible  member\n");
        assert_has(said, "               left\n");
        const char *json = answer_to(&people, who, WORDS("--json", "case", "members", code));
        assert_has(json, "\"name\": \"Bayu\", \"role\": \"manager\"");
        assert_has(json, "\"name\": \"Ayu\", \"role\": \"owner\", \"state\": \"left\"");
    }
}

static void a_case_is_shared_for_longer_and_not_for_shorter(void **state) {
    char code[CASE_CODE_BYTES + 1], question[512], before[WHEN_BYTES], after[WHEN_BYTES];
    (void)state;

    share_case(code);
    assert_refused(AYU, WORDS("case", "share", "1", "Bayu", "--until", "31/12/2098"),
                   "shorter_stay",
                   "remove Bayu first: rembuk case remove 1 1; then share again. Nothing was");
    (void)ayu(
        WORDS("--yes", "case", "share", "1", "Citra", "--role", "reader", "--until", "31/12/2098"));
    assert_refused(AYU, WORDS("case", "share", "1", "Citra", "--until", "31/12/2098"),
                   "member_already", "is shared with Citra already");
    when_show(end_of("31/12/2098"), before);
    when_show(end_of("31/12/2099"), after);
    (void)snprintf(question, sizeof question,
                   "already. So far: reader until %s.\nFrom now on: reader until %s.\n"
                   "Change it? [y/n]",
                   before, after);
    assert_has(ayu(WORDS("case", "share", "1", "Citra", "--until", "31/12/2099")), question);
    assert_has(ayu(WORDS("--yes", "case", "share", "1", "Citra")), "reader, with no end. Before: ");
    assert_has(ayu(WORDS("--yes", "case", "remove", "1", "Citra")), "Citra is removed from");
    assert_has(ayu(WORDS("case", "share", "1", "Citra")), "also what was written in between.\n");
}

static void who_has_written_nothing_yet_can_leave_a_case(void **state) {
    char code[CASE_CODE_BYTES + 1];
    (void)state;

    share_case(code);
    (void)bayu(WORDS("case", "list"));
    assert_has(bayu(WORDS("--yes", "case", "leave", "1")), "You have left case 1");
    people_meet(&people, AYU, BAYU);
    assert_has(ayu(WORDS("case", "members", code)), "1    Bayu                    left\n");
}

static void who_is_removed_from_a_case_is_told(void **state) {
    char code[CASE_CODE_BYTES + 1];
    (void)state;

    share_case(code);
    assert_has(ayu(WORDS("case", "remove", code, "Bayu")),
               "waits for a manager and is not shown before: rembuk case waiting 1\n");
    assert_has(ayu(WORDS("--yes", "case", "remove", code, "Bayu")),
               "Bayu is removed from case 1 (");
    people_meet(&people, AYU, BAYU);
    assert_has(bayu(WORDS("case", "show", code)), "Ayu has removed you from case 1 (");
    assert_int_equal(answer_exit, EXIT_REFUSED); /* Its entries are not shown. */
    assert_has(ayu(WORDS("--json", "case", "waiting", code)), "\"events\": []");
}

/* ---- A part of a group ---- */

static void a_part_of_a_group_says_of_which(void **state) {
    (void)state;

    const char *said = ayu(WORDS("group", "new", "Persiapan", "--part-of", "1"));
    assert_has(said, "Part of: Balai Melati\n");
    assert_has(said, "Its members are chosen anew, and it begins empty.\n");
    assert_has(ayu(WORDS("group", "show", "Persiapan")), "Part of: Balai Melati\n");
    assert_has(ayu(WORDS("--json", "group", "show", "Persiapan")), "\"part_of\": \"");
    assert_has(ayu(WORDS("--json", "group", "show", "1")), "\"part_of\": null");
    assert_has(ayu(WORDS("group", "members", "Persiapan")), "Ayu (you)  founder  member\n");
    assert_has_not(ayu(WORDS("group", "members", "Persiapan")), "Bayu");
    assert_has(ayu(WORDS("group", "new", "Lain", "--part-of", "tidak ada")), "There is no");
    assert_int_equal(answer_exit, EXIT_REFUSED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(people_are_listed_with_role_and_state),
        TEST(people_have_these_keys_for_scripts),
        TEST(a_guest_is_listed_with_his_end),
        TEST(a_guest_whose_time_is_over_cannot_be_invited),
        TEST(who_removes_is_told_what_that_can_and_cannot_undo),
        TEST(who_was_removed_is_shown_no_thread_and_told_so),
        TEST(where_nobody_can_be_asked_removal_needs_yes),
        TEST(after_a_removal_people_hear_what_comes_next),
        TEST(who_compares_words_is_asked_about_those_of_the_other),
        TEST(contacts_are_to_be_compared_only_while_one_is_not),
        TEST(nobody_without_a_letter_is_told_to_fetch_a_roster),
        TEST(of_a_lost_computer_of_the_founder_it_is_told_how_to_go_on_without),
        TEST(who_is_removed_can_be_invited_again_and_reads_from_the_beginning),
        TEST(nobody_senior_is_removed_and_who_could_is_told),
        TEST(only_managers_remove_and_are_named),
        TEST(who_does_not_belong_to_it_cannot_be_removed),
        TEST(who_is_no_contact_is_named_by_name_or_identifier),
        TEST(who_removes_himself_is_shown_how_to_leave),
        TEST(nobody_is_invited_twice),
        TEST(who_was_removed_changes_nothing_any_more),
        TEST(who_was_removed_is_told_by_whom),
        TEST(a_guest_is_asked_about_before_he_becomes_a_manager),
        TEST(the_end_of_a_guest_is_put_off_and_not_brought_forward),
        TEST(an_invitation_tells_from_whom_it_is_and_a_guest_until_when),
        TEST(what_a_removed_person_wrote_is_listed_as_waiting),
        TEST(what_waits_is_told_wherever_the_group_is_shown),
        TEST(what_is_adopted_counts),
        TEST(where_nothing_waits_nothing_is_adopted),
        TEST(a_case_is_shared_to_be_read_only),
        TEST(only_the_owner_makes_managers),
        TEST(the_last_manager_does_not_leave_a_case),
        TEST(when_the_owner_has_left_another_is_responsible_wherever_it_is_told),
        TEST(a_case_is_shared_for_longer_and_not_for_shorter),
        TEST(who_has_written_nothing_yet_can_leave_a_case),
        TEST(who_is_removed_from_a_case_is_told),
        TEST(a_part_of_a_group_says_of_which),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
