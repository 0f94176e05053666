/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct lock_note read_back(const struct lock_note *note) {
    struct lock_note read;
    struct writer text;

    writer_init(&text, 1 << 16);
    lock_note_write(note, &text);
    lock_note_read(writer_view(&text), &read);
    writer_clear(&text);
    return read;
}

static void what_is_written_is_read_again(void **state) {
    struct lock_note note = { .draft = 17, .name = "Sari Umpama" };
    (void)state;

    lock_note_listen(&note, span_text("tcp://127.0.0.1:7437"));
    lock_note_listen(&note, span_text("tcp://[::1]:7438"));
    struct lock_note read = read_back(&note);
    assert_true(read.is_locked && !read.owner_stays);
    assert_int_equal(read.draft, 17);
    assert_string_equal(read.name, "Sari Umpama");
    assert_int_equal(read.listen_count, 2);
    assert_string_equal(read.listen[0], "tcp://127.0.0.1:7437");
    assert_string_equal(read.listen[1], "tcp://[::1]:7438");
}

static void it_tells_that_the_owner_stays(void **state) {
    const struct lock_note note = { .owner_stays = true, .name = "Sari Umpama" };
    (void)state;

    struct lock_note read = read_back(&note);
    assert_true(read.is_locked && read.owner_stays);
    assert_string_equal(read.name, "Sari Umpama");
}

static void without_an_address_there_is_none(void **state) {
    const struct lock_note note = { .draft = 0, .name = "Sari Umpama" };
    (void)state;

    struct lock_note read = read_back(&note);
    assert_true(read.is_locked);
    assert_int_equal(read.listen_count, 0);
}

static void more_addresses_than_a_node_has_are_left_out(void **state) {
    struct lock_note note = { 0 };
    char longest[ADDRESS_BYTES_MAX + 1];
    (void)state;

    memset(longest, 'x', sizeof longest);
    lock_note_listen(&note, span_of(longest, sizeof longest));
    lock_note_listen(&note, span_text(""));
    assert_int_equal(note.listen_count, 0);
    for (size_t i = 0; i <= LISTENERS_MAX; i++) {
        lock_note_listen(&note, span_of(longest, ADDRESS_BYTES_MAX));
    }
    assert_int_equal(note.listen_count, LISTENERS_MAX);
    assert_int_equal(read_back(&note).listen_count, LISTENERS_MAX);
}

static void what_nobody_writes_is_no_lock(void **state) {
    static const char *const texts[] = { "",        "Sari",       "-1\n0\nSari",   "12345\n0\nSari",
                                         "1\nSari", "1\n-\nSari", "1\n0\nSari\xff" };
    static char longest[1 << 16] = "1\n0\n";
    struct lock_note note;
    (void)state;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        note = (struct lock_note) { .is_locked = true };
        lock_note_read(span_text(texts[i]), &note);
        assert_false(note.is_locked);
    }
    memset(longest + 4, 'x', NAME_BYTES_MAX + 1);
    lock_note_read(span_text(longest), &note);
    assert_false(note.is_locked);
    longest[4 + NAME_BYTES_MAX] = '\0';
    lock_note_read(span_text(longest), &note);
    assert_true(note.is_locked);
    memset(longest + 4, 'x', sizeof longest - 5);
    lock_note_read(span_text(longest), &note);
    assert_false(note.is_locked);
}

static void it_is_taken_from_the_environment_once(void **state) {
    struct lock_note note;
    (void)state;

    assert_int_equal(setenv("REMBUK_LOCKED", "2\n1\nSari Umpama", 1), 0);
    lock_note_take(&note);
    assert_true(note.is_locked);
    assert_int_equal(note.draft, 2);
    assert_null(getenv("REMBUK_LOCKED"));
    lock_note_take(&note);
    assert_false(note.is_locked);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(it_tells_that_the_owner_stays),
        cmocka_unit_test(without_an_address_there_is_none),
        cmocka_unit_test(more_addresses_than_a_node_has_are_left_out),
        cmocka_unit_test(what_nobody_writes_is_no_lock),
        cmocka_unit_test(it_is_taken_from_the_environment_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
