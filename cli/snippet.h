/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The part of a long text around what was looked for, on one line.  Pure. */
#ifndef REMBUK_CLI_SNIPPET_H
#define REMBUK_CLI_SNIPPET_H

#include "protocol/bytes.h"

enum { SNIPPET_CHARACTERS = 60, SNIPPET_BYTES_MAX = SNIPPET_CHARACTERS * 4 + 8 };

/* Appends at most SNIPPET_CHARACTERS characters of `text` (valid UTF-8) with the match, which
 * begins at the byte `match`, in their middle as far as the text goes; "..." where more stands
 * before or behind.  Each run of white space becomes one blank. */
void snippet_write(struct writer *out, struct span text, size_t match, size_t match_len);

#endif
