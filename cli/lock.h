/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A locked console is a process that owns nothing.  Whatever knew a key or a text has been closed,
 * and then the program replaces itself (exec) by a new one that has never read any of it: nothing
 * has to be found and wiped, in our memory or in that of a library.  The new one learns from its
 * environment that it begins locked:
 *
 *   REMBUK_LOCKED = number of the draft ‖ LF ‖ owner stays (0, 1) ‖ LF ‖ name { ‖ LF ‖ address }
 *
 * Nothing of that is secret.  Where one was, and what was being typed, is the draft of that number,
 * which lies in the store (store/console_memory.h). */
#ifndef REMBUK_CLI_LOCK_H
#define REMBUK_CLI_LOCK_H

#include "cli/ask.h"
#include "protocol/limits.h"

/* All zeros: it is not locked. */
struct lock_note {
    bool is_locked;
    bool owner_stays; /* another process still has the data open */
    uint64_t draft;   /* from 1; 0: none */
    char name[NAME_BYTES_MAX + 1];
    char listen[LISTENERS_MAX][ADDRESS_BYTES_MAX + 1]; /* where the node listened */
    size_t listen_count;
};

/* One more address; what is too long, or too much, is left out. */
void lock_note_listen(struct lock_note *note, struct span address);

void lock_note_write(const struct lock_note *note, struct writer *out);
void lock_note_read(struct span text, struct lock_note *note); /* unlocked if it is not valid */

/* From the environment, which is not handed on to anybody then.  (The kernel's copy of it stays,
 * and only root can read that: see hardening.h.) */
void lock_note_take(struct lock_note *note);

/* Only by failure this returns, noted: the program cannot be started again.  The caller has closed
 * all that it owned. */
enum rb_status lock_begin(struct context *context, const struct lock_note *note);

/* Clears the screen with what can be scrolled back to, and says who has locked it.  From here on
 * nothing that is typed is shown (terminal.h), and what was being typed or pasted meanwhile is no
 * passphrase. */
void lock_show(const struct context *context, const struct lock_note *note);

/* Asks for the passphrase at the terminal, whatever the settings say.  RB_NOT_FOUND, not noted: the
 * person ends the program instead (Ctrl-D), or there is nobody any more. */
enum rb_status lock_ask(struct context *context, struct passphrase *passphrase) RB_MUST_CHECK;

/* Says on the terminal what went wrong, and forgets it; then a further sentence or "". */
void lock_say_failure(struct context *context, enum rb_status status, const char *besides);

#endif
