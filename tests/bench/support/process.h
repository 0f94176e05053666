/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processes that are measured: this program once more, or rembuk itself, and how much memory they
 * hold.  What fails ends the program. */
#ifndef REMBUK_BENCH_PROCESS_H
#define REMBUK_BENCH_PROCESS_H

#include "tests/support/homes.h"

#include <sys/types.h>

enum { PROCESS_WORDS_MAX = 8 };

/* Runs this program anew with `words` (NULL at the end) behind its name; it has to print `count`
 * numbers and end well. */
void process_run(const char *const *words, double *numbers, size_t count);

/* Starts rembuk with `words` in the home FOLDER/rumah, whose passphrase is that of all homes; what
 * it prints is lost.  One at a time. */
pid_t process_start_rembuk(const struct folder *folder, const char *const *words);
void process_end(pid_t process); /* SIGTERM, and waits */

/* Runs rembuk with `words` in that home to its end, which has to be a good one: how many seconds it
 * took.  What it prints is lost. */
double process_answer(const struct folder *folder, const char *const *words);

/* MiB that a process holds now and held at most, as /proc has them ("VmRSS", "VmHWM"); 0: it has
 * ended.  The second begins anew with process_forget_peak. */
double process_memory(pid_t process, const char *field);
void process_forget_peak(pid_t process);

#endif
