/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signals, which the handler only notes: for the few places that have to end in good order, and for
 * the console, which has more to do with them. */
#ifndef REMBUK_CLI_SIGNALS_H
#define REMBUK_CLI_SIGNALS_H

#include "protocol/status.h"

#include <stdbool.h>

/* ---- SIGINT, SIGTERM, SIGHUP, SIGQUIT as a wish to end ---- */

/* From now on these signals only set a number; gives its address (0: none has come).  Blocking
 * calls return early.  SIGQUIT counts as SIGTERM. */
const volatile int *signals_catch(void);

/* After signals_catch: waits until there is something to read at `fd`, or its end.  False: one of
 * these signals has come, be it just before; a read that begins after a look at the number would
 * miss that one. */
bool signals_wait(int fd);

/* From now on these signals end the program again; also one that came in between and was not
 * taken.  While signals_watch lasts they stay its own. */
void signals_release(void);

/* Forgets a signal that has come: the caller has done what it asked for. */
void signals_take(void);

/* ---- All that a terminal sends: these four, SIGTSTP, SIGCONT and SIGWINCH ---- */

/* From now on each of them is kept for signals_next, and makes `*fd` readable: whoever polls it is
 * never late.  RB_STORAGE: no descriptors. */
enum rb_status signals_watch(int *fd) RB_MUST_CHECK;
void signals_unwatch(void); /* as before; fine without signals_watch */

/* The next signal that has come; false: none. */
bool signals_next(int *number);

/* Stops the process as SIGTSTP does when nobody catches it; returns when it goes on. */
void signals_stop_here(void);

#endif
