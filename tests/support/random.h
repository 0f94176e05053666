/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers that look random and repeat: a test that fails names its seed and fails
 * again.  SplitMix64. */
#ifndef REMBUK_TESTS_RANDOM_H
#define REMBUK_TESTS_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
    uint64_t state; /* the seed, at first */
};

uint64_t random_next(struct random *random);

/* 0 to limit - 1; `limit` > 0. */
size_t random_below(struct random *random, size_t limit);

/* True `percent` times of a hundred. */
bool random_chance(struct random *random, unsigned percent);

void random_fill(struct random *random, void *out, size_t len);

#endif
