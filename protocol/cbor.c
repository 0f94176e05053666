/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/cbor.h"

#include "protocol/text.h"

#include <assert.h>
#include <string.h>

/* An item begins with its head: three bits of major type, five of information.  Information below
 * 24 is the value itself; 24 to 27 say that it follows in 1, 2, 4 or 8 bytes, big-endian. */
enum major {
    MAJOR_UNSIGNED = 0,
    MAJOR_NEGATIVE = 1,
    MAJOR_BYTES = 2,
    MAJOR_TEXT = 3,
    MAJOR_ARRAY = 4,
    MAJOR_MAP = 5,
    MAJOR_TAG = 6,
    MAJOR_SIMPLE = 7
};

enum { INFO_FOLLOWS = 24, INFO_FOLLOWS_LAST = 27 };
enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21, SIMPLE_NULL = 22 };
enum { NULL_BYTE = MAJOR_SIMPLE << 5 | SIMPLE_NULL };

struct head {
    enum major major;
    uint64_t value;
};

/* ---- Writing ---- */

static void head_write(struct writer *writer, enum major major, uint64_t value) {
    unsigned info = value <= UINT8_MAX ? 0 : value <= UINT16_MAX ? 1 : value <= UINT32_MAX ? 2 : 3;

    if (value < INFO_FOLLOWS) {
        writer_u8(writer, (uint8_t)(major << 5 | (unsigned)value));
        return;
    }
    writer_u8(writer, (uint8_t)(major << 5 | (INFO_FOLLOWS + info)));
    for (unsigned bits = 8U << info; bits > 0; bits -= 8) {
        writer_u8(writer, (uint8_t)(value >> (bits - 8)));
    }
}

void cbor_write_uint(struct writer *writer, uint64_t value) {
    head_write(writer, MAJOR_UNSIGNED, value);
}

void cbor_write_int(struct writer *writer, int64_t value) {
    if (value >= 0) {
        head_write(writer, MAJOR_UNSIGNED, (uint64_t)value);
    } else {
        head_write(writer, MAJOR_NEGATIVE, (uint64_t)(-1 - value));
    }
}

void cbor_write_bytes(struct writer *writer, struct span bytes) {
    head_write(writer, MAJOR_BYTES, bytes.len);
    writer_span(writer, bytes);
}

void cbor_write_text(struct writer *writer, struct span utf8) {
    assert(text_is_utf8(utf8));
    head_write(writer, MAJOR_TEXT, utf8.len);
    writer_span(writer, utf8);
}

void cbor_write_array(struct writer *writer, uint64_t items) {
    head_write(writer, MAJOR_ARRAY, items);
}

void cbor_write_map(struct writer *writer, uint64_t pairs) {
    head_write(writer, MAJOR_MAP, pairs);
}

void cbor_write_bool(struct writer *writer, bool value) {
    head_write(writer, MAJOR_SIMPLE, value ? SIMPLE_TRUE : SIMPLE_FALSE);
}

void cbor_write_null(struct writer *writer) {
    head_write(writer, MAJOR_SIMPLE, SIMPLE_NULL);
}

/* ---- Reading: heads ---- */

/* The value that follows a head, of 1, 2, 4 or 8 bytes; fails if a shorter form would have done. */
static uint64_t value_read(struct reader *reader, unsigned info) {
    struct span bytes = reader_span(reader, (size_t)1 << (info - INFO_FOLLOWS));
    uint64_t value = 0;

    for (size_t i = 0; i < bytes.len; i++) {
        value = value << 8 | bytes.data[i];
    }
    uint64_t least = info == INFO_FOLLOWS ? INFO_FOLLOWS : UINT64_C(1) << (4 * bytes.len);
    if (value < least) {
        reader->failed = true;
    }
    return value;
}

/* True if the subset has such a head. */
static bool head_is_known(const struct head *head) {
    switch (head->major) {
    case MAJOR_NEGATIVE:
        return head->value <= INT64_MAX;
    case MAJOR_TAG:
        return false;
    case MAJOR_SIMPLE:
        return head->value >= SIMPLE_FALSE && head->value <= SIMPLE_NULL;
    default:
        return true;
    }
}

/* True if what the head announces can be there at all, so that no loop outlasts the bytes. */
static bool head_is_plausible(const struct head *head, size_t bytes_left) {
    switch (head->major) {
    case MAJOR_BYTES:
    case MAJOR_TEXT:
    case MAJOR_ARRAY:
        return head->value <= bytes_left;
    case MAJOR_MAP:
        return head->value <= bytes_left / 2;
    default:
        return true;
    }
}

static struct head head_read(struct reader *reader) {
    uint8_t byte = reader_u8(reader);
    unsigned info = byte & 0x1f;
    struct head head = { .major = (enum major)(byte >> 5), .value = info };

    if (info > INFO_FOLLOWS_LAST) {
        reader->failed = true;
    } else if (info >= INFO_FOLLOWS) {
        head.value = value_read(reader, info);
    }
    if (!head_is_known(&head) || !head_is_plausible(&head, reader->rest.len)) {
        reader->failed = true;
    }
    return reader->failed ? (struct head) { 0 } : head;
}

/* The value of a head that must be of `major` and at most `max`. */
static uint64_t head_expect(struct reader *reader, enum major major, uint64_t max) {
    struct head head = head_read(reader);

    if (head.major != major || head.value > max) {
        reader->failed = true;
    }
    return reader->failed ? 0 : head.value;
}

/* ---- Reading: whole items, without recursion ---- */

/* An array or map that is being walked. */
struct level {
    uint64_t left; /* items still to come; keys count too, so a key is next when it is even */
    bool is_map;
    bool has_key; /* last_key is set */
    uint64_t last_key;
};

static struct level level_of(const struct head *head) {
    bool is_map = head->major == MAJOR_MAP;

    /* No overflow: head_read compared the value with the bytes left. */
    return (struct level) { .left = is_map ? head->value * 2 : head->value, .is_map = is_map };
}

/* Counts one item of the level; fails if it should be a key and is none that may follow. */
static void level_take(struct level *level, const struct head *head, struct reader *reader) {
    if (level->is_map && level->left % 2 == 0) {
        if (head->major != MAJOR_UNSIGNED || (level->has_key && head->value <= level->last_key)) {
            reader->failed = true;
        }
        level->has_key = true;
        level->last_key = head->value;
    }
    level->left--;
}

/* Takes the bytes of a string; other heads are complete in themselves. */
static void content_take(struct reader *reader, const struct head *head) {
    if (head->major == MAJOR_BYTES || head->major == MAJOR_TEXT) {
        struct span content = reader_span(reader, (size_t)head->value);
        if (head->major == MAJOR_TEXT && !text_is_utf8(content)) {
            reader->failed = true;
        }
    }
}

static void item_walk(struct reader *reader) {
    struct level levels[CBOR_DEPTH_MAX];
    size_t depth = 0;

    do {
        struct head head = head_read(reader);
        if (depth > 0) {
            level_take(&levels[depth - 1], &head, reader);
        }
        bool opens = head.major == MAJOR_ARRAY || head.major == MAJOR_MAP;
        if (opens && depth == CBOR_DEPTH_MAX) {
            reader->failed = true;
        } else if (opens) {
            levels[depth++] = level_of(&head);
        } else {
            content_take(reader, &head);
        }
        while (depth > 0 && levels[depth - 1].left == 0) {
            depth--;
        }
    } while (depth > 0 && !reader->failed);
}

enum rb_status cbor_check(struct span bytes) {
    struct reader reader = reader_of(bytes);

    item_walk(&reader);
    return reader_end(&reader);
}

struct span cbor_read_item(struct reader *reader) {
    struct span before = reader->rest;

    item_walk(reader);
    if (reader->failed) {
        return (struct span) { 0 };
    }
    return span_of(before.data, before.len - reader->rest.len);
}

void cbor_skip(struct reader *reader) {
    item_walk(reader);
}

/* ---- Reading: fields ---- */

uint64_t cbor_read_uint(struct reader *reader, uint64_t max) {
    return head_expect(reader, MAJOR_UNSIGNED, max);
}

int64_t cbor_read_int(struct reader *reader) {
    struct head head = head_read(reader);
    bool is_integer = head.major == MAJOR_UNSIGNED || head.major == MAJOR_NEGATIVE;

    if (!is_integer || head.value > INT64_MAX) {
        reader->failed = true;
    }
    if (reader->failed) {
        return 0;
    }
    return head.major == MAJOR_NEGATIVE ? -1 - (int64_t)head.value : (int64_t)head.value;
}

struct span cbor_read_bytes(struct reader *reader, size_t len_max) {
    return reader_span(reader, (size_t)head_expect(reader, MAJOR_BYTES, len_max));
}

struct span cbor_read_text(struct reader *reader, size_t len_max) {
    struct span text = reader_span(reader, (size_t)head_expect(reader, MAJOR_TEXT, len_max));

    if (!text_is_utf8(text)) {
        reader->failed = true;
        return (struct span) { 0 };
    }
    return text;
}

void cbor_read_fixed(struct reader *reader, uint8_t *out, size_t len) {
    if (head_expect(reader, MAJOR_BYTES, len) != len) {
        reader->failed = true;
    }
    reader_copy(reader, out, len);
}

uint64_t cbor_read_array(struct reader *reader, uint64_t items_max) {
    return head_expect(reader, MAJOR_ARRAY, items_max);
}

bool cbor_read_bool(struct reader *reader) {
    uint64_t value = head_expect(reader, MAJOR_SIMPLE, SIMPLE_TRUE);

    return value == SIMPLE_TRUE;
}

bool cbor_read_null(struct reader *reader) {
    bool is_null =
        !reader->failed && reader->rest.len > 0 && reader->rest.data[0] == (uint8_t)NULL_BYTE;

    if (is_null) {
        (void)reader_u8(reader); /* Known already. */
    }
    return is_null;
}

struct cbor_map cbor_read_map(struct reader *reader) {
    return (struct cbor_map) { .left = head_expect(reader, MAJOR_MAP, UINT64_MAX) };
}

bool cbor_map_next(struct cbor_map *map, struct reader *reader, uint64_t *key) {
    if (reader->failed || map->left == 0) {
        return false;
    }
    uint64_t next = cbor_read_uint(reader, UINT64_MAX);
    if (map->begun && next <= map->last_key) {
        reader->failed = true;
    }
    if (reader->failed) {
        return false;
    }
    map->left--;
    map->last_key = next;
    map->begun = true;
    *key = next;
    return true;
}
