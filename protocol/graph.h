/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control operations of a circle, in the one order that every node computes alike: (depth,
 * ref), see circle.h.  For circle_fold only.
 *
 * Invariant: every dependency of operation i stands before i; `count` is at most
 * CIRCLE_OPERATIONS_MAX. */
#ifndef REMBUK_PROTOCOL_GRAPH_H
#define REMBUK_PROTOCOL_GRAPH_H

#include "protocol/ops.h"

struct graph {
    size_t count;          /* operations that do not wait */
    size_t waiting;        /* those that do, or are behind CIRCLE_OPERATIONS_MAX */
    const struct op **ops; /* [count], borrowed from the caller of graph_init */
    uint32_t *deps;        /* the places of all dependencies, operation by operation */
    uint32_t *first_dep; /* [count + 1]: deps[first_dep[i]] to deps[first_dep[i + 1] - 1] are i's */
};

/* `ops` in any order; the same ref twice counts once. */
void graph_init(struct graph *graph, const struct op *ops, size_t count);
void graph_clear(struct graph *graph);

#endif
