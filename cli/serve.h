/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The process that owns a home, as seen by whoever is attached to it (talk.h): runs their commands
 * with the store and the node, and tells consoles what is new.  Shares the node's loop. */
#ifndef REMBUK_CLI_SERVE_H
#define REMBUK_CLI_SERVE_H

#include "cli/context.h"
#include "node/control.h"
#include "node/node.h"

struct server;

struct server_setup {
    const struct settings *settings; /* of this process; borrowed, as the next two */
    struct store *store;
    struct node *node;
};

/* Listens at the control socket of the home and joins the node's loop.  RB_UNSAFE, RB_STORAGE. */
enum rb_status server_open(struct server **server, const struct server_setup *setup) RB_MUST_CHECK;

/* Tells those who are attached.  Before node_close.  NULL is fine. */
void server_close(struct server **server);

/* A console of this process: gives its end of the line.  RB_STORAGE. */
enum rb_status server_adopt(struct server *server, struct channel **channel) RB_MUST_CHECK;

/* Ends the work of all, in good order: from now on no command begins, and whoever is attached is
 * told that it locks.  Also a command or a console may have asked for it: server_locks.
 * server_is_locked: every console has handed over what was being typed there, or had the time to;
 * close the server, the node and the store. */
void server_lock(struct server *server);
bool server_locks(const struct server *server);
bool server_is_locked(const struct server *server);

/* When somebody attached from another process did something last, by clock_elapsed_ms: a person at
 * a console.  INT64_MAX: a command runs.  What a script runs now and then keeps nothing open. */
int64_t server_active_ms(const struct server *server);

/* Called in the midst of a long command, when something has been told about its progress: then the
 * loop stands still. */
void server_on_progress(struct server *server, void (*show)(void *context), void *context);

#endif
