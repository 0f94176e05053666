/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The safety of the program leans on its asserts, in release builds too.  This test fails when
 * a build's flags have switched them off.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void a_broken_promise_stops_the_program(void **state) {
    int outcome = 0;
    (void)state;

    pid_t child = fork();
    assert_int_not_equal(child, -1);
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL); /* cmocka catches it otherwise. */
        (void)close(STDERR_FILENO);     /* The message would look like a failure. */
        assert(child != 0);
        _exit(EXIT_SUCCESS);
    }
    assert_int_equal(waitpid(child, &outcome, 0), child);
    assert_true(WIFSIGNALED(outcome));
    assert_int_equal(WTERMSIG(outcome), SIGABRT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_broken_promise_stops_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
