/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file on a disk that can lose power: its bytes as programs see them, the bytes that are
 * durable, and the changes between the two, in their order.
 *
 * A power cut decides for each sector by itself which of its versions stays: the durable one or the
 * one after any later write that touched it.  A file that grew ends at one of its later lengths, or
 * at a sector bound between two of them; what lies between kept sectors reads as zeros.  A
 * truncation happens wholly or not at all, and none without those before it: file systems do it in
 * one step. */
#ifndef REMBUK_TESTS_DISK_FILE_H
#define REMBUK_TESTS_DISK_FILE_H

#include "protocol/bytes.h"
#include "tests/support/random.h"

enum { DISK_SECTOR_BYTES = 512, DISK_FILE_BYTES_MAX = 256 << 20 };

struct disk_bytes {
    uint8_t *data;
    size_t len, room;
};

struct disk_change {
    uint64_t serial; /* counts the changes of the whole disk */
    uint8_t *data;   /* NULL: the file was cut to `at` */
    size_t at, len;
};

struct disk_file {
    struct disk_bytes now, safe;
    struct disk_change *changes;
    size_t change_count, change_room;
    unsigned handles; /* open, of any kind: its owner counts */
};

struct disk_file *disk_file_new(void);
struct disk_file *disk_file_copy(const struct disk_file *file); /* without its handles */
void disk_file_destroy(struct disk_file **file);

void disk_file_write(struct disk_file *file, uint64_t serial, size_t at, struct span bytes);
void disk_file_truncate(struct disk_file *file, uint64_t serial, size_t len);

/* All that was written is durable. */
void disk_file_sync(struct disk_file *file);

/* How a power cut chooses, the same for all files of the disk. */
enum disk_loss_kind {
    DISK_LOSS_ALL, /* nothing stays that was not synchronised */
    DISK_LOSS_NOTHING,
    DISK_LOSS_AFTER, /* changes before `serial` stay, its own one is torn */
    DISK_LOSS_TORN   /* each sector goes its own way */
};

struct disk_loss {
    enum disk_loss_kind kind;
    uint64_t serial;
    unsigned newest_percent; /* DISK_LOSS_TORN: that the newest version of a sector stays */
    size_t grain;            /* what tears no further: DISK_SECTOR_BYTES or a multiple */
};

void disk_file_lose(struct disk_file *file, struct random *random, const struct disk_loss *loss);

#endif
