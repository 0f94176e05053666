/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/departures.h"

#include "node/node.h"
#include "store/contacts.h"

#include <string.h>

enum { DAY_MS = 24 * 60 * 60 * 1000 };

/* ---- All groups and cases ---- */

struct walk {
    struct context *context;
    enum departures_of whose;
    enum rb_status (*each)(void *opaque, const struct circle_facts *facts,
                           const struct departure *row);
    void *opaque;
    struct circle_facts facts; /* of the one that is looked at */
    enum rb_status status;
};

static bool take_departure(void *opaque, const struct departure *row) {
    struct walk *walk = opaque;
    bool is_own = walk->whose == DEPARTURES_OWN;

    if (row->is_self == is_own && !(is_own && row->who.state == MEMBER_LEFT)) {
        walk->status = walk->each(walk->opaque, &walk->facts, row);
    }
    return walk->status == RB_OK;
}

/* To leave oneself is no news, who has left is told of nobody else, and neither is who is only
 * invited to a group. */
static enum rb_status is_looked_at(struct walk *walk, bool *looked) {
    const bool of_others = walk->whose == DEPARTURES_OTHERS;
    struct group_person self;

    *looked = walk->facts.is_member == of_others;
    if (!*looked || !of_others || walk->facts.sort != REF_GROUP) {
        return RB_OK;
    }
    enum rb_status status = circle_self(walk->context, walk->facts.id, &self);
    *looked = status == RB_OK && self.state == MEMBER_ACCEPTED;
    return status;
}

static int64_t since_ms(void) {
    return clock_now_ms() - DEPARTURES_DAYS * (int64_t)DAY_MS;
}

static bool look_at_circle(void *opaque, const uint8_t *circle) {
    struct walk *walk = opaque;
    bool looked = false;

    walk->status = circle_find(walk->context, circle, &walk->facts);
    if (walk->status == RB_OK) {
        walk->status = is_looked_at(walk, &looked);
    }
    if (walk->status == RB_OK && looked) {
        enum rb_status status =
            departures_each(walk->context->store, circle, since_ms(), take_departure, walk);
        walk->status = walk->status == RB_OK ? status : walk->status;
    }
    return walk->status == RB_OK;
}

enum rb_status departures_look(struct context *context, enum departures_of whose,
                               enum rb_status (*each)(void *opaque,
                                                      const struct circle_facts *facts,
                                                      const struct departure *row),
                               void *opaque) {
    struct walk walk = { .context = context, .whose = whose, .each = each, .opaque = opaque };

    enum rb_status status = departures_circles(context->store, since_ms(), look_at_circle, &walk);
    return status == RB_OK ? walk.status : status;
}

/* ---- One of them ---- */

static const char *how_word(const struct departure *row) {
    if (row->who.state == MEMBER_LEFT) {
        return "left";
    }
    return row->is_guest_over ? "guest_over" : "removed";
}

static void put_reach(struct output *out, const struct departure *row) {
    if (row->is_ours) {
        output_count(out, "others", row->others);
        output_count(out, "reached", row->reached);
    } else {
        output_null(out, "others");
        output_null(out, "reached");
    }
}

enum rb_status departure_put(struct context *context, const struct departure *row) {
    struct output *out = context->out;
    char by[NAME_BYTES_MAX + 1];

    enum rb_status status = person_name(context->store, row->who.by, by);
    if (status != RB_OK) {
        return status;
    }
    output_hex(out, "contact", span_of(row->who.person, sizeof row->who.person));
    output_string(out, "who", row->who.name);
    output_string(out, "how", how_word(row));
    if (row->who.state == MEMBER_REMOVED) {
        output_hex(out, "by", span_of(row->who.by, sizeof row->who.by));
        output_string(out, "by_name", by);
    } else {
        output_null(out, "by");
        output_null(out, "by_name");
    }
    output_time(out, "known", row->known_ms);
    put_reach(out, row);
    return RB_OK;
}

/* ---- Sentences ---- */

/* How far it has got; from others somebody may have it without our knowing. */
static void say_reach(struct output *out, const struct departure *row) {
    if (!row->is_ours || row->others == 0) {
        return;
    }
    if (row->reached == row->others) {
        output_say(out, _("All the others there know it."));
    } else if (row->reached == 0) {
        output_say(out,
                   _("None of the others there knows it yet, as far as this computer has heard."));
    } else {
        output_say(out,
                   _("Known to %zu of the %zu others there, as far as this computer has heard."),
                   row->reached, row->others);
    }
}

static void say_own(struct output *out, const struct circle_facts *facts,
                    const struct departure *row, const char *by) {
    if (row->is_guest_over) {
        output_say(out, _("Your time as a guest in %s is over."), facts->shown);
    } else {
        output_say(out, _("%s has removed you from %s."), by, facts->shown);
    }
    output_say(out, _("rembuk does not show you any more what is written there. Nothing "
                      "is lost: the others have what you wrote."));
}

static void say_other(struct output *out, const struct circle_facts *facts,
                      const struct departure *row, const char *by) {
    const char *who = output_name(out, row->who.name);

    if (row->who.state == MEMBER_LEFT) {
        output_say(out, _("%s has left %s."), who, facts->shown);
    } else if (row->is_guest_over) {
        output_say(out, _("The time of %s as a guest in %s is over."), who, facts->shown);
    } else if (row->is_ours) {
        output_say(out, _("You have removed %s from %s."), who, facts->shown);
    } else {
        output_say(out, _("%s has removed %s from %s."), by, who, facts->shown);
    }
}

enum rb_status departure_say(struct context *context, const struct circle_facts *facts,
                             const struct departure *row) {
    struct output *out = context->out;
    char by[NAME_BYTES_MAX + 1];

    enum rb_status status = person_name(context->store, row->who.by, by);
    if (status != RB_OK) {
        return status;
    }
    if (row->is_self) {
        say_own(out, facts, row, output_name(out, by));
    } else {
        say_other(out, facts, row, output_name(out, by));
    }
    say_reach(out, row);
    return RB_OK;
}

enum rb_status departure_say_waiting(struct context *context, const struct circle_facts *facts,
                                     const struct departure *row, size_t *waiting) {
    struct output *out = context->out;
    char by[NAME_BYTES_MAX + 1];
    size_t count = 0;

    enum rb_status status = departures_own_waiting(context->store, facts->id, &count);
    if (status == RB_OK) {
        status = person_name(context->store, row->who.by, by);
    }
    if (status == RB_OK && count > 0) {
        output_say(out,
                   row->is_guest_over
                       ? _("Of what you wrote in %s this much came to the others only when your "
                           "time as a guest was over: %zu. Whether it counts is decided by a "
                           "manager there. Ask %s.")
                       : _("Of what you wrote in %s this much came to the others only after you "
                           "had been removed: %zu. Whether it counts is decided by a manager "
                           "there. Ask %s."),
                   facts->shown, count, output_name(out, by));
    }
    *waiting = count;
    return status;
}
