/* SPDX-License-Identifier: GPL-3.0-or-later */
/* group: founding, inviting, accepting, leaving. */
#include "cli/next.h"
#include "node/node.h"
#include "store/contacts.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- Words for states ---- */

struct state_words {
    const char *word, *shown;
};

static const struct state_words group_states[] = {
    [GROUP_INVITED] = { "invited", N_("invited") },
    [GROUP_ACCEPTED] = { "accepted", N_("member") },
    [GROUP_DECLINED] = { "declined", N_("declined") },
    [GROUP_LEFT] = { "left", N_("left") },
};

static const struct state_words member_states[] = {
    [MEMBER_INVITED] = { "invited", N_("invited") },
    [MEMBER_ACCEPTED] = { "accepted", N_("member") },
    [MEMBER_DECLINED] = { "declined", N_("declined") },
    [MEMBER_LEFT] = { "left", N_("left") },
};

static void put_state(struct output *out, struct state_words state) {
    output_word(out, "state", state.word, _(state.shown));
}

/* A group whose key has not come has no name yet. */
static const char *shown_name(struct output *out, const struct group_row *row) {
    return row->name[0] != '\0' ? output_name(out, row->name) : _("(name not here yet)");
}

/* ---- Facts of one group ---- */

static const struct column member_columns[] = {
    { "name", N_("Name") },
    { "state", N_("State") },
};
enum { MEMBER_COLUMNS = 2 };

static bool put_member(void *context, const struct group_person *person) {
    struct output *out = context;

    output_row_begin(out);
    output_hex(out, "contact", span_of(person->person, sizeof person->person));
    output_string(out, "name", person->name);
    put_state(out, member_states[person->state]);
    output_row_end(out);
    return true;
}

/* `columns`: 0, or MEMBER_COLUMNS where people see the members as a table. */
static enum rb_status put_group(struct context *context, const struct group_row *row,
                                size_t columns) {
    struct output *out = context->out;

    output_hex(out, "group", span_of(row->circle, sizeof row->circle));
    output_integer(out, "number", row->number);
    output_string(out, "name", row->name);
    put_state(out, group_states[row->state]);
    output_list_begin(out, "members", member_columns, columns);
    enum rb_status status = group_people(context->store, row->circle, put_member, out);
    output_list_end(out);
    return status;
}

/* What `new`, `invite`, `accept`, `decline` and `leave` answer: the facts, for people one
 * sentence. */
static enum rb_status answer(struct context *context, const uint8_t circle[static HASH_BYTES],
                             struct group_row *row) {
    enum rb_status status = group_get(context->store, circle, row);

    if (status == RB_OK) {
        status = put_group(context, row, 0);
    }
    if (status == RB_OK) {
        output_quiet(context->out, "%" PRId64, row->number);
    }
    return status;
}

/* ---- new ---- */

static enum rb_status group_new_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    uint8_t circle[HASH_BYTES];
    struct group_row row;

    enum rb_status status = group_new(context->store, call->texts[0], clock_now_ms(), circle);
    if (status == RB_EXISTS) {
        return failure_say(&context->failure, status, "name_taken",
                           _("There is a group of this name here already. Choose another name."));
    }
    if (status == RB_OK) {
        status = answer(context, circle, &row);
    }
    if (status != RB_OK) {
        return status;
    }
    output_say(out, _("Group %" PRId64 " \"%s\" is founded; you are its first member."), row.number,
               shown_name(out, &row));
    output_next(out, _("invite your contacts: rembuk group invite %" PRId64 " CONTACT"),
                row.number);
    return RB_OK;
}

const struct command cmd_group_new = {
    .name = "group new",
    .name_id = "kelompok baru",
    .arguments = { { .sort = ARGUMENT_NAME, .label = N_("NAME") } },
    .summary = N_("found a group"),
    .help = N_("Founds a group."),
    .examples = N_("rembuk group new \"Bandung discussion 1\""),
    .needs = NEEDS_STORE,
    .run = group_new_run,
};

/* ---- invite ---- */

struct membership {
    const uint8_t *person;
    enum member_state state;
};

static bool find_membership(void *opaque, const struct group_person *person) {
    struct membership *membership = opaque;

    if (memcmp(person->person, membership->person, HASH_BYTES) != 0) {
        return true;
    }
    membership->state = person->state;
    return false;
}

/* Says which of the two it is. */
static enum rb_status fail_invited(struct context *context, const uint8_t circle[static HASH_BYTES],
                                   const uint8_t person[static HASH_BYTES], const char *name) {
    struct membership membership = { .person = person, .state = MEMBER_ACCEPTED };

    enum rb_status status = group_people(context->store, circle, find_membership, &membership);
    if (status != RB_OK) {
        return status;
    }
    return failure_say(&context->failure, RB_EXISTS, "member_already",
                       membership.state == MEMBER_INVITED
                           ? _("%s is invited to this group already and has not accepted yet. "
                               "Nothing was changed.")
                           : _("%s is a member of this group already. Nothing was changed."),
                       output_name(context->out, name));
}

static enum rb_status group_invite_run(struct context *context, const struct call *call) {
    const uint8_t *circle = call->objects[0].id;
    const uint8_t *person = call->objects[1].id;
    struct output *out = context->out;
    char name[NAME_BYTES_MAX + 1];
    struct group_row row;

    enum rb_status status = person_name(context->store, person, name);
    if (status == RB_OK) {
        status = group_invite(context->store, circle, person, clock_now_ms());
    }
    if (status == RB_EXISTS) {
        return fail_invited(context, circle, person, name);
    }
    if (status == RB_REFUSED) {
        return failure_say(&context->failure, status, "not_manager",
                           _("Your role in this group does not allow you to invite."));
    }
    if (status == RB_OK) {
        status = answer(context, circle, &row);
    }
    if (status != RB_OK) {
        return status;
    }
    output_say(out, _("%s is invited to \"%s\" and can read it after accepting."),
               output_name(out, name), shown_name(out, &row));
    return next_send(context, _("send the invitation: rembuk sync"));
}

const struct command cmd_group_invite = {
    .name = "group invite",
    .name_id = "kelompok undang",
    .arguments = { { .sort = ARGUMENT_GROUP, .label = N_("GROUP") },
                   { .sort = ARGUMENT_CONTACT, .label = N_("CONTACT") } },
    .summary = N_("invite to it"),
    .help = N_("Invites a contact to a group."),
    .more = N_("A new member reads the group from its beginning. Whoever shall see less belongs in "
               "a new group."),
    .examples = N_("rembuk group invite \"Bandung discussion 1\" \"Budi Misal\"\n"
                   "rembuk group invite 1 2"),
    .needs = NEEDS_STORE,
    .run = group_invite_run,
};

/* ---- accept, decline, leave ---- */

static enum rb_status group_accept_run(struct context *context, const struct call *call) {
    const uint8_t *circle = call->objects[0].id;
    struct output *out = context->out;
    struct group_row row;

    enum rb_status status = group_accept(context->store, circle, clock_now_ms());
    if (status == RB_EXISTS) {
        return failure_say(&context->failure, status, "accepted_before",
                           _("You are a member of this group already. Nothing was changed."));
    }
    if (status == RB_OK) {
        status = answer(context, circle, &row);
    }
    if (status != RB_OK) {
        return status;
    }
    output_say(out, _("You are a member of \"%s\" now."), shown_name(out, &row));
    output_next(out, _("read what was written: rembuk thread list %" PRId64), row.number);
    return RB_OK;
}

const struct command cmd_group_accept = {
    .name = "group accept",
    .name_id = "kelompok terima",
    .arguments = { { .sort = ARGUMENT_GROUP, .label = N_("GROUP") } },
    .summary = N_("accept an invitation"),
    .help = N_("Accepts an invitation to a group."),
    .examples = N_("rembuk group accept \"Bandung discussion 1\""),
    .needs = NEEDS_STORE,
    .run = group_accept_run,
};

static enum rb_status group_decline_run(struct context *context, const struct call *call) {
    const uint8_t *circle = call->objects[0].id;
    struct output *out = context->out;
    struct group_row row;

    enum rb_status status = group_decline(context->store, circle, clock_now_ms());
    if (status == RB_REFUSED) {
        return failure_say(
            &context->failure, status, "accepted_before",
            _("You accepted this invitation before. To go, type: rembuk group leave %s"),
            call->typed[0]);
    }
    if (status == RB_OK) {
        status = answer(context, circle, &row);
    }
    if (status != RB_OK) {
        return status;
    }
    output_say(out, _("The invitation to \"%s\" is declined; the others will see it."),
               shown_name(out, &row));
    return next_send(context, _("tell the others: rembuk sync"));
}

const struct command cmd_group_decline = {
    .name = "group decline",
    .name_id = "kelompok tolak",
    .arguments = { { .sort = ARGUMENT_GROUP, .label = N_("GROUP") } },
    .help = N_("Declines an invitation; the others see it."),
    .examples = N_("rembuk group decline \"Bandung discussion 1\""),
    .needs = NEEDS_STORE,
    .run = group_decline_run,
};

static enum rb_status group_leave_run(struct context *context, const struct call *call) {
    const uint8_t *circle = call->objects[0].id;
    struct output *out = context->out;
    struct group_row row;

    enum rb_status status = group_leave(context->store, circle, clock_now_ms());
    if (status == RB_NOT_ACCEPTED) {
        return failure_say(
            &context->failure, status, NULL,
            _("You have not accepted this invitation. To refuse it, type: rembuk group "
              "decline %s"),
            call->typed[0]);
    }
    if (status == RB_OK) {
        status = answer(context, circle, &row);
    }
    if (status != RB_OK) {
        return status;
    }
    output_say(out, _("You have left \"%s\"; the others will see it."), shown_name(out, &row));
    output_say(out,
               _("Its threads are not shown any more; only a new invitation brings you back."));
    return next_send(context, _("tell the others: rembuk sync"));
}

const struct command cmd_group_leave = {
    .name = "group leave",
    .name_id = "kelompok tinggalkan",
    .arguments = { { .sort = ARGUMENT_GROUP, .label = N_("GROUP") } },
    .help = N_("Leaves a group; the others see it."),
    .examples = N_("rembuk group leave \"Bandung discussion 1\""),
    .needs = NEEDS_STORE,
    .run = group_leave_run,
};

/* ---- list, show ---- */

struct listing {
    struct context *context;
    size_t count;
    enum rb_status status;
};

static bool list_one(void *opaque, const struct group_row *row) {
    struct listing *listing = opaque;
    struct output *out = listing->context->out;
    char members[24];

    listing->count++;
    output_row_begin(out);
    listing->status = put_group(listing->context, row, 0);
    (void)snprintf(members, sizeof members, "%zu", row->members);
    output_cell(out, "name", shown_name(out, row));
    output_cell(out, "members", members);
    output_row_end(out);
    return listing->status == RB_OK;
}

static enum rb_status say_after_list(struct context *context) {
    struct group_row row;

    enum rb_status status = next_invitation(context, &row);
    if (status == RB_OK) {
        output_next(context->out, _("accept it: rembuk group accept %" PRId64), row.number);
        return RB_OK;
    }
    if (status == RB_NOT_FOUND) {
        output_next(context->out, _("see the discussions: rembuk thread list"));
        return RB_OK;
    }
    return status;
}

static enum rb_status group_list_run(struct context *context, const struct call *call) {
    static const struct column columns[] = {
        { "number", N_("No.") },
        { "name", N_("Name") },
        { "state", N_("State") },
        { "members", N_("Members") },
    };
    struct listing listing = { .context = context };
    struct output *out = context->out;
    (void)call; /* No arguments. */

    output_list_begin(out, "groups", columns, sizeof columns / sizeof columns[0]);
    enum rb_status status = group_each(context->store, false, list_one, &listing);
    output_list_end(out);
    if (status != RB_OK || listing.status != RB_OK) {
        return status != RB_OK ? status : listing.status;
    }
    if (listing.count == 0) {
        output_say(out, _("You belong to no group yet."));
        output_next(out, _("found one: rembuk group new NAME"));
        return RB_OK;
    }
    return say_after_list(context);
}

const struct command cmd_group_list = {
    .name = "group list",
    .name_id = "kelompok daftar",
    .help = N_("Lists your groups and invitations."),
    .examples = N_("rembuk group list"),
    .needs = NEEDS_STORE,
    .run = group_list_run,
};

static enum rb_status group_show_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct group_row row;

    enum rb_status status = group_get(context->store, call->objects[0].id, &row);
    if (status != RB_OK) {
        return status;
    }
    assert(row.state <= GROUP_LEFT);
    output_say(out, _("Group %" PRId64 ": %s"), row.number, shown_name(out, &row));
    output_say(out, _("You: %s"), _(group_states[row.state].shown));
    output_gap(out);
    status = put_group(context, &row, MEMBER_COLUMNS);
    if (status != RB_OK) {
        return status;
    }
    output_gap(out);
    if (row.state == GROUP_INVITED) {
        output_next(out, _("accept it: rembuk group accept %" PRId64), row.number);
    } else {
        output_next(out, _("see its discussions: rembuk thread list %" PRId64), row.number);
    }
    return RB_OK;
}

const struct command cmd_group_show = {
    .name = "group show",
    .name_id = "kelompok lihat",
    .arguments = { { .sort = ARGUMENT_GROUP, .label = N_("GROUP") } },
    .help = N_("Shows a group and its members."),
    .examples = N_("rembuk group show \"Bandung discussion 1\""),
    .needs = NEEDS_STORE,
    .run = group_show_run,
};
