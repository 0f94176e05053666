/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mistakes put into the production code on purpose: each breaks one invariant, and a test shows
 * that the simulator finds it within a stated number of seeds.
 *
 * No production file knows of this.  The linker turns each call of one function, from whatever
 * other file, into a call of its mutated double here (--wrap); a double that is not chosen calls
 * the function itself.  A further mutation is a double, a row in mutation.c, the name of the
 * function and a test in CMakeLists.txt. */
#ifndef REMBUK_TESTS_MUTATION_H
#define REMBUK_TESTS_MUTATION_H

#include <stdbool.h>

/* False: there is none of that name. */
bool mutation_choose(const char *name);

#endif
