/* SPDX-License-Identifier: GPL-3.0-or-later */
/* group: founding, inviting, accepting, leaving. */
#include "cli/circles.h"
#include "cli/next.h"
#include "cli/offices.h"
#include "cli/refer.h"
#include "cli/team.h"
#include "cli/terms.h"
#include "cli/when.h"
#include "node/node.h"
#include "store/contacts.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- Facts of one group ---- */

static const struct {
    const char *word, *shown;
} states[] = {
    [GROUP_INVITED] = { "invited", N_("invited") },
    [GROUP_ACCEPTED] = { "accepted", N_("member") },
    [GROUP_DECLINED] = { "declined", N_("declined") },
    [GROUP_LEFT] = { "left", N_("left") },
    [GROUP_REMOVED] = { "removed", N_("removed") },
};

enum { STATE_BYTES = 8 * NAME_BYTES_MAX + 128 };

/* Of an invitation: from whom it is.  Of a guest: until when. */
static enum rb_status show_state(struct context *context, const struct group_row *row,
                                 char out[static STATE_BYTES]) {
    char name[NAME_BYTES_MAX + 1] = "", when[WHEN_BYTES];
    struct group_person self;

    (void)snprintf(out, STATE_BYTES, "%s", _(states[row->state].shown));
    if (row->state != GROUP_INVITED && row->state != GROUP_ACCEPTED) {
        return RB_OK;
    }
    enum rb_status status = circle_self(context, row->circle, &self);
    if (status == RB_OK && row->state == GROUP_INVITED) {
        status = person_name(context->store, self.by, name);
    }
    if (status != RB_OK) {
        return status;
    }
    const char *shown = output_name(context->out, name);
    when_show(self.until_s * 1000, when);
    if (row->state == GROUP_INVITED && self.until_s != 0) {
        (void)snprintf(out, STATE_BYTES, _("invited by %s, as a guest until %s"), shown, when);
    } else if (row->state == GROUP_INVITED) {
        (void)snprintf(out, STATE_BYTES, _("invited by %s"), shown);
    } else if (self.until_s != 0) {
        (void)snprintf(out, STATE_BYTES, _("guest until %s"), when);
    }
    return RB_OK;
}

/* A group whose key has not come has no name yet. */
static const char *shown_name(struct output *out, const struct group_row *row) {
    return row->name[0] != '\0' ? output_name(out, row->name) : _("(name not here yet)");
}

static bool has_parent(const struct group_row *row) {
    static const uint8_t none[HASH_BYTES];

    return memcmp(row->parent, none, sizeof none) != 0;
}

static void put_parent(struct output *out, const struct group_row *row) {
    if (has_parent(row)) {
        output_hex(out, "part_of", span_of(row->parent, sizeof row->parent));
    } else {
        output_null(out, "part_of");
    }
}

static enum rb_status put_group(struct context *context, const struct group_row *row,
                                enum team_form form) {
    struct output *out = context->out;

    assert(row->state <= GROUP_REMOVED);
    output_hex(out, "group", span_of(row->circle, sizeof row->circle));
    output_integer(out, "number", row->number);
    output_string(out, "name", row->name);
    output_word(out, "state", states[row->state].word, _(states[row->state].shown));
    put_parent(out, row);
    output_count(out, "waiting", row->waiting);
    return team_put(context, REF_GROUP, row->circle, form);
}

/* What `new`, `invite`, `accept`, `decline` and `leave` answer: the facts, for people one
 * sentence. */
static enum rb_status answer(struct context *context, const uint8_t circle[static HASH_BYTES],
                             struct group_row *row) {
    enum rb_status status = group_get(context->store, circle, row);

    if (status == RB_OK) {
        status = put_group(context, row, TEAM_UNSEEN);
    }
    if (status == RB_OK) {
        output_quiet(context->out, "%" PRId64, row->number);
    }
    return status;
}

/* ---- new ---- */

/* What it is to be a part of; `parent->id_len` is 0 if it is to stand alone. */
static enum rb_status read_parent(struct context *context, const struct call *call,
                                  struct object *parent) {
    const char *typed = call_option(call, "part-of");

    return typed != NULL ? refer_find(context, REF_CIRCLE, typed, parent) : RB_OK;
}

static enum rb_status fail_new(struct context *context, enum rb_status status) {
    switch (status) {
    case RB_EXISTS:
        return failure_say(&context->failure, status, "name_taken",
                           _("There is a group of this name here already. Choose another name."));
    case RB_NOT_MEMBER:
        return failure_say(&context->failure, status, NULL,
                           _("You do not belong to that group or case, so nothing can become a "
                             "part of it. Nothing was changed."));
    default:
        return status;
    }
}

static void say_parent(struct output *out, const struct group_row *row) {
    if (!has_parent(row)) {
        return;
    }
    output_say(out, _("Part of: %s"),
               row->parent_name[0] != '\0' ? output_name(out, row->parent_name)
                                           : _("a group or case that is not here"));
}

/* Whether letters give standing in what is founded now.  Who wants that needs one that holds. */
static enum rb_status check_network(struct context *context, const struct call *call,
                                    bool *formal) {
    const struct store_self *self = store_self(context->store);
    struct letter_row letter;

    enum rb_status status = letters_choose(context->store, NULL, clock_now_ms(), &letter);
    if (status != RB_OK) {
        return status;
    }
    *formal = letter.letter.exists && letter_row_holds(&letter);
    if (*formal || call_option(call, "network") == NULL) {
        return RB_OK;
    }
    if (self->letter.exists &&
        cert_validity(&self->person_cert, clock_now_ms() / 1000) != CERT_HOLDS) {
        return fail_letter(context, NULL, self->person_cert.not_before_s,
                           self->person_cert.not_after_s);
    }
    return failure_say(
        &context->failure, RB_REFUSED, "no_letter",
        _("You have no letter of assignment that holds, so the group cannot "
          "belong to a network. Take in a letter first (rembuk credential take FILE), or "
          "leave out --network."));
}

static enum rb_status group_new_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct object parent = { .id_len = 0 };
    uint8_t circle[HASH_BYTES];
    struct group_row row;
    bool formal = false;

    enum rb_status status = read_parent(context, call, &parent);
    if (status == RB_OK) {
        status = check_network(context, call, &formal);
    }
    if (status != RB_OK) {
        return status;
    }
    status = group_new(context->store, call->texts[0], parent.id_len > 0 ? parent.id : NULL,
                       clock_now_ms(), circle);
    if (status != RB_OK) {
        return fail_new(context, status);
    }
    status = answer(context, circle, &row);
    if (status != RB_OK) {
        return status;
    }
    output_say(out, _("Group %" PRId64 " \"%s\" is founded; you are its first member."), row.number,
               shown_name(out, &row));
    say_parent(out, &row);
    if (has_parent(&row)) {
        output_say(out, _("Its members are chosen anew, and it begins empty."));
    }
    if (formal) {
        output_say(out, _("Letters of assignment of your network give standing in it."));
    }
    output_next(out, _("invite your contacts: rembuk group invite %" PRId64 " CONTACT"),
                row.number);
    return RB_OK;
}

const struct command cmd_group_new = {
    .name = "group new",
    .name_id = "kelompok baru",
    .arguments = { { .sort = ARGUMENT_NAME, .label = N_("NAME") } },
    .options = { { .name = "part-of",
                   .name_id = "bagian-dari",
                   .value = N_("GROUP|CASE"),
                   .names_circle = true,
                   .help = N_("the group or case that it is a part of") },
                 { .name = "network",
                   .name_id = "jaringan",
                   .help = N_("only as a group of your network, in which letters of assignment "
                              "give standing") } },
    .summary = N_("found a group"),
    .help = N_("Founds a group."),
    .more = N_("A part of another group has members of its own and begins empty: who joins it "
               "reads nothing of what was written in the other one before. A case is named by its "
               "code here."),
    .examples = N_("rembuk group new \"Bandung discussion 1\"\n"
                   "rembuk group new \"Preparation\" --part-of 1"),
    .needs = NEEDS_STORE,
    .run = group_new_run,
};

/* ---- invite ---- */

struct invitation {
    struct circle_facts facts;
    struct contact contact;
    struct terms terms;
    struct terms_change change;
};

/* Says which of the two it is. */
static enum rb_status fail_present(struct context *context, const struct invitation *invitation) {
    if (terms_are_shorter(&invitation->change, &invitation->terms)) {
        return fail_shorter(context, &invitation->facts, &invitation->contact, &invitation->change);
    }
    return failure_say(&context->failure, RB_EXISTS, "member_already",
                       invitation->change.state == MEMBER_INVITED
                           ? _("%s is invited to this group already and has not accepted yet. "
                               "Nothing was changed.")
                           : _("%s is a member of this group already. Nothing was changed."),
                       output_name(context->out, invitation->contact.name));
}

static enum rb_status fail_invitation(struct context *context, const struct invitation *invitation,
                                      struct refusal *refusal, enum rb_status status) {
    if (status == RB_REFUSED && refusal->rule == RULE_PRESENT) {
        status = fail_present(context, invitation);
    } else if (status == RB_REFUSED) {
        status = fail_rule(context, &invitation->facts, ACT_ADD,
                           output_name(context->out, invitation->contact.name), refusal);
    } else if (status == RB_EXPIRED) {
        status = fail_letter(context, output_name(context->out, invitation->contact.name),
                             invitation->contact.letter_from_s, invitation->contact.letter_until_s);
    } else {
        status = fail_change(context, &invitation->facts, status);
    }
    refusal_clear(refusal);
    return status;
}

/* In a group everybody is a manager; a guest, whose time ends, only reads and writes. */
static enum rb_status read_invitation(struct context *context, const struct call *call,
                                      struct invitation *invitation) {
    const uint8_t *person = call->objects[1].id;
    struct refusal refusal = { 0 };

    *invitation = (struct invitation) { .terms = { .until_s = 0 } };
    enum rb_status status = circle_read(context, call, &invitation->facts);
    if (status == RB_OK) {
        status = contact_get(context->store, person, &invitation->contact);
    }
    if (status == RB_OK && invitation->contact.revoked) {
        status = fail_revoked_contact(context, &invitation->contact);
    }
    if (status == RB_OK) {
        status = terms_read(context, call, &invitation->terms);
    }
    if (status == RB_OK) {
        status = terms_compare(context, &invitation->facts, person, &invitation->change);
    }
    if (status != RB_OK) {
        return status;
    }
    invitation->terms.role = invitation->terms.until_s != 0 ? CIRCLE_WRITER : CIRCLE_MANAGER;
    status = membership_check_add(context->store, invitation->facts.id, person,
                                  invitation->terms.role, invitation->terms.until_s, &refusal);
    return fail_invitation(context, invitation, &refusal, status);
}

/* Only about somebody who belongs to it already, and would have more rights or more time. */
static enum rb_status group_invite_question(struct context *context, const struct call *call,
                                            struct writer *question) {
    struct invitation invitation;

    enum rb_status status = read_invitation(context, call, &invitation);
    if (status != RB_OK || !invitation.change.is_in) {
        return status;
    }
    terms_ask(question, &invitation.facts, output_name(context->out, invitation.contact.name),
              &invitation.change, &invitation.terms);
    return writer_end(question);
}

static enum rb_status invite(struct context *context, const struct invitation *invitation) {
    struct refusal refusal = { 0 };

    enum rb_status status =
        membership_add(context->store, invitation->facts.id, invitation->contact.person,
                       invitation->terms.role, invitation->terms.until_s, clock_now_ms(), &refusal);
    return fail_invitation(context, invitation, &refusal, status);
}

static void say_invited(struct output *out, const struct invitation *invitation,
                        const struct group_row *row) {
    const char *name = output_name(out, invitation->contact.name);
    char when[WHEN_BYTES];

    if (invitation->change.is_in) {
        terms_say_changed(out, &invitation->facts, name, &invitation->change, &invitation->terms);
        return;
    }
    output_say(out, _("%s is invited to \"%s\" and can read it after accepting."), name,
               shown_name(out, row));
    if (invitation->change.was_in) {
        output_say(out, _("%s then reads it from its beginning, also what was written in between."),
                   name);
    }
    if (invitation->terms.until_s != 0) {
        when_show(invitation->terms.until_s * 1000, when);
        output_say(out, _("%s is a guest until %s: reads and writes, and invites nobody."), name,
                   when);
    }
}

static enum rb_status group_invite_run(struct context *context, const struct call *call) {
    struct invitation invitation;
    struct group_row row;

    enum rb_status status = read_invitation(context, call, &invitation);
    if (status == RB_OK) {
        status = invite(context, &invitation);
    }
    if (status == RB_OK) {
        status = answer(context, invitation.facts.id, &row);
    }
    if (status != RB_OK) {
        return status;
    }
    say_invited(context->out, &invitation, &row);
    return next_send(context, _("send the invitation: rembuk sync"));
}

const struct command cmd_group_invite = {
    .name = "group invite",
    .name_id = "kelompok undang",
    .arguments = { { .sort = ARGUMENT_GROUP, .label = N_("GROUP") },
                   { .sort = ARGUMENT_CONTACT, .label = N_("CONTACT") } },
    .options = { { .name = "until",
                   .name_id = "sampai",
                   .value = N_("TIME"),
                   .help = N_("only as a guest, until then: 25/11, friday, 3days") } },
    .summary = N_("invite to it"),
    .help = N_("Invites a contact to a group."),
    .more = N_("A new member reads the group from its beginning. Whoever shall see less belongs in "
               "a new group. When a guest's time is over, the computer of whoever invited the "
               "guest removes that person; what has arrived there stays there. Invite a guest once "
               "more with a later time, or without one, to put off the end; it cannot be brought "
               "forward."),
    .examples = N_("rembuk group invite \"Bandung discussion 1\" \"Budi Misal\"\n"
                   "rembuk group invite 1 2 --until 25/11"),
    .needs = NEEDS_STORE,
    .check = terms_check,
    .question = group_invite_question,
    .asks_seldom = true,
    .run = group_invite_run,
};

/* ---- accept, decline, leave ---- */

/* The sentence for a group that one does not belong to any more; else `status`. */
static enum rb_status fail_own(struct context *context, const struct call *call,
                               enum rb_status status) {
    struct circle_facts facts;

    if (status != RB_NOT_MEMBER) {
        return status;
    }
    enum rb_status found = circle_read(context, call, &facts);
    return found == RB_OK ? fail_change(context, &facts, status) : found;
}

/* Where it matters to the guest: what a guest can do, and until when. */
static enum rb_status say_guest(struct context *context, const struct group_row *row) {
    struct group_person self;
    char when[WHEN_BYTES];

    enum rb_status status = circle_self(context, row->circle, &self);
    if (status == RB_OK && self.until_s != 0) {
        when_show(self.until_s * 1000, when);
        output_say(context->out,
                   _("You are a guest until %s: you read and write, and invite "
                     "nobody."),
                   when);
    }
    return status;
}

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
        return fail_own(context, call, status);
    }
    output_say(out, _("You are a member of \"%s\" now."), shown_name(out, &row));
    status = say_guest(context, &row);
    if (status != RB_OK) {
        return status;
    }
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
        return fail_own(context, call, status);
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
        return fail_own(context, call, status);
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
    bool is_member; /* of one of them */
    enum rb_status status;
};

/* "member, waiting: 3"; where one does not belong any more, nothing waits for one to decide. */
static enum rb_status put_state(struct context *context, const struct group_row *row) {
    char state[STATE_BYTES], shown[STATE_BYTES + 64];

    enum rb_status status = show_state(context, row, state);
    if (status != RB_OK) {
        return status;
    }
    if (row->waiting > 0 && row->state == GROUP_ACCEPTED) {
        (void)snprintf(shown, sizeof shown, _("%s, waiting: %zu"), state, row->waiting);
        output_cell(context->out, "state", shown);
    } else {
        output_cell(context->out, "state", state);
    }
    return RB_OK;
}

/* Of the groups that one does not belong to those from which somebody else has removed one: that
 * must not be overlooked. */
static bool list_one(void *opaque, const struct group_row *row) {
    struct listing *listing = opaque;
    struct output *out = listing->context->out;
    char members[24];

    if (row->state == GROUP_DECLINED || row->state == GROUP_LEFT) {
        return true;
    }
    listing->count++;
    listing->is_member = listing->is_member || row->state == GROUP_ACCEPTED;
    output_row_begin(out);
    listing->status = put_group(listing->context, row, TEAM_UNSEEN);
    (void)snprintf(members, sizeof members, "%zu", row->members);
    output_cell(out, "name", shown_name(out, row));
    output_cell(out, "members", members);
    if (listing->status == RB_OK) {
        listing->status = put_state(listing->context, row);
    }
    output_row_end(out);
    return listing->status == RB_OK;
}

static enum rb_status say_after_list(struct context *context, bool is_member) {
    struct group_row row;

    enum rb_status status = next_invitation(context, &row);
    if (status == RB_OK) {
        output_next(context->out, _("accept it: rembuk group accept %" PRId64), row.number);
        return RB_OK;
    }
    if (status == RB_NOT_FOUND && is_member) {
        output_next(context->out, _("see the discussions: rembuk thread list"));
    }
    return status == RB_NOT_FOUND ? RB_OK : status;
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
    enum rb_status status = group_each(context->store, true, list_one, &listing);
    output_list_end(out);
    if (status != RB_OK || listing.status != RB_OK) {
        return status != RB_OK ? status : listing.status;
    }
    if (listing.count == 0) {
        output_say(out, _("You belong to no group yet."));
        output_next(out, _("found one: rembuk group new NAME"));
        return RB_OK;
    }
    return say_after_list(context, listing.is_member);
}

const struct command cmd_group_list = {
    .name = "group list",
    .name_id = "kelompok daftar",
    .help = N_("Lists your groups and invitations."),
    .examples = N_("rembuk group list"),
    .needs = NEEDS_STORE,
    .run = group_list_run,
};

static void say_next(struct output *out, const struct group_row *row) {
    if (row->state == GROUP_INVITED) {
        output_next(out, _("accept it: rembuk group accept %" PRId64), row->number);
    } else if (row->waiting > 0 && row->state == GROUP_ACCEPTED) {
        output_next(out, _("see what waits for a manager: rembuk group waiting %" PRId64),
                    row->number);
    } else if (row->state == GROUP_ACCEPTED) {
        output_next(out, _("see its discussions: rembuk thread list %" PRId64), row->number);
    }
}

static enum rb_status group_show_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct circle_facts facts;
    char state[STATE_BYTES];
    struct group_row row;

    enum rb_status status = group_get(context->store, call->objects[0].id, &row);
    if (status == RB_OK) {
        status = show_state(context, &row, state);
    }
    if (status != RB_OK) {
        return status;
    }
    assert(row.state <= GROUP_REMOVED);
    output_say(out, _("Group %" PRId64 ": %s"), row.number, shown_name(out, &row));
    say_parent(out, &row);
    output_say(out, _("You: %s"), state);
    if (row.waiting > 0 && row.state == GROUP_ACCEPTED) {
        output_say(out, _("Waiting for a manager: %zu"), row.waiting);
    }
    circle_facts_of_group(context, &row, &facts);
    status = circle_say_removed(context, &facts);
    output_gap(out);
    if (status == RB_OK) {
        status = put_group(context, &row, TEAM_SHORT);
    }
    if (status != RB_OK) {
        return status;
    }
    output_gap(out);
    say_next(out, &row);
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
