/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/random.h"

#include <assert.h>

uint64_t random_next(struct random *random) {
    random->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = random->state;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

size_t random_below(struct random *random, size_t limit) {
    assert(limit > 0);
    return (size_t)(random_next(random) % limit);
}

bool random_chance(struct random *random, unsigned percent) {
    return random_below(random, 100) < percent;
}

void random_fill(struct random *random, void *out, size_t len) {
    uint8_t *bytes = out;

    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)random_next(random);
    }
}
