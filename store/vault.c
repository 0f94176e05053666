/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/vault.h"

#include "store/file.h"
#include "store/vault_internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What SQLite makes room for: the larger of ours, and behind it the file below. */
enum {
    OWN_FILE_BYTES = sizeof(struct wal_file) > sizeof(struct db_file) ? sizeof(struct wal_file)
                                                                      : sizeof(struct db_file),
    BELOW_AT = (OWN_FILE_BYTES + 15) / 16 * 16
};

static struct vault *vault_of(sqlite3_vfs *vfs) {
    return (struct vault *)vfs; /* its first member */
}

/* ---- Damage ---- */

int vault_damaged(struct vault *vault, enum damage_part part, uint64_t place) {
    if (vault->damage.part == DAMAGE_NONE) {
        vault->damage = (struct damage) { .part = part, .place = place };
    }
    return SQLITE_IOERR_DATA;
}

struct damage vault_damage(const struct vault *vault) {
    return vault->damage;
}

/* ---- The file below ---- */

int below_size(struct vault_file *file, int64_t *bytes) {
    sqlite3_int64 size = 0;
    const int result = file->below->pMethods->xFileSize(file->below, &size);

    *bytes = size;
    return result;
}

int below_read(struct vault_file *file, uint8_t *out, int len, int64_t offset, int *got) {
    int64_t size = 0;

    *got = len;
    int result = file->below->pMethods->xRead(file->below, out, len, offset);
    if (result != SQLITE_IOERR_SHORT_READ) {
        return result;
    }
    result = below_size(file, &size);
    *got = size <= offset ? 0 : size - offset < len ? (int)(size - offset) : len;
    return result;
}

int below_write(struct vault_file *file, const uint8_t *bytes, int len, int64_t offset) {
    return file->below->pMethods->xWrite(file->below, bytes, len, offset);
}

static sqlite3_file *below_of(sqlite3_file *file) {
    return ((struct vault_file *)file)->below;
}

int vault_file_lock(sqlite3_file *file, int level) {
    return below_of(file)->pMethods->xLock(below_of(file), level);
}

int vault_file_unlock(sqlite3_file *file, int level) {
    return below_of(file)->pMethods->xUnlock(below_of(file), level);
}

int vault_file_check_lock(sqlite3_file *file, int *reserved) {
    return below_of(file)->pMethods->xCheckReservedLock(below_of(file), reserved);
}

/* Sizes and mappings that SQLite wishes for are of its own pages, not of what stands below. */
int vault_file_control(sqlite3_file *file, int op, void *argument) {
    switch (op) {
    case SQLITE_FCNTL_SIZE_HINT:
    case SQLITE_FCNTL_CHUNK_SIZE:
    case SQLITE_FCNTL_MMAP_SIZE:
        return SQLITE_OK;
    default:
        return below_of(file)->pMethods->xFileControl(below_of(file), op, argument);
    }
}

int vault_file_sector_size(sqlite3_file *file) {
    (void)file;
    return PAGE_BYTES;
}

/* A write that is cut off leaves the bytes around it alone.  All else that the file below may
 * promise is promised of its writes, which are not SQLite's. */
int vault_file_characteristics(sqlite3_file *file) {
    sqlite3_file *below = below_of(file);

    return SQLITE_IOCAP_POWERSAFE_OVERWRITE |
           (below->pMethods->xDeviceCharacteristics(below) & SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN);
}

/* ---- Opening ---- */

/* Journals would write plain pages, and no temporary file is needed: temp_store = MEMORY. */
static bool may_open(const struct vault *vault, int flags) {
    return ((flags & SQLITE_OPEN_MAIN_DB) != 0 && !vault->db_is_open) ||
           ((flags & SQLITE_OPEN_WAL) != 0 && vault->db_is_open && vault->wal == NULL);
}

static int vault_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *sqlite_file, int flags,
                      int *flags_out) {
    struct vault *vault = vault_of(vfs);
    struct vault_file *file = (struct vault_file *)sqlite_file;
    const bool is_db = (flags & SQLITE_OPEN_MAIN_DB) != 0;

    memset(sqlite_file, 0, (size_t)vfs->szOsFile); /* No methods: SQLite does not close it. */
    if (!may_open(vault, flags)) {
        return SQLITE_CANTOPEN;
    }
    file->vault = vault;
    file->below = (sqlite3_file *)((uint8_t *)sqlite_file + BELOW_AT);
    int below_flags = is_db ? flags & ~(SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE) : flags;
    int result = vault->below->xOpen(vault->below, name, file->below, below_flags, flags_out);
    if (result == SQLITE_OK) {
        result =
            is_db ? db_file_start((struct db_file *)file) : wal_file_start((struct wal_file *)file);
    }
    if (result != SQLITE_OK && file->below->pMethods != NULL) {
        (void)file->below->pMethods->xClose(file->below); /* The failure before matters more. */
    }
    return result;
}

static bool is_journal(const char *path) {
    static const char suffix[] = "-journal";
    const size_t len = strlen(path);

    return len >= sizeof suffix - 1 && strcmp(path + len - (sizeof suffix - 1), suffix) == 0;
}

/* A journal beside the database is none of ours: it must not be rolled back into it. */
static int vault_access(sqlite3_vfs *vfs, const char *path, int flags, int *answer) {
    sqlite3_vfs *below = vault_of(vfs)->below;

    *answer = 0;
    return is_journal(path) ? SQLITE_OK : below->xAccess(below, path, flags, answer);
}

static int vault_delete(sqlite3_vfs *vfs, const char *path, int sync_folder) {
    sqlite3_vfs *below = vault_of(vfs)->below;
    return below->xDelete(below, path, sync_folder);
}

static int vault_full_path(sqlite3_vfs *vfs, const char *path, int size, char *out) {
    sqlite3_vfs *below = vault_of(vfs)->below;
    return below->xFullPathname(below, path, size, out);
}

/* ---- Calls that have nothing to do with files ---- */

static int vault_randomness(sqlite3_vfs *vfs, int len, char *out) {
    sqlite3_vfs *below = vault_of(vfs)->below;
    return below->xRandomness(below, len, out);
}

static int vault_sleep(sqlite3_vfs *vfs, int microseconds) {
    sqlite3_vfs *below = vault_of(vfs)->below;
    return below->xSleep(below, microseconds);
}

static int vault_time(sqlite3_vfs *vfs, double *julian_day) {
    sqlite3_vfs *below = vault_of(vfs)->below;
    return below->xCurrentTime(below, julian_day);
}

static int vault_last_error(sqlite3_vfs *vfs, int size, char *text) {
    sqlite3_vfs *below = vault_of(vfs)->below;
    return below->xGetLastError(below, size, text);
}

/* ---- The vault ---- */

struct vault *vault_new(const struct keyfile *key) {
    struct vault *vault = rb_alloc(1, sizeof *vault);
    sqlite3_vfs *below = sqlite3_vfs_find(NULL);

    assert(below != NULL); /* SQLite has one wherever there are files. */
    vault->below = below;
    vault->page_key = crypt_secret_alloc(KEY_BYTES);
    crypt_hash(vault->page_key, KEY_BYTES, span_of(key->store_key, KEY_BYTES), "rk.vault", NULL, 0);
    memcpy(vault->id, key->vault_id, sizeof vault->id);
    /* Two at a time must differ: the address does. */
    (void)snprintf(vault->name, sizeof vault->name, "rembuk-%p", (void *)vault);
    vault->vfs = (sqlite3_vfs) {
        .iVersion = 1,
        .szOsFile = BELOW_AT + below->szOsFile,
        .mxPathname = below->mxPathname,
        .zName = vault->name,
        .xOpen = vault_open,
        .xDelete = vault_delete,
        .xAccess = vault_access,
        .xFullPathname = vault_full_path,
        .xRandomness = vault_randomness,
        .xSleep = vault_sleep,
        .xCurrentTime = vault_time,
        .xGetLastError = vault_last_error,
    };
    const int result = sqlite3_vfs_register(&vault->vfs, 0);
    assert(result == SQLITE_OK); /* It only fails if SQLite cannot start at all. */
    return vault;
}

void vault_destroy(struct vault **vault) {
    if (*vault == NULL) {
        return;
    }
    assert(!(*vault)->db_is_open);
    (void)sqlite3_vfs_unregister(&(*vault)->vfs); /* It was registered. */
    crypt_secret_free((*vault)->page_key);
    free(*vault);
    *vault = NULL;
}

const char *vault_vfs_name(const struct vault *vault) {
    return vault->name;
}

/* ---- Creating ---- */

static enum rb_status status_of(struct vault_file *file, int result) {
    int error = 0;

    if (result == SQLITE_OK) {
        return RB_OK;
    }
    if (result == SQLITE_FULL) {
        return RB_FULL;
    }
    (void)vault_file_control(&file->file, SQLITE_FCNTL_LAST_ERRNO, &error); /* Else 0. */
    return file_status(error) == RB_FULL ? RB_FULL : RB_STORAGE;
}

static enum rb_status status_of_opening(struct vault *vault) {
    const int error = vault->below->xGetLastError(vault->below, 0, NULL);
    return file_status(error) == RB_FULL ? RB_FULL : RB_STORAGE;
}

static enum rb_status write_first_page(struct vault_file *file) {
    uint8_t page[PAGE_BYTES], sealed[PAGE_BYTES];
    int64_t size = 0;
    int result = below_size(file, &size);

    if (result == SQLITE_OK && size > 0) {
        return RB_EXISTS;
    }
    page_template(page);
    unit_seal(file->vault, UNIT_PAGE, 1, page, PAGE_CONTENT_BYTES, sealed);
    if (result == SQLITE_OK) {
        result = below_write(file, sealed, PAGE_BYTES, 0);
    }
    if (result == SQLITE_OK) {
        result = file->below->pMethods->xSync(file->below, SQLITE_SYNC_FULL);
    }
    return status_of(file, result);
}

enum rb_status vault_create(struct vault *vault, const char *path) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_DB;
    struct vault_file file = { .vault = vault };
    enum rb_status status = RB_STORAGE;
    sqlite3_filename name = sqlite3_create_filename(path, "", "", 0, NULL);

    file.below = rb_alloc(1, (size_t)vault->below->szOsFile);
    if (name != NULL) {
        const int result = vault->below->xOpen(vault->below, name, file.below, flags, NULL);
        status = result == SQLITE_OK ? write_first_page(&file) : status_of_opening(vault);
    }
    if (file.below->pMethods != NULL) {
        (void)file.below->pMethods->xClose(file.below); /* It has been synchronised. */
    }
    free(file.below);
    sqlite3_free_filename(name); /* NULL is fine. */
    return status;
}
