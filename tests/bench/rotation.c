/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What it costs that somebody is removed: for who removes him and writes on, and for one of those
 * who stay.
 *
 * usage: rotation [TRIES=11]
 *
 * A circle of Ayu, Bayu and others, one device each; the figures are for the devices that stay.
 * Bytes are of RUN frames, signature and all, before encryption of the connection.  Times are the
 * whole way: what is to be written is planned, sealed, signed, stored and made durable; on the
 * other side verified, stored, opened, folded and made durable; then the time of the processor
 * alone.  Medians.  Beside them what one more event costs that needs no new key, so that what is
 * due to the disk can be told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/contacts.h"
#include "tests/bench/support/meeting.h"
#include "tests/support/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TRIES = 11, TRIES_MAX = 101 };

static struct people people;
static uint8_t circle[HASH_BYTES], thread[REF_BYTES];

/* ---- Who is there ---- */

/* A contact of Ayu's, with a home of his own that is nowhere near. */
static void stranger_meet(size_t number, uint8_t person[static HASH_BYTES]) {
    struct stranger stranger;
    struct contact contact;
    struct writer card;
    char name[32];
    bool renewed;

    (void)snprintf(name, sizeof name, "Pekerja %zu", number);
    stranger_new(&stranger, name);
    writer_init(&card, CARD_BYTES_MAX);
    stranger_card(&stranger, HOMES_NOW_MS, NULL, &card);
    must(contact_add(people.stores[AYU], writer_view(&card), people_now(&people), &contact,
                     &renewed) == RB_OK,
         "contact");
    memcpy(person, stranger.id, HASH_BYTES);
    writer_clear(&card);
    stranger_clear(&stranger);
}

static void add(const uint8_t person[static HASH_BYTES]) {
    struct store *store = people.stores[AYU];

    must(store_write_begin(store) == RB_OK &&
             store_write_end(store, author_invite(store, circle, person, CIRCLE_MANAGER, 0,
                                                  people_now(&people))) == RB_OK,
         "inviting");
}

static void remove_him(const uint8_t person[static HASH_BYTES]) {
    struct store *store = people.stores[AYU];

    must(store_write_begin(store) == RB_OK &&
             store_write_end(store, author_remove(store, circle, person, people_now(&people))) ==
                 RB_OK,
         "removing");
}

static void post(void) {
    uint8_t ref[REF_BYTES];

    people_post(&people, AYU, thread, "Rujukan ke balai diterima.", ref);
}

/* ---- Measuring ---- */

struct span_of_log {
    uint64_t first, last;
};

static uint64_t head(void) {
    struct log_line line;

    must(people_own_log(&people, AYU, circle, &line), "own log");
    return line.head;
}

/* In milliseconds: by the clock, and of the processor. */
struct taken {
    double all, processor;
};

static double processor_seconds(void) {
    return (double)clock() / CLOCKS_PER_SEC;
}

static struct taken taken_begin(void) {
    return (struct taken) { -1000 * seconds(), -1000 * processor_seconds() };
}

static void taken_end(struct taken *taken) {
    taken->all += 1000 * seconds();
    taken->processor += 1000 * processor_seconds();
}

/* What Ayu takes, and what she wrote. */
static struct taken writing_time(void (*write)(void), struct span_of_log *written) {
    written->first = head() + 1;
    struct taken taken = taken_begin();
    write();
    taken_end(&taken);
    written->last = head();
    return taken;
}

/* Bayu gets it: bytes of the frames, and what he takes. */
static struct taken taking_time(struct span_of_log part, size_t *bytes) {
    struct log_line line;
    struct taken taken = { 0, 0 };

    must(people_own_log(&people, AYU, circle, &line), "own log");
    *bytes = 0;
    for (uint64_t next = part.first; next <= part.last;) {
        struct writer bodies, frame;
        struct run run;
        people_load(&people, AYU, circle, line.log, next, &bodies, &run);
        writer_init(&frame, FRAME_BYTES_MAX);
        wire_run(&frame, 0, 0, &run);
        *bytes += frame.len;
        struct taken run_taken = taken_begin();
        struct ingest_result result = people_ingest(&people, BAYU, circle, &run);
        taken_end(&run_taken);
        taken.all += run_taken.all;
        taken.processor += run_taken.processor;
        next = result.head + 1;
        writer_clear(&frame);
        writer_clear(&bodies);
    }
    return taken;
}

/* One thing of several tries. */
struct row {
    double written[TRIES_MAX], written_processor[TRIES_MAX];
    double taken[TRIES_MAX], taken_processor[TRIES_MAX];
    size_t events, bytes;
};

static void row_try(struct row *row, size_t at, void (*write)(void)) {
    struct span_of_log part;

    const struct taken written = writing_time(write, &part);
    const struct taken taken = taking_time(part, &row->bytes);
    row->written[at] = written.all;
    row->written_processor[at] = written.processor;
    row->taken[at] = taken.all;
    row->taken_processor[at] = taken.processor;
    row->events = (size_t)(part.last - part.first + 1);
}

static void row_print(const char *what, struct row *row, size_t tries) {
    (void)printf("  %-26s %3zu events %8zu bytes %9.2f ms %9.2f ms %9.2f ms %9.2f ms\n", what,
                 row->events, row->bytes, quantile(row->written, tries, 0.5),
                 quantile(row->written_processor, tries, 0.5), quantile(row->taken, tries, 0.5),
                 quantile(row->taken_processor, tries, 0.5));
}

static uint8_t removed[HASH_BYTES];

static void remove_removed(void) {
    remove_him(removed);
}

static void measure(size_t devices, size_t tries) {
    static struct row removal, rotation, plain;
    uint8_t person[HASH_BYTES];

    people_new(&people, 2);
    people_group(&people, 2, circle);
    must(thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people),
                    thread) == RB_OK,
         "thread");
    for (size_t i = 2; i < devices; i++) {
        stranger_meet(i, person);
        add(person);
    }
    for (size_t i = 0; i < tries; i++) {
        stranger_meet(devices + i, removed);
        add(removed);
        post();
        people_meet(&people, AYU, BAYU);
        row_try(&removal, i, remove_removed);
        row_try(&rotation, i, post);
        row_try(&plain, i, post);
    }
    (void)printf("%zu devices stay\n", devices);
    row_print("removal", &removal, tries);
    row_print("next post, with its key", &rotation, tries);
    row_print("a post under that key", &plain, tries);
    (void)fflush(stdout);
    people_end(&people);
}

int main(int argc, char **argv) {
    static const size_t devices[] = { 2, 7, 64, 200 };
    const size_t tries = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : TRIES;

    must(crypt_start() == RB_OK, "crypt");
    must(tries > 0 && tries <= TRIES_MAX, "TRIES");
    (void)printf("  %-50s %12s %12s %12s %12s\n", "", "who writes", "processor", "who gets it",
                 "processor");
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
        measure(devices[i], tries);
    }
    return 0;
}
