/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SIGINT, SIGTERM and SIGHUP, for the few places that have to end in good order. */
#ifndef REMBUK_CLI_SIGNALS_H
#define REMBUK_CLI_SIGNALS_H

/* From now on these signals only set a number; gives its address (0: none has come).  Blocking
 * calls return early. */
const volatile int *signals_catch(void);

/* From now on these signals end the program again; also one that came in between and was not
 * taken. */
void signals_release(void);

/* Forgets a signal that has come: the caller has done what it asked for. */
void signals_take(void);

#endif
