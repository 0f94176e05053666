/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/db.h"
#include "store/schema.h"
#include "tests/support/homes.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096 };

static const struct keyfile key = { .store_key = { 1 }, .vault_id = { 2 } };

struct fixture {
    struct folder folder;
    char path[2 * HOMES_PATH_MAX];
};

static int set_up(void **state) {
    static struct fixture fixture;

    folder_new(&fixture.folder);
    (void)snprintf(fixture.path, sizeof fixture.path, "%s",
                   folder_name(&fixture.folder, "test.db"));
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    const struct fixture *fixture = *state;

    folder_remove(&fixture->folder);
    return 0;
}

/* ---- Helpers ---- */

static enum rb_status open_within(struct db **db, const struct fixture *fixture, int wait_ms) {
    struct damage damage;

    return db_open(db, fixture->path, &key, wait_ms, &damage);
}

static struct db *db_again(const struct fixture *fixture) {
    struct db *db = NULL;

    assert_int_equal(open_within(&db, fixture, 0), RB_OK);
    return db;
}

static struct db *db_new(const struct fixture *fixture) {
    assert_int_equal(db_create(fixture->path, &key), RB_OK);
    return db_again(fixture);
}

static enum rb_status opening_status(const struct fixture *fixture) {
    struct db *db = NULL;
    const enum rb_status status = open_within(&db, fixture, 0);

    db_close(&db);
    return status;
}

/* As another program, or a later version, would leave it. */
static void leave_with(const struct fixture *fixture, const char *pragma) {
    struct db *db = db_new(fixture);

    assert_int_equal(db_begin(db), RB_OK);
    assert_int_equal(db_execute(db, pragma), RB_OK);
    assert_int_equal(db_commit(db), RB_OK);
    db_close(&db);
}

static enum rb_status put(struct db *db, const char *name, struct span value) {
    struct db_row *row = db_query(db, "INSERT INTO setting (name, value) VALUES (?1, ?2)");

    db_bind_text(row, 1, span_text(name));
    db_bind_blob(row, 2, value);
    return db_run(row);
}

/* One committed row. */
static void keep(struct db *db, const char *name) {
    assert_int_equal(db_begin(db), RB_OK);
    assert_int_equal(put(db, name, span_text("value")), RB_OK);
    assert_int_equal(db_commit(db), RB_OK);
}

static int64_t count(struct db *db) {
    struct db_row *row = db_query(db, "SELECT count(*) FROM setting");

    assert_true(db_step(row));
    const int64_t rows = db_int(row, 0);
    assert_int_equal(db_end(row), RB_OK);
    return rows;
}

/* ---- Opening ---- */

static void what_was_committed_is_there_after_opening_again(void **state) {
    const struct fixture *fixture = *state;
    struct db *db = db_new(fixture);

    keep(db, "a");
    db_close(&db);
    assert_null(db);
    db = db_again(fixture);
    assert_int_equal(count(db), 1);
    db_close(&db);
}

static void a_database_and_its_wal_are_for_their_owner_only(void **state) {
    const struct fixture *fixture = *state;
    struct db *db = db_new(fixture);
    struct stat facts;

    keep(db, "a");
    assert_int_equal(stat(fixture->path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_int_equal(stat(folder_name(&fixture->folder, "test.db-wal"), &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_int_not_equal(stat(folder_name(&fixture->folder, "test.db-shm"), &facts), 0);
    db_close(&db);
    assert_int_equal(folder_entries(fixture->folder.path), 1);
}

static void creating_over_a_file_is_refused(void **state) {
    const struct fixture *fixture = *state;

    file_store(fixture->path, "", 0);
    assert_int_equal(db_create(fixture->path, &key), RB_EXISTS);
}

static void a_missing_database_is_not_found(void **state) {
    assert_int_equal(opening_status(*state), RB_NOT_FOUND);
}

static void a_file_that_is_no_database_is_damaged(void **state) {
    const struct fixture *fixture = *state;
    char text[2 * PAGE_BYTES];

    file_store(fixture->path, "", 0);
    assert_int_equal(opening_status(fixture), RB_DAMAGED);
    memset(text, 'x', sizeof text);
    file_store(fixture->path, text, sizeof text);
    assert_int_equal(opening_status(fixture), RB_DAMAGED);
    file_store(fixture->path, text, 10);
    assert_int_equal(opening_status(fixture), RB_DAMAGED);
}

static void the_database_of_another_program_is_refused_unchanged(void **state) {
    const struct fixture *fixture = *state;
    static uint8_t before[1 << 20], after[1 << 20];

    leave_with(fixture, "PRAGMA application_id = 1");
    const size_t len = file_load(fixture->path, before, sizeof before);
    assert_int_equal(opening_status(fixture), RB_DAMAGED);
    assert_int_equal(file_load(fixture->path, after, sizeof after), len);
    assert_memory_equal(before, after, len);
}

static void a_newer_database_is_refused(void **state) {
    const struct fixture *fixture = *state;

    leave_with(fixture, "PRAGMA user_version = 65536");
    assert_int_equal(opening_status(fixture), RB_NEWER);
}

static void a_page_that_is_not_what_was_written_is_damage(void **state) {
    const struct fixture *fixture = *state;
    struct db *db = db_new(fixture);

    keep(db, "a");
    db_close(&db);
    file_flip(fixture->path, PAGE_BYTES, 1);
    db = db_again(fixture);
    assert_int_equal(db_damage(db).part, DAMAGE_NONE);
    struct db_row *row = db_query(db, "SELECT count(*), max(value) FROM setting");
    assert_false(db_step(row));
    assert_int_equal(db_end(row), RB_DAMAGED);
    assert_int_equal(db_damage(db).part, DAMAGE_PAGE);
    assert_int_equal(db_damage(db).place, 2);
    db_close(&db);
}

static void a_second_open_is_busy(void **state) {
    const struct fixture *fixture = *state;
    struct db *db = db_new(fixture);

    assert_int_equal(opening_status(fixture), RB_BUSY);
    keep(db, "a");
    assert_int_equal(opening_status(fixture), RB_BUSY);
    db_close(&db);
    assert_int_equal(opening_status(fixture), RB_OK);
}

/* ---- Processes ---- */

/* In a child: opens, tells that it did, keeps the database for a while. */
static void hold(const struct fixture *fixture, int told, long held_ms) {
    const struct timespec pause = { .tv_nsec = held_ms * 1000000 };
    struct db *db = NULL;

    if (open_within(&db, fixture, 0) != RB_OK || write(told, "x", 1) != 1) {
        _exit(1);
    }
    (void)nanosleep(&pause, NULL);
    db_close(&db);
    _exit(0);
}

static void an_open_waits_for_another_process(void **state) {
    const struct fixture *fixture = *state;
    struct db *db = db_new(fixture);
    int told[2], outcome = 0;
    char byte = 0;

    db_close(&db);
    assert_int_equal(pipe(told), 0);
    const pid_t child = fork();
    if (child == 0) {
        hold(fixture, told[1], 200);
    }
    assert_int_equal(read(told[0], &byte, 1), 1);
    assert_int_equal(open_within(&db, fixture, 0), RB_BUSY);
    assert_int_equal(open_within(&db, fixture, 20), RB_BUSY);
    assert_int_equal(open_within(&db, fixture, 20000), RB_OK);
    db_close(&db);
    assert_int_equal(waitpid(child, &outcome, 0), child);
    assert_int_equal(outcome, 0);
    (void)close(told[0]);
    (void)close(told[1]);
}

static void a_process_that_dies_loses_only_what_it_had_not_committed(void **state) {
    const struct fixture *fixture = *state;
    struct db *db = db_new(fixture);
    int outcome = 0;

    db_close(&db);
    const pid_t child = fork();
    if (child == 0) {
        bool ready = open_within(&db, fixture, 0) == RB_OK;
        ready = ready && db_begin(db) == RB_OK && put(db, "a", span_text("1")) == RB_OK;
        ready = ready && db_commit(db) == RB_OK && db_begin(db) == RB_OK;
        ready = ready && put(db, "b", span_text("2")) == RB_OK;
        _exit(ready ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &outcome, 0), child);
    assert_int_equal(outcome, 0);
    db = db_again(fixture);
    assert_int_equal(count(db), 1);
    db_close(&db);
}

/* ---- Transactions ---- */

static void a_rolled_back_write_is_gone(void **state) {
    struct db *db = db_new(*state);

    assert_false(db_in_transaction(db));
    assert_int_equal(db_begin(db), RB_OK);
    assert_true(db_in_transaction(db));
    assert_int_equal(put(db, "a", span_text("1")), RB_OK);
    db_rollback(db);
    assert_false(db_in_transaction(db));
    assert_int_equal(count(db), 0);
    db_close(&db);
}

static bool stops(void (*act)(struct db *), struct db *db) {
    int outcome = 0;

    (void)fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL); /* cmocka catches it otherwise. */
        (void)close(STDERR_FILENO);     /* The message would look like a failure. */
        act(db);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &outcome, 0), child);
    return WIFSIGNALED(outcome) && WTERMSIG(outcome) == SIGABRT;
}

static void write_outside(struct db *db) {
    assert_int_equal(put(db, "a", span_text("1")), RB_OK);
}

static void begin_twice(struct db *db) {
    assert_int_equal(db_begin(db), RB_OK);
    assert_int_equal(db_begin(db), RB_OK);
}

static void a_write_outside_a_transaction_stops_the_program(void **state) {
    struct db *db = db_new(*state);

    assert_true(stops(write_outside, db));
    assert_true(stops(begin_twice, db));
    db_close(&db);
}

static void a_broken_constraint_undoes_nothing_but_its_statement(void **state) {
    struct db *db = db_new(*state);

    assert_int_equal(db_begin(db), RB_OK);
    assert_int_equal(put(db, "a", span_text("1")), RB_OK);
    assert_int_equal(put(db, "a", span_text("2")), RB_STORAGE);
    assert_int_equal(put(db, "b", span_text("3")), RB_OK);
    assert_int_equal(db_commit(db), RB_OK);
    assert_int_equal(count(db), 2);
    db_close(&db);
}

/* ---- A full disk ---- */

/* The kernel answers EFBIG beyond `bytes`, as a full disk answers ENOSPC; 0 lifts the limit. */
static void limit_files(rlim_t bytes) {
    struct rlimit limit;

    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes == 0 ? limit.rlim_max : bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Writes rows of 64 kB until something fails; says what, and how many transactions succeeded. */
static enum rb_status fill(struct db *db, size_t *kept) {
    static const uint8_t large[64 * 1024] = { 1 };
    enum rb_status status = RB_OK;

    for (*kept = 0; *kept < 1000; (*kept)++) {
        char name[16];
        (void)snprintf(name, sizeof name, "row %zu", *kept);
        assert_int_equal(db_begin(db), RB_OK);
        status = put(db, name, span_of(large, sizeof large));
        if (status != RB_OK) {
            db_rollback(db);
            return status;
        }
        status = db_commit(db);
        if (status != RB_OK) {
            return status;
        }
    }
    return status;
}

static void a_full_disk_loses_nothing_and_the_store_works_again_after(void **state) {
    const struct fixture *fixture = *state;
    struct db *db = db_new(fixture);
    size_t kept = 0;

    limit_files(2 << 20);
    assert_int_equal(fill(db, &kept), RB_FULL);
    assert_in_range(kept, 1, 999);
    assert_false(db_in_transaction(db));
    assert_int_equal(count(db), kept);
    limit_files(0);
    keep(db, "after");
    db_close(&db);
    db = db_again(fixture);
    assert_int_equal(count(db), kept + 1);
    db_close(&db);
}

static void a_full_disk_at_closing_loses_nothing(void **state) {
    const struct fixture *fixture = *state;
    struct db *db = db_new(fixture);
    size_t kept = 0;

    limit_files(2 << 20);
    assert_int_equal(fill(db, &kept), RB_FULL);
    limit_files(PAGE_BYTES);
    db_close(&db);
    limit_files(0);
    db = db_again(fixture);
    assert_int_equal(count(db), kept);
    db_close(&db);
}

/* SQLite spills a transaction above its cache into the WAL before the commit, fails, and rolls back
 * by itself; what the program writes then must not be kept. */
static void after_a_lost_transaction_nothing_of_it_is_kept(void **state) {
    struct db *db = db_new(*state);
    static const uint8_t large[1 << 20] = { 1 };
    enum rb_status status = RB_OK;
    char name[16];

    limit_files(4 << 20);
    assert_int_equal(db_begin(db), RB_OK);
    for (int i = 0; i < 64; i++) {
        (void)snprintf(name, sizeof name, "row %d", i);
        status = put(db, name, span_of(large, sizeof large));
    }
    assert_int_equal(status, RB_FULL);
    limit_files(0);
    assert_int_equal(put(db, "late", span_text("1")), RB_FULL);
    assert_int_equal(db_commit(db), RB_FULL);
    assert_int_equal(count(db), 0);
    keep(db, "after");
    assert_int_equal(count(db), 1);
    db_close(&db);
}

/* ---- Rows ---- */

static void an_empty_value_is_not_null(void **state) {
    struct db *db = db_new(*state);
    const struct span nothing = { 0 };

    assert_int_equal(db_begin(db), RB_OK);
    assert_int_equal(put(db, "a", nothing), RB_OK);
    assert_int_equal(db_commit(db), RB_OK);
    struct db_row *row = db_query(db, "SELECT value, NULL, ?1 FROM setting");
    db_bind_text(row, 1, nothing);
    assert_true(db_step(row));
    assert_false(db_is_null(row, 0));
    assert_true(db_is_null(row, 1));
    assert_false(db_is_null(row, 2));
    assert_int_equal(db_blob(row, 0).len, 0);
    assert_int_equal(db_text(row, 2).len, 0);
    assert_false(db_step(row));
    assert_false(db_step(row)); /* It does not begin again. */
    assert_int_equal(db_end(row), RB_OK);
    db_close(&db);
}

static void a_column_of_another_length_is_damage(void **state) {
    struct db *db = db_new(*state);
    uint8_t bytes[4] = { 9, 9, 9, 9 };

    struct db_row *row = db_query(db, "SELECT x'0102'");
    assert_true(db_step(row));
    db_copy(row, 0, bytes, sizeof bytes);
    assert_int_equal(bytes[0], 0);
    assert_false(db_step(row));
    assert_int_equal(db_end(row), RB_DAMAGED);
    db_close(&db);
}

static void a_statement_serves_again_with_new_values(void **state) {
    struct db *db = db_new(*state);

    for (int64_t i = 0; i < 1000; i++) {
        struct db_row *row = db_query(db, "SELECT ?1, ?2");
        db_bind_int(row, 1, i);
        assert_true(db_step(row));
        assert_int_equal(db_int(row, 0), i);
        assert_true(db_is_null(row, 1));
        assert_int_equal(db_end(row), RB_OK);
    }
    db_close(&db);
}

static void foreign_keys_are_enforced(void **state) {
    struct db *db = db_new(*state);

    assert_int_equal(db_begin(db), RB_OK);
    assert_int_equal(db_execute(db, "INSERT INTO fork (log, proof) VALUES (77, x'00')"),
                     RB_STORAGE);
    db_rollback(db);
    db_close(&db);
}

static void every_view_can_be_emptied(void **state) {
    struct db *db = db_new(*state);

    assert_int_equal(db_begin(db), RB_OK);
    assert_int_equal(db_execute(db, schema_empty_views), RB_OK);
    assert_int_equal(db_commit(db), RB_OK);
    db_close(&db);
}

static int crypt_set_up(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_was_committed_is_there_after_opening_again),
        TEST(a_database_and_its_wal_are_for_their_owner_only),
        TEST(creating_over_a_file_is_refused),
        TEST(a_missing_database_is_not_found),
        TEST(a_file_that_is_no_database_is_damaged),
        TEST(the_database_of_another_program_is_refused_unchanged),
        TEST(a_newer_database_is_refused),
        TEST(a_page_that_is_not_what_was_written_is_damage),
        TEST(a_second_open_is_busy),
        TEST(an_open_waits_for_another_process),
        TEST(a_process_that_dies_loses_only_what_it_had_not_committed),
        TEST(a_rolled_back_write_is_gone),
        TEST(a_write_outside_a_transaction_stops_the_program),
        TEST(a_broken_constraint_undoes_nothing_but_its_statement),
        TEST(a_full_disk_loses_nothing_and_the_store_works_again_after),
        TEST(a_full_disk_at_closing_loses_nothing),
        TEST(after_a_lost_transaction_nothing_of_it_is_kept),
        TEST(an_empty_value_is_not_null),
        TEST(a_column_of_another_length_is_damage),
        TEST(a_statement_serves_again_with_new_values),
        TEST(foreign_keys_are_enforced),
        TEST(every_view_can_be_emptied),
    };
    return cmocka_run_group_tests(tests, crypt_set_up, NULL);
}
