/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/screen.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

enum { MUCH_BYTES = 1 << 20, PIECE_BYTES = 4096 };

/* A terminal of our own, which shows bytes as they are, and a screen on it. */
struct desk {
    int master, terminal;
    struct screen *screen;
};

static int begin(void **state) {
    static struct desk desk;
    struct termios plain;

    desk.master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(desk.master >= 0);
    assert_int_equal(grantpt(desk.master), 0);
    assert_int_equal(unlockpt(desk.master), 0);
    desk.terminal = open(ptsname(desk.master), O_RDWR | O_NOCTTY);
    assert_int_equal(tcgetattr(desk.terminal, &plain), 0);
    plain.c_oflag &= ~(tcflag_t)OPOST;
    assert_int_equal(tcsetattr(desk.terminal, TCSANOW, &plain), 0);
    assert_int_equal(screen_open(&desk.screen, desk.terminal), RB_OK);
    *state = &desk;
    return 0;
}

static int end(void **state) {
    struct desk *desk = *state;

    screen_close(&desk->screen);
    (void)close(desk->terminal);
    if (desk->master >= 0) {
        (void)close(desk->master);
    }
    return 0;
}

/* What the terminal has got by now, at most as much as is asked for. */
static size_t read_terminal(const struct desk *desk, char *out, size_t size) {
    struct pollfd watch = { .fd = desk->master, .events = POLLIN };

    if (poll(&watch, 1, 100) != 1) {
        return 0;
    }
    ssize_t came = read(desk->master, out, size);
    assert_true(came >= 0);
    return (size_t)came;
}

static void write_much(const struct desk *desk) {
    char *much = calloc(1, MUCH_BYTES);

    assert_non_null(much);
    memset(much, 'x', MUCH_BYTES);
    screen_write(desk->screen, span_of(much, MUCH_BYTES));
    free(much);
}

static void what_is_written_arrives_in_order_with_the_stream(void **state) {
    const struct desk *desk = *state;
    char got[PIECE_BYTES];

    screen_write(desk->screen, span_text("one "));
    assert_true(fputs("two ", screen_stream(desk->screen)) >= 0);
    screen_write(desk->screen, span_text("three "));
    assert_true(fputs("four", screen_stream(desk->screen)) >= 0);
    assert_int_equal(screen_waiting(desk->screen), strlen("one two three four"));
    screen_flush(desk->screen);
    assert_int_equal(screen_waiting(desk->screen), 0);
    size_t len = read_terminal(desk, got, sizeof got);
    assert_int_equal(len, strlen("one two three four"));
    assert_memory_equal(got, "one two three four", len);
}

static void the_stream_can_be_used_again_and_again(void **state) {
    const struct desk *desk = *state;
    char got[PIECE_BYTES];

    for (int i = 0; i < 3; i++) {
        assert_true(fputs(i == 1 ? "long word" : "word", screen_stream(desk->screen)) >= 0);
        screen_flush(desk->screen);
        size_t len = read_terminal(desk, got, sizeof got);
        assert_int_equal(len, strlen(i == 1 ? "long word" : "word"));
    }
}

static void a_terminal_that_does_not_read_makes_nobody_wait(void **state) {
    const struct desk *desk = *state;
    char got[PIECE_BYTES];

    write_much(desk);
    screen_flush(desk->screen); /* It would never come back. */
    size_t waiting = screen_waiting(desk->screen);
    assert_true(waiting > 0);
    struct pollfd watch = screen_watch(desk->screen);
    assert_true(watch.fd >= 0);
    assert_int_equal(watch.events, POLLOUT);
    size_t shown = 0;
    for (size_t len = 0; (len = read_terminal(desk, got, sizeof got)) > 0; shown += len) {
        screen_flush(desk->screen);
    }
    assert_int_equal(shown, MUCH_BYTES);
    assert_int_equal(screen_watch(desk->screen).fd, -1);
}

static void others_at_the_terminal_go_on_blocking(void **state) {
    const struct desk *desk = *state;

    write_much(desk);
    screen_flush(desk->screen);
    assert_int_equal(fcntl(desk->terminal, F_GETFL) & O_NONBLOCK, 0);
}

static void a_terminal_that_is_gone_takes_everything(void **state) {
    struct desk *desk = *state;

    (void)close(desk->master);
    desk->master = -1;
    write_much(desk);
    screen_flush(desk->screen);
    assert_int_equal(screen_waiting(desk->screen), 0);
}

static void what_is_no_terminal_has_no_name_and_is_written_to_all_the_same(void **state) {
    struct screen *screen = NULL;
    char got[PIECE_BYTES];
    int ends[2];
    (void)state;

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(screen_open(&screen, ends[1]), RB_OK);
    screen_write(screen, span_text("hello"));
    screen_close(&screen);
    assert_int_equal(read(ends[0], got, sizeof got), strlen("hello"));
    (void)close(ends[0]);
    (void)close(ends[1]);
    assert_int_equal(screen_open(&screen, ends[1]), RB_NOT_FOUND);
}

#define DESK_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        DESK_TEST(what_is_written_arrives_in_order_with_the_stream),
        DESK_TEST(the_stream_can_be_used_again_and_again),
        DESK_TEST(a_terminal_that_does_not_read_makes_nobody_wait),
        DESK_TEST(others_at_the_terminal_go_on_blocking),
        DESK_TEST(a_terminal_that_is_gone_takes_everything),
        cmocka_unit_test(what_is_no_terminal_has_no_name_and_is_written_to_all_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
