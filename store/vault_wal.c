/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The WAL as SQLite sees it: 32 bytes of header, then frames of 24 + 4096 bytes, numbered from 1.
 * As it is on the disk: the area (vault_header.c), then for each frame one sealed unit of
 *
 *   off   sz
 *     0    4  generation of the header under which it was written
 *     4    4  synced: up to this frame all had been synchronised by then
 *     8   24  SQLite's frame header
 *    32 4056  the page without its free bytes
 *  4088   40  tag, nonce                                          4128 bytes in all
 *
 * The stamps are what tells a frame that may be missing after a power cut from one that may not
 * (vault_recovery.c). */
#include "protocol/limits.h"
#include "store/vault_internal.h"

#include <string.h>

enum { STAMP_SYNCED_AT = 4 };

static int64_t frame_offset(uint32_t number) {
    return WAL_AREA_BYTES + (int64_t)(number - 1) * FRAME_SEALED_BYTES;
}

static uint8_t *frame_header(struct wal_file *wal) {
    return wal->plain + STAMP_BYTES;
}

static uint8_t *frame_page(struct wal_file *wal) {
    return wal->plain + STAMP_BYTES + FRAME_HEADER_BYTES;
}

uint32_t wal_frame_generation(const struct wal_file *wal) {
    return (uint32_t)number_get(wal->plain, sizeof(uint32_t));
}

uint32_t wal_frame_synced(const struct wal_file *wal) {
    return (uint32_t)number_get(wal->plain + STAMP_SYNCED_AT, sizeof(uint32_t));
}

int wal_frames(struct wal_file *wal, uint32_t *count) {
    int64_t size = 0;
    const int result = below_size(&wal->base, &size);

    const int64_t frames =
        size <= WAL_AREA_BYTES ? 0 : (size - WAL_AREA_BYTES) / FRAME_SEALED_BYTES;
    *count = frames <= WAL_FRAMES_MAX ? (uint32_t)frames : WAL_FRAMES_MAX + 1;
    return result;
}

/* ---- One frame ---- */

int wal_frame_load(struct wal_file *wal, uint32_t number, bool *opens) {
    int got = 0;
    const int result =
        below_read(&wal->base, wal->sealed, FRAME_SEALED_BYTES, frame_offset(number), &got);

    memset(wal->plain, 0, sizeof wal->plain);
    *opens =
        result == SQLITE_OK && got == FRAME_SEALED_BYTES &&
        unit_open(wal->base.vault, UNIT_FRAME, number, wal->sealed, FRAME_PLAIN_BYTES, wal->plain);
    return result;
}

/* A frame that has to be there. */
static int frame_need(struct wal_file *wal, uint32_t number) {
    bool opens = false;
    const int result = wal_frame_load(wal, number, &opens);

    if (result == SQLITE_OK && (!opens || wal_frame_generation(wal) != wal->generation)) {
        return vault_damaged(wal->base.vault, DAMAGE_FRAME, number);
    }
    return result;
}

/* What a call comes to: after a failure SQLite takes the transaction back, and what it has written
 * of it counts for nothing. */
static int attempt(struct wal_file *wal, int result) {
    if (result != SQLITE_OK) {
        wal->candidate = wal->commit;
    }
    return result;
}

/* For want of memory SQLite may take back even a commit that has been synchronised, and writes over
 * its frames: nothing may claim any longer that they are safe. */
static int commit_take_back(struct wal_file *wal, uint32_t number) {
    const bool is_marked =
        wal->marker_generation == wal->generation && wal->marker_commit >= number;

    wal->commit = wal->synced = wal->candidate = number - 1;
    return is_marked ? wal_marker_write(wal) : SQLITE_OK;
}

/* Seals and writes what stands in wal->plain. */
static int frame_store(struct wal_file *wal, uint32_t number) {
    int result = number <= wal->commit ? commit_take_back(wal, number) : SQLITE_OK;

    if (result != SQLITE_OK) {
        return result;
    }
    number_put(wal->plain, sizeof wal->generation, wal->generation);
    number_put(wal->plain + STAMP_SYNCED_AT, sizeof wal->synced, wal->synced);
    unit_seal(wal->base.vault, UNIT_FRAME, number, wal->plain, FRAME_PLAIN_BYTES, wal->sealed);
    result = below_write(&wal->base, wal->sealed, FRAME_SEALED_BYTES, frame_offset(number));
    if (result != SQLITE_OK) {
        return result;
    }
    if (number > wal->written) {
        wal->written = number;
    }
    if (!bytes_are_zero(frame_header(wal) + FRAME_COMMIT_AT, 4)) {
        wal->candidate = number;
    }
    return SQLITE_OK;
}

/* A header without a page: SQLite has changed its mind about a frame that stands already. */
static int pending_flush(struct wal_file *wal) {
    const uint32_t number = wal->pending;

    if (number == 0) {
        return SQLITE_OK;
    }
    wal->pending = 0;
    const int result = frame_need(wal, number);
    if (result != SQLITE_OK) {
        return result;
    }
    wal->is_rewritten = true;
    memcpy(frame_header(wal), wal->pending_header, FRAME_HEADER_BYTES);
    return frame_store(wal, number);
}

/* ---- Reading ---- */

static int header_read(struct wal_file *wal, uint8_t *out, int len, int64_t offset) {
    memset(out, 0, (size_t)len);
    if (offset + len > WAL_HEADER_BYTES) {
        return SQLITE_IOERR_READ;
    }
    if (wal->generation == 0) {
        return SQLITE_IOERR_SHORT_READ;
    }
    memcpy(out, wal->header + offset, (size_t)len);
    return SQLITE_OK;
}

/* SQLite renews the checksums of frames that it has written twice, and begins with that of the
 * frame before.  It may mean one that is no more: see recovery_foresee. */
static int checksum_load(struct wal_file *wal, uint32_t number) {
    bool opens = false;
    const int result = wal_frame_load(wal, number, &opens);

    return result == SQLITE_OK && (!opens || wal_frame_generation(wal) != wal->generation)
               ? SQLITE_IOERR_READ
               : result;
}

/* SQLite reads whole frames in two cases: those that it finds after a stop, and those of its own
 * transaction, to renew their checksums. */
static int frame_load(struct wal_file *wal, uint32_t number, int len) {
    if (len == FRAME_BYTES && number > wal->written) {
        return recovery_read(wal, number);
    }
    return len < FRAME_HEADER_BYTES ? checksum_load(wal, number) : frame_need(wal, number);
}

static int frame_read(struct wal_file *wal, uint8_t *out, int len, int64_t offset) {
    const int64_t from = offset - WAL_HEADER_BYTES;
    const uint32_t number = (uint32_t)(from / FRAME_BYTES) + 1;
    const int at = (int)(from % FRAME_BYTES);

    if (at + len > FRAME_BYTES) {
        return SQLITE_IOERR_READ;
    }
    const int result = frame_load(wal, number, len);
    if (result == SQLITE_OK) {
        memcpy(out, wal->plain + STAMP_BYTES + at, (size_t)len);
    }
    return result;
}

static int wal_read(sqlite3_file *sqlite_file, void *out, int len, sqlite3_int64 offset) {
    struct wal_file *wal = (struct wal_file *)sqlite_file;
    int result = pending_flush(wal);

    if (result == SQLITE_OK) {
        result = offset < WAL_HEADER_BYTES ? header_read(wal, out, len, offset)
                                           : frame_read(wal, out, len, offset);
    }
    return attempt(wal, result);
}

/* ---- Writing ---- */

static int header_write(struct wal_file *wal, const uint8_t *header) {
    wal->pending = 0;
    const int result = wal_header_write(wal, header);

    if (result == SQLITE_OK) {
        wal->written = wal->commit = wal->candidate = wal->synced = 0;
    }
    return result;
}

/* The header that the page follows; a page without one replaces that of a frame that stands. */
static int frame_prepare(struct wal_file *wal, uint32_t number) {
    if (wal->pending == number) {
        wal->pending = 0;
        memcpy(frame_header(wal), wal->pending_header, FRAME_HEADER_BYTES);
        return SQLITE_OK;
    }
    int result = pending_flush(wal);
    if (result == SQLITE_OK) {
        result = frame_need(wal, number);
    }
    wal->is_rewritten = true;
    return result;
}

static int page_write(struct wal_file *wal, uint32_t number, const uint8_t *page) {
    if (!bytes_are_zero(page + PAGE_CONTENT_BYTES, PAGE_FREE_BYTES)) {
        return SQLITE_IOERR_WRITE;
    }
    const int result = frame_prepare(wal, number);
    if (result != SQLITE_OK) {
        return result;
    }
    memcpy(frame_page(wal), page, PAGE_CONTENT_BYTES);
    return frame_store(wal, number);
}

static int write_part(struct wal_file *wal, const uint8_t *bytes, int len, int64_t offset) {
    const int64_t from = offset - WAL_HEADER_BYTES;

    if (offset == 0 && len == WAL_HEADER_BYTES) {
        return header_write(wal, bytes);
    }
    if (from < 0 || wal->generation == 0) {
        return SQLITE_IOERR_WRITE;
    }
    const uint32_t number = (uint32_t)(from / FRAME_BYTES) + 1;
    const int64_t at = from % FRAME_BYTES;
    if (at == FRAME_HEADER_BYTES && len == PAGE_BYTES) {
        return page_write(wal, number, bytes);
    }
    if (at != 0 || len != FRAME_HEADER_BYTES) {
        return SQLITE_IOERR_WRITE;
    }
    const int result = pending_flush(wal);
    if (result == SQLITE_OK) {
        wal->pending = number;
        memcpy(wal->pending_header, bytes, FRAME_HEADER_BYTES);
    }
    return result;
}

static int wal_write(sqlite3_file *sqlite_file, const void *bytes, int len, sqlite3_int64 offset) {
    struct wal_file *wal = (struct wal_file *)sqlite_file;
    return attempt(wal, write_part(wal, bytes, len, offset));
}

/* A commit that no recovery would find must not be acknowledged. */
static int commit_check(struct wal_file *wal) {
    bool comes_through = true;
    int result = SQLITE_OK;

    if (wal->is_rewritten && wal->candidate > wal->commit) {
        result = recovery_foresee(wal, &comes_through);
    }
    return result == SQLITE_OK && !comes_through ? SQLITE_IOERR_FSYNC : result;
}

static int wal_sync(sqlite3_file *sqlite_file, int flags) {
    struct wal_file *wal = (struct wal_file *)sqlite_file;
    int result = pending_flush(wal);

    if (result == SQLITE_OK) {
        result = commit_check(wal);
    }
    if (result == SQLITE_OK) {
        result = wal->base.below->pMethods->xSync(wal->base.below, flags);
    }
    if (result == SQLITE_OK) {
        wal->is_rewritten = wal->is_rewritten && wal->candidate == wal->commit; /* no commit yet */
        wal->commit = wal->synced = wal->candidate;
        wal->slot_safe = wal->slot;
    }
    return attempt(wal, result);
}

int wal_mark_checkpoint(struct wal_file *wal) {
    const bool is_marked =
        wal->marker_generation == wal->generation && wal->marker_commit == wal->commit;

    return is_marked ? SQLITE_OK : wal_marker_write(wal);
}

/* ---- Size ---- */

/* Without a whole frame it is empty, whatever its area holds. */
static int wal_size(sqlite3_file *sqlite_file, sqlite3_int64 *bytes) {
    uint32_t frames = 0;
    const int result = wal_frames((struct wal_file *)sqlite_file, &frames);

    *bytes = frames == 0 ? 0 : WAL_HEADER_BYTES + (int64_t)frames * FRAME_BYTES;
    return result;
}

/* What SQLite is done with stays until it is written over, or the file deleted: a truncation that a
 * power cut leaves half done would look like damage. */
static int wal_truncate(sqlite3_file *sqlite_file, sqlite3_int64 bytes) {
    (void)bytes;
    return pending_flush((struct wal_file *)sqlite_file);
}

/* ---- Opening and closing ---- */

static int wal_close(sqlite3_file *sqlite_file) {
    struct wal_file *wal = (struct wal_file *)sqlite_file;

    crypt_wipe(wal->plain, sizeof wal->plain);
    wal->base.vault->wal = NULL;
    return wal->base.below->pMethods->xClose(wal->base.below);
}

static const sqlite3_io_methods wal_methods = {
    .iVersion = 1,
    .xClose = wal_close,
    .xRead = wal_read,
    .xWrite = wal_write,
    .xTruncate = wal_truncate,
    .xSync = wal_sync,
    .xFileSize = wal_size,
    .xLock = vault_file_lock,
    .xUnlock = vault_file_unlock,
    .xCheckReservedLock = vault_file_check_lock,
    .xFileControl = vault_file_control,
    .xSectorSize = vault_file_sector_size,
    .xDeviceCharacteristics = vault_file_characteristics,
};

int wal_file_start(struct wal_file *wal) {
    const int result = wal_header_load(wal);

    if (result == SQLITE_OK) {
        wal->base.file.pMethods = &wal_methods;
        wal->base.vault->wal = wal;
    }
    return result;
}
