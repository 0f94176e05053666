/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints the vectors of the key file and the vault: vault.json.  The vault has no function that
 * seals; so this program calls its VFS as SQLite would, with bytes that no version of SQLite
 * changes: a database of one page, two commits in the WAL, a checkpoint, and the header of the next
 * generation.  At the end SQLite itself reads it. */
#include "store/vault.h"
#include "tests/support/disk.h"
#include "tests/support/repeat.h"
#include "tests/vectors/json.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DB_PATH    "/vector/store.db"
#define WAL_PATH   DB_PATH "-wal"
#define PASSPHRASE "jalan pagi ke balai"

enum {
    PASSES = 1,
    PAGE = 4096,
    SECTORS = 3 * 512,
    AREA = 4096,
    FRAME = 4128,
    WAL_HEADER = 32,
    FRAME_HEADER = 24,
    VERSION_AT = 60, /* user_version, in the header of the database */
    COMMITS = 2
};

static struct {
    struct keyfile key;
    struct disk *disk;
    struct vault *vault;
    sqlite3_file *db, *wal;
    uint8_t page[PAGE]; /* as SQLite knows it */
    uint32_t sum[2];    /* of the WAL so far */
} world;

static void must(bool is_so) {
    if (!is_so) {
        abort();
    }
}

static void hex(const char *name, const void *bytes, size_t len) {
    json_hex(name, span_of(bytes, len));
}

/* ---- The key file ---- */

static void print_key_file(void) {
    uint8_t bytes[KEYFILE_BYTES + 1];
    char folder[] = "/tmp/rembuk-vector-XXXXXX", path[sizeof folder + 8];

    must(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof path, "%s/key", folder);
    must(keyfile_create(path, span_text(PASSPHRASE), PASSES, &world.key) == RB_OK);
    FILE *file = fopen(path, "rb");
    must(file != NULL && fread(bytes, 1, sizeof bytes, file) == KEYFILE_BYTES);
    (void)fclose(file);
    must(unlink(path) == 0 && rmdir(folder) == 0);

    json_open("key_file", '{');
    json_text("passphrase", span_text(PASSPHRASE));
    json_number("memory_kib", KEYFILE_MEMORY_KIB);
    json_number("passes", PASSES);
    hex("store_key", world.key.store_key, KEY_BYTES);
    hex("vault_id", world.key.vault_id, VAULT_ID_BYTES);
    hex("bytes", bytes, KEYFILE_BYTES);
    json_close('}');
}

/* ---- Calls that SQLite would make ---- */

static sqlite3_file *file_open(const char *path, int flags) {
    sqlite3_vfs *vfs = sqlite3_vfs_find(vault_vfs_name(world.vault));
    sqlite3_filename name = sqlite3_create_filename(path, "", "", 0, NULL);

    must(vfs != NULL && name != NULL);
    sqlite3_file *file = calloc(1, (size_t)vfs->szOsFile);
    must(file != NULL);
    must(vfs->xOpen(vfs, name, file, SQLITE_OPEN_READWRITE | flags, NULL) == SQLITE_OK);
    sqlite3_free_filename(name);
    return file;
}

static void file_close(sqlite3_file **file) {
    must((*file)->pMethods->xClose(*file) == SQLITE_OK);
    free(*file);
    *file = NULL;
}

static void file_write(sqlite3_file *file, const uint8_t *bytes, int len, int64_t offset) {
    must(file->pMethods->xWrite(file, bytes, len, offset) == SQLITE_OK);
}

static void file_sync(sqlite3_file *file) {
    must(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) == SQLITE_OK);
}

static void put_big_endian(uint8_t *out, uint32_t value) {
    for (int i = 0; i < 4; i++) {
        out[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

static uint32_t little_endian(const uint8_t *in) {
    return in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
}

static void sum_add(const uint8_t *bytes, size_t len) {
    for (size_t at = 0; at < len; at += 8) {
        world.sum[0] += little_endian(bytes + at) + world.sum[1];
        world.sum[1] += little_endian(bytes + at + 4) + world.sum[0];
    }
}

static void sum_put(uint8_t *out) {
    put_big_endian(out, world.sum[0]);
    put_big_endian(out + 4, world.sum[1]);
}

/* The two salts are four times SALT and four times SALT + 1. */
static void write_header(uint32_t checkpoints, uint8_t salt) {
    uint8_t header[WAL_HEADER];

    put_big_endian(header, 0x377f0682); /* checksums of little-endian words */
    put_big_endian(header + 4, 3007000);
    put_big_endian(header + 8, PAGE);
    put_big_endian(header + 12, checkpoints);
    memset(header + 16, salt, 4);
    memset(header + 20, salt + 1, 4);
    memset(world.sum, 0, sizeof world.sum);
    sum_add(header, 24);
    sum_put(header + 24);
    file_write(world.wal, header, WAL_HEADER, 0);
    file_sync(world.wal);
}

/* A commit of page 1 with another user_version. */
static void write_frame(uint32_t number, uint8_t salt, uint32_t version) {
    const int64_t at = WAL_HEADER + (int64_t)(number - 1) * (FRAME_HEADER + PAGE);
    uint8_t header[FRAME_HEADER];

    put_big_endian(world.page + VERSION_AT, version);
    put_big_endian(header, 1);     /* page */
    put_big_endian(header + 4, 1); /* pages of the database after this commit */
    memset(header + 8, salt, 4);
    memset(header + 12, salt + 1, 4);
    sum_add(header, 8);
    sum_add(world.page, PAGE);
    sum_put(header + 16);
    file_write(world.wal, header, FRAME_HEADER, at);
    file_write(world.wal, world.page, PAGE, at + FRAME_HEADER);
    file_sync(world.wal);
}

/* ---- The files ---- */

static void print_file(const char *name, const char *path, size_t from, size_t len) {
    const struct span bytes = disk_bytes(world.disk, path);

    must(from + len <= bytes.len);
    hex(name, bytes.data + from, len);
}

static void print_template(void) {
    must(vault_create(world.vault, DB_PATH) == RB_OK);
    must(disk_bytes(world.disk, DB_PATH).len == PAGE);
    print_file("new_database", DB_PATH, 0, PAGE);
    world.db = file_open(DB_PATH, SQLITE_OPEN_MAIN_DB);
    must(world.db->pMethods->xRead(world.db, world.page, PAGE, 0) == SQLITE_OK);
}

static void print_frames(void) {
    enum { SALT = 0x21, CHECKPOINTS = 0 };

    world.wal = file_open(WAL_PATH, SQLITE_OPEN_WAL | SQLITE_OPEN_CREATE);
    write_header(CHECKPOINTS, SALT);
    json_open("frames", '[');
    for (uint32_t number = 1; number <= COMMITS; number++) {
        write_frame(number, SALT, 6 + number);
        json_open(NULL, '{');
        json_number("user_version", 6 + number);
        print_file("sealed", WAL_PATH, AREA + (number - 1) * (size_t)FRAME, FRAME);
        json_close('}');
    }
    json_close(']');
}

/* What follows the three sectors is zero. */
static void print_area(void) {
    enum { SALT = 0x41, CHECKPOINTS = 1 };
    static const uint8_t zeros[AREA - SECTORS];

    write_header(CHECKPOINTS, SALT);
    json_number("checkpoints", CHECKPOINTS);
    print_file("sectors", WAL_PATH, 0, SECTORS);
    const struct span wal = disk_bytes(world.disk, WAL_PATH);
    must(memcmp(wal.data + SECTORS, zeros, sizeof zeros) == 0);
    json_number("wal_bytes", wal.len);
}

static void print_checkpoint(void) {
    file_write(world.db, world.page, PAGE, 0);
    file_sync(world.db);
    print_file("database", DB_PATH, 0, PAGE);
}

static void read_with_sqlite(void) {
    sqlite3 *sqlite = NULL;
    sqlite3_stmt *stmt = NULL;

    must(sqlite3_open_v2(DB_PATH, &sqlite, SQLITE_OPEN_READWRITE, vault_vfs_name(world.vault)) ==
         SQLITE_OK);
    must(sqlite3_exec(sqlite, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL) == SQLITE_OK);
    must(sqlite3_prepare_v2(sqlite, "PRAGMA user_version", -1, &stmt, NULL) == SQLITE_OK);
    must(sqlite3_step(stmt) == SQLITE_ROW && sqlite3_column_int(stmt, 0) == 6 + COMMITS);
    must(sqlite3_finalize(stmt) == SQLITE_OK);
    must(sqlite3_close(sqlite) == SQLITE_OK);
    must(vault_damage(world.vault).part == DAMAGE_NONE);
}

int main(void) {
    repeat_start(4);
    world.disk = disk_new(4);
    json_open(NULL, '{');
    print_key_file();
    world.vault = vault_new(&world.key);
    json_open("vault", '{');
    print_template();
    print_frames();
    print_checkpoint();
    print_area();
    json_close('}');
    json_close('}');
    file_close(&world.wal);
    file_close(&world.db);
    read_with_sqlite();
    vault_destroy(&world.vault);
    disk_destroy(&world.disk);
    return 0;
}
