/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/bytes.h"

#include "protocol/crypt.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { WRITER_ROOM_MIN = 64, VARINT_BYTES_MAX = 10 };

struct span span_of(const void *data, size_t len) {
    assert(data != NULL || len == 0);
    return (struct span) { .data = data, .len = len };
}

struct span span_text(const char *text) {
    assert(text != NULL);
    return span_of(text, strlen(text));
}

bool span_equal(struct span a, struct span b) {
    /* memcmp must not see NULL, not even with length 0. */
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* ---- Reader ---- */

struct reader reader_of(struct span bytes) {
    return (struct reader) { .rest = bytes };
}

struct span reader_span(struct reader *reader, size_t len) {
    if (reader->failed || len > reader->rest.len) {
        reader->failed = true;
        return (struct span) { 0 };
    }
    if (len == 0) {
        return (struct span) { 0 };
    }
    struct span taken = { reader->rest.data, len };
    reader->rest.data += len;
    reader->rest.len -= len;
    return taken;
}

/* A little-endian integer of `len` bytes. */
static uint64_t reader_little(struct reader *reader, size_t len) {
    struct span bytes = reader_span(reader, len);
    uint64_t value = 0;

    for (size_t i = bytes.len; i > 0; i--) {
        value = value << 8 | bytes.data[i - 1];
    }
    return value;
}

uint8_t reader_u8(struct reader *reader) {
    return (uint8_t)reader_little(reader, 1);
}

uint16_t reader_u16(struct reader *reader) {
    return (uint16_t)reader_little(reader, 2);
}

uint32_t reader_u32(struct reader *reader) {
    return (uint32_t)reader_little(reader, 4);
}

uint64_t reader_u64(struct reader *reader) {
    return reader_little(reader, 8);
}

uint64_t reader_varint(struct reader *reader) {
    uint64_t value = 0;

    for (unsigned i = 0; i < VARINT_BYTES_MAX; i++) {
        uint8_t byte = reader_u8(reader);
        bool last = byte < 0x80;
        bool longer_than_needed = last && byte == 0 && i > 0;
        bool above_64_bits = i == VARINT_BYTES_MAX - 1 && byte > 1;
        if (reader->failed || longer_than_needed || above_64_bits) {
            break;
        }
        value |= (uint64_t)(byte & 0x7f) << (7 * i);
        if (last) {
            return value;
        }
    }
    reader->failed = true;
    return 0;
}

void reader_copy(struct reader *reader, uint8_t *out, size_t len) {
    struct span bytes = reader_span(reader, len);

    if (len == 0) {
        return;
    }
    if (reader->failed) {
        memset(out, 0, len);
        return;
    }
    memcpy(out, bytes.data, len);
}

enum rb_status reader_end(const struct reader *reader) {
    return reader->failed || reader->rest.len != 0 ? RB_MALFORMED : RB_OK;
}

/* ---- Writer ---- */

void writer_init(struct writer *writer, size_t max) {
    *writer = (struct writer) { .max = max };
}

void writer_clear(struct writer *writer) {
    if (writer->data != NULL) {
        crypt_wipe(writer->data, writer->room);
        free(writer->data);
    }
    writer_init(writer, writer->max);
}

void writer_reset(struct writer *writer) {
    writer->len = 0;
    writer->failed = false;
}

/* Moves the bytes to a place of at least `needed` bytes.  Not realloc: that could leave a copy of a
 * secret behind. */
static void writer_grow(struct writer *writer, size_t needed) {
    size_t room = writer->room > writer->max / 2 ? writer->max : writer->room * 2;

    if (room < WRITER_ROOM_MIN) {
        room = WRITER_ROOM_MIN;
    }
    if (room < needed) {
        room = needed;
    }
    uint8_t *data = rb_alloc(room, 1);
    if (writer->data != NULL) {
        memcpy(data, writer->data, writer->len);
        crypt_wipe(writer->data, writer->room);
        free(writer->data);
    }
    writer->data = data;
    writer->room = room;
}

uint8_t *writer_reserve(struct writer *writer, size_t len) {
    if (writer->failed || len > writer->max - writer->len) {
        writer->failed = true;
        return NULL;
    }
    if (len > writer->room - writer->len || writer->data == NULL) {
        writer_grow(writer, writer->len + len);
    }
    uint8_t *place = writer->data + writer->len;
    memset(place, 0, len);
    writer->len += len;
    return place;
}

static void writer_little(struct writer *writer, uint64_t value, size_t len) {
    uint8_t *place = writer_reserve(writer, len);

    for (size_t i = 0; place != NULL && i < len; i++) {
        place[i] = (uint8_t)(value >> (8 * i));
    }
}

void writer_u8(struct writer *writer, uint8_t value) {
    writer_little(writer, value, 1);
}

void writer_u16(struct writer *writer, uint16_t value) {
    writer_little(writer, value, 2);
}

void writer_u32(struct writer *writer, uint32_t value) {
    writer_little(writer, value, 4);
}

void writer_u64(struct writer *writer, uint64_t value) {
    writer_little(writer, value, 8);
}

void writer_varint(struct writer *writer, uint64_t value) {
    uint8_t bytes[VARINT_BYTES_MAX];
    size_t len = 0;

    while (value >= 0x80) {
        bytes[len++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    bytes[len++] = (uint8_t)value;
    writer_span(writer, span_of(bytes, len));
}

void writer_span(struct writer *writer, struct span bytes) {
    if (bytes.len == 0) {
        return;
    }
    uint8_t *place = writer_reserve(writer, bytes.len);
    if (place != NULL) {
        memcpy(place, bytes.data, bytes.len);
    }
}

struct span writer_view(const struct writer *writer) {
    return span_of(writer->data, writer->len);
}

enum rb_status writer_end(const struct writer *writer) {
    return writer->failed ? RB_TOO_LARGE : RB_OK;
}

/* ---- Memory ---- */

void *rb_alloc(size_t count, size_t size) {
    bool none = count == 0 || size == 0; /* calloc may answer NULL to that */
    void *memory = calloc(none ? 1 : count, none ? 1 : size);

    if (memory == NULL) {
        abort();
    }
    return memory;
}

void *rb_realloc(void *memory, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size) {
        abort();
    }
    size_t len = count * size;
    void *moved = realloc(memory, len == 0 ? 1 : len);
    if (moved == NULL) {
        abort();
    }
    return moved;
}

char *rb_strndup(struct span text) {
    char *copy = rb_alloc(text.len + 1, 1);

    if (text.len != 0) {
        memcpy(copy, text.data, text.len);
    }
    return copy;
}
