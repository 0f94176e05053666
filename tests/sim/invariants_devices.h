/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must hold of the computers of people, and of certificates that hold no more:
 *
 *   I1  two computers of one person have the same contacts
 *   I2  ... and know the same circles; whoever knows somebody knows what is revoked of him
 *   I4  nothing is sealed to a device of which the author knows that it is revoked
 *   I5  nothing is written under a key that was given to one, as far as the author knows
 *   I8  what a revoked device wrote counts only within the locks of those who revoked it, or if a
 *       manager has adopted it */
#ifndef REMBUK_TESTS_INVARIANTS_DEVICES_H
#define REMBUK_TESTS_INVARIANTS_DEVICES_H

#include "tests/sim/world.h"

/* Whether the store of that node knows the device to be revoked. */
bool devices_is_revoked(struct sim_node *node, const uint8_t device[static CERT_ID_BYTES]);

/* I5; that node has committed events `first` to `last` of one of its own logs. */
void devices_check_written(struct sim_node *node, const uint8_t circle[static HASH_BYTES],
                           const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last);

/* I1 and I2 at rest; `breaks` false: only asked. */
bool devices_agree(struct world *world, bool breaks);

/* I8 at rest, of one circle at one who has accepted; how many revocations were looked at. */
size_t devices_check_locks(struct sim_node *node, const uint8_t circle[static HASH_BYTES]);

#endif
