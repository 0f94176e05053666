/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way into a home: is there one, does a process own it, does the passphrase open it. */
#ifndef REMBUK_CLI_OPEN_HOME_H
#define REMBUK_CLI_OPEN_HOME_H

#include "cli/context.h"
#include "node/channel.h"

/* RB_OK: the settings name a folder with data and a configuration that can be read. */
enum rb_status home_check(struct context *context) RB_MUST_CHECK;

/* The line to the process that owns the home.  RB_NOT_FOUND, not noted: none does.  One that is
 * just starting is waited for, HOME_WAIT_MS at most (RB_BUSY). */
enum { HOME_WAIT_MS = 10000 };
enum rb_status home_attach(struct context *context, struct channel **channel) RB_MUST_CHECK;

/* Notes that the owner is of another version (TALK_REFUSED). */
enum rb_status home_fail_version(struct context *context);

/* Notes that the owner does not answer, or takes nobody now. */
enum rb_status home_fail_unwelcome(struct context *context);

/* Asks for the passphrase, on a terminal up to three times, and opens context->store. */
enum rb_status home_unlock(struct context *context) RB_MUST_CHECK;

/* How a console has come in: attached to the owner, or as the owner, with node_lock held and
 * context->store open. */
struct home_way {
    struct channel *channel; /* NULL: as the owner */
    int lock;
};

/* Whoever attaches is asked for nothing, else as home_unlock. */
enum rb_status home_enter(struct context *context, struct home_way *way) RB_MUST_CHECK;

/* The same behind a lock screen: nobody comes in without the passphrase, be it that another console
 * has been unlocked meanwhile and owns the home. */
enum rb_status home_enter_with(struct context *context, struct span passphrase,
                               struct home_way *way) RB_MUST_CHECK;

#endif
