/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What replication costs beside the same job done bare, in one run on one machine.
 *
 * usage: sync [EVENTS=100000]
 *
 * Two nodes in one process, each with its loop in a thread of its own, over loopback TCP. */
#include "tests/bench/support/bare.h"
#include "tests/bench/support/meeting.h"
#include "tests/bench/support/proxy.h"

#include "store/ingest.h"
#include "store/sharing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS = 100000, MORE_EVENTS = 100, REPEATS = 5 };

/* ---- Filling ---- */

/* A log that neither side can read: bodies are random. */
struct blind {
    uint8_t circle[HASH_BYTES];
    struct sign_key key;
    struct log_head head;
};

static void run_make(struct blind *blind, struct run *run, size_t count,
                     uint8_t bodies[static BLOCK_EVENTS][BARE_BODY_BYTES]) {
    struct run_result result;

    *run = (struct run) { .first = blind->head.seq + 1, .count = count };
    memcpy(run->log, blind->key.public, sizeof run->log);
    for (size_t i = 0; i < count; i++) {
        crypt_random(bodies[i], BARE_BODY_BYTES);
        run->events[i].header.body_len = BARE_BODY_BYTES;
        run->events[i].body = span_of(bodies[i], BARE_BODY_BYTES);
        event_body_hash(run->events[i].body_hash, run->events[i].body);
    }
    log_append(&blind->head, &blind->key, run, &result);
    blind->head = result.head;
}

static void blind_add(struct store *store, struct blind *blind, size_t events) {
    static uint8_t bodies[BLOCK_EVENTS][BARE_BODY_BYTES];
    static struct run run;
    struct ingest_result result;

    must(ingest_begin(store) == RB_OK, "begin");
    while (events > 0) {
        size_t room = BLOCK_EVENTS - blind->head.seq % BLOCK_EVENTS;
        size_t count = events < room ? events : room;
        run_make(blind, &run, count, bodies);
        must(ingest_run(store, blind->circle, &run, clock_now_ms(), &result) == RB_OK &&
                 result.status == RB_OK,
             "fill");
        events -= count;
    }
    must(ingest_commit(store, clock_now_ms()) == RB_OK, "commit");
}

/* Ani holds a circle that she shares with Citra, as a relay would: without its key. */
static void blind_make(struct worker *ani, const struct worker *citra, struct blind *blind,
                       size_t events) {
    crypt_random(blind->circle, sizeof blind->circle);
    crypt_sign_new(&blind->key);
    log_head_empty(&blind->head, blind->key.public);
    must(circle_remember(ani->store, blind->circle, store_self(citra->store)->person) == RB_OK,
         "circle");
    while (events > 0) {
        size_t part = events < FILL_EVENTS ? events : FILL_EVENTS;
        blind_add(ani->store, blind, part);
        events -= part;
    }
}

/* ---- Bytes on the way ---- */

static void address_set(struct worker *from, const struct worker *to, unsigned port) {
    char address[ADDRESS_BYTES_MAX + 1];

    (void)snprintf(address, sizeof address, "tcp://127.0.0.1:%u", port);
    must(contact_set_address(from->store, store_self(to->store)->person, span_text(address)) ==
             RB_OK,
         "address");
}

static unsigned port_of(const struct worker *worker) {
    return (unsigned)strtoul(strrchr(worker->address, ':') + 1, NULL, 10);
}

/* A sync seen from outside; `idle` gets the bytes of a second of silence and one more sync over
 * the connection that is kept. */
static uint64_t sync_bytes(struct worker *guest, const struct worker *host, uint64_t *idle) {
    struct proxy *proxy = proxy_open((uint16_t)port_of(host));
    uint64_t bytes;

    address_set(guest, host, proxy_port(proxy));
    worker_start(guest);
    must(node_sync(guest->node, PATIENCE_MS, NULL) == RB_OK, "sync");
    bytes = proxy_bytes(proxy);
    workers_for(&guest, 1, 1000);
    must(node_sync(guest->node, PATIENCE_MS, NULL) == RB_OK, "sync");
    *idle = proxy_bytes(proxy) - bytes;
    worker_stop(guest);
    proxy_close(&proxy);
    address_set(guest, host, port_of(host));
    return bytes;
}

/* ---- The figures ---- */

struct figures {
    size_t events;
    double bare_s;
    double bare_reply_ms;
    uint64_t bare_reply_bytes;
};

static void bulk_print(const struct figures *figures, const char *what, double took, double goal) {
    (void)printf("%-44s %8.2f s %9.0f events/s   %.2f x bare (at least %.2f)\n", what, took,
                 (double)figures->events / took, figures->bare_s / took, goal);
}

typedef void (*add_more)(struct worker *host, void *context);

/* +100 events and no change, each over a fresh connection; times direct, bytes through the proxy.
 * */
static void small_measure(const struct figures *figures, struct worker *host, struct worker *guest,
                          add_more add, void *context) {
    double more[REPEATS], none[REPEATS];
    uint64_t more_bytes, none_bytes, idle;
    struct runner runner;

    for (size_t i = 0; i < REPEATS; i++) {
        add(host, context);
        runner_start(&runner, host);
        more[i] = 1000 * sync_time(guest);
        none[i] = 1000 * sync_time(guest);
        runner_stop(&runner);
    }
    add(host, context);
    runner_start(&runner, host);
    more_bytes = sync_bytes(guest, host, &idle);
    none_bytes = sync_bytes(guest, host, &idle);
    runner_stop(&runner);
    (void)printf(
        "  +100 events, fresh connection              %8.2f ms (at most 10)"
        "   %llu bytes (at most 61000)\n",
        quantile(more, REPEATS, 0.5), (unsigned long long)more_bytes);
    (void)printf(
        "  no change, fresh connection                %8.2f ms, %.2f x bare (at most 2)"
        "   %llu bytes, %.2f x bare (at most 1.25)\n",
        quantile(none, REPEATS, 0.5), quantile(none, REPEATS, 0.5) / figures->bare_reply_ms,
        (unsigned long long)none_bytes, (double)none_bytes / (double)figures->bare_reply_bytes);
    (void)printf("  no change, kept connection, one second     %llu bytes (at most 200)\n",
                 (unsigned long long)idle);
}

static void bare_measure(struct figures *figures) {
    struct folder folder;
    double replies[REPEATS];

    folder_new(&folder);
    bare_fill(folder.path, figures->events, NULL);
    figures->bare_s = bare_pipeline(folder.path, figures->events, NULL);
    bare_empty();
    for (size_t i = 0; i < REPEATS; i++) {
        replies[i] = 1000 * bare_reply(&figures->bare_reply_bytes);
    }
    figures->bare_reply_ms = quantile(replies, REPEATS, 0.5);
    folder_remove(&folder);
    (void)printf("%-44s %8.2f s %9.0f events/s\n", "bare pipeline", figures->bare_s,
                 (double)figures->events / figures->bare_s);
    (void)printf("%-44s %8.2f ms   %llu bytes\n", "bare CURVE connection with one reply",
                 figures->bare_reply_ms, (unsigned long long)figures->bare_reply_bytes);
}

/* ---- A store that cannot read ---- */

static void blind_more(struct worker *host, void *context) {
    blind_add(host->store, context, MORE_EVENTS);
}

static void blind_measure(const struct figures *figures) {
    struct worker ani, citra;
    struct runner runner;
    struct blind blind;

    worker_new(&ani, "Ani Lestari");
    worker_new(&citra, "Citra Dewi");
    workers_meet(&ani, &citra);
    worker_choose_address(&ani);
    worker_knows_address(&citra, &ani);
    blind_make(&ani, &citra, &blind, figures->events);
    runner_start(&runner, &ani);
    double took = sync_time(&citra);
    runner_stop(&runner);
    bulk_print(figures, "into a store that cannot read them", took, 0.60);
    small_measure(figures, &ani, &citra, blind_more, &blind);
    worker_remove(&ani);
    worker_remove(&citra);
}

/* ---- A member's store, with views ---- */

static void member_more(struct worker *host, void *context) {
    const struct meeting *meeting = context;

    posts_add(host->store, meeting->circle, meeting->thread, MORE_EVENTS, text_noise);
}

static void member_measure(const struct figures *figures) {
    struct meeting meeting;

    meeting_begin(&meeting, figures->events, text_noise);
    const double took = meeting_sync(&meeting);
    bulk_print(figures, "into a member's store, with views", took, 0.35);
    small_measure(figures, &meeting.host, &meeting.guest, member_more, &meeting);
    meeting_end(&meeting);
}

int main(int argc, char **argv) {
    struct figures figures = { .events = EVENTS };

    if (argc > 1) {
        figures.events = strtoul(argv[1], NULL, 10);
    }
    figures.events -= figures.events % BLOCK_EVENTS;
    must(crypt_start() == RB_OK && figures.events > 0, "start");
    bare_measure(&figures);
    blind_measure(&figures);
    member_measure(&figures);
    return 0;
}
