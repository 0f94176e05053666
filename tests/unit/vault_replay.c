/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a recovery makes of frames that SQLite took back, lost or never wrote, and of those that
 * somebody took away or put back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/crypt.h"
#include "protocol/limits.h"
#include "tests/sim/fault_memory.h"
#include "tests/support/homes.h"
#include "tests/support/vault_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static size_t frames_of(const struct vault_fixture *fixture) {
    return (disk_bytes(fixture->disk, SCENE_WAL_PATH).len - VAULT_AREA_BYTES) / VAULT_FRAME_BYTES;
}

static int try_sql(struct scene *scene, const char *sql) {
    return sqlite3_exec(scene->sqlite, sql, NULL, NULL, NULL);
}

/* After a commit that failed. */
static void roll_back(struct scene *scene) {
    if (sqlite3_get_autocommit(scene->sqlite) == 0) {
        scene_do(scene, "ROLLBACK");
    }
}

/* A checkpoint that comes as far as `pages` pages. */
static void checkpoint_in_part(const struct vault_fixture *fixture, struct scene *scene,
                               uint64_t pages) {
    const struct disk_failure failure = {
        .calls = DISK_WRITE, .file = SCENE_PATH, .after = pages, .error = EIO
    };

    disk_fail(fixture->disk, failure);
    assert_int_not_equal(try_sql(scene, "PRAGMA wal_checkpoint"), SQLITE_OK);
    disk_mend(fixture->disk);
}

/* ---- Frames taken away and put back in mid-checkpoint ---- */

/* `sql` is committed in a WAL of two commits; a checkpoint has copied some of it. */
static uint64_t make_half_copied(const struct vault_fixture *fixture, const char *sql) {
    struct scene scene;
    const uint64_t digest = make_stopped(fixture, 2, sql);

    assert_int_equal(scene_open(&scene, SCENE_PATH, &fixture->key), SQLITE_OK);
    checkpoint_in_part(fixture, &scene, 3);
    stop(fixture, &scene);
    return digest;
}

static void check_copied_frame(const struct vault_fixture *fixture, size_t number,
                               struct span old) {
    const size_t at = VAULT_AREA_BYTES + (number - 1) * VAULT_FRAME_BYTES;

    copy_bytes(fixture, SCENE_WAL_PATH, at, at, old, VAULT_FRAME_BYTES);
    check_damage(&fixture->key, DAMAGE_FRAME, number);
}

/* A WAL that was closed is deleted, and the next one counts its generations from the start: a frame
 * of yesterday's opens in its place. */
static void an_older_frame_of_the_same_generation_is_damage_in_mid_checkpoint(void **state) {
    const struct vault_fixture *fixture = *state;

    (void)make_half_copied(fixture, "UPDATE cases SET note = 'lama ' || note");
    const struct span old = copy_of(fixture, SCENE_WAL_PATH);
    const uint64_t digest = make_half_copied(fixture, "UPDATE cases SET note = 'baru ' || note");
    struct disk_image *image = disk_save(fixture->disk);
    const size_t frames = frames_of(fixture);
    assert_in_range(frames, 10, (old.len - VAULT_AREA_BYTES) / VAULT_FRAME_BYTES);

    for (size_t number = 1; number <= frames; number++) {
        check_copied_frame(fixture, number, old);
        disk_restore(fixture->disk, image);
    }
    check_all_is_there(fixture, digest);
    disk_image_destroy(&image);
    copy_free(old);
}

static void a_wal_without_a_whole_frame_is_damage_in_mid_checkpoint(void **state) {
    static const size_t lens[] = { VAULT_AREA_BYTES, VAULT_AREA_BYTES + 1,
                                   VAULT_AREA_BYTES + VAULT_FRAME_BYTES - 1 };
    const struct vault_fixture *fixture = *state;
    const uint64_t digest = make_half_copied(fixture, "UPDATE cases SET note = 'baru ' || note");
    struct disk_image *image = disk_save(fixture->disk);

    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        cut_file(fixture, SCENE_WAL_PATH, lens[i]);
        check_damage(&fixture->key, DAMAGE_FRAME, 1);
        disk_restore(fixture->disk, image);
    }
    check_all_is_there(fixture, digest);
    disk_image_destroy(&image);
}

/* Read frame by frame its hole would take minutes. */
static void a_wal_longer_than_any_is_refused_at_once(void **state) {
    const off_t len = VAULT_AREA_BYTES + ((off_t)WAL_FRAMES_MAX + 1) * VAULT_FRAME_BYTES;
    struct vault_fixture *fixture = *state;
    struct folder folder;
    struct scene scene;
    struct damage damage;

    (void)make_stopped(fixture, 2, "");
    folder_new(&folder);
    const struct span db = disk_bytes(fixture->disk, SCENE_PATH);
    file_store(folder_name(&folder, "store.db"), db.data, db.len);
    const struct span wal = disk_bytes(fixture->disk, SCENE_WAL_PATH);
    file_store(folder_name(&folder, "store.db-wal"), wal.data, wal.len);
    disk_destroy(&fixture->disk); /* From here on files are real: this one is not held in memory. */
    assert_int_equal(truncate(folder_name(&folder, "store.db-wal"), len), 0);

    assert_int_not_equal(scene_open(&scene, folder_name(&folder, "store.db"), &fixture->key),
                         SQLITE_OK);
    scene_close(&scene, &damage);
    assert_int_equal(damage.part, DAMAGE_WAL_HEADER);
    folder_remove(&folder);
}

/* ---- A commit that SQLite takes back after it was synchronised ---- */

/* SQLite's index of the WAL grows behind this frame. */
enum { FRAMES_OF_INDEX = 4062, ROWS = 4040 };

static void fill_index(const struct vault_fixture *fixture, struct scene *scene) {
    scene_create(scene, SCENE_PATH, &fixture->key);
    disk_sync_folder(fixture->disk);
    scene_do(scene,
             "CREATE TABLE row (id INTEGER PRIMARY KEY, text BLOB);"
             "CREATE TABLE step (number INTEGER)");
    scene_close(scene, NULL);
    assert_int_equal(scene_open(scene, SCENE_PATH, &fixture->key), SQLITE_OK);
    scene_do(scene,
             "PRAGMA cache_size = 20000;"
             "WITH RECURSIVE number (n) AS"
             " (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 4040)"
             "INSERT INTO row SELECT n, zeroblob(3000) FROM number");
    while (frames_of(fixture) < FRAMES_OF_INDEX - 6) {
        scene_do(scene, "INSERT INTO step VALUES (1)");
    }
    assert_in_range(frames_of(fixture), FRAMES_OF_INDEX - 6, FRAMES_OF_INDEX);
}

/* For want of memory where the index grows. */
static void commit_in_vain(const struct vault_fixture *fixture, struct scene *scene) {
    for (uint64_t after = 0;; after++) {
        scene_do(scene, "BEGIN; UPDATE row SET text = zeroblob(3001) WHERE id < 8");
        memory_fail(after, false);
        const int result = try_sql(scene, "COMMIT");
        memory_mend();
        assert_int_not_equal(result, SQLITE_OK);
        roll_back(scene);
        if (frames_of(fixture) > FRAMES_OF_INDEX) {
            return; /* All had been written, and synchronised. */
        }
    }
}

static int64_t lengths_between(struct scene *scene, int from, int to) {
    char sql[128];

    (void)snprintf(sql, sizeof sql,
                   "SELECT count(DISTINCT length(text)) FROM row WHERE id BETWEEN %d AND %d", from,
                   to);
    return scene_number(scene, sql);
}

/* What was taken back may be there or not, and so may what was cut off; each as a whole. */
static void check_rows(const struct vault_fixture *fixture) {
    struct scene scene;
    struct damage damage;

    assert_int_equal(scene_open(&scene, SCENE_PATH, &fixture->key), SQLITE_OK);
    assert_int_equal(scene_number(&scene, "SELECT count(*) FROM row"), ROWS);
    assert_int_equal(lengths_between(&scene, 1, 7), 1);
    assert_int_equal(lengths_between(&scene, 8, 29), 1);
    assert_int_equal(lengths_between(&scene, 30, ROWS), 1);
    assert_int_equal(scene_number(&scene,
                                  "SELECT count(*) FROM pragma_integrity_check"
                                  " WHERE integrity_check <> 'ok'"),
                     0);
    scene_close(&scene, &damage);
    assert_int_equal(damage.part, DAMAGE_NONE);
}

/* Power is cut while other frames are written over those taken back. */
static void check_taken_back(struct vault_fixture *fixture, bool checkpoint) {
    enum { FIRST = 2, STEP = 3, LAST = 17 };

    for (uint64_t cut = FIRST; cut <= LAST; cut += STEP) {
        struct scene scene;
        disk_destroy(&fixture->disk);
        fixture->disk = disk_new(cut);
        fill_index(fixture, &scene);
        commit_in_vain(fixture, &scene);
        if (checkpoint) {
            checkpoint_in_part(fixture, &scene, 4);
        }
        scene_do(&scene, "PRAGMA cache_size = 5; PRAGMA cache_spill = 1");
        disk_cut_after(fixture->disk, DISK_WRITE | DISK_SYNC, cut);
        assert_int_not_equal(
            try_sql(&scene, "BEGIN; UPDATE row SET text = zeroblob(3002) WHERE id < 30; COMMIT"),
            SQLITE_OK);
        scene_close(&scene, NULL);
        disk_power_up(fixture->disk);
        check_rows(fixture);
    }
}

static void a_commit_taken_back_for_want_of_memory_is_no_damage(void **state) {
    check_taken_back(*state, false);
}

static void a_commit_taken_back_before_a_checkpoint_is_no_damage(void **state) {
    check_taken_back(*state, true);
}

/* ---- A commit that SQLite writes without its checksums ---- */

/* Writes frames for new rows, that of row `twice` once more if it is not 0, and goes back to before
 * them; then changes `kept` rows.  SQLite's result for COMMIT. */
static int commit_after_going_back(struct scene *scene, int twice, int kept) {
    char sql[256];

    scene_do(scene,
             "BEGIN IMMEDIATE; SAVEPOINT here;"
             "WITH RECURSIVE number (n) AS"
             " (SELECT 101 UNION ALL SELECT n + 1 FROM number WHERE n < 140)"
             "INSERT INTO row SELECT n, printf('%.3000d', 1) FROM number");
    assert_int_equal(sqlite3_db_cacheflush(scene->sqlite), SQLITE_OK);
    (void)snprintf(sql, sizeof sql, "UPDATE row SET text = 'z' || substr(text, 2) WHERE id = %d",
                   100 + twice);
    scene_do(scene, sql);
    assert_int_equal(sqlite3_db_cacheflush(scene->sqlite), SQLITE_OK);
    scene_do(scene, "ROLLBACK TO here");
    (void)scene_number(scene, "SELECT count(*) FROM row WHERE id BETWEEN 30 AND 60 AND text > ''");
    (void)snprintf(sql, sizeof sql,
                   "UPDATE row SET text = 'kept' || substr(text, 5) WHERE id BETWEEN 11 AND %d",
                   10 + kept);
    scene_do(scene, sql);
    return try_sql(scene, "COMMIT");
}

static int64_t kept_rows(struct scene *scene) {
    return scene_number(scene, "SELECT count(*) FROM row WHERE text LIKE 'kept%'");
}

/* Whether it was committed. */
static bool check_going_back(const struct vault_fixture *fixture, const struct disk_image *image,
                             const char *before, int twice, int kept) {
    struct scene scene;

    disk_restore(fixture->disk, image);
    assert_int_equal(scene_open(&scene, SCENE_PATH, &fixture->key), SQLITE_OK);
    scene_do(&scene, "PRAGMA cache_size = 10; PRAGMA cache_spill = 1");
    scene_do(&scene, before);
    const int result = commit_after_going_back(&scene, twice, kept);
    roll_back(&scene);
    assert_int_equal(kept_rows(&scene), result == SQLITE_OK ? kept : 0);
    stop(fixture, &scene);
    assert_int_equal(scene_open(&scene, SCENE_PATH, &fixture->key), SQLITE_OK);
    assert_int_equal(kept_rows(&scene), result == SQLITE_OK ? kept : 0);
    scene_close(&scene, NULL);
    return result == SQLITE_OK;
}

static void make_rows(const struct vault_fixture *fixture) {
    struct scene scene;

    scene_create(&scene, SCENE_PATH, &fixture->key);
    scene_do(&scene,
             "CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT);"
             "WITH RECURSIVE number (n) AS"
             " (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 60)"
             "INSERT INTO row SELECT n, printf('%.3000d', 0) FROM number");
    scene_close(&scene, NULL);
}

/* The commit may end before the frame that was written twice, at it, and behind it; where none was,
 * it must come through. */
static void check_going_back_everywhere(const struct vault_fixture *fixture, const char *before) {
    enum { KEPT_MORE = 5 };
    static const int twice[] = { 0, 5, 10, 15 };

    make_rows(fixture);
    struct disk_image *image = disk_save(fixture->disk);
    for (size_t i = 0; i < sizeof twice / sizeof twice[0]; i++) {
        for (int kept = 1; kept <= twice[i] + KEPT_MORE; kept++) {
            const bool is_kept = check_going_back(fixture, image, before, twice[i], kept);
            assert_true(is_kept || twice[i] != 0);
        }
    }
    disk_image_destroy(&image);
}

static void a_commit_after_going_back_in_a_new_wal_is_refused_or_kept(void **state) {
    check_going_back_everywhere(*state, "");
}

static void a_commit_after_going_back_behind_another_is_refused_or_kept(void **state) {
    check_going_back_everywhere(*state, "UPDATE row SET text = 'f' WHERE id = 1");
}

static void a_commit_after_going_back_in_a_restarted_wal_is_refused_or_kept(void **state) {
    check_going_back_everywhere(*state,
                                "UPDATE row SET text = 'f' WHERE id = 1; PRAGMA wal_checkpoint");
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_older_frame_of_the_same_generation_is_damage_in_mid_checkpoint),
        TEST(a_wal_without_a_whole_frame_is_damage_in_mid_checkpoint),
        TEST(a_wal_longer_than_any_is_refused_at_once),
        TEST(a_commit_taken_back_for_want_of_memory_is_no_damage),
        TEST(a_commit_taken_back_before_a_checkpoint_is_no_damage),
        TEST(a_commit_after_going_back_in_a_new_wal_is_refused_or_kept),
        TEST(a_commit_after_going_back_behind_another_is_refused_or_kept),
        TEST(a_commit_after_going_back_in_a_restarted_wal_is_refused_or_kept),
    };
    memory_start();
    return cmocka_run_group_tests(tests, start, NULL);
}
