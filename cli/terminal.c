/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/terminal.h"

#include "cli/lang.h"
#include "cli/signals.h"
#include "node/node.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { QUIET_MS = 100, ARRIVING_MS_MAX = 5000 };

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

/* ---- Nothing that is typed is shown ---- */

/* What a handler needs is here before the handler is set. */
static struct {
    bool is_on;
    int terminal;
    struct termios before, unseen;
    const char *cancelled; /* what a signal says that ends the program */
} hiding;

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT };
enum { ENDING = sizeof ending / sizeof ending[0] };
static struct sigaction handled_before[ENDING];

static const char *usual_sentence(void) {
    return _("Cancelled. Nothing was changed.");
}

static void say_cancelled(int terminal, const char *sentence) {
    terminal_write(terminal, span_text("\n"));
    terminal_write(terminal, span_text(sentence));
    terminal_write(terminal, span_text("\n"));
}

/* Half of a secret must not wait there for a shell, either. */
static void set_echo(const struct termios *settings) {
    (void)tcsetattr(hiding.terminal, TCSAFLUSH, settings); /* Of one that is gone, no matter. */
}

static void set_handlers(void);

/* While nobody waits for what is typed: a passphrase is being checked.  Nothing else runs here than
 * what a handler may call. */
static void on_signal(int number) {
    int error = errno;
    int taken_as = number == SIGQUIT ? SIGTERM : number; /* No image of the memory on the disk. */

    if (number != SIGCONT) {
        set_echo(&hiding.before);
        if (number != SIGTSTP) {
            say_cancelled(hiding.terminal, hiding.cancelled);
        }
        (void)signal(taken_as, SIG_DFL);
        (void)raise(taken_as);
    }
    set_echo(&hiding.unseen); /* It goes on after a stop. */
    set_handlers();
    errno = error;
}

/* A signal that is raised in its handler must take effect there. */
static void set_handlers(void) {
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_NODEFER | SA_RESTART };

    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ENDING; i++) {
        (void)sigaction(ending[i], &action, NULL); /* Fails only for signals that do not exist. */
    }
}

/* signals_unwatch, without a moment in which a signal would leave the terminal as it is. */
static void stop_watching(void) {
    sigset_t held, before;

    (void)sigemptyset(&held); /* None of these fails for signals that exist. */
    for (size_t i = 0; i < ENDING; i++) {
        (void)sigaddset(&held, ending[i]);
    }
    (void)sigprocmask(SIG_BLOCK, &held, &before);
    signals_unwatch();
    if (hiding.is_on) {
        set_handlers();
    }
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
}

void terminal_show_typing(void) {
    if (!hiding.is_on) {
        return;
    }
    set_echo(&hiding.before);
    for (size_t i = 0; i < ENDING; i++) {
        (void)sigaction(ending[i], &handled_before[i], NULL);
    }
    hiding.is_on = false;
    (void)close(hiding.terminal); /* Nothing was written that could be lost. */
}

void terminal_hide_typing(const char *cancelled) {
    static bool is_prepared;

    if (hiding.is_on) {
        return;
    }
    hiding.cancelled = cancelled != NULL ? cancelled : usual_sentence();
    if (terminal_open(&hiding.terminal) != RB_OK) {
        return;
    }
    if (tcgetattr(hiding.terminal, &hiding.before) != 0) {
        (void)close(hiding.terminal); /* Nothing was written. */
        return;
    }
    hiding.unseen = hiding.before;
    hiding.unseen.c_lflag &= ~(tcflag_t)ECHO;
    hiding.is_on = true;
    if (!is_prepared) {
        is_prepared = atexit(terminal_show_typing) == 0; /* Whichever way the program ends. */
    }
    for (size_t i = 0; i < ENDING; i++) {
        (void)sigaction(ending[i], NULL, &handled_before[i]);
    }
    set_handlers();
    set_echo(&hiding.unseen);
}

/* Without waiting for whole lines while it looks. */
void terminal_drop_arriving(void) {
    struct termios at_once = hiding.unseen;
    int64_t end_ms = clock_steady_ms() + ARRIVING_MS_MAX;
    struct pollfd watch = { .fd = hiding.terminal, .events = POLLIN };

    if (!hiding.is_on) {
        return;
    }
    at_once.c_lflag &= ~(tcflag_t)ICANON;
    set_echo(&at_once);
    while (clock_steady_ms() < end_ms && poll(&watch, 1, QUIET_MS) > 0 &&
           (watch.revents & (POLLHUP | POLLERR | POLLNVAL)) == 0) {
        terminal_drop_typed(hiding.terminal);
    }
    set_echo(&hiding.unseen);
}

/* ---- A question ---- */

void terminal_release_signals(int terminal, const volatile int *came) {
    if (*came != 0) {
        say_cancelled(terminal, usual_sentence());
    }
    signals_release();
}

/* One question at the terminal. */
struct asking {
    int terminal;
    const char *prompt;
    bool hidden;
    int signals;      /* readable when one has come */
    bool has_gone_on; /* after a stop whose SIGCONT still comes */
    int ended_by;     /* a signal; 0: none */
};

static void begin(struct asking *asking) {
    if (asking->hidden && hiding.is_on) {
        set_echo(&hiding.unseen);
    }
    terminal_write(asking->terminal, span_text(asking->prompt));
}

/* The Enter that ended the line was not shown, either. */
static void end_line(const struct asking *asking) {
    if (asking->hidden && hiding.is_on && asking->ended_by == 0) {
        terminal_write(asking->terminal, span_text("\n"));
    }
}

/* Whoever had the terminal in between has left it as he liked, with the echo on. */
static void take_signal(struct asking *asking, int number) {
    switch (number) {
    case SIGTSTP:
        end_line(asking);
        if (hiding.is_on) {
            set_echo(&hiding.before);
        }
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

/* A paste that began in the console ends here: what there was of it is no secret. */
static bool ends_paste(const char *line, size_t used) {
    static const char mark[] = "\033[201~";
    size_t len = sizeof mark - 1;

    return used >= len && memcmp(line + used - len, mark, len) == 0;
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
        if (asking->hidden && used <= size && ends_paste(line, used)) {
            used = 0;
        }
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
    bool was_hidden = hiding.is_on;
    const char *cancelled = was_hidden ? hiding.cancelled : usual_sentence();

    if (hidden) {
        terminal_hide_typing(NULL);
    }
    enum rb_status status = signals_watch(&asking.signals);
    if (status == RB_OK) {
        begin(&asking);
        status = read_line(&asking, line, size, len);
        end_line(&asking);
        stop_watching();
    }
    if (!was_hidden || asking.ended_by != 0) {
        terminal_show_typing();
    }
    if (asking.ended_by != 0) {
        say_cancelled(terminal, cancelled);
        (void)signal(asking.ended_by, SIG_DFL);
        (void)raise(asking.ended_by); /* It ends the program now, with the echo on again. */
    }
    return status;
}
