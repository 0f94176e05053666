/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether content counts, by what its author was in the view that his event names:
 *
 *   circle_role_at     log is a trunk                      log is a branch
 *   a role             what the kind asks for, or never    waits for a manager
 *   RB_REFUSED         waits for a manager                 waits for a manager
 *   RB_NOT_MEMBER      never                               never
 *   RB_NOT_FOUND       tried again                         tried again
 *
 * What waits for a manager has a form that somebody may write.  Once an ADOPT covers it, it counts
 * with its author's highest role, or not: then it is judged again whenever operations come, since
 * that role may rise (opening.c).  Inside the store layer. */
#ifndef REMBUK_STORE_JUDGING_H
#define REMBUK_STORE_JUDGING_H

#include "store/opening.h"

/* Judges an opened event of the log in hand, and projects it into the views if it counts. */
enum rb_status judging_content(struct opening *opening, const struct sealed *sealed,
                               const struct payload *payload, enum event_state *state)
    RB_MUST_CHECK;

#endif
