/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/support/meeting.h"

#include "protocol/casework/thread.h"
#include "store/author.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void must(bool good, const char *what) {
    if (!good) {
        (void)fprintf(stderr, "bench: %s failed\n", what);
        exit(1);
    }
}

double seconds(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int ascending(const void *a, const void *b) {
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

double quantile(double *values, size_t count, double part) {
    qsort(values, count, sizeof *values, ascending);
    return values[(size_t)((double)count * part)];
}

/* ---- Running ---- */

static void *runner_run(void *context) {
    struct runner *runner = context;

    must(node_run(runner->worker->node, &runner->stop) == RB_OK, "node");
    return NULL;
}

void runner_start(struct runner *runner, struct worker *worker) {
    runner->worker = worker;
    runner->stop = 0;
    worker_start(worker);
    must(pthread_create(&runner->thread, NULL, runner_run, runner) == 0, "thread");
}

void runner_stop(struct runner *runner) {
    runner->stop = 1;
    must(pthread_join(runner->thread, NULL) == 0, "thread");
    worker_stop(runner->worker);
}

double sync_time(struct worker *guest) {
    worker_start(guest);
    double started = seconds();
    must(node_sync(guest->node, PATIENCE_MS, NULL) == RB_OK, "sync");
    double took = seconds() - started;
    worker_stop(guest);
    return took;
}

/* ---- Posts ---- */

void text_noise(char text[static POST_TEXT_BYTES]) {
    uint8_t noise[POST_TEXT_BYTES];

    crypt_random(noise, sizeof noise);
    for (size_t i = 0; i < sizeof noise; i++) {
        text[i] = (char)('!' + noise[i] % 90);
    }
}

void posts_add(struct store *store, const uint8_t circle[static HASH_BYTES],
               const uint8_t thread[static REF_BYTES], size_t posts, text_maker text) {
    char bytes[POST_TEXT_BYTES];
    uint8_t ref[REF_BYTES];
    struct writer body;
    struct new_content draft = { .type = KIND_POST, .ref_count = 1 };

    memcpy(draft.refs[0], thread, REF_BYTES);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    must(store_write_begin(store) == RB_OK, "begin");
    for (size_t i = 0; i < posts; i++) {
        text(bytes);
        writer_reset(&body);
        post_encode(&body, &(struct post) { .text = span_of(bytes, sizeof bytes) });
        draft.body = writer_view(&body);
        must(author_write(store, circle, &draft, clock_now_ms(), ref) == RB_OK, "post");
    }
    must(store_write_commit(store) == RB_OK, "commit");
    writer_clear(&body);
}

/* ---- Two members ---- */

void meeting_begin(struct meeting *meeting, size_t posts, text_maker text) {
    struct runner runner;

    worker_new(&meeting->host, "Ani Lestari");
    worker_new(&meeting->guest, "Budi Santoso");
    workers_meet(&meeting->host, &meeting->guest);
    worker_choose_address(&meeting->host);
    worker_knows_address(&meeting->guest, &meeting->host);
    worker_found_group(&meeting->host, "Kelompok Anak", meeting->circle);
    worker_invite(&meeting->host, meeting->circle, &meeting->guest);
    runner_start(&runner, &meeting->host);
    (void)sync_time(&meeting->guest);
    worker_accept(&meeting->guest, meeting->circle);
    (void)sync_time(&meeting->guest);
    runner_stop(&runner);
    worker_new_thread(&meeting->host, meeting->circle, "Pertemuan Senin", meeting->thread);
    for (size_t left = posts; left > 0;) {
        const size_t part = left < FILL_EVENTS ? left : FILL_EVENTS;
        posts_add(meeting->host.store, meeting->circle, meeting->thread, part, text);
        left -= part;
    }
}

void meeting_end(struct meeting *meeting) {
    worker_remove(&meeting->host);
    worker_remove(&meeting->guest);
}

double meeting_sync(struct meeting *meeting) {
    struct runner runner;

    runner_start(&runner, &meeting->host);
    const double took = sync_time(&meeting->guest);
    runner_stop(&runner);
    return took;
}
