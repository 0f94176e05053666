/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What libFuzzer calls with each input.  Every fuzz target defines the first, which always returns
 * 0; one whose inputs have a structure also the other two, which make inputs of that structure out
 * of others. */

#ifndef REMBUK_TESTS_FUZZ_H
#define REMBUK_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* In place, up to `room` bytes; gives the new length. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t room, unsigned seed);

/* Of two inputs a third, in `out`. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_len, const uint8_t *other,
                                 size_t other_len, uint8_t *out, size_t room, unsigned seed);

/* libFuzzer's own way of changing bytes. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t room);

#endif
