/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long it takes until a post is durable on both sides and stands on the screen of the other
 * node, beside the same job done bare, in one run on one machine.
 *
 * usage: live [ROUNDS=4]
 *
 * The receiver is the program itself with its console at a pseudo-terminal; it dials the sender,
 * which is a node in this process.  The clock runs from before the sender begins to write the post
 * until its text has been read from the terminal.  100 posts a second; rounds of the bare path and
 * of the program take turns, so that what else the machine does meets both. */
#include "tests/bench/support/bare_post.h"
#include "tests/bench/support/meeting.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    ROUNDS = 4,
    ROUNDS_MAX = 100,
    WARM_UP_POSTS = 100, /* of each round, not counted */
    ROUND_POSTS = 300,
    PACE_MS = 10,
    QUIET_MS = 1000, /* after a round: then the index is filled */
    PATIENCE_S = 20
};

/* What is measured of either path. */
struct path {
    const char *name;
    struct screen *screen;
    unsigned next; /* number of a post */
    size_t count;
    double written[ROUNDS_MAX * ROUND_POSTS]; /* until durable at the sender, in ms */
    double shown[ROUNDS_MAX * ROUND_POSTS];   /* until on the other's screen */
};
static struct path bare_path = { .name = "bare" }, program_path = { .name = "rembuk" };

/* ---- Time ---- */

static void sleep_until(double moment) {
    struct timespec at = { .tv_sec = (time_t)moment };

    at.tv_nsec = (long)((moment - (double)at.tv_sec) * 1e9);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {
    }
}

/* The node takes acknowledgements meanwhile; what it cannot wait for exactly is slept. */
static void step_until(struct worker *worker, double moment) {
    int64_t left_ms = (int64_t)((moment - seconds()) * 1000);

    while (left_ms > 0) {
        must(node_step(worker->node, left_ms) == RB_OK, "node");
        left_ms = (int64_t)((moment - seconds()) * 1000);
    }
    sleep_until(moment);
}

/* ---- A round ---- */

typedef void (*post_writer)(void *context, const char *text);
typedef void (*post_sender)(void *context);
typedef void (*waiter)(void *context, double moment);

struct way {
    post_writer write; /* durable */
    post_sender push;  /* what is written */
    waiter wait;
    void *context;
};

static void round_measure(struct path *path, const struct way *way) {
    double began[WARM_UP_POSTS + ROUND_POSTS], written[WARM_UP_POSTS + ROUND_POSTS];
    const unsigned first = path->next;
    const double start = seconds();
    char text[SCREEN_TEXT_BYTES] = { 0 };

    for (unsigned i = 0; i < WARM_UP_POSTS + ROUND_POSTS; i++) {
        way->wait(way->context, start + (i + 1) * PACE_MS / 1000.0);
        screen_text(path->next++, text);
        began[i] = seconds();
        way->write(way->context, text);
        written[i] = seconds();
        way->push(way->context);
    }
    way->wait(way->context, seconds() + QUIET_MS / 1000.0);
    must(screen_expect(path->screen, path->next - 1, PATIENCE_S), "the last post");
    for (unsigned i = WARM_UP_POSTS; i < WARM_UP_POSTS + ROUND_POSTS; i++) {
        const double seen = screen_seen(path->screen, first + i);
        must(seen > 0, "a post on the screen");
        path->written[path->count] = 1000 * (written[i] - began[i]);
        path->shown[path->count++] = 1000 * (seen - began[i]);
    }
}

/* ---- The bare path ---- */

static void bare_write(void *context, const char *text) {
    bare_post_write(context, text);
}

static void bare_push(void *context) {
    bare_post_push(context);
}

static void bare_wait(void *context, double moment) {
    (void)context;
    sleep_until(moment);
}

/* ---- The program ---- */

static void program_write(void *context, const char *text) {
    struct meeting *meeting = context;

    worker_post(&meeting->host, meeting->thread, text);
}

static void program_push(void *context) {
    struct meeting *meeting = context;

    must(node_step(meeting->host.node, 0) == RB_OK, "node");
}

static void program_wait(void *context, double moment) {
    struct meeting *meeting = context;

    step_until(&meeting->host, moment);
}

static void passphrase_write(const char *path) {
    file_store(path, HOMES_PASSPHRASE "\n", strlen(HOMES_PASSPHRASE "\n"));
    must(chmod(path, S_IRUSR | S_IWUSR) == 0, "rights");
}

/* The person's own environment: nothing of whoever runs this. */
static pid_t program_start(const struct screen *screen, const struct folder *folder) {
    char home[2 * HOMES_PATH_MAX], passphrase[2 * HOMES_PATH_MAX], runtime[2 * HOMES_PATH_MAX];
    char path[HOMES_PATH_MAX];
    char terminal[] = "TERM=xterm", language[] = "REMBUK_LANG=en", inputrc[] = "INPUTRC=/dev/null";
    char program[] = REMBUK_PROGRAM;
    char *const words[] = { program, NULL };
    char *const environment[] = { terminal, language, inputrc, home, passphrase, runtime, NULL };

    (void)snprintf(path, sizeof path, "%s", folder_name(folder, "sandi"));
    passphrase_write(path);
    (void)snprintf(passphrase, sizeof passphrase, "REMBUK_PASSPHRASE_FILE=%s", path);
    (void)snprintf(home, sizeof home, "REMBUK_HOME=%s", folder_name(folder, "rumah"));
    (void)snprintf(runtime, sizeof runtime, "XDG_RUNTIME_DIR=%s", folder->path);
    const pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        screen_take(screen);
        execve(program, words, environment);
        _exit(127);
    }
    return child;
}

/* The first post that is on the screen says that all is connected and accepted. */
static void program_connect(struct meeting *meeting, struct path *path) {
    const double deadline = seconds() + PATIENCE_S;
    char text[SCREEN_TEXT_BYTES] = { 0 };

    while (node_connected(meeting->host.node) == 0) {
        must(seconds() < deadline, "connection");
        must(node_step(meeting->host.node, PACE_MS) == RB_OK, "node");
    }
    step_until(&meeting->host, seconds() + QUIET_MS / 1000.0);
    screen_text(path->next, text);
    worker_post(&meeting->host, meeting->thread, text);
    step_until(&meeting->host, seconds() + QUIET_MS / 1000.0);
    must(screen_expect(path->screen, path->next++, PATIENCE_S), "the first post");
}

static void program_end(struct path *path, pid_t child) {
    int how = 0;

    screen_type(path->screen, "\004"); /* Ctrl-D */
    must(waitpid(child, &how, 0) == child && how == 0, "end of the receiver");
}

/* ---- The figures ---- */

static void path_print(struct path *path) {
    const double written = quantile(path->written, path->count, 0.5);
    const double written_99 = quantile(path->written, path->count, 0.99);
    const double shown = quantile(path->shown, path->count, 0.5);
    const double shown_99 = quantile(path->shown, path->count, 0.99);
    const double shown_max = path->shown[path->count - 1]; /* They are sorted now. */

    (void)printf("%-8s%8zu%10.2f%10.2f%12.2f%10.2f%10.2f\n", path->name, path->count, written,
                 written_99, shown, shown_99, shown_max);
}

static void figures_print(void) {
    (void)printf("        %8s%20s%22s\n", "", "durable here (ms)", "on the screen (ms)");
    (void)printf("%-8s%8s%10s%10s%12s%10s%10s\n", "", "posts", "p50", "p99", "p50", "p99", "max");
    path_print(&bare_path);
    path_print(&program_path);
    for (int i = 0; i < 2; i++) {
        const double part = i == 0 ? 0.5 : 0.99;
        (void)printf("%s: %.2f x bare (at most 1.30)\n", i == 0 ? "p50" : "p99",
                     quantile(program_path.shown, program_path.count, part) /
                         quantile(bare_path.shown, bare_path.count, part));
    }
}

static void rounds_run(struct bare_post *bare, struct meeting *meeting, unsigned long rounds) {
    const struct way bare_way = { bare_write, bare_push, bare_wait, bare };
    const struct way program_way = { program_write, program_push, program_wait, meeting };

    for (unsigned long i = 0; i < rounds; i++) {
        round_measure(&bare_path, &bare_way);
        round_measure(&program_path, &program_way);
    }
}

int main(int argc, char **argv) {
    const unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : ROUNDS;
    struct folder folder;
    struct meeting meeting;

    must(crypt_start() == RB_OK && rounds > 0 && rounds <= ROUNDS_MAX, "start");
    folder_new(&folder);
    bare_path.screen = screen_open();
    program_path.screen = screen_open();
    struct bare_post *bare = bare_post_open(folder.path, bare_path.screen); /* forks: comes first */
    screen_watch(bare_path.screen);
    bare_post_connect(bare);

    meeting_begin(&meeting, 0, text_noise);
    store_close(&meeting.guest.store); /* The program opens it. */
    worker_start(&meeting.host);
    const pid_t child = program_start(program_path.screen, &meeting.guest.folder);
    screen_watch(program_path.screen);
    program_connect(&meeting, &program_path);
    rounds_run(bare, &meeting, rounds);
    figures_print();

    program_end(&program_path, child);
    bare_post_close(&bare);
    meeting_end(&meeting);
    screen_close(&bare_path.screen);
    screen_close(&program_path.screen);
    folder_remove(&folder);
    return 0;
}
