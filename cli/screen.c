/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/screen.h"

#include "node/node.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { QUEUE_BYTES_MAX = 1 << 28 /* far above what the console lets wait */ };

struct screen {
    int fd;
    struct writer queue;
    size_t sent; /* bytes of `queue` */
    FILE *stream;
    char *streamed; /* of the stream: what was written to it since the last look */
    size_t streamed_len;
};

/* ---- Life ---- */

static int open_anew(int terminal) {
    const char *name = ttyname(terminal);
    int fd = name != NULL ? open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;

    return fd >= 0 ? fd : fcntl(terminal, F_DUPFD_CLOEXEC, 0);
}

enum rb_status screen_open(struct screen **screen, int terminal) {
    int fd = open_anew(terminal);

    if (fd < 0) {
        return RB_NOT_FOUND;
    }
    struct screen *opened = rb_alloc(1, sizeof *opened);
    opened->fd = fd;
    opened->stream = open_memstream(&opened->streamed, &opened->streamed_len);
    if (opened->stream == NULL) {
        (void)close(fd); /* Nothing was written. */
        free(opened);
        return RB_STORAGE;
    }
    writer_init(&opened->queue, QUEUE_BYTES_MAX);
    *screen = opened;
    return RB_OK;
}

void screen_close(struct screen **screen) {
    struct screen *going = *screen;

    if (going == NULL) {
        return;
    }
    screen_wait(going);
    (void)fclose(going->stream); /* Into memory: nothing to lose. */
    free(going->streamed);
    writer_clear(&going->queue);
    (void)close(going->fd); /* What could be written has been. */
    free(going);
    *screen = NULL;
}

/* ---- In ---- */

FILE *screen_stream(struct screen *screen) {
    return screen->stream;
}

/* The stream begins anew, so that its memory does not grow with the hours. */
static void take_stream(struct screen *screen) {
    long len = ftell(screen->stream);

    if (len > 0 && fflush(screen->stream) == 0) {
        writer_span(&screen->queue, span_of(screen->streamed, (size_t)len));
        rewind(screen->stream);
    }
}

void screen_write(struct screen *screen, struct span text) {
    take_stream(screen);
    writer_span(&screen->queue, text);
}

/* ---- Out ---- */

static struct span waiting(struct screen *screen) {
    take_stream(screen);
    if (screen->sent == screen->queue.len) {
        return (struct span) { 0 };
    }
    return span_of(screen->queue.data + screen->sent, screen->queue.len - screen->sent);
}

/* What has been sent makes room, so that a terminal that is never done does not fill the memory. */
static void forget_sent(struct screen *screen) {
    struct writer *queue = &screen->queue;

    if (screen->sent == queue->len) {
        writer_clear(queue);
        screen->sent = 0;
    } else if (screen->sent > queue->len / 2) {
        memmove(queue->data, queue->data + screen->sent, queue->len - screen->sent);
        queue->len -= screen->sent;
        screen->sent = 0;
    }
}

void screen_flush(struct screen *screen) {
    struct span rest = waiting(screen);
    ssize_t written = 1;

    while (rest.len > 0 && written > 0) {
        do {
            written = write(screen->fd, rest.data, rest.len);
        } while (written < 0 && errno == EINTR);
        bool is_gone = written < 0 && errno != EAGAIN;
        size_t taken = is_gone ? rest.len : 0;
        taken = written > 0 ? (size_t)written : taken;
        rest = span_of(rest.data + taken, rest.len - taken);
    }
    screen->sent = screen->queue.len - rest.len;
    forget_sent(screen);
}

void screen_wait(struct screen *screen) {
    int64_t end_ms = clock_steady_ms() + SCREEN_LAST_MS;
    int64_t left_ms = SCREEN_LAST_MS;

    screen_flush(screen);
    while (screen_waiting(screen) > 0 && left_ms > 0) {
        struct pollfd watch = screen_watch(screen);
        (void)poll(&watch, 1, (int)left_ms); /* Whatever ends it, flushing looks for itself. */
        screen_flush(screen);
        left_ms = end_ms - clock_steady_ms();
    }
}

size_t screen_waiting(struct screen *screen) {
    return waiting(screen).len;
}

struct pollfd screen_watch(struct screen *screen) {
    bool waits = screen_waiting(screen) > 0;

    return (struct pollfd) { .fd = waits ? screen->fd : -1, .events = POLLOUT };
}
