/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a terminal sends: in pieces of any size it gives the same keys and the same blocks, and a
 * block is text only. */
#include "tests/fuzz/fuzz.h"

#include "cli/keys.h"
#include "protocol/text.h"

#include <assert.h>

/* A key between blocks is told from a block's bytes by what stands before it. */
enum { TOLD_PER_BYTE_MAX = 8, TOLD_KEY = 1, TOLD_BLOCK = 2 };

static void tell_block(struct writer *told, const struct block *block) {
    struct span rest = block->text;
    size_t line_ends = 0;

    assert(rest.len > 0);
    assert(text_is_utf8(rest));
    writer_u8(told, TOLD_BLOCK);
    writer_span(told, rest);
    bool ends_line = rest.data[rest.len - 1] == '\n';
    while (rest.len > 0) {
        uint32_t code_point = text_next(&rest);
        assert(code_point == '\n' || !text_is_unprintable(code_point));
        line_ends += code_point == '\n';
    }
    assert(block->lines == line_ends + (ends_line ? 0 : 1));
}

static void tell(struct keys *keys, struct writer *told) {
    struct block block;
    uint8_t byte;

    for (;;) {
        if (keys_next(keys, &byte)) {
            writer_u8(told, TOLD_KEY);
            writer_u8(told, byte);
        } else if (keys_block(keys, &block)) {
            tell_block(told, &block);
            keys_drop_block(keys);
        } else {
            return;
        }
    }
}

static void read_in_pieces(struct span sent, size_t piece_bytes, struct writer *told) {
    struct keys *keys = keys_new();

    for (size_t at = 0; at < sent.len; at += piece_bytes) {
        size_t left = sent.len - at;
        keys_feed(keys, span_of(sent.data + at, left < piece_bytes ? left : piece_bytes), 0);
        tell(keys, told);
    }
    keys_timeout(keys, PASTE_MS_MAX);
    assert(keys_deadline_ms(keys) == INT64_MAX);
    tell(keys, told);
    keys_destroy(&keys);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct writer whole, pieces;

    if (len < 2 || len > DRAFT_BYTES_MAX / TOLD_PER_BYTE_MAX) {
        return 0;
    }
    struct span sent = span_of(data + 1, len - 1);
    writer_init(&whole, len * TOLD_PER_BYTE_MAX);
    writer_init(&pieces, len * TOLD_PER_BYTE_MAX);
    read_in_pieces(sent, sent.len, &whole);
    read_in_pieces(sent, (size_t)data[0] + 1, &pieces);
    assert(writer_end(&whole) == RB_OK);
    assert(span_equal(writer_view(&whole), writer_view(&pieces)));
    writer_clear(&whole);
    writer_clear(&pieces);
    return 0;
}
