/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/vault_internal.h"

#include <string.h>

static const char sqlite_magic[] = "SQLite format 3"; /* with its NUL 16 bytes */

enum { FILE_HEADER_BYTES = 100 }; /* SQLite's, at the start of page 1 */

/* The database file format of SQLite, sections 1.3 and 1.6. */
void page_template(uint8_t out[static PAGE_BYTES]) {
    enum { LEAF_OF_TABLE = 13, WAL_FORMAT = 2 };
    uint8_t *header = out, *tree = out + FILE_HEADER_BYTES;

    memset(out, 0, PAGE_BYTES);
    memcpy(header, sqlite_magic, sizeof sqlite_magic);
    header[16] = PAGE_BYTES >> 8; /* page size, big-endian as all that follows */
    header[18] = WAL_FORMAT;      /* to be written in, and to be read in */
    header[19] = WAL_FORMAT;
    header[20] = PAGE_FREE_BYTES;
    header[21] = 64; /* three fractions that never change */
    header[22] = 32;
    header[23] = 32;
    header[31] = 1; /* pages in the file */
    tree[0] = LEAF_OF_TABLE;
    tree[5] = PAGE_CONTENT_BYTES >> 8; /* where the cells begin: there are none */
    tree[6] = PAGE_CONTENT_BYTES & 0xFF;
}

/* ---- Reading ---- */

/* Page `number` into `page`.  SQLite knows from the WAL how many there are, and reads no others. */
static int page_load(struct db_file *file, uint64_t number, uint8_t page[static PAGE_BYTES]) {
    int got = 0;
    const int result =
        below_read(&file->base, file->sealed, PAGE_BYTES, (int64_t)(number - 1) * PAGE_BYTES, &got);
    if (result != SQLITE_OK) {
        return result;
    }
    memset(page + PAGE_CONTENT_BYTES, 0, PAGE_FREE_BYTES);
    if (got < PAGE_BYTES ||
        !unit_open(file->base.vault, UNIT_PAGE, number, file->sealed, PAGE_CONTENT_BYTES, page)) {
        return vault_damaged(file->base.vault, DAMAGE_PAGE, number);
    }
    return SQLITE_OK;
}

/* SQLite looks at the file's header before it looks into the WAL.  After a checkpoint that was cut
 * off page 1 may be torn, and an error here would make the WAL unreachable for ever; so this look
 * is answered with what never changes.  Page 1 itself is read later, as a page. */
static bool is_look_at_header(int len, int64_t offset) {
    return offset == 0 && len == FILE_HEADER_BYTES;
}

/* Less than a page: a few bytes of page 1, to see whether it has changed. */
static int part_read(struct db_file *file, uint8_t *out, int len, int64_t offset) {
    const int64_t at = offset % PAGE_BYTES;

    if (at + len > PAGE_BYTES) {
        return SQLITE_IOERR_READ;
    }
    const int result = page_load(file, (uint64_t)(offset / PAGE_BYTES) + 1, file->page);
    if (result == SQLITE_OK) {
        memcpy(out, file->page + at, (size_t)len);
    }
    return result;
}

static int db_read(sqlite3_file *sqlite_file, void *out, int len, sqlite3_int64 offset) {
    struct db_file *file = (struct db_file *)sqlite_file;

    if (is_look_at_header(len, offset)) {
        page_template(file->page);
        memcpy(out, file->page, FILE_HEADER_BYTES);
        return SQLITE_OK;
    }
    return len == PAGE_BYTES && offset % PAGE_BYTES == 0
               ? page_load(file, (uint64_t)(offset / PAGE_BYTES) + 1, out)
               : part_read(file, out, len, offset);
}

/* ---- Writing: checkpoints only ---- */

static int db_write(sqlite3_file *sqlite_file, const void *bytes, int len, sqlite3_int64 offset) {
    struct db_file *file = (struct db_file *)sqlite_file;
    struct wal_file *wal = file->base.vault->wal;

    /* The last bytes of a page are where the seal stands. */
    if (wal == NULL || len != PAGE_BYTES || offset % PAGE_BYTES != 0 ||
        !bytes_are_zero((const uint8_t *)bytes + PAGE_CONTENT_BYTES, PAGE_FREE_BYTES)) {
        return SQLITE_IOERR_WRITE;
    }
    const int result = wal_mark_checkpoint(wal);
    if (result != SQLITE_OK) {
        return result;
    }
    unit_seal(file->base.vault, UNIT_PAGE, (uint64_t)(offset / PAGE_BYTES) + 1, bytes,
              PAGE_CONTENT_BYTES, file->sealed);
    return below_write(&file->base, file->sealed, PAGE_BYTES, offset);
}

static int db_truncate(sqlite3_file *sqlite_file, sqlite3_int64 bytes) {
    sqlite3_file *below = ((struct db_file *)sqlite_file)->base.below;

    return bytes % PAGE_BYTES == 0 ? below->pMethods->xTruncate(below, bytes)
                                   : SQLITE_IOERR_TRUNCATE;
}

static int db_sync(sqlite3_file *sqlite_file, int flags) {
    sqlite3_file *below = ((struct db_file *)sqlite_file)->base.below;

    return below->pMethods->xSync(below, flags);
}

static int db_size(sqlite3_file *sqlite_file, sqlite3_int64 *bytes) {
    sqlite3_file *below = ((struct db_file *)sqlite_file)->base.below;

    return below->pMethods->xFileSize(below, bytes);
}

static int db_close(sqlite3_file *sqlite_file) {
    struct db_file *file = (struct db_file *)sqlite_file;

    crypt_wipe(file->page, sizeof file->page);
    file->base.vault->db_is_open = false;
    return file->base.below->pMethods->xClose(file->base.below);
}

/* ---- Opening ---- */

static const sqlite3_io_methods db_methods = {
    .iVersion = 1, /* without shared memory SQLite demands the exclusive mode */
    .xClose = db_close,
    .xRead = db_read,
    .xWrite = db_write,
    .xTruncate = db_truncate,
    .xSync = db_sync,
    .xFileSize = db_size,
    .xLock = vault_file_lock,
    .xUnlock = vault_file_unlock,
    .xCheckReservedLock = vault_file_check_lock,
    .xFileControl = vault_file_control,
    .xSectorSize = vault_file_sector_size,
    .xDeviceCharacteristics = vault_file_characteristics,
};

/* A file without a single page was never finished or was cut off: SQLite would take it for empty
 * and delete its WAL. */
int db_file_start(struct db_file *file) {
    struct vault *vault = file->base.vault;
    int64_t size = 0;
    int got = 0;
    int result = below_size(&file->base, &size);

    if (result == SQLITE_OK && size < PAGE_BYTES) {
        return vault_damaged(vault, DAMAGE_SIZE, (uint64_t)size);
    }
    if (result == SQLITE_OK) {
        result = below_read(&file->base, file->sealed, sizeof sqlite_magic, 0, &got);
    }
    if (result != SQLITE_OK) {
        return result;
    }
    if (memcmp(file->sealed, sqlite_magic, sizeof sqlite_magic) == 0) {
        return vault_damaged(vault, DAMAGE_PLAIN, 0);
    }
    file->base.file.pMethods = &db_methods;
    vault->db_is_open = true;
    return SQLITE_OK;
}
