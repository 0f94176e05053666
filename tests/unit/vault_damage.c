/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are not what the vault has written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/vault_fixture.h"

/* ---- Damage ---- */

static void damage_tells_part_and_place(void **state) {
    const struct vault_fixture *fixture = *state;

    (void)make_closed(fixture);
    for (size_t page = 1; page <= 3; page++) {
        disk_flip(fixture->disk, SCENE_PATH, page * VAULT_PAGE_BYTES - 1, 1);
        check_damage(&fixture->key, DAMAGE_PAGE, page);
        disk_flip(fixture->disk, SCENE_PATH, page * VAULT_PAGE_BYTES - 1, 1);
    }
    (void)make_stopped(fixture, 3, "PRAGMA wal_checkpoint");
    for (size_t frame = 1; frame <= 3; frame++) {
        disk_flip(fixture->disk, SCENE_WAL_PATH, VAULT_AREA_BYTES + frame * VAULT_FRAME_BYTES - 1,
                  1);
        check_damage(&fixture->key, DAMAGE_FRAME, frame);
        disk_flip(fixture->disk, SCENE_WAL_PATH, VAULT_AREA_BYTES + frame * VAULT_FRAME_BYTES - 1,
                  1);
    }
    disk_flip(fixture->disk, SCENE_WAL_PATH, 2 * VAULT_SECTOR_BYTES, 1);
    check_damage(&fixture->key, DAMAGE_WAL_MARKER, 0);
}

static void the_first_damage_is_kept(void **state) {
    const struct vault_fixture *fixture = *state;
    struct scene scene;
    struct damage damage;
    uint64_t digest = 0;

    (void)make_closed(fixture);
    disk_flip(fixture->disk, SCENE_PATH, 5 * VAULT_PAGE_BYTES, 1);
    assert_int_equal(scene_open(&scene, SCENE_PATH, &fixture->key), SQLITE_OK);
    assert_int_equal(vault_damage(scene.vault).part, DAMAGE_NONE);
    assert_int_not_equal(scene_read(&scene, &digest), SQLITE_OK);
    disk_flip(fixture->disk, SCENE_PATH, 2 * VAULT_PAGE_BYTES, 1);
    assert_int_not_equal(scene_read(&scene, &digest), SQLITE_OK);
    scene_close(&scene, &damage);
    assert_int_equal(damage.part, DAMAGE_PAGE);
    assert_int_equal(damage.place, 6);
}

static void pages_exchanged_in_place_are_refused(void **state) {
    const struct vault_fixture *fixture = *state;

    (void)make_closed(fixture);
    exchange(fixture, SCENE_PATH, VAULT_PAGE_BYTES, 2 * (size_t)VAULT_PAGE_BYTES, VAULT_PAGE_BYTES);
    check_damage(&fixture->key, DAMAGE_PAGE, 2);
}

static void frames_exchanged_in_place_are_refused(void **state) {
    const struct vault_fixture *fixture = *state;

    (void)make_stopped(fixture, 3, "");
    exchange(fixture, SCENE_WAL_PATH, VAULT_AREA_BYTES, VAULT_AREA_BYTES + VAULT_FRAME_BYTES,
             VAULT_FRAME_BYTES);
    check_damage(&fixture->key, DAMAGE_FRAME, 1);
}

/* Frame 2 is changed under an open vault that has recovered its WAL; 1 is in SQLite's cache. */
static void check_damage_while_open(const struct vault_fixture *fixture, struct span frame) {
    enum { NUMBER = 2, AT = VAULT_AREA_BYTES + VAULT_FRAME_BYTES };
    struct scene scene;
    struct damage damage;
    uint64_t digest = 0;

    assert_int_equal(scene_open(&scene, SCENE_PATH, &fixture->key), SQLITE_OK);
    assert_int_equal(vault_damage(scene.vault).part, DAMAGE_NONE);
    for (size_t i = 0; i < VAULT_FRAME_BYTES; i++) {
        const struct span now = disk_bytes(fixture->disk, SCENE_WAL_PATH);
        disk_flip(fixture->disk, SCENE_WAL_PATH, AT + i, now.data[AT + i] ^ frame.data[i]);
    }
    assert_int_not_equal(scene_read(&scene, &digest), SQLITE_OK);
    scene_close(&scene, &damage);
    assert_int_equal(damage.part, DAMAGE_FRAME);
    assert_int_equal(damage.place, NUMBER);
}

static void a_frame_damaged_while_open_is_an_error(void **state) {
    const struct vault_fixture *fixture = *state;
    uint8_t rubbish[VAULT_FRAME_BYTES] = { 0 };

    (void)make_stopped(fixture, 1, "");
    check_damage_while_open(fixture, span_of(rubbish, sizeof rubbish));
}

static void a_frame_of_an_older_generation_is_an_error_in_use(void **state) {
    const struct vault_fixture *fixture = *state;

    (void)make_stopped(fixture, 2, "");
    const struct span old = copy_of(fixture, SCENE_WAL_PATH);
    (void)make_stopped(fixture, 2,
                       "PRAGMA wal_checkpoint; UPDATE cases SET note = 'x' WHERE id = 60");
    check_damage_while_open(
        fixture, span_of(old.data + VAULT_AREA_BYTES + VAULT_FRAME_BYTES, VAULT_FRAME_BYTES));
    copy_free(old);
}

static void a_page_out_of_the_wal_is_no_page_of_the_database(void **state) {
    const struct vault_fixture *fixture = *state;

    (void)make_stopped(fixture, 1, "PRAGMA wal_checkpoint");
    struct span wal = copy_of(fixture, SCENE_WAL_PATH);
    disk_remove(fixture->disk, SCENE_WAL_PATH);
    copy_bytes(fixture, SCENE_PATH, 0, VAULT_AREA_BYTES + VAULT_FRAME_BYTES - VAULT_PAGE_BYTES, wal,
               VAULT_PAGE_BYTES);
    check_damage(&fixture->key, DAMAGE_PAGE, 1);
    copy_free(wal);
}

static void a_database_cut_short_is_an_error_at_every_length(void **state) {
    const struct vault_fixture *fixture = *state;
    const uint64_t digest = make_closed(fixture);
    const struct span whole = copy_of(fixture, SCENE_PATH);
    uint64_t unused = 0;
    struct damage damage;

    for (size_t page = 1; page < whole.len / VAULT_PAGE_BYTES; page++) {
        cut_file(fixture, SCENE_PATH, page * VAULT_PAGE_BYTES);
        assert_int_not_equal(read_all(&fixture->key, &unused, &damage), SQLITE_OK);
        disk_put(fixture->disk, SCENE_PATH,
                 span_of(whole.data, page * VAULT_PAGE_BYTES + VAULT_PAGE_BYTES / 2));
        assert_int_not_equal(read_all(&fixture->key, &unused, &damage), SQLITE_OK);
        disk_put(fixture->disk, SCENE_PATH, whole);
    }
    disk_put(fixture->disk, SCENE_PATH, whole);
    check_all_is_there(fixture, digest);
    copy_free(whole);
}

/* What the WAL does not hold is gone: the database may still read, wholly or not at all, and the
 * checkpoint of a closing may not fill the hole with zeros. */
static void a_database_cut_short_under_a_wal_is_an_error_unless_the_wal_has_its_end(void **state) {
    const struct vault_fixture *fixture = *state;
    const uint64_t digest = make_stopped(fixture, 0, "UPDATE cases SET region = 1 WHERE id = 1");
    struct disk_image *image = disk_save(fixture->disk);
    const struct span wal = disk_bytes(fixture->disk, SCENE_WAL_PATH);
    const size_t frames = (wal.len - VAULT_AREA_BYTES) / VAULT_FRAME_BYTES;
    const size_t pages = disk_bytes(fixture->disk, SCENE_PATH).len / VAULT_PAGE_BYTES;
    struct damage damage;
    size_t refused = 0;

    for (size_t page = 1; page < pages; page++) {
        uint64_t found = digest;
        cut_file(fixture, SCENE_PATH, page * VAULT_PAGE_BYTES);
        const int result = read_all(&fixture->key, &found, &damage);
        assert_true(found == digest);
        assert_int_equal(damage.part, result == SQLITE_OK ? DAMAGE_NONE : DAMAGE_PAGE);
        assert_true(result == SQLITE_OK || damage.place > page);
        assert_int_equal(read_all(&fixture->key, &found, NULL) == SQLITE_OK, result == SQLITE_OK);
        refused += result == SQLITE_OK ? 0 : 1;
        disk_restore(fixture->disk, image);
    }
    assert_in_range(refused, pages - 1 - frames, pages - 1);
    check_all_is_there(fixture, digest);
    disk_image_destroy(&image);
}

static void a_database_without_a_whole_page_is_damaged_and_keeps_its_wal(void **state) {
    static const size_t lens[] = { 0, 1, 100, VAULT_PAGE_BYTES - 1 };
    const struct vault_fixture *fixture = *state;
    const uint64_t digest = make_stopped(fixture, 2, "");
    const struct span whole = copy_of(fixture, SCENE_PATH), wal = copy_of(fixture, SCENE_WAL_PATH);

    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        cut_file(fixture, SCENE_PATH, lens[i]);
        check_damage(&fixture->key, DAMAGE_SIZE, lens[i]);
        check_same(fixture, SCENE_WAL_PATH, wal);
        disk_put(fixture->disk, SCENE_PATH, whole);
    }
    check_all_is_there(fixture, digest);
    copy_free(whole);
    copy_free(wal);
}

static void a_page_behind_the_end_that_is_not_whole_is_no_page(void **state) {
    const struct vault_fixture *fixture = *state;
    struct damage damage;
    uint64_t digest = 0;

    (void)make_closed(fixture);
    const size_t pages = disk_bytes(fixture->disk, SCENE_PATH).len / VAULT_PAGE_BYTES;
    cut_file(fixture, SCENE_PATH, pages * VAULT_PAGE_BYTES - 1);
    assert_int_not_equal(read_all(&fixture->key, &digest, &damage), SQLITE_OK);
    assert_true(damage.part == DAMAGE_PAGE && damage.place == pages);
}

static void a_plain_database_is_named_as_such(void **state) {
    const struct vault_fixture *fixture = *state;
    struct scene scene;

    scene_create(&scene, SCENE_PATH, NULL);
    scene_fill(&scene);
    const uint64_t digest = digest_of(&scene);
    scene_close(&scene, NULL);
    const struct span before = copy_of(fixture, SCENE_PATH);
    check_damage(&fixture->key, DAMAGE_PLAIN, 0);
    check_same(fixture, SCENE_PATH, before);
    copy_free(before);
    uint64_t again = 0;
    assert_int_equal(read_all(NULL, &again, NULL), SQLITE_OK);
    assert_true(again == digest);
}

/* ---- The area of the WAL ---- */

static void both_slots_damaged_are_an_error_and_not_an_empty_wal(void **state) {
    const struct vault_fixture *fixture = *state;
    const uint64_t digest =
        make_stopped(fixture, 2, "PRAGMA wal_checkpoint; PRAGMA user_version = 9");
    const struct span whole = copy_of(fixture, SCENE_WAL_PATH);

    disk_flip(fixture->disk, SCENE_WAL_PATH, 0, 1);
    disk_flip(fixture->disk, SCENE_WAL_PATH, VAULT_SECTOR_BYTES, 1);
    check_damage(&fixture->key, DAMAGE_WAL_HEADER, 0);
    assert_true(disk_has(fixture->disk, SCENE_WAL_PATH));
    disk_put(fixture->disk, SCENE_WAL_PATH, whole);
    check_all_is_there(fixture, digest);
    copy_free(whole);
}

static void slots_exchanged_are_refused(void **state) {
    const struct vault_fixture *fixture = *state;

    (void)make_stopped(fixture, 2, "PRAGMA wal_checkpoint; PRAGMA user_version = 9");
    exchange(fixture, SCENE_WAL_PATH, 0, VAULT_SECTOR_BYTES, VAULT_SECTOR_BYTES);
    check_damage(&fixture->key, DAMAGE_WAL_HEADER, 0);
}

static void a_slot_is_no_marker(void **state) {
    const struct vault_fixture *fixture = *state;

    (void)make_stopped(fixture, 2, "PRAGMA wal_checkpoint; PRAGMA user_version = 9");
    const struct span wal = copy_of(fixture, SCENE_WAL_PATH);
    copy_bytes(fixture, SCENE_WAL_PATH, 2 * (size_t)VAULT_SECTOR_BYTES, 0, wal,
               VAULT_SECTOR_BYTES); /* both have place 0 */
    check_damage(&fixture->key, DAMAGE_WAL_MARKER, 0);
    copy_free(wal);
}

static void frames_without_any_header_are_refused(void **state) {
    const struct vault_fixture *fixture = *state;
    static const uint8_t zeros[VAULT_AREA_BYTES];

    (void)make_stopped(fixture, 2, "");
    copy_bytes(fixture, SCENE_WAL_PATH, 0, 0, span_of(zeros, sizeof zeros), sizeof zeros);
    check_damage(&fixture->key, DAMAGE_WAL_HEADER, 0);
    assert_true(disk_bytes(fixture->disk, SCENE_WAL_PATH).len > VAULT_AREA_BYTES);
}

/* A header under which nothing was ever committed, and another over the commits that followed; no
 * marker.  Without the second header the first must not make the WAL look empty. */
static void make_header_over_header(const struct vault_fixture *fixture, const char *commit) {
    struct scene scene;

    (void)make_stopped(fixture, 0,
                       "PRAGMA cache_size = 10; PRAGMA cache_spill = 1; BEGIN;"
                       "UPDATE cases SET note = 'tidak pernah ' || note");
    assert_true(disk_bytes(fixture->disk, SCENE_WAL_PATH).len > VAULT_AREA_BYTES);
    assert_int_equal(scene_open(&scene, SCENE_PATH, &fixture->key), SQLITE_OK);
    scene_do(&scene, commit);
    stop(fixture, &scene);
}

static void a_lost_header_does_not_hide_the_commits_under_it(void **state) {
    const struct vault_fixture *fixture = *state;

    make_header_over_header(fixture, "PRAGMA user_version = 9"); /* one frame */
    disk_flip(fixture->disk, SCENE_WAL_PATH, VAULT_SECTOR_BYTES, 1);
    check_damage(&fixture->key, DAMAGE_FRAME, 1);
    make_header_over_header(fixture, "UPDATE cases SET note = 'x'"); /* many */
    disk_flip(fixture->disk, SCENE_WAL_PATH, VAULT_SECTOR_BYTES, 1);
    disk_flip(fixture->disk, SCENE_WAL_PATH, VAULT_AREA_BYTES, 1);
    check_damage(&fixture->key, DAMAGE_FRAME, 1);
}

/* Both slots of an older state under the marker of a newer one. */
static void a_marker_newer_than_the_header_is_refused(void **state) {
    const struct vault_fixture *fixture = *state;

    (void)make_stopped(fixture, 2, "");
    const struct span old = copy_of(fixture, SCENE_WAL_PATH);
    (void)make_stopped(fixture, 2,
                       "PRAGMA wal_checkpoint; PRAGMA user_version = 9; PRAGMA wal_checkpoint");
    copy_bytes(fixture, SCENE_WAL_PATH, 0, 0, old, 2 * (size_t)VAULT_SECTOR_BYTES);
    uint64_t digest = 0;
    struct damage damage;
    assert_int_not_equal(read_all(&fixture->key, &digest, &damage), SQLITE_OK);
    assert_int_equal(damage.part, DAMAGE_WAL_HEADER);
    copy_free(old);
}

static void a_wal_that_lost_frames_of_a_checkpoint_is_refused(void **state) {
    const struct vault_fixture *fixture = *state;

    (void)make_stopped(fixture, 2, "PRAGMA wal_checkpoint");
    cut_file(fixture, SCENE_WAL_PATH, disk_bytes(fixture->disk, SCENE_WAL_PATH).len - 1);
    const size_t frames =
        (disk_bytes(fixture->disk, SCENE_WAL_PATH).len - VAULT_AREA_BYTES) / VAULT_FRAME_BYTES;
    check_damage(&fixture->key, DAMAGE_FRAME, frames + 1);
    cut_file(fixture, SCENE_WAL_PATH, VAULT_AREA_BYTES + VAULT_FRAME_BYTES);
    check_damage(&fixture->key, DAMAGE_FRAME, 2);
}

static void a_wal_cut_in_its_last_commit_rolls_back_to_the_one_before(void **state) {
    const struct vault_fixture *fixture = *state;
    const uint64_t before = make_stopped(fixture, 2, "");
    const uint64_t after = make_stopped(fixture, 3, "");

    assert_true(before != after);
    cut_file(fixture, SCENE_WAL_PATH, disk_bytes(fixture->disk, SCENE_WAL_PATH).len - 1);
    check_all_is_there(fixture, before);
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(damage_tells_part_and_place),
        TEST(the_first_damage_is_kept),
        TEST(pages_exchanged_in_place_are_refused),
        TEST(frames_exchanged_in_place_are_refused),
        TEST(a_frame_damaged_while_open_is_an_error),
        TEST(a_frame_of_an_older_generation_is_an_error_in_use),
        TEST(a_page_out_of_the_wal_is_no_page_of_the_database),
        TEST(a_database_cut_short_is_an_error_at_every_length),
        TEST(a_database_cut_short_under_a_wal_is_an_error_unless_the_wal_has_its_end),
        TEST(a_database_without_a_whole_page_is_damaged_and_keeps_its_wal),
        TEST(a_page_behind_the_end_that_is_not_whole_is_no_page),
        TEST(a_plain_database_is_named_as_such),
        TEST(both_slots_damaged_are_an_error_and_not_an_empty_wal),
        TEST(slots_exchanged_are_refused),
        TEST(a_slot_is_no_marker),
        TEST(frames_without_any_header_are_refused),
        TEST(a_lost_header_does_not_hide_the_commits_under_it),
        TEST(a_marker_newer_than_the_header_is_refused),
        TEST(a_wal_that_lost_frames_of_a_checkpoint_is_refused),
        TEST(a_wal_cut_in_its_last_commit_rolls_back_to_the_one_before),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
