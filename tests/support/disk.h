/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk in memory that fails when told to: SQLite's default VFS from disk_new to disk_destroy.
 *
 *     struct disk *disk = disk_new(seed);
 *     disk_cut_after(disk, DISK_CHANGES, 100);     the 101st change is cut off in its midst
 *     ... SQLite works until every call fails; close what is open ...
 *     disk_power_up(disk);                         some of what was not synchronised is there
 *     ... open again ...
 *     disk_destroy(&disk);
 *
 * It is as cheap as disks come: what is written stays apart until it is synchronised, and a power
 * cut keeps any of it, torn at sector bounds (disk_file.h).  Names are durable as under SQLite's
 * unix VFS: the first sync of a WAL or journal, new or found by an opening that would have made it,
 * synchronises the folder, so does a deletion that asks for it; a new database waits for
 * disk_sync_folder, as for the program's own fsync of a folder.  It promises SQLite powersafe
 * overwrite and nothing else; no shared memory, so WAL needs locking_mode=EXCLUSIVE.  Paths are
 * names without meaning, "/" included.
 *
 * Everything, SQLite's own random numbers included, repeats with the seed.  Several disks may stand
 * side by side: disk_use says on which one is opened from then on. */
#ifndef REMBUK_TESTS_DISK_H
#define REMBUK_TESTS_DISK_H

#include "protocol/bytes.h"

struct disk;
struct disk_image;

/* Classes of calls, to be added up. */
enum {
    DISK_READ = 1,
    DISK_WRITE = 2,
    DISK_SYNC = 4,
    DISK_TRUNCATE = 8,
    DISK_CREATE = 16, /* an opening that makes the file */
    DISK_DELETE = 32,
    DISK_OPEN = 64, /* an opening of what is there */
    DISK_SIZE = 128,
    DISK_ACCESS = 256,
    DISK_LOCK = 512,
    DISK_CHANGES = DISK_WRITE | DISK_SYNC | DISK_TRUNCATE | DISK_CREATE | DISK_DELETE,
    DISK_ANY = 1023
};

struct disk *disk_new(uint64_t seed);

/* SQLite's default VFS is this one of several disks. */
void disk_use(struct disk *disk);

/* After sqlite3_close of everything, and vault_destroy; the disk that was made last goes first.
 * NULL is fine. */
void disk_destroy(struct disk **disk);

/* Calls of these classes so far. */
uint64_t disk_calls(const struct disk *disk, unsigned calls);

/* What SQLite is told: 4096 at first. */
void disk_set_sector_bytes(struct disk *disk, int bytes);

/* Makes all names durable. */
void disk_sync_folder(struct disk *disk);

/* ---- Power ---- */

/* `after` more calls of these classes go well, then power is cut in the next one: it may have
 * happened or not or by parts, and it and all that follow fail. */
void disk_cut_after(struct disk *disk, unsigned calls, uint64_t after);

/* Forgets disk_cut_after if power is still on. */
void disk_cut_never(struct disk *disk);

/* Now, between two calls. */
void disk_cut(struct disk *disk);
bool disk_is_off(const struct disk *disk);

/* The call in which power was cut; no calls: between two. */
struct disk_cut {
    unsigned call;
    const char *file; /* valid until disk_restore; NULL if no call */
    size_t at;        /* offset of a read or write, length of a truncation */
};
struct disk_cut disk_last_cut(const struct disk *disk);

/* Locks are gone, files that are still open fail for ever, the clock of disk_cut_after is off.
 * Cuts power first if it is on. */
void disk_power_up(struct disk *disk);

/* ---- Failures ---- */

/* `after` more calls go well, then one fails, or all from there on.  SQLite hears what its unix VFS
 * would say: SQLITE_FULL for a write with ENOSPC, else the SQLITE_IOERR_... of the call
 * (SQLITE_CANTOPEN for an opening); SQLITE_FCNTL_LAST_ERRNO and xGetLastError tell the error.
 * A sync that fails leaves everything unsynchronised; the next one takes it. */
struct disk_failure {
    unsigned calls;   /* classes that count and fail */
    const char *file; /* only calls to this one; NULL: to all */
    uint64_t after;
    int error;   /* errno: EIO, ENOSPC, EDQUOT ... */
    bool lasts;  /* until disk_mend; else once */
    bool partly; /* a write that fails has written a part */
};
void disk_fail(struct disk *disk, struct disk_failure failure);
void disk_mend(struct disk *disk);

/* How many calls have failed by disk_fail or for want of room since disk_new. */
uint64_t disk_failures(const struct disk *disk);

/* From now on files may take so many bytes together; a write that needs more writes what fits and
 * fails with ENOSPC.  disk_mend takes the limit away. */
void disk_set_room(struct disk *disk, size_t bytes);
size_t disk_used(const struct disk *disk);

/* ---- Files ---- */

bool disk_has(const struct disk *disk, const char *file);

/* As programs see them; valid until the next change.  Empty if there is no such file. */
struct span disk_bytes(const struct disk *disk, const char *file);

/* Durably, past all failures: makes or replaces a file; flips the bits of `mask`; deletes. */
void disk_put(struct disk *disk, const char *file, struct span bytes);
void disk_flip(struct disk *disk, const char *file, size_t at, uint8_t mask);
void disk_remove(struct disk *disk, const char *file);

/* Everything on the disk, with what is not synchronised.  Files that are open while an old state
 * comes back fail for ever; failures and cuts that were asked for are forgotten. */
struct disk_image *disk_save(const struct disk *disk);
void disk_restore(struct disk *disk, const struct disk_image *image);
void disk_image_destroy(struct disk_image **image);

/* Chance goes another way from here. */
void disk_reseed(struct disk *disk, uint64_t seed);

#endif
