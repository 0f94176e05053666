/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How text fills the columns of a terminal.  Pure; the text is UTF-8 that is already printable. */
#ifndef REMBUK_CLI_LAYOUT_H
#define REMBUK_CLI_LAYOUT_H

#include "protocol/bytes.h"

/* Columns that the text takes: wide characters take two, combining ones none. */
size_t layout_columns(struct span text);

/* Takes the next line of at most `width` columns from the front of `*rest`, breaking at a line
 * feed, else at the last blank that fits, else within a word.  Line feed or blank at the break is
 * dropped.  `width` > 0. */
struct span layout_line(struct span *rest, size_t width);

/* Appends `text` in lines of at most `width` columns, each with `indent` blanks in front and a
 * line feed at its end. */
void layout_wrap(struct writer *out, struct span text, size_t width, size_t indent);

/* Appends `text` and blanks up to `width` columns. */
void layout_pad(struct writer *out, struct span text, size_t width);

#endif
