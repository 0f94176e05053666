/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/colour.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

enum { COLOURS_MIN = 8 };

bool colour_is_dumb(void) {
    const char *name = getenv("TERM");

    return name == NULL || name[0] == '\0' || strcmp(name, "dumb") == 0;
}

/* readline has a terminal of its own in the library: it stays the current one. */
static int count_colours(int fd) {
    TERMINAL *before = cur_term;
    int error = 0, colours = 0;

    if (setupterm(NULL, fd, &error) == OK) {
        colours = tigetnum("colors");
    }
    if (cur_term != before) {
        TERMINAL *ours = set_curterm(before);
        (void)del_curterm(ours); /* It is no other's. */
    }
    return colours;
}

bool colour_has(int fd) {
    const char *unwanted = getenv("NO_COLOR");

    if ((unwanted != NULL && unwanted[0] != '\0') || colour_is_dumb() || !isatty(fd)) {
        return false;
    }
    return count_colours(fd) >= COLOURS_MIN;
}
