/* SPDX-License-Identifier: GPL-3.0-or-later */
/* case duty: who supervises a case and who helps; case hand-over, hand-over accept and decline:
 * giving a case to a colleague, who accepts it. */
#include "cli/circles.h"
#include "cli/form_words.h"
#include "cli/oversight.h"
#include "cli/parts.h"
#include "cli/posts.h"

#include <inttypes.h>
#include <string.h>

/* ---- duty ---- */

static const struct record_item *duty_of(const struct record *record,
                                         const uint8_t person[static HASH_BYTES]) {
    const struct record_item *item = record_next(record, FORM_DUTY, NULL);

    while (item != NULL && memcmp(item_text(item, DUTY_PERSON).data, person, HASH_BYTES) != 0) {
        item = record_next(record, FORM_DUTY, item);
    }
    return item;
}

/* One duty a person: a new one takes the place of the old one. */
static enum rb_status duty_write(struct context *context, const struct oversight *oversight,
                                 const uint8_t person[static HASH_BYTES], enum duty duty) {
    struct filled filled = { .draft.change.form = form_find(FORM_DUTY) };
    const struct field_value who = { .field = DUTY_PERSON, .bytes = span_of(person, HASH_BYTES) };
    const struct field_value as = { .field = DUTY_AS, .number = (uint64_t)duty };
    const struct record_item *before = duty_of(&oversight->standing.record, person);

    if (before == NULL) {
        draft_add(&filled, &who);
    } else {
        filled.draft.item = before->first->ref;
    }
    draft_add(&filled, &as);
    return fill_write(context, oversight->row.circle, &filled);
}

/* Who is only a writer may change what a manager began; a duty he may not give to himself. */
static enum rb_status check_manager(struct context *context, const struct oversight *oversight) {
    struct group_person self;

    enum rb_status status = circle_self(context, oversight->row.circle, &self);
    if (status == RB_OK && self.role < CIRCLE_MANAGER) {
        return failure_say(
            &context->failure, RB_REFUSED, "not_manager",
            _("Only %s, or a manager of case %" PRId64 ", says that. Nothing was written."),
            output_name(context->out, oversight->row.owner_name), oversight->row.number);
    }
    return status;
}

static enum rb_status case_duty_run(struct context *context, const struct call *call) {
    const struct field *field = form_field(form_find(FORM_DUTY), DUTY_AS);
    const int duty = form_choice_typed(FORM_DUTY, field, span_text(call->typed[2]));
    struct oversight oversight;

    if (duty < 0) {
        return failure_usage(&context->failure, "bad_duty",
                             _("\"%s\" is no duty. Choose one: supervisor, co-worker, adviser, "
                               "none."),
                             call->typed[2]);
    }
    enum rb_status status = oversight_begin(context, call->objects[0].id, &oversight);
    if (status != RB_OK) {
        return status;
    }
    status = check_manager(context, &oversight);
    if (status == RB_OK) {
        status = duty_write(context, &oversight, call->objects[1].id, (enum duty)duty);
    }
    oversight_end(&oversight);
    return fill_end(context, status);
}

const struct command cmd_case_duty = {
    .name = "case duty",
    .name_id = "kasus tugas",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") },
                   { .sort = ARGUMENT_PERSON, .label = N_("PERSON") },
                   { .sort = ARGUMENT_WORD,
                     .label = N_("DUTY"),
                     .question = N_("Which duty: supervisor, co-worker, adviser or none?") } },
    .help = N_("Says who of the team supervises a case, works on it too, or advises."),
    .more = N_("A supervisor approves assessment, plan and ending."),
    .examples = N_("rembuk case duty 4 \"Dewi Contoh\" supervisor"),
    .needs = NEEDS_STORE,
    .run = case_duty_run,
};

/* ---- hand-over ---- */

static enum rb_status fail_not_responsible(struct context *context,
                                           const struct oversight *oversight) {
    return failure_say(
        &context->failure, RB_REFUSED, "not_responsible",
        _("Only %s, who is responsible for case %" PRId64 ", hands it over. Nothing was written."),
        output_name(context->out, oversight->row.responsible_name), oversight->row.number);
}

/* Who takes it over has to be able to hand it on. */
static enum rb_status check_taker(struct context *context, const struct oversight *oversight,
                                  const uint8_t person[static HASH_BYTES]) {
    struct group_person taker;

    if (memcmp(person, store_self(context->store)->person, HASH_BYTES) == 0) {
        return failure_usage(&context->failure, "self", _("That is you."));
    }
    enum rb_status status = circle_person(context, oversight->row.circle, person, &taker);
    if (status == RB_NOT_FOUND || (status == RB_OK && taker.role < CIRCLE_MANAGER)) {
        return failure_say(&context->failure, RB_REFUSED, "not_manager",
                           _("Who takes case %" PRId64 " over has to be a manager of it first. "
                             "Type: rembuk case share %" PRId64 " CONTACT --role manager"),
                           oversight->row.number, oversight->row.number);
    }
    return status;
}

static enum rb_status handover_write(struct context *context, const struct oversight *oversight,
                                     const uint8_t person[static HASH_BYTES], struct span why) {
    struct filled filled = { .draft.change.form = form_find(FORM_HANDOVER) };
    const struct record_item *before = record_handover_of(
        &oversight->standing.record, oversight->row.opener, store_self(context->store)->person);
    const struct field_value to = { .field = HANDOVER_TO, .bytes = span_of(person, HASH_BYTES) };
    const struct field_value reason = { .field = HANDOVER_WHY, .bytes = why };

    draft_add(&filled, &to);
    draft_add(&filled, &reason);
    if (before != NULL) {
        const struct field_value after = { .field = HANDOVER_AFTER,
                                           .bytes = span_of(before->first->ref, REF_BYTES) };
        draft_add(&filled, &after);
    }
    return fill_write(context, oversight->row.circle, &filled);
}

static enum rb_status case_handover_run(struct context *context, const struct call *call) {
    const uint8_t *self = store_self(context->store)->person;
    const uint8_t *person = call->objects[1].id;
    struct oversight oversight;

    enum rb_status status = fill_text_check(context, call->texts[2]);
    if (status == RB_OK) {
        status = oversight_begin(context, call->objects[0].id, &oversight);
    }
    if (status != RB_OK) {
        return status;
    }
    if (!record_is_responsible(&oversight.standing.record, oversight.row.opener, self)) {
        status = fail_not_responsible(context, &oversight);
    } else {
        status = check_taker(context, &oversight, person);
    }
    if (status == RB_OK) {
        status = handover_write(context, &oversight, person, call->texts[2]);
    }
    if (status == RB_OK) {
        output_say(context->out, _("Until it is accepted, you stay responsible."));
    }
    oversight_end(&oversight);
    return fill_end(context, status);
}

const struct command cmd_case_handover = {
    .name = "case hand-over",
    .name_id = "kasus serahkan",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") },
                   { .sort = ARGUMENT_PERSON, .label = N_("PERSON") },
                   { .sort = ARGUMENT_TEXT,
                     .label = N_("\"REASON\""),
                     .typing = text_typing,
                     .question = N_("Why is the case handed over?") } },
    .help = N_("Hands a case over to a colleague of its team, who accepts it."),
    .more = N_("You stay responsible until the colleague has accepted it, and your computer has "
               "heard of that."),
    .examples = N_("rembuk case hand-over 4 \"Budi Misal\" \"I move to another district\""),
    .needs = NEEDS_STORE,
    .run = case_handover_run,
};

/* ---- Answering one ---- */

static enum rb_status answer_write(struct context *context, const struct call *call,
                                   enum handover_answer answer, struct span why) {
    const uint8_t *self = store_self(context->store)->person;
    struct filled filled = { .draft.change.form = form_find(FORM_HANDOVER) };
    const struct field_value said = { .field = HANDOVER_ANSWER, .number = (uint64_t)answer };
    const struct field_value reason = { .field = HANDOVER_ANSWER_WHY, .bytes = why };
    struct oversight oversight;

    enum rb_status status = oversight_begin(context, call->objects[0].id, &oversight);
    if (status != RB_OK) {
        return status;
    }
    const struct record_item *open =
        record_handover_open(&oversight.standing.record, oversight.row.opener, self);
    if (open == NULL) {
        status = failure_say(&context->failure, RB_REFUSED, "no_handover",
                             _("Nobody hands case %" PRId64 " over to you. Nothing was written."),
                             oversight.row.number);
    } else {
        filled.draft.item = open->first->ref;
        draft_add(&filled, &said);
        if (why.len > 0) {
            draft_add(&filled, &reason);
        }
        status = fill_write(context, oversight.row.circle, &filled);
    }
    oversight_end(&oversight);
    return status;
}

static enum rb_status handover_accept_run(struct context *context, const struct call *call) {
    enum rb_status status = answer_write(context, call, HANDOVER_ACCEPTED, (struct span) { 0 });

    if (status == RB_OK) {
        output_say(context->out, _("You are responsible for it from now on."));
    }
    return fill_end(context, status);
}

const struct command cmd_handover_accept = {
    .name = "hand-over accept",
    .name_id = "serah-terima terima",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") } },
    .help = N_("Accepts a case that is handed over to you: you are then responsible for it."),
    .examples = N_("rembuk hand-over accept 4"),
    .needs = NEEDS_STORE,
    .run = handover_accept_run,
};

static enum rb_status handover_decline_run(struct context *context, const struct call *call) {
    enum rb_status status = fill_text_check(context, call->texts[1]);

    if (status == RB_OK) {
        status = answer_write(context, call, HANDOVER_DECLINED, call->texts[1]);
    }
    return fill_end(context, status);
}

const struct command cmd_handover_decline = {
    .name = "hand-over decline",
    .name_id = "serah-terima tolak",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") },
                   { .sort = ARGUMENT_TEXT,
                     .label = N_("\"REASON\""),
                     .typing = text_typing,
                     .question = N_("Why not?") } },
    .help = N_("Declines a case that is handed over to you, with the reason."),
    .examples = N_("rembuk hand-over decline 4 \"I am on leave until May\""),
    .needs = NEEDS_STORE,
    .run = handover_decline_run,
};
