/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/author.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/devices.h"
#include "store/groups.h"
#include "store/invitations.h"
#include "store/letters.h"
#include "store/membership.h"
#include "store/schema.h"
#include "store/self.h"
#include "store/writing.h"
#include "tests/support/homes.h"
#include "tests/support/offices.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)
#define NOW_MS HOMES_NOW_MS
#define NOW_S  (HOMES_NOW_MS / 1000)

/* Dewi, whose letters these are; and Budi, who gets her cards. */
struct fixture {
    struct folder folder;
    struct store *dewi, *budi;
};
static struct fixture fixture;

static int two_homes(void **state) {
    (void)state;
    folder_new(&fixture.folder);
    fixture.dewi = home_new(folder_name(&fixture.folder, "dewi"), "Dewi Andaikan");
    fixture.budi = home_new(folder_name(&fixture.folder, "budi"), "Budi Misal");
    return 0;
}

static int no_homes(void **state) {
    (void)state;
    store_close(&fixture.dewi);
    store_close(&fixture.budi);
    folder_remove(&fixture.folder);
    return 0;
}

/* ---- Helpers ---- */

/* Of the usual network by its district, or of another by its root alone. */
enum network { USUAL, OTHER };

static const struct office other_root = { 0xe1, 0xe1, RANK_ROOT, "", "Jaringan Lain" };

struct made {
    enum network network;
    enum person_role role;
    int from_day, until_day; /* from today */
    int serial_day;          /* issued so many days after today */
};

static void letter_make(const struct made *made, struct writer *cert, struct writer *chain) {
    const struct person_facts facts = {
        .name = span_text("Dewi Andaikan"),
        .role = made->role,
        .region = span_text(made->network == USUAL ? "327304" : ""),
    };
    const struct letter_facts letter = {
        .from_s = NOW_S + made->from_day * DAY_MS / 1000,
        .until_s = NOW_S + made->until_day * DAY_MS / 1000,
    };
    const int64_t at_s = NOW_S + made->serial_day * DAY_MS / 1000;
    struct issuer issuer;

    issuer_make(&issuer, made->network == USUAL ? offices_usual[0].fill : other_root.fill);
    writer_init(cert, CERT_BYTES_MAX);
    writer_init(chain, CHAIN_BYTES_MAX);
    assert_int_equal(cert_issue_letter(cert, store_self(fixture.dewi)->identity->person.public,
                                       &issuer.signer, &facts, &letter, at_s),
                     RB_OK);
    if (made->network == USUAL) {
        offices_chain(chain, offices_usual, OFFICES_USUAL, NOW_S);
    } else {
        offices_chain(chain, &other_root, 1, NOW_S);
    }
}

static enum rb_status try_take(const struct made *made, int64_t now_ms) {
    struct writer cert, chain;

    letter_make(made, &cert, &chain);
    const enum rb_status status =
        letters_take(fixture.dewi, writer_view(&cert), writer_view(&chain), now_ms);
    writer_clear(&chain);
    writer_clear(&cert);
    return status;
}

static void take(enum network network, enum person_role role, int until_day, int serial_day) {
    const struct made made = { network, role, -400, until_day, serial_day };

    assert_int_equal(try_take(&made, NOW_MS), RB_OK);
}

static struct letter_row chosen_on(const uint8_t *anchor, int day) {
    struct letter_row row;

    assert_int_equal(letters_choose(fixture.dewi, anchor, NOW_MS + day * DAY_MS, &row), RB_OK);
    return row;
}

static int64_t number_on(const uint8_t *anchor, int day) {
    return chosen_on(anchor, day).number;
}

static bool count_letter(void *count, const struct letter_row *row) {
    assert_true(row->letter.exists);
    ++*(size_t *)count;
    return true;
}

static size_t letter_count(void) {
    size_t count = 0;

    assert_int_equal(letters_each(fixture.dewi, NOW_MS, count_letter, &count), RB_OK);
    return count;
}

static void root_of(enum network network, uint8_t id[static HASH_BYTES]) {
    office_id(id, network == USUAL ? offices_usual[OFFICES_USUAL - 1].fill : other_root.fill);
}

/* By the office that signed it, whose key is one of the usual ones. */
static void revoke(int64_t number) {
    struct letter_row row;
    struct writer whole;
    struct sign_key key;
    struct cert cert;

    assert_int_equal(letters_use(fixture.dewi, number, NOW_MS), RB_OK);
    row = chosen_on(NULL, 0);
    assert_int_equal(cert_decode(letter_row_cert(&row), &cert), RB_OK);
    office_key(&key, offices_usual[0].fill);
    writer_init(&whole, CERT_BYTES_MAX);
    revoke_issue(&whole, cert.id, cert.person, &key, NOW_S);
    assert_int_equal(store_write_begin(fixture.dewi), RB_OK);
    struct db_row *query = db_query(store_db(fixture.dewi),
                                    "INSERT INTO revocation (cert, issuer, issuer_id, person,"
                                    "  whole, known_ms)"
                                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    db_bind_blob(query, 1, span_of(cert.id, sizeof cert.id));
    db_bind_blob(query, 2, span_of(key.public, sizeof key.public));
    db_bind_blob(query, 3, span_of(cert.issuer, sizeof cert.issuer));
    db_bind_blob(query, 4, span_of(cert.person, sizeof cert.person));
    db_bind_blob(query, 5, writer_view(&whole));
    db_bind_int(query, 6, NOW_MS);
    assert_int_equal(store_write_end(fixture.dewi, db_run(query)), RB_OK);
    writer_clear(&whole);
}

static void card_decoded(int day, struct writer *bytes, struct card *card) {
    writer_init(bytes, CARD_BYTES_MAX);
    assert_int_equal(store_card(fixture.dewi, NULL, 0, NOW_MS + day * DAY_MS, bytes), RB_OK);
    assert_int_equal(card_decode(writer_view(bytes), card), RB_OK);
}

/* ---- Taking ---- */

static void who_has_taken_none_goes_by_his_own_certificate(void **state) {
    (void)state;
    assert_int_equal(letter_count(), 0);
    assert_int_equal(number_on(NULL, 0), 0);
    assert_false(chosen_on(NULL, 0).letter.exists);
}

static void all_letters_are_kept_and_the_last_one_is_chosen(void **state) {
    (void)state;
    take(USUAL, ROLE_TKSK, 300, 0);
    take(OTHER, ROLE_OPERATOR, 300, 0);
    assert_int_equal(letter_count(), 2);
    assert_int_equal(number_on(NULL, 0), 2);
    store_close(&fixture.dewi);
    fixture.dewi = home_open(folder_name(&fixture.folder, "dewi"));
    assert_int_equal(letter_count(), 2);
    assert_int_equal(number_on(NULL, 0), 2);
}

static void the_same_letter_taken_twice_is_one(void **state) {
    (void)state;
    take(USUAL, ROLE_TKSK, 300, 0);
    take(OTHER, ROLE_TKSK, 300, 0);
    take(USUAL, ROLE_TKSK, 300, 0);
    assert_int_equal(letter_count(), 2);
    assert_int_equal(number_on(NULL, 0), 1);
}

static void a_letter_that_has_ended_or_not_begun_is_not_taken(void **state) {
    const struct made year = { USUAL, ROLE_TKSK, 0, 365, -1 };
    (void)state;

    assert_int_equal(try_take(&year, NOW_MS + 366 * DAY_MS), RB_EXPIRED);
    assert_int_equal(try_take(&year, NOW_MS - DAY_MS), RB_EXPIRED);
    assert_int_equal(letter_count(), 0);
    assert_false(store_self(fixture.dewi)->letter.exists);
    assert_int_equal(try_take(&year, NOW_MS - CLOCK_AHEAD_MS_MAX), RB_OK);
}

static void a_letter_of_somebody_else_or_one_that_is_forged_is_not_told_as_ended(void **state) {
    const struct made ended = { USUAL, ROLE_TKSK, -20, -10, -30 };
    struct writer cert, chain;
    (void)state;

    letter_make(&ended, &cert, &chain);
    assert_int_equal(letters_take(fixture.budi, writer_view(&cert), writer_view(&chain), NOW_MS),
                     RB_REFUSED);
    cert.data[cert.len - 1] ^= 1;
    assert_int_equal(letters_take(fixture.dewi, writer_view(&cert), writer_view(&chain), NOW_MS),
                     RB_BAD_SIGNATURE);
    writer_clear(&chain);
    writer_clear(&cert);
}

static void a_letter_that_is_revoked_is_not_taken_again(void **state) {
    const struct made made = { USUAL, ROLE_SUPERVISOR, -400, 300, 0 };
    (void)state;

    take(OTHER, ROLE_TKSK, 300, 0);
    assert_int_equal(try_take(&made, NOW_MS), RB_OK);
    revoke(2);
    assert_int_equal(letters_use(fixture.dewi, 1, NOW_MS), RB_OK);
    assert_int_equal(try_take(&made, NOW_MS), RB_REFUSED);
    assert_true(chosen_on(NULL, 0).is_chosen);
    assert_int_equal(number_on(NULL, 0), 1);
}

static void of_too_many_the_first_is_forgotten(void **state) {
    (void)state;
    for (int i = 0; i <= LETTERS_MAX; i++) {
        take(USUAL, ROLE_TKSK, 300 + i, i - LETTERS_MAX - 1);
    }
    assert_int_equal(letter_count(), LETTERS_MAX);
    assert_int_equal(number_on(NULL, 0), LETTERS_MAX + 1);
    assert_int_equal(letters_use(fixture.dewi, 1, NOW_MS), RB_NOT_FOUND);
    assert_int_equal(letters_use(fixture.dewi, 2, NOW_MS), RB_OK);
    assert_int_equal(letters_use(fixture.dewi, 0, NOW_MS), RB_OK);
}

/* As it was before letters were kept side by side. */
static void migrate_again(void) {
    char version[64];

    (void)snprintf(version, sizeof version, "PRAGMA user_version = %d", schema_version);
    assert_int_equal(store_write_begin(fixture.dewi), RB_OK);
    assert_int_equal(db_execute(store_db(fixture.dewi),
                                "DROP TABLE letter;"
                                "ALTER TABLE person_cert DROP COLUMN until_s;"
                                "ALTER TABLE person_cert DROP COLUMN from_s;"),
                     RB_OK);
    assert_int_equal(db_execute(store_db(fixture.dewi), schema_migrations[12]), RB_OK);
    assert_int_equal(db_execute(store_db(fixture.dewi), version), RB_OK);
    assert_int_equal(store_write_commit(fixture.dewi), RB_OK);
}

static void the_one_letter_of_an_older_store_is_its_first(void **state) {
    (void)state;
    take(USUAL, ROLE_TKSK, 300, 0);
    migrate_again();
    assert_int_equal(letter_count(), 1);
    assert_int_equal(number_on(NULL, 0), 1);
    take(OTHER, ROLE_TKSK, 300, 0);
    assert_int_equal(number_on(NULL, 0), 2);
}

static void an_older_store_without_a_letter_keeps_its_own_certificate(void **state) {
    (void)state;
    migrate_again();
    assert_int_equal(letter_count(), 0);
    assert_int_equal(number_on(NULL, 0), 0);
    take(USUAL, ROLE_TKSK, 10, 0);
    assert_int_equal(number_on(NULL, 0), 1);
    assert_int_equal(number_on(NULL, 11), 0);
}

/* ---- Choosing ---- */

static void what_its_owner_chooses_stands_on_his_card(void **state) {
    struct writer bytes;
    struct card card;
    uint8_t root[HASH_BYTES];
    (void)state;

    take(USUAL, ROLE_TKSK, 300, 0);
    take(OTHER, ROLE_OPERATOR, 300, 0);
    assert_int_equal(letters_use(fixture.dewi, 1, NOW_MS), RB_OK);
    card_decoded(0, &bytes, &card);
    root_of(USUAL, root);
    assert_memory_equal(card.letter.root, root, HASH_BYTES);
    writer_clear(&bytes);
    assert_int_equal(letters_use(fixture.dewi, 0, NOW_MS), RB_OK);
    card_decoded(0, &bytes, &card);
    assert_false(card.letter.exists);
    writer_clear(&bytes);
    assert_int_equal(letters_use(fixture.dewi, 3, NOW_MS), RB_NOT_FOUND);
}

static void in_a_circle_of_a_network_the_best_letter_of_that_network_is_used(void **state) {
    uint8_t usual[HASH_BYTES], other[HASH_BYTES], unknown[HASH_BYTES] = { 7 };
    (void)state;

    root_of(USUAL, usual);
    root_of(OTHER, other);
    take(USUAL, ROLE_SUPERVISOR, 300, 0);
    take(USUAL, ROLE_TKSK, 300, -1);
    take(USUAL, ROLE_VOLUNTEER, 300, -2);
    take(OTHER, ROLE_TKSK, 300, -3);
    assert_int_equal(number_on(usual, 0), 1);
    assert_int_equal(number_on(other, 0), 4);
    assert_int_equal(number_on(unknown, 0), 4); /* as if it had no anchor */
}

static void of_two_letters_of_a_rank_the_later_is_used(void **state) {
    uint8_t usual[HASH_BYTES];
    (void)state;

    root_of(USUAL, usual);
    take(USUAL, ROLE_TKSK, 300, -1);
    take(USUAL, ROLE_OPERATOR, 300, -2);
    assert_int_equal(number_on(usual, 0), 1);
    take(USUAL, ROLE_OPERATOR, 300, 0);
    assert_int_equal(number_on(usual, 0), 3);
}

static void one_that_has_ended_is_not_used_while_another_holds(void **state) {
    uint8_t usual[HASH_BYTES];
    (void)state;

    root_of(USUAL, usual);
    take(USUAL, ROLE_TKSK, 300, -1);
    take(USUAL, ROLE_SUPERVISOR, 100, 0);
    assert_int_equal(number_on(NULL, 99), 2);
    assert_int_equal(number_on(NULL, 101), 1);
    assert_int_equal(number_on(usual, 101), 1);
    assert_int_equal(number_on(usual, 301), 0);
    assert_int_equal(letters_use(fixture.dewi, 2, NOW_MS + 101 * DAY_MS), RB_EXPIRED);
}

static void one_that_is_revoked_is_not_used_while_another_holds(void **state) {
    uint8_t usual[HASH_BYTES];
    (void)state;

    root_of(USUAL, usual);
    take(OTHER, ROLE_TKSK, 300, 0);
    take(USUAL, ROLE_TKSK, 300, 0);
    revoke(2);
    assert_int_equal(number_on(NULL, 0), 1);
    assert_int_equal(number_on(usual, 0), 1);
    assert_int_equal(letters_use(fixture.dewi, 2, NOW_MS), RB_REFUSED);
}

static void when_none_holds_the_card_says_only_what_he_says_himself(void **state) {
    struct writer bytes;
    struct card card;
    (void)state;

    take(USUAL, ROLE_SUPERVISOR, 10, 0);
    card_decoded(11, &bytes, &card);
    assert_false(card.letter.exists);
    assert_int_equal(card.person.role, store_self(fixture.budi)->person_cert.role);
    writer_clear(&bytes);
}

static void where_no_own_certificate_is_kept_the_chosen_letter_stays(void **state) {
    (void)state;
    take(USUAL, ROLE_SUPERVISOR, 10, 0);
    assert_int_equal(store_write_begin(fixture.dewi), RB_OK);
    assert_int_equal(db_execute(store_db(fixture.dewi), "DELETE FROM letter WHERE number = 0"),
                     RB_OK);
    assert_int_equal(store_write_commit(fixture.dewi), RB_OK);
    assert_int_equal(number_on(NULL, 11), 1);
    assert_int_equal(letters_use(fixture.dewi, 0, NOW_MS), RB_NOT_FOUND);
}

/* Nobody takes a card with a letter that has ended, and the other computer has no certificate
 * beside the one in its file. */
static void another_computer_gets_no_letter_that_has_ended(void **state) {
    struct store *bag = home_new(folder_name(&fixture.folder, "tas"), "Dewi di rumah");
    const int64_t now_ms = NOW_MS + 11 * DAY_MS;
    struct writer bytes, file;
    struct card card;
    (void)state;

    take(USUAL, ROLE_SUPERVISOR, 10, 0);
    writer_init(&bytes, CARD_BYTES_MAX);
    writer_init(&file, DEVICE_FILE_BYTES_MAX);
    assert_int_equal(store_card(bag, NULL, 0, now_ms, &bytes), RB_OK);
    assert_int_equal(
        device_admit(fixture.dewi, writer_view(&bytes), span_text("tas"), NULL, 0, now_ms, &file),
        RB_OK);
    assert_int_equal(device_take(bag, writer_view(&file), now_ms), RB_OK);
    writer_reset(&bytes);
    assert_int_equal(store_card(bag, NULL, 0, now_ms, &bytes), RB_OK);
    assert_int_equal(card_decode(writer_view(&bytes), &card), RB_OK);
    assert_memory_equal(card.person.person, store_self(fixture.dewi)->person, HASH_BYTES);
    assert_false(card.letter.exists);
    writer_clear(&file);
    writer_clear(&bytes);
    store_close(&bag);
}

/* ---- Circles ---- */

static void anchor_of_new(int day, bool *formal, uint8_t anchor[static HASH_BYTES]) {
    const int64_t now_ms = NOW_MS + day * DAY_MS;
    uint8_t circle[HASH_BYTES];
    struct writing writing;

    assert_int_equal(store_write_begin(fixture.dewi), RB_OK);
    assert_int_equal(store_write_end(fixture.dewi, author_found(fixture.dewi, CIRCLE_GROUP, NULL,
                                                                now_ms, circle)),
                     RB_OK);
    assert_int_equal(writing_begin(&writing, fixture.dewi, circle, now_ms), RB_OK);
    *formal = writing.opening->members.formal;
    memcpy(anchor, writing.opening->members.anchor, HASH_BYTES);
    writing_end(&writing);
}

static void a_circle_is_founded_in_the_network_of_the_chosen_letter(void **state) {
    uint8_t root[HASH_BYTES], anchor[HASH_BYTES];
    bool formal;
    (void)state;

    take(USUAL, ROLE_SUPERVISOR, 300, 0);
    take(OTHER, ROLE_TKSK, 300, 0);
    anchor_of_new(0, &formal, anchor);
    root_of(OTHER, root);
    assert_true(formal);
    assert_memory_equal(anchor, root, HASH_BYTES);
    assert_int_equal(letters_use(fixture.dewi, 1, NOW_MS), RB_OK);
    anchor_of_new(1, &formal, anchor);
    root_of(USUAL, root);
    assert_memory_equal(anchor, root, HASH_BYTES);
}

static void a_letter_that_has_ended_founds_no_circle_of_its_network(void **state) {
    uint8_t anchor[HASH_BYTES];
    bool formal;
    (void)state;

    take(USUAL, ROLE_SUPERVISOR, 10, 0);
    anchor_of_new(11, &formal, anchor);
    assert_false(formal);
    assert_int_equal(letters_use(fixture.dewi, 0, NOW_MS), RB_OK);
    anchor_of_new(0, &formal, anchor);
    assert_false(formal);
}

static uint64_t event_count(void) {
    struct store_sizes sizes;

    assert_int_equal(store_sizes(fixture.dewi, &sizes), RB_OK);
    return sizes.events;
}

/* Whoever writes it has shut himself out of the circle. */
static void nobody_writes_that_his_own_letter_is_revoked_whichever_he_has_chosen(void **state) {
    uint8_t circle[HASH_BYTES];
    struct writing writing;
    (void)state;

    take(USUAL, ROLE_TKSK, 300, 0);
    assert_int_equal(group_new(fixture.dewi, span_text("Bandung 1"), NULL, NOW_MS, circle), RB_OK);
    take(OTHER, ROLE_TKSK, 300, 0);
    revoke(1);
    const uint64_t before = event_count();
    for (int64_t number = 0; number <= 2; number += 2) {
        assert_int_equal(letters_use(fixture.dewi, number, NOW_MS), RB_OK);
        assert_int_equal(store_write_begin(fixture.dewi), RB_OK);
        assert_int_equal(writing_begin(&writing, fixture.dewi, circle, NOW_MS), RB_OK);
        assert_int_equal(store_write_end(fixture.dewi, writing_prepare(&writing, GRANTS_OWN)),
                         RB_OK);
        writing_end(&writing);
        assert_int_equal(event_count(), before);
    }
}

/* ---- At the doors of others ---- */

static enum rb_status budi_adds(struct span card, int day) {
    struct contact contact;
    bool renewed;

    return contact_add(fixture.budi, card, NOW_MS + day * DAY_MS, &contact, &renewed);
}

static void a_card_whose_letter_has_ended_is_not_taken_but_who_is_known_stays(void **state) {
    struct contact contact;
    struct writer bytes, later;
    struct card card;
    (void)state;

    take(USUAL, ROLE_TKSK, 10, 0);
    card_decoded(0, &bytes, &card);
    card_decoded(1, &later, &card);
    assert_int_equal(budi_adds(writer_view(&bytes), 11), RB_EXPIRED);
    assert_int_equal(contact_get(fixture.budi, store_self(fixture.dewi)->person, &contact),
                     RB_NOT_FOUND);
    assert_int_equal(budi_adds(writer_view(&bytes), 9), RB_OK);
    assert_int_equal(budi_adds(writer_view(&bytes), 11), RB_OK); /* it is the same */
    assert_int_equal(budi_adds(writer_view(&later), 11), RB_EXPIRED);
    assert_int_equal(contact_get(fixture.budi, store_self(fixture.dewi)->person, &contact), RB_OK);
    assert_true(contact.has_letter);
    assert_int_equal(contact.letter_until_s, NOW_S + 10 * DAY_MS / 1000);
    writer_clear(&later);
    writer_clear(&bytes);
}

static void who_has_a_letter_that_has_ended_is_added_to_no_circle(void **state) {
    const uint8_t *dewi = store_self(fixture.dewi)->person;
    struct refusal refusal = { 0 };
    uint8_t group[HASH_BYTES];
    struct writer bytes;
    struct card card;
    (void)state;

    take(USUAL, ROLE_TKSK, 10, 0);
    card_decoded(0, &bytes, &card);
    assert_int_equal(budi_adds(writer_view(&bytes), 0), RB_OK);
    assert_int_equal(group_new(fixture.budi, span_text("Bandung 1"), NULL, NOW_MS, group), RB_OK);
    assert_int_equal(membership_add(fixture.budi, group, dewi, CIRCLE_MANAGER, 0,
                                    NOW_MS + 11 * DAY_MS, &refusal),
                     RB_EXPIRED);
    assert_int_equal(
        membership_add(fixture.budi, group, dewi, CIRCLE_MANAGER, 0, NOW_MS + 9 * DAY_MS, &refusal),
        RB_OK);
    writer_clear(&bytes);
}

static bool take_person(void *opaque, const struct group_person *person) {
    struct group_person *dewi = opaque;

    if (memcmp(person->person, store_self(fixture.dewi)->person, HASH_BYTES) == 0) {
        *dewi = *person;
    }
    return true;
}

static void the_members_of_a_circle_are_listed_with_the_end_of_their_letters(void **state) {
    const uint8_t *dewi = store_self(fixture.dewi)->person;
    struct group_person listed = { 0 };
    struct refusal refusal = { 0 };
    uint8_t group[HASH_BYTES];
    struct writer bytes;
    struct card card;
    (void)state;

    take(USUAL, ROLE_TKSK, 10, 0);
    card_decoded(0, &bytes, &card);
    assert_int_equal(budi_adds(writer_view(&bytes), 0), RB_OK);
    assert_int_equal(group_new(fixture.budi, span_text("Bandung 1"), NULL, NOW_MS, group), RB_OK);
    assert_int_equal(membership_add(fixture.budi, group, dewi, CIRCLE_MANAGER, 0, NOW_MS, &refusal),
                     RB_OK);
    assert_int_equal(people_each(fixture.budi, group, take_person, &listed), RB_OK);
    assert_true(listed.has_letter);
    assert_int_equal(listed.letter_until_s, NOW_S + 10 * DAY_MS / 1000);
    writer_clear(&bytes);
}

/* Dewi answers an invitation of Budi's with that card. */
static enum rb_status answer_and_confirm(struct span card, int day) {
    struct invite_keys *keys = crypt_secret_alloc(sizeof *keys);
    const int64_t now_ms = NOW_MS + day * DAY_MS;
    struct invitation invitation;
    struct card decoded;
    struct writer answer;
    bool is_new;

    assert_int_equal(invitation_new(fixture.budi, NULL, now_ms, keys, &invitation), RB_OK);
    writer_init(&answer, INVITE_ANSWER_BYTES_MAX);
    assert_int_equal(answer_make(&answer, keys, card), RB_OK);
    assert_int_equal(
        invitation_answer(fixture.budi, writer_view(&answer), now_ms, &invitation, &is_new), RB_OK);
    assert_int_equal(card_decode(card, &decoded), RB_OK);
    const enum rb_status status = invitation_confirm(
        fixture.budi, invitation.number, decoded.person.person, decoded.device.id, now_ms);
    writer_clear(&answer);
    crypt_secret_free(keys);
    return status;
}

static void who_answers_with_an_ended_letter_is_seen_and_not_confirmed(void **state) {
    struct contact contact;
    struct writer bytes;
    struct card card;
    (void)state;

    take(USUAL, ROLE_TKSK, 10, 0);
    card_decoded(0, &bytes, &card);
    assert_int_equal(answer_and_confirm(writer_view(&bytes), 11), RB_EXPIRED);
    assert_int_equal(contact_get(fixture.budi, store_self(fixture.dewi)->person, &contact),
                     RB_NOT_FOUND);
    assert_int_equal(answer_and_confirm(writer_view(&bytes), 9), RB_OK);
    writer_clear(&bytes);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, two_homes, no_homes)
    const struct CMUnitTest tests[] = {
        TEST(who_has_taken_none_goes_by_his_own_certificate),
        TEST(all_letters_are_kept_and_the_last_one_is_chosen),
        TEST(the_same_letter_taken_twice_is_one),
        TEST(a_letter_that_has_ended_or_not_begun_is_not_taken),
        TEST(a_letter_of_somebody_else_or_one_that_is_forged_is_not_told_as_ended),
        TEST(a_letter_that_is_revoked_is_not_taken_again),
        TEST(of_too_many_the_first_is_forgotten),
        TEST(the_one_letter_of_an_older_store_is_its_first),
        TEST(an_older_store_without_a_letter_keeps_its_own_certificate),
        TEST(what_its_owner_chooses_stands_on_his_card),
        TEST(in_a_circle_of_a_network_the_best_letter_of_that_network_is_used),
        TEST(of_two_letters_of_a_rank_the_later_is_used),
        TEST(one_that_has_ended_is_not_used_while_another_holds),
        TEST(one_that_is_revoked_is_not_used_while_another_holds),
        TEST(when_none_holds_the_card_says_only_what_he_says_himself),
        TEST(where_no_own_certificate_is_kept_the_chosen_letter_stays),
        TEST(another_computer_gets_no_letter_that_has_ended),
        TEST(a_circle_is_founded_in_the_network_of_the_chosen_letter),
        TEST(a_letter_that_has_ended_founds_no_circle_of_its_network),
        TEST(nobody_writes_that_his_own_letter_is_revoked_whichever_he_has_chosen),
        TEST(a_card_whose_letter_has_ended_is_not_taken_but_who_is_known_stays),
        TEST(who_has_a_letter_that_has_ended_is_added_to_no_circle),
        TEST(the_members_of_a_circle_are_listed_with_the_end_of_their_letters),
        TEST(who_answers_with_an_ended_letter_is_seen_and_not_confirmed),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
