/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/fault_memory.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static struct {
    sqlite3_mem_methods real;
    bool armed, lasts;
    uint64_t after, failures;
} memory;

static bool fails_here(void) {
    if (!memory.armed) {
        return false;
    }
    if (memory.after > 0) {
        memory.after--;
        return false;
    }
    memory.armed = memory.lasts;
    memory.failures++;
    return true;
}

static void *allocate(int bytes) {
    return fails_here() ? NULL : memory.real.xMalloc(bytes);
}

static void *reallocate(void *old, int bytes) {
    return fails_here() ? NULL : memory.real.xRealloc(old, bytes);
}

static void must(int result) {
    if (result != SQLITE_OK) {
        (void)fprintf(stderr, "SQLite takes no other allocator: %d\n", result);
        abort();
    }
}

void memory_start(void) {
    must(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory.real));
    sqlite3_mem_methods methods = memory.real;
    methods.xMalloc = allocate;
    methods.xRealloc = reallocate;
    must(sqlite3_config(SQLITE_CONFIG_MALLOC, &methods));
    must(sqlite3_initialize());
}

void memory_fail(uint64_t after, bool lasts) {
    memory.armed = true;
    memory.lasts = lasts;
    memory.after = after;
}

void memory_mend(void) {
    memory.armed = false;
}

uint64_t memory_failures(void) {
    return memory.failures;
}
