/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/colour.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* A terminal of our own. */
static int terminal_new(int *master) {
    *master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(*master >= 0);
    assert_int_equal(grantpt(*master), 0);
    assert_int_equal(unlockpt(*master), 0);
    int terminal = open(ptsname(*master), O_RDWR | O_NOCTTY);
    assert_true(terminal >= 0);
    return terminal;
}

static bool has_colour(const char *name, const char *unwanted) {
    int master = -1;
    int terminal = terminal_new(&master);

    assert_int_equal(setenv("TERM", name, 1), 0);
    if (unwanted != NULL) {
        assert_int_equal(setenv("NO_COLOR", unwanted, 1), 0);
    } else {
        assert_int_equal(unsetenv("NO_COLOR"), 0);
    }
    bool has = colour_has(terminal);
    (void)close(terminal);
    (void)close(master);
    return has;
}

static void a_terminal_with_colours_has_them(void **state) {
    (void)state;

    assert_true(has_colour("xterm-256color", NULL));
    assert_true(has_colour("linux", NULL));
}

static void a_terminal_without_colours_has_none(void **state) {
    (void)state;

    assert_false(has_colour("vt100", NULL));
    assert_false(has_colour("dumb", NULL));
    assert_false(has_colour("", NULL));
    assert_false(has_colour("no-such-terminal", NULL));
}

static void whoever_asks_for_none_gets_none(void **state) {
    (void)state;

    assert_false(has_colour("xterm-256color", "1"));
    assert_true(has_colour("xterm-256color", ""));
}

static void what_is_no_terminal_has_none(void **state) {
    int null = open("/dev/null", O_WRONLY);
    (void)state;

    assert_true(has_colour("xterm-256color", NULL));
    assert_false(colour_has(null));
    (void)close(null);
}

static void a_terminal_is_dumb_by_its_name(void **state) {
    (void)state;

    assert_int_equal(setenv("TERM", "dumb", 1), 0);
    assert_true(colour_is_dumb());
    assert_int_equal(setenv("TERM", "xterm", 1), 0);
    assert_false(colour_is_dumb());
    assert_int_equal(unsetenv("TERM"), 0);
    assert_true(colour_is_dumb());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_with_colours_has_them),
        cmocka_unit_test(a_terminal_without_colours_has_none),
        cmocka_unit_test(whoever_asks_for_none_gets_none),
        cmocka_unit_test(what_is_no_terminal_has_none),
        cmocka_unit_test(a_terminal_is_dumb_by_its_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
