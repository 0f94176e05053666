/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REMBUK_TESTS_WORLD_CLOCK_H
#define REMBUK_TESTS_WORLD_CLOCK_H

#include <stdint.h>

/* From here on libsodium's random bytes repeat: those of the node that runs, or nobody's. */
void world_clock_start(uint64_t seed);

#endif
