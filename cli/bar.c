/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/bar.h"

#include "cli/layout.h"

#include <stdio.h>
#include <unistd.h>

enum { BAR_BYTES_MAX = 4 * PROGRESS_BAR_COLUMNS_MAX };

static void write_text(struct span text) {
    (void)fwrite(text.data, 1, text.len, stderr); /* A bar that is not seen is no loss. */
}

void bar_show(void *context, uint64_t done, uint64_t total, const char *what) {
    struct bar *bar = context;
    size_t width = bar->settings->width;
    struct writer line;

    if (bar->settings->form != OUTPUT_TABLE || !isatty(STDERR_FILENO)) {
        return;
    }
    bar_end(bar);
    writer_init(&line, BAR_BYTES_MAX);
    progress_bar(&line, what, done, total,
                 width < PROGRESS_BAR_COLUMNS_MAX ? width - 1 : PROGRESS_BAR_COLUMNS_MAX);
    write_text(writer_view(&line));
    bar->columns = layout_columns(writer_view(&line));
    writer_clear(&line);
    (void)fflush(stderr);
}

void bar_hide(void *context) {
    bar_end(context);
    (void)fflush(stderr);
}

void bar_end(struct bar *bar) {
    if (bar->columns == 0) {
        return;
    }
    write_text(span_text("\r"));
    for (size_t i = 0; i < bar->columns; i++) {
        write_text(span_text(" "));
    }
    write_text(span_text("\r"));
    bar->columns = 0;
}
