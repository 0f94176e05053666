/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console: one person at a terminal, attached to the process that owns the home (talk.h), which
 * may be this one.  The only door to readline.
 *
 *   state      what is shown                leaves it by
 *   waiting    nothing                      WELCOME                       -> ready
 *   ready      the prompt                   a whole line: a command       -> running
 *                                           it lacks something            -> guided
 *   guided     a question of guide.h        all is there                  -> running
 *                                           Ctrl-C, "<" at the first      -> ready
 *   running    news above, a progress bar   QUESTION                      -> asked;  DONE -> ready
 *   asked      a question, [y/n]            an answer                     -> running, or ready
 *   secret     what is to be typed unseen   the last of the passphrases   -> ready
 *   over       nothing                      what was sent last has left
 *
 * Nothing in here blocks, whatever the terminal sends or does not send, and whether it reads: keys
 * go through keys.h, what is shown through screen.h.
 * What is typed and not sent is kept as a draft by the owner a second after the last key, and at
 * once when the terminal is lost, or it locks: where nobody types for a while (idle.h), a console
 * that is attached to another process locks itself, and the owner's asks for all to be locked. */
#ifndef REMBUK_CLI_CONSOLE_H
#define REMBUK_CLI_CONSOLE_H

#include "cli/context.h"
#include "cli/lock.h"
#include "node/channel.h"

#include <poll.h>

struct console;

struct console_setup {
    const struct settings *settings; /* borrowed */
    struct channel *channel;         /* to the owner; taken over, also by a failure */
    uint64_t draft;                  /* the number of the one that is wanted; 0: any */

    /* When others were last busy with the owner, who is in this process; NULL: he is in another. */
    int64_t (*active_ms)(const void *owner);
    const void *owner;
};

/* Takes the terminal of standard input and output.  RB_NOT_FOUND: that is none. */
enum rb_status console_open(struct console **console, const struct console_setup *setup)
    RB_MUST_CHECK;

/* Gives the terminal back as it was.  NULL is fine. */
void console_close(struct console **console);

/* Left by Ctrl-D or `quit`, the terminal is lost, a signal asked for the end (RB_OK); or the owner
 * is gone (RB_UNREACHABLE), takes nobody now (RB_REFUSED), or is of another version (RB_BUSY),
 * which the caller tells.  What was sent last has left the channel, and an owner in the same loop
 * has had one more turn to take it. */
bool console_is_over(const struct console *console, enum rb_status *why);

/* Whether it is over because it is locked, and what the lock screen has to know then. */
void console_note_lock(const struct console *console, struct lock_note *note);

/* For struct node_task; the context is the console. */
size_t console_watch(void *console, struct pollfd *fds);
int64_t console_deadline_ms(void *console);
enum rb_status console_step(void *console);

/* In the midst of a long command of this very process: shows what has been told of it. */
void console_show_progress(struct console *console);

#endif
