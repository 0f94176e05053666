/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nobody is at the keyboard: when a console locks itself, and that it says so before.
 *
 *   state    leaves it by idle_look
 *   awake    idle_warning_ms are left        -> warned
 *   warned   somebody has done something     -> awake
 *            nothing is left                 -> awake, and it is to be locked
 *
 * Times are by clock_elapsed_ms: a lid that was closed for the night is a night without a key.
 * Pure. */
#ifndef REMBUK_CLI_IDLE_H
#define REMBUK_CLI_IDLE_H

#include <stdbool.h>
#include <stdint.h>

struct idle {
    int64_t after_ms;  /* 0: never */
    int64_t active_ms; /* when something was done last */
    bool is_warned;
};

struct idle idle_of(int64_t after_ms, int64_t now_ms);

/* Something was done at that time.  An earlier one than the last changes nothing; neither does one
 * after the end: then it is to be locked, whoever may be there now. */
void idle_note(struct idle *idle, int64_t active_ms);

/* Each is told once. */
enum idle_step { IDLE_GOES_ON, IDLE_WARNS, IDLE_LOCKS };
enum idle_step idle_look(struct idle *idle, int64_t now_ms);

/* So long before the end it is told: a minute, or half of the time if that is less. */
int64_t idle_warning_ms(const struct idle *idle);

int64_t idle_deadline_ms(const struct idle *idle); /* INT64_MAX: never */

#endif
