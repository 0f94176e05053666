/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands about the people of a group or a case have in common: which one it is, what it
 * is called, where one stands in it, and why a rule forbids a change. */
#ifndef REMBUK_CLI_CIRCLES_H
#define REMBUK_CLI_CIRCLES_H

#include "cli/context.h"
#include "store/cases.h"
#include "store/membership.h"

enum { CIRCLE_SHOWN_BYTES = 8 * NAME_BYTES_MAX + 64 };

struct circle_facts {
    enum ref_sort sort; /* REF_GROUP or REF_CASE */
    uint8_t id[HASH_BYTES];
    int64_t number;
    char name[NAME_BYTES_MAX + 1];  /* of a case its code; "" while that is not here */
    char shown[CIRCLE_SHOWN_BYTES]; /* as a part of a sentence: group 1 "Balai", case 4 (CODE) */
    bool is_member;                 /* invited or accepted */
};

/* A group or case; RB_NOT_FOUND. */
enum rb_status circle_find(struct context *context, const uint8_t circle[static HASH_BYTES],
                           struct circle_facts *facts) RB_MUST_CHECK;

/* What the first argument of a command names. */
enum rb_status circle_read(struct context *context, const struct call *call,
                           struct circle_facts *facts) RB_MUST_CHECK;

void circle_facts_of_group(struct context *context, const struct group_row *row,
                           struct circle_facts *facts);
void circle_facts_of_case(struct context *context, const struct case_row *row,
                          struct circle_facts *facts);

/* Facts: which one it is, inside a row or at the top. */
void circle_put(struct output *out, const struct circle_facts *facts);

/* A sentence with one place for the number, for a group or for a case: hints at commands differ. */
struct circle_hint {
    const char *of_group, *of_case;
};
const char *circle_hint(const struct circle_facts *facts, struct circle_hint hint);

/* Somebody's line among the people, and one's own; RB_NOT_FOUND if there is none. */
enum rb_status circle_person(struct context *context, const uint8_t circle[static HASH_BYTES],
                             const uint8_t person[static HASH_BYTES], struct group_person *found)
    RB_MUST_CHECK;
enum rb_status circle_self(struct context *context, const uint8_t circle[static HASH_BYTES],
                           struct group_person *self) RB_MUST_CHECK;

/* How many events wait for a manager, if one may let them count; else 0. */
enum rb_status circle_to_decide(struct context *context, const uint8_t circle[static HASH_BYTES],
                                size_t waiting, size_t *count) RB_MUST_CHECK;

/* Sentences, if somebody else has put one out of it. */
enum rb_status circle_say_removed(struct context *context, const struct circle_facts *facts)
    RB_MUST_CHECK;

enum circle_act { ACT_ADD, ACT_REMOVE, ACT_ADOPT };

/* The rule, who could do it instead, and that nothing was changed: RB_REFUSED.  `name`: of whom it
 * is about, printable; not used of ACT_ADOPT. */
enum rb_status fail_rule(struct context *context, const struct circle_facts *facts,
                         enum circle_act act, const char *name, const struct refusal *refusal)
    RB_MUST_CHECK;

/* The same where only the rule is known that it takes a manager. */
enum rb_status fail_not_manager(struct context *context, const struct circle_facts *facts,
                                enum circle_act act) RB_MUST_CHECK;

/* Why one may not write there, if one is a reader, and who could change that; else `status`. */
enum rb_status fail_reader(struct context *context, const struct circle_facts *facts,
                           enum rb_status status) RB_MUST_CHECK;

/* The sentence for a status of a change without a refusal, else `status` as it is. */
enum rb_status fail_change(struct context *context, const struct circle_facts *facts,
                           enum rb_status status) RB_MUST_CHECK;

/* The same of a command that only shows something, and changes nothing anyway. */
enum rb_status fail_reading(struct context *context, const struct circle_facts *facts,
                            enum rb_status status) RB_MUST_CHECK;

/* That nobody can remove that person from it, and how to go on without. */
void circle_say_unremovable(struct output *out, const struct circle_facts *facts, const char *name);

#endif
