/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder of a home, and how it comes to be:
 *
 *   HOME/key         keyfile.h: a folder with this file is a home
 *   HOME/rembuk.db   db.h, with rembuk.db-wal beside it while it is open
 *   HOME/key.new     a creation that has not ended
 *
 * The files are made in place, with the key under its other name; the last step of a creation
 * renames it.  So a creation that was cut off at any moment is recognised: beside key.new lies
 * nothing that anybody ever relied on, and the next creation removes it. */
#ifndef REMBUK_STORE_HOME_H
#define REMBUK_STORE_HOME_H

#include "store/file.h"

struct home {
    char folder[PATH_BYTES_MAX];
    char key[PATH_BYTES_MAX];
    char key_new[PATH_BYTES_MAX];
    char db[PATH_BYTES_MAX];
    size_t kept_len; /* of `folder`: what home_make found there */
};

/* The paths of a home; RB_TOO_LARGE above PATH_BYTES_MAX. */
enum rb_status home_at(struct home *home, const char *folder) RB_MUST_CHECK;

/* Makes the folder, mode 0700, parents too, or takes an empty one.  RB_EXISTS if it is not empty;
 * RB_FULL, RB_STORAGE.  On failure nothing has been made. */
enum rb_status home_make(struct home *home) RB_MUST_CHECK;

/* After home_make: the creation has succeeded, or it has failed and all that it made goes away. */
enum rb_status home_finish(const struct home *home) RB_MUST_CHECK;
void home_unmake(const struct home *home);

#endif
