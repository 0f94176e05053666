/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One post from here to another process's terminal without the program: what the libraries cost
 * when nothing else is done.
 *
 *   sender     seals and signs, inserts, commits with synchronous=FULL, sends over a ROUTER (CURVE,
 *              loopback TCP)
 *   receiver   another process, a DEALER: verifies, opens, inserts, commits with synchronous=FULL,
 *              writes the text to a terminal */
#ifndef REMBUK_BENCH_BARE_POST_H
#define REMBUK_BENCH_BARE_POST_H

#include "tests/bench/support/screen.h"

struct bare_post;

/* Forks: before anything has begun a thread.  Databases in `folder`. */
struct bare_post *bare_post_open(const char *folder, const struct screen *screen);
void bare_post_close(struct bare_post **bare);

/* Waits until the receiver is connected. */
void bare_post_connect(struct bare_post *bare);

/* Durable here; then on the way. */
void bare_post_write(struct bare_post *bare, const char text[static SCREEN_TEXT_BYTES]);
void bare_post_push(struct bare_post *bare);

#endif
