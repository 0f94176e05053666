/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What measurements of the program share: time, and two members of a group over loopback TCP, one
 * of whom has written a thread full of posts. */
#ifndef REMBUK_BENCH_MEETING_H
#define REMBUK_BENCH_MEETING_H

#include "tests/support/workers.h"

#include <pthread.h>

/* FILL_EVENTS: as many go into one transaction of filling. */
enum { FILL_EVENTS = 4096, PATIENCE_MS = 300000 };

/* The text of a post whose sealed body comes out at about 512 bytes. */
enum { POST_TEXT_BYTES = 400 };
typedef void (*text_maker)(char text[static POST_TEXT_BYTES]);

void text_noise(char text[static POST_TEXT_BYTES]); /* random printable characters */

void must(bool good, const char *what);
double seconds(void);

/* Sorts the values; `part` of them are below what it gives: 0.5 is the median. */
double quantile(double *values, size_t count, double part);

/* A worker's loop in a thread of its own. */
struct runner {
    struct worker *worker;
    pthread_t thread;
    volatile int stop;
};
void runner_start(struct runner *runner, struct worker *worker);
void runner_stop(struct runner *runner);

/* From dialling until everything is durable here and acknowledged there. */
double sync_time(struct worker *guest);

void posts_add(struct store *store, const uint8_t circle[static HASH_BYTES],
               const uint8_t thread[static REF_BYTES], size_t posts, text_maker text);

/* Both have accepted the group; the guest has none of the posts yet. */
struct meeting {
    struct worker host, guest;
    uint8_t circle[HASH_BYTES], thread[REF_BYTES];
};
void meeting_begin(struct meeting *meeting, size_t posts, text_maker text);
void meeting_end(struct meeting *meeting);

/* The guest gets what the host has: seconds. */
double meeting_sync(struct meeting *meeting);

#endif
