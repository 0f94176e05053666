/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The person's own terminal, also when standard input or output is a file or a pipe. */
#ifndef REMBUK_CLI_TERMINAL_H
#define REMBUK_CLI_TERMINAL_H

#include "protocol/bytes.h"

/* Opens the terminal on which somebody can see a question and answer it: that of standard input,
 * else that of standard error.  RB_NOT_FOUND if neither is one.  The caller closes the descriptor.
 * */
enum rb_status terminal_open(int *terminal) RB_MUST_CHECK;

/* Shows a prompt and reads one line into `line`, which stays unterminated; its end is cut.
 * `hidden`: without echo.  RB_NOT_FOUND: the end of input instead of a line; RB_TOO_LARGE;
 * RB_STORAGE.  A signal that ends the program leaves the terminal as it was, and is answered by a
 * line that nothing has changed (or what terminal_hide_typing was given): questions come before the
 * act.  After a stop (Ctrl-Z) it is asked anew, hidden as before. */
enum rb_status terminal_ask(int terminal, const char *prompt, bool hidden, char *line, size_t size,
                            size_t *len) RB_MUST_CHECK;

/* From here on nothing that is typed is shown, also while nobody reads: whoever types the next
 * passphrase while the last one is checked must not read it on the screen.  What was typed before
 * is forgotten.  A signal that ends the program leaves the terminal as it was and says `cancelled`,
 * a translated sentence (NULL: nothing was changed); a stop (Ctrl-Z) shows what is typed until it
 * goes on.  Nothing without a terminal, or if it is so already. */
void terminal_hide_typing(const char *cancelled);

/* As before; what was typed meanwhile is forgotten and never lands in a shell.  At the end of the
 * program it comes by itself. */
void terminal_show_typing(void);

/* While nothing is shown: forgets what still arrives by itself, such as the rest of a paste, until
 * there is a pause. */
void terminal_drop_arriving(void);

/* Forgets what was typed and not read yet: it was meant for something else. */
void terminal_drop_typed(int terminal);

void terminal_write(int terminal, struct span text); /* printable text */

/* signals_release, with that line first if a signal has come since signals_catch gave `came`. */
void terminal_release_signals(int terminal, const volatile int *came);

#endif
