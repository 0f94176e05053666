/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is shown on the terminal, as a queue: a terminal that does not read (a frozen window, a line
 * that is gone) makes nobody wait.  The descriptor is one of our own, so that it does not block
 * here and goes on blocking for others who share the terminal. */
#ifndef REMBUK_CLI_SCREEN_H
#define REMBUK_CLI_SCREEN_H

#include "protocol/bytes.h"

#include <poll.h>
#include <stdio.h>

struct screen;

/* Opens the terminal of `terminal` anew, which stays the caller's.  RB_NOT_FOUND: there is none;
 * RB_STORAGE: no memory for its stream.  Where it cannot be opened by its name (it belongs to
 * another user), it is written to as it is, and may make us wait. */
enum rb_status screen_open(struct screen **screen, int terminal) RB_MUST_CHECK;

/* What still waits is given SCREEN_LAST_MS, and dropped.  NULL is fine. */
enum { SCREEN_LAST_MS = 500 };
void screen_close(struct screen **screen);

/* Into the queue, behind what was written to the stream. */
void screen_write(struct screen *screen, struct span text);

/* For whoever writes to a stream only; owned by the screen. */
FILE *screen_stream(struct screen *screen);

/* Sends as much as the terminal takes now.  A terminal that is gone takes everything: that it is
 * gone is found by reading. */
void screen_flush(struct screen *screen);
void screen_wait(struct screen *screen); /* the same, for SCREEN_LAST_MS at most */

size_t screen_waiting(struct screen *screen); /* bytes that the terminal has not taken */

/* What to wait for: nothing (-1) if nothing waits. */
struct pollfd screen_watch(struct screen *screen);

#endif
