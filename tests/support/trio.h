/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three workers for tests of whole nodes: Ani listens, Budi dials her, both are contacts; Budi and
 * Citra are contacts too, Citra listens, and nobody dials her yet. */
#ifndef REMBUK_TESTS_TRIO_H
#define REMBUK_TESTS_TRIO_H

#include "tests/support/workers.h"

enum { LIVE_MS = 2000 };

extern struct worker ani, budi, citra;
extern struct worker *const everybody[3];
extern uint8_t group[HASH_BYTES], thread[REF_BYTES];

/* Set-up and teardown of a test. */
int trio_make(void **state);
int trio_remove(void **state);

/* Steps all three until it holds, for WORKERS_SOON_MS. */
bool soon(bool (*holds)(void *context), void *context);

/* What can hold; the context is a worker, or a text. */
bool is_connected(void *worker);
bool is_not_connected(void *worker);
bool ani_sees(void *text);
bool budi_sees(void *text);

void ani_and_budi_connect(void);
void joins(struct worker *guest); /* the group, invited by Ani */

/* Both are members of one group with one thread, over a connection that stays open. */
void ani_and_budi_confer(void);

#endif
