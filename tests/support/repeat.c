/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/repeat.h"

#include "protocol/crypt.h"
#include "tests/support/random.h"

#include <sodium.h>
#include <stdlib.h>

static struct random generator;

static const char *generator_name(void) {
    return "repeat";
}

static uint32_t generator_next(void) {
    return (uint32_t)random_next(&generator);
}

static void generator_fill(void *const out, const size_t len) {
    random_fill(&generator, out, len);
}

static struct randombytes_implementation repeating = {
    .implementation_name = generator_name,
    .random = generator_next,
    .buf = generator_fill,
};

void repeat_from(uint64_t seed) {
    generator.state = seed;
}

void repeat_start(uint64_t seed) {
    repeat_from(seed);
    if (randombytes_set_implementation(&repeating) != 0 || crypt_start() != RB_OK) {
        abort();
    }
}
