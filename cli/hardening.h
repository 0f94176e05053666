/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the process forbids itself and others, before it has anything to hide. */
#ifndef REMBUK_CLI_HARDENING_H
#define REMBUK_CLI_HARDENING_H

/* The first call of main.
 *
 *   - No core file: the limit is zero, and the process is marked as not dumpable, which also keeps
 *     a handler of the system (core_pattern) from getting the memory by a pipe, and other programs
 *     of the same person from reading it (ptrace, /proc/PID/mem, its environment).
 *   - Files that are made are their owner's alone (umask 077).
 *   - A reader that goes away, and a file that may not grow, are errors of writing, not our end.
 *
 * What it cannot do: keep the memory from root, from being swapped (keys are locked in memory, see
 * crypt_secret_alloc; texts on the screen are not) or from being written by hibernation. */
void process_harden(void);

#endif
