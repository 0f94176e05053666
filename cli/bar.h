/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The progress of a one-shot command, as a bar on the terminal of standard error; elsewhere, and
 * where only the result is wanted, nothing. */
#ifndef REMBUK_CLI_BAR_H
#define REMBUK_CLI_BAR_H

#include "cli/context.h"

struct bar {
    const struct settings *settings;
    size_t columns; /* of what is shown now; 0: nothing */
};

void bar_show(void *bar, uint64_t done, uint64_t total,
              const char *what); /* struct progress.show */
void bar_hide(void *bar);        /* struct progress.hide */
void bar_end(struct bar *bar);   /* clears the line */

#endif
