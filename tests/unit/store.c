/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/db.h"
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

struct fixture {
    struct folder folder;
    char home[2 * HOMES_PATH_MAX]; /* not there yet */
};

static int set_up(void **state) {
    static struct fixture fixture;

    folder_new(&fixture.folder);
    (void)snprintf(fixture.home, sizeof fixture.home, "%s", folder_name(&fixture.folder, "home"));
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    const struct fixture *fixture = *state;

    folder_remove(&fixture->folder);
    return 0;
}

/* ---- Helpers ---- */

static enum rb_status opening_status(const char *home) {
    struct store *store = NULL;
    const enum rb_status status = store_open(&store, home, span_text(HOMES_PASSPHRASE), 0, NULL);

    store_close(&store);
    return status;
}

static void change(struct store *store, const char *sql) {
    assert_int_equal(store_write_begin(store), RB_OK);
    assert_int_equal(db_execute(store_db(store), sql), RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
}

/* The kernel answers EFBIG beyond `bytes`, as a full disk answers ENOSPC; 0 lifts the limit. */
static void limit_files(rlim_t bytes) {
    struct rlimit limit;

    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes == 0 ? limit.rlim_max : bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* ---- Creating ---- */

static void a_created_home_opens_with_what_was_said_of_its_person(void **state) {
    const struct fixture *fixture = *state;
    struct store *store = home_new(fixture->home, "Dewi Andaikan");
    const struct store_self *self = store_self(store);

    assert_true(span_equal(self->person_cert.name, span_text("Dewi Andaikan")));
    assert_true(span_equal(self->device_cert.name, span_text("Dewi Andaikan")));
    assert_true(span_equal(self->region, span_text("3273")));
    assert_true(span_equal(self->person_cert.cluster, span_text("ABH")));
    assert_int_equal(self->person_cert.role, ROLE_SAKTI_PEKSOS);
    assert_int_equal(self->device_cert.not_after_s,
                     self->device_cert.not_before_s + CERT_VALID_MS / 1000);
    assert_memory_equal(self->person, self->device_cert.person, HASH_BYTES);
    store_close(&store);
    assert_null(store);
}

static void the_identity_is_the_same_at_every_opening(void **state) {
    const struct fixture *fixture = *state;
    struct store *store = home_new(fixture->home, "Dewi Andaikan");
    const struct identity before = *store_self(store)->identity;
    uint8_t store_inc[STORE_INC_BYTES];

    memcpy(store_inc, store_self(store)->store_inc, sizeof store_inc);
    store_close(&store);
    store = home_open(fixture->home);
    assert_true(crypt_equal(store_self(store)->identity, &before, sizeof before));
    assert_memory_equal(store_self(store)->store_inc, store_inc, sizeof store_inc);
    store_close(&store);
}

static void two_homes_are_two_people(void **state) {
    const struct fixture *fixture = *state;
    struct store *one = home_new(fixture->home, "Dewi Andaikan");
    struct store *other = home_new(folder_name(&fixture->folder, "other"), "Dewi Andaikan");

    assert_memory_not_equal(store_self(one)->person, store_self(other)->person, HASH_BYTES);
    assert_memory_not_equal(store_self(one)->store_inc, store_self(other)->store_inc,
                            STORE_INC_BYTES);
    store_close(&one);
    store_close(&other);
}

static void a_home_and_its_parents_are_for_their_owner_only(void **state) {
    const struct fixture *fixture = *state;
    struct stat facts;

    assert_int_equal(home_create(folder_name(&fixture->folder, "a/b/home"), "Dewi Andaikan"),
                     RB_OK);
    const char *const made[] = { "a", "a/b", "a/b/home" };
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(stat(folder_name(&fixture->folder, made[i]), &facts), 0);
        assert_int_equal(facts.st_mode & 0777, 0700);
    }
    assert_int_equal(folder_entries(folder_name(&fixture->folder, "a/b/home")), 2);
}

static void an_empty_folder_becomes_a_home(void **state) {
    const struct fixture *fixture = *state;
    struct stat facts;

    assert_int_equal(mkdir(fixture->home, 0755), 0);
    assert_int_equal(home_create(fixture->home, "Dewi Andaikan"), RB_OK);
    assert_int_equal(stat(fixture->home, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0700);
}

static void a_folder_that_is_not_empty_is_refused_unchanged(void **state) {
    const struct fixture *fixture = *state;

    assert_int_equal(mkdir(fixture->home, 0755), 0);
    file_store(folder_name(&fixture->folder, "home/letter.txt"), "x", 1);
    assert_int_equal(home_create(fixture->home, "Dewi Andaikan"), RB_EXISTS);
    assert_int_equal(folder_entries(fixture->home), 1);
    assert_int_equal(home_create(folder_name(&fixture->folder, "home/letter.txt"), "Dewi"),
                     RB_EXISTS);
}

static void a_home_is_not_created_twice(void **state) {
    const struct fixture *fixture = *state;

    assert_int_equal(home_create(fixture->home, "Dewi Andaikan"), RB_OK);
    assert_int_equal(home_create(fixture->home, "Dewi Andaikan"), RB_EXISTS);
    assert_int_equal(opening_status(fixture->home), RB_OK);
}

static void a_name_that_is_none_makes_nothing(void **state) {
    const struct fixture *fixture = *state;

    assert_int_equal(home_create(folder_name(&fixture->folder, "a/home"), "123"), RB_MALFORMED);
    assert_int_equal(home_create(folder_name(&fixture->folder, "a/home"), ""), RB_MALFORMED);
    assert_int_equal(folder_entries(fixture->folder.path), 0);
}

/* ---- Creation that fails or is cut off ---- */

static void a_creation_on_a_full_disk_leaves_nothing(void **state) {
    const struct fixture *fixture = *state;
    const rlim_t limits[] = { 1, 100, 200, 5000, 50000 }; /* in the key file, in the database */

    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        limit_files(limits[i]);
        const enum rb_status status =
            home_create(folder_name(&fixture->folder, "a/b/home"), "Dewi Andaikan");
        limit_files(0);
        assert_int_equal(status, RB_FULL);
        assert_int_equal(folder_entries(fixture->folder.path), 0);
    }
    assert_int_equal(mkdir(fixture->home, 0700), 0);
    limit_files(5000);
    const enum rb_status status = home_create(fixture->home, "Dewi Andaikan");
    limit_files(0);
    assert_int_equal(status, RB_FULL);
    assert_int_equal(folder_entries(fixture->home), 0); /* The folder was there before. */
}

static void what_a_cut_off_creation_left_does_not_hinder_the_next(void **state) {
    const struct fixture *fixture = *state;

    assert_int_equal(mkdir(fixture->home, 0700), 0);
    file_store(folder_name(&fixture->folder, "home/key.new"), "x", 1);
    file_store(folder_name(&fixture->folder, "home/rembuk.db"), "x", 1);
    file_store(folder_name(&fixture->folder, "home/rembuk.db-wal"), "x", 1);
    assert_int_equal(opening_status(fixture->home), RB_NOT_FOUND);
    assert_int_equal(home_create(fixture->home, "Dewi Andaikan"), RB_OK);
    assert_int_equal(opening_status(fixture->home), RB_OK);
    assert_int_equal(folder_entries(fixture->home), 2);
}

static void a_database_whose_key_was_lost_is_not_removed(void **state) {
    const struct fixture *fixture = *state;

    assert_int_equal(home_create(fixture->home, "Dewi Andaikan"), RB_OK);
    assert_int_equal(unlink(folder_name(&fixture->folder, "home/key")), 0);
    assert_int_equal(opening_status(fixture->home), RB_NOT_FOUND);
    assert_int_equal(home_create(fixture->home, "Dewi Andaikan"), RB_EXISTS);
    assert_int_equal(folder_entries(fixture->home), 1);
}

/* Kills a creation after some milliseconds. */
static void create_and_die(const char *home, long after_ms) {
    const struct timespec pause = { .tv_nsec = after_ms * 1000000 };

    (void)fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        _exit(home_create(home, "Dewi Andaikan") == RB_OK ? 0 : 1);
    }
    (void)nanosleep(&pause, NULL);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void a_creation_killed_at_any_time_leaves_a_whole_home_or_none(void **state) {
    const struct fixture *fixture = *state;

    for (long after_ms = 0; after_ms < 80; after_ms += 4) {
        char home[3 * HOMES_PATH_MAX];
        (void)snprintf(home, sizeof home, "%s-%ld", fixture->home, after_ms);
        create_and_die(home, after_ms);
        const enum rb_status status = opening_status(home);
        assert_true(status == RB_OK || status == RB_NOT_FOUND);
        if (status == RB_NOT_FOUND) {
            assert_int_equal(home_create(home, "Dewi Andaikan"), RB_OK);
            assert_int_equal(opening_status(home), RB_OK);
        }
    }
}

/* ---- Opening ---- */

static void no_home_is_not_found(void **state) {
    const struct fixture *fixture = *state;

    assert_int_equal(opening_status(fixture->home), RB_NOT_FOUND);
    assert_int_equal(opening_status(fixture->folder.path), RB_NOT_FOUND);
}

static void a_wrong_passphrase_does_not_open(void **state) {
    const struct fixture *fixture = *state;
    struct store *store = NULL;

    assert_int_equal(home_create(fixture->home, "Dewi Andaikan"), RB_OK);
    assert_int_equal(store_open(&store, fixture->home, span_text("salah besar"), 0, NULL),
                     RB_WRONG_PASSPHRASE);
    assert_null(store);
}

static void a_home_opens_once_at_a_time(void **state) {
    const struct fixture *fixture = *state;
    struct store *store = home_new(fixture->home, "Dewi Andaikan");

    assert_int_equal(opening_status(fixture->home), RB_BUSY);
    store_close(&store);
    assert_int_equal(opening_status(fixture->home), RB_OK);
}

/* As a later version of the program would leave it. */
static void leave_version(const char *home, const char *pragma) {
    struct store *store = home_open(home);

    assert_int_equal(store_write_begin(store), RB_OK);
    assert_int_equal(db_execute(store_db(store), pragma), RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
    store_close(&store);
}

static void a_newer_home_is_refused(void **state) {
    const struct fixture *fixture = *state;

    assert_int_equal(home_create(fixture->home, "Dewi Andaikan"), RB_OK);
    leave_version(fixture->home, "PRAGMA user_version = 65536");
    assert_int_equal(opening_status(fixture->home), RB_NEWER);
}

static void a_home_whose_database_is_none_is_damaged(void **state) {
    const struct fixture *fixture = *state;

    assert_int_equal(home_create(fixture->home, "Dewi Andaikan"), RB_OK);
    file_store(folder_name(&fixture->folder, "home/rembuk.db"), "nothing", 7);
    assert_int_equal(opening_status(fixture->home), RB_DAMAGED);
    assert_int_equal(unlink(folder_name(&fixture->folder, "home/rembuk.db")), 0);
    assert_int_equal(opening_status(fixture->home), RB_DAMAGED);
}

static void the_key_of_another_home_does_not_fit(void **state) {
    const struct fixture *fixture = *state;
    uint8_t key[1024];

    assert_int_equal(home_create(fixture->home, "Dewi Andaikan"), RB_OK);
    assert_int_equal(home_create(folder_name(&fixture->folder, "other"), "Budi Santoso"), RB_OK);
    const size_t len = file_load(folder_name(&fixture->folder, "other/key"), key, sizeof key);
    file_store(folder_name(&fixture->folder, "home/key"), key, len);
    assert_int_equal(opening_status(fixture->home), RB_DAMAGED);
}

static void a_missing_or_changed_part_of_the_identity_is_damage(void **state) {
    const struct fixture *fixture = *state;
    static const char *const changes[] = {
        "DELETE FROM setting WHERE name = 'store_inc'",
        "UPDATE setting SET value = x'00' WHERE name = 'store_inc'",
        "DELETE FROM setting WHERE name = 'person_cert'",
        "UPDATE setting SET value = zeroblob(length(value)) WHERE name = 'device_cert'",
        "UPDATE setting SET value = zeroblob(5000) WHERE name = 'seal_key'",
        "UPDATE secret SET sealed = zeroblob(72) WHERE sort = 1", /* missing: a further device */
        "DELETE FROM secret WHERE sort = 3",
        "UPDATE secret SET sealed = zeroblob(72) WHERE sort = 2",
    };

    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char home[3 * HOMES_PATH_MAX];
        (void)snprintf(home, sizeof home, "%s-%zu", fixture->home, i);
        struct store *store = home_new(home, "Dewi Andaikan");
        change(store, changes[i]);
        store_close(&store);
        assert_int_equal(opening_status(home), RB_DAMAGED);
    }
}

/* ---- Card, clock, sizes ---- */

static void the_card_speaks_of_its_home(void **state) {
    const struct fixture *fixture = *state;
    struct store *store = home_new(fixture->home, "Dewi Andaikan");
    const struct span addresses[] = { span_text("tcp://10.1.2.3:4000"), span_text("nowhere") };
    struct writer bytes;
    struct card card;

    writer_init(&bytes, CARD_BYTES_MAX);
    assert_int_equal(store_card(store, addresses, 1, HOMES_NOW_MS, &bytes), RB_OK);
    assert_int_equal(card_decode(writer_view(&bytes), &card), RB_OK);
    assert_memory_equal(card.person.person, store_self(store)->person, HASH_BYTES);
    assert_int_equal(card.address_count, 1);
    assert_int_equal(card.issued_ms, HOMES_NOW_MS);
    writer_reset(&bytes);
    assert_int_equal(store_card(store, addresses, 2, HOMES_NOW_MS, &bytes), RB_MALFORMED);
    writer_clear(&bytes);
    store_close(&store);
}

static void the_clock_is_kept_by_the_next_write(void **state) {
    const struct fixture *fixture = *state;
    struct store *store = home_new(fixture->home, "Dewi Andaikan");
    const uint64_t seen = (uint64_t)HOMES_NOW_MS << 16 | 5;

    store_hlc_seen(store, seen, HOMES_NOW_MS);
    assert_int_equal(store_hlc(store), seen);
    assert_int_equal(store_write_begin(store), RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
    store_close(&store);
    store = home_open(fixture->home);
    assert_int_equal(store_hlc(store), seen);
    store_hlc_seen(store, seen + 1, HOMES_NOW_MS);
    assert_int_equal(store_write_begin(store), RB_OK);
    store_write_abort(store);
    store_close(&store);
    store = home_open(fixture->home);
    assert_int_equal(store_hlc(store), seen);
    store_close(&store);
}

static void sizes_count_events_by_the_heads_of_their_logs(void **state) {
    const struct fixture *fixture = *state;
    struct store *store = home_new(fixture->home, "Dewi Andaikan");
    struct store_sizes sizes;

    assert_int_equal(store_sizes(store, &sizes), RB_OK);
    assert_int_equal(sizes.events, 0);
    assert_in_range(sizes.bytes, 4096, 1 << 20);
    change(store,
           "INSERT INTO circle (id, circle) VALUES (1, x'01');"
           "INSERT INTO log (pk, circle, head, hash, signature)"
           " VALUES (x'01', 1, 70, x'', x''), (x'02', 1, 5, x'', x'')");
    assert_int_equal(store_sizes(store, &sizes), RB_OK);
    assert_int_equal(sizes.events, 75);
    store_close(&store);
}

/* ---- Transactions and the observer ---- */

struct heard {
    size_t stored, members;
    uint64_t first, last; /* of the last one */
    struct store *store;  /* to write from within, or NULL */
    struct store_observer observer;
};

static void hear_stored(void *context, const uint8_t circle[static HASH_BYTES],
                        const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last) {
    struct heard *heard = context;
    (void)circle;
    (void)log;

    heard->stored++;
    heard->first = first;
    heard->last = last;
}

static void hear_members(void *context, const uint8_t circle[static HASH_BYTES]) {
    struct heard *heard = context;
    struct store *store = heard->store;

    heard->members++;
    heard->store = NULL;
    if (store != NULL) {
        assert_int_equal(store_write_begin(store), RB_OK);
        store_note_members(store, circle);
        assert_int_equal(store_write_commit(store), RB_OK);
    }
}

static struct store *observed_home(const struct fixture *fixture, struct heard *heard) {
    struct store *store = home_new(fixture->home, "Dewi Andaikan");

    *heard = (struct heard) {
        .observer = { .stored = hear_stored, .members = hear_members, .context = heard },
    };
    store_observe(store, &heard->observer);
    return store;
}

static const uint8_t circle_a[HASH_BYTES] = { 1 };
static const uint8_t circle_b[HASH_BYTES] = { 2 };
static const uint8_t log_a[LOG_PK_BYTES] = { 3 };
static const uint8_t log_b[LOG_PK_BYTES] = { 4 };

static void runs_of_one_log_are_told_as_one_after_the_commit(void **state) {
    struct heard heard;
    struct store *store = observed_home(*state, &heard);

    assert_int_equal(store_write_begin(store), RB_OK);
    store_note_stored(store, circle_a, log_b, 1, 9);
    store_note_stored(store, circle_a, log_a, 5, 6);
    store_note_stored(store, circle_a, log_a, 7, 7);
    store_note_stored(store, circle_a, log_a, 3, 4);
    store_note_stored(store, circle_a, log_a, 4, 8);
    assert_int_equal(heard.stored, 0);
    assert_int_equal(store_write_commit(store), RB_OK);
    assert_int_equal(heard.stored, 2);
    assert_int_equal(heard.first, 3);
    assert_int_equal(heard.last, 8);
    store_close(&store);
}

static void changes_of_members_are_told_once_for_each_circle(void **state) {
    struct heard heard;
    struct store *store = observed_home(*state, &heard);

    assert_int_equal(store_write_begin(store), RB_OK);
    store_note_members(store, circle_a);
    store_note_members(store, circle_b);
    store_note_members(store, circle_a);
    assert_int_equal(store_write_commit(store), RB_OK);
    assert_int_equal(heard.members, 2);
    store_close(&store);
}

static void an_aborted_transaction_tells_nothing_also_not_later(void **state) {
    struct heard heard;
    struct store *store = observed_home(*state, &heard);

    assert_int_equal(store_write_begin(store), RB_OK);
    store_note_stored(store, circle_a, log_a, 1, 1);
    store_note_members(store, circle_a);
    assert_int_equal(store_write_end(store, RB_REFUSED), RB_REFUSED);
    assert_int_equal(store_write_begin(store), RB_OK);
    assert_int_equal(store_write_end(store, RB_OK), RB_OK);
    assert_int_equal(heard.stored + heard.members, 0);
    store_close(&store);
}

static void a_commit_that_fails_tells_nothing(void **state) {
    struct heard heard;
    struct store *store = observed_home(*state, &heard);

    assert_int_equal(store_write_begin(store), RB_OK);
    assert_int_equal(db_execute(store_db(store),
                                "INSERT INTO setting (name, value)"
                                " VALUES ('large', zeroblob(100000))"),
                     RB_OK);
    store_note_stored(store, circle_a, log_a, 1, 1);
    limit_files(50000);
    const enum rb_status status = store_write_commit(store);
    limit_files(0);
    assert_int_equal(status, RB_FULL);
    assert_int_equal(store_write_begin(store), RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
    assert_int_equal(heard.stored, 0);
    store_close(&store);
}

static void the_observer_may_write(void **state) {
    struct heard heard;
    struct store *store = observed_home(*state, &heard);

    heard.store = store;
    assert_int_equal(store_write_begin(store), RB_OK);
    store_note_members(store, circle_a);
    store_note_members(store, circle_b);
    assert_int_equal(store_write_commit(store), RB_OK);
    assert_int_equal(heard.members, 3);
    store_observe_no_more(store, &heard.observer);
    assert_int_equal(store_write_begin(store), RB_OK);
    store_note_members(store, circle_a);
    assert_int_equal(store_write_commit(store), RB_OK);
    assert_int_equal(heard.members, 3);
    store_close(&store);
}

static void a_small_write_takes_part_in_the_open_transaction(void **state) {
    const struct fixture *fixture = *state;
    struct store *store = home_new(fixture->home, "Dewi Andaikan");
    bool own = false;

    assert_int_equal(store_write_enter(store, &own), RB_OK);
    assert_true(own);
    assert_int_equal(store_write_leave(store, own, RB_OK), RB_OK);
    assert_false(db_in_transaction(store_db(store)));
    assert_int_equal(store_write_begin(store), RB_OK);
    assert_int_equal(store_write_enter(store, &own), RB_OK);
    assert_false(own);
    assert_int_equal(store_write_leave(store, own, RB_NOT_FOUND), RB_NOT_FOUND);
    assert_true(db_in_transaction(store_db(store)));
    store_write_abort(store);
    store_close(&store);
}

static bool stops(void (*act)(struct store *), struct store *store) {
    int outcome = 0;

    (void)fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL); /* cmocka catches it otherwise. */
        (void)close(STDERR_FILENO);     /* The message would look like a failure. */
        act(store);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &outcome, 0), child);
    return WIFSIGNALED(outcome) && WTERMSIG(outcome) == SIGABRT;
}

static void commit_without_begin(struct store *store) {
    assert_int_equal(store_write_commit(store), RB_OK);
}

static void note_without_begin(struct store *store) {
    store_note_members(store, circle_a);
}

static void calls_that_do_not_pair_stop_the_program(void **state) {
    const struct fixture *fixture = *state;
    struct store *store = home_new(fixture->home, "Dewi Andaikan");

    assert_true(stops(commit_without_begin, store));
    assert_true(stops(store_write_abort, store));
    assert_true(stops(note_without_begin, store));
    store_close(&store);
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_created_home_opens_with_what_was_said_of_its_person),
        TEST(the_identity_is_the_same_at_every_opening),
        TEST(two_homes_are_two_people),
        TEST(a_home_and_its_parents_are_for_their_owner_only),
        TEST(an_empty_folder_becomes_a_home),
        TEST(a_folder_that_is_not_empty_is_refused_unchanged),
        TEST(a_home_is_not_created_twice),
        TEST(a_name_that_is_none_makes_nothing),
        TEST(a_creation_on_a_full_disk_leaves_nothing),
        TEST(what_a_cut_off_creation_left_does_not_hinder_the_next),
        TEST(a_database_whose_key_was_lost_is_not_removed),
        TEST(a_creation_killed_at_any_time_leaves_a_whole_home_or_none),
        TEST(no_home_is_not_found),
        TEST(a_wrong_passphrase_does_not_open),
        TEST(a_home_opens_once_at_a_time),
        TEST(a_newer_home_is_refused),
        TEST(a_home_whose_database_is_none_is_damaged),
        TEST(the_key_of_another_home_does_not_fit),
        TEST(a_missing_or_changed_part_of_the_identity_is_damage),
        TEST(the_card_speaks_of_its_home),
        TEST(the_clock_is_kept_by_the_next_write),
        TEST(sizes_count_events_by_the_heads_of_their_logs),
        TEST(runs_of_one_log_are_told_as_one_after_the_commit),
        TEST(changes_of_members_are_told_once_for_each_circle),
        TEST(an_aborted_transaction_tells_nothing_also_not_later),
        TEST(a_commit_that_fails_tells_nothing),
        TEST(the_observer_may_write),
        TEST(a_small_write_takes_part_in_the_open_transaction),
        TEST(calls_that_do_not_pair_stop_the_program),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
