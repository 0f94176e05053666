/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/signals.h"

#include <signal.h>
#include <stddef.h>

static const int caught[] = { SIGINT, SIGTERM, SIGHUP };

/* The one piece of state that a handler can reach; sig_atomic_t is int here. */
static volatile sig_atomic_t came;

static void note(int signal_number) {
    came = signal_number;
}

static void set_handler(void (*handler)(int)) {
    struct sigaction action = { .sa_handler = handler }; /* No SA_RESTART: reads return. */

    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++) {
        (void)sigaction(caught[i], &action, NULL); /* Fails only for signals that do not exist. */
    }
}

const volatile int *signals_catch(void) {
    came = 0;
    set_handler(note);
    return &came;
}

void signals_take(void) {
    came = 0;
}

void signals_release(void) {
    int pending = came;

    set_handler(SIG_DFL);
    if (pending != 0) {
        (void)raise(pending);
    }
}
