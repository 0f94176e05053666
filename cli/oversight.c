/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/oversight.h"

#include "cli/parts.h"
#include "node/node.h"

#include <inttypes.h>
#include <string.h>

enum rb_status oversight_begin(struct context *context, const uint8_t circle[static HASH_BYTES],
                               struct oversight *oversight) {
    enum rb_status status = case_get(context->store, circle, &oversight->row);

    if (status == RB_OK && !oversight->row.is_member) {
        return failure_say(&context->failure, RB_NOT_MEMBER, NULL,
                           _("You do not belong to the team of case %" PRId64 " any more."),
                           oversight->row.number);
    }
    if (status == RB_OK) {
        status = case_seen(context->store, circle);
    }
    if (status == RB_OK) {
        status = standing_load(context->store, circle, &oversight->standing);
    }
    when_day(clock_now_ms(), oversight->today);
    return status;
}

void oversight_end(struct oversight *oversight) {
    standing_clear(&oversight->standing);
}

struct consent oversight_consent(const struct oversight *oversight,
                                 enum consent_recipients recipients) {
    const struct record *record = &oversight->standing.record;

    return consent_look(record, recipients, span_of(oversight->today, DATE_BYTES),
                        client_is_adult(record, &oversight->row.record));
}

static const char *const states[] = {
    [CONSENT_NONE] = "none",
    [CONSENT_OPEN] = "open",
    [CONSENT_EXPIRED] = "expired",
    [CONSENT_WITHDRAWN] = "withdrawn",
};

static void say_withdrawn(struct output *out, const struct consent *consent, const char *part) {
    char until[WHEN_BYTES];

    when_show(consent->act_until_ms, until);
    output_say(out,
               _("The consent (%s) was withdrawn: nothing is shared any more. It stays so until a "
                 "new consent is written down."),
               part);
    if (consent->is_acted_on) {
        output_say(out, _("What the withdrawal asks for has been done."));
        return;
    }
    output_say(out,
               _("What it asks for must be done by %s (72 hours). When it is done: rembuk change "
                 "%s acted-on today"),
               until, part);
}

static void say_state(struct output *out, const struct oversight *oversight,
                      const struct consent *consent, const char *part) {
    const int64_t number = oversight->row.number;

    switch (consent->state) {
    case CONSENT_NONE:
        output_say(out,
                   _("There is no consent yet, so the case is not shared. Write it down: rembuk "
                     "consent add %" PRId64),
                   number);
        break;
    case CONSENT_OPEN:
        output_say(out, _("Consent, or a legal basis: %s."), part);
        break;
    case CONSENT_EXPIRED:
        output_say(out, _("The consent (%s) has ended. Ask again: rembuk consent add %" PRId64),
                   part, number);
        break;
    case CONSENT_WITHDRAWN:
        say_withdrawn(out, consent, part);
        break;
    }
}

enum rb_status consent_say(struct context *context, const struct oversight *oversight) {
    const struct consent consent = oversight_consent(oversight, RECIPIENTS_TEAM);
    char part[PART_REFERENCE_BYTES] = "";
    enum rb_status status = RB_OK;

    if (consent.item != NULL) {
        status = part_reference(context, consent.item->first->ref, part);
    }
    if (status != RB_OK) {
        return status;
    }
    output_string(context->out, "consent", states[consent.state]);
    if (consent.state == CONSENT_WITHDRAWN) {
        output_time(context->out, "act_until", consent.act_until_ms);
        output_bool(context->out, "acted_on", consent.is_acted_on);
    }
    say_state(context->out, oversight, &consent, part);
    return RB_OK;
}
