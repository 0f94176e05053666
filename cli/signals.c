/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/select.h>
#include <unistd.h>

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
static const int watched[] = { SIGTSTP, SIGCONT, SIGWINCH };

/* The state that a handler can reach; sig_atomic_t is int here. */
static volatile sig_atomic_t came;
static volatile sig_atomic_t pipe_in = -1; /* a signal that has come is written there */

static int pipe_out = -1;

static bool asks_for_the_end(int signal_number) {
    return signal_number == SIGINT || signal_number == SIGTERM || signal_number == SIGHUP ||
           signal_number == SIGQUIT;
}

/* By SIGQUIT the program would end with an image of its memory on the disk. */
static void note(int signal_number) {
    int error = errno;
    int in = pipe_in;

    if (asks_for_the_end(signal_number)) {
        came = signal_number == SIGQUIT ? SIGTERM : signal_number;
    }
    if (in >= 0) {
        uint8_t byte = (uint8_t)signal_number;
        ssize_t written = write(in, &byte, 1);
        (void)written; /* A full pipe: there is enough to be done already. */
    }
    errno = error;
}

static void set_handlers(const int *signals, size_t count, void (*handler)(int)) {
    struct sigaction action = { .sa_handler = handler }; /* No SA_RESTART: reads return. */

    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < count; i++) {
        (void)sigaction(signals[i], &action, NULL); /* Fails only for signals that do not exist. */
    }
}

static void set_handler(void (*handler)(int)) {
    set_handlers(caught, sizeof caught / sizeof caught[0], handler);
}

/* ---- A wish to end ---- */

const volatile int *signals_catch(void) {
    came = 0;
    set_handler(note);
    return &came;
}

void signals_take(void) {
    came = 0;
}

/* The signals are let in only while pselect waits, so none falls between the look and the wait. */
bool signals_wait(int fd) {
    sigset_t held, before;
    fd_set readable;
    int ready = 0;

    (void)sigemptyset(&held);
    for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++) {
        (void)sigaddset(&held, caught[i]); /* Fails only for signals that do not exist. */
    }
    (void)sigprocmask(SIG_BLOCK, &held, &before);
    while (came == 0 && ready <= 0) {
        FD_ZERO(&readable);
        FD_SET(fd, &readable);
        ready = pselect(fd + 1, &readable, NULL, NULL, NULL, &before);
        if (ready < 0 && errno != EINTR) {
            break; /* The read will say what is wrong with it. */
        }
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return came == 0;
}

void signals_release(void) {
    int pending = came;

    if (pipe_out >= 0) {
        return; /* signals_next has it. */
    }
    set_handler(SIG_DFL);
    if (pending != 0) {
        (void)raise(pending);
    }
}

/* ---- All of them ---- */

enum rb_status signals_watch(int *fd) {
    int ends[2];

    if (pipe(ends) != 0) {
        return RB_STORAGE;
    }
    for (size_t i = 0; i < 2; i++) {
        (void)fcntl(ends[i], F_SETFL, O_NONBLOCK); /* Neither fails with an open descriptor. */
        (void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    }
    pipe_out = ends[0];
    pipe_in = ends[1];
    set_handler(note);
    set_handlers(watched, sizeof watched / sizeof watched[0], note);
    *fd = pipe_out;
    return RB_OK;
}

void signals_unwatch(void) {
    int in = pipe_in;

    if (pipe_out < 0) {
        return;
    }
    set_handler(SIG_DFL);
    set_handlers(watched, sizeof watched / sizeof watched[0], SIG_DFL);
    pipe_in = -1;
    (void)close(in); /* Nothing of a pipe is lost by that. */
    (void)close(pipe_out);
    pipe_out = -1;
    came = 0;
}

bool signals_next(int *number) {
    uint8_t byte = 0;

    if (pipe_out < 0 || read(pipe_out, &byte, 1) != 1) {
        return false;
    }
    *number = byte;
    return true;
}

void signals_stop_here(void) {
    static const int stop[] = { SIGTSTP };

    set_handlers(stop, 1, SIG_DFL);
    (void)raise(SIGTSTP);
    set_handlers(stop, 1, pipe_out >= 0 ? note : SIG_DFL);
}
