/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system's own calls on files, on a folder that can lose power: for programs that are linked
 * with --wrap for each of them (tests/unit/CMakeLists.txt).  Everything under CUT_FOLDER lives
 * in memory (tests/support/disk_folder.h says what a power cut keeps of it); all other paths are
 * the system's.
 *
 * A program dies with the power.  Here it goes on, but from then on nothing that it calls has an
 * effect, and everything fails with EIO. */
#ifndef REMBUK_TESTS_CUT_CALLS_H
#define REMBUK_TESTS_CUT_CALLS_H

#include "protocol/bytes.h"

#define CUT_FOLDER "/cut"

/* An empty folder, power on.  What was there before is gone. */
void cut_calls_start(uint64_t seed);
void cut_calls_stop(void);

size_t cut_calls_count(void); /* since cut_calls_start or cut_calls_back */

/* `after` more calls go well, in the next one power is cut: it happens wholly, partly or not. */
void cut_calls_cut_after(size_t after);

/* `after` more calls go well, the next one fails with this errno and does nothing. */
void cut_calls_fail_after(size_t after, int error);

/* fsync says that all is well and does nothing. */
void cut_calls_lie(void);

/* Power comes back, after it was cut here if it was still on; chance keeps what it wants. */
void cut_calls_power_up(void);

/* Keeps the folder as it is, not synchronised, with power on or off; and takes it back, any number
 * of times: chance then goes by `seed`, cuts and failures are forgotten. */
void cut_calls_keep(void);
void cut_calls_back(uint64_t seed);

/* Empty if there is no such file; valid until the next change. */
struct span cut_calls_bytes(const char *path);
bool cut_calls_has(const char *path);

#endif
