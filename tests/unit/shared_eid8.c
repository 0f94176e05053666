/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two circle keys whose ids begin with the same 8 bytes, by which events name them.  To find such a
 * pair takes some 2^32 hashes: here the hash of chosen keys is bent instead (--wrap=crypt_hash). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/contacts.h"
#include "store/db.h"
#include "store/keyring.h"
#include "tests/support/forger.h"
#include "tests/support/people.h"

#include <string.h>

/* The linker gives both sides of the call these names. */
void __real_crypt_hash(uint8_t *out, size_t out_len, struct span key, const char *label,
                       const struct span *parts, size_t part_count);
void __wrap_crypt_hash(uint8_t *out, size_t out_len, struct span key, const char *label,
                       const struct span *parts, size_t part_count);

enum { BENT_KEY_BYTES = 4 };

static const uint8_t bent_key[BENT_KEY_BYTES] = { 0xC0, 0x11, 0x1D, 0xE5 };
static const uint8_t bent_id[EID8_BYTES] = { 0xB0 };

/* Keys that begin with `bent_key` have ids that begin with `bent_id`. */
void __wrap_crypt_hash(uint8_t *out, size_t out_len, struct span key, const char *label,
                       const struct span *parts, size_t part_count) {
    __real_crypt_hash(out, out_len, key, label, parts, part_count);
    if (strcmp(label, "rk.eid") == 0 && memcmp(parts[0].data, bent_key, BENT_KEY_BYTES) == 0) {
        memcpy(out, bent_id, sizeof bent_id);
    }
}

/* ---- Helpers ---- */

enum { KEY_ONE, KEY_TWO, KEY_COUNT };
enum { LETTERS_MAX = 4 };

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];
static uint8_t head[REF_BYTES]; /* a control head that all have */
static char page[TRANSCRIPT_BYTES], other_page[TRANSCRIPT_BYTES];
static struct epoch_key keys[KEY_COUNT];

/* A log of Citra's, written once and brought to one after the other. */
struct letter_run {
    struct run run;
    struct writer body;
};
static struct letter_run letters[LETTERS_MAX];
static size_t letter_count;

/* Ayu, Bayu, Citra and Dimas in a group with one thread. */
static int a_thread(void **state) {
    (void)state;
    people_new(&people, 4);
    people_group(&people, 4, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    people_meet_all(&people);
    forger_head(people.stores[CITRA], circle, head);
    for (uint8_t i = 0; i < KEY_COUNT; i++) {
        uint8_t bytes[KEY_BYTES] = { 0 };
        memcpy(bytes, bent_key, sizeof bent_key);
        bytes[BENT_KEY_BYTES] = i;
        epoch_key_from(&keys[i], bytes);
    }
    assert_memory_equal(keys[KEY_ONE].id, keys[KEY_TWO].id, EID8_BYTES);
    assert_memory_not_equal(keys[KEY_ONE].id, keys[KEY_TWO].id, HASH_BYTES);
    letter_count = 0;
    return 0;
}

static int go_home(void **state) {
    (void)state;
    for (size_t i = 0; i < letter_count; i++) {
        writer_clear(&letters[i].body);
    }
    people_end(&people);
    return 0;
}

static void letter_keep(const struct run *run) {
    struct letter_run *letter = &letters[letter_count++];

    letter->run = *run;
    writer_init(&letter->body, EVENT_BODY_BYTES_MAX);
    writer_span(&letter->body, run->events[0].body);
    letter->run.events[0].body = writer_view(&letter->body);
}

static void letters_bring(size_t to) {
    for (size_t i = 0; i < letter_count; i++) {
        assert_int_equal(people_ingest(&people, to, circle, &letters[i].run).status, RB_OK);
    }
}

/* An EPOCH of Citra's, in a log of its own, that wraps the key. */
static void key_bring(size_t to, size_t key) {
    struct forger forger;
    struct run run;

    forger_new(&forger, people.stores[CITRA], circle);
    forger_logcert(&forger, people.stores[CITRA], circle, &run);
    assert_int_equal(people_ingest(&people, to, circle, &run).status, RB_OK);
    forger_epoch(&forger, people.stores[CITRA], people.stores[to], &keys[key], 1, 1, head, &run);
    assert_int_equal(people_ingest(&people, to, circle, &run).status, RB_OK);
    forger_clear(&forger);
}

static void remove_write(struct forger *forger, size_t who, struct run *run) {
    struct writer body;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_remove_encode(&body, people_id(&people, who), NULL, 0);
    forger_operation(forger, OP_REMOVE, writer_view(&body), head, run);
    writer_clear(&body);
}

static void add_write(struct forger *forger, size_t who, struct run *run) {
    struct writer body, card;
    struct op_pair pair;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    writer_init(&card, CARD_BYTES_MAX);
    assert_int_equal(contact_pair(people.stores[CITRA], people_id(&people, who), &card, &pair),
                     RB_OK);
    op_add_encode(&body, CIRCLE_MANAGER, &pair, 0);
    forger_operation(forger, OP_ADD, writer_view(&body), head, run);
    writer_clear(&card);
    writer_clear(&body);
}

/* Dimas is removed under the second key, and added again under the circle's first one. */
static void citra_writes_operations(void) {
    struct epoch_key first;
    struct forger forger;
    struct run run;

    forger_new(&forger, people.stores[CITRA], circle);
    first = forger.epoch;
    forger_logcert(&forger, people.stores[CITRA], circle, &run);
    letter_keep(&run);
    forger.epoch = keys[KEY_TWO];
    remove_write(&forger, DIMAS, &run);
    letter_keep(&run);
    forger.epoch = first;
    add_write(&forger, DIMAS, &run);
    letter_keep(&run);
    forger_clear(&forger);
}

static void citra_writes_a_post(void) {
    struct forger forger;
    struct run run;

    forger_new(&forger, people.stores[CITRA], circle);
    forger_logcert(&forger, people.stores[CITRA], circle, &run);
    letter_keep(&run);
    forger.epoch = keys[KEY_TWO];
    forger_post(&forger, KIND_POST, "tertutup", thread, head, 1, &run);
    letter_keep(&run);
    forger_clear(&forger);
}

/* ---- Tests ---- */

static void operations_do_not_depend_on_which_key_came_first(void **state) {
    (void)state;

    citra_writes_operations();
    key_bring(AYU, KEY_ONE);
    letters_bring(AYU);
    key_bring(AYU, KEY_TWO);
    key_bring(BAYU, KEY_ONE);
    key_bring(BAYU, KEY_TWO);
    letters_bring(BAYU);

    people_roll(&people, AYU, circle, page);
    people_roll(&people, BAYU, circle, other_page);
    assert_string_equal(page, other_page);
    assert_string_equal(page,
                        "Ayu 3 accepted\nBayu 2 accepted\nCitra 2 accepted\n"
                        "Dimas 2 invited\n");
    assert_int_equal(views_rebuild(people.stores[AYU]), RB_OK);
    people_roll(&people, AYU, circle, other_page);
    assert_string_equal(page, other_page);
}

/* He whose other key is not here does not see the log as if that operation were nothing. */
static void an_operation_under_the_other_key_holds_up_those_after_it(void **state) {
    (void)state;

    people_roll(&people, AYU, circle, page);
    citra_writes_operations();
    key_bring(AYU, KEY_ONE);
    letters_bring(AYU);
    people_roll(&people, AYU, circle, other_page);
    assert_string_equal(page, other_page);
    struct db_row *row = db_query(store_db(people.stores[AYU]),
                                  "SELECT count(*) FROM event WHERE state = 0 AND control = 1");
    assert_true(db_step(row));
    assert_int_equal(db_int(row, 0), 2);
    assert_int_equal(db_end(row), RB_OK);
}

static void content_under_the_other_key_opens_when_that_comes(void **state) {
    (void)state;

    citra_writes_a_post();
    key_bring(AYU, KEY_ONE);
    letters_bring(AYU);
    people_transcript(&people, AYU, thread, page);
    assert_string_equal(page, "");
    key_bring(AYU, KEY_TWO);
    people_transcript(&people, AYU, thread, page);
    assert_string_equal(page, "Citra: tertutup\n");
}

/* Its LOGCERT, too: it is not nobody's because it did not open under the first key. */
static void a_log_under_the_other_key_is_known_when_that_comes(void **state) {
    struct forger forger;
    struct run run;
    (void)state;

    forger_new(&forger, people.stores[CITRA], circle);
    forger.epoch = keys[KEY_TWO];
    forger_logcert(&forger, people.stores[CITRA], circle, &run);
    letter_keep(&run);
    forger_post(&forger, KIND_POST, "tertutup", thread, head, 1, &run);
    letter_keep(&run);
    forger_clear(&forger);
    key_bring(AYU, KEY_ONE);
    letters_bring(AYU);
    key_bring(AYU, KEY_TWO);
    people_transcript(&people, AYU, thread, page);
    assert_string_equal(page, "Citra: tertutup\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_thread, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(operations_do_not_depend_on_which_key_came_first),
        TEST(an_operation_under_the_other_key_holds_up_those_after_it),
        TEST(content_under_the_other_key_opens_when_that_comes),
        TEST(a_log_under_the_other_key_is_known_when_that_comes),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
