/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What cbor_check accepts can be read to its end, and written again it is the same bytes. */
#include "tests/fuzz/fuzz.h"

#include "protocol/cbor.h"

#include <assert.h>

/* An array or map that is being copied. */
struct level {
    bool is_map;
    struct cbor_map map;
    uint64_t left; /* of an array */
};

struct levels {
    struct level items[CBOR_DEPTH_MAX];
    size_t depth;
};

static void array_begin(struct levels *levels, struct reader *from, struct writer *to) {
    struct level level = { .left = cbor_read_array(from, UINT64_MAX) };

    cbor_write_array(to, level.left);
    levels->items[levels->depth++] = level;
}

static void map_begin(struct levels *levels, struct reader *from, struct writer *to) {
    struct level level = { .is_map = true, .map = cbor_read_map(from) };

    cbor_write_map(to, level.map.left);
    levels->items[levels->depth++] = level;
}

static void value_copy(struct levels *levels, struct reader *from, struct writer *to) {
    assert(from->rest.len > 0);
    switch (from->rest.data[0] >> 5) {
    case 0:
        cbor_write_uint(to, cbor_read_uint(from, UINT64_MAX));
        break;
    case 1:
        cbor_write_int(to, cbor_read_int(from));
        break;
    case 2:
        cbor_write_bytes(to, cbor_read_bytes(from, SIZE_MAX));
        break;
    case 3:
        cbor_write_text(to, cbor_read_text(from, SIZE_MAX));
        break;
    case 4:
        array_begin(levels, from, to);
        break;
    case 5:
        map_begin(levels, from, to);
        break;
    default:
        if (cbor_read_null(from)) {
            cbor_write_null(to);
        } else {
            cbor_write_bool(to, cbor_read_bool(from));
        }
        break;
    }
}

/* True if the innermost array or map has one more value; the key of a map is copied. */
static bool level_next(struct level *level, struct reader *from, struct writer *to) {
    uint64_t key = 0;

    if (!level->is_map) {
        return level->left-- > 0;
    }
    if (!cbor_map_next(&level->map, from, &key)) {
        return false;
    }
    cbor_write_uint(to, key);
    return true;
}

static void item_copy(struct reader *from, struct writer *to) {
    struct levels levels = { .depth = 0 };

    value_copy(&levels, from, to);
    while (levels.depth > 0) {
        if (level_next(&levels.items[levels.depth - 1], from, to)) {
            value_copy(&levels, from, to);
        } else {
            levels.depth--;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    const struct span bytes = span_of(data, len);
    struct reader skipped = reader_of(bytes);
    struct reader reader = reader_of(bytes);
    struct writer writer;

    bool accepted = cbor_check(bytes) == RB_OK;
    cbor_skip(&skipped);
    assert(accepted == (reader_end(&skipped) == RB_OK));
    if (!accepted) {
        return 0;
    }
    writer_init(&writer, len);
    item_copy(&reader, &writer);
    assert(reader_end(&reader) == RB_OK);
    assert(writer_end(&writer) == RB_OK);
    assert(span_equal(writer_view(&writer), bytes));
    writer_clear(&writer);
    return 0;
}
