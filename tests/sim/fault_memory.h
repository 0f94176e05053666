/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite's allocations, made to fail.  One for the whole process. */
#ifndef REMBUK_TESTS_FAULT_MEMORY_H
#define REMBUK_TESTS_FAULT_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* Before the first call of SQLite. */
void memory_start(void);

/* `after` more allocations go well, then one fails, or all from there on. */
void memory_fail(uint64_t after, bool lasts);
void memory_mend(void);

/* How many have failed since memory_start. */
uint64_t memory_failures(void);

#endif
