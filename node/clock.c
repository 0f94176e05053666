/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/node.h"

#include <time.h>

static int64_t clock_read_ms(clockid_t clock) {
    struct timespec now = { 0 };

    (void)clock_gettime(clock, &now); /* Both clocks exist on every system that libzmq runs on. */
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_now_ms(void) {
    return clock_read_ms(CLOCK_REALTIME);
}

int64_t clock_steady_ms(void) {
    return clock_read_ms(CLOCK_MONOTONIC);
}

int64_t clock_elapsed_ms(void) {
    return clock_read_ms(CLOCK_BOOTTIME);
}

void clock_sleep_ms(int ms) {
    (void)poll(NULL, 0, ms); /* A signal ends it early, which does no harm. */
}
