/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seal keys that are renewed while nodes run, and keys asked for over real sockets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/seals.h"
#include "tests/support/trio.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

static bool is_invited(void *worker) {
    return worker_sees_invitation(worker, group);
}

static uint32_t generation(const struct worker *worker) {
    return store_self(worker->store)->seal.generation;
}

/* The seal key of the card that Ani has is destroyed. */
static void budi_renews_his_seal_key(void) {
    int64_t from_ms = store_self(budi.store)->seal.from_ms;

    assert_int_equal(seals_renew(budi.store, from_ms + 90 * DAY_MS), RB_OK);
    assert_int_equal(seals_renew(budi.store, from_ms + 150 * DAY_MS), RB_OK);
    assert_int_equal(generation(&budi), 2);
}

static void who_is_invited_by_an_old_card_asks_for_the_key_and_joins(void **state) {
    (void)state;
    budi_renews_his_seal_key();
    worker_found_group(&ani, "Kelompok Anak", group);
    worker_invite(&ani, group, &budi);
    ani_and_budi_connect();
    assert_true(soon(is_invited, &budi));

    worker_accept(&budi, group);
    worker_new_thread(&ani, group, "Pertemuan Senin", thread);
    worker_post(&ani, thread, "selamat pagi");
    assert_true(soon(budi_sees, "selamat pagi"));
    worker_post(&budi, thread, "pagi, Bu");
    assert_true(soon(ani_sees, "pagi, Bu"));
}

/* He had looked for keys when there was nothing yet. */
static void who_is_invited_over_an_open_connection_asks_a_little_later(void **state) {
    (void)state;
    budi_renews_his_seal_key();
    ani_and_budi_connect();
    worker_found_group(&ani, "Kelompok Anak", group);
    worker_invite(&ani, group, &budi);
    assert_true(soon(is_invited, &budi));
}

static void a_running_node_renews_its_seal_key(void **state) {
    (void)state;
    int64_t age_ms = clock_now_ms() - store_self(ani.store)->seal.from_ms;
    worker_start(&ani);
    workers_for(everybody, 3, 50);
    assert_int_equal(generation(&ani), age_ms >= SEAL_AGE_MS_MAX ? 2 : 1);
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

#define LIVE_TEST(name) cmocka_unit_test_setup_teardown(name, trio_make, trio_remove)

int main(void) {
    const struct CMUnitTest tests[] = {
        LIVE_TEST(who_is_invited_by_an_old_card_asks_for_the_key_and_joins),
        LIVE_TEST(who_is_invited_over_an_open_connection_asks_a_little_later),
        LIVE_TEST(a_running_node_renews_its_seal_key),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
