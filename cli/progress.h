/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far long work has come.  Nothing is told of work that is done within a second. */
#ifndef REMBUK_CLI_PROGRESS_H
#define REMBUK_CLI_PROGRESS_H

#include "protocol/bytes.h"

struct progress {
    void (*show)(void *context, uint64_t done, uint64_t total, const char *what); /* may be NULL */
    void (*hide)(void *context);                                                  /* may be NULL */
    void *context;
    int64_t began_ms, told_ms; /* 0: not yet */
};

enum { PROGRESS_FIRST_MS = 1000, PROGRESS_AGAIN_MS = 250, PROGRESS_BAR_COLUMNS_MAX = 80 };

/* Call it as often as you like; `what` is translated: "Reading". */
void progress_tell(struct progress *progress, uint64_t done, uint64_t total, const char *what);

/* Takes away what is shown, before anything else is written where it stands. */
void progress_end(struct progress *progress);

/* Appends "What  [#####-----]  50 %" in at most `width` columns, without a line end. */
void progress_bar(struct writer *out, const char *what, uint64_t done, uint64_t total,
                  size_t width);

#endif
