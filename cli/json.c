/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/json.h"

#include "protocol/limits.h"
#include "protocol/text.h"

#include <assert.h>
#include <jansson.h>
#include <stdlib.h>

enum { NESTING_MAX = 8 };

struct json_writer {
    json_t *root;
    json_t *open[NESTING_MAX]; /* borrowed from their parents; open[0] is the root */
    size_t depth;
};

/* The library's only other failure is lack of memory, which ends the program as in rb_alloc. */
static json_t *made(json_t *value) {
    if (value == NULL) {
        abort();
    }
    return value;
}

/* ---- Writing ---- */

struct json_writer *json_writer_new(void) {
    struct json_writer *writer = rb_alloc(1, sizeof *writer);

    writer->root = made(json_object());
    writer->open[0] = writer->root;
    writer->depth = 1;
    return writer;
}

void json_writer_destroy(struct json_writer **writer) {
    if (*writer != NULL) {
        json_decref((*writer)->root);
        free(*writer);
        *writer = NULL;
    }
}

/* Takes over `value`. */
static void put(struct json_writer *writer, const char *key, json_t *value) {
    json_t *container = writer->open[writer->depth - 1];

    assert(json_is_array(container) == (key == NULL));
    if (key == NULL) {
        if (json_array_append_new(container, value) != 0) {
            abort();
        }
    } else if (json_object_set_new(container, key, value) != 0) {
        abort();
    }
}

static void open_container(struct json_writer *writer, const char *key, json_t *container) {
    assert(writer->depth < NESTING_MAX);
    put(writer, key, container);
    writer->open[writer->depth++] = container;
}

void json_open_object(struct json_writer *writer, const char *key) {
    open_container(writer, key, made(json_object()));
}

void json_open_list(struct json_writer *writer, const char *key) {
    open_container(writer, key, made(json_array()));
}

void json_close(struct json_writer *writer) {
    assert(writer->depth > 1);
    writer->depth--;
}

static json_t *json_of_bytes(struct span text) {
    return made(json_stringn(text.len > 0 ? (const char *)text.data : "", text.len));
}

void json_put_text(struct json_writer *writer, const char *key, struct span text) {
    if (text_is_utf8(text)) {
        put(writer, key, json_of_bytes(text));
        return;
    }
    struct writer escaped;
    writer_init(&escaped, SIZE_MAX / 2);
    text_escape(&escaped, text, true);
    put(writer, key, json_of_bytes(writer_view(&escaped)));
    writer_clear(&escaped);
}

void json_put_integer(struct json_writer *writer, const char *key, int64_t value) {
    put(writer, key, made(json_integer(value)));
}

void json_put_bool(struct json_writer *writer, const char *key, bool value) {
    put(writer, key, made(json_boolean(value)));
}

void json_put_null(struct json_writer *writer, const char *key) {
    put(writer, key, json_null());
}

/* The library leaves DEL as it is; it can stand in strings only. */
static int write_piece(const char *piece, size_t len, void *file) {
    for (size_t i = 0; i < len; i++) {
        int failed = piece[i] == 0x7F ? fputs("\\u007f", file) : fputc(piece[i], file);
        if (failed == EOF) {
            return -1;
        }
    }
    return 0;
}

void json_write(const struct json_writer *writer, FILE *out) {
    (void)json_dump_callback(writer->root, write_piece, out, JSON_ENSURE_ASCII);
    (void)fputc('\n', out); /* Whether all was written is asked once, with ferror. */
}

/* ---- Reading ---- */

struct json_line {
    json_t *object;
};

enum rb_status json_line_read(struct span text, struct json_line **line) {
    json_error_t error;
    const char *bytes = text.len > 0 ? (const char *)text.data : "";
    json_t *value = json_loadb(bytes, text.len, JSON_REJECT_DUPLICATES, &error);

    if (!json_is_object(value)) {
        json_decref(value); /* NULL is fine. */
        return RB_MALFORMED;
    }
    *line = rb_alloc(1, sizeof **line);
    (*line)->object = value;
    return RB_OK;
}

void json_line_destroy(struct json_line **line) {
    if (*line != NULL) {
        json_decref((*line)->object);
        free(*line);
        *line = NULL;
    }
}

size_t json_line_size(const struct json_line *line) {
    return json_object_size(line->object);
}

enum json_field json_line_field(const struct json_line *line, const char *key, struct span *text) {
    const json_t *value = json_object_get(line->object, key);

    if (value == NULL) {
        return JSON_FIELD_ABSENT;
    }
    if (json_is_string(value)) {
        *text = span_of(json_string_value(value), json_string_length(value));
        return JSON_FIELD_TEXT;
    }
    return json_is_null(value) ? JSON_FIELD_NULL : JSON_FIELD_OTHER;
}
