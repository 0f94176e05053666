/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/cut_calls.h"

#include "tests/support/disk_folder.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The linker gives both sides of each call these names. */
int __real_open(const char *path, int flags, ...);
ssize_t __real_read(int file, void *out, size_t len);
ssize_t __real_write(int file, const void *bytes, size_t len);
int __real_fsync(int file);
int __real_close(int file);
int __real_rename(const char *from, const char *to);
int __real_unlink(const char *path);
int __real_lstat(const char *path, struct stat *facts);
int __wrap_open(const char *path, int flags, ...);
ssize_t __wrap_read(int file, void *out, size_t len);
ssize_t __wrap_write(int file, const void *bytes, size_t len);
int __wrap_fsync(int file);
int __wrap_close(int file);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);
int __wrap_lstat(const char *path, struct stat *facts);
int __wrap_flock(int file, int operation);

enum { FIRST_FD = 100000, FDS_MAX = 8, NEVER = -1 };

struct open_file {
    bool is_open;
    struct disk_file *file; /* NULL: the folder */
    size_t at;
};

struct cutter {
    bool started, off, lies;
    struct disk_folder folder;
    struct disk_folder kept;
    bool has_kept;
    struct open_file files[FDS_MAX];
    size_t calls;
    int64_t cut_after, fail_after;
    int error;
};

static struct cutter cutter;

/* ---- The test's side ---- */

static void plans_forget(void) {
    memset(cutter.files, 0, sizeof cutter.files);
    cutter.calls = 0;
    cutter.cut_after = cutter.fail_after = NEVER;
    cutter.lies = false;
    cutter.off = false;
}

void cut_calls_start(uint64_t seed) {
    cut_calls_stop();
    disk_folder_init(&cutter.folder, seed);
    cutter.started = true;
    plans_forget();
}

void cut_calls_stop(void) {
    disk_folder_clear(&cutter.folder);
    disk_folder_clear(&cutter.kept);
    cutter = (struct cutter) { 0 };
}

size_t cut_calls_count(void) {
    return cutter.calls;
}

void cut_calls_cut_after(size_t after) {
    cutter.cut_after = (int64_t)after;
}

void cut_calls_fail_after(size_t after, int error) {
    cutter.fail_after = (int64_t)after;
    cutter.error = error;
}

void cut_calls_lie(void) {
    cutter.lies = true;
}

void cut_calls_power_up(void) {
    disk_folder_lose_power(&cutter.folder);
    plans_forget();
}

void cut_calls_keep(void) {
    disk_folder_clear(&cutter.kept);
    disk_folder_copy(&cutter.kept, &cutter.folder);
    cutter.has_kept = true;
}

void cut_calls_back(uint64_t seed) {
    assert(cutter.has_kept);
    disk_folder_clear(&cutter.folder);
    disk_folder_copy(&cutter.folder, &cutter.kept);
    cutter.folder.random.state = seed;
    plans_forget();
}

struct span cut_calls_bytes(const char *path) {
    const struct disk_file *file = disk_folder_find(&cutter.folder, path);
    return file == NULL ? span_of(NULL, 0) : span_of(file->now.data, file->now.len);
}

bool cut_calls_has(const char *path) {
    return disk_folder_find(&cutter.folder, path) != NULL;
}

/* ---- What becomes of a call ---- */

enum fate {
    FATE_WELL,
    FATE_CUT, /* it is done, not synchronised, and fails */
    FATE_FAIL
};

static enum fate fate_of_call(void) {
    if (cutter.off) {
        errno = EIO;
        return FATE_FAIL;
    }
    cutter.calls++;
    if (cutter.cut_after == 0) {
        cutter.off = true;
        errno = EIO;
        return FATE_CUT;
    }
    if (cutter.fail_after == 0) {
        cutter.fail_after = NEVER;
        errno = cutter.error;
        return FATE_FAIL;
    }
    cutter.cut_after -= cutter.cut_after > 0 ? 1 : 0;
    cutter.fail_after -= cutter.fail_after > 0 ? 1 : 0;
    return FATE_WELL;
}

static int result_of(enum fate fate) {
    return fate == FATE_WELL ? 0 : -1;
}

static bool is_ours(const char *path) {
    return cutter.started && strncmp(path, CUT_FOLDER, strlen(CUT_FOLDER)) == 0;
}

static struct open_file *file_of(int fd) {
    if (fd < FIRST_FD || fd >= FIRST_FD + FDS_MAX) {
        return NULL;
    }
    assert(cutter.files[fd - FIRST_FD].is_open);
    return &cutter.files[fd - FIRST_FD];
}

static int fd_new(struct disk_file *file) {
    int i = 0;

    while (cutter.files[i].is_open) {
        i++;
        assert(i < FDS_MAX);
    }
    cutter.files[i] = (struct open_file) { .is_open = true, .file = file };
    if (file != NULL) {
        file->handles++;
    }
    return FIRST_FD + i;
}

/* ---- The calls ---- */

static int open_ours(const char *path, int flags) {
    const enum fate fate = fate_of_call();
    struct disk_file *file = disk_folder_find(&cutter.folder, path);

    if (fate == FATE_FAIL) {
        return -1;
    }
    if ((flags & O_DIRECTORY) != 0) {
        return fate == FATE_WELL ? fd_new(NULL) : -1;
    }
    if (file != NULL && (flags & O_EXCL) != 0) {
        errno = EEXIST;
        return -1;
    }
    if (file == NULL && (flags & O_CREAT) == 0) {
        errno = ENOENT;
        return -1;
    }
    if (file == NULL) {
        file = disk_folder_create(&cutter.folder, path);
    }
    return fate == FATE_WELL ? fd_new(file) : -1;
}

int __wrap_open(const char *path, int flags, ...) {
    va_list arguments;
    mode_t mode = 0;

    if (is_ours(path)) {
        return open_ours(path, flags);
    }
    va_start(arguments, flags);
    if ((flags & O_CREAT) != 0) {
        mode = va_arg(arguments, mode_t);
    }
    va_end(arguments);
    return __real_open(path, flags, mode);
}

ssize_t __wrap_read(int fd, void *out, size_t len) {
    struct open_file *open = file_of(fd);

    if (open == NULL) {
        return __real_read(fd, out, len);
    }
    if (fate_of_call() != FATE_WELL) {
        return -1;
    }
    const struct disk_bytes *bytes = &open->file->now;
    const size_t left = open->at < bytes->len ? bytes->len - open->at : 0;
    const size_t got = left < len ? left : len;
    if (got > 0) {
        memcpy(out, bytes->data + open->at, got);
    }
    open->at += got;
    return (ssize_t)got;
}

/* Now and then only a part: the caller has to come again. */
ssize_t __wrap_write(int fd, const void *bytes, size_t len) {
    struct open_file *open = file_of(fd);

    if (open == NULL) {
        return __real_write(fd, bytes, len);
    }
    const enum fate fate = fate_of_call();
    if (fate == FATE_FAIL) {
        return -1;
    }
    const bool whole = len < 2 || random_chance(&cutter.folder.random, 70);
    const size_t put = whole ? len : 1 + random_below(&cutter.folder.random, len - 1);
    disk_file_write(open->file, disk_folder_serial(&cutter.folder), open->at, span_of(bytes, put));
    open->at += put;
    return fate == FATE_WELL ? (ssize_t)put : -1;
}

int __wrap_fsync(int fd) {
    struct open_file *open = file_of(fd);

    if (open == NULL) {
        return __real_fsync(fd);
    }
    const enum fate fate = fate_of_call();
    if (fate == FATE_WELL && !cutter.lies && open->file != NULL) {
        disk_file_sync(open->file);
    }
    if (fate == FATE_WELL && !cutter.lies && open->file == NULL) {
        disk_folder_sync(&cutter.folder);
    }
    return result_of(fate);
}

/* Closed in any case, as under Linux. */
int __wrap_close(int fd) {
    struct open_file *open = file_of(fd);

    if (open == NULL) {
        return __real_close(fd);
    }
    if (open->file != NULL) {
        open->file->handles--;
    }
    *open = (struct open_file) { 0 };
    return result_of(fate_of_call());
}

int __wrap_rename(const char *from, const char *to) {
    if (!is_ours(from)) {
        return __real_rename(from, to);
    }
    const enum fate fate = fate_of_call();
    if (fate != FATE_FAIL && !cut_calls_has(from)) {
        errno = ENOENT;
        return -1;
    }
    if (fate != FATE_FAIL) {
        disk_folder_rename(&cutter.folder, from, to);
    }
    return result_of(fate);
}

int __wrap_unlink(const char *path) {
    if (!is_ours(path)) {
        return __real_unlink(path);
    }
    const enum fate fate = fate_of_call();
    if (fate != FATE_FAIL && !cut_calls_has(path)) {
        errno = ENOENT;
        return -1;
    }
    if (fate != FATE_FAIL) {
        disk_folder_unlink(&cutter.folder, path);
    }
    return result_of(fate);
}

/* No failure here: whoever asks cannot tell it from "no such file". */
int __wrap_lstat(const char *path, struct stat *facts) {
    if (!is_ours(path)) {
        return __real_lstat(path, facts);
    }
    if (cutter.off || !cut_calls_has(path)) {
        errno = cutter.off ? EIO : ENOENT;
        return -1;
    }
    memset(facts, 0, sizeof *facts);
    return 0;
}

/* Nobody else is there. */
int __wrap_flock(int file, int operation) {
    (void)file;
    (void)operation;
    return 0;
}
