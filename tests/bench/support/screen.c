/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/support/screen.h"

#include "tests/bench/support/meeting.h"

#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define MARK "kabar"
enum { DIGITS = 8, MARK_BYTES = sizeof MARK - 1 + DIGITS, READ_BYTES = 64 * 1024, LOOK_MS = 20 };

struct screen {
    int master;
    char slave[64];
    pthread_t thread;
    bool is_watched;
    atomic_bool stop;
    pthread_mutex_t mutex; /* of `seen` */
    double seen[SCREEN_NUMBERS_MAX];
    char bytes[MARK_BYTES + READ_BYTES];
    size_t kept; /* of the last read, in which a text may have begun */
};

struct screen *screen_open(void) {
    const struct winsize size = { .ws_row = 24, .ws_col = 80 };
    struct screen *screen = calloc(1, sizeof *screen);

    must(screen != NULL, "memory");
    screen->master = posix_openpt(O_RDWR | O_NOCTTY);
    must(screen->master >= 0 && grantpt(screen->master) == 0 && unlockpt(screen->master) == 0,
         "pseudo-terminal");
    must(fcntl(screen->master, F_SETFD, FD_CLOEXEC) == 0, "pseudo-terminal");
    (void)snprintf(screen->slave, sizeof screen->slave, "%s", ptsname(screen->master));
    must(ioctl(screen->master, TIOCSWINSZ, &size) == 0, "size");
    must(pthread_mutex_init(&screen->mutex, NULL) == 0, "mutex");
    return screen;
}

void screen_close(struct screen **screen) {
    atomic_store(&(*screen)->stop, true);
    must(!(*screen)->is_watched || pthread_join((*screen)->thread, NULL) == 0, "thread");
    close((*screen)->master);
    pthread_mutex_destroy(&(*screen)->mutex);
    free(*screen);
    *screen = NULL;
}

void screen_take(const struct screen *screen) {
    (void)setsid(); /* It fails for who leads a group already: none that was just forked. */
    const int slave = open(screen->slave, O_RDWR);

    if (slave < 0 || dup2(slave, STDIN_FILENO) < 0 || dup2(slave, STDOUT_FILENO) < 0) {
        _exit(1);
    }
    if (slave > STDERR_FILENO) {
        close(slave);
    }
}

void screen_type(struct screen *screen, const char *keys) {
    must(write(screen->master, keys, strlen(keys)) == (ssize_t)strlen(keys), "keys");
}

void screen_text(unsigned number, char text[static SCREEN_TEXT_BYTES]) {
    (void)snprintf(text, SCREEN_TEXT_BYTES,
                   MARK "%08u: anak sudah kembali bersekolah; kunjungan berikut hari Kamis",
                   number);
}

/* ---- Reading ---- */

static void note(struct screen *screen, const char *digits, double now) {
    char number[DIGITS + 1] = { 0 };

    memcpy(number, digits, DIGITS);
    const unsigned long at = strtoul(number, NULL, 10);
    must(at < SCREEN_NUMBERS_MAX, "number on the screen");
    (void)pthread_mutex_lock(&screen->mutex);
    if (screen->seen[at] == 0) {
        screen->seen[at] = now;
    }
    (void)pthread_mutex_unlock(&screen->mutex);
}

/* Looks at what was kept and what has come, and keeps what may be the beginning of a mark. */
static void look(struct screen *screen, size_t came, double now) {
    const size_t len = screen->kept + came;
    size_t at = 0;

    for (; at + MARK_BYTES <= len; at++) {
        if (memcmp(&screen->bytes[at], MARK, sizeof MARK - 1) == 0) {
            note(screen, &screen->bytes[at + sizeof MARK - 1], now);
        }
    }
    screen->kept = len - at;
    memmove(screen->bytes, &screen->bytes[at], screen->kept);
}

static void *watch(void *context) {
    struct screen *screen = context;

    while (!atomic_load(&screen->stop)) {
        struct pollfd item = { .fd = screen->master, .events = POLLIN };
        if (poll(&item, 1, LOOK_MS) <= 0) {
            continue;
        }
        const ssize_t came = read(screen->master, &screen->bytes[screen->kept], READ_BYTES);
        if (came <= 0) {
            break; /* Nobody has it open any more. */
        }
        look(screen, (size_t)came, seconds());
    }
    return NULL;
}

void screen_watch(struct screen *screen) {
    must(pthread_create(&screen->thread, NULL, watch, screen) == 0, "thread");
    screen->is_watched = true;
}

double screen_seen(struct screen *screen, unsigned number) {
    (void)pthread_mutex_lock(&screen->mutex);
    const double seen = screen->seen[number];
    (void)pthread_mutex_unlock(&screen->mutex);
    return seen;
}

bool screen_expect(struct screen *screen, unsigned number, double patience_s) {
    const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };
    const double deadline = seconds() + patience_s;

    while (screen_seen(screen, number) == 0) {
        if (seconds() > deadline) {
            return false;
        }
        (void)nanosleep(&pause, NULL);
    }
    return true;
}
