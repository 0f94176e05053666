/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A few nodes with stores in memory, and links between them that carry the frames of sync sessions.
 * It performs the actions of the sessions as a node would, and checks what they promise: nothing is
 * stored twice, nothing is acknowledged that is not durable, nobody is sent what is not his.
 *
 * Every circle has one log for each node.  The events of a log are made beforehand; a store is only
 * how many of them a node has.  What is staged becomes durable by world_commit.
 *
 * The first log of circle 0 may have several histories instead (forked_log.h): world_fork. */
#ifndef REMBUK_TESTS_SYNC_WORLD_H
#define REMBUK_TESTS_SYNC_WORLD_H

#include "protocol/sync.h"
#include "tests/support/forked_log.h"
#include "tests/support/random.h"

enum { WORLD_NODES_MAX = 5, WORLD_CIRCLES_MAX = 6, WORLD_LINKS_MAX = 32, WORLD_BATCH_MAX = 4096 };
enum { WORLD_REVOKES_MAX = 64, WORLD_REVOKES_AT_ONCE = 3 };

struct world_end;

/* A run that was accepted and is not durable yet. */
struct world_entry {
    struct world_end *end; /* NULL: the connection is gone, or an own event */
    size_t circle, log;
    bool forked;                /* of the log of several histories; then: */
    uint8_t name[LOG_PK_BYTES]; /* which the run came under */
    uint64_t head;
    uint64_t first, last; /* new; last < first: nothing is */
    size_t bytes;
};

struct world_node {
    struct identity identity;
    uint8_t device_cert[CERT_ID_BYTES];
    bool knows[WORLD_CIRCLES_MAX];
    bool refuses[WORLD_CIRCLES_MAX]; /* does not take it up when it is introduced */
    uint64_t durable[WORLD_CIRCLES_MAX][WORLD_NODES_MAX];
    uint64_t staged[WORLD_CIRCLES_MAX][WORLD_NODES_MAX];
    uint64_t missing[WORLD_CIRCLES_MAX][WORLD_NODES_MAX]; /* bodies, from the front of the log */
    bool refuses_log[WORLD_CIRCLES_MAX][WORLD_NODES_MAX]; /* its store takes no run of it */
    struct forked_store forked, forked_staged;
    struct world_entry batch[WORLD_BATCH_MAX];
    size_t batch_count;
    uint8_t revokes[WORLD_REVOKES_MAX]; /* what is revoked, by place; a byte stands for the proof */
    size_t revoke_count;
    uint64_t revokes_got[WORLD_NODES_MAX]; /* by other nodes */
};

struct world_frame {
    uint8_t *bytes;
    size_t len;
};

/* One side of a connection. */
struct world_end {
    struct sync *sync; /* NULL: free */
    struct world *world;
    struct world_end *other;
    size_t node;
    uint8_t nonce[WIRE_NONCE_BYTES];
    bool dialled, closed;
    struct sync_action close;
    struct world_frame *inbox;
    size_t inbox_first, inbox_count, inbox_room;
    bool heads_due, run_due; /* questions whose answers were put off */
    struct sync_action heads, run;
    uint64_t offered[WORLD_CIRCLES_MAX][WORLD_NODES_MAX]; /* durable at the first sync_offer */
    uint64_t offered_histories[HISTORIES_MAX];
    bool has_offered[WORLD_CIRCLES_MAX];
    bool withdrawn[WORLD_CIRCLES_MAX]; /* by the test */
    bool departed[WORLD_CIRCLES_MAX];  /* the peer's person is out of it: he is shown, and given, */
    uint64_t shows_upto[WORLD_CIRCLES_MAX][WORLD_NODES_MAX];     /* ... this much of each log */
    size_t same, introduced, acked, forks, sent[32], sent_bytes; /* counted; sent by frame type */
    size_t stored;                                               /* RUNs given to the store */
    bool revokes_bad;  /* its node finds no proof in any REVOKES */
    size_t keys_asked; /* of us; what was asked for last: */
    struct sync_action key;
    enum rb_status last_refusal;
    size_t refusals;
};

struct world {
    struct random random;
    size_t node_count, circle_count;
    bool member[WORLD_CIRCLES_MAX][WORLD_NODES_MAX];
    struct world_node nodes[WORLD_NODES_MAX];
    struct world_end ends[WORLD_LINKS_MAX][2];
    struct made_log *logs[WORLD_CIRCLES_MAX][WORLD_NODES_MAX]; /* shared by all worlds */
    const struct forked_log *forked;                           /* instead of logs[0][0], or NULL */
    int64_t now_ms;
    unsigned put_off;  /* of a hundred questions, how many are answered later */
    bool commits_late; /* only world_commit commits */
};

/* The logs are made at the first call and kept; world_forget_logs frees them. */
void world_init(struct world *world, uint64_t seed, size_t nodes, size_t circles);
void world_clear(struct world *world);
void world_forget_logs(void);

/* As both ends compute it. */
void world_rid(const struct world_end *end, uint8_t rid[static RID_BYTES], size_t circle);

void world_circle_id(uint8_t id[static HASH_BYTES], size_t circle);

/* The node writes `count` events into its log of the circle, durable at once. */
void world_write(struct world *world, size_t node, size_t circle, size_t count);

/* From now on the first log of circle 0 is this one, borrowed; nobody has anything of it yet. */
void world_fork(struct world *world, const struct forked_log *log);

/* The node has this much of a history of it: written there, or got elsewhere. */
void world_give_history(struct world *world, size_t node, size_t history, uint64_t head);

/* The node has a proof of these two, if it has the log up to where they part. */
void world_give_proof(struct world *world, size_t node, size_t one, size_t other);

/* The same lines at both, or not. */
bool world_agrees(const struct world *world, size_t one, size_t other);

/* The node has this much of somebody's log, as if it had got it elsewhere. */
void world_give(struct world *world, size_t node, size_t circle, size_t log, uint64_t head);
void world_commit(struct world *world, size_t node);

/* The node learns of a revocation, by itself; nothing if it knows it. */
void world_revoke(struct world *world, size_t node, uint8_t what);
bool world_knows_revoked(const struct world *world, size_t node, uint8_t what);
void world_give_revokes(struct world_end *end, const struct sync_action *action);
void world_take_revokes(struct world_end *end, const struct sync_action *action);

/* ---- Connections ---- */

/* The dialling end; ->other is the listening one. */
struct world_end *world_connect(struct world *world, size_t dialler, size_t listener);
void world_cut(struct world *world, struct world_end *end);

/* Gives the end one frame of its inbox and takes all actions; false: there was none. */
bool world_deliver(struct world_end *end);
void world_lose(struct world_end *end); /* the next frame of its inbox never comes */
void world_act(struct world_end *end);

/* Answers what was put off; false: nothing was. */
bool world_answer(struct world_end *end);
void world_offer(struct world_end *end, size_t circle);

/* Before the first frame: to this end the peer's person is out of the circle, which he does not
 * know.  Of the other logs he is shown some beginning, of his own everything. */
void world_depart(struct world_end *end, size_t circle);

/* Everything that can happen, until nothing does.  Fails the test after `steps`. */
void world_settle(struct world *world, size_t steps);

/* Puts a frame into the end's inbox, as if its peer had sent it. */
void world_inject(struct world_end *end, struct span frame);

#endif
