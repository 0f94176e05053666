/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/gone.h"

#include "cli/circles.h"
#include "protocol/text.h"
#include "store/threads.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_BYTES = 32 };

/* ---- Whether it is gone ---- */

static enum rb_status find_place(struct context *context) {
    const struct place *where = &context->where;
    struct thread_row thread;
    struct case_row row;

    if (where->sort == PLACE_THREAD) {
        return thread_get(context->store, where->object.id, &thread);
    }
    enum rb_status status = case_get(context->store, where->object.id, &row);
    return status == RB_OK && !row.is_member ? RB_NOT_FOUND : status;
}

/* ---- Whether the command was meant for it ---- */

static bool names_post_here(const struct place *where, const char *typed) {
    char number[NUMBER_BYTES];

    (void)snprintf(number, sizeof number, "%" PRId64 ".", where->number);
    return where->sort == PLACE_THREAD && strncmp(typed, number, strlen(number)) == 0;
}

/* The place is put in by its identifier (line.h), or a post by the number of its thread. */
static bool is_meant(const struct context *context, const struct call *call) {
    const struct object *here = &context->where.object;
    char id[2 * HASH_BYTES + 1];

    if (call->argument_count == 0) {
        return false;
    }
    hex_write(span_of(here->id, here->id_len), id);
    return strcmp(call->typed[0], id) == 0 || names_post_here(&context->where, call->typed[0]);
}

static bool takes_text(const struct call *call) {
    return call->command->arguments[call->argument_count - 1].sort == ARGUMENT_TEXT;
}

/* ---- Why ---- */

/* The group or case that the place stands in.  RB_NOT_FOUND. */
static enum rb_status find_circle(struct context *context, struct circle_facts *facts) {
    const uint8_t *here = context->where.object.id;
    uint8_t circle[HASH_BYTES];

    if (context->where.sort == PLACE_CASE) {
        return circle_find(context, here, facts);
    }
    enum rb_status status = thread_circle(context->store, here, circle);
    return status == RB_OK ? circle_find(context, circle, facts) : status;
}

static enum rb_status fail_out(struct context *context, const struct call *call,
                               const struct circle_facts *facts) {
    return failure_say(&context->failure, RB_NOT_MEMBER, NULL,
                       takes_text(call)
                           ? _("You do not belong to %s any more. What you typed was not sent; "
                               "the up arrow brings it back.")
                           : _("You do not belong to %s any more, so this is not shown to you."),
                       facts->shown);
}

static enum rb_status fail_gone(struct context *context, const struct call *call) {
    const char *name = output_name(context->out, context->where.name);

    return failure_say(&context->failure, RB_NOT_FOUND, NULL,
                       takes_text(call)
                           ? _("\"%s\" is not here any more. What you typed was not sent; the up "
                               "arrow brings it back.")
                           : _("\"%s\" is not here any more."),
                       name);
}

static enum rb_status say_why(struct context *context, const struct call *call) {
    struct circle_facts facts;

    enum rb_status status = find_circle(context, &facts);
    if (status != RB_OK && status != RB_NOT_FOUND) {
        return status;
    }
    failure_clear(&context->failure);
    return status == RB_OK && !facts.is_member ? fail_out(context, call, &facts)
                                               : fail_gone(context, call);
}

enum rb_status gone_check(struct context *context, const struct call *call, enum rb_status status) {
    bool may_be = status == RB_NOT_FOUND || status == RB_NOT_MEMBER || status == RB_REFUSED;

    if (!may_be || context->where.sort == PLACE_NONE || context->store == NULL) {
        return status;
    }
    enum rb_status found = find_place(context);
    if (found != RB_NOT_FOUND) {
        return found == RB_OK ? status : found;
    }
    context->place_change = PLACE_LEFT;
    if (!is_meant(context, call) || (status != RB_NOT_FOUND && !takes_text(call))) {
        return status; /* It says itself what it is about, or why it shows nothing. */
    }
    return say_why(context, call);
}
