/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small files and folders of a home: for their owner only, and whole or not there at all. */
#ifndef REMBUK_STORE_FILE_H
#define REMBUK_STORE_FILE_H

#include "protocol/bytes.h"
#include "protocol/limits.h"

#include <stdbool.h>

/* What an errno means here: RB_NOT_FOUND, RB_EXISTS, RB_FULL (also quotas and limits), or
 * RB_STORAGE. */
enum rb_status file_status(int code);

/* "FOLDER/NAME" as a path; RB_TOO_LARGE above PATH_BYTES_MAX. */
enum rb_status file_path(char out[static PATH_BYTES_MAX], const char *folder, const char *name)
    RB_MUST_CHECK;

bool file_exists(const char *path);

/* An empty file of mode 0600.  RB_EXISTS if there is one. */
enum rb_status file_make(const char *path) RB_MUST_CHECK;

/* Reads a whole file of at most `max` bytes; a pipe is never waited for.  RB_NOT_FOUND,
 * RB_TOO_LARGE, RB_STORAGE. */
enum rb_status file_read(const char *path, uint8_t *out, size_t max, size_t *len) RB_MUST_CHECK;

/* Puts a file of mode 0600 in the place of PATH: written aside (PATH.part), fsync, rename, fsync of
 * the folder.  Afterwards, whatever happens, PATH is the old file or the new one.  For folders of
 * our own: a PATH.part that is there already was left by us, and goes.  RB_FULL, RB_STORAGE. */
enum rb_status file_write_atomic(const char *path, struct span bytes) RB_MUST_CHECK;

/* The same in anybody's folder: it is written aside under a name that is nobody's.  RB_TOO_LARGE:
 * PATH is too long. */
enum rb_status file_replace(const char *path, struct span bytes) RB_MUST_CHECK;

/* A file of mode 0600 where there is none.  RB_EXISTS: something is there, and stays as it is;
 * RB_NOT_FOUND: no such folder; RB_FULL, RB_STORAGE: nothing is left of it.  (Not by a link from
 * aside: sticks that people carry have no links.) */
enum rb_status file_write_new(const char *path, struct span bytes) RB_MUST_CHECK;

/* Nobody else holds the lock of the folder in which PATH lies, until folder_unlock or the end of
 * the process.  RB_BUSY: somebody does; RB_NOT_FOUND, RB_STORAGE. */
enum rb_status folder_lock(const char *path, int *lock) RB_MUST_CHECK;
void folder_unlock(int lock);

/* Renames within one folder, durably. */
enum rb_status file_rename(const char *from, const char *to) RB_MUST_CHECK;

/* Makes PATH and its missing parents, mode 0700.  The first `*kept_len` bytes of PATH were there
 * before; that is also told on failure, so that folder_unmake can follow. */
enum rb_status folder_make(const char *path, size_t *kept_len) RB_MUST_CHECK;

/* Removes what folder_make made, as far as it is empty. */
void folder_unmake(const char *path, size_t kept_len);

#endif
