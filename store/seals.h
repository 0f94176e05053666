/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Own seal keys (X).  One is random for each generation; the newest is in the card and in the
 * operations that name this device, and others seal epoch keys to it.  The ones before are held for
 * a while, since not everybody has heard of the newest, and then destroyed: from there on what was
 * sealed to them and never came here opens to nobody, not even to who takes this device.
 * Inside the store layer, but for seals_renew. */
#ifndef REMBUK_STORE_SEALS_H
#define REMBUK_STORE_SEALS_H

#include "protocol/event.h"
#include "store/store.h"

enum { SEALS_HELD_MAX = 3 }; /* two at once, or three while bodies are missing */

#define SEAL_AGE_MS_MAX  (INT64_C(90) * 24 * 3600 * 1000) /* then the next generation begins */
#define SEAL_KEPT_MS_MIN (INT64_C(60) * 24 * 3600 * 1000) /* the ones before, from there on */

/* Opens a key body with whichever own seal key it was sealed to.  RB_NO_KEY: with none of those
 * held; RB_MALFORMED: its author cheats. */
enum rb_status seals_open(struct store *store, const struct event *event, struct epoch_key *epoch)
    RB_MUST_CHECK;

/* What is due: when the newest is SEAL_KEPT_MS_MIN old, the end of the ones before it, but for the
 * last of them if the body of a control event is missing, which may be sealed to it; when it is
 * SEAL_AGE_MS_MAX old, a new one.  Transactions of its own; writes nothing when nothing is due. */
enum rb_status seals_renew(struct store *store, int64_t now_ms) RB_MUST_CHECK;

#endif
