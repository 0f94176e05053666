/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/home.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char key_name[] = "key";
static const char key_new_name[] = "key.new";
static const char db_name[] = "rembuk.db";

/* What a creation makes, in the order of removal: the mark goes last. */
static const char *const creation_names[] = {
    "rembuk.db", "rembuk.db-wal", "rembuk.db-journal", "key.new.part", "key.new",
};
enum { CREATION_NAMES = sizeof creation_names / sizeof creation_names[0] };

enum rb_status home_at(struct home *home, const char *folder) {
    const size_t len = strlen(folder);

    if (len == 0 || len >= sizeof home->folder) {
        return RB_TOO_LARGE;
    }
    memcpy(home->folder, folder, len + 1);
    home->kept_len = len;
    enum rb_status status = file_path(home->key, folder, key_name);
    if (status == RB_OK) {
        status = file_path(home->key_new, folder, key_new_name);
    }
    if (status == RB_OK) {
        status = file_path(home->db, folder, db_name);
    }
    return status;
}

static bool is_of_creation(const char *name) {
    for (size_t i = 0; i < CREATION_NAMES; i++) {
        if (strcmp(name, creation_names[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* RB_OK if the folder is empty, or holds only what a creation that was cut off has left. */
static enum rb_status folder_check(const struct home *home) {
    enum rb_status status = RB_OK;
    const struct dirent *entry = NULL;
    DIR *folder = opendir(home->folder);

    if (folder == NULL) {
        return errno == ENOTDIR ? RB_EXISTS : RB_STORAGE;
    }
    while ((entry = readdir(folder)) != NULL) {
        const char *name = entry->d_name;
        const bool is_dots = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
        if (!is_dots && !is_of_creation(name)) {
            status = RB_EXISTS;
        }
    }
    (void)closedir(folder); /* It was only read. */
    /* A database without the mark may be a home whose key was lost: not ours to remove. */
    if (file_exists(home->db) && !file_exists(home->key_new)) {
        status = RB_EXISTS;
    }
    return status;
}

static void remove_creation(const struct home *home) {
    char path[PATH_BYTES_MAX];

    for (size_t i = 0; i < CREATION_NAMES; i++) {
        if (file_path(path, home->folder, creation_names[i]) == RB_OK) {
            (void)unlink(path); /* It need not be there. */
        }
    }
}

enum rb_status home_make(struct home *home) {
    enum rb_status status = folder_make(home->folder, &home->kept_len);

    if (status == RB_OK) {
        status = folder_check(home);
    }
    if (status == RB_OK && chmod(home->folder, 0700) != 0) {
        status = RB_STORAGE;
    }
    if (status != RB_OK) {
        folder_unmake(home->folder, home->kept_len);
        return status;
    }
    remove_creation(home);
    return RB_OK;
}

enum rb_status home_finish(const struct home *home) {
    return file_rename(home->key_new, home->key);
}

void home_unmake(const struct home *home) {
    (void)unlink(home->key); /* There only if home_finish failed after its renaming. */
    remove_creation(home);
    folder_unmake(home->folder, home->kept_len);
}
