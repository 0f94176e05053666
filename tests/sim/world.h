/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole nodes in one process and one thread: each is the production code (node_open, node_step, the
 * store in its vault, sync, fold, casework, views), and only what lies at the border is replaced,
 * when the program is linked:
 *
 *   node/link.h             world_link.c    connections with delays, cuts and full queues
 *   the clocks of node.h    world_clock.c   for each node its own: skewed, set back, asleep
 *   libsodium's generator   world_clock.c   for each node its own, from the seed
 *   home.h, keyfile.h ...   world_home.c    files on the node's own disk (tests/support/disk.h)
 *
 * Time passes only between two events of the heap.  A node's pass of its loop takes none: what it
 * would wait for becomes its next event.  So a seed and a commit give the same run, frame for
 * frame; `trace` is a hash of all that happened.
 *
 * One world at a time, since the replaced functions have no context. */
#ifndef REMBUK_TESTS_WORLD_H
#define REMBUK_TESTS_WORLD_H

#include "node/node.h"
#include "tests/support/disk.h"
#include "tests/support/random.h"

#define WORLD_EPOCH_MS INT64_C(1767560400000) /* Monday 2026-01-05, 04:00 in Jakarta */
#define HOUR_MS        (INT64_C(3600) * 1000)
#define DAY_MS         (24 * HOUR_MS)

enum { WORLD_NODES_MAX = 80, WORLD_NAME_BYTES = 32 };

struct world;
struct net;

enum sim_state { SIM_OFF, SIM_ON, SIM_ASLEEP };

struct sim_node {
    struct world *world;
    size_t index;
    char name[WORLD_NAME_BYTES];
    char home[WORLD_NAME_BYTES];
    char address[1][ADDRESS_BYTES_MAX + 1]; /* where it listens */
    size_t owner; /* the first computer of its person; its own place, if it is that one */
    uint8_t person[HASH_BYTES];
    uint8_t device[CERT_ID_BYTES];
    struct random random;
    struct disk *disk;
    int64_t ahead_ms; /* how far its clock is ahead of the true time */
    int64_t slept_ms; /* how long its steady clock has stood still */
    int64_t asleep_since_ms;
    uint64_t starts; /* how often its node was opened */
    bool disk_fails; /* it may be full */
    bool twice;      /* it has been copied or put back: its logs may fork */
    bool is_bad;     /* byzantine.h: what it does itself is not looked at */
    bool is_spare;   /* it waits in its box: nobody does anything with it */
    bool is_lost;    /* somebody else works with it */
    enum sim_state state;
    struct store *store; /* NULL: off */
    struct node *node;
    int64_t wake_ms;     /* its next pass; older events of the heap are void */
    int64_t restless_ms; /* how long the next idle pass may be put off */
};

/* What an event of the heap is about; `subject` says of whom. */
enum world_event {
    EVENT_PASS,   /* a node: one pass of its loop */
    EVENT_FRAME,  /* a direction of a connection: something arrives */
    EVENT_DIAL,   /* an attempt to connect */
    EVENT_NOTICE, /* a side of a connection sees that it is lost */
    EVENT_ACT,    /* month.h: somebody does something */
    EVENT_FAULT,  /* faults.h: one begins */
    EVENT_RELIEF, /* ... and ends */
    EVENT_LOOK,   /* invariants.h */
    EVENT_SORTS
};

typedef void (*world_handler)(struct world *world, uint64_t subject);

struct world_figures {
    uint64_t events, passes, frames, frame_bytes, starts;
    int64_t node_ms; /* that nodes existed */
};

/* Who there is: the first `acquainted` people know each other from the beginning; then come those
 * who know nobody, and then computers that are nobody's yet. */
struct world_crowd {
    size_t nodes;
    size_t newcomers, spares;
    bool has_office; /* the first one holds an office, and all have letters of it (letters.h) */
};

struct world {
    uint64_t seed;
    int64_t now_ms; /* since WORLD_EPOCH_MS */
    struct random random;
    struct sim_node nodes[WORLD_NODES_MAX];
    size_t node_count;
    size_t acquainted;
    struct world_crowd crowd;
    struct net *net;
    world_handler handlers[EVENT_SORTS];
    void *work;       /* of month.h */
    void *computers;  /* of month_computers.h */
    void *joining;    /* of month_joining.h */
    void *faults;     /* of faults.h */
    void *invariants; /* of invariants.h */

    struct world_entry *heap;
    size_t heap_count, heap_room;
    uint64_t serial;

    uint64_t trace;
    bool tells; /* prints what happens */
    bool failed;
    int broken; /* the number of the invariant; 0: the program stopped or refused without cause */
    char failure[256];
    struct world_figures figures;
};

/* Nodes are made, off; each pair has met, and the later one can often call the earlier one. */
void world_new(struct world *world, uint64_t seed, const struct world_crowd *crowd);
void world_clear(struct world *world);

/* Everybody gets everybody's address, and the card of whoever came later. */
void world_acquaint(struct world *world);

/* `to` gets the card of `from`, with its address or without, and compares words; both are on.
 * RB_REFUSED: a rule forbids it. */
enum rb_status world_card_give(struct sim_node *from, struct sim_node *to, bool with_address)
    RB_MUST_CHECK;

/* Handles the events until that time, or until something is broken. */
void world_run(struct world *world, int64_t until_ms);
void world_at(struct world *world, int64_t at_ms, enum world_event event, uint64_t subject);

/* ---- Nodes ---- */

/* Code of a node runs from here on, with its clocks and its disk; NULL: nobody's. */
void world_enter(struct world *world, struct sim_node *node);
struct sim_node *world_running(void);

void sim_start(struct sim_node *node); /* off: opens the store and the node */
void sim_stop(struct sim_node *node);  /* says goodbye */
void sim_kill(struct sim_node *node);  /* the process ends; the system writes what it was given */
void sim_power_off(struct sim_node *node);
void sim_sleep(struct sim_node *node);
void sim_wake(struct sim_node *node);

/* It has something to do at once; or not before that time. */
void sim_call(struct sim_node *node);
void sim_call_at(struct sim_node *node, int64_t at_ms);

/* Whose computer it is, as its store says now. */
void sim_name(struct sim_node *node);
bool sim_same_person(const struct sim_node *one, const struct sim_node *other);

/* By its own clock. */
int64_t sim_now_ms(const struct sim_node *node);

/* What a function of the store said when a person asked it to write: true if it was done.  A disk
 * without power ends the node; what the rules forbid is no fault.  */
bool sim_did(struct sim_node *node, enum rb_status status);

/* ---- Telling ---- */
void world_tell(struct world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
void world_mix(struct world *world, const void *bytes, size_t len); /* into the trace */
void world_break(struct world *world, int invariant, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
