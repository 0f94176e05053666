/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/console_memory.h"
#include "tests/support/homes.h"

#include <stdio.h>
#include <string.h>

struct fixture {
    struct folder folder;
    char home[HOMES_PATH_MAX];
    struct store *store;
};

static int set_up(void **state) {
    static struct fixture fixture;

    folder_new(&fixture.folder);
    (void)snprintf(fixture.home, sizeof fixture.home, "%s", folder_name(&fixture.folder, "home"));
    fixture.store = home_new(fixture.home, "Sari Umpama");
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;

    store_close(&fixture->store);
    folder_remove(&fixture->folder);
    return 0;
}

static void reopen(struct fixture *fixture) {
    store_close(&fixture->store);
    fixture->store = home_open(fixture->home);
}

/* ---- History ---- */

struct lines {
    size_t count, stop_after; /* 0: never */
    char first[64], last[64];
};

static bool line_take(void *context, struct span line) {
    struct lines *lines = context;

    lines->count++;
    (void)snprintf(lines->last, sizeof lines->last, "%.*s", (int)line.len, (const char *)line.data);
    if (lines->count == 1) {
        memcpy(lines->first, lines->last, sizeof lines->first);
    }
    return lines->count != lines->stop_after;
}

static struct lines lines_of(struct store *store) {
    struct lines lines = { 0 };

    assert_int_equal(history_each(store, line_take, &lines), RB_OK);
    return lines;
}

static void lines_are_kept_in_their_order(void **state) {
    struct fixture *fixture = *state;
    struct lines lines = { .stop_after = 1 };

    assert_int_equal(lines_of(fixture->store).count, 0);
    assert_int_equal(history_add(fixture->store, span_text("thread list")), RB_OK);
    assert_int_equal(history_add(fixture->store, span_text("contact list")), RB_OK);
    reopen(fixture);
    assert_string_equal(lines_of(fixture->store).first, "thread list");
    assert_string_equal(lines_of(fixture->store).last, "contact list");
    assert_int_equal(history_each(fixture->store, line_take, &lines), RB_OK);
    assert_int_equal(lines.count, 1);
}

static void the_same_line_twice_in_a_row_is_kept_once(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(history_add(fixture->store, span_text("status")), RB_OK);
    assert_int_equal(history_add(fixture->store, span_text("status")), RB_OK);
    assert_int_equal(lines_of(fixture->store).count, 1);
    assert_int_equal(history_add(fixture->store, span_text("Status")), RB_OK);
    assert_int_equal(history_add(fixture->store, span_text("status")), RB_OK);
    assert_int_equal(lines_of(fixture->store).count, 3);
}

static void only_the_last_lines_are_kept(void **state) {
    struct fixture *fixture = *state;
    char line[32], oldest[32];

    for (int i = 1; i <= HISTORY_LINES_MAX + 3; i++) {
        (void)snprintf(line, sizeof line, "baris %d", i);
        assert_int_equal(history_add(fixture->store, span_text(line)), RB_OK);
    }
    (void)snprintf(oldest, sizeof oldest, "baris %d", 4);
    assert_int_equal(lines_of(fixture->store).count, HISTORY_LINES_MAX);
    assert_string_equal(lines_of(fixture->store).first, oldest);
    assert_string_equal(lines_of(fixture->store).last, line);
}

static void a_line_is_text_of_bounded_length(void **state) {
    static char long_line[LINE_BYTES_MAX + 2];
    struct fixture *fixture = *state;

    memset(long_line, 'a', LINE_BYTES_MAX + 1);
    assert_int_equal(history_add(fixture->store, span_text("")), RB_MALFORMED);
    assert_int_equal(history_add(fixture->store, span_text("\xFF")), RB_MALFORMED);
    assert_int_equal(history_add(fixture->store, span_text(long_line)), RB_TOO_LARGE);
    assert_int_equal(lines_of(fixture->store).count, 0);
    long_line[LINE_BYTES_MAX] = '\0';
    assert_int_equal(history_add(fixture->store, span_text(long_line)), RB_OK);
}

/* ---- Draft ---- */

static void check_draft(struct store *store, struct span expected) {
    struct writer draft;

    writer_init(&draft, DRAFT_BYTES_MAX + LINE_BYTES_MAX);
    assert_int_equal(draft_load(store, 0, &draft), RB_OK);
    assert_true(span_equal(writer_view(&draft), expected));
    writer_clear(&draft);
}

static void the_draft_is_the_last_one_kept(void **state) {
    struct fixture *fixture = *state;

    check_draft(fixture->store, span_text(""));
    assert_int_equal(draft_keep(fixture->store, 0, span_text("post 3 Selamat")), RB_OK);
    assert_int_equal(draft_keep(fixture->store, 0, span_of("a\0b\xFF", 4)), RB_OK);
    reopen(fixture);
    check_draft(fixture->store, span_of("a\0b\xFF", 4));
    assert_int_equal(draft_keep(fixture->store, 0, span_text("")), RB_OK);
    check_draft(fixture->store, span_text(""));
}

static void drafts_of_other_numbers_stand_apart(void **state) {
    struct fixture *fixture = *state;
    struct writer draft;

    assert_int_equal(draft_keep(fixture->store, 1, span_text("satu")), RB_OK);
    assert_int_equal(draft_keep(fixture->store, DRAFTS_MAX - 1, span_text("akhir")), RB_OK);
    check_draft(fixture->store, span_text(""));
    assert_int_equal(draft_keep(fixture->store, 1, span_text("")), RB_OK);
    writer_init(&draft, DRAFT_BYTES_MAX + LINE_BYTES_MAX);
    assert_int_equal(draft_load(fixture->store, 1, &draft), RB_OK);
    assert_int_equal(draft.len, 0);
    assert_int_equal(draft_load(fixture->store, DRAFTS_MAX - 1, &draft), RB_OK);
    assert_true(span_equal(writer_view(&draft), span_text("akhir")));
    writer_clear(&draft);
}

static void a_draft_has_room_for_what_can_be_pasted(void **state) {
    static uint8_t bytes[DRAFT_BYTES_MAX + LINE_BYTES_MAX + 1];
    struct fixture *fixture = *state;
    struct span most = span_of(bytes, sizeof bytes - 1);

    memset(bytes, 'a', sizeof bytes);
    assert_int_equal(draft_keep(fixture->store, 0, most), RB_OK);
    assert_int_equal(draft_keep(fixture->store, 0, span_of(bytes, sizeof bytes)), RB_TOO_LARGE);
    check_draft(fixture->store, most);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(lines_are_kept_in_their_order),       TEST(the_same_line_twice_in_a_row_is_kept_once),
        TEST(only_the_last_lines_are_kept),        TEST(a_line_is_text_of_bounded_length),
        TEST(the_draft_is_the_last_one_kept),      TEST(a_draft_has_room_for_what_can_be_pasted),
        TEST(drafts_of_other_numbers_stand_apart),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
