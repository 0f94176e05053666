/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes a whole program repeat: the randomness of libsodium comes from a seed.  For programs that
 * print vectors and for fuzz targets; never for a program that has a secret. */
#ifndef REMBUK_TESTS_REPEAT_H
#define REMBUK_TESTS_REPEAT_H

#include <stdint.h>

/* In place of crypt_start, as the first call of the process. */
void repeat_start(uint64_t seed);

/* Begins the sequence of `seed` again. */
void repeat_from(uint64_t seed);

#endif
