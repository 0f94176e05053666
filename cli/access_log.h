/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Openings of a case (F15), written into it before anything is shown: an opening that cannot be
 * told does not happen. */
#ifndef REMBUK_CLI_ACCESS_LOG_H
#define REMBUK_CLI_ACCESS_LOG_H

#include "cli/oversight.h"

/* Writes that one opens it, with the duty that one has in the case.  An empty `why`: no reason was
 * told.  `breaks_glass`: it then stays open for GLASS_MIN. */
enum rb_status access_write(struct context *context, const struct oversight *oversight,
                            enum access_to to, struct span why, bool breaks_glass) RB_MUST_CHECK;

/* Writes that one reads the case: as often as access_is_due says, and whenever a reason is told
 * (NULL: none is). */
enum rb_status access_tell(struct context *context, const struct oversight *oversight,
                           const char *why) RB_MUST_CHECK;

/* The identity part of the case, into `identity` (standing_clear, whatever comes of it), once it is
 * written that one opens it.  Told if there is none, or one may not. */
enum rb_status access_open_identity(struct context *context, const struct oversight *oversight,
                                    struct span why, bool is_emergency, struct standing *identity)
    RB_MUST_CHECK;

/* There is no identity part here. */
enum rb_status fail_no_identity(struct context *context, const struct oversight *oversight)
    RB_MUST_CHECK;

#endif
