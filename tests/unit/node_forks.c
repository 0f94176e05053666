/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Homes that were copied, and homes that were put back to an earlier day, with real nodes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/db.h"
#include "store/event_log.h"
#include "tests/support/trio.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_BYTES_MAX = 8 << 20 };

/* A second computer with what Budi's has on its disk at this moment. */
static struct worker copy;

/* ---- Copies of homes ---- */

static void file_copy(const char *from, const char *to) {
    uint8_t *bytes = rb_alloc(FILE_BYTES_MAX, 1);
    size_t len = file_load(from, bytes, FILE_BYTES_MAX);

    assert_true(len < FILE_BYTES_MAX);
    file_store(to, bytes, len);
    free(bytes);
}

static void home_copy(const struct folder *from, const struct folder *to) {
    char home[2 * HOMES_PATH_MAX], inner[4 * HOMES_PATH_MAX], target[4 * HOMES_PATH_MAX];
    const struct dirent *entry;

    (void)snprintf(home, sizeof home, "%s/rumah", to->path);
    (void)mkdir(home, 0700); /* It may be there. */
    (void)snprintf(inner, sizeof inner, "%s/rumah", from->path);
    DIR *folder = opendir(inner);
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        (void)snprintf(inner, sizeof inner, "%s/rumah/%s", from->path, entry->d_name);
        (void)snprintf(target, sizeof target, "%s/%s", home, entry->d_name);
        if (entry->d_name[0] != '.') {
            file_copy(inner, target);
        }
    }
    (void)closedir(folder);
}

/* Of a running program: as if it had been killed now. */
static void copy_budi(void) {
    copy = (struct worker) { .name = budi.name };
    folder_new(&copy.folder);
    home_copy(&budi.folder, &copy.folder);
}

static int make(void **state) {
    (void)trio_make(state);
    copy = (struct worker) { 0 };
    ani_and_budi_confer();
    return 0;
}

static int unmake(void **state) {
    if (copy.name != NULL) {
        worker_remove(&copy);
    }
    return trio_remove(state);
}

/* ---- Who runs ---- */

static struct worker *const all[3] = { &ani, &budi, &copy };

static bool soon_all(bool (*holds)(void *context), void *context) {
    return workers_until(all, 3, WORKERS_SOON_MS, holds, context);
}

/* ---- What holds ---- */

static void fingerprint(struct worker *worker, uint8_t fp[static FP_BYTES]) {
    struct log_line *lines = NULL;
    size_t count = 0;

    assert_int_equal(circle_lines(worker->store, group, &lines, &count), RB_OK);
    circle_fingerprint(fp, lines, count);
    free(lines);
}

static bool agrees_with_ani(void *worker) {
    uint8_t fps[2][FP_BYTES];

    fingerprint(&ani, fps[0]);
    fingerprint(worker, fps[1]);
    return memcmp(fps[0], fps[1], FP_BYTES) == 0;
}

static int64_t count_of(struct worker *worker, const char *sql) {
    struct db_row *row = db_query(store_db(worker->store), sql);
    int64_t count = -1;

    if (db_step(row)) {
        count = db_int(row, 0);
    }
    assert_int_equal(db_end(row), RB_OK);
    return count;
}

static int64_t branches_at(struct worker *worker) {
    static const char sql[] = "SELECT count(*) FROM log WHERE parent IS NOT NULL";

    return count_of(worker, sql);
}

static int64_t own_logs_at(struct worker *worker) {
    static const char sql[] = "SELECT count(*) FROM log WHERE own = 1 AND parent IS NULL";

    return count_of(worker, sql);
}

/* ---- Tests ---- */

static void a_copied_home_ends_with_both_branches_everywhere(void **state) {
    (void)state;
    worker_post(&budi, thread, "sebelum");
    assert_true(soon(ani_sees, "sebelum"));
    copy_budi();
    worker_stop(&budi);
    copy.store = home_open(folder_name(&copy.folder, "rumah"));
    worker_post(&budi, thread, "dari asli");
    worker_post(&copy, thread, "dari salinan");

    worker_start(&budi);
    assert_true(soon_all(ani_sees, "dari asli"));
    worker_stop(&budi);
    workers_for(all, 3, LIVE_MS / 4);
    worker_start(&copy);
    assert_true(soon_all(agrees_with_ani, &copy));
    assert_int_equal(branches_at(&ani), 2);
    assert_int_equal(count_of(&ani, "SELECT count(*) FROM event WHERE state = 3"), 2);
    assert_false(worker_sees_post(&ani, thread, "dari asli")); /* it waits */

    worker_post(&copy, thread, "log baru");
    assert_true(soon_all(ani_sees, "log baru"));
    assert_int_equal(own_logs_at(&copy), 2);
    worker_stop(&copy);
    workers_for(all, 3, LIVE_MS / 4);
    worker_start(&budi);
    assert_true(soon_all(agrees_with_ani, &budi));
    assert_int_equal(branches_at(&budi), 2);
}

/* Ani, and whoever else, has more of Budi's log than Budi. */
static void a_home_put_back_takes_what_it_lost_and_forks_nothing(void **state) {
    (void)state;
    copy_budi();
    worker_post(&budi, thread, "hilang");
    assert_true(soon(ani_sees, "hilang"));
    worker_stop(&budi);
    copy.store = home_open(folder_name(&copy.folder, "rumah"));
    worker_start(&copy);

    assert_true(soon_all(agrees_with_ani, &copy));
    assert_true(worker_sees_post(&copy, thread, "hilang"));
    worker_post(&copy, thread, "lanjut");
    assert_true(soon_all(ani_sees, "lanjut"));
    assert_int_equal(branches_at(&ani), 0);
    assert_int_equal(own_logs_at(&copy), 2);
}

/* It wrote before it met anybody: then its log has forked, and only that is waiting. */
static void a_home_put_back_that_writes_first_forks_and_goes_on_in_a_new_log(void **state) {
    (void)state;
    copy_budi();
    worker_post(&budi, thread, "hilang");
    assert_true(soon(ani_sees, "hilang"));
    worker_stop(&budi);
    copy.store = home_open(folder_name(&copy.folder, "rumah"));
    worker_post(&copy, thread, "terlalu cepat");
    worker_start(&copy);

    assert_true(soon_all(agrees_with_ani, &copy));
    assert_int_equal(branches_at(&ani), 2);
    worker_post(&copy, thread, "lanjut");
    assert_true(soon_all(ani_sees, "lanjut"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_copied_home_ends_with_both_branches_everywhere),
        TEST(a_home_put_back_takes_what_it_lost_and_forks_nothing),
        TEST(a_home_put_back_that_writes_first_forks_and_goes_on_in_a_new_log),
    };
    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
