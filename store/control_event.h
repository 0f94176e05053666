/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Control events of the log in hand (opening.h): key bodies, LOGCERT, operations. */
#ifndef REMBUK_STORE_CONTROL_EVENT_H
#define REMBUK_STORE_CONTROL_EVENT_H

#include "store/opening.h"

/* Keeps a key of the circle in hand, however many there are; all that waits there may be ready
 * now. */
enum rb_status control_event_take_key(struct opening *opening, const struct epoch_key *epoch)
    RB_MUST_CHECK;

/* Tries the own seal key on a key body that has just come, unless its key is held.  Once is enough:
 * what does not open today will not tomorrow. */
enum rb_status control_event_try_seals(struct opening *opening, const struct event *event)
    RB_MUST_CHECK;

/* Whose log a new one in hand is that begins with a verified run, without keeping anything.
 * RB_NOT_FOUND if that cannot be told (yet). */
enum rb_status control_event_peek_author(struct opening *opening, const struct run *run,
                                         const struct run_result *result, struct log_author *author)
    RB_MUST_CHECK;

/* Opens one control event.  `held_up`: an earlier one of its log waits, so that it may give keys
 * and certificates, but no operation yet.  `*progress` becomes true if keys or certificates
 * came out of it. */
enum rb_status control_event_open(struct opening *opening, const struct sealed *sealed,
                                  bool held_up, enum event_state *state, bool *progress)
    RB_MUST_CHECK;

#endif
