/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/layout.h"
#include "cli/progress.h"
#include "node/node.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* ---- When it is told ---- */

struct shown {
    size_t count;
    uint64_t done, total;
    const char *what;
};

static void show(void *context, uint64_t done, uint64_t total, const char *what) {
    struct shown *shown = context;

    shown->count++;
    shown->done = done;
    shown->total = total;
    shown->what = what;
}

static struct progress begun_before(struct shown *shown, int64_t before_ms) {
    return (struct progress) { .show = show,
                               .context = shown,
                               .began_ms = clock_steady_ms() - before_ms };
}

static void hide(void *context) {
    struct shown *shown = context;

    shown->count = 0;
}

static void short_work_tells_nothing(void **state) {
    struct shown shown = { 0 };
    struct progress progress = { .show = show, .context = &shown };
    (void)state;

    for (uint64_t done = 0; done < 100; done++) {
        progress_tell(&progress, done, 100, "Reading");
    }
    assert_int_equal(shown.count, 0);
    assert_true(progress.began_ms > 0);
}

static void what_is_shown_is_taken_away_at_the_end_and_nothing_else_is(void **state) {
    struct shown shown = { .count = 7 };
    struct progress progress = begun_before(&shown, PROGRESS_FIRST_MS);
    (void)state;

    progress.hide = hide;
    progress_end(&progress);
    assert_int_equal(shown.count, 7); /* Nothing was shown yet. */
    progress_tell(&progress, 40, 100, "Reading");
    progress_end(&progress);
    assert_int_equal(shown.count, 0);
    progress.hide = NULL;
    progress_end(&progress);
}

static void long_work_tells_how_far_it_has_come(void **state) {
    struct shown shown = { 0 };
    struct progress progress = begun_before(&shown, PROGRESS_FIRST_MS);
    (void)state;

    progress_tell(&progress, 40, 100, "Reading");
    assert_int_equal(shown.count, 1);
    assert_int_equal(shown.done, 40);
    assert_int_equal(shown.total, 100);
    assert_string_equal(shown.what, "Reading");
}

static void it_is_not_told_again_at_once(void **state) {
    struct shown shown = { 0 };
    struct progress progress = begun_before(&shown, PROGRESS_FIRST_MS);
    (void)state;

    progress_tell(&progress, 40, 100, "Reading");
    progress.told_ms = clock_steady_ms();
    progress_tell(&progress, 41, 100, "Reading");
    assert_int_equal(shown.count, 1);
    progress.told_ms -= PROGRESS_AGAIN_MS;
    progress_tell(&progress, 42, 100, "Reading");
    assert_int_equal(shown.count, 2);
    assert_int_equal(shown.done, 42);
}

static void nobody_need_listen(void **state) {
    struct progress progress = { 0 };
    (void)state;

    progress_tell(&progress, 1, 2, "Reading");
    assert_int_equal(progress.told_ms, 0);
}

/* ---- The bar ---- */

static void assert_bar(const char *what, uint64_t done, uint64_t total, size_t width,
                       const char *expected) {
    struct writer bar;

    writer_init(&bar, 1024);
    progress_bar(&bar, what, done, total, width);
    writer_u8(&bar, '\0');
    assert_string_equal((const char *)writer_view(&bar).data, expected);
    writer_clear(&bar);
}

static void a_bar_fills_from_the_left(void **state) {
    (void)state;

    assert_bar("Reading", 0, 100, 28, "Reading  [----------]  0 %");
    assert_bar("Reading", 1, 2, 28, "Reading  [#####-----]  50 %");
    assert_bar("Reading", 2, 2, 28, "Reading  [##########]  100 %");
}

static void what_is_begun_is_not_done(void **state) {
    (void)state;

    assert_bar("Reading", 999, 1000, 28, "Reading  [##########]  99 %");
    assert_bar("Reading", UINT64_MAX / 2, UINT64_MAX, 28, "Reading  [#####-----]  50 %");
}

static void nothing_to_be_done_is_done(void **state) {
    (void)state;

    assert_bar("Reading", 0, 0, 28, "Reading  [##########]  100 %");
    assert_bar("Reading", 7, 3, 28, "Reading  [##########]  100 %");
}

static void without_room_there_are_words_only(void **state) {
    (void)state;

    assert_bar("Reading", 1, 2, 18, "Reading  50 %");
    assert_bar("Reading", 1, 2, 19, "Reading  [#]  50 %");
}

static void no_bar_is_wider_than_its_terminal(void **state) {
    static const char *const whats[] = { "Reading", "Mengirim catatan, paling lama satu menit" };
    struct writer bar;
    (void)state;

    writer_init(&bar, 1024);
    for (size_t i = 0; i < 2; i++) {
        size_t least = layout_columns(span_text(whats[i])) + strlen("  100 %");
        for (size_t width = least; width <= 200; width++) {
            writer_reset(&bar);
            progress_bar(&bar, whats[i], 100, 100, width);
            assert_true(layout_columns(writer_view(&bar)) <= width);
        }
    }
    writer_clear(&bar);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_work_tells_nothing),
        cmocka_unit_test(what_is_shown_is_taken_away_at_the_end_and_nothing_else_is),
        cmocka_unit_test(long_work_tells_how_far_it_has_come),
        cmocka_unit_test(it_is_not_told_again_at_once),
        cmocka_unit_test(nobody_need_listen),
        cmocka_unit_test(a_bar_fills_from_the_left),
        cmocka_unit_test(what_is_begun_is_not_done),
        cmocka_unit_test(nothing_to_be_done_is_done),
        cmocka_unit_test(without_room_there_are_words_only),
        cmocka_unit_test(no_bar_is_wider_than_its_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
