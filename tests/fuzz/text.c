/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from strangers: what is shown of it never harms a terminal, and base32 has one form. */
#include "tests/fuzz/fuzz.h"

#include "protocol/text.h"
#include "protocol/words.h"

#include <assert.h>

enum { ESCAPED_BYTES_PER_BYTE = 8 }; /* U+0000 becomes \u{0000} */

static void escaped_is_printable(struct span text, bool lines) {
    struct writer writer;

    writer_init(&writer, text.len * ESCAPED_BYTES_PER_BYTE);
    text_escape(&writer, text, lines);
    assert(writer_end(&writer) == RB_OK);
    struct span shown = writer_view(&writer);
    assert(text_is_utf8(shown));
    while (shown.len > 0) {
        uint32_t code_point = text_next(&shown);
        assert(!text_is_unprintable(code_point) || (lines && code_point == '\n'));
    }
    writer_clear(&writer);
}

static void base32_has_one_form(struct span text) {
    struct writer bytes;
    struct writer again;

    writer_init(&bytes, text.len);
    writer_init(&again, text.len);
    if (base32_read(text, &bytes) == RB_OK) {
        base32_write(&again, writer_view(&bytes));
        assert(again.len == text.len);
        for (size_t i = 0; i < text.len; i++) {
            assert((again.data[i] | 0x20) == (text.data[i] | 0x20));
        }
    }
    writer_clear(&again);
    writer_clear(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    const struct span text = span_of(data, len);

    escaped_is_printable(text, false);
    escaped_is_printable(text, true);
    base32_has_one_form(text);
    if (text_is_name(text)) {
        assert(text_is_utf8(text));
    }
    assert(!text_is_proper_name(text) || text_is_name(text));
    if (text_is_utf8(text)) {
        assert(text_is_utf8(text_truncate(text, len / 2)));
        assert(text_characters(text) <= len);
    }
    assert(words_find(text) < WORDS_COUNT);
    return 0;
}
