/* SPDX-License-Identifier: GPL-3.0-or-later */
/* I4 and I5, by who can open what in truth: whatever epoch key stands in the keyring of a node, its
 * person can open, and goes on to whatever becomes of the keyring.
 *
 *   I5  when somebody writes content, nobody who is out in his view holds its key; but for those
 *       who got it when some thought them in and others out: they may have been added again, by
 *       somebody of whom the writer has not heard
 *   I4  a key is sealed only to whom its author, at that moment, counts among the circle, and to
 *       the devices that it names; who holds one has made it, was sealed it, or has one that
 *       wraps it.  (What is sealed is seen when it is: a double stands before event_seal_key_body.)
 *       Cheats may seal to whom they like */
#ifndef REMBUK_TESTS_INVARIANTS_KEYS_H
#define REMBUK_TESTS_INVARIANTS_KEYS_H

#include "tests/sim/world.h"

struct key_oracle;

struct key_oracle *key_oracle_new(struct world *world, uint64_t *checks_4, uint64_t *checks_5);
void key_oracle_destroy(struct key_oracle **oracle);

/* That node has committed events `first` to `last` of a log, its own or another one. */
void key_oracle_stored(struct key_oracle *oracle, struct sim_node *node,
                       const uint8_t circle[static HASH_BYTES],
                       const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last);

/* It may hold new keys; `anew`: look at all of them. */
void key_oracle_look(struct key_oracle *oracle, struct sim_node *node, bool anew);

/* Whether anybody, at any time, has seen that person out of the circle, or come out of it. */
bool key_oracle_ever_out(struct key_oracle *oracle, const uint8_t circle[static HASH_BYTES],
                         const uint8_t person[static HASH_BYTES]);

#endif
