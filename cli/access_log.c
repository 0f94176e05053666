/* SPDX-License-Identifier: GPL-3.0-or-later */
/* access-log: who opened a case or its identity part, when and why. */
#include "cli/access_log.h"

#include "cli/parts.h"
#include "cli/posts.h"
#include "node/node.h"
#include "protocol/casework/access.h"
#include "store/identity.h"

#include <inttypes.h>

static void add_number(struct record_draft *draft, uint8_t field, uint64_t number) {
    draft->change.values[draft->change.value_count++] =
        (struct field_value) { .field = field, .number = number };
}

enum rb_status access_write(struct context *context, const struct oversight *oversight,
                            enum access_to to, struct span why, bool breaks_glass) {
    const struct field_value reason = { .field = ACCESS_WHY, .bytes = why };
    const enum duty duty =
        record_duty(&oversight->standing.record, store_self(context->store)->person);
    const int64_t now_ms = clock_now_ms();
    struct record_draft draft = { .change.form = form_find(FORM_ACCESS) };
    uint8_t ref[REF_BYTES];

    enum rb_status status = why.len > 0 ? fill_text_check(context, why) : RB_OK;
    if (status != RB_OK) {
        return status;
    }
    add_number(&draft, ACCESS_TO, to);
    if (why.len > 0) {
        draft.change.values[draft.change.value_count++] = reason;
    }
    if (breaks_glass) {
        add_number(&draft, ACCESS_UNTIL_MIN, (uint64_t)(now_ms / 60000 + GLASS_MIN));
        add_number(&draft, ACCESS_GLASS, 1);
    }
    if (duty != DUTY_NONE) {
        add_number(&draft, ACCESS_AS, duty);
    }
    status = record_write(context->store, oversight->row.circle, &draft, now_ms, ref);
    return status == RB_MALFORMED ? fail_writing(context, why, status) : status;
}

enum rb_status access_tell(struct context *context, const struct oversight *oversight,
                           const char *why) {
    const uint8_t *self = store_self(context->store)->person;

    if (why == NULL &&
        !access_is_due(&oversight->standing.record, oversight->row.opener, self, clock_now_ms())) {
        return RB_OK;
    }
    enum rb_status status = access_write(context, oversight, ACCESS_CASE,
                                         why != NULL ? span_text(why) : (struct span) { 0 }, false);
    return status == RB_NO_KEY ? RB_OK : status; /* who has no key reads nothing */
}

/* ---- The identity part ---- */

enum rb_status fail_no_identity(struct context *context, const struct oversight *oversight) {
    return failure_say(&context->failure, RB_NOT_FOUND, "no_identity",
                       _("No identity part of case %" PRId64
                         " is here: nobody has written one, or it was not shared with you. Who is "
                         "responsible: %s."),
                       oversight->row.number,
                       output_name(context->out, oversight->row.responsible_name));
}

static enum rb_status fail_glass(struct context *context, const struct oversight *oversight) {
    return failure_say(
        &context->failure, RB_REFUSED, "needs_emergency",
        _("You are not responsible for case %" PRId64
          ", nor do you supervise it or work on it with consent. In an emergency add "
          "--emergency: it then stays open to you for 24 hours, and its supervisors "
          "are told."),
        oversight->row.number);
}

static enum rb_status identity_ask(struct context *context, const struct oversight *oversight,
                                   struct span why, bool is_emergency) {
    const enum access_need need = access_need(
        &oversight->standing.record, oversight->row.opener, store_self(context->store)->person,
        oversight_consent(oversight, RECIPIENTS_TEAM).state, clock_now_ms() / 60000);

    enum rb_status status = fill_text_check(context, why);
    if (status != RB_OK) {
        return status;
    }
    if (need == ACCESS_NEEDS_GLASS && !is_emergency) {
        return fail_glass(context, oversight);
    }
    return access_write(context, oversight, ACCESS_IDENTITY, why, need == ACCESS_NEEDS_GLASS);
}

enum rb_status access_open_identity(struct context *context, const struct oversight *oversight,
                                    struct span why, bool is_emergency, struct standing *identity) {
    enum rb_status status = identity_load(context->store, oversight->row.circle, identity);

    if (status == RB_NOT_FOUND) {
        return fail_no_identity(context, oversight);
    }
    return status == RB_OK ? identity_ask(context, oversight, why, is_emergency) : status;
}

/* ---- access-log ---- */

static enum rb_status access_log_run(struct context *context, const struct call *call) {
    struct oversight oversight;
    size_t shown = 0;

    enum rb_status status = oversight_begin(context, call->objects[0].id, &oversight);
    if (status != RB_OK) {
        return status;
    }
    case_put(context->out, &oversight.row);
    status =
        record_show_form(context, &oversight.row, &oversight.standing.record, FORM_ACCESS, &shown);
    if (status == RB_OK && shown == 0) {
        output_say(context->out,
                   _("Nobody but who is responsible for case %" PRId64 " has opened it."),
                   oversight.row.number);
    }
    oversight_end(&oversight);
    return status;
}

const struct command cmd_access_log = {
    .name = "access-log",
    .name_id = "riwayat-akses",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") } },
    .help = N_("Shows who opened a case or its identity part, when and why."),
    .more = N_("Who is responsible opens the case without a line here. Of anybody else each "
               "opening of the case stands here, once in 24 hours; of everybody each opening of "
               "the identity part."),
    .examples = N_("rembuk access-log 4"),
    .needs = NEEDS_STORE,
    .run = access_log_run,
};
