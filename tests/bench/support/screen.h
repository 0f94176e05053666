/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A pseudo-terminal that somebody else writes to: when has which text been on the screen?  Texts
 * are told apart by the number in "kabar00000012"; a thread of its own reads and looks at the
 * clock. */
#ifndef REMBUK_BENCH_SCREEN_H
#define REMBUK_BENCH_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

enum { SCREEN_TEXT_BYTES = 96, SCREEN_NUMBERS_MAX = 100000 };

struct screen;

struct screen *screen_open(void); /* 80 x 24 */
void screen_close(struct screen **screen);

/* In a child that is to write there: becomes its terminal and its standard input and output.  Safe
 * between fork and exec. */
void screen_take(const struct screen *screen);

/* Reading begins; after the last fork without exec. */
void screen_watch(struct screen *screen);

void screen_type(struct screen *screen, const char *keys);

/* The text of that number, with its end; the same length for all. */
void screen_text(unsigned number, char text[static SCREEN_TEXT_BYTES]);

/* When it was read whole, by seconds() of meeting.h; 0: it has not come. */
double screen_seen(struct screen *screen, unsigned number);

/* Waits until it has come.  False: not within `patience_s`. */
bool screen_expect(struct screen *screen, unsigned number, double patience_s);

#endif
