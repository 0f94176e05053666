/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of circle.h, each as one function and as directly as they stand there, for a few
 * operations.  Nothing is prepared: every question searches the graph again.  The bounds of the
 * fold are left out, they are far above what this can count to (that ACCEPTs take no room is a
 * rule about past(o), and here). */
#ifndef REMBUK_TESTS_CIRCLE_ORACLE_H
#define REMBUK_TESTS_CIRCLE_ORACLE_H

#include "protocol/circle.h"

enum { ORACLE_OPS_MAX = 64, ORACLE_NAMES_MAX = 64 };

/* Borrows the operations; no ref may stand there twice.  Everything else is empty at first. */
struct oracle {
    const struct op *ops;
    size_t count;
    enum oracle_answer { ORACLE_UNASKED, ORACLE_NO, ORACLE_YES } counts[ORACLE_OPS_MAX];
    enum oracle_answer valid[ORACLE_OPS_MAX];
};

struct oracle oracle_of(const struct op *ops, size_t count);

size_t oracle_waiting(struct oracle *oracle);
size_t oracle_people(struct oracle *oracle, struct member people[static ORACLE_NAMES_MAX]);
size_t oracle_heads(struct oracle *oracle, uint8_t refs[static ORACLE_OPS_MAX][REF_BYTES]);
size_t oracle_recipients(struct oracle *oracle,
                         struct recipient recipients[static ORACLE_NAMES_MAX]);
enum rb_status oracle_role_at(struct oracle *oracle, const uint8_t person[static HASH_BYTES],
                              const uint8_t log[static LOG_PK_BYTES], uint64_t seq,
                              const uint8_t (*ctl)[REF_BYTES], size_t ctl_count,
                              enum circle_role *role);
enum rb_status oracle_plan(struct oracle *oracle, const uint8_t self_device[static CERT_ID_BYTES],
                           epoch_held held, void *context, int64_t now_ms, struct epoch_plan *plan);

#endif
