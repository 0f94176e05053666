/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command reads besides its words: files, and standard input to its end. */
#ifndef REMBUK_CLI_INPUT_H
#define REMBUK_CLI_INPUT_H

#include "protocol/bytes.h"

/* Appends the whole of PATH ("-": standard input) to `out`, at most `max` bytes.  RB_NOT_FOUND,
 * RB_TOO_LARGE, RB_STORAGE (cannot be read). */
enum rb_status input_read(const char *path, size_t max, struct writer *out) RB_MUST_CHECK;

/* The same of a regular file only, never waiting: no pipe, no device, no standard input. */
enum rb_status input_read_file(const char *path, size_t max, struct writer *out) RB_MUST_CHECK;

/* True if PATH means standard input, and a person types it at a terminal. */
bool input_is_typed(const char *path);

#endif
