/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of a discussion held elsewhere.  What is taken of it is what a thread may hold, the lines
 * stand in their order and answer only earlier ones; of a file that is not taken it is told where
 * and why, and nothing is left of it. */
#include "tests/fuzz/fuzz.h"

#include "cli/import_lines.h"
#include "protocol/limits.h"
#include "protocol/text.h"

#include <assert.h>
#include <string.h>

static size_t lines_in(struct span file) {
    size_t count = 1;

    for (size_t i = 0; i < file.len; i++) {
        count += file.data[i] == '\n' ? 1 : 0;
    }
    return count;
}

static void check_post(const struct import_post *post, size_t index) {
    assert(text_is_utf8(post->author) && post->author.len > 0);
    assert(text_characters(post->author) <= NAME_CHARACTERS_MAX);
    assert(text_is_utf8(post->text) && post->text.len > 0 && post->text.len <= TEXT_BYTES_MAX);
    assert(memchr(post->text.data, '\0', post->text.len) == NULL);
    assert(post->reply_index >= -1 && post->reply_index < (int64_t)index);
}

/* Sorted, and each only once. */
static void check_ids(const struct import *import) {
    for (size_t i = 1; i < import->count; i++) {
        const struct span a = import->ids[import->by_id[i - 1]], b = import->ids[import->by_id[i]];
        const size_t shorter = a.len < b.len ? a.len : b.len;
        const int order = memcmp(a.data, b.data, shorter);
        assert(order < 0 || (order == 0 && a.len < b.len));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    const struct span file = span_of(data, len);
    struct import_fault fault = { 0 };
    struct import import;

    if (import_read(file, &import, &fault) != RB_OK) {
        assert(import.count == 0 && import.posts == NULL);
        assert(fault.code != NULL && fault.sentence != NULL);
        assert(fault.line_number <= lines_in(file));
        return 0;
    }
    assert(import.count > 0 && import.count <= IMPORT_POSTS_MAX);
    for (size_t i = 0; i < import.count; i++) {
        check_post(&import.posts[i], i);
        assert(import.line_numbers[i] > (i == 0 ? 0 : import.line_numbers[i - 1]));
    }
    assert(import.line_numbers[import.count - 1] <= lines_in(file));
    check_ids(&import);
    import_clear(&import);
    return 0;
}
