/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/graph.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NOWHERE UINT32_MAX

/* The operations by ref, each once, with what is needed to find their depth.  An edge is one entry
 * of one operation's deps. */
struct draft {
    const struct op **ops;
    uint32_t count;
    uint32_t *first_edge; /* [count + 1]: the edges of each operation */
    uint32_t *edges;      /* the index of the dependency, or NOWHERE */
    uint32_t *first_user; /* [count + 1]: the same edges, seen from the dependency */
    uint32_t *users;      /* the index of the operation that depends */
    uint32_t *missing;    /* [count]: dependencies that are not settled yet */
    uint32_t *depths;     /* [count] */
    uint32_t *settled;    /* indexes in the order in which they were settled: the worklist too */
    uint32_t settled_count;
};

static int compare_refs(const void *a, const void *b) {
    const struct op *const *left = a;
    const struct op *const *right = b;

    return memcmp((*left)->ref, (*right)->ref, REF_BYTES);
}

static int compare_ref_to_op(const void *ref, const void *op) {
    const struct op *const *right = op;

    return memcmp(ref, (*right)->ref, REF_BYTES);
}

static void draft_sort(struct draft *draft, const struct op *ops, size_t count) {
    assert(count < NOWHERE);
    draft->ops = rb_alloc(count, sizeof *draft->ops);
    for (size_t i = 0; i < count; i++) {
        draft->ops[i] = &ops[i];
    }
    qsort(draft->ops, count, sizeof *draft->ops, compare_refs);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || compare_refs(&draft->ops[i], &draft->ops[i - 1]) != 0) {
            draft->ops[draft->count++] = draft->ops[i];
        }
    }
}

static uint32_t draft_find(const struct draft *draft, const uint8_t ref[static REF_BYTES]) {
    const struct op **found =
        bsearch(ref, draft->ops, draft->count, sizeof *draft->ops, compare_ref_to_op);

    return found == NULL ? NOWHERE : (uint32_t)(found - draft->ops);
}

static void draft_connect(struct draft *draft) {
    size_t edge_count = 0;

    draft->first_edge = rb_alloc((size_t)draft->count + 1, sizeof *draft->first_edge);
    for (uint32_t i = 0; i < draft->count; i++) {
        assert(draft->ops[i]->dep_count <= DEPS_MAX + 1);
        draft->first_edge[i] = (uint32_t)edge_count;
        edge_count += draft->ops[i]->dep_count;
        assert(edge_count < NOWHERE);
    }
    draft->first_edge[draft->count] = (uint32_t)edge_count;
    draft->edges = rb_alloc(edge_count, sizeof *draft->edges);
    for (uint32_t i = 0; i < draft->count; i++) {
        const struct op *op = draft->ops[i];
        for (size_t k = 0; k < op->dep_count; k++) {
            draft->edges[draft->first_edge[i] + k] = draft_find(draft, op->deps[k]);
        }
    }
}

/* Turns the edges round: who depends on each operation. */
static void draft_connect_users(struct draft *draft) {
    uint32_t edge_count = draft->first_edge[draft->count];
    uint32_t *next = rb_alloc((size_t)draft->count + 1, sizeof *next);

    draft->first_user = rb_alloc((size_t)draft->count + 1, sizeof *draft->first_user);
    draft->users = rb_alloc(edge_count, sizeof *draft->users);
    for (uint32_t e = 0; e < edge_count; e++) {
        if (draft->edges[e] != NOWHERE) {
            draft->first_user[draft->edges[e] + 1]++;
        }
    }
    for (uint32_t i = 0; i < draft->count; i++) {
        draft->first_user[i + 1] += draft->first_user[i];
        next[i] = draft->first_user[i];
    }
    for (uint32_t i = 0; i < draft->count; i++) {
        for (uint32_t e = draft->first_edge[i]; e < draft->first_edge[i + 1]; e++) {
            if (draft->edges[e] != NOWHERE) {
                draft->users[next[draft->edges[e]]++] = i;
            }
        }
    }
    free(next);
}

/* Settles operation after operation, each when its last dependency is settled.  An absent
 * dependency is never settled, and neither is anything on a cycle. */
static void draft_settle(struct draft *draft) {
    draft->missing = rb_alloc(draft->count, sizeof *draft->missing);
    draft->depths = rb_alloc(draft->count, sizeof *draft->depths);
    draft->settled = rb_alloc(draft->count, sizeof *draft->settled);
    for (uint32_t i = 0; i < draft->count; i++) {
        draft->missing[i] = draft->first_edge[i + 1] - draft->first_edge[i];
        if (draft->missing[i] == 0) {
            draft->settled[draft->settled_count++] = i;
        }
    }
    for (uint32_t s = 0; s < draft->settled_count; s++) {
        uint32_t from = draft->settled[s];
        for (uint32_t u = draft->first_user[from]; u < draft->first_user[from + 1]; u++) {
            uint32_t user = draft->users[u];
            if (draft->depths[user] < draft->depths[from] + 1) {
                draft->depths[user] = draft->depths[from] + 1;
            }
            if (--draft->missing[user] == 0) {
                draft->settled[draft->settled_count++] = user;
            }
        }
    }
}

static int compare_numbers(const void *a, const void *b) {
    const uint64_t *left = a;
    const uint64_t *right = b;

    return (*left > *right) - (*left < *right);
}

/* The settled indexes by (depth, index), which is (depth, ref). */
static void draft_order(struct draft *draft) {
    uint64_t *order = rb_alloc(draft->settled_count, sizeof *order);

    for (uint32_t s = 0; s < draft->settled_count; s++) {
        order[s] = (uint64_t)draft->depths[draft->settled[s]] << 32 | draft->settled[s];
    }
    qsort(order, draft->settled_count, sizeof *order, compare_numbers);
    for (uint32_t s = 0; s < draft->settled_count; s++) {
        draft->settled[s] = (uint32_t)order[s];
    }
    free(order);
}

/* Copies the ordered part of the draft, with dependencies as places in that order. */
static void graph_fill(struct graph *graph, const struct draft *draft) {
    uint32_t *places = rb_alloc(draft->count, sizeof *places);
    uint32_t dep_count = 0;

    graph->count = draft->settled_count;
    if (graph->count > CIRCLE_OPERATIONS_MAX) {
        graph->count = CIRCLE_OPERATIONS_MAX;
    }
    graph->waiting = draft->count - graph->count;
    graph->ops = rb_alloc(graph->count, sizeof *graph->ops);
    graph->first_dep = rb_alloc(graph->count + 1, sizeof *graph->first_dep);
    graph->deps = rb_alloc(draft->first_edge[draft->count], sizeof *graph->deps);
    for (uint32_t place = 0; place < graph->count; place++) {
        uint32_t index = draft->settled[place];
        places[index] = place;
        graph->ops[place] = draft->ops[index];
        for (uint32_t e = draft->first_edge[index]; e < draft->first_edge[index + 1]; e++) {
            graph->deps[dep_count++] = places[draft->edges[e]];
        }
        graph->first_dep[place + 1] = dep_count;
    }
    free(places);
}

static void draft_clear(struct draft *draft) {
    free(draft->ops);
    free(draft->first_edge);
    free(draft->edges);
    free(draft->first_user);
    free(draft->users);
    free(draft->missing);
    free(draft->depths);
    free(draft->settled);
}

void graph_init(struct graph *graph, const struct op *ops, size_t count) {
    struct draft draft = { 0 };

    *graph = (struct graph) { 0 };
    draft_sort(&draft, ops, count);
    draft_connect(&draft);
    draft_connect_users(&draft);
    draft_settle(&draft);
    draft_order(&draft);
    graph_fill(graph, &draft);
    draft_clear(&draft);
}

void graph_clear(struct graph *graph) {
    free(graph->ops);
    free(graph->deps);
    free(graph->first_dep);
    *graph = (struct graph) { 0 };
}
