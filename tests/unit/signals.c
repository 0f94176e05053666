/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/signals.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

static bool is_readable(int fd) {
    struct pollfd watch = { .fd = fd, .events = POLLIN };

    return poll(&watch, 1, 0) == 1;
}

static void a_watched_signal_wakes_a_poll_and_is_told_once(void **state) {
    int fd = -1, number = 0;
    (void)state;

    assert_int_equal(signals_watch(&fd), RB_OK);
    assert_false(is_readable(fd));
    assert_int_equal(raise(SIGWINCH), 0);
    assert_int_equal(raise(SIGTSTP), 0);
    assert_true(is_readable(fd));
    assert_true(signals_next(&number));
    assert_int_equal(number, SIGWINCH);
    assert_true(signals_next(&number));
    assert_int_equal(number, SIGTSTP);
    assert_false(signals_next(&number));
    signals_unwatch();
    assert_false(signals_next(&number));
}

static void who_waits_for_the_end_sees_only_what_asks_for_it(void **state) {
    int fd = -1;
    (void)state;

    assert_int_equal(signals_watch(&fd), RB_OK);
    const volatile int *came = signals_catch();
    assert_int_equal(raise(SIGWINCH), 0);
    assert_int_equal(*came, 0);
    assert_int_equal(raise(SIGTERM), 0);
    assert_int_equal(*came, SIGTERM);
    signals_unwatch();
}

static void a_quit_is_a_wish_to_end_without_an_image_of_the_memory(void **state) {
    int fd = -1, number = 0;
    (void)state;

    assert_int_equal(signals_watch(&fd), RB_OK);
    const volatile int *came = signals_catch();
    assert_int_equal(raise(SIGQUIT), 0);
    assert_int_equal(*came, SIGTERM);
    assert_true(signals_next(&number));
    assert_int_equal(number, SIGQUIT);
    signals_unwatch();
}

static void a_release_in_between_leaves_the_watch(void **state) {
    int fd = -1, number = 0;
    (void)state;

    assert_int_equal(signals_watch(&fd), RB_OK);
    (void)signals_catch();
    assert_int_equal(raise(SIGINT), 0);
    signals_release(); /* Without the watch this would end the test. */
    assert_true(signals_next(&number));
    assert_int_equal(number, SIGINT);
    assert_int_equal(raise(SIGINT), 0);
    assert_true(signals_next(&number));
    signals_unwatch();
}

static void a_signal_that_was_taken_does_not_end_the_program(void **state) {
    (void)state;

    const volatile int *came = signals_catch();
    assert_int_equal(raise(SIGINT), 0);
    assert_int_equal(*came, SIGINT);
    signals_take();
    signals_release();
}

static void a_signal_just_before_the_wait_is_not_missed(void **state) {
    int ends[2];
    (void)state;

    assert_int_equal(pipe(ends), 0);
    (void)signals_catch();
    assert_int_equal(raise(SIGINT), 0);
    (void)alarm(10); /* A wait that missed it would last for ever. */
    assert_false(signals_wait(ends[0]));
    signals_take();
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_true(signals_wait(ends[0]));
    (void)alarm(0);
    signals_release();
    (void)close(ends[0]);
    (void)close(ends[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_watched_signal_wakes_a_poll_and_is_told_once),
        cmocka_unit_test(who_waits_for_the_end_sees_only_what_asks_for_it),
        cmocka_unit_test(a_quit_is_a_wish_to_end_without_an_image_of_the_memory),
        cmocka_unit_test(a_release_in_between_leaves_the_watch),
        cmocka_unit_test(a_signal_just_before_the_wait_is_not_missed),
        cmocka_unit_test(a_signal_that_was_taken_does_not_end_the_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
