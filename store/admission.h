/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What strangers may fill this store with: how many logs of a circle, and how many bytes of circles
 * to which we do not belong (yet).
 *
 * A full store is no reason for two honest members to disagree, so these bounds are for room alone:
 * what they turn away depends on the order of arrival, and nothing of it is ever judged.  Logs are
 * counted by person, since one names as many devices as he likes.  Whoever has an ADD that stands
 * and no log here has a place for his first, whatever others have filled; a further log of his
 * finds none only where several people together have filled the places of all.
 * A rule that counted some logs of a person and not others would have to pick by what he can choose
 * (key, number), and he could so take back what others have built upon.
 *
 * Strangers are all who have no ADD that stands in the present view, and those of whom nobody can
 * say yet who they are.  Operations name as many made-up people as somebody likes, and each person
 * has his turn in what is folded (operations.h): so the logs of all of them together are few.  A
 * newcomer whose log comes before the ADD that names him is one too; if there is no room it comes
 * again at the next exchange, when the ADD is here.  Inside the store layer. */
#ifndef REMBUK_STORE_ADMISSION_H
#define REMBUK_STORE_ADMISSION_H

#include "store/opening.h"

enum {
    LOGS_FOREIGN_MAX = CIRCLE_LOGS_MAX - 64, /* the last places are for the logs of this home, */
    LOGS_SHARED_MAX = LOGS_FOREIGN_MAX - CIRCLE_PEOPLE_MAX, /* those before for first logs */
    LOGS_CROWDED = CIRCLE_LOGS_MAX / 2, /* from here on a person has LOGS_PER_PERSON_MAX */
    LOGS_STRANGERS_MAX = 256,           /* with their branches, in a circle that can be read */
    LOGS_PER_PERSON_MAX = 256 /* an honest one has one more for each device and restored copy */
};

/* Whether the circle in hand has room for the log in hand, which is new and begins with a verified
 * run.  RB_REFUSED if it has not.  Once in a batch it settles the circle, if that may show who the
 * author is. */
enum rb_status admission_of_log(struct opening *opening, const struct run *run,
                                const struct run_result *result) RB_MUST_CHECK;

/* Whether it has room for `count` branches of the log with that key, which forks: they count like
 * logs of whoever writes it, and never take the places that are kept for first logs. */
enum rb_status admission_of_branches(struct opening *opening,
                                     const uint8_t origin[static LOG_PK_BYTES], size_t count)
    RB_MUST_CHECK;

/* Counts the events of a verified run from `first` on against whoever introduced the circle in
 * hand, as long as we are not among its people.  RB_REFUSED above UNOPENED_BYTES_PER_PEER_MAX. */
enum rb_status admission_of_bytes(struct opening *opening, const struct run *run, uint64_t first)
    RB_MUST_CHECK;

#endif
