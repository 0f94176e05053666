/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/idle.h"

enum { WARNING_MS = 60000 };

struct idle idle_of(int64_t after_ms, int64_t now_ms) {
    return (struct idle) { .after_ms = after_ms, .active_ms = now_ms };
}

void idle_note(struct idle *idle, int64_t active_ms) {
    bool is_late = idle->after_ms > 0 && active_ms >= idle->active_ms + idle->after_ms;

    if (active_ms > idle->active_ms && !is_late) {
        idle->active_ms = active_ms;
        idle->is_warned = false;
    }
}

int64_t idle_warning_ms(const struct idle *idle) {
    return idle->after_ms / 2 < WARNING_MS ? idle->after_ms / 2 : WARNING_MS;
}

int64_t idle_deadline_ms(const struct idle *idle) {
    int64_t end_ms = idle->active_ms + idle->after_ms;

    if (idle->after_ms == 0) {
        return INT64_MAX;
    }
    return idle->is_warned ? end_ms : end_ms - idle_warning_ms(idle);
}

enum idle_step idle_look(struct idle *idle, int64_t now_ms) {
    if (now_ms < idle_deadline_ms(idle)) {
        return IDLE_GOES_ON;
    }
    if (now_ms >= idle->active_ms + idle->after_ms) { /* Warned or not: nobody was there. */
        *idle = idle_of(idle->after_ms, now_ms);
        return IDLE_LOCKS;
    }
    idle->is_warned = true;
    return IDLE_WARNS;
}
