/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/contacts.h"
#include "store/db.h"
#include "store/keyring.h"
#include "store/opening.h"
#include "store/seals.h"
#include "tests/support/forger.h"
#include "tests/support/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];
static char page[TRANSCRIPT_BYTES];

static int four_people(void **state) {
    (void)state;
    people_new(&people, 4);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

/* A group of the first `members`, with a thread that all of them have. */
static void group_with_thread(size_t members) {
    people_group(&people, members, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    for (size_t i = 1; i < members; i++) {
        people_meet(&people, AYU, i);
    }
}

static void invite_and_accept(size_t by, size_t whom) {
    assert_int_equal(
        group_invite(people.stores[by], circle, people_id(&people, whom), people_now(&people)),
        RB_OK);
    people_meet(&people, by, whom);
    assert_int_equal(group_accept(people.stores[whom], circle, people_now(&people)), RB_OK);
}

static size_t epochs_of(size_t who, const struct epoch_key **epochs) {
    size_t count;

    assert_int_equal(keyring_epochs(people.stores[who], circle, NULL, epochs, &count), RB_OK);
    return count;
}

static uint64_t own_head(size_t who) {
    struct log_line line;

    assert_true(people_own_log(&people, who, circle, &line));
    return line.head;
}

static bool opens(size_t who, size_t owner) {
    return people_opens(&people, who, owner, circle, 0);
}

/* ---- Founding and writing ---- */

static void a_founder_writes_three_events(void **state) {
    (void)state;

    /* LOGCERT, GENESIS, the name. */
    assert_int_equal(
        group_new(people.stores[AYU], span_text("Balai"), NULL, people_now(&people), circle),
        RB_OK);
    assert_int_equal(own_head(AYU), 3);
}

static void the_first_write_makes_the_own_log(void **state) {
    struct log_line line;
    (void)state;

    assert_int_equal(
        group_new(people.stores[AYU], span_text("Balai"), NULL, people_now(&people), circle),
        RB_OK);
    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, BAYU), people_now(&people)),
        RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_false(people_own_log(&people, BAYU, circle, &line));
    assert_int_equal(group_accept(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    assert_int_equal(own_head(BAYU), 2); /* LOGCERT, ACCEPT */
}

static void a_log_goes_on_after_reopening(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    group_with_thread(2);
    uint64_t head = own_head(AYU);
    people_reopen(&people, AYU);
    people_post(&people, AYU, thread, "lanjut", ref);
    assert_int_equal(own_head(AYU), head + 1);
    people_meet(&people, AYU, BAYU);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Ayu: lanjut\n");
}

static void a_stranger_cannot_write(void **state) {
    struct new_content draft = { .type = KIND_GROUP };
    uint8_t ref[REF_BYTES];
    (void)state;

    group_with_thread(2);
    assert_int_equal(store_write_begin(people.stores[CITRA]), RB_OK);
    enum rb_status status =
        author_write(people.stores[CITRA], circle, &draft, people_now(&people), ref);
    assert_int_equal(store_write_end(people.stores[CITRA], status), RB_NOT_FOUND);
}

/* ---- Keys after somebody has left ---- */

static void who_left_cannot_open_what_is_written_next(void **state) {
    const struct epoch_key *epochs;
    uint8_t ref[REF_BYTES];
    (void)state;

    group_with_thread(3);
    people_post(&people, BAYU, thread, "semua", ref);
    assert_true(opens(CITRA, BAYU));
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet(&people, BAYU, CITRA);
    people_post(&people, BAYU, thread, "berdua", ref);
    assert_true(opens(BAYU, BAYU));
    assert_false(opens(CITRA, BAYU));
    assert_int_equal(epochs_of(CITRA, &epochs), 1);

    /* Nor does it help her to get hold of the events. */
    struct log_line line;
    assert_true(people_own_log(&people, BAYU, circle, &line));
    assert_int_equal(people_carry(&people, BAYU, CITRA, circle, line.log, 1).status, RB_OK);
    assert_int_equal(epochs_of(CITRA, &epochs), 1);
    assert_false(opens(CITRA, BAYU));
    people_meet(&people, AYU, BAYU);
    people_transcript(&people, AYU, thread, page);
    assert_string_equal(page, "Bayu: semua\nBayu: berdua\n");
}

static void who_declined_cannot_open_what_is_written_next(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    group_with_thread(2);
    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(group_decline(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, CITRA);
    people_post(&people, AYU, thread, "berdua", ref);
    assert_false(opens(CITRA, AYU));
    people_meet(&people, AYU, BAYU);
    assert_true(opens(BAYU, AYU));
}

static void a_newcomer_reads_from_the_beginning(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    /* Two keys before she comes: the second wraps the first. */
    group_with_thread(3);
    people_post(&people, AYU, thread, "satu", ref);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, CITRA);
    people_post(&people, AYU, thread, "dua", ref);
    invite_and_accept(AYU, DIMAS);
    people_transcript(&people, DIMAS, thread, page);
    assert_string_equal(page, "Ayu: satu\nAyu: dua\n");
}

static void two_new_keys_at_once_become_one(void **state) {
    const struct epoch_key *epochs;
    uint8_t ref[REF_BYTES];
    (void)state;

    group_with_thread(3);
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, CITRA);
    people_meet(&people, BAYU, CITRA);
    people_post(&people, AYU, thread, "dari Ayu", ref);
    people_post(&people, BAYU, thread, "dari Bayu", ref);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(epochs_of(AYU, &epochs), 3);
    people_post(&people, AYU, thread, "satu lagi", ref);
    people_post(&people, BAYU, thread, "dan lagi", ref);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(epochs_of(AYU, &epochs), 3);
    people_transcript(&people, AYU, thread, page);
    assert_string_equal(page, "Ayu: dari Ayu\nBayu: dari Bayu\nAyu: satu lagi\nBayu: dan lagi\n");
}

static void upkeep_grants_a_newcomer_whose_inviter_had_an_older_key(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    group_with_thread(3);
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet(&people, BAYU, CITRA);
    people_post(&people, BAYU, thread, "kunci baru", ref);
    invite_and_accept(AYU, DIMAS); /* Ayu has not heard of any of that */
    people_meet(&people, AYU, BAYU);
    uint64_t head = own_head(BAYU);
    assert_int_equal(author_upkeep(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    assert_int_equal(own_head(BAYU), head + 1);
    assert_int_equal(author_upkeep(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    assert_int_equal(own_head(BAYU), head + 1);
    people_meet(&people, BAYU, DIMAS);
    people_transcript(&people, DIMAS, thread, page);
    assert_string_equal(page, "Bayu: kunci baru\n");
}

static void a_key_of_ninety_days_is_replaced(void **state) {
    const struct epoch_key *epochs;
    uint8_t ref[REF_BYTES];
    (void)state;

    group_with_thread(2);
    people.now_ms += EPOCH_AGE_MS_MAX + 1000;
    people_post(&people, AYU, thread, "musim baru", ref);
    assert_int_equal(epochs_of(AYU, &epochs), 2);
    people_meet(&people, AYU, BAYU);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Ayu: musim baru\n");
}

/* ---- A new seal key ---- */

/* The seal key to which `who` would grant a key for the device of `whom`. */
static const uint8_t *seal_key_at(size_t who, size_t whom) {
    struct opening *opening = opening_of(people.stores[who]);
    const struct recipient *recipients;

    assert_int_equal(opening_take_circle(opening, circle), RB_OK);
    assert_int_equal(opening_members(opening), RB_OK);
    size_t count = circle_recipients(opening->members.fold, &recipients);
    for (size_t i = 0; i < count; i++) {
        if (memcmp(recipients[i].device, store_self(people.stores[whom])->device_cert.id,
                   CERT_ID_BYTES) == 0) {
            return recipients[i].seal_key;
        }
    }
    fail();
    return NULL;
}

static void a_new_seal_key_is_told_to_the_circle_once(void **state) {
    struct store *bayu = people.stores[BAYU];
    uint8_t ref[REF_BYTES];
    int64_t after = 0;
    (void)state;

    group_with_thread(2);
    people.now_ms += SEAL_AGE_MS_MAX + 1000;
    assert_int_equal(seals_renew(bayu, people.now_ms), RB_OK);
    assert_memory_not_equal(seal_key_at(AYU, BAYU), store_self(bayu)->seal.public,
                            BOX_PUBLIC_BYTES);
    assert_int_equal(author_upkeep_some(bayu, people_now(&people), &after), RB_OK);
    uint64_t head = own_head(BAYU);
    assert_int_equal(author_upkeep_some(bayu, people_now(&people), &after), RB_OK);
    assert_int_equal(own_head(BAYU), head);
    people_meet(&people, AYU, BAYU);
    assert_memory_equal(seal_key_at(AYU, BAYU), store_self(bayu)->seal.public, BOX_PUBLIC_BYTES);
    people.now_ms += EPOCH_AGE_MS_MAX + 1000;
    people_post(&people, AYU, thread, "musim baru", ref);
    people_meet(&people, AYU, BAYU);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Ayu: musim baru\n");
}

static void who_writes_tells_his_new_seal_key_on_the_way(void **state) {
    struct store *bayu = people.stores[BAYU];
    uint8_t ref[REF_BYTES];
    (void)state;

    group_with_thread(2);
    people.now_ms += SEAL_AGE_MS_MAX + 1000;
    assert_int_equal(seals_renew(bayu, people.now_ms), RB_OK);
    people_post(&people, BAYU, thread, "kabar", ref);
    people_meet(&people, AYU, BAYU);
    assert_memory_equal(seal_key_at(AYU, BAYU), store_self(bayu)->seal.public, BOX_PUBLIC_BYTES);
}

/* ---- Who has left ---- */

/* An invitation of a stranger, and a post, in a log that its author never mentioned. */
static void write_after_leaving(struct forger *forger, size_t who, const struct stranger *puppet,
                                const uint8_t head[static REF_BYTES], size_t to) {
    const struct op_pair pair = { .person_cert = writer_view(&puppet->person_cert),
                                  .device_cert = writer_view(&puppet->device_cert),
                                  .seal_key = writer_view(&puppet->seal_key) };
    struct writer body;
    struct run run;

    forger_logcert(forger, people.stores[who], circle, &run);
    assert_int_equal(people_ingest(&people, to, circle, &run).status, RB_OK);
    forger_post(forger, KIND_POST, "sesudah keluar", thread, head, (uint64_t)people.now_ms << 16,
                &run);
    assert_int_equal(people_ingest(&people, to, circle, &run).status, RB_OK);
    writer_init(&body, EVENT_BODY_BYTES_MAX);
    op_add_encode(&body, CIRCLE_MANAGER, &pair, 0);
    forger_operation(forger, OP_ADD, writer_view(&body), head, &run);
    assert_int_equal(people_ingest(&people, to, circle, &run).status, RB_OK);
    writer_clear(&body);
}

static void what_a_departed_person_writes_or_invites_counts_for_nobody(void **state) {
    struct stranger puppet;
    struct forger forger;
    uint8_t head[REF_BYTES], ref[REF_BYTES];
    (void)state;

    group_with_thread(3);
    forger_new(&forger, people.stores[CITRA], circle);
    forger_head(people.stores[CITRA], circle, head);
    stranger_new(&puppet, "Boneka");
    write_after_leaving(&forger, CITRA, &puppet, head, BAYU); /* he has not heard of it */
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Citra: sesudah keluar\n");
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, CITRA);
    people_post(&people, AYU, thread, "rahasia", ref);
    people_meet(&people, AYU, BAYU);

    uint64_t written = own_head(AYU);
    assert_int_equal(author_upkeep(people.stores[AYU], circle, people_now(&people)), RB_OK);
    assert_int_equal(own_head(AYU), written); /* no key for the puppet */
    for (size_t who = AYU; who <= BAYU; who++) {
        people_roll(&people, who, circle, page);
        assert_string_equal(page, "Ayu 3 accepted\nBayu 2 accepted\nCitra 2 left\n");
        people_transcript(&people, who, thread, page);
        assert_string_equal(page, "Ayu: rahasia\n");
    }
    assert_int_equal(views_rebuild(people.stores[BAYU]), RB_OK);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Ayu: rahasia\n");
    stranger_clear(&puppet);
    forger_clear(&forger);
}

static void what_was_written_before_leaving_in_any_log_stays(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    group_with_thread(3);
    people_post(&people, CITRA, thread, "di catatan lama", ref);
    assert_int_equal(store_write_begin(people.stores[CITRA]), RB_OK);
    assert_int_equal(
        db_execute(store_db(people.stores[CITRA]), "UPDATE log SET ahead = head + 1 WHERE own = 1"),
        RB_OK); /* as after a restored copy: she goes on in a new log */
    assert_int_equal(store_write_commit(people.stores[CITRA]), RB_OK);
    people_post(&people, CITRA, thread, "di catatan baru", ref);
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, CITRA);
    people_transcript(&people, AYU, thread, page);
    assert_string_equal(page, "Citra: di catatan lama\nCitra: di catatan baru\n");
}

/* ---- Many members ---- */

static void add_strangers(size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct stranger stranger;
        struct contact contact;
        struct writer card;
        char name[32];
        bool renewed;
        (void)snprintf(name, sizeof name, "Warga %02zu", i);
        stranger_new(&stranger, name);
        writer_init(&card, CARD_BYTES_MAX);
        stranger_card(&stranger, people.now_ms, NULL, &card);
        assert_int_equal(
            contact_add(people.stores[AYU], writer_view(&card), people.now_ms, &contact, &renewed),
            RB_OK);
        assert_int_equal(group_invite(people.stores[AYU], circle, stranger.id, people_now(&people)),
                         RB_OK);
        writer_clear(&card);
        stranger_clear(&stranger);
    }
}

static void a_key_reaches_more_members_than_one_event_holds(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    group_with_thread(3);
    add_strangers(40);
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, CITRA);
    uint64_t head = own_head(AYU);
    people_post(&people, AYU, thread, "untuk semua", ref);
    assert_int_equal(own_head(AYU), head + 3); /* EPOCH, KEYGRANT, the post */
    people_meet(&people, AYU, BAYU);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Ayu: untuk semua\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, four_people, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_founder_writes_three_events),
        TEST(the_first_write_makes_the_own_log),
        TEST(a_log_goes_on_after_reopening),
        TEST(a_stranger_cannot_write),
        TEST(who_left_cannot_open_what_is_written_next),
        TEST(who_declined_cannot_open_what_is_written_next),
        TEST(a_newcomer_reads_from_the_beginning),
        TEST(two_new_keys_at_once_become_one),
        TEST(upkeep_grants_a_newcomer_whose_inviter_had_an_older_key),
        TEST(a_key_of_ninety_days_is_replaced),
        TEST(a_new_seal_key_is_told_to_the_circle_once),
        TEST(who_writes_tells_his_new_seal_key_on_the_way),
        TEST(what_a_departed_person_writes_or_invites_counts_for_nobody),
        TEST(what_was_written_before_leaving_in_any_log_stays),
        TEST(a_key_reaches_more_members_than_one_event_holds),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
