/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is done with the ways in which a word can go on (complete.h): what they have in common, and
 * how they are listed.  Pure. */
#ifndef REMBUK_CLI_MATCHES_H
#define REMBUK_CLI_MATCHES_H

#include "cli/complete.h"

/* How many bytes all of them begin with alike, whole characters only, and more than an opening
 * quote; there is at least one. */
size_t matches_common_bytes(const struct completions *found);

/* Appends them row by row, in as many columns of the terminal as fit; above MATCH_LINES_MAX lines
 * only that there are more. */
enum { MATCH_LINES_MAX = 16 };
void matches_write(const struct completions *found, size_t width, struct writer *out);

/* Adds a path, in quotes if the line needs them; `rows` has room.  One with a quote in it cannot
 * stand in a line, one with unprintable characters not on a terminal: such are left out. */
void matches_add_path(struct completions *found, const char *path);

#endif
