/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a command line to an exit code: parses, reads what the command needs, opens the store,
 * finds the objects that references mean, runs the row, and says how it went. */
#ifndef REMBUK_CLI_DISPATCH_H
#define REMBUK_CLI_DISPATCH_H

/* What only main.c knows. */
struct program {
    const char *version;
    const char *locale_dir;
};

/* As main has them, the program's name first.  Gives the exit code of CLI.md. */
int program_run(const struct program *program, int count, char *const *arguments);

#endif
