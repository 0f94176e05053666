/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One running node: the loop that polls, feeds sessions, performs their actions and sleeps until
 * the next deadline.  The only layer that blocks, and the only one that knows sockets and time.
 *
 * A node admits exactly the devices of the contacts of its store and the other ones of its person
 * (store/devices.h), dials every one that has an address (again and again), keeps one session per
 * device, and pushes what is committed at once.  Who answers an
 * invitation is let in at its own door, says so, and gets a card; nothing else passes there. */
#ifndef REMBUK_NODE_NODE_H
#define REMBUK_NODE_NODE_H

#include "protocol/invite.h"
#include "store/contacts.h"

#include <poll.h>

struct node;

/* Facts about links, one line each, key=value; never content, names, keys or addresses.  May be
 * NULL. */
typedef void (*node_log)(void *context, const char *line);

struct node_setup {
    struct store *store; /* borrowed; the caller closes it after node_close */
    const char (*listen)[ADDRESS_BYTES_MAX + 1]; /* addresses to listen at; may be none */
    size_t listen_count;
    node_log log;
    void *log_context;
};

/* RB_IN_USE and RB_MALFORMED: `*bad_listen` is the index of the address.  RB_UNSAFE. */
enum rb_status node_open(struct node **node, const struct node_setup *setup, size_t *bad_listen)
    RB_MUST_CHECK;
void node_close(struct node **node); /* says BYE; NULL is fine */

/* Listens at one more address from now on.  RB_IN_USE, RB_MALFORMED, RB_REFUSED as of links_listen;
 * RB_TOO_LARGE: there are LISTENERS_MAX. */
enum rb_status node_listen(struct node *node, const char *address) RB_MUST_CHECK;

/* The addresses really listened at: borrowed. */
size_t node_listening(const struct node *node, const char *const **endpoints);

/* Runs until `stop` is set by a signal handler (at most 5 s after) or a storage error, which it
 * returns.  `stop` may be NULL. */
enum rb_status node_run(struct node *node, const volatile int *stop) RB_MUST_CHECK;

/* One pass of the loop, at most `timeout_ms`: for tests and for node_run. */
enum rb_status node_step(struct node *node, int64_t timeout_ms) RB_MUST_CHECK;

/* Something else that shares the loop: the control socket, the console.  All three are called in
 * every node_step; none of them blocks.  `step` may write into the store and call any function of
 * this node but node_step, node_run, node_sync and node_close; what it returns but RB_OK ends the
 * node. */
struct node_task {
    /* Fills `fds` with what to wait for (fd, events); how many, at most NODE_TASK_FDS_MAX. */
    size_t (*watch)(void *context, struct pollfd *fds);
    /* When to be called at the latest, by clock_steady_ms; INT64_MAX: no matter. */
    int64_t (*deadline_ms)(void *context);
    /* Something is there, or time passed: looks for itself. */
    enum rb_status (*step)(void *context);
    void *context;
};
enum { NODE_TASKS_MAX = 2, NODE_TASK_FDS_MAX = CONTROL_CLIENTS_MAX + 4 };
void node_add_task(struct node *node, const struct node_task *task); /* copied */

/* What a `sync` reports for each contact with an address, all of whose devices count as one, and
 * for each other device of oneself that has one. */
struct node_peer {
    uint8_t person[HASH_BYTES];
    bool own;                             /* another device of oneself */
    char device_name[NAME_BYTES_MAX + 1]; /* of an own one; else "" */
    bool reached; /* a session was proven since the report began, or was open then */
    bool done;    /* nothing left either way */
    uint64_t events_sent, events_received;
    uint64_t bytes_sent, bytes_received; /* of frames, both before encryption */
    uint64_t left; /* events still to go, as far as known: before he is reached,
                                            own ones that he has not acknowledged; then both ways */
};
/* As they are now: borrowed until the next call with `node`. */
size_t node_peers(const struct node *node, const struct node_peer **peers);

/* A sync in a node that runs anyway.  begin: reports start from zero, contacts with an address are
 * called now, and whoever is connected is asked anew; RB_NOT_FOUND: no contact has an address.
 * Then node_step, and done, which is true when all of these were reached and nothing is left. */
enum rb_status node_sync_begin(struct node *node) RB_MUST_CHECK;
bool node_sync_done(const struct node *node);

/* Both with node_step in between: RB_UNREACHABLE when `timeout_ms` passed or `stop` was set. */
enum rb_status node_sync(struct node *node, int64_t timeout_ms, const volatile int *stop)
    RB_MUST_CHECK;

/* Contacts, and their addresses, have changed: those that are new are admitted and called, those
 * that are gone are let go.  Reports start from zero. */
enum rb_status node_contacts_changed(struct node *node) RB_MUST_CHECK;

/* ---- Invitations: the side of who invites ---- */

/* Invitations have been made, confirmed or cancelled: opens and closes doors, also for one that has
 * expired (which a node finds out by itself within a minute).  Nothing is opened while the node
 * listens nowhere. */
enum rb_status node_invitations_changed(struct node *node) RB_MUST_CHECK;

struct node_door {
    int64_t number;       /* of the invitation */
    const char *endpoint; /* really listened at, tcp://HOST:PORT: the host as it is bound */
    bool moved;           /* its own port was taken: it stands here until the node is restarted */
};
/* The doors that are open: borrowed until the next call with `node`.  An invitation that has none
 * could not get one yet. */
size_t node_doors(struct node *node, const struct node_door **doors);

/* ---- The side of who was invited ---- */

enum node_join_state {
    NODE_JOIN_WAITING,  /* nobody there yet, or no answer yet: it goes on trying */
    NODE_JOIN_JOINED,   /* who invites has our card, and this is his */
    NODE_JOIN_REFUSED,  /* he says: not open (any more) */
    NODE_JOIN_MALFORMED /* what came back was no answer, or of a newer version */
};
struct node_join {
    enum node_join_state state;
    bool reached;        /* a connection was there, and the answer went to him */
    size_t address;      /* the one of those given that is, or was last, dialled */
    const char *dialled; /* that address; borrowed as the card is */
    struct span card;    /* JOINED: valid; borrowed until node_join_end */
    unsigned port;       /* JOINED: of his ordinary listener, on the same host; 0: not told */
};

/* Dials the door of an invitation with its one-time key at these addresses, one after the other,
 * and answers with the own card.  One at a time: RB_BUSY until node_join_end.  RB_MALFORMED: an
 * address is not valid, or there are none or too many.  Then node_step until the state is what it
 * stays; when to give up is for the caller to say. */
enum rb_status node_join_begin(struct node *node, const struct invite_keys *keys,
                               const struct span *addresses, size_t count) RB_MUST_CHECK;
const struct node_join *node_join_state(const struct node *node); /* begun and not ended */
void node_join_end(struct node *node);                            /* none is fine */

/* Contacts and own devices with whom a session is open now. */
size_t node_connected(const struct node *node);

/* CLOCK_REALTIME in milliseconds, and CLOCK_MONOTONIC for deadlines. */
int64_t clock_now_ms(void);
int64_t clock_steady_ms(void);
int64_t clock_elapsed_ms(void); /* as clock_steady_ms, but it goes on while the computer sleeps */
void clock_sleep_ms(int ms);    /* or until a signal comes */

/* HOME/node.lock, held by a running node (fcntl): RB_BUSY if another process holds it, or this one
 * holds such a lock already; RB_STORAGE. */
enum rb_status node_lock(const char *home, int *lock) RB_MUST_CHECK;
void node_unlock(int lock); /* -1 is fine if nothing is held */
bool node_is_running(const char *home);

#endif
