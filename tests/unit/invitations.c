/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/contacts.h"
#include "store/db.h"
#include "store/invitations.h"
#include "store/keyring.h"
#include "store/membership.h"
#include "store/revocations.h"
#include "tests/support/people.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS  (INT64_C(24) * 3600 * 1000)
#define HOUR_MS (INT64_C(3600) * 1000)

static struct people people;
static uint8_t circle[HASH_BYTES];
static struct invite_keys keys; /* of the invitation that was given out last */
static char page[TRANSCRIPT_BYTES];

/* Ayu and Bayu have a group; Ayu and Citra have nothing of each other. */
static int a_group_of_two(void **state) {
    (void)state;
    people_new(&people, 3);
    people_group(&people, 2, circle);
    assert_int_equal(contact_remove(people.stores[AYU], people_id(&people, CITRA), people.now_ms),
                     RB_OK);
    assert_int_equal(contact_remove(people.stores[CITRA], people_id(&people, AYU), people.now_ms),
                     RB_OK);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

static enum rb_status try_new(size_t who, const uint8_t *group, struct invitation *invitation) {
    return invitation_new(people.stores[who], group, people_now(&people), &keys, invitation);
}

static struct invitation given(const uint8_t *group) {
    struct invitation invitation;

    assert_int_equal(try_new(AYU, group, &invitation), RB_OK);
    return invitation;
}

static struct invitation invitation_at(int64_t number) {
    struct invitation invitation;

    assert_int_equal(invitation_get(people.stores[AYU], number, people_now(&people), &invitation),
                     RB_OK);
    return invitation;
}

static void assert_state(int64_t number, enum invitation_state state, size_t answers) {
    const struct invitation invitation = invitation_at(number);

    assert_int_equal(invitation.state, state);
    assert_int_equal(invitation.answers, answers);
}

static size_t rows(const char *sql) {
    struct db_row *row = db_query(store_db(people.stores[AYU]), sql);

    assert_true(db_step(row));
    size_t count = (size_t)db_int(row, 0);
    assert_int_equal(db_end(row), RB_OK);
    return count;
}

static size_t secrets_held(void) {
    return rows("SELECT count(*) FROM secret WHERE sort = 6");
}

static size_t contacts_held(void) {
    return rows("SELECT count(*) FROM contact");
}

/* Ayu takes in an answer with that card, made with the keys that were given out last. */
static enum rb_status take_card(struct span card, struct invitation *invitation, bool *is_new) {
    struct writer bytes = { .max = INVITE_ANSWER_BYTES_MAX };

    assert_int_equal(answer_make(&bytes, &keys, card), RB_OK);
    enum rb_status status = invitation_answer(people.stores[AYU], writer_view(&bytes),
                                              people_now(&people), invitation, is_new);
    writer_clear(&bytes);
    return status;
}

static enum rb_status answers(size_t who) {
    struct writer card = { .max = CARD_BYTES_MAX };
    struct invitation invitation;
    bool is_new;

    assert_int_equal(store_card(people.stores[who], NULL, 0, people.now_ms, &card), RB_OK);
    enum rb_status status = take_card(writer_view(&card), &invitation, &is_new);
    writer_clear(&card);
    return status;
}

static enum rb_status stranger_answers(const struct stranger *stranger, int64_t issued_ms,
                                       bool *is_new) {
    struct writer card = { .max = CARD_BYTES_MAX };
    struct invitation invitation;

    stranger_card(stranger, issued_ms, NULL, &card);
    enum rb_status status = take_card(writer_view(&card), &invitation, is_new);
    writer_clear(&card);
    return status;
}

static enum rb_status confirm(int64_t number, size_t whom) {
    return invitation_confirm(people.stores[AYU], number, people_id(&people, whom),
                              store_self(people.stores[whom])->device_cert.id, people_now(&people));
}

/* The same person with another device, as whoever has taken his keys can make one. */
static void other_device_new(const struct stranger *of, const char *name, struct stranger *other) {
    const struct person_facts facts = { .name = span_text(name), .role = ROLE_TKSK };
    const int64_t now_s = HOMES_NOW_MS / 1000;
    struct cert device;

    stranger_new(other, name);
    other->identity.person = of->identity.person;
    memcpy(other->id, of->id, sizeof other->id);
    writer_reset(&other->person_cert);
    writer_reset(&other->device_cert);
    writer_reset(&other->seal_key);
    assert_int_equal(cert_issue_person(&other->person_cert, &other->identity, &facts, now_s),
                     RB_OK);
    assert_int_equal(cert_issue_device(&other->device_cert, &other->identity, facts.name, now_s),
                     RB_OK);
    assert_int_equal(cert_decode(writer_view(&other->device_cert), &device), RB_OK);
    assert_int_equal(seal_key_issue(&other->seal_key, &other->identity, device.id, HOMES_NOW_MS),
                     RB_OK);
}

/* Ayu learns that Citra's device, or Citra herself, is revoked. */
static void revoked_is_known(bool whole_person) {
    const struct store_self *citra = store_self(people.stores[CITRA]);
    const struct cert *cert = whole_person ? &citra->person_cert : &citra->device_cert;
    struct writer whole = { .max = CERT_BYTES_MAX };

    revoke_issue(&whole, cert->id, citra->person, &citra->identity->person, people.now_ms / 1000);
    assert_int_equal(revocation_add(people.stores[AYU], writer_view(&whole), people_now(&people)),
                     RB_OK);
    writer_clear(&whole);
}

static enum rb_status cancel(int64_t number) {
    return invitation_cancel(people.stores[AYU], number, people_now(&people));
}

/* Who answered: "Rini\n". */
static bool name_append(void *context, const struct invitation_answer *answer) {
    char *list = context;
    const size_t len = strlen(list);

    (void)snprintf(list + len, TRANSCRIPT_BYTES - len, "%s\n", answer->name);
    return true;
}

static void assert_answered_by(int64_t number, const char *names) {
    page[0] = '\0';
    assert_int_equal(invitation_answers_each(people.stores[AYU], number, name_append, page), RB_OK);
    assert_string_equal(page, names);
}

struct seen {
    size_t count;
    int64_t numbers[16];
    struct invite_keys keys;
    size_t until; /* then it is enough; 0: never */
};

static bool see(void *context, const struct invitation *invitation) {
    struct seen *seen = context;

    seen->numbers[seen->count++] = invitation->number;
    return seen->count != seen->until;
}

static bool see_keys(void *context, const struct invitation *invitation,
                     const struct invite_keys *held) {
    struct seen *seen = context;

    seen->keys = *held;
    return see(context, invitation);
}

static struct seen open_ones(size_t until) {
    struct seen seen = { .until = until };

    assert_int_equal(
        invitations_open_each(people.stores[AYU], people_now(&people), see_keys, &seen), RB_OK);
    return seen;
}

/* ---- Giving out ---- */

static void an_invitation_is_open_for_seven_days(void **state) {
    const struct invitation invitation = given(NULL);
    struct invitation later;
    (void)state;

    assert_int_equal(invitation.number, 1);
    assert_int_equal(invitation.state, INVITATION_OPEN);
    assert_int_equal(invitation.made_ms, people.now_ms);
    assert_int_equal(invitation.until_ms, people.now_ms + 7 * DAY_MS);
    assert_false(invitation.has_group);
    assert_false(invitation.has_person);
    assert_int_equal(invitation_get(people.stores[AYU], 1, invitation.until_ms - 1, &later), RB_OK);
    assert_int_equal(later.state, INVITATION_OPEN);
    assert_int_equal(invitation_get(people.stores[AYU], 1, invitation.until_ms, &later), RB_OK);
    assert_int_equal(later.state, INVITATION_EXPIRED);
}

static void the_keys_of_an_open_invitation_outlive_a_restart(void **state) {
    (void)state;
    given(circle);
    people_reopen(&people, AYU);
    const struct seen seen = open_ones(0);

    assert_int_equal(seen.count, 1);
    assert_memory_equal(&seen.keys, &keys, sizeof keys);
    assert_true(invitation_at(1).has_group);
    assert_memory_equal(invitation_at(1).group, circle, sizeof circle);
}

static void eight_are_open_at_most(void **state) {
    struct invitation invitation;
    (void)state;

    for (size_t i = 0; i < INVITATIONS_OPEN_MAX; i++) {
        given(NULL);
    }
    assert_int_equal(try_new(AYU, NULL, &invitation), RB_TOO_LARGE);
    assert_int_equal(cancel(3), RB_OK);
    assert_int_equal(given(NULL).number, INVITATIONS_OPEN_MAX + 1);
    assert_int_equal(try_new(AYU, NULL, &invitation), RB_TOO_LARGE);
    people.now_ms += 7 * DAY_MS;
    assert_int_equal(given(NULL).number, INVITATIONS_OPEN_MAX + 2);
    assert_int_equal(secrets_held(), 1);
}

/* Doors stand at ports by these places: an open one keeps its own, whoever comes and goes. */
static void no_two_that_are_open_have_the_same_slot(void **state) {
    (void)state;
    assert_int_equal(given(NULL).slot, 0);
    for (int64_t number = 2; number <= INVITATIONS_OPEN_MAX; number++) {
        assert_int_equal(given(NULL).slot, 1);
        assert_int_equal(cancel(number), RB_OK);
    }
    const struct invitation ninth = given(NULL);
    assert_int_equal(ninth.number, INVITATIONS_OPEN_MAX + 1);
    assert_int_equal(ninth.slot, 1);
    people_reopen(&people, AYU);
    assert_int_equal(invitation_at(1).slot, 0);
    assert_int_equal(invitation_at(ninth.number).slot, 1);
    assert_int_equal(cancel(1), RB_OK);
    assert_int_equal(given(NULL).slot, 0);
}

static void they_are_listed_newest_first_until_it_is_enough(void **state) {
    struct seen seen = { .count = 0 };
    (void)state;

    for (size_t i = 0; i < 3; i++) {
        given(NULL);
    }
    assert_int_equal(cancel(2), RB_OK);
    assert_int_equal(invitations_each(people.stores[AYU], people_now(&people), see, &seen), RB_OK);
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.numbers[0], 3);
    assert_int_equal(seen.numbers[2], 1);
    seen = (struct seen) { .until = 2 };
    assert_int_equal(invitations_each(people.stores[AYU], people_now(&people), see, &seen), RB_OK);
    assert_int_equal(seen.count, 2);

    seen = open_ones(0);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.numbers[0], 3);
    assert_int_equal(seen.numbers[1], 1);
    assert_int_equal(open_ones(1).count, 1);
}

static void one_invites_only_into_groups_into_which_one_may(void **state) {
    const uint8_t nowhere[HASH_BYTES] = { 1 };
    struct invitation invitation;
    struct refusal refusal;
    (void)state;

    assert_int_equal(try_new(AYU, nowhere, &invitation), RB_NOT_FOUND);
    assert_int_equal(try_new(CITRA, circle, &invitation), RB_NOT_FOUND);
    assert_int_equal(membership_add(people.stores[BAYU], circle, people_id(&people, CITRA),
                                    CIRCLE_READER, 0, people_now(&people), &refusal),
                     RB_OK);
    people_meet(&people, BAYU, CITRA);
    assert_int_equal(try_new(CITRA, circle, &invitation), RB_NOT_ACCEPTED);
    assert_int_equal(group_accept(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    assert_int_equal(try_new(CITRA, circle, &invitation), RB_REFUSED);
    assert_int_equal(group_leave(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    assert_int_equal(try_new(BAYU, circle, &invitation), RB_NOT_MEMBER);
    assert_int_equal(try_new(BAYU, NULL, &invitation), RB_OK);
    assert_int_equal(invitation.number, 1);
}

/* ---- Answers ---- */

static void who_answered_is_kept_in_the_order_of_answering(void **state) {
    struct stranger stranger;
    bool is_new = false;
    (void)state;
    given(NULL);
    stranger_new(&stranger, "Rini Misal");

    assert_int_equal(answers(CITRA), RB_OK);
    assert_state(1, INVITATION_ANSWERED, 1);
    assert_int_equal(stranger_answers(&stranger, people.now_ms, &is_new), RB_OK);
    assert_true(is_new);
    assert_state(1, INVITATION_ANSWERED, 2);
    people_reopen(&people, AYU);
    assert_answered_by(1, "Citra\nRini Misal\n");
    assert_int_equal(open_ones(0).count, 1); /* others may still answer */
    stranger_clear(&stranger);
}

static bool first_answer(void *context, const struct invitation_answer *answer) {
    struct invitation_answer *found = context;

    *found = *answer;
    return false;
}

static void what_an_answer_says_is_what_the_card_says(void **state) {
    struct invitation_answer found;
    struct stranger stranger;
    bool is_new;
    (void)state;
    given(NULL);
    stranger_new(&stranger, "Rini Misal");
    assert_int_equal(stranger_answers(&stranger, people.now_ms, &is_new), RB_OK);
    const int64_t at_ms = people.now_ms;
    assert_int_equal(answers(CITRA), RB_OK);

    assert_int_equal(invitation_answers_each(people.stores[AYU], 1, first_answer, &found), RB_OK);
    assert_memory_equal(found.person, stranger.id, sizeof found.person);
    assert_memory_equal(found.person_pk, stranger.identity.person.public, SIGN_PUBLIC_BYTES);
    assert_string_equal(found.name, "Rini Misal");
    assert_int_equal(found.role, ROLE_TKSK);
    assert_int_equal(found.at_ms, at_ms);
    stranger_clear(&stranger);
}

static void the_same_person_answers_again_and_counts_once(void **state) {
    struct stranger stranger;
    bool is_new = true;
    (void)state;
    given(NULL);
    stranger_new(&stranger, "Rini Misal");
    /* His clock runs ahead at first. */
    assert_int_equal(stranger_answers(&stranger, people.now_ms + 365 * DAY_MS, &is_new), RB_OK);
    assert_true(is_new);
    const int64_t issued_ms = people.now_ms + 500;
    assert_int_equal(stranger_answers(&stranger, issued_ms, &is_new), RB_OK);
    assert_int_equal(stranger_answers(&stranger, issued_ms, &is_new), RB_OK);
    assert_false(is_new);
    assert_int_equal(stranger_answers(&stranger, HOMES_NOW_MS, &is_new), RB_OK);
    assert_state(1, INVITATION_ANSWERED, 1);
    assert_int_equal(rows("SELECT issued_ms FROM invitation_answer"), issued_ms);
    stranger_clear(&stranger);
}

static void eight_people_can_answer_one_invitation_and_each_of_them_again(void **state) {
    struct stranger strangers[INVITATION_ANSWERS_MAX + 1];
    bool is_new = false;
    (void)state;
    given(NULL);
    for (size_t i = 0; i <= INVITATION_ANSWERS_MAX; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "Rini %zu", i);
        stranger_new(&strangers[i], name);
        assert_int_equal(stranger_answers(&strangers[i], people.now_ms, &is_new),
                         i < INVITATION_ANSWERS_MAX ? RB_OK : RB_REFUSED);
    }
    assert_int_equal(stranger_answers(&strangers[0], people.now_ms, &is_new), RB_OK);
    assert_false(is_new);
    assert_state(1, INVITATION_ANSWERED, INVITATION_ANSWERS_MAX);
    for (size_t i = 0; i <= INVITATION_ANSWERS_MAX; i++) {
        stranger_clear(&strangers[i]);
    }
}

static void the_same_person_with_another_device_stands_beside_himself(void **state) {
    struct stranger rini, thief;
    struct cert device;
    bool is_new = false;
    (void)state;
    given(NULL);
    stranger_new(&rini, "Rini Misal");
    other_device_new(&rini, "Rini Misal", &thief);
    assert_int_equal(stranger_answers(&rini, people.now_ms, &is_new), RB_OK);
    assert_int_equal(stranger_answers(&thief, people.now_ms + 1000, &is_new), RB_OK);
    assert_true(is_new);
    assert_state(1, INVITATION_ANSWERED, 2);
    assert_answered_by(1, "Rini Misal\nRini Misal\n");

    assert_int_equal(cert_decode(writer_view(&rini.device_cert), &device), RB_OK);
    assert_int_equal(invitation_confirm(people.stores[AYU], 1, rini.id, device.id, people.now_ms),
                     RB_AMBIGUOUS);
    assert_int_equal(contacts_held(), 1); /* Bayu */
    assert_state(1, INVITATION_ANSWERED, 2);
    stranger_clear(&thief);
    stranger_clear(&rini);
}

static void only_the_device_that_was_shown_is_confirmed(void **state) {
    const uint8_t other[CERT_ID_BYTES] = { 1 };
    (void)state;
    given(NULL);
    assert_int_equal(answers(CITRA), RB_OK);
    assert_int_equal(
        invitation_confirm(people.stores[AYU], 1, people_id(&people, CITRA), other, people.now_ms),
        RB_NOT_FOUND);
    assert_state(1, INVITATION_ANSWERED, 1);
    assert_int_equal(confirm(1, CITRA), RB_OK);
}

static void a_revoked_card_is_no_answer(void **state) {
    (void)state;
    given(NULL);
    revoked_is_known(false);
    assert_int_equal(answers(CITRA), RB_REFUSED);
    assert_state(1, INVITATION_OPEN, 0);
}

static void who_is_revoked_after_the_answer_is_not_confirmed(void **state) {
    (void)state;
    given(circle);
    assert_int_equal(answers(CITRA), RB_OK);
    revoked_is_known(true);
    const size_t contacts = contacts_held();
    assert_int_equal(confirm(1, CITRA), RB_REFUSED);
    assert_int_equal(contacts_held(), contacts);
    assert_state(1, INVITATION_ANSWERED, 1);
}

static void ones_own_card_is_no_answer(void **state) {
    (void)state;
    given(NULL);
    assert_int_equal(answers(AYU), RB_REFUSED);
    assert_state(1, INVITATION_OPEN, 0);
}

static void an_answer_belongs_to_the_invitation_that_it_names(void **state) {
    (void)state;
    given(NULL);
    const struct invite_keys first = keys;
    given(NULL);
    keys = first;
    assert_int_equal(answers(CITRA), RB_OK);
    assert_state(1, INVITATION_ANSWERED, 1);
    assert_state(2, INVITATION_OPEN, 0);
}

static void what_was_not_made_with_the_secret_is_not_taken(void **state) {
    struct invite_keys forged;
    (void)state;
    given(NULL);
    const struct invite_keys right = keys;
    invite_keys_new(&forged);
    keys = forged;
    assert_int_equal(answers(CITRA), RB_NOT_FOUND);
    memcpy(keys.name, right.name, sizeof keys.name); /* whoever has seen an answer knows it */
    assert_int_equal(answers(CITRA), RB_BAD_SIGNATURE);
    assert_state(1, INVITATION_OPEN, 0);
}

static void an_answer_without_a_good_card_is_not_taken(void **state) {
    struct writer card = { .max = CARD_BYTES_MAX };
    struct invitation invitation;
    bool is_new;
    (void)state;
    given(NULL);

    assert_int_equal(store_card(people.stores[CITRA], NULL, 0, people.now_ms, &card), RB_OK);
    card.data[card.len - 1] ^= 1;
    assert_int_equal(take_card(writer_view(&card), &invitation, &is_new), RB_BAD_SIGNATURE);
    assert_int_equal(take_card(span_text("?"), &invitation, &is_new), RB_MALFORMED);
    assert_int_equal(
        invitation_answer(people.stores[AYU], span_text("?"), people.now_ms, &invitation, &is_new),
        RB_MALFORMED);
    assert_state(1, INVITATION_OPEN, 0);
    writer_clear(&card);
}

/* ---- Confirming ---- */

static void who_is_confirmed_is_a_verified_contact_and_invited_to_the_group(void **state) {
    struct contact contact;
    (void)state;
    given(circle);
    assert_int_equal(answers(CITRA), RB_OK);
    assert_int_equal(contact_get(people.stores[AYU], people_id(&people, CITRA), &contact),
                     RB_NOT_FOUND);

    assert_int_equal(confirm(1, CITRA), RB_OK);
    assert_int_equal(contact_get(people.stores[AYU], people_id(&people, CITRA), &contact), RB_OK);
    assert_true(contact.verified);
    people_roll(&people, AYU, circle, page);
    assert_string_equal(page, "Ayu 3 accepted\nBayu 2 accepted\nCitra 2 invited\n");
    assert_state(1, INVITATION_SETTLED, 1);
    assert_true(invitation_at(1).has_person);
    assert_memory_equal(invitation_at(1).person, people_id(&people, CITRA), HASH_BYTES);
    assert_int_equal(secrets_held(), 0);
}

/* The whole way, as words would carry it; the network is not looked at here. */
static void two_who_have_nothing_of_each_other_come_into_one_group(void **state) {
    struct writer words = { .max = 256 }, card = { .max = CARD_BYTES_MAX };
    struct invite_typo typo;
    struct contact contact;
    bool renewed;
    (void)state;
    given(circle);
    invite_words(&words, &keys);
    memset(&keys, 0, sizeof keys);

    assert_int_equal(invite_words_read(writer_view(&words), &keys, &typo), RB_OK);
    assert_int_equal(answers(CITRA), RB_OK);
    assert_int_equal(store_card(people.stores[AYU], NULL, 0, people.now_ms, &card), RB_OK);
    assert_int_equal(contact_add(people.stores[CITRA], writer_view(&card), people_now(&people),
                                 &contact, &renewed),
                     RB_OK);
    assert_int_equal(confirm(1, CITRA), RB_OK);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(group_accept(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, CITRA);
    people_roll(&people, AYU, circle, page);
    assert_string_equal(page, "Ayu 3 accepted\nBayu 2 accepted\nCitra 2 accepted\n");
    writer_clear(&card);
    writer_clear(&words);
}

/* All that AYU has, but for what she notes for herself (own.h). */
static uint64_t events_of_others(void) {
    static const char sql[] =
        "SELECT sum(head - base) FROM log JOIN circle_view USING (circle) WHERE kind <> 4";
    struct db_row *row = db_query(store_db(people.stores[AYU]), sql);
    const uint64_t events = db_step(row) ? (uint64_t)db_int(row, 0) : 0;

    return db_end(row) == RB_OK ? events : UINT64_MAX;
}

static void an_invitation_into_no_group_gives_a_contact_and_no_more(void **state) {
    struct contact contact;
    (void)state;
    given(NULL);
    assert_int_equal(answers(CITRA), RB_OK);
    uint64_t before = events_of_others();

    assert_int_equal(confirm(1, CITRA), RB_OK);
    assert_int_equal(contact_get(people.stores[AYU], people_id(&people, CITRA), &contact), RB_OK);
    assert_true(contact.verified);
    assert_int_equal(events_of_others(), before);
}

static void who_belongs_to_the_group_already_is_confirmed_all_the_same(void **state) {
    struct contact contact;
    (void)state;
    given(circle);
    assert_int_equal(answers(BAYU), RB_OK);
    uint64_t before = events_of_others();

    assert_int_equal(confirm(1, BAYU), RB_OK);
    assert_int_equal(contact_get(people.stores[AYU], people_id(&people, BAYU), &contact), RB_OK);
    assert_true(contact.verified);
    assert_int_equal(events_of_others(), before);
    assert_state(1, INVITATION_SETTLED, 1);
}

static void of_two_who_answered_only_the_confirmed_one_comes_in(void **state) {
    struct stranger thief;
    struct contact contact;
    bool is_new;
    (void)state;
    given(circle);
    stranger_new(&thief, "Pencuri Misal");
    assert_int_equal(stranger_answers(&thief, people.now_ms, &is_new), RB_OK);
    assert_int_equal(answers(CITRA), RB_OK);

    assert_int_equal(confirm(1, CITRA), RB_OK);
    assert_int_equal(contact_get(people.stores[AYU], thief.id, &contact), RB_NOT_FOUND);
    people_roll(&people, AYU, circle, page);
    assert_string_equal(page, "Ayu 3 accepted\nBayu 2 accepted\nCitra 2 invited\n");
    assert_int_equal(stranger_answers(&thief, people.now_ms, &is_new), RB_NOT_FOUND);
    assert_answered_by(1, "Pencuri Misal\nCitra\n"); /* it stays told */
    stranger_clear(&thief);
}

static void who_did_not_answer_is_not_confirmed(void **state) {
    (void)state;
    given(circle);
    assert_int_equal(confirm(1, CITRA), RB_NOT_FOUND);
    const struct invite_keys first = keys;
    given(circle);
    assert_int_equal(answers(CITRA), RB_OK);
    assert_int_equal(confirm(1, CITRA), RB_NOT_FOUND);
    assert_int_equal(confirm(3, CITRA), RB_NOT_FOUND);
    assert_int_equal(confirm(0, CITRA), RB_NOT_FOUND);
    assert_int_equal(confirm(2, CITRA), RB_OK);
    assert_int_equal(confirm(2, CITRA), RB_NOT_FOUND); /* once is enough */
    keys = first;
    assert_int_equal(answers(CITRA), RB_OK);
}

static void a_contact_of_the_same_name_is_not_replaced(void **state) {
    struct writer card = { .max = CARD_BYTES_MAX };
    struct stranger namesake;
    struct contact contact;
    bool renewed;
    (void)state;
    given(circle);
    assert_int_equal(answers(CITRA), RB_OK);
    stranger_new(&namesake, "Citra");
    stranger_card(&namesake, people.now_ms, NULL, &card);
    assert_int_equal(contact_add(people.stores[AYU], writer_view(&card), people_now(&people),
                                 &contact, &renewed),
                     RB_OK);

    size_t contacts = contacts_held();
    assert_int_equal(confirm(1, CITRA), RB_EXISTS);
    assert_int_equal(contacts_held(), contacts);
    assert_state(1, INVITATION_ANSWERED, 1);
    assert_int_equal(secrets_held(), 1);
    assert_int_equal(contact_remove(people.stores[AYU], namesake.id, people.now_ms), RB_OK);
    assert_int_equal(confirm(1, CITRA), RB_OK);
    writer_clear(&card);
    stranger_clear(&namesake);
}

static void a_confirmation_that_the_group_refuses_changes_nothing(void **state) {
    (void)state;
    given(circle);
    assert_int_equal(answers(CITRA), RB_OK);
    assert_int_equal(group_leave(people.stores[AYU], circle, people_now(&people)), RB_OK);
    size_t contacts = contacts_held();
    uint64_t events = people_events(&people, AYU);

    assert_int_equal(confirm(1, CITRA), RB_NOT_MEMBER);
    assert_int_equal(contacts_held(), contacts);
    assert_int_equal(people_events(&people, AYU), events);
    assert_state(1, INVITATION_ANSWERED, 1);
    assert_int_equal(secrets_held(), 1);
    assert_int_equal(open_ones(0).count, 1);
}

/* ---- Its end ---- */

static void a_cancelled_one_is_answered_by_nobody(void **state) {
    (void)state;
    given(circle);
    assert_int_equal(answers(CITRA), RB_OK);
    assert_int_equal(secrets_held(), 1);
    assert_int_equal(cancel(1), RB_OK);

    assert_int_equal(secrets_held(), 0);
    assert_state(1, INVITATION_CANCELLED, 1);
    assert_int_equal(answers(CITRA), RB_NOT_FOUND);
    assert_int_equal(confirm(1, CITRA), RB_NOT_FOUND);
    assert_int_equal(cancel(1), RB_NOT_FOUND);
    assert_int_equal(cancel(7), RB_NOT_FOUND);
    assert_int_equal(cancel(0), RB_NOT_FOUND);
    assert_int_equal(open_ones(0).count, 0);
}

/* Each way of looking. */
static void look(size_t way, int64_t number) {
    struct seen seen = { .count = 0 };

    switch (way) {
    case 0:
        assert_int_equal(open_ones(0).count, 0);
        break;
    case 1:
        assert_int_equal(invitations_each(people.stores[AYU], people_now(&people), see, &seen),
                         RB_OK);
        break;
    case 2:
        assert_int_equal(answers(CITRA), RB_NOT_FOUND);
        break;
    case 3:
        assert_int_equal(confirm(number, CITRA), RB_NOT_FOUND);
        break;
    case 4:
        assert_int_equal(cancel(number), RB_NOT_FOUND);
        break;
    default:
        assert_state(number, INVITATION_EXPIRED, 1);
    }
}

static void whoever_looks_after_seven_days_ends_it_and_destroys_its_secret(void **state) {
    (void)state;
    for (size_t way = 0; way < 6; way++) {
        const int64_t number = given(circle).number;
        assert_int_equal(answers(CITRA), RB_OK);
        assert_int_equal(secrets_held(), 1);
        people.now_ms += 7 * DAY_MS;
        look(way, number);
        assert_int_equal(secrets_held(), 0);
        assert_state(number, INVITATION_EXPIRED, 1);
    }
}

/* Its clock ran ahead when it was made: nobody knows when seven days are over. */
static void one_that_was_made_in_the_future_is_over(void **state) {
    (void)state;
    given(NULL);
    people.now_ms -= HOUR_MS - 10000;
    assert_state(1, INVITATION_OPEN, 0);
    people.now_ms -= HOUR_MS;
    assert_state(1, INVITATION_EXPIRED, 0);
    assert_int_equal(secrets_held(), 0);
}

/* The same statements within a transaction of somebody else, which is then undone. */
static void what_is_undone_around_an_answer_undoes_it(void **state) {
    (void)state;
    given(NULL);
    assert_int_equal(store_write_begin(people.stores[AYU]), RB_OK);
    assert_int_equal(answers(CITRA), RB_OK);
    store_write_abort(people.stores[AYU]);
    assert_state(1, INVITATION_OPEN, 0);
}

static void what_is_not_there_is_not_found(void **state) {
    struct invitation invitation;
    (void)state;
    given(NULL);
    assert_int_equal(invitation_get(people.stores[AYU], 2, people.now_ms, &invitation),
                     RB_NOT_FOUND);
    assert_int_equal(invitation_get(people.stores[AYU], 0, people.now_ms, &invitation),
                     RB_NOT_FOUND);
    assert_int_equal(invitation_get(people.stores[AYU], -1, people.now_ms, &invitation),
                     RB_NOT_FOUND);
    assert_answered_by(1, "");
}

#define ARRANGED(test) cmocka_unit_test_setup_teardown(test, a_group_of_two, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        ARRANGED(an_invitation_is_open_for_seven_days),
        ARRANGED(the_keys_of_an_open_invitation_outlive_a_restart),
        ARRANGED(eight_are_open_at_most),
        ARRANGED(no_two_that_are_open_have_the_same_slot),
        ARRANGED(they_are_listed_newest_first_until_it_is_enough),
        ARRANGED(one_invites_only_into_groups_into_which_one_may),
        ARRANGED(who_answered_is_kept_in_the_order_of_answering),
        ARRANGED(what_an_answer_says_is_what_the_card_says),
        ARRANGED(the_same_person_answers_again_and_counts_once),
        ARRANGED(eight_people_can_answer_one_invitation_and_each_of_them_again),
        ARRANGED(the_same_person_with_another_device_stands_beside_himself),
        ARRANGED(only_the_device_that_was_shown_is_confirmed),
        ARRANGED(a_revoked_card_is_no_answer),
        ARRANGED(who_is_revoked_after_the_answer_is_not_confirmed),
        ARRANGED(ones_own_card_is_no_answer),
        ARRANGED(an_answer_belongs_to_the_invitation_that_it_names),
        ARRANGED(what_was_not_made_with_the_secret_is_not_taken),
        ARRANGED(an_answer_without_a_good_card_is_not_taken),
        ARRANGED(who_is_confirmed_is_a_verified_contact_and_invited_to_the_group),
        ARRANGED(two_who_have_nothing_of_each_other_come_into_one_group),
        ARRANGED(an_invitation_into_no_group_gives_a_contact_and_no_more),
        ARRANGED(who_belongs_to_the_group_already_is_confirmed_all_the_same),
        ARRANGED(of_two_who_answered_only_the_confirmed_one_comes_in),
        ARRANGED(who_did_not_answer_is_not_confirmed),
        ARRANGED(a_contact_of_the_same_name_is_not_replaced),
        ARRANGED(a_confirmation_that_the_group_refuses_changes_nothing),
        ARRANGED(a_cancelled_one_is_answered_by_nobody),
        ARRANGED(whoever_looks_after_seven_days_ends_it_and_destroys_its_secret),
        ARRANGED(one_that_was_made_in_the_future_is_over),
        ARRANGED(what_is_undone_around_an_answer_undoes_it),
        ARRANGED(what_is_not_there_is_not_found),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
