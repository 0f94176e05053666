/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/workers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- Life ---- */

void worker_new(struct worker *worker, const char *name) {
    *worker = (struct worker) { .name = name };
    folder_new(&worker->folder);
    worker->store = home_new(folder_name(&worker->folder, "rumah"), name);
}

void worker_remove(struct worker *worker) {
    worker_stop(worker);
    store_close(&worker->store);
    folder_remove(&worker->folder);
}

static void card_give(struct worker *from, struct worker *to) {
    struct writer card;
    struct contact contact;
    bool renewed;

    writer_init(&card, CARD_BYTES_MAX);
    assert_int_equal(store_card(from->store, NULL, 0, clock_now_ms(), &card), RB_OK);
    assert_int_equal(contact_add(to->store, writer_view(&card), clock_now_ms(), &contact, &renewed),
                     RB_OK);
    writer_clear(&card);
}

void workers_meet(struct worker *a, struct worker *b) {
    card_give(a, b);
    card_give(b, a);
}

void worker_knows_address(struct worker *from, const struct worker *to) {
    assert_int_equal(
        contact_set_address(from->store, store_self(to->store)->person, span_text(to->address)),
        RB_OK);
}

void worker_choose_address(struct worker *worker) {
    struct sockaddr_in place = { .sin_family = AF_INET };
    socklen_t len = sizeof place;
    int probe = socket(AF_INET, SOCK_STREAM, 0);

    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(probe, (struct sockaddr *)&place, sizeof place), 0);
    assert_int_equal(getsockname(probe, (struct sockaddr *)&place, &len), 0);
    close(probe);
    (void)snprintf(worker->address, sizeof worker->address, "tcp://127.0.0.1:%u",
                   (unsigned)ntohs(place.sin_port));
}

static void on_line(void *context, const char *line) {
    struct worker *worker = context;

    worker->opened += strncmp(line, "event=open ", 11) == 0;
    worker->closed += strncmp(line, "event=close ", 12) == 0;
    worker->refused += strncmp(line, "event=refused ", 14) == 0;
}

void worker_start(struct worker *worker) {
    struct node_setup setup = {
        .store = worker->store,
        .listen = (const char(*)[ADDRESS_BYTES_MAX + 1]) & worker->address,
        .listen_count = worker->address[0] != '\0',
        .log = on_line,
        .log_context = worker,
    };
    size_t bad_listen;

    worker->opened = worker->closed = worker->refused = 0;
    assert_int_equal(node_open(&worker->node, &setup, &bad_listen), RB_OK);
}

void worker_stop(struct worker *worker) {
    node_close(&worker->node);
}

size_t worker_open_exchanges(const struct worker *worker) {
    return worker->opened - worker->closed;
}

/* ---- Time ---- */

static void step_all(struct worker *const *workers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (workers[i]->node != NULL) {
            assert_int_equal(node_step(workers[i]->node, 2), RB_OK);
        }
    }
}

bool workers_until(struct worker *const *workers, size_t count, int64_t ms,
                   bool (*holds)(void *context), void *context) {
    int64_t deadline_ms = clock_steady_ms() + ms;

    while (!holds(context)) {
        if (clock_steady_ms() >= deadline_ms) {
            return false;
        }
        step_all(workers, count);
    }
    return true;
}

static bool never(void *context) {
    (void)context;
    return false;
}

void workers_for(struct worker *const *workers, size_t count, int64_t ms) {
    (void)workers_until(workers, count, ms, never, NULL);
}

/* ---- What they do ---- */

void worker_found_group(struct worker *worker, const char *name,
                        uint8_t circle[static HASH_BYTES]) {
    assert_int_equal(group_new(worker->store, span_text(name), NULL, clock_now_ms(), circle),
                     RB_OK);
}

void worker_invite(struct worker *worker, const uint8_t circle[static HASH_BYTES],
                   const struct worker *guest) {
    assert_int_equal(
        group_invite(worker->store, circle, store_self(guest->store)->person, clock_now_ms()),
        RB_OK);
}

void worker_accept(struct worker *worker, const uint8_t circle[static HASH_BYTES]) {
    assert_int_equal(group_accept(worker->store, circle, clock_now_ms()), RB_OK);
}

void worker_new_thread(struct worker *worker, const uint8_t circle[static HASH_BYTES],
                       const char *title, uint8_t thread[static REF_BYTES]) {
    assert_int_equal(thread_new(worker->store, circle, span_text(title), clock_now_ms(), thread),
                     RB_OK);
}

void worker_post(struct worker *worker, const uint8_t thread[static REF_BYTES], const char *text) {
    uint8_t ref[REF_BYTES];

    assert_int_equal(post_add(worker->store, thread, NULL, span_text(text), clock_now_ms(), ref),
                     RB_OK);
}

/* ---- What they see ---- */

bool worker_sees_invitation(struct worker *worker, const uint8_t circle[static HASH_BYTES]) {
    struct group_row row;

    return group_get(worker->store, circle, &row) == RB_OK && row.state == GROUP_INVITED &&
           row.name[0] != '\0';
}

struct sought {
    struct span text;
    bool found, delivered;
};

static bool look_at_post(void *context, const struct post_row *row) {
    struct sought *sought = context;

    if (span_equal(row->text, sought->text)) {
        sought->found = true;
        sought->delivered = row->state == POST_DELIVERED;
    }
    return !sought->found;
}

static struct sought look_for(struct worker *worker, const uint8_t thread[static REF_BYTES],
                              const char *text) {
    struct sought sought = { .text = span_text(text) };
    enum rb_status status = thread_posts(worker->store, thread, 0, look_at_post, &sought);

    assert_true(status == RB_OK || status == RB_NOT_FOUND);
    return sought;
}

bool worker_sees_post(struct worker *worker, const uint8_t thread[static REF_BYTES],
                      const char *text) {
    return look_for(worker, thread, text).found;
}

bool worker_sees_delivered(struct worker *worker, const uint8_t thread[static REF_BYTES],
                           const char *text) {
    return look_for(worker, thread, text).delivered;
}
