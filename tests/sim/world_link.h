/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network between the nodes of a world, as libzmq over TCP shows it (node/link.h): frames of
 * one connection come whole and in order, or not at all.  What goes wrong is a delay, a stall, or
 * the end of a connection, which takes along what was under way and which each side sees in its own
 * time. */
#ifndef REMBUK_TESTS_WORLD_LINK_H
#define REMBUK_TESTS_WORLD_LINK_H

#include "node/link.h"
#include "tests/sim/world.h"

/* What a connection is like that is made now. */
struct net_weather {
    int64_t latency_ms; /* at least, one way; up to three times as much */
    size_t bytes_per_s;
    size_t queue_bytes;         /* then RB_BUSY */
    unsigned duplicate_percent; /* of frames that come twice */
};

struct net *net_new(struct world *world);
void net_destroy(struct net **net);
void net_set_weather(struct net *net, struct net_weather weather);

/* From now to `until_ms` nothing gets from one node to the other; connections that stand so long
 * are lost. */
void net_block(struct net *net, const struct sim_node *from, const struct sim_node *to,
               int64_t until_ms);
void net_calm(struct net *net); /* fine weather again */
void net_heal(struct net *net); /* and nothing is blocked any more */

/* All connections between two nodes are lost now; NULL: of the one with anybody. */
void net_cut(struct net *net, const struct sim_node *one, const struct sim_node *other);

/* Without a network, or with one again; it may be off. */
void net_plug(struct net *net, const struct sim_node *node, bool is_in);

/* The computer of this node says nothing more, and nobody is told. */
void net_silence(struct net *net, const struct sim_node *node);
void net_asleep(struct net *net, const struct sim_node *node);
void net_awake(struct net *net, const struct sim_node *node);

/* What a cheat does to the frames that he sends. */
struct net_spoiling {
    unsigned tamper_percent, replay_percent, withhold_percent;
};
void net_spoil(struct net *net, const struct sim_node *node, struct net_spoiling spoiling);

/* For world.c: how long the node wanted to wait in its last pass, and whether it has to look. */
struct net_pass {
    int64_t wait_ms;
    bool busy; /* it sent or received something */
};
struct net_pass net_pass_of(struct net *net, const struct sim_node *node);

#endif
