/* SPDX-License-Identifier: GPL-3.0-or-later */
/* group members, case members: who belongs to it, as what, until when. */
#include "cli/team.h"

#include <inttypes.h>

static enum rb_status say_waiting(struct context *context, const struct circle_facts *facts) {
    static const struct circle_hint hint = {
        N_("Waiting for a manager: %zu. See it: rembuk group waiting %" PRId64),
        N_("Waiting for a manager: %zu. See it: rembuk case waiting %" PRId64),
    };
    size_t waiting = 0;

    enum rb_status status = waiting_count(context->store, facts->id, &waiting);
    output_count(context->out, "waiting", waiting);
    if (status == RB_OK && waiting > 0) {
        output_say(context->out, circle_hint(facts, hint), waiting, facts->number);
    }
    return status;
}

/* Nobody is told to type what will be refused. */
static enum rb_status say_next(struct context *context, const struct circle_facts *facts) {
    static const struct circle_hint hint = {
        N_("invite: rembuk group invite %" PRId64 " CONTACT; remove: rembuk group remove %" PRId64
           " PERSON"),
        N_("share: rembuk case share %" PRId64 " CONTACT; remove: rembuk case remove %" PRId64
           " PERSON"),
    };

    struct group_person self;

    enum rb_status status = circle_self(context, facts->id, &self);
    if (status != RB_OK) {
        return status;
    }
    if (facts->sort == REF_GROUP && self.state == MEMBER_INVITED) {
        output_next(context->out, _("accept it: rembuk group accept %" PRId64), facts->number);
    } else if (self.role >= CIRCLE_MANAGER) {
        output_next(context->out, circle_hint(facts, hint), facts->number, facts->number);
    }
    return RB_OK;
}

static enum rb_status members_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct circle_facts facts;

    enum rb_status status = circle_read(context, call, &facts);
    if (status != RB_OK) {
        return status;
    }
    circle_put(out, &facts);
    output_heading(out, _("People of %s:"), facts.shown);
    status = team_put(context, facts.sort, facts.id, TEAM_WHOLE);
    output_gap(out);
    if (status == RB_OK) {
        status = team_say_twice(context, &facts);
    }
    if (status != RB_OK) {
        return status;
    }
    if (!facts.is_member) {
        return circle_say_removed(context, &facts);
    }
    status = say_waiting(context, &facts);
    return status == RB_OK ? say_next(context, &facts) : status;
}

const struct command cmd_group_members = {
    .name = "group members",
    .name_id = "kelompok anggota",
    .arguments = { { .sort = ARGUMENT_GROUP, .label = N_("GROUP") } },
    .summary = N_("who belongs to it"),
    .help = N_("Lists the people of a group: role, state, and until when a guest stays."),
    .more = N_("A manager may invite and remove, a writer reads and writes, a reader only reads. "
               "Who has left or was removed stands at the end."),
    .examples = N_("rembuk group members 1\nrembuk group members \"Bandung discussion 1\""),
    .needs = NEEDS_STORE,
    .run = members_run,
};

const struct command cmd_case_members = {
    .name = "case members",
    .name_id = "kasus anggota",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") } },
    .summary = N_("who belongs to it"),
    .help = N_("Lists the team of a case: role, state, and until when a guest stays."),
    .more = N_("A manager may share the case and remove others, a writer reads and writes, a "
               "reader only reads. Who has left or was removed stands at the end."),
    .examples = N_("rembuk case members 4\nrembuk case members 3273-26-K7QD"),
    .needs = NEEDS_STORE,
    .run = members_run,
};
