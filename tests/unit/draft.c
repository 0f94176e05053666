/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/draft.h"
#include "protocol/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct span shown(const struct writer *writer) {
    return writer_view(writer);
}

static void assert_text(struct span text, const char *expected) {
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.data, expected, text.len);
}

static void write_bytes(const struct draft *draft, struct writer *bytes) {
    writer_init(bytes, DRAFT_BYTES_MAX + LINE_BYTES_MAX);
    draft_write(draft, bytes);
    assert_int_equal(writer_end(bytes), RB_OK);
}

static struct draft draft_of(const char *line, const char *block) {
    struct draft draft = {
        .kept_ms = 1234,
        .place = { .sort = PLACE_CASE, .number = 12, .object = { "id", 32 }, .name = "kode" },
    };

    draft_set_line(&draft, span_text(line));
    assert_int_equal(draft_append_block(&draft, span_text(block)), RB_OK);
    return draft;
}

static void what_is_kept_is_found_again(void **state) {
    struct draft draft = draft_of("tulis 12 Sari", "satu\ndua\ntiga"), found;
    struct writer bytes;
    (void)state;

    write_bytes(&draft, &bytes);
    assert_int_equal(draft_read(shown(&bytes), &found), RB_OK);
    assert_text(shown(&found.line), "tulis 12 Sari");
    assert_text(shown(&found.block), "satu\ndua\ntiga");
    assert_int_equal(found.block_lines, 3);
    assert_int_equal(found.kept_ms, 1234);
    assert_int_equal(found.place.sort, PLACE_CASE);
    assert_int_equal(found.place.number, 12);
    assert_int_equal(found.place.object.id_len, 32);
    assert_memory_equal(found.place.object.id, draft.place.object.id, 32);
    assert_string_equal(found.place.name, "kode");
    writer_clear(&bytes);
    draft_clear(&draft);
    draft_clear(&found);
}

static void an_empty_draft_is_no_bytes(void **state) {
    struct draft draft = draft_of("", "");
    struct writer bytes;
    (void)state;

    write_bytes(&draft, &bytes);
    assert_true(draft_is_empty(&draft));
    assert_int_equal(bytes.len, 0);
    writer_clear(&bytes);
    draft_clear(&draft);
}

static void no_beginning_of_a_draft_is_a_draft(void **state) {
    struct draft draft = draft_of("tulis 12", "satu\n"), found;
    struct writer bytes;
    (void)state;

    write_bytes(&draft, &bytes);
    for (size_t len = 0; len < bytes.len; len++) {
        assert_int_equal(draft_read(span_of(bytes.data, len), &found), RB_MALFORMED);
        assert_true(draft_is_empty(&found));
    }
    writer_u8(&bytes, 0);
    assert_int_equal(draft_read(shown(&bytes), &found), RB_MALFORMED);
    writer_clear(&bytes);
    draft_clear(&draft);
}

static void a_flipped_bit_never_gives_what_cannot_be_typed(void **state) {
    struct draft draft = draft_of("ab", "c\nd"), found;
    struct writer bytes;
    (void)state;

    write_bytes(&draft, &bytes);
    for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
        bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (draft_read(shown(&bytes), &found) == RB_OK) {
            assert_true(found.line.len == 0 ||
                        memchr(found.line.data, '\0', found.line.len) == NULL);
            assert_in_range(found.kept_ms, 0, INT64_MAX);
            draft_clear(&found);
        } else {
            assert_true(draft_is_empty(&found));
        }
        bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    writer_clear(&bytes);
    draft_clear(&draft);
}

static void a_second_block_begins_a_line_of_its_own(void **state) {
    struct draft draft = draft_of("", "satu\ndua");
    (void)state;

    assert_int_equal(draft_append_block(&draft, span_text("tiga\n")), RB_OK);
    assert_int_equal(draft_append_block(&draft, span_text("empat\n")), RB_OK);
    assert_text(shown(&draft.block), "satu\ndua\ntiga\nempat\n");
    assert_int_equal(draft.block_lines, 4);
    draft_clear(&draft);
}

static void a_block_too_much_changes_nothing(void **state) {
    char *long_text = rb_alloc(DRAFT_BYTES_MAX, 1);
    struct draft draft = draft_of("", "satu\n");
    (void)state;

    memset(long_text, 'a', DRAFT_BYTES_MAX);
    assert_int_equal(draft_append_block(&draft, span_of(long_text, DRAFT_BYTES_MAX - 4)),
                     RB_TOO_LARGE);
    assert_text(shown(&draft.block), "satu\n");
    assert_int_equal(draft_append_block(&draft, span_of(long_text, DRAFT_BYTES_MAX - 5)), RB_OK);
    assert_int_equal(draft.block.len, DRAFT_BYTES_MAX);
    draft_clear(&draft);
    free(long_text);
}

static void the_longest_draft_fits_what_the_owner_keeps(void **state) {
    char *long_text = rb_alloc(DRAFT_BYTES_MAX, 1);
    struct draft draft = { .kept_ms = INT64_MAX }, found;
    struct writer bytes;
    (void)state;

    memset(long_text, 'a', DRAFT_BYTES_MAX);
    draft_set_line(&draft, span_of(long_text, LINE_BYTES_MAX));
    assert_int_equal(draft_append_block(&draft, span_of(long_text, DRAFT_BYTES_MAX)), RB_OK);
    write_bytes(&draft, &bytes);
    assert_int_equal(draft_read(shown(&bytes), &found), RB_OK);
    assert_int_equal(found.block.len, DRAFT_BYTES_MAX);
    writer_clear(&bytes);
    draft_clear(&draft);
    draft_clear(&found);
    free(long_text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_is_found_again),
        cmocka_unit_test(an_empty_draft_is_no_bytes),
        cmocka_unit_test(no_beginning_of_a_draft_is_a_draft),
        cmocka_unit_test(a_flipped_bit_never_gives_what_cannot_be_typed),
        cmocka_unit_test(a_second_block_begins_a_line_of_its_own),
        cmocka_unit_test(a_block_too_much_changes_nothing),
        cmocka_unit_test(the_longest_draft_fits_what_the_owner_keeps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
