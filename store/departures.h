/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who has gone out of a circle lately: when this home heard of it, and, of what was done here, how
 * many of the others have heard of it by now.  Everything is read from what the log tells. */
#ifndef REMBUK_STORE_DEPARTURES_H
#define REMBUK_STORE_DEPARTURES_H

#include "store/groups.h"

struct departure {
    struct group_person who; /* MEMBER_REMOVED, or MEMBER_LEFT and then `by` is no part of it */
    bool is_self, is_ours;   /* it is about oneself; it was done here */
    bool is_guest_over;      /* removed when his time as a guest had come to its end */
    int64_t known_ms;        /* when this home heard of it */
    size_t others, reached;  /* is_ours: the other members; how many have it, as far as is known */
};

/* The groups and cases out of which anybody has gone since then, as far as is known here, in the
 * order in which they came. */
enum rb_status departures_circles(struct store *store, int64_t since_ms,
                                  bool (*each)(void *context,
                                               const uint8_t circle[static HASH_BYTES]),
                                  void *context) RB_MUST_CHECK;

/* Those that this home has heard of since then, in the order of the people.  What had happened
 * before one was added to the circle is left out; to who is out himself only his own is told. */
enum rb_status departures_each(struct store *store, const uint8_t circle[static HASH_BYTES],
                               int64_t since_ms,
                               bool (*each)(void *context, const struct departure *), void *context)
    RB_MUST_CHECK;

/* That of one person, whenever it was heard of.  RB_NOT_FOUND: he is not out, or in another way. */
enum rb_status departure_find(struct store *store, const uint8_t circle[static HASH_BYTES],
                              const uint8_t person[static HASH_BYTES], struct departure *departure)
    RB_MUST_CHECK;

/* How much of what one wrote oneself waits for a manager, as far as is known here: that it was let
 * count is not told to who is out. */
enum rb_status departures_own_waiting(struct store *store, const uint8_t circle[static HASH_BYTES],
                                      size_t *count) RB_MUST_CHECK;

#endif
