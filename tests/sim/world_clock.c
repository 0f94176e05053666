/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In the place of node/clock.c and of libsodium's generator: each node has its own time, and its
 * own chance. */
#include "tests/sim/world_clock.h"

#include "tests/sim/world.h"

#include <sodium.h>
#include <stdlib.h>

enum { BOOTED_MS = 100000 }; /* a steady clock is never 0 */

static struct random nobodys;

int64_t clock_now_ms(void) {
    return sim_now_ms(world_running());
}

int64_t clock_steady_ms(void) {
    const struct sim_node *node = world_running();

    return BOOTED_MS + node->world->now_ms - node->slept_ms;
}

int64_t clock_elapsed_ms(void) {
    return BOOTED_MS + world_running()->world->now_ms;
}

/* Time passes only between two events. */
void clock_sleep_ms(int ms) {
    (void)ms;
}

static struct random *generator(void) {
    struct sim_node *node = world_running();

    return node == NULL ? &nobodys : &node->random;
}

static const char *generator_name(void) {
    return "world";
}

static uint32_t generator_next(void) {
    return (uint32_t)random_next(generator());
}

static void generator_fill(void *const out, const size_t len) {
    random_fill(generator(), out, len);
}

static struct randombytes_implementation seeded = {
    .implementation_name = generator_name,
    .random = generator_next,
    .buf = generator_fill,
};

void world_clock_start(uint64_t seed) {
    nobodys.state = seed;
    if (randombytes_set_implementation(&seeded) != 0 || crypt_start() != RB_OK) {
        abort();
    }
}
