/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of circle.h, each as one function and as directly as they stand there, for a few
 * operations.  Every question searches the graph again; only what the graph itself says, what is
 * granted and what has been decided are kept, because the rules speak of them as of something that
 * is settled.  The bounds of the fold are left out: they are far above what this can count to. */
#ifndef REMBUK_TESTS_CIRCLE_ORACLE_H
#define REMBUK_TESTS_CIRCLE_ORACLE_H

#include "protocol/circle.h"

enum { ORACLE_OPS_MAX = 64, ORACLE_NAMES_MAX = 64, ORACLE_LOCKS_MAX = 1024 };

/* A set of operations: bit i is ops[i]. */
typedef uint64_t op_set;

/* Borrows the operations; no ref may stand there twice. */
struct oracle {
    const struct op *ops;
    size_t count;
    /* The graph */
    op_set ready; /* that do not wait */
    op_set reach[ORACLE_OPS_MAX];
    size_t depth[ORACLE_OPS_MAX];
    size_t order[ORACLE_OPS_MAX]; /* the ready ones, in the order of the fold */
    size_t ready_count;
    /* 1. What is granted */
    op_set granted;
    size_t genesis;                         /* `count` if there is none */
    enum circle_role grade[ORACLE_OPS_MAX]; /* of granted ADDs */
    /* 2. What counts */
    op_set endings; /* W */
    op_set reached; /* ADDs that have been decided */
    op_set reached_standing;
    /* Answers under the present W, so that a question takes no day */
    op_set stands_known, stands_yes;
};

struct oracle oracle_of(const struct op *ops, size_t count);

/* ---- Answers ---- */
size_t oracle_waiting(const struct oracle *oracle);
size_t oracle_people(struct oracle *oracle, struct member people[static ORACLE_NAMES_MAX]);
size_t oracle_heads(struct oracle *oracle, uint8_t refs[static ORACLE_OPS_MAX][REF_BYTES]);
size_t oracle_recipients(struct oracle *oracle,
                         struct recipient recipients[static ORACLE_NAMES_MAX]);
size_t oracle_adopted(struct oracle *oracle, struct op_lock heads[static ORACLE_LOCKS_MAX]);
enum rb_status oracle_role_at(struct oracle *oracle, const struct event_author *author,
                              const uint8_t (*ctl)[REF_BYTES], size_t ctl_count,
                              enum circle_role *role);
enum rb_status oracle_former_role(const struct oracle *oracle,
                                  const uint8_t person[static HASH_BYTES], enum circle_role *role);
enum circle_rule oracle_may_add(struct oracle *oracle, const uint8_t author[static HASH_BYTES],
                                const uint8_t target[static HASH_BYTES], enum circle_role role);
enum circle_rule oracle_may_remove(struct oracle *oracle, const uint8_t author[static HASH_BYTES],
                                   const uint8_t target[static HASH_BYTES]);
enum circle_rule oracle_may_adopt(struct oracle *oracle, const uint8_t author[static HASH_BYTES]);
enum rb_status oracle_plan(struct oracle *oracle, const uint8_t self_device[static CERT_ID_BYTES],
                           epoch_held held, void *context, int64_t now_ms, struct epoch_plan *plan);

/* ---- The rules, shared by the files of the oracle ---- */
bool op_set_has(op_set s, size_t i);
op_set op_set_of(size_t i);
size_t op_set_size(op_set s);
bool same_id(const uint8_t *a, const uint8_t *b);
bool same_cert(const uint8_t *a, const uint8_t *b);

bool is_naming(const struct op *op);  /* GENESIS, ADD */
bool is_leaving(const struct op *op); /* REMOVE of oneself, DECLINE */
bool is_removal(const struct op *op); /* REMOVE of another */
bool is_authority(const struct op *op);
const uint8_t *target_of(const struct op *op); /* of a leaving or removal */
enum circle_role role_given(const struct op *op);

size_t oracle_index(const struct oracle *oracle, const uint8_t ref[static REF_BYTES]);
bool oracle_before(const struct oracle *oracle, size_t i, size_t j);
bool oracle_concurrent(const struct oracle *oracle, size_t r, size_t o);
op_set oracle_past(const struct oracle *oracle, size_t o);
op_set oracle_everything(const struct oracle *oracle); /* all granted authority operations */
op_set oracle_granted_adds(const struct oracle *oracle, const uint8_t *x, op_set T);
enum circle_role oracle_highest(const struct oracle *oracle, op_set adds);
bool oracle_stands(struct oracle *oracle, size_t a);
op_set oracle_standing_adds(struct oracle *oracle, const uint8_t *x);
op_set oracle_adds_in(struct oracle *oracle, const uint8_t *x, op_set T); /* by which x is in T */
bool oracle_role_in(struct oracle *oracle, const uint8_t *x, op_set T, enum circle_role *role);
bool oracle_senior(const struct oracle *oracle, op_set x_adds, op_set y_adds); /* of people */
enum cert_rank oracle_rank(const struct oracle *oracle, op_set adds);
bool oracle_live(struct oracle *oracle, size_t a, op_set T);
bool oracle_ends(const struct oracle *oracle, size_t r, size_t a); /* r is an ender for a */
bool oracle_revokes_device(const struct oracle *oracle, size_t v, const uint8_t *person,
                           const uint8_t *device);
bool oracle_revokes_one_of(const struct oracle *oracle, size_t v, op_set adds);
bool oracle_within(const struct op *r, const uint8_t *log, uint64_t seq);
bool oracle_wrote_as_manager(const struct oracle *oracle, size_t v); /* a granted ADD says so */
bool oracle_voided(struct oracle *oracle, size_t o);

#endif
