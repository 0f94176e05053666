/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The place where the console is (place.h) may be there no more: one was removed from its group or
 * case, or what made it does not count in the end.  The next command that fails in it is told why,
 * in words and not by the identifier that was put in for it, and the place is left. */
#ifndef REMBUK_CLI_GONE_H
#define REMBUK_CLI_GONE_H

#include "cli/context.h"

/* `status` is that of the command; gives it, or that of the sentence that stands for it now. */
enum rb_status gone_check(struct context *context, const struct call *call, enum rb_status status)
    RB_MUST_CHECK;

#endif
