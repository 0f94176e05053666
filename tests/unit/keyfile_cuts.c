/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Power cuts and failing calls while HOME/key is made or rewritten: afterwards it is the old file
 * or the new one, and never a file that no passphrase opens.
 *
 * Each call that store/file.c makes is cut once, and what the disk then keeps is drawn OUTCOMES
 * times.  Opening a key file takes a derivation, so the same bytes are opened once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/file.h"
#include "store/keyfile.h"
#include "tests/support/cut_calls.h"

#include <errno.h>
#include <string.h>

#define KEY_PATH CUT_FOLDER "/key"

enum { OUTCOMES = 300, OLD_BYTES = 1500, NEW_BYTES = 2600, OTHER_BYTES = 700 };

static const char old_passphrase[] = "nenek punya kebun";
static const char new_passphrase[] = "kakek punya sawah";

/* ---- Key files ---- */

struct outcome {
    struct keyfile key;
    uint8_t old_bytes[KEYFILE_BYTES];
    uint8_t new_bytes[KEYFILE_BYTES]; /* opened once */
    bool has_new;
};

static bool same_key(const struct keyfile *a, const struct keyfile *b) {
    return crypt_equal(a, b, sizeof *a);
}

/* Power is on: is it the old file, or one that the new passphrase opens to the same key? */
static bool is_old_or_new(struct outcome *outcome) {
    const struct span bytes = cut_calls_bytes(KEY_PATH);
    struct keyfile key = { 0 };

    if (span_equal(bytes, span_of(outcome->old_bytes, KEYFILE_BYTES)) ||
        (outcome->has_new && span_equal(bytes, span_of(outcome->new_bytes, KEYFILE_BYTES)))) {
        return true;
    }
    if (keyfile_open(KEY_PATH, span_text(new_passphrase), &key) != RB_OK ||
        !same_key(&key, &outcome->key)) {
        return false;
    }
    memcpy(outcome->new_bytes, bytes.data, KEYFILE_BYTES);
    outcome->has_new = true;
    return true;
}

/* A home with its key file, durable and kept. */
static void key_home(struct outcome *outcome) {
    *outcome = (struct outcome) { 0 };
    cut_calls_start(1);
    assert_int_equal(keyfile_create(KEY_PATH, span_text(old_passphrase), 1, &outcome->key), RB_OK);
    cut_calls_power_up();
    assert_int_equal(cut_calls_bytes(KEY_PATH).len, KEYFILE_BYTES);
    memcpy(outcome->old_bytes, cut_calls_bytes(KEY_PATH).data, KEYFILE_BYTES);
    cut_calls_keep();
}

static enum rb_status change_passphrase(void) {
    return keyfile_change(KEY_PATH, span_text(old_passphrase), span_text(new_passphrase), 1);
}

static void
a_passphrase_change_that_is_cut_off_leaves_the_old_passphrase_or_the_new_one(void **state) {
    struct outcome outcome;
    enum rb_status status = RB_STORAGE;

    (void)state;
    key_home(&outcome);
    for (size_t call = 0; status != RB_OK; call++) {
        key_home(&outcome);
        cut_calls_cut_after(call);
        status = change_passphrase();
        cut_calls_keep();
        for (uint64_t seed = 0; seed < OUTCOMES; seed++) {
            cut_calls_back(seed);
            cut_calls_power_up();
            assert_true(is_old_or_new(&outcome));
        }
    }
    cut_calls_stop();
}

static void a_changed_passphrase_survives_a_cut_right_afterwards(void **state) {
    struct outcome outcome;

    (void)state;
    key_home(&outcome);
    assert_int_equal(change_passphrase(), RB_OK);
    cut_calls_keep();
    for (uint64_t seed = 0; seed < OUTCOMES; seed++) {
        cut_calls_back(seed);
        cut_calls_power_up();
        assert_true(is_old_or_new(&outcome));
        assert_true(outcome.has_new);
        assert_true(
            span_equal(cut_calls_bytes(KEY_PATH), span_of(outcome.new_bytes, KEYFILE_BYTES)));
    }
    cut_calls_stop();
}

static void
a_passphrase_change_in_which_a_call_fails_leaves_the_old_one_or_the_new_one(void **state) {
    struct outcome outcome;

    (void)state;
    key_home(&outcome);
    cut_calls_back(0);
    assert_int_equal(change_passphrase(), RB_OK);
    const size_t calls = cut_calls_count();
    assert_true(calls >= 10);
    for (size_t call = 0; call < calls; call++) {
        cut_calls_back(call);
        cut_calls_fail_after(call, ENOSPC);
        const enum rb_status status = change_passphrase();
        outcome.has_new = false;
        assert_true(is_old_or_new(&outcome));
        assert_true(status != RB_OK || outcome.has_new);
        cut_calls_power_up();
        assert_true(is_old_or_new(&outcome));
    }
    cut_calls_stop();
}

static void a_creation_that_is_cut_off_leaves_a_key_file_that_opens_or_none(void **state) {
    enum rb_status status = RB_STORAGE;
    struct outcome outcome = { 0 };
    struct keyfile key;
    size_t with = 0, without = 0;

    (void)state;
    for (size_t call = 0; status != RB_OK; call++) {
        cut_calls_start(call);
        cut_calls_cut_after(call);
        status = keyfile_create(KEY_PATH, span_text(new_passphrase), 1, &outcome.key);
        cut_calls_keep();
        for (uint64_t seed = 0; seed < OUTCOMES; seed++) {
            cut_calls_back(seed);
            cut_calls_power_up();
            const bool is_there = cut_calls_has(KEY_PATH);
            with += is_there ? 1 : 0;
            without += is_there ? 0 : 1;
            assert_true(is_there || status != RB_OK);
            const struct span bytes = cut_calls_bytes(KEY_PATH);
            assert_int_equal(bytes.len, is_there ? KEYFILE_BYTES : 0);
            if (is_there && !span_equal(bytes, span_of(outcome.new_bytes, KEYFILE_BYTES))) {
                assert_int_equal(keyfile_open(KEY_PATH, span_text(new_passphrase), &key), RB_OK);
                memcpy(outcome.new_bytes, bytes.data, KEYFILE_BYTES);
            }
        }
    }
    assert_true(with > OUTCOMES && without > OUTCOMES);
    cut_calls_stop();
}

/* ---- The same for any file, larger than a sector ---- */

static uint8_t old_file[OLD_BYTES], new_file[NEW_BYTES], other_file[OTHER_BYTES];

static void file_home(uint64_t seed) {
    memset(old_file, 'l', sizeof old_file);
    memset(new_file, 'b', sizeof new_file);
    memset(other_file, 'k', sizeof other_file);
    cut_calls_start(seed);
    assert_int_equal(file_write_atomic(KEY_PATH, span_of(old_file, sizeof old_file)), RB_OK);
    cut_calls_power_up();
}

static bool file_is_old(void) {
    return span_equal(cut_calls_bytes(KEY_PATH), span_of(old_file, sizeof old_file));
}

static bool file_is_new(void) {
    return span_equal(cut_calls_bytes(KEY_PATH), span_of(new_file, sizeof new_file));
}

static void a_file_is_the_old_or_the_new_one_and_what_is_left_over_does_no_harm(void **state) {
    size_t old_ones = 0, new_ones = 0, left_over = 0;

    (void)state;
    for (uint64_t seed = 0; seed < 4 * OUTCOMES; seed++) {
        file_home(seed);
        cut_calls_cut_after(seed % 12);
        const enum rb_status status =
            file_write_atomic(KEY_PATH, span_of(new_file, sizeof new_file));
        cut_calls_power_up();
        assert_true(status == RB_OK ? file_is_new() : file_is_old() || file_is_new());
        old_ones += file_is_old() ? 1 : 0;
        new_ones += file_is_new() ? 1 : 0;
        left_over += cut_calls_has(KEY_PATH ".part") ? 1 : 0;

        const struct span other = span_of(other_file, sizeof other_file);
        assert_int_equal(file_write_atomic(KEY_PATH, other), RB_OK);
        cut_calls_power_up();
        assert_true(span_equal(cut_calls_bytes(KEY_PATH), other));
        assert_false(cut_calls_has(KEY_PATH ".part"));
    }
    assert_true(old_ones > OUTCOMES && new_ones > OUTCOMES && left_over > OUTCOMES / 4);
    cut_calls_stop();
}

/* The test can fail. */
static void on_a_disk_that_lies_a_file_is_neither_the_old_nor_the_new_one(void **state) {
    size_t neither = 0;

    (void)state;
    for (uint64_t seed = 0; seed < OUTCOMES; seed++) {
        file_home(seed);
        cut_calls_lie();
        assert_int_equal(file_write_atomic(KEY_PATH, span_of(new_file, sizeof new_file)), RB_OK);
        cut_calls_power_up();
        neither += file_is_old() || file_is_new() ? 0 : 1;
    }
    assert_true(neither > OUTCOMES / 20);
    cut_calls_stop();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_passphrase_change_that_is_cut_off_leaves_the_old_passphrase_or_the_new_one),
        cmocka_unit_test(a_changed_passphrase_survives_a_cut_right_afterwards),
        cmocka_unit_test(
            a_passphrase_change_in_which_a_call_fails_leaves_the_old_one_or_the_new_one),
        cmocka_unit_test(a_creation_that_is_cut_off_leaves_a_key_file_that_opens_or_none),
        cmocka_unit_test(a_file_is_the_old_or_the_new_one_and_what_is_left_over_does_no_harm),
        cmocka_unit_test(on_a_disk_that_lies_a_file_is_neither_the_old_nor_the_new_one),
    };
    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
