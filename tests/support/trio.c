/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/trio.h"

struct worker ani, budi, citra;
struct worker *const everybody[3] = { &ani, &budi, &citra };
uint8_t group[HASH_BYTES], thread[REF_BYTES];

int trio_make(void **state) {
    (void)state;
    worker_new(&ani, "Ani Lestari");
    worker_new(&budi, "Budi Santoso");
    worker_new(&citra, "Citra Dewi");
    worker_choose_address(&ani);
    worker_choose_address(&citra);
    workers_meet(&ani, &budi);
    workers_meet(&budi, &citra);
    worker_knows_address(&budi, &ani);
    return 0;
}

int trio_remove(void **state) {
    (void)state;
    worker_remove(&ani);
    worker_remove(&budi);
    worker_remove(&citra);
    return 0;
}

bool soon(bool (*holds)(void *context), void *context) {
    return workers_until(everybody, 3, WORKERS_SOON_MS, holds, context);
}

bool is_connected(void *worker) {
    return worker_open_exchanges(worker) == 1;
}

bool is_not_connected(void *worker) {
    return worker_open_exchanges(worker) == 0;
}

static bool is_invited(void *worker) {
    return worker_sees_invitation(worker, group);
}

bool ani_sees(void *text) {
    return worker_sees_post(&ani, thread, text);
}

bool budi_sees(void *text) {
    return worker_sees_post(&budi, thread, text);
}

void ani_and_budi_connect(void) {
    worker_start(&ani);
    worker_start(&budi);
    assert_true(soon(is_connected, &budi));
    assert_true(soon(is_connected, &ani));
}

void joins(struct worker *guest) {
    worker_invite(&ani, group, guest);
    assert_true(soon(is_invited, guest));
    worker_accept(guest, group);
}

void ani_and_budi_confer(void) {
    ani_and_budi_connect();
    worker_found_group(&ani, "Kelompok Anak", group);
    joins(&budi);
    worker_new_thread(&ani, group, "Pertemuan Senin", thread);
    worker_post(&ani, thread, "selamat pagi");
    assert_true(soon(budi_sees, "selamat pagi"));
}
