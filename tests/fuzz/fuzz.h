/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What libFuzzer calls with each input.  Every fuzz target defines it and always returns 0. */

#ifndef REMBUK_TESTS_FUZZ_H
#define REMBUK_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#endif
