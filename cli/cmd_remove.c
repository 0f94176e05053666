/* SPDX-License-Identifier: GPL-3.0-or-later */
/* group remove, case remove: putting somebody out; case leave: going oneself.  Both ask. */
#include "cli/circles.h"
#include "cli/next.h"
#include "cli/question.h"
#include "cli/team.h"
#include "node/node.h"
#include "store/contacts.h"
#include "store/identity.h"

#include <inttypes.h>
#include <string.h>

/* ---- remove ---- */

struct removal {
    struct circle_facts facts;
    const uint8_t *person;
    char name[NAME_BYTES_MAX + 1];
};

static bool is_self(const struct context *context, const uint8_t *person) {
    return memcmp(store_self(context->store)->person, person, HASH_BYTES) == 0;
}

static enum rb_status fail_self(struct context *context, const struct circle_facts *facts) {
    static const struct circle_hint hint = {
        N_("That is yourself. To go, type: rembuk group leave %" PRId64),
        N_("That is yourself. To go, type: rembuk case leave %" PRId64),
    };

    return failure_say(&context->failure, RB_REFUSED, "yourself", circle_hint(facts, hint),
                       facts->number);
}

/* Refuses before anybody is asked. */
static enum rb_status read_removal(struct context *context, const struct call *call,
                                   struct removal *removal) {
    struct refusal refusal = { 0 };

    removal->person = call->objects[1].id;
    enum rb_status status = circle_read(context, call, &removal->facts);
    if (status == RB_OK) {
        status = person_name(context->store, removal->person, removal->name);
    }
    if (status != RB_OK) {
        return status;
    }
    if (is_self(context, removal->person)) {
        return fail_self(context, &removal->facts);
    }
    status = membership_check_remove(context->store, removal->facts.id, removal->person, &refusal);
    if (status == RB_REFUSED) {
        status = fail_rule(context, &removal->facts, ACT_REMOVE,
                           output_name(context->out, removal->name), &refusal);
    } else {
        status = fail_change(context, &removal->facts, status);
    }
    refusal_clear(&refusal);
    return status;
}

/* Two contacts may bear one name. */
static enum rb_status ask_whom(struct context *context, const struct removal *removal,
                               struct writer *question) {
    const char *name = output_name(context->out, removal->name);
    struct contact contact;

    enum rb_status status = contact_get(context->store, removal->person, &contact);
    if (status == RB_OK) {
        question_say(question, _("%s (contact %" PRId64 ") is to be removed from %s."), name,
                     contact.number, removal->facts.shown);
    } else if (status == RB_NOT_FOUND) {
        question_say(question, _("%s is to be removed from %s."), name, removal->facts.shown);
    }
    return status == RB_NOT_FOUND ? RB_OK : status;
}

static enum rb_status remove_question(struct context *context, const struct call *call,
                                      struct writer *question) {
    static const struct circle_hint waits = {
        N_("What %s has not sent yet, or writes all the same, waits for a manager and is not shown "
           "before: rembuk group waiting %" PRId64),
        N_("What %s has not sent yet, or writes all the same, waits for a manager and is not shown "
           "before: rembuk case waiting %" PRId64),
    };
    struct removal removal;

    enum rb_status status = read_removal(context, call, &removal);
    if (status == RB_OK) {
        status = ask_whom(context, &removal, question);
    }
    if (status != RB_OK) {
        return status;
    }
    const char *name = output_name(context->out, removal.name);
    question_say(question,
                 _("rembuk stops showing it to %s. But what has arrived on that computer stays "
                   "there, and an expert can still read it."),
                 name);
    question_say(
        question,
        _("%s cannot read what is written from now on, except by people whose computer has "
          "not heard of the removal yet."),
        name);
    question_say(question, circle_hint(&removal.facts, waits), name, removal.facts.number);
    question_say(question, _("Remove %s? [y/n]"), name);
    return writer_end(question);
}

static enum rb_status put_people(struct context *context, const struct circle_facts *facts) {
    circle_put(context->out, facts);
    output_quiet(context->out, "%" PRId64, facts->number);
    return team_put(context, facts->sort, facts->id, TEAM_UNSEEN);
}

static enum rb_status say_who_knows(struct context *context) {
    if (context->node != NULL && node_connected(context->node) > 0) {
        output_say(context->out, _("It goes to those who are connected now; to the others as soon "
                                   "as they are."));
        return RB_OK;
    }
    output_say(context->out, _("So far only this computer knows of the removal."));
    return next_send(context, _("tell the others: rembuk sync"));
}

static enum rb_status remove_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct refusal refusal = { 0 };
    struct removal removal;

    enum rb_status status = read_removal(context, call, &removal);
    if (status != RB_OK) {
        return status;
    }
    const char *name = output_name(out, removal.name);
    status = membership_remove(context->store, removal.facts.id, removal.person, clock_now_ms(),
                               &refusal);
    if (status == RB_REFUSED) {
        status = fail_rule(context, &removal.facts, ACT_REMOVE, name, &refusal);
    } else {
        status = fail_change(context, &removal.facts, status);
    }
    refusal_clear(&refusal);
    if (status == RB_OK) {
        status = put_people(context, &removal.facts);
    }
    if (status != RB_OK) {
        return status;
    }
    name = output_name(out, removal.name);
    output_say(out, _("%s is removed from %s."), name, removal.facts.shown);
    output_say(out, _("What is written from now on gets a new key, which %s does not have."), name);
    return say_who_knows(context);
}

const struct command cmd_group_remove = {
    .name = "group remove",
    .name_id = "kelompok keluarkan",
    .arguments = { { .sort = ARGUMENT_GROUP, .label = N_("GROUP") },
                   { .sort = ARGUMENT_PERSON, .label = N_("PERSON") } },
    .summary = N_("put somebody out"),
    .help = N_("Removes a person from a group: nothing new can be read there any more."),
    .more = N_("A manager can remove whoever is not senior to that manager. Senior is who has the "
               "higher rank in a network of offices, then the higher role, then who came first. "
               "What has arrived on the computer of who is removed stays there, though rembuk does "
               "not show it any more. Whoever was removed can be invited again."),
    .examples = N_("rembuk group remove 1 \"Budi Misal\"\nrembuk group remove 1 2"),
    .needs = NEEDS_STORE,
    .question = remove_question,
    .run = remove_run,
};

const struct command cmd_case_remove = {
    .name = "case remove",
    .name_id = "kasus keluarkan",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") },
                   { .sort = ARGUMENT_PERSON, .label = N_("PERSON") } },
    .summary = N_("put somebody out"),
    .help = N_("Removes a person from a case's team: nothing new can be read there any more."),
    .more =
        N_("The owner and managers of a case can remove whoever is not senior to them. What has "
           "arrived on the computer of who is removed stays there, though rembuk does not show "
           "it any more. Whoever was removed can be added again."),
    .examples = N_("rembuk case remove 3273-26-K7QD \"Budi Misal\"\nrembuk case remove 4 2"),
    .needs = NEEDS_STORE,
    .question = remove_question,
    .run = remove_run,
};

/* ---- case leave ---- */

struct seats {
    const uint8_t *self;
    bool is_managed; /* somebody else can manage the case */
    bool has_others;
    struct group_person next; /* then: of them who comes after oneself, by role, then seniority */
};

static bool look_at_seat(void *opaque, const struct group_person *person) {
    struct seats *seats = opaque;
    bool is_other = memcmp(person->person, seats->self, HASH_BYTES) != 0;
    bool is_in = person->state == MEMBER_INVITED || person->state == MEMBER_ACCEPTED;

    if (is_other && is_in && (!seats->has_others || person->role > seats->next.role)) {
        seats->next = *person;
    }
    seats->has_others = seats->has_others || (is_other && is_in);
    seats->is_managed = seats->is_managed || (is_other && is_in && person->until_s == 0 &&
                                              person->role >= CIRCLE_MANAGER);
    return true;
}

static enum rb_status fail_last(struct context *context, const struct circle_facts *facts,
                                const struct seats *seats) {
    if (!seats->has_others) {
        return failure_say(&context->failure, RB_REFUSED, "last_manager",
                           _("You are alone in %s: if you left, nobody could read it any more. "
                             "Share it first: rembuk case share %" PRId64
                             " CONTACT --role manager"),
                           facts->shown, facts->number);
    }
    return failure_say(&context->failure, RB_REFUSED, "last_manager",
                       _("Nobody else can manage %s. Make somebody a manager first: rembuk case "
                         "share %" PRId64 " CONTACT --role manager"),
                       facts->shown, facts->number);
}

/* A case is never left without somebody who is responsible for it. */
static enum rb_status read_leaving(struct context *context, const struct call *call,
                                   struct circle_facts *facts, struct seats *seats) {
    struct group_person self;

    *seats = (struct seats) { .self = store_self(context->store)->person };
    enum rb_status status = circle_read(context, call, facts);
    if (status != RB_OK) {
        return status;
    }
    if (!facts->is_member) {
        return fail_change(context, facts, RB_NOT_MEMBER);
    }
    status = circle_self(context, facts->id, &self);
    if (status == RB_OK) {
        status = people_each(context->store, facts->id, look_at_seat, seats);
    }
    if (status == RB_OK && self.role >= CIRCLE_MANAGER && !seats->is_managed) {
        return fail_last(context, facts, seats);
    }
    return status;
}

/* Who is responsible is told who will be. */
static enum rb_status ask_about_office(struct context *context, const struct circle_facts *facts,
                                       const struct seats *seats, struct writer *question) {
    struct case_row row;

    enum rb_status status = case_get(context->store, facts->id, &row);
    if (status == RB_OK && memcmp(row.owner, seats->self, HASH_BYTES) == 0) {
        question_say(question,
                     _("You are the one who is responsible for it. After you it will be %s."),
                     output_name(context->out, seats->next.name));
    }
    return status;
}

static enum rb_status leave_question(struct context *context, const struct call *call,
                                     struct writer *question) {
    struct circle_facts facts;
    struct seats seats;

    enum rb_status status = read_leaving(context, call, &facts, &seats);
    if (status != RB_OK) {
        return status;
    }
    question_say(question, _("You are about to leave the team of %s."), facts.shown);
    status = ask_about_office(context, &facts, &seats, question);
    if (status != RB_OK) {
        return status;
    }
    question_say(question, _("The others see it. Nothing new reaches you, and only somebody of "
                             "the team can bring you back."));
    question_say(question, _("What you wrote stays with the others."));
    question_say(question, _("Leave it? [y/n]"));
    return writer_end(question);
}

/* The place that one leaves for good is no place to be in. */
static void leave_place(struct context *context, const struct circle_facts *facts) {
    if (next_is_here(context, span_of(facts->id, sizeof facts->id))) {
        context->place_change = PLACE_LEFT;
    }
}

/* Who has written nothing yet has not accepted the case by that, and declines it. */
static enum rb_status leave(struct context *context, const struct circle_facts *facts) {
    struct store *store = context->store;
    struct group_person self;

    enum rb_status status = circle_self(context, facts->id, &self);
    if (status == RB_OK) {
        status = store_write_begin(store);
    }
    if (status != RB_OK) {
        return status;
    }
    status = identity_part(store, facts->id, store_self(store)->person, clock_now_ms());
    if (status == RB_OK) {
        status = self.state == MEMBER_INVITED ? author_decline(store, facts->id, clock_now_ms())
                                              : author_leave(store, facts->id, clock_now_ms());
    }
    return store_write_end(store, status);
}

static enum rb_status leave_run(struct context *context, const struct call *call) {
    struct circle_facts facts;
    struct seats seats;

    enum rb_status status = read_leaving(context, call, &facts, &seats);
    if (status == RB_OK) {
        status = leave(context, &facts);
    }
    if (status == RB_OK) {
        status = put_people(context, &facts);
    }
    if (status != RB_OK) {
        return status;
    }
    leave_place(context, &facts);
    output_say(context->out, _("You have left %s; the others will see it."), facts.shown);
    return next_send(context, _("tell the others: rembuk sync"));
}

const struct command cmd_case_leave = {
    .name = "case leave",
    .name_id = "kasus tinggalkan",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") } },
    .help = N_("Leaves the team of a case; the others see it."),
    .more = N_("Not to be mistaken for \"leave\", which only goes back from the case in the "
               "console. The last manager cannot leave."),
    .examples = N_("rembuk case leave 3273-26-K7QD"),
    .needs = NEEDS_STORE,
    .question = leave_question,
    .run = leave_run,
};
