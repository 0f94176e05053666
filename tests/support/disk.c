/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/disk.h"

#include "tests/support/disk_folder.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALL_CLASSES = 10, HANDLES_MAX = 32 };

/* An open file: SQLite allocates it, the disk knows where. */
struct handle {
    sqlite3_file base;
    struct disk *disk;
    struct disk_file *file;
    const char *name;
    uint64_t life; /* of the disk when it was opened: an older one is dead */
    int lock;
    int last_error;
    bool syncs_folder; /* at its first sync */
};

struct disk {
    sqlite3_vfs vfs;
    sqlite3_vfs *former; /* the default VFS before */
    char name[32];
    struct disk_folder folder;
    struct handle *handles[HANDLES_MAX];
    uint64_t life; /* grows with each power-up */
    uint64_t calls[CALL_CLASSES];
    int sector_bytes;
    int last_error;
    int64_t clock_ms;

    bool off;
    unsigned cut_calls; /* 0: no cut is planned */
    uint64_t cut_after;
    struct disk_cut last_cut;

    struct disk_failure failure; /* no calls: none */
    uint64_t failures;
    size_t room;
};

struct disk_image {
    struct disk_folder folder;
};

/* ---- Calls that go well, fail or are cut ---- */

enum fate {
    FATE_WELL,
    FATE_CUT, /* happens as far as chance wants, and fails */
    FATE_FAIL
};

static void calls_count(struct disk *disk, unsigned call) {
    for (size_t i = 0; i < CALL_CLASSES; i++) {
        disk->calls[i] += (call & (1U << i)) != 0 ? 1 : 0;
    }
}

/* The name that outlives whoever holds `name`. */
static const char *lasting_name(const struct disk *disk, const char *name) {
    for (size_t i = 0; i < disk->folder.name_count; i++) {
        if (strcmp(disk->folder.names[i]->text, name) == 0) {
            return disk->folder.names[i]->text;
        }
    }
    return "";
}

static bool is_cut_here(struct disk *disk, unsigned call) {
    if ((disk->cut_calls & call) == 0) {
        return false;
    }
    if (disk->cut_after > 0) {
        disk->cut_after--;
        return false;
    }
    return true;
}

static bool fails_here(struct disk *disk, unsigned call, const char *name) {
    struct disk_failure *failure = &disk->failure;

    if ((failure->calls & call) == 0 ||
        (failure->file != NULL && strcmp(failure->file, name) != 0)) {
        return false;
    }
    if (failure->after > 0) {
        failure->after--;
        return false;
    }
    failure->calls = failure->lasts ? failure->calls : 0;
    return true;
}

static enum fate fate_of(struct disk *disk, unsigned call, const char *name, size_t at) {
    if (disk->off) {
        disk->last_error = EIO;
        return FATE_FAIL;
    }
    calls_count(disk, call);
    if (is_cut_here(disk, call)) {
        disk_cut(disk);
        disk->last_cut =
            (struct disk_cut) { .call = call, .file = lasting_name(disk, name), .at = at };
        disk->last_error = EIO;
        return FATE_CUT;
    }
    if (fails_here(disk, call, name)) {
        disk->failures++;
        disk->last_error = disk->failure.error;
        return FATE_FAIL;
    }
    return FATE_WELL;
}

/* A handle from before a power-up or a disk_restore touches nothing. */
static enum fate handle_fate(struct handle *handle, unsigned call, size_t at) {
    struct disk *disk = handle->disk;

    if (handle->life != disk->life) {
        handle->last_error = EIO;
        disk->last_error = EIO;
        return FATE_FAIL;
    }
    const enum fate fate = fate_of(disk, call, handle->name, at);
    if (fate != FATE_WELL) {
        handle->last_error = disk->last_error;
    }
    return fate;
}

/* ---- The methods of a file ---- */

static struct handle *handle_of(sqlite3_file *file) {
    return (struct handle *)file;
}

static bool is_alive(const struct handle *handle) {
    return handle->life == handle->disk->life && !handle->disk->off;
}

static int disk_close(sqlite3_file *file) {
    struct handle *handle = handle_of(file);
    struct disk *disk = handle->disk;

    for (size_t i = 0; i < HANDLES_MAX; i++) {
        disk->handles[i] = disk->handles[i] == handle ? NULL : disk->handles[i];
    }
    if (handle->life == disk->life) {
        assert(handle->file->handles > 0);
        handle->file->handles--;
    }
    return SQLITE_OK;
}

static int disk_read(sqlite3_file *file, void *out, int len, sqlite3_int64 offset) {
    struct handle *handle = handle_of(file);
    const size_t at = (size_t)offset;
    const size_t wanted = (size_t)len;

    if (handle_fate(handle, DISK_READ, at) != FATE_WELL) {
        return SQLITE_IOERR_READ;
    }
    const struct disk_bytes *bytes = &handle->file->now;
    const size_t there = at >= bytes->len ? 0 : bytes->len - at;
    const size_t got = there < wanted ? there : wanted;
    if (got > 0) {
        memcpy(out, bytes->data + at, got);
    }
    memset((uint8_t *)out + got, 0, wanted - got);
    return got < wanted ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

/* What a write that ends at `end` lacks of room. */
static size_t room_lacking(const struct disk *disk, const struct disk_file *file, size_t end) {
    const size_t used = disk_used(disk);
    const size_t more = end > file->now.len ? end - file->now.len : 0;
    const size_t left = disk->room > used ? disk->room - used : 0;
    return more > left ? more - left : 0;
}

/* What ends early ends at a sector bound, as in a power cut. */
static size_t whole_sectors(size_t at, size_t put) {
    const size_t end = (at + put) / DISK_SECTOR_BYTES * DISK_SECTOR_BYTES;

    return end > at ? end - at : 0;
}

static int write_failed(struct handle *handle) {
    return handle->last_error == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int disk_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 offset) {
    struct handle *handle = handle_of(file);
    struct disk *disk = handle->disk;
    const size_t at = (size_t)offset;
    const bool was_alive = is_alive(handle);
    const enum fate fate = handle_fate(handle, DISK_WRITE, at);
    size_t put = (size_t)len;

    if (!was_alive) {
        return SQLITE_IOERR_WRITE;
    }
    if (fate == FATE_FAIL) {
        put = disk->failure.partly ? whole_sectors(at, random_below(&disk->folder.random, put)) : 0;
    }
    const size_t lacking = room_lacking(disk, handle->file, at + put);
    if (lacking > 0) {
        put = whole_sectors(at, lacking < put ? put - lacking : 0);
    }
    disk_file_write(handle->file, disk_folder_serial(&disk->folder), at, span_of(data, put));
    if (fate == FATE_WELL && lacking > 0) {
        disk->failures++;
        handle->last_error = disk->last_error = ENOSPC;
    }
    return fate == FATE_WELL && lacking == 0 ? SQLITE_OK : write_failed(handle);
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size) {
    struct handle *handle = handle_of(file);
    const bool was_alive = is_alive(handle);
    const enum fate fate = handle_fate(handle, DISK_TRUNCATE, (size_t)size);

    if (was_alive && fate != FATE_FAIL) {
        disk_file_truncate(handle->file, disk_folder_serial(&handle->disk->folder), (size_t)size);
    }
    return fate == FATE_WELL ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

static int disk_sync(sqlite3_file *file, int flags) {
    struct handle *handle = handle_of(file);

    (void)flags;
    if (handle_fate(handle, DISK_SYNC, 0) != FATE_WELL) {
        return SQLITE_IOERR_FSYNC;
    }
    disk_file_sync(handle->file);
    if (handle->syncs_folder) {
        handle->syncs_folder = false;
        disk_folder_sync(&handle->disk->folder);
    }
    return SQLITE_OK;
}

static int disk_file_size(sqlite3_file *file, sqlite3_int64 *size) {
    struct handle *handle = handle_of(file);

    if (handle_fate(handle, DISK_SIZE, 0) != FATE_WELL) {
        return SQLITE_IOERR_FSTAT;
    }
    *size = (sqlite3_int64)handle->file->now.len;
    return SQLITE_OK;
}

/* ---- Locks ---- */

/* The strongest lock that another handle has on the same file. */
static int lock_of_others(const struct handle *handle) {
    int lock = SQLITE_LOCK_NONE;

    for (size_t i = 0; i < HANDLES_MAX; i++) {
        const struct handle *other = handle->disk->handles[i];
        if (other != NULL && other != handle && other->life == handle->life &&
            other->file == handle->file && other->lock > lock) {
            lock = other->lock;
        }
    }
    return lock;
}

static int disk_lock(sqlite3_file *file, int lock) {
    struct handle *handle = handle_of(file);

    if (lock <= handle->lock) {
        return SQLITE_OK;
    }
    if (handle_fate(handle, DISK_LOCK, 0) != FATE_WELL) {
        return SQLITE_IOERR_LOCK;
    }
    const int others = lock_of_others(handle);
    const int bearable = lock == SQLITE_LOCK_SHARED     ? SQLITE_LOCK_RESERVED
                         : lock == SQLITE_LOCK_RESERVED ? SQLITE_LOCK_SHARED
                                                        : SQLITE_LOCK_NONE;
    if (others > bearable) {
        return SQLITE_BUSY;
    }
    handle->lock = lock;
    return SQLITE_OK;
}

static int disk_unlock(sqlite3_file *file, int lock) {
    struct handle *handle = handle_of(file);

    handle->lock = lock < handle->lock ? lock : handle->lock;
    return SQLITE_OK;
}

static int disk_check_reserved(sqlite3_file *file, int *reserved) {
    struct handle *handle = handle_of(file);

    if (handle_fate(handle, DISK_LOCK, 0) != FATE_WELL) {
        return SQLITE_IOERR_CHECKRESERVEDLOCK;
    }
    *reserved =
        handle->lock > SQLITE_LOCK_SHARED || lock_of_others(handle) > SQLITE_LOCK_SHARED ? 1 : 0;
    return SQLITE_OK;
}

static int disk_file_control(sqlite3_file *file, int operation, void *argument) {
    if (operation == SQLITE_FCNTL_LAST_ERRNO) {
        *(int *)argument = handle_of(file)->last_error;
        return SQLITE_OK;
    }
    return SQLITE_NOTFOUND;
}

static int disk_sector_size(sqlite3_file *file) {
    return handle_of(file)->disk->sector_bytes;
}

static int disk_characteristics(sqlite3_file *file) {
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = disk_close,
    .xRead = disk_read,
    .xWrite = disk_write,
    .xTruncate = disk_truncate,
    .xSync = disk_sync,
    .xFileSize = disk_file_size,
    .xLock = disk_lock,
    .xUnlock = disk_unlock,
    .xCheckReservedLock = disk_check_reserved,
    .xFileControl = disk_file_control,
    .xSectorSize = disk_sector_size,
    .xDeviceCharacteristics = disk_characteristics,
};

/* ---- The methods of the disk ---- */

static struct disk *disk_of(sqlite3_vfs *vfs) {
    return vfs->pAppData;
}

static void handle_add(struct disk *disk, struct handle *handle) {
    size_t i = 0;

    while (i < HANDLES_MAX && disk->handles[i] != NULL) {
        i++;
    }
    assert(i < HANDLES_MAX);
    disk->handles[i] = handle;
    handle->file->handles++;
}

static int open_failed(struct disk *disk, int error) {
    disk->last_error = error;
    return SQLITE_CANTOPEN;
}

static int disk_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *flags_out) {
    enum { JOURNALS = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL };
    struct disk *disk = disk_of(vfs);
    struct handle *handle = handle_of(file);

    file->pMethods = NULL;
    if (name == NULL || strlen(name) >= DISK_NAME_BYTES_MAX) {
        return open_failed(disk, EACCES); /* No temporary files here. */
    }
    struct disk_file *there = disk_folder_find(&disk->folder, name);
    const bool create = there == NULL && (flags & SQLITE_OPEN_CREATE) != 0;
    const enum fate fate = fate_of(disk, create ? DISK_CREATE : DISK_OPEN, name, 0);
    if (create && fate != FATE_FAIL) {
        there = disk_folder_create(&disk->folder, name);
    }
    if (fate != FATE_WELL) {
        return SQLITE_CANTOPEN;
    }
    if (there == NULL) {
        return open_failed(disk, ENOENT);
    }
    if (!create && (flags & SQLITE_OPEN_EXCLUSIVE) != 0 && (flags & SQLITE_OPEN_CREATE) != 0) {
        return open_failed(disk, EEXIST);
    }
    *handle = (struct handle) { .base.pMethods = &methods,
                                .disk = disk,
                                .file = there,
                                .name = lasting_name(disk, name),
                                .life = disk->life,
                                .syncs_folder =
                                    (flags & SQLITE_OPEN_CREATE) != 0 && (flags & JOURNALS) != 0 };
    handle_add(disk, handle);
    if (flags_out != NULL) {
        *flags_out = flags;
    }
    return SQLITE_OK;
}

static int disk_delete(sqlite3_vfs *vfs, const char *name, int sync_folder) {
    struct disk *disk = disk_of(vfs);
    const enum fate fate = fate_of(disk, DISK_DELETE, name, 0);
    const bool there = disk_folder_find(&disk->folder, name) != NULL;

    if (there && fate != FATE_FAIL) {
        disk_folder_unlink(&disk->folder, name);
    }
    if (fate != FATE_WELL) {
        return SQLITE_IOERR_DELETE;
    }
    if (!there) {
        disk->last_error = ENOENT;
        return SQLITE_IOERR_DELETE_NOENT;
    }
    if (sync_folder != 0) {
        disk_folder_sync(&disk->folder);
    }
    return SQLITE_OK;
}

/* As the unix VFS has it, an empty file does not count as existing. */
static int disk_access(sqlite3_vfs *vfs, const char *name, int flags, int *there) {
    struct disk *disk = disk_of(vfs);

    if (fate_of(disk, DISK_ACCESS, name, 0) != FATE_WELL) {
        return SQLITE_IOERR_ACCESS;
    }
    const struct disk_file *file = disk_folder_find(&disk->folder, name);
    *there = file != NULL && (flags != SQLITE_ACCESS_EXISTS || file->now.len > 0) ? 1 : 0;
    return SQLITE_OK;
}

static int disk_full_pathname(sqlite3_vfs *vfs, const char *name, int room, char *out) {
    (void)vfs;
    const int len = snprintf(out, (size_t)room, "%s", name);
    return len >= 0 && len < room ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int disk_randomness(sqlite3_vfs *vfs, int len, char *out) {
    random_fill(&disk_of(vfs)->folder.random, out, (size_t)len);
    return len;
}

static int disk_sleep(sqlite3_vfs *vfs, int microseconds) {
    disk_of(vfs)->clock_ms += microseconds / 1000;
    return microseconds;
}

static int disk_current_time(sqlite3_vfs *vfs, double *julian_day) {
    *julian_day = 2460000.5 + (double)disk_of(vfs)->clock_ms / 86400000.0;
    return SQLITE_OK;
}

static int disk_last_error(sqlite3_vfs *vfs, int len, char *out) {
    (void)len;
    (void)out;
    return disk_of(vfs)->last_error;
}

/* ---- The disk itself ---- */

/* SQLite's random numbers begin anew from the disk's. */
static void randomness_restart(void) {
    sqlite3_randomness(0, NULL);
}

struct disk *disk_new(uint64_t seed) {
    struct disk *disk = rb_alloc(1, sizeof *disk);

    disk->former = sqlite3_vfs_find(NULL);
    disk->sector_bytes = 4096;
    disk->room = SIZE_MAX;
    disk_folder_init(&disk->folder, seed);
    (void)snprintf(disk->name, sizeof disk->name, "disk-%p", (void *)disk);
    disk->vfs = (sqlite3_vfs) { .iVersion = 1,
                                .szOsFile = sizeof(struct handle),
                                .mxPathname = DISK_NAME_BYTES_MAX,
                                .zName = disk->name,
                                .pAppData = disk,
                                .xOpen = disk_open,
                                .xDelete = disk_delete,
                                .xAccess = disk_access,
                                .xFullPathname = disk_full_pathname,
                                .xRandomness = disk_randomness,
                                .xSleep = disk_sleep,
                                .xCurrentTime = disk_current_time,
                                .xGetLastError = disk_last_error };
    disk_use(disk);
    randomness_restart();
    return disk;
}

void disk_use(struct disk *disk) {
    const int result = sqlite3_vfs_register(&disk->vfs, 1);
    assert(result == SQLITE_OK);
}

void disk_destroy(struct disk **disk) {
    if (*disk == NULL) {
        return;
    }
    for (size_t i = 0; i < HANDLES_MAX; i++) {
        assert((*disk)->handles[i] == NULL);
    }
    (void)sqlite3_vfs_unregister(&(*disk)->vfs);
    (void)sqlite3_vfs_register((*disk)->former, 1);
    randomness_restart();
    disk_folder_clear(&(*disk)->folder);
    free(*disk);
    *disk = NULL;
}

uint64_t disk_calls(const struct disk *disk, unsigned calls) {
    uint64_t count = 0;

    for (size_t i = 0; i < CALL_CLASSES; i++) {
        count += (calls & (1U << i)) != 0 ? disk->calls[i] : 0;
    }
    return count;
}

void disk_set_sector_bytes(struct disk *disk, int bytes) {
    disk->sector_bytes = bytes;
}

void disk_sync_folder(struct disk *disk) {
    disk_folder_sync(&disk->folder);
}

void disk_reseed(struct disk *disk, uint64_t seed) {
    disk->folder.random.state = seed;
    randomness_restart();
}

/* ---- Power ---- */

void disk_cut_after(struct disk *disk, unsigned calls, uint64_t after) {
    disk->cut_calls = calls;
    disk->cut_after = after;
}

void disk_cut_never(struct disk *disk) {
    disk->cut_calls = 0;
}

void disk_cut(struct disk *disk) {
    disk->off = true;
    disk->cut_calls = 0;
    disk->last_cut = (struct disk_cut) { 0 };
}

bool disk_is_off(const struct disk *disk) {
    return disk->off;
}

struct disk_cut disk_last_cut(const struct disk *disk) {
    return disk->last_cut;
}

void disk_power_up(struct disk *disk) {
    if (!disk->off) {
        disk_cut(disk);
    }
    disk_folder_lose_power(&disk->folder);
    disk->life++;
    disk->off = false;
}

/* ---- Failures ---- */

void disk_fail(struct disk *disk, struct disk_failure failure) {
    disk->failure = failure;
}

void disk_mend(struct disk *disk) {
    disk->failure = (struct disk_failure) { 0 };
    disk->room = SIZE_MAX;
}

uint64_t disk_failures(const struct disk *disk) {
    return disk->failures;
}

void disk_set_room(struct disk *disk, size_t bytes) {
    disk->room = bytes;
}

size_t disk_used(const struct disk *disk) {
    size_t used = 0;

    for (size_t i = 0; i < disk->folder.name_count; i++) {
        const struct disk_file *file = disk->folder.names[i]->now;
        used += file == NULL ? 0 : file->now.len;
    }
    return used;
}

/* ---- Files ---- */

bool disk_has(const struct disk *disk, const char *file) {
    return disk_folder_find(&disk->folder, file) != NULL;
}

struct span disk_bytes(const struct disk *disk, const char *file) {
    const struct disk_file *found = disk_folder_find(&disk->folder, file);
    return found == NULL ? span_of(NULL, 0) : span_of(found->now.data, found->now.len);
}

void disk_put(struct disk *disk, const char *file, struct span bytes) {
    struct disk_file *found = disk_folder_find(&disk->folder, file);

    if (found == NULL) {
        found = disk_folder_create(&disk->folder, file);
    }
    disk_file_truncate(found, disk_folder_serial(&disk->folder), 0);
    disk_file_write(found, disk_folder_serial(&disk->folder), 0, bytes);
    disk_file_sync(found);
    disk_folder_sync(&disk->folder);
}

void disk_flip(struct disk *disk, const char *file, size_t at, uint8_t mask) {
    struct disk_file *found = disk_folder_find(&disk->folder, file);

    assert(found != NULL && at < found->now.len);
    const uint8_t flipped = found->now.data[at] ^ mask;
    disk_file_write(found, disk_folder_serial(&disk->folder), at, span_of(&flipped, 1));
    disk_file_sync(found);
}

void disk_remove(struct disk *disk, const char *file) {
    if (disk_has(disk, file)) {
        disk_folder_unlink(&disk->folder, file);
    }
    disk_folder_sync(&disk->folder);
}

struct disk_image *disk_save(const struct disk *disk) {
    struct disk_image *image = rb_alloc(1, sizeof *image);

    disk_folder_copy(&image->folder, &disk->folder);
    return image;
}

void disk_restore(struct disk *disk, const struct disk_image *image) {
    const struct random random = disk->folder.random;

    disk_folder_clear(&disk->folder);
    disk_folder_copy(&disk->folder, &image->folder);
    disk->folder.random = random;
    disk->last_cut = (struct disk_cut) { 0 };
    disk->life++;
    disk->off = false;
    disk_cut_never(disk);
    disk_mend(disk);
}

void disk_image_destroy(struct disk_image **image) {
    if (*image != NULL) {
        disk_folder_clear(&(*image)->folder);
        free(*image);
        *image = NULL;
    }
}
