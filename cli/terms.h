/* SPDX-License-Identifier: GPL-3.0-or-later */
/* On what terms somebody is added to a group or a case: --role and --until; and what that changes
 * for whoever belongs to it already, who is only ever given more. */
#ifndef REMBUK_CLI_TERMS_H
#define REMBUK_CLI_TERMS_H

#include "cli/circles.h"
#include "store/contacts.h"

struct terms {
    enum circle_role role;
    int64_t until_s; /* 0: no end */
};

/* What the options say, `terms` as it is where they say nothing.  Wrong words are wrong usage. */
enum rb_status terms_read(struct context *context, const struct call *call, struct terms *terms)
    RB_MUST_CHECK;

/* The same, for the rows' check. */
enum rb_status terms_check(struct context *context, const struct call *call) RB_MUST_CHECK;

/* How the person stands there now. */
struct terms_change {
    bool is_in;              /* belongs to it; then: */
    enum member_state state; /* invited or accepted */
    struct terms before;
    bool was_in; /* belonged to it once, or was invited, and is out */
};
enum rb_status terms_compare(struct context *context, const struct circle_facts *facts,
                             const uint8_t person[static HASH_BYTES], struct terms_change *change)
    RB_MUST_CHECK;

/* True if `terms` ask for an earlier end than there is, which no invitation can give. */
bool terms_are_shorter(const struct terms_change *change, const struct terms *terms);

/* Refuses that, with the way there is: RB_EXISTS. */
enum rb_status fail_shorter(struct context *context, const struct circle_facts *facts,
                            const struct contact *contact, const struct terms_change *change)
    RB_MUST_CHECK;

/* For somebody who is in: what changes, as a question; and as what has been done. */
void terms_ask(struct writer *question, const struct circle_facts *facts, const char *name,
               const struct terms_change *change, const struct terms *after);
void terms_say_changed(struct output *out, const struct circle_facts *facts, const char *name,
                       const struct terms_change *change, const struct terms *after);

#endif
