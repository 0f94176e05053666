/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/progress.h"

#include "cli/layout.h"
#include "node/node.h"

#include <inttypes.h>
#include <stdio.h>

enum { BAR_CELLS_MAX = 40, AROUND_BAR_COLUMNS = 11 }; /* two blanks, brackets, " 100 %" */

void progress_tell(struct progress *progress, uint64_t done, uint64_t total, const char *what) {
    int64_t now_ms = clock_steady_ms();

    if (progress->show == NULL) {
        return;
    }
    if (progress->began_ms == 0) {
        progress->began_ms = now_ms;
    }
    if (now_ms - progress->began_ms < PROGRESS_FIRST_MS ||
        now_ms - progress->told_ms < PROGRESS_AGAIN_MS) {
        return;
    }
    progress->told_ms = now_ms;
    progress->show(progress->context, done, total, what);
}

void progress_end(struct progress *progress) {
    if (progress->hide != NULL && progress->told_ms != 0) {
        progress->hide(progress->context);
    }
}

static unsigned percent_of(uint64_t done, uint64_t total) {
    if (total == 0 || done >= total) {
        return 100;
    }
    return (unsigned)((double)done * 100.0 / (double)total);
}

void progress_bar(struct writer *out, const char *what, uint64_t done, uint64_t total,
                  size_t width) {
    size_t taken = layout_columns(span_text(what)) + AROUND_BAR_COLUMNS;
    size_t room = width > taken ? width - taken : 0;
    size_t cells = room < BAR_CELLS_MAX ? room : BAR_CELLS_MAX;
    unsigned percent = percent_of(done, total);
    char end[16];

    writer_span(out, span_text(what));
    writer_span(out, span_text(cells > 0 ? "  [" : ""));
    for (size_t i = 0; i < cells; i++) {
        writer_u8(out, i * 100 < (size_t)percent * cells ? '#' : '-');
    }
    (void)snprintf(end, sizeof end, "%s %u %%", cells > 0 ? "] " : " ", percent);
    writer_span(out, span_text(end));
}
