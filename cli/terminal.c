/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/terminal.h"

#include "cli/lang.h"
#include "cli/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

enum rb_status terminal_open(int *terminal) {
    int standard = isatty(STDIN_FILENO) ? STDIN_FILENO : STDERR_FILENO;

    if (!isatty(standard)) {
        return RB_NOT_FOUND;
    }
    /* By its name, since standard error may be open for writing only. */
    const char *name = ttyname(standard);
    int opened = name != NULL ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
    if (opened < 0) {
        opened = dup(standard);
    }
    if (opened < 0) {
        return RB_NOT_FOUND;
    }
    *terminal = opened;
    return RB_OK;
}

void terminal_drop_typed(int terminal) {
    (void)tcflush(terminal, TCIFLUSH); /* Of a terminal that is gone nothing will be read. */
}

void terminal_write(int terminal, struct span text) {
    while (text.len > 0) {
        ssize_t written = write(terminal, text.data, text.len);
        if (written < 0) {
            return; /* Whoever cannot see the question will not answer it. */
        }
        text.data += written;
        text.len -= (size_t)written;
    }
}

void terminal_release_signals(int terminal, const volatile int *came) {
    if (*came != 0) {
        terminal_write(terminal, span_text("\n"));
        terminal_write(terminal, span_text(_("Cancelled. Nothing was changed.")));
        terminal_write(terminal, span_text("\n"));
    }
    signals_release();
}

/* One byte at a time: a secret must not stay behind in a buffer of the C library. */
static enum rb_status read_line(int terminal, char *line, size_t size, size_t *len) {
    size_t used = 0;
    char byte = 0;

    for (;;) {
        if (!signals_wait(terminal)) {
            return RB_NOT_FOUND;
        }
        ssize_t count = read(terminal, &byte, 1);
        if (count < 0) {
            return errno == EINTR ? RB_NOT_FOUND : RB_STORAGE;
        }
        if (count == 0 && used == 0) {
            return RB_NOT_FOUND;
        }
        if (count == 0 || byte == '\n') {
            break;
        }
        if (used < size) {
            line[used] = byte;
        }
        used++;
    }
    if (used > size) {
        return RB_TOO_LARGE;
    }
    *len = used;
    return RB_OK;
}

enum rb_status terminal_ask(int terminal, const char *prompt, bool hidden, char *line, size_t size,
                            size_t *len) {
    struct termios before, without_echo;
    bool changed = false;

    const volatile int *came = signals_catch(); /* They end the program with the echo on again. */
    if (hidden && tcgetattr(terminal, &before) == 0) {
        without_echo = before;
        without_echo.c_lflag &= ~(tcflag_t)ECHO;
        changed = tcsetattr(terminal, TCSAFLUSH, &without_echo) == 0;
    }
    terminal_write(terminal, span_text(prompt));
    enum rb_status status = read_line(terminal, line, size, len);
    if (changed) {
        (void)tcsetattr(terminal, TCSADRAIN, &before); /* What else could be done? */
        terminal_write(terminal, span_text(*came == 0 ? "\n" : ""));
    }
    terminal_release_signals(terminal, came);
    return status;
}
