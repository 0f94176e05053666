/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only door to the JSON library: one document that is written, and lines that are read. */
#ifndef REMBUK_CLI_JSON_H
#define REMBUK_CLI_JSON_H

#include "protocol/bytes.h"

#include <stdio.h>

/* ---- Writing: one object, with a path of open containers ---- */
struct json_writer;

struct json_writer *json_writer_new(void); /* the outermost object stands open */
void json_writer_destroy(struct json_writer **writer);

/* `key` is NULL inside a list. */
void json_open_object(struct json_writer *writer, const char *key);
void json_open_list(struct json_writer *writer, const char *key);
void json_close(struct json_writer *writer); /* the container opened last */

/* Text that is not UTF-8 (a file's name can be anything) is put in its escaped form. */
void json_put_text(struct json_writer *writer, const char *key, struct span text);
void json_put_integer(struct json_writer *writer, const char *key, int64_t value);
void json_put_bool(struct json_writer *writer, const char *key, bool value);
void json_put_null(struct json_writer *writer, const char *key);

/* The whole document on one line.  Everything but printable ASCII is written as \uXXXX: the
 * strings are raw text for whoever parses them, and yet harmless on a terminal. */
void json_write(const struct json_writer *writer, FILE *out);

/* ---- Reading: one line, one object ---- */
struct json_line;

/* RB_MALFORMED: not one JSON object, not UTF-8, a key twice, or a NUL in a string. */
enum rb_status json_line_read(struct span text, struct json_line **line) RB_MUST_CHECK;
void json_line_destroy(struct json_line **line);

/* How many keys it has. */
size_t json_line_size(const struct json_line *line);

enum json_field { JSON_FIELD_ABSENT, JSON_FIELD_NULL, JSON_FIELD_TEXT, JSON_FIELD_OTHER };

/* What stands under `key`.  For JSON_FIELD_TEXT also its text, borrowed from the line. */
enum json_field json_line_field(const struct json_line *line, const char *key, struct span *text);

#endif
