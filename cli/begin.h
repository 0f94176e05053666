/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first time: `rembuk` at a terminal, and no data folder yet.  Plain questions (guide.h) make
 * the words of `init`. */
#ifndef REMBUK_CLI_BEGIN_H
#define REMBUK_CLI_BEGIN_H

#include "cli/context.h"

/* Asks, then makes the folder; `*exit_code` as of `init`.  RB_REFUSED, noted: the person went
 * back. */
enum rb_status begin_ask(struct context *context, int *exit_code) RB_MUST_CHECK;

#endif
