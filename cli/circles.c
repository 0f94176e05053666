/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/circles.h"

#include "cli/cases.h"
#include "cli/departures.h"
#include "cli/wording.h"
#include "protocol/text.h"
#include "store/contacts.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Which one ---- */

void circle_facts_of_group(struct context *context, const struct group_row *row,
                           struct circle_facts *facts) {
    *facts = (struct circle_facts) {
        .sort = REF_GROUP,
        .number = row->number,
        .is_member = row->state == GROUP_INVITED || row->state == GROUP_ACCEPTED,
    };
    memcpy(facts->id, row->circle, sizeof facts->id);
    text_copy(facts->name, sizeof facts->name, span_text(row->name));
    if (row->name[0] != '\0') {
        (void)snprintf(facts->shown, sizeof facts->shown, _("group %" PRId64 " \"%s\""),
                       row->number, output_name(context->out, row->name));
    } else {
        (void)snprintf(facts->shown, sizeof facts->shown, _("group %" PRId64), row->number);
    }
}

void circle_facts_of_case(struct context *context, const struct case_row *row,
                          struct circle_facts *facts) {
    *facts = (struct circle_facts) {
        .sort = REF_CASE,
        .number = row->number,
        .is_member = row->is_member,
    };
    memcpy(facts->id, row->circle, sizeof facts->id);
    text_copy(facts->name, sizeof facts->name, span_text(row->code));
    (void)snprintf(facts->shown, sizeof facts->shown, _("case %" PRId64 " (%s)"), row->number,
                   output_name(context->out, case_code_shown(row)));
}

enum rb_status circle_find(struct context *context, const uint8_t circle[static HASH_BYTES],
                           struct circle_facts *facts) {
    struct group_row group;
    struct case_row row;

    enum rb_status status = group_get(context->store, circle, &group);
    if (status == RB_OK) {
        circle_facts_of_group(context, &group, facts);
        return RB_OK;
    }
    if (status == RB_NOT_FOUND) {
        status = case_get(context->store, circle, &row);
    }
    if (status == RB_OK) {
        circle_facts_of_case(context, &row, facts);
    }
    return status;
}

enum rb_status circle_read(struct context *context, const struct call *call,
                           struct circle_facts *facts) {
    return circle_find(context, call->objects[0].id, facts);
}

void circle_put(struct output *out, const struct circle_facts *facts) {
    bool is_group = facts->sort == REF_GROUP;

    output_hex(out, is_group ? "group" : "case", span_of(facts->id, sizeof facts->id));
    output_integer(out, "number", facts->number);
    if (is_group || facts->name[0] != '\0') {
        output_string(out, is_group ? "name" : "code", facts->name);
    } else {
        output_null(out, "code");
    }
}

const char *circle_hint(const struct circle_facts *facts, struct circle_hint hint) {
    return _(facts->sort == REF_GROUP ? hint.of_group : hint.of_case);
}

/* ---- One person, and oneself ---- */

struct search {
    const uint8_t *person;
    struct group_person *found;
    bool is_found;
};

static bool look_for(void *opaque, const struct group_person *person) {
    struct search *search = opaque;

    search->is_found = memcmp(person->person, search->person, HASH_BYTES) == 0;
    if (search->is_found) {
        *search->found = *person;
    }
    return !search->is_found;
}

enum rb_status circle_person(struct context *context, const uint8_t circle[static HASH_BYTES],
                             const uint8_t person[static HASH_BYTES], struct group_person *found) {
    struct search search = { .person = person, .found = found };

    enum rb_status status = people_each(context->store, circle, look_for, &search);
    return status == RB_OK && !search.is_found ? RB_NOT_FOUND : status;
}

enum rb_status circle_self(struct context *context, const uint8_t circle[static HASH_BYTES],
                           struct group_person *self) {
    return circle_person(context, circle, store_self(context->store)->person, self);
}

enum rb_status circle_to_decide(struct context *context, const uint8_t circle[static HASH_BYTES],
                                size_t waiting, size_t *count) {
    struct group_person self;

    *count = 0;
    if (waiting == 0) {
        return RB_OK;
    }
    enum rb_status status = circle_self(context, circle, &self);
    if (status == RB_OK && self.state == MEMBER_ACCEPTED && self.role >= CIRCLE_MANAGER) {
        *count = waiting;
    }
    return status == RB_NOT_FOUND ? RB_OK : status;
}

enum rb_status circle_say_removed(struct context *context, const struct circle_facts *facts) {
    const uint8_t *self = store_self(context->store)->person;
    struct departure departure;

    enum rb_status status = departure_find(context->store, facts->id, self, &departure);
    if (status != RB_OK || departure.who.state != MEMBER_REMOVED) {
        return status == RB_NOT_FOUND ? RB_OK : status;
    }
    return departure_say(context, facts, &departure);
}

/* ---- Refusals ---- */

enum { NAMED_MAX = 5, WHO_BYTES_MAX = (NAMED_MAX + 1) * (8 * NAME_BYTES_MAX + 64) };

/* Stable words for scripts. */
static const char *rule_code(enum circle_rule rule) {
    switch (rule) {
    case RULE_MEMBERS:
        return "not_member";
    case RULE_MANAGERS:
        return "not_manager";
    case RULE_ROLE:
        return "role_above";
    case RULE_PRESENT:
        return "member_already";
    case RULE_ABSENT:
        return "not_a_member";
    case RULE_SENIOR:
        return "senior";
    case RULE_ALLOWED:
        break;
    }
    assert(false);
    return "";
}

static const char *managers_sentence(enum circle_act act) {
    switch (act) {
    case ACT_ADD:
        return _("Only a manager can let others into %s.");
    case ACT_REMOVE:
        return _("Only a manager can remove others from %s.");
    case ACT_ADOPT:
        return _("Only a manager can decide about what waits in %s.");
    }
    assert(false);
    return "";
}

/* Nobody at all can remove the founder of a group or the first owner of a case: what one can do
 * then is to go on without that person. */
static const struct circle_hint unremovable = {
    N_("Nobody in %s is senior to %s, so nobody can remove that person. To go on without that "
       "person, found a new group, invite the others there, and leave this one (rembuk group "
       "leave %" PRId64 ")."),
    N_("Nobody in %s is senior to %s, so nobody can remove that person. To go on without that "
       "person, open a new case, share it with the others, and leave this one (rembuk case "
       "leave %" PRId64 ")."),
};

void circle_say_unremovable(struct output *out, const struct circle_facts *facts,
                            const char *name) {
    output_say(out, circle_hint(facts, unremovable), facts->shown, name, facts->number);
}

static void write_unremovable(char out[static WHO_BYTES_MAX], const struct circle_facts *facts,
                              const char *name) {
    char *said = wording_of(circle_hint(facts, unremovable)); /* fail_rule puts it in as a whole */
    (void)snprintf(out, WHO_BYTES_MAX, said, facts->shown, name, facts->number);
    free(said);
}

/* The rule as a sentence. */
static void write_rule(char out[static WHO_BYTES_MAX], const struct circle_facts *facts,
                       enum circle_act act, const char *name, const struct refusal *refusal) {
    bool is_removal = refusal->rule == RULE_SENIOR || refusal->rule == RULE_MANAGERS;

    if (act == ACT_REMOVE && is_removal && refusal->could_count == 0) {
        write_unremovable(out, facts, name);
        return;
    }
    switch (refusal->rule) {
    case RULE_MEMBERS:
        (void)snprintf(out, WHO_BYTES_MAX, _("You do not belong to %s."), facts->shown);
        break;
    case RULE_MANAGERS:
        (void)snprintf(out, WHO_BYTES_MAX, managers_sentence(act), facts->shown);
        break;
    case RULE_ROLE:
        (void)snprintf(out, WHO_BYTES_MAX, _("Nobody can give a higher role in %s than they have."),
                       facts->shown);
        break;
    case RULE_PRESENT:
        (void)snprintf(out, WHO_BYTES_MAX, _("%s belongs to %s already."), name, facts->shown);
        break;
    case RULE_ABSENT:
        (void)snprintf(out, WHO_BYTES_MAX, _("%s does not belong to %s."), name, facts->shown);
        break;
    case RULE_SENIOR:
        (void)snprintf(out, WHO_BYTES_MAX,
                       _("Only somebody senior to %s can remove that person from %s."), name,
                       facts->shown);
        break;
    case RULE_ALLOWED:
        assert(false);
    }
}

/* "Who can: Sari Umpama, Dewi Andaikan.", the first ones of many; "" if nobody can. */
static void write_who(struct context *context, char out[static WHO_BYTES_MAX],
                      const struct refusal *refusal) {
    struct writer names;

    writer_init(&names, WHO_BYTES_MAX);
    for (size_t i = 0; i < refusal->could_count && i < NAMED_MAX; i++) {
        writer_span(&names, span_text(i > 0 ? ", " : ""));
        writer_span(&names, span_text(output_name(context->out, refusal->could[i].name)));
    }
    writer_span(&names, span_text(refusal->could_count > NAMED_MAX ? ", ..." : ""));
    writer_u8(&names, '\0');
    out[0] = '\0';
    if (refusal->could_count > 0) {
        (void)snprintf(out, WHO_BYTES_MAX, _("Who can: %s."),
                       (const char *)writer_view(&names).data);
    }
    writer_clear(&names);
}

enum rb_status fail_rule(struct context *context, const struct circle_facts *facts,
                         enum circle_act act, const char *name, const struct refusal *refusal) {
    char rule[WHO_BYTES_MAX], who[WHO_BYTES_MAX];

    if (refusal->rule == RULE_ALLOWED) {
        return RB_REFUSED; /* Something else was in the way. */
    }
    write_rule(rule, facts, act, name, refusal);
    write_who(context, who, refusal);
    return failure_say(&context->failure, RB_REFUSED, rule_code(refusal->rule), "%s %s%s%s", rule,
                       who, who[0] != '\0' ? " " : "", _("Nothing was changed."));
}

static bool add_manager(void *opaque, const struct group_person *person) {
    struct refusal *refusal = opaque;

    if (person->state == MEMBER_ACCEPTED && person->role >= CIRCLE_MANAGER) {
        refusal->could =
            rb_realloc(refusal->could, refusal->could_count + 1, sizeof *refusal->could);
        refusal->could[refusal->could_count++] = *person;
    }
    return true;
}

enum rb_status fail_not_manager(struct context *context, const struct circle_facts *facts,
                                enum circle_act act) {
    struct refusal refusal = { .rule = RULE_MANAGERS };

    enum rb_status status = people_each(context->store, facts->id, add_manager, &refusal);
    if (status == RB_OK) {
        status = fail_rule(context, facts, act, "", &refusal);
    }
    refusal_clear(&refusal);
    return status;
}

enum rb_status fail_reader(struct context *context, const struct circle_facts *facts,
                           enum rb_status status) {
    struct refusal refusal = { .rule = RULE_ROLE };
    struct group_person self;
    char who[WHO_BYTES_MAX];

    enum rb_status found = circle_self(context, facts->id, &self);
    if (found != RB_OK || self.role != CIRCLE_READER) {
        return found == RB_OK ? status : found;
    }
    found = people_each(context->store, facts->id, add_manager, &refusal);
    if (found == RB_OK) {
        write_who(context, who, &refusal);
        found = failure_say(&context->failure, status, "reader",
                            _("You are a reader of %s: you read it, and do not write in it. Ask to "
                              "be made a writer. %s%sNothing was written."),
                            facts->shown, who, who[0] != '\0' ? " " : "");
    }
    refusal_clear(&refusal);
    return found;
}

enum rb_status fail_change(struct context *context, const struct circle_facts *facts,
                           enum rb_status status) {
    switch (status) {
    case RB_NOT_MEMBER:
        return failure_say(&context->failure, status, NULL,
                           _("You do not belong to %s any more. Nothing was changed."),
                           facts->shown);
    case RB_NOT_ACCEPTED:
        return failure_say(&context->failure, status, NULL,
                           _("You have not accepted the invitation to group %" PRId64
                             " yet. Accept it first: rembuk group accept %" PRId64),
                           facts->number, facts->number);
    default:
        return status;
    }
}

enum rb_status fail_reading(struct context *context, const struct circle_facts *facts,
                            enum rb_status status) {
    if (status != RB_NOT_MEMBER) {
        return fail_change(context, facts, status);
    }
    return failure_say(&context->failure, status, NULL,
                       _("You do not belong to %s any more, so this is not shown to you."),
                       facts->shown);
}
