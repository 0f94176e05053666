/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/file.h"

#include "protocol/crypt.h"
#include "protocol/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char aside_suffix[] = ".part";

enum rb_status file_status(int code) {
    switch (code) {
    case ENOENT:
        return RB_NOT_FOUND;
    case EEXIST:
        return RB_EXISTS;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return RB_FULL;
    default:
        return RB_STORAGE;
    }
}

enum rb_status file_path(char out[static PATH_BYTES_MAX], const char *folder, const char *name) {
    const int len = snprintf(out, PATH_BYTES_MAX, "%s/%s", folder, name);
    return len >= 0 && len < PATH_BYTES_MAX ? RB_OK : RB_TOO_LARGE;
}

bool file_exists(const char *path) {
    struct stat unused;
    return lstat(path, &unused) == 0;
}

enum rb_status file_make(const char *path) {
    const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (file < 0) {
        return file_status(errno);
    }
    (void)close(file); /* Nothing was written. */
    return RB_OK;
}

/* ---- Reading ---- */

/* Reads until `max` bytes are there or the file ends; -1 on failure. */
static ssize_t read_up_to(int file, uint8_t *out, size_t max) {
    size_t len = 0;

    while (len < max) {
        const ssize_t got = read(file, out + len, max - len);
        if (got < 0 && errno != EINTR) {
            return -1;
        }
        if (got == 0) {
            break;
        }
        len += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)len;
}

enum rb_status file_read(const char *path, uint8_t *out, size_t max, size_t *len) {
    enum rb_status status = RB_OK;
    uint8_t one_more = 0;
    const int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    if (file < 0) {
        return file_status(errno);
    }
    const ssize_t got = read_up_to(file, out, max);
    if (got < 0) {
        status = RB_STORAGE;
    } else if (read_up_to(file, &one_more, 1) != 0) {
        status = RB_TOO_LARGE;
    } else {
        *len = (size_t)got;
    }
    (void)close(file); /* Nothing was written. */
    return status;
}

/* ---- Writing ---- */

/* The folder in which PATH lies; -1 on failure. */
static int folder_open_of(const char *path) {
    char folder[PATH_BYTES_MAX];
    const char *slash = strrchr(path, '/');
    const size_t len = slash == NULL ? 0 : (size_t)(slash - path);

    assert(len < sizeof folder);
    memcpy(folder, path, len);
    folder[len] = '\0';
    const char *name = slash == NULL ? "." : len == 0 ? "/" : folder;
    return open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Makes the names in the folder of PATH durable. */
static enum rb_status folder_sync_of(const char *path) {
    const int file = folder_open_of(path);

    if (file < 0) {
        return RB_STORAGE;
    }
    const bool synced =
        fsync(file) == 0 || errno == EINVAL; /* Some file systems have no need of it. */
    (void)close(file);                       /* Nothing was written. */
    return synced ? RB_OK : RB_STORAGE;
}

enum rb_status folder_lock(const char *path, int *lock) {
    const int folder = folder_open_of(path);

    if (folder < 0) {
        return file_status(errno);
    }
    if (flock(folder, LOCK_EX | LOCK_NB) != 0) {
        const bool is_held = errno == EWOULDBLOCK;
        (void)close(folder); /* Nothing was written. */
        return is_held ? RB_BUSY : RB_STORAGE;
    }
    *lock = folder;
    return RB_OK;
}

void folder_unlock(int lock) {
    (void)close(lock); /* The lock goes with it. */
}

static enum rb_status write_all(int file, struct span bytes) {
    while (bytes.len > 0) {
        const ssize_t put = write(file, bytes.data, bytes.len);
        if (put < 0 && errno != EINTR) {
            return file_status(errno);
        }
        const size_t done = put > 0 ? (size_t)put : 0;
        bytes = span_of(bytes.data + done, bytes.len - done);
    }
    return RB_OK;
}

enum rb_status file_write_new(const char *path, struct span bytes) {
    const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (file < 0) {
        return file_status(errno);
    }
    enum rb_status status = write_all(file, bytes);
    if (status == RB_OK && fsync(file) != 0) {
        status = file_status(errno);
    }
    if (close(file) != 0 && status == RB_OK) {
        status = file_status(errno); /* Network file systems tell of a full disk here. */
    }
    if (status != RB_OK) {
        (void)unlink(path); /* The failure before matters more. */
    }
    return status;
}

/* Writes ASIDE, and puts it in the place of PATH. */
static enum rb_status write_by_way_of(const char *aside, const char *path, struct span bytes) {
    enum rb_status status = file_write_new(aside, bytes);

    if (status != RB_OK) {
        return status;
    }
    status = file_rename(aside, path);
    if (status != RB_OK) {
        (void)unlink(aside); /* The failure before matters more. */
    }
    return status;
}

enum rb_status file_write_atomic(const char *path, struct span bytes) {
    char aside[PATH_BYTES_MAX + sizeof aside_suffix];

    assert(strlen(path) < PATH_BYTES_MAX);
    (void)snprintf(aside, sizeof aside, "%s%s", path,
                   aside_suffix); /* It fits: see the line above. */
    (void)unlink(aside);          /* A write that was interrupted may have left one. */
    return write_by_way_of(aside, path, bytes);
}

enum rb_status file_replace(const char *path, struct span bytes) {
    uint8_t chance[8];
    char name[2 * sizeof chance + 1];
    char aside[PATH_BYTES_MAX];

    crypt_random(chance, sizeof chance);
    hex_write(span_of(chance, sizeof chance), name);
    const int len = snprintf(aside, sizeof aside, "%s.%s%s", path, name, aside_suffix);
    return len < 0 || len >= PATH_BYTES_MAX ? RB_TOO_LARGE : write_by_way_of(aside, path, bytes);
}

enum rb_status file_rename(const char *from, const char *to) {
    if (rename(from, to) != 0) {
        return file_status(errno);
    }
    return folder_sync_of(to);
}

/* ---- Folders ---- */

enum rb_status folder_make(const char *path, size_t *kept_len) {
    char part[PATH_BYTES_MAX];
    const size_t path_len = strlen(path);
    bool made = false;

    *kept_len = path_len;
    if (path_len == 0 || path_len >= sizeof part) {
        return RB_TOO_LARGE;
    }
    for (size_t len = 1, before = 0; len <= path_len; len++) {
        if (path[len] != '/' && path[len] != '\0') {
            continue;
        }
        memcpy(part, path, len);
        part[len] = '\0';
        if (mkdir(part, 0700) == 0) {
            *kept_len = made ? *kept_len : before;
            made = true;
        } else if (errno != EEXIST) {
            return file_status(errno) == RB_FULL ? RB_FULL : RB_STORAGE;
        }
        before = len;
    }
    return RB_OK;
}

void folder_unmake(const char *path, size_t kept_len) {
    char part[PATH_BYTES_MAX];
    size_t len = strlen(path);

    assert(len < sizeof part);
    memcpy(part, path, len + 1);
    while (len > kept_len) {
        (void)rmdir(part); /* Not empty, or gone already: both are fine. */
        while (len > kept_len && part[len] != '/') {
            len--;
        }
        while (len > kept_len && part[len - 1] == '/') {
            len--;
        }
        part[len] = '\0';
    }
}
