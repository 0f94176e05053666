/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process that stays: the node with whoever is attached to it, and the console. */
#ifndef REMBUK_CLI_LIVE_H
#define REMBUK_CLI_LIVE_H

#include "cli/context.h"
#include "cli/lock.h"
#include "cli/serve.h"

/* The sentence for an address at which nobody can listen, else `status` as it is. */
enum rb_status live_fail_listening(struct context *context, enum rb_status status,
                                   const char *address);

/* Whoever attaches is served from now on (server_open). */
enum rb_status live_serve(struct context *context, struct node *node, struct server **server)
    RB_MUST_CHECK;

/* Facts about links to standard error, if they are wanted. */
node_log live_log_of(const struct context *context);

/* `rembuk` without a command, at a terminal: the console, with the node inside, or attached to the
 * process that owns the home.  Asks for the passphrase if it is the owner, or begins locked.  When
 * it locks, everything is closed and the program begins anew (lock.h): then it does not return.  A
 * `note` that is locked has been shown. */
enum rb_status live_console(struct context *context, const struct lock_note *note) RB_MUST_CHECK;

#endif
