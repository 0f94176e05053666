/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/event.h"
#include "store/db.h"
#include "store/keyring.h"
#include "tests/support/homes.h"

#include <string.h>

struct fixture {
    struct folder folder;
    struct store *store;
    uint8_t circle[HASH_BYTES];
};

static int set_up(void **state) {
    static struct fixture fixture;

    folder_new(&fixture.folder);
    fixture.store = home_new(folder_name(&fixture.folder, "home"), "Dewi Andaikan");
    memset(fixture.circle, 7, sizeof fixture.circle);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;

    store_close(&fixture->store);
    folder_remove(&fixture->folder);
    return 0;
}

/* ---- Helpers ---- */

static enum rb_status put_log_key(struct store *store, const char *name, struct span secret) {
    const enum rb_status status = store_write_begin(store);

    if (status != RB_OK) {
        return status;
    }
    return store_write_end(store, keyring_put(store, SECRET_LOG, span_text(name), secret));
}

static struct epoch_key put_epoch(struct store *store, const uint8_t circle[static HASH_BYTES]) {
    struct epoch_key epoch;

    epoch_key_new(&epoch);
    assert_int_equal(store_write_begin(store), RB_OK);
    assert_int_equal(keyring_put_epoch(store, circle, &epoch), RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
    return epoch;
}

static size_t epochs_of(struct store *store, const uint8_t circle[static HASH_BYTES],
                        const uint8_t *eid8, const struct epoch_key **epochs) {
    size_t count = 0;

    assert_int_equal(keyring_epochs(store, circle, eid8, epochs, &count), RB_OK);
    return count;
}

static void assert_found(struct store *store, const uint8_t circle[static HASH_BYTES],
                         const struct epoch_key *epoch) {
    const struct epoch_key *found = NULL;

    assert_int_equal(epochs_of(store, circle, epoch->id, &found), 1);
    assert_true(crypt_equal(found->key, epoch->key, KEY_BYTES));
    assert_memory_equal(found->id, epoch->id, HASH_BYTES);
}

static void change(struct store *store, const char *sql) {
    assert_int_equal(store_write_begin(store), RB_OK);
    assert_int_equal(db_execute(store_db(store), sql), RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
}

/* ---- Single secrets ---- */

static void a_secret_comes_back_under_its_name_only(void **state) {
    struct fixture *fixture = *state;
    const uint8_t secret[32] = { 1, 2, 3 };
    uint8_t out[32];

    assert_int_equal(put_log_key(fixture->store, "a", span_of(secret, sizeof secret)), RB_OK);
    assert_int_equal(keyring_get(fixture->store, SECRET_LOG, span_text("a"), out, sizeof out),
                     RB_OK);
    assert_memory_equal(out, secret, sizeof secret);
    assert_int_equal(keyring_get(fixture->store, SECRET_LOG, span_text("b"), out, sizeof out),
                     RB_NOT_FOUND);
    assert_int_equal(keyring_get(fixture->store, SECRET_EPOCH, span_text("a"), out, sizeof out),
                     RB_NOT_FOUND);
}

static void a_second_secret_of_one_name_changes_nothing(void **state) {
    struct fixture *fixture = *state;
    const uint8_t first[32] = { 1 };
    const uint8_t second[32] = { 2 };
    uint8_t out[32];

    assert_int_equal(put_log_key(fixture->store, "a", span_of(first, sizeof first)), RB_OK);
    assert_int_equal(put_log_key(fixture->store, "a", span_of(second, sizeof second)), RB_EXISTS);
    assert_int_equal(keyring_get(fixture->store, SECRET_LOG, span_text("a"), out, sizeof out),
                     RB_OK);
    assert_memory_equal(out, first, sizeof first);
}

static void a_sealed_secret_moved_to_another_name_is_damage(void **state) {
    struct fixture *fixture = *state;
    const uint8_t secret[32] = { 1 };
    uint8_t out[32];

    assert_int_equal(put_log_key(fixture->store, "a", span_of(secret, sizeof secret)), RB_OK);
    change(fixture->store,
           "UPDATE secret SET name = CAST('b' AS BLOB)"
           " WHERE sort = 4 AND name = CAST('a' AS BLOB)");
    assert_int_equal(keyring_get(fixture->store, SECRET_LOG, span_text("b"), out, sizeof out),
                     RB_DAMAGED);
}

static void a_sealed_secret_of_another_length_is_damage(void **state) {
    struct fixture *fixture = *state;
    const uint8_t secret[32] = { 1 };
    uint8_t out[32];

    assert_int_equal(put_log_key(fixture->store, "a", span_of(secret, sizeof secret)), RB_OK);
    change(fixture->store, "UPDATE secret SET sealed = substr(sealed, 1, 71) WHERE sort = 4");
    assert_int_equal(keyring_get(fixture->store, SECRET_LOG, span_text("a"), out, sizeof out),
                     RB_DAMAGED);
    change(fixture->store, "UPDATE secret SET sealed = x'' WHERE sort = 4");
    assert_int_equal(keyring_get(fixture->store, SECRET_LOG, span_text("a"), out, sizeof out),
                     RB_DAMAGED);
}

/* ---- Epoch keys ---- */

static void an_epoch_key_is_found_by_the_front_of_its_id(void **state) {
    struct fixture *fixture = *state;
    const struct epoch_key *found = NULL;
    struct epoch_key epochs[20];

    for (size_t i = 0; i < 20; i++) {
        epochs[i] = put_epoch(fixture->store, fixture->circle);
    }
    for (size_t i = 0; i < 20; i++) {
        assert_found(fixture->store, fixture->circle, &epochs[i]);
    }
    assert_int_equal(epochs_of(fixture->store, fixture->circle, NULL, &found), 20);
    const uint8_t unknown[EID8_BYTES] = { 0 };
    assert_int_equal(epochs_of(fixture->store, fixture->circle, unknown, &found), 0);
}

static void an_epoch_key_given_twice_is_kept_once(void **state) {
    struct fixture *fixture = *state;
    const struct epoch_key *found = NULL;
    const struct epoch_key epoch = put_epoch(fixture->store, fixture->circle);

    assert_int_equal(store_write_begin(fixture->store), RB_OK);
    assert_int_equal(keyring_put_epoch(fixture->store, fixture->circle, &epoch), RB_OK);
    assert_int_equal(store_write_commit(fixture->store), RB_OK);
    assert_int_equal(epochs_of(fixture->store, fixture->circle, NULL, &found), 1);
}

static void circles_do_not_share_their_keys(void **state) {
    struct fixture *fixture = *state;
    const struct epoch_key *found = NULL;
    uint8_t neighbours[2][HASH_BYTES];

    memset(neighbours[0], 6, HASH_BYTES);
    memset(neighbours[1], 8, HASH_BYTES);
    const struct epoch_key epoch = put_epoch(fixture->store, fixture->circle);
    put_epoch(fixture->store, neighbours[0]);
    assert_found(fixture->store, fixture->circle, &epoch);
    assert_int_equal(epochs_of(fixture->store, neighbours[0], NULL, &found), 1);
    assert_int_equal(epochs_of(fixture->store, neighbours[0], epoch.id, &found), 0);
    assert_int_equal(epochs_of(fixture->store, neighbours[1], NULL, &found), 0);
    assert_found(fixture->store, fixture->circle, &epoch);
}

static void a_key_of_an_aborted_transaction_is_forgotten(void **state) {
    struct fixture *fixture = *state;
    const struct epoch_key *found = NULL;
    struct epoch_key epoch;

    epoch_key_new(&epoch);
    assert_int_equal(store_write_begin(fixture->store), RB_OK);
    assert_int_equal(keyring_put_epoch(fixture->store, fixture->circle, &epoch), RB_OK);
    assert_found(fixture->store, fixture->circle, &epoch);
    store_write_abort(fixture->store);
    assert_int_equal(epochs_of(fixture->store, fixture->circle, NULL, &found), 0);
}

static void keys_are_there_after_opening_again(void **state) {
    struct fixture *fixture = *state;
    const struct epoch_key epoch = put_epoch(fixture->store, fixture->circle);

    store_close(&fixture->store);
    fixture->store = home_open(folder_name(&fixture->folder, "home"));
    assert_found(fixture->store, fixture->circle, &epoch);
}

static void a_damaged_epoch_key_is_as_one_that_has_not_come(void **state) {
    struct fixture *fixture = *state;
    const struct epoch_key *found = NULL;

    put_epoch(fixture->store, fixture->circle);
    keyring_forget(fixture->store);
    change(fixture->store, "UPDATE secret SET sealed = zeroblob(72) WHERE sort = 5");
    assert_int_equal(epochs_of(fixture->store, fixture->circle, NULL, &found), 0);
}

/* ---- Within the vault ---- */

static void assert_in_clear(struct fixture *fixture, const uint8_t *bytes, bool expected) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM secret"
        " WHERE instr(name, ?1) + instr(sealed, ?1) > 0";
    struct db_row *row = db_query(store_db(fixture->store), sql);

    db_bind_blob(row, 1, span_of(bytes, 32));
    assert_true(db_step(row));
    assert_int_equal(db_int(row, 0) > 0, expected);
    assert_int_equal(db_end(row), RB_OK);
}

/* So no page in memory shows one. */
static void no_secret_stands_in_a_row_in_clear(void **state) {
    struct fixture *fixture = *state;
    const struct epoch_key epoch = put_epoch(fixture->store, fixture->circle);
    const struct identity identity = *store_self(fixture->store)->identity;

    assert_in_clear(fixture, epoch.id, true); /* The search finds what is there. */
    assert_in_clear(fixture, epoch.key, false);
    assert_in_clear(fixture, identity.person.seed, false);
    assert_in_clear(fixture, identity.device_seed, false);
    assert_in_clear(fixture, identity.device.seed, false);
    assert_in_clear(fixture, identity.transport.secret, false);
    assert_in_clear(fixture, identity.seal.secret, false);
}

static void a_keyring_that_cannot_be_read_is_not_an_empty_one(void **state) {
    struct fixture *fixture = *state;
    const struct epoch_key *epochs;
    size_t count = 99;

    (void)put_epoch(fixture->store, fixture->circle);
    assert_int_equal(store_write_begin(fixture->store), RB_OK);
    assert_int_equal(
        db_execute(store_db(fixture->store), "ALTER TABLE secret RENAME COLUMN sealed TO gone"),
        RB_OK);
    keyring_forget(fixture->store);
    assert_int_equal(keyring_epochs(fixture->store, fixture->circle, NULL, &epochs, &count),
                     RB_STORAGE);
    assert_int_equal(count, 99);
    store_write_abort(fixture->store);
    assert_int_equal(epochs_of(fixture->store, fixture->circle, NULL, &epochs), 1);
}

static void a_new_key_is_found_beside_those_in_memory(void **state) {
    struct fixture *fixture = *state;
    const struct epoch_key *epochs;
    struct epoch_key kept[40];

    for (size_t i = 0; i < 40; i++) {
        kept[i] = put_epoch(fixture->store, fixture->circle);
        assert_int_equal(epochs_of(fixture->store, fixture->circle, NULL, &epochs), i + 1);
    }
    for (size_t i = 0; i < 40; i++) {
        assert_found(fixture->store, fixture->circle, &kept[i]);
    }
    for (size_t i = 1; i < 40; i++) {
        assert_int_equal(epochs_of(fixture->store, fixture->circle, NULL, &epochs), 40);
        assert_true(memcmp(epochs[i - 1].id, epochs[i].id, HASH_BYTES) < 0);
    }
    crypt_wipe(kept, sizeof kept);
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_secret_comes_back_under_its_name_only),
        TEST(a_second_secret_of_one_name_changes_nothing),
        TEST(a_sealed_secret_moved_to_another_name_is_damage),
        TEST(a_sealed_secret_of_another_length_is_damage),
        TEST(an_epoch_key_is_found_by_the_front_of_its_id),
        TEST(an_epoch_key_given_twice_is_kept_once),
        TEST(circles_do_not_share_their_keys),
        TEST(a_key_of_an_aborted_transaction_is_forgotten),
        TEST(keys_are_there_after_opening_again),
        TEST(a_damaged_epoch_key_is_as_one_that_has_not_come),
        TEST(a_keyring_that_cannot_be_read_is_not_an_empty_one),
        TEST(a_new_key_is_found_beside_those_in_memory),
        TEST(no_secret_stands_in_a_row_in_clear),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
