/* SPDX-License-Identifier: GPL-3.0-or-later */
/* People who cheat: their nodes are ordinary ones, to whose stores they add logs that no honest
 * program writes, and whose frames they spoil on the way out.
 *
 *   coup       a member removes the founder and makes himself owner
 *   backdate   posts from long ago, and from a far future
 *   seal       an epoch whose list of recipients is not for whom it is sealed
 *   fork       a log with two histories, each told to another person
 *   flood      groups and long posts by the dozen, and circles of which nothing ever comes
 *   tamper     frames with a bit turned round: bad signatures, bad prefixes, bad lists
 *   replay     old frames once more
 *   withhold   frames that never leave
 *   prefix     runs with a signature of something else, at a wrong place, behind what nobody has
 *   accuse     a proof that somebody honest has forked his log
 *
 * What the nodes of cheats think is not looked at; the others must agree all the same. */
#ifndef REMBUK_TESTS_BYZANTINE_H
#define REMBUK_TESTS_BYZANTINE_H

#include "tests/sim/world.h"

enum bad_deed {
    BAD_COUP,
    BAD_BACKDATE,
    BAD_SEAL,
    BAD_FORK,
    BAD_FLOOD,
    BAD_TAMPER,
    BAD_REPLAY,
    BAD_WITHHOLD,
    BAD_PREFIX,
    BAD_ACCUSE,
    BAD_DEEDS
};

/* The deed of that name; false if there is none. */
bool bad_deed_read(const char *name, enum bad_deed *deed);

/* That person cheats from now on, in this way; false if he could not just now. */
bool byzantine_do(struct sim_node *node, enum bad_deed deed, struct random *random);

#endif
