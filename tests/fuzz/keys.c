/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a terminal sends: a block is text only; no two lines of one piece become keys; and with one
 * line end at most outside of marked blocks it gives the same keys and blocks in pieces of any
 * size. */
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

/* Of the keys of one piece. */
struct line {
    size_t ends;
    bool has_text;
    bool after_return;
};

static void count_key(struct line *line, uint8_t byte) {
    bool is_second_half = line->after_return && byte == '\n';

    line->after_return = byte == '\r';
    line->ends += (byte == '\r' || byte == '\n') && !is_second_half ? 1 : 0;
    line->has_text = line->has_text || (byte != '\r' && byte != '\n');
}

static struct line tell(struct keys *keys, struct writer *told) {
    struct line line = { 0 };
    struct block block;
    uint8_t byte;

    for (;;) {
        if (keys_next(keys, &byte)) {
            count_key(&line, byte);
            writer_u8(told, TOLD_KEY);
            writer_u8(told, byte);
        } else if (keys_block(keys, &block)) {
            tell_block(told, &block);
            keys_drop_block(keys);
        } else {
            return line;
        }
    }
}

/* What stands behind a mark in the same piece is judged by itself, and a mark ends with ~. */
static size_t marks_at_most(struct span piece) {
    size_t count = 0;

    for (size_t i = 0; i < piece.len; i++) {
        count += piece.data[i] == '~' ? 1 : 0;
    }
    return count;
}

/* How many line ends were keys. */
static size_t read_in_pieces(struct span sent, size_t piece_bytes, struct writer *told) {
    struct keys *keys = keys_new();
    size_t line_ends = 0;

    for (size_t at = 0; at < sent.len; at += piece_bytes) {
        size_t left = sent.len - at;
        struct span piece = span_of(sent.data + at, left < piece_bytes ? left : piece_bytes);
        keys_feed(keys, piece, 0);
        struct line line = tell(keys, told);
        assert(!line.has_text || line.ends <= 1 + marks_at_most(piece));
        line_ends += line.ends;
    }
    keys_timeout(keys, PASTE_MS_MAX);
    assert(keys_deadline_ms(keys) == INT64_MAX);
    (void)tell(keys, told); /* No line end was held back. */
    keys_destroy(&keys);
    return line_ends;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct writer bytewise, pieces;

    if (len < 2 || len > DRAFT_BYTES_MAX / TOLD_PER_BYTE_MAX) {
        return 0;
    }
    struct span sent = span_of(data + 1, len - 1);
    writer_init(&bytewise, len * TOLD_PER_BYTE_MAX);
    writer_init(&pieces, len * TOLD_PER_BYTE_MAX);
    size_t line_ends = read_in_pieces(sent, 1, &bytewise);
    size_t piece_bytes = data[0] == 0 ? sent.len : data[0];
    (void)read_in_pieces(sent, piece_bytes, &pieces); /* Of these, all are compared. */
    assert(writer_end(&bytewise) == RB_OK);
    assert(writer_end(&pieces) == RB_OK);
    assert(line_ends > 1 || span_equal(writer_view(&bytewise), writer_view(&pieces)));
    writer_clear(&bytewise);
    writer_clear(&pieces);
    return 0;
}
