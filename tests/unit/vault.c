/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/homes.h"
#include "tests/support/vault_fixture.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOURNAL_PATH SCENE_PATH "-journal"

/* ---- Writing and reading ---- */

static void a_new_vault_is_an_empty_database(void **state) {
    const struct vault_fixture *fixture = *state;
    struct scene scene;

    scene_create(&scene, SCENE_PATH, &fixture->key);
    assert_int_equal(scene_number(&scene, "PRAGMA page_count"), 1);
    assert_int_equal(scene_number(&scene, "SELECT count(*) FROM sqlite_schema"), 0);
    assert_int_equal(scene_number(&scene,
                                  "SELECT count(*) FROM pragma_integrity_check"
                                  " WHERE integrity_check = 'ok'"),
                     1);
    scene_close(&scene, NULL);
    assert_int_equal(disk_bytes(fixture->disk, SCENE_PATH).len, VAULT_PAGE_BYTES);
}

static void what_was_written_is_read_again(void **state) {
    const struct vault_fixture *fixture = *state;
    const uint64_t digest = make_closed(fixture);

    check_all_is_there(fixture, digest);
    assert_false(disk_has(fixture->disk, SCENE_WAL_PATH));
    assert_int_equal(disk_bytes(fixture->disk, SCENE_PATH).len % VAULT_PAGE_BYTES, 0);
}

static void what_was_committed_is_there_after_a_stop(void **state) {
    const struct vault_fixture *fixture = *state;

    check_all_is_there(fixture, make_stopped(fixture, 3, ""));
}

static void two_vaults_are_open_at_a_time(void **state) {
    const struct vault_fixture *fixture = *state;
    struct scene first, second;
    struct keyfile other;

    scene_key(&other, 0x77);
    scene_create(&first, SCENE_PATH, &fixture->key);
    scene_create(&second, "/scene/other.db", &other);
    scene_do(&first, "CREATE TABLE one (x); INSERT INTO one VALUES (1)");
    scene_do(&second, "CREATE TABLE two (x); INSERT INTO two VALUES (2)");
    assert_int_equal(scene_number(&first, "SELECT x FROM one"), 1);
    assert_int_equal(scene_number(&second, "SELECT x FROM two"), 2);
    scene_close(&first, NULL);
    scene_close(&second, NULL);
}

/* ---- Failures ---- */

/* The commit of pages that were changed twice: SQLite reads and writes their frames again, after it
 * has written the last one. */
static void fail_in_commit(const struct vault_fixture *fixture, struct scene *scene,
                           uint64_t reads) {
    const struct disk_failure failure = {
        .calls = DISK_READ, .file = SCENE_WAL_PATH, .after = reads, .error = EIO
    };

    scene_do(scene,
             "PRAGMA cache_size = 10; PRAGMA cache_spill = 1; BEGIN;"
             "UPDATE cases SET note = 'a' || note; UPDATE cases SET note = 'b' || note;"
             "UPDATE cases SET region = region + 1");
    disk_fail(fixture->disk, failure);
    assert_int_not_equal(sqlite3_exec(scene->sqlite, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    disk_mend(fixture->disk);
    (void)sqlite3_exec(scene->sqlite, "ROLLBACK", NULL, NULL, NULL); /* or it has been done */
}

/* The failed commit left frames behind those of the next one; they are not taken for safe when
 * power goes while others are written over them. */
static void check_failed_commit(const struct vault_fixture *fixture, uint64_t reads,
                                uint64_t changes) {
    struct scene scene;

    disk_reseed(fixture->disk, 100 * reads + changes);
    (void)make_closed(fixture);
    disk_sync_folder(fixture->disk);
    assert_int_equal(scene_open(&scene, SCENE_PATH, &fixture->key), SQLITE_OK);
    scene_commit(&scene, 2);
    fail_in_commit(fixture, &scene, reads);
    scene_do(&scene, "PRAGMA user_version = 77");
    disk_cut_after(fixture->disk, DISK_CHANGES, changes);
    assert_int_not_equal(
        sqlite3_exec(scene.sqlite, "UPDATE cases SET note = 'c' || note", NULL, NULL, NULL),
        SQLITE_OK);
    scene_close(&scene, NULL);
    disk_power_up(fixture->disk);

    assert_int_equal(scene_open(&scene, SCENE_PATH, &fixture->key), SQLITE_OK);
    assert_int_equal(scene_number(&scene, "PRAGMA user_version"), 77);
    (void)digest_of(&scene);
    scene_close(&scene, NULL);
}

static void a_commit_that_failed_does_not_stand_in_the_way_of_recovery(void **state) {
    for (uint64_t reads = 0; reads < 30; reads += 3) {
        for (uint64_t changes = 1; changes < 12; changes += 2) {
            check_failed_commit(*state, reads, changes);
        }
    }
}

/* ---- What can be seen without the key ---- */

static bool file_shows(const struct vault_fixture *fixture, const char *file, const char *word) {
    const struct span bytes = disk_bytes(fixture->disk, file);
    const size_t len = strlen(word);

    for (size_t at = 0; at + len <= bytes.len; at++) {
        if (memcmp(bytes.data + at, word, len) == 0) {
            return true;
        }
    }
    return false;
}

static const char *const told_words[] = {
    "SQLite format", "CREATE", "cases", "search", "Kasus", "Misal", "kunjungan", "rujukan",
};

static void nothing_readable_stands_in_the_files(void **state) {
    const struct vault_fixture *fixture = *state;

    (void)make_stopped(fixture, 3, "");
    for (size_t i = 0; i < sizeof told_words / sizeof told_words[0]; i++) {
        assert_false(file_shows(fixture, SCENE_PATH, told_words[i]));
        assert_false(file_shows(fixture, SCENE_WAL_PATH, told_words[i]));
    }
    assert_false(file_shows(fixture, SCENE_WAL_PATH, "\x37\x7f\x06\x82")); /* the magic of a WAL */
    assert_false(file_shows(fixture, SCENE_WAL_PATH, "\x37\x7f\x06\x83"));
}

/* The test above finds what there is to find. */
static void control_plain_sqlite_shows_everything(void **state) {
    const struct vault_fixture *fixture = *state;
    struct scene scene;

    scene_create(&scene, SCENE_PATH, NULL);
    scene_fill(&scene);
    scene_commit(&scene, 1);
    for (size_t i = 0; i < sizeof told_words / sizeof told_words[0]; i++) {
        assert_true(file_shows(fixture, SCENE_PATH, told_words[i]) ||
                    file_shows(fixture, SCENE_WAL_PATH, told_words[i]));
    }
    assert_true(file_shows(fixture, SCENE_WAL_PATH, "\x37\x7f\x06\x82"));
    scene_close(&scene, NULL);
}

/* A page, a frame and a header of the same bytes look different each time. */
static void nothing_repeats_on_the_disk(void **state) {
    const struct vault_fixture *fixture = *state;
    struct vault *vault = vault_new(&fixture->key);

    assert_int_equal(vault_create(vault, SCENE_PATH), RB_OK);
    assert_int_equal(vault_create(vault, "/scene/other.db"), RB_OK);
    const struct span one = disk_bytes(fixture->disk, SCENE_PATH);
    const struct span other = disk_bytes(fixture->disk, "/scene/other.db");
    size_t equal = 0;
    for (size_t at = 0; at < VAULT_PAGE_BYTES; at++) {
        equal += one.data[at] == other.data[at];
    }
    assert_true(equal < VAULT_PAGE_BYTES / 64); /* one in 256 by chance */
    vault_destroy(&vault);
}

/* ---- Keys ---- */

/* Whoever opens with `key` gets an error, and afterwards the right key has everything. */
static void check_stranger(const struct vault_fixture *fixture, const struct keyfile *key,
                           enum damage_part part, uint64_t digest) {
    const struct span db = copy_of(fixture, SCENE_PATH), wal = copy_of(fixture, SCENE_WAL_PATH);
    uint64_t unused = 0;
    struct damage damage;

    assert_int_not_equal(read_all(key, &unused, &damage), SQLITE_OK);
    assert_int_equal(damage.part, part);
    check_same(fixture, SCENE_PATH, db);
    check_same(fixture, SCENE_WAL_PATH, wal);
    copy_free(db);
    copy_free(wal);
    check_all_is_there(fixture, digest);
}

static void a_wrong_key_deletes_nothing(void **state) {
    static const char *const ends[] = {
        "",                                                     /* one header */
        "PRAGMA wal_checkpoint",                                /* and a marker */
        "PRAGMA wal_checkpoint; INSERT INTO search VALUES (1)", /* both headers */
    };
    struct vault_fixture *fixture = *state;
    struct keyfile wrong = fixture->key;

    wrong.store_key[31] ^= 0x80;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        const uint64_t digest = make_stopped(fixture, 3, ends[i]);
        check_stranger(fixture, &wrong, DAMAGE_WAL_HEADER, digest);
    }
    const uint64_t digest = make_closed(fixture);
    check_stranger(fixture, &wrong, DAMAGE_PAGE, digest);
}

static void a_file_of_another_vault_is_refused(void **state) {
    const struct vault_fixture *fixture = *state;
    struct keyfile other = fixture->key;

    other.vault_id[0] ^= 1;
    const uint64_t digest = make_stopped(fixture, 1, "");
    check_stranger(fixture, &other, DAMAGE_WAL_HEADER, digest);
    check_stranger(fixture, &other, DAMAGE_PAGE, digest);
}

/* ---- What the vault does not do ---- */

/* What is acknowledged after the refusal is kept as well. */
static void check_journal_mode(const struct vault_fixture *fixture, const char *mode) {
    struct scene scene;

    (void)make_stopped(fixture, 1, "");
    assert_int_equal(scene_open(&scene, SCENE_PATH, &fixture->key), SQLITE_OK);
    const int64_t rows = scene_number(&scene, "SELECT count(*) FROM search");
    assert_int_not_equal(sqlite3_exec(scene.sqlite, mode, NULL, NULL, NULL), SQLITE_OK);
    const int result =
        sqlite3_exec(scene.sqlite, "INSERT INTO search VALUES ('x')", NULL, NULL, NULL);
    scene_close(&scene, NULL);
    assert_false(disk_has(fixture->disk, JOURNAL_PATH));
    assert_int_equal(scene_open(&scene, SCENE_PATH, &fixture->key), SQLITE_OK);
    assert_int_equal(scene_number(&scene, "SELECT count(*) FROM search"),
                     result == SQLITE_OK ? rows + 1 : rows);
    (void)digest_of(&scene);
    scene_close(&scene, NULL);
}

static void other_journal_modes_are_refused_and_nothing_is_lost(void **state) {
    const struct vault_fixture *fixture = *state;

    check_journal_mode(fixture, "PRAGMA journal_mode = DELETE");
    check_journal_mode(fixture, "PRAGMA journal_mode = TRUNCATE");
    check_journal_mode(fixture, "PRAGMA journal_mode = PERSIST");
    check_journal_mode(fixture, "PRAGMA journal_mode = MEMORY");
    check_journal_mode(fixture, "PRAGMA journal_mode = OFF");
}

static void a_second_file_cannot_be_attached(void **state) {
    static const char *const statements[] = {
        "ATTACH '/scene/other.db' AS other",
        "ATTACH '" SCENE_PATH "' AS again",
        "VACUUM INTO '/scene/copy.db'",
    };
    const struct vault_fixture *fixture = *state;
    struct scene scene;

    struct vault *vault = vault_new(&fixture->key);
    assert_int_equal(vault_create(vault, "/scene/other.db"), RB_OK);
    vault_destroy(&vault);
    const uint64_t digest = make_closed(fixture);
    assert_int_equal(scene_open(&scene, SCENE_PATH, &fixture->key), SQLITE_OK);
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        const int result = sqlite3_exec(scene.sqlite, statements[i], NULL, NULL, NULL);
        assert_int_equal(result & 0xFF, SQLITE_CANTOPEN);
    }
    assert_true(digest_of(&scene) == digest);
    scene_close(&scene, NULL);
    assert_false(disk_has(fixture->disk, "/scene/copy.db"));
}

/* It looks hot: SQLite would write its one page over page 1. */
static void a_rollback_journal_beside_the_database_is_ignored(void **state) {
    static const uint8_t head[] = { 0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7, 0, 0,
                                    0,    1,    0,    0,    0,    0,    0,    0,    0, 1,
                                    0,    0,    2,    0,    0,    0,    0x10, 0 };
    uint8_t journal[VAULT_SECTOR_BYTES + 4 + VAULT_PAGE_BYTES + 4] = { 0 };
    const struct vault_fixture *fixture = *state;
    const uint64_t digest = make_closed(fixture);

    memcpy(journal, head, sizeof head);
    journal[VAULT_SECTOR_BYTES + 3] = 1;
    disk_put(fixture->disk, JOURNAL_PATH, span_of(journal, sizeof journal));
    check_all_is_there(fixture, digest);
    check_same(fixture, JOURNAL_PATH, span_of(journal, sizeof journal));
}

static void a_vault_that_was_never_created_does_not_open(void **state) {
    const struct vault_fixture *fixture = *state;
    struct vault *vault = vault_new(&fixture->key);
    sqlite3 *sqlite = NULL;

    assert_int_not_equal(sqlite3_open_v2(SCENE_PATH, &sqlite,
                                         SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                         vault_vfs_name(vault)),
                         SQLITE_OK);
    assert_int_equal(sqlite3_close(sqlite), SQLITE_OK);
    assert_false(disk_has(fixture->disk, SCENE_PATH));
    vault_destroy(&vault);
}

/* ---- Creating ---- */

static void creating_over_a_file_is_refused(void **state) {
    const struct vault_fixture *fixture = *state;
    const uint64_t digest = make_closed(fixture);
    struct vault *vault = vault_new(&fixture->key);

    assert_int_equal(vault_create(vault, SCENE_PATH), RB_EXISTS);
    disk_put(fixture->disk, "/scene/letter", span_text("x"));
    assert_int_equal(vault_create(vault, "/scene/letter"), RB_EXISTS);
    check_same(fixture, "/scene/letter", span_text("x"));
    vault_destroy(&vault);
    check_all_is_there(fixture, digest);
}

static void creating_on_a_full_disk_is_full_and_on_a_broken_one_storage(void **state) {
    const struct vault_fixture *fixture = *state;
    struct vault *vault = vault_new(&fixture->key);
    const struct disk_failure failures[] = {
        { .calls = DISK_WRITE, .error = ENOSPC },  { .calls = DISK_WRITE, .error = EDQUOT },
        { .calls = DISK_WRITE, .error = EIO },     { .calls = DISK_SYNC, .error = EIO },
        { .calls = DISK_CREATE, .error = EACCES },
    };
    static const enum rb_status expected[] = { RB_FULL, RB_FULL, RB_STORAGE, RB_STORAGE,
                                               RB_STORAGE };

    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        disk_fail(fixture->disk, failures[i]);
        assert_int_equal(vault_create(vault, SCENE_PATH), expected[i]);
        disk_mend(fixture->disk);
        disk_remove(fixture->disk, SCENE_PATH);
    }
    assert_int_equal(vault_create(vault, SCENE_PATH), RB_OK);
    vault_destroy(&vault);
}

/* ---- Processes ---- */

/* What SQLite tells another process that opens the file. */
static int result_elsewhere(const char *path, const struct keyfile *key) {
    const pid_t child = fork();
    int ended = 0;

    assert_true(child >= 0);
    if (child == 0) {
        struct scene scene;
        _exit(scene_open(&scene, path, key) & 0xFF);
    }
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended));
    return WEXITSTATUS(ended);
}

static void two_processes_cannot_open_one_vault(void **state) {
    struct folder folder;
    struct keyfile key;
    struct scene scene;
    (void)state;

    scene_key(&key, 0x51);
    folder_new(&folder);
    scene_create(&scene, folder_name(&folder, "store.db"), &key);
    scene_do(&scene, "CREATE TABLE one (x)");
    assert_int_equal(result_elsewhere(folder_name(&folder, "store.db"), &key), SQLITE_BUSY);
    scene_do(&scene, "INSERT INTO one VALUES (1)");
    assert_int_equal(folder_entries(folder.path), 2); /* and its WAL */
    scene_close(&scene, NULL);
    assert_int_equal(result_elsewhere(folder_name(&folder, "store.db"), &key), SQLITE_OK);
    folder_remove(&folder);
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_new_vault_is_an_empty_database),
        TEST(what_was_written_is_read_again),
        TEST(what_was_committed_is_there_after_a_stop),
        TEST(two_vaults_are_open_at_a_time),
        TEST(a_commit_that_failed_does_not_stand_in_the_way_of_recovery),
        TEST(nothing_readable_stands_in_the_files),
        TEST(control_plain_sqlite_shows_everything),
        TEST(nothing_repeats_on_the_disk),
        TEST(a_wrong_key_deletes_nothing),
        TEST(a_file_of_another_vault_is_refused),
        TEST(other_journal_modes_are_refused_and_nothing_is_lost),
        TEST(a_second_file_cannot_be_attached),
        TEST(a_rollback_journal_beside_the_database_is_ignored),
        TEST(a_vault_that_was_never_created_does_not_open),
        TEST(creating_over_a_file_is_refused),
        TEST(creating_on_a_full_disk_is_full_and_on_a_broken_one_storage),
        cmocka_unit_test(two_processes_cannot_open_one_vault),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
