/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A discussion held elsewhere, one JSON object a line:
 *
 *   {"id": "p07", "author": "Sari", "reply_to": null | "p03", "text": "..."}
 *
 * `id` is any text that no other line has; `reply_to` names an earlier line; the author is cut of
 * white space at both ends.  Other keys are ignored.  Empty lines and a byte order mark at the
 * beginning count for nothing.  One bad line, and nothing of the file is taken. */
#ifndef REMBUK_CLI_IMPORT_LINES_H
#define REMBUK_CLI_IMPORT_LINES_H

#include "cli/json.h"
#include "store/threads.h"

struct import {
    struct import_post *posts; /* borrow their texts from `kept` */
    size_t *line_numbers;      /* of each post, from 1 */
    struct json_line **kept;
    struct span *ids; /* of each post, borrowed from `kept` */
    size_t *by_id;    /* indexes of the posts, sorted by id */
    size_t count, room;
};

/* What is wrong with a line. */
struct import_fault {
    size_t line_number;   /* 0: the file as a whole */
    const char *code;     /* stable, snake_case */
    const char *sentence; /* English, without the line's number; _() gives it translated */
};

/* Reads the whole file.  RB_MALFORMED or RB_TOO_LARGE: `fault` says where and why, and `import` is
 * empty.  After RB_OK the caller clears `import`. */
enum rb_status import_read(struct span file, struct import *import, struct import_fault *fault)
    RB_MUST_CHECK;
void import_clear(struct import *import);

#endif
