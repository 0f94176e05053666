/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The disk that other tests stand on does what they think it does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/disk.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { SECTOR = 512, SECTORS = 8, BYTES = SECTOR * SECTORS, SEEDS = 200 };
enum {
    DB = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB,
    WAL = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_WAL
};

/* ---- Calls as SQLite makes them ---- */

static sqlite3_file *open_file(const char *name, int flags) {
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    sqlite3_file *file = rb_alloc(1, (size_t)vfs->szOsFile);

    assert_int_equal(vfs->xOpen(vfs, name, file, flags, NULL), SQLITE_OK);
    return file;
}

static void close_file(sqlite3_file *file) {
    assert_int_equal(file->pMethods->xClose(file), SQLITE_OK);
    free(file);
}

static int put(sqlite3_file *file, uint8_t byte, size_t at, size_t len) {
    uint8_t bytes[2 * BYTES];

    memset(bytes, byte, len);
    return file->pMethods->xWrite(file, bytes, (int)len, (sqlite3_int64)at);
}

static int sync_file(sqlite3_file *file) {
    return file->pMethods->xSync(file, SQLITE_SYNC_FULL);
}

static int delete_file(const char *name, bool sync_folder) {
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    return vfs->xDelete(vfs, name, sync_folder ? 1 : 0);
}

static int last_errno(sqlite3_file *file) {
    int error = 0;
    assert_int_equal(file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error),
                     SQLITE_OK);
    return error;
}

/* A file of ones, durable with its name. */
static sqlite3_file *durable_file(struct disk *disk, const char *name) {
    sqlite3_file *file = open_file(name, DB);

    assert_int_equal(put(file, 1, 0, BYTES), SQLITE_OK);
    assert_int_equal(sync_file(file), SQLITE_OK);
    disk_sync_folder(disk);
    return file;
}

/* How many sectors of `name` are full of `byte`; all others have to be full of `other`. */
static size_t sectors_of(const struct disk *disk, const char *name, uint8_t byte, uint8_t other) {
    const struct span bytes = disk_bytes(disk, name);
    uint8_t wanted[SECTOR];
    size_t count = 0;

    for (size_t at = 0; at + SECTOR <= bytes.len; at += SECTOR) {
        const bool is_byte = bytes.data[at] == byte;
        memset(wanted, is_byte ? byte : other, sizeof wanted);
        assert_memory_equal(bytes.data + at, wanted, sizeof wanted);
        count += is_byte ? 1 : 0;
    }
    return count;
}

/* ---- Power ---- */

static void what_was_synchronised_survives_every_cut(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct disk *disk = disk_new(seed);
        sqlite3_file *file = durable_file(disk, "x");

        disk_power_up(disk);
        assert_int_equal(disk_bytes(disk, "x").len, BYTES);
        assert_int_equal(sectors_of(disk, "x", 1, 1), SECTORS);
        close_file(file);
        disk_destroy(&disk);
    }
}

static void what_was_not_synchronised_stays_by_whole_sectors_as_chance_wants(void **state) {
    size_t nothing = 0, all = 0, torn = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct disk *disk = disk_new(seed);
        sqlite3_file *file = durable_file(disk, "x");
        assert_int_equal(put(file, 2, 0, BYTES), SQLITE_OK);

        disk_power_up(disk);
        const size_t kept = sectors_of(disk, "x", 2, 1);
        nothing += kept == 0 ? 1 : 0;
        all += kept == SECTORS ? 1 : 0;
        torn += kept > 0 && kept < SECTORS ? 1 : 0;
        close_file(file);
        disk_destroy(&disk);
    }
    assert_true(nothing >= SEEDS / 20);
    assert_true(all >= SEEDS / 20);
    assert_true(torn >= SEEDS / 5);
}

/* Bytes of two writes to one sector: the later one never without the earlier one. */
static void a_sector_is_one_of_its_versions(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct disk *disk = disk_new(seed);
        sqlite3_file *file = durable_file(disk, "x");
        assert_int_equal(put(file, 2, 10, 10), SQLITE_OK);
        assert_int_equal(put(file, 3, 30, 10), SQLITE_OK);

        disk_power_up(disk);
        const uint8_t *bytes = disk_bytes(disk, "x").data;
        assert_true(bytes[30] == 1 || bytes[10] == 2);
        close_file(file);
        disk_destroy(&disk);
    }
}

static void a_file_that_grew_ends_between_the_old_length_and_the_new_one(void **state) {
    size_t between = 0, full = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct disk *disk = disk_new(seed);
        sqlite3_file *file = durable_file(disk, "x");
        assert_int_equal(put(file, 2, BYTES, BYTES), SQLITE_OK);

        disk_power_up(disk);
        const size_t len = disk_bytes(disk, "x").len;
        assert_in_range(len, BYTES, 2 * BYTES);
        between += len > BYTES && len < 2 * BYTES ? 1 : 0;
        full += len == 2 * BYTES ? 1 : 0;
        close_file(file);
        disk_destroy(&disk);
    }
    assert_true(between > SEEDS / 20 && full > SEEDS / 10);
}

/* Cut to one sector, then written at the end of it. */
static void a_truncation_happens_wholly_or_not_at_all(void **state) {
    size_t happened = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct disk *disk = disk_new(seed);
        sqlite3_file *file = durable_file(disk, "x");
        assert_int_equal(file->pMethods->xTruncate(file, SECTOR), SQLITE_OK);
        assert_int_equal(put(file, 2, SECTOR, SECTOR), SQLITE_OK);

        disk_power_up(disk);
        const size_t len = disk_bytes(disk, "x").len;
        if (len == BYTES) {
            (void)sectors_of(disk, "x", 2, 1); /* Nothing is zero. */
        } else {
            assert_in_range(len, SECTOR, 2 * SECTOR);
            happened++;
        }
        close_file(file);
        disk_destroy(&disk);
    }
    assert_in_range(happened, SEEDS / 10, SEEDS * 9 / 10);
}

/* How often of SEEDS a new file is there after a cut; its bytes are synchronised. */
static size_t times_there(int flags, bool sync_folder) {
    size_t there = 0;

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct disk *disk = disk_new(seed);
        sqlite3_file *file = open_file("new", flags);
        assert_int_equal(put(file, 1, 0, BYTES), SQLITE_OK);
        assert_int_equal(sync_file(file), SQLITE_OK);
        if (sync_folder) {
            disk_sync_folder(disk);
        }
        disk_power_up(disk);
        there += disk_has(disk, "new") ? 1 : 0;
        close_file(file);
        disk_destroy(&disk);
    }
    return there;
}

static void the_name_of_a_database_is_durable_with_its_folder_that_of_a_wal_at_once(void **state) {
    (void)state;
    assert_int_equal(times_there(WAL, false), SEEDS);
    assert_int_equal(times_there(DB, true), SEEDS);
    assert_in_range(times_there(DB, false), SEEDS / 5, SEEDS * 4 / 5);
}

/* How often of SEEDS a WAL is there after a cut that was made and written, but first synchronised
 * when it was opened again, with these flags. */
static size_t times_there_found(int flags) {
    size_t there = 0;

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct disk *disk = disk_new(seed);
        sqlite3_file *file = open_file("found", WAL);
        assert_int_equal(put(file, 1, 0, BYTES), SQLITE_OK);
        close_file(file);
        file = open_file("found", flags);
        assert_int_equal(sync_file(file), SQLITE_OK);
        disk_power_up(disk);
        there += disk_has(disk, "found") ? 1 : 0;
        close_file(file);
        disk_destroy(&disk);
    }
    return there;
}

static void a_wal_that_is_found_gets_a_durable_name_too(void **state) {
    (void)state;
    assert_int_equal(times_there_found(WAL), SEEDS);
    assert_in_range(times_there_found(WAL & ~SQLITE_OPEN_CREATE), SEEDS / 5, SEEDS * 4 / 5);
    assert_in_range(times_there_found(DB), SEEDS / 5, SEEDS * 4 / 5);
}

static void a_deleted_file_may_come_back_until_the_folder_is_synchronised(void **state) {
    size_t back = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct disk *disk = disk_new(seed);
        close_file(durable_file(disk, "lazy"));
        close_file(durable_file(disk, "eager"));
        assert_int_equal(delete_file("eager", true), SQLITE_OK);
        assert_int_equal(delete_file("lazy", false), SQLITE_OK);
        assert_int_equal(delete_file("lazy", false), SQLITE_IOERR_DELETE_NOENT);

        disk_power_up(disk);
        assert_false(disk_has(disk, "eager"));
        if (disk_has(disk, "lazy")) {
            assert_int_equal(sectors_of(disk, "lazy", 1, 1), SECTORS);
            back++;
        }
        disk_destroy(&disk);
    }
    assert_in_range(back, SEEDS / 5, SEEDS * 4 / 5);
}

static void from_the_cut_on_every_call_fails_until_power_is_back(void **state) {
    struct disk *disk = disk_new(1);
    sqlite3_file *file = durable_file(disk, "x");
    uint8_t byte = 0;

    (void)state;
    disk_cut_after(disk, DISK_CHANGES, 1);
    assert_int_equal(put(file, 2, 0, SECTOR), SQLITE_OK);
    assert_int_equal(file->pMethods->xRead(file, &byte, 1, 0), SQLITE_OK);
    assert_int_equal(put(file, 3, 2 * SECTOR, SECTOR), SQLITE_IOERR_WRITE);
    assert_true(disk_is_off(disk));
    assert_int_equal(disk_last_cut(disk).call, DISK_WRITE);
    assert_int_equal(disk_last_cut(disk).at, 2 * SECTOR);
    assert_string_equal(disk_last_cut(disk).file, "x");
    assert_int_equal(file->pMethods->xRead(file, &byte, 1, 0), SQLITE_IOERR_READ);
    assert_int_equal(sync_file(file), SQLITE_IOERR_FSYNC);
    assert_int_equal(delete_file("x", false), SQLITE_IOERR_DELETE);

    disk_power_up(disk);
    assert_int_equal(file->pMethods->xRead(file, &byte, 1, 0), SQLITE_IOERR_READ);
    sqlite3_file *again = open_file("x", DB);
    assert_int_equal(again->pMethods->xRead(again, &byte, 1, SECTOR), SQLITE_OK);
    assert_int_equal(byte, 1);
    close_file(again);
    close_file(file);
    disk_destroy(&disk);
}

static void a_lock_keeps_others_out_until_power_is_cut(void **state) {
    struct disk *disk = disk_new(1);
    sqlite3_file *one = durable_file(disk, "x");
    sqlite3_file *two = open_file("x", DB);

    (void)state;
    assert_int_equal(one->pMethods->xLock(one, SQLITE_LOCK_SHARED), SQLITE_OK);
    assert_int_equal(two->pMethods->xLock(two, SQLITE_LOCK_SHARED), SQLITE_OK);
    assert_int_equal(one->pMethods->xLock(one, SQLITE_LOCK_EXCLUSIVE), SQLITE_BUSY);
    assert_int_equal(two->pMethods->xUnlock(two, SQLITE_LOCK_NONE), SQLITE_OK);
    assert_int_equal(one->pMethods->xLock(one, SQLITE_LOCK_EXCLUSIVE), SQLITE_OK);
    assert_int_equal(two->pMethods->xLock(two, SQLITE_LOCK_SHARED), SQLITE_BUSY);

    disk_power_up(disk);
    sqlite3_file *three = open_file("x", DB);
    assert_int_equal(three->pMethods->xLock(three, SQLITE_LOCK_EXCLUSIVE), SQLITE_OK);
    close_file(three);
    close_file(two);
    close_file(one);
    disk_destroy(&disk);
}

/* ---- Failures ---- */

static void one_call_fails_or_all_from_there_on(void **state) {
    struct disk *disk = disk_new(1);
    sqlite3_file *file = durable_file(disk, "x");

    (void)state;
    disk_fail(disk, (struct disk_failure) { .calls = DISK_SYNC, .after = 1, .error = EIO });
    assert_int_equal(sync_file(file), SQLITE_OK);
    assert_int_equal(sync_file(file), SQLITE_IOERR_FSYNC);
    assert_int_equal(last_errno(file), EIO);
    assert_int_equal(sync_file(file), SQLITE_OK);
    disk_fail(disk, (struct disk_failure) { .calls = DISK_ANY, .error = EIO, .lasts = true });
    assert_int_equal(sync_file(file), SQLITE_IOERR_FSYNC);
    assert_int_equal(put(file, 1, 0, 1), SQLITE_IOERR_WRITE);
    assert_int_equal(delete_file("x", true), SQLITE_IOERR_DELETE);
    assert_int_equal(disk_failures(disk), 4);
    disk_mend(disk);
    assert_int_equal(put(file, 1, 0, 1), SQLITE_OK);
    disk_fail(disk, (struct disk_failure) { .calls = DISK_ANY, .file = "y", .error = EIO });
    assert_int_equal(put(file, 1, 0, 1), SQLITE_OK);
    close_file(file);
    disk_destroy(&disk);
}

static void a_full_disk_says_so_and_a_quota_only_by_errno(void **state) {
    struct disk *disk = disk_new(1);
    sqlite3_file *file = durable_file(disk, "x");

    (void)state;
    disk_fail(disk, (struct disk_failure) { .calls = DISK_WRITE, .error = ENOSPC });
    assert_int_equal(put(file, 2, 0, SECTOR), SQLITE_FULL);
    assert_int_equal(last_errno(file), ENOSPC);
    disk_fail(disk, (struct disk_failure) { .calls = DISK_WRITE, .error = EDQUOT });
    assert_int_equal(put(file, 2, 0, SECTOR), SQLITE_IOERR_WRITE);
    assert_int_equal(last_errno(file), EDQUOT);
    assert_int_equal(sectors_of(disk, "x", 1, 1), SECTORS);
    close_file(file);
    disk_destroy(&disk);
}

static void what_fits_into_the_room_is_written(void **state) {
    struct disk *disk = disk_new(1);
    sqlite3_file *file = durable_file(disk, "x");

    (void)state;
    disk_set_room(disk, BYTES + SECTOR);
    assert_int_equal(put(file, 2, 0, BYTES), SQLITE_OK);
    assert_int_equal(put(file, 2, BYTES, 2 * SECTOR), SQLITE_FULL);
    assert_int_equal(last_errno(file), ENOSPC);
    assert_int_equal(disk_used(disk), BYTES + SECTOR);
    disk_mend(disk);
    assert_int_equal(put(file, 2, BYTES, 2 * SECTOR), SQLITE_OK);
    assert_int_equal(disk_used(disk), BYTES + 2 * SECTOR);
    close_file(file);
    disk_destroy(&disk);
}

static void a_write_that_fails_partly_leaves_its_beginning(void **state) {
    size_t torn = 0;

    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct disk *disk = disk_new(seed);
        sqlite3_file *file = durable_file(disk, "x");
        disk_fail(disk,
                  (struct disk_failure) { .calls = DISK_WRITE, .error = EIO, .partly = true });
        assert_int_equal(put(file, 2, 0, BYTES), SQLITE_IOERR_WRITE);

        const uint8_t *bytes = disk_bytes(disk, "x").data;
        assert_int_equal(bytes[BYTES - 1], 1);
        torn += bytes[0] == 2 ? 1 : 0;
        close_file(file);
        disk_destroy(&disk);
    }
    assert_true(torn > SEEDS / 2);
}

/* ---- The state as a whole ---- */

static void a_saved_state_comes_back_with_what_was_not_synchronised(void **state) {
    struct disk *disk = disk_new(1);
    sqlite3_file *file = durable_file(disk, "x");
    uint8_t byte = 0;

    (void)state;
    assert_int_equal(put(file, 2, 0, BYTES), SQLITE_OK);
    struct disk_image *image = disk_save(disk);
    assert_int_equal(put(file, 3, 0, BYTES), SQLITE_OK);
    assert_int_equal(delete_file("x", true), SQLITE_OK);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        disk_restore(disk, image);
        assert_int_equal(sectors_of(disk, "x", 2, 2), SECTORS);
        assert_int_equal(file->pMethods->xRead(file, &byte, 1, 0), SQLITE_IOERR_READ);
        disk_reseed(disk, seed);
        disk_power_up(disk);
        (void)sectors_of(disk, "x", 2, 1); /* No third thing stands there. */
    }
    disk_image_destroy(&image);
    close_file(file);
    disk_destroy(&disk);
}

static void bytes_can_be_put_flipped_and_removed_durably(void **state) {
    struct disk *disk = disk_new(1);

    (void)state;
    disk_put(disk, "x", span_text("satu"));
    disk_flip(disk, "x", 1, 0x02);
    disk_put(disk, "y", span_text("dua"));
    disk_remove(disk, "y");
    disk_power_up(disk);
    assert_true(span_equal(disk_bytes(disk, "x"), span_text("sctu")));
    assert_false(disk_has(disk, "y"));
    disk_destroy(&disk);
}

/* A commit, a cut in a later one, what is there then. */
static int64_t rows_after_a_cut(uint64_t seed, uint64_t after) {
    struct disk *disk = disk_new(seed);
    sqlite3 *sqlite = NULL;
    sqlite3_stmt *stmt = NULL;
    int64_t rows = 0;
    static const char settings[] =
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL";

    assert_int_equal(sqlite3_open("x", &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sqlite, settings, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sqlite, "CREATE TABLE t (a)", NULL, NULL, NULL), SQLITE_OK);
    disk_cut_after(disk, DISK_CHANGES, after);
    while (sqlite3_exec(sqlite, "INSERT INTO t VALUES (randomblob(1000))", NULL, NULL, NULL) ==
           SQLITE_OK) {
        rows++;
    }
    (void)sqlite3_close(sqlite);
    disk_power_up(disk);
    assert_int_equal(sqlite3_open("x", &sqlite), SQLITE_OK);
    assert_int_equal(sqlite3_exec(sqlite, settings, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(sqlite, "SELECT count(*) FROM t", -1, &stmt, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    const int64_t found = sqlite3_column_int64(stmt, 0);
    assert_in_range(found, rows, rows + 1);
    (void)sqlite3_finalize(stmt);
    (void)sqlite3_close(sqlite);
    disk_destroy(&disk);
    return found;
}

static void the_same_seed_gives_the_same_and_sqlite_lives_on_it(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS / 4; seed++) {
        assert_int_equal(rows_after_a_cut(seed, 10 + seed), rows_after_a_cut(seed, 10 + seed));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_synchronised_survives_every_cut),
        cmocka_unit_test(what_was_not_synchronised_stays_by_whole_sectors_as_chance_wants),
        cmocka_unit_test(a_sector_is_one_of_its_versions),
        cmocka_unit_test(a_file_that_grew_ends_between_the_old_length_and_the_new_one),
        cmocka_unit_test(a_truncation_happens_wholly_or_not_at_all),
        cmocka_unit_test(the_name_of_a_database_is_durable_with_its_folder_that_of_a_wal_at_once),
        cmocka_unit_test(a_wal_that_is_found_gets_a_durable_name_too),
        cmocka_unit_test(a_deleted_file_may_come_back_until_the_folder_is_synchronised),
        cmocka_unit_test(from_the_cut_on_every_call_fails_until_power_is_back),
        cmocka_unit_test(a_lock_keeps_others_out_until_power_is_cut),
        cmocka_unit_test(one_call_fails_or_all_from_there_on),
        cmocka_unit_test(a_full_disk_says_so_and_a_quota_only_by_errno),
        cmocka_unit_test(what_fits_into_the_room_is_written),
        cmocka_unit_test(a_write_that_fails_partly_leaves_its_beginning),
        cmocka_unit_test(a_saved_state_comes_back_with_what_was_not_synchronised),
        cmocka_unit_test(bytes_can_be_put_flipped_and_removed_durably),
        cmocka_unit_test(the_same_seed_gives_the_same_and_sqlite_lives_on_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
