/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control socket: how a second rembuk of the same person finds the process that owns the home.
 *
 *   $XDG_RUNTIME_DIR/rembuk/<first 16 hex digits of BLAKE2b-256(real path of HOME)>
 *   /tmp/rembuk-<uid>/<the same>           without XDG_RUNTIME_DIR, or if that is no folder of ours
 *                                          which only we can change, or its name is too long
 *
 * The folder is made with mode 0700; it is refused (RB_UNSAFE) if it is a symbolic link, belongs to
 * somebody else or is open to others: whoever could write there could pose as the node.  The
 * socket is a Unix stream of mode 0600, empty of content, and removed at the end; one that was left
 * by a killed process is replaced, since only the holder of the node lock (node_lock) listens.  Old
 * ones of other homes that refuse a connection are removed by whoever opens his own. */
#ifndef REMBUK_NODE_CONTROL_H
#define REMBUK_NODE_CONTROL_H

#include "node/channel.h"

/* Connects to the owner of this home.  RB_NOT_FOUND: nobody listens.  RB_BUSY: too many wait to be
 * let in.  RB_UNSAFE, RB_STORAGE.  A connection that is closed at once: too many are attached. */
enum rb_status control_connect(const char *home, struct channel **channel) RB_MUST_CHECK;

/* ---- The owner's side ---- */
struct control;

/* Who is attached; an index that is not given again while he is. */
typedef size_t control_client;
enum { CONTROL_SLOTS = CONTROL_CLIENTS_MAX + 1 }; /* all are below; the last is for control_adopt */

/* Both are called by control_step only, `gone` also by control_send_waiting; they may send, flush
 * and hang up, but not step or close.  `gone` comes once for each client, also for one that has
 * never sent anything. */
struct control_setup {
    void (*message)(void *context, control_client client, const struct message *message);
    void (*gone)(void *context, control_client client); /* his channel has been closed */
    void *context;
};

/* From here to control_close the caller holds the node lock.  RB_UNSAFE, RB_STORAGE (no such home,
 * no rights). */
enum rb_status control_open(struct control **control, const char *home,
                            const struct control_setup *setup) RB_MUST_CHECK;

/* Sends what still can be sent for up to a second, then closes everything; `gone` is not called.
 * NULL is fine. */
void control_close(struct control **control);

/* A channel of this process itself becomes a client, as if it had connected: one at a time. */
control_client control_adopt(struct control *control, struct channel *channel);

void control_send(struct control *control, control_client client, const struct message *message);

/* After what is queued has been sent; nothing more is heard of him but `gone`. */
void control_hang_up(struct control *control, control_client client);

/* Sends of what is queued as much as the socket takes now. */
void control_flush(struct control *control, control_client client);
size_t control_waiting(const struct control *control, control_client client); /* bytes */

/* For struct node_task.  A step hears at most 16 messages of each client; as long as one is behind,
 * do not wait for the next. */
size_t control_watch(struct control *control, struct pollfd *fds); /* NODE_TASK_FDS_MAX fit */
void control_step(struct control *control);
bool control_is_behind(const struct control *control);

/* Sends what the sockets take now, and lets go who was hung up on: hears nobody.  May call `gone`,
 * as control_step. */
void control_send_waiting(struct control *control);

#endif
