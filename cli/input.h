/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command reads besides its words: files, and standard input to its end.  Where a path leads
 * is decided by whoever types it. */
#ifndef REMBUK_CLI_INPUT_H
#define REMBUK_CLI_INPUT_H

#include "cli/errors.h"
#include "protocol/bytes.h"

/* Appends the whole of PATH ("-": standard input) to `out`, at most `max` bytes.  RB_NOT_FOUND,
 * RB_TOO_LARGE, RB_STORAGE (cannot be read). */
enum rb_status input_read(const char *path, size_t max, struct writer *out) RB_MUST_CHECK;

/* The same of a regular file only, never waiting: no pipe, no device, no standard input. */
enum rb_status input_read_file(const char *path, size_t max, struct writer *out) RB_MUST_CHECK;

/* The sentence for what one of these two could not read; `path` as it was typed. */
enum rb_status input_fail(struct failure *failure, enum rb_status status, const char *path)
    RB_MUST_CHECK;

/* Appends PATH so that it means the same in every process: from the folder in which this one works,
 * "~/" from the person's home; "-" stays. */
void input_write_path(struct writer *out, const char *path);

/* True if PATH means standard input, and a person types it at a terminal. */
bool input_is_typed(const char *path);

#endif
