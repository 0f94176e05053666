/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/terminal.h"

#include "cli/lang.h"
#include "cli/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
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

static void say_cancelled(int terminal) {
    terminal_write(terminal, span_text("\n"));
    terminal_write(terminal, span_text(_("Cancelled. Nothing was changed.")));
    terminal_write(terminal, span_text("\n"));
}

void terminal_release_signals(int terminal, const volatile int *came) {
    if (*came != 0) {
        say_cancelled(terminal);
    }
    signals_release();
}

/* One question at the terminal. */
struct asking {
    int terminal;
    const char *prompt;
    bool hidden;
    struct termios before;
    bool is_changed;  /* the echo is off, and `before` is to come back */
    int signals;      /* readable when one has come */
    bool has_gone_on; /* after a stop whose SIGCONT still comes */
    int ended_by;     /* a signal; 0: none */
};

static void begin(struct asking *asking) {
    struct termios without_echo;

    if (asking->hidden &&
        (asking->is_changed || tcgetattr(asking->terminal, &asking->before) == 0)) {
        without_echo = asking->before;
        without_echo.c_lflag &= ~(tcflag_t)ECHO;
        asking->is_changed = tcsetattr(asking->terminal, TCSAFLUSH, &without_echo) == 0;
    }
    terminal_write(asking->terminal, span_text(asking->prompt));
}

static void end(struct asking *asking) {
    if (asking->is_changed) {
        (void)tcsetattr(asking->terminal, TCSADRAIN, &asking->before); /* What else? */
        terminal_write(asking->terminal, span_text(asking->ended_by == 0 ? "\n" : ""));
        asking->is_changed = false;
    }
}

/* Whoever had the terminal in between has left it as he liked, with the echo on. */
static void take_signal(struct asking *asking, int number) {
    switch (number) {
    case SIGTSTP:
        end(asking);
        signals_stop_here();
        asking->has_gone_on = true;
        begin(asking);
        break;
    case SIGCONT:
        if (!asking->has_gone_on) { /* From a stop that cannot be caught. */
            terminal_write(asking->terminal, span_text("\n"));
            begin(asking);
        }
        asking->has_gone_on = false;
        break;
    case SIGWINCH:
        break;
    default:
        asking->ended_by = number == SIGQUIT ? SIGTERM : number;
        break;
    }
}

/* Until there is something to read.  False: a signal asked for the end. */
static bool wait_for_typing(struct asking *asking) {
    struct pollfd watch[] = {
        { .fd = asking->terminal, .events = POLLIN },
        { .fd = asking->signals, .events = POLLIN },
    };
    int number = 0;

    do {
        while (asking->ended_by == 0 && signals_next(&number)) {
            take_signal(asking, number);
        }
        watch[0].revents = watch[1].revents = 0;
        if (asking->ended_by == 0 && poll(watch, 2, -1) < 0 && errno != EINTR) {
            return true; /* The read will say what is wrong with it. */
        }
    } while (asking->ended_by == 0 && (watch[1].revents != 0 || watch[0].revents == 0));
    return asking->ended_by == 0;
}

/* One byte at a time: a secret must not stay behind in a buffer of the C library. */
static enum rb_status read_line(struct asking *asking, char *line, size_t size, size_t *len) {
    size_t used = 0;
    char byte = 0;

    for (;;) {
        if (!wait_for_typing(asking)) {
            return RB_NOT_FOUND;
        }
        ssize_t count = read(asking->terminal, &byte, 1);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return RB_STORAGE;
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
    struct asking asking = { .terminal = terminal, .prompt = prompt, .hidden = hidden };

    enum rb_status status = signals_watch(&asking.signals);
    if (status != RB_OK) {
        return status;
    }
    begin(&asking);
    status = read_line(&asking, line, size, len);
    end(&asking);
    if (asking.ended_by != 0) {
        say_cancelled(terminal);
    }
    signals_unwatch();
    if (asking.ended_by != 0) {
        (void)raise(asking.ended_by); /* It ends the program now, with the echo on again. */
    }
    return status;
}
