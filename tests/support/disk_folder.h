/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one folder of a disk that can lose power: names, and the files behind them.  A new name, a
 * deleted one and a rename are durable after disk_folder_sync only; a power cut before it keeps
 * each of them wholly or not at all.  Synchronising a file does not make its name durable. */
#ifndef REMBUK_TESTS_DISK_FOLDER_H
#define REMBUK_TESTS_DISK_FOLDER_H

#include "tests/support/disk_file.h"

enum { DISK_NAME_BYTES_MAX = 512 };

struct disk_name {
    char text[DISK_NAME_BYTES_MAX];
    struct disk_file *now, *safe; /* NULL: no such file */
};

/* A file gets a name, or a name goes, or, with a rename, both at once. */
struct disk_naming {
    uint64_t serial;
    size_t name, old_name; /* indices; equal: not a rename */
    struct disk_file *file;
};

struct disk_folder {
    struct random random;
    uint64_t serial; /* of the next change */
    struct disk_file **files;
    size_t file_count, file_room;
    struct disk_name **names; /* a name keeps its place in memory */
    size_t name_count, name_room;
    struct disk_naming *namings; /* since disk_folder_sync */
    size_t naming_count, naming_room;
};

void disk_folder_init(struct disk_folder *folder, uint64_t seed);
void disk_folder_clear(struct disk_folder *folder);

/* `copy` is not initialised yet; files that have handles but no name stay behind. */
void disk_folder_copy(struct disk_folder *copy, const struct disk_folder *folder);

struct disk_file *disk_folder_find(const struct disk_folder *folder, const char *name);
struct disk_file *disk_folder_create(struct disk_folder *folder, const char *name);
void disk_folder_unlink(struct disk_folder *folder, const char *name);
void disk_folder_rename(struct disk_folder *folder, const char *from, const char *to);
void disk_folder_sync(struct disk_folder *folder);

uint64_t disk_folder_serial(struct disk_folder *folder); /* for the next change of a file */

/* Keeps of everything that was not synchronised what chance wants.  Every handle is lost. */
void disk_folder_lose_power(struct disk_folder *folder);

#endif
