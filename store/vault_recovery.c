/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After a stop SQLite reads the frames of the WAL in turn, and ends at the first that is not valid:
 * what comes then was never committed.  So a frame that does not open, or does not follow from the
 * one before, may mean either of two things: the power failed while it was being written, and the
 * WAL ends here; or another one stood on the disk, safe, and this is damage.  Then it must not be
 * passed over in silence.
 *
 * It was safe if it is proven that it had been synchronised:
 *   - the marker says so: a checkpoint began to copy it, or
 *   - a later frame of the same generation says so in its stamp, or
 *   - a frame is of a later generation than the header: that header was there and is lost.
 * What remains unproven is the last commit before the stop, as long as no checkpoint has begun to
 * copy it: it rolls back, whole. */
#include "store/vault_internal.h"

#include <string.h>

enum {
    HEADER_SALT_AT = 16, /* in the header of the WAL, 8 bytes */
    HEADER_SUM_AT = 24,
    FRAME_SALT_AT = 8, /* in the header of a frame, as the next */
    FRAME_SUM_AT = 16,
    SALT_BYTES_OF_WAL = 8,
    SUMMED_OF_FRAME_HEADER = 8
};

/* ---- SQLite's checksum (the file format of SQLite, section 4.2) ---- */

static uint32_t number_big_endian(const uint8_t *in) {
    return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

static uint32_t number_little_endian(const uint8_t *in) {
    return (uint32_t)in[3] << 24 | (uint32_t)in[2] << 16 | (uint32_t)in[1] << 8 | in[0];
}

/* The last bit of the magic number names the byte order of the words. */
static void chain_add(struct wal_file *wal, const uint8_t *bytes, size_t len) {
    const bool is_big_endian = (wal->header[3] & 1) != 0;
    uint32_t first = wal->chain.sum[0], second = wal->chain.sum[1];

    for (const uint8_t *at = bytes; at < bytes + len; at += 8) {
        first += (is_big_endian ? number_big_endian(at) : number_little_endian(at)) + second;
        second +=
            (is_big_endian ? number_big_endian(at + 4) : number_little_endian(at + 4)) + first;
    }
    wal->chain.sum[0] = first;
    wal->chain.sum[1] = second;
}

/* The checksum goes on from the header of the WAL, or from that of a frame. */
static void chain_start(struct wal_file *wal, const uint8_t *sum, uint32_t next) {
    wal->chain = (struct frame_chain) {
        .sum = { number_big_endian(sum), number_big_endian(sum + 4) },
        .next = next,
    };
}

/* Does SQLite take the frame in wal->plain for valid? */
static bool chain_holds(struct wal_file *wal) {
    const uint8_t *header = wal->plain + STAMP_BYTES;

    chain_add(wal, header, SUMMED_OF_FRAME_HEADER);
    chain_add(wal, header + FRAME_HEADER_BYTES, PAGE_BYTES);
    return memcmp(header + FRAME_SALT_AT, wal->header + HEADER_SALT_AT, SALT_BYTES_OF_WAL) == 0 &&
           number_big_endian(header + FRAME_SUM_AT) == wal->chain.sum[0] &&
           number_big_endian(header + FRAME_SUM_AT + 4) == wal->chain.sum[1];
}

/* Whether SQLite goes on with this frame.  One that was written and taken back, since its
 * transaction failed, opens as well as any other, and must not count. */
static bool chain_follow(struct wal_file *wal, uint32_t number) {
    if (number != wal->chain.next || !chain_holds(wal)) {
        wal->chain.next = 0;
        return false;
    }
    wal->chain.next = number + 1;
    if (!bytes_are_zero(wal->plain + STAMP_BYTES + FRAME_COMMIT_AT, 4)) {
        wal->commit = wal->candidate = number;
    }
    if (wal_frame_synced(wal) > wal->synced) {
        wal->synced = wal_frame_synced(wal);
    }
    return true;
}

/* SQLite 3.40 loses commits: if a transaction has written frames a second time, and then goes back
 * to a savepoint before them, SQLite goes on to write frames without a checksum, and renews only
 * those that come behind the ones it took back, if there are any.  Such a commit looks well until
 * the next stop, and then is gone.  Here it fails instead.  (Large transactions only: others do not
 * write a frame twice.) */
int recovery_foresee(struct wal_file *wal, bool *comes_through) {
    bool opens = true;
    int result = SQLITE_OK;

    chain_start(wal, wal->header + HEADER_SUM_AT, 1);
    if (wal->commit > 0) {
        result = wal_frame_load(wal, wal->commit, &opens);
        chain_start(wal, wal->plain + STAMP_BYTES + FRAME_SUM_AT, wal->commit + 1);
    }
    while (result == SQLITE_OK && opens && wal->chain.next <= wal->candidate) {
        result = wal_frame_load(wal, wal->chain.next, &opens);
        opens = opens && wal_frame_generation(wal) == wal->generation && chain_holds(wal);
        wal->chain.next++;
    }
    *comes_through = opens;
    return result;
}

/* ---- Proof ---- */

static int prove_synced(struct wal_file *wal, uint32_t number, bool *proven) {
    uint32_t frames = 0;
    int result = wal_frames(wal, &frames);

    *proven = wal->marker_generation == wal->generation && number <= wal->marker_commit;
    for (uint32_t later = number + 1; result == SQLITE_OK && later <= frames && !*proven; later++) {
        bool opens = false;
        result = wal_frame_load(wal, later, &opens);
        const uint32_t generation = wal_frame_generation(wal);
        *proven = opens && (generation > wal->generation ||
                            (generation == wal->generation && wal_frame_synced(wal) >= number));
    }
    return result;
}

int recovery_read(struct wal_file *wal, uint32_t number) {
    bool opens = false, proven = false;
    int result = wal_frame_load(wal, number, &opens);

    if (number == 1) { /* Also if it has failed half-way before. */
        chain_start(wal, wal->header + HEADER_SUM_AT, number);
        wal->commit = wal->candidate = 0;
    }
    if (result == SQLITE_OK && opens && wal_frame_generation(wal) == wal->generation &&
        chain_follow(wal, number)) {
        return SQLITE_OK;
    }
    proven = opens && wal_frame_generation(wal) > wal->generation;
    if (result == SQLITE_OK && !proven) {
        result = prove_synced(wal, number, &proven);
    }
    if (result == SQLITE_OK && proven) {
        return vault_damaged(wal->base.vault, DAMAGE_FRAME, number);
    }
    memset(wal->plain, 0, sizeof wal->plain); /* No salt matches this. */
    return result;
}
