/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/node.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The lock goes with the process that holds it, however it ends; the file stays and means nothing.
 *
 * fcntl forgets all locks of a process on a file when it closes any descriptor of that file: so a
 * process that holds the lock never opens the file again. */
static int held = -1;

static struct flock whole_file(void) {
    return (struct flock) { .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

static enum rb_status lock_path(const char *home, char path[static PATH_BYTES_MAX]) {
    int len = snprintf(path, PATH_BYTES_MAX, "%s/node.lock", home);

    return len > 0 && len < PATH_BYTES_MAX ? RB_OK : RB_TOO_LARGE;
}

enum rb_status node_lock(const char *home, int *lock) {
    char path[PATH_BYTES_MAX];
    struct flock wanted = whole_file();
    int file;

    if (held >= 0) {
        return RB_BUSY;
    }
    if (lock_path(home, path) != RB_OK) {
        return RB_STORAGE;
    }
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0) {
        return RB_STORAGE;
    }
    if (fcntl(file, F_SETLK, &wanted) != 0) {
        enum rb_status status = errno == EACCES || errno == EAGAIN ? RB_BUSY : RB_STORAGE;
        close(file);
        return status;
    }
    held = file;
    *lock = file;
    return RB_OK;
}

void node_unlock(int lock) {
    assert(lock == held);
    if (held >= 0) {
        close(held);
        held = -1;
    }
}

static bool held_here(const char *path) {
    struct stat ours, theirs;

    return held >= 0 && fstat(held, &ours) == 0 && stat(path, &theirs) == 0 &&
           ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino;
}

bool node_is_running(const char *home) {
    char path[PATH_BYTES_MAX];
    struct flock found = whole_file();
    bool running = false;
    int file;

    if (lock_path(home, path) != RB_OK) {
        return false;
    }
    if (held_here(path)) {
        return true;
    }
    file = open(path, O_RDWR | O_CLOEXEC);
    if (file >= 0) {
        running = fcntl(file, F_GETLK, &found) == 0 && found.l_type != F_UNLCK;
        close(file);
    }
    return running;
}
