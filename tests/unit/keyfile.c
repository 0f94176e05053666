/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/limits.h"
#include "store/file.h"
#include "store/keyfile.h"
#include "tests/support/homes.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MEMORY_OFFSET = 4, PASSES_OFFSET = 8, PARAMETERS_END = 12 };

struct fixture {
    struct folder folder;
    char path[2 * HOMES_PATH_MAX];
    struct keyfile key;
};

/* A folder with a key file of one pass. */
static int set_up(void **state) {
    static struct fixture fixture;

    folder_new(&fixture.folder);
    strncpy(fixture.path, folder_name(&fixture.folder, "key"), sizeof fixture.path - 1);
    assert_int_equal(keyfile_create(fixture.path, span_text(HOMES_PASSPHRASE), 1, &fixture.key),
                     RB_OK);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    const struct fixture *fixture = *state;

    folder_remove(&fixture->folder);
    return 0;
}

static enum rb_status opening_status(const struct fixture *fixture) {
    struct keyfile key;

    return keyfile_open(fixture->path, span_text(HOMES_PASSPHRASE), &key);
}

static void the_passphrase_opens_what_was_created(void **state) {
    const struct fixture *fixture = *state;
    struct keyfile key;

    assert_int_equal(keyfile_open(fixture->path, span_text(HOMES_PASSPHRASE), &key), RB_OK);
    assert_true(crypt_equal(&key, &fixture->key, sizeof key));
}

static void the_file_has_its_size_its_mode_and_no_key_in_clear(void **state) {
    const struct fixture *fixture = *state;
    uint8_t bytes[2 * KEYFILE_BYTES];
    struct stat facts;

    assert_int_equal(stat(fixture->path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_int_equal(file_load(fixture->path, bytes, sizeof bytes), KEYFILE_BYTES);
    assert_int_equal(folder_entries(fixture->folder.path), 1);
    for (size_t at = 0; at + KEY_BYTES <= KEYFILE_BYTES; at++) {
        assert_false(crypt_equal(bytes + at, fixture->key.store_key, KEY_BYTES));
    }
}

static void another_passphrase_is_wrong(void **state) {
    const struct fixture *fixture = *state;
    struct keyfile key;

    assert_int_equal(keyfile_open(fixture->path, span_text("jalan pagi ke pasar"), &key),
                     RB_WRONG_PASSPHRASE);
    assert_int_equal(keyfile_open(fixture->path, span_text(""), &key), RB_WRONG_PASSPHRASE);
}

static void creating_over_a_key_file_is_refused(void **state) {
    const struct fixture *fixture = *state;
    struct keyfile key;

    assert_int_equal(keyfile_create(fixture->path, span_text("another one"), 1, &key), RB_EXISTS);
    assert_int_equal(opening_status(fixture), RB_OK);
}

static void a_missing_key_file_is_not_found(void **state) {
    const struct fixture *fixture = *state;
    struct keyfile key;

    assert_int_equal(
        keyfile_open(folder_name(&fixture->folder, "none"), span_text(HOMES_PASSPHRASE), &key),
        RB_NOT_FOUND);
}

static void two_key_files_have_nothing_in_common(void **state) {
    const struct fixture *fixture = *state;
    struct keyfile key;

    assert_int_equal(keyfile_create(folder_name(&fixture->folder, "second"),
                                    span_text(HOMES_PASSPHRASE), 1, &key),
                     RB_OK);
    assert_false(crypt_equal(key.store_key, fixture->key.store_key, KEY_BYTES));
    assert_false(crypt_equal(key.vault_id, fixture->key.vault_id, VAULT_ID_BYTES));
}

static void every_cut_of_the_file_is_damage(void **state) {
    const struct fixture *fixture = *state;
    uint8_t bytes[2 * KEYFILE_BYTES] = { 0 };

    assert_int_equal(file_load(fixture->path, bytes, sizeof bytes), KEYFILE_BYTES);
    for (size_t cut = 0; cut < KEYFILE_BYTES; cut++) {
        file_store(fixture->path, bytes, cut);
        assert_int_equal(opening_status(fixture), RB_DAMAGED);
    }
    file_store(fixture->path, bytes, KEYFILE_BYTES + 1);
    assert_int_equal(opening_status(fixture), RB_DAMAGED);
}

/* tests/unit/keyfile_flips.c has every bit of the file. */
static void a_flipped_bit_of_the_parameters_is_refused(void **state) {
    const struct fixture *fixture = *state;

    for (size_t byte = 0; byte < PARAMETERS_END; byte++) {
        file_flip(fixture->path, byte, 0x02);
        assert_int_not_equal(opening_status(fixture), RB_OK);
        file_flip(fixture->path, byte, 0x02);
    }
    assert_int_equal(opening_status(fixture), RB_OK);
}

static void a_flipped_bit_in_every_other_byte_is_refused(void **state) {
    const struct fixture *fixture = *state;

    for (size_t byte = PARAMETERS_END; byte < KEYFILE_BYTES; byte++) {
        file_flip(fixture->path, byte, (uint8_t)(1U << byte % 8));
        assert_int_equal(opening_status(fixture), RB_WRONG_PASSPHRASE);
        file_flip(fixture->path, byte, (uint8_t)(1U << byte % 8));
    }
}

static void numbers_beyond_the_limits_are_damage_before_they_cost(void **state) {
    const struct fixture *fixture = *state;

    file_flip(fixture->path, MEMORY_OFFSET + 3, 0x80); /* 2 TiB */
    assert_int_equal(opening_status(fixture), RB_DAMAGED);
    file_flip(fixture->path, MEMORY_OFFSET + 3, 0x80);
    file_flip(fixture->path, PASSES_OFFSET, 0x40); /* 65 passes */
    assert_int_equal(opening_status(fixture), RB_DAMAGED);
    file_flip(fixture->path, PASSES_OFFSET, 0x41); /* none */
    assert_int_equal(opening_status(fixture), RB_DAMAGED);
}

static void a_later_magic_is_newer_and_another_is_damage(void **state) {
    const struct fixture *fixture = *state;

    file_flip(fixture->path, 3, '1' ^ '2');
    assert_int_equal(opening_status(fixture), RB_NEWER);
    file_flip(fixture->path, 3, '2' ^ '0');
    assert_int_equal(opening_status(fixture), RB_DAMAGED);
}

/* ---- Changing ---- */

static const char new_passphrase[] = "jalan sore ke ladang";

/* The little-endian number at OFFSET of the file. */
static uint32_t number_at(const struct fixture *fixture, size_t offset) {
    uint8_t bytes[2 * KEYFILE_BYTES] = { 0 };
    const uint8_t *at = bytes + offset;

    assert_int_equal(file_load(fixture->path, bytes, sizeof bytes), KEYFILE_BYTES);
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static enum rb_status change(const struct fixture *fixture, const char *from, const char *to,
                             uint32_t passes) {
    return keyfile_change(fixture->path, span_text(from), span_text(to), passes);
}

static void after_a_change_only_the_new_passphrase_opens_the_same_key(void **state) {
    const struct fixture *fixture = *state;
    struct keyfile key;

    assert_int_equal(change(fixture, HOMES_PASSPHRASE, new_passphrase, 1), RB_OK);
    assert_int_equal(opening_status(fixture), RB_WRONG_PASSPHRASE);
    assert_int_equal(keyfile_open(fixture->path, span_text(new_passphrase), &key), RB_OK);
    assert_true(crypt_equal(&key, &fixture->key, sizeof key));
}

static void a_change_leaves_nothing_of_the_old_file_but_its_parameters(void **state) {
    const struct fixture *fixture = *state;
    uint8_t before[2 * KEYFILE_BYTES] = { 0 }, after[2 * KEYFILE_BYTES] = { 0 };
    struct stat facts;

    (void)file_load(fixture->path, before, sizeof before);
    assert_int_equal(change(fixture, HOMES_PASSPHRASE, HOMES_PASSPHRASE, 1), RB_OK);
    assert_int_equal(file_load(fixture->path, after, sizeof after), KEYFILE_BYTES);
    assert_memory_equal(before, after, PARAMETERS_END);
    for (size_t at = PARAMETERS_END; at + 4 <= KEYFILE_BYTES; at++) {
        assert_memory_not_equal(before + at, after + at, 4);
    }
    assert_int_equal(stat(fixture->path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_int_equal(folder_entries(fixture->folder.path), 1);
}

static void a_change_with_the_wrong_passphrase_changes_nothing(void **state) {
    const struct fixture *fixture = *state;
    uint8_t before[2 * KEYFILE_BYTES] = { 0 }, after[2 * KEYFILE_BYTES] = { 0 };

    (void)file_load(fixture->path, before, sizeof before);
    assert_int_equal(change(fixture, new_passphrase, new_passphrase, 2), RB_WRONG_PASSPHRASE);
    assert_int_equal(file_load(fixture->path, after, sizeof after), KEYFILE_BYTES);
    assert_memory_equal(before, after, KEYFILE_BYTES);
}

/* In a child: the exit code is the status. */
static pid_t change_beside(const struct fixture *fixture, const char *to) {
    const pid_t child = fork();

    if (child == 0) {
        _exit((int)change(fixture, HOMES_PASSPHRASE, to, 1));
    }
    return child;
}

static void of_changes_at_the_same_time_one_comes_through(void **state) {
    static const char *const wanted[] = { "ganti satu satu", "ganti dua dua", "ganti tiga tiga" };
    enum { CHANGES = sizeof wanted / sizeof wanted[0] };
    const struct fixture *fixture = *state;
    pid_t children[CHANGES];
    const char *winner = NULL;
    struct keyfile key;
    int ended = 0;

    for (size_t i = 0; i < CHANGES; i++) {
        children[i] = change_beside(fixture, wanted[i]);
    }
    for (size_t i = 0; i < CHANGES; i++) {
        assert_int_equal(waitpid(children[i], &ended, 0), children[i]);
        const int status = WEXITSTATUS(ended);
        assert_true(status == RB_OK || status == RB_BUSY || status == RB_WRONG_PASSPHRASE);
        assert_true(status != RB_OK || winner == NULL);
        winner = status == RB_OK ? wanted[i] : winner;
    }
    assert_non_null(winner);
    assert_int_equal(keyfile_open(fixture->path, span_text(winner), &key), RB_OK);
}

static void a_change_waits_for_nobody(void **state) {
    const struct fixture *fixture = *state;
    int lock = -1;

    assert_int_equal(folder_lock(fixture->path, &lock), RB_OK);
    assert_int_equal(change(fixture, HOMES_PASSPHRASE, new_passphrase, 1), RB_BUSY);
    folder_unlock(lock);
    assert_int_equal(opening_status(fixture), RB_OK);
    assert_int_equal(change(fixture, HOMES_PASSPHRASE, new_passphrase, 1), RB_OK);
}

static void a_change_never_lowers_the_passes(void **state) {
    const struct fixture *fixture = *state;

    assert_int_equal(change(fixture, HOMES_PASSPHRASE, HOMES_PASSPHRASE, 3), RB_OK);
    assert_int_equal(number_at(fixture, PASSES_OFFSET), 3);
    assert_int_equal(change(fixture, HOMES_PASSPHRASE, HOMES_PASSPHRASE, 2), RB_OK);
    assert_int_equal(number_at(fixture, PASSES_OFFSET), 3);
    assert_int_equal(opening_status(fixture), RB_OK);
}

/* Wraps the key of the fixture at another cost, as an older or a later version might. */
static void fixture_wrap(const struct fixture *fixture, uint32_t memory_kib, uint32_t passes) {
    uint8_t bytes[2 * KEYFILE_BYTES], wrap[KEY_BYTES];
    const uint8_t *salt = bytes + PARAMETERS_END, *nonce = salt + SALT_BYTES;
    const size_t ad_len = PARAMETERS_END + SALT_BYTES + NONCE_BYTES;

    (void)file_load(fixture->path, bytes, sizeof bytes);
    for (size_t i = 0; i < 4; i++) {
        bytes[MEMORY_OFFSET + i] = (uint8_t)(memory_kib >> 8 * i);
        bytes[PASSES_OFFSET + i] = (uint8_t)(passes >> 8 * i);
    }
    assert_int_equal(
        crypt_passphrase_key(wrap, span_text(HOMES_PASSPHRASE), salt, memory_kib, passes), RB_OK);
    crypt_seal(bytes + ad_len, wrap, nonce, span_of(bytes, ad_len),
               span_of(&fixture->key, sizeof fixture->key));
    file_store(fixture->path, bytes, KEYFILE_BYTES);
}

static void a_change_raises_little_memory_and_keeps_more_of_it(void **state) {
    const struct fixture *fixture = *state;

    fixture_wrap(fixture, 8, 5);
    assert_int_equal(change(fixture, HOMES_PASSPHRASE, HOMES_PASSPHRASE, 1), RB_OK);
    assert_int_equal(number_at(fixture, MEMORY_OFFSET), KEYFILE_MEMORY_KIB);
    assert_int_equal(number_at(fixture, PASSES_OFFSET), 5);
    fixture_wrap(fixture, 2 * KEYFILE_MEMORY_KIB, 1);
    assert_int_equal(change(fixture, HOMES_PASSPHRASE, HOMES_PASSPHRASE, 1), RB_OK);
    assert_int_equal(number_at(fixture, MEMORY_OFFSET), 2 * KEYFILE_MEMORY_KIB);
    assert_int_equal(opening_status(fixture), RB_OK);
}

static void what_a_change_writes_stays_within_the_limits(void **state) {
    const struct fixture *fixture = *state;

    fixture_wrap(fixture, KEYFILE_MEMORY_KIB_MAX, 1);
    assert_int_equal(change(fixture, HOMES_PASSPHRASE, HOMES_PASSPHRASE, KEYFILE_PASSES_MAX),
                     RB_OK);
    assert_int_equal(number_at(fixture, PASSES_OFFSET),
                     KEYFILE_WORK_KIB_MAX / KEYFILE_MEMORY_KIB_MAX);
}

/* ---- Cost ---- */

static int64_t fake_now_ms;
static int64_t fake_step_ms;

static int64_t fake_clock_ms(void) {
    fake_now_ms += fake_step_ms;
    return fake_now_ms;
}

static uint32_t passes_chosen(int64_t one_ms, int64_t target_ms) {
    fake_step_ms = one_ms;
    return keyfile_choose_passes(fake_clock_ms, target_ms);
}

static void passes_fill_the_time_within_their_limits(void **state) {
    (void)state;

    assert_int_equal(passes_chosen(50, 500), 10);
    assert_int_equal(passes_chosen(900, 500), 1);
    assert_int_equal(passes_chosen(0, 500), KEYFILE_PASSES_MAX);
    assert_int_equal(passes_chosen(1, 500), KEYFILE_PASSES_MAX);
    assert_int_equal(passes_chosen(-1000, 500), KEYFILE_PASSES_MAX); /* The clock was set back. */
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_passphrase_opens_what_was_created),
        TEST(the_file_has_its_size_its_mode_and_no_key_in_clear),
        TEST(another_passphrase_is_wrong),
        TEST(creating_over_a_key_file_is_refused),
        TEST(a_missing_key_file_is_not_found),
        TEST(two_key_files_have_nothing_in_common),
        TEST(every_cut_of_the_file_is_damage),
        TEST(a_flipped_bit_of_the_parameters_is_refused),
        TEST(a_flipped_bit_in_every_other_byte_is_refused),
        TEST(numbers_beyond_the_limits_are_damage_before_they_cost),
        TEST(a_later_magic_is_newer_and_another_is_damage),
        TEST(after_a_change_only_the_new_passphrase_opens_the_same_key),
        TEST(a_change_leaves_nothing_of_the_old_file_but_its_parameters),
        TEST(a_change_with_the_wrong_passphrase_changes_nothing),
        TEST(of_changes_at_the_same_time_one_comes_through),
        TEST(a_change_waits_for_nobody),
        TEST(a_change_never_lowers_the_passes),
        TEST(a_change_raises_little_memory_and_keeps_more_of_it),
        TEST(what_a_change_writes_stays_within_the_limits),
        cmocka_unit_test(passes_fill_the_time_within_their_limits),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
