/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/next.h"

#include "cli/circles.h"
#include "node/node.h"
#include "store/devices.h"

#include <inttypes.h>

static bool look_at_contact(void *opaque, const struct contact *contact) {
    enum reach *reach = opaque;

    *reach = contact->address_count > 0 ? REACH_CALLS : REACH_WAITS;
    return *reach != REACH_CALLS; /* One with an address is enough. */
}

enum rb_status next_reach(struct context *context, enum reach *reach) {
    enum reach found = REACH_NOBODY;

    enum rb_status status = devices_reachable(context->store, look_at_contact, &found);
    if (status == RB_OK) {
        *reach = found;
    }
    return status;
}

void next_first_contact(struct output *out) {
    output_next(out, _("add a contact: rembuk contact add FILE; or, with an invitation: rembuk "
                       "join words"));
}

void next_other_card(struct output *out) {
    output_next(out, _("ask for the card of another computer of that person, and add it: rembuk "
                       "contact add FILE"));
}

/* The node of this process calls somebody who has an address, or can be called. */
static bool goes_by_itself(const struct context *context, enum reach reach) {
    const char *const *endpoints = NULL;

    return context->node != NULL &&
           (reach == REACH_CALLS ||
            (reach == REACH_WAITS && node_listening(context->node, &endpoints) > 0));
}

enum rb_status next_send(struct context *context, const char *calling) {
    enum reach reach = REACH_NOBODY;

    enum rb_status status = next_reach(context, &reach);
    if (status != RB_OK) {
        return status;
    }
    if (goes_by_itself(context, reach)) {
        if (node_connected(context->node) == 0) {
            output_say(context->out, _("It goes out by itself as soon as a contact is reached."));
        }
        return RB_OK;
    }
    switch (reach) {
    case REACH_NOBODY:
        next_first_contact(context->out);
        break;
    case REACH_WAITS:
        output_next(context->out, _("so that your contacts can fetch it: rembuk node --listen "
                                    "tcp://0.0.0.0:7437"));
        break;
    case REACH_CALLS:
        output_next(context->out, "%s", calling);
        break;
    }
    return RB_OK;
}

struct search {
    struct group_row *row;
    bool found;
};

static bool look_at_group(void *opaque, const struct group_row *row) {
    struct search *search = opaque;

    search->found = row->state == GROUP_INVITED;
    if (search->found) {
        *search->row = *row;
    }
    return !search->found; /* One is enough. */
}

enum rb_status next_invitation(struct context *context, struct group_row *row) {
    struct search search = { .row = row };

    enum rb_status status = group_each(context->store, false, look_at_group, &search);
    return status == RB_OK && !search.found ? RB_NOT_FOUND : status;
}

enum rb_status next_say_invited(struct context *context, const struct group_row *row) {
    struct output *out = context->out;
    char by[NAME_BYTES_MAX + 1] = "";
    struct circle_facts facts;
    struct group_person self;

    circle_facts_of_group(context, row, &facts);
    enum rb_status status = circle_self(context, row->circle, &self);
    if (status == RB_OK) {
        status = person_name(context->store, self.by, by);
    }
    if (status == RB_OK) {
        output_say(out, _("%s invites you to %s. Accept it: rembuk group accept %" PRId64),
                   output_name(out, by), facts.shown, row->number);
    }
    return status;
}

enum rb_status next_say_invitation(struct context *context) {
    struct group_row row;

    enum rb_status status = next_invitation(context, &row);
    if (status != RB_OK) {
        return status == RB_NOT_FOUND ? RB_OK : status;
    }
    return next_say_invited(context, &row);
}

static bool count_accepted(void *opaque, const struct group_row *row) {
    size_t *count = opaque;

    *count += row->state == GROUP_ACCEPTED;
    return *count == 0; /* One is enough. */
}

enum rb_status next_invite(struct context *context, const struct contact *contact) {
    struct group_row invited;
    size_t count = 0;

    enum rb_status status = next_invitation(context, &invited);
    if (status != RB_NOT_FOUND) {
        return status == RB_OK ? next_say_invited(context, &invited) : status;
    }
    status = group_each(context->store, false, count_accepted, &count);
    if (status != RB_OK) {
        return status;
    }
    if (count == 0 && contact->address_count > 0) { /* As after an answered invitation. */
        output_next(context->out, _("fetch what waits for you, such as an invitation: rembuk "
                                    "sync"));
    } else if (count == 0) {
        output_next(context->out, _("make a group: rembuk group new NAME"));
    } else {
        output_next(context->out, _("invite to a group: rembuk group invite GROUP %" PRId64),
                    contact->number);
    }
    return RB_OK;
}

bool next_is_here(const struct context *context, struct span identifier) {
    const struct object *here = &context->where.object;

    return context->where.sort != PLACE_NONE &&
           span_equal(identifier, span_of(here->id, here->id_len));
}
