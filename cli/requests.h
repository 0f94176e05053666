/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests for cases, as people see them. */
#ifndef REMBUK_CLI_REQUESTS_H
#define REMBUK_CLI_REQUESTS_H

#include "cli/context.h"

/* All: JSON, and for people a sentence each, with what can be done.  `only_asked`: those alone that
 * wait for an answer of one's own. */
enum rb_status requests_show(struct context *context, bool only_asked, size_t *shown) RB_MUST_CHECK;

#endif
