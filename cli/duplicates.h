/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other cases that may be about the same person (F13): a warning, with nothing of the identity in
 * it but which parts of it agree.  Only of and with cases whose identity one may open with a reason
 * alone (access.h): of others one would learn something that nobody is told of. */
#ifndef REMBUK_CLI_DUPLICATES_H
#define REMBUK_CLI_DUPLICATES_H

#include "cli/context.h"

/* JSON, and a sentence each; nothing if the identity part of the case is not here. */
enum rb_status duplicates_say(struct context *context, const uint8_t circle[static HASH_BYTES])
    RB_MUST_CHECK;

#endif
