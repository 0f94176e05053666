/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An office that AYU holds, and the letters that it gives. */
#ifndef REMBUK_TESTS_ROSTERS_H
#define REMBUK_TESTS_ROSTERS_H

#include "store/offices.h"
#include "tests/support/people.h"

/* Founds a network; its first office is "Dinas Sosial Kota Contoh" of the district 3273. */
void rosters_found(struct people *people, struct office_row *office);

/* A letter with that number for a TKSK of 327304; `file` is initialised here. */
void rosters_letter(struct people *people, const struct office_row *office, size_t who,
                    const char *number, struct writer *file);

/* Takes it in, and clears it. */
void rosters_take(struct people *people, size_t who, struct writer *file);

/* Both. */
void rosters_give(struct people *people, const struct office_row *office, size_t who,
                  const char *number);

/* Does what is due in the rosters of AYU; how many letters still wait. */
size_t rosters_upkeep(struct people *people);

#endif
