/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who has gone out of the groups and cases lately, oneself included, as people are told. */
#ifndef REMBUK_CLI_DEPARTURES_H
#define REMBUK_CLI_DEPARTURES_H

#include "cli/circles.h"
#include "store/departures.h"

/* So long it is news. */
enum { DEPARTURES_DAYS = 7 };

/* One's own, or those of the others. */
enum departures_of { DEPARTURES_OWN, DEPARTURES_OTHERS };

/* Those heard of in the last days, of all groups and cases; ends with what `each` gives if that is
 * not RB_OK. */
enum rb_status departures_look(struct context *context, enum departures_of whose,
                               enum rb_status (*each)(void *opaque,
                                                      const struct circle_facts *facts,
                                                      const struct departure *row),
                               void *opaque) RB_MUST_CHECK;

/* Facts, inside a row. */
enum rb_status departure_put(struct context *context, const struct departure *row) RB_MUST_CHECK;

/* The sentence; for what was done here also how far it has got. */
enum rb_status departure_say(struct context *context, const struct circle_facts *facts,
                             const struct departure *row) RB_MUST_CHECK;

/* Of one's own: how much of what one wrote waits for somebody else's decision, and whom to ask;
 * nothing if none does. */
enum rb_status departure_say_waiting(struct context *context, const struct circle_facts *facts,
                                     const struct departure *row, size_t *waiting) RB_MUST_CHECK;

#endif
