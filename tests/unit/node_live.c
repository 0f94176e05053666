/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A node that runs while things change: tasks in its loop, contacts that come and go, a sync that
 * is asked for, the index that is filled in between.  Over real sockets, loopback only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/db.h"
#include "store/search.h"
#include "tests/support/trio.h"

#include <unistd.h>

/* ---- Tasks ---- */

struct task {
    int fd;
    int64_t deadline_ms;
    size_t steps;
    enum rb_status answer;
    const char *post; /* written by Ani in the first step */
};

static size_t task_watch(void *context, struct pollfd *fds) {
    const struct task *task = context;

    fds[0] = (struct pollfd) { .fd = task->fd, .events = POLLIN };
    return task->fd >= 0;
}

static int64_t task_deadline_ms(void *context) {
    return ((const struct task *)context)->deadline_ms;
}

static enum rb_status task_step(void *context) {
    struct task *task = context;

    if (task->steps++ == 0 && task->post != NULL) {
        worker_post(&ani, thread, task->post);
    }
    return task->answer;
}

static void ani_has_task(struct task *task) {
    node_add_task(ani.node, &(struct node_task) { .watch = task_watch,
                                                  .deadline_ms = task_deadline_ms,
                                                  .step = task_step,
                                                  .context = task });
}

static int64_t ani_steps_ms(void) {
    int64_t started_ms = clock_steady_ms();

    assert_int_equal(node_step(ani.node, 900), RB_OK);
    return clock_steady_ms() - started_ms;
}

/* Until nothing of its own, such as the index, wakes Ani's loop. */
static void ani_comes_to_rest(void) {
    int64_t deadline_ms = clock_steady_ms() + WORKERS_SOON_MS;

    while (ani_steps_ms() < 800) {
        assert_true(clock_steady_ms() < deadline_ms);
    }
}

static void a_task_is_called_when_its_descriptor_is_ready(void **state) {
    struct task task = { .deadline_ms = INT64_MAX };
    int ends[2];
    (void)state;

    assert_int_equal(pipe(ends), 0);
    task.fd = ends[0];
    worker_start(&ani);
    ani_has_task(&task);
    ani_comes_to_rest();
    task.steps = 0;
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_true(ani_steps_ms() < 400);
    assert_int_equal(task.steps, 1);
    close(ends[0]);
    close(ends[1]);
}

static void a_task_is_called_at_its_deadline(void **state) {
    struct task task = { .fd = -1, .deadline_ms = INT64_MAX };
    (void)state;

    worker_start(&ani);
    ani_has_task(&task);
    ani_comes_to_rest();
    task.steps = 0;
    task.deadline_ms = clock_steady_ms() + 200;
    int64_t took_ms = ani_steps_ms();
    assert_true(took_ms >= 150 && took_ms < 600);
    assert_int_equal(task.steps, 1);
}

static void what_a_task_writes_goes_out_in_the_same_pass(void **state) {
    struct task task = { .fd = -1, .deadline_ms = INT64_MAX, .post = "dari tugas" };
    struct worker *const only_budi[] = { &budi };
    (void)state;

    ani_and_budi_confer();
    workers_for(everybody, 3, 300);
    ani_has_task(&task);
    assert_int_equal(node_step(ani.node, 0), RB_OK);
    assert_true(workers_until(only_budi, 1, LIVE_MS, budi_sees, "dari tugas"));
}

static void a_task_can_end_the_node(void **state) {
    struct task task = { .fd = -1, .deadline_ms = 0, .answer = RB_FULL };
    (void)state;

    worker_start(&ani);
    ani_has_task(&task);
    assert_int_equal(node_step(ani.node, 900), RB_FULL);
}

/* ---- Contacts that change under a running node ---- */

static bool budi_has_two(void *context) {
    (void)context;
    return node_connected(budi.node) == 2;
}

static bool ani_has_two(void *context) {
    (void)context;
    return node_connected(ani.node) == 2;
}

static bool ani_has_refused(void *context) {
    (void)context;
    return ani.refused > 0;
}

static void an_address_learnt_while_running_is_called(void **state) {
    (void)state;
    ani_and_budi_connect();
    worker_start(&citra);
    worker_knows_address(&budi, &citra);
    assert_int_equal(node_contacts_changed(budi.node), RB_OK);
    assert_true(soon(budi_has_two, NULL));
    assert_true(soon(is_connected, &citra));
    assert_int_equal(ani.opened, 1);
    assert_int_equal(ani.closed, 0);
}

static void a_contact_added_while_running_is_admitted(void **state) {
    (void)state;
    ani_and_budi_confer();
    worker_start(&citra);
    workers_meet(&ani, &citra);
    worker_knows_address(&citra, &ani);
    assert_int_equal(node_contacts_changed(ani.node), RB_OK);
    assert_int_equal(node_contacts_changed(citra.node), RB_OK);
    assert_true(soon(is_connected, &citra));
    assert_true(soon(ani_has_two, NULL));
    worker_post(&budi, thread, "masih tersambung");
    assert_true(workers_until(everybody, 3, LIVE_MS, ani_sees, "masih tersambung"));
    assert_int_equal(budi.closed, 0);
}

static void a_contact_removed_while_running_is_let_go(void **state) {
    (void)state;
    ani_and_budi_connect();
    assert_int_equal(contact_remove(ani.store, store_self(budi.store)->person, clock_now_ms()),
                     RB_OK);
    assert_int_equal(node_contacts_changed(ani.node), RB_OK);
    assert_int_equal(node_connected(ani.node), 0);
    assert_true(workers_until(everybody, 3, LIVE_MS, is_not_connected, &budi));
    assert_true(soon(ani_has_refused, NULL));
    assert_int_equal(budi.opened, 1);
}

static void an_address_that_is_put_right_is_called_at_once(void **state) {
    struct worker nowhere = { .store = ani.store };
    (void)state;

    worker_choose_address(&nowhere);
    worker_knows_address(&budi, &nowhere);
    worker_start(&ani);
    worker_start(&budi);
    workers_for(everybody, 3, 300);
    worker_knows_address(&budi, &ani);
    assert_int_equal(node_contacts_changed(budi.node), RB_OK);
    assert_true(workers_until(everybody, 3, LIVE_MS, is_connected, &budi));
}

static void an_address_that_is_taken_away_is_hung_up(void **state) {
    struct worker nowhere = { .store = ani.store };
    (void)state;

    ani_and_budi_connect();
    worker_knows_address(&budi, &nowhere);
    assert_int_equal(node_contacts_changed(budi.node), RB_OK);
    assert_int_equal(node_connected(budi.node), 0);
    assert_true(workers_until(everybody, 3, LIVE_MS, is_not_connected, &ani));
    workers_for(everybody, 3, 2500);
    assert_int_equal(budi.opened, 1);
}

static void contacts_that_did_not_change_stay_connected(void **state) {
    (void)state;
    ani_and_budi_confer();
    assert_int_equal(node_contacts_changed(ani.node), RB_OK);
    assert_int_equal(node_contacts_changed(budi.node), RB_OK);
    worker_post(&ani, thread, "tetap di sini");
    assert_true(workers_until(everybody, 3, LIVE_MS, budi_sees, "tetap di sini"));
    assert_int_equal(ani.closed + budi.closed, 0);
    assert_int_equal(node_connected(ani.node), 1);
    assert_int_equal(node_connected(budi.node), 1);
}

/* ---- A sync in a node that runs anyway ---- */

static bool is_done(void *worker) {
    return node_sync_done(((const struct worker *)worker)->node);
}

static void a_sync_over_an_open_session_needs_no_new_one(void **state) {
    const struct node_peer *peers;
    (void)state;

    ani_and_budi_confer();
    assert_true(soon(is_done, &budi));
    worker_post(&budi, thread, "belum dikirim");
    assert_int_equal(node_sync_begin(budi.node), RB_OK);
    assert_int_equal(node_peers(budi.node, &peers), 1);
    assert_true(peers[0].reached);
    assert_false(node_sync_done(budi.node));
    assert_int_equal(peers[0].events_sent, 0);
    assert_true(workers_until(everybody, 3, LIVE_MS, is_done, &budi));
    assert_true(ani_sees("belum dikirim"));
    assert_int_equal(node_peers(budi.node, &peers), 1);
    assert_int_equal(peers[0].events_sent, 1);
    assert_int_equal(peers[0].left, 0);
    assert_int_equal(budi.opened, 1);
}

static void a_sync_with_nothing_to_do_is_done_at_once(void **state) {
    (void)state;
    ani_and_budi_confer();
    assert_true(soon(is_done, &budi));
    assert_int_equal(node_sync_begin(budi.node), RB_OK);
    assert_true(node_sync_done(budi.node));
}

/* After a goodbye a contact is not called for two seconds, unless somebody waits. */
static void a_sync_does_not_wait_for_the_next_call(void **state) {
    (void)state;
    ani_and_budi_connect();
    worker_stop(&ani);
    assert_true(workers_until(everybody, 3, LIVE_MS, is_not_connected, &budi));
    worker_start(&ani);
    assert_int_equal(node_sync_begin(budi.node), RB_OK);
    assert_false(node_sync_done(budi.node));
    assert_true(workers_until(everybody, 3, 1500, is_done, &budi));
}

static void a_sync_in_a_running_node_without_addresses_is_told_so(void **state) {
    (void)state;
    ani_and_budi_connect();
    assert_int_equal(node_sync_begin(ani.node), RB_NOT_FOUND);
}

/* ---- The index ---- */

static uint64_t left_to_index(struct worker *worker) {
    uint64_t left = 0;

    assert_int_equal(search_left(worker->store, &left), RB_OK);
    return left;
}

static bool everything_is_indexed(void *context) {
    (void)context;
    return left_to_index(&ani) == 0 && left_to_index(&budi) == 0;
}

static void what_was_written_is_indexed_when_there_is_time(void **state) {
    (void)state;
    ani_and_budi_confer();
    assert_true(soon(everything_is_indexed, NULL));
    worker_post(&ani, thread, "kunjungan rumah");
    assert_true(left_to_index(&ani) > 0);
    assert_int_equal(node_step(ani.node, 0), RB_OK);
    assert_true(left_to_index(&ani) > 0);
    assert_true(soon(everything_is_indexed, NULL));
}

/* Alone, so that nothing new reminds her of it. */
static void what_the_last_run_left_is_indexed(void **state) {
    (void)state;
    ani_and_budi_confer();
    assert_true(soon(everything_is_indexed, NULL));
    worker_stop(&budi);
    worker_stop(&ani);
    worker_post(&ani, thread, "sebelum mulai");
    assert_true(left_to_index(&ani) > 0);
    worker_start(&ani);
    assert_true(soon(everything_is_indexed, NULL));
}

static void run_sql(struct worker *worker, const char *sql) {
    assert_int_equal(store_write_begin(worker->store), RB_OK);
    assert_int_equal(db_execute(store_db(worker->store), sql), RB_OK);
    assert_int_equal(store_write_commit(worker->store), RB_OK);
}

static void a_damaged_index_is_made_again_while_the_node_runs(void **state) {
    (void)state;
    ani_and_budi_confer();
    assert_true(soon(everything_is_indexed, NULL));
    worker_stop(&ani);
    run_sql(&ani, "UPDATE search_data SET block = x'00000001ff' WHERE id = 10");
    store_close(&ani.store); /* What SQLite has in memory is sound. */
    ani.store = home_open(folder_name(&ani.folder, "rumah"));
    worker_start(&ani);
    worker_post(&budi, thread, "sesudah kerusakan");
    assert_true(soon(ani_sees, "sesudah kerusakan"));
    assert_true(soon(everything_is_indexed, NULL));
}

static void an_index_that_cannot_be_made_stops_nothing(void **state) {
    (void)state;
    ani_and_budi_confer();
    assert_true(soon(everything_is_indexed, NULL));
    run_sql(&ani,
            "CREATE TRIGGER no_index BEFORE INSERT ON search_upto"
            " BEGIN SELECT raise(ABORT, 'no index'); END");
    worker_post(&budi, thread, "tanpa indeks");
    assert_true(soon(ani_sees, "tanpa indeks"));
    workers_for(everybody, 3, 800);
    assert_true(left_to_index(&ani) > 0);
    worker_post(&budi, thread, "masih berjalan");
    assert_true(soon(ani_sees, "masih berjalan"));
    ani_comes_to_rest(); /* It does not try for ever. */
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

#define LIVE_TEST(name) cmocka_unit_test_setup_teardown(name, trio_make, trio_remove)

int main(void) {
    const struct CMUnitTest tests[] = {
        LIVE_TEST(a_task_is_called_when_its_descriptor_is_ready),
        LIVE_TEST(a_task_is_called_at_its_deadline),
        LIVE_TEST(what_a_task_writes_goes_out_in_the_same_pass),
        LIVE_TEST(a_task_can_end_the_node),
        LIVE_TEST(an_address_learnt_while_running_is_called),
        LIVE_TEST(a_contact_added_while_running_is_admitted),
        LIVE_TEST(a_contact_removed_while_running_is_let_go),
        LIVE_TEST(an_address_that_is_put_right_is_called_at_once),
        LIVE_TEST(an_address_that_is_taken_away_is_hung_up),
        LIVE_TEST(contacts_that_did_not_change_stay_connected),
        LIVE_TEST(a_sync_over_an_open_session_needs_no_new_one),
        LIVE_TEST(a_sync_with_nothing_to_do_is_done_at_once),
        LIVE_TEST(a_sync_does_not_wait_for_the_next_call),
        LIVE_TEST(a_sync_in_a_running_node_without_addresses_is_told_so),
        LIVE_TEST(what_was_written_is_indexed_when_there_is_time),
        LIVE_TEST(what_the_last_run_left_is_indexed),
        LIVE_TEST(a_damaged_index_is_made_again_while_the_node_runs),
        LIVE_TEST(an_index_that_cannot_be_made_stops_nothing),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
