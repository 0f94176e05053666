/* SPDX-License-Identifier: GPL-3.0-or-later */
/* After a stop SQLite reads the frames of the WAL in turn, and ends at the first that is not valid:
 * what comes then was never committed.  So a frame that does not open may mean either of two
 * things: the power failed while it was being written, and the WAL ends here; or it stood on the
 * disk, safe, and has been damaged.  Then it must not be passed over in silence.
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
    FRAME_COMMIT_AT = 4, /* in the header of a frame, as the next two */
    FRAME_SALT_AT = 8,
    FRAME_SUM_AT = 16,
    SALT_BYTES_OF_WAL = 8,
    SUMMED_OF_FRAME_HEADER = 8
};

/* ---- SQLite's checksum (the file format of SQLite, section 4.2) ---- */

static uint32_t number_big_endian(const uint8_t *in) {
    return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

/* The words are read in the byte order that the last bit of the magic number names. */
static uint32_t word_of(const struct wal_file *wal, const uint8_t *in) {
    const bool is_big_endian = (wal->header[3] & 1) != 0;

    return is_big_endian ? number_big_endian(in) : (uint32_t)number_get(in, sizeof(uint32_t));
}

static void chain_add(struct wal_file *wal, const uint8_t *bytes, size_t len) {
    uint32_t *sum = wal->chain.sum;

    for (size_t at = 0; at < len; at += 8) {
        sum[0] += word_of(wal, bytes + at) + sum[1];
        sum[1] += word_of(wal, bytes + at + 4) + sum[0];
    }
}

/* It begins with the header. */
static void chain_start(struct wal_file *wal) {
    wal->commit = wal->candidate = 0;
    wal->chain = (struct frame_chain) {
        .sum = { number_big_endian(wal->header + HEADER_SUM_AT),
                 number_big_endian(wal->header + HEADER_SUM_AT + 4) },
        .next = 1,
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

/* A frame that was written and taken back, since its transaction failed, opens as well as any
 * other; it must not count as a commit. */
static void chain_follow(struct wal_file *wal, uint32_t number) {
    if (number != wal->chain.next || !chain_holds(wal)) {
        wal->chain.next = 0;
        return;
    }
    wal->chain.next = number + 1;
    if (!bytes_are_zero(wal->plain + STAMP_BYTES + FRAME_COMMIT_AT, 4)) {
        wal->commit = wal->candidate = number;
    }
    if (wal_frame_synced(wal) > wal->synced) {
        wal->synced = wal_frame_synced(wal);
    }
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

    if (number == 1) {
        chain_start(wal); /* Also if it has failed half-way before. */
    }
    if (result == SQLITE_OK && opens && wal_frame_generation(wal) == wal->generation) {
        chain_follow(wal, number);
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
