/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first 4096 bytes of a WAL.  SQLite's header of 32 bytes leaves no room for a seal, and one
 * written over another could be lost with it; so there are two places for it, used in turn:
 *
 *   off  sz
 *     0 512  slot 0   generation u32, SQLite's header 32        sealed, padded with zeros
 *   512 512  slot 1   the same
 *  1024 512  marker   generation u32, commit u32                 sealed, padded with zeros
 *  1536      zeros
 *
 * A place that was never written is all zero.  The header of the highest generation holds. */
#include "protocol/limits.h"
#include "store/vault_internal.h"

#include <string.h>

enum {
    SECTOR_BYTES = 512,
    SECTOR_PLAIN_BYTES = SECTOR_BYTES - UNIT_SEAL_BYTES,
    SLOTS = 2,
    SECTORS = SLOTS + 1,
    GENERATION_BYTES = 4
};

enum sector_state { SECTOR_EMPTY, SECTOR_OPENS, SECTOR_UNREADABLE };

/* ---- One sector: slot 0, slot 1, or the marker ---- */

static enum unit_kind sector_kind(unsigned sector) {
    return sector < SLOTS ? UNIT_WAL_SLOT : UNIT_WAL_MARKER;
}

static uint64_t sector_place(unsigned sector) {
    return sector < SLOTS ? sector : 0;
}

static enum sector_state sector_open(struct wal_file *wal, const uint8_t *area, unsigned sector,
                                     uint8_t plain[static SECTOR_PLAIN_BYTES]) {
    const uint8_t *sealed = area + (size_t)sector * SECTOR_BYTES;

    if (bytes_are_zero(sealed, SECTOR_BYTES)) {
        return SECTOR_EMPTY;
    }
    return unit_open(wal->base.vault, sector_kind(sector), sector_place(sector), sealed,
                     SECTOR_PLAIN_BYTES, plain)
               ? SECTOR_OPENS
               : SECTOR_UNREADABLE;
}

static int sector_write(struct wal_file *wal, unsigned sector,
                        const uint8_t plain[static SECTOR_PLAIN_BYTES]) {
    uint8_t sealed[SECTOR_BYTES];

    unit_seal(wal->base.vault, sector_kind(sector), sector_place(sector), plain, SECTOR_PLAIN_BYTES,
              sealed);
    return below_write(&wal->base, sealed, SECTOR_BYTES, (int64_t)sector * SECTOR_BYTES);
}

/* ---- Reading ---- */

/* One slot may be unreadable, namely torn, if a power cut hit the writing of a header: then the
 * other one holds. */
static int slots_load(struct wal_file *wal, const uint8_t *area) {
    uint8_t plain[SECTOR_PLAIN_BYTES] = { 0 };
    bool any_unreadable = false;

    for (unsigned slot = 0; slot < SLOTS; slot++) {
        const enum sector_state state = sector_open(wal, area, slot, plain);
        const uint32_t generation = (uint32_t)number_get(plain, GENERATION_BYTES);
        if (state == SECTOR_OPENS && generation > wal->generation) {
            wal->generation = generation;
            wal->slot = wal->slot_safe = slot;
            memcpy(wal->header, plain + GENERATION_BYTES, WAL_HEADER_BYTES);
        }
        any_unreadable = any_unreadable || state == SECTOR_UNREADABLE;
    }
    return wal->generation == 0 && any_unreadable
               ? vault_damaged(wal->base.vault, DAMAGE_WAL_HEADER, 0)
               : SQLITE_OK;
}

static int marker_load(struct wal_file *wal, const uint8_t *area) {
    uint8_t plain[SECTOR_PLAIN_BYTES] = { 0 };
    const enum sector_state state = sector_open(wal, area, SLOTS, plain);

    if (state == SECTOR_OPENS) {
        wal->marker_generation = (uint32_t)number_get(plain, GENERATION_BYTES);
        wal->marker_commit = (uint32_t)number_get(plain + GENERATION_BYTES, sizeof(uint32_t));
    }
    return state == SECTOR_UNREADABLE ? vault_damaged(wal->base.vault, DAMAGE_WAL_MARKER, 0)
                                      : SQLITE_OK;
}

/* A header is durable before the first frame, and the frames that a checkpoint copies before its
 * marker; nothing is ever cut off.  So no stop leaves frames without a header, or a marker without
 * its frames. */
static int area_check(struct wal_file *wal) {
    struct vault *vault = wal->base.vault;
    uint32_t frames = 0;
    int64_t size = 0;
    int result = below_size(&wal->base, &size);

    if (result == SQLITE_OK) {
        result = wal_frames(wal, &frames);
    }
    if (result != SQLITE_OK) {
        return result;
    }
    if ((wal->generation == 0 && size > WAL_AREA_BYTES) ||
        wal->marker_generation > wal->generation || frames > WAL_FRAMES_MAX) {
        return vault_damaged(vault, DAMAGE_WAL_HEADER, wal->slot);
    }
    if (wal->marker_generation == wal->generation && wal->generation != 0 &&
        frames < wal->marker_commit) {
        return vault_damaged(vault, DAMAGE_FRAME, (uint64_t)frames + 1);
    }
    return SQLITE_OK;
}

int wal_header_load(struct wal_file *wal) {
    uint8_t area[SECTORS * SECTOR_BYTES];
    int got = 0;

    wal->slot_safe = SLOTS - 1; /* If there is none: the first header goes to slot 0. */
    int result = below_read(&wal->base, area, sizeof area, 0, &got); /* zeros behind the end */

    if (result == SQLITE_OK) {
        result = slots_load(wal, area);
    }
    if (result == SQLITE_OK) {
        result = marker_load(wal, area);
    }
    return result == SQLITE_OK ? area_check(wal) : result;
}

/* ---- Writing ---- */

static uint32_t next_generation(const struct wal_file *wal) {
    return 1 +
           (wal->generation > wal->marker_generation ? wal->generation : wal->marker_generation);
}

/* What fails, or could not be synchronised, is tried again in the same slot: the other one stays
 * as it is. */
int wal_header_write(struct wal_file *wal, const uint8_t header[static WAL_HEADER_BYTES]) {
    uint8_t plain[SECTOR_PLAIN_BYTES] = { 0 };
    const uint32_t generation = next_generation(wal);
    const unsigned slot = (wal->slot_safe + 1) % SLOTS;

    number_put(plain, GENERATION_BYTES, generation);
    memcpy(plain + GENERATION_BYTES, header, WAL_HEADER_BYTES);
    const int result = sector_write(wal, slot, plain);
    if (result == SQLITE_OK) {
        wal->generation = generation;
        wal->slot = slot;
        memcpy(wal->header, header, WAL_HEADER_BYTES);
    }
    return result;
}

int wal_marker_write(struct wal_file *wal) {
    uint8_t plain[SECTOR_PLAIN_BYTES] = { 0 };

    number_put(plain, GENERATION_BYTES, wal->generation);
    number_put(plain + GENERATION_BYTES, sizeof wal->commit, wal->commit);
    int result = sector_write(wal, SLOTS, plain);
    if (result == SQLITE_OK) {
        result = wal->base.below->pMethods->xSync(wal->base.below, SQLITE_SYNC_FULL);
    }
    if (result == SQLITE_OK) {
        wal->marker_generation = wal->generation;
        wal->marker_commit = wal->commit;
    }
    return result;
}
