/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts the events of a run that run_accept or log_append has passed into the log in hand, and opens
 * what can be opened at once (opening.h).  Own events and those of others both come in here. */
#ifndef REMBUK_STORE_ARRIVAL_H
#define REMBUK_STORE_ARRIVAL_H

#include "store/opening.h"

/* Inserts the new events, fills missing bodies, moves the head, keeps a checkpoint, notes what was
 * stored (store_note_stored).  The log of the run is in hand.  What came for its circle stands in
 * opening_arrivals, until the caller settles. */
enum rb_status arrival_store(struct opening *opening, const struct run *run,
                             const struct run_result *result, int64_t now_ms) RB_MUST_CHECK;

#endif
