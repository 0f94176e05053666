/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/terms.h"

#include "cli/question.h"
#include "cli/team.h"
#include "cli/when.h"
#include "node/node.h"

#include <inttypes.h>
#include <stdio.h>

static enum rb_status fail_when(struct context *context, const char *typed, enum rb_status status) {
    if (status == RB_REFUSED) {
        return failure_usage(&context->failure, "bad_time",
                             _("In \"%s\" the unit is not clear. Write it in full, for example "
                               "3days or 2hours."),
                             typed);
    }
    return failure_usage(&context->failure, "bad_time",
                         _("\"%s\" is no time that is understood here. Examples: 25/11, friday, "
                           "tomorrow, 3days, 2026-11-25T14:00."),
                         typed);
}

static enum rb_status read_until(struct context *context, const struct call *call,
                                 struct terms *terms) {
    const char *typed = call_option(call, "until");
    int64_t now_ms = clock_now_ms();
    int64_t ms = 0;

    if (typed == NULL) {
        return RB_OK;
    }
    enum rb_status status = when_parse_end(span_text(typed), now_ms, &ms);
    if (status != RB_OK) {
        return fail_when(context, typed, status);
    }
    if (ms <= now_ms) {
        return failure_usage(&context->failure, "bad_time",
                             _("The time \"%s\" is over already. A guest's time must lie ahead."),
                             typed);
    }
    terms->until_s = ms / 1000;
    return RB_OK;
}

static enum rb_status read_role(struct context *context, const struct call *call,
                                struct terms *terms) {
    const char *typed = call_option(call, "role");
    enum circle_role role;

    if (typed == NULL) {
        return RB_OK;
    }
    if (!circle_role_parse(typed, &role) || role == CIRCLE_OWNER) {
        return failure_usage(&context->failure, "bad_role",
                             _("\"%s\" is no role here. Choose one: reader, writer, manager."),
                             typed);
    }
    terms->role = role;
    return RB_OK;
}

enum rb_status terms_read(struct context *context, const struct call *call, struct terms *terms) {
    enum rb_status status = read_role(context, call, terms);

    return status == RB_OK ? read_until(context, call, terms) : status;
}

enum rb_status terms_check(struct context *context, const struct call *call) {
    struct terms terms = { 0 };

    return terms_read(context, call, &terms);
}

/* ---- For whoever belongs to it already ---- */

enum { TERMS_SHOWN_BYTES = 256 };

/* "guest until 25/11/2026 23:59 WIB", "manager, with no end" */
static void show_terms(const struct circle_facts *facts, const struct terms *terms,
                       char out[static TERMS_SHOWN_BYTES]) {
    const char *role = team_role_shown(facts->sort, terms->role);
    char when[WHEN_BYTES];

    if (terms->until_s == 0) {
        (void)snprintf(out, TERMS_SHOWN_BYTES, _("%s, with no end"), role);
        return;
    }
    when_show(terms->until_s * 1000, when);
    if (facts->sort == REF_GROUP) {
        (void)snprintf(out, TERMS_SHOWN_BYTES, _("guest until %s"), when);
    } else {
        (void)snprintf(out, TERMS_SHOWN_BYTES, _("%s until %s"), role, when);
    }
}

enum rb_status terms_compare(struct context *context, const struct circle_facts *facts,
                             const uint8_t person[static HASH_BYTES], struct terms_change *change) {
    struct group_person found;

    *change = (struct terms_change) { .is_in = false };
    enum rb_status status = circle_person(context, facts->id, person, &found);
    if (status != RB_OK) {
        return status == RB_NOT_FOUND ? RB_OK : status;
    }
    change->is_in = found.state == MEMBER_INVITED || found.state == MEMBER_ACCEPTED;
    change->was_in = !change->is_in;
    change->state = found.state;
    change->before = (struct terms) { .role = found.role, .until_s = found.until_s };
    return RB_OK;
}

bool terms_are_shorter(const struct terms_change *change, const struct terms *terms) {
    int64_t before_s = change->before.until_s;

    return change->is_in && terms->until_s != 0 && (before_s == 0 || terms->until_s < before_s);
}

enum rb_status fail_shorter(struct context *context, const struct circle_facts *facts,
                            const struct contact *contact, const struct terms_change *change) {
    static const struct circle_hint hint = {
        N_("%s belongs to %s already: %s. An end can be put off, not brought forward. To bring it "
           "forward, remove %s first: rembuk group remove %" PRId64 " %" PRId64
           "; then invite again. Nothing was changed."),
        N_("%s belongs to %s already: %s. An end can be put off, not brought forward. To bring it "
           "forward, remove %s first: rembuk case remove %" PRId64 " %" PRId64
           "; then share again. Nothing was changed."),
    };
    const char *name = output_name(context->out, contact->name);
    char before[TERMS_SHOWN_BYTES];

    show_terms(facts, &change->before, before);
    return failure_say(&context->failure, RB_EXISTS, "shorter_stay", circle_hint(facts, hint), name,
                       facts->shown, before, name, facts->number, contact->number);
}

void terms_ask(struct writer *question, const struct circle_facts *facts, const char *name,
               const struct terms_change *change, const struct terms *after) {
    char shown[TERMS_SHOWN_BYTES];

    show_terms(facts, &change->before, shown);
    question_say(question, _("%s belongs to %s already. So far: %s."), name, facts->shown, shown);
    show_terms(facts, after, shown);
    question_say(question, _("From now on: %s."), shown);
    if (after->role >= CIRCLE_MANAGER && change->before.role < CIRCLE_MANAGER) {
        question_say(question, _("A manager can let others in, and remove whoever came later."));
    }
    question_say(question, _("Change it? [y/n]"));
}

void terms_say_changed(struct output *out, const struct circle_facts *facts, const char *name,
                       const struct terms_change *change, const struct terms *after) {
    char before[TERMS_SHOWN_BYTES], now[TERMS_SHOWN_BYTES];

    show_terms(facts, &change->before, before);
    show_terms(facts, after, now);
    output_say(out, _("%s in %s from now on: %s. Before: %s."), name, facts->shown, now, before);
}
